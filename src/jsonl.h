/*
 * jsonl - JSON lines, one value after the other, however many there are.
 *
 *	struct jsonl in;
 *	if (!jsonl_open(&in, path, err, sizeof(err)))
 *		...
 *	while ((got = jsonl_next(&in, arena, &j, err, sizeof(err))) != JSONL_END)
 *		if (got == JSONL_BAD)
 *			... err is "scan.jsonl:7: object expected"; go on
 *	jsonl_close(&in);
 *
 * One line is held at a time.  Empty lines do not count.  The last line may lack its newline; when
 * it was torn, it is bad like any other.
 */
#ifndef TLSAUDIT_JSONL_H
#define TLSAUDIT_JSONL_H

#include <stdio.h>

#include "adapt/json.h"

enum { JSONL_LINE_MAX = 64 << 20 }; /* bytes of one line; the rest of a longer one is passed over */

struct jsonl {
	FILE *from;
	const char *name; /* for messages: the path, "standard input" */
	unsigned line;    /* of what came last, from 1 */
	int64_t offset;   /* where that line begins, in a file */
	char *buf;
	size_t size;
};

enum jsonl_got { JSONL_END, JSONL_VALUE, JSONL_BAD };

/* path "-": standard input.  On failure false, and a sentence in err. */
bool jsonl_open(struct jsonl *in, const char *path, char *err, size_t errlen) MUST_USE;
/* The next value, in the arena; on JSONL_BAD a sentence with file and line in err.  A file that
 * cannot be read on is JSONL_BAD once, then JSONL_END. */
enum jsonl_got jsonl_next(struct jsonl *in, struct arena *a, const struct json **out, char *err,
    size_t errlen) MUST_USE;
/* Moves to a line by its offset, to read it again; false when the file cannot do that. */
bool jsonl_seek(struct jsonl *in, int64_t offset) MUST_USE;
void jsonl_close(struct jsonl *in);

#endif
