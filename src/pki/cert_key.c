/* cert_key: public keys and signature algorithms (RFC 3279, 4055, 5480, 8410); see cert.h. */
#include "pki/cert_internal.h"
#include "pki/der.h"
#include "pki/oid.h"

struct sig_row {
	enum oid_id oid;
	enum cert_hash hash;
	enum cert_key_kind key;
};

static const struct sig_row sig_rows[] = {
    {OID_SIG_RSA_MD2, CERT_HASH_MD2, CERT_KEY_RSA},
    {OID_SIG_RSA_MD4, CERT_HASH_MD4, CERT_KEY_RSA},
    {OID_SIG_RSA_MD5, CERT_HASH_MD5, CERT_KEY_RSA},
    {OID_SIG_RSA_SHA1, CERT_HASH_SHA1, CERT_KEY_RSA},
    {OID_SIG_RSA_SHA1_OIW, CERT_HASH_SHA1, CERT_KEY_RSA},
    {OID_SIG_RSA_SHA224, CERT_HASH_SHA224, CERT_KEY_RSA},
    {OID_SIG_RSA_SHA256, CERT_HASH_SHA256, CERT_KEY_RSA},
    {OID_SIG_RSA_SHA384, CERT_HASH_SHA384, CERT_KEY_RSA},
    {OID_SIG_RSA_SHA512, CERT_HASH_SHA512, CERT_KEY_RSA},
    {OID_SIG_RSA_SHA3_224, CERT_HASH_SHA3_224, CERT_KEY_RSA},
    {OID_SIG_RSA_SHA3_256, CERT_HASH_SHA3_256, CERT_KEY_RSA},
    {OID_SIG_RSA_SHA3_384, CERT_HASH_SHA3_384, CERT_KEY_RSA},
    {OID_SIG_RSA_SHA3_512, CERT_HASH_SHA3_512, CERT_KEY_RSA},
    {OID_SIG_DSA_SHA1, CERT_HASH_SHA1, CERT_KEY_DSA},
    {OID_SIG_DSA_SHA224, CERT_HASH_SHA224, CERT_KEY_DSA},
    {OID_SIG_DSA_SHA256, CERT_HASH_SHA256, CERT_KEY_DSA},
    {OID_SIG_DSA_SHA384, CERT_HASH_SHA384, CERT_KEY_DSA},
    {OID_SIG_DSA_SHA512, CERT_HASH_SHA512, CERT_KEY_DSA},
    {OID_SIG_ECDSA_SHA1, CERT_HASH_SHA1, CERT_KEY_EC},
    {OID_SIG_ECDSA_SHA224, CERT_HASH_SHA224, CERT_KEY_EC},
    {OID_SIG_ECDSA_SHA256, CERT_HASH_SHA256, CERT_KEY_EC},
    {OID_SIG_ECDSA_SHA384, CERT_HASH_SHA384, CERT_KEY_EC},
    {OID_SIG_ECDSA_SHA512, CERT_HASH_SHA512, CERT_KEY_EC},
    {OID_SIG_ECDSA_SHA3_224, CERT_HASH_SHA3_224, CERT_KEY_EC},
    {OID_SIG_ECDSA_SHA3_256, CERT_HASH_SHA3_256, CERT_KEY_EC},
    {OID_SIG_ECDSA_SHA3_384, CERT_HASH_SHA3_384, CERT_KEY_EC},
    {OID_SIG_ECDSA_SHA3_512, CERT_HASH_SHA3_512, CERT_KEY_EC},
    {OID_ED25519, CERT_HASH_NONE, CERT_KEY_ED25519},
    {OID_ED448, CERT_HASH_NONE, CERT_KEY_ED448},
    {OID_ML_DSA_44, CERT_HASH_NONE, CERT_KEY_ML_DSA},
    {OID_ML_DSA_65, CERT_HASH_NONE, CERT_KEY_ML_DSA},
    {OID_ML_DSA_87, CERT_HASH_NONE, CERT_KEY_ML_DSA},
};

struct hash_row {
	enum oid_id oid;
	enum cert_hash hash;
};

