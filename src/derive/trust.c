/*
 * trust - what the certificates say: each of them, each chain, each store's verdict, and what it
 * comes to for the endpoint.
 *
 * Reads:  the flights that the probe `certificates` has read, and the issuers that AIA brought.
 * Learns: every certificate row is filled in, chains become deployments (derive/deployment.h),
 *         those that count get a verdict per store (derive/verdict.h), and the posture follows by
 *         three-valued logic: "every deployment" is no with one that is not, and unknown with one
 *         that cannot be told.  The six shipped stores decide whether an endpoint is trusted; a
 *         store added with --store has its own verdict and no say.
 * Blind:  without any certificate all of it is unknown, for the reason for which none could be
 *         read - or not applicable, when the server has none to show.
 * Costs:  no connection; one judgement per chain, about as long as a handshake, and one question
 *         each to OpenSSL and GnuTLS per chain and distinct set of roots.
 */
#include "probe.h"

#include "base/text.h"
#include "derive/certificate.h"
#include "derive/deployment.h"
#include "derive/lints.h"
#include "derive/verdict.h"
#include "derive/weakest.h"

enum { SCRATCH = 1 << 20, NOTE_MAX = 300 };

static const enum fact_id needs[] = {F_FLIGHTS_READ, F_FETCHES, F_NONE};
static const enum fact_id gives[] = {F_TRUSTED, F_CHAIN_INCOMPLETE, F_AIA_COMPLETES, F_NAME_OK, F_EXPIRED,
    F_NOT_YET_VALID, F_SELF_SIGNED, F_RSA_E1, F_MUST_STAPLE_MISSING, F_STAPLE_REVOKED,
    F_LEAF_EXPIRES, F_SCT_CERT, F_SCT_OCSP, F_KEY_MIN_BITS, F_CA_KEY_MIN_BITS, F_SIG_WEAKEST,
    F_SIG_MD5, F_SIG_SHA1, F_WEAK_KEY, F_COLLISION, F_LIFETIME_OK, F_NONE};

static enum tri
tri_of(const struct deployment *d, bool v)
{
	return !d->leaf_readable ? TRI_UNKNOWN : v ? TRI_YES : TRI_NO;
}

/* --- of one deployment --- */

static bool
dated(const struct deployment *d)
{
	return d->leaf_readable && (d->certs[0].flaws & CERT_FLAW_TIME) == 0;
}

static enum tri
expired(const struct deployment *d)
{
	return dated(d) ? tri_of(d, d->now > d->certs[0].not_after) : TRI_UNKNOWN;
}

static enum tri
not_yet_valid(const struct deployment *d)
{
	return dated(d) ? tri_of(d, d->now < d->certs[0].not_before) : TRI_UNKNOWN;
}

static enum tri
self_signed(const struct deployment *d)
{
	return tri_of(d, d->j->facts.leaf_self_signed);
}

/* RFC 7633 4.2.3.1 and RFC 6066 8: a client may abort when the leaf promises a staple and none
 * comes.  Servers that fetch one on demand are without it at first, so one is enough. */
static enum tri
must_staple_missing(const struct deployment *d)
{
	return tri_of(d, d->certs[0].must_staple && d->n_staples == 0);
}

static enum tri
staple_revoked(const struct deployment *d)
{
	return tri_of(d, d->staple.revoked);
}

static enum tri
sct_cert(const struct deployment *d)
{
	return tri_of(d, sct_list_read(d->certs[0].sct_list).n > 0);
}

static enum tri
sct_ocsp(const struct deployment *d)
{
	return d->ocsp_scts ? TRI_YES : TRI_NO;
}

/* --- of the endpoint --- */

/* A fact about all deployments, or about any of them. */
struct rule {
	enum fact_id id;
	bool all;
	enum tri (*of)(const struct deployment *d);
	enum why why; /* when it is not known of one that decides */
	const char *note;
};

