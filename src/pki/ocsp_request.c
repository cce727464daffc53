/* ocsp_request - see ocsp_request.h. */
#include "pki/ocsp_request.h"

#include "adapt/openssl_crypto.h"
#include "base/arena.h"
#include "base/wr.h"
#include "pki/der.h"
#include "pki/oid.h"

enum { SERIAL_MAX = 64 };

struct span
spki_bits(struct span spki)
{
	struct rd whole = rd_of(spki), seq, alg;
	struct span bits, key = {NULL, 0};
	unsigned unused;

	if (!der_enter(&whole, DER_SEQUENCE, &seq) || !der_enter(&seq, DER_SEQUENCE, &alg) ||
	    !der_get(&seq, DER_BIT_STRING, &bits) || !der_bits(bits, &key, &unused))
		key.n = 0;
	return key;
}

/* Puts tag and length before what was written since `at`. */
static void
wrap(struct wr *w, size_t at, unsigned tag)
{
	size_t n = w->len - at, head = n < 0x80 ? 2 : n < 0x100 ? 3 : 4;

	for (size_t i = 0; i < head; i++)
		wr_u8(w, 0);
	if (w->bad)
		return;
	memmove(w->p + at + head, w->p + at, n);
	w->p[at] = (uint8_t)tag;
	w->p[at + 1] = (uint8_t)(head == 2 ? n : 0x7e + head);
	if (head == 4)
		w->p[at + 2] = (uint8_t)(n >> 8);
	if (head > 2)
		w->p[at + head - 1] = (uint8_t)n;
}

static void
put(struct wr *w, unsigned tag, struct span body)
{
	size_t at = w->len;

	wr_span(w, body);
	wrap(w, at, tag);
}

/* CertID ::= SEQUENCE { hashAlgorithm, issuerNameHash, issuerKeyHash, serialNumber } */
static void
put_cert_id(struct wr *w, const struct cert *issuer, struct span serial)
{
	size_t id = w->len;
	uint8_t hash[20];

	put(w, DER_OID, oid_der(OID_SHA1));
	put(w, DER_NULL, (struct span){NULL, 0});
	wrap(w, id, DER_SEQUENCE);
	crypto_sha1(issuer->subject, hash);
	put(w, DER_OCTET_STRING, SPAN_OF(hash));
	crypto_sha1(spki_bits(issuer->spki), hash);
	put(w, DER_OCTET_STRING, SPAN_OF(hash));
	put(w, DER_INTEGER, serial);
	wrap(w, id, DER_SEQUENCE);
}

/* requestExtensions [2] EXPLICIT Extensions, with a nonce (RFC 9654, 2.1) */
static void
put_nonce(struct wr *w, struct span nonce)
{
	size_t at = w->len, value;

	put(w, DER_OID, oid_der(OID_OCSP_NONCE));
	value = w->len;
	put(w, DER_OCTET_STRING, nonce);
	wrap(w, value, DER_OCTET_STRING);
	wrap(w, at, DER_SEQUENCE);
	wrap(w, at, DER_SEQUENCE);
	wrap(w, at, DER_CTX_C(2));
}

struct span
ocsp_request(const struct cert *issuer, struct span serial, struct span nonce,
    uint8_t buf[OCSP_REQUEST_MAX])
{
	struct wr w;

	if (serial.n == 0 || serial.n > SERIAL_MAX)
		return (struct span){NULL, 0};
	wr_init(&w, buf, OCSP_REQUEST_MAX);
	put_cert_id(&w, issuer, serial);
	wrap(&w, 0, DER_SEQUENCE); /* Request */
	wrap(&w, 0, DER_SEQUENCE); /* requestList */
	if (nonce.n > 0)
		put_nonce(&w, nonce);
	wrap(&w, 0, DER_SEQUENCE); /* TBSRequest */
	wrap(&w, 0, DER_SEQUENCE); /* OCSPRequest */
	return wr_ok(&w) ? wr_done(&w) : (struct span){NULL, 0};
}

char *
ocsp_get_url(struct arena *a, const char *url, struct span der)
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	size_t n = strlen(url), max = n + 2 + (der.n + 2) / 3 * 12;
	char *out = arena_alloc(a, max);
	struct wr w;

	wr_init(&w, out, max - 1);
	wr_put(&w, url, n);
	if (n == 0 || url[n - 1] != '/')
		wr_u8(&w, '/');
	for (size_t i = 0; i < der.n; i += 3) {
		uint32_t v = (uint32_t)der.p[i] << 16 | (i + 1 < der.n ? (uint32_t)der.p[i + 1] << 8 : 0) |
		    (i + 2 < der.n ? der.p[i + 2] : 0u);

		for (unsigned k = 0; k < 4; k++) {
			char c = i + k > der.n ? '=' : digits[v >> (18 - 6 * k) & 63];

			if (c == '+')
				wr_put(&w, "%2B", 3);
			else if (c == '/')
				wr_put(&w, "%2F", 3);
			else if (c == '=')
				wr_put(&w, "%3D", 3);
			else
				wr_u8(&w, (unsigned char)c);
		}
	}
	return out; /* arena memory is zero-filled: it ends */
}