static const struct hash_row hash_rows[] = {
    {OID_MD5, CERT_HASH_MD5},
    {OID_SHA1, CERT_HASH_SHA1},
    {OID_SHA224, CERT_HASH_SHA224},
    {OID_SHA256, CERT_HASH_SHA256},
    {OID_SHA384, CERT_HASH_SHA384},
    {OID_SHA512, CERT_HASH_SHA512},
};

/* Named curves: field size in bits. */
struct curve_row {
	enum oid_id oid;
	uint16_t bits;
};

static const struct curve_row curve_rows[] = {
    {OID_P192, 192},
    {OID_P224, 224},
    {OID_P256, 256},
    {OID_P384, 384},
    {OID_P521, 521},
    {OID_K256, 256},
    {OID_R160, 160},
    {OID_K163, 163},
    {OID_B233, 233},
    {OID_K233, 233},
    {OID_B283, 283},
    {OID_K283, 283},
    {OID_B409, 409},
    {OID_K409, 409},
    {OID_B571, 571},
    {OID_K571, 571},
    {OID_BP256, 256},
    {OID_BP384, 384},
    {OID_BP512, 512},
    {OID_SM2, 256},
};

uint32_t
cert_bit_length(struct span m)
{
	uint32_t top = 0;

	while (m.n > 0 && m.p[0] == 0)
		m = (struct span){m.p + 1, m.n - 1};
	if (m.n == 0)
		return 0;
	for (uint8_t b = m.p[0]; b != 0; b >>= 1)
		top++;
	return (uint32_t)(m.n - 1) * 8 + top;
}

/* RSASSA-PSS-params (RFC 4055 section 3.1): only the hash matters here, SHA-1 by default. */
static enum cert_hash
pss_hash(struct rd *params)
{
	struct rd seq, tagged, alg;
	struct span oid;

	if (rd_end(params) || !der_enter(params, DER_SEQUENCE, &seq))
		return CERT_HASH_UNKNOWN;
	if (!der_peek(&seq, DER_CTX_C(0)))
		return CERT_HASH_SHA1;
	if (!der_enter(&seq, DER_CTX_C(0), &tagged) || !der_enter(&tagged, DER_SEQUENCE, &alg) ||
	    !der_get(&alg, DER_OID, &oid))
		return CERT_HASH_UNKNOWN;
	for (size_t i = 0; i < N_ELEMENTS(hash_rows); i++)
		if (oid_is(oid, hash_rows[i].oid))
			return hash_rows[i].hash;
	return CERT_HASH_UNKNOWN;
}

bool
cert_sig_alg_parse(struct span alg, struct cert_sig_alg *out)
{
	struct rd r = rd_of(alg), seq;

	*out = (struct cert_sig_alg){.der = alg};
	if (!der_enter(&r, DER_SEQUENCE, &seq) || !rd_end(&r) || !der_get(&seq, DER_OID, &out->oid))
		return false;
	out->name = oid_name(out->oid);
	if (oid_is(out->oid, OID_RSA_PSS)) {
		out->key = CERT_KEY_RSA;
		out->pss = true;
		out->hash = pss_hash(&seq);
		return true;
	}
	for (size_t i = 0; i < N_ELEMENTS(sig_rows); i++) {
		if (!oid_is(out->oid, sig_rows[i].oid))
			continue;
		out->hash = sig_rows[i].hash;
		out->key = sig_rows[i].key;
		break;
	}
	return true;
}

/* RSAPublicKey ::= SEQUENCE { modulus INTEGER, publicExponent INTEGER } (RFC 8017 A.1.1) */
static bool
read_rsa(struct span bits, struct cert_key *k)
{
	struct rd r = rd_of(bits), seq;
	struct span n, e;

	if (!der_enter(&r, DER_SEQUENCE, &seq) || !rd_end(&r) || !der_get(&seq, DER_INTEGER, &n) ||
	    !der_get(&seq, DER_INTEGER, &e) || !rd_end(&seq) || !der_unsigned(n, &k->modulus) ||
	    !der_unsigned(e, &k->exponent))
		return false;
	k->bits = cert_bit_length(k->modulus);
	return true;
}

