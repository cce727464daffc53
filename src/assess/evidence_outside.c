/* evidence_outside - see evidence.h for what each says. */
#include "assess/evidence_outside.h"

#include "base/text.h"

enum { TLSA_SHOWN = 8 };

static const char *
text_of(const struct facts *row, enum fact_id id)
{
	const char *s = fact_str(row, id);

	return s != NULL ? s : "unknown";
}

/* "CN=R10" of the certificate that a row is about. */
static const char *
cert_name(const struct facts *f, const struct facts *row, enum fact_id id, struct arena *a)
{
	uint32_t i = fact_u32(row, id);
	const char *cn = i < fact_rows(f, K_CERT) ? fact_str(fact_row(f, K_CERT, i), F_CERT_CN) : NULL;

	return cn != NULL && *cn != '\0' ? arena_printf(a, "CN=%s", cn)
					 : arena_printf(a, "%u", (unsigned)i + 1);
}

/* Row i of the rule's own kind when it hits that one; of another kind: any. */
static const struct facts *
hit(const struct rule *r, const struct facts *f, enum kind k, size_t i)
{
	return r->rows != k || rule_ask_row(r, f, i) == TRI_YES ? fact_row(f, k, i) : NULL;
}

/* Certificates of which somebody says that they are revoked, and who. */
void
evidence_revoked(struct line *l, const struct rule *r, const struct facts *f, struct arena *a)
{
	(void)r;
	for (size_t i = 0; i < fact_rows(f, K_CERT); i++) {
		const struct facts *c = fact_row(f, K_CERT, i);
		const char *cn = fact_str(c, F_CERT_CN), *note = fact_note(c, F_CERT_REVOCATION);

		if (strcmp(text_of(c, F_CERT_REVOCATION), "revoked") != 0)
			continue;
		line_item(l, "certificate CN=%s: revoked%s%s", cn != NULL ? cn : "",
		    note != NULL ? " " : "", note != NULL ? note : "");
		for (size_t k = 0; k < fact_n_strs(c, F_CERT_REVOCATION_BY); k++)
			line_more(l, "%s", fact_strs(c, F_CERT_REVOCATION_BY, k));
	}
	(void)a;
}

void
evidence_fetches(struct line *l, const struct rule *r, const struct facts *f, struct arena *a)
{
	for (size_t i = 0; i < fact_rows(f, K_FETCH); i++) {
		const struct facts *row = hit(r, f, K_FETCH, i);

		if (row != NULL)
			line_item(l, "%s %s of certificate %s: %s", text_of(row, F_FETCH_METHOD),
			    text_of(row, F_FETCH_URL), cert_name(f, row, F_FETCH_CERT, a),
			    text_of(row, F_FETCH_RESULT));
	}
}

void
evidence_responders(struct line *l, const struct rule *r, const struct facts *f, struct arena *a)
{
	for (size_t i = 0; i < fact_rows(f, K_RESPONDER); i++) {
		const struct facts *row = hit(r, f, K_RESPONDER, i);

		if (row == NULL)
			continue;
		line_item(l, "%s of certificate %s: GET %s", text_of(row, F_RESPONDER_URL),
		    cert_name(f, row, F_RESPONDER_CERT, a), text_of(row, F_RESPONDER_GET));
		line_more(l, "POST %s", text_of(row, F_RESPONDER_POST));
		for (size_t k = 0; k < fact_n_strs(row, F_RESPONDER_PROBLEMS); k++)
			line_more(l, "%s", fact_strs(row, F_RESPONDER_PROBLEMS, k));
	}
}

void
evidence_crls(struct line *l, const struct rule *r, const struct facts *f, struct arena *a)
{
	for (size_t i = 0; i < fact_rows(f, K_CRL); i++) {
		const struct facts *row = hit(r, f, K_CRL, i);

		if (row != NULL)
			line_item(l, "%s of certificate %s: %s", text_of(row, F_CRL_URL),
			    cert_name(f, row, F_CRL_CERT, a), text_of(row, F_CRL_STATUS));
	}
}

