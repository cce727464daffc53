/*
 * journal - where the records of a list go: whole lines, appended, and never torn by us.
 *
 * A regular file is opened for appending and locked; the records of one target go out in one
 * write(), and reach the disk every second or ten megabytes.  With .zst, records are collected for a
 * second and go out as one frame of their own.  A pipe is written as it takes bytes; what it does not
 * take waits here, and journal_full() says when nothing more should be begun.
 *
 *	struct journal *j = journal_open(loop, "scan.jsonl", resume, on_trouble, arg, err, sizeof(err));
 *	journal_put(j, lines);				the records of one target
 *	if (!journal_close(j))				errno
 */
#ifndef TLSAUDIT_BULK_JOURNAL_H
#define TLSAUDIT_BULK_JOURNAL_H

#include "base/span.h"

struct journal;
struct loop;
struct resume;

/* Writing failed: errno is e.  Called once, from loop_run(). */
typedef void journal_trouble_fn(void *arg, int e);

/*
 * path NULL: standard output.  r NULL: a file that has bytes in it is refused, for they are somebody's
 * scan; else they are read into r, what is incomplete is cut off, and it goes on behind them.  NULL
 * with a sentence in err.
 */
struct journal *journal_open(struct loop *l, const char *path, struct resume *r,
    journal_trouble_fn *trouble, void *arg, char *err, size_t errlen) MUST_USE;
/* Copies the lines. */
void journal_put(struct journal *j, struct span lines);
/* Everything that was put is on the disk when it returns; a pipe gets it as it takes bytes.  False: it is
 * not, and trouble() was called. */
bool journal_sync(struct journal *j) MUST_USE;
/* More waits than should. */
bool journal_full(const struct journal *j);
/* Everything was passed on. */
bool journal_empty(const struct journal *j);
uint64_t journal_bytes(const struct journal *j);
/* Writes what waits, and ends it.  False: it could not be, errno says why.  NULL is allowed. */
bool journal_close(struct journal *j) MUST_USE;

#endif