static const struct rule rules[] = {
    {F_TRUSTED, true, deployment_trusted, WHY_LOCAL,
	"a signature that cannot be checked here, or more certificates than are looked at"},
    {F_CHAIN_INCOMPLETE, false, deployment_incomplete, WHY_LOCAL,
	"a signature that cannot be checked here, or more certificates than are looked at"},
    {F_NAME_OK, true, deployment_name_ok, WHY_GARBAGE, "a leaf cannot be read"},
    {F_EXPIRED, false, expired, WHY_GARBAGE, "a leaf or its dates cannot be read"},
    {F_NOT_YET_VALID, false, not_yet_valid, WHY_GARBAGE, "a leaf or its dates cannot be read"},
    {F_SELF_SIGNED, false, self_signed, WHY_GARBAGE, "a leaf cannot be read"},
    {F_MUST_STAPLE_MISSING, false, must_staple_missing, WHY_GARBAGE, "a leaf cannot be read"},
    {F_STAPLE_REVOKED, false, staple_revoked, WHY_GARBAGE, "a leaf cannot be read"},
    {F_SCT_CERT, true, sct_cert, WHY_GARBAGE, "a leaf cannot be read"},
    {F_SCT_OCSP, false, sct_ocsp, WHY_GARBAGE, NULL},
};

/* The value that settles it - "no" of all, "yes" of any - or unknown, or else the other one. */
static enum tri
fold(const struct rule *r, const struct deployments *d)
{
	enum tri decides = r->all ? TRI_NO : TRI_YES, v = r->all ? TRI_YES : TRI_NO;

	for (size_t i = 0; i < d->n; i++) {
		enum tri one = d->v[i].counts ? r->of(&d->v[i]) : v;

		if (one == decides)
			return one;
		if (one == TRI_UNKNOWN)
			v = TRI_UNKNOWN;
	}
	return v;
}

/* Why the question makes no sense for these chains; NULL: it does. */
static const char *
not_applicable(const struct rule *r, const struct deployments *d)
{
	bool handshake = r->id == F_MUST_STAPLE_MISSING || r->id == F_STAPLE_REVOKED ||
			 r->id == F_SCT_OCSP;

	if (handshake && d->v[0].from_file)
		return "a chain from a file: no server sent a staple";
	return r->id == F_NAME_OK && !d->v[0].named ? "no name was asked for" : NULL;
}

static void
put_rule(const struct rule *r, const struct deployments *d, struct facts *f)
{
	const char *no = not_applicable(r, d);
	enum tri v = fold(r, d);

	if (no != NULL)
		fact_put_unknown(f, r->id, WHY_NOT_APPLICABLE, no);
	else if (v == TRI_UNKNOWN)
		fact_put_unknown(f, r->id, r->why, r->note);
	else if (d->capped && v == (r->all ? TRI_YES : TRI_NO))
		fact_put_unknown(f, r->id, WHY_LIMIT, "more chains came than are looked at");
	else
		fact_put_tri(f, r->id, v);
}

static void
put_rules(const struct ctx *c, const struct deployments *d, struct facts *f)
{
	for (size_t i = 0; i < N_ELEMENTS(rules); i++) {
		bool by_store = rules[i].id == F_TRUSTED || rules[i].id == F_CHAIN_INCOMPLETE;

		if (by_store && c->stores == NULL)
			fact_put_unknown(f, rules[i].id, WHY_LOCAL, "no trust stores at hand");
		else
			put_rule(&rules[i], d, f);
	}
	if (fact_tri(f, F_CHAIN_INCOMPLETE) == TRI_NO && fact_tri(f, F_TRUSTED) == TRI_NO)
		fact_set_note(f, F_CHAIN_INCOMPLETE,
		    "no certificate is known that would lead it to a public root");
}

static void
put_leaf_expires(const struct deployments *d, struct facts *f)
{
	const struct cert *first = NULL;
	bool open = false;

	for (size_t i = 0; i < d->n; i++) {
		if (!d->v[i].counts)
			continue;
		open = open || !dated(&d->v[i]);
		if (first == NULL || d->v[i].certs[0].not_after < first->not_after)
			first = &d->v[i].certs[0];
	}
	if (open || first == NULL)
		fact_put_unknown(
		    f, F_LEAF_EXPIRES, WHY_GARBAGE, "a leaf or its dates cannot be read");
	else
		fact_put_time(f, F_LEAF_EXPIRES, first->not_after);
}

