/*
 * loop - one libevent base: time, timers and signals.
 *
 * Whatever waits, waits here.  Nothing in a callback may block, and nobody outside src/net/ sees
 * libevent:
 *
 *	struct loop *l = loop_new();
 *	struct loop_timer *t = loop_timer_new(l, on_deadline, job);
 *	loop_on_signal(l, SIGINT, on_signal, c);
 *	loop_timer_set(t, 180000);
 *	loop_run(l);				until loop_stop(), or nothing is left to wait for
 *	loop_timer_free(t);
 *	loop_free(l);
 */
#ifndef TLSAUDIT_NET_LOOP_H
#define TLSAUDIT_NET_LOOP_H

#include "base/span.h"

struct loop;
struct loop_timer;
struct loop_watch;
struct event_base;

typedef void loop_timer_fn(void *arg);
typedef void loop_signal_fn(void *arg, int number);

/* A loop with nothing in it; NULL when the kernel gives no descriptor for it. */
struct loop *loop_new(void) MUST_USE;
/* Releases it and its signal handlers; timers are released before, by who made them. */
void loop_free(struct loop *l);
/* Runs callbacks until loop_stop() is called or nothing is waited for. */
void loop_run(struct loop *l);
/* Makes loop_run() return after the callback that is running. */
void loop_stop(struct loop *l);
/* Milliseconds of a clock that only goes forward. */
uint64_t loop_now_ms(void);
/* For src/net/ alone: sockets and resolvers hang their own events on it. */
struct event_base *loop_base(struct loop *l);

/* A timer that is not set; owned by the caller. */
struct loop_timer *loop_timer_new(struct loop *l, loop_timer_fn *fn, void *arg);
/* Calls fn once, ms from now, from loop_run(); a time set before is forgotten. */
void loop_timer_set(struct loop_timer *t, unsigned ms);
/* Forgets the time that was set. */
void loop_timer_stop(struct loop_timer *t);
/* NULL is allowed. */
void loop_timer_free(struct loop_timer *t);

/* A watch for a pipe that can be read, or written; it is not set.  Owned by the caller. */
struct loop_watch *loop_watch_new(struct loop *l, int fd, bool write, loop_timer_fn *fn, void *arg);
/* Calls fn once, from loop_run(), when that is so. */
void loop_watch_set(struct loop_watch *w);
void loop_watch_free(struct loop_watch *w); /* NULL is allowed */

/* Calls fn from loop_run() at the first such signal; the next one does what it does by default. */
void loop_on_signal(struct loop *l, int number, loop_signal_fn *fn, void *arg);
/* The version of the libevent that runs, for --version. */
const char *loop_version(void);

#endif
