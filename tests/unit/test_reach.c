/* reach: which addresses a stranger's URL may lead to. */
#include "config.h"

#include <arpa/inet.h>
#include <netinet/in.h>

#include "net/reach.h"
#include "unit.h"

static enum reach
of(const char *text)
{
	struct sockaddr_in6 v6 = {.sin6_family = AF_INET6};
	struct sockaddr_in v4 = {.sin_family = AF_INET};

	if (inet_pton(AF_INET, text, &v4.sin_addr) == 1)
		return reach_of(&v4, sizeof(v4));
	ck_assert_int_eq(inet_pton(AF_INET6, text, &v6.sin6_addr), 1);
	return reach_of(&v6, sizeof(v6));
}

static const struct {
	const char *text;
	enum reach want;
} cases[] = {
    {"8.8.8.8", REACH_PUBLIC},
    {"9.255.255.255", REACH_PUBLIC},
    {"10.0.0.0", REACH_PRIVATE},
    {"10.255.255.255", REACH_PRIVATE},
    {"11.0.0.0", REACH_PUBLIC},
    {"100.63.255.255", REACH_PUBLIC},
    {"100.64.0.0", REACH_PRIVATE},
    {"100.127.255.255", REACH_PRIVATE},
    {"100.128.0.0", REACH_PUBLIC},
    {"127.0.0.1", REACH_LOOPBACK},
    {"127.255.255.255", REACH_LOOPBACK},
    {"169.254.169.254", REACH_LINK},
    {"172.15.255.255", REACH_PUBLIC},
    {"172.16.0.1", REACH_PRIVATE},
    {"172.31.255.255", REACH_PRIVATE},
    {"172.32.0.0", REACH_PUBLIC},
    {"192.168.1.1", REACH_PRIVATE},
    {"192.0.2.1", REACH_NEVER},
    {"0.0.0.0", REACH_NEVER},
    {"0.1.2.3", REACH_NEVER},
    {"224.0.0.1", REACH_NEVER},
    {"240.0.0.1", REACH_NEVER},
    {"255.255.255.255", REACH_NEVER},
    {"::1", REACH_LOOPBACK},
    {"::", REACH_NEVER},
    {"::2", REACH_NEVER},
    {"2a00::1", REACH_PUBLIC},
    {"2001:db8::1", REACH_NEVER},
    {"fd00::1", REACH_PRIVATE},
    {"fc00::1", REACH_PRIVATE},
    {"fe80::1", REACH_LINK},
    {"febf::1", REACH_LINK},
    {"fec0::1", REACH_NEVER},
    {"ff02::1", REACH_NEVER},
    {"::ffff:10.0.0.1", REACH_PRIVATE},
    {"::ffff:8.8.8.8", REACH_PUBLIC},
    {"64:ff9b::127.0.0.1", REACH_LOOPBACK},
    {"64:ff9b::a9fe:a9fe", REACH_LINK},
    {"2002:7f00:1::1", REACH_LOOPBACK},
    {"2002:808:808::1", REACH_PUBLIC},
};

START_TEST(every_kind)
{
	for (size_t i = 0; i < N_ELEMENTS(cases); i++)
		ck_assert_msg(of(cases[i].text) == cases[i].want, "%s: %d", cases[i].text,
		    (int)of(cases[i].text));
}
END_TEST

START_TEST(no_address)
{
	struct sockaddr_in v4 = {.sin_family = AF_UNIX};

	ck_assert_int_eq(reach_of(&v4, sizeof(v4)), REACH_NEVER);
	ck_assert_int_eq(reach_of("x", 1), REACH_NEVER);
}
END_TEST

START_TEST(as_near_as_the_endpoint)
{
	ck_assert(reach_allowed(REACH_PUBLIC, REACH_PUBLIC));
	ck_assert(reach_allowed(REACH_PUBLIC, REACH_PRIVATE));
	ck_assert(reach_allowed(REACH_PRIVATE, REACH_PRIVATE));
	ck_assert(reach_allowed(REACH_LOOPBACK, REACH_LOOPBACK));
	ck_assert(!reach_allowed(REACH_PRIVATE, REACH_PUBLIC));
	ck_assert(!reach_allowed(REACH_LINK, REACH_PRIVATE));
	ck_assert(!reach_allowed(REACH_LOOPBACK, REACH_PRIVATE));
	ck_assert(!reach_allowed(REACH_NEVER, REACH_NEVER));
}
END_TEST

UNIT_MAIN("reach", every_kind, no_address, as_near_as_the_endpoint)
