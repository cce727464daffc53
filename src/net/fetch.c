/* fetch - see fetch.h.  A fetch waits for its turn, looks its host up, transfers, and may go round
 * again when it is sent elsewhere. */
#include "config.h"

#include "net/fetch.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "adapt/curl.h"
#include "base/check.h"
#include "base/xalloc.h"
#include "net/loop.h"
#include "net/proxy.h"
#include "net/resolve.h"
#include "net/web_loop.h"
#include "target.h"

enum { PIN_ADDRESSES = 4, PROXY_ARENA = 4096, MAGIC = 0x66657463 };

struct fetcher {
	struct loop *loop;
	struct resolver *resolver;
	const struct proxy *proxy; /* or NULL, like its URL */
	const char *proxy_url;
	struct arena *arena; /* of that */
	struct web_loop *transfers;
	struct web *web; /* theirs */
	struct loop_timer *turn;
	struct fetch *all;
	unsigned open;
	struct fetch_manners manners;
	struct polite *polite; /* NULL: no rates */
};

enum state { WAITING, RESOLVING, PAUSING, TRANSFERRING, FAILED };

struct fetch {
	unsigned magic;
	struct fetcher *f;
	struct fetch *next;
	enum state state;
	bool cancelled; /* only kept until the resolver lets go of it */
	struct fetch_request q;
	char *url;
	uint8_t *post;
	char *type, *ca_file;
	struct web_url at;
	struct web_transfer *transfer;
	struct loop_timer *deadline, *pause;
	struct peer *peer; /* whose turn it waits for, or has */
	struct turn turn;
	bool taken;
	char *pin; /* while it waits */
	uint64_t begun, paused_ms;
	unsigned redirects;
	bool blocked; /* an address was refused while connecting */
	enum fetch_end failed;
	char detail[160];
	fetch_done_fn *done;
	void *arg;
};

const char *
fetch_end_name(enum fetch_end e)
{
	static const char *const names[] = {"ok", "http_status", "bad_url", "blocked", "dns_error",
	    "no_connection", "timeout", "limit", "redirects", "tls_error", "cut_off", "local"};

	CHECK((size_t)e < N_ELEMENTS(names));
	return names[e];
}

/* ---- the end of a fetch ---- */

static void
fetch_free(struct fetch *x)
{
	for (struct fetch **p = &x->f->all; *p != NULL; p = &(*p)->next)
		if (*p == x) {
			*p = x->next;
			break;
		}
	loop_timer_free(x->deadline);
	loop_timer_free(x->pause);
	free(x->pin);
	free(x->url);
	free(x->post);
	free(x->type);
	free(x->ca_file);
	x->magic = 0;
	free(x);
}

/* The address has been asked. */
static void
let_go(struct fetch *x)
{
	if (x->peer == NULL)
		return;
	if (x->taken)
		peer_give(x->peer);
	peer_release(x->peer);
	x->peer = NULL;
	x->taken = false;
	x->turn = (struct turn){0};
}

static void
leave(struct fetch *x)
{
	if (x->state == RESOLVING || x->state == TRANSFERRING)
		x->f->open--;
	let_go(x);
	loop_timer_stop(x->pause);
	if (x->transfer != NULL)
		web_cancel(x->f->web, x->transfer);
	x->transfer = NULL;
	loop_timer_stop(x->deadline);
	loop_timer_set(x->f->turn, 0);
}

void
fetch_cancel(struct fetch *x)
{
	bool resolving;

	if (x == NULL)
		return;
	MAGIC_CHECK(x, MAGIC);
	CHECK(!x->cancelled);
	resolving = x->state == RESOLVING;
	leave(x);
	x->cancelled = true;
	if (!resolving) /* else on_resolved() has it */
		fetch_free(x);
}

static void
end(struct fetch *x, struct fetch_result *r)
{
	bool resolving = x->state == RESOLVING;

	r->redirects = x->redirects;
	r->ms = (unsigned)(loop_now_ms() - x->begun);
	leave(x);
	x->cancelled = true;
	x->done(x->arg, r);
	if (!resolving)
		fetch_free(x);
}

static void
fail(struct fetch *x, enum fetch_end e, const char *detail)
{
	struct fetch_result r = {.end = e, .detail = detail};

	end(x, &r);
}

static void
on_deadline(void *arg)
{
	struct fetch *x = arg;

	MAGIC_CHECK(x, MAGIC);
	fail(x, FETCH_TIMEOUT, "no whole answer in time");
}

/* ---- one hop ---- */

