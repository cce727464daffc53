/*
 * escape - texts in the formats that are no JSON: each by the rules of its format.
 *
 * All of them write a text as one piece that the format's reader takes for text, whatever is in
 * it.  What is not UTF-8, and every control character (C0 with newline and tab, C1, bidi, zero
 * width), becomes U+FFFD everywhere.  NULL is the empty text.
 *
 *	fputs("<td>", to);
 *	escape_xml(to, subject);	"<script>" comes out as "&lt;script&gt;"
 */
#ifndef TLSAUDIT_REPORT_ESCAPE_H
#define TLSAUDIT_REPORT_ESCAPE_H

#include <stdio.h>

#include "base/span.h"

/* HTML and XML, as text and as an attribute in either kind of quotes. */
void escape_xml(FILE *to, const char *s);
/* A CSV cell (RFC 4180), quotes included.  A text that a spreadsheet would take for a formula
 * gets an apostrophe before it: "'=cmd|...". */
void escape_csv(FILE *to, const char *s);
/* A label's value in Prometheus' text format, without its quotes; cut after 200 characters. */
void escape_prom(FILE *to, const char *s);
/* The message of a GitHub workflow command; property: a value between '=' and ','. */
void escape_github(FILE *to, const char *s, bool property);
/* Markdown of GitHub in a table's cell: nothing in it is markup. */
void escape_markdown(FILE *to, const char *s);
/* A line of a monitoring plugin: no '|'. */
void escape_line(FILE *to, const char *s);
/* A label of performance data between single quotes: no quote, no '='. */
void escape_nagios_label(FILE *to, const char *s);
/* A path or a URL's path segment: what is not unreserved (RFC 3986, 2.3) or '/' is %XX. */
void escape_uri(FILE *to, const char *s);

#endif
