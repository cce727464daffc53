/*
 * robot - does the server tell good RSA padding from bad (Bleichenbacher 1998, ROBOT 2017)?
 *
 * Sends:   where a suite with RSA key exchange is accepted, ClientKeyExchange five times: a premaster
 *          secret in right PKCS #1 padding, and with wrong first bytes, with the 0x00 in a wrong place,
 *          without one, and with a wrong version inside.  Once with ChangeCipherSpec and a Finished
 *          under other keys behind it, once without.  Three rounds when answers differ.
 * Learns:  all five answered alike (alert, close, reset, silence, and what comes after)   -> no oracle
 *          right padding answered otherwise, each time                                    -> an oracle;
 *          a strong one when wrong paddings are told from each other as well
 *          the same message answered in different ways                                    -> unknown
 * Blind:   oracles by timing alone; EXPORT and PSK suites; suites whose ciphers are not at hand.
 * Costs:   ten connections; thirty where answers differ; none without RSA key exchange.  All that the
 *          server decrypts is of our own making.
 */
#include "probe.h"

enum { LANE_WHOLE, LANE_SHORT, LANES }; /* with Finished behind, and without */
enum { RIGHT, FIRST_BYTES, MISPLACED, MISSING, VERSION, VARIANTS };
enum { PREMASTER = 48, MAX_MODULUS = 1024 + 1 };

static const enum fact_id needs[] = {F_SUITES_TLS1_0, F_SUITES_TLS1_1, F_SUITES_TLS1_2, F_NONE};
static const enum fact_id gives[] = {F_ROBOT, F_NONE};

struct state {
	struct oracle o;
	uint16_t version, suite; /* 0: there is none */
	bool begun;
	uint8_t block[MAX_MODULUS], secret[PREMASTER];
	size_t block_len;
};

/* ---- what to ask with ---- */

/* The suite of RSA key exchange to offer under that version, AEAD if there is any: under CBC
 * garbage is answered by chance in one of two ways.  0: none that can be finished. */
static uint16_t
rsa_suite(const struct facts *known, uint16_t version, bool *any)
{
	struct u16s all = fact_u16s(known, version_row(version)->suites);
	uint16_t best = 0;

	for (size_t i = 0; i < all.n; i++) {
		const struct suite *s = suite_by_code(all.v[i]);

		if (s == NULL || s->kx != KX_RSA)
			continue;
		*any = true;
		if (suite_finishable(all.v[i]) &&
		    (best == 0 || (s->aead && !suite_by_code(best)->aead)))
			best = all.v[i];
	}
	return best;
}

static void
choose(struct state *s, const struct ctx *c)
{
	bool any = false;

	for (uint16_t v = TLS1_2; v >= TLS1_0 && s->suite == 0; v--) {
		s->version = v;
		s->suite = rsa_suite(c->known, v, &any);
	}
}

/* A block for the key of that many bytes, right but for its flaw.  RFC 8017, 7.2.1; RFC 5246,
 * 7.4.7.1. */
static void
fill_block(struct state *s, const struct ctx *c, size_t n)
{
	uint8_t *b = s->block, *pms = b + n - PREMASTER;

	rng_bytes(c->rng, b, n);
	for (size_t i = 2; i < n; i++)
		b[i] = b[i] != 0 ? b[i] : 0x11;
	b[0] = 0;
	b[1] = 2;
	if (s->o.variant == FIRST_BYTES) {
		b[0] = 0x41;
		b[1] = 0x17;
	}
	if (s->o.variant == MISPLACED)
		b[n - 2] = 0;
	else if (s->o.variant != MISSING)
		pms[-1] = 0;
	if (s->o.variant != MISPLACED && s->o.variant != MISSING) {
		pms[0] = s->o.variant == VERSION ? 2 : (uint8_t)(s->version >> 8);
		pms[1] = s->o.variant == VERSION ? 2 : (uint8_t)s->version;
	}
	s->block_len = n;
	/* Our keys are made from another secret: Finished is wrong whatever the server decrypts. */
	rng_bytes(c->rng, s->secret, PREMASTER);
}

static void
say(const struct state *s, const struct ctx *c, struct ask *ask)
{
	ask->say[0] = (struct say){.kind = SAY_RSA_BLOCK,
	    .bytes = {s->block, s->block_len},
	    .secret = {s->secret, PREMASTER}};
	if (c->lane == LANE_SHORT)
		return;
	ask->say[1].kind = SAY_CCS;
	ask->say[2].kind = SAY_FINISHED;
}

