/*
 * merge - one store of a bundle as a feed says it is now; all else stays.
 *
 * A root that the feed names and the bundle knows keeps its bytes and its place in other stores; one
 * that is new comes with what the feed has of it; one that the feed no longer names leaves this
 * store (and stays as a fact, so that it can be told that it was one).  End dates are the feed's.
 *
 *	struct merge m;
 *	if (!merge_store(w, &old, STORE_MOZILLA, &feed, "2026-11-24", "certdata.txt", arena, &m))
 *		return complain(m.problem);		fewer than half the roots: not taken
 *	bytes = bundle_finish(w);
 */
#ifndef TLSAUDIT_FEEDS_MERGE_H
#define TLSAUDIT_FEEDS_MERGE_H

#include "feeds/feed.h"
#include "pki/bundle_write.h"

struct merge {
	size_t before, after;	     /* roots of the store */
	const char **added, **removed; /* subjects, or fingerprints where nobody knows more */
	size_t n_added, n_removed;
	size_t without_bytes;	     /* of the roots after it */
	const char *problem;	     /* why it was not taken: one sentence, static */
};

/* Writes the whole bundle with that store exchanged.  date and source are what is said of the store.
 * False: the feed has fewer than half the roots that the store has; then nothing was written. */
bool merge_store(struct bundle_writer *w, const struct bundle *old, enum store_id store,
    const struct feed *feed, const char *date, const char *source, struct arena *a,
    struct merge *out) MUST_USE;

#endif
