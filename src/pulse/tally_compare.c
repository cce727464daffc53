/* tally_compare - a population beside an earlier one; see tally.h. */
#include <stdio.h>
#include <stdlib.h>

#include "base/xalloc.h"
#include "pulse/tally_internal.h"

static const struct series *
series_of(const struct tally *t, const char *id)
{
	for (size_t i = 0; i < t->n_series; i++)
		if (strcmp(t->series[i].id, id) == 0)
			return &t->series[i];
	return NULL;
}

static void
compare_series(struct series *s, const struct series *old)
{
	s->old_of = old->of;
	for (size_t i = 0; i < s->n; i++)
		for (size_t k = 0; k < old->n; k++)
			if (strcmp(s->v[i].name, old->v[k].name) == 0)
				s->v[i].old = old->v[k].n;
}

static void
compare_owners(struct tally *t, const struct tally *old)
{
	for (size_t i = 0; i < t->n_owners; i++)
		for (size_t k = 0; k < old->n_owners; k++) {
			if (strcmp(t->owners[i].owner, old->owners[k].owner) != 0)
				continue;
			t->owners[i].old_certificates = old->owners[k].certificates;
			t->owners[i].old_hosts = old->owners[k].hosts;
		}
	t->total.old_certificates = old->total.certificates;
	t->total.old_hosts = old->total.hosts;
}

/* ---- host by host ---- */

static uint64_t
host_key(struct sql_st *st)
{
	uint64_t key = keyset_hash((uint64_t)sql_get_int(st, 2), sql_get_text(st, 1));

	return keyset_hash(key, sql_get_text(st, 3));
}

/* What became of a host that was there before. */
static void
move(struct moves *m, uint8_t before, uint8_t now)
{
	m->both++;
	if (before == UINT8_MAX || now == UINT8_MAX || before == 0 || now == 0)
		m->unknown++;
	else if (now == before)
		m->same++;
	else if (now > before) /* classes begin with the worst */
		m->better++;
	else
		m->worse++;
}

static uint8_t
grade_of(const struct tally *t, int64_t host)
{
	return host >= 0 && (uint64_t)host < t->n_host_grades ? t->host_grade[host] : UINT8_MAX;
}

static void
compare_hosts(struct tally *t, struct sql *sql, const struct tally *old, struct sql *old_sql)
{
	static const char query[] = "SELECT id, name, port, starttls FROM host ORDER BY id";
	struct sql_st *was = sql_prepare(old_sql, query), *is = sql_prepare(sql, query);
	struct keyset keys = {0};
	uint8_t *grade = NULL;
	size_t room = 0;
	bool is_new;

	while (sql_row(was)) {
		uint32_t i;

		grade = grow_list(grade, keys.n, &room, 1);
		i = keyset_put(&keys, host_key(was), &is_new);
		grade[i] = grade_of(old, sql_get_int(was, 0));
	}
	while (sql_row(is)) {
		uint32_t i = keyset_get(&keys, host_key(is));

		if (i == KEYSET_NONE)
			t->moves.added++;
		else
			move(&t->moves, grade[i], grade_of(t, sql_get_int(is, 0)));
	}
	t->moves.gone = keys.n - t->moves.both;
	keyset_fini(&keys);
	free(grade);
}

bool
tally_compare(struct tally *t, struct db *db, const struct tally *old, struct db *old_db, char *err,
    size_t errlen)
{
	t->compared = true;
	t->old_from = old->from;
	t->old_to = old->to;
	t->old_hosts = old->hosts;
	t->old_assessed = old->assessed;
	for (size_t i = 0; i < t->n_series; i++) {
		const struct series *s = series_of(old, t->series[i].id);

		if (s != NULL)
			compare_series(&t->series[i], s);
	}
	compare_owners(t, old);
	compare_hosts(t, db_sql(db), old, db_sql(old_db));
	for (int i = 0; i < 2; i++) {
		struct sql *sql = db_sql(i == 0 ? db : old_db);

		if (sql_good(sql))
			continue;
		(void)snprintf(err, errlen, "%s", sql_error(sql));
		return false;
	}
	return true;
}
