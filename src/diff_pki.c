/* diff_pki - certificates, chains, trust and clients; see diff.h. */
#include "diff_internal.h"

#include "base/text.h"

static const struct facts *
cert_at(const struct facts *f, struct u16s chain, size_t i)
{
	return i < chain.n && chain.v[i] < fact_rows(f, K_CERT) ? fact_row(f, K_CERT, chain.v[i])
								: NULL;
}

static bool
same_str(const char *a, const char *b)
{
	return a != NULL && b != NULL && strcmp(a, b) == 0;
}

static const char *
or_none(const char *s)
{
	return s != NULL ? s : "none";
}

/* The deployment that plays the same part: judged or not, with a key of that type. */
static const struct facts *
partner(const struct facts *f, const struct facts *d)
{
	for (size_t i = 0; i < fact_rows(f, K_DEPLOY); i++) {
		const struct facts *other = fact_row(f, K_DEPLOY, i);

		if (same_str(fact_str(other, F_DEPLOY_KEY_TYPE), fact_str(d, F_DEPLOY_KEY_TYPE)) &&
		    fact_tri(other, F_DEPLOY_COUNTS) == fact_tri(d, F_DEPLOY_COUNTS))
			return other;
	}
	return NULL;
}

static const char *
type_of(const struct facts *d)
{
	return fact_str(d, F_DEPLOY_KEY_TYPE) != NULL ? fact_str(d, F_DEPLOY_KEY_TYPE) : "unknown";
}

/* ---- the leaf ---- */

static bool
has_name(const struct facts *c, const char *name)
{
	for (size_t i = 0; i < fact_n_strs(c, F_CERT_SANS); i++)
		if (strcmp(fact_strs(c, F_CERT_SANS, i), name) == 0)
			return true;
	return false;
}

/* Names of one that the other has not. */
static void
names_only_in(struct diffing *d, const struct facts *one, const struct facts *other,
    enum diff_kind kind, const char *word)
{
	enum { MOST = 10 };
	const char *list = NULL;
	size_t n = 0;

	for (size_t i = 0; i < fact_n_strs(one, F_CERT_SANS); i++) {
		const char *name = fact_strs(one, F_CERT_SANS, i);

		if (has_name(other, name) || n++ >= MOST)
			continue;
		list = list == NULL ? name : arena_printf(d->arena, "%s, %s", list, name);
	}
	if (list != NULL)
		diff_put(d, kind, "certificate",
		    arena_printf(d->arena, "certificate: %s %s%s", word, list,
			n > MOST ? arena_printf(d->arena, " and %zu more", n - MOST) : ""));
}

static void
key(struct diffing *d, const struct facts *a, const struct facts *b)
{
	uint32_t from = fact_u32(a, F_CERT_KEY_STRENGTH), to = fact_u32(b, F_CERT_KEY_STRENGTH);

	if (from != to && from > 0 && to > 0)
		diff_put(d, to < from ? DIFF_WORSE : DIFF_BETTER, "certificate",
		    arena_printf(d->arena, "certificate: key of %u bits (RSA-equivalent), was %u",
			(unsigned)to, (unsigned)from));
}

static void
leaf(struct diffing *d, const struct facts *a, const struct facts *b)
{
	bool same_key = span_eq(fact_hex(a, F_CERT_SPKI_SHA256), fact_hex(b, F_CERT_SPKI_SHA256));

	if (span_eq(fact_hex(a, F_CERT_SHA256), fact_hex(b, F_CERT_SHA256)))
		return;
	diff_put(d, DIFF_CHANGED, "certificate",
	    arena_printf(d->arena, "certificate renewed: until %.10s, was %.10s; %s key",
		text_time(d->arena, fact_time(b, F_CERT_NOT_AFTER)),
		text_time(d->arena, fact_time(a, F_CERT_NOT_AFTER)), same_key ? "the same" : "a new"));
	if (!same_str(fact_str(a, F_CERT_ISSUER), fact_str(b, F_CERT_ISSUER)))
		diff_put(d, DIFF_CHANGED, "certificate",
		    arena_printf(d->arena, "certificate: issued by %s, was %s",
			or_none(fact_str(b, F_CERT_ISSUER)), or_none(fact_str(a, F_CERT_ISSUER))));
	key(d, a, b);
	names_only_in(d, a, b, DIFF_WORSE, "no longer for");
	names_only_in(d, b, a, DIFF_CHANGED, "also for");
}

/* ---- the chain behind it ---- */

static const char *
subjects(struct diffing *d, const struct facts *f, struct u16s chain)
{
	const char *list = NULL;

	for (size_t i = 1; i < chain.n; i++) {
		const struct facts *c = cert_at(f, chain, i);
		const char *name = c != NULL ? or_none(fact_str(c, F_CERT_SUBJECT)) : "unknown";

		list = list == NULL ? name : arena_printf(d->arena, "%s; %s", list, name);
	}
	return list != NULL ? list : "nothing";
}

static bool
same_chain(const struct facts *f, struct u16s a, const struct facts *g, struct u16s b)
{
	for (size_t i = 1; i < a.n || i < b.n; i++) {
		const struct facts *c = cert_at(f, a, i), *e = cert_at(g, b, i);

		if (c == NULL || e == NULL ||
		    !span_eq(fact_hex(c, F_CERT_SHA256), fact_hex(e, F_CERT_SHA256)))
			return false;
	}
	return true;
}

