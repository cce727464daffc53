/*
 * resume - what a scan that was broken off has written already: the output is its own journal.
 *
 * Every record of a list says which target it is about (seq), which of that target's records it is
 * (record of records), and a digest over the list up to there.  The records of one target stand
 * together, written at once.  So whatever ended the scan, at most the last target is incomplete: its
 * records, and a line without an end, are cut off.  What is complete becomes a bit in a map: ten
 * million targets are 1.25 MB.
 *
 *	struct resume *r = resume_new();
 *	if (!resume_read(r, fd, zst, err, sizeof(err)))
 *		...
 *	ftruncate(fd, resume_keep(r));
 *	...
 *	if (!resume_matches(r, item.seq, item.digest))
 *		... this is another list, or other options ...
 *	if (resume_has(r, item.seq))
 *		... done already ...
 */
#ifndef TLSAUDIT_BULK_RESUME_H
#define TLSAUDIT_BULK_RESUME_H

#include "base/span.h"

struct resume;

/* Nothing was done. */
struct resume *resume_new(void);
void resume_free(struct resume *r); /* NULL is allowed */
/* Calls fn with each line that resume_read() takes, without its end: is it the last one of its target,
 * and is that target new? */
typedef void resume_line_fn(void *arg, struct span line, bool last, bool is_new);
void resume_on_line(struct resume *r, resume_line_fn *fn, void *arg);
/* Reads the output of a scan from its begin; several, one after the other, are taken together.  zst: it consists of Zstandard frames.  False with a
 * sentence in err: it cannot be read, or it is no such output. */
bool resume_read(struct resume *r, int fd, bool zst, char *err, size_t errlen) MUST_USE;
/* How many bytes of it stay. */
uint64_t resume_keep(const struct resume *r);
/* How many targets are done. */
uint64_t resume_count(const struct resume *r);
bool resume_has(const struct resume *r, uint64_t seq);
/* Does the digest agree with what was written, as far as samples tell? */
bool resume_matches(const struct resume *r, uint64_t seq, uint64_t digest);
/* The records of one target, as a queue brings them: are they all of it (else RESUME_BAD), of this list
 * (else RESUME_OTHER), and new?  A new target is done then. */
enum resume_took { RESUME_NEW, RESUME_KNOWN, RESUME_OTHER, RESUME_BAD };
enum resume_took resume_take(struct resume *r, struct span lines) MUST_USE;
/* A target is done: it is not done again (a redelivered result is dropped).  False: it was already. */
bool resume_add(struct resume *r, uint64_t seq);

#endif
