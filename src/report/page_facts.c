/* page_facts - what is one fact a line: protocols, features, posture, the audit; see page.h. */
#include "report/outside.h"

/* How a fact is called here; those not in the table go by their JSON name. */
static const struct {
	enum fact_id id;
	const char *label;
} labels[] = {
    {F_OCSP_STAPLE, "OCSP stapling"},
    {F_SCT_TLS, "SCTs in TLS"},
    {F_SCT_OCSP, "SCTs in the staple"},
    {F_SCT_CERT, "SCTs in certificate"},
    {F_ALPN, "ALPN"},
    {F_EMS, "Ext. master secret"},
    {F_ETM, "Encrypt-then-MAC"},
    {F_TICKET, "Session tickets"},
    {F_SESSION_ID, "Session ids"},
    {F_RENEG_INFO, "Secure renegotiation"},
    {F_COMPRESSION, "TLS compression"},
    {F_MAX_FRAGMENT, "Max fragment length"},
    {F_SNI_ACK, "SNI acknowledged"},
    {F_SNI_REQUIRED, "SNI required"},
    {F_SNI_DEFAULT_CERT, "Same without SNI"},
    {F_CLIENT_AUTH, "Client certificate"},
    {F_CLIENT_AUTH_REQUIRED, "Client cert needed"},
    {F_CLIENT_AUTH_ISSUER, "Our CA is named"},
    {F_CLIENT_AUTH_TAKEN, "Our cert accepted"},
    {F_DELEGATED_CREDENTIAL, "Delegated creds"},
    {F_RANDOM_TIME, "Time in random"},
    {F_DOWNGRADE_SENTINEL, "Downgrade sentinel"},
    {F_BEAST, "BEAST"},
    {F_BEAST_VULN, "CBC below TLS 1.1"},
    {F_RC4, "RC4"},
    {F_REFERENCE_FS, "FS where possible"},
    {F_REFERENCE_AEAD, "AEAD where possible"},
    {F_AEAD, "AEAD"},
    {F_SUITES_WEAKEST, "Weakest cipher"},
    {F_SUITES_STRONGEST, "Strongest cipher"},
    {F_ANON, "Anonymous suites"},
    {F_NULL_ENC, "NULL encryption"},
    {F_EXPORT, "EXPORT suites"},
    {F_DES, "Single DES"},
    {F_TRIPLE_DES, "3DES"},
    {F_BLOCK64_MODERN, "64-bit blocks used"},
    {F_MD5_MAC, "MD5 MACs"},
    {F_WEAK_CIPHER, "Below 112 bits"},
    {F_KX_MIN_BITS, "Weakest exchange"},
    {F_KEY_MIN_BITS, "Weakest key"},
    {F_CA_KEY_MIN_BITS, "Weakest CA key"},
    {F_SIG_WEAKEST, "Weakest signature"},
    {F_SIG_MD5, "MD5 signatures"},
    {F_SIG_SHA1, "SHA-1 signatures"},
    {F_WEAK_KEY, "Broken key"},
    {F_COLLISION, "Collision risk"},
    {F_LIFETIME_OK, "Lifetime allowed"},
    {F_TRUSTED, "Trusted"},
    {F_NAME_OK, "Name matches"},
    {F_RSA_E1, "RSA exponent 1"},
    {F_REVOKED, "Revoked"},
    {F_CA_REVOKED, "CA revoked"},
    {F_STAPLE_REVOKED, "Revoked by staple"},
    {F_MUST_STAPLE_MISSING, "Must-staple broken"},
    {F_LEAF_EXPIRES, "First leaf to expire"},
    {F_DEBIAN_KEY, "Debian weak key"},
    {F_CCS_INJECTION, "CCS injection"},
    {F_ROBOT, "ROBOT"},
    {F_POODLE_TLS, "POODLE over TLS"},
    {F_ZOMBIE_POODLE, "Zombie POODLE"},
    {F_GOLDENDOODLE, "GOLDENDOODLE"},
    {F_SLEEPING_POODLE, "Sleeping POODLE"},
    {F_ZERO_LENGTH_PADDING, "Zero-length padding"},
    {F_CVE_2016_2107, "CVE-2016-2107"},
    {F_DROWN, "DROWN"},
    {F_FREAK, "FREAK"},
    {F_LOGJAM, "Logjam"},
    {F_SWEET32, "SWEET32"},
    {F_CRIME, "CRIME"},
    {F_LUCKY13, "LUCKY13 possible"},
    {F_POODLE, "POODLE"},
    {F_VULN_RC4, "RC4"},
    {F_VULN_BEAST, "BEAST possible"},
    {F_RACCOON, "Raccoon possible"},
    {F_INTOL_TLS1_0, "TLS 1.0"},
    {F_INTOL_TLS1_1, "TLS 1.1"},
    {F_INTOL_TLS1_2, "TLS 1.2"},
    {F_INTOL_TLS1_3, "TLS 1.3"},
    {F_INTOL_1_152, "Version 1.152"},
    {F_INTOL_2_152, "Version 2.152"},
    {F_INTOL_SIGALG, "Unknown signature"},
    {F_INTOL_ALPN, "Unknown ALPN"},
    {F_INTOL_256, "Hello of 256 bytes"},
    {F_INTOL_1400, "Hello of 2,000 bytes"},
    {F_INTOL_16K, "Hello of 17,000 bytes"},
    {F_INTOL_RECORDS, "Hello in two records"},
    {F_JARM, "JARM"},
    {F_JARM_RAW, "JARM, from"},
    {F_FETCHES, "Places asked"},
    {F_OCSP_HOSTS, "For a firewall"},
    {F_CT_CHROME, "Chrome's policy"},
    {F_CT_APPLE, "Apple's policy"},
    {F_CT_VALID, "Genuine (known logs)"},
    {F_DNSSEC, "DNSSEC"},
    {F_CAA_AT, "CAA of"},
    {F_CAA_ALLOWS, "CAA allows issuer"},
    {F_CAA_STRANGE, "CAA tag unknown"},
    {F_CAA_ACCOUNT, "CAA names account"},
    {F_CAA_METHODS, "CAA methods"},
    {F_DNS_TLSA, "TLSA records"},
    {F_DANE, "DANE matches"},
    {F_DNS_TLSA_SPARE, "Spare TLSA record"},
    {F_DNS_HTTPS, "HTTPS record"},
    {F_DNS_HTTPS_ALPN, "HTTPS record, ALPN"},
    {F_DNS_ECH, "Encrypted hello (ECH)"},
    {F_DNS_MX, "MX"},
    {F_MTA_STS, "MTA-STS"},
    {F_MTA_STS_MX, "MTA-STS allows"},
    {F_MTA_STS_MAX_AGE, "MTA-STS max_age"},
    {F_MTA_STS_COVERS, "MTA-STS covers MX"},
    {F_TLS_RPT, "TLS-RPT"},
    {F_RENEG_SECURE, "Secure, by client"},
    {F_RENEG_REQUIRED, "RFC 5746 required"},
    {F_RENEG_INSECURE, "Insecure, by client"},
    {F_HSTS, "HSTS"},
    {F_HSTS_MAX_AGE, "HSTS max-age"},
    {F_HSTS_SUBDOMAINS, "HSTS subdomains"},
    {F_HSTS_PRELOAD, "HSTS preload"},
    {F_HSTS_PRELOADED, "On preload list"},
    {F_HSTS_HEADER, "HSTS header"},
    {F_HTTP_LOCATION, "Redirects to"},
    {F_HTTP_CSP, "Content security"},
    {F_HTTP_FRAME_OPTIONS, "Framing"},
    {F_HTTP_TYPE_OPTIONS, "Content types"},
    {F_HTTP_REFERRER_POLICY, "Referrer policy"},
    {F_HTTP_COMPRESSED, "Compressed body"},
    {F_RESUMES_ID, "By session id"},
    {F_RESUMES_TICKET, "By ticket"},
    {F_RESUMES_PSK, "By PSK, TLS 1.3"},
    {F_EARLY_DATA, "Early data (0-RTT)"},
    {F_EARLY_DATA_MAX, "Early data allowed"},
    {F_PSK_LIFETIME, "Lifetime, TLS 1.3"},
    {F_TICKET_LIFETIME, "Ticket lifetime"},
    {F_TICKET_LATER, "Earlier ticket"},
    {F_TICKET_LATER_AGE, "... its age"},
    {F_TICKET_ELSEWHERE, "Other's ticket"},
    {F_TICKET_KEY_NEW, "New ticket key"},
    {F_PSK_LATER, "Earlier, TLS 1.3"},
    {F_PSK_LATER_AGE, "... its age"},
    {F_PSK_ELSEWHERE, "Other's, TLS 1.3"},
    {F_PSK_KEY_NEW, "New key, TLS 1.3"},
    {F_AUDIT_TIME, "Dates judged at"},
    {F_FLIGHTS_READ, "Handshakes read"},
};

