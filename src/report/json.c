/*
 * json - one endpoint as one line of JSON; the schema is data/schema/tlsaudit-report-1.json.
 *
 * The part under "facts" is made from the data dictionary: a fact added there appears here without
 * a line of code.  What is unknown, and what has words beside it, gets "<name>_reason".  A fact
 * nobody asked for is left out, except under "protocols", where readers expect all six.
 */
#include "config.h"

#include <inttypes.h>

#include "base/check.h"
#include "base/text.h"
#include "report/jsonw.h"
#include "report/ops.h"
#include "report/tree.h"
#include "tls/code.h"

/* "0xc02f"; SSLv2 kinds have six digits. */
static void
write_code(struct jsonw *w, uint32_t code, int digits)
{
	char text[16];

	snprintf(text, sizeof(text), "0x%0*" PRIx32, digits, code);
	jsonw_pair(w, "code", text);
}

static void
write_flag(struct jsonw *w, const char *key, const struct suite *s, bool v)
{
	jsonw_key(w, key);
	if (s != NULL)
		jsonw_bool(w, v);
	else
		jsonw_null(w);
}

static void
write_bits(struct jsonw *w, bool known, unsigned bits)
{
	jsonw_key(w, "bits");
	if (known)
		jsonw_int(w, bits);
	else
		jsonw_null(w);
}

/* s is NULL for a code that no registry knows: the server said it, so it is shown. */
static void
write_suite(struct jsonw *w, uint32_t code, int digits, const struct suite *s)
{
	char mark[2] = {s != NULL ? s->recommended : '-', 0};

	jsonw_open(w, '{');
	write_code(w, code, digits);
	jsonw_pair(w, "name", s != NULL ? s->name : NULL);
	jsonw_pair(w, "openssl", s != NULL ? s->openssl : NULL);
	jsonw_pair(w, "kx", s != NULL ? kx_name(s->kx) : NULL);
	jsonw_pair(w, "au", s != NULL ? au_name(s->au) : NULL);
	jsonw_pair(w, "enc", s != NULL ? enc_name(s->enc) : NULL);
	jsonw_pair(w, "mac", s != NULL ? mac_name(s->mac) : NULL);
	write_bits(w, s != NULL, s != NULL ? s->bits : 0);
	write_flag(w, "fs", s, s != NULL && s->fs);
	write_flag(w, "aead", s, s != NULL && s->aead);
	jsonw_pair(w, "recommended", mark[0] != '-' ? mark : NULL);
	jsonw_close(w);
}

static void
write_group(struct jsonw *w, uint16_t code)
{
	static const char *const kinds[] = {[GROUP_UNKNOWN] = NULL,
	    [GROUP_EC] = "ec",
	    [GROUP_FFDHE] = "ffdhe",
	    [GROUP_HYBRID] = "hybrid",
	    [GROUP_MLKEM] = "mlkem",
	    [GROUP_OTHER] = "other"};
	const struct group *g = group_by_code(code);

	jsonw_open(w, '{');
	write_code(w, code, 4);
	jsonw_pair(w, "name", g != NULL ? g->name : NULL);
	jsonw_pair(w, "kind", g != NULL ? kinds[g->kind] : NULL);
	write_bits(w, g != NULL && g->bits > 0, g != NULL ? g->bits : 0);
	jsonw_close(w);
}

static void
write_named(struct jsonw *w, uint16_t code, const char *name)
{
	jsonw_open(w, '{');
	write_code(w, code, 4);
	jsonw_pair(w, "name", name);
	jsonw_close(w);
}

/* One member of a list of code points.  In a record code and name are enough: what they stand for is
 * told once, in the lists of the endpoint. */
