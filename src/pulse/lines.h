/*
 * lines - the lines of a file, a pipe, or either of them in Zstandard (RFC 8878), fast.
 *
 *	struct lines *in = lines_open(path, err, sizeof(err));
 *	while (lines_next(in, &line))
 *		... borrowed until the next call, without its newline
 *	good = lines_close(in, err, sizeof(err));
 *
 * Zstandard is known by its first bytes, not by a name.  Empty lines come too; a line that is
 * longer than LINES_MAX comes cut to that, so that it is no JSON any more.
 */
#ifndef TLSAUDIT_PULSE_LINES_H
#define TLSAUDIT_PULSE_LINES_H

#include "base/span.h"

enum { LINES_MAX = 64 << 20 };

struct lines;

/* path "-": standard input.  NULL on failure, and a sentence in err. */
struct lines *lines_open(const char *path, char *err, size_t errlen) MUST_USE;
/* The first bytes of it are those: nothing has been read away. */
bool lines_begin_with(struct lines *in, struct span bytes);
bool lines_next(struct lines *in, struct span *line) MUST_USE;
/* The number of the line that came last, from 1. */
uint64_t lines_number(const struct lines *in);
/* Its name for messages. */
const char *lines_name(const struct lines *in);
/* Ends it; false, and a sentence in err: it could not be read to its end.  NULL is allowed. */
bool lines_close(struct lines *in, char *err, size_t errlen) MUST_USE;

#endif
