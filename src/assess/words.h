/* words - why the grade is what it is, and what would raise it; for assess.c. */
#ifndef TLSAUDIT_ASSESS_WORDS_H
#define TLSAUDIT_ASSESS_WORDS_H

#include "assess/grade.h"

enum { REASONS_MAX = 3, LIFTS_MAX = 12 };

/* Rule i, which hits, as a finding; a waived one says so in place of its effect. */
struct finding finding_of(const struct judged *j, size_t i, struct arena *a);
/* What is to be done, with the lines for its server: the fix of a finding and its fields for lines. */
void fix_put(const struct policy *p, const struct rule *r, const struct facts *f, struct arena *a,
    struct finding *out);
/* A rule that could not be judged. */
struct finding open_of(const struct rule *r, const struct answer *w, const struct facts *f,
    struct arena *a);
/* "caps the grade at B", "grade T", "warning: A-", or "". */
const char *effect_text(const struct rule *r, struct arena *a);
/* The same of an open rule: "could cap the grade at B". */
const char *open_effect_text(const struct rule *r, struct arena *a);
/* "protocols.ssl3: silence (no answer in 8 s); ..." */
const char *open_text(const struct answer *w, struct arena *a);

/* What makes an A+ is known not to be so, and could be: mail servers send no HTTP headers. */
bool could_be_exceptional(const struct judged *j);
/* At most three sentences, what decided the grade, weightiest first. */
size_t reasons_make(const struct judged *j, const struct grade *g, struct arena *a,
    const char *reasons[REASONS_MAX]);
/* The changes that would raise the grade, in order, and what each would bring. */
size_t lifts_make(
    const struct judged *j, const struct grade *g, struct arena *a, const char *lifts[LIFTS_MAX]);

#endif
