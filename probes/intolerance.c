/*
 * intolerance - hellos that a server must take, and some do not: new versions, unknown values, long
 * or cut messages, names.
 *
 * Sends:   short hellos of what the server is known to accept, each with one thing more: a version
 *          above its best (0x0398 and 0x0498 among them, without supported_versions); GREASE values
 *          (RFC 8701) among suites, groups, signature algorithms, versions and protocols and as
 *          extensions, all at once at first; padding (RFC 7685) to 384, 2,000 and 17,000 bytes; the
 *          message in records of 80 bytes (RFC 5246, 6.2.1); one record in two segments, with a
 *          pause between them.  Several of these at once at first, as far as one does not hide the
 *          other; each alone when that is not answered.  A server that has answered no TLS hello
 *          gets one with its name and one without.
 * Learns:  a ServerHello                                    -> no intolerance, to none of what it had
 *          none, one to the same hello without the thing,
 *          and again none with it                           -> an intolerance (RFC 5246, 7.4.1.2 and
 *          appendix E.1; RFC 8446, 4.2: unknown values are ignored, lower versions negotiated)
 *          a GREASE value is chosen                         -> an intolerance
 *          none without the thing either, or an alert about the name -> unknown
 * Blind:   what goes wrong in one path to the server only; values other than those sent.
 * Costs:   four connections to a server that takes all, and one when it names no protocol (ALPN);
 *          two more for each thing that it does not, up to four for what was asked with it, and up
 *          to six when it is one of the GREASE values.
 */
#include "probe.h"

enum test {
	GREASE_ALL,
	GREASE_SUITE,
	GREASE_GROUP,
	GREASE_SIGALG,
	GREASE_VERSION,
	GREASE_ALPN,
	GREASE_EXTENSION,
	LONG_1_152, /* of 256 to 511 bytes in one record: hellos that are cut do not hang anyone */
	CUT_2_152,  /* long, in two records, and its first bytes by themselves */
	HELLO_TLS1_0,
	HELLO_TLS1_1,
	HELLO_TLS1_2,
	HELLO_TLS1_3,
	HELLO_1_152,
	HELLO_2_152,
	LONG_256,
	LONG_1400,
	LONG_16K,
	TWO_RECORDS,
	TWO_SEGMENTS,
	SERVER_NAME,
	N_TESTS
};
enum part { WITH, CONTROL, AGAIN };
enum { ACCESS_DENIED = 49, UNRECOGNIZED_NAME = 112, LIST_MAX = 16, HALF_A_HELLO = 80, PAUSE_MS = 150 };

static const struct {
	enum fact_id id;
	uint16_t version; /* of the hello */
	uint16_t size;	  /* of the message */
	uint32_t holds;	  /* bits: the tests that are settled when it is answered */
} tests[N_TESTS] = {
    [GREASE_ALL] = {F_NONE, 0, 0, 0},
    [GREASE_SUITE] = {F_INTOL_SUITE, 0, 0, 0},
    [GREASE_GROUP] = {F_INTOL_GROUP, 0, 0, 0},
    [GREASE_SIGALG] = {F_INTOL_SIGALG, 0, 0, 0},
    [GREASE_VERSION] = {F_INTOL_VERSION, 0, 0, 0},
    [GREASE_ALPN] = {F_INTOL_ALPN, 0, 0, 0},
    [GREASE_EXTENSION] = {F_INTOL_EXTENSION, 0, 0, 0},
    [LONG_1_152] = {F_NONE, 0x0398, 384, 1u << HELLO_1_152 | 1u << LONG_256},
    [CUT_2_152] = {F_NONE, 0x0498, 2000,
	1u << HELLO_2_152 | 1u << LONG_1400 | 1u << TWO_RECORDS | 1u << TWO_SEGMENTS},
    [HELLO_TLS1_0] = {F_INTOL_TLS1_0, TLS1_0, 0, 0},
    [HELLO_TLS1_1] = {F_INTOL_TLS1_1, TLS1_1, 0, 0},
    [HELLO_TLS1_2] = {F_INTOL_TLS1_2, TLS1_2, 0, 0},
    [HELLO_TLS1_3] = {F_INTOL_TLS1_3, TLS1_3, 0, 0},
    [HELLO_1_152] = {F_INTOL_1_152, 0x0398, 0, 0},
    [HELLO_2_152] = {F_INTOL_2_152, 0x0498, 0, 0},
    [LONG_256] = {F_INTOL_256, 0, 384, 0}, /* SSL Labs: hellos of 256 to 511 bytes hang some */
    [LONG_1400] = {F_INTOL_1400, 0, 2000, 0},
    [LONG_16K] = {F_INTOL_16K, 0, 17000, 0},
    [TWO_RECORDS] = {F_INTOL_RECORDS, 0, 0, 0},
    [TWO_SEGMENTS] = {F_INTOL_SEGMENTS, 0, 0, 0},
    [SERVER_NAME] = {F_INTOL_SNI, 0, 0, 0},
};

