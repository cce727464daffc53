/* exclude - see exclude.h.  Addresses as ranges of 16 bytes, names as they are; both sorted. */
#include "config.h"

#include "bulk/exclude.h"

#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/check.h"
#include "base/xalloc.h"
#include "target.h"

enum { TEXT_LEN = 96, FILE_MAX = 64 << 20 };

struct range { /* IPv4 addresses as IPv4-mapped ones */
	uint8_t first[16], last[16];
	uint8_t reach[16]; /* the highest `last` up to here: who has to look further back */
	char text[TEXT_LEN];
};

struct domain {
	char name[TARGET_HOST_MAX + 1];
	char text[TEXT_LEN];
};

struct exclude {
	struct range *ranges;
	size_t n_ranges, cap_ranges;
	struct domain *domains;
	size_t n_domains, cap_domains;
	bool closed;
};

static const uint8_t mapped[12] = {[10] = 0xff, [11] = 0xff}; /* RFC 4291, 2.5.5.2 */

struct exclude *
exclude_new(void)
{
	return xcalloc(1, sizeof(struct exclude));
}

void
exclude_free(struct exclude *x)
{
	if (x == NULL)
		return;
	free(x->ranges);
	free(x->domains);
	free(x);
}

/* ---- reading ---- */

static struct range *
new_range(struct exclude *x)
{
	if (x->n_ranges == x->cap_ranges) {
		x->cap_ranges = x->cap_ranges > 0 ? 2 * x->cap_ranges : 64;
		x->ranges = xrealloc(x->ranges, x->cap_ranges * sizeof(*x->ranges));
	}
	x->ranges[x->n_ranges] = (struct range){0};
	return &x->ranges[x->n_ranges++];
}

static struct domain *
new_domain(struct exclude *x)
{
	if (x->n_domains == x->cap_domains) {
		x->cap_domains = x->cap_domains > 0 ? 2 * x->cap_domains : 16;
		x->domains = xrealloc(x->domains, x->cap_domains * sizeof(*x->domains));
	}
	x->domains[x->n_domains] = (struct domain){0};
	return &x->domains[x->n_domains++];
}

/* The 16 bytes of a socket address; false for what is neither IPv4 nor IPv6. */
static bool
key_of(const uint8_t *addr, size_t len, uint8_t key[16])
{
	if (len == sizeof(struct sockaddr_in)) {
		memcpy(key, mapped, sizeof(mapped));
		memcpy(key + 12, addr + offsetof(struct sockaddr_in, sin_addr), 4);
		return true;
	}
	if (len == sizeof(struct sockaddr_in6)) {
		memcpy(key, addr + offsetof(struct sockaddr_in6, sin6_addr), 16);
		return true;
	}
	return false;
}

static bool
read_address(struct span s, uint8_t key[16], bool *v4, char *why, size_t whylen)
{
	struct address a;

	if (!target_address(s, &a, why, whylen))
		return false;
	if (a.port != 0) {
		(void)snprintf(why, whylen, "a port cannot be excluded");
		return false;
	}
	*v4 = a.len == sizeof(struct sockaddr_in);
	return key_of(a.addr, a.len, key);
}

static bool
read_bits(struct span s, unsigned max, unsigned *out)
{
	*out = 0;
	for (size_t i = 0; i < s.n && i < 4; i++) {
		if (s.p[i] < '0' || s.p[i] > '9')
			return false;
		*out = *out * 10 + (unsigned)(s.p[i] - '0');
	}
	return s.n > 0 && s.n < 4 && *out <= max;
}

/* "A", "A/bits" or "A-B". */
static bool
read_range(struct span s, struct range *r, char *why, size_t whylen)
{
	const uint8_t *slash = memchr(s.p, '/', s.n), *dash = memchr(s.p, '-', s.n);
	const uint8_t *mark = slash != NULL ? slash : dash;
	struct span first = {s.p, mark != NULL ? (size_t)(mark - s.p) : s.n};
	struct span rest = {s.p + first.n + 1, mark != NULL ? s.n - first.n - 1 : 0};
	bool v4, last_v4;
	unsigned bits, off;

	if (!read_address(first, r->first, &v4, why, whylen))
		return false;
	memcpy(r->last, r->first, sizeof(r->last));
	if (mark == NULL)
		return true;
	if (slash == NULL) {
		if (!read_address(rest, r->last, &last_v4, why, whylen))
			return false;
		if (v4 == last_v4 && memcmp(r->first, r->last, sizeof(r->first)) <= 0)
			return true;
		(void)snprintf(why, whylen, "the range ends before it begins");
		return false;
	}
	off = v4 ? 96 : 0;
	if (!read_bits(rest, 128 - off, &bits)) {
		(void)snprintf(why, whylen, "not a network: its length is 0 to %u", 128 - off);
		return false;
	}
	for (unsigned bit = bits + off; bit < 128; bit++) {
		r->first[bit / 8] = (uint8_t)(r->first[bit / 8] & ~(0x80 >> bit % 8));
		r->last[bit / 8] = (uint8_t)(r->last[bit / 8] | 0x80 >> bit % 8);
	}
	return true;
}

static bool
read_line(struct exclude *x, struct span s, char *why, size_t whylen)
{
	static const char word[] = "domain:";
	struct range r = {0};
	struct domain d = {0};

	/* What is read is clean: it may be shown. */
	if (s.n > sizeof(word) - 1 && memcmp(s.p, word, sizeof(word) - 1) == 0) {
		struct span name = {s.p + sizeof(word) - 1, s.n - sizeof(word) + 1};

		if (name.p[0] == '.') {
			name.p++;
			name.n--;
		}
		if (!target_name(name, d.name, why, whylen))
			return false;
		(void)snprintf(d.text, sizeof(d.text), "domain:%.80s", d.name);
		*new_domain(x) = d;
		return true;
	}
	if (!read_range(s, &r, why, whylen))
		return false;
	(void)snprintf(r.text, sizeof(r.text), "%.*s", (int)s.n, (const char *)s.p);
	*new_range(x) = r;
	return true;
}

