/* engine - see engine.h: a hello out, a flight in, decrypted when the ask brought key shares. */
#include "engine/engine.h"

#include "base/check.h"
#include "engine/keys.h"

enum { OUT_SIZE = 8192, MAX_SHARES = 4, MSG_CERTIFICATE = 11, MSG_FINISHED = 20, REC_CCS = 20, REC_HANDSHAKE = 22 };

struct transcript { /* the handshake messages so far, for the hash */
	uint8_t *p;
	size_t n, cap;
};

struct engine {
	struct arena *arena;
	const struct ask *ask;
	struct wr out;
	size_t sent, received;
	struct flight *flight;
	enum flight_state state;
	enum reply_kind ended; /* how the connection ended while more was wanted */
	bool over;
	const char *local; /* why our side could not ask, or NULL */

	struct crypto_share *shares[MAX_SHARES];
	uint16_t share_group[MAX_SHARES];
	size_t n_shares;
	struct transcript transcript;
	struct keys keys;
	bool have_keys, finished;
	uint8_t *plain;
};

/* ---- transcript ---- */

static void
transcript_add(struct engine *e, struct span s)
{
	struct transcript *t = &e->transcript;

	if (t->n + s.n > t->cap) {
		size_t cap = (t->n + s.n) * 2;
		uint8_t *p = arena_alloc(e->arena, cap);

		if (t->n > 0)
			memcpy(p, t->p, t->n);
		t->p = p;
		t->cap = cap;
	}
	memcpy(t->p + t->n, s.p, s.n);
	t->n += s.n;
}

/* The hello, without the headers of its records. */
static void
transcript_add_records(struct engine *e, struct span out)
{
	struct rd r = rd_of(out), body;
	struct span head;

	while (rd_bytes(&r, 3, &head) && rd_vec16(&r, &body))
		transcript_add(e, rd_rest(&body));
}

static struct span
transcript_span(const struct engine *e)
{
	return (struct span){e->transcript.p, e->transcript.n};
}

/* ---- TLS 1.3 ---- */

static bool
start_keys(struct engine *e, const struct server_flight *sf)
{
	uint8_t secret[CRYPTO_MAX_SECRET];
	size_t n, i = 0;

	while (i < e->n_shares && e->share_group[i] != sf->group)
		i++;
	if (i == e->n_shares || !keys_open(&e->keys, sf->suite) ||
	    !crypto_share_derive(e->shares[i], sf->share, secret, &n))
		return false;
	keys_handshake(&e->keys, (struct span){secret, n}, transcript_span(e));
	crypto_wipe(secret, sizeof(secret));
	e->have_keys = true;
	return true;
}

/* Our second flight: an empty Certificate when one was asked for (RFC 8446, 4.4.2), Finished. */
static void
finish(struct engine *e, const struct server_flight *sf)
{
	static const uint8_t ccs[] = {REC_CCS, 3, 3, 0, 1, 1}; /* RFC 8446, appendix D.4 */
	uint8_t msg[256], verify[CRYPTO_MAX_HASH], record[512];
	struct keys app = e->keys;
	struct wr w;
	size_t n;

	e->finished = true;
	keys_application(&app, transcript_span(e));
	wr_put(&e->out, ccs, sizeof(ccs));
	if (sf->cert_request) {
		struct rd r = rd_of(sf->cert_request_body), context = {NULL, 0};

		if (!rd_vec8(&r, &context) || context.n > 200)
			context.n = 0;
		wr_init(&w, msg, sizeof(msg));
		wr_u8(&w, MSG_CERTIFICATE);
		wr_u24(&w, (uint32_t)(1 + context.n + 3));
		wr_u8(&w, (unsigned)context.n);
		wr_span(&w, rd_rest(&context));
		wr_u24(&w, 0);
		transcript_add(e, wr_done(&w));
		n = keys_encrypt(&e->keys, REC_HANDSHAKE, wr_done(&w), record);
		wr_put(&e->out, record, n);
	}
	n = keys_finished(&e->keys, &e->keys.client, transcript_span(e), verify);
	wr_init(&w, msg, sizeof(msg));
	wr_u8(&w, MSG_FINISHED);
	wr_u24(&w, (uint32_t)n);
	wr_put(&w, verify, n);
	n = keys_encrypt(&e->keys, REC_HANDSHAKE, wr_done(&w), record);
	wr_put(&e->out, record, n);
	e->keys = app;
	keys_wipe(&app);
}

