/* flight: what a server may answer, in any pieces, and what it may not. */
#include "base/wr.h"
#include "tls/flight.h"
#include "tls/hello.h"
#include "unit.h"

enum { CCS = 20, ALERT = 21, HANDSHAKE = 22, DATA = 23, HEARTBEAT = 24, SIZE = 1 << 21 };

static struct arena *arena;
static struct wr w; /* the stream */

static void
set_up(void)
{
	arena = arena_new(64 << 20);
	wr_init(&w, arena_alloc(arena, SIZE), SIZE);
}

static void
tear_down(void)
{
	arena_free(arena);
}

/* ---- writing ---- */

static void
record(unsigned type, const void *p, size_t n)
{
	wr_u8(&w, type);
	wr_u16(&w, 0x0303);
	wr_u16(&w, (unsigned)n);
	wr_put(&w, p, n);
}

static void
record_of(const struct wr *m)
{
	record(HANDSHAKE, m->p, m->len);
}

static struct wr
new_message(void)
{
	struct wr m;

	wr_init(&m, arena_alloc(arena, 4096), 4096);
	return m;
}

static void
server_hello(struct wr *m, unsigned version, unsigned suite, const void *exts, size_t n)
{
	struct wr_mark len;
	uint8_t random[32];

	memset(random, 7, sizeof(random));
	wr_u8(m, 2);
	len = wr_open(m, 3);
	wr_u16(m, version);
	wr_put(m, random, 32);
	wr_u8(m, 4);
	wr_put(m, "SIDS", 4);
	wr_u16(m, suite);
	wr_u8(m, 0);
	if (n > 0) {
		wr_u16(m, (unsigned)n);
		wr_put(m, exts, n);
	}
	wr_close(m, len);
}

static void
certificate(struct wr *m, size_t n_certs, size_t each)
{
	struct wr_mark len, list;

	wr_u8(m, 11);
	len = wr_open(m, 3);
	list = wr_open(m, 3);
	for (size_t i = 0; i < n_certs; i++) {
		wr_u24(m, (uint32_t)each);
		for (size_t k = 0; k < each; k++)
			wr_u8(m, (unsigned)i);
	}
	wr_close(m, list);
	wr_close(m, len);
}

static void
ecdhe(struct wr *m)
{
	struct wr_mark len;

	wr_u8(m, 12);
	len = wr_open(m, 3);
	wr_put(m, "\3\0\x1d\3xyz", 7);
	wr_u16(m, 0x0804);
	wr_u16(m, 3);
	wr_put(m, "sig", 3);
	wr_close(m, len);
}

static const char exts12[] = "\xff\x01\0\1\0"
			     "\0\x17\0\0"
			     "\0\x23\0\0"
			     "\0\x10\0\5\0\3\2h2"
			     "\0\5\0\0"
			     "\0\x12\0\7\0\5\0\3SCT";

/* A whole flight of TLS 1.2: ServerHello to ServerHelloDone. */
static struct wr
messages(void)
{
	struct wr m = new_message();

	server_hello(&m, TLS1_2, 0xc02f, exts12, sizeof(exts12) - 1);
	certificate(&m, 2, 5);
	wr_put(&m, "\x16\0\0\7\1\0\0\3OCS", 11);
	ecdhe(&m);
	wr_put(&m, "\x0d\0\0\4\1\1\0\0", 8);
	wr_put(&m, "\x0e\0\0\0", 4);
	ck_assert(wr_ok(&m));
	return m;
}

/* ---- reading ---- */

static const uint16_t suites[] = {0xc02f, 0x1301}, groups[] = {0x1d}, algs[] = {0x0804};
static const uint16_t versions[] = {TLS1_3};

static struct flight *
new_flight(enum flight_stop stop)
{
	struct flight_offer *o = arena_alloc(arena, sizeof(*o));

	*o = (struct flight_offer){.suites = U16S_OF(suites),
	    .groups = U16S_OF(groups),
	    .sigalgs = U16S_OF(algs),
	    .versions = U16S_OF(versions)};
	return flight_new(arena, stop, o);
}

