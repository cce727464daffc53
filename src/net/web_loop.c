/* web_loop - see web_loop.h. */
#include "config.h"

#include "net/web_loop.h"

#include <event2/event.h>
#include <stdlib.h>

#include "adapt/curl.h"
#include "base/check.h"
#include "base/xalloc.h"
#include "net/loop.h"

struct watch { /* a descriptor of libcurl's */
	struct web_loop *of;
	struct watch *next;
	struct event *event;
	int fd;
};

struct web_loop {
	struct loop *loop;
	struct web *web;
	struct loop_timer *timer;
	struct watch *watches;
};

static void
on_event(evutil_socket_t fd, short what, void *arg)
{
	struct watch *w = arg;

	web_on_fd(w->of->web, (int)fd,
	    (what & EV_READ ? WEB_IN : 0u) | (what & EV_WRITE ? WEB_OUT : 0u));
}

static void
unwatch(struct web_loop *l, int fd)
{
	for (struct watch **w = &l->watches; *w != NULL; w = &(*w)->next)
		if ((*w)->fd == fd) {
			struct watch *dead = *w;

			*w = dead->next;
			event_free(dead->event);
			free(dead);
			return;
		}
}

static void
on_watch(void *ctx, int fd, unsigned what)
{
	struct web_loop *l = ctx;
	struct watch *w;

	unwatch(l, fd);
	if (what == 0)
		return;
	w = xcalloc(1, sizeof(*w));
	w->of = l;
	w->fd = fd;
	w->next = l->watches;
	l->watches = w;
	w->event = event_new(loop_base(l->loop), fd,
	    (short)(EV_PERSIST | (what & WEB_IN ? EV_READ : 0) | (what & WEB_OUT ? EV_WRITE : 0)),
	    on_event, w);
	CHECK(w->event != NULL && event_add(w->event, NULL) == 0);
}

static void
on_web_timer(void *ctx, long ms)
{
	struct web_loop *l = ctx;

	if (ms < 0)
		loop_timer_stop(l->timer);
	else
		loop_timer_set(l->timer, (unsigned)ms);
}

static void
on_timeout(void *arg)
{
	struct web_loop *l = arg;

	web_on_timer(l->web);
}

struct web_loop *
web_loop_new(struct loop *loop)
{
	struct web_loop *l = xcalloc(1, sizeof(*l));

	l->loop = loop;
	l->timer = loop_timer_new(loop, on_timeout, l);
	l->web = web_open(&(struct web_hooks){.ctx = l, .watch = on_watch, .timer = on_web_timer});
	return l;
}

struct web *
web_loop_web(struct web_loop *l)
{
	return l->web;
}

void
web_loop_free(struct web_loop *l)
{
	web_close(l->web);
	while (l->watches != NULL)
		unwatch(l, l->watches->fd);
	loop_timer_free(l->timer);
	free(l);
}
