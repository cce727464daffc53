/* post - see post.h. */
#include "config.h"

#include "bulk/post.h"

#include <errno.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>

void
post_say(const struct post *p, const char *fmt, ...)
{
	va_list ap;

	(void)fprintf(stderr, "%s: ", p->name);
	va_start(ap, fmt);
	(void)vfprintf(stderr, fmt, ap);
	va_end(ap);
	(void)fputc('\n', stderr);
}

void
post_stop(struct post *p, enum exit_status status)
{
	p->status = exit_worse(p->status, status);
	loop_stop(p->loop);
}

static void
on_signal(void *arg, int number)
{
	struct post *p = arg;

	p->signal = number;
	loop_stop(p->loop);
}

static void
on_up(void *arg)
{
	struct post *p = arg;

	p->up(p->arg);
}

static void
on_down(void *arg)
{
	struct post *p = arg;

	p->down(p->arg);
}

static void
on_say(void *arg, const char *text)
{
	post_say(arg, "%s", text);
}

static void
on_refused(void *arg, const char *text)
{
	post_say(arg, "%s", text);
	post_stop(arg, EXIT_INTERNAL);
}

bool
post_open(struct post *p, const char *name, const struct queue_options *o, void (*up)(void *arg),
    void (*down)(void *arg), void *arg)
{
	struct queue_calls calls = {
	    .up = on_up, .down = on_down, .say = on_say, .refused = on_refused, .arg = p};
	char err[512] = "";

	*p = (struct post){.name = name, .up = up, .down = down, .arg = arg};
	p->loop = loop_new();
	if (p->loop == NULL)
		(void)snprintf(err, sizeof(err), "no event loop: %s", strerror(errno));
	else
		p->queue = queue_new(p->loop, o, &calls, err, sizeof(err));
	if (p->queue != NULL)
		return true;
	post_say(p, "%s", err);
	p->status = EXIT_INTERNAL;
	return false;
}

void
post_run(struct post *p)
{
	(void)signal(SIGPIPE, SIG_IGN);
	loop_on_signal(p->loop, SIGINT, on_signal, p);
	loop_on_signal(p->loop, SIGTERM, on_signal, p);
	loop_on_signal(p->loop, SIGHUP, on_signal, p);
	loop_run(p->loop);
}

int
post_close(struct post *p)
{
	queue_free(p->queue);
	loop_free(p->loop);
	return p->signal != 0 && p->status != EXIT_INTERNAL ? 128 + p->signal : (int)p->status;
}
