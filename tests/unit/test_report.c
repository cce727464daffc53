/* test_report - text, JSON and HTML against goldens, and what no server may make them print. */
#include "config.h" /* open_memstream() */
#include "report/report.h"

#include <json-c/json.h>

#include "base/arena.h"
#include "base/check.h"
#include "base/text.h"
#include "report/term.h"
#include "report_cases.h"

#include "unit.h"

static struct arena *arena;

static void
set_up(void)
{
	arena = arena_new(16 << 20);
}

static void
tear_down(void)
{
	arena_free(arena);
}

/* The report as a string in the arena. */
static char *
rendered(const struct record *r, const struct report_style *style)
{
	char *buf = NULL, *copy;
	size_t n = 0;
	FILE *f = open_memstream(&buf, &n);

	ck_assert_ptr_nonnull(f);
	ck_assert(style != NULL ? report_text(f, r, style) : report_json(f, r));
	fclose(f);
	ck_assert_uint_eq(strlen(buf), n); /* no NUL either */
	copy = arena_strn(arena, buf, n);
	free(buf);
	return copy;
}

/* Compares with tests/golden/report/<name>; UPDATE_GOLDEN=1 writes it instead. */
static void
golden(const char *name, const char *got)
{
	const char *path = arena_printf(arena, "%s/tests/golden/report/%s", SRCDIR, name);
	FILE *f = fopen(path, getenv("UPDATE_GOLDEN") != NULL ? "w" : "r");
	char *want;
	size_t n;

	ck_assert_msg(f != NULL, "%s cannot be opened", path);
	if (getenv("UPDATE_GOLDEN") != NULL) {
		ck_assert_int_ge(fputs(got, f), 0);
		ck_assert_int_eq(fclose(f), 0);
		return;
	}
	want = arena_alloc(arena, 1 << 20);
	n = fread(want, 1, (1 << 20) - 1, f);
	fclose(f);
	want[n] = 0;
	for (n = 0; want[n] != 0 && want[n] == got[n]; n++)
		;
	ck_assert_msg(want[n] == got[n],
	    "%s differs at byte %zu (make update-golden, then read the diff): \"%.200s\"", path, n,
	    got + (n < 40 ? 0 : n - 40));
}

static const struct {
	const char *file, *name;
	struct report_style style;
} goldens[] = {
    {"modern.txt", "modern", {.width = 80}},
    {"modern-v.txt", "modern", {.width = 120, .verbose = 1, .show_certs = true}},
    {"modern-colour.txt", "modern", {.width = 80, .colour = true}},
    {"outside.txt", "outside", {.width = 80}},
    {"modern-q.txt", "modern", {.verbose = -1}},
    {"incomplete.txt", "incomplete", {.width = 80}},
    {"incomplete-40.txt", "incomplete", {.width = 40}},
    {"asked-explain.txt", "asked", {.width = 100, .explain = true}},
    {"asked-40.txt", "asked", {.width = 40}},
    {"self-signed.txt", "self-signed", {.width = 60}},
    {"partial.txt", "partial", {.width = 80}},
    {"partial-v.txt", "partial", {.width = 80, .verbose = 1}},
    {"partial-q.txt", "partial", {.verbose = -1}},
    {"not-tls.txt", "not-tls", {.width = 80}},
    {"not-tls-q.txt", "not-tls", {.verbose = -1}},
    {"refused.txt", "refused", {.width = 80}},
    {"dns-error.txt", "dns-error", {.width = 80}},
    {"hostile.txt", "hostile", {.width = 80, .verbose = 1}},
};

START_TEST(text_is_as_agreed)
{
	struct record r;
	char *text, *end;

	report_case(&r, arena, goldens[_i].name);
	text = rendered(&r, &goldens[_i].style);
	/* What is not known is another list with every new fact: it has a test of its own. */
	end = strstr(text, "\nNot known ");
	if (end != NULL)
		end[1] = 0;
	golden(goldens[_i].file, text);
}
END_TEST

