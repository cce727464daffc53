/* db - see db.h. */
#include "config.h"

#include "pulse/db.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/check.h"
#include "base/xalloc.h"
#include "pulse/keyset.h"
#include "pulse/owner.h"

#define APPLICATION_ID "1413565520" /* "TAPP", as file(1) shows it */

enum { FORMAT_VERSION = 1, COLUMNS = 7, SCRATCH = 1 << 16 };

static const char schema[] =
    "PRAGMA application_id=" APPLICATION_ID ";"
    "PRAGMA user_version=1;" /* FORMAT_VERSION */
    "BEGIN;"
    "CREATE TABLE population (records INTEGER, bad_lines INTEGER);"
    "CREATE TABLE host (id INTEGER PRIMARY KEY, name TEXT, port INTEGER, starttls TEXT);"
    "CREATE TABLE certificate (id INTEGER PRIMARY KEY, sha256 BLOB, subject TEXT, issuer TEXT,"
    " not_before INTEGER, not_after INTEGER, key_type TEXT, key_bits INTEGER, key_strength INTEGER,"
    " signature_hash TEXT, validation TEXT, self_signed INTEGER);"
    "CREATE TABLE name (certificate INTEGER, name TEXT);"
    "CREATE TABLE root (id INTEGER PRIMARY KEY, sha256 BLOB, owner TEXT, subject TEXT);"
    "CREATE TABLE trust (id INTEGER, store TEXT, verdict TEXT, root INTEGER);"
    "CREATE TABLE deployment (endpoint INTEGER, certificate INTEGER, trust INTEGER,"
    " PRIMARY KEY (endpoint, certificate, trust)) WITHOUT ROWID;"
    "CREATE TABLE endpoint (id INTEGER PRIMARY KEY, host INTEGER, address TEXT, time INTEGER,"
    " status TEXT, assessed INTEGER, policy TEXT";

struct db {
	struct sql *sql;
	struct sql_st *host, *endpoint, *certificate, *name, *root, *trust, *deployment, *forget;
	struct keyset hosts, endpoints, certificates, roots, trusts;
	db_owner_fn *owner_of;
	void *arg;
	uint64_t records, bad_lines;
};

/* The endpoint's table has a column for each measure. */
static void
make_tables(struct sql *sql)
{
	char *buf = NULL;
	size_t n = 0;
	FILE *f = open_memstream(&buf, &n);

	CHECK(f != NULL);
	fputs(schema, f);
	for (int i = 0; i < M__MAX; i++)
		fprintf(f, ", %s TEXT", measures[i].name);
	fputs(");", f);
	CHECK(fclose(f) == 0);
	sql_run(sql, buf);
	free(buf);
}

static struct sql_st *
insert_endpoint(struct sql *sql)
{
	char *buf = NULL;
	size_t n = 0;
	FILE *f = open_memstream(&buf, &n);
	struct sql_st *st;

	CHECK(f != NULL);
	fputs("INSERT OR REPLACE INTO endpoint VALUES (?1", f);
	for (int i = 2; i <= COLUMNS + M__MAX; i++)
		fprintf(f, ", ?%d", i);
	putc(')', f);
	CHECK(fclose(f) == 0);
	st = sql_prepare(sql, buf);
	free(buf);
	return st;
}

struct db *
db_new(const char *path, db_owner_fn *owner_of, void *arg, char *err, size_t errlen)
{
	struct sql *sql = sql_open(path, SQL_NEW, err, errlen);
	struct db *db;

	if (sql == NULL)
		return NULL;
	db = xcalloc(1, sizeof(*db));
	*db = (struct db){.sql = sql, .owner_of = owner_of, .arg = arg};
	make_tables(sql);
	db->host = sql_prepare(sql, "INSERT INTO host VALUES (?1, ?2, ?3, ?4)");
	db->endpoint = insert_endpoint(sql);
	db->certificate = sql_prepare(sql,
	    "INSERT INTO certificate VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)");
	db->name = sql_prepare(sql, "INSERT INTO name VALUES (?1, ?2)");
	db->root = sql_prepare(sql, "INSERT INTO root VALUES (?1, ?2, ?3, ?4)");
	db->trust = sql_prepare(sql, "INSERT INTO trust VALUES (?1, ?2, ?3, ?4)");
	db->deployment = sql_prepare(sql, "INSERT OR IGNORE INTO deployment VALUES (?1, ?2, ?3)");
	db->forget = sql_prepare(sql, "DELETE FROM deployment WHERE endpoint = ?1");
	return db;
}

