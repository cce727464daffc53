/*
 * openssl_bn - numbers of the size of RSA keys, by libcrypto's BIGNUM.
 *
 * One question so far, asked about strangers' keys: so every loop has a bound and what is larger
 * than BIGNUM_MAX_BITS is not looked at.
 *
 *	unsigned steps;
 *	if (bignum_fermat(modulus, 100, &steps))
 *		... its primes lie so close together that it is factored ...
 */
#ifndef TLSAUDIT_ADAPT_OPENSSL_BN_H
#define TLSAUDIT_ADAPT_OPENSSL_BN_H

#include "base/span.h"

enum { BIGNUM_MAX_BITS = 16384 };

/*
 * Fermat's method: is n = a^2 - b^2 for one of the first max_steps values of a from the square root
 * of n upwards?  n is big-endian; *steps tells how many were tried.  False for even numbers and
 * for such as are too large.
 */
bool bignum_fermat(struct span n, unsigned max_steps, unsigned *steps);

#endif
