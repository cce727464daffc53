/*
 * job - one target from its name to its reports.
 *
 * A target's addresses are looked up, each address becomes an endpoint, each endpoint is audited,
 * at most two at once; when the last one is over they are compared, and every endpoint gives one
 * record.  A name that has no address gives one record too: it says why.
 *
 *	struct job *j = job_new(&shared, &target, on_done, arg);
 *	job_start(j);			done(arg) is called when all its audits are over
 *	...
 *	good = job_report(j, to, &exit_status);
 *	job_free(j);
 */
#ifndef TLSAUDIT_JOB_H
#define TLSAUDIT_JOB_H

#include <stdio.h>

#include "net/loop.h"
#include "options.h"
#include "report/report.h"
#include "transport.h"

struct gatherer;
struct judge;
struct resolver;
struct store_set;

struct shared { /* what all jobs of a run use; all of it outlives them */
	const struct options *options;
	struct loop *loop;
	struct transport transport;
	struct resolver *resolver; /* NULL: nothing has to be looked up */
	const struct gatherer *gather; /* NULL: --offline */
	const struct store_set *stores;
	uint32_t asked; /* STORE_BIT() of those that a repaired chain is for */
	const struct judge *judge;
};

enum exit_status { /* how the process ends; the worst one counts, in exit_worse()'s order */
	EXIT_PASS,
	EXIT_POLICY,	   /* a condition of --fail-on holds */
	EXIT_USAGE,	   /* the command line or a file named there */
	EXIT_NOT_ASSESSED, /* an endpoint could not be, or a condition could not be told */
	EXIT_INTERNAL	   /* our own trouble, or the report could not be written */
};
enum exit_status exit_worse(enum exit_status a, enum exit_status b);

struct job;
typedef void job_done_fn(void *arg);

struct job *job_new(const struct shared *s, const struct target *t, job_done_fn *done, void *arg);
/* Begins; done() may be called before it returns. */
void job_start(struct job *j);
/* The user has had enough: what is known is what there will be; done() is not called any more. */
void job_interrupt(struct job *j);
bool job_over(const struct job *j);
/* For the progress line: the audit that goes on, or the one that was last; NULL before there is one. */
const struct audit *job_audit(const struct job *j);
/* Writes the records of a job that is over, and makes *status worse where there is reason to.
 * false: writing failed, see errno. */
bool job_report(struct job *j, struct report *to, enum exit_status *status) MUST_USE;
void job_free(struct job *j);

#endif
