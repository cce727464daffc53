/* verdict - see verdict.h. */
#include "derive/verdict.h"

#include "adapt/gnutls_x509.h"
#include "adapt/openssl_x509.h"
#include "base/text.h"
#include "derive/differ.h"
#include "probe.h"

enum { TEXT_MAX = 1024, NAME_MAX_BYTES = 512, SCRATCH = 256 * 1024 };

/* One set of roots and what the two libraries say with it. */
struct asked {
	struct span roots[OPINION_MAX_ROOTS];
	size_t n;
	struct opinion openssl, gnutls;
};

/* The rows of one deployment under way. */
struct work {
	const struct deployment *d;
	const struct facts *f;
	const char *host;
	int64_t now;
	struct openssl_memo *memo;
	struct asked asked[STORE_MAX];
	size_t n_asked;
	struct arena *a;
};

static const char *
clean(struct arena *a, const char *text, size_t max)
{
	return text_clean(a, span_str(text), max);
}

/* --- the two libraries --- */

static bool
same_roots(const struct asked *x, const struct span *roots, size_t n)
{
	for (size_t i = 0; x->n == n && i < n; i++)
		if (!span_eq(x->roots[i], roots[i]))
			return false;
	return x->n == n;
}

static const struct asked *
ask(struct work *w, const struct span *roots, size_t n)
{
	struct span *sent = arena_alloc(w->a, w->d->chain.n * sizeof(*sent));
	struct opinion_ask q = {.sent = sent,
	    .memo = w->memo,
	    .n_sent = w->d->chain.n,
	    .roots = roots,
	    .n_roots = n,
	    .now = w->now,
	    .host = w->host};
	struct asked *new = &w->asked[w->n_asked++]; /* at most one per column */

	for (size_t i = 0; i < q.n_sent; i++)
		sent[i] = fact_hex(fact_row(w->f, K_CERT, w->d->chain.v[i]), F_CERT_DER);
	memcpy(new->roots, roots, n * sizeof(*roots));
	new->n = n;
	new->openssl = openssl_chain_verdict(&q, w->a);
	new->gnutls = gnutls_chain_verdict(&q, w->a);
	return new;
}

/* NULL: the store has no root whose bytes could be asked with. */
static const struct asked *
opinions(struct work *w, size_t store)
{
	struct span roots[OPINION_MAX_ROOTS];
	size_t n = chain_candidate_roots(w->d->j, store, roots, N_ELEMENTS(roots));

	if (n == 0)
		return NULL;
	for (size_t i = 0; i < w->n_asked; i++)
		if (same_roots(&w->asked[i], roots, n))
			return &w->asked[i];
	return ask(w, roots, n);
}

/* OpenSSL's words do not say which certificate it means. */
static const char *
words(const struct opinion *o, struct arena *a)
{
	if (!o->asked)
		return "not asked: it cannot load the certificate";
	if (o->trusted)
		return "trusted";
	if (o->depth >= 0)
		return arena_printf(a, "%s (error %d at depth %d)", o->text, o->code, o->depth);
	return o->text;
}

/* Of each that comes to another verdict than ours, why. */
static void
put_differ(struct work *w, struct facts *row, const struct chain_verdict *v, const struct asked *x)
{
	const struct opinion *theirs[] = {&x->openssl, &x->gnutls};
	static const char *const names[] = {"OpenSSL", "GnuTLS"};
	const char *texts[N_ELEMENTS(names)], *why;
	size_t n = 0;

	for (size_t i = 0; i < N_ELEMENTS(names); i++) {
		why = differ_why((enum differ_who)i, v, &w->d->j->facts, theirs[i]);
		if (why != NULL)
			texts[n++] = arena_printf(w->a, "%s: %s", names[i], why);
	}
	fact_put_strs(row, F_TRUST_LIBRARIES_WHY, texts, n);
}

