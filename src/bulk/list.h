/*
 * list - a list of targets, read as it is needed.
 *
 *	# comments and blank lines count as lines, not as targets
 *	example.org			a name, as zone files have it: a final dot is allowed
 *	example.org:8443
 *	smtp://mx.example.org
 *	192.0.2.0/24			every address of the network
 *	2001:db8::/120
 *
 * Each target has a seq: 1, 2, 3, ...  It also has the number of its line, and a digest over all
 * targets up to it, by which a resumed scan knows that it is the same list (bulk/resume.h).  A line
 * that is no target gets no seq; it is told with its number, and the reading goes on.
 *
 *	struct list *l = list_open("hosts.txt", &defaults, seed, err, sizeof(err));
 *	for (;;)
 *		switch (list_next(l, &item)) {
 *		case LIST_TARGET: ... item.target, item.seq ...
 *		case LIST_BAD:    ... item.line, item.why ...
 *		case LIST_WAIT:   ... when list_fd() is readable: list_fill(l) ...
 *		case LIST_END:    return;
 *		}
 *
 * A file that ends in .zst is a Zstandard stream.  A regular file is read by list_next() itself, a
 * pipe by list_fill() alone, so that nobody is kept waiting by whoever writes into it.  Memory: one
 * buffer, whatever the list's length.
 */
#ifndef TLSAUDIT_BULK_LIST_H
#define TLSAUDIT_BULK_LIST_H

#include "target.h"

struct list;

struct list_item {
	uint64_t seq, line, digest; /* seq and digest: of a target */
	struct target target;
	char why[160]; /* LIST_BAD: what is wrong, clean */
};

enum list_result { LIST_TARGET, LIST_BAD, LIST_WAIT, LIST_END, LIST_ERROR };

/* path "-": standard input.  salt: what the digests begin with, made from what else decides about the
 * scan.  NULL with a sentence in err. */
struct list *list_open(const char *path, const struct target_defaults *d, uint64_t salt, char *err,
    size_t errlen) MUST_USE;
/* The same of bytes that are all there, for tests; copied. */
struct list *list_of(struct span text, const struct target_defaults *d, uint64_t salt) MUST_USE;
/* LIST_ERROR: reading failed, and item->why says how. */
enum list_result list_next(struct list *l, struct list_item *item) MUST_USE;
/* What to wait for after LIST_WAIT. */
int list_fd(const struct list *l);
/* Reads once what is there. */
void list_fill(struct list *l);
/* NULL is allowed. */
void list_free(struct list *l);
/* Bytes of the list read so far, and its size; 0: not known. */
void list_progress(const struct list *l, uint64_t *read, uint64_t *size);

/* FNV-1a over bytes, from what came before. */
uint64_t list_hash(uint64_t before, const void *p, size_t n);

#endif
