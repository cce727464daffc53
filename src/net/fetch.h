/*
 * fetch - small things from the web, for evidence: issuers, OCSP answers, CRLs, policies.
 *
 * The URL comes out of a stranger's certificate, so nothing about it is trusted: http and https
 * only, no user information, names looked up once and pinned, every address of every hop checked
 * against net/reach.h before a socket is opened, at most three redirects, a cap of bytes, and two
 * deadlines.  No proxy, cookie or netrc of the surroundings takes part.  For many endpoints the same
 * manners hold towards third parties as towards servers: who is to be left alone is, and one address
 * is asked so often a second and no oftener (net/polite.h).
 *
 * Through a proxy of the user's the same is held as far as addresses are known here: where the proxy
 * looks names up (proxy_looks_up()), only hosts that are addresses can be checked.
 *
 *	struct fetcher *f = fetcher_new(loop, resolver, NULL);
 *	struct fetch_request q = {.url = "http://ca.example/issuer.cer", .max_bytes = 65536,
 *	    .near = reach_of(ep->addr, ep->addr_len)};
 *	struct fetch *x = fetch_start(f, &q, on_fetched, arg);
 *	...				on_fetched(arg, &result), once, from loop_run(); or
 *	fetch_cancel(x);		never
 *	fetcher_free(f);
 */
#ifndef TLSAUDIT_NET_FETCH_H
#define TLSAUDIT_NET_FETCH_H

#include "net/polite.h"
#include "net/reach.h"

struct fetch;
struct fetcher;
struct loop;
struct proxy;
struct resolver;

enum {
	FETCH_URL_MAX = 2048,
	FETCH_REDIRECTS = 3,
	FETCH_CONNECT_MS = 4000,
	FETCH_TOTAL_MS = 10000, /* one fetch with its redirects, name look-ups included */
	FETCH_OPEN_MAX = 16     /* at once; the others wait */
};

enum fetch_end {
	FETCH_OK,       /* status 200 and all of the body */
	FETCH_STATUS,   /* another status */
	FETCH_URL,      /* not an http or https URL that may be fetched */
	FETCH_BLOCKED,  /* an address that must not be knocked at from here */
	FETCH_DNS,      /* the host's name has no address */
	FETCH_NO_CONN,
	FETCH_TIMEOUT,
	FETCH_LIMIT,    /* too many bytes */
	FETCH_REDIRECT, /* too many redirects */
	FETCH_TLS,      /* https failed, its certificate not trusted among that */
	FETCH_CUT_OFF,  /* no HTTP, or it ended before its end */
	FETCH_LOCAL,    /* ours */
	FETCH_END__MAX
};

struct fetch_request { /* copied */
	const char *url;
	struct span post; /* empty: GET */
	const char *type; /* Content-Type of post */
	size_t max_bytes;
	unsigned total_ms;     /* 0: FETCH_TOTAL_MS */
	enum reach near;       /* of the audited endpoint */
	const char *ca_file;   /* for https; NULL: the system's */
	bool no_redirects;     /* a redirect is FETCH_STATUS */
};

struct fetch_result { /* dies when done() returns */
	enum fetch_end end;
	bool shared; /* never set here: another one's answer, see evidence/desk.h */
	const char *detail; /* a few words, not cleaned; "" when FETCH_OK */
	unsigned status, ms, redirects;
	const char *type;   /* Content-Type, not cleaned; or NULL */
	struct span body;
};

typedef void fetch_done_fn(void *arg, const struct fetch_result *r);

struct fetch_manners { /* copied */
	/* Why nobody may go to this name, or (host NULL) to this struct sockaddr; or NULL. */
	const char *(*excluded)(void *ctx, const char *host, const uint8_t *addr, size_t len);
	void *ctx;
	struct polite_rates rates;
};

/* Both are borrowed.  m NULL: no more than is said above.  Never NULL. */
struct fetcher *fetcher_new(struct loop *l, struct resolver *r, const struct fetch_manners *m);
/* Everything goes through this proxy, which is borrowed and whose address is known. */
void fetcher_use_proxy(struct fetcher *f, const struct proxy *proxy);
/* Opens now what would be opened later, for a process that is about to give up its files. */
void fetcher_prepare(struct fetcher *f);
/* Drops what is under way.  After resolver_free().  NULL is allowed. */
void fetcher_free(struct fetcher *f);
/* Begins; done() is never called before this returns, and may start and cancel others. */
struct fetch *fetch_start(
    struct fetcher *f, const struct fetch_request *q, fetch_done_fn *done, void *arg);
void fetch_cancel(struct fetch *x); /* then done() is not called; NULL is allowed */
/* Has it had its turn, so that its time runs? */
bool fetch_begun(const struct fetch *x);
/* "ok", "blocked", ...: for reports. */
const char *fetch_end_name(enum fetch_end e);
/* Host and port of a URL that fetch_start() would take. */
bool fetch_url_host(const char *url, char *host, size_t hostlen, uint16_t *port) MUST_USE;

#endif
