/*
 * json - reads JSON text into a tree of plain structs; the only file that knows json-c.
 *
 * For what people write (policies) and for what this program wrote (reports).  Comments are
 *allowed, as C writes them; everything else is RFC 8259 to the letter: no trailing commas, no
 *single quotes, no NaN, valid UTF-8, and no U+0000 in a string.
 *
 *	struct json *j = json_read(arena, text, err, sizeof(err));
 *	if (j == NULL)
 *		... "line 12: object property name separator ':' expected"
 *	const struct json *rules = json_get(j, "rules");
 *	for (const struct json *r = json_first(rules); r != NULL; r = r->next)
 *		puts(json_str(json_get(r, "id")));
 *
 * The tree lives in the arena.  Members keep their order; of two members with one name the last
 * one counts, as RFC 8259, 4 lets a reader choose.
 */
#ifndef TLSAUDIT_ADAPT_JSON_H
#define TLSAUDIT_ADAPT_JSON_H

#include "base/arena.h"

enum { JSON_DEPTH = 16 }; /* nesting; deeper is an error */

enum json_kind { JSON_NULL, JSON_BOOL, JSON_INT, JSON_REAL, JSON_STR, JSON_LIST, JSON_OBJECT };

struct json {
	enum json_kind kind;
	const char *key; /* its name in the object around it, else NULL */
	const char *s;   /* JSON_STR */
	int64_t i;       /* JSON_INT; JSON_BOOL: 0 or 1 */
	double real;     /* JSON_REAL */
	size_t n;        /* JSON_LIST, JSON_OBJECT: how many */
	const struct json *first, *next;
};

/* The one value that the text is.  NULL on failure, and what is wrong in err, without a newline. */
const struct json *json_read(struct arena *a, struct span text, char *err, size_t errlen) MUST_USE;

/* The member of an object, or NULL: no such member, no object, or NULL itself. */
const struct json *json_get(const struct json *j, const char *key);
/* The first of a list or object; NULL for everything else. */
const struct json *json_first(const struct json *j);
/* The text of a string, else NULL. */
const char *json_str(const struct json *j);
/* "null", "true or false", "a number", "a string", "a list", "an object". */
const char *json_kind_name(enum json_kind t);
/* The version of the json-c that runs, for --version. */
const char *json_version(void);

#endif