static void
chain(struct diffing *d, const struct facts *a, const struct facts *b)
{
	struct u16s from = fact_u16s(a, F_DEPLOY_CHAIN), to = fact_u16s(b, F_DEPLOY_CHAIN);
	const struct facts *x = cert_at(d->f, from, 0), *y = cert_at(d->g, to, 0);

	if (x != NULL && y != NULL)
		leaf(d, x, y);
	if (!same_chain(d->f, from, d->g, to))
		diff_put(d, DIFF_CHANGED, "chain",
		    arena_printf(d->arena, "%s chain: behind the leaf %s, was %s", type_of(b),
			subjects(d, d->g, to), subjects(d, d->f, from)));
}

/* ---- what the stores make of it ---- */

static const struct facts *
verdict_of(const struct facts *f, uint32_t deployment, const char *store)
{
	for (size_t i = 0; i < fact_rows(f, K_TRUST); i++) {
		const struct facts *row = fact_row(f, K_TRUST, i);

		if (fact_u32(row, F_TRUST_DEPLOYMENT) == deployment &&
		    same_str(fact_str(row, F_TRUST_STORE), store))
			return row;
	}
	return NULL;
}

static bool
is_trusted(const char *verdict)
{
	return same_str(verdict, "complete") || same_str(verdict, "unverified");
}

static void
trust(struct diffing *d, const struct facts *a, const struct facts *b)
{
	uint32_t from = fact_u32(a, F_DEPLOY_ID), to = fact_u32(b, F_DEPLOY_ID);

	for (size_t i = 0; i < fact_rows(d->g, K_TRUST); i++) {
		const struct facts *now = fact_row(d->g, K_TRUST, i), *was;
		const char *v = fact_str(now, F_TRUST_VERDICT), *store, *w;

		if (fact_u32(now, F_TRUST_DEPLOYMENT) != to)
			continue;
		store = fact_str(now, F_TRUST_STORE);
		was = verdict_of(d->f, from, store);
		w = was != NULL ? fact_str(was, F_TRUST_VERDICT) : NULL;
		if (v == NULL || w == NULL || strcmp(v, w) == 0)
			continue;
		diff_put(d,
		    is_trusted(v) == is_trusted(w) ? DIFF_CHANGED
		    : is_trusted(v)                ? DIFF_BETTER
						   : DIFF_WORSE,
		    "trust",
		    arena_printf(d->arena, "%s chain in %s: %s, was %s", type_of(b), store, v, w));
	}
}

void
diff_pki(struct diffing *d)
{
	for (size_t i = 0; i < fact_rows(d->g, K_DEPLOY); i++) {
		const struct facts *b = fact_row(d->g, K_DEPLOY, i), *a = partner(d->f, b);

		if (a == NULL) {
			diff_put(d, DIFF_CHANGED, "chain",
			    arena_printf(d->arena, "a chain with an %s key is new", type_of(b)));
			continue;
		}
		chain(d, a, b);
		trust(d, a, b);
	}
	for (size_t i = 0; i < fact_rows(d->f, K_DEPLOY); i++) {
		const struct facts *a = fact_row(d->f, K_DEPLOY, i);

		if (partner(d->g, a) == NULL)
			diff_put(d, DIFF_CHANGED, "chain",
			    arena_printf(
				d->arena, "the chain with an %s key is gone", type_of(a)));
	}
}

/* ---- clients ---- */

static const struct facts *
client_of(const struct facts *f, const struct facts *like, size_t hint)
{
	/* The table is the same from run to run: mostly it is the same row. */
	for (size_t i = 0, n = fact_rows(f, K_CLIENT); i < n; i++) {
		const struct facts *row = fact_row(f, K_CLIENT, (hint + i) % n);
		const char *on = fact_str(row, F_CLIENT_PLATFORM),
			   *other = fact_str(like, F_CLIENT_PLATFORM);

		if (same_str(fact_str(row, F_CLIENT_NAME), fact_str(like, F_CLIENT_NAME)) &&
		    (on == NULL ? other == NULL : same_str(on, other)))
			return row;
	}
	return NULL;
}

/* One line for all clients that are lost, or gained: the reference clients count, the rest is a
 * change. */
static void
clients(struct diffing *d, enum tri now, bool reference, enum diff_kind kind, const char *word)
{
	const char *list = NULL;

	for (size_t i = 0; i < fact_rows(d->g, K_CLIENT); i++) {
		const struct facts *b = fact_row(d->g, K_CLIENT, i);
		const struct facts *a = client_of(d->f, b, i);
		const char *name, *on;

		if (a == NULL || fact_yes(b, F_CLIENT_REFERENCE) != reference ||
		    fact_tri(b, F_CLIENT_CONNECTS) != now ||
		    fact_tri(a, F_CLIENT_CONNECTS) == now ||
		    fact_tri(a, F_CLIENT_CONNECTS) == TRI_UNKNOWN)
			continue;
		name = or_none(fact_str(b, F_CLIENT_NAME));
		on = fact_str(b, F_CLIENT_PLATFORM);
		if (on != NULL)
			name = arena_printf(d->arena, "%s on %s", name, on);
		list = list == NULL ? name : arena_printf(d->arena, "%s, %s", list, name);
	}
	if (list != NULL)
		diff_put(d, kind, "client", arena_printf(d->arena, "%s: %s", word, list));
}

void
diff_clients(struct diffing *d)
{
	static const char lost[] = "clients that do not connect any more",
			  gained[] = "clients that connect now";

	clients(d, TRI_NO, true, DIFF_WORSE, lost);
	clients(d, TRI_NO, false, DIFF_CHANGED, lost);
	clients(d, TRI_YES, true, DIFF_BETTER, gained);
	clients(d, TRI_YES, false, DIFF_CHANGED, gained);
}
