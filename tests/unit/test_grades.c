/*
 * grades: facts of tests/golden/grades.json to grades, findings and words.
 *
 * What a case says by hand is asserted; the whole of every assessment is compared with
 * tests/golden/grades.txt, and the policy with tests/golden/policy/ssllabs-2009r.txt.  With
 * UPDATE_GOLDEN in the environment both are written anew.
 */
#include "config.h"

#include <stdio.h>

#include "adapt/json.h"
#include "assess/policy.h"
#include "base/xalloc.h"
#include "report/facts_json.h"
#include "report/report.h"
#include "unit.h"

enum { FILE_MAX = 1 << 20 };

static struct arena *arena;
static struct policy *policy;
static const struct json *good, *cases, *mends;

static char *
slurp(const char *path, size_t *n)
{
	FILE *f = fopen(path, "rb");
	char *text = xcalloc(FILE_MAX, 1);

	ck_assert_msg(f != NULL, "%s", path);
	*n = fread(text, 1, FILE_MAX - 1, f);
	fclose(f);
	return text;
}

static void
begin(void)
{
	char err[256] = "", *text;
	const struct json *all;
	size_t n;

	arena = arena_new(64 << 20);
	policy = policy_load("ssllabs-2009r", err, sizeof(err));
	ck_assert_msg(policy != NULL, "%s", err);
	text = slurp(SRCDIR "/tests/golden/grades.json", &n);
	all = json_read(arena, (struct span){(uint8_t *)text, n}, err, sizeof(err));
	ck_assert_msg(all != NULL, "grades.json: %s", err);
	good = json_get(all, "good");
	cases = json_get(all, "cases");
	mends = json_get(all, "mends");
	ck_assert(good != NULL && cases != NULL && cases->n > 80);
	free(text);
}

static void
end(void)
{
	policy_free(policy);
	arena_free(arena);
}

static const char *
name_of(const struct json *c)
{
	return json_str(json_get(c, "name"));
}

static struct facts *
facts_of(const struct json *c)
{
	const struct json *base = json_get(c, "base");
	struct facts *f = facts_new(arena);
	char err[256] = "";

	ck_assert_msg(
	    facts_from_json(f, json_get(c, "facts"), err, sizeof(err)), "%s: %s", name_of(c), err);
	if (base == NULL)
		ck_assert_msg(facts_from_json(f, good, err, sizeof(err)), "good: %s", err);
	return f;
}

static struct assessment
assess_case(const struct json *c)
{
	struct assessment a;

	assess(policy, facts_of(c), arena, &a);
	return a;
}

static bool
is_listed(const struct json *list, const char *id)
{
	for (const struct json *j = json_first(list); j != NULL; j = j->next)
		if (strcmp(json_str(j), id) == 0)
			return true;
	return false;
}

/* The findings are exactly those listed, of rules with an effect or of those without. */
static void
expect_findings(
    const struct json *c, const char *key, const struct finding *v, size_t n, bool effect, bool all)
{
	const struct json *list = json_get(c, key);
	size_t found = 0;

	for (size_t i = 0; i < n; i++) {
		if (!all && (v[i].effect[0] != '\0') != effect)
			continue;
		ck_assert_msg(is_listed(list, v[i].id), "%s: %s is no part of '%s'", name_of(c),
		    v[i].id, key);
		found++;
	}
	ck_assert_msg(found == (list != NULL ? list->n : 0), "%s: '%s' lists what is not there",
	    name_of(c), key);
}

static void
expect_grade(const struct json *c, const char *what, const char *got, const char *want)
{
	ck_assert_msg((got == NULL) == (want == NULL) && (got == NULL || strcmp(got, want) == 0),
	    "%s: %s is %s, not %s", name_of(c), what, got != NULL ? got : "none",
	    want != NULL ? want : "none");
}

static void
expect_scores(const struct json *c, const struct assessment *a)
{
	const int got[] = {a->score_protocol, a->score_key_exchange, a->score_cipher, a->score};
	const struct json *want = json_first(json_get(c, "scores"));

	for (size_t i = 0; want != NULL; want = want->next, i++)
		ck_assert_msg(got[i] == (int)want->i, "%s: score %zu is %d", name_of(c), i, got[i]);
}

