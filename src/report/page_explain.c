/* page_explain - what became of every rule of the policy, and by which facts; see page.h. */
#include "report/page.h"

enum { WORDS = 13 }; /* where the words behind the state begin */

static enum ink
state_ink(enum rule_state s)
{
	return s == RULE_HIT         ? INK_BAD
	       : s == RULE_NOT_KNOWN ? INK_WARN
	       : s == RULE_WAIVED    ? INK_PLAIN
				     : INK_DIM;
}

static void
rule(struct page *p, const struct explained *e)
{
	struct term *t = &p->term;
	bool narrow = t->width < 60;

	term_at(t, 2);
	term_words(t, state_ink(e->state), rule_state_name(e->state));
	if (narrow)
		t->left = 4;
	else
		term_at(t, WORDS);
	term_words(t, e->state == RULE_HIT ? INK_BOLD : INK_PLAIN, e->title);
	term_words(t, INK_DIM,
	    e->effect[0] != '\0' ? arena_printf(p->arena, "(%s: %s)", e->id, e->effect)
				: arena_printf(p->arena, "(%s)", e->id));
	page_labelled(p, narrow ? 4 : WORDS, NULL, INK_DIM, e->facts);
	term_end(t);
}

void
page_explain(struct page *p)
{
	if (p->as->n_explain == 0)
		return;
	term_heading(&p->term, "Rule by rule");
	for (size_t i = 0; i < p->as->n_explain; i++)
		rule(p, &p->as->explain[i]);
}
