/* constraint - see constraint.h. */
#include "pki/constraint.h"

#include "pki/name.h"
#include "pki/oid.h"

/* Does a name fall into a subtree?  BAD: they cannot be compared. */
enum fit { FIT_NO, FIT_YES, FIT_BAD };

static bool
ends_with(struct span s, struct span tail)
{
	if (s.n < tail.n)
		return false;
	return name_eq_nocase((struct span){s.p + (s.n - tail.n), tail.n}, tail);
}

static struct span
skip(struct span s, size_t n)
{
	return (struct span){s.p + n, s.n - n};
}

/* "host.example.com satisfies example.com"; with a leading dot only names below it do, which RFC
 * 5280 gives no meaning for DNS but issuers write and verifiers read so. */
static bool
below(struct span host, struct span base)
{
	if (base.n > 0 && base.p[0] == '.')
		return host.n > base.n && ends_with(host, base);
	if (!ends_with(host, base))
		return false;
	return host.n == base.n || base.n == 0 || host.p[host.n - base.n - 1] == '.';
}

static bool
dns_base_ok(struct span base)
{
	if (base.n == 0)
		return true;
	return name_is_host(base.p[0] == '.' ? skip(base, 1) : base);
}

static enum fit
fit_dns(struct span name, struct span base, bool excluded)
{
	bool wild = name.n > 2 && name.p[0] == '*' && name.p[1] == '.';

	if (!dns_base_ok(base) || !name_is_host(wild ? skip(name, 2) : name))
		return FIT_BAD;
	if (below(name, base))
		return FIT_YES;
	/* "*.example.com" can be host.example.com: excluding that excludes the wildcard. */
	if (wild && excluded) {
		struct span parent = skip(name, 1);

		if (base.n > parent.n && ends_with(base, parent))
			return FIT_YES;
	}
	return FIT_NO;
}

/* iPAddress: address and mask, the mask a CIDR prefix (RFC 4632). */
static enum fit
fit_ip(struct span name, struct span base)
{
	size_t half = base.n / 2;
	bool ended = false;

	if ((base.n != 8 && base.n != 32) || (name.n != 4 && name.n != 16))
		return FIT_BAD;
	for (size_t i = 0; i < half * 8; i++) {
		bool bit = (base.p[half + i / 8] & (0x80 >> i % 8)) != 0;

		if (bit && ended)
			return FIT_BAD;
		ended = ended || !bit;
	}
	if (name.n != half)
		return FIT_NO;
	for (size_t i = 0; i < half; i++)
		if (((name.p[i] ^ base.p[i]) & base.p[half + i]) != 0)
			return FIT_NO;
	return FIT_YES;
}

static bool
find_byte(struct span s, uint8_t b, size_t *at)
{
	const uint8_t *p = s.n > 0 ? memchr(s.p, b, s.n) : NULL;

	if (p == NULL)
		return false;
	*at = (size_t)(p - s.p);
	return true;
}

/* rfc822Name: a mailbox, a host ("example.com": that host only) or ".example.com" (RFC 5280). */
static enum fit
fit_email(struct span name, struct span base)
{
	size_t at, base_at;
	struct span host;

	if (!find_byte(name, '@', &at) || at == 0)
		return FIT_BAD;
	host = skip(name, at + 1);
	if (!name_is_host(host))
		return FIT_BAD;
	if (find_byte(base, '@', &base_at))
		return at == base_at && memcmp(name.p, base.p, at) == 0 &&
			       name_eq_nocase(host, skip(base, base_at + 1))
			   ? FIT_YES
			   : FIT_NO;
	if (base.n == 0)
		return FIT_YES;
	if (base.p[0] == '.')
		return below(host, base) ? FIT_YES : FIT_NO;
	return name_eq_nocase(host, base) ? FIT_YES : FIT_NO;
}

/* The host of scheme://user@host:port/path; false when it has none or it is an IP literal. */
static bool
uri_host(struct span uri, struct span *host)
{
	size_t at;

	if (!find_byte(uri, ':', &at) || uri.n < at + 3 || uri.p[at + 1] != '/' ||
	    uri.p[at + 2] != '/')
		return false;
	uri = skip(uri, at + 3);
	for (size_t i = 0; i < uri.n; i++)
		if (uri.p[i] == '/' || uri.p[i] == '?' || uri.p[i] == '#')
			uri.n = i;
	if (find_byte(uri, '@', &at))
		uri = skip(uri, at + 1);
	if (find_byte(uri, ':', &at))
		uri.n = at;
	*host = uri;
	return name_is_host(uri);
}