/* Dss-Parms and DomainParameters both begin with p (RFC 3279 2.3.2, 2.3.3); DSA may inherit. */
static bool
read_prime(struct rd *params, struct cert_key *k)
{
	struct rd seq;
	struct span p;

	if (rd_end(params))
		return true;
	if (!der_enter(params, DER_SEQUENCE, &seq) || !der_get(&seq, DER_INTEGER, &p) ||
	    !der_unsigned(p, &k->modulus))
		return false;
	k->bits = cert_bit_length(k->modulus);
	return true;
}

/* SpecifiedECDomain: version, FieldID { type, prime or characteristic-two degree }, ... */
static void
read_explicit(struct rd *params, struct cert_key *k)
{
	struct rd seq, field;
	struct span version, type, p, prime;

	k->explicit_params = true;
	if (der_enter(params, DER_SEQUENCE, &seq) && der_get(&seq, DER_INTEGER, &version) &&
	    der_enter(&seq, DER_SEQUENCE, &field) && der_get(&field, DER_OID, &type) &&
	    der_get(&field, DER_INTEGER, &p) && der_unsigned(p, &prime))
		k->bits = cert_bit_length(prime);
}

static bool
read_ec(struct rd *params, struct span bits, struct cert_key *k)
{
	k->point = bits;
	/* RFC 5480 2.1.1: "implicitCurve and specifiedCurve MUST NOT be used in PKIX" */
	if (!der_peek(params, DER_OID)) {
		read_explicit(params, k);
		return true;
	}
	if (!der_get(params, DER_OID, &k->curve_oid) || !rd_end(params))
		return false;
	k->curve = oid_name(k->curve_oid);
	for (size_t i = 0; i < N_ELEMENTS(curve_rows); i++)
		if (oid_is(k->curve_oid, curve_rows[i].oid))
			k->bits = curve_rows[i].bits;
	if (oid_is(k->curve_oid, OID_SM2))
		k->kind = CERT_KEY_SM2;
	return true;
}

static enum cert_key_kind
key_kind(enum oid_id id)
{
	if (id >= OID_SLH_DSA_SHA2_128S && id <= OID_SLH_DSA_SHAKE_256F)
		return CERT_KEY_SLH_DSA;
	switch (id) {
	case OID_RSA:
	case OID_RSA_OAEP:
		return CERT_KEY_RSA;
	case OID_RSA_PSS:
		return CERT_KEY_RSA_PSS;
	case OID_DSA:
		return CERT_KEY_DSA;
	case OID_DH:
	case OID_DH_PKCS3:
		return CERT_KEY_DH;
	case OID_EC:
		return CERT_KEY_EC;
	case OID_ED25519:
		return CERT_KEY_ED25519;
	case OID_ED448:
		return CERT_KEY_ED448;
	case OID_X25519:
		return CERT_KEY_X25519;
	case OID_X448:
		return CERT_KEY_X448;
	case OID_ML_DSA_44:
	case OID_ML_DSA_65:
	case OID_ML_DSA_87:
		return CERT_KEY_ML_DSA;
	case OID_GOST2001:
	case OID_GOST2012_256:
	case OID_GOST2012_512:
		return CERT_KEY_GOST;
	default:
		return CERT_KEY_UNKNOWN;
	}
}

static bool
read_key(struct rd *params, struct span bits, struct cert_key *k)
{
	switch (k->kind) {
	case CERT_KEY_RSA:
	case CERT_KEY_RSA_PSS:
		return read_rsa(bits, k);
	case CERT_KEY_DSA:
	case CERT_KEY_DH:
		k->point = bits;
		return read_prime(params, k);
	case CERT_KEY_EC:
		return read_ec(params, bits, k);
	case CERT_KEY_ED25519:
	case CERT_KEY_X25519:
		k->point = bits;
		k->bits = 256;
		return bits.n == 32; /* RFC 8032 5.1.5, RFC 7748 */
	case CERT_KEY_ED448:
	case CERT_KEY_X448:
		k->point = bits;
		k->bits = 448;
		return bits.n == (k->kind == CERT_KEY_ED448 ? 57 : 56);
	default:
		k->point = bits;
		k->bits = (uint32_t)(bits.n * 8);
		return true;
	}
}

