/*
 * sigalgs - with which algorithms does the server sign its key exchange, and which come first?
 *
 * Sends:   TLS 1.2 hellos with the (EC)DHE suites that need an RSA key and the signature algorithms
 *          that are left (tls/peel.h); the same for ECDSA; TLS 1.3 hellos with a real key share and
 *          all algorithms that are left, decrypted up to CertificateVerify.
 * Learns:  the algorithm of each ServerKeyExchange (RFC 5246, 7.4.3) or CertificateVerify (RFC 8446,
 *          4.4.3), in the order of choice; an algorithm that was not offered says that the server
 *          ignores the list.
 * Blind:   TLS 1.1 and before have no choice; TLS 1.3 servers that speak none of the groups that
 *          can be made here; order is as the answers show it, the verdict stands beside it.
 * Costs:   one connection an algorithm and key type, and one more for each of the three lists.
 */
#include "probe.h"

enum { N_LANES = 3 };

static const enum fact_id needs[] = {F_PROTO_TLS1_3, F_SUITES_TLS1_2, F_GROUPS_TLS1_3, F_CLOSES, F_NONE};
static const enum fact_id gives[] = {F_SIGALGS_TLS1_2_RSA, F_SIGALGS_TLS1_2_ECDSA, F_SIGALGS_TLS1_3_RSA,
    F_SIGALGS_TLS1_3_ECDSA, F_SIGALGS_IGNORED, F_NONE};

enum { RSA12, ECDSA12, ANY13 };

struct state {
	struct peel peel;
	struct u16s suites;
	bool begun;
	enum why why;
	const char *note;
};

/* The key that a lane of TLS 1.2 is about has signed with it. */
static bool
fits(unsigned lane, uint16_t code)
{
	const struct sigalg *s = sigalg_by_code(code);
	bool rsa = s != NULL && (s->key == SIGKEY_RSA || s->key == SIGKEY_RSA_PSS);
	bool ec = s != NULL && (s->key == SIGKEY_ECDSA || s->key == SIGKEY_EDDSA);

	return lane == RSA12 ? rsa : lane == ECDSA12 ? ec : s != NULL && s->tls13;
}

static struct u16s
of_lane(struct arena *a, unsigned lane)
{
	struct u16s all = sigalgs_all();
	uint16_t *v = arena_alloc(a, (all.n + 1) * sizeof(*v));
	size_t n = 0;

	for (size_t i = 0; i < all.n; i++)
		if (fits(lane, all.v[i]))
			v[n++] = all.v[i];
	return (struct u16s){v, n};
}

/* Suites of TLS 1.2 whose ServerKeyExchange is signed with such a key. */
static struct u16s
signed_suites(const struct ctx *c, const char *au)
{
	struct u16s all = suites_with(c->arena, fact_u16s(c->known, F_SUITES_TLS1_2), au);
	struct u16s ec = suites_with(c->arena, all, "kx=ECDHE"), dh = suites_with(c->arena, all, "kx=DHE");
	uint16_t *v = arena_alloc(c->arena, (all.n + 1) * sizeof(*v));

	for (size_t i = 0; i < dh.n; i++)
		v[i] = dh.v[i];
	for (size_t i = 0; i < ec.n; i++)
		v[dh.n + i] = ec.v[i];
	return (struct u16s){v, ec.n + dh.n};
}

static bool
begin(struct state *s, const struct ctx *c)
{
	if (c->lane == ANY13 && !fact_yes(c->known, F_PROTO_TLS1_3))
		return false;
	s->suites = c->lane == ANY13 ? suites_for_version(TLS1_3)
				     : signed_suites(c, c->lane == RSA12 ? "au=RSA" : "au=ECDSA");
	if (s->suites.n == 0)
		return false;
	peel_init(&s->peel, c->arena, of_lane(c->arena, c->lane));
	s->peel.must_accept = true;
	s->peel.closes = fact_yes(c->known, F_CLOSES);
	s->begun = true;
	return true;
}

static enum step
next(void *st, const struct ctx *c, struct ask *ask)
{
	struct state *s = st;
	struct u16s offer;

	if (!s->begun && !begin(s, c))
		return STEP_DONE;
	if (!peel_next(&s->peel, &offer))
		return STEP_DONE;
	if (c->lane == ANY13) {
		ask_whole_tls13(ask, c);
	} else {
		ask_hello(ask, c, TLS1_2, STOP_HELLO_DONE);
		ask->hello.suites = s->suites;
	}
	ask->hello.sigalgs = offer;
	/* RFC 8446, 4.2.3: without this extension the list speaks of the chain's signatures too. */
	ask->hello.sigalgs_cert = sigalgs_offer();
	return STEP_ASK;
}

