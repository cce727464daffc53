/*
 * resumption - are sessions resumed in fact: by id, by ticket, by TLS 1.3 PSK, with early data?
 *
 * Sends:   a whole handshake, close_notify, and another hello that offers the session: its id alone
 *          (RFC 5246, 7.3), its ticket (RFC 5077), its ticket as a PSK (RFC 8446, 2.2), with two
 *          bytes of early data where the ticket allows any (RFC 8446, 2.3); once more when refused.
 * Learns:  a Finished under the keys of the session shows that it was taken up; early_data among the
 *          encrypted extensions of such a handshake that the early data was.
 * Blind:   several machines behind one address may not share sessions; how long a session lives is
 *          what the server says.
 * Costs:   two connections for each of the three, three where the session is refused.
 */
#include "probe.h"

enum { LANE_ID, LANE_TICKET, LANE_PSK, LANES, TRIES = 2 };

static const enum fact_id needs[] = {F_PROTO_TLS1_3, F_SUITES_SSL3, F_SUITES_TLS1_0,
    F_SUITES_TLS1_1, F_SUITES_TLS1_2, F_GROUPS_TLS1_2, F_GROUPS_TLS1_3, F_NONE};
static const enum fact_id gives[] = {F_RESUMES_ID, F_RESUMES_TICKET, F_RESUMES_PSK, F_EARLY_DATA,
    F_EARLY_DATA_MAX, F_TICKET_LIFETIME, F_PSK_LIFETIME, F_NONE};

enum turn { SHAKE, WAIT, BYE, AGAIN, OVER };

struct state {
	enum turn turn;
	unsigned tries;
	const struct session *session;
	enum tri resumes, early;
	enum why why;
	const char *note;
};

static const enum fact_id what[LANES] = {F_RESUMES_ID, F_RESUMES_TICKET, F_RESUMES_PSK};

/* ---- asking ---- */

static bool
hello(struct ask *ask, const struct ctx *c)
{
	if (c->lane == LANE_PSK)
		return fact_yes(c->known, F_PROTO_TLS1_3) && ask_finished(ask, c, TLS1_3) &&
		    ask->hello.versions.n > 0;
	if (c->lane == LANE_ID ? !ask_finished_ssl3(ask, c, TLS1_2) : !ask_finished(ask, c, TLS1_2))
		return false;
	if (c->lane == LANE_ID)
		ask->hello.flags &= ~(unsigned)HELLO_TICKET;
	return true;
}

static void
offer(struct state *s, const struct ctx *c, struct ask *ask)
{
	/* RFC 9112, 2.2 and many protocols of lines: an empty line before a request is ignored. */
	static const uint8_t nothing[] = {'\r', '\n'};

	ask->session = s->session;
	if (c->lane == LANE_ID) {
		ask->hello.session_id = s->session->id;
	} else if (c->lane == LANE_TICKET) {
		ask_by_ticket(ask, c, s->session);
	} else if (s->session->max_early > 0) {
		ask->hello.flags |= HELLO_EARLY_DATA;
		ask->early = SPAN_OF(nothing);
	}
}

static enum step
next(void *st, const struct ctx *c, struct ask *ask)
{
	struct state *s = st;

	if (s->turn == OVER)
		return STEP_DONE;
	if (s->turn == WAIT || s->turn == BYE) {
		ask_ticket_or_end(ask, s->turn == WAIT);
		return STEP_ASK;
	}
	if (!hello(ask, c))
		return STEP_DONE;
	if (s->turn == AGAIN)
		offer(s, c, ask);
	else
		ask->keep = true;
	return STEP_ASK;
}

/* ---- answers ---- */

static void
unclear(struct state *s, const struct ctx *c, const struct reply *r)
{
	s->why = r->kind == REPLY_FLIGHT ? WHY_LOCAL : reply_why(r);
	s->note = arena_str(c->arena, reply_text(r, c->arena));
	s->turn = OVER;
}

/* An alert that is no farewell: it wanted a client certificate, perhaps (RFC 8446, 4.4.2.4). */
static bool
fatal(const struct reply *r)
{
	return r->kind == REPLY_ALERT && r->alert != 0;
}

static bool
usable(const struct ctx *c, const struct session *s)
{
	if (s == NULL)
		return false;
	return c->lane == LANE_ID ? s->id.n > 0 : s->ticket.n > 0;
}

