/*
 * model_server - a configuration that answers: bytes in, bytes out, like a server on a socket.
 *
 *	struct model_server m = {.config = &config};
 *	struct model_conn *c = model_accept(&m, arena);	  NULL: it takes no more connections
 *	model_feed(c, hello);
 *	out = model_to_send(c);
 *	if (model_end(c) == MODEL_END_RESET) ...
 *
 * It reads hellos with base/rd.h and writes flights with base/wr.h: nothing of src/tls/ but the
 * tables is used, so an error there is not mirrored here.  Under TLS 1.3 its keys are real: the
 * flight is encrypted, and the client's Finished is checked.  Signatures are made-up bytes.
 */
#ifndef TLSAUDIT_TESTS_MODEL_SERVER_H
#define TLSAUDIT_TESTS_MODEL_SERVER_H

#include "base/arena.h"
#include "model_config.h"

enum model_end { MODEL_OPEN, MODEL_END_FIN, MODEL_END_RESET };

struct model_server {
	const struct model_config *config;
	struct rng rng;
	int64_t now;                        /* for random_time */
	unsigned accepted;                  /* connections so far */
	unsigned finished_ok, finished_bad; /* client Finished messages under TLS 1.3 */
};

struct model_conn;

/* A connection, in the arena (its keys too are plain memory); NULL: refused. */
struct model_conn *model_accept(struct model_server *m, struct arena *a);
/* Takes bytes from the client. */
void model_feed(struct model_conn *c, struct span in);
/* What it has to say, and how much of it was taken. */
struct span model_to_send(const struct model_conn *c);
void model_sent(struct model_conn *c, size_t n);
/* After all is sent: does it stay open, close, or reset? */
enum model_end model_end(const struct model_conn *c);

#endif
