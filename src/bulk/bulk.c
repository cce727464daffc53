/* bulk - see bulk.h. */
#include "config.h"

#include "bulk/bulk.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <sys/resource.h>
#include <unistd.h>

#include "adapt/openssl_identity.h"
#include "bulk/bulk_internal.h"
#include "bulk/sandbox.h"
#include "pki/store.h"
#include "setup.h"

enum {
	ERR_SIZE = 512,
	IN_FLIGHT_MAX = 1000,
	ONLINE_MAX = 50, /* each asks DNS a dozen questions: more would wait in a queue of ours */
	SPARE_DESCRIPTORS = 64
};

void
bulk_complain(struct bulk *b, const char *fmt, ...)
{
	va_list ap;

	meter_clear(&b->meter);
	(void)fputs("tlsaudit: ", stderr);
	va_start(ap, fmt);
	(void)vfprintf(stderr, fmt, ap);
	va_end(ap);
	(void)fputc('\n', stderr);
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
	b->max_flying = o->in_flight > 0 ? o->in_flight
		      : o->online && o->rate > 0 ? fit(b, o->rate, ONLINE_MAX)
						 : fit(b, o->rate, IN_FLIGHT_MAX);
	if (b->max_flying > most)
		b->max_flying = most;
	b->max_address = fit(b, o->host_rate, 4);
	b->max_prefix = fit(b, 2 * o->host_rate, IN_FLIGHT_MAX * 100);
	b->shared.rates = (struct polite_rates){
	    .per_address = o->host_rate, .per_prefix = 2 * o->host_rate, .all = o->rate};
}

/* ---- begin and end ---- */

void
bulk_say(void *arg, const char *text)
{
	bulk_complain(arg, "%s", text);
}

void
bulk_put(struct bulk *b, uint64_t seq, struct span lines)
{
	if (b->work != NULL)
		work_put(b->work, seq, lines);
	else
		journal_put(b->journal, lines);
}

bool
bulk_full(const struct bulk *b)
{
	return b->work != NULL ? work_full(b->work) : journal_full(b->journal);
}

/* What the records depend on besides the targets; not the shard, so that records of all shards can be
 * put together. */
static uint64_t
salt(const struct options *o)
{
	uint64_t h = list_hash(14695981039346656037U, o->policy, strlen(o->policy) + 1);
	const char *profile = o->profile != NULL ? o->profile : "";
	uint8_t flags[] = {o->no_sni, o->ipv4_only, o->ipv6_only, o->online, o->safe};

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
	b->shared.exclude = b->exclude;
	if (!setup_only(o, err, errlen) || !profile_load(&b->profile, o, err, errlen))
		return false;
	b->policy = setup_policy(o, err, errlen);
	if (b->policy == NULL || !setup_identity(o, &b->identity, err, errlen) ||
	    !setup_stores(b->stores, o, err, errlen) ||
	    !setup_asked(b->stores, o, &b->shared.asked, err, errlen) ||
	    !judge_open(&b->judge, o, b->policy, err, errlen))
		return false;
	b->shared.judge = &b->judge;
	b->shared.identity = b->identity;
	b->report = (struct report_options){.style = setup_style(o), .policy = b->policy,
	    .fail_from = SEV__MAX, .baseline = o->baseline != NULL};
	b->shared.report = &b->report;
	if (o->work)
		return true;
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
	bulk_complain(b, "%s", err);
	return true;
}

/* Where targets come from and records go, but for the list. */
static bool
open_ends(struct bulk *b, char *err, size_t errlen)
{
	const struct options *o = b->o;
	struct work_calls calls = turn_work_calls(b);
	struct work_ask ask = {.lease_ms = 2 * b->profile.timeout_ms,
	    .most = b->max_flying < WINDOW_SIZE / 2 ? 2 * b->max_flying : WINDOW_SIZE,
	    .options = salt(o)};

	if (o->work) {
		b->work = work_new(b->shared.loop, &o->queue, &ask, &calls, err, errlen);
		return b->work != NULL;
	}
	if (o->resume != NULL)
		b->resume = resume_new();
	if (!spool_begin(&b->spool, b->spool.asked, &b->opts, err, errlen))
		return false;
	b->journal = journal_open(b->shared.loop, o->output, b->resume, turn_trouble, b, err, errlen);
	return b->journal != NULL;
}

