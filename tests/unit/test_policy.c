/* policy: Kleene tables of conditions, what a policy may say, and what is refused. */
#include "config.h"

#include <stdio.h>
#include <unistd.h>

#include "assess/advice.h"
#include "assess/policy.h"
#include "base/xalloc.h"
#include "unit.h"

/* The head of a policy that needs no other; rules come behind it, and CLOSE. */
#define HEAD                                                                                       \
	"{\"policy\": \"p\", \"edition\": \"1\", \"title\": \"t\","                                \
	"\"scores\": {\"protocol\": {\"weight\": 30, \"versions\": {\"ssl2\": 0, \"ssl3\": 80,"    \
	"\"tls1_0\": 90, \"tls1_1\": 95, \"tls1_2\": 100, \"tls1_3\": 100}},"                      \
	"\"key_exchange\": {\"weight\": 30, \"below\": [[1024, 40]], \"else\": 100},"              \
	"\"cipher\": {\"weight\": 40, \"below\": [[128, 20]], \"else\": 100}},"                    \
	"\"letters\": {\"A\": 80, \"F\": 0}"
#define RULE(id, when) RULE_MORE(id, when, "")
#define RULE_MORE(id, when, more)                                                                  \
	"{\"id\": \"" id "\", \"title\": \"t\", \"severity\": \"low\", \"fix\": \"f\", "           \
	"\"ref\": \"r\", \"when\": " when more "}"
#define ONE(when) HEAD ", \"rules\": [" RULE("a", when) "]}"

static struct policy *
read_policy(const char *text, char *err)
{
	err[0] = '\0';
	return policy_read(span_str(text), "p.json", err, 256);
}

static struct policy *
good_policy(const char *text)
{
	char err[256];
	struct policy *p = read_policy(text, err);

	ck_assert_msg(p != NULL, "%s\n%s", err, text);
	return p;
}

/* It is refused, and the message names the file and holds the words. */
static void
refused(const char *text, const char *words)
{
	char err[256];
	struct policy *p = read_policy(text, err);

	ck_assert_msg(p == NULL, "%s", text);
	ck_assert_msg(strncmp(err, "p.json: ", 8) == 0, "%s", err);
	ck_assert_msg(strstr(err, words) != NULL, "'%s' is not in: %s", words, err);
	ck_assert_msg(strpbrk(err, "\n\r\033") == NULL, "%s", err);
}

/* ---- Kleene ---- */

static void
put(struct facts *f, enum fact_id id, enum tri t)
{
	if (t == TRI_UNKNOWN)
		fact_put_unknown(f, id, WHY_SILENCE, "no answer in 8 s");
	else
		fact_put_tri(f, id, t);
}

/* What the only rule of the policy says of two facts. */
static enum tri
ask_two(const struct policy *p, enum tri x, enum tri y)
{
	struct arena *a = arena_new(1 << 16);
	struct facts *f = facts_new(a);
	struct answer w;

	put(f, F_PROTO_SSL2, x);
	put(f, F_PROTO_SSL3, y);
	w = rule_ask(p->rules[0], f);
	ck_assert_int_eq(w.value == TRI_UNKNOWN, w.n_open > 0);
	arena_free(a);
	return w.value;
}

#define N TRI_NO
#define U TRI_UNKNOWN
#define Y TRI_YES

static const enum tri all_tris[] = {N, U, Y};

static void
expect_table(const char *when, const enum tri table[3][3])
{
	char *text =
	    xasprintf("%s, \"rules\": [{\"id\": \"a\", \"title\": \"t\", \"severity\": \"low\","
		      " \"fix\": \"f\", \"ref\": \"r\", \"when\": %s}]}",
		HEAD, when);
	struct policy *p = good_policy(text);

	for (int i = 0; i < 3; i++)
		for (int k = 0; k < 3; k++)
			ck_assert_msg(ask_two(p, all_tris[i], all_tris[k]) == table[i][k],
			    "%s: %s %s", when, tri_name(all_tris[i]), tri_name(all_tris[k]));
	policy_free(p);
	free(text);
}

