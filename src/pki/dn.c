/* dn - see dn.h. */
#include "pki/dn.h"

#include <stdio.h>

#include "base/arena.h"
#include "base/check.h"
#include "pki/der.h"

enum { BAD_CHAR = 0xfffd, GLYPH_MAX = 16 };

/* --- characters out of ASN.1 strings --- */

static bool
is_text(uint8_t tag)
{
	switch (tag) {
	case DER_UTF8:
	case DER_NUMERIC:
	case DER_PRINTABLE:
	case DER_T61:
	case DER_IA5:
	case DER_VISIBLE:
	case DER_UNIVERSAL:
	case DER_BMP:
		return true;
	default:
		return false;
	}
}

/* One UTF-8 character; a broken one eats a single byte and is BAD_CHAR (RFC 3629). */
static uint32_t
next_utf8(struct rd *r)
{
	static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
	struct rd t = *r;
	uint8_t b = 0;
	uint32_t c;
	unsigned n;

	if (!rd_u8(&t, &b))
		return BAD_CHAR;
	*r = t;
	if (b < 0x80)
		return b;
	n = b >= 0xf0 && b <= 0xf4 ? 4 : b >= 0xe0 && b < 0xf0 ? 3 : b >= 0xc2 && b < 0xe0 ? 2 : 0;
	if (n == 0)
		return BAD_CHAR;
	c = b & (0xffu >> (n + 1));
	for (unsigned i = 1; i < n; i++) {
		if (!rd_u8(&t, &b) || (b & 0xc0) != 0x80)
			return BAD_CHAR;
		c = c << 6 | (b & 0x3f);
	}
	if (c < least[n] || c > 0x10ffff || (c >= 0xd800 && c < 0xe000))
		return BAD_CHAR;
	*r = t;
	return c;
}

/* BMPString and UniversalString: big-endian units; surrogates and a cut last unit are bad. */
static uint32_t
next_wide(struct rd *r, unsigned width)
{
	uint32_t c;

	if (!rd_uint(r, width, &c)) {
		*r = (struct rd){NULL, 0};
		return BAD_CHAR;
	}
	return c > 0x10ffff || (c >= 0xd800 && c < 0xe000) ? BAD_CHAR : c;
}

/* The next character of a string of this type; false at its end. */
static bool
next_char(uint8_t tag, struct rd *r, uint32_t *c)
{
	uint8_t b = 0;

	if (rd_end(r))
		return false;
	if (tag == DER_UTF8)
		*c = next_utf8(r);
	else if (tag == DER_BMP)
		*c = next_wide(r, 2);
	else if (tag == DER_UNIVERSAL)
		*c = next_wide(r, 4);
	else /* seven bits; nobody agrees what T61String's upper half means */
		*c = rd_u8(r, &b) && b < 0x80 ? b : BAD_CHAR;
	return true;
}

/* Controls, and what makes a terminal or a reader see another order than the bytes have. */
static bool
is_control(uint32_t c)
{
	return c < 0x20 || (c >= 0x7f && c < 0xa0) || c == 0x061c || (c >= 0x200b && c <= 0x200f) ||
	       (c >= 0x2028 && c <= 0x202e) || (c >= 0x2060 && c <= 0x206f) || c == 0xfeff ||
	       (c >= 0xfff0 && c <= 0xfffb) || (c >= 0xe0000 && c <= 0xe007f);
}

static size_t
utf8_put(uint32_t c, uint8_t out[4])
{
	if (c < 0x80) {
		out[0] = (uint8_t)c;
		return 1;
	}
	if (c < 0x800) {
		out[0] = (uint8_t)(0xc0 | c >> 6);
		out[1] = (uint8_t)(0x80 | (c & 0x3f));
		return 2;
	}
	if (c < 0x10000) {
		out[0] = (uint8_t)(0xe0 | c >> 12);
		out[1] = (uint8_t)(0x80 | (c >> 6 & 0x3f));
		out[2] = (uint8_t)(0x80 | (c & 0x3f));
		return 3;
	}
	out[0] = (uint8_t)(0xf0 | c >> 18);
	out[1] = (uint8_t)(0x80 | (c >> 12 & 0x3f));
	out[2] = (uint8_t)(0x80 | (c >> 6 & 0x3f));
	out[3] = (uint8_t)(0x80 | (c & 0x3f));
	return 4;
}

/* --- text out --- */

struct out {
	char *buf;
	size_t cap, len;
	size_t mark; /* the last place where "..." still fits */
	bool cut;
};

/* All of p or nothing of it: a character or an escape is never halved. */
static void
out_put(struct out *o, const char *p, size_t n)
{
	if (o->cut)
		return;
	if (o->cap - o->len <= n) {
		o->cut = true;
		o->len = o->mark;
		memcpy(o->buf + o->len, "...", 3);
		o->len += 3;
		return;
	}
	memcpy(o->buf + o->len, p, n);
	o->len += n;
	if (o->len + 3 < o->cap)
		o->mark = o->len;
}

