/*
 * protocols - which versions does the server speak, and why not the others?
 *
 * Sends:   for each version a hello of that version alone, with every cipher suite, group and
 *          signature algorithm there is for it (RFC 5246, 7.4.1.2; RFC 8446, 4.1.2, with an empty
 *          key_share; SSLv2 in its own form).  What is refused is asked again with a small hello,
 *          as a client of that day would send it; before that, what an alert about the key_share
 *          refused, with real shares.  When the server closes or keeps silent, it is asked for any
 *          version at all, with a hello as long as the first, and for this version with the small
 *          one: only a server that answers the former and not the latter has said no.  When only
 *          the small hello got an answer, the full one is tried once more; when it got an alert, all
 *          suites follow in pieces of its size.
 * Learns:  a ServerHello of that version                 -> yes, and what was chosen of everything
 *          a ServerHello of another version, or an alert -> no, with the answer beside it
 *          closed or silent, and the server is alive     -> no, with that beside it
 *          an alert, but no version at all is answered   -> unknown: it may be about the name
 *          anything else                                 -> unknown, with the reason
 * Blind:   a version that needs a name the server was not told, a client certificate, or a key
 *          that is not in the hello (PSK).
 * Costs:   one connection a version that is spoken or refused by protocol_version, two to four
 *          else; a few more when the server does not answer long hellos.
 */
#include "probe.h"

enum { /* RFC 8446, 6.2 */
	ILLEGAL_PARAMETER = 47,
	ACCESS_DENIED = 49,
	DECODE_ERROR = 50,
	PROTOCOL_VERSION = 70,
	MISSING_EXTENSION = 109,
	UNRECOGNIZED_NAME = 112
};
enum attempt {
	FULL,
	AGAIN,	 /* the same, because no answer came */
	SHARES,	 /* the same with real key shares */
	CONTROL, /* any version */
	SMALL,
	PIECES,	 /* all suites, in hellos as small as that */
	OVER
};
enum { PIECE = 48, MAX_PIECES = 12 };

static const enum fact_id needs[] = {F_NONE};
static const enum fact_id gives[] = {F_PROTO_SSL2, F_PROTO_SSL3, F_PROTO_TLS1_0, F_PROTO_TLS1_1,
    F_PROTO_TLS1_2, F_PROTO_TLS1_3, F_PROTO_MAX, F_PROTO_MIN, F_SUITES_SSL2, F_EMPTY_KEY_SHARE,
    F_SMALL_HELLO, F_CLOSES, F_NONE};

/* What a client of that day offers: RSA and ECDSA certificates, strong and old suites. */
static const uint16_t few_suites[] = {0xc02f, 0xc02b, 0xc030, 0xc02c, 0xcca8, 0xcca9, 0x009e, 0xc013,
    0xc009, 0xc014, 0xc00a, 0x0033, 0x0039, 0x009c, 0x002f, 0x0035, 0x0005, 0x0004, 0x000a, 0x0016};
static const uint16_t few_suites13[] = {0x1301, 0x1302, 0x1303};
static const uint16_t few_groups[] = {0x001d, 0x0017, 0x0018, 0x0019};
static const uint16_t few_sigalgs[] = {0x0403, 0x0804, 0x0401, 0x0503, 0x0805, 0x0501, 0x0806, 0x0601,
    0x0807, 0x0203, 0x0201};
static const uint16_t few_shares[] = {0x001d, 0x0017};
static const uint16_t more_shares[] = {0x001d, 0x0017, 0x0018, 0x0019};

struct state {
	enum attempt attempt;
	enum tri answer;
	enum why why;	  /* why it is unknown */
	const char *note; /* the first answer that was no ServerHello */
	bool all_offered; /* the answer is to the full hello */
	bool lost;	  /* no answer to the full hello, and none to the control; or none with shares */
	bool alive;	  /* the control was answered */
	bool by_version;  /* an alert protocol_version */
	bool heard;	  /* a hello with the name was answered */
	bool named;	  /* SSLv3 with a server_name after all */
	bool small_refused, short_control;
	bool small_only;  /* it answered to a small hello, and not to the full one */
	enum tri empty_share;
	size_t piece;
	struct dh_seen dh;
	struct u32s suites2;
	uint16_t suite, group;
};

