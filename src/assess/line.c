/* line - see line.h. */
#include "assess/line.h"

#include <stdarg.h>
#include <stdio.h>

/* How much of s, at most n bytes, ends between two characters. */
static size_t
whole_characters(const char *s, size_t n)
{
	while (n > 0 && ((unsigned char)s[n] & 0xc0) == 0x80)
		n--;
	return n;
}

static void
add(struct line *l, const char *between, const char *fmt, va_list ap)
{
	char item[LINE_ITEM + 4];
	int n = vsnprintf(item, LINE_ITEM, fmt, ap);

	if (n >= LINE_ITEM)
		memcpy(item + whole_characters(item, LINE_ITEM - 4), "...", 4);
	if (l->left_out > 0 || l->len + strlen(item) + 2 > LINE_LENGTH) {
		l->left_out++;
		return;
	}
	l->len += (size_t)snprintf(
	    l->text + l->len, sizeof(l->text) - l->len, "%s%s", l->n > 0 ? between : "", item);
	l->n++;
}

void
line_item(struct line *l, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	add(l, "; ", fmt, ap);
	va_end(ap);
}

void
line_more(struct line *l, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	add(l, ", ", fmt, ap);
	va_end(ap);
}

static size_t
item_length(const char *s)
{
	const char *end = strstr(s, "; ");

	return end != NULL ? (size_t)(end - s) : strlen(s);
}

/* Does that item stand before it already?  Two chains with the same verdict say the same. */
static bool
said_before(const char *text, const char *item, size_t n)
{
	while (text < item) {
		size_t len = item_length(text);

		if (len == n && memcmp(text, item, n) == 0)
			return true;
		text += len + 2;
	}
	return false;
}

const char *
line_end(const struct line *l, struct arena *a)
{
	char *out = arena_alloc(a, l->len + 1);
	size_t n = 0;

	for (size_t at = 0; at < l->len;) {
		size_t len = item_length(l->text + at);

		if (!said_before(l->text, l->text + at, len)) {
			if (n > 0) {
				memcpy(out + n, "; ", 2);
				n += 2;
			}
			memcpy(out + n, l->text + at, len);
			n += len;
		}
		at += len + 2;
	}
	return l->left_out == 0 ? out : arena_printf(a, "%s; and %zu more", out, l->left_out);
}