static void
write_code_point(struct jsonw *w, enum fact_type type, uint16_t code, bool in_record)
{
	const struct suite *suite = type == FT_SUITES ? suite_by_code(code) : NULL;
	const struct group *group = type == FT_GROUPS ? group_by_code(code) : NULL;
	const struct sigalg *s;

	if (in_record && (type == FT_SUITES || type == FT_GROUPS)) {
		write_named(w, code,
		    suite != NULL ? suite->name
			: group != NULL ? group->name
					: NULL);
		return;
	}
	switch (type) {
	case FT_SUITES:
		write_suite(w, code, 4, suite);
		break;
	case FT_GROUPS:
		write_group(w, code);
		break;
	case FT_SIGALGS:
		s = sigalg_by_code(code);
		write_named(w, code, s != NULL ? s->name : NULL);
		break;
	case FT_EXTS:
		write_named(w, code, ext_name(code));
		break;
	default:
		jsonw_int(w, code);
		break;
	}
}

static void
write_version(struct jsonw *w, uint32_t version)
{
	const char *name = version_name((uint16_t)version);
	char text[16];

	snprintf(text, sizeof(text), "0x%04" PRIx32, version);
	jsonw_str(w, name != NULL ? name : text);
}

static void
write_time(struct jsonw *w, int64_t t)
{
	struct arena *a = arena_new(256);

	jsonw_str(w, text_time(a, t));
	arena_free(a);
}

static void
write_pem(struct jsonw *w, struct span der)
{
	struct arena *a = arena_new(256);

	jsonw_str(w, text_pem(a, "CERTIFICATE", der));
	arena_free(a);
}

static void
write_u16s(struct jsonw *w, enum fact_id id, struct u16s l)
{
	jsonw_open(w, '[');
	for (size_t i = 0; i < l.n; i++)
		write_code_point(
		    w, fact_defs[id].type, l.v[i], fact_defs[id].kind != K_ENDPOINT);
	jsonw_close(w);
}

static void
write_list(struct jsonw *w, const struct facts *f, enum fact_id id)
{
	enum fact_type type = fact_defs[id].type;

	if (type != FT_STRS && type != FT_SUITES2) {
		write_u16s(w, id, fact_u16s(f, id));
		return;
	}

	jsonw_open(w, '[');
	if (type == FT_STRS) {
		for (size_t i = 0; i < fact_n_strs(f, id); i++)
			jsonw_str(w, fact_strs(f, id, i));
	} else {
		struct u32s l = fact_u32s(f, id);

		for (size_t i = 0; i < l.n; i++)
			write_suite(w, l.v[i], 6, suite_ssl2_by_code(l.v[i]));
	}
	jsonw_close(w);
}

static void
write_value(struct jsonw *w, const struct facts *f, enum fact_id id)
{
	switch (fact_defs[id].type) {
	case FT_TRI:
		jsonw_str(w, tri_name(fact_tri(f, id)));
		break;
	case FT_U32:
		jsonw_int(w, fact_u32(f, id));
		break;
	case FT_VERSION:
		write_version(w, fact_u32(f, id));
		break;
	case FT_TIME:
		write_time(w, fact_time(f, id));
		break;
	case FT_STR:
		jsonw_str(w, fact_str(f, id));
		break;
	case FT_HEX:
		jsonw_hex(w, fact_hex(f, id));
		break;
	case FT_DER:
		write_pem(w, fact_hex(f, id));
		break;
	default:
		write_list(w, f, id);
		break;
	}
}

/* Why it is unknown, and the words beside it: "silence: no answer in 8 s". */
static void
write_reason(struct jsonw *w, const struct facts *f, enum fact_id id, const char *name)
{
	const char *note = fact_note(f, id), *why = why_name(fact_why(f, id));
	char key[96], text[512];

	if (note == NULL && fact_known(f, id))
		return;
	snprintf(key, sizeof(key), "%s_reason", name);
	jsonw_key(w, key);
	/* A note that begins with the reason says both: "alert 40 (handshake_failure)". */
	if (fact_known(f, id) || note == NULL || strncmp(note, why, strlen(why)) == 0) {
		jsonw_str(w, note != NULL ? note : why);
		return;
	}
	snprintf(text, sizeof(text), "%s: %s", why, note);
	jsonw_str(w, text);
}

/* What was seen of a list that could not be ended; its reason stands beside it. */
static bool
has_seen(const struct facts *f, enum fact_id id)
{
	enum fact_type t = fact_defs[id].type;
	bool list = t == FT_SUITES || t == FT_GROUPS || t == FT_SIGALGS || t == FT_U16S || t == FT_EXTS;

	return list && fact_seen(f, id).n > 0;
}

