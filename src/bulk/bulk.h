/*
 * bulk - the scan of a list: targets in, one line per address out, whatever happens.
 *
 *	list ─► window ─► lookup ─► crew ─► journal
 *	        (lot)     (exclude) (workers)
 *
 * This is the supervisor: it reads the list, looks names up, decides who may be asked now, and is the
 * only writer.  It parses nothing that a server sent.  Every target becomes at least one record: when
 * it cannot be looked up, when it is excluded, and when it brings a worker down too.
 *
 * How much is under way at once is bounded three times: by descriptors, by --rate (so that a target's
 * time is not spent waiting for its turn), and for each address and prefix by --host-rate, for the
 * same reason.  Nothing else grows with the list.
 *
 *	status = bulk_run(&options);
 */
#ifndef TLSAUDIT_BULK_BULK_H
#define TLSAUDIT_BULK_BULK_H

#include "options.h"

/* Audits the list of the options; trouble goes to standard error.  0 to 4 (enum exit_status), or 128 +
 * the signal's number. */
int bulk_run(const struct options *o) MUST_USE;

#endif
