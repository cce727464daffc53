/* sqlite - see sqlite.h. */
#include "config.h"

#include "adapt/sqlite.h"

#include <errno.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "base/arena.h"
#include "base/check.h"
#include "base/xalloc.h"

enum { BUSY_MS = 250 };

static const char schema[] =
    "PRAGMA journal_mode=WAL;"
    "PRAGMA synchronous=NORMAL;"
    "CREATE TABLE IF NOT EXISTS answer (key BLOB PRIMARY KEY, body BLOB NOT NULL,"
    " seen INTEGER NOT NULL, until INTEGER NOT NULL) WITHOUT ROWID;"
    "CREATE TABLE IF NOT EXISTS revoked (key BLOB PRIMARY KEY, since INTEGER NOT NULL,"
    " reason INTEGER NOT NULL, source TEXT NOT NULL, seen INTEGER NOT NULL) WITHOUT ROWID;"
    "DELETE FROM answer WHERE until < CAST(strftime('%s', 'now') AS INTEGER);";

enum statement { GET, PUT, REVOKED, PUT_REVOKED, STATEMENT__MAX };

static const char *const texts[STATEMENT__MAX] = {
    [GET] = "SELECT body FROM answer WHERE key = ?1 AND until > ?2 AND seen <= ?2",
    [PUT] = "INSERT OR REPLACE INTO answer (key, body, seen, until) VALUES (?1, ?2, ?3, ?4)",
    [REVOKED] = "SELECT since, reason, source, seen FROM revoked WHERE key = ?1",
    [PUT_REVOKED] = ("INSERT OR IGNORE INTO revoked (key, since, reason, source, seen)"
		     " VALUES (?1, ?2, ?3, ?4, ?5)"),
};

struct sqlite {
	sqlite3 *db;
	sqlite3_stmt *st[STATEMENT__MAX];
};

/* Every folder above the file, as the XDG base directory specification wants them: 0700. */
static bool
make_folders(const char *path)
{
	char *copy = xstrdup(path);
	bool ok = true;

	for (char *p = copy + 1; *p != '\0' && ok; p++) {
		if (*p != '/')
			continue;
		*p = '\0';
		ok = mkdir(copy, 0700) == 0 || errno == EEXIST;
		*p = '/';
	}
	free(copy);
	return ok;
}

static bool
set_up(struct sqlite *s)
{
	sqlite3_busy_timeout(s->db, BUSY_MS);
	if (sqlite3_exec(s->db, schema, NULL, NULL, NULL) != SQLITE_OK)
		return false;
	for (int i = 0; i < STATEMENT__MAX; i++)
		if (sqlite3_prepare_v2(s->db, texts[i], -1, &s->st[i], NULL) != SQLITE_OK)
			return false;
	return true;
}

struct sqlite *
sqlite_open(const char *path)
{
	struct sqlite *s = xcalloc(1, sizeof(*s));

	if (make_folders(path) && sqlite3_open(path, &s->db) == SQLITE_OK && set_up(s))
		return s;
	sqlite_close(s);
	return NULL;
}

void
sqlite_close(struct sqlite *s)
{
	if (s == NULL)
		return;
	for (int i = 0; i < STATEMENT__MAX; i++)
		sqlite3_finalize(s->st[i]);
	sqlite3_close(s->db);
	free(s);
}

static void
bind_key(sqlite3_stmt *st, struct span key)
{
	sqlite3_bind_blob64(st, 1, key.p, key.n, SQLITE_STATIC);
}

static void
done(sqlite3_stmt *st)
{
	sqlite3_reset(st);
	sqlite3_clear_bindings(st);
}

bool
sqlite_get(struct sqlite *s, struct span key, int64_t now, size_t max, struct arena *a,
    struct span *body)
{
	sqlite3_stmt *st;
	bool found = false;

	if (s == NULL)
		return false;
	st = s->st[GET];
	bind_key(st, key);
	sqlite3_bind_int64(st, 2, now);
	if (sqlite3_step(st) == SQLITE_ROW) {
		const void *p = sqlite3_column_blob(st, 0);
		size_t n = (size_t)sqlite3_column_bytes(st, 0);

		found = p != NULL && n <= max && arena_has_room(a, n);
		if (found)
			*body = arena_span(a, (struct span){p, n});
	}
	done(st);
	return found;
}

void
sqlite_put(struct sqlite *s, struct span key, struct span body, int64_t now, int64_t until)
{
	sqlite3_stmt *st;

	if (s == NULL || body.n == 0 || until <= now)
		return;
	st = s->st[PUT];
	bind_key(st, key);
	sqlite3_bind_blob64(st, 2, body.p, body.n, SQLITE_STATIC);
	sqlite3_bind_int64(st, 3, now);
	sqlite3_bind_int64(st, 4, until);
	(void)sqlite3_step(st);
	done(st);
}

bool
sqlite_revoked(struct sqlite *s, struct span key, struct arena *a, struct sqlite_revoked *out)
{
	sqlite3_stmt *st;
	bool found;

	if (s == NULL)
		return false;
	st = s->st[REVOKED];
	bind_key(st, key);
	found = sqlite3_step(st) == SQLITE_ROW;
	if (found) {
		const char *source = (const char *)sqlite3_column_text(st, 2);

		*out = (struct sqlite_revoked){.since = sqlite3_column_int64(st, 0),
		    .reason = sqlite3_column_int(st, 1),
		    .source = arena_str(a, source != NULL ? source : ""),
		    .seen = sqlite3_column_int64(st, 3)};
	}
	done(st);
	return found;
}

void
sqlite_put_revoked(struct sqlite *s, struct span key, const struct sqlite_revoked *r)
{
	sqlite3_stmt *st;

	if (s == NULL)
		return;
	st = s->st[PUT_REVOKED];
	bind_key(st, key);
	sqlite3_bind_int64(st, 2, r->since);
	sqlite3_bind_int(st, 3, r->reason);
	sqlite3_bind_text(st, 4, r->source, -1, SQLITE_STATIC);
	sqlite3_bind_int64(st, 5, r->seen);
	(void)sqlite3_step(st);
	done(st);
}

const char *
sqlite_version(void)
{
	return sqlite3_libversion();
}
