/* population - see population.h. */
#include "config.h"

#include "pulse/population.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/xalloc.h"
#include "pulse/lines.h"

enum { ARENA_CAP = 256 << 20, WHY = 200, MOST_SAID = 20 };

/* ---- databases ---- */

/* A pipe is none, and must not be looked into: what is read is gone. */
static bool
is_database(const char *path)
{
	struct stat st;
	uint8_t head[16];
	FILE *f = stat(path, &st) == 0 && S_ISREG(st.st_mode) ? fopen(path, "rbe") : NULL;
	bool is = f != NULL && fread(head, sizeof(head), 1, f) == 1 &&
		  span_eq(SPAN_OF(head), sql_magic());

	if (f != NULL)
		(void)fclose(f);
	return is;
}

static bool
open_database(struct population *p, const char *path, char *err, size_t errlen)
{
	char why[WHY];

	p->db = db_open(path, why, sizeof(why));
	if (p->db == NULL)
		(void)snprintf(err, errlen, "%s: %s", path, why);
	return p->db != NULL;
}

/* May a database be made there?  Where nothing is, and where one of ours is. */
static bool
may_replace(const char *path, char *err, size_t errlen)
{
	char why[WHY];
	struct db *db;

	if (access(path, F_OK) != 0 && errno == ENOENT)
		return true;
	db = is_database(path) ? db_open(path, why, sizeof(why)) : NULL;
	if (db == NULL)
		(void)snprintf(
		    err, errlen, "%s: it is there, and is no database of tlsaudit-pulse", path);
	return db != NULL && db_close(db, err, errlen);
}

static bool
make_database(struct population *p, const char *path, char *err, size_t errlen)
{
	char why[WHY];

	if (path != NULL) {
		if (!may_replace(path, err, errlen))
			return false;
		p->tmp = xasprintf("%s.%ld.tmp", path, (long)getpid());
		(void)unlink(p->tmp);
	}
	p->path = path;
	p->db = db_new(p->tmp, p->owner_of, p->arg, why, sizeof(why));
	if (p->db == NULL)
		(void)snprintf(
		    err, errlen, "%s: %s", path != NULL ? path : "temporary database", why);
	return p->db != NULL;
}

/* ---- records ---- */

static bool
is_blank(struct span s)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] != ' ' && s.p[i] != '\t' && s.p[i] != '\r')
			return false;
	return true;
}

static void
bad_line(struct population *p, const struct lines *in, const char *why)
{
	char text[2 * WHY];

	if (p->bad_lines++ >= MOST_SAID)
		return;
	(void)snprintf(
	    text, sizeof(text), "%s:%" PRIu64 ": %s", lines_name(in), lines_number(in), why);
	p->complain(text);
}

static void
one_line(struct population *p, const struct lines *in, struct span line, struct taken *t)
{
	struct arena *a;
	char why[WHY];

	if (is_blank(line))
		return;
	a = arena_new(ARENA_CAP);
	if (take_record(line, a, t, why, sizeof(why))) {
		db_add(p->db, t);
		db_count(p->db, 1, 0);
	} else {
		bad_line(p, in, why);
		db_count(p->db, 0, 1);
	}
	arena_free(a);
}

static bool
one_file(struct population *p, const char *path, char *err, size_t errlen)
{
	struct lines *in = lines_open(path, err, errlen);
	struct taken *t = xcalloc(1, sizeof(*t));
	struct span line;
	bool good = in != NULL;

	if (good && lines_begin_with(in, sql_magic())) {
		(void)snprintf(err, errlen, "%s: a database stands alone", path);
		good = false;
		(void)!lines_close(in, err, 0);
		in = NULL;
	}
	while (good && lines_next(in, &line))
		one_line(p, in, line, t);
	free(t);
	return good && lines_close(in, err, errlen);
}

bool
population_open(struct population *p, const char *const *files, size_t n, const char *path,
    char *err, size_t errlen)
{
	if (n == 0)
		return open_database(p, path, err, errlen);
	if (n == 1 && is_database(files[0]) && path == NULL)
		return open_database(p, files[0], err, errlen);
	if (!make_database(p, path, err, errlen))
		return false;
	for (size_t i = 0; i < n; i++)
		if (!one_file(p, files[i], err, errlen))
			return false;
	if (p->bad_lines > MOST_SAID) {
		char text[WHY];

		(void)snprintf(text, sizeof(text), "%" PRIu64 " more lines are no reports",
		    p->bad_lines - MOST_SAID);
		p->complain(text);
	}
	return db_finish(p->db, err, errlen);
}

bool
population_close(struct population *p, bool keep, char *err, size_t errlen)
{
	bool good = db_close(p->db, err, errlen);

	p->db = NULL;
	if (p->tmp != NULL && good && keep && rename(p->tmp, p->path) != 0) {
		(void)snprintf(err, errlen, "%s: %s", p->path, strerror(errno));
		good = false;
	}
	if (p->tmp != NULL && !(good && keep))
		(void)unlink(p->tmp);
	free(p->tmp);
	p->tmp = NULL;
	return good;
}
