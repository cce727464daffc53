/* html_outside - revocation, Certificate Transparency and DNS as HTML; see outside.h. */
#include "report/html.h"
#include "report/outside.h"

static void
line(struct html *h, const struct outside_line *l)
{
	const char *class = l->ink == INK_PLAIN ? NULL : l->ink == INK_DIM ? "dim" : html_class(l->ink);

	if (l->id != F_NONE) {
		html_fact(h, l->label, h->page.f, l->id);
		return;
	}
	if (l->label != NULL)
		html_words(h, "dt", NULL, l->label);
	html_words(h, "dd", class, l->words);
	putc('\n', h->to);
}

void
html_outside(struct html *h)
{
	struct outside *o = arena_alloc(h->page.arena, sizeof(*o));

	for (int k = 0; k < OUTSIDE__MAX; k++) {
		outside_read(&h->page, (enum outside_kind)k, o);
		if (o->n == 0)
			continue;
		html_section(h, o->anchor, o->title);
		fputs("<dl class=\"facts\">\n", h->to);
		for (size_t i = 0; i < o->n; i++)
			line(h, &o->v[i]);
		fputs("</dl>\n", h->to);
		html_section_end(h);
	}
}

void
html_outside_contents(struct html *h)
{
	struct outside *o = arena_alloc(h->page.arena, sizeof(*o));

	for (int k = 0; k < OUTSIDE__MAX; k++) {
		outside_read(&h->page, (enum outside_kind)k, o);
		if (o->n > 0)
			fprintf(h->to, "<li><a href=\"#%s-%zu\">%s</a></li>", o->anchor, h->number,
			    o->title);
	}
}
