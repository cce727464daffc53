/*
 * gate - --fail-on: when is a report a failure?  Pure: assessment and facts in, a verdict out.
 *
 *	grade:B        the grade is worse than B (A+, A, A-, B, C, D, E, F, T, M from best to worst)
 *	severity:high  a finding is that severe, or more
 *	rule:ID        the policy's rule ID hits; or mozilla-modern/ID, one of --compliance
 *	compliance     a policy of --compliance is not passed
 *	expiry:14d     a leaf certificate ends within 14 days, or has ended
 *
 * What cannot be told is not a pass: a condition that meets an unknown gives GATE_UNKNOWN, and the
 * program then ends with 3.  Only what nobody asked about is left out, as it is in the grade; a
 * rule that is named by its id is not.  One condition that fails is enough for GATE_FAIL.
 *
 * A finding that the policy waives, or that the baseline has, fails nothing; neither does a grade
 * that is no worse than the baseline's.
 *
 *	struct gate g;
 *	if (!gate_parse(&g, "--fail-on", "grade:B,expiry:14d", err, sizeof(err)))
 *		...
 *	if (gate_judge(&g, facts, assessment, now, why, sizeof(why)) == GATE_FAIL)
 *		fprintf(stderr, "%s\n", why);
 */
#ifndef TLSAUDIT_GATE_H
#define TLSAUDIT_GATE_H

#include "assess/assess.h"

enum { GATE_MAX = 32 };

enum gate_kind { GATE_NONE, GATE_GRADE, GATE_SEVERITY, GATE_RULE, GATE_EXPIRY, GATE_COMPLIANCE };
enum gate_verdict { GATE_PASS, GATE_UNKNOWN, GATE_FAIL };

struct gate_condition {
	enum gate_kind kind;
	int value;     /* rank of the grade, severity, or seconds */
	char text[64]; /* as written */
};

struct gate {
	struct gate_condition conditions[GATE_MAX];
	size_t n;
};

/* Reads a list; option is what errors call it.  On failure: false, and what is wrong in err,
 * without a newline. */
bool gate_parse(
    struct gate *g, const char *option, const char *list, char *err, size_t errlen) MUST_USE;
/* The same, beside the conditions that it has. */
bool gate_add(
    struct gate *g, const char *option, const char *list, char *err, size_t errlen) MUST_USE;
/* Has it a condition of that kind? */
bool gate_asks(const struct gate *g, enum gate_kind kind);
/* Judges one condition; the rest is as below. */
enum gate_verdict gate_check(const struct gate_condition *c, const struct facts *f,
    const struct assessment *s, int64_t now, char *why, size_t whylen);
/*
 * Judges one endpoint.  facts and s may be NULL (nothing could be asked): then every condition is
 * unknown.  now is in seconds since 1970.  why gets the first condition that decided, in words.
 */
enum gate_verdict gate_judge(const struct gate *g, const struct facts *f,
    const struct assessment *s, int64_t now, char *why, size_t whylen);
/* 0 for "A+", growing as grades get worse; -1 for what is no grade. */
int gate_grade_rank(const char *grade);

#endif
