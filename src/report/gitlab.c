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

static bool
record(struct report *out, const struct record *r)
{
	static const char *const severities[] = {[SEV_INFO] = "info",
	    [SEV_LOW] = "minor",
	    [SEV_MEDIUM] = "major",
	    [SEV_HIGH] = "critical",
	    [SEV_CRITICAL] = "blocker"};
	struct gitlab *g = out->state;
	const struct assessment *as = r->assessment;
	struct arena *a = arena_new(1 << 20);
	const char *where = ops_host_port(r, a);

	if (as == NULL && !r->excused)
		issue(&g->w, r, "not_assessed", "critical",
		    arena_printf(a, "%s was not assessed: %s%s%s", where, status_words(r->status),
			r->status_detail != NULL ? ": " : "",
			r->status_detail != NULL ? r->status_detail : ""),
		    a);
	for (size_t i = 0; as != NULL && i < as->n_findings; i++) {
		const struct finding *f = &as->findings[i];

		if (!f->waived)
			issue(&g->w, r, f->id, severities[f->sev],
			    arena_printf(a, "%s: %s%s%s", where, f->title,
				f->evidence != NULL && *f->evidence != '\0' ? ": " : "",
				f->evidence != NULL ? f->evidence : ""),
			    a);
	}
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
