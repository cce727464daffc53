/*
 * ticketbleed - does the server echo more of a session id than it was sent (CVE-2016-9244)?
 *
 * Sends:   a handshake of TLS 1.2 or below that brings a ticket; then a hello with that ticket and a
 *          session id of 31 bytes, so that one byte at most is not ours, and when that byte comes the
 *          same once more.  Where no ticket can be had, a made-up one.
 * Learns:  a longer session id that begins with ours -> the rest is the server's memory
 *          ours, none, or one of its own             -> no (RFC 5077, 3.4)
 *          the made-up ticket                        -> yes, or nothing
 * Blind:   servers behind the address that know the ticket not.
 * Costs:   two connections, or three.  The byte that is not ours is neither kept nor shown.
 */
#include "probe.h"

enum { ID = 31, MADE_UP = 160, TIMES = 2 };

static const enum fact_id needs[] = {F_SUITES_TLS1_0, F_SUITES_TLS1_1, F_SUITES_TLS1_2, F_NONE};
static const enum fact_id gives[] = {F_TICKETBLEED, F_NONE};

struct state {
	bool shaken, made_up;
	bool no_tickets; /* it answered the first hello without the extension */
	const struct session *session;
	unsigned asked, bled, clean;
	uint8_t id[ID], ticket[MADE_UP];
	enum why why;
	const char *note;
};

/* The hello of a version below TLS 1.3, with suites that can be finished if there are any. */
static bool
old_hello(struct ask *ask, const struct ctx *c)
{
	uint16_t version = best_version(c->known, TLS1_2);

	if (version < TLS1_0)
		return false;
	if (!ask_finished(ask, c, TLS1_2)) {
		ask_hello(ask, c, version, STOP_SERVER_HELLO);
		ask->hello.suites = fact_u16s(c->known, version_row(version)->suites);
	}
	ask->hello.flags |= HELLO_TICKET;
	return ask->hello.suites.n > 0;
}

static enum step
next(void *st, const struct ctx *c, struct ask *ask)
{
	struct state *s = st;

	if (s->asked == TIMES || s->clean > 0 || !old_hello(ask, c))
		return STEP_DONE;
	if (!s->shaken) {
		ask->keep = ask->stop == STOP_FINISHED;
		return STEP_ASK;
	}
	rng_bytes(c->rng, s->id, sizeof(s->id));
	if (s->made_up)
		rng_bytes(c->rng, s->ticket, sizeof(s->ticket));
	ask->stop = STOP_SERVER_HELLO;
	ask->hello.session_id = SPAN_OF(s->id);
	ask->hello.ticket = s->made_up ? SPAN_OF(s->ticket) : s->session->ticket;
	return STEP_ASK;
}

static void
note_reason(struct state *s, const struct ctx *c, const struct reply *r)
{
	s->why = reply_why(r);
	s->note = arena_str(c->arena, reply_text(r, c->arena));
}

static void
learn(void *st, const struct ctx *c, const struct reply *r)
{
	struct state *s = st;
	struct span id = r->flight->session_id;

	if (!s->shaken) {
		s->shaken = true;
		s->session = session_copy(c->arena, r->session);
		s->made_up = s->session == NULL || s->session->ticket.n == 0;
		s->no_tickets = r->flight->hello && !flight_ext(r->flight, EXT_SESSION_TICKET, &id);
		if (r->kind != REPLY_FLIGHT)
			note_reason(s, c, r);
		return;
	}
	s->asked++;
	if (!r->flight->hello) {
		note_reason(s, c, r);
	} else if (id.n > ID && memcmp(id.p, s->id, ID) == 0) {
		s->bled++;
	} else {
		s->clean++;
	}
}

/* Nothing was asked: no version below TLS 1.3 is spoken, or that is not known. */
static void
not_asked(const struct ctx *c, struct facts *out)
{
	for (uint16_t v = TLS1_2; v >= TLS1_0; v--)
		if (fact_tri(c->known, version_row(v)->proto) != TRI_NO) {
			unknown_like(out, F_TICKETBLEED, c->known, version_row(v)->proto);
			return;
		}
	fact_put_tri(out, F_TICKETBLEED, TRI_NO);
	fact_set_note(out, F_TICKETBLEED, "no version below TLS 1.3");
}

static void
conclude(void *st, const struct ctx *c, struct facts *out)
{
	const struct state *s = st;

	if (!s->shaken) {
		not_asked(c, out);
	} else if (s->bled == TIMES) {
		fact_put_tri(out, F_TICKETBLEED, TRI_YES);
	} else if (s->bled > 0 && s->asked == TIMES) {
		fact_put_unknown(
		    out, F_TICKETBLEED, WHY_UNSTABLE, "one of two hellos is answered that way");
	} else if (s->clean > 0 && !s->made_up) {
		fact_put_tri(out, F_TICKETBLEED, TRI_NO);
	} else if (s->clean > 0 && s->no_tickets) {
		fact_put_tri(out, F_TICKETBLEED, TRI_NO);
		fact_set_note(out, F_TICKETBLEED, "no session tickets");
	} else if (s->why != WHY_NONE) {
		fact_put_unknown(out, F_TICKETBLEED, s->why, s->note);
	} else if (s->clean > 0) {
		fact_put_unknown(out, F_TICKETBLEED, WHY_LOCAL, "no ticket could be had");
	}
}

const struct probe probe_ticketbleed = {
    .name = "ticketbleed",
    .summary = "memory behind a short session id (CVE-2016-9244)",
    .needs = needs,
    .gives = gives,
    .next = next,
    .learn = learn,
    .conclude = conclude,
    .malformed = true,
    .state_size = sizeof(struct state),
    .max_asks = 1 + TIMES,
};
