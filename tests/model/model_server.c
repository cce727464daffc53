/* model_server - see model_server.h.  This file takes connections and records apart. */
#include "model_internal.h"

#include "base/check.h"

enum { REC_CCS = 20, REC_ALERT = 21, REC_HANDSHAKE = 22, REC_DATA = 23, FATAL = 2 };
enum {
	UNEXPECTED_MESSAGE = 10,
	HANDSHAKE_FAILURE = 40,
	DECODE_ERROR = 50,
	PROTOCOL_VERSION = 70,
	UNRECOGNIZED_NAME = 112
};

struct model_conn *
model_accept(struct model_server *m, struct arena *a)
{
	const struct model_config *config = m->config;
	const struct model_quirks *q = &config->quirks;
	struct model_conn *c;

	m->accepted++;
	if (q->ban_after > 0 && m->accepted > q->ban_after)
		return NULL;
	if (q->other != NULL && m->accepted % 2 == 0)
		config = q->other;
	c = arena_alloc(a, sizeof(*c));
	c->server = m;
	c->config = config;
	c->arena = a;
	wr_init(&c->out, arena_alloc(a, MODEL_OUT), MODEL_OUT);
	wr_init(&c->transcript, arena_alloc(a, MODEL_OUT), MODEL_OUT);
	if (q->fail_every > 0 && m->accepted % q->fail_every == 0)
		c->end = MODEL_END_RESET;
	return c;
}

static void
refuse(struct model_conn *c, enum model_refusal how, unsigned alert)
{
	switch (how) {
	case MODEL_CLOSE:
		c->end = MODEL_END_FIN;
		break;
	case MODEL_RESET:
		c->end = MODEL_END_RESET;
		break;
	case MODEL_SILENCE:
		break;
	case MODEL_ALERT:
	default:
		model_alert(c, FATAL, alert);
		c->end = MODEL_END_FIN;
	}
}

/* ---- quirks ---- */

static bool
has_young_ext(const struct model_hello *h)
{
	for (size_t i = 0; i < h->n_exts; i++)
		if (h->exts[i] > EXT_ALPN && h->exts[i] != EXT_SESSION_TICKET &&
		    h->exts[i] != EXT_RENEGOTIATION_INFO)
			return true;
	return false;
}

/* Does a fault get in the way before anything is looked at? */
static bool
hindered(const struct model_conn *c)
{
	const struct model_quirks *q = &c->config->quirks;
	const struct model_hello *h = &c->hello;

	if (q->hates_tls13 && u16s_has((struct u16s){h->versions, h->n_versions}, TLS1_3))
		return true;
	if (q->hates_sni && model_hello_has(h, EXT_SERVER_NAME))
		return true;
	if (q->hates_unknown_exts && has_young_ext(h))
		return true;
	return (q->max_hello > 0 && h->bytes > q->max_hello) ||
	       (q->max_suites > 0 && h->n_suites > q->max_suites);
}

/* ---- hellos ---- */

static void
answer(struct model_conn *c)
{
	const struct model_config *f = c->config;
	uint8_t alert = model_choose(f, &c->hello, &c->choice);

	switch (alert) {
	case 0:
		model_flight(c);
		return;
	case PROTOCOL_VERSION:
		refuse(c, f->no_version, alert);
		return;
	case UNRECOGNIZED_NAME:
		refuse(c, f->no_sni, alert);
		return;
	case HANDSHAKE_FAILURE:
		refuse(c, c->choice.version == 0 ? f->no_version : f->no_suite, alert);
		return;
	default:
		refuse(c, MODEL_ALERT, alert);
	}
}

static void
on_hello(struct model_conn *c, struct span message)
{
	c->answered = true;
	if (!model_read_hello(&c->hello, message))
		refuse(c, MODEL_ALERT, DECODE_ERROR);
	else if (hindered(c))
		refuse(c, c->config->quirks.how, HANDSHAKE_FAILURE);
	else
		answer(c);
}

static void
on_hello2(struct model_conn *c, struct span body)
{
	c->answered = true;
	if (!c->config->ssl2)
		refuse(c, c->config->no_ssl2, HANDSHAKE_FAILURE);
	else if (!model_read_hello2(&c->hello, body) || c->hello.n_suites2 == 0)
		refuse(c, MODEL_CLOSE, 0);
	else
		model_flight2(c);
}

/* ---- the client's second flight under TLS 1.3 ---- */

