/* compare - see compare.h. */
#include "audit/compare.h"

static const struct {
	enum fact_id id;
	const char *name;
} rows[] = {
    {F_PROTO_SSL2, "SSLv2"},
    {F_PROTO_SSL3, "SSLv3"},
    {F_PROTO_TLS1_0, "TLS 1.0"},
    {F_PROTO_TLS1_1, "TLS 1.1"},
    {F_PROTO_TLS1_2, "TLS 1.2"},
    {F_PROTO_TLS1_3, "TLS 1.3"},
    {F_SUITES_SSL3, "SSLv3 suites"},
    {F_SUITES_TLS1_0, "TLS 1.0 suites"},
    {F_SUITES_TLS1_1, "TLS 1.1 suites"},
    {F_SUITES_TLS1_2, "TLS 1.2 suites"},
    {F_SUITES_TLS1_3, "TLS 1.3 suites"},
    {F_GROUPS_TLS1_3, "TLS 1.3 groups"},
    {F_GROUPS_TLS1_2, "TLS 1.2 groups"},
    {F_DH_BITS, "Diffie-Hellman size"},
    {F_ALPN, "ALPN"},
    {F_RENEG_INFO, "secure renegotiation"},
    {F_COMPRESSION, "compression"},
};

static bool
same_codes(struct u16s a, struct u16s b)
{
	for (size_t i = 0; i < a.n; i++)
		if (!u16s_has(b, a.v[i]))
			return false;
	for (size_t i = 0; i < b.n; i++)
		if (!u16s_has(a, b.v[i]))
			return false;
	return true;
}

static bool
has_str(const struct facts *f, enum fact_id id, const char *s)
{
	for (size_t i = 0; i < fact_n_strs(f, id); i++)
		if (strcmp(fact_strs(f, id, i), s) == 0)
			return true;
	return false;
}

static bool
strs_within(const struct facts *a, const struct facts *b, enum fact_id id)
{
	for (size_t i = 0; i < fact_n_strs(a, id); i++)
		if (!has_str(b, id, fact_strs(a, id, i)))
			return false;
	return true;
}

/* Both are known. */
static bool
same_fact(const struct facts *a, const struct facts *b, enum fact_id id)
{
	switch (fact_defs[id].type) {
	case FT_TRI:
		return fact_tri(a, id) == fact_tri(b, id);
	case FT_STRS:
		return strs_within(a, b, id) && strs_within(b, a, id);
	case FT_U32:
		return fact_u32(a, id) == fact_u32(b, id);
	default:
		return same_codes(fact_u16s(a, id), fact_u16s(b, id));
	}
}

/* ---- certificates ---- */

/* The leaf of the i-th flight, or NULL. */
static const struct facts *
leaf_of(const struct facts *f, size_t i)
{
	struct u16s chain = fact_u16s(fact_row(f, K_FLIGHT, i), F_FLIGHT_CHAIN);

	if (chain.n == 0 || chain.v[0] >= fact_rows(f, K_CERT))
		return NULL;
	return fact_row(f, K_CERT, chain.v[0]);
}

static const char *
key_type(const struct facts *cert)
{
	const char *s = fact_str(cert, F_CERT_KEY_TYPE);

	return s != NULL ? s : "";
}

/* Does f show this leaf: 1 yes, 0 another of that key type, -1 none of that key type? */
static int
shows_leaf(const struct facts *f, const struct facts *leaf)
{
	int found = -1;

	for (size_t i = 0; i < fact_rows(f, K_FLIGHT); i++) {
		const struct facts *other = leaf_of(f, i);

		if (other == NULL || strcmp(key_type(other), key_type(leaf)) != 0)
			continue;
		if (span_eq(fact_hex(other, F_CERT_SHA256), fact_hex(leaf, F_CERT_SHA256)))
			return 1;
		found = 0;
	}
	return found;
}

/* A leaf of a that b replaces by another of the same key type, or NULL. */
static const struct facts *
leaf_differs(const struct facts *a, const struct facts *b)
{
	for (size_t i = 0; i < fact_rows(a, K_FLIGHT); i++) {
		const struct facts *leaf = leaf_of(a, i);

		if (leaf != NULL && shows_leaf(b, leaf) == 0)
			return leaf;
	}
	return NULL;
}

/* ---- all together ---- */

struct finding_text {
	struct arena *arena;
	const char *text; /* NULL: none yet */
	bool compared;
};

static void
add(struct finding_text *t, const char *what)
{
	t->text = t->text == NULL ? what : arena_printf(t->arena, "%s, %s", t->text, what);
}

static void
compare_row(const struct facts *const *f, size_t n, size_t row, struct finding_text *t)
{
	enum fact_id id = rows[row].id;
	const struct facts *first = NULL;

	for (size_t i = 0; i < n; i++) {
		if (!fact_known(f[i], id))
			continue;
		if (first == NULL) {
			first = f[i];
			continue;
		}
		t->compared = true;
		if (!same_fact(first, f[i], id)) {
			add(t, arena_printf(t->arena, "%s (%s)", rows[row].name, fact_defs[id].json));
			return;
		}
	}
}

static void
compare_leaves(const struct facts *const *f, size_t n, struct finding_text *t)
{
	for (size_t i = 0; i < n; i++)
		for (size_t k = 0; k < n; k++) {
			const struct facts *leaf = i != k ? leaf_differs(f[i], f[k]) : NULL;

			if (leaf != NULL) {
				add(t, arena_printf(t->arena, "%s certificate", key_type(leaf)));
				return;
			}
		}
}

enum tri
compare_facts(const struct facts *const *f, size_t n, struct arena *a, const char **what)
{
	struct finding_text t = {.arena = a};

	for (size_t i = 0; i < N_ELEMENTS(rows); i++)
		compare_row(f, n, i, &t);
	compare_leaves(f, n, &t);
	*what = t.text;
	if (t.text != NULL)
		return TRI_YES;
	return t.compared ? TRI_NO : TRI_UNKNOWN;
}
