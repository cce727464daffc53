/*
 * exchange - one ask, carried over TCP: the transport of real life.
 *
 * An exchange connects, speaks STARTTLS where the endpoint wants it, hands bytes to and from the
 * engine until the answer is complete or a deadline ends it, closes, and delivers one reply.  What
 * the peer sent before it closed or reset counts first: a server that sends an alert and resets,
 * because it did not read our whole hello, has still sent the alert.  What fails for a passing
 * reason is tried again (net/retry.def), politely (net/polite.h), before the probe hears of it.
 *
 *	struct exchanger *e = exchanger_new(loop, &(struct exchange_limits){.per_address = 4});
 *	struct transport t = exchanger_transport(e);
 *	struct audit *a = audit_new(&options, ep, &t, on_done, job);
 *	...
 *	exchanger_free(e);		when no exchange is under way any more
 *
 * How a failure is told apart:
 *
 *	no connection      REPLY_NO_CONN, with detail "connection refused", "connect timed out",
 *	                   "unreachable", EXCHANGE_NO_IPV6 or what the STARTTLS talk ended with
 *	RST                REPLY_RESET
 *	FIN                REPLY_FIN
 *	a deadline         REPLY_SILENCE
 *	too many bytes     REPLY_LIMIT
 *	through a proxy    whatever fails before the way is open is REPLY_NO_CONN, and its detail
 *	                   begins with "the proxy": net/proxy.h
 *	our own side       REPLY_LOCAL: descriptors or ports stayed used up, or we are not allowed to
 */
#ifndef TLSAUDIT_NET_EXCHANGE_H
#define TLSAUDIT_NET_EXCHANGE_H

#include "net/loop.h"
#include "net/polite.h"
#include "net/proxy.h"
#include "transport.h"

/* The detail of REPLY_NO_CONN when this machine cannot reach IPv6 at all. */
#define EXCHANGE_NO_IPV6 "no IPv6 route here"

struct exchange_limits { /* milliseconds; 0: the default */
	unsigned connect_ms;	/* 5000: until the TCP handshake is done */
	unsigned first_byte_ms; /* 8000: from then to the first byte; ask.wait_ms overrides it */
	unsigned idle_ms;	/* 5000: between bytes */
	unsigned whole_ms;	/* 20000: one connection from end to end */
	unsigned per_address;	/* connections at once; 0: 1 */
	struct polite_rates rates;
	const struct proxy *proxy; /* NULL: none; borrowed, its address is known */
	volatile uint64_t *current; /* gets the seq of the endpoint that is worked on; NULL: nobody asks */
};

struct exchanger;

/* Owned by the caller; the loop must outlive it. */
struct exchanger *exchanger_new(struct loop *l, const struct exchange_limits *limits);
/* No exchange may be under way.  NULL is allowed. */
void exchanger_free(struct exchanger *e);
/* The seam for audits; lives as long as the exchanger. */
struct transport exchanger_transport(struct exchanger *e);
/* TCP connections attempted so far, for the progress line. */
unsigned exchanger_connections(const struct exchanger *e);

#endif
