/*
 * Random servers, audited whole: what the audit says is what the server is.
 *
 *	MODEL_SEED=N	only that one, with its configuration and what differs
 *	CK_RUN_CASE=plain	or quirks, alone, stopped, few, less, two
 *	MODEL_TRACE=1	with every question and its answer
 *	MODEL_FIRST=N MODEL_RUNS=N MODEL_BAD=N	which, how many, and how many bad ones end it
 */
#include <stdlib.h>

#include "../unit/unit.h"
#include "audit/audit.h"
#include "fakenet.h"
#include "model_check.h"
#include "profile.h"

/* What an endpoint may make us hold, and one exchange of its. */
enum { MOST_ARENA = 1 << 20, MOST_EXCHANGE = 512 << 10 };

static struct model_pool *pool;

struct run {
	struct model_config config, other;
	struct model_server server;
	struct fakenet net;
	struct endpoint ep;
	struct audit_options options;
	struct audit *audit;
	unsigned n_done;
	size_t n_sent;
};

static void
on_done(void *arg, struct audit *a)
{
	struct run *r = arg;

	ck_assert_ptr_eq(a, r->audit);
	r->n_done++;
}

static void
on_sent(void *arg, struct span bytes)
{
	struct run *r = arg;

	r->n_sent += bytes.n;
}

static void
trace(void *arg, const struct ask *ask, const struct reply *r)
{
	const struct run *run = arg;
	const struct hello *h = &ask->hello;

	fprintf(stderr,
	    "%4u: version %04x suites %zu groups %zu sigalgs %zu shares %zu -> "
	    "%d, alert %u, suite %04x\n",
	    run->net.done, h->versions.n > 0 ? h->versions.v[0] : h->version, h->suites.n,
	    h->groups.n, h->sigalgs.n, h->shares.n, r->kind, r->alert, r->flight->suite);
}

static unsigned
from_env(const char *name, unsigned otherwise)
{
	const char *v = getenv(name);

	return v != NULL && *v != '\0' ? (unsigned)strtoul(v, NULL, 10) : otherwise;
}

static struct run *
run_new(uint64_t seed, bool quirks)
{
	struct run *r = calloc(1, sizeof(*r));
	struct rng rng;

	ck_assert_ptr_nonnull(r);
	rng_seed(&rng, seed);
	model_random(&r->config, &rng, pool);
	if (quirks)
		model_random_quirks(&r->config, &rng);
	r->server.config = &r->config;
	rng_seed(&r->server.rng, seed + 1);
	fakenet_init(&r->net, &r->server, seed + 2);
	r->net.on_sent = on_sent;
	r->net.on_reply = getenv("MODEL_TRACE") != NULL ? trace : NULL;
	r->net.arg = r;
	r->ep = (struct endpoint){
	    .host = "model.example", .sni = "model.example", .address = "192.0.2.1", .port = 443};
	r->options = (struct audit_options){.probes = probe_table,
	    .parallel = 1 + rng_below(&rng, 8),
	    .max_connections = 2000,
	    .now = 1780272000,
	    .seed = seed + 3};
	return r;
}

static void
run_open(struct run *r)
{
	r->audit = audit_new(&r->options, &r->ep, &r->net.transport, on_done, r);
	audit_pump(r->audit);
}

static void
run_free(struct run *r)
{
	audit_free(r->audit);
	ck_assert_uint_eq(r->net.n_under_way, 0);
	fakenet_fini(&r->net);
	free(r);
}

static void
tell_run(const struct run *r, uint64_t seed, const char *text)
{
	fprintf(stderr, "MODEL_SEED=%llu (%u connections, budget %u)\n%s", (unsigned long long)seed,
	    audit_connections(r->audit), model_budget(&r->config), text);
	model_print(&r->config, stderr);
}

/* Where a server does not send an alert, every end of a list costs some questions more. */
static bool
closes(const struct model_config *c)
{
	return c->no_version != MODEL_ALERT || c->no_suite != MODEL_ALERT ||
	       c->no_sni != MODEL_ALERT || c->no_ssl2 != MODEL_ALERT;
}

/* Whatever runs: every fact of every probe that ran is settled. */
static unsigned
unsettled(const struct run *r)
{
	unsigned n = 0;

	for (size_t i = 0; probe_table[i] != NULL; i++)
		for (const enum fact_id *id = probe_table[i]->gives; *id != F_NONE; id++)
			if (!fact_settled(audit_facts(r->audit), *id)) {
				fprintf(stderr, "%s of %s is not settled\n", fact_defs[*id].json,
				    probe_table[i]->name);
				n++;
			}
	return n;
}

