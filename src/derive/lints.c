/* lints - see lints.h. */
#include "derive/lints.h"

#include "pki/lint.h"

enum { ROWS_MAX = 512 }; /* a hostile server has many certificates, each with every flaw */

/* Has an earlier deployment had it? */
static bool
done(const struct deployments *d, size_t deployment, uint16_t row)
{
	for (size_t i = 0; i < deployment; i++)
		if (d->v[i].counts && u16s_has(d->v[i].chain, row))
			return true;
	return false;
}

static void
put_cert(const struct cert *c, uint32_t index, bool public, struct facts *f)
{
	const struct lint *hits[LINT_MAX];
	size_t n = lint_run(c, public, hits);

	for (size_t i = 0; i < n && fact_rows(f, K_LINT) < ROWS_MAX; i++) {
		struct facts *row = fact_add(f, K_LINT);

		fact_put_u32(row, F_LINT_CERT, index);
		fact_put_str(row, F_LINT_ID, hits[i]->id);
		fact_put_str(row, F_LINT_SEVERITY, lint_severity_name(hits[i]->severity));
		fact_put_str(row, F_LINT_TEXT, hits[i]->text);
		fact_put_str(row, F_LINT_SOURCE, hits[i]->source);
	}
}

static void
put_deployment(const struct deployments *d, size_t i, struct facts *f)
{
	const struct deployment *v = &d->v[i];
	bool public = deployment_trusted(v) == TRI_YES;

	for (size_t k = 0; k < v->j->facts.n_read; k++) {
		enum chain_role role = v->j->facts.role[k];

		if (role == CHAIN_ROLE_UNREADABLE || role == CHAIN_ROLE_DUPLICATE ||
		    (k == 0 && !v->leaf_readable) || done(d, i, v->chain.v[k]))
			continue;
		put_cert(&v->certs[k], v->chain.v[k], public && v->on_path[k], f);
	}
}

void
lints_put(const struct deployments *d, struct facts *f)
{
	for (size_t i = 0; i < d->n; i++)
		if (d->v[i].counts)
			put_deployment(d, i, f);
}
