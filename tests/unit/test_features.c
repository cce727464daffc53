/* features: rows of flights made by hand, and what is concluded from them. */
#include "probe.h"
#include "unit.h"

extern const struct probe probe_features;

static struct arena *arena;
static struct facts *facts;
static struct endpoint endpoint;

enum { NOW = 1700000000 };

static void
begin(void)
{
	arena = arena_new(1 << 20);
	facts = facts_new(arena);
	endpoint = (struct endpoint){.host = "a.example", .sni = "a.example"};
}

static void
end(void)
{
	arena_free(arena);
}

static void
run(void)
{
	struct ctx c = {.known = facts, .ep = &endpoint, .arena = arena, .now = NOW};

	probe_features.conclude(NULL, &c, facts);
	for (const enum fact_id *id = probe_features.gives; *id != F_NONE; id++)
		ck_assert_msg(fact_settled(facts, *id), "%s", fact_defs[*id].name);
}

static void
speaks(enum tri old, enum tri tls1_3)
{
	fact_put_tri(facts, F_PROTO_SSL3, TRI_NO);
	fact_put_tri(facts, F_PROTO_TLS1_0, TRI_NO);
	fact_put_tri(facts, F_PROTO_TLS1_1, TRI_NO);
	fact_put_tri(facts, F_PROTO_TLS1_2, old);
	fact_put_tri(facts, F_PROTO_TLS1_3, tls1_3);
}

/* A flight with this random's first and last bytes, no extension, no staple. */
static struct facts *
flight(uint16_t version, enum tri sni, uint32_t time, const char *tail)
{
	struct facts *row = fact_add(facts, K_FLIGHT);
	uint8_t random[32] = {0};
	uint16_t chain[] = {sni == TRI_YES ? 0 : 1};

	random[0] = (uint8_t)(time >> 24);
	random[1] = (uint8_t)(time >> 16);
	random[2] = (uint8_t)(time >> 8);
	random[3] = (uint8_t)time;
	if (tail != NULL)
		memcpy(random + 24, tail, 8);
	fact_put_u32(row, F_FLIGHT_VERSION, version);
	fact_put_tri(row, F_FLIGHT_SNI, sni);
	fact_put_hex(row, F_FLIGHT_RANDOM, SPAN_OF(random));
	fact_put_time(row, F_FLIGHT_TIME, NOW);
	fact_put_u16s(row, F_FLIGHT_CHAIN, U16S_OF(chain));
	fact_put_u32(row, F_FLIGHT_N_SENT, 1);
	fact_put_tri(row, F_FLIGHT_CLIENT_AUTH, TRI_NO);
	return row;
}

static void
rest(struct facts *row, struct u16s exts, struct span staple, uint32_t session_id)
{
	fact_put_u16s(row, F_FLIGHT_EXTENSIONS, exts);
	fact_put_hex(row, F_FLIGHT_STAPLE, staple);
	fact_put_hex(row, F_FLIGHT_SCTS, (struct span){NULL, 0});
	fact_put_u32(row, F_FLIGHT_SESSION_ID, session_id);
}

static const struct span nothing = {NULL, 0};
static const uint16_t modern[] = {
    EXT_SERVER_NAME, EXT_EXTENDED_MASTER_SECRET, EXT_SESSION_TICKET, EXT_RENEGOTIATION_INFO};

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

START_TEST(what_flights_show)
{
	static const uint8_t ocsp[] = {0x30, 0x03};

	begin();
	speaks(TRI_YES, TRI_YES);
	fact_put_u32(facts, F_FLIGHTS_READ, 2);
	rest(flight(TLS1_2, TRI_YES, 7, "DOWNGRD\1"), U16S_OF(modern), SPAN_OF(ocsp), 32);
	rest(flight(TLS1_2, TRI_NO, 9, "DOWNGRD\1"), (struct u16s){0}, nothing, 0);
	run();
	expect(F_OCSP_STAPLE, TRI_YES);
	expect(F_SCT_TLS, TRI_NO);
	expect(F_EMS, TRI_YES);
	expect(F_TICKET, TRI_YES);
	expect(F_SESSION_ID, TRI_YES);
	expect(F_RENEG_INFO, TRI_YES);
	expect(F_HEARTBEAT, TRI_NO);
	expect(F_MAX_FRAGMENT, TRI_NO);
	expect(F_SNI_ACK, TRI_YES);
	expect(F_SNI_DEFAULT_CERT, TRI_NO);
	expect(F_CLIENT_AUTH, TRI_NO);
	expect(F_RANDOM_TIME, TRI_NO);
	expect(F_DOWNGRADE_SENTINEL, TRI_YES);
	expect_why(F_CLOCK_SKEW, WHY_NOT_APPLICABLE);
	ck_assert_uint_eq(fact_u16s(facts, F_EXTENSIONS).n, N_ELEMENTS(modern));
	end();
}
END_TEST

