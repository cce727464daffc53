/* walk - see walk.h. */
#include "pulse/walk.h"

#ifdef __SSE2__
#include <emmintrin.h>
#endif

#include "base/text.h"

enum { BLOCK = 64, KEY_MAX = 256 };

struct walk
walk_of(struct span text)
{
	static const uint8_t none[1];
	const uint8_t *p = text.p != NULL ? text.p : none;

	return (struct walk){.p = p, .end = p + text.n};
}

static void
blank(struct walk *w)
{
	while (w->p < w->end && (*w->p == ' ' || *w->p == '\n' || *w->p == '\t' || *w->p == '\r'))
		w->p++;
}

/* The next byte that is no blank; 0 at the end and after a mistake. */
static uint8_t
peek(struct walk *w)
{
	blank(w);
	return w->p < w->end && !w->bad ? *w->p : 0;
}

static bool
fail(struct walk *w)
{
	w->bad = true;
	w->p = w->end;
	return false;
}

/* ---- 64 bytes at a time: a bit for each byte, the first one lowest ---- */

struct masks {
	uint64_t quote, backslash, open, close;
};

#ifdef __SSE2__

static uint64_t
bits_of(__m128i a, __m128i b, __m128i c, __m128i d)
{
	return (uint64_t)(uint32_t)_mm_movemask_epi8(a) |
	       (uint64_t)(uint32_t)_mm_movemask_epi8(b) << 16 |
	       (uint64_t)(uint32_t)_mm_movemask_epi8(c) << 32 |
	       (uint64_t)(uint32_t)_mm_movemask_epi8(d) << 48;
}

static uint64_t
equal(const __m128i v[4], char c)
{
	__m128i want = _mm_set1_epi8(c);

	return bits_of(_mm_cmpeq_epi8(v[0], want), _mm_cmpeq_epi8(v[1], want),
	    _mm_cmpeq_epi8(v[2], want), _mm_cmpeq_epi8(v[3], want));
}

static struct masks
masks_of(const uint8_t *p)
{
	__m128i v[4], low[4];
	struct masks m;

	for (int i = 0; i < 4; i++) {
		v[i] = _mm_loadu_si128((const __m128i *)(const void *)(p + 16 * i));
		low[i] = _mm_or_si128(v[i], _mm_set1_epi8(0x20)); /* '[' is '{' without that bit */
	}
	m.quote = equal(v, '"');
	m.backslash = equal(v, '\\');
	m.open = equal(low, '{');
	m.close = equal(low, '}');
	return m;
}

#else

static struct masks
masks_of(const uint8_t *p)
{
	struct masks m = {0};

	for (int i = 0; i < BLOCK; i++) {
		uint8_t c = p[i], low = c | 0x20;

		m.quote |= (uint64_t)(c == '"') << i;
		m.backslash |= (uint64_t)(c == '\\') << i;
		m.open |= (uint64_t)(low == '{') << i;
		m.close |= (uint64_t)(low == '}') << i;
	}
	return m;
}

#endif

/* What lies between quotes is not looked at; what follows a backslash there is no quote. */
struct inside {
	uint64_t string; /* all ones: the last block ended in a string */
	bool escape;     /* it ended in a backslash that counts */
};

/* The bytes that a backslash stands before. */
static uint64_t
escaped_bytes(struct inside *s, uint64_t backslash)
{
	uint64_t escaped = s->escape ? 1 : 0;

	backslash &= ~escaped;
	s->escape = false;
	while (backslash != 0) {
		int i = __builtin_ctzll(backslash);

		backslash &= backslash - 1;
		if (i == BLOCK - 1) {
			s->escape = true;
			break;
		}
		escaped |= UINT64_C(2) << i;
		backslash &= ~(UINT64_C(2) << i);
	}
	return escaped;
}

/* Takes brackets in strings out of the masks. */
static void
outside(struct inside *s, struct masks *m)
{
	uint64_t in = m->quote;

	if (m->backslash != 0 || s->escape)
		in &= ~escaped_bytes(s, m->backslash);
	for (int by = 1; by < BLOCK; by *= 2) /* each bit: is the number of quotes up to it odd? */
		in ^= in << by;
	in ^= s->string;
	s->string = (in >> (BLOCK - 1)) != 0 ? UINT64_MAX : 0;
	m->open &= ~in;
	m->close &= ~in;
}

/* The end of what the brackets of a block close, or -1: counts them bit by bit. */
static int
closes_at(const struct masks *m, size_t *depth)
{
	for (uint64_t any = m->open | m->close; any != 0; any &= any - 1) {
		uint64_t bit = any & -any;

		if ((m->open & bit) != 0)
			++*depth;
		else if (--*depth == 0)
			return __builtin_ctzll(bit) + 1;
	}
	return -1;
}

