/* tally - see tally.h.  This part goes through the endpoints, host by host. */
#include "config.h"

#include "pulse/tally.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/check.h"
#include "base/xalloc.h"
#include "pulse/tally_internal.h"

#define ARENA_CAP (SIZE_MAX / 2)

enum { E_ID, E_HOST, E_TIME, E_STATUS, E_ASSESSED, E_POLICY, E_NAME, E_MEASURES };

/* ---- what all parts use ---- */

uint32_t
words_put(struct words *w, struct arena *a, struct span word)
{
	bool is_new;
	size_t n = w->keys.n;
	uint32_t i = keyset_put(&w->keys, keyset_hash(0, word), &is_new);

	if (is_new) {
		w->v = grow_list(w->v, n, &w->room, sizeof(*w->v));
		w->v[n] = arena_strn(a, word.p, word.n);
	}
	return i;
}

void
words_fini(struct words *w)
{
	keyset_fini(&w->keys);
	free(w->v);
}

void *
grow_list(void *list, size_t n, size_t *room, size_t size)
{
	size_t old = *room;

	if (n < old)
		return list;
	*room = old > 0 ? 2 * old : 16;
	list = xrealloc(list, *room * size);
	memset((char *)list + old * size, 0, (*room - old) * size);
	return list;
}

size_t
ids_of(struct sql *sql, const char *text)
{
	struct sql_st *st = sql_prepare(sql, text);
	int64_t n = 0, rows = 0;

	while (sql_row(st)) {
		n = sql_get_int(st, 0);
		rows = sql_get_int(st, 1);
	}
	/* Ids begin with 0 and leave nothing out; who says otherwise shall not make us hold it. */
	n = n < rows ? n : rows;
	return n > 0 && n < NOBODY ? (size_t)n : 0;
}

uint64_t
tally_millionths(uint64_t n, uint64_t of)
{
	return of > 0 ? (n * 1000000 + of / 2) / of : 0;
}

/* ---- the endpoints ---- */

static struct sql_st *
select_endpoints(struct sql *sql)
{
	char *buf = NULL;
	size_t n = 0;
	FILE *f = open_memstream(&buf, &n);
	struct sql_st *st;

	CHECK(f != NULL);
	fputs("SELECT e.id, e.host, e.time, e.status, e.assessed, e.policy, h.name", f);
	for (int i = 0; i < M__MAX; i++)
		fprintf(f, ", e.%s", measures[i].name);
	fputs(" FROM endpoint e JOIN host h ON h.id = e.host ORDER BY e.host, e.id", f);
	CHECK(fclose(f) == 0);
	st = sql_prepare(sql, buf);
	free(buf);
	return st;
}

static void
begin_host(struct work *w, struct host *h, uint32_t id, struct span name)
{
	*h = (struct host){.id = id, .any = true};
	h->own = w->own != NULL && own_has(w->own, name);
}

/* A host that has been seen whole. */
static void
end_host(struct work *w, const struct host *h)
{
	struct tally *t = w->t;
	size_t n_stores = w->stores.keys.n < TALLY_STORES ? w->stores.keys.n : TALLY_STORES;

	if (!h->any)
		return;
	t->hosts++;
	w->n.status[h->status]++;
	t->own_found += h->own;
	t->host_grade[h->id] = h->assessed ? h->value[M_GRADE] : UINT8_MAX;
	if (!h->assessed)
		return;
	t->assessed++;
	t->own_assessed += h->own;
	for (int i = 0; i < M__MAX; i++)
		w->n.measure[i][h->value[i]]++;
	for (size_t i = 0; i < n_stores; i++) {
		uint32_t bit = UINT32_C(1) << i;

		w->n.store[i][(h->no & bit) != 0     ? 1
			      : (h->open & bit) != 0 ? 0
			      : (h->yes & bit) != 0  ? 2
						     : 0]++;
	}
}

static void
take_time(struct tally *t, int64_t time)
{
	if (t->from == 0 || time < t->from)
		t->from = time;
	if (time > t->to)
		t->to = time;
}

static void
take_policy(struct tally *t, struct span policy)
{
	if (policy.n == 0)
		return;
	if (t->policy == NULL)
		t->policy = arena_strn(t->arena, policy.p, policy.n);
	else if (!span_eq(policy, span_str(t->policy)))
		t->policy = "several";
}

