/*
 * tickets - is a ticket good later, and at another address of the same name; is its key a new one?
 *
 * Sends:   a whole handshake for a ticket that is kept (TLS 1.2 and below, and TLS 1.3), and two that
 *          offer one: the oldest that this address gave in an earlier round of --watch and still took
 *          in the last; and one that another address of the name gave in this round.
 * Learns:  a Finished under the keys of that session shows that the ticket was taken, and so that the
 *          key that protects tickets (STEK) is still there, or is shared.  The first 16 bytes of a
 *          ticket are the name of that key with most servers (RFC 5077, 4): the same as in the last
 *          round, it is the same key; others, where they were the same before, it is a new one.
 * Blind:   a ticket that is not taken may be too old for the server, which is not told apart from a
 *          new key; tickets that only point into a cache have no name in them.  Several machines behind
 *          one address look like one that changes its key.
 * Costs:   nothing for one address and one round; else two connections for each kind of ticket that
 *          the server resumes by, and one more with --watch.
 */
#include "probe.h"

enum { LANE_TICKET, LANE_PSK, LANES, NAME = 16 };

static const enum fact_id needs[] = {F_RESUMES_TICKET, F_RESUMES_PSK, F_PROTO_TLS1_3, F_SUITES_TLS1_0,
    F_SUITES_TLS1_1, F_SUITES_TLS1_2, F_GROUPS_TLS1_2, F_GROUPS_TLS1_3, F_NONE};
static const enum fact_id gives[] = {F_TICKET_LATER, F_TICKET_LATER_AGE, F_TICKET_ELSEWHERE,
    F_TICKET_KEY_NEW, F_PSK_LATER, F_PSK_LATER_AGE, F_PSK_ELSEWHERE, F_PSK_KEY_NEW, F_NONE};

static const struct {
	enum fact_id resumes, later, age, elsewhere, key_new;
} ids[LANES] = {
    {F_RESUMES_TICKET, F_TICKET_LATER, F_TICKET_LATER_AGE, F_TICKET_ELSEWHERE, F_TICKET_KEY_NEW},
    {F_RESUMES_PSK, F_PSK_LATER, F_PSK_LATER_AGE, F_PSK_ELSEWHERE, F_PSK_KEY_NEW},
};

enum turn { LATER, ELSEWHERE, SHAKE, WAIT, BYE, OVER };

struct offered { /* a ticket of the past, and what came of it */
	struct session session;
	bool there;
	uint32_t age;
	enum tri taken;
	enum why why;
	const char *note;
};

struct state {
	enum turn turn;
	struct offered later, elsewhere;
	const struct session *fresh;
	enum tri key_new;
};

/* ---- asking ---- */

/* RFC 8446, 4.2.11.1: the age of a ticket is in the hello. */
static bool
find(const struct ctx *c, enum past_kind kind, struct offered *o)
{
	struct past p;
	const struct session *copy;

	if (!past_ticket(c->ep, kind, c->lane == LANE_PSK, &p))
		return false;
	copy = session_copy(c->arena, p.session);
	o->session = *copy;
	o->age = p.age;
	o->session.age_ms = p.age * 1000;
	o->session.max_early = 0;
	o->there = true;
	if (kind == PAST_ADDRESS)
		o->note = arena_printf(c->arena, "of %s", p.address);
	return true;
}

static bool
hello(struct ask *ask, const struct ctx *c)
{
	if (c->lane == LANE_PSK)
		return ask_finished(ask, c, TLS1_3) && ask->hello.versions.n > 0;
	return ask_finished(ask, c, TLS1_2);
}

static void
offer(const struct ctx *c, struct ask *ask, const struct session *s)
{
	ask->session = s;
	if (c->lane == LANE_TICKET)
		ask_by_ticket(ask, c, s);
}

static enum step
next(void *st, const struct ctx *c, struct ask *ask)
{
	struct state *s = st;

	if (c->ep->memory == NULL || !fact_yes(c->known, ids[c->lane].resumes))
		return STEP_DONE;
	if (s->turn == LATER && !find(c, PAST_OLDEST, &s->later))
		s->turn = SHAKE;
	if (s->turn == ELSEWHERE && !find(c, PAST_ADDRESS, &s->elsewhere))
		s->turn = OVER;
	if (s->turn == OVER)
		return STEP_DONE;
	if (s->turn == WAIT || s->turn == BYE) {
		ask_ticket_or_end(ask, s->turn == WAIT);
		return STEP_ASK;
	}
	if (!hello(ask, c))
		return STEP_DONE;
	if (s->turn == SHAKE)
		ask->keep = true;
	else
		offer(c, ask, s->turn == LATER ? &s->later.session : &s->elsewhere.session);
	return STEP_ASK;
}

