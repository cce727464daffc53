/*
 * Target: the probe `trust` on any certificates and staple.  The input is a list of vectors with
 * lengths of three bytes: the staple, then the certificates of one chain; a second flight brings
 * the same chain without its first certificate.
 */
#include "base/arena.h"
#include "base/check.h"
#include "base/text.h"
#include "pki/store.h"
#include "probe.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

extern const struct probe probe_trust;

enum { MAX_CERTS = 40, ARENA = 8 << 20, NOW = 1780272000 };

static void
flight(struct facts *f, struct u16s chain, struct span staple, enum tri sni)
{
	struct facts *row = fact_add(f, K_FLIGHT);

	fact_put_u32(row, F_FLIGHT_VERSION, 0x0303);
	fact_put_tri(row, F_FLIGHT_SNI, sni);
	fact_put_u16s(row, F_FLIGHT_CHAIN, chain);
	fact_put_hex(row, F_FLIGHT_STAPLE, staple);
	fact_put_hex(row, F_FLIGHT_SCTS, staple);
}

/* Nothing that a terminal would obey, whatever the bytes were. */
static void
check_text(const char *s)
{
	struct span rest = span_str(s);
	uint32_t cp;
	size_t n;

	while ((n = text_next(rest, &cp)) > 0) {
		CHECK(!text_is_control(cp) || cp == 0xfffd);
		rest.p += n;
		rest.n -= n;
	}
}

static void
check_row(const struct facts *row, enum kind k)
{
	for (int i = kind_defs[k].first; i < (int)kind_end(k); i++) {
		enum fact_id id = (enum fact_id)i;

		if (fact_defs[id].type == FT_STR && fact_known(row, id))
			check_text(fact_str(row, id));
		if (fact_defs[id].type == FT_STRS)
			for (size_t s = 0; s < fact_n_strs(row, id); s++)
				check_text(fact_strs(row, id, s));
		if (fact_note(row, id) != NULL)
			check_text(fact_note(row, id));
	}
}

static void
check_all(const struct facts *f)
{
	static const enum kind kinds[] = {K_CERT, K_DEPLOY, K_TRUST};

	for (const enum fact_id *id = probe_trust.gives; *id != F_NONE; id++)
		CHECK(fact_settled(f, *id));
	check_row(f, K_ENDPOINT);
	for (size_t k = 0; k < N_ELEMENTS(kinds); k++)
		for (size_t i = 0; i < fact_rows(f, kinds[k]); i++)
			check_row(fact_row(f, kinds[k], i), kinds[k]);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	static struct store_set *set;
	struct arena *a = arena_new(ARENA);
	struct facts *f = facts_new(a);
	struct endpoint ep = {.host = "leaf.example", .sni = "leaf.example"};
	struct ctx c = {.known = f, .ep = &ep, .arena = a, .now = NOW};
	struct rd r = {data, n}, body, staple = {NULL, 0};
	uint16_t chain[MAX_CERTS];
	size_t k = 0;

	if (set == NULL)
		set = store_set_new();
	c.stores = set;
	if (!rd_vec24(&r, &staple))
		staple = (struct rd){NULL, 0};
	for (; k < MAX_CERTS && rd_vec24(&r, &body); k++) {
		chain[k] = (uint16_t)k;
		fact_put_hex(fact_add(f, K_CERT), F_CERT_DER, rd_rest(&body));
	}
	flight(f, (struct u16s){chain, k}, rd_rest(&staple), TRI_YES);
	if (k > 1)
		flight(f, (struct u16s){chain + 1, k - 1}, rd_rest(&staple), TRI_NO);
	fact_put_u32(f, F_FLIGHTS_READ, 2);
	probe_trust.conclude(NULL, &c, f);
	check_all(f);
	arena_free(a);
	return 0;
}