static void
take_values(struct sql_st *st, struct host *h)
{
	for (int i = 0; i < M__MAX; i++) {
		uint8_t v = measure_class(&measures[i], sql_get_text(st, E_MEASURES + i));

		h->value[i] = h->assessed ? measure_worse(h->value[i], v) : v;
	}
	h->assessed = true;
}

static void
take_deployments(
    struct work *w, struct sql_st *deployments, struct host *h, int64_t endpoint, int64_t time)
{
	sql_int(deployments, 1, endpoint);
	while (sql_row(deployments)) {
		size_t leaf = (size_t)sql_get_int(deployments, 0),
		       trust = (size_t)sql_get_int(deployments, 1);

		if (leaf >= w->n_leaves || trust >= w->n_judged)
			continue;
		tally_host_trust(w, h, &w->judged[trust]);
		tally_leaf_seen(w, h, (uint32_t)leaf, &w->judged[trust], time);
	}
}

static void
all_endpoints(struct work *w)
{
	struct sql_st *st = select_endpoints(w->sql);
	struct sql_st *deployments =
	    sql_prepare(w->sql, "SELECT certificate, trust FROM deployment WHERE endpoint = ?1");
	size_t n_hosts = ids_of(w->sql, "SELECT max(id) + 1, count(*) FROM host");
	struct host h = {.any = false};

	w->t->host_grade = xcalloc(n_hosts, 1);
	w->t->n_host_grades = n_hosts;
	memset(w->t->host_grade, UINT8_MAX, n_hosts);
	while (sql_row(st)) {
		int64_t time = sql_get_int(st, E_TIME), id = sql_get_int(st, E_HOST);
		uint8_t status = tally_status(sql_get_text(st, E_STATUS));

		if (id < 0 || (size_t)id >= n_hosts)
			continue;
		if (!h.any || h.id != (uint32_t)id) {
			end_host(w, &h);
			begin_host(w, &h, (uint32_t)id, sql_get_text(st, E_NAME));
		}
		w->t->endpoints++;
		take_time(w->t, time);
		take_policy(w->t, sql_get_text(st, E_POLICY));
		h.status = h.status == 0 || status < h.status ? status : h.status;
		if (sql_get_int(st, E_ASSESSED) == 0)
			continue;
		take_values(st, &h);
		take_deployments(w, deployments, &h, sql_get_int(st, E_ID), time);
	}
	end_host(w, &h);
}

/* ---- the whole ---- */

static void
load_counts(struct work *w)
{
	struct sql_st *st = sql_prepare(w->sql, "SELECT records, bad_lines FROM population");

	while (sql_row(st)) {
		w->t->records = (uint64_t)sql_get_int(st, 0);
		w->t->bad_lines = (uint64_t)sql_get_int(st, 1);
	}
}

static void
work_fini(struct work *w)
{
	words_fini(&w->owners);
	words_fini(&w->stores);
	words_fini(&w->verdicts);
	keyset_fini(&w->gap_keys);
	own_free(w->own);
	free(w->judged);
	free(w->roots);
	free(w->leaves);
	free(w->stamped);
	free(w->gap_host);
}

struct tally *
tally_new(struct db *db, struct span own, char *err, size_t errlen)
{
	struct tally *t = xcalloc(1, sizeof(*t));
	struct work w = {.t = t, .sql = db_sql(db), .own = own.p != NULL ? own_new(own) : NULL};
	bool good;

	t->arena = arena_new(ARENA_CAP);
	t->own = own.p != NULL;
	load_counts(&w);
	tally_load_trust(&w);
	tally_load_leaves(&w);
	all_endpoints(&w);
	tally_names(&w);
	tally_owners(&w);
	tally_series(&w);
	if (w.own != NULL)
		own_missing(w.own, t);
	good = sql_good(w.sql);
	if (!good)
		(void)snprintf(err, errlen, "%s", sql_error(w.sql));
	work_fini(&w);
	if (good)
		return t;
	tally_free(t);
	return NULL;
}

void
tally_free(struct tally *t)
{
	if (t == NULL)
		return;
	free(t->gaps);
	free(t->weak);
	free(t->owners);
	free(t->host_grade);
	free(t->own_missing);
	arena_free(t->arena);
	free(t);
}
