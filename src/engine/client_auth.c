/*
 * client_auth - our answer to a CertificateRequest: Certificate and CertificateVerify.
 *
 * RFC 8446, 4.3.2, 4.4.2 and 4.4.3; RFC 5246, 7.4.4, 7.4.6 and 7.4.8; RFC 4346, 7.4.4.  Without an
 * identity, without one that the server could use, and where the ask says so (`anonymous`), the
 * Certificate is empty and nothing is signed.
 */
#include "engine/engine_internal.h"

#include "base/check.h"

enum { RSA_SIGN = 1, ECDSA_SIGN = 64 };

/* ---- what the server takes ---- */

struct request { /* RFC 8446: context and extensions; before that types and algorithms */
	struct span context, types;
	struct rd algorithms;
	bool has_algorithms;
};

static bool
read_request(const struct server_flight *sf, struct request *q)
{
	struct rd r = rd_of(sf->cert_request_body), first, exts, body;
	uint16_t type;

	*q = (struct request){.has_algorithms = false};
	if (!rd_vec8(&r, &first))
		return false;
	if (sf->version < TLS1_3) {
		q->types = rd_rest(&first);
		q->has_algorithms = sf->version >= TLS1_2 && rd_vec16(&r, &q->algorithms);
		return sf->version < TLS1_2 || q->has_algorithms;
	}
	q->context = rd_rest(&first);
	if (!rd_vec16(&r, &exts))
		return false;
	while (rd_u16(&exts, &type) && rd_vec16(&exts, &body))
		if (type == EXT_SIGNATURE_ALGORITHMS)
			q->has_algorithms = rd_vec16(&body, &q->algorithms);
	return q->has_algorithms; /* RFC 8446, 4.3.2: "MUST be specified" */
}

static bool
has_type(const struct crypto_identity *id, struct span types)
{
	enum identity_kind kind = crypto_identity_kind(id);
	uint8_t want = kind == IDENTITY_RSA || kind == IDENTITY_RSA_PSS ? RSA_SIGN : ECDSA_SIGN;

	return memchr(types.p, want, types.n) != NULL;
}

/* RFC 8446, 4.2.3: RSASSA-PKCS1-v1_5 and SHA-1 sign no handshake of TLS 1.3. */
static bool
is_old_scheme(uint16_t scheme)
{
	return scheme >> 8 < 8 && ((scheme & 0xff) == 1 || scheme >> 8 == 2);
}

/* How our key signs for this server; 0: it cannot. */
static uint16_t
choose(const struct crypto_identity *id, const struct server_flight *sf, struct request *q)
{
	bool v13 = sf->version >= TLS1_3;
	uint16_t scheme;

	if (sf->version == SSL3)
		return 0;
	if (!v13 && (q->types.n == 0 || !has_type(id, q->types)))
		return 0;
	if (sf->version < TLS1_2) { /* RFC 4346, 7.4.8; RFC 4492, 5.8 */
		if (crypto_identity_can(id, IDENTITY_RSA_MD5_SHA1, true))
			return IDENTITY_RSA_MD5_SHA1;
		return crypto_identity_can(id, 0x0203, true) ? 0x0203 : 0;
	}
	while (rd_u16(&q->algorithms, &scheme))
		if (!(v13 && is_old_scheme(scheme)) && scheme != IDENTITY_RSA_MD5_SHA1 &&
		    crypto_identity_can(id, scheme, !v13))
			return scheme;
	return 0;
}

void
client_auth_choose(struct engine *e)
{
	const struct server_flight *sf = engine_hello(e);
	struct request q;

	e->sign_with = 0;
	e->nameless = false;
	if (!sf->cert_request)
		return;
	if (e->identity != NULL && !e->ask->anonymous && read_request(sf, &q))
		e->sign_with = choose(e->identity, sf, &q);
	e->nameless = e->sign_with == 0;
}

/* ---- what we say ---- */

struct span
client_auth_certificate(struct engine *e)
{
	const struct server_flight *sf = engine_hello(e);
	bool v13 = sf->version >= TLS1_3;
	const struct span *certs = NULL;
	size_t n = e->sign_with != 0 ? crypto_identity_chain(e->identity, &certs) : 0, size = 1 + 255 + 3;
	struct wr_mark list, one;
	struct request q;
	struct wr w;

	for (size_t i = 0; i < n; i++)
		size += certs[i].n + 3 + 2;
	wr_init(&w, arena_alloc(e->arena, size), size);
	if (v13) {
		wr_u8(&w, read_request(sf, &q) ? (unsigned)q.context.n : 0);
		wr_span(&w, q.context);
	}
	list = wr_open(&w, 3);
	for (size_t i = 0; i < n; i++) {
		one = wr_open(&w, 3);
		wr_span(&w, certs[i]);
		wr_close(&w, one);
		if (v13)
			wr_u16(&w, 0); /* no extensions */
	}
	wr_close(&w, list);
	CHECK(wr_ok(&w));
	return wr_done(&w);
}

/* RFC 8446, 4.4.3: 64 spaces, whose signature it is, a zero, the transcript's hash. */
static struct span
covered13(struct engine *e)
{
	static const char whose[] = "TLS 1.3, client CertificateVerify";
	size_t n = 64 + sizeof(whose) + crypto_hash_len(e->keys.hash);
	uint8_t *p = arena_alloc(e->arena, n);

	memset(p, ' ', 64);
	memcpy(p + 64, whose, sizeof(whose));
	crypto_hash(e->keys.hash, engine_transcript(e), p + 64 + sizeof(whose));
	return (struct span){p, n};
}

struct span
client_auth_verify(struct engine *e)
{
	uint16_t version = engine_hello(e)->version;
	struct span message = version >= TLS1_3 ? covered13(e) : engine_transcript(e);
	size_t size = 4 + IDENTITY_MAX_SIGNATURE, n;
	uint8_t *p = arena_alloc(e->arena, size), signature[IDENTITY_MAX_SIGNATURE];
	struct wr w;

	if (!crypto_identity_sign(e->identity, e->sign_with, message, signature, &n)) {
		e->local = "the key does not sign";
		return (struct span){NULL, 0};
	}
	wr_init(&w, p, size);
	if (version >= TLS1_2)
		wr_u16(&w, e->sign_with);
	wr_u16(&w, (unsigned)n);
	wr_put(&w, signature, n);
	CHECK(wr_ok(&w));
	return wr_done(&w);
}
