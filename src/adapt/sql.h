/*
 * sql - a database in one file, or one that nobody sees; over SQLite.
 *
 *	struct sql *db = sql_open(NULL, SQL_NEW, err, sizeof(err));
 *	sql_run(db, "CREATE TABLE host (id INTEGER PRIMARY KEY, name TEXT)");
 *	struct sql_st *add = sql_prepare(db, "INSERT INTO host VALUES (?1, ?2)");
 *	sql_int(add, 1, 7);
 *	sql_text(add, 2, name);
 *	sql_go(add);
 *	if (!sql_close(db, err, sizeof(err)))
 *		... the disk is full
 *
 * A new database is made in one go by one process, and is nobody's before sql_close(): there is no
 * journal and nothing waits for the disk.  An error sticks: what follows it does nothing, rows end,
 * and sql_close() says what it was; so callers need no test at each step.
 */
#ifndef TLSAUDIT_ADAPT_SQL_H
#define TLSAUDIT_ADAPT_SQL_H

#include "base/span.h"

struct sql;
struct sql_st;

enum sql_mode {
	SQL_NEW, /* a file that is not there or empty */
	SQL_READ /* one that is */
};

/* The first bytes of every such file. */
struct span sql_magic(void);
/* path NULL: a temporary one that is gone with sql_close(), in $SQLITE_TMPDIR, $TMPDIR or /var/tmp.
 * NULL on failure, and a sentence in err. */
struct sql *sql_open(const char *path, enum sql_mode mode, char *err, size_t errlen) MUST_USE;
/* Several statements that give nothing back. */
void sql_run(struct sql *db, const char *text);
/* One statement, made ready; owned by the database.  Never NULL. */
struct sql_st *sql_prepare(struct sql *db, const char *text);
/* Its parameters, from 1.  Bytes are borrowed until sql_go() or the last sql_row(). */
void sql_int(struct sql_st *st, int i, int64_t v);
void sql_text(struct sql_st *st, int i, struct span text); /* p NULL: NULL */
void sql_blob(struct sql_st *st, int i, struct span bytes);
/* Executes it, and makes it ready for the next time. */
void sql_go(struct sql_st *st);
/* The next row of it; false behind the last, and it is ready for the next time. */
bool sql_row(struct sql_st *st) MUST_USE;
/* Columns of that row, from 0; borrowed until the next one.  NULL gives 0 and {NULL, 0}. */
int64_t sql_get_int(struct sql_st *st, int i);
struct span sql_get_text(struct sql_st *st, int i);
/* No error has been met so far. */
bool sql_good(const struct sql *db);
/* The first one, in words; "" when there is none. */
const char *sql_error(const struct sql *db);
/* Ends it; false, and a sentence in err, when anything went wrong.  NULL is allowed, and good. */
bool sql_close(struct sql *db, char *err, size_t errlen) MUST_USE;

#endif
