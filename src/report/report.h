/*
 * report - renderers: facts and assessment in, text out.  A renderer judges nothing.
 *
 * No byte of a peer reaches an output as it came: facts hold clean text (base/text.h), and each
 * renderer escapes for its own format.
 */
#ifndef TLSAUDIT_REPORT_H
#define TLSAUDIT_REPORT_H

#include <stdio.h>

#include "assess/assess.h"

struct record { /* all that is known about one endpoint when its audit is over */
	const char *host, *address, *starttls; /* starttls and address may be NULL */
	uint16_t port;
	const char *sni;           /* or NULL */
	const char *status;        /* "ok", "timeout", ... */
	const char *status_detail; /* or NULL */
	unsigned connections, elapsed_ms;
	int64_t time; /* when it began, seconds since 1970 */
	const char *policy;
	const struct facts *facts;           /* NULL when nothing could be asked */
	const struct assessment *assessment; /* NULL when not assessed */
	bool chain; /* no server: host is a file, sni the name its leaf is for; reasons[0] says all */
	bool chain_good;
};

struct report_style {
	bool colour;
	unsigned width; /* columns; 0: 80 */
	int verbose;    /* -1 quiet, 0, 1 -v */
	bool show_certs;
	bool explain;
};

/* One JSON object, one line, keys in table order; false when writing failed. */
bool report_json(FILE *to, const struct record *r) MUST_USE;
/* For people. */
bool report_text(FILE *to, const struct record *r, const struct report_style *style) MUST_USE;

#endif
