/*
 * dane - TLSA records against the chains in use (RFC 6698, RFC 7671).
 *
 * Only records that DNSSEC vouches for mean anything: without it the answer "insecure" says that no
 * client may look at them (RFC 6698, 4.1).  A chain matches when one usable record does; an endpoint
 * when every chain in use does.  PKIX-TA and PKIX-EE also want the chain to be trusted.
 */
#ifndef TLSAUDIT_DERIVE_DANE_H
#define TLSAUDIT_DERIVE_DANE_H

#include "fact.h"

/* Adds K_TLSA rows, and settles F_DNS_TLSA, F_DANE and F_DNS_TLSA_SPARE. */
void dane_put(struct facts *f);

#endif
