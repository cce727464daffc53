/* model_config - see model_config.h: random servers, and what of them can be reached. */
#include "model_config.h"

#include <stdlib.h>

#include "../unit/mkpki.h"
#include "base/check.h"
#include "base/xalloc.h"
#include "tls/dhprimes.h"

enum { POOL_CERTS = 9 };

struct model_pool {
	struct mkpki *pki;
	struct model_cert certs[POOL_CERTS];
	uint8_t strange_dh[3][256]; /* numbers of nobody */
};

struct u16s
model_u16s(const struct model_list *l)
{
	return (struct u16s){l->v, l->n};
}

bool
model_list_has(const struct model_list *l, uint16_t code)
{
	return u16s_has(model_u16s(l), code);
}

bool
model_has_tls13(const struct model_config *c)
{
	return c->versions[MODEL_INDEX(TLS1_3)];
}

/* ---- keys ---- */

bool
model_suite_key(uint16_t code, bool *rsa, bool *ec)
{
	const struct suite *s = suite_by_code(code);

	*rsa = s->au == AU_RSA;
	*ec = s->au == AU_ECDSA;
	return *rsa || *ec;
}

bool
model_suite_signs(uint16_t code)
{
	const struct suite *s = suite_by_code(code);
	bool rsa, ec;

	return model_suite_key(code, &rsa, &ec) &&
	       (s->kx == KX_ECDHE || s->kx == KX_DHE || s->kx == KX_DHE_EXPORT ||
		   s->kx == KX_RSA_EXPORT);
}

const struct model_cert *
model_cert_of(const struct model_certs *certs, enum model_key key)
{
	for (size_t i = 0; i < certs->n; i++)
		if (certs->v[i].key == key)
			return &certs->v[i];
	return NULL;
}

bool
model_key_signs(enum model_key key, uint16_t sigalg, uint16_t version)
{
	const struct sigalg *s = sigalg_by_code(sigalg);

	if (s == NULL || (version >= TLS1_3 && !s->tls13))
		return false;
	switch (key) {
	case MODEL_RSA:
		return s->key == SIGKEY_RSA;
	case MODEL_EC:
		/* RFC 8446, 4.2.3: under TLS 1.3 the scheme names the curve; ours is P-256. */
		return s->key == SIGKEY_ECDSA && (version < TLS1_3 || sigalg == 0x0403);
	case MODEL_ED25519:
	default:
		return sigalg == 0x0807;
	}
}

/* ---- what can be reached ---- */

static void
keep(struct model_list *l, const bool *ok)
{
	size_t n = 0;

	for (size_t i = 0; i < l->n; i++)
		if (ok[i]) {
			l->v[n] = l->v[i];
			l->rank[n++] = l->rank[i];
		}
	l->n = n;
}

static bool
can_sign(const struct model_list *algs, const struct model_certs *certs, uint16_t version, bool rsa,
    bool ec)
{
	for (size_t k = 0; k < certs->n; k++)
		for (size_t i = 0; i < algs->n; i++)
			if ((certs->v[k].key == MODEL_RSA ? rsa : ec) &&
			    model_key_signs(certs->v[k].key, algs->v[i], version))
				return true;
	return false;
}

static bool
suite_reachable(const struct model_config *c, uint16_t version, uint16_t code)
{
	const struct model_certs *certs = version == SSL3 ? &c->certs_default : &c->certs_sni;
	const struct suite *s = suite_by_code(code);
	bool rsa, ec;

	if ((s->kx == KX_ECDHE || s->kx == KX_ECDHE_PSK) && c->groups_old.n == 0)
		return false;
	if (!model_suite_key(code, &rsa, &ec))
		return true;
	if (version == TLS1_2 && model_suite_signs(code))
		return can_sign(&c->sigalgs_old, certs, version, rsa, ec);
	return model_cert_of(certs, rsa ? MODEL_RSA : MODEL_EC) != NULL;
}