/* A page without what is not ours to agree on: the style sheet, its hash, the version. */
static char *
page(const struct record *r)
{
	static const char *const cuts[][2] = {{"<style>", "</style>"}, {"'sha256-", "'"},
	    {"content=\"" PACKAGE_NAME " ", "\""}, {"Made by " PACKAGE_NAME " ", "What"}};
	char err[256], *buf = NULL, *at, *end;
	struct policy *policy = policy_load("ssllabs-2009r", err, sizeof(err));
	const struct report_options o = {.policy = policy};
	size_t n = 0;
	FILE *f = open_memstream(&buf, &n);
	struct report *out = report_new(FORMAT_HTML, f, &o);

	ck_assert(report_begin(out) && report_record(out, r) && report_end(out));
	report_free(out);
	fclose(f);
	policy_free(policy);
	for (size_t i = 0; i < N_ELEMENTS(cuts); i++) {
		at = strstr(buf, cuts[i][0]);
		ck_assert_msg(at != NULL, "%s", cuts[i][0]);
		at += strlen(cuts[i][0]);
		end = strstr(at, cuts[i][1]);
		ck_assert_ptr_nonnull(end);
		memmove(at, end, strlen(end) + 1);
	}
	at = arena_str(arena, buf);
	free(buf);
	return at;
}

START_TEST(html_is_as_agreed)
{
	static const char *const names[] = {"asked", "incomplete", "refused", "hostile"};
	struct record r;

	for (size_t i = 0; i < N_ELEMENTS(names); i++) {
		report_case(&r, arena, names[i]);
		golden(arena_printf(arena, "%s.html", names[i]), page(&r));
	}
}
END_TEST

START_TEST(verbose_names_all_that_is_not_known)
{
	static const struct report_style verbose = {.width = 80, .verbose = 1};
	struct record r;
	const char *list;

	report_case(&r, arena, "partial");
	list = strstr(rendered(&r, &verbose), "\nNot known ");
	ck_assert_ptr_nonnull(list);
	ck_assert_ptr_nonnull(strstr(list, "\n  Silence               protocols.tls1_0 "));
	for (int id = kind_defs[K_ENDPOINT].first; id < (int)kind_end(K_ENDPOINT); id++) {
		const char *path = fact_defs[id].json, *at = strstr(list, path);
		size_t n = strlen(path);

		/* As a word: "dh.prime" is not in "dh.prime_shared". */
		while (at != NULL && at[n] != ' ' && at[n] != '\n')
			at = strstr(at + 1, path);
		ck_assert_msg((at != NULL) != fact_known(r.facts, (enum fact_id)id), "%s", path);
	}
}
END_TEST

START_TEST(json_is_as_agreed)
{
	struct record r;

	for (size_t i = 0; report_case_names[i] != NULL; i++) {
		report_case(&r, arena, report_case_names[i]);
		golden(arena_printf(arena, "%s.json", report_case_names[i]), rendered(&r, NULL));
	}
}
END_TEST

/* A line that may be wider than the terminal: it ends in what people copy, a URL, a fingerprint or
 * a pin, which stands beside nothing but its label; or it is PEM. */
static bool
is_token(const char *line, unsigned width)
{
	const char *last = strrchr(line, ' ') != NULL ? strrchr(line, ' ') + 1 : line;
	size_t n = strlen(last), label = (size_t)(last - line);

	if (label == 0 || strncmp(line, "-----", 5) == 0) /* PEM */
		return true;
	return (strstr(last, "://") != NULL || strncmp(last, "sha256/", 7) == 0 ||
		   (n <= 64 && strspn(last, "0123456789abcdef") == n)) &&
	       n + 2 > width / 2 && (strspn(line, " ") == label || label <= 8);
}

