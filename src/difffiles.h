/*
 * difffiles - two files of saved reports, endpoint by endpoint: what changed in meaning; see diff.h.
 *
 * Of the old file only where each endpoint's line is stays in memory, and of the new one a line at
 * a time; so only two reports are held at once.
 *
 *	struct difffiles_options o = {.program = "tlsaudit-diff", .before = "old.jsonl",
 *	    .after = "new.jsonl", .policy = policy, .form = {.to = stdout}};
 *	struct difffiles d;
 *	if (!difffiles(&o, &d, err, sizeof(err)))
 *		... a file cannot be opened
 *	if (d.worse > 0)
 *		...
 */
#ifndef TLSAUDIT_DIFFFILES_H
#define TLSAUDIT_DIFFFILES_H

#include "diffio.h"

struct difffiles_options {
	const char *program; /* for messages */
	const char *before, *after;
	const struct policy *policy; /* both are judged by it */
	struct diff_form form;
};

struct difffiles { /* how many endpoints */
	size_t endpoints, same, worse, better, changed, added;
	bool trouble; /* a line was no report: it is said on standard error */
};

/* Compares and writes; writing's trouble is in o->form.to.  False with a sentence in err when a file
 * cannot be opened. */
bool difffiles(
    const struct difffiles_options *o, struct difffiles *out, char *err, size_t errlen) MUST_USE;

#endif
