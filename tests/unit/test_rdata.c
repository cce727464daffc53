/* rdata, caa: records byte by byte, and by which names CAs answer to CAA. */
#include "config.h"

#include "derive/caa.h"
#include "derive/rdata.h"
#include "unit.h"

#define BYTES(text) ((struct span){(const uint8_t *)(text), sizeof(text) - 1})
#define SPAN_IS(s, text) ck_assert_msg(span_eq((s), BYTES(text)), "%.*s", (int)(s).n, (const char *)(s).p)

START_TEST(reads_caa)
{
	struct rdata_caa c;
	struct span rest, name, value;

	ck_assert(rdata_caa(BYTES("\x80\x05issue ca.example ; a=b;c = d;e"), &c));
	ck_assert_uint_eq(c.flags, RDATA_CAA_CRITICAL);
	SPAN_IS(c.tag, "issue");
	SPAN_IS(rdata_caa_issuer(c.value), "ca.example");
	rest = c.value;
	ck_assert(rdata_caa_parameter(&rest, &name, &value));
	SPAN_IS(name, "a");
	SPAN_IS(value, "b");
	ck_assert(rdata_caa_parameter(&rest, &name, &value));
	SPAN_IS(name, "c");
	SPAN_IS(value, "d");
	ck_assert(rdata_caa_parameter(&rest, &name, &value));
	SPAN_IS(name, "e");
	ck_assert_uint_eq(value.n, 0);
	ck_assert(!rdata_caa_parameter(&rest, &name, &value));
	ck_assert_uint_eq(rdata_caa_issuer(BYTES(";")).n, 0);
	ck_assert(!rdata_caa(BYTES("\0\0"), &c) && !rdata_caa(BYTES("\0\x05iss"), &c));
}
END_TEST

START_TEST(reads_tlsa)
{
	struct rdata_tlsa t;

	ck_assert(rdata_tlsa(BYTES("\3\1\1xyz"), &t));
	ck_assert(t.usage == 3 && t.selector == 1 && t.matching == 1);
	SPAN_IS(t.data, "xyz");
	ck_assert(!rdata_tlsa(BYTES("\3\1\1"), &t));
}
END_TEST

START_TEST(reads_https)
{
	struct arena *a = arena_new(1 << 16);
	struct rdata_https h;

	ck_assert(rdata_https(BYTES("\0\1\1a\1b\0\0\1\0\6\2h2\2h3\0\3\0\2\1\273\0\5\0\1x"), a, &h));
	ck_assert(h.priority == 1 && h.n_alpn == 2 && h.has_port && h.port == 443);
	ck_assert_str_eq(h.target, "a.b");
	SPAN_IS(h.alpn[1], "h3");
	SPAN_IS(h.ech, "x");
	ck_assert(rdata_https(BYTES("\0\0\0"), a, &h));
	ck_assert_str_eq(h.target, ".");
	/* keys out of order, twice; an empty protocol; cut off */
	ck_assert(!rdata_https(BYTES("\0\1\0\0\3\0\2\1\273\0\1\0\3\2h2"), a, &h));
	ck_assert(!rdata_https(BYTES("\0\1\0\0\3\0\2\1\273\0\3\0\2\1\273"), a, &h));
	ck_assert(!rdata_https(BYTES("\0\1\0\0\1\0\1\0"), a, &h));
	ck_assert(!rdata_https(BYTES("\0\1\0\0\1\0\7\2h2\2h3"), a, &h));
	arena_free(a);
}
END_TEST

START_TEST(reads_names_and_texts)
{
	struct arena *a = arena_new(1 << 16);
	const char *text;
	uint16_t n;

	ck_assert(rdata_mx(BYTES("\0\12\1a\4test\0"), a, &n, &text) && n == 10);
	ck_assert_str_eq(text, "a.test");
	ck_assert(rdata_srv(BYTES("\0\1\0\2\40\373\2kt\0"), a, &n, &text) && n == 8443);
	ck_assert_str_eq(text, "kt");
	ck_assert(!rdata_mx(BYTES("\0\12\1a\4test\0x"), a, &n, &text)); /* bytes left over */
	ck_assert(!rdata_mx(BYTES("\0\12\300\14"), a, &n, &text));      /* compressed */
	ck_assert(rdata_txt(BYTES("\3a\0b\2cd"), a, &text));
	ck_assert_str_eq(text, "a\xef\xbf\xbd" "bcd");
	ck_assert(!rdata_txt(BYTES("\3ab"), a, &text));
	arena_free(a);
}
END_TEST

START_TEST(knows_issuers)
{
	ck_assert_int_eq(caa_is_issuer("Let's Encrypt", BYTES("letsencrypt.org")), TRI_YES);
	ck_assert_int_eq(caa_is_issuer("Let's Encrypt", BYTES("LetsEncrypt.ORG")), TRI_YES);
	ck_assert_int_eq(caa_is_issuer("Let's Encrypt", BYTES("digicert.com")), TRI_NO);
	ck_assert_int_eq(caa_is_issuer("Let's Encrypt", BYTES("letsencrypt.or")), TRI_NO);
	ck_assert_int_eq(caa_is_issuer("DigiCert Inc", BYTES("digicert.com")), TRI_YES);
	ck_assert_int_eq(caa_is_issuer("Nobody", BYTES("letsencrypt.org")), TRI_UNKNOWN);
}
END_TEST

UNIT_MAIN("rdata", reads_caa, reads_tlsa, reads_https, reads_names_and_texts, knows_issuers)
