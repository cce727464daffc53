/* html_certs - certificates, and each store's path drawn as a chain; see html.h. */
#include "report/html.h"

#include "base/text.h"

static const struct facts *
cert_at(const struct html *h, struct u16s chain, size_t i)
{
	return i < chain.n ? page_cert_at(&h->page, chain.v[i]) : NULL;
}

/* ---- one certificate ---- */

static void
names(struct html *h, const struct facts *c)
{
	enum { MOST = 40 };
	size_t n = fact_n_strs(c, F_CERT_SANS);
	uint32_t total = fact_u32(c, F_CERT_N_SANS);

	if (n == 0)
		return;
	if (total < n)
		total = (uint32_t)n;
	html_words(h, "dt", NULL, "Names");
	fputs("<dd>", h->to);
	for (size_t i = 0; i < n && i < MOST; i++) {
		html_text(h, fact_strs(c, F_CERT_SANS, i));
		fputs(i + 1 < n && i + 1 < MOST ? ", " : "", h->to);
	}
	if (total > MOST)
		fprintf(h->to, " and %u more", (unsigned)(total - MOST));
	fputs("</dd>\n", h->to);
}

static void
validity(struct html *h, const struct facts *c)
{
	struct page *p = &h->page;
	int64_t from = fact_time(c, F_CERT_NOT_BEFORE), to = fact_time(c, F_CERT_NOT_AFTER);
	bool early = fact_known(c, F_CERT_NOT_BEFORE) && from > p->now;
	enum ink ink = early ? INK_BAD : page_left_ink(p, to);

	if (!fact_known(c, F_CERT_NOT_AFTER) || !fact_known(c, F_CERT_NOT_BEFORE)) {
		html_fact(h, "Valid until", c, F_CERT_NOT_AFTER);
		return;
	}
	html_words(h, "dt", NULL, "Valid");
	fputs("<dd>", h->to);
	html_text(h, arena_printf(p->arena, "%s to %s ", page_date(p, from), page_date(p, to)));
	html_tag(
	    h, ink == INK_PLAIN ? INK_GOOD : ink, early ? "not valid yet" : page_left(p, to));
	fputs("</dd>\n", h->to);
}

static void
key(struct html *h, const struct facts *c)
{
	struct page *p = &h->page;
	uint32_t strength = fact_u32(c, F_CERT_KEY_STRENGTH), bits = fact_u32(c, F_CERT_KEY_BITS);

	if (!fact_known(c, F_CERT_KEY_TYPE))
		return;
	html_pair(h, "Key",
	    strength > 0 && strength != bits
		? arena_printf(
		      p->arena, "%s (as strong as RSA %u)", page_key(p, c), (unsigned)strength)
		: page_key(p, c));
}

static void
certificate(struct html *h, const struct facts *c)
{
	static const struct {
		const char *label;
		enum fact_id id;
	} more[] = {{"Signature", F_CERT_SIG_ALG}, {"Serial number", F_CERT_SERIAL},
	    {"SHA-256", F_CERT_SHA256}, {"Key\xe2\x80\x99s SHA-256 (pin)", F_CERT_SPKI_SHA256},
	    {"Embedded SCTs", F_CERT_SCTS}, {"Must-staple", F_CERT_MUST_STAPLE},
	    {"Revocation", F_CERT_REVOCATION}, {"Problems", F_CERT_PROBLEMS}};

	fputs("<dl class=\"facts\">\n", h->to);
	html_fact(h, "Subject", c, F_CERT_SUBJECT);
	names(h, c);
	html_fact(h, "Issuer", c, F_CERT_ISSUER);
	validity(h, c);
	key(h, c);
	for (size_t i = 0; i < N_ELEMENTS(more); i++)
		if (fact_known(c, more[i].id) &&
		    (fact_defs[more[i].id].type != FT_STRS || fact_n_strs(c, more[i].id) > 0))
			html_fact(h, more[i].label, c, more[i].id);
	fputs("</dl>\n", h->to);
}

/* ---- the path of a store ---- */

static bool
same_str(const char *a, const char *b)
{
	return a != NULL && b != NULL && strcmp(a, b) == 0;
}

/* The certificate with that subject among those that were sent, or NULL. */
static const struct facts *
sent(const struct html *h, struct u16s chain, const char *subject)
{
	for (size_t i = 0; i < chain.n; i++) {
		const struct facts *c = cert_at(h, chain, i);

		if (c != NULL && same_str(fact_str(c, F_CERT_SUBJECT), subject))
			return c;
	}
	return NULL;
}

static void
link_(struct html *h, const char *class, const char *name, const char *words)
{
	fprintf(h->to, class[0] != '\0' ? "<li class=\"%s\">" : "<li>", class);
	html_words(h, "span", "cn", name);
	html_words(h, "small", NULL, words);
	fputs("</li>\n", h->to);
}

