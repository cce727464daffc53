/* deployment - see deployment.h. */
#include "derive/deployment.h"

#include "base/text.h"
#include "derive/issuer.h"
#include "pki/sct.h"
#include "tls/code.h"

enum { SCRATCH = 64 * 1024, SUBJECT_MAX = 256 };

/* --- gathering --- */

static struct deployment *
find(struct deployments *d, struct u16s chain)
{
	for (size_t i = 0; i < d->n; i++) {
		struct u16s have = d->v[i].chain;

		if (have.n == chain.n && memcmp(have.v, chain.v, chain.n * sizeof(*chain.v)) == 0)
			return &d->v[i];
	}
	if (d->n == DEPLOYMENTS_MAX) {
		d->capped = true;
		return NULL;
	}
	d->v[d->n] = (struct deployment){.chain = chain};
	return &d->v[d->n++];
}

static void
add_version(struct deployment *d, uint16_t version)
{
	struct u16s have = {d->versions, d->n_versions};

	if (!u16s_has(have, version) && d->n_versions < DEPLOYMENT_VERSIONS)
		d->versions[d->n_versions++] = version;
}

static void
earlier(int64_t *have, int64_t t)
{
	if (t != 0 && (*have == 0 || t < *have))
		*have = t;
}

static void
add_staple(struct deployment *d, struct span staple)
{
	struct sct_list scts;

	for (size_t i = 0; i < d->n_staples; i++)
		if (span_eq(d->staples[i], staple))
			return;
	if (staple.n == 0 || d->n_staples == DEPLOYMENT_STAPLES)
		return;
	d->staples[d->n_staples++] = staple;
	scts = staple_scts(staple);
	d->ocsp_scts = d->ocsp_scts || scts.n > 0;
	earlier(&d->earliest_sct, scts.earliest);
}

static void
add_flight(struct deployments *out, const struct facts *flight)
{
	struct u16s chain = fact_u16s(flight, F_FLIGHT_CHAIN);
	struct deployment *d;

	if (chain.n == 0 || (d = find(out, chain)) == NULL)
		return;
	d->from_file = fact_why(flight, F_FLIGHT_STAPLE) == WHY_NOT_APPLICABLE;
	if (fact_tri(flight, F_FLIGHT_SNI) == TRI_NO)
		d->no_sni = true;
	else
		d->sni = d->sni || !d->from_file;
	if (fact_known(flight, F_FLIGHT_VERSION))
		add_version(d, (uint16_t)fact_u32(flight, F_FLIGHT_VERSION));
	add_staple(d, fact_hex(flight, F_FLIGHT_STAPLE));
	earlier(&d->earliest_sct, sct_list_read(fact_hex(flight, F_FLIGHT_SCTS)).earliest);
}

void
deployments_find(const struct facts *f, struct deployments *out)
{
	bool any_sni = false;

	*out = (struct deployments){.n = 0};
	for (size_t i = 0; i < fact_rows(f, K_FLIGHT); i++)
		add_flight(out, fact_row(f, K_FLIGHT, i));
	for (size_t i = 0; i < out->n; i++)
		any_sni = any_sni || out->v[i].sni;
	for (size_t i = 0; i < out->n; i++)
		out->v[i].counts = out->v[i].sni || !any_sni;
}

/* --- judging --- */

static struct span
der_of(const struct facts *f, size_t row)
{
	return fact_hex(fact_row(f, K_CERT, row), F_CERT_DER);
}

/* Certificates of the server's other chains: they may be what is missing in this one. */
static size_t
others(const struct deployment *d, const struct facts *f, struct span *out)
{
	size_t n = 0;

	for (size_t i = 0; i < fact_rows(f, K_CERT) && n < PATH_MAX_OTHERS; i++)
		if (!u16s_has(d->chain, (uint16_t)i))
			out[n++] = der_of(f, i);
	return n;
}

/* What AIA brought, to this audit's knowledge. */
static size_t
fetched(const struct facts *f, struct span out[PATH_MAX_AIA])
{
	size_t n = 0;

	for (size_t i = 0; i < fact_rows(f, K_FETCH) && n < PATH_MAX_AIA; i++) {
		out[n] = fact_hex(fact_row(f, K_FETCH, i), F_FETCH_ISSUER);
		n += out[n].n > 0;
	}
	return n;
}

static bool
trusts(const struct chain_verdict *v)
{
	return v->trust_ok && v->time_ok;
}

/* The public stores' columns come first. */
static size_t
n_public(const struct deployment *d)
{
	return d->j->n_verdicts < STORE__PUBLIC ? d->j->n_verdicts : STORE__PUBLIC;
}

/* A trusted chain's signatures are those of the paths by which it is trusted: a cross-certificate
 * of a root that the stores have is nobody's concern.  The root's own proves nothing. */
static bool
mark_trusted(struct deployment *d)
{
	bool any = false;

	for (size_t i = 0; i < n_public(d); i++) {
		const struct chain_verdict *v = &d->j->verdicts[i];

		if (!trusts(v) || v->path == NULL)
			continue;
		any = true;
		for (size_t k = 0; k < v->path->n; k++) {
			const struct path_node *n = v->path->nodes[k];
			bool root = k > 0 && k + 1 == v->path->n && n->anchor.sha256 != NULL;

			if (n->source == PATH_SENT && !root)
				d->on_path[n->sent_index] = true;
		}
	}
	return any;
}

