/* weakest - see weakest.h. */
#include "derive/weakest.h"

#include "pki/cert.h"

/* What was seen, over all deployments. */
struct seen {
	uint32_t leaf_bits, ca_bits; /* the least; 0: none so far */
	bool leaf_open, ca_open;     /* there is one whose strength is not known */
	bool ca;
	const struct cert *signature; /* whose signature has the weakest hash */
	bool signature_open;
	bool md5, sha1;
	bool exponent_one;
	bool unreadable;
	enum tri key_broken; /* yes of any, else unknown of any, else no */
	unsigned collision;  /* the highest */
	enum tri lifetime_ok; /* no of any, else yes; unknown: there was no limit */
};

/* Weakest first; those with a hash of their own (EdDSA) last. */
static unsigned
rank(enum cert_hash h)
{
	static const enum cert_hash order[] = {CERT_HASH_MD2, CERT_HASH_MD4, CERT_HASH_MD5,
	    CERT_HASH_SHA1, CERT_HASH_SHA224, CERT_HASH_SHA3_224, CERT_HASH_SHA256,
	    CERT_HASH_SHA3_256, CERT_HASH_SHA384, CERT_HASH_SHA3_384, CERT_HASH_SHA512,
	    CERT_HASH_SHA3_512, CERT_HASH_NONE};
	unsigned i = 0;

	while (i < N_ELEMENTS(order) && order[i] != h)
		i++;
	return i;
}

static void
see_key(struct seen *s, const struct cert *c, bool leaf)
{
	uint32_t bits = cert_key_strength(&c->key);
	uint32_t *least = leaf ? &s->leaf_bits : &s->ca_bits;
	bool rsa = c->key.kind == CERT_KEY_RSA || c->key.kind == CERT_KEY_RSA_PSS;

	s->ca = s->ca || !leaf;
	s->exponent_one = s->exponent_one || (rsa && cert_key_exponent(&c->key) == 1);
	if (bits == 0)
		*(leaf ? &s->leaf_open : &s->ca_open) = true;
	else if (*least == 0 || bits < *least)
		*least = bits;
}

static void
see_signature(struct seen *s, const struct cert *c)
{
	enum cert_hash h = c->sig_alg.hash;

	if (h == CERT_HASH_UNKNOWN) {
		s->signature_open = true;
		return;
	}
	s->md5 = s->md5 || h == CERT_HASH_MD2 || h == CERT_HASH_MD4 || h == CERT_HASH_MD5;
	s->sha1 = s->sha1 || h == CERT_HASH_SHA1;
	if (s->signature == NULL || rank(h) < rank(s->signature->sig_alg.hash))
		s->signature = c;
}

/* The roots where trusted paths end, sent or not. */
static void
see_roots(struct seen *s, const struct deployment *d)
{
	for (size_t i = 0; i < d->j->n_verdicts; i++) {
		const struct chain_verdict *v = &d->j->verdicts[i];
		const struct path *p = v->path;

		if (v->trust_ok && p != NULL && p->n > 1 &&
		    p->nodes[p->n - 1]->anchor.sha256 != NULL)
			see_key(s, &p->nodes[p->n - 1]->cert, false);
	}
}

static const char *const risks[] = {"none", "low", "medium", "high", "critical"};

/* What its row says of it. */
static void
see_profile(struct seen *s, const struct facts *row, bool leaf)
{
	enum tri broken = fact_tri(row, F_CERT_KEY_BROKEN), life = fact_tri(row, F_CERT_LIFETIME_OK);
	const char *risk = fact_str(row, F_CERT_COLLISION);

	if (broken == TRI_YES || (broken == TRI_UNKNOWN && s->key_broken != TRI_YES))
		s->key_broken = broken;
	for (unsigned i = 0; risk != NULL && i < N_ELEMENTS(risks); i++)
		if (strcmp(risk, risks[i]) == 0 && i > s->collision)
			s->collision = i;
	if (!leaf || fact_why(row, F_CERT_LIFETIME_OK) == WHY_NOT_APPLICABLE)
		return;
	if (life == TRI_NO || s->lifetime_ok != TRI_NO)
		s->lifetime_ok = life;
}

