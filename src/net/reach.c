/* reach - see reach.h. */
#include "config.h"

#include "net/reach.h"

#include <netinet/in.h>

struct range {
	uint8_t prefix[16];
	unsigned bits;
	enum reach reach;
};

/* The narrower one first, where two overlap. */
static const struct range v4[] = {
    {{0}, 8, REACH_NEVER},               /* RFC 791, 3.2: this network */
    {{10}, 8, REACH_PRIVATE},            /* RFC 1918 */
    {{100, 64}, 10, REACH_PRIVATE},      /* RFC 6598 */
    {{127}, 8, REACH_LOOPBACK},          /* RFC 1122, 3.2.1.3 */
    {{169, 254}, 16, REACH_LINK},        /* RFC 3927 */
    {{172, 16}, 12, REACH_PRIVATE},      /* RFC 1918 */
    {{192, 0, 0}, 24, REACH_NEVER},      /* RFC 6890 */
    {{192, 0, 2}, 24, REACH_NEVER},      /* RFC 5737 */
    {{192, 168}, 16, REACH_PRIVATE},     /* RFC 1918 */
    {{198, 18}, 15, REACH_PRIVATE},      /* RFC 2544 */
    {{198, 51, 100}, 24, REACH_NEVER},   /* RFC 5737 */
    {{203, 0, 113}, 24, REACH_NEVER},    /* RFC 5737 */
    {{224}, 3, REACH_NEVER},             /* RFC 5771, RFC 1112 */
};

static const struct range v6[] = {
    {{[15] = 1}, 128, REACH_LOOPBACK},            /* RFC 4291, 2.5.3 */
    {{0x20, 0x01, 0x0d, 0xb8}, 32, REACH_NEVER},  /* RFC 3849 */
    {{0x20}, 3, REACH_PUBLIC},                    /* RFC 4291, 2.5.4 */
    {{0xfc}, 7, REACH_PRIVATE},                   /* RFC 4193 */
    {{0xfe, 0x80}, 10, REACH_LINK},               /* RFC 4291, 2.5.6 */
};

/* Prefixes with an IPv4 address behind them, and where it begins. */
static const struct {
	uint8_t prefix[16];
	unsigned bits, at;
} inner[] = {
    {{[10] = 0xff, 0xff}, 96, 12},    /* RFC 4291, 2.5.5.2 */
    {{0, 0x64, 0xff, 0x9b}, 96, 12},  /* RFC 6052, 2.1 */
    {{0x20, 0x02}, 16, 2},            /* RFC 3056: 6to4 */
};

static bool
begins(const uint8_t *addr, const uint8_t *prefix, unsigned bits)
{
	unsigned whole = bits / 8, rest = bits % 8;

	if (memcmp(addr, prefix, whole) != 0)
		return false;
	return rest == 0 || (addr[whole] ^ prefix[whole]) >> (8 - rest) == 0;
}

static enum reach
look_up(const uint8_t *addr, const struct range *r, size_t n, enum reach otherwise)
{
	for (size_t i = 0; i < n; i++)
		if (begins(addr, r[i].prefix, r[i].bits))
			return r[i].reach;
	return otherwise;
}

static enum reach
reach_of_v4(const uint8_t *addr)
{
	return look_up(addr, v4, N_ELEMENTS(v4), REACH_PUBLIC);
}

static enum reach
reach_of_v6(const uint8_t *addr)
{
	for (size_t i = 0; i < N_ELEMENTS(inner); i++)
		if (begins(addr, inner[i].prefix, inner[i].bits))
			return reach_of_v4(addr + inner[i].at);
	return look_up(addr, v6, N_ELEMENTS(v6), REACH_NEVER);
}

enum reach
reach_of(const void *sockaddr, size_t len)
{
	struct sockaddr_in6 in6;
	struct sockaddr_in in4;

	if (len == sizeof(in4)) {
		memcpy(&in4, sockaddr, sizeof(in4));
		if (in4.sin_family == AF_INET)
			return reach_of_v4((const uint8_t *)&in4.sin_addr);
	}
	if (len == sizeof(in6)) {
		memcpy(&in6, sockaddr, sizeof(in6));
		if (in6.sin6_family == AF_INET6)
			return reach_of_v6((const uint8_t *)&in6.sin6_addr);
	}
	return REACH_NEVER;
}

bool
reach_allowed(enum reach r, enum reach endpoint)
{
	return r != REACH_NEVER && (r == REACH_PUBLIC || r == endpoint);
}
