/* test_formats - every format over every case, and what no server may make them print. */
#define _GNU_SOURCE
#include "report/report.h"

#include <stdlib.h>

#include "base/arena.h"
#include "base/text.h"
#include "report/escape.h"
#include "report_cases.h"

#include "unit.h"

static struct arena *arena;
static struct policy *policy;

static void
set_up(void)
{
	char err[256];

	arena = arena_new(64 << 20);
	policy = policy_load("ssllabs-2009r", err, sizeof(err));
	ck_assert_msg(policy != NULL, "%s", err);
}

static void
tear_down(void)
{
	policy_free(policy);
	arena_free(arena);
}

/* One report over n records, as a string in the arena. */
static char *
rendered(enum format format, const struct record *r, size_t n)
{
	const struct report_options o = {
	    .policy = policy, .prom_compat = true, .style = {.verbose = 1}};
	char *buf = NULL, *copy;
	size_t size = 0;
	FILE *f = open_memstream(&buf, &size);
	struct report *out;

	ck_assert_ptr_nonnull(f);
	out = report_new(format, f, &o);
	ck_assert(report_begin(out));
	for (size_t i = 0; i < n; i++)
		ck_assert(report_record(out, &r[i]));
	ck_assert(report_end(out));
	report_free(out);
	fclose(f);
	ck_assert_uint_eq(strlen(buf), size); /* no NUL either */
	copy = arena_strn(arena, buf, size);
	free(buf);
	return copy;
}

/* Nothing but text and line ends. */
static void
is_clean(const char *s, const char *what)
{
	const char *style = strstr(s, "</style>"); /* ours, with tabs in it */
	struct span in = span_str(style != NULL ? style : s);
	uint32_t cp;
	size_t n;

	while ((n = text_next(in, &cp)) > 0) {
		ck_assert_msg(
		    cp == '\n' || cp == '\r' || (cp != TEXT_BAD && !text_is_control(cp)),
		    "U+%04x in %s", (unsigned)cp, what);
		in.p += n;
		in.n -= n;
	}
}

START_TEST(no_control_reaches_any_format)
{
	static const char *const bad[] = {"a\x1b[2Jb", "a\rb", "a\tb", "a\nb", "a\bb", "a\x7f",
	    "a\xc2\x9b"
	    "b",
	    "a\xe2\x80\xae"
	    "b",
	    "a\xff"
	    "b",
	    "a\xed\xa0\x80"
	    "b",
	    "\xef\xbf\xbf"};
	const char *name = report_format_name(_i);

	for (size_t i = 0; i < N_ELEMENTS(bad); i++) {
		struct record r;
		char *s;

		report_case_filled(&r, arena, bad[i]);
		s = rendered((enum format)_i, &r, 1);
		ck_assert_msg(_i == FORMAT_CSV || strchr(s, '\r') == NULL, "%s", name);
		is_clean(s, name);
		r.facts = NULL;
		r.assessment = NULL;
		is_clean(rendered((enum format)_i, &r, 1), name);
	}
}
END_TEST

/* The case `modern` once and twice, nothing, and every case together: a format ends what it
 * begins. */
START_TEST(every_format_takes_any_number_of_records)
{
	struct record r[16];
	size_t n = 0;

	for (; report_case_names[n] != NULL; n++)
		report_case(&r[n], arena, report_case_names[n]);
	ck_assert_uint_gt(n, 5);
	is_clean(rendered((enum format)_i, r, 0), "none");
	if (_i != FORMAT_GITHUB) /* no findings, no annotations */
		ck_assert_uint_gt(strlen(rendered((enum format)_i, r, 1)), 0);
	ck_assert_uint_gt(
	    strlen(rendered((enum format)_i, r, n)), strlen(rendered((enum format)_i, r, 1)));
}
END_TEST

/* ---- escapes ---- */

static char *
escaped(void (*escape)(FILE *to, const char *s), const char *s)
{
	char *buf = NULL, *copy;
	size_t n = 0;
	FILE *f = open_memstream(&buf, &n);

	escape(f, s);
	fclose(f);
	copy = arena_strn(arena, buf, n);
	free(buf);
	return copy;
}

static void
github_message(FILE *to, const char *s)
{
	escape_github(to, s, false);
}

static void
github_property(FILE *to, const char *s)
{
	escape_github(to, s, true);
}