static void
small_hello(struct hello *h, uint16_t version)
{
	h->suites = version == TLS1_3 ? U16S_OF(few_suites13) : U16S_OF(few_suites);
	h->pad_to = 0;
	if (version <= SSL3)
		return;
	h->groups = U16S_OF(few_groups);
	h->flags &= HELLO_RENEG | HELLO_POINT_FORMATS | HELLO_KEY_SHARE | HELLO_PSK_MODES | HELLO_SESSION_ID;
	if (version >= TLS1_2)
		h->sigalgs = U16S_OF(few_sigalgs);
	if (version == TLS1_3)
		h->shares = U16S_OF(few_shares);
}

/* Any version, any suite, and as long as any other: is the server still there? */
static void
control_hello(struct ask *ask, const struct ctx *c, bool is_short)
{
	static const uint16_t versions[] = {TLS1_3, TLS1_2, TLS1_1, TLS1_0};
	struct u16s old = suites_for_version(TLS1_2), new = suites_for_version(TLS1_3);
	uint16_t *suites = arena_alloc(c->arena, (old.n + new.n) * sizeof(*suites));
	struct hello *h = &ask->hello;

	memcpy(suites, old.v, old.n * sizeof(*suites));
	memcpy(suites + old.n, new.v, new.n * sizeof(*suites));
	ask_hello(ask, c, TLS1_2, STOP_SERVER_HELLO);
	h->versions = U16S_OF(versions);
	h->suites = (struct u16s){suites, old.n + new.n};
	h->groups = groups_all();
	h->shares = U16S_OF(few_shares);
	h->flags |= HELLO_KEY_SHARE | HELLO_PSK_MODES;
	if (!is_short)
		return;
	memcpy(suites, few_suites, sizeof(few_suites));
	memcpy(suites + N_ELEMENTS(few_suites), few_suites13, sizeof(few_suites13));
	h->suites.n = N_ELEMENTS(few_suites) + N_ELEMENTS(few_suites13);
	h->groups = U16S_OF(few_groups);
	h->sigalgs = U16S_OF(few_sigalgs);
}

static struct u16s
piece_of(struct u16s all, size_t piece)
{
	size_t from = piece * PIECE, left = from < all.n ? all.n - from : 0;

	return (struct u16s){all.v + from, left < PIECE ? left : PIECE};
}

static void
version_hello(const struct state *s, const struct ctx *c, uint16_t version, struct ask *ask)
{
	struct hello *h = &ask->hello;

	ask_hello(ask, c, version, version < TLS1_3 ? STOP_HELLO_DONE : STOP_SERVER_HELLO);
	if (version == SSL2)
		h->suites2 = suites_ssl2();
	else
		h->suites = suites_for_version(version);
	if (s->named)
		h->sni = c->ep->sni;
	if (s->attempt == SHARES)
		h->shares = U16S_OF(more_shares);
	if (s->attempt == SMALL || s->attempt == PIECES)
		small_hello(h, version);
	if (s->attempt == PIECES) {
		h->suites = piece_of(suites_for_version(version), s->piece);
		if (version > SSL3)
			h->groups = version == TLS1_3 ? groups_for_tls13() : groups_for_tls12();
		if (version >= TLS1_2)
			h->sigalgs = sigalgs_offer();
	}
}

static enum step
next(void *st, const struct ctx *c, struct ask *ask)
{
	struct state *s = st;

	if (s->attempt == OVER)
		return STEP_DONE;
	if (s->attempt == CONTROL)
		control_hello(ask, c, s->short_control);
	else
		version_hello(s, c, version_rows[c->lane].version, ask);
	return STEP_ASK;
}

static void
keep_answer(struct state *s, const struct ctx *c, const struct server_flight *sf, uint16_t version)
{
	bool full = s->attempt == FULL || s->attempt == AGAIN;

	s->all_offered = full && (sf->flaws & FLAW_UNOFFERED_SUITE) == 0;
	if (full || s->attempt == SHARES)
		s->empty_share = full && sf->retry ? TRI_YES : TRI_NO;
	s->small_only = s->attempt == SMALL || s->attempt == PIECES;
	s->suite = sf->suite;
	s->group = version == TLS1_3 ? sf->group : sf->ske.group;
	if (version == SSL2)
		s->suites2 = (struct u32s){
		    (const uint32_t *)(const void *)arena_span(c->arena,
			(struct span){(const uint8_t *)sf->suites2.v, sf->suites2.n * sizeof(uint32_t)}).p,
		    sf->suites2.n};
}

