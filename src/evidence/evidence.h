/*
 * evidence - the audit's gatherer: asks third parties, and puts what they say as rows.
 *
 *	struct evidence *e = evidence_new(&(struct evidence_env){.loop = l, .fetcher = f, ...});
 *	struct gatherer g = evidence_gatherer(e);
 *	audit_options.gather = &g;
 *	...
 *	evidence_free(e);		when no audit is under way any more
 *
 * OUTSIDE_WEB.  For the leaf and the intermediates of every chain that counts: what caIssuers
 * brings, and on to the issuers of that (at most EVIDENCE_AIA_DEPTH up); OCSP by GET without and by
 * POST with a nonce; the CRLs of its distribution points.  All at once, each URL once, and all of
 * it over within EVIDENCE_MS.  K_FETCH and K_CRL rows stand in the order in which they were asked.
 *
 * OUTSIDE_DNS.  For a target that is a name: CAA of it and of every name above it, TLSA of its port,
 * HTTPS, MX, the TXT records of MTA-STS and TLS-RPT, the SRV record of Key Transparency, and the
 * policy of MTA-STS when there is one; each with what DNSSEC says of it (net/dnssec.h).  K_ANSWER
 * and K_RR rows, over within EVIDENCE_DNS_MS.
 */
#ifndef TLSAUDIT_EVIDENCE_EVIDENCE_H
#define TLSAUDIT_EVIDENCE_EVIDENCE_H

#include "gather.h"

struct desk;
struct dnssec;
struct evidence;
struct fetcher;
struct loop;
struct sqlite;
struct store_set;

enum {
	EVIDENCE_MS = 20000,    /* for everything that one endpoint's certificates name */
	EVIDENCE_DNS_MS = 8000, /* for all that DNS says of its name */
	EVIDENCE_CERTS = 12,    /* certificates asked about */
	EVIDENCE_FETCHES = 64,
	EVIDENCE_AIA_DEPTH = 4, /* issuers of issuers */
	EVIDENCE_CRL_BYTES = 8 * 1024 * 1024 /* unless more is allowed, up to CRL_MAX_BYTES */
};

struct evidence_env { /* all borrowed, and outlives it */
	struct loop *loop;
	struct fetcher *fetcher;
	struct desk *desk; /* who asks on the fetcher's behalf what many may want to know */
	struct dnssec *dnssec;
	const struct store_set *stores;
	struct sqlite *cache; /* NULL: nothing is remembered */
	size_t crl_bytes;     /* 0: EVIDENCE_CRL_BYTES */
};

struct evidence *evidence_new(const struct evidence_env *env);
struct gatherer evidence_gatherer(struct evidence *e); /* lives as long as e */
void evidence_free(struct evidence *e);                /* NULL is allowed */

#endif
