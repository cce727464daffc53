/* job - see job.h. */
#include "config.h"

#include "job.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <time.h>

#include "audit/audit.h"
#include "audit/compare.h"
#include "base/check.h"
#include "base/xalloc.h"
#include "fixfile.h"
#include "judge.h"
#include "memory.h"
#include "net/exchange.h"
#include "net/proxy.h"
#include "net/resolve.h"
#include "profile.h"

enum {
	MAGIC = 0x4a4f4253,
	AT_ONCE = 2, /* addresses of one name */
	ARENA_CAP = 8 << 20
};

struct part { /* one address */
	struct job *job;
	struct endpoint ep;
	struct audit *audit; /* NULL: not begun */
	struct loop_timer *deadline;
	bool over;
	int64_t begun;
	enum status status;
	const char *detail;
};

struct job {
	unsigned magic;
	const struct shared *shared;
	const struct target *target;
	job_done_fn *done;
	void *arg;
	struct arena *arena;
	int64_t begun;
	const char *failed; /* why there is no address, or NULL */
	enum status failed_status;
	struct part *parts; /* those that may not be connected to are the last ones */
	size_t n_parts, n_allowed, n_begun, n_over;
	struct memory *memory; /* of tickets: that of all jobs, its own, or NULL */
	bool has_list;
	struct record_list list;
	bool interrupted, over;
};

enum exit_status
exit_worse(enum exit_status a, enum exit_status b)
{
	static const enum exit_status worst_first[] = {
	    EXIT_INTERNAL, EXIT_USAGE, EXIT_POLICY, EXIT_NOT_ASSESSED};

	for (size_t i = 0; i < N_ELEMENTS(worst_first); i++)
		if (a == worst_first[i] || b == worst_first[i])
			return worst_first[i];
	return EXIT_PASS;
}

struct job *
job_new(const struct shared *s, const struct target *t, job_done_fn *done, void *arg)
{
	struct job *j = xcalloc(1, sizeof(*j));

	j->magic = MAGIC;
	j->shared = s;
	j->target = t;
	j->done = done;
	j->arg = arg;
	j->arena = arena_new(ARENA_CAP);
	return j;
}

/* ---- audits ---- */

static void
job_end(struct job *j)
{
	j->over = true;
	if (!j->interrupted)
		j->done(j->arg);
}

static void part_start(struct part *p);

static void
part_end(struct part *p)
{
	struct job *j = p->job;

	p->over = true;
	p->status = audit_status(p->audit);
	p->detail = audit_status_detail(p->audit);
	loop_timer_stop(p->deadline);
	j->n_over++;
	if (j->interrupted)
		return;
	if (j->n_begun < j->n_allowed)
		part_start(&j->parts[j->n_begun++]);
	else if (j->n_over == j->n_allowed)
		job_end(j);
}

static void
on_audit_done(void *arg, struct audit *a)
{
	(void)a;
	part_end(arg);
}

static void
on_deadline(void *arg)
{
	struct part *p = arg;

	MAGIC_CHECK(p->job, MAGIC);
	if (p->job->shared->current != NULL)
		*p->job->shared->current = p->ep.seq;
	audit_stop(p->audit, WHY_BUDGET);
	part_end(p);
}

static int64_t
judged_at(const struct options *o)
{
	return o->has_as_of ? o->as_of : time(NULL);
}

static void
part_start(struct part *p)
{
	const struct shared *s = p->job->shared;
	const struct options *o = s->options;
	const struct profile *prof = s->profile;
	struct audit_options ao = {.probes = prof->probes, .only = o->only, .parallel = prof->parallel,
	    .max_connections = prof->max_connections, .deadline_ms = prof->timeout_ms,
	    .now = judged_at(o), .seed = o->seed, .stores = s->stores, .depth = prof->depth,
	    .safe = o->safe,
	    .gather = s->gather};

	p->begun = time(NULL);
	p->deadline = loop_timer_new(s->loop, on_deadline, p);
	loop_timer_set(p->deadline, prof->timeout_ms);
	p->audit = audit_new(&ao, &p->ep, &s->transport, on_audit_done, p);
	audit_pump(p->audit);
}

/* ---- addresses ---- */

static const char *
address_text(const struct address *addr, struct arena *a)
{
	char text[INET6_ADDRSTRLEN];
	struct sockaddr_in6 v6 = {0};
	struct sockaddr_in v4 = {0};

	if (address_is_name(addr)) /* whoever looks it up knows */
		return NULL;
	if (addr->len == sizeof(v4)) {
		memcpy(&v4, addr->addr, sizeof(v4));
		CHECK(inet_ntop(AF_INET, &v4.sin_addr, text, sizeof(text)) != NULL);
		return arena_str(a, text);
	}
	CHECK(addr->len == sizeof(v6));
	memcpy(&v6, addr->addr, sizeof(v6));
	CHECK(inet_ntop(AF_INET6, &v6.sin6_addr, text, sizeof(text)) != NULL);
	if (v6.sin6_scope_id != 0)
		return arena_printf(a, "%s%%%u", text, (unsigned)v6.sin6_scope_id);
	return arena_str(a, text);
}

