#include "config.h"
#include "net/dns_ask.h"

#include <errno.h>
#include <event2/event.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/check.h"
#include "base/xalloc.h"
#include "net/loop.h"

enum { QUERY_MAX = 512, ANSWER_MAX = 65535, AGAIN_MS = 1000 };

struct dns_ask {
	int fd;
	bool bad; /* the first turn of the loop says so */
	struct event *readable;
	struct loop_timer *timer;
	struct dns_question q;
	char *name;
	uint8_t query[QUERY_MAX];
	size_t n;
	dns_ask_fn *end;
	void *arg;
};

static void
finish(struct dns_ask *k, enum dns_ask_end end, const struct dns_message *m)
{
	loop_timer_stop(k->timer);
	if (k->readable != NULL)
		event_del(k->readable);
	k->end(k->arg, end, m);
}

static enum dns_ask_end
end_of_errno(int e)
{
	return e == ECONNREFUSED ? DNS_ASK_NOBODY : DNS_ASK_LOCAL;
}

static void
on_readable(evutil_socket_t fd, short what, void *arg)
{
	struct dns_ask *k = arg;
	uint8_t *answer = xcalloc(ANSWER_MAX, 1);
	ssize_t n = recv(fd, answer, ANSWER_MAX, 0);
	int e = errno;
	struct dns_message m;

	(void)what;
	if (n >= 0 && dns_parse((struct span){answer, (size_t)n}, &k->q, true, &m))
		finish(k, DNS_ASK_ANSWER, &m);
	else if (n >= 0)
		finish(k, DNS_ASK_MALFORMED, NULL);
	else if (e != EAGAIN && e != EINTR)
		finish(k, end_of_errno(e), NULL);
	free(answer);
}

static void
on_timer(void *arg)
{
	struct dns_ask *k = arg;

	if (k->bad)
		finish(k, DNS_ASK_LOCAL, NULL);
	else if (send(k->fd, k->query, k->n, 0) < 0 && errno != EAGAIN && errno != EINTR)
		finish(k, end_of_errno(errno), NULL);
	else
		loop_timer_set(k->timer, AGAIN_MS);
}

/* A socket that hears that server only (and what ICMP says about it). */
static int
open_socket(const struct address *server)
{
	struct sockaddr_storage ss = {0};
	int fd;

	memcpy(&ss, server->addr, server->len);
	fd = socket(ss.ss_family, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (fd >= 0 && connect(fd, (struct sockaddr *)&ss, server->len) != 0) {
		close(fd);
		fd = -1;
	}
	return fd;
}

struct dns_ask *
dns_ask_new(struct loop *l, const struct address *server, const struct dns_question *q,
    dns_ask_fn *end, void *arg)
{
	struct dns_ask *k = xcalloc(1, sizeof(*k));
	struct wr w;

	k->q = *q;
	k->q.name = k->name = xstrdup(q->name);
	k->end = end;
	k->arg = arg;
	k->timer = loop_timer_new(l, on_timer, k);
	k->fd = open_socket(server);
	wr_init(&w, k->query, sizeof(k->query));
	k->bad = k->fd < 0 || !dns_query(&k->q, &w);
	k->n = w.len;
	if (!k->bad) {
		k->readable = event_new(loop_base(l), k->fd, EV_READ | EV_PERSIST, on_readable, k);
		CHECK(k->readable != NULL && event_add(k->readable, NULL) == 0);
	}
	loop_timer_set(k->timer, 0);
	return k;
}

void
dns_ask_free(struct dns_ask *k)
{
	if (k == NULL)
		return;
	loop_timer_free(k->timer);
	if (k->readable != NULL)
		event_free(k->readable);
	if (k->fd >= 0)
		close(k->fd);
	free(k->name);
	free(k);
}