static void
out_str(struct out *o, const char *s)
{
	out_put(o, s, strlen(s));
}

static void
out_hex(struct out *o, const char *before, struct span s)
{
	static const char digits[] = "0123456789ABCDEF";
	char glyph[GLYPH_MAX];
	size_t lead = strlen(before);

	memcpy(glyph, before, lead);
	for (size_t i = 0; i < s.n && !o->cut; i++) {
		glyph[lead] = digits[s.p[i] >> 4];
		glyph[lead + 1] = digits[s.p[i] & 15];
		out_put(o, glyph, lead + 2);
	}
}

/*
 * RFC 4514 section 2.4: escape space or '#' at the start, space at the end, any of "+,;<>\ and
 * NUL; "any other characters may be escaped" - controls are, as hex pairs of their UTF-8 bytes.
 */
static void
out_char(struct out *o, uint32_t c, bool first, bool last, bool escape)
{
	uint8_t u[4];
	size_t n = utf8_put(is_control(c) && !escape ? BAD_CHAR : c, u);
	char glyph[GLYPH_MAX];

	if (!escape || (!is_control(c) && c >= 0x80)) {
		out_put(o, (const char *)u, n);
	} else if (is_control(c)) {
		int len = 0;

		for (size_t i = 0; i < n; i++)
			len += snprintf(glyph + len, sizeof(glyph) - (size_t)len, "\\%02X", u[i]);
		out_put(o, glyph, (size_t)len);
	} else if (strchr("\"+,;<>\\", (int)c) != NULL || (first && (c == ' ' || c == '#')) ||
		   (last && c == ' ')) {
		glyph[0] = '\\';
		glyph[1] = (char)c;
		out_put(o, glyph, 2);
	} else {
		out_put(o, (const char *)u, n);
	}
}

static void
out_string(struct out *o, uint8_t tag, struct span value, bool escape)
{
	struct rd r = rd_of(value);
	uint32_t c = 0;

	for (bool first = true; !o->cut && next_char(tag, &r, &c); first = false)
		out_char(o, c, first, rd_end(&r), escape);
}

static struct out
out_init(char *buf, size_t cap)
{
	CHECK(cap > 4);
	return (struct out){.buf = buf, .cap = cap};
}

static size_t
out_done(struct out *o)
{
	o->buf[o->len] = '\0';
	return o->len;
}

size_t
dn_string(uint8_t tag, struct span value, bool escape, char *buf, size_t cap)
{
	struct out o = out_init(buf, cap);

	out_string(&o, tag, value, escape);
	return out_done(&o);
}

/* --- the structure of a Name --- */

struct atv {
	struct span oid;
	struct der value;
};

static bool
next_atv(struct rd *set, struct atv *out)
{
	struct rd t = *set, seq;
	struct atv a;

	if (!der_enter(&t, DER_SEQUENCE, &seq) || !der_get(&seq, DER_OID, &a.oid) ||
	    !der_next(&seq, &a.value) || !rd_end(&seq))
		return false;
	*out = a;
	*set = t;
	return true;
}

static bool
rdn_ok(struct span rdn)
{
	struct rd set = rd_of(rdn);
	struct atv a;

	/* RFC 5280 4.1.2.4: SET SIZE (1..MAX) OF AttributeTypeAndValue */
	do {
		if (!next_atv(&set, &a))
			return false;
	} while (!rd_end(&set));
	return true;
}

/* The content of each RDN, in the order of the bytes. */
static bool
rdns(struct span name, struct span v[DN_MAX_RDNS], size_t *n)
{
	struct rd r = rd_of(name), seq;

	*n = 0;
	if (!der_enter(&r, DER_SEQUENCE, &seq) || !rd_end(&r))
		return false;
	while (!rd_end(&seq)) {
		if (*n == DN_MAX_RDNS || !der_get(&seq, DER_SET, &v[*n]) || !rdn_ok(v[*n]))
			return false;
		(*n)++;
	}
	return true;
}

static void
out_atv(struct out *o, const struct atv *a)
{
	char dotted[OID_TEXT_MAX];
	const char *name = oid_name(a->oid);

	out_str(o, name != NULL ? name : oid_text(a->oid, dotted, sizeof(dotted)));
	out_str(o, "=");
	/* RFC 4514 2.4: a type without a name, or a value that is no string, is '#' and the hex of
	 * the value's BER. */
	if (name == NULL || !is_text(a->value.tag)) {
		out_str(o, "#");
		out_hex(o, "", a->value.whole);
	} else {
		out_string(o, a->value.tag, a->value.body, true);
	}
}

