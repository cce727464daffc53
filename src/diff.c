/* diff - see diff.h: status, grade, findings, versions, suites, groups; the rest is diff_pki.c. */
#include "diff_internal.h"

#include <stdarg.h>
#include <stdio.h>

#include "gate.h"
#include "report/ops.h"
#include "tls/code.h"

const char *
diff_word(enum diff_kind kind)
{
	static const char *const words[] = {"changed", "better", "worse"};

	return words[kind];
}

void
diff_put(struct diffing *d, enum diff_kind kind, const char *what, const char *text)
{
	d->out->count[kind]++;
	if (d->out->n == DIFF_CHANGES) {
		d->out->left_out++;
		return;
	}
	d->out->v[d->out->n++] = (struct change){kind, what, text};
}

/* ---- status and grade ---- */

static void
status(struct diffing *d)
{
	bool was = d->before->assessment != NULL, is = d->after->assessment != NULL;
	const char *a = d->before->status, *b = d->after->status;

	if (was != is)
		diff_put(d, is ? DIFF_BETTER : DIFF_WORSE, "status",
		    arena_printf(d->arena, "status: %s, was %s", b, a));
	else if (!is && strcmp(a, b) != 0)
		diff_put(
		    d, DIFF_CHANGED, "status", arena_printf(d->arena, "status: %s, was %s", b, a));
}

static void
grade(struct diffing *d)
{
	const char *a = d->before->assessment->grade, *b = d->after->assessment->grade;
	int from = gate_grade_rank(a), to = gate_grade_rank(b);

	if (from == to)
		return;
	diff_put(d,
	    from < 0 || to < 0 ? DIFF_CHANGED
	    : to > from        ? DIFF_WORSE
			       : DIFF_BETTER,
	    "grade",
	    arena_printf(d->arena, "grade: %s, was %s", b != NULL ? b : "none",
		a != NULL ? a : "none"));
}

/* ---- tickets ---- */

static void
tickets(struct diffing *d)
{
	static const struct {
		enum fact_id later, age, key_new;
		const char *what;
	} kinds[] = {
	    {F_TICKET_LATER, F_TICKET_LATER_AGE, F_TICKET_KEY_NEW, "tickets"},
	    {F_PSK_LATER, F_PSK_LATER_AGE, F_PSK_KEY_NEW, "tickets of TLS 1.3"},
	};
	const struct facts *f = d->after->facts;

	for (size_t i = 0; f != NULL && i < N_ELEMENTS(kinds); i++) {
		if (fact_yes(f, kinds[i].key_new))
			diff_put(d, DIFF_CHANGED, "tickets",
			    arena_printf(d->arena, "%s: under a new key", kinds[i].what));
		if (fact_tri(f, kinds[i].later) == TRI_NO)
			diff_put(d, DIFF_CHANGED, "tickets",
			    arena_printf(d->arena, "%s: one of %u s ago is not taken any more", kinds[i].what,
				fact_u32(f, kinds[i].age)));
	}
}

/* ---- findings ---- */

/* Findings of one that the other has not.  An open rule there is no answer. */
static void
findings_only_in(struct diffing *d, const struct assessment *one, const struct assessment *other,
    enum diff_kind kind, const char *word)
{
	for (size_t i = 0; i < one->n_findings; i++) {
		const struct finding *f = &one->findings[i];
		bool open = finding_by_id(other->open, other->n_open, f->id) != NULL;

		if (finding_by_id(other->findings, other->n_findings, f->id) != NULL)
			continue;
		diff_put(d, open || f->waived || f->sev < SEV_LOW ? DIFF_CHANGED : kind, "finding",
		    arena_printf(d->arena, "%s: %s (%s, %s)%s", word, f->title, f->id,
			severity_name(f->sev),
			!open                  ? ""
			: kind == DIFF_WORSE   ? "; it could not be judged before"
					       : "; it cannot be judged any more"));
	}
}