START_TEST(kleene_tables)
{
	static const enum tri both[3][3] = {{N, N, N}, {N, U, U}, {N, U, Y}};
	static const enum tri either[3][3] = {{N, U, Y}, {U, U, Y}, {Y, Y, Y}};
	static const enum tri not_both[3][3] = {{Y, U, N}, {U, U, N}, {N, N, N}};
	static const enum tri first_not_second[3][3] = {{N, N, N}, {U, U, N}, {Y, U, N}};

	expect_table(
	    "[[\"protocols.ssl2\", \"is\", \"yes\"], [\"protocols.ssl3\", \"is\", \"yes\"]]", both);
	expect_table(
	    "[[\"or\", [\"protocols.ssl2\", \"is\", \"yes\"], [\"protocols.ssl3\", \"is\", "
	    "\"yes\"]]]",
	    either);
	expect_table(
	    "[[\"protocols.ssl2\", \"is\", \"no\"], [\"protocols.ssl3\", \"is not\", \"yes\"]]",
	    not_both);
	expect_table(
	    "[[\"protocols.ssl2\", \"is\", \"yes\"], [\"protocols.ssl3\", \"is\", \"no\"]]",
	    first_not_second);
}
END_TEST

/* ---- each operator on each kind of fact ---- */

static struct arena *arena;
static struct facts *facts;

static void
put_server(void)
{
	static const uint16_t tls12[] = {0xc02f, 0x000a}, groups[] = {0x001d};
	static const uint32_t ssl2[] = {0x010080};
	const char *alpn[] = {"h2"};

	facts = facts_new(arena);
	fact_put_tri(facts, F_PROTO_TLS1_2, TRI_YES);
	fact_put_tri(facts, F_PROTO_TLS1_0, TRI_NO);
	fact_put_u32(facts, F_PROTO_MAX, 0x0303);
	fact_put_u16s(facts, F_SUITES_TLS1_2, U16S_OF(tls12));
	fact_put_u32s(facts, F_SUITES_SSL2, (struct u32s){ssl2, 1});
	fact_put_u16s(facts, F_GROUPS_TLS1_2, U16S_OF(groups));
	fact_put_strs(facts, F_ALPN, alpn, 1);
	fact_put_str(facts, F_RC4, "offered");
	fact_put_u32(facts, F_KEY_MIN_BITS, 2048);
	fact_put_unknown(facts, F_DH_BITS, WHY_NOT_APPLICABLE, NULL);
	fact_put_unknown(facts, F_COMPRESSION, WHY_RESET, NULL);
}

static enum tri
ask(const char *when)
{
	char *text =
	    xasprintf("%s, \"rules\": [{\"id\": \"a\", \"title\": \"t\", \"severity\": \"low\","
		      " \"fix\": \"f\", \"ref\": \"r\", \"when\": [%s]}]}",
		HEAD, when);
	struct policy *p = good_policy(text);
	enum tri t = rule_ask(p->rules[0], facts).value;

	policy_free(p);
	free(text);
	return t;
}