/* Feeds the stream in pieces of `piece` bytes. */
static enum flight_state
feed(struct flight *f, size_t piece)
{
	enum flight_state s = FLIGHT_MORE;

	for (size_t at = 0; at < w.len && s == FLIGHT_MORE; at += piece)
		s = flight_feed(
		    f, (struct span){w.p + at, piece < w.len - at ? piece : w.len - at});
	return s;
}

static void
check_whole(const struct flight *f)
{
	const struct server_flight *sf = flight_result(f);
	struct span body;

	ck_assert(sf->hello && !sf->retry && sf->hello_done && sf->cert_request);
	ck_assert_uint_eq(sf->version, TLS1_2);
	ck_assert_uint_eq(sf->suite, 0xc02f);
	ck_assert(span_eq(sf->session_id, span_str("SIDS")));
	ck_assert(span_eq(sf->alpn, span_str("h2")));
	ck_assert_uint_eq(sf->n_exts, 6);
	ck_assert(flight_ext(sf, EXT_RENEGOTIATION_INFO, &body) && body.n == 1);
	ck_assert(!flight_ext(sf, EXT_HEARTBEAT, &body));
	ck_assert_uint_eq(sf->n_certs, 2);
	ck_assert(span_eq(sf->certs[1], span_str("\1\1\1\1\1")));
	ck_assert(span_eq(sf->ocsp, span_str("OCS")));
	ck_assert_uint_eq(sf->cert_scts.n, 7);
	ck_assert_int_eq(sf->ske.kind, SKE_ECDHE);
	ck_assert_uint_eq(sf->ske.group, 0x1d);
	ck_assert_uint_eq(sf->ske.sigalg, 0x0804);
	ck_assert(span_eq(sf->ske.y, span_str("xyz")));
	ck_assert(span_eq(sf->ske.signature, span_str("sig")));
	ck_assert_uint_eq(sf->flaws, 0);
}

START_TEST(a_whole_flight_in_any_pieces)
{
	struct wr m = messages();

	record_of(&m);
	for (size_t piece = 1; piece <= w.len; piece++) {
		struct flight *f = new_flight(STOP_HELLO_DONE);

		ck_assert_int_eq(feed(f, piece), FLIGHT_DONE);
		check_whole(f);
		ck_assert_uint_eq(flight_result(f)->n_records, 1);
		ck_assert_int_eq(flight_feed(f, SPAN_OF(((const uint8_t[]){1}))), FLIGHT_DONE);
	}
}
END_TEST

START_TEST(records_cut_at_every_byte)
{
	struct wr m = messages();

	for (size_t cut = 1; cut < m.len; cut++) {
		struct flight *f = new_flight(STOP_HELLO_DONE);

		w.len = 0;
		record(HANDSHAKE, m.p, cut);
		record(HANDSHAKE, m.p + cut, m.len - cut);
		ck_assert_int_eq(feed(f, 64), FLIGHT_DONE);
		check_whole(f);
	}
	w.len = 0;
	for (size_t i = 0; i < m.len; i++) /* one byte a record */
		record(HANDSHAKE, m.p + i, 1);
	{
		struct flight *f = new_flight(STOP_HELLO_DONE);

		ck_assert_int_eq(feed(f, 1000), FLIGHT_DONE);
		check_whole(f);
		ck_assert_uint_eq(flight_result(f)->n_records, m.len);
	}
}
END_TEST

START_TEST(cut_short_it_wants_more)
{
	struct wr m = messages();

	record_of(&m);
	for (size_t n = 0; n < w.len; n++) {
		struct flight *f = new_flight(STOP_HELLO_DONE);

		ck_assert_int_eq(flight_feed(f, (struct span){w.p, n}), FLIGHT_MORE);
		ck_assert(!flight_result(f)->hello_done);
	}
}
END_TEST

