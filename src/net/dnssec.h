/*
 * dnssec - records of any type, and whether DNSSEC vouches for them.
 *
 * Addresses do not need that (net/resolve.h says why); TLSA records mean nothing without it (RFC
 * 6698, 4.1).  A libunbound of its own validates with a file of trust anchors, by default the root's
 * that the distribution ships.  When not even the root's own keys verify through the forwarder, it
 * drops signatures, as many routers do: then everything is asked without validation, and nothing is
 * secure, instead of all signed names being bogus.
 *
 *	struct dnssec *d = dnssec_new(l, &(struct dnssec_options){.server = NULL});
 *	struct dnssec_query *q = dnssec_ask(d, "_443._tcp.example.org", DNS_TLSA, on_answer, arg);
 *	...				on_answer(arg, &answer), once, from loop_run(); or
 *	dnssec_cancel(q);
 *	dnssec_free(d);
 */
#ifndef TLSAUDIT_NET_DNSSEC_H
#define TLSAUDIT_NET_DNSSEC_H

#include "net/resolve.h"

struct dnssec;
struct dnssec_query;

struct dnssec_options { /* copied */
	const char *server; /* as in struct resolver_options */
	const char *anchor; /* a file of DS or DNSKEY records; NULL: DNSSEC_ANCHOR, if it is there */
	unsigned per_second; /* questions; 0: no limit */
};

#define DNSSEC_ANCHOR "/usr/share/dns/root.key"

struct dnssec_answer { /* dies when done() returns */
	enum resolve_status status; /* RESOLVE_OK: a message; what is in it may be "no such name" */
	bool secure;
	const char *why;  /* of bogus; or NULL; not clean */
	struct span wire; /* the message, when RESOLVE_OK */
};

typedef void dnssec_done_fn(void *arg, const struct dnssec_answer *a);

/* Never NULL: what the library refuses (an anchor file that is none) is said by dnssec_trouble(). */
struct dnssec *dnssec_new(struct loop *l, const struct dnssec_options *o);
void dnssec_free(struct dnssec *d); /* questions are dropped; NULL is allowed */
/* Opens now what would be opened with the first question: for who is about to give up files. */
void dnssec_prepare(struct dnssec *d);
/* Why nothing is validated, or NULL. */
const char *dnssec_trouble(const struct dnssec *d);
struct dnssec_query *dnssec_ask(
    struct dnssec *d, const char *name, uint16_t type, dnssec_done_fn *done, void *arg);
void dnssec_cancel(struct dnssec_query *q); /* then done() is not called; NULL is allowed */

#endif
