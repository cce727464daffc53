/* judge - see judge.h. */
#include "config.h"

#include "judge.h"

#include <stdlib.h>

#include "base/arena.h"
#include "base/check.h"
#include "base/xalloc.h"
#include "baseline.h"
#include "locate.h"
#include "report/ops.h"
#include "setup.h"

enum { WHY_SIZE = 256 };

static bool
open_compliance(struct judge *j, char *err, size_t errlen)
{
	const char *const *names = j->o->compliance;
	size_t n = 0;

	while (names != NULL && names[n] != NULL)
		n++;
	j->compliance = xcalloc(n + 1, sizeof(struct policy *));
	for (size_t i = 0; i < n; i++) {
		j->compliance[i] = setup_compliance(j->o, names[i], err, errlen);
		if (j->compliance[i] == NULL)
			return false;
		j->n_compliance++;
		for (size_t k = 0; k < i; k++)
			if (strcmp(policy_name(j->compliance[k]), policy_name(j->compliance[i])) == 0) {
				(void)snprintf(err, errlen, "--compliance: %s is named twice",
				    policy_name(j->compliance[i]));
				return false;
			}
	}
	return true;
}

static bool
has_rule(const struct policy *p, const char *id, struct arena *a)
{
	struct finding rule;

	for (size_t i = 0; policy_rule_at(p, i, a, &rule); i++)
		if (strcmp(rule.id, id) == 0)
			return true;
	return false;
}

/* "tls1_0", or "mozilla-modern/tls1_2". */
static bool
is_rule(const struct judge *j, const char *id, struct arena *a)
{
	const char *slash = strrchr(id, '/');

	if (has_rule(j->policy, id, a))
		return true;
	for (size_t i = 0; slash != NULL && i < j->n_compliance; i++) {
		const char *name = policy_name(j->compliance[i]);

		if (strlen(name) == (size_t)(slash - id) &&
		    memcmp(name, id, (size_t)(slash - id)) == 0)
			return has_rule(j->compliance[i], slash + 1, a);
	}
	return false;
}

/* A rule that no policy has would never fail. */
static bool
check_rules(const struct judge *j, const char *option, const struct gate *g, char *err, size_t errlen)
{
	struct arena *a = arena_new(1 << 20);
	const char *unknown = NULL;

	for (size_t i = 0; i < g->n && unknown == NULL; i++)
		if (g->conditions[i].kind == GATE_RULE &&
		    !is_rule(j, g->conditions[i].text + strlen("rule:"), a))
			unknown = g->conditions[i].text;
	arena_free(a);
	if (unknown != NULL)
		(void)snprintf(err, errlen, "%s: '%s': policy %s has no such rule%s", option, unknown,
		    policy_name(j->policy),
		    strchr(unknown, '/') != NULL ? ", nor has one of --compliance" : "");
	return unknown == NULL;
}

bool
judge_open(struct judge *j, const struct options *o, const struct policy *policy, char *err,
    size_t errlen)
{
	char why[WHY_SIZE];

	*j = (struct judge){.o = o, .policy = policy};
	if (o->baseline != NULL) {
		j->baseline = baseline_load(o->baseline, why, sizeof(why));
		if (j->baseline == NULL)
			(void)snprintf(err, errlen, "--baseline: %s", why);
	}
	if (o->locate != NULL) {
		j->locate = locate_load(o->locate, why, sizeof(why));
		if (j->locate == NULL)
			(void)snprintf(err, errlen, "--locate: %s", why);
	}
	return open_compliance(j, err, errlen) && check_rules(j, "--fail-on", &o->gate, err, errlen) &&
	       check_rules(j, "--warn-on", &o->warn, err, errlen) && (o->baseline == NULL || j->baseline != NULL) &&
	       (o->locate == NULL || j->locate != NULL);
}

void
judge_close(struct judge *j)
{
	baseline_free(j->baseline);
	locate_free(j->locate);
	for (size_t i = 0; i < j->n_compliance; i++)
		policy_free(j->compliance[i]);
	free(j->compliance);
	*j = (struct judge){0};
}

/* No connection came about: not what a server did. */
static bool
not_reached(const struct record *r)
{
	static const char *const statuses[] = {"dns_error", "refused", "unreachable", "timeout"};

	for (size_t i = 0; r->status != NULL && i < N_ELEMENTS(statuses); i++)
		if (strcmp(r->status, statuses[i]) == 0)
			return true;
	return false;
}

static void
place(const struct judge *j, struct record *r)
{
	unsigned line = j->locate != NULL ? locate_line(j->locate, r->host, r->port) : 0;

	if (line == 0)
		return;
	r->file = j->o->locate;
	r->line = line;
}

