/* page_outside - revocation, Certificate Transparency and DNS on the terminal; see outside.h. */
#include "report/outside.h"

static void
line(struct page *p, const struct outside_line *l)
{
	bool mark = l->label != NULL && (l->ink == INK_WARN || l->ink == INK_BAD);

	if (l->id != F_NONE) {
		page_fact(p, l->label, p->f, l->id);
		return;
	}
	if (l->label != NULL)
		term_marked_key(&p->term, l->ink, mark ? "!" : NULL, l->label);
	else
		term_at(&p->term, p->term.indent + p->term.keys);
	p->term.left = p->term.indent + p->term.keys;
	term_words(&p->term, l->ink, l->words);
}

void
page_outside(struct page *p)
{
	struct outside *o = arena_alloc(p->arena, sizeof(*o));

	for (int k = 0; k < OUTSIDE__MAX; k++) {
		outside_read(p, (enum outside_kind)k, o);
		if (o->n > 0)
			term_heading(&p->term, o->title);
		for (size_t i = 0; i < o->n; i++)
			line(p, &o->v[i]);
		term_end(&p->term);
	}
}
