/* audit - see audit.h.  A probe runs as one or more lanes; a lane has at most one ask under way. */
#include "audit/audit_internal.h"

#include <stdlib.h>

#include "audit/plan.h"
#include "base/check.h"
#include "base/xalloc.h"

enum {
	MAGIC = 0x41554454,
	ARENA_CAP = 8 << 20,
	CLOSES = 3,		/* closed twice, the second time alone, so often: its way to refuse */
	TRIES_FICKLE = 3	/* of one hello, when another was closed once and then answered */
};

/* --safe */
static void
leave_out_malformed(struct audit *a, const struct probe **plan)
{
	size_t n = 0;

	for (size_t i = 0; i < a->n_runs; i++) {
		if (!plan[i]->malformed) {
			plan[n++] = plan[i];
			continue;
		}
		for (const enum fact_id *id = plan[i]->gives; *id != F_NONE; id++)
			fact_put_unknown(a->facts, *id, WHY_NOT_ASKED, "--safe");
	}
	a->n_runs = n;
}

struct audit *
audit_new(const struct audit_options *o, const struct endpoint *ep, const struct transport *t,
    audit_done_fn *done, void *arg)
{
	struct audit *a = xcalloc(1, sizeof(*a));
	const struct probe **plan;

	a->magic = MAGIC;
	a->o = *o;
	a->ep = ep;
	a->t = t;
	a->done = done;
	a->arg = arg;
	a->arena = arena_new(ARENA_CAP);
	a->facts = facts_new(a->arena);
	fact_put_time(a->facts, F_AUDIT_TIME, o->now);
	if (o->seed != 0)
		rng_seed(&a->rng, o->seed);
	else
		rng_init(&a->rng);
	plan = plan_make(o->probes, o->only, a->arena, &a->n_runs);
	if (o->safe)
		leave_out_malformed(a, plan);
	a->runs = arena_alloc(a->arena, (a->n_runs + 1) * sizeof(*a->runs));
	for (size_t i = 0; i < a->n_runs; i++) {
		a->runs[i].audit = a;
		a->runs[i].probe = plan[i];
	}
	a->begun_ms = t->now_ms(t->ctx);
	return a;
}

static struct ctx
ctx_of(struct audit *a, unsigned lane)
{
	return (struct ctx){.known = a->facts, .ep = a->ep, .arena = a->arena, .rng = &a->rng,
	    .lane = lane, .depth = a->o.depth, .now = a->o.now, .stores = a->o.stores,
	    .rtt_ms = a->rtt_ms};
}

/* ---- the end of lanes and probes ---- */

/* Whatever a probe left open becomes unknown, for the reason of its last reply. */
static void
settle(struct audit *a, struct run *r, enum why why, const char *text)
{
	for (const enum fact_id *id = r->probe->gives; *id != F_NONE; id++)
		if (!fact_settled(a->facts, *id))
			fact_put_unknown(a->facts, *id, why, text);
	r->settled = true;
}

static void
finish(struct audit *a, struct run *r)
{
	struct ctx c = ctx_of(a, 0);
	void **states;

	if (r->probe->finish == NULL)
		return;
	states = arena_alloc(a->arena, r->n_lanes * sizeof(*states));
	for (unsigned i = 0; i < r->n_lanes; i++)
		states[i] = r->lanes[i].state;
	r->probe->finish(states, r->n_lanes, &c, a->facts);
}

static void
run_over(struct audit *a, struct run *r)
{
	enum why why = WHY_NOT_APPLICABLE;
	const char *text = NULL;

	finish(a, r);

	for (unsigned i = 0; i < r->n_lanes; i++)
		if (r->lanes[i].why != WHY_NONE) {
			why = r->lanes[i].why;
			text = r->lanes[i].text;
		}
	settle(a, r, a->stopped != WHY_NONE ? a->stopped : why, text);
}

/* The connection of the last ask is not gone on with. */
static void
drop(struct audit *a, struct lane *l)
{
	if (l->parked == NULL)
		return;
	a->t->cancel(a->t->ctx, l->parked);
	l->parked = NULL;
	a->in_flight--;
}

static void
lane_over(struct audit *a, struct run *r, struct lane *l)
{
	struct ctx c = ctx_of(a, l->number);

	l->done = true;
	drop(a, l);
	if (r->probe->conclude != NULL)
		r->probe->conclude(l->state, &c, a->facts);
	if (--r->open == 0)
		run_over(a, r);
}

/* ---- asking ---- */

