/*
 * path_notes: what else a client meets on a chain that is trusted - a cross-certificate it depends
 * on, and ways that have expired beside the one that works.
 */
#include "base/arena.h"
#include "pki/der.h"
#include "pki/path_internal.h"

static void
add(struct chain_verdict *v, const char *text)
{
	if (v->n_notes < CHAIN_MAX_NOTES)
		v->notes[v->n_notes++] = text;
}

/* A self-signed certificate of the same CA that some store has as a root, or NULL. */
static const struct path_node *
own_root(const struct graph *g, const struct path_node *n)
{
	for (size_t i = 0; i < g->n; i++) {
		const struct graph_node *x = g->nodes[i];

		if (x->pub.anchor.sha256 != NULL && &x->pub != n && x->pub.cert.self_issued &&
		    path_same_ca(&x->pub.cert, &n->cert))
			return &x->pub;
	}
	return NULL;
}

/* The stores' roots are in the graph only when some certificate of the chain is issued by their
 * name, which a cross-certificate is not: so they are asked for by its own name. */
static uint32_t
stores_of_ca(const struct graph *g, const struct path_node *n)
{
	const struct path_node *root = own_root(g, n);
	struct anchor v[GRAPH_MAX_FACTS];
	uint32_t bits = root != NULL ? root->anchor.stores : 0;
	size_t found = store_anchors_by_subject(
	    g->in->stores, n->cert.subject, v, N_ELEMENTS(v));

	for (size_t i = 0; i < found; i++)
		if (n->cert.skid.n > 0 && span_eq(v[i].ski, n->cert.skid))
			bits |= v[i].stores;
	return bits;
}

static void
note_cross(const struct graph *g, struct chain_verdict *v)
{
	const struct path *p = v->path;

	for (size_t i = 1; i + 1 < p->n; i++) {
		uint32_t bits = stores_of_ca(g, p->nodes[i]);

		if (bits == 0 || (bits & STORE_BIT(v->store)) != 0)
			continue;
		add(v,
		    arena_printf(g->a,
			"cross-sign: this store does not have %s and trusts it by the "
			"cross-certificate of %s alone",
			path_short(&p->nodes[i]->cert, g->a),
			path_short(&p->nodes[i + 1]->cert, g->a)));
		return;
	}
}

/* The first certificate of the path that has expired; NULL: none has. */
static const struct path_node *
expired(const struct path *p, int64_t now)
{
	for (size_t i = 1; i < p->n; i++)
		if (p->nodes[i]->cert.not_after < now)
			return p->nodes[i];
	return NULL;
}

/* Old libraries follow the first issuer that fits and give up where it has expired. */
static void
note_expired(
    const struct graph *g, const struct path *paths, size_t n, int64_t now, struct chain_verdict *v)
{
	for (size_t i = 0; i < n; i++) {
		const struct path_node *bad = expired(&paths[i], now);
		char day[16];

		if (&paths[i] == v->path || bad == NULL ||
		    (bad->source != PATH_SENT && (paths[i].stores & STORE_BIT(v->store)) == 0))
			continue;
		add(v,
		    arena_printf(g->a,
			"expired path: another way, by %s, which expired %s, works no more; clients "
			"that try only one way may take it",
			path_short(&bad->cert, g->a),
			der_date_text(bad->cert.not_after, day, sizeof(day))));
		return;
	}
}

void
notes_put(const struct graph *g, const struct path *paths, size_t n, int64_t now,
    struct chain_verdict *v)
{
	if (v->path == NULL || !v->trust_ok || !v->time_ok)
		return;
	note_cross(g, v);
	note_expired(g, paths, n, now, v);
}