static void
put_opinions(struct work *w, struct facts *row, const struct chain_verdict *v)
{
	const struct asked *x = v->kind == CHAIN_UNVERIFIED ? NULL : opinions(w, v->store);
	const char *why = v->kind == CHAIN_UNVERIFIED
			      ? "not asked: the root's bytes are not at hand"
			      : "not asked: this store has no root for this chain";

	if (x == NULL) {
		fact_put_str(row, F_TRUST_OPENSSL, why);
		fact_put_str(row, F_TRUST_GNUTLS, why);
		fact_put_unknown(row, F_TRUST_LIBRARIES_WHY, WHY_NOT_APPLICABLE, NULL);
		fact_put_unknown(row, F_TRUST_LIBRARIES_AGREE, WHY_NOT_APPLICABLE, NULL);
		return;
	}
	put_differ(w, row, v, x);
	fact_put_str(row, F_TRUST_OPENSSL, clean(w->a, words(&x->openssl, w->a), TEXT_MAX));
	fact_put_str(row, F_TRUST_GNUTLS, clean(w->a, words(&x->gnutls, w->a), TEXT_MAX));
	if (x->openssl.asked && x->gnutls.asked)
		fact_put_tri(row, F_TRUST_LIBRARIES_AGREE,
		    x->openssl.trusted == x->gnutls.trusted ? TRI_YES : TRI_NO);
	else
		fact_put_unknown(row, F_TRUST_LIBRARIES_AGREE, WHY_LOCAL,
		    "one of them cannot load the certificate");
}

/* --- the verdict --- */

static void
put_notes(struct facts *row, const struct chain_verdict *v, struct arena *a)
{
	const char *notes[CHAIN_MAX_NOTES];

	for (size_t i = 0; i < v->n_notes; i++)
		notes[i] = clean(a, v->notes[i], TEXT_MAX);
	if (v->n_notes > 0)
		fact_put_strs(row, F_TRUST_NOTES, notes, v->n_notes);
}

/* The lowest one that was needed and not sent; a row without it says that nothing was. */
static void
put_missing(struct facts *row, const struct chain_verdict *v, struct arena *a)
{
	const struct chain_missing *m = &v->missing[0];

	if (v->n_missing == 0 || m->how == MISSING_ANCHOR)
		return;
	fact_put_str(row, F_TRUST_MISSING_SUBJECT, clean(a, m->subject, NAME_MAX_BYTES));
	if (m->key_id.n > 0)
		fact_put_hex(row, F_TRUST_MISSING_KEY_ID, m->key_id);
	if (m->issuer[0] != '\0')
		fact_put_str(row, F_TRUST_MISSING_ISSUER, clean(a, m->issuer, NAME_MAX_BYTES));
}

/* What a path needs and what is known as facts only: it follows on the certificates. */
static size_t
add_facts(const struct chain_verdict *v, const char **names, size_t n, size_t cap, struct arena *a)
{
	const struct chain_missing *last = NULL;

	for (size_t i = 0; i < v->n_missing && n < cap; i++) {
		const struct chain_missing *m = &v->missing[i];

		if (m->how != MISSING_LISTED && m->how != MISSING_ANCHOR)
			continue;
		names[n++] = clean(a, m->subject, NAME_MAX_BYTES);
		last = m;
	}
	if (last != NULL && last->how == MISSING_LISTED && n < cap)
		names[n++] = clean(a, last->issuer, NAME_MAX_BYTES);
	return n;
}

static void
put_root(struct facts *row, const struct chain_verdict *v)
{
	const struct path *p = v->path;
	const struct path_node *last = p != NULL && p->n > 0 ? p->nodes[p->n - 1] : NULL;

	if (last != NULL && last->anchor.sha256 != NULL)
		fact_put_hex(row, F_TRUST_ROOT_SHA256, (struct span){last->anchor.sha256, 32});
	else if (v->n_missing > 0 && v->missing[v->n_missing - 1].how == MISSING_ANCHOR)
		fact_put_hex(row, F_TRUST_ROOT_SHA256, v->missing[v->n_missing - 1].sha256);
	else
		fact_put_unknown(row, F_TRUST_ROOT_SHA256, WHY_NOT_APPLICABLE, NULL);
}

