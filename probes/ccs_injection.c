/*
 * ccs_injection - does the server take ChangeCipherSpec before there are keys?
 *
 * Sends:   a hello of the best version before TLS 1.3, with CBC suites where there are any; behind the
 *          server's flight a ChangeCipherSpec in the clear, without a ClientKeyExchange; and when
 *          nothing comes of it, another one.
 * Learns:  any alert or the end of the connection after the first -> not vulnerable (RFC 5246, 7.1
 *          and appendix F: it comes after the key exchange; OpenSSL since 1.0.1h: unexpected_message)
 *          silence, and then bad_record_mac or decryption_failed  -> the first was taken: the second
 *          was decrypted with keys made from an empty secret (CVE-2014-0224)
 *          silence, and then the end without an alert             -> the same, when a right
 *          ClientKeyExchange has no better luck behind a first one and waits alone; else unknown
 *          anything else after the second                         -> not vulnerable
 * Blind:   below TLS 1.1 a server that takes it may be of a library where that cannot be used: it is
 *          unknown then.
 * Costs:   one connection; three when the second record ended it without an alert.
 */
#include "probe.h"

enum { REC_CCS = 20, BAD_RECORD_MAC = 20, DECRYPTION_FAILED = 21, WAIT_MS = 700 };
enum step_of {
	HELLO,	/* first connection */
	FIRST,
	SECOND,
	HELLO_2, /* a ChangeCipherSpec and then a key exchange */
	FIRST_2,
	KEYS_2,
	HELLO_3, /* the key exchange alone */
	KEYS_3,
	OVER
};

static const enum fact_id needs[] = {F_PROTO_SSL3, F_PROTO_TLS1_0, F_PROTO_TLS1_1, F_PROTO_TLS1_2,
    F_SUITES_SSL3, F_SUITES_TLS1_0, F_SUITES_TLS1_1, F_SUITES_TLS1_2, F_NONE};
static const enum fact_id gives[] = {F_CCS_INJECTION, F_NONE};

struct state {
	enum step_of step;
	uint16_t version;
	enum tri found;
	enum why why;
	const char *note;
};

static bool
has_old_version(struct state *s, const struct ctx *c)
{
	s->version = best_version(c->known, TLS1_2);
	if (s->version >= SSL3)
		return true;
	for (size_t i = 0; i < N_VERSIONS; i++)
		if (version_rows[i].version >= SSL3 && version_rows[i].version < TLS1_3 &&
		    fact_tri(c->known, version_rows[i].proto) != TRI_NO)
			return false;
	if (only_tls13(c->known)) {
		s->found = TRI_NO;
		s->note = "the server speaks TLS 1.3 alone";
		return false;
	}
	s->why = WHY_NOT_APPLICABLE;
	s->note = "no version before TLS 1.3 is spoken";
	return false;
}

/* CBC suites fail in the same way everywhere; those that the engine can make keys for come first. */
static struct u16s
best_suites(const struct state *s, const struct ctx *c)
{
	struct u16s all = fact_u16s(c->known, version_row(s->version)->suites);
	struct u16s cbc = suites_with(c->arena, all, "cbc"), from = cbc.n > 0 ? cbc : all;
	uint16_t *v = arena_alloc(c->arena, (from.n + 1) * sizeof(*v));
	size_t n = 0;

	for (size_t i = 0; i < from.n; i++)
		if (suite_finishable(from.v[i]))
			v[n++] = from.v[i];
	return n > 0 ? (struct u16s){v, n} : from.n > 0 ? from : suites_for_version(s->version);
}

static void
ask_first(const struct state *s, const struct ctx *c, struct ask *ask)
{
	ask_hello(ask, c, s->version, STOP_HELLO_DONE);
	ask->hello.suites = best_suites(s, c);
	ask->keep = true;
}

/* TLS 1.3's ChangeCipherSpec in the clear is for compatibility and means nothing; this one counts. */
static void
ask_more(const struct state *s, const struct ctx *c, struct ask *ask)
{
	static const uint8_t one[] = {1};
	bool keys = s->step == KEYS_2 || s->step == KEYS_3;

	ask->kind = ASK_SAY;
	ask->same_conn = ask->keep = true;
	ask->say[0] = keys ? (struct say){.kind = SAY_KEY_EXCHANGE}
			   : (struct say){.kind = SAY_CLEAR, .type = REC_CCS, .bytes = SPAN_OF(one)};
	ask->stop = STOP_ANY_RECORD;
	ask->wait_ms = wait_ms(c, WAIT_MS);
}

