/* chainfile - see chainfile.h. */
#include "config.h"

#include "chainfile.h"

#include <errno.h>
#include <stdlib.h>
#include <time.h>

#include "base/xalloc.h"
#include "derive/deployment.h"
#include "fixfile.h"
#include "job.h"
#include "judge.h"
#include "output.h"
#include "pki/certfile.h"
#include "probe.h"
#include "setup.h"

enum { ARENA_CAP = 16 << 20, ERR_SIZE = 512, CHUNK = 64 * 1024, NAME_MAX_BYTES = 4096 };

extern const struct probe probe_trust;

struct chainfile {
	const struct options *o;
	struct arena *arena;
	struct store_set *stores;
	struct policy *policy;
	struct judge judge;
	uint32_t asked; /* STORE_BIT()s */
	int64_t begun, now;
	struct span bytes;
	struct certfile file;
	struct facts *facts;
	char err[ERR_SIZE];
};

/* ---- the file ---- */

/* All bytes of a file or pipe; "-" is standard input. */
static bool
read_all(struct chainfile *c, FILE *f)
{
	uint8_t *buf = NULL;
	size_t n = 0, got;

	do {
		buf = xrealloc(buf, n + CHUNK);
		got = fread(buf + n, 1, CHUNK, f);
		n += got;
	} while (got == CHUNK && n <= CERTFILE_MAX_BYTES);
	if (n > CERTFILE_MAX_BYTES)
		(void)snprintf(c->err, sizeof(c->err), "--chain: %s: too large", c->o->chain);
	else if (ferror(f))
		(void)snprintf(
		    c->err, sizeof(c->err), "--chain: %s: %s", c->o->chain, strerror(errno));
	else
		c->bytes = arena_span(c->arena, (struct span){buf, n});
	free(buf);
	return c->err[0] == '\0';
}

static bool
read_file(struct chainfile *c)
{
	bool is_stdin = strcmp(c->o->chain, "-") == 0, good;
	FILE *f = is_stdin ? stdin : fopen(c->o->chain, "rbe");

	if (f == NULL) {
		(void)snprintf(
		    c->err, sizeof(c->err), "--chain: %s: %s", c->o->chain, strerror(errno));
		return false;
	}
	good = read_all(c, f);
	if (!is_stdin)
		(void)fclose(f);
	if (!good || certfile_read(c->bytes, c->arena, &c->file))
		return good;
	if (c->file.line > 0)
		(void)snprintf(c->err, sizeof(c->err), "--chain: %s:%zu: %s", c->o->chain,
		    c->file.line, c->file.problem);
	else
		(void)snprintf(
		    c->err, sizeof(c->err), "--chain: %s: %s", c->o->chain, c->file.problem);
	return false;
}

static bool
load(struct chainfile *c)
{
	c->stores = store_set_new();
	c->policy = setup_policy(c->o, c->err, sizeof(c->err));
	return c->policy != NULL && judge_open(&c->judge, c->o, c->policy, c->err, sizeof(c->err)) &&
	       setup_stores(c->stores, c->o, c->err, sizeof(c->err)) &&
	       setup_asked(c->stores, c->o, &c->asked, c->err, sizeof(c->err)) && read_file(c);
}

/* ---- the facts ---- */

/* The row of these bytes; certificates come once, however often they are sent. */
static uint16_t
cert_row(struct facts *f, struct span der)
{
	struct facts *row;

	for (size_t i = 0; i < fact_rows(f, K_CERT); i++)
		if (span_eq(fact_hex(fact_row(f, K_CERT, i), F_CERT_DER), der))
			return (uint16_t)i;
	row = fact_add(f, K_CERT);
	fact_put_hex(row, F_CERT_DER, der);
	return (uint16_t)(fact_rows(f, K_CERT) - 1);
}

