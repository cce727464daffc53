/*
 * hiredis - the protocol of Redis (RESP2) as bytes: commands out, replies in.
 *
 * The only file that knows hiredis, of which it uses the formatter and the parser, and neither
 * socket nor event adapter.  A reply is hostile input: its arrays, its strings and their sum have
 * caps, and beyond them the stream is bad, for good.
 *
 *	struct resp_reader *r = resp_reader_new();
 *	while (resp_feed(r, bytes) == RESP_WHOLE)		the bytes once, then none
 *		reply = resp_reply(r), bytes.n = 0;		until the next resp_feed()
 *	resp_reader_free(r);
 */
#ifndef TLSAUDIT_ADAPT_HIREDIS_H
#define TLSAUDIT_ADAPT_HIREDIS_H

#include "base/span.h"

enum {
	RESP_BYTES_MAX = 256 << 20, /* of one reply */
	RESP_ARRAY_MAX = 1 << 16    /* elements of one array */
};

enum resp_kind { RESP_NIL, RESP_INTEGER, RESP_STRING, RESP_ERROR, RESP_ARRAY };

struct resp { /* one value; a status is a string */
	enum resp_kind kind;
	int64_t integer;
	struct span text; /* of strings and errors */
	const struct resp *const *items; /* n of an array; none is NULL */
	size_t n;
};

struct resp_reader;
enum resp_got { RESP_WHOLE, RESP_MORE, RESP_BAD };

struct resp_reader *resp_reader_new(void);
/* Takes bytes.  RESP_MORE: no reply is whole yet.  What the last reply pointed at dies. */
enum resp_got resp_feed(struct resp_reader *r, struct span bytes) MUST_USE;
const struct resp *resp_reply(const struct resp_reader *r);
/* What is bad, in hiredis' words or ours; clean. */
const char *resp_why(const struct resp_reader *r);
void resp_reader_free(struct resp_reader *r); /* NULL is allowed */

/* The i-th item of an array if it is of that kind, else NULL. */
const struct resp *resp_item(const struct resp *r, size_t i, enum resp_kind kind);

/* A command of these words, in the protocol's form; free with resp_command_free(). */
char *resp_command(const struct span *words, size_t n, size_t *len);
void resp_command_free(char *command);
/* The version of the hiredis that this was built with, for --version. */
const char *resp_version(void);

#endif