/* Some suite, in some version from `from` on, with that property. */
static bool
some_suite(const struct model_config *c, uint16_t from, bool (*is)(uint16_t))
{
	for (uint16_t v = from; v <= TLS1_2; v++)
		for (size_t i = 0; c->versions[MODEL_INDEX(v)] && i < c->suites[MODEL_INDEX(v)].n;
		     i++)
			if (is(c->suites[MODEL_INDEX(v)].v[i]))
				return true;
	return false;
}

static bool
is_ecdhe(uint16_t code)
{
	const struct suite *s = suite_by_code(code);

	return s->kx == KX_ECDHE || s->kx == KX_ECDHE_PSK;
}

static bool
signs_rsa(uint16_t code)
{
	return model_suite_signs(code) && suite_by_code(code)->au == AU_RSA;
}

static bool
signs_ec(uint16_t code)
{
	return model_suite_signs(code) && suite_by_code(code)->au == AU_ECDSA;
}

static void
reach_sigalgs(struct model_config *c, struct model_list *l, uint16_t version)
{
	bool ok[MODEL_MAX_LIST] = {false};

	for (size_t i = 0; i < l->n && c->versions[MODEL_INDEX(version)]; i++)
		for (size_t k = 0; k < c->certs_sni.n; k++) {
			enum model_key key = c->certs_sni.v[k].key;

			if (version < TLS1_3 &&
			    !some_suite(c, TLS1_2, key == MODEL_RSA ? signs_rsa : signs_ec))
				continue;
			ok[i] = ok[i] || model_key_signs(key, l->v[i], version);
		}
	keep(l, ok);
}

/* One suite and a ChaCha20 one behind it: then ChaCha20 moved to the front is the client's order.
 */
static void
same_as_client(struct model_list *l)
{
	if (l->order == MODEL_CHACHA && l->n == 2 &&
	    suite_by_code(l->v[0])->enc != ENC_CHACHA20_POLY1305 &&
	    suite_by_code(l->v[1])->enc == ENC_CHACHA20_POLY1305)
		l->order = MODEL_CLIENT;
}

void
model_reachable(struct model_config *c)
{
	bool *tls13 = &c->versions[MODEL_INDEX(TLS1_3)], ok[MODEL_MAX_LIST];

	if (c->sni_required)
		c->versions[0] = c->ssl2 = false;
	if (model_cert_of(&c->certs_default, MODEL_RSA) == NULL || c->n_suites2 == 0)
		c->ssl2 = false;
	*tls13 = *tls13 && c->groups_tls13.n > 0 && c->suites[MODEL_INDEX(TLS1_3)].n > 0 &&
		 can_sign(&c->sigalgs_tls13, &c->certs_sni, TLS1_3, true, true);
	for (uint16_t v = SSL3; v <= TLS1_2; v++) {
		struct model_list *l = &c->suites[MODEL_INDEX(v)];

		for (size_t i = 0; i < l->n; i++)
			ok[i] = suite_reachable(c, v, l->v[i]);
		keep(l, ok);
		c->versions[MODEL_INDEX(v)] = c->versions[MODEL_INDEX(v)] && l->n > 0;
	}
	if (!some_suite(c, SSL3, is_ecdhe))
		c->groups_old.n = 0;
	for (size_t i = 0; i < MODEL_VERSIONS; i++)
		same_as_client(&c->suites[i]);
	reach_sigalgs(c, &c->sigalgs_old, TLS1_2);
	reach_sigalgs(c, &c->sigalgs_tls13, TLS1_3);
}

const char *
model_order_word(const struct model_list *l)
{
	bool equal = false, unequal = false;

	for (size_t i = 0; i < l->n; i++) {
		if (i > 0 && l->rank[i] == l->rank[i - 1])
			equal = true;
		else if (i > 0)
			unequal = true;
	}
	if (l->n == 1)
		return "single";
	if (l->order == MODEL_CLIENT || (l->order == MODEL_MIXED && !unequal))
		return "client";
	return l->order == MODEL_MIXED && equal ? "mixed" : "server";
}

/* ---- the pool ---- */