START_TEST(where_it_stops)
{
	static const struct {
		enum flight_stop stop;
		enum flight_state state;
	} rows[] = {{STOP_SERVER_HELLO, FLIGHT_DONE}, {STOP_HELLO_DONE, FLIGHT_DONE},
	    {STOP_TICKET, FLIGHT_DONE}, {STOP_ANY_RECORD, FLIGHT_DONE}, {STOP_CLOSE, FLIGHT_MORE}};
	struct wr m = messages();

	record_of(&m);
	for (size_t i = 0; i < N_ELEMENTS(rows); i++) {
		struct flight *f = new_flight(rows[i].stop);

		ck_assert_msg(feed(f, w.len) == rows[i].state, "row %zu", i);
		ck_assert(flight_result(f)->hello);
		ck_assert(flight_result(f)->certificate ==
			  (rows[i].stop == STOP_HELLO_DONE || rows[i].stop == STOP_CLOSE));
	}
}
END_TEST

START_TEST(warnings_are_passed_over_and_counted)
{
	struct wr m = messages();
	struct flight *f = new_flight(STOP_HELLO_DONE);

	for (unsigned i = 0; i < FLIGHT_MAX_WARNINGS; i++)
		record(ALERT, "\1\x70", 2);
	record_of(&m);
	ck_assert_int_eq(feed(f, 7), FLIGHT_DONE);
	check_whole(f);
	ck_assert_uint_eq(flight_result(f)->n_warnings, FLIGHT_MAX_WARNINGS);
	ck_assert(!flight_result(f)->alert);
	record(ALERT, "\1\x70", 2);
	w.len = 0;
	for (unsigned i = 0; i <= FLIGHT_MAX_WARNINGS; i++)
		record(ALERT, "\1\x70", 2);
	f = new_flight(STOP_HELLO_DONE);
	ck_assert_int_eq(feed(f, 7), FLIGHT_LIMIT);
}
END_TEST

START_TEST(alerts_end_it_also_in_two_halves)
{
	static const struct {
		const char *bytes;
		uint8_t level, code;
	} rows[] = {{"\2\x28", 2, 40}, {"\1\0", 1, 0}, {"\2\x46", 2, 70}};

	for (size_t i = 0; i < N_ELEMENTS(rows); i++)
		for (int halves = 0; halves < 2; halves++) {
			struct flight *f = new_flight(STOP_HELLO_DONE);

			w.len = 0;
			record(ALERT, rows[i].bytes, halves ? 1 : 2);
			if (halves)
				record(ALERT, rows[i].bytes + 1, 1);
			ck_assert_int_eq(feed(f, 1), FLIGHT_ALERT);
			ck_assert(flight_result(f)->alert);
			ck_assert_uint_eq(flight_result(f)->alert_level, rows[i].level);
			ck_assert_uint_eq(flight_result(f)->alert_code, rows[i].code);
			ck_assert_uint_eq(flight_result(f)->flaws, halves ? FLAW_ALERT_SPLIT : 0);
		}
}
END_TEST

START_TEST(a_record_may_hold_several_alerts)
{
	struct flight *f = new_flight(STOP_HELLO_DONE);

	w.len = 0;
	record(ALERT, "\1\x70\2\x28", 4); /* a warning, and what ends it */
	ck_assert_int_eq(feed(f, 1), FLIGHT_ALERT);
	ck_assert_uint_eq(flight_result(f)->alert_code, 40);
	ck_assert_uint_eq(flight_result(f)->flaws, 0);
}
END_TEST

START_TEST(nothing_comes_between_the_halves)
{
	struct wr m = messages();
	struct flight *f = new_flight(STOP_HELLO_DONE);

	record(ALERT, "\2", 1);
	record_of(&m);
	ck_assert_int_eq(feed(f, 100), FLIGHT_BAD);
	w.len = 0;
	record(HANDSHAKE, m.p, 10);
	record(ALERT, "\2\x28", 2);
	f = new_flight(STOP_HELLO_DONE);
	ck_assert_int_eq(feed(f, 100), FLIGHT_BAD);
	ck_assert_ptr_nonnull(flight_result(f)->error);
}
END_TEST