static void on_reply(void *arg, struct exchange *x, const struct reply *r);

static bool
out_of_budget(struct audit *a)
{
	return a->connections + a->in_flight >= a->o.max_connections || arena_full(a->arena);
}

/* What the lane's probe wants to ask next; false: nothing, or it may not. */
static bool
next_ask(struct audit *a, struct run *r, struct lane *l)
{
	struct ctx c = ctx_of(a, l->number);

	if (a->stopped != WHY_NONE || r->probe->next == NULL)
		return false;
	l->ask = (struct ask){0};
	if (r->probe->next(l->state, &c, &l->ask) == STEP_DONE)
		return false;
	/* Only who wants another connection feels that there is none left. */
	if (!l->ask.same_conn && out_of_budget(a)) {
		a->stopped = WHY_BUDGET;
		return false;
	}
	if (l->asks >= r->probe->max_asks) {
		l->why = WHY_BUDGET;
		return false;
	}
	l->asks++;
	return true;
}

/* There is nothing to go on with: said to the probe without asking anyone. */
static void
no_connection(struct audit *a, struct run *r, struct lane *l)
{
	static const struct server_flight none;
	const struct reply reply = {.kind = REPLY_NO_CONN, .flight = &none,
	    .detail = "the connection is over", .now = a->o.now};
	struct ctx c = ctx_of(a, l->number);

	r->probe->learn(l->state, &c, &reply);
}

/* May a close still be a whim?  Not of a server that is known to refuse in that way. */
static bool
may_be_a_whim(const struct audit *a)
{
	return a->stopped == WHY_NONE && (a->fickle || a->closes < CLOSES);
}

static void
ask_now(struct audit *a, struct lane *l)
{
	a->in_flight++;
	l->exchange = a->t->start(a->t->ctx, a->ep, &l->ask, &a->rng, on_reply, l);
}

/* The hello that was closed goes out again; or closing was the answer, when that is clear by now or
 * nothing may be asked any more. */
static void
release(struct audit *a, struct lane *l)
{
	static const struct server_flight none;
	const struct reply closed = {.kind = REPLY_FIN, .flight = &none, .now = a->o.now};
	struct ctx c = ctx_of(a, l->number);

	l->held = false;
	if (may_be_a_whim(a) && !out_of_budget(a)) {
		l->tries++;
		ask_now(a, l);
		return;
	}
	a->n_alone--;
	l->tries = 0;
	l->why = reply_why(&closed);
	l->text = reply_text(&closed, a->arena);
	l->probe->learn(l->state, &c, &closed);
}

/* The lane's next step: an ask under way, or the lane is over. */
static void
lane_step(struct audit *a, struct run *r, struct lane *l)
{
	while (next_ask(a, r, l)) {
		if (l->ask.same_conn && l->parked == NULL) {
			no_connection(a, r, l);
			continue;
		}
		if (l->ask.same_conn) {
			l->exchange = l->parked;
			l->parked = NULL;
			a->t->go_on(a->t->ctx, l->exchange, &l->ask);
			return;
		}
		drop(a, l);
		ask_now(a, l);
		return;
	}
	lane_over(a, r, l);
}

/* ---- asking others than the server ---- */

static void
gather_over(struct audit *a, struct run *r)
{
	r->gathering = NULL;
	a->gatherings--;
	settle(a, r, WHY_LOCAL, NULL);
}

static void
on_gathered(void *arg)
{
	struct run *r = arg;

	MAGIC_CHECK(r->audit, MAGIC);
	CHECK(r->gathering != NULL);
	gather_over(r->audit, r);
	audit_pump(r->audit);
}

static void
gather_start(struct audit *a, struct run *r)
{
	const struct gatherer *g = a->o.gather;
	struct ctx c = ctx_of(a, 0);

	if (g == NULL || a->stopped != WHY_NONE) {
		settle(a, r, g == NULL ? WHY_NOT_ASKED : a->stopped, NULL);
		return;
	}
	a->gatherings++;
	r->gathering = g->start(g->ctx, r->probe->outside, &c, a->facts, on_gathered, r);
}

