/* openssl_tls - see openssl_tls.h. */
#include "adapt/openssl_tls.h"

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/dh.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/params.h>
#include <stdlib.h>

#include "base/check.h"
#include "base/xalloc.h"

struct crypto_share {
	EVP_PKEY *key;
	bool raw;	   /* X25519 or X448 */
	size_t secret_len; /* of a finite field: that of its prime (RFC 8446, 7.4.1) */
};

/* The local openssl.cnf must not change what we can do. */
static void
init(void)
{
	CHECK(OPENSSL_init_crypto(OPENSSL_INIT_NO_LOAD_CONFIG, NULL) == 1);
}

static const struct {
	uint16_t group;
	const char *type, *name; /* NULL: the type says all */
	size_t secret;		 /* of a finite field, in bytes */
} kinds[] = {
    {0x001d, "X25519", NULL, 0},
    {0x001e, "X448", NULL, 0},
    {0x0017, "EC", "P-256", 0},
    {0x0018, "EC", "P-384", 0},
    {0x0019, "EC", "P-521", 0},
    {0x0100, "DH", "ffdhe2048", 256},
    {0x0101, "DH", "ffdhe3072", 384},
    {0x0102, "DH", "ffdhe4096", 512},
    {0x0103, "DH", "ffdhe6144", 768},
    {0x0104, "DH", "ffdhe8192", 1024},
};

static size_t
kind_of(uint16_t group)
{
	size_t i = 0;

	while (i < N_ELEMENTS(kinds) && kinds[i].group != group)
		i++;
	return i;
}

bool
crypto_share_can(uint16_t group)
{
	return kind_of(group) < N_ELEMENTS(kinds);
}

static EVP_PKEY *
new_key(const char *type, const char *name)
{
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_name(NULL, type, NULL);
	EVP_PKEY *key = NULL;

	if (ctx == NULL || EVP_PKEY_keygen_init(ctx) != 1 ||
	    (name != NULL && EVP_PKEY_CTX_set_group_name(ctx, name) != 1) ||
	    EVP_PKEY_generate(ctx, &key) != 1)
		key = NULL;
	EVP_PKEY_CTX_free(ctx);
	return key;
}

struct crypto_share *
crypto_share_new(uint16_t group, uint8_t pub[CRYPTO_MAX_SHARE], size_t *n)
{
	size_t k = kind_of(group);
	struct crypto_share *s;
	EVP_PKEY *key;
	bool ok;

	if (k == N_ELEMENTS(kinds))
		return NULL;
	init();
	key = new_key(kinds[k].type, kinds[k].name);
	ok = key != NULL;
	if (ok)
		ok = EVP_PKEY_get_octet_string_param(key, OSSL_PKEY_PARAM_ENCODED_PUBLIC_KEY, pub,
			 CRYPTO_MAX_SHARE, n) == 1;
	ERR_clear_error();
	if (!ok) {
		EVP_PKEY_free(key);
		return NULL;
	}
	s = xcalloc(1, sizeof(*s));
	s->key = key;
	s->raw = kinds[k].name == NULL;
	s->secret_len = kinds[k].secret;
	return s;
}

static EVP_PKEY *
peer_key(const struct crypto_share *s, struct span peer)
{
	EVP_PKEY *key = EVP_PKEY_new();

	if (key == NULL || EVP_PKEY_copy_parameters(key, s->key) != 1 ||
	    EVP_PKEY_set1_encoded_public_key(key, peer.p, peer.n) != 1) {
		EVP_PKEY_free(key);
		return NULL;
	}
	return key;
}

static EVP_PKEY *
peer_raw(const struct crypto_share *s, struct span peer)
{
	return EVP_PKEY_new_raw_public_key(EVP_PKEY_get_id(s->key), NULL, peer.p, peer.n);
}

bool
crypto_share_derive(
    const struct crypto_share *s, struct span peer, uint8_t secret[CRYPTO_MAX_SECRET], size_t *n)
{
	EVP_PKEY *other = s->raw ? peer_raw(s, peer) : peer_key(s, peer);
	EVP_PKEY_CTX *ctx = other != NULL ? EVP_PKEY_CTX_new(s->key, NULL) : NULL;
	bool ok;

	*n = CRYPTO_MAX_SECRET;
	ok = ctx != NULL && EVP_PKEY_derive_init(ctx) == 1 &&
	    (s->secret_len == 0 || EVP_PKEY_CTX_set_dh_pad(ctx, 1) == 1) &&
	    EVP_PKEY_derive_set_peer(ctx, other) == 1 && EVP_PKEY_derive(ctx, secret, n) == 1 &&
	    (s->secret_len == 0 || *n == s->secret_len);
	EVP_PKEY_CTX_free(ctx);
	EVP_PKEY_free(other);
	ERR_clear_error();
	return ok;
}

void
crypto_share_free(struct crypto_share *s)
{
	if (s == NULL)
		return;
	EVP_PKEY_free(s->key);
	free(s);
}

static const EVP_MD *
md_of(enum crypto_hash h)
{
	init();
	switch (h) {
	case CRYPTO_SHA384:
		return EVP_sha384();
	case CRYPTO_SHA1:
		return EVP_sha1();
	case CRYPTO_MD5:
		return EVP_md5();
	case CRYPTO_SHA256:
	default:
		return EVP_sha256();
	}
}

size_t
crypto_hash_len(enum crypto_hash h)
{
	static const uint8_t lens[] = {
	    [CRYPTO_SHA256] = 32, [CRYPTO_SHA384] = 48, [CRYPTO_SHA1] = 20, [CRYPTO_MD5] = 16};

	return lens[h];
}

