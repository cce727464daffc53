/* fakenet - see fakenet.h. */
#include "fakenet.h"

#include <stdlib.h>

#include "base/check.h"
#include "base/xalloc.h"
#include "engine/engine.h"

enum { EPOCH = 1780272000, EXCHANGE_ARENA = 4 << 20 };

struct exchange {
	struct exchange *next;
	struct fakenet *net;
	struct arena *arena;
	struct engine *engine;
	struct model_conn *conn; /* NULL: refused */
	enum reply_kind ended;
	const struct ask *ask;
	uint64_t due_ms, begun_ms;
	unsigned connections;
	exchange_done_fn *done;
	void *arg;
	bool going_on;		 /* not its first ask */
	bool done_now, dropped; /* in done(); cancelled there */
};

/* All that both sides have to say to each other; then how it ended. */
static void
talk(struct exchange *x)
{
	struct fakenet *n = x->net;
	bool more = true;

	for (;;) {
		struct span out = engine_to_send(x->engine), in;

		if (out.n > 0) {
			if (n->on_sent != NULL)
				n->on_sent(n->arg, out);
			model_feed(x->conn, out);
			engine_sent(x->engine, out.n);
		}
		in = model_to_send(x->conn);
		if (in.n == 0)
			break;
		if (in.n > 1)
			in.n = 1 + rng_below(&n->pieces, (uint32_t)in.n);
		more = engine_feed(x->engine, in);
		model_sent(x->conn, in.n);
		if (!more)
			return;
	}
	x->ended = model_end(x->conn) == MODEL_END_FIN     ? REPLY_FIN
		   : model_end(x->conn) == MODEL_END_RESET ? REPLY_RESET
							   : REPLY_SILENCE;
	engine_ended(x->engine, x->ended);
}

static void
connect_and_talk(
    struct exchange *x, const struct endpoint *ep, const struct ask *ask, struct rng *rng)
{
	x->engine = engine_open(x->arena, ep, ask, rng);
	x->conn = model_accept(x->net->server, x->arena);
	if (x->conn != NULL)
		talk(x);
}

static struct exchange *
start(void *ctx, const struct endpoint *ep, const struct ask *ask, struct rng *rng,
    exchange_done_fn *done, void *arg)
{
	struct fakenet *n = ctx;
	struct exchange *x = xcalloc(1, sizeof(*x));

	CHECK(!n->starting);
	n->starting = true;
	n->started++;
	*x = (struct exchange){.connections = 1,
	    .next = n->under_way,
	    .net = n,
	    .arena = arena_new(EXCHANGE_ARENA),
	    .done = done,
	    .arg = arg,
	    .begun_ms = n->now_ms};
	x->ask = ask;
	x->due_ms = n->now_ms + 1 + rng_below(&n->rng, n->delay_max_ms);
	connect_and_talk(x, ep, ask, rng);
	if (x->ended == REPLY_RESET) { /* net/retry.def: once more */
		n->started++;
		x->connections++;
		engine_close(x->engine);
		x->ended = REPLY_FLIGHT;
		connect_and_talk(x, ep, ask, rng);
	}
	if (x->ended == REPLY_SILENCE) {
		x->due_ms = n->now_ms + (ask->wait_ms > 0 ? ask->wait_ms : n->silence_ms);
		n->silences++;
	}
	n->under_way = x;
	if (++n->n_under_way > n->most_under_way)
		n->most_under_way = n->n_under_way;
	n->starting = false;
	return x;
}

static void
take_out(struct fakenet *n, struct exchange *x)
{
	struct exchange **p = &n->under_way;

	while (*p != x) {
		CHECK(*p != NULL);
		p = &(*p)->next;
	}
	*p = x->next;
	n->n_under_way--;
}

static void
release(struct fakenet *n, struct exchange *x)
{
	if (arena_used(x->arena) > n->most_arena)
		n->most_arena = arena_used(x->arena);
	engine_close(x->engine);
	arena_free(x->arena);
	free(x);
}

/* The next ask of an open exchange; its answer is under way again. */
static void
go_on(void *ctx, struct exchange *x, const struct ask *ask)
{
	struct fakenet *n = ctx;

	CHECK(x->done_now && !n->starting); /* the audit does it at once */
	x->ask = ask;
	x->ended = REPLY_FLIGHT;
	x->connections = 0;
	x->going_on = true;
	x->begun_ms = n->now_ms;
	x->due_ms = n->now_ms + 1 + rng_below(&n->rng, n->delay_max_ms);
	if (engine_go_on(x->engine, ask))
		talk(x);
	if (x->ended == REPLY_SILENCE) {
		x->due_ms = n->now_ms + (ask->wait_ms > 0 ? ask->wait_ms : n->silence_ms);
		n->silences++;
	}
	x->next = n->under_way;
	n->under_way = x;
	n->n_under_way++;
}

static void
cancel(void *ctx, struct exchange *x)
{
	struct fakenet *n = ctx;

	n->cancelled += !x->done_now;
	x->dropped = true;
	if (x->done_now)
		return;
	take_out(n, x);
	release(n, x);
}

static uint64_t
now_ms(void *ctx)
{
	return ((struct fakenet *)ctx)->now_ms;
}

void
fakenet_init(struct fakenet *n, struct model_server *server, uint64_t seed)
{
	*n = (struct fakenet){.transport = {start, go_on, cancel, now_ms, n},
	    .server = server,
	    .now_ms = 1000,
	    .silence_ms = 8000,
	    .delay_max_ms = 50};
	rng_seed(&n->rng, seed);
	rng_seed(&n->pieces, seed);
	server->now = EPOCH;
}

bool
fakenet_step(struct fakenet *n)
{
	struct exchange *first = n->under_way;
	struct reply r = {0};

	if (first == NULL)
		return false;
	for (struct exchange *x = first; x != NULL; x = x->next)
		if (x->due_ms < first->due_ms)
			first = x;
	n->now_ms = first->due_ms > n->now_ms ? first->due_ms : n->now_ms;
	take_out(n, first);
	n->done += !first->going_on;
	engine_reply(first->engine, &r);
	r.connections = first->connections;
	if (first->conn == NULL) {
		r.kind = REPLY_NO_CONN;
		r.detail = "connection refused";
	}
	r.rtt_ms = (unsigned)(n->now_ms - first->begun_ms);
	r.now = EPOCH + (int64_t)(n->now_ms / 1000);
	n->server->now = r.now;
	if (n->on_reply != NULL)
		n->on_reply(n->arg, first->ask, &r);
	r.open = r.open && first->conn != NULL;
	first->done_now = true;
	first->done(first->arg, first, &r);
	first->done_now = false;
	if (!r.open || first->dropped)
		release(n, first);
	return true;
}

void
fakenet_fini(struct fakenet *n)
{
	while (n->under_way != NULL)
		cancel(n, n->under_way);
}