static const enum fact_id needs[] = {F_PROTO_SSL3, F_PROTO_TLS1_0, F_PROTO_TLS1_1, F_PROTO_TLS1_2,
    F_PROTO_TLS1_3, F_SUITES_SSL3, F_SUITES_TLS1_0, F_SUITES_TLS1_1, F_SUITES_TLS1_2, F_SUITES_TLS1_3,
    F_GROUPS_TLS1_2, F_GROUPS_TLS1_3, F_EMPTY_KEY_SHARE, F_ALPN, F_NONE};
static const enum fact_id gives[] = {F_INTOL_TLS1_0, F_INTOL_TLS1_1, F_INTOL_TLS1_2, F_INTOL_TLS1_3,
    F_INTOL_1_152, F_INTOL_2_152, F_INTOL_EXTENSION, F_INTOL_SUITE, F_INTOL_GROUP, F_INTOL_SIGALG,
    F_INTOL_VERSION, F_INTOL_ALPN, F_INTOL_256, F_INTOL_1400, F_INTOL_16K, F_INTOL_RECORDS,
    F_INTOL_SEGMENTS, F_INTOL_SNI, F_NONE};

static const uint16_t some_suites[] = {0x1301, 0x1302, 0x1303, 0xc02f, 0xc02b, 0xc030, 0xc02c, 0xcca8,
    0xcca9, 0xc013, 0xc009, 0x009c, 0x002f, 0x0035, 0x000a};
static const uint16_t some_groups[] = {0x001d, 0x0017, 0x0018, 0x0019};
static const uint16_t some_sigalgs[] = {0x0403, 0x0804, 0x0401, 0x0503, 0x0805, 0x0501, 0x0806, 0x0601,
    0x0603, 0x0807, 0x0808, 0x0203, 0x0201};
static const uint16_t some_versions[] = {TLS1_3, TLS1_2, TLS1_1, TLS1_0};

struct state {
	enum test test;
	enum part part;
	enum tri found[N_TESTS];
	enum why why[N_TESTS];
	const char *note[N_TESTS];
	uint16_t grease;
	bool grease_fine; /* all of them at once were answered */
	struct span rest; /* of a hello whose first segment is on its way */
	bool pausing;
};

/* ---- the hello that is taken ---- */

/* The first `max` of head and then of tail, each once. */
static struct u16s
join(struct arena *a, struct u16s head, struct u16s tail, size_t max)
{
	uint16_t *v = arena_alloc(a, max * sizeof(*v));
	size_t n = 0;

	for (size_t i = 0; i < head.n + tail.n && n < max; i++) {
		uint16_t x = i < head.n ? head.v[i] : tail.v[i - head.n];

		if (!u16s_has((struct u16s){v, n}, x))
			v[n++] = x;
	}
	return (struct u16s){v, n};
}

static struct u16s
at_most(struct u16s l, size_t max)
{
	return (struct u16s){l.v, l.n < max ? l.n : max};
}

static struct u16s
suites_of(const struct ctx *c, uint16_t version, size_t max)
{
	return version >= SSL3 ? at_most(fact_u16s(c->known, version_row(version)->suites), max)
			       : (struct u16s){NULL, 0};
}

