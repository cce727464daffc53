/*
 * cbc_padding - does the server tell bad CBC padding from a bad MAC, or take bad padding at all?
 *
 * Sends:   for TLS 1.0, 1.1 and 1.2 a handshake without encrypt_then_mac and then one record: under an
 *          AES suite with SHA-1 or SHA-256, and where there is none, or in the highest version with any,
 *          under one other CBC suite.  First an empty record with a bad MAC; and, shared by both kinds
 *          of suites, bad padding and a right MAC, both bad, an empty record with bad padding, and 64
 *          bytes of padding alone.  Three rounds of all when answers differ, with right padding and a
 *          bad MAC, and a right record (HEAD / HTTP/1.0) among them.
 * Learns:  all answered alike                                                -> no oracle
 *          bad padding, right MAC: taken like a right record                 -> POODLE over TLS
 *             ... answered otherwise than a bad MAC                          -> Zombie POODLE
 *          both bad: answered otherwise than a bad MAC alone                 -> GOLDENDOODLE
 *          one of these with silence or by a delay                           -> Sleeping POODLE
 *          only empty records are told apart                                 -> CVE-2019-1559
 *          padding alone gets record_overflow                                -> CVE-2016-2107
 *          the same record answered in different ways                        -> unknown
 * Blind:   differences in time below 350 ms (Lucky 13); SSLv3; suites whose ciphers are not at hand;
 *          flaws of empty records, and of padding alone, that lower versions alone have.
 * Costs:   six connections for the highest version with CBC suites, three for each other; none
 *          without CBC.
 */
#include "probe.h"

enum { VERSIONS = 3, KINDS = 2, LANES = VERSIONS * KINDS };
enum { BAD_MAC, BAD_PADDING, BOTH_BAD, EMPTY_BAD_MAC, EMPTY_BAD_PADDING, PADDING_ALONE, GOOD };
enum { DATA = 23, RECORD_OVERFLOW = 22, ALL_PADDING = 64, MAX_PADDING = 64, ANY_BIT = 0x80 };

static const enum fact_id needs[] = {F_SUITES_TLS1_0, F_SUITES_TLS1_1, F_SUITES_TLS1_2, F_NONE};
static const enum fact_id gives[] = {F_POODLE_TLS, F_ZOMBIE_POODLE, F_GOLDENDOODLE,
    F_SLEEPING_POODLE, F_ZERO_LENGTH_PADDING, F_CVE_2016_2107, F_NONE};

struct state {
	struct oracle o;
	uint16_t version, suite; /* 0: there is none */
	bool begun;
	uint8_t pad[MAX_PADDING];
	struct span padding;
};

/* ---- what to ask with ---- */

/* Libraries have code of its own for AES with these (AES-NI "stitched"), and flaws of its own. */
static bool
stitched(const struct suite *s)
{
	return (s->enc == ENC_AES_128_CBC || s->enc == ENC_AES_256_CBC) &&
	       (s->mac == MAC_SHA1 || s->mac == MAC_SHA256);
}

/* What is surest to be finished: no odd primes, and a certificate. */
static unsigned
rank(const struct suite *s)
{
	if (s->au == AU_NULL)
		return 1;
	return s->kx == KX_DHE ? 2 : s->kx == KX_RSA ? 3 : 4;
}

/* The suite of that version that libraries have code of its own for, or of the others; 0: there is
 * none. */
static uint16_t
suite_of(const struct ctx *c, uint16_t version, bool with_code)
{
	struct u16s all = fact_u16s(c->known, version_row(version)->suites);
	unsigned best = 0;
	uint16_t suite = 0;

	for (size_t i = 0; i < all.n; i++) {
		const struct suite *u = suite_by_code(all.v[i]);

		if (u == NULL || !u->cbc || !suite_finishable(all.v[i]) ||
		    stitched(u) != with_code || rank(u) <= best)
			continue;
		best = rank(u);
		suite = all.v[i];
	}
	return suite;
}

/* Is this the highest version with such a suite? */
static bool
is_top(const struct state *s, const struct ctx *c, bool with_code)
{
	for (uint16_t up = s->version + 1; up <= TLS1_2; up++)
		if (suite_of(c, up, with_code) != 0)
			return false;
	return true;
}

/* What the first round needs.  Where both kinds of suites are, each has its part: both bad, and padding
 * alone, under the one, and empty records under the other. */
static unsigned
first_round(bool with_code, bool top, bool alone)
{
	unsigned v = 1 << EMPTY_BAD_MAC;

	if (with_code || alone)
		v |= 1 << BAD_PADDING | 1 << BOTH_BAD;
	if (top && (!with_code || alone))
		v |= 1 << EMPTY_BAD_PADDING;
	if (top && with_code)
		v |= 1 << PADDING_ALONE;
	return v;
}

