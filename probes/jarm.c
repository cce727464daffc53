/*
 * jarm - the ten hellos of JARM 1.0, whose answers tell one kind of server from another.
 *
 * Sends:   ten hellos byte for byte as JARM builds them: TLS 1.1, 1.2 and 1.3, one list of 69 suites
 *          forward, backward, by halves and from the middle, with and without GREASE, common and
 *          rare protocols in ALPN, and the name as the user wrote it, be it an address.
 * Learns:  suite, version, protocol and extension types of each ServerHello; an alert, a reset and a
 *          close are empty answers.  src/derive/fingerprints.c makes the hash.
 * Blind:   nothing follows from it but likeness.  Where a ServerHello has no extensions at all JARM
 *          goes on reading in what comes next; here it stops, as JARM does when that is a record.
 * Costs:   ten connections; none when no version was answered.
 */
#include "probe.h"

enum { N_HELLOS = 10, ROOM = 1024, REC_HANDSHAKE = 22, MSG_SERVER_HELLO = 2, MAX_ALPN = 64, MAX_NAME = 255 };
enum order { FORWARD, REVERSE, TOP_HALF, BOTTOM_HALF, MIDDLE_OUT };
enum versions { NO_VERSIONS, UP_TO_1_2, UP_TO_1_3 };

static const enum fact_id needs[] = {
    F_PROTO_SSL3, F_PROTO_TLS1_0, F_PROTO_TLS1_1, F_PROTO_TLS1_2, F_PROTO_TLS1_3, F_NONE};
static const enum fact_id gives[] = {F_JARM_RAW, F_NONE};

static const struct { /* in the order of their answers in the fingerprint */
	uint16_t version;
	bool tls13_suites;
	enum order suites;
	bool grease, rare_alpn;
	enum versions versions;
	enum order exts; /* of protocols and versions */
} hellos[N_HELLOS] = {
    {TLS1_2, true, FORWARD, false, false, UP_TO_1_2, REVERSE},
    {TLS1_2, true, REVERSE, false, false, UP_TO_1_2, FORWARD},
    {TLS1_2, true, TOP_HALF, false, false, NO_VERSIONS, FORWARD},
    {TLS1_2, true, BOTTOM_HALF, false, true, NO_VERSIONS, FORWARD},
    {TLS1_2, true, MIDDLE_OUT, true, true, NO_VERSIONS, REVERSE},
    {TLS1_1, true, FORWARD, false, false, NO_VERSIONS, FORWARD},
    {TLS1_3, true, FORWARD, false, false, UP_TO_1_3, REVERSE},
    {TLS1_3, true, REVERSE, false, false, UP_TO_1_3, FORWARD},
    {TLS1_3, false, FORWARD, false, false, UP_TO_1_3, FORWARD},
    {TLS1_3, true, MIDDLE_OUT, true, false, UP_TO_1_3, REVERSE},
};

static const uint16_t all_suites[] = {0x0016, 0x0033, 0x0067, 0xc09e, 0xc0a2, 0x009e, 0x0039, 0x006b,
    0xc09f, 0xc0a3, 0x009f, 0x0045, 0x00be, 0x0088, 0x00c4, 0x009a, 0xc008, 0xc009, 0xc023, 0xc0ac,
    0xc0ae, 0xc02b, 0xc00a, 0xc024, 0xc0ad, 0xc0af, 0xc02c, 0xc072, 0xc073, 0xcca9, 0x1302, 0x1301,
    0xcc14, 0xc007, 0xc012, 0xc013, 0xc027, 0xc02f, 0xc014, 0xc028, 0xc030, 0xc060, 0xc061, 0xc076,
    0xc077, 0xcca8, 0x1305, 0x1304, 0x1303, 0xcc13, 0xc011, 0x000a, 0x002f, 0x003c, 0xc09c, 0xc0a0,
    0x009c, 0x0035, 0x003d, 0xc09d, 0xc0a1, 0x009d, 0x0041, 0x00ba, 0x0084, 0x00c0, 0x0007, 0x0004,
    0x0005};
enum { N_SUITES = N_ELEMENTS(all_suites) };

/* JARM keeps the last two of the second list's neighbours, spdy/3 and h2, as one. */
static const char *const rare_alpn[] = {"\x08http/0.9", "\x08http/1.0", "\x06spdy/1", "\x06spdy/2",
    "\x06spdy/3", "\x03h2c", "\x02hq"};
static const char *const some_alpn[] = {"\x08http/0.9", "\x08http/1.0", "\x08http/1.1", "\x06spdy/1",
    "\x06spdy/2", "\x06spdy/3\x02h2", "\x03h2c", "\x02hq"};

struct state {
	unsigned n;
	const char *answers[N_HELLOS];
	bool silent;
	enum why why;
	const char *note;
};

/* ---- the hellos ---- */

static uint16_t
grease(struct rng *rng)
{
	return (uint16_t)(0x0a0a + 0x1010 * rng_below(rng, 16));
}

