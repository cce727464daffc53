/* text - see text.h. */
#include "base/text.h"

#include <inttypes.h>

static const uint8_t replacement[] = {0xef, 0xbf, 0xbd}; /* U+FFFD */
static const uint8_t ellipsis[] = {0xe2, 0x80, 0xa6};    /* U+2026 */

struct range {
	uint32_t first, last;
};

static bool
in_ranges(const struct range *r, size_t n, uint32_t cp)
{
	for (size_t i = 0; i < n && cp >= r[i].first; i++)
		if (cp <= r[i].last)
			return true;
	return false;
}

bool
text_is_control(uint32_t cp)
{
	static const struct range hidden[] = {
	    {0x00, 0x1f},       /* C0: ESC, CR, LF, BEL ... */
	    {0x7f, 0x9f},       /* DEL; C1: 0x9b is CSI */
	    {0xad, 0xad},       /* soft hyphen */
	    {0x61c, 0x61c},     /* Arabic letter mark */
	    {0x180e, 0x180e},   /* Mongolian vowel separator */
	    {0x200b, 0x200f},   /* zero width space to right-to-left mark */
	    {0x2028, 0x202e},   /* separators; bidi embeddings and overrides */
	    {0x2060, 0x206f},   /* word joiner, invisible operators, bidi isolates */
	    {0xd800, 0xdfff},   /* surrogates: not characters */
	    {0xfdd0, 0xfdef},   /* noncharacters */
	    {0xfeff, 0xfeff},   /* byte order mark */
	    {0xfff0, 0xfffb},   /* interlinear annotation */
	    {0x1d173, 0x1d17a}, /* musical controls */
	    {0xe0000, 0xe0fff}, /* tags */
	};

	/* U+xxFFFE and U+xxFFFF are noncharacters in every plane. */
	return cp > 0x10ffff || (cp & 0xfffe) == 0xfffe ||
	       in_ranges(hidden, N_ELEMENTS(hidden), cp);
}

unsigned
text_columns(uint32_t cp)
{
	static const struct range none[] = {
	    {0x300, 0x36f},
	    {0x483, 0x489},
	    {0x591, 0x5bd},
	    {0x610, 0x61a},
	    {0x64b, 0x65f},
	    {0x93c, 0x93c},
	    {0x94d, 0x94d},
	    {0xe31, 0xe31},
	    {0xe34, 0xe3a},
	    {0xe47, 0xe4e},
	    {0x1ab0, 0x1aff},
	    {0x1dc0, 0x1dff},
	    {0x20d0, 0x20ff},
	    {0x302a, 0x302d},
	    {0x3099, 0x309a},
	    {0xfe00, 0xfe0f},
	    {0xfe20, 0xfe2f},
	};
	static const struct range wide[] = {
	    {0x1100, 0x115f},
	    {0x2e80, 0x303e},
	    {0x3041, 0x33ff},
	    {0x3400, 0x4dbf},
	    {0x4e00, 0xa4cf},
	    {0xa960, 0xa97f},
	    {0xac00, 0xd7a3},
	    {0xf900, 0xfaff},
	    {0xfe30, 0xfe6f},
	    {0xff01, 0xff60},
	    {0xffe0, 0xffe6},
	    {0x1f300, 0x1f64f},
	    {0x1f680, 0x1f6ff},
	    {0x1f900, 0x1f9ff},
	    {0x20000, 0x3fffd},
	};

	if (cp < 0x300)
		return 1;
	if (in_ranges(none, N_ELEMENTS(none), cp))
		return 0;
	return in_ranges(wide, N_ELEMENTS(wide), cp) ? 2 : 1;
}

/* The number of bytes and the lowest value of the sequence that b begins; 0: it begins none. */
static size_t
sequence(uint8_t b, uint32_t *bits, uint32_t *least)
{
	if (b < 0x80) {
		*bits = b;
		*least = 0;
		return 1;
	}
	if (b >= 0xc2 && b <= 0xdf) { /* 0xc0 and 0xc1 would be overlong */
		*bits = b & 0x1f;
		*least = 0x80;
		return 2;
	}
	if (b >= 0xe0 && b <= 0xef) {
		*bits = b & 0x0f;
		*least = 0x800;
		return 3;
	}
	if (b >= 0xf0 && b <= 0xf4) {
		*bits = b & 0x07;
		*least = 0x10000;
		return 4;
	}
	return 0;
}

