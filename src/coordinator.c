/* coordinator - see coordinator.h. */
#include "config.h"

#include "coordinator.h"

#include <errno.h>
#include <signal.h>
#include <stdarg.h>

#include "adapt/openssl_identity.h"
#include "audit/audit.h"
#include "base/check.h"
#include "base/xalloc.h"
#include "follow.h"
#include "job.h"
#include "mail.h"
#include "judge.h"
#include "net/exchange.h"
#include "output.h"
#include "parties.h"
#include "pki/store.h"
#include "profile.h"
#include "progress.h"
#include "setup.h"

enum {
	AT_ONCE = 8,	   /* targets */
	PROGRESS_MS = 250, /* between two progress lines */
	ERR_SIZE = 512
};

struct coordinator {
	struct shared shared;
	struct exchanger *exchanger;
	struct parties parties;
	struct store_set *stores;
	struct policy *policy;
	struct profile profile;
	struct proxy proxy;
	struct crypto_identity *identity;
	struct judge judge;
	struct output out;
	struct progress progress;
	struct mail *mail; /* --mx: its targets come after those of the options */
	const struct target *hosts;
	size_t n_hosts;
	struct follow follow; /* found by those; they come last */
	struct loop_timer *turn, *tick;
	struct job *jobs[AT_ONCE]; /* of the targets first .. next - 1, at index % AT_ONCE */
	size_t first, next;
	int signal;		   /* that ended it, or 0 */
	bool broken;		   /* the report cannot be written */
	enum exit_status status;
};

static void
complain(struct coordinator *c, const char *fmt, ...) PRINTF_LIKE(2, 3);

static void
complain(struct coordinator *c, const char *fmt, ...)
{
	va_list ap;

	progress_clear(&c->progress);
	(void)fputs("tlsaudit: ", stderr);
	va_start(ap, fmt);
	(void)vfprintf(stderr, fmt, ap);
	va_end(ap);
	(void)fputc('\n', stderr);
}

/* ---- what a run needs, in the order in which it can fail ---- */

/* An address of the family that was excluded. */
static bool
check_family(const struct options *o, char *err, size_t errlen)
{
	for (size_t i = 0; i < o->n_targets; i++) {
		const struct address *a = o->has_connect ? &o->connect : &o->targets[i].addr;
		bool v6 = a->len > 16;

		if ((!o->has_connect && !o->targets[i].is_address) || !(v6 ? o->ipv4_only : o->ipv6_only))
			continue;
		(void)snprintf(err, errlen, "%s is not %s address",
		    o->has_connect ? "the address of --connect" : o->targets[i].host,
		    v6 ? "an IPv4" : "an IPv6");
		return false;
	}
	return true;
}

static bool
load(struct coordinator *c, const struct options *o, char *err, size_t errlen)
{
	c->stores = store_set_new();
	c->shared.stores = c->stores;
	c->shared.judge = &c->judge;
	c->shared.profile = &c->profile;
	c->policy = setup_policy(o, err, errlen);
	return c->policy != NULL && profile_load(&c->profile, o, err, errlen) &&
	       setup_identity(o, &c->identity, err, errlen) &&
	       setup_stores(c->stores, o, err, errlen) &&
	       setup_asked(c->stores, o, &c->shared.asked, err, errlen) &&
	       judge_open(&c->judge, o, c->policy, err, errlen);
}

static bool
needs_names(const struct options *o)
{
	for (size_t i = 0; i < o->n_targets && !o->has_connect; i++)
		if (!o->targets[i].is_address)
			return true;
	return o->n_mx > 0;
}

static bool
open_parties(struct coordinator *c, const struct options *o, char *err, size_t errlen)
{
	struct parties_env env = {.loop = c->shared.loop, .o = o, .stores = c->stores,
	    .names = needs_names(o), .records = o->n_mx > 0, .web = !o->offline,
	    .proxy = c->shared.proxy};

	if (!parties_open(&c->parties, &env, err, errlen))
		return false;
	c->shared.resolver = c->parties.resolver;
	c->shared.gather = parties_gatherer(&c->parties);
	return true;
}

