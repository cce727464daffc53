#include "config.h"
#include "target.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdarg.h>
#include <stdio.h>

#include "adapt/idn.h"
#include "base/check.h"

enum { LABEL_MAX = 63 }; /* RFC 1035, 2.3.4 */

/* What a scheme stands for; and, read the other way, what a port does.  A protocol with TLS from
 * the first byte has no STARTTLS name. */
static const struct scheme {
	const char *name;
	uint16_t port;
	const char *starttls;
} schemes[] = {
#define STARTTLS(id, name, port, talk, reference) {name, port, name},
#include "engine/starttls.def"
    {"submission", 587, "smtp"},
    {"https", 443, NULL},
    {"tls", 0, NULL},
    {"smtps", 465, NULL},
    {"imaps", 993, NULL},
    {"pop3s", 995, NULL},
    {"ftps", 990, NULL},
    {"nntps", 563, NULL},
    {"ldaps", 636, NULL},
    {"ircs", 6697, NULL},
};

/* Writes an error; always false. */
static bool PRINTF_LIKE(3, 4) fail(char *err, size_t errlen, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(err, errlen, fmt, ap);
	va_end(ap);
	return false;
}

static bool
is_digit(uint8_t c)
{
	return c >= '0' && c <= '9';
}

static uint8_t
lower(uint8_t c)
{
	return c >= 'A' && c <= 'Z' ? (uint8_t)(c + 32) : c;
}

/* The first c in s, or s.n. */
static size_t
find(struct span s, uint8_t c)
{
	const uint8_t *at = s.n > 0 ? memchr(s.p, c, s.n) : NULL;

	return at != NULL ? (size_t)(at - s.p) : s.n;
}

static struct span
head(struct span s, size_t n)
{
	return (struct span){s.p, n};
}

static struct span
tail(struct span s, size_t from)
{
	return (struct span){s.p + from, s.n - from};
}

/* --- parts ------------------------------------------------------------------------------------ */

static bool
read_port(struct span s, uint16_t *port, char *err, size_t errlen)
{
	uint32_t v = 0;

	if (s.n == 0)
		return fail(err, errlen, "no port after ':'");
	for (size_t i = 0; i < s.n; i++) {
		if (!is_digit(s.p[i]))
			return fail(err, errlen, "the port is not a number");
		v = v * 10 + (s.p[i] - '0');
		if (v > 65535)
			break;
	}
	if (v == 0 || v > 65535)
		return fail(err, errlen, "the port is not between 1 and 65535");
	*port = (uint16_t)v;
	return true;
}

static bool
to_text(struct span s, char *buf, size_t cap)
{
	if (s.n >= cap || find(s, '\0') < s.n)
		return false;
	memcpy(buf, s.p, s.n);
	buf[s.n] = '\0';
	return true;
}

static bool
read_v4(struct span s, struct address *out)
{
	struct sockaddr_in in = {.sin_family = AF_INET};
	char text[INET_ADDRSTRLEN];

	if (!to_text(s, text, sizeof(text)) || inet_pton(AF_INET, text, &in.sin_addr) != 1)
		return false;
	*out = (struct address){.len = sizeof(in)};
	memcpy(out->addr, &in, sizeof(in));
	return true;
}

static bool
read_v6(struct span s, struct address *out)
{
	struct sockaddr_in6 in6 = {.sin6_family = AF_INET6};
	char text[INET6_ADDRSTRLEN];

	if (!to_text(s, text, sizeof(text)) || inet_pton(AF_INET6, text, &in6.sin6_addr) != 1)
		return false;
	*out = (struct address){.len = sizeof(in6)};
	memcpy(out->addr, &in6, sizeof(in6));
	return true;
}

struct address
address_with_port(const struct address *a, uint16_t port)
{
	const uint8_t net[2] = {(uint8_t)(port >> 8), (uint8_t)port};
	struct address out = *a;

	/* The port has the same place in both. */
	_Static_assert(offsetof(struct sockaddr_in, sin_port) ==
		offsetof(struct sockaddr_in6, sin6_port), "a port's place");
	memcpy(out.addr + offsetof(struct sockaddr_in, sin_port), net, sizeof(net));
	out.port = port;
	return out;
}

/* Does it end in a number, as an address does?  "1.2.3", "0x7f.1" and "300.1.1.1" are no names:
 * other programs read them as addresses. */
static bool
ends_in_number(struct span s)
{
	size_t from = s.n;
	struct span last;

	while (from > 0 && s.p[from - 1] != '.')
		from--;
	last = tail(s, from);
	if (last.n > 1 && last.p[0] == '0' && lower(last.p[1]) == 'x')
		return true;
	for (size_t i = 0; i < last.n; i++)
		if (!is_digit(last.p[i]))
			return false;
	return last.n > 0;
}

