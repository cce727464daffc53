/* tally_trust - what the stores say of each chain; see tally_internal.h. */
#include <stdlib.h>

#include "base/xalloc.h"
#include "pulse/tally_internal.h"

/* The public stores, in the order in which they say whose a root is. */
static const struct {
	const char *name, *title;
} public_stores[] = {{"mozilla", "Mozilla"}, {"chrome", "Chrome"}, {"microsoft", "Microsoft"},
    {"apple", "Apple"}, {"android", "Android"}, {"java", "Java"}};

const char *
tally_store_title(const char *name)
{
	for (size_t i = 0; i < N_ELEMENTS(public_stores); i++)
		if (strcmp(public_stores[i].name, name) == 0)
			return public_stores[i].title;
	return strcmp(name, "windows-product") == 0 ? "Windows products" : name;
}

static void
load_roots(struct work *w)
{
	struct sql_st *st = sql_prepare(w->sql, "SELECT id, owner, subject FROM root");

	w->n_roots = ids_of(w->sql, "SELECT max(id) + 1, count(*) FROM root");
	w->roots = xcalloc(w->n_roots, sizeof(*w->roots));
	while (sql_row(st)) {
		size_t id = (size_t)sql_get_int(st, 0);
		struct span owner = sql_get_text(st, 1), subject = sql_get_text(st, 2);

		if (id >= w->n_roots)
			continue;
		w->roots[id].owner =
		    words_put(&w->owners, w->t->arena, owner.n > 0 ? owner : span_str("unknown"));
		w->roots[id].subject = arena_strn(w->t->arena, subject.p, subject.n);
	}
}

static bool
is(const struct work *w, const struct judged *j, uint32_t store, const char *verdict)
{
	return strcmp(w->verdicts.v[j->verdict[store]], verdict) == 0;
}

/* One row: what a store says. */
static void
take_row(struct work *w, struct judged *j, uint32_t store, struct span verdict, int64_t root)
{
	uint32_t bit = UINT32_C(1) << store;

	j->verdict[store] = words_put(&w->verdicts, w->t->arena, verdict);
	j->root[store] = root >= 0 && (size_t)root < w->n_roots ? (uint32_t)root : NOBODY;
	if (is(w, j, store, "complete") || is(w, j, store, "incomplete"))
		j->yes |= bit;
	else if (is(w, j, store, "unverified") || is(w, j, store, "not_judged"))
		j->open |= bit;
	else
		j->no |= bit;
}

/* The leaf itself may be trusted where it is for another name than its host's. */
static bool
trusts_leaf(const struct work *w, const struct judged *j, uint32_t store)
{
	return (j->yes & UINT32_C(1) << store) != 0 ||
	       (j->root[store] != NOBODY && is(w, j, store, "name_mismatch"));
}

/* The number of a store in this population, or NOBODY. */
static uint32_t
store_number(const struct work *w, const char *name)
{
	uint32_t i = keyset_get(&w->stores.keys, keyset_hash(0, span_str(name)));

	return i < TALLY_STORES ? i : NOBODY;
}

static void
settle_public(const struct work *w, struct judged *j)
{
	uint32_t seen = j->yes | j->no | j->open;

	for (size_t i = 0; i < N_ELEMENTS(public_stores); i++) {
		uint32_t s = store_number(w, public_stores[i].name);

		if (s == NOBODY || (seen & UINT32_C(1) << s) == 0)
			continue;
		if ((j->open & UINT32_C(1) << s) != 0 && j->leaf == LEAF_NO)
			j->leaf = LEAF_OPEN;
		if (!trusts_leaf(w, j, s))
			continue;
		j->leaf = LEAF_YES;
		if (j->root[s] == NOBODY) {
			j->alone = false;
			continue;
		}
		if (j->owner == NOBODY)
			j->owner = w->roots[j->root[s]].owner;
		j->alone = j->alone && j->owner == w->roots[j->root[s]].owner;
	}
}

/* Where no root is known at all, the owner is: unknown. */
static void
settle_unknown(struct work *w, struct judged *j)
{
	if (j->leaf == LEAF_YES && j->owner == NOBODY)
		j->owner = words_put(&w->owners, w->t->arena, span_str("unknown"));
}

