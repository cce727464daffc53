/*
 * text - one endpoint for people: grade and reasons first, then what SSL Labs shows, in its order.
 *
 * The sections are in page_*.c; every character goes through term.c.
 */
#include "report/ops.h"
#include "report/page.h"

enum { ARENA_CAP = 16 << 20 };

static void
sections(struct page *p)
{
	if (p->r->chain) {
		page_certificates(p);
		page_posture(p);
		page_other_records(p);
		page_findings(p);
		page_open(p);
		page_not_known(p);
		return;
	}
	page_certificates(p);
	page_outside(p);
	page_protocols(p);
	page_suites(p);
	page_key_exchange(p);
	page_clients(p);
	page_features(p);
	page_posture(p);
	page_others(p);
	page_flights(p);
	page_other_records(p);
	page_audit(p);
	page_findings(p);
	page_open(p);
	page_lifts(p);
	page_explain(p);
	page_compliance(p);
	page_not_known(p);
}

/* The audit ended early, but something is known: that status is part of the summary. */
static void
partial(struct page *p)
{
	const char *detail = p->r->status_detail;

	if (strcmp(p->r->status, "partial") != 0)
		return;
	term_blank(&p->term);
	term_at(&p->term, 2);
	term_words(&p->term, INK_WARN, "Not everything could be asked.");
	if (detail != NULL && *detail != 0)
		term_words(&p->term, INK_PLAIN, arena_printf(p->arena, "Last: %s.", detail));
	term_end(&p->term);
}

bool
report_text(FILE *to, const struct record *r, const struct report_style *style)
{
	static const struct assessment none = {
	    .score_protocol = -1, .score_key_exchange = -1, .score_cipher = -1, .score = -1};
	struct page p = {.r = r,
	    .style = style,
	    .f = r->facts,
	    .as = r->assessment != NULL ? r->assessment : &none,
	    .now = r->facts != NULL && fact_known(r->facts, F_AUDIT_TIME)
		       ? fact_time(r->facts, F_AUDIT_TIME)
		       : r->time,
	    .arena = arena_new(ARENA_CAP)};

	term_init(&p.term, to, style->colour, style->width);
	if (style->verbose < 0) {
		page_quiet(&p);
	} else {
		page_head(&p);
		if (ops_assessed(r)) {
			if (r->assessment != NULL)
				page_summary(&p);
			partial(&p);
			sections(&p);
		} else {
			page_not_assessed(&p);
			if (r->facts != NULL && style->verbose > 0)
				page_protocols(&p);
		}
		term_blank(&p.term);
	}
	arena_free(p.arena);
	return term_done(&p.term);
}

static bool
record(struct report *out, const struct record *r)
{
	return report_text(out->to, r, &out->o->style);
}

const struct report_ops ops_text = {.record = record};
