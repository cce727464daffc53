/*
 * serve - one page over HTTP, made anew for everybody who asks: for metrics.
 *
 *	struct serve *s = serve_new(loop, &at, "/metrics", SERVE_METRICS, write_page, arg, err, sizeof(err));
 *	...				from loop_run(): write_page(arg, to)
 *	serve_free(s);
 *
 * GET and HEAD of that path, without its query, are answered; everything else is an error of HTTP.
 * Who asks is nobody's friend: requests are short, a connection that says nothing is closed, and
 * nothing of a request is used.
 */
#ifndef TLSAUDIT_NET_SERVE_H
#define TLSAUDIT_NET_SERVE_H

#include <stdio.h>

#include "target.h"

struct loop;
struct serve;

/* The Content-Type of Prometheus' text format. */
#define SERVE_METRICS "text/plain; version=0.0.4; charset=utf-8"

typedef void serve_page_fn(void *arg, FILE *to);

/* Listens at that address and port (0: any that is free).  path and type are borrowed.  NULL with a
 * sentence in err. */
struct serve *serve_new(struct loop *l, const struct address *at, const char *path, const char *type,
    serve_page_fn *page, void *arg, char *err, size_t errlen) MUST_USE;
/* "http://127.0.0.1:9090/metrics", as long as it lives. */
const char *serve_url(const struct serve *s);
void serve_free(struct serve *s); /* NULL is allowed */

#endif
