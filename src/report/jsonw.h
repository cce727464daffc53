/*
 * jsonw - a JSON writer: commas, nesting and escapes, nothing else.
 *
 *	struct jsonw w;
 *	jsonw_init(&w, stdout, false);
 *	jsonw_open(&w, '{');
 *	jsonw_key(&w, "host");
 *	jsonw_str(&w, "example.org");
 *	jsonw_close(&w);
 *	if (!jsonw_end(&w))
 *		... the disk is full
 *
 * It keeps the order in which it is called.  Strings may hold anything: what is not UTF-8 becomes
 * U+FFFD, and every control character (C0, C1, bidi, zero width) is written as \uXXXX, so the
 * output is safe to show in a terminal and still says exactly what was there (RFC 8259, 7).
 * Misuse (a key in an array, a value without a key) is a bug and ends the process.
 */
#ifndef TLSAUDIT_REPORT_JSONW_H
#define TLSAUDIT_REPORT_JSONW_H

#include <stdio.h>

#include "base/span.h"

enum { JSONW_DEPTH = 16 };

struct jsonw {
	FILE *to;
	bool pretty;              /* one member a line, indented with tabs; else one line */
	bool keyed;               /* a key waits for its value */
	unsigned depth;           /* open objects and arrays */
	char close[JSONW_DEPTH];  /* what ends each */
	bool member[JSONW_DEPTH]; /* it has one already */
};

void jsonw_init(struct jsonw *w, FILE *to, bool pretty);
/* Begins an object ('{') or an array ('['). */
void jsonw_open(struct jsonw *w, char kind);
/* Ends the innermost one. */
void jsonw_close(struct jsonw *w);
void jsonw_key(struct jsonw *w, const char *key);
/* Values.  NULL is null. */
void jsonw_str(struct jsonw *w, const char *s);
void jsonw_int(struct jsonw *w, int64_t v);
/* A fraction from 0 to 1, given in millionths: 0.25, 0.000001, 1. */
void jsonw_millionths(struct jsonw *w, uint32_t v);
void jsonw_bool(struct jsonw *w, bool v);
void jsonw_null(struct jsonw *w);
/* A string of lower-case hex. */
void jsonw_hex(struct jsonw *w, struct span s);
/* Key and string at once: jsonw_key() and jsonw_str(). */
void jsonw_pair(struct jsonw *w, const char *key, const char *s);
/* Ends the line and flushes; false when anything of it could not be written. */
bool jsonw_end(struct jsonw *w) MUST_USE;

#endif
