/* exchange - see exchange.h.  exchange_goto() is the only writer of the state. */
#include "config.h"

#include "net/exchange.h"

#include <stdlib.h>
#include <time.h>

#include <event2/event.h>

#include "base/check.h"
#include "base/xalloc.h"
#include "engine/engine.h"
#include "net/exchange_internal.h"

enum {
	MAGIC = 0x58434847,
	ARENA_CAP = 4 << 20,
	READS_PER_TURN = 4,	/* then others get their turn */
	READ_MAX = 2 << 20,	/* bytes of one connection */
	BUSY_MS = 100,		/* pause when our side has run out of something */
	BUSY_MAX = 300		/* pauses, then it is said */
};

static const struct server_flight no_flight;

static void on_io(evutil_socket_t fd, short what, void *arg);
static void on_timer(evutil_socket_t fd, short what, void *arg);

/* ---- states and timers ---- */

static bool
may_go(enum exchange_state from, enum exchange_state to)
{
	static const unsigned moves[][2] = {
#define MOVE(from, to) {STATE_##from, STATE_##to},
#include "net/exchange.def"
	};

	for (size_t i = 0; i < N_ELEMENTS(moves); i++)
		if (moves[i][0] == from && moves[i][1] == to)
			return true;
	return false;
}

void
exchange_goto(struct exchange *x, enum exchange_state to)
{
	CHECK(may_go(x->state, to));
	x->state = to;
}

/* ms from now, or the connection's own end when that is earlier. */
static uint64_t
within(const struct exchange *x, unsigned ms)
{
	uint64_t at = loop_now_ms() + ms;

	return at < x->end_ms ? at : x->end_ms;
}

/* The timer fires ms from now at the latest. */
static void
arm(struct exchange *x, unsigned ms)
{
	struct timeval tv = {.tv_sec = ms / 1000, .tv_usec = (long)(ms % 1000) * 1000};

	x->until_ms = loop_now_ms() + ms;
	CHECK(event_add(&x->timer, &tv) == 0);
}

/* The same within a connection's own end. */
void
exchange_arm(struct exchange *x, unsigned ms)
{
	uint64_t now = loop_now_ms(), at = within(x, ms);

	arm(x, at > now ? (unsigned)(at - now) : 0);
}

static void
watch(struct exchange *x, short what)
{
	if (event_initialized(&x->io))
		event_del(&x->io);
	CHECK(event_assign(&x->io, loop_base(x->e->loop), x->fd, what | EV_PERSIST, on_io, x) == 0);
	CHECK(event_add(&x->io, NULL) == 0);
}

/* ---- the end of a connection, and of the exchange ---- */

static void
disconnect(struct exchange *x)
{
	if (x->fd >= 0) {
		if (event_initialized(&x->io))
			event_del(&x->io);
		memset(&x->io, 0, sizeof(x->io));
		tcp_close(x->fd);
		x->fd = -1;
	}
	event_del(&x->timer);
	if (x->slot)
		peer_give(x->peer);
	x->slot = false;
}

static void
exchange_free(struct exchange *x)
{
	disconnect(x);
	if (x->engine != NULL)
		engine_close(x->engine);
	peer_release(x->peer);
	arena_free(x->arena);
	x->e->under_way--;
	x->magic = 0;
	free(x);
}

static void
deliver(struct exchange *x)
{
	exchange_goto(x, STATE_DONE);
	x->reply.connections = x->going_on ? 0 : x->connections;
	x->reply.rtt_ms = x->rtt_ms;
	x->reply.injected = x->injected;
	x->reply.greeting = x->greeting;
	x->reply.now = time(NULL);
	x->done_now = true; /* a cancel() from there has nothing left to do */
	x->done(x->arg, x, &x->reply);
	exchange_free(x);
}

/* Delivers, and leaves the connection to the next ask.  The answer is read; what else comes waits. */
static void
park(struct exchange *x)
{
	exchange_goto(x, STATE_PARKED);
	if (event_initialized(&x->io))
		event_del(&x->io);
	event_del(&x->timer);
	x->writing = false;
	x->reply.connections = x->going_on ? 0 : x->connections;
	x->reply.rtt_ms = x->rtt_ms;
	x->reply.injected = x->injected;
	x->reply.greeting = x->greeting;
	x->reply.now = time(NULL);
	x->done_now = true;
	x->done(x->arg, x, &x->reply);
	x->done_now = false;
	if (x->dropped)
		exchange_free(x);
}

static void
again(struct exchange *x, enum retry r)
{
	x->retries[r]++;
	if (x->engine != NULL)
		engine_close(x->engine);
	x->engine = NULL;
	exchange_goto(x, STATE_QUEUED);
	arm(x, retry_pause_ms(r));
}

