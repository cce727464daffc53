/* audit, plan: order, needs, budget, lanes and the end, with toy probes over a toy transport. */
#include "audit/audit.h"
#include "audit/plan.h"
#include "base/xalloc.h"
#include "unit.h"

/* ---- a transport whose answers the test gives ---- */

enum { MAX_OPEN = 32 };

struct exchange {
	const struct ask *ask;
	exchange_done_fn *done;
	void *arg;
};

static struct exchange *open_now[MAX_OPEN];
static size_t n_open;
static struct exchange *parked; /* answered, its connection open */
static unsigned n_started, n_gone_on, n_cancelled, n_dropped, n_done, most_open;
static uint64_t clock_ms;
static unsigned rtt_ms, wait_now; /* of the next answer; for silence, when a probe asked last */

static struct exchange *
start(void *ctx, const struct endpoint *ep, const struct ask *ask, struct rng *rng,
    exchange_done_fn *done, void *arg)
{
	struct exchange *x = xcalloc(1, sizeof(*x));

	(void)ctx;
	(void)ep;
	(void)rng;
	*x = (struct exchange){ask, done, arg};
	ck_assert_uint_lt(n_open, MAX_OPEN);
	open_now[n_open++] = x;
	n_started++;
	most_open = n_open > most_open ? (unsigned)n_open : most_open;
	return x;
}

static void
take_out(size_t i)
{
	for (n_open--; i < n_open; i++)
		open_now[i] = open_now[i + 1];
}

static void
cancel(void *ctx, struct exchange *x)
{
	(void)ctx;
	if (x == parked) {
		free(x);
		parked = NULL;
		n_dropped++;
		return;
	}
	for (size_t i = 0; i < n_open; i++)
		if (open_now[i] == x) {
			take_out(i);
			free(x);
			n_cancelled++;
			return;
		}
	ck_abort_msg("cancel of what is not under way");
}

static uint64_t
now_ms(void *ctx)
{
	(void)ctx;
	return clock_ms;
}

static void
go_on(void *ctx, struct exchange *x, const struct ask *ask)
{
	(void)ctx;
	ck_assert_ptr_eq(x, parked);
	ck_assert(ask->same_conn);
	x->ask = ask;
	parked = NULL;
	open_now[n_open++] = x;
	n_gone_on++;
}

static const struct transport net = {.start = start, .go_on = go_on, .cancel = cancel, .now_ms = now_ms};

/* Answers the i-th exchange under way. */
static void
answer(size_t i, enum reply_kind kind)
{
	struct exchange *x = open_now[i];
	struct server_flight sf = {.hello = kind == REPLY_FLIGHT, .version = TLS1_2};
	struct reply r = {.kind = kind, .alert = 40, .flight = &sf, .connections = 1, .rtt_ms = rtt_ms};

	take_out(i);
	x->done(x->arg, x, &r);
	free(x);
}

/* The same, and its connection stays open. */
static void
answer_open(size_t i)
{
	struct exchange *x = open_now[i];
	struct server_flight sf = {.hello = !x->ask->same_conn, .version = TLS1_2};
	struct reply r = {.kind = REPLY_FLIGHT, .flight = &sf, .connections = 1, .open = true};

	ck_assert(x->ask->keep);
	take_out(i);
	parked = x;
	x->done(x->arg, x, &r);
}

static void
answer_all(enum reply_kind kind)
{
	while (n_open > 0)
		answer(0, kind);
}

/* ---- probes ---- */

struct toy {
	unsigned asked, learned;
};

static char order[64]; /* which probe asked, a letter each */
static unsigned learned[4];

static void
note(char c)
{
	size_t n = strlen(order);

	if (n + 1 < sizeof(order))
		order[n] = c;
}

static enum step
ask_n(void *st, struct ask *ask, unsigned n, char name)
{
	struct toy *t = st;

	ck_assert_uint_eq(t->asked, t->learned); /* strict alternation */
	if (t->asked == n)
		return STEP_DONE;
	t->asked++;
	ask->kind = ASK_HELLO;
	note(name);
	return STEP_ASK;
}

