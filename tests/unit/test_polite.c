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

/* The moment at which a connection that asks at `now` gets its turn. */
static uint64_t
turn(struct peer *p, uint64_t now)
{
	struct turn t = {0};
	unsigned wait;

	while ((wait = peer_take(p, now, &t)) > 0)
		now += wait;
	peer_give(p);
	return now;
}

static struct peer *
peer_at(struct polite *t, uint8_t net, uint8_t host, uint8_t port)
{
	uint8_t addr[16] = {2, 0, 0, port, 192, 0, net, host}; /* as struct sockaddr_in */

	return polite_peer(t, addr, sizeof(addr));
}

/* How long `n` connections take that ask at once, in turn from each of the peers. */
static unsigned
all_of(struct peer *const *peers, size_t n_peers, size_t n)
{
	const uint64_t begin = 1000000;
	uint64_t last = begin;

	for (size_t i = 0; i < n; i++) {
		uint64_t at = turn(peers[i % n_peers], begin);

		last = at > last ? at : last;
	}
	return (unsigned)(last - begin);
}

static void
check_rate(struct polite_rates rates, unsigned least, unsigned most)
{
	static const uint8_t places[4][3] = {{1, 1, 1}, {1, 1, 2}, {1, 9, 1}, {2, 1, 1}};
	struct polite *t = polite_new(1000);
	struct peer *peers[4];
	unsigned ms;

	polite_limit(t, &rates);
	for (size_t i = 0; i < N_ELEMENTS(peers); i++)
		peers[i] = peer_at(t, places[i][0], places[i][1], places[i][2]);
	ms = all_of(peers, N_ELEMENTS(peers), 200);
	ck_assert_msg(ms >= least && ms <= most, "%u ms, not %u to %u", ms, least, most);
	for (size_t i = 0; i < N_ELEMENTS(peers); i++)
		peer_release(peers[i]);
	polite_free(t);
}

/* Of 200 connections an address gets 100 (its two ports are one), a prefix 150, and one in all 200. */
START_TEST(keeps_rates)
{
	check_rate((struct polite_rates){.per_address = 10}, 9700, 10000);
	check_rate((struct polite_rates){.per_prefix = 20}, 7300, 7500);
	check_rate((struct polite_rates){.all = 100}, 1900, 2000);
	check_rate((struct polite_rates){0}, 0, 0);
}
END_TEST

/* Who waits for its own address takes nothing from others. */
START_TEST(waits_alone)
{
	struct polite *t = polite_new(1000);
	struct peer *p, *q;

	polite_limit(t, &(struct polite_rates){.per_address = 10, .all = 20});
	p = peer_at(t, 1, 1, 1);
	q = peer_at(t, 2, 1, 1);
	for (int i = 0; i < 5; i++) {
		struct turn waiting = {0};

		(void)!peer_take(p, 1000000, &waiting); /* its turn at its address is later */
		(void)!peer_take(p, 1000000, &waiting);
	}
	ck_assert_uint_le(turn(q, 1000000), 1000150);
	peer_release(p);
	peer_release(q);
	polite_free(t);
}
END_TEST

/* However many addresses there were: what is not in use is forgotten, what is in use stays. */
START_TEST(forgets)
{
	struct polite *t = polite_new(1);
	struct peer *p = peer_at(t, 1, 1, 1);

	for (unsigned i = 0; i < 20000; i++) {
		struct peer *q = peer_at(t, (uint8_t)(2 + i / 250), (uint8_t)(i % 250), 1);

		ck_assert_uint_eq(take(q, 0), 0);
		peer_give(q);
		peer_release(q);
	}
	ck_assert_ptr_eq(peer_at(t, 1, 1, 1), p);
	peer_release(p);
	peer_release(p);
	polite_free(t);
}
END_TEST

UNIT_MAIN("polite", hands_out_slots, makes_room, tries_again_as_the_rows_say, forgets_the_oldest, keeps_rates,
    waits_alone, forgets)