static void
choose(struct state *s, const struct ctx *c)
{
	bool with_code = c->lane % KINDS == 0, alone, top;

	s->version = (uint16_t)(TLS1_2 - c->lane / KINDS);
	alone = suite_of(c, s->version, !with_code) == 0;
	top = is_top(s, c, with_code);
	if (with_code || top || alone)
		s->suite = suite_of(c, s->version, with_code);
	s->o.listens = true;
	oracle_begin(&s->o, first_round(with_code, top, alone), GOOD + 1);
}

static size_t
mac_len(const struct suite *s)
{
	return s->mac == MAC_SHA1 ? 20 : s->mac == MAC_SHA256 ? 32 : 48;
}

/* The fewest bytes of padding that fill a block, and a block more: RFC 5246, 6.2.3.2. */
static void
fill_padding(struct state *s, size_t n)
{
	const struct suite *u = suite_by_code(s->suite);
	size_t block = u->block_bits / 8, len = 2 * block - (n + mac_len(u)) % block;
	bool bad = s->o.variant == BAD_PADDING || s->o.variant == BOTH_BAD ||
		   s->o.variant == EMPTY_BAD_PADDING;

	if (s->o.variant == PADDING_ALONE)
		len = ALL_PADDING;
	memset(s->pad, (int)len - 1, len);
	if (bad)
		s->pad[0] ^= ANY_BIT;
	s->padding = (struct span){s->pad, len};
}

static void
say(struct state *s, struct ask *ask)
{
	struct say *one = &ask->say[0];

	*one = (struct say){.kind = SAY_RECORD, .type = DATA, .padding = &s->padding};
	if (s->o.variant <= BOTH_BAD || s->o.variant == GOOD)
		one->bytes = span_str("HEAD / HTTP/1.0\r\n\r\n");
	if (s->o.variant == BAD_MAC || s->o.variant == BOTH_BAD || s->o.variant == EMPTY_BAD_MAC)
		one->mac_xor = ANY_BIT;
	one->no_mac = s->o.variant == PADDING_ALONE;
	fill_padding(s, one->bytes.n);
}

static enum step
next(void *st, const struct ctx *c, struct ask *ask)
{
	struct state *s = st;

	if (!s->begun)
		choose(s, c);
	s->begun = true;
	if (s->suite == 0 || s->o.turn == ORACLE_OVER)
		return STEP_DONE;
	if (s->o.turn == ORACLE_SHAKE) {
		if (!ask_finished(ask, c, s->version))
			return STEP_DONE;
		ask->hello.suites = (struct u16s){&s->suite, 1};
		ask->hello.flags &= ~(unsigned)HELLO_ETM;
		ask->keep = true;
		return STEP_ASK;
	}
	oracle_ask(&s->o, c, ask);
	if (s->o.turn == ORACLE_SAY)
		say(s, ask);
	return STEP_ASK;
}

static void
learn(void *st, const struct ctx *c, const struct reply *r)
{
	struct state *s = st;

	oracle_learn(&s->o, c, r, r->kind == REPLY_FLIGHT && r->flight->finished);
}

/* ---- what it comes to ---- */

struct verdict {
	enum tri v;
	const char *note;
	enum why why;
};

static const char *
words(const struct state *s, const struct ctx *c, unsigned a, unsigned b)
{
	const struct suite *u = suite_by_code(s->suite);

	return arena_printf(c->arena, "%s, %s: %s instead of %s", version_name(s->version), u->name,
	    s->o.text[b], s->o.text[a]);
}

/* Is b told from the control a, and how? */
static void
compare(const struct state *s, const struct ctx *c, unsigned a, unsigned b, struct verdict *loud,
    struct verdict *sleeping)
{
	enum tri differ = oracle_differ(&s->o, a, b);
	bool silent = oracle_silent(&s->o, a) != oracle_silent(&s->o, b);
	bool later = oracle_later(&s->o, a, b) || oracle_later(&s->o, b, a);
	struct verdict *v = differ == TRI_YES && !silent ? loud : sleeping;

	if (differ == TRI_UNKNOWN) {
		*loud = (struct verdict){
		    TRI_UNKNOWN, "the same record gets different answers", WHY_UNSTABLE};
		if (sleeping->v == TRI_NO)
			*sleeping = *loud;
	} else if (differ == TRI_YES || later) {
		*v = (struct verdict){TRI_YES, words(s, c, a, b), WHY_NONE};
	}
}

enum { V_POODLE, V_ZOMBIE, V_GOLDEN, V_SLEEPING, V_EMPTY, V_2107, VERDICTS }; /* as in gives */

/* A wrong MAC must be answered, or nothing can be told. */
static bool
answers(const struct oracle *o)
{
	return o->turn == ORACLE_OVER && o->why == WHY_NONE && !oracle_silent(o, BAD_MAC);
}

static void
unasked(const struct oracle *o, struct verdict v[VERDICTS])
{
	bool silent = o->turn == ORACLE_OVER && o->why == WHY_NONE;

	for (unsigned i = 0; i < VERDICTS; i++)
		v[i] = (struct verdict){TRI_UNKNOWN,
		    silent ? "a record with a bad MAC is not answered" : o->note,
		    silent ? WHY_SILENCE : o->why};
}

