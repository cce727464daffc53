/*
 * sink - where the report goes: standard output, or a file that is there whole or not at all.
 *
 *	struct sink s;
 *	if (!sink_open(&s, o.output, err, sizeof(err)))
 *		...
 *	report_json(s.to, &record);
 *	if (!sink_close(&s, true, err, sizeof(err)))
 *		...
 *
 * A regular file is written under another name beside it and renamed at the end, so that who reads
 * it never sees half a report; a device or a pipe is written as it is.
 */
#ifndef TLSAUDIT_SINK_H
#define TLSAUDIT_SINK_H

#include <stdio.h>

#include "base/span.h"

struct sink {
	FILE *to;
	const char *path; /* borrowed; NULL: standard output */
	char *tmp;	  /* what is renamed to path, or NULL */
};

/* path NULL: standard output.  On failure false, and a sentence in err. */
bool sink_open(struct sink *s, const char *path, char *err, size_t errlen) MUST_USE;
/* Passes on what was written so far; false when it could not be, errno says why. */
bool sink_flush(struct sink *s) MUST_USE;
/* Ends it.  keep false: a file is left as it was.  On failure false, and a sentence in err. */
bool sink_close(struct sink *s, bool keep, char *err, size_t errlen) MUST_USE;

#endif
