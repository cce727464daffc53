/*
 * crew - the workers of a scan: their processes, what each has in hand, and what becomes of it.
 *
 * With one worker everything stays in this process.  With more, each is a process behind a socket
 * (net/frames.h): orders go down, results come up.  A worker that dies, or whose pulse stops for five
 * seconds and which is then killed, is replaced.  What it was looking at when that happened is known
 * from its pulse: lost() blames that target; the others it had in hand are lost too, but nothing
 * speaks against them.
 *
 *	struct crew *c = crew_new(loop, &shared, 4, &calls, err, sizeof(err));
 *	crew_give(c, worker, &order);
 *	...				from loop_run(): calls.done(), calls.lost()
 *	crew_free(c);
 */
#ifndef TLSAUDIT_BULK_CREW_H
#define TLSAUDIT_BULK_CREW_H

#include "bulk/worker.h"

struct crew;

enum blame {
	BLAME_NONE, /* another one, or nobody */
	BLAME_ALL,  /* it may have been this one as well as any other */
	BLAME_THIS
};

struct crew_calls {
	result_fn *done;
	/* how: "the worker died of signal 11 (...)", or NULL; dies when it returns */
	void (*lost)(void *arg, uint64_t seq, enum blame blame, const char *how);
	void (*say)(void *arg, const char *text); /* a line for the user */
	void *arg;
};

/* n workers; NULL with a sentence in err. */
struct crew *crew_new(struct loop *l, const struct shared *shared, unsigned n,
    const struct crew_calls *calls, char *err, size_t errlen) MUST_USE;
/* Kills what still runs.  NULL is allowed. */
void crew_free(struct crew *c);
/* Which worker audits an address: the same one for a whole /24 or /48, so that its rates hold. */
unsigned crew_worker_of(const struct crew *c, const uint8_t *addr, size_t len);
void crew_give(struct crew *c, unsigned worker, const struct order *o);
/* Workers that had to be replaced so far. */
unsigned crew_replaced(const struct crew *c);
/* Sums over all workers of struct pulse: of its classes, and of its late_ms. */
uint64_t crew_lag(const struct crew *c, uint64_t lag[LAG_CLASSES]);
/* The process of a worker, 0 .. n - 1; 0: it has none of its own, or none just now. */
long crew_pid(const struct crew *c, unsigned worker);
/* Kills and buries all of them. */
void crew_stop(struct crew *c);

#endif
