/*
 * path_missing: where a chain would go on if the certificates we know only as facts had been sent.
 *
 * Starting from every certificate that is reached but is no root, the list of known intermediates
 * and the roots without bytes are followed by name and key id until a root turns up.  Nothing of
 * this is verified by a signature - there are no bytes - so it never makes a chain trusted: it
 * tells "incomplete" from "unknown root".
 */
#include "base/arena.h"
#include "pki/path_internal.h"

enum { FACTS_DEPTH = PATH_MAX_MISSING, FACTS_STEPS = 256 };

/* A climb through facts: a small stack of known CAs above one certificate. */
struct climb {
	struct known_ca at[FACTS_DEPTH][GRAPH_MAX_FACTS];
	size_t n[FACTS_DEPTH], next[FACTS_DEPTH];
	size_t depth;
};

static struct span
sha_span(const uint8_t *sha256)
{
	return (struct span){sha256, sha256 != NULL ? 32 : 0};
}

static struct span
first_url(const struct cert *child)
{
	return child->n_ca_issuers > 0 ? child->ca_issuers[0] : (struct span){NULL, 0};
}

struct chain_missing
missing_issuer(const struct cert *child, struct arena *a)
{
	return (struct chain_missing){.how = MISSING_UNKNOWN,
	    .subject = dn_arena(a, child->issuer),
	    .issuer = "",
	    .key_id = child->akid,
	    .url = first_url(child)};
}

struct chain_missing
missing_node(const struct path_node *n, const struct path_node *child, struct arena *a)
{
	return (struct chain_missing){
	    .how = n->source == PATH_EXTRA ? MISSING_IN_FILE
		 : n->source == PATH_AIA ? MISSING_AIA : MISSING_ELSEWHERE,
	    .subject = dn_arena(a, n->cert.subject),
	    .issuer = dn_arena(a, n->cert.issuer),
	    .key_id = n->cert.skid,
	    .sha256 = sha_span(n->sha256),
	    .der = n->cert.der,
	    .url = first_url(&child->cert)};
}

static struct chain_missing
missing_known(const struct known_ca *k, struct span url)
{
	return (struct chain_missing){.how = MISSING_LISTED,
	    .subject = k->subject_text,
	    .issuer = "",
	    .key_id = k->ski,
	    .sha256 = k->sha256,
	    .url = url};
}

/* Roots known by name: the stores' bits of those that a key id does not rule out. */
static bool
find_root(const struct anchor *v, size_t n, struct span aki, bool without_bytes, struct anchor *out)
{
	bool found = false;

	for (size_t i = 0; i < n; i++) {
		if ((without_bytes && v[i].der.n > 0) || !path_key_id_fits(aki, v[i].ski))
			continue;
		if (!found)
			*out = v[i];
		out->stores |= v[i].stores;
		found = true;
	}
	return found;
}

static struct lead *
new_lead(struct leads *out, struct graph_node *from, const struct anchor *root)
{
	struct lead *l;

	if (out->n == LEADS_MAX)
		return NULL;
	l = &out->v[out->n++];
	*l = (struct lead){
	    .from = from, .root = root->subject_text, .stores = root->stores, .anchor = *root};
	return l;
}

/* A root without bytes right above this certificate. */
static void
lead_to_root(struct graph *g, struct graph_node *from, struct leads *out)
{
	const struct cert *c = &from->pub.cert;
	struct anchor v[GRAPH_MAX_FACTS], root;
	size_t n = store_anchors_by_subject(g->in->stores, c->issuer, v, N_ELEMENTS(v));
	struct lead *l;

	if (n == 0 && c->akid.n > 0)
		n = store_anchors_by_ski(g->in->stores, c->akid, v, N_ELEMENTS(v));
	if (!find_root(v, n, c->akid, true, &root) || (l = new_lead(out, from, &root)) == NULL)
		return;
	l->root_by_name_only = true;
	l->missing[l->n_missing++] = (struct chain_missing){.how = MISSING_ANCHOR,
	    .subject = root.subject_text,
	    .issuer = root.subject_text,
	    .key_id = root.ski,
	    .sha256 = sha_span(root.sha256),
	    .url = first_url(c)};
}

