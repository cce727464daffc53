/*
 * transport - the one seam between an audit and the world: net/exchange.c, or tests/model.
 *
 * done() is called exactly once per start() and go_on() and never from inside them, so nothing
 * recurses whatever the transport; after cancel() it is not called.  The reply and all it points
 * at die when done() returns.
 *
 * When the reply is `open`, so is the exchange: its owner says go_on() with the next ask or
 * cancel(), from inside done() or later.  Else the exchange is gone when done() returns.
 */
#ifndef TLSAUDIT_TRANSPORT_H
#define TLSAUDIT_TRANSPORT_H

#include "probe.h"

struct exchange;
typedef void exchange_done_fn(void *arg, struct exchange *x, const struct reply *r);

struct transport {
	/* Starts one ask (which must live until done() or cancel()); never NULL. */
	struct exchange *(*start)(void *ctx, const struct endpoint *ep, const struct ask *ask,
	    struct rng *rng, exchange_done_fn *done, void *arg);
	void (*go_on)(void *ctx, struct exchange *x, const struct ask *ask); /* same done and arg */
	void (*cancel)(void *ctx, struct exchange *x);
	uint64_t (*now_ms)(void *ctx); /* monotonic */
	void *ctx;
};

#endif
