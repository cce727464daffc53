/* weak_key: see weak_key.h. */
#include "pki/weak_key.h"

#include <limits.h>

#include "adapt/gmp.h"
#include "adapt/openssl_bn.h"
#include "adapt/openssl_crypto.h"

enum { SMALL = 1 << 16, PRIMES = 6541 /* odd ones below that */ };

static void
add(struct weak_key *k, bool broken, const char *text)
{
	k->broken = k->broken || broken;
	if (k->n < WEAK_KEY_MAX)
		k->why[k->n++] = text;
}

/* --- remainders --- */

static uint32_t
remainder_of(struct span n, uint32_t m)
{
	uint64_t r = 0;

	for (size_t i = 0; i < n.n; i++)
		r = (r << 8 | n.p[i]) % m;
	return (uint32_t)r;
}

/* composite[i] is set when 2 i + 3 is no prime; by Eratosthenes. */
static void
sieve(uint8_t composite[SMALL / 2])
{
	memset(composite, 0, SMALL / 2);
	for (uint32_t p = 3; p * p < SMALL; p += 2)
		for (uint32_t q = p * p; composite[(p - 3) / 2] == 0 && q < SMALL; q += 2 * p)
			composite[(q - 3) / 2] = 1;
}

/* The odd primes below SMALL, and their products, as many in a word as fit. */
struct primes {
	uint8_t composite[SMALL / 2];
	uint16_t p[PRIMES];
	uint16_t last[PRIMES]; /* of each product: the prime behind its last one */
	unsigned long product[PRIMES];
	size_t n, n_products;
};

static void
find_primes(struct primes *t)
{
	unsigned long product = 1;

	sieve(t->composite);
	for (uint32_t i = 3; i < SMALL; i += 2)
		if (t->composite[(i - 3) / 2] == 0)
			t->p[t->n++] = (uint16_t)i;
	for (size_t i = 0; i < t->n; i++) {
		product *= t->p[i];
		if (i + 1 < t->n && product <= ULONG_MAX / t->p[i + 1])
			continue;
		t->product[t->n_products] = product;
		t->last[t->n_products++] = (uint16_t)(i + 1);
		product = 1;
	}
}

/* A division of a long number costs by far the most, so there is one for four primes or more. */
uint32_t
weak_key_small_factor(struct span n)
{
	struct primes t = {.n = 0};
	unsigned long rest[PRIMES];
	size_t at = 0;

	if (n.n == 0 || n.n > WEAK_KEY_MAX_BITS / 8)
		return 0;
	if ((n.p[n.n - 1] & 1) == 0)
		return 2;
	find_primes(&t);
	gmp_remainders(n, t.product, t.n_products, rest);
	for (size_t i = 0; i < t.n_products; i++)
		for (; at < t.last[i]; at++)
			if (rest[i] % t.p[at] == 0)
				return t.p[at];
	return 0;
}

/* Is x a power of 65537 modulo p? */
static bool
is_power(uint32_t x, uint32_t p)
{
	uint32_t power = 1;

	for (uint32_t i = 0; i < p; i++) {
		if (power == x)
			return true;
		power = power * (65537 % p) % p;
	}
	return false;
}

/* Nemec, Sys, Svenda, Klinec, Matyas: The Return of Coppersmith's Attack (2017), section 3: primes
 * are k M + (65537^a mod M), M the product of the first primes, so N mod p is such a power too. */
bool
weak_key_is_roca(struct span n)
{
	static const uint8_t primes[] = {3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47, 53,
	    59, 61, 67, 71, 73, 79, 83, 89, 97, 101, 103, 107, 109, 113, 127, 131, 137, 139, 149,
	    151, 157, 163, 167};

	if (n.n < 32 || n.n > WEAK_KEY_MAX_BITS / 8)
		return false;
	for (size_t i = 0; i < N_ELEMENTS(primes); i++)
		if (!is_power(remainder_of(n, primes[i]), primes[i]))
			return false;
	return true;
}