const char *
page_label(struct page *p, enum fact_id id)
{
	const char *dot = strrchr(fact_defs[id].json, '.');

	for (size_t i = 0; i < N_ELEMENTS(labels); i++)
		if (labels[i].id == id)
			return labels[i].label;
	return page_title(p, dot != NULL ? dot + 1 : fact_defs[id].json);
}

const char *
page_group(struct page *p, const char *path)
{
	static const struct {
		const char *prefix, *title;
	} titles[] = {{"http.", "HTTP"}, {"dns.", "DNS"}, {"intolerance.", "Hellos that are not answered"}, {"features.", "Protocol details"}, {"audit.", "This audit"}};

	for (size_t i = 0; i < N_ELEMENTS(titles); i++)
		if (strncmp(path, titles[i].prefix, strlen(titles[i].prefix)) == 0)
			return titles[i].title;
	return page_title(p, arena_strn(p->arena, path, strcspn(path, ".")));
}

/* What makes no sense for this server, and what nobody asked, is for those who want every detail. */
static bool
is_shown(const struct page *p, enum fact_id id, const char *prefix)
{
	return strncmp(fact_defs[id].json, prefix, strlen(prefix)) == 0 && fact_settled(p->f, id) &&
	       !outside_has(id) &&
	       (p->style->verbose > 0 || (fact_why(p->f, id) != WHY_NOT_APPLICABLE &&
						fact_why(p->f, id) != WHY_NOT_ASKED));
}

