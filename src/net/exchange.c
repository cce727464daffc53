/* exchange - see exchange.h.  exchange_goto() is the only writer of the state. */
#include "config.h"

#include "net/exchange.h"

#include <stdlib.h>
#include <time.h>

#include <event2/event.h>
#include <event2/event_struct.h>

#include "base/check.h"
#include "base/xalloc.h"
#include "engine/engine.h"
#include "engine/starttls.h"
#include "net/polite.h"
#include "net/tcp.h"

enum {
	MAGIC = 0x58434847,
	ARENA_CAP = 4 << 20,
	READ_SIZE = 16384,
	READS_PER_TURN = 4,	/* then others get their turn */
	READ_MAX = 2 << 20,	/* bytes of one connection */
	BUSY_MS = 100,		/* pause when our side has run out of something */
	BUSY_MAX = 300		/* pauses, then it is said */
};

enum exchange_state {
#define STATE(id, meaning) STATE_##id,
#include "net/exchange.def"
	STATE__MAX
};

struct exchanger {
	struct loop *loop;
	struct polite *polite;
	struct exchange_limits limits;
	unsigned connections, under_way;
	uint8_t buf[READ_SIZE]; /* what was read last, until the engine has it */
};

struct exchange {
	unsigned magic;
	enum exchange_state state;
	struct exchanger *e;
	const struct endpoint *ep;
	const struct ask *ask;
	struct rng *rng;
	exchange_done_fn *done;
	void *arg;

	struct arena *arena;
	struct engine *engine;	   /* of this connection, or NULL */
	struct tunnel *tunnel;	   /* likewise: through a proxy */
	struct starttls *starttls; /* likewise */
	struct peer *peer;
	struct turn turn; /* its place among the connections that wait */
	int fd;
	struct event io, timer;
	bool starting; /* in start(): nothing may be delivered */
	bool slot;     /* taken at the peer */
	bool heard;    /* a byte came on this connection */
	bool reset;    /* a write said so; what can be read counts first */
	bool writing;  /* waiting for room */
	bool ready;    /* tunnel or preamble have their go-ahead */
	const char *greeting; /* in the arena, or NULL */
	bool injected; /* and something came with it that is not TLS */
	bool going_on; /* not the connection's first ask: nothing is tried again */
	bool done_now; /* in done(): cancel() only marks */
	bool dropped;  /* it did */
	bool complete; /* the engine had the answer before anything was read */
	uint64_t until_ms, end_ms, sent_ms;
	size_t received;
	unsigned connections, busy, rtt_ms;
	unsigned retries[RETRY__MAX];
	struct reply reply; /* from CLOSING on */
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

static void
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
static void
arm_in_connection(struct exchange *x, unsigned ms)
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
static void
fail(struct exchange *x, enum reply_kind kind, const char *detail, enum retry r)
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
	if (x->state == STATE_TUNNEL)
		return tunnel_to_send(x->tunnel);
	return x->state == STATE_PREAMBLE ? starttls_to_send(x->starttls) : engine_to_send(x->engine);
}

static void
outgone(struct exchange *x, size_t n)
{
	if (x->state == STATE_TUNNEL)
		tunnel_sent(x->tunnel, n);
	else if (x->state == STATE_PREAMBLE)
		starttls_sent(x->starttls, n);
	else
		engine_sent(x->engine, n);
}

/* Sends what there is to say, as far as there is room. */
static void
push(struct exchange *x)
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
	arm_in_connection(x, x->e->limits.idle_ms);
}

static unsigned
first_wait(const struct exchange *x)
{
	return x->ask->wait_ms > 0 ? x->ask->wait_ms : x->e->limits.first_byte_ms;
}

static void
talk(struct exchange *x)
{
	exchange_goto(x, STATE_TALKING);
	x->sent_ms = loop_now_ms();
	push(x);
	/* A write that failed makes the socket readable: on_io() sees what came before. */
	arm_in_connection(x, first_wait(x));
}

