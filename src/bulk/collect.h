/*
 * collect - results come out of a queue and into a file: tlsaudit-sink.
 *
 *	struct collect_options o = {.queue = ..., .output = "scan.jsonl"};
 *	return collect_run(&o);
 *
 * The file is one that --list writes (bulk/journal.h), and its own journal: what is in it is read
 * at the beginning, and what was torn by whatever ended the last run is cut off (bulk/resume.h).
 * Results are taken, written, brought to the disk, and only then acknowledged and deleted.  So
 * nothing is lost, and what comes a second time (it was written, and the acknowledgement was lost)
 * is known by its number and not written again.  First come results that an earlier run has taken
 * and not acknowledged.
 *
 * What comes out of the queue is believed only if it is JSON and all records of one target; else it
 * goes to the list of the dead.
 */
#ifndef TLSAUDIT_BULK_COLLECT_H
#define TLSAUDIT_BULK_COLLECT_H

#include "bulk/queue_options.h"

struct collect_options {
	struct queue_options queue;
	const char *output;
	bool quiet;
};

/* Until the list is at its end and all its results are in the file.  The exit status. */
int collect_run(const struct collect_options *o) MUST_USE;

#endif