static enum step
next(void *st, const struct ctx *c, struct ask *ask)
{
	struct state *s = st;

	if (!s->begun)
		choose(s, c);
	s->begun = true;
	s->o.n_first = s->o.n_variants = VARIANTS;
	if (s->suite == 0 || s->o.turn == ORACLE_OVER)
		return STEP_DONE;
	if (s->o.turn == ORACLE_SHAKE) {
		ask_hello(ask, c, s->version, STOP_HELLO_DONE);
		ask->hello.suites = (struct u16s){&s->suite, 1};
		ask->keep = true;
		return STEP_ASK;
	}
	oracle_ask(&s->o, c, ask);
	if (s->o.turn == ORACLE_SAY)
		say(s, c, ask);
	return STEP_ASK;
}

static void
learn(void *st, const struct ctx *c, const struct reply *r)
{
	struct state *s = st;
	bool shaken = r->kind == REPLY_FLIGHT && r->flight->hello_done &&
		      r->flight->suite == s->suite && r->rsa_len > PREMASTER + 11 &&
		      r->rsa_len < MAX_MODULUS;

	if (s->o.turn == ORACLE_SHAKE && shaken)
		fill_block(s, c, r->rsa_len);
	oracle_learn(&s->o, c, r, shaken);
}

/* ---- what it comes to ---- */

static enum tri
verdict(const struct oracle *o, bool *strong)
{
	enum tri all = TRI_NO;

	if (o->why != WHY_NONE || o->turn != ORACLE_OVER)
		return TRI_UNKNOWN;
	for (unsigned i = FIRST_BYTES; i < VARIANTS; i++) {
		enum tri differ = oracle_differ(o, RIGHT, i);

		if (differ == TRI_UNKNOWN)
			return TRI_UNKNOWN;
		if (differ == TRI_YES)
			all = TRI_YES;
	}
	/* Who tells wrong paddings apart learns of most messages whether they begin with 00 02. */
	*strong = oracle_differ(o, FIRST_BYTES, MISPLACED) != TRI_NO ||
		  oracle_differ(o, FIRST_BYTES, MISSING) != TRI_NO;
	return all;
}

static const char *
words(const struct oracle *o, const struct ctx *c, bool strong)
{
	unsigned bad = FIRST_BYTES;

	while (bad < VERSION && oracle_differ(o, RIGHT, bad) != TRI_YES)
		bad++;
	return arena_printf(c->arena, "%s oracle: right padding gets %s, wrong padding %s",
	    strong ? "strong" : "weak", o->text[RIGHT], o->text[bad]);
}

static void
not_asked(const struct ctx *c, struct facts *out)
{
	bool any = false;

	for (uint16_t v = TLS1_2; v >= TLS1_0; v--) {
		enum fact_id list = version_row(v)->suites;

		(void)rsa_suite(c->known, v, &any);
		if (!fact_known(c->known, list) && fact_why(c->known, list) != WHY_NOT_APPLICABLE) {
			unknown_like(out, F_ROBOT, c->known, list);
			return;
		}
	}
	if (any) {
		fact_put_unknown(out, F_ROBOT, WHY_LOCAL, "no cipher of its RSA suites is at hand");
		return;
	}
	fact_put_tri(out, F_ROBOT, TRI_NO);
	fact_set_note(out, F_ROBOT, "no RSA key exchange");
}

static void
finish(void *const *st, unsigned n, const struct ctx *c, struct facts *out)
{
	const struct state *unknown = NULL;

	for (unsigned i = 0; i < n; i++) {
		const struct state *s = st[i];
		bool strong = false;
		enum tri v = verdict(&s->o, &strong);

		if (s->suite == 0) {
			not_asked(c, out);
			return;
		}
		if (v == TRI_YES) {
			fact_put_tri(out, F_ROBOT, TRI_YES);
			fact_set_note(out, F_ROBOT, words(&s->o, c, strong));
			return;
		}
		if (v == TRI_UNKNOWN)
			unknown = s;
	}
	if (unknown == NULL)
		fact_put_tri(out, F_ROBOT, TRI_NO);
	else if (unknown->o.why != WHY_NONE)
		fact_put_unknown(out, F_ROBOT, unknown->o.why, unknown->o.note);
	else if (unknown->o.turn == ORACLE_OVER)
		fact_put_unknown(
		    out, F_ROBOT, WHY_UNSTABLE, "the same message gets different answers");
}

const struct probe probe_robot = {
    .name = "robot",
    .summary = "RSA padding oracles: Bleichenbacher, ROBOT",
    .needs = needs,
    .gives = gives,
    .next = next,
    .learn = learn,
    .finish = finish,
    .malformed = true,
    .state_size = sizeof(struct state),
    .lanes = LANES,
    .max_asks = 4 * VARIANTS * ORACLE_ROUNDS + 4,
};
