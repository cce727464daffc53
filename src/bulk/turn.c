/* turn - the supervisor's turns; see bulk_internal.h. */
#include "config.h"

#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>

#include "bulk/bulk_internal.h"
#include "bulk/metrics.h"
#include "net/serve.h"

enum {
	ERR_SIZE = 512,
	RESOLVING_MAX = 64,
	DNS_RATE = 200,		 /* lookups a second */
	READ_AT_ONCE = 1 << 15 /* targets of the list, then others get their turn */
};

void
turn_wake(struct bulk *b)
{
	loop_timer_set(b->turn, 0);
}

/* ---- the list ---- */

static void
bad_line(struct bulk *b, const struct list_item *item)
{
	bulk_complain(b, "%s:%" PRIu64 ": %s", b->o->list, item->line, item->why);
	b->meter.bad_lines++;
	b->status = exit_worse(b->status, EXIT_NOT_ASSESSED);
}

void
turn_stop(struct bulk *b, enum exit_status status)
{
	b->status = exit_worse(b->status, status);
	b->stopping = true;
	loop_stop(b->shared.loop);
}

/* Is it ours, and not done yet? */
static bool
is_wanted(struct bulk *b, const struct list_item *item)
{
	const struct options *o = b->o;

	b->read++;
	if (o->shards > 0 && (item->seq - 1) % o->shards != o->shard - 1)
		return false;
	if (b->resume == NULL)
		return true;
	if (!resume_matches(b->resume, item->seq, item->digest)) {
		bulk_complain(b, "%s: line %" PRIu64 ": this is not the list that %s is about, or other options decide",
		    o->list, item->line, o->resume);
		turn_stop(b, EXIT_USAGE);
		return false;
	}
	return !resume_has(b->resume, item->seq);
}

static void
on_more(void *arg)
{
	struct bulk *b = arg;

	list_fill(b->list);
	turn_wake(b);
}

/* Fills the window, as far as the list has something. */
static void
read_list(struct bulk *b)
{
	struct list_item item;

	for (unsigned n = 0; b->list != NULL && !window_full(b->window) && !b->at_end && !b->stopping; n++) {
		if (n == READ_AT_ONCE) {
			turn_wake(b);
			return;
		}
		switch (list_next(b->list, &item)) {
		case LIST_TARGET:
			if (is_wanted(b, &item))
				window_put(b->window, &item);
			else
				b->passed_over++;
			break;
		case LIST_BAD:
			bad_line(b, &item);
			break;
		case LIST_WAIT:
			if (b->more == NULL)
				b->more = loop_watch_new(b->shared.loop, list_fd(b->list), false, on_more, b);
			loop_watch_set(b->more);
			return;
		case LIST_ERROR:
			bulk_complain(b, "%s: %s", b->o->list, item.why);
			b->status = exit_worse(b->status, EXIT_INTERNAL);
			b->at_end = true;
			break;
		case LIST_END:
		default:
			b->at_end = true;
			break;
		}
	}
}

/* ---- the run ---- */

/* A lookup has its turn; names that have to wait for it come back later. */
static bool
may_resolve(struct bulk *b)
{
	uint64_t now = loop_now_ms();

	if (b->n_resolving >= RESOLVING_MAX)
		return false;
	if (b->o->rate == 0)
		return true;
	if (now + 1000 / DNS_RATE * 10 < b->dns_ms) { /* ten may follow at once */
		loop_timer_set(b->turn, (unsigned)(b->dns_ms - now));
		return false;
	}
	b->dns_ms = (b->dns_ms > now ? b->dns_ms : now) + 1000 / DNS_RATE;
	return true;
}

static void
begin_some(struct bulk *b)
{
	struct list_item item;

	while (b->n_waiting + b->n_resolving < BULK_WAITING_MAX && !bulk_full(b) &&
	    window_count(b->window) > 0) {
		/* Addresses need no lookup, but who is drawn is known only then. */
		if (!may_resolve(b) || !window_take(b->window, &item))
			return;
		unit_begin(b, &item);
	}
}

static void
start_some(struct bulk *b)
{
	struct unit *next;

	for (struct unit *u = b->waiting; u != NULL; u = next) {
		next = u->next;
		if (b->n_flying >= b->max_flying || bulk_full(b))
			return;
		unit_try(u);
	}
}

static bool
is_over(const struct bulk *b)
{
	if (b->stopping)
		return b->n_flying == 0;
	return (b->work != NULL ? work_over(b->work) : b->at_end) && window_count(b->window) == 0 &&
	    b->n_resolving == 0 && b->n_waiting == 0 && b->n_flying == 0;
}

static void
on_turn(void *arg)
{
	struct bulk *b = arg;

	if (!b->stopping) {
		read_list(b);
		begin_some(b);
		start_some(b);
	}
	if (is_over(b) && (b->work == NULL || work_leave(b->work)))
		loop_stop(b->shared.loop);
}

