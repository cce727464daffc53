/* page_head - who was asked, and what came of it: grade, reasons, scores; see page.h. */
#include "report/page.h"

#include "base/text.h"
#include "report/ops.h"
#include "report/status.h"

const char *
page_effort(struct page *p)
{
	if (p->r->connections == 0)
		return NULL;
	if (p->r->elapsed_ms < 1000)
		return arena_printf(p->arena, "%s in %u ms",
		    page_count(p, p->r->connections, "connection"), p->r->elapsed_ms);
	return arena_printf(p->arena, "%s in %u.%u s",
	    page_count(p, p->r->connections, "connection"), p->r->elapsed_ms / 1000,
	    p->r->elapsed_ms % 1000 / 100);
}

/* Texts with a dot between them; one that does not fit begins the next line. */
static void
dotted(struct term *t, const char *const *texts, size_t n)
{
	bool first = true;

	for (size_t i = 0; i < n; i++) {
		if (texts[i] == NULL)
			continue;
		if (!first && t->column + 3 + term_columns(texts[i]) > t->width)
			term_end(t);
		else if (!first)
			term_words(t, INK_DIM, "\xc2\xb7");
		term_words(t, INK_DIM, texts[i]);
		first = false;
	}
	term_end(t);
}

void
page_head(struct page *p)
{
	const struct record *r = p->r;
	const char *sni = r->sni != NULL && r->host != NULL && strcmp(r->sni, r->host) != 0
			      ? arena_printf(p->arena, r->chain ? "for %s" : "SNI %s", r->sni)
			      : NULL;
	const char *starttls =
	    r->starttls != NULL ? arena_printf(p->arena, "STARTTLS %s", r->starttls) : NULL;
	char *when = text_time(p->arena, r->time);
	const char *const where[] = {
	    r->address != NULL && (r->host == NULL || strcmp(r->address, r->host) != 0) ? r->address
											: NULL,
	    starttls, sni,
	    arena_printf(p->arena, "%.10s %.5s UTC", when, strlen(when) == 20 ? when + 11 : "")};
	const char *const how[] = {page_effort(p), r->policy != NULL && p->as->grade != NULL
						  ? arena_printf(p->arena, "policy %s", r->policy)
						  : NULL};

	term_blank(&p->term);
	term_words(&p->term, INK_BOLD, ops_host_port(p->r, p->arena));
	term_end(&p->term);
	dotted(&p->term, where, N_ELEMENTS(where));
	dotted(&p->term, how, N_ELEMENTS(how));
}

enum ink
page_grade_ink(const char *grade)
{
	return grade == NULL                        ? INK_DIM
	       : grade[0] == 'A'                    ? INK_GOOD
	       : grade[0] == 'B' || grade[0] == 'C' ? INK_WARN
						    : INK_BAD;
}

/* One line beside the grade. */
static void
beside(struct page *p, const char *mark, enum ink ink, const char *words)
{
	term_at(&p->term, 13);
	if (mark != NULL) {
		term_words(&p->term, INK_DIM, mark);
		p->term.left = 15;
	}
	term_words(&p->term, ink, words);
}

/* The reasons, and what a reader needs to know about the grade itself. */
static void
reasons(struct page *p)
{
	const struct assessment *a = p->as;

	for (size_t i = 0; i < a->n_reasons; i++)
		beside(p, "\xe2\x80\xa2", INK_PLAIN, a->reasons[i]);
	if (a->grade == NULL && a->n_reasons == 0)
		beside(p, NULL, INK_PLAIN, "No grade: not enough is known.");
	if (a->grade_trust_ignored != NULL && a->grade != NULL &&
	    strcmp(a->grade, a->grade_trust_ignored) != 0)
		beside(p, NULL, INK_PLAIN,
		    arena_printf(p->arena, "If trust is ignored: %s", a->grade_trust_ignored));
}

/* The grade in a box, the reasons at its right. */
static void
grade(struct page *p)
{
	const char *art[] = {"\xe2\x94\x8c\xe2\x94\x80\xe2\x94\x80\xe2\x94\x80\xe2\x94\x80"
			     "\xe2\x94\x80\xe2\x94\x80\xe2\x94\x90",
	    arena_printf(p->arena, "\xe2\x94\x82  %-2.2s  \xe2\x94\x82",
		p->as->grade != NULL ? p->as->grade : "?"),
	    "\xe2\x94\x94\xe2\x94\x80\xe2\x94\x80\xe2\x94\x80\xe2\x94\x80\xe2\x94\x80\xe2\x94\x80"
	    "\xe2\x94\x98"};

	term_blank(&p->term);
	term_beside(&p->term, page_grade_ink(p->as->grade), art, N_ELEMENTS(art), 13);
	reasons(p);
	term_beside_end(&p->term);
}