size_t
text_next(struct span in, uint32_t *cp)
{
	uint32_t v, least;
	size_t n;

	*cp = TEXT_BAD;
	if (in.n == 0)
		return 0;
	n = sequence(in.p[0], &v, &least);
	if (n == 0 || n > in.n)
		return 1;
	for (size_t i = 1; i < n; i++) {
		if ((in.p[i] & 0xc0) != 0x80)
			return 1;
		v = v << 6 | (in.p[i] & 0x3f);
	}
	/* RFC 3629, 3: shortest form only, no U+D800..DFFF, nothing above U+10FFFF. */
	if (v < least || v > 0x10ffff || (v >= 0xd800 && v <= 0xdfff))
		return 1;
	*cp = v;
	return n;
}

static uint8_t *
append(uint8_t *to, const uint8_t *p, size_t n)
{
	if (n > 0)
		memcpy(to, p, n);
	return to + n;
}

char *
text_clean(struct arena *a, struct span in, size_t max)
{
	bool cut = in.n > max;
	size_t room = cut ? max : in.n, n;
	uint8_t *out = arena_alloc(a, 3 * room + sizeof(ellipsis) + 1), *end = out;
	uint32_t cp;

	while ((n = text_next(in, &cp)) > 0 && n <= room) {
		if (text_is_control(cp))
			end = append(end, replacement, sizeof(replacement));
		else
			end = append(end, in.p, n);
		in.p += n;
		in.n -= n;
		room -= n;
	}
	if (cut)
		end = append(end, ellipsis, sizeof(ellipsis));
	*end = 0;
	return (char *)out;
}

char *
text_hex(struct arena *a, struct span in)
{
	static const char digits[] = "0123456789abcdef";
	char *out = arena_alloc(a, 2 * in.n + 1);

	for (size_t i = 0; i < in.n; i++) {
		out[2 * i] = digits[in.p[i] >> 4];
		out[2 * i + 1] = digits[in.p[i] & 15];
	}
	return out;
}

/* Years begin in March here, so that the leap day is the last day of a year; an era is 400 years.
 * 719468 days lie between 0000-03-01 and 1970-01-01. */
