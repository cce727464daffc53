/* cert_internal - what cert.c, cert_ext.c and cert_key.c share; nobody else includes it. */
#ifndef TLSAUDIT_PKI_CERT_INTERNAL_H
#define TLSAUDIT_PKI_CERT_INTERNAL_H

#include "pki/cert.h"

/* Reads all of c->exts; what cannot be read sets flaws. */
void cert_exts_read(struct cert *c);
/* Magnitude in bits of a big-endian number without leading zero bytes. */
uint32_t cert_bit_length(struct span magnitude);

#endif
