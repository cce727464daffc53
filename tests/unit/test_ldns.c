/* ldns: queries as they go out, answers right and wrong. */
#include <stdio.h>

#include "adapt/ldns.h"
#include "unit.h"

static const struct dns_question www = {.name = "www.dns.test", .type = DNS_A, .id = 0x1234};

/* The start of every answer here: the id, the flags, one question, n answers. */
static void
begin(struct wr *w, void *buf, size_t cap, unsigned flags, unsigned n_answers, unsigned n_extra)
{
	static const char question[] = "\3www\3dns\4test\0\0\1\0\1";

	wr_init(w, buf, cap);
	wr_u16(w, 0x1234);
	wr_u16(w, flags);
	wr_u16(w, 1);
	wr_u16(w, n_answers);
	wr_u16(w, 0);
	wr_u16(w, n_extra);
	wr_put(w, question, sizeof(question) - 1);
}

/* A record at a name given in wire form. */
static void
put_rr(struct wr *w, struct span owner, unsigned type, struct span data)
{
	wr_span(w, owner);
	wr_u16(w, type);
	wr_u16(w, 1);
	wr_u32(w, 300);
	wr_u16(w, (unsigned)data.n);
	wr_span(w, data);
}

static const uint8_t asked[] = {0xc0, 12}; /* RFC 1035, 4.1.4: the name of the question */

static void
put_a(struct wr *w, unsigned address)
{
	uint8_t b[4] = {10, 0, (uint8_t)(address >> 8), (uint8_t)address};

	put_rr(w, SPAN_OF(asked), 1, SPAN_OF(b));
}

/* "\2cN" for a link of a chain. */
static struct span
link_name(uint8_t *buf, unsigned n)
{
	int len = snprintf((char *)buf + 1, 8, "c%u", n);

	buf[0] = (uint8_t)len;
	buf[len + 1] = 0;
	return (struct span){buf, (size_t)len + 2};
}

START_TEST(writes_a_query)
{
	static const uint8_t want[] = {0x12, 0x34, 0x01, 0x10, 0, 1, 0, 0, 0, 0, 0, 1, 3, 'w', 'w',
	    'w', 3, 'd', 'n', 's', 4, 't', 'e', 's', 't', 0, 0, 28, 0, 1, /* then OPT */
	    0, 0, 41, 0x04, 0xd0, 0, 0, 0, 0, 0, 0};
	struct dns_question q = www;
	uint8_t buf[512];
	struct wr w;

	q.type = DNS_AAAA;
	q.cd = true;
	wr_init(&w, buf, sizeof(buf));
	ck_assert(dns_query(&q, &w));
	ck_assert(span_eq(wr_done(&w), SPAN_OF(want)));

	wr_init(&w, buf, 20);
	ck_assert(!dns_query(&q, &w));
	wr_init(&w, buf, sizeof(buf));
	q.name = "a..b";
	ck_assert(!dns_query(&q, &w));
	q.name = "";
	ck_assert(!dns_query(&q, &w));
}
END_TEST

START_TEST(sorts_and_drops_repetitions)
{
	struct dns_message m;
	uint8_t buf[512];
	struct wr w;

	begin(&w, buf, sizeof(buf), 0x8180, 4, 0);
	put_a(&w, 300);
	put_a(&w, 9);
	put_a(&w, 10);
	put_a(&w, 9);
	ck_assert(dns_parse(wr_done(&w), &www, true, &m));
	ck_assert_uint_eq(m.rcode, DNS_NOERROR);
	ck_assert_uint_eq(m.n_addrs, 3);
	ck_assert(!m.capped && !m.loop && !m.truncated);
	ck_assert_int_eq(m.ede, -1);
	ck_assert_str_eq(m.end, "www.dns.test");
	ck_assert_uint_eq(m.addrs[0].len, 4);
	ck_assert_mem_eq(m.addrs[0].b, "\12\0\0\11", 4);
	ck_assert_mem_eq(m.addrs[1].b, "\12\0\0\12", 4);
	ck_assert_mem_eq(m.addrs[2].b, "\12\0\1\54", 4);
}
END_TEST

