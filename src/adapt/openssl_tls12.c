/* openssl_tls12 - the primitives of TLS 1.2 and below: CBC, RSA, Diffie-Hellman.  See openssl_tls.h. */
#include "adapt/openssl_tls.h"

#include <openssl/bn.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

#include "base/check.h"

enum { MIN_DH_BITS = 256, EXPONENT_BITS = 256, MAX_CERT = 256 * 1024 };

/* ---- CBC ---- */

static const EVP_CIPHER *
cbc_of(enum crypto_cbc c)
{
	CHECK(OPENSSL_init_crypto(OPENSSL_INIT_NO_LOAD_CONFIG, NULL) == 1);
	switch (c) {
	case CRYPTO_AES_256_CBC:
		return EVP_aes_256_cbc();
	case CRYPTO_3DES_CBC:
		return EVP_des_ede3_cbc();
	case CRYPTO_CAMELLIA_128_CBC:
		return EVP_camellia_128_cbc();
	case CRYPTO_CAMELLIA_256_CBC:
		return EVP_camellia_256_cbc();
	case CRYPTO_AES_128_CBC:
	default:
		return EVP_aes_128_cbc();
	}
}

size_t
crypto_cbc_key_len(enum crypto_cbc c)
{
	return c == CRYPTO_3DES_CBC ? 24
	    : c == CRYPTO_AES_256_CBC || c == CRYPTO_CAMELLIA_256_CBC ? 32 : 16;
}

size_t
crypto_cbc_block(enum crypto_cbc c)
{
	return c == CRYPTO_3DES_CBC ? 8 : 16;
}

bool
crypto_cbc(enum crypto_cbc c, bool seal, const uint8_t *key, const uint8_t *iv, struct span in,
    uint8_t *out)
{
	EVP_CIPHER_CTX *ctx;
	bool ok;
	int n = 0;

	if (in.n % crypto_cbc_block(c) != 0)
		return false;
	if (in.n == 0)
		return true;
	ctx = EVP_CIPHER_CTX_new();
	ok = ctx != NULL && EVP_CipherInit_ex(ctx, cbc_of(c), NULL, key, iv, seal) == 1 &&
	    EVP_CIPHER_CTX_set_padding(ctx, 0) == 1 &&
	    EVP_CipherUpdate(ctx, out, &n, in.p, (int)in.n) == 1 && (size_t)n == in.n;
	EVP_CIPHER_CTX_free(ctx);
	ERR_clear_error();
	return ok;
}

/* ---- RSA ---- */

/* The certificate's key, when it is RSA and of a size to work with; NULL. */
static EVP_PKEY *
rsa_key(struct span cert)
{
	const unsigned char *p = cert.p;
	EVP_PKEY *key = NULL;
	X509 *x = NULL;

	if (cert.n > 0 && cert.n <= MAX_CERT)
		x = d2i_X509(NULL, &p, (long)cert.n);
	if (x != NULL)
		key = X509_get_pubkey(x);
	X509_free(x);
	if (key != NULL && (EVP_PKEY_get_base_id(key) != EVP_PKEY_RSA ||
			       EVP_PKEY_get_bits(key) > CRYPTO_MAX_BITS || EVP_PKEY_get_size(key) <= 0)) {
		EVP_PKEY_free(key);
		key = NULL;
	}
	ERR_clear_error();
	return key;
}

size_t
crypto_rsa_len(struct span cert)
{
	EVP_PKEY *key = rsa_key(cert);
	size_t n = key != NULL ? (size_t)EVP_PKEY_get_size(key) : 0;

	EVP_PKEY_free(key);
	return n;
}

bool
crypto_rsa_raw(struct span cert, struct span block, uint8_t *out)
{
	EVP_PKEY *key = rsa_key(cert);
	EVP_PKEY_CTX *ctx = NULL;
	size_t n = 0;
	bool ok = key != NULL && (size_t)EVP_PKEY_get_size(key) == block.n;

	if (ok)
		ctx = EVP_PKEY_CTX_new(key, NULL);
	n = block.n;
	ok = ok && ctx != NULL && EVP_PKEY_encrypt_init(ctx) == 1 &&
	    EVP_PKEY_CTX_set_rsa_padding(ctx, RSA_NO_PADDING) == 1 &&
	    EVP_PKEY_encrypt(ctx, out, &n, block.p, block.n) == 1 && n == block.n;
	EVP_PKEY_CTX_free(ctx);
	EVP_PKEY_free(key);
	ERR_clear_error();
	return ok;
}

/* ---- Diffie-Hellman ---- */

struct dh { /* one exchange's numbers */
	BIGNUM *p, *g, *y, *x, *result, *last;
	BN_CTX *ctx;
};

static bool
dh_open(struct dh *d, struct span p, struct span g, struct span y)
{
	*d = (struct dh){0};
	if (p.n > CRYPTO_MAX_MODULUS || g.n > CRYPTO_MAX_MODULUS || y.n > CRYPTO_MAX_MODULUS)
		return false;
	d->p = BN_bin2bn(p.p, (int)p.n, NULL);
	d->g = BN_bin2bn(g.p, (int)g.n, NULL);
	d->y = BN_bin2bn(y.p, (int)y.n, NULL);
	d->x = BN_new();
	d->result = BN_new();
	d->last = d->p != NULL ? BN_dup(d->p) : NULL;
	d->ctx = BN_CTX_new();
	return d->g != NULL && d->y != NULL && d->x != NULL && d->result != NULL && d->last != NULL &&
	    d->ctx != NULL;
}

static void
dh_close(struct dh *d)
{
	BN_free(d->p);
	BN_free(d->g);
	BN_free(d->y);
	BN_clear_free(d->x);
	BN_clear_free(d->result);
	BN_free(d->last);
	BN_CTX_free(d->ctx);
	ERR_clear_error();
}

/* RFC 7919, 5.1: 1 < y < p - 1, else the secret is no secret.  g is the peer's own affair. */
static bool
dh_sane(struct dh *d)
{
	return BN_is_odd(d->p) && BN_num_bits(d->p) >= MIN_DH_BITS && BN_sub_word(d->last, 1) == 1 &&
	    BN_cmp(d->y, BN_value_one()) > 0 && BN_cmp(d->y, d->last) < 0 && !BN_is_zero(d->g);
}

static bool
dh_power(struct dh *d, const BIGNUM *base, uint8_t *out, size_t *n)
{
	int len;

	if (BN_mod_exp(d->result, base, d->x, d->p, d->ctx) != 1)
		return false;
	len = BN_bn2bin(d->result, out);
	*n = len > 0 ? (size_t)len : 0;
	return len > 0;
}

bool
crypto_dh(struct span p, struct span g, struct span y, uint8_t *pub, size_t *n_pub, uint8_t *secret,
    size_t *n_secret)
{
	struct dh d;
	bool ok = dh_open(&d, p, g, y) && dh_sane(&d) &&
	    BN_rand(d.x, EXPONENT_BITS - 1, BN_RAND_TOP_ONE, BN_RAND_BOTTOM_ANY) == 1 &&
	    dh_power(&d, d.g, pub, n_pub) && dh_power(&d, d.y, secret, n_secret);

	dh_close(&d);
	return ok;
}