START_TEST(each_escapes_by_its_own_rules)
{
	static const struct {
		void (*escape)(FILE *to, const char *s);
		const char *in, *out;
	} cases[] = {
	    {escape_xml, "<script>\"'&]]>", "&lt;script&gt;&quot;&#39;&amp;]]&gt;"},
	    {escape_xml, "a\nb", "a\xef\xbf\xbd" "b"},
	    {escape_xml, NULL, ""},
	    {escape_csv, "a\"b,c", "\"a\"\"b,c\""},
	    {escape_csv, "=cmd|' /C calc'!A1", "\"'=cmd|' /C calc'!A1\""},
	    {escape_csv, "+1", "\"'+1\""},
	    {escape_csv, "-1", "\"'-1\""},
	    {escape_csv, "@SUM(A1)", "\"'@SUM(A1)\""},
	    {escape_csv, "\t=1", "\"'\xef\xbf\xbd=1\""},
	    {escape_csv, "\xef\xbc\x9d" "1", "\"'\xef\xbc\x9d" "1\""},
	    {escape_csv, "O=x", "\"O=x\""},
	    {escape_csv, NULL, "\"\""},
	    {escape_prom, "a\"b\\c", "a\\\"b\\\\c"},
	    {escape_prom, "a\nb", "a\xef\xbf\xbd" "b"},
	    {github_message, "100%0A\n::error::x", "100%250A%0A::error::x"},
	    {github_property, "a:b,c%", "a%3Ab%2Cc%25"},
	    {escape_markdown, "a|b<c>", "a\\|b&#60;c&#62;"},
	    {escape_markdown, "[x](http://y) @me #1", "\\[x\\]\\(http&#58;\\/\\/y\\) &#64;me &#35;1"},
	    {escape_line, "a|b", "a\xc2\xa6" "b"},
	    {escape_nagios_label, "a'b=c", "a_b_c"},
	    {escape_uri, "a b/c:d\xc3\xa4", "a%20b/c%3Ad%C3%A4"},
	};

	for (size_t i = 0; i < N_ELEMENTS(cases); i++)
		ck_assert_str_eq(escaped(cases[i].escape, cases[i].in), cases[i].out);
}
END_TEST

START_TEST(a_label_of_a_megabyte_is_cut)
{
	char *s = arena_alloc(arena, (1 << 20) + 1);

	memset(s, 'x', 1 << 20);
	ck_assert_uint_lt(strlen(escaped(escape_prom, s)), 1000);
}
END_TEST

/* ---- what fails ---- */

static size_t
count(const char *s, const char *word)
{
	size_t n = 0;

	for (; (s = strstr(s, word)) != NULL; s += strlen(word))
		n++;
	return n;
}

START_TEST(waived_and_known_findings_fail_nothing)
{
	struct finding *f = arena_alloc(arena, sizeof(*f));
	struct record r;
	struct assessment *as;

	report_case(&r, arena, "modern");
	as = arena_alloc(arena, sizeof(*as));
	*as = *r.assessment;
	*f = (struct finding){.id = "tls1_0", .title = "TLS 1.0", .sev = SEV_HIGH, .effect = "x",
	    .evidence = "", .fix = "", .ref = ""};
	as->findings = f;
	as->n_findings = 1;
	r.assessment = as;
	ck_assert_uint_eq(count(rendered(FORMAT_JUNIT, &r, 1), "<failure "), 1);
	ck_assert_uint_eq(count(rendered(FORMAT_GITHUB, &r, 1), "::error "), 1);
	ck_assert_uint_eq(count(rendered(FORMAT_GITLAB, &r, 1), "\"check_name\":\"tls1_0\""), 1);
	f->known_before = true;
	ck_assert_uint_eq(count(rendered(FORMAT_JUNIT, &r, 1), "<failure "), 0);
	ck_assert_uint_eq(count(rendered(FORMAT_GITHUB, &r, 1), "::error "), 0);
	f->known_before = false;
	f->waived = true;
	ck_assert_uint_eq(count(rendered(FORMAT_JUNIT, &r, 1), "<failure "), 0);
	ck_assert_uint_eq(count(rendered(FORMAT_GITLAB, &r, 1), "\"check_name\":\"tls1_0\""), 0);
	ck_assert_uint_eq(count(rendered(FORMAT_SARIF, &r, 1), "\"suppressions\""), 1);
}
END_TEST

/* A series may come once: of two records of one endpoint the last counts. */
START_TEST(prometheus_has_each_series_once)
{
	struct record r[2];
	char *s;

	report_case(&r[0], arena, "modern");
	report_case(&r[1], arena, "modern");
	r[1].time += 60;
	s = rendered(FORMAT_PROMETHEUS, r, 2);
	ck_assert_uint_eq(count(s, "\ntlsaudit_probe_timestamp_seconds{"), 1);
	ck_assert_ptr_nonnull(
	    strstr(s, arena_printf(arena, "} %lld\n", (long long)r[1].time)));
	ck_assert_ptr_null(strstr(s, "# EOF"));
	ck_assert_ptr_nonnull(strstr(rendered(FORMAT_OPENMETRICS, r, 2), "\n# EOF\n"));
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("formats");
	TCase *tc = tcase_create("formats");
	SRunner *sr;
	int failed;

	tcase_set_timeout(tc, 120);
	tcase_add_checked_fixture(tc, set_up, tear_down);
	tcase_add_loop_test(tc, no_control_reaches_any_format, 0, FORMAT__MAX);
	tcase_add_loop_test(tc, every_format_takes_any_number_of_records, 0, FORMAT__MAX);
	tcase_add_test(tc, each_escapes_by_its_own_rules);
	tcase_add_test(tc, a_label_of_a_megabyte_is_cut);
	tcase_add_test(tc, waived_and_known_findings_fail_nothing);
	tcase_add_test(tc, prometheus_has_each_series_once);
	suite_add_tcase(s, tc);
	sr = srunner_create(s);
	srunner_run_all(sr, CK_ENV);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