/* From either end: the first 32 in order, and that there were more. */
START_TEST(keeps_the_first_of_many)
{
	for (unsigned n = DNS_ADDRS_MAX - 1; n <= 1000; n += n < 40 ? 1 : 480)
		for (int upwards = 0; upwards < 2; upwards++) {
			static uint8_t buf[20000];
			struct dns_message m;
			struct wr w;

			begin(&w, buf, sizeof(buf), 0x8180, n, 0);
			for (unsigned i = 0; i < n; i++)
				put_a(&w, upwards ? i : n - 1 - i);
			ck_assert(dns_parse(wr_done(&w), &www, true, &m));
			ck_assert_int_eq(m.capped, n > DNS_ADDRS_MAX);
			ck_assert_uint_eq(m.n_addrs, n < DNS_ADDRS_MAX ? n : DNS_ADDRS_MAX);
			for (size_t i = 0; i < m.n_addrs; i++)
				ck_assert_uint_eq(m.addrs[i].b[3], i);
		}
}
END_TEST

/* www -> c1 -> ... -> cn, and an address there. */
static bool
parse_chain(unsigned n, struct dns_message *m)
{
	uint8_t buf[4096], from[10], to[10];
	static const uint8_t address[] = {192, 0, 2, 1};
	struct span owner = SPAN_OF(asked);
	struct wr w;

	begin(&w, buf, sizeof(buf), 0x8180, n + 1, 0);
	for (unsigned i = 1; i <= n; i++) {
		put_rr(&w, owner, 5, link_name(to, i));
		owner = link_name(from, i);
	}
	put_rr(&w, owner, 1, SPAN_OF(address));
	return dns_parse(wr_done(&w), &www, true, m);
}

START_TEST(follows_aliases)
{
	struct dns_message m;

	ck_assert(parse_chain(1, &m));
	ck_assert_str_eq(m.end, "c1");
	ck_assert_uint_eq(m.n_addrs, 1);
	ck_assert(parse_chain(DNS_CNAMES_MAX, &m));
	ck_assert_uint_eq(m.n_cnames, 16);
	ck_assert_str_eq(m.end, "c16");
	ck_assert_uint_eq(m.n_addrs, 1);
	ck_assert(!m.loop);
	ck_assert(parse_chain(DNS_CNAMES_MAX + 1, &m));
	ck_assert(m.loop);
	ck_assert_uint_eq(m.n_addrs, 0);
}
END_TEST

START_TEST(sees_a_circle)
{
	static const uint8_t other[] = {1, 'b', 0};
	struct dns_message m;
	uint8_t buf[512];
	struct wr w;

	begin(&w, buf, sizeof(buf), 0x8180, 1, 0);
	put_rr(&w, SPAN_OF(asked), 5, SPAN_OF(asked));
	ck_assert(dns_parse(wr_done(&w), &www, true, &m));
	ck_assert(m.loop);

	begin(&w, buf, sizeof(buf), 0x8180, 2, 0);
	put_rr(&w, SPAN_OF(asked), 5, SPAN_OF(other));
	put_rr(&w, SPAN_OF(other), 5, SPAN_OF(asked));
	ck_assert(dns_parse(wr_done(&w), &www, true, &m));
	ck_assert(m.loop);
}
END_TEST

/* A letter's case is no difference, and odd bytes come out escaped. */
START_TEST(reads_odd_names)
{
	static const uint8_t same[] = "\3WwW\3DNS\4tesT", strange[] = "\5A.\33\xff ";
	static const uint8_t address[] = {192, 0, 2, 1};
	struct dns_message m;
	uint8_t buf[512];
	struct wr w;

	begin(&w, buf, sizeof(buf), 0x8180, 2, 0);
	put_rr(&w, SPAN_OF(same), 5, SPAN_OF(strange));
	put_rr(&w, SPAN_OF(strange), 1, SPAN_OF(address));
	ck_assert(dns_parse(wr_done(&w), &www, true, &m));
	ck_assert_uint_eq(m.n_addrs, 1);
	for (const char *p = m.end; *p != '\0'; p++)
		ck_assert(*p > ' ' && *p < 0x7f);
	ck_assert_str_eq(m.end, "a\\.\\027\\255\\032");
}
END_TEST