/* ---- one record ---- */

static uint32_t
put_host(struct db *db, const struct taken *t)
{
	uint64_t key = keyset_hash(keyset_hash((uint64_t)t->port, t->host), t->starttls);
	bool is_new;
	uint32_t id = keyset_put(&db->hosts, key, &is_new);

	if (is_new) {
		sql_int(db->host, 1, id);
		sql_text(db->host, 2, t->host);
		sql_int(db->host, 3, t->port);
		sql_text(db->host, 4, t->starttls);
		sql_go(db->host);
	}
	return id;
}

static uint32_t
put_endpoint(struct db *db, const struct taken *t)
{
	uint32_t host = put_host(db, t);
	bool is_new;
	uint32_t id =
	    keyset_put(&db->endpoints, keyset_hash(keyset_mix(0, host), t->address), &is_new);

	if (!is_new) {
		sql_int(db->forget, 1, id);
		sql_go(db->forget);
	}
	sql_int(db->endpoint, 1, id);
	sql_int(db->endpoint, 2, host);
	sql_text(db->endpoint, 3, t->address);
	sql_int(db->endpoint, 4, t->time);
	sql_text(db->endpoint, 5, t->status);
	sql_int(db->endpoint, 6, t->assessed);
	sql_text(db->endpoint, 7, t->policy);
	for (int i = 0; i < M__MAX; i++)
		sql_text(db->endpoint, COLUMNS + 1 + i,
		    span_str(measure_class_name(&measures[i], t->value[i])));
	sql_go(db->endpoint);
	return id;
}

/* A SHA-256 is as good a key as any part of it. */
static uint64_t
hash_key(const uint8_t sha256[TAKE_HASH])
{
	uint64_t key;

	memcpy(&key, sha256, sizeof(key));
	return key;
}

static uint32_t
put_certificate(struct db *db, const struct taken_leaf *l)
{
	struct sql_st *st = db->certificate;
	bool is_new;
	uint32_t id = keyset_put(&db->certificates, hash_key(l->sha256), &is_new);

	if (!is_new)
		return id;
	sql_int(st, 1, id);
	sql_blob(st, 2, (struct span){l->sha256, TAKE_HASH});
	sql_text(st, 3, l->subject);
	sql_text(st, 4, l->issuer);
	sql_int(st, 5, l->not_before);
	sql_int(st, 6, l->not_after);
	sql_text(st, 7, l->key_type);
	sql_int(st, 8, l->key_bits);
	sql_int(st, 9, l->key_strength);
	sql_text(st, 10, l->hash);
	sql_text(st, 11, l->validation);
	sql_int(st, 12, l->self_signed);
	sql_go(st);
	for (size_t i = 0; i < l->n_names; i++) {
		sql_int(db->name, 1, id);
		sql_text(db->name, 2, l->names[i]);
		sql_go(db->name);
	}
	return id;
}

static void
add_root(struct db *db, uint32_t id, const struct taken_verdict *v)
{
	struct arena *a = arena_new(SCRATCH);
	struct span owner = {NULL, 0}, subject = {NULL, 0}, named = {NULL, 0};

	if (v->root_subject.raw.p != NULL)
		named = span_str(walk_text(v->root_subject, a, SCRATCH / 64));
	if (!v->has_root)
		subject = named;
	if (db->owner_of == NULL ||
	    !db->owner_of(db->arg, v->has_root ? v->root : NULL, &owner, &subject)) {
		owner = (struct span){NULL, 0};
		subject = named;
	}
	if (subject.n == 0)
		subject = named;
	if (owner.n == 0)
		owner = owner_of_subject(subject, a);
	sql_int(db->root, 1, id);
	sql_blob(db->root, 2, (struct span){v->has_root ? v->root : NULL, TAKE_HASH});
	sql_text(db->root, 3, owner);
	sql_text(db->root, 4, subject);
	sql_go(db->root);
	arena_free(a);
}

/* What tells a root from others; 0: none is known.  Where an intermediate is missing, it may be that
 * only its issuer's name is. */
