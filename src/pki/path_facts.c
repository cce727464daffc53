/* path_facts: the chain as it came, before any store is asked; see struct chain_facts. */
#include "pki/path_internal.h"

static bool
has_edge(const struct graph_node *child, const struct graph_node *issuer)
{
	for (size_t i = 0; i < child->n_edges; i++)
		if (child->edges[i].issuer == issuer && child->edges[i].sig != SIG_BAD &&
		    child->edges[i].sig != SIG_BAD_KEY)
			return true;
	return false;
}

static enum chain_role
role(const struct graph *g, size_t i)
{
	const struct graph_node *n = g->sent[i];

	if (n == NULL)
		return CHAIN_ROLE_UNREADABLE;
	if (g->duplicate[i])
		return CHAIN_ROLE_DUPLICATE;
	if (i == 0)
		return CHAIN_ROLE_LEAF;
	if (!n->reached)
		return CHAIN_ROLE_STRANGER;
	return n->self_signed ? CHAIN_ROLE_ROOT : CHAIN_ROLE_ISSUER;
}

static void
count(struct chain_facts *f, enum chain_role r)
{
	f->n_duplicates += r == CHAIN_ROLE_DUPLICATE;
	f->n_strangers += r == CHAIN_ROLE_STRANGER;
	f->n_roots += r == CHAIN_ROLE_ROOT;
	f->n_unreadable += r == CHAIN_ROLE_UNREADABLE;
}

/*
 * RFC 5246 7.4.2: "Each following certificate MUST directly certify the one preceding it."  RFC
 * 8446 4.4.2 relaxes it, and cross-certificates side by side break it harmlessly; what troubles
 * simple clients is an issuer that comes before everything it issued.
 */
static bool
in_order(const struct graph *g, size_t i)
{
	bool child_after = false;

	for (size_t k = 0; k < g->n_sent; k++) {
		if (g->sent[k] == NULL || g->duplicate[k] || !has_edge(g->sent[k], g->sent[i]))
			continue;
		if (k < i)
			return true;
		child_after = true;
	}
	return !child_after;
}

void
facts_find(const struct graph *g, struct chain_facts *f)
{
	const struct chain_input *in = g->in;

	*f = (struct chain_facts){.n_sent = in->n_sent, .n_read = g->n_sent, .order_ok = true};
	for (size_t i = 0; i < g->n_sent; i++) {
		f->role[i] = role(g, i);
		count(f, f->role[i]);
		if ((f->role[i] == CHAIN_ROLE_ISSUER || f->role[i] == CHAIN_ROLE_ROOT) &&
		    !in_order(g, i))
			f->order_ok = false;
	}
	if (g->n_sent == 0 || g->sent[0] == NULL)
		return;
	f->leaf_self_signed = g->sent[0]->self_signed;
	if (in->host != NULL)
		f->name = name_match(&g->sent[0]->pub.cert, in->host, &f->name_by);
}
