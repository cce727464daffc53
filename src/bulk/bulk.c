/* bulk - see bulk.h. */
#include "config.h"

#include "bulk/bulk.h"

#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/check.h"
#include "base/xalloc.h"
#include "bulk/crew.h"
#include "bulk/crowd.h"
#include "bulk/exclude.h"
#include "bulk/journal.h"
#include "bulk/meter.h"
#include "bulk/resume.h"
#include "bulk/sandbox.h"
#include "bulk/window.h"
#include "judge.h"
#include "net/resolve.h"
#include "pki/store.h"
#include "profile.h"
#include "setup.h"

enum {
	ERR_SIZE = 512,
	IN_FLIGHT_MAX = 1000,
	WAITING_MAX = WINDOW_SIZE, /* looked up, and not begun */
	RESOLVING_MAX = 64,
	DNS_RATE = 200,		   /* lookups a second */
	READ_AT_ONCE = 1 << 15,	   /* targets of the list, then others get their turn */
	TRIES_MAX = 2,		   /* of a target that may have brought a worker down */
	SPARE_DESCRIPTORS = 64
};

struct unit { /* one target, from the window to its records */
	struct bulk *bulk;
	struct order order;
	unsigned tries;
	bool flying;
	struct unit *next, **at; /* of the list that it is in */
};

