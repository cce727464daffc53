/*
 * show_html - what the parts of a population's page share.
 *
 * Texts of peers go through escape_xml() and nothing else; markup is written from constants.  There
 * is no style attribute and no script, for the page's policy (report/html_page.h) forbids both.
 */
#ifndef TLSAUDIT_PULSE_SHOW_HTML_H
#define TLSAUDIT_PULSE_SHOW_HTML_H

#include "pulse/show.h"

struct web {
	FILE *to;
	struct arena *a;
	const struct tally *t;
	const struct show *o;
};

/* "good", "warn", "bad", "none": the style's class. */
const char *web_tone(enum tone tone);
/* <td class="num">s</td> */
void web_number(struct web *h, const char *s);
/* <th scope="row">s</th>; s is escaped. */
void web_row_head(struct web *h, const char *s);
/* The heads of a table's columns: a '#' before one of numbers, a '-' before one for wide screens.
 * caption says what the table is; it is escaped. */
void web_table(struct web *h, const char *caption, const char *const *heads);
/* Columns of bars have no head to read: the numbers say the same. */
void web_table_end(struct web *h);
/* A cell with a bar of n of all. */
void web_bar(struct web *h, const char *class, uint64_t n, uint64_t of);
void web_section(struct web *h, const char *id, const char *title);
void web_section_end(struct web *h);

/* show_html_lists.c: sections that are lists. */
void web_gaps(struct web *h);
void web_weak(struct web *h);
void web_owners(struct web *h);
void web_own(struct web *h);
void web_compared(struct web *h);

/* data/html/pulse.css. */
struct span show_style(void);

#endif
