/* html_facts - everything else that is known, under the headings of its JSON paths; see html.h. */
#include "report/html.h"

#include "report/ops.h"
#include "report/outside.h"

/* Shown in a section of its own already. */
static bool
has_section(const char *path)
{
	static const char *const shown[] = {"protocols.", "suites.", "groups.", "dh.", "sigalgs."};

	for (size_t i = 0; i < N_ELEMENTS(shown); i++)
		if (strncmp(path, shown[i], strlen(shown[i])) == 0)
			return true;
	return false;
}

static bool
same_group(const char *a, const char *b)
{
	size_t n = strcspn(a, ".");

	return n == strcspn(b, ".") && strncmp(a, b, n) == 0;
}

static bool
is_shown(const struct html *h, int id, const char *group)
{
	return same_group(fact_defs[id].json, group) && !outside_has((enum fact_id)id) &&
	       fact_settled(h->page.f, (enum fact_id)id) &&
	       fact_why(h->page.f, (enum fact_id)id) != WHY_NOT_APPLICABLE;
}

static void
group(struct html *h, const char *path)
{
	bool any = false;

	for (int id = kind_defs[K_ENDPOINT].first; id < (int)kind_end(K_ENDPOINT); id++) {
		if (!is_shown(h, id, path))
			continue;
		if (!any) {
			html_words(h, "h3", NULL, page_group(&h->page, path));
			fputs("<dl class=\"facts\">\n", h->to);
		}
		any = true;
		html_fact(h, page_label(&h->page, (enum fact_id)id), h->page.f, (enum fact_id)id);
	}
	if (any)
		fputs("</dl>\n", h->to);
}

/* Is it the first fact of its group? */
static bool
is_first(int id)
{
	for (int i = kind_defs[K_ENDPOINT].first; i < id; i++)
		if (same_group(fact_defs[i].json, fact_defs[id].json))
			return false;
	return true;
}

/* Records that no section shows. */
static bool
is_other(enum kind k)
{
	return k != K_CERT && k != K_DEPLOY && k != K_TRUST && k != K_CLIENT;
}

static void
rows(struct html *h, enum kind k)
{
	size_t n = fact_rows(h->page.f, k);

	if (n == 0 || !is_other(k))
		return;
	fputs("<details><summary>", h->to);
	html_text(
	    h, arena_printf(h->page.arena, "%s (%zu)", page_title(&h->page, kind_defs[k].json), n));
	fputs("</summary>\n", h->to);
	for (size_t i = 0; i < n; i++) {
		fputs("<dl class=\"facts\">\n", h->to);
		for (int id = kind_defs[k].first; id < (int)kind_end(k); id++)
			html_fact(h, page_title(&h->page, fact_defs[id].json),
			    fact_row(h->page.f, k, i), (enum fact_id)id);
		fputs("</dl>\n", h->to);
	}
	fputs("</details>\n", h->to);
}

void
html_details(struct html *h)
{
	html_section(h, "details", "Details");
	for (int id = kind_defs[K_ENDPOINT].first; id < (int)kind_end(K_ENDPOINT); id++)
		if (is_first(id) && !has_section(fact_defs[id].json))
			group(h, fact_defs[id].json);
	for (int k = K_ENDPOINT + 1; k < (int)K__MAX; k++)
		rows(h, (enum kind)k);
	html_section_end(h);
}
