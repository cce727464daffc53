/*
 * cipher_suites - every cipher suite of every version, and who decides which is used?
 *
 * Sends:   per version hellos with all suites that are left (tls/peel.h), beginning with what the
 *          probe `protocols` has seen chosen; then, where the answers do not prove it already, a
 *          few with known suites in another order; and ChaCha20 first, where the server has it and
 *          an order of its own.  Under TLS 1.3 each hello also leaves out the groups that the server
 *          has asked for already (HelloRetryRequest names both, and the choices are independent of
 *          each other: RFC 8446, 4.1.1); when such a hello is refused, known suites with the same
 *          groups tell which of the two has come to its end.
 * Learns:  the chosen suites, one by one, and by the refusal of the rest that there are no more;
 *          the server's order, or that it follows the client, or neither.  On the way: the
 *          Diffie-Hellman parameters of each DHE suite.
 * Blind:   suites that need a key exchange with keys from elsewhere are seen as far as the server
 *          chooses them without (PSK, SRP); a server may choose by other things than the list (the
 *          hardware it sees in the client's order): that is "mixed".
 * Costs:   one connection a suite, and about two a version.
 *
 * In less depth: the best version below TLS 1.3 is asked for the suite it takes next, and for these two
 * in the other order; of the others, the suite that was chosen of all is what was seen.
 */
#include "probe.h"

enum { N_LANES = 5, MAX_CHECKS = 3, MAX_ALONG = 32, FEW = 5 };

static const enum fact_id needs[] = {F_PROTO_SSL3, F_PROTO_TLS1_0, F_PROTO_TLS1_1, F_PROTO_TLS1_2,
    F_PROTO_TLS1_3, F_EMPTY_KEY_SHARE, F_CLOSES, F_NONE};
static const enum fact_id gives[] = {F_SUITES_SSL3, F_SUITES_TLS1_0, F_SUITES_TLS1_1, F_SUITES_TLS1_2,
    F_SUITES_TLS1_3, F_ORDER_SSL3, F_ORDER_TLS1_0, F_ORDER_TLS1_1, F_ORDER_TLS1_2, F_ORDER_TLS1_3,
    F_CHACHA20_PREF, F_NONE};

enum extra {
	NOTHING_EXTRA,
	CHACHA_FIRST, /* what was found, ChaCha20 in front */
	OTHERS_FIRST, /* what was found, ChaCha20 behind */
	PEEL_CHACHA   /* the peel's offer, but with ChaCha20 in front */
};

struct state {
	struct peel peel;
	struct dh_seen dh;
	enum extra extra;   /* the question under way, when it is not the peel's */
	bool begun, chacha_asked, others_asked, again_done;
	struct u16s cheap;  /* groups of hellos below TLS 1.3, once they are put in order */
	struct peel groups; /* TLS 1.3: peeled along */
	bool joint;	    /* the hello leaves out groups */
	bool doubt;	    /* such a hello was refused: by its suites or by its groups? */
	uint16_t chosen[MAX_ALONG][2]; /* suite and group, for `groups` to begin with */
	size_t n_chosen;
	bool was_chacha; /* PEEL_CHACHA brought it */
	uint16_t best[2]; /* in less depth: what was chosen of all, and of the rest */
	size_t n_best, few_asked;
	enum tri best_again; /* of these two in the other order, the same was chosen */
	enum tri chacha;
	enum why why;
	const char *note; /* the last answer that was no ServerHello */
};

static bool
is_chacha(uint16_t code)
{
	return suite_has(suite_by_code(code), "enc=CHACHA20_POLY1305");
}

static bool
same_encryption(uint16_t a, uint16_t b)
{
	const struct suite *x = suite_by_code(a), *y = suite_by_code(b);

	return x != NULL && y != NULL && x->enc == y->enc;
}

static bool
is_aria(const struct suite *s)
{
	return s->enc >= ENC_ARIA_128_CBC && s->enc <= ENC_ARIA_256_GCM;
}

