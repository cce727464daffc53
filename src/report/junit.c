/*
 * junit - JUnit XML, as Jenkins, GitLab and others read it: a suite per endpoint, a test per rule,
 * those of --compliance among them as "mozilla-modern/tls1_2".
 *
 * A rule that hits is a failed test when it fails the run (--fail-on; without it, from severity
 * "low" on); else it passes and says what was found.  A rule that could not be judged, and one
 * that the policy waives or the baseline has, is skipped, with the reason.  Each condition of
 * --fail-on is a test as well.  An endpoint that could not be assessed is one test in error.
 */
#include "report/ops.h"

#include "base/text.h"
#include "report/escape.h"
#include "report/status.h"

enum outcome { PASSED, FAILED, ERROR, SKIPPED, OUTCOME__MAX };

struct junit {
	FILE *suites;
	size_t totals[OUTCOME__MAX];
	uint64_t elapsed_ms;
};

struct test { /* one testcase */
	enum outcome outcome;
	const char *name, *type, *message, *text; /* type: of a failure; text: more of it, or NULL */
};

static bool
begin(struct report *out)
{
	struct junit *j = out->state;

	j->suites = spool_open();
	return j->suites != NULL;
}

static void
attribute(FILE *to, const char *name, const char *value)
{
	fprintf(to, " %s=\"", name);
	escape_xml(to, value);
	putc('"', to);
}

/* ---- what the tests are ---- */

struct judged { /* what became of the rules: those that hit, those that are open */
	const struct finding *hits, *open;
	size_t n_hits, n_open;
};

static struct test
test_of_rule(const struct report *out, const struct judged *j, const struct finding *rule,
    struct arena *a)
{
	const struct finding *hit = finding_by_id(j->hits, j->n_hits, rule->id);
	const struct finding *open = finding_by_id(j->open, j->n_open, rule->id);
	struct test t = {.name = arena_printf(a, "%s %s", rule->id, rule->title)};

	if (hit != NULL) {
		t.type = severity_name(hit->sev);
		t.message = hit->evidence != NULL && *hit->evidence != '\0' ? hit->evidence : hit->title;
		t.text = hit->fix;
		t.outcome = ops_fails(out, hit)                    ? FAILED
			    : hit->waived || hit->known_before     ? SKIPPED
								   : PASSED;
		if (t.outcome == SKIPPED)
			t.message = hit->waived ? hit->effect : "the baseline has it";
	} else if (open != NULL) {
		t.outcome = SKIPPED;
		t.message = open->why_open;
	}
	return t;
}

static struct test
test_of_check(const struct check *c)
{
	return (struct test){.outcome = c->result == CHECK_FAIL      ? FAILED
					: c->result == CHECK_UNKNOWN ? ERROR
								     : PASSED,
	    .name = c->name,
	    .type = "condition",
	    .message = c->why};
}

static struct test
test_of_status(const struct record *r, struct arena *a)
{
	return (struct test){.outcome = r->excused ? SKIPPED : ERROR,
	    .name = "assessed",
	    .type = r->status,
	    .message = arena_printf(a, "%s%s%s", status_words(r->status),
		r->status_detail != NULL ? ": " : "",
		r->status_detail != NULL ? r->status_detail : "")};
}

/* ---- how they are written ---- */

static void
testcase(FILE *to, const struct record *r, const struct test *t, struct arena *a)
{
	static const char *const elements[] = {
	    [FAILED] = "failure", [ERROR] = "error", [SKIPPED] = "skipped"};

	fputs("    <testcase", to);
	attribute(to, "classname", ops_host_port(r, a));
	attribute(to, "name", t->name);
	attribute(to, "time", "0");
	attribute(to, "file", ops_file(r, a));
	fprintf(to, " line=\"%u\"", ops_line(r));
	if (t->outcome == PASSED && t->message == NULL) {
		fputs("/>\n", to);
		return;
	}
	fputs(">\n      ", to);
	if (t->outcome == PASSED) {
		fprintf(to, "<system-out>%s: ", t->type);
		escape_xml(to, t->message);
		fputs("</system-out>", to);
	} else {
		fprintf(to, "<%s", elements[t->outcome]);
		if (t->outcome != SKIPPED)
			attribute(to, "type", t->type);
		attribute(to, "message", t->message);
		putc('>', to);
		escape_xml(to, t->outcome == FAILED ? t->text : NULL);
		fprintf(to, "</%s>", elements[t->outcome]);
	}
	fputs("\n    </testcase>\n", to);
}

