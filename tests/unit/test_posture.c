/* posture: facts put by hand, and what they come to. */
#include "probe.h"
#include "unit.h"

extern const struct probe probe_posture;

static struct arena *arena;
static struct facts *facts;

enum { N_LISTS = 5 };
static const enum fact_id protos[N_LISTS] = {
    F_PROTO_SSL3, F_PROTO_TLS1_0, F_PROTO_TLS1_1, F_PROTO_TLS1_2, F_PROTO_TLS1_3};
static const enum fact_id suites[N_LISTS] = {
    F_SUITES_SSL3, F_SUITES_TLS1_0, F_SUITES_TLS1_1, F_SUITES_TLS1_2, F_SUITES_TLS1_3};
static const enum fact_id orders[N_LISTS] = {
    F_ORDER_SSL3, F_ORDER_TLS1_0, F_ORDER_TLS1_1, F_ORDER_TLS1_2, F_ORDER_TLS1_3};
enum { AT_SSL3, AT_TLS1_0, AT_TLS1_1, AT_TLS1_2, AT_TLS1_3 };

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

/* The server speaks that version, with these suites in that order. */
static void
list(int at, const char *order, struct u16s l)
{
	fact_put_tri(facts, protos[at], TRI_YES);
	fact_put_u16s(facts, suites[at], l);
	if (order != NULL)
		fact_put_str(facts, orders[at], order);
}

/* What nobody said yet is "no"; then conclude. */
static void
run(void)
{
	struct endpoint ep = {.host = "a.example", .sni = "a.example"};
	struct ctx c = {.known = facts, .ep = &ep, .arena = arena};

	if (!fact_settled(facts, F_PROTO_SSL2))
		fact_put_tri(facts, F_PROTO_SSL2, TRI_NO);
	for (int i = 0; i < N_LISTS; i++)
		if (!fact_settled(facts, protos[i]))
			fact_put_tri(facts, protos[i], TRI_NO);
	probe_posture.conclude(NULL, &c, facts);
	for (const enum fact_id *id = probe_posture.gives; *id != F_NONE; id++)
		ck_assert_msg(fact_settled(facts, *id), "%s", fact_defs[*id].name);
}

static void
expect(enum fact_id id, enum tri want)
{
	ck_assert_msg(fact_tri(facts, id) == want, "%s: %s, not %s", fact_defs[id].name,
	    tri_name(fact_tri(facts, id)), tri_name(want));
}

static void
expect_why(enum fact_id id, enum why want)
{
	ck_assert_msg(fact_why(facts, id) == want, "%s: \"%s\", not \"%s\"", fact_defs[id].name,
	    why_name(fact_why(facts, id)), why_name(want));
}

static void
expect_str(enum fact_id id, const char *want)
{
	ck_assert_msg(fact_str(facts, id) != NULL, "%s is unknown: %s", fact_defs[id].name,
	    fact_note(facts, id));
	ck_assert_str_eq(fact_str(facts, id), want);
}

static const uint16_t modern12[] = {0xc02f, 0xc030, 0xcca8}, modern13[] = {0x1301, 0x1302, 0x1303};
static const uint16_t old[] = {0xc013, 0x0005, 0x000a, 0x002f};
static const uint16_t x25519[] = {0x001d, 0x0018};

START_TEST(a_modern_server)
{
	begin();
	list(AT_TLS1_2, "server", U16S_OF(modern12));
	list(AT_TLS1_3, "server", U16S_OF(modern13));
	fact_put_u16s(facts, F_GROUPS_TLS1_2, U16S_OF(x25519));
	fact_put_u16s(facts, F_GROUPS_TLS1_3, U16S_OF(x25519));
	run();
	expect(F_ANON, TRI_NO);
	expect(F_NULL_ENC, TRI_NO);
	expect(F_EXPORT, TRI_NO);
	expect(F_TRIPLE_DES, TRI_NO);
	expect(F_WEAK_CIPHER, TRI_NO);
	expect(F_BEAST_VULN, TRI_NO);
	expect_str(F_BEAST, "none");
	expect_str(F_AEAD, "all");
	ck_assert_uint_eq(fact_u32(facts, F_SUITES_WEAKEST), 128);
	ck_assert_uint_eq(fact_u32(facts, F_SUITES_STRONGEST), 256);
	ck_assert_uint_eq(fact_u32(facts, F_KX_MIN_BITS), 3072);
	expect_why(F_DH_BITS, WHY_NOT_APPLICABLE);
	expect_why(F_DH_EXPORT_BITS, WHY_NOT_APPLICABLE);
	end();
}
END_TEST

