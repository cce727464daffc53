/*
 * work - a queue's end in a scan: jobs instead of a list, results instead of a file.
 *
 *	struct work *w = work_new(loop, &o, &ask, &calls, err, sizeof(err));
 *	...				from loop_run(): calls.job(arg, item, NULL)
 *	work_put(w, item.seq, lines);	its records: they are the queue's, or stay here until they are
 *	if (work_over(w))		nothing is left to do, for anybody
 *		...
 *	if (work_leave(w))		false: not yet; calls.wake() says when to ask again
 *		work_free(w);
 *
 * A job is leased.  As long as this process turns, it renews its leases, four times in each; a
 * process that is frozen, killed or cut off does not, and after a lease without a word its jobs are
 * another worker's (XAUTOCLAIM).  Only who has the lease can hand in a result: that of a process
 * that was frozen meanwhile, and has nothing but timeouts to tell, goes nowhere (queue_settle()).  A
 * job that was handed out more than three times is not tried again: whoever gets it reports it as
 * one that brings workers down.
 *
 * At most ask.most jobs are here, and none is taken while more than ten thousand results wait for
 * the sink.  What has not begun when the work ends is given back, as if it had never been handed
 * out.
 */
#ifndef TLSAUDIT_BULK_WORK_H
#define TLSAUDIT_BULK_WORK_H

#include "bulk/queue.h"

enum { WORK_DELIVERIES_MAX = 3, WORK_RESULTS_MAX = 10000 };

struct work_ask {
	unsigned lease_ms; /* twice what a target may take */
	unsigned most;
	uint64_t options; /* what records depend on: the same for all workers of a queue */
};

struct work_calls {
	/* why_not: it is not to be audited, for this reason; or NULL */
	void (*job)(void *arg, const struct list_item *item, const char *why_not);
	void (*wake)(void *arg); /* something has changed */
	void (*say)(void *arg, const char *text);
	void (*refused)(void *arg, const char *text); /* it cannot go on */
	void *arg;
};

struct work;

/* o is borrowed.  NULL with a sentence in err. */
struct work *work_new(struct loop *l, const struct queue_options *o, const struct work_ask *ask,
    const struct work_calls *calls, char *err, size_t errlen) MUST_USE;
/* Copies the lines. */
void work_put(struct work *w, uint64_t seq, struct span lines);
/* More results wait here than should. */
bool work_full(const struct work *w);
bool work_over(const struct work *w);
/* Bytes of results that were handed in. */
uint64_t work_bytes(const struct work *w);
/* Takes no more. */
void work_stop(struct work *w);
/* Nothing is being done any more: what has no result is given back.  True: the queue has the
 * others. */
bool work_leave(struct work *w);
void work_free(struct work *w); /* NULL is allowed */

#endif
