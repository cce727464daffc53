#include "config.h"
#include "gate.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/check.h"

/* T and M are last: a server nobody trusts is no better for its good configuration. */
static const char *const grades[] = {"A+", "A", "A-", "B", "C", "D", "E", "F", "T", "M"};

static const struct {
	const char *word;
	enum gate_kind kind;
} words[] = {
    {"grade:", GATE_GRADE},
    {"severity:", GATE_SEVERITY},
    {"rule:", GATE_RULE},
    {"expiry:", GATE_EXPIRY},
    {"compliance", GATE_COMPLIANCE},
};

int
gate_grade_rank(const char *grade)
{
	for (size_t i = 0; grade != NULL && i < N_ELEMENTS(grades); i++)
		if (strcmp(grade, grades[i]) == 0)
			return (int)i;
	return -1;
}

/* "14d", "2w", "36h" in seconds; -1 for anything else.  Ten years are enough. */
static int
duration(const char *s)
{
	static const struct {
		char unit;
		int seconds;
	} units[] = {{'h', 3600}, {'d', 86400}, {'w', 7 * 86400}};
	char *end;
	long n;

	if (!isdigit((unsigned char)s[0]))
		return -1;
	n = strtol(s, &end, 10);
	for (size_t i = 0; i < N_ELEMENTS(units); i++)
		if (end[0] == units[i].unit && end[1] == '\0' &&
		    n <= 3653L * 86400 / units[i].seconds)
			return (int)n * units[i].seconds;
	return -1;
}

static int
severity_rank(const char *name)
{
	static const char *const names[SEV__MAX] = {"info", "low", "medium", "high", "critical"};

	for (int i = 0; i < SEV__MAX; i++)
		if (strcmp(name, names[i]) == 0)
			return i;
	return -1;
}

/* The value of a condition; false, and what was expected, when it has none. */
static bool
read_value(struct gate_condition *c, const char *value, const char **expected)
{
	switch (c->kind) {
	case GATE_GRADE:
		*expected = "a grade from A+ to F";
		c->value = gate_grade_rank(value);
		return c->value >= 0;
	case GATE_SEVERITY:
		*expected = "info, low, medium, high or critical";
		c->value = severity_rank(value);
		return c->value >= 0;
	case GATE_RULE:
		*expected = "the id of a rule";
		return value[0] != '\0';
	case GATE_EXPIRY:
		*expected = "a time such as 14d, 2w or 36h";
		c->value = duration(value);
		return c->value >= 0;
	case GATE_COMPLIANCE:
		return value[0] == '\0';
	case GATE_NONE:
		break;
	}
	return false;
}

static bool
read_condition(struct gate_condition *c, const char *option, char *err, size_t errlen)
{
	for (size_t i = 0; i < N_ELEMENTS(words); i++) {
		size_t n = strlen(words[i].word);
		const char *expected = "";

		if (strncmp(c->text, words[i].word, n) != 0 ||
		    (words[i].kind == GATE_COMPLIANCE && c->text[n] != '\0'))
			continue;
		c->kind = words[i].kind;
		if (read_value(c, c->text + n, &expected))
			return true;
		snprintf(
		    err, errlen, "%s: '%s' needs %s after the colon", option, c->text, expected);
		return false;
	}
	snprintf(err, errlen, "%s: '%s' is not grade:G, severity:S, rule:ID, expiry:TIME or compliance",
	    option, c->text);
	return false;
}

bool
gate_parse(struct gate *g, const char *option, const char *list, char *err, size_t errlen)
{
	*g = (struct gate){0};
	return gate_add(g, option, list, err, errlen);
}

bool
gate_add(struct gate *g, const char *option, const char *list, char *err, size_t errlen)
{
	for (const char *p = list;; p++) {
		struct gate_condition *c = &g->conditions[g->n];
		size_t n = strcspn(p, ",");

		if (g->n == GATE_MAX || n >= sizeof(c->text)) {
			snprintf(err, errlen, "%s: the list is too long", option);
			return false;
		}
		if (n == 0) {
			snprintf(err, errlen, "%s: a condition is empty in '%s'", option, list);
			return false;
		}
		*c = (struct gate_condition){0};
		memcpy(c->text, p, n);
		if (!read_condition(c, option, err, errlen))
			return false;
		g->n++;
		p += n;
		if (*p == '\0')
			return true;
	}
}