static struct meter_now
now_of(const struct bulk *b)
{
	struct meter_now n = {.read = b->read, .passed_over = b->passed_over, .in_flight = b->n_flying,
	    .waiting = b->n_waiting + b->n_resolving, .workers = b->n_workers,
	    .replaced = crew_replaced(b->crew),
	    .written = b->work != NULL ? work_bytes(b->work) : journal_bytes(b->journal)};

	if (b->list != NULL)
		list_progress(b->list, &n.list_read, &n.list_size);
	n.late_ms = crew_lag(b->crew, n.lag);
	return n;
}

static void
on_tick(void *arg)
{
	struct bulk *b = arg;
	struct meter_now n = now_of(b);

	meter_show(&b->meter, &n);
	loop_timer_set(b->tick, METER_MS);
	if (bulk_full(b)) /* nobody else would notice when it is not any more */
		return;
	turn_wake(b);
}

void
turn_stats(struct bulk *b, bool over)
{
	struct meter_now n = now_of(b);
	char err[ERR_SIZE];

	n.over = over;
	if (b->o->stats != NULL && !meter_write(&b->meter, &n, b->o->stats, err, sizeof(err)))
		bulk_complain(b, "--stats: %s", err);
}

static void
on_stats(void *arg)
{
	struct bulk *b = arg;

	turn_stats(b, false);
	loop_timer_set(b->stats, METER_STATS_MS);
}

static void
on_signal(void *arg, int number)
{
	struct bulk *b = arg;

	b->signal = number;
	b->stopping = true;
	if (b->work != NULL)
		work_stop(b->work);
	bulk_complain(b, "interrupted: %u targets are finished first; once more ends at once", b->n_flying);
	turn_wake(b);
}

void
turn_trouble(void *arg, int e)
{
	struct bulk *b = arg;

	if (e != EPIPE) /* nobody reads any more, and nobody wants to read that */
		bulk_complain(b, "%s: %s", b->o->output != NULL ? b->o->output : "standard output", strerror(e));
	turn_stop(b, EXIT_INTERNAL);
}

/* ---- a queue ---- */

static void
on_job(void *arg, const struct list_item *item, const char *why_not)
{
	struct bulk *b = arg;

	b->read++;
	if (why_not != NULL)
		unit_give_up(b, item, STATUS_WORKER_CRASH, why_not);
	else
		window_put(b->window, item);
}

static void
on_wake(void *arg)
{
	turn_wake(arg);
}

static void
on_refused(void *arg, const char *text)
{
	bulk_complain(arg, "%s", text);
	turn_stop(arg, EXIT_INTERNAL);
}

struct work_calls
turn_work_calls(struct bulk *b)
{
	return (struct work_calls){
	    .job = on_job, .wake = on_wake, .say = bulk_say, .refused = on_refused, .arg = b};
}

/* ---- begin and end ---- */

static void
on_metrics(void *arg, FILE *to)
{
	struct bulk *b = arg;
	struct metrics m = {.meter = &b->meter, .now = now_of(b), .crew = b->crew};

	metrics_write(&m, to);
}

/* After the crew, which --metrics asks. */
static bool
serve_metrics(struct bulk *b, char *err, size_t errlen)
{
	char why[128];

	b->serve = serve_new(b->shared.loop, &b->o->metrics, "/metrics", SERVE_METRICS, on_metrics, b, why,
	    sizeof(why));
	if (b->serve == NULL)
		(void)snprintf(err, errlen, "--metrics: %s", why);
	else if (b->o->verbose >= 0)
		bulk_complain(b, "metrics at %s", serve_url(b->serve));
	return b->serve != NULL;
}

bool
turn_open(struct bulk *b, char *err, size_t errlen)
{
	b->turn = loop_timer_new(b->shared.loop, on_turn, b);
	b->tick = loop_timer_new(b->shared.loop, on_tick, b);
	b->stats = loop_timer_new(b->shared.loop, on_stats, b);
	return b->o->metrics.len == 0 || serve_metrics(b, err, errlen);
}

void
turn_begin(struct bulk *b)
{
	loop_on_signal(b->shared.loop, SIGINT, on_signal, b);
	loop_on_signal(b->shared.loop, SIGTERM, on_signal, b);
	loop_on_signal(b->shared.loop, SIGHUP, on_signal, b);
	loop_timer_set(b->tick, METER_MS);
	if (b->o->stats != NULL)
		loop_timer_set(b->stats, METER_STATS_MS);
	turn_wake(b);
}

void
turn_close(struct bulk *b)
{
	loop_timer_free(b->turn);
	loop_timer_free(b->tick);
	loop_timer_free(b->stats);
	loop_watch_free(b->more);
	serve_free(b->serve);
}
