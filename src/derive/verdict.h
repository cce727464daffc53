/*
 * verdict - what each trust store makes of a deployment, as K_TRUST rows.
 *
 * The verdict is this project's (pki/path.h).  OpenSSL and GnuTLS are asked the same question with
 * the store's roots that can matter for the chain; stores with the same roots for it share one
 * answer, since asking is what costs.  Where a store has no such root there is nothing to ask.
 */
#ifndef TLSAUDIT_DERIVE_VERDICT_H
#define TLSAUDIT_DERIVE_VERDICT_H

#include "derive/deployment.h"

/* Adds one K_TRUST row per column of the store set (for the roots of Windows' products only where
 * the chain leads to one), and a K_MISSING row for each certificate that
 * some store needs and that was not sent; d has been judged.  host: as it was judged with. */
void verdict_put(const struct deployment *d, uint32_t id, const char *host,
    const struct store_set *stores, int64_t now, struct facts *f);

#endif
