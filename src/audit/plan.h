/*
 * plan - which probes run: all, or the ones named with whatever gives what they need.
 */
#ifndef TLSAUDIT_AUDIT_PLAN_H
#define TLSAUDIT_AUDIT_PLAN_H

#include "probe.h"

/* The probes to run, in an order in which each comes after those that give what it needs (table
 * order otherwise); *n of them, in the arena.  only: names, NULL-ended, or NULL for all; a name
 * nobody bears is ignored (the command line has checked them). */
const struct probe **plan_make(
    const struct probe *const *table, const char *const *only, struct arena *a, size_t *n);
/* Does the probe give this fact? */
bool plan_gives(const struct probe *p, enum fact_id id);

#endif