START_TEST(ssl2_server_hello)
{
	static const uint8_t body[] = {4, 0, 1, 0, 2, 0, 3, 0, 6, 0, 4, 'D', 'E', 'R', 1, 0, 0x80,
	    7, 0, 0xc0, 'c', 'o', 'n', 'n'};
	struct flight_offer offer = {.ssl2 = true};
	struct flight *f;
	const struct server_flight *sf;

	wr_u16(&w, 0x8000 | sizeof(body));
	wr_put(&w, body, sizeof(body));
	for (size_t piece = 1; piece <= w.len; piece++) {
		f = flight_new(arena, STOP_HELLO_DONE, &offer);
		ck_assert_int_eq(feed(f, piece), FLIGHT_DONE);
		sf = flight_result(f);
		ck_assert(sf->ssl2 && sf->hello && sf->version == SSL2);
		ck_assert_uint_eq(sf->suites2.n, 2);
		ck_assert_uint_eq(sf->suites2.v[0], 0x010080);
		ck_assert_uint_eq(sf->suites2.v[1], 0x0700c0);
		ck_assert(span_eq(sf->ssl2_cert, span_str("DER")) && sf->n_certs == 1);
		ck_assert(span_eq(sf->ssl2_conn_id, span_str("conn")));
	}
	/* Not offered, these bytes are no TLS. */
	f = new_flight(STOP_HELLO_DONE);
	ck_assert_int_eq(feed(f, w.len), FLIGHT_NOT_TLS);
	/* ERROR: no cipher. */
	w.len = 0;
	wr_put(&w, "\x80\3\0\0\1", 5);
	f = flight_new(arena, STOP_HELLO_DONE, &offer);
	ck_assert_int_eq(feed(f, w.len), FLIGHT_ALERT);
	/* A length that lies. */
	for (size_t i = 7; i <= 12; i++) {
		w.len = 0;
		wr_u16(&w, 0x8000 | sizeof(body));
		wr_put(&w, body, sizeof(body));
		w.p[i] ^= 1;
		f = flight_new(arena, STOP_HELLO_DONE, &offer);
		if (i == 8) /* one byte less of certificate: one too many at the end */
			ck_assert(feed(f, w.len) == FLIGHT_DONE &&
				  flight_result(f)->flaws == FLAW_TRAILING_BYTES);
		else
			ck_assert_msg(feed(f, w.len) == FLIGHT_BAD, "byte %zu", i);
	}
}
END_TEST

static const char retry_random[] = "\xcf\x21\xad\x74\xe5\x9a\x61\x11\xbe\x1d\x8c\x02\x1e\x65\xb8"
				   "\x91\xc2\xa2\x11\x16\x7a\xbb\x8c\x5e\x07"
				   "\x9e\x09\xe2\xc8\xa8\x33\x9c";

static struct wr
retry(const void *exts, size_t n)
{
	struct wr m = new_message();

	server_hello(&m, TLS1_2, 0x1301, exts, n);
	memcpy(m.p + 6, retry_random, 32);
	return m;
}

