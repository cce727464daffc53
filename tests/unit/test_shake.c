/* shake12, say, flight_go_on: the engine against a server of a few lines, TLS 1.2 with
 * TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256 or _CBC_SHA and x25519, that does as it is told. */
#include "base/rd.h"
#include "engine/engine.h"
#include "engine/keys12.h"
#include "unit.h"

enum { REC_CCS = 20, REC_ALERT = 21, REC_HANDSHAKE = 22, REC_DATA = 23 };
enum fault { NONE, WRONG_FINISHED, FINISHED_IN_CLEAR, CCS_TOO_EARLY, BAD_RECORD, DATA_TOO_EARLY };

static struct arena *arena;
static struct rng rng;
static struct ask ask;
static struct engine *engine;
static struct reply reply;

/* ---- the server ---- */

static struct {
	enum fault fault;
	uint16_t suite;
	struct keys12 keys; /* client is what we write with: ours */
	struct crypto_share *share;
	struct wr out, transcript;
	uint8_t client_random[32], random[32];
	struct span answer; /* to application data */
	unsigned n_data, n_finished, n_hellos;
	bool resume;
	uint8_t master[48];
} server;

static void
record(uint8_t type, struct span body)
{
	struct record12 r = {.type = type, .content = body};

	server.out.len += keys12_encrypt(&server.keys, &rng, &r, server.out.p + server.out.len);
}

static void
message(uint8_t type, struct span body)
{
	uint8_t buf[600];
	struct wr w;

	wr_init(&w, buf, sizeof(buf));
	wr_u8(&w, type);
	wr_u24(&w, (uint32_t)body.n);
	wr_span(&w, body);
	ck_assert(wr_ok(&w));
	wr_span(&server.transcript, wr_done(&w));
	record(REC_HANDSHAKE, wr_done(&w));
}

static void
server_hello(void)
{
	static const uint8_t exts[] = {0, 5, 0xff, 1, 0, 1, 0};
	static const uint8_t id[32] = {9};
	uint8_t buf[128];
	struct wr w;

	wr_init(&w, buf, sizeof(buf));
	wr_u16(&w, TLS1_2);
	rng_bytes(&rng, server.random, 32);
	wr_put(&w, server.random, 32);
	wr_u8(&w, 32);
	wr_put(&w, id, 32);
	wr_u16(&w, server.suite);
	wr_u8(&w, 0);
	wr_put(&w, exts, sizeof(exts));
	message(2, wr_done(&w));
}

static void
key_exchange(void)
{
	uint8_t buf[64] = {3, 0, 0x1d, 32}, pub[CRYPTO_MAX_SHARE];
	size_t n;

	server.share = crypto_share_new(0x001d, pub, &n);
	ck_assert_uint_eq(n, 32);
	memcpy(buf + 4, pub, 32);
	/* A signature of no bytes: nobody looks. */
	memcpy(buf + 36, "\4\1\0\0", 4);
	message(12, (struct span){buf, 40});
	message(14, (struct span){NULL, 0});
}

static void
change_and_finish(void)
{
	uint8_t verify[KEYS12_MAX_VERIFY];

	if (server.fault != FINISHED_IN_CLEAR) {
		record(REC_CCS, (struct span){(const uint8_t *)"\1", 1});
		keys12_start(&server.keys.client, &server.keys.next_server);
	}
	keys12_finished(&server.keys, true, wr_done(&server.transcript), verify);
	verify[3] ^= server.fault == WRONG_FINISHED;
	if (server.fault == DATA_TOO_EARLY)
		record(REC_DATA, SPAN_OF(verify));
	message(20, (struct span){verify, KEYS12_VERIFY});
	if (server.fault == BAD_RECORD)
		server.out.p[server.out.len - 1] ^= 1;
}

