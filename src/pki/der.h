/*
 * der - bounded reader of DER over base/rd.h (X.690).
 *
 * Strict where a second reading would be possible: indefinite lengths, lengths not in their
 * shortest form, tags of more than one byte and lengths over 2^31 are refused.  There is no
 * recursion: an element is taken with its length, its content is a reader of its own, and how deep
 * one goes is the caller's code, not the peer's bytes.  On false, the reader and the outputs are
 * untouched.
 *
 *	struct rd r = rd_of(bytes), seq;
 *	struct span serial;
 *	if (!der_enter(&r, DER_SEQUENCE, &seq) || !der_get(&seq, DER_INTEGER, &serial))
 *		return false;
 */
#ifndef TLSAUDIT_PKI_DER_H
#define TLSAUDIT_PKI_DER_H

#include "base/rd.h"

enum {
	DER_BOOLEAN = 0x01,
	DER_INTEGER = 0x02,
	DER_BIT_STRING = 0x03,
	DER_OCTET_STRING = 0x04,
	DER_NULL = 0x05,
	DER_OID = 0x06,
	DER_ENUMERATED = 0x0a,
	DER_UTF8 = 0x0c,
	DER_NUMERIC = 0x12,
	DER_PRINTABLE = 0x13,
	DER_T61 = 0x14,
	DER_IA5 = 0x16,
	DER_UTC_TIME = 0x17,
	DER_GENERALIZED_TIME = 0x18,
	DER_VISIBLE = 0x1a,
	DER_UNIVERSAL = 0x1c,
	DER_BMP = 0x1e,
	DER_SEQUENCE = 0x30,
	DER_SET = 0x31,
};

/* Context tags: primitive [n] and constructed [n]. */
#define DER_CTX(n) (0x80u | (n))
#define DER_CTX_C(n) (0xa0u | (n))

/* One element: its tag, its content, and the whole of it with the header. */
struct der {
	uint8_t tag;
	struct span body, whole;
};

/* Any element.  X.690 8.1.3 and 10.1: definite form, "the minimum number of octets". */
static inline MUST_USE bool
der_next(struct rd *r, struct der *out)
{
	struct rd t = *r;
	struct span body;
	uint8_t tag, first;
	uint32_t n;

	if (!rd_u8(&t, &tag) || (tag & 0x1f) == 0x1f || !rd_u8(&t, &first))
		return false;
	n = first;
	if (first >= 0x80) {
		unsigned width = first & 0x7f;

		if (width == 0 || width > 4 || !rd_uint(&t, width, &n) || n < 0x80)
			return false;
		if (n >> 31 != 0 || (width > 1 && n >> (8 * (width - 1)) == 0))
			return false;
	}
	if (!rd_bytes(&t, n, &body))
		return false;
	*out = (struct der){tag, body, {r->p, r->n - t.n}};
	*r = t;
	return true;
}

/* Is the next element's tag this one?  (Says nothing about the rest of it.) */
static inline MUST_USE bool
der_peek(const struct rd *r, unsigned tag)
{
	return r->n > 0 && r->p[0] == tag;
}

/* The content of an element that must have this tag. */
static inline MUST_USE bool
der_get(struct rd *r, unsigned tag, struct span *body)
{
	struct der e;

	if (!der_peek(r, tag) || !der_next(r, &e))
		return false;
	*body = e.body;
	return true;
}

/* The same as a reader. */
static inline MUST_USE bool
der_enter(struct rd *r, unsigned tag, struct rd *body)
{
	struct span s;

	if (!der_get(r, tag, &s))
		return false;
	*body = rd_of(s);
	return true;
}

/* The whole element, header included, that must have this tag. */
static inline MUST_USE bool
der_whole(struct rd *r, unsigned tag, struct span *whole)
{
	struct der e;

	if (!der_peek(r, tag) || !der_next(r, &e))
		return false;
	*whole = e.whole;
	return true;
}

/* An optional element: true with *there telling; false only when it is there and broken. */
static inline MUST_USE bool
der_optional(struct rd *r, unsigned tag, struct span *body, bool *there)
{
	if (!der_peek(r, tag)) {
		*there = false;
		return true;
	}
	if (!der_get(r, tag, body))
		return false;
	*there = true;
	return true;
}

/* X.690 11.1: TRUE is 0xff, FALSE is 0x00. */
static inline MUST_USE bool
der_bool(struct span body, bool *v)
{
	if (body.n != 1 || (body.p[0] != 0x00 && body.p[0] != 0xff))
		return false;
	*v = body.p[0] != 0;
	return true;
}

/* X.690 8.3.2: INTEGER content is not empty and its first nine bits are not all alike. */
static inline MUST_USE bool
der_int_minimal(struct span body)
{
	if (body.n == 0)
		return false;
	return body.n == 1 || !((body.p[0] == 0x00 && body.p[1] < 0x80) ||
				  (body.p[0] == 0xff && body.p[1] >= 0x80));
}

/* A small INTEGER, 0 .. 2^31 - 1. */
static inline MUST_USE bool
der_small(struct span body, int32_t *v)
{
	uint32_t x = 0;

	if (!der_int_minimal(body) || body.n > 4 || body.p[0] >= 0x80)
		return false;
	for (size_t i = 0; i < body.n; i++)
		x = x << 8 | body.p[i];
	*v = (int32_t)x;
	return true;
}

/* The magnitude of a non-negative INTEGER: big-endian, no leading zero byte (zero is empty). */
static inline MUST_USE bool
der_unsigned(struct span body, struct span *v)
{
	if (!der_int_minimal(body) || body.p[0] >= 0x80)
		return false;
	if (body.p[0] == 0x00)
		body = (struct span){body.p + 1, body.n - 1};
	*v = body;
	return true;
}

/* BIT STRING content: its bytes and how many bits of the last one are unused (0 .. 7). */
static inline MUST_USE bool
der_bits(struct span body, struct span *bytes, unsigned *unused)
{
	if (body.n == 0 || body.p[0] > 7 || (body.n == 1 && body.p[0] != 0))
		return false;
	*bytes = (struct span){body.p + 1, body.n - 1};
	*unused = body.p[0];
	return true;
}

enum {
	DER_TIME_MAX = 32, /* longer content is no time */
};

/*
 * A Time: UTCTime or GeneralizedTime content to seconds since 1970 UTC.  False when there is no
 * such moment (13th month, no digits).  `strict` tells if it is written as RFC 5280 section
 * 4.1.2.5 wants: seconds, Z, no fraction, and UTCTime exactly for the years 1950 to 2049.
 */
bool der_time(uint8_t tag, struct span body, int64_t *t, bool *strict) MUST_USE;

/* Days since 1970-01-01 of a date of the proleptic Gregorian calendar, and back as text
 * "2026-11-24" (cap >= 11) or "2026-11-24T01:02:03Z" (cap >= 21; years 0 .. 9999). */
int64_t der_days(int64_t year, unsigned month, unsigned day);
const char *der_date_text(int64_t t, char *buf, size_t cap);
const char *der_time_text(int64_t t, char *buf, size_t cap);

#endif
