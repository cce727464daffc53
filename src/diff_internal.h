/* diff_internal - what the files of diff share; see diff.h. */
#ifndef TLSAUDIT_DIFF_INTERNAL_H
#define TLSAUDIT_DIFF_INTERNAL_H

#include "diff.h"

struct diffing { /* one comparison under way */
	const struct record *before, *after;
	const struct facts *f, *g; /* of before, of after */
	struct arena *arena;
	struct diff *out;
};

void diff_put(struct diffing *d, enum diff_kind kind, const char *what, const char *text);
/* Certificates, chains and what the stores make of them; what clients get. */
void diff_pki(struct diffing *d);
void diff_clients(struct diffing *d);

#endif
