/* Target: crl_parse(), crl_next(), crl_find() and crl_judge() on any bytes. */
#include "base/check.h"
#include "evidence/crl_judge.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

enum { NOW = 1780272000 };

static void
inside(struct span s, struct span whole)
{
	CHECK(s.n == 0 || (s.p >= whole.p && s.p + s.n <= whole.p + whole.n));
}

static void
walk(const struct crl *c, struct span whole)
{
	struct crl_entry e, found;
	uint32_t n = 0;

	inside(c->tbs, whole);
	inside(c->sig, whole);
	inside(c->issuer, c->tbs);
	inside(c->idp_names, c->tbs);
	for (struct rd r = rd_of(c->entries); crl_next(&r, &e); n++) {
		inside(e.serial, c->entries);
		CHECK(n > 8 || crl_find(c, e.serial, &found));
	}
	CHECK(n == c->n_entries);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct span whole = {data, n};
	struct cert nobody = {.serial = {data, n > 0}};
	struct crl_judgement j;
	struct crl c;

	if (crl_parse(whole, &c)) {
		walk(&c, whole);
		nobody.issuer = nobody.subject = c.issuer;
	}
	j = crl_judge(whole, &nobody, &nobody, NOW);
	CHECK(j.status != NULL && !j.good && !j.revoked); /* nobody's key verifies nothing */
	return 0;
}