/* Key exchange and key together; of those that hardly anyone has, only the sort. */
static unsigned
kind_of(uint16_t code)
{
	const struct suite *s = suite_by_code(code);

	if (suite_has(s, "psk"))
		return 1;
	if (s == NULL || s->kx == KX_SRP)
		return 2;
	if (is_aria(s))
		return 4;
	if (s->kx == KX_RSA || s->kx == KX_ECDHE || s->kx == KX_DHE || s->kx == KX_TLS13)
		return (unsigned)s->kx << 8 | (unsigned)s->au;
	return 3;
}

static bool
same_kind(uint16_t a, uint16_t b)
{
	return kind_of(a) == kind_of(b);
}

/*
 * Suites that a server may choose and then lack something for: a user name, a secret,
 * Diffie-Hellman parameters (dovecot without ssl_dh closes on every DHE suite), or the cipher itself
 * (Mbed TLS 2.28 lists ARIA where it was built without).
 */
static bool
is_doubtful(uint16_t code)
{
	const struct suite *s = suite_by_code(code);

	return s != NULL && ((s->kx != KX_RSA && s->kx != KX_ECDHE && s->kx != KX_TLS13) || is_aria(s));
}

/*
 * haproxy and Envoy choose their certificate by the list before they choose the suite: the ECDSA
 * one as soon as any suite of it is for such a key, also one that they do not accept.
 */
static bool
is_for_ecdsa(uint16_t code)
{
	return suite_has(suite_by_code(code), "au=ECDSA");
}

static bool
is_for_rsa(uint16_t code)
{
	return suite_has(suite_by_code(code), "au=RSA");
}

/* Groups go along from the second hello on, if the first one brought a HelloRetryRequest. */
static void
begin_groups(struct state *s, const struct ctx *c, uint16_t first)
{
	struct u16s offer;

	if (fact_tri(c->known, F_EMPTY_KEY_SHARE) != TRI_YES || first == 0)
		return;
	peel_init(&s->groups, c->arena, groups_for_tls13());
	if (peel_next(&s->groups, &offer))
		peel_picked(&s->groups, first);
	s->groups.predicted = groups_expected();
	s->joint = s->groups.phase == PEEL_OFFER;
}

static void
begin(struct state *s, const struct ctx *c, uint16_t version)
{
	struct u16s offer;
	uint16_t suite, group;

	s->begun = true;
	peel_init(&s->peel, c->arena, suites_for_version(version));
	s->peel.kin = same_encryption;
	s->peel.never_first = is_chacha;
	s->peel.doubtful = is_doubtful;
	s->peel.same_kind = same_kind;
	s->peel.hides = is_for_ecdsa;
	s->peel.hidden = is_for_rsa;
	s->peel.max_checks = MAX_CHECKS;
	s->peel.must_accept = true;
	s->peel.closes = fact_yes(c->known, F_CLOSES);
	if (!first_choice(c->known, version, &suite, &group) || !peel_next(&s->peel, &offer))
		return;
	peel_picked(&s->peel, suite);
	if (version == TLS1_3)
		begin_groups(s, c, group);
}

/* All that was found, with ChaCha20 in front, or behind. */
static struct u16s
found_with_chacha(const struct peel *p, bool first)
{
	uint16_t *v = arena_alloc(p->arena, (p->found.n + 1) * sizeof(*v));
	size_t n = 0;

	for (unsigned pass = 0; pass < 2; pass++)
		for (size_t i = 0; i < p->found.n; i++)
			if (is_chacha(p->found.v[i]) == (first == (pass == 0)))
				v[n++] = p->found.v[i];
	return (struct u16s){v, n};
}

static bool
has_both(struct u16s f)
{
	bool chacha = false, other = false;

	for (size_t i = 0; i < f.n; i++) {
		chacha = chacha || is_chacha(f.v[i]);
		other = other || !is_chacha(f.v[i]);
	}
	return chacha && other;
}

/*
 * The peel has ended: is there something to ask about ChaCha20?  A server with an order of its own
 * may put it first for who puts it first (OpenSSL's PrioritizeChaCha), or unless the client puts AES
 * first (Go): the answers then look mixed, until ChaCha20 always stands behind.
 */