/* The versions that are spoken, best first, after `first` when that is not 0. */
static struct u16s
versions_of(const struct ctx *c, uint16_t first)
{
	uint16_t *v = arena_alloc(c->arena, (N_VERSIONS + 1) * sizeof(*v));
	size_t n = 0;

	if (first != 0)
		v[n++] = first;
	for (size_t i = 0; i < N_VERSIONS; i++)
		if (version_rows[i].version >= TLS1_0 && version_rows[i].version != first &&
		    fact_yes(c->known, version_rows[i].proto))
			v[n++] = version_rows[i].version;
	return (struct u16s){v, n};
}

/* Before anything is known to be spoken. */
static void
any_hello(struct ask *ask, const struct ctx *c)
{
	static const uint16_t shares[] = {0x001d, 0x0017};

	ask_hello(ask, c, TLS1_2, STOP_SERVER_HELLO);
	ask->hello.versions = U16S_OF(some_versions);
	ask->hello.suites = U16S_OF(some_suites);
	ask->hello.groups = U16S_OF(some_groups);
	ask->hello.shares = U16S_OF(shares);
	ask->hello.flags |= HELLO_KEY_SHARE | HELLO_PSK_MODES | HELLO_SESSION_ID;
}

/* What the server has taken before, and little more.  Below 256 bytes for most names: the first
 * suites and groups only. */
static void
base_hello(struct ask *ask, const struct ctx *c, uint16_t version)
{
	uint16_t old = best_version(c->known, TLS1_2);
	struct hello *h = &ask->hello;

	ask_hello(ask, c, version, STOP_SERVER_HELLO);
	h->pad_to = 0;
	h->flags &= HELLO_EMS | HELLO_RENEG | HELLO_POINT_FORMATS | HELLO_KEY_SHARE | HELLO_PSK_MODES;
	h->suites = suites_of(c, version, LIST_MAX);
	if (version <= SSL3)
		return;
	h->groups = join(c->arena, U16S_OF(some_groups), at_most(fact_u16s(c->known, F_GROUPS_TLS1_2), 4), 8);
	if (h->sigalgs.n > 0)
		h->sigalgs = U16S_OF(some_sigalgs);
	if (version < TLS1_3)
		return;
	h->groups = join(c->arena, at_most(fact_u16s(c->known, F_GROUPS_TLS1_3), 4), h->groups, 10);
	h->suites = join(c->arena, suites_of(c, TLS1_3, 5), suites_of(c, old, 10), LIST_MAX);
	h->versions = versions_of(c, 0);
	ask_key_share(ask, c->known);
}

/* ---- with one thing more ---- */

static struct u16s
before(struct arena *a, uint16_t first, struct u16s l)
{
	return join(a, (struct u16s){&first, 1}, l, l.n + 1);
}

static struct span
grease_exts(const struct state *s, struct arena *a)
{
	enum { STEP = 0x1010, SIZE = 9 };
	struct wr w;

	wr_init(&w, arena_alloc(a, SIZE), SIZE);
	wr_u16(&w, s->grease);
	wr_u16(&w, 0);
	wr_u16(&w, s->grease == 0xfafa ? 0x0a0a : s->grease + STEP);
	wr_u16(&w, 1);
	wr_u8(&w, 0);
	return wr_done(&w);
}

/* A protocol that the server takes; http/1.1 when none is known. */
static void
alpn_hello(struct hello *h, const struct ctx *c, bool grease)
{
	static const char unknown[] = "\x0a\x0a"; /* RFC 8701, 2 */
	const char **list = arena_alloc(c->arena, 3 * sizeof(*list));
	size_t n = 0;

	if (grease)
		list[n++] = unknown;
	list[n] = fact_n_strs(c->known, F_ALPN) > 0 ? fact_strs(c->known, F_ALPN, 0) : "http/1.1";
	h->alpn = list;
}

static void
grease_hello(const struct state *s, const struct ctx *c, bool with, struct hello *h)
{
	bool all = with && s->test == GREASE_ALL;

	if (s->test == GREASE_VERSION)
		h->versions = versions_of(c, 0);
	if (s->test == GREASE_ALPN)
		alpn_hello(h, c, with);
	if (!with)
		return;
	if (all || s->test == GREASE_SUITE)
		h->suites = before(c->arena, s->grease, h->suites);
	if (all || s->test == GREASE_GROUP)
		h->groups = before(c->arena, s->grease, h->groups);
	if ((all || s->test == GREASE_SIGALG) && h->sigalgs.n > 0)
		h->sigalgs = before(c->arena, s->grease, h->sigalgs);
	if (all || s->test == GREASE_VERSION)
		h->versions = versions_of(c, s->grease);
	if (all && fact_n_strs(c->known, F_ALPN) > 0)
		alpn_hello(h, c, true);
	if (all || s->test == GREASE_EXTENSION)
		h->more_exts = grease_exts(s, c->arena);
}

