/* sct_verify - see sct_verify.h. */
#include "pki/sct_verify.h"

#include <stdlib.h>

#include "adapt/openssl_crypto.h"
#include "base/wr.h"
#include "base/xalloc.h"
#include "pki/der.h"
#include "pki/oid.h"

enum { SHA256_ALG = 4, RSA_ALG = 1, ECDSA_ALG = 3, ENTRY_X509 = 0, ENTRY_PRECERT = 1, HEAD = 64 };

/* Bytes of tag and length before a content of n bytes. */
static size_t
head_len(size_t n)
{
	return n < 0x80 ? 2 : n < 0x100 ? 3 : n < 0x10000 ? 4 : 5;
}

static void
put_head(struct wr *w, unsigned tag, size_t n)
{
	size_t width = head_len(n) - 2;

	wr_u8(w, tag);
	if (width == 0) {
		wr_u8(w, (unsigned)n);
		return;
	}
	wr_u8(w, 0x80 | (unsigned)width);
	for (size_t i = width; i-- > 0;)
		wr_u8(w, (unsigned)(n >> (8 * i)) & 0xff);
}

/* The Extension elements but the list of timestamps; how many bytes they are. */
static size_t
put_extensions(struct span exts, struct wr *w)
{
	struct rd r = rd_of(exts);
	struct der whole;
	size_t n = 0;

	while (der_next(&r, &whole)) {
		struct rd inner = rd_of(whole.body);
		struct span oid;

		if (der_get(&inner, DER_OID, &oid) && oid_is(oid, OID_EXT_SCT_LIST))
			continue;
		if (w != NULL)
			wr_span(w, whole.whole);
		n += whole.whole.n;
	}
	return n;
}

/* What stands before the extensions. */
static struct span
before_extensions(const struct cert *c)
{
	struct rd whole = rd_of(c->tbs), tbs;
	const uint8_t *begin;
	struct der e;

	if (!der_enter(&whole, DER_SEQUENCE, &tbs))
		return (struct span){NULL, 0};
	begin = tbs.p;
	while (!rd_end(&tbs) && !der_peek(&tbs, DER_CTX_C(3)))
		if (!der_next(&tbs, &e))
			return (struct span){NULL, 0};
	return (struct span){begin, (size_t)(tbs.p - begin)};
}

struct span
sct_precert_tbs(const struct cert *c, uint8_t *buf)
{
	struct span head = before_extensions(c);
	size_t exts = put_extensions(c->exts, NULL), tagged;
	struct wr w;

	if (c->sct_list.n == 0 || head.n == 0)
		return (struct span){NULL, 0};
	/* [3] EXPLICIT SEQUENCE OF Extension */
	tagged = head_len(exts) + exts;
	wr_init(&w, buf, c->tbs.n);
	if (exts == 0) {
		put_head(&w, DER_SEQUENCE, head.n);
		wr_span(&w, head);
	} else {
		put_head(&w, DER_SEQUENCE, head.n + head_len(tagged) + tagged);
		wr_span(&w, head);
		put_head(&w, DER_CTX_C(3), tagged);
		put_head(&w, DER_SEQUENCE, exts);
		(void)put_extensions(c->exts, &w);
	}
	return wr_ok(&w) ? wr_done(&w) : (struct span){NULL, 0};
}

/* digitally-signed struct { version, certificate_timestamp, timestamp, entry_type, entry,
 * extensions } */
static void
put_signed(struct wr *w, const struct sct *s, struct span entry, const struct cert *issuer)
{
	uint8_t key[32];

	wr_u8(w, 0);
	wr_u8(w, 0);
	wr_u32(w, (uint32_t)(s->ms >> 32));
	wr_u32(w, (uint32_t)s->ms);
	wr_u16(w, issuer != NULL ? ENTRY_PRECERT : ENTRY_X509);
	if (issuer != NULL) {
		crypto_sha256(issuer->spki, key);
		wr_span(w, SPAN_OF(key));
	}
	wr_u24(w, (uint32_t)entry.n);
	wr_span(w, entry);
	wr_u16(w, (unsigned)s->extensions.n);
	wr_span(w, s->extensions);
}

/* RFC 6962, 2.1.4: NIST P-256 or RSA, each with SHA-256. */
static bool
is_allowed(const struct sct *s)
{
	return s->hash == SHA256_ALG && (s->signature_alg == ECDSA_ALG || s->signature_alg == RSA_ALG);
}

enum sigcheck
sct_verify(const struct sct *s, struct span log_key, const struct cert *leaf,
    const struct cert *issuer)
{
	size_t cap = HEAD + leaf->der.n + s->extensions.n;
	uint8_t *tbs = xcalloc(1, leaf->tbs.n), *buf = xcalloc(1, cap);
	struct span entry = issuer != NULL ? sct_precert_tbs(leaf, tbs) : leaf->der;
	enum sigcheck result = SIG_BAD;
	struct wr w;

	wr_init(&w, buf, cap);
	put_signed(&w, s, entry, issuer);
	if (entry.n > 0 && wr_ok(&w) && is_allowed(s))
		result = bytes_sig_verify(
		    log_key, s->signature_alg == RSA_ALG, wr_done(&w), s->signature);
	free(tbs);
	free(buf);
	return result;
}