static bool
ask_about_chacha(struct state *s, struct u16s *offer)
{
	struct peel *p = &s->peel;
	bool both = p->complete && has_both(p->found);

	if (both && p->verdict == PEEL_MIXED && !s->again_done && p->found.n <= FEW &&
	    is_chacha(p->odd[0]) != is_chacha(p->odd[1])) {
		struct u16s found = p->found;

		s->again_done = true;
		peel_init(p, p->arena, found);
		p->last = is_chacha;
		p->max_checks = MAX_CHECKS;
		p->must_accept = true;
		return peel_next(p, offer);
	}
	if (both && p->verdict == PEEL_SERVER && is_chacha(p->found.v[0]) && !s->others_asked) {
		s->others_asked = true;
		s->extra = OTHERS_FIRST;
	} else if (both && p->verdict == PEEL_SERVER && !is_chacha(p->found.v[0]) && !s->chacha_asked) {
		s->chacha_asked = true;
		s->extra = CHACHA_FIRST;
	} else {
		return false;
	}
	*offer = found_with_chacha(p, s->extra == CHACHA_FIRST);
	return true;
}

/* The peel's own question; the second one tells on the way if ChaCha20 in front changes anything. */
static bool
ask_peel(struct state *s, struct u16s *offer)
{
	if (!peel_next(&s->peel, offer))
		return false;
	if (s->peel.phase == PEEL_OFFER && s->peel.n_got == 1 && !s->chacha_asked && !s->joint &&
	    !s->peel.pieces && !is_chacha(s->peel.found.v[0])) {
		s->chacha_asked = true;
		s->extra = PEEL_CHACHA;
		peel_to_front(&s->peel, is_chacha);
	}
	return true;
}

/* ---- in less depth ---- */

static size_t
place_of(struct u16s l, uint16_t v)
{
	size_t i = 0;

	while (i < l.n && l.v[i] != v)
		i++;
	return i;
}

/* The first question: what comes next?  The second: these two in the order in which they were not. */
static bool
ask_few(struct state *s, const struct ctx *c, const struct version_row *row, struct u16s *offer)
{
	struct u16s all = suites_for_version(row->version);
	uint16_t *v = arena_alloc(c->arena, (all.n + 2) * sizeof(*v)), group;

	*offer = (struct u16s){v, 0};
	if (!s->begun)
		s->n_best = first_choice(c->known, row->version, &s->best[0], &group);
	s->begun = true;
	if (row->version >= TLS1_3 || row->version != best_version(c->known, TLS1_2) || s->n_best == 0 ||
	    s->few_asked >= 2 || (s->few_asked == 1 && s->n_best < 2))
		return false;
	if (s->few_asked++ == 0) {
		for (size_t i = 0; i < all.n; i++)
			if (all.v[i] != s->best[0])
				v[offer->n++] = all.v[i];
		return true;
	}
	if (place_of(all, s->best[0]) > place_of(all, s->best[1])) {
		s->best_again = TRI_YES; /* the very first hello had them in that order */
		return false;
	}
	v[0] = s->best[1];
	v[1] = s->best[0];
	offer->n = 2;
	return true;
}

static void
learn_few(struct state *s, bool chosen, uint16_t suite)
{
	if (!chosen)
		return;
	if (s->few_asked == 1)
		s->best[s->n_best++] = suite;
	else
		s->best_again = suite == s->best[0] ? TRI_YES : TRI_NO;
}

static void
put_few(const struct state *s, const struct version_row *row, struct facts *out)
{
	bool both = s->n_best == 2 && !is_chacha(s->best[0]) && !is_chacha(s->best[1]);
	struct u16s seen = {s->best, s->n_best};
	const char *words = NULL;

	fact_put_seen(out, row->suites, seen, WHY_NOT_ASKED, NULL);
	/* Two are not all: a server may have an order for some and none for others.  And who puts
	 * ChaCha20 first may be given it whatever the server's order says. */
	if (s->best_again == TRI_YES)
		words = "of the two best suites the server's choice does not follow the client's order";
	else if (s->best_again == TRI_NO && both)
		words = "of the two best suites the server's choice follows the client's order";
	fact_put_unknown(out, row->order, WHY_NOT_ASKED, words);
}

/* All groups, but those first whose keys cost a server least: it makes one for each suite, of the
 * first group if it follows the client's order, and which one it is does not matter here. */
