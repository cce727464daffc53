/*
 * nagios - one line for Nagios, Icinga and their kin, details below it, and their exit status.
 *
 *	TLSAUDIT WARNING - www.example.org:443: grade:A-: the grade is B | grade=3 score=94;;;0;100 ...
 *
 * 0 OK, 1 WARNING (a condition of --warn-on), 2 CRITICAL (one of --fail-on, or an endpoint that
 * could not be assessed), 3 UNKNOWN (a condition could not be told, or trouble of our own).  The
 * guidelines: first line under 4 kB, no '|' but before the performance data, labels quoted.
 */
#include "report/ops.h"

#include <inttypes.h>
#include <stdlib.h>

#include "base/check.h"
#include "report/escape.h"
#include "report/status.h"

enum state { OK, WARNING, CRITICAL, UNKNOWN };

struct nagios {
	FILE *lines; /* one for each endpoint */
	FILE *data;  /* performance data */
	enum state worst;
	size_t n_bad;
	char first[512]; /* the worst endpoint's line, or the only one's */
};

static const char *const words[] = {"OK", "WARNING", "CRITICAL", "UNKNOWN"};

/* CRITICAL before UNKNOWN before WARNING: what is known to be bad is not hidden by what is not. */
static int
weight(enum state s)
{
	static const int weights[] = {[OK] = 0, [WARNING] = 1, [UNKNOWN] = 2, [CRITICAL] = 3};

	return weights[s];
}

static bool
begin(struct report *out)
{
	struct nagios *n = out->state;

	n->lines = spool_open();
	n->data = spool_open();
	return n->lines != NULL && n->data != NULL;
}

static enum state
state_of(const struct record *r, const char **why)
{
	enum state s = OK;

	*why = NULL;
	if (r->excused)
		return OK;
	if (r->assessment == NULL) {
		*why = status_words(r->status);
		return CRITICAL;
	}
	for (size_t i = 0; i < r->n_checks; i++) {
		const struct check *c = &r->checks[i];
		enum state x = c->result == CHECK_PASS      ? OK
			       : c->result == CHECK_UNKNOWN ? UNKNOWN
			       : c->warning                 ? WARNING
							    : CRITICAL;

		if (weight(x) <= weight(s))
			continue;
		s = x;
		*why = c->why;
	}
	return s;
}

/* "grade A; a certificate ends in 61 days" */
static const char *
good_words(const struct record *r, struct arena *a)
{
	const struct facts *leaf = ops_leaf(r->facts);
	const char *grade = r->assessment != NULL && r->assessment->grade != NULL
				? arena_printf(a, "grade %s", r->assessment->grade)
				: "no grade";

	if (r->assessment == NULL)
		return arena_printf(a, "excused: %s", status_words(r->status));
	if (leaf == NULL || !fact_known(leaf, F_CERT_NOT_AFTER))
		return grade;
	return arena_printf(a, "%s; the certificate ends in %" PRId64 " days", grade,
	    (fact_time(leaf, F_CERT_NOT_AFTER) - ops_now(r)) / 86400);
}

/* The least days that the conditions leave standing, as a range of the guidelines: "21:" alerts
 * below 21.  Nothing where no condition is about the end. */
static void
threshold(struct nagios *n, const struct record *r, bool warning)
{
	static const char word[] = "expiry:";

	for (size_t i = 0; i < r->n_checks; i++) {
		const char *name = r->checks[i].name;
		char *unit;
		long v;

		if (r->checks[i].warning != warning || strncmp(name, word, strlen(word)) != 0)
			continue;
		v = strtol(name + strlen(word), &unit, 10);
		fprintf(n->data, "%ld:", *unit == 'w' ? 7 * v : *unit == 'h' ? v / 24 : v);
		return;
	}
}

/* 'www.example.org:443_days'=61;21:;7: 'www.example.org:443_score'=94;;;0;100 */
static void
perf(struct nagios *n, const struct record *r, const char *name)
{
	const struct facts *leaf = ops_leaf(r->facts);

	if (leaf != NULL && fact_known(leaf, F_CERT_NOT_AFTER)) {
		fputs(" '", n->data);
		escape_nagios_label(n->data, name);
		fprintf(n->data, "_days'=%" PRId64 ";",
		    (fact_time(leaf, F_CERT_NOT_AFTER) - ops_now(r)) / 86400);
		threshold(n, r, true);
		putc(';', n->data);
		threshold(n, r, false);
	}
	if (r->assessment != NULL && r->assessment->score >= 0) {
		fputs(" '", n->data);
		escape_nagios_label(n->data, name);
		fprintf(n->data, "_score'=%d;;;0;100", r->assessment->score);
	}
	fputs(" '", n->data);
	escape_nagios_label(n->data, name);
	fprintf(n->data, "_time'=%u.%03us", r->elapsed_ms / 1000, r->elapsed_ms % 1000);
}

static bool
record(struct report *out, const struct record *r)
{
	struct nagios *n = out->state;
	struct arena *a = arena_new(1 << 20);
	const char *name = ops_host_port(r, a), *why, *text;
	enum state s = state_of(r, &why);

	text = arena_printf(a, "%s: %s", name, why != NULL ? why : good_words(r, a));
	if (out->n_records == 1 || weight(s) > weight(n->worst)) {
		n->worst = s;
		(void)snprintf(n->first, sizeof(n->first), "%s", text);
	}
	n->n_bad += s != OK;
	fprintf(n->lines, "[%s] ", words[s]);
	escape_line(n->lines, text);
	putc('\n', n->lines);
	perf(n, r, name);
	arena_free(a);
	return ferror(n->lines) == 0 && ferror(n->data) == 0;
}

static bool
end(struct report *out)
{
	struct nagios *n = out->state;
	FILE *lines = n->lines, *data = n->data;
	bool good;

	n->lines = n->data = NULL;
	if (out->n_records == 0)
		n->worst = UNKNOWN;
	fprintf(out->to, "TLSAUDIT %s - ", words[n->worst]);
	if (out->n_records > 1)
		fprintf(out->to, "%zu of %zu endpoints not OK; ", n->n_bad, out->n_records);
	escape_line(out->to, out->n_records > 0 ? n->first : "nothing was asked");
	if (out->n_records > 0)
		fputs(" |", out->to);
	good = spool_close(data, out->to);
	putc('\n', out->to);
	if (out->n_records > 1)
		return spool_close(lines, out->to) && good && ops_written(out->to);
	(void)fclose(lines);
	return good && ops_written(out->to);
}

/* Bad usage and our own trouble are UNKNOWN, whatever the endpoints are. */
static int
exit_status(const struct report *out, int status)
{
	const struct nagios *n = out->state;

	return status == 2 || status == 4 ? UNKNOWN : (int)n->worst;
}

static void
free_state(struct report *out)
{
	struct nagios *n = out->state;

	if (n->lines != NULL)
		(void)fclose(n->lines);
	if (n->data != NULL)
		(void)fclose(n->data);
}

const struct report_ops ops_nagios = {.begin = begin,
    .record = record,
    .end = end,
    .exit = exit_status,
    .free = free_state,
    .state_size = sizeof(struct nagios)};
