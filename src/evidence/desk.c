/* desk - see desk.h.  Questions in a hash table; those that have their answer also in a queue, the
 * one told last at its end. */
#include "config.h"

#include "evidence/desk.h"

#include <stdlib.h>

#include "adapt/openssl_crypto.h"
#include "base/check.h"
#include "base/xalloc.h"
#include "net/loop.h"

enum { BUCKETS = 1024, OVERHEAD = 256 /* bytes of a question without a body, about */ };

struct desk_ticket { /* one who wants to know */
	struct question *q;
	struct desk_ticket *next, **at; /* of the question's waiting or told */
	fetch_done_fn *done;
	void *arg;
	bool first; /* who made us ask */
};

struct question {
	struct desk *d;
	uint8_t key[DESK_KEY];
	struct question *chain;		/* of its bucket */
	struct question *older, *newer; /* while answered */
	struct fetch *fetch;		/* under way, or NULL */
	bool answered, telling;
	struct fetch_result answer; /* what it points to is owned */
	char *detail, *type;
	uint8_t *body;
	uint64_t until_ms;
	struct desk_ticket *waiting;
};

struct desk {
	struct loop *loop;
	struct fetcher *fetcher;
	struct desk_limits limits;
	struct loop_timer *turn; /* somebody waits for an answer that is there */
	struct question *buckets[BUCKETS];
	struct question *oldest, *newest;
	size_t kept, ready; /* bytes; tickets whose answer is there */
};

/* ---- questions ---- */

static struct question **
bucket_of(struct desk *d, const uint8_t key[DESK_KEY])
{
	return &d->buckets[(key[0] << 8 | key[1]) % BUCKETS];
}

static size_t
size_of(const struct question *q)
{
	return OVERHEAD + q->answer.body.n;
}

static void
leave_queue(struct question *q)
{
	struct desk *d = q->d;

	*(q->older != NULL ? &q->older->newer : &d->oldest) = q->newer;
	*(q->newer != NULL ? &q->newer->older : &d->newest) = q->older;
	q->older = q->newer = NULL;
}

static void
enter_queue(struct question *q)
{
	struct desk *d = q->d;

	q->older = d->newest;
	*(d->newest != NULL ? &d->newest->newer : &d->oldest) = q;
	d->newest = q;
}

static void
question_free(struct question *q)
{
	struct question **at = bucket_of(q->d, q->key);

	while (*at != q)
		at = &(*at)->chain;
	*at = q->chain;
	if (q->answered) {
		leave_queue(q);
		q->d->kept -= size_of(q);
	}
	fetch_cancel(q->fetch);
	free(q->detail);
	free(q->type);
	free(q->body);
	free(q);
}

/* The question with that key, unless its answer is too old to be told; NULL: there is none. */
static struct question *
find(struct desk *d, const uint8_t key[DESK_KEY])
{
	struct question *q = *bucket_of(d, key);

	while (q != NULL && memcmp(q->key, key, DESK_KEY) != 0)
		q = q->chain;
	if (q == NULL || !q->answered || q->telling || q->waiting != NULL ||
	    loop_now_ms() < q->until_ms)
		return q;
	question_free(q);
	return NULL;
}

static struct question *
question_new(struct desk *d, const uint8_t key[DESK_KEY])
{
	struct question *q = xcalloc(1, sizeof(*q)), **at = bucket_of(d, key);

	q->d = d;
	memcpy(q->key, key, DESK_KEY);
	q->chain = *at;
	*at = q;
	return q;
}

/* ---- answers ---- */

static void
ticket_free(struct desk_ticket *t)
{
	*t->at = t->next;
	if (t->next != NULL)
		t->next->at = t->at;
	free(t);
}

static void
tell(struct desk_ticket *t)
{
	struct question *q = t->q;
	struct fetch_result r = q->answer;
	fetch_done_fn *done = t->done;
	void *arg = t->arg;

	r.shared = !t->first;
	q->d->ready--;
	ticket_free(t);
	q->telling = true;
	done(arg, &r);
	q->telling = false;
}

/* Those that nobody has asked about for longest. */
static void
make_room(struct desk *d)
{
	struct question *next;

	for (struct question *q = d->oldest; q != NULL && d->kept > d->limits.keep_bytes; q = next) {
		next = q->newer;
		if (q->waiting == NULL)
			question_free(q);
	}
}

