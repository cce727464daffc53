/*
 * comply: compliance policies, each as it is read and what it says of servers.
 *
 * tests/golden/compliance.json takes the "good" server of grades.json with some facts instead; a
 * case names a policy, which of its rules deviate, are advice, waived or open, and whether it passes,
 * by hand out of the policy's source.  Each policy as it is read is in tests/golden/policy/.
 */
#include "config.h"

#include <stdio.h>

#include "adapt/json.h"
#include "assess/policy.h"
#include "base/xalloc.h"
#include "report/facts_json.h"
#include "unit.h"

enum { FILE_MAX = 1 << 20 };

static struct arena *arena;
static const struct json *good, *cases;

static const struct json *
read_json(const char *path)
{
	FILE *f = fopen(path, "rb");
	char *text = xcalloc(FILE_MAX, 1), err[256] = "";
	const struct json *j;
	size_t n;

	ck_assert_msg(f != NULL, "%s", path);
	n = fread(text, 1, FILE_MAX - 1, f);
	fclose(f);
	j = json_read(arena, (struct span){(uint8_t *)text, n}, err, sizeof(err));
	ck_assert_msg(j != NULL, "%s: %s", path, err);
	free(text);
	return j;
}

static void
begin(void)
{
	arena = arena_new(64 << 20);
	good = json_get(read_json(SRCDIR "/tests/golden/grades.json"), "good");
	cases = json_get(read_json(SRCDIR "/tests/golden/compliance.json"), "cases");
	ck_assert(good != NULL && cases != NULL);
}

static void
end(void)
{
	arena_free(arena);
}

static struct policy *
load(const char *name)
{
	char err[256] = "";
	struct policy *p = policy_load(name, err, sizeof(err));

	ck_assert_msg(p != NULL, "%s", err);
	return p;
}

static const char *
text_of(const struct json *c, const char *key)
{
	return json_str(json_get(c, key));
}

static struct facts *
facts_of(const struct json *c)
{
	struct facts *f = facts_new(arena);
	const struct json *base = json_get(c, "base");
	char err[256] = "";

	ck_assert_msg(facts_from_json(f, json_get(c, "facts"), err, sizeof(err)), "%s: %s",
	    text_of(c, "name"), err);
	if (base == NULL)
		ck_assert_msg(facts_from_json(f, good, err, sizeof(err)), "good: %s", err);
	return f;
}

static bool
is_listed(const struct json *list, const char *id)
{
	for (const struct json *j = json_first(list); j != NULL; j = j->next)
		if (strcmp(json_str(j), id) == 0)
			return true;
	return false;
}

/* They are exactly those listed. */
static void
expect(const struct json *c, const char *key, const struct finding *v, size_t n)
{
	const struct json *list = json_get(c, key);

	for (size_t i = 0; i < n; i++) {
		ck_assert_msg(is_listed(list, v[i].id), "%s: %s is no part of '%s'",
		    text_of(c, "name"), v[i].id, key);
		ck_assert_msg(v[i].why_open != NULL ? v[i].why_open[0] != '\0'
						    : v[i].evidence[0] != '\0',
		    "%s: %s: nothing to show", text_of(c, "name"), v[i].id);
	}
	ck_assert_msg(n == (list != NULL ? list->n : 0), "%s: '%s' lists what is not there",
	    text_of(c, "name"), key);
}

START_TEST(each_case_as_written_by_hand)
{
	begin();
	for (const struct json *c = cases->first; c != NULL; c = c->next) {
		struct policy *p = load(text_of(c, "policy"));
		struct compliance out;

		comply(p, facts_of(c), arena, &out);
		expect(c, "deviations", out.deviations, out.n_deviations);
		expect(c, "advice", out.advice, out.n_advice);
		expect(c, "open", out.open, out.n_open);
		ck_assert_msg(strcmp(tri_name(out.passes), text_of(c, "passes")) == 0,
		    "%s: passes is %s", text_of(c, "name"), tri_name(out.passes));
		policy_free(p);
	}
	end();
}
END_TEST

