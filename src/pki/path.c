/* path - see path.h: from the paths that were found to one verdict per store. */
#include "pki/path.h"

#include <stdlib.h>

#include "base/arena.h"
#include "base/xalloc.h"
#include "pki/path_internal.h"

/* What a lead rests on: the certificates there are, up to where the facts begin. */
struct lead_path {
	const struct lead *lead;
	struct path path;
};

struct judging {
	const struct chain_input *in;
	struct arena *a;
	struct graph graph;
	struct found found;
	struct leads leads;
	struct lead_path *lead_paths; /* one per lead, in the arena: verdicts point there */
	size_t nc_budget;
	struct chain_judgement *out;
};

/* One way to a store, good or bad, with what speaks against it there. */
struct way {
	const struct path *path;
	const struct lead *lead;     /* not NULL: the path ends before the root */
	struct path_problem problem; /* the worst; kind PATH_OK when there is none */
	bool trust_ok, time_ok, complete;
	unsigned score; /* the lower the better */
};

/* --- ways --- */

static unsigned
score(const struct way *w)
{
	unsigned s = (unsigned)w->path->n + (unsigned)w->path->n_not_sent;

	if (!w->trust_ok)
		s += 10000 + 100 * (unsigned)w->problem.kind;
	if (!w->time_ok)
		s += 4000;
	if (!w->complete)
		s += 1000;
	if (w->lead != NULL)
		s += 500 + (unsigned)w->lead->n_missing;
	return s;
}

static const struct anchor *
root_of(const struct path *p, const struct lead *lead)
{
	return lead != NULL ? &lead->anchor : &p->nodes[p->n - 1]->anchor;
}

static struct way
way_of(const struct judging *g, size_t store, const struct path *p, const struct lead *lead)
{
	const struct path_problem *worst = path_worst(p);
	struct way w = {.path = p, .lead = lead};
	struct path_problem own;
	bool refused = path_store_problem(store, root_of(p, lead), p, g->in, &own, g->a);

	if (worst != NULL)
		w.problem = *worst;
	if (refused && own.kind > w.problem.kind)
		w.problem = own;
	w.trust_ok = path_trust_ok(p) && !refused;
	w.time_ok = path_time_ok(p);
	w.complete = p->n_not_sent == 0 && (lead == NULL || lead->root_by_name_only);
	w.score = score(&w);
	return w;
}

static void
consider(const struct judging *g, size_t store, const struct path *p, const struct lead *lead,
    struct way *best)
{
	struct way w;

	if (!path_concerns(store, root_of(p, lead)))
		return;
	w = way_of(g, store, p, lead);
	if (best->path == NULL || w.score < best->score)
		*best = w;
}

/* The best way to this store; its path is NULL when there is none. */
static struct way
best_way(const struct judging *g, size_t store)
{
	struct way best = {.path = NULL};

	for (size_t i = 0; i < g->out->n_paths; i++)
		consider(g, store, &g->out->paths[i], NULL, &best);
	for (size_t i = 0; i < g->leads.n; i++)
		consider(g, store, &g->lead_paths[i].path, &g->leads.v[i], &best);
	return best;
}

/* The shortest way from the leaf up to where a lead begins. */
static struct path
path_to(const struct graph_node *end, struct arena *a)
{
	struct path p = {.n = 0};
	const struct path_node **nodes;
	size_t i;

	for (const struct graph_node *n = end; n != NULL; n = n->parent)
		p.n++;
	nodes = arena_alloc(a, p.n * sizeof(*nodes));
	i = p.n;
	for (const struct graph_node *n = end; n != NULL; n = n->parent) {
		nodes[--i] = &n->pub;
		p.n_not_sent += i > 0 && n->pub.source != PATH_SENT;
	}
	p.nodes = nodes;
	return p;
}

/* --- words --- */

static const char *
root_name(const struct way *w, struct arena *a)
{
	return w->lead != NULL ? w->lead->root
			       : path_short(&w->path->nodes[w->path->n - 1]->cert, a);
}