struct bulk {
	const struct options *o;
	struct shared shared;
	struct profile profile;
	struct store_set *stores;
	struct policy *policy;
	struct judge judge;
	struct report_options report;
	struct exclude *exclude;
	struct resume *resume; /* NULL: a new scan */
	struct list *list;
	struct window *window;
	struct crowd *crowd;
	struct crew *crew;
	struct journal *journal;
	struct loop_timer *turn, *tick, *stats;
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

static void complain(struct bulk *b, const char *fmt, ...) PRINTF_LIKE(2, 3);

static void
complain(struct bulk *b, const char *fmt, ...)
{
	va_list ap;

	meter_clear(&b->meter);
	(void)fputs("tlsaudit: ", stderr);
	va_start(ap, fmt);
	(void)vfprintf(stderr, fmt, ap);
	va_end(ap);
	(void)fputc('\n', stderr);
}

static void
wake(struct bulk *b)
{
	loop_timer_set(b->turn, 0);
}

/* ---- units ---- */

static struct unit *
unit_new(struct bulk *b, const struct list_item *item)
{
	struct unit *u = xcalloc(1, sizeof(*u));

	u->bulk = b;
	u->order.item = *item;
	return u;
}

static void
unit_unlink(struct unit *u)
{
	if (u->at == NULL)
		return;
	*u->at = u->next;
	if (u->next != NULL)
		u->next->at = u->at;
	u->at = NULL;
}

static void
unit_move(struct unit *u, struct unit **list)
{
	unit_unlink(u);
	u->at = list;
	u->next = *list;
	if (u->next != NULL)
		u->next->at = &u->next;
	*list = u;
}

static void
free_units(struct unit *list)
{
	struct unit *next;

	for (; list != NULL; list = next) {
		next = list->next;
		free(list);
	}
}

static struct unit *
unit_by_seq(struct unit *list, uint64_t seq)
{
	while (list != NULL && list->order.item.seq != seq)
		list = list->next;
	return list;
}

/* ---- records ---- */

static void
on_lines(void *arg, const struct result *r, struct span lines)
{
	struct bulk *b = arg;

	journal_put(b->journal, lines);
	meter_add(&b->meter, r);
	b->status = exit_worse(b->status, r->status);
}

static void
nothing(void *arg)
{
	(void)arg;
}

/* Records that need no worker: status and detail, or when detail is NULL, blocked addresses. */
static void
report_here(struct bulk *b, struct unit *u, enum status status, const char *detail)
{
	const struct list_item *i = &u->order.item;
	struct record_list place = {.seq = i->seq, .line = i->line, .digest = i->digest};
	struct job *j = job_new(&b->shared, &i->target, nothing, NULL);

	job_set_list(j, &place);
	if (detail != NULL)
		job_fail(j, status, detail);
	else
		job_start_at(j, u->order.addrs, u->order.n);
	worker_report(&b->shared, j, i->seq, on_lines, b);
	job_free(j);
	unit_unlink(u);
	free(u);
}

/* ---- neighbourhoods ---- */

static struct span
address_key(const struct address *a)
{
	/* Where the bytes are: struct sockaddr_in and _in6. */
	return a->len == 16 ? (struct span){a->addr + 4, 4} : (struct span){a->addr + 8, 16};
}

static bool
may_start(const struct bulk *b, const struct unit *u)
{
	uint8_t prefix[POLITE_PREFIX_MAX];

	for (size_t i = 0; i < u->order.n; i++) {
		const struct address *a = &u->order.addrs[i].addr;
		size_t n = polite_prefix(a->addr, a->len, prefix);

		if (u->order.addrs[i].blocked != NULL)
			continue;
		if (crowd_count(b->crowd, address_key(a)) >= b->max_address ||
		    crowd_count(b->crowd, (struct span){prefix, n}) >= b->max_prefix)
			return false;
	}
	return true;
}

static void
count_unit(struct bulk *b, const struct unit *u, void (*how)(struct crowd *, struct span))
{
	uint8_t prefix[POLITE_PREFIX_MAX];

	for (size_t i = 0; i < u->order.n; i++) {
		const struct address *a = &u->order.addrs[i].addr;
		size_t n = polite_prefix(a->addr, a->len, prefix);

		if (u->order.addrs[i].blocked != NULL)
			continue;
		how(b->crowd, address_key(a));
		how(b->crowd, (struct span){prefix, n});
	}
}

/* ---- the crew ---- */

static void
start(struct bulk *b, struct unit *u)
{
	const struct address *a = &u->order.addrs[0].addr;

	for (size_t i = 1; i < u->order.n && u->order.addrs[0].blocked != NULL; i++)
		if (u->order.addrs[i].blocked == NULL)
			a = &u->order.addrs[i].addr;
	count_unit(b, u, crowd_enter);
	u->flying = true;
	unit_move(u, &b->flying);
	b->n_waiting--;
	b->n_flying++;
	crew_give(b->crew, crew_worker_of(b->crew, a->addr, a->len), &u->order);
}

static void
land(struct bulk *b, struct unit *u)
{
	count_unit(b, u, crowd_leave);
	u->flying = false;
	b->n_flying--;
	wake(b);
}

static void
on_done(void *arg, const struct result *r, struct span lines)
{
	struct bulk *b = arg;
	struct unit *u = unit_by_seq(b->flying, r->seq);

	CHECK(u != NULL);
	land(b, u);
	unit_unlink(u);
	free(u);
	on_lines(b, r, lines);
}

/* A worker is gone, and with it what it had in hand. */
static void
on_lost(void *arg, uint64_t seq, enum blame blame, const char *how)
{
	struct bulk *b = arg;
	struct unit *u = unit_by_seq(b->flying, seq);

	CHECK(u != NULL);
	land(b, u);
	if (blame == BLAME_THIS || (blame == BLAME_ALL && ++u->tries >= TRIES_MAX)) {
		report_here(b, u, STATUS_WORKER_CRASH, how);
		return;
	}
	unit_move(u, &b->waiting);
	b->n_waiting++;
}

static void
on_say(void *arg, const char *text)
{
	complain(arg, "%s", text);
}

/* ---- names ---- */

static void
on_resolved(void *arg, const struct resolved *r)
{
	struct unit *u = arg;
	struct bulk *b = u->bulk;
	char detail[256];

	b->n_resolving--;
	wake(b);
	if (b->stopping) {
		unit_unlink(u);
		free(u);
		return;
	}
	if (r->status != RESOLVE_OK || r->n == 0) {
		(void)snprintf(detail, sizeof(detail), "%s: %s", resolve_status_name(r->status), r->detail);
		report_here(b, u, STATUS_DNS_ERROR, detail);
		return;
	}
	for (size_t i = 0; i < r->n && u->order.n < ORDER_ADDRS_MAX; i++)
		u->order.addrs[u->order.n++].addr = r->addrs[i];
	unit_move(u, &b->waiting);
	b->n_waiting++;
}

/* Which of its addresses are excluded; false: all of them, and that is reported. */
static bool
check_addresses(struct bulk *b, struct unit *u)
{
	bool any = false;

	for (size_t i = 0; i < u->order.n; i++) {
		struct job_address *a = &u->order.addrs[i];

		a->blocked = exclude_address(b->exclude, a->addr.addr, a->addr.len);
		any = any || a->blocked == NULL;
	}
	if (!any) {
		b->n_waiting--;
		report_here(b, u, STATUS_BLOCKED, NULL);
	}
	return any;
}

/* A target leaves the window. */
static void
begin(struct bulk *b, const struct list_item *item)
{
	struct unit *u = unit_new(b, item);
	const char *line = exclude_name(b->exclude, item->target.host);
	char detail[160];

	if (line != NULL) {
		(void)snprintf(detail, sizeof(detail), "excluded: %s", line);
		report_here(b, u, STATUS_BLOCKED, detail);
		return;
	}
	if (item->target.is_address) {
		u->order.addrs[u->order.n++].addr = item->target.addr;
		unit_move(u, &b->waiting);
		b->n_waiting++;
		return;
	}
	unit_move(u, &b->resolving);
	b->n_resolving++;
	resolve_start(b->shared.resolver, item->target.host, on_resolved, u);
}

/* ---- the list ---- */

static void
bad_line(struct bulk *b, const struct list_item *item)
{
	complain(b, "%s:%" PRIu64 ": %s", b->o->list, item->line, item->why);
	b->meter.bad_lines++;
	b->status = exit_worse(b->status, EXIT_NOT_ASSESSED);
}

static void
stop_with(struct bulk *b, enum exit_status status)
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
		complain(b, "%s: line %" PRIu64 ": this is not the list that %s is about, or other options decide",
		    o->list, item->line, o->resume);
		stop_with(b, EXIT_USAGE);
		return false;
	}
	return !resume_has(b->resume, item->seq);
}