static void
pool_chain(struct model_cert *c, enum model_key key, const struct mk *leaf, const struct mk *ca,
    const struct mk *root)
{
	*c = (struct model_cert){.key = key, .n = 1, .chain = {leaf->der}};
	if (ca != NULL)
		c->chain[c->n++] = ca->der;
	if (root != NULL)
		c->chain[c->n++] = root->der;
}

struct model_pool *
model_pool_new(void)
{
	static const char *const keys[] = {"RSA-2048", "P-256", "ED25519"};
	struct model_pool *p = xcalloc(1, sizeof(*p));
	struct rng rng;
	const struct mk *root, *ca;
	size_t n = 0;

	p->pki = mkpki_new();
	root = mk_make(p->pki, &(struct mk_spec){.cn = "Model Root", .ca = true});
	ca = mk_make(p->pki, &(struct mk_spec){.cn = "Model CA", .ca = true, .issuer = root});
	for (int key = MODEL_RSA; key <= MODEL_ED25519; key++) {
		const struct mk *a = mk_make(p->pki, &(struct mk_spec){.cn = "model.example",
							 .key = keys[key],
							 .issuer = ca,
							 .san = "DNS:model.example"});
		const struct mk *b = mk_make(p->pki, &(struct mk_spec){.cn = "default.example",
							 .key_of = a,
							 .issuer = ca,
							 .san = "DNS:default.example"});

		pool_chain(&p->certs[n++], (enum model_key)key, a, ca, NULL);
		pool_chain(&p->certs[n++], (enum model_key)key, a, ca, root);
		pool_chain(&p->certs[n++], (enum model_key)key, b, NULL, NULL);
	}
	CHECK(n == POOL_CERTS);
	rng_seed(&rng, 1);
	for (size_t i = 0; i < N_ELEMENTS(p->strange_dh); i++) {
		rng_bytes(&rng, p->strange_dh[i], sizeof(p->strange_dh[i]));
		p->strange_dh[i][0] |= 0x80;
	}
	return p;
}

void
model_pool_free(struct model_pool *p)
{
	if (p == NULL)
		return;
	mkpki_free(p->pki);
	free(p);
}

/* ---- random configurations ---- */

static bool
chance(struct rng *r, uint32_t percent)
{
	return rng_below(r, 100) < percent;
}

static void
shuffle(struct rng *r, uint16_t *v, size_t n)
{
	for (size_t i = n; i > 1; i--) {
		size_t k = rng_below(r, (uint32_t)i);
		uint16_t t = v[k];

		v[k] = v[i - 1];
		v[i - 1] = t;
	}
}

static enum model_order
random_order(struct rng *r, bool suites)
{
	uint32_t x = rng_below(r, 10);

	return x < 5              ? MODEL_SERVER
	       : x < 8            ? MODEL_CLIENT
	       : x == 8 && suites ? MODEL_CHACHA
	       : x == 9           ? MODEL_MIXED
				  : MODEL_SERVER;
}

/* Up to `most` of those that `fits` lets through, in a random order. */
static void
random_list(struct rng *r, struct model_list *l, struct u16s from, size_t most,
    bool (*fits)(uint16_t), bool suites)
{
	uint16_t pool[512];
	size_t n = 0;
	uint8_t rank = 0;

	for (size_t i = 0; i < from.n && n < N_ELEMENTS(pool); i++)
		if (fits == NULL || fits(from.v[i]))
			pool[n++] = from.v[i];
	shuffle(r, pool, n);
	l->order = random_order(r, suites);
	most = most < MODEL_MAX_LIST ? most : MODEL_MAX_LIST;
	l->n = n < most ? n : most;
	memcpy(l->v, pool, l->n * sizeof(pool[0]));
	for (size_t i = 0; i < l->n; i++) {
		l->rank[i] = rank;
		rank = (uint8_t)(rank + (l->order != MODEL_MIXED || chance(r, 40)));
	}
}

