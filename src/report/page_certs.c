/* page_certs - the certificates of each deployment and the chain it sends; see page.h. */
#include "report/page.h"

#include <inttypes.h>

#include "base/text.h"

/* "TLS 1.2, TLS 1.3; with SNI and without" */
static void
seen(struct page *p, const struct facts *d)
{
	const char *text = NULL, *sni = NULL;

	for (size_t i = 0; i < fact_n_strs(d, F_DEPLOY_VERSIONS); i++)
		text = arena_printf(p->arena, "%s%s%s", text != NULL ? text : "",
		    text != NULL ? ", " : "", fact_strs(d, F_DEPLOY_VERSIONS, i));
	if (fact_yes(d, F_DEPLOY_SNI) && fact_yes(d, F_DEPLOY_NO_SNI))
		sni = "with SNI and without";
	else if (fact_yes(d, F_DEPLOY_NO_SNI))
		sni = "only without SNI";
	else if (fact_tri(d, F_DEPLOY_NO_SNI) == TRI_NO)
		sni = "only with SNI";
	if (text == NULL && sni == NULL)
		return;
	term_key(&p->term, "Sent under");
	term_words(&p->term, INK_PLAIN,
	    arena_printf(p->arena, "%s%s%s", text != NULL ? text : "",
		text != NULL && sni != NULL ? "; " : "", sni != NULL ? sni : ""));
	if (fact_tri(d, F_DEPLOY_COUNTS) == TRI_NO)
		term_words(&p->term, INK_DIM, "(not judged: not for the name asked for)");
	term_end(&p->term);
}

static void
staple(struct page *p, const struct facts *d)
{
	const char *status = fact_str(d, F_DEPLOY_STAPLE_STATUS);
	const char *times = fact_str(d, F_DEPLOY_STAPLE_TIMES);
	bool good = status != NULL && strcmp(status, "good") == 0;

	if (!fact_settled(d, F_DEPLOY_STAPLE) && status == NULL)
		return;
	term_marked_key(&p->term, INK_WARN, status != NULL && !good ? "!" : NULL, "OCSP staple");
	if (status == NULL)
		page_value(p, INK_PLAIN, d, F_DEPLOY_STAPLE);
	else
		term_words(&p->term, good ? INK_GOOD : INK_WARN, status);
	if (times != NULL)
		term_words(&p->term, INK_DIM, times);
	if (p->style->verbose > 0 && fact_str(d, F_DEPLOY_STAPLE_SIGNER) != NULL) {
		term_at(&p->term, p->term.left);
		term_words(&p->term, INK_DIM, "signed by");
		term_words(&p->term, INK_PLAIN, fact_str(d, F_DEPLOY_STAPLE_SIGNER));
	}
	term_end(&p->term);
}

/* What is odd about the chain as sent, in one line; nothing when nothing is. */
static void
oddities(struct page *p, const struct facts *d)
{
	const char *odd[5];
	const char *text = "";
	size_t n = 0;

	if (fact_tri(d, F_DEPLOY_ORDER_OK) == TRI_NO)
		odd[n++] = "in the wrong order";
	if (fact_u32(d, F_DEPLOY_DUPLICATES) > 0)
		odd[n++] = page_count(p, fact_u32(d, F_DEPLOY_DUPLICATES), "duplicate");
	if (fact_u32(d, F_DEPLOY_STRANGERS) > 0)
		odd[n++] = arena_printf(p->arena, "%s on no path",
		    page_count(p, fact_u32(d, F_DEPLOY_STRANGERS), "certificate"));
	if (fact_yes(d, F_DEPLOY_ROOT_SENT))
		odd[n++] = "contains the root, which clients ignore";
	if (n == 0)
		return;
	for (size_t i = 0; i < n; i++)
		text = arena_printf(p->arena, "%s%s%s", text, i > 0 ? "; " : "", odd[i]);
	term_marked_key(&p->term, INK_WARN, "!", "Chain issues");
	term_words(&p->term, INK_WARN, text);
	term_end(&p->term);
}

/* With -v: the rules for making certificates that this one breaks. */
static void
lints(struct page *p, size_t cert)
{
	bool any = false;

	for (size_t i = 0; i < fact_rows(p->f, K_LINT); i++) {
		const struct facts *row = fact_row(p->f, K_LINT, i);

		if (fact_u32(row, F_LINT_CERT) != cert || fact_str(row, F_LINT_TEXT) == NULL)
			continue;
		if (!any)
			term_key(&p->term, "Breaks");
		any = true;
		term_at(&p->term, p->term.left);
		term_words(&p->term, INK_PLAIN, fact_str(row, F_LINT_TEXT));
		term_words(&p->term, INK_DIM,
		    arena_printf(p->arena, "(%s)", fact_str(row, F_LINT_SOURCE)));
	}
	if (any)
		term_end(&p->term);
}

