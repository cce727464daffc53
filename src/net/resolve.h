/*
 * resolve - names to addresses, A and AAAA at once, without blocking.
 *
 *	struct resolver *r = resolver_new(l, &(struct resolver_options){.v4 = true, .v6 = true},
 *	    err, sizeof(err));
 *	resolve_start(r, "example.org", on_resolved, job);
 *	...					from loop_run(): on_resolved(job, &resolved)
 *	resolver_free(r);
 *
 * The lookup is libunbound's: the forwarders of /etc/resolv.conf, /etc/hosts before them, TCP for
 * what is truncated.  It starts with the first name that needs it.  "localhost" never does.  A name
 * is taken as it stands: search domains are not tried, for the name is also what the certificate is
 * compared with.
 *
 * libunbound says of a lookup that failed only that it failed.  Then one plain question to the same
 * server finds out why: it refuses, it fails, its answer is malformed, the aliases go round in a
 * circle; or it answers once it is told not to check signatures (RFC 4035, 3.2.2), which makes the
 * name RESOLVE_BOGUS.
 *
 * DNSSEC.  Nothing is validated here.  Root keys on the machine (/usr/share/dns/root.key) say
 * nothing about the forwarder: behind one that drops signatures, as many routers do, every signed
 * name would be bogus, and behind one that keeps them every audit would cost some six questions
 * more, to guard an address that TLS does not trust anyway.  A forwarder that validates is
 * believed: what it rejects does not resolve, and is told apart as said above.  What needs secure
 * answers of its own (TLSA) gives an anchor file, and then what is signed below that anchor and
 * does not verify is RESOLVE_BOGUS too.
 */
#ifndef TLSAUDIT_NET_RESOLVE_H
#define TLSAUDIT_NET_RESOLVE_H

#include "base/span.h"
#include "target.h"

struct loop;
struct resolver;

enum {
	RESOLVE_ADDRS_MAX = 32,
	RESOLVE_TIMEOUT_MS = 5000,
	RESOLVE_OPEN_MAX = 64 /* names looked up at once; the others wait for their turn */
};

struct resolver_options {
	const char *server;  /* "192.0.2.1", "192.0.2.1:53", "[::1]:53"; NULL: /etc/resolv.conf */
	bool v4, v6;         /* which addresses are wanted; at least one */
	unsigned timeout_ms; /* for one name, from its turn on; 0: RESOLVE_TIMEOUT_MS */
	const char *anchor;  /* a file of DS or DNSKEY records; NULL: none */
};

enum resolve_status {
	RESOLVE_OK,
	RESOLVE_NXDOMAIN, /* there is no such name */
	RESOLVE_NODATA,   /* there is, without an address of the kind wanted */
	RESOLVE_SERVFAIL, /* the server tried, or said something that cannot be read */
	RESOLVE_REFUSED,  /* the server would not try */
	RESOLVE_TIMEOUT,  /* no answer */
	RESOLVE_BOGUS,    /* RFC 4033, 5: the signatures say that the answer is forged */
	RESOLVE_LOOP,     /* CNAMEs in a circle, or more than 16 */
	RESOLVE_LOCAL     /* we could not ask */
};

struct resolved {
	enum resolve_status status;
	const char *detail;          /* one clean sentence, lower case, no final dot; "" when OK */
	const struct address *addrs; /* IPv4 first, sorted, each once; port 0 */
	size_t n;
	bool capped; /* there were more than RESOLVE_ADDRS_MAX */
};

/* r and what it points at die when it returns. */
typedef void resolve_done_fn(void *arg, const struct resolved *r);

/* A new resolver on l, which must outlive it.  NULL, and the reason in err, when server is no
 * address.  Nothing is opened yet. */
struct resolver *
resolver_new(struct loop *l, const struct resolver_options *o, char *err, size_t errlen) MUST_USE;
/* Opens now what would be opened with the first name: for who is about to give up files. */
void resolver_prepare(struct resolver *r);
/* Looks host up (a name in A-labels, as in struct target).  done() is called exactly once, from
 * loop_run(), never from here; it may start lookups, but not free the resolver. */
void resolve_start(struct resolver *r, const char *host, resolve_done_fn *done, void *arg);
/* Releases it; done() of lookups under way is not called.  NULL is allowed. */
void resolver_free(struct resolver *r);
/* "192.0.2.1:53" or the like as libunbound wants it, owned by the caller; NULL when server is NULL or no
 * address. */
char *resolve_server_text(const char *server);
/* "nxdomain", "servfail", ...: one word for reports, with static life. */
const char *resolve_status_name(enum resolve_status s);

#endif