static const char *
trusted_text(const struct way *w, struct arena *a)
{
	const char *through = "";

	if (w->path->n == 1)
		return "trusted: the certificate itself is in this store";
	for (size_t i = 1; i + 1 < w->path->n; i++)
		through = arena_printf(a, "%s%s%s", through, i == 1 ? "" : ", ",
		    path_short(&w->path->nodes[i]->cert, a));
	if (w->path->n == 2)
		return arena_printf(a, "trusted: issued by %s", root_name(w, a));
	return arena_printf(a, "trusted: by way of %s to %s", through, root_name(w, a));
}

static const char *
incomplete_text(const struct chain_verdict *v, const struct way *w, struct arena *a)
{
	const char *more = " was not sent; with it", *aia = "; clients that fetch it (AIA) get there";

	if (v->n_missing > 1)
		more = arena_printf(
		    a, " and %zu more above it were not sent; with them", v->n_missing - 1);
	return arena_printf(a, "the intermediate %s%s the chain leads to %s%s",
	    v->n_missing > 0 ? v->missing[0].subject : "(unknown)", more, root_name(w, a),
	    v->n_missing > 0 && v->missing[0].how == MISSING_AIA ? aia : "");
}

static const char *
mismatch_text(const struct judging *g)
{
	if (g->out->facts.name == NAME_CN_ONLY)
		return arena_printf(
		    g->a, "%s is only the common name; there is no subjectAltName", g->in->host);
	return arena_printf(g->a, "the certificate is not for %s", g->in->host);
}

/* --- the verdict --- */

static void
add_missing(struct chain_verdict *v, struct chain_missing m)
{
	if (v->n_missing < PATH_MAX_MISSING)
		v->missing[v->n_missing++] = m;
}

static void
name_missing(const struct judging *g, struct chain_verdict *v, const struct way *w)
{
	const struct path *p = w->path;
	size_t end = w->lead != NULL ? p->n : p->n - 1;

	for (size_t i = 1; i < end; i++)
		if (p->nodes[i]->source != PATH_SENT)
			add_missing(v, missing_node(p->nodes[i], p->nodes[i - 1], g->a));
	for (size_t i = 0; w->lead != NULL && i < w->lead->n_missing; i++)
		add_missing(v, w->lead->missing[i]);
}

static enum chain_kind
kind_of_problem(enum path_problem_kind k)
{
	switch (k) {
	case PATH_EXPIRED:
		return CHAIN_EXPIRED;
	case PATH_NOT_YET_VALID:
		return CHAIN_NOT_YET_VALID;
	case PATH_UNSUPPORTED:
		return CHAIN_NOT_JUDGED;
	case PATH_DISTRUSTED:
		return CHAIN_DISTRUSTED;
	case PATH_REVOKED:
		return CHAIN_REVOKED;
	case PATH_WRONG_PURPOSE:
		return CHAIN_WRONG_PURPOSE;
	case PATH_BAD_SIGNATURE:
		return CHAIN_BAD_SIGNATURE;
	default:
		return CHAIN_OTHER;
	}
}

static void
judge_way(const struct judging *g, struct chain_verdict *v, const struct way *w)
{
	v->path = w->path;
	v->trust_ok = w->trust_ok;
	v->time_ok = w->time_ok;
	v->complete = w->complete;
	v->problem = w->problem;
	name_missing(g, v, w);
	if (w->problem.kind != PATH_OK) {
		v->kind = kind_of_problem(w->problem.kind);
		v->text = w->problem.text;
	} else if (!v->name_ok) {
		v->kind = CHAIN_NAME_MISMATCH;
		v->text = mismatch_text(g);
	} else if (!w->complete) {
		v->kind = CHAIN_INCOMPLETE;
		v->text = incomplete_text(v, w, g->a);
	} else if (w->lead != NULL) {
		v->kind = CHAIN_UNVERIFIED;
		v->text = arena_printf(g->a,
		    "leads to the root %s, recognised by its name%s; its bytes are not at hand",
		    w->lead->root, w->lead->missing[0].key_id.n > 0 ? " and key id" : "");
	} else {
		v->kind = CHAIN_COMPLETE;
		v->text = trusted_text(w, g->a);
	}
}

