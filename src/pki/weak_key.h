/*
 * weak_key - what makes a public key easy prey, found without its private half.
 *
 *	struct weak_key k = weak_key_check(&c, arena);
 *	for (size_t i = 0; i < k.n; i++)
 *		puts(k.why[i]);		"ROCA: made by Infineon's library, can be factored (...)"
 *
 * RSA: a modulus below 2048 bits, an exponent that protects nothing, a small factor, primes that
 * lie close together (CVE-2022-26320 and its kin), the fingerprint of ROCA (CVE-2017-15361).  EC:
 * parameters spelled out, curves that are short or that no TLS client has.  All kinds: keys whose
 * private half has been published.  Two kinds are not told: keys of Debian's OpenSSL of 2008, whose
 * list is not in Debian any more, and keys that share a factor with another's.
 */
#ifndef TLSAUDIT_PKI_WEAK_KEY_H
#define TLSAUDIT_PKI_WEAK_KEY_H

#include "base/arena.h"
#include "pki/cert.h"

enum {
	WEAK_KEY_MAX = 8,
	WEAK_KEY_FERMAT_STEPS = 100,
	WEAK_KEY_MAX_BITS = 16384, /* of a modulus; a larger one is not looked at */
};

struct weak_key {
	const char *why[WEAK_KEY_MAX]; /* one phrase each, static or the arena's */
	size_t n;
	bool broken; /* anybody can have the private key */
};

/* What is wrong with the key of this certificate; nothing when it cannot be read. */
struct weak_key weak_key_check(const struct cert *c, struct arena *a);

/* The parts, for a big-endian number without leading zero bytes. */

/* Its smallest prime factor below 2^16; 0: it has none, or is too large to be looked at. */
uint32_t weak_key_small_factor(struct span n);
/* Is its remainder modulo each prime up to 167 a power of 65537, as those of ROCA's moduli are?  Of
 * other numbers one in 2^27 is. */
bool weak_key_is_roca(struct span n);
/* Where the private key was published ("Superfish, 2015"); NULL: not known to be. */
const char *weak_key_published(const struct cert *c);

#endif