static void
on_client_hello(struct span m)
{
	server.n_hellos++;
	server.transcript.len = 0;
	wr_span(&server.transcript, m);
	memcpy(server.client_random, m.p + 6, 32);
	server_hello();
	ck_assert(keys12_open(&server.keys, TLS1_2, server.suite, false));
	if (server.fault == CCS_TOO_EARLY)
		record(REC_CCS, (struct span){(const uint8_t *)"\1", 1});
	if (server.resume) {
		memcpy(server.keys.master, server.master, 48);
		keys12_expand(&server.keys, SPAN_OF(server.client_random), SPAN_OF(server.random));
		change_and_finish();
	} else {
		key_exchange();
	}
}

static void
on_client_key(struct span m)
{
	uint8_t secret[CRYPTO_MAX_SECRET];
	size_t n;

	wr_span(&server.transcript, m);
	ck_assert(crypto_share_derive(server.share, (struct span){m.p + 5, m.n - 5}, secret, &n));
	crypto_share_free(server.share);
	keys12_master(&server.keys, (struct span){secret, n}, SPAN_OF(server.client_random),
	    SPAN_OF(server.random), (struct span){NULL, 0});
	memcpy(server.master, server.keys.master, 48);
	keys12_expand(&server.keys, SPAN_OF(server.client_random), SPAN_OF(server.random));
}

static void
on_client_finished(struct span m)
{
	uint8_t verify[KEYS12_MAX_VERIFY];

	keys12_finished(&server.keys, false, wr_done(&server.transcript), verify);
	ck_assert_uint_eq(m.n, 4 + KEYS12_VERIFY);
	ck_assert_mem_eq(m.p + 4, verify, KEYS12_VERIFY);
	server.n_finished++;
	wr_span(&server.transcript, m);
	if (!server.resume)
		change_and_finish();
}

static void
on_client_record(struct span r)
{
	uint8_t plain[1 << 15];
	struct span m = {r.p + 5, r.n - 5};

	if (server.keys.server.on) {
		m.p = plain;
		if (!keys12_decrypt(&server.keys, r, plain, &m.n)) {
			record(REC_ALERT, (struct span){(const uint8_t *)"\2\24", 2});
			return;
		}
	}
	if (r.p[0] == REC_CCS)
		keys12_start(&server.keys.server, &server.keys.next_client);
	else if (r.p[0] == REC_DATA && server.n_data++ < 1)
		record(REC_DATA, server.answer);
	else if (r.p[0] == REC_HANDSHAKE && m.p[0] == 1)
		on_client_hello(arena_span(arena, m));
	else if (r.p[0] == REC_HANDSHAKE && m.p[0] == 16)
		on_client_key(m);
	else if (r.p[0] == REC_HANDSHAKE && m.p[0] == 20)
		on_client_finished(m);
}

/* ---- the two together ---- */

/* What the engine has to say comes to the server, record by record. */
static void
deliver(void)
{
	struct span out = arena_span(arena, engine_to_send(engine)), head;
	struct rd in = rd_of(out), body;

	engine_sent(engine, out.n);
	while (in.n > 0) {
		const uint8_t *p = in.p;

		ck_assert(rd_bytes(&in, 3, &head) && rd_vec16(&in, &body));
		on_client_record((struct span){p, body.n + 5});
	}
}

static void
talk(bool more)
{
	for (;;) {
		deliver();
		if (!more || server.out.len == 0)
			break;
		for (size_t i = 0; i < server.out.len && more; i++) /* byte by byte */
			more = engine_feed(engine, (struct span){server.out.p + i, 1});
		server.out.len = 0;
	}
	if (more)
		engine_ended(engine, REPLY_SILENCE);
	reply = (struct reply){0};
	engine_reply(engine, &reply);
}

static void
begin(enum fault fault, uint16_t suite)
{
	static uint16_t offer;
	static uint8_t out[40000], transcript[4096];

	offer = suite;
	memset(&server, 0, sizeof(server));
	server.fault = fault;
	server.suite = suite;
	server.keys.version = TLS1_2;
	wr_init(&server.out, out, sizeof(out));
	wr_init(&server.transcript, transcript, sizeof(transcript));
	ask = (struct ask){.kind = ASK_HELLO, .stop = STOP_FINISHED, .keep = true};
	hello_init(&ask.hello, "a.example", TLS1_2);
	ask.hello.suites = (struct u16s){&offer, 1};
}

