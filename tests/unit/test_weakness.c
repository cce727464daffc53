/* weakness: facts put by hand, and which attacks follow; fingerprints: answers, and their hashes. */
#include "probe.h"
#include "unit.h"

extern const struct probe probe_weakness, probe_fingerprints;

static struct arena *arena;
static struct facts *facts;

static void
begin(void)
{
	arena = arena_new(1 << 20);
	facts = facts_new(arena);
}

static void
end(void)
{
	arena_free(arena);
}

static void
speaks(uint16_t version, struct u16s suites)
{
	fact_put_tri(facts, version_row(version)->proto, TRI_YES);
	fact_put_u16s(facts, version_row(version)->suites, suites);
}

/* What nobody said yet is "no" for versions; then conclude. */
static void
run(void)
{
	struct ctx c = {.known = facts, .arena = arena};

	for (size_t i = 0; i < N_VERSIONS; i++)
		if (!fact_settled(facts, version_rows[i].proto))
			fact_put_tri(facts, version_rows[i].proto, TRI_NO);
	probe_weakness.conclude(NULL, &c, facts);
	for (const enum fact_id *id = probe_weakness.gives; *id != F_NONE; id++)
		ck_assert_msg(fact_settled(facts, *id), "%s", fact_defs[*id].name);
}

static void
expect(enum fact_id id, enum tri want)
{
	ck_assert_msg(fact_tri(facts, id) == want, "%s: %s, not %s", fact_defs[id].name,
	    tri_name(fact_tri(facts, id)), tri_name(want));
}

static const uint16_t modern12[] = {0xc02f, 0xcca8}, modern13[] = {0x1301, 0x1303};

/* The suite, the version where it is accepted, and the attacks that follow from it. */
START_TEST(each_attack_from_its_suites)
{
	static const enum fact_id all[] = {F_FREAK, F_LOGJAM, F_SWEET32, F_LUCKY13, F_POODLE, F_VULN_RC4,
	    F_VULN_BEAST, F_RACCOON};
	static const struct {
		uint16_t suite, version;
		enum fact_id ids[4];
	} rows[] = {
	    {0xc02f, TLS1_2, {F_NONE}},
	    {0x002f, TLS1_2, {F_LUCKY13}},
	    {0x002f, TLS1_1, {F_LUCKY13}},
	    {0x002f, TLS1_0, {F_LUCKY13, F_VULN_BEAST}},
	    {0x002f, SSL3, {F_POODLE, F_VULN_BEAST}},
	    {0x0005, SSL3, {F_VULN_RC4}},
	    {0x0005, TLS1_2, {F_VULN_RC4}},
	    {0x000a, TLS1_1, {F_SWEET32, F_LUCKY13}},
	    {0x0003, TLS1_1, {F_FREAK, F_VULN_RC4}},
	    {0x0014, TLS1_1, {F_LOGJAM, F_SWEET32, F_LUCKY13}},
	    {0x0031, TLS1_1, {F_RACCOON, F_LUCKY13}},
	};

	for (size_t i = 0; i < N_ELEMENTS(rows); i++) {
		begin();
		speaks(rows[i].version, (struct u16s){&rows[i].suite, 1});
		fact_put_tri(facts, F_DH_REUSED, TRI_NO);
		run();
		for (size_t k = 0; k < N_ELEMENTS(all); k++) {
			bool want = false;

			for (size_t m = 0; m < N_ELEMENTS(rows[i].ids); m++)
				want = want || rows[i].ids[m] == all[k];
			ck_assert_msg(fact_yes(facts, all[k]) == want, "%04x under %04x: %s", rows[i].suite,
			    rows[i].version, fact_defs[all[k]].json);
			ck_assert(!want || fact_note(facts, all[k]) != NULL);
		}
		end();
	}
}
END_TEST

START_TEST(a_list_that_is_missing_is_no_no)
{
	begin();
	speaks(TLS1_3, U16S_OF(modern13));
	fact_put_tri(facts, F_PROTO_TLS1_0, TRI_YES);
	fact_put_unknown(facts, F_SUITES_TLS1_0, WHY_RESET, "connection reset");
	run();
	expect(F_POODLE, TRI_NO);
	expect(F_FREAK, TRI_UNKNOWN);
	expect(F_LUCKY13, TRI_UNKNOWN);
	expect(F_RACCOON, TRI_UNKNOWN);
	expect(F_CRIME, TRI_UNKNOWN);
	ck_assert_int_eq(fact_why(facts, F_FREAK), WHY_RESET);
	end();
}
END_TEST

START_TEST(primes_and_their_names)
{
	static const uint16_t dhe[] = {0x009e};
	static const struct {
		uint32_t bits;
		const char *name;
		enum tri want;
	} rows[] = {{1024, "RFC 2409 Oakley group 2", TRI_YES}, {1024, NULL, TRI_NO},
	    {2048, "RFC 3526 MODP group 14", TRI_NO}, {512, "Apache 2.0", TRI_YES}};

	for (size_t i = 0; i < N_ELEMENTS(rows); i++) {
		struct facts *row;

		begin();
		speaks(TLS1_2, U16S_OF(dhe));
		row = fact_add(facts, K_DHPARAM);
		fact_put_u32(row, F_DHPARAM_BITS, rows[i].bits);
		if (rows[i].name != NULL)
			fact_put_str(row, F_DHPARAM_NAME, rows[i].name);
		run();
		expect(F_LOGJAM, rows[i].want);
		ck_assert(rows[i].want == TRI_NO || strstr(fact_note(facts, F_LOGJAM), rows[i].name) != NULL);
		end();
	}
	begin(); /* nobody has seen one */
	speaks(TLS1_2, U16S_OF(dhe));
	run();
	expect(F_LOGJAM, TRI_UNKNOWN);
	end();
}
END_TEST

