#include "config.h"
#include "net/resolve.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <strings.h>

#include "adapt/unbound.h"
#include "base/check.h"
#include "base/rng.h"
#include "base/xalloc.h"
#include "net/lookup.h"
#include "net/loop.h"

enum { KINDS = 2, DNS_PORT = 53 };

static const uint16_t kinds[KINDS] = {DNS_A, DNS_AAAA};

struct job {
	struct resolver *r;
	struct job *next, **back; /* of the list it is in */
	char *host;
	resolve_done_fn *done;
	void *arg;
	struct loop_timer *timer; /* its own deadline; and, once it is over, the way out */
	struct lookup *lookups[KINDS];
	unsigned n_open; /* lookups that have not ended */
	char error[160]; /* why nothing could be asked */
};

struct resolver {
	struct loop *loop;
	struct resolver_options o;
	char *server, *anchor; /* libunbound's spelling of it, or NULL; the file */
	struct lookup_env env;
	struct rng rng;
	struct job *running, *waiting, **waiting_end;
	unsigned n_running;
};

/* --- addresses -------------------------------------------------------------------------------- */

static struct address
address_of(const struct dns_addr *a)
{
	struct sockaddr_in in = {.sin_family = AF_INET};
	struct sockaddr_in6 in6 = {.sin6_family = AF_INET6};
	struct address out = {0};

	if (a->len == 4) {
		memcpy(&in.sin_addr, a->b, 4);
		out.len = sizeof(in);
		memcpy(out.addr, &in, sizeof(in));
	} else {
		memcpy(&in6.sin6_addr, a->b, 16);
		out.len = sizeof(in6);
		memcpy(out.addr, &in6, sizeof(in6));
	}
	return out;
}

/* "192.0.2.1@53", as libunbound wants it; owned by the caller. */
static char *
server_text(const struct address *a)
{
	char text[INET6_ADDRSTRLEN] = "";
	struct sockaddr_in in;
	struct sockaddr_in6 in6;

	if (a->len == sizeof(in)) {
		memcpy(&in, a->addr, sizeof(in));
		inet_ntop(AF_INET, &in.sin_addr, text, sizeof(text));
	} else {
		memcpy(&in6, a->addr, sizeof(in6));
		inet_ntop(AF_INET6, &in6.sin6_addr, text, sizeof(text));
	}
	return xasprintf("%s@%u", text, a->port);
}

/* Puts the port into an address that has none. */
static void
default_port(struct address *a)
{
	struct sockaddr_in in;
	struct sockaddr_in6 in6;

	if (a->port != 0)
		return;
	a->port = DNS_PORT;
	if (a->len == sizeof(in)) {
		memcpy(&in, a->addr, sizeof(in));
		in.sin_port = htons(DNS_PORT);
		memcpy(a->addr, &in, sizeof(in));
	} else {
		memcpy(&in6, a->addr, sizeof(in6));
		in6.sin6_port = htons(DNS_PORT);
		memcpy(a->addr, &in6, sizeof(in6));
	}
}

/* The first forwarder of resolv.conf(5), to be asked why a lookup failed; without one, localhost.
 * len 0: it is written in a way that only libunbound reads. */
static struct address
first_forwarder(void)
{
	FILE *f = fopen("/etc/resolv.conf", "r");
	struct address a = {0};
	char line[1024], word[128], err[64];
	bool found = false;

	while (f != NULL && !found && fgets(line, sizeof(line), f) != NULL)
		if (sscanf(line, " nameserver %127s", word) == 1) {
			found = true;
			if (!target_address(span_str(word), &a, err, sizeof(err)))
				a.len = 0;
		}
	if (f != NULL)
		fclose(f);
	if (!found && !target_address(span_str("127.0.0.1"), &a, err, sizeof(err)))
		a.len = 0;
	if (a.len > 0)
		default_port(&a);
	return a;
}

char *
resolve_server_text(const char *server)
{
	struct address a;
	char err[128];

	if (server == NULL || !target_address(span_str(server), &a, err, sizeof(err)))
		return NULL;
	default_port(&a);
	return server_text(&a);
}

/* --- the result ------------------------------------------------------------------------------- */

/* Of two kinds of addresses without one, what is said: the most certain first.  That the other kind
 * has no data says little when one kind is not known. */