/* "The constraint MUST be specified as a fully qualified domain name"; ".x" means below x only. */
static enum fit
fit_uri(struct span name, struct span base)
{
	struct span host;

	if (!uri_host(name, &host))
		return FIT_BAD;
	if (base.n > 0 && base.p[0] == '.')
		return below(host, base) ? FIT_YES : FIT_NO;
	return base.n == 0 || name_eq_nocase(host, base) ? FIT_YES : FIT_NO;
}

static enum fit
fit(const struct cert_name *name, struct span base, bool excluded)
{
	switch (name->kind) {
	case CERT_NAME_DNS:
		return fit_dns(name->value, base, excluded);
	case CERT_NAME_IP:
		return fit_ip(name->value, base);
	case CERT_NAME_EMAIL:
		return fit_email(name->value, base);
	case CERT_NAME_URI:
		return fit_uri(name->value, base);
	case CERT_NAME_DIRECTORY:
		return dn_within(name->value, base) ? FIT_YES : FIT_NO;
	default:
		return FIT_BAD;
	}
}

/* One list of subtrees: how many are of the name's kind, and whether one of them fits. */
static enum constraint_result
walk(struct span subtrees, const struct cert_name *name, bool excluded, size_t *budget,
    size_t *of_kind, bool *fits)
{
	struct rd r = rd_of(subtrees);
	struct cert_name base;
	bool odd;

	*of_kind = 0;
	*fits = false;
	while (cert_subtree_next(&r, &base, &odd)) {
		if (*budget == 0)
			return CONSTRAINT_TOO_MUCH;
		(*budget)--;
		if (base.kind != name->kind)
			continue;
		/* RFC 5280: "minimum MUST be zero, and maximum MUST be absent" */
		if (odd)
			return CONSTRAINT_UNSUPPORTED;
		(*of_kind)++;
		switch (fit(name, base.value, excluded)) {
		case FIT_YES:
			*fits = true;
			return CONSTRAINT_OK;
		case FIT_BAD:
			return CONSTRAINT_UNSUPPORTED;
		case FIT_NO:
			break;
		}
	}
	return CONSTRAINT_OK;
}

static enum constraint_result
check_name(const struct cert *ca, const struct cert_name *name, size_t *budget)
{
	enum constraint_result r;
	size_t of_kind;
	bool fits;

	r = walk(ca->nc_excluded, name, true, budget, &of_kind, &fits);
	if (r != CONSTRAINT_OK || fits)
		return r != CONSTRAINT_OK ? r : CONSTRAINT_VIOLATED;
	r = walk(ca->nc_permitted, name, false, budget, &of_kind, &fits);
	if (r != CONSTRAINT_OK)
		return r;
	return of_kind == 0 || fits ? CONSTRAINT_OK : CONSTRAINT_VIOLATED;
}

/* RFC 5280 4.2.1.10: with no rfc822Name in the SAN, emailAddress of the subject is constrained. */
static enum constraint_result
check_subject_email(
    const struct cert *ca, const struct cert *c, size_t *budget, struct cert_name *which)
{
	struct cert_name mail = {.kind = CERT_NAME_EMAIL};
	enum constraint_result r = CONSTRAINT_OK;
	uint8_t tag;

	for (unsigned n = 0; r == CONSTRAINT_OK && n < DN_MAX_RDNS &&
			     dn_attr_raw(c->subject, OID_EMAIL, n, &mail.value, &tag);
	     n++)
		r = check_name(ca, &mail, budget);
	if (r != CONSTRAINT_OK)
		*which = mail;
	return r;
}

enum constraint_result
constraint_check(
    const struct cert *ca, const struct cert *c, size_t *budget, struct cert_name *which)
{
	struct cert_name name = {.kind = CERT_NAME_DIRECTORY, .value = c->subject};
	enum constraint_result r = CONSTRAINT_OK;
	struct rd it = rd_of(c->san);
	bool mail_in_san = false;

	if (!ca->has_nc)
		return CONSTRAINT_OK;
	if (!dn_empty(c->subject))
		r = check_name(ca, &name, budget);
	for (size_t i = 0; r == CONSTRAINT_OK && i < CERT_MAX_SANS && cert_name_next(&it, &name);
	     i++) {
		mail_in_san = mail_in_san || name.kind == CERT_NAME_EMAIL;
		r = check_name(ca, &name, budget);
	}
	*which = name;
	if (r == CONSTRAINT_OK && !mail_in_san)
		r = check_subject_email(ca, c, budget, which);
	return r;
}