static void
write_fact(struct jsonw *w, const struct facts *f, enum fact_id id, const char *name)
{
	jsonw_key(w, name);
	if (fact_known(f, id) || fact_defs[id].type == FT_TRI)
		write_value(w, f, id);
	else if (has_seen(f, id))
		write_u16s(w, id, fact_seen(f, id));
	else
		jsonw_null(w);
	write_reason(w, f, id, name);
}

static void
write_records(struct jsonw *w, const struct facts *f, enum kind kind, const char *name)
{
	jsonw_key(w, name);
	jsonw_open(w, '[');
	for (size_t i = 0; i < fact_rows(f, kind); i++) {
		const struct facts *row = fact_row(f, kind, i);

		jsonw_open(w, '{');
		for (int id = kind_defs[kind].first; id < (int)kind_end(kind); id++)
			if (fact_settled(row, (enum fact_id)id))
				write_fact(w, row, (enum fact_id)id, fact_defs[id].json);
		jsonw_close(w);
	}
	jsonw_close(w);
}

static void
open_object(void *w, const char *name)
{
	jsonw_key(w, name);
	jsonw_open(w, '{');
}

static void
close_object(void *w)
{
	jsonw_close(w);
}

static bool
is_shown(const struct facts *f, const struct tree_leaf *leaf)
{
	if (leaf->kind != K_ENDPOINT)
		return fact_rows(f, leaf->kind) > 0;
	return fact_settled(f, leaf->id) ||
	       (fact_defs[leaf->id].type == FT_TRI && strncmp(leaf->path, "protocols.", 10) == 0);
}

static void
write_facts(struct jsonw *w, const struct facts *f)
{
	struct tree_leaf leaves[TREE_MAX];
	struct tree t = {.open = open_object, .close = close_object, .arg = w};
	size_t n = f != NULL ? tree_order(leaves) : 0;

	jsonw_key(w, "facts");
	jsonw_open(w, '{');
	for (size_t i = 0; i < n; i++) {
		const char *name;

		if (!is_shown(f, &leaves[i]))
			continue;
		name = tree_to(&t, leaves[i].path);
		if (leaves[i].kind == K_ENDPOINT)
			write_fact(w, f, leaves[i].id, name);
		else
			write_records(w, f, leaves[i].kind, name);
	}
	tree_to(&t, NULL);
	jsonw_close(w);
}

/* The JSON paths of what a finding rests on: "suites.tls1_2", "certificates[].key_bits". */
static void
write_paths(struct jsonw *w, const struct finding *f)
{
	jsonw_key(w, "facts");
	jsonw_open(w, '[');
	for (size_t i = 0; i < N_ELEMENTS(f->facts) && f->facts[i] != F_NONE; i++) {
		const struct fact_def *d = &fact_defs[f->facts[i]];
		char path[128];

		snprintf(path, sizeof(path), "%s%s%s", kind_defs[d->kind].json,
		    d->kind != K_ENDPOINT ? "[]." : "", d->json);
		jsonw_str(w, path);
	}
	jsonw_close(w);
}

/* The lines of a fix, where the server's software is known. */
static void
write_config(struct jsonw *w, const struct finding *f)
{
	if (f->n_config == 0)
		return;
	jsonw_key(w, "config");
	jsonw_open(w, '{');
	jsonw_pair(w, "for", f->config_for);
	jsonw_pair(w, "where", f->config_where);
	jsonw_key(w, "lines");
	jsonw_open(w, '[');
	for (size_t i = 0; i < f->n_config; i++)
		jsonw_str(w, f->config[i]);
	jsonw_close(w);
	jsonw_close(w);
}

static void
write_findings(struct jsonw *w, const struct assessment *a)
{
	jsonw_key(w, "findings");
	jsonw_open(w, '[');
	for (size_t i = 0; a != NULL && i < a->n_findings; i++) {
		const struct finding *f = &a->findings[i];

		jsonw_open(w, '{');
		jsonw_pair(w, "id", f->id);
		jsonw_pair(w, "severity", severity_name(f->sev));
		jsonw_pair(w, "title", f->title);
		jsonw_pair(w, "evidence", f->evidence);
		jsonw_pair(w, "fix", f->fix);
		write_config(w, f);
		jsonw_pair(w, "effect", f->effect);
		jsonw_pair(w, "ref", f->ref);
		write_paths(w, f);
		jsonw_close(w);
	}
	jsonw_close(w);
}