static size_t
arena_of(const struct run *r)
{
	return arena_used(fact_arena((struct facts *)(uintptr_t)audit_facts(r->audit)));
}

/* Runs to the end; true when all is well. */
static bool
whole_audit(uint64_t seed, bool quirks)
{
	struct run *r = run_new(seed, quirks);
	bool plain = !quirks, ok;
	char *text;

	run_open(r);
	while (fakenet_step(&r->net))
		continue;
	text = model_check(&r->config, audit_facts(r->audit), plain);
	ok = text == NULL;
	if (text != NULL)
		tell_run(r, seed, text);
	free(text);
	if (r->n_done != 1 || unsettled(r) > 0) {
		tell_run(r, seed, "not ended, or not once\n");
		ok = false;
	}
	if (plain && audit_connections(r->audit) >
			 model_budget(&r->config) + (closes(&r->config)           ? 60
							: r->config.retry_refused ? 8
										  : 0)) {
		tell_run(r, seed, "too many connections\n");
		ok = false;
	}
	if (r->net.most_under_way > r->options.parallel || r->net.most_arena > MOST_EXCHANGE ||
	    arena_of(r) > MOST_ARENA || audit_connections(r->audit) != r->net.started ||
	    r->server.finished_bad > 0) {
		fprintf(stderr,
		    "MODEL_SEED=%llu: under way %u of %u, arenas %zu and %zu, started %u, bad "
		    "Finished %u\n",
		    (unsigned long long)seed, r->net.most_under_way, r->options.parallel,
		    arena_of(r), r->net.most_arena, r->net.started, r->server.finished_bad);
		ok = false;
	}
	run_free(r);
	return ok;
}

static void
many(bool quirks, unsigned n)
{
	unsigned first = from_env("MODEL_FIRST", 1), bad = 0, one = from_env("MODEL_SEED", 0);

	n = from_env("MODEL_RUNS", n);
	if (one != 0) {
		ck_assert(whole_audit(one, quirks));
		return;
	}
	for (unsigned i = 0; i < n && bad < from_env("MODEL_BAD", 5); i++)
		bad += !whole_audit(first + i, quirks);
	ck_assert_uint_eq(bad, 0);
}

START_TEST(plain_servers)
{
	many(false, 1000);
}
END_TEST

START_TEST(servers_with_quirks)
{
	many(true, 500);
}
END_TEST

/* Each probe alone: with what it needs, and nothing false. */
START_TEST(one_probe_alone)
{
	for (size_t i = 0; probe_table[i] != NULL; i++)
		for (uint64_t seed = 1; seed <= 20; seed++) {
			struct run *r = run_new(1000 * (i + 1) + seed, seed % 2 == 0);
			const char *only[] = {probe_table[i]->name, NULL};
			char *text;

			r->options.only = only;
			run_open(r);
			while (fakenet_step(&r->net))
				continue;
			ck_assert_uint_eq(r->n_done, 1);
			for (const enum fact_id *id = probe_table[i]->gives; *id != F_NONE; id++)
				ck_assert_msg(fact_settled(audit_facts(r->audit), *id), "%s of %s",
				    fact_defs[*id].json, only[0]);
			text = model_check(&r->config, audit_facts(r->audit), false);
			if (text != NULL)
				tell_run(r, 1000 * (i + 1) + seed, text);
			ck_assert_msg(text == NULL, "%s alone", only[0]);
			run_free(r);
		}
}
END_TEST

/* Stopped at any moment: everything settled, nothing false, done() not called. */
START_TEST(stopped_audits)
{
	for (uint64_t seed = 1; seed <= 150; seed++) {
		struct run *r = run_new(seed, seed % 2 == 0);
		unsigned steps = (unsigned)(seed * 7 % 60);
		char *text;

		run_open(r);
		while (steps-- > 0 && fakenet_step(&r->net))
			continue;
		if (r->n_done == 0) {
			audit_stop(r->audit, WHY_BUDGET);
			ck_assert_uint_eq(r->net.n_under_way, 0);
			ck_assert_uint_eq(r->n_done, 0);
		}
		ck_assert_uint_eq(unsettled(r), 0);
		text = model_check(&r->config, audit_facts(r->audit), false);
		if (text != NULL)
			tell_run(r, seed, text);
		ck_assert_ptr_null(text);
		run_free(r);
	}
}
END_TEST