static void
learn(void *st, const struct ctx *c, const struct reply *r)
{
	struct toy *t = st;

	ck_assert_ptr_nonnull(r->flight);
	t->learned++;
	if (c->lane < N_ELEMENTS(learned))
		learned[c->lane]++;
}

static enum step
next_a(void *st, const struct ctx *c, struct ask *ask)
{
	(void)c;
	return ask_n(st, ask, 2, 'a');
}

static void
conclude_a(void *st, const struct ctx *c, struct facts *out)
{
	(void)st;
	(void)c;
	fact_put_tri(out, F_PROTO_TLS1_2, TRI_YES);
}

static enum step
next_b(void *st, const struct ctx *c, struct ask *ask)
{
	ck_assert(fact_settled(c->known, F_PROTO_TLS1_2));
	return ask_n(st, ask, 1, 'b');
}

static enum step
next_lanes(void *st, const struct ctx *c, struct ask *ask)
{
	return ask_n(st, ask, c->lane + 1, (char)('0' + c->lane));
}

static enum step
next_hello(void *st, const struct ctx *c, struct ask *ask)
{
	ask->hello.version = TLS1_2;
	return ask_n(st, ask, 2, (char)('0' + c->lane));
}

static enum step
next_endless(void *st, const struct ctx *c, struct ask *ask)
{
	wait_now = wait_ms(c, 700);
	return ask_n(st, ask, ~0u, 'e');
}

/* A connection with three asks, and another one. */
static enum step
next_talk(void *st, const struct ctx *c, struct ask *ask)
{
	const struct toy *t = st;

	(void)c;
	ask->keep = true;
	ask->same_conn = t->asked == 1 || t->asked == 2;
	return ask_n(st, ask, 4, ask->same_conn ? 's' : 'n');
}

static bool
never(const struct ctx *c)
{
	(void)c;
	return false;
}

static void
conclude_sum(void *st, const struct ctx *c, struct facts *out)
{
	(void)st;
	ck_assert(fact_settled(c->known, F_DH_BITS));
	fact_put_str(out, F_BEAST, "none");
}

static unsigned n_finish;

static void
finish_lanes(void *const *st, unsigned n, const struct ctx *c, struct facts *out)
{
	(void)c;
	n_finish++;
	ck_assert_uint_eq(n, 3);
	for (unsigned i = 0; i < n; i++)
		ck_assert_uint_le(((struct toy *)st[i])->learned, i + 1);
	if (!fact_settled(out, F_DH_BITS))
		fact_put_u32(out, F_DH_BITS, n);
}

static const enum fact_id none[] = {F_NONE};
static const enum fact_id gives_a[] = {F_PROTO_TLS1_2, F_PROTO_TLS1_3, F_NONE};
static const enum fact_id needs_b[] = {F_PROTO_TLS1_2, F_NONE};
static const enum fact_id gives_b[] = {F_SUITES_TLS1_2, F_NONE};
static const enum fact_id gives_l[] = {F_DH_BITS, F_NONE};
static const enum fact_id needs_s[] = {F_DH_BITS, F_SUITES_TLS1_2, F_NONE};
static const enum fact_id gives_s[] = {F_BEAST, F_NONE};
static const enum fact_id gives_e[] = {F_ALPN, F_NONE};

#define TOY .learn = learn, .state_size = sizeof(struct toy)
static const struct probe a = {.name = "a",
    .needs = none,
    .gives = gives_a,
    .next = next_a,
    .conclude = conclude_a,
    .max_asks = 9,
    TOY};
static const struct probe b = {
    .name = "b", .needs = needs_b, .gives = gives_b, .next = next_b, .max_asks = 9, TOY};
static const struct probe lanes = {.name = "lanes",
    .needs = none,
    .gives = gives_l,
    .next = next_lanes,
    .finish = finish_lanes,
    .lanes = 3,
    .max_asks = 9,
    TOY};
static const struct probe sum = {
    .name = "sum", .needs = needs_s, .gives = gives_s, .conclude = conclude_sum};