static uint64_t
root_key(const struct taken_verdict *v)
{
	if (v->has_root)
		return hash_key(v->root);
	if (v->root_subject.raw.p == NULL || !span_eq(v->verdict, span_str("incomplete")))
		return 0;
	return keyset_hash(1, v->root_subject.raw);
}

/* Its number, or -1. */
static int64_t
put_root(struct db *db, const struct taken_verdict *v)
{
	uint64_t key = root_key(v);
	uint32_t id;
	bool is_new;

	if (key == 0)
		return -1;
	id = keyset_put(&db->roots, key, &is_new);
	if (is_new)
		add_root(db, id, v);
	return id;
}

/* All that the stores say of a chain: hosts by the thousand have the same. */
static uint32_t
put_trust(struct db *db, const struct taken_leaf *l)
{
	uint64_t key = 0;
	uint32_t id;
	bool is_new;

	for (size_t i = 0; i < l->n_verdicts; i++) {
		const struct taken_verdict *v = &l->verdict[i];

		key = keyset_hash(keyset_hash(key, v->store), v->verdict);
		key = keyset_mix(key, root_key(v));
	}
	id = keyset_put(&db->trusts, key, &is_new);
	for (size_t i = 0; is_new && i < l->n_verdicts; i++) {
		const struct taken_verdict *v = &l->verdict[i];
		int64_t root = put_root(db, v);

		sql_int(db->trust, 1, id);
		sql_text(db->trust, 2, v->store);
		sql_text(db->trust, 3, v->verdict);
		sql_int(db->trust, 4, root);
		sql_go(db->trust);
	}
	return id;
}

void
db_add(struct db *db, const struct taken *t)
{
	uint32_t endpoint = put_endpoint(db, t);

	for (size_t i = 0; i < t->n_leaves; i++) {
		sql_int(db->deployment, 1, endpoint);
		sql_int(db->deployment, 2, put_certificate(db, &t->leaf[i]));
		sql_int(db->deployment, 3, put_trust(db, &t->leaf[i]));
		sql_go(db->deployment);
	}
}

void
db_count(struct db *db, uint64_t records, uint64_t bad_lines)
{
	db->records += records;
	db->bad_lines += bad_lines;
}

static void
free_keys(struct db *db)
{
	keyset_fini(&db->hosts);
	keyset_fini(&db->endpoints);
	keyset_fini(&db->certificates);
	keyset_fini(&db->roots);
	keyset_fini(&db->trusts);
}

bool
db_finish(struct db *db, char *err, size_t errlen)
{
	struct sql_st *st = sql_prepare(db->sql, "INSERT INTO population VALUES (?1, ?2)");

	sql_int(st, 1, (int64_t)db->records);
	sql_int(st, 2, (int64_t)db->bad_lines);
	sql_go(st);
	sql_run(db->sql, "CREATE INDEX endpoint_host ON endpoint (host); COMMIT");
	free_keys(db);
	if (!sql_good(db->sql))
		(void)snprintf(err, errlen, "%s", sql_error(db->sql));
	return sql_good(db->sql);
}

/* ---- one that is there ---- */

static int64_t
pragma(struct sql *sql, const char *text)
{
	struct sql_st *st = sql_prepare(sql, text);
	int64_t v = -1;

	while (sql_row(st))
		v = sql_get_int(st, 0);
	return v;
}

struct db *
db_open(const char *path, char *err, size_t errlen)
{
	struct sql *sql = sql_open(path, SQL_READ, err, errlen);
	const char *wrong = NULL;
	struct db *db;

	if (sql == NULL)
		return NULL;
	if (pragma(sql, "PRAGMA application_id") != strtol(APPLICATION_ID, NULL, 10))
		wrong = "not a database of tlsaudit-pulse";
	else if (pragma(sql, "PRAGMA user_version") != FORMAT_VERSION)
		wrong = "a database of another version of tlsaudit-pulse";
	if (wrong != NULL) {
		(void)!sql_close(sql, err, errlen);
		(void)snprintf(err, errlen, "%s", wrong);
		return NULL;
	}
	db = xcalloc(1, sizeof(*db));
	db->sql = sql;
	return db;
}

struct sql *
db_sql(struct db *db)
{
	return db->sql;
}

bool
db_close(struct db *db, char *err, size_t errlen)
{
	bool good;

	if (db == NULL)
		return true;
	free_keys(db);
	good = sql_close(db->sql, err, errlen);
	free(db);
	return good;
}
