/* parties - see parties.h. */
#include "config.h"

#include "parties.h"

#include <stdlib.h>

#include "adapt/sqlite.h"
#include "base/xalloc.h"
#include "evidence/desk.h"
#include "evidence/evidence.h"
#include "net/dnssec.h"
#include "net/resolve.h"

/* What a list remembers: as long as a CRL of the shortest life is good, and much less than memory. */
static const struct desk_limits for_many = {
    .keep_ms = 15 * 60 * 1000, .failed_ms = 60 * 1000, .keep_bytes = 32 << 20};
static const struct desk_limits for_one = {.keep_ms = 0};

/* The XDG base directory specification: an absolute $XDG_CACHE_HOME, or ~/.cache. */
static struct sqlite *
open_cache(void)
{
	const char *xdg = getenv("XDG_CACHE_HOME"), *home = getenv("HOME");
	struct sqlite *cache;
	char *path;

	if (xdg != NULL && xdg[0] == '/')
		path = xasprintf("%s/tlsaudit/revocation.db", xdg);
	else if (home != NULL && home[0] == '/')
		path = xasprintf("%s/.cache/tlsaudit/revocation.db", home);
	else
		return NULL;
	cache = sqlite_open(path);
	free(path);
	return cache;
}

static void
open_web(struct parties *x, const struct parties_env *env)
{
	if (!env->o->no_cache && !env->many)
		x->cache = open_cache();
	x->fetcher = fetcher_new(env->loop, x->resolver, env->manners);
	if (env->proxy != NULL)
		fetcher_use_proxy(x->fetcher, env->proxy);
	x->desk = desk_new(env->loop, x->fetcher, env->many ? &for_many : &for_one);
	x->evidence = evidence_new(&(struct evidence_env){.loop = env->loop,
	    .fetcher = x->fetcher, .desk = x->desk, .dnssec = x->dnssec, .stores = env->stores,
	    .cache = x->cache, .crl_bytes = (size_t)env->o->crl_max_mib << 20});
	x->gatherer = evidence_gatherer(x->evidence);
}

bool
parties_open(struct parties *x, const struct parties_env *env, char *err, size_t errlen)
{
	const struct options *o = env->o;
	struct resolver_options ro = {.server = o->resolver, .v4 = !o->ipv6_only, .v6 = !o->ipv4_only};
	struct dnssec_options d = {
	    .server = o->resolver, .anchor = o->dns_anchor, .per_second = env->dns_rate};

	*x = (struct parties){.resolver = NULL};
	if (env->names || env->web) {
		x->resolver = resolver_new(env->loop, &ro, err, errlen);
		if (x->resolver == NULL)
			return false;
	}
	if ((env->records || env->web) && !proxy_looks_up(env->proxy))
		x->dnssec = dnssec_new(env->loop, &d);
	if (env->web)
		open_web(x, env);
	return true;
}

void
parties_prepare(struct parties *x)
{
	if (x->resolver != NULL)
		resolver_prepare(x->resolver);
	if (x->dnssec != NULL)
		dnssec_prepare(x->dnssec);
	if (x->fetcher != NULL)
		fetcher_prepare(x->fetcher);
}

const struct gatherer *
parties_gatherer(const struct parties *x)
{
	return x->evidence != NULL ? &x->gatherer : NULL;
}

void
parties_close(struct parties *x)
{
	evidence_free(x->evidence);
	desk_free(x->desk);
	dnssec_free(x->dnssec);
	resolver_free(x->resolver);
	fetcher_free(x->fetcher);
	sqlite_close(x->cache);
}
