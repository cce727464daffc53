/*
 * ops - what a format is made of; see report.h.
 *
 *	static bool
 *	record(struct report *out, const struct record *r)
 *	{
 *		fprintf(out->to, "%s\n", r->host);
 *		return ops_written(out->to);
 *	}
 *	const struct report_ops ops_hosts = {.record = record};
 *
 * A format that needs to know all records before it can write the first line writes to a spool
 * (spool_open()) and copies it behind its head at the end.
 */
#ifndef TLSAUDIT_REPORT_OPS_H
#define TLSAUDIT_REPORT_OPS_H

#include "report/report.h"

struct report_ops {
	bool (*begin)(struct report *out); /* NULL: nothing to do */
	bool (*record)(struct report *out, const struct record *r);
	bool (*end)(struct report *out);
	int (*exit)(const struct report *out, int status); /* NULL: status */
	void (*free)(struct report *out);                  /* of what state points to */
	size_t state_size;                                 /* zeroed before begin() */
};

struct report {
	FILE *to;
	const struct report_ops *ops;
	const struct report_options *o;
	void *state;
	size_t n_records;
};

#define FORMAT(id, name, help) extern const struct report_ops ops_##name;
#include "report/formats.def"
#undef FORMAT

/* Flushes; false when anything could not be written. */
bool ops_written(FILE *to) MUST_USE;
/* Does this finding count against the endpoint: as --fail-on says, or from "low" on without it?
 * Never a waived one, nor one that the baseline has.  Of a compliance policy only what it demands
 * counts, and of several conditions "compliance" or the rule by its name. */
bool ops_fails(const struct report *out, const struct finding *f);
/*
 * What the policies of --compliance find, as findings beside those of the grade: deviations, advice
 * and waived ones, policy by policy.  Their ids name the policy too, "mozilla-modern/tls1_2", and so
 * do their titles.  In the arena; *n says how many.
 */
const struct finding *ops_deviations(
    const struct record *r, struct arena *a, size_t *n);
/* The same of what they could not judge. */
const struct finding *ops_deviations_open(
    const struct record *r, struct arena *a, size_t *n);
/*
 * Every rule that this report can speak of, those of the grade first, then those of --compliance
 * under the ids that ops_deviations() gives them.  In the arena; *n says how many.
 */
const struct finding *ops_rules(const struct report *out, struct arena *a, size_t *n);
/* The endpoint was asked and judged. */
bool ops_assessed(const struct record *r);
/* "example.org:443", "[2001:db8::1]:443"; the file's name of a chain.  In the arena. */
const char *ops_host_port(const struct record *r, struct arena *a);
/* The leaf certificate that is judged and ends first, or NULL. */
const struct facts *ops_leaf(const struct facts *f);
/* The moment dates are judged by. */
int64_t ops_now(const struct record *r);

/* Where findings point at: the record's file, or the host's name with its port for want of one. */
const char *ops_file(const struct record *r, struct arena *a);
unsigned ops_line(const struct record *r);
/* The same finding on the same host and port, whenever and wherever it is found: the SHA-256 of
 * "rule|host|port", in hex. */
const char *ops_fingerprint(const struct record *r, const char *rule, struct arena *a);

/* A file that nobody sees, written before what comes first is known.  NULL: none could be made. */
FILE *spool_open(void) MUST_USE;
/* Appends all of it to `to`, and ends it.  False when something failed. */
bool spool_close(FILE *spool, FILE *to) MUST_USE;

#endif
