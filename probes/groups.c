/*
 * groups - every named group, for TLS 1.3 and for ECDHE before it, and who decides?
 *
 * Sends:   TLS 1.3 hellos with an empty key_share and all groups that are left (tls/peel.h): the
 *          HelloRetryRequest names the one the server wants (RFC 8446, 4.1.4).  Then hellos of the
 *          best older version with ECDHE suites it accepts: ServerKeyExchange names the curve (RFC
 *          8422, 5.4).  There the list also says which curves a certificate may have, so suites
 *          with RSA or no certificate are preferred; with ECDSA alone, the common curves stay last
 *          in a second round of offers.
 * Learns:  the chosen groups, one by one, and by the refusal of the rest that there are no more;
 *          the order as in cipher_suites.
 * Blind:   ffdhe groups before TLS 1.3 (RFC 7919) show as Diffie-Hellman parameters; a TLS 1.3
 *          server that wants a real key share is asked for groups that can be made here only.
 * Costs:   one connection a group, and about two for each of both.
 *
 * In less depth: nothing is asked; the group that was chosen of all is what was seen.
 */
#include "probe.h"

enum { MAX_CHECKS = 3, PART = 8 };

static const enum fact_id needs[] = {F_PROTO_TLS1_3, F_SUITES_TLS1_2, F_SUITES_TLS1_1, F_SUITES_TLS1_0,
    F_SUITES_SSL3, F_SUITES_TLS1_3, F_EMPTY_KEY_SHARE, F_CLOSES, F_NONE};
static const enum fact_id gives[] = {
    F_GROUPS_TLS1_3, F_GROUPS_TLS1_3_ORDER, F_GROUPS_TLS1_2, F_GROUPS_TLS1_2_ORDER, F_NONE};

/* One list of groups in the asking. */
struct round {
	struct peel peel;
	bool begun, over;
	enum why why;
	const char *note;
};

struct state {
	struct round new, old, cert; /* TLS 1.3; before; before, beside a certificate's curve */
	struct round *now;
	uint16_t version;    /* of the older one */
	struct u16s suites;  /* ECDHE ones it accepts */
	bool ecdsa;	     /* all of them need a certificate with a curve */
	struct u16s rest;    /* what is asked for beside such a curve, in parts */
	size_t from, step;
	struct u16s with_cert; /* found of it */
};

/* The highest version before TLS 1.3 with ECDHE suites, and those that do not need an EC key. */
static bool
choose_old(struct state *s, const struct ctx *c)
{
	for (size_t i = 0; i < N_VERSIONS; i++) {
		const struct version_row *row = &version_rows[i];
		struct u16s ec, other;

		if (row->version >= TLS1_3 || row->version < SSL3)
			continue;
		ec = suites_with(c->arena, fact_u16s(c->known, row->suites), "kx:ECDHE");
		ec = suites_with(c->arena, ec, "!psk");
		if (ec.n == 0)
			continue;
		other = suites_with(c->arena, ec, "!au:ECDSA");
		s->version = row->version;
		s->ecdsa = other.n == 0;
		s->suites = s->ecdsa ? ec : other;
		return true;
	}
	return false;
}

static struct u16s
only_curves(struct arena *a, struct u16s all)
{
	uint16_t *v = arena_alloc(a, (all.n + 1) * sizeof(*v));
	size_t n = 0;

	for (size_t i = 0; i < all.n; i++) {
		const struct group *g = group_by_code(all.v[i]);

		if (g != NULL && g->kind == GROUP_EC)
			v[n++] = all.v[i];
	}
	return (struct u16s){v, n};
}

static struct u16s
joined(struct arena *a, struct u16s x, struct u16s y)
{
	uint16_t *v = arena_alloc(a, (x.n + y.n + 1) * sizeof(*v));

	for (size_t i = 0; i < x.n; i++)
		v[i] = x.v[i];
	for (size_t i = 0; i < y.n; i++)
		v[x.n + i] = y.v[i];
	return (struct u16s){v, x.n + y.n};
}

