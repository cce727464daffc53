/*
 * gather - what others than the server know: the seam between an audit and third parties.
 *
 * Probes ask the server, and derive steps compute.  Between them stands evidence: certificates name
 * places where their issuer and their revocation can be looked up, and DNS says things about the
 * service.  A probe with `outside` set is that stage in the plan: it starts when what it needs is
 * settled, the audit's gatherer asks, and what came becomes rows that derive steps read:
 *
 *	targets -> probes -> evidence -> facts -> assessment
 *
 *	g = o.gather->start(o.gather->ctx, OUTSIDE_WEB, &ctx, facts, on_gathered, run);
 *	...				on_gathered(run), once; rows are there by then
 *	o.gather->cancel(ctx, g);	instead: rows of what is known, and no call
 *
 * An audit without a gatherer (--offline, the tests' servers) leaves those facts "not asked".  Who
 * gathers ends by himself, well before the endpoint's deadline; nothing that a third party does is
 * held against the server.
 */
#ifndef TLSAUDIT_GATHER_H
#define TLSAUDIT_GATHER_H

#include "probe.h"

struct gathering;
typedef void gather_done_fn(void *arg);

struct gatherer {
	void *ctx;
	/* c is copied, out is the endpoint's.  done() is not called before this returns. */
	struct gathering *(*start)(void *ctx, enum outside what, const struct ctx *c,
	    struct facts *out, gather_done_fn *done, void *arg);
	void (*cancel)(void *ctx, struct gathering *g);
};

#endif
