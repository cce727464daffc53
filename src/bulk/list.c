/* list - see list.h. */
#include "config.h"

#include "bulk/list.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "adapt/zstd.h"
#include "base/check.h"
#include "base/xalloc.h"

enum {
	BUFFER = 1 << 16,
	LINE_MAX_LEN = 4096, /* more is no target */
	NET_BITS_MAX = 32,   /* addresses of one network: 2^32 */
	RAW = 1 << 15	     /* compressed bytes read at once */
};

struct list {
	int fd;
	bool waits, at_end; /* waits: a pipe, which may have nothing for a while */
	bool skipping;      /* the rest of a line that is too long */
	int error;
	const char *zst_error;
	struct target_defaults defaults;
	uint8_t *buf;
	size_t from, to; /* what of it is not used yet */
	uint64_t line, seq, digest, n_read, size;

	struct unzstd *unzstd; /* NULL: the file is plain */
	uint8_t *raw;
	size_t raw_from, raw_to;
	bool raw_end;

	uint8_t net[16]; /* the next address of a network */
	size_t net_len;
	uint16_t net_port;
	uint64_t net_left;
};

uint64_t
list_hash(uint64_t h, const void *p, size_t n)
{
	for (size_t i = 0; i < n; i++)
		h = (h ^ ((const uint8_t *)p)[i]) * 1099511628211U;
	return h;
}

static struct list *
list_new(const struct target_defaults *d, uint64_t salt)
{
	struct list *l = xcalloc(1, sizeof(*l));

	l->fd = -1;
	l->defaults = *d;
	l->digest = list_hash(14695981039346656037U, &salt, sizeof(salt));
	return l;
}

static bool
ends_in_zst(const char *path)
{
	size_t n = strlen(path);

	return n > 4 && strcmp(path + n - 4, ".zst") == 0;
}

struct list *
list_open(const char *path, const struct target_defaults *d, uint64_t salt, char *err, size_t errlen)
{
	struct list *l = list_new(d, salt);
	struct stat st;

	l->fd = strcmp(path, "-") == 0 ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC);
	if (l->fd < 0 || fstat(l->fd, &st) != 0 || S_ISDIR(st.st_mode)) {
		(void)snprintf(err, errlen, "%s: %s", path,
		    l->fd >= 0 && S_ISDIR(st.st_mode) ? "is a directory" : strerror(errno));
		list_free(l);
		return NULL;
	}
	l->waits = S_ISFIFO(st.st_mode) || S_ISSOCK(st.st_mode) || isatty(l->fd);
	l->size = S_ISREG(st.st_mode) && st.st_size > 0 ? (uint64_t)st.st_size : 0;
	l->buf = xcalloc(1, BUFFER);
	if (ends_in_zst(path)) {
		l->unzstd = unzstd_new();
		l->raw = xcalloc(1, RAW);
	}
	return l;
}

struct list *
list_of(struct span text, const struct target_defaults *d, uint64_t salt)
{
	struct list *l = list_new(d, salt);

	l->buf = xcalloc(1, text.n + 1);
	memcpy(l->buf, text.p, text.n);
	l->to = text.n;
	l->at_end = true;
	return l;
}

void
list_free(struct list *l)
{
	if (l == NULL)
		return;
	if (l->fd > STDIN_FILENO)
		(void)close(l->fd);
	unzstd_free(l->unzstd);
	free(l->raw);
	free(l->buf);
	free(l);
}

int
list_fd(const struct list *l)
{
	return l->fd;
}

void
list_progress(const struct list *l, uint64_t *n, uint64_t *size)
{
	*n = l->n_read;
	*size = l->size;
}

/* ---- bytes ---- */

/* Reads into p; 0: the end, or trouble, which is kept. */
static size_t
read_some(struct list *l, uint8_t *p, size_t n)
{
	ssize_t got;

	do
		got = read(l->fd, p, n);
	while (got < 0 && errno == EINTR);
	if (got < 0)
		l->error = errno;
	if (got <= 0)
		return 0;
	l->n_read += (uint64_t)got;
	return (size_t)got;
}

