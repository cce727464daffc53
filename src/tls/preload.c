/* preload: see preload.h. */
#include "tls/preload.h"

enum { NAME_MAX_BYTES = 253 }; /* RFC 1035, 2.3.4, without the last dot */

/* src/tls/preload.bin is a copy of data/hsts/preload.txt, so that its path does not depend on where
 * the sources are. */
__asm__(".pushsection .rodata\n"
	".globl tlsaudit_preload_begin, tlsaudit_preload_end\n"
	"tlsaudit_preload_begin:\n"
	".incbin \"src/tls/preload.bin\"\n"
	"tlsaudit_preload_end:\n"
	".byte 0\n"
	".popsection\n");

extern const uint8_t tlsaudit_preload_begin[] __attribute__((visibility("hidden")));
extern const uint8_t tlsaudit_preload_end[] __attribute__((visibility("hidden")));

static struct span
list(void)
{
	return (struct span){tlsaudit_preload_begin,
	    (size_t)((uintptr_t)tlsaudit_preload_end - (uintptr_t)tlsaudit_preload_begin)};
}

/* The line of the text that holds the byte at pos, without its end. */
static struct span
line_at(struct span text, size_t pos)
{
	size_t from = pos, to = pos;

	while (from > 0 && text.p[from - 1] != '\n')
		from--;
	while (to < text.n && text.p[to] != '\n')
		to++;
	return (struct span){text.p + from, to - from};
}

static int
compare(struct span a, struct span b)
{
	int c = memcmp(a.p, b.p, a.n < b.n ? a.n : b.n);

	return c != 0 ? c : (a.n > b.n) - (a.n < b.n);
}

/* The entry of exactly this name; a "=" behind it means "without subdomains". */
static bool
find(struct span name, struct span *entry, bool *subdomains)
{
	struct span text = list();
	size_t lo = 0, hi = text.n;

	while (lo < hi) {
		struct span line = line_at(text, lo + (hi - lo) / 2), key = line;
		bool exact = line.n > 0 && line.p[line.n - 1] == '=';
		int c;

		key.n -= exact;
		c = compare(key, name);
		if (c == 0) {
			*entry = key;
			*subdomains = !exact;
			return true;
		}
		if (c < 0)
			lo = (size_t)(line.p - text.p) + line.n + 1;
		else
			hi = (size_t)(line.p - text.p);
	}
	return false;
}

enum preload
preload_find(struct span host, struct span *entry)
{
	uint8_t buf[NAME_MAX_BYTES];
	struct span name = {buf, 0}, found = {NULL, 0};
	bool subdomains = false;
	const uint8_t *dot;

	if (host.n > 0 && host.p[host.n - 1] == '.')
		host.n--;
	if (host.n == 0 || host.n > sizeof(buf))
		return PRELOAD_NO;
	for (; name.n < host.n; name.n++) {
		uint8_t c = host.p[name.n];

		buf[name.n] = c >= 'A' && c <= 'Z' ? (uint8_t)(c | 0x20) : c;
	}
	while (!find(name, &found, &subdomains)) {
		dot = memchr(name.p, '.', name.n);
		if (dot == NULL || dot == name.p + name.n - 1)
			return PRELOAD_NO;
		name.n -= (size_t)(dot + 1 - name.p);
		name.p = dot + 1;
	}
	if (entry != NULL)
		*entry = found;
	if (name.n == host.n)
		return PRELOAD_NAME;
	return subdomains ? PRELOAD_PARENT : PRELOAD_NO;
}

/* The first line is "# 2026-07-06 where from". */
struct span
preload_date(void)
{
	struct span first = line_at(list(), 0);

	return first.n >= 12 ? (struct span){first.p + 2, 10} : (struct span){first.p, 0};
}

size_t
preload_count(void)
{
	struct span text = list();
	size_t n = 0;

	for (size_t i = 0; i < text.n; i++)
		n += text.p[i] == '\n';
	return n - 1; /* the first line is no name */
}
