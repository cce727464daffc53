/* name: host names and addresses against certificates; name constraints. */
#include "base/arena.h"
#include "mkpki.h"
#include "pki/constraint.h"
#include "pki/name.h"
#include "unit.h"

/* Bytes as an initialiser, and as an expression. */
#define B(text)                                                                                    \
	{                                                                                          \
		(const uint8_t *)(text), sizeof(text) - 1                                          \
	}
#define S(text) ((struct span)B(text))

START_TEST(dns_names)
{
	static const struct {
		struct span presented;
		const char *host;
		enum name_how how;
	} rows[] = {
	    {B("example.com"), "example.com", NAME_EXACT},
	    {B("EXAMPLE.com"), "example.COM", NAME_EXACT},
	    {B("example.com"), "www.example.com", NAME_MISMATCH},
	    {B("*.example.com"), "www.example.com", NAME_WILDCARD},
	    {B("*.example.com"), "example.com", NAME_MISMATCH},
	    {B("*.example.com"), "a.b.example.com", NAME_MISMATCH},
	    {B("*.example.com"), ".example.com", NAME_MISMATCH},
	    {B("f*.example.com"), "foo.example.com", NAME_MISMATCH},
	    {B("*foo.example.com"), "foo.example.com", NAME_MISMATCH},
	    {B("www.*.com"), "www.example.com", NAME_MISMATCH},
	    {B("*.*.com"), "www.example.com", NAME_MISMATCH},
	    {B("*"), "localhost", NAME_MISMATCH},
	    {B("*.com"), "example.com", NAME_MISMATCH},
	    {B("*."), "com", NAME_MISMATCH},
	    {B("*.xn--bcher-kva.example"), "www.xn--bcher-kva.example", NAME_WILDCARD},
	    {B("*.example.com"), "xn--bcher-kva.example.com", NAME_WILDCARD},
	    {B("good.com\0.evil.com"), "good.com", NAME_MISMATCH},
	    {B("good.com\0"), "good.com", NAME_MISMATCH},
	    {B("example.com."), "example.com", NAME_MISMATCH},
	    {B(""), "example.com", NAME_MISMATCH},
	    {B("a..b"), "a..b", NAME_MISMATCH},
	    {B("_srv.example.com"), "_srv.example.com", NAME_EXACT},
	};

	for (size_t i = 0; i < N_ELEMENTS(rows); i++)
		ck_assert_msg(
		    name_match_dns(rows[i].presented, span_str(rows[i].host)) == rows[i].how,
		    "row %zu", i);
}
END_TEST

static enum name_how
match(struct mkpki *p, const struct mk_spec *s, const char *host)
{
	struct cert c;

	ck_assert(cert_parse(mk_make(p, s)->der, &c));
	return name_match(&c, host, NULL);
}

START_TEST(certificates)
{
	struct mkpki *p = mkpki_new();
	const struct mk_spec ip = {.cn = "x", .san = "IP:192.0.2.1,IP:2001:db8::1"};
	const struct mk_spec as_dns = {.cn = "x", .san = "DNS:192.0.2.1"};
	const struct mk_spec cn_only = {.cn = "www.example.com", .san = ""};
	const struct mk_spec cn_other = {.cn = "www.example.com", .san = "DNS:b.example"};
	const struct mk_spec cn_mail = {.cn = "www.example.com", .san = "email:a@b.example"};
	const struct mk_spec cn_ip = {.cn = "192.0.2.1", .san = ""};

	ck_assert_int_eq(match(p, &ip, "192.0.2.1"), NAME_IP);
	ck_assert_int_eq(match(p, &ip, "2001:db8::1"), NAME_IP);
	ck_assert_int_eq(match(p, &ip, "[2001:db8:0::1]"), NAME_IP);
	ck_assert_int_eq(match(p, &ip, "192.0.2.2"), NAME_MISMATCH);
	ck_assert_int_eq(match(p, &as_dns, "192.0.2.1"), NAME_MISMATCH);
	ck_assert_int_eq(match(p, &cn_only, "www.example.com"), NAME_CN_ONLY);
	ck_assert_int_eq(match(p, &cn_only, "www.example.com."), NAME_CN_ONLY);
	ck_assert_int_eq(match(p, &cn_other, "www.example.com"), NAME_MISMATCH);
	ck_assert_int_eq(match(p, &cn_other, "b.example."), NAME_EXACT);
	ck_assert_int_eq(match(p, &cn_mail, "www.example.com"), NAME_MISMATCH);
	ck_assert_int_eq(match(p, &cn_ip, "192.0.2.1"), NAME_CN_ONLY);
	mkpki_free(p);
}
END_TEST