/* The last certificate upwards from the leaf: a self-signed one if there is any. */
static const struct graph_node *
top(const struct graph *g)
{
	for (size_t i = g->n_reach; i-- > 0;)
		if (g->reach[i]->self_signed)
			return g->reach[i];
	for (size_t i = g->n_reach; i-- > 0;)
		if (g->reach[i]->n_edges == 0)
			return g->reach[i];
	return g->reach[g->n_reach - 1];
}

/* The columns that have a root which a path of this chain ends in, and the name of one that most
 * of them have. */
static uint32_t
anchoring(const struct judging *g, const char **root)
{
	uint32_t bits = 0, widest = 0;

	*root = "";
	for (size_t i = 0; i < g->out->n_paths + g->leads.n; i++) {
		const struct path *p = i < g->out->n_paths ? &g->out->paths[i] : NULL;
		const struct lead *l = p == NULL ? &g->leads.v[i - g->out->n_paths] : NULL;
		uint32_t stores = p != NULL ? root_of(p, NULL)->stores : l->anchor.stores;

		if ((stores & ~widest) != 0) {
			widest = stores;
			*root = p != NULL ? path_short(&p->nodes[p->n - 1]->cert, g->a) : l->root;
		}
		bits |= stores;
	}
	return bits;
}

/* "corp, system": the names of these columns. */
static const char *
store_names(const struct judging *g, uint32_t bits)
{
	const char *text = "";

	for (size_t i = 0; i < store_count(g->in->stores); i++)
		if ((bits & STORE_BIT(i)) != 0)
			text = arena_printf(g->a, "%s%s%s", text, *text != '\0' ? ", " : "",
			    store_title(g->in->stores, i));
	return text;
}

/* The chain leads to roots, but to none of this store. */
static void
judge_elsewhere(const struct judging *g, struct chain_verdict *v, const char *root, uint32_t others)
{
	uint32_t product = STORE_BIT(STORE_WINDOWS_PRODUCT), public = STORE_BIT(STORE__PUBLIC) - 1;

	if ((others & (public | product)) == product) {
		v->kind = CHAIN_PRIVATE_ROOT;
		v->text = arena_printf(g->a,
		    "ends in %s, a root that Windows has for Microsoft's own products and no "
		    "public store has: serve a chain from a public CA, or a cross-certificate to "
		    "a public root, or have the product that connects pin this root",
		    root);
	} else if ((others & public) == 0) {
		v->text = arena_printf(g->a, "ends in %s, which is not a root of this store", root);
	} else {
		v->text = arena_printf(g->a,
		    "ends in %s, which is not a root of this store, but of %s; a "
		    "cross-certificate by a root of this store would lead here too",
		    root, store_names(g, others & public));
	}
}

static void
judge_unknown(struct judging *g, struct chain_verdict *v)
{
	const char *root;
	uint32_t others = anchoring(g, &root);
	const struct graph_node *end = top(&g->graph);
	struct path *p = arena_alloc(g->a, sizeof(*p));
	const char *name = path_short(&end->pub.cert, g->a);

	*p = path_to(end, g->a);
	path_judge(p, false, g->in->now, &g->nc_budget, g->a);
	v->time_ok = path_time_ok(p);
	if (g->out->facts.leaf_self_signed) {
		v->kind = CHAIN_SELF_SIGNED;
		v->text = "self-signed, and not a root of this store";
		return;
	}
	v->kind = CHAIN_UNKNOWN_ROOT;
	if (end->self_signed || others != 0) {
		judge_elsewhere(g, v, others != 0 ? root : name, others);
		return;
	}
	if (g->graph.capped) { /* it may be there, where nobody looked */
		v->kind = CHAIN_NOT_JUDGED;
		v->text = g->in->n_sent > PATH_MAX_SENT
			      ? arena_printf(g->a,
				    "no way to a root among the first %d of the %zu certificates sent",
				    PATH_MAX_SENT, g->in->n_sent)
			      : arena_printf(g->a,
				    "no way to a root was found within %d certificates; the search ended at "
				    "its limits", PATH_MAX_DEPTH);
		return;
	}
	v->missing[v->n_missing++] = missing_issuer(&end->pub.cert, g->a);
	v->text = arena_printf(g->a, "the issuer of %s, %s, was neither sent nor is it known here",
	    name, v->missing[0].subject);
}

