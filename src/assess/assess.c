/* assess - see assess.h: asks every rule, makes the grade, and words for both. */
#include "assess/assess.h"

#include <stdlib.h>

#include "assess/advice.h"
#include "assess/evidence.h"
#include "assess/words.h"
#include "base/xalloc.h"

static void
put_fact(struct finding *out, const struct cond *c)
{
	enum fact_id id = c->fact != F_NONE ? c->fact : F_SUITES_TLS1_2;

	for (size_t i = 0; i < N_ELEMENTS(out->facts) && c->op != OP_OR; i++) {
		if (out->facts[i] == id)
			return;
		if (out->facts[i] == F_NONE) {
			out->facts[i] = id;
			return;
		}
	}
}

static void
put_facts(struct finding *out, const struct rule *r)
{
	for (size_t i = 0; i < r->n_when; i++) {
		put_fact(out, &r->when[i]);
		for (size_t k = 0; k < r->when[i].n_alt; k++)
			put_fact(out, &r->when[i].alt[k]);
	}
}

bool
policy_rule_at(const struct policy *p, size_t i, struct arena *a, struct finding *out)
{
	const struct rule *r = i < p->n_rules ? p->rules[i] : NULL;

	if (r == NULL)
		return false;
	*out = (struct finding){.id = r->id,
	    .title = r->title,
	    .means = r->means,
	    .sev = r->sev,
	    .ref = r->ref,
	    .effect = effect_text(r, a),
	    .evidence = "",
	    .must = !r->advice,
	    .waived = r->waived != NULL};
	put_facts(out, r);
	fix_put(p, r, NULL, a, out);
	return true;
}

const struct finding *
finding_by_id(const struct finding *v, size_t n, const char *id)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(v[i].id, id) == 0)
			return &v[i];
	return NULL;
}

struct finding
finding_of(const struct judged *j, size_t i, struct arena *a)
{
	const struct rule *r = j->p->rules[i];
	struct finding out = {.id = r->id,
	    .title = r->title,
	    .means = r->means,
	    .sev = r->sev,
	    .ref = r->ref,
	    .effect = effect_text(r, a),
	    .evidence = evidence(r, j->f, a)};

	out.must = !r->advice;
	put_facts(&out, r);
	fix_put(j->p, r, j->f, a, &out);
	if (j->waived[i]) {
		out.waived = true;
		out.effect = r->waived;
		out.sev = SEV_INFO;
	} else if (r->waived != NULL && fact_known(j->f, F_AUDIT_TIME) &&
		   fact_time(j->f, F_AUDIT_TIME) > r->waived_until) {
		out.effect = arena_printf(a, "%s%snot any more %s", out.effect,
		    out.effect[0] != '\0' ? "; " : "", r->waived);
	}
	return out;
}

struct finding
open_of(
    const struct rule *r, const struct answer *w, const struct facts *f, struct arena *a)
{
	struct finding out = {.id = r->id,
	    .title = r->title,
	    .means = r->means,
	    .sev = r->sev,
	    .fix = advice_text(r->fix, f, a),
	    .ref = r->ref,
	    .effect = open_effect_text(r, a),
	    .evidence = "",
	    .must = !r->advice,
	    .why_open = open_text(w, a)};

	for (size_t i = 0; i < w->n_open && i < N_ELEMENTS(out.facts); i++)
		out.facts[i] = w->open[i].fact;
	return out;
}

/* Stable: of two as severe, the policy's order. */
static void
sort(struct finding *v, size_t n)
{
	for (size_t i = 1; i < n; i++) {
		struct finding x = v[i];
		size_t k = i;

		for (; k > 0 && v[k - 1].sev < x.sev; k--)
			v[k] = v[k - 1];
		v[k] = x;
	}
}

static void
put_findings(const struct judged *j, struct arena *a, struct assessment *out)
{
	size_t room = j->p->n_rules + 1;
	struct finding *hits = arena_alloc(a, room * sizeof(*hits));
	struct finding *open = arena_alloc(a, room * sizeof(*open));

	for (size_t i = 0; i < j->p->n_rules; i++) {
		if (j->answers[i].value == TRI_YES)
			hits[out->n_findings++] = finding_of(j, i, a);
		else if (j->answers[i].value == TRI_UNKNOWN)
			open[out->n_open++] = open_of(j->p->rules[i], &j->answers[i], j->f, a);
	}
	if (j->exceptional.value == TRI_UNKNOWN) {
		struct finding *e = &open[out->n_open++];

		*e = open_of(j->p->exceptional, &j->exceptional, j->f, a);
		e->effect = "could make an A an A+";
	}
	sort(hits, out->n_findings);
	sort(open, out->n_open);
	out->findings = hits;
	out->open = open;
	out->complete = out->n_open == 0;
}

static void
put_grade(const struct judged *j, struct arena *a, struct assessment *out)
{
	const char **reasons = arena_alloc(a, REASONS_MAX * sizeof(*reasons));
	const char **lifts = arena_alloc(a, LIFTS_MAX * sizeof(*lifts));
	struct grade g;

	grade_make(j, NULL, &g);
	out->grade = g.shown >= 0 ? rank_letter(g.shown) : NULL;
	out->grade_trust_ignored = g.rank >= 0 ? rank_letter(g.rank) : NULL;
	out->score_protocol = g.protocol;
	out->score_key_exchange = g.kx;
	out->score_cipher = g.cipher;
	out->score = g.total;
	out->has_warnings = g.warnings;
	out->exceptional = g.exceptional;
	out->n_reasons = reasons_make(j, &g, a, reasons);
	out->reasons = reasons;
	out->n_lifts = lifts_make(j, &g, a, lifts);
	out->lifts = lifts;
}

void
assess(const struct policy *p, const struct facts *f, struct arena *a, struct assessment *out)
{
	struct judged *j = xcalloc(1, sizeof(*j));

	memset(out, 0, sizeof(*out));
	judge(j, p, f);
	put_findings(j, a, out);
	put_grade(j, a, out);
	free(j);
}

/* Those that rest on covered facts alone, in the order they had. */
static size_t
keep_covered(
    const struct finding *in, size_t n, bool (*covers)(enum fact_id id), struct finding *out)
{
	size_t kept = 0;

	for (size_t i = 0; i < n; i++) {
		bool all = true;

		for (size_t k = 0; k < N_ELEMENTS(in[i].facts) && in[i].facts[k] != F_NONE; k++)
			all = all && covers(in[i].facts[k]);
		if (!all)
			continue;
		out[kept] = in[i];
		out[kept++].effect = ""; /* there is no grade to have one on */
	}
	return kept;
}

void
assess_part(const struct policy *p, const struct facts *f, bool (*covers)(enum fact_id id),
    struct arena *a, struct assessment *out)
{
	struct assessment all;
	struct finding *hits, *open;

	assess(p, f, a, &all);
	hits = arena_alloc(a, (all.n_findings + 1) * sizeof(*hits));
	open = arena_alloc(a, (all.n_open + 1) * sizeof(*open));
	*out = (struct assessment){.score_protocol = -1,
	    .score_key_exchange = -1,
	    .score_cipher = -1,
	    .score = -1,
	    .findings = hits,
	    .open = open,
	    .n_findings = keep_covered(all.findings, all.n_findings, covers, hits),
	    .n_open = keep_covered(all.open, all.n_open, covers, open)};
	out->complete = out->n_open == 0;
}
