/*
 * population - the records of files become a database, or one that was saved is opened again.
 *
 *	struct population p = {.complain = complain, .owner_of = owner_of, .arg = stores};
 *	if (!population_open(&p, paths, n, "pulse.db", err, sizeof(err)))
 *		...
 *	tally_new(p.db, ...);
 *	good = population_close(&p, true, err, sizeof(err));
 *
 * A database that gets a name is made under another one beside it, and takes its place when it is
 * whole; a file that is there and is none of ours stays as it is.
 */
#ifndef TLSAUDIT_PULSE_POPULATION_H
#define TLSAUDIT_PULSE_POPULATION_H

#include "pulse/db.h"

struct population {
	void (*complain)(const char *text); /* of lines that are no records; not of all, if many */
	db_owner_fn *owner_of;
	void *arg;

	struct db *db;
	uint64_t bad_lines;
	const char *path; /* what the database shall be called, or NULL */
	char *tmp;        /* what it is called until then, or NULL */
};

/* Files of records, or one database alone.  path: where the database is made; NULL: nowhere.
 * Without any file it is the database to read.  False, and a sentence in err. */
bool population_open(struct population *p, const char *const *files, size_t n, const char *path,
    char *err, size_t errlen) MUST_USE;
/* Ends it; keep: a database that has just been made gets its name. */
bool population_close(struct population *p, bool keep, char *err, size_t errlen) MUST_USE;

#endif
