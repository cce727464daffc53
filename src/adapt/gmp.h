/*
 * gmp - do any two of many RSA moduli share a prime, or one have a small one?  The only file that knows
 * GMP.
 *
 * Bernstein's batch algorithm ("How to find smooth parts of integers", 2004; used on real keys by
 * Heninger et al., "Mining Your Ps and Qs", 2012): the product of all, its remainders modulo the square
 * of each, and one gcd each.  N moduli cost about N (log N)^2 long steps, not N^2.
 *
 *	gmp_shared_factors(moduli, n, on_found, arg);	on_found(arg, i, factor), for each that shares
 *	gmp_remainders(modulus, m, n_m, r);
 */
#ifndef TLSAUDIT_ADAPT_GMP_H
#define TLSAUDIT_ADAPT_GMP_H

#include "base/span.h"

/* factor: big-endian, without leading zero bytes; dies when it returns.  It is the whole modulus when
 * both its primes are shared, or the modulus is there twice. */
typedef void gmp_found_fn(void *arg, size_t i, struct span factor);

/* The moduli are big-endian; those that are zero or one share nothing. */
void gmp_shared_factors(const struct span *moduli, size_t n, gmp_found_fn *found, void *arg);
/* A big-endian number modulo each of m[0] .. m[n_m - 1], none of which is 0. */
void gmp_remainders(struct span n, const unsigned long *m, size_t n_m, unsigned long *out);
const char *gmp_version_text(void);

#endif
