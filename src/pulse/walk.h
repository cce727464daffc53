/*
 * walk - goes through one JSON text without making anything of it: for a member here and there out
 * of records by the million.
 *
 *	struct walk w = walk_of(line);
 *	if (walk_enter(&w, '{'))
 *		while (walk_key(&w, &key))
 *			if (span_is(key, "grade"))
 *				walk_string(&w, &grade);
 *			else
 *				walk_skip(&w);
 *	if (!walk_end(&w))
 *		... the text is torn or is no JSON
 *
 * Nothing is copied: what comes out are the bytes between the quotes; walk_text() makes text of
 * them where it matters.  A value that was entered is walked to its end, one that a key announced
 * is taken or skipped, once.  After the first mistake of the text nothing comes any more and
 * walk_end() is false.
 *
 * What is skipped is looked at for its quotes and brackets alone, 64 bytes at a time.  So a text
 * that RFC 8259 forbids may pass, but never one that was cut off; adapt/json.h is the strict
 * reader. No recursion: depth costs nothing.
 */
#ifndef TLSAUDIT_PULSE_WALK_H
#define TLSAUDIT_PULSE_WALK_H

#include "base/arena.h"

struct walk {
	const uint8_t *p, *end;
	bool first; /* nothing of the innermost object or list has come yet */
	bool bad;
};

/* The bytes of a string as they stand between its quotes. */
struct walk_str {
	struct span raw;
	bool escaped; /* there is a backslash in it */
};

struct walk walk_of(struct span text);
/* Enters an object ('{') or a list ('['); false, and nothing has moved: the value is none. */
bool walk_enter(struct walk *w, char kind) MUST_USE;
/* The next member of an object; its value comes next.  False: it has ended. */
bool walk_key(struct walk *w, struct walk_str *key) MUST_USE;
/* Does another value of the list come next?  False: it has ended. */
bool walk_item(struct walk *w) MUST_USE;
/* Takes a string; false, and the value has been skipped: it is none. */
bool walk_string(struct walk *w, struct walk_str *out) MUST_USE;
/* Takes a whole number of at most 18 digits; false, and the value has been skipped: it is none. */
bool walk_int(struct walk *w, int64_t *out) MUST_USE;
/* Passes over any value.  What it was: its first byte to behind its last. */
struct span walk_skip(struct walk *w);
/* The whole text has been walked, and nothing was wrong. */
bool walk_end(struct walk *w) MUST_USE;

bool walk_is_escaped(struct walk_str s, const char *text);
/* Are these the bytes of that text?  An escaped one is made text of first. */
static inline bool
walk_is(struct walk_str s, const char *text)
{
	size_t n = strlen(text);

	if (s.escaped)
		return walk_is_escaped(s, text);
	return s.raw.n == n && memcmp(s.raw.p, text, n) == 0;
}
/* The string as clean text (base/text.h) of at most max bytes, in the arena. */
char *walk_text(struct walk_str s, struct arena *a, size_t max);

#endif