static void
learn_first(struct state *s, const struct ctx *c, const struct reply *r)
{
	if (r->kind != REPLY_FLIGHT || !r->flight->finished) {
		unclear(s, c, r);
		return;
	}
	s->session = session_copy(c->arena, r->session);
	s->turn = c->lane == LANE_PSK ? WAIT : BYE;
}

/* The connection is over, and with it all that the server had to send before. */
static void
learn_bye(struct state *s, const struct ctx *c, const struct reply *r)
{
	if (usable(c, r->session)) /* a later ticket is as good */
		s->session = session_copy(c->arena, r->session);
	s->turn = AGAIN;
	if (usable(c, s->session))
		return;
	s->turn = OVER;
	if (c->lane == LANE_PSK && r->kind != REPLY_FIN && (r->kind != REPLY_ALERT || fatal(r))) {
		unclear(s, c, r);
		return;
	}
	s->resumes = TRI_NO;
	s->early = c->lane == LANE_PSK ? TRI_NO : TRI_UNKNOWN;
	s->note = c->lane == LANE_ID ? "no session id is given" : "no ticket is given";
}

static void
learn_again(struct state *s, const struct ctx *c, const struct reply *r)
{
	struct span body;

	if (r->kind != REPLY_FLIGHT || !r->flight->finished) {
		unclear(s, c, r);
		return;
	}
	s->turn = OVER;
	if (r->resumed) {
		s->resumes = TRI_YES;
		s->early = s->session->max_early > 0 && flight_ext(r->flight, EXT_EARLY_DATA, &body)
		    ? TRI_YES : TRI_NO;
		return;
	}
	s->resumes = TRI_NO;
	s->early = TRI_NO;
	if (++s->tries < TRIES)
		s->turn = AGAIN;
}

static void
learn(void *st, const struct ctx *c, const struct reply *r)
{
	struct state *s = st;

	switch (s->turn) {
	case SHAKE:
		learn_first(s, c, r);
		break;
	case WAIT:
		if (r->session != NULL)
			s->session = session_copy(c->arena, r->session);
		s->turn = BYE;
		if (fatal(r))
			unclear(s, c, r);
		break;
	case BYE:
		learn_bye(s, c, r);
		break;
	case AGAIN:
		learn_again(s, c, r);
		break;
	case OVER:
	default:
		break;
	}
}

static void
conclude(void *st, const struct ctx *c, struct facts *out)
{
	struct state *s = st;
	bool psk = c->lane == LANE_PSK, ticket = c->lane != LANE_ID && usable(c, s->session);

	if (s->resumes != TRI_UNKNOWN) {
		fact_put_tri(out, what[c->lane], s->resumes);
		if (s->note != NULL)
			fact_set_note(out, what[c->lane], s->note);
	} else {
		fact_put_unknown(out, what[c->lane], s->why != WHY_NONE ? s->why : WHY_NOT_APPLICABLE, s->note);
	}
	if (ticket)
		fact_put_u32(out, psk ? F_PSK_LIFETIME : F_TICKET_LIFETIME, s->session->lifetime);
	if (psk && ticket)
		fact_put_u32(out, F_EARLY_DATA_MAX, s->session->max_early);
	if (psk && s->early != TRI_UNKNOWN)
		fact_put_tri(out, F_EARLY_DATA, s->early);
	else if (psk)
		fact_put_unknown(out, F_EARLY_DATA, s->why != WHY_NONE ? s->why : WHY_NOT_APPLICABLE, s->note);
}

static void
finish(void *const *st, unsigned n, const struct ctx *c, struct facts *out)
{
	static const enum fact_id numbers[] = {F_TICKET_LIFETIME, F_PSK_LIFETIME, F_EARLY_DATA_MAX};

	(void)st;
	(void)n;
	(void)c;
	for (size_t i = 0; i < N_ELEMENTS(numbers); i++)
		if (!fact_settled(out, numbers[i]))
			fact_put_unknown(out, numbers[i], WHY_NOT_APPLICABLE, "no ticket");
}

const struct probe probe_resumption = {
    .name = "resumption",
    .summary = "sessions resumed in fact: by id, ticket, TLS 1.3 PSK; early data",
    .needs = needs,
    .gives = gives,
    .next = next,
    .learn = learn,
    .conclude = conclude,
    .finish = finish,
    .state_size = sizeof(struct state),
    .lanes = LANES,
    .max_asks = 3 + TRIES,
};