static const char *
server_name(const struct job *j)
{
	const struct options *o = j->shared->options;

	if (o->no_sni)
		return NULL;
	if (o->sni != NULL)
		return o->sni;
	return j->target->is_address ? NULL : j->target->host;
}

static void
part_init(struct part *p, struct job *j, const struct address *addr)
{
	const struct target *t = j->target;
	struct address a = address_with_port(addr, addr->port != 0 ? addr->port : t->port);

	p->job = j;
	p->ep = (struct endpoint){.host = t->host, .sni = server_name(j), .starttls = t->starttls,
	    .address = address_text(addr, j->arena), .port = t->port, .addr_len = a.len,
	    .seq = j->list.seq, .memory = j->memory, .identity = j->shared->identity};
	memcpy(p->ep.addr, a.addr, a.len);
}

static void
part_block(struct part *p, const char *line)
{
	p->over = true;
	p->begun = time(NULL);
	p->status = STATUS_BLOCKED;
	p->detail = arena_printf(p->job->arena, "excluded: %s", line);
}

void
job_start_at(struct job *j, const struct job_address *addrs, size_t n)
{
	size_t blocked = n;

	MAGIC_CHECK(j, MAGIC);
	j->begun = time(NULL);
	j->memory = j->shared->memory;
	if (j->memory == NULL && n > 1)
		j->memory = memory_new();
	j->parts = arena_alloc(j->arena, n * sizeof(*j->parts));
	j->n_parts = n;
	for (size_t i = 0; i < n; i++) {
		struct part *p =
		    &j->parts[addrs[i].blocked != NULL ? --blocked : j->n_allowed++];

		part_init(p, j, &addrs[i].addr);
		if (addrs[i].blocked != NULL)
			part_block(p, addrs[i].blocked);
	}
	j->n_begun = j->n_allowed < AT_ONCE ? j->n_allowed : AT_ONCE;
	if (j->n_begun == 0)
		job_end(j);
	for (size_t i = 0, begin = j->n_begun; i < begin; i++)
		part_start(&j->parts[i]);
}

static void
audit_addresses(struct job *j, const struct address *addrs, size_t n)
{
	struct job_address *at = arena_alloc(j->arena, n * sizeof(*at));

	for (size_t i = 0; i < n; i++)
		at[i].addr = addrs[i];
	job_start_at(j, at, n);
}

void
job_fail(struct job *j, enum status status, const char *detail)
{
	MAGIC_CHECK(j, MAGIC);
	j->begun = time(NULL);
	j->failed = arena_str(j->arena, detail);
	j->failed_status = status;
	job_end(j);
}

void
job_set_list(struct job *j, const struct record_list *place)
{
	j->list = *place;
	j->has_list = true;
}

static void
on_resolved(void *arg, const struct resolved *r)
{
	struct job *j = arg;

	MAGIC_CHECK(j, MAGIC);
	if (j->over) /* interrupted */
		return;
	if (r->capped)
		(void)fprintf(stderr, "tlsaudit: %s has more than %zu addresses; the first ones are audited\n",
		    j->target->host, r->n);
	if (r->status == RESOLVE_OK && r->n > 0) {
		audit_addresses(j, r->addrs, r->n);
		return;
	}
	job_fail(j, STATUS_DNS_ERROR,
	    arena_printf(j->arena, "%s: %s", resolve_status_name(r->status), r->detail));
}

void
job_start(struct job *j)
{
	const struct options *o = j->shared->options;
	struct address name = address_of_name(j->target->host);

	MAGIC_CHECK(j, MAGIC);
	j->begun = time(NULL);
	if (o->has_connect)
		audit_addresses(j, &o->connect, 1);
	else if (j->target->is_address)
		audit_addresses(j, &j->target->addr, 1);
	else if (proxy_looks_up(j->shared->proxy))
		audit_addresses(j, &name, 1);
	else
		resolve_start(j->shared->resolver, j->target->host, on_resolved, j);
}

void
job_interrupt(struct job *j)
{
	MAGIC_CHECK(j, MAGIC);
	if (j->over)
		return;
	j->interrupted = true;
	for (size_t i = 0; i < j->n_begun; i++) {
		struct part *p = &j->parts[i];

		if (p->over)
			continue;
		audit_stop(p->audit, WHY_NOT_ASKED);
		part_end(p);
		p->detail = "interrupted";
	}
	job_end(j);
}

const struct facts *
job_facts(const struct job *j, size_t i)
{
	return i < j->n_begun && j->parts[i].audit != NULL ? audit_facts(j->parts[i].audit) : NULL;
}

bool
job_over(const struct job *j)
{
	return j->over;
}

const struct audit *
job_audit(const struct job *j)
{
	for (size_t i = 0; i < j->n_begun; i++)
		if (!j->parts[i].over)
			return j->parts[i].audit;
	return j->n_begun > 0 ? j->parts[j->n_begun - 1].audit : NULL;
}

/* ---- reports ---- */

