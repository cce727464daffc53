/*
 * invalid_curve - does the server take a point that is not on the curve (invalid curve attack)?
 *
 * Sends:   where ECDHE with P-256, P-384 or P-521 is accepted below TLS 1.3, a ClientKeyExchange with the
 *          point (3, 4), which is of order 3 on another curve, for y^2 = x^3 - 3x + b whatever b and
 *          the prime: the shared secret is 3, or nothing.  Where that is not refused at once,
 *          ChangeCipherSpec and a Finished under keys of that secret.  Where one of them is accepted in
 *          TLS 1.3 alone, a hello with the point (3, 5) as key share.
 * Learns:  the server's Finished, under those keys -> it computes with any point (CVE-2015-7940 kin)
 *          an alert or the end, at once            -> it looks (RFC 8422, 5.10)
 *          an alert at Finished, eight times       -> no: two of three would have fitted
 *          for the key share, encrypted records    -> it does not look (RFC 8446, 4.2.8.2)
 * Blind:   static ECDH and other curves; servers that use one key twice are for key_reuse to find.
 * Costs:   one connection, up to eight; none without such a curve.
 */
#include "probe.h"

enum { TRIES = 8, X25519 = 0x001d, X448 = 0x001e, COORDINATE = 66, WAIT_MS = 500 };
static const struct {
	uint16_t group;
	uint8_t len; /* of a coordinate */
} curves[] = {{0x0017, 32}, {0x0018, 48}, {0x0019, 66}};

static const enum fact_id needs[] = {F_SUITES_TLS1_0, F_SUITES_TLS1_1, F_SUITES_TLS1_2,
    F_GROUPS_TLS1_2, F_GROUPS_TLS1_3, F_NONE};
static const enum fact_id gives[] = {F_INVALID_CURVE, F_NONE};

enum turn { SHAKE, POINT, FINISH, SHARE, OVER };
enum { SHARE_BODY = 2 + 2 + 2 + 1 + 2 * COORDINATE };

struct state {
	enum turn turn;
	unsigned tries;
	bool accepted, refused, begun;
	unsigned ambiguous; /* alerts at Finished */
	uint16_t group;
	size_t len;
	uint8_t body[1 + 1 + 2 * COORDINATE], secret[COORDINATE], share[2 + 2 + SHARE_BODY];
	enum why why;
	const char *note;
};

/* Is it one of the curves?  Then it is the one to make a point for. */
static bool
is_curve(struct state *s, uint16_t group)
{
	for (size_t i = 0; i < N_ELEMENTS(curves); i++)
		if (curves[i].group == group) {
			s->group = group;
			s->len = curves[i].len;
			return true;
		}
	return false;
}

/* The first of the curves that is among the groups. */
static bool
choose(struct state *s, const struct ctx *c, enum fact_id groups)
{
	for (size_t i = 0; i < N_ELEMENTS(curves); i++)
		if (u16s_has(fact_u16s(c->known, groups), curves[i].group))
			return is_curve(s, curves[i].group);
	return false;
}

/* Suites with ECDHE by that curve.  With ECDSA alone the certificate's has to be among the groups, RFC
 * 8422, 5.1.1; the server may prefer it then. */
static bool
hello(struct state *s, const struct ctx *c, struct ask *ask)
{
	static const uint16_t others[] = {0x0017, 0x0018, 0x0019};
	uint16_t *v = arena_alloc(c->arena, (1 + N_ELEMENTS(others)) * sizeof(*v));
	struct u16s list;
	size_t n = 0;

	if (!choose(s, c, F_GROUPS_TLS1_2) || !ask_finished(ask, c, TLS1_2))
		return false;
	list = suites_with(c->arena, ask->hello.suites, "kx=ECDHE");
	ask->hello.suites = list;
	v[n++] = s->group;
	for (size_t i = 0; i < N_ELEMENTS(others); i++)
		if (others[i] != s->group && suites_with(c->arena, list, "!au:ECDSA").n == 0)
			v[n++] = others[i];
	ask->hello.groups = (struct u16s){v, n};
	ask->stop = STOP_HELLO_DONE;
	ask->keep = true;
	return list.n > 0;
}

/* The point (3, y), uncompressed, behind its length: RFC 8422, 5.7 and 5.4.1. */
static struct span
point(struct state *s, uint8_t y)
{
	memset(s->body, 0, sizeof(s->body));
	s->body[0] = (uint8_t)(1 + 2 * s->len);
	s->body[1] = 4;
	s->body[1 + s->len] = 3;
	s->body[1 + 2 * s->len] = y;
	return (struct span){s->body, 2 + 2 * s->len};
}

static void
say_point(struct state *s, struct ask *ask)
{
	s->secret[s->len - 1] = 3; /* RFC 8422, 5.11: its x */
	ask->say[0] = (struct say){
	    .kind = SAY_KEY_EXCHANGE, .bytes = point(s, 4), .secret = {s->secret, s->len}};
}

