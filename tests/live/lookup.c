/*
 * lookup - prints what net/resolve.h makes of names; the driver of test_dns.py.
 *
 *	lookup [-4] [-6] [-r SERVER] [-t MILLISECONDS] [-a ANCHOR-FILE] NAME...
 *
 * All names are looked up at once.  One line each, in the order of the answers:
 *
 *	NAME status n[+] ADDRESS... [detail]		"+": there were more addresses
 */
#include "config.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/check.h"
#include "base/xalloc.h"
#include "net/loop.h"
#include "net/resolve.h"

static void
print_address(const struct address *a)
{
	char text[INET6_ADDRSTRLEN];
	struct sockaddr_in in;
	struct sockaddr_in6 in6;

	CHECK(a->port == 0);
	if (a->len == sizeof(in)) {
		memcpy(&in, a->addr, sizeof(in));
		CHECK(in.sin_family == AF_INET && in.sin_port == 0);
		inet_ntop(AF_INET, &in.sin_addr, text, sizeof(text));
	} else {
		memcpy(&in6, a->addr, sizeof(in6));
		CHECK(in6.sin6_family == AF_INET6 && in6.sin6_port == 0);
		inet_ntop(AF_INET6, &in6.sin6_addr, text, sizeof(text));
	}
	printf(" %s", text);
}

struct name {
	const char *text;
	struct loop *loop;
	size_t *n_open; /* names without an answer, of all */
};

static void
on_resolved(void *arg, const struct resolved *r)
{
	const struct name *n = arg;

	printf("%s %s %zu%s", n->text, resolve_status_name(r->status), r->n, r->capped ? "+" : "");
	for (size_t i = 0; i < r->n; i++)
		print_address(&r->addrs[i]);
	printf(" [%s]\n", r->detail);
	fflush(stdout);
	CHECK(*n->n_open > 0);
	if (--*n->n_open == 0)
		loop_stop(n->loop);
}

/* Looks up all names, and waits for their answers. */
static void
look_up(struct loop *l, struct resolver *r, char **names, size_t n)
{
	struct name *list = xcalloc(n, sizeof(*list));
	size_t n_open = n;

	for (size_t i = 0; i < n; i++) {
		list[i] = (struct name){names[i], l, &n_open};
		resolve_start(r, names[i], on_resolved, &list[i]);
	}
	CHECK(n_open == n); /* nothing is answered before the loop runs */
	if (n > 0)
		loop_run(l);
	CHECK(n_open == 0);
	free(list);
}

int
main(int argc, char **argv)
{
	struct resolver_options o = {0};
	struct resolver *r;
	struct loop *l = loop_new();
	char err[200];
	int c;

	while ((c = getopt(argc, argv, "46r:t:a:")) != -1) {
		if (c == '4')
			o.v4 = true;
		else if (c == '6')
			o.v6 = true;
		else if (c == 'r')
			o.server = optarg;
		else if (c == 't')
			o.timeout_ms = (unsigned)strtoul(optarg, NULL, 10);
		else if (c == 'a')
			o.anchor = optarg;
		else
			return 2;
	}
	if (!o.v4 && !o.v6)
		o.v4 = o.v6 = true;
	r = resolver_new(l, &o, err, sizeof(err));
	if (r == NULL) {
		fprintf(stderr, "lookup: %s\n", err);
		loop_free(l);
		return 2;
	}
	look_up(l, r, argv + optind, (size_t)(argc - optind));
	resolver_free(r);
	loop_free(l);
	return 0;
}
