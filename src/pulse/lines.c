/* lines - see lines.h. */
#include "config.h"

#include "pulse/lines.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "adapt/zstd.h"
#include "base/xalloc.h"

enum { ROOM = 1 << 20, RAW = 1 << 18, MAGIC = 4 };

struct lines {
	int fd;
	const char *name;
	uint64_t number;
	uint8_t *buf; /* what is read and not given yet: from `at` to `n` */
	size_t at, n, size;
	bool end;     /* nothing more comes */
	int error;    /* errno of read() */
	bool cutting; /* the rest of a line that was too long is passed over */

	struct unzstd *z; /* or NULL: the bytes are what they are */
	uint8_t *raw;
	size_t raw_at, raw_n;
	bool torn;
};

static bool
read_some(struct lines *in, uint8_t *to, size_t room, size_t *got)
{
	ssize_t n;

	do
		n = read(in->fd, to, room);
	while (n < 0 && errno == EINTR);
	if (n < 0)
		in->error = errno;
	*got = n > 0 ? (size_t)n : 0;
	return n > 0;
}

/* More of the stream, unpacked, behind what is there.  What was taken in earlier may still have
 * something to give. */
static bool
unpack(struct lines *in)
{
	for (;;) {
		struct span raw = {in->raw + in->raw_at, in->raw_n - in->raw_at};
		size_t used, made;

		if (!unzstd_some(in->z, raw, &used, in->buf + in->n, in->size - in->n, &made)) {
			in->torn = true;
			return false;
		}
		in->raw_at += used;
		in->n += made;
		if (made > 0)
			return true;
		if (in->raw_at < in->raw_n)
			continue;
		in->raw_at = 0;
		if (!read_some(in, in->raw, RAW, &in->raw_n)) {
			in->torn = !unzstd_whole(in->z);
			return false;
		}
	}
}

static void
fill(struct lines *in)
{
	size_t got;

	if (in->at > 0) {
		memmove(in->buf, in->buf + in->at, in->n - in->at);
		in->n -= in->at;
		in->at = 0;
	}
	if (in->n == in->size) {
		in->size *= 2;
		in->buf = xrealloc(in->buf, in->size);
	}
	if (in->z != NULL) {
		in->end = !unpack(in);
		return;
	}
	in->end = !read_some(in, in->buf + in->n, in->size - in->n, &got);
	in->n += got;
}

/* RFC 8878, 3.1.1 and 3.1.2: the magic number of a frame, or of one that is to be skipped. */
static bool
is_zstd(const uint8_t *p)
{
	uint32_t magic =
	    (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;

	return magic == 0xfd2fb528 || (magic & 0xfffffff0) == 0x184d2a50;
}

/* Moves what was read to where packed bytes belong. */
static void
begin_zstd(struct lines *in)
{
	in->z = unzstd_new();
	in->raw = xcalloc(1, RAW);
	in->raw_n = in->n;
	memcpy(in->raw, in->buf, in->n);
	in->n = 0;
}

struct lines *
lines_open(const char *path, char *err, size_t errlen)
{
	bool is_stdin = strcmp(path, "-") == 0;
	struct lines *in = xcalloc(1, sizeof(*in));
	size_t got;

	in->name = is_stdin ? "standard input" : path;
	in->fd = is_stdin ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC);
	in->size = ROOM;
	in->buf = xcalloc(1, in->size);
	while (in->fd >= 0 && in->n < MAGIC && read_some(in, in->buf + in->n, RAW - in->n, &got))
		in->n += got;
	if (in->fd < 0 || in->error != 0) {
		(void)snprintf(
		    err, errlen, "%s: %s", path, strerror(in->fd < 0 ? errno : in->error));
		in->error = 0;
		(void)!lines_close(in, err, 0);
		return NULL;
	}
	if (in->n >= MAGIC && is_zstd(in->buf))
		begin_zstd(in);
	return in;
}

bool
lines_begin_with(struct lines *in, struct span bytes)
{
	while (!in->end && in->n - in->at < bytes.n)
		fill(in);
	return in->n - in->at >= bytes.n && memcmp(in->buf + in->at, bytes.p, bytes.n) == 0;
}

/* What of a line is here: up to its newline, or to LINES_MAX. */
static bool
take(struct lines *in, const uint8_t *newline, struct span *line)
{
	const uint8_t *from = in->buf + in->at;
	bool begun = in->cutting;

	*line = (struct span){from, newline != NULL ? (size_t)(newline - from) : in->n - in->at};
	in->at += line->n + (newline != NULL);
	in->cutting = newline == NULL && !in->end;
	if (!begun)
		in->number++;
	return !begun;
}

bool
lines_next(struct lines *in, struct span *line)
{
	size_t looked = 0;

	for (;;) {
		const uint8_t *from = in->buf + in->at;
		size_t n = in->n - in->at;
		const uint8_t *newline =
		    n > looked ? memchr(from + looked, '\n', n - looked) : NULL;

		if (newline != NULL || n >= LINES_MAX || (in->end && n > 0)) {
			if (take(in, newline, line))
				return true;
			looked = 0;
			continue;
		}
		if (in->end)
			return false;
		looked = n;
		fill(in);
	}
}

uint64_t
lines_number(const struct lines *in)
{
	return in->number;
}

const char *
lines_name(const struct lines *in)
{
	return in->name;
}

bool
lines_close(struct lines *in, char *err, size_t errlen)
{
	bool good;

	if (in == NULL)
		return true;
	good = in->error == 0 && !in->torn;
	if (in->error != 0)
		(void)snprintf(err, errlen, "%s: %s", in->name, strerror(in->error));
	else if (in->torn)
		(void)snprintf(
		    err, errlen, "%s: the Zstandard stream is damaged or cut off", in->name);
	if (in->fd > STDIN_FILENO)
		(void)close(in->fd);
	unzstd_free(in->z);
	free(in->raw);
	free(in->buf);
	free(in);
	return good;
}
