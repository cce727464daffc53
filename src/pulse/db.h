/*
 * db - a population in a database: hosts, endpoints, certificates, who trusts them and by
 * which root.
 *
 *	struct db *db = db_new(NULL, owner_of, stores, err, sizeof(err));
 *	db_add(db, &taken);			each record of a scan
 *	if (!db_finish(db, err, sizeof(err)))
 *		... the disk is full
 *	... read it: db_sql()
 *	db_close(db, err, sizeof(err));
 *
 * The tables are meant to be asked by others too; tlsaudit-pulse(1) tells what they hold.  What
 * many endpoints share is there once: a certificate, a root, and all the verdicts on a chain
 * together. Of several records of one endpoint the last one counts.
 *
 * Memory grows by some 40 bytes for each host, endpoint and certificate; the rest is in the file.
 */
#ifndef TLSAUDIT_PULSE_DB_H
#define TLSAUDIT_PULSE_DB_H

#include "adapt/sql.h"
#include "pulse/take.h"

struct db;

/* Who owns the root of that hash: the owner's name, and the root's subject; false: nobody knows.
 * sha256 NULL: the root of that subject. */
typedef bool
db_owner_fn(void *arg, const uint8_t *sha256, struct span *owner, struct span *subject);

/* A new one.  path NULL: a temporary one.  NULL on failure, and a sentence in err. */
struct db *
db_new(const char *path, db_owner_fn *owner_of, void *arg, char *err, size_t errlen) MUST_USE;
/* One that was made before, to be read. */
struct db *db_open(const char *path, char *err, size_t errlen) MUST_USE;
void db_add(struct db *db, const struct taken *t);
/* What was read to make it: lines that are records, lines that are none. */
void db_count(struct db *db, uint64_t records, uint64_t bad_lines);
/* Ends the writing; from then on it is read. */
bool db_finish(struct db *db, char *err, size_t errlen) MUST_USE;
struct sql *db_sql(struct db *db);
bool db_close(struct db *db, char *err, size_t errlen) MUST_USE; /* NULL is allowed, and good */

#endif