/* The climb stands on a known CA below a root: note all of it. */
static void
lead_by_facts(
    struct graph_node *from, const struct climb *c, const struct anchor *root, struct leads *out)
{
	struct lead *l = new_lead(out, from, root);

	if (l == NULL)
		return;
	for (size_t i = 0; i < c->depth; i++) {
		const struct known_ca *k = &c->at[i][c->next[i] - 1];
		struct span url = i == 0 ? first_url(&from->pub.cert)
					 : span_str(c->at[i - 1][c->next[i - 1] - 1].aia);

		if (i > 0)
			l->missing[i - 1].issuer = k->subject_text;
		l->missing[l->n_missing++] = missing_known(k, url);
	}
	l->missing[l->n_missing - 1].issuer = root->subject_text;
}

/* Known CAs with the name and, where both have one, the key id.  Expired ones help nobody, and of
 * those whose bytes are in the graph it has told already what they are worth. */
static void
climb_to(
    struct climb *c, const struct graph *g, const struct known_ca *v, size_t n, struct span aki)
{
	size_t *kept = &c->n[c->depth];

	*kept = 0;
	for (size_t i = 0; i < n; i++)
		if (path_key_id_fits(aki, v[i].ski) && v[i].not_after >= g->in->now &&
		    !graph_has(g, v[i].sha256))
			c->at[c->depth][(*kept)++] = v[i];
	c->next[c->depth] = 0;
	c->depth++;
}

static bool
on_climb(const struct climb *c, const struct known_ca *k)
{
	for (size_t i = 0; i + 1 < c->depth; i++)
		if (span_eq(c->at[i][c->next[i] - 1].sha256, k->sha256))
			return true;
	return false;
}

static void
lead_through_known(struct graph *g, struct graph_node *from, struct leads *out)
{
	const struct cert *cert = &from->pub.cert;
	struct known_ca v[GRAPH_MAX_FACTS];
	struct anchor roots[GRAPH_MAX_FACTS], root;
	struct climb c = {.depth = 0};
	size_t n, steps = 0;

	n = store_known_by_subject(g->in->stores, cert->issuer, v, N_ELEMENTS(v));
	if (n == 0 && cert->akid.n > 0)
		n = store_known_by_ski(g->in->stores, cert->akid, v, N_ELEMENTS(v));
	climb_to(&c, g, v, n, cert->akid);
	while (c.depth > 0 && out->n < LEADS_MAX) {
		const struct known_ca *k;

		if (c.next[c.depth - 1] == c.n[c.depth - 1]) {
			c.depth--;
			continue;
		}
		if (++steps > FACTS_STEPS) {
			g->capped = true;
			return;
		}
		k = &c.at[c.depth - 1][c.next[c.depth - 1]++];
		if (on_climb(&c, k))
			continue;
		n = store_anchors_by_hash(g->in->stores, k->issuer_hash, roots, N_ELEMENTS(roots));
		if (find_root(roots, n, k->aki, false, &root))
			lead_by_facts(from, &c, &root, out);
		if (c.depth == FACTS_DEPTH)
			continue;
		n = store_known_by_hash(g->in->stores, k->issuer_hash, v, N_ELEMENTS(v));
		climb_to(&c, g, v, n, k->aki);
	}
}

void
leads_find(struct graph *g, struct leads *out)
{
	out->n = 0;
	for (size_t i = 0; i < g->n_reach; i++) {
		struct graph_node *node = g->reach[i];

		if (node->self_signed || node->pub.anchor.sha256 != NULL)
			continue;
		lead_to_root(g, node, out);
		lead_through_known(g, node, out);
	}
}
