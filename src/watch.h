/*
 * watch - --watch: the same audit again and again, and what changed in meaning each time.
 *
 * The first round is reported, one line an endpoint; after it only changes, as tlsaudit-diff tells
 * them.  An endpoint that could not be assessed for a while is compared with what it was before, so
 * that a change during an outage is not lost.  SIGINT, SIGTERM and SIGHUP end it, cleanly.
 *
 *	status = watch_run(&options);
 *	return status;			enum exit_status: EXIT_POLICY when something became worse
 */
#ifndef TLSAUDIT_WATCH_H
#define TLSAUDIT_WATCH_H

#include "options.h"

/* Audits the targets of the options every o->watch_s seconds until a signal ends it, or until the
 * report cannot be written. */
int watch_run(const struct options *o) MUST_USE;

#endif
