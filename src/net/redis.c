/* redis - see redis.h. */
#include "config.h"

#include "net/redis.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/event.h>

#include "base/arena.h"
#include "base/check.h"
#include "base/rng.h"
#include "base/text.h"
#include "base/xalloc.h"
#include "net/loop.h"
#include "net/resolve.h"

enum { PATIENCE_MS = 30000, FIRST_MS = 100, LAST_MS = 5000, CHUNK = 1 << 14, WHY_SIZE = 200 };

struct wait { /* a command without its reply */
	redis_reply_fn *fn;
	void *arg;
};

struct redis {
	struct loop *loop;
	const struct redis_at *at;
	struct redis_calls calls;
	struct resolver *resolver;
	struct bufferevent *be; /* NULL: no connection, and none under way */
	struct tls_client *tls;
	struct resp_reader *reader;
	struct loop_timer *again, *patience;
	struct rng rng;
	unsigned again_ms, tries;
	bool up, over; /* over: refused() was called */
	struct wait *waits; /* a ring */
	size_t first, n_waits, cap;
};

/* ---- the end of a connection ---- */

static void
hang_up(struct redis *r)
{
	if (r->be != NULL)
		bufferevent_free(r->be);
	r->be = NULL;
	tls_client_free(r->tls);
	r->tls = NULL;
	resp_reader_free(r->reader);
	r->reader = NULL;
	r->n_waits = 0;
	r->up = false;
	loop_timer_stop(r->patience);
}

/* It is lost; the next attempt follows. */
static void
lose(struct redis *r, const char *why)
{
	char text[WHY_SIZE]; /* why may lie in what goes away */

	(void)snprintf(text, sizeof(text), "%s", why);
	hang_up(r);
	if (r->over)
		return;
	loop_timer_set(r->again, r->again_ms / 2 + rng_below(&r->rng, r->again_ms));
	r->again_ms = r->again_ms < LAST_MS / 2 ? r->again_ms * 2 : LAST_MS;
	r->calls.down(r->calls.arg, text);
}

static void
refuse(struct redis *r, const char *why)
{
	char text[WHY_SIZE];

	(void)snprintf(text, sizeof(text), "%s", why);
	hang_up(r);
	r->over = true;
	r->calls.refused(r->calls.arg, text);
}

static void
on_patience(void *arg)
{
	lose(arg, "no answer");
}

/* ---- errors ---- */

static bool
has_code(const struct resp *e, const char *code)
{
	size_t n = strlen(code);

	return e->text.n >= n && memcmp(e->text.p, code, n) == 0 &&
	    (e->text.n == n || e->text.p[n] == ' ');
}

/* Will it go away by itself? */
static bool
is_passing(const struct resp *e)
{
	static const char *const codes[] = {"LOADING", "BUSY", "READONLY", "MASTERDOWN", "OOM",
	    "MISCONF", "NOREPLICAS", "TRYAGAIN", "CLUSTERDOWN", "NOGROUP", "UNBLOCKED",
	    "EXECABORT"};

	for (size_t i = 0; i < N_ELEMENTS(codes); i++)
		if (has_code(e, codes[i]))
			return true;
	return has_code(e, "ERR max number of clients reached");
}

/* The error in a reply of EXEC, or the reply itself if it is one. */
static const struct resp *
error_of(const struct resp *reply)
{
	if (reply->kind == RESP_ERROR)
		return has_code(reply, "BUSYGROUP") ? NULL : reply;
	for (size_t i = 0; reply->kind == RESP_ARRAY && i < reply->n; i++)
		if (reply->items[i]->kind == RESP_ERROR)
			return reply->items[i];
	return NULL;
}

static void
on_error(struct redis *r, const struct resp *e)
{
	struct arena *a = arena_new(4096);
	const char *text = text_clean(a, e->text, WHY_SIZE - 1);

	if (is_passing(e))
		lose(r, text);
	else
		refuse(r, text);
	arena_free(a);
}

/* ---- replies ---- */

/* False: the connection is another one now, or none. */
static bool
take_reply(struct redis *r, const struct resp *reply)
{
	const struct resp *e = error_of(reply);
	struct bufferevent *be = r->be;
	struct wait w;

	if (e != NULL) {
		on_error(r, e);
		return false;
	}
	if (r->n_waits == 0) {
		lose(r, "a reply that nobody has asked for");
		return false;
	}
	w = r->waits[r->first];
	r->first = (r->first + 1) % r->cap;
	r->n_waits--;
	if (w.fn != NULL)
		w.fn(w.arg, reply);
	return r->be == be && be != NULL;
}