static void
score(struct page *p, const char *label, int v)
{
	enum { CELLS_MAX = 40 };
	struct term *t = &p->term;
	unsigned room = t->width - t->indent - t->keys;
	unsigned cells = room > CELLS_MAX + 5 ? CELLS_MAX : room > 10 ? room - 4 : 5;
	char bar[CELLS_MAX * 3 + 1];
	unsigned full;

	term_key(t, label);
	if (v < 0) {
		term_words(t, INK_DIM, "unknown");
		return;
	}
	full = ((unsigned)v * cells + 50) / 100;
	for (unsigned i = 0; i < cells; i++)
		memcpy(bar + i * 3, i < full ? "\xe2\x94\x81" : "\xe2\x94\x84", 3);
	bar[cells * 3] = 0;
	term_token(t, INK_PLAIN, arena_printf(p->arena, "%3d", v));
	term_token(t,
	    v >= 80   ? INK_GOOD
	    : v >= 50 ? INK_WARN
		      : INK_BAD,
	    arena_strn(p->arena, bar, full * 3));
	if (full > 0)
		term_glue(t);
	term_token(t, INK_DIM, bar + full * 3);
}

/* A chain from a file: one sentence instead of a grade. */
static void
chain_summary(struct page *p)
{
	term_blank(&p->term);
	term_at(&p->term, 2);
	for (size_t i = 0; i < p->as->n_reasons; i++)
		term_words(&p->term, p->r->chain_good ? INK_GOOD : INK_BAD, p->as->reasons[i]);
	term_end(&p->term);
}

void
page_summary(struct page *p)
{
	unsigned keys;

	if (p->r->chain) {
		chain_summary(p);
		return;
	}
	grade(p);
	if (p->as->score_protocol < 0 && p->as->score_key_exchange < 0 && p->as->score_cipher < 0)
		return;
	term_blank(&p->term);
	keys = term_wide_keys(&p->term);
	score(p, "Protocol support", p->as->score_protocol);
	score(p, "Key exchange", p->as->score_key_exchange);
	score(p, "Cipher strength", p->as->score_cipher);
	term_end(&p->term);
	p->term.keys = keys;
}

void
page_not_assessed(struct page *p)
{
	const char *hint = status_hint(p->r->status, p->r->status_detail);
	bool dns = p->r->status != NULL && strcmp(p->r->status, "dns_error") == 0;

	term_blank(&p->term);
	term_words(&p->term, INK_BAD, "Not assessed:");
	term_words(&p->term, INK_PLAIN, arena_printf(p->arena, "%s.", status_words(p->r->status)));
	term_end(&p->term);
	term_blank(&p->term);
	if (!dns && p->r->address != NULL) {
		term_key(&p->term, "Tried");
		term_printf(&p->term, INK_PLAIN, "%s port %u%s%s", p->r->address,
		    (unsigned)p->r->port, p->r->starttls != NULL ? ", STARTTLS " : "",
		    p->r->starttls != NULL ? p->r->starttls : "");
	}
	if (p->r->status_detail != NULL && *p->r->status_detail != 0) {
		term_key(&p->term, dns ? "DNS says" : "What came");
		term_words(&p->term, INK_PLAIN, p->r->status_detail);
	}
	if (hint != NULL) {
		term_key(&p->term, "Hint");
		term_words(&p->term, INK_PLAIN, hint);
	}
	term_end(&p->term);
}

/* One line, for lists: "example.org:443 192.0.2.1  B  The chain is incomplete". */
void
page_quiet(struct page *p)
{
	const struct assessment *a = p->as;
	const char *letter = p->r->chain       ? (p->r->chain_good ? "ok" : "no")
			     : a->grade != NULL ? a->grade
						: "-";
	bool judged = p->r->assessment != NULL && p->f != NULL;

	p->term.width = UINT32_MAX / 2;
	p->term.indent = p->term.left = 0;
	term_words(&p->term, INK_PLAIN, ops_host_port(p->r, p->arena));
	if (p->r->address != NULL)
		term_words(&p->term, INK_DIM, p->r->address);
	term_glue(&p->term);
	term_token(&p->term, INK_PLAIN, "  ");
	term_glue(&p->term);
	term_token(&p->term,
	    p->r->chain ? (p->r->chain_good ? INK_GOOD : INK_BAD)
	    : judged    ? page_grade_ink(a->grade)
			: INK_BAD,
	    arena_printf(p->arena, judged && a->n_reasons == 0 ? "%s" : "%-2s", letter));
	term_glue(&p->term);
	if (judged && a->n_reasons > 0) {
		term_token(&p->term, INK_PLAIN, "  ");
		term_glue(&p->term);
		term_words(&p->term, INK_PLAIN, a->reasons[0]);
	} else if (!judged) {
		term_token(&p->term, INK_PLAIN, "  ");
		term_glue(&p->term);
		term_words(&p->term, INK_PLAIN,
		    arena_printf(p->arena, "%s%s%s", status_words(p->r->status),
			p->r->status_detail != NULL ? ": " : "",
			p->r->status_detail != NULL ? p->r->status_detail : ""));
	}
	term_end(&p->term);
}
