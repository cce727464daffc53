/* engine - see engine.h: a hello out, a flight in, and what is said on one connection after it. */
#include "engine/engine_internal.h"

#include "base/check.h"

enum { OUT_SIZE = 8192 };

/* ---- memory ---- */

void
engine_room(struct engine *e, size_t n)
{
	size_t cap = 2 * (e->out.len + n);
	uint8_t *p;

	if (e->out.cap - e->out.len >= n)
		return;
	p = arena_alloc(e->arena, cap);
	if (e->out.len > 0)
		memcpy(p, e->out.p, e->out.len);
	e->out.p = p;
	e->out.cap = cap;
}

void
engine_grow(struct engine *e, struct growing *g, struct span s)
{
	if (g->n + s.n > g->cap) {
		size_t cap = (g->n + s.n) * 2;
		uint8_t *p = arena_alloc(e->arena, cap);

		if (g->n > 0)
			memcpy(p, g->p, g->n);
		g->p = p;
		g->cap = cap;
	}
	if (s.n > 0)
		memcpy(g->p + g->n, s.p, s.n);
	g->n += s.n;
}

struct span
engine_transcript(const struct engine *e)
{
	return (struct span){e->transcript.p, e->transcript.n};
}

const struct server_flight *
engine_hello(const struct engine *e)
{
	const struct server_flight *sf = flight_result(e->flight);

	return sf->hello || e->hello == NULL ? sf : e->hello;
}

bool
engine_finishes(const struct engine *e)
{
	return e->ask->stop == STOP_FINISHED || e->ask->stop == STOP_TICKET;
}

/* ---- what comes ---- */

/* Application data: kept up to the cap, and perhaps all that was wanted. */
static void
on_data(struct engine *e, struct flight *f, struct span s)
{
	size_t room = ASK_DATA - e->data.n, from;
	struct span until = e->ask->until;

	s.n = s.n < room ? s.n : room;
	from = e->data.n > until.n ? e->data.n - until.n : 0;
	engine_grow(e, &e->data, s);
	if (e->ask->stop != STOP_DATA)
		return;
	if (e->data.n == ASK_DATA || (until.n == 0 && s.n > 0)) {
		flight_end(f);
		return;
	}
	for (; until.n > 0 && from + until.n <= e->data.n; from++)
		if (memcmp(e->data.p + from, until.p, until.n) == 0) {
			flight_end(f);
			return;
		}
}

static enum flight_state
on_encrypted(void *arg, struct flight *f, struct span record)
{
	struct engine *e = arg;
	bool v13 = engine_hello(e)->version >= TLS1_3;
	enum flight_state s;

	if (e->plain == NULL)
		e->plain = arena_alloc(e->arena, (1 << 14) + 2048 + 16);
	s = v13 ? shake13_record(e, f, record) : shake12_record(e, f, record);
	if (e->local != NULL || e->bad != NULL)
		flight_end(f);
	return s;
}

enum flight_state
engine_inner(struct engine *e, struct flight *f, uint8_t type, struct span plain)
{
	if (type == REC_DATA && e->established)
		on_data(e, f, plain);
	return flight_inner(f, type, plain);
}

static void
on_message(void *arg, uint8_t type, struct span message)
{
	struct engine *e = arg;

	if (engine_hello(e)->version >= TLS1_3)
		shake13_message(e, type, message);
	else if (e->keyed)
		shake12_message(e, type, message);
	if (e->local != NULL || e->bad != NULL)
		flight_end(e->flight);
}

/* ---- one ask ---- */

static void
listen_for(struct engine *e, const struct flight_offer *offer)
{
	e->flight = flight_new(e->arena, e->ask->stop, offer);
	if (e->n_shares > 0 || e->keyed) {
		flight_on_encrypted(e->flight, on_encrypted, e);
		flight_on_message(e->flight, on_message, e);
	}
}

