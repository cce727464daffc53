/* page_flights - for -v: each handshake read, and what is not known; see page.h. */
#include "report/page.h"

#include <inttypes.h>

/* Which certificates came, by their names. */
static void
chain(struct page *p, const struct facts *h)
{
	struct u16s l = fact_u16s(h, F_FLIGHT_CHAIN);
	struct term *t = &p->term;

	if (!fact_settled(h, F_FLIGHT_CHAIN))
		return;
	term_key(t, "Certificates sent");
	if (!fact_known(h, F_FLIGHT_CHAIN)) {
		page_unknown(p, h, F_FLIGHT_CHAIN);
		return;
	}
	if (l.n == 0)
		term_words(t, INK_PLAIN, "none");
	for (size_t i = 0; i < l.n; i++) {
		const struct facts *c = page_cert_at(p, l.v[i]);

		term_at(t, t->left);
		term_words(t, INK_PLAIN,
		    c != NULL ? page_cn(c) : arena_printf(p->arena, "number %u", l.v[i]));
	}
	if (fact_u32(h, F_FLIGHT_N_SENT) > l.n) {
		term_at(t, t->left);
		term_printf(
		    t, INK_WARN, "%s came in all", page_number(p, fact_u32(h, F_FLIGHT_N_SENT)));
	}
	term_end(t);
}

static void
bytes(struct page *p, const char *label, const struct facts *h, enum fact_id id, const char *pem)
{
	struct span der = fact_hex(h, id);

	if (!fact_settled(h, id))
		return;
	term_key(&p->term, label);
	if (!fact_known(h, id)) {
		page_unknown(p, h, id);
		return;
	}
	if (der.n == 0) {
		term_words(&p->term, INK_PLAIN, "none");
		return;
	}
	term_words(&p->term, INK_PLAIN, page_count(p, der.n, "byte"));
	if (pem != NULL)
		page_pem(p, pem, der);
	else
		term_hex(&p->term, INK_DIM, der);
	term_end(&p->term);
}

/* The status and times that were read in the staple of the deployment with this chain. */
static void
staple_of(struct page *p, const struct facts *h)
{
	struct u16s l = fact_u16s(h, F_FLIGHT_CHAIN);

	for (size_t i = 0; l.n > 0 && i < fact_rows(p->f, K_DEPLOY); i++) {
		const struct facts *d = fact_row(p->f, K_DEPLOY, i);
		struct u16s m = fact_u16s(d, F_DEPLOY_CHAIN);

		if (m.n == 0 || m.v[0] != l.v[0] || fact_hex(h, F_FLIGHT_STAPLE).n == 0)
			continue;
		page_fact(p, "Staple status", d, F_DEPLOY_STAPLE_STATUS);
		page_fact(p, "Staple times", d, F_DEPLOY_STAPLE_TIMES);
		return;
	}
}

static void
flight(struct page *p, size_t i)
{
	const struct facts *h = fact_row(p->f, K_FLIGHT, i);
	enum tri sni = fact_tri(h, F_FLIGHT_SNI);

	term_blank(&p->term);
	term_at(&p->term, 2);
	term_words(&p->term, INK_BOLD, page_version(p, fact_u32(h, F_FLIGHT_VERSION)));
	term_words(&p->term, INK_DIM,
	    sni == TRI_YES  ? "\xc2\xb7 with SNI"
	    : sni == TRI_NO ? "\xc2\xb7 without SNI"
			    : "");
	term_end(&p->term);
	page_fact(p, "Cipher suite", h, F_FLIGHT_SUITE);
	page_fact(p, "Group", h, F_FLIGHT_GROUP);
	page_fact(p, "Signature", h, F_FLIGHT_SIGALG);
	chain(p, h);
	page_fact(p, "Extensions", h, F_FLIGHT_EXTENSIONS);
	page_fact(p, "ALPN", h, F_FLIGHT_ALPN);
	page_fact(p, "Server random", h, F_FLIGHT_RANDOM);
	page_fact(p, "Session id", h, F_FLIGHT_SESSION_ID);
	page_fact(p, "Ticket lifetime", h, F_FLIGHT_TICKET_LIFETIME);
	page_fact(p, "Client certificate", h, F_FLIGHT_CLIENT_AUTH);
	page_fact(p, "Bytes received", h, F_FLIGHT_BYTES);
	page_fact(p, "Bytes sent", h, F_FLIGHT_BYTES_SENT);
	page_fact(p, "Read at", h, F_FLIGHT_TIME);
	bytes(p, "SCTs in TLS", h, F_FLIGHT_SCTS, NULL);
	staple_of(p, h);
	bytes(p, "OCSP staple", h, F_FLIGHT_STAPLE, "OCSP RESPONSE");
}

void
page_flights(struct page *p)
{
	if (p->style->verbose < 1 || fact_rows(p->f, K_FLIGHT) == 0)
		return;
	term_heading(&p->term, "Handshakes");
	for (size_t i = 0; i < fact_rows(p->f, K_FLIGHT); i++)
		flight(p, i);
	term_end(&p->term);
}

static bool
first_with(const struct facts *f, enum fact_id id)
{
	for (int i = kind_defs[K_ENDPOINT].first; i < (int)id; i++)
		if (!fact_known(f, (enum fact_id)i) &&
		    fact_why(f, (enum fact_id)i) == fact_why(f, id))
			return false;
	return true;
}

/* Every fact of the endpoint that is not known, under its reason. */
void
page_not_known(struct page *p)
{
	bool any = false;

	if (p->style->verbose < 1)
		return;
	for (int i = kind_defs[K_ENDPOINT].first; i < (int)kind_end(K_ENDPOINT); i++) {
		enum why why = fact_why(p->f, (enum fact_id)i);

		if (why == WHY_NONE || !first_with(p->f, (enum fact_id)i))
			continue;
		if (!any)
			term_heading(&p->term, "Not known");
		any = true;
		term_key(&p->term, page_title(p, why_name(why)));
		for (int j = i; j < (int)kind_end(K_ENDPOINT); j++)
			if (fact_why(p->f, (enum fact_id)j) == why)
				term_words(&p->term, INK_PLAIN, fact_defs[j].json);
		term_end(&p->term);
	}
}
