/* target: what is read, what is refused, and by which name. */
#include "target.h"

#include "unit.h"

static char err[256];

static bool
parse(const char *text, struct target *t)
{
	return target_parse(span_str(text), &(struct target_defaults){0}, t, err, sizeof(err));
}

START_TEST(reads_targets)
{
	static const struct {
		const char *text, *host;
		unsigned port;
		const char *starttls;
		unsigned addr_len;
	} cases[] = {
	    {"example.org", "example.org", 443, NULL, 0},
	    {"EXAMPLE.Org.", "example.org", 443, NULL, 0},
	    {"example.org:8443", "example.org", 8443, NULL, 0},
	    {"localhost", "localhost", 443, NULL, 0},
	    {"a_b.example", "a_b.example", 443, NULL, 0},
	    {"192.0.2.1", "192.0.2.1", 443, NULL, 16},
	    {"192.0.2.1:65535", "192.0.2.1", 65535, NULL, 16},
	    {"2001:DB8:0::1", "2001:db8::1", 443, NULL, 28},
	    {"[2001:db8::1]", "2001:db8::1", 443, NULL, 28},
	    {"[2001:db8::1]:1", "2001:db8::1", 1, NULL, 28},
	    {"::1", "::1", 443, NULL, 28},
	    {"https://example.org", "example.org", 443, NULL, 0},
	    {"HTTPS://example.org:8443/p:1?q#f", "example.org", 8443, NULL, 0},
	    {"https://[::1]:9/", "::1", 9, NULL, 28},
	    {"https://example.org?q", "example.org", 443, NULL, 0},
	    {"smtp://mx.example", "mx.example", 25, "smtp", 0},
	    {"smtp://mx.example:2525", "mx.example", 2525, "smtp", 0},
	    {"smtps://mx.example", "mx.example", 465, NULL, 0},
	    {"tls://mx.example:25", "mx.example", 25, NULL, 0},
	    {"mx.example:25", "mx.example", 25, "smtp", 0},
	    {"mx.example:587", "mx.example", 587, "smtp", 0},
	    {"mx.example:465", "mx.example", 465, NULL, 0},
	    {"mx.example:143", "mx.example", 143, "imap", 0},
	    {"mx.example:110", "mx.example", 110, "pop3", 0},
	    {"192.0.2.1:21", "192.0.2.1", 21, "ftp", 16},
	    {"b\xc3\xbc"
	     "cher.example",
		"xn--bcher-kva.example", 443, NULL, 0},
	    {"\xf0\x9f\x92\xa9.example", "xn--ls8h.example", 443, NULL, 0},
	    {"B\xc3\x9c"
	     "CHER.example:25",
		"xn--bcher-kva.example", 25, "smtp", 0},
	};

	for (size_t i = 0; i < N_ELEMENTS(cases); i++) {
		struct target t;

		ck_assert_msg(parse(cases[i].text, &t), "%s: %s", cases[i].text, err);
		ck_assert_str_eq(t.host, cases[i].host);
		ck_assert_msg(t.port == cases[i].port, "%s: port %u", cases[i].text, t.port);
		ck_assert_pstr_eq(t.starttls, cases[i].starttls);
		ck_assert_uint_eq(t.addr.len, cases[i].addr_len);
		ck_assert(t.is_address == (cases[i].addr_len > 0));
	}
}
END_TEST

START_TEST(refuses_by_name)
{
	static const struct {
		const char *text, *says;
	} cases[] = {
	    {"", "empty"},
	    {"-oProxyCommand=x", "begins with '-'"},
	    {"a b", "space"},
	    {"a\nb", "control"},
	    {"a\033[2J", "control"},
	    {"a\x7f", "control"},
	    {".", "no host name"},
	    {":443", "no host name"},
	    {"https://", "no host name"},
	    {"https:///x", "no host name"},
	    {"a..b", "is empty"},
	    {"a-.b", "begins or ends with '-'"},
	    {"a.-b", "begins or ends with '-'"},
	    {"a$b", "'$' cannot"},
	    {"a:", "no port after"},
	    {"a:0", "between 1 and 65535"},
	    {"a:65536", "between 1 and 65535"},
	    {"a:99999999999999999999", "between 1 and 65535"},
	    {"a:4x", "not a number"},
	    {"a:-1", "not a number"},
	    {"[::1", "no ']'"},
	    {"[::1]x", "may follow ']'"},
	    {"[192.0.2.1]", "not an IPv6"},
	    {"[example.org]:443", "not an IPv6"},
	    {"1:2:3", "not an IPv6"},
	    {"fe80::1%eth0", "zone"},
	    {"256.1.1.1", "not an IPv4"},
	    {"1.2.3", "not an IPv4"},
	    {"010.0.0.1", "not an IPv4"},
	    {"0x7f.1", "not an IPv4"},
	    {"127.0x1", "not an IPv4"},
	    {"0x7f.", "end in a number"},
	    {"192.0.2.1.", "end in a number"},
	    {"a.\xef\xbc\x91", "end in a number"},
	    {"2130706433", "not an IPv4"},
	    {"gopher://a", "scheme"},
	    {"example.org/", "path needs a scheme"},
	    {"10.0.0.0/24", "path needs a scheme"},
	    {"https://user@example.org/", "user name"},
	    {"a\xff.example", "not a valid IDN"},
	};

	for (size_t i = 0; i < N_ELEMENTS(cases); i++) {
		struct target t;

		ck_assert_msg(!parse(cases[i].text, &t), "%s", cases[i].text);
		ck_assert_msg(strstr(err, cases[i].says) != NULL, "%s: %s", cases[i].text, err);
	}
}
END_TEST