/* The index that stands at place i of n in that order. */
static size_t
at(enum order order, size_t i, size_t n)
{
	size_t middle = n / 2;

	switch (order) {
	case REVERSE:
		return n - 1 - i;
	case TOP_HALF: /* from the middle down */
		return middle - i;
	case BOTTOM_HALF:
		return middle + 1 + i;
	case MIDDLE_OUT: /* the one above before the one below */
		return i % 2 == 1 ? middle + (i + 1) / 2 : middle - i / 2;
	case FORWARD:
	default:
		return i;
	}
}

static size_t
length(enum order order, size_t n)
{
	return order == TOP_HALF ? n / 2 + 1 : order == BOTTOM_HALF ? n - n / 2 - 1 : n;
}

static void
put_suites(struct wr *w, size_t k, struct rng *rng)
{
	struct wr_mark m = wr_open(w, 2);

	if (hellos[k].grease)
		wr_u16(w, grease(rng));
	for (size_t i = 0; i < length(hellos[k].suites, N_SUITES); i++) {
		uint16_t code = all_suites[at(hellos[k].suites, i, N_SUITES)];

		if (hellos[k].tls13_suites || code >> 8 != 0x13)
			wr_u16(w, code);
	}
	wr_close(w, m);
}

static void
put_name(struct wr *w, const char *host)
{
	size_t n = strlen(host);
	struct span name = {(const uint8_t *)host, n < MAX_NAME ? n : MAX_NAME};

	wr_u16(w, EXT_SERVER_NAME);
	wr_u16(w, (unsigned)name.n + 5);
	wr_u16(w, (unsigned)name.n + 3);
	wr_u8(w, 0);
	wr_u16(w, (unsigned)name.n);
	wr_span(w, name);
}

static void
put_alpn(struct wr *w, size_t k)
{
	const char *const *list = hellos[k].rare_alpn ? rare_alpn : some_alpn;
	size_t n = hellos[k].rare_alpn ? N_ELEMENTS(rare_alpn) : N_ELEMENTS(some_alpn);
	struct wr_mark ext, names;

	wr_u16(w, EXT_ALPN);
	ext = wr_open(w, 2);
	names = wr_open(w, 2);
	for (size_t i = 0; i < n; i++)
		wr_span(w, span_str(list[at(hellos[k].exts, i, n)]));
	wr_close(w, names);
	wr_close(w, ext);
}

static void
put_key_share(struct wr *w, size_t k, struct rng *rng)
{
	enum { X25519 = 0x001d, KEY = 32 };
	struct wr_mark ext, list;
	uint8_t key[KEY];

	wr_u16(w, EXT_KEY_SHARE);
	ext = wr_open(w, 2);
	list = wr_open(w, 2);
	if (hellos[k].grease) {
		wr_u16(w, grease(rng));
		wr_u16(w, 1);
		wr_u8(w, 0);
	}
	wr_u16(w, X25519);
	wr_u16(w, KEY);
	rng_bytes(rng, key, KEY); /* nobody will use it */
	wr_put(w, key, KEY);
	wr_close(w, list);
	wr_close(w, ext);
}

static void
put_versions(struct wr *w, size_t k, struct rng *rng)
{
	size_t n = hellos[k].versions == UP_TO_1_2 ? 3 : 4;
	struct wr_mark ext, list;

	if (hellos[k].versions == NO_VERSIONS)
		return;
	wr_u16(w, EXT_SUPPORTED_VERSIONS);
	ext = wr_open(w, 2);
	list = wr_open(w, 1);
	if (hellos[k].grease)
		wr_u16(w, grease(rng));
	for (size_t i = 0; i < n; i++)
		wr_u16(w, TLS1_0 + (unsigned)at(hellos[k].exts, i, n));
	wr_close(w, list);
	wr_close(w, ext);
}

static void
put_exts(struct wr *w, size_t k, const char *host, struct rng *rng)
{
	/* extended_master_secret, max_fragment_length 2^9, renegotiation_info, four groups,
	 * uncompressed points, session_ticket */
	static const uint8_t first[] = {0, 23, 0, 0, 0, 1, 0, 1, 1, 0xff, 1, 0, 1, 0, 0, 10, 0, 10, 0, 8, 0,
	    0x1d, 0, 0x17, 0, 0x18, 0, 0x19, 0, 11, 0, 2, 1, 0, 0, 35, 0, 0};
	static const uint8_t sigalgs[] = {0, 13, 0, 20, 0, 18, 4, 3, 8, 4, 4, 1, 5, 3, 8, 5, 5, 1, 8, 6, 6, 1,
	    2, 1};
	static const uint8_t psk_modes[] = {0, 45, 0, 2, 1, 1};
	struct wr_mark m = wr_open(w, 2);

	if (hellos[k].grease) {
		wr_u16(w, grease(rng));
		wr_u16(w, 0);
	}
	put_name(w, host);
	wr_put(w, first, sizeof(first));
	put_alpn(w, k);
	wr_put(w, sigalgs, sizeof(sigalgs));
	put_key_share(w, k, rng);
	wr_put(w, psk_modes, sizeof(psk_modes));
	put_versions(w, k, rng);
	wr_close(w, m);
}