/* Key exchanges whose messages the model can write. */
static bool
fits_old(uint16_t code)
{
	const struct suite *s = suite_by_code(code);

	if (s->au != AU_RSA && s->au != AU_ECDSA && s->au != AU_NULL)
		return false;
	return s->kx == KX_RSA || s->kx == KX_DHE || s->kx == KX_ECDHE || s->kx == KX_DH ||
	       s->kx == KX_ECDH || s->kx == KX_RSA_EXPORT || s->kx == KX_DHE_EXPORT;
}

static bool
fits_odd(uint16_t code)
{
	const struct suite *s = suite_by_code(code);

	return fits_old(code) || s->au == AU_PSK || s->au == AU_KRB5;
}

static bool
fits_tls13(uint16_t code)
{
	return code >= 0x1301 && code <= 0x1305;
}

static bool
fits_group_old(uint16_t code)
{
	return group_by_code(code)->kind == GROUP_EC;
}

static bool
fits_group_known(uint16_t code)
{
	return code == 0x17 || code == 0x18 || code == 0x19 || code == 0x1d || code == 0x1e;
}

static bool
fits_sigalg(uint16_t code)
{
	enum sig_key k = sigalg_by_code(code)->key;

	return k == SIGKEY_RSA || k == SIGKEY_ECDSA || code == 0x0807;
}

static bool
fits_sigalg_tls13(uint16_t code)
{
	return fits_sigalg(code) && sigalg_by_code(code)->tls13;
}

static bool
fits_usual(uint16_t code)
{
	const struct suite *s = suite_by_code(code);

	return fits_old(code) && (s->kx == KX_RSA || s->kx == KX_DHE || s->kx == KX_ECDHE) &&
	       (s->enc == ENC_AES_128_CBC || s->enc == ENC_AES_256_CBC ||
		   s->enc == ENC_AES_128_GCM || s->enc == ENC_AES_256_GCM ||
		   s->enc == ENC_CHACHA20_POLY1305 || s->enc == ENC_3DES);
}

static void
random_suites(struct model_config *c, struct rng *r)
{
	bool odd = chance(r, 15), usual = chance(r, 50);

	for (uint16_t v = SSL3; v <= TLS1_2; v++)
		random_list(r, &c->suites[MODEL_INDEX(v)], suites_for_version(v),
		    1 + rng_below(r, usual ? 20 : 60),
		    odd     ? fits_odd
		    : usual ? fits_usual
			    : fits_old,
		    true);
	random_list(r, &c->suites[MODEL_INDEX(TLS1_3)], suites_for_version(TLS1_3),
	    1 + rng_below(r, 5), chance(r, 90) ? fits_tls13 : NULL, true);
	c->n_suites2 = 1 + rng_below(r, 7);
	for (size_t i = 0; i < c->n_suites2; i++)
		c->suites2[i] = suites_ssl2().v[i];
}

static void
random_certs(struct model_config *c, struct rng *r, const struct model_pool *p)
{
	bool any = false;

	for (int key = MODEL_RSA; key <= MODEL_ED25519; key++) {
		size_t of_key = (size_t)key * 3;

		if (!chance(r, key == MODEL_RSA  ? 75
			       : key == MODEL_EC ? 60
						 : 15) &&
		    (any || key != MODEL_EC))
			continue;
		any = true;
		c->certs_sni.v[c->certs_sni.n++] = p->certs[of_key + rng_below(r, 2)];
		if (!chance(r, 10))
			c->certs_default.v[c->certs_default.n++] =
			    chance(r, 70) ? c->certs_sni.v[c->certs_sni.n - 1]
					  : p->certs[of_key + 2];
	}
	c->sni_required = c->certs_default.n == 0 || chance(r, 10);
}

static void
random_dh(struct model_config *c, struct rng *r, const struct model_pool *p)
{
	static const size_t sizes[] = {64, 96, 128, 256};
	struct span one;

	if (chance(r, 70))
		one = dh_prime_at(rng_below(r, (uint32_t)dh_prime_count()))->p;
	else
		one = (struct span){p->strange_dh[0], sizes[rng_below(r, 4)]};
	for (size_t i = 0; i < MODEL_VERSIONS; i++)
		c->dh_p[i] = one;
	c->dh_export = (struct span){p->strange_dh[1], 64};
	c->dh_g = chance(r, 70) ? 2 : 5;
}

