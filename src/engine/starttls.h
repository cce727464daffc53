/*
 * starttls - what is said in the clear before TLS begins, as a byte machine without a socket.
 *
 *	struct starttls *s = starttls_open(arena, "smtp", "mx.example");
 *	state = starttls_feed(s, (struct span){0});	at the start: nothing has come yet
 *	while (state == STARTTLS_MORE) {
 *		out = starttls_to_send(s); n = send(out); starttls_sent(s, n);
 *		state = starttls_feed(s, received);
 *	}
 *	STARTTLS_READY: what starttls_to_send() still holds goes out, then the ClientHello
 *	STARTTLS_FAILED: starttls_detail(s), "the server does not offer STARTTLS"
 *
 * The protocols and what they say stand in starttls.def.  A server is held to 64 KiB and 100 lines
 * before TLS.  What it sends after its go-ahead, and before it can know our hello, was not
 *protected and is not TLS: it is kept apart, in starttls_injected() (RFC 3207, 6: an attacker may
 *put commands or answers there, and a client that keeps its buffer takes them for protected ones).
 */
#ifndef TLSAUDIT_ENGINE_STARTTLS_H
#define TLSAUDIT_ENGINE_STARTTLS_H

#include "base/arena.h"

enum { STARTTLS_BYTES_MAX = 65536, STARTTLS_LINES_MAX = 100 };

struct starttls;
enum starttls_state { STARTTLS_MORE, STARTTLS_READY, STARTTLS_FAILED };

enum starttls_failure {
	STARTTLS_NONE,
	STARTTLS_NOT_OFFERED, /* the server speaks the protocol, but no TLS in it */
	STARTTLS_REFUSED,     /* it does not want us, or no TLS now */
	STARTTLS_ALIEN,       /* it speaks something else */
	STARTTLS_LIMIT        /* it talks without end */
};

/* A new talk in the arena, which must outlive it; host is whom it is meant for (XMPP says it).
 * NULL: there is no such protocol. */
struct starttls *starttls_open(struct arena *a, const char *proto, const char *host);
/* What is to go out now; empty: nothing. */
struct span starttls_to_send(struct starttls *s);
/* The first n bytes of that are out. */
void starttls_sent(struct starttls *s, size_t n);
/* Takes bytes of the server; empty at the start, before any have come.  READY and FAILED are final:
 * what is fed after them is not looked at. */
enum starttls_state starttls_feed(struct starttls *s, struct span in);
/* A clean sentence without a final dot.  FAILED: why.  MORE: what has not come, for a connection
 * that ends here ("no answer to EHLO").  READY: "". */
const char *starttls_detail(const struct starttls *s);
enum starttls_failure starttls_failure(const struct starttls *s);
/* The first line that came, clean, of a protocol that has lines: what the server calls itself.  NULL:
 * there is none yet. */
const char *starttls_greeting(const struct starttls *s);
/* READY: what came after the go-ahead; of at most STARTTLS_BYTES_MAX, for the arena's life. */
struct span starttls_injected(const struct starttls *s);

#endif