static void
judge_store(struct judging *g, size_t store, struct chain_verdict *v)
{
	enum name_how name = g->out->facts.name;

	*v = (struct chain_verdict){.store = store, .text = ""};
	v->name_ok =
	    g->in->host == NULL || name == NAME_EXACT || name == NAME_WILDCARD || name == NAME_IP;
	if (g->in->n_sent == 0) {
		v->text = "no certificate was sent";
	} else if (g->graph.sent[0] == NULL) {
		struct cert c;

		v->kind = CHAIN_OTHER;
		v->problem.kind = PATH_MALFORMED;
		v->text = "the leaf cannot be read";
		if (!cert_parse(g->in->sent[0], &c))
			v->text = arena_printf(g->a, "the leaf is %s", cert_flaw_text(c.flaws));
		v->problem.text = v->text;
	} else {
		struct way best = best_way(g, store);

		if (best.path != NULL) {
			judge_way(g, v, &best);
			notes_put(&g->graph, g->out->paths, g->out->n_paths, g->in->now, v);
		} else
			judge_unknown(g, v);
	}
}

static void
list_anchors(struct judging *g)
{
	const struct path_node **v = arena_alloc(g->a, (g->graph.n + 1) * sizeof(*v));

	for (size_t i = 0; i < g->graph.n; i++)
		if (g->graph.nodes[i]->pub.anchor.sha256 != NULL)
			v[g->out->n_anchors++] = &g->graph.nodes[i]->pub;
	g->out->anchors = v;
}

static void
judge_paths(struct judging *g)
{
	struct path *paths = arena_alloc(g->a, (g->found.n + 1) * sizeof(*paths));

	for (size_t i = 0; i < g->found.n; i++) {
		paths[i] = g->found.paths[i];
		path_judge(&paths[i], true, g->in->now, &g->nc_budget, g->a);
	}
	g->out->paths = paths;
	g->out->n_paths = g->found.n;
	g->lead_paths = arena_alloc(g->a, (g->leads.n + 1) * sizeof(*g->lead_paths));
	for (size_t i = 0; i < g->leads.n; i++) {
		g->lead_paths[i].lead = &g->leads.v[i];
		g->lead_paths[i].path = path_to(g->leads.v[i].from, g->a);
		path_judge(&g->lead_paths[i].path, false, g->in->now, &g->nc_budget, g->a);
	}
}

/* --- what to send --- */

/* The stores that trust it now. */
static uint32_t
trusting(const struct judging *g, const struct path *p, const struct lead *lead)
{
	uint32_t bits = 0;

	for (size_t i = 0; i < store_count(g->in->stores); i++) {
		struct way w;

		if (!path_concerns(i, root_of(p, lead)))
			continue;
		w = way_of(g, i, p, lead);
		if (w.trust_ok && w.time_ok)
			bits |= STORE_BIT(i);
	}
	return bits;
}

static void
add_way(struct judging *g, struct chain_way *v, const struct path *p, const struct lead *lead)
{
	struct chain_way w = {.nodes = p->nodes, .n = p->n, .stores = trusting(g, p, lead)};

	if (w.stores == 0)
		return;
	if (lead == NULL && w.n > 1)
		w.n--; /* the root */
	if (lead != NULL && !lead->root_by_name_only) {
		w.missing = lead->missing;
		w.n_missing = lead->n_missing;
	}
	v[g->out->n_ways++] = w;
}

