/*
 * unbound - DNS lookups that do not block, over libunbound on the caller's event base.
 *
 * libunbound brings the cache, the retries, EDNS and TCP when an answer is truncated; what it
 * cannot bring is said in net/resolve.h.  It asks the forwarders of /etc/resolv.conf (or the one
 * server that is given), never the root servers, and /etc/hosts comes first.  Nothing runs in a
 * thread or in another process.
 *
 *	struct unbound *u = unbound_open(base, &(struct unbound_options){0}, err, sizeof(err));
 *	int id = unbound_ask(u, "example.org", 1, on_answer, arg);
 *	...					on_answer() is called once, or
 *	unbound_cancel(u, id);			never
 *	unbound_close(u);
 */
#ifndef TLSAUDIT_ADAPT_UNBOUND_H
#define TLSAUDIT_ADAPT_UNBOUND_H

#include "base/span.h"

struct event_base;
struct unbound;

struct unbound_options {
	const char *server; /* "192.0.2.1@53", the library's spelling; NULL: /etc/resolv.conf */
	const char *anchor; /* a file of DS or DNSKEY records; NULL: nothing is validated */
};

struct unbound_answer {
	bool failed;      /* no answer that could be used: wire is empty */
	bool bogus;       /* RFC 4033, 5: signed below the anchor, and not rightly */
	bool secure;      /* RFC 4033, 5: signed below the anchor, and verified, or proved absent */
	const char *why;  /* bogus: the library's sentence; NULL: it has none */
	struct span wire; /* the message (RFC 1035, 4), NXDOMAIN and empty ones too */
};

/* a and what it points at die when it returns.  It must not call unbound_close(). */
typedef void unbound_done_fn(void *arg, const struct unbound_answer *a);

/* A new resolver on base, which must outlive it; ended with unbound_close().  NULL, and the reason
 * in err, when the library refuses an option or the anchor file. */
struct unbound *unbound_open(
    struct event_base *base, const struct unbound_options *o, char *err, size_t errlen) MUST_USE;
void unbound_close(struct unbound *u); /* open questions are dropped; NULL is allowed */
/* Asks for records of a type (RFC 1035, 3.2.2: 1 is A; RFC 3596: 28 is AAAA).  done() is called
 * once, and for what /etc/hosts or the cache knows before this returns.  Returns an id above 0 for
 * unbound_cancel(); 0 when done() has been called already; -1 when nothing was asked. */
int unbound_ask(
    struct unbound *u, const char *name, uint16_t type, unbound_done_fn *done, void *arg) MUST_USE;
void unbound_cancel(struct unbound *u, int id); /* then done() is not called */
/* The library's version, for --version. */
const char *unbound_version(void);

#endif
