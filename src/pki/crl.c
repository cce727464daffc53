/* crl - see crl.h. */
#include "pki/crl.h"

#include "pki/der.h"
#include "pki/oid.h"

static bool
is_time(const struct rd *r)
{
	return der_peek(r, DER_UTC_TIME) || der_peek(r, DER_GENERALIZED_TIME);
}

static bool
read_time(struct rd *r, int64_t *t)
{
	struct der e;
	bool strict;

	return der_next(r, &e) && (e.tag == DER_UTC_TIME || e.tag == DER_GENERALIZED_TIME) &&
	    der_time(e.tag, e.body, t, &strict);
}

/* RFC 5280, 5.3.1: CRLReason ::= ENUMERATED */
static int32_t
reason_of(struct span value)
{
	struct rd r = rd_of(value);
	struct span body;
	int32_t v;

	return der_get(&r, DER_ENUMERATED, &body) && der_small(body, &v) ? v : -1;
}

bool
crl_next(struct rd *r, struct crl_entry *out)
{
	struct rd t = *r, entry, exts;
	struct cert_ext ext;

	*out = (struct crl_entry){.reason = -1};
	if (!der_enter(&t, DER_SEQUENCE, &entry) || !der_get(&entry, DER_INTEGER, &out->serial) ||
	    out->serial.n == 0 || !read_time(&entry, &out->revoked_at))
		return false;
	if (!rd_end(&entry)) {
		if (!der_enter(&entry, DER_SEQUENCE, &exts) || !rd_end(&entry))
			return false;
		while (cert_ext_next(&exts, &ext))
			if (oid_is(ext.oid, OID_EXT_CRL_REASON))
				out->reason = reason_of(ext.value);
		if (!rd_end(&exts))
			return false;
	}
	*r = t;
	return true;
}

/* BOOLEAN DEFAULT FALSE under an implicit tag. */
static bool
read_flag(struct rd *r, unsigned tag, bool *v)
{
	struct span body;
	bool there;

	if (!der_optional(r, DER_CTX(tag), &body, &there))
		return false;
	return !there || der_bool(body, v);
}

/* IssuingDistributionPoint ::= SEQUENCE { [0] distributionPoint, [1] onlyContainsUserCerts,
 * [2] onlyContainsCACerts, [3] onlySomeReasons, [4] indirectCRL, [5] onlyContainsAttributeCerts } */
static bool
read_idp(struct span value, struct crl *c)
{
	struct rd r = rd_of(value), idp, point;
	struct span body = {NULL, 0};
	bool there;

	c->has_idp = true;
	if (!der_enter(&r, DER_SEQUENCE, &idp) || !rd_end(&r) ||
	    !der_optional(&idp, DER_CTX_C(0), &body, &there))
		return false;
	point = rd_of(body);
	if (there && der_peek(&point, DER_CTX_C(0)) && !der_get(&point, DER_CTX_C(0), &c->idp_names))
		return false;
	if (!read_flag(&idp, 1, &c->only_user) || !read_flag(&idp, 2, &c->only_ca) ||
	    !der_optional(&idp, DER_CTX(3), &body, &c->some_reasons))
		return false;
	return read_flag(&idp, 4, &c->indirect) && read_flag(&idp, 5, &c->only_attribute) &&
	    rd_end(&idp);
}

static bool
read_extensions(struct rd *r, struct crl *c)
{
	struct span tagged = {NULL, 0};
	struct rd t, exts;
	struct cert_ext ext;
	bool there;

	if (!der_optional(r, DER_CTX_C(0), &tagged, &there) || !there)
		return rd_end(r);
	t = rd_of(tagged);
	if (!der_enter(&t, DER_SEQUENCE, &exts) || !rd_end(&t))
		return false;
	while (cert_ext_next(&exts, &ext)) {
		if (oid_is(ext.oid, OID_EXT_CRL_IDP)) {
			if (!read_idp(ext.value, c))
				return false;
		} else if (oid_is(ext.oid, OID_EXT_CRL_DELTA)) {
			c->delta = true;
		} else if (ext.critical && !oid_is(ext.oid, OID_EXT_AKID) &&
		    !oid_is(ext.oid, OID_EXT_CRL_NUMBER)) {
			c->unknown_critical = true;
		}
	}
	return rd_end(&exts) && rd_end(r);
}

static bool
count(struct crl *c)
{
	struct rd r = rd_of(c->entries);
	struct crl_entry e;

	while (crl_next(&r, &e))
		c->n_entries++;
	return rd_end(&r);
}

/* TBSCertList ::= SEQUENCE { version OPTIONAL, signature, issuer, thisUpdate, nextUpdate OPTIONAL,
 * revokedCertificates SEQUENCE OF OPTIONAL, crlExtensions [0] EXPLICIT OPTIONAL } */
static bool
read_list(struct crl *c)
{
	struct rd whole = rd_of(c->tbs), r;
	struct span skipped;
	bool there;

	if (!der_enter(&whole, DER_SEQUENCE, &r) || !der_optional(&r, DER_INTEGER, &skipped, &there) ||
	    !der_get(&r, DER_SEQUENCE, &skipped) || !der_whole(&r, DER_SEQUENCE, &c->issuer) ||
	    !read_time(&r, &c->this_update))
		return false;
	c->has_next_update = is_time(&r);
	if (c->has_next_update && !read_time(&r, &c->next_update))
		return false;
	return der_optional(&r, DER_SEQUENCE, &c->entries, &there) && read_extensions(&r, c) && count(c);
}

bool
crl_parse(struct span der, struct crl *out)
{
	struct rd whole = rd_of(der), r;
	struct span alg, bits;
	unsigned unused;

	*out = (struct crl){.n_entries = 0};
	return der.n <= CRL_MAX_BYTES && der_enter(&whole, DER_SEQUENCE, &r) && rd_end(&whole) &&
	    der_whole(&r, DER_SEQUENCE, &out->tbs) && der_whole(&r, DER_SEQUENCE, &alg) &&
	    cert_sig_alg_parse(alg, &out->sig_alg) && der_get(&r, DER_BIT_STRING, &bits) &&
	    der_bits(bits, &out->sig, &unused) && unused == 0 && rd_end(&r) && read_list(out);
}

bool
crl_find(const struct crl *c, struct span serial, struct crl_entry *out)
{
	for (struct rd r = rd_of(c->entries); crl_next(&r, out);)
		if (span_eq(out->serial, serial))
			return true;
	return false;
}
