/* mkocsp - see mkocsp.h. */
#include "mkocsp.h"

#include <openssl/ocsp.h>
#include <openssl/x509v3.h>

#include "base/check.h"

enum { DAY = 86400, REVOKED_DAYS_AGO = 10 };

static X509 *
load(const struct mk *m)
{
	const unsigned char *p = m->der.p;
	X509 *x = d2i_X509(NULL, &p, (long)m->der.n);

	CHECK(x != NULL);
	return x;
}

static ASN1_GENERALIZEDTIME *
moment(int64_t t)
{
	ASN1_GENERALIZEDTIME *g = ASN1_GENERALIZEDTIME_set(NULL, (time_t)t);

	CHECK(g != NULL);
	return g;
}

/* RFC 6962 3.3: an OCTET STRING inside the extension's own. */
static void
add_scts(OCSP_SINGLERESP *single, struct span scts)
{
	ASN1_OBJECT *oid = OBJ_txt2obj("1.3.6.1.4.1.11129.2.4.5", 1);
	ASN1_OCTET_STRING *inner = ASN1_OCTET_STRING_new(), *outer = ASN1_OCTET_STRING_new();
	unsigned char *der = NULL;
	X509_EXTENSION *e;
	int len;

	CHECK(ASN1_OCTET_STRING_set(inner, scts.p, (int)scts.n) == 1);
	len = i2d_ASN1_OCTET_STRING(inner, &der);
	CHECK(len > 0 && ASN1_OCTET_STRING_set(outer, der, len) == 1);
	e = X509_EXTENSION_create_by_OBJ(NULL, oid, 0, outer);
	CHECK(e != NULL && OCSP_SINGLERESP_add_ext(single, e, -1) == 1);
	X509_EXTENSION_free(e);
	OPENSSL_free(der);
	ASN1_OCTET_STRING_free(inner);
	ASN1_OCTET_STRING_free(outer);
	ASN1_OBJECT_free(oid);
}

static void
add_single(OCSP_BASICRESP *basic, const struct mk *about, const struct mk_ocsp_spec *s)
{
	static const int states[] = {
	    V_OCSP_CERTSTATUS_GOOD, V_OCSP_CERTSTATUS_REVOKED, V_OCSP_CERTSTATUS_UNKNOWN};
	X509 *leaf = load(about), *issuer = load(s->issuer);
	OCSP_CERTID *id = OCSP_cert_to_id(s->sha256_id ? EVP_sha256() : NULL, leaf, issuer);
	ASN1_GENERALIZEDTIME *from = moment(s->from != 0 ? s->from : MK_NOW - DAY);
	ASN1_GENERALIZEDTIME *to = s->to < 0 ? NULL : moment(s->to != 0 ? s->to : MK_NOW + 6 * DAY);
	ASN1_GENERALIZEDTIME *revoked = moment(MK_NOW - REVOKED_DAYS_AGO * DAY);
	OCSP_SINGLERESP *single = OCSP_basic_add1_status(
	    basic, id, states[s->says], OCSP_REVOKED_STATUS_KEYCOMPROMISE, revoked, from, to);

	CHECK(single != NULL);
	if (s->scts.n > 0)
		add_scts(single, s->scts);
	ASN1_GENERALIZEDTIME_free(revoked);
	ASN1_GENERALIZEDTIME_free(from);
	ASN1_GENERALIZEDTIME_free(to);
	OCSP_CERTID_free(id);
	X509_free(issuer);
	X509_free(leaf);
}

static void
sign(OCSP_BASICRESP *basic, const struct mk_ocsp_spec *s)
{
	const struct mk *signer = s->signer != NULL ? s->signer : s->issuer;
	X509 *x = load(signer);
	unsigned long flags = s->by_key ? OCSP_RESPID_KEY : 0;

	if (s->signer == NULL || s->no_certs)
		flags |= OCSP_NOCERTS;
	CHECK(OCSP_basic_sign(basic, x, signer->key, EVP_sha256(), NULL, flags) == 1);
	X509_free(x);
}

struct span
mk_ocsp(struct arena *a, const struct mk_ocsp_spec *s)
{
	OCSP_BASICRESP *basic = s->status == 0 ? OCSP_BASICRESP_new() : NULL;
	OCSP_RESPONSE *response;
	unsigned char *der = NULL;
	struct span out;
	int len;

	if (basic != NULL) {
		if (s->before != NULL)
			add_single(basic, s->before, s);
		add_single(basic, s->leaf, s);
		sign(basic, s);
	}
	response = OCSP_response_create(s->status, basic);
	CHECK(response != NULL);
	len = i2d_OCSP_RESPONSE(response, &der);
	CHECK(len > 0);
	if (s->broken)
		der[len - 1] ^= 1; /* the signature ends there when no certificates follow */
	out = arena_span(a, (struct span){der, (size_t)len});
	OPENSSL_free(der);
	OCSP_RESPONSE_free(response);
	OCSP_BASICRESP_free(basic);
	return out;
}
