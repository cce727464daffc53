/*
 * openssl_tls - what reading a TLS 1.3 flight needs of libcrypto: a key share, a hash, HKDF, AEAD.
 *
 * Primitives only; the schedule that strings them together is engine/keys.c.  Nothing here is
 * configured by the local openssl.cnf.  RFC 8446, 7; RFC 5869; RFC 7748.
 */
#ifndef TLSAUDIT_ADAPT_OPENSSL_TLS_H
#define TLSAUDIT_ADAPT_OPENSSL_TLS_H

#include "base/span.h"

enum { CRYPTO_MAX_SHARE = 133, CRYPTO_MAX_SECRET = 66, CRYPTO_MAX_HASH = 48 };

enum crypto_hash { CRYPTO_SHA256, CRYPTO_SHA384 };
enum crypto_aead { CRYPTO_AES_128_GCM, CRYPTO_AES_256_GCM, CRYPTO_CHACHA20_POLY1305, CRYPTO_AES_128_CCM,
	CRYPTO_AES_128_CCM_8 };

struct crypto_share; /* a private key; freed by crypto_share_free() */

/* Can a share of this named group be made here?  x25519, x448, secp256r1, secp384r1, secp521r1. */
bool crypto_share_can(uint16_t group);
/* A new key pair; its public half is written to pub (*n bytes of at most CRYPTO_MAX_SHARE) in the
 * wire form of RFC 8446, 4.2.8.2.  NULL when the library cannot. */
struct crypto_share *crypto_share_new(uint16_t group, uint8_t pub[CRYPTO_MAX_SHARE], size_t *n);
/* The shared secret with the peer's share: *n bytes of at most CRYPTO_MAX_SECRET.  False when the
 * peer's share is no valid point or the secret is all zeros. */
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
/* Overwrites n bytes in a way the compiler keeps. */
void crypto_wipe(void *p, size_t n);

#endif