static void
open_loop(struct coordinator *c, const struct options *o)
{
	struct exchange_limits limits = {
	    .connect_ms = o->connect_timeout_ms, .per_address = c->profile.parallel,
	    .proxy = c->shared.proxy};

	c->exchanger = exchanger_new(c->shared.loop, &limits);
	c->shared.transport = exchanger_transport(c->exchanger);
	progress_init(&c->progress, o->progress != WHEN_NEVER && o->verbose >= 0);
}

static enum exit_status
coordinator_open(struct coordinator *c, const struct options *o)
{
	char err[ERR_SIZE] = "";

	c->shared.options = o;
	if (!setup_only(o, err, sizeof(err)) || !check_family(o, err, sizeof(err)) ||
	    !load(c, o, err, sizeof(err))) {
		complain(c, "%s", err);
		return EXIT_USAGE;
	}
	c->shared.identity = c->identity;
	c->shared.loop = loop_new();
	if (c->shared.loop == NULL) {
		complain(c, "no event loop: %s", strerror(errno));
		return EXIT_INTERNAL;
	}
	if (!setup_proxy(o, &c->proxy, err, sizeof(err))) {
		complain(c, "%s", err);
		return EXIT_NOT_ASSESSED;
	}
	c->shared.proxy = c->proxy.kind != PROXY_NONE ? &c->proxy : NULL;
	open_loop(c, o);
	if (!open_parties(c, o, err, sizeof(err)) ||
	    !output_open(&c->out, o, &c->judge, err, sizeof(err))) {
		complain(c, "%s", err);
		return EXIT_INTERNAL;
	}
	return EXIT_PASS;
}

static void
coordinator_close(struct coordinator *c)
{
	char err[ERR_SIZE];

	for (size_t i = 0; i < AT_ONCE; i++)
		job_free(c->jobs[i]);
	progress_clear(&c->progress);
	if (c->out.report != NULL) {
		int status = (int)c->status;

		if (!output_close(&c->out, !c->broken, &status, err, sizeof(err)) && !c->broken) {
			complain(c, "%s", err);
			status = EXIT_INTERNAL;
		}
		c->status = (enum exit_status)status;
	}
	mail_free(c->mail);
	parties_close(&c->parties);
	exchanger_free(c->exchanger);
	loop_timer_free(c->turn);
	loop_timer_free(c->tick);
	loop_free(c->shared.loop);
	store_set_free(c->stores);
	crypto_identity_free(c->identity);
	judge_close(&c->judge);
	policy_free(c->policy);
}

/* ---- the run ---- */

static void
on_job_done(void *arg)
{
	struct coordinator *c = arg;

	loop_timer_set(c->turn, 0); /* not from inside an audit */
}

static const struct target *
target_at(const struct coordinator *c, size_t i)
{
	const struct options *o = c->shared.options;

	if (i < o->n_targets)
		return &o->targets[i];
	i -= o->n_targets;
	if (i < c->n_hosts)
		return &c->hosts[i];
	return i - c->n_hosts < c->follow.n ? &c->follow.v[i - c->n_hosts] : NULL;
}

/* The services that this target's facts name; what was found itself names none. */
static void
follow_job(struct coordinator *c, const struct job *j)
{
	const struct options *o = c->shared.options;
	const struct facts *f;

	if (o->has_connect || c->first >= o->n_targets + c->n_hosts)
		return;
	for (size_t i = 0; (f = job_facts(j, i)) != NULL; i++)
		for (size_t k = 0; k < fact_n_strs(f, F_KEY_TRANSPARENCY); k++)
			follow_add(&c->follow, o, fact_strs(f, F_KEY_TRANSPARENCY, k));
}

static void
start_jobs(struct coordinator *c)
{
	const struct target *t;

	while (c->signal == 0 && c->next - c->first < AT_ONCE &&
	    (t = target_at(c, c->next)) != NULL) {
		struct job **j = &c->jobs[c->next % AT_ONCE];

		*j = job_new(&c->shared, t, on_job_done, c);
		c->next++;
		job_start(*j);
	}
}

