/*
 * issuer - whose key signed a certificate: among those sent, those that AIA brought, and the roots.
 *
 *	struct cert issuer;
 *	if (issuer_find(f, stores, &c, &issuer))
 *		... issuer.spki verifies c
 */
#ifndef TLSAUDIT_DERIVE_ISSUER_H
#define TLSAUDIT_DERIVE_ISSUER_H

#include "fact.h"
#include "pki/cert.h"

struct store_set;

/* Does the name fit, and does its key verify the signature? */
bool issuer_signed(const struct cert *issuer, const struct cert *c);
/* Among the K_CERT rows, the K_FETCH rows and the stores (NULL: none).  *out borrows their bytes. */
bool issuer_find(const struct facts *f, const struct store_set *stores, const struct cert *c,
    struct cert *out) MUST_USE;

#endif
