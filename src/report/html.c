/*
 * html - one page for people: grade, bars, findings, certificates and each store's path, suites,
 * clients; nothing outside itself.
 *
 * No script, no other file, no network: the policy in the head (CSP) allows the one style sheet by
 * its hash and nothing else.  Several endpoints make one page with a list of them on top.  Light
 * or dark as the reader's system is; colours never say what words do not.
 */
#include "config.h"

#include "report/html.h"

#include <inttypes.h>

#include "base/text.h"
#include "report/escape.h"
#include "report/html_page.h"
#include "report/ops.h"
#include "report/status.h"

enum { ARENA_CAP = 64 << 20 };

struct state {
	FILE *body;  /* every endpoint's part */
	FILE *index; /* one line for each */
	char title[300];
};

/* ---- pieces ---- */

void
html_text(struct html *h, const char *s)
{
	escape_xml(h->to, s);
}

void
html_words(struct html *h, const char *tag, const char *class, const char *s)
{
	fprintf(h->to, class != NULL ? "<%s class=\"%s\">" : "<%s>", tag, class);
	html_text(h, s);
	fprintf(h->to, "</%s>", tag);
}

const char *
html_class(enum ink ink)
{
	return ink == INK_GOOD ? "good" : ink == INK_WARN ? "warn" : ink == INK_BAD ? "bad" : "none";
}

void
html_tag(struct html *h, enum ink ink, const char *s)
{
	fprintf(h->to, "<span class=\"tag %s\">", html_class(ink));
	html_text(h, s);
	fputs("</span>", h->to);
}

void
html_section(struct html *h, const char *id, const char *title)
{
	/* Named by its host too: of several hosts each has such a section. */
	fprintf(h->to,
	    "<section class=\"card\" id=\"%s-%zu\" aria-labelledby=\"%s-%zu-h host-%zu-h\">\n", id,
	    h->number, id, h->number, h->number);
	fprintf(h->to, "<h2 id=\"%s-%zu-h\">", id, h->number);
	html_text(h, title);
	fputs("</h2>\n", h->to);
}

void
html_section_end(struct html *h)
{
	fputs("</section>\n", h->to);
}

void
html_pair(struct html *h, const char *label, const char *value)
{
	html_words(h, "dt", NULL, label);
	html_words(h, "dd", NULL, value);
	putc('\n', h->to);
}

/* Bytes in hex; what is longer than 64 of them is cut. */
static const char *
hex(struct html *h, struct span s)
{
	enum { MOST = 64 };
	const char *text =
	    text_hex(h->page.arena, (struct span){s.p, s.n < MOST ? s.n : (size_t)MOST});

	return s.n <= MOST ? text
			   : arena_printf(h->page.arena, "%s\xe2\x80\xa6 (%zu bytes)", text, s.n);
}

void
html_fact(struct html *h, const char *label, const struct facts *f, enum fact_id id)
{
	const struct finding *on = f == h->page.f ? page_finding_on(&h->page, id) : NULL;
	enum fact_type type = fact_defs[id].type;

	if (!fact_settled(f, id) || type == FT_DER)
		return;
	html_words(h, "dt", NULL, label);
	if (type == FT_HEX && fact_known(f, id) && fact_hex(f, id).n > 0) {
		html_words(h, "dd", "mono", hex(h, fact_hex(f, id)));
	} else {
		bool marked = on != NULL && fact_known(f, id) && on->sev >= SEV_LOW;

		html_words(h, "dd", marked ? html_class(page_severity_ink(on->sev)) : NULL,
		    page_value_text(&h->page, f, id));
	}
	putc('\n', h->to);
}

/* ---- the head of an endpoint ---- */

static void
meta(struct html *h, const char *s)
{
	if (s != NULL && *s != '\0')
		html_words(h, "span", NULL, s);
}

static void
head(struct html *h)
{
	const struct record *r = h->page.r;
	struct arena *a = h->page.arena;
	char *when = text_time(a, r->time);

	fprintf(h->to, "<h1 id=\"host-%zu-h\">", h->number);
	html_text(h, ops_host_port(r, a));
	fputs("</h1>", h->to);
	fputs("<p class=\"meta\">", h->to);
	if (r->address != NULL && strcmp(r->address, r->host) != 0)
		meta(h, r->address);
	meta(h, r->starttls != NULL ? arena_printf(a, "STARTTLS %s", r->starttls) : NULL);
	if (r->sni != NULL && strcmp(r->sni, r->host) != 0)
		meta(h, arena_printf(a, "SNI %s", r->sni));
	meta(h,
	    strlen(when) == 20 ? arena_printf(a, "%.10s %.5s UTC", when, when + 11) : when);
	meta(h, page_effort(&h->page));
	meta(h, r->policy != NULL ? arena_printf(a, "policy %s", r->policy) : NULL);
	fputs("</p>\n", h->to);
}

