/* explain - see explain() in assess.h: rule by rule, what became of it and by which facts. */
#include <stdlib.h>

#include "assess/evidence.h"
#include "assess/words.h"
#include "base/check.h"
#include "base/xalloc.h"

const char *
rule_state_name(enum rule_state s)
{
	static const char *const names[RULE__MAX] = {"not hit", "hit", "not known", "waived"};

	CHECK((size_t)s < N_ELEMENTS(names));
	return names[s];
}

/* What the conditions of a rule that does not hit looked at. */
static const char *
looked(const struct rule *r, const struct facts *f, struct arena *a)
{
	struct line l = {0};

	if (r->rows != K_ENDPOINT)
		return arena_printf(a, "%s: none of %zu", kind_defs[r->rows].json,
		    fact_rows(f, r->rows));
	for (size_t i = 0; i < r->n_when; i++) {
		const struct cond *c = &r->when[i];

		if (c->op != OP_OR && !(i > 0 && c->fact != F_NONE && c->fact == c[-1].fact))
			evidence_looked(&l, c, f, a);
		for (size_t k = 0; k < c->n_alt; k++)
			evidence_looked(&l, &c->alt[k], f, a);
	}
	return line_end(&l, a);
}

static enum rule_state
state_of(enum tri value, bool waived)
{
	if (value == TRI_UNKNOWN)
		return RULE_NOT_KNOWN;
	if (value == TRI_NO)
		return RULE_NOT_HIT;
	return waived ? RULE_WAIVED : RULE_HIT;
}

static struct explained
explain_rule(const struct rule *r, const struct answer *w, bool waived, const struct facts *f,
    struct arena *a)
{
	struct explained out = {.id = r->id,
	    .title = r->title,
	    .state = state_of(w->value, waived),
	    .effect = effect_text(r, a)};

	if (out.state == RULE_WAIVED)
		out.effect = r->waived;
	if (w->value == TRI_UNKNOWN)
		out.facts = open_text(w, a);
	else
		out.facts = w->value == TRI_YES ? evidence(r, f, a) : looked(r, f, a);
	return out;
}

const struct explained *
explain(const struct policy *p, const struct facts *f, struct arena *a, size_t *n)
{
	struct judged *j = xcalloc(1, sizeof(*j));
	struct explained *v = arena_alloc(a, (p->n_rules + 1) * sizeof(*v));

	judge(j, p, f);
	for (*n = 0; *n < p->n_rules; (*n)++)
		v[*n] = explain_rule(p->rules[*n], &j->answers[*n], j->waived[*n], f, a);
	if (p->exceptional != NULL) {
		v[*n] = explain_rule(p->exceptional, &j->exceptional, false, f, a);
		v[(*n)++].effect = "makes an A an A+";
	}
	free(j);
	return v;
}