static bool
open_all(struct bulk *b, char *err, size_t errlen)
{
	const struct options *o = b->o;
	struct resolver_options ro = {.server = o->resolver, .v4 = !o->ipv6_only, .v6 = !o->ipv4_only};
	struct crew_calls calls = {.done = unit_done, .lost = unit_lost, .say = bulk_say, .arg = b};

	b->shared.loop = loop_new();
	if (b->shared.loop == NULL) {
		(void)snprintf(err, errlen, "no event loop: %s", strerror(errno));
		return false;
	}
	b->shared.resolver = resolver_new(b->shared.loop, &ro, err, errlen);
	if (b->shared.resolver == NULL)
		return false;
	if (!open_ends(b, err, errlen))
		return false;
	b->window = window_new(WINDOW_SIZE, o->seed);
	b->crowd = crowd_new();
	b->crew = crew_new(b->shared.loop, &b->shared, b->n_workers, &calls, err, errlen);
	return b->crew != NULL && turn_open(b, err, errlen);
}

static bool
open_proxy(struct bulk *b, char *err, size_t errlen)
{
	if (!setup_proxy(b->o, &b->proxy, err, errlen))
		return false;
	b->shared.proxy = b->proxy.kind != PROXY_NONE ? &b->proxy : NULL;
	if (proxy_looks_up(b->shared.proxy))
		bulk_complain(b, "the proxy looks names up: excluded addresses are left alone only where "
		    "a target is an address");
	return true;
}

static enum exit_status
bulk_open(struct bulk *b)
{
	char err[ERR_SIZE] = "";

	meter_init(&b->meter, b->o->progress == WHEN_NEVER || b->o->verbose < 0);
	if (!load_tables(b, err, sizeof(err))) {
		bulk_complain(b, "%s", err);
		return EXIT_USAGE;
	}
	set_limits(b);
	if (!open_proxy(b, err, sizeof(err))) {
		bulk_complain(b, "%s", err);
		return EXIT_NOT_ASSESSED;
	}
	if (!check_sandbox(b, err, sizeof(err)) || !open_all(b, err, sizeof(err))) {
		bulk_complain(b, "%s", err);
		return EXIT_INTERNAL;
	}
	return EXIT_PASS;
}

static void
say_how_to_go_on(struct bulk *b)
{
	bool json = b->spool.path == NULL;

	if (b->o->work)
		bulk_complain(b, "%" PRIu64 " targets done; the others are in the queue", b->meter.done);
	else if (b->o->output != NULL)
		bulk_complain(b, "%" PRIu64 " targets done; to go on: the same options, with %s--resume %s",
		    b->meter.done, json ? "" : "--format json ", b->o->output);
	else
		bulk_complain(b, "%" PRIu64 " targets done; only a scan with --output can be resumed", b->meter.done);
}

static void
bulk_close(struct bulk *b)
{
	meter_clear(&b->meter);
	if (b->crew != NULL) {
		crew_stop(b->crew);
		turn_stats(b, true);
	}
	if (!journal_close(b->journal))
		b->status = EXIT_INTERNAL;
	if (b->signal != 0)
		say_how_to_go_on(b);
	work_free(b->work);
	crew_free(b->crew);
	resolver_free(b->shared.resolver);
	unit_free_all(b);
	crowd_free(b->crowd);
	window_free(b->window);
	resume_free(b->resume);
	list_free(b->list);
	exclude_free(b->exclude);
	turn_close(b);
	loop_free(b->shared.loop);
	store_set_free(b->stores);
	crypto_identity_free(b->identity);
	judge_close(&b->judge);
	policy_free(b->policy);
}

int
bulk_run(const struct options *o)
{
	struct bulk b = {.opts = *o, .spool = {.asked = o}};
	bool begun;
	int status;

	b.o = &b.opts;
	b.status = bulk_open(&b);
	begun = b.status == EXIT_PASS;
	if (begun) {
		turn_begin(&b);
		loop_run(b.shared.loop);
	}
	bulk_close(&b);
	if (!begun)
		spool_drop(&b.spool);
	status = spool_end(&b.spool, (int)b.status, b.signal != 0);
	return b.signal != 0 && status != EXIT_INTERNAL ? 128 + b.signal : status;
}