static void
fill_zst(struct list *l)
{
	struct span in;
	size_t used, made;

	if (l->raw_from == l->raw_to && !l->raw_end) {
		l->raw_from = 0;
		l->raw_to = read_some(l, l->raw, RAW);
		l->raw_end = l->raw_to == 0;
	}
	in = (struct span){l->raw + l->raw_from, l->raw_to - l->raw_from};
	if (!unzstd_some(l->unzstd, in, &used, l->buf + l->to, BUFFER - l->to, &made))
		l->zst_error = "it is not a Zstandard stream, or damaged";
	l->raw_from += used;
	l->to += made;
	if (made == 0 && l->raw_end && !unzstd_whole(l->unzstd) && l->error == 0)
		l->zst_error = "the Zstandard stream ends too early";
	l->at_end = l->zst_error != NULL || (made == 0 && l->raw_end);
}

void
list_fill(struct list *l)
{
	size_t n;

	if (l->at_end)
		return;
	if (l->from > 0) {
		memmove(l->buf, l->buf + l->from, l->to - l->from);
		l->to -= l->from;
		l->from = 0;
	}
	if (l->to == BUFFER)
		return;
	if (l->unzstd != NULL) {
		fill_zst(l);
		return;
	}
	n = read_some(l, l->buf + l->to, BUFFER - l->to);
	l->to += n;
	l->at_end = n == 0;
}

/* ---- lines ---- */

enum got { GOT_LINE, GOT_LONG, GOT_NONE, GOT_END };

/* The next line, without its end, in *out; what is too long is passed over. */
static enum got
next_line(struct list *l, struct span *out)
{
	uint8_t *p = l->buf + l->from, *end;
	size_t n = l->to - l->from;

	end = n > 0 ? memchr(p, '\n', n) : NULL;
	if (end == NULL && !l->at_end) {
		if (n <= LINE_MAX_LEN && !l->skipping)
			return GOT_NONE;
		l->skipping = true;
		l->from = l->to;
		return GOT_NONE;
	}
	if (end == NULL && n == 0 && !l->skipping)
		return GOT_END;
	*out = (struct span){p, end != NULL ? (size_t)(end - p) : n};
	l->from += out->n + (end != NULL);
	l->line++;
	if (l->skipping || out->n > LINE_MAX_LEN) {
		l->skipping = false;
		return GOT_LONG;
	}
	return GOT_LINE;
}

static bool
is_blank(uint8_t c)
{
	return c == ' ' || c == '\t' || c == '\r';
}

/* Without a comment, and without blanks around it. */
static struct span
bare(struct span s)
{
	const uint8_t *hash = s.n > 0 ? memchr(s.p, '#', s.n) : NULL;

	/* In a URL '#' begins a fragment, which nobody asks for here. */
	if (hash != NULL)
		s.n = (size_t)(hash - s.p);
	while (s.n > 0 && is_blank(s.p[s.n - 1]))
		s.n--;
	while (s.n > 0 && is_blank(s.p[0])) {
		s.p++;
		s.n--;
	}
	return s;
}

/* ---- networks ---- */

/* "192.0.2.0/24", "2001:db8::/120", "192.0.2.0/24:8443": an address and '/', then a digit.  In a URL
 * the first '/' follows another. */
static bool
is_network(struct span s, size_t *slash)
{
	const uint8_t *p = memchr(s.p, '/', s.n);

	if (p == NULL)
		return false;
	*slash = (size_t)(p - s.p);
	return *slash > 0 && *slash + 1 < s.n && p[1] >= '0' && p[1] <= '9';
}

static bool
read_number(struct span s, unsigned max, unsigned *out)
{
	unsigned v = 0;

	if (s.n == 0 || s.n > 5)
		return false;
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] < '0' || s.p[i] > '9')
			return false;
		v = v * 10 + (unsigned)(s.p[i] - '0');
	}
	*out = v;
	return v <= max;
}

