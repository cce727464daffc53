/* issuer - see issuer.h. */
#include "derive/issuer.h"

#include "adapt/openssl_x509.h"
#include "pki/store.h"

enum { CANDIDATES = 8 };

bool
issuer_signed(const struct cert *issuer, const struct cert *c)
{
	return dn_eq(c->issuer, issuer->subject) &&
	    cert_sig_verify(issuer->spki, c->sig_alg.der, c->tbs, c->sig) == SIG_OK;
}

static bool
is_issuer(struct span der, const struct cert *c, struct cert *out)
{
	return der.n > 0 && cert_parse(der, out) && issuer_signed(out, c);
}

static bool
in_rows(const struct facts *f, enum kind kind, enum fact_id id, const struct cert *c,
    struct cert *out)
{
	for (size_t i = 0; i < fact_rows(f, kind); i++)
		if (is_issuer(fact_hex(fact_row(f, kind, i), id), c, out))
			return true;
	return false;
}

static bool
in_stores(const struct store_set *stores, const struct cert *c, struct cert *out)
{
	struct anchor roots[CANDIDATES];
	struct span extra[CANDIDATES];
	size_t n = store_anchors_by_subject(stores, c->issuer, roots, CANDIDATES);

	for (size_t i = 0; i < n; i++)
		if (is_issuer(roots[i].der, c, out))
			return true;
	n = store_extra_by_subject(stores, c->issuer, extra, CANDIDATES);
	for (size_t i = 0; i < n; i++)
		if (is_issuer(extra[i], c, out))
			return true;
	return false;
}

bool
issuer_find(const struct facts *f, const struct store_set *stores, const struct cert *c,
    struct cert *out)
{
	return in_rows(f, K_CERT, F_CERT_DER, c, out) ||
	    in_rows(f, K_FETCH, F_FETCH_ISSUER, c, out) ||
	    (stores != NULL && in_stores(stores, c, out));
}
