/*
 * rng - random bytes for hellos: the kernel's, or a seeded stream in tests.
 *
 * Nothing here guards a secret of value: the bytes become ClientHello randoms and session ids.  A
 * seeded rng gives the same bytes for the same seed on every machine (SplitMix64), which is what
 * golden hellos and replays need.
 */
#ifndef TLSAUDIT_BASE_RNG_H
#define TLSAUDIT_BASE_RNG_H

#include "base/span.h"

struct rng {
	bool seeded;
	uint64_t state;
};

/* An rng fed by getrandom(2). */
void rng_init(struct rng *r);
/* An rng that repeats itself. */
void rng_seed(struct rng *r, uint64_t seed);
/* Fills n bytes at p. */
void rng_bytes(struct rng *r, void *p, size_t n);
/* A number below limit (limit > 0). */
uint32_t rng_below(struct rng *r, uint32_t limit);

#endif
