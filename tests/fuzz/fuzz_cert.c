/* Target: cert_parse(), its iterators, name_match(), name_oddities(), lints and weak keys on any bytes. */
#include "base/check.h"
#include "pki/cert.h"
#include "pki/collision.h"
#include "pki/constraint.h"
#include "pki/lint.h"
#include "pki/name.h"
#include "pki/weak_key.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void
inside(struct span s, struct span whole)
{
	CHECK(s.n == 0 || (s.p >= whole.p && s.p + s.n <= whole.p + whole.n));
}

static void
walk(const struct cert *c)
{
	struct cert_name name;
	struct cert_ext ext, again;
	struct span oid;
	uint32_t n_ext = 0, n_san = 0;
	bool odd;

	for (struct rd r = rd_of(c->exts); cert_ext_next(&r, &ext); n_ext++) {
		inside(ext.oid, c->der);
		inside(ext.value, c->der);
		CHECK(cert_ext_find(c, ext.oid, &again));
	}
	CHECK(c->n_exts <= CERT_MAX_EXTS && n_ext >= c->n_exts);
	for (struct rd r = rd_of(c->san); cert_name_next(&r, &name); n_san++)
		inside(name.value, c->der);
	CHECK(c->n_san <= CERT_MAX_SANS &&
	      (c->n_san == n_san || (c->flaws & CERT_FLAW_SAN_MANY) != 0));
	for (struct rd r = rd_of(c->eku_list); cert_oid_next(&r, &oid);)
		inside(oid, c->der);
	for (struct rd r = rd_of(c->nc_permitted); cert_subtree_next(&r, &name, &odd);)
		inside(name.value, c->der);
}

/* Lints, keys and collisions: whatever they say, it is bounded. */
static void
judge(const struct cert *c)
{
	struct arena *a = arena_new(1 << 16);
	const struct lint *hits[LINT_MAX];

	CHECK(lint_run(c, true, hits) <= LINT_MAX);
	CHECK(weak_key_check(c, a).n <= WEAK_KEY_MAX);
	CHECK(collision_judge(c, false, a).n <= COLLISION_MAX);
	arena_free(a);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct span der = {data, n}, by;
	struct cert_name which;
	size_t budget = 10000;
	struct cert c;

	if (!cert_parse(der, &c)) {
		CHECK((c.flaws & (CERT_FLAW_DER | CERT_FLAW_TOO_LONG)) != 0);
		return 0;
	}
	inside(c.der, der);
	inside(c.tbs, c.der);
	inside(c.spki, c.tbs);
	inside(c.sig, c.der);
	inside(c.key.modulus, c.spki);
	CHECK(c.version >= 1 && c.version <= 3);
	walk(&c);
	name_match(&c, "www.example.com", &by);
	inside(by, c.der);
	(void)name_match(&c, "192.0.2.1", NULL);
	(void)name_oddities(&c);
	(void)cert_key_strength(&c.key);
	(void)constraint_check(&c, &c, &budget, &which);
	judge(&c);
	return 0;
}