/* Only flights with server_name offer everything: one without it is no "no". */
START_TEST(not_asked_is_not_no)
{
	begin();
	speaks(TRI_YES, TRI_NO);
	fact_put_u32(facts, F_FLIGHTS_READ, 1);
	rest(flight(TLS1_2, TRI_NO, 7, NULL), (struct u16s){0}, nothing, 0);
	run();
	expect_why(F_EMS, WHY_NOT_ASKED);
	expect_why(F_OCSP_STAPLE, WHY_NOT_ASKED);
	expect_why(F_SNI_ACK, WHY_NOT_ASKED);
	expect_why(F_SNI_DEFAULT_CERT, WHY_NOT_ASKED);
	expect(F_SESSION_ID, TRI_NO);
	expect_why(F_DOWNGRADE_SENTINEL, WHY_NOT_APPLICABLE);
	end();

	begin(); /* an address has no name, and is asked without */
	endpoint.sni = NULL;
	speaks(TRI_YES, TRI_NO);
	fact_put_u32(facts, F_FLIGHTS_READ, 1);
	rest(flight(TLS1_2, TRI_NO, 7, NULL), (struct u16s){0}, nothing, 0);
	run();
	expect(F_EMS, TRI_NO);
	expect(F_OCSP_STAPLE, TRI_NO);
	expect_why(F_SNI_ACK, WHY_NOT_APPLICABLE);
	expect_why(F_SNI_DEFAULT_CERT, WHY_NOT_APPLICABLE);
	end();
}
END_TEST

START_TEST(ssl3_has_no_extensions)
{
	begin();
	speaks(TRI_NO, TRI_NO);
	fact_put_u32(facts, F_FLIGHTS_READ, 1);
	rest(flight(SSL3, TRI_YES, 7, NULL), (struct u16s){0}, nothing, 32);
	run();
	expect_why(F_EMS, WHY_NOT_ASKED);
	expect_why(F_OCSP_STAPLE, WHY_NOT_ASKED);
	expect(F_SESSION_ID, TRI_YES);
	end();
}
END_TEST

START_TEST(tls13_alone)
{
	static const uint16_t exts[] = {EXT_SUPPORTED_VERSIONS, EXT_KEY_SHARE};
	struct facts *row;

	begin();
	speaks(TRI_NO, TRI_YES);
	fact_put_u32(facts, F_FLIGHTS_READ, 1);
	row = flight(TLS1_3, TRI_YES, 7, NULL);
	rest(row, U16S_OF(exts), nothing, 32);
	fact_put_u32(row, F_FLIGHT_TICKET_LIFETIME, 7200);
	run();
	expect_why(F_EMS, WHY_NOT_APPLICABLE);
	expect_why(F_RENEG_INFO, WHY_NOT_APPLICABLE);
	expect_why(F_SESSION_ID, WHY_NOT_APPLICABLE);
	expect_why(F_RANDOM_TIME, WHY_NOT_APPLICABLE);
	expect_why(F_DOWNGRADE_SENTINEL, WHY_NOT_APPLICABLE);
	expect(F_TICKET, TRI_YES);
	expect(F_OCSP_STAPLE, TRI_NO);
	expect(F_SNI_ACK, TRI_NO);
	end();

	begin(); /* a flight that could not be decrypted shows no staple and misses none */
	speaks(TRI_NO, TRI_YES);
	fact_put_u32(facts, F_FLIGHTS_READ, 1);
	flight(TLS1_3, TRI_YES, 7, NULL);
	run();
	expect_why(F_OCSP_STAPLE, WHY_NOT_ASKED);
	expect_why(F_EXTENSIONS, WHY_NOT_ASKED);
	expect_why(F_TICKET, WHY_NOT_ASKED);
	end();
}
END_TEST

