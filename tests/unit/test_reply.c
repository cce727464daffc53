/* test_reply - a server's answer in words. */
#include "probe.h"

#include "unit.h"

START_TEST(tells_what_was_said_instead_of_tls)
{
	static const struct {
		const char *raw;
		size_t n;
		const char *text;
	} cases[] = {
	    {"220 mail.example ESMTP\r\n250 x", 30,
		"the answer is not TLS: \"220 mail.example ESMTP\""},
	    {"SSH-2.0-OpenSSH_9.2\n", 20, "the answer is not TLS: \"SSH-2.0-OpenSSH_9.2\""},
	    {"ok \x1b[31m\x07", 9, "the answer is not TLS: \"ok \xef\xbf\xbd[31m\xef\xbf\xbd\""},
	    {"J\0\0\0\n5.7", 8, "the answer is not TLS: it begins with 0x4a0000000a352e37"},
	    {"\n", 1, "the answer is not TLS: it begins with 0x0a"},
	    {"", 0, "the answer is not TLS: not a TLS record"},
	};
	struct arena *a = arena_new(4096);

	for (size_t i = 0; i < N_ELEMENTS(cases); i++) {
		struct reply r = {.kind = REPLY_GARBAGE,
		    .raw = {(const uint8_t *)cases[i].raw, cases[i].n},
		    .detail = "not a TLS record"};

		ck_assert_str_eq(reply_text(&r, a), cases[i].text);
	}
	arena_free(a);
}
END_TEST

START_TEST(keeps_the_words_short)
{
	uint8_t line[256];
	struct reply r = {.kind = REPLY_GARBAGE, .raw = {line, sizeof(line)}};
	struct arena *a = arena_new(4096);

	memset(line, 'x', sizeof(line));
	ck_assert_uint_le(strlen(reply_text(&r, a)), 100);
	arena_free(a);
}
END_TEST

UNIT_MAIN("reply", tells_what_was_said_instead_of_tls, keeps_the_words_short)