void
evidence_staples(struct line *l, const struct rule *r, const struct facts *f, struct arena *a)
{
	for (size_t i = 0; i < fact_rows(f, K_DEPLOY); i++) {
		const struct facts *d = hit(r, f, K_DEPLOY, i), *leaf;
		const char *note, *times;

		if (d == NULL || !counts(d) || (leaf = leaf_of(f, d)) == NULL)
			continue;
		if (fact_str(d, F_DEPLOY_STAPLE_STATUS) == NULL) {
			line_item(l, "with certificate CN=%s comes no OCSP response",
			    text_of(leaf, F_CERT_CN));
			continue;
		}
		note = fact_note(d, F_DEPLOY_STAPLE_STATUS);
		times = fact_str(d, F_DEPLOY_STAPLE_TIMES);
		line_item(l, "stapled with certificate CN=%s: %s%s%s%s%s%s", text_of(leaf, F_CERT_CN),
		    text_of(d, F_DEPLOY_STAPLE_STATUS), note != NULL ? " (" : "",
		    note != NULL ? note : "", note != NULL ? ")" : "",
		    times != NULL ? ", thisUpdate/nextUpdate " : "", times != NULL ? times : "");
	}
	(void)a;
}

/* Those that count for nothing: not genuine, or of a log that nobody knows or takes any more. */
void
evidence_stamps(struct line *l, const struct rule *r, const struct facts *f, struct arena *a)
{
	for (size_t i = 0; i < fact_rows(f, K_SCT); i++) {
		const struct facts *row = hit(r, f, K_SCT, i);
		const char *log;

		if (row == NULL)
			continue;
		log = fact_known(row, F_SCT_LOG) ? fact_str(row, F_SCT_LOG)
						 : text_hex(a, fact_hex(row, F_SCT_LOG_ID));
		line_item(l, "%s, log %s (%s): %s", text_of(row, F_SCT_SOURCE), log,
		    fact_known(row, F_SCT_STATE) ? fact_str(row, F_SCT_STATE) : "not on the list",
		    fact_yes(row, F_SCT_VALID)				   ? "genuine"
		    : fact_tri(row, F_SCT_VALID) == TRI_NO ? "its signature does not verify"
								   : "not verified");
	}
	if (fact_rows(f, K_SCT) == 0)
		line_item(l, "no timestamp came");
}

void
evidence_caa(struct line *l, const struct rule *r, const struct facts *f, struct arena *a)
{
	for (size_t i = 0; i < fact_rows(f, K_CAA); i++) {
		const struct facts *row = hit(r, f, K_CAA, i);

		if (row != NULL)
			line_item(l, "%s CAA %s%s \"%s\"", text_of(f, F_CAA_AT),
			    fact_yes(row, F_CAA_CRITICAL) ? "(critical) " : "",
			    text_of(row, F_CAA_TAG), text_of(row, F_CAA_VALUE));
	}
	for (size_t i = 0; i < fact_rows(f, K_DEPLOY); i++) {
		const struct facts *d = fact_row(f, K_DEPLOY, i),
				   *leaf = counts(d) ? leaf_of(f, d) : NULL;

		if (leaf != NULL)
			line_item(l, "issued by %s", text_of(leaf, F_CERT_ISSUER));
	}
	(void)a;
}

void
evidence_tlsa(struct line *l, const struct rule *r, const struct facts *f, struct arena *a)
{
	for (size_t i = 0; i < fact_rows(f, K_TLSA); i++) {
		const struct facts *row = hit(r, f, K_TLSA, i);
		struct span data;

		if (row == NULL)
			continue;
		data = fact_hex(row, F_TLSA_DATA);
		data.n = data.n < TLSA_SHOWN ? data.n : TLSA_SHOWN;
		line_item(l, "TLSA %u %u %u %s...: %s", fact_u32(row, F_TLSA_USAGE),
		    fact_u32(row, F_TLSA_SELECTOR), fact_u32(row, F_TLSA_MATCHING),
		    text_hex(a, data),
		    fact_yes(row, F_TLSA_MATCHES)	      ? "matches"
		    : fact_tri(row, F_TLSA_USABLE) == TRI_NO ? "not usable"
							      : "matches nothing in use");
	}
}
