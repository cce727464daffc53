/*
 * post - what tlsaudit-feed and tlsaudit-sink have in common: a loop, a queue, signals, a status.
 *
 *	struct post p;
 *	if (!post_open(&p, "tlsaudit-feed", &o, on_up, on_down, arg))
 *		return post_close(&p);
 *	post_run(&p);			until post_stop(), or SIGINT, SIGTERM, SIGHUP
 *	return post_close(&p);		the exit status
 */
#ifndef TLSAUDIT_BULK_POST_H
#define TLSAUDIT_BULK_POST_H

#include "bulk/queue.h"
#include "job.h"

struct post {
	const char *name;
	struct loop *loop;
	struct queue *queue;
	int signal; /* that ended it; 0: none */
	enum exit_status status;
	void (*up)(void *arg);
	void (*down)(void *arg);
	void *arg;
};

/* o is borrowed.  False: it was said why, and the status is set. */
bool post_open(struct post *p, const char *name, const struct queue_options *o,
    void (*up)(void *arg), void (*down)(void *arg), void *arg) MUST_USE;
/* A line on standard error, behind the name. */
void post_say(const struct post *p, const char *fmt, ...) PRINTF_LIKE(2, 3);
void post_run(struct post *p);
/* Ends post_run(); the worst status counts. */
void post_stop(struct post *p, enum exit_status status);
int post_close(struct post *p);

#endif