static void
bar(struct html *h, const char *label, int score)
{
	enum ink ink = score >= 80 ? INK_GOOD : score >= 50 ? INK_WARN : INK_BAD;

	html_words(h, "dt", NULL, label);
	if (score < 0) {
		fputs("<dd class=\"dim\">unknown</dd><dd></dd>\n", h->to);
		return;
	}
	fprintf(h->to,
	    "<dd class=\"%s\"><svg class=\"bar\" viewBox=\"0 0 100 6\" preserveAspectRatio=\"none\""
	    " aria-hidden=\"true\"><rect class=\"track\" width=\"100\" height=\"6\"/>"
	    "<rect class=\"fill\" width=\"%d\" height=\"6\"/></svg></dd>"
	    "<dd class=\"score\">%d</dd>\n",
	    html_class(ink), score, score);
}

/* SSL Labs' fourth bar: all or nothing, by whether the certificate is trusted, for this name. */
static int
certificate_score(const struct facts *f)
{
	enum tri trusted = fact_tri(f, F_TRUSTED), name = fact_tri(f, F_NAME_OK);

	if (trusted == TRI_NO || name == TRI_NO)
		return 0;
	return trusted == TRI_YES ? 100 : -1;
}

static void
reasons(struct html *h)
{
	const struct assessment *a = h->page.as;

	fputs("<div>\n<ul class=\"reasons\">\n", h->to);
	for (size_t i = 0; i < a->n_reasons; i++) {
		html_words(h, "li", NULL, a->reasons[i]);
		putc('\n', h->to);
	}
	if (a->n_reasons == 0)
		html_words(h, "li", NULL,
		    a->grade == NULL ? "No grade: not enough is known." : "Nothing lowers the grade.");
	if (a->grade != NULL && a->grade_trust_ignored != NULL &&
	    strcmp(a->grade, a->grade_trust_ignored) != 0)
		html_words(h, "li", NULL,
		    arena_printf(
			h->page.arena, "If trust is ignored: %s", a->grade_trust_ignored));
	if (strcmp(h->page.r->status, "partial") == 0)
		html_words(h, "li", NULL, "Not everything could be asked.");
	fputs("</ul>\n</div>\n", h->to);
}

/* A part of the endpoint that has no heading. */
static void
labelled(struct html *h, const char *what)
{
	fprintf(h->to, " aria-label=\"%s of ", what);
	html_text(h, ops_host_port(h->page.r, h->page.arena));
	fputs("\">", h->to);
}

static void
summary_begin(struct html *h, const char *class)
{
	fprintf(h->to, "<section class=\"%s\"", class);
	labelled(h, "Summary");
	putc('\n', h->to);
}

static void
summary(struct html *h)
{
	const struct assessment *a = h->page.as;

	summary_begin(h, "card summary");
	fprintf(h->to, "<div class=\"grade %s\" role=\"img\" aria-label=\"",
	    html_class(page_grade_ink(a->grade)));
	html_text(h, a->grade != NULL ? arena_printf(h->page.arena, "Grade %s", a->grade) : "No grade");
	fputs("\">", h->to);
	html_text(h, a->grade != NULL ? a->grade : "?");
	fputs("</div>\n", h->to);
	reasons(h);
	fputs("<dl class=\"bars\">\n", h->to);
	bar(h, "Certificate", certificate_score(h->page.f));
	bar(h, "Protocol support", a->score_protocol);
	bar(h, "Key exchange", a->score_key_exchange);
	bar(h, "Cipher strength", a->score_cipher);
	fputs("</dl>\n</section>\n", h->to);
}

static void
contents(struct html *h)
{
	enum { COMPLIANCE = 1 }; /* there when it was asked for */
	static const struct {
		const char *id, *title;
	} parts[] = {{"findings", "Findings"}, {"compliance", "Compliance"},
	    {"certificates", "Certificates"},
	    {"protocols", "Protocols"}, {"suites", "Cipher suites"},
	    {"key-exchange", "Key exchange"}, {"clients", "Clients"}, {"details", "Details"}};

	fputs("<nav", h->to);
	labelled(h, "Sections");
	fputs("<ul class=\"toc\">", h->to);
	for (size_t i = 0; i < N_ELEMENTS(parts); i++)
		if (i != COMPLIANCE || h->page.as->n_compliance > 0)
			fprintf(h->to, "<li><a href=\"#%s-%zu\">%s</a></li>", parts[i].id,
			    h->number, parts[i].title);
	html_outside_contents(h);
	fputs("</ul></nav>\n", h->to);
}

