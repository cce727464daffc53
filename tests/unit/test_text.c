/* test_text - a peer's bytes made safe: what base/text.h promises. */
#include "base/text.h"

#include "unit.h"

static struct arena *arena;

static void
set_up(void)
{
	arena = arena_new(1 << 20);
}

static void
tear_down(void)
{
	arena_free(arena);
}

#define BYTES(literal) ((struct span){(const uint8_t *)(literal), sizeof(literal) - 1})
#define BAD "\xef\xbf\xbd"

START_TEST(replaces_what_a_terminal_would_obey)
{
	const struct {
		struct span in;
		const char *out;
	} cases[] = {
	    {BYTES("plain text"), "plain text"}, {BYTES(""), ""},
	    {BYTES("\x1b[31mred"), BAD "[31mred"},                              /* ESC */
	    {BYTES("a\rb\nc\td\x07\x08"), "a" BAD "b" BAD "c" BAD "d" BAD BAD}, /* C0 */
	    {BYTES("good.com\0.evil"), "good.com" BAD ".evil"},                 /* NUL */
	    {BYTES("x\x7fy"), "x" BAD "y"},                                     /* DEL */
	    {BYTES("\x9b"
		   "31m"),
		BAD "31m"}, /* raw C1: not UTF-8 */
	    {BYTES("\xc2\x9b"
		   "31m"),
		BAD "31m"},                                        /* C1 as UTF-8: CSI */
	    {BYTES("\xc2\x85"), BAD},                              /* NEL */
	    {BYTES("\xe2\x80\xaegro.elpmaxe"), BAD "gro.elpmaxe"}, /* U+202E */
	    {BYTES("\xe2\x80\xaa\xe2\x80\xab\xe2\x80\xac\xe2\x80\xad"), BAD BAD BAD BAD},
	    {BYTES("\xe2\x81\xa6\xe2\x81\xa7\xe2\x81\xa8\xe2\x81\xa9"), BAD BAD BAD BAD},
	    {BYTES("a\xe2\x80\x8b"
		   "b\xe2\x80\x8d"
		   "c\xef\xbb\xbf"),
		"a" BAD "b" BAD "c" BAD},
	    {BYTES("\xe2\x80\xa8\xe2\x80\xa9"), BAD BAD}, /* line, paragraph separator */
	    {BYTES("\xf3\xa0\x81\x81"), BAD},             /* a tag, U+E0041 */
	    {BYTES("\xef\xbf\xbe"), BAD},                 /* U+FFFE */
	};

	for (size_t i = 0; i < N_ELEMENTS(cases); i++)
		ck_assert_str_eq(text_clean(arena, cases[i].in, 100), cases[i].out);
}
END_TEST

START_TEST(replaces_what_is_not_utf8)
{
	const struct {
		struct span in;
		const char *out;
	} cases[] = {
	    {BYTES("\xc0\xaf"), BAD BAD},         /* overlong '/' */
	    {BYTES("\xe0\x80\xaf"), BAD BAD BAD}, /* and in three bytes */
	    {BYTES("\xf0\x80\x80\xaf"), BAD BAD BAD BAD},
	    {BYTES("\xed\xa0\x80"), BAD BAD BAD},         /* surrogate U+D800 */
	    {BYTES("\xf4\x90\x80\x80"), BAD BAD BAD BAD}, /* U+110000 */
	    {BYTES("\xff\xfe"), BAD BAD},
	    {BYTES("\x80"
		   "a"),
		BAD "a"},                 /* continuation alone */
	    {BYTES("\xe2\x82"), BAD BAD}, /* cut short */
	    {BYTES("\xe2\x82z"), BAD BAD "z"},
	    {BYTES("caf\xe9"), "caf" BAD}, /* Latin-1 */
	    {BYTES("caf\xc3\xa9 \xe6\x97\xa5 \xf0\x9f\x94\x92"),
		"caf\xc3\xa9 \xe6\x97\xa5 \xf0\x9f\x94\x92"},
	};

	for (size_t i = 0; i < N_ELEMENTS(cases); i++)
		ck_assert_str_eq(text_clean(arena, cases[i].in, 100), cases[i].out);
}
END_TEST

START_TEST(cuts_between_characters)
{
	struct span e = BYTES("\xc3\xa9\xc3\xa9\xc3\xa9");

	ck_assert_str_eq(text_clean(arena, e, 6), "\xc3\xa9\xc3\xa9\xc3\xa9");
	ck_assert_str_eq(text_clean(arena, e, 5), "\xc3\xa9\xc3\xa9\xe2\x80\xa6");
	ck_assert_str_eq(text_clean(arena, e, 4), "\xc3\xa9\xc3\xa9\xe2\x80\xa6");
	ck_assert_str_eq(text_clean(arena, e, 1), "\xe2\x80\xa6");
	ck_assert_str_eq(text_clean(arena, e, 0), "\xe2\x80\xa6");
}
END_TEST

START_TEST(any_bytes_come_out_clean)
{
	uint8_t in[64];
	uint32_t seed = 1, cp;

	for (int round = 0; round < 2000; round++) {
		struct span out;
		size_t n;

		for (size_t i = 0; i < sizeof(in); i++) {
			seed = seed * 1664525 + 1013904223;
			in[i] = (uint8_t)(seed >> 24);
		}
		out = span_str(text_clean(arena, SPAN_OF(in), 48));
		ck_assert_uint_le(out.n, 3 * 48 + 3);
		while ((n = text_next(out, &cp)) > 0) {
			ck_assert(!text_is_control(cp));
			out.p += n;
			out.n -= n;
		}
	}
}
END_TEST