START_TEST(each_weakness)
{
	static const struct {
		uint16_t suite;
		enum fact_id id;
	} rows[] = {
	    {0x0034, F_ANON},       /* DH_anon_WITH_AES_128_CBC_SHA */
	    {0xc018, F_ANON},       /* ECDH_anon_WITH_AES_128_CBC_SHA */
	    {0x0002, F_NULL_ENC},   /* RSA_WITH_NULL_SHA */
	    {0x0003, F_EXPORT},     /* RSA_EXPORT_WITH_RC4_40_MD5 */
	    {0x0009, F_DES},        /* RSA_WITH_DES_CBC_SHA */
	    {0x0008, F_DES},        /* RSA_EXPORT_WITH_DES40_CBC_SHA */
	    {0x000a, F_TRIPLE_DES}, /* RSA_WITH_3DES_EDE_CBC_SHA */
	    {0x0004, F_MD5_MAC},    /* RSA_WITH_RC4_128_MD5 */
	    {0x0009, F_WEAK_CIPHER},
	    {0x0002, F_WEAK_CIPHER},
	};

	for (size_t i = 0; i < N_ELEMENTS(rows); i++) {
		uint16_t both[] = {0xc02f, rows[i].suite};

		begin();
		list(AT_TLS1_1, NULL, (struct u16s){both, 2});
		run();
		expect(rows[i].id, TRI_YES);
		end();
		begin();
		list(AT_TLS1_1, NULL, (struct u16s){both, 1});
		run();
		expect(rows[i].id, TRI_NO);
		end();
	}
}
END_TEST

/* A list that is missing leaves open what it could hold, and nothing else. */
START_TEST(missing_lists)
{
	begin();
	list(AT_TLS1_2, "server", U16S_OF(modern12));
	fact_put_unknown(facts, F_PROTO_TLS1_0, WHY_SILENCE, "no answer in 8 s");
	fact_put_tri(facts, F_PROTO_TLS1_1, TRI_NO);
	run();
	expect_why(F_ANON, WHY_SILENCE);
	ck_assert_str_eq(fact_note(facts, F_ANON), "protocols.tls1_0: no answer in 8 s");
	expect_why(F_SUITES_WEAKEST, WHY_SILENCE);
	ck_assert_uint_eq(fact_u32(facts, F_SUITES_STRONGEST), 256);
	expect_why(F_BEAST_VULN, WHY_SILENCE);
	expect_why(F_BEAST, WHY_SILENCE);
	expect_why(F_KX_MIN_BITS, WHY_SILENCE);
	end();

	begin(); /* TLS 1.3 has no RC4, no EXPORT, no 3DES and only AEAD and integrity alone */
	list(AT_TLS1_2, "server", U16S_OF(modern12));
	fact_put_tri(facts, F_PROTO_TLS1_3, TRI_YES);
	fact_put_unknown(facts, F_SUITES_TLS1_3, WHY_RESET, NULL);
	run();
	expect(F_EXPORT, TRI_NO);
	expect(F_TRIPLE_DES, TRI_NO);
	expect(F_MD5_MAC, TRI_NO);
	expect(F_BEAST_VULN, TRI_NO);
	ck_assert_uint_eq(fact_u32(facts, F_SUITES_STRONGEST), 256);
	end();

	begin(); /* what was seen is there, whatever is missing */
	list(AT_TLS1_0, "server", U16S_OF(old));
	fact_put_unknown(facts, F_PROTO_TLS1_2, WHY_SILENCE, NULL);
	run();
	expect(F_TRIPLE_DES, TRI_YES);
	expect(F_BEAST_VULN, TRI_YES);
	expect_why(F_EXPORT, WHY_SILENCE);
	end();
}
END_TEST

START_TEST(nothing_at_all)
{
	begin();
	run();
	for (const enum fact_id *id = probe_posture.gives; *id != F_NONE; id++)
		if (*id != F_BEAST && *id != F_BEAST_VULN)
			expect_why(*id, WHY_NOT_APPLICABLE);
	end();
}
END_TEST

