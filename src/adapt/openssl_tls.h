/*
 * openssl_tls - what a TLS client needs of libcrypto: key shares, hashes, HMAC, AEAD, CBC, and the
 * public-key operations of TLS 1.2 and below.
 *
 * Primitives only; the schedules that string them together are engine/keys.c (TLS 1.3) and
 * engine/keys12.c.  Nothing here is configured by the local openssl.cnf.  RFC 8446, 7; RFC 5246, 8;
 * RFC 5869; RFC 7748.
 */
#ifndef TLSAUDIT_ADAPT_OPENSSL_TLS_H
#define TLSAUDIT_ADAPT_OPENSSL_TLS_H

#include "base/span.h"

enum {
	CRYPTO_MAX_SHARE = 1024, /* ffdhe8192 */
	CRYPTO_MAX_SECRET = 1024,
	CRYPTO_MAX_HASH = 48,
	CRYPTO_MAX_BITS = 8192, /* of a modulus that a peer chose: nothing is computed above */
	CRYPTO_MAX_MODULUS = CRYPTO_MAX_BITS / 8
};

enum crypto_hash { CRYPTO_SHA256, CRYPTO_SHA384, CRYPTO_SHA1, CRYPTO_MD5 };
enum crypto_aead {
	CRYPTO_AES_128_GCM,
	CRYPTO_AES_256_GCM,
	CRYPTO_CHACHA20_POLY1305,
	CRYPTO_AES_128_CCM,
	CRYPTO_AES_128_CCM_8,
	CRYPTO_AES_256_CCM,
	CRYPTO_AES_256_CCM_8
};
enum crypto_cbc {
	CRYPTO_AES_128_CBC,
	CRYPTO_AES_256_CBC,
	CRYPTO_3DES_CBC,
	CRYPTO_CAMELLIA_128_CBC,
	CRYPTO_CAMELLIA_256_CBC
};

struct crypto_share; /* a private key; freed by crypto_share_free() */

/* Can a share of this named group be made here?  x25519, x448, secp256r1, secp384r1, secp521r1, and
 * those of RFC 7919. */
bool crypto_share_can(uint16_t group);
/* A new key pair; its public half is written to pub (*n bytes of at most CRYPTO_MAX_SHARE) in the
 * wire form of RFC 8446, 4.2.8.1 and 4.2.8.2.  NULL when the library cannot. */
struct crypto_share *crypto_share_new(uint16_t group, uint8_t pub[CRYPTO_MAX_SHARE], size_t *n);
/* The shared secret with the peer's share: *n bytes of at most CRYPTO_MAX_SECRET.  False when the
 * peer's share is no valid point or number, or the secret is all zeros. */
bool crypto_share_derive(const struct crypto_share *s, struct span peer,
    uint8_t secret[CRYPTO_MAX_SECRET], size_t *n) MUST_USE;
void crypto_share_free(struct crypto_share *s);

size_t crypto_hash_len(enum crypto_hash h);
void crypto_hash(enum crypto_hash h, struct span in, uint8_t out[CRYPTO_MAX_HASH]);
void crypto_hmac(enum crypto_hash h, struct span key, struct span in, uint8_t out[CRYPTO_MAX_HASH]);

/* One AEAD record: out gets in.n minus the tag's bytes; false when it does not authenticate. */
bool crypto_aead_open(enum crypto_aead a, struct span key, const uint8_t nonce[12], struct span aad,
    struct span in, uint8_t *out) MUST_USE;
/* The other way: out gets in.n plus the tag's bytes. */
bool crypto_aead_seal(enum crypto_aead a, struct span key, const uint8_t nonce[12], struct span aad,
    struct span in, uint8_t *out) MUST_USE;
size_t crypto_aead_key_len(enum crypto_aead a);
size_t crypto_aead_tag_len(enum crypto_aead a);

/* Whole blocks, without padding; out gets in.n bytes.  False: no multiple of the block. */
bool crypto_cbc(enum crypto_cbc c, bool seal, const uint8_t *key, const uint8_t *iv, struct span in,
    uint8_t *out) MUST_USE;
size_t crypto_cbc_key_len(enum crypto_cbc c);
size_t crypto_cbc_block(enum crypto_cbc c); /* 8 or 16 bytes */

/* RC4 (what is left of it to be found): a key, then byte after byte of one stream. */
enum { CRYPTO_RC4_STATE = 1032 + 8 };
struct crypto_rc4 {
	uint8_t state[CRYPTO_RC4_STATE];
};
void crypto_rc4_start(struct crypto_rc4 *r, struct span key);
void crypto_rc4(struct crypto_rc4 *r, struct span in, uint8_t *out); /* out gets in.n bytes */

/* Bytes of the RSA modulus in this certificate; 0: no certificate, no RSA key, or one beyond
 * CRYPTO_MAX_BITS. */
size_t crypto_rsa_len(struct span cert);
/* block^e mod n with its key: block and out have crypto_rsa_len() bytes.  False: the block is not
 * below the modulus, or the key is none. */
bool crypto_rsa_raw(struct span cert, struct span block, uint8_t *out) MUST_USE;
/* One Diffie-Hellman exchange with a peer's p, g and y: our public value (*n_pub bytes) and the
 * shared secret without leading zeros (RFC 5246, 8.1.2; *n_secret bytes), both at most
 * CRYPTO_MAX_MODULUS.  False: beyond CRYPTO_MAX_BITS, p even or small, y not in 2..p-2. */
bool crypto_dh(struct span p, struct span g, struct span y, uint8_t *pub, size_t *n_pub,
    uint8_t *secret, size_t *n_secret) MUST_USE;

/* Overwrites n bytes in a way the compiler keeps. */
void crypto_wipe(void *p, size_t n);

#endif
