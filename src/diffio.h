/*
 * diffio - saved reports in, changes out: what tlsaudit-diff and --watch share; see diff.h.
 *
 *	if (!diff_read(j, policy, arena, &after, err, sizeof(err)))
 *		... no report
 *	diff_records(&before, &after, arena, &d);
 *	diff_write(&(struct diff_form){.to = stdout}, &before, &after, &d, arena);
 */
#ifndef TLSAUDIT_DIFFIO_H
#define TLSAUDIT_DIFFIO_H

#include <stdio.h>

#include "adapt/json.h"
#include "diff.h"

struct diff_form {
	FILE *to;
	bool json;  /* an object per endpoint, one a line */
	bool quiet; /* only what is worse */
	bool times; /* text: when it was seen, behind the endpoint */
};

/* A report from its line, judged by the policy; all in the arena.  False with a sentence in err. */
bool diff_read(const struct json *j, const struct policy *policy, struct arena *a, struct record *out,
    char *err, size_t errlen) MUST_USE;
/* The changes of one endpoint; nothing when there are none.  Writing's trouble is in f->to. */
void diff_write(const struct diff_form *f, const struct record *before, const struct record *after,
    const struct diff *d, struct arena *a);

#endif