static void
mark_path(struct deployment *d)
{
	const struct chain_facts *cf = &d->j->facts;

	if (mark_trusted(d))
		return;
	for (size_t i = 0; i < cf->n_read; i++)
		d->on_path[i] = cf->role[i] == CHAIN_ROLE_LEAF || cf->role[i] == CHAIN_ROLE_ISSUER;
}

/* Whose key signed the leaf: among all certificates seen, or where the paths go on. */
static bool
find_issuer(const struct deployment *d, const struct facts *f, struct cert *out)
{
	if (issuer_find(f, NULL, &d->certs[0], out))
		return true;
	for (size_t i = 0; i < d->j->n_verdicts; i++) {
		const struct path *p = d->j->verdicts[i].path;

		if (p == NULL || p->n < 2 || !issuer_signed(&p->nodes[1]->cert, &d->certs[0]))
			continue;
		*out = p->nodes[1]->cert;
		return true;
	}
	return false;
}

static unsigned
gravity(const struct staple *s)
{
	return s->revoked ? 2 : s->good ? 0 : 1;
}

static void
judge_staples(struct deployment *d, const struct facts *f, struct arena *a)
{
	struct cert issuer;
	bool known;

	if (d->n_staples == 0 || !d->leaf_readable)
		return;
	known = find_issuer(d, f, &issuer);
	for (size_t i = 0; i < d->n_staples; i++) {
		struct staple s =
		    staple_judge(d->staples[i], &d->certs[0], known ? &issuer : NULL, d->now, a);

		if (i == 0 || gravity(&s) > gravity(&d->staple))
			d->staple = s;
	}
}

static void
read_certs(struct deployment *d, const struct span *sent, struct arena *a)
{
	size_t n = d->chain.n < PATH_MAX_SENT ? d->chain.n : PATH_MAX_SENT;
	struct cert *certs = arena_alloc(a, n * sizeof(*certs));

	for (size_t i = 0; i < n; i++) {
		bool readable = cert_parse(sent[i], &certs[i]);

		if (i == 0)
			d->leaf_readable = readable;
	}
	d->certs = certs;
}

struct chain_input *
deployment_input(const struct deployment *d, const struct facts *f, const char *host,
    const struct store_set *stores, int64_t now, struct arena *a)
{
	struct chain_input *in = arena_alloc(a, sizeof(*in));
	struct span *sent = arena_alloc(a, d->chain.n * sizeof(*sent));
	struct span *other = arena_alloc(a, PATH_MAX_OTHERS * sizeof(*other));
	struct span *aia = arena_alloc(a, PATH_MAX_AIA * sizeof(*aia));

	for (size_t i = 0; i < d->chain.n; i++)
		sent[i] = der_of(f, d->chain.v[i]);
	*in = (struct chain_input){.sent = sent,
	    .n_sent = d->chain.n,
	    .others = other,
	    .n_others = others(d, f, other),
	    .aia = aia,
	    .n_aia = fetched(f, aia),
	    .stores = stores,
	    .now = now,
	    .host = host,
	    .earliest_sct = d->earliest_sct};
	return in;
}

void
deployment_judge(struct deployment *d, const struct facts *f, const char *host,
    const struct store_set *stores, int64_t now, struct arena *a)
{
	const struct chain_input *in = deployment_input(d, f, host, stores, now, a);

	d->now = now;
	d->named = host != NULL;
	read_certs(d, in->sent, a);
	d->j = chain_judge(in, a);
	mark_path(d);
	judge_staples(d, f, a);
}

enum tri
deployment_trusted(const struct deployment *d)
{
	bool open = d->j->capped;

	for (size_t i = 0; i < n_public(d); i++) {
		if (trusts(&d->j->verdicts[i]))
			return TRI_YES;
		open = open || d->j->verdicts[i].kind == CHAIN_NOT_JUDGED;
	}
	return open && !d->j->facts.leaf_self_signed ? TRI_UNKNOWN : TRI_NO;
}

enum tri
deployment_incomplete(const struct deployment *d)
{
	enum tri trusted = deployment_trusted(d);

	if (trusted != TRI_YES)
		return trusted;
	for (size_t i = 0; i < n_public(d); i++)
		if (trusts(&d->j->verdicts[i]) && d->j->verdicts[i].complete)
			return TRI_NO;
	return TRI_YES;
}

enum tri
deployment_name_ok(const struct deployment *d)
{
	enum name_how how = d->j->facts.name;

	if (!d->leaf_readable || !d->named)
		return TRI_UNKNOWN;
	return how == NAME_EXACT || how == NAME_WILDCARD || how == NAME_IP ? TRI_YES : TRI_NO;
}

/* --- the row --- */

static void
put_bool(struct facts *row, enum fact_id id, bool v)
{
	fact_put_tri(row, id, v ? TRI_YES : TRI_NO);
}

