/*
 * weakest - the weakest keys and signatures of the chains that count.
 *
 * Keys: of the leaves, and of every CA on the way: intermediates that were sent and belong to a
 * path, and the roots where trusted paths end.  Signatures: on leaf and intermediates; a root's own
 * is looked at by nobody.  One key or hash that cannot be told leaves the weakest unknown.
 */
#ifndef TLSAUDIT_DERIVE_WEAKEST_H
#define TLSAUDIT_DERIVE_WEAKEST_H

#include "derive/deployment.h"

/* Settles F_KEY_MIN_BITS, F_CA_KEY_MIN_BITS, F_SIG_WEAKEST, F_SIG_MD5, F_SIG_SHA1, F_RSA_E1 from
 * deployments that were judged; at least one of them counts. */
void weakest_put(const struct deployments *d, struct facts *f);

#endif
