/* rng - see rng.h. */
#include "base/rng.h"

#include <sys/random.h>

#include "base/check.h"

void
rng_init(struct rng *r)
{
	*r = (struct rng){0};
}

void
rng_seed(struct rng *r, uint64_t seed)
{
	*r = (struct rng){.seeded = true, .state = seed};
}

static uint64_t
next64(struct rng *r)
{
	uint64_t z = (r->state += UINT64_C(0x9e3779b97f4a7c15));

	z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
	return z ^ (z >> 31);
}

void
rng_bytes(struct rng *r, void *p, size_t n)
{
	uint8_t *out = p;

	if (!r->seeded) {
		while (n > 0) {
			size_t part = n < 256 ? n : 256;
			ssize_t got = getrandom(out, part, 0);

			CHECK(got == (ssize_t)part); /* 256 bytes or fewer never come short */
			out += part;
			n -= part;
		}
		return;
	}
	while (n > 0) {
		uint64_t v = next64(r);

		for (int i = 0; i < 8 && n > 0; i++, n--, v >>= 8)
			*out++ = (uint8_t)v;
	}
}

uint32_t
rng_below(struct rng *r, uint32_t limit)
{
	uint32_t v;

	CHECK(limit > 0);
	rng_bytes(r, &v, sizeof(v));
	return v % limit;
}