static void
round_begin(struct round *r, const struct ctx *c, struct u16s all)
{
	r->begun = true;
	peel_init(&r->peel, c->arena, all);
	r->peel.max_checks = MAX_CHECKS;
	r->peel.must_accept = true;
	r->peel.closes = fact_yes(c->known, F_CLOSES);
}

/* What other probes have seen chosen, each time with the groups before it left out. */
static void
begin_new(struct state *s, const struct ctx *c)
{
	struct u16s offer;

	round_begin(&s->new, c, groups_for_tls13());
	if (fact_tri(c->known, F_EMPTY_KEY_SHARE) != TRI_YES)
		return;
	for (size_t i = 0; i < fact_rows(c->known, K_CHOICE); i++) {
		const struct facts *row = fact_row(c->known, K_CHOICE, i);

		if (fact_u32(row, F_CHOICE_VERSION) == TLS1_3 && fact_known(row, F_CHOICE_GROUP) &&
		    s->new.peel.phase == PEEL_OFFER && peel_next(&s->new.peel, &offer))
			peel_picked(&s->new.peel, fact_u16s(row, F_CHOICE_GROUP).v[0]);
		s->new.peel.predicted = groups_expected(); /* `protocols` asks without, the others so */
	}
}

static void
begin_old(struct state *s, const struct ctx *c)
{
	uint16_t suite, group;

	round_begin(&s->old, c, only_curves(c->arena, groups_for_tls12()));
	if (s->new.begun && s->new.peel.verdict == PEEL_SERVER)
		s->old.peel.predicted = s->new.peel.found;
	/* The first choice under SSLv3 was made without a list of groups. */
	if (s->version > SSL3 && first_choice(c->known, s->version, &suite, &group) && group != 0)
		peel_seed(&s->old.peel, groups_for_tls12(), group);
}

/* A part of the rest once more, with the curves that a certificate may have behind it. */
static void
begin_part(struct state *s, const struct ctx *c)
{
	static const uint16_t common[] = {0x0019, 0x0018, 0x0017};
	struct u16s part = {s->rest.v + s->from, s->rest.n - s->from};
	uint16_t *always = arena_alloc(c->arena, sizeof(common));
	size_t n = 0;

	for (size_t i = 0; i < N_ELEMENTS(common); i++)
		if (u16s_has(s->old.peel.found, common[i]))
			always[n++] = common[i];
	part.n = part.n < s->step ? part.n : s->step;
	round_begin(&s->cert, c, part);
	s->cert.peel.max_checks = 0;
	s->cert.peel.must_accept = false;
	s->cert.peel.always = (struct u16s){always, n};
	s->cert.over = n == 0 || part.n == 0;
}

static void
begin_cert(struct state *s, const struct ctx *c)
{
	struct u16s all = only_curves(c->arena, groups_for_tls12()), found = s->old.peel.found;
	uint16_t *rest = arena_alloc(c->arena, (all.n + 1) * sizeof(*rest));
	size_t n = 0;

	for (size_t i = 0; i < all.n; i++)
		if (!u16s_has(found, all.v[i]))
			rest[n++] = all.v[i];
	s->rest = (struct u16s){rest, n};
	s->step = n;
	begin_part(s, c);
}

/* The parts of the rest, one after the other. */
static bool
next_part(struct state *s, const struct ctx *c, struct u16s *offer)
{
	if (!s->cert.begun)
		begin_cert(s, c);
	while (!s->cert.over && !peel_next(&s->cert.peel, offer)) {
		s->with_cert = joined(c->arena, s->with_cert, s->cert.peel.found);
		s->from += s->step;
		if (s->from >= s->rest.n || !s->cert.peel.complete)
			s->cert.over = true;
		else
			begin_part(s, c);
	}
	return !s->cert.over;
}

