/* gate: what --fail-on takes, and what it makes of a report. */
#include "gate.h"

#include <stdio.h>

#include "unit.h"

enum { NOW = 1800000000, DAY = 86400 };

static char err[256];

static enum gate_verdict
judge(const char *list, const struct facts *f, const struct assessment *s)
{
	struct gate g;

	ck_assert_msg(gate_parse(&g, "--fail-on", list, err, sizeof(err)), "%s: %s", list, err);
	return gate_judge(&g, f, s, NOW, err, sizeof(err));
}

START_TEST(reads_lists)
{
	static const char *const good[] = {"grade:A+", "grade:B", "severity:info",
	    "severity:critical", "rule:rc4", "expiry:14d", "expiry:0d", "expiry:36h", "expiry:520w",
	    "grade:B,severity:high,rule:rc4,expiry:14d"};
	static const char *const bad[] = {"", ",", "grade", "grade:", "grade:G", "grade:b",
	    "severity:", "severity:huge", "rule:", "expiry:", "expiry:d", "expiry:14", "expiry:-1d",
	    "expiry:14dd", "expiry:99999999999d", "grade:B,", "grade:B,,rule:x", " grade:B",
	    "age:5"};
	struct gate g;

	for (size_t i = 0; i < N_ELEMENTS(good); i++)
		ck_assert_msg(gate_parse(&g, "--fail-on", good[i], err, sizeof(err)), "%s: %s", good[i], err);
	ck_assert_uint_eq(g.n, 4);
	for (size_t i = 0; i < N_ELEMENTS(bad); i++) {
		err[0] = '\0';
		ck_assert_msg(!gate_parse(&g, "--fail-on", bad[i], err, sizeof(err)), "%s", bad[i]);
		ck_assert_ptr_nonnull(strstr(err, "--fail-on"));
	}
	/* Given twice, both count. */
	ck_assert(gate_parse(&g, "--fail-on", "grade:B", err, sizeof(err)));
	ck_assert(gate_add(&g, "--fail-on", "severity:high", err, sizeof(err)));
	ck_assert(gate_asks(&g, GATE_GRADE) && gate_asks(&g, GATE_SEVERITY));
}
END_TEST

START_TEST(compares_grades)
{
	static const struct {
		const char *list, *grade;
		enum gate_verdict verdict;
	} cases[] = {{"grade:B", "A+", GATE_PASS}, {"grade:B", "B", GATE_PASS},
	    {"grade:B", "C", GATE_FAIL}, {"grade:A", "A-", GATE_FAIL}, {"grade:F", "T", GATE_FAIL},
	    {"grade:F", "M", GATE_FAIL}, {"grade:F", "F", GATE_PASS},
	    {"grade:B", NULL, GATE_UNKNOWN}};
	struct arena *a = arena_new(65536);
	struct facts *f = facts_new(a);

	for (size_t i = 0; i < N_ELEMENTS(cases); i++) {
		struct assessment s = {.grade = cases[i].grade};

		ck_assert_int_eq(judge(cases[i].list, f, &s), cases[i].verdict);
	}
	arena_free(a);
}
END_TEST

START_TEST(looks_at_findings)
{
	static const struct finding hit[] = {
	    {.id = "rc4", .title = "RC4 is accepted", .sev = SEV_MEDIUM}};
	static const struct finding open[] = {{.id = "robot", .title = "ROBOT", .sev = SEV_HIGH}};
	struct assessment s = {.findings = hit, .n_findings = 1, .open = open, .n_open = 1};
	struct arena *a = arena_new(65536);
	struct facts *f = facts_new(a);

	ck_assert_int_eq(judge("severity:low", f, &s), GATE_FAIL);
	ck_assert_int_eq(judge("severity:medium", f, &s), GATE_FAIL);
	ck_assert_int_eq(judge("severity:high", f, &s), GATE_UNKNOWN);
	ck_assert_int_eq(judge("severity:critical", f, &s), GATE_PASS);
	ck_assert_int_eq(judge("rule:rc4", f, &s), GATE_FAIL);
	ck_assert_str_eq(err, "rule:rc4: RC4 is accepted");
	ck_assert_int_eq(judge("rule:robot", f, &s), GATE_UNKNOWN);
	ck_assert_int_eq(judge("rule:sweet32", f, &s), GATE_PASS);
	ck_assert_int_eq(judge("rule:robot,rule:rc4", f, &s), GATE_FAIL);
	ck_assert_int_eq(judge("rule:rc4,rule:robot", f, &s), GATE_FAIL);
	arena_free(a);
}
END_TEST

START_TEST(goes_as_far_as_asked)
{
	static const struct finding open[] = {
	    {.id = "tls1_0", .sev = SEV_HIGH, .facts = {F_PROTO_TLS1_0}}};
	struct assessment s = {.open = open, .n_open = 1};
	struct arena *a = arena_new(65536);
	struct facts *f = facts_new(a), *g = facts_new(a);

	ck_assert_int_eq(judge("severity:high", f, &s), GATE_PASS); /* nobody asked */
	ck_assert_int_eq(judge("rule:tls1_0", f, &s), GATE_UNKNOWN);
	fact_put_unknown(g, F_PROTO_TLS1_0, WHY_SILENCE, NULL);
	ck_assert_int_eq(judge("severity:high", g, &s), GATE_UNKNOWN);
	arena_free(a);
}
END_TEST

static void
add_deployment(struct facts *f, int64_t not_after)
{
	uint16_t chain[] = {(uint16_t)fact_rows(f, K_CERT)};

	struct facts *leaf = fact_add(f, K_CERT);
	char cn[32];

	fact_put_time(leaf, F_CERT_NOT_AFTER, not_after);
	(void)snprintf(cn, sizeof(cn), "host%u.example", chain[0]);
	fact_put_str(leaf, F_CERT_CN, cn);
	fact_put_u16s(fact_add(f, K_DEPLOY), F_DEPLOY_CHAIN, U16S_OF(chain));
}

START_TEST(looks_at_dates)
{
	struct assessment s = {.grade = "A"};
	struct arena *a = arena_new(65536);
	struct facts *f = facts_new(a);

	ck_assert_int_eq(judge("expiry:14d", f, &s), GATE_UNKNOWN);
	add_deployment(f, NOW + 30 * DAY);
	ck_assert_int_eq(judge("expiry:14d", f, &s), GATE_PASS);
	ck_assert_int_eq(judge("expiry:30d", f, &s), GATE_FAIL);
	add_deployment(f, NOW - 2 * DAY);
	ck_assert_int_eq(judge("expiry:0d", f, &s), GATE_FAIL);
	ck_assert_str_eq(err, "expiry:0d: the certificate of host1.example ended 2 days ago");
	fact_add(f, K_DEPLOY);
	ck_assert_int_eq(judge("expiry:0d", f, &s), GATE_FAIL);
	arena_free(a);
}
END_TEST

START_TEST(no_report_is_no_pass)
{
	struct gate none = {0};

	ck_assert_int_eq(judge("grade:F", NULL, NULL), GATE_UNKNOWN);
	ck_assert_int_eq(gate_judge(&none, NULL, NULL, NOW, err, sizeof(err)), GATE_PASS);
}
END_TEST

UNIT_MAIN("gate", reads_lists, compares_grades, looks_at_findings, goes_as_far_as_asked,
    looks_at_dates, no_report_is_no_pass)
