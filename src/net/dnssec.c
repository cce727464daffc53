/* dnssec - see dnssec.h. */
#include "config.h"

#include "net/dnssec.h"

#include <stdlib.h>
#include <unistd.h>

#include "adapt/ldns.h"
#include "adapt/unbound.h"
#include "base/check.h"
#include "base/xalloc.h"
#include "net/loop.h"

enum { MAGIC = 0x64736563, BURST_MS = 50 };

enum phase { UNTRIED, TRYING, KNOWN };

struct dnssec {
	struct loop *loop;
	char *server, *anchor;
	struct unbound *unbound; /* with the anchor, or without when that is no use; NULL: neither */
	struct unbound *retired; /* closed later: its callback is running */
	struct unbound *spare;	 /* without an anchor, opened beforehand; or NULL */
	unsigned per_second;
	uint64_t next_ms; /* no question before */
	bool given; /* the anchor is the caller's */
	enum phase phase;
	const char *trouble;
	int root; /* id of the question for the root's keys */
	struct dnssec_query *all;
	struct loop_timer *turn;
};

struct dnssec_query {
	unsigned magic;
	struct dnssec *d;
	struct dnssec_query *next;
	char *name;
	uint16_t type;
	int id; /* of libunbound's question; 0: none */
	bool asked;
	dnssec_done_fn *done;
	void *arg;
};

static struct unbound *
open_unbound(const struct dnssec *d, const char *anchor)
{
	struct unbound_options o = {.server = d->server, .anchor = anchor};
	char err[160];

	return unbound_open(loop_base(d->loop), &o, err, sizeof(err));
}

/* ---- questions ---- */

static void
query_free(struct dnssec_query *q)
{
	for (struct dnssec_query **p = &q->d->all; *p != NULL; p = &(*p)->next)
		if (*p == q) {
			*p = q->next;
			break;
		}
	q->magic = 0;
	free(q->name);
	free(q);
}

static void
deliver(struct dnssec_query *q, const struct dnssec_answer *a)
{
	dnssec_done_fn *done = q->done;
	void *arg = q->arg;

	query_free(q);
	done(arg, a);
}

static void
on_answer(void *arg, const struct unbound_answer *u)
{
	struct dnssec_query *q = arg;
	struct dnssec_answer a = {.status = RESOLVE_OK, .secure = u->secure, .wire = u->wire};

	MAGIC_CHECK(q, MAGIC);
	q->id = 0;
	if (u->bogus) {
		a.status = RESOLVE_BOGUS;
		a.why = u->why;
	} else if (u->failed) {
		a.status = RESOLVE_SERVFAIL;
	}
	deliver(q, &a);
}

static void
ask(struct dnssec_query *q)
{
	int id;

	q->asked = true;
	id = q->d->unbound == NULL
		 ? -1
		 : unbound_ask(q->d->unbound, q->name, q->type, on_answer, q);
	if (id > 0)
		q->id = id;
	else if (id < 0)
		deliver(q, &(struct dnssec_answer){.status = RESOLVE_LOCAL});
}

/* ---- does validation work here? ---- */

static void
without(struct dnssec *d, const char *trouble)
{
	d->trouble = trouble;
	d->retired = d->unbound;
	d->unbound = d->spare != NULL ? d->spare : open_unbound(d, NULL);
	d->spare = NULL;
	d->phase = KNOWN;
}

static void
on_root(void *arg, const struct unbound_answer *a)
{
	struct dnssec *d = arg;

	d->root = 0;
	d->phase = KNOWN;
	if (a->bogus || a->failed)
		without(d, "the DNS server does not hand on the root's signatures");
	loop_timer_set(d->turn, 0);
}

static void
begin(struct dnssec *d)
{
	int id;

	d->phase = TRYING;
	if (d->anchor == NULL) {
		without(d, "no trust anchor for DNSSEC is at hand");
		return;
	}
	if (d->unbound == NULL)
		d->unbound = open_unbound(d, d->anchor);
	if (d->unbound == NULL) {
		without(d, "the trust anchors for DNSSEC cannot be read");
		return;
	}
	if (d->given) { /* somebody's own: it may be of a zone that has no signed root above it */
		d->phase = KNOWN;
		return;
	}
	id = unbound_ask(d->unbound, ".", DNS_DNSKEY, on_root, d);
	if (id > 0)
		d->root = id;
	else if (id < 0)
		d->phase = KNOWN;
}

/* May one more be asked now?  If not, there is a turn when it may. */
static bool
may_ask(struct dnssec *d)
{
	uint64_t now = loop_now_ms();

	if (d->per_second == 0)
		return true;
	if (now + BURST_MS < d->next_ms) {
		loop_timer_set(d->turn, (unsigned)(d->next_ms - now));
		return false;
	}
	d->next_ms = (d->next_ms > now ? d->next_ms : now) + 1000 / d->per_second;
	return true;
}

static void
on_turn(void *arg)
{
	struct dnssec *d = arg;

	unbound_close(d->retired);
	d->retired = NULL;
	if (d->phase == UNTRIED)
		begin(d);
	while (d->phase == KNOWN) {
		struct dnssec_query *oldest = NULL;

		for (struct dnssec_query *q = d->all; q != NULL; q = q->next)
			if (!q->asked)
				oldest = q;
		if (oldest == NULL || !may_ask(d))
			return;
		ask(oldest);
	}
}

/* ---- the outside ---- */

struct dnssec *
dnssec_new(struct loop *l, const struct dnssec_options *o)
{
	struct dnssec *d = xcalloc(1, sizeof(*d));
	const char *anchor = o->anchor;

	if (anchor == NULL && access(DNSSEC_ANCHOR, R_OK) == 0)
		anchor = DNSSEC_ANCHOR;
	d->loop = l;
	d->given = o->anchor != NULL;
	d->per_second = o->per_second < 1000 ? o->per_second : 1000;
	d->server = resolve_server_text(o->server);
	d->anchor = anchor != NULL ? xstrdup(anchor) : NULL;
	d->turn = loop_timer_new(l, on_turn, d);
	return d;
}

void
dnssec_prepare(struct dnssec *d)
{
	if (d->phase != UNTRIED)
		return;
	if (d->anchor != NULL)
		d->unbound = open_unbound(d, d->anchor);
	d->spare = open_unbound(d, NULL);
}

void
dnssec_free(struct dnssec *d)
{
	if (d == NULL)
		return;
	while (d->all != NULL)
		dnssec_cancel(d->all);
	unbound_close(d->retired);
	unbound_close(d->unbound);
	unbound_close(d->spare);
	loop_timer_free(d->turn);
	free(d->server);
	free(d->anchor);
	free(d);
}

const char *
dnssec_trouble(const struct dnssec *d)
{
	return d->trouble;
}

struct dnssec_query *
dnssec_ask(struct dnssec *d, const char *name, uint16_t type, dnssec_done_fn *done, void *arg)
{
	struct dnssec_query *q = xcalloc(1, sizeof(*q));

	*q = (struct dnssec_query){.magic = MAGIC, .d = d, .next = d->all, .name = xstrdup(name),
	    .type = type, .done = done, .arg = arg};
	d->all = q;
	loop_timer_set(d->turn, 0);
	return q;
}

void
dnssec_cancel(struct dnssec_query *q)
{
	if (q == NULL)
		return;
	MAGIC_CHECK(q, MAGIC);
	if (q->id != 0)
		unbound_cancel(q->d->unbound, q->id);
	query_free(q);
}
