/*
 * progress - one line on a terminal while the program waits, gone when there is something to read.
 *
 *	struct progress p;
 *	progress_init(&p, o.progress != WHEN_NEVER && o.verbose >= 0);
 *	progress_show(&p, "example.org:443", done, total, connections);	often
 *	progress_clear(&p);						before anything is printed
 */
#ifndef TLSAUDIT_PROGRESS_H
#define TLSAUDIT_PROGRESS_H

#include "base/span.h"

struct progress {
	bool on;
	bool shown; /* a line stands there */
	unsigned columns;
};

/* wanted: the user has not switched it off.  It is on when standard error is a terminal as well. */
void progress_init(struct progress *p, bool wanted);
/* Draws the line anew.  host is clean text. */
void progress_show(struct progress *p, const char *host, size_t done, size_t total,
    unsigned connections);
/* Takes it away. */
void progress_clear(struct progress *p);

#endif