/* "1  example.org   EC P-256   31 days left" */
static void
chain_line(struct page *p, size_t i, const struct facts *c)
{
	struct term *t = &p->term;
	int64_t to = fact_time(c, F_CERT_NOT_AFTER);

	term_at(t, 4);
	term_printf(t, INK_DIM, "%zu", i + 1);
	t->left = i < 99 ? 7 : 8;
	term_words(t, p->style->verbose > 0 ? INK_BOLD : INK_PLAIN, page_cn(c));
	if (p->style->verbose > 0) {
		term_end(t);
		return;
	}
	term_at(t, t->left);
	term_printf(t, INK_DIM, "%s \xc2\xb7 %s \xc2\xb7", page_key(p, c),
	    fact_str(c, F_CERT_SIG_ALG) != NULL ? fact_str(c, F_CERT_SIG_ALG)
						: "signature unknown");
	if (fact_known(c, F_CERT_NOT_AFTER))
		term_printf(t, page_left_ink(p, to) == INK_PLAIN ? INK_DIM : page_left_ink(p, to),
		    "until %s, %s", page_date(p, to), page_left(p, to));
	else
		page_unknown(p, c, F_CERT_NOT_AFTER);
	term_end(t);
}

void
page_pem(struct page *p, const char *label, struct span der)
{
	char *text = der.n > 0 ? text_pem(p->arena, label, der) : NULL, *end;

	while (text != NULL && (end = strchr(text, '\n')) != NULL) {
		*end = 0;
		term_raw_line(&p->term, INK_DIM, 0, text);
		text = end + 1;
	}
}

static void
chain(struct page *p, const struct facts *d)
{
	struct u16s l = fact_u16s(d, F_DEPLOY_CHAIN);
	struct term *t = &p->term;

	term_blank(t);
	term_at(t, 2);
	term_words(t, INK_BOLD, "Chain as sent");
	if (!fact_known(d, F_DEPLOY_CHAIN)) {
		page_unknown(p, d, F_DEPLOY_CHAIN);
		term_end(t);
		return;
	}
	term_words(
	    t, INK_DIM, arena_printf(p->arena, "\xc2\xb7 %s", page_count(p, l.n, "certificate")));
	term_end(t);
	for (size_t i = 0; i < l.n; i++) {
		const struct facts *c = page_cert_at(p, l.v[i]);

		if (c == NULL)
			continue;
		chain_line(p, i, c);
		if (p->style->verbose > 0) {
			t->indent = t->left = 7;
			page_certificate(p, c);
			lints(p, l.v[i]);
			t->indent = t->left = 2;
		}
		if (p->style->show_certs)
			page_pem(p, "CERTIFICATE", fact_hex(c, F_CERT_DER));
		if (p->style->verbose > 0 || p->style->show_certs)
			term_blank(t);
	}
	oddities(p, d);
}

static void
leaf(struct page *p, const struct facts *d, const struct facts *c)
{
	if (p->style->verbose > 0) { /* the chain has the rest */
		page_fact(p, "Name matches", d, F_DEPLOY_NAME_OK);
		return;
	}
	page_fact(p, "Subject", c, F_CERT_SUBJECT);
	page_names(p, c);
	page_fact(p, "Name matches", d, F_DEPLOY_NAME_OK);
	page_fact(p, "Issuer", c, F_CERT_ISSUER);
	page_validity(p, c);
	page_public_key(p, c);
	page_fact(p, "Signature", c, F_CERT_SIG_ALG);
	page_fact(p, "Embedded SCTs", c, F_CERT_SCTS);
	if (fact_yes(c, F_CERT_DELEGATION))
		page_fact(p, "May delegate", c, F_CERT_DELEGATION);
	if (fact_yes(c, F_CERT_MUST_STAPLE))
		page_fact(p, "Must-staple", c, F_CERT_MUST_STAPLE);
	page_weaknesses(p, c);
	if (fact_n_strs(c, F_CERT_PROBLEMS) > 0)
		page_fact(p, "Problems", c, F_CERT_PROBLEMS);
}

static void
deployment(struct page *p, size_t i)
{
	const struct facts *d = fact_row(p->f, K_DEPLOY, i);
	struct u16s l = fact_u16s(d, F_DEPLOY_CHAIN);
	const struct facts *c = l.n > 0 ? page_cert_at(p, l.v[0]) : NULL;
	size_t n = fact_rows(p->f, K_DEPLOY);
	const char *type = fact_str(d, F_DEPLOY_KEY_TYPE);

	term_heading(&p->term, arena_printf(p->arena, "Certificate%s%s%s",
				   n > 1 ? arena_printf(p->arena, " %zu of %zu", i + 1, n) : "",
				   type != NULL ? ": " : "", type != NULL ? type : ""));
	if (c != NULL)
		leaf(p, d, c);
	seen(p, d);
	staple(p, d);
	chain(p, d);
	page_trust(p, fact_known(d, F_DEPLOY_ID) ? fact_u32(d, F_DEPLOY_ID) : (uint32_t)i);
}

/* Certificates that belong to no deployment, when that is all there is. */
static void
lone(struct page *p)
{
	for (size_t i = 0; i < fact_rows(p->f, K_CERT); i++) {
		const struct facts *c = fact_row(p->f, K_CERT, i);

		term_heading(&p->term, arena_printf(p->arena, "Certificate %zu", i + 1));
		page_certificate(p, c);
		if (p->style->show_certs)
			page_pem(p, "CERTIFICATE", fact_hex(c, F_CERT_DER));
	}
}

void
page_certificates(struct page *p)
{
	for (size_t i = 0; i < fact_rows(p->f, K_DEPLOY); i++)
		deployment(p, i);
	if (fact_rows(p->f, K_DEPLOY) == 0)
		lone(p);
}
