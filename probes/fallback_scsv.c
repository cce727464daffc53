/*
 * fallback_scsv - does the server notice a client that was talked into a lower version?
 *
 * Sends:   a hello of the second highest version that the server speaks, with its suites there and
 *          TLS_FALLBACK_SCSV behind them, as a client does after a failed first attempt (RFC 7507,
 *          4).  When the answer is neither a ServerHello nor the alert, the same without the SCSV.
 * Learns:  an alert inappropriate_fallback -> yes (RFC 7507, 3: "the server MUST respond with a
 *          fatal inappropriate_fallback alert"); a ServerHello -> no.
 *          Anything else                   -> unknown, and beside it whether the SCSV made it so.
 * Blind:   servers of one version: there is nothing to fall back to.
 * Costs:   one connection, or two.
 */
#include "probe.h"

enum { FALLBACK_SCSV = 0x5600, INAPPROPRIATE_FALLBACK = 86 };

static const enum fact_id needs[] = {F_PROTO_SSL3, F_PROTO_TLS1_0, F_PROTO_TLS1_1, F_PROTO_TLS1_2,
    F_PROTO_TLS1_3, F_SUITES_SSL3, F_SUITES_TLS1_0, F_SUITES_TLS1_1, F_SUITES_TLS1_2, F_CLOSES, F_NONE};
static const enum fact_id gives[] = {F_FALLBACK_SCSV, F_NONE};

struct state {
	unsigned asked;
	enum tri scsv;
	bool one_version;
	enum why why;
	const char *note;
};

static uint16_t
second_version(const struct facts *known)
{
	uint16_t best = best_version(known, TLS1_3);

	return best > SSL3 ? best_version(known, (uint16_t)(best - 1)) : 0;
}

static enum step
next(void *st, const struct ctx *c, struct ask *ask)
{
	struct state *s = st;
	uint16_t version = second_version(c->known), *v;
	struct u16s all;

	if (version < SSL3) {
		s->one_version = fact_known(c->known, F_PROTO_TLS1_2);
		return STEP_DONE;
	}
	if (s->asked == 2 || s->scsv != TRI_UNKNOWN)
		return STEP_DONE;
	all = fact_u16s(c->known, version_row(version)->suites);
	if (all.n == 0)
		all = suites_for_version(version);
	v = arena_alloc(c->arena, (all.n + 1) * sizeof(*v));
	memcpy(v, all.v, all.n * sizeof(*v));
	v[all.n] = FALLBACK_SCSV;
	ask_hello(ask, c, version, STOP_SERVER_HELLO);
	ask->hello.suites = (struct u16s){v, s->asked == 0 ? all.n + 1 : all.n};
	s->asked++;
	return STEP_ASK;
}

static void
learn(void *st, const struct ctx *c, const struct reply *r)
{
	struct state *s = st;
	bool hello = reply_says(r) == SAYS_HELLO;

	if (s->asked == 2) {
		/* Some close wherever an alert is due: then the one hello in two is refused for it. */
		if (hello && s->why == WHY_CLOSED && fact_yes(c->known, F_CLOSES))
			s->scsv = TRI_YES;
		if (hello)
			s->note = arena_printf(c->arena, "%s, and a ServerHello without the SCSV", s->note);
	} else if (hello) {
		s->scsv = TRI_NO;
	} else if (r->kind == REPLY_ALERT && r->alert == INAPPROPRIATE_FALLBACK) {
		s->scsv = TRI_YES;
	} else {
		s->why = reply_why(r);
		s->note = reply_text(r, c->arena);
	}
}

static void
conclude(void *st, const struct ctx *c, struct facts *out)
{
	struct state *s = st;

	(void)c;
	if (s->scsv != TRI_UNKNOWN)
		fact_put_tri(out, F_FALLBACK_SCSV, s->scsv);
	if (s->scsv == TRI_YES && s->note != NULL)
		fact_set_note(out, F_FALLBACK_SCSV, s->note);
	if (s->scsv != TRI_UNKNOWN)
		return;
	if (s->one_version)
		fact_put_unknown(out, F_FALLBACK_SCSV, WHY_NOT_APPLICABLE, "the server speaks one version");
	else if (s->why != WHY_NONE)
		fact_put_unknown(out, F_FALLBACK_SCSV, s->why, s->note);
}

const struct probe probe_fallback_scsv = {
    .name = "fallback_scsv",
    .summary = "TLS_FALLBACK_SCSV: is a needless fallback refused?",
    .needs = needs,
    .gives = gives,
    .next = next,
    .learn = learn,
    .conclude = conclude,
    .state_size = sizeof(struct state),
    .max_asks = 2,
};
