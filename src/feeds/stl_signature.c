/*
 * stl_signature - is a list of roots signed by who may: Microsoft's publisher of certificate trust
 * lists, under one of the roots that Windows' own products have.
 */
#include "adapt/openssl_p7.h"
#include "adapt/openssl_x509.h"
#include "feeds/feed_internal.h"
#include "pki/cert.h"
#include "pki/der.h"
#include "pki/store.h"

enum { LONGEST = 4, ANCHORS = 16 };

/* 1.3.6.1.4.1.311.10.3.9, szOID_ROOT_LIST_SIGNER */
static const uint8_t list_signer[] = {0x2b, 0x06, 0x01, 0x04, 0x01, 0x82, 0x37, 0x0a, 0x03, 0x09};

static bool
may_sign_lists(const struct cert *c)
{
	struct rd r = rd_of(c->eku_list);
	struct span oid;

	while (cert_oid_next(&r, &oid))
		if (span_eq(oid, SPAN_OF(list_signer)))
			return true;
	return false;
}

static bool
in_time(const struct cert *c, int64_t made)
{
	return made >= c->not_before && made <= c->not_after;
}

static bool
signs(const struct cert *issuer, const struct cert *c)
{
	return dn_eq(issuer->subject, c->issuer) && issuer->ca &&
	       cert_sig_verify(issuer->spki, c->sig_alg.der, c->tbs, c->sig) == SIG_OK;
}

/* A root of Windows' products that has signed it? */
static bool
is_anchored(const struct store_set *set, const struct cert *c)
{
	struct anchor v[ANCHORS];
	size_t n = store_anchors_by_subject(set, c->issuer, v, N_ELEMENTS(v));
	struct cert root;

	for (size_t i = 0; i < n; i++)
		if ((v[i].stores & STORE_BIT(STORE_WINDOWS_PRODUCT)) != 0 && v[i].der.n > 0 &&
		    cert_parse(v[i].der, &root) && signs(&root, c))
			return true;
	return false;
}

/* One of the certificates that came along that has signed it. */
static bool
climb(const struct p7_signed *s, struct cert *c, int64_t made)
{
	struct cert up;

	for (size_t i = 0; i < s->n; i++)
		if (cert_parse(s->certs[i], &up) && signs(&up, c) && in_time(&up, made) &&
		    !span_eq(up.der, c->der)) {
			*c = up;
			return true;
		}
	return false;
}

static bool
leads_to_microsoft(const struct p7_signed *s, struct cert c, int64_t made)
{
	struct store_set *set = store_set_new();
	bool anchored = false;

	for (size_t i = 0; i < LONGEST && !anchored; i++) {
		anchored = is_anchored(set, &c);
		if (!anchored && !climb(s, &c, made))
			break;
	}
	store_set_free(set);
	return anchored;
}

const char *
stl_signature(struct span message, struct span content, int64_t made, struct arena *a)
{
	struct p7_signed s;
	struct cert signer;
	bool good = p7_verify(message, content, a, &s);

	if (!s.has_signer)
		return "it is not signed";
	if (!good)
		return "its signature does not hold: it was changed, or its signer did not come along";
	if (!cert_parse(s.signer, &signer))
		return "the certificate of its signer cannot be read";
	if (!may_sign_lists(&signer))
		return "its signer may not sign lists of roots (1.3.6.1.4.1.311.10.3.9)";
	if (!in_time(&signer, made))
		return "the certificate of its signer was out of date when it was made";
	if (!leads_to_microsoft(&s, signer, made))
		return "its signer leads to no root of Microsoft's";
	return NULL;
}