bool
cert_key_parse(struct span spki, struct cert_key *out)
{
	struct rd r = rd_of(spki), seq, alg;
	struct span body, bits;
	unsigned unused;

	*out = (struct cert_key){0};
	if (spki.n > CERT_MAX_BYTES || !der_enter(&r, DER_SEQUENCE, &seq) || !rd_end(&r) ||
	    !der_enter(&seq, DER_SEQUENCE, &alg) || !der_get(&alg, DER_OID, &out->alg_oid) ||
	    !der_get(&seq, DER_BIT_STRING, &body) || !rd_end(&seq) ||
	    !der_bits(body, &bits, &unused) || unused != 0)
		return false;
	out->kind = key_kind(oid_find(out->alg_oid));
	if (!read_key(&alg, bits, out))
		return false;
	if (out->kind == CERT_KEY_ML_DSA || out->kind == CERT_KEY_SLH_DSA)
		out->name = oid_name(out->alg_oid);
	else if (out->kind != CERT_KEY_UNKNOWN)
		out->name = cert_key_kind_name(out->kind);
	return true;
}

/* NIST SP 800-57 part 1 rev. 5 table 2: the largest row that the curve reaches. */
static uint32_t
ec_strength(uint32_t bits)
{
	if (bits >= 512)
		return 15360;
	if (bits >= 384)
		return 7680;
	if (bits >= 256)
		return 3072;
	if (bits >= 224)
		return 2048;
	if (bits >= 160)
		return 1024;
	return bits > 0 ? 512 : 0;
}

/* FIPS 204 and 205: security categories 1 and 2, 3, 5. */
static uint32_t
pq_strength(enum oid_id id)
{
	switch (id) {
	case OID_ML_DSA_44:
	case OID_SLH_DSA_SHA2_128S:
	case OID_SLH_DSA_SHA2_128F:
	case OID_SLH_DSA_SHAKE_128S:
	case OID_SLH_DSA_SHAKE_128F:
		return 3072;
	case OID_ML_DSA_65:
	case OID_SLH_DSA_SHA2_192S:
	case OID_SLH_DSA_SHA2_192F:
	case OID_SLH_DSA_SHAKE_192S:
	case OID_SLH_DSA_SHAKE_192F:
		return 7680;
	default:
		return 15360;
	}
}

uint32_t
cert_key_strength(const struct cert_key *k)
{
	switch (k->kind) {
	case CERT_KEY_RSA:
	case CERT_KEY_RSA_PSS:
	case CERT_KEY_DSA:
	case CERT_KEY_DH:
		return k->bits;
	case CERT_KEY_EC:
	case CERT_KEY_SM2:
		return ec_strength(k->bits);
	case CERT_KEY_ED25519:
	case CERT_KEY_X25519:
		return 3072;
	case CERT_KEY_ED448:
	case CERT_KEY_X448:
		return 7680;
	case CERT_KEY_ML_DSA:
	case CERT_KEY_SLH_DSA:
		return pq_strength(oid_find(k->alg_oid));
	case CERT_KEY_GOST:
		return oid_is(k->alg_oid, OID_GOST2012_512) ? 15360 : 3072;
	default:
		return 0;
	}
}

uint64_t
cert_key_exponent(const struct cert_key *k)
{
	uint64_t e = 0;

	if (k->exponent.n > 8)
		return 0;
	for (size_t i = 0; i < k->exponent.n; i++)
		e = e << 8 | k->exponent.p[i];
	return e;
}

const char *
cert_hash_name(enum cert_hash h)
{
	static const char *const names[CERT_HASH__MAX] = {"unknown", "none", "MD2", "MD4", "MD5",
	    "SHA-1", "SHA-224", "SHA-256", "SHA-384", "SHA-512", "SHA3-224", "SHA3-256", "SHA3-384",
	    "SHA3-512"};

	return h < CERT_HASH__MAX ? names[h] : names[0];
}

const char *
cert_key_kind_name(enum cert_key_kind k)
{
	static const char *const names[CERT_KEY__MAX] = {"unknown", "RSA", "RSA-PSS", "DSA", "DH",
	    "EC", "Ed25519", "Ed448", "X25519", "X448", "ML-DSA", "SLH-DSA", "GOST", "SM2"};

	return k < CERT_KEY__MAX ? names[k] : names[0];
}
