/*
 * flight - see flight.h.  This file cuts the stream into records and messages and keeps the caps;
 * flight_parse.c reads the messages.
 */
#include "tls/flight.h"

#include "base/check.h"
#include "base/rd.h"
#include "tls/flight_internal.h"
#include "tls/hello.h"

enum {
	REC_CCS = 20,
	REC_ALERT = 21,
	REC_HANDSHAKE = 22,
	REC_DATA = 23,
	REC_HEARTBEAT = 24,
	HEADER = 5,
	MAX_RECORD = (1 << 14) + 2048 /* RFC 5246, 6.2.3 */
};

struct flight *
flight_new(struct arena *a, enum flight_stop stop, const struct flight_offer *offer)
{
	struct flight *f = arena_alloc(a, sizeof(*f));

	f->arena = a;
	f->stop = stop;
	if (offer != NULL)
		f->offer = *offer;
	f->head_buf = arena_alloc(a, FLIGHT_HEAD);
	f->sf.head.p = f->head_buf;
	return f;
}

const struct server_flight *
flight_result(const struct flight *f)
{
	return &f->sf;
}

void
flight_on_encrypted(struct flight *f, flight_decrypt_fn *fn, void *arg)
{
	f->decrypt = fn;
	f->decrypt_arg = arg;
}

void
flight_on_message(struct flight *f, flight_message_fn *fn, void *arg)
{
	f->on_message = fn;
	f->message_arg = arg;
}

void
flight_expect_ccs(struct flight *f)
{
	f->expect_ccs = true;
}

void
flight_end(struct flight *f)
{
	if (f->state == FLIGHT_MORE)
		f->state = FLIGHT_DONE;
}

bool
flight_ext(const struct server_flight *sf, uint16_t type, struct span *body)
{
	for (size_t i = 0; i < sf->n_exts; i++)
		if (sf->exts[i].type == type) {
			*body = sf->exts[i].body;
			return true;
		}
	return false;
}

enum flight_state
flight_fail(struct flight *f, enum flight_state how, const char *why)
{
	f->sf.error = why;
	f->state = how;
	return how;
}

static void
buf_add(struct flight *f, struct bytes *b, struct span in)
{
	if (b->n + in.n > b->cap) {
		size_t cap = (b->n + in.n) * 2;
		uint8_t *p = arena_alloc(f->arena, cap);

		if (b->n > 0)
			memcpy(p, b->p, b->n);
		b->p = p;
		b->cap = cap;
	}
	if (in.n > 0)
		memcpy(b->p + b->n, in.p, in.n);
	b->n += in.n;
}

static void
buf_drop(struct bytes *b, size_t n)
{
	b->n -= n;
	if (b->n > 0)
		memmove(b->p, b->p + n, b->n);
}

/* A ServerHello came on this connection. */
static bool
begun(const struct flight *f)
{
	return f->sf.hello || f->begun;
}

/* ---- alerts ---- */

static enum flight_state
one_alert(struct flight *f)
{
	enum { WARNING = 1, CLOSE_NOTIFY = 0, USER_CANCELED = 90, NO_RENEGOTIATION = 100 };
	bool v13 = begun(f) && f->sf.version >= TLS1_3;

	f->sf.alert_level = f->alert.p[0];
	f->sf.alert_code = f->alert.p[1];
	buf_drop(&f->alert, 2);
	/* RFC 8446, 6: the level can be ignored; everything but the two closures is an error. */
	if (f->sf.alert_level == WARNING && f->sf.alert_code != CLOSE_NOTIFY &&
	    /* RFC 5246, 7.2.2: the answer to a second hello, and all that comes. */
	    !(f->begun && f->sf.alert_code == NO_RENEGOTIATION) &&
	    (!v13 || f->sf.alert_code == USER_CANCELED)) {
		if (++f->sf.n_warnings > FLIGHT_MAX_WARNINGS)
			return flight_fail(f, FLIGHT_LIMIT, "too many warning alerts");
		return FLIGHT_MORE;
	}
	f->sf.alert = true;
	f->state = FLIGHT_ALERT;
	return f->state;
}

