/* engine, keys: the key schedule against RFC 8448, and one ask as a byte machine. */
#include "engine/engine.h"
#include "engine/keys.h"
#include "rfc8448.h"
#include "unit.h"

static struct arena *arena;

static void
set_up(void)
{
	arena = arena_new(8 << 20);
}

static void
tear_down(void)
{
	arena_free(arena);
}

static uint8_t
nibble(char c)
{
	return (uint8_t)(c <= '9' ? c - '0' : c - 'a' + 10);
}

static struct span
hex(const char *s)
{
	size_t n = strlen(s) / 2;
	uint8_t *p = arena_alloc(arena, n + 1);

	for (size_t i = 0; i < n; i++)
		p[i] = (uint8_t)(nibble(s[2 * i]) << 4 | nibble(s[2 * i + 1]));
	return (struct span){p, n};
}

static struct span
joined(struct span a, struct span b)
{
	uint8_t *p = arena_alloc(arena, a.n + b.n);

	memcpy(p, a.p, a.n);
	memcpy(p + a.n, b.p, b.n);
	return (struct span){p, a.n + b.n};
}

static void
is(const uint8_t *got, const char *want)
{
	struct span w = hex(want);

	ck_assert_mem_eq(got, w.p, w.n);
}

static void
open_rfc8448(struct keys *k, struct span hellos)
{
	ck_assert(keys_open(k, 0x1301));
	keys_handshake(
	    k, hex("8bd4054fb55b9d63fdfbacf9f04b9f0d35e6d63f537563efd46272900f89492d"), hellos);
}

/* "calculate (EC)DHE secret", "derive secret tls13 c/s hs traffic", "derive write traffic keys". */
START_TEST(handshake_keys_of_rfc8448)
{
	struct keys k;

	open_rfc8448(&k, joined(hex(rfc8448_client_hello), hex(rfc8448_server_hello)));
	is(k.handshake, "1dc826e93606aa6fdc0aadc12f741b01046aa6b99f691ed221a9f0ca043fbeac");
	is(k.client.secret, "b3eddb126e067f35a780b3abf45e2d8f3b1a950738f52e9600746a0e27a55a21");
	is(k.server.secret, "b67b7d690cc16c4e75e54213cb2d37b4e9c912bcded9105d42befd59d391ad38");
	is(k.server.key, "3fce516009c21727d0f2e4e86ee403bc");
	is(k.server.iv, "5d313eb2671276ee13000b30");
	is(k.client.key, "dbfaa693d1762c5b666af5d950258d01");
	is(k.client.iv, "5bd3c71b836e0b76bb73265f");
	keys_wipe(&k);
	ck_assert_uint_eq(k.server.key[0] | k.client.secret[0] | k.handshake[31], 0);
}
END_TEST

/* "{server} send handshake record", its Finished, and the application keys after it. */
START_TEST(flight_and_application_keys_of_rfc8448)
{
	struct span hellos = joined(hex(rfc8448_client_hello), hex(rfc8448_server_hello));
	struct span record = hex(rfc8448_flight), messages;
	uint8_t plain[1024], type, verify[CRYPTO_MAX_HASH];
	struct keys k;
	size_t n;

	open_rfc8448(&k, hellos);
	ck_assert(keys_decrypt(&k, record, plain, &n, &type));
	ck_assert_uint_eq(type, 22);
	ck_assert_uint_eq(n, 657);
	messages = (struct span){plain, n - 36}; /* all but the Finished */
	ck_assert_uint_eq(keys_finished(&k, &k.server, joined(hellos, messages), verify), 32);
	ck_assert_mem_eq(verify, plain + n - 32, 32);
	is(verify, "9b9b141d906337fbd2cbdce71df4deda4ab42c309572cb7fffee5454b78f0718");
	keys_application(&k, joined(hellos, (struct span){plain, n}));
	is(k.client.secret, "9e40646ce79a7f9dc05af8889bce6552875afa0b06df0087f792ebb7c17504a5");
	is(k.server.secret, "a11af9f05531f856ad47116b45a950328204b4f44bfb6b3a4b4f1f3fcb631643");
	is(k.server.key, "9f02283b6c9c07efc26bb9f2ac92e356");
	is(k.server.iv, "cf782b88dd83549aadf1e984");
	is(k.client.key, "17422dda596ed5d9acd890e3c63f5051");
	is(k.client.iv, "5b78923dee08579033e523d9");
}
END_TEST