static const enum resolve_status by_weight[] = {RESOLVE_NXDOMAIN, RESOLVE_BOGUS, RESOLVE_LOOP,
    RESOLVE_REFUSED, RESOLVE_SERVFAIL, RESOLVE_TIMEOUT, RESOLVE_LOCAL, RESOLVE_NODATA};

static const struct lookup_result *
weightiest(const struct job *j)
{
	for (size_t w = 0; w < N_ELEMENTS(by_weight); w++)
		for (size_t i = 0; i < KINDS; i++)
			if (j->lookups[i] != NULL &&
			    lookup_result(j->lookups[i])->status == by_weight[w])
				return lookup_result(j->lookups[i]);
	CHECK(!"a lookup without a status");
	return NULL;
}

static size_t
n_found(const struct job *j, size_t kind)
{
	const struct lookup *k = j->lookups[kind];

	return k != NULL && lookup_result(k)->status == RESOLVE_OK ? lookup_result(k)->n : 0;
}

/* When both kinds have many addresses, each gets half of the room. */
static size_t
share(const struct job *j, size_t kind)
{
	size_t mine = n_found(j, kind), other = n_found(j, 1 - kind);
	size_t half = RESOLVE_ADDRS_MAX / 2;
	size_t room = other < half ? RESOLVE_ADDRS_MAX - other : half;

	return mine < room ? mine : room;
}

static void
collect(const struct job *j, struct address *addrs, struct resolved *out)
{
	for (size_t i = 0; i < KINDS; i++) {
		size_t n = share(j, i);

		if (n_found(j, i) > 0)
			out->capped = out->capped || n < n_found(j, i) ||
				      lookup_result(j->lookups[i])->capped;
		for (size_t k = 0; k < n; k++)
			addrs[out->n++] = address_of(&lookup_result(j->lookups[i])->addrs[k]);
	}
	out->addrs = addrs;
}

/* RFC 6761, 6.3: "localhost." and names below it are the loopback addresses, always. */
static bool
is_localhost(const char *host)
{
	static const char word[] = "localhost";
	size_t n = strlen(host), k = sizeof(word) - 1;

	return n >= k && strcasecmp(host + n - k, word) == 0 && (n == k || host[n - k - 1] == '.');
}

static void
collect_loopback(const struct resolver *r, struct address *addrs, struct resolved *out)
{
	static const struct dns_addr loopback[KINDS] = {
	    {4, {127, 0, 0, 1}},
	    {16, {[15] = 1}},
	};

	if (r->o.v4)
		addrs[out->n++] = address_of(&loopback[0]);
	if (r->o.v6)
		addrs[out->n++] = address_of(&loopback[1]);
	out->addrs = addrs;
}

/* --- jobs ------------------------------------------------------------------------------------- */

static void
unlink_job(struct job *j)
{
	*j->back = j->next;
	if (j->next != NULL)
		j->next->back = j->back;
	else if (j->r->waiting_end == &j->next)
		j->r->waiting_end = j->back;
}

static void
free_job(struct job *j)
{
	unlink_job(j);
	loop_timer_free(j->timer);
	for (size_t i = 0; i < KINDS; i++)
		lookup_free(j->lookups[i]);
	free(j->host);
	free(j);
}

static void start_waiting(struct resolver *r);

/* Reports what there is and forgets the job: at its end, or when its time is over. */
static void
on_timer(void *arg)
{
	struct job *j = arg;
	struct resolver *r = j->r;
	struct address addrs[RESOLVE_ADDRS_MAX];
	struct resolved out = {.status = RESOLVE_OK, .detail = ""};

	if (j->error[0] != '\0') {
		out.status = RESOLVE_LOCAL;
		out.detail = j->error;
	} else if (is_localhost(j->host)) {
		collect_loopback(r, addrs, &out);
	} else {
		collect(j, addrs, &out);
	}
	if (out.status == RESOLVE_OK && out.n == 0) {
		out.status = weightiest(j)->status;
		out.detail = weightiest(j)->detail;
	}
	r->n_running--;
	start_waiting(r);
	j->done(j->arg, &out);
	free_job(j);
}

static void
end_job(struct job *j)
{
	loop_timer_set(j->timer, 0); /* done() is never called from inside something */
}