static void
open_engine(void)
{
	engine = engine_open(arena, NULL, &ask, &rng);
	talk(true);
}

static void
say_next(enum flight_stop stop, struct say s)
{
	ask.kind = ASK_SAY;
	ask.same_conn = true;
	ask.stop = stop;
	ask.say[0] = s;
	ck_assert(reply.open);
	talk(engine_go_on(engine, &ask));
}

static void
set_up(void)
{
	arena = arena_new(64 << 20);
	rng_seed(&rng, 7);
}

static void
tear_down(void)
{
	engine_close(engine);
	arena_free(arena);
}

static const struct say request = {
    .kind = SAY_RECORD, .type = REC_DATA, .bytes = {(const uint8_t *)"GET", 3}};

START_TEST(a_handshake_is_finished_and_data_flows)
{
	static const uint16_t suites[] = {0xc02f, 0xc013, 0xcca8};

	for (size_t i = 0; i < N_ELEMENTS(suites); i++) {
		begin(NONE, suites[i]);
		server.answer = span_str("one two end three");
		open_engine();
		ck_assert_int_eq(reply.kind, REPLY_FLIGHT);
		ck_assert(reply.flight->finished && reply.open && !reply.resumed);
		ck_assert_ptr_nonnull(reply.session);
		ck_assert_uint_eq(server.n_finished, 1);
		ask.until = span_str("end");
		say_next(STOP_DATA, request);
		ck_assert_int_eq(reply.kind, REPLY_FLIGHT);
		ck_assert(span_eq(reply.data, server.answer));
		ck_assert(!reply.flight->hello);
		if (i + 1 < N_ELEMENTS(suites))
			engine_close(engine);
	}
}
END_TEST

START_TEST(data_has_a_cap_and_an_end)
{
	uint8_t *big = arena_alloc(arena, 1 << 14);

	begin(NONE, 0xc02f);
	server.answer = (struct span){big, 1 << 14};
	open_engine();
	ask.until = span_str("end");
	say_next(STOP_DATA, request);
	ck_assert_int_eq(reply.kind, REPLY_SILENCE); /* no "end" in it */
	ck_assert_uint_eq(reply.data.n, 1 << 14);
	say_next(STOP_DATA, request);
	ck_assert_uint_eq(reply.data.n, 0); /* each answer begins anew */
}
END_TEST

START_TEST(what_a_server_must_not_do)
{
	static const struct {
		enum fault fault;
		const char *detail;
	} rows[] = {{WRONG_FINISHED, "the server's Finished is wrong"},
	    {FINISHED_IN_CLEAR, "Finished in the clear"},
	    {CCS_TOO_EARLY, "ChangeCipherSpec without a key exchange"},
	    {BAD_RECORD, "a record does not authenticate"},
	    {DATA_TOO_EARLY, "application data before Finished"}};

	for (size_t i = 0; i < N_ELEMENTS(rows); i++) {
		begin(rows[i].fault, 0xc02f);
		open_engine();
		ck_assert_int_eq(reply.kind, REPLY_BAD);
		ck_assert_str_eq(reply.detail, rows[i].detail);
		ck_assert(!reply.open && reply.session == NULL);
		if (rows[i].fault == CCS_TOO_EARLY)
			crypto_share_free(server.share);
		if (i + 1 < N_ELEMENTS(rows))
			engine_close(engine);
	}
}
END_TEST

