/* dane - see dane.h. */
#include "derive/dane.h"

#include "adapt/openssl_crypto.h"
#include "derive/issuer.h"
#include "derive/rdata.h"
#include "pki/cert.h"
#include "probe.h"

enum usage { PKIX_TA, PKIX_EE, DANE_TA, DANE_EE }; /* RFC 7218, 2.1 */
enum { RECORDS_MAX = 32 };

struct record {
	struct rdata_tlsa t;
	bool usable, matches;
};

/* RFC 6698, 2.1: values beyond these are not assigned, or private. */
static bool
is_usable(const struct rdata_tlsa *t)
{
	static const size_t lengths[] = {0, 32, 64};

	if (t->usage > DANE_EE || t->selector > 1 || t->matching > 2)
		return false;
	return t->matching == 0 || t->data.n == lengths[t->matching];
}

static bool
cert_matches(const struct rdata_tlsa *t, struct span der)
{
	uint8_t hash[64];
	struct cert c;
	struct span in;

	if (!cert_parse(der, &c))
		return false;
	in = t->selector == 0 ? c.der : c.spki;
	if (t->matching == 0)
		return span_eq(in, t->data);
	if (t->matching == 1)
		crypto_sha256(in, hash);
	else
		crypto_sha512(in, hash);
	return memcmp(hash, t->data.p, t->data.n) == 0;
}

/* By the store's own verdict, dates included. */
static bool
is_trusted(const struct facts *f, const struct facts *deploy)
{
	for (size_t i = 0; i < fact_rows(f, K_TRUST); i++) {
		const struct facts *row = fact_row(f, K_TRUST, i);
		const char *verdict = fact_str(row, F_TRUST_VERDICT);

		if (fact_u32(row, F_TRUST_DEPLOYMENT) == fact_u32(deploy, F_DEPLOY_ID) &&
		    verdict != NULL && strncmp(verdict, "complete", 8) == 0)
			return true;
	}
	return false;
}

/* The certificates that lead from this one of the chain down to the leaf have been signed in turn:
 * RFC 7671, 5.2: "the trust anchor ... MUST be part of the chain". */
static bool
leads_down(const struct facts *f, struct u16s chain, size_t from)
{
	struct cert issuer, c;

	while (from > 0) {
		size_t below = from;

		if (!cert_parse(fact_hex(fact_row(f, K_CERT, chain.v[from]), F_CERT_DER), &issuer))
			return false;
		while (below-- > 0)
			if (cert_parse(fact_hex(fact_row(f, K_CERT, chain.v[below]), F_CERT_DER), &c) &&
			    issuer_signed(&issuer, &c))
				break;
		if (below == SIZE_MAX)
			return false;
		from = below;
	}
	return true;
}

static bool
chain_matches(const struct facts *f, const struct facts *deploy, const struct rdata_tlsa *t)
{
	struct u16s chain = fact_u16s(deploy, F_DEPLOY_CHAIN);
	bool ee = t->usage == PKIX_EE || t->usage == DANE_EE;
	size_t end = ee && chain.n > 1 ? 1 : chain.n;

	if ((t->usage == PKIX_TA || t->usage == PKIX_EE) && !is_trusted(f, deploy))
		return false;
	for (size_t i = ee ? 0 : 1; i < end; i++)
		if (cert_matches(t, fact_hex(fact_row(f, K_CERT, chain.v[i]), F_CERT_DER)) &&
		    leads_down(f, chain, i))
			return true;
	return false;
}

static size_t
read_records(struct facts *f, uint32_t answer, struct record *out)
{
	size_t n = 0;

	for (size_t i = 0; i < fact_rows(f, K_RR) && n < RECORDS_MAX; i++) {
		const struct facts *rr = fact_row(f, K_RR, i);

		if (fact_u32(rr, F_RR_ANSWER) != answer)
			continue;
		out[n] = (struct record){.usable = false};
		if (!rdata_tlsa(fact_hex(rr, F_RR_DATA), &out[n].t))
			continue;
		out[n].usable = is_usable(&out[n].t);
		n++;
	}
	return n;
}