static void
judge(const struct state *s, const struct ctx *c, struct verdict v[VERDICTS])
{
	const struct oracle *o = &s->o;
	enum tri differ = oracle_differ(o, BAD_MAC, BAD_PADDING), unlike_good = TRI_YES;

	for (unsigned i = 0; i < VERDICTS; i++)
		v[i] = (struct verdict){TRI_NO, NULL, WHY_NONE};
	if (!answers(o)) {
		unasked(o, v);
		return;
	}
	if (differ == TRI_YES)
		unlike_good = oracle_differ(o, GOOD, BAD_PADDING);
	if (unlike_good == TRI_NO)
		v[V_POODLE] =
		    (struct verdict){TRI_YES, words(s, c, BAD_MAC, BAD_PADDING), WHY_NONE};
	else if (unlike_good == TRI_UNKNOWN)
		v[V_POODLE] = (struct verdict){
		    TRI_UNKNOWN, "a right record gets different answers", WHY_UNSTABLE};
	else
		compare(s, c, BAD_MAC, BAD_PADDING, &v[V_ZOMBIE], &v[V_SLEEPING]);
	compare(s, c, BAD_MAC, BOTH_BAD, &v[V_GOLDEN], &v[V_SLEEPING]);
	/* Of empty records alone: else it is one of those above. */
	if (v[V_POODLE].v == TRI_NO && v[V_ZOMBIE].v == TRI_NO && v[V_SLEEPING].v == TRI_NO)
		compare(s, c, EMPTY_BAD_MAC, EMPTY_BAD_PADDING, &v[V_EMPTY], &v[V_EMPTY]);
	if (stitched(suite_by_code(s->suite)) && oracle_alert(o, PADDING_ALONE, RECORD_OVERFLOW) &&
	    !oracle_alert(o, BAD_MAC, RECORD_OVERFLOW)) {
		v[V_2107].v = oracle_differ(o, BAD_MAC, PADDING_ALONE);
		v[V_2107].note = v[V_2107].v == TRI_YES ? words(s, c, BAD_MAC, PADDING_ALONE)
							: "padding alone gets different answers";
		v[V_2107].why = WHY_UNSTABLE;
	}
}

/* Nothing was asked: no CBC suite, or none that can be finished, or it is not known. */
static void
not_asked(const struct ctx *c, struct facts *out)
{
	bool any = false;
	enum fact_id open = F_NONE;

	for (uint16_t v = TLS1_2; v >= TLS1_0; v--) {
		enum fact_id list = version_row(v)->suites;

		any = any || suites_with(c->arena, fact_u16s(c->known, list), "cbc").n > 0;
		if (!fact_known(c->known, list) && fact_why(c->known, list) != WHY_NOT_APPLICABLE)
			open = list;
	}
	for (const enum fact_id *id = gives; *id != F_NONE; id++) {
		if (open != F_NONE) {
			unknown_like(out, *id, c->known, open);
		} else if (any) {
			fact_put_unknown(
			    out, *id, WHY_LOCAL, "no cipher of its CBC suites is at hand");
		} else {
			fact_put_tri(out, *id, TRI_NO);
			fact_set_note(out, *id, "no CBC suites under TLS");
		}
	}
}

static void
put(struct facts *out, enum fact_id id, const struct verdict *v)
{
	if (v->v == TRI_UNKNOWN && v->why == WHY_NONE)
		return; /* the audit was stopped, and says why */
	if (v->v == TRI_UNKNOWN)
		fact_put_unknown(out, id, v->why, v->note);
	else
		fact_put_tri(out, id, v->v);
	if (v->v == TRI_YES)
		fact_set_note(out, id, v->note);
}

/* Yes of any lane, else unknown of any, else no. */
static void
finish(void *const *st, unsigned n, const struct ctx *c, struct facts *out)
{
	struct verdict all[VERDICTS] = {{TRI_NO, NULL, WHY_NONE}}, one[VERDICTS];
	bool asked = false;

	for (unsigned i = 0; i < n; i++) {
		const struct state *s = st[i];

		if (s->suite == 0)
			continue;
		judge(s, c, one);
		for (unsigned k = 0; k < VERDICTS; k++)
			if (!asked || all[k].v == TRI_NO || one[k].v == TRI_YES)
				all[k] = one[k];
		asked = true;
	}
	for (unsigned k = 0; asked && k < VERDICTS; k++)
		put(out, gives[k], &all[k]);
	if (!asked)
		not_asked(c, out);
}

const struct probe probe_cbc_padding = {
    .name = "cbc_padding",
    .summary = "CBC padding oracles: POODLE over TLS, Zombie POODLE, GOLDENDOODLE and kin",
    .needs = needs,
    .gives = gives,
    .next = next,
    .learn = learn,
    .finish = finish,
    .malformed = true,
    .state_size = sizeof(struct state),
    .lanes = LANES,
    .max_asks = 4 * (GOOD + 1) * ORACLE_ROUNDS + 4,
};
