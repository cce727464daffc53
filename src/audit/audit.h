/*
 * audit - one endpoint's plan, run to the end.
 *
 * The plan follows from needs and gives of the probes; the pump starts what may start, up to
 * `parallel` exchanges at once, and calls done() when every probe is done, skipped or out of
 * budget.  It has no sockets: all waiting is the transport's.
 */
#ifndef TLSAUDIT_AUDIT_H
#define TLSAUDIT_AUDIT_H

#include "gather.h"
#include "transport.h"

enum status { /* how the endpoint's audit ended; JSON "status" (design: hostile world) */
	STATUS_OK,
	STATUS_PARTIAL, /* facts are there, but something stayed unknown through the network */
	STATUS_DNS_ERROR,
	STATUS_REFUSED,
	STATUS_UNREACHABLE,
	STATUS_TIMEOUT,
	STATUS_RESET,
	STATUS_CLOSED,
	STATUS_NOT_TLS,
	STATUS_TLS_ALERT,
	STATUS_PROTOCOL_ERROR,
	STATUS_LIMIT,
	STATUS_BLOCKED,
	STATUS_WORKER_CRASH,
	STATUS__MAX
};
/* "ok", "partial", "dns_error", ... */
const char *status_name(enum status s);

struct audit_options {
	const struct probe *const *probes; /* NULL-ended; usually probe_table */
	const char *const *only;	   /* NULL: all; else names, NULL-ended, with what they need */
	unsigned parallel;		   /* exchanges at once to this endpoint, at least 1 */
	unsigned max_connections;	   /* hard stop */
	unsigned deadline_ms;		   /* wall per endpoint */
	int64_t now;			   /* seconds since 1970 */
	uint64_t seed;			   /* 0: the kernel's randomness */
	const void *stores;
	bool safe; /* no probe that sends what no client would */
	const struct gatherer *gather; /* NULL: nobody but the server is asked */
	enum depth depth;
};

struct audit;
typedef void audit_done_fn(void *arg, struct audit *a);

/* Copies the options; ep, probes, only, stores and gather are borrowed.  Owns one arena. */
struct audit *audit_new(const struct audit_options *o, const struct endpoint *ep,
    const struct transport *t, audit_done_fn *done, void *arg);
void audit_pump(struct audit *a); /* start what may start; call it any time */
/* Deadline or interrupt: cancels what runs, settles the rest with `why`, concludes, calls no
 * done(). */
void audit_stop(struct audit *a, enum why why);
const struct facts *audit_facts(const struct audit *a);
enum status audit_status(const struct audit *a);
const char *audit_status_detail(const struct audit *a); /* or NULL */
unsigned audit_connections(const struct audit *a);
unsigned audit_elapsed_ms(const struct audit *a);
const struct endpoint *audit_endpoint(const struct audit *a);
/* For a progress line: probes of the plan, and how many of them are over. */
size_t audit_probes(const struct audit *a);
size_t audit_probes_done(const struct audit *a);
/* What only who audits the other addresses of the name can know, once the audit is over: puts
 * F_ADDRESSES_DIFFER with these words, or as unknown for this reason. */
void audit_put_differ(struct audit *a, enum tri differ, enum why why, const char *what);
void audit_free(struct audit *a); /* one call releases everything */

#endif
