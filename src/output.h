/*
 * output - where the report goes and in which form: a sink and a renderer, from the options.
 *
 *	struct output out;
 *	if (!output_open(&out, o, &judge, err, sizeof(err)))
 *		... EXIT_INTERNAL
 *	good = report_record(out.report, &r) && output_flush(&out);
 *	if (!output_close(&out, good, err, sizeof(err)))
 *		...
 */
#ifndef TLSAUDIT_OUTPUT_H
#define TLSAUDIT_OUTPUT_H

#include "gate.h"
#include "judge.h"
#include "options.h"
#include "report/report.h"
#include "sink.h"

struct output {
	struct sink sink;
	struct report_options options;
	struct report *report;
	const char *fail_on[GATE_MAX + 1];
};

/* Opens the file and writes the format's head; the judge's policies outlive it.  On failure false, and a sentence in err; there is
 * nothing to close then. */
bool output_open(struct output *out, const struct options *o, const struct judge *j, char *err,
    size_t errlen) MUST_USE;
/* Passes on what was written so far; false when it could not be, errno says why. */
bool output_flush(struct output *out) MUST_USE;
/* Writes the format's end and closes.  keep false: what is there is dropped.  On failure false, and
 * a sentence in err.  *status: how the process ends, where the format has a say in it. */
bool output_close(struct output *out, bool keep, int *status, char *err, size_t errlen) MUST_USE;

#endif