START_TEST(oddities)
{
	static const struct {
		const char *san;
		uint32_t odd;
	} rows[] = {
	    {"DNS:a.example", 0},
	    {"DNS:*.a.example", 0},
	    {"DNS:*", NAME_ODD_WILDCARD_TLD},
	    {"DNS:*.com", NAME_ODD_WILDCARD_TLD},
	    {"DNS:f*.a.example", NAME_ODD_WILDCARD},
	    {"DNS:192.0.2.1", NAME_ODD_IP_AS_DNS},
	    {"DNS:a b.example", NAME_ODD_CHAR},
	    {"DNS:a.example.", NAME_ODD_FINAL_DOT},
	};
	struct mkpki *p = mkpki_new();
	struct cert c;

	for (size_t i = 0; i < N_ELEMENTS(rows); i++) {
		struct mk_spec s = {.cn = "x", .san = rows[i].san};

		ck_assert(cert_parse(mk_make(p, &s)->der, &c));
		ck_assert_msg(name_oddities(&c) == rows[i].odd, "%s: %x", rows[i].san,
		    (unsigned)name_oddities(&c));
		ck_assert((name_odd_text(rows[i].odd) != NULL) == (rows[i].odd != 0));
	}
	ck_assert(cert_parse(
	    mk_make(p, &(struct mk_spec){.cn = "a.example", .san = "DNS:b.example"})->der, &c));
	ck_assert_uint_eq(name_oddities(&c), NAME_ODD_CN_NOT_IN_SAN);
	mkpki_free(p);
}
END_TEST

static enum constraint_result
constrain(struct mkpki *p, const char *nc, const char *san, const char *cn, size_t budget)
{
	const struct mk_spec ca = {.cn = "CA", .ca = true, .ext = {nc}};
	const struct mk_spec leaf = {.cn = cn, .san = san};
	struct cert_name which;
	struct cert a, b;

	ck_assert(cert_parse(mk_make(p, &ca)->der, &a));
	ck_assert(a.has_nc && (a.flaws & CERT_FLAWS_FATAL) == 0);
	ck_assert(cert_parse(mk_make(p, &leaf)->der, &b));
	return constraint_check(&a, &b, &budget, &which);
}

START_TEST(constraints)
{
	static const struct {
		const char *nc, *san;
		enum constraint_result result;
	} rows[] = {
	    {"permitted;DNS:a.example", "DNS:a.example", CONSTRAINT_OK},
	    {"permitted;DNS:a.example", "DNS:x.a.example", CONSTRAINT_OK},
	    {"permitted;DNS:a.example", "DNS:*.a.example", CONSTRAINT_OK},
	    {"permitted;DNS:a.example", "DNS:ba.example", CONSTRAINT_VIOLATED},
	    {"permitted;DNS:a.example", "DNS:a.example,DNS:b.example", CONSTRAINT_VIOLATED},
	    {"permitted;DNS:.a.example", "DNS:a.example", CONSTRAINT_VIOLATED},
	    {"permitted;DNS:.a.example", "DNS:x.a.example", CONSTRAINT_OK},
	    {"permitted;DNS:a.example", "IP:192.0.2.1", CONSTRAINT_OK},
	    {"excluded;DNS:a.example", "DNS:x.a.example", CONSTRAINT_VIOLATED},
	    {"excluded;DNS:x.a.example", "DNS:*.a.example", CONSTRAINT_VIOLATED},
	    {"excluded;DNS:a.example", "DNS:b.example", CONSTRAINT_OK},
	    {"permitted;IP:192.0.2.0/255.255.255.0", "IP:192.0.2.9", CONSTRAINT_OK},
	    {"permitted;IP:192.0.2.0/255.255.255.0", "IP:192.0.3.9", CONSTRAINT_VIOLATED},
	    {"permitted;IP:192.0.2.0/255.255.255.0", "IP:2001:db8::1", CONSTRAINT_VIOLATED},
	    {"permitted;IP:192.0.2.0/255.0.255.0", "IP:192.0.2.9", CONSTRAINT_UNSUPPORTED},
	    {"excluded;IP:192.0.2.0/255.255.255.0", "IP:192.0.2.9", CONSTRAINT_VIOLATED},
	    {"permitted;email:a@b.example", "email:a@B.example", CONSTRAINT_OK},
	    {"permitted;email:a@b.example", "email:A@b.example", CONSTRAINT_VIOLATED},
	    {"permitted;email:b.example", "email:x@b.example", CONSTRAINT_OK},
	    {"permitted;email:b.example", "email:x@c.b.example", CONSTRAINT_VIOLATED},
	    {"permitted;email:.b.example", "email:x@c.b.example", CONSTRAINT_OK},
	    {"permitted;URI:b.example", "URI:https://b.example/x", CONSTRAINT_OK},
	    {"permitted;URI:b.example", "URI:https://u@c.example:1/", CONSTRAINT_VIOLATED},
	    {"permitted;URI:b.example", "URI:urn:x", CONSTRAINT_UNSUPPORTED},
	    {"permitted;RID:1.2.3", "RID:1.2.3", CONSTRAINT_UNSUPPORTED},
	};
	struct mkpki *p = mkpki_new();
	char nc[200];

	for (size_t i = 0; i < N_ELEMENTS(rows); i++) {
		snprintf(nc, sizeof(nc), "nameConstraints=critical,%s", rows[i].nc);
		ck_assert_msg(constrain(p, nc, rows[i].san, "x", 1000) == rows[i].result, "%s: %s",
		    rows[i].nc, rows[i].san);
	}
	ck_assert_int_eq(constrain(p, "nameConstraints=critical,permitted;DNS:a.example",
			     "DNS:a.example,DNS:b.a.example,DNS:c.a.example", "x", 2),
	    CONSTRAINT_TOO_MUCH);
	mkpki_free(p);
}
END_TEST

UNIT_MAIN("name", dns_names, certificates, oddities, constraints)