START_TEST(hello_retry_request)
{
	static const char exts[] = "\0\x2b\0\2\3\4"
				   "\0\x33\0\2\0\x1d"
				   "\0\x2c\0\7\0\5crumb";
	struct wr m = retry(exts, sizeof(exts) - 1);
	struct flight *f = new_flight(STOP_HELLO_DONE);
	const struct server_flight *sf = flight_result(f);

	record_of(&m);
	ck_assert_int_eq(feed(f, 9), FLIGHT_DONE);
	ck_assert(sf->hello && sf->retry);
	ck_assert_uint_eq(sf->version, TLS1_3);
	ck_assert_uint_eq(sf->group, 0x1d);
	ck_assert(span_eq(sf->cookie, span_str("crumb")));
	ck_assert_uint_eq(sf->flaws, 0);
	/* Twice is once too often; without TLS 1.3 it is none. */
	w.len = 0;
	record_of(&m);
	record_of(&m);
	f = new_flight(STOP_CLOSE);
	ck_assert_int_eq(feed(f, 100), FLIGHT_BAD);
	m = retry("", 0);
	w.len = 0;
	record_of(&m);
	f = new_flight(STOP_CLOSE);
	ck_assert_int_eq(feed(f, 100), FLIGHT_BAD);
}
END_TEST

/* Under TLS 1.3 what follows is encrypted: without keys the ServerHello is all. */
START_TEST(tls13_server_hello)
{
	static const char exts[] = "\0\x2b\0\2\3\4"
				   "\0\x33\0\7\0\x1d\0\3key";
	struct wr m = new_message();
	struct flight *f = new_flight(STOP_HELLO_DONE);

	server_hello(&m, TLS1_2, 0x1301, exts, sizeof(exts) - 1);
	record_of(&m);
	ck_assert_int_eq(feed(f, w.len), FLIGHT_DONE);
	ck_assert_uint_eq(flight_result(f)->version, TLS1_3);
	ck_assert(span_eq(flight_result(f)->share, span_str("key")));
	record(CCS, "\1", 1);
	record(HANDSHAKE, "\x0e\0\0\0", 4);
	f = new_flight(STOP_CLOSE);
	ck_assert_int_eq(feed(f, w.len), FLIGHT_BAD); /* in the clear */
}
END_TEST

static enum flight_state
state_of(const struct wr *m)
{
	struct flight *f = new_flight(STOP_HELLO_DONE);

	w.len = 0;
	record_of(m);
	return feed(f, 1000);
}

START_TEST(caps)
{
	const uint8_t *zeros = arena_alloc(arena, 16384);
	struct wr m = new_message(), hello = new_message();
	struct flight *f;

	server_hello(&hello, TLS1_2, 0xc02f, "", 0);
	/* A message longer than its cap is not waited for. */
	wr_put(&m, "\2\xff\xff\xff", 4);
	ck_assert_int_eq(state_of(&m), FLIGHT_LIMIT);
	/* Records without content. */
	w.len = 0;
	for (unsigned i = 0; i <= FLIGHT_MAX_EMPTY; i++)
		record(HANDSHAKE, "", 0);
	f = new_flight(STOP_HELLO_DONE);
	ck_assert_int_eq(feed(f, 1000), FLIGHT_LIMIT);
	/* Messages without end: HelloRequest. */
	w.len = 0;
	for (unsigned i = 0; i <= FLIGHT_MAX_MESSAGES; i++)
		record(HANDSHAKE, "\0\0\0\0", 4);
	f = new_flight(STOP_HELLO_DONE);
	ck_assert_int_eq(feed(f, 1000), FLIGHT_LIMIT);
	/* Records without end. */
	w.len = 0;
	record_of(&hello);
	for (unsigned i = 0; i <= FLIGHT_MAX_RECORDS; i++)
		record(HEARTBEAT, "\1\0\0", 3);
	f = new_flight(STOP_CLOSE);
	ck_assert_int_eq(feed(f, 1000), FLIGHT_LIMIT);
	/* Bytes without end. */
	w.len = 0;
	record_of(&hello);
	while (w.len <= FLIGHT_MAX_BYTES)
		record(HEARTBEAT, zeros, 16384);
	f = new_flight(STOP_HELLO_DONE);
	ck_assert_int_eq(feed(f, 10000), FLIGHT_LIMIT);
	/* A record longer than the protocol allows. */
	w.len = 0;
	wr_put(&w, "\x16\3\3\x48\1", 5);
	f = new_flight(STOP_HELLO_DONE);
	ck_assert_int_eq(feed(f, 5), FLIGHT_BAD);
}
END_TEST

