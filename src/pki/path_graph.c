/* path_graph: the graph of certificates and the walks over it; see path_internal.h. */
#include "adapt/openssl_crypto.h"
#include "base/arena.h"
#include "base/check.h"
#include "pki/path_internal.h"

bool
path_same_ca(const struct cert *a, const struct cert *b)
{
	return span_eq(a->spki, b->spki) && dn_eq(a->subject, b->subject);
}

bool
path_key_id_fits(struct span akid, struct span skid)
{
	return akid.n == 0 || skid.n == 0 || span_eq(akid, skid);
}

static struct graph_node *
find_sha256(const struct graph *g, const uint8_t sha256[32])
{
	for (size_t i = 0; i < g->n; i++)
		if (memcmp(g->nodes[i]->pub.sha256, sha256, 32) == 0)
			return g->nodes[i];
	return NULL;
}

/* The node of these bytes, old or new; NULL: not a certificate, or the graph is full. */
static struct graph_node *
add(struct graph *g, struct span der, enum path_source source, bool *is_new)
{
	struct graph_node *node;
	struct cert c;
	uint8_t sha256[32];

	*is_new = false;
	if (!cert_parse(der, &c))
		return NULL;
	crypto_sha256(c.der, sha256);
	node = find_sha256(g, sha256);
	if (node != NULL)
		return node;
	if (g->n == PATH_MAX_NODES || !arena_has_room(g->a, sizeof(*node))) {
		g->capped = true;
		return NULL;
	}
	node = arena_alloc(g->a, sizeof(*node));
	node->pub.cert = c;
	memcpy(node->pub.sha256, sha256, sizeof(sha256));
	node->pub.source = source;
	if (!store_anchor_by_sha256(g->in->stores, sha256, &node->pub.anchor))
		node->pub.anchor = (struct anchor){.stores = 0};
	g->nodes[g->n++] = node;
	*is_new = true;
	return node;
}

void
graph_init(struct graph *g, const struct chain_input *in, struct arena *a)
{
	bool is_new;

	*g = (struct graph){.in = in, .a = a};
	g->n_sent = in->n_sent < PATH_MAX_SENT ? in->n_sent : PATH_MAX_SENT;
	for (size_t i = 0; i < g->n_sent; i++) {
		g->sent[i] = add(g, in->sent[i], PATH_SENT, &is_new);
		g->duplicate[i] = g->sent[i] != NULL && !is_new;
		if (is_new)
			g->sent[i]->pub.sent_index = i;
	}
	for (size_t i = 0; i < in->n_others && i < PATH_MAX_OTHERS; i++)
		add(g, in->others[i], PATH_OTHER, &is_new);
	for (size_t i = 0; i < in->n_aia && i < PATH_MAX_AIA; i++)
		add(g, in->aia[i], PATH_AIA, &is_new);
	g->capped = g->capped || in->n_sent > PATH_MAX_SENT || in->n_others > PATH_MAX_OTHERS;
}

static void
add_anchors(struct graph *g, const struct anchor *v, size_t n)
{
	bool is_new;

	for (size_t i = 0; i < n; i++)
		if (v[i].der.n > 0)
			add(g, v[i].der, PATH_ANCHOR, &is_new);
}

/* Everybody the stores know by the issuer's name, or by its key id should the name be encoded in
 * another way there. */
static void
add_from_stores(struct graph *g, const struct cert *c)
{
	struct anchor roots[GRAPH_MAX_ISSUERS];
	struct span extra[GRAPH_MAX_ISSUERS];
	bool is_new;
	size_t n;

	n = store_anchors_by_subject(g->in->stores, c->issuer, roots, N_ELEMENTS(roots));
	add_anchors(g, roots, n);
	if (n == 0 && c->akid.n > 0) {
		n = store_anchors_by_ski(g->in->stores, c->akid, roots, N_ELEMENTS(roots));
		add_anchors(g, roots, n);
	}
	n = store_extra_by_subject(g->in->stores, c->issuer, extra, N_ELEMENTS(extra));
	for (size_t i = 0; i < n; i++)
		add(g, extra[i], PATH_EXTRA, &is_new);
}

static enum sigcheck
verify(struct graph *g, const struct cert *child, const struct cert *issuer)
{
	if (g->n_verify == PATH_MAX_VERIFY) {
		g->capped = true;
		return SIG_UNTRIED;
	}
	g->n_verify++;
	return cert_sig_verify_with(store_memo(g->in->stores), issuer->spki, child->sig_alg.der,
	    child->tbs, child->sig);
}

/* Does a certificate speak against itself as an issuer now?  Of a storm of cross-certificates those
 * that may do are walked first (RFC 4158, 3.5). */
static bool
is_doubtful(const struct cert *c, int64_t now)
{
	return !c->ca || now < c->not_before || now > c->not_after ||
	       (c->has_ku && (c->ku & CERT_KU_KEY_CERT_SIGN) == 0) ||
	       (c->has_eku && (c->eku & (CERT_EKU_SERVER_AUTH | CERT_EKU_ANY)) == 0) ||
	       (c->sig_alg.hash >= CERT_HASH_MD2 && c->sig_alg.hash <= CERT_HASH_SHA1) ||
	       (c->flaws & CERT_FLAWS_FATAL) != 0 || c->n_unknown_critical > 0 || c->has_nc;
}