START_TEST(a_session_is_resumed)
{
	const struct session *s;
	uint8_t master[48];

	begin(NONE, 0xc02f);
	open_engine();
	s = session_copy(arena, reply.session);
	ck_assert_uint_eq(s->id.n, 32);
	memcpy(master, server.master, 48);
	ck_assert_mem_eq(s->secret, master, 48);
	engine_close(engine);
	for (int right = 0; right < 2; right++) {
		begin(NONE, 0xc02f);
		server.resume = true;
		memcpy(server.master, master, 48);
		server.master[5] ^= !right; /* another session */
		ask.session = s;
		ask.hello.session_id = s->id;
		open_engine();
		ck_assert_int_eq(reply.kind, right ? REPLY_FLIGHT : REPLY_BAD);
		ck_assert_int_eq(reply.resumed, right);
		ck_assert_uint_eq(server.n_finished, right);
		if (!right)
			engine_close(engine);
	}
	server.answer = span_str("hello");
	say_next(STOP_DATA, request);
	ck_assert(span_eq(reply.data, server.answer));
}
END_TEST

START_TEST(a_second_handshake_under_the_keys_of_the_first)
{
	begin(NONE, 0xc013);
	server.answer = span_str("hello");
	open_engine();
	say_next(STOP_FINISHED, (struct say){.kind = SAY_HELLO});
	ck_assert_int_eq(reply.kind, REPLY_FLIGHT);
	ck_assert(reply.flight->hello && reply.flight->finished);
	ck_assert_uint_eq(server.n_hellos, 2);
	ck_assert_uint_eq(server.n_finished, 2);
	say_next(STOP_DATA, request);
	ck_assert(span_eq(reply.data, server.answer));
}
END_TEST

START_TEST(spoiled_records_are_seen_to_be)
{
	struct say s = request;

	begin(NONE, 0xc013);
	open_engine();
	s.mac_xor = 1;
	say_next(STOP_ANY_RECORD, s);
	ck_assert_int_eq(reply.kind, REPLY_ALERT);
	ck_assert_uint_eq(reply.alert, 20);
	ck_assert(reply.open);
	say_next(STOP_CLOSE, (struct say){0});
	ck_assert_int_eq(reply.kind, REPLY_SILENCE);
}
END_TEST

START_TEST(a_flight_by_hand)
{
	static const struct say says[] = {
	    {.kind = SAY_KEY_EXCHANGE}, {.kind = SAY_CCS}, {.kind = SAY_FINISHED}};

	begin(NONE, 0xc02f);
	ask.stop = STOP_HELLO_DONE;
	open_engine();
	ck_assert(reply.flight->hello_done && reply.open);
	memcpy(&ask.say[1], &says[1], 2 * sizeof(says[0]));
	say_next(STOP_FINISHED, says[0]);
	ck_assert_int_eq(reply.kind, REPLY_FLIGHT);
	ck_assert(reply.flight->finished);
	ck_assert_uint_eq(server.n_finished, 1);
}
END_TEST

START_TEST(what_cannot_be_said_is_ours)
{
	static const enum say_kind kinds[] = {SAY_CCS, SAY_FINISHED, SAY_RSA_BLOCK};

	for (size_t i = 0; i < N_ELEMENTS(kinds); i++) {
		begin(NONE, 0xc02f);
		ask.stop = STOP_HELLO_DONE;
		open_engine();
		say_next(STOP_FINISHED, (struct say){.kind = kinds[i]});
		ck_assert_int_eq(reply.kind, REPLY_LOCAL);
		ck_assert_ptr_nonnull(reply.detail);
		ck_assert(!reply.open);
		crypto_share_free(server.share);
		if (i + 1 < N_ELEMENTS(kinds))
			engine_close(engine);
	}
}
END_TEST

UNIT_MAIN_WITH(set_up, tear_down, "shake", a_handshake_is_finished_and_data_flows,
    data_has_a_cap_and_an_end, what_a_server_must_not_do, a_session_is_resumed,
    a_second_handshake_under_the_keys_of_the_first, spoiled_records_are_seen_to_be, a_flight_by_hand,
    what_cannot_be_said_is_ours)