/* What the probe `certificates` puts, as far as a file tells it. */
static void
put_flight(struct chainfile *c)
{
	struct facts *f = c->facts, *row = fact_add(f, K_FLIGHT);
	uint16_t chain[CERTFILE_MAX_CERTS];

	for (size_t i = 0; i < c->file.n; i++)
		chain[i] = cert_row(f, c->file.certs[i]);
	fact_put_u16s(row, F_FLIGHT_CHAIN, (struct u16s){chain, c->file.n});
	fact_put_u32(row, F_FLIGHT_N_SENT, (uint32_t)c->file.n);
	fact_put_unknown(row, F_FLIGHT_STAPLE, WHY_NOT_APPLICABLE, "a chain from a file");
	if (c->file.more)
		fact_set_note(row, F_FLIGHT_CHAIN, "there are more certificates in the file");
	fact_put_u32(f, F_FLIGHTS_READ, 1);
}

static void
derive(struct chainfile *c)
{
	struct endpoint ep = {.sni = c->o->name, .address = ""};
	struct ctx ctx = {.known = c->facts,
	    .ep = &ep,
	    .arena = c->arena,
	    .now = c->now,
	    .stores = c->stores};

	fact_put_time(c->facts, F_AUDIT_TIME, c->now);
	put_flight(c);
	probe_trust.conclude(NULL, &ctx, c->facts);
}

/* ---- the verdict ---- */

static bool
covers(enum fact_id id)
{
	if (fact_defs[id].kind != K_ENDPOINT)
		return fact_defs[id].kind == K_CERT || fact_defs[id].kind == K_DEPLOY ||
		       fact_defs[id].kind == K_TRUST || fact_defs[id].kind == K_MISSING ||
		       fact_defs[id].kind == K_LINT;
	for (const enum fact_id *g = probe_trust.gives; *g != F_NONE; g++)
		if (*g == id)
			return true;
	return false;
}

/* STORE_BIT()s of the stores whose verdict is one of two. */
static uint32_t
saying(const struct chainfile *c, enum chain_kind one, enum chain_kind other)
{
	uint32_t bits = 0;

	for (size_t i = 0; i < fact_rows(c->facts, K_TRUST); i++) {
		const struct facts *row = fact_row(c->facts, K_TRUST, i);
		const char *verdict = fact_str(row, F_TRUST_VERDICT);
		int store = store_by_name(c->stores, fact_str(row, F_TRUST_STORE));

		if (store >= 0 && (strcmp(verdict, chain_kind_name(one)) == 0 ||
				      strcmp(verdict, chain_kind_name(other)) == 0))
			bits |= STORE_BIT(store);
	}
	return bits;
}

static const char *
titles(const struct chainfile *c, uint32_t bits)
{
	const char *text = "";

	for (size_t i = 0; i < store_count(c->stores); i++)
		if ((bits & STORE_BIT(i)) != 0)
			text = arena_printf(c->arena, "%s%s%s", text, *text != '\0' ? ", " : "",
			    store_title(c->stores, i));
	return text;
}

/* What the stores asked for say: STORE_BIT()s, each in one of the three. */
struct verdicts {
	uint32_t good, bad, open;
};

/* Good without a but is good; what nobody could judge is open. */
static struct verdicts
verdicts(const struct chainfile *c)
{
	struct verdicts v = {
	    .good = c->asked & saying(c, CHAIN_COMPLETE, CHAIN_UNVERIFIED),
	    .open = c->asked & saying(c, CHAIN_NOT_JUDGED, CHAIN_NOT_JUDGED),
	};

	v.bad = c->asked & ~v.good & ~v.open;
	return v;
}

/* "Trusted by Mozilla; not by Java; no verdict of Apple." */
static const char *
sentence(const struct chainfile *c, struct verdicts v)
{
	const char *purpose = c->o->name != NULL ? arena_printf(c->arena, " for %s", c->o->name) : "";
	const char *text = "";

	if (v.good != 0)
		text = arena_printf(c->arena, "Trusted%s by %s", purpose, titles(c, v.good));
	if (v.bad != 0 && v.good != 0)
		text = arena_printf(c->arena, "%s; not by %s", text, titles(c, v.bad));
	else if (v.bad != 0)
		text = arena_printf(c->arena, "Not trusted%s by %s", purpose, titles(c, v.bad));
	if (v.open != 0)
		text = arena_printf(c->arena, "%s%s of %s", text,
		    *text != '\0' ? "; no verdict" : "No verdict", titles(c, v.open));
	return arena_printf(c->arena, "%s.", text);
}

