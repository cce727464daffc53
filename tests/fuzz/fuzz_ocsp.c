/* Target: ocsp_parse(), its iterators, sct_list_read(), sct_next(), staple_judge() on any bytes. */
#include "base/arena.h"
#include "base/check.h"
#include "derive/staple.h"
#include "pki/ocsp.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

enum { NOW = 1780272000, ARENA = 1 << 20 };

static void
inside(struct span s, struct span whole)
{
	CHECK(s.n == 0 || (s.p >= whole.p && s.p + s.n <= whole.p + whole.n));
}

static void
walk(const struct ocsp *o, struct span whole)
{
	struct ocsp_single s;
	uint32_t n = 0;

	inside(o->tbs, whole);
	inside(o->sig, whole);
	inside(o->responder_name, o->tbs);
	inside(o->responder_key, o->tbs);
	CHECK(o->responder_name.n == 0 || o->responder_key.n == 0);
	for (struct rd r = rd_of(o->responses); ocsp_single_next(&r, &s); n++) {
		inside(s.serial, o->responses);
		inside(s.name_hash, o->responses);
		inside(s.sct_list, o->responses);
		CHECK(s.status <= OCSP_UNKNOWN);
		(void)ocsp_reason_text(s.reason);
	}
	CHECK(n == o->n_responses);
}

/* Judged for a certificate that came along, by itself: so that the key is there to be tried. */
static void
judge(const struct ocsp *o, struct span whole)
{
	struct arena *a = arena_new(ARENA);
	struct cert c = {.serial = {NULL, 0}};
	struct ocsp_single single;
	struct rd certs = rd_of(o->certs), r = rd_of(o->responses);
	struct staple s;
	struct span der;

	if (ocsp_cert_next(&certs, &der) && cert_parse(der, &c) && ocsp_single_next(&r, &single))
		c.serial = single.serial;
	s = staple_judge(whole, &c, c.der.n > 0 ? &c : NULL, NOW, a);
	CHECK(s.status != NULL && s.good == (strcmp(s.status, "good") == 0) &&
	      s.revoked == (strcmp(s.status, "revoked") == 0));
	arena_free(a);
}

static void
scts(struct span whole)
{
	uint32_t n = sct_list_read(whole).n;
	struct sct s;
	struct rd r;

	if (!sct_begin(whole, &r))
		return;
	for (; sct_next(&r, &s); n--) {
		CHECK(n > 0 && s.log_id.n == 32);
		inside(s.signature, whole);
		inside(s.extensions, whole);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct span whole = {data, n};
	struct sct_list l = sct_list_read(whole);
	struct ocsp o;

	CHECK(l.n <= n / 43 && (l.n > 0 || l.earliest == 0));
	scts(whole);
	if (!ocsp_parse(whole, &o))
		return 0;
	(void)ocsp_status_text(o.status);
	if (o.basic)
		walk(&o, whole);
	judge(&o, whole);
	(void)staple_scts(whole);
	return 0;
}