static const char *
excluded(const struct fetch *x, const char *host, const void *addr, size_t len)
{
	const struct fetch_manners *m = &x->f->manners;

	return m->excluded != NULL ? m->excluded(m->ctx, host, addr, len) : NULL;
}

/* Of one of a name's addresses: may it be connected to? */
static bool
may_go(struct fetch *x, const void *sockaddr, size_t len)
{
	const char *line;

	if (!reach_allowed(reach_of(sockaddr, len), x->q.near))
		return false;
	line = excluded(x, NULL, sockaddr, len);
	if (line != NULL)
		(void)snprintf(x->detail, sizeof(x->detail), "excluded: %s", line);
	return line == NULL;
}

static const char *
why_blocked(const struct fetch *x)
{
	return x->detail[0] != '\0' ? x->detail
				    : "its address is not one that a stranger's URL may send us to";
}

static int
on_open(void *arg, const void *sockaddr, size_t len)
{
	struct fetch *x = arg;
	sa_family_t family = ((const struct sockaddr *)sockaddr)->sa_family;

	/* The proxy is the user's choice; where it leads was looked at before. */
	if (x->f->proxy == NULL && !may_go(x, sockaddr, len)) {
		x->blocked = true;
		return -1;
	}
	return socket(family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
}

static bool read_url(struct fetch *x);
static void hop(struct fetch *x);

static bool
is_redirect(const struct web_answer *a)
{
	return a->redirect != NULL && (a->status == 301 || a->status == 302 || a->status == 303 ||
	    a->status == 307 || a->status == 308);
}

/* RFC 9110, 15.4: elsewhere, by GET except after 307 and 308. */
static void
redirect(struct fetch *x, const struct web_answer *a)
{
	if (x->redirects == FETCH_REDIRECTS) {
		fail(x, FETCH_REDIRECT, "redirected again and again");
		return;
	}
	x->redirects++;
	if (a->status != 307 && a->status != 308)
		x->q.post = (struct span){NULL, 0};
	free(x->url);
	x->url = xstrdup(a->redirect);
	if (!read_url(x)) {
		fail(x, FETCH_URL, "redirected to what is no http or https URL");
		return;
	}
	x->f->open--;
	let_go(x);
	hop(x);
}

static const enum fetch_end ends[] = {[WEB_DONE] = FETCH_OK, [WEB_NO_CONN] = FETCH_NO_CONN,
    [WEB_TIMEOUT] = FETCH_TIMEOUT, [WEB_TOO_LONG] = FETCH_LIMIT, [WEB_TLS] = FETCH_TLS,
    [WEB_CUT_OFF] = FETCH_CUT_OFF, [WEB_LOCAL] = FETCH_LOCAL};

static void
on_answer(void *arg, const struct web_answer *a)
{
	struct fetch *x = arg;
	struct fetch_result r = {.end = ends[a->end], .detail = a->detail, .status = a->status,
	    .type = a->type, .body = a->body};

	MAGIC_CHECK(x, MAGIC);
	x->transfer = NULL;
	if (a->end == WEB_DONE && is_redirect(a) && !x->q.no_redirects) {
		redirect(x, a);
		return;
	}
	if (a->end == WEB_NO_CONN && x->blocked) {
		r.end = FETCH_BLOCKED;
		r.detail = why_blocked(x);
	} else if (a->end == WEB_DONE && a->status != 200) {
		(void)snprintf(x->detail, sizeof(x->detail), "HTTP status %u", a->status);
		r.end = FETCH_STATUS;
		r.detail = x->detail;
	}
	end(x, &r);
}

static unsigned
time_left(const struct fetch *x)
{
	uint64_t spent = loop_now_ms() - x->begun;

	return spent + 1 < x->q.total_ms ? x->q.total_ms - (unsigned)spent : 1;
}

static void
transfer(struct fetch *x, const char *pin)
{
	struct web_request w = {.url = x->url, .pin = pin, .post = x->q.post, .type = x->type,
	    .ca_file = x->ca_file, .max_bytes = x->q.max_bytes, .connect_ms = FETCH_CONNECT_MS,
	    .open = on_open, .done = on_answer, .arg = x};

	if (x->f->proxy != NULL) {
		w.proxy = x->f->proxy_url;
		w.proxy_user = x->f->proxy->login ? x->f->proxy->user : NULL;
		w.proxy_password = x->f->proxy->login ? x->f->proxy->password : NULL;
	}
	w.total_ms = time_left(x);
	x->state = TRANSFERRING;
	x->transfer = web_start(x->f->web, &w);
}

/* Waits for the turn of the address, then transfers.  The deadline does not run meanwhile: it is the
 * third party's, and this is our own doing. */
static void
on_pause(void *arg)
{
	struct fetch *x = arg;
	uint64_t now = loop_now_ms();
	unsigned ms = x->peer != NULL ? peer_take(x->peer, now, &x->turn) : 0;

	if (ms > 0) {
		if (x->state != PAUSING) {
			x->paused_ms = now;
			x->f->open--; /* others have their turn meanwhile */
			loop_timer_set(x->f->turn, 0);
		}
		x->state = PAUSING;
		loop_timer_stop(x->deadline);
		loop_timer_set(x->pause, ms);
		return;
	}
	x->taken = x->peer != NULL;
	if (x->state == PAUSING) {
		x->f->open++;
		x->begun += now - x->paused_ms;
		loop_timer_set(x->deadline, time_left(x));
	}
	transfer(x, x->pin);
}

/* pin is owned from here on; first: the address that is tried first, or NULL. */
static void
transfer_politely(struct fetch *x, char *pin, const struct address *first)
{
	free(x->pin);
	x->pin = pin;
	if (x->f->polite != NULL && first != NULL)
		x->peer = polite_peer(x->f->polite, first->addr, first->len);
	on_pause(x);
}

/* libcurl's "host:port:address,...": what was looked up is what is connected to. */
static bool
pin_of(struct fetch *x, const struct resolved *r, char *out, size_t outlen,
    const struct address **first)
{
	size_t n = (size_t)snprintf(out, outlen, "%s:%u:", x->at.host, x->at.port);
	unsigned kept = 0;

	for (size_t i = 0; i < r->n && kept < PIN_ADDRESSES; i++) {
		const struct address *a = &r->addrs[i];
		bool v4 = a->len == sizeof(struct sockaddr_in);
		size_t at = v4 ? offsetof(struct sockaddr_in, sin_addr)
			       : offsetof(struct sockaddr_in6, sin6_addr);
		char text[INET6_ADDRSTRLEN];

		if (!may_go(x, a->addr, a->len))
			continue;
		if (kept == 0)
			*first = a;
		CHECK(inet_ntop(v4 ? AF_INET : AF_INET6, a->addr + at, text, sizeof(text)) != NULL);
		n += (size_t)snprintf(out + n, outlen - n, v4 ? "%s%s" : "%s[%s]",
		    kept > 0 ? "," : "", text);
		kept++;
	}
	return kept > 0;
}

static void
on_resolved(void *arg, const struct resolved *r)
{
	struct fetch *x = arg;
	char pin[WEB_HOST_MAX + 8 + PIN_ADDRESSES * (INET6_ADDRSTRLEN + 3)], why[160];
	const struct address *first = NULL;

	MAGIC_CHECK(x, MAGIC);
	if (x->cancelled) {
		fetch_free(x);
		return;
	}
	x->state = TRANSFERRING; /* the resolver has let go */
	if (r->status != RESOLVE_OK || r->n == 0) {
		(void)snprintf(why, sizeof(why), "%s: %s", resolve_status_name(r->status), r->detail);
		fail(x, FETCH_DNS, why);
	} else if (!pin_of(x, r, pin, sizeof(pin), &first)) {
		fail(x, FETCH_BLOCKED, why_blocked(x));
	} else {
		transfer_politely(x, xstrdup(pin), first);
	}
}

static bool
is_address(const char *host, struct address *a)
{
	char err[128];

	return target_address(span_str(host), a, err, sizeof(err));
}

static void
hop(struct fetch *x)
{
	const char *line = excluded(x, x->at.host, NULL, 0);
	struct address a;

	x->f->open++;
	if (line != NULL) {
		x->state = TRANSFERRING;
		(void)snprintf(x->detail, sizeof(x->detail), "excluded: %s", line);
		fail(x, FETCH_BLOCKED, x->detail);
		return;
	}
	x->state = RESOLVING;
	if (is_address(x->at.host, &a)) {
		x->state = TRANSFERRING;
		if (x->f->proxy != NULL && !may_go(x, a.addr, a.len))
			fail(x, FETCH_BLOCKED, why_blocked(x));
		else
			transfer_politely(x, NULL, &a);
		return;
	}
	if (proxy_looks_up(x->f->proxy)) {
		x->state = TRANSFERRING;
		a = address_of_name(x->at.host);
		transfer_politely(x, NULL, &a);
		return;
	}
	resolve_start(x->f->resolver, x->at.host, on_resolved, x);
}

/* ---- beginning ---- */

/* Printable ASCII, http or https, a host that is a name or an address. */
static bool
read_url(struct fetch *x)
{
	char host[TARGET_HOST_MAX + 1], err[200];
	struct address a;
	size_t n = strlen(x->url);

	if (n > FETCH_URL_MAX)
		return false;
	for (size_t i = 0; i < n; i++)
		if (x->url[i] <= ' ' || x->url[i] > '~')
			return false;
	if (!web_url_read(x->url, &x->at))
		return false;
	return is_address(x->at.host, &a) ||
	    target_name(span_str(x->at.host), host, err, sizeof(err));
}

bool
fetch_url_host(const char *url, char *host, size_t hostlen, uint16_t *port)
{
	struct web_url at;

	if (!web_url_read(url, &at) || strlen(at.host) >= hostlen)
		return false;
	memcpy(host, at.host, strlen(at.host) + 1);
	*port = at.port;
	return true;
}

static void
begin(struct fetch *x)
{
	x->begun = loop_now_ms();
	if (x->failed != FETCH_OK) {
		fail(x, x->failed, "not an http or https URL");
		return;
	}
	loop_timer_set(x->deadline, x->q.total_ms);
	hop(x);
}

static void
on_turn(void *arg)
{
	struct fetcher *f = arg;

	for (bool found = true; found && f->open < FETCH_OPEN_MAX;) {
		struct fetch *oldest = NULL;

		for (struct fetch *x = f->all; x != NULL; x = x->next)
			if (x->state == WAITING && !x->cancelled)
				oldest = x;
		found = oldest != NULL;
		if (found) {
			oldest->state = FAILED; /* whatever comes: it has had its turn */
			begin(oldest);
		}
	}
}

struct fetch *
fetch_start(struct fetcher *f, const struct fetch_request *q, fetch_done_fn *done, void *arg)
{
	struct fetch *x = xcalloc(1, sizeof(*x));

	x->magic = MAGIC;
	x->f = f;
	x->q = *q;
	x->url = xstrdup(q->url);
	x->post = xcalloc(1, q->post.n + 1);
	if (q->post.n > 0)
		memcpy(x->post, q->post.p, q->post.n);
	x->q.post.p = x->post;
	x->type = xstrdup(q->type != NULL ? q->type : "application/octet-stream");
	x->ca_file = q->ca_file != NULL ? xstrdup(q->ca_file) : NULL;
	x->q.total_ms = q->total_ms != 0 ? q->total_ms : FETCH_TOTAL_MS;
	x->deadline = loop_timer_new(f->loop, on_deadline, x);
	x->pause = loop_timer_new(f->loop, on_pause, x);
	x->done = done;
	x->arg = arg;
	x->next = f->all;
	f->all = x;
	if (!read_url(x))
		x->failed = FETCH_URL;
	loop_timer_set(f->turn, 0);
	return x;
}

bool
fetch_begun(const struct fetch *x)
{
	return x->state == RESOLVING || x->state == TRANSFERRING || x->state == FAILED;
}

struct fetcher *
fetcher_new(struct loop *l, struct resolver *r, const struct fetch_manners *m)
{
	struct fetcher *f = xcalloc(1, sizeof(*f));

	if (m != NULL) {
		f->manners = *m;
		f->polite = polite_new(FETCH_OPEN_MAX);
		polite_limit(f->polite, &m->rates);
	}
	f->loop = l;
	f->resolver = r;
	f->turn = loop_timer_new(l, on_turn, f);
	f->transfers = web_loop_new(l);
	f->web = web_loop_web(f->transfers);
	return f;
}

void
fetcher_prepare(struct fetcher *f)
{
	web_prepare(f->web);
}

void
fetcher_use_proxy(struct fetcher *f, const struct proxy *proxy)
{
	CHECK(f->proxy == NULL);
	f->proxy = proxy;
	f->arena = arena_new(PROXY_ARENA);
	f->proxy_url = proxy_url(proxy, f->arena);
}

void
fetcher_free(struct fetcher *f)
{
	if (f == NULL)
		return;
	for (struct fetch *x = f->all, *next; x != NULL; x = next) {
		next = x->next;
		if (x->transfer != NULL)
			web_cancel(f->web, x->transfer);
		let_go(x);
		fetch_free(x);
	}
	polite_free(f->polite);
	web_loop_free(f->transfers);
	loop_timer_free(f->turn);
	arena_free(f->arena);
	free(f);
}