static const struct probe endless = {
    .name = "endless", .needs = none, .gives = gives_e, .next = next_endless, .max_asks = 5, TOY};
static const struct probe longer = {
    .name = "longer", .needs = none, .gives = gives_e, .next = next_endless, .max_asks = 99, TOY};
static const struct probe hellos = {
    .name = "hellos", .needs = none, .gives = gives_e, .next = next_hello, .lanes = 3, .max_asks = 2, TOY};
static const struct probe talk = {
    .name = "talk", .needs = none, .gives = gives_e, .next = next_talk, .max_asks = 4, TOY};
static const struct probe skipped = {.name = "skipped",
    .needs = none,
    .gives = gives_e,
    .applies = never,
    .next = next_endless,
    .max_asks = 5,
    TOY};

/* ---- the audit ---- */

static const struct endpoint ep = {.host = "a.example", .sni = "a.example", .port = 443};
static struct audit *audit;

static void
on_done(void *arg, struct audit *x)
{
	ck_assert_ptr_eq(arg, &n_done);
	ck_assert_ptr_eq(x, audit);
	n_done++;
}

static void
run(const struct probe *const *probes, const char *const *only, unsigned parallel, unsigned most)
{
	struct audit_options o = {.probes = probes,
	    .only = only,
	    .parallel = parallel,
	    .max_connections = most,
	    .deadline_ms = 100000,
	    .now = 1780272000,
	    .seed = 1};

	memset(order, 0, sizeof(order));
	memset(learned, 0, sizeof(learned));
	n_started = n_cancelled = n_done = most_open = n_finish = 0;
	audit = audit_new(&o, &ep, &net, on_done, &n_done);
	audit_pump(audit);
}

static void
tear_down(void)
{
	audit_free(audit);
	audit = NULL;
	ck_assert_uint_eq(n_open, 0);
}

START_TEST(plan_follows_needs_then_the_table)
{
	const struct probe *const table[] = {&sum, &b, &a, &lanes, NULL};
	const char *const only_b[] = {"b", NULL}, *const only_sum[] = {"sum", "nobody", NULL};
	struct arena *arena = arena_new(1 << 16);
	const struct probe **plan;
	size_t n;

	plan = plan_make(table, NULL, arena, &n);
	ck_assert_uint_eq(n, 4);
	ck_assert_ptr_eq(plan[0], &a);
	ck_assert_ptr_eq(plan[1], &lanes);
	ck_assert_ptr_eq(plan[2], &b);
	ck_assert_ptr_eq(plan[3], &sum);
	plan = plan_make(table, only_b, arena, &n);
	ck_assert_uint_eq(n, 2);
	ck_assert_ptr_eq(plan[0], &a);
	ck_assert_ptr_eq(plan[1], &b);
	plan_make(table, only_sum, arena, &n);
	ck_assert_uint_eq(n, 4);
	ck_assert(plan_gives(&a, F_PROTO_TLS1_3) && !plan_gives(&a, F_ALPN));
	arena_free(arena);
}
END_TEST

/* The real probes: no circle, nothing needed that nobody gives, nothing given twice. */
START_TEST(the_real_plan_holds_together)
{
	struct arena *arena = arena_new(1 << 20);
	size_t n, all = 0;

	while (probe_table[all] != NULL)
		all++;
	plan_make(probe_table, NULL, arena, &n);
	ck_assert_uint_eq(n, all);
	for (size_t i = 0; i < all; i++) {
		ck_assert_uint_gt(strlen(probe_table[i]->summary), 0);
		ck_assert(probe_table[i]->next == NULL || probe_table[i]->max_asks > 0);
		for (const enum fact_id *id = probe_table[i]->needs; *id != F_NONE; id++) {
			bool given = false;

			for (size_t k = 0; k < all; k++)
				given = given || plan_gives(probe_table[k], *id);
			ck_assert_msg(
			    given, "%s needs %s", probe_table[i]->name, fact_defs[*id].json);
		}
		for (const enum fact_id *id = probe_table[i]->gives; *id != F_NONE; id++)
			for (size_t k = 0; k < i; k++)
				ck_assert_msg(!plan_gives(probe_table[k], *id), "%s twice",
				    fact_defs[*id].json);
	}
	arena_free(arena);
}
END_TEST

