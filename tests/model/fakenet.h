/*
 * fakenet - a transport without sockets and without waiting: engine against model server, in
 * virtual time.
 *
 *	struct fakenet n;
 *	fakenet_init(&n, &server, seed);
 *	a = audit_new(&options, &ep, &n.transport, on_done, &x);
 *	audit_pump(a);
 *	while (fakenet_step(&n))	one answer, the earliest; the clock jumps to it
 *		continue;
 *	fakenet_fini(&n);
 *
 * Every answer takes a random time, so those of several exchanges under way come in any order;
 * silence takes silence_ms.  Bytes reach the engine in random pieces.  done() is never called from
 * inside start().
 */
#ifndef TLSAUDIT_TESTS_FAKENET_H
#define TLSAUDIT_TESTS_FAKENET_H

#include "model_server.h"
#include "transport.h"

struct fakenet {
	struct transport transport;
	struct model_server *server;
	struct rng rng;    /* delays */
	struct rng pieces; /* apart, since the sizes of signatures are not the same in every run */
	uint64_t now_ms;
	unsigned silence_ms;        /* 8000 */
	unsigned delay_max_ms;      /* 50 */
	struct exchange *under_way; /* a list */
	unsigned n_under_way, most_under_way;
	unsigned started, done, cancelled, silences;
	bool starting;
	size_t most_arena; /* bytes one exchange took */
	/* Called for every hello sent, before the server sees it; may be NULL. */
	void (*on_sent)(void *arg, struct span bytes);
	/* Called with every answer, before the audit has it; may be NULL. */
	void (*on_reply)(void *arg, const struct ask *ask, const struct reply *r);
	void *arg;
};

void fakenet_init(struct fakenet *n, struct model_server *server, uint64_t seed);
/* Delivers the earliest answer; false: none is under way. */
bool fakenet_step(struct fakenet *n);
void fakenet_fini(struct fakenet *n);

#endif