/* False: likewise. */
static bool
take_bytes(struct redis *r, struct span bytes)
{
	for (;;) {
		switch (resp_feed(r->reader, bytes)) {
		case RESP_WHOLE:
			if (!take_reply(r, resp_reply(r->reader)))
				return false;
			break;
		case RESP_MORE:
			return true;
		case RESP_BAD:
		default:
			lose(r, resp_why(r->reader));
			return false;
		}
		bytes.n = 0;
	}
}

static void
flush(struct redis *r)
{
	struct span out = tls_client_out(r->tls);

	if (out.n > 0)
		CHECK(bufferevent_write(r->be, out.p, out.n) == 0);
}

static bool
take_wire(struct redis *r, struct span wire)
{
	uint8_t buf[CHUNK];
	size_t n;

	if (r->tls == NULL)
		return take_bytes(r, wire);
	tls_client_take(r->tls, wire);
	for (;;) {
		enum tls_client_got got = tls_client_read(r->tls, buf, sizeof(buf), &n);

		flush(r);
		switch (got) {
		case TLS_CLIENT_OK:
			if (!take_bytes(r, (struct span){buf, n}))
				return false;
			break;
		case TLS_CLIENT_MORE:
			return true;
		case TLS_CLIENT_END:
			lose(r, "the connection was closed");
			return false;
		case TLS_CLIENT_BAD:
		default:
			lose(r, tls_client_why(r->tls));
			return false;
		}
	}
}

static void
on_read(struct bufferevent *be, void *arg)
{
	struct redis *r = arg;
	uint8_t buf[CHUNK];
	size_t n;

	while ((n = bufferevent_read(be, buf, sizeof(buf))) > 0)
		if (!take_wire(r, (struct span){buf, n}))
			return;
	if (r->n_waits > 0)
		loop_timer_set(r->patience, PATIENCE_MS);
	else
		loop_timer_stop(r->patience);
}

/* ---- log in ---- */

/* The last word of the log in has its reply. */
static void
on_in(void *arg, const struct resp *reply)
{
	struct redis *r = arg;

	(void)reply;
	r->up = true;
	r->again_ms = FIRST_MS;
	r->calls.up(r->calls.arg);
}

static void
put(struct redis *r, const struct span *words, size_t n, redis_reply_fn *fn, void *arg)
{
	size_t len;
	char *text = resp_command(words, n, &len);

	if (r->tls != NULL) {
		tls_client_send(r->tls, (struct span){(const uint8_t *)text, len});
		flush(r);
	} else {
		CHECK(bufferevent_write(r->be, text, len) == 0);
	}
	resp_command_free(text);
	if (r->n_waits == r->cap) {
		size_t cap = r->cap > 0 ? 2 * r->cap : 64;
		struct wait *waits = xcalloc(cap, sizeof(*waits));

		for (size_t i = 0; i < r->n_waits; i++)
			waits[i] = r->waits[(r->first + i) % r->cap];
		free(r->waits);
		r->waits = waits;
		r->cap = cap;
		r->first = 0;
	}
	r->waits[(r->first + r->n_waits++) % r->cap] = (struct wait){fn, arg};
	if (r->n_waits == 1)
		loop_timer_set(r->patience, PATIENCE_MS);
}

static void
log_in(struct redis *r)
{
	const struct redis_url *u = &r->at->url;
	char db[16];
	struct span auth[] = {span_str("AUTH"), span_str(u->user), span_str(u->password)};
	struct span old[] = {span_str("AUTH"), span_str(u->password)};
	struct span select[] = {span_str("SELECT"), {NULL, 0}}, ping[] = {span_str("PING")};

	if (u->password[0] != '\0')
		put(r, u->user[0] != '\0' ? auth : old, u->user[0] != '\0' ? 3 : 2, NULL, NULL);
	(void)snprintf(db, sizeof(db), "%u", u->db);
	select[1] = span_str(db);
	if (u->db != 0)
		put(r, select, 2, NULL, NULL);
	put(r, ping, 1, on_in, r);
}

/* ---- connect ---- */