static void
answered(struct state *s, const struct ctx *c, const struct reply *r, uint16_t version)
{
	dh_see(&s->dh, c->arena, r->flight);
	s->heard = version >= TLS1_0;
	s->answer = r->flight->version == version ? TRI_YES : TRI_NO;
	if (s->answer == TRI_NO)
		s->note = reply_text(r, c->arena);
	else
		keep_answer(s, c, r->flight, version);
	/* No answer to the first hello, and one to the small one: was it the length, or the line? */
	s->attempt = s->answer == TRI_YES && s->attempt == SMALL && s->alive ? AGAIN : OVER;
}

static bool
about_share(const struct reply *r, uint16_t version)
{
	return version == TLS1_3 && r->kind == REPLY_ALERT &&
	    (r->alert == ILLEGAL_PARAMETER || r->alert == MISSING_EXTENSION || r->alert == DECODE_ERROR);
}

/* What follows after that answer, which was no ServerHello. */
static enum attempt
after(struct state *s, const struct reply *r, uint16_t version)
{
	enum says says = reply_says(r);
	bool none = says == SAYS_CLOSED || says == SAYS_NOTHING;

	if (s->attempt == FULL && none)
		return CONTROL;
	if (version == SSL2)
		return OVER;
	switch (s->attempt) {
	case FULL:
		return says == SAYS_NOTHING ? OVER : about_share(r, version) ? SHARES : SMALL;
	case AGAIN:
		return OVER;
	case SHARES:
		s->lost = none;
		return SMALL;
	case SMALL:
		if (none && s->alive && (says != SAYS_CLOSED || s->why != WHY_CLOSED || r->kind == REPLY_RESET))
			return AGAIN; /* closing twice is an answer; a line that breaks is none yet */
		if (r->kind == REPLY_ALERT && says == SAYS_ODD && !s->lost)
			return CONTROL; /* internal_error and the like, twice: about this version alone? */
		return says == SAYS_NO && s->lost ? PIECES : OVER;
	case PIECES:
	default:
		s->piece++;
		return says == SAYS_NO && piece_of(suites_for_version(version), s->piece).n > 0 ? PIECES : OVER;
	}
}

/* Is that answer, with which the asking ends, a no? */
static bool
is_no(const struct state *s, const struct reply *r, uint16_t version)
{
	enum says says = reply_says(r);

	if (s->alive && (says == SAYS_CLOSED || says == SAYS_NOTHING))
		return true;
	if (s->lost) /* nor is a no to a small hello one to all groups and algorithms */
		return false;
	return says == SAYS_NO || (version == SSL2 && r->kind == REPLY_ALERT);
}

/* No ServerHello.  The first answer is the one to tell; a later one only confirms it. */
static void
refused(struct state *s, const struct ctx *c, const struct reply *r, uint16_t version)
{
	if (s->note == NULL) {
		s->note = reply_text(r, c->arena);
		s->why = reply_why(r);
	}
	if (r->kind == REPLY_ALERT && r->alert == PROTOCOL_VERSION) {
		s->answer = TRI_NO;
		s->by_version = true;
		s->note = reply_text(r, c->arena);
		s->attempt = OVER;
	} else if (r->kind == REPLY_ALERT && r->alert == UNRECOGNIZED_NAME && version == SSL3 &&
	    c->ep->sni != NULL && !s->named) {
		s->named = true; /* SSLv3 has no extensions, but this server wants one */
		s->attempt = FULL;
	} else if (version != SSL2 && r->kind == REPLY_ALERT &&
	    (r->alert == UNRECOGNIZED_NAME || r->alert == ACCESS_DENIED)) {
		s->attempt = OVER; /* this is about us, not about the version */
	} else {
		s->small_refused = s->attempt == SMALL;
		s->attempt = after(s, r, version);
		if (s->attempt == OVER && is_no(s, r, version))
			s->answer = TRI_NO;
	}
}

static void
learn(void *st, const struct ctx *c, const struct reply *r)
{
	struct state *s = st;
	uint16_t version = version_rows[c->lane].version;

	if (s->attempt == CONTROL) {
		s->alive = s->heard = reply_says(r) == SAYS_HELLO;
		s->lost = !s->alive;
		if (s->lost && version == SSL2 && !s->short_control) {
			s->short_control = true; /* SSLv2's hello was short too */
			return;
		}
		if (s->small_refused) {
			s->answer = s->alive ? TRI_NO : TRI_UNKNOWN;
			s->attempt = OVER;
			return;
		}
		s->attempt = version != SSL2 ? SMALL : s->lost ? OVER : AGAIN;
	} else if (s->attempt == AGAIN && s->answer == TRI_YES && reply_says(r) != SAYS_HELLO) {
		s->attempt = OVER; /* so it was the length of the hello */
	} else if (reply_says(r) == SAYS_HELLO) {
		answered(s, c, r, version);
	} else {
		refused(s, c, r, version);
	}
}

