/* tally_owner - certificates, and whose roots are behind them; see tally_internal.h. */
#include <stdlib.h>

#include "adapt/psl.h"
#include "base/xalloc.h"
#include "pulse/tally_internal.h"

/* ---- certificates ---- */

enum {
	C_ID,
	C_NOT_BEFORE,
	C_NOT_AFTER,
	C_KEY_TYPE,
	C_BITS,
	C_STRENGTH,
	C_HASH,
	C_VALIDATION,
	C_SELF
};

static void
load_leaf(struct sql_st *st, struct leaf *l)
{
	const struct measure *hash = &measures[M_SIGNATURE];
	int64_t strength = sql_get_int(st, C_STRENGTH);
	struct span word;

	*l = (struct leaf){.not_before = sql_get_int(st, C_NOT_BEFORE),
	    .not_after = sql_get_int(st, C_NOT_AFTER),
	    .owner = NOBODY,
	    .strength = strength > 0 && strength < INT32_MAX ? (int32_t)strength : 0,
	    .self_signed = sql_get_int(st, C_SELF) != 0};
	l->key = measure_key(sql_get_text(st, C_KEY_TYPE), sql_get_int(st, C_BITS));
	word = sql_get_text(st, C_HASH);
	l->hash = measure_class(hash, word);
	if (l->hash == 0 && word.n > 0)
		l->hash = measure_class(hash, span_str("other"));
	l->validation = tally_validation(sql_get_text(st, C_VALIDATION));
}

void
tally_load_leaves(struct work *w)
{
	struct sql_st *st = sql_prepare(w->sql,
	    "SELECT id, not_before, not_after, key_type, key_bits, key_strength, signature_hash,"
	    " validation, self_signed FROM certificate");

	w->n_leaves = ids_of(w->sql, "SELECT max(id) + 1, count(*) FROM certificate");
	w->leaves = xcalloc(w->n_leaves, sizeof(*w->leaves));
	w->t->owners = w->shares = xcalloc(w->owners.keys.n, sizeof(*w->shares));
	w->stamped = xcalloc(w->owners.keys.n, sizeof(*w->stamped));
	for (size_t i = 0; i < w->owners.keys.n; i++)
		w->shares[i].owner = w->owners.v[i];
	while (sql_row(st)) {
		size_t id = (size_t)sql_get_int(st, C_ID);

		if (id < w->n_leaves)
			load_leaf(st, &w->leaves[id]);
	}
}

bool
tally_leaf_counts(const struct leaf *l)
{
	return l->trust == LEAF_YES && !l->expired;
}

/* ---- what a host presents ---- */

static void
add_weak(struct work *w, const struct host *h, uint32_t leaf)
{
	struct tally *t = w->t;

	for (size_t i = t->n_weak; i > 0 && t->weak[i - 1].host_id == h->id; i--)
		if (t->weak[i - 1].certificate_id == leaf)
			return;
	t->weak = grow_list(t->weak, t->n_weak, &w->weak_room, sizeof(*t->weak));
	t->weak[t->n_weak++] = (struct weak){.host_id = h->id, .certificate_id = leaf};
}

/* Stamps are the host's id and one: zero is nobody. */
static bool
first_time(uint32_t *stamp, const struct host *h)
{
	bool first = *stamp != h->id + 1;

	*stamp = h->id + 1;
	return first;
}

static void
count_host(struct work *w, const struct host *h, const struct judged *j)
{
	struct share *s;

	if (first_time(&w->last_trusted, h)) {
		w->t->total.hosts++;
		w->t->own_trusted += h->own;
	}
	if (j->owner == NOBODY)
		return;
	s = &w->shares[j->owner];
	if (first_time(&w->stamped[j->owner].host, h)) {
		s->hosts++;
		s->own_hosts += h->own;
	}
	if (j->alone && first_time(&w->stamped[j->owner].alone, h)) {
		s->alone++;
		s->own_alone += h->own;
	}
}

