/* journal - see journal.h. */
#include "config.h"

#include "bulk/journal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "adapt/zstd.h"
#include "base/xalloc.h"
#include "bulk/resume.h"
#include "net/loop.h"

enum {
	HIGH_WATER = 4 << 20,
	FRAME = 1 << 20,      /* bytes of records in one frame, about */
	SYNC_BYTES = 10 << 20,
	SYNC_MS = 1000,
	PIECE = 4096	      /* what a pipe that is writable takes without waiting: PIPE_BUF */
};

struct journal {
	int fd;
	const char *path;
	bool waits, broken; /* waits: a pipe, which may take nothing for a while */
	journal_trouble_fn *trouble;
	void *arg;
	struct zstd_out *zstd;
	uint8_t *buf; /* what waits: for the next frame, or for the pipe */
	size_t from, n, cap;
	uint64_t written, unsynced;
	struct loop_timer *timer;
	struct loop_watch *watch; /* of a pipe */
};

static bool
refuse(char *err, size_t errlen, const char *path, const char *why)
{
	(void)snprintf(err, errlen, "%s: %s", path, why);
	return false;
}

static bool
ends_in_zst(const char *path)
{
	size_t n = path != NULL ? strlen(path) : 0;

	return n > 4 && strcmp(path + n - 4, ".zst") == 0;
}

/* What is in the file already. */
static bool
look_back(struct journal *j, struct resume *r, off_t size, char *err, size_t errlen)
{
	char why[200];

	if (r == NULL && size > 0) {
		(void)snprintf(err, errlen, "%s is not empty; to go on with that scan: --resume %s", j->path,
		    j->path);
		return false;
	}
	if (r == NULL)
		return true;
	if (!resume_read(r, j->fd, j->zstd != NULL, why, sizeof(why)))
		return refuse(err, errlen, j->path, why);
	if (ftruncate(j->fd, (off_t)resume_keep(r)) != 0)
		return refuse(err, errlen, j->path, strerror(errno));
	return true;
}

static bool
open_path(struct journal *j, struct resume *r, char *err, size_t errlen)
{
	struct stat st;

	j->fd = j->path == NULL ? STDOUT_FILENO
				: open(j->path, O_RDWR | O_APPEND | O_CLOEXEC | (r == NULL ? O_CREAT : 0), 0666);
	if (j->fd < 0 && errno == EINVAL) /* a pipe by name */
		j->fd = open(j->path, O_WRONLY | O_CLOEXEC);
	if (j->fd < 0 || fstat(j->fd, &st) != 0)
		return refuse(err, errlen, j->path != NULL ? j->path : "standard output", strerror(errno));
	j->waits = S_ISFIFO(st.st_mode) || S_ISSOCK(st.st_mode);
	if (ends_in_zst(j->path))
		j->zstd = zstd_out_new();
	if (j->path == NULL)
		return true;
	if (!S_ISREG(st.st_mode))
		return r == NULL || refuse(err, errlen, j->path, "is not a file that a scan was written to");
	if (flock(j->fd, LOCK_EX | LOCK_NB) != 0)
		return refuse(err, errlen, j->path, "another scan writes to it");
	return look_back(j, r, st.st_size, err, errlen);
}

static void on_time(void *arg);
static void on_room(void *arg);

struct journal *
journal_open(struct loop *l, const char *path, struct resume *r, journal_trouble_fn *trouble, void *arg,
    char *err, size_t errlen)
{
	struct journal *j = xcalloc(1, sizeof(*j));

	j->fd = -1;
	j->path = path;
	j->trouble = trouble;
	j->arg = arg;
	if (!open_path(j, r, err, errlen)) {
		if (j->fd > STDERR_FILENO)
			(void)close(j->fd);
		zstd_out_free(j->zstd);
		free(j);
		return NULL;
	}
	j->timer = loop_timer_new(l, on_time, j);
	if (j->waits)
		j->watch = loop_watch_new(l, j->fd, true, on_room, j);
	return j;
}

static void
fail(struct journal *j, int e)
{
	if (j->broken)
		return;
	j->broken = true;
	j->trouble(j->arg, e);
}