/* The engine gets what came; false: the connection is over. */
static bool
hear(struct exchange *x, struct span in)
{
	first_byte(x);
	if (!engine_feed(x->engine, in)) {
		push(x); /* the end of a handshake, perhaps */
		conclude(x, NULL);
		return false;
	}
	if (x->received > READ_MAX) {
		ended(x, REPLY_LIMIT, "too many bytes");
		return false;
	}
	return true;
}

/* ---- STARTTLS ---- */

/* The server will not, cannot or does not know how to. */
static void
preamble_failed(struct exchange *x, enum starttls_failure why)
{
	const char *detail = starttls_detail(x->starttls);

	if (why == STARTTLS_LIMIT)
		fail(x, REPLY_LIMIT, detail, RETRY_NEVER);
	else if (why == STARTTLS_ALIEN)
		fail(x, REPLY_GARBAGE, detail, RETRY_NEVER);
	else /* many mail servers say 421 to those who come too often */
		fail(x, REPLY_NO_CONN, detail, why == STARTTLS_REFUSED ? RETRY_REFUSED : RETRY_NEVER);
}

/* The talk gets what came; false: the connection is over. */
static bool
hear_preamble(struct exchange *x, struct span in)
{
	enum starttls_state s = starttls_feed(x->starttls, in);

	if (s == STARTTLS_FAILED) {
		preamble_failed(x, starttls_failure(x->starttls));
		return false;
	}
	x->ready = s == STARTTLS_READY;
	x->injected = x->injected || starttls_injected(x->starttls).n > 0;
	if (x->ready)
		x->greeting = starttls_greeting(x->starttls);
	return true;
}

static void advance(struct exchange *x);

/* first: what came already, behind a proxy's last word. */
static void
preamble(struct exchange *x, struct span first)
{
	exchange_goto(x, STATE_PREAMBLE);
	x->starttls = starttls_open(x->arena, x->ep->starttls, x->ep->host);
	if (x->starttls == NULL) {
		fail(x, REPLY_LOCAL, "no such STARTTLS protocol", RETRY_NEVER);
		return;
	}
	arm_in_connection(x, x->e->limits.first_byte_ms);
	if (!hear_preamble(x, first))
		return;
	push(x);
	advance(x);
}

/* ---- the way through a proxy ---- */

static void
tunnel(struct exchange *x)
{
	struct tunnel_to to = {.host = x->ep->host, .at.len = x->ep->addr_len};
	enum { PORT_AT = 2 }; /* of struct sockaddr_in and _in6 */

	exchange_goto(x, STATE_TUNNEL);
	memcpy(to.at.addr, x->ep->addr, x->ep->addr_len);
	to.port = (uint16_t)(x->ep->addr[PORT_AT] << 8 | x->ep->addr[PORT_AT + 1]);
	x->tunnel = tunnel_open(x->arena, x->e->limits.proxy, &to);
	arm_in_connection(x, x->e->limits.first_byte_ms);
	push(x);
}

/* The talk gets what came; false: the connection is over. */
static bool
hear_tunnel(struct exchange *x, struct span in)
{
	enum tunnel_state s = tunnel_feed(x->tunnel, in);

	if (s == TUNNEL_FAILED) {
		fail(x, REPLY_NO_CONN, tunnel_detail(x->tunnel), RETRY_REFUSED);
		return false;
	}
	x->ready = s == TUNNEL_READY;
	return true;
}

/* The server is there.  Who speaks first may have done so already. */
static void
through(struct exchange *x)
{
	struct span rest = tunnel_rest(x->tunnel);

	if (x->ep->starttls != NULL) {
		preamble(x, rest);
		return;
	}
	talk(x);
	if (rest.n > 0)
		(void)hear(x, rest);
}

