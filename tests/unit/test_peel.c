/* peel: what a made-up server accepts comes out whole, in its order, for about one question each. */
#include "tls/peel.h"
#include "base/rng.h"
#include "unit.h"

enum { MAX = 60, ROUNDS = 3000 };

enum policy { SERVER, CLIENT, CLASSES, N_POLICIES };

struct server {
	enum policy policy;
	uint16_t order[MAX]; /* accepted, best first */
	size_t n, limit;     /* a longer offer is refused; 0: none is */
	bool closes;         /* instead of an alert */
	bool key_first;      /* where one below 30 is offered, those from 30 on are not looked at */
	uint16_t dead;       /* chosen before those behind `lively`, and then nothing comes; 0: none */
	size_t lively;
};

static struct arena *arena;

static void
set_up(void)
{
	arena = arena_new(64 << 20);
}

static void
tear_down(void)
{
	arena_free(arena);
}

/* Rank by the server's taste; in classes two neighbours are equal to it. */
static size_t
taste(const struct server *s, uint16_t code)
{
	for (size_t i = 0; i < s->n; i++)
		if (s->order[i] == code)
			return s->policy == CLASSES ? i / 2 : s->policy == CLIENT ? 0 : i;
	return SIZE_MAX;
}

static uint16_t
choose(const struct server *s, struct u16s offer)
{
	size_t best = SIZE_MAX;
	uint16_t code = 0;

	bool low = false;

	if (s->limit > 0 && offer.n > s->limit)
		return 0;
	for (size_t i = 0; i < offer.n; i++)
		low = low || offer.v[i] < 30;
	for (size_t i = 0; i < offer.n; i++)
		if (taste(s, offer.v[i]) < best && !(s->key_first && low && offer.v[i] >= 30)) {
			best = taste(s, offer.v[i]);
			code = offer.v[i];
		}
	if (s->dead != 0 && u16s_has(offer, s->dead) && best >= s->lively)
		return 0;
	return code;
}

static unsigned
run(struct peel *p, const struct server *s)
{
	struct u16s offer;
	unsigned n = 0;

	while (peel_next(p, &offer)) {
		uint16_t code = choose(s, offer);

		ck_assert_uint_lt(n++, 1000);
		if (code != 0)
			peel_picked(p, code);
		else if (s->closes)
			peel_lost(p, false);
		else
			peel_refused(p);
	}
	return n;
}

static void
make(struct server *s, struct rng *rng, uint16_t all[MAX])
{
	*s = (struct server){.policy = (enum policy)rng_below(rng, N_POLICIES)};
	for (uint16_t i = 0; i < MAX; i++)
		all[i] = (uint16_t)(i + 1);
	for (size_t i = MAX; i-- > 1;) {
		size_t k = rng_below(rng, (uint32_t)i + 1);
		uint16_t x = all[i];

		all[i] = all[k];
		all[k] = x;
	}
	s->n = 1 + rng_below(rng, 12);
	for (size_t i = 0; i < s->n; i++)
		s->order[i] = all[i];
	s->closes = rng_below(rng, 4) == 0;
	for (size_t i = MAX; i-- > 1;) { /* offered in another order */
		size_t k = rng_below(rng, (uint32_t)i + 1);
		uint16_t x = all[i];

		all[i] = all[k];
		all[k] = x;
	}
}

static void
check_members(const struct peel *p, const struct server *s, int round)
{
	ck_assert_msg(p->complete && p->found.n == s->n, "round %d: %zu found of %zu", round, p->found.n, s->n);
	for (size_t i = 0; i < s->n; i++)
		ck_assert_msg(u16s_has(p->found, s->order[i]), "round %d: %u is missing", round, s->order[i]);
}