static void
on_more(void *arg)
{
	struct bulk *b = arg;

	list_fill(b->list);
	wake(b);
}

/* Fills the window, as far as the list has something. */
static void
read_list(struct bulk *b)
{
	struct list_item item;

	for (unsigned n = 0; !window_full(b->window) && !b->at_end && !b->stopping; n++) {
		if (n == READ_AT_ONCE) {
			wake(b);
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
			complain(b, "%s: %s", b->o->list, item.why);
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

	while (b->n_waiting + b->n_resolving < WAITING_MAX && !journal_full(b->journal) &&
	    window_count(b->window) > 0) {
		/* Addresses need no lookup, but who is drawn is known only then. */
		if (!may_resolve(b) || !window_take(b->window, &item))
			return;
		begin(b, &item);
	}
}

static void
start_some(struct bulk *b)
{
	struct unit *next;

	for (struct unit *u = b->waiting; u != NULL; u = next) {
		next = u->next;
		if (b->n_flying >= b->max_flying || journal_full(b->journal))
			return;
		if (may_start(b, u) && check_addresses(b, u))
			start(b, u);
	}
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
	if (b->stopping ? b->n_flying == 0
			: b->at_end && window_count(b->window) == 0 && b->n_resolving == 0 &&
		    b->n_waiting == 0 && b->n_flying == 0)
		loop_stop(b->shared.loop);
}

static struct meter_now
now_of(const struct bulk *b)
{
	struct meter_now n = {.read = b->read, .passed_over = b->passed_over, .in_flight = b->n_flying,
	    .waiting = b->n_waiting + b->n_resolving, .workers = b->n_workers,
	    .replaced = crew_replaced(b->crew), .written = journal_bytes(b->journal)};

	list_progress(b->list, &n.list_read, &n.list_size);
	crew_lag(b->crew, n.lag);
	return n;
}

static void
on_tick(void *arg)
{
	struct bulk *b = arg;
	struct meter_now n = now_of(b);

	meter_show(&b->meter, &n);
	loop_timer_set(b->tick, METER_MS);
	if (journal_full(b->journal)) /* nobody else would notice when it is not any more */
		return;
	wake(b);
}

static void
write_stats(struct bulk *b, bool over)
{
	struct meter_now n = now_of(b);
	char err[ERR_SIZE];

	n.over = over;
	if (b->o->stats != NULL && !meter_write(&b->meter, &n, b->o->stats, err, sizeof(err)))
		complain(b, "--stats: %s", err);
}

static void
on_stats(void *arg)
{
	struct bulk *b = arg;

	write_stats(b, false);
	loop_timer_set(b->stats, METER_STATS_MS);
}

static void
on_signal(void *arg, int number)
{
	struct bulk *b = arg;

	b->signal = number;
	b->stopping = true;
	complain(b, "interrupted: %u targets are finished first; once more ends at once", b->n_flying);
	wake(b);
}

static void
on_trouble(void *arg, int e)
{
	struct bulk *b = arg;

	if (e != EPIPE) /* nobody reads any more, and nobody wants to read that */
		complain(b, "%s: %s", b->o->output != NULL ? b->o->output : "standard output", strerror(e));
	stop_with(b, EXIT_INTERNAL);
}

/* ---- limits ---- */

/* How many targets may share this many connections a second, each using a quarter of its time. */
static unsigned
fit(const struct bulk *b, unsigned per_second, unsigned otherwise)
{
	uint64_t n;

	if (per_second == 0)
		return otherwise;
	n = (uint64_t)per_second * b->profile.timeout_ms / 1000 / 4 / b->profile.cost;
	return n < 1 ? 1 : n > otherwise ? otherwise : (unsigned)n;
}

/* As many descriptors as the system lets us have. */
static unsigned
descriptors(void)
{
	struct rlimit r;

	if (getrlimit(RLIMIT_NOFILE, &r) != 0)
		return 1024;
	r.rlim_cur = r.rlim_max;
	(void)setrlimit(RLIMIT_NOFILE, &r);
	if (getrlimit(RLIMIT_NOFILE, &r) != 0 || r.rlim_cur > 1 << 20)
		return 1 << 20;
	return (unsigned)r.rlim_cur;
}

static void
set_limits(struct bulk *b)
{
	const struct options *o = b->o;
	unsigned fds = descriptors(), most;
	long cpus = sysconf(_SC_NPROCESSORS_ONLN);

	/* At most two addresses of a target at once, each with so many connections. */
	most = (fds > 2 * SPARE_DESCRIPTORS ? fds - SPARE_DESCRIPTORS : SPARE_DESCRIPTORS) /
	    (2 * b->profile.parallel);
	if (most == 0)
		most = 1;
	b->n_workers = o->workers > 0 ? o->workers : cpus > 1 ? (unsigned)cpus : 1;
	b->max_flying = o->in_flight > 0 ? o->in_flight : fit(b, o->rate, IN_FLIGHT_MAX);
	if (b->max_flying > most)
		b->max_flying = most;
	b->max_address = fit(b, o->host_rate, 4);
	b->max_prefix = fit(b, 2 * o->host_rate, IN_FLIGHT_MAX * 100);
	b->shared.rates = (struct polite_rates){
	    .per_address = o->host_rate, .per_prefix = 2 * o->host_rate, .all = o->rate};
}

/* ---- begin and end ---- */

/* What the records depend on besides the targets; not the shard, so that records of all shards can be
 * put together. */
static uint64_t
salt(const struct options *o)
{
	uint64_t h = list_hash(14695981039346656037U, o->policy, strlen(o->policy) + 1);
	const char *profile = o->profile != NULL ? o->profile : "";
	uint8_t flags[] = {o->no_sni, o->ipv4_only, o->ipv6_only};

	h = list_hash(h, profile, strlen(profile) + 1);
	for (const char *const *name = o->only; name != NULL && *name != NULL; name++)
		h = list_hash(h, *name, strlen(*name) + 1);
	return list_hash(h, flags, sizeof(flags));
}

static bool
load_tables(struct bulk *b, char *err, size_t errlen)
{
	const struct options *o = b->o;

	b->shared.options = o;
	b->shared.profile = &b->profile;
	b->stores = store_set_new();
	b->shared.stores = b->stores;
	b->exclude = exclude_new();
	for (size_t i = 0; i < o->n_excludes; i++)
		if (!exclude_read(b->exclude, o->excludes[i], err, errlen))
			return false;
	if (!o->no_default_exclude)
		exclude_shipped(b->exclude);
	exclude_close(b->exclude);
	if (!setup_only(o, err, errlen) || !profile_load(&b->profile, o, err, errlen))
		return false;
	b->policy = setup_policy(o, err, errlen);
	if (b->policy == NULL || !setup_stores(b->stores, o, err, errlen) ||
	    !setup_asked(b->stores, o, &b->shared.asked, err, errlen) ||
	    !judge_open(&b->judge, o, b->policy, err, errlen))
		return false;
	b->shared.judge = &b->judge;
	b->report = (struct report_options){.style = setup_style(o), .policy = b->policy,
	    .fail_from = SEV__MAX, .baseline = o->baseline != NULL};
	b->shared.report = &b->report;
	b->list = list_open(o->list, &o->defaults, salt(o), err, errlen);
	return b->list != NULL;
}

/* Are the workers confined as they should be? */
static bool
check_sandbox(struct bulk *b, char *err, size_t errlen)
{
	if (b->o->sandbox == SANDBOX_OFF || (b->n_workers == 1 && b->o->sandbox != SANDBOX_REQUIRE))
		return true;
	if (b->n_workers == 1) {
		(void)snprintf(err, errlen, "--sandbox=require needs workers: -j 2 or more");
		return false;
	}
	if (sandbox_works())
		return true;
	(void)snprintf(err, errlen, "this system cannot confine workers completely (Landlock, seccomp)");
	if (b->o->sandbox == SANDBOX_REQUIRE)
		return false;
	complain(b, "%s", err);
	return true;
}

static bool
open_all(struct bulk *b, char *err, size_t errlen)
{
	const struct options *o = b->o;
	struct resolver_options ro = {.server = o->resolver, .v4 = !o->ipv6_only, .v6 = !o->ipv4_only};
	struct crew_calls calls = {.done = on_done, .lost = on_lost, .say = on_say, .arg = b};

	b->shared.loop = loop_new();
	if (b->shared.loop == NULL) {
		(void)snprintf(err, errlen, "no event loop: %s", strerror(errno));
		return false;
	}
	b->shared.resolver = resolver_new(b->shared.loop, &ro, err, errlen);
	if (b->shared.resolver == NULL)
		return false;
	if (o->resume != NULL)
		b->resume = resume_new();
	b->journal = journal_open(b->shared.loop, o->output, b->resume, on_trouble, b, err, errlen);
	if (b->journal == NULL)
		return false;
	b->window = window_new(WINDOW_SIZE, o->seed);
	b->crowd = crowd_new();
	b->turn = loop_timer_new(b->shared.loop, on_turn, b);
	b->tick = loop_timer_new(b->shared.loop, on_tick, b);
	b->stats = loop_timer_new(b->shared.loop, on_stats, b);
	b->crew = crew_new(b->shared.loop, &b->shared, b->n_workers, &calls, err, errlen);
	return b->crew != NULL;
}

static enum exit_status
bulk_open(struct bulk *b)
{
	char err[ERR_SIZE] = "";

	meter_init(&b->meter, b->o->progress == WHEN_NEVER || b->o->verbose < 0);
	if (!load_tables(b, err, sizeof(err))) {
		complain(b, "%s", err);
		return EXIT_USAGE;
	}
	set_limits(b);
	if (!check_sandbox(b, err, sizeof(err)) || !open_all(b, err, sizeof(err))) {
		complain(b, "%s", err);
		return EXIT_INTERNAL;
	}
	return EXIT_PASS;
}

static void
say_how_to_go_on(struct bulk *b)
{
	if (b->o->output != NULL)
		complain(b, "%" PRIu64 " targets done; to go on: the same options, with --resume %s",
		    b->meter.done, b->o->output);
	else
		complain(b, "%" PRIu64 " targets done; only a scan with --output can be resumed", b->meter.done);
}

static void
bulk_close(struct bulk *b)
{
	meter_clear(&b->meter);
	if (b->crew != NULL) {
		crew_stop(b->crew);
		write_stats(b, true);
	}
	if (!journal_close(b->journal))
		b->status = EXIT_INTERNAL;
	if (b->signal != 0)
		say_how_to_go_on(b);
	crew_free(b->crew);
	resolver_free(b->shared.resolver);
	free_units(b->resolving);
	free_units(b->waiting);
	free_units(b->flying);
	crowd_free(b->crowd);
	window_free(b->window);
	resume_free(b->resume);
	list_free(b->list);
	exclude_free(b->exclude);
	loop_timer_free(b->turn);
	loop_timer_free(b->tick);
	loop_timer_free(b->stats);
	loop_watch_free(b->more);
	loop_free(b->shared.loop);
	store_set_free(b->stores);
	judge_close(&b->judge);
	policy_free(b->policy);
}

int
bulk_run(const struct options *o)
{
	struct bulk b = {.o = o};

	b.status = bulk_open(&b);
	if (b.status == EXIT_PASS) {
		loop_on_signal(b.shared.loop, SIGINT, on_signal, &b);
		loop_on_signal(b.shared.loop, SIGTERM, on_signal, &b);
		loop_on_signal(b.shared.loop, SIGHUP, on_signal, &b);
		loop_timer_set(b.tick, METER_MS);
		if (o->stats != NULL)
			loop_timer_set(b.stats, METER_STATS_MS);
		wake(&b);
		loop_run(b.shared.loop);
	}
	bulk_close(&b);
	return b.signal != 0 && b.status != EXIT_INTERNAL ? 128 + b.signal : (int)b.status;
}
