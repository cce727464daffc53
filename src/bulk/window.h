/*
 * window - the order of a scan: targets in, and out again in another order, as few as fit.
 *
 * A stream cannot be permuted, a window of it can: each time one of those inside is drawn by lot, so
 * that neighbours of the list, which are often neighbours in the network, are not asked one after the
 * other.  The same seed and the same list give the same order.
 *
 *	struct window *w = window_new(4096, seed);
 *	while (!window_full(w) && list_next(l, &item) == LIST_TARGET)
 *		window_put(w, &item);
 *	if (window_take(w, &item))
 *		...
 *	window_free(w);
 */
#ifndef TLSAUDIT_BULK_WINDOW_H
#define TLSAUDIT_BULK_WINDOW_H

#include "bulk/list.h"

enum { WINDOW_SIZE = 4096 };

struct window;

/* seed 0: the kernel's randomness. */
struct window *window_new(size_t size, uint64_t seed);
void window_free(struct window *w); /* NULL is allowed */
size_t window_count(const struct window *w);
bool window_full(const struct window *w);
/* Copies the item; the window must not be full. */
void window_put(struct window *w, const struct list_item *item);
/* Draws one and removes it; false when there is none. */
bool window_take(struct window *w, struct list_item *out) MUST_USE;

#endif
