/* work - see work.h. */
#include "config.h"

#include "bulk/work.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/check.h"
#include "base/text.h"
#include "base/xalloc.h"
#include "net/loop.h"

enum {
	ID_MAX = 48,	     /* "1764038237123-0", and two numbers of 64 bits at most */
	READ_MAX = 256,	     /* jobs of one reply */
	RENEW_MAX = 256,     /* leases of one script */
	HIGH_WATER = 4 << 20 /* bytes of results that wait here */
};

struct hand { /* a job that is here */
	struct work *work;
	uint64_t seq;
	char id[ID_MAX];
	const char *why_dead; /* it is given up; static, or NULL */
	uint8_t *lines; /* its result, which the queue does not have yet; NULL: it is being done */
	size_t n;
	struct hand *next;
};

struct work {
	struct queue *queue;
	struct work_ask ask;
	struct work_calls calls;
	struct loop_timer *poll, *look, *renew;
	struct hand *hands;
	unsigned n_hands, coming; /* coming: asked for, and not here yet */
	size_t waiting; /* bytes of lines */
	uint64_t bytes;
	unsigned reading, claiming; /* how many of them by which command */
	bool was_up, over;
	bool stopped, returned, signed_off, left; /* the steps of the end */
	bool crowded; /* too many results wait for the sink, or nobody knows yet */
	char claim_from[ID_MAX];
};

/* ---- hands ---- */

static struct hand *
by_seq(const struct work *w, uint64_t seq)
{
	struct hand *h = w->hands;

	while (h != NULL && h->seq != seq)
		h = h->next;
	return h;
}

static void
drop(struct hand *h)
{
	struct work *w = h->work;
	struct hand **at = &w->hands;

	while (*at != h)
		at = &(*at)->next;
	*at = h->next;
	w->n_hands--;
	w->waiting -= h->n;
	free(h->lines);
	free(h);
}

static unsigned
room(const struct work *w)
{
	unsigned taken = w->n_hands + w->coming;

	return taken < w->ask.most && !w->stopped && !w->crowded && !work_full(w)
		   ? w->ask.most - taken
		   : 0;
}

/* ---- results ---- */

static void read_more(struct work *w);

static void
on_settled(void *arg, const struct resp *reply)
{
	struct hand *h = arg;
	struct work *w = h->work;

	if (reply->kind == RESP_INTEGER && reply->integer == 1)
		w->bytes += h->n;
	drop(h);
	if (room(w) >= w->ask.most / 4 + 1)
		read_more(w);
	w->calls.wake(w->calls.arg);
}

static void
hand_in(struct hand *h)
{
	struct queue *q = h->work->queue;

	if (queue_is_up(q)) /* else when it is again */
		queue_settle(q, q->jobs, span_str(h->id), h->seq, (struct span){h->lines, h->n},
		    h->why_dead, on_settled, h);
}

void
work_put(struct work *w, uint64_t seq, struct span lines)
{
	struct hand *h = by_seq(w, seq);

	CHECK(h != NULL && h->lines == NULL && lines.n > 0);
	h->lines = xcalloc(1, lines.n);
	memcpy(h->lines, lines.p, lines.n);
	h->n = lines.n;
	w->waiting += lines.n;
	hand_in(h);
}

bool
work_full(const struct work *w)
{
	return w->waiting >= HIGH_WATER;
}

uint64_t
work_bytes(const struct work *w)
{
	return w->bytes;
}

/* ---- jobs ---- */

/* Somebody else's entry, or one that nobody can read: nothing can be audited. */
static void
take_rubbish(struct work *w, struct span id)
{
	struct queue *q = w->queue;

	w->calls.say(w->calls.arg, "queue: an entry that is no job; it is in the list of the dead");
	queue_settle(q, q->jobs, id, 0, (struct span){NULL, 0}, "it is no job", NULL, NULL);
}