/* From an opening bracket to behind the one that closes it. */
static void
skip_brackets(struct walk *w)
{
	struct inside s = {0};
	uint8_t last[BLOCK];
	size_t depth = 0;

	while (w->p < w->end) {
		size_t left = (size_t)(w->end - w->p);
		const uint8_t *p = w->p;
		struct masks m;
		int end;

		if (left < BLOCK) {
			memset(last, 0, sizeof(last));
			memcpy(last, w->p, left);
			p = last;
		}
		m = masks_of(p);
		outside(&s, &m);
		end = (m.open | m.close) != 0 ? closes_at(&m, &depth) : -1;
		if (end > 0) {
			w->p += end;
			return;
		}
		w->p += left < BLOCK ? left : BLOCK;
	}
	(void)fail(w);
}

/* ---- strings ---- */

/* How many of the n bytes come before a quote or a backslash. */
static size_t
plain(const uint8_t *p, size_t n)
{
	size_t i = 0;

#ifdef __SSE2__
	for (; i + 16 <= n; i += 16) {
		__m128i v = _mm_loadu_si128((const __m128i *)(const void *)(p + i));
		int hit = _mm_movemask_epi8(_mm_or_si128(
		    _mm_cmpeq_epi8(v, _mm_set1_epi8('"')), _mm_cmpeq_epi8(v, _mm_set1_epi8('\\'))));

		if (hit != 0)
			return i + (size_t)__builtin_ctz((unsigned)hit);
	}
#endif
	while (i < n && p[i] != '"' && p[i] != '\\')
		i++;
	return i;
}

/* At a quote: the string that begins there. */
static bool
quoted(struct walk *w, struct walk_str *out)
{
	const uint8_t *from = ++w->p;

	out->escaped = false;
	for (;;) {
		w->p += plain(w->p, (size_t)(w->end - w->p));
		if (w->p == w->end)
			return fail(w);
		if (*w->p == '"')
			break;
		out->escaped = true;
		if (w->end - w->p < 2)
			return fail(w);
		w->p += 2;
	}
	out->raw = (struct span){from, (size_t)(w->p - from)};
	w->p++;
	return true;
}

bool
walk_string(struct walk *w, struct walk_str *out)
{
	if (peek(w) == '"')
		return quoted(w, out);
	(void)walk_skip(w);
	return false;
}

/* Four hex digits at p; -1: they are none. */
static int32_t
hex4(const uint8_t *p)
{
	int32_t v = 0;

	for (int i = 0; i < 4; i++) {
		uint8_t c = p[i], low = c | 0x20;

		if (c >= '0' && c <= '9')
			v = v * 16 + (c - '0');
		else if (low >= 'a' && low <= 'f')
			v = v * 16 + (low - 'a' + 10);
		else
			return -1;
	}
	return v;
}

static size_t
put_utf8(uint8_t *to, uint32_t cp)
{
	if (cp < 0x80) {
		to[0] = (uint8_t)cp;
		return 1;
	}
	if (cp < 0x800) {
		to[0] = (uint8_t)(0xc0 | cp >> 6);
		to[1] = (uint8_t)(0x80 | (cp & 0x3f));
		return 2;
	}
	if (cp < 0x10000) {
		to[0] = (uint8_t)(0xe0 | cp >> 12);
		to[1] = (uint8_t)(0x80 | (cp >> 6 & 0x3f));
		to[2] = (uint8_t)(0x80 | (cp & 0x3f));
		return 3;
	}
	to[0] = (uint8_t)(0xf0 | cp >> 18);
	to[1] = (uint8_t)(0x80 | (cp >> 12 & 0x3f));
	to[2] = (uint8_t)(0x80 | (cp >> 6 & 0x3f));
	to[3] = (uint8_t)(0x80 | (cp & 0x3f));
	return 4;
}

/* RFC 8259, 7: \uXXXX, or two of them for what is beyond U+FFFF; half a pair is U+FFFD.  i is at
 * the 'u'; returns the bytes of it. */
static size_t
unescape_u(struct span raw, size_t i, uint32_t *cp)
{
	int32_t high = i + 5 <= raw.n ? hex4(raw.p + i + 1) : -1, low = -1;

	*cp = 0xfffd;
	if (high < 0)
		return 1;
	if (high < 0xd800 || high > 0xdfff) {
		*cp = (uint32_t)high;
		return 5;
	}
	if (high <= 0xdbff && i + 11 <= raw.n && raw.p[i + 5] == '\\' && raw.p[i + 6] == 'u')
		low = hex4(raw.p + i + 7);
	if (low < 0xdc00 || low > 0xdfff)
		return 5;
	*cp = 0x10000 + ((uint32_t)(high - 0xd800) << 10) + (uint32_t)(low - 0xdc00);
	return 11;
}

