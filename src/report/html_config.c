/* html_config - protocols, suites, key exchange, clients; see html.h. */
#include "report/html.h"

#include <inttypes.h>

static const struct version {
	const char *name;
	enum fact_id proto, suites, order;
} versions[] = {{"TLS 1.3", F_PROTO_TLS1_3, F_SUITES_TLS1_3, F_ORDER_TLS1_3},
    {"TLS 1.2", F_PROTO_TLS1_2, F_SUITES_TLS1_2, F_ORDER_TLS1_2},
    {"TLS 1.1", F_PROTO_TLS1_1, F_SUITES_TLS1_1, F_ORDER_TLS1_1},
    {"TLS 1.0", F_PROTO_TLS1_0, F_SUITES_TLS1_0, F_ORDER_TLS1_0},
    {"SSL 3", F_PROTO_SSL3, F_SUITES_SSL3, F_ORDER_SSL3},
    {"SSL 2", F_PROTO_SSL2, F_SUITES_SSL2, F_NONE}};

static bool
has(const char *s)
{
	return s != NULL && *s != '\0';
}

/* ---- protocols and suites ---- */

void
html_protocols(struct html *h)
{
	html_section(h, "protocols", "Protocols");
	fputs("<dl class=\"facts\">\n", h->to);
	for (size_t i = 0; i < N_ELEMENTS(versions); i++) {
		enum fact_id id = versions[i].proto;
		const struct finding *on = page_finding_on(&h->page, id);
		enum tri t = fact_tri(h->page.f, id);
		enum ink ink = t == TRI_UNKNOWN            ? INK_DIM
			       : on != NULL && on->sev >= SEV_LOW ? page_severity_ink(on->sev)
			       : t == TRI_YES && i < 2     ? INK_GOOD
							   : INK_DIM;

		html_words(h, "dt", NULL, versions[i].name);
		fputs("<dd>", h->to);
		html_tag(h, ink, page_value_text(&h->page, h->page.f, id));
		fputs("</dd>\n", h->to);
	}
	fputs("</dl>\n", h->to);
	html_section_end(h);
}

static void
suite(struct html *h, uint32_t code, int digits, const struct suite *s)
{
	enum ink ink;
	const char *notes = page_suite_notes(&h->page, s, &ink);

	fputs("<tr><th scope=\"row\" class=\"name\">", h->to);
	html_text(h, s != NULL ? s->name : "unknown suite");
	fprintf(h->to, "<span class=\"sub mono\">0x%0*" PRIx32 "%s", digits, code,
	    s != NULL && s->openssl != NULL ? " \xc2\xb7 " : "");
	html_text(h, s != NULL ? s->openssl : NULL);
	fputs("</span></th><td class=\"num\">", h->to);
	if (s != NULL)
		fprintf(h->to, "%u", s->bits);
	fputs("</td><td>", h->to);
	if (ink == INK_PLAIN)
		html_words(h, "span", "dim", notes);
	else
		html_tag(h, ink, notes);
	fputs("</td></tr>\n", h->to);
}

static void
suites(struct html *h, const struct version *v)
{
	const struct facts *f = h->page.f;
	struct u16s l = v->order != F_NONE ? page_codes(f, v->suites) : (struct u16s){NULL, 0};
	struct u32s l2 = v->order == F_NONE ? fact_u32s(f, v->suites) : (struct u32s){NULL, 0};

	if (l.n + l2.n == 0)
		return;
	fputs("<div class=\"scroll\"><table>\n<caption>", h->to);
	html_text(h, v->name);
	html_words(h, "span", "dim",
	    arena_printf(h->page.arena, " \xc2\xb7 %s",
		!fact_known(f, v->suites) ? "not all: the list could not be ended"
		: v->order != F_NONE      ? page_order(&h->page, fact_str(f, v->order))
					  : "as the server lists them"));
	fputs("</caption>\n<thead><tr><th scope=\"col\">Suite</th><th scope=\"col\" class=\"num\">Bits"
	      "</th><th scope=\"col\">Properties</th></tr></thead>\n<tbody>\n",
	    h->to);
	for (size_t i = 0; i < l.n; i++)
		suite(h, l.v[i], 4, suite_by_code(l.v[i]));
	for (size_t i = 0; i < l2.n; i++)
		suite(h, l2.v[i], 6, suite_ssl2_by_code(l2.v[i]));
	fputs("</tbody></table></div>\n", h->to);
}

void
html_suites(struct html *h)
{
	html_section(h, "suites", "Cipher suites");
	for (size_t i = 0; i < N_ELEMENTS(versions); i++)
		suites(h, &versions[i]);
	html_section_end(h);
}

/* ---- key exchange ---- */

static void
groups(struct html *h, const char *label, enum fact_id id, enum fact_id order)
{
	const struct facts *f = h->page.f;
	struct u16s l = page_codes(f, id);

	if (!fact_settled(f, id) || fact_why(f, id) == WHY_NOT_APPLICABLE)
		return;
	html_words(h, "dt", NULL, label);
	fputs("<dd>", h->to);
	for (size_t i = 0; i < l.n; i++) {
		const struct group *g = group_by_code(l.v[i]);

		fputs(i > 0 ? ", " : "", h->to);
		html_text(h,
		    g != NULL ? g->name : arena_printf(h->page.arena, "0x%04x", l.v[i]));
	}
	if (!fact_known(f, id))
		html_words(h, "span", "dim", " (not all: the list could not be ended)");
	else if (l.n == 0)
		fputs("none", h->to);
	else if (fact_str(f, order) != NULL)
		html_words(h, "span", "dim",
		    arena_printf(
			h->page.arena, " (%s)", page_order(&h->page, fact_str(f, order))));
	fputs("</dd>\n", h->to);
}