/* Takes the address apart; the host bits must be zero, so that a typing error is not a network. */
static bool
begin_network(struct list *l, struct span s, size_t slash, char *why, size_t whylen)
{
	struct span bits_text = {s.p + slash + 1, s.n - slash - 1};
	const uint8_t *colon = memchr(bits_text.p, ':', bits_text.n);
	struct address a;
	unsigned bits, port = 0, width;

	if (colon != NULL) {
		struct span port_text = {colon + 1, (size_t)(bits_text.p + bits_text.n - colon) - 1};

		bits_text.n = (size_t)(colon - bits_text.p);
		if (!read_number(port_text, 65535, &port) || port == 0) {
			(void)snprintf(why, whylen, "the port of the network is none");
			return false;
		}
	}
	if (!target_address((struct span){s.p, slash}, &a, why, whylen))
		return false;
	width = a.len == sizeof(struct sockaddr_in) ? 32 : 128;
	if (a.port != 0 || !read_number(bits_text, width, &bits)) {
		(void)snprintf(why, whylen, "not a network: its length is 0 to %u", width);
		return false;
	}
	if (width - bits > NET_BITS_MAX) {
		(void)snprintf(why, whylen, "the network has more than 2^%d addresses", NET_BITS_MAX);
		return false;
	}
	l->net_len = width / 8;
	memcpy(l->net, a.addr + (width == 32 ? offsetof(struct sockaddr_in, sin_addr)
					    : offsetof(struct sockaddr_in6, sin6_addr)),
	    l->net_len);
	for (unsigned bit = bits; bit < width; bit++)
		if ((l->net[bit / 8] & 0x80 >> bit % 8) != 0) {
			(void)snprintf(why, whylen, "not a network: bits behind its length are set");
			return false;
		}
	l->net_left = (uint64_t)1 << (width - bits);
	l->net_port = (uint16_t)port;
	return true;
}

/* The next address of the network, as if it were written. */
static void
next_of_network(struct list *l, struct target *out)
{
	char text[INET6_ADDRSTRLEN], full[INET6_ADDRSTRLEN + 16], err[64];
	bool v4 = l->net_len == 4;

	CHECK(inet_ntop(v4 ? AF_INET : AF_INET6, l->net, text, sizeof(text)) != NULL);
	if (l->net_port != 0)
		(void)snprintf(full, sizeof(full), v4 ? "%s:%u" : "[%s]:%u", text, l->net_port);
	else
		(void)snprintf(full, sizeof(full), "%s", text);
	CHECK(target_parse(span_str(full), &l->defaults, out, err, sizeof(err)));
	l->net_left--;
	for (size_t i = l->net_len; i-- > 0 && ++l->net[i] == 0;)
		continue;
}

/* ---- items ---- */

static enum list_result
target_item(struct list *l, struct list_item *item)
{
	const struct target *t = &item->target;
	const char *proto = t->starttls != NULL ? t->starttls : "";

	item->seq = ++l->seq;
	item->line = l->line;
	l->digest = list_hash(l->digest, t->host, strlen(t->host) + 1);
	l->digest = list_hash(l->digest, &t->port, sizeof(t->port));
	l->digest = list_hash(l->digest, proto, strlen(proto) + 1);
	item->digest = l->digest;
	return LIST_TARGET;
}

static enum list_result
bad_item(struct list *l, struct list_item *item)
{
	item->line = l->line;
	return LIST_BAD;
}

/* One line that is not blank. */
static enum list_result
line_item(struct list *l, struct span s, struct list_item *item)
{
	size_t slash;

	if (is_network(s, &slash)) {
		if (!begin_network(l, s, slash, item->why, sizeof(item->why)))
			return bad_item(l, item);
		next_of_network(l, &item->target);
		return target_item(l, item);
	}
	if (!target_parse(s, &l->defaults, &item->target, item->why, sizeof(item->why)))
		return bad_item(l, item);
	return target_item(l, item);
}

static enum list_result
end_item(const struct list *l, struct list_item *item)
{
	if (l->error == 0 && l->zst_error == NULL)
		return LIST_END;
	(void)snprintf(item->why, sizeof(item->why), "%s",
	    l->zst_error != NULL ? l->zst_error : strerror(l->error));
	return LIST_ERROR;
}

enum list_result
list_next(struct list *l, struct list_item *item)
{
	struct span s;

	item->why[0] = '\0';
	if (l->net_left > 0) {
		next_of_network(l, &item->target);
		return target_item(l, item);
	}
	for (;;) {
		switch (next_line(l, &s)) {
		case GOT_LINE:
			s = bare(s);
			if (s.n > 0)
				return line_item(l, s, item);
			break;
		case GOT_LONG:
			(void)snprintf(item->why, sizeof(item->why), "the line is longer than %d bytes",
			    LINE_MAX_LEN);
			return bad_item(l, item);
		case GOT_NONE:
			if (l->waits)
				return LIST_WAIT;
			list_fill(l);
			break;
		case GOT_END:
		default:
			return end_item(l, item);
		}
	}
}
