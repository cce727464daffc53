/* serve - see serve.h. */
#include "config.h"

#include "net/serve.h"

#include <arpa/inet.h>
#include <errno.h>
#include <event2/buffer.h>
#include <event2/http.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/check.h"
#include "base/xalloc.h"
#include "net/loop.h"

enum { HEAD_MAX = 8192, PATIENCE_S = 5, BACKLOG = 16 };

struct serve {
	struct evhttp *http;
	const char *type;
	serve_page_fn *page;
	void *arg;
	char *url;
};

static void
on_request(struct evhttp_request *q, void *arg)
{
	struct serve *s = arg;
	struct evbuffer *body = evbuffer_new();
	char *text = NULL;
	size_t n = 0;
	FILE *to = open_memstream(&text, &n);

	CHECK(body != NULL && to != NULL);
	s->page(s->arg, to);
	CHECK(fclose(to) == 0 && evbuffer_add(body, text, n) == 0);
	free(text);
	(void)evhttp_add_header(evhttp_request_get_output_headers(q), "Content-Type", s->type);
	evhttp_send_reply(q, HTTP_OK, "OK", body);
	evbuffer_free(body);
}

/* A socket that listens, or -1: errno says why. */
static int
listen_at(const struct address *at)
{
	struct sockaddr_storage sa = {0};
	const uint16_t port = htons(at->port);
	int one = 1, fd, e;

	memcpy(&sa, at->addr, at->len);
	/* The port has the same place in both kinds. */
	memcpy((uint8_t *)&sa + offsetof(struct sockaddr_in, sin_port), &port, sizeof(port));
	fd = socket(sa.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return -1;
	(void)setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
	if (bind(fd, (const struct sockaddr *)&sa, at->len) == 0 && listen(fd, BACKLOG) == 0)
		return fd;
	e = errno;
	(void)close(fd);
	errno = e;
	return -1;
}

static char *
url_of(int fd, const char *path)
{
	struct sockaddr_storage sa = {0};
	struct sockaddr_in v4;
	struct sockaddr_in6 v6;
	char text[INET6_ADDRSTRLEN];
	socklen_t n = sizeof(sa);

	CHECK(getsockname(fd, (struct sockaddr *)&sa, &n) == 0);
	if (sa.ss_family == AF_INET) {
		memcpy(&v4, &sa, sizeof(v4));
		CHECK(inet_ntop(AF_INET, &v4.sin_addr, text, sizeof(text)) != NULL);
		return xasprintf("http://%s:%u%s", text, ntohs(v4.sin_port), path);
	}
	memcpy(&v6, &sa, sizeof(v6));
	CHECK(inet_ntop(AF_INET6, &v6.sin6_addr, text, sizeof(text)) != NULL);
	return xasprintf("http://[%s]:%u%s", text, ntohs(v6.sin6_port), path);
}

struct serve *
serve_new(struct loop *l, const struct address *at, const char *path, const char *type,
    serve_page_fn *page, void *arg, char *err, size_t errlen)
{
	struct serve *s;
	int fd = listen_at(at);

	if (fd < 0) {
		(void)snprintf(err, errlen, "%s", strerror(errno));
		return NULL;
	}
	s = xcalloc(1, sizeof(*s));
	s->type = type;
	s->page = page;
	s->arg = arg;
	s->url = url_of(fd, path);
	s->http = evhttp_new(loop_base(l));
	CHECK(s->http != NULL);
	evhttp_set_allowed_methods(s->http, EVHTTP_REQ_GET | EVHTTP_REQ_HEAD);
	evhttp_set_max_headers_size(s->http, HEAD_MAX);
	evhttp_set_max_body_size(s->http, 0);
	evhttp_set_timeout(s->http, PATIENCE_S);
	CHECK(evhttp_set_cb(s->http, path, on_request, s) == 0);
	CHECK(evhttp_accept_socket(s->http, fd) == 0); /* which owns it now */
	return s;
}

const char *
serve_url(const struct serve *s)
{
	return s->url;
}

void
serve_free(struct serve *s)
{
	if (s == NULL)
		return;
	evhttp_free(s->http);
	free(s->url);
	free(s);
}
