/*
 * reference - the part of the posture that is judged by what clients negotiate.
 *
 * SSL Labs' guide does not count a weak suite against a server whose clients never get it: "we will
 * not penalize sites that use suites without forward secrecy provided they are never negotiated
 * with clients that can do better".  So forward secrecy, AEAD, RC4 and 64-bit blocks are judged by
 * simulated clients (simulate.h).  A client that cannot connect does not count.
 */
#ifndef TLSAUDIT_DERIVE_REFERENCE_H
#define TLSAUDIT_DERIVE_REFERENCE_H

#include "derive/accepted.h"

/* Settles posture.forward_secrecy, rc4, reference_fs, reference_aead and block64_modern, and puts
 * beside them, and beside posture.beast, the clients that come off worse. */
void conclude_reference(const struct accepted *all, const struct ctx *c, struct facts *out);

#endif
