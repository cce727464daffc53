/*
 * follow - services that an audit has found and that are audited as targets of their own: those of
 * Key Transparency, which DNS names for a domain.
 *
 *	struct follow f = {.n = 0};
 *	follow_add(&f, options, "kt.example.org:8443");
 *	... f.v[0 .. f.n - 1] are targets
 *
 * What a found target names is not followed in turn.
 */
#ifndef TLSAUDIT_FOLLOW_H
#define TLSAUDIT_FOLLOW_H

#include "options.h"

enum { FOLLOW_MAX = 16 }; /* of a run */

struct follow {
	struct target v[FOLLOW_MAX];
	size_t n;
};

/* "host:port"; nothing is added of what is no target, or a target already. */
void follow_add(struct follow *f, const struct options *o, const char *service);

#endif