size_t
dn_text(struct span name, char *buf, size_t cap)
{
	struct span v[DN_MAX_RDNS];
	struct out o = out_init(buf, cap);
	size_t n;

	if (!rdns(name, v, &n)) {
		out_str(&o, "(unreadable name)");
		return out_done(&o);
	}
	/* RFC 4514 2.1: "starting with the last element of the sequence and moving backwards" */
	for (size_t i = n; i-- > 0;) {
		struct rd set = rd_of(v[i]);
		struct atv a;

		for (bool first = true; next_atv(&set, &a); first = false) {
			out_str(&o, !first ? "+" : i + 1 < n ? "," : "");
			out_atv(&o, &a);
		}
	}
	return out_done(&o);
}

const char *
dn_arena(struct arena *a, struct span name)
{
	char buf[DN_TEXT_MAX];

	return arena_strn(a, buf, dn_text(name, buf, sizeof(buf)));
}

/* The n-th attribute of this type from the end: RDNs backwards, inside one set forwards. */
static bool
find_atv(struct span name, enum oid_id type, unsigned n, struct atv *out)
{
	struct span v[DN_MAX_RDNS];
	size_t count;

	if (!rdns(name, v, &count))
		return false;
	for (size_t i = count; i-- > 0;) {
		struct rd set = rd_of(v[i]);

		while (next_atv(&set, out))
			if (oid_is(out->oid, type) && n-- == 0)
				return true;
	}
	return false;
}

bool
dn_attr_raw(struct span name, enum oid_id type, unsigned n, struct span *value, uint8_t *tag)
{
	struct atv a;

	if (!find_atv(name, type, n, &a))
		return false;
	*value = a.value.body;
	*tag = a.value.tag;
	return true;
}

bool
dn_attr(struct span name, enum oid_id type, unsigned n, char *buf, size_t cap)
{
	struct span value;
	uint8_t tag;

	if (!dn_attr_raw(name, type, n, &value, &tag) || !is_text(tag))
		return false;
	dn_string(tag, value, false, buf, cap);
	return true;
}

size_t
dn_short(struct span name, char *buf, size_t cap)
{
	static const enum oid_id types[] = {OID_CN, OID_OU, OID_O};

	for (size_t i = 0; i < N_ELEMENTS(types); i++)
		if (dn_attr(name, types[i], 0, buf, cap) && buf[0] != '\0')
			return strlen(buf);
	return dn_text(name, buf, cap);
}

bool
dn_empty(struct span name)
{
	struct span v[DN_MAX_RDNS];
	size_t n;

	return rdns(name, v, &n) && n == 0;
}

bool
dn_valid(struct span name)
{
	struct span v[DN_MAX_RDNS];
	size_t n;

	return rdns(name, v, &n);
}

/* --- comparing --- */

struct folded {
	struct rd r;
	uint8_t tag;
	bool begun;
	uint32_t held; /* a character read while looking past spaces */
};

/* RFC 4518 in short: ASCII case folded, runs of spaces one space, none at either end; 0 = end. */
static uint32_t
next_folded(struct folded *f)
{
	uint32_t c = f->held;
	bool space = false;

	f->held = 0;
	if (c == 0) {
		while (next_char(f->tag, &f->r, &c) && c == ' ') {
			space = true;
			c = 0;
		}
		if (c == 0)
			return 0;
		if (space && f->begun) {
			f->held = c;
			return ' ';
		}
	}
	f->begun = true;
	return c >= 'A' && c <= 'Z' ? c + 32 : c;
}

static bool
clean_text(const struct der *v)
{
	struct rd r = rd_of(v->body);
	uint32_t c = 0;

	if (!is_text(v->tag))
		return false;
	while (next_char(v->tag, &r, &c))
		if (c == 0 || c == BAD_CHAR)
			return false;
	return true;
}

static bool
value_eq(const struct der *a, const struct der *b)
{
	struct folded x = {.r = rd_of(a->body), .tag = a->tag};
	struct folded y = {.r = rd_of(b->body), .tag = b->tag};
	uint32_t c;

	if (span_eq(a->whole, b->whole))
		return true;
	if (!clean_text(a) || !clean_text(b))
		return false;
	do {
		c = next_folded(&x);
		if (c != next_folded(&y))
			return false;
	} while (c != 0);
	return true;
}

static bool
rdn_eq(struct span a, struct span b)
{
	struct rd x = rd_of(a), y = rd_of(b);
	struct atv v, w;

	while (next_atv(&x, &v))
		if (!next_atv(&y, &w) || !span_eq(v.oid, w.oid) || !value_eq(&v.value, &w.value))
			return false;
	return rd_end(&y);
}

bool
dn_within(struct span name, struct span base)
{
	struct span v[DN_MAX_RDNS], w[DN_MAX_RDNS];
	size_t n, m;

	if (!rdns(name, v, &n) || !rdns(base, w, &m) || m > n)
		return false;
	for (size_t i = 0; i < m; i++)
		if (!rdn_eq(v[i], w[i]))
			return false;
	return true;
}

bool
dn_eq(struct span a, struct span b)
{
	return span_eq(a, b) || (dn_within(a, b) && dn_within(b, a));
}