void
crypto_hash(enum crypto_hash h, struct span in, uint8_t out[CRYPTO_MAX_HASH])
{
	CHECK(EVP_Digest(in.p, in.n, out, NULL, md_of(h), NULL) == 1);
}

void
crypto_hmac(enum crypto_hash h, struct span key, struct span in, uint8_t out[CRYPTO_MAX_HASH])
{
	static const uint8_t none;
	unsigned n = CRYPTO_MAX_HASH;

	CHECK(HMAC(md_of(h), key.n > 0 ? key.p : &none, (int)key.n, in.n > 0 ? in.p : &none, in.n,
		  out, &n) != NULL);
}

static const EVP_CIPHER *
cipher_of(enum crypto_aead a)
{
	init();
	switch (a) {
	case CRYPTO_AES_256_GCM:
		return EVP_aes_256_gcm();
	case CRYPTO_CHACHA20_POLY1305:
		return EVP_chacha20_poly1305();
	case CRYPTO_AES_128_CCM:
	case CRYPTO_AES_128_CCM_8:
		return EVP_aes_128_ccm();
	case CRYPTO_AES_256_CCM:
	case CRYPTO_AES_256_CCM_8:
		return EVP_aes_256_ccm();
	case CRYPTO_AES_128_GCM:
	default:
		return EVP_aes_128_gcm();
	}
}

size_t
crypto_aead_key_len(enum crypto_aead a)
{
	return a == CRYPTO_AES_256_GCM || a == CRYPTO_CHACHA20_POLY1305 || a == CRYPTO_AES_256_CCM ||
		a == CRYPTO_AES_256_CCM_8
	    ? 32 : 16;
}

size_t
crypto_aead_tag_len(enum crypto_aead a)
{
	return a == CRYPTO_AES_128_CCM_8 || a == CRYPTO_AES_256_CCM_8 ? 8 : 16;
}

static bool
is_ccm(enum crypto_aead a)
{
	return a == CRYPTO_AES_128_CCM || a == CRYPTO_AES_128_CCM_8 || a == CRYPTO_AES_256_CCM ||
	    a == CRYPTO_AES_256_CCM_8;
}

/* Key, nonce and, for CCM, the lengths that must be known first.  tag: NULL when sealing. */
static bool
aead_start(EVP_CIPHER_CTX *c, enum crypto_aead a, struct span key, const uint8_t nonce[12],
    struct span aad, size_t n, const uint8_t *tag)
{
	int len, seal = tag == NULL, tag_len = (int)crypto_aead_tag_len(a);
	uint8_t copy[16];

	if (tag != NULL)
		memcpy(copy, tag, (size_t)tag_len);
	if (c == NULL || EVP_CipherInit_ex(c, cipher_of(a), NULL, NULL, NULL, seal) != 1 ||
	    EVP_CIPHER_CTX_ctrl(c, EVP_CTRL_AEAD_SET_IVLEN, 12, NULL) != 1)
		return false;
	if ((is_ccm(a) || !seal) &&
	    EVP_CIPHER_CTX_ctrl(c, EVP_CTRL_AEAD_SET_TAG, tag_len, seal ? NULL : copy) != 1)
		return false;
	if (EVP_CipherInit_ex(c, NULL, NULL, key.p, nonce, seal) != 1)
		return false;
	if (is_ccm(a) && EVP_CipherUpdate(c, NULL, &len, NULL, (int)n) != 1)
		return false;
	return EVP_CipherUpdate(c, NULL, &len, aad.p, (int)aad.n) == 1;
}

bool
crypto_aead_open(enum crypto_aead a, struct span key, const uint8_t nonce[12], struct span aad,
    struct span in, uint8_t *out)
{
	size_t tag = crypto_aead_tag_len(a), n;
	EVP_CIPHER_CTX *c;
	uint8_t end[16];
	bool ok;
	int len;

	if (in.n < tag || key.n != crypto_aead_key_len(a))
		return false;
	n = in.n - tag;
	c = EVP_CIPHER_CTX_new();
	ok = aead_start(c, a, key, nonce, aad, n, in.p + n) &&
	    EVP_CipherUpdate(c, out, &len, in.p, (int)n) == 1 &&
	    (is_ccm(a) || EVP_CipherFinal_ex(c, end, &len) == 1);
	EVP_CIPHER_CTX_free(c);
	ERR_clear_error();
	return ok;
}

bool
crypto_aead_seal(enum crypto_aead a, struct span key, const uint8_t nonce[12], struct span aad,
    struct span in, uint8_t *out)
{
	EVP_CIPHER_CTX *c;
	uint8_t end[16];
	bool ok;
	int len;

	if (key.n != crypto_aead_key_len(a))
		return false;
	c = EVP_CIPHER_CTX_new();
	ok = aead_start(c, a, key, nonce, aad, in.n, NULL) &&
	    EVP_CipherUpdate(c, out, &len, in.p, (int)in.n) == 1 &&
	    EVP_CipherFinal_ex(c, end, &len) == 1 &&
	    EVP_CIPHER_CTX_ctrl(c, EVP_CTRL_AEAD_GET_TAG, (int)crypto_aead_tag_len(a), out + in.n) == 1;
	EVP_CIPHER_CTX_free(c);
	ERR_clear_error();
	return ok;
}

void
crypto_wipe(void *p, size_t n)
{
	OPENSSL_cleanse(p, n);
}
