/* loop - see loop.h. */
#include "config.h"

#include "net/loop.h"

#include <stdlib.h>
#include <time.h>

#include <event2/event.h>

#include "base/check.h"
#include "base/xalloc.h"

enum { MAX_SIGNALS = 4 };

struct watch { /* one signal */
	struct event *event;
	loop_signal_fn *fn;
	void *arg;
};

struct loop {
	struct event_base *base;
	struct watch watches[MAX_SIGNALS];
	size_t n_watches;
};

struct loop_timer {
	struct event *event;
	loop_timer_fn *fn;
	void *arg;
};

struct loop_watch {
	struct loop_timer of; /* the same without a time */
};

struct loop *
loop_new(void)
{
	struct event_config *c = event_config_new();
	struct loop *l = xcalloc(1, sizeof(*l));

	CHECK(c != NULL);
	/* One thread: no locks.  A socket's changes between two waits become one system call. */
	event_config_set_flag(c,
	    EVENT_BASE_FLAG_NOLOCK | EVENT_BASE_FLAG_IGNORE_ENV |
		EVENT_BASE_FLAG_EPOLL_USE_CHANGELIST);
	l->base = event_base_new_with_config(c);
	event_config_free(c);
	if (l->base == NULL) {
		free(l);
		return NULL;
	}
	return l;
}

void
loop_free(struct loop *l)
{
	if (l == NULL)
		return;
	for (size_t i = 0; i < l->n_watches; i++)
		event_free(l->watches[i].event);
	event_base_free(l->base);
	free(l);
}

void
loop_run(struct loop *l)
{
	CHECK(event_base_dispatch(l->base) >= 0);
}

void
loop_stop(struct loop *l)
{
	event_base_loopbreak(l->base);
}

uint64_t
loop_now_ms(void)
{
	struct timespec t;

	CHECK(clock_gettime(CLOCK_MONOTONIC, &t) == 0);
	return (uint64_t)t.tv_sec * 1000 + (uint64_t)t.tv_nsec / 1000000;
}

struct event_base *
loop_base(struct loop *l)
{
	return l->base;
}

/* ---- timers ---- */

static void
on_timer(evutil_socket_t fd, short what, void *arg)
{
	struct loop_timer *t = arg;

	(void)fd;
	(void)what;
	t->fn(t->arg);
}

struct loop_timer *
loop_timer_new(struct loop *l, loop_timer_fn *fn, void *arg)
{
	struct loop_timer *t = xcalloc(1, sizeof(*t));

	t->fn = fn;
	t->arg = arg;
	t->event = event_new(l->base, -1, 0, on_timer, t);
	CHECK(t->event != NULL);
	return t;
}

void
loop_timer_set(struct loop_timer *t, unsigned ms)
{
	struct timeval tv = {.tv_sec = ms / 1000, .tv_usec = (long)(ms % 1000) * 1000};

	CHECK(event_add(t->event, &tv) == 0);
}

void
loop_timer_stop(struct loop_timer *t)
{
	event_del(t->event);
}

void
loop_timer_free(struct loop_timer *t)
{
	if (t == NULL)
		return;
	event_free(t->event);
	free(t);
}

/* ---- descriptors ---- */

struct loop_watch *
loop_watch_new(struct loop *l, int fd, bool write, loop_timer_fn *fn, void *arg)
{
	struct loop_watch *w = xcalloc(1, sizeof(*w));

	w->of.fn = fn;
	w->of.arg = arg;
	w->of.event = event_new(l->base, fd, write ? EV_WRITE : EV_READ, on_timer, &w->of);
	CHECK(w->of.event != NULL);
	return w;
}

void
loop_watch_set(struct loop_watch *w)
{
	CHECK(event_add(w->of.event, NULL) == 0);
}

void
loop_watch_free(struct loop_watch *w)
{
	if (w == NULL)
		return;
	event_free(w->of.event);
	free(w);
}

/* ---- signals ---- */

static void
on_signal(evutil_socket_t number, short what, void *arg)
{
	struct watch *w = arg;

	(void)what;
	event_del(w->event); /* whoever is in a hurry sends it again */
	w->fn(w->arg, (int)number);
}

void
loop_on_signal(struct loop *l, int number, loop_signal_fn *fn, void *arg)
{
	struct watch *w = &l->watches[l->n_watches];

	CHECK(l->n_watches++ < MAX_SIGNALS);
	w->fn = fn;
	w->arg = arg;
	w->event = evsignal_new(l->base, number, on_signal, w);
	CHECK(w->event != NULL && event_add(w->event, NULL) == 0);
}

const char *
loop_version(void)
{
	return event_get_version();
}