START_TEST(ssl2_counts)
{
	static const uint32_t kinds[] = {0x020080}; /* RC4_128_EXPORT40_WITH_MD5 */

	begin();
	fact_put_tri(facts, F_PROTO_SSL2, TRI_YES);
	fact_put_u32s(facts, F_SUITES_SSL2, (struct u32s){kinds, 1});
	list(AT_TLS1_2, "server", U16S_OF(modern12));
	run();
	expect(F_EXPORT, TRI_YES);
	expect(F_MD5_MAC, TRI_YES);
	ck_assert_uint_eq(fact_u32(facts, F_SUITES_WEAKEST), 40);
	expect_str(F_AEAD, "some");
	end();
}
END_TEST

START_TEST(beast)
{
	static const uint16_t rc4_first[] = {0x0005, 0x002f}, cbc_first[] = {0x002f, 0x0005};
	static const uint16_t rc4_alone[] = {0x0005}, cbc_alone[] = {0x002f, 0x0035};
	const struct {
		struct u16s l;
		const char *order, *want;
	} rows[] = {
	    {U16S_OF(rc4_first), "server", "possible"},
	    {U16S_OF(cbc_first), "server", "preferred"},
	    {U16S_OF(cbc_first), "client", "possible"},
	    {U16S_OF(rc4_alone), "single", "none"},
	    {U16S_OF(cbc_alone), "client", "preferred"},
	    {U16S_OF(cbc_first), NULL, NULL},
	};

	for (size_t i = 0; i < N_ELEMENTS(rows); i++) {
		begin();
		list(AT_TLS1_0, rows[i].order, rows[i].l);
		if (rows[i].order == NULL)
			fact_put_unknown(facts, F_ORDER_TLS1_0, WHY_UNSTABLE, NULL);
		run();
		if (rows[i].want != NULL)
			expect_str(F_BEAST, rows[i].want);
		else
			expect_why(F_BEAST, WHY_UNSTABLE);
		end();
	}
}
END_TEST

static void
dh_row(uint32_t bits, const char *name, enum tri export)
{
	struct facts *row = fact_add(facts, K_DHPARAM);

	fact_put_u32(row, F_DHPARAM_BITS, bits);
	if (name != NULL)
		fact_put_str(row, F_DHPARAM_NAME, name);
	fact_put_u32(row, F_DHPARAM_GENERATOR, 2);
	fact_put_tri(row, F_DHPARAM_EXPORT, export);
}

START_TEST(diffie_hellman)
{
	static const uint16_t dhe[] = {0xc02f, 0x009e, 0x0014}; /* DHE_RSA, DHE_RSA_EXPORT */

	begin();
	list(AT_TLS1_0, "server", U16S_OF(dhe));
	fact_put_u16s(facts, F_GROUPS_TLS1_2, U16S_OF(x25519));
	dh_row(2048, "RFC 7919 ffdhe2048", TRI_NO);
	dh_row(1024, "somebody's", TRI_NO);
	dh_row(512, NULL, TRI_YES);
	run();
	ck_assert_uint_eq(fact_u32(facts, F_DH_BITS), 1024);
	expect_str(F_DH_PRIME, "somebody's");
	ck_assert_uint_eq(fact_u32(facts, F_DH_GENERATOR), 2);
	ck_assert_uint_eq(fact_u32(facts, F_DH_EXPORT_BITS), 512);
	ck_assert_uint_eq(fact_u32(facts, F_KX_MIN_BITS), 512);
	end();

	begin(); /* accepted, and never seen */
	list(AT_TLS1_0, "server", U16S_OF(dhe));
	fact_put_u16s(facts, F_GROUPS_TLS1_2, U16S_OF(x25519));
	fact_put_unknown(facts, F_FLIGHTS_READ, WHY_SILENCE, NULL);
	run();
	expect_why(F_DH_BITS, WHY_SILENCE);
	expect_why(F_DH_EXPORT_BITS, WHY_SILENCE);
	expect_why(F_KX_MIN_BITS, WHY_SILENCE);
	end();

	begin(); /* a prime of the server's own */
	list(AT_TLS1_0, "server", (struct u16s){dhe + 1, 1});
	dh_row(3072, NULL, TRI_NO);
	run();
	expect_why(F_DH_PRIME, WHY_NOT_APPLICABLE);
	ck_assert_uint_eq(fact_u32(facts, F_KX_MIN_BITS), 3072);
	end();
}
END_TEST

