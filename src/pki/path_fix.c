/* path_fix: which chain to send, see chain_fix() in path.h. */
#include "pki/path.h"

static bool
has_node(const struct chain_way *w, const struct path_node *n)
{
	for (size_t i = 0; i < w->n; i++)
		if (w->nodes[i] == n)
			return true;
	return false;
}

/* Does a client that gets the certificates of `whole` have all that `part` needs? */
static bool
contains(const struct chain_way *whole, const struct chain_way *part)
{
	if (part != whole && part->n_missing > 0)
		return false;
	for (size_t i = 0; i < part->n; i++)
		if (!has_node(whole, part->nodes[i]))
			return false;
	return true;
}

/* Stores that trust the leaf when this is sent. */
static uint32_t
served(const struct chain_judgement *j, const struct chain_way *w)
{
	uint32_t bits = 0;

	for (size_t i = 0; i < j->n_ways; i++)
		if (contains(w, &j->ways[i]))
			bits |= j->ways[i].stores;
	return bits;
}

static unsigned
count(uint32_t bits)
{
	unsigned n = 0;

	for (; bits != 0; bits &= bits - 1)
		n++;
	return n;
}

static unsigned
not_sent(const struct chain_way *w)
{
	unsigned n = 0;

	for (size_t i = 0; i < w->n; i++)
		n += w->nodes[i]->source != PATH_SENT;
	return n;
}

/* Bytes at hand first, then more stores, then fewer certificates, then those that were sent. */
static bool
better(const struct chain_way *a, unsigned a_stores, const struct chain_way *b, unsigned b_stores)
{
	if ((a->n_missing == 0) != (b->n_missing == 0))
		return a->n_missing == 0;
	if (a_stores != b_stores)
		return a_stores > b_stores;
	if (a->n + a->n_missing != b->n + b->n_missing)
		return a->n + a->n_missing < b->n + b->n_missing;
	return not_sent(a) < not_sent(b);
}

/* Is this, certificate by certificate, what was sent? */
static bool
as_sent(const struct chain_way *w, const struct chain_input *in)
{
	if (w->n != in->n_sent)
		return false;
	for (size_t i = 0; i < w->n; i++)
		if (!span_eq(w->nodes[i]->cert.der, in->sent[i]))
			return false;
	return true;
}

/* The chain ends below an issuer that nobody here knows: what its child says of it is all there is. */
static void
fix_unknown(const struct chain_judgement *j, uint32_t stores, struct chain_fix *fix)
{
	for (size_t i = 0; i < j->n_verdicts; i++) {
		const struct chain_verdict *v = &j->verdicts[i];

		if ((stores & STORE_BIT(v->store)) == 0 || v->kind != CHAIN_UNKNOWN_ROOT ||
		    v->n_missing == 0)
			continue;
		fix->kind = CHAIN_FIX_MISSING;
		fix->missing = v->missing;
		fix->n_missing = v->n_missing;
		return;
	}
}

struct chain_fix
chain_fix(const struct chain_judgement *j, const struct chain_input *in, uint32_t stores)
{
	struct chain_fix fix = {.kind = CHAIN_FIX_NONE};
	const struct chain_way *best = NULL;

	for (size_t i = 0; i < j->n_ways; i++) {
		const struct chain_way *w = &j->ways[i];
		uint32_t bits = served(j, w) & stores;

		if (bits == 0 || (best != NULL && !better(w, count(bits), best, count(fix.stores))))
			continue;
		best = w;
		fix.stores = bits;
	}
	if (best == NULL) {
		fix_unknown(j, stores, &fix);
		return fix;
	}
	fix.n = best->n < PATH_MAX_DEPTH ? best->n : PATH_MAX_DEPTH;
	for (size_t i = 0; i < fix.n; i++) {
		fix.certs[i] = best->nodes[i]->cert.der;
		fix.sources[i] = best->nodes[i]->source;
	}
	fix.missing = best->missing;
	fix.n_missing = best->n_missing;
	fix.kind = best->n_missing > 0 ? CHAIN_FIX_MISSING
		   : as_sent(best, in) ? CHAIN_FIX_AS_SENT
				       : CHAIN_FIX_BUNDLE;
	return fix;
}
