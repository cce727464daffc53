/* window - see window.h. */
#include "bulk/window.h"

#include <stdlib.h>

#include "base/check.h"
#include "base/rng.h"
#include "base/xalloc.h"

struct window {
	struct list_item *v;
	size_t n, size;
	struct rng rng;
};

struct window *
window_new(size_t size, uint64_t seed)
{
	struct window *w = xcalloc(1, sizeof(*w));

	CHECK(size > 0);
	w->v = xcalloc(size, sizeof(*w->v));
	w->size = size;
	if (seed != 0)
		rng_seed(&w->rng, seed);
	else
		rng_init(&w->rng);
	return w;
}

void
window_free(struct window *w)
{
	if (w == NULL)
		return;
	free(w->v);
	free(w);
}

size_t
window_count(const struct window *w)
{
	return w->n;
}

bool
window_full(const struct window *w)
{
	return w->n == w->size;
}

void
window_put(struct window *w, const struct list_item *item)
{
	CHECK(w->n < w->size);
	w->v[w->n++] = *item;
}

bool
window_take(struct window *w, struct list_item *out)
{
	size_t i;

	if (w->n == 0)
		return false;
	i = rng_below(&w->rng, (uint32_t)w->n);
	*out = w->v[i];
	w->v[i] = w->v[--w->n];
	return true;
}