START_TEST(weakest_key_exchange)
{
	static const uint16_t static_rsa[] = {0x002f}, weak[] = {0x001d, 0x0013},
			      odd[] = {0x001d, 0xff01};

	begin();
	list(AT_TLS1_2, "server", U16S_OF(static_rsa));
	run();
	expect_why(F_KX_MIN_BITS, WHY_NOT_APPLICABLE);
	end();

	begin();
	list(AT_TLS1_2, "server", U16S_OF(modern12));
	fact_put_u16s(facts, F_GROUPS_TLS1_2, U16S_OF(weak));
	run();
	ck_assert_uint_eq(fact_u32(facts, F_KX_MIN_BITS), 1024);
	end();

	begin();
	list(AT_TLS1_2, "server", U16S_OF(modern12));
	fact_put_u16s(facts, F_GROUPS_TLS1_2, U16S_OF(odd));
	run();
	expect_why(F_KX_MIN_BITS, WHY_LOCAL);
	end();

	begin();
	list(AT_TLS1_2, "server", U16S_OF(static_rsa));
	list(AT_TLS1_3, "server", U16S_OF(modern13));
	fact_put_unknown(facts, F_GROUPS_TLS1_3, WHY_RESET, "reset");
	run();
	expect_why(F_KX_MIN_BITS, WHY_RESET);
	ck_assert_str_eq(fact_note(facts, F_KX_MIN_BITS), "groups.tls1_3: reset");
	end();
}
END_TEST

/* ---- judged by what clients negotiate ---- */

/* What simulate() wants beside versions and suites. */
static void
usual(void)
{
	static const uint16_t groups[] = {0x001d, 0x0017, 0x0018}, rsa[] = {0x0804, 0x0401, 0x0201};

	fact_put_u16s(facts, F_GROUPS_TLS1_2, U16S_OF(groups));
	fact_put_str(facts, F_GROUPS_TLS1_2_ORDER, "server");
	fact_put_u16s(facts, F_GROUPS_TLS1_3, U16S_OF(groups));
	fact_put_str(facts, F_GROUPS_TLS1_3_ORDER, "server");
	fact_put_u16s(facts, F_SIGALGS_TLS1_2_RSA, U16S_OF(rsa));
	fact_put_u16s(facts, F_SIGALGS_TLS1_3_RSA, U16S_OF(rsa));
	fact_put_tri(facts, F_SNI_REQUIRED, TRI_NO);
}

START_TEST(judged_by_clients)
{
	static const uint16_t fs[] = {0xc02f, 0xc030},
			      late[] = {0xc02f, 0xc013, 0x002f, 0x0005, 0x000a};
	static const uint16_t no_fs[] = {0x009c, 0x002f}, first[] = {0x002f, 0xc02f};
	static const uint16_t cbc[] = {0xc013, 0xc014}, cbc_first[] = {0xc013, 0xc02f};
	static const uint16_t rc4[] = {0x0005}, rc4_first[] = {0x0005, 0xc02f};
	static const uint16_t des3_first[] = {0x000a, 0xc02f};
	const struct {
		struct u16s l;
		const char *order, *fs, *rc4;
		enum tri reference_fs, reference_aead, block64;
	} rows[] = {
	    {U16S_OF(fs), "server", "all", "none", TRI_YES, TRI_YES, TRI_NO},
	    /* what stands at the end is never reached by those who can do better */
	    {U16S_OF(late), "server", "all", "offered", TRI_YES, TRI_YES, TRI_NO},
	    {U16S_OF(no_fs), "server", "none", "none", TRI_NO, TRI_YES, TRI_NO},
	    {U16S_OF(first), "server", "some", "none", TRI_NO, TRI_NO, TRI_NO},
	    {U16S_OF(cbc), "server", "all", "none", TRI_YES, TRI_NO, TRI_NO},
	    {U16S_OF(cbc_first), "server", "all", "none", TRI_YES, TRI_NO, TRI_NO},
	    {U16S_OF(rc4), "single", "none", "only", TRI_NO, TRI_NO, TRI_NO},
	    {U16S_OF(rc4_first), "server", "some", "modern", TRI_NO, TRI_NO, TRI_NO},
	    {U16S_OF(des3_first), "server", "some", "none", TRI_NO, TRI_NO, TRI_YES},
	};

	for (size_t i = 0; i < N_ELEMENTS(rows); i++) {
		begin();
		list(AT_TLS1_2, rows[i].order, rows[i].l);
		usual();
		run();
		expect_str(F_FORWARD_SECRECY, rows[i].fs);
		expect_str(F_RC4, rows[i].rc4);
		expect(F_REFERENCE_FS, rows[i].reference_fs);
		expect(F_REFERENCE_AEAD, rows[i].reference_aead);
		expect(F_BLOCK64_MODERN, rows[i].block64);
		end();
	}
}
END_TEST