static struct u16s
cheap_groups(struct state *s, const struct ctx *c)
{
	static const uint16_t cheap[] = {0x001d, 0x0017}; /* x25519, secp256r1 */
	struct u16s all = groups_for_tls12();
	uint16_t *v;
	size_t n = 0;

	if (s->cheap.n > 0)
		return s->cheap;
	v = arena_alloc(c->arena, (N_ELEMENTS(cheap) + all.n) * sizeof(*v));
	for (; n < N_ELEMENTS(cheap); n++)
		v[n] = cheap[n];
	for (size_t i = 0; i < all.n; i++)
		if (!u16s_has(U16S_OF(cheap), all.v[i]))
			v[n++] = all.v[i];
	return s->cheap = (struct u16s){v, n};
}

static void
begin_hello(struct state *s, const struct ctx *c, struct ask *ask, enum flight_stop stop)
{
	uint16_t version = version_rows[c->lane].version;

	ask_hello(ask, c, version, stop);
	if (version > SSL3 && version < TLS1_3)
		ask->hello.groups = cheap_groups(s, c);
}

static enum step
next(void *st, const struct ctx *c, struct ask *ask)
{
	struct state *s = st;
	const struct version_row *row = &version_rows[c->lane];
	struct u16s offer, groups;

	if (!fact_yes(c->known, row->proto))
		return STEP_DONE;
	if (c->depth != DEPTH_FULL) {
		if (!ask_few(s, c, row, &offer))
			return STEP_DONE;
		begin_hello(s, c, ask, STOP_HELLO_DONE);
		ask->hello.suites = offer;
		return STEP_ASK;
	}
	if (!s->begun)
		begin(s, c, row->version);
	if (s->doubt)
		offer = found_with_chacha(&s->peel, true);
	else if (!ask_peel(s, &offer) && !ask_about_chacha(s, &offer))
		return STEP_DONE;
	begin_hello(s, c, ask, row->version < TLS1_3 ? STOP_HELLO_DONE : STOP_SERVER_HELLO);
	ask->hello.suites = offer;
	if (s->joint && peel_next(&s->groups, &groups))
		ask->hello.groups = groups;
	if (row->version == TLS1_3)
		ask_key_share(ask, c->known);
	return STEP_ASK;
}

/* The group of a HelloRetryRequest goes to the groups. */
static void
learn_group(struct state *s, const struct server_flight *sf)
{
	struct u16s offer = {s->groups.offer, s->groups.n_offer};

	if (!sf->retry || !u16s_has(offer, sf->group) || s->n_chosen == MAX_ALONG) {
		s->joint = false;
		return;
	}
	s->chosen[s->n_chosen][0] = sf->suite;
	s->chosen[s->n_chosen++][1] = sf->group;
	peel_picked(&s->groups, sf->group);
	s->joint = s->groups.phase == PEEL_OFFER;
}

/* Known suites, ChaCha20 in front, with the groups of the hello that was refused. */
static void
resolve_doubt(struct state *s, const struct reply *r, bool chosen)
{
	s->doubt = s->joint = false;
	if (!chosen)
		return; /* the groups had come to their end: the suites once more, with all */
	learn_group(s, r->flight);
	s->joint = false;
	if (!s->chacha_asked) {
		s->chacha_asked = true;
		s->chacha = is_chacha(r->flight->suite) ? TRI_YES : TRI_NO;
	}
	peel_refused(&s->peel);
}

/* True when the answer was not for the peel. */
static bool
learn_extra(struct state *s, bool chosen, uint16_t suite)
{
	enum extra extra = s->extra;

	s->extra = NOTHING_EXTRA;
	switch (extra) {
	case CHACHA_FIRST:
		if (chosen)
			s->chacha = is_chacha(suite) ? TRI_YES : TRI_NO;
		return true;
	case OTHERS_FIRST:
		if (chosen && suite != s->peel.found.v[0]) {
			s->peel.verdict = PEEL_MIXED;
			s->again_done = true;
		}
		return true;
	case PEEL_CHACHA:
		if (chosen && !is_chacha(suite)) {
			s->chacha = TRI_NO; /* and the peel's question is answered too */
			return false;
		}
		s->chacha_asked = chosen; /* refused: there was nothing to learn */
		s->was_chacha = chosen;
		return chosen;
	case NOTHING_EXTRA:
	default:
		if (s->was_chacha && chosen) { /* the same question without it in front */
			s->was_chacha = false; /* it may be next in any case: ask with all, at the end */
			s->chacha_asked = false;
		}
		return false;
	}
}

