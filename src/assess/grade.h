/*
 * grade - scores and letter, from facts and from which rules hit.
 *
 * judge() asks every rule once; grade_make() computes the grade, as it is or as it would be with
 * some rules lifted ("what if SSLv3 were off?").  A lifted rule does not hit, and what its
 * conditions say is taken as mended: a version it names is off (or, for "is no", on), and bits it
 * wants to be at least N are N.
 */
#ifndef TLSAUDIT_ASSESS_GRADE_H
#define TLSAUDIT_ASSESS_GRADE_H

#include "assess/policy.h"

struct judged {
	const struct policy *p;
	const struct facts *f;
	struct answer answers[POLICY_RULES]; /* as p->rules */
	bool waived[POLICY_RULES];
	struct answer exceptional;
};

void judge(struct judged *j, const struct policy *p, const struct facts *f);

struct lifted { /* nothing: zero */
	bool rule[POLICY_RULES];
	bool exceptional; /* its conditions are fulfilled */
};

struct grade {
	int protocol, kx, cipher, total; /* -1: not known */
	enum fact_id unknown;            /* the fact for want of which a score is not known */
	int rank;                        /* if trust is ignored; -1: not known */
	int shown;                       /* the grade: rank, or RANK_T, RANK_M; -1: not known */
	size_t open_trust;               /* 1 + the rule for which shown is not known */
	bool warnings, capped, exceptional;
};

/* Does the rule hit, not waived, not lifted (may be NULL)? */
bool is_hit(const struct judged *j, size_t rule, const struct lifted *l);
void grade_make(const struct judged *j, const struct lifted *l, struct grade *out);

#endif
