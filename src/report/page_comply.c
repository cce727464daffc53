/* page_comply - what of each policy of --compliance deviates, and what is open; see page.h. */
#include "report/page.h"

enum { WORDS = 12 }; /* where the words of a deviation begin */

/* "Passes.", "Deviates in 2 of 24 rules; 3 are open." */
const char *
page_comply_verdict(struct page *p, const struct compliance *c)
{
	const char *open = c->n_open > 0 ? arena_printf(p->arena, " %s.",
					       c->n_open == 1
						   ? "One is open"
						   : arena_printf(p->arena, "%zu are open", c->n_open))
					 : "";

	if (c->passes == TRI_NO)
		return arena_printf(p->arena, "Deviates in %zu of %s.%s", c->n_deviations,
		    page_count(p, c->n_rules, "rule"), open);
	if (c->passes == TRI_UNKNOWN)
		return arena_printf(p->arena, "No deviation in what could be judged of %s.%s",
		    page_count(p, c->n_rules, "rule"), open);
	return arena_printf(p->arena, "Passes: no deviation in %s.%s",
	    page_count(p, c->n_rules, "rule"), open);
}

enum ink
page_comply_ink(const struct compliance *c)
{
	return c->passes == TRI_YES ? INK_GOOD : c->passes == TRI_NO ? INK_BAD : INK_WARN;
}

static void
deviation(struct page *p, const char *mark, enum ink ink, const struct finding *f)
{
	struct term *t = &p->term;
	bool narrow = t->width < 60;
	unsigned at = narrow ? 4 : WORDS;

	term_at(t, 2);
	term_words(t, ink, mark);
	if (narrow)
		t->left = 4;
	else
		term_at(t, at);
	term_words(t, INK_BOLD, f->title);
	page_labelled(p, at, NULL, INK_PLAIN, f->evidence);
	if (f->waived)
		page_labelled(p, at, NULL, INK_DIM, f->effect);
	else
		page_labelled(p, at, "Fix:", INK_PLAIN, f->fix);
	page_labelled(p, at, "See:", INK_DIM, f->ref);
	term_end(t);
}

static void
deviations(struct page *p, const char *mark, enum ink ink, const struct finding *v, size_t n)
{
	for (size_t i = 0; i < n; i++)
		deviation(p, mark, ink, &v[i]);
}

static void
still_open(struct page *p, const struct compliance *c)
{
	struct term *t = &p->term;

	for (size_t i = 0; i < c->n_open; i++) {
		term_at(t, 2);
		term_words(t, INK_WARN, "?");
		if (t->width < 60)
			t->left = 4;
		else
			term_at(t, WORDS);
		term_words(t, INK_PLAIN, c->open[i].title);
		page_labelled(p, t->width < 60 ? 4 : WORDS, NULL, INK_DIM, c->open[i].why_open);
		term_end(t);
	}
}

static void
one(struct page *p, const struct compliance *c)
{
	struct term *t = &p->term;
	term_heading(t, c->title);
	term_at(t, 2);
	term_words(t, page_comply_ink(c), page_comply_verdict(p, c));
	term_end(t);
	if (c->note != NULL) {
		term_at(t, 2);
		term_words(t, INK_DIM, c->note);
		term_end(t);
	}
	deviations(p, "deviates", INK_BAD, c->deviations, c->n_deviations);
	deviations(p, "advice", INK_WARN, c->advice, c->n_advice);
	deviations(p, "waived", INK_DIM, c->waived, c->n_waived);
	still_open(p, c);
}

void
page_compliance(struct page *p)
{
	for (size_t i = 0; i < p->as->n_compliance; i++)
		one(p, &p->as->compliance[i]);
}
