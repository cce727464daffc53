/*
 * github - annotations of GitHub Actions, and a table in the step's summary.
 *
 *	::error file=hosts.txt,line=7,title=rc4::www.example.org:443: RC4 is accepted (...)
 *
 * GitHub shows ten annotations of each level and step, so each endpoint has one line in
 * $GITHUB_STEP_SUMMARY as well, with everything that was found.  Commands are one line; '%' and
 * line ends in a message are %25, %0D and %0A (the toolkit's rules), so no text of a server
 * begins a command of its own.
 */
#include "report/ops.h"

#include "report/escape.h"
#include "report/status.h"

struct github {
	FILE *summary; /* or NULL */
	bool compliance; /* it has a column for that */
};

static bool
begin(struct report *out)
{
	struct github *g = out->state;

	if (out->o->summary == NULL || *out->o->summary == '\0')
		return true;
	g->summary = fopen(out->o->summary, "ae");
	if (g->summary == NULL)
		return false;
	g->compliance = out->o->n_compliance > 0;
	fprintf(g->summary, "### tlsaudit\n\n| Endpoint | Address | Grade | Findings |%s\n"
			    "| --- | --- | --- | --- |%s\n",
	    g->compliance ? " Compliance |" : "", g->compliance ? " --- |" : "");
	return true;
}

static void
command(FILE *to, const char *level, const struct record *r, const char *title, const char *text,
    struct arena *a)
{
	fprintf(to, "::%s file=", level);
	escape_github(to, ops_file(r, a), true);
	fprintf(to, ",line=%u,title=", ops_line(r));
	escape_github(to, title, true);
	fputs("::", to);
	escape_github(to, text, false);
	putc('\n', to);
}

/* What fails is an error, or a warning when it is of medium weight; everything else a notice. */
static const char *
level(const struct report *out, const struct finding *f)
{
	if (!ops_fails(out, f))
		return "notice";
	return f->sev >= SEV_HIGH || out->o->gated ? "error"
	       : f->sev == SEV_MEDIUM              ? "warning"
						   : "notice";
}

static void
annotate_each(struct report *out, const struct record *r, const struct finding *v, size_t n,
    struct arena *a)
{
	for (size_t i = 0; i < n; i++)
		command(out->to, level(out, &v[i]), r, v[i].id,
		    arena_printf(a, "%s: %s%s%s", ops_host_port(r, a), v[i].title,
			v[i].evidence != NULL && *v[i].evidence != '\0' ? ": " : "",
			v[i].evidence != NULL ? v[i].evidence : ""),
		    a);
}

static void
annotate(struct report *out, const struct record *r, struct arena *a)
{
	const struct assessment *as = r->assessment;
	const char *where = ops_host_port(r, a);
	const struct finding *v;
	size_t n;

	if (as == NULL)
		command(out->to, r->excused ? "notice" : "error", r, "not assessed",
		    arena_printf(a, "%s: %s%s%s", where, status_words(r->status),
			r->status_detail != NULL ? ": " : "",
			r->status_detail != NULL ? r->status_detail : ""),
		    a);
	for (size_t i = 0; as != NULL && i < r->n_checks; i++)
		if (r->checks[i].result != CHECK_PASS && !r->checks[i].warning)
			command(out->to, "error", r, r->checks[i].name,
			    arena_printf(a, "%s: %s", where, r->checks[i].why), a);
	if (as != NULL)
		annotate_each(out, r, as->findings, as->n_findings, a);
	v = ops_deviations(r, a, &n);
	annotate_each(out, r, v, n, a);
}

/* "mozilla-modern: deviates (tls1_2, key_type)" */
static void
summarise_policy(FILE *to, const struct compliance *c, struct arena *a)
{
	const char *ids = "";

	for (size_t i = 0; i < c->n_deviations; i++)
		ids = arena_printf(a, "%s%s%s", ids, i > 0 ? ", " : " (", c->deviations[i].id);
	escape_markdown(to,
	    arena_printf(a, "%s: %s%s%s", c->policy,
		c->passes == TRI_YES  ? "passes"
		: c->passes == TRI_NO ? "deviates"
				      : "not known",
		ids, c->n_deviations > 0 ? ")" : ""));
}

static void
summarise_compliance(FILE *to, const struct assessment *as, struct arena *a)
{
	for (size_t i = 0; as != NULL && i < as->n_compliance; i++) {
		fputs(i > 0 ? "<br>" : "", to);
		summarise_policy(to, &as->compliance[i], a);
	}
	fputs(" |", to);
}

static void
summarise(const struct github *g, const struct record *r, struct arena *a)
{
	FILE *to = g->summary;
	const struct assessment *as = r->assessment;

	fputs("| ", to);
	escape_markdown(to, ops_host_port(r, a));
	fputs(" | ", to);
	escape_markdown(to, r->address);
	fputs(" | ", to);
	if (as != NULL && as->grade != NULL)
		escape_markdown(to, as->grade);
	else
		putc('-', to);
	fputs(" | ", to);
	if (as == NULL) {
		fputs("not assessed: ", to);
		escape_markdown(to, status_words(r->status));
	}
	for (size_t i = 0; as != NULL && i < as->n_findings; i++) {
		fprintf(to, "%s%s: ", i > 0 ? "<br>" : "", severity_name(as->findings[i].sev));
		escape_markdown(to, as->findings[i].title);
		if (as->findings[i].waived || as->findings[i].known_before)
			fputs(as->findings[i].waived ? " (waived)" : " (known)", to);
	}
	if (as != NULL && as->n_findings == 0)
		fputs("none", to);
	fputs(g->compliance ? " | " : " |", to);
	if (g->compliance)
		summarise_compliance(to, as, a);
	putc('\n', to);
}

static bool
record(struct report *out, const struct record *r)
{
	struct github *g = out->state;
	struct arena *a = arena_new(1 << 20);

	annotate(out, r, a);
	if (g->summary != NULL)
		summarise(g, r, a);
	arena_free(a);
	return ops_written(out->to);
}

static bool
end(struct report *out)
{
	struct github *g = out->state;
	FILE *summary = g->summary;
	bool good;

	g->summary = NULL;
	if (summary == NULL)
		return true;
	putc('\n', summary);
	good = ferror(summary) == 0;
	return fclose(summary) == 0 && good;
}

static void
free_state(struct report *out)
{
	struct github *g = out->state;

	if (g->summary != NULL)
		(void)fclose(g->summary);
}

const struct report_ops ops_github = {.begin = begin,
    .record = record,
    .end = end,
    .free = free_state,
    .state_size = sizeof(struct github)};
