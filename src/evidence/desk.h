/*
 * desk - third parties are asked once, and all who want to know are told.
 *
 * The servers of a list have their certificates from few issuers, so hundreds of them name the same
 * CRL.  A question that is under way is joined by those who have the same one; its answer, or that
 * there was none, is told again for a while.  Answers are bytes: what they mean is judged anew for
 * each certificate, by each time.
 *
 *	struct desk *d = desk_new(loop, fetcher, &(struct desk_limits){.keep_ms = 600000, ...});
 *	struct desk_ticket *t = desk_ask(d, key, &request, on_fetched, arg);
 *	...				on_fetched(arg, &result), once, from loop_run(); or
 *	desk_cancel(t);			never
 *	desk_free(d);
 *
 * The key says what is asked of whom; who knows that two requests with different bytes are one
 * question (OCSP with a nonce) gives them one key.
 */
#ifndef TLSAUDIT_EVIDENCE_DESK_H
#define TLSAUDIT_EVIDENCE_DESK_H

#include "net/fetch.h"

enum { DESK_KEY = 32 };

struct desk;
struct desk_ticket;
struct loop;

struct desk_limits {
	unsigned keep_ms;   /* how long an answer is told again; 0: never, and nobody joins */
	unsigned failed_ms; /* the same of a fetch that failed */
	size_t keep_bytes;  /* of all answers that are kept; the one unused for longest goes first */
};

/* Both are borrowed, and outlive it. */
struct desk *desk_new(struct loop *l, struct fetcher *f, const struct desk_limits *limits);
/* Tickets are dropped.  NULL is allowed. */
void desk_free(struct desk *d);
/* As fetch_start(); the result's `shared` says whether somebody else had asked. */
struct desk_ticket *desk_ask(struct desk *d, const uint8_t key[DESK_KEY],
    const struct fetch_request *q, fetch_done_fn *done, void *arg);
void desk_cancel(struct desk_ticket *t); /* then done() is not called; NULL is allowed */
/* Has the fetch had its turn yet? */
bool desk_begun(const struct desk_ticket *t);

#endif