static bool
check_label(struct span l, char *err, size_t errlen)
{
	if (l.n == 0)
		return fail(err, errlen, "a label of the name is empty");
	if (l.n > LABEL_MAX)
		return fail(err, errlen, "a label of the name is longer than 63 characters");
	if (l.p[0] == '-' || l.p[l.n - 1] == '-')
		return fail(err, errlen, "a label of the name begins or ends with '-'");
	for (size_t i = 0; i < l.n; i++) {
		uint8_t c = lower(l.p[i]);

		/* '_' is no letter of RFC 952, but there are such hosts. */
		if (!(c >= 'a' && c <= 'z') && !is_digit(c) && c != '-' && c != '_')
			return fail(err, errlen, "'%c' cannot be in a host name", c);
	}
	return true;
}

static bool
check_labels(struct span s, char *err, size_t errlen)
{
	for (;;) {
		size_t dot = find(s, '.');

		if (!check_label(head(s, dot), err, errlen))
			return false;
		if (dot == s.n)
			return true;
		s = tail(s, dot + 1);
	}
}

static bool
is_ascii(struct span s)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] >= 0x80)
			return false;
	return true;
}

/* A name in the form that goes on the wire. */
static bool
read_name(struct span s, char *out, char *err, size_t errlen)
{
	char text[TARGET_MAX + 1], ascii[TARGET_HOST_MAX + 1];
	const char *why;

	if (s.n > 0 && s.p[s.n - 1] == '.')
		s.n--; /* RFC 6066, 3: without a trailing dot */
	if (s.n == 0)
		return fail(err, errlen, "no host name");
	if (!is_ascii(s)) {
		if (!to_text(s, text, sizeof(text)))
			return fail(err, errlen, "the name is too long");
		if (!idn_to_ascii(text, ascii, sizeof(ascii), &why))
			return fail(err, errlen, "the name is not a valid IDN: %s", why);
		s = span_str(ascii);
	}
	if (s.n > TARGET_HOST_MAX)
		return fail(err, errlen, "the name is longer than 253 characters");
	if (!check_labels(s, err, errlen))
		return false;
	if (ends_in_number(s)) /* "0x7f.", or digits of another script: an address to others */
		return fail(err, errlen, "a name cannot end in a number");
	for (size_t i = 0; i < s.n; i++)
		out[i] = (char)lower(s.p[i]);
	out[s.n] = '\0';
	return true;
}

/* --- the whole -------------------------------------------------------------------------------- */

/* What cannot be in any target, wherever it stands. */
static bool
check_text(struct span s, char *err, size_t errlen)
{
	if (s.n == 0)
		return fail(err, errlen, "the target is empty");
	if (s.n > TARGET_MAX)
		return fail(err, errlen, "the target is longer than %d characters", TARGET_MAX);
	if (s.p[0] == '-')
		return fail(err, errlen, "the target begins with '-'");
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] == '\0')
			return fail(err, errlen, "there is a NUL in the target");
		if (s.p[i] == ' ')
			return fail(err, errlen, "there is a space in the target");
		if (s.p[i] < ' ' || s.p[i] == 0x7f)
			return fail(err, errlen, "there is a control character in the target");
	}
	return true;
}

static const struct scheme *
scheme_by_name(struct span s)
{
	for (size_t i = 0; i < N_ELEMENTS(schemes); i++) {
		size_t k = 0;

		while (k < s.n && schemes[i].name[k] == (char)lower(s.p[k]))
			k++;
		if (k == s.n && schemes[i].name[k] == '\0')
			return &schemes[i];
	}
	return NULL;
}

static const char *
starttls_by_port(uint16_t port)
{
	for (size_t i = 0; i < N_ELEMENTS(schemes); i++)
		if (schemes[i].port == port)
			return schemes[i].starttls;
	return NULL;
}

const char *
target_starttls_name(size_t i)
{
	for (size_t at = 0; at < N_ELEMENTS(schemes); at++) {
		const char *name = schemes[at].starttls;
		bool seen = name == NULL;

		for (size_t before = 0; !seen && before < at; before++)
			seen = schemes[before].starttls != NULL &&
			       strcmp(schemes[before].starttls, name) == 0;
		if (!seen && i-- == 0)
			return name;
	}
	return NULL;
}

const char *
target_starttls(const char *name)
{
	if (strcmp(name, "none") == 0)
		return "none";
	for (size_t i = 0; i < N_ELEMENTS(schemes); i++)
		if (schemes[i].starttls != NULL && strcmp(name, schemes[i].starttls) == 0)
			return schemes[i].starttls;
	return NULL;
}

/* Takes "scheme://" off the front and the path off the end. */
static bool
read_scheme(struct span *s, const struct scheme **scheme, char *err, size_t errlen)
{
	size_t colon = find(*s, ':');

	*scheme = NULL;
	if (s->n - colon < 3 || s->p[colon + 1] != '/' || s->p[colon + 2] != '/') {
		if (find(*s, '/') < s->n)
			return fail(
			    err, errlen, "a path needs a scheme, such as https://, before it");
		return true;
	}
	*scheme = scheme_by_name(head(*s, colon));
	if (*scheme == NULL)
		return fail(err, errlen, "the scheme is not one that is known");
	*s = tail(*s, colon + 3);
	for (const char *c = "/?#"; *c != '\0'; c++)
		*s = head(*s, find(*s, (uint8_t)*c));
	return true;
}