/* A key_share with a point off the curve: RFC 8446, 4.2.8. */
static bool
share(struct state *s, const struct ctx *c, struct ask *ask)
{
	struct span p;
	struct wr w;

	if (s->begun || !choose(s, c, F_GROUPS_TLS1_3))
		return false;
	ask_hello(ask, c, TLS1_3, STOP_CLOSE);
	ask->wait_ms = wait_ms(c, WAIT_MS);
	ask->hello.suites = suites_for_version(TLS1_3);
	ask->hello.groups = (struct u16s){&s->group, 1};
	ask->hello.flags &= ~(unsigned)HELLO_KEY_SHARE;
	p = point(s, 5);
	wr_init(&w, s->share, sizeof(s->share));
	wr_u16(&w, EXT_KEY_SHARE);
	wr_u16(&w, (unsigned)p.n + 5);
	wr_u16(&w, (unsigned)p.n + 3);
	wr_u16(&w, s->group);
	wr_u16(&w, (unsigned)p.n - 1);
	wr_put(&w, p.p + 1, p.n - 1);
	ask->hello.more_exts = wr_done(&w);
	s->begun = true;
	return true;
}

static enum step
next(void *st, const struct ctx *c, struct ask *ask)
{
	struct state *s = st;

	if (s->turn == OVER)
		return STEP_DONE;
	if (s->turn == SHAKE) {
		s->begun = hello(s, c, ask);
		if (s->begun)
			return STEP_ASK;
		s->turn = SHARE;
	}
	if (s->turn == SHARE)
		return share(s, c, ask) ? STEP_ASK : STEP_DONE;
	ask->kind = ASK_SAY;
	ask->same_conn = ask->keep = true;
	ask->stop = s->turn == POINT ? STOP_ANY_RECORD : STOP_FINISHED;
	ask->wait_ms = wait_ms(c, WAIT_MS);
	if (s->turn == POINT) {
		say_point(s, ask);
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
	s->turn = ++s->tries < TRIES ? SHAKE : SHARE;
}

static void
broke_off(struct state *s, const struct ctx *c, const struct reply *r)
{
	s->why = reply_why(r);
	s->note = arena_str(c->arena, reply_text(r, c->arena));
	s->turn = s->turn == SHARE ? OVER : SHARE;
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
		s->turn = SHARE;
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

/* ServerHello alone says nothing: JSSE sends it before it looks at the point.  What is encrypted comes
 * of a secret. */
static void
on_share(struct state *s, const struct ctx *c, const struct reply *r)
{
	s->turn = OVER;
	if (r->kind == REPLY_FLIGHT && r->flight->hello && !r->flight->retry)
		s->accepted = true;
	else if (ends(r))
		s->refused = true;
	else
		broke_off(s, c, r);
}

static void
learn(void *st, const struct ctx *c, const struct reply *r)
{
	struct state *s = st;

	switch (s->turn) {
	case SHAKE:
		if (r->kind == REPLY_FLIGHT && r->open && r->flight->hello_done &&
		    r->flight->ske.kind == SKE_ECDHE && is_curve(s, r->flight->ske.group))
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
	case SHARE:
		on_share(s, c, r);
		break;
	case OVER:
	default:
		break;
	}
}

/* Was nothing to be asked?  X25519 and X448 are safe whatever comes: RFC 7748, 5. */
static void
not_asked(const struct ctx *c, struct facts *out)
{
	static const enum fact_id lists[] = {F_GROUPS_TLS1_2, F_GROUPS_TLS1_3};
	bool other = false;

	for (size_t i = 0; i < N_ELEMENTS(lists); i++) {
		struct u16s all = fact_u16s(c->known, lists[i]);

		if (!fact_known(c->known, lists[i]) &&
		    fact_why(c->known, lists[i]) != WHY_NOT_APPLICABLE) {
			unknown_like(out, F_INVALID_CURVE, c->known, lists[i]);
			return;
		}
		for (size_t k = 0; k < all.n; k++) {
			const struct group *g = group_by_code(all.v[k]);

			other = other || (g != NULL && g->kind == GROUP_EC && all.v[k] != X25519 &&
					     all.v[k] != X448);
		}
	}
	if (other) {
		fact_put_unknown(out, F_INVALID_CURVE, WHY_LOCAL,
		    "it has curves for which no point off the curve is at hand");
		return;
	}
	fact_put_tri(out, F_INVALID_CURVE, TRI_NO);
	fact_set_note(out, F_INVALID_CURVE, "no ECDHE with a curve where that matters");
}

static void
conclude(void *st, const struct ctx *c, struct facts *out)
{
	const struct state *s = st;

	if (s->accepted)
		fact_put_tri(out, F_INVALID_CURVE, TRI_YES);
	else if (s->why != WHY_NONE)
		fact_put_unknown(out, F_INVALID_CURVE, s->why, s->note);
	else if (s->refused || s->ambiguous == TRIES)
		fact_put_tri(out, F_INVALID_CURVE, TRI_NO);
	else if (!s->begun)
		not_asked(c, out);
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
    .max_asks = 3 * TRIES + 1,
};