static void
not_assessed(struct html *h)
{
	const struct record *r = h->page.r;
	const char *hint = status_hint(r->status, r->status_detail);

	summary_begin(h, "card");
	fputs("<p><strong class=\"bad\">Not assessed:</strong> ", h->to);
	html_text(h, status_words(r->status));
	fputs(".</p>\n<dl class=\"facts\">\n", h->to);
	if (r->address != NULL)
		html_pair(h, "Tried",
		    arena_printf(h->page.arena, "%s port %u", r->address, (unsigned)r->port));
	if (r->status_detail != NULL)
		html_pair(h, "What came", r->status_detail);
	if (hint != NULL)
		html_pair(h, "Hint", hint);
	fputs("</dl>\n</section>\n", h->to);
}

/* ---- the page ---- */

static bool
begin(struct report *out)
{
	struct state *s = out->state;

	s->body = spool_open();
	s->index = spool_open();
	return s->body != NULL && s->index != NULL;
}

static void
index_line(FILE *to, struct html *h)
{
	const struct record *r = h->page.r;
	const char *grade = r->assessment != NULL ? r->assessment->grade : NULL;
	struct html line = *h;

	line.to = to;
	fputs("<tr><td>", to);
	html_tag(&line, page_grade_ink(grade), grade != NULL ? grade : "\xe2\x80\x93");
	fprintf(to, "</td><th scope=\"row\" class=\"name\"><a href=\"#host-%zu\">", h->number);
	html_text(&line, ops_host_port(r, h->page.arena));
	fputs("</a><span class=\"sub\">", to);
	html_text(&line, r->address);
	fputs("</span></th><td>", to);
	html_text(&line,
	    r->assessment == NULL          ? status_words(r->status)
	    : r->assessment->n_reasons > 0 ? r->assessment->reasons[0]
					   : "");
	fputs("</td></tr>\n", to);
}

static bool
record(struct report *out, const struct record *r)
{
	static const struct assessment none = {
	    .score_protocol = -1, .score_key_exchange = -1, .score_cipher = -1, .score = -1};
	struct state *s = out->state;
	struct html h = {.to = s->body,
	    .out = out,
	    .number = out->n_records,
	    .page = {.r = r,
		.style = &out->o->style,
		.f = r->facts,
		.as = r->assessment != NULL ? r->assessment : &none,
		.now = ops_now(r),
		.arena = arena_new(ARENA_CAP)}};

	if (out->n_records == 1)
		(void)snprintf(s->title, sizeof(s->title), "%s%s%s",
		    h.page.as->grade != NULL ? h.page.as->grade : "",
		    h.page.as->grade != NULL ? " \xc2\xb7 " : "",
		    ops_host_port(r, h.page.arena));
	fprintf(h.to, "<article class=\"host\" id=\"host-%zu\">\n", h.number);
	head(&h);
	if (ops_assessed(r)) {
		contents(&h);
		if (!r->chain)
			summary(&h);
		html_findings(&h);
		html_compliance(&h);
		html_certificates(&h);
		html_outside(&h);
		html_protocols(&h);
		html_suites(&h);
		html_key_exchange(&h);
		html_clients(&h);
		html_details(&h);
	} else {
		not_assessed(&h);
	}
	fputs("</article>\n", h.to);
	index_line(s->index, &h);
	arena_free(h.page.arena);
	return ferror(s->body) == 0 && ferror(s->index) == 0;
}

static void
page_begin(struct report *out)
{
	const struct state *s = out->state;
	char title[64];

	(void)snprintf(title, sizeof(title), "TLS of %zu endpoints", out->n_records);
	html_page_begin(out->to, out->n_records == 1 ? s->title : title, html_style());
}

static bool
page_index(struct report *out, FILE *index)
{
	if (out->n_records == 1) {
		(void)fclose(index);
		return true;
	}
	fprintf(out->to,
	    "<h1>TLS of %zu endpoints</h1>\n<section class=\"card\" aria-label=\"Endpoints\">\n"
	    "<div class=\"scroll\"><table class=\"index\" aria-label=\"Endpoints\">\n<thead><tr><th scope=\"col\">Grade</th>"
	    "<th scope=\"col\">Endpoint</th><th scope=\"col\">Why</th></tr></thead>\n<tbody>\n",
	    out->n_records);
	if (!spool_close(index, out->to))
		return false;
	fputs("</tbody></table></div>\n</section>\n", out->to);
	return true;
}

static bool
end(struct report *out)
{
	struct state *s = out->state;
	FILE *body = s->body, *index = s->index;
	bool good;

	s->body = s->index = NULL;
	page_begin(out);
	good = page_index(out, index);
	good = spool_close(body, out->to) && good;
	html_page_end(out->to, "What could not be settled is called unknown, with the reason; it is never taken "
			       "for &#8220;no&#8221;.");
	return good && ops_written(out->to);
}

static void
free_state(struct report *out)
{
	struct state *s = out->state;

	if (s->body != NULL)
		(void)fclose(s->body);
	if (s->index != NULL)
		(void)fclose(s->index);
}

const struct report_ops ops_html = {.begin = begin,
    .record = record,
    .end = end,
    .free = free_state,
    .state_size = sizeof(struct state)};
