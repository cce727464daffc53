/*
 * from - --from: reports from saved reports.  No server is asked.
 *
 * One line at a time: its facts are read back, judged by the policy of this run, and reported in
 * the format of this run.  A line that is no report is named and left out.
 *
 *	status = from_run(&options);
 *	return status;			enum exit_status
 */
#ifndef TLSAUDIT_FROM_H
#define TLSAUDIT_FROM_H

#include "options.h"

int from_run(const struct options *o) MUST_USE;
/*
 * The records of a list (bulk/bulk.h) in a format that needs all of them: those that the scan has
 * written to path.  All has been judged, and said on standard error: status is how the scan ended,
 * and what comes back how the process ends.  Findings point at the lines of the list.
 */
int from_scan(const struct options *o, const char *path, int status) MUST_USE;

#endif