/* Of what no public store trusts: whose root does any store find above it? */
static void
settle_owner(const struct work *w, struct judged *j)
{
	uint32_t seen = j->yes | j->no | j->open;

	for (size_t i = 0; i < N_ELEMENTS(public_stores); i++) {
		uint32_t s = store_number(w, public_stores[i].name);

		if (j->owner == NOBODY && s != NOBODY && (seen & UINT32_C(1) << s) != 0 &&
		    j->root[s] != NOBODY)
			j->owner = w->roots[j->root[s]].owner;
	}
	for (uint32_t s = 0; s < TALLY_STORES; s++)
		if (j->owner == NOBODY && (seen & UINT32_C(1) << s) != 0 && j->root[s] != NOBODY)
			j->owner = w->roots[j->root[s]].owner;
}

void
tally_load_trust(struct work *w)
{
	struct sql_st *st = sql_prepare(w->sql, "SELECT id, store, verdict, root FROM trust");

	load_roots(w);
	/* Chains without any verdict have one number too, and no row here. */
	w->n_judged = ids_of(w->sql, "SELECT max(trust) + 1, (SELECT count(*) + 1 FROM trust)"
				     " FROM deployment");
	w->judged = xcalloc(w->n_judged, sizeof(*w->judged));
	for (size_t i = 0; i < w->n_judged; i++)
		w->judged[i] = (struct judged){.owner = NOBODY, .alone = true};
	while (sql_row(st)) {
		size_t id = (size_t)sql_get_int(st, 0);
		uint32_t store = words_put(&w->stores, w->t->arena, sql_get_text(st, 1));

		if (id < w->n_judged && store < TALLY_STORES)
			take_row(w, &w->judged[id], store, sql_get_text(st, 2), sql_get_int(st, 3));
	}
	for (size_t i = 0; i < w->n_judged; i++) {
		settle_public(w, &w->judged[i]);
		w->judged[i].alone = w->judged[i].alone && w->judged[i].owner != NOBODY;
		settle_owner(w, &w->judged[i]);
		settle_unknown(w, &w->judged[i]);
	}
}

/* One host more that store `by` trusts and store `other` does not. */
static void
add_gap(struct work *w, const struct host *h, const struct judged *j, uint32_t by, uint32_t other)
{
	struct tally *t = w->t;
	uint64_t key =
	    keyset_mix(keyset_mix(j->root[by], by), (uint64_t)other << 32 | j->verdict[other]);
	bool is_new;
	uint32_t i = keyset_put(&w->gap_keys, key, &is_new);

	if (is_new) {
		const struct root *root = j->root[by] != NOBODY ? &w->roots[j->root[by]] : NULL;

		t->gaps = grow_list(t->gaps, t->n_gaps, &w->gap_room, sizeof(*t->gaps));
		w->gap_host =
		    grow_list(w->gap_host, t->n_gaps, &w->gap_host_room, sizeof(*w->gap_host));
		t->gaps[t->n_gaps++] = (struct gap){.by = tally_store_title(w->stores.v[by]),
		    .not_by = tally_store_title(w->stores.v[other]),
		    .verdict = w->verdicts.v[j->verdict[other]],
		    .owner = root != NULL ? w->owners.v[root->owner] : NULL,
		    .subject = root != NULL ? root->subject : NULL};
	}
	if (w->gap_host[i] == h->id + 1)
		return;
	w->gap_host[i] = h->id + 1;
	t->gaps[i].hosts++;
}

void
tally_host_trust(struct work *w, struct host *h, const struct judged *j)
{
	h->yes |= j->yes;
	h->no |= j->no;
	h->open |= j->open;
	if (j->yes == 0 || j->no == 0)
		return;
	for (uint32_t by = 0; by < TALLY_STORES; by++)
		for (uint32_t other = 0; other < TALLY_STORES; other++)
			if ((j->yes & UINT32_C(1) << by) != 0 &&
			    (j->no & UINT32_C(1) << other) != 0)
				add_gap(w, h, j, by, other);
}
