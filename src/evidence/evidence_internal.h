/*
 * evidence_internal - one gathering under way; nobody outside src/evidence includes it.
 *
 * Each kind of gathering begins with a struct gathering and brings two functions: start() asks what
 * can be asked and returns; finish() drops what is still open, puts the rows and releases all.
 */
#ifndef TLSAUDIT_EVIDENCE_EVIDENCE_INTERNAL_H
#define TLSAUDIT_EVIDENCE_EVIDENCE_INTERNAL_H

#include "evidence/evidence.h"
#include "net/loop.h"

struct gathering {
	const struct evidence_env *env;
	struct ctx c;
	struct facts *out;
	gather_done_fn *done;
	void *arg;
	struct loop_timer *end; /* the deadline, or now: nothing is open any more */
	void (*finish)(struct gathering *g);
};

/* Ends it from loop_run(), soon: for whoever has nothing open any more. */
void gathering_over(struct gathering *g);

/* A new one; its finish is set, everything above it comes from evidence.c afterwards. */
struct gathering *web_new(void);
struct gathering *dns_new(void);
/* Asks; called once, when the above is filled in. */
void web_begin(struct gathering *g);
void dns_begin(struct gathering *g);

#endif