struct engine *
engine_open(struct arena *a, const struct endpoint *ep, const struct ask *ask, struct rng *rng)
{
	struct engine *e = arena_alloc(a, sizeof(*e));
	const struct hello *h = &ask->hello;
	struct flight_offer offer = {.suites = h->suites, .versions = h->versions, .groups = h->groups,
	    .sigalgs = h->sigalgs, .ssl2 = h->version == SSL2};

	e->identity = ep != NULL ? ep->identity : NULL;
	e->arena = a;
	e->rng = rng;
	e->ask = ask;
	e->keyed = ask->keep || ask->stop == STOP_FINISHED;
	if (ask->kind == ASK_RAW) {
		e->out = ask->out;
	} else {
		size_t size = OUT_SIZE + 2 * h->more_exts.n;

		wr_init(&e->out, arena_alloc(a, size), size);
		if (ask->kind == ASK_HELLO)
			say_hello(e, false);
	}
	if (ask->kind != ASK_HELLO)
		offer = (struct flight_offer){0};
	if (!wr_ok(&e->out) && e->local == NULL)
		e->local = "the hello does not fit";
	listen_for(e, &offer);
	if (e->local == NULL)
		say_all(e);
	return e;
}

bool
engine_go_on(struct engine *e, const struct ask *ask)
{
	const struct server_flight *sf = flight_result(e->flight);

	if (sf->hello) {
		struct server_flight *copy = arena_alloc(e->arena, sizeof(*copy));

		*copy = *sf;
		e->hello = copy;
	}
	e->ask = ask;
	e->over = false;
	e->ended = REPLY_FLIGHT;
	e->data = (struct growing){0};
	if (ask->kind == ASK_RAW) {
		engine_room(e, ask->out.len);
		wr_span(&e->out, wr_done(&ask->out));
	}
	say_all(e);
	flight_go_on(e->flight, ask->stop);
	return engine_feed(e, (struct span){NULL, 0});
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

/* RFC 8446, 4.1.4: once. */
static bool
wants_retry(const struct engine *e)
{
	return flight_result(e->flight)->retry && !e->retried && e->local == NULL && e->bad == NULL &&
	    (engine_finishes(e) || e->ask->follow_retry);
}

bool
engine_feed(struct engine *e, struct span in)
{
	if (e->over || e->local != NULL)
		return false;
	e->received += in.n;
	e->state = flight_feed(e->flight, in);
	if (e->state == FLIGHT_DONE && wants_retry(e) && say_retry(e)) {
		flight_retried(e->flight);
		e->state = flight_feed(e->flight, (struct span){NULL, 0});
	}
	e->over = e->state != FLIGHT_MORE || e->local != NULL || e->bad != NULL;
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
	if (e->bad != NULL)
		return REPLY_BAD;
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
	const struct server_flight *sf = flight_result(e->flight), *hello = engine_hello(e);

	out->kind = kind_of(e);
	out->alert = sf->alert_code;
	out->flight = sf;
	out->raw = sf->head;
	out->received = e->received;
	out->sent = e->sent;
	out->detail = e->local != NULL ? e->local : e->bad != NULL ? e->bad : sf->error;
	out->nameless = e->nameless;
	out->data = (struct span){e->data.p, e->data.n};
	out->open = e->ask->keep && (out->kind == REPLY_FLIGHT || out->kind == REPLY_ALERT ||
					out->kind == REPLY_SILENCE);
	out->resumed = e->established && e->resuming;
	out->session = e->have_session ? &e->session : NULL;
	if (e->ask->keep && hello->n_certs > 0 && hello->version < TLS1_3)
		out->rsa_len = (unsigned)crypto_rsa_len(hello->certs[0]);
}

void
engine_close(struct engine *e)
{
	for (size_t i = 0; i < e->n_shares; i++)
		crypto_share_free(e->shares[i]);
	e->n_shares = 0;
	keys_wipe(&e->keys);
	keys_wipe(&e->early);
	keys12_wipe(&e->keys12);
	crypto_wipe(&e->session, sizeof(e->session));
}
