/*
 * shared - a second pass over a scan: which endpoints share certificates, keys and prime factors.
 *
 *	struct shared_keys *s = shared_new();
 *	shared_add(s, json);			each record of the scan
 *	good = shared_write(s, stdout);		see src/shared_main.c for what comes
 *	shared_free(s);
 *
 * Memory grows with the number of different keys and of endpoints, some hundred bytes each.
 */
#ifndef TLSAUDIT_BULK_SHARED_H
#define TLSAUDIT_BULK_SHARED_H

#include <stdio.h>

#include "adapt/json.h"

struct shared_keys;

struct shared_keys *shared_new(void);
/* Takes one record as report/json.c writes it; what has no certificates counts for nothing. */
void shared_add(struct shared_keys *s, const struct json *record);
/* One object a line; false when writing failed. */
bool shared_write(struct shared_keys *s, FILE *to) MUST_USE;
void shared_free(struct shared_keys *s); /* NULL is allowed */

#endif
