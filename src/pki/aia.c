/* aia - see aia.h. */
#include "pki/aia.h"

#include "base/arena.h"
#include "base/check.h"
#include "pki/cert.h"
#include "pki/der.h"
#include "pki/oid.h"
#include "pki/pem.h"

const char *
aia_form_name(enum aia_form f)
{
	static const char *const names[] = {"unknown", "empty", "DER", "PKCS#7", "PEM", "HTML"};

	CHECK((size_t)f < N_ELEMENTS(names));
	return names[f];
}

/*
 * RFC 5652, 3 and 5.1: ContentInfo { contentType signedData, content [0] EXPLICIT SignedData {
 * version, digestAlgorithms SET, encapContentInfo SEQUENCE, certificates [0] IMPLICIT SET OF ... } }
 */
static bool
read_pkcs7(struct span body, struct span *certs)
{
	struct rd whole = rd_of(body), info, tagged, data;
	struct span type, skipped;

	return der_enter(&whole, DER_SEQUENCE, &info) && der_get(&info, DER_OID, &type) &&
	    oid_is(type, OID_SIGNED_DATA) && der_enter(&info, DER_CTX_C(0), &tagged) &&
	    der_enter(&tagged, DER_SEQUENCE, &data) && der_get(&data, DER_INTEGER, &skipped) &&
	    der_get(&data, DER_SET, &skipped) && der_get(&data, DER_SEQUENCE, &skipped) &&
	    der_get(&data, DER_CTX_C(0), certs);
}

static size_t
take_pkcs7(struct span certs, struct span *out)
{
	struct rd r = rd_of(certs);
	size_t n = 0;

	while (n < AIA_MAX_CERTS && der_whole(&r, DER_SEQUENCE, &out[n]))
		n++;
	return n;
}

static size_t
take_pem(struct span body, struct arena *a, struct span *out)
{
	struct pem p = {.rest = body};
	struct pem_block b;
	size_t n = 0;

	while (n < AIA_MAX_CERTS && pem_next(&p, &b)) {
		size_t max = pem_decoded_max(&b);
		uint8_t *buf = arena_alloc(a, max + 1);

		if (pem_is_certificate(&b) && pem_decode(&b, buf, max, &out[n]))
			n++;
	}
	return n;
}

/* The first byte that is no blank. */
static int
first_byte(struct span body)
{
	for (size_t i = 0; i < body.n; i++)
		if (strchr(" \t\r\n", body.p[i]) == NULL || body.p[i] == '\0')
			return body.p[i];
	return -1;
}

size_t
aia_read(struct span body, struct arena *a, struct span out[AIA_MAX_CERTS], enum aia_form *form)
{
	struct span certs;
	struct cert c;
	size_t n;

	*form = body.n == 0 ? AIA_EMPTY : AIA_OTHER;
	if (body.n == 0 || body.n > AIA_MAX_BYTES)
		return 0;
	if (cert_parse(body, &c)) {
		*form = AIA_DER;
		out[0] = c.der;
		return 1;
	}
	if (read_pkcs7(body, &certs)) {
		*form = AIA_PKCS7;
		return take_pkcs7(certs, out);
	}
	if ((n = take_pem(body, a, out)) > 0)
		*form = AIA_PEM;
	else if (first_byte(body) == '<')
		*form = AIA_HTML;
	return n;
}
