/*
 * exchange_internal - what exchange.c and exchange_before.c share of one connection; see exchange.h.
 *
 * exchange.c has the connection from end to end: its states, its timers, TLS and the reply.
 * exchange_before.c has what is said on it before TLS: the way through a proxy and STARTTLS.
 */
#ifndef TLSAUDIT_NET_EXCHANGE_INTERNAL_H
#define TLSAUDIT_NET_EXCHANGE_INTERNAL_H

#include <event2/event_struct.h>

#include "engine/starttls.h"
#include "net/exchange.h"
#include "net/tcp.h"

enum { READ_SIZE = 16384 };

enum exchange_state {
#define STATE(id, meaning) STATE_##id,
#include "net/exchange.def"
	STATE__MAX
};

struct exchanger {
	struct loop *loop;
	struct polite *polite;
	struct exchange_limits limits;
	unsigned connections, under_way;
	uint8_t buf[READ_SIZE]; /* what was read last, until the engine has it */
};

struct exchange {
	unsigned magic;
	enum exchange_state state;
	struct exchanger *e;
	const struct endpoint *ep;
	const struct ask *ask;
	struct rng *rng;
	exchange_done_fn *done;
	void *arg;

	struct arena *arena;
	struct engine *engine;	   /* of this connection, or NULL */
	struct tunnel *tunnel;	   /* likewise: through a proxy */
	struct starttls *starttls; /* likewise */
	struct peer *peer;
	struct turn turn; /* its place among the connections that wait */
	int fd;
	struct event io, timer;
	bool starting; /* in start(): nothing may be delivered */
	bool slot;     /* taken at the peer */
	bool heard;    /* a byte came on this connection */
	bool reset;    /* a write said so; what can be read counts first */
	bool writing;  /* waiting for room */
	bool ready;    /* tunnel or preamble have their go-ahead */
	const char *greeting; /* in the arena, or NULL */
	bool injected; /* and something came with it that is not TLS */
	bool going_on; /* not the connection's first ask: nothing is tried again */
	bool done_now; /* in done(): cancel() only marks */
	bool dropped;  /* it did */
	bool complete; /* the engine had the answer before anything was read */
	uint64_t until_ms, end_ms, sent_ms;
	size_t received;
	unsigned connections, busy, rtt_ms;
	unsigned retries[RETRY__MAX];
	struct reply reply; /* from CLOSING on */
};

/* ---- exchange.c ---- */

/* The only writer of the state; the move must stand in exchange.def. */
void exchange_goto(struct exchange *x, enum exchange_state to);
/* The timer fires ms from now at the latest, or at the connection's own end when that is earlier. */
void exchange_arm(struct exchange *x, unsigned ms);
/* Sends what there is to say, as far as there is room. */
void exchange_push(struct exchange *x);
/* TLS begins: the engine's first words are sent. */
void exchange_talk(struct exchange *x);
/* The engine gets what came; false: the connection is over, and x may be gone. */
bool exchange_hear(struct exchange *x, struct span in);
/* The connection is over: no engine had a say, or its say does not count.  detail: borrowed, may be
 * NULL; r: the row by which to try again.  x may be gone afterwards. */
void exchange_fail(struct exchange *x, enum reply_kind kind, const char *detail, enum retry r);

/* ---- exchange_before.c ---- */

/* Is it the proxy or the STARTTLS talk that has the bytes?  The functions below want that, but for
 * before_begin() and before_no_proxy(). */
bool before_tls(const struct exchange *x);
/* The connection stands: the first of tunnel, preamble and TLS that the endpoint needs.  x may be
 * gone afterwards. */
void before_begin(struct exchange *x);
/* What is to be said; valid until the next call. */
struct span before_to_send(struct exchange *x);
/* n bytes of it are sent. */
void before_sent(struct exchange *x, size_t n);
/* The talk gets what came; false: the connection is over, and x may be gone. */
bool before_hear(struct exchange *x, struct span in);
/* To the next of tunnel, preamble and TLS, when this one has its go-ahead and all of its own is
 * said.  x may be gone afterwards. */
void before_advance(struct exchange *x);
/* The stream is at its end, a deadline is over: the exchange fails in the words of the talk. */
void before_ended(struct exchange *x, enum reply_kind how);
void before_late(struct exchange *x);
/* The connection to the proxy itself did not come about; r: why, not TCP_OK. */
void before_no_proxy(struct exchange *x, enum tcp r);

#endif