/* What the address is to be remembered for. */
static void
remember(struct exchange *x, enum retry r)
{
	if (x->heard)
		peer_answered(x->peer);
	else if (r == RETRY_UNCONNECTED || r == RETRY_REFUSED || r == RETRY_RESET)
		peer_failed(x->peer);
	else if (r == RETRY_SILENCE && x->retries[r] > 0)
		peer_is_silent(x->peer);
}

/* The connection is over and x->reply says how; r: the row by which to try again. */
static void
over(struct exchange *x, enum retry r)
{
	exchange_goto(x, STATE_CLOSING);
	disconnect(x);
	if (!x->going_on) /* what comes of odd bytes is not held against the address */
		remember(x, r);
	if (!x->going_on && !x->reply.flight->hello && peer_may_retry(x->peer, r, r < RETRY__MAX ? x->retries[r] : 0))
		again(x, r);
	else if (x->starting)
		arm(x, 0);
	else
		deliver(x);
}

/* No engine had a say, or its say does not count. */
void
exchange_fail(struct exchange *x, enum reply_kind kind, const char *detail, enum retry r)
{
	x->reply = (struct reply){.kind = kind, .detail = detail, .flight = &no_flight};
	over(x, r);
}

/* The engine has what it wanted, or will not get it. */
static void
conclude(struct exchange *x, const char *detail)
{
	enum retry r = RETRY_NEVER;

	x->reply = (struct reply){0};
	engine_reply(x->engine, &x->reply);
	if (x->reply.detail == NULL)
		x->reply.detail = detail;
	/* Silence to the very first ask is for the next try, when all of it was said. */
	if (x->reply.open && !x->reset && loop_now_ms() < x->end_ms &&
	    (x->heard || x->going_on || x->ask->part)) {
		park(x);
		return;
	}
	x->reply.open = false;
	if (x->reply.kind == REPLY_RESET)
		r = RETRY_RESET;
	else if (x->reply.kind == REPLY_SILENCE && !x->heard)
		r = RETRY_SILENCE;
	over(x, r);
}

static void
ended(struct exchange *x, enum reply_kind how, const char *detail)
{
	engine_ended(x->engine, how);
	conclude(x, detail);
}

/* ---- talking ---- */

static struct span
outgoing(struct exchange *x)
{
	return before_tls(x) ? before_to_send(x) : engine_to_send(x->engine);
}

static void
outgone(struct exchange *x, size_t n)
{
	if (before_tls(x))
		before_sent(x, n);
	else
		engine_sent(x->engine, n);
}

/* Sends what there is to say, as far as there is room. */
void
exchange_push(struct exchange *x)
{
	struct span out;
	enum tcp r = TCP_OK;
	bool blocked;
	size_t n;

	while (!x->reset && r == TCP_OK && (out = outgoing(x)).n > 0) {
		r = tcp_send(x->fd, out, &n);
		outgone(x, n);
		if (r != TCP_OK && r != TCP_AGAIN)
			x->reset = true; /* not judged before what came is read */
	}
	blocked = r == TCP_AGAIN;
	if (blocked != x->writing)
		watch(x, blocked ? EV_READ | EV_WRITE : EV_READ);
	x->writing = blocked;
}

/* The first byte of what may be TLS. */
static void
first_byte(struct exchange *x)
{
	if (x->heard)
		return;
	x->heard = true;
	x->rtt_ms = (unsigned)(loop_now_ms() - x->sent_ms);
	peer_answered(x->peer);
	exchange_arm(x, x->e->limits.idle_ms);
}

static unsigned
first_wait(const struct exchange *x)
{
	return x->ask->wait_ms > 0 ? x->ask->wait_ms : x->e->limits.first_byte_ms;
}

void
exchange_talk(struct exchange *x)
{
	exchange_goto(x, STATE_TALKING);
	x->sent_ms = loop_now_ms();
	exchange_push(x);
	/* A write that failed makes the socket readable: on_io() sees what came before. */
	exchange_arm(x, first_wait(x));
}

/* The engine gets what came; false: the connection is over. */
bool
exchange_hear(struct exchange *x, struct span in)
{
	first_byte(x);
	if (!engine_feed(x->engine, in)) {
		exchange_push(x); /* the end of a handshake, perhaps */
		conclude(x, NULL);
		return false;
	}
	if (x->received > READ_MAX) {
		ended(x, REPLY_LIMIT, "too many bytes");
		return false;
	}
	return true;
}

/* ---- reading ---- */