/* A hard stop by connections is kept to, whatever the server is. */
START_TEST(few_connections)
{
	for (uint64_t seed = 1; seed <= 60; seed++) {
		struct run *r = run_new(seed, false);
		char *text;

		r->options.max_connections = (unsigned)(seed % 13);
		run_open(r);
		while (fakenet_step(&r->net))
			continue;
		ck_assert_uint_eq(r->n_done, 1);
		/* What is under way may still be tried again. */
		ck_assert_uint_le(
		    audit_connections(r->audit), r->options.max_connections + r->options.parallel);
		ck_assert_uint_eq(unsettled(r), 0);
		text = model_check(&r->config, audit_facts(r->audit), false);
		if (text != NULL)
			tell_run(r, seed, text);
		ck_assert_ptr_null(text);
		run_free(r);
	}
}
END_TEST

/* In less depth much is unknown, and nothing false; and it costs little. */
START_TEST(less_depth)
{
	static const char *const names[] = {"fast", "certs"};

	for (uint64_t seed = 1; seed <= 300; seed++) {
		struct run *r = run_new(seed, seed % 3 == 0);
		struct options o = {.profile = names[seed % 2], .timeout_ms = 60000, .parallel = 2};
		struct profile p;
		char *text, err[200];

		ck_assert(profile_load(&p, &o, err, sizeof(err)));
		r->options.probes = p.probes;
		r->options.depth = p.depth;
		r->options.parallel = p.parallel;
		r->options.max_connections = p.max_connections;
		run_open(r);
		while (fakenet_step(&r->net))
			continue;
		ck_assert_uint_eq(r->n_done, 1);
		text = model_check(&r->config, audit_facts(r->audit), false);
		if (text != NULL)
			tell_run(r, seed, text);
		ck_assert_ptr_null(text);
		run_free(r);
	}
}
END_TEST

/* Two backends behind one address, by turns, with different versions and lists: what is said is
 * true of one of them, and a list holds nothing that neither has. */
static void
check_two(const struct run *r, uint64_t seed)
{
	static const struct {
		uint16_t version;
		enum fact_id proto, suites;
	} rows[] = {
	    {SSL3, F_PROTO_SSL3, F_SUITES_SSL3},
	    {TLS1_0, F_PROTO_TLS1_0, F_SUITES_TLS1_0},
	    {TLS1_1, F_PROTO_TLS1_1, F_SUITES_TLS1_1},
	    {TLS1_2, F_PROTO_TLS1_2, F_SUITES_TLS1_2},
	    {TLS1_3, F_PROTO_TLS1_3, F_SUITES_TLS1_3},
	};
	const struct facts *f = audit_facts(r->audit);

	for (size_t i = 0; i < N_ELEMENTS(rows); i++) {
		unsigned k = MODEL_INDEX(rows[i].version);
		bool a = r->config.versions[k], b = r->other.versions[k];
		struct u16s said = fact_u16s(f, rows[i].suites);
		enum tri t = fact_tri(f, rows[i].proto);

		ck_assert_msg(t != TRI_YES || a || b, "seed %llu", (unsigned long long)seed);
		ck_assert_msg(t != TRI_NO || !a || !b, "seed %llu", (unsigned long long)seed);
		for (size_t n = 0; n < said.n; n++)
			ck_assert_msg((a && model_list_has(&r->config.suites[k], said.v[n])) ||
					  (b && model_list_has(&r->other.suites[k], said.v[n])),
			    "seed %llu: %04x", (unsigned long long)seed, said.v[n]);
	}
}

START_TEST(two_backends)
{
	for (uint64_t seed = 1; seed <= 150; seed++) {
		struct run *r = run_new(seed, false);
		struct rng rng;

		rng_seed(&rng, seed + 1000000);
		model_random(&r->other, &rng, pool);
		if (r->other.sni_required != r->config.sni_required) /* that is about the name */
			r->other = r->config;
		r->config.quirks.other = &r->other;
		run_open(r);
		while (fakenet_step(&r->net))
			continue;
		ck_assert_uint_eq(r->n_done, 1);
		ck_assert_uint_eq(unsettled(r), 0);
		ck_assert_uint_eq(r->server.finished_bad, 0);
		check_two(r, seed);
		run_free(r);
	}
}
END_TEST

int
main(void)
{
	const struct {
		const char *name;
		const TTest *test;
	} cases[] = {{"plain", plain_servers}, {"quirks", servers_with_quirks},
	    {"alone", one_probe_alone}, {"stopped", stopped_audits}, {"few", few_connections},
	    {"less", less_depth}, {"two", two_backends}};
	Suite *s = suite_create("model");
	SRunner *sr;
	int failed;

	for (size_t i = 0; i < N_ELEMENTS(cases); i++) {
		TCase *tc = tcase_create(cases[i].name);

		tcase_set_timeout(tc, 600);
		tcase_add_test(tc, cases[i].test);
		suite_add_tcase(s, tc);
	}
	pool = model_pool_new();
	sr = srunner_create(s);
	srunner_run_all(sr, CK_ENV);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	model_pool_free(pool);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
