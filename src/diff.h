/*
 * diff - two reports about one endpoint: what changed in meaning.
 *
 * Bytes that differ and mean the same (a server random, the order of records, a clock) are no
 * change.  A change is worse, better, or neither: a renewed certificate is a change, a lost version
 * that nobody should need is better, a finding that is new is worse.  What is unknown on one side
 * is never worse nor better.
 *
 *	struct diff d;
 *	diff_records(&before, &after, arena, &d);
 *	for (size_t i = 0; i < d.n; i++)
 *		printf("%s %s\n", diff_word(d.v[i].kind), d.v[i].text);
 *
 * Pure: the same records, the same changes.
 */
#ifndef TLSAUDIT_DIFF_H
#define TLSAUDIT_DIFF_H

#include "report/report.h"

enum diff_kind { DIFF_CHANGED, DIFF_BETTER, DIFF_WORSE, DIFF__MAX };

struct change {
	enum diff_kind kind;
	const char *what; /* "status", "grade", "finding", "protocol", "suites", "groups",
			     "certificate", "chain", "trust", "client", "fact" */
	const char *text;
};

enum { DIFF_CHANGES = 512 };

struct diff {
	struct change v[DIFF_CHANGES]; /* the worst first */
	size_t n;
	size_t left_out;	  /* changes beyond those */
	size_t count[DIFF__MAX];  /* of each kind, those left out among them */
};

/* "changed", "better", "worse". */
const char *diff_word(enum diff_kind kind);
/* Both have been judged by the same policy.  The texts are in the arena. */
void diff_records(const struct record *before, const struct record *after, struct arena *a,
    struct diff *out);

#endif
