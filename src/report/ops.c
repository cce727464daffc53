/* ops - see ops.h: what several formats ask of a record. */
#include "report/ops.h"

#include <errno.h>

#include "adapt/openssl_crypto.h"
#include "base/text.h"

bool
ops_written(FILE *to)
{
	return fflush(to) == 0 && ferror(to) == 0;
}

bool
ops_fails(const struct report *out, const struct finding *f)
{
	const struct report_options *o = out->o;

	if (f->waived || f->known_before)
		return false;
	if (!o->gated)
		return f->policy != NULL ? f->must : f->sev >= SEV_LOW;
	if (f->policy != NULL ? o->fail_compliance && f->must : (int)f->sev >= o->fail_from)
		return true;
	for (const char *const *id = o->fail_on; id != NULL && *id != NULL; id++)
		if (strcmp(*id, f->id) == 0)
			return true;
	return false;
}

/* ---- compliance ---- */

/* A rule of a compliance policy among others. */
static struct finding
of_policy(struct finding f, const char *policy, const char *title, struct arena *a)
{
	f.id = arena_printf(a, "%s/%s", policy, f.id);
	f.title = arena_printf(a, "%s: %s", title, f.title);
	f.policy = policy;
	if (!f.waived)
		f.effect = f.must ? "demanded" : "advised";
	return f;
}

static size_t
append(struct finding *to, const struct compliance *c, const struct finding *v, size_t n,
    struct arena *a)
{
	for (size_t i = 0; i < n; i++)
		to[i] = of_policy(v[i], c->policy, c->title, a);
	return n;
}

/* Room for all that the policies could say. */
static struct finding *
room(const struct assessment *as, struct arena *a)
{
	size_t most = 1;

	for (size_t i = 0; as != NULL && i < as->n_compliance; i++)
		most += as->compliance[i].n_rules;
	return arena_alloc(a, most * sizeof(struct finding));
}

const struct finding *
ops_deviations(const struct record *r, struct arena *a, size_t *n)
{
	const struct assessment *as = r->assessment;
	struct finding *v = room(as, a);

	*n = 0;
	for (size_t i = 0; as != NULL && i < as->n_compliance; i++) {
		const struct compliance *c = &as->compliance[i];

		*n += append(v + *n, c, c->deviations, c->n_deviations, a);
		*n += append(v + *n, c, c->advice, c->n_advice, a);
		*n += append(v + *n, c, c->waived, c->n_waived, a);
	}
	return v;
}

const struct finding *
ops_deviations_open(const struct record *r, struct arena *a, size_t *n)
{
	const struct assessment *as = r->assessment;
	struct finding *v = room(as, a);

	*n = 0;
	for (size_t i = 0; as != NULL && i < as->n_compliance; i++)
		*n += append(v + *n, &as->compliance[i], as->compliance[i].open,
		    as->compliance[i].n_open, a);
	return v;
}

const struct finding *
ops_rules(const struct report *out, struct arena *a, size_t *n)
{
	const struct report_options *o = out->o;
	size_t most = policy_n_rules(o->policy);
	struct finding *v, rule;

	for (size_t i = 0; i < o->n_compliance; i++)
		most += policy_n_rules(o->compliance[i]);
	v = arena_alloc(a, (most + 1) * sizeof(*v));
	for (*n = 0; policy_rule_at(o->policy, *n, a, &rule); ++*n)
		v[*n] = rule;
	for (size_t i = 0; i < o->n_compliance; i++) {
		const struct policy *p = o->compliance[i];

		for (size_t k = 0; policy_rule_at(p, k, a, &rule); k++)
			v[(*n)++] = of_policy(rule, policy_name(p), policy_title(p), a);
	}
	return v;
}

/* ---- what an endpoint is ---- */

bool
ops_assessed(const struct record *r)
{
	return r->facts != NULL && r->status != NULL &&
	       (strcmp(r->status, "ok") == 0 || strcmp(r->status, "partial") == 0);
}

const char *
ops_host_port(const struct record *r, struct arena *a)
{
	const char *host = r->host != NULL ? r->host : "";
	bool v6 = strchr(host, ':') != NULL && host[0] != '[';

	if (r->chain)
		return host;
	return arena_printf(
	    a, "%s%s%s:%u", v6 ? "[" : "", host, v6 ? "]" : "", (unsigned)r->port);
}

const struct facts *
ops_leaf(const struct facts *f)
{
	const struct facts *first = NULL;

	for (size_t i = 0; f != NULL && i < fact_rows(f, K_DEPLOY); i++) {
		const struct facts *d = fact_row(f, K_DEPLOY, i), *leaf;
		struct u16s chain = fact_u16s(d, F_DEPLOY_CHAIN);

		if (fact_tri(d, F_DEPLOY_COUNTS) == TRI_NO || chain.n == 0 ||
		    chain.v[0] >= fact_rows(f, K_CERT))
			continue;
		leaf = fact_row(f, K_CERT, chain.v[0]);
		if (first == NULL ||
		    fact_time(leaf, F_CERT_NOT_AFTER) < fact_time(first, F_CERT_NOT_AFTER))
			first = leaf;
	}
	return first;
}

int64_t
ops_now(const struct record *r)
{
	return r->facts != NULL && fact_known(r->facts, F_AUDIT_TIME)
		   ? fact_time(r->facts, F_AUDIT_TIME)
		   : r->time;
}

const char *
ops_file(const struct record *r, struct arena *a)
{
	if (r->file != NULL && strcmp(r->file, "-") != 0)
		return r->file;
	return arena_printf(a, "%s/%u", r->host, (unsigned)r->port);
}

unsigned
ops_line(const struct record *r)
{
	return r->file != NULL && r->line > 0 ? r->line : 1;
}

const char *
ops_fingerprint(const struct record *r, const char *rule, struct arena *a)
{
	uint8_t sha256[32];

	crypto_sha256(
	    span_str(arena_printf(a, "%s|%s|%u", rule, r->host, (unsigned)r->port)), sha256);
	return text_hex(a, SPAN_OF(sha256));
}

FILE *
spool_open(void)
{
	return tmpfile();
}

bool
spool_close(FILE *spool, FILE *to)
{
	char block[8192];
	bool good = fflush(spool) == 0 && ferror(spool) == 0 && fseek(spool, 0, SEEK_SET) == 0;
	size_t n;
	int e;

	while (good && (n = fread(block, 1, sizeof(block), spool)) > 0)
		good = fwrite(block, 1, n, to) == n;
	good = good && ferror(spool) == 0;
	e = errno;
	(void)fclose(spool);
	errno = e;
	return good;
}
