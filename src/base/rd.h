/*
 * rd - bounded reader over borrowed bytes; all parsing of peers' bytes goes through it.
 *
 * On false, *r and the outputs are untouched.  Every parser ends in rd_end() or says why not.
 *
 *	struct rd r = rd_of(body), exts;
 *	if (!rd_u16(&r, &version) || !rd_vec16(&r, &exts) || !rd_end(&r))
 *		return false;
 */
#ifndef TLSAUDIT_BASE_RD_H
#define TLSAUDIT_BASE_RD_H

#include "base/span.h"

struct rd {
	const uint8_t *p;
	size_t n;
};

static inline struct rd
rd_of(struct span s)
{
	return (struct rd){s.p, s.n};
}

static inline struct span
rd_rest(const struct rd *r)
{
	return (struct span){r->p, r->n};
}

static inline MUST_USE bool
rd_bytes(struct rd *r, size_t n, struct span *out)
{
	if (r->n < n)
		return false;
	*out = (struct span){r->p, n};
	if (n > 0)
		r->p += n;
	r->n -= n;
	return true;
}

static inline MUST_USE bool
rd_uint(struct rd *r, unsigned width, uint32_t *v)
{
	struct span s;

	if (!rd_bytes(r, width, &s))
		return false;
	*v = 0;
	for (unsigned i = 0; i < width; i++)
		*v = *v << 8 | s.p[i];
	return true;
}

static inline MUST_USE bool
rd_u8(struct rd *r, uint8_t *v)
{
	uint32_t x;

	if (!rd_uint(r, 1, &x))
		return false;
	*v = (uint8_t)x;
	return true;
}

static inline MUST_USE bool
rd_u16(struct rd *r, uint16_t *v)
{
	uint32_t x;

	if (!rd_uint(r, 2, &x))
		return false;
	*v = (uint16_t)x;
	return true;
}

static inline MUST_USE bool
rd_u24(struct rd *r, uint32_t *v)
{
	return rd_uint(r, 3, v);
}

static inline MUST_USE bool
rd_u32(struct rd *r, uint32_t *v)
{
	return rd_uint(r, 4, v);
}

/* A vector: a length of `width` bytes, then that many bytes, as a reader of its own. */
static inline MUST_USE bool
rd_vec(struct rd *r, unsigned width, struct rd *body)
{
	struct rd save = *r;
	struct span s;
	uint32_t n;

	if (!rd_uint(r, width, &n) || !rd_bytes(r, n, &s)) {
		*r = save;
		return false;
	}
	*body = rd_of(s);
	return true;
}

static inline MUST_USE bool
rd_vec8(struct rd *r, struct rd *body)
{
	return rd_vec(r, 1, body);
}

static inline MUST_USE bool
rd_vec16(struct rd *r, struct rd *body)
{
	return rd_vec(r, 2, body);
}

static inline MUST_USE bool
rd_vec24(struct rd *r, struct rd *body)
{
	return rd_vec(r, 3, body);
}

/* Has everything been read? */
static inline MUST_USE bool
rd_end(const struct rd *r)
{
	return r->n == 0;
}

#endif
