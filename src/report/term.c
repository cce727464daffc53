/* term - see term.h. */
#include "report/term.h"

#include <inttypes.h>
#include <stdarg.h>

#include "base/check.h"
#include "base/text.h"

enum {
	WIDTH_DEFAULT = 80,
	WIDTH_MIN = 40,
	KEYS = 22,
	VALUE_MIN = 8,
	HEX_TOKEN = 32, /* bytes of a fingerprint */
};

void
term_init(struct term *t, FILE *to, bool colour, unsigned width)
{
	*t = (struct term){.to = to, .colour = colour, .width = width, .indent = 2, .blank = true};
	if (t->width == 0)
		t->width = WIDTH_DEFAULT;
	if (t->width < WIDTH_MIN)
		t->width = WIDTH_MIN;
	t->keys = t->width >= 76 ? KEYS : t->width >= 52 ? 18 : 14;
	t->left = t->indent;
}

/* ECMA-48 "select graphic rendition": the eight colours that every scheme of a user's keeps apart.
 */
static void
use_ink(struct term *t, enum ink ink)
{
	static const char *const sgr[INK__MAX] = {[INK_PLAIN] = "\033[0m",
	    [INK_DIM] = "\033[0;2m",
	    [INK_BOLD] = "\033[0;1m",
	    [INK_GOOD] = "\033[0;32m",
	    [INK_WARN] = "\033[0;33m",
	    [INK_BAD] = "\033[0;31m"};

	CHECK(ink < INK__MAX);
	if (t->colour && ink != t->ink)
		fputs(sgr[ink], t->to);
	t->ink = ink;
}

/* The one place where characters go out. */
static void
put(struct term *t, struct span s)
{
	uint32_t cp;
	size_t n;

	while ((n = text_next(s, &cp)) > 0) {
		if (cp == TEXT_BAD || text_is_control(cp)) {
			fputs("\xef\xbf\xbd", t->to);
			t->column++;
		} else {
			fwrite(s.p, 1, n, t->to);
			t->column += text_columns(cp);
		}
		s.p += n;
		s.n -= n;
	}
	t->blank = false;
}

static void
spaces(struct term *t, unsigned to)
{
	while (t->column < to) {
		putc(' ', t->to);
		t->column++;
	}
}

static void
new_line(struct term *t)
{
	use_ink(t, INK_PLAIN);
	putc('\n', t->to);
	t->blank = t->column == 0;
	t->column = 0;
	t->glue = false;
}

/* The next line of the figure, when a line begins. */
static void
figure(struct term *t)
{
	if (t->column > 0 || t->n_art == 0)
		return;
	spaces(t, t->indent);
	use_ink(t, t->art_ink);
	put(t, span_str(*t->art));
	use_ink(t, INK_PLAIN);
	t->art++;
	t->n_art--;
}

static unsigned
columns(struct span s)
{
	unsigned sum = 0;
	uint32_t cp;
	size_t n;

	while ((n = text_next(s, &cp)) > 0) {
		sum += cp == TEXT_BAD || text_is_control(cp) ? 1 : text_columns(cp);
		s.p += n;
		s.n -= n;
	}
	return sum;
}

unsigned
term_columns(const char *s)
{
	return columns(span_str(s));
}

/* Where a word of that many columns goes: on this line if it fits, else on the next. */
static void
place(struct term *t, unsigned cols)
{
	unsigned gap = t->column > t->left && !t->glue ? 1 : 0;

	if (t->column > t->left && t->column + gap + cols > t->width)
		new_line(t);
	figure(t);
	if (t->column < t->left) {
		use_ink(t, INK_PLAIN);
		spaces(t, t->left);
	} else if (gap > 0) {
		use_ink(t, INK_PLAIN);
		spaces(t, t->column + 1);
	}
	t->glue = false;
}

/* How many bytes of a word too long for `cols` columns go on this line: to its last punctuation
 * mark in the second half, else all that fit; at least one character. */
static size_t
cut(struct span word, unsigned cols)
{
	size_t all = 0, mark = 0, n;
	unsigned used = 0;
	uint32_t cp;

	while ((n = text_next((struct span){word.p + all, word.n - all}, &cp)) > 0) {
		unsigned c = cp == TEXT_BAD || text_is_control(cp) ? 1 : text_columns(cp);

		if (used + c > cols && all > 0)
			break;
		used += c;
		all += n;
		if (cp < 0x80 && used * 2 > cols && strchr("_,;/=.:-+@&?", (int)cp) != NULL)
			mark = all;
	}
	return mark > 0 && all < word.n ? mark : all;
}

static void
word(struct term *t, enum ink ink, struct span w)
{
	unsigned room = t->width > t->left ? t->width - t->left : 1;

	place(t, columns(w) <= room ? columns(w) : room);
	use_ink(t, ink);
	while (columns(w) > (t->width > t->column ? t->width - t->column : 1)) {
		size_t n = cut(w, t->width > t->column ? t->width - t->column : 1);

		put(t, (struct span){w.p, n});
		w.p += n;
		w.n -= n;
		if (w.n == 0)
			return;
		new_line(t);
		figure(t);
		spaces(t, t->left);
		use_ink(t, ink);
	}
	put(t, w);
}

