/*
 * client_auth - is a client certificate required, and is ours taken?
 *
 * Sends:   where the server asks for one: a whole handshake of the best version there are keys for
 *          without a certificate, then close_notify; the same with that of --cert, when there is one.
 * Learns:  a fatal alert, or an end, where the other side of a finished handshake would be: in TLS 1.2
 *          and below in place of its Finished (RFC 5246, 7.4.6), in TLS 1.3 after ours (RFC 8446,
 *          4.4.2.4: certificate_required).  A handshake that ends in good order shows that none is
 *          required, or that ours is taken.
 * Blind:   a web server may finish the handshake and refuse the page: that is not asked here.  What
 *          is asked for in a renegotiation, or after the handshake of TLS 1.3, is not seen.
 * Costs:   nothing where no certificate is asked for; else one connection, two with --cert.
 */
#include "probe.h"

enum { LANE_WITHOUT, LANE_WITH, LANES, WAIT_MS = 2000 };

static const enum fact_id needs[] = {F_CLIENT_AUTH, F_PROTO_TLS1_3, F_SUITES_TLS1_0, F_SUITES_TLS1_1,
    F_SUITES_TLS1_2, F_GROUPS_TLS1_2, F_GROUPS_TLS1_3, F_NONE};
static const enum fact_id gives[] = {F_CLIENT_AUTH_REQUIRED, F_CLIENT_AUTH_TAKEN, F_NONE};
static const enum fact_id what[LANES] = {F_CLIENT_AUTH_REQUIRED, F_CLIENT_AUTH_TAKEN};

enum turn { SHAKE, BYE, OVER };

struct state {
	enum turn turn;
	bool new;	   /* TLS 1.3: it judges after its Finished */
	bool asked;	   /* a CertificateRequest came in this handshake */
	enum tri finished; /* in good order? */
	enum why why;
	const char *note;
};

static bool
has_certificate(const struct ctx *c)
{
	return c->lane == LANE_WITHOUT || c->ep->identity != NULL;
}

static enum step
next(void *st, const struct ctx *c, struct ask *ask)
{
	struct state *s = st;

	if (s->turn == OVER || !fact_yes(c->known, F_CLIENT_AUTH) || !has_certificate(c))
		return STEP_DONE;
	if (s->turn == SHAKE) {
		if (!ask_finished(ask, c, TLS1_3))
			return STEP_DONE;
		s->new = ask->hello.versions.n > 0;
		ask->anonymous = c->lane == LANE_WITHOUT;
		ask->keep = true;
		return STEP_ASK;
	}
	ask_ticket_or_end(ask, false);
	ask->wait_ms = wait_ms(c, WAIT_MS);
	return STEP_ASK;
}

static void
settle(struct state *s, const struct ctx *c, const struct reply *r, enum tri finished)
{
	s->finished = finished;
	s->why = finished == TRI_UNKNOWN ? reply_why(r) : WHY_NONE;
	s->note = arena_str(c->arena, reply_text(r, c->arena));
	s->turn = OVER;
}

static bool
refused(const struct reply *r)
{
	return r->kind == REPLY_ALERT ? r->alert != 0 : r->kind == REPLY_FIN || r->kind == REPLY_RESET;
}

static void
learn(void *st, const struct ctx *c, const struct reply *r)
{
	struct state *s = st;

	if (s->turn == SHAKE) {
		s->asked = r->flight->cert_request;
		if (!s->asked && r->flight->hello)
			settle(s, c, r, TRI_UNKNOWN); /* another suite, another machine */
		else if (r->kind == REPLY_FLIGHT && r->flight->finished)
			s->turn = BYE;
		else
			settle(s, c, r, refused(r) && r->flight->hello ? TRI_NO : TRI_UNKNOWN);
	} else if (r->kind == REPLY_ALERT && r->alert != 0) {
		settle(s, c, r, TRI_NO);
	} else if (!s->new || r->kind == REPLY_FIN || r->kind == REPLY_ALERT ||
	    r->kind == REPLY_SILENCE) {
		/* Silence: it has nothing against us, and waits. */
		settle(s, c, r, TRI_YES);
		s->note = NULL;
	} else {
		settle(s, c, r, TRI_UNKNOWN);
	}
}

static void
conclude(void *st, const struct ctx *c, struct facts *out)
{
	struct state *s = st;
	enum fact_id id = what[c->lane];
	bool without = c->lane == LANE_WITHOUT;

	if (s->finished != TRI_UNKNOWN) {
		fact_put_tri(out, id, (s->finished == TRI_YES) != without ? TRI_YES : TRI_NO);
		if (s->note != NULL)
			fact_set_note(out, id, s->note);
	} else if (!has_certificate(c)) {
		fact_put_unknown(out, id, WHY_NOT_ASKED, "there is no certificate to show (--cert)");
	} else if (fact_known(c->known, F_CLIENT_AUTH) && !fact_yes(c->known, F_CLIENT_AUTH)) {
		fact_put_unknown(out, id, WHY_NOT_APPLICABLE, "it asks for no client certificate");
	} else if (s->why != WHY_NONE) {
		fact_put_unknown(out, id, s->why, s->note);
	} else {
		unknown_like(out, id, c->known, F_CLIENT_AUTH);
	}
}

const struct probe probe_client_auth = {
    .name = "client_auth",
    .summary = "is a client certificate required, and is that of --cert taken",
    .needs = needs,
    .gives = gives,
    .next = next,
    .learn = learn,
    .conclude = conclude,
    .state_size = sizeof(struct state),
    .lanes = LANES,
    .max_asks = 2,
};
