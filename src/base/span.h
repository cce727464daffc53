/*
 * span - borrowed bytes and borrowed lists.
 *
 * A span never owns: nothing is ever freed through one, and it lives exactly as long as what it
 * points into (a reply until learn() returns, an arena until its endpoint is done, a table for
 * ever).  Conventions of the whole tree: bytes are uint8_t, sizes size_t, code points uint16_t in
 * host order; a zero-filled struct is the harmless value; MUST_USE results are looked at.
 */
#ifndef TLSAUDIT_BASE_SPAN_H
#define TLSAUDIT_BASE_SPAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#define MUST_USE __attribute__((warn_unused_result))
#define PRINTF_LIKE(fmt, args) __attribute__((format(printf, fmt, args)))
#define N_ELEMENTS(a) (sizeof(a) / sizeof((a)[0]))

struct span {
	const uint8_t *p;
	size_t n;
};

struct u16s { /* code points, host order */
	const uint16_t *v;
	size_t n;
};

struct u32s {
	const uint32_t *v;
	size_t n;
};

#define SPAN_OF(array) ((struct span){(array), sizeof(array)})
#define U16S_OF(array) ((struct u16s){(array), N_ELEMENTS(array)})

/* Same length and same bytes; two empty spans are equal. */
static inline bool
span_eq(struct span a, struct span b)
{
	return a.n == b.n && (a.n == 0 || memcmp(a.p, b.p, a.n) == 0);
}

/* The bytes of a C string, without its NUL. */
static inline struct span
span_str(const char *s)
{
	return (struct span){(const uint8_t *)s, s != NULL ? strlen(s) : 0};
}

/* Is v in the list? */
static inline bool
u16s_has(struct u16s l, uint16_t v)
{
	for (size_t i = 0; i < l.n; i++)
		if (l.v[i] == v)
			return true;
	return false;
}

#endif