/* RFC 5246, 6.2.1: several messages of one type may share a record; one may also come in two. */
static enum flight_state
on_alert(struct flight *f, struct span body)
{
	enum flight_state state = FLIGHT_MORE;

	if (f->hs.n > 0) /* RFC 8446, 5.1: handshake messages MUST NOT be interleaved */
		return flight_fail(f, FLIGHT_BAD, "alert inside a handshake message");
	buf_add(f, &f->alert, body);
	while (state == FLIGHT_MORE && f->alert.n >= 2)
		state = one_alert(f);
	if (state == FLIGHT_MORE && f->alert.n > 0)
		f->sf.flaws |= FLAW_ALERT_SPLIT;
	return state;
}

/* ---- handshake messages ---- */

static bool
stops_here(const struct flight *f, uint8_t type)
{
	const struct server_flight *sf = &f->sf;

	switch (f->stop) {
	case STOP_ANY_RECORD:
		return true;
	case STOP_SERVER_HELLO:
		return sf->hello;
	case STOP_HELLO_DONE:
		if (sf->hello_done || sf->retry || sf->finished)
			return true;
		return type == MSG_SERVER_HELLO && sf->version >= TLS1_3 && f->decrypt == NULL;
	case STOP_TICKET:
		return sf->ticket || sf->retry || (sf->hello && sf->version < TLS1_3);
	case STOP_FINISHED:
		return sf->retry || sf->finished;
	case STOP_DATA:
	case STOP_CLOSE:
	default:
		return false;
	}
}

static enum flight_state
on_message(struct flight *f, uint8_t type, struct span whole)
{
	struct span copy;
	enum flight_state s;

	if (++f->n_messages > FLIGHT_MAX_MESSAGES)
		return flight_fail(f, FLIGHT_LIMIT, "too many handshake messages");
	copy = arena_span(f->arena, whole);
	s = flight_parse_message(f, type, copy);
	if (s != FLIGHT_MORE)
		return s;
	if (f->on_message != NULL)
		f->on_message(f->message_arg, type, copy);
	if (stops_here(f, type))
		f->state = FLIGHT_DONE;
	return f->state;
}

static enum flight_state
on_handshake(struct flight *f, struct span body)
{
	size_t at = 0;

	buf_add(f, &f->hs, body);
	while (f->state == FLIGHT_MORE && f->hs.n - at >= 4) {
		const uint8_t *p = f->hs.p + at;
		size_t n = (size_t)p[1] << 16 | (size_t)p[2] << 8 | p[3];

		if (n > FLIGHT_MAX_MESSAGE)
			return flight_fail(f, FLIGHT_LIMIT, "handshake message too long");
		if (f->hs.n - at < 4 + n)
			break;
		at += 4 + n;
		on_message(f, p[0], (struct span){p, 4 + n});
	}
	if (f->state == FLIGHT_MORE || f->state == FLIGHT_DONE)
		buf_drop(&f->hs, at);
	return f->state;
}

static enum flight_state
on_heartbeat(struct flight *f, struct span body)
{
	/* RFC 6520, 2: only after both sides have agreed on it in their hellos. */
	if (!begun(f))
		return flight_fail(f, FLIGHT_BAD, "heartbeat before ServerHello");
	f->sf.heartbeat = true; /* counted as a record, never read by the length it claims */
	if (body.n > f->sf.heartbeat_len)
		f->sf.heartbeat_len = body.n;
	return FLIGHT_MORE;
}

