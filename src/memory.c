/* memory - see memory.h and the tickets of probe.h. */
#include "config.h"

#include "memory.h"

#include <stdlib.h>
#include <time.h>

#include "adapt/openssl_tls.h"
#include "base/check.h"
#include "base/xalloc.h"
#include "probe.h"

enum { KEPT_MAX = 4096 }; /* tickets, in all */

struct ticket { /* owned copy */
	struct session session;
	int64_t at;
	unsigned round;
	bool there;
};

struct place { /* one address of a name, and one kind of ticket */
	struct place *next;
	char *host, *address;
	uint16_t port;
	bool tls13;
	bool named; /* two of its tickets began with the same bytes */
	struct ticket first, last; /* the oldest that was still good, and the newest */
};

struct memory {
	struct place *places;
	size_t n;
	unsigned round;
};

struct memory *
memory_new(void)
{
	return xcalloc(1, sizeof(struct memory));
}

void
memory_round(struct memory *m)
{
	m->round++;
}

/* ---- tickets ---- */

static uint8_t *
own(struct span s)
{
	uint8_t *p = xcalloc(1, s.n + 1);

	if (s.n > 0)
		memcpy(p, s.p, s.n);
	return p;
}

static void
forget(struct ticket *t)
{
	union { /* spans are of const bytes; these are ours */
		const uint8_t *in;
		void *out;
	} p = {.in = t->session.ticket.p};

	if (t->there)
		free(p.out);
	crypto_wipe(t, sizeof(*t));
}

static void
remember(const struct memory *m, struct ticket *t, const struct session *s)
{
	forget(t);
	t->session = *s;
	t->session.id = (struct span){NULL, 0}; /* the ticket alone is offered */
	t->session.ticket = (struct span){own(s->ticket), s->ticket.n};
	t->at = time(NULL);
	t->round = m->round;
	t->there = true;
}

void
memory_free(struct memory *m)
{
	struct place *next;

	for (struct place *p = m != NULL ? m->places : NULL; p != NULL; p = next) {
		next = p->next;
		forget(&p->first);
		forget(&p->last);
		free(p->host);
		free(p->address);
		free(p);
	}
	free(m);
}

/* ---- places ---- */

static const char *
address_of(const struct endpoint *ep)
{
	return ep->address != NULL ? ep->address : "";
}

static bool
is_name(const struct place *p, const struct endpoint *ep, bool tls13)
{
	return p->port == ep->port && p->tls13 == tls13 && strcmp(p->host, ep->host) == 0;
}

static struct place *
find(const struct memory *m, const struct endpoint *ep, bool tls13)
{
	for (struct place *p = m->places; p != NULL; p = p->next)
		if (is_name(p, ep, tls13) && strcmp(p->address, address_of(ep)) == 0)
			return p;
	return NULL;
}

static struct place *
obtain(struct memory *m, const struct endpoint *ep, bool tls13)
{
	struct place *p = find(m, ep, tls13);

	if (p != NULL || m->n == KEPT_MAX)
		return p;
	p = xcalloc(1, sizeof(*p));
	p->host = xstrdup(ep->host);
	p->address = xstrdup(address_of(ep));
	p->port = ep->port;
	p->tls13 = tls13;
	p->next = m->places;
	m->places = p;
	m->n++;
	return p;
}

/* ---- what the probe sees ---- */

static bool
show(const struct place *p, const struct ticket *t, struct past *out)
{
	int64_t now = time(NULL);

	*out = (struct past){.session = &t->session, .address = p->address, .named = p->named,
	    .age = now > t->at ? (uint32_t)(now - t->at) : 0};
	return true;
}

bool
past_ticket(const struct endpoint *ep, enum past_kind kind, bool tls13, struct past *out)
{
	const struct memory *m = ep->memory;
	const struct place *p = m != NULL ? find(m, ep, tls13) : NULL;

	if (m == NULL)
		return false;
	if (kind == PAST_OLDEST)
		return p != NULL && p->first.there && p->first.round < m->round && show(p, &p->first, out);
	if (kind == PAST_LAST)
		return p != NULL && p->last.there && p->last.round < m->round && show(p, &p->last, out);
	for (p = m->places; p != NULL; p = p->next)
		if (is_name(p, ep, tls13) && strcmp(p->address, address_of(ep)) != 0 && p->last.there &&
		    p->last.round == m->round)
			return show(p, &p->last, out);
	return false;
}

void
past_keep(const struct endpoint *ep, bool tls13, const struct session *s, bool oldest_is_good,
    bool same_name)
{
	struct place *p = ep->memory != NULL ? obtain(ep->memory, ep, tls13) : NULL;

	if (p == NULL)
		return;
	p->named = p->named || same_name;
	remember(ep->memory, &p->last, s);
	if (!p->first.there || !oldest_is_good)
		remember(ep->memory, &p->first, s);
}