void
tally_leaf_seen(
    struct work *w, const struct host *h, uint32_t leaf, const struct judged *j, int64_t time)
{
	struct leaf *l = &w->leaves[leaf];
	bool expired = l->not_after != 0 && l->not_after < time;

	if (j->owner != NOBODY &&
	    (l->owner == NOBODY || (j->leaf == LEAF_YES && l->trust != LEAF_YES)))
		l->owner = j->owner;
	if ((uint8_t)j->leaf > l->trust)
		l->trust = (uint8_t)j->leaf;
	w->t->certificates += !l->seen;
	l->seen = true;
	l->expired = l->expired || expired;
	if (j->leaf != LEAF_YES || expired)
		return;
	count_host(w, h, j);
	if (l->strength > 0 && l->strength < TALLY_WEAK_BITS)
		add_weak(w, h, leaf);
}

/* ---- names and domains ---- */

struct counter { /* things that are counted once each, and once more when a live one has them */
	struct keyset keys;
	uint8_t *live;
	size_t room;
};

static void
count(struct counter *c, uint64_t key, bool live, uint64_t *all, uint64_t *n_live)
{
	bool is_new;
	uint32_t i;

	c->live = grow_list(c->live, c->keys.n, &c->room, 1);
	i = keyset_put(&c->keys, key, &is_new);
	*all += is_new;
	if (live && c->live[i] == 0) {
		c->live[i] = 1;
		++*n_live;
	}
}

static void
counter_fini(struct counter *c)
{
	keyset_fini(&c->keys);
	free(c->live);
}

struct names {
	struct counter names, of_owner, domains, domains_of_owner;
	uint32_t last; /* certificate and domain that came last: names come in families */
	uint64_t last_domain;
};

/* RFC 6125, 6.4.3: a wildcard stands for the whole of the first label. */
static struct span
registered_for(struct span name)
{
	if (name.n > 2 && name.p[0] == '*' && name.p[1] == '.')
		name = (struct span){name.p + 2, name.n - 2};
	return psl_registrable(name);
}

static void
count_name(struct work *w, struct names *n, uint32_t id, struct span name)
{
	const struct leaf *l = &w->leaves[id];
	struct share *s, *all = &w->t->total;
	bool live = tally_leaf_counts(l);
	struct span domain;
	uint64_t key;

	if (!l->seen || l->owner == NOBODY)
		return;
	s = &w->shares[l->owner];
	key = keyset_hash(0, name);
	count(&n->names, key, live, &all->all_names, &all->names);
	count(&n->of_owner, keyset_mix(key, l->owner), live, &s->all_names, &s->names);
	domain = registered_for(name);
	key = keyset_hash(0, domain);
	if (domain.n == 0 || (n->last == id && n->last_domain == key))
		return;
	n->last = id;
	n->last_domain = key;
	count(&n->domains, key, live, &all->all_domains, &all->domains);
	count(&n->domains_of_owner, keyset_mix(key, l->owner), live, &s->all_domains, &s->domains);
}

void
tally_names(struct work *w)
{
	struct sql_st *st = sql_prepare(w->sql, "SELECT certificate, name FROM name");
	struct names n = {.last = NOBODY};

	while (sql_row(st)) {
		size_t id = (size_t)sql_get_int(st, 0);

		if (id < w->n_leaves)
			count_name(w, &n, (uint32_t)id, sql_get_text(st, 1));
	}
	counter_fini(&n.names);
	counter_fini(&n.of_owner);
	counter_fini(&n.domains);
	counter_fini(&n.domains_of_owner);
}

/* ---- owners ---- */

static int
by_share(const void *a, const void *b)
{
	const struct share *x = a, *y = b;

	if (x->certificates != y->certificates)
		return x->certificates < y->certificates ? 1 : -1;
	if (x->hosts != y->hosts)
		return x->hosts < y->hosts ? 1 : -1;
	if (x->all_certificates != y->all_certificates)
		return x->all_certificates < y->all_certificates ? 1 : -1;
	return strcmp(x->owner, y->owner);
}

static int
falling(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return (x < y) - (x > y);
}

