/*
 * sarif - SARIF 2.1.0 (OASIS): one run, a result per finding.
 *
 * The rules are the policy's, and those of --compliance as "mozilla-modern/tls1_2" (3.5.4 calls such
 * ids hierarchical): a result each for what they demand or advise and the server lacks.  GitHub wants a place in a file: the line of --locate or --from, or
 * for want of both a name made of host and port; the endpoint itself is the logical location.
 * partialFingerprints keep a finding the same from run to run (rule, host, port).  What the policy
 * waives is suppressed; with --baseline each result says whether it is new.  An endpoint that could
 * not be assessed, and a rule that could not be judged, are notifications of the invocation: the
 * format has no place for them among the results that viewers would not take for a finding.
 */
#include "config.h"

#include "report/ops.h"

#include <stdlib.h>

#include "report/escape.h"
#include "report/jsonw.h"
#include "report/status.h"

enum { ARENA_CAP = 4 << 20 };

struct sarif {
	struct jsonw w;
	struct arena *arena;         /* of the rules */
	const struct finding *rules; /* what ruleIndex counts in */
	size_t n_rules;
	FILE *notes; /* the notifications, each an object, with commas between them */
	size_t n_notes;
	bool failed; /* an endpoint was not assessed, and nothing excuses it */
};

static const char *
level(enum severity s)
{
	return s >= SEV_HIGH ? "error" : s == SEV_MEDIUM ? "warning" : "note";
}

/* GitHub's scale: from 9.0 on critical, 7.0 high, 4.0 medium, 0.1 low. */
static const char *
security_severity(enum severity s)
{
	static const char *const scores[] = {[SEV_INFO] = NULL,
	    [SEV_LOW] = "2.0",
	    [SEV_MEDIUM] = "5.5",
	    [SEV_HIGH] = "8.0",
	    [SEV_CRITICAL] = "9.5"};

	return scores[s];
}

static void
open_member(struct jsonw *w, const char *key, char kind)
{
	jsonw_key(w, key);
	jsonw_open(w, kind);
}

static void
number(struct jsonw *w, const char *key, int64_t v)
{
	jsonw_key(w, key);
	jsonw_int(w, v);
}

/* "key": { "text": s } */
static void
message(struct jsonw *w, const char *key, const char *s)
{
	open_member(w, key, '{');
	jsonw_pair(w, "text", s != NULL && *s != '\0' ? s : "-");
	jsonw_close(w);
}

static bool
has(const char *s)
{
	return s != NULL && *s != '\0';
}

/* ---- rules ---- */

static void
properties(struct jsonw *w, const struct finding *rule)
{
	open_member(w, "properties", '{');
	if (security_severity(rule->sev) != NULL)
		jsonw_pair(w, "security-severity", security_severity(rule->sev));
	jsonw_pair(w, "precision", "very-high");
	open_member(w, "tags", '[');
	jsonw_str(w, "security");
	jsonw_str(w, "tls");
	jsonw_close(w);
	jsonw_close(w);
}

static void
rule(struct jsonw *w, const struct finding *r, struct arena *a)
{
	jsonw_open(w, '{');
	jsonw_pair(w, "id", r->id);
	jsonw_pair(w, "name", r->id);
	message(w, "shortDescription", r->title);
	message(w, "fullDescription",
	    arena_printf(a, "%s%s%s. %s%s%s%s%s", r->title, has(r->effect) ? " (" : "",
		has(r->effect) ? arena_printf(a, "%s)", r->effect) : "",
		has(r->means) ? r->means : "", has(r->means) ? " " : "",
		has(r->ref) ? "See " : "", has(r->ref) ? r->ref : "", has(r->ref) ? "." : ""));
	message(w, "help", r->fix);
	open_member(w, "defaultConfiguration", '{');
	jsonw_pair(w, "level", level(r->sev));
	jsonw_close(w);
	properties(w, r);
	jsonw_close(w);
}

static void
driver(struct sarif *s)
{
	struct jsonw *w = &s->w;

	open_member(w, "tool", '{');
	open_member(w, "driver", '{');
	jsonw_pair(w, "name", PACKAGE_NAME);
	jsonw_pair(w, "version", PACKAGE_VERSION);
	open_member(w, "rules", '[');
	for (size_t i = 0; i < s->n_rules; i++)
		rule(w, &s->rules[i], s->arena);
	jsonw_close(w);
	jsonw_close(w);
	jsonw_close(w);
}

