/* policies - see policies.h. */
#include "pki/policies.h"

#include "pki/oid.h"

struct pair {
	struct span valid, expected;
};

struct level {
	struct pair v[POLICIES_MAX];
	size_t n;
};

struct walk {
	struct level level;
	enum policies_result broken; /* the level is not to be relied upon, and why */
	/* 6.1.2 (d), (e), (f): so many certificates may still come before each takes effect */
	size_t explicit, mapping, inhibit_any;
	size_t by; /* who has set `explicit` */
};

static bool
is_any(struct span oid)
{
	return oid_is(oid, OID_POLICY_ANY);
}

static bool
has_valid(const struct level *l, struct span oid)
{
	for (size_t i = 0; i < l->n; i++)
		if (span_eq(l->v[i].valid, oid))
			return true;
	return false;
}

static bool
has_expected(const struct level *l, struct span oid)
{
	for (size_t i = 0; i < l->n; i++)
		if (span_eq(l->v[i].expected, oid))
			return true;
	return false;
}

static void
add(struct walk *w, struct level *l, struct span valid, struct span expected)
{
	if (l->n == POLICIES_MAX)
		w->broken = POLICIES_TOO_MANY;
	else
		l->v[l->n++] = (struct pair){valid, expected};
}

static bool
has_any_node(const struct level *l)
{
	for (size_t i = 0; i < l->n; i++)
		if (is_any(l->v[i].valid))
			return true;
	return false;
}

/* 6.1.3 (d) (1): each policy of the certificate that the level above expects, or that it takes as
 * any other. */
static bool
add_named(struct walk *w, const struct cert *c, struct level *next)
{
	struct rd r = rd_of(c->policy_list);
	bool any = false, any_above = has_any_node(&w->level);
	struct span oid;

	while (w->broken == POLICIES_OK && cert_policy_next(&r, &oid)) {
		if (is_any(oid)) {
			any = true;
			continue;
		}
		/* RFC 5280 4.2.1.4: "A certificate policy OID MUST NOT appear more than once" */
		if (has_valid(next, oid))
			w->broken = POLICIES_TWICE;
		else if (any_above || has_expected(&w->level, oid))
			add(w, next, oid, oid);
	}
	return any;
}

/* 6.1.3 (d), (e): the level of this certificate from the one above it. */
static void
descend(struct walk *w, const struct cert *c, bool last)
{
	struct level next = {.n = 0};
	bool any = add_named(w, c, &next);

	/* (2): "the certificate policies extension includes the policy anyPolicy and ... either (a)
	 * inhibit_anyPolicy is greater than 0, or (b) i < n and the certificate is self-issued" */
	if (any && (w->inhibit_any > 0 || (!last && c->self_issued)))
		for (size_t i = 0; i < w->level.n && w->broken == POLICIES_OK; i++)
			if (!has_valid(&next, w->level.v[i].expected))
				add(w, &next, w->level.v[i].expected, w->level.v[i].expected);
	w->level = next;
}

static bool
is_mapped(const struct cert *c, struct span policy)
{
	struct rd r = rd_of(c->policy_mappings);
	struct span from, to;

	while (cert_mapping_next(&r, &from, &to))
		if (span_eq(from, policy))
			return true;
	return false;
}

static bool
maps_any(const struct cert *c)
{
	struct rd r = rd_of(c->policy_mappings);
	struct span from, to;

	while (cert_mapping_next(&r, &from, &to))
		if (is_any(from) || is_any(to))
			return true;
	return false;
}

/* 6.1.4 (b): what is mapped gets other names below, or ends here when mapping is inhibited. */
static void
map(struct walk *w, const struct cert *c)
{
	struct level next = {.n = 0};
	struct rd r = rd_of(c->policy_mappings);
	bool any = has_any_node(&w->level);
	struct span from, to;

	for (size_t i = 0; i < w->level.n; i++)
		if (!is_mapped(c, w->level.v[i].valid))
			add(w, &next, w->level.v[i].valid, w->level.v[i].expected);
	while (w->mapping > 0 && w->broken == POLICIES_OK && cert_mapping_next(&r, &from, &to))
		if (any || has_valid(&w->level, from))
			add(w, &next, from, to);
	w->level = next;
}

static void
tighten(size_t *left, int32_t to)
{
	if (to >= 0 && (size_t)to < *left)
		*left = (size_t)to;
}

/* 6.1.4 (h) to (j) */
static void
prepare(struct walk *w, const struct cert *c, size_t depth)
{
	if (!c->self_issued) {
		w->explicit -= w->explicit > 0;
		w->mapping -= w->mapping > 0;
		w->inhibit_any -= w->inhibit_any > 0;
	}
	if (c->require_explicit >= 0 && (size_t)c->require_explicit < w->explicit)
		w->by = depth;
	tighten(&w->explicit, c->require_explicit);
	tighten(&w->mapping, c->inhibit_mapping);
	tighten(&w->inhibit_any, c->inhibit_any);
}

static struct policies_verdict
required(const struct walk *w)
{
	enum policies_result none = w->broken != POLICIES_OK ? w->broken : POLICIES_NONE;
	bool fails = w->explicit == 0 && (w->broken != POLICIES_OK || w->level.n == 0);

	return (struct policies_verdict){fails ? none : POLICIES_OK, w->by};
}

struct policies_verdict
policies_check(const struct cert *const *path, size_t n)
{
	static const uint8_t any[] = {0x55, 0x1d, 0x20, 0x00};
	struct walk w = {.explicit = n + 1, .mapping = n + 1, .inhibit_any = n + 1};
	struct policies_verdict v;

	w.level.v[w.level.n++] = (struct pair){SPAN_OF(any), SPAN_OF(any)};
	for (size_t depth = n; depth-- > 0;) {
		const struct cert *c = path[depth];

		descend(&w, c, depth == 0);
		/* 6.1.3 (f) */
		v = required(&w);
		if (v.result != POLICIES_OK)
			return v;
		if (depth == 0)
			break;
		/* 6.1.4 (a): "verify that the special value anyPolicy does not appear" */
		if (maps_any(c))
			return (struct policies_verdict){POLICIES_BAD_MAPPING, depth};
		if (c->policy_mappings.n > 0)
			map(&w, c);
		prepare(&w, c, depth);
	}
	if (n == 0)
		return (struct policies_verdict){POLICIES_OK, 0};
	/* 6.1.5 (a), (b) */
	w.explicit -= w.explicit > 0;
	if (path[0]->require_explicit == 0) {
		w.by = w.explicit > 0 ? 0 : w.by;
		w.explicit = 0;
	}
	return required(&w);
}
