/*
 * metrics - what a scan does, for Prometheus, as long as it runs.
 *
 *	struct metrics m = {.meter = &meter, .now = now, .crew = crew};
 *	metrics_write(&m, to);			the text format, version 0.0.4
 *
 * What is counted is what --stats counts; beside it stand each process' memory and CPU time.  A
 * report's own metrics, about the endpoints, are a format (report/prometheus.c).
 */
#ifndef TLSAUDIT_BULK_METRICS_H
#define TLSAUDIT_BULK_METRICS_H

#include "bulk/crew.h"
#include "bulk/meter.h"

struct metrics {
	const struct meter *meter;
	struct meter_now now;
	const struct crew *crew;
};

/* Writes the page; trouble sticks to the stream. */
void metrics_write(const struct metrics *m, FILE *to);

#endif