static void
put_empty_share(const struct state *s, struct facts *out)
{
	if (s->empty_share != TRI_UNKNOWN)
		fact_put_tri(out, F_EMPTY_KEY_SHARE, s->empty_share);
	else
		fact_put_unknown(out, F_EMPTY_KEY_SHARE, s->why, s->note);
}

static void
put_version(const struct state *s, const struct version_row *row, struct facts *out)
{
	if (s->answer == TRI_UNKNOWN) {
		fact_put_unknown(out, row->proto, s->why != WHY_NONE ? s->why : WHY_NOT_ASKED, s->note);
		return;
	}
	fact_put_tri(out, row->proto, s->answer);
	fact_set_note(out, row->proto, s->answer == TRI_YES ? NULL : s->note);
	if (s->answer == TRI_NO) {
		if (row->version == SSL2)
			fact_put_unknown(out, F_SUITES_SSL2, WHY_NOT_APPLICABLE, NULL);
		if (row->version == TLS1_3)
			fact_put_unknown(out, F_EMPTY_KEY_SHARE, WHY_NOT_APPLICABLE, NULL);
		return;
	}
	if (row->version == SSL2)
		fact_put_u32s(out, F_SUITES_SSL2, s->suites2);
	else if (s->all_offered)
		put_choice(out, row->version, s->suite, s->group);
	if (row->version == TLS1_3)
		put_empty_share(s, out);
}

static void
conclude(void *st, const struct ctx *c, struct facts *out)
{
	struct state *s = st;

	(void)c;
	dh_put(&s->dh, out);
}

/* An alert to whatever has the name in it says nothing of a version, but for protocol_version. */
static void
doubt_alerts(void *const *st, unsigned n)
{
	for (unsigned i = 0; i < n; i++)
		if (((const struct state *)st[i])->heard)
			return;
	for (unsigned i = 0; i < n; i++) {
		struct state *s = st[i];

		if (version_rows[i].version >= TLS1_0 && s->answer == TRI_NO && !s->by_version)
			s->answer = TRI_UNKNOWN;
	}
}

/* What all other probes have to know of how this server takes a hello, and how it refuses one. */
static void
put_manners(void *const *st, unsigned n, struct facts *out)
{
	bool any = false, small = false, closes = false;

	for (unsigned i = 0; i < n; i++) {
		const struct state *s = st[i];

		any = any || s->answer == TRI_YES;
		small = small || s->small_only;
		closes = closes || (s->alive && s->answer == TRI_NO && s->why == WHY_CLOSED);
	}
	if (!any)
		return;
	fact_put_tri(out, F_SMALL_HELLO, small ? TRI_YES : TRI_NO);
	fact_put_tri(out, F_CLOSES, closes ? TRI_YES : TRI_NO);
}

/* The highest and the lowest one; not known while one beyond them is not. */
static void
finish(void *const *st, unsigned n, const struct ctx *c, struct facts *out)
{
	(void)c;
	doubt_alerts(st, n);
	for (unsigned i = 0; i < n; i++)
		put_version(st[i], &version_rows[i], out);
	put_manners(st, n, out);
	for (unsigned i = 0; i < n; i++) {
		enum tri t = fact_tri(out, version_rows[i].proto);

		if (t == TRI_YES)
			fact_put_u32(out, F_PROTO_MAX, version_rows[i].version);
		else if (t == TRI_UNKNOWN)
			unknown_like(out, F_PROTO_MAX, out, version_rows[i].proto);
		if (t != TRI_NO)
			break;
	}
	for (unsigned i = n; i-- > 0;) {
		enum tri t = fact_tri(out, version_rows[i].proto);

		if (t == TRI_YES)
			fact_put_u32(out, F_PROTO_MIN, version_rows[i].version);
		else if (t == TRI_UNKNOWN)
			unknown_like(out, F_PROTO_MIN, out, version_rows[i].proto);
		if (t != TRI_NO)
			break;
	}
}

const struct probe probe_protocols = {
    .name = "protocols",
    .summary = "protocol versions, and how the others are refused",
    .needs = needs,
    .gives = gives,
    .next = next,
    .learn = learn,
    .conclude = conclude,
    .finish = finish,
    .state_size = sizeof(struct state),
    .lanes = N_VERSIONS,
    .max_asks = 5 + MAX_PIECES,
};