static void
random_features(struct model_config *c, struct rng *r)
{
	static const char *const alpn[] = {"h2", "http/1.1"};

	c->staple = chance(r, 40);
	c->sct = chance(r, 20);
	c->ems = chance(r, 70);
	c->etm = chance(r, 50);
	c->ticket = chance(r, 60);
	c->session_id = chance(r, 60);
	c->reneg_info = chance(r, 85);
	c->heartbeat = chance(r, 10);
	c->max_fragment = chance(r, 30);
	c->sni_ack = chance(r, 60);
	c->compression = chance(r, 10);
	c->random_time = chance(r, 20);
	c->client_auth = chance(r, 10);
	c->sentinel = chance(r, 60);
	c->record_size_limit = chance(r, 20) ? 16384 : 0;
	for (size_t i = 0; i < N_ELEMENTS(alpn); i++)
		if (chance(r, 50))
			c->alpn[c->n_alpn++] = alpn[i];
	c->retry_refused = chance(r, 10);
	c->cookie = chance(r, 10);
}

static enum model_refusal
random_refusal(struct rng *r)
{
	uint32_t x = rng_below(r, 10);

	return x < 7 ? MODEL_ALERT : x == 7 ? MODEL_CLOSE : x == 8 ? MODEL_RESET : MODEL_SILENCE;
}

void
model_random(struct model_config *c, struct rng *r, const struct model_pool *pool)
{
	bool any = false;

	*c = (struct model_config){0};
	random_certs(c, r, pool);
	random_suites(c, r);
	random_list(
	    r, &c->groups_old, groups_for_tls12(), 1 + rng_below(r, 8), fits_group_old, false);
	random_list(r, &c->groups_tls13, groups_for_tls13(), 1 + rng_below(r, 8),
	    chance(r, 60) ? fits_group_known : NULL, false);
	random_list(r, &c->sigalgs_old, sigalgs_all(), 6 + rng_below(r, 12), fits_sigalg, false);
	random_list(
	    r, &c->sigalgs_tls13, sigalgs_all(), 3 + rng_below(r, 6), fits_sigalg_tls13, false);
	random_dh(c, r, pool);
	random_features(c, r);
	c->no_version = random_refusal(r);
	c->no_suite = random_refusal(r);
	c->no_sni = random_refusal(r);
	c->no_ssl2 = random_refusal(r);
	while (!any) {
		c->ssl2 = chance(r, 10);
		for (uint16_t v = SSL3; v <= TLS1_3; v++)
			c->versions[MODEL_INDEX(v)] = chance(r, v >= TLS1_2 ? 75 : 30);
		model_reachable(c);
		for (size_t i = 0; i < MODEL_VERSIONS; i++)
			any = any || c->versions[i];
		if (!any) { /* keys, suites and algorithms have nothing in common */
			model_random(c, r, pool);
			return;
		}
	}
	c->fallback_scsv = chance(r, 60);
	c->reuse_keys = chance(r, 20);
	c->cert_compression = (uint8_t)(chance(r, 30) ? 1 + rng_below(r, 3) : 0);
}

/* Where the key comes first, suites for ECDSA do too: so the order is the server's own, and this. */
static void
key_first(struct model_config *c)
{
	for (unsigned v = 0; v < MODEL_INDEX(TLS1_3); v++) {
		struct model_list *l = &c->suites[v], old = *l;
		bool rsa, ec;
		size_t n = 0;

		for (int pass = 0; pass < 3; pass++)
			for (size_t i = 0; i < old.n; i++) {
				int class = !model_suite_key(old.v[i], &rsa, &ec) ? 1 : ec ? 0 : 2;

				if (class == pass)
					l->v[n++] = old.v[i];
			}
		l->order = MODEL_SERVER;
	}
	c->quirks.key_first = true;
}

