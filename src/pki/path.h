/*
 * path - what each trust store makes of a chain (RFC 5280 section 6, RFC 4158).
 *
 * The certificates sent, those known from elsewhere and the roots of all stores are one graph; its
 * edges are "issuer's name and a signature that verifies".  Every path from the leaf to a root is
 * found (up to caps), each is judged by RFC 5280, and every store then gets one verdict from the
 * paths that end in one of its roots.  Nothing is asked of the network, and no library's error
 * code takes part: "incomplete" is said only when the certificate that is missing is known and
 * leads to a root of that store, "unknown root" in all other cases.
 *
 *	struct chain_input in = {.sent = ders, .n_sent = 3, .stores = set, .now = time(NULL),
 *	    .host = "www.example.org"};
 *	const struct chain_judgement *j = chain_judge(&in, arena);
 *	for (size_t i = 0; i < j->n_verdicts; i++)
 *		printf("%s: %s\n", store_title(set, i), j->verdicts[i].text);
 *
 * All that comes back lives in the arena and borrows the DER that went in and the store set.
 */
#ifndef TLSAUDIT_PKI_PATH_H
#define TLSAUDIT_PKI_PATH_H

#include "pki/cert.h"
#include "pki/name.h"
#include "pki/store.h"

struct arena;

enum {
	PATH_MAX_SENT = 100,  /* of a chain, so many are read */
	PATH_MAX_OTHERS = 32, /* of chain_input.others */
	PATH_MAX_AIA = 16,    /* of chain_input.aia */
	PATH_MAX_NODES = 224, /* certificates in the graph */
	PATH_MAX_DEPTH = 20,  /* certificates in a path, leaf and root included */
	PATH_MAX_PATHS = 64,
	PATH_SPARE_PATHS = 16, /* of these, kept for roots that the walk did not get to */
	PATH_MAX_STEPS = 4000,      /* edges walked while looking for paths */
	PATH_MAX_VERIFY = 400,      /* signatures verified */
	PATH_MAX_PROBLEMS = 8,      /* kept per path */
	PATH_MAX_MISSING = 4,       /* certificates named as missing */
	PATH_MAX_NC_STEPS = 250000, /* name constraint comparisons, all paths together */
};

/* From where the graph has a certificate. */
enum path_source {
	PATH_SENT,   /* the server sent it in this chain */
	PATH_OTHER,  /* from chain_input.others: another deployment or address */
	PATH_EXTRA,  /* an intermediate in a --store file */
	PATH_ANCHOR, /* a store's root, not sent */
	PATH_AIA,    /* from chain_input.aia: fetched from where its child says */
};

/* One certificate of the graph. */
struct path_node {
	struct cert cert;
	uint8_t sha256[32];
	enum path_source source;
	size_t sent_index;    /* where in the chain, when source is PATH_SENT */
	struct anchor anchor; /* sha256 != NULL: a root that some store has, or had */
};

/* What RFC 5280 or a store has against a path.  In rising order of what it says about trust. */
enum path_problem_kind {
	PATH_OK,
	PATH_EXPIRED,
	PATH_NOT_YET_VALID,
	PATH_UNSUPPORTED,   /* cannot be verified here: an algorithm our library does not have */
	PATH_WEAK,          /* signature hash or key that nobody accepts any more */
	PATH_DISTRUSTED,    /* the store's programme has set an end date */
	PATH_REVOKED,       /* by the store's programme (OneCRL) */
	PATH_WRONG_PURPOSE, /* extended key usage without serverAuth, key usage that forbids it */
	PATH_CONSTRAINED,   /* name constraints */
	PATH_NOT_A_CA,      /* basicConstraints, keyCertSign, pathlen */
	PATH_POLICY,        /* a certificate policy is required and not there */
	PATH_CRITICAL,      /* unknown critical extension */
	PATH_MALFORMED,
	PATH_BAD_SIGNATURE,
	PATH_PROBLEM__MAX
};

struct path_problem {
	enum path_problem_kind kind;
	unsigned depth;   /* 0 = leaf */
	const char *text; /* "R10 (depth 1) expired 2027-03-12" */
};

