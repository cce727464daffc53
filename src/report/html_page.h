/*
 * html_page - the frame of every HTML page: one file, no script, nothing from outside.
 *
 *	html_page_begin(to, "A title", css);
 *	fputs("<p>...</p>", to);
 *	html_page_end(to, "What the foot says.");
 *
 * The policy in the head (CSP) allows the one style sheet by its hash and nothing else, so a text
 * of a peer that got through unescaped would do nothing.
 */
#ifndef TLSAUDIT_REPORT_HTML_PAGE_H
#define TLSAUDIT_REPORT_HTML_PAGE_H

#include <stdio.h>

#include "base/span.h"

/* Up to the beginning of <main>.  title is escaped; css is ours. */
void html_page_begin(FILE *to, const char *title, struct span css);
/* From the end of <main>.  foot is markup of ours, behind "Made by ...". */
void html_page_end(FILE *to, const char *foot);

#endif
