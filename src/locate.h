/*
 * locate - --locate: the line of a file that names a host.
 *
 * Whatever the file is (a list of hosts, a configuration), the line is the first one that has
 * "host:port" in it, else the first that has the host, as a word of its own.
 *
 *	struct locate *l = locate_load("hosts.txt", err, sizeof(err));
 *	line = locate_line(l, "www.example.org", 443);		0: nowhere
 *	locate_free(l);
 */
#ifndef TLSAUDIT_LOCATE_H
#define TLSAUDIT_LOCATE_H

#include "base/span.h"

enum { LOCATE_BYTES = 16 << 20 };

struct locate;

/* NULL with a sentence in err when it cannot be read or is larger than LOCATE_BYTES. */
struct locate *locate_load(const char *path, char *err, size_t errlen) MUST_USE;
unsigned locate_line(const struct locate *l, const char *host, uint16_t port);
void locate_free(struct locate *l);

#endif