static enum step
next(void *st, const struct ctx *c, struct ask *ask)
{
	struct state *s = st;

	if (s->step == OVER || !has_old_version(s, c))
		return STEP_DONE;
	if (s->step == HELLO || s->step == HELLO_2 || s->step == HELLO_3)
		ask_first(s, c, ask);
	else
		ask_more(s, c, ask);
	return STEP_ASK;
}

static void
over(struct state *s, enum tri found, const char *note)
{
	s->step = OVER;
	s->found = found;
	s->note = note;
}

static void
vulnerable(struct state *s, const char *note)
{
	if (s->version >= TLS1_1) {
		over(s, TRI_YES, note);
		return;
	}
	over(s, TRI_UNKNOWN, "the first one is taken, which can be used where OpenSSL is 1.0.1");
	s->why = WHY_ALERT;
}

static void
not_known(struct state *s, const char *note)
{
	over(s, TRI_UNKNOWN, note);
	s->why = WHY_CLOSED;
}

static bool
failed_to_decrypt(const struct reply *r)
{
	return r->kind == REPLY_ALERT && (r->alert == BAD_RECORD_MAC || r->alert == DECRYPTION_FAILED);
}

static bool
ended(const struct reply *r)
{
	return r->kind == REPLY_FIN || r->kind == REPLY_RESET;
}

static bool
waits(const struct reply *r)
{
	return r->kind == REPLY_SILENCE && r->open;
}

static void
learn_more(struct state *s, const struct ctx *c, const struct reply *r)
{
	const char *text = reply_text(r, c->arena);

	switch (s->step) {
	case FIRST:
		if (waits(r))
			s->step = SECOND;
		else
			over(s, TRI_NO, text);
		break;
	case SECOND:
		if (failed_to_decrypt(r))
			vulnerable(s, arena_printf(c->arena, "the second ChangeCipherSpec got %s", text));
		else if (ended(r))
			s->step = HELLO_2;
		else
			over(s, TRI_NO, text);
		break;
	case FIRST_2:
		if (waits(r))
			s->step = KEYS_2;
		else
			not_known(s, text);
		break;
	case KEYS_2:
		if (ended(r) || failed_to_decrypt(r))
			s->step = HELLO_3;
		else if (waits(r))
			over(s, TRI_NO, text);
		else
			not_known(s, text);
		break;
	case KEYS_3:
	default:
		if (waits(r))
			vulnerable(s, "after it a right ClientKeyExchange ends the connection");
		else
			not_known(s, text);
	}
}

static void
learn(void *st, const struct ctx *c, const struct reply *r)
{
	struct state *s = st;
	bool hello = s->step == HELLO || s->step == HELLO_2 || s->step == HELLO_3;

	if (r->kind == REPLY_NO_CONN || r->kind == REPLY_LOCAL ||
	    (hello && (!r->flight->hello_done || !r->open))) {
		over(s, TRI_UNKNOWN, reply_text(r, c->arena));
		s->why = reply_why(r);
	} else if (hello) {
		s->step = s->step == HELLO ? FIRST : s->step == HELLO_2 ? FIRST_2 : KEYS_3;
	} else {
		learn_more(s, c, r);
	}
}

static void
conclude(void *st, const struct ctx *c, struct facts *out)
{
	struct state *s = st;

	(void)c;
	if (s->found != TRI_UNKNOWN) {
		fact_put_tri(out, F_CCS_INJECTION, s->found);
		fact_set_note(out, F_CCS_INJECTION, s->note);
	} else if (s->why != WHY_NONE) {
		fact_put_unknown(out, F_CCS_INJECTION, s->why, s->note);
	}
}

const struct probe probe_ccs_injection = {
    .name = "ccs_injection",
    .summary = "is ChangeCipherSpec taken before there are keys? (CVE-2014-0224)",
    .needs = needs,
    .gives = gives,
    .next = next,
    .learn = learn,
    .conclude = conclude,
    .malformed = true,
    .state_size = sizeof(struct state),
    .max_asks = OVER,
};
