/*
 * baseline - --baseline: the reports that say what is accepted so far.
 *
 * Read once, from JSON lines as --format json writes them.  A finding is known when any report of
 * the same host, port and STARTTLS protocol has one of that rule, whatever its address: the
 * addresses of a name change.  Of several grades the worst counts.
 *
 *	struct baseline *b = baseline_load(path, err, sizeof(err));
 *	baseline_mark(b, &record, &assessment, arena);
 *	baseline_free(b);
 */
#ifndef TLSAUDIT_BASELINE_H
#define TLSAUDIT_BASELINE_H

#include "report/report.h"

struct baseline;

/* NULL, and a sentence in err, when a line is no report: half a baseline accepts nothing. */
struct baseline *baseline_load(const char *path, char *err, size_t errlen) MUST_USE;
/* Sets known_before of the findings of *s, and grade_before. */
void baseline_mark(
    const struct baseline *b, const struct record *r, struct assessment *s, struct arena *a);
void baseline_free(struct baseline *b);

#endif