START_TEST(a_record_that_was_touched_does_not_open)
{
	struct span hellos = joined(hex(rfc8448_client_hello), hex(rfc8448_server_hello));
	struct span record = hex(rfc8448_flight);
	uint8_t plain[1024], type, *p;
	size_t n;

	for (size_t i = 0; i < record.n; i += 97) {
		struct keys k;

		open_rfc8448(&k, hellos);
		p = arena_alloc(arena, record.n);
		memcpy(p, record.p, record.n);
		p[i] ^= 1;
		ck_assert(!keys_decrypt(&k, (struct span){p, record.n}, plain, &n, &type));
	}
	for (size_t cut = 0; cut < record.n; cut += 41) {
		struct keys k;

		open_rfc8448(&k, hellos);
		ck_assert(
		    cut < 5 || !keys_decrypt(&k, (struct span){record.p, cut}, plain, &n, &type));
	}
}
END_TEST

/* What one side writes, the other reads, record after record; with every suite there is. */
START_TEST(protected_records_come_back)
{
	static const uint16_t suites[] = {0x1301, 0x1302, 0x1303, 0x1304, 0x1305};
	uint8_t record[700], plain[700], type;
	size_t n, len;

	for (size_t i = 0; i < N_ELEMENTS(suites); i++) {
		struct keys a, b;

		ck_assert(keys_open(&a, suites[i]));
		keys_handshake(&a, SPAN_OF(record), (struct span){NULL, 0});
		b = a;
		b.server = a.client; /* the other side's view */
		for (unsigned k = 0; k < 3; k++) {
			len = keys_encrypt(&a, (uint8_t)(20 + k),
			    (struct span){(const uint8_t *)"abc", k}, record);
			ck_assert(keys_decrypt(&b, (struct span){record, len}, plain, &n, &type));
			ck_assert_uint_eq(n, k);
			ck_assert_uint_eq(type, 20 + k);
			ck_assert_mem_eq(plain, "abc", k);
		}
		ck_assert(
		    !keys_decrypt(&b, (struct span){record, len}, plain, &n, &type)); /* replayed */
	}
	ck_assert(!keys_open(&(struct keys){0}, 0x1306));
	ck_assert(!keys_open(&(struct keys){0}, 0xc02f));
}
END_TEST

/* ---- the byte machine ---- */

static const struct endpoint ep = {.host = "a.example", .sni = "a.example", .port = 443};
static const uint16_t suites[] = {0x1301, 0x1302}, versions[] = {TLS1_3};

static void
ask_for(struct ask *ask, uint16_t version, enum flight_stop stop)
{
	*ask = (struct ask){.kind = ASK_HELLO, .stop = stop};
	hello_init(&ask->hello, ep.sni, version);
	ask->hello.suites = U16S_OF(suites);
}

static struct reply
answer(const struct ask *ask, struct span bytes, enum reply_kind end)
{
	struct reply r = {0};
	struct engine *e;
	struct rng rng;

	rng_seed(&rng, 1);
	e = engine_open(arena, &ep, ask, &rng);
	for (struct span out = engine_to_send(e); out.n > 0; out = engine_to_send(e))
		engine_sent(e, out.n > 100 ? 100 : out.n);
	if (engine_feed(e, bytes))
		engine_ended(e, end);
	ck_assert(!engine_feed(e, bytes)); /* what comes afterwards changes nothing */
	engine_reply(e, &r);
	engine_close(e);
	return r;
}

