/*
 * invalid_curve - does the server take a point that is not on the curve (invalid curve attack)?
 *
 * Sends:   where ECDHE with P-256 is accepted below TLS 1.3, a ClientKeyExchange with the point (3, 4),
 *          which is of order 3 on another curve: the shared secret is 3, or nothing.  Where that is
 *          not refused at once, ChangeCipherSpec and a Finished under keys of that secret.
 * Learns:  the server's Finished, under those keys -> it computes with any point (CVE-2015-7940 kin)
 *          an alert or the end, at once            -> it looks (RFC 8422, 5.10)
 *          an alert at Finished, eight times       -> no: two of three would have fitted
 * Blind:   static ECDH and other curves; servers that use one key twice are for key_reuse to find.
 * Costs:   one connection, up to eight; none without ECDHE or P-256.
 */
#include "probe.h"

enum { TRIES = 8, P_256 = 0x0017, COORDINATE = 32, WAIT_MS = 500 };

static const enum fact_id needs[] = {
    F_SUITES_TLS1_0, F_SUITES_TLS1_1, F_SUITES_TLS1_2, F_GROUPS_TLS1_2, F_NONE};
static const enum fact_id gives[] = {F_INVALID_CURVE, F_NONE};

enum turn { SHAKE, POINT, FINISH, OVER };

struct state {
	enum turn turn;
	unsigned tries;
	bool accepted, refused, begun;
	unsigned ambiguous; /* alerts at Finished */
	uint8_t body[1 + 1 + 2 * COORDINATE], secret[COORDINATE];
	enum why why;
	const char *note;
};

static bool
hello(struct ask *ask, const struct ctx *c)
{
	static const uint16_t group[] = {P_256};
	struct u16s list;

	if (!u16s_has(fact_u16s(c->known, F_GROUPS_TLS1_2), P_256) || !ask_finished(ask, c, TLS1_2))
		return false;
	list = suites_with(c->arena, ask->hello.suites, "kx=ECDHE");
	ask->hello.suites = list;
	ask->hello.groups = U16S_OF(group);
	ask->stop = STOP_HELLO_DONE;
	ask->keep = true;
	return list.n > 0;
}

/* (3, 4), uncompressed, behind its length: RFC 8422, 5.7 and 5.4.1. */
static void
point(struct state *s, struct ask *ask)
{
	s->body[0] = 1 + 2 * COORDINATE;
	s->body[1] = 4;
	s->body[1 + COORDINATE] = 3;
	s->body[1 + 2 * COORDINATE] = 4;
	s->secret[COORDINATE - 1] = 3; /* RFC 8422, 5.11: its x */
	ask->say[0] = (struct say){
	    .kind = SAY_KEY_EXCHANGE, .bytes = SPAN_OF(s->body), .secret = SPAN_OF(s->secret)};
}

static enum step
next(void *st, const struct ctx *c, struct ask *ask)
{
	struct state *s = st;

	if (s->turn == OVER)
		return STEP_DONE;
	if (s->turn == SHAKE) {
		if (!hello(ask, c))
			return STEP_DONE;
		s->begun = true;
		return STEP_ASK;
	}
	ask->kind = ASK_SAY;
	ask->same_conn = ask->keep = true;
	ask->stop = s->turn == POINT ? STOP_ANY_RECORD : STOP_FINISHED;
	ask->wait_ms = wait_ms(c, WAIT_MS);
	if (s->turn == POINT) {
		point(s, ask);
	} else {
		ask->say[0].kind = SAY_CCS;
		ask->say[1].kind = SAY_FINISHED;
	}
	return STEP_ASK;
}

/* Once more, or not. */
static void
again(struct state *s)
{
	s->turn = ++s->tries < TRIES ? SHAKE : OVER;
}

static void
broke_off(struct state *s, const struct ctx *c, const struct reply *r)
{
	s->why = reply_why(r);
	s->note = arena_str(c->arena, reply_text(r, c->arena));
	s->turn = OVER;
}

static bool
ends(const struct reply *r)
{
	return r->kind == REPLY_ALERT || r->kind == REPLY_FIN || r->kind == REPLY_RESET;
}

static void
on_point(struct state *s, const struct ctx *c, const struct reply *r)
{
	if (ends(r)) {
		s->refused = true;
		s->turn = OVER;
	} else if (r->kind == REPLY_SILENCE && r->open) {
		s->turn = FINISH;
	} else {
		broke_off(s, c, r);
	}
}

static void
on_finish(struct state *s, const struct ctx *c, const struct reply *r)
{
	if (r->kind == REPLY_FLIGHT && r->flight->finished) {
		s->accepted = true;
		s->turn = OVER;
	} else if (ends(r)) {
		s->ambiguous++;
		again(s);
	} else {
		broke_off(s, c, r);
	}
}

static void
learn(void *st, const struct ctx *c, const struct reply *r)
{
	struct state *s = st;

	switch (s->turn) {
	case SHAKE:
		if (r->kind == REPLY_FLIGHT && r->open && r->flight->hello_done &&
		    r->flight->ske.kind == SKE_ECDHE && r->flight->ske.group == P_256)
			s->turn = POINT;
		else
			broke_off(s, c, r);
		break;
	case POINT:
		on_point(s, c, r);
		break;
	case FINISH:
		on_finish(s, c, r);
		break;
	case OVER:
	default:
		break;
	}
}

static void
conclude(void *st, const struct ctx *c, struct facts *out)
{
	const struct state *s = st;

	if (s->accepted) {
		fact_put_tri(out, F_INVALID_CURVE, TRI_YES);
	} else if (s->refused || s->ambiguous == TRIES) {
		fact_put_tri(out, F_INVALID_CURVE, TRI_NO);
	} else if (s->begun) {
		if (s->why != WHY_NONE)
			fact_put_unknown(out, F_INVALID_CURVE, s->why, s->note);
	} else if (!fact_known(c->known, F_GROUPS_TLS1_2)) {
		unknown_like(out, F_INVALID_CURVE, c->known, F_GROUPS_TLS1_2);
	} else {
		fact_put_unknown(
		    out, F_INVALID_CURVE, WHY_NOT_APPLICABLE, "no ECDHE with P-256 below TLS 1.3");
	}
}

const struct probe probe_invalid_curve = {
    .name = "invalid_curve",
    .summary = "points off the curve in ECDHE",
    .needs = needs,
    .gives = gives,
    .next = next,
    .learn = learn,
    .conclude = conclude,
    .malformed = true,
    .state_size = sizeof(struct state),
    .max_asks = 3 * TRIES,
};
