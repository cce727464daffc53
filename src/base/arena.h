/*
 * arena - one region of memory per endpoint, released at once.
 *
 * Example:
 *	struct arena *a = arena_new(512 * 1024);
 *	char *s = arena_printf(a, "alert %u", 70u);
 *	...
 *	arena_free(a);				  everything above is gone
 *
 * The cap is what one endpoint may make us hold.  arena_alloc() itself never fails (the process
 * would end first): whoever copies bytes whose number a peer chose asks arena_has_room() before,
 * and the audit stops asking when arena_full() is true.
 */
#ifndef TLSAUDIT_BASE_ARENA_H
#define TLSAUDIT_BASE_ARENA_H

#include "base/span.h"

struct arena;

/* A new, empty arena; cap in bytes.  Owned by the caller, ended with arena_free(). */
struct arena *arena_new(size_t cap);
/* Releases the arena and all that came from it.  NULL is allowed. */
void arena_free(struct arena *a);
/* n zero-filled bytes, aligned for any type, living as long as the arena.  Never NULL. */
void *arena_alloc(struct arena *a, size_t n);
/* Would n more bytes stay below the cap? */
bool arena_has_room(const struct arena *a, size_t n);
/* Has the cap been reached? */
bool arena_full(const struct arena *a);
/* Bytes handed out so far. */
size_t arena_used(const struct arena *a);
/* Copies that live in the arena. */
struct span arena_span(struct arena *a, struct span s);
struct u16s arena_u16s(struct arena *a, struct u16s l);
char *arena_str(struct arena *a, const char *s);
/* The n bytes at p as a NUL-terminated string (p may hold NULs: the string then ends early). */
char *arena_strn(struct arena *a, const void *p, size_t n);
char *arena_printf(struct arena *a, const char *fmt, ...) PRINTF_LIKE(2, 3);

#endif