/* Three values: what a condition makes of a report.  why is written when it is not a pass. */

/* Waived, or known before: it fails nothing. */
static bool
is_excused(const struct finding *f)
{
	return f->waived || f->known_before;
}

static enum gate_verdict
judge_grade(const struct gate_condition *c, const struct assessment *s, char *why, size_t whylen)
{
	int rank = gate_grade_rank(s->grade);

	if (rank < 0) {
		snprintf(why, whylen, "%s: the grade cannot be told", c->text);
		return GATE_UNKNOWN;
	}
	if (rank <= c->value || rank <= gate_grade_rank(s->grade_before))
		return GATE_PASS;
	snprintf(why, whylen, "%s: the grade is %s", c->text, s->grade);
	return GATE_FAIL;
}

/* As far as asked, like the grade: a severity says nothing of rules that no question was about. */
static enum gate_verdict
judge_severity(const struct gate_condition *c, const struct facts *f, const struct assessment *s,
    char *why, size_t whylen)
{
	for (size_t i = 0; i < s->n_findings; i++)
		if ((int)s->findings[i].sev >= c->value && !is_excused(&s->findings[i])) {
			snprintf(why, whylen, "%s: %s", c->text, s->findings[i].title);
			return GATE_FAIL;
		}
	for (size_t i = 0; i < s->n_open; i++)
		if ((int)s->open[i].sev >= c->value && !finding_not_asked(f, &s->open[i])) {
			snprintf(
			    why, whylen, "%s: rule %s cannot be judged", c->text, s->open[i].id);
			return GATE_UNKNOWN;
		}
	return GATE_PASS;
}

/* hit and open: the rule, where it is one or the other. */
static enum gate_verdict
verdict_of(const struct gate_condition *c, const struct finding *hit, const struct finding *open,
    char *why, size_t whylen)
{
	if (hit != NULL && !is_excused(hit)) {
		snprintf(why, whylen, "%s: %s", c->text, hit->title);
		return GATE_FAIL;
	}
	if (open == NULL)
		return GATE_PASS;
	snprintf(why, whylen, "%s: it cannot be judged", c->text);
	return GATE_UNKNOWN;
}

/* A rule's id, or "mozilla-modern/tls1_2": the rule of a policy of --compliance. */
static enum gate_verdict
judge_rule(const struct gate_condition *c, const struct assessment *s, char *why, size_t whylen)
{
	const char *id = c->text + strlen("rule:"), *slash = strrchr(id, '/');

	for (size_t i = 0; slash != NULL && i < s->n_compliance; i++) {
		const struct compliance *p = &s->compliance[i];
		const struct finding *hit;

		if (strlen(p->policy) != (size_t)(slash - id) ||
		    memcmp(p->policy, id, (size_t)(slash - id)) != 0)
			continue;
		hit = finding_by_id(p->deviations, p->n_deviations, slash + 1);
		if (hit == NULL)
			hit = finding_by_id(p->advice, p->n_advice, slash + 1);
		return verdict_of(c, hit, finding_by_id(p->open, p->n_open, slash + 1), why, whylen);
	}
	return verdict_of(c, finding_by_id(s->findings, s->n_findings, id), finding_by_id(s->open, s->n_open, id), why,
	    whylen);
}

/* The first deviation that the baseline has not, or NULL. */
static const struct finding *
new_deviation(const struct compliance *c)
{
	for (size_t i = 0; i < c->n_deviations; i++)
		if (!is_excused(&c->deviations[i]))
			return &c->deviations[i];
	return NULL;
}

/* Is something open that must be so? */
static bool
is_open(const struct compliance *c)
{
	for (size_t i = 0; i < c->n_open; i++)
		if (c->open[i].must)
			return true;
	return false;
}

