/* dhprimes - see dhprimes.h. */
#include "tls/dhprimes.h"

static const struct dh_prime primes[] = {
#define DH_PRIME(name, bits, kind, standard, bytes)                                                \
	{name, bits, kind, standard, {(const uint8_t *)(bytes), sizeof(bytes) - 1}},
#include "tls/dhprimes.def"
#undef DH_PRIME
};

/* Two numbers without leading zero bytes: below, at, above 0 as memcmp(). */
static int
compare(struct span a, struct span b)
{
	if (a.n != b.n)
		return a.n < b.n ? -1 : 1;
	return a.n == 0 ? 0 : memcmp(a.p, b.p, a.n);
}

const struct dh_prime *
dh_prime_find(struct span p)
{
	size_t low = 0, high = N_ELEMENTS(primes);

	while (p.n > 0 && p.p[0] == 0)
		p = (struct span){p.p + 1, p.n - 1};
	while (low < high) {
		size_t mid = low + (high - low) / 2;
		int order = compare(p, primes[mid].p);

		if (order == 0)
			return &primes[mid];
		if (order < 0)
			high = mid;
		else
			low = mid + 1;
	}
	return NULL;
}

const char *
dh_prime_name(struct span p)
{
	const struct dh_prime *d = dh_prime_find(p);

	return d != NULL ? d->name : NULL;
}

size_t
dh_prime_count(void)
{
	return N_ELEMENTS(primes);
}

const struct dh_prime *
dh_prime_at(size_t i)
{
	return &primes[i];
}