static void
learn(void *st, const struct ctx *c, const struct reply *r)
{
	struct state *s = st;
	const struct server_flight *sf = r->flight;
	uint16_t alg = c->lane == ANY13 ? sf->cert_verify_alg : sf->ske.sigalg;

	if (alg == 0) {
		s->why = reply_why(r);
		s->note = reply_text(r, c->arena);
	}
	/* A ServerHello and then an alert: it found out late that it cannot sign. */
	if (alg == 0 && sf->hello && r->kind == REPLY_ALERT)
		peel_refused(&s->peel);
	else if (alg == 0 && sf->hello && r->kind == REPLY_LOCAL)
		peel_stop(&s->peel);
	else
		peel_answer(&s->peel, r, alg != 0, alg);
}

/* The members of the list whose key is RSA, or the others. */
static struct u16s
by_key(struct arena *a, struct u16s list, bool rsa)
{
	uint16_t *v = arena_alloc(a, (list.n + 1) * sizeof(*v));
	size_t n = 0;

	for (size_t i = 0; i < list.n; i++)
		if (fits(RSA12, list.v[i]) == rsa)
			v[n++] = list.v[i];
	return (struct u16s){v, n};
}

static void
put(const struct state *s, struct u16s found, enum fact_id id, struct facts *out)
{
	static const char *const notes[] = {[PEEL_CLIENT] = "in the order of our offer, as it seems",
	    [PEEL_SERVER] = "in the server's order, as it seems", [PEEL_MIXED] = NULL};
	enum why why = s->peel.unasked_for ? WHY_NOT_APPLICABLE : s->why != WHY_NONE ? s->why : WHY_BUDGET;

	if (!s->peel.complete) {
		fact_put_seen(out, id, found, why, s->peel.unasked_for ? "it does not heed the offer" : s->note);
		return;
	}
	fact_put_u16s(out, id, found);
	if (s->peel.by_silence)
		fact_set_note(out, id, "the server refuses others without an alert");
	else if (found.n > 1)
		fact_set_note(out, id, notes[s->peel.verdict]);
}

static void
conclude(void *st, const struct ctx *c, struct facts *out)
{
	static const enum fact_id ids[] = {F_SIGALGS_TLS1_2_RSA, F_SIGALGS_TLS1_2_ECDSA};
	struct state *s = st;
	struct u16s found = s->peel.found;

	if (c->lane == ANY13 && s->begun) {
		put(s, by_key(c->arena, found, true), F_SIGALGS_TLS1_3_RSA, out);
		put(s, by_key(c->arena, found, false), F_SIGALGS_TLS1_3_ECDSA, out);
	} else if (c->lane == ANY13) {
		unknown_like(out, F_SIGALGS_TLS1_3_RSA, c->known, F_PROTO_TLS1_3);
		unknown_like(out, F_SIGALGS_TLS1_3_ECDSA, c->known, F_PROTO_TLS1_3);
	} else if (s->begun) {
		put(s, found, ids[c->lane], out);
	} else {
		unknown_like(out, ids[c->lane], c->known, F_SUITES_TLS1_2);
	}
}

static void
finish(void *const *st, unsigned n, const struct ctx *c, struct facts *out)
{
	bool asked = false, ignored = false;

	(void)c;
	for (unsigned i = 0; i < n; i++) {
		const struct state *s = st[i];

		asked = asked || (s->begun && s->peel.complete);
		ignored = ignored || (s->begun && s->peel.unasked_for);
	}
	if (asked || ignored)
		fact_put_tri(out, F_SIGALGS_IGNORED, ignored ? TRI_YES : TRI_NO);
}

const struct probe probe_sigalgs = {
    .name = "sigalgs",
    .summary = "signature algorithms of the key exchange, per kind of key",
    .needs = needs,
    .gives = gives,
    .next = next,
    .learn = learn,
    .conclude = conclude,
    .finish = finish,
    .state_size = sizeof(struct state),
    .lanes = N_LANES,
    .max_asks = 60,
};
