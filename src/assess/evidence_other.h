/* evidence_other - for evidence.c: which members of a list are none of those that a rule allows. */
#ifndef TLSAUDIT_ASSESS_EVIDENCE_OTHER_H
#define TLSAUDIT_ASSESS_EVIDENCE_OTHER_H

#include "assess/line.h"
#include "assess/rule.h"

/* What a condition with "has other than" finds, of the endpoint f or of one of its rows (NULL: says
 * nothing): "TLS 1.2: NAME (0x0005)", or "groups.tls1_3: ffdhe2048". */
void evidence_other(struct line *l, const struct cond *c, const struct facts *row,
    const struct facts *f, struct arena *a);
/* Which groups or signature schemes a condition with "has" finds; false: it is not about these, or it
 * finds none. */
bool evidence_has(struct line *l, const struct cond *c, const struct facts *f, struct arena *a);
/* The name of a suite, group or signature scheme; NULL when no table knows it. */
const char *evidence_code(enum fact_type t, uint16_t code);

#endif
