/*
 * lookup - the addresses of one kind that a name has, or the reason why there are none.
 *
 * libunbound is asked first; when it fails, its server is asked plainly why (see net/resolve.h).
 *
 *	struct lookup *k = lookup_new(&env, "example.org", DNS_AAAA, on_end, arg);
 *	...					on_end(arg, k), once
 *	lookup_result(k)->status
 *	lookup_free(k);				before or after
 */
#ifndef TLSAUDIT_NET_LOOKUP_H
#define TLSAUDIT_NET_LOOKUP_H

#include "adapt/ldns.h"
#include "base/rng.h"
#include "net/resolve.h"

struct lookup;
struct unbound;

struct lookup_env { /* outlives the lookups; all borrowed */
	struct loop *loop;
	struct unbound *unbound;
	struct address server; /* whom to ask why; len 0: nobody */
	struct rng *rng;
};

struct lookup_result {
	enum resolve_status status;
	char detail[160]; /* as in struct resolved */
	struct dns_addr addrs[DNS_ADDRS_MAX];
	size_t n;
	bool capped;
};

typedef void lookup_end_fn(void *arg, struct lookup *k);

/* Starts it; name is copied.  end() may be called before this returns, must not free k, and is not
 * called after lookup_free().  Never NULL. */
struct lookup *lookup_new(
    const struct lookup_env *env, const char *name, uint16_t type, lookup_end_fn *end, void *arg);
/* What came out; until end() is called: RESOLVE_TIMEOUT, and who is silent. */
const struct lookup_result *lookup_result(const struct lookup *k);
void lookup_free(struct lookup *k); /* NULL is allowed */

#endif
