/* Target: the readers of rdata.h, each on the same bytes. */
#include "base/check.h"
#include "derive/rdata.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

enum { ARENA = 1 << 20 };

static void
inside(struct span s, struct span whole)
{
	CHECK(s.n == 0 || (s.p >= whole.p && s.p + s.n <= whole.p + whole.n));
}

static void
caa(struct span whole)
{
	struct span rest, name = {NULL, 0}, value = {NULL, 0};
	struct rdata_caa c;
	size_t n = 0;

	if (!rdata_caa(whole, &c))
		return;
	inside(c.tag, whole);
	inside(rdata_caa_issuer(c.value), c.value);
	for (rest = c.value; rdata_caa_parameter(&rest, &name, &value); n++) {
		inside(name, c.value);
		inside(value, c.value);
	}
	CHECK(n <= c.value.n);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct span whole = {data, n};
	struct arena *a = arena_new(ARENA);
	struct rdata_tlsa tlsa;
	struct rdata_https https;
	const char *text = NULL;
	uint16_t number;

	caa(whole);
	if (rdata_tlsa(whole, &tlsa))
		CHECK(tlsa.data.n == n - 3);
	if (rdata_https(whole, a, &https)) {
		CHECK(https.n_alpn <= RDATA_ALPNS && https.target != NULL);
		inside(https.ech, whole);
	}
	CHECK(!rdata_mx(whole, a, &number, &text) || text != NULL);
	CHECK(!rdata_srv(whole, a, &number, &text) || text != NULL);
	CHECK(!rdata_txt(whole, a, &text) || text != NULL);
	arena_free(a);
	return 0;
}
