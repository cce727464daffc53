/*
 * crl_judge - what one CRL says of one certificate (RFC 5280, 6.3.3).
 *
 * One word, as with stapled responses (derive/staple.h): "good" or "revoked" when all is well with
 * the list, or else the first thing at which a client would stop:
 *
 *	malformed		no CRL, or one in PEM: RFC 5280, 4.2.1.13 wants DER
 *	other issuer, bad signature, signer not authorized, cannot be verified
 *	not a whole list	delta, indirect, or for some reasons only
 *	other partition		its issuing distribution point is none of the certificate's
 *	unknown critical extension
 *	not yet valid, expired
 *
 * An entry in a list that verifies is "revoked" even when the list has expired.
 */
#ifndef TLSAUDIT_EVIDENCE_CRL_JUDGE_H
#define TLSAUDIT_EVIDENCE_CRL_JUDGE_H

#include "pki/crl.h"

struct crl_judgement {
	const char *status; /* one of the above, static */
	struct crl crl;     /* borrows the body; zero-filled when malformed */
	struct crl_entry entry;
	bool revoked, good;
};

enum { CRL_SKEW = 300 }; /* seconds by which clocks may differ */

struct crl_judgement crl_judge(
    struct span body, const struct cert *c, const struct cert *issuer, int64_t now);

#endif