static void
run_start(struct audit *a, struct run *r)
{
	const struct probe *p = r->probe;
	struct ctx c = ctx_of(a, 0);

	r->started = true;
	if (p->applies != NULL && !p->applies(&c)) {
		settle(a, r, WHY_NOT_APPLICABLE, NULL);
		return;
	}
	if (p->outside != OUTSIDE_NOT) {
		gather_start(a, r);
		return;
	}
	r->n_lanes = r->open = p->lanes > 1 ? p->lanes : 1;
	r->lanes = arena_alloc(a->arena, r->n_lanes * sizeof(*r->lanes));
	for (unsigned i = 0; i < r->n_lanes; i++) {
		r->lanes[i].audit = a;
		r->lanes[i].probe = p;
		r->lanes[i].number = i;
		r->lanes[i].state = arena_alloc(a->arena, p->state_size);
	}
}

static bool
ready(const struct audit *a, const struct run *r)
{
	for (const enum fact_id *id = r->probe->needs; *id != F_NONE; id++)
		for (size_t i = 0; i < a->n_runs; i++)
			if (!a->runs[i].settled && plan_gives(a->runs[i].probe, *id))
				return false;
	return true;
}

/* One pass over the plan; true when something moved. */
static bool
pump_once(struct audit *a)
{
	bool moved = false;

	for (size_t i = 0; i < a->n_runs; i++) {
		struct run *r = &a->runs[i];

		if (!r->started && ready(a, r)) {
			run_start(a, r);
			moved = true;
		}
		for (unsigned k = 0; k < r->n_lanes; k++) {
			struct lane *l = &r->lanes[k];

			if (l->done || l->exchange != NULL)
				continue;
			if (l->held && a->in_flight > 0 && a->stopped == WHY_NONE)
				continue;
			if (l->held) {
				release(a, l);
				moved = true;
				continue;
			}
			if (a->n_alone > 0 && l->parked == NULL && a->stopped == WHY_NONE &&
			    r->probe->next != NULL)
				continue;
			/* An open connection has its place already. */
			if (a->in_flight >= a->o.parallel && l->parked == NULL && a->stopped == WHY_NONE &&
			    r->probe->next != NULL)
				continue;
			lane_step(a, r, l);
			moved = true;
		}
	}
	return moved;
}

static bool
all_settled(const struct audit *a)
{
	for (size_t i = 0; i < a->n_runs; i++)
		if (!a->runs[i].settled)
			return false;
	return true;
}

/* RFC 3207, 6: nothing may come between the go-ahead and TLS. */
static void
note_injected(struct audit *a)
{
	if (a->ep->starttls == NULL || !a->spoke_tls)
		fact_put_unknown(a->facts, F_STARTTLS_INJECTED, WHY_NOT_APPLICABLE, NULL);
	else
		fact_put_tri(a->facts, F_STARTTLS_INJECTED, a->injected ? TRI_YES : TRI_NO);
}

static void
note_preamble(struct audit *a)
{
	if (a->ep->starttls == NULL)
		fact_put_unknown(a->facts, F_STARTTLS, WHY_NOT_APPLICABLE, NULL);
	else
		fact_put_str(a->facts, F_STARTTLS, a->ep->starttls);
	if (a->greeting != NULL)
		fact_put_str(a->facts, F_GREETING, a->greeting);
	else
		fact_put_unknown(a->facts, F_GREETING, WHY_NOT_APPLICABLE, NULL);
	note_injected(a);
}

void
audit_pump(struct audit *a)
{
	MAGIC_CHECK(a, MAGIC);
	if (a->finished || a->pumping)
		return;
	if (a->stopped == WHY_NONE && !a->only_others && a->o.deadline_ms > 0 &&
	    a->t->now_ms(a->t->ctx) - a->begun_ms > a->o.deadline_ms) {
		a->stopped = WHY_BUDGET;
		a->timed_out = true;
	}
	a->pumping = true;
	while (pump_once(a))
		continue;
	a->pumping = false;
	CHECK(a->in_flight > 0 || a->gatherings > 0 || all_settled(a)); /* the plan has no circle */
	if (!all_settled(a))
		return;
	a->finished = true;
	a->ended_ms = a->t->now_ms(a->t->ctx);
	if (a->spoke_tls)
		fact_put_tri(a->facts, F_THROTTLED, a->throttled ? TRI_YES : TRI_NO);
	else
		fact_put_unknown(a->facts, F_THROTTLED, WHY_NOT_APPLICABLE, NULL);
	note_preamble(a);
	if (a->done != NULL)
		a->done(a->arg, a);
}

/* ---- answers ---- */

/*
 * Some close when more connections are open than they like, or every so often.  So a close without a
 * byte counts once the hello was closed with no other beside it; where closing is shown to be the
 * server's way to refuse, that is enough without.
 */
