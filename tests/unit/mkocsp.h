/*
 * mkocsp - OCSP responses made while the test runs, good and bad, by libcrypto.
 *
 *	struct span der = mk_ocsp(arena, &(struct mk_ocsp_spec){.leaf = leaf, .issuer = inter});
 *
 * Zero in a spec means the sane default: good, signed by the issuer, from a day before MK_NOW to
 * six days after it.
 */
#ifndef TLSAUDIT_TESTS_MKOCSP_H
#define TLSAUDIT_TESTS_MKOCSP_H

#include "base/arena.h"
#include "mkpki.h"

enum mk_ocsp_says { MK_OCSP_GOOD, MK_OCSP_REVOKED, MK_OCSP_UNKNOWN };

struct mk_ocsp_spec {
	const struct mk *leaf, *issuer; /* whom it is about */
	const struct mk *signer;        /* NULL: the issuer; else its certificate comes along */
	bool by_key;                    /* the responder is given by its key's hash */
	bool no_certs;                  /* the signer's certificate stays at home */
	bool broken;    /* a bit of the signature is turned; no_certs, or by issuer */
	bool sha256_id; /* CertID with SHA-256 */
	enum mk_ocsp_says says;
	int status;              /* OCSPResponseStatus, when not 0 without any answer */
	int64_t from, to;        /* seconds since 1970; to = -1: no nextUpdate */
	struct span scts;        /* SignedCertificateTimestampList; empty: none */
	const struct mk *before; /* an answer about this one, of the same issuer, comes first */
};

/* The DER of the response, in the arena. */
struct span mk_ocsp(struct arena *a, const struct mk_ocsp_spec *s);

#endif