START_TEST(finds_all_and_who_decides)
{
	struct rng rng;

	rng_seed(&rng, 7);
	for (int round = 0; round < ROUNDS; round++) {
		struct server s;
		struct peel p;
		uint16_t all[MAX];
		unsigned asked;

		make(&s, &rng, all);
		peel_init(&p, arena, U16S_OF(all));
		p.max_checks = PEEL_MAX_CHECKS;
		asked = run(&p, &s);
		check_members(&p, &s, round);
		ck_assert_uint_le(asked, s.n + 1 + PEEL_MAX_CHECKS + (s.closes ? 2 : 0));
		if (s.n == 1) {
			ck_assert_str_eq(peel_order(&p), "single");
		} else if (s.policy == CLIENT) {
			ck_assert_str_eq(peel_order(&p), "client");
		} else if (s.policy == SERVER) {
			ck_assert_str_eq(peel_order(&p), "server");
			for (size_t i = 0; i < s.n; i++)
				ck_assert_uint_eq(p.found.v[i], s.order[i]);
		} else if (s.n > 2 && p.verified) {
			ck_assert_str_eq(peel_order(&p), "mixed");
		}
	}
}
END_TEST

/* What is expected and comes true needs no question about the order. */
START_TEST(proves_an_expected_order_for_nothing)
{
	static const uint16_t all[] = {1, 2, 3, 4, 5, 6, 7, 8}, expected[] = {5, 2, 7, 3};
	struct server s = {.policy = SERVER, .order = {5, 2, 7, 3}, .n = 4};
	struct peel p;

	peel_init(&p, arena, U16S_OF(all));
	p.predicted = U16S_OF(expected);
	p.max_checks = PEEL_MAX_CHECKS;
	ck_assert_uint_eq(run(&p, &s), 5);
	ck_assert_str_eq(peel_order(&p), "server");
	ck_assert(p.verified);
}
END_TEST

START_TEST(goes_in_pieces_where_long_lists_are_refused)
{
	struct rng rng;

	rng_seed(&rng, 8);
	for (int round = 0; round < 300; round++) {
		struct server s;
		struct peel p;
		uint16_t all[MAX];

		make(&s, &rng, all);
		s.limit = PEEL_PIECE + 1; /* a piece, and one that is known to be accepted */
		peel_init(&p, arena, U16S_OF(all));
		p.must_accept = true;
		p.max_checks = PEEL_MAX_CHECKS;
		run(&p, &s);
		check_members(&p, &s, round);
		for (size_t i = 0; s.policy == SERVER && i < s.n; i++)
			ck_assert_uint_eq(p.found.v[i], s.order[i]);
	}
}
END_TEST

static bool
is_three(uint16_t code)
{
	return code == 3;
}

START_TEST(keeps_one_from_the_front)
{
	static const uint16_t all[] = {3, 1, 2};
	struct peel p;
	struct u16s offer;

	peel_init(&p, arena, U16S_OF(all));
	p.never_first = is_three;
	ck_assert(peel_next(&p, &offer));
	ck_assert_uint_eq(offer.v[0], 1);
	peel_picked(&p, 1);
	ck_assert(peel_next(&p, &offer));
	ck_assert_uint_eq(offer.v[0], 2);
	peel_picked(&p, 2);
	ck_assert(peel_next(&p, &offer));
	ck_assert_uint_eq(offer.v[0], 3);
}
END_TEST

/* A line that dies leaves the list open; so does a choice of what was not offered. */
START_TEST(an_end_without_an_answer_is_no_end)
{
	static const uint16_t all[] = {1, 2, 3};
	struct peel p;
	struct u16s offer;

	peel_init(&p, arena, U16S_OF(all));
	ck_assert(peel_next(&p, &offer));
	peel_picked(&p, 2);
	while (peel_next(&p, &offer))
		peel_lost(&p, false);
	ck_assert(!p.complete);
	ck_assert_uint_eq(p.found.n, 1);
	ck_assert_ptr_null(peel_order(&p));

	peel_init(&p, arena, U16S_OF(all));
	ck_assert(peel_next(&p, &offer));
	peel_picked(&p, 9);
	ck_assert(!peel_next(&p, &offer));
	ck_assert(!p.complete && p.unasked_for);
	ck_assert_uint_eq(p.strange, 9);
}
END_TEST