static void
write_hello(struct wr *w, size_t k, const char *host, struct rng *rng)
{
	enum { MSG_CLIENT_HELLO = 1, RANDOM = 32 };
	uint8_t random[RANDOM];
	struct wr_mark record, message;
	uint16_t version = hellos[k].version;

	wr_u8(w, REC_HANDSHAKE);
	wr_u16(w, version == TLS1_3 ? TLS1_0 : version);
	record = wr_open(w, 2);
	wr_u8(w, MSG_CLIENT_HELLO);
	message = wr_open(w, 3);
	wr_u16(w, version == TLS1_3 ? TLS1_2 : version);
	rng_bytes(rng, random, RANDOM);
	wr_put(w, random, RANDOM);
	rng_bytes(rng, random, RANDOM); /* the session id */
	wr_u8(w, RANDOM);
	wr_put(w, random, RANDOM);
	put_suites(w, k, rng);
	wr_u16(w, 0x0100); /* null compression */
	put_exts(w, k, host, rng);
	wr_close(w, message);
	wr_close(w, record);
}

static enum step
next(void *st, const struct ctx *c, struct ask *ask)
{
	struct state *s = st;

	if (s->n == N_HELLOS || s->silent || s->why != WHY_NONE || best_version(c->known, TLS1_3) < SSL3)
		return STEP_DONE;
	ask->kind = ASK_RAW;
	ask->stop = STOP_SERVER_HELLO;
	wr_init(&ask->out, arena_alloc(c->arena, ROOM), ROOM);
	write_hello(&ask->out, s->n, c->ep->host, c->rng);
	return STEP_ASK;
}

/* ---- the answers ---- */

/* JARM takes these for no extensions. */
static bool
looks_empty(struct span raw, size_t session_id)
{
	size_t at_exts = session_id + 50;

	return (raw.n >= at_exts + 3 && memcmp(raw.p + at_exts, "\x0e\xac\x0b", 3) == 0) ||
	    (raw.n >= 85 && memcmp(raw.p + 82, "\x0f\xf0\x0b", 3) == 0);
}

static const char *
extensions(struct arena *a, const struct server_flight *sf)
{
	const char *text = "";

	for (size_t i = 0; i < sf->n_exts; i++)
		text = arena_printf(a, "%s%s%04x", text, i > 0 ? "-" : "", sf->exts[i].type);
	return text;
}

static const char *
answer(struct arena *a, const struct reply *r)
{
	enum { MSG_CERTIFICATE = 11 };
	const struct server_flight *sf = r->flight;
	struct span raw = r->raw;
	size_t exts = sf->session_id.n + 47; /* where the block of them begins, or the next message */
	const char *alpn = text_clean(a, sf->alpn, MAX_ALPN);

	if (!sf->hello || raw.n < 6 || raw.p[0] != REC_HANDSHAKE || raw.p[5] != MSG_SERVER_HELLO ||
	    !span_eq(span_str(alpn), sf->alpn))
		return "|||";
	if (sf->n_exts == 0 && raw.n > exts && raw.p[exts] == REC_HANDSHAKE)
		return "|||";
	if (looks_empty(raw, sf->session_id.n) || (raw.n > exts && raw.p[exts] == MSG_CERTIFICATE))
		return arena_printf(a, "%04x|%04x||||", sf->suite, sf->legacy_version);
	return arena_printf(a, "%04x|%04x|%s|%s", sf->suite, sf->legacy_version, alpn, extensions(a, sf));
}

static void
learn(void *st, const struct ctx *c, const struct reply *r)
{
	struct state *s = st;

	if (r->kind == REPLY_NO_CONN || r->kind == REPLY_LOCAL) {
		s->why = reply_why(r);
		s->note = reply_text(r, c->arena);
	} else if (r->kind == REPLY_SILENCE && !r->flight->hello) {
		s->silent = true;
	} else {
		s->answers[s->n++] = answer(c->arena, r);
	}
}

static void
conclude(void *st, const struct ctx *c, struct facts *out)
{
	struct state *s = st;
	const char *text = "";

	if (s->why != WHY_NONE) {
		fact_put_unknown(out, F_JARM_RAW, s->why, s->note);
		return;
	}
	if (s->n < N_HELLOS && !s->silent)
		return;
	for (size_t i = 0; i < N_HELLOS; i++)
		text = arena_printf(c->arena, "%s%s%s", text, i > 0 ? "," : "", s->silent ? "|||" : s->answers[i]);
	fact_put_str(out, F_JARM_RAW, text);
	if (s->silent) /* JARM ends there, with nothing */
		fact_set_note(out, F_JARM_RAW, "one of the hellos got no answer in time");
}

const struct probe probe_jarm = {
    .name = "jarm",
    .summary = "the ten hellos of JARM",
    .needs = needs,
    .gives = gives,
    .next = next,
    .learn = learn,
    .conclude = conclude,
    .state_size = sizeof(struct state),
    .max_asks = N_HELLOS,
};