/* "[v6]", "[v6]:port", "v6", "host", "host:port" to host and port; port 0 when there is none. */
static bool
split(struct span s, struct span *host, bool *bracketed, uint16_t *port, char *err, size_t errlen)
{
	struct span rest;
	size_t at;

	*port = 0;
	*bracketed = s.n > 0 && s.p[0] == '[';
	if (*bracketed) {
		at = find(s, ']');
		if (at == s.n)
			return fail(err, errlen, "there is no ']' for the '['");
		*host = (struct span){s.p + 1, at - 1};
		rest = tail(s, at + 1);
		if (rest.n > 0 && rest.p[0] != ':')
			return fail(err, errlen, "only a ':' and a port may follow ']'");
	} else {
		at = find(s, ':');
		*host = head(s, at);
		rest = tail(s, at);
		if (rest.n > 0 && find(tail(rest, 1), ':') < rest.n - 1) {
			*host = s; /* two colons or more: an IPv6 address without a port */
			return true;
		}
	}
	return rest.n == 0 || read_port(tail(rest, 1), port, err, errlen);
}

bool
target_address(struct span text, struct address *out, char *err, size_t errlen)
{
	struct span host;
	bool bracketed;
	uint16_t port;

	if (!check_text(text, err, errlen) || !split(text, &host, &bracketed, &port, err, errlen))
		return false;
	if (!read_v6(host, out) && (bracketed || !read_v4(host, out)))
		return fail(err, errlen, "not an IP address");
	*out = address_with_port(out, port);
	return true;
}

bool
target_name(struct span text, char *out, char *err, size_t errlen)
{
	return check_text(text, err, errlen) && read_name(text, out, err, errlen);
}

/* The host of a target: an address in its shortest form, or a name. */
static bool
read_host(struct span s, bool bracketed, struct target *out, char *err, size_t errlen)
{
	bool v6 = bracketed || find(s, ':') < s.n;
	struct sockaddr_in6 in6;

	if (find(s, '@') < s.n)
		return fail(err, errlen, "a user name cannot be in a target");
	if (v6 && find(s, '%') < s.n)
		return fail(err, errlen, "an IPv6 zone (%%...) cannot be in a target");
	if (v6 && !read_v6(s, &out->addr))
		return fail(err, errlen, "not an IPv6 address");
	if (!v6 && ends_in_number(s) && !read_v4(s, &out->addr))
		return fail(err, errlen, "not an IPv4 address of four decimal numbers");
	out->is_address = out->addr.len > 0;
	if (!out->is_address)
		return read_name(s, out->host, err, errlen);
	if (!v6)
		return to_text(s, out->host, sizeof(out->host));
	memcpy(&in6, out->addr.addr, sizeof(in6));
	return inet_ntop(AF_INET6, &in6.sin6_addr, out->host, sizeof(out->host)) != NULL;
}

/* FNV-1a, 64 bits. */
static uint64_t
digest(const char *text, uint64_t h)
{
	for (; *text != '\0'; text++)
		h = (h ^ (uint8_t)*text) * 1099511628211U;
	return h;
}

struct address
address_of_name(const char *host)
{
	struct sockaddr_in6 in6 = {.sin6_family = AF_UNSPEC};
	uint64_t h[2] = {digest(host, 14695981039346656037U), digest(host, 88172645463325252U)};
	struct address out = {.len = sizeof(in6)};

	_Static_assert(sizeof(h) == sizeof(in6.sin6_addr), "two digests fill an address");
	memcpy(&in6.sin6_addr, h, sizeof(h));
	memcpy(out.addr, &in6, sizeof(in6));
	return out;
}

bool
address_is_name(const struct address *a)
{
	struct sockaddr_in6 in6;

	if (a->len != sizeof(in6))
		return false;
	memcpy(&in6, a->addr, sizeof(in6));
	return in6.sin6_family == AF_UNSPEC;
}

bool
target_parse(
    struct span text, const struct target_defaults *d, struct target *out, char *err, size_t errlen)
{
	const struct scheme *scheme;
	struct span host;
	bool bracketed;

	CHECK(errlen > 0);
	*out = (struct target){0};
	if (!check_text(text, err, errlen) || !read_scheme(&text, &scheme, err, errlen) ||
	    !split(text, &host, &bracketed, &out->port, err, errlen) ||
	    !read_host(host, bracketed, out, err, errlen))
		return false;
	if (out->port == 0 && scheme != NULL)
		out->port = scheme->port;
	if (out->port == 0)
		out->port = d->port != 0 ? d->port : 443;
	if (d->starttls != NULL)
		out->starttls = strcmp(d->starttls, "none") != 0 ? d->starttls : NULL;
	else
		out->starttls = scheme != NULL ? scheme->starttls : starttls_by_port(out->port);
	if (out->is_address)
		out->addr = address_with_port(&out->addr, out->port);
	return true;
}