/* Of the chains that are trusted only when something is supplied: does AIA supply it all, to some
 * store that then trusts it? */
static void
put_aia_completes(const struct deployments *d, struct facts *f)
{
	bool any = false, all = true;

	for (size_t i = 0; i < d->n; i++) {
		bool found = false;

		if (!d->v[i].counts || deployment_incomplete(&d->v[i]) != TRI_YES)
			continue;
		any = true;
		for (size_t k = 0; k < fact_rows(f, K_TRUST); k++) {
			const struct facts *row = fact_row(f, K_TRUST, k);

			found = found || (fact_u32(row, F_TRUST_DEPLOYMENT) == i &&
					     fact_yes(row, F_TRUST_AIA_COMPLETES));
		}
		all = all && found;
	}
	if (!any)
		fact_put_unknown(f, F_AIA_COMPLETES, WHY_NOT_APPLICABLE, "no chain lacks anything");
	else if (!fact_known(f, F_FETCHES))
		unknown_like(f, F_AIA_COMPLETES, f, F_FETCHES);
	else
		fact_put_tri(f, F_AIA_COMPLETES, all ? TRI_YES : TRI_NO);
}

/* In the words of the first store, which is named, why the first deployment that is not trusted is
 * not. */
static void
explain(const struct deployments *d, const struct store_set *stores, struct facts *f, struct arena *a)
{
	const struct chain_verdict *v;

	if (fact_tri(f, F_TRUSTED) != TRI_NO || stores == NULL)
		return;
	for (size_t i = 0; i < d->n; i++) {
		if (!d->v[i].counts || deployment_trusted(&d->v[i]) != TRI_NO)
			continue;
		v = &d->v[i].j->verdicts[0];
		fact_set_note(f, F_TRUSTED,
		    arena_printf(a, "in %s, for one: %s", store_name(stores, v->store),
			text_clean(a, span_str(v->text), NOTE_MAX)));
		return;
	}
}

/* --- the probe --- */

/* No certificate: all is unknown, as the reading of flights is. */
static void
put_nothing(struct facts *f)
{
	bool read = fact_known(f, F_FLIGHTS_READ);
	enum why why = read ? WHY_NOT_APPLICABLE : fact_why(f, F_FLIGHTS_READ);
	const char *note = read ? "the server shows no certificate" : fact_note(f, F_FLIGHTS_READ);

	for (const enum fact_id *id = gives; *id != F_NONE; id++)
		fact_put_unknown(f, *id, why, note);
}

static void
judge_all(const struct ctx *c, const struct store_set *stores, struct deployments *d,
    struct facts *f, struct arena *a)
{
	const char *host = c->ep->sni != NULL ? c->ep->sni : c->ep->host;

	for (size_t i = 0; i < d->n; i++)
		deployment_judge(&d->v[i], f, host, stores, c->now, a);
	for (size_t i = 0; i < d->n; i++) {
		deployment_put(&d->v[i], (uint32_t)i, f);
		if (d->v[i].counts && c->stores != NULL)
			verdict_put(&d->v[i], (uint32_t)i, host, stores, c->now, f);
	}
}

static void
conclude(void *st, const struct ctx *c, struct facts *out)
{
	struct arena *a = arena_new(SCRATCH);
	struct deployments *d = arena_alloc(a, sizeof(*d));
	struct store_set *own = c->stores == NULL ? store_set_new() : NULL;

	(void)st;
	for (size_t i = 0; i < fact_rows(out, K_CERT); i++)
		certificate_describe(fact_row(out, K_CERT, i), c->now);
	deployments_find(out, d);
	if (d->n == 0) {
		put_nothing(out);
	} else {
		judge_all(c, own != NULL ? own : c->stores, d, out, a);
		put_rules(c, d, out);
		put_leaf_expires(d, out);
		weakest_put(d, out);
		put_aia_completes(d, out);
		explain(d, c->stores, out, a);
		lints_put(d, out);
	}
	store_set_free(own);
	arena_free(a);
}

const struct probe probe_trust = {
    .name = "trust",
    .summary = "certificates, chains, and what each trust store makes of them",
    .needs = needs,
    .gives = gives,
    .conclude = conclude,
};
