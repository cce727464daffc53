/*
 * csv - a table with one line per endpoint (RFC 4180), for spreadsheets.
 *
 * The first line names the columns; their number and order stay as they are, new ones come last.
 * Texts stand in quotes and are never taken for formulas (escape.h); what is unknown is "unknown"
 * where the column says yes or no, and empty elsewhere.
 */
#include "report/ops.h"

#include <inttypes.h>

#include "base/text.h"
#include "report/escape.h"

struct row { /* one line on its way */
	FILE *to;
	const struct record *r;
	const struct facts *f;       /* or NULL */
	const struct assessment *as; /* or NULL */
	const struct facts *leaf;    /* or NULL */
	struct arena *arena;
	bool begun;
};

static void
between(struct row *w)
{
	if (w->begun)
		putc(',', w->to);
	w->begun = true;
}

static void
text(struct row *w, const char *s)
{
	between(w);
	if (s != NULL)
		escape_csv(w->to, s);
}

static void
number(struct row *w, bool known, int64_t v)
{
	between(w);
	if (known)
		fprintf(w->to, "%" PRId64, v);
}

static void
date(struct row *w, bool known, int64_t t)
{
	text(w, known ? text_time(w->arena, t) : NULL);
}

static void
tri(struct row *w, enum fact_id id)
{
	text(w, w->f != NULL ? tri_name(fact_tri(w->f, id)) : NULL);
}

static void
word(struct row *w, const struct facts *f, enum fact_id id)
{
	text(w, f != NULL ? fact_str(f, id) : NULL);
}

/* ---- columns ---- */

static void
put_target(struct row *w)
{
	text(w, w->r->host);
	number(w, true, w->r->port);
	text(w, w->r->address);
	text(w, w->r->starttls);
	text(w, w->r->sni);
	date(w, true, w->r->time);
	text(w, w->r->status);
	text(w, w->r->status_detail);
}

static void
put_grade(struct row *w)
{
	static const struct assessment none = {
	    .score_protocol = -1, .score_key_exchange = -1, .score_cipher = -1, .score = -1};
	const struct assessment *a = w->as != NULL ? w->as : &none;

	text(w, a->grade);
	text(w, a->grade_trust_ignored);
	text(w, w->as != NULL ? a->complete ? "yes" : "no" : NULL);
	text(w, w->r->policy);
	number(w, a->score >= 0, a->score);
	number(w, a->score_protocol >= 0, a->score_protocol);
	number(w, a->score_key_exchange >= 0, a->score_key_exchange);
	number(w, a->score_cipher >= 0, a->score_cipher);
}

static void
put_protocols(struct row *w)
{
	static const enum fact_id ids[] = {F_PROTO_SSL2, F_PROTO_SSL3, F_PROTO_TLS1_0,
	    F_PROTO_TLS1_1, F_PROTO_TLS1_2, F_PROTO_TLS1_3};

	for (size_t i = 0; i < N_ELEMENTS(ids); i++)
		tri(w, ids[i]);
	word(w, w->f, F_FORWARD_SECRECY);
	word(w, w->f, F_RC4);
	word(w, w->f, F_BEAST);
	word(w, w->f, F_HSTS);
}

static void
put_leaf(struct row *w)
{
	const struct facts *c = w->leaf;

	word(w, c, F_CERT_SUBJECT);
	word(w, c, F_CERT_ISSUER);
	date(w, c != NULL && fact_known(c, F_CERT_NOT_BEFORE),
	    c != NULL ? fact_time(c, F_CERT_NOT_BEFORE) : 0);
	date(w, c != NULL && fact_known(c, F_CERT_NOT_AFTER),
	    c != NULL ? fact_time(c, F_CERT_NOT_AFTER) : 0);
	number(w, c != NULL && fact_known(c, F_CERT_NOT_AFTER),
	    c != NULL ? (fact_time(c, F_CERT_NOT_AFTER) - ops_now(w->r)) / 86400 : 0);
	word(w, c, F_CERT_KEY_TYPE);
	number(w, c != NULL && fact_known(c, F_CERT_KEY_BITS),
	    c != NULL ? fact_u32(c, F_CERT_KEY_BITS) : 0);
	word(w, c, F_CERT_SIG_ALG);
	text(w, c != NULL ? text_hex(w->arena, fact_hex(c, F_CERT_SHA256)) : NULL);
}