/* The handshake message without padding, but for what a key share takes. */
static size_t
size_of(const struct hello *h, struct arena *a)
{
	enum { ROOM = 4096, RECORD_HEADER = 5, SHARE = 40 };
	struct rng rng;
	struct wr w;

	rng_seed(&rng, 1);
	wr_init(&w, arena_alloc(a, ROOM), ROOM);
	hello_write(h, NULL, 0, &rng, &w);
	return wr_ok(&w) ? w.len - RECORD_HEADER + h->shares.n * SHARE : ROOM;
}

static void
pad(struct hello *h, struct arena *a, size_t to)
{
	size_t n = size_of(h, a), room;
	struct wr w;

	if (n + 4 >= to)
		return;
	room = to - n;
	wr_init(&w, arena_alloc(a, room), room); /* zeros */
	wr_u16(&w, EXT_PADDING);
	wr_u16(&w, (unsigned)(room - 4));
	h->more_exts = (struct span){w.p, room};
	if (to > 1 << 14)
		h->fragment = 1 << 14;
}

static void
old_version_hello(const struct state *s, const struct ctx *c, bool with, struct ask *ask)
{
	uint16_t old = best_version(c->known, TLS1_2), version = tests[s->test].version;

	base_hello(ask, c, old);
	if (!with)
		return;
	if (version == TLS1_3) {
		ask->hello.version = TLS1_2;
		ask->hello.versions = versions_of(c, TLS1_3);
		ask->hello.suites = join(c->arena, at_most(U16S_OF(some_suites), 3), ask->hello.suites, LIST_MAX);
		ask->hello.groups = join(c->arena, U16S_OF(some_groups), ask->hello.groups, 12);
		ask->hello.sigalgs = U16S_OF(some_sigalgs);
		ask->hello.shares = at_most(U16S_OF(some_groups), 1);
		ask->hello.flags |= HELLO_KEY_SHARE | HELLO_PSK_MODES;
		return;
	}
	ask->hello.version = version;
	if (version >= TLS1_2) /* RFC 5246, 7.4.1.4.1 */
		ask->hello.sigalgs = U16S_OF(some_sigalgs);
}

/* Is that what is asked about, alone or with others? */
static bool
does(const struct state *s, enum test what)
{
	return s->test == what || (tests[s->test].holds & 1u << what) != 0;
}

/* RFC 5246, 6.2.1: the message of one record in two.  The second is about as long as it was: that is
 * what some do not take. */
static struct span
in_two_records(const struct wr *one, struct arena *a)
{
	enum { HEADER = 5, TYPE_AND_VERSION = 3 };
	size_t rest = one->len - HEADER - HALF_A_HELLO;
	struct wr w;

	wr_init(&w, arena_alloc(a, one->len + HEADER), one->len + HEADER);
	wr_put(&w, one->p, TYPE_AND_VERSION);
	wr_u16(&w, HALF_A_HELLO);
	wr_put(&w, one->p + HEADER, HALF_A_HELLO);
	wr_put(&w, one->p, TYPE_AND_VERSION);
	wr_u16(&w, (unsigned)rest);
	wr_put(&w, one->p + HEADER + HALF_A_HELLO, rest);
	return wr_done(&w);
}

