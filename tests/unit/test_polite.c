/* polite: slots, gaps and who is tried again, without a clock. */
#include "net/polite.h"

#include "unit.h"

static const uint8_t one[] = {1, 1, 1, 1}, two[] = {2, 2, 2, 2};

/* Without rates a turn is never waited for. */
static unsigned
take(struct peer *p, uint64_t now)
{
	return peer_take(p, now, &(struct turn){0});
}

START_TEST(hands_out_slots)
{
	struct polite *t = polite_new(2);
	struct peer *p = polite_peer(t, one, sizeof(one)), *q = polite_peer(t, two, sizeof(two));

	ck_assert_uint_eq(take(p, 0), 0);
	ck_assert_uint_eq(take(p, 0), 0);
	ck_assert_uint_gt(take(p, 0), 0);
	ck_assert_uint_eq(take(q, 0), 0); /* another address */
	peer_give(p);
	ck_assert_uint_eq(take(p, 0), 0);
	ck_assert_ptr_eq(polite_peer(t, one, sizeof(one)), p);
	for (int i = 0; i < 2; i++) {
		peer_give(p);
		peer_release(p);
	}
	peer_give(q);
	peer_release(q);
	polite_free(t);
}
END_TEST

/* The gap that the next connection gets. */
static unsigned
gap(struct peer *p, uint64_t *now)
{
	unsigned wait;

	*now += 100000;
	ck_assert_uint_eq(take(p, *now), 0);
	peer_give(p);
	wait = take(p, *now);
	if (wait == 0)
		peer_give(p);
	return wait;
}

START_TEST(makes_room)
{
	struct polite *t = polite_new(4);
	struct peer *p = polite_peer(t, one, sizeof(one));
	unsigned before, after = 0;
	uint64_t now = 0;

	for (int i = 0; i < 5; i++)
		peer_failed(p);
	ck_assert_uint_eq(gap(p, &now), 0); /* it never answered: a closed port costs no time */
	peer_answered(p);
	peer_failed(p);
	ck_assert_uint_eq(gap(p, &now), 0); /* one failure is chance */
	for (int i = 0; i < 10; i++) {
		before = after;
		peer_failed(p);
		after = gap(p, &now);
		ck_assert_msg(after > before || after == 2000, "%u after %u", after, before);
	}
	ck_assert_uint_eq(after, 2000);
	peer_answered(p);
	ck_assert_uint_eq(gap(p, &now), 0);
	peer_release(p);
	polite_free(t);
}
END_TEST

START_TEST(tries_again_as_the_rows_say)
{
	struct polite *t = polite_new(4);
	struct peer *p = polite_peer(t, one, sizeof(one));

	ck_assert(!peer_may_retry(p, RETRY_NEVER, 0));
	ck_assert(!peer_may_retry(p, RETRY_REFUSED, 0)); /* it never answered */
	ck_assert(peer_may_retry(p, RETRY_UNCONNECTED, 0));
	ck_assert(peer_may_retry(p, RETRY_UNCONNECTED, 1));
	ck_assert(!peer_may_retry(p, RETRY_UNCONNECTED, 2));
	ck_assert(!peer_may_retry(p, RETRY_UNCONNECTED, 0)); /* one allowance for all exchanges */
	peer_answered(p);
	ck_assert(peer_may_retry(p, RETRY_UNCONNECTED, 0));
	ck_assert(peer_may_retry(p, RETRY_REFUSED, 0));
	ck_assert(!peer_may_retry(p, RETRY_REFUSED, 1));
	ck_assert(peer_may_retry(p, RETRY_SILENCE, 0));
	peer_is_silent(p);
	ck_assert(!peer_may_retry(p, RETRY_SILENCE, 0));
	peer_release(p);
	polite_free(t);
}
END_TEST

START_TEST(forgets_the_oldest)
{
	struct polite *t = polite_new(1);
	struct peer *kept = polite_peer(t, one, sizeof(one));

	peer_answered(kept);
	for (unsigned i = 0; i < 5000; i++) {
		const uint8_t addr[] = {3, (uint8_t)(i >> 8), (uint8_t)i, 0};

		peer_release(polite_peer(t, addr, sizeof(addr)));
	}
	ck_assert_ptr_eq(polite_peer(t, one, sizeof(one)), kept); /* in use: never forgotten */
	ck_assert(peer_has_answered(kept));
	peer_release(kept);
	peer_release(kept);
	polite_free(t);
}
END_TEST

UNIT_MAIN("polite", hands_out_slots, makes_room, tries_again_as_the_rows_say, forgets_the_oldest)
