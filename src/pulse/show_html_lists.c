/* show_html_lists - the lists of a population's page: owners, roots, keys, one's own hosts. */
#include <inttypes.h>

#include "pulse/show_html.h"
#include "report/escape.h"

static void
text_cell(struct web *h, const char *class, const char *s)
{
	fprintf(h->to, class != NULL ? "<td class=\"%s\">" : "<td>", class);
	escape_xml(h->to, s);
	fputs("</td>", h->to);
}

static void
wide_number(struct web *h, const char *s)
{
	fprintf(h->to, "<td class=\"num wide\">%s</td>", s);
}

static void
more(struct web *h, size_t all, const char *what)
{
	if (all > h->o->top)
		fprintf(h->to, "<p class=\"note\">And %s more %s.</p>\n",
		    show_number(h->a, all - h->o->top), what);
}

/* ---- stores that disagree ---- */

void
web_gaps(struct web *h)
{
	static const char *const heads[] = {
	    "Not by", "#Hosts", "#Share", "Why", "Root", "Trusted by", NULL};
	const struct tally *t = h->t;
	size_t n;
	const struct gap *v = show_gaps(t, h->a, &n);

	if (n == 0)
		return;
	fputs("<h3>Trusted by one, not by another</h3>\n", h->to);
	web_table(
	    h, arena_printf(h->a, "By root, of %s hosts", show_number(h->a, t->assessed)), heads);
	for (size_t i = 0; i < n && i < h->o->top; i++) {
		web_row_head(h, v[i].not_by);
		web_number(h, show_number(h->a, v[i].hosts));
		web_number(h, show_percent(h->a, v[i].hosts, t->assessed));
		text_cell(h, NULL, v[i].verdict);
		fputs("<td class=\"name\">", h->to);
		escape_xml(h->to, v[i].owner != NULL ? v[i].owner : "unknown");
		fputs("<span class=\"sub\">", h->to);
		escape_xml(h->to, v[i].subject);
		fputs("</span></td>", h->to);
		text_cell(h, "name", v[i].by);
		fputs("</tr>\n", h->to);
	}
	web_table_end(h);
	more(h, n, "roots and stores");
}

/* ---- keys ---- */

void
web_weak(struct web *h)
{
	static const char *const heads[] = {"Host", "Issued", "Expires", "#Size", "Issuer", NULL};
	const struct tally *t = h->t;

	web_section(h, "weak-keys", "Trusted, unexpired keys below 1,024 bits");
	if (t->n_weak == 0)
		fprintf(h->to, "<p>None, of %s trusted, unexpired certificates.</p>\n",
		    show_number(h->a, t->total.certificates));
	if (t->n_weak > 0)
		web_table(h, arena_printf(h->a, "%s in all", show_number(h->a, t->n_weak)), heads);
	for (size_t i = 0; i < t->n_weak && i < h->o->top; i++) {
		const struct weak *k = &t->weak[i];

		web_row_head(h, arena_printf(h->a, "%s:%" PRId64, k->host, k->port));
		text_cell(h, "day", show_day(h->a, k->not_before));
		text_cell(h, "day", show_day(h->a, k->not_after));
		text_cell(h, "num bad", arena_printf(h->a, "%s %" PRId64, k->key_type, k->bits));
		text_cell(h, "name", k->issuer);
		fputs("</tr>\n", h->to);
	}
	if (t->n_weak > 0)
		web_table_end(h);
	more(h, t->n_weak, "keys");
	web_section_end(h);
}

/* ---- owners ---- */

static void
owner_cells(struct web *h, const struct share *s, bool all)
{
	const struct tally *t = h->t;

	web_number(h, show_number(h->a, s->certificates));
	web_number(h, all ? "" : show_percent(h->a, s->certificates, t->total.certificates));
	wide_number(h, show_number(h->a, s->all_certificates));
	wide_number(h, show_number(h->a, s->names));
	web_number(h, show_number(h->a, s->domains));
	web_number(h, show_number(h->a, s->hosts));
	wide_number(h, all ? "" : show_percent(h->a, s->hosts, t->total.hosts));
}

static void
owner_table(struct web *h)
{
	static const char *const heads[] = {"Owner", "", "#Certificates", "#Share", "-With expired",
	    "-Names", "#Domains", "#Hosts", "-Share of hosts", NULL};
	const struct tally *t = h->t;
	struct share rest;
	size_t n = show_owners(t, h->o, &rest);

	web_table(h,
	    arena_printf(h->a, "By owner, of %s trusted, unexpired certificates",
		show_number(h->a, t->total.certificates)),
	    heads);
	for (size_t i = 0; i < n; i++) {
		web_row_head(h, t->owners[i].owner);
		web_bar(h, "accent", t->owners[i].certificates, t->total.certificates);
		owner_cells(h, &t->owners[i], false);
		fputs("</tr>\n", h->to);
	}
	if (t->n_owners > n) {
		web_row_head(h, arena_printf(h->a, "%zu others", t->n_owners - n));
		web_bar(h, "open", rest.certificates, t->total.certificates);
		web_number(h, show_number(h->a, rest.certificates));
		web_number(h, show_percent(h->a, rest.certificates, t->total.certificates));
		wide_number(h, show_number(h->a, rest.all_certificates));
		fputs(
		    "<td class=\"num wide\"></td><td></td><td></td><td class=\"wide\"></td></tr>\n",
		    h->to);
	}
	fputs("</tbody>\n<tfoot>", h->to);
	web_row_head(h, "All, each once");
	fputs("<td class=\"chart\"></td>", h->to);
	owner_cells(h, &t->total, true);
	fputs("</tr></tfoot></table></div>\n", h->to);
}