static bool
was_fetched(const struct chain_missing *m, const struct facts *f)
{
	for (size_t i = 0; i < fact_rows(f, K_FETCH) && m->der.n > 0; i++)
		if (span_eq(fact_hex(fact_row(f, K_FETCH, i), F_FETCH_ISSUER), m->der))
			return true;
	return m->how == MISSING_ANCHOR;
}

/* RFC 5280, 4.2.2.1.  Whoever follows caIssuers does not notice that something is missing. */
static void
put_aia(struct facts *row, const struct chain_verdict *v, const struct facts *f)
{
	bool all = true;

	if (v->complete || v->n_missing == 0)
		return;
	if (!fact_known(f, F_FETCHES)) {
		unknown_like(row, F_TRUST_AIA_COMPLETES, f, F_FETCHES);
		return;
	}
	for (size_t i = 0; i < v->n_missing; i++)
		all = all && was_fetched(&v->missing[i], f);
	fact_put_tri(row, F_TRUST_AIA_COMPLETES, all ? TRI_YES : TRI_NO);
}

/* Does this programme show the leaf as Extended Validation?  Only four have ever done so. */
static void
put_ev(struct facts *row, const struct chain_verdict *v, const struct deployment *d,
    const struct store_set *stores)
{
	bool known = fact_known(row, F_TRUST_ROOT_SHA256), ev = false;
	struct span root = fact_hex(row, F_TRUST_ROOT_SHA256);
	const struct cert *leaf = &d->certs[0];
	char dotted[OID_TEXT_MAX];

	if (v->store > STORE_CHROME || !known || root.n != 32 || !d->leaf_readable ||
	    !v->trust_ok) {
		fact_put_unknown(row, F_TRUST_EV, WHY_NOT_APPLICABLE, NULL);
		return;
	}
	for (uint32_t i = 0; i < leaf->n_policies && i < CERT_MAX_POLICIES; i++) {
		oid_text(leaf->policy[i], dotted, sizeof(dotted));
		ev = ev || (store_ev(stores, root.p, dotted) & STORE_BIT(v->store)) != 0;
	}
	fact_put_tri(row, F_TRUST_EV, ev ? TRI_YES : TRI_NO);
}

/* Since when there is this CA. */
static void
put_created(struct facts *row, const struct chain_verdict *v)
{
	const struct path *p = v->path;
	const struct path_node *last = p != NULL && p->n > 0 ? p->nodes[p->n - 1] : NULL;

	if (last != NULL && last->anchor.sha256 != NULL)
		fact_put_time(row, F_TRUST_ROOT_CREATED, last->cert.not_before);
	else if (fact_known(row, F_TRUST_ROOT_SHA256))
		fact_put_unknown(
		    row, F_TRUST_ROOT_CREATED, WHY_LOCAL, "the root's bytes are not at hand");
	else
		fact_put_unknown(row, F_TRUST_ROOT_CREATED, WHY_NOT_APPLICABLE, NULL);
}

static void
put_path(struct facts *row, const struct chain_verdict *v, struct arena *a)
{
	const char *names[PATH_MAX_DEPTH + PATH_MAX_MISSING + 1];
	const struct path *p = v->path;
	size_t n = 0;

	for (size_t i = 0; p != NULL && i < p->n && n < PATH_MAX_DEPTH; i++)
		names[n++] = clean(a, dn_arena(a, p->nodes[i]->cert.subject), NAME_MAX_BYTES);
	if (n > 0)
		n = add_facts(v, names, n, N_ELEMENTS(names), a);
	if (n > 0)
		fact_put_strs(row, F_TRUST_PATH, names, n);
	else
		fact_put_unknown(
		    row, F_TRUST_PATH, WHY_NOT_APPLICABLE, "no path to a root of this store");
	put_root(row, v);
}

/* --- what is missing, once per certificate --- */

enum { MISSING_MAX = 16, URL_MAX = 1024 };

struct missing_row {
	const struct chain_missing *m;
	const char *stores[STORE_MAX];
	size_t n_stores;
};

static bool
same_missing(const struct chain_missing *a, const struct chain_missing *b)
{
	if (a->sha256.n > 0 || b->sha256.n > 0)
		return span_eq(a->sha256, b->sha256);
	return strcmp(a->subject, b->subject) == 0 && span_eq(a->key_id, b->key_id);
}