static bool
is_low(uint16_t code)
{
	return code < 30;
}

static bool
is_high(uint16_t code)
{
	return code >= 30;
}

/* A server that looks at the keys first, and refuses all while one is listed that it has a key for. */
START_TEST(finds_what_others_hide)
{
	static const uint16_t all[] = {1, 31, 2, 32, 3, 33, 4, 34, 5, 35};
	struct server s = {.policy = SERVER, .order = {2, 4, 33, 31}, .n = 4, .key_first = true};
	struct peel p;

	for (int with = 0; with < 2; with++) {
		peel_init(&p, arena, U16S_OF(all));
		p.max_checks = PEEL_MAX_CHECKS;
		p.hides = with ? is_low : NULL;
		p.hidden = is_high;
		run(&p, &s);
		ck_assert(p.complete);
		ck_assert_uint_eq(p.found.n, with ? 4 : 2);
	}
	check_members(&p, &s, 0);
	ck_assert_str_eq(peel_order(&p), "server");

	/* Where nothing is hidden, that costs one question. */
	s = (struct server){.policy = SERVER, .order = {2, 4}, .n = 2, .key_first = true};
	peel_init(&p, arena, U16S_OF(all));
	p.hides = is_low;
	p.hidden = is_high;
	ck_assert_uint_le(run(&p, &s), 4);
	ck_assert(p.complete);
}
END_TEST

static bool
is_from_40_on(uint16_t code)
{
	return code >= 40;
}

static bool
same_ten(uint16_t a, uint16_t b)
{
	return a / 10 == b / 10;
}

/* It chooses what it then cannot use, and closes: what it likes less is found all the same. */
START_TEST(one_that_spoils_does_not_hide_the_rest)
{
	static const uint16_t all[] = {1, 2, 3, 40, 41, 50, 51, 60};
	struct server s = {.policy = SERVER, .order = {2, 60, 3, 50}, .n = 4, .closes = true, .dead = 41,
	    .lively = 1};
	struct peel p;

	peel_init(&p, arena, U16S_OF(all));
	p.max_checks = PEEL_MAX_CHECKS;
	p.doubtful = is_from_40_on;
	p.same_kind = same_ten;
	run(&p, &s);
	ck_assert(p.complete && p.by_silence);
	check_members(&p, &s, 0);
	ck_assert_msg(peel_order(&p) == NULL, "%s", peel_order(&p)); /* found apart from each other */
}
END_TEST

START_TEST(what_stands_last_is_a_refusal)
{
	static const uint16_t all[] = {1, 2}, always[] = {7};
	struct server s = {.policy = SERVER, .order = {2, 7}, .n = 2};
	struct peel p;

	peel_init(&p, arena, U16S_OF(all));
	p.always = U16S_OF(always);
	run(&p, &s);
	ck_assert(p.complete);
	ck_assert_uint_eq(p.found.n, 1);
	ck_assert_uint_eq(p.found.v[0], 2);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("peel");
	TCase *tc = tcase_create("peel");
	SRunner *sr;
	int failed;

	tcase_add_checked_fixture(tc, set_up, tear_down);
	tcase_add_test(tc, finds_all_and_who_decides);
	tcase_add_test(tc, proves_an_expected_order_for_nothing);
	tcase_add_test(tc, goes_in_pieces_where_long_lists_are_refused);
	tcase_add_test(tc, keeps_one_from_the_front);
	tcase_add_test(tc, an_end_without_an_answer_is_no_end);
	tcase_add_test(tc, finds_what_others_hide);
	tcase_add_test(tc, one_that_spoils_does_not_hide_the_rest);
	tcase_add_test(tc, what_stands_last_is_a_refusal);
	suite_add_tcase(s, tc);
	sr = srunner_create(s);
	srunner_run_all(sr, CK_ENV);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