static const char *
about(struct html *h, const struct facts *c, const char *where)
{
	struct page *p = &h->page;

	if (c == NULL)
		return where;
	return arena_printf(p->arena, "%s \xc2\xb7 %s%s%s", where, page_key(p, c),
	    fact_known(c, F_CERT_NOT_AFTER) ? ", until " : "",
	    fact_known(c, F_CERT_NOT_AFTER) ? page_date(p, fact_time(c, F_CERT_NOT_AFTER)) : "");
}

/* A path that a store has: leaf to root, each as sent, missing, or the store's own. */
static void
whole_path(struct html *h, struct u16s chain, const struct facts *row)
{
	size_t n = fact_n_strs(row, F_TRUST_PATH);
	const char *missing = fact_str(row, F_TRUST_MISSING_SUBJECT);

	fputs("<ol class=\"path\">\n", h->to);
	for (size_t i = 0; i < n; i++) {
		const char *subject = fact_strs(row, F_TRUST_PATH, i);
		const struct facts *c = sent(h, chain, subject);

		if (i + 1 == n && n > 1)
			link_(h, "root", subject,
			    c != NULL ? about(h, c, "root, in the store; sent too, for nothing")
				      : "root, in the store");
		else if (c != NULL)
			link_(h, "", subject, about(h, c, i == 0 ? "sent, leaf" : "sent"));
		else
			link_(h, "missing", subject,
			    same_str(missing, subject) || missing == NULL
				? "not sent: the missing link"
				: "not sent either");
	}
	fputs("</ol>\n", h->to);
}

/* No path: what was sent, and where it ends. */
static void
broken_path(struct html *h, struct u16s chain, const struct facts *row, enum ink ink)
{
	const char *missing = fact_str(row, F_TRUST_MISSING_SUBJECT),
		   *reason = fact_str(row, F_TRUST_REASON);

	fputs("<ol class=\"path\">\n", h->to);
	for (size_t i = 0; i < chain.n; i++) {
		const struct facts *c = cert_at(h, chain, i);

		if (c != NULL)
			link_(h, "", page_cn(c), about(h, c, i == 0 ? "sent, leaf" : "sent"));
	}
	if (missing != NULL)
		link_(h, "missing", missing, "not sent: the missing link");
	if (missing != NULL && ink == INK_WARN && fact_str(row, F_TRUST_MISSING_ISSUER) != NULL)
		link_(h, "root", fact_str(row, F_TRUST_MISSING_ISSUER), "who issued that one");
	else
		link_(h, "broken", "No way to a root of this store", reason != NULL ? reason : "");
	fputs("</ol>\n", h->to);
}

static bool
same_verdict(const struct facts *a, const struct facts *b)
{
	size_t n = fact_n_strs(a, F_TRUST_PATH);

	if (fact_u32(a, F_TRUST_DEPLOYMENT) != fact_u32(b, F_TRUST_DEPLOYMENT) ||
	    n != fact_n_strs(b, F_TRUST_PATH) ||
	    !same_str(fact_str(a, F_TRUST_VERDICT), fact_str(b, F_TRUST_VERDICT)) ||
	    (n == 0 && !same_str(fact_str(a, F_TRUST_REASON), fact_str(b, F_TRUST_REASON))))
		return false;
	for (size_t i = 0; i < n; i++)
		if (strcmp(fact_strs(a, F_TRUST_PATH, i), fact_strs(b, F_TRUST_PATH, i)) != 0)
			return false;
	return span_eq(fact_hex(a, F_TRUST_ROOT_SHA256), fact_hex(b, F_TRUST_ROOT_SHA256));
}

/* Is it said with an earlier row already? */
static bool
said(const struct html *h, size_t i)
{
	for (size_t k = 0; k < i; k++)
		if (same_verdict(
			fact_row(h->page.f, K_TRUST, k), fact_row(h->page.f, K_TRUST, i)))
			return true;
	return false;
}

/* "Mozilla, Apple": all stores that say the same. */
static void
stores(struct html *h, size_t first)
{
	const struct facts *row = fact_row(h->page.f, K_TRUST, first);
	bool any = false;

	for (size_t k = first; k < fact_rows(h->page.f, K_TRUST); k++) {
		const struct facts *other = fact_row(h->page.f, K_TRUST, k);

		if (!same_verdict(row, other))
			continue;
		fputs(any ? ", " : "", h->to);
		html_text(h, page_title(&h->page, fact_str(other, F_TRUST_STORE)));
		any = true;
	}
}

/* What OpenSSL and GnuTLS say with the roots of the first of these stores, and why that differs. */
static void
libraries(struct html *h, const struct facts *row)
{
	const char *openssl = fact_str(row, F_TRUST_OPENSSL), *gnutls = fact_str(row, F_TRUST_GNUTLS);

	if (openssl == NULL || gnutls == NULL)
		return;
	html_words(h, "p", "dim",
	    same_str(openssl, gnutls)
		? arena_printf(h->page.arena, "OpenSSL and GnuTLS: %s", openssl)
		: arena_printf(h->page.arena, "OpenSSL: %s. GnuTLS: %s", openssl, gnutls));
	for (size_t i = 0; i < fact_n_strs(row, F_TRUST_LIBRARIES_WHY); i++)
		html_words(h, "p", "warn",
		    arena_printf(h->page.arena, "Differs, %s",
			fact_strs(row, F_TRUST_LIBRARIES_WHY, i)));
	putc('\n', h->to);
}

