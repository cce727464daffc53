/* page_findings - what is wrong, what is open, what would raise the grade; see page.h. */
#include "report/page.h"

void
page_labelled(struct page *p, unsigned at, const char *label, enum ink ink, const char *words)
{
	if (words == NULL || *words == 0)
		return;
	term_at(&p->term, at);
	if (label != NULL)
		term_words(&p->term, INK_DIM, label);
	term_words(&p->term, ink, words);
}

static void
finding(struct page *p, const struct finding *f)
{
	struct term *t = &p->term;
	bool narrow = t->width < 60;
	unsigned at = narrow ? 4 : 12;

	term_end(t);
	term_at(t, 2);
	term_words(t, page_severity_ink(f->sev), severity_name(f->sev));
	if (narrow) {
		t->left = 4;
	} else {
		term_at(t, at);
	}
	term_words(t, INK_BOLD, f->title);
	if (f->effect != NULL && *f->effect != 0)
		term_words(t, INK_DIM, arena_printf(p->arena, "(%s)", f->effect));
	page_labelled(p, at, NULL, INK_PLAIN, f->evidence);
	page_labelled(p, at, "Fix:", INK_PLAIN, f->fix);
	if (p->style->explain || p->style->verbose > 0)
		page_labelled(p, at, "See:", INK_DIM, f->ref);
	term_blank(t);
}

void
page_findings(struct page *p)
{
	if (p->r->assessment == NULL)
		return;
	term_heading(&p->term, "Findings");
	if (p->as->n_findings == 0) {
		term_at(&p->term, 2);
		term_words(&p->term, INK_PLAIN,
		    p->as->n_open > 0 ? "None among what could be judged." : "None.");
	}
	for (size_t i = 0; i < p->as->n_findings; i++)
		finding(p, &p->as->findings[i]);
	term_end(&p->term);
}

/* Does it rest on facts of the endpoint alone that nobody asked for? */
static bool
was_not_asked(const struct page *p, const struct finding *f)
{
	bool any = false;

	for (size_t i = 0; i < N_ELEMENTS(f->facts) && f->facts[i] != F_NONE; i++) {
		if (fact_defs[f->facts[i]].kind != K_ENDPOINT)
			return false;
		if (fact_known(p->f, f->facts[i]))
			continue;
		if (fact_why(p->f, f->facts[i]) != WHY_NOT_ASKED ||
		    fact_note(p->f, f->facts[i]) != NULL)
			return false;
		any = true;
	}
	return any;
}

static void
open_rule(struct page *p, const struct finding *f)
{
	struct term *t = &p->term;

	term_at(t, 2);
	term_words(t, INK_WARN, "?");
	t->left = 4;
	term_words(t, INK_PLAIN, f->title);
	page_labelled(p, 4, NULL, INK_DIM, f->why_open);
	term_end(t);
}

/* Those that nothing asked about, in one paragraph. */
static void
not_asked(struct page *p, size_t n)
{
	struct term *t = &p->term;
	size_t seen = 0;

	term_at(t, 2);
	term_printf(t, INK_WARN, "?");
	t->left = 4;
	term_printf(t, INK_PLAIN, "Not asked about, so neither confirmed nor ruled out (%zu):", n);
	for (size_t i = 0; i < p->as->n_open; i++) {
		const struct finding *f = &p->as->open[i];

		if (was_not_asked(p, f))
			term_words(t, INK_DIM,
			    arena_printf(p->arena, "%s%s", f->title, ++seen < n ? ";" : "."));
	}
	term_end(t);
}

void
page_open(struct page *p)
{
	bool full = p->style->explain || p->style->verbose > 0 || p->f == NULL;
	size_t n = 0;

	if (p->as->n_open == 0)
		return;
	term_heading(&p->term, "Open");
	for (size_t i = 0; i < p->as->n_open; i++) {
		if (!full && was_not_asked(p, &p->as->open[i]))
			n++;
		else
			open_rule(p, &p->as->open[i]);
	}
	if (n > 0)
		not_asked(p, n);
}

void
page_lifts(struct page *p)
{
	struct term *t = &p->term;

	if (p->as->n_lifts == 0)
		return;
	term_heading(t, "What would raise the grade");
	for (size_t i = 0; i < p->as->n_lifts; i++) {
		term_at(t, 2);
		term_words(t, INK_DIM, "\xe2\x80\xa2");
		t->left = 4;
		term_words(t, INK_PLAIN, p->as->lifts[i]);
		term_end(t);
	}
}