/* The first segment of the hello that *ask holds; the rest is kept. */
static void
cut_ask(struct state *s, const struct ctx *c, struct ask *ask)
{
	enum { ROOM = 4096 };
	struct hello h = ask->hello;
	struct span all;
	struct wr w;

	wr_init(&w, arena_alloc(c->arena, ROOM), ROOM);
	hello_write(&h, NULL, 0, c->rng, &w);
	if (!wr_ok(&w) || w.len <= HALF_A_HELLO)
		return;
	all = s->test == CUT_2_152 ? in_two_records(&w, c->arena) : wr_done(&w);
	s->rest = (struct span){all.p + HALF_A_HELLO, all.n - HALF_A_HELLO};
	s->pausing = true;
	*ask = (struct ask){.kind = ASK_RAW, .stop = STOP_ANY_RECORD, .wait_ms = PAUSE_MS, .keep = true,
	    .part = true};
	wr_init(&ask->out, arena_alloc(c->arena, HALF_A_HELLO), HALF_A_HELLO);
	wr_put(&ask->out, all.p, HALF_A_HELLO);
}

static void
rest_ask(struct state *s, struct ask *ask, struct arena *a)
{
	*ask = (struct ask){.kind = ASK_RAW, .stop = STOP_SERVER_HELLO, .same_conn = true};
	wr_init(&ask->out, arena_alloc(a, s->rest.n), s->rest.n);
	wr_span(&ask->out, s->rest);
	s->rest.n = 0;
}

static void
make_ask(const struct state *s, const struct ctx *c, bool with, struct ask *ask)
{
	uint16_t best = best_version(c->known, TLS1_3), old = best_version(c->known, TLS1_2);

	if (s->test == SERVER_NAME) {
		any_hello(ask, c);
		if (!with)
			ask->hello.sni = NULL;
		return;
	}
	if (tests[s->test].version != 0)
		old_version_hello(s, c, with, ask);
	else
		base_hello(ask, c, s->test >= LONG_256 && old >= TLS1_0 ? old : best);
	if (s->test <= GREASE_EXTENSION)
		grease_hello(s, c, with, &ask->hello);
	if (with && tests[s->test].size > 0)
		pad(&ask->hello, c->arena, tests[s->test].size);
	if (with && s->test == TWO_RECORDS)
		ask->hello.fragment = HALF_A_HELLO;
}

/* ---- which of them ---- */

/* Is there something to ask about?  What is clear without a question is settled here. */
static bool
applies(struct state *s, const struct ctx *c)
{
	uint16_t best = best_version(c->known, TLS1_3), old = best_version(c->known, TLS1_2);
	uint16_t version = tests[s->test].version;

	if (s->found[s->test] != TRI_UNKNOWN) /* a hello with this and more was answered */
		return false;
	if (tests[s->test].holds != 0)
		return old >= TLS1_0 && suites_of(c, old, 1).n > 0 && suites_of(c, best, 1).n > 0;
	if (s->test == SERVER_NAME) {
		if (c->ep->sni != NULL && best >= TLS1_0)
			s->found[SERVER_NAME] = TRI_NO;
		return c->ep->sni != NULL && best < TLS1_0;
	}
	if (version != 0 && version <= best) {
		s->found[s->test] = TRI_NO;
		return false;
	}
	if (version != 0)
		return old >= SSL3 && suites_of(c, old, 1).n > 0;
	if (best < TLS1_0 || suites_of(c, best, 1).n == 0)
		return false;
	if (s->test > GREASE_ALL && s->test <= GREASE_EXTENSION && s->grease_fine && s->test != GREASE_ALPN) {
		s->found[s->test] = s->test == GREASE_SIGALG && best < TLS1_2 ? TRI_UNKNOWN : TRI_NO;
		return false;
	}
	if (s->test == GREASE_ALPN && s->grease_fine && fact_n_strs(c->known, F_ALPN) > 0) {
		s->found[GREASE_ALPN] = TRI_NO;
		return false;
	}
	/* Cut by hand: without a key share of ours. */
	if (s->test == TWO_SEGMENTS && old < TLS1_0)
		return fact_yes(c->known, F_EMPTY_KEY_SHARE);
	return s->test != GREASE_SIGALG || best >= TLS1_2;
}

static bool
short_enough(const struct state *s, const struct hello *h, struct arena *a)
{
	/* Without padding below 256 bytes, else there is nothing to compare with. */
	return !does(s, LONG_256) || s->part != WITH || size_of(h, a) <= 384 + 4;
}

