/*
 * heartbleed - does the server answer a heartbeat that says to be longer than it is?
 *
 * Sends:   to a server that answers the heartbeat extension a hello with it and, behind the
 *          server's flight, one HeartbeatRequest in the clear, of 4,096 bytes of payload that
 *          claims 16 more.  (A shorter answer would wait in the server's buffer for the end of its
 *          flight.)  No more than these 16 bytes can come back that were not sent; they are counted,
 *          and neither kept nor shown.
 * Learns:  an answer longer than payload and padding -> vulnerable (CVE-2014-0160)
 *          no answer, or a shorter one               -> not: RFC 6520, 4: "If the payload_length of
 *          a received HeartbeatMessage is too large, the received HeartbeatMessage MUST be discarded
 *          silently."
 *          no heartbeat extension                    -> not
 * Blind:   servers that read heartbeats only after a handshake, which the flawed library does not.
 * Costs:   one connection, and none to a server without the extension.
 */
#include "probe.h"

enum { REC_HEARTBEAT = 24, PAYLOAD = 4096, CLAIMED = PAYLOAD + 16, PADDING = 16, HEADER = 3 };
enum { WAIT_MS = 2000 }; /* silence is the right answer */

static const enum fact_id needs[] = {F_HEARTBEAT, F_SUITES_TLS1_0, F_SUITES_TLS1_1, F_SUITES_TLS1_2,
    F_SUITES_SSL3, F_NONE};
static const enum fact_id gives[] = {F_HEARTBLEED, F_NONE};

struct state {
	unsigned step;
	bool open;
	enum tri found;
	enum why why;
	const char *note;
};

static bool
ask_first(const struct ctx *c, struct ask *ask)
{
	uint16_t version = best_version(c->known, TLS1_2);
	struct u16s suites;

	if (version < TLS1_0 || fact_tri(c->known, F_HEARTBEAT) == TRI_NO)
		return false;
	suites = fact_u16s(c->known, version_row(version)->suites);
	ask_hello(ask, c, version, STOP_HELLO_DONE);
	ask->hello.suites = suites.n > 0 ? suites : suites_for_version(version);
	ask->hello.flags |= HELLO_HEARTBEAT;
	ask->keep = true;
	return true;
}

static void
ask_heartbeat(struct ask *ask, struct arena *a)
{
	enum { REQUEST = 1 };
	struct wr w;

	wr_init(&w, arena_alloc(a, HEADER + PAYLOAD), HEADER + PAYLOAD);
	wr_u8(&w, REQUEST);
	wr_u16(&w, CLAIMED);
	w.len = w.cap; /* zeros */
	ask->kind = ASK_SAY;
	ask->same_conn = true;
	ask->say[0] = (struct say){.kind = SAY_CLEAR, .type = REC_HEARTBEAT, .bytes = wr_done(&w)};
	ask->stop = STOP_ANY_RECORD;
	ask->wait_ms = WAIT_MS;
}

static enum step
next(void *st, const struct ctx *c, struct ask *ask)
{
	struct state *s = st;

	if (s->step == 0 && ask_first(c, ask)) {
		s->step = 1;
		return STEP_ASK;
	}
	if (s->step != 1 || !s->open)
		return STEP_DONE;
	s->step = 2;
	ask_heartbeat(ask, c->arena);
	return STEP_ASK;
}

static void
learn(void *st, const struct ctx *c, const struct reply *r)
{
	struct state *s = st;
	const struct server_flight *sf = r->flight;
	struct span body;

	if (s->step == 1) {
		if (sf->hello && !flight_ext(sf, EXT_HEARTBEAT, &body))
			s->found = TRI_NO;
		else
			s->open = sf->hello_done && r->open;
	} else if (sf->heartbeat && sf->heartbeat_len > HEADER + PAYLOAD + PADDING) {
		s->found = TRI_YES;
		s->note = arena_printf(c->arena, "%zu bytes came back for %d", sf->heartbeat_len,
		    HEADER + PAYLOAD);
		return;
	} else if (r->kind != REPLY_NO_CONN && r->kind != REPLY_LOCAL) {
		s->found = TRI_NO;
		return;
	}
	s->why = reply_why(r);
	s->note = reply_text(r, c->arena);
}

static void
conclude(void *st, const struct ctx *c, struct facts *out)
{
	struct state *s = st;

	if (s->found == TRI_UNKNOWN && fact_tri(c->known, F_HEARTBEAT) == TRI_NO) {
		fact_put_tri(out, F_HEARTBLEED, TRI_NO); /* nothing was to ask */
	} else if (s->found != TRI_UNKNOWN) {
		fact_put_tri(out, F_HEARTBLEED, s->found);
		fact_set_note(out, F_HEARTBLEED, s->found == TRI_YES ? s->note : NULL);
	} else if (s->why != WHY_NONE) {
		fact_put_unknown(out, F_HEARTBLEED, s->why, s->note);
	} else if (s->step == 0 && only_tls13(c->known)) {
		fact_put_tri(out, F_HEARTBLEED, TRI_NO);
		fact_set_note(out, F_HEARTBLEED, "the server speaks TLS 1.3 alone");
	} else if (s->step == 0 && !fact_known(c->known, F_HEARTBEAT)) {
		unknown_like(out, F_HEARTBLEED, c->known, F_HEARTBEAT);
	}
}

const struct probe probe_heartbleed = {
    .name = "heartbleed",
    .summary = "Heartbleed: is a heartbeat answered beyond its end?",
    .needs = needs,
    .gives = gives,
    .next = next,
    .learn = learn,
    .conclude = conclude,
    .malformed = true,
    .state_size = sizeof(struct state),
    .max_asks = 2,
};