/* Has a store a root with the name of its issuer? */
static bool
is_below_root(const struct graph *g, const struct cert *c)
{
	struct anchor one;

	return store_anchors_by_subject(g->in->stores, c->issuer, &one, 1) > 0;
}

/* What to walk first: a signature that holds, then who may be an issuer, then key ids that agree,
 * then what ends soonest. */
static unsigned
rank(const struct graph *g, const struct graph_node *child, const struct edge *e)
{
	const struct path_node *n = &e->issuer->pub;
	unsigned r = 0;

	if (e->sig != SIG_OK)
		r += 100;
	if (n->anchor.sha256 == NULL && is_doubtful(&n->cert, g->in->now))
		r += 40;
	if (!path_key_id_fits(child->pub.cert.akid, n->cert.skid))
		r += 20;
	if (n->anchor.sha256 == NULL)
		r += is_below_root(g, &n->cert) ? 5 : 15;
	return r + (unsigned)n->source;
}

/* Of more than there is room for the last ones fall off. */
static void
insert_edge(struct graph *g, struct graph_node *node, struct edge e)
{
	size_t at = node->n_edges;

	e.rank = rank(g, node, &e);
	if (at == GRAPH_MAX_ISSUERS) {
		const struct edge *last = &node->edges[at - 1];

		g->capped = g->capped || last->sig == SIG_OK || e.sig == SIG_OK;
		if (last->rank <= e.rank)
			return;
		at--;
	} else {
		node->n_edges++;
	}
	while (at > 0 && node->edges[at - 1].rank > e.rank) {
		node->edges[at] = node->edges[at - 1];
		at--;
	}
	node->edges[at] = e;
}

/* A signature that fails is an edge only where nobody else's holds, and only towards one that the
 * key ids do not rule out: then it is what is wrong with the chain. */
static void
drop_bad_edges(struct graph_node *node)
{
	bool good = false;
	size_t kept = 0;

	for (size_t i = 0; i < node->n_edges; i++)
		good = good || node->edges[i].sig == SIG_OK;
	for (size_t i = 0; i < node->n_edges; i++) {
		const struct edge *e = &node->edges[i];
		bool bad = e->sig == SIG_BAD || e->sig == SIG_BAD_KEY;

		if (bad &&
		    (good || !path_key_id_fits(node->pub.cert.akid, e->issuer->pub.cert.skid)))
			continue;
		node->edges[kept++] = *e;
	}
	node->n_edges = kept;
}

/* With a signature nobody can check any more (MD2), the key identifiers have to do. */
static bool
signs_itself(struct graph *g, const struct cert *c)
{
	enum sigcheck sig = verify(g, c, c);

	return sig == SIG_OK || ((sig == SIG_UNSUPPORTED || sig == SIG_TOO_BIG) &&
				    path_key_id_fits(c->akid, c->skid));
}

/* What each key makes of one signature: the certificates of a CA share theirs. */
struct tried {
	struct span spki[GRAPH_MAX_ISSUERS];
	enum sigcheck sig[GRAPH_MAX_ISSUERS];
	size_t n;
};

static enum sigcheck
verify_once(struct graph *g, struct tried *t, const struct cert *child, const struct cert *issuer)
{
	enum sigcheck sig;

	for (size_t i = 0; i < t->n; i++)
		if (span_eq(t->spki[i], issuer->spki))
			return t->sig[i];
	sig = verify(g, child, issuer);
	if (t->n < GRAPH_MAX_ISSUERS) {
		t->spki[t->n] = issuer->spki;
		t->sig[t->n++] = sig;
	}
	return sig;
}

static void
expand(struct graph *g, struct graph_node *node)
{
	const struct cert *c = &node->pub.cert;
	struct tried tried = {.n = 0};

	if (node->expanded)
		return;
	node->expanded = true;
	if (c->self_issued)
		node->self_signed = signs_itself(g, c);
	if (node->self_signed)
		return; /* nothing stands above it */
	add_from_stores(g, c);
	for (size_t i = 0; i < g->n; i++) {
		struct graph_node *issuer = g->nodes[i];
		struct edge e = {.issuer = issuer};

		if (issuer == node || !dn_eq(c->issuer, issuer->pub.cert.subject))
			continue;
		e.sig = verify_once(g, &tried, c, &issuer->pub.cert);
		if (e.sig != SIG_UNTRIED)
			insert_edge(g, node, e);
	}
	drop_bad_edges(node);
}