START_TEST(no_line_is_wider_than_the_terminal)
{
	static const unsigned widths[] = {40, 50, 60, 72, 80, 100, 120, 200};
	struct report_style style = {.verbose = _i % 2, .explain = true, .show_certs = true};
	struct record r;

	for (size_t w = 0; w < N_ELEMENTS(widths); w++)
		for (size_t i = 0; report_case_names[i] != NULL; i++) {
			char *line, *next;

			style.width = widths[w];
			report_case(&r, arena, report_case_names[i]);
			for (line = rendered(&r, &style); *line != 0; line = next) {
				next = strchr(line, '\n');
				ck_assert_ptr_nonnull(next);
				*next++ = 0;
				ck_assert_msg(
				    term_columns(line) <= widths[w] || is_token(line, widths[w]),
				    "%s at %u columns: \"%s\"", report_case_names[i], widths[w],
				    line);
				ck_assert_msg(*line == 0 || next[-2] != ' ', "\"%s\"", line);
			}
		}
}
END_TEST

/* A colour changes no character: without its escapes the report is the same. */
START_TEST(colour_adds_escapes_only)
{
	struct report_style style = {.width = 80, .verbose = 1, .explain = true};
	struct record r;

	for (size_t i = 0; report_case_names[i] != NULL; i++) {
		char *plain, *colour, *to;
		const char *from;

		report_case(&r, arena, report_case_names[i]);
		style.colour = false;
		plain = rendered(&r, &style);
		ck_assert_ptr_null(strchr(plain, '\033'));
		style.colour = true;
		colour = rendered(&r, &style);
		ck_assert_ptr_nonnull(strstr(colour, "\033["));
		for (from = to = colour; *from != 0;) {
			size_t n =
			    strspn(from, "\033") == 0 ? 0 : 2 + strspn(from + 2, "0123456789;");

			if (n > 0) {
				ck_assert_int_eq(from[1], '[');
				ck_assert_int_eq(from[n], 'm');
				from += n + 1;
			} else {
				*to++ = *from++;
			}
		}
		*to = 0;
		ck_assert_str_eq(colour, plain);
	}
}
END_TEST

/* Nothing but text, newlines and, when there is colour, our own escapes. */
static void
is_clean(const char *s, const char *what)
{
	struct span in = span_str(s);
	uint32_t cp;
	size_t n;

	while ((n = text_next(in, &cp)) > 0) {
		ck_assert_msg(cp == '\n' || (cp != TEXT_BAD && !text_is_control(cp)),
		    "U+%04x in %s", (unsigned)cp, what);
		in.p += n;
		in.n -= n;
	}
}

/* Every character of a plane and a half that a terminal could obey, in every string there is. */
START_TEST(no_control_reaches_an_output)
{
	struct report_style style = {
	    .width = 80, .verbose = 1, .show_certs = true, .explain = true};
	static const struct report_style quiet = {.verbose = -1};
	uint32_t last = 0;

	for (uint32_t cp = 1; cp < 0x110000; cp = cp == 0xffff ? 0xe0000 : cp + 1) {
		uint8_t b[8] = "x";
		struct record r;

		if (cp >= 0xe0100)
			break;
		if (!text_is_control(cp) || (cp >= 0xd800 && cp < 0xe000))
			continue;
		last = cp;
		if (cp < 0x80) {
			b[1] = (uint8_t)cp;
		} else if (cp < 0x800) {
			b[1] = (uint8_t)(0xc0 | cp >> 6);
			b[2] = (uint8_t)(0x80 | (cp & 0x3f));
		} else if (cp < 0x10000) {
			b[1] = (uint8_t)(0xe0 | cp >> 12);
			b[2] = (uint8_t)(0x80 | (cp >> 6 & 0x3f));
			b[3] = (uint8_t)(0x80 | (cp & 0x3f));
		} else {
			b[1] = (uint8_t)(0xf0 | cp >> 18);
			b[2] = (uint8_t)(0x80 | (cp >> 12 & 0x3f));
			b[3] = (uint8_t)(0x80 | (cp >> 6 & 0x3f));
			b[4] = (uint8_t)(0x80 | (cp & 0x3f));
		}
		tear_down();
		set_up();
		report_case_filled(&r, arena, (const char *)b);
		is_clean(rendered(&r, &style), "text");
		is_clean(rendered(&r, &quiet), "one line");
		is_clean(rendered(&r, NULL), "JSON");
		r.facts = NULL;
		is_clean(rendered(&r, &style), "not assessed");
	}
	ck_assert_uint_ge(last, 0xe0001); /* the tags were among them */
}
END_TEST