static void
concentration_row(struct web *h, const char *what, const struct concentration *c)
{
	web_row_head(h, what);
	web_number(h, show_number(h->a, c->of));
	web_number(h, show_percent(h->a, c->top1, c->of));
	web_number(h, show_percent(h->a, c->top5, c->of));
	web_number(h, show_percent(h->a, c->top10, c->of));
	web_number(h, show_number(h->a, c->hhi));
	fputs("</tr>\n", h->to);
}

static void
concentration_table(struct web *h)
{
	static const char *const heads[] = {
	    "By", "#Of", "#First", "#First 5", "#First 10", "#Herfindahl index", NULL};

	web_table(h, "How much the greatest owners have", heads);
	concentration_row(h, "Certificates", &h->t->by_certificates);
	concentration_row(h, "Domains", &h->t->by_domains);
	concentration_row(h, "Hosts", &h->t->by_hosts);
	web_table_end(h);
}

/* The owner without whose roots the most hosts had a chain that nobody trusts. */
static void
depending(struct web *h)
{
	const struct share *most = show_most_depending(h->t);

	if (most == NULL)
		return;
	fputs("<p class=\"lead\">The most hosts hang on <strong>", h->to);
	escape_xml(h->to, most->owner);
	fprintf(h->to,
	    "</strong>: %s of %s (%s) have a chain that no other owner's root stands behind.</p>\n",
	    show_number(h->a, most->alone), show_number(h->a, h->t->total.hosts),
	    show_percent(h->a, most->alone, h->t->total.hosts));
}

void
web_owners(struct web *h)
{
	web_section(h, "authorities", "Certification authorities");
	if (h->t->total.certificates == 0) {
		fprintf(h->to,
		    "<p>None of %s certificates is trusted by a public store and unexpired.</p>\n",
		    show_number(h->a, h->t->certificates));
	} else {
		depending(h);
		owner_table(h);
		concentration_table(h);
	}
	web_section_end(h);
}

/* ---- one's own hosts ---- */

static void
own_table(struct web *h)
{
	static const char *const heads[] = {
	    "Owner", "", "#Hosts", "#Share", "#On it alone", "-Share", NULL};
	const struct tally *t = h->t;

	web_table(h,
	    arena_printf(h->a, "By owner, of %s hosts with a trusted certificate",
		show_number(h->a, t->own_trusted)),
	    heads);
	for (size_t i = 0; i < t->n_owners; i++) {
		const struct share *s = &t->owners[i];

		if (s->own_hosts == 0)
			continue;
		web_row_head(h, s->owner);
		web_bar(h, "accent", s->own_hosts, t->own_trusted);
		web_number(h, show_number(h->a, s->own_hosts));
		web_number(h, show_percent(h->a, s->own_hosts, t->own_trusted));
		web_number(h, show_number(h->a, s->own_alone));
		wide_number(h, show_percent(h->a, s->own_alone, t->own_trusted));
		fputs("</tr>\n", h->to);
	}
	web_table_end(h);
}

void
web_own(struct web *h)
{
	const struct tally *t = h->t;

	if (!t->own)
		return;
	web_section(h, "own", "Your own hosts");
	fprintf(h->to,
	    "<p>%s names are listed; %s hosts of the scan are among them, %s were assessed, %s "
	    "have a trusted "
	    "certificate.</p>\n",
	    show_number(h->a, t->own_listed), show_number(h->a, t->own_found),
	    show_number(h->a, t->own_assessed), show_number(h->a, t->own_trusted));
	if (t->own_trusted > 0)
		own_table(h);
	if (t->n_own_missing > 0) {
		fputs("<h3>Not in the scan</h3>\n<ul>\n", h->to);
		for (size_t i = 0; i < t->n_own_missing && i < h->o->top; i++) {
			fputs("<li class=\"name\">", h->to);
			escape_xml(h->to, t->own_missing[i]);
			fputs("</li>\n", h->to);
		}
		fputs("</ul>\n", h->to);
		more(h, t->n_own_missing, "names");
	}
	web_section_end(h);
}

/* ---- an earlier scan ---- */

void
web_compared(struct web *h)
{
	static const char *const heads[] = {
	    "#In both", "#Better", "#Worse", "#The same", "#Unknown", "#New", "#Gone", NULL};
	const struct moves *m = &h->t->moves;
	const uint64_t v[] = {m->both, m->better, m->worse, m->same, m->unknown, m->added, m->gone};

	if (!h->t->compared)
		return;
	web_section(h, "change", "Change");
	fprintf(h->to,
	    "<p>Beside the scan of %s, with %s hosts. Changes of shares are in points of "
	    "percent.</p>\n",
	    show_days(h->a, h->t->old_from, h->t->old_to), show_number(h->a, h->t->old_hosts));
	web_table(h, "Grades, host by host", heads);
	fputs("<tr>", h->to);
	for (size_t i = 0; i < N_ELEMENTS(v); i++)
		web_number(h, show_number(h->a, v[i]));
	fputs("</tr>\n", h->to);
	web_table_end(h);
	web_section_end(h);
}