static void
write_open(struct jsonw *w, const struct assessment *a)
{
	jsonw_key(w, "open");
	jsonw_open(w, '[');
	for (size_t i = 0; a != NULL && i < a->n_open; i++) {
		jsonw_open(w, '{');
		jsonw_pair(w, "id", a->open[i].id);
		jsonw_pair(w, "title", a->open[i].title);
		jsonw_pair(w, "why", a->open[i].why_open);
		write_paths(w, &a->open[i]);
		jsonw_close(w);
	}
	jsonw_close(w);
}

/* Deviations, advice or waived ones of a compliance policy. */
static void
write_deviations(struct jsonw *w, const char *key, const struct finding *v, size_t n)
{
	jsonw_key(w, key);
	jsonw_open(w, '[');
	for (size_t i = 0; i < n; i++) {
		jsonw_open(w, '{');
		jsonw_pair(w, "id", v[i].id);
		jsonw_pair(w, "title", v[i].title);
		jsonw_pair(w, "evidence", v[i].evidence);
		jsonw_pair(w, "fix", v[i].fix);
		write_config(w, &v[i]);
		jsonw_pair(w, "ref", v[i].ref);
		jsonw_pair(w, "waived", v[i].waived ? v[i].effect : NULL);
		write_paths(w, &v[i]);
		jsonw_close(w);
	}
	jsonw_close(w);
}

static void
write_compliance_open(struct jsonw *w, const struct compliance *c)
{
	jsonw_key(w, "open");
	jsonw_open(w, '[');
	for (size_t i = 0; i < c->n_open; i++) {
		jsonw_open(w, '{');
		jsonw_pair(w, "id", c->open[i].id);
		jsonw_pair(w, "title", c->open[i].title);
		jsonw_pair(w, "level", c->open[i].must ? "must" : "should");
		jsonw_pair(w, "why", c->open[i].why_open);
		write_paths(w, &c->open[i]);
		jsonw_close(w);
	}
	jsonw_close(w);
}

static void
write_compliance(struct jsonw *w, const struct assessment *a)
{
	jsonw_key(w, "compliance");
	jsonw_open(w, '[');
	for (size_t i = 0; i < a->n_compliance; i++) {
		const struct compliance *c = &a->compliance[i];

		jsonw_open(w, '{');
		jsonw_pair(w, "policy", c->policy);
		jsonw_pair(w, "edition", c->edition);
		jsonw_pair(w, "title", c->title);
		jsonw_pair(w, "note", c->note);
		jsonw_pair(w, "passes", tri_name(c->passes));
		jsonw_key(w, "rules");
		jsonw_int(w, (int64_t)c->n_rules);
		write_deviations(w, "deviations", c->deviations, c->n_deviations);
		write_deviations(w, "advice", c->advice, c->n_advice);
		write_deviations(w, "waived", c->waived, c->n_waived);
		write_compliance_open(w, c);
		jsonw_close(w);
	}
	jsonw_close(w);
}

static void
write_explain(struct jsonw *w, const struct assessment *a)
{
	jsonw_key(w, "explain");
	jsonw_open(w, '[');
	for (size_t i = 0; i < a->n_explain; i++) {
		const struct explained *e = &a->explain[i];

		jsonw_open(w, '{');
		jsonw_pair(w, "id", e->id);
		jsonw_pair(w, "title", e->title);
		jsonw_pair(w, "state", rule_state_name(e->state));
		jsonw_pair(w, "effect", e->effect);
		jsonw_pair(w, "facts", e->facts);
		jsonw_close(w);
	}
	jsonw_close(w);
}

static void
write_strings(struct jsonw *w, const char *key, const char *const *v, size_t n)
{
	jsonw_key(w, key);
	jsonw_open(w, '[');
	for (size_t i = 0; i < n; i++)
		jsonw_str(w, v[i]);
	jsonw_close(w);
}

