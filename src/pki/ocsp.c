/* ocsp - see ocsp.h. */
#include "pki/ocsp.h"

#include "pki/der.h"

/* A GeneralizedTime. */
static bool
read_time(struct rd *r, int64_t *t)
{
	struct span body;
	bool strict;

	return der_get(r, DER_GENERALIZED_TIME, &body) &&
	       der_time(DER_GENERALIZED_TIME, body, t, &strict);
}

/* CertID ::= SEQUENCE { hashAlgorithm, issuerNameHash, issuerKeyHash, serialNumber } */
static bool
read_id(struct rd *r, struct ocsp_single *s)
{
	struct rd id, alg;

	return der_enter(r, DER_SEQUENCE, &id) && der_enter(&id, DER_SEQUENCE, &alg) &&
	       der_get(&alg, DER_OID, &s->hash_oid) &&
	       der_get(&id, DER_OCTET_STRING, &s->name_hash) &&
	       der_get(&id, DER_OCTET_STRING, &s->key_hash) &&
	       der_get(&id, DER_INTEGER, &s->serial) && rd_end(&id);
}

/* RevokedInfo ::= SEQUENCE { revocationTime, revocationReason [0] EXPLICIT CRLReason OPTIONAL } */
static bool
read_revoked(struct rd info, struct ocsp_single *s)
{
	struct span tagged, reason;
	struct rd r;
	bool there;

	if (!read_time(&info, &s->revoked_at) ||
	    !der_optional(&info, DER_CTX_C(0), &tagged, &there) || !rd_end(&info))
		return false;
	if (!there)
		return true;
	r = rd_of(tagged);
	return der_get(&r, DER_ENUMERATED, &reason) && rd_end(&r) && der_small(reason, &s->reason);
}

/* CertStatus ::= CHOICE { good [0] IMPLICIT NULL, revoked [1] IMPLICIT RevokedInfo,
 * unknown [2] IMPLICIT NULL } */
static bool
read_cert_status(struct rd *r, struct ocsp_single *s)
{
	struct der e;

	s->reason = -1;
	if (!der_next(r, &e))
		return false;
	if (e.tag == DER_CTX_C(1)) {
		s->status = OCSP_REVOKED;
		return read_revoked(rd_of(e.body), s);
	}
	s->status = e.tag == DER_CTX(0) ? OCSP_GOOD : OCSP_UNKNOWN;
	return (e.tag == DER_CTX(0) || e.tag == DER_CTX(2)) && e.body.n == 0;
}

static bool
read_next_update(struct rd *r, struct ocsp_single *s)
{
	struct span tagged;
	struct rd t;

	if (!der_optional(r, DER_CTX_C(0), &tagged, &s->has_next_update))
		return false;
	t = rd_of(tagged);
	return !s->has_next_update || (read_time(&t, &s->next_update) && rd_end(&t));
}

/* RFC 6962 3.3: the extension holds the list as an OCTET STRING. */
static bool
read_extensions(struct rd *r, struct ocsp_single *s)
{
	struct span tagged, list;
	struct cert_ext ext;
	struct rd t, exts, value;
	bool there;

	if (!der_optional(r, DER_CTX_C(1), &tagged, &there))
		return false;
	if (!there)
		return true;
	t = rd_of(tagged);
	if (!der_enter(&t, DER_SEQUENCE, &exts) || !rd_end(&t))
		return false;
	while (cert_ext_next(&exts, &ext)) {
		value = rd_of(ext.value);
		if (oid_is(ext.oid, OID_OCSP_SCT_LIST) &&
		    der_get(&value, DER_OCTET_STRING, &list) && rd_end(&value))
			s->sct_list = list;
	}
	return rd_end(&exts);
}

bool
ocsp_single_next(struct rd *r, struct ocsp_single *out)
{
	struct rd t = *r, single;

	*out = (struct ocsp_single){.reason = -1};
	if (!der_enter(&t, DER_SEQUENCE, &single) || !read_id(&single, out) ||
	    !read_cert_status(&single, out) || !read_time(&single, &out->this_update) ||
	    !read_next_update(&single, out) || !read_extensions(&single, out) || !rd_end(&single))
		return false;
	*r = t;
	return true;
}

bool
ocsp_cert_next(struct rd *r, struct span *der)
{
	return der_whole(r, DER_SEQUENCE, der);
}

/* ResponderID ::= CHOICE { byName [1] Name, byKey [2] KeyHash }, both EXPLICIT */
static bool
read_responder(struct rd *r, struct ocsp *o)
{
	struct der e;
	struct rd id;

	if (!der_next(r, &e))
		return false;
	id = rd_of(e.body);
	if (e.tag == DER_CTX_C(1))
		return der_whole(&id, DER_SEQUENCE, &o->responder_name) && rd_end(&id);
	return e.tag == DER_CTX_C(2) && der_get(&id, DER_OCTET_STRING, &o->responder_key) &&
	       rd_end(&id);
}

static bool
count_responses(struct ocsp *o)
{
	struct rd r = rd_of(o->responses);
	struct ocsp_single s;

	while (ocsp_single_next(&r, &s))
		o->n_responses++;
	return rd_end(&r);
}

/* RFC 9654, 2.1: the nonce is an OCTET STRING within the extension's; older responders send the
 * bytes as they are. */
