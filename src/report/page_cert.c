/* page_cert - one certificate in full, as certificate viewers show it; see page.h. */
#include "report/page.h"

#include <inttypes.h>

#include "base/text.h"

enum { SANS_SHORT = 10 };

const struct facts *
page_cert_at(const struct page *p, size_t i)
{
	return i < fact_rows(p->f, K_CERT) ? fact_row(p->f, K_CERT, i) : NULL;
}

void
page_names(struct page *p, const struct facts *c)
{
	size_t n = fact_n_strs(c, F_CERT_SANS), total = fact_u32(c, F_CERT_N_SANS);
	size_t shown = p->style->verbose > 0 || n <= SANS_SHORT + 2 ? n : SANS_SHORT;

	if (!fact_settled(c, F_CERT_SANS) || (n == 0 && fact_yes(c, F_CERT_IS_CA)))
		return;
	term_key(&p->term, "Names");
	if (total < n)
		total = n;
	if (n == 0)
		page_value(p, INK_PLAIN, c, F_CERT_SANS);
	for (size_t i = 0; i < shown; i++)
		term_words(&p->term, INK_PLAIN,
		    arena_printf(
			p->arena, "%s%s", fact_strs(c, F_CERT_SANS, i), i + 1 < total ? "," : ""));
	if (shown < total)
		term_printf(&p->term, INK_DIM, "and %s more", page_number(p, total - shown));
	term_end(&p->term);
}

void
page_validity(struct page *p, const struct facts *c)
{
	int64_t from = fact_time(c, F_CERT_NOT_BEFORE), to = fact_time(c, F_CERT_NOT_AFTER);
	bool early = fact_known(c, F_CERT_NOT_BEFORE) && from > p->now;
	enum ink ink = early ? INK_BAD : page_left_ink(p, to);

	if (!fact_settled(c, F_CERT_NOT_AFTER))
		return;
	term_marked_key(&p->term, ink, ink == INK_BAD ? "!" : NULL, "Valid");
	if (!fact_known(c, F_CERT_NOT_AFTER) || !fact_known(c, F_CERT_NOT_BEFORE)) {
		page_unknown(
		    p, c, fact_known(c, F_CERT_NOT_AFTER) ? F_CERT_NOT_BEFORE : F_CERT_NOT_AFTER);
		return;
	}
	term_printf(&p->term, INK_PLAIN, "%s to %s,", page_date(p, from), page_date(p, to));
	term_words(&p->term, ink, early ? "not valid yet" : page_left(p, to));
	term_end(&p->term);
}

void
page_public_key(struct page *p, const struct facts *c)
{
	uint32_t strength = fact_u32(c, F_CERT_KEY_STRENGTH), bits = fact_u32(c, F_CERT_KEY_BITS);
	const char *e = fact_str(c, F_CERT_KEY_EXPONENT), *key = page_key(p, c);

	if (!fact_settled(c, F_CERT_KEY_TYPE))
		return;
	term_key(&p->term, "Key");
	if (!fact_known(c, F_CERT_KEY_TYPE)) {
		page_unknown(p, c, F_CERT_KEY_TYPE);
		return;
	}
	if (bits > 0)
		key = arena_printf(p->arena, "%s%s", key,
		    fact_known(c, F_CERT_KEY_CURVE)
			? arena_printf(p->arena, ", %" PRIu32 " bits", bits)
			: " bits");
	if (strength > 0 && strength != bits)
		key = arena_printf(p->arena, "%s (as RSA %" PRIu32 ")", key, strength);
	if (e != NULL && (p->style->verbose > 0 || strcmp(e, "65537") != 0))
		key = arena_printf(p->arena, "%s, exponent %s", key, e);
	term_words(&p->term, INK_PLAIN, key);
	term_end(&p->term);
}

/* A list, one entry a line, each in one piece: URLs. */
static void
url_list(struct page *p, const char *label, const struct facts *c, enum fact_id id)
{
	size_t n = fact_n_strs(c, id);

	if (n == 0)
		return;
	term_key(&p->term, label);
	for (size_t i = 0; i < n; i++) {
		term_at(&p->term, p->term.left);
		if (strchr(fact_strs(c, id, i), ' ') == NULL)
			term_token(&p->term, INK_PLAIN, fact_strs(c, id, i));
		else /* no URL has one */
			term_words(&p->term, INK_PLAIN, fact_strs(c, id, i));
	}
	term_end(&p->term);
}

/* A labelled line for a fact that is known; lists of nothing are left out. */
static void
line(struct page *p, const char *label, const struct facts *c, enum fact_id id)
{
	if (fact_known(c, id) && fact_defs[id].type == FT_STRS && fact_n_strs(c, id) == 0)
		return;
	if (fact_known(c, id) && fact_defs[id].type == FT_HEX && fact_hex(c, id).n == 0)
		return;
	if (fact_why(c, id) != WHY_NOT_APPLICABLE)
		page_fact(p, label, c, id);
}