/* RC4 and 3DES under TLS 1.0 alone are not used with TLS 1.1 and later. */
START_TEST(old_versions_are_not_modern)
{
	static const uint16_t l[] = {0x0005, 0x000a}, both[] = {0xc02f, 0xc030, 0xc013};

	begin();
	list(AT_TLS1_0, "server", U16S_OF(l));
	list(AT_TLS1_2, "server", U16S_OF(both));
	usual();
	run();
	expect_str(F_RC4, "offered");
	expect(F_BLOCK64_MODERN, TRI_NO);
	expect(F_REFERENCE_FS, TRI_YES);
	expect_str(F_FORWARD_SECRECY, "modern"); /* IE 8 gets RC4 */
	expect_str(F_BEAST, "possible");
	end();
}
END_TEST

START_TEST(not_certain_is_not_judged)
{
	static const uint16_t mixed[] = {0xc013, 0x009c}, fs[] = {0xc02f, 0xc030};

	begin(); /* no order: some reference client may get the one without */
	list(AT_TLS1_2, "mixed", U16S_OF(mixed));
	usual();
	run();
	expect_why(F_REFERENCE_FS, WHY_NOT_ASKED);
	ck_assert_ptr_nonnull(strstr(fact_note(facts, F_REFERENCE_FS), "no order"));
	expect_why(F_FORWARD_SECRECY, WHY_NOT_ASKED);
	end();

	begin(); /* no order, and it does not matter */
	list(AT_TLS1_2, "mixed", U16S_OF(fs));
	usual();
	run();
	expect(F_REFERENCE_FS, TRI_YES);
	expect(F_REFERENCE_AEAD, TRI_YES);
	expect_str(F_FORWARD_SECRECY, "all");
	end();

	begin(); /* a list that is missing: the reason is the list's */
	list(AT_TLS1_0, "server", U16S_OF(old));
	fact_put_tri(facts, F_PROTO_TLS1_2, TRI_YES);
	fact_put_unknown(facts, F_SUITES_TLS1_2, WHY_RESET, "reset");
	usual();
	run();
	expect_why(F_REFERENCE_FS, WHY_RESET);
	expect_why(F_REFERENCE_AEAD, WHY_RESET);
	expect_why(F_BLOCK64_MODERN, WHY_RESET);
	expect_why(F_RC4, WHY_RESET);
	ck_assert_str_eq(fact_note(facts, F_REFERENCE_FS), "suites.tls1_2: reset");
	end();
}
END_TEST

START_TEST(beast_names_clients)
{
	static const uint16_t l[] = {0x002f};

	begin();
	list(AT_TLS1_0, "single", U16S_OF(l));
	list(AT_TLS1_2, "server", U16S_OF(modern12));
	usual();
	run();
	expect_str(F_BEAST, "preferred");
	ck_assert_ptr_nonnull(strstr(fact_note(facts, F_BEAST), "Android 2.3.7, "));
	ck_assert_ptr_nonnull(strstr(fact_note(facts, F_BEAST), " more"));
	ck_assert_ptr_null(strstr(fact_note(facts, F_BEAST), "Chrome 101"));
	end();
}
END_TEST

UNIT_MAIN("posture", a_modern_server, each_weakness, missing_lists, nothing_at_all, ssl2_counts,
    beast, diffie_hellman, weakest_key_exchange, judged_by_clients, old_versions_are_not_modern,
    not_certain_is_not_judged, beast_names_clients)