/* The verdict of one store on the first deployment that it judged. */
static const char *
verdict(const struct row *w, const char *store)
{
	for (size_t i = 0; w->f != NULL && i < fact_rows(w->f, K_TRUST); i++) {
		const struct facts *row = fact_row(w->f, K_TRUST, i);
		const char *name = fact_str(row, F_TRUST_STORE);

		if (name != NULL && strcmp(name, store) == 0)
			return fact_str(row, F_TRUST_VERDICT);
	}
	return NULL;
}

static void
put_trust(struct row *w)
{
	static const char *const stores[] = {
	    "mozilla", "microsoft", "apple", "chrome", "android", "java"};

	tri(w, F_TRUSTED);
	tri(w, F_CHAIN_INCOMPLETE);
	tri(w, F_NAME_OK);
	for (size_t i = 0; i < N_ELEMENTS(stores); i++)
		text(w, verdict(w, stores[i]));
}

static void
put_findings(struct row *w)
{
	const char *ids = NULL;

	for (size_t i = 0; w->as != NULL && i < w->as->n_findings; i++)
		ids = ids == NULL ? w->as->findings[i].id
				  : arena_printf(w->arena, "%s %s", ids, w->as->findings[i].id);
	number(w, w->as != NULL, w->as != NULL ? (int64_t)w->as->n_findings : 0);
	text(w, w->as != NULL && w->as->n_findings > 0 ? severity_name(w->as->findings[0].sev)
						       : NULL);
	text(w, ids);
	number(w, w->as != NULL, w->as != NULL ? (int64_t)w->as->n_open : 0);
	text(w, w->as != NULL && w->as->n_reasons > 0 ? w->as->reasons[0] : NULL);
	number(w, true, w->r->connections);
	number(w, true, w->r->elapsed_ms);
}

/* The names of the policies of which this is so: "nist-800-52r2 pci-dss-4". */
static const char *
policies(const struct row *w, enum tri passes)
{
	const char *names = NULL;

	for (size_t i = 0; w->as != NULL && i < w->as->n_compliance; i++) {
		const struct compliance *c = &w->as->compliance[i];

		if (c->passes == passes)
			names = names == NULL ? c->policy
					      : arena_printf(w->arena, "%s %s", names, c->policy);
	}
	return names;
}

/* What they find: deviations, which must be otherwise, or advice. */
static const char *
deviations(const struct row *w, bool must)
{
	const char *ids = NULL;
	size_t n;
	const struct finding *v = ops_deviations(w->r, w->arena, &n);

	for (size_t i = 0; i < n; i++)
		if (v[i].must == must && !v[i].waived)
			ids = ids == NULL ? v[i].id : arena_printf(w->arena, "%s %s", ids, v[i].id);
	return ids;
}

static void
put_compliance(struct row *w)
{
	text(w, policies(w, TRI_YES));
	text(w, policies(w, TRI_NO));
	text(w, policies(w, TRI_UNKNOWN));
	text(w, deviations(w, true));
	text(w, deviations(w, false));
}

static bool
begin(struct report *out)
{
	fputs("host,port,address,starttls,sni,time,status,status_detail,"
	      "grade,grade_trust_ignored,complete,policy,score,score_protocol,"
	      "score_key_exchange,score_cipher,"
	      "ssl2,ssl3,tls1_0,tls1_1,tls1_2,tls1_3,forward_secrecy,rc4,beast,hsts,"
	      "subject,issuer,not_before,not_after,days_left,key_type,key_bits,"
	      "signature_algorithm,sha256,"
	      "trusted,chain_incomplete,name_matches,mozilla,microsoft,apple,chrome,android,java,"
	      "findings,worst_severity,finding_ids,open,reason,connections,elapsed_ms,"
	      "compliance_passed,compliance_failed,compliance_open,deviations,advice\r\n",
	    out->to);
	return ops_written(out->to);
}

static bool
record(struct report *out, const struct record *r)
{
	struct row w = {.to = out->to,
	    .r = r,
	    .f = ops_assessed(r) ? r->facts : NULL,
	    .as = r->assessment,
	    .arena = arena_new(4 << 20)};

	w.leaf = ops_leaf(w.f);
	put_target(&w);
	put_grade(&w);
	put_protocols(&w);
	put_leaf(&w);
	put_trust(&w);
	put_findings(&w);
	put_compliance(&w);
	fputs("\r\n", out->to);
	arena_free(w.arena);
	return ops_written(out->to);
}

const struct report_ops ops_csv = {.begin = begin, .record = record};