/* RFC 7469, 2.4: the pin is the base64 of the hash; 32 bytes are 44 characters. */
static void
pin(struct page *p, const struct facts *c)
{
	struct span spki = fact_hex(c, F_CERT_SPKI_SHA256);
	char *pem, *begin, *end;

	line(p, "SPKI SHA-256", c, F_CERT_SPKI_SHA256);
	if (spki.n == 0)
		return;
	pem = text_pem(p->arena, "X", spki);
	begin = strchr(pem, '\n');
	end = begin != NULL ? strchr(begin + 1, '\n') : NULL;
	if (end == NULL)
		return;
	*end = 0;
	term_key(&p->term, "Pin");
	term_token(&p->term, INK_PLAIN, arena_printf(p->arena, "sha256/%s", begin + 1));
	term_end(&p->term);
}

/* "90 days; ready for 100 days from 2027-03-15" */
void
page_lifetime(struct page *p, const struct facts *c)
{
	bool bad = fact_tri(c, F_CERT_LIFETIME_OK) == TRI_NO;
	const char *next = fact_str(c, F_CERT_LIFETIME_NEXT);

	if (!fact_known(c, F_CERT_LIFETIME_DAYS))
		return;
	term_marked_key(&p->term, INK_WARN, bad ? "!" : NULL, "Lifetime");
	term_printf(&p->term, bad ? INK_WARN : INK_PLAIN, "%s",
	    page_count(p, fact_u32(c, F_CERT_LIFETIME_DAYS), "day"));
	if (fact_known(c, F_CERT_LIFETIME_LIMIT))
		term_printf(&p->term, INK_DIM, "of the %" PRIu32 " allowed when it was issued",
		    fact_u32(c, F_CERT_LIFETIME_LIMIT));
	if (fact_yes(c, F_CERT_SHORT_LIVED))
		term_words(&p->term, INK_DIM, "(short-lived: it needs no revocation)");
	if (next != NULL) {
		term_at(&p->term, p->term.left);
		term_words(&p->term, INK_DIM, next);
	}
	term_end(&p->term);
}

static void
marked_list(struct page *p, const char *label, enum ink ink, const struct facts *c, enum fact_id id)
{
	size_t n = fact_n_strs(c, id);

	if (n == 0)
		return;
	term_marked_key(&p->term, ink, "!", label);
	for (size_t i = 0; i < n; i++) {
		term_at(&p->term, p->term.left);
		term_words(&p->term, ink, fact_strs(c, id, i));
	}
	term_end(&p->term);
}

void
page_weaknesses(struct page *p, const struct facts *c)
{
	const char *risk = fact_str(c, F_CERT_COLLISION);

	marked_list(p, "Weak key", fact_yes(c, F_CERT_KEY_BROKEN) ? INK_BAD : INK_WARN, c,
	    F_CERT_WEAK_KEY);
	if (risk == NULL || strcmp(risk, "none") == 0)
		return;
	term_marked_key(&p->term, INK_WARN, "!", "Collision risk");
	term_words(&p->term, INK_WARN, risk);
	for (size_t i = 0; i < fact_n_strs(c, F_CERT_COLLISION_PARTS); i++) {
		term_at(&p->term, p->term.left);
		term_words(&p->term, INK_DIM, fact_strs(c, F_CERT_COLLISION_PARTS, i));
	}
	term_end(&p->term);
}

void
page_certificate(struct page *p, const struct facts *c)
{
	line(p, "Subject", c, F_CERT_SUBJECT);
	line(p, "Issuer", c, F_CERT_ISSUER);
	page_names(p, c);
	page_validity(p, c);
	page_public_key(p, c);
	line(p, "Signature", c, F_CERT_SIG_ALG);
	line(p, "Serial", c, F_CERT_SERIAL);
	line(p, "SHA-256", c, F_CERT_SHA256);
	line(p, "SHA-1", c, F_CERT_SHA1);
	pin(p, c);
	line(p, "Subject key id", c, F_CERT_SKI);
	line(p, "Authority key id", c, F_CERT_AKI);
	line(p, "CA", c, F_CERT_IS_CA);
	line(p, "Self-signed", c, F_CERT_SELF_SIGNED);
	line(p, "Key usage", c, F_CERT_KEY_USAGE);
	line(p, "Extended key usage", c, F_CERT_EKU);
	url_list(p, "OCSP", c, F_CERT_OCSP);
	url_list(p, "CRL", c, F_CERT_CRL);
	url_list(p, "CA issuers", c, F_CERT_CA_ISSUERS);
	line(p, "Must-staple", c, F_CERT_MUST_STAPLE);
	line(p, "Embedded SCTs", c, F_CERT_SCTS);
	line(p, "Validation", c, F_CERT_VALIDATION);
	line(p, "Policies", c, F_CERT_POLICIES);
	line(p, "Name constraints", c, F_CERT_NAME_CONSTRAINTS);
	page_lifetime(p, c);
	line(p, "Extensions", c, F_CERT_EXTENSIONS);
	page_weaknesses(p, c);
	line(p, "Problems", c, F_CERT_PROBLEMS);
}
