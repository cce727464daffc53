/* name - see name.h. */
#include "pki/name.h"

#include <arpa/inet.h>

#include "pki/oid.h"

enum { HOST_MAX = 253, LABEL_MAX = 63, CN_MAX = 256 };

static uint8_t
lower(uint8_t b)
{
	return b >= 'A' && b <= 'Z' ? (uint8_t)(b + 32) : b;
}

bool
name_eq_nocase(struct span a, struct span b)
{
	if (a.n != b.n)
		return false;
	for (size_t i = 0; i < a.n; i++)
		if (lower(a.p[i]) != lower(b.p[i]))
			return false;
	return true;
}

static bool
is_host_char(uint8_t b)
{
	b = lower(b);
	return (b >= 'a' && b <= 'z') || (b >= '0' && b <= '9') || b == '-' || b == '_';
}

bool
name_is_host(struct span s)
{
	size_t label = 0;

	if (s.n == 0 || s.n > HOST_MAX)
		return false;
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] == '.') {
			if (label == 0)
				return false;
			label = 0;
		} else if (!is_host_char(s.p[i]) || ++label > LABEL_MAX) {
			return false;
		}
	}
	return label > 0;
}

static bool
has_byte(struct span s, uint8_t b)
{
	return s.n > 0 && memchr(s.p, b, s.n) != NULL;
}

/* What follows the first dot; empty when there is none. */
static struct span
after_label(struct span s)
{
	const uint8_t *dot = s.n > 0 ? memchr(s.p, '.', s.n) : NULL;

	if (dot == NULL)
		return (struct span){NULL, 0};
	return (struct span){dot + 1, s.n - (size_t)(dot + 1 - s.p)};
}

/*
 * RFC 9525 6.3: the wildcard is "the complete left-most label" and matches exactly one label.  It
 * must stand before at least two more, as browsers require: "*.com" matches nothing.
 */
enum name_how
name_match_dns(struct span presented, struct span host)
{
	struct span rest, parent;

	if (!name_is_host(host))
		return NAME_MISMATCH;
	if (name_eq_nocase(presented, host))
		return NAME_EXACT;
	if (presented.n < 3 || presented.p[0] != '*' || presented.p[1] != '.')
		return NAME_MISMATCH;
	rest = (struct span){presented.p + 2, presented.n - 2};
	parent = after_label(host);
	if (parent.n > 0 && name_is_host(rest) && has_byte(rest, '.') &&
	    name_eq_nocase(rest, parent))
		return NAME_WILDCARD;
	return NAME_MISMATCH;
}

size_t
name_ip(const char *host, uint8_t out[16])
{
	char text[INET6_ADDRSTRLEN + 1];
	size_t n = strlen(host);

	if (n > 2 && host[0] == '[' && host[n - 1] == ']') {
		host++;
		n -= 2;
	}
	if (n == 0 || n > INET6_ADDRSTRLEN)
		return 0;
	memcpy(text, host, n);
	text[n] = '\0';
	if (inet_pton(AF_INET, text, out) == 1)
		return 4;
	return inet_pton(AF_INET6, text, out) == 1 ? 16 : 0;
}

/* The last common name as text; an empty span when there is none that fits. */
static struct span
common_name(const struct cert *c, uint8_t buf[CN_MAX])
{
	struct span value;
	uint8_t tag;

	if (!dn_attr_raw(c->subject, OID_CN, 0, &value, &tag) || value.n >= CN_MAX ||
	    has_byte(value, 0) || !dn_attr(c->subject, OID_CN, 0, (char *)buf, CN_MAX))
		return (struct span){NULL, 0};
	return (struct span){buf, strlen((char *)buf)};
}

static bool
cn_matches(const struct cert *c, struct span host, struct span ip)
{
	uint8_t buf[CN_MAX], cn_ip[16];
	struct span cn = common_name(c, buf);

	if (cn.n == 0)
		return false;
	if (ip.n > 0)
		return name_ip((const char *)buf, cn_ip) == ip.n && memcmp(cn_ip, ip.p, ip.n) == 0;
	return name_match_dns(cn, host) != NAME_MISMATCH;
}

static enum name_how
match_one(const struct cert_name *n, struct span host, struct span ip)
{
	/* RFC 9525 6.5: an IP address is compared as bytes, and only with iPAddress. */
	if (n->kind == CERT_NAME_IP)
		return ip.n > 0 && span_eq(n->value, ip) ? NAME_IP : NAME_MISMATCH;
	if (n->kind == CERT_NAME_DNS && ip.n == 0)
		return name_match_dns(n->value, host);
	return NAME_MISMATCH;
}

