/* comply - see comply() in assess.h: what of a policy without grades deviates. */
#include <stdlib.h>

#include "assess/words.h"
#include "base/check.h"
#include "base/xalloc.h"

static struct finding *
room(const struct judged *j, struct arena *a)
{
	return arena_alloc(a, (j->p->n_rules + 1) * sizeof(struct finding));
}

static void
put(const struct judged *j, struct arena *a, struct compliance *out)
{
	struct finding *deviations = room(j, a), *advice = room(j, a);
	struct finding *waived = room(j, a), *open = room(j, a);

	for (size_t i = 0; i < j->p->n_rules; i++) {
		const struct rule *r = j->p->rules[i];

		if (j->answers[i].value == TRI_UNKNOWN && !j->waived[i])
			open[out->n_open++] = open_of(r, &j->answers[i], j->f, a);
		if (j->answers[i].value != TRI_YES)
			continue;
		if (j->waived[i])
			waived[out->n_waived++] = finding_of(j, i, a);
		else if (r->advice)
			advice[out->n_advice++] = finding_of(j, i, a);
		else
			deviations[out->n_deviations++] = finding_of(j, i, a);
	}
	out->deviations = deviations;
	out->advice = advice;
	out->waived = waived;
	out->open = open;
}

/* Advice does not fail it, and what is only advised does not keep it open. */
static enum tri
passes(const struct compliance *c)
{
	if (c->n_deviations > 0)
		return TRI_NO;
	for (size_t i = 0; i < c->n_open; i++)
		if (c->open[i].must)
			return TRI_UNKNOWN;
	return TRI_YES;
}

void
comply(const struct policy *p, const struct facts *f, struct arena *a, struct compliance *out)
{
	struct judged *j = xcalloc(1, sizeof(*j));

	CHECK(p->compliance);
	*out = (struct compliance){.policy = p->name, .edition = p->edition, .title = p->title,
	    .note = p->note, .n_rules = p->n_rules};
	judge(j, p, f);
	put(j, a, out);
	out->passes = passes(out);
	free(j);
}
