/* fixchain - see fixchain.h. */
#include "derive/fixchain.h"

size_t
fixchain_find(const struct facts *f, const char *host, const struct store_set *stores,
    uint32_t asked, int64_t now, struct arena *a, struct fixchain *out)
{
	struct deployments *d = arena_alloc(a, sizeof(*d));
	size_t n = 0;

	deployments_find(f, d);
	for (size_t i = 0; i < d->n; i++) {
		const struct chain_input *in;

		if (!d->v[i].counts)
			continue;
		in = deployment_input(&d->v[i], f, host, stores, now, a);
		out[n++] = (struct fixchain){(uint32_t)i, chain_fix(chain_judge(in, a), in, asked)};
	}
	return n;
}