enum flight_state
flight_inner(struct flight *f, uint8_t type, struct span plain)
{
	if (f->state != FLIGHT_MORE)
		return f->state;
	switch (type) {
	case REC_HANDSHAKE:
		return on_handshake(f, plain);
	case REC_ALERT:
		return on_alert(f, plain);
	case REC_DATA:
		if ((f->sf.finished || f->begun) && f->stop == STOP_TICKET)
			f->state = FLIGHT_DONE; /* the server speaks first, and sent no ticket before */
		return f->state;
	case REC_HEARTBEAT:
		return on_heartbeat(f, plain);
	default:
		return flight_fail(f, FLIGHT_BAD, "unknown content type inside a protected record");
	}
}

/* ---- records ---- */

static enum flight_state
on_ccs(struct flight *f, struct span body)
{
	if (!begun(f))
		return flight_fail(f, FLIGHT_BAD, "ChangeCipherSpec before ServerHello");
	if (body.n != 1 || body.p[0] != 1)
		return flight_fail(f, FLIGHT_BAD, "malformed ChangeCipherSpec");
	if (f->sf.version >= TLS1_3) {
		/* RFC 8446, 5: an implementation may receive one unencrypted record of this type at
		 * any time before Finished and MUST drop it. */
		if (++f->n_ccs > FLIGHT_MAX_EMPTY)
			return flight_fail(f, FLIGHT_LIMIT, "too many ChangeCipherSpec records");
		return FLIGHT_MORE;
	}
	if (f->sf.certificate && !f->expect_ccs)
		return flight_fail(f, FLIGHT_BAD, "ChangeCipherSpec inside a full handshake");
	f->sf.ccs = true;
	f->sealed = true;
	if (f->decrypt == NULL || f->stop == STOP_HELLO_DONE)
		f->state = FLIGHT_DONE;
	return f->state;
}

static enum flight_state
on_record(struct flight *f, uint8_t type, struct span whole)
{
	struct span body = {whole.p + HEADER, whole.n - HEADER};

	if (++f->sf.n_records > FLIGHT_MAX_RECORDS)
		return flight_fail(f, FLIGHT_LIMIT, "too many records");
	if (body.n == 0 && ++f->n_empty > FLIGHT_MAX_EMPTY)
		return flight_fail(f, FLIGHT_LIMIT, "too many empty records");
	if (f->alert.n > 0 && type != REC_ALERT)
		return flight_fail(f, FLIGHT_BAD, "another record inside an alert");
	if (f->sealed && f->decrypt != NULL)
		return f->decrypt(f->decrypt_arg, f, whole);
	switch (type) {
	case REC_HANDSHAKE:
		if (begun(f) && f->sf.version >= TLS1_3 && !f->sf.retry)
			return flight_fail(f, FLIGHT_BAD, "handshake message in the clear after ServerHello");
		return on_handshake(f, body);
	case REC_ALERT:
		return on_alert(f, body);
	case REC_CCS:
		return on_ccs(f, body);
	case REC_DATA:
		if (!begun(f) || f->sf.version < TLS1_3 || f->sf.retry)
			return flight_fail(f, FLIGHT_BAD, "application data before Finished");
		if (f->decrypt != NULL)
			return f->decrypt(f->decrypt_arg, f, whole);
		f->state = FLIGHT_DONE;
		return f->state;
	case REC_HEARTBEAT:
		return on_heartbeat(f, body);
	default:
		return flight_fail(f, FLIGHT_BAD, "unknown content type");
	}
}

/* Hickman 1995, 1.2: a 2-byte header has the top bit set; SERVER-HELLO is type 4, ERROR type 0. */
static enum flight_state
ssl2_record(struct flight *f, struct span in, size_t *used)
{
	size_t n;

	if (in.n < 3)
		return FLIGHT_MORE;
	n = (size_t)(in.p[0] & 0x7f) << 8 | in.p[1];
	if (in.n < 2 + n)
		return FLIGHT_MORE;
	*used = 2 + n;
	f->sf.n_records++;
	return flight_parse_ssl2(f, (struct span){in.p + 2, n});
}

/* One whole record at the front of in: consumes it and says how many bytes it took; 0: not there
 * yet, or the flight is over. */
