/*
 * tlsaudit-merge - the outputs of several scans of one list, put together.
 *
 *	tlsaudit-merge FILE... >all.jsonl
 *
 * Of every target the first complete set of records is taken, wherever else it may stand; what a scan
 * that was killed left incomplete is left out.  A target that two files know under different digests
 * is of two different lists: that is an error.  A name that ends in .zst is decompressed.
 */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/xalloc.h"
#include "bulk/resume.h"

enum { GOOD, USAGE = 2, TROUBLE = 4 };

struct merge {
	uint8_t *buf; /* the records of one target */
	size_t n, cap;
	bool full; /* standard output takes no more */
};

static void
on_line(void *arg, struct span line, bool last, bool is_new)
{
	struct merge *m = arg;

	if (m->n + line.n + 1 > m->cap) {
		m->cap = 2 * (m->n + line.n + 1);
		m->buf = xrealloc(m->buf, m->cap);
	}
	memcpy(m->buf + m->n, line.p, line.n);
	m->n += line.n;
	m->buf[m->n++] = '\n';
	if (!last)
		return;
	if (is_new && fwrite(m->buf, 1, m->n, stdout) != m->n)
		m->full = true;
	m->n = 0;
}

static bool
take_file(struct resume *r, struct merge *m, const char *path)
{
	size_t n = strlen(path);
	bool zst = n > 4 && strcmp(path + n - 4, ".zst") == 0, good;
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	char err[256];

	m->n = 0;
	if (fd < 0) {
		(void)fprintf(stderr, "tlsaudit-merge: %s: %s\n", path, strerror(errno));
		return false;
	}
	good = resume_read(r, fd, zst, err, sizeof(err));
	if (!good)
		(void)fprintf(stderr, "tlsaudit-merge: %s: %s\n", path, err);
	(void)close(fd);
	return good;
}

static int
usage(FILE *to)
{
	(void)fputs("Usage: tlsaudit-merge FILE...\n"
		    "Put the outputs of several scans of one list (tlsaudit --list --shard) together: every\n"
		    "target once, on standard output.  A name that ends in .zst is decompressed.\n"
		    "  --help, --version\n",
	    to);
	return to == stdout ? GOOD : USAGE;
}

int
main(int argc, char **argv)
{
	struct merge m = {0};
	struct resume *r;
	int status = GOOD;

	if (argc == 2 && strcmp(argv[1], "--help") == 0)
		return usage(stdout);
	if (argc == 2 && strcmp(argv[1], "--version") == 0)
		return puts("tlsaudit-merge " PACKAGE_VERSION) < 0 ? TROUBLE : GOOD;
	if (argc < 2 || argv[1][0] == '-')
		return usage(stderr);
	r = resume_new();
	resume_on_line(r, on_line, &m);
	for (int i = 1; i < argc && status == GOOD; i++)
		if (!take_file(r, &m, argv[i]))
			status = TROUBLE;
	if (fflush(stdout) != 0 || m.full) {
		(void)fprintf(stderr, "tlsaudit-merge: standard output: %s\n", strerror(errno));
		status = TROUBLE;
	}
	(void)fprintf(stderr, "tlsaudit-merge: %" PRIu64 " targets\n", resume_count(r));
	resume_free(r);
	free(m.buf);
	return status;
}
