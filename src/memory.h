/*
 * memory - tickets of servers, kept so that they can be tried again: later (--watch), or at another
 * address of the same name.
 *
 * Owned by who runs the audits; the probe `tickets` sees it through past_ticket() and past_keep() of
 * probe.h, by way of the endpoint.  It holds secrets of sessions: nothing of it is printed, and they
 * are wiped.
 *
 *	struct memory *m = memory_new();
 *	memory_round(m);		before each round of audits
 *	ep.memory = m;
 *	...
 *	memory_free(m);
 */
#ifndef TLSAUDIT_MEMORY_H
#define TLSAUDIT_MEMORY_H

#include "base/span.h"

struct memory;

struct memory *memory_new(void);
void memory_free(struct memory *m); /* NULL is allowed */
/* A new round begins: what was kept so far is of earlier ones. */
void memory_round(struct memory *m);

#endif
