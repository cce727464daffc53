/*
 * unit - what every unit test shares: one suite, one main.
 *
 *	START_TEST(reads_a_vector) { ... ck_assert_uint_eq(...); } END_TEST
 *	UNIT_MAIN("rd", reads_a_vector, refuses_a_short_one)
 *	UNIT_MAIN_WITH(set_up, tear_down, "rd", ...)	with something around each test
 */
#ifndef TLSAUDIT_TESTS_UNIT_H
#define TLSAUDIT_TESTS_UNIT_H

#include <check.h>
#include <stdlib.h>

#define UNIT_MAIN(name, ...) UNIT_MAIN_WITH(NULL, NULL, name, __VA_ARGS__)

#define UNIT_MAIN_WITH(up, down, name, ...)                                                        \
	int main(void)                                                                             \
	{                                                                                          \
		const TTest *const tests[] = {__VA_ARGS__};                                        \
		Suite *s = suite_create(name);                                                     \
		TCase *tc = tcase_create(name);                                                    \
		SRunner *sr;                                                                       \
		int failed;                                                                        \
                                                                                                   \
		tcase_set_timeout(tc, 120);                                                        \
		tcase_add_checked_fixture(tc, up, down);                                           \
		for (size_t i = 0; i < sizeof(tests) / sizeof(tests[0]); i++)                      \
			tcase_add_test(tc, tests[i]);                                              \
		suite_add_tcase(s, tc);                                                            \
		sr = srunner_create(s);                                                            \
		srunner_run_all(sr, CK_ENV);                                                       \
		failed = srunner_ntests_failed(sr);                                                \
		srunner_free(sr);                                                                  \
		return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;                                  \
	}

#endif
