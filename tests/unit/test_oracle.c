/* oracle: variants of one request, rounds of them, and what their answers tell. */
#include "probe.h"
#include "unit.h"

enum { N = 3, MOST = 200 };

/* What a server answers, by round, variant, and how often it was given more time. */
typedef enum reply_kind server_fn(unsigned round, unsigned variant, unsigned still);

static struct arena *arena;
static struct ctx c;
static struct oracle o;
static unsigned first, n_said, n_still, n_more;
static bool in_two;

static void
hear(enum reply_kind kind, bool open)
{
	struct server_flight sf = {.alert_level = 2};
	struct reply r = {.kind = kind, .alert = 20, .flight = &sf, .open = open, .rtt_ms = 5};

	oracle_learn(&o, &c, &r, kind == REPLY_FLIGHT);
}

/* One conversation after the other until the oracle has heard enough. */
static void
run(server_fn *server, bool listens)
{
	struct ask ask;

	o = (struct oracle){.listens = listens, .in_two = in_two};
	oracle_begin(&o, first, N);
	n_said = n_still = n_more = 0;
	for (unsigned i = 0; o.turn != ORACLE_OVER; i++) {
		enum oracle_turn turn = o.turn;

		ck_assert_uint_lt(i, MOST);
		ask = (struct ask){0};
		if (turn != ORACLE_SHAKE)
			oracle_ask(&o, &c, &ask);
		n_said += turn == ORACLE_SAY;
		n_still += turn == ORACLE_STILL;
		n_more += turn == ORACLE_MORE;
		if (turn == ORACLE_STILL)
			ck_assert_uint_gt(ask.wait_ms, 2000);
		if (turn == ORACLE_SHAKE)
			hear(REPLY_FLIGHT, true);
		else if (turn == ORACLE_LISTEN)
			hear(REPLY_SILENCE, true);
		else if (turn == ORACLE_END)
			hear(REPLY_FIN, false);
		else
			hear(server(o.round, o.variant, turn == ORACLE_STILL), true);
	}
}

static void
set_up(void)
{
	arena = arena_new(1 << 20);
	c = (struct ctx){.arena = arena};
	first = (1 << N) - 1;
	in_two = false;
}

static void
tear_down(void)
{
	arena_free(arena);
}

static enum reply_kind
alike(unsigned round, unsigned variant, unsigned still)
{
	(void)round;
	(void)variant;
	(void)still;
	return REPLY_ALERT;
}

static enum reply_kind
apart(unsigned round, unsigned variant, unsigned still)
{
	(void)round;
	(void)still;
	return variant == 1 ? REPLY_FIN : REPLY_ALERT;
}

static enum reply_kind
unsteady(unsigned round, unsigned variant, unsigned still)
{
	(void)still;
	return variant == 1 && round != 1 ? REPLY_FIN : REPLY_ALERT;
}

static enum reply_kind
busy(unsigned round, unsigned variant, unsigned still)
{
	return variant == 2 && round == 0 && !still ? REPLY_SILENCE : REPLY_ALERT;
}

static enum reply_kind
busy_at_once(unsigned round, unsigned variant, unsigned still)
{
	return variant == 0 && round == 0 && !still ? REPLY_SILENCE : REPLY_ALERT;
}

static enum reply_kind
asleep(unsigned round, unsigned variant, unsigned still)
{
	(void)round;
	(void)still;
	return variant == 1 ? REPLY_SILENCE : REPLY_ALERT;
}

static enum reply_kind
mute(unsigned round, unsigned variant, unsigned still)
{
	(void)round;
	(void)variant;
	(void)still;
	return REPLY_SILENCE;
}

static const struct {
	const char *name;
	server_fn *server;
	bool listens;
	unsigned said, still; /* how often asked; how often given more time */
	enum tri differ;      /* variants 0 and 1 */
} cases[] = {
    {"alike", alike, true, N, 0, TRI_NO},
    {"apart", apart, true, N * ORACLE_ROUNDS, 0, TRI_YES},
    {"unsteady", unsteady, true, N * ORACLE_ROUNDS, 0, TRI_UNKNOWN},
    {"busy: 3 s late once is no answer of its own", busy, true, N * ORACLE_ROUNDS, 1, TRI_NO},
    {"busy at the first", busy_at_once, true, N * ORACLE_ROUNDS, 1, TRI_NO},
    {"asleep, each time", asleep, true, N * ORACLE_ROUNDS, ORACLE_ROUNDS, TRI_YES},
    {"silence is right", mute, false, N, 0, TRI_NO},
    {"silence where it should answer", mute, true, N, 1, TRI_NO},
};

