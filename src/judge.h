/*
 * judge - what is made of an endpoint's facts before they are reported: assessment, baseline,
 * --fail-on, exit status.  The same for audits and for saved reports.
 *
 *	struct judge j;
 *	if (!judge_open(&j, o, policy, err, sizeof(err)))
 *		... a usage error
 *	judge_record(&j, &r, now, arena, &status);
 *	good = report_record(out, &r);
 *	judge_close(&j);
 */
#ifndef TLSAUDIT_JUDGE_H
#define TLSAUDIT_JUDGE_H

#include "job.h"

struct baseline;
struct locate;

struct judge {
	const struct options *o;
	const struct policy *policy;
	struct policy **compliance; /* of --compliance; owned */
	size_t n_compliance;
	struct baseline *baseline; /* or NULL */
	struct locate *locate;     /* or NULL */
	bool quiet;                /* reasons have been said before */
};

/* Reads what the options name.  False with a sentence in err. */
bool judge_open(struct judge *j, const struct options *o, const struct policy *policy, char *err,
    size_t errlen) MUST_USE;
/*
 * Sets r's assessment (when its status is one of an endpoint that was asked), checks, place and
 * excuse, all in the arena, makes *status worse where there is reason to, and says the reason on
 * standard error.  now: the moment certificates' ends are judged by.
 */
void judge_record(const struct judge *j, struct record *r, int64_t now, struct arena *a,
    enum exit_status *status);
/* The same for an address of another family than this machine has, when another one could be
 * asked: it counts for nothing. */
void judge_excused(const struct judge *j, struct record *r);
void judge_close(struct judge *j);

#endif