static void
keep(struct question *q, const struct fetch_result *r)
{
	struct desk *d = q->d;
	unsigned ms = r->end == FETCH_OK ? d->limits.keep_ms : d->limits.failed_ms;

	q->answer = *r;
	q->answer.detail = q->detail = xstrdup(r->detail);
	q->answer.type = q->type = r->type != NULL ? xstrdup(r->type) : NULL;
	q->body = xcalloc(1, r->body.n + 1);
	if (r->body.n > 0)
		memcpy(q->body, r->body.p, r->body.n);
	q->answer.body.p = q->body;
	q->answered = true;
	q->until_ms = loop_now_ms() + (d->limits.keep_ms > 0 ? ms : 0);
	d->kept += size_of(q);
	enter_queue(q);
	for (const struct desk_ticket *t = q->waiting; t != NULL; t = t->next)
		d->ready++;
}

static void
on_turn(void *arg)
{
	struct desk *d = arg;
	struct question *q = d->newest;

	/* Whoever is told may ask, and so change the queue: begin anew each time. */
	while (q != NULL && d->ready > 0)
		if (q->waiting != NULL) {
			tell(q->waiting);
			q = d->newest;
		} else {
			q = q->older;
		}
	make_room(d);
}

static void
on_fetched(void *arg, const struct fetch_result *r)
{
	struct question *q = arg;

	q->fetch = NULL;
	keep(q, r);
	loop_timer_set(q->d->turn, 0);
}

/* ---- the outside ---- */

struct desk_ticket *
desk_ask(struct desk *d, const uint8_t key[DESK_KEY], const struct fetch_request *r,
    fetch_done_fn *done, void *arg)
{
	struct desk_ticket *t = xcalloc(1, sizeof(*t));
	struct {
		uint8_t key[DESK_KEY];
		uint64_t max_bytes, near, lone;
	} all = {.max_bytes = r->max_bytes, .near = (uint64_t)r->near};
	uint8_t whole[DESK_KEY];
	struct question *q;

	memcpy(all.key, key, DESK_KEY);
	all.lone = d->limits.keep_ms == 0 ? (uint64_t)(uintptr_t)t : 0;
	crypto_sha256((struct span){(const uint8_t *)&all, sizeof(all)}, whole);
	q = find(d, whole);
	if (q == NULL) {
		q = question_new(d, whole);
		t->first = true;
	} else if (q->answered) {
		leave_queue(q);
		enter_queue(q);
		d->ready++;
		loop_timer_set(d->turn, 0);
	}
	*t = (struct desk_ticket){.q = q, .next = q->waiting, .at = &q->waiting, .done = done,
	    .arg = arg, .first = t->first};
	if (t->next != NULL)
		t->next->at = &t->next;
	q->waiting = t;
	if (t->first)
		q->fetch = fetch_start(d->fetcher, r, on_fetched, q);
	return t;
}

void
desk_cancel(struct desk_ticket *t)
{
	struct question *q;

	if (t == NULL)
		return;
	q = t->q;
	q->d->ready -= q->answered;
	ticket_free(t);
	if (q->waiting == NULL && !q->answered)
		question_free(q);
}

bool
desk_begun(const struct desk_ticket *t)
{
	return t->q->answered || fetch_begun(t->q->fetch);
}

struct desk *
desk_new(struct loop *l, struct fetcher *f, const struct desk_limits *limits)
{
	struct desk *d = xcalloc(1, sizeof(*d));

	d->loop = l;
	d->fetcher = f;
	d->limits = *limits;
	if (limits->keep_ms == 0)
		d->limits.keep_bytes = 0;
	d->turn = loop_timer_new(l, on_turn, d);
	return d;
}

void
desk_free(struct desk *d)
{
	if (d == NULL)
		return;
	for (size_t i = 0; i < BUCKETS; i++)
		while (d->buckets[i] != NULL) {
			struct question *q = d->buckets[i];

			while (q->waiting != NULL)
				ticket_free(q->waiting);
			question_free(q);
		}
	loop_timer_free(d->turn);
	free(d);
}
