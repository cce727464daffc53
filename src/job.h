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

#include "audit/audit.h"
#include "net/loop.h"
#include "net/polite.h"
#include "options.h"
#include "report/report.h"
#include "transport.h"

struct exclude;
struct gatherer;
struct judge;
struct profile;
struct proxy;
struct resolver;
struct store_set;

struct shared { /* what all jobs of a run use; all of it outlives them */
	const struct options *options;
	struct loop *loop;
	struct transport transport;
	struct resolver *resolver; /* NULL: nothing has to be looked up */
	const struct proxy *proxy; /* NULL: none */
	struct memory *memory;	   /* of tickets, between rounds; NULL: for one name's addresses alone */
	const struct crypto_identity *identity; /* likewise */
	const struct gatherer *gather; /* NULL: --offline */
	const struct store_set *stores;
	uint32_t asked; /* STORE_BIT() of those that a repaired chain is for */
	const struct judge *judge;
	const struct profile *profile;
	const struct report_options *report; /* of a list, like those below */
	struct polite_rates rates;
	unsigned workers;	       /* that share them */
	const struct exclude *exclude; /* whom nobody goes to, third parties among them */
	volatile uint64_t *current; /* gets the seq of the target that is worked on; NULL: nobody asks */
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
/* Its place in a list, for its records; borrowed fields of it are not kept. */
void job_set_list(struct job *j, const struct record_list *place);

struct job_address { /* where a target is, as others have found out */
	struct address addr;	 /* port 0: the target's */
	const char *blocked; /* why nobody may connect there, or NULL; borrowed until job_free() */
};
/* Begins with these addresses instead of looking the name up; n > 0. */
void job_start_at(struct job *j, const struct job_address *addrs, size_t n);
/* It is over before it began: one record with this status and these words, which are copied. */
void job_fail(struct job *j, enum status status, const char *detail);
/* How its records ended, and what they cost; after job_report(). */
void job_count(const struct job *j, unsigned by_status[STATUS__MAX], unsigned *connections);
/* What is known of its i-th endpoint; NULL behind the last one, and for one that nobody asked. */
const struct facts *job_facts(const struct job *j, size_t i);
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
