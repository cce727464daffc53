/*
 * parties - all that a run needs to ask others than the servers it audits: names, DNS records, issuers,
 * OCSP, CRLs.
 *
 *	struct parties x;
 *	if (!parties_open(&x, &(struct parties_env){.loop = l, .o = o, .stores = set, .names = true,
 *		.records = true, .web = true}, err, sizeof(err)))
 *		...
 *	shared.resolver = x.resolver;
 *	shared.gather = parties_gatherer(&x);
 *	...
 *	parties_close(&x);		when no audit is under way any more
 *
 * For a list (`many`) what is fetched is told to all endpoints that want it, for a while
 * (evidence/desk.h), third parties are asked no oftener than the manners allow, and nothing is kept on
 * disk.
 */
#ifndef TLSAUDIT_PARTIES_H
#define TLSAUDIT_PARTIES_H

#include "gather.h"
#include "net/fetch.h"
#include "options.h"

struct parties {
	struct resolver *resolver; /* NULL: neither names nor web */
	struct dnssec *dnssec;	   /* NULL: no records, or it is the proxy that looks up */
	struct fetcher *fetcher;
	struct desk *desk;
	struct sqlite *cache;
	struct evidence *evidence; /* NULL: nothing is gathered */
	struct gatherer gatherer;
};

struct parties_env { /* what it points to outlives it */
	struct loop *loop;
	const struct options *o;
	const struct store_set *stores;
	bool names, records, web;	      /* what has to be looked up */
	bool many;			      /* endpoints, of a list */
	unsigned dns_rate;		      /* questions a second for records; 0: no limit */
	const struct fetch_manners *manners; /* or NULL */
	const struct proxy *proxy;	      /* through which they are asked, or NULL */
};

/* False with a sentence in err; it can be closed all the same. */
bool parties_open(struct parties *x, const struct parties_env *env, char *err, size_t errlen) MUST_USE;
/* Opens now all files that would be opened later: for a worker that is about to give them up. */
void parties_prepare(struct parties *x);
/* NULL: nothing is gathered. */
const struct gatherer *parties_gatherer(const struct parties *x);
void parties_close(struct parties *x);

#endif
