/*
 * collision - could somebody have had a second certificate made with this one's signature?
 *
 * Flame (2012) and the rogue CA of 2008 took three things together: a broken hash, a serial number
 * that could be foretold, and a profile loose enough for the twin to be worth it.  So the parts are
 * judged together; each alone has a severity of its own, and without the broken hash there is no
 * collision.  (Stevens, Lenstra, de Weger: Chosen-prefix collisions, 2009; Stevens: Counter-
 * cryptanalysis, 2013; Leurent, Peyrin: SHA-1 is a Shambles, 2020.)
 *
 *	struct collision c = collision_judge(&cert, arena);
 *	if (c.risk >= COLLISION_HIGH)
 *		... c.parts[0 .. c.n - 1] ...
 */
#ifndef TLSAUDIT_PKI_COLLISION_H
#define TLSAUDIT_PKI_COLLISION_H

#include "base/arena.h"
#include "pki/cert.h"

enum collision_risk {
	COLLISION_NONE, /* a hash for which nobody can make collisions */
	COLLISION_LOW,
	COLLISION_MEDIUM,
	COLLISION_HIGH,
	COLLISION_CRITICAL
};

enum { COLLISION_MAX = 6 };

struct collision {
	enum collision_risk risk;
	const char *parts[COLLISION_MAX]; /* what adds to it, or would: "SHA-1 signature", ... */
	size_t n;
};

/* Judges one certificate; self_signed: its own key has made the signature, which then proves
 * nothing and cannot be abused.  Texts are static or the arena's. */
struct collision collision_judge(const struct cert *c, bool self_signed, struct arena *a);
/* "none", "low", ...: for JSON. */
const char *collision_risk_name(enum collision_risk r);

#endif
