/* arena - see arena.h.  A list of blocks, the newest first; big requests get a block of their own. */
#include "base/arena.h"

#include <stdarg.h>
#include <stdalign.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/check.h"
#include "base/xalloc.h"

enum { BLOCK_SIZE = 8192, ALIGN = alignof(max_align_t) };

struct block {
	struct block *next;
	size_t size, used;
	alignas(ALIGN) uint8_t data[];
};

struct arena {
	struct block *blocks;
	size_t cap, used;
};

struct arena *
arena_new(size_t cap)
{
	struct arena *a = xcalloc(1, sizeof(*a));

	a->cap = cap;
	return a;
}

void
arena_free(struct arena *a)
{
	struct block *b, *next;

	if (a == NULL)
		return;
	for (b = a->blocks; b != NULL; b = next) {
		next = b->next;
		free(b);
	}
	free(a);
}

void *
arena_alloc(struct arena *a, size_t n)
{
	struct block *b = a->blocks;
	void *p;

	CHECK(n < SIZE_MAX / 2);
	n = (n + ALIGN - 1) / ALIGN * ALIGN;
	if (b == NULL || b->size - b->used < n) {
		size_t size = n > BLOCK_SIZE / 2 ? n : BLOCK_SIZE;

		b = xcalloc(1, sizeof(*b) + size);
		b->size = size;
		if (size == n && a->blocks != NULL) {
			/* A block for one request goes second: the newest keeps its free tail. */
			b->next = a->blocks->next;
			a->blocks->next = b;
		} else {
			b->next = a->blocks;
			a->blocks = b;
		}
	}
	p = b->data + b->used;
	b->used += n;
	a->used += n;
	return p;
}

bool
arena_has_room(const struct arena *a, size_t n)
{
	return a->used <= a->cap && n <= a->cap - a->used;
}

bool
arena_full(const struct arena *a)
{
	return a->used >= a->cap;
}

size_t
arena_used(const struct arena *a)
{
	return a->used;
}

struct span
arena_span(struct arena *a, struct span s)
{
	uint8_t *p;

	if (s.n == 0)
		return (struct span){NULL, 0};
	p = arena_alloc(a, s.n);
	memcpy(p, s.p, s.n);
	return (struct span){p, s.n};
}

struct u16s
arena_u16s(struct arena *a, struct u16s l)
{
	uint16_t *v;

	if (l.n == 0)
		return (struct u16s){NULL, 0};
	v = arena_alloc(a, l.n * sizeof(*v));
	memcpy(v, l.v, l.n * sizeof(*v));
	return (struct u16s){v, l.n};
}

char *
arena_str(struct arena *a, const char *s)
{
	return arena_strn(a, s, strlen(s));
}

char *
arena_strn(struct arena *a, const void *p, size_t n)
{
	char *s = arena_alloc(a, n + 1);

	if (n > 0)
		memcpy(s, p, n);
	return s;
}

char *
arena_printf(struct arena *a, const char *fmt, ...)
{
	va_list ap;
	int n;
	char *s;

	va_start(ap, fmt);
	n = vsnprintf(NULL, 0, fmt, ap);
	va_end(ap);
	CHECK(n >= 0);
	s = arena_alloc(a, (size_t)n + 1);
	va_start(ap, fmt);
	vsnprintf(s, (size_t)n + 1, fmt, ap);
	va_end(ap);
	return s;
}
