/*
 * web_loop - libcurl's transfers (adapt/curl.h) on our loop: its descriptors and its time.
 *
 *	struct web_loop *w = web_loop_new(loop);
 *	web_start(web_loop_web(w), &request);
 *	...				from loop_run(): request.done()
 *	web_loop_free(w);
 */
#ifndef TLSAUDIT_NET_WEB_LOOP_H
#define TLSAUDIT_NET_WEB_LOOP_H

struct loop;
struct web;
struct web_loop;

/* The loop is borrowed.  Never NULL. */
struct web_loop *web_loop_new(struct loop *l);
/* Lives as long as w. */
struct web *web_loop_web(struct web_loop *w);
/* Transfers are dropped. */
void web_loop_free(struct web_loop *w);

#endif
