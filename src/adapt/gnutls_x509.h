/*
 * gnutls_x509 - GnuTLS's opinion of a chain: the second of the two libraries most servers' clients
 * use.  See adapt/opinion.h for what it is asked for.
 */
#ifndef TLSAUDIT_ADAPT_GNUTLS_X509_H
#define TLSAUDIT_ADAPT_GNUTLS_X509_H

#include "adapt/opinion.h"

struct arena;

/*
 * What gnutls_x509_trust_list_verify_crt2 says: purpose serverAuth, the given time and host, the
 * default verification flags.  The status bits come in words, which live in the arena.  While it
 * runs, GnuTLS's clock is the given time (its time function is process-wide; put back after).
 */
struct opinion gnutls_chain_verdict(const struct opinion_ask *ask, struct arena *a);
/* The version of the GnuTLS that runs, for --version. */
const char *gnutls_x509_version(void);

#endif