static void
put_seen(const struct deployment *d, struct facts *row, struct arena *a)
{
	const char *versions[DEPLOYMENT_VERSIONS];

	if (!d->from_file) {
		put_bool(row, F_DEPLOY_SNI, d->sni);
		put_bool(row, F_DEPLOY_NO_SNI, d->no_sni);
	}
	put_bool(row, F_DEPLOY_COUNTS, d->counts);
	for (size_t i = 0; i < d->n_versions; i++) {
		versions[i] = version_name(d->versions[i]);
		if (versions[i] == NULL)
			versions[i] = arena_printf(a, "0x%04x", d->versions[i]);
	}
	fact_put_strs(row, F_DEPLOY_VERSIONS, versions, d->n_versions);
	fact_put_u16s(row, F_DEPLOY_CHAIN, d->chain);
}

static void
put_leaf(const struct deployment *d, struct facts *row, const struct facts *cert)
{
	const char *type = fact_str(cert, F_CERT_KEY_TYPE);
	enum tri name_ok = deployment_name_ok(d);

	if (type != NULL)
		fact_put_str(row, F_DEPLOY_KEY_TYPE, type);
	else
		fact_put_unknown(
		    row, F_DEPLOY_KEY_TYPE, WHY_GARBAGE, "the leaf's key cannot be read");
	if (name_ok != TRI_UNKNOWN)
		fact_put_tri(row, F_DEPLOY_NAME_OK, name_ok);
	else if (!d->named)
		fact_put_unknown(row, F_DEPLOY_NAME_OK, WHY_NOT_APPLICABLE, "no name was asked for");
	else
		fact_put_unknown(row, F_DEPLOY_NAME_OK, WHY_GARBAGE, "the leaf cannot be read");
}

/* Is it on a way by which some store trusts the leaf? */
static bool
serves(const struct deployment *d, size_t sent)
{
	for (size_t i = 0; i < d->j->n_ways; i++)
		for (size_t k = 0; k < d->j->ways[i].n; k++) {
			const struct path_node *n = d->j->ways[i].nodes[k];

			if (n->source == PATH_SENT && n->sent_index == sent)
				return true;
		}
	return false;
}

/* Why the certificate need not have been sent; NULL: it may be of use. */
static const char *
superfluous(const struct deployment *d, size_t sent)
{
	switch (d->j->facts.role[sent]) {
	case CHAIN_ROLE_ROOT:
		return "the root, which who trusts it has";
	case CHAIN_ROLE_DUPLICATE:
		return "sent before";
	case CHAIN_ROLE_STRANGER:
		return "on no path from the leaf";
	case CHAIN_ROLE_UNREADABLE:
		return "not readable";
	case CHAIN_ROLE_ISSUER:
		return d->j->n_ways == 0 || serves(d, sent) ? NULL
							    : "on no path that a store trusts";
	case CHAIN_ROLE_LEAF:
	case CHAIN_ROLE_UNREAD:
		break;
	}
	return NULL;
}

static void
put_superfluous(const struct deployment *d, struct facts *row, struct arena *a)
{
	const char *texts[PATH_MAX_SENT];
	size_t n = 0;

	for (size_t i = 1; i < d->j->facts.n_read; i++) {
		const char *why = superfluous(d, i);

		if (why == NULL)
			continue;
		texts[n++] = arena_printf(a, "%zu, %s: %s", i + 1,
		    d->j->facts.role[i] == CHAIN_ROLE_UNREADABLE
			? "?"
			: text_clean(a, span_str(dn_arena(a, d->certs[i].subject)), SUBJECT_MAX),
		    why);
	}
	fact_put_strs(row, F_DEPLOY_SUPERFLUOUS, texts, n);
}

static void
put_chain(const struct deployment *d, struct facts *row, struct arena *a)
{
	const struct chain_facts *cf = &d->j->facts;

	put_bool(row, F_DEPLOY_ORDER_OK, cf->order_ok);
	fact_put_u32(row, F_DEPLOY_DUPLICATES, (uint32_t)cf->n_duplicates);
	fact_put_u32(row, F_DEPLOY_STRANGERS, (uint32_t)(cf->n_strangers + cf->n_unreadable));
	put_bool(row, F_DEPLOY_ROOT_SENT, cf->n_roots > 0);
	put_superfluous(d, row, a);
	if (cf->n_read < cf->n_sent)
		fact_set_note(row, F_DEPLOY_CHAIN,
		    arena_printf(a, "%zu certificates came, the first %zu were looked at",
			cf->n_sent, cf->n_read));
}

void
deployment_put(const struct deployment *d, uint32_t id, struct facts *f)
{
	struct facts *row = fact_add(f, K_DEPLOY);
	struct arena *a = arena_new(SCRATCH);

	fact_put_u32(row, F_DEPLOY_ID, id);
	put_seen(d, row, a);
	put_leaf(d, row, fact_row(f, K_CERT, d->chain.v[0]));
	put_chain(d, row, a);
	if (!d->from_file)
		staple_put(d->n_staples > 0 ? &d->staple : NULL, row);
	arena_free(a);
}