/* The stream is at its end. */
static void
stream_ended(struct exchange *x, enum tcp r)
{
	enum reply_kind how = REPLY_RESET;

	if (r == TCP_TIMEOUT)
		how = REPLY_SILENCE;
	else if (r == TCP_END && !x->reset)
		how = REPLY_FIN;
	if (before_tls(x))
		before_ended(x, how);
	else
		ended(x, how, NULL);
}

/* Reads what is there; false: the connection is over. */
static bool
pull(struct exchange *x)
{
	for (int i = 0; i < READS_PER_TURN; i++) {
		size_t n;
		struct span in = {x->e->buf, 0};
		enum tcp r = tcp_recv(x->fd, x->e->buf, READ_SIZE, &n);

		if (r == TCP_AGAIN && !x->reset)
			return true;
		if (r != TCP_OK) {
			stream_ended(x, r);
			return false;
		}
		in.n = n;
		x->received += n;
		if (!(before_tls(x) ? before_hear(x, in) : exchange_hear(x, in)))
			return false;
		/* What comes after the go-ahead is for the engine. */
		if ((n < READ_SIZE && !x->reset) || x->ready)
			return true;
	}
	return true;
}

/* Something can be read or written. */
static void
talk_on(struct exchange *x)
{
	if (!pull(x))
		return;
	if (x->heard || x->state != STATE_TALKING) /* the timer looks when it fires */
		x->until_ms = within(x, x->e->limits.idle_ms);
	exchange_push(x);
	if (x->ready) /* it may be over after that */
		before_advance(x);
	else if (x->reset)
		(void)pull(x);
}

/* ---- connecting ---- */

static void
connected(struct exchange *x)
{
	x->end_ms = loop_now_ms() + x->e->limits.whole_ms;
	watch(x, EV_READ);
	before_begin(x);
}

/* Something of our own is used up: nothing is said against the peer, we come back. */
static void
busy(struct exchange *x)
{
	if (++x->busy > BUSY_MAX) {
		exchange_fail(x, REPLY_LOCAL, "no descriptor or port is free here", RETRY_NEVER);
		return;
	}
	disconnect(x);
	exchange_goto(x, STATE_QUEUED);
	arm(x, BUSY_MS);
}

static void
not_connected(struct exchange *x, enum tcp r)
{
	if (x->e->limits.proxy != NULL && r != TCP_BUSY && r != TCP_DENIED) {
		before_no_proxy(x, r);
		return;
	}
	switch (r) {
	case TCP_BUSY:
		busy(x);
		break;
	case TCP_REFUSED:
		exchange_fail(x, REPLY_NO_CONN, "connection refused", RETRY_REFUSED);
		break;
	case TCP_TIMEOUT:
		exchange_fail(x, REPLY_NO_CONN, "connect timed out", RETRY_UNCONNECTED);
		break;
	case TCP_NO_IPV6:
		exchange_fail(x, REPLY_NO_CONN, EXCHANGE_NO_IPV6, RETRY_NEVER);
		break;
	case TCP_DENIED:
		exchange_fail(x, REPLY_LOCAL, "not permitted here", RETRY_NEVER);
		break;
	case TCP_RESET:
	case TCP_END:
		exchange_fail(x, REPLY_RESET, NULL, RETRY_RESET);
		break;
	default:
		exchange_fail(x, REPLY_NO_CONN, "unreachable", RETRY_NEVER);
		break;
	}
}

static void
try_connect(struct exchange *x)
{
	unsigned wait = peer_take(x->peer, loop_now_ms(), &x->turn);
	enum tcp r;

	if (wait > 0) {
		arm(x, wait);
		return;
	}
	x->slot = true;
	x->heard = x->reset = x->writing = x->ready = false;
	x->received = 0;
	exchange_goto(x, STATE_CONNECTING);
	r = x->e->limits.proxy != NULL
	    ? tcp_connect(x->e->limits.proxy->at.addr, x->e->limits.proxy->at.len, &x->fd)
	    : tcp_connect(x->ep->addr, x->ep->addr_len, &x->fd);
	if (r != TCP_BUSY) {
		x->connections++;
		x->e->connections++;
	}
	if (r != TCP_OK && r != TCP_AGAIN) {
		not_connected(x, r);
		return;
	}
	/* The keys of the hello are made while the SYN travels. */
	x->engine = engine_open(x->arena, x->ep, x->ask, x->rng);
	if (r == TCP_OK) {
		connected(x);
		return;
	}
	watch(x, EV_WRITE);
	arm(x, x->e->limits.connect_ms);
}

/* ---- events ---- */

