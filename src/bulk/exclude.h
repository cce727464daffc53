/*
 * exclude - whom a scan of a list leaves alone.
 *
 *	# a comment, to the end of the line
 *	192.0.2.1
 *	192.0.2.0/24
 *	198.51.100.10-198.51.100.20
 *	2001:db8::/32
 *	domain:example.org		the name, and every name below it
 *
 * Addresses are checked after the lookup, each one of a name; an IPv4 address inside an IPv6 one
 * (RFC 4291, 2.5.5.2) is checked as both.  data/exclude.conf, the special-purpose registries of IANA
 * (RFC 6890), is embedded.
 *
 *	struct exclude *x = exclude_new();
 *	if (!exclude_read(x, "mine.conf", err, sizeof(err)))
 *		... "mine.conf:3: ..."
 *	exclude_shipped(x);
 *	if ((why = exclude_address(x, addr, len)) != NULL)
 *		...
 */
#ifndef TLSAUDIT_BULK_EXCLUDE_H
#define TLSAUDIT_BULK_EXCLUDE_H

#include "base/span.h"

struct exclude;

/* A table that excludes nobody. */
struct exclude *exclude_new(void);
void exclude_free(struct exclude *x); /* NULL is allowed */
/* Adds the lines of a file.  False with a sentence in err: a line that is wrong is an error, for it
 * was meant to protect somebody. */
bool exclude_read(struct exclude *x, const char *path, char *err, size_t errlen) MUST_USE;
/* The same of bytes; name stands for the file in err. */
bool exclude_text(struct exclude *x, struct span text, const char *name, char *err,
    size_t errlen) MUST_USE;
/* Adds data/exclude.conf. */
void exclude_shipped(struct exclude *x);
/* Sorts what was added; before the first question. */
void exclude_close(struct exclude *x);
/* A struct sockaddr_in or _in6: the line that excludes it (static or of the table), or NULL. */
const char *exclude_address(const struct exclude *x, const uint8_t *addr, size_t len);
/* A name in A-labels: likewise. */
const char *exclude_name(const struct exclude *x, const char *host);

#endif