/* The round that has something to ask, and its offer. */
static bool
next_offer(struct state *s, const struct ctx *c, struct u16s *offer)
{
	if (fact_yes(c->known, F_PROTO_TLS1_3) && !s->new.over) {
		if (!s->new.begun)
			begin_new(s, c);
		s->now = &s->new;
		if (peel_next(&s->new.peel, offer))
			return true;
		s->new.over = true;
	}
	if (!s->old.begun) {
		if (!choose_old(s, c))
			return false;
		begin_old(s, c);
	}
	s->now = &s->old;
	if (peel_next(&s->old.peel, offer))
		return true;
	if (!s->ecdsa || !s->old.peel.complete)
		return false;
	s->now = &s->cert;
	return next_part(s, c, offer);
}

/* Two groups to choose from, of a server that needs a curve for its certificate as well. */
static bool
is_pair(const struct state *s)
{
	return s->now == &s->old && s->ecdsa && s->old.peel.phase == PEEL_PAIR;
}

/* The curve without which it refused the rest: the certificate's. */
static uint16_t
last_found(const struct state *s)
{
	struct u16s found = s->old.peel.found;

	return found.n > 0 ? found.v[found.n - 1] : 0;
}

static struct u16s
with_last(const struct state *s, struct arena *a, struct u16s offer)
{
	uint16_t *v = arena_alloc(a, (offer.n + 1) * sizeof(*v));

	for (size_t i = 0; i < offer.n; i++)
		v[i] = offer.v[i];
	v[offer.n] = last_found(s);
	return (struct u16s){v, offer.n + !u16s_has(offer, last_found(s))};
}

static enum step
next(void *st, const struct ctx *c, struct ask *ask)
{
	struct state *s = st;
	struct u16s offer;

	if (c->depth != DEPTH_FULL || !next_offer(s, c, &offer))
		return STEP_DONE;
	if (s->now == &s->new) {
		ask_hello(ask, c, TLS1_3, STOP_SERVER_HELLO);
		ask->hello.suites = suites_for_version(TLS1_3);
		ask->hello.groups = offer;
		ask_key_share(ask, c->known);
		return STEP_ASK;
	}
	ask_hello(ask, c, s->version, STOP_HELLO_DONE);
	ask->hello.suites = s->suites;
	ask->hello.groups = is_pair(s) ? with_last(s, c->arena, offer) : offer;
	return STEP_ASK;
}

/* One that it has taken before and that was not offered now, or for the certificate alone: it says that
 * the server wants none of these.  wolfSSL takes the certificate's curve when it has no better one. */
static bool
is_extra(const struct state *s, uint16_t group)
{
	const struct peel *p = &s->now->peel;
	struct u16s offer = {p->offer, p->n_offer};

	return !u16s_has(offer, group) &&
	       (u16s_has(p->found, group) || u16s_has(s->old.peel.found, group));
}

static void
learn(void *st, const struct ctx *c, const struct reply *r)
{
	struct state *s = st;
	const struct server_flight *sf = r->flight;
	bool new = s->now == &s->new;
	uint16_t group = new ? sf->group : sf->ske.group;

	if (!sf->hello || group == 0) {
		s->now->why = reply_why(r);
		s->now->note = reply_text(r, c->arena);
	}
	/* One of the offer it must take: it has not read so far (mbedTLS reads eleven). */
	if (s->now == &s->cert && r->kind == REPLY_ALERT && s->step == s->rest.n && s->step > PART &&
	    s->cert.peel.found.n == 0) {
		s->step = PART;
		begin_part(s, c);
		return;
	}
	/* A ServerHello that names no group (a suite without ECDHE) does not want any of these. */
	if (sf->hello && r->kind == REPLY_FLIGHT && (group == 0 || is_extra(s, group)))
		peel_refused(&s->now->peel);
	else
		peel_answer(&s->now->peel, r, sf->hello && group != 0, group);
}

