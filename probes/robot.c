/*
 * robot - does the server tell good RSA padding from bad (Bleichenbacher 1998, ROBOT 2017)?
 *
 * Sends:   where a suite with RSA key exchange is accepted, ClientKeyExchange five times: a premaster
 *          secret in right PKCS #1 padding, and with wrong first bytes, with the 0x00 in a wrong place,
 *          without one, and with a wrong version inside.  When nothing comes of it, ChangeCipherSpec and
 *          a record that is no Finished behind it.  Three more rounds when answers differ.
 * Learns:  all five answered alike (alert, close, reset, silence, after which of both, and what comes
 *          then)                                                                    -> no oracle
 *          right padding answered otherwise, each time                             -> an oracle;
 *          a strong one when wrong paddings are told from each other as well
 *          the same message answered in different ways                             -> unknown
 * Blind:   oracles by timing alone; EXPORT and PSK suites; servers that look at what they got only when
 *          all of it comes in one segment.
 * Costs:   five connections; twenty where answers differ; none without RSA key exchange.  All that the
 *          server decrypts is of our own making.
 */
#include "probe.h"

enum { RIGHT, FIRST_BYTES, MISPLACED, MISSING, VERSION, VARIANTS };
enum { PREMASTER = 48, MAX_MODULUS = 1024 + 1, MAX_FINISHED = 128 };
enum { REC_CCS = 20, REC_HANDSHAKE = 22 };

static const enum fact_id needs[] = {
    F_SUITES_SSL3, F_SUITES_TLS1_0, F_SUITES_TLS1_1, F_SUITES_TLS1_2, F_NONE};
static const enum fact_id gives[] = {F_ROBOT, F_NONE};

struct state {
	struct oracle o;
	uint16_t version, suite; /* 0: there is none */
	bool begun;
	uint8_t block[MAX_MODULUS], finished[MAX_FINISHED];
	size_t block_len;
};

/* ---- what to ask with ---- */

/* Under CBC a record of nobody's is answered by chance in one of two ways. */
static unsigned
rank(const struct suite *s)
{
	return s->kx != KX_RSA ? 0 : s->cbc ? 1 : s->aead ? 3 : 2;
}

/* The best suite of RSA key exchange under that version; 0: there is none. */
static uint16_t
rsa_suite(const struct facts *known, uint16_t version)
{
	struct u16s all = fact_u16s(known, version_row(version)->suites);
	uint16_t best = 0;
	unsigned most = 0;

	for (size_t i = 0; i < all.n; i++) {
		const struct suite *s = suite_by_code(all.v[i]);

		if (s == NULL || rank(s) <= most)
			continue;
		most = rank(s);
		best = all.v[i];
	}
	return best;
}

static void
choose(struct state *s, const struct ctx *c)
{
	for (uint16_t v = TLS1_2; v >= SSL3 && s->suite == 0; v--) {
		s->version = v;
		s->suite = rsa_suite(c->known, v);
	}
	s->o.in_two = true;
	oracle_begin(&s->o, (1 << VARIANTS) - 1, VARIANTS);
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
}

/* As many bytes as the record of a Finished has under this suite, or for CBC some whole blocks: it is
 * wrong whatever the server decrypts the premaster secret to.  RFC 5246, 6.2.3; RFC 5288, 3; RFC 6655,
 * 6.1; RFC 7905, 2. */
static struct span
finished(struct state *s, const struct ctx *c)
{
	const struct suite *u = suite_by_code(s->suite);
	size_t n = 16;

	if (u->aead)
		n += u->enc == ENC_CHACHA20_POLY1305 ? 16
		     : u->enc == ENC_AES_128_CCM_8 || u->enc == ENC_AES_256_CCM_8 ? 8 + 8 : 8 + 16;
	else
		n = u->cbc ? 96 : n + (u->mac == MAC_MD5 ? 16 : u->mac == MAC_SHA1 ? 20 : 32);
	rng_bytes(c->rng, s->finished, n);
	return (struct span){s->finished, n};
}

static void
say(struct state *s, const struct ctx *c, struct ask *ask)
{
	static const uint8_t one[] = {1};

	if (s->o.turn == ORACLE_SAY)
		ask->say[0] = (struct say){.kind = SAY_RSA_BLOCK, .bytes = {s->block, s->block_len}};
	if (s->o.turn != ORACLE_MORE)
		return;
	ask->say[0] = (struct say){
	    .kind = SAY_CLEAR, .type = REC_CCS, .version = s->version, .bytes = SPAN_OF(one)};
	ask->say[1] = (struct say){
	    .kind = SAY_CLEAR, .type = REC_HANDSHAKE, .version = s->version, .bytes = finished(s, c)};
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
		ask_hello(ask, c, s->version, STOP_HELLO_DONE);
		ask->hello.suites = (struct u16s){&s->suite, 1};
		ask->keep = true;
		return STEP_ASK;
	}
	oracle_ask(&s->o, c, ask);
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
	for (uint16_t v = TLS1_2; v >= SSL3; v--) {
		enum fact_id list = version_row(v)->suites;

		if (!fact_known(c->known, list) && fact_why(c->known, list) != WHY_NOT_APPLICABLE) {
			unknown_like(out, F_ROBOT, c->known, list);
			return;
		}
	}
	fact_put_tri(out, F_ROBOT, TRI_NO);
	fact_set_note(out, F_ROBOT, "no RSA key exchange");
}

static void
conclude(void *st, const struct ctx *c, struct facts *out)
{
	const struct state *s = st;
	bool strong = false;
	enum tri v = verdict(&s->o, &strong);

	if (s->suite == 0) {
		not_asked(c, out);
	} else if (v != TRI_UNKNOWN) {
		fact_put_tri(out, F_ROBOT, v);
		if (v == TRI_YES)
			fact_set_note(out, F_ROBOT, words(&s->o, c, strong));
	} else if (s->o.why != WHY_NONE) {
		fact_put_unknown(out, F_ROBOT, s->o.why, s->o.note);
	} else if (s->o.turn == ORACLE_OVER) {
		fact_put_unknown(
		    out, F_ROBOT, WHY_UNSTABLE, "the same message gets different answers");
	}
}

const struct probe probe_robot = {
    .name = "robot",
    .summary = "RSA padding oracles: Bleichenbacher, ROBOT",
    .needs = needs,
    .gives = gives,
    .next = next,
    .learn = learn,
    .conclude = conclude,
    .malformed = true,
    .state_size = sizeof(struct state),
    .max_asks = 5 * VARIANTS * ORACLE_ROUNDS + 4,
};