static size_t
take_record(struct flight *f, struct span in)
{
	size_t n, used = 0;
	uint16_t version;

	if (in.n == 0)
		return 0;
	if (f->offer.ssl2 && f->sf.n_records == 0 && (in.p[0] & 0x80) != 0 &&
	    (in.n < 3 || in.p[2] == 4 || in.p[2] == 0)) {
		ssl2_record(f, in, &used);
		return used;
	}
	if (in.p[0] < REC_CCS || in.p[0] > REC_HEARTBEAT || (in.n > 1 && in.p[1] != 3)) {
		if (f->sf.n_records == 0)
			flight_fail(f, FLIGHT_NOT_TLS, "not a TLS record");
		else
			flight_fail(f, FLIGHT_BAD, in.p[0] < REC_CCS || in.p[0] > REC_HEARTBEAT
				? "unknown content type" : "unknown record version");
		return 0;
	}
	if (in.n < HEADER)
		return 0;
	version = (uint16_t)(in.p[1] << 8 | in.p[2]);
	n = (size_t)in.p[3] << 8 | in.p[4];
	if (n > MAX_RECORD) {
		flight_fail(f, FLIGHT_BAD, "record longer than 2^14 + 2048 bytes");
		return 0;
	}
	if (in.n < HEADER + n)
		return 0;
	if (f->sf.n_records == 0)
		f->sf.record_version = version;
	on_record(f, in.p[0], (struct span){in.p, HEADER + n});
	if (f->state == FLIGHT_MORE && f->stop == STOP_ANY_RECORD)
		f->state = FLIGHT_DONE;
	return HEADER + n;
}

enum flight_state
flight_feed(struct flight *f, struct span in)
{
	size_t used;

	if (f->state != FLIGHT_MORE)
		return f->state;
	if (f->sf.head.n < FLIGHT_HEAD && in.n > 0) {
		size_t n = FLIGHT_HEAD - f->sf.head.n;

		n = n < in.n ? n : in.n;
		memcpy(f->head_buf + f->sf.head.n, in.p, n);
		f->sf.head.n += n;
	}
	f->n_bytes += in.n;
	if (f->n_bytes > FLIGHT_MAX_BYTES)
		return flight_fail(f, FLIGHT_LIMIT, "too many bytes in one flight");
	if (f->in.n > 0) { /* finish what was begun; else parse where the bytes lie */
		buf_add(f, &f->in, in);
		in = (struct span){f->in.p, f->in.n};
	}
	while (f->state == FLIGHT_MORE && (used = take_record(f, in)) > 0) {
		in.p += used;
		in.n -= used;
	}
	/* Who can decrypt may go on, also after an alert. */
	if (f->state == FLIGHT_MORE ||
	    (f->decrypt != NULL && (f->state == FLIGHT_DONE || f->state == FLIGHT_ALERT))) {
		struct bytes *b = &f->in;

		if (b->n > 0)
			buf_drop(b, b->n - in.n);
		else
			buf_add(f, b, in);
	}
	return f->state;
}

void
flight_retried(struct flight *f)
{
	CHECK(f->state == FLIGHT_DONE && f->sf.retry);
	f->state = FLIGHT_MORE;
	on_handshake(f, (struct span){NULL, 0}); /* none is right there: 4.1.4, one retry only */
}

void
flight_go_on(struct flight *f, enum flight_stop stop)
{
	uint16_t version = f->sf.version, record_version = f->sf.record_version;
	unsigned n_records = f->sf.n_records, n_warnings = f->sf.n_warnings;

	f->begun = begun(f);
	f->sf = (struct server_flight){.head = {f->head_buf, 0}, .version = version,
	    .record_version = record_version, .n_records = n_records, .n_warnings = n_warnings};
	f->stop = stop;
	f->state = FLIGHT_MORE;
	on_handshake(f, (struct span){NULL, 0}); /* messages behind the last one of the answer before */
}