START_TEST(operators)
{
	static const struct {
		const char *when;
		enum tri want;
	} rows[] = {
	    {"[\"posture.rc4\", \"is\", \"offered\"]", Y},
	    {"[\"posture.rc4\", \"is\", [\"none\", \"offered\"]]", Y},
	    {"[\"posture.rc4\", \"is not\", [\"none\", \"offered\"]]", N},
	    {"[\"posture.rc4\", \"is\", \"none\"]", N},
	    {"[\"posture.aead\", \"is\", \"none\"]", U},
	    {"[\"posture.key_bits\", \"<\", 2048]", N},
	    {"[\"posture.key_bits\", \"<\", 2049]", Y},
	    {"[\"posture.key_bits\", \">=\", 2048]", Y},
	    {"[\"posture.key_bits\", \">=\", 2049]", N},
	    {"[\"posture.key_bits\", \"is\", 2048]", Y},
	    {"[\"posture.key_bits\", \"is not\", 2048]", N},
	    {"[\"protocols.max\", \"is\", \"TLS 1.2\"]", Y},
	    {"[\"protocols.max\", \"<\", \"TLS 1.3\"]", Y},
	    {"[\"protocols.max\", \">=\", \"TLS 1.3\"]", N},
	    {"[\"suites.tls1_2\", \"has\", \"enc:3DES\"]", Y},
	    {"[\"suites.tls1_2\", \"has\", [\"enc:3DES\", \"fs\"]]", N}, /* on one suite */
	    {"[\"suites.tls1_2\", \"has no\", \"enc:RC4\"]", Y},
	    {"[\"suites.ssl2\", \"has\", \"enc:RC4\"]", Y},
	    {"[\"suites.any\", \"has\", \"enc:RC4\"]", Y},
	    {"[\"suites.any\", \"has\", \"export\"]", U}, /* SSLv3 and TLS 1.1, 1.3 are open */
	    {"[\"suites.any\", \"has no\", \"export\"]", U},
	    {"[\"suites.any\", \"has no\", \"aead\"]", N},
	    {"[\"suites.tls1_0\", \"has\", \"export\"]", N}, /* no such version, no such suite */
	    {"[\"suites.tls1_0\", \"has no\", \"export\"]", Y},
	    {"[\"groups.tls1_2\", \"has\", \"x25519\"]", Y},
	    {"[\"groups.tls1_2\", \"has\", \"P-256\"]", N},
	    {"[\"groups.tls1_2\", \"has no\", \"P-256\"]", Y},
	    {"[\"features.alpn\", \"has\", \"h2\"]", Y},
	    {"[\"features.alpn\", \"has no\", [\"h2\", \"h3\"]]", N},
	    /* not applicable: no, whatever is asked */
	    {"[\"dh.bits\", \"<\", 1024]", N},
	    {"[\"dh.bits\", \">=\", 1024]", N},
	    {"[\"features.compression\", \"is\", \"yes\"]", U},
	};

	arena = arena_new(1 << 20);
	put_server();
	for (size_t i = 0; i < N_ELEMENTS(rows); i++)
		ck_assert_msg(ask(rows[i].when) == rows[i].want, "%s: %s", rows[i].when,
		    tri_name(ask(rows[i].when)));
	arena_free(arena);
}
END_TEST

/* ---- records ---- */

static struct facts *
add_cert(const char *days_left)
{
	struct facts *c = fact_add(facts, K_CERT);

	fact_put_str(c, F_CERT_DAYS_LEFT, days_left);
	return c;
}

static struct facts *
add_deployment(uint16_t leaf, enum tri is_counted)
{
	struct facts *d = fact_add(facts, K_DEPLOY);

	fact_put_u16s(d, F_DEPLOY_CHAIN, (struct u16s){&leaf, 1});
	if (is_counted != TRI_UNKNOWN)
		fact_put_tri(d, F_DEPLOY_COUNTS, is_counted);
	return d;
}

START_TEST(rows_of_records)
{
	const char *soon = "[\"leaf[].days_left\", \">=\", 0], [\"leaf[].days_left\", \"<\", 30]";
	const char *order = "[\"deployments[].order_ok\", \"is\", \"no\"]";
	const char *both =
	    "[\"leaf[].days_left\", \"<\", 0], [\"deployments[].order_ok\", \"is\", \"no\"]";

	arena = arena_new(1 << 20);
	facts = facts_new(arena);
	ck_assert_int_eq(ask(soon), U); /* no rows, nothing read */
	fact_put_u32(facts, F_FLIGHTS_READ, 2);
	ck_assert_int_eq(ask(soon), N); /* read, and there were none */
	add_cert("-3");
	add_cert("10");
	fact_put_tri(add_deployment(0, Y), F_DEPLOY_ORDER_OK, TRI_YES);
	ck_assert_int_eq(ask(soon), N); /* one row has to fulfil both */
	ck_assert_int_eq(ask(order), N);
	fact_put_tri(add_deployment(1, N), F_DEPLOY_ORDER_OK, TRI_NO);
	ck_assert_int_eq(ask(soon), N); /* it does not count */
	ck_assert_int_eq(ask(order), N);
	fact_put_tri(add_deployment(1, U), F_DEPLOY_ORDER_OK, TRI_NO);
	ck_assert_int_eq(ask(soon), Y);
	ck_assert_int_eq(ask(order), Y);
	ck_assert_int_eq(ask(both), N); /* two rows do not add up */
	fact_put_unknown(add_deployment(0, Y), F_DEPLOY_ORDER_OK, WHY_BUDGET, NULL);
	ck_assert_int_eq(ask(both), U);
	ck_assert_int_eq(ask("[\"handshakes[].suite\", \"has\", \"cbc\"]"), N);
	fact_put_u16s(
	    fact_add(facts, K_FLIGHT), F_FLIGHT_SUITE, (struct u16s){(uint16_t[]){0xc027}, 1});
	ck_assert_int_eq(ask("[\"handshakes[].suite\", \"has\", [\"cbc\", \"fs\"]]"), Y);
	ck_assert_int_eq(ask("[\"handshakes[].suite\", \"has\", [\"cbc\", \"!fs\"]]"), N);
	add_deployment(0, Y); /* a field that a row lacks */
	ck_assert_int_eq(ask("[\"deployments[].staple\", \"is\", \"no\"]"), N);
	arena_free(arena);
}
END_TEST