/* Every chain in use, by any usable record.  TRI_UNKNOWN: there is none in use. */
static enum tri
match_all(const struct facts *f, struct record *v, size_t n)
{
	enum tri all = TRI_UNKNOWN;

	for (size_t i = 0; i < fact_rows(f, K_DEPLOY); i++) {
		const struct facts *d = fact_row(f, K_DEPLOY, i);
		bool any = false;

		if (!fact_yes(d, F_DEPLOY_COUNTS))
			continue;
		for (size_t k = 0; k < n; k++) {
			bool one = v[k].usable && chain_matches(f, d, &v[k].t);

			v[k].matches = v[k].matches || one;
			any = any || one;
		}
		if (all != TRI_NO)
			all = any ? TRI_YES : TRI_NO;
	}
	return all;
}

static void
put_rows(struct facts *f, const struct record *v, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		struct facts *row = fact_add(f, K_TLSA);

		fact_put_u32(row, F_TLSA_USAGE, v[i].t.usage);
		fact_put_u32(row, F_TLSA_SELECTOR, v[i].t.selector);
		fact_put_u32(row, F_TLSA_MATCHING, v[i].t.matching);
		fact_put_hex(row, F_TLSA_DATA, v[i].t.data);
		fact_put_tri(row, F_TLSA_USABLE, v[i].usable ? TRI_YES : TRI_NO);
		fact_put_tri(row, F_TLSA_MATCHES, v[i].matches ? TRI_YES : TRI_NO);
	}
}

static void
put_none(struct facts *f, const char *word, enum why why, const char *note)
{
	fact_put_str(f, F_DNS_TLSA, word);
	fact_put_unknown(f, F_DANE, why, note);
	fact_put_unknown(f, F_DNS_TLSA_SPARE, why, note);
}

static void
put_open(struct facts *f, const char *note)
{
	fact_put_unknown(f, F_DNS_TLSA, WHY_LOCAL, note);
	fact_put_unknown(f, F_DANE, WHY_LOCAL, note);
	fact_put_unknown(f, F_DNS_TLSA_SPARE, WHY_LOCAL, note);
}

static void
judge(struct facts *f, uint32_t answer, bool secure)
{
	struct record v[RECORDS_MAX];
	size_t n = read_records(f, answer, v), usable = 0, spare = 0;
	enum tri all = match_all(f, v, n);

	put_rows(f, v, n);
	for (size_t i = 0; i < n; i++) {
		usable += v[i].usable;
		spare += v[i].usable && !v[i].matches;
	}
	if (!secure && fact_note(f, F_DNS_ASKED) != NULL) { /* it could not be validated at all */
		put_open(f, fact_note(f, F_DNS_ASKED));
	} else if (!secure) {
		put_none(f, "insecure", WHY_NOT_APPLICABLE,
		    "without DNSSEC nobody may use TLSA records");
	} else if (usable == 0) {
		put_none(f, "unusable", WHY_NOT_APPLICABLE, "no TLSA record is usable");
	} else if (all == TRI_UNKNOWN) {
		put_none(f, "unusable", WHY_NOT_APPLICABLE, "no certificate was read");
	} else {
		fact_put_str(f, F_DNS_TLSA, all == TRI_YES ? "match" : "mismatch");
		fact_put_tri(f, F_DANE, all);
		fact_put_tri(f, F_DNS_TLSA_SPARE, spare > 0 ? TRI_YES : TRI_NO);
	}
}

void
dane_put(struct facts *f)
{
	const char *status = "local";

	for (size_t i = 0; i < fact_rows(f, K_ANSWER); i++) {
		const struct facts *row = fact_row(f, K_ANSWER, i);

		if (strcmp(fact_str(row, F_ANSWER_TYPE), "TLSA") != 0)
			continue;
		status = fact_str(row, F_ANSWER_STATUS);
		if (strcmp(status, "ok") != 0)
			break;
		judge(f, (uint32_t)i, fact_yes(row, F_ANSWER_SECURE));
		return;
	}
	if (strcmp(status, "nodata") == 0 || strcmp(status, "nxdomain") == 0) {
		put_none(f, "none", WHY_NOT_APPLICABLE, "there is no TLSA record");
	} else if (strcmp(status, "bogus") == 0) {
		put_none(f, "bogus", WHY_LOCAL, "the signatures of the TLSA records are wrong");
	} else {
		put_open(f, status);
	}
}
