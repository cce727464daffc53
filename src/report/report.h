/*
 * report - renderers: facts and assessment in, text out.  A renderer judges nothing.
 *
 * Every format is one file with three functions: begin, record, end.  Some write each record as
 * it comes (text, json, csv), others a frame around all of them (sarif, junit, html).  Which
 * formats there are stands once, in formats.def.
 *
 *	struct report *out = report_new(FORMAT_SARIF, to, &options);
 *	good = report_begin(out) && report_record(out, &r) && ... && report_end(out);
 *	report_free(out);
 *
 * No byte of a peer reaches an output as it came: facts hold clean text (base/text.h), and each
 * renderer escapes for its own format (escape.h, jsonw.h, term.h).
 */
#ifndef TLSAUDIT_REPORT_H
#define TLSAUDIT_REPORT_H

#include <stdio.h>

#include "assess/assess.h"

enum format {
#define FORMAT(id, name, help) FORMAT_##id,
#include "report/formats.def"
#undef FORMAT
	FORMAT__MAX
};

/* One condition of --fail-on or --warn-on, and what became of it. */
enum check_result { CHECK_PASS, CHECK_UNKNOWN, CHECK_FAIL };
struct check {
	const char *name; /* "grade:B" */
	const char *why;  /* in words, when it is no pass */
	enum check_result result;
	bool warning; /* of --warn-on */
};

struct record_list { /* where in a list of targets (bulk/list.h) a record belongs */
	uint64_t seq, line;
	uint64_t digest;	  /* of the list up to there, and of the options */
	unsigned record, records; /* the first of 2, ... */
};

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

	const char *file; /* where the target is named, or the record saved; NULL: nowhere */
	unsigned line;
	const struct check *checks;
	size_t n_checks;
	bool excused; /* not reached, and --allow-unreachable */
	const struct record_list *list; /* NULL: named on the command line */
};

struct report_style {
	bool colour;
	unsigned width; /* columns; 0: 80 */
	int verbose;    /* -1 quiet, 0, 1 -v */
	bool show_certs;
	bool explain;
};

struct report_options { /* borrowed for the report's life */
	struct report_style style;
	const struct policy *policy;
	struct policy *const *compliance; /* of --compliance */
	size_t n_compliance;
	const char *list;           /* what the run is about, for SARIF: a file's name, or NULL */
	const char *summary;        /* GitHub: append the step summary to this file, or NULL */
	bool prom_compat;           /* Prometheus: names of other exporters too */
	bool gated;                 /* --fail-on was given: what fails follows from it */
	int fail_from;              /* the least severity that fails; SEV__MAX: none */
	bool fail_compliance;       /* what a compliance policy demands fails */
	const char *const *fail_on; /* rules that fail, NULL-ended; or NULL */
	bool baseline;              /* --baseline was given: findings are new or known */
};

struct report; /* one output: its file, its format, and what that keeps between records */

/* A report in that format.  to is borrowed.  Free: report_free(). */
struct report *report_new(enum format format, FILE *to, const struct report_options *o) MUST_USE;
/* Each is false when writing failed (errno says why). */
bool report_begin(struct report *out) MUST_USE;
bool report_record(struct report *out, const struct record *r) MUST_USE;
bool report_end(struct report *out) MUST_USE;
/* How the process ends where the format has a say in it (nagios), given how it would else. */
int report_exit(const struct report *out, int status);
void report_free(struct report *out);
/* The format's name, "json"; NULL behind the last. */
const char *report_format_name(int format);

/* One JSON object, one line, keys in table order; false when writing failed. */
bool report_json(FILE *to, const struct record *r) MUST_USE;
/* For people. */
bool report_text(FILE *to, const struct record *r, const struct report_style *style) MUST_USE;

#endif
