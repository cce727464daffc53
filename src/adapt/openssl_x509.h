/*
 * openssl_x509 - signatures checked by libcrypto, and OpenSSL's own opinion of a chain.
 *
 * Functions of bytes only: nothing is configured (openssl.cnf is not read), no state is kept but what
 * a caller keeps (openssl_memo.h), the error queue is empty afterwards.  Keys too big to be honest are refused before any arithmetic.
 *
 *	if (cert_sig_verify(issuer.spki, c.sig_alg.der, c.tbs, c.sig) == SIG_OK) ...
 */
#ifndef TLSAUDIT_ADAPT_OPENSSL_X509_H
#define TLSAUDIT_ADAPT_OPENSSL_X509_H

#include "adapt/opinion.h"

struct arena;
struct openssl_memo;

enum {
	SIG_MAX_RSA_BITS = 16384, /* OpenSSL's own OPENSSL_RSA_MAX_MODULUS_BITS */
	SIG_MAX_SPKI = 16 * 1024,
	SIG_MAX_TBS = 32 * 1024 * 1024, /* a CRL's */
	SIG_MAX_BYTES = 64 * 1024, /* of one signature; SLH-DSA has 49,856 */
};

enum sigcheck {
	SIG_UNTRIED,
	SIG_OK,
	SIG_BAD,         /* does not verify, or key and algorithm do not go together */
	SIG_UNSUPPORTED, /* libcrypto does not have the algorithm or curve: nothing is known */
	SIG_TOO_BIG,     /* over the limits above: not tried */
	SIG_BAD_KEY,     /* the key cannot be loaded */
};

/*
 * Does sig over tbs verify under the key in issuer_spki?  spki: SubjectPublicKeyInfo; sig_alg:
 * AlgorithmIdentifier, header included; tbs: the bytes signed; sig: content bits.  OCSP responses
 * and CRLs are checked by the same function.
 */
enum sigcheck cert_sig_verify(
    struct span issuer_spki, struct span sig_alg, struct span tbs, struct span sig) MUST_USE;

/* The same, with what was worked out before (openssl_memo.h); m NULL: with nothing. */
enum sigcheck cert_sig_verify_with(struct openssl_memo *m, struct span issuer_spki,
    struct span sig_alg, struct span tbs, struct span sig) MUST_USE;

/*
 * The same for bytes that are no DER (a log's timestamps): SHA-256 with ECDSA, or with RSA as in
 * PKCS#1 v1.5 (rsa).  A key of another kind is SIG_BAD.
 */
enum sigcheck bytes_sig_verify(
    struct span spki, bool rsa, struct span bytes, struct span sig) MUST_USE;

/*
 * What X509_verify_cert says: purpose sslserver, the given time and host, security level 1 (what
 * upstream's TLS clients use), no partial chains, no network.  Words live in the arena.
 */
struct opinion openssl_chain_verdict(const struct opinion_ask *ask, struct arena *a);

#endif
