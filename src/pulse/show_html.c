/*
 * show_html - a population as one page: tiles, grades, a table with bars for each question.
 *
 * Every chart is inline SVG beside its numbers in a table; a chart that stands alone has its text
 * (aria-label).  See show_html.h.
 */
#include "pulse/show_html.h"

#include <inttypes.h>

#include "report/escape.h"
#include "report/html.h"
#include "report/html_page.h"
#include "report/ops.h"

/* ---- pieces ---- */

const char *
web_tone(enum tone tone)
{
	return tone == TONE_GOOD   ? "good"
	       : tone == TONE_WARN ? "warn"
	       : tone == TONE_BAD  ? "bad"
				   : "none";
}

void
web_number(struct web *h, const char *s)
{
	fprintf(h->to, "<td class=\"num\">%s</td>", s);
}

void
web_row_head(struct web *h, const char *s)
{
	fputs("<tr><th scope=\"row\">", h->to);
	escape_xml(h->to, s);
	fputs("</th>", h->to);
}

void
web_table(struct web *h, const char *caption, const char *const *heads)
{
	fputs("<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"", h->to);
	escape_xml(h->to, caption);
	fputs("\"><table class=\"figures\">\n<caption>", h->to);
	escape_xml(h->to, caption);
	fputs("</caption>\n<thead><tr>", h->to);
	for (; *heads != NULL; heads++) {
		const char *s = *heads;
		bool number = *s == '#', wide = *s == '-';

		if (*s == '\0')
			fputs("<td></td>", h->to);
		else
			fprintf(h->to, "<th scope=\"col\"%s>%s</th>",
			    number ? " class=\"num\""
			    : wide ? " class=\"num wide\""
				   : "",
			    s + (number || wide));
	}
	fputs("</tr></thead>\n<tbody>\n", h->to);
}

void
web_table_end(struct web *h)
{
	fputs("</tbody></table></div>\n", h->to);
}

static uint64_t
per_mille(uint64_t n, uint64_t of)
{
	uint64_t v = of > 0 ? (n * 1000 + of / 2) / of : 0;

	return v == 0 && n > 0 ? 2 : v;
}

static void
bar_begin(struct web *h)
{
	fputs("<td class=\"chart\"><svg class=\"hbar\" viewBox=\"0 0 1000 10\" "
	      "preserveAspectRatio=\"none\""
	      " aria-hidden=\"true\"><rect class=\"track\" width=\"1000\" height=\"10\"/>",
	    h->to);
}

static void
bar_part(struct web *h, const char *class, uint64_t x, uint64_t width)
{
	if (width > 0)
		fprintf(h->to,
		    "<rect class=\"%s\" x=\"%" PRIu64 "\" width=\"%" PRIu64 "\" height=\"10\"/>",
		    class, x, width);
}

static void
bar_end(struct web *h)
{
	fputs("</svg></td>", h->to);
}

void
web_bar(struct web *h, const char *class, uint64_t n, uint64_t of)
{
	bar_begin(h);
	bar_part(h, class, 0, per_mille(n, of));
	bar_end(h);
}

void
web_section(struct web *h, const char *id, const char *title)
{
	fprintf(h->to,
	    "<section class=\"card\" id=\"%s\" aria-labelledby=\"%s-h\">\n<h2 "
	    "id=\"%s-h\">%s</h2>\n",
	    id, id, id, title);
}

void
web_section_end(struct web *h)
{
	fputs("</section>\n", h->to);
}

/* ---- the head: what everybody looks at first ---- */

static void
head(struct web *h)
{
	const struct tally *t = h->t;

	fprintf(h->to, "<h1>TLS of %s</h1>\n<p class=\"meta\">", show_hosts(h->a, t->hosts));
	if (t->to != 0)
		fprintf(h->to, "<span>%s</span>", show_days(h->a, t->from, t->to));
	fprintf(h->to,
	    "<span>%s assessed</span><span>%s endpoints</span><span>%s certificates</span>",
	    show_number(h->a, t->assessed), show_number(h->a, t->endpoints),
	    show_number(h->a, t->certificates));
	if (t->policy != NULL) {
		fputs("<span>policy ", h->to);
		escape_xml(h->to, t->policy);
		fputs("</span>", h->to);
	}
	fputs("</p>\n", h->to);
	if (t->bad_lines > 0)
		fprintf(h->to,
		    "<p class=\"warn\">%s lines were no reports and count for nothing.</p>\n",
		    show_number(h->a, t->bad_lines));
}

/* A part of the hosts in a word, a number and a ring, which the words beside it make needless. */
static void
tile(struct web *h, const char *what, enum tone tone, const struct series *s, uint64_t n,
    uint64_t old)
{
	struct slice v = {.n = n, .old = old};
	const char *change = h->t->compared ? show_change(h->a, s, &v) : "";
	uint64_t part = s->of > 0 ? (n * 1000 + s->of / 2) / s->of : 0;

	fprintf(h->to,
	    "<li class=\"tile\"><p class=\"what\">%s</p><p class=\"big\">%s</p><p class=\"of\">",
	    what, show_percent(h->a, n, s->of));
	fprintf(h->to, "%s of %s", show_number(h->a, n), show_number(h->a, s->of));
	if (*change != '\0')
		fprintf(h->to, " <span class=\"change\">%s</span>", change);
	fprintf(h->to,
	    "</p><svg class=\"ring %s\" viewBox=\"0 0 84 84\" aria-hidden=\"true\">"
	    "<g transform=\"rotate(-90 42 42)\"><circle cx=\"42\" cy=\"42\" r=\"34\"/>"
	    "<circle class=\"part\" cx=\"42\" cy=\"42\" r=\"34\" pathLength=\"1000\""
	    " stroke-dasharray=\"%" PRIu64 " 1000\"/></g></svg></li>\n",
	    web_tone(tone), part);
}

/* Several slices together. */
static void
tile_of(struct web *h, const char *what, enum tone tone, const char *id, const char *const *names)
{
	const struct series *s = show_series(h->t, id);
	uint64_t n = 0, old = 0;

	if (show_unasked(s))
		return;
	for (; *names != NULL; names++) {
		const struct slice *v = show_slice(s, *names);

		n += v != NULL ? v->n : 0;
		old += v != NULL ? v->old : 0;
	}
	tile(h, what, tone, s, n, old);
}

static void
tiles(struct web *h)
{
	static const char *const a[] = {"A+", "A", "A-", NULL}, *const yes[] = {"yes", NULL};
	static const char *const fs[] = {"all", "modern", NULL}, *const pq[] = {
								     "offered", "preferred", NULL};

	if (h->t->assessed == 0)
		return;
	fputs("<ul class=\"tiles\">\n", h->to);
	tile_of(h, "Grade A", TONE_GOOD, "grade", a);
	tile_of(h, "Trusted certificate", TONE_GOOD, "trusted", yes);
	tile_of(h, "TLS 1.3", TONE_GOOD, "tls1_3", yes);
	tile_of(h, "Forward secrecy, modern clients", TONE_GOOD, "forward_secrecy", fs);
	tile_of(h, "Post-quantum key exchange", TONE_GOOD, "post_quantum", pq);
	tile_of(h, "TLS 1.0 still accepted", TONE_WARN, "tls1_0", yes);
	fputs("</ul>\n", h->to);
}

/* ---- series ---- */

static void
change_cell(struct web *h, const struct series *s, const struct slice *v, const char *more)
{
	if (h->t->compared)
		fprintf(h->to, "<td class=\"num change%s\">%s</td>", more, show_change(h->a, s, v));
}

static void
class_rows(struct web *h, const struct series *s)
{
	for (size_t i = 0; i < s->n; i++) {
		const struct slice *v = &s->v[i];
		bool unknown = strcmp(v->name, "unknown") == 0;

		if (v->n == 0 && v->old == 0 && (s->group != MEASURE_GRADE || unknown))
			continue;
		web_row_head(h, v->name);
		if (s->group != MEASURE_GRADE)
			web_bar(h, unknown ? "open" : web_tone(v->tone), v->n, s->of);
		web_number(h, show_number(h->a, v->n));
		web_number(h, show_percent(h->a, v->n, s->of));
		change_cell(h, s, v, "");
		fputs("</tr>\n", h->to);
	}
}

static void
class_table(struct web *h, const struct series *s)
{
	const char *caption =
	    arena_printf(h->a, "%s, of %s %s", s->title, show_number(h->a, s->of), s->unit);
	const char *unit = strcmp(s->unit, "hosts") == 0 ? "#Hosts" : "#Certificates";
	const char *change = h->t->compared ? "#Change" : NULL;
	const char *const heads[] = {"Class", "", unit, "#Share", change, NULL};
	const char *const grade[] = {"Grade", unit, "#Share", change, NULL};

	web_table(h, caption, s->group == MEASURE_GRADE ? grade : heads);
	class_rows(h, s);
	web_table_end(h);
}

/* A column as high as its part of the most; its letter and its percents take the other room. */
static void
grade_column(struct web *h, const struct series *s, const struct slice *v, uint64_t most)
{
	enum { HIGHEST = 78 }; /* percent of the room */
	uint64_t height = most > 0 ? (v->n * HIGHEST + most / 2) / most : 0;
	uint64_t percent = s->of > 0 ? (v->n * 100 + s->of / 2) / s->of : 0;
	bool little = percent == 0 && v->n > 0;

	height = height < 1 ? 1 : height;
	fprintf(h->to, "<div class=\"%s\"><span class=\"percent\">%s%" PRIu64 "%%</span>",
	    v->n > 0 ? web_tone(v->tone) : "none", little ? "&lt;" : "", little ? 1 : percent);
	fprintf(h->to,
	    "<svg height=\"%" PRIu64 "%%\" aria-hidden=\"true\"><rect width=\"100%%\" height=\"100%%\"/></svg>"
	    "<span class=\"letter\">%s</span></div>\n",
	    height, strcmp(v->name, "unknown") == 0 ? "?" : v->name);
}

static void
grades(struct web *h)
{
	const struct series *s = show_series(h->t, "grade");
	uint64_t most = 0;

	if (s->of == 0)
		return;
	web_section(h, "grades", "Hosts by grade");
	fputs("<div class=\"grades\">\n<div class=\"columns\" role=\"img\" aria-label=\"Hosts by "
	      "grade:",
	    h->to);
	for (size_t i = 0; i < s->n; i++) {
		most = s->v[i].n > most ? s->v[i].n : most;
		fprintf(h->to, "%s %s %s", i > 0 ? "," : "", s->v[i].name,
		    show_percent(h->a, s->v[i].n, s->of));
	}
	fputs("\">\n", h->to);
	for (size_t i = 0; i < s->n; i++)
		if (s->v[i].n > 0 || strcmp(s->v[i].name, "unknown") != 0)
			grade_column(h, s, &s->v[i], most);
	fputs("</div>\n", h->to);
	class_table(h, s);
	fputs("</div>\n", h->to);
	web_section_end(h);
}

static void
yes_no_row(struct web *h, const struct series *s)
{
	const struct slice *yes = &s->v[0], *no = &s->v[1], *unknown = &s->v[2];
	uint64_t known = per_mille(yes->n, s->of), open = per_mille(unknown->n, s->of);

	web_row_head(h, s->title);
	bar_begin(h);
	bar_part(h, web_tone(yes->tone), 0, known);
	bar_part(h, "open", 1000 - open, open);
	bar_end(h);
	web_number(h, show_number(h->a, yes->n));
	web_number(h, show_percent(h->a, yes->n, s->of));
	fprintf(h->to, "<td class=\"num wide\">%s</td>", show_percent(h->a, no->n, s->of));
	web_number(h, show_percent(h->a, unknown->n, s->of));
	change_cell(h, s, yes, " wide");
	fputs("</tr>\n", h->to);
}

/* All questions of a group that are answered by yes or no, in one table. */
static void
yes_no_table(struct web *h, int group)
{
	const char *const heads[] = {"Question", "", "#Yes", "#Share", "-No", "#Unknown",
	    h->t->compared ? "-Change" : NULL, NULL};
	bool any = false;

	for (size_t i = 0; i < h->t->n_series; i++) {
		const struct series *s = &h->t->series[i];

		if (s->group != group || !s->yes_no)
			continue;
		if (!any)
			web_table(h,
			    arena_printf(h->a, "%s, of %s hosts", show_group_title(group),
				show_number(h->a, s->of)),
			    heads);
		any = true;
		yes_no_row(h, s);
	}
	if (any)
		web_table_end(h);
}

static void
class_tables(struct web *h, int group)
{
	bool any = false;

	for (size_t i = 0; i < h->t->n_series; i++) {
		const struct series *s = &h->t->series[i];

		if (s->group != group || s->yes_no || s->of == 0)
			continue;
		if (!any)
			fputs("<div class=\"two\">\n", h->to);
		any = true;
		class_table(h, s);
	}
	if (any)
		fputs("</div>\n", h->to);
}

static const char *
group_id(int group)
{
	static const char *const ids[TALLY__GROUPS] = {[MEASURE_GRADE] = "grades",
	    [MEASURE_PROTOCOL] = "protocols",
	    [MEASURE_CIPHER] = "ciphers",
	    [MEASURE_CERTIFICATE] = "keys",
	    [MEASURE_VALID] = "in-use",
	    [MEASURE_FEATURE] = "features",
	    [MEASURE_FLAW] = "flaws",
	    [TALLY_STATUS] = "scan",
	    [TALLY_TRUST] = "trust",
	    [TALLY_LEAVES] = "certificates"};

	return ids[group];
}

static void
group(struct web *h, int g)
{
	if (g == MEASURE_GRADE)
		return;
	web_section(h, group_id(g), show_group_title(g));
	if (g == TALLY_LEAVES)
		fputs("<p class=\"note\">A certificate counts once here, however many hosts "
		      "present it.</p>\n",
		    h->to);
	yes_no_table(h, g);
	class_tables(h, g);
	if (g == TALLY_TRUST)
		web_gaps(h);
	web_section_end(h);
}

static void
contents(struct web *h)
{
	fputs("<nav aria-label=\"Sections\"><ul class=\"toc\">", h->to);
	for (size_t i = 0; i < TALLY__GROUPS; i++) {
		int g = show_group(i);

		if (g == TALLY_LEAVES)
			fputs("<li><a href=\"#authorities\">Certification authorities</a></li>",
			    h->to);
		fprintf(h->to, "<li><a href=\"#%s\">%s</a></li>", group_id(g), show_group_title(g));
	}
	fputs("</ul></nav>\n", h->to);
}

static void
definitions(struct web *h)
{
	fputs("<section class=\"card\" id=\"counting\" aria-labelledby=\"counting-h\">\n"
	      "<h2 id=\"counting-h\">How it is counted</h2>\n<dl class=\"facts\">\n"
	      "<dt>Host</dt><dd>A name, its port and STARTTLS protocol. It counts once, as the "
	      "worst of its "
	      "addresses does; shares are of the hosts that could be assessed.</dd>\n"
	      "<dt>Unknown</dt><dd>Not asked, or not settled. It is a class of its own and never "
	      "counted as "
	      "&#8220;no&#8221;.</dd>\n"
	      "<dt>Trusted</dt><dd>By at least one public store, missing intermediates "
	      "supplied.</dd>\n"
	      "<dt>Owner</dt><dd>Of the root to which a chain leads, as the CCADB names it: in "
	      "Mozilla's store, "
	      "or else in Chrome's, Microsoft's, Apple's, Android's or Java's.</dd>\n"
	      "<dt>Domain</dt><dd>What was registered for a name, by the Public Suffix List.</dd>\n"
	      "<dt>Herfindahl index</dt><dd>The sum of the squares of all shares in percent: "
	      "10,000 for one "
	      "owner alone, 1,000 for ten of one size.</dd>\n</dl>\n</section>\n",
	    h->to);
}

static void
write_page(struct web *h)
{
	struct span css[2] = {html_style(), show_style()};
	const char *all = arena_printf(h->a, "%.*s%.*s", (int)css[0].n, (const char *)css[0].p,
	    (int)css[1].n, (const char *)css[1].p);

	html_page_begin(h->to,
	    arena_printf(h->a, "TLS of %s, %s", show_hosts(h->a, h->t->hosts),
		show_days(h->a, h->t->from, h->t->to)),
	    span_str(all));
	head(h);
	contents(h);
	tiles(h);
	web_compared(h);
	grades(h);
	web_own(h);
	for (size_t i = 0; i < TALLY__GROUPS; i++) {
		if (show_group(i) == TALLY_LEAVES) {
			web_owners(h);
			web_weak(h);
		}
		group(h, show_group(i));
	}
	definitions(h);
	html_page_end(h->to, "No server was asked for it: it is made from the records of a scan.");
}

bool
show_html(FILE *to, const struct tally *t, const struct show *o)
{
	struct web h = {.to = to, .a = arena_new(SIZE_MAX / 2), .t = t, .o = o};

	write_page(&h);
	arena_free(h.a);
	return ops_written(to);
}
