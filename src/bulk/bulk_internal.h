/*
 * bulk_internal - the supervisor's state; nobody outside src/bulk includes it.
 *
 * Three files share it:
 *
 *	bulk.c	what is opened before a scan, and closed after it; its limits
 *	turn.c	the supervisor's turns: the list is read, units are begun and started, the meter shown
 *	unit.c	one target from the window to its records
 *
 * A unit is in one list at a time: resolving, waiting, flying; then it is settled and gone.
 */
#ifndef TLSAUDIT_BULK_BULK_INTERNAL_H
#define TLSAUDIT_BULK_BULK_INTERNAL_H

#include "bulk/crew.h"
#include "bulk/crowd.h"
#include "bulk/exclude.h"
#include "bulk/journal.h"
#include "bulk/meter.h"
#include "bulk/resume.h"
#include "bulk/spool.h"
#include "bulk/window.h"
#include "bulk/work.h"
#include "judge.h"
#include "net/proxy.h"
#include "net/resolve.h"
#include "profile.h"

enum { BULK_WAITING_MAX = WINDOW_SIZE }; /* units looked up or being so, and not started */

struct unit { /* one target, from the window to its records */
	struct bulk *bulk;
	struct list_item item;
	struct job_address *addrs; /* when they are known */
	size_t n;
	unsigned tries;
	bool flying;
	struct unit *next, **at; /* of the list that it is in */
};

struct serve;

struct bulk {
	struct options opts; /* the user's, but for where records go until a format can take them */
	const struct options *o;
	struct spool spool;
	struct shared shared;
	struct profile profile;
	struct store_set *stores;
	struct policy *policy;
	struct judge judge;
	struct report_options report;
	struct proxy proxy;
	struct crypto_identity *identity;
	struct exclude *exclude;
	struct resume *resume; /* NULL: a new scan */
	struct list *list; /* NULL: jobs come from a queue */
	struct window *window;
	struct crowd *crowd;
	struct crew *crew;
	struct journal *journal;
	struct work *work; /* a queue's, in place of list and journal; or NULL */
	struct loop_timer *turn, *tick, *stats;
	struct serve *serve; /* --metrics, or NULL */
	struct loop_watch *more; /* of a list that is a pipe */
	struct meter meter;
	struct unit *resolving, *waiting, *flying;
	unsigned n_resolving, n_waiting, n_flying;
	unsigned max_flying, max_address, max_prefix, n_workers;
	uint64_t read, passed_over, dns_ms; /* dns_ms: no lookup before */
	bool at_end, waits_for_list, stopping;
	int signal;
	enum exit_status status;
};

/* A line on standard error, behind "tlsaudit: ". */
void bulk_complain(struct bulk *b, const char *fmt, ...) PRINTF_LIKE(2, 3);

/* The same of a text; arg is the bulk. */
void bulk_say(void *arg, const char *text);
/* Records of one target, to the journal or the queue. */
void bulk_put(struct bulk *b, uint64_t seq, struct span lines);
/* Nothing more should be begun: too many of them wait. */
bool bulk_full(const struct bulk *b);

/* The next turn comes soon. */
void turn_wake(struct bulk *b);
/* Nothing is begun any more, and the loop ends. */
void turn_stop(struct bulk *b, enum exit_status status);
/* Makes the timers, and the page of --metrics.  False with a sentence in err. */
bool turn_open(struct bulk *b, char *err, size_t errlen) MUST_USE;
/* Begins with the first turn, and waits for signals. */
void turn_begin(struct bulk *b);
/* Writes --stats, if it was asked for. */
void turn_stats(struct bulk *b, bool over);
void turn_close(struct bulk *b);
/* A journal_trouble_fn; arg is the bulk. */
void turn_trouble(void *arg, int e);
/* What the queue has to say (struct work_calls); arg is the bulk. */
struct work_calls turn_work_calls(struct bulk *b);

/* A target leaves the window: it is excluded, or looked up, or waits. */
void unit_begin(struct bulk *b, const struct list_item *item);
/* Starts it unless its neighbourhood is busy; what is excluded altogether is settled instead. */
void unit_try(struct unit *u);
/* A target that is not audited gets its record. */
void unit_give_up(
    struct bulk *b, const struct list_item *item, enum status status, const char *detail);
/* Calls of the crew; arg is the bulk. */
void unit_done(void *arg, const struct result *r, struct span lines);
void unit_lost(void *arg, uint64_t seq, enum blame blame, const char *how);
/* Frees all that are under way. */
void unit_free_all(struct bulk *b);

#endif