static struct span
bare(struct span s)
{
	const uint8_t *hash = s.n > 0 ? memchr(s.p, '#', s.n) : NULL;

	if (hash != NULL)
		s.n = (size_t)(hash - s.p);
	while (s.n > 0 && strchr(" \t\r", s.p[s.n - 1]) != NULL)
		s.n--;
	while (s.n > 0 && strchr(" \t\r", s.p[0]) != NULL) {
		s.p++;
		s.n--;
	}
	return s;
}

bool
exclude_text(struct exclude *x, struct span text, const char *name, char *err, size_t errlen)
{
	unsigned line = 0;
	char why[128] = "";

	CHECK(!x->closed);
	while (text.n > 0) {
		const uint8_t *end = memchr(text.p, '\n', text.n);
		size_t n = end != NULL ? (size_t)(end - text.p) : text.n;
		struct span s = bare((struct span){text.p, n});

		line++;
		text.p += n + (end != NULL);
		text.n -= n + (end != NULL);
		if (s.n == 0 || read_line(x, s, why, sizeof(why)))
			continue;
		(void)snprintf(err, errlen, "%s:%u: %s", name, line, why);
		return false;
	}
	return true;
}

bool
exclude_read(struct exclude *x, const char *path, char *err, size_t errlen)
{
	FILE *f = fopen(path, "re");
	uint8_t *buf = NULL;
	size_t n = 0, got = 1;
	bool good;

	while (f != NULL && got > 0 && n < FILE_MAX) {
		buf = xrealloc(buf, n + (1 << 16));
		got = fread(buf + n, 1, 1 << 16, f);
		n += got;
	}
	good = f != NULL && !ferror(f) && n < FILE_MAX;
	if (!good)
		(void)snprintf(err, errlen, "%s: %s", path, n >= FILE_MAX ? "too long" : strerror(errno));
	else
		good = exclude_text(x, (struct span){buf, n}, path, err, errlen);
	if (f != NULL)
		(void)fclose(f);
	free(buf);
	return good;
}

/* ---- the shipped table, in the program's read-only data ---- */

__asm__(".pushsection .rodata\n"
	".globl tlsaudit_exclude_begin, tlsaudit_exclude_end\n"
	"tlsaudit_exclude_begin:\n"
	".incbin \"src/bulk/exclude.bin\"\n"
	"tlsaudit_exclude_end:\n"
	".byte 0\n"
	".popsection\n");

extern const uint8_t tlsaudit_exclude_begin[] __attribute__((visibility("hidden")));
extern const uint8_t tlsaudit_exclude_end[] __attribute__((visibility("hidden")));

void
exclude_shipped(struct exclude *x)
{
	char err[160];
	struct span text = {tlsaudit_exclude_begin,
	    (size_t)((uintptr_t)tlsaudit_exclude_end - (uintptr_t)tlsaudit_exclude_begin)};

	CHECK(exclude_text(x, text, "exclude.conf", err, sizeof(err)));
}

/* ---- asking ---- */

static int
by_first(const void *a, const void *b)
{
	const struct range *x = a, *y = b;

	return memcmp(x->first, y->first, sizeof(x->first));
}

static int
by_name(const void *a, const void *b)
{
	const struct domain *x = a, *y = b;

	return strcmp(x->name, y->name);
}

void
exclude_close(struct exclude *x)
{
	if (x->n_ranges > 0)
		qsort(x->ranges, x->n_ranges, sizeof(*x->ranges), by_first);
	if (x->n_domains > 0)
		qsort(x->domains, x->n_domains, sizeof(*x->domains), by_name);
	for (size_t i = 0; i < x->n_ranges; i++) {
		const uint8_t *reach = x->ranges[i].last;

		if (i > 0 && memcmp(x->ranges[i - 1].reach, reach, 16) > 0)
			reach = x->ranges[i - 1].reach;
		memcpy(x->ranges[i].reach, reach, 16);
	}
	x->closed = true;
}

static const char *
find(const struct exclude *x, const uint8_t key[16])
{
	size_t low = 0, high = x->n_ranges;

	while (low < high) { /* how many begin at or before the key */
		size_t mid = low + (high - low) / 2;

		if (memcmp(x->ranges[mid].first, key, 16) <= 0)
			low = mid + 1;
		else
			high = mid;
	}
	for (; low > 0 && memcmp(x->ranges[low - 1].reach, key, 16) >= 0; low--)
		if (memcmp(x->ranges[low - 1].last, key, 16) >= 0)
			return x->ranges[low - 1].text;
	return NULL;
}

const char *
exclude_address(const struct exclude *x, const uint8_t *addr, size_t len)
{
	uint8_t key[16];

	CHECK(x->closed);
	return key_of(addr, len, key) ? find(x, key) : NULL;
}

const char *
exclude_name(const struct exclude *x, const char *host)
{
	CHECK(x->closed);
	for (const char *p = host; p != NULL && x->n_domains > 0;) {
		struct domain key = {0};
		const struct domain *d;

		(void)snprintf(key.name, sizeof(key.name), "%s", p);
		d = bsearch(&key, x->domains, x->n_domains, sizeof(*x->domains), by_name);
		if (d != NULL)
			return d->text;
		p = strchr(p, '.');
		if (p != NULL)
			p++;
	}
	return NULL;
}