static void
write_score(struct jsonw *w, const char *key, int score)
{
	jsonw_key(w, key);
	if (score >= 0)
		jsonw_int(w, score);
	else
		jsonw_null(w);
}

static void
write_scores(struct jsonw *w, const struct assessment *a)
{
	jsonw_key(w, "scores");
	jsonw_open(w, '{');
	write_score(w, "protocol", a != NULL ? a->score_protocol : -1);
	write_score(w, "key_exchange", a != NULL ? a->score_key_exchange : -1);
	write_score(w, "cipher", a != NULL ? a->score_cipher : -1);
	write_score(w, "total", a != NULL ? a->score : -1);
	jsonw_close(w);
}

static void
write_tool(struct jsonw *w)
{
	jsonw_key(w, "tool");
	jsonw_open(w, '{');
	jsonw_pair(w, "name", PACKAGE_NAME);
	jsonw_pair(w, "version", PACKAGE_VERSION);
	jsonw_close(w);
}

static void
write_target(struct jsonw *w, const struct record *r)
{
	jsonw_key(w, "target");
	jsonw_open(w, '{');
	jsonw_pair(w, "host", r->host);
	jsonw_key(w, "port");
	jsonw_int(w, r->port);
	jsonw_pair(w, "address", r->address);
	jsonw_pair(w, "starttls", r->starttls);
	jsonw_pair(w, "sni", r->sni);
	jsonw_close(w);
}

/* In this order: resume.c reads it back without looking at the rest. */
static void
write_list_place(struct jsonw *w, const struct record_list *l)
{
	char digest[32];

	if (l == NULL)
		return;
	snprintf(digest, sizeof(digest), "%016" PRIx64, l->digest);
	jsonw_key(w, "list");
	jsonw_open(w, '{');
	jsonw_key(w, "seq");
	jsonw_int(w, (int64_t)l->seq);
	jsonw_key(w, "line");
	jsonw_int(w, (int64_t)l->line);
	jsonw_key(w, "record");
	jsonw_int(w, l->record);
	jsonw_key(w, "records");
	jsonw_int(w, l->records);
	jsonw_pair(w, "digest", digest);
	jsonw_close(w);
}

bool
report_json(FILE *to, const struct record *r)
{
	const struct assessment *a = r->assessment;
	struct jsonw w;

	jsonw_init(&w, to, false);
	jsonw_open(&w, '{');
	jsonw_pair(&w, "schema_version", "1.0");
	write_tool(&w);
	write_target(&w, r);
	write_list_place(&w, r->list);
	jsonw_key(&w, "time");
	write_time(&w, r->time);
	jsonw_pair(&w, "status", r->status);
	jsonw_pair(&w, "status_detail", r->status_detail);
	jsonw_pair(&w, "grade", a != NULL ? a->grade : NULL);
	jsonw_pair(&w, "grade_trust_ignored", a != NULL ? a->grade_trust_ignored : NULL);
	jsonw_key(&w, "complete");
	jsonw_bool(&w, a != NULL && a->complete);
	jsonw_pair(&w, "policy", r->policy);
	write_scores(&w, a);
	jsonw_key(&w, "connections");
	jsonw_int(&w, r->connections);
	jsonw_key(&w, "elapsed_ms");
	jsonw_int(&w, r->elapsed_ms);
	write_facts(&w, r->facts);
	write_findings(&w, a);
	write_open(&w, a);
	write_strings(&w, "reasons", a != NULL ? a->reasons : NULL, a != NULL ? a->n_reasons : 0);
	write_strings(&w, "lifts", a != NULL ? a->lifts : NULL, a != NULL ? a->n_lifts : 0);
	if (a != NULL && a->n_compliance > 0)
		write_compliance(&w, a);
	if (a != NULL && a->n_explain > 0)
		write_explain(&w, a);
	jsonw_close(&w);
	return jsonw_end(&w);
}

static bool
record(struct report *out, const struct record *r)
{
	return report_json(out->to, r);
}

const struct report_ops ops_json = {.record = record};
