/*
 * cert_profile - what a certificate is meant for and how well it is made, as facts of its row:
 * every extension, policies, name constraints, lifetime, weaknesses of its key, collision risk.
 *
 *	cert_profile_put(row, &cert, now, arena);
 *
 * Called by certificate_describe() for one that can be read.
 */
#ifndef TLSAUDIT_DERIVE_CERT_PROFILE_H
#define TLSAUDIT_DERIVE_CERT_PROFILE_H

#include "fact.h"
#include "pki/cert.h"

enum { CERT_PROFILE_HEX = 64 /* bytes of an unknown extension that are shown */ };

/* F_CERT_SELF_SIGNED must be settled before; texts are made in the arena. */
void cert_profile_put(struct facts *row, const struct cert *c, int64_t now, struct arena *a);
/* "EV", "DV", "OV", "IV" by the policy it asserts (Baseline Requirements, 7.1.6.1); NULL: none. */
const char *cert_profile_validation(const struct cert *c);

#endif
