/*
 * openssl_memo - what libcrypto has made of bytes that come again and again: keys and certificates of
 * CAs, and whether one has signed the other.
 *
 * To load a key costs libcrypto more than to verify with it, and the hosts of a list have their
 * certificates from few CAs.  Everything is found by the SHA-256 of all the bytes that went in, and is
 * what would come out if it were made anew: nothing here depends on a host, a store or a time.
 *
 *	struct openssl_memo *m = openssl_memo_new();
 *	cert_sig_verify_with(m, issuer.spki, c.sig_alg.der, c.tbs, c.sig)
 *	openssl_memo_free(m);
 *
 * The number of places is fixed; what comes later to a place that is taken has it.
 */
#ifndef TLSAUDIT_ADAPT_OPENSSL_MEMO_H
#define TLSAUDIT_ADAPT_OPENSSL_MEMO_H

#include "adapt/openssl_x509.h"

struct evp_pkey_st; /* libcrypto's EVP_PKEY and X509, for openssl_x509.c alone */
struct x509_st;

struct openssl_memo *openssl_memo_new(void);
void openssl_memo_free(struct openssl_memo *m); /* NULL is allowed, here and below: nothing is kept */

/* A reference of the caller's own, or NULL: not kept. */
struct evp_pkey_st *openssl_memo_key(const struct openssl_memo *m, struct span spki);
struct x509_st *openssl_memo_cert(const struct openssl_memo *m, struct span der);
/* Takes a reference of its own. */
void openssl_memo_put_key(struct openssl_memo *m, struct span spki, struct evp_pkey_st *key);
void openssl_memo_put_cert(struct openssl_memo *m, struct span der, struct x509_st *cert);

struct openssl_memo_name { /* of one signature: the SHA-256 of all that it is */
	uint8_t b[32];
};
struct openssl_memo_name openssl_memo_name(
    struct span spki, struct span sig_alg, struct span tbs, struct span sig);
/* SIG_UNTRIED: not kept. */
enum sigcheck openssl_memo_sig(
    const struct openssl_memo *m, const struct openssl_memo_name *name);
void openssl_memo_put_sig(
    struct openssl_memo *m, const struct openssl_memo_name *name, enum sigcheck result);

#endif