/* ---- what is refused ---- */

START_TEST(mistakes_are_named)
{
	static const struct {
		const char *text, *words;
	} rows[] = {
	    {"", "line 1"},
	    {"null", "null"},
	    {"[]", "an object is expected"},
	    {"{", "line 1"},
	    {"{\n\n\"a\": 'b'}", "line 3"},
	    {"{} {}", "more text"},
	    {"{\"a\": 1,}", "line 1"},
	    {"{}", "'policy' is missing"},
	    {"{\"police\": \"p\"}", "unknown key 'police'"},
	    {"{\"policy\": \"p\", \"edition\": \"1\", \"title\": \"t\"}", "missing"},
	    {HEAD ", \"extends\": 7}", "'extends'"},
	    {HEAD ", \"rules\": {}}", "'rules' is a list"},
	    {HEAD ", \"rules\": [{}]}", "rules: 'id' is missing"},
	    {HEAD ", \"rules\": [{\"id\": \"a\"}]}", "rule a: 'title' is missing"},
	    {ONE("[]"), "rule a: 'when'"},
	    {ONE("[[\"protocols.tls1_4\", \"is\", \"yes\"]]"),
		"rule a: there is no fact 'protocols.tls1_4'"},
	    {ONE("[[\"protocols.tls1_2\", \"equals\", \"yes\"]]"), "no operator 'equals'"},
	    {ONE("[[\"protocols.tls1_2\", \"is\", \"maybe\"]]"), "'maybe' is nothing"},
	    {ONE("[[\"protocols.tls1_2\", \"<\", 3]]"), "'<' does not go with 'protocols.tls1_2'"},
	    {ONE("[[\"protocols.tls1_2\", \"is\"]]"), "three members"},
	    {ONE("[[\"protocols.tls1_2\", \"is\", \"yes\", \"no\"]]"), "three members"},
	    {ONE("[[\"posture.key_bits\", \"<\", \"2048\"]]"), "a whole number"},
	    {ONE("[[\"posture.key_bits\", \"<\", -1]]"), "a whole number"},
	    {ONE("[[\"posture.key_bits\", \"<\", 2.5]]"), "a whole number"},
	    {ONE("[[\"suites.any\", \"has\", \"enc:RC5\"]]"), "'enc:RC5' is nothing"},
	    {ONE("[[\"groups.tls1_3\", \"has\", \"P-257\"]]"), "'P-257' is nothing"},
	    {ONE("[[\"protocols.max\", \"is\", \"TLS 1.4\"]]"), "'TLS 1.4' is nothing"},
	    {ONE("[[\"or\", [\"protocols.tls1_2\", \"is\", \"yes\"]]]"), "two conditions"},
	    {ONE("[[\"or\", [\"or\", \"is\", \"yes\"], [\"a\", \"is\", \"b\"]]]"), "no fact 'or'"},
	    {ONE("[[\"certificates[].ca\", \"is\", \"yes\"], [\"trust[].store\", \"is\", \"a\"]]"),
		"two records"},
	    {HEAD ", \"rules\": [" RULE("a", "[[\"posture.des\", \"is\", \"yes\"]]") ", " RULE(
		 "a", "[[\"posture.des\", \"is\", \"yes\"]]") "]}",
		"rule a: there is one already"},
	    {HEAD ", \"rules\": [" RULE_MORE(
		 "a", "[[\"posture.des\", \"is\", \"yes\"]]", ", \"cap\": \"T\"") "]}",
		"'cap' cannot be 'T'"},
	    {HEAD ", \"rules\": [" RULE_MORE(
		 "a", "[[\"posture.des\", \"is\", \"yes\"]]", ", \"grade\": \"B\"") "]}",
		"'grade' cannot be 'B'"},
	    {HEAD ", \"rules\": [" RULE_MORE("a", "[[\"posture.des\", \"is\", \"yes\"]]",
		 ", \"cap\": \"B\", \"warning\": \"A-\"") "]}",
		"one effect"},
	    {HEAD ", \"rules\": [" RULE_MORE(
		 "a", "[[\"posture.des\", \"is\", \"yes\"]]", ", \"show\": [\"weather\"]") "]}",
		"'weather'"},
	    {HEAD ", \"override\": [{\"id\": \"b\", \"cap\": \"B\"}]}",
		"rule b: there is no such rule"},
	    {HEAD ", \"waive\": [{\"id\": \"b\", \"until\": \"2026-01-01\", \"reason\": \"r\"}]}",
		"rule b: there is no such rule"},
	    {"{\"policy\": \"a\", \"edition\": \"1\", \"title\": \"t\", \"extends\": \"nowhere\"}",
		"nowhere"},
	};
	char err[256];

	for (size_t i = 0; i < N_ELEMENTS(rows) - 1; i++)
		refused(rows[i].text, rows[i].words);
	ck_assert(read_policy(rows[N_ELEMENTS(rows) - 1].text, err) == NULL);
	ck_assert_str_eq(err, "nowhere: no such policy; a file's name needs a '/' in it");
}
END_TEST

