/* html_findings - what the policies find: findings, what would raise the grade, compliance; see
 * html.h. */
#include "report/html.h"

static bool
has(const char *s)
{
	return s != NULL && *s != '\0';
}

static void
remark(struct html *h, const char *words)
{
	html_words(h, "span", "dim", arena_printf(h->page.arena, " (%s)", words));
}

/* What to do; and the lines to copy, where the server's software is known. */
static void
fix(struct html *h, const struct finding *f)
{
	fputs("<div class=\"fix\"><p><strong>Fix:</strong> ", h->to);
	html_text(h, f->n_config > 0 ? f->fix_words : f->fix);
	fputs("</p>\n", h->to);
	if (f->n_config > 0) {
		html_words(h, "p", "dim",
		    arena_printf(h->page.arena, "%s, %s:", f->config_for, f->config_where));
		fputs("<pre>", h->to);
		for (size_t i = 0; i < f->n_config; i++) {
			html_text(h, f->config[i]);
			putc('\n', h->to);
		}
		fputs("</pre>\n", h->to);
	}
	fputs("</div>\n", h->to);
}

/* One finding; the mark is a coloured word before its title. */
static void
finding(struct html *h, enum ink ink, const char *mark, const struct finding *f)
{
	fputs("<li><p class=\"title\">", h->to);
	html_tag(h, ink, mark);
	putc(' ', h->to);
	html_text(h, f->title);
	if (has(f->effect))
		remark(h, f->effect);
	if (f->known_before)
		remark(h, "known: in the baseline");
	fputs("</p>\n", h->to);
	if (has(f->evidence))
		html_words(h, "p", NULL, f->evidence);
	if (has(f->means))
		html_words(h, "p", "dim", f->means);
	if (has(f->fix) && !f->waived)
		fix(h, f);
	if (has(f->ref))
		html_words(h, "p", "ref",
		    arena_printf(h->page.arena, "Rule %s. See %s.", f->id, f->ref));
	fputs("</li>\n", h->to);
}

/* Rules that could not be judged, folded away. */
static void
open_rules(struct html *h, const struct finding *v, size_t n)
{
	if (n == 0)
		return;
	fprintf(h->to, "<details><summary>%s could not be judged</summary>\n<ul class=\"findings\">\n",
	    page_count(&h->page, n, "rule"));
	for (size_t i = 0; i < n; i++) {
		fputs("<li><p class=\"title\">", h->to);
		html_text(h, v[i].title);
		fputs("</p>", h->to);
		html_words(h, "p", "dim", v[i].why_open);
		fputs("</li>\n", h->to);
	}
	fputs("</ul></details>\n", h->to);
}

void
html_findings(struct html *h)
{
	const struct assessment *a = h->page.as;

	html_section(h, "findings", "Findings");
	if (a->n_findings == 0)
		html_words(h, "p", NULL,
		    a->n_open > 0 ? "None among what could be judged." : "None.");
	else
		fputs("<ul class=\"findings\">\n", h->to);
	for (size_t i = 0; i < a->n_findings; i++) {
		const struct finding *f = &a->findings[i];

		finding(h, page_severity_ink(f->sev), severity_name(f->sev), f);
	}
	if (a->n_findings > 0)
		fputs("</ul>\n", h->to);
	if (a->n_lifts > 0) {
		fputs("<h3>What would raise the grade</h3>\n<ul class=\"reasons\">\n", h->to);
		for (size_t i = 0; i < a->n_lifts; i++)
			html_words(h, "li", NULL, a->lifts[i]);
		fputs("</ul>\n", h->to);
	}
	open_rules(h, a->open, a->n_open);
	html_section_end(h);
}

/* ---- compliance ---- */

static void
deviations(struct html *h, enum ink ink, const char *mark, const struct finding *v, size_t n)
{
	for (size_t i = 0; i < n; i++)
		finding(h, ink, mark, &v[i]);
}

static void
policy(struct html *h, const struct compliance *c)
{
	html_words(h, "h3", NULL, c->title);
	fputs("<p>", h->to);
	html_tag(h, page_comply_ink(c), c->passes == TRI_YES ? "passes"
				       : c->passes == TRI_NO ? "deviates"
							     : "unknown");
	putc(' ', h->to);
	html_text(h, page_comply_verdict(&h->page, c));
	fputs("</p>\n", h->to);
	if (c->note != NULL)
		html_words(h, "p", "dim", c->note);
	if (c->n_deviations + c->n_advice + c->n_waived > 0) {
		fputs("<ul class=\"findings\">\n", h->to);
		deviations(h, INK_BAD, "deviates", c->deviations, c->n_deviations);
		deviations(h, INK_WARN, "advice", c->advice, c->n_advice);
		deviations(h, INK_DIM, "waived", c->waived, c->n_waived);
		fputs("</ul>\n", h->to);
	}
	open_rules(h, c->open, c->n_open);
}

void
html_compliance(struct html *h)
{
	const struct assessment *a = h->page.as;

	if (a->n_compliance == 0)
		return;
	html_section(h, "compliance", "Compliance");
	for (size_t i = 0; i < a->n_compliance; i++)
		policy(h, &a->compliance[i]);
	html_section_end(h);
}