START_TEST(many_certificates_are_counted)
{
	struct wr m = new_message();
	struct flight *f = new_flight(STOP_CLOSE);

	server_hello(&m, TLS1_2, 0xc02f, "", 0);
	certificate(&m, FLIGHT_MAX_CERTS + 20, 3);
	record_of(&m);
	ck_assert_int_eq(feed(f, 1000), FLIGHT_MORE);
	ck_assert_uint_eq(flight_result(f)->n_certs, FLIGHT_MAX_CERTS);
	ck_assert_uint_eq(flight_result(f)->n_certs_sent, FLIGHT_MAX_CERTS + 20);
}
END_TEST

START_TEST(flaws_are_noted)
{
	static const char twice[] = "\0\x17\0\0"
				    "\0\x17\0\0";
	struct wr m = new_message();
	struct flight *f = new_flight(STOP_SERVER_HELLO);

	server_hello(&m, TLS1_2, 0x002f, twice, sizeof(twice) - 1);
	record_of(&m);
	ck_assert_int_eq(feed(f, 1000), FLIGHT_DONE);
	ck_assert_uint_eq(flight_result(f)->flaws, FLAW_DUPLICATE_EXT | FLAW_UNOFFERED_SUITE);
	/* A curve and an algorithm nobody offered. */
	m = new_message();
	server_hello(&m, TLS1_2, 0xc02f, "", 0);
	ecdhe(&m);
	m.p[m.len - 13] = 0x17;
	m.p[m.len - 6] = 1;
	w.len = 0;
	record_of(&m);
	f = new_flight(STOP_CLOSE);
	ck_assert_int_eq(feed(f, 1000), FLIGHT_MORE);
	ck_assert_uint_eq(flight_result(f)->flaws & (FLAW_UNOFFERED_GROUP | FLAW_UNOFFERED_SIGALG),
	    FLAW_UNOFFERED_GROUP | FLAW_UNOFFERED_SIGALG);
}
END_TEST

/* Each message cut by a byte, or with one too many: never taken for whole. */
START_TEST(messages_that_do_not_end_are_bad)
{
	struct wr whole = messages(), hello = new_message(), m;
	size_t n_hello;

	server_hello(&hello, TLS1_2, 0xc02f, exts12, sizeof(exts12) - 1);
	n_hello = hello.len;
	for (size_t n = 0; n + 4 < n_hello; n++) {
		m = new_message();
		wr_put(&m, whole.p, 4 + n);
		m.p[1] = 0;
		m.p[2] = (uint8_t)(n >> 8);
		m.p[3] = (uint8_t)n;
		ck_assert_msg(state_of(&m) == FLIGHT_BAD || n == 2 + 32 + 5 + 3, "%zu bytes", n);
	}
	m = new_message();
	wr_put(&m, hello.p, n_hello);
	wr_put(&m, "\x0b\0\0\6\0\0\4\0\0\5", 10); /* a certificate beyond its list */
	ck_assert_int_eq(state_of(&m), FLIGHT_BAD);
	m = new_message();
	wr_put(&m, hello.p, n_hello);
	wr_put(&m, "\x0c\0\0\4\3\0\x1d\0", 8); /* a point of no bytes */
	ck_assert_int_eq(state_of(&m), FLIGHT_BAD);
}
END_TEST

START_TEST(what_is_not_tls)
{
	static const char *const banners[] = {"HTTP/1.1 400 Bad Request\r\n",
	    "SSH-2.0-OpenSSH_9.2\r\n", "220 mail.example ESMTP\r\n", "* OK IMAP4rev1\r\n", "<html>",
	    "\x80\x2e\1", "\x16\x16"};

	for (size_t i = 0; i < N_ELEMENTS(banners); i++)
		for (size_t piece = 1; piece < 4; piece++) {
			struct flight *f = new_flight(STOP_HELLO_DONE);

			w.len = 0;
			wr_put(&w, banners[i], strlen(banners[i]));
			ck_assert_msg(feed(f, piece) == FLIGHT_NOT_TLS, "%s", banners[i]);
			ck_assert_mem_eq(
			    flight_result(f)->head.p, banners[i], flight_result(f)->head.n);
		}
}
END_TEST

