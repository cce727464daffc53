/*
 * proxy - a way to the server that goes through somebody else: SOCKS 5 and HTTP's CONNECT.
 *
 * What the user names (--proxy), and the talk that opens the way, as a byte machine without a
 * socket.  RFC 1928 (SOCKS 5), RFC 1929 (its user name and password), RFC 9110, 9.3.6 (CONNECT) and
 * RFC 7617 (Basic).
 *
 *	struct proxy p;
 *	if (!proxy_read("socks5h://me:secret@127.0.0.1:9050", &p, err, sizeof(err)))
 *		... one sentence in err ...
 *
 *	struct tunnel *t = tunnel_open(arena, &p, &(struct tunnel_to){.host = "example.org", .port = 443});
 *	while (state == TUNNEL_MORE) {
 *		out = tunnel_to_send(t); n = send(out); tunnel_sent(t, n);
 *		state = tunnel_feed(t, received);
 *	}
 *	TUNNEL_READY: what follows, tunnel_rest(t) first, is the server's
 *	TUNNEL_FAILED: tunnel_detail(t), "the proxy says: host unreachable"
 *
 * Whatever goes wrong here is the proxy's word or the proxy's fault, and says nothing about the
 * server: every detail begins with "the proxy".  A proxy is held to 16 KiB before the way is open.
 */
#ifndef TLSAUDIT_NET_PROXY_H
#define TLSAUDIT_NET_PROXY_H

#include "base/arena.h"
#include "target.h"

enum {
	PROXY_LOGIN_MAX = 255,	    /* RFC 1929, 2: one byte of length */
	TUNNEL_BYTES_MAX = 16 * 1024 /* from a proxy, before the way is open */
};

enum proxy_kind {
	PROXY_NONE,
	PROXY_SOCKS5,  /* names are looked up here, and the proxy gets addresses */
	PROXY_SOCKS5H, /* the proxy looks names up */
	PROXY_HTTP     /* likewise */
};

struct proxy {
	enum proxy_kind kind;
	char host[TARGET_HOST_MAX + 1];
	struct address at; /* len 0: host is a name that nobody has looked up yet */
	uint16_t port;
	bool login;
	char user[PROXY_LOGIN_MAX + 1], password[PROXY_LOGIN_MAX + 1];
};

/* Reads "socks5://host:port", "socks5h://...", "http://...", each with or without "user:password@"
 * (percent-encoded, RFC 3986, 2.1).  False: a sentence in err, which repeats no password. */
bool proxy_read(const char *text, struct proxy *out, char *err, size_t errlen) MUST_USE;
/* The host was found at this address, whatever its port. */
void proxy_found(struct proxy *p, const struct address *at);
/* Are names looked up by the proxy?  NULL: there is none. */
bool proxy_looks_up(const struct proxy *p);
/* "socks5h://127.0.0.1:9050": the scheme, the address once it is known, no login; in the arena. */
const char *proxy_url(const struct proxy *p, struct arena *a);

struct tunnel;
enum tunnel_state { TUNNEL_MORE, TUNNEL_READY, TUNNEL_FAILED };

struct tunnel_to {
	struct address at; /* where the server is; address_is_name(): the proxy looks host up */
	const char *host;
	uint16_t port;
};

/* A new talk in the arena, which must outlive it like p and what `to` points at. */
struct tunnel *tunnel_open(struct arena *a, const struct proxy *p, const struct tunnel_to *to);
/* What is to go out now; empty: nothing. */
struct span tunnel_to_send(struct tunnel *t);
/* The first n bytes of that are out. */
void tunnel_sent(struct tunnel *t, size_t n);
/* Takes bytes of the proxy.  READY and FAILED are final: what is fed after them is not looked at. */
enum tunnel_state tunnel_feed(struct tunnel *t, struct span in);
/* FAILED: why.  MORE: what has not come, for a connection that ends here. */
const char *tunnel_detail(const struct tunnel *t);
/* READY: what came behind the proxy's last word, and is the server's. */
struct span tunnel_rest(const struct tunnel *t);

#endif
