/*
 * openssl_p12 - the certificates of a PKCS#12 keystore, as Java has it since JDK 18.
 */
#ifndef TLSAUDIT_ADAPT_OPENSSL_P12_H
#define TLSAUDIT_ADAPT_OPENSSL_P12_H

#include "base/arena.h"
#include "base/span.h"

/* The DER of at most max certificates, in the arena.  0: not PKCS#12, another password, none. */
size_t p12_certs(struct span in, const char *password, struct arena *a, struct span *out, size_t max);

#endif
