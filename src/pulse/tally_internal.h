/*
 * tally_internal - what the parts of tally share while they count.
 *
 * tally.c goes through the endpoints, host by host; tally_trust.c knows what stores say;
 * tally_owner.c counts certificates and what hangs on their owners; tally_series.c makes what is
 * shown of it; tally_own.c knows which hosts are one's own.
 */
#ifndef TLSAUDIT_PULSE_TALLY_INTERNAL_H
#define TLSAUDIT_PULSE_TALLY_INTERNAL_H

#include "pulse/keyset.h"
#include "pulse/tally.h"

#define NOBODY UINT32_MAX

/* Whether a leaf is trusted, its host's name left aside. */
enum leaf_trust { LEAF_NO, LEAF_OPEN, LEAF_YES };

struct judged {                         /* all verdicts on one chain together */
	uint32_t yes, no, open;         /* a bit for each store: of the endpoint */
	uint32_t root[TALLY_STORES];    /* or NOBODY */
	uint32_t verdict[TALLY_STORES]; /* number of its word */
	enum leaf_trust leaf;
	uint32_t owner; /* number, or NOBODY */
	bool alone;     /* every root behind it is the same owner's */
};

struct root {
	uint32_t owner;
	const char *subject;
};

struct words { /* strings, each once */
	struct keyset keys;
	const char **v;
	size_t room;
};

struct leaf { /* a certificate */
	int64_t not_before, not_after;
	uint32_t owner;
	int32_t strength;
	uint8_t key, hash, validation;
	uint8_t trust; /* enum leaf_trust: the best that any endpoint makes of it */
	bool self_signed, expired, seen;
};

struct host { /* the one that is being counted */
	uint32_t id;
	uint8_t value[M__MAX];
	uint8_t status; /* the best of its endpoints */
	bool any, assessed, own;
	uint32_t yes, no, open; /* stores, as in struct judged */
};

struct counted { /* what is counted while going through the hosts */
	uint64_t measure[M__MAX][MEASURE_CLASSES + 1];
	uint64_t status[TALLY_SLICES];
	uint64_t store[TALLY_STORES][3]; /* unknown, no, yes */
};

/* The last host that was counted for something; hosts come one after the other. */
struct stamp {
	uint32_t host, alone; /* its id and one */
};

struct work {
	struct tally *t;
	struct sql *sql;
	struct counted n;
	struct words owners, stores, verdicts;
	struct judged *judged;
	size_t n_judged;
	struct root *roots;
	size_t n_roots;
	struct leaf *leaves;
	size_t n_leaves;
	struct share *shares;  /* by number of owner */
	struct stamp *stamped; /* the same */
	uint32_t last_trusted, last_own;
	struct keyset gap_keys;
	uint32_t *gap_host; /* by number of gap: as in struct stamp */
	size_t gap_room, gap_host_room, weak_room;
	struct own *own;
};

uint32_t words_put(struct words *w, struct arena *a, struct span word);
void words_fini(struct words *w);
/* Room for one more in a list of n; its new address.  New places are zero. */
void *grow_list(void *list, size_t n, size_t *room, size_t size);
/* How many places the ids of a table need, by a query for the highest of them and one, and for how
 * many there are at most. */
size_t ids_of(struct sql *sql, const char *text);

/* tally_trust.c: roots, and what the verdicts on each chain come to. */
void tally_load_trust(struct work *w);
/* What one deployment says of its host. */
void tally_host_trust(struct work *w, struct host *h, const struct judged *j);
const char *tally_store_title(const char *name);

/* tally_owner.c */
void tally_load_leaves(struct work *w);
/* A host presents that certificate. */
void tally_leaf_seen(
    struct work *w, const struct host *h, uint32_t leaf, const struct judged *j, int64_t time);
void tally_names(struct work *w);
void tally_owners(struct work *w);
bool tally_leaf_counts(const struct leaf *l);

/* tally_series.c */
void tally_series(struct work *w);
/* The status of an endpoint as a number, from 1: the best first. */
uint8_t tally_status(struct span word);
/* What a certificate asserts of its subject; 0: unknown. */
uint8_t tally_validation(struct span word);

/* tally_own.c: a list of one's own hosts. */
struct own *own_new(struct span list);
bool own_has(struct own *o, struct span host);
void own_missing(const struct own *o, struct tally *t);
void own_free(struct own *o);

#endif
