/*
 * feed - a list goes into a queue: tlsaudit-feed.
 *
 *	struct feed_options o = {.queue = ..., .list = "hosts.txt", .max_jobs = FEED_JOBS};
 *	return feed_run(&o);
 *
 * The list is read as for --list (bulk/list.h), in blocks of a window (bulk/window.h), out of which
 * targets are drawn by lot, so that neighbours of the list are scattered.  A block goes out in one
 * MULTI together with the cursor, the number of its last target: whatever ends the feeder, or the
 * server, the block and the cursor are there both or neither.  WATCH holds off a second feeder.
 *
 * Before each block the queue is asked where the cursor is.  When it is not where it was left (the
 * feeder was started anew; the server has lost its last second; the reply of a block has not come),
 * the list is read again up to there, and the digest says whether it is the same list.
 */
#ifndef TLSAUDIT_BULK_FEED_H
#define TLSAUDIT_BULK_FEED_H

#include "bulk/queue_options.h"

enum { FEED_JOBS = 65536 };

struct feed_options {
	struct queue_options queue;
	const char *list; /* "-": standard input */
	struct target_defaults defaults;
	uint64_t seed;	   /* 0: the kernel's randomness */
	unsigned max_jobs; /* in the queue at once, done or not; then feeding waits */
	bool quiet;
};

/* The exit status. */
int feed_run(const struct feed_options *o) MUST_USE;

#endif