START_TEST(no_flight_no_fact)
{
	begin();
	speaks(TRI_YES, TRI_YES);
	fact_put_unknown(facts, F_FLIGHTS_READ, WHY_RESET, "reset after 5 ms");
	run();
	for (const enum fact_id *id = probe_features.gives; *id != F_NONE; id++) {
		expect_why(*id, WHY_RESET);
		ck_assert_str_eq(fact_note(facts, *id), "reset after 5 ms");
	}
	end();
}
END_TEST

START_TEST(time_in_the_random)
{
	static const struct {
		uint32_t t[2];
		size_t n;
		enum tri want;
		uint32_t skew;
	} rows[] = {
	    {{NOW + 3, NOW - 2}, 2, TRI_YES, 2},
	    {{NOW + 3, NOW + 86401}, 2, TRI_NO, 0}, /* a chance hit */
	    {{NOW + 3}, 1, TRI_UNKNOWN, 0},
	    {{5}, 1, TRI_NO, 0},
	    {{NOW - 86400, NOW + 86400}, 2, TRI_YES, 86400},
	};

	for (size_t i = 0; i < N_ELEMENTS(rows); i++) {
		begin();
		speaks(TRI_YES, TRI_NO);
		fact_put_u32(facts, F_FLIGHTS_READ, (uint32_t)rows[i].n);
		for (size_t k = 0; k < rows[i].n; k++)
			flight(TLS1_2, TRI_YES, rows[i].t[k], NULL);
		flight(TLS1_3, TRI_YES, 0, NULL); /* does not count */
		run();
		expect(F_RANDOM_TIME, rows[i].want);
		ck_assert_uint_eq(fact_u32(facts, F_CLOCK_SKEW), rows[i].skew);
		ck_assert(fact_known(facts, F_CLOCK_SKEW) == (rows[i].want == TRI_YES));
		end();
	}
}
END_TEST

START_TEST(sentinel)
{
	static const struct {
		uint16_t version[2];
		const char *tail[2];
		enum tri tls1_3, want;
	} rows[] = {
	    {{TLS1_2, TLS1_1}, {"DOWNGRD\1", "DOWNGRD\0"}, TRI_YES, TRI_YES},
	    {{TLS1_2, TLS1_1}, {"DOWNGRD\1", "DOWNGRD\1"}, TRI_YES, TRI_NO},
	    {{TLS1_2, TLS1_1}, {NULL, NULL}, TRI_YES, TRI_NO},
	    {{TLS1_2, TLS1_1}, {NULL, NULL}, TRI_UNKNOWN, TRI_UNKNOWN},
	    {{TLS1_2, TLS1_2}, {"DOWNGRD\1", "DOWNGRD\1"}, TRI_UNKNOWN, TRI_YES},
	};

	for (size_t i = 0; i < N_ELEMENTS(rows); i++) {
		begin();
		if (rows[i].tls1_3 == TRI_UNKNOWN)
			fact_put_unknown(facts, F_PROTO_TLS1_3, WHY_SILENCE, NULL);
		else
			fact_put_tri(facts, F_PROTO_TLS1_3, rows[i].tls1_3);
		fact_put_u32(facts, F_FLIGHTS_READ, 2);
		for (size_t k = 0; k < 2; k++)
			flight(rows[i].version[k], TRI_YES, 0, rows[i].tail[k]);
		run();
		expect(F_DOWNGRADE_SENTINEL, rows[i].want);
		if (rows[i].want == TRI_UNKNOWN)
			expect_why(F_DOWNGRADE_SENTINEL, WHY_SILENCE);
		end();
	}
}
END_TEST

START_TEST(same_certificate)
{
	static const uint8_t one[32] = {1}, two[32] = {2};

	for (int same = 0; same < 2; same++) {
		begin();
		fact_put_u32(facts, F_FLIGHTS_READ, 2);
		flight(TLS1_2, TRI_YES, 0, NULL); /* leaf 0 */
		flight(TLS1_2, TRI_NO, 0, NULL);  /* leaf 1 */
		fact_put_hex(fact_add(facts, K_CERT), F_CERT_SHA256, SPAN_OF(one));
		fact_put_hex(fact_add(facts, K_CERT), F_CERT_SHA256,
		    same != 0 ? SPAN_OF(one) : SPAN_OF(two));
		run();
		expect(F_SNI_DEFAULT_CERT, same != 0 ? TRI_YES : TRI_NO);
		end();
	}
}
END_TEST

UNIT_MAIN("features", what_flights_show, not_asked_is_not_no, ssl3_has_no_extensions, tls13_alone,
    no_flight_no_fact, time_in_the_random, sentinel, same_certificate)