START_TEST(needs_are_settled_first)
{
	const struct probe *const table[] = {&b, &sum, &a, &lanes, NULL};

	run(table, NULL, 1, 100);
	answer_all(REPLY_FLIGHT);
	ck_assert_uint_eq(n_done, 1);
	ck_assert_str_eq(order, "aa011222b");
	ck_assert(fact_yes(audit_facts(audit), F_PROTO_TLS1_2));
	ck_assert_str_eq(fact_str(audit_facts(audit), F_BEAST), "none");
	/* Given and not put: not applicable, after an answer that was a flight. */
	ck_assert_int_eq(fact_why(audit_facts(audit), F_PROTO_TLS1_3), WHY_NOT_APPLICABLE);
	ck_assert_uint_eq(audit_connections(audit), 9);
	ck_assert_int_eq(audit_status(audit), STATUS_OK);
	audit_pump(audit); /* nothing more */
	ck_assert_uint_eq(n_done, 1);
}
END_TEST

START_TEST(only_some)
{
	const struct probe *const table[] = {&b, &sum, &a, &lanes, NULL};
	const char *const only[] = {"b", NULL};

	run(table, only, 1, 100);
	answer_all(REPLY_FLIGHT);
	ck_assert_str_eq(order, "aab");
	ck_assert(!fact_settled(audit_facts(audit), F_DH_BITS));
	ck_assert_int_eq(fact_why(audit_facts(audit), F_DH_BITS), WHY_NOT_ASKED);
}
END_TEST

START_TEST(lanes_run_beside_each_other)
{
	const struct probe *const table[] = {&lanes, NULL};

	run(table, NULL, 8, 100);
	ck_assert_uint_eq(n_open, 3);
	answer(2, REPLY_FLIGHT); /* in any order */
	answer(0, REPLY_FLIGHT);
	ck_assert_uint_eq(n_finish, 0);
	answer_all(REPLY_FLIGHT);
	ck_assert_uint_eq(n_done, 1);
	ck_assert_uint_eq(n_finish, 1);
	ck_assert_uint_eq(learned[0], 1);
	ck_assert_uint_eq(learned[1], 2);
	ck_assert_uint_eq(learned[2], 3);
	ck_assert_uint_eq(fact_u32(audit_facts(audit), F_DH_BITS), 3);
}
END_TEST

START_TEST(never_more_at_once_than_allowed)
{
	const struct probe *const table[] = {&a, &lanes, &endless, NULL};

	for (unsigned parallel = 1; parallel <= 4; parallel++) {
		run(table, NULL, parallel, 100);
		answer_all(REPLY_FLIGHT);
		ck_assert_uint_eq(most_open, parallel);
		ck_assert_uint_eq(n_done, 1);
		tear_down();
	}
}
END_TEST

START_TEST(a_probe_that_does_not_end_is_ended)
{
	const struct probe *const table[] = {&endless, NULL};

	run(table, NULL, 1, 100);
	answer_all(REPLY_FLIGHT);
	ck_assert_uint_eq(n_started, 5);
	ck_assert_int_eq(fact_why(audit_facts(audit), F_ALPN), WHY_BUDGET);
	ck_assert_int_eq(audit_status(audit), STATUS_PARTIAL);
}
END_TEST

START_TEST(a_conversation_stays_on_its_connection)
{
	const struct probe *const table[] = {&talk, NULL};

	n_gone_on = n_dropped = 0;
	run(table, NULL, 1, 100);
	answer_open(0);
	answer_open(0);
	answer_open(0);
	ck_assert_uint_eq(n_gone_on, 2);
	ck_assert_uint_eq(n_started, 2); /* the new one began, the old one was left */
	ck_assert_uint_eq(n_dropped, 1);
	ck_assert_uint_eq(n_done, 0);
	answer_open(0);
	ck_assert_uint_eq(n_dropped, 2);
	ck_assert_uint_eq(n_done, 1);
	ck_assert_str_eq(order, "nssn");
	ck_assert_uint_eq(audit_connections(audit), 2);
}
END_TEST

