/*
 * opinion - what a TLS library says about a chain, next to what this project says.
 *
 * The verdict of this project comes from pki/path.h.  OpenSSL and GnuTLS are asked the same
 * question because their answer is what programs built on them will do; where the three differ,
 * the report says so.  Their codes and texts are evidence, never the base of a verdict.
 */
#ifndef TLSAUDIT_ADAPT_OPINION_H
#define TLSAUDIT_ADAPT_OPINION_H

#include "base/span.h"

struct openssl_memo;

enum { OPINION_MAX_CHAIN = 100, OPINION_MAX_ROOTS = 32 };

/* The question.  Only roots that can matter need be in it (chain_candidate_roots()). */
struct opinion_ask {
	const struct span *sent; /* DER, leaf first; more than OPINION_MAX_CHAIN are ignored */
	size_t n_sent;
	const struct span *roots; /* DER of trusted roots; at most OPINION_MAX_ROOTS */
	size_t n_roots;
	int64_t now;      /* seconds since 1970 UTC */
	const char *host; /* A-labels or IP text; NULL: the name is not asked about */
	struct openssl_memo *memo; /* or NULL: nothing is kept */
};

/* What a library holds against a chain, the same words for both. */
enum opinion_cause {
	OPINION_NOTHING,
	OPINION_NO_ISSUER, /* nobody it knows has signed the certificate */
	OPINION_SIGNATURE, /* the one it took for the issuer has not signed it */
	OPINION_EXPIRED,
	OPINION_NOT_YET_VALID,
	OPINION_WEAK, /* a hash or key below what it takes */
	OPINION_PURPOSE,
	OPINION_NOT_A_CA,
	OPINION_CONSTRAINT, /* of names or of the length of the path */
	OPINION_CRITICAL,
	OPINION_NAME,
	OPINION_TOO_LONG,
	OPINION_OTHER,
};

/* The answer; zero-filled: the library could not be asked (a certificate it cannot even load). */
struct opinion {
	bool asked;
	bool trusted;
	int code;            /* OpenSSL: X509_V_ERR_*; GnuTLS: gnutls_certificate_status_t bits */
	enum opinion_cause cause; /* of the code: NOTHING when it is trusted */
	int depth;           /* certificate the code is about, 0 = leaf; -1 = not said */
	const char *text;    /* the library's words; "" when not asked; lives in the arena */
	const char *library; /* "OpenSSL 3.0.19", a constant */
};

#endif
