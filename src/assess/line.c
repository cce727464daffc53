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

const char *
line_end(const struct line *l, struct arena *a)
{
	if (l->left_out == 0)
		return arena_str(a, l->text);
	return arena_printf(a, "%s; and %zu more", l->text, l->left_out);
}