static bool
begin(struct report *out)
{
	struct sarif *s = out->state;
	struct jsonw *w = &s->w;

	s->notes = spool_open();
	if (s->notes == NULL)
		return false;
	s->arena = arena_new(ARENA_CAP);
	s->rules = ops_rules(out, s->arena, &s->n_rules);
	jsonw_init(w, out->to, false);
	jsonw_open(w, '{');
	jsonw_pair(w, "$schema",
	    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/os/schemas/sarif-schema-2.1.0.json");
	jsonw_pair(w, "version", "2.1.0");
	open_member(w, "runs", '[');
	jsonw_open(w, '{');
	driver(s);
	open_member(w, "automationDetails", '{');
	jsonw_pair(w, "id",
	    arena_printf(s->arena, "%s/%s/", PACKAGE_NAME,
		out->o->list != NULL ? out->o->list : "targets"));
	jsonw_close(w);
	open_member(w, "results", '[');
	return true;
}

/* ---- places ---- */

/* A relative reference (RFC 3986, 4.2): artifactLocation.uri of a file below the working
 * directory. */
static const char *
uri(const char *path, struct arena *a)
{
	char *text = NULL;
	const char *copy;
	size_t n = 0;
	FILE *f;

	while (strncmp(path, "./", 2) == 0)
		path += 2;
	f = open_memstream(&text, &n);
	if (f == NULL)
		return "targets";
	escape_uri(f, path);
	copy = fclose(f) == 0 ? arena_strn(a, text, n) : "targets";
	free(text);
	return copy;
}

static void
locations(struct jsonw *w, const struct record *r, struct arena *a)
{
	open_member(w, "locations", '[');
	jsonw_open(w, '{');
	open_member(w, "physicalLocation", '{');
	open_member(w, "artifactLocation", '{');
	jsonw_pair(w, "uri", uri(ops_file(r, a), a));
	jsonw_close(w);
	open_member(w, "region", '{');
	number(w, "startLine", ops_line(r));
	number(w, "startColumn", 1);
	number(w, "endLine", ops_line(r));
	number(w, "endColumn", 2);
	jsonw_close(w);
	jsonw_close(w);
	open_member(w, "logicalLocations", '[');
	jsonw_open(w, '{');
	jsonw_pair(w, "name", ops_host_port(r, a));
	jsonw_pair(w, "fullyQualifiedName",
	    r->address != NULL ? arena_printf(a, "%s@%s", ops_host_port(r, a), r->address)
			       : ops_host_port(r, a));
	jsonw_pair(w, "kind", "endpoint");
	jsonw_close(w);
	jsonw_close(w);
	jsonw_close(w);
	jsonw_close(w);
}

/* ---- results ---- */

static int
index_of(const struct sarif *s, const char *id)
{
	for (size_t i = 0; i < s->n_rules; i++)
		if (strcmp(s->rules[i].id, id) == 0)
			return (int)i;
	return -1;
}

static void
suppressions(struct jsonw *w, const struct finding *f)
{
	if (!f->waived)
		return;
	open_member(w, "suppressions", '[');
	jsonw_open(w, '{');
	jsonw_pair(w, "kind", "external");
	jsonw_pair(w, "justification", f->effect);
	jsonw_close(w);
	jsonw_close(w);
}

static void
result(struct report *out, const struct record *r, const struct finding *f, struct arena *a)
{
	struct sarif *s = out->state;
	struct jsonw *w = &s->w;
	const char *print = ops_fingerprint(r, f->id, a);
	int index = index_of(s, f->id);

	jsonw_open(w, '{');
	jsonw_pair(w, "ruleId", f->id);
	if (index >= 0)
		number(w, "ruleIndex", index);
	jsonw_pair(w, "level", level(f->sev));
	message(w, "message",
	    arena_printf(a, "%s: %s%s%s%s%s", ops_host_port(r, a), f->title,
		has(f->evidence) ? " (" : "", has(f->evidence) ? f->evidence : "",
		has(f->evidence) ? ")" : "", has(f->fix) ? arena_printf(a, ". %s", f->fix) : ""));
	locations(w, r, a);
	open_member(w, "partialFingerprints", '{');
	jsonw_pair(w, "tlsauditFinding/v1", print);
	jsonw_pair(w, "primaryLocationLineHash", print);
	jsonw_close(w);
	if (out->o->baseline)
		jsonw_pair(w, "baselineState", f->known_before ? "unchanged" : "new");
	suppressions(w, f);
	jsonw_close(w);
}

/* ---- notifications ---- */

static void
note(struct sarif *s, const struct record *r, const char *kind, const char *lvl, const char *rule_id,
    const char *text, struct arena *a)
{
	struct jsonw w;

	if (s->n_notes++ > 0)
		putc(',', s->notes);
	jsonw_init(&w, s->notes, false);
	jsonw_open(&w, '{');
	open_member(&w, "descriptor", '{');
	jsonw_pair(&w, "id", kind);
	jsonw_close(&w);
	if (rule_id != NULL) {
		open_member(&w, "associatedRule", '{');
		jsonw_pair(&w, "id", rule_id);
		jsonw_close(&w);
	}
	jsonw_pair(&w, "level", lvl);
	message(&w, "message", text);
	locations(&w, r, a);
	jsonw_close(&w);
}

static void
not_assessed(struct sarif *s, const struct record *r, struct arena *a)
{
	s->failed = s->failed || !r->excused;
	note(s, r, r->status, r->excused ? "note" : "error", NULL,
	    arena_printf(a, "%s was not assessed: %s%s%s", ops_host_port(r, a),
		status_words(r->status), has(r->status_detail) ? ": " : "",
		has(r->status_detail) ? r->status_detail : ""),
	    a);
}

static void
results(struct report *out, const struct record *r, const struct finding *v, size_t n, struct arena *a)
{
	for (size_t i = 0; i < n; i++)
		result(out, r, &v[i], a);
}

static void
not_judged(struct sarif *s, const struct record *r, const struct finding *v, size_t n, struct arena *a)
{
	for (size_t i = 0; i < n; i++)
		if (!finding_not_asked(r->facts, &v[i]))
			note(s, r, "open", "note", v[i].id,
			    arena_printf(a, "%s: not judged: %s (%s)", ops_host_port(r, a), v[i].title,
				v[i].why_open),
			    a);
}

static bool
record(struct report *out, const struct record *r)
{
	struct sarif *s = out->state;
	const struct assessment *as = r->assessment;
	struct arena *a = arena_new(ARENA_CAP);
	const struct finding *v;
	size_t n;

	if (as == NULL) {
		not_assessed(s, r, a);
	} else {
		results(out, r, as->findings, as->n_findings, a);
		v = ops_deviations(r, a, &n);
		results(out, r, v, n, a);
		not_judged(s, r, as->open, as->n_open, a);
		v = ops_deviations_open(r, a, &n);
		not_judged(s, r, v, n, a);
	}
	arena_free(a);
	return ferror(out->to) == 0 && ferror(s->notes) == 0;
}

static bool
end(struct report *out)
{
	struct sarif *s = out->state;
	FILE *notes = s->notes;
	struct jsonw *w = &s->w;
	bool good;

	s->notes = NULL;
	jsonw_close(w);
	jsonw_pair(w, "columnKind", "unicodeCodePoints");
	open_member(w, "invocations", '[');
	jsonw_open(w, '{');
	jsonw_key(w, "executionSuccessful");
	jsonw_bool(w, !s->failed);
	open_member(w, "toolExecutionNotifications", '[');
	good = spool_close(notes, out->to);
	jsonw_close(w);
	jsonw_close(w);
	jsonw_close(w);
	jsonw_close(w);
	jsonw_close(w);
	jsonw_close(w);
	return jsonw_end(w) && good;
}

static void
free_state(struct report *out)
{
	struct sarif *s = out->state;

	if (s->notes != NULL)
		(void)fclose(s->notes);
	if (s->arena != NULL)
		arena_free(s->arena);
}

const struct report_ops ops_sarif = {.begin = begin,
    .record = record,
    .end = end,
    .free = free_state,
    .state_size = sizeof(struct sarif)};
