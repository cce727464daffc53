/*
 * crowd - how many targets are at work in each neighbourhood.
 *
 * What has to wait for its turn there waits outside: a target's time runs from its first connection
 * on, and must not be spent in a queue of our own.
 *
 *	if (crowd_count(c, key) < limit)
 *		crowd_enter(c, key);
 *	...
 *	crowd_leave(c, key);
 */
#ifndef TLSAUDIT_BULK_CROWD_H
#define TLSAUDIT_BULK_CROWD_H

#include "base/span.h"

struct crowd;

struct crowd *crowd_new(void);
void crowd_free(struct crowd *c); /* NULL is allowed */
unsigned crowd_count(const struct crowd *c, struct span key);
void crowd_enter(struct crowd *c, struct span key); /* at most 16 bytes */
void crowd_leave(struct crowd *c, struct span key);

#endif
