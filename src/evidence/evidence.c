/* evidence - see evidence.h. */
#include "config.h"

#include "evidence/evidence.h"

#include <stdlib.h>

#include "base/check.h"
#include "base/xalloc.h"
#include "evidence/evidence_internal.h"

struct evidence {
	struct evidence_env env;
};

void
gathering_over(struct gathering *g)
{
	loop_timer_set(g->end, 0);
}

/* Rows first, for done() reads them. */
static void
on_end(void *arg)
{
	struct gathering *g = arg;
	gather_done_fn *done = g->done;

	arg = g->arg;
	loop_timer_free(g->end);
	g->finish(g);
	done(arg);
}

static struct gathering *
start(void *ctx, enum outside what, const struct ctx *c, struct facts *out, gather_done_fn *done,
    void *arg)
{
	struct evidence *e = ctx;
	struct gathering *g;

	CHECK(what != OUTSIDE_NOT);
	g = what == OUTSIDE_DNS ? dns_new() : web_new();
	g->env = &e->env;
	g->c = *c;
	g->out = out;
	g->done = done;
	g->arg = arg;
	g->end = loop_timer_new(e->env.loop, on_end, g);
	loop_timer_set(g->end, what == OUTSIDE_DNS ? EVIDENCE_DNS_MS : EVIDENCE_MS);
	if (what == OUTSIDE_DNS)
		dns_begin(g);
	else
		web_begin(g);
	return g;
}

static void
cancel(void *ctx, struct gathering *g)
{
	(void)ctx;
	loop_timer_free(g->end);
	g->finish(g);
}

struct evidence *
evidence_new(const struct evidence_env *env)
{
	struct evidence *e = xcalloc(1, sizeof(*e));

	e->env = *env;
	if (e->env.crl_bytes == 0)
		e->env.crl_bytes = EVIDENCE_CRL_BYTES;
	return e;
}

struct gatherer
evidence_gatherer(struct evidence *e)
{
	return (struct gatherer){.ctx = e, .start = start, .cancel = cancel};
}

void
evidence_free(struct evidence *e)
{
	free(e);
}