START_TEST(rounds_and_what_they_tell)
{
	for (size_t i = 0; i < N_ELEMENTS(cases); i++) {
		run(cases[i].server, cases[i].listens);
		ck_assert_msg(oracle_differ(&o, 0, 1) == cases[i].differ, "%s", cases[i].name);
		ck_assert_msg(
		    n_said == cases[i].said, "%s: asked %u times", cases[i].name, n_said);
		ck_assert_msg(
		    n_still == cases[i].still, "%s: more time %u times", cases[i].name, n_still);
	}
}
END_TEST

/* Alike but for variant 2, which the first round leaves out. */
static enum reply_kind
third_apart(unsigned round, unsigned variant, unsigned still)
{
	(void)still;
	ck_assert(round > 0 || variant != 2);
	return variant == 2 ? REPLY_FIN : REPLY_ALERT;
}

/* The same, and variant 0 differs: all are asked then. */
static enum reply_kind
two_apart(unsigned round, unsigned variant, unsigned still)
{
	ck_assert(round > 0 || variant != 2);
	return variant == 0 ? REPLY_RESET : third_apart(1, variant, still);
}

START_TEST(the_first_round_has_a_part_of_the_variants)
{
	first = 1 << 0 | 1 << 1;
	run(third_apart, true);
	ck_assert(o.alike);
	ck_assert_uint_eq(n_said, 2);
	ck_assert_uint_eq(oracle_differ(&o, 1, 2), TRI_NO);
	ck_assert(oracle_alert(&o, 2, 20)); /* as those that were asked */
	run(two_apart, true);
	ck_assert(!o.alike);
	ck_assert_uint_eq(n_said, 2 + N * (ORACLE_ROUNDS - 1));
	ck_assert_uint_eq(oracle_differ(&o, 1, 2), TRI_YES);
	ck_assert(!oracle_alert(&o, 2, 20));
	first = 1 << 1 | 1 << 2;
	run(mute, false);
	ck_assert(oracle_silent(&o, 0) && o.alike);
}
END_TEST

/* Silent at the first part but for variant 1, whose answer would be the same later. */
static enum reply_kind
early(unsigned round, unsigned variant, unsigned still)
{
	(void)round;
	(void)still;
	return variant == 1 || o.more ? REPLY_ALERT : REPLY_SILENCE;
}

static enum reply_kind
at_the_end(unsigned round, unsigned variant, unsigned still)
{
	(void)round;
	(void)variant;
	(void)still;
	return o.more ? REPLY_ALERT : REPLY_SILENCE;
}

START_TEST(in_two_it_counts_when_an_answer_came)
{
	in_two = true;
	run(early, false);
	ck_assert_uint_eq(oracle_differ(&o, 0, 1), TRI_YES);
	ck_assert_uint_eq(oracle_differ(&o, 0, 2), TRI_NO);
	ck_assert_uint_eq(n_more, 2 * ORACLE_ROUNDS);
	run(at_the_end, false);
	ck_assert(o.alike);
	ck_assert_uint_eq(n_more, N);
	run(mute, false);
	ck_assert(o.alike && oracle_silent(&o, 0));
}
END_TEST

START_TEST(one_late_answer_is_not_a_delay)
{
	run(busy, true);
	ck_assert(!oracle_later(&o, 0, 2));
	run(mute, true);
	ck_assert(oracle_silent(&o, 0));
	ck_assert(!oracle_silent(&o, 5)); /* there is none */
}
END_TEST

UNIT_MAIN_WITH(set_up, tear_down, "oracle", rounds_and_what_they_tell,
    the_first_round_has_a_part_of_the_variants, in_two_it_counts_when_an_answer_came,
    one_late_answer_is_not_a_delay)