START_TEST(dates_of_waivers)
{
	static const char *const bad[] = {
	    "2026-02-29", "2026-13-01", "2026-00-10", "2026-1-1", "soon", "2026-01-01T00:00:00Z"};

	for (size_t i = 0; i < N_ELEMENTS(bad); i++) {
		char *text =
		    xasprintf("%s, \"rules\": [%s], \"waive\": [{\"id\": \"a\", \"until\": \"%s\", "
			      "\"reason\": \"r\"}]}",
			HEAD, RULE("a", "[[\"posture.des\", \"is\", \"yes\"]]"), bad[i]);

		refused(text, "is no day");
		free(text);
	}
}
END_TEST

/* ---- extends, override, waive ---- */

#define CHILD                                                                                      \
	"/* ours */ {\"policy\": \"mine\", \"edition\": \"2\", \"title\": \"t\", \"extends\": "    \
	"\"ssllabs-2009r\", // the guide\n"                                                        \
	"\"override\": [{\"id\": \"tls1_1\", \"severity\": \"critical\", \"cap\": \"C\"},"         \
	"               {\"id\": \"rc4\", \"effect\": \"none\"}],"                                 \
	"\"rules\": [" RULE_MORE("no_cbc", "[[\"suites.any\", \"has\", \"cbc\"]]",                 \
	    ", \"cap\": \"B\"") "],"                                                               \
				"\"waive\": [{\"id\": \"tls1_0\", \"until\": \"2026-12-31\", "     \
				"\"reason\": \"old tills\"}]}"

START_TEST(a_policy_built_on_another)
{
	struct policy *p = good_policy(CHILD);

	ck_assert_str_eq(policy_name(p), "mine");
	ck_assert_str_eq(policy_edition(p), "2");
	ck_assert_str_eq(policy_rule(p, "tls1_1")->letter, "C");
	ck_assert_int_eq(policy_rule(p, "tls1_1")->sev, SEV_CRITICAL);
	ck_assert_str_eq(policy_rule(p, "tls1_1")->title, "TLS 1.1 is accepted");
	ck_assert_int_eq(policy_rule(p, "rc4")->effect, EFFECT_NONE);
	ck_assert_ptr_ne(policy_rule(p, "no_cbc"), NULL);
	ck_assert_int_eq(p->kx.weight, 30);
	policy_free(p);
}
END_TEST