/* Tunnel and preamble end when they have their go-ahead and all of theirs is said. */
static void
advance(struct exchange *x)
{
	if (!x->ready || outgoing(x).n > 0)
		return;
	x->ready = false;
	if (x->state == STATE_TUNNEL)
		through(x);
	else if (x->state == STATE_PREAMBLE)
		talk(x);
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
	if (x->state == STATE_TUNNEL)
		fail(x, REPLY_NO_CONN, tunnel_detail(x->tunnel), RETRY_UNCONNECTED);
	else if (x->state == STATE_PREAMBLE)
		fail(x, how, starttls_detail(x->starttls), how == REPLY_RESET ? RETRY_RESET : RETRY_NEVER);
	else
		ended(x, how, NULL);
}

static bool
take(struct exchange *x, struct span in)
{
	if (x->state == STATE_TUNNEL)
		return hear_tunnel(x, in);
	return x->state == STATE_PREAMBLE ? hear_preamble(x, in) : hear(x, in);
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
		if (!take(x, in))
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
	push(x);
	if (x->ready) /* it may be over after that */
		advance(x);
	else if (x->reset)
		(void)pull(x);
}

/* ---- connecting ---- */

static void
connected(struct exchange *x)
{
	x->end_ms = loop_now_ms() + x->e->limits.whole_ms;
	watch(x, EV_READ);
	if (x->e->limits.proxy != NULL)
		tunnel(x);
	else if (x->ep->starttls != NULL)
		preamble(x, (struct span){NULL, 0});
	else
		talk(x);
}

/* Something of our own is used up: nothing is said against the peer, we come back. */
static void
busy(struct exchange *x)
{
	if (++x->busy > BUSY_MAX) {
		fail(x, REPLY_LOCAL, "no descriptor or port is free here", RETRY_NEVER);
		return;
	}
	disconnect(x);
	exchange_goto(x, STATE_QUEUED);
	arm(x, BUSY_MS);
}

/* What the proxy's TCP does says nothing about the server. */
static void
no_proxy(struct exchange *x, enum tcp r)
{
	if (r == TCP_REFUSED)
		fail(x, REPLY_NO_CONN, "the proxy refuses the connection", RETRY_REFUSED);
	else if (r == TCP_TIMEOUT || r == TCP_RESET || r == TCP_END)
		fail(x, REPLY_NO_CONN, "the proxy does not answer", RETRY_UNCONNECTED);
	else
		fail(x, REPLY_NO_CONN, "the proxy is unreachable", RETRY_NEVER);
}

static void
not_connected(struct exchange *x, enum tcp r)
{
	if (x->e->limits.proxy != NULL && r != TCP_BUSY && r != TCP_DENIED) {
		no_proxy(x, r);
		return;
	}
	switch (r) {
	case TCP_BUSY:
		busy(x);
		break;
	case TCP_REFUSED:
		fail(x, REPLY_NO_CONN, "connection refused", RETRY_REFUSED);
		break;
	case TCP_TIMEOUT:
		fail(x, REPLY_NO_CONN, "connect timed out", RETRY_UNCONNECTED);
		break;
	case TCP_NO_IPV6:
		fail(x, REPLY_NO_CONN, EXCHANGE_NO_IPV6, RETRY_NEVER);
		break;
	case TCP_DENIED:
		fail(x, REPLY_LOCAL, "not permitted here", RETRY_NEVER);
		break;
	case TCP_RESET:
	case TCP_END:
		fail(x, REPLY_RESET, NULL, RETRY_RESET);
		break;
	default:
		fail(x, REPLY_NO_CONN, "unreachable", RETRY_NEVER);
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
		fail(x, REPLY_NO_CONN, tunnel_detail(x->tunnel), RETRY_NEVER);
		break;
	case STATE_PREAMBLE:
		fail(x, REPLY_SILENCE, starttls_detail(x->starttls), RETRY_SILENCE);
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
	push(x);
	arm_in_connection(x, x->complete ? 0 : first_wait(x));
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