static void
sync_file(struct journal *j)
{
	/* EINVAL: what cannot be synced need not be. */
	if (!j->waits && j->unsynced > 0 && fdatasync(j->fd) != 0 && errno != EINVAL && errno != EROFS)
		fail(j, errno);
	j->unsynced = 0;
}

/* One write, and more only if the disk takes no more. */
static void
write_whole(struct journal *j, struct span s)
{
	while (s.n > 0 && !j->broken) {
		ssize_t n = write(j->fd, s.p, s.n);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0) {
			fail(j, n < 0 ? errno : ENOSPC);
			return;
		}
		s.p += n;
		s.n -= (size_t)n;
		j->written += (uint64_t)n;
		j->unsynced += (uint64_t)n;
	}
	if (j->unsynced >= SYNC_BYTES)
		sync_file(j);
}

static void
keep(struct journal *j, struct span s)
{
	if (j->from > 0 && j->from == j->n)
		j->from = j->n = 0;
	if (j->cap - j->n < s.n && j->from > 0) {
		memmove(j->buf, j->buf + j->from, j->n - j->from);
		j->n -= j->from;
		j->from = 0;
	}
	if (j->cap - j->n < s.n) {
		j->cap = (j->n + s.n) * 2;
		j->buf = xrealloc(j->buf, j->cap);
	}
	memcpy(j->buf + j->n, s.p, s.n);
	j->n += s.n;
}

static void
pass_on(struct journal *j, struct span s)
{
	if (!j->waits) {
		write_whole(j, s);
		return;
	}
	keep(j, s);
	loop_watch_set(j->watch);
}

/* What was collected becomes a frame. */
static void
end_frame(struct journal *j, struct span *frame)
{
	*frame = (struct span){NULL, 0};
	if (j->n > j->from)
		*frame = zstd_frame(j->zstd, (struct span){j->buf + j->from, j->n - j->from});
	j->from = j->n = 0;
}

void
journal_put(struct journal *j, struct span lines)
{
	struct span frame;

	if (j->broken || lines.n == 0)
		return;
	if (j->zstd == NULL) {
		pass_on(j, lines);
	} else {
		keep(j, lines);
		if (j->n - j->from >= FRAME) {
			end_frame(j, &frame);
			write_whole(j, frame);
		}
	}
	loop_timer_set(j->timer, SYNC_MS);
}

static void
on_time(void *arg)
{
	struct journal *j = arg;
	struct span frame;

	if (j->zstd != NULL) {
		end_frame(j, &frame);
		write_whole(j, frame);
	}
	sync_file(j);
}

bool
journal_sync(struct journal *j)
{
	on_time(j);
	return !j->broken;
}

static void
on_room(void *arg)
{
	struct journal *j = arg;
	size_t n = j->n - j->from < PIECE ? j->n - j->from : PIECE;
	ssize_t put = write(j->fd, j->buf + j->from, n);

	if (put < 0 && errno != EINTR && errno != EAGAIN) {
		fail(j, errno);
		return;
	}
	if (put > 0) {
		j->from += (size_t)put;
		j->written += (uint64_t)put;
	}
	if (j->from < j->n)
		loop_watch_set(j->watch);
}

bool
journal_full(const struct journal *j)
{
	return j->n - j->from >= HIGH_WATER;
}

bool
journal_empty(const struct journal *j)
{
	return j->n == j->from || j->broken || j->zstd != NULL;
}

uint64_t
journal_bytes(const struct journal *j)
{
	return j->written;
}

bool
journal_close(struct journal *j)
{
	struct span rest = {NULL, 0};
	bool good;

	if (j == NULL)
		return true;
	if (j->zstd != NULL)
		end_frame(j, &rest);
	else if (j->n > j->from)
		rest = (struct span){j->buf + j->from, j->n - j->from};
	if (rest.n > 0)
		write_whole(j, rest);
	sync_file(j);
	good = !j->broken;
	if (j->path != NULL && close(j->fd) != 0)
		good = false;
	loop_timer_free(j->timer);
	loop_watch_free(j->watch);
	zstd_out_free(j->zstd);
	free(j->buf);
	free(j);
	return good;
}
