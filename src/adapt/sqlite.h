/*
 * sqlite - what was learned about revocation, kept on disk and shared by runs; over SQLite.
 *
 * Two tables.  Answers (OCSP responses, CRLs) live until their next update.  Certificates that were
 * found revoked are noted for ever: a responder that forgets, or is kept from answering, does not
 * make them good again.  Nothing is believed for being here: answers are verified anew.
 *
 * Several processes may use one file at a time (write-ahead log, short waits).  A cache that cannot
 * be opened, is locked or is full is no error: everything is asked anew.
 *
 *	struct sqlite *s = sqlite_open("/home/u/.cache/tlsaudit/revocation.db");
 *	sqlite_put(s, SPAN_OF(key), body, now, next_update);
 *	if (sqlite_get(s, SPAN_OF(key), now, max, arena, &body)) ...
 *	sqlite_close(s);
 */
#ifndef TLSAUDIT_ADAPT_SQLITE_H
#define TLSAUDIT_ADAPT_SQLITE_H

#include "base/span.h"

struct arena;
struct sqlite;

struct sqlite_revoked {
	int64_t since, seen; /* seconds since 1970 */
	int32_t reason;      /* CRLReason; -1: not said */
	const char *source;  /* the URL of who said so; the arena's */
};

/* Opens, and makes, the file; NULL when that fails.  Its directory is made too. */
struct sqlite *sqlite_open(const char *path);
void sqlite_close(struct sqlite *s); /* NULL is allowed, here and below */

/* An answer that is not used after `until`; of at most max bytes. */
bool sqlite_get(struct sqlite *s, struct span key, int64_t now, size_t max, struct arena *a,
    struct span *body);
void sqlite_put(struct sqlite *s, struct span key, struct span body, int64_t now, int64_t until);

/* Is the certificate with this key known to be revoked? */
bool sqlite_revoked(
    struct sqlite *s, struct span key, struct arena *a, struct sqlite_revoked *out);
/* Notes it; the first note stays. */
void sqlite_put_revoked(struct sqlite *s, struct span key, const struct sqlite_revoked *r);
/* The library's version, for --version. */
const char *sqlite_version(void);

#endif