/* No rule that nobody has seen hit. */
START_TEST(every_rule_hits_once)
{
	begin();
	for (const char *const *name = policy_names(); *name != NULL; name++) {
		struct policy *p = load(*name);
		bool inherits = strstr(*name, "-5.8") != NULL; /* the rules of another */

		for (size_t i = 0; p->compliance && !inherits && i < p->n_rules; i++) {
			const char *id = p->rules[i]->id;
			bool hit = false;

			for (const struct json *c = cases->first; c != NULL && !hit; c = c->next)
				hit = strcmp(text_of(c, "policy"), *name) == 0 &&
				      (is_listed(json_get(c, "deviations"), id) ||
					  is_listed(json_get(c, "advice"), id));
			ck_assert_msg(hit, "%s: %s", *name, id);
		}
		policy_free(p);
	}
	end();
}
END_TEST

static void
compare(const char *path, const char *got, size_t n)
{
	char *want = xcalloc(FILE_MAX, 1);
	FILE *f = fopen(path, getenv("UPDATE_GOLDEN") != NULL ? "wb" : "rb");

	ck_assert_msg(f != NULL, "%s (make update-golden)", path);
	if (getenv("UPDATE_GOLDEN") != NULL) {
		ck_assert_uint_eq(fwrite(got, 1, n, f), n);
	} else {
		ck_assert_uint_lt(fread(want, 1, FILE_MAX - 1, f), FILE_MAX - 1);
		ck_assert_msg(strcmp(got, want) == 0, "%s differs (make update-golden)", path);
	}
	ck_assert_int_eq(fclose(f), 0);
	free(want);
}

START_TEST(each_policy_is_the_golden_one)
{
	begin();
	for (const char *const *name = policy_names(); *name != NULL; name++) {
		struct policy *p = load(*name);
		char *text = NULL;
		size_t n = 0;
		FILE *to = open_memstream(&text, &n);

		ck_assert_str_eq(policy_name(p), *name);
		ck_assert(policy_write(to, p));
		fclose(to);
		compare(arena_printf(arena, "%s/tests/golden/policy/%s.txt", SRCDIR, *name), text, n);
		free(text);
		policy_free(p);
	}
	end();
}
END_TEST

static void
refused(const char *text, const char *words)
{
	char err[256] = "";
	struct policy *p = policy_read(span_str(text), "p.json", err, sizeof(err));

	ck_assert_msg(p == NULL, "%s", text);
	ck_assert_msg(strstr(err, words) != NULL, "'%s' is not in: %s", words, err);
}

#define HEAD "{\"policy\": \"p\", \"edition\": \"1\", \"title\": \"t\", "
#define RULE(when, more)                                                                           \
	"\"rules\": [{\"id\": \"a\", \"title\": \"t\", \"fix\": \"f\", \"ref\": \"r\", \"when\": [" \
	when "]" more "}]"

START_TEST(what_is_refused)
{
#define KIND HEAD "\"kind\": \"compliance\", "
	refused(HEAD "\"kind\": \"opinion\"}", "there is no kind 'opinion'");
	refused(KIND RULE("[\"protocols.ssl2\", \"is\", \"yes\"]", "") "}", "'level' is missing");
	refused(KIND RULE("[\"protocols.ssl2\", \"is\", \"yes\"]", ", \"level\": \"may\"") "}",
	    "'level' is must or should");
	refused(KIND RULE("[\"protocols.ssl2\", \"is\", \"yes\"]", ", \"severity\": \"low\"") "}",
	    "has a 'level'");
	refused(KIND RULE("[\"protocols.ssl2\", \"is\", \"yes\"]",
		    ", \"level\": \"must\", \"cap\": \"B\"") "}",
	    "no grades");
	refused(KIND "\"letters\": {\"A\": 0}}", "no scores and letters");
	refused(KIND "\"extends\": \"ssllabs-2009r\"}", "what it extends gives grades");
	refused(KIND RULE("[\"suites.tls1_2\", \"has other than\", [\"fs\"]]",
		    ", \"level\": \"must\"") "}",
	    "'fs' is nothing that");
	refused(KIND RULE("[\"protocols.ssl2\", \"has other than\", \"yes\"]",
		    ", \"level\": \"must\"") "}",
	    "does not go with");
#undef KIND
}
END_TEST

UNIT_MAIN("comply", each_case_as_written_by_hand, every_rule_hits_once,
    each_policy_is_the_golden_one, what_is_refused)