static void
see_deployment(struct seen *s, const struct deployment *d, const struct facts *f)
{
	if (!d->leaf_readable) {
		s->unreadable = true;
		return;
	}
	for (size_t i = 0; i < d->j->facts.n_read; i++) {
		bool root = d->j->facts.role[i] == CHAIN_ROLE_ROOT;

		if (d->on_path[i] || root)
			see_key(s, &d->certs[i], i == 0);
		if (d->on_path[i])
			see_signature(s, &d->certs[i]);
		if (d->on_path[i])
			see_profile(s, fact_row(f, K_CERT, d->chain.v[i]), i == 0);
	}
	see_roots(s, d);
}

/* --- what it comes to --- */

static const char *
why_text(const struct seen *s)
{
	return s->unreadable ? "a leaf cannot be read" : "an algorithm that is not known here";
}

static void
put_unknown(struct facts *f, enum fact_id id, const struct seen *s)
{
	fact_put_unknown(f, id, s->unreadable ? WHY_GARBAGE : WHY_LOCAL, why_text(s));
}

static void
put_keys(const struct seen *s, struct facts *f)
{
	if (s->leaf_open || s->unreadable)
		put_unknown(f, F_KEY_MIN_BITS, s);
	else
		fact_put_u32(f, F_KEY_MIN_BITS, s->leaf_bits);
	if (s->ca_open || s->unreadable)
		put_unknown(f, F_CA_KEY_MIN_BITS, s);
	else if (!s->ca)
		fact_put_unknown(f, F_CA_KEY_MIN_BITS, WHY_NOT_APPLICABLE,
		    "there is no CA certificate in the chains");
	else
		fact_put_u32(f, F_CA_KEY_MIN_BITS, s->ca_bits);
}

/* Seen is yes whatever else there is; not seen is no only when everything could be looked at. */
static void
put_seen(const struct seen *s, struct facts *f, enum fact_id id, bool seen, bool open)
{
	if (seen || !(open || s->unreadable))
		fact_put_tri(f, id, seen ? TRI_YES : TRI_NO);
	else
		put_unknown(f, id, s);
}

static void
put_signatures(const struct seen *s, struct facts *f)
{
	const struct cert *c = s->signature;

	put_seen(s, f, F_SIG_MD5, s->md5, s->signature_open);
	put_seen(s, f, F_SIG_SHA1, s->sha1, s->signature_open);
	if (s->signature_open || s->unreadable || c == NULL)
		put_unknown(f, F_SIG_WEAKEST, s);
	else if (c->sig_alg.hash == CERT_HASH_NONE && c->sig_alg.name != NULL)
		fact_put_str(f, F_SIG_WEAKEST, c->sig_alg.name);
	else
		fact_put_str(f, F_SIG_WEAKEST, cert_hash_name(c->sig_alg.hash));
}

static void
put_profile(const struct seen *s, struct facts *f)
{
	if (s->key_broken == TRI_UNKNOWN || (s->unreadable && s->key_broken != TRI_YES))
		put_unknown(f, F_WEAK_KEY, s);
	else
		fact_put_tri(f, F_WEAK_KEY, s->key_broken);
	if (s->unreadable || (s->signature_open && s->collision == 0))
		put_unknown(f, F_COLLISION, s);
	else
		fact_put_str(f, F_COLLISION, risks[s->collision]);
	if (s->unreadable)
		put_unknown(f, F_LIFETIME_OK, s);
	else if (s->lifetime_ok == TRI_UNKNOWN)
		fact_put_unknown(f, F_LIFETIME_OK, WHY_NOT_APPLICABLE, "there was no limit then");
	else
		fact_put_tri(f, F_LIFETIME_OK, s->lifetime_ok);
}

void
weakest_put(const struct deployments *d, struct facts *f)
{
	struct seen s = {.key_broken = TRI_NO};

	for (size_t i = 0; i < d->n; i++)
		if (d->v[i].counts)
			see_deployment(&s, &d->v[i], f);
	put_keys(&s, f);
	put_signatures(&s, f);
	put_seen(&s, f, F_RSA_E1, s.exponent_one, false);
	put_profile(&s, f);
}
