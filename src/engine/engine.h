/*
 * engine - the asks of one connection as a byte machine: it never sees a socket or a clock.
 *
 * The same code runs under net/exchange.c, in the model tests and in the fuzzers:
 *
 *	struct engine *e = engine_open(arena, ep, ask, rng);
 *	while ((out = engine_to_send(e)).n > 0) { n = send(out); engine_sent(e, n); }
 *	more = engine_feed(e, bytes);		false: the answer is complete
 *	engine_ended(e, REPLY_FIN);		or RESET, SILENCE, from below
 *	engine_reply(e, &reply);
 *	more = engine_go_on(e, next_ask);	when reply.open and the next ask wants it
 *	engine_close(e);			wipes and frees its keys
 */
#ifndef TLSAUDIT_ENGINE_H
#define TLSAUDIT_ENGINE_H

#include "probe.h"

struct engine;

/* Makes key shares if asked for, writes the hello and whatever else the ask says.  Memory is the arena's, keys its own; the ask
 * must outlive it.  NULL never; what cannot be done locally becomes REPLY_LOCAL. */
struct engine *engine_open(
    struct arena *a, const struct endpoint *ep, const struct ask *ask, struct rng *rng);
/* The next ask on the same connection, after a reply that was open: sends what it says, and reads
 * on where the last answer ended.  False: what came before completes the answer already. */
bool engine_go_on(struct engine *e, const struct ask *ask);
struct span engine_to_send(struct engine *e); /* empty: nothing to say now */
void engine_sent(struct engine *e, size_t n);
bool engine_feed(struct engine *e, struct span in); /* false: the answer is complete */
void engine_ended(struct engine *e, enum reply_kind how);
/* Fills all of *out but connections, rtt_ms and now; what it points to lives until engine_go_on() or
 * engine_close(). */
void engine_reply(struct engine *e, struct reply *out);
void engine_close(struct engine *e);

#endif