static void
learn(void *st, const struct ctx *c, const struct reply *r)
{
	struct state *s = st;
	const struct server_flight *sf = r->flight;
	bool chosen = sf->hello && sf->version == version_rows[c->lane].version;

	if (!sf->hello) {
		s->why = reply_why(r);
		s->note = reply_text(r, c->arena);
	}
	if (chosen)
		dh_see(&s->dh, c->arena, sf);
	if (c->depth != DEPTH_FULL) {
		learn_few(s, chosen, sf->suite);
		return;
	}
	if (s->doubt) {
		resolve_doubt(s, r, chosen);
		return;
	}
	if (learn_extra(s, chosen, sf->suite))
		return;
	if (s->joint && chosen)
		learn_group(s, sf);
	else if (s->joint && reply_says(r) == SAYS_NO) {
		s->doubt = true;
		return;
	}
	if (s->joint && !chosen) { /* the same once more, with all groups */
		s->joint = false;
		return;
	}
	peel_answer(&s->peel, r, chosen, sf->suite);
}

static void
conclude(void *st, const struct ctx *c, struct facts *out)
{
	struct state *s = st;
	const struct version_row *row = &version_rows[c->lane];
	const char *order;

	if (!fact_yes(c->known, row->proto)) {
		unknown_like(out, row->suites, c->known, row->proto);
		unknown_like(out, row->order, c->known, row->proto);
		return;
	}
	dh_put(&s->dh, out);
	if (c->depth != DEPTH_FULL) {
		put_few(s, row, out);
		return;
	}
	for (size_t i = 0; i < s->n_chosen; i++)
		put_choice(out, row->version, s->chosen[i][0], s->chosen[i][1]);
	if (s->peel.found.n == 0 || !s->peel.complete) {
		enum why why = s->peel.unasked_for ? WHY_GARBAGE : s->why != WHY_NONE ? s->why : WHY_BUDGET;

		fact_put_seen(out, row->suites, s->peel.found, why, s->note);
		fact_put_unknown(out, row->order, why, s->note);
		return;
	}
	fact_put_u16s(out, row->suites, s->peel.found);
	if (s->peel.by_silence)
		fact_set_note(out, row->suites, "the server refuses others without an alert");
	order = peel_order(&s->peel);
	if (order == NULL)
		fact_put_unknown(out, row->order, s->why != WHY_NONE ? s->why : WHY_UNSTABLE, s->note);
	else
		fact_put_str(out, row->order, order);
	if (order != NULL && s->peel.verdict == PEEL_SERVER && !s->peel.verified)
		fact_set_note(out, row->order, "not every pair of neighbours was compared");
}

/* It is a matter of servers with an order of their own; TLS 1.2 counts first, then the others. */
static void
finish(void *const *st, unsigned n, const struct ctx *c, struct facts *out)
{
	static const unsigned order[N_LANES] = {1, 0, 2, 3, 4}; /* lanes: version_rows */
	bool follows = false;

	if (c->depth != DEPTH_FULL) {
		fact_put_unknown(out, F_CHACHA20_PREF, WHY_NOT_ASKED, NULL);
		return;
	}
	for (unsigned i = 0; i < n; i++) {
		const struct state *s = st[order[i]];

		follows = follows || s->peel.verdict == PEEL_CLIENT;
		if (s->chacha == TRI_UNKNOWN || s->peel.verdict != PEEL_SERVER || !has_both(s->peel.found) ||
		    is_chacha(s->peel.found.v[0]))
			continue;
		fact_put_tri(out, F_CHACHA20_PREF, s->chacha);
		return;
	}
	fact_put_unknown(out, F_CHACHA20_PREF, WHY_NOT_APPLICABLE,
	    follows ? "the server follows the client's order" : NULL);
}

const struct probe probe_cipher_suites = {
    .name = "cipher_suites",
    .summary = "every cipher suite of every version, and whose order counts",
    .needs = needs,
    .gives = gives,
    .next = next,
    .learn = learn,
    .conclude = conclude,
    .finish = finish,
    .state_size = sizeof(struct state),
    .lanes = N_LANES,
    .max_asks = 480,
};
