/*
 * openssl_crypto - the few primitives the rest of the tree needs, done by libcrypto.
 *
 * Pure functions of bytes: no keys are kept, nothing is configured.  OpenSSL headers appear in
 * src/adapt/openssl*.c only; pki and audit come here for a hash.
 *
 *	uint8_t fp[32];
 *	crypto_sha256(cert.der, fp);
 */
#ifndef TLSAUDIT_ADAPT_OPENSSL_CRYPTO_H
#define TLSAUDIT_ADAPT_OPENSSL_CRYPTO_H

#include "base/span.h"

/* SHA-256 (FIPS 180-4) of in. */
void crypto_sha256(struct span in, uint8_t out[32]);
/* SHA-512 (FIPS 180-4) of in. */
void crypto_sha512(struct span in, uint8_t out[64]);
/* SHA-1 (FIPS 180-4) of in: for fingerprints people compare, never for trust. */
void crypto_sha1(struct span in, uint8_t out[20]);
/* MD5 (RFC 1321) of in: for JA3S, which is made of it.  False: this libcrypto has none. */
bool crypto_md5(struct span in, uint8_t out[16]) MUST_USE;
/* The version of the libcrypto that runs, for --version. */
const char *crypto_version(void);

#endif
