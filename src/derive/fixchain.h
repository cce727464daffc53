/*
 * fixchain - the chains that a server should send instead of those it sends.
 *
 * From the facts of an audit, or of a chain from a file: each deployment that counts is judged once
 * more, with all certificates that the facts hold, and chain_fix() (pki/path.h) says what to send.
 *
 *	struct fixchain v[DEPLOYMENTS_MAX];
 *	size_t n = fixchain_find(f, host, stores, asked, now, arena, v);
 *	for (size_t i = 0; i < n; i++)
 *		if (v[i].fix.kind == CHAIN_FIX_BUNDLE)
 *			... v[i].fix.certs ...
 */
#ifndef TLSAUDIT_DERIVE_FIXCHAIN_H
#define TLSAUDIT_DERIVE_FIXCHAIN_H

#include "derive/deployment.h"

struct fixchain {
	uint32_t deployment; /* its id */
	struct chain_fix fix;
};

/* One entry per deployment that counts, at most DEPLOYMENTS_MAX; returns how many.  host: as the
 * chains were judged with, or NULL; asked: STORE_BIT()s.  All lives in the arena and the facts. */
size_t fixchain_find(const struct facts *f, const char *host, const struct store_set *stores,
    uint32_t asked, int64_t now, struct arena *a, struct fixchain *out);

#endif