struct path {
	const struct path_node *const *nodes; /* leaf first, root last */
	size_t n;
	size_t n_not_sent; /* certificates between leaf and root that were not sent */
	uint32_t stores;   /* STORE_BIT() of the stores that have its root */
	const struct path_problem *problems; /* the same in every store */
	size_t n_problems;
};

enum { CHAIN_MAX_NOTES = 4 };

/* The verdict; later ones are not worse, merely different. */
enum chain_kind {
	CHAIN_NOT_JUDGED, /* nothing sent, or it cannot be verified with our library */
	CHAIN_COMPLETE,   /* trusted with what was sent */
	CHAIN_UNVERIFIED, /* its root is one of the store's by name and key id; bytes not at hand */
	CHAIN_INCOMPLETE, /* trusted, were not a known intermediate missing */
	CHAIN_UNKNOWN_ROOT,
	CHAIN_PRIVATE_ROOT, /* ends in a root that only the vendor's own products have */
	CHAIN_SELF_SIGNED, /* the leaf itself, and not a root of this store */
	CHAIN_EXPIRED,
	CHAIN_NOT_YET_VALID,
	CHAIN_NAME_MISMATCH,
	CHAIN_WRONG_PURPOSE,
	CHAIN_DISTRUSTED,
	CHAIN_BAD_SIGNATURE,
	CHAIN_REVOKED,
	CHAIN_OTHER, /* constraints, not a CA, critical extension, weak, malformed: see text */
	CHAIN_KIND__MAX
};

/* How a missing certificate is known. */
enum missing_how {
	MISSING_UNKNOWN,   /* it is not: only the name and key id its child gives */
	MISSING_ELSEWHERE, /* another chain brought it (chain_input.others); bytes in der */
	MISSING_IN_FILE,   /* in a --store file; bytes in der */
	MISSING_LISTED,    /* in the shipped list of known intermediates; no bytes */
	MISSING_ANCHOR,    /* the root itself, known as facts only */
	MISSING_AIA,       /* fetched from where its child says it is; bytes in der */
};

/* One certificate that was needed and not sent. */
struct chain_missing {
	enum missing_how how;
	const char *subject, *issuer; /* RFC 4514; issuer "" when not known */
	struct span key_id;           /* empty when not known */
	struct span sha256;           /* 32 bytes; empty when not known */
	struct span der;              /* empty when its bytes are not at hand */
	struct span url; /* caIssuers of its child: where it is said to be; raw bytes */
};

struct chain_verdict {
	size_t store; /* column of the store set */
	enum chain_kind kind;
	const char *text;        /* one sentence, for people */
	bool trust_ok;           /* leads to a root of this store, dates and host name aside */
	bool complete;           /* the path needs nothing that was not sent */
	bool time_ok;            /* every certificate of the path is in time */
	bool name_ok;            /* the leaf names the host (true when no host was given) */
	const struct path *path; /* the best path to this store, good or not; NULL: there is none */
	struct path_problem problem; /* what made the verdict; kind PATH_OK: nothing did */
	struct chain_missing missing[PATH_MAX_MISSING];
	size_t n_missing;
	const char *notes[CHAIN_MAX_NOTES]; /* of a trusted one, what else a client meets: words */
	size_t n_notes;
};

/* What a certificate is within the chain as sent. */
enum chain_role {
	CHAIN_ROLE_UNREAD, /* after PATH_MAX_SENT */
	CHAIN_ROLE_LEAF,
	CHAIN_ROLE_ISSUER,    /* leads on from the leaf */
	CHAIN_ROLE_ROOT,      /* the same, self-signed: sent for nothing */
	CHAIN_ROLE_DUPLICATE, /* byte for byte an earlier one */
	CHAIN_ROLE_STRANGER,  /* has nothing to do with the leaf */
	CHAIN_ROLE_UNREADABLE,
};

