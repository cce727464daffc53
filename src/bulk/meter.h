/*
 * meter - what a scan has done so far, and how fast: for a line on the terminal, and for a file.
 *
 *	struct meter m;
 *	meter_init(&m, quiet);
 *	meter_add(&m, &result);			each target that is over
 *	meter_show(&m, &now);			every quarter of a second
 *	meter_write(&m, &now, "stats.json", err, sizeof(err));
 *	meter_clear(&m);				before anything is printed
 *
 * On a terminal the line is drawn anew; elsewhere there is one a minute.
 */
#ifndef TLSAUDIT_BULK_METER_H
#define TLSAUDIT_BULK_METER_H

#include "bulk/worker.h"

enum { METER_MS = 250, METER_STATS_MS = 5000 };

struct meter {
	bool quiet, terminal, shown;
	uint64_t begun_ms, shown_ms, rate_ms, rate_done;
	double rate; /* targets a second, lately */
	uint64_t done, records, connections, bad_lines;
	uint64_t by_status[STATUS__MAX];
};

struct meter_now { /* what others count */
	uint64_t read;	      /* targets of the list, so far */
	uint64_t passed_over; /* of them done before, or another shard's */
	uint64_t list_read, list_size; /* bytes; size 0: not known */
	uint64_t written;
	unsigned in_flight, waiting, replaced, workers;
	uint64_t lag[LAG_CLASSES], late_ms;
	bool over;
};

void meter_init(struct meter *m, bool quiet);
void meter_add(struct meter *m, const struct result *r);
/* Shows a line when it is time for one. */
void meter_show(struct meter *m, const struct meter_now *now);
/* How many seconds are left, by the part of the list that was read; 0: nobody knows. */
uint64_t meter_seconds_left(const struct meter *m, const struct meter_now *now);
/* Takes the line away. */
void meter_clear(struct meter *m);
/* Writes all counts as one JSON object; the file is there whole or not at all. */
bool meter_write(const struct meter *m, const struct meter_now *now, const char *path, char *err,
    size_t errlen) MUST_USE;

#endif