START_TEST(without_a_connection_there_is_nothing_to_go_on_with)
{
	const struct probe *const table[] = {&talk, NULL};

	n_gone_on = n_dropped = 0;
	run(table, NULL, 1, 100);
	answer(0, REPLY_FIN);
	ck_assert_uint_eq(n_gone_on, 0);
	ck_assert_uint_eq(n_started, 2);
	answer(0, REPLY_FIN);
	ck_assert_str_eq(order, "nssn");
	ck_assert_uint_eq(n_done, 1);
}
END_TEST

START_TEST(an_open_connection_counts_and_is_not_held_up)
{
	const struct probe *const table[] = {&talk, &endless, NULL};

	n_gone_on = n_dropped = 0;
	run(table, NULL, 1, 100);
	answer_open(0);
	ck_assert_uint_eq(n_open, 1); /* of one allowed: the same connection */
	ck_assert_uint_eq(n_gone_on, 1);
	audit_stop(audit, WHY_BUDGET);
	ck_assert_uint_eq(n_open, 0);
	ck_assert_uint_eq(n_cancelled + n_dropped, 1);
	ck_assert_str_eq(order, "ns");
}
END_TEST

START_TEST(what_does_not_apply_is_not_asked)
{
	const struct probe *const table[] = {&skipped, NULL};

	run(table, NULL, 1, 100);
	ck_assert_uint_eq(n_started, 0);
	ck_assert_uint_eq(n_done, 1);
	ck_assert_int_eq(fact_why(audit_facts(audit), F_ALPN), WHY_NOT_APPLICABLE);
}
END_TEST

START_TEST(connections_are_a_hard_stop)
{
	const struct probe *const table[] = {&a, &b, &lanes, &sum, NULL};

	for (unsigned most = 0; most < 9; most++) {
		run(table, NULL, 3, most);
		answer_all(REPLY_FLIGHT);
		ck_assert_uint_eq(n_done, 1);
		ck_assert_uint_eq(n_started, most);
		ck_assert_uint_eq(audit_connections(audit), most);
		for (size_t i = 0; table[i] != NULL; i++)
			for (const enum fact_id *id = table[i]->gives; *id != F_NONE; id++)
				ck_assert(fact_settled(audit_facts(audit), *id));
		ck_assert_int_eq(audit_status(audit), most == 0 ? STATUS_TIMEOUT : STATUS_PARTIAL);
		tear_down();
	}
}
END_TEST

/* Nothing is left open by an audit that just had enough connections. */
START_TEST(the_last_connection_may_be_spent)
{
	const struct probe *const table[] = {&b, &sum, &a, &lanes, NULL};

	run(table, NULL, 1, 9);
	answer_all(REPLY_FLIGHT);
	ck_assert_uint_eq(audit_connections(audit), 9);
	ck_assert_int_eq(audit_status(audit), STATUS_OK);
	ck_assert_str_eq(fact_str(audit_facts(audit), F_BEAST), "none");
}
END_TEST

/* A server with one place answers late when another lane has it; silence answers nothing. */
START_TEST(the_shortest_answer_tells_how_far_a_server_is)
{
	static const struct {
		enum reply_kind kind;
		unsigned rtt_ms, wait;
	} answers[] = {{REPLY_FLIGHT, 30000, 4700}, {REPLY_FLIGHT, 50, 900}, {REPLY_FLIGHT, 800, 900},
	    {REPLY_SILENCE, 0, 900}, {REPLY_FLIGHT, 10, 740}};
	const struct probe *const table[] = {&longer, NULL};

	run(table, NULL, 1, 100);
	ck_assert_uint_eq(wait_now, 700);
	for (size_t i = 0; i < N_ELEMENTS(answers); i++) {
		rtt_ms = answers[i].rtt_ms;
		answer(0, answers[i].kind);
		ck_assert_uint_eq(wait_now, answers[i].wait);
	}
	rtt_ms = 0;
	audit_stop(audit, WHY_NOT_ASKED);
}
END_TEST