static void
list_ways(struct judging *g)
{
	size_t n = g->out->n_paths + g->leads.n;
	struct chain_way *v = arena_alloc(g->a, (n + 1) * sizeof(*v));

	for (size_t i = 0; i < g->out->n_paths; i++)
		add_way(g, v, &g->out->paths[i], NULL);
	for (size_t i = 0; i < g->leads.n; i++)
		add_way(g, v, &g->lead_paths[i].path, &g->leads.v[i]);
	for (size_t i = 0; i < g->out->n_ways; i++) { /* leads end with the judging */
		struct chain_missing *m = arena_alloc(g->a, (v[i].n_missing + 1) * sizeof(*m));

		if (v[i].n_missing > 0)
			memcpy(m, v[i].missing, v[i].n_missing * sizeof(*m));
		v[i].missing = m;
	}
	g->out->ways = v;
}

const struct chain_judgement *
chain_judge(const struct chain_input *in, struct arena *a)
{
	struct judging *g = xcalloc(1, sizeof(*g)); /* 18 kB: too much for the endpoint's arena */
	struct chain_judgement *out = arena_alloc(a, sizeof(*out));
	struct chain_verdict *v;

	g->in = in;
	g->a = a;
	g->out = out;
	g->nc_budget = PATH_MAX_NC_STEPS;
	graph_init(&g->graph, in, a);
	graph_reach(&g->graph);
	graph_paths(&g->graph, &g->found);
	leads_find(&g->graph, &g->leads);
	facts_find(&g->graph, &g->out->facts);
	judge_paths(g);
	list_anchors(g);
	list_ways(g);
	g->out->capped = g->graph.capped;
	g->out->n_verdicts = store_count(in->stores);
	v = arena_alloc(a, g->out->n_verdicts * sizeof(*v) + 1);
	for (size_t i = 0; i < g->out->n_verdicts; i++)
		judge_store(g, i, &v[i]);
	out->verdicts = v;
	free(g);
	return out;
}

size_t
chain_candidate_roots(const struct chain_judgement *j, size_t store, struct span *out, size_t max)
{
	size_t n = 0;

	for (size_t i = 0; i < j->n_anchors && n < max; i++)
		if ((j->anchors[i]->anchor.stores & STORE_BIT(store)) != 0)
			out[n++] = j->anchors[i]->cert.der;
	return n;
}

/* --- names for JSON --- */

const char *
chain_kind_name(enum chain_kind k)
{
	static const char *const names[CHAIN_KIND__MAX] = {"not_judged", "complete", "unverified",
	    "incomplete", "unknown_root", "private_root", "self_signed", "expired", "not_yet_valid",
	    "name_mismatch", "wrong_purpose", "distrusted", "bad_signature", "revoked", "other"};

	return k < CHAIN_KIND__MAX ? names[k] : "other";
}

const char *
path_problem_name(enum path_problem_kind k)
{
	static const char *const names[PATH_PROBLEM__MAX] = {"none", "expired", "not_yet_valid",
	    "unsupported", "weak", "distrusted", "revoked", "wrong_purpose", "name_constraints",
	    "not_a_ca", "policy", "critical_extension", "malformed", "bad_signature"};

	return k < PATH_PROBLEM__MAX ? names[k] : "none";
}

const char *
path_source_name(enum path_source s)
{
	static const char *const names[] = {"sent", "other", "file", "store", "aia"};

	return (size_t)s < N_ELEMENTS(names) ? names[s] : names[0];
}

const char *
chain_role_name(enum chain_role r)
{
	static const char *const names[] = {
	    "not_read", "leaf", "issuer", "root", "duplicate", "stranger", "unreadable"};

	return (size_t)r < N_ELEMENTS(names) ? names[r] : names[0];
}

const char *
missing_how_name(enum missing_how h)
{
	static const char *const names[] = {"unknown", "elsewhere", "file", "listed", "root", "aia"};

	return (size_t)h < N_ELEMENTS(names) ? names[h] : names[0];
}