static bool
in_doubt(const struct audit *a, const struct lane *l, const struct reply *r)
{
	return r->kind == REPLY_FIN && r->received == 0 && !l->ask.same_conn &&
	    audit_rank(&l->ask) != RANK_OTHER && (a->spoke_tls || a->in_flight > 0) &&
	    may_be_a_whim(a) && l->tries < (a->fickle ? TRIES_FICKLE : 1);
}

/* What came when a hello went out again. */
static void
tried_again(struct audit *a, struct lane *l, const struct reply *r)
{
	if (l->tries == 0)
		return;
	a->n_alone--;
	if (r->kind == REPLY_FIN)
		a->closes++;
	if (audit_speaks(a, r) || r->kind == REPLY_ALERT) {
		a->fickle = a->throttled = true;
		a->o.parallel = (a->o.parallel + 1) / 2;
	}
	l->tries = 0;
}

static void
on_reply(void *arg, struct exchange *x, const struct reply *r)
{
	struct lane *l = arg;
	struct audit *a = l->audit;
	struct ctx c = ctx_of(a, l->number);

	MAGIC_CHECK(a, MAGIC);
	CHECK(l->exchange == x);
	l->exchange = NULL;
	if (r->open)
		l->parked = x;
	else
		a->in_flight--;
	if (!l->ask.same_conn) /* what comes later is about what was said, not about the server */
		audit_count(a, &l->ask, r);
	if (in_doubt(a, l, r)) {
		a->failures--; /* one hello, one failure, however often it is sent */
		l->held = true;
		a->n_alone += l->tries == 0;
		audit_pump(a);
		return;
	}
	tried_again(a, l, r);
	l->why = reply_why(r);
	l->text = reply_text(r, a->arena);
	l->probe->learn(l->state, &c, r);
	audit_pump(a);
}

void
audit_stop(struct audit *a, enum why why)
{
	MAGIC_CHECK(a, MAGIC);
	if (a->finished)
		return;
	/* When nothing but third parties is waited for, the server has said all that it was asked. */
	a->only_others = a->in_flight == 0 && a->gatherings > 0;
	if (!a->only_others) {
		a->stopped = why;
		a->timed_out = why == WHY_BUDGET;
	}
	a->done = NULL;
	for (size_t i = 0; i < a->n_runs; i++) {
		struct run *r = &a->runs[i];

		if (r->gathering != NULL) {
			a->o.gather->cancel(a->o.gather->ctx, r->gathering);
			gather_over(a, r);
		}
		for (unsigned k = 0; k < r->n_lanes; k++) {
			struct lane *l = &r->lanes[k];

			drop(a, l);
			if (l->exchange == NULL)
				continue;
			a->t->cancel(a->t->ctx, l->exchange);
			l->exchange = NULL;
			a->in_flight--;
			a->connections++;
		}
	}
	audit_pump(a);
}

/* ---- what came of it ---- */

const struct facts *
audit_facts(const struct audit *a)
{
	return a->facts;
}

unsigned
audit_connections(const struct audit *a)
{
	return a->connections;
}

unsigned
audit_elapsed_ms(const struct audit *a)
{
	uint64_t end = a->finished ? a->ended_ms : a->t->now_ms(a->t->ctx);

	return (unsigned)(end - a->begun_ms);
}

const struct endpoint *
audit_endpoint(const struct audit *a)
{
	return a->ep;
}

size_t
audit_probes(const struct audit *a)
{
	return a->n_runs;
}

size_t
audit_probes_done(const struct audit *a)
{
	size_t n = 0;

	for (size_t i = 0; i < a->n_runs; i++)
		n += a->runs[i].settled;
	return n;
}

void
audit_put_differ(struct audit *a, enum tri differ, enum why why, const char *what)
{
	MAGIC_CHECK(a, MAGIC);
	CHECK(a->finished);
	if (fact_settled(a->facts, F_ADDRESSES_DIFFER))
		return;
	if (differ == TRI_UNKNOWN)
		fact_put_unknown(a->facts, F_ADDRESSES_DIFFER, why, NULL);
	else
		fact_put_tri(a->facts, F_ADDRESSES_DIFFER, differ);
	if (differ != TRI_UNKNOWN && what != NULL)
		fact_set_note(a->facts, F_ADDRESSES_DIFFER, what);
}

void
audit_free(struct audit *a)
{
	if (a == NULL)
		return;
	MAGIC_CHECK(a, MAGIC);
	if (!a->finished)
		audit_stop(a, WHY_NOT_ASKED);
	arena_free(a->arena);
	a->magic = 0;
	free(a);
}