static void
take_job(struct work *w, const struct resp *entry, int64_t deliveries)
{
	static const char dead[] = "handed out too often";
	struct list_item item;
	const struct resp *fields;
	struct span id;
	struct hand *h;
	char why[128];

	if (!queue_entry(entry, &id, &fields) || id.n >= ID_MAX)
		return;
	if (!queue_read_job(fields, &item)) {
		take_rubbish(w, id);
		return;
	}
	/* It is here already, or more came than was asked for: its lease ends by itself. */
	if (by_seq(w, item.seq) != NULL || w->n_hands >= w->ask.most)
		return;
	h = xcalloc(1, sizeof(*h));
	h->work = w;
	h->seq = item.seq;
	memcpy(h->id, id.p, id.n);
	h->next = w->hands;
	w->hands = h;
	w->n_hands++;
	h->why_dead = deliveries > WORK_DELIVERIES_MAX ? dead : NULL;
	(void)snprintf(why, sizeof(why),
	    "%" PRId64 " workers got this target and did not come back with a result",
	    deliveries - 1);
	if (!w->stopped) /* else it is given back */
		w->calls.job(w->calls.arg, &item, h->why_dead != NULL ? why : NULL);
}

static void
on_read(void *arg, const struct resp *reply)
{
	struct work *w = arg;
	const struct resp *entries = queue_entries(reply);

	w->coming -= w->reading;
	w->reading = 0;
	for (size_t i = 0; entries != NULL && i < entries->n; i++)
		take_job(w, entries->items[i], 1);
	if (entries == NULL && !w->stopped)
		return;
	read_more(w);
	w->calls.wake(w->calls.arg);
}

static void
read_more(struct work *w)
{
	unsigned n = room(w);

	if (n == 0 || w->reading > 0 || !queue_is_up(w->queue))
		return;
	w->reading = n < READ_MAX ? n : READ_MAX;
	w->coming += w->reading;
	queue_read(w->queue, w->queue->jobs, w->reading, ">", on_read, w);
}

static void
on_poll(void *arg)
{
	struct work *w = arg;

	read_more(w);
	loop_timer_set(w->poll, QUEUE_POLL_MS);
}

/* ---- jobs of workers that are gone ---- */

/* [cursor, [deliveries, id, fields], ...] */
static void
on_claimed(void *arg, const struct resp *reply)
{
	struct work *w = arg;
	const struct resp *cursor = resp_item(reply, 0, RESP_STRING);

	w->coming -= w->claiming;
	w->claiming = 0;
	if (cursor == NULL || cursor->text.n == 0 || cursor->text.n >= ID_MAX)
		return;
	memset(w->claim_from, 0, sizeof(w->claim_from));
	memcpy(w->claim_from, cursor->text.p, cursor->text.n);
	for (size_t i = 1; i < reply->n; i++) {
		const struct resp *deliveries = resp_item(reply->items[i], 0, RESP_INTEGER);
		const struct resp *entry = resp_item(reply->items[i], 1, RESP_ARRAY);

		if (deliveries != NULL && entry != NULL)
			take_job(w, entry, deliveries->integer);
	}
	if (reply->n > 1)
		w->calls.wake(w->calls.arg);
}

/* Sends what claims n jobs: a script and its first arguments are put, but for the last one. */
static void
send_claim(struct work *w, unsigned n)
{
	queue_put_number(w->queue, n);
	w->claiming = n;
	w->coming += n;
	queue_go(w->queue, on_claimed, w);
}

/* Those whose lease has ended, wherever they are. */
static void
claim(struct work *w)
{
	static const char script[] =
	    "local r = redis.call('XAUTOCLAIM', KEYS[1], ARGV[1], ARGV[2], ARGV[3], ARGV[4],\n"
	    "  'COUNT', ARGV[5])\n"
	    "local out = {r[1]}\n"
	    "for _, e in ipairs(r[2]) do\n"
	    "  if e then\n"
	    "    local p = redis.call('XPENDING', KEYS[1], ARGV[1], e[1], e[1], 1)\n"
	    "    out[#out + 1] = {p[1][4], e}\n"
	    "  end\n"
	    "end\n"
	    "return out\n";
	struct queue *q = w->queue;
	unsigned n = room(w);

	if (n == 0 || w->claiming > 0)
		return;
	queue_eval(q, script, (const char *const[]){q->jobs}, 1);
	queue_put(q, q->o->group);
	queue_put(q, q->o->consumer);
	queue_put_number(q, w->ask.lease_ms);
	queue_put(q, w->claim_from);
	send_claim(w, n < READ_MAX ? n : READ_MAX);
}