/* US DoJ and FTC, Horizontal Merger Guidelines, 5.3: the sum of the squares of the shares in
 * percent. */
static void
concentrate(uint64_t *v, size_t n, struct concentration *c)
{
	double sum = 0;

	if (n > 0)
		qsort(v, n, sizeof(*v), falling);
	for (size_t i = 0; i < n; i++) {
		c->of += v[i];
		c->top1 += i < 1 ? v[i] : 0;
		c->top5 += i < 5 ? v[i] : 0;
		c->top10 += i < 10 ? v[i] : 0;
	}
	for (size_t i = 0; i < n && c->of > 0; i++) {
		double percent = 100.0 * (double)v[i] / (double)c->of;

		sum += percent * percent;
	}
	c->hhi = (uint64_t)(sum + 0.5);
}

static void
count_certificates(struct work *w)
{
	for (size_t i = 0; i < w->n_leaves; i++) {
		const struct leaf *l = &w->leaves[i];
		bool live = tally_leaf_counts(l);

		if (!l->seen || l->owner == NOBODY)
			continue;
		w->shares[l->owner].all_certificates++;
		w->t->total.all_certificates++;
		w->shares[l->owner].certificates += live;
		w->t->total.certificates += live;
	}
}

/* Host, certificate and key of each weak one. */
static void
fill_weak(struct work *w)
{
	struct sql_st *host = sql_prepare(w->sql, "SELECT name, port FROM host WHERE id = ?1");
	struct sql_st *cert = sql_prepare(w->sql,
	    "SELECT subject, issuer, key_type, not_before, not_after, key_bits FROM certificate"
	    " WHERE id = ?1");
	struct arena *a = w->t->arena;

	for (size_t i = 0; i < w->t->n_weak; i++) {
		struct weak *k = &w->t->weak[i];

		k->host = k->subject = k->issuer = k->key_type = "";
		sql_int(host, 1, k->host_id);
		while (sql_row(host)) {
			k->host = arena_strn(a, sql_get_text(host, 0).p, sql_get_text(host, 0).n);
			k->port = sql_get_int(host, 1);
		}
		sql_int(cert, 1, k->certificate_id);
		while (sql_row(cert)) {
			k->subject =
			    arena_strn(a, sql_get_text(cert, 0).p, sql_get_text(cert, 0).n);
			k->issuer = arena_strn(a, sql_get_text(cert, 1).p, sql_get_text(cert, 1).n);
			k->key_type =
			    arena_strn(a, sql_get_text(cert, 2).p, sql_get_text(cert, 2).n);
			k->not_before = sql_get_int(cert, 3);
			k->not_after = sql_get_int(cert, 4);
			k->bits = sql_get_int(cert, 5);
		}
	}
}

static int
by_bits(const void *a, const void *b)
{
	const struct weak *x = a, *y = b;
	int c = (x->bits > y->bits) - (x->bits < y->bits);

	return c != 0 ? c : strcmp(x->host, y->host);
}

void
tally_owners(struct work *w)
{
	struct tally *t = w->t;
	uint64_t *v[3];
	size_t n = 0;

	count_certificates(w);
	for (size_t i = 0; i < w->owners.keys.n; i++)
		if (w->shares[i].all_certificates > 0)
			t->owners[n++] = w->shares[i];
	t->n_owners = n;
	if (n > 0)
		qsort(t->owners, n, sizeof(*t->owners), by_share);
	for (int k = 0; k < 3; k++)
		v[k] = xcalloc(n, sizeof(**v));
	for (size_t i = 0; i < n; i++) {
		v[0][i] = t->owners[i].certificates;
		v[1][i] = t->owners[i].domains;
		v[2][i] = t->owners[i].hosts;
	}
	concentrate(v[0], n, &t->by_certificates);
	concentrate(v[1], n, &t->by_domains);
	concentrate(v[2], n, &t->by_hosts);
	for (int k = 0; k < 3; k++)
		free(v[k]);
	fill_weak(w);
	if (t->n_weak > 0)
		qsort(t->weak, t->n_weak, sizeof(*t->weak), by_bits);
}