/* ---- answers ---- */

static void
learn_offered(struct offered *o, const struct ctx *c, const struct reply *r)
{
	if (r->kind == REPLY_FLIGHT && r->flight->finished) {
		o->taken = r->resumed ? TRI_YES : TRI_NO;
		return;
	}
	o->why = r->kind == REPLY_FLIGHT ? WHY_LOCAL : reply_why(r);
	o->note = arena_str(c->arena, reply_text(r, c->arena));
}

/* The names in the last round's ticket and in this one. */
static void
compare_names(struct state *s, const struct ctx *c)
{
	struct span a, b = s->fresh->ticket;
	struct past p;

	if (!past_ticket(c->ep, PAST_LAST, c->lane == LANE_PSK, &p))
		return;
	a = p.session->ticket;
	if (a.n <= NAME || b.n <= NAME || span_eq(a, b))
		return;
	if (memcmp(a.p, b.p, NAME) == 0)
		s->key_new = TRI_NO;
	else if (p.named)
		s->key_new = TRI_YES;
}

static void
learn_fresh(struct state *s, const struct ctx *c, const struct reply *r)
{
	if (r->session != NULL && r->session->ticket.n > 0)
		s->fresh = session_copy(c->arena, r->session);
	if (s->turn != BYE)
		return;
	if (s->fresh != NULL) {
		compare_names(s, c);
		past_keep(c->ep, c->lane == LANE_PSK, s->fresh, s->later.taken == TRI_YES,
		    s->key_new == TRI_NO);
	}
	s->turn = ELSEWHERE;
}

static void
learn(void *st, const struct ctx *c, const struct reply *r)
{
	struct state *s = st;

	switch (s->turn) {
	case LATER:
		learn_offered(&s->later, c, r);
		s->turn = SHAKE;
		break;
	case ELSEWHERE:
		learn_offered(&s->elsewhere, c, r);
		s->turn = OVER;
		break;
	case SHAKE:
		learn_fresh(s, c, r);
		s->turn = !r->open ? ELSEWHERE : c->lane == LANE_PSK ? WAIT : BYE;
		break;
	case WAIT:
		learn_fresh(s, c, r);
		s->turn = r->open ? BYE : ELSEWHERE;
		break;
	case BYE:
		learn_fresh(s, c, r);
		break;
	case OVER:
	default:
		break;
	}
}

/* ---- facts ---- */

static void
put(struct facts *out, enum fact_id id, const struct offered *o, const char *missing)
{
	if (!o->there) {
		fact_put_unknown(out, id, WHY_NOT_APPLICABLE, missing);
	} else if (o->taken == TRI_UNKNOWN) {
		fact_put_unknown(out, id, o->why != WHY_NONE ? o->why : WHY_NOT_ASKED, o->note);
	} else {
		fact_put_tri(out, id, o->taken);
		if (o->note != NULL)
			fact_set_note(out, id, o->note);
	}
}

static void
conclude(void *st, const struct ctx *c, struct facts *out)
{
	struct state *s = st;
	enum fact_id resumes = ids[c->lane].resumes;

	if (!fact_yes(c->known, resumes)) {
		unknown_like(out, ids[c->lane].later, c->known, resumes);
		unknown_like(out, ids[c->lane].age, c->known, resumes);
		unknown_like(out, ids[c->lane].elsewhere, c->known, resumes);
		unknown_like(out, ids[c->lane].key_new, c->known, resumes);
		return;
	}
	put(out, ids[c->lane].later, &s->later, "there is no earlier round");
	put(out, ids[c->lane].elsewhere, &s->elsewhere, "no ticket of another address is at hand");
	if (s->later.there)
		fact_put_u32(out, ids[c->lane].age, s->later.age);
	else
		fact_put_unknown(out, ids[c->lane].age, WHY_NOT_APPLICABLE, "there is no earlier round");
	if (s->key_new != TRI_UNKNOWN)
		fact_put_tri(out, ids[c->lane].key_new, s->key_new);
	else
		fact_put_unknown(out, ids[c->lane].key_new, WHY_NOT_APPLICABLE,
		    s->later.there ? "its tickets have shown no name of a key yet" : "there is no earlier round");
}

const struct probe probe_tickets = {
    .name = "tickets",
    .summary = "a ticket of an earlier round (--watch) or of another address, and its key",
    .needs = needs,
    .gives = gives,
    .next = next,
    .learn = learn,
    .conclude = conclude,
    .state_size = sizeof(struct state),
    .lanes = LANES,
    .max_asks = 5,
};