START_TEST(the_deadline_ends_it)
{
	const struct probe *const table[] = {&endless, NULL};

	run(table, NULL, 1, 100);
	answer(0, REPLY_FLIGHT);
	clock_ms += 100001;
	answer(0, REPLY_FLIGHT);
	ck_assert_uint_eq(n_done, 1);
	ck_assert_str_eq(order, "ee");
	ck_assert_int_eq(fact_why(audit_facts(audit), F_ALPN), WHY_BUDGET);
	ck_assert_uint_eq(audit_elapsed_ms(audit), 100001);
}
END_TEST

START_TEST(stop_cancels_and_settles)
{
	const struct probe *const table[] = {&a, &b, &lanes, &sum, &endless, NULL};

	run(table, NULL, 4, 100);
	answer(1, REPLY_FLIGHT);
	ck_assert_uint_eq(n_open, 4);
	audit_stop(audit, WHY_NOT_ASKED);
	ck_assert_uint_eq(n_cancelled, 4);
	ck_assert_uint_eq(n_open, 0);
	ck_assert_uint_eq(n_done, 0); /* who stops knows it */
	ck_assert_uint_eq(n_finish, 1);
	for (size_t i = 0; table[i] != NULL; i++)
		for (const enum fact_id *id = table[i]->gives; *id != F_NONE; id++)
			ck_assert(fact_settled(audit_facts(audit), *id));
	ck_assert_int_eq(fact_why(audit_facts(audit), F_ALPN), WHY_NOT_ASKED);
	audit_stop(audit, WHY_BUDGET); /* once is enough */
	ck_assert_int_eq(audit_status(audit), STATUS_PARTIAL);
}
END_TEST

START_TEST(dead_servers_are_given_up)
{
	const struct probe *const table[] = {&lanes, &longer, &a, NULL};
	static const struct {
		enum reply_kind kind;
		enum status status;
		enum why why;
		unsigned most; /* questions */
	} rows[] = {
	    {REPLY_FIN, STATUS_CLOSED, WHY_CLOSED, 16},
	    {REPLY_RESET, STATUS_RESET, WHY_RESET, 16},
	    {REPLY_SILENCE, STATUS_TIMEOUT, WHY_SILENCE, 6},
	    {REPLY_GARBAGE, STATUS_NOT_TLS, WHY_GARBAGE, 4},
	    {REPLY_BAD, STATUS_PROTOCOL_ERROR, WHY_GARBAGE, 16},
	    {REPLY_LIMIT, STATUS_LIMIT, WHY_LIMIT, 16},
	    {REPLY_NO_CONN, STATUS_UNREACHABLE, WHY_NO_CONN, 3},
	};

	for (size_t i = 0; i < N_ELEMENTS(rows); i++) {
		run(table, NULL, 1, 100);
		answer_all(rows[i].kind);
		ck_assert_uint_eq(n_done, 1);
		ck_assert_uint_eq(n_started, rows[i].most);
		ck_assert_msg(
		    audit_status(audit) == rows[i].status, "%s", status_name(audit_status(audit)));
		ck_assert_int_eq(fact_why(audit_facts(audit), F_ALPN), rows[i].why);
		ck_assert_ptr_nonnull(audit_status_detail(audit));
		tear_down();
	}
}
END_TEST

static const struct probe *const only_hellos[] = {&hellos, NULL};

/* Of three hellos the first is closed, and waits until nothing else is under way. */
static void
run_to_one_held(unsigned most)
{
	run(only_hellos, NULL, 3, most);
	answer(0, REPLY_FIN);
	ck_assert_uint_eq(n_started, 3);
	ck_assert_uint_eq(learned[0], 0);
	answer(0, REPLY_FLIGHT);
	ck_assert_uint_eq(learned[1], 1);
	ck_assert_uint_eq(n_open, 1); /* nothing else begins meanwhile */
	answer(0, REPLY_FLIGHT);
}