START_TEST(how_it_ends_is_the_reply)
{
	static const struct {
		const char *bytes;
		enum reply_kind end, kind;
		uint8_t alert;
	} rows[] = {
	    {"", REPLY_FIN, REPLY_FIN, 0},
	    {"", REPLY_RESET, REPLY_RESET, 0},
	    {"", REPLY_SILENCE, REPLY_SILENCE, 0},
	    {"16030300", REPLY_FIN, REPLY_FIN, 0},
	    {"15030300020228", REPLY_FIN, REPLY_ALERT, 40},
	    {"15030300020170", REPLY_FIN, REPLY_FIN, 112}, /* a warning and the end */
	    {"485454502f312e31", REPLY_FIN, REPLY_GARBAGE, 0},
	    {"1603030004"
	     "0b000000",
		REPLY_FIN, REPLY_BAD, 0}, /* Certificate before ServerHello */
	    {"1603030004"
	     "0bffffff",
		REPLY_FIN, REPLY_LIMIT, 0},
	};

	for (size_t i = 0; i < N_ELEMENTS(rows); i++) {
		struct ask ask;
		struct reply r;

		ask_for(&ask, TLS1_2, STOP_HELLO_DONE);
		r = answer(&ask, hex(rows[i].bytes), rows[i].end);
		ck_assert_msg(r.kind == rows[i].kind, "row %zu: %d", i, r.kind);
		ck_assert_uint_eq(r.alert, rows[i].alert);
		ck_assert_ptr_nonnull(r.flight);
		ck_assert_mem_eq(r.raw.p, hex(rows[i].bytes).p, r.raw.n);
	}
}
END_TEST

START_TEST(a_server_hello_of_tls13_needs_the_key)
{
	struct span record = joined(hex("160303005a"), hex(rfc8448_server_hello));
	struct ask ask;
	struct reply r;

	/* Without shares the ServerHello is all there is to read. */
	ask_for(&ask, TLS1_3, STOP_HELLO_DONE);
	r = answer(&ask, record, REPLY_FIN);
	ck_assert_int_eq(r.kind, REPLY_FLIGHT);
	ck_assert_uint_eq(r.flight->version, TLS1_3);
	ck_assert_uint_eq(r.flight->group, 0x001d);
	/* With them, what follows must authenticate. */
	{
		static const uint16_t shares[] = {0x001d};

		ask.hello.shares = U16S_OF(shares);
	}
	r = answer(&ask, joined(record, hex(rfc8448_flight)), REPLY_FIN);
	ck_assert_int_eq(r.kind, REPLY_LOCAL);
	ck_assert_str_eq(r.detail, "a record does not authenticate");
}
END_TEST

START_TEST(what_cannot_be_asked_is_ours)
{
	static const uint16_t hybrids[] = {0x11ec};
	struct ask ask;
	struct reply r;
	struct rng rng;
	struct engine *e;

	ask_for(&ask, TLS1_3, STOP_HELLO_DONE);
	ask.hello.versions = U16S_OF(versions);
	ask.hello.shares = U16S_OF(hybrids);
	rng_seed(&rng, 1);
	e = engine_open(arena, &ep, &ask, &rng);
	ck_assert_uint_eq(engine_to_send(e).n, 0);
	ck_assert(!engine_feed(e, hex("15030300020228")));
	engine_reply(e, &r);
	ck_assert_int_eq(r.kind, REPLY_LOCAL);
	engine_close(e);
}
END_TEST

START_TEST(raw_bytes_go_out_as_they_are)
{
	static uint8_t bytes[] = {1, 2, 3, 4, 5};
	struct ask ask = {.kind = ASK_RAW, .stop = STOP_ANY_RECORD};
	struct rng rng;
	struct engine *e;
	struct reply r;

	wr_init(&ask.out, bytes, sizeof(bytes));
	ask.out.len = sizeof(bytes);
	rng_seed(&rng, 1);
	e = engine_open(arena, &ep, &ask, &rng);
	ck_assert(span_eq(engine_to_send(e), SPAN_OF(bytes)));
	engine_sent(e, 2);
	ck_assert_uint_eq(engine_to_send(e).n, 3);
	engine_sent(e, 3);
	ck_assert(!engine_feed(e, hex("15030300020170")));
	engine_reply(e, &r);
	ck_assert_int_eq(r.kind, REPLY_FLIGHT);
	ck_assert_uint_eq(r.flight->n_warnings, 1);
	engine_close(e);
}
END_TEST

UNIT_MAIN_WITH(set_up, tear_down, "engine", handshake_keys_of_rfc8448,
    flight_and_application_keys_of_rfc8448, a_record_that_was_touched_does_not_open,
    protected_records_come_back, how_it_ends_is_the_reply, a_server_hello_of_tls13_needs_the_key,
    what_cannot_be_asked_is_ours, raw_bytes_go_out_as_they_are)