START_TEST(out_of_order)
{
	static const struct {
		unsigned type;
		const char *bytes;
		size_t n;
	} first[] = {{HEARTBEAT, "\1\0\0", 3}, {CCS, "\1", 1}, {DATA, "x", 1},
	    {HANDSHAKE, "\x0b\0\0\3\0\0\0", 7}, {HANDSHAKE, "\x0e\0\0\0", 4},
	    {HANDSHAKE, "\x63\0\0\0", 4}};
	struct wr m = new_message(), hello;
	struct flight *f;

	for (size_t i = 0; i < N_ELEMENTS(first); i++) {
		w.len = 0;
		record(first[i].type, first[i].bytes, first[i].n);
		f = new_flight(STOP_HELLO_DONE);
		ck_assert_msg(feed(f, 100) == FLIGHT_BAD, "row %zu", i);
		ck_assert_ptr_nonnull(flight_result(f)->error);
	}
	server_hello(&m, TLS1_2, 0xc02f, "", 0);
	hello = m;
	server_hello(&m, TLS1_2, 0xc02f, "", 0);
	ck_assert_int_eq(state_of(&m), FLIGHT_BAD); /* twice */
	m = messages();
	wr_init(&w, w.p, SIZE);
	record(HANDSHAKE, m.p, m.len - 4);
	record(CCS, "\1", 1); /* in the middle of a full handshake */
	f = new_flight(STOP_HELLO_DONE);
	ck_assert_int_eq(feed(f, 100), FLIGHT_BAD);
	w.len = 0;
	record_of(&hello);
	record(CCS, "\1", 1); /* that resumes */
	f = new_flight(STOP_HELLO_DONE);
	ck_assert_int_eq(feed(f, 100), FLIGHT_DONE);
	ck_assert(flight_result(f)->ccs);
}
END_TEST

/* ---- more than one answer on a connection ---- */

/* Nothing is encrypted here: what comes "protected" is read as it is. */
static enum flight_state
decrypt(void *arg, struct flight *f, struct span whole)
{
	++*(unsigned *)arg;
	return flight_inner(f, whole.p[0], (struct span){whole.p + 5, whole.n - 5});
}

START_TEST(what_comes_after_an_answer_is_the_next_one)
{
	unsigned n = 0;
	struct wr m = messages();
	struct flight *f = new_flight(STOP_HELLO_DONE);

	flight_on_encrypted(f, decrypt, &n);
	record_of(&m);
	record(HEARTBEAT, "\2\0\1x", 4);
	record(ALERT, "\2\50", 2);
	ck_assert_int_eq(flight_feed(f, wr_done(&w)), FLIGHT_DONE);
	flight_go_on(f, STOP_CLOSE);
	ck_assert(!flight_result(f)->hello && flight_result(f)->n_certs == 0);
	ck_assert_uint_eq(flight_result(f)->version, TLS1_2);
	ck_assert_int_eq(flight_feed(f, (struct span){NULL, 0}), FLIGHT_ALERT);
	ck_assert_uint_eq(flight_result(f)->alert_code, 40);
	ck_assert_uint_eq(flight_result(f)->heartbeat_len, 4);
	flight_go_on(f, STOP_ANY_RECORD); /* also after an alert */
	ck_assert_int_eq(flight_feed(f, (struct span){NULL, 0}), FLIGHT_MORE);
	ck_assert_uint_eq(n, 0);
}
END_TEST