static void
findings(struct diffing *d)
{
	const struct assessment *a = d->before->assessment, *b = d->after->assessment;

	findings_only_in(d, b, a, DIFF_WORSE, "new finding");
	findings_only_in(d, a, b, DIFF_BETTER, "gone");
}

/* ---- versions, suites, groups ---- */

static void
protocols(struct diffing *d)
{
	static const struct {
		enum fact_id id;
		const char *name;
		bool wanted;
	} versions[] = {{F_PROTO_SSL2, "SSLv2", false}, {F_PROTO_SSL3, "SSLv3", false},
	    {F_PROTO_TLS1_0, "TLS 1.0", false}, {F_PROTO_TLS1_1, "TLS 1.1", false},
	    {F_PROTO_TLS1_2, "TLS 1.2", true}, {F_PROTO_TLS1_3, "TLS 1.3", true}};

	for (size_t i = 0; i < N_ELEMENTS(versions); i++) {
		enum tri a = fact_tri(d->f, versions[i].id), b = fact_tri(d->g, versions[i].id);

		if (a == b || a == TRI_UNKNOWN || b == TRI_UNKNOWN)
			continue;
		diff_put(d, (b == TRI_YES) == versions[i].wanted ? DIFF_BETTER : DIFF_WORSE,
		    "protocol",
		    arena_printf(d->arena, "%s is %s", versions[i].name,
			b == TRI_YES ? "accepted now" : "not accepted any more"));
	}
}

static bool
is_weak(uint16_t code)
{
	static const char *const props[] = {"bits<112", "anon", "export", "null", "enc:RC4", "block64"};
	const struct suite *s = suite_by_code(code);

	for (size_t i = 0; i < N_ELEMENTS(props); i++)
		if (suite_has(s, props[i]))
			return true;
	return false;
}

static const char *
code_name(struct diffing *d, enum fact_type type, uint16_t code)
{
	const struct suite *s = type == FT_SUITES ? suite_by_code(code) : NULL;
	const struct group *g = type == FT_GROUPS ? group_by_code(code) : NULL;
	const struct sigalg *x = type == FT_SIGALGS ? sigalg_by_code(code) : NULL;

	return s != NULL   ? s->name
	       : g != NULL ? g->name
	       : x != NULL ? x->name
			   : arena_printf(d->arena, "0x%04x", code);
}

/* Code points of one list that are not in the other, weak ones apart: each lot is one change. */
static void
codes_only_in(struct diffing *d, enum fact_id id, struct u16s one, struct u16s other, bool gained,
    bool weak)
{
	const char *list = NULL, *word = gained ? "accepted now" : "not accepted any more";
	enum fact_type type = fact_defs[id].type;

	for (size_t i = 0; i < one.n; i++) {
		const char *name;

		if (u16s_has(other, one.v[i]) ||
		    (type == FT_SUITES && is_weak(one.v[i])) != weak)
			continue;
		name = code_name(d, type, one.v[i]);
		list = list == NULL ? name : arena_printf(d->arena, "%s, %s", list, name);
	}
	if (list == NULL)
		return;
	diff_put(d,
	    !weak    ? DIFF_CHANGED
	    : gained ? DIFF_WORSE
		     : DIFF_BETTER,
	    type == FT_SUITES ? "suites" : type == FT_GROUPS ? "groups" : "sigalgs",
	    arena_printf(d->arena, "%s: %s: %s", fact_defs[id].json, word, list));
}

static bool
same_order(struct u16s a, struct u16s b)
{
	return a.n == b.n && (a.n == 0 || memcmp(a.v, b.v, a.n * sizeof(*a.v)) == 0);
}

static void
codes(struct diffing *d, enum fact_id id)
{
	struct u16s a = fact_u16s(d->f, id), b = fact_u16s(d->g, id);
	size_t before = d->out->n;

	if (!fact_known(d->f, id) || !fact_known(d->g, id))
		return;
	for (int weak = 0; weak < 2; weak++) {
		codes_only_in(d, id, b, a, true, weak != 0);
		codes_only_in(d, id, a, b, false, weak != 0);
	}
	if (d->out->n == before && !same_order(a, b))
		diff_put(d, DIFF_CHANGED,
		    fact_defs[id].type == FT_SUITES   ? "suites"
		    : fact_defs[id].type == FT_GROUPS ? "groups"
						      : "sigalgs",
		    arena_printf(d->arena, "%s: in another order", fact_defs[id].json));
}

