/*
 * line - one line of words with an end: items go in whole or not at all.
 *
 *	struct line l = {0};
 *	line_item(&l, "TLS 1.2: %s", name);
 *	line_item(&l, "TLS 1.1: %s", name);
 *	line_end(&l, arena)	"TLS 1.2: ...; TLS 1.1: ..."
 *
 * What does not fit is counted: "...; and 3 more".
 */
#ifndef TLSAUDIT_ASSESS_LINE_H
#define TLSAUDIT_ASSESS_LINE_H

#include "base/arena.h"

enum { LINE_LENGTH = 480, LINE_ITEM = 320 };

struct line {
	char text[LINE_LENGTH + 40];
	size_t len, n, left_out;
};

/* One more item, behind "; ". */
void line_item(struct line *l, const char *fmt, ...) PRINTF_LIKE(2, 3);
/* One more item of the same group, behind ", ". */
void line_more(struct line *l, const char *fmt, ...) PRINTF_LIKE(2, 3);
/* The line, in the arena; an item that came before is left out. */
const char *line_end(const struct line *l, struct arena *a);

#endif
