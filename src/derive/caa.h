/*
 * caa - may the CA that issued a leaf issue for this name (RFC 8659)?
 *
 * A CA tells by which names it answers to CAA; the ones of the large CAs are rows of
 * caa_issuers.def, by the organisation in the issuer's name.  Of others nothing can be told, unless
 * the records forbid everybody.
 */
#ifndef TLSAUDIT_DERIVE_CAA_H
#define TLSAUDIT_DERIVE_CAA_H

#include "fact.h"

/* Settles the CAA facts from K_ANSWER and K_RR rows, and the leaves of the chains that count. */
void caa_put(struct facts *f, const char *host);
/* Does the CA with this organisation name answer to this CAA name?  Unknown: no such row. */
enum tri caa_is_issuer(const char *organisation, struct span name);

#endif