START_TEST(each_case_as_written_by_hand)
{
	begin();
	for (const struct json *c = cases->first; c != NULL; c = c->next) {
		struct assessment a = assess_case(c);
		const struct json *ignored = json_get(c, "ignored"), *open = json_get(c, "open");
		const char *grade = json_str(json_get(c, "grade"));

		expect_grade(c, "the grade", a.grade, grade);
		expect_grade(c, "the grade if trust is ignored", a.grade_trust_ignored,
		    ignored != NULL ? json_str(ignored) : grade);
		expect_findings(c, "hits", a.findings, a.n_findings, true, false);
		if (json_get(c, "also") != NULL)
			expect_findings(c, "also", a.findings, a.n_findings, false, false);
		expect_scores(c, &a);
		ck_assert_msg(a.complete == (a.n_open == 0), "%s", name_of(c));
		if (json_get(c, "base") == NULL && json_str(open) == NULL)
			expect_findings(c, "open", a.open, a.n_open, true, true);
		else if (json_str(open) != NULL)
			ck_assert_uint_gt(a.n_open, policy->n_rules / 2);
		ck_assert_msg(a.n_reasons > 0, "%s: no reason", name_of(c));
	}
	end();
}
END_TEST

/* ---- golden files ---- */

static void
write_strings(FILE *to, const char *what, const char *const *v, size_t n)
{
	for (size_t i = 0; i < n; i++)
		fprintf(to, "\t%s %s\n", what, v[i]);
}

static void
write_assessment(FILE *to, const char *name, const struct assessment *a)
{
	fprintf(to, "\n%s\n\tgrade %s, trust ignored %s%s%s%s\n", name,
	    a->grade != NULL ? a->grade : "none",
	    a->grade_trust_ignored != NULL ? a->grade_trust_ignored : "none",
	    a->complete ? ", complete" : "", a->has_warnings ? ", warnings" : "",
	    a->exceptional ? ", exceptional" : "");
	fprintf(to, "\tscores %d %d %d, %d\n", a->score_protocol, a->score_key_exchange,
	    a->score_cipher, a->score);
	write_strings(to, "reason", a->reasons, a->n_reasons);
	write_strings(to, "lift", a->lifts, a->n_lifts);
	for (size_t i = 0; i < a->n_findings; i++) {
		const struct finding *f = &a->findings[i];

		fprintf(to, "\t%s %s: %s%s%s\n\t\t%s\n", severity_name(f->sev), f->id, f->title,
		    f->effect[0] != '\0' ? ": " : "", f->effect, f->evidence);
	}
	for (size_t i = 0; i < a->n_open; i++)
		fprintf(to, "\topen %s: %s%s%s\n", a->open[i].id, a->open[i].why_open,
		    a->open[i].effect[0] != '\0' ? "; " : "", a->open[i].effect);
}

/* The first line in which two texts differ. */
static unsigned
first_difference(const char *a, const char *b)
{
	unsigned line = 1;

	for (; *a == *b && *a != '\0'; a++, b++)
		line += *a == '\n';
	return line;
}

static char *
text_of(const char *name, const struct assessment *a)
{
	char *text = NULL;
	size_t n = 0;
	FILE *to = open_memstream(&text, &n);

	write_assessment(to, name, a);
	fclose(to);
	return text;
}

static void
compare(const char *path, const char *got, size_t n)
{
	char *want;
	size_t n_want;

	if (getenv("UPDATE_GOLDEN") != NULL) {
		FILE *f = fopen(path, "wb");

		ck_assert(f != NULL && fwrite(got, 1, n, f) == n && fclose(f) == 0);
		return;
	}
	want = slurp(path, &n_want);
	ck_assert_msg(strcmp(got, want) == 0, "%s: line %u differs (make update-golden)", path,
	    first_difference(got, want));
	free(want);
}

START_TEST(assessments_are_the_golden_ones)
{
	char *text = NULL;
	size_t n = 0;
	FILE *to = open_memstream(&text, &n);

	begin();
	for (const struct json *c = cases->first; c != NULL; c = c->next) {
		struct assessment a = assess_case(c);

		write_assessment(to, name_of(c), &a);
	}
	fclose(to);
	compare(SRCDIR "/tests/golden/grades.txt", text, n);
	free(text);
	end();
}
END_TEST

START_TEST(the_policy_is_the_golden_one)
{
	char *text = NULL;
	size_t n = 0;
	FILE *to = open_memstream(&text, &n);

	begin();
	ck_assert(policy_write(to, policy));
	fclose(to);
	compare(SRCDIR "/tests/golden/policy/ssllabs-2009r.txt", text, n);
	free(text);
	end();
}
END_TEST

/* The facts of a report, read back out of its JSON. */
static struct facts *
through_json(const struct facts *f)
{
	struct record r = {.host = "www.example.org", .port = 443, .status = "ok", .facts = f};
	struct facts *back = facts_new(arena);
	char *text = NULL, err[256] = "";
	const struct json *j;
	size_t n = 0;
	FILE *to = open_memstream(&text, &n);

	ck_assert(report_json(to, &r));
	fclose(to);
	j = json_read(arena, (struct span){(uint8_t *)text, n}, err, sizeof(err));
	ck_assert_msg(j != NULL, "%s", err);
	ck_assert_msg(facts_from_json(back, json_get(j, "facts"), err, sizeof(err)), "%s", err);
	free(text);
	return back;
}