/* ---- conditions ---- */

/* Judges every condition of a gate into v; returns how many there are. */
static size_t
check_all(const struct gate *g, bool warning, const struct record *r, int64_t now, struct arena *a,
    struct check *v)
{
	static const enum check_result results[] = {[GATE_PASS] = CHECK_PASS,
	    [GATE_UNKNOWN] = CHECK_UNKNOWN, [GATE_FAIL] = CHECK_FAIL};
	char why[WHY_SIZE];

	for (size_t i = 0; i < g->n; i++) {
		enum gate_verdict verdict = gate_check(
		    &g->conditions[i], r->facts, r->assessment, now, why, sizeof(why));

		v[i] = (struct check){.name = g->conditions[i].text,
		    .why = verdict != GATE_PASS ? arena_str(a, why) : NULL,
		    .result = results[verdict],
		    .warning = warning};
	}
	return g->n;
}

/* What a monitoring system expects of a plugin that was given no thresholds. */
static void
thresholds(const struct options *o, struct gate *fail, struct gate *warn)
{
	char err[WHY_SIZE];
	bool given = o->gate.n > 0 || o->warn.n > 0;

	*fail = o->gate;
	*warn = o->warn;
	if (o->format == FORMAT_NAGIOS && !given)
		CHECK(gate_parse(fail, "--fail-on", "grade:C,expiry:7d", err, sizeof(err)) &&
		      gate_parse(warn, "--warn-on", "grade:A-,expiry:21d", err, sizeof(err)));
}

static void
check(const struct judge *j, struct record *r, int64_t now, struct arena *a)
{
	struct gate *g = arena_alloc(a, 2 * sizeof(*g)); /* the checks' names are in it */
	struct check *v;

	thresholds(j->o, &g[0], &g[1]);
	v = arena_alloc(a, (g[0].n + g[1].n + 1) * sizeof(*v));
	r->n_checks = check_all(&g[0], false, r, now, a, v);
	r->n_checks += check_all(&g[1], true, r, now, a, v + r->n_checks);
	r->checks = v;
}

/* The worst condition of --fail-on, the first of several. */
static const struct check *
worst(const struct record *r)
{
	const struct check *w = NULL;

	for (size_t i = 0; i < r->n_checks; i++)
		if (!r->checks[i].warning && r->checks[i].result > CHECK_PASS &&
		    (w == NULL || r->checks[i].result > w->result))
			w = &r->checks[i];
	return w;
}

static void
say(const struct record *r, const char *why)
{
	if (r->address != NULL)
		(void)fprintf(
		    stderr, "tlsaudit: %s port %u at %s: %s\n", r->host, r->port, r->address, why);
	else
		(void)fprintf(stderr, "tlsaudit: %s port %u: %s\n", r->host, r->port, why);
}

/* ---- the whole ---- */

static void
assess_record(const struct judge *j, struct record *r, struct arena *a)
{
	struct assessment *s = arena_alloc(a, sizeof(*s));
	struct compliance *c = arena_alloc(a, (j->n_compliance + 1) * sizeof(*c));

	assess(j->policy, r->facts, a, s);
	for (size_t i = 0; i < j->n_compliance; i++)
		comply(j->compliance[i], r->facts, a, &c[i]);
	s->compliance = c;
	s->n_compliance = j->n_compliance;
	if (j->o->explain)
		s->explain = explain(j->policy, r->facts, a, &s->n_explain);
	if (j->baseline != NULL)
		baseline_mark(j->baseline, r, s, a);
	r->assessment = s;
}

void
judge_record(const struct judge *j, struct record *r, int64_t now, struct arena *a,
    enum exit_status *status)
{
	const struct check *w;

	place(j, r);
	r->policy = policy_name(j->policy);
	if (ops_assessed(r))
		assess_record(j, r, a);
	r->excused = r->assessment == NULL && j->o->allow_unreachable && not_reached(r);
	if (r->excused)
		return;
	check(j, r, now, a);
	if (r->assessment == NULL)
		*status = exit_worse(*status, EXIT_NOT_ASSESSED);
	w = worst(r);
	if (w == NULL)
		return;
	*status = exit_worse(*status, w->result == CHECK_FAIL ? EXIT_POLICY : EXIT_NOT_ASSESSED);
	if (j->o->gate.n > 0 && r->facts != NULL && !j->quiet)
		say(r, w->why);
}

void
judge_excused(const struct judge *j, struct record *r)
{
	place(j, r);
	r->policy = policy_name(j->policy);
	r->excused = true;
}
