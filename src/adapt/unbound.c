#include "config.h"
#include "adapt/unbound.h"

#include <stdio.h>
#include <stdlib.h>
#include <unbound-event.h>
#include <unbound.h>

#include "base/check.h"
#include "base/xalloc.h"

enum { CLASS_IN = 1, MAGIC = 0x75626e64 };

struct question;

struct unbound {
	struct ub_ctx *ctx;
	struct question *open;   /* those without an answer, to free at the end */
	struct question *asking; /* the one that unbound_ask() is just putting */
};

struct question {
	unsigned magic;
	int id;
	struct unbound *u;
	struct question *next, **back;
	unbound_done_fn *done;
	void *arg;
};

/* What must not depend on the library's defaults. */
static const struct {
	const char *name, *value;
} settings[] = {
    {"do-not-query-localhost:", "no"}, /* a forwarder on loopback is a forwarder */
    {"rrset-roundrobin:", "no"},       /* the same answer in the same order */
    {"infra-keep-probing:", "yes"},    /* one lost answer does not condemn the forwarder */
    {"outgoing-range:", "128"},
    {"num-queries-per-thread:", "512"},
};

/* Names that the library would deny by itself.  RFC 6761, 6.2: "Application software SHOULD NOT
 * recognize test names as special"; RFC 8375, 4: home.arpa is the business of the local servers.
 * That invalid. and onion. do not exist (RFC 6761, 6.4; RFC 7686) stays. */
static const char *const asked_after_all[] = {"test.", "home.arpa."};

static bool
fail(char *err, size_t errlen, const char *what, const char *arg, int rc)
{
	snprintf(err, errlen, "libunbound refuses %s %s: %s", what, arg, ub_strerror(rc));
	return false;
}

static int
set_server(struct ub_ctx *ctx, const char *server)
{
	if (server != NULL)
		return ub_ctx_set_fwd(ctx, server);
	/* resolv.conf(5): without a file, and without a nameserver in it, localhost is asked. */
	return ub_ctx_resolvconf(ctx, NULL) != 0 ? ub_ctx_set_fwd(ctx, "127.0.0.1") : 0;
}

static bool
set_up(struct ub_ctx *ctx, const struct unbound_options *o, bool hosts, char *err, size_t errlen)
{
	int rc;

	ub_ctx_debugout(ctx, NULL); /* it has nothing to say to the user */
	for (size_t i = 0; i < N_ELEMENTS(settings); i++)
		if ((rc = ub_ctx_set_option(ctx, settings[i].name, settings[i].value)) != 0)
			return fail(err, errlen, "the option", settings[i].name, rc);
	if (hosts)
		(void)ub_ctx_hosts(ctx, NULL); /* no such file: no names from there */
	if ((rc = set_server(ctx, o->server)) != 0)
		return fail(err, errlen, "the DNS server", o->server, rc);
	if (o->anchor != NULL && (rc = ub_ctx_add_ta_file(ctx, o->anchor)) != 0)
		return fail(err, errlen, "the trust anchors of", o->anchor, rc);
	/* The first of these reads all settings and makes them final: they come last. */
	for (size_t i = 0; i < N_ELEMENTS(asked_after_all); i++)
		if ((rc = ub_ctx_zone_add(ctx, asked_after_all[i], "nodefault")) != 0)
			return fail(err, errlen, "the zone", asked_after_all[i], rc);
	return true;
}

static struct ub_ctx *
context_new(
    struct event_base *base, const struct unbound_options *o, bool hosts, char *err, size_t errlen)
{
	struct ub_ctx *ctx = ub_ctx_create_event(base);

	if (ctx == NULL)
		snprintf(err, errlen, "libunbound does not start");
	else if (!set_up(ctx, o, hosts, err, errlen)) {
		ub_ctx_delete(ctx);
		ctx = NULL;
	}
	return ctx;
}

struct unbound *
unbound_open(struct event_base *base, const struct unbound_options *o, char *err, size_t errlen)
{
	struct ub_ctx *ctx = context_new(base, o, true, err, errlen);
	struct unbound *u;

	if (ctx == NULL) /* one bad name in /etc/hosts spoils the lot */
		ctx = context_new(base, o, false, err, errlen);
	if (ctx == NULL)
		return NULL;
	u = xcalloc(1, sizeof(*u));
	u->ctx = ctx;
	return u;
}

static void
question_free(struct question *q)
{
	*q->back = q->next;
	if (q->next != NULL)
		q->next->back = q->back;
	q->magic = 0;
	free(q);
}

void
unbound_close(struct unbound *u)
{
	if (u == NULL)
		return;
	/* ub_ctx_delete() answers what is open; what is cancelled it leaves alone. */
	while (u->open != NULL)
		unbound_cancel(u, u->open->id);
	ub_ctx_delete(u->ctx);
	free(u);
}

static void
on_answer(void *arg, int rcode, void *packet, int n, int security, char *why, int ratelimited)
{
	struct question *q = arg;
	/* A nonzero code is the library's own failure, and the packet with it is no answer;
	 * NXDOMAIN comes with 0, in the packet. */
	struct unbound_answer a = {
	    .failed = rcode != 0 || packet == NULL || n <= 0,
	    .bogus = security == 1,
	    .secure = security == 2,
	    .why = why,
	};
	unbound_done_fn *done;

	(void)ratelimited;
	MAGIC_CHECK(q, MAGIC);
	if (!a.failed)
		a.wire = (struct span){packet, (size_t)n};
	if (q->u->asking == q)
		q->u->asking = NULL;
	done = q->done;
	arg = q->arg;
	question_free(q);
	done(arg, &a);
}

int
unbound_ask(struct unbound *u, const char *name, uint16_t type, unbound_done_fn *done, void *arg)
{
	struct question *q = xcalloc(1, sizeof(*q));
	int id = 0;

	*q = (struct question){.magic = MAGIC, .u = u, .next = u->open, .done = done, .arg = arg};
	q->back = &u->open;
	if (q->next != NULL)
		q->next->back = &q->next;
	u->open = q;
	u->asking = q;
	if (ub_resolve_event(u->ctx, name, type, CLASS_IN, q, on_answer, &id) != 0) {
		question_free(q);
		u->asking = NULL;
		return -1;
	}
	if (u->asking == NULL)
		return 0; /* answered from /etc/hosts or the cache, and gone */
	u->asking = NULL;
	q->id = id;
	return id;
}

void
unbound_cancel(struct unbound *u, int id)
{
	struct question *q = u->open;

	while (q != NULL && q->id != id)
		q = q->next;
	if (q == NULL)
		return;
	ub_cancel(u->ctx, id);
	question_free(q);
}

const char *
unbound_version(void)
{
	return ub_version();
}