/* The chain as it came, no store asked. */
struct chain_facts {
	size_t n_sent, n_read;
	enum chain_role role[PATH_MAX_SENT]; /* of the first n_read */
	size_t n_duplicates, n_strangers, n_roots, n_unreadable;
	bool order_ok; /* no issuer stands before all that it issued */
	bool leaf_self_signed;
	enum name_how name;  /* NAME_MISMATCH also when no host was given */
	struct span name_by; /* the SAN that matched */
};

struct chain_input {
	const struct span *sent; /* DER, in the order of the Certificate message */
	size_t n_sent;
	const struct span *others; /* DER of certificates that are known but were not sent */
	size_t n_others;
	const struct span *aia; /* DER of issuers that were fetched, AIA caIssuers */
	size_t n_aia;
	const struct store_set *stores;
	int64_t now;      /* seconds since 1970 UTC */
	const char *host; /* A-labels or IP text; NULL: names are not judged */
	int64_t
	    earliest_sct; /* from staple or TLS extension, seconds; 0 = only the leaf's own count */
};

/* One way to a root, as a server would have to send it: the leaf and the intermediates. */
struct chain_way {
	const struct path_node *const *nodes; /* leaf first; the root is not among them */
	size_t n;
	uint32_t stores; /* STORE_BIT() of the stores that trust it now, host name aside */
	const struct chain_missing *missing; /* known as facts only: no bytes to send */
	size_t n_missing;
};

struct chain_judgement {
	struct chain_facts facts;
	const struct path *paths; /* all that end in a root of any store */
	size_t n_paths;
	bool capped;                            /* a limit stopped the search: there may be more */
	const struct path_node *const *anchors; /* every root met on the way, of any store */
	size_t n_anchors;
	const struct chain_way *ways; /* those that some store trusts */
	size_t n_ways;
	const struct chain_verdict *verdicts; /* one per column of the store set, in its order */
	size_t n_verdicts;
};

/* Judges one deployment's chain.  Never NULL; owned by the arena. */
const struct chain_judgement *chain_judge(const struct chain_input *in, struct arena *a);

/*
 * The DER of the roots of one store that can matter for this chain: what OpenSSL and GnuTLS are to
 * be asked with.  At most max; returns how many.  With CHAIN_UNVERIFIED there is no point in
 * asking: the root that counts is not among them.
 */
size_t
chain_candidate_roots(const struct chain_judgement *j, size_t store, struct span *out, size_t max);

/* What to send instead, see chain_fix(). */
enum chain_fix_kind {
	CHAIN_FIX_NONE,    /* no store asked for trusts any way: no bundle helps */
	CHAIN_FIX_AS_SENT, /* the chain is right as it is */
	CHAIN_FIX_BUNDLE,  /* certs[] is better: complete, in order, nothing superfluous */
	CHAIN_FIX_MISSING, /* a certificate is needed whose bytes are not at hand */
};

struct chain_fix {
	enum chain_fix_kind kind;
	struct span certs[PATH_MAX_DEPTH]; /* DER, leaf first, without the root */
	enum path_source sources[PATH_MAX_DEPTH];
	size_t n;
	uint32_t stores; /* of those asked for, the ones that trust it, host name aside */
	const struct chain_missing *missing; /* CHAIN_FIX_MISSING: these, the lowest first */
	size_t n_missing;
};

/*
 * The chain to send so that as many as possible of the stores asked for (STORE_BIT()s) trust the
 * leaf: of the ways whose bytes are all at hand the one that serves most of them, also through the
 * shorter ways that it contains, and the shortest of those.  What it points to is the judgement's.
 */
struct chain_fix
chain_fix(const struct chain_judgement *j, const struct chain_input *in, uint32_t stores);

/* "complete", "incomplete", "unknown_root", ...: for JSON. */
const char *chain_kind_name(enum chain_kind k);
/* "expired", "wrong_purpose", "not_a_ca", ...: for JSON. */
const char *path_problem_name(enum path_problem_kind k);
const char *path_source_name(enum path_source s);
const char *chain_role_name(enum chain_role r);
const char *missing_how_name(enum missing_how h);

#endif