/* ---- other facts of the endpoint ---- */

/* Facts that follow from others are told by those; what differs each time says nothing. */
static bool
is_told(enum fact_id id)
{
	static const char *const prefixes[] = {"features.", "http.", "resumption.", "renegotiation.",
	    "vulnerabilities.", "intolerance.", "dh.", "groups."};

	if (id >= F_TICKET_LATER && id <= F_PSK_KEY_NEW) /* see tickets() */
		return false;
	if (id == F_RANDOM_TIME || id == F_CLOCK_SKEW || id == F_EXTENSIONS)
		return false;
	for (size_t i = 0; i < N_ELEMENTS(prefixes); i++)
		if (strncmp(fact_defs[id].json, prefixes[i], strlen(prefixes[i])) == 0)
			return true;
	return false;
}

static const char *
value(struct diffing *d, const struct facts *f, enum fact_id id)
{
	const char *list = "";

	switch (fact_defs[id].type) {
	case FT_TRI:
		return fact_tri(f, id) != TRI_UNKNOWN ? tri_name(fact_tri(f, id)) : NULL;
	case FT_U32:
		return arena_printf(d->arena, "%u", (unsigned)fact_u32(f, id));
	case FT_STR:
		return fact_str(f, id);
	case FT_STRS:
		for (size_t i = 0; i < fact_n_strs(f, id); i++)
			list = arena_printf(
			    d->arena, "%s%s%s", list, i > 0 ? " " : "", fact_strs(f, id, i));
		return list[0] != '\0' ? list : "none";
	default:
		return NULL;
	}
}

static void
fact(struct diffing *d, enum fact_id id)
{
	const char *a, *b;
	bool flaw = strncmp(fact_defs[id].json, "vulnerabilities.", 16) == 0;

	if (!is_told(id) || !fact_known(d->f, id) || !fact_known(d->g, id))
		return;
	a = value(d, d->f, id);
	b = value(d, d->g, id);
	if (a == NULL || b == NULL || strcmp(a, b) == 0)
		return;
	diff_put(d,
	    !flaw                        ? DIFF_CHANGED
	    : fact_yes(d->g, id)         ? DIFF_WORSE
					 : DIFF_BETTER,
	    "fact", arena_printf(d->arena, "%s: %s, was %s", fact_defs[id].json, b, a));
}

/* ---- the whole ---- */

static void
worst_first(struct diff *out)
{
	for (size_t i = 1; i < out->n; i++) { /* stable */
		struct change x = out->v[i];
		size_t k = i;

		for (; k > 0 && out->v[k - 1].kind < x.kind; k--)
			out->v[k] = out->v[k - 1];
		out->v[k] = x;
	}
}

void
diff_records(const struct record *before, const struct record *after, struct arena *a,
    struct diff *out)
{
	struct diffing d = {
	    .before = before, .after = after, .f = before->facts, .g = after->facts, .arena = a,
	    .out = out};

	*out = (struct diff){0};
	status(&d);
	if (before->assessment == NULL || after->assessment == NULL)
		return;
	grade(&d);
	tickets(&d);
	findings(&d);
	protocols(&d);
	for (int id = kind_defs[K_ENDPOINT].first; id < (int)kind_end(K_ENDPOINT); id++) {
		enum fact_type type = fact_defs[id].type;

		if (type == FT_SUITES || type == FT_GROUPS || type == FT_SIGALGS)
			codes(&d, (enum fact_id)id);
	}
	diff_pki(&d);
	diff_clients(&d);
	for (int id = kind_defs[K_ENDPOINT].first; id < (int)kind_end(K_ENDPOINT); id++)
		fact(&d, (enum fact_id)id);
	worst_first(out);
}