static size_t
tests_of(const struct report *out, const struct record *r, struct test **list, struct arena *a)
{
	const struct assessment *as = r->assessment;
	struct judged own, theirs;
	size_t n = 0, n_rules;
	const struct finding *rules = ops_rules(out, a, &n_rules);

	*list = arena_alloc(a, (n_rules + r->n_checks + 1) * sizeof(**list));
	if (as == NULL) {
		(*list)[0] = test_of_status(r, a);
		return 1;
	}
	own = (struct judged){as->findings, as->open, as->n_findings, as->n_open};
	theirs.hits = ops_deviations(r, a, &theirs.n_hits);
	theirs.open = ops_deviations_open(r, a, &theirs.n_open);
	for (size_t i = 0; i < r->n_checks; i++)
		if (!r->checks[i].warning)
			(*list)[n++] = test_of_check(&r->checks[i]);
	for (size_t i = 0; i < n_rules; i++)
		(*list)[n++] =
		    test_of_rule(out, rules[i].policy != NULL ? &theirs : &own, &rules[i], a);
	return n;
}

static bool
record(struct report *out, const struct record *r)
{
	struct junit *j = out->state;
	struct arena *a = arena_new(4 << 20);
	size_t counts[OUTCOME__MAX] = {0};
	char *when = text_time(a, r->time);
	struct test *tests;
	size_t n = tests_of(out, r, &tests, a);

	for (size_t i = 0; i < n; i++)
		counts[tests[i].outcome]++;
	for (size_t i = 0; i < OUTCOME__MAX; i++)
		j->totals[i] += counts[i];
	j->elapsed_ms += r->elapsed_ms;
	if (strlen(when) == 20)
		when[19] = '\0'; /* readers want no zone */
	fputs("  <testsuite", j->suites);
	attribute(j->suites, "name", ops_host_port(r, a));
	fprintf(j->suites, " tests=\"%zu\" failures=\"%zu\" errors=\"%zu\" skipped=\"%zu\"", n,
	    counts[FAILED], counts[ERROR], counts[SKIPPED]);
	fprintf(j->suites, " time=\"%u.%03u\"", r->elapsed_ms / 1000, r->elapsed_ms % 1000);
	attribute(j->suites, "timestamp", when);
	attribute(j->suites, "hostname", r->address != NULL ? r->address : r->host);
	fputs(">\n", j->suites);
	for (size_t i = 0; i < n; i++)
		testcase(j->suites, r, &tests[i], a);
	fputs("  </testsuite>\n", j->suites);
	arena_free(a);
	return ferror(j->suites) == 0;
}

static bool
end(struct report *out)
{
	struct junit *j = out->state;
	const size_t *t = j->totals;
	FILE *suites = j->suites;

	j->suites = NULL;
	fprintf(out->to,
	    "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
	    "<testsuites name=\"tlsaudit\" tests=\"%zu\" failures=\"%zu\" errors=\"%zu\""
	    " skipped=\"%zu\" time=\"%llu.%03llu\">\n",
	    t[PASSED] + t[FAILED] + t[ERROR] + t[SKIPPED], t[FAILED], t[ERROR], t[SKIPPED],
	    (unsigned long long)j->elapsed_ms / 1000, (unsigned long long)j->elapsed_ms % 1000);
	if (!spool_close(suites, out->to))
		return false;
	fputs("</testsuites>\n", out->to);
	return ops_written(out->to);
}

static void
free_state(struct report *out)
{
	struct junit *j = out->state;

	if (j->suites != NULL)
		(void)fclose(j->suites);
}

const struct report_ops ops_junit = {.begin = begin,
    .record = record,
    .end = end,
    .free = free_state,
    .state_size = sizeof(struct junit)};