static struct missing_row *
row_of(struct missing_row *rows, size_t *n, const struct chain_missing *m)
{
	for (size_t i = 0; i < *n; i++)
		if (same_missing(rows[i].m, m))
			return &rows[i];
	if (*n == MISSING_MAX)
		return NULL;
	rows[*n] = (struct missing_row){.m = m};
	return &rows[(*n)++];
}

static size_t
gather_missing(
    const struct deployment *d, const struct store_set *stores, struct missing_row *rows)
{
	size_t n = 0;

	for (size_t i = 0; i < d->j->n_verdicts; i++) {
		const struct chain_verdict *v = &d->j->verdicts[i];

		for (size_t k = 0; k < v->n_missing; k++) {
			struct missing_row *r;

			if (v->missing[k].how == MISSING_ANCHOR ||
			    (r = row_of(rows, &n, &v->missing[k])) == NULL)
				continue;
			r->stores[r->n_stores++] = store_name(stores, v->store);
		}
	}
	return n;
}

static void
put_missing_row(const struct missing_row *r, uint32_t id, struct facts *f, struct arena *a)
{
	struct facts *row = fact_add(f, K_MISSING);
	const struct chain_missing *m = r->m;

	fact_put_u32(row, F_MISSING_DEPLOYMENT, id);
	fact_put_strs(row, F_MISSING_STORES, r->stores, r->n_stores);
	fact_put_str(row, F_MISSING_SUBJECT, clean(a, m->subject, NAME_MAX_BYTES));
	if (m->issuer[0] != '\0')
		fact_put_str(row, F_MISSING_ISSUER, clean(a, m->issuer, NAME_MAX_BYTES));
	if (m->key_id.n > 0)
		fact_put_hex(row, F_MISSING_KEY_ID, m->key_id);
	if (m->sha256.n > 0)
		fact_put_hex(row, F_MISSING_SHA256, m->sha256);
	fact_put_str(row, F_MISSING_SOURCE, missing_how_name(m->how));
	if (m->url.n > 0)
		fact_put_str(row, F_MISSING_URL, text_clean(a, m->url, URL_MAX));
	if (m->der.n > 0)
		fact_put_hex(row, F_MISSING_DER, m->der);
}

static void
put_all_missing(const struct deployment *d, uint32_t id, const struct store_set *stores,
    struct facts *f, struct arena *a)
{
	struct missing_row *rows = arena_alloc(a, MISSING_MAX * sizeof(*rows));
	size_t n = gather_missing(d, stores, rows);

	for (size_t i = 0; i < n; i++)
		put_missing_row(&rows[i], id, f, a);
}

void
verdict_put(const struct deployment *d, uint32_t id, const char *host,
    const struct store_set *stores, int64_t now, struct facts *f)
{
	struct arena *a = arena_new(SCRATCH);
	struct work *w = arena_alloc(a, sizeof(*w));

	*w = (struct work){.d = d, .f = f, .host = host, .now = now, .a = a,
	    .memo = store_memo(stores)};
	for (size_t i = 0; i < d->j->n_verdicts; i++) {
		const struct chain_verdict *v = &d->j->verdicts[i];
		struct facts *row;

		if (i == STORE_WINDOWS_PRODUCT && v->path == NULL)
			continue; /* it has no say on chains of others */
		row = fact_add(f, K_TRUST);
		fact_put_u32(row, F_TRUST_DEPLOYMENT, id);
		fact_put_str(row, F_TRUST_STORE, store_name(stores, v->store));
		fact_put_str(row, F_TRUST_VERDICT, chain_kind_name(v->kind));
		fact_put_str(row, F_TRUST_REASON, clean(a, v->text, TEXT_MAX));
		put_notes(row, v, a);
		put_missing(row, v, a);
		put_aia(row, v, f);
		put_path(row, v, a);
		put_created(row, v);
		put_ev(row, v, d, stores);
		put_opinions(w, row, v);
	}
	put_all_missing(d, id, stores, f, a);
	arena_free(a);
}