/* All of the policies asked for; one that deviates outweighs one that is open. */
static enum gate_verdict
judge_compliance(const struct assessment *s, char *why, size_t whylen)
{
	enum gate_verdict v = GATE_PASS;

	for (size_t i = 0; i < s->n_compliance; i++) {
		const struct compliance *c = &s->compliance[i];

		if (new_deviation(c) != NULL) {
			snprintf(why, whylen, "compliance: %s: %s", c->policy,
			    new_deviation(c)->title);
			return GATE_FAIL;
		}
		if (is_open(c) && v == GATE_PASS) {
			snprintf(why, whylen, "compliance: %s: not everything could be judged",
			    c->policy);
			v = GATE_UNKNOWN;
		}
	}
	return v;
}

/* The leaf of a deployment, or NULL when its end is not known. */
static const struct facts *
leaf_of(const struct facts *f, const struct facts *deployment)
{
	struct u16s chain = fact_u16s(deployment, F_DEPLOY_CHAIN);
	const struct facts *leaf;

	if (chain.n == 0 || chain.v[0] >= fact_rows(f, K_CERT))
		return NULL;
	leaf = fact_row(f, K_CERT, chain.v[0]);
	return fact_known(leaf, F_CERT_NOT_AFTER) ? leaf : NULL;
}

/* Its common name, its first other name, or its subject. */
static const char *
leaf_name(const struct facts *leaf)
{
	const char *cn = fact_str(leaf, F_CERT_CN), *subject = fact_str(leaf, F_CERT_SUBJECT);

	if (cn != NULL && cn[0] != '\0')
		return cn;
	if (fact_n_strs(leaf, F_CERT_SANS) > 0)
		return fact_strs(leaf, F_CERT_SANS, 0);
	return subject != NULL && subject[0] != '\0' ? subject : "no name";
}

static enum gate_verdict
judge_expiry(
    const struct gate_condition *c, const struct facts *f, int64_t now, char *why, size_t whylen)
{
	size_t n = fact_rows(f, K_DEPLOY);
	enum gate_verdict v = n > 0 ? GATE_PASS : GATE_UNKNOWN;

	snprintf(why, whylen, "%s: the end of a certificate is not known", c->text);
	for (size_t i = 0; i < n; i++) {
		const struct facts *leaf = leaf_of(f, fact_row(f, K_DEPLOY, i));
		int64_t left;

		if (leaf == NULL) {
			v = GATE_UNKNOWN;
			continue;
		}
		left = fact_time(leaf, F_CERT_NOT_AFTER) - now;
		if (left > c->value)
			continue;
		snprintf(why, whylen,
		    left < 0 ? "%s: the certificate of %.64s ended %lld days ago"
			     : "%s: the certificate of %.64s ends in %lld days",
		    c->text, leaf_name(leaf), (long long)(left < 0 ? -left : left) / 86400);
		return GATE_FAIL;
	}
	return v;
}

enum gate_verdict
gate_check(const struct gate_condition *c, const struct facts *f, const struct assessment *s,
    int64_t now, char *why, size_t whylen)
{
	CHECK(whylen > 0);
	why[0] = '\0';
	if (f == NULL || s == NULL) {
		snprintf(why, whylen, "%s: not assessed", c->text);
		return GATE_UNKNOWN;
	}
	switch (c->kind) {
	case GATE_GRADE:
		return judge_grade(c, s, why, whylen);
	case GATE_SEVERITY:
		return judge_severity(c, f, s, why, whylen);
	case GATE_RULE:
		return judge_rule(c, s, why, whylen);
	case GATE_EXPIRY:
		return judge_expiry(c, f, now, why, whylen);
	case GATE_COMPLIANCE:
		return judge_compliance(s, why, whylen);
	case GATE_NONE:
		break;
	}
	return GATE_PASS;
}

bool
gate_asks(const struct gate *g, enum gate_kind kind)
{
	for (size_t i = 0; i < g->n; i++)
		if (g->conditions[i].kind == kind)
			return true;
	return false;
}

enum gate_verdict
gate_judge(const struct gate *g, const struct facts *f, const struct assessment *s, int64_t now,
    char *why, size_t whylen)
{
	enum gate_verdict worst = GATE_PASS;
	char text[256];

	CHECK(whylen > 0);
	why[0] = '\0';
	for (size_t i = 0; i < g->n; i++) {
		enum gate_verdict v = gate_check(&g->conditions[i], f, s, now, text, sizeof(text));

		if (v <= worst)
			continue;
		worst = v;
		snprintf(why, whylen, "%s", text);
	}
	return worst;
}