void
html_key_exchange(struct html *h)
{
	static const struct {
		const char *label;
		enum fact_id id;
	} rows[] = {{"Post-quantum", F_POST_QUANTUM}, {"Signatures, TLS 1.3, RSA", F_SIGALGS_TLS1_3_RSA},
	    {"Signatures, TLS 1.3, ECDSA", F_SIGALGS_TLS1_3_ECDSA},
	    {"Signatures, TLS 1.2, RSA", F_SIGALGS_TLS1_2_RSA},
	    {"Signatures, TLS 1.2, ECDSA", F_SIGALGS_TLS1_2_ECDSA}, {"Smallest DH prime", F_DH_BITS},
	    {"Its name", F_DH_PRIME}};

	html_section(h, "key-exchange", "Key exchange");
	fputs("<dl class=\"facts\">\n", h->to);
	groups(h, "Groups, TLS 1.3", F_GROUPS_TLS1_3, F_GROUPS_TLS1_3_ORDER);
	groups(h, "Groups, TLS 1.2 and below", F_GROUPS_TLS1_2, F_GROUPS_TLS1_2_ORDER);
	for (size_t i = 0; i < N_ELEMENTS(rows); i++)
		if (fact_why(h->page.f, rows[i].id) != WHY_NOT_APPLICABLE)
			html_fact(h, rows[i].label, h->page.f, rows[i].id);
	fputs("</dl>\n", h->to);
	html_section_end(h);
}

/* ---- clients ---- */

static const char *
suite_name(struct u16s l)
{
	const struct suite *s = l.n == 1 ? suite_by_code(l.v[0]) : NULL;

	if (s == NULL)
		return l.n > 1 ? "one of several suites" : "unknown suite";
	return s->name;
}

static void
negotiated(struct html *h, const struct facts *row)
{
	struct u16s l = fact_u16s(row, F_CLIENT_GROUP);
	const struct group *g = l.n == 1 ? group_by_code(l.v[0]) : NULL;

	html_words(h, "td", NULL, page_version(&h->page, fact_u32(row, F_CLIENT_VERSION)));
	fputs("<td class=\"name\">", h->to);
	html_text(h, suite_name(fact_u16s(row, F_CLIENT_SUITE)));
	if (g != NULL)
		html_words(h, "span", "sub", g->name);
	fputs("</td><td>", h->to);
	if (fact_known(row, F_CLIENT_FORWARD_SECRECY))
		html_tag(h, fact_yes(row, F_CLIENT_FORWARD_SECRECY) ? INK_GOOD : INK_WARN,
		    fact_yes(row, F_CLIENT_FORWARD_SECRECY) ? "FS" : "no FS");
	fputs("</td>", h->to);
}

static void
client(struct html *h, const struct facts *row)
{
	const char *on = fact_str(row, F_CLIENT_PLATFORM), *why = fact_str(row, F_CLIENT_FAILURE);
	enum tri connects = fact_tri(row, F_CLIENT_CONNECTS);

	fputs("<tr><th scope=\"row\">", h->to);
	html_text(h, fact_str(row, F_CLIENT_NAME));
	if (has(on))
		html_words(h, "span", "sub", on);
	fputs("</th>", h->to);
	if (connects == TRI_YES && fact_known(row, F_CLIENT_VERSION)) {
		negotiated(h, row);
	} else {
		fputs("<td colspan=\"3\">", h->to);
		if (connects == TRI_NO) {
			html_tag(h, INK_BAD, "fails");
			putc(' ', h->to);
			html_text(h, why);
		} else {
			html_tag(h, INK_DIM, "unknown");
			putc(' ', h->to);
			html_text(h, fact_note(row, F_CLIENT_CERTAIN));
		}
		fputs("</td>", h->to);
	}
	fputs("</tr>\n", h->to);
}

static void
client_table(struct html *h, const char *caption, bool reference)
{
	fprintf(h->to,
	    "<div class=\"scroll\"><table>\n<caption>%s</caption>\n<thead><tr><th scope=\"col\">Client</th>"
	    "<th scope=\"col\">Version</th><th scope=\"col\">Suite and group</th>"
	    "<th scope=\"col\"><abbr title=\"forward secrecy\">FS</abbr></th></tr></thead>\n<tbody>\n",
	    caption);
	for (size_t i = 0; i < fact_rows(h->page.f, K_CLIENT); i++) {
		const struct facts *row = fact_row(h->page.f, K_CLIENT, i);

		if (fact_yes(row, F_CLIENT_REFERENCE) == reference)
			client(h, row);
	}
	fputs("</tbody></table></div>\n", h->to);
}

void
html_clients(struct html *h)
{
	size_t n = fact_rows(h->page.f, K_CLIENT);

	html_section(h, "clients", "Clients");
	if (n == 0) {
		fputs("<p class=\"dim\">None were simulated.</p>\n", h->to);
	} else {
		fputs("<p class=\"dim\">What each would negotiate, worked out without a connection; "
		      "trust in the certificate left aside.</p>\n",
		    h->to);
		client_table(h, "Reference clients", true);
		fputs("<details><summary>All other clients</summary>\n", h->to);
		client_table(h, "Other clients", false);
		fputs("</details>\n", h->to);
	}
	html_section_end(h);
}
