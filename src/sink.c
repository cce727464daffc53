/* sink - see sink.h. */
#include "config.h"

#include "sink.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/xalloc.h"

static bool
say(char *err, size_t errlen, const char *path, int e)
{
	(void)snprintf(err, errlen, "%s: %s", path != NULL ? path : "standard output", strerror(e));
	return false;
}

/* A regular file, or nothing yet? */
static bool
is_replaceable(const char *path)
{
	struct stat st;

	return lstat(path, &st) != 0 ? errno == ENOENT : S_ISREG(st.st_mode);
}

/* The permissions a new file gets, or those of the one that is replaced. */
static mode_t
mode_of(const char *path)
{
	struct stat st;
	mode_t mask = umask(0);

	(void)umask(mask);
	return stat(path, &st) == 0 ? st.st_mode & 0777 : 0666 & ~mask;
}

static FILE *
open_tmp(struct sink *s)
{
	int fd;
	FILE *f;

	s->tmp = xasprintf("%s.XXXXXX", s->path);
	fd = mkstemp(s->tmp);
	if (fd < 0)
		return NULL;
	(void)fchmod(fd, mode_of(s->path));
	f = fdopen(fd, "w");
	if (f == NULL) {
		(void)close(fd);
		(void)unlink(s->tmp);
	}
	return f;
}

bool
sink_open(struct sink *s, const char *path, char *err, size_t errlen)
{
	*s = (struct sink){.to = stdout, .path = path};
	if (path == NULL)
		return true;
	s->to = is_replaceable(path) ? open_tmp(s) : fopen(path, "we");
	if (s->to != NULL)
		return true;
	(void)say(err, errlen, path, errno);
	free(s->tmp);
	s->tmp = NULL;
	return false;
}

bool
sink_flush(struct sink *s)
{
	return fflush(s->to) == 0 && !ferror(s->to);
}

bool
sink_close(struct sink *s, bool keep, char *err, size_t errlen)
{
	bool good = sink_flush(s);

	if (!good)
		(void)say(err, errlen, s->path, errno);
	if (s->path != NULL && fclose(s->to) != 0 && good)
		good = say(err, errlen, s->path, errno);
	if (s->tmp != NULL) {
		if (!good || !keep)
			(void)unlink(s->tmp);
		else if (rename(s->tmp, s->path) != 0)
			good = say(err, errlen, s->path, errno);
	}
	free(s->tmp);
	*s = (struct sink){0};
	return good;
}