START_TEST(drown_names_the_export_kind)
{
	static const uint32_t plain[] = {0x010080}, with_export[] = {0x010080, 0x020080};

	for (int i = 0; i < 2; i++) {
		begin();
		fact_put_tri(facts, F_PROTO_SSL2, TRI_YES);
		fact_put_u32s(facts, F_SUITES_SSL2, i == 0 ? (struct u32s){plain, 1} : (struct u32s){with_export, 2});
		run();
		expect(F_DROWN, TRI_YES);
		ck_assert_ptr_nonnull(strstr(fact_note(facts, F_DROWN), i == 0 ? "without EXPORT" : "EXPORT40"));
		end();
	}
	begin();
	fact_put_unknown(facts, F_PROTO_SSL2, WHY_SILENCE, NULL);
	run();
	expect(F_DROWN, TRI_UNKNOWN);
	end();
}
END_TEST

START_TEST(post_quantum_verdicts)
{
	static const uint16_t none[] = {0x001d}, first[] = {0x11ec, 0x001d}, second[] = {0x001d, 0x11ec};
	static const uint16_t other[] = {0x11eb, 0x001d};
	static const struct {
		const uint16_t *v;
		size_t n;
		const char *order, *want;
	} rows[] = {{none, 1, "single", "none"}, {first, 2, "server", "preferred"},
	    {first, 2, "client", "offered"}, {second, 2, "server", "offered"}, {other, 2, "server", "retry"},
	    {first, 1, "single", "preferred"}};

	for (size_t i = 0; i < N_ELEMENTS(rows); i++) {
		begin();
		speaks(TLS1_3, U16S_OF(modern13));
		fact_put_u16s(facts, F_GROUPS_TLS1_3, (struct u16s){rows[i].v, rows[i].n});
		fact_put_str(facts, F_GROUPS_TLS1_3_ORDER, rows[i].order);
		run();
		ck_assert_str_eq(fact_str(facts, F_POST_QUANTUM), rows[i].want);
		end();
	}
	begin();
	speaks(TLS1_2, U16S_OF(modern12));
	run();
	ck_assert_str_eq(fact_str(facts, F_POST_QUANTUM), "none");
	end();
	begin();
	speaks(TLS1_3, U16S_OF(modern13));
	run();
	ck_assert(!fact_known(facts, F_POST_QUANTUM));
	end();
}
END_TEST

/* The first is Salesforce's for Metasploit on OpenSSL, from their README. */
START_TEST(jarm_of_answers)
{
	static const struct {
		const char *raw, *jarm;
	} rows[] = {
	    {"0033|0303||ff01-0001-0023-0017,009d|0303||ff01-0001-0023-0017,"
	     "009f|0303||ff01-0001-0023-0017,c013|0303||ff01-0001-000b-0023-0017,"
	     "c013|0303||ff01-0001-000b-0023-0017,|||,1302|0303||002b-0033,1303|0303||002b-0033,|||,|||",
		"07d14d16d21d21d00042d43d000000aa99ce74e2c6d013c745aa52b5cc042d"},
	    {"|||,|||,|||,|||,|||,|||,|||,|||,|||,|||",
		"00000000000000000000000000000000000000000000000000000000000000"},
	};

	for (size_t i = 0; i < N_ELEMENTS(rows); i++) {
		struct ctx c;

		begin();
		c = (struct ctx){.known = facts, .arena = arena};
		fact_put_str(facts, F_JARM_RAW, rows[i].raw);
		probe_fingerprints.conclude(NULL, &c, facts);
		ck_assert_str_eq(fact_str(facts, F_JARM), rows[i].jarm);
		end();
	}
}
END_TEST

/* 771,4866,43-51: what lies in EncryptedExtensions is no part of it. */
START_TEST(ja3s_of_a_flight)
{
	static const uint16_t suite[] = {0x1302}, exts[] = {43, 51, 0, 16};
	struct facts *row;
	struct ctx c;

	begin();
	c = (struct ctx){.known = facts, .arena = arena};
	row = fact_add(facts, K_FLIGHT);
	fact_put_u32(row, F_FLIGHT_VERSION, TLS1_3);
	fact_put_u16s(row, F_FLIGHT_SUITE, U16S_OF(suite));
	fact_put_u16s(row, F_FLIGHT_EXTENSIONS, U16S_OF(exts));
	probe_fingerprints.conclude(NULL, &c, facts);
	ck_assert_str_eq(fact_str(row, F_FLIGHT_JA3S), "15af977ce25de452b96affa2addb1036");
	ck_assert(!fact_known(facts, F_JARM));
	end();
}
END_TEST

UNIT_MAIN("weakness", each_attack_from_its_suites, a_list_that_is_missing_is_no_no,
    primes_and_their_names, drown_names_the_export_kind, post_quantum_verdicts, jarm_of_answers,
    ja3s_of_a_flight)
