/*
 * worker - one event loop that audits the targets it is given, and hands back their lines.
 *
 * It runs in the process that made it (-j 1), or as a process of its own (bulk/crew.h); it cannot
 * tell which.  It opens no file, and looks up no target's name: an order brings the addresses along, and
 * a result is the finished lines.  With --online it asks third parties, by a resolver and a cache of
 * its own (parties.h); all that needs files for that is opened in worker_new().
 *
 *	struct worker *w = worker_new(loop, &shared, &pulse, on_result, arg);
 *	worker_take(w, order);
 *	...				from loop_run(): on_result(arg, &result, lines)
 *	worker_free(w);
 *
 * The pulse lies in memory that the supervisor shares: it beats as long as the loop turns, and says
 * whose bytes are being looked at.
 */
#ifndef TLSAUDIT_BULK_WORKER_H
#define TLSAUDIT_BULK_WORKER_H

#include "bulk/list.h"
#include "job.h"

struct worker;

enum { LAG_CLASSES = 16, PULSE_MS = 100, ORDER_ADDRS_MAX = 32 };

struct pulse { /* written by the worker, read by the supervisor */
	volatile uint64_t beats;
	volatile uint64_t current;	     /* the seq that is worked on */
	volatile uint64_t late_ms;	     /* of all beats together */
	volatile uint32_t lag[LAG_CLASSES]; /* beats that came 2^(i-1) to 2^i - 1 ms late; [0]: in time */
};

/* Pointers in it stay good across fork(2): they point at tables and at what was loaded before. */
struct order {
	struct list_item item;
	struct job_address addrs[ORDER_ADDRS_MAX];
	size_t n;
};

struct result {
	uint64_t seq;
	enum exit_status status;
	unsigned by_status[STATUS__MAX], connections;
};

/* lines die when it returns. */
typedef void result_fn(void *arg, const struct result *r, struct span lines);

/* shared: transport and loop are replaced by the worker's own. */
struct worker *worker_new(struct loop *l, const struct shared *shared, struct pulse *p,
    result_fn *done, void *arg);
/* Copies the order. */
void worker_take(struct worker *w, const struct order *o);
/* What is under way is dropped.  NULL is allowed. */
void worker_free(struct worker *w);

/* The lines of a job that is over; shared by who needs no worker for it. */
void worker_report(
    const struct shared *s, struct job *j, uint64_t seq, result_fn *done, void *arg);

#endif
