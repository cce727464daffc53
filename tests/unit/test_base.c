/* base: reader, writer, arena, rng. */
#include "base/arena.h"
#include "base/rd.h"
#include "base/rng.h"
#include "base/wr.h"
#include "unit.h"

START_TEST(rd_failure_changes_nothing)
{
	const uint8_t bytes[] = {0x00, 0x05, 1, 2, 3};
	struct rd r = rd_of(SPAN_OF(bytes)), body = {NULL, 7};

	ck_assert(!rd_vec16(&r, &body));
	ck_assert_uint_eq(r.n, sizeof(bytes));
	ck_assert_uint_eq(body.n, 7);
}
END_TEST

START_TEST(wr_closes_lengths_and_errors_stick)
{
	uint8_t buf[8];
	struct wr w;
	struct wr_mark m;

	wr_init(&w, buf, sizeof(buf));
	m = wr_open(&w, 2);
	wr_u24(&w, 0x010203);
	wr_close(&w, m);
	ck_assert(wr_ok(&w));
	ck_assert_mem_eq(buf, "\0\3\1\2\3", 5);
	wr_u32(&w, 1);
	ck_assert(!wr_ok(&w));
	wr_u8(&w, 1);
	ck_assert(!wr_ok(&w));
	ck_assert_uint_eq(wr_done(&w).n, 5);
}
END_TEST

START_TEST(arena_keeps_its_bytes_and_counts)
{
	struct arena *a = arena_new(100000);
	char *s = arena_printf(a, "%s-%d", "x", 7);
	uint8_t *big = arena_alloc(a, 20000);
	char *t = arena_str(a, "tail");

	memset(big, 0xff, 20000);
	ck_assert_str_eq(s, "x-7");
	ck_assert_str_eq(t, "tail");
	ck_assert(arena_has_room(a, 70000));
	ck_assert(!arena_has_room(a, 90000));
	ck_assert(!arena_full(a));
	arena_alloc(a, 90000);
	ck_assert(arena_full(a));
	arena_free(a);
}
END_TEST

START_TEST(seeded_rng_repeats)
{
	struct rng a, b;
	uint8_t x[33], y[33];

	rng_seed(&a, 42);
	rng_seed(&b, 42);
	rng_bytes(&a, x, sizeof(x));
	rng_bytes(&b, y, sizeof(y));
	ck_assert_mem_eq(x, y, sizeof(x));
	ck_assert_uint_lt(rng_below(&a, 3), 3);
}
END_TEST

UNIT_MAIN("base", rd_failure_changes_nothing, wr_closes_lengths_and_errors_stick,
    arena_keeps_its_bytes_and_counts, seeded_rng_repeats)