static enum step
next(void *st, const struct ctx *c, struct ask *ask)
{
	struct state *s = st;

	if (s->grease == 0)
		s->grease = (uint16_t)(0x0a0a + 0x1010 * rng_below(c->rng, 16)); /* RFC 8701, 2 */
	if (s->rest.n > 0) {
		rest_ask(s, ask, c->arena);
		return STEP_ASK;
	}
	for (; s->test < N_TESTS; s->test++) {
		if (s->part == WITH && !applies(s, c))
			continue;
		if (s->test == SERVER_NAME && s->part == WITH)
			s->part = CONTROL; /* no hello with it was answered so far */
		*ask = (struct ask){0};
		make_ask(s, c, s->part != CONTROL, ask);
		if (does(s, TWO_SEGMENTS) && s->part != CONTROL)
			cut_ask(s, c, ask);
		if (short_enough(s, &ask->hello, c->arena))
			return STEP_ASK;
	}
	return STEP_DONE;
}

/* ---- answers ---- */

static void
over(struct state *s, enum tri found)
{
	s->found[s->test] = found;
	s->test++;
	s->part = WITH;
}

static bool
chose_grease(const struct state *s, const struct server_flight *sf)
{
	return sf->suite == s->grease || sf->version == s->grease || sf->group == s->grease;
}

/* Several at once: a ServerHello is an answer for each, anything else for none. */
static void
over_together(struct state *s, bool answered)
{
	for (size_t i = 0; i < N_TESTS && answered; i++)
		if (does(s, (enum test)i))
			s->found[i] = TRI_NO;
	over(s, TRI_UNKNOWN);
}

/* About us or about the name, and so no answer to the question. */
static bool
says_nothing(const struct reply *r)
{
	return r->kind == REPLY_LOCAL || r->kind == REPLY_NO_CONN ||
	    (r->kind == REPLY_ALERT && (r->alert == UNRECOGNIZED_NAME || r->alert == ACCESS_DENIED));
}

static void
learn(void *st, const struct ctx *c, const struct reply *r)
{
	struct state *s = st;
	bool waits = s->pausing && r->kind == REPLY_SILENCE && r->open;
	bool hello = reply_says(r) == SAYS_HELLO, grease = hello && chose_grease(s, r->flight);

	s->pausing = false;
	if (waits)
		return; /* as it should: the rest follows */
	s->rest.n = 0;
	if (s->test == GREASE_ALL) {
		s->grease_fine = hello && !grease;
		over(s, TRI_UNKNOWN);
	} else if (tests[s->test].holds != 0) {
		over_together(s, hello && !grease);
	} else if (s->part == CONTROL) {
		if (!hello && s->why[s->test] == WHY_NONE) {
			s->why[s->test] = reply_why(r);
			s->note[s->test] = reply_text(r, c->arena);
		}
		if (hello)
			s->part = AGAIN;
		else
			over(s, TRI_UNKNOWN);
	} else if (hello && !grease) {
		over(s, TRI_NO);
	} else {
		s->why[s->test] = reply_why(r);
		s->note[s->test] = grease ? "the GREASE value is chosen" : reply_text(r, c->arena);
		if (says_nothing(r))
			over(s, TRI_UNKNOWN);
		else if (s->part == AGAIN || grease)
			over(s, TRI_YES);
		else
			s->part = CONTROL;
	}
}

static void
conclude(void *st, const struct ctx *c, struct facts *out)
{
	struct state *s = st;

	(void)c;
	for (size_t i = 0; i < N_TESTS; i++) {
		if (tests[i].id == F_NONE || (i >= s->test && s->found[i] == TRI_UNKNOWN))
			continue;
		if (s->found[i] == TRI_UNKNOWN) {
			fact_put_unknown(out, tests[i].id, s->why[i] != WHY_NONE ? s->why[i] : WHY_NOT_APPLICABLE,
			    s->note[i]);
			continue;
		}
		fact_put_tri(out, tests[i].id, s->found[i]);
		fact_set_note(out, tests[i].id, s->found[i] == TRI_YES ? s->note[i] : NULL);
	}
}

const struct probe probe_intolerance = {
    .name = "intolerance",
    .summary = "hellos that some servers do not take: new versions, unknown values, long ones",
    .needs = needs,
    .gives = gives,
    .next = next,
    .learn = learn,
    .conclude = conclude,
    .state_size = sizeof(struct state),
    .max_asks = 3 * N_TESTS + 2,
};
