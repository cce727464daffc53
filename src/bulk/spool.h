/*
 * spool - the records of a scan, while a format waits that needs all of them (html, sarif, ...).
 *
 * Workers write JSON lines, as ever; they go to a file beside the output, or in $TMPDIR, and become
 * the report when the scan is over.  The file goes away then, but not when the scan was broken off:
 * its records can be resumed (--resume) and reported (--from) like those of any scan.
 *
 *	struct spool s;
 *	if (!spool_begin(&s, asked, &o, err, sizeof(err)))	o is the scan's now
 *		...
 *	status = spool_end(&s, status, signalled);	how the process ends
 */
#ifndef TLSAUDIT_BULK_SPOOL_H
#define TLSAUDIT_BULK_SPOOL_H

#include "options.h"

struct spool {
	const struct options *asked;
	char *path; /* NULL: records go out as they come */
};

/* Can records of this format go out as they come? */
bool spool_streams(enum format format);
/* Makes the file, if one is needed, and puts it into *o; asked is borrowed.  False with a sentence in
 * err. */
bool spool_begin(struct spool *s, const struct options *asked, struct options *o, char *err,
    size_t errlen) MUST_USE;
/* Reports, and removes the file unless keep is set.  status: how the scan ended. */
int spool_end(struct spool *s, int status, bool keep) MUST_USE;
/* Removes the file: the scan has not begun. */
void spool_drop(struct spool *s);

#endif
