/*
 * advice - a rule's "fix" in words for this server.
 *
 * A fix may hold names in braces, which stand for what is known of the server:
 *
 *	{responders}	host:port of the leaves' OCSP responders
 *
 * Other braces stay as they are.
 *
 *	advice_text("Let it reach {responders}.", facts, arena)
 */
#ifndef TLSAUDIT_ASSESS_ADVICE_H
#define TLSAUDIT_ASSESS_ADVICE_H

#include "base/arena.h"
#include "fact.h"

/* f may be NULL: then it is as for a server of which nothing is known.  In the arena, or fix. */
const char *advice_text(const char *fix, const struct facts *f, struct arena *a);

#endif