/* A name of n characters in labels of `label`. */
static struct span
name_of(char *buf, size_t n, size_t label)
{
	for (size_t i = 0; i < n; i++)
		buf[i] = i % (label + 1) == label ? '.' : 'a';
	return (struct span){(const uint8_t *)buf, n};
}

START_TEST(knows_the_limits)
{
	struct target_defaults d = {0};
	struct target t;
	char buf[4096];

	ck_assert(target_parse(name_of(buf, 253, 63), &d, &t, err, sizeof(err)));
	ck_assert(!target_parse(name_of(buf, 254, 62), &d, &t, err, sizeof(err)));
	ck_assert_ptr_nonnull(strstr(err, "253"));
	ck_assert(!target_parse(name_of(buf, 70, 64), &d, &t, err, sizeof(err)));
	ck_assert_ptr_nonnull(strstr(err, "63"));
	ck_assert(!target_parse(name_of(buf, 4096, 60), &d, &t, err, sizeof(err)));
	ck_assert_ptr_nonnull(strstr(err, "2048"));
	ck_assert(!target_parse(
	    (struct span){(const uint8_t *)"a\0b.example", 11}, &d, &t, err, sizeof(err)));
	ck_assert_ptr_nonnull(strstr(err, "NUL"));
}
END_TEST

START_TEST(defaults_apply)
{
	struct target t;

	ck_assert(target_parse(
	    span_str("a"), &(struct target_defaults){.port = 25}, &t, err, sizeof(err)));
	ck_assert_uint_eq(t.port, 25);
	ck_assert_pstr_eq(t.starttls, "smtp");
	ck_assert(target_parse(
	    span_str("a:25"), &(struct target_defaults){.starttls = "none"}, &t, err, sizeof(err)));
	ck_assert_ptr_null(t.starttls);
	ck_assert(target_parse(
	    span_str("https://a"), &(struct target_defaults){.port = 25}, &t, err, sizeof(err)));
	ck_assert_uint_eq(t.port, 443);
	ck_assert(target_parse(
	    span_str("a:99"), &(struct target_defaults){.starttls = "imap"}, &t, err, sizeof(err)));
	ck_assert_pstr_eq(t.starttls, "imap");
}
END_TEST

START_TEST(reads_addresses)
{
	static const struct {
		const char *text;
		unsigned len, port;
	} cases[] = {{"192.0.2.1", 16, 0}, {"192.0.2.1:53", 16, 53}, {"::1", 28, 0},
	    {"[::1]:53", 28, 53}, {"[::1]", 28, 0}, {"localhost", 0, 0}, {"[192.0.2.1]", 0, 0},
	    {"192.0.2.1:", 0, 0}, {"192.0.2.1:0", 0, 0}, {"", 0, 0}};

	for (size_t i = 0; i < N_ELEMENTS(cases); i++) {
		struct address a = {0};
		bool ok = target_address(span_str(cases[i].text), &a, err, sizeof(err));

		ck_assert_msg(ok == (cases[i].len > 0), "%s", cases[i].text);
		if (!ok)
			continue;
		ck_assert_uint_eq(a.len, cases[i].len);
		ck_assert_uint_eq(a.port, cases[i].port);
	}
}
END_TEST

UNIT_MAIN(
    "target", reads_targets, refuses_by_name, knows_the_limits, defaults_apply, reads_addresses)