/* Those that a process of this name had when it ended: it is us who have that name now. */
static void
claim_own(struct work *w)
{
	static const char script[] =
	    "local out = {'0-0'}\n"
	    "for _, p in ipairs(redis.call('XPENDING', KEYS[1], ARGV[1], '-', '+', ARGV[3], "
	    "ARGV[2])) do\n"
	    "  local e = redis.call('XCLAIM', KEYS[1], ARGV[1], ARGV[2], 0, p[1])\n"
	    "  if e[1] then out[#out + 1] = {p[4] + 1, e[1]} end\n"
	    "end\n"
	    "return out\n";
	struct queue *q = w->queue;

	queue_eval(q, script, (const char *const[]){q->jobs}, 1);
	queue_put(q, q->o->group);
	queue_put(q, q->o->consumer);
	send_claim(w, w->ask.most);
}

/* ---- leases ---- */

/* Leases of what is here, all or those without a result: renewed, or ended for the consumer to;
 * never taken back from whoever has claimed them. */
static void
send_leases(struct work *w, const char *script, const char *to, bool undone, redis_reply_fn *fn)
{
	struct queue *q = w->queue;

	for (const struct hand *h = w->hands; h != NULL;) {
		queue_eval(q, script, (const char *const[]){q->jobs}, 1);
		queue_put(q, q->o->group);
		queue_put(q, q->o->consumer);
		queue_put(q, to);
		queue_put_number(q, w->ask.lease_ms);
		for (unsigned n = 0; h != NULL && n < RENEW_MAX; h = h->next)
			if (!undone || h->lines == NULL) {
				queue_put(q, h->id);
				n++;
			}
		queue_go(q, fn, w);
	}
}

#define FOR_EACH_LEASE(what)                                                                       \
	"for i = 5, #ARGV do\n"                                                                    \
	"  if #redis.call('XPENDING', KEYS[1], ARGV[1], ARGV[i], ARGV[i], 1, ARGV[2]) > 0 then\n"  \
	"    redis.call('XCLAIM', KEYS[1], ARGV[1], ARGV[3], 0, ARGV[i], " what "'JUSTID')\n"      \
	"  end\n"                                                                                  \
	"end\n"

static void
renew(struct work *w)
{
	send_leases(w, FOR_EACH_LEASE(""), w->queue->o->consumer, false, NULL);
}

static void
on_renew(void *arg)
{
	struct work *w = arg;

	if (queue_is_up(w->queue))
		renew(w);
	loop_timer_set(w->renew, w->ask.lease_ms / 4);
}

/* ---- the state of the scan ---- */

static void
on_state(void *arg, const struct resp *reply)
{
	struct work *w = arg;
	struct queue_state s;

	if (!queue_read_state(reply, &s))
		return;
	w->crowded = s.results > WORK_RESULTS_MAX;
	read_more(w);
	if (s.ended && s.jobs == 0 && w->n_hands == 0) {
		w->over = true;
		w->calls.wake(w->calls.arg);
	}
}

static void
on_look(void *arg)
{
	struct work *w = arg;

	if (queue_is_up(w->queue) && !w->stopped) {
		queue_look(w->queue, on_state, w);
		claim(w);
	}
	loop_timer_set(w->look, QUEUE_LOOK_MS);
}

bool
work_over(const struct work *w)
{
	return w->over;
}

/* ---- begin ---- */

static void
on_options(void *arg, const struct resp *reply)
{
	struct work *w = arg;
	uint64_t options;

	if (reply->kind == RESP_STRING && text_number(reply->text, 16, &options) &&
	    options == w->ask.options)
		return;
	w->calls.refused(w->calls.arg, "queue: its other workers were started with other options "
				       "(--policy, --profile, --only, ...)");
}

static void
agree_on_options(struct work *w)
{
	struct queue *q = w->queue;
	char text[20];

	(void)snprintf(text, sizeof(text), "%016" PRIx64, w->ask.options);
	queue_put(q, "HSETNX");
	queue_put(q, q->scan);
	queue_put(q, "options");
	queue_put(q, text);
	queue_go(q, NULL, NULL);
	queue_put(q, "HGET");
	queue_put(q, q->scan);
	queue_put(q, "options");
	queue_go(q, on_options, w);
}