START_TEST(a_closed_hello_goes_out_again_alone)
{
	run_to_one_held(100);
	ck_assert_uint_eq(n_started, 4);
	ck_assert_uint_eq(n_open, 1);
	ck_assert_uint_eq(learned[0], 0);
	answer(0, REPLY_FLIGHT);
	ck_assert_uint_eq(learned[0], 1);
	ck_assert_uint_eq(n_open, 2); /* no longer three at once */
	answer_all(REPLY_FLIGHT);
	ck_assert_uint_eq(n_started, 6 + 1);
	ck_assert_uint_eq(audit_connections(audit), n_started);
	ck_assert_int_eq(fact_tri(audit_facts(audit), F_THROTTLED), TRI_YES);
	for (unsigned i = 0; i < 3; i++)
		ck_assert_uint_eq(learned[i], 2);
}
END_TEST

START_TEST(closing_twice_is_an_answer)
{
	run_to_one_held(100);
	answer(0, REPLY_FIN);
	ck_assert_uint_eq(learned[0], 1);
	ck_assert_uint_eq(n_open, 3);
	answer_all(REPLY_FIN); /* two of these are asked again, and then it is known for that */
	ck_assert_uint_eq(n_started, 6 + 3);
	ck_assert_uint_eq(n_done, 1);
	ck_assert_int_eq(fact_tri(audit_facts(audit), F_THROTTLED), TRI_NO);
}
END_TEST

START_TEST(who_closes_now_and_then_is_not_asked_for_ever)
{
	run_to_one_held(100);
	answer(0, REPLY_FLIGHT);
	answer_all(REPLY_FIN); /* each of three four times */
	ck_assert_uint_eq(n_started, 4 + 3 * 4);
	ck_assert_uint_eq(n_done, 1);
	for (unsigned i = 0; i < 3; i++)
		ck_assert_uint_eq(learned[i], 2);
}
END_TEST

START_TEST(a_held_hello_ends_with_the_audit)
{
	run_to_one_held(3);
	ck_assert_uint_eq(n_started, 3);
	ck_assert_uint_eq(learned[0], 1);
	ck_assert_uint_eq(n_done, 1);
	ck_assert_int_eq(audit_status(audit), STATUS_PARTIAL);
	tear_down();
	run(only_hellos, NULL, 3, 100);
	answer(1, REPLY_FIN);
	audit_stop(audit, WHY_BUDGET);
	ck_assert_uint_eq(n_started, 3);
	ck_assert_uint_eq(n_cancelled, 2);
	ck_assert_uint_eq(learned[1], 1);
	ck_assert_int_eq(fact_why(audit_facts(audit), F_ALPN), WHY_BUDGET);
}
END_TEST

START_TEST(alerts_are_answers)
{
	const struct probe *const table[] = {&a, &lanes, &endless, NULL};

	run(table, NULL, 2, 100);
	answer_all(REPLY_ALERT);
	ck_assert_uint_eq(n_started, 2 + 6 + 5); /* a server that says no is there */
	ck_assert_int_eq(audit_status(audit), STATUS_TLS_ALERT);
	ck_assert_str_eq(audit_status_detail(audit), "alert 40 (handshake_failure)");
}
END_TEST

START_TEST(statuses_have_names)
{
	for (int s = 0; s < STATUS__MAX; s++)
		for (int t = 0; t < s; t++)
			ck_assert_str_ne(status_name((enum status)s), status_name((enum status)t));
}
END_TEST

/* ---- third parties ---- */

struct gathering {
	gather_done_fn *done;
	void *arg;
	struct facts *out;
};

static struct gathering *gathering; /* under way, or NULL */
static unsigned n_gatherings_cancelled;

static struct gathering *
gather_start(void *ctx, enum outside what, const struct ctx *c, struct facts *out,
    gather_done_fn *done, void *arg)
{
	(void)ctx;
	(void)c;
	ck_assert_int_eq(what, OUTSIDE_WEB);
	ck_assert_ptr_null(gathering);
	gathering = xcalloc(1, sizeof(*gathering));
	*gathering = (struct gathering){done, arg, out};
	return gathering;
}