/* RFC 8446, 4.4.2: extensions of a CertificateEntry; RFC 9345, 4.1.1. */
START_TEST(a_delegated_credential_is_the_leafs)
{
	static const char hello[] = "\0\x2b\0\2\3\4"
				    "\0\x33\0\7\0\x1d\0\3key";
	static const struct {
		const char *certificate;
		size_t n;
		bool delegated;
	} rows[] = {
	    {"\x0b\0\0\x10\0\0\0\x0c\0\0\1A\0\6\0\x22\0\2dc", 20, true},
	    {"\x0b\0\0\x0a\0\0\0\6\0\0\1A\0\0", 14, false},
	    {"\x0b\0\0\x16\0\0\0\x12\0\0\1A\0\0\0\0\1B\0\6\0\x22\0\2dc", 26, false},
	};

	for (size_t i = 0; i < N_ELEMENTS(rows); i++) {
		struct wr m = new_message();
		struct flight *f = new_flight(STOP_CLOSE);

		server_hello(&m, TLS1_2, 0x1301, hello, sizeof(hello) - 1);
		w.len = 0;
		record_of(&m);
		ck_assert_int_eq(flight_feed(f, wr_done(&w)), FLIGHT_MORE);
		ck_assert_int_eq(flight_inner(f, HANDSHAKE, (struct span){
		    (const uint8_t *)rows[i].certificate, rows[i].n}), FLIGHT_MORE);
		ck_assert(flight_result(f)->certificate);
		ck_assert(flight_result(f)->delegated == rows[i].delegated);
	}
}
END_TEST

START_TEST(behind_a_change_of_cipher_all_is_for_the_keys)
{
	unsigned n = 0;
	struct wr m = messages();
	struct flight *f = new_flight(STOP_FINISHED);

	flight_on_encrypted(f, decrypt, &n);
	record_of(&m);
	ck_assert_int_eq(flight_feed(f, wr_done(&w)), FLIGHT_MORE);
	w.len = 0;
	flight_expect_ccs(f);
	record(CCS, "\1", 1);
	record(HANDSHAKE, "\24\0\0\1x", 5);
	ck_assert_int_eq(flight_feed(f, wr_done(&w)), FLIGHT_DONE);
	ck_assert(flight_result(f)->finished && flight_result(f)->ccs);
	ck_assert_uint_eq(n, 1);
	w.len = 0;
	flight_go_on(f, STOP_FINISHED); /* a second hello is not wanted */
	record(DATA, "abc", 3);
	record(ALERT, "\1\144", 2);
	ck_assert_int_eq(flight_feed(f, wr_done(&w)), FLIGHT_ALERT);
	ck_assert_uint_eq(flight_result(f)->alert_code, 100);
	ck_assert_uint_eq(n, 3);
}
END_TEST

START_TEST(the_caller_may_end_an_answer)
{
	struct wr m = messages();
	struct flight *f = new_flight(STOP_CLOSE);

	record_of(&m);
	ck_assert_int_eq(flight_feed(f, wr_done(&w)), FLIGHT_MORE);
	flight_end(f);
	ck_assert_int_eq(flight_feed(f, wr_done(&w)), FLIGHT_DONE);
}
END_TEST

UNIT_MAIN_WITH(set_up, tear_down, "flight", what_comes_after_an_answer_is_the_next_one,
    behind_a_change_of_cipher_all_is_for_the_keys, the_caller_may_end_an_answer, a_whole_flight_in_any_pieces, records_cut_at_every_byte,
    cut_short_it_wants_more, where_it_stops, warnings_are_passed_over_and_counted,
    alerts_end_it_also_in_two_halves, a_record_may_hold_several_alerts, nothing_comes_between_the_halves, ssl2_server_hello,
    hello_retry_request, tls13_server_hello, a_delegated_credential_is_the_leafs, caps, many_certificates_are_counted, flaws_are_noted,
    messages_that_do_not_end_are_bad, what_is_not_tls, out_of_order)