/* EPIPE: nobody reads any more, and nobody wants to read that. */
static void
cannot_write(struct coordinator *c)
{
	int e = errno;

	c->broken = true;
	c->status = EXIT_INTERNAL;
	if (e != EPIPE)
		complain(c, "%s: %s", c->out.sink.path != NULL ? c->out.sink.path : "standard output", strerror(e));
	loop_stop(c->shared.loop);
}

static void
report_jobs(struct coordinator *c)
{
	while (c->first < c->next && job_over(c->jobs[c->first % AT_ONCE])) {
		struct job **j = &c->jobs[c->first % AT_ONCE];

		progress_clear(&c->progress);
		errno = 0;
		if (!job_report(*j, c->out.report, &c->status) || !output_flush(&c->out)) {
			cannot_write(c);
			return;
		}
		follow_job(c, *j);
		job_free(*j);
		*j = NULL;
		c->first++;
	}
}

static void
on_turn(void *arg)
{
	struct coordinator *c = arg;

	report_jobs(c);
	if (c->broken)
		return;
	start_jobs(c);
	if (c->first == c->next)
		loop_stop(c->shared.loop);
}

static void
on_mail(void *arg)
{
	struct coordinator *c = arg;
	const struct options *o = c->shared.options;

	for (size_t i = 0; i < o->n_mx; i++)
		if (mail_trouble(c->mail, i) != NULL) {
			complain(c, "--mx %s: %s", o->mx[i], mail_trouble(c->mail, i));
			c->status = exit_worse(c->status, EXIT_NOT_ASSESSED);
		}
	c->n_hosts = mail_targets(c->mail, &c->hosts);
	loop_timer_set(c->turn, 0);
}

/* Mail servers first have to be known. */
static void
begin(struct coordinator *c)
{
	const struct options *o = c->shared.options;

	if (o->n_mx > 0)
		c->mail = mail_new(
		    c->shared.loop, c->parties.dnssec, o->mx, o->n_mx, o->mx_port, on_mail, c);
	else
		loop_timer_set(c->turn, 0);
}

static void
on_tick(void *arg)
{
	struct coordinator *c = arg;
	const struct audit *a = c->first < c->next ? job_audit(c->jobs[c->first % AT_ONCE]) : NULL;

	loop_timer_set(c->tick, PROGRESS_MS);
	if (a != NULL)
		progress_show(&c->progress, audit_endpoint(a)->host, audit_probes_done(a),
		    audit_probes(a), exchanger_connections(c->exchanger));
}

static void
on_signal(void *arg, int number)
{
	struct coordinator *c = arg;

	c->signal = number;
	for (size_t i = c->first; i < c->next; i++)
		job_interrupt(c->jobs[i % AT_ONCE]);
	loop_timer_set(c->turn, 0);
}

/* --watch holds them back between its rounds: nothing is lost that came meanwhile. */
static void
let_signals_through(sigset_t *before)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGHUP);
	(void)sigprocmask(SIG_UNBLOCK, &set, before);
}

int
coordinator_run(const struct options *o, struct memory *memory)
{
	struct coordinator c = {.shared.memory = memory};
	sigset_t before;

	c.status = coordinator_open(&c, o);
	if (c.status == EXIT_PASS) {
		c.turn = loop_timer_new(c.shared.loop, on_turn, &c);
		c.tick = loop_timer_new(c.shared.loop, on_tick, &c);
		loop_on_signal(c.shared.loop, SIGINT, on_signal, &c);
		loop_on_signal(c.shared.loop, SIGTERM, on_signal, &c);
		loop_on_signal(c.shared.loop, SIGHUP, on_signal, &c);
		let_signals_through(&before);
		if (c.progress.on)
			loop_timer_set(c.tick, PROGRESS_MS);
		begin(&c);
		loop_run(c.shared.loop);
		(void)sigprocmask(SIG_SETMASK, &before, NULL);
	}
	coordinator_close(&c);
	return c.signal != 0 && !c.broken ? 128 + c.signal : (int)c.status;
}