void
model_random_quirks(struct model_config *c, struct rng *r)
{
	struct model_quirks *q = &c->quirks;

	for (uint32_t k = 1 + rng_below(r, 2); k > 0; k--)
		switch (rng_below(r, 14)) {
		case 0:
			q->hates_tls13 = true;
			break;
		case 1:
			q->hates_sni = true;
			break;
		case 2:
			q->hates_unknown_exts = true;
			break;
		case 3:
			q->max_hello = chance(r, 50) ? 255 : 511;
			break;
		case 4:
			q->max_suites = chance(r, 50) ? 64 : 128;
			break;
		case 5:
			q->ignores_sigalgs = true;
			break;
		case 6:
			q->picks_unoffered = true;
			break;
		case 7:
			q->fail_every = 3 + rng_below(r, 20);
			break;
		case 8:
			q->ban_after = 1 + rng_below(r, 60);
			break;
		case 9:
			q->alert_40 = true;
			break;
		case 10:
			q->warns = true;
			break;
		case 11:
			q->bare_hello = true;
			break;
		case 12:
			key_first(c);
			break;
		default:
			q->answers_old = true;
			break;
		}
	if (model_has_tls13(
		c)) /* a server that cannot be told that TLS 1.3 is meant does not speak it */
		q->hates_tls13 = q->hates_unknown_exts = false;
	if (c->sni_required)
		q->hates_sni = false;
	/* Not by an alert: who sends one has read the hello. */
	q->how = (enum model_refusal)(MODEL_CLOSE + rng_below(r, 3));
	q->cut = (enum model_cut)rng_below(r, 3);
}

/* ---- in words ---- */

static void
print_list(FILE *to, const char *name, const struct model_list *l)
{
	static const char *const orders[] = {"server", "client", "chacha", "mixed"};

	fprintf(to, "  %s (%s):", name, orders[l->order]);
	for (size_t i = 0; i < l->n; i++)
		fprintf(to, l->order == MODEL_MIXED ? " %04x/%u" : " %04x", l->v[i], l->rank[i]);
	fprintf(to, "\n");
}

static void
print_certs(FILE *to, const char *name, const struct model_certs *c)
{
	static const char *const keys[] = {"RSA", "EC", "Ed25519"};

	fprintf(to, "  %s:", name);
	for (size_t i = 0; i < c->n; i++)
		fprintf(to, " %s(%zu)", keys[c->v[i].key], c->v[i].n);
	fprintf(to, "\n");
}

void
model_print(const struct model_config *c, FILE *to)
{
	const struct model_quirks *q = &c->quirks;

	if (c->ssl2)
		fprintf(to, "  SSLv2: %zu kinds\n", c->n_suites2);
	for (uint16_t v = SSL3; v <= TLS1_3; v++)
		if (c->versions[MODEL_INDEX(v)])
			print_list(to, version_name(v), &c->suites[MODEL_INDEX(v)]);
	print_list(to, "groups, old", &c->groups_old);
	print_list(to, "groups, TLS 1.3", &c->groups_tls13);
	print_list(to, "sigalgs, TLS 1.2", &c->sigalgs_old);
	print_list(to, "sigalgs, TLS 1.3", &c->sigalgs_tls13);
	print_certs(to, "certificates", &c->certs_sni);
	print_certs(to, "without SNI", &c->certs_default);
	fprintf(to,
	    "  sni_required %d retry_refused %d client_auth %d refusals %d %d %d %d dh %zu\n",
	    c->sni_required, c->retry_refused, c->client_auth, c->no_version, c->no_suite,
	    c->no_sni, c->no_ssl2, c->dh_p[0].n * 8);
	fprintf(to,
	    "  quirks: tls13 %d sni %d exts %d hello %u suites %u how %d sigalgs %d unoffered %d "
	    "fail %u ban %u 40 %d warns %d bare %d old %d key %d cut %d other %d\n",
	    q->hates_tls13, q->hates_sni, q->hates_unknown_exts, q->max_hello, q->max_suites,
	    q->how, q->ignores_sigalgs, q->picks_unoffered, q->fail_every, q->ban_after,
	    q->alert_40, q->warns, q->bare_hello, q->answers_old, q->key_first, q->cut, q->other != NULL);
}