static void
on_client_message(struct model_conn *c, struct span message)
{
	enum { CERTIFICATE = 11, FINISHED = 20 };
	uint8_t verify[CRYPTO_MAX_HASH];
	struct keys app = c->keys;
	size_t n, before = c->transcript.len;

	if (message.p[0] == CERTIFICATE) {
		wr_span(&c->transcript, message);
		return;
	}
	n = keys_finished(&c->keys, &c->keys.server, wr_done(&c->transcript), verify);
	if (message.p[0] != FINISHED || message.n != 4 + n ||
	    memcmp(message.p + 4, verify, n) != 0) {
		c->server->finished_bad++;
		refuse(c, MODEL_ALERT, 51); /* decrypt_error */
		return;
	}
	c->server->finished_ok++;
	/* RFC 8446, 7.1: the application secrets cover the messages up to our Finished; a client's
	 * Certificate came after it. */
	if (c->config->client_auth)
		before = c->transcript.len - (4 + 1 + 3);
	keys_application(&app, (struct span){c->transcript.p, before});
	c->keys = app;
	{
		struct traffic t = c->keys.client;

		c->keys.client = c->keys.server;
		c->keys.server = t;
	}
	model_ticket(c);
}

static void
on_client_record(struct model_conn *c, uint8_t type, struct span whole)
{
	uint8_t plain[2048], inner;
	size_t n;

	if (type == REC_CCS || type == REC_ALERT || !c->have_keys)
		return;
	if (type != REC_DATA || whole.n > sizeof(plain) ||
	    !keys_decrypt(&c->keys, whole, plain, &n, &inner)) {
		c->server->finished_bad++;
		refuse(c, MODEL_ALERT, UNEXPECTED_MESSAGE);
		return;
	}
	if (inner == REC_HANDSHAKE && n >= 4)
		on_client_message(c, (struct span){plain, n});
}

/* ---- records ---- */

/* RFC 5246, 6.2.1: a message may come in several records. */
static void
on_fragment(struct model_conn *c, struct span body)
{
	const uint8_t *p = c->message;

	CHECK(body.n <= sizeof(c->message) - c->n_message);
	memcpy(c->message + c->n_message, body.p, body.n);
	c->n_message += body.n;
	if (c->n_message >= 4 &&
	    c->n_message - 4 >= ((size_t)p[1] << 16 | (size_t)p[2] << 8 | p[3]))
		on_hello(c, (struct span){p, c->n_message});
}

static void
on_record(struct model_conn *c, uint8_t type, struct span whole)
{
	if (c->answered)
		on_client_record(c, type, whole);
	else if (type == REC_HANDSHAKE)
		on_fragment(c, (struct span){whole.p + 5, whole.n - 5});
	else
		refuse(c, MODEL_ALERT, UNEXPECTED_MESSAGE);
}

/* The size of the record or SSLv2 message at p, 0 when that cannot be told yet. */
static size_t
record_size(const struct model_conn *c, const uint8_t *p, size_t n)
{
	if (n < 5)
		return 0;
	if (!c->answered && (p[0] & 0x80) != 0 && p[2] == 1)
		return 2 + ((size_t)(p[0] & 0x7f) << 8 | p[1]);
	return 5 + ((size_t)p[3] << 8 | p[4]);
}

void
model_feed(struct model_conn *c, struct span in)
{
	size_t at = 0, n;

	if (c->end != MODEL_OPEN)
		return;
	CHECK(in.n <= sizeof(c->in) - c->n_in);
	memcpy(c->in + c->n_in, in.p, in.n);
	c->n_in += in.n;
	while ((n = record_size(c, c->in + at, c->n_in - at)) > 0 && c->n_in - at >= n) {
		struct span whole = {c->in + at, n};

		at += n;
		if ((whole.p[0] & 0x80) != 0)
			on_hello2(c, (struct span){whole.p + 2, n - 2});
		else
			on_record(c, whole.p[0], arena_span(c->arena, whole));
	}
	memmove(c->in, c->in + at, c->n_in - at);
	c->n_in -= at;
}

struct span
model_to_send(const struct model_conn *c)
{
	return (struct span){c->out.p + c->sent, c->out.len - c->sent};
}

void
model_sent(struct model_conn *c, size_t n)
{
	CHECK(n <= c->out.len - c->sent);
	c->sent += n;
}

enum model_end
model_end(const struct model_conn *c)
{
	return c->end;
}