/* --- the list --- */

static const struct published {
	const char *hash, *what;
	size_t len;
} published[] = {
#define PUBLISHED(hash, len, what) {hash, what, len},
#include "pki/published.def"
#undef PUBLISHED
};

const char *
weak_key_published(const struct cert *c)
{
	uint8_t key[32], certificate[20];

	cert_spki_sha256(c, key);
	cert_sha1(c, certificate);
	for (size_t i = 0; i < N_ELEMENTS(published); i++) {
		struct span have = {(const uint8_t *)published[i].hash, published[i].len};

		if (span_eq(have, SPAN_OF(key)) || span_eq(have, SPAN_OF(certificate)))
			return published[i].what;
	}
	return NULL;
}

/* --- one key --- */

static void
check_exponent(struct weak_key *w, const struct cert_key *k)
{
	if (k->exponent.n == 1 && k->exponent.p[0] == 1)
		add(w, true, "RSA exponent 1: encrypts and protects nothing");
	else if (k->exponent.n == 0 || (k->exponent.p[k->exponent.n - 1] & 1) == 0)
		add(w, false, "RSA exponent is even: no such key can exist");
}

static void
check_rsa(struct weak_key *w, const struct cert_key *k, struct arena *a)
{
	uint32_t factor = weak_key_small_factor(k->modulus);
	unsigned steps;

	if (k->bits > 0 && k->bits < 2048)
		add(w, k->bits <= 768,
		    arena_printf(a, "RSA modulus of %u bits: too short", (unsigned)k->bits));
	check_exponent(w, k);
	if (factor != 0)
		add(w, true,
		    arena_printf(
			a, "RSA modulus can be divided by %u: it is broken", (unsigned)factor));
	if (weak_key_is_roca(k->modulus))
		add(w, true, "ROCA: made by Infineon's library, can be factored (CVE-2017-15361)");
	if (bignum_fermat(k->modulus, WEAK_KEY_FERMAT_STEPS, &steps))
		add(w, true,
		    arena_printf(a,
			"RSA primes lie close together: Fermat's method factors it in %u step%s "
			"(CVE-2022-26320)",
			steps, steps == 1 ? "" : "s"));
}

/* Those that CA/Browser Forum Baseline Requirements 6.1.5 allow. */
static bool
usual_curve(struct span oid)
{
	return oid_is(oid, OID_P256) || oid_is(oid, OID_P384) || oid_is(oid, OID_P521);
}

static void
check_ec(struct weak_key *w, const struct cert_key *k, struct arena *a)
{
	char dotted[OID_TEXT_MAX];

	if (k->explicit_params)
		add(w, false,
		    "EC parameters spelled out: forged keys have passed for others that way "
		    "(CVE-2020-0601; RFC 5480, 2.1.1 forbids them)");
	else if (!usual_curve(k->curve_oid))
		add(w, false,
		    arena_printf(a, "EC curve %s: %s",
			oid_label(k->curve_oid, dotted, sizeof(dotted)),
			k->bits > 0 && k->bits < 224 ? "too short" : "few TLS clients have it"));
}

struct weak_key
weak_key_check(const struct cert *c, struct arena *a)
{
	struct weak_key w = {.n = 0};
	const char *where = weak_key_published(c);

	if ((c->flaws & CERT_FLAW_KEY) != 0)
		return w;
	if (where != NULL)
		add(&w, true, arena_printf(a, "the private key is public: %s", where));
	if (c->key.kind == CERT_KEY_RSA || c->key.kind == CERT_KEY_RSA_PSS)
		check_rsa(&w, &c->key, a);
	else if (c->key.kind == CERT_KEY_EC)
		check_ec(&w, &c->key, a);
	else if (c->key.kind == CERT_KEY_DSA)
		add(&w, false, "DSA: no TLS client takes it any more");
	return w;
}