static void
on_lookup(void *arg, struct lookup *k)
{
	struct job *j = arg;

	(void)k;
	CHECK(j->n_open > 0);
	if (--j->n_open == 0)
		end_job(j);
}

/* Makes libunbound ready, with the first name that needs it. */
static bool
open_unbound(struct resolver *r, char *err, size_t errlen)
{
	struct unbound_options o = {.server = r->server, .anchor = r->anchor};

	if (r->env.unbound != NULL)
		return true;
	if (r->env.server.len == 0)
		r->env.server = first_forwarder();
	r->env.unbound = unbound_open(loop_base(r->loop), &o, err, errlen);
	return r->env.unbound != NULL;
}

static void
start_job(struct job *j)
{
	struct resolver *r = j->r;
	bool wanted[KINDS] = {r->o.v4, r->o.v6};

	if (is_localhost(j->host) || !open_unbound(r, j->error, sizeof(j->error))) {
		end_job(j);
		return;
	}
	loop_timer_set(j->timer, r->o.timeout_ms);
	j->n_open = wanted[0] + wanted[1]; /* before the first can end */
	for (size_t i = 0; i < KINDS; i++)
		if (wanted[i])
			j->lookups[i] = lookup_new(&r->env, j->host, kinds[i], on_lookup, j);
}

static void
start_waiting(struct resolver *r)
{
	while (r->waiting != NULL && r->n_running < RESOLVE_OPEN_MAX) {
		struct job *j = r->waiting;

		unlink_job(j);
		j->next = r->running;
		j->back = &r->running;
		if (j->next != NULL)
			j->next->back = &j->next;
		r->running = j;
		r->n_running++;
		start_job(j);
	}
}

/* --- the interface ---------------------------------------------------------------------------- */

struct resolver *
resolver_new(struct loop *l, const struct resolver_options *o, char *err, size_t errlen)
{
	struct resolver *r;
	struct address server = {0};

	CHECK(o->v4 || o->v6);
	if (o->server != NULL) {
		if (!target_address(span_str(o->server), &server, err, errlen))
			return NULL;
		default_port(&server);
	}
	r = xcalloc(1, sizeof(*r));
	r->loop = l;
	r->o = *o;
	if (r->o.timeout_ms == 0)
		r->o.timeout_ms = RESOLVE_TIMEOUT_MS;
	if (server.len > 0)
		r->server = server_text(&server);
	if (o->anchor != NULL)
		r->anchor = xstrdup(o->anchor);
	rng_init(&r->rng);
	r->env = (struct lookup_env){.loop = l, .server = server, .rng = &r->rng};
	r->waiting_end = &r->waiting;
	return r;
}

void
resolver_prepare(struct resolver *r)
{
	char why[160];

	(void)!open_unbound(r, why, sizeof(why)); /* else each lookup says why */
}

void
resolve_start(struct resolver *r, const char *host, resolve_done_fn *done, void *arg)
{
	struct job *j = xcalloc(1, sizeof(*j));

	*j = (struct job){.r = r, .host = xstrdup(host), .done = done, .arg = arg};
	j->timer = loop_timer_new(r->loop, on_timer, j);
	j->back = r->waiting_end;
	*r->waiting_end = j;
	r->waiting_end = &j->next;
	start_waiting(r);
}

void
resolver_free(struct resolver *r)
{
	if (r == NULL)
		return;
	while (r->running != NULL)
		free_job(r->running);
	while (r->waiting != NULL)
		free_job(r->waiting);
	unbound_close(r->env.unbound);
	free(r->server);
	free(r->anchor);
	free(r);
}

const char *
resolve_status_name(enum resolve_status s)
{
	static const char *const names[] = {
	    [RESOLVE_OK] = "ok",
	    [RESOLVE_NXDOMAIN] = "nxdomain",
	    [RESOLVE_NODATA] = "nodata",
	    [RESOLVE_SERVFAIL] = "servfail",
	    [RESOLVE_REFUSED] = "refused",
	    [RESOLVE_TIMEOUT] = "timeout",
	    [RESOLVE_BOGUS] = "bogus",
	    [RESOLVE_LOOP] = "loop",
	    [RESOLVE_LOCAL] = "local",
	};

	return names[s];
}