void
graph_reach(struct graph *g)
{
	if (g->n_sent == 0 || g->sent[0] == NULL)
		return;
	g->reach[g->n_reach++] = g->sent[0];
	g->sent[0]->reached = true;
	for (size_t at = 0; at < g->n_reach; at++) {
		struct graph_node *node = g->reach[at];

		expand(g, node);
		for (size_t i = 0; i < node->n_edges; i++) {
			struct graph_node *up = node->edges[i].issuer;

			/* A name that merely looks like the issuer's is no relation. */
			if (up->reached || node->edges[i].sig == SIG_BAD ||
			    node->edges[i].sig == SIG_BAD_KEY)
				continue;
			up->reached = true;
			up->parent = node;
			g->reach[g->n_reach++] = up; /* once per node: never beyond the array */
		}
	}
}

struct walk {
	struct graph_node *node[PATH_MAX_DEPTH];
	size_t next[PATH_MAX_DEPTH]; /* the edge to try next */
	size_t n;
};

static void
record(struct graph *g, const struct walk *w, struct found *out)
{
	struct path *p;
	const struct path_node **nodes;

	if (out->n == PATH_MAX_PATHS) {
		g->capped = true;
		return;
	}
	nodes = arena_alloc(g->a, w->n * sizeof(*nodes));
	p = &out->paths[out->n++];
	*p = (struct path){.nodes = nodes, .n = w->n};
	for (size_t i = 0; i < w->n; i++) {
		nodes[i] = &w->node[i]->pub;
		if (i > 0 && i + 1 < w->n && nodes[i]->source != PATH_SENT)
			p->n_not_sent++;
	}
	p->stores = nodes[w->n - 1]->anchor.stores;
}

/* RFC 4158 2.4.2: a path holds no CA (name and key) twice; cross-certificates make loops. */
static bool
in_walk(const struct walk *w, const struct graph_node *node)
{
	for (size_t i = 0; i < w->n; i++)
		if (w->node[i] == node || path_same_ca(&w->node[i]->pub.cert, &node->pub.cert))
			return true;
	return false;
}

static void
push(struct graph *g, struct walk *w, struct graph_node *node, struct found *out)
{
	w->node[w->n] = node;
	w->next[w->n] = 0;
	w->n++;
	if (node->pub.anchor.sha256 != NULL)
		record(g, w, out);
	expand(g, node);
}

static void
walk_all(struct graph *g, struct found *out)
{
	struct walk w = {.n = 0};

	push(g, &w, g->sent[0], out);
	while (w.n > 0 && out->n < PATH_MAX_PATHS - PATH_SPARE_PATHS) {
		struct graph_node *top = w.node[w.n - 1];
		size_t i = w.next[w.n - 1]++;

		if (i >= top->n_edges) {
			w.n--;
			continue;
		}
		if (++g->n_steps > PATH_MAX_STEPS || w.n == PATH_MAX_DEPTH) {
			g->capped = true;
			if (g->n_steps > PATH_MAX_STEPS)
				return;
			continue;
		}
		if (!in_walk(&w, top->edges[i].issuer))
			push(g, &w, top->edges[i].issuer, out);
	}
	g->capped = g->capped || w.n > 0;
}

static bool
leads_to(const struct found *f, const struct path_node *root)
{
	for (size_t i = 0; i < f->n; i++)
		if (f->paths[i].nodes[f->paths[i].n - 1] == root)
			return true;
	return false;
}

/* The shortest way from the leaf to a node, as graph_reach() went; n = 0: it is too long. */
static struct walk
shortest(struct graph_node *end)
{
	struct walk w = {.n = 0}, none = {.n = 0};

	for (struct graph_node *n = end; n != NULL; n = n->parent) {
		if (w.n == PATH_MAX_DEPTH)
			return none;
		w.node[w.n++] = n;
	}
	for (size_t i = 0; i < w.n / 2; i++) {
		struct graph_node *x = w.node[i];

		w.node[i] = w.node[w.n - 1 - i];
		w.node[w.n - 1 - i] = x;
	}
	return w;
}

/* Where the walk came to its limits: to each root that it did not get to, the shortest way. */
static void
add_shortest(struct graph *g, struct found *out)
{
	for (size_t i = 0; i < g->n_reach; i++) {
		struct walk w;

		if (g->reach[i]->pub.anchor.sha256 == NULL || leads_to(out, &g->reach[i]->pub))
			continue;
		w = shortest(g->reach[i]);
		if (w.n > 0)
			record(g, &w, out);
	}
}

enum sigcheck
graph_sig(const struct path_node *child, const struct path_node *issuer)
{
	/* path_node is the first member of its graph_node. */
	const struct graph_node *c = (const struct graph_node *)(const void *)child;

	for (size_t i = 0; i < c->n_edges; i++)
		if (&c->edges[i].issuer->pub == issuer)
			return c->edges[i].sig;
	return SIG_UNTRIED;
}

bool
graph_has(const struct graph *g, struct span sha256)
{
	return sha256.n == 32 && find_sha256(g, sha256.p) != NULL;
}

void
graph_paths(struct graph *g, struct found *out)
{
	out->n = 0;
	if (g->n_sent == 0 || g->sent[0] == NULL)
		return;
	walk_all(g, out);
	if (g->capped)
		add_shortest(g, out);
}
