/*
 * keyset - numbers things as they come: 0 for the first, 1 for the next that is new, and so on.
 *
 *	struct keyset hosts = {0};
 *	i = keyset_put(&hosts, keyset_key(&k, text), &new);
 *	keyset_fini(&hosts);
 *
 * Keys are 64-bit hashes that the caller makes (keyset_hash(), or bytes of a SHA-256): 12 bytes
 * each in an open table.  Two of ten million differ in nearly all worlds (1 in 370,000).
 */
#ifndef TLSAUDIT_PULSE_KEYSET_H
#define TLSAUDIT_PULSE_KEYSET_H

#include "base/span.h"

struct keyset {
	uint64_t *keys; /* 0: free */
	uint32_t *number;
	size_t size, n; /* places, those taken */
	uint64_t seed;  /* of where keys go: who writes a record must not know it */
};

#define KEYSET_NONE UINT32_MAX

/* A hash of bytes, going on from another one (0 at first); every byte moves every bit of it. */
uint64_t keyset_hash(uint64_t seed, struct span bytes);
/* The same of a number. */
uint64_t keyset_mix(uint64_t seed, uint64_t v);
/* The number of a key; *is_new: it was not there before. */
uint32_t keyset_put(struct keyset *s, uint64_t key, bool *is_new);
/* The number of a key, or KEYSET_NONE. */
uint32_t keyset_get(const struct keyset *s, uint64_t key);
void keyset_fini(struct keyset *s);

#endif