static void
put(const struct round *r, struct u16s found, enum fact_id list, enum fact_id order, struct facts *out)
{
	enum why why = r->peel.unasked_for ? WHY_GARBAGE : r->why != WHY_NONE ? r->why : WHY_BUDGET;
	const char *word = peel_order(&r->peel);

	if (!r->peel.complete) {
		fact_put_seen(out, list, found, why, r->note);
		fact_put_unknown(out, order, why, r->note);
		return;
	}
	fact_put_u16s(out, list, found);
	if (r->peel.by_silence)
		fact_set_note(out, list, "the server refuses others without an alert");
	if (word != NULL && r->peel.verdict == PEEL_SERVER && !r->peel.verified)
		fact_set_note(out, order, "not every pair of neighbours was compared");
	if (word != NULL)
		fact_put_str(out, order, word);
	else
		fact_put_unknown(out, order, found.n == 0 ? WHY_NOT_APPLICABLE : why, r->note);
}

/* No ECDHE suite is known: because there is none, or because a list is not? */
static void
unknown_without_ecdhe(const struct facts *known, struct facts *out)
{
	enum fact_id from = F_NONE;

	for (size_t i = 0; i < N_VERSIONS; i++) {
		enum why why = fact_why(known, version_rows[i].suites);

		if (version_rows[i].version < TLS1_3 && version_rows[i].version >= SSL3 &&
		    why != WHY_NONE && why != WHY_NOT_APPLICABLE && from == F_NONE)
			from = version_rows[i].suites;
	}
	if (from == F_NONE) {
		fact_put_unknown(out, F_GROUPS_TLS1_2, WHY_NOT_APPLICABLE, NULL);
		fact_put_unknown(out, F_GROUPS_TLS1_2_ORDER, WHY_NOT_APPLICABLE, NULL);
		return;
	}
	unknown_like(out, F_GROUPS_TLS1_2, known, from);
	unknown_like(out, F_GROUPS_TLS1_2_ORDER, known, from);
}

/* In less depth: what the probe `protocols` has seen chosen. */
static void
put_first_choices(const struct ctx *c, struct facts *out)
{
	const struct {
		enum fact_id list, order;
		uint16_t version;
	} of[] = {{F_GROUPS_TLS1_3, F_GROUPS_TLS1_3_ORDER, TLS1_3},
	    {F_GROUPS_TLS1_2, F_GROUPS_TLS1_2_ORDER, best_version(c->known, TLS1_2)}};

	for (size_t i = 0; i < N_ELEMENTS(of); i++) {
		uint16_t suite, group = 0;
		bool any = of[i].version > SSL3 && first_choice(c->known, of[i].version, &suite, &group);
		struct u16s seen = {&group, any && group != 0};

		fact_put_seen(out, of[i].list, seen, WHY_NOT_ASKED, NULL);
		fact_put_unknown(out, of[i].order, WHY_NOT_ASKED, NULL);
	}
}

static void
conclude(void *st, const struct ctx *c, struct facts *out)
{
	struct state *s = st;

	if (c->depth != DEPTH_FULL) {
		put_first_choices(c, out);
		return;
	}
	if (s->new.begun) {
		put(&s->new, s->new.peel.found, F_GROUPS_TLS1_3, F_GROUPS_TLS1_3_ORDER, out);
	} else {
		unknown_like(out, F_GROUPS_TLS1_3, c->known, F_PROTO_TLS1_3);
		unknown_like(out, F_GROUPS_TLS1_3_ORDER, c->known, F_PROTO_TLS1_3);
	}
	if (s->old.begun)
		put(&s->old, s->cert.begun ? joined(c->arena, s->old.peel.found, s->with_cert)
					   : s->old.peel.found,
		    F_GROUPS_TLS1_2, F_GROUPS_TLS1_2_ORDER, out);
	else
		unknown_without_ecdhe(c->known, out);
}

const struct probe probe_groups = {
    .name = "groups",
    .summary = "named groups of TLS 1.3 and of ECDHE before it, and whose order counts",
    .needs = needs,
    .gives = gives,
    .next = next,
    .learn = learn,
    .conclude = conclude,
    .state_size = sizeof(struct state),
    .max_asks = 160,
};