static bool
read_response_extensions(struct rd *r, struct ocsp *o)
{
	struct span tagged = {NULL, 0}, inner;
	struct cert_ext ext;
	struct rd t, exts, value;
	bool there;

	if (!der_optional(r, DER_CTX_C(1), &tagged, &there))
		return false;
	t = rd_of(tagged);
	/* Whatever else is in there, and however it is written, has never been read. */
	if (!there || !der_enter(&t, DER_SEQUENCE, &exts))
		return true;
	while (cert_ext_next(&exts, &ext)) {
		if (!oid_is(ext.oid, OID_OCSP_NONCE))
			continue;
		value = rd_of(ext.value);
		o->has_nonce = true;
		o->nonce = der_get(&value, DER_OCTET_STRING, &inner) && rd_end(&value) ? inner : ext.value;
	}
	return true;
}

/* ResponseData ::= SEQUENCE { version [0] EXPLICIT DEFAULT v1, responderID, producedAt, responses
 * SEQUENCE OF SingleResponse, responseExtensions [1] EXPLICIT OPTIONAL } */
static bool
read_data(struct ocsp *o)
{
	struct rd whole = rd_of(o->tbs), data;
	struct span skipped;
	bool there;

	return der_enter(&whole, DER_SEQUENCE, &data) &&
	       der_optional(&data, DER_CTX_C(0), &skipped, &there) && read_responder(&data, o) &&
	       read_time(&data, &o->produced_at) && der_get(&data, DER_SEQUENCE, &o->responses) &&
	       read_response_extensions(&data, o) && rd_end(&data) &&
	       count_responses(o);
}

/* certs [0] EXPLICIT SEQUENCE OF Certificate OPTIONAL */
static bool
read_certs(struct rd *basic, struct ocsp *o)
{
	struct span tagged, der;
	struct rd t, certs;
	bool there;

	if (!der_optional(basic, DER_CTX_C(0), &tagged, &there))
		return false;
	if (!there)
		return true;
	t = rd_of(tagged);
	if (!der_get(&t, DER_SEQUENCE, &o->certs) || !rd_end(&t))
		return false;
	certs = rd_of(o->certs);
	while (ocsp_cert_next(&certs, &der))
		continue;
	return rd_end(&certs);
}

/* BasicOCSPResponse ::= SEQUENCE { tbsResponseData, signatureAlgorithm, signature, certs } */
static bool
read_basic(struct span der, struct ocsp *o)
{
	struct rd whole = rd_of(der), basic;
	struct span alg, bits;
	unsigned unused;

	return der_enter(&whole, DER_SEQUENCE, &basic) && rd_end(&whole) &&
	       der_whole(&basic, DER_SEQUENCE, &o->tbs) && read_data(o) &&
	       der_whole(&basic, DER_SEQUENCE, &alg) && cert_sig_alg_parse(alg, &o->sig_alg) &&
	       der_get(&basic, DER_BIT_STRING, &bits) && der_bits(bits, &o->sig, &unused) &&
	       unused == 0 && read_certs(&basic, o) && rd_end(&basic);
}

/* ResponseBytes ::= SEQUENCE { responseType OBJECT IDENTIFIER, response OCTET STRING } */
static bool
read_bytes(struct rd tagged, struct ocsp *o)
{
	struct rd bytes;
	struct span type, response;

	if (!der_enter(&tagged, DER_SEQUENCE, &bytes) || !rd_end(&tagged) ||
	    !der_get(&bytes, DER_OID, &type) || !der_get(&bytes, DER_OCTET_STRING, &response) ||
	    !rd_end(&bytes))
		return false;
	o->basic = oid_is(type, OID_OCSP_BASIC);
	return !o->basic || read_basic(response, o);
}

bool
ocsp_parse(struct span der, struct ocsp *out)
{
	struct rd whole = rd_of(der), seq;
	struct span status, tagged;
	int32_t value;
	bool there;

	*out = (struct ocsp){.status = 0};
	if (der.n > OCSP_MAX_BYTES || !der_enter(&whole, DER_SEQUENCE, &seq) || !rd_end(&whole) ||
	    !der_get(&seq, DER_ENUMERATED, &status) || !der_small(status, &value) ||
	    !der_optional(&seq, DER_CTX_C(0), &tagged, &there) || !rd_end(&seq))
		return false;
	out->status = (uint32_t)value;
	/* RFC 6960 4.2.1: "If the value of responseStatus is one of the error conditions, the
	 * responseBytes field is not set." */
	if (out->status != OCSP_SUCCESSFUL)
		return true;
	return there && read_bytes(rd_of(tagged), out);
}

const char *
ocsp_status_text(uint32_t status)
{
	static const char *const texts[] = {"successful", "malformed request", "internal error",
	    "try later", NULL, "signature required", "unauthorized"};

	if (status >= N_ELEMENTS(texts) || texts[status] == NULL)
		return "unknown response status";
	return texts[status];
}

const char *
ocsp_reason_text(int32_t reason)
{
	static const char *const texts[] = {"unspecified", "key compromise", "CA compromise",
	    "affiliation changed", "superseded", "cessation of operation", "certificate hold", NULL,
	    "remove from CRL", "privilege withdrawn", "AA compromise"};

	return reason < 0 || (size_t)reason >= N_ELEMENTS(texts) ? NULL : texts[reason];
}