static void
trust(struct html *h, uint32_t deployment, struct u16s chain)
{
	bool any = false;

	for (size_t i = 0; i < fact_rows(h->page.f, K_TRUST); i++) {
		const struct facts *row = fact_row(h->page.f, K_TRUST, i);
		enum ink ink;
		const char *verdict = page_verdict(row, &ink);

		if (fact_u32(row, F_TRUST_DEPLOYMENT) != deployment || said(h, i))
			continue;
		if (!any)
			fputs("<h3>Trust, store by store</h3>\n", h->to);
		any = true;
		fputs("<div class=\"store\"><p class=\"who\">", h->to);
		stores(h, i);
		putc(' ', h->to);
		html_tag(h, ink, verdict != NULL ? verdict : "unknown");
		fputs("</p>\n", h->to);
		if (fact_n_strs(row, F_TRUST_PATH) > 0)
			whole_path(h, chain, row);
		else
			broken_path(h, chain, row, ink);
		libraries(h, row);
		fputs("</div>\n", h->to);
	}
}

/* ---- a deployment ---- */

static void
as_sent(struct html *h, struct u16s chain)
{
	if (chain.n < 2)
		return;
	fprintf(h->to, "<details><summary>The other %s of the chain as sent</summary>\n",
	    page_count(&h->page, chain.n - 1, "certificate"));
	for (size_t i = 1; i < chain.n; i++) {
		const struct facts *c = cert_at(h, chain, i);

		if (c == NULL)
			continue;
		html_words(h, "h3", NULL, page_cn(c));
		certificate(h, c);
	}
	fputs("</details>\n", h->to);
}

static void
pems(struct html *h, struct u16s chain)
{
	fputs("<details><summary>As PEM</summary>\n<pre tabindex=\"0\">", h->to);
	for (size_t i = 0; i < chain.n; i++) {
		const struct facts *c = cert_at(h, chain, i);

		/* Base64 and its frame: nothing to escape, and its lines are wanted. */
		if (c != NULL && fact_hex(c, F_CERT_DER).n > 0)
			fputs(text_pem(h->page.arena, "CERTIFICATE", fact_hex(c, F_CERT_DER)),
			    h->to);
	}
	fputs("</pre></details>\n", h->to);
}

static void
deployment(struct html *h, size_t i)
{
	static const struct {
		const char *label;
		enum fact_id id;
	} rows[] = {{"Name matches", F_DEPLOY_NAME_OK}, {"Sent under", F_DEPLOY_VERSIONS},
	    {"Chain in order", F_DEPLOY_ORDER_OK}, {"Duplicates", F_DEPLOY_DUPLICATES},
	    {"On no path", F_DEPLOY_STRANGERS}, {"Root sent", F_DEPLOY_ROOT_SENT},
	    {"OCSP staple", F_DEPLOY_STAPLE_STATUS}};
	const struct facts *d = fact_row(h->page.f, K_DEPLOY, i), *leaf;
	struct u16s chain = fact_u16s(d, F_DEPLOY_CHAIN);
	size_t n = fact_rows(h->page.f, K_DEPLOY);

	leaf = cert_at(h, chain, 0);
	if (n > 1)
		html_words(h, "h3", NULL,
		    arena_printf(h->page.arena, "%zu of %zu: %s", i + 1, n,
			fact_str(d, F_DEPLOY_KEY_TYPE) != NULL ? fact_str(d, F_DEPLOY_KEY_TYPE)
							       : "unknown key"));
	if (leaf != NULL)
		certificate(h, leaf);
	fputs("<dl class=\"facts\">\n", h->to);
	for (size_t k = 0; k < N_ELEMENTS(rows); k++)
		if (fact_known(d, rows[k].id) &&
		    (fact_defs[rows[k].id].type != FT_U32 || fact_u32(d, rows[k].id) > 0))
			html_fact(h, rows[k].label, d, rows[k].id);
	fputs("</dl>\n", h->to);
	trust(h, fact_known(d, F_DEPLOY_ID) ? fact_u32(d, F_DEPLOY_ID) : (uint32_t)i, chain);
	as_sent(h, chain);
	pems(h, chain);
}

void
html_certificates(struct html *h)
{
	size_t n = fact_rows(h->page.f, K_DEPLOY);

	html_section(h, "certificates", n > 1 ? "Certificates" : "Certificate");
	for (size_t i = 0; i < n; i++)
		deployment(h, i);
	if (n == 0)
		fputs("<p class=\"dim\">No certificate was read.</p>\n", h->to);
	html_section_end(h);
}