/* Records that are not this answer's: of another name, class, size or kind. */
START_TEST(ignores_strangers)
{
	static const uint8_t other[] = {1, 'b', 0}, address[] = {10, 0, 0, 1};
	struct dns_message m;
	uint8_t buf[512];
	struct wr w;

	begin(&w, buf, sizeof(buf), 0x8180, 2, 0);
	put_rr(&w, SPAN_OF(other), 1, SPAN_OF(address));
	put_rr(&w, SPAN_OF(asked), 16, SPAN_OF(other));
	ck_assert(dns_parse(wr_done(&w), &www, true, &m));
	ck_assert_uint_eq(m.n_addrs, 0);

	begin(&w, buf, sizeof(buf), 0x8180, 1, 0);
	put_rr(&w, SPAN_OF(asked), 1, SPAN_OF(address));
	buf[w.len - 12 + 1] = 3; /* class CH */
	ck_assert(dns_parse(wr_done(&w), &www, true, &m));
	ck_assert_uint_eq(m.n_addrs, 0);

	begin(&w, buf, sizeof(buf), 0x8180, 1, 0); /* an address of three bytes */
	put_rr(&w, SPAN_OF(asked), 1, (struct span){address, 3});
	ck_assert(!dns_parse(wr_done(&w), &www, true, &m));
}
END_TEST

START_TEST(reads_codes_and_extended_errors)
{
	static const uint8_t opt[] = {0, 0, 41, 4, 0xd0, 0, 0, 0, 0, 0, 12, /* options: */
	    0, 10, 0, 2, 1, 2, 0, 15, 0, 2, 0, 6};
	struct dns_message m;
	uint8_t buf[512];
	struct wr w;

	begin(&w, buf, sizeof(buf), 0x8382, 0, 1); /* TC, SERVFAIL */
	wr_put(&w, opt, sizeof(opt));
	ck_assert(dns_parse(wr_done(&w), &www, true, &m));
	ck_assert_uint_eq(m.rcode, DNS_SERVFAIL);
	ck_assert(m.truncated);
	ck_assert_int_eq(m.ede, 6);
	begin(&w, buf, sizeof(buf), 0x8183, 0, 0);
	ck_assert(dns_parse(wr_done(&w), &www, true, &m));
	ck_assert_uint_eq(m.rcode, DNS_NXDOMAIN);
	ck_assert_int_eq(m.ede, -1);
}
END_TEST

/* No answer to this question; and *out stays as it was. */
START_TEST(refuses_other_messages)
{
	struct dns_message m = {.rcode = 99};
	struct dns_question q = www;
	uint8_t buf[512];
	struct wr w;

	begin(&w, buf, sizeof(buf), 0x0100, 0, 0); /* a query */
	ck_assert(!dns_parse(wr_done(&w), &www, true, &m));
	begin(&w, buf, sizeof(buf), 0x8180, 1, 0);
	put_a(&w, 1);
	q.id = 1;
	ck_assert(!dns_parse(wr_done(&w), &q, true, &m));
	q = www;
	q.type = DNS_AAAA;
	ck_assert(!dns_parse(wr_done(&w), &q, true, &m));
	q = www;
	q.name = "xww.dns.test";
	ck_assert(!dns_parse(wr_done(&w), &q, true, &m));
	for (size_t n = 0; n < w.len; n++)
		ck_assert(!dns_parse((struct span){buf, n}, &www, true, &m));
	ck_assert_uint_eq(m.rcode, 99);
	q = www;
	q.id = 1;
	ck_assert(dns_parse(wr_done(&w), &q, false, &m)); /* the id does not count */
	ck_assert(dns_parse(wr_done(&w), &www, true, &m));
	ck_assert_uint_eq(m.n_addrs, 1);
}
END_TEST

UNIT_MAIN("ldns", writes_a_query, sorts_and_drops_repetitions, keeps_the_first_of_many,
    follows_aliases, sees_a_circle, reads_odd_names, ignores_strangers,
    reads_codes_and_extended_errors, refuses_other_messages)
