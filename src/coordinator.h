/*
 * coordinator - targets in, reports out, in the order in which they were named.
 *
 * Several targets are audited at once; a report waits until those before it are written.  This is
 * the only writer.
 *
 *	status = coordinator_run(&options, NULL);
 *	return status;			0 to 4 (enum exit_status), or 128 + the signal's number
 */
#ifndef TLSAUDIT_COORDINATOR_H
#define TLSAUDIT_COORDINATOR_H

#include "options.h"

struct memory;

/* Audits the targets of the options and reports on them.  Trouble goes to standard error, one line
 * each.  memory: of the rounds before, or NULL. */
int coordinator_run(const struct options *o, struct memory *memory) MUST_USE;

#endif
