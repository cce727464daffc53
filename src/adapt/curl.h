/*
 * curl - HTTP transfers that do not block, over libcurl's multi_socket interface.
 *
 * The only file that knows libcurl.  It resolves no name (the caller pins addresses), follows no
 * redirect, takes no proxy but the caller's and no cookie, netrc or cache from its surroundings,
 * decodes no content coding (so nothing can blow up), and stops at a byte too many.  Sockets are opened by the caller, who
 * sees every address first; descriptors and time are watched by the caller too.
 *
 *	struct web *w = web_open(&(struct web_hooks){.ctx = f, .watch = on_watch, .timer = on_timer});
 *	web_start(w, &(struct web_request){.url = "http://ocsp.example/", .pin = "...", ...});
 *	...				web_on_fd(w, fd, WEB_IN); web_on_timer(w): done() is called from there
 *	web_close(w);
 *
 * (What libcurl exports begins with curl_; so this does not.)
 */
#ifndef TLSAUDIT_ADAPT_CURL_H
#define TLSAUDIT_ADAPT_CURL_H

#include "base/span.h"

enum { WEB_IN = 1, WEB_OUT = 2, WEB_HEADER_MAX = 64 * 1024, WEB_HOST_MAX = 255 };

struct web;
struct web_transfer;

struct web_hooks {
	void *ctx;
	void (*watch)(void *ctx, int fd, unsigned what); /* WEB_IN | WEB_OUT; 0: no more */
	void (*timer)(void *ctx, long ms);               /* web_on_timer() then; -1: never */
};

enum web_end {
	WEB_DONE,       /* a whole answer, whatever its status */
	WEB_NO_CONN,    /* refused, unreachable, or open() would not */
	WEB_TIMEOUT,
	WEB_TOO_LONG,   /* of head or body */
	WEB_TLS,        /* no handshake, or a certificate that is not trusted */
	WEB_CUT_OFF,    /* closed or reset before its end, or no HTTP */
	WEB_LOCAL       /* ours */
};

struct web_answer { /* dies when done() returns */
	enum web_end end;
	const char *detail; /* libcurl's words; "" when WEB_DONE */
	unsigned status, ms;
	const char *type, *redirect; /* Content-Type, absolute Location; or NULL */
	struct span body;
};

typedef void web_done_fn(void *arg, const struct web_answer *a);

struct web_request { /* copied */
	const char *url; /* http or https */
	const char *proxy, *proxy_user, *proxy_password; /* "socks5://192.0.2.1:1080", or NULL */
	const char *pin; /* "host:port:address,address"; NULL: the host is an address */
	const char *ca_file; /* for https; NULL: the system's */
	struct span post; /* empty: GET */
	const char *type; /* Content-Type of post */
	size_t max_bytes;
	unsigned connect_ms, total_ms;
	/* A non-blocking stream socket for this address, or -1. */
	int (*open)(void *arg, const void *sockaddr, size_t len);
	web_done_fn *done;
	void *arg;
};

/* Never NULL; the hooks are copied. */
struct web *web_open(const struct web_hooks *h);
/* Reads the system's certificates for https now: later there may be no files to open. */
void web_prepare(struct web *w);
void web_close(struct web *w); /* transfers are dropped; NULL is allowed */
/* Begins.  done() is called once, from web_on_fd() or web_on_timer(), and may start and cancel
 * others, but not close w. */
struct web_transfer *web_start(struct web *w, const struct web_request *r);
void web_cancel(struct web *w, struct web_transfer *t); /* then done() is not called */
void web_on_fd(struct web *w, int fd, unsigned what);
void web_on_timer(struct web *w);

struct web_url {
	bool tls;
	char host[WEB_HOST_MAX + 1]; /* without brackets */
	uint16_t port;
};
/* Reads an http or https URL without user information.  False: another scheme, or none such. */
bool web_url_read(const char *url, struct web_url *out) MUST_USE;
/* The library's version, for --version. */
const char *web_version(void);

#endif