/* Never longer than the bytes it comes from, but for what is no escape: \x becomes U+FFFD, which
 * takes three for two.  So the caller has room for twice as many. */
static size_t
unescape(struct span raw, uint8_t *to)
{
	static const char from[] = "bfnrt", control[] = "\b\f\n\r\t";
	size_t n = 0;

	for (size_t i = 0; i < raw.n;) {
		uint32_t cp = 0xfffd;
		const char *c;

		if (raw.p[i] != '\\' || i + 1 == raw.n) {
			to[n++] = raw.p[i++];
			continue;
		}
		i++;
		if (raw.p[i] == 'u') {
			i += unescape_u(raw, i, &cp);
		} else {
			if (raw.p[i] == '"' || raw.p[i] == '\\' || raw.p[i] == '/')
				cp = raw.p[i];
			else if (raw.p[i] != 0 && (c = strchr(from, raw.p[i])) != NULL)
				cp = (uint8_t)control[c - from];
			i++;
		}
		n += put_utf8(to + n, cp);
	}
	return n;
}

bool
walk_is_escaped(struct walk_str s, const char *text)
{
	uint8_t buf[2 * KEY_MAX];

	return s.raw.n <= KEY_MAX &&
	       span_eq((struct span){buf, unescape(s.raw, buf)}, span_str(text));
}

char *
walk_text(struct walk_str s, struct arena *a, size_t max)
{
	uint8_t *buf;

	if (!s.escaped)
		return text_clean(a, s.raw, max);
	if (s.raw.n > 6 * max) /* \uXXXX is the longest way to say anything */
		s.raw.n = 6 * max;
	buf = arena_alloc(a, 2 * s.raw.n);
	return text_clean(a, (struct span){buf, unescape(s.raw, buf)}, max);
}

/* ---- values ---- */

bool
walk_enter(struct walk *w, char kind)
{
	if (peek(w) != (uint8_t)kind)
		return false;
	w->p++;
	w->first = true;
	return true;
}

/* Behind a value or at the first: does another one come before the closing bracket? */
static bool
another(struct walk *w, uint8_t close)
{
	uint8_t c = peek(w);

	if (c == close) {
		w->p++;
		w->first = false;
		return false;
	}
	if (!w->first) {
		if (c != ',')
			return fail(w);
		w->p++;
		c = peek(w);
	}
	w->first = false;
	return c != 0 && c != ']' && c != '}' && c != ',' ? true : fail(w);
}

bool
walk_item(struct walk *w)
{
	return another(w, ']');
}

bool
walk_key(struct walk *w, struct walk_str *key)
{
	if (!another(w, '}'))
		return false;
	if (*w->p != '"' || !quoted(w, key) || peek(w) != ':')
		return fail(w);
	w->p++;
	return true;
}

/* A number, true, false or null: up to what ends a value. */
static void
skip_word(struct walk *w)
{
	const uint8_t *from = w->p;

	while (w->p < w->end &&
	       ((*w->p | 0x20) >= 'a' ? (*w->p | 0x20) <= 'z'
				      : *w->p == '-' || *w->p == '+' || *w->p == '.' ||
					    (*w->p >= '0' && *w->p <= '9')))
		w->p++;
	if (w->p == from)
		(void)fail(w);
}

struct span
walk_skip(struct walk *w)
{
	uint8_t c = peek(w);
	const uint8_t *from = w->p;
	struct walk_str s;

	if (c == '"')
		(void)quoted(w, &s);
	else if (c == '{' || c == '[')
		skip_brackets(w);
	else
		skip_word(w);
	return w->bad ? (struct span){NULL, 0} : (struct span){from, (size_t)(w->p - from)};
}

bool
walk_int(struct walk *w, int64_t *out)
{
	struct span s = walk_skip(w);
	bool minus = s.n > 0 && s.p[0] == '-';
	int64_t v = 0;

	if (s.n == minus || s.n - minus > 18)
		return false;
	for (size_t i = minus; i < s.n; i++) {
		if (s.p[i] < '0' || s.p[i] > '9')
			return false;
		v = v * 10 + (s.p[i] - '0');
	}
	*out = minus ? -v : v;
	return true;
}

bool
walk_end(struct walk *w)
{
	(void)peek(w);
	return !w->bad && w->p == w->end;
}
