/*
 * openssl_identity - our own certificate and private key, for servers that ask who we are.
 *
 *	struct crypto_identity *id = crypto_identity_open("me.pem", "me.key", "secret", err, sizeof(err));
 *	n = crypto_identity_chain(id, &certs);			leaf first, DER
 *	if (crypto_identity_can(id, 0x0804))
 *		ok = crypto_identity_sign(id, 0x0804, message, signature, &len);
 *	crypto_identity_free(id);
 *
 * The key stays in libcrypto, which wipes it; nothing here prints or copies it, and no prompt is
 * ever shown.  Code points are TLS's SignatureScheme (RFC 8446, 4.2.3), and one of our own for what
 * TLS 1.1 and below do with RSA (RFC 4346, 7.4.3).
 */
#ifndef TLSAUDIT_ADAPT_OPENSSL_IDENTITY_H
#define TLSAUDIT_ADAPT_OPENSSL_IDENTITY_H

#include "base/span.h"

enum {
	IDENTITY_CERTS = 10,
	IDENTITY_MAX_SIGNATURE = 2048,
	IDENTITY_RSA_MD5_SHA1 = 0xff01 /* not on the wire: MD5 and SHA-1 side by side, without a name */
};

enum identity_kind { IDENTITY_RSA, IDENTITY_RSA_PSS, IDENTITY_ECDSA, IDENTITY_EDDSA };

struct crypto_identity;

/* Reads the certificate and the others behind it (PEM, or all of a PKCS#12 file), and its key (PEM
 * or DER; NULL: it is in the first file).  password: of an encrypted key or a PKCS#12 file, or NULL.
 * NULL: a sentence in err, which names files and nothing that is in them.  Freed by
 * crypto_identity_free(). */
struct crypto_identity *crypto_identity_open(const char *cert_file, const char *key_file,
    const char *password, char *err, size_t errlen) MUST_USE;
void crypto_identity_free(struct crypto_identity *id); /* NULL is allowed */
/* The certificates, leaf first: as long as the identity. */
size_t crypto_identity_chain(const struct crypto_identity *id, const struct span **certs);
enum identity_kind crypto_identity_kind(const struct crypto_identity *id);
/* Can the key sign in this way?  An ECDSA scheme names a curve (RFC 8446, 4.2.3); for any_curve (TLS
 * 1.2 and below) it does not. */
bool crypto_identity_can(const struct crypto_identity *id, uint16_t scheme, bool any_curve);
/* Signs; *n of at most IDENTITY_MAX_SIGNATURE bytes.  False: it cannot. */
bool crypto_identity_sign(const struct crypto_identity *id, uint16_t scheme, struct span message,
    uint8_t out[IDENTITY_MAX_SIGNATURE], size_t *n) MUST_USE;

#endif