static void
civil(int64_t days, int64_t *year, int *month, int *day)
{
	int64_t era, year_of_era, day_of_era, day_of_year, m;

	days += 719468;
	era = (days >= 0 ? days : days - 146096) / 146097;
	day_of_era = days - era * 146097;
	year_of_era =
	    (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
	day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
	m = (5 * day_of_year + 2) / 153;
	*day = (int)(day_of_year - (153 * m + 2) / 5 + 1);
	*month = (int)(m < 10 ? m + 3 : m - 9);
	*year = era * 400 + year_of_era + (*month <= 2 ? 1 : 0);
}

char *
text_base64(struct arena *a, struct span in)
{
	static const char digits[] =
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	char *out = arena_alloc(a, (in.n + 2) / 3 * 4 + 1);
	size_t at = 0;

	for (size_t i = 0; i < in.n; i += 3) {
		uint32_t v = (uint32_t)in.p[i] << 16;

		if (i + 1 < in.n)
			v |= (uint32_t)in.p[i + 1] << 8;
		if (i + 2 < in.n)
			v |= in.p[i + 2];
		for (unsigned k = 0; k < 4; k++)
			out[at++] = i + k > in.n ? '=' : digits[v >> (18 - 6 * k) & 63];
	}
	return out;
}

bool
text_number(struct span s, int base, uint64_t *out)
{
	uint64_t v = 0;

	if (s.n == 0 || s.n > (base == 16 ? 16 : 19)) /* either fits */
		return false;
	for (size_t i = 0; i < s.n; i++) {
		int c = s.p[i] >= '0' && s.p[i] <= '9' ? s.p[i] - '0'
		    : s.p[i] >= 'a' && s.p[i] <= 'f'   ? s.p[i] - 'a' + 10
							 : base;

		if (c >= base)
			return false;
		v = v * (uint64_t)base + (uint64_t)c;
	}
	*out = v;
	return true;
}

static int
hex_digit(uint8_t c)
{
	return c >= '0' && c <= '9' ? c - '0'
	    : c >= 'a' && c <= 'f'  ? c - 'a' + 10
	    : c >= 'A' && c <= 'F'  ? c - 'A' + 10
				    : -1;
}

bool
text_unescape(struct span in, char *out, size_t size)
{
	size_t n = 0;

	for (size_t i = 0; i < in.n; i++) {
		int high, low, c = in.p[i];

		if (c == '%') {
			if (in.n - i < 3 || (high = hex_digit(in.p[i + 1])) < 0 ||
			    (low = hex_digit(in.p[i + 2])) < 0)
				return false;
			c = high << 4 | low;
			i += 2;
		}
		if (c == '\0' || n + 1 >= size)
			return false;
		out[n++] = (char)c;
	}
	out[n] = '\0';
	return true;
}

char *
text_pem(struct arena *a, const char *label, struct span der)
{
	enum { COLUMNS = 64 };
	const char *line = text_base64(a, der);
	size_t left = strlen(line), at = 0, n;
	char *body = arena_alloc(a, left + left / COLUMNS + 2);

	do {
		n = left < COLUMNS ? left : COLUMNS;
		memcpy(body + at, line, n);
		body[at + n] = '\n';
		at += n + 1;
		line += n;
		left -= n;
	} while (left > 0);
	return arena_printf(
	    a, "-----BEGIN %s-----\n%.*s-----END %s-----\n", label, (int)at, body, label);
}

char *
text_time(struct arena *a, int64_t t)
{
	int64_t days = t / 86400, second = t % 86400, year;
	int month, day;

	if (second < 0) {
		second += 86400;
		days--;
	}
	civil(days, &year, &month, &day);
	return arena_printf(a, "%s%0*" PRId64 "-%02d-%02dT%02d:%02d:%02dZ", year < 0 ? "-" : "", 4,
	    year < 0 ? -year : year, month, day, (int)(second / 3600), (int)(second / 60 % 60),
	    (int)(second % 60));
}

/* civil() backwards. */
static int64_t
days_of(int year, int month, int day)
{
	int64_t y = month <= 2 ? year - 1 : year, era = (y >= 0 ? y : y - 399) / 400;
	int64_t year_of_era = y - era * 400, m = month > 2 ? month - 3 : month + 9;

	return era * 146097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 +
	       (153 * m + 2) / 5 + day - 1 - 719468;
}

/* A number of exactly n digits. */
static bool
take_digits(const char **s, int n, int *out)
{
	*out = 0;
	for (int i = 0; i < n; i++) {
		if ((*s)[i] < '0' || (*s)[i] > '9')
			return false;
		*out = *out * 10 + (*s)[i] - '0';
	}
	*s += n;
	return true;
}

static bool
take_char(const char **s, char c)
{
	if (**s != c)
		return false;
	++*s;
	return true;
}

static bool
take_clock(const char **s, int *seconds)
{
	int h, m, sec;

	if (!take_char(s, 'T') || !take_digits(s, 2, &h) || !take_char(s, ':') ||
	    !take_digits(s, 2, &m) || !take_char(s, ':') || !take_digits(s, 2, &sec) ||
	    !take_char(s, 'Z') || h > 23 || m > 59 || sec > 59)
		return false;
	*seconds = h * 3600 + m * 60 + sec;
	return true;
}

bool
text_read_time(const char *s, int64_t *out)
{
	int year, month, day, again_month, again_day, seconds = 0;
	int64_t days, again_year;

	if (!take_digits(&s, 4, &year) || !take_char(&s, '-') || !take_digits(&s, 2, &month) ||
	    !take_char(&s, '-') || !take_digits(&s, 2, &day) || month < 1 || month > 12)
		return false;
	days = days_of(year, month, day);
	civil(days, &again_year, &again_month, &again_day);
	if (again_month != month || again_day != day) /* 30 February */
		return false;
	if (*s != '\0' && !take_clock(&s, &seconds))
		return false;
	*out = days * 86400 + seconds;
	return *s == '\0';
}
