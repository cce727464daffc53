/*
 * openssl_p7 - who has signed a PKCS#7 message (RFC 2315, 9), whatever its content is.
 *
 *	struct p7_signed s;
 *	if (p7_verify(bytes, content, arena, &s))
 *		... s.signer is the certificate whose key has signed the content
 *
 * Only the signature is looked at; whether the signer may sign such a thing, and who vouches for it,
 * is the caller's to say.
 */
#ifndef TLSAUDIT_ADAPT_OPENSSL_P7_H
#define TLSAUDIT_ADAPT_OPENSSL_P7_H

#include "base/arena.h"
#include "base/span.h"

enum { P7_MAX_CERTS = 16 };

struct p7_signed {
	bool has_signer;                  /* there is a signature at all */
	struct span signer;               /* its certificate, DER, in the arena */
	struct span certs[P7_MAX_CERTS]; /* all that it carries */
	size_t n;
};

/* content: what is signed, without its header.  False: there is no signature, or it does not hold
 * under the key of a certificate that it carries; or more than one has signed. */
bool p7_verify(struct span message, struct span content, struct arena *a, struct p7_signed *out)
    MUST_USE;

#endif
