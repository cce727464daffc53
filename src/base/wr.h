/*
 * wr - writer over a fixed buffer.  Errors stick: ask wr_ok() once, at the end.
 *
 * It never repairs a message; a probe may need a length that lies (wr_poke16).
 *
 *	struct wr_mark m = wr_open(&w, 2);	reserve a 2-byte length
 *	wr_u16(&w, 0x001d);
 *	wr_close(&w, m);			fill it in
 */
#ifndef TLSAUDIT_BASE_WR_H
#define TLSAUDIT_BASE_WR_H

#include "base/span.h"

struct wr {
	uint8_t *p;
	size_t len, cap;
	bool bad;
};

struct wr_mark {
	size_t at;
	unsigned width;
};

static inline void
wr_init(struct wr *w, void *buf, size_t cap)
{
	*w = (struct wr){.p = buf, .cap = cap};
}

static inline void
wr_put(struct wr *w, const void *p, size_t n)
{
	if (w->bad || w->cap - w->len < n) {
		w->bad = true;
		return;
	}
	if (n > 0)
		memcpy(w->p + w->len, p, n);
	w->len += n;
}

static inline void
wr_span(struct wr *w, struct span s)
{
	wr_put(w, s.p, s.n);
}

static inline void
wr_uint(struct wr *w, unsigned width, uint32_t v)
{
	uint8_t b[4];

	for (unsigned i = 0; i < width; i++)
		b[i] = (uint8_t)(v >> (8 * (width - 1 - i)));
	wr_put(w, b, width);
}

static inline void
wr_u8(struct wr *w, unsigned v)
{
	wr_uint(w, 1, v);
}

static inline void
wr_u16(struct wr *w, unsigned v)
{
	wr_uint(w, 2, v);
}

static inline void
wr_u24(struct wr *w, uint32_t v)
{
	wr_uint(w, 3, v);
}

static inline void
wr_u32(struct wr *w, uint32_t v)
{
	wr_uint(w, 4, v);
}

/* Reserve a length of `width` bytes (1 to 3). */
static inline struct wr_mark
wr_open(struct wr *w, unsigned width)
{
	struct wr_mark m = {w->len, width};

	wr_uint(w, width, 0);
	return m;
}

/* Fill in the length reserved at m; too long for its width makes the writer bad. */
static inline void
wr_close(struct wr *w, struct wr_mark m)
{
	size_t n;

	if (w->bad)
		return;
	n = w->len - m.at - m.width;
	if (n >> (8 * m.width) != 0) {
		w->bad = true;
		return;
	}
	for (unsigned i = 0; i < m.width; i++)
		w->p[m.at + i] = (uint8_t)(n >> (8 * (m.width - 1 - i)));
}

/* Overwrite two bytes at `at`, for a field that is meant to lie. */
static inline void
wr_poke16(struct wr *w, size_t at, unsigned v)
{
	if (w->bad || w->len < 2 || at > w->len - 2) {
		w->bad = true;
		return;
	}
	w->p[at] = (uint8_t)(v >> 8);
	w->p[at + 1] = (uint8_t)v;
}

static inline MUST_USE bool
wr_ok(const struct wr *w)
{
	return !w->bad;
}

/* What has been written, borrowed from the buffer. */
static inline struct span
wr_done(const struct wr *w)
{
	return (struct span){w->p, w->len};
}

#endif