START_TEST(writes_hex)
{
	ck_assert_str_eq(text_hex(arena, BYTES("\x00\xff\x0a")), "00ff0a");
	ck_assert_str_eq(text_hex(arena, (struct span){NULL, 0}), "");
}
END_TEST

START_TEST(writes_pem)
{
	/* RFC 4648, 10. */
	ck_assert_str_eq(text_pem(arena, "X", BYTES("foob")), "-----BEGIN X-----\nZm9vYg==\n-----END X-----\n");
	ck_assert_str_eq(text_pem(arena, "X", BYTES("fooba")), "-----BEGIN X-----\nZm9vYmE=\n-----END X-----\n");
	ck_assert_str_eq(text_pem(arena, "X", BYTES("foobar")), "-----BEGIN X-----\nZm9vYmFy\n-----END X-----\n");
	ck_assert_str_eq(text_pem(arena, "X", (struct span){NULL, 0}), "-----BEGIN X-----\n\n-----END X-----\n");
	/* 48 bytes fill one line, the 49th begins the next. */
	ck_assert_str_eq(
	    text_pem(arena, "X", BYTES("aaabbbcccdddeeefffggghhhiiijjjkkklllmmmnnnoooppp!")),
	    "-----BEGIN X-----\n"
	    "YWFhYmJiY2NjZGRkZWVlZmZmZ2dnaGhoaWlpampqa2trbGxsbW1tbm5ub29vcHBw\n"
	    "IQ==\n-----END X-----\n");
}
END_TEST

START_TEST(writes_any_time)
{
	static const struct {
		int64_t t;
		const char *out;
	} cases[] = {
	    {0, "1970-01-01T00:00:00Z"},
	    {-1, "1969-12-31T23:59:59Z"},
	    {951782399, "2000-02-28T23:59:59Z"},
	    {951782400, "2000-02-29T00:00:00Z"},
	    {4107542400, "2100-03-01T00:00:00Z"},
	    {1795479605, "2026-11-24T00:20:05Z"},
	    {253402300799, "9999-12-31T23:59:59Z"},
	    {253402300800, "10000-01-01T00:00:00Z"},
	    {-62167219200, "0000-01-01T00:00:00Z"},
	    {-62167219201, "-0001-12-31T23:59:59Z"},
	    {INT64_MAX, "292277026596-12-04T15:30:07Z"},
	    {INT64_MIN, "-292277022657-01-27T08:29:52Z"},
	};

	for (size_t i = 0; i < N_ELEMENTS(cases); i++)
		ck_assert_str_eq(text_time(arena, cases[i].t), cases[i].out);
}
END_TEST

START_TEST(knows_columns)
{
	ck_assert_uint_eq(text_columns('a'), 1);
	ck_assert_uint_eq(text_columns(0x301), 0);
	ck_assert_uint_eq(text_columns(0x65e5), 2);
	ck_assert_uint_eq(text_columns(0x1f512), 2);
	ck_assert_uint_eq(text_columns(0x2713), 1);
}
END_TEST

/* A whole number, and nothing beside it. */
START_TEST(reads_numbers)
{
	static const char *const bad10[] = {"", "-1", "+1", " 1", "1 ", "1a", "0x1", "12345678901234567890"};
	static const char *const bad16[] = {"", "G", "FF", "12345678901234567"};
	uint64_t v;

	ck_assert(text_number(span_str("0"), 10, &v) && v == 0);
	ck_assert(text_number(span_str("9999999999999999999"), 10, &v) && v == 9999999999999999999U);
	ck_assert(text_number(span_str("ffffffffffffffff"), 16, &v) && v == UINT64_MAX);
	for (size_t i = 0; i < N_ELEMENTS(bad10); i++)
		ck_assert_msg(!text_number(span_str(bad10[i]), 10, &v), "%s", bad10[i]);
	for (size_t i = 0; i < N_ELEMENTS(bad16); i++)
		ck_assert_msg(!text_number(span_str(bad16[i]), 16, &v), "%s", bad16[i]);
}
END_TEST

START_TEST(unescapes)
{
	static const char *const bad[] = {"%", "%4", "%4g", "a%00", "abcdefgh", "%61%61%61%61%61%61%61%61"};
	char out[8];

	ck_assert(text_unescape(span_str(""), out, sizeof(out)));
	ck_assert_str_eq(out, "");
	ck_assert(text_unescape(span_str("p%40%2Fs%2f"), out, sizeof(out)));
	ck_assert_str_eq(out, "p@/s/");
	ck_assert(text_unescape(span_str("abcdefg"), out, sizeof(out)));
	for (size_t i = 0; i < N_ELEMENTS(bad); i++)
		ck_assert_msg(!text_unescape(span_str(bad[i]), out, sizeof(out)), "%s", bad[i]);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("text");
	TCase *tc = tcase_create("text");
	SRunner *sr;
	int failed;

	tcase_add_checked_fixture(tc, set_up, tear_down);
	tcase_add_test(tc, replaces_what_a_terminal_would_obey);
	tcase_add_test(tc, replaces_what_is_not_utf8);
	tcase_add_test(tc, cuts_between_characters);
	tcase_add_test(tc, any_bytes_come_out_clean);
	tcase_add_test(tc, writes_hex);
	tcase_add_test(tc, writes_pem);
	tcase_add_test(tc, writes_any_time);
	tcase_add_test(tc, knows_columns);
	tcase_add_test(tc, reads_numbers);
	tcase_add_test(tc, unescapes);
	suite_add_tcase(s, tc);
	sr = srunner_create(s);
	srunner_run_all(sr, CK_ENV);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