/* The only finding about TLS 1.0, judged at that moment; 0: no moment is known. */
static const struct finding *
waived_at(const struct policy *p, int64_t now, struct assessment *out)
{
	facts = facts_new(arena);
	if (now != 0)
		fact_put_time(facts, F_AUDIT_TIME, now);
	fact_put_tri(facts, F_PROTO_TLS1_0, TRI_YES);
	assess(p, facts, arena, out);
	for (size_t i = 0; i < out->n_findings; i++)
		if (strcmp(out->findings[i].id, "tls1_0") == 0)
			return &out->findings[i];
	ck_abort_msg("tls1_0 is no finding");
}

START_TEST(a_waiver_ends_with_its_day)
{
	struct policy *p = good_policy(CHILD);
	const int64_t last = 1798761599; /* 2026-12-31T23:59:59Z */
	struct assessment a;
	const struct finding *f;

	arena = arena_new(4 << 20);
	f = waived_at(p, last, &a);
	ck_assert_str_eq(f->effect, "waived until 2026-12-31: old tills");
	ck_assert_int_eq(f->sev, SEV_INFO);
	ck_assert_str_eq(waived_at(p, last + 1, &a)->effect,
	    "caps the grade at B; not any more waived until 2026-12-31: old tills");
	ck_assert_str_eq(waived_at(p, 0, &a)->effect, "caps the grade at B");
	arena_free(arena);
	policy_free(p);
}
END_TEST

START_TEST(from_a_file)
{
	char path[] = "/tmp/tlsaudit-policy-XXXXXX", err[256];
	int fd = mkstemp(path);
	struct policy *p;

	ck_assert(fd >= 0 && write(fd, CHILD, strlen(CHILD)) == (ssize_t)strlen(CHILD));
	close(fd);
	p = policy_load(path, err, sizeof(err));
	ck_assert_msg(p != NULL, "%s", err);
	policy_free(p);
	unlink(path);
	ck_assert(policy_load(path, err, sizeof(err)) == NULL);
	ck_assert_msg(strstr(err, path) != NULL, "%s", err);
	ck_assert(policy_load("mozilla", err, sizeof(err)) == NULL);
	ck_assert(policy_load("/", err, sizeof(err)) == NULL);
}
END_TEST

/* A policy that extends itself ends, and says so. */
START_TEST(extends_itself)
{
	char path[] = "/tmp/tlsaudit-policy-XXXXXX", err[256];
	int fd = mkstemp(path);
	FILE *f = fdopen(fd, "w");

	ck_assert(f != NULL);
	fprintf(f, "{\"policy\": \"a\", \"edition\": \"1\", \"title\": \"t\", \"extends\": \"%s\"}",
	    path);
	fclose(f);
	ck_assert(policy_load(path, err, sizeof(err)) == NULL);
	ck_assert_msg(strstr(err, "extends more than") != NULL, "%s", err);
	unlink(path);
}
END_TEST

/* A fix names whom the server has to reach; other braces stay. */
START_TEST(fixes_are_for_this_server)
{
	static const char *const hosts[] = {"a.example:80", "b.example:8080"};
	struct arena *a = arena_new(1 << 20);
	struct facts *f = facts_new(a);

	ck_assert_str_eq(advice_text("{responders}", f, a),
	    "the host and port of the certificate's OCSP address");
	fact_put_strs(f, F_OCSP_HOSTS, hosts, N_ELEMENTS(hosts));
	ck_assert_str_eq(advice_text("Do { or } {responders}.", f, a),
	    "Do { or } a.example:80, b.example:8080.");
	ck_assert_str_eq(advice_text("server { }", NULL, a), "server { }");
	arena_free(a);
}
END_TEST

UNIT_MAIN("policy", fixes_are_for_this_server, kleene_tables, operators, rows_of_records, mistakes_are_named, dates_of_waivers,
    a_policy_built_on_another, a_waiver_ends_with_its_day, from_a_file, extends_itself)