static void
gather_cancel(void *ctx, struct gathering *g)
{
	(void)ctx;
	ck_assert_ptr_eq(g, gathering);
	fact_put_u32(g->out, F_FETCHES, 0);
	free(g);
	gathering = NULL;
	n_gatherings_cancelled++;
}

static void
gathered(void)
{
	struct gathering *g = gathering;

	gathering = NULL;
	fact_put_u32(g->out, F_FETCHES, 3);
	g->done(g->arg);
	free(g);
}

static void
conclude_others(void *st, const struct ctx *c, struct facts *out)
{
	(void)st;
	(void)c;
	fact_put_str(out, F_BEAST, fact_u32(out, F_FETCHES) == 3 ? "three" : "none");
}

static const enum fact_id gives_o[] = {F_FETCHES, F_NONE}, needs_o[] = {F_FETCHES, F_NONE};
static const struct probe others = {
    .name = "others", .needs = needs_b, .gives = gives_o, .outside = OUTSIDE_WEB};
static const struct probe after = {
    .name = "after", .needs = needs_o, .gives = gives_s, .conclude = conclude_others};
static const struct probe *const with_others[] = {&a, &others, &after, NULL};

static void
run_with(const struct gatherer *g)
{
	struct audit_options o = {.probes = with_others,
	    .parallel = 4,
	    .max_connections = 99,
	    .deadline_ms = 1000,
	    .gather = g};

	n_done = n_gatherings_cancelled = 0;
	audit = audit_new(&o, &ep, &net, on_done, &n_done);
	audit_pump(audit);
	ck_assert_ptr_null(gathering); /* what it needs is not there yet */
	answer_all(REPLY_FLIGHT);
}

static const struct gatherer gatherer = {.start = gather_start, .cancel = gather_cancel};

START_TEST(third_parties_are_asked_between)
{
	run_with(&gatherer);
	ck_assert_ptr_nonnull(gathering);
	ck_assert_uint_eq(n_done, 0);
	gathered();
	ck_assert_uint_eq(n_done, 1);
	ck_assert_str_eq(fact_str(audit_facts(audit), F_BEAST), "three");
}
END_TEST

START_TEST(nobody_gathers_offline)
{
	run_with(NULL);
	ck_assert_uint_eq(n_done, 1);
	ck_assert_int_eq(fact_why(audit_facts(audit), F_FETCHES), WHY_NOT_ASKED);
	ck_assert_str_eq(fact_str(audit_facts(audit), F_BEAST), "none");
}
END_TEST

/* The server has answered all: that others did not in time is no fault of its audit. */
START_TEST(slow_third_parties_do_no_harm)
{
	run_with(&gatherer);
	clock_ms += 5000;
	audit_stop(audit, WHY_BUDGET);
	ck_assert_uint_eq(n_gatherings_cancelled, 1);
	ck_assert_int_eq(audit_status(audit), STATUS_OK);
	ck_assert_str_eq(fact_str(audit_facts(audit), F_BEAST), "none");
}
END_TEST

UNIT_MAIN_WITH(NULL, tear_down, "audit", third_parties_are_asked_between, nobody_gathers_offline,
    slow_third_parties_do_no_harm, plan_follows_needs_then_the_table,
    the_real_plan_holds_together, needs_are_settled_first, only_some, lanes_run_beside_each_other,
    never_more_at_once_than_allowed, a_probe_that_does_not_end_is_ended,
    a_conversation_stays_on_its_connection, without_a_connection_there_is_nothing_to_go_on_with,
    an_open_connection_counts_and_is_not_held_up, what_does_not_apply_is_not_asked,
    connections_are_a_hard_stop, the_last_connection_may_be_spent,
    the_shortest_answer_tells_how_far_a_server_is, the_deadline_ends_it,
    stop_cancels_and_settles, dead_servers_are_given_up, alerts_are_answers, statuses_have_names,
    a_closed_hello_goes_out_again_alone, closing_twice_is_an_answer,
    who_closes_now_and_then_is_not_asked_for_ever, a_held_hello_ends_with_the_audit)
