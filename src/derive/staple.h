/*
 * staple - what a stapled OCSP response is worth to the client that gets it (RFC 6960, RFC 6066).
 *
 * One word says it: what the responder said of the leaf ("good", "revoked", "unknown") when all is
 * well with the response, or else what is wrong with it, the first thing that a client would stop
 * at:
 *
 *	too long, malformed		it cannot be read
 *	malformed request, internal error, try later, signature required, unauthorized
 *					the responder refused, and the server staples that
 *	other type			no basic response
 *	other certificate		it speaks of others, or of another issuer's
 *	issuer not known		nobody can tell who would have to sign it
 *	signer not known, signer not authorized, bad signature, cannot be verified
 *	not yet valid, expired		by its dates
 *
 * Revocation does not end: a response that verifies and says "revoked" is that even when expired.
 */
#ifndef TLSAUDIT_DERIVE_STAPLE_H
#define TLSAUDIT_DERIVE_STAPLE_H

#include "fact.h"
#include "pki/cert.h"
#include "pki/sct.h"

enum { STAPLE_SKEW = 300 }; /* seconds by which clocks may differ: what OpenSSL allows too */

struct staple {
	const char *status; /* one of the above */
	const char *detail; /* a sentence more, or NULL */
	const char *times;  /* "thisUpdate/nextUpdate" of the leaf's response, or NULL */
	const char *left;   /* whole hours until nextUpdate, or NULL: none is said */
	const char *signer; /* its name, clean; NULL: not found */
	bool revoked;       /* status is "revoked" */
	bool good;          /* status is "good" */
};

/* Judges one response for this leaf at this moment.  issuer: the certificate whose key signed the
 * leaf, or NULL when it is not known.  Texts live in the arena. */
struct staple staple_judge(struct span response, const struct cert *leaf, const struct cert *issuer,
    int64_t now, struct arena *a);
/* The SCTs that a response carries, nothing verified. */
struct sct_list staple_scts(struct span response);
/* Fills in the staple facts of a K_DEPLOY row; NULL: none came. */
void staple_put(const struct staple *s, struct facts *row);

#endif
