/* pkcs7: see pkcs7.h. */
#include "pki/pkcs7.h"

#include "pki/der.h"

/* 1.2.840.113549.1.7.2, id-signedData (RFC 5652, 5.1) */
static const uint8_t signed_data[] = {0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x07, 0x02};

/* SEQUENCE of indefinite length, then that OID: X.690 8.1.3.6. */
static bool
is_ber(struct span bytes)
{
	static const uint8_t head[] = {0x30, 0x80, 0x06, sizeof(signed_data)};

	return bytes.n >= sizeof(head) + sizeof(signed_data) &&
	       memcmp(bytes.p, head, sizeof(head)) == 0 &&
	       memcmp(bytes.p + sizeof(head), signed_data, sizeof(signed_data)) == 0;
}

/* SignedData ::= SEQUENCE { version, digestAlgorithms SET, encapContentInfo SEQUENCE,
 * certificates [0] IMPLICIT CertificateSet OPTIONAL, ... } (RFC 5652, 5.1) */
static bool
find_certificates(struct rd data, struct rd *out)
{
	struct span version, skipped, set;
	bool there;

	if (!der_get(&data, DER_INTEGER, &version) || !der_get(&data, DER_SET, &skipped) ||
	    !der_get(&data, DER_SEQUENCE, &skipped) ||
	    !der_optional(&data, DER_CTX_C(0), &set, &there))
		return false;
	*out = there ? rd_of(set) : (struct rd){NULL, 0};
	return true;
}

enum pkcs7_status
pkcs7_open(struct pkcs7 *p, struct span bytes)
{
	struct rd r = rd_of(bytes), info, content, data;
	struct span type;

	*p = (struct pkcs7){{NULL, 0}};
	if (is_ber(bytes))
		return PKCS7_BER;
	if (!der_enter(&r, DER_SEQUENCE, &info) || !der_get(&info, DER_OID, &type) ||
	    !span_eq(type, SPAN_OF(signed_data)))
		return PKCS7_NOT;
	if (!der_enter(&info, DER_CTX_C(0), &content) ||
	    !der_enter(&content, DER_SEQUENCE, &data) ||
	    !find_certificates(data, &p->certificates))
		return PKCS7_BROKEN;
	return PKCS7_OK;
}

bool
pkcs7_next(struct pkcs7 *p, struct span *der)
{
	struct der e;

	while (der_next(&p->certificates, &e)) {
		if (e.tag != DER_SEQUENCE) /* an attribute certificate: RFC 5652, 10.2.2 */
			continue;
		*der = e.whole;
		return true;
	}
	return false;
}

const char *
pkcs7_status_text(enum pkcs7_status s)
{
	static const char *const texts[] = {
	    "", "not PKCS#7", "PKCS#7 in BER, of which only DER is read", "PKCS#7, but not DER"};

	return (size_t)s < N_ELEMENTS(texts) ? texts[s] : "";
}