static enum flight_state
on_encrypted(void *arg, struct flight *f, struct span record)
{
	struct engine *e = arg;
	const struct server_flight *sf = flight_result(f);
	enum flight_state s;
	uint8_t type;
	size_t n;

	if (!e->have_keys && !start_keys(e, sf)) {
		e->local = "no key for the server's choice";
		return FLIGHT_DONE;
	}
	if (e->plain == NULL)
		e->plain = arena_alloc(e->arena, (1 << 14) + 2048 + 16);
	if (!keys_decrypt(&e->keys, record, e->plain, &n, &type)) {
		e->local = "a record does not authenticate";
		return FLIGHT_DONE;
	}
	s = flight_inner(f, type, (struct span){e->plain, n});
	if (s == FLIGHT_MORE && sf->finished && !e->finished && e->ask->stop == STOP_TICKET)
		finish(e, sf);
	return s;
}

static void
on_message(void *arg, uint8_t type, struct span message)
{
	struct engine *e = arg;

	(void)type;
	if (!e->finished)
		transcript_add(e, message);
}

/* ---- the hello ---- */

static void
write_hello(struct engine *e, struct rng *rng)
{
	const struct hello *h = &e->ask->hello;
	uint8_t pub[MAX_SHARES][CRYPTO_MAX_SHARE];
	struct key_share keys[MAX_SHARES];
	for (size_t i = 0; i < h->shares.n && e->n_shares < MAX_SHARES; i++) {
		size_t n, k = e->n_shares;

		e->shares[k] = crypto_share_new(h->shares.v[i], pub[k], &n);
		if (e->shares[k] == NULL)
			continue;
		e->share_group[k] = h->shares.v[i];
		keys[k] = (struct key_share){h->shares.v[i], {pub[k], n}};
		e->n_shares++;
	}
	if (h->shares.n > 0 && e->n_shares == 0)
		e->local = "no key share can be made for these groups";
	hello_write(h, keys, e->n_shares, rng, &e->out);
	if (e->n_shares > 0 && wr_ok(&e->out))
		transcript_add_records(e, wr_done(&e->out));
}

struct engine *
engine_open(struct arena *a, const struct endpoint *ep, const struct ask *ask, struct rng *rng)
{
	struct engine *e = arena_alloc(a, sizeof(*e));
	const struct hello *h = &ask->hello;
	struct flight_offer offer = {.suites = h->suites, .versions = h->versions, .groups = h->groups,
	    .sigalgs = h->sigalgs, .ssl2 = h->version == SSL2};

	(void)ep;
	e->arena = a;
	e->ask = ask;
	if (ask->kind == ASK_RAW) {
		e->out = ask->out;
		offer = (struct flight_offer){0};
	} else {
		size_t size = OUT_SIZE + 2 * h->more_exts.n;

		wr_init(&e->out, arena_alloc(a, size), size);
		write_hello(e, rng);
	}
	if (!wr_ok(&e->out) && e->local == NULL)
		e->local = "the hello does not fit";
	e->flight = flight_new(a, ask->stop, &offer);
	if (e->n_shares > 0) {
		flight_on_encrypted(e->flight, on_encrypted, e);
		flight_on_message(e->flight, on_message, e);
	}
	return e;
}

struct span
engine_to_send(struct engine *e)
{
	return (struct span){e->out.p + e->sent, e->local != NULL ? 0 : e->out.len - e->sent};
}

void
engine_sent(struct engine *e, size_t n)
{
	CHECK(n <= e->out.len - e->sent);
	e->sent += n;
}

bool
engine_feed(struct engine *e, struct span in)
{
	if (e->over || e->local != NULL)
		return false;
	e->received += in.n;
	e->state = flight_feed(e->flight, in);
	e->over = e->state != FLIGHT_MORE || e->local != NULL;
	return !e->over;
}

void
engine_ended(struct engine *e, enum reply_kind how)
{
	if (!e->over)
		e->ended = how;
	e->over = true;
}

static enum reply_kind
kind_of(const struct engine *e)
{
	if (e->local != NULL)
		return REPLY_LOCAL;
	switch (e->state) {
	case FLIGHT_DONE:
		return REPLY_FLIGHT;
	case FLIGHT_ALERT:
		return REPLY_ALERT;
	case FLIGHT_NOT_TLS:
		return REPLY_GARBAGE;
	case FLIGHT_BAD:
		return REPLY_BAD;
	case FLIGHT_LIMIT:
		return REPLY_LIMIT;
	case FLIGHT_MORE:
	default:
		return e->ended != REPLY_FLIGHT ? e->ended : REPLY_SILENCE;
	}
}

void
engine_reply(struct engine *e, struct reply *out)
{
	const struct server_flight *sf = flight_result(e->flight);

	out->kind = kind_of(e);
	out->alert = sf->alert_code;
	out->flight = sf;
	out->raw = sf->head;
	out->received = e->received;
	out->sent = e->sent;
	out->detail = e->local != NULL ? e->local : sf->error;
}

void
engine_close(struct engine *e)
{
	for (size_t i = 0; i < e->n_shares; i++)
		crypto_share_free(e->shares[i]);
	e->n_shares = 0;
	keys_wipe(&e->keys);
}
