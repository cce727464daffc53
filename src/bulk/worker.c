/* worker - see worker.h. */
#include "config.h"

#include "bulk/worker.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/check.h"
#include "base/xalloc.h"
#include "bulk/exclude.h"
#include "net/exchange.h"
#include "parties.h"
#include "profile.h"

enum {
	DNS_RATE = 200, /* questions about records a second, of all workers */
	SLICE_MS = 4,	/* of reports and beginnings, then others get their turn */
	LATE_MS = 16	/* a turn that comes later says that the loop has enough to do */
};

struct task { /* one order under way */
	struct worker *worker;
	struct order order;
	struct job *job;
	struct task *next, **at; /* of the list that it is in */
};

struct worker {
	struct loop *loop;
	struct shared shared;
	struct exchanger *exchanger;
	struct parties parties; /* --online */
	struct pulse *pulse;
	struct loop_timer *beat, *turn;
	uint64_t beat_ms; /* when the next beat is due */
	uint64_t turn_ms; /* when the next turn was asked for; 0: it was not */
	struct task *queued, **queue_end; /* not begun: the first that came stands first */
	struct task *open, *over;
	result_fn *done;
	void *arg;
};

static void
task_move(struct task *t, struct task **list)
{
	if (t->at != NULL) {
		*t->at = t->next;
		if (t->next != NULL)
			t->next->at = t->at;
	}
	t->at = list;
	t->next = *list;
	if (t->next != NULL)
		t->next->at = &t->next;
	*list = t;
}

static void
task_free(struct task *t)
{
	*t->at = t->next;
	if (t->next != NULL)
		t->next->at = t->at;
	job_free(t->job);
	free(t);
}

/* How late the loop is: the delay that one host means for the others. */
static void
note_lag(struct pulse *p, uint64_t late_ms)
{
	unsigned class = 0;

	p->late_ms += late_ms;
	for (; late_ms > 0 && class < LAG_CLASSES - 1; late_ms /= 2)
		class++;
	p->lag[class]++;
}

static void
on_beat(void *arg)
{
	struct worker *w = arg;
	uint64_t now = loop_now_ms();

	note_lag(w->pulse, now > w->beat_ms ? now - w->beat_ms : 0);
	w->pulse->beats++;
	w->beat_ms = now + PULSE_MS;
	loop_timer_set(w->beat, PULSE_MS);
}

void
worker_report(
    const struct shared *s, struct job *j, uint64_t seq, result_fn *done, void *arg)
{
	struct result r = {.seq = seq};
	char *text = NULL;
	size_t n = 0;
	FILE *to = open_memstream(&text, &n);
	struct report *out = to != NULL ? report_new(s->options->format, to, s->report) : NULL;

	CHECK(out != NULL && job_report(j, out, &r.status) && fclose(to) == 0);
	report_free(out);
	job_count(j, r.by_status, &r.connections);
	done(arg, &r, (struct span){(const uint8_t *)text, n});
	free(text);
}

/* ---- turns ---- */

static void
wake(struct worker *w)
{
	if (w->turn_ms == 0)
		w->turn_ms = loop_now_ms();
	loop_timer_set(w->turn, 0);
}

static void
on_job_done(void *arg)
{
	struct task *t = arg;

	task_move(t, &t->worker->over);
	wake(t->worker); /* not from inside an audit */
}

static void
begin(struct task *t)
{
	struct worker *w = t->worker;
	const struct list_item *i = &t->order.item;
	struct record_list place = {.seq = i->seq, .line = i->line, .digest = i->digest};

	w->queued = t->next;
	if (w->queued == NULL)
		w->queue_end = &w->queued;
	task_move(t, &w->open);
	t->job = job_new(&w->shared, &i->target, on_job_done, t);
	job_set_list(t->job, &place);
	w->pulse->current = i->seq;
	job_start_at(t->job, t->order.addrs, t->order.n);
}

static void
end(struct task *t)
{
	struct worker *w = t->worker;

	w->pulse->current = t->order.item.seq;
	worker_report(&w->shared, t->job, t->order.item.seq, w->done, w->arg);
	task_free(t);
}