enum name_how
name_match(const struct cert *c, const char *host, struct span *by)
{
	uint8_t bytes[16];
	struct span ip = {bytes, name_ip(host, bytes)}, h = span_str(host);
	struct rd r = rd_of(c->san);
	struct cert_name n;

	if (by != NULL)
		*by = (struct span){NULL, 0};
	if (h.n > 1 && h.p[h.n - 1] == '.')
		h.n--;
	for (uint32_t i = 0; i < CERT_MAX_SANS && cert_name_next(&r, &n); i++) {
		enum name_how how = match_one(&n, h, ip);

		if (how == NAME_MISMATCH)
			continue;
		if (by != NULL)
			*by = n.value;
		return how;
	}
	return !c->has_san && cn_matches(c, h, ip) ? NAME_CN_ONLY : NAME_MISMATCH;
}

static uint32_t
wildcard_oddities(struct span s)
{
	struct span rest;

	if (s.n == 1)
		return NAME_ODD_WILDCARD_TLD;
	rest = (struct span){s.p + 1, s.n - 1};
	if (s.p[0] != '*' || s.p[1] != '.' || has_byte(rest, '*'))
		return NAME_ODD_WILDCARD;
	rest = (struct span){s.p + 2, s.n - 2};
	return has_byte(rest, '.') ? 0 : NAME_ODD_WILDCARD_TLD;
}

static uint32_t
dns_oddities(struct span s)
{
	char text[INET6_ADDRSTRLEN + 1];
	uint8_t ip[16];
	uint32_t odd = 0;

	if (s.n == 0)
		return NAME_ODD_EMPTY;
	if (has_byte(s, '*'))
		odd |= wildcard_oddities(s);
	if (s.n > 1 && s.p[s.n - 1] == '.')
		odd |= NAME_ODD_FINAL_DOT;
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] == 0)
			odd |= NAME_ODD_NUL;
		else if (s.p[i] >= 0x80)
			odd |= NAME_ODD_UNICODE;
		else if (!is_host_char(s.p[i]) && s.p[i] != '.' && s.p[i] != '*')
			odd |= NAME_ODD_CHAR;
	}
	if (s.n < sizeof(text) && !has_byte(s, 0)) {
		memcpy(text, s.p, s.n);
		text[s.n] = '\0';
		if (name_ip(text, ip) != 0)
			odd = (odd & ~(uint32_t)NAME_ODD_CHAR) | NAME_ODD_IP_AS_DNS;
	}
	return odd;
}

static uint32_t
cn_oddities(const struct cert *c)
{
	struct span value, by;
	uint8_t buf[CN_MAX], tag;
	struct span cn = common_name(c, buf);

	if (dn_attr_raw(c->subject, OID_CN, 0, &value, &tag) && tag != 0x1e && tag != 0x1c &&
	    has_byte(value, 0))
		return NAME_ODD_NUL;
	/* A CN without a dot is a person or a product, not a host. */
	if (!c->has_san || !name_is_host(cn) || !has_byte(cn, '.'))
		return 0;
	return name_match(c, (const char *)buf, &by) == NAME_MISMATCH ? NAME_ODD_CN_NOT_IN_SAN : 0;
}

uint32_t
name_oddities(const struct cert *c)
{
	struct rd r = rd_of(c->san);
	struct cert_name n;
	uint32_t odd = c->ca ? 0 : cn_oddities(c);

	for (uint32_t i = 0; i < CERT_MAX_SANS && cert_name_next(&r, &n); i++) {
		if (n.kind == CERT_NAME_DNS)
			odd |= dns_oddities(n.value);
		else if (n.kind == CERT_NAME_IP && n.value.n != 4 && n.value.n != 16)
			odd |= NAME_ODD_IP_SIZE;
	}
	return odd;
}

const char *
name_odd_text(uint32_t odd)
{
	static const char *const texts[] = {
	    "a name holds a NUL byte",
	    "a name holds a character no host name has",
	    "a name is not ASCII (an A-label is required)",
	    "a wildcard is not the whole leftmost label",
	    "a wildcard for a whole top-level domain",
	    "an IP address is written as a dNSName",
	    "an iPAddress is neither 4 nor 16 bytes",
	    "an empty dNSName",
	    "the common name is not among the subject alternative names",
	    "a name ends in a dot",
	};

	for (size_t i = 0; i < N_ELEMENTS(texts); i++)
		if ((odd & (1u << i)) != 0)
			return texts[i];
	return NULL;
}