static bool
assessed(const struct part *p)
{
	return p->audit != NULL && (p->status == STATUS_OK || p->status == STATUS_PARTIAL);
}

/* Not the endpoint's failure: this machine has no IPv6. */
static bool
no_ipv6(const struct part *p)
{
	return p->status == STATUS_UNREACHABLE && p->detail != NULL &&
	    strcmp(p->detail, EXCHANGE_NO_IPV6) == 0;
}

static void
compare_parts(struct job *j)
{
	const struct facts **f = arena_alloc(j->arena, (j->n_parts + 1) * sizeof(*f));
	const char *what = NULL;
	enum tri differ = TRI_UNKNOWN;
	size_t n = 0;

	for (size_t i = 0; i < j->n_begun; i++)
		if (assessed(&j->parts[i]))
			f[n++] = audit_facts(j->parts[i].audit);
	if (n > 1)
		differ = compare_facts(f, n, j->arena, &what);
	for (size_t i = 0; i < j->n_begun; i++)
		audit_put_differ(j->parts[i].audit, differ, j->n_parts > 1 ? WHY_NO_CONN : WHY_NOT_APPLICABLE,
		    what);
}

/* --fix-chain: for the first address that was assessed. */
static void
fix_chain(struct job *j, enum exit_status *status)
{
	const struct options *o = j->shared->options;

	for (size_t i = 0; o->fix_chain != NULL && i < j->n_begun; i++) {
		const struct part *p = &j->parts[i];
		struct fixfile_ask q = {.facts = audit_facts(p->audit),
		    .host = p->ep.sni != NULL ? p->ep.sni : p->ep.host,
		    .stores = j->shared->stores,
		    .asked = j->shared->asked,
		    .now = judged_at(o)};

		if (!assessed(p))
			continue;
		*status = exit_worse(*status, fixfile_write(o, &q));
		return;
	}
}

/* The next record's place in the list, or NULL. */
static const struct record_list *
next_place(struct job *j)
{
	j->list.record++;
	return j->has_list ? &j->list : NULL;
}

static bool
report_part(struct part *p, struct report *to, bool others, enum exit_status *status)
{
	struct job *j = p->job;
	struct record r = {.host = p->ep.host, .address = p->ep.address, .port = p->ep.port,
	    .starttls = p->ep.starttls, .sni = p->ep.sni, .status = status_name(p->status),
	    .status_detail = p->detail, .time = p->begun, .list = next_place(j)};

	if (p->audit != NULL) {
		r.connections = audit_connections(p->audit);
		r.elapsed_ms = audit_elapsed_ms(p->audit);
		r.facts = audit_facts(p->audit);
	}
	if (no_ipv6(p) && others)
		judge_excused(j->shared->judge, &r);
	else
		judge_record(j->shared->judge, &r, judged_at(j->shared->options), j->arena, status);
	return report_record(to, &r);
}

static bool
report_failed(struct job *j, struct report *to, enum exit_status *status)
{
	struct record r = {.host = j->target->host, .port = j->target->port,
	    .starttls = j->target->starttls, .sni = server_name(j),
	    .status = status_name(j->failed_status), .status_detail = j->failed,
	    .time = j->begun, .list = next_place(j)};

	judge_record(j->shared->judge, &r, judged_at(j->shared->options), j->arena, status);
	return report_record(to, &r);
}

bool
job_report(struct job *j, struct report *to, enum exit_status *status)
{
	bool others = false;

	MAGIC_CHECK(j, MAGIC);
	j->list.record = 0;
	j->list.records = 1;
	if (j->failed != NULL)
		return report_failed(j, to, status);
	j->list.records = (unsigned)(j->n_begun + j->n_parts - j->n_allowed);
	compare_parts(j);
	for (size_t i = 0; i < j->n_begun; i++)
		others = others || assessed(&j->parts[i]);
	for (size_t i = 0; i < j->n_parts; i++)
		if ((i < j->n_begun || i >= j->n_allowed) &&
		    !report_part(&j->parts[i], to, others, status))
			return false;
	fix_chain(j, status);
	return true;
}

void
job_count(const struct job *j, unsigned by_status[STATUS__MAX], unsigned *connections)
{
	memset(by_status, 0, STATUS__MAX * sizeof(*by_status));
	*connections = 0;
	if (j->failed != NULL)
		by_status[j->failed_status]++;
	for (size_t i = 0; i < j->n_parts; i++) {
		if (!j->parts[i].over)
			continue;
		by_status[j->parts[i].status]++;
		if (j->parts[i].audit != NULL)
			*connections += audit_connections(j->parts[i].audit);
	}
}

void
job_free(struct job *j)
{
	if (j == NULL)
		return;
	MAGIC_CHECK(j, MAGIC);
	for (size_t i = 0; i < j->n_parts; i++) {
		audit_free(j->parts[i].audit);
		loop_timer_free(j->parts[i].deadline);
	}
	if (j->memory != j->shared->memory)
		memory_free(j->memory);
	arena_free(j->arena);
	j->magic = 0;
	free(j);
}
