/*
 * xalloc - memory that is there or the process is not.
 *
 * Nobody tests the path after a failed malloc, so there is none: these end the process.  A size
 * that a peer controls is checked against a cap before it gets here.
 */
#ifndef TLSAUDIT_BASE_XALLOC_H
#define TLSAUDIT_BASE_XALLOC_H

#include "base/span.h"

/* n zero-filled bytes, owned by the caller, freed with free().  Never NULL; n == 0 gives 1 byte. */
void *xcalloc(size_t n, size_t size) __attribute__((malloc));
/* realloc(3) that does not fail; new bytes are not zeroed. */
void *xrealloc(void *p, size_t n);
/* A copy of s, owned by the caller. */
char *xstrdup(const char *s) __attribute__((malloc));
/* A printf'ed string, owned by the caller. */
char *xasprintf(const char *fmt, ...) PRINTF_LIKE(1, 2);

#endif