/* All settled facts of the endpoint under one prefix, in the dictionary's order. */
static void
facts_under(struct page *p, const char *heading, const char *prefix)
{
	unsigned narrow = term_wide_keys(&p->term), wide = p->term.keys;
	bool any = false;

	for (int id = kind_defs[K_ENDPOINT].first; id < (int)kind_end(K_ENDPOINT); id++) {
		if (!is_shown(p, (enum fact_id)id, prefix))
			continue;
		if (!any)
			term_heading(&p->term, heading);
		any = true;
		p->term.keys = fact_defs[id].type == FT_EXTS ? narrow : wide;
		page_fact(p, page_label(p, (enum fact_id)id), p->f, (enum fact_id)id);
	}
	p->term.keys = narrow;
}

void
page_features(struct page *p)
{
	facts_under(p, "Protocol details", "features.");
}

void
page_posture(struct page *p)
{
	facts_under(p, "Posture", "posture.");
}

void
page_audit(struct page *p)
{
	if (p->style->verbose > 0 || fact_yes(p->f, F_ADDRESSES_DIFFER) ||
	    fact_yes(p->f, F_THROTTLED) || fact_yes(p->f, F_INCONSISTENT))
		facts_under(p, "This audit", "audit.");
}

/* The first words of the JSON paths that have sections of their own. */
static const char *const shown[] = {
    "protocols.", "suites.", "groups.", "dh.", "sigalgs.", "features.", "posture.", "audit."};

static bool
has_section(const char *path)
{
	for (size_t i = 0; i < N_ELEMENTS(shown); i++)
		if (strncmp(path, shown[i], strlen(shown[i])) == 0)
			return true;
	return false;
}

void
page_others(struct page *p)
{
	const char *last = "";

	for (int id = kind_defs[K_ENDPOINT].first; id < (int)kind_end(K_ENDPOINT); id++) {
		const char *path = fact_defs[id].json, *dot = strchr(path, '.');
		char *prefix;

		if (dot == NULL || has_section(path) ||
		    (strncmp(path, last, strlen(last)) == 0 && *last != 0))
			continue;
		prefix = arena_strn(p->arena, path, (size_t)(dot - path) + 1);
		last = prefix;
		facts_under(p, page_group(p, path), prefix);
	}
}

static bool
has_records_section(enum kind k)
{
	return k == K_DHPARAM || k == K_FLIGHT || k == K_CERT || k == K_DEPLOY || k == K_TRUST ||
	       k == K_CLIENT || k == K_MISSING || k == K_LINT || k == K_RESPONDER || k == K_CRL ||
	       k == K_SCT || k == K_CAA || k == K_TLSA || k == K_HTTPS;
}

void
page_other_records(struct page *p)
{
	if (p->style->verbose < 1)
		return;
	for (int k = K_ENDPOINT + 1; k < (int)K__MAX; k++) {
		if (has_records_section((enum kind)k) || fact_rows(p->f, (enum kind)k) == 0)
			continue;
		term_heading(&p->term, page_title(p, kind_defs[k].json));
		for (size_t i = 0; i < fact_rows(p->f, (enum kind)k); i++) {
			const struct facts *row = fact_row(p->f, (enum kind)k, i);

			if (i > 0)
				term_blank(&p->term);
			for (int id = kind_defs[k].first; id < (int)kind_end((enum kind)k); id++)
				page_fact(
				    p, page_title(p, fact_defs[id].json), row, (enum fact_id)id);
		}
	}
}

/* Newest first, as SSL Labs shows them.  All six stand there, whatever was asked. */
static const struct {
	enum fact_id id;
	const char *name;
	bool good;
} protocols[] = {{F_PROTO_TLS1_3, "TLS 1.3", true}, {F_PROTO_TLS1_2, "TLS 1.2", true},
    {F_PROTO_TLS1_1, "TLS 1.1", false}, {F_PROTO_TLS1_0, "TLS 1.0", false},
    {F_PROTO_SSL3, "SSL 3", false}, {F_PROTO_SSL2, "SSL 2", false}};

void
page_protocols(struct page *p)
{
	term_heading(&p->term, "Protocols");
	for (size_t i = 0; i < N_ELEMENTS(protocols); i++) {
		enum fact_id id = protocols[i].id;
		const struct finding *on = page_finding_on(p, id);
		bool known = fact_known(p->f, id);
		enum ink ink = on != NULL && known ? page_severity_ink(on->sev)
			       : fact_yes(p->f, id) && protocols[i].good ? INK_GOOD
									 : INK_PLAIN;

		term_marked_key(&p->term, ink,
		    on != NULL && known ? page_severity_mark(on->sev) : NULL, protocols[i].name);
		page_value(p, ink, p->f, id);
	}
	term_end(&p->term);
}
