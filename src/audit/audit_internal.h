/*
 * audit_internal - what the files of src/audit share of an audit: audit.c says what runs when,
 * status.c what the answers come to.  Nobody else includes it.
 */
#ifndef TLSAUDIT_AUDIT_INTERNAL_H
#define TLSAUDIT_AUDIT_INTERNAL_H

#include "audit/audit.h"

enum rank { /* of a question, for the status: what a server says to a hello of today counts first */
	RANK_OTHER, /* SSLv2, and bytes that are no hello */
	RANK_OLD,   /* SSLv3 to TLS 1.1 */
	RANK_TODAY,
	RANK__MAX
};

struct lane {
	struct audit *audit;
	const struct probe *probe;
	unsigned number, asks;
	void *state;
	struct ask ask;
	struct exchange *exchange; /* under way, or NULL */
	struct exchange *parked;   /* open after the last reply; it still counts as in flight */
	bool held;	/* its hello was closed, and is to go out again with nothing beside it */
	unsigned tries; /* how often it did */
	bool done;
	enum why why; /* of the last reply */
	const char *text;
};

struct run { /* one probe of the plan */
	struct audit *audit;
	const struct probe *probe;
	struct gathering *gathering; /* outside, under way, or NULL */
	struct lane *lanes;
	unsigned n_lanes, open; /* lanes that are not done */
	bool started, settled;
};

struct audit {
	unsigned magic;
	struct audit_options o;
	const struct endpoint *ep;
	const struct transport *t;
	audit_done_fn *done;
	void *arg;
	struct arena *arena;
	struct facts *facts;
	struct rng rng;
	struct run *runs;
	size_t n_runs;
	unsigned in_flight, gatherings, connections, failures;
	unsigned rtt_ms; /* the shortest; a server that takes one at a time makes others wait their turn */
	bool timed;
	uint64_t begun_ms, ended_ms;
	bool spoke_tls, finished, pumping;
	bool timed_out; /* stopped by the deadline */
	bool only_others; /* stopped while nothing but third parties was waited for */
	const char *greeting; /* before TLS, or NULL */
	bool injected;	/* something came in the clear where TLS had to begin */
	bool throttled; /* it answered, and then would not any more */
	unsigned n_alone; /* lanes whose hello goes out again: nothing else begins before it is answered */
	unsigned closes;  /* hellos that were closed alone as well */
	bool fickle;	  /* one was closed, and alone it was answered */
	bool whole, cut; /* a flight was read to its end; one broke off against the rules */
	enum why stopped; /* WHY_NONE: it goes on */
	unsigned seen[RANK__MAX]; /* bits of enum reply_kind */
	const char *detail[RANK__MAX][REPLY_LOCAL + 1];
	enum status no_conn;
};

enum rank audit_rank(const struct ask *ask);

/* A ServerHello that may be (RFC 8446, 4.1.3: else the client MUST abort the handshake), or an alert
 * from one who speaks TLS. */
bool audit_speaks(const struct audit *a, const struct reply *r);

/*
 * Takes one answer into the account of an audit: connections, the shortest round trip, what it
 * shows of the server (for audit_status), and whether so many failures in a row are the end of
 * asking; then a->stopped says why.  r is the reply to ask; what of it is kept is copied into a's arena.
 */
void audit_count(struct audit *a, const struct ask *ask, const struct reply *r);

#endif
