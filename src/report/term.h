/*
 * term - words on a terminal: width, colour, and nothing that a terminal would obey.
 *
 * Every character of a report for people passes through here, and here alone escapes are made.
 * What comes in is looked at as UTF-8; control characters of any kind (C0, C1, bidi, zero width)
 * and what is not UTF-8 come out as U+FFFD, so a text that was not cleaned before does no harm
 * either.
 *
 *	struct term t;
 *	term_init(&t, stdout, true, 60);
 *	term_heading(&t, "Protocols");
 *	term_key(&t, "TLS 1.2");		  a label, and the column where its value begins
 *	term_words(&t, INK_GOOD, "yes");	  wrapped, next lines begin at that column
 *	term_end(&t);
 *	if (!term_done(&t))
 *		... the disk is full
 *
 * A space stands between what two calls print; term_glue() leaves it out once.  Lines never end
 * in spaces, and colour never lasts beyond a line.  Words too long for a line are cut, after a
 * punctuation mark where there is one; what people copy (URLs, fingerprints) goes through
 * term_token(), which never cuts and may run over the width.
 */
#ifndef TLSAUDIT_REPORT_TERM_H
#define TLSAUDIT_REPORT_TERM_H

#include <stdio.h>

#include "base/span.h"

/* What a colour means; the words beside it mean the same. */
enum ink { INK_PLAIN, INK_DIM, INK_BOLD, INK_GOOD, INK_WARN, INK_BAD, INK__MAX };

struct term {
	FILE *to;
	bool colour;
	unsigned width;         /* columns, at least 40 */
	unsigned left;          /* where a wrapped line begins */
	unsigned indent;        /* where labels begin */
	unsigned keys;          /* columns that a label and the gap after it take */
	unsigned column;        /* where the next character goes; 0: nothing is on the line yet */
	bool glue;              /* no space before the next word */
	bool blank;             /* the last line was empty, or there was none */
	enum ink ink;           /* in force */
	const char *const *art; /* a figure at the left of the next lines: see term_beside() */
	size_t n_art;           /* its lines still to come */
	enum ink art_ink;
};

/* width 0: 80. */
void term_init(struct term *t, FILE *to, bool colour, unsigned width);
/* Columns that s takes. */
unsigned term_columns(const char *s);
/* Words, wrapped at spaces. */
void term_words(struct term *t, enum ink ink, const char *s);
/* The same, made by printf; what is longer than 1,000 bytes is cut. */
void term_printf(struct term *t, enum ink ink, const char *fmt, ...) PRINTF_LIKE(3, 4);
/* In one piece; on a line of its own when it does not fit on this one.  NULL and "": nothing. */
void term_token(struct term *t, enum ink ink, const char *s);
/* The same for bytes, in lower-case hex; more than a SHA-256 has are wrapped. */
void term_hex(struct term *t, enum ink ink, struct span s);
/* A line of s as it is (art, PEM): no wrapping, at `indent`. */
void term_raw_line(struct term *t, enum ink ink, unsigned indent, const char *s);
/* The next word follows without a space. */
void term_glue(struct term *t);
/* Moves on to a column; when the line is already there, to the next line. */
void term_at(struct term *t, unsigned column);
/* A figure of n lines at the indent, and until term_beside_end() text at its right, from column
 * `left` on; whichever has fewer lines is filled up. */
void term_beside(struct term *t, enum ink ink, const char *const *art, size_t n, unsigned left);
void term_beside_end(struct term *t);
/* Ends the line, if one is begun; `left` falls back to the indent. */
void term_end(struct term *t);
/* An empty line, if the last one is not. */
void term_blank(struct term *t);
/* An empty line, and the heading of a section with a rule to the right edge. */
void term_heading(struct term *t, const char *s);
/* A new line: mark (one column, or NULL) in the gutter, a label, and the value column as left. */
void term_marked_key(struct term *t, enum ink ink, const char *mark, const char *key);
void term_key(struct term *t, const char *key);
/* Room for long labels with short values, on narrow terminals too; returns what `keys` was. */
unsigned term_wide_keys(struct term *t);
/* Flushes; false when anything of it could not be written. */
bool term_done(struct term *t) MUST_USE;

#endif