/* Whose bytes are looked at from here on: a supervisor reads it when that does not end. */
static void
mark(struct exchanger *e, const struct endpoint *ep)
{
	if (e->limits.current != NULL)
		*e->limits.current = ep->seq;
}

static void
on_io(evutil_socket_t fd, short what, void *arg)
{
	struct exchange *x = arg;
	enum tcp r;

	(void)fd;
	(void)what;
	MAGIC_CHECK(x, MAGIC);
	mark(x->e, x->ep);
	if (x->state != STATE_CONNECTING) {
		talk_on(x);
		return;
	}
	r = tcp_connected(x->fd);
	if (r == TCP_OK)
		connected(x);
	else
		not_connected(x, r);
}

static void
on_timer(evutil_socket_t fd, short what, void *arg)
{
	struct exchange *x = arg;
	uint64_t now = loop_now_ms();

	(void)fd;
	(void)what;
	MAGIC_CHECK(x, MAGIC);
	mark(x->e, x->ep);
	if (now < x->until_ms) {
		arm(x, (unsigned)(x->until_ms - now));
		return;
	}
	switch (x->state) {
	case STATE_QUEUED:
		try_connect(x);
		break;
	case STATE_CONNECTING:
		not_connected(x, TCP_TIMEOUT);
		break;
	case STATE_CLOSING:
		deliver(x);
		break;
	case STATE_TUNNEL:
	case STATE_PREAMBLE:
		before_late(x);
		break;
	default:
		if (x->complete) {
			x->complete = false;
			conclude(x, NULL);
			break;
		}
		ended(x, REPLY_SILENCE,
		    now >= x->end_ms ? "the answer was not complete in time" : "no answer in time");
		break;
	}
}

/* ---- the transport ---- */

static struct exchange *
start(void *ctx, const struct endpoint *ep, const struct ask *ask, struct rng *rng,
    exchange_done_fn *done, void *arg)
{
	struct exchanger *e = ctx;
	struct exchange *x = xcalloc(1, sizeof(*x));

	x->magic = MAGIC;
	x->e = e;
	x->ep = ep;
	x->ask = ask;
	x->rng = rng;
	x->done = done;
	x->arg = arg;
	x->fd = -1;
	x->arena = arena_new(ARENA_CAP);
	x->peer = polite_peer(e->polite, ep->addr, ep->addr_len);
	e->under_way++;
	CHECK(event_assign(&x->timer, loop_base(e->loop), -1, 0, on_timer, x) == 0);
	x->starting = true;
	try_connect(x);
	x->starting = false;
	return x;
}

static void
go_on(void *ctx, struct exchange *x, const struct ask *ask)
{
	(void)ctx;
	MAGIC_CHECK(x, MAGIC);
	CHECK(x->state == STATE_PARKED && !x->dropped);
	x->ask = ask;
	x->going_on = true;
	x->heard = false;
	x->rtt_ms = 0;
	exchange_goto(x, STATE_TALKING);
	if (engine_go_on(x->engine, ask))
		watch(x, EV_READ);
	else
		x->complete = true; /* on_timer() delivers: never from in here */
	x->sent_ms = loop_now_ms();
	exchange_push(x);
	exchange_arm(x, x->complete ? 0 : first_wait(x));
}

static void
cancel(void *ctx, struct exchange *x)
{
	(void)ctx;
	MAGIC_CHECK(x, MAGIC);
	x->dropped = true;
	if (!x->done_now)
		exchange_free(x);
}

static uint64_t
now_ms(void *ctx)
{
	(void)ctx;
	return loop_now_ms();
}

struct exchanger *
exchanger_new(struct loop *l, const struct exchange_limits *limits)
{
	struct exchanger *e = xcalloc(1, sizeof(*e));

	e->loop = l;
	e->limits = *limits;
	if (e->limits.connect_ms == 0)
		e->limits.connect_ms = 5000;
	if (e->limits.first_byte_ms == 0)
		e->limits.first_byte_ms = 8000;
	if (e->limits.idle_ms == 0)
		e->limits.idle_ms = 5000;
	if (e->limits.whole_ms == 0)
		e->limits.whole_ms = 20000;
	e->polite = polite_new(limits->per_address);
	polite_limit(e->polite, &limits->rates);
	return e;
}

void
exchanger_free(struct exchanger *e)
{
	if (e == NULL)
		return;
	CHECK(e->under_way == 0);
	polite_free(e->polite);
	free(e);
}

struct transport
exchanger_transport(struct exchanger *e)
{
	return (struct transport){.start = start, .go_on = go_on, .cancel = cancel, .now_ms = now_ms, .ctx = e};
}

unsigned
exchanger_connections(const struct exchanger *e)
{
	return e->connections;
}
