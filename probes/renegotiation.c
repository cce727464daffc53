/*
 * renegotiation - may the client begin a second handshake, and does it need RFC 5746 for that?
 *
 * Sends:   whole handshakes of the best version before TLS 1.3, and under their keys a second hello:
 *          once with renegotiation_info in both, right by RFC 5746; once in neither of them.
 * Learns:  a second handshake that is finished shows that the server lets the client renegotiate; an
 *          alert (no_renegotiation, RFC 5246, 7.2.2) or a closed connection that it does not.  A
 *          server that refuses the first hello without renegotiation_info requires it.
 * Blind:   TLS 1.3 has no renegotiation; silence to a second hello says nothing.
 * Costs:   two connections.
 */
#include "probe.h"

enum { WAIT_MS = 3000 };

static const enum fact_id needs[] = {
    F_PROTO_TLS1_3, F_SUITES_SSL3, F_SUITES_TLS1_0, F_SUITES_TLS1_1, F_SUITES_TLS1_2, F_GROUPS_TLS1_2, F_NONE};
static const enum fact_id gives[] = {
    F_RENEG_SECURE, F_RENEG_INSECURE, F_RENEG_REQUIRED, F_NONE};

enum turn { SHAKE_SECURE, AGAIN_SECURE, SHAKE_INSECURE, AGAIN_INSECURE, OVER };

struct state {
	enum turn turn;
	bool info; /* the server knows renegotiation_info */
	enum tri secure, insecure, required;
	enum why why[2]; /* of secure and insecure */
	const char *note[2];
};

static bool
applies(const struct ctx *c)
{
	return best_version(c->known, TLS1_2) >= SSL3;
}

static enum step
next(void *st, const struct ctx *c, struct ask *ask)
{
	struct state *s = st;
	bool secure = s->turn <= AGAIN_SECURE, again = s->turn == AGAIN_SECURE || s->turn == AGAIN_INSECURE;

	if (s->turn == OVER || !ask_finished_ssl3(ask, c, TLS1_2))
		return STEP_DONE;
	if (secure) /* RFC 5746, 4.5: in SSLv3 too */
		ask->hello.flags |= HELLO_RENEG;
	if (!secure)
		ask->hello.flags &= ~(unsigned)HELLO_RENEG;
	ask->keep = true;
	if (!again)
		return STEP_ASK;
	ask->kind = ASK_SAY;
	ask->same_conn = true;
	ask->wait_ms = WAIT_MS;
	ask->say[0].kind = SAY_HELLO;
	return STEP_ASK;
}

static bool
finished(const struct reply *r)
{
	return r->kind == REPLY_FLIGHT && r->flight->finished;
}

static bool
refused(const struct reply *r)
{
	return r->kind == REPLY_ALERT || r->kind == REPLY_FIN || r->kind == REPLY_RESET;
}

static void
unclear(struct state *s, const struct ctx *c, const struct reply *r)
{
	int i = s->turn >= SHAKE_INSECURE;

	s->why[i] = r->kind == REPLY_FLIGHT ? WHY_LOCAL : reply_why(r);
	s->note[i] = arena_str(c->arena, reply_text(r, c->arena));
}

/* The first handshake of a connection: is there a second one to be asked for? */
static void
learn_first(struct state *s, const struct ctx *c, const struct reply *r)
{
	struct span body;
	bool secure = s->turn == SHAKE_SECURE;

	if (finished(r)) {
		if (secure)
			s->info = flight_ext(r->flight, EXT_RENEGOTIATION_INFO, &body);
		else
			s->required = TRI_NO;
		s->turn = secure && !s->info ? SHAKE_INSECURE : s->turn + 1;
		if (secure && !s->info)
			s->secure = TRI_NO; /* RFC 5746, 3.4: it knows nothing of it */
		return;
	}
	/* The same hello with it was taken. */
	if (!secure && s->info && refused(r) && !r->flight->hello) {
		s->required = TRI_YES;
		s->insecure = TRI_NO;
	} else {
		unclear(s, c, r);
	}
	s->turn = OVER;
}

static void
learn(void *st, const struct ctx *c, const struct reply *r)
{
	struct state *s = st;
	enum tri *what = s->turn == AGAIN_SECURE ? &s->secure : &s->insecure;

	if (s->turn == SHAKE_SECURE || s->turn == SHAKE_INSECURE) {
		learn_first(s, c, r);
		return;
	}
	if (finished(r))
		*what = TRI_YES;
	else if (refused(r) && !r->nameless)
		*what = TRI_NO;
	else
		unclear(s, c, r);
	s->turn = s->turn == AGAIN_SECURE ? SHAKE_INSECURE : OVER;
}

static void
put(struct facts *out, enum fact_id id, enum tri v, enum why why, const char *note)
{
	if (v != TRI_UNKNOWN)
		fact_put_tri(out, id, v);
	else if (why != WHY_NONE)
		fact_put_unknown(out, id, why, note);
}

static void
conclude(void *st, const struct ctx *c, struct facts *out)
{
	struct state *s = st;
	int i = s->why[1] == WHY_NONE && s->why[0] != WHY_NONE ? 0 : 1;

	(void)c;
	put(out, F_RENEG_SECURE, s->secure, s->why[0], s->note[0]);
	put(out, F_RENEG_INSECURE, s->insecure, s->why[i], s->note[i]);
	put(out, F_RENEG_REQUIRED, s->required, s->why[i], s->note[i]);
}

const struct probe probe_renegotiation = {
    .name = "renegotiation",
    .summary = "may the client renegotiate, securely or not (RFC 5746)",
    .needs = needs,
    .gives = gives,
    .applies = applies,
    .next = next,
    .learn = learn,
    .conclude = conclude,
    .state_size = sizeof(struct state),
    .max_asks = 4,
};
