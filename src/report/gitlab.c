/*
 * gitlab - a code quality report of GitLab: an array with one object per finding.
 *
 * An endpoint that could not be assessed is an issue too: not to know is no success.  What the
 * policy waives is left out; new and known findings are told apart by GitLab itself, which
 * compares fingerprints with the target branch.
 */
#include "report/ops.h"

#include "report/jsonw.h"
#include "report/status.h"

struct gitlab {
	struct jsonw w;
};

static bool
begin(struct report *out)
{
	struct gitlab *g = out->state;

	jsonw_init(&g->w, out->to, false);
	jsonw_open(&g->w, '[');
	return ferror(out->to) == 0;
}

static void
issue(struct jsonw *w, const struct record *r, const char *rule, const char *severity,
    const char *text, struct arena *a)
{
	jsonw_open(w, '{');
	jsonw_pair(w, "description", text);
	jsonw_pair(w, "check_name", rule);
	jsonw_pair(w, "fingerprint", ops_fingerprint(r, rule, a));
	jsonw_pair(w, "severity", severity);
	jsonw_key(w, "location");
	jsonw_open(w, '{');
	jsonw_pair(w, "path", ops_file(r, a));
	jsonw_key(w, "lines");
	jsonw_open(w, '{');
	jsonw_key(w, "begin");
	jsonw_int(w, ops_line(r));
	jsonw_close(w);
	jsonw_close(w);
	jsonw_close(w);
}

static void
issues(struct jsonw *w, const struct record *r, const struct finding *v, size_t n, struct arena *a)
{
	static const char *const severities[] = {[SEV_INFO] = "info",
	    [SEV_LOW] = "minor",
	    [SEV_MEDIUM] = "major",
	    [SEV_HIGH] = "critical",
	    [SEV_CRITICAL] = "blocker"};

	for (size_t i = 0; i < n; i++)
		if (!v[i].waived)
			issue(w, r, v[i].id, severities[v[i].sev],
			    arena_printf(a, "%s: %s%s%s", ops_host_port(r, a), v[i].title,
				v[i].evidence != NULL && *v[i].evidence != '\0' ? ": " : "",
				v[i].evidence != NULL ? v[i].evidence : ""),
			    a);
}

static bool
record(struct report *out, const struct record *r)
{
	struct gitlab *g = out->state;
	const struct assessment *as = r->assessment;
	struct arena *a = arena_new(4 << 20);
	const char *where = ops_host_port(r, a);
	const struct finding *v;
	size_t n;

	if (as == NULL && !r->excused)
		issue(&g->w, r, "not_assessed", "critical",
		    arena_printf(a, "%s was not assessed: %s%s%s", where, status_words(r->status),
			r->status_detail != NULL ? ": " : "",
			r->status_detail != NULL ? r->status_detail : ""),
		    a);
	if (as != NULL)
		issues(&g->w, r, as->findings, as->n_findings, a);
	v = ops_deviations(r, a, &n);
	issues(&g->w, r, v, n, a);
	arena_free(a);
	return ferror(out->to) == 0;
}

static bool
end(struct report *out)
{
	struct gitlab *g = out->state;

	jsonw_close(&g->w);
	return jsonw_end(&g->w);
}

const struct report_ops ops_gitlab = {
    .begin = begin, .record = record, .end = end, .state_size = sizeof(struct gitlab)};
