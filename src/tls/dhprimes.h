/*
 * dhprimes - the primes for finite-field Diffie-Hellman that many servers share.
 *
 * A server that sends a prime of its own made it, hopefully, at random.  A prime out of a standard
 * is proven but worth an attacker's precomputation for all who use it (Logjam, CVE-2015-4000,
 * weakdh.org); a prime out of a program's source is shared just as widely and proven by nobody.
 * This table tells which one it is: data/dh/standard.txt and data/dh/common.txt, turned into
 * dhprimes.def by data/gen/dhprimes.awk (`make tables`).  It compares whole numbers, not digests,
 * and judges nothing but what stands in its rows.
 *
 *	const struct dh_prime *d = dh_prime_find(ske.dh_p);
 *	if (d != NULL)
 *		d->name		"RFC 7919 ffdhe2048", "Apache mod_ssl 2.2.x"
 *
 * Bytes are as in ServerDHParams (RFC 5246, 7.4.3): an unsigned number, high byte first.
 */
#ifndef TLSAUDIT_TLS_DHPRIMES_H
#define TLSAUDIT_TLS_DHPRIMES_H

#include "base/span.h"

enum dh_kind {
	DH_KIND_UNKNOWN,
	DH_KIND_SAFE,     /* (p - 1) / 2 is prime too: only tiny subgroups are {1} and {1, p - 1} */
	DH_KIND_UNSAFE,   /* prime, but with smaller subgroups: DSA-like groups, and accidents */
	DH_KIND_COMPOSITE /* no prime at all (socat, CVE-2016-2217) */
};

struct dh_prime {
	const char *name; /* who made it: a document and its group, or a program; never NULL */
	uint16_t bits;    /* length of p */
	enum dh_kind kind;
	bool standard; /* from an RFC; else from programs and scans */
	struct span p; /* without leading zero bytes */
};

/* The row with this prime, leading zero bytes of p left aside; NULL when it is not a known one. */
const struct dh_prime *dh_prime_find(struct span p);
/* Its name, or NULL. */
const char *dh_prime_name(struct span p);
/* All rows, ascending by number; i must be < dh_prime_count(). */
size_t dh_prime_count(void);
const struct dh_prime *dh_prime_at(size_t i);

#endif