static void
on_up(void *arg)
{
	struct work *w = arg;

	agree_on_options(w);
	queue_make_group(w->queue, w->queue->jobs);
	if (!w->was_up && w->queue->o->has_consumer)
		claim_own(w);
	w->was_up = true;
	for (struct hand *h = w->hands; h != NULL; h = h->next)
		if (h->lines != NULL)
			hand_in(h);
	renew(w); /* while the queue was away, time went on */
	queue_look(w->queue, on_state, w);
	w->calls.wake(w->calls.arg);
}

static void
on_down(void *arg)
{
	struct work *w = arg;

	w->coming = w->reading = w->claiming = 0;
	w->signed_off = false;
}

static void
on_say(void *arg, const char *text)
{
	struct work *w = arg;

	w->calls.say(w->calls.arg, text);
}

static void
on_refused(void *arg, const char *text)
{
	struct work *w = arg;

	w->calls.refused(w->calls.arg, text);
}

struct work *
work_new(struct loop *l, const struct queue_options *o, const struct work_ask *ask,
    const struct work_calls *calls, char *err, size_t errlen)
{
	struct work *w = xcalloc(1, sizeof(*w));
	struct queue_calls qc = {
	    .up = on_up, .down = on_down, .say = on_say, .refused = on_refused, .arg = w};

	w->ask = *ask;
	w->calls = *calls;
	w->crowded = true;
	(void)snprintf(w->claim_from, sizeof(w->claim_from), "0-0");
	w->poll = loop_timer_new(l, on_poll, w);
	w->look = loop_timer_new(l, on_look, w);
	w->renew = loop_timer_new(l, on_renew, w);
	w->queue = queue_new(l, o, &qc, err, errlen);
	if (w->queue == NULL) {
		work_free(w);
		return NULL;
	}
	loop_timer_set(w->poll, QUEUE_POLL_MS);
	loop_timer_set(w->look, QUEUE_LOOK_MS);
	loop_timer_set(w->renew, ask->lease_ms / 4);
	return w;
}

/* ---- the end ---- */

static void
on_left(void *arg, const struct resp *reply)
{
	struct work *w = arg;

	(void)reply;
	w->left = true;
	w->calls.wake(w->calls.arg);
}

/* Our name goes away too, unless something is still pending under it. */
static void
sign_off(struct work *w)
{
	static const char script[] =
	    "if #redis.call('XPENDING', KEYS[1], ARGV[1], '-', '+', 1, ARGV[2]) == 0 then\n"
	    "  redis.call('XGROUP', 'DELCONSUMER', KEYS[1], ARGV[1], ARGV[2])\n"
	    "end\n";
	struct queue *q = w->queue;

	queue_eval(q, script, (const char *const[]){q->jobs}, 1);
	queue_put(q, q->o->group);
	queue_put(q, q->o->consumer);
	queue_go(q, on_left, w);
}

/* Whatever becomes of this, a lease ends by itself. */
static void
give_back(struct work *w)
{
	struct hand *next;

	send_leases(
	    w, FOR_EACH_LEASE("'IDLE', ARGV[4], 'RETRYCOUNT', 0, "), "returned", true, NULL);
	for (struct hand *h = w->hands; h != NULL; h = next) {
		next = h->next;
		if (h->lines == NULL)
			drop(h);
	}
}

void
work_stop(struct work *w)
{
	w->stopped = true;
}

bool
work_leave(struct work *w)
{
	w->stopped = true;
	if (!queue_is_up(w->queue)) /* without a result there is nothing that it would miss */
		return w->left || w->waiting == 0;
	if (w->left || w->coming > 0)
		return w->left;
	if (!w->returned)
		give_back(w);
	w->returned = true;
	if (w->n_hands == 0 && !w->signed_off) {
		w->signed_off = true;
		sign_off(w);
	}
	return false;
}

void
work_free(struct work *w)
{
	if (w == NULL)
		return;
	while (w->hands != NULL)
		drop(w->hands);
	queue_free(w->queue);
	loop_timer_free(w->poll);
	loop_timer_free(w->look);
	loop_timer_free(w->renew);
	free(w);
}