static void
on_event(struct bufferevent *be, short what, void *arg)
{
	struct redis *r = arg;

	(void)be;
	if ((what & BEV_EVENT_CONNECTED) != 0)
		return;
	if ((what & BEV_EVENT_EOF) != 0)
		lose(r, "the connection was closed");
	else if ((what & BEV_EVENT_ERROR) != 0)
		lose(r, strerror(EVUTIL_SOCKET_ERROR()));
}

static bool
load_tls(struct redis *r, char *err, size_t errlen)
{
	if (!r->at->url.tls)
		return true;
	r->tls = tls_client_new(r->at->url.at.host, &r->at->files, err, errlen);
	return r->tls != NULL;
}

static void
dial(struct redis *r, const void *addr, size_t len)
{
	char why[WHY_SIZE];

	if (!load_tls(r, why, sizeof(why))) {
		lose(r, why);
		return;
	}
	r->reader = resp_reader_new();
	r->be = bufferevent_socket_new(loop_base(r->loop), -1, BEV_OPT_CLOSE_ON_FREE);
	CHECK(r->be != NULL);
	bufferevent_setcb(r->be, on_read, NULL, on_event, r);
	CHECK(bufferevent_enable(r->be, EV_READ | EV_WRITE) == 0);
	if (bufferevent_socket_connect(r->be, addr, (int)len) != 0) {
		if (r->be != NULL) /* else on_event() has been called */
			lose(r, strerror(errno));
		return;
	}
	if (r->be == NULL)
		return;
	log_in(r);
	(void)take_wire(r, (struct span){NULL, 0}); /* out goes our hello */
}

static void
on_resolved(void *arg, const struct resolved *d)
{
	struct redis *r = arg;
	struct address a;
	uint16_t port = r->at->url.at.port;
	char why[WHY_SIZE];

	if (d->status != RESOLVE_OK || d->n == 0) {
		(void)snprintf(
		    why, sizeof(why), "%s: %s", resolve_status_name(d->status), d->detail);
		lose(r, why);
		return;
	}
	a = d->addrs[r->tries++ % d->n];
	/* The port has the same place in both kinds: behind the family. */
	a.addr[2] = (uint8_t)(port >> 8);
	a.addr[3] = (uint8_t)port;
	dial(r, a.addr, a.len);
}

static void
on_again(void *arg)
{
	struct redis *r = arg;
	const struct redis_url *u = &r->at->url;
	struct sockaddr_un un = {.sun_family = AF_UNIX};

	if (u->path[0] != '\0') {
		(void)snprintf(un.sun_path, sizeof(un.sun_path), "%s", u->path);
		dial(r, &un, sizeof(un));
	} else if (u->at.is_address) {
		dial(r, u->at.addr.addr, u->at.addr.len);
	} else {
		resolve_start(r->resolver, u->at.host, on_resolved, r);
	}
}

/* ---- the whole ---- */

struct redis *
redis_new(struct loop *l, const struct redis_at *at, const struct redis_calls *calls, char *err,
    size_t errlen)
{
	struct redis *r = xcalloc(1, sizeof(*r));

	r->loop = l;
	r->at = at;
	r->calls = *calls;
	r->again_ms = FIRST_MS;
	rng_init(&r->rng);
	r->again = loop_timer_new(l, on_again, r);
	r->patience = loop_timer_new(l, on_patience, r);
	r->resolver =
	    resolver_new(l, &(struct resolver_options){.v4 = true, .v6 = true}, err, errlen);
	if (r->resolver == NULL || !load_tls(r, err, errlen)) {
		redis_free(r);
		return NULL;
	}
	tls_client_free(r->tls); /* each connection has its own */
	r->tls = NULL;
	loop_timer_set(r->again, 0);
	return r;
}

void
redis_send(struct redis *r, const struct span *words, size_t n, redis_reply_fn *fn, void *arg)
{
	CHECK(r->up);
	put(r, words, n, fn, arg);
}

bool
redis_is_up(const struct redis *r)
{
	return r->up;
}

size_t
redis_waiting(const struct redis *r)
{
	return r->be != NULL ? evbuffer_get_length(bufferevent_get_output(r->be)) : 0;
}

void
redis_free(struct redis *r)
{
	if (r == NULL)
		return;
	hang_up(r);
	resolver_free(r->resolver);
	loop_timer_free(r->again);
	loop_timer_free(r->patience);
	free(r->waits);
	free(r);
}
