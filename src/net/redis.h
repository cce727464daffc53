/*
 * redis - one connection to a Redis server that comes again whenever it goes.
 *
 * Commands go out in order, replies come in the same order.  When the connection is lost, nobody
 * knows which of the commands without a reply were carried out: their replies never come, down()
 * says so, and after the next up() the user looks and begins again.  What goes wrong for a while
 * (no server, still loading, no memory, a group that a restart has forgotten) is such a loss; what
 * trying again would not change (a wrong password, no permission) is told by refused(), once.
 *
 *	struct redis *r = redis_new(loop, &at, &calls, err, sizeof(err));
 *	...				from loop_run(): calls.up(arg)
 *	redis_send(r, words, n, on_reply, arg);
 *	...				on_reply(arg, reply): never an error, but BUSYGROUP
 *	redis_free(r);			not from a call
 *
 * The attempts lie 0.1 seconds apart at first, 5 at last.  A server that owes a reply and says
 * nothing for half a minute is gone.
 */
#ifndef TLSAUDIT_NET_REDIS_H
#define TLSAUDIT_NET_REDIS_H

#include "adapt/gnutls_client.h"
#include "adapt/hiredis.h"
#include "net/redis_url.h"

struct loop;
struct redis;

struct redis_at {
	struct redis_url url;
	struct tls_client_files files; /* borrowed */
};

struct redis_calls {
	void (*up)(void *arg);
	void (*down)(void *arg, const char *why); /* why dies when it returns, is clean, without secrets */
	void (*refused)(void *arg, const char *why);
	void *arg;
};

/* The reply dies when it returns. */
typedef void redis_reply_fn(void *arg, const struct resp *reply);

/* Connects from loop_run() on.  at is borrowed.  NULL with a sentence in err: a file of TLS cannot
 * be used. */
struct redis *redis_new(struct loop *l, const struct redis_at *at, const struct redis_calls *calls,
    char *err, size_t errlen) MUST_USE;
/* Between up() and down(), and not outside.  fn NULL: the reply does not matter. */
void redis_send(
    struct redis *r, const struct span *words, size_t n, redis_reply_fn *fn, void *arg);
bool redis_is_up(const struct redis *r);
/* Bytes that the server has not taken yet. */
size_t redis_waiting(const struct redis *r);
void redis_free(struct redis *r); /* NULL is allowed */

#endif
