/* crowd - see crowd.h. */
#include "bulk/crowd.h"

#include <stdlib.h>

#include "base/check.h"
#include "base/xalloc.h"

enum { BUCKETS = 4096, KEY_MAX = 16 };

struct place {
	struct place *next;
	uint8_t key[KEY_MAX];
	size_t len;
	unsigned n;
};

struct crowd {
	struct place *buckets[BUCKETS];
};

struct crowd *
crowd_new(void)
{
	return xcalloc(1, sizeof(struct crowd));
}

void
crowd_free(struct crowd *c)
{
	if (c == NULL)
		return;
	for (size_t i = 0; i < BUCKETS; i++) {
		struct place *next;

		for (struct place *p = c->buckets[i]; p != NULL; p = next) {
			next = p->next;
			free(p);
		}
	}
	free(c);
}

static size_t
bucket(struct span key)
{
	uint32_t h = 2166136261U; /* FNV-1a */

	for (size_t i = 0; i < key.n; i++)
		h = (h ^ key.p[i]) * 16777619U;
	return (h ^ h >> 16) % BUCKETS;
}

static bool
is_at(const struct place *p, struct span key)
{
	return p->len == key.n && memcmp(p->key, key.p, key.n) == 0;
}

unsigned
crowd_count(const struct crowd *c, struct span key)
{
	for (const struct place *p = c->buckets[bucket(key)]; p != NULL; p = p->next)
		if (is_at(p, key))
			return p->n;
	return 0;
}

void
crowd_enter(struct crowd *c, struct span key)
{
	struct place **at = &c->buckets[bucket(key)], *p = *at;

	CHECK(key.n <= KEY_MAX);
	while (p != NULL && !is_at(p, key))
		p = p->next;
	if (p == NULL) {
		p = xcalloc(1, sizeof(*p));
		memcpy(p->key, key.p, key.n);
		p->len = key.n;
		p->next = *at;
		*at = p;
	}
	p->n++;
}

void
crowd_leave(struct crowd *c, struct span key)
{
	struct place **at = &c->buckets[bucket(key)], *p;

	while (*at != NULL && !is_at(*at, key))
		at = &(*at)->next;
	p = *at;
	CHECK(p != NULL && p->n > 0);
	if (--p->n > 0)
		return;
	*at = p->next;
	free(p);
}