START_TEST(reports_read_back_give_the_same)
{
	begin();
	for (const struct json *c = cases->first; c != NULL; c = c->next) {
		struct facts *f = facts_of(c);
		char *before, *after;
		struct assessment a;

		assess(policy, f, arena, &a);
		before = text_of("", &a);
		assess(policy, through_json(f), arena, &a);
		after = text_of("", &a);
		ck_assert_msg(strcmp(before, after) == 0, "%s: line %u", name_of(c),
		    first_difference(before, after));
		free(before);
		free(after);
	}
	end();
}
END_TEST

/* ---- the list of changes ---- */

/* What a change does to facts: those with "fix" as key replace the case's. */
static const struct json *
facts_after(const struct json *c, const char *lift)
{
	const struct json *own = json_first(json_get(c, "mends"));

	for (const struct json *m = own; m != NULL; m = m->next)
		if (strncmp(lift, json_str(json_get(m, "fix")), strlen(json_str(json_get(m, "fix")))) == 0)
			return json_get(m, "facts");
	for (const struct json *m = json_first(mends); m != NULL; m = m->next)
		if (strncmp(lift, json_str(json_get(m, "fix")), strlen(json_str(json_get(m, "fix")))) == 0)
			return json_get(m, "facts");
	ck_abort_msg("grades.json: no 'mends' says what this changes: %s", lift);
	return NULL;
}

/* The case's facts after these changes (bits of `which`): the last one that says something, counts. */
static struct facts *
changed_facts(const struct json *c, const struct assessment *a, unsigned which)
{
	struct facts *f = facts_new(arena);
	char err[256] = "";

	for (size_t i = 0; i < a->n_lifts; i++)
		if ((which >> i & 1) != 0)
			ck_assert_msg(facts_from_json(f, facts_after(c, a->lifts[i]), err,
					  sizeof(err)),
			    "%s", err);
	ck_assert(facts_from_json(f, json_get(c, "facts"), err, sizeof(err)));
	if (json_get(c, "base") == NULL)
		ck_assert(facts_from_json(f, good, err, sizeof(err)));
	return f;
}

static const char *
grade_after(const struct json *c, const struct assessment *a, unsigned which)
{
	struct assessment after;

	assess(policy, changed_facts(c, a, which), arena, &after);
	return after.grade != NULL ? after.grade : "none";
}

/* Each lift's promise, "(from F to B)", is what the changed facts bring; and no change can be left out. */
START_TEST(lifts_are_true_and_the_shortest)
{
	size_t tried = 0;

	begin();
	for (const struct json *c = cases->first; c != NULL; c = c->next) {
		struct assessment a = assess_case(c);
		unsigned all = (1u << a.n_lifts) - 1;
		const char *best = a.n_lifts > 0 ? grade_after(c, &a, all) : NULL;

		for (size_t i = 0; i < a.n_lifts; i++) {
			const char *after = grade_after(c, &a, (1u << (i + 1)) - 1);
			const char *promise = strrchr(a.lifts[i], '(');

			tried++;
			if (strcmp(promise, "(needed with the next)") != 0) {
				const char *to = strstr(promise, " to ");
				ck_assert_msg(to != NULL && strncmp(to + 4, after, strlen(after)) == 0 &&
						  to[4 + strlen(after)] == ')',
				    "%s: %s: after it, %s", name_of(c), a.lifts[i], after);
			}
			ck_assert_msg(strcmp(grade_after(c, &a, all & ~(1u << i)), best) != 0,
			    "%s: needless: %s", name_of(c), a.lifts[i]);
		}
	}
	ck_assert_uint_gt(tried, 60);
	end();
}
END_TEST

/* Every rule with an effect hits in one of the cases: the guide has no row that is not tried. */
START_TEST(every_rule_hits_once)
{
	begin();
	for (size_t i = 0; i < policy->n_rules; i++) {
		bool hit = false;

		for (const struct json *c = cases->first; c != NULL && !hit; c = c->next)
			hit = is_listed(json_get(c, "hits"), policy->rules[i]->id) ||
			      is_listed(json_get(c, "also"), policy->rules[i]->id);
		ck_assert_msg(
		    hit || policy->rules[i]->effect == EFFECT_NONE, "%s", policy->rules[i]->id);
	}
	end();
}
END_TEST

UNIT_MAIN("grades", each_case_as_written_by_hand, assessments_are_the_golden_ones,
    the_policy_is_the_golden_one, reports_read_back_give_the_same,
    lifts_are_true_and_the_shortest, every_rule_hits_once)
