/*
 * queue - what feeder, workers and sink of a scan have agreed upon: keys, fields, scripts.
 *
 *	feeder ─► PREFIX:jobs ─► workers ─► PREFIX:results ─► sink
 *
 *	PREFIX:jobs	a stream; an entry is one target: seq, line, digest, host, port, starttls
 *	PREFIX:results	a stream; an entry has all records of one target: seq, records
 *	PREFIX:dead	a stream of jobs that were given up, with the reason
 *	PREFIX:scan	a hash: cursor and digest (what was fed), end (all there is), options (the workers')
 *
 * An entry goes away when it is acknowledged.  So the length of jobs is what has to be done,
 * waiting or under way, and with results of length 0 as well the scan is over.
 *
 * Scripts are sent whole each time: a few hundred bytes beside some ten thousand of a result, and
 * no server can have forgotten them.
 *
 * A command is put together word by word:
 *
 *	queue_put(q, "HGET");
 *	queue_put(q, q->scan);
 *	queue_put(q, "end");
 *	queue_go(q, on_end, arg);
 */
#ifndef TLSAUDIT_BULK_QUEUE_H
#define TLSAUDIT_BULK_QUEUE_H

#include "bulk/list.h"
#include "bulk/queue_options.h"

struct loop;

enum { QUEUE_POLL_MS = 250, QUEUE_LOOK_MS = 1000 };

struct queue_calls {
	void (*up)(void *arg);
	void (*down)(void *arg); /* what was sent may or may not have been done */
	void (*say)(void *arg, const char *text);	 /* a line for the user */
	void (*refused)(void *arg, const char *text);	 /* it cannot go on; text as of say() */
	void *arg;
};

struct queue {
	const struct queue_options *o;
	struct queue_calls calls;
	struct redis *redis;
	bool told; /* that there is no connection */
	char *jobs, *results, *dead, *scan; /* keys */
	struct arena *arena; /* of the command that is put together */
	struct span *words;
	size_t n, cap;
};

/* NULL with a sentence in err.  o is borrowed. */
struct queue *queue_new(struct loop *l, const struct queue_options *o,
    const struct queue_calls *calls, char *err, size_t errlen) MUST_USE;
void queue_free(struct queue *q); /* NULL is allowed */
bool queue_is_up(const struct queue *q);

void queue_put(struct queue *q, const char *word);
void queue_put_span(struct queue *q, struct span word);
void queue_put_number(struct queue *q, uint64_t word);
/* Copies what is put until queue_go(); the others are borrowed until then. */
void queue_go(struct queue *q, redis_reply_fn *fn, void *arg);

/* "XADD jobs *" and the fields of a job. */
void queue_put_job(struct queue *q, const struct list_item *item);
/* The way back; false: these fields are no job. */
bool queue_read_job(const struct resp *fields, struct list_item *item) MUST_USE;

/* Makes the group of a stream, unless it is there. */
void queue_make_group(struct queue *q, const char *stream);
/* XREADGROUP of our group and consumer: new entries (after ">"), or our own pending ones (after an
 * id). */
void queue_read(struct queue *q, const char *stream, unsigned count, const char *after,
    redis_reply_fn *fn, void *arg);
/* The array of entries of its reply; NULL: there are none. */
const struct resp *queue_entries(const struct resp *reply);
/* One entry, [id, fields]; false: it is none, or one that was deleted. */
bool queue_entry(const struct resp *entry, struct span *id, const struct resp **fields) MUST_USE;
/* A field's value; p NULL: there is no such field. */
struct span queue_field(const struct resp *fields, const char *name);

/*
 * The heart: an entry of a stream is over.  In one script: if it is still pending in our group, and
 * ours, it is acknowledged and deleted, its records (if there are any) are added to results, and
 * with a reason why it is given up, it is added to dead; the reply is 1.  Else nothing is done, and
 * the reply is 0: so a job that two workers have done yields one result, of the one that has it now.
 */
void queue_settle(struct queue *q, const char *stream, struct span id, uint64_t seq,
    struct span records, const char *why_dead, redis_reply_fn *fn, void *arg);

struct queue_state {
	bool ended;    /* the feeder has sent all of its list: end targets */
	uint64_t end, jobs, results;
};
/* Asks for the state; queue_read_state() reads the reply. */
void queue_look(struct queue *q, redis_reply_fn *fn, void *arg);
bool queue_read_state(const struct resp *reply, struct queue_state *out) MUST_USE;

/* Begins EVAL of a script with these keys, n of them; its arguments are put behind. */
void queue_eval(struct queue *q, const char *script, const char *const *keys, size_t n);

#endif
