/* keyset - see keyset.h. */
#include "pulse/keyset.h"

#include <stdlib.h>

#include "base/rng.h"
#include "base/xalloc.h"

enum { FIRST = 1024 };

/* The finalizer of SplitMix64: a bijection in which each bit of v moves half of the result's.  The
 * seed comes in multiplied, so that neighbours of both do not meet. */
uint64_t
keyset_mix(uint64_t seed, uint64_t v)
{
	v += seed * UINT64_C(0x9fb21c651e98df25) + UINT64_C(0x9e3779b97f4a7c15);
	v = (v ^ v >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	v = (v ^ v >> 27) * UINT64_C(0x94d049bb133111eb);
	return v ^ v >> 31;
}

uint64_t
keyset_hash(uint64_t seed, struct span bytes)
{
	uint64_t h = keyset_mix(seed, bytes.n), word;

	while (bytes.n > 0) {
		size_t n = bytes.n < sizeof(word) ? bytes.n : sizeof(word);

		word = 0;
		memcpy(&word, bytes.p, n);
		h = keyset_mix(h, word);
		bytes.p += n;
		bytes.n -= n;
	}
	return h;
}

/* Where a key is, or the free place for it.  A record says what the hashes of certificates are, so
 * keys may be chosen: those of a file could all want the same place. */
static size_t
place(const struct keyset *s, uint64_t key)
{
	size_t i = (size_t)keyset_mix(s->seed, key) & (s->size - 1);

	while (s->keys[i] != 0 && s->keys[i] != key)
		i = (i + 1) & (s->size - 1);
	return i;
}

static void
grow(struct keyset *s)
{
	struct keyset old = *s;
	struct rng rng;

	if (old.size == 0) {
		rng_init(&rng);
		rng_bytes(&rng, &s->seed, sizeof(s->seed));
	}
	s->size = old.size > 0 ? 2 * old.size : FIRST;
	s->keys = xcalloc(s->size, sizeof(*s->keys));
	s->number = xcalloc(s->size, sizeof(*s->number));
	for (size_t i = 0; i < old.size; i++) {
		size_t to;

		if (old.keys[i] == 0)
			continue;
		to = place(s, old.keys[i]);
		s->keys[to] = old.keys[i];
		s->number[to] = old.number[i];
	}
	free(old.keys);
	free(old.number);
}

uint32_t
keyset_put(struct keyset *s, uint64_t key, bool *is_new)
{
	size_t i;

	key = key != 0 ? key : 1;
	if (4 * (s->n + 1) > 3 * s->size)
		grow(s);
	i = place(s, key);
	*is_new = s->keys[i] == 0;
	if (*is_new) {
		s->keys[i] = key;
		s->number[i] = (uint32_t)s->n++;
	}
	return s->number[i];
}

uint32_t
keyset_get(const struct keyset *s, uint64_t key)
{
	size_t i;

	if (s->n == 0)
		return KEYSET_NONE;
	i = place(s, key != 0 ? key : 1);
	return s->keys[i] != 0 ? s->number[i] : KEYSET_NONE;
}

void
keyset_fini(struct keyset *s)
{
	free(s->keys);
	free(s->number);
	*s = (struct keyset){0};
}
