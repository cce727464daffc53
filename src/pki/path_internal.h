/*
 * path_internal - the graph behind path.h, shared by path*.c; nobody else includes it.
 *
 * A node is one certificate.  Its edges are worked out when it is first walked on from: everybody
 * with the issuer's name, each with what the signature said.  So the number of signatures verified
 * is bounded by the edges, not by the paths.
 */
#ifndef TLSAUDIT_PKI_PATH_INTERNAL_H
#define TLSAUDIT_PKI_PATH_INTERNAL_H

#include "adapt/openssl_x509.h"
#include "pki/path.h"

enum {
	GRAPH_MAX_ISSUERS = 16, /* candidates with bytes for one certificate */
	GRAPH_MAX_FACTS = 8,    /* entries taken from one look-up of facts */
};

struct graph_node;

struct edge {
	struct graph_node *issuer;
	enum sigcheck sig;
	unsigned rank; /* the lower, the sooner it is walked */
};

struct graph_node {
	struct path_node pub;
	struct edge edges[GRAPH_MAX_ISSUERS]; /* those worth walking, best first */
	size_t n_edges;
	bool expanded;
	bool self_signed;          /* self-issued, and its own key verifies it */
	bool reached;              /* there is a way here from the leaf */
	struct graph_node *parent; /* on the shortest way from the leaf */
};

struct graph {
	const struct chain_input *in;
	struct arena *a;
	struct graph_node *nodes[PATH_MAX_NODES];
	size_t n;
	struct graph_node *sent[PATH_MAX_SENT]; /* NULL: unreadable */
	bool duplicate[PATH_MAX_SENT];
	size_t n_sent;
	struct graph_node *reach[PATH_MAX_NODES]; /* in the order they were reached, leaf first */
	size_t n_reach;
	size_t n_verify, n_steps;
	bool capped;
};

/* The paths found, leaf to root, before anyone judges them. */
struct found {
	struct path paths[PATH_MAX_PATHS];
	size_t n;
};

/* path_graph.c: reads what was sent and what else is known, and walks it. */
void graph_init(struct graph *g, const struct chain_input *in, struct arena *a);
void graph_reach(struct graph *g);
void graph_paths(struct graph *g, struct found *out);
/* Is a certificate with this SHA-256 in the graph? */
bool graph_has(const struct graph *g, struct span sha256);

/* path_facts.c */
void facts_find(const struct graph *g, struct chain_facts *f);

/* path_judge.c: RFC 5280 on one path; `anchored` = its last certificate is a root.  *budget:
 * comparisons of names with constraints that are left, for all paths together. */
void path_judge(struct path *p, bool anchored, int64_t now, size_t *budget, struct arena *a);
/* Signatures of one path were worked out with its edges: their trouble is told here. */
enum sigcheck graph_sig(const struct path_node *child, const struct path_node *issuer);
/* The problem that decides: the worst kind; NULL when there is none. */
const struct path_problem *path_worst(const struct path *p);
/* Dates aside, is there nothing against it?  Are there dates against it? */
bool path_trust_ok(const struct path *p);
bool path_time_ok(const struct path *p);

/* path_distrust.c: does a store have anything to say about this root - does it carry it, or did it
 * until some date? */
bool path_concerns(size_t store, const struct anchor *root);
/* What one store, and it alone, has against a path to this root.  False: nothing. */
bool path_store_problem(size_t store, const struct anchor *root, const struct path *p,
    const struct chain_input *in, struct path_problem *out, struct arena *a);

/* path_missing.c: what facts say about issuers whose bytes are not at hand. */
struct lead {
	struct graph_node *from;                        /* the last certificate there is */
	struct chain_missing missing[PATH_MAX_MISSING]; /* upwards from it */
	size_t n_missing;
	const char *root;       /* the root it leads to, RFC 4514 */
	bool root_by_name_only; /* its own issuer is a root without bytes */
	uint32_t stores;        /* STORE_BIT() of the stores with that root */
	struct anchor anchor;
};

enum { LEADS_MAX = 16 };

struct leads {
	struct lead v[LEADS_MAX];
	size_t n;
};

/* path_notes.c: adds what else is to be said of a trusted chain. */
void notes_put(const struct graph *g, const struct path *paths, size_t n, int64_t now,
    struct chain_verdict *v);

void leads_find(struct graph *g, struct leads *out);
/* The issuer of a certificate, as far as the certificate itself tells. */
struct chain_missing missing_issuer(const struct cert *child, struct arena *a);
/* A certificate of the graph that was not sent. */
struct chain_missing
missing_node(const struct path_node *n, const struct path_node *child, struct arena *a);

/* Short name of a certificate for sentences, in the arena: "R10", never empty. */
const char *path_short(const struct cert *c, struct arena *a);
/* Same name and same key: one CA, however many certificates it has. */
bool path_same_ca(const struct cert *a, const struct cert *b);
/* Could the key identifiers (RFC 5280 4.2.1.1) be of one key?  True when either has none. */
bool path_key_id_fits(struct span akid, struct span skid);

#endif