/*
 * Records are written and targets begun a slice at a time, so that those under way are not kept
 * waiting when many come at once.  And a loop that is late has enough under way: more would make
 * each of them slower, and nothing faster.
 */
static void
on_turn(void *arg)
{
	struct worker *w = arg;
	uint64_t now = loop_now_ms(), until = now + SLICE_MS;
	bool late = w->turn_ms != 0 && now - w->turn_ms > LATE_MS && w->open != NULL;

	w->turn_ms = 0;
	while (w->over != NULL && loop_now_ms() < until)
		end(w->over);
	while (w->queued != NULL && !late && loop_now_ms() < until)
		begin(w->queued);
	if (w->over != NULL || w->queued != NULL)
		wake(w);
}

void
worker_take(struct worker *w, const struct order *o)
{
	struct task *t = xcalloc(1, sizeof(*t));

	t->worker = w;
	t->order = *o;
	*w->queue_end = t;
	w->queue_end = &t->next;
	wake(w);
}

/* ---- third parties ---- */

static const char *
left_alone(void *ctx, const char *host, const uint8_t *addr, size_t len)
{
	const struct worker *w = ctx;

	return host != NULL ? exclude_name(w->shared.exclude, host)
			    : exclude_address(w->shared.exclude, addr, len);
}

/* One worker's part of n per second; 0 stays no limit. */
static unsigned
part(const struct worker *w, unsigned per_second)
{
	return (per_second + w->shared.workers - 1) / w->shared.workers;
}

/* Third parties belong to no worker, so each has its part of what one of them is asked. */
static void
open_parties(struct worker *w)
{
	const struct options *o = w->shared.options;
	struct fetch_manners manners = {.excluded = left_alone, .ctx = w,
	    .rates = {.per_address = part(w, o->host_rate), .per_prefix = part(w, 2 * o->host_rate)}};
	struct parties_env env = {.loop = w->loop, .o = o, .stores = w->shared.stores, .records = true,
	    .web = true, .many = true, .dns_rate = o->rate > 0 ? part(w, DNS_RATE) : 0,
	    .manners = &manners, .proxy = w->shared.proxy};
	char err[200];

	CHECK(parties_open(&w->parties, &env, err, sizeof(err))); /* the supervisor did the same */
	parties_prepare(&w->parties);
	w->shared.gather = parties_gatherer(&w->parties);
}

struct worker *
worker_new(struct loop *l, const struct shared *shared, struct pulse *p, result_fn *done, void *arg)
{
	struct worker *w = xcalloc(1, sizeof(*w));
	const struct options *o = shared->options;
	struct exchange_limits limits = {.connect_ms = o->connect_timeout_ms,
	    .per_address = shared->profile->parallel, .current = &p->current,
	    .rates = shared->rates, .proxy = shared->proxy};

	w->loop = l;
	w->queue_end = &w->queued;
	w->shared = *shared;
	w->pulse = p;
	w->done = done;
	w->arg = arg;
	w->exchanger = exchanger_new(l, &limits);
	w->shared.loop = l;
	w->shared.transport = exchanger_transport(w->exchanger);
	w->shared.current = &p->current;
	if (shared->options->online)
		open_parties(w);
	w->turn = loop_timer_new(l, on_turn, w);
	w->beat = loop_timer_new(l, on_beat, w);
	w->beat_ms = loop_now_ms() + PULSE_MS;
	loop_timer_set(w->beat, PULSE_MS);
	return w;
}

void
worker_free(struct worker *w)
{
	if (w == NULL)
		return;
	for (struct task *t = w->queued, *next; t != NULL; t = next) {
		next = t->next;
		free(t);
	}
	while (w->open != NULL)
		task_free(w->open);
	while (w->over != NULL)
		task_free(w->over);
	exchanger_free(w->exchanger);
	parties_close(&w->parties);
	loop_timer_free(w->turn);
	loop_timer_free(w->beat);
	free(w);
}
