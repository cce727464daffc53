/*
 * stl - Microsoft's list of roots, authroot.stl: a certificate trust list inside PKCS#7.
 *
 * CTL (1.3.6.1.4.1.311.10.1): version, usage, identifier, sequence, dates, algorithm, then one
 * subject a root: its SHA-1 and properties 1.3.6.1.4.1.311.10.11.N as octet strings.  Of those:
 *	9	extended key usages; absent: all
 *	98	SHA-256 of the certificate
 *	104	disabled since (FILETIME)
 *	122	key usages that are taken away
 *	126	certificates issued later are not trusted (FILETIME); 127: for which usages
 *
 * It is signed: stl_signature.c says by whom.
 */
#include "base/text.h"
#include "feeds/feed_internal.h"
#include "pki/der.h"
#include "pki/oid.h"

enum {
	PROP_EKU = 9,
	PROP_NAME = 11,
	PROP_SHA256 = 98,
	PROP_DISABLED = 104,
	PROP_DISALLOWED_EKU = 122,
	PROP_NOT_BEFORE = 126,
	PROP_NOT_BEFORE_EKU = 127
};

struct subject {
	struct span sha256, name, eku, disallowed, disabled, not_before, not_before_eku;
};

/* 1.3.6.1.4.1.311.10.11.N: its N, or 0. */
static unsigned
property(struct span oid)
{
	static const uint8_t prefix[] = {0x2b, 0x06, 0x01, 0x04, 0x01, 0x82, 0x37, 0x0a, 0x0b};

	if (oid.n != sizeof(prefix) + 1 || memcmp(oid.p, prefix, sizeof(prefix)) != 0)
		return 0;
	return oid.p[sizeof(prefix)];
}

static void
keep(struct subject *s, unsigned id, struct span value)
{
	switch (id) {
	case PROP_EKU:
		s->eku = value;
		break;
	case PROP_NAME:
		s->name = value;
		break;
	case PROP_SHA256:
		s->sha256 = value;
		break;
	case PROP_DISABLED:
		s->disabled = value;
		break;
	case PROP_DISALLOWED_EKU:
		s->disallowed = value;
		break;
	case PROP_NOT_BEFORE:
		s->not_before = value;
		break;
	case PROP_NOT_BEFORE_EKU:
		s->not_before_eku = value;
		break;
	default:
		break;
	}
}

static bool
read_subject(struct rd r, struct subject *out)
{
	struct span sha1, oid, value;
	struct rd attributes, attribute, values;

	*out = (struct subject){.sha256 = {NULL, 0}};
	if (!der_get(&r, DER_OCTET_STRING, &sha1) || !der_enter(&r, DER_SET, &attributes))
		return false;
	while (der_enter(&attributes, DER_SEQUENCE, &attribute))
		if (der_get(&attribute, DER_OID, &oid) && der_enter(&attribute, DER_SET, &values) &&
		    der_get(&values, DER_OCTET_STRING, &value))
			keep(out, property(oid), value);
	return rd_end(&attributes);
}

/* Is serverAuth in that list of usages? */
static bool
for_servers(struct span usages)
{
	struct rd r = rd_of(usages), list;
	struct span oid;

	if (!der_enter(&r, DER_SEQUENCE, &list))
		return false;
	while (der_get(&list, DER_OID, &oid))
		if (oid_is(oid, OID_EKU_SERVER))
			return true;
	return false;
}

/* 100 ns since 1601, low byte first. */
static int64_t
filetime(struct span s)
{
	uint64_t v = 0;

	if (s.n != 8)
		return 0;
	for (size_t i = 8; i-- > 0;)
		v = v << 8 | s.p[i];
	return (int64_t)(v / 10000000) - INT64_C(11644473600);
}

static bool
add(struct feed *f, struct arena *a, const struct subject *s)
{
	struct feed_root *r;

	if (s->sha256.n != 32 || (s->eku.n > 0 && !for_servers(s->eku)) ||
	    (s->disallowed.n > 0 && for_servers(s->disallowed))) {
		f->left_out++;
		return true;
	}
	r = feed_add(f, a);
	if (r == NULL)
		return false;
	memcpy(r->sha256, s->sha256.p, 32);
	r->disabled = filetime(s->disabled);
	if (s->not_before_eku.n == 0 || for_servers(s->not_before_eku))
		r->not_before = filetime(s->not_before);
	return true;
}

/* thisUpdate, the first date of the list. */
static int64_t
made(struct rd ctl)
{
	struct der e;
	int64_t t;
	bool strict;

	while (der_next(&ctl, &e))
		if ((e.tag == DER_UTC_TIME || e.tag == DER_GENERALIZED_TIME) &&
		    der_time(e.tag, e.body, &t, &strict))
			return t;
	return 0;
}

/* SignedData's encapContentInfo, whose content is the CTL (RFC 2315, 9.1). */
static bool
enter_ctl(struct span in, struct rd *ctl)
{
	struct rd r = rd_of(in), info, wrap, signed_data, content;
	struct span oid, skipped;
	struct der algorithms;

	return der_enter(&r, DER_SEQUENCE, &info) && der_get(&info, DER_OID, &oid) &&
	    der_enter(&info, DER_CTX_C(0), &wrap) && der_enter(&wrap, DER_SEQUENCE, &signed_data) &&
	    der_get(&signed_data, DER_INTEGER, &skipped) && der_next(&signed_data, &algorithms) &&
	    der_enter(&signed_data, DER_SEQUENCE, &content) && der_get(&content, DER_OID, &oid) &&
	    der_enter(&content, DER_CTX_C(0), &wrap) && der_enter(&wrap, DER_SEQUENCE, ctl);
}

bool
feed_stl(struct span in, struct arena *a, struct feed *f, const char **why)
{
	struct rd ctl, subjects = {NULL, 0}, one;
	struct der e;
	size_t sequences = 0;

	*why = "no certificate trust list";
	f->store = "microsoft";
	if (!enter_ctl(in, &ctl))
		return false;
	f->made = made(ctl);
	f->unsigned_why = stl_signature(in, (struct span){ctl.p, ctl.n}, f->made, a);
	/* usage, algorithm and subjects are sequences; the last of them has the roots. */
	while (der_next(&ctl, &e))
		if (e.tag == DER_SEQUENCE && ++sequences == 3)
			subjects = rd_of(e.body);
	*why = "a broken entry, or too many";
	while (der_enter(&subjects, DER_SEQUENCE, &one)) {
		struct subject s;

		if (!read_subject(one, &s) || !add(f, a, &s))
			return false;
	}
	return rd_end(&subjects);
}
