/*
 * lints - which rules for making certificates are broken (pki/lint.h), as K_LINT rows.
 *
 * Every certificate of a deployment that counts is held against RFC 5280; those on a path that a
 * public store trusts against the Baseline Requirements as well, which bind nobody else.
 *
 *	lints_put(&deployments, facts);		after deployment_judge()
 */
#ifndef TLSAUDIT_DERIVE_LINTS_H
#define TLSAUDIT_DERIVE_LINTS_H

#include "derive/deployment.h"

void lints_put(const struct deployments *d, struct facts *f);

#endif
