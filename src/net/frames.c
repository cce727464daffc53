/* frames - see frames.h. */
#include "config.h"

#include "net/frames.h"

#include <stdlib.h>
#include <sys/socket.h>

#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/event.h>

#include "base/check.h"
#include "base/xalloc.h"

enum { FRAME_MAX = 256 << 20 };

struct frames {
	struct bufferevent *be;
	frames_fn *frame;
	frames_end_fn *end;
	void *arg;
	bool ended;
};

bool
frames_pair(int fd[2])
{
	return socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, fd) == 0;
}

static void
at_end(struct frames *f)
{
	if (f->ended)
		return;
	f->ended = true;
	(void)bufferevent_disable(f->be, EV_READ | EV_WRITE);
	f->end(f->arg);
}

static void
on_read(struct bufferevent *be, void *arg)
{
	struct frames *f = arg;
	struct evbuffer *in = bufferevent_get_input(be);
	uint32_t len;

	while (!f->ended && evbuffer_copyout(in, &len, sizeof(len)) == (ssize_t)sizeof(len)) {
		size_t whole = sizeof(len) + (size_t)len;

		if (len > FRAME_MAX) {
			at_end(f);
			return;
		}
		if (evbuffer_get_length(in) < whole)
			return;
		f->frame(f->arg, (struct span){evbuffer_pullup(in, (ssize_t)whole) + sizeof(len), len});
		evbuffer_drain(in, whole);
	}
}

static void
on_event(struct bufferevent *be, short what, void *arg)
{
	(void)be;
	if ((what & (BEV_EVENT_EOF | BEV_EVENT_ERROR)) != 0)
		at_end(arg);
}

struct frames *
frames_new(struct loop *l, int fd, frames_fn *frame, frames_end_fn *end, void *arg)
{
	struct frames *f = xcalloc(1, sizeof(*f));

	f->frame = frame;
	f->end = end;
	f->arg = arg;
	f->be = bufferevent_socket_new(loop_base(l), fd, BEV_OPT_CLOSE_ON_FREE);
	CHECK(f->be != NULL);
	bufferevent_setcb(f->be, on_read, NULL, on_event, f);
	CHECK(bufferevent_enable(f->be, EV_READ | EV_WRITE) == 0);
	return f;
}

void
frames_send(struct frames *f, struct span head, struct span body)
{
	uint32_t len = (uint32_t)(head.n + body.n);

	CHECK(head.n + body.n <= FRAME_MAX);
	if (f->ended)
		return;
	CHECK(bufferevent_write(f->be, &len, sizeof(len)) == 0);
	if (head.n > 0)
		CHECK(bufferevent_write(f->be, head.p, head.n) == 0);
	if (body.n > 0)
		CHECK(bufferevent_write(f->be, body.p, body.n) == 0);
}

size_t
frames_waiting(const struct frames *f)
{
	return evbuffer_get_length(bufferevent_get_output(f->be));
}

void
frames_free(struct frames *f)
{
	if (f == NULL)
		return;
	bufferevent_free(f->be);
	free(f);
}
