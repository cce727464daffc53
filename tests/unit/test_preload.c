/* preload: names, parents, shields, and every line of the list. */
#include "tls/preload.h"

#include <stdio.h>
#include <string.h>

#include "unit.h"

static enum preload
ask(const char *host)
{
	return preload_find(span_str(host), NULL);
}

START_TEST(names_and_their_subdomains)
{
	struct span e;

	ck_assert_int_eq(ask("hstspreload.org"), PRELOAD_NAME);
	ck_assert_int_eq(ask("HSTSpreload.ORG."), PRELOAD_NAME);
	ck_assert_int_eq(preload_find(span_str("a.b.hstspreload.org"), &e), PRELOAD_PARENT);
	ck_assert(span_eq(e, span_str("hstspreload.org")));
	ck_assert_int_eq(preload_find(span_str("anything.at.all.dev"), &e), PRELOAD_PARENT);
	ck_assert(span_eq(e, span_str("dev")));
	ck_assert_int_eq(ask("dev"), PRELOAD_NAME);
	ck_assert_int_eq(ask("example.org"), PRELOAD_NO);
	ck_assert_int_eq(ask("org"), PRELOAD_NO);
	ck_assert_int_eq(ask("xhstspreload.org"), PRELOAD_NO);
}
END_TEST

START_TEST(what_is_no_name_is_not_listed)
{
	static const char *const odd[] = {"", ".", "..", "#", "a..", "127.0.0.1", "::1",
	    "hstspreload.org=", "hstspreload.org\n", "dev.."};
	char longest[300];

	for (size_t i = 0; i < N_ELEMENTS(odd); i++)
		ck_assert_msg(ask(odd[i]) == PRELOAD_NO, "%s", odd[i]);
	memset(longest, 'a', sizeof(longest));
	memcpy(longest + sizeof(longest) - 5, ".dev", 5);
	ck_assert_int_eq(ask(longest), PRELOAD_NO);
	ck_assert_int_eq(ask(longest + 300 - 1 - 253), PRELOAD_PARENT);
}
END_TEST

/* Each line of the file is found; one with "=" is no parent. */
START_TEST(every_line_is_found)
{
	FILE *f = fopen(SRCDIR "/data/hsts/preload.txt", "r");
	char line[300], sub[310], before[300] = "";
	size_t n = 0, exact = 0;

	ck_assert(f != NULL && fgets(line, sizeof(line), f) != NULL && line[0] == '#');
	while (fgets(line, sizeof(line), f) != NULL) {
		bool alone;

		line[strcspn(line, "\n")] = '\0';
		alone = line[strlen(line) - 1] == '=';
		line[strlen(line) - alone] = '\0';
		ck_assert_int_lt(strcmp(before, line), 0);
		ck_assert_int_eq(ask(line), PRELOAD_NAME);
		snprintf(sub, sizeof(sub), "x-y-z.%s", line);
		ck_assert_msg(ask(sub) == (alone ? PRELOAD_NO : PRELOAD_PARENT), "%s", sub);
		memcpy(before, line, sizeof(line));
		exact += alone;
		n++;
	}
	fclose(f);
	ck_assert_uint_eq(n, preload_count());
	ck_assert_uint_gt(n, 90000);
	ck_assert_uint_gt(exact, 100);
	ck_assert_uint_eq(preload_date().n, 10);
}
END_TEST

UNIT_MAIN("preload", names_and_their_subdomains, what_is_no_name_is_not_listed, every_line_is_found)