START_TEST(bytes_that_are_not_utf8_reach_no_output)
{
	struct report_style style = {.width = 60, .verbose = 1};
	struct record r;

	for (unsigned b = 0x80; b < 0x100; b++) {
		const char text[] = {'a', (char)b, ' ', (char)b, 0};

		tear_down();
		set_up();
		report_case_filled(&r, arena, text);
		is_clean(rendered(&r, &style), "text");
		is_clean(rendered(&r, NULL), "JSON");
	}
}
END_TEST

START_TEST(a_quiet_report_is_one_line)
{
	static const struct report_style quiet = {.verbose = -1};
	struct record r;

	for (size_t i = 0; report_case_names[i] != NULL; i++) {
		char *s;

		report_case(&r, arena, report_case_names[i]);
		s = rendered(&r, &quiet);
		ck_assert_ptr_eq(strchr(s, '\n'), s + strlen(s) - 1);
	}
}
END_TEST

START_TEST(json_has_the_keys_readers_rely_on)
{
	static const char *const top[] = {"schema_version", "target", "status", "grade",
	    "grade_trust_ignored", "scores", "connections", "elapsed_ms", "facts", "findings",
	    "open"},
				 *const target[] = {"host", "port", "address", "starttls"},
				 *const versions[] = {
				     "ssl2", "ssl3", "tls1_0", "tls1_1", "tls1_2", "tls1_3"};
	struct record r;

	for (size_t i = 0; report_case_names[i] != NULL; i++) {
		struct json_object *o, *v, *facts, *protocols;

		report_case(&r, arena, report_case_names[i]);
		o = json_tokener_parse(rendered(&r, NULL));
		ck_assert_ptr_nonnull(o);
		for (size_t k = 0; k < N_ELEMENTS(top); k++)
			ck_assert_msg(json_object_object_get_ex(o, top[k], NULL), "%s", top[k]);
		v = json_object_object_get(o, "target");
		for (size_t k = 0; k < N_ELEMENTS(target); k++)
			ck_assert_msg(
			    json_object_object_get_ex(v, target[k], NULL), "%s", target[k]);
		facts = json_object_object_get(o, "facts");
		protocols = json_object_object_get(facts, "protocols");
		for (size_t k = 0; r.facts != NULL && k < N_ELEMENTS(versions); k++) {
			const char *word =
			    json_object_get_string(json_object_object_get(protocols, versions[k]));

			ck_assert_ptr_nonnull(word);
			ck_assert(strcmp(word, "unknown") != 0 ||
				  json_object_object_get_ex(protocols,
				      arena_printf(arena, "%s_reason", versions[k]), NULL));
		}
		json_object_put(o);
	}
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("report");
	TCase *tc = tcase_create("report");
	SRunner *sr;
	int failed;

	tcase_set_timeout(tc, 120);
	tcase_add_checked_fixture(tc, set_up, tear_down);
	tcase_add_loop_test(tc, text_is_as_agreed, 0, N_ELEMENTS(goldens));
	tcase_add_test(tc, verbose_names_all_that_is_not_known);
	tcase_add_test(tc, html_is_as_agreed);
	tcase_add_test(tc, json_is_as_agreed);
	tcase_add_loop_test(tc, no_line_is_wider_than_the_terminal, 0, 2);
	tcase_add_test(tc, colour_adds_escapes_only);
	tcase_add_test(tc, no_control_reaches_an_output);
	tcase_add_test(tc, bytes_that_are_not_utf8_reach_no_output);
	tcase_add_test(tc, a_quiet_report_is_one_line);
	tcase_add_test(tc, json_has_the_keys_readers_rely_on);
	suite_add_tcase(s, tc);
	sr = srunner_create(s);
	srunner_run_all(sr, CK_ENV);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