/* ---- the report ---- */

static enum exit_status
gate(const struct chainfile *c, const struct assessment *a)
{
	char why[256];
	enum gate_verdict v;

	if (c->o->gate.n == 0)
		return EXIT_PASS;
	v = gate_judge(&c->o->gate, c->facts, a, c->now, why, sizeof(why));
	if (v == GATE_PASS)
		return EXIT_PASS;
	(void)fprintf(stderr, "tlsaudit: %s: %s\n", c->o->chain, why);
	return v == GATE_FAIL ? EXIT_POLICY : EXIT_NOT_ASSESSED;
}

/* *status: how it would end; the format may have a say in that. */
static bool
write_report(struct chainfile *c, const struct record *r, int *status)
{
	struct output out;
	bool good;

	if (!output_open(&out, c->o, &c->judge, c->err, sizeof(c->err)))
		return false;
	good = report_record(out.report, r);
	if (!good)
		(void)snprintf(c->err, sizeof(c->err), "%s: %s",
		    c->o->output != NULL ? c->o->output : "standard output", strerror(errno));
	return output_close(&out, good, status, c->err, sizeof(c->err)) && good;
}

/* before: what went before it has to say about the end. */
static int
report(struct chainfile *c, enum exit_status before)
{
	struct verdicts v = verdicts(c);
	bool all = v.bad == 0 && v.open == 0;
	const char *reason[] = {sentence(c, v)};
	struct check check = {.name = "trusted by the stores asked for",
	    .why = reason[0],
	    .result = v.bad != 0 ? CHECK_FAIL : all ? CHECK_PASS : CHECK_UNKNOWN};
	enum exit_status ends = exit_worse(before, v.bad != 0 ? EXIT_POLICY
					       : all	      ? EXIT_PASS
							      : EXIT_NOT_ASSESSED);
	struct assessment a;
	int status;
	struct record r = {.host = text_clean(c->arena, span_str(c->o->chain), NAME_MAX_BYTES),
	    .sni = c->o->name,
	    .status = "ok",
	    .time = c->begun,
	    .policy = policy_name(c->policy),
	    .facts = c->facts,
	    .assessment = &a,
	    .chain = true,
	    .chain_good = all,
	    .file = c->o->chain,
	    .line = 1,
	    .checks = &check,
	    .n_checks = 1};

	assess_part(c->policy, c->facts, covers, c->arena, &a);
	a.reasons = reason;
	a.n_reasons = 1;
	status = (int)exit_worse(ends, gate(c, &a));
	return write_report(c, &r, &status) ? status : (int)EXIT_INTERNAL;
}

static enum exit_status
fix(const struct chainfile *c)
{
	struct fixfile_ask q = {.facts = c->facts,
	    .host = c->o->name,
	    .stores = c->stores,
	    .asked = c->asked,
	    .now = c->now};

	return c->o->fix_chain != NULL ? fixfile_write(c->o, &q) : EXIT_PASS;
}

int
chainfile_run(const struct options *o)
{
	struct chainfile *c = xcalloc(1, sizeof(*c));
	int status = EXIT_USAGE;

	c->o = o;
	c->arena = arena_new(ARENA_CAP);
	c->facts = facts_new(c->arena);
	c->begun = time(NULL);
	c->now = o->has_as_of ? o->as_of : c->begun;
	if (load(c)) {
		derive(c);
		status = report(c, fix(c));
	}
	if (c->err[0] != '\0')
		(void)fprintf(stderr, "tlsaudit: %s\n", c->err);
	judge_close(&c->judge);
	policy_free(c->policy);
	store_set_free(c->stores);
	arena_free(c->arena);
	free(c);
	return status;
}