void
term_words(struct term *t, enum ink ink, const char *s)
{
	while (s != NULL && *s != 0) {
		size_t n = strcspn(s, " ");

		if (n > 0)
			word(t, ink, (struct span){(const uint8_t *)s, n});
		s += n;
		s += strspn(s, " ");
	}
}

void
term_printf(struct term *t, enum ink ink, const char *fmt, ...)
{
	char text[1000];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	term_words(t, ink, text);
}

/* Where a piece that is never cut goes: beside its label if it fits there, else below it. */
static void
place_token(struct term *t, unsigned cols)
{
	if (t->left + cols > t->width && t->left > t->indent + 2) {
		if (t->column > 0)
			new_line(t);
		t->left = t->indent + 2;
	}
	place(t, cols);
}

void
term_token(struct term *t, enum ink ink, const char *s)
{
	if (s == NULL || *s == 0)
		return;
	place_token(t, term_columns(s));
	use_ink(t, ink);
	put(t, span_str(s));
}

/* As many bytes as fit on a line, line by line. */
static void
hex_lines(struct term *t, enum ink ink, struct span s)
{
	while (s.n > 0) {
		size_t n = t->width > t->left + 2 ? (t->width - t->left) / 2 : 1;

		n = n < s.n ? n : s.n;
		place(t, (unsigned)n * 2);
		use_ink(t, ink);
		for (size_t i = 0; i < n; i++)
			t->column += (unsigned)fprintf(t->to, "%02x", s.p[i]);
		t->blank = false;
		s.p += n;
		s.n -= n;
	}
}

void
term_hex(struct term *t, enum ink ink, struct span s)
{
	if (s.n > HEX_TOKEN) {
		hex_lines(t, ink, s);
		return;
	}
	place_token(t, (unsigned)s.n * 2);
	use_ink(t, ink);
	for (size_t i = 0; i < s.n; i++)
		t->column += (unsigned)fprintf(t->to, "%02x", s.p[i]);
	t->blank = false;
}

void
term_raw_line(struct term *t, enum ink ink, unsigned indent, const char *s)
{
	term_end(t);
	spaces(t, *s != 0 ? indent : 0);
	use_ink(t, ink);
	put(t, span_str(s));
	new_line(t);
}

void
term_glue(struct term *t)
{
	t->glue = true;
}

void
term_at(struct term *t, unsigned column)
{
	if (t->column >= column && t->column > 0)
		new_line(t);
	t->left = column;
	t->glue = false;
}

void
term_beside(struct term *t, enum ink ink, const char *const *art, size_t n, unsigned left)
{
	term_end(t);
	t->art = art;
	t->n_art = n;
	t->art_ink = ink;
	t->left = left;
}

void
term_beside_end(struct term *t)
{
	term_end(t);
	while (t->n_art > 0) {
		figure(t);
		new_line(t);
	}
}

void
term_end(struct term *t)
{
	if (t->column > 0)
		new_line(t);
	t->left = t->indent;
	t->glue = false;
}

void
term_blank(struct term *t)
{
	term_end(t);
	if (!t->blank)
		new_line(t);
}

void
term_heading(struct term *t, const char *s)
{
	term_blank(t);
	t->indent = 2;
	t->left = 0;
	term_words(t, INK_BOLD, s);
	if (t->column + 1 < t->width) {
		use_ink(t, INK_DIM);
		spaces(t, t->column + 1);
		while (t->column < t->width)
			put(t, span_str("\xe2\x94\x80"));
	}
	term_end(t);
}

void
term_marked_key(struct term *t, enum ink ink, const char *mark, const char *key)
{
	unsigned at = t->indent + t->keys;

	if (at + VALUE_MIN > t->width)
		at = t->indent + 2;
	term_end(t);
	if (mark != NULL && t->indent >= 2) {
		spaces(t, t->indent - 2);
		use_ink(t, ink);
		put(t, span_str(mark));
	}
	use_ink(t, INK_PLAIN);
	spaces(t, t->indent);
	t->left = t->indent;
	t->glue = true;
	term_words(t, INK_DIM, key);
	if (t->column >= at) /* a label that reaches into the value's column */
		new_line(t);
	t->left = at;
	t->glue = false;
}

void
term_key(struct term *t, const char *key)
{
	term_marked_key(t, INK_PLAIN, NULL, key);
}

unsigned
term_wide_keys(struct term *t)
{
	unsigned before = t->keys;

	if (t->width >= t->indent + KEYS + 10)
		t->keys = KEYS;
	return before;
}

bool
term_done(struct term *t)
{
	term_end(t);
	return fflush(t->to) == 0 && ferror(t->to) == 0;
}
