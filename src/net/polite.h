/*
 * polite - how hard one address may be asked, and what is remembered of it.
 *
 * Every connection takes a slot here, so no probe can forget to be a good guest.  An address that
 * answered before and now refuses or resets gets room: the gap between connections doubles, up to
 * two seconds, and an answer closes it again.
 *
 *	struct peer *p = polite_peer(polite, addr, len);
 *	if ((ms = peer_take(p, now, &turn)) > 0)	wait that long and ask again
 *	...					connect and talk
 *	peer_give(p);				the connection is over
 *	peer_answered(p) or peer_failed(p);
 *	peer_release(p);
 *
 * Lists of targets set rates as well: connections a second to one address (whatever the port), to
 * one /24 or /48, and in all.  A connection waits for its turn at the first, then at the second,
 * then at the third; each keeps the order in which they came.
 */
#ifndef TLSAUDIT_NET_POLITE_H
#define TLSAUDIT_NET_POLITE_H

#include "base/span.h"

enum retry {
#define RETRY(id, times, pause_ms, why) RETRY_##id,
#include "net/retry.def"
#undef RETRY
	RETRY__MAX,
	RETRY_NEVER = RETRY__MAX
};

struct polite;
struct peer;

struct polite_rates { /* connections a second; 0: no limit */
	unsigned per_address, per_prefix, all;
};

struct turn { /* one connection's place in the time lines; zero before it asks first */
	uint64_t at_us;
	unsigned lines;
};

enum { POLITE_PREFIX_MAX = 6 };

/* A table with no address in it; slots: connections at once to one address. */
struct polite *polite_new(unsigned slots);
/* Rates for addresses that come from now on. */
void polite_limit(struct polite *t, const struct polite_rates *rates);
/* The bytes of the /24 or /48 of a socket address; how many they are. */
size_t polite_prefix(const uint8_t *addr, size_t len, uint8_t out[POLITE_PREFIX_MAX]);
/* Every peer must have been released. */
void polite_free(struct polite *t);

/* The entry of this socket address; released with peer_release(). */
struct peer *polite_peer(struct polite *t, const uint8_t *addr, size_t len);
void peer_release(struct peer *p);

/* 0: go on, a slot is taken until peer_give(); else the milliseconds after which to ask again with
 * the same turn. */
unsigned peer_take(struct peer *p, uint64_t now_ms, struct turn *t) MUST_USE;
void peer_give(struct peer *p);

/* It sent bytes of TLS, or of what it takes for TLS. */
void peer_answered(struct peer *p);
/* It refused, reset or let a connection time out. */
void peer_failed(struct peer *p);
bool peer_has_answered(const struct peer *p);

/*
 * May a connection that failed in this way be tried again?  already: how often the same exchange
 * was tried again for that reason.  An address that never answered has one allowance for all its
 * exchanges together, so that a dead one costs little.
 */
bool peer_may_retry(struct peer *p, enum retry r, unsigned already) MUST_USE;
/* A second silence: from now on this address means it when it is silent. */
void peer_is_silent(struct peer *p);
/* The pause before that retry. */
unsigned retry_pause_ms(enum retry r);

#endif
