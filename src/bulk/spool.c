/* spool - see spool.h. */
#include "config.h"

#include "bulk/spool.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/xalloc.h"
#include "from.h"

#define SUFFIX ".jsonl"

bool
spool_streams(enum format format)
{
	return format == FORMAT_JSON || format == FORMAT_TEXT;
}

/* A new file of that name with something in place of "XXXXXX". */
static bool
make(struct spool *s, const char *before)
{
	int fd;

	s->path = xasprintf("%s.XXXXXX" SUFFIX, before);
	fd = mkstemps(s->path, (int)strlen(SUFFIX));
	if (fd >= 0) {
		(void)close(fd);
		return true;
	}
	free(s->path);
	s->path = NULL;
	return false;
}

bool
spool_begin(struct spool *s, const struct options *asked, struct options *o, char *err, size_t errlen)
{
	const char *tmp = getenv("TMPDIR");
	char *before;
	bool good;

	*s = (struct spool){.asked = asked};
	*o = *asked;
	if (spool_streams(asked->format))
		return true;
	before = xasprintf("%s/tlsaudit", tmp != NULL && tmp[0] != '\0' ? tmp : "/tmp");
	good = (asked->output != NULL && make(s, asked->output)) || make(s, before);
	if (!good)
		(void)snprintf(err, errlen, "no file for the records: %s: %s", before, strerror(errno));
	free(before);
	o->format = FORMAT_JSON;
	o->output = s->path;
	return good;
}

void
spool_drop(struct spool *s)
{
	if (s->path == NULL)
		return;
	(void)unlink(s->path);
	free(s->path);
	s->path = NULL;
}

int
spool_end(struct spool *s, int status, bool keep)
{
	if (s->path == NULL)
		return status;
	status = from_scan(s->asked, s->path, status);
	if (!keep)
		(void)unlink(s->path);
	free(s->path);
	s->path = NULL;
	return status;
}
