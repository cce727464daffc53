/* sql - see sql.h. */
#include "adapt/sql.h"

#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/xalloc.h"

enum { WHY = 200 };

struct sql_st {
	struct sql *db;
	struct sql_st *next; /* of the database's */
	sqlite3_stmt *st;    /* NULL: the text was not understood */
};

struct sql {
	sqlite3 *db;
	struct sql_st *statements;
	bool bad;
	char why[WHY];
};

/* Pages are kept up to 64 MB; what is beyond goes to the file. */
static const char fast[] = "PRAGMA page_size=8192;"
			   "PRAGMA journal_mode=OFF;"
			   "PRAGMA synchronous=OFF;"
			   "PRAGMA locking_mode=EXCLUSIVE;"
			   "PRAGMA cache_size=-65536;"
			   "PRAGMA temp_store=FILE;";

static const char reading[] = "PRAGMA query_only=1;"
			      "PRAGMA trusted_schema=0;"
			      "PRAGMA cell_size_check=1;"
			      "PRAGMA cache_size=-65536;";

struct span
sql_magic(void)
{
	static const uint8_t magic[16] = "SQLite format 3"; /* with its NUL */

	return SPAN_OF(magic);
}

static void
failed(struct sql *db)
{
	if (!db->bad)
		(void)snprintf(db->why, sizeof(db->why), "%s", sqlite3_errmsg(db->db));
	db->bad = true;
}

struct sql *
sql_open(const char *path, enum sql_mode mode, char *err, size_t errlen)
{
	struct sql *db = xcalloc(1, sizeof(*db));
	int flags =
	    mode == SQL_NEW ? SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE : SQLITE_OPEN_READONLY;

	if (sqlite3_open_v2(path != NULL ? path : "", &db->db, flags, NULL) != SQLITE_OK)
		failed(db);
	if (!db->bad &&
	    sqlite3_exec(db->db, mode == SQL_NEW ? fast : reading, NULL, NULL, NULL) != SQLITE_OK)
		failed(db);
	if (!db->bad)
		return db;
	(void)!sql_close(db, err, errlen);
	return NULL;
}

void
sql_run(struct sql *db, const char *text)
{
	if (!db->bad && sqlite3_exec(db->db, text, NULL, NULL, NULL) != SQLITE_OK)
		failed(db);
}

struct sql_st *
sql_prepare(struct sql *db, const char *text)
{
	struct sql_st *st = xcalloc(1, sizeof(*st));

	*st = (struct sql_st){.db = db, .next = db->statements};
	db->statements = st;
	if (!db->bad && sqlite3_prepare_v3(db->db, text, -1, SQLITE_PREPARE_PERSISTENT, &st->st,
			    NULL) != SQLITE_OK)
		failed(db);
	return st;
}

void
sql_int(struct sql_st *st, int i, int64_t v)
{
	(void)sqlite3_bind_int64(st->st, i, v);
}

void
sql_text(struct sql_st *st, int i, struct span text)
{
	(void)sqlite3_bind_text64(
	    st->st, i, (const char *)text.p, text.n, SQLITE_STATIC, SQLITE_UTF8);
}

void
sql_blob(struct sql_st *st, int i, struct span bytes)
{
	(void)sqlite3_bind_blob64(st->st, i, bytes.p, bytes.n, SQLITE_STATIC);
}

void
sql_go(struct sql_st *st)
{
	int got;

	if (st->db->bad)
		return;
	do
		got = sqlite3_step(st->st);
	while (got == SQLITE_ROW);
	if (got != SQLITE_DONE)
		failed(st->db);
	(void)sqlite3_reset(st->st);
}

bool
sql_row(struct sql_st *st)
{
	int got = st->db->bad ? SQLITE_DONE : sqlite3_step(st->st);

	if (got == SQLITE_ROW)
		return true;
	if (got != SQLITE_DONE)
		failed(st->db);
	(void)sqlite3_reset(st->st);
	return false;
}

int64_t
sql_get_int(struct sql_st *st, int i)
{
	return sqlite3_column_int64(st->st, i);
}

struct span
sql_get_text(struct sql_st *st, int i)
{
	const void *p = sqlite3_column_blob(st->st, i);

	return (struct span){p, p != NULL ? (size_t)sqlite3_column_bytes(st->st, i) : 0};
}

bool
sql_good(const struct sql *db)
{
	return !db->bad;
}

const char *
sql_error(const struct sql *db)
{
	return db->why;
}

bool
sql_close(struct sql *db, char *err, size_t errlen)
{
	bool good;

	if (db == NULL)
		return true;
	for (struct sql_st *st = db->statements, *next; st != NULL; st = next) {
		next = st->next;
		(void)sqlite3_finalize(st->st);
		free(st);
	}
	if (sqlite3_close(db->db) != SQLITE_OK && !db->bad)
		failed(db);
	good = !db->bad;
	if (!good)
		(void)snprintf(err, errlen, "%s", db->why);
	free(db);
	return good;
}
