/* report_cases - see report_cases.h. */
#include "report_cases.h"

#include "base/check.h"
#include "tls/code.h"

#define NOW INT64_C(1787313605) /* 2026-08-21 12:00:05 UTC */
#define DAY INT64_C(86400)

static const struct finding no_findings[1];

struct made { /* what a case is put together in */
	struct record *r;
	struct arena *a;
	struct facts *f;
	struct assessment *as;
};

#define STRS(f, id, ...)                                                                           \
	fact_put_strs(f, id, (const char *const[]){__VA_ARGS__},                                   \
	    N_ELEMENTS(((const char *const[]){__VA_ARGS__})))
#define CODES(f, id, ...)                                                                          \
	fact_put_u16s(f, id,                                                                       \
	    (struct u16s){                                                                         \
		(const uint16_t[]){__VA_ARGS__}, N_ELEMENTS(((const uint16_t[]){__VA_ARGS__}))})

/* n bytes that count up from seed: fingerprints, key ids. */
static struct span
bytes(struct made *m, size_t n, unsigned seed)
{
	uint8_t *p = arena_alloc(m->a, n);

	for (size_t i = 0; i < n; i++)
		p[i] = (uint8_t)(seed + i * 7);
	return (struct span){p, n};
}

static struct made
begin(struct record *r, struct arena *a, const char *host, const char *address)
{
	struct made m = {.r = r, .a = a, .f = facts_new(a), .as = arena_alloc(a, sizeof(*m.as))};

	*r = (struct record){.host = host,
	    .address = address,
	    .port = 443,
	    .sni = host,
	    .status = "ok",
	    .connections = 57,
	    .elapsed_ms = 1234,
	    .time = NOW,
	    .policy = "ssllabs-2009r",
	    .facts = m.f,
	    .assessment = m.as};
	*m.as = (struct assessment){.score_protocol = -1,
	    .score_key_exchange = -1,
	    .score_cipher = -1,
	    .score = -1,
	    .complete = true,
	    .findings = no_findings,
	    .open = no_findings};
	return m;
}

static void
protocols(struct made *m, const char *six)
{
	static const enum fact_id ids[] = {F_PROTO_SSL2, F_PROTO_SSL3, F_PROTO_TLS1_0,
	    F_PROTO_TLS1_1, F_PROTO_TLS1_2, F_PROTO_TLS1_3};

	for (size_t i = 0; i < N_ELEMENTS(ids); i++) {
		if (six[i] == '?') {
			fact_put_unknown(m->f, ids[i], WHY_SILENCE, "no answer in 8 s");
			continue;
		}
		fact_put_tri(m->f, ids[i], six[i] == 'y' ? TRI_YES : TRI_NO);
		if (six[i] == 'n' && ids[i] != F_PROTO_SSL2)
			fact_set_note(m->f, ids[i], "alert 70 (protocol_version)");
	}
}

struct cert_spec {
	const char *cn, *subject, *issuer, *key, *curve, *sig;
	uint32_t bits, strength;
	int64_t begin, end; /* days from now */
	unsigned seed;
	bool ca, root;
};

static void
cert_marks(struct made *m, struct facts *c, const struct cert_spec *s)
{
	fact_put_hex(c, F_CERT_SHA256, bytes(m, 32, s->seed));
	fact_put_hex(c, F_CERT_SHA1, bytes(m, 20, s->seed + 1));
	fact_put_hex(c, F_CERT_SPKI_SHA256, bytes(m, 32, s->seed + 2));
	fact_put_hex(c, F_CERT_SERIAL, bytes(m, 18, s->seed + 3));
	fact_put_hex(c, F_CERT_SKI, bytes(m, 20, s->seed + 4));
	fact_put_hex(c, F_CERT_AKI, bytes(m, 20, s->seed + 5));
	fact_put_hex(c, F_CERT_DER, bytes(m, 90, s->seed + 6));
	fact_put_tri(c, F_CERT_IS_CA, s->ca ? TRI_YES : TRI_NO);
	fact_put_tri(c, F_CERT_SELF_SIGNED, s->root ? TRI_YES : TRI_NO);
}

static struct facts *
cert(struct made *m, const struct cert_spec *s)
{
	struct facts *c = fact_add(m->f, K_CERT);

	cert_marks(m, c, s);
	fact_put_str(c, F_CERT_CN, s->cn);
	fact_put_str(c, F_CERT_SUBJECT, s->subject);
	fact_put_str(c, F_CERT_ISSUER, s->issuer);
	fact_put_time(c, F_CERT_NOT_BEFORE, NOW + s->begin * DAY);
	fact_put_time(c, F_CERT_NOT_AFTER, NOW + s->end * DAY);
	fact_put_str(c, F_CERT_KEY_TYPE, s->key);
	fact_put_u32(c, F_CERT_KEY_BITS, s->bits);
	fact_put_u32(c, F_CERT_KEY_STRENGTH, s->strength);
	if (s->curve != NULL)
		fact_put_str(c, F_CERT_KEY_CURVE, s->curve);
	else
		fact_put_str(c, F_CERT_KEY_EXPONENT, "65537");
	fact_put_str(c, F_CERT_SIG_ALG, s->sig);
	fact_put_tri(c, F_CERT_MUST_STAPLE, TRI_NO);
	return c;
}

static void
leaf_extras(struct facts *c)
{
	STRS(c, F_CERT_KEY_USAGE, "digitalSignature");
	STRS(c, F_CERT_EKU, "serverAuth", "clientAuth");
	STRS(c, F_CERT_OCSP, "http://r10.o.lencr.example");
	STRS(c, F_CERT_CRL, "http://r10.c.lencr.example/87.crl");
	STRS(c, F_CERT_CA_ISSUERS, "http://r10.i.lencr.example/");
	fact_put_u32(c, F_CERT_SCTS, 2);
}

static const struct cert_spec leaf_ec = {"www.example.org", "CN=www.example.org",
				  "CN=E5,O=Let's Encrypt,C=US", "EC", "P-256", "ecdsa-with-SHA384",
				  256, 3072, -21, 69, 1, false, false},
			      leaf_rsa = {"www.example.org", "CN=www.example.org",
				  "CN=R10,O=Let's Encrypt,C=US", "RSA", NULL,
				  "sha256WithRSAEncryption", 2048, 2048, -78, 12, 40, false, false},
			      inter_ec = {"E5", "CN=E5,O=Let's Encrypt,C=US",
				  "CN=ISRG Root X1,O=Internet Security Research Group,C=US", "EC",
				  "P-384", "sha256WithRSAEncryption", 384, 7680, -891, 203, 90,
				  true, false},
			      inter_rsa = {"R10", "CN=R10,O=Let's Encrypt,C=US",
				  "CN=ISRG Root X1,O=Internet Security Research Group,C=US", "RSA",
				  NULL, "sha256WithRSAEncryption", 2048, 2048, -891, 203, 120, true,
				  false};

static struct facts *
deployment(struct made *m, uint32_t id, const char *key, struct u16s chain)
{
	struct facts *d = fact_add(m->f, K_DEPLOY);

	fact_put_u32(d, F_DEPLOY_ID, id);
	fact_put_str(d, F_DEPLOY_KEY_TYPE, key);
	fact_put_tri(d, F_DEPLOY_SNI, TRI_YES);
	fact_put_tri(d, F_DEPLOY_NO_SNI, id == 0 ? TRI_YES : TRI_NO);
	STRS(d, F_DEPLOY_VERSIONS, "TLS 1.2", "TLS 1.3");
	fact_put_u16s(d, F_DEPLOY_CHAIN, chain);
	fact_put_tri(d, F_DEPLOY_NAME_OK, TRI_YES);
	fact_put_tri(d, F_DEPLOY_ORDER_OK, TRI_YES);
	fact_put_u32(d, F_DEPLOY_DUPLICATES, 0);
	fact_put_u32(d, F_DEPLOY_STRANGERS, 0);
	fact_put_tri(d, F_DEPLOY_ROOT_SENT, TRI_NO);
	return d;
}

static const char *const stores[] = {
    "mozilla", "microsoft", "apple", "chrome", "android", "java", "system"};

static struct facts *
trust(struct made *m, uint32_t id, const char *store, const char *verdict, const char *reason)
{
	struct facts *t = fact_add(m->f, K_TRUST);

	fact_put_u32(t, F_TRUST_DEPLOYMENT, id);
	fact_put_str(t, F_TRUST_STORE, store);
	fact_put_str(t, F_TRUST_VERDICT, verdict);
	fact_put_str(t, F_TRUST_REASON, reason);
	return t;
}

static void
trusted(struct made *m, uint32_t id, const char *inter)
{
	for (size_t i = 0; i < N_ELEMENTS(stores); i++) {
		struct facts *t =
		    trust(m, id, stores[i], "complete", "trusted with the chain that was sent");

		STRS(t, F_TRUST_PATH, "CN=www.example.org", inter,
		    "CN=ISRG Root X1,O=Internet Security Research Group,C=US");
		fact_put_hex(t, F_TRUST_ROOT_SHA256, bytes(m, 32, 200));
		fact_put_str(t, F_TRUST_OPENSSL, "ok");
		fact_put_str(t, F_TRUST_GNUTLS, "trusted");
		fact_put_tri(t, F_TRUST_LIBRARIES_AGREE, TRI_YES);
	}
}

static void
flight(struct made *m, uint16_t version, uint16_t suite, uint16_t sigalg, struct u16s chain)
{
	struct facts *h = fact_add(m->f, K_FLIGHT);

	fact_put_u32(h, F_FLIGHT_VERSION, version);
	fact_put_tri(h, F_FLIGHT_SNI, TRI_YES);
	CODES(h, F_FLIGHT_SUITE, suite);
	CODES(h, F_FLIGHT_GROUP, 29);
	CODES(h, F_FLIGHT_SIGALG, sigalg);
	fact_put_u16s(h, F_FLIGHT_CHAIN, chain);
	fact_put_u32(h, F_FLIGHT_N_SENT, (uint32_t)chain.n);
	CODES(h, F_FLIGHT_EXTENSIONS, 5, 16, 23, 0xff01);
	fact_put_hex(h, F_FLIGHT_RANDOM, bytes(m, 32, version));
	fact_put_u32(h, F_FLIGHT_SESSION_ID, 32);
	fact_put_tri(h, F_FLIGHT_CLIENT_AUTH, TRI_NO);
	fact_put_str(h, F_FLIGHT_ALPN, "h2");
	fact_put_hex(h, F_FLIGHT_STAPLE, bytes(m, 100, version + 3u));
	fact_put_hex(h, F_FLIGHT_SCTS, (struct span){NULL, 0});
	fact_put_u32(h, F_FLIGHT_BYTES, 3714);
	fact_put_time(h, F_FLIGHT_TIME, NOW + 1);
}

static void
features(struct made *m)
{
	static const struct {
		enum fact_id id;
		enum tri v;
	} tris[] = {{F_OCSP_STAPLE, TRI_YES}, {F_SCT_TLS, TRI_NO}, {F_SCT_OCSP, TRI_NO},
	    {F_SCT_CERT, TRI_YES}, {F_EMS, TRI_YES}, {F_TICKET, TRI_YES}, {F_SESSION_ID, TRI_NO},
	    {F_RENEG_INFO, TRI_YES}, {F_COMPRESSION, TRI_NO}, {F_HEARTBEAT, TRI_NO},
	    {F_MAX_FRAGMENT, TRI_NO}, {F_SNI_ACK, TRI_YES}, {F_SNI_REQUIRED, TRI_NO},
	    {F_SNI_DEFAULT_CERT, TRI_YES}, {F_CLIENT_AUTH, TRI_NO}, {F_RANDOM_TIME, TRI_NO},
	    {F_DOWNGRADE_SENTINEL, TRI_YES}};

	for (size_t i = 0; i < N_ELEMENTS(tris); i++)
		fact_put_tri(m->f, tris[i].id, tris[i].v);
	STRS(m->f, F_ALPN, "h2", "http/1.1");
	CODES(m->f, F_EXTENSIONS, 0, 5, 11, 16, 23, 35, 43, 51, 0xff01);
	fact_put_unknown(m->f, F_ETM, WHY_NOT_APPLICABLE, "no CBC suite is accepted");
}

static void
posture(struct made *m, bool good)
{
	enum tri bad = good ? TRI_NO : TRI_YES;

	fact_put_str(m->f, F_BEAST, good ? "none" : "possible");
	fact_put_str(m->f, F_RC4, good ? "none" : "offered");
	fact_put_str(m->f, F_FORWARD_SECRECY, good ? "all" : "modern");
	fact_put_str(m->f, F_AEAD, good ? "all" : "some");
	fact_put_u32(m->f, F_SUITES_WEAKEST, 128);
	fact_put_u32(m->f, F_SUITES_STRONGEST, 256);
	fact_put_tri(m->f, F_ANON, TRI_NO);
	fact_put_tri(m->f, F_NULL_ENC, TRI_NO);
	fact_put_tri(m->f, F_EXPORT, TRI_NO);
	fact_put_tri(m->f, F_TRIPLE_DES, bad);
	fact_put_u32(m->f, F_KX_MIN_BITS, good ? 3072 : 1024);
	fact_put_u32(m->f, F_KEY_MIN_BITS, 2048);
	fact_put_str(m->f, F_SIG_WEAKEST, "SHA256");
	fact_put_tri(m->f, F_TRUSTED, TRI_YES);
	fact_put_tri(m->f, F_CHAIN_INCOMPLETE, bad);
	fact_put_tri(m->f, F_NAME_OK, TRI_YES);
}

static void
sigalgs_and_groups(struct made *m)
{
	CODES(m->f, F_GROUPS_TLS1_3, 4588, 29, 23, 24);
	fact_put_str(m->f, F_GROUPS_TLS1_3_ORDER, "server");
	CODES(m->f, F_GROUPS_TLS1_2, 29, 23, 24);
	fact_put_str(m->f, F_GROUPS_TLS1_2_ORDER, "server");
	fact_put_tri(m->f, F_EMPTY_KEY_SHARE, TRI_YES);
	CODES(m->f, F_SIGALGS_TLS1_3_RSA, 0x0804, 0x0805, 0x0806);
	CODES(m->f, F_SIGALGS_TLS1_3_ECDSA, 0x0403);
	CODES(m->f, F_SIGALGS_TLS1_2_RSA, 0x0804, 0x0805, 0x0806, 0x0401, 0x0501, 0x0601);
	CODES(m->f, F_SIGALGS_TLS1_2_ECDSA, 0x0403, 0x0503, 0x0603);
	fact_put_tri(m->f, F_SIGALGS_IGNORED, TRI_NO);
}

static void
client(struct made *m, const char *name, uint16_t version, uint16_t suite, const char *failure)
{
	struct facts *c = fact_add(m->f, K_CLIENT);

	fact_put_str(c, F_CLIENT_NAME, name);
	fact_put_tri(c, F_CLIENT_REFERENCE, strstr(name, "IE 6") == NULL ? TRI_YES : TRI_NO);
	if (version == 0 && failure == NULL) {
		fact_put_tri(c, F_CLIENT_CERTAIN, TRI_NO);
		fact_set_note(c, F_CLIENT_CERTAIN, "protocols.tls1_0 is not known");
		return;
	}
	fact_put_tri(c, F_CLIENT_CERTAIN, TRI_YES);
	fact_put_tri(c, F_CLIENT_CONNECTS, failure == NULL ? TRI_YES : TRI_NO);
	if (failure != NULL) {
		fact_put_str(c, F_CLIENT_FAILURE, failure);
		return;
	}
	fact_put_u32(c, F_CLIENT_VERSION, version);
	CODES(c, F_CLIENT_SUITE, suite);
	fact_put_tri(c, F_CLIENT_FORWARD_SECRECY, suite_by_code(suite)->fs ? TRI_YES : TRI_NO);
	if (suite_by_code(suite)->fs)
		CODES(c, F_CLIENT_GROUP, 29);
}

static void
clients(struct made *m)
{
	client(m, "Chrome 131", 0x0304, 0x1301, NULL);
	client(m, "Safari 9", 0x0303, 0xc02b, NULL);
	client(m, "Java 8u451", 0x0303, 0x0035, NULL);
	client(m, "Firefox 31.3.0 ESR", 0, 0, NULL);
	client(m, "Android 2.3.7", 0, 0, "no version in common");
	client(m, "IE 6", 0, 0, "no version in common");
}

static void
modern(struct record *r, struct arena *a)
{
	static const uint16_t ec[] = {0, 1}, rsa[] = {2, 3};
	static const char *const reasons[] = {
	    "HTTP Strict Transport Security is not known: A+ cannot be told from A"};
	struct made m = begin(r, a, "www.example.org", "192.0.2.80");
	struct facts *c, *d;

	protocols(&m, "nnnnyy");
	CODES(m.f, F_SUITES_TLS1_3, 0x1302, 0x1303, 0x1301);
	fact_put_str(m.f, F_ORDER_TLS1_3, "server");
	CODES(m.f, F_SUITES_TLS1_2, 0xc02c, 0xc030, 0xcca9, 0xcca8, 0xc02b, 0xc02f);
	fact_put_str(m.f, F_ORDER_TLS1_2, "server");
	fact_put_tri(m.f, F_CHACHA20_PREF, TRI_YES);
	sigalgs_and_groups(&m);
	features(&m);
	posture(&m, true);
	c = cert(&m, &leaf_ec);
	STRS(c, F_CERT_SANS, "www.example.org", "example.org");
	fact_put_u32(c, F_CERT_N_SANS, 2);
	leaf_extras(c);
	cert(&m, &inter_ec);
	c = cert(&m, &leaf_rsa);
	STRS(c, F_CERT_SANS, "www.example.org", "example.org", "static.example.org",
	    "img.example.org", "api.example.org", "mail.example.org", "news.example.org",
	    "shop.example.org", "login.example.org", "id.example.org", "a.example.org",
	    "b.example.org", "c.example.org", "192.0.2.80");
	fact_put_u32(c, F_CERT_N_SANS, 14);
	leaf_extras(c);
	cert(&m, &inter_rsa);
	d = deployment(&m, 0, "EC", U16S_OF(ec));
	fact_put_tri(d, F_DEPLOY_STAPLE, TRI_YES);
	fact_put_str(d, F_DEPLOY_STAPLE_STATUS, "good");
	fact_put_str(d, F_DEPLOY_STAPLE_TIMES, "2026-08-20T11:02:00Z/2026-08-27T11:01:58Z");
	d = deployment(&m, 1, "RSA", U16S_OF(rsa));
	fact_put_tri(d, F_DEPLOY_STAPLE, TRI_NO);
	trusted(&m, 0, "CN=E5,O=Let's Encrypt,C=US");
	trusted(&m, 1, "CN=R10,O=Let's Encrypt,C=US");
	flight(&m, 0x0304, 0x1302, 0x0403, U16S_OF(ec));
	flight(&m, 0x0303, 0xc030, 0x0804, U16S_OF(rsa));
	clients(&m);
	fact_put_u32(m.f, F_FLIGHTS_READ, 2);
	fact_put_tri(m.f, F_THROTTLED, TRI_NO);
	m.as->grade = m.as->grade_trust_ignored = "A";
	m.as->score_protocol = 100;
	m.as->score_key_exchange = 90;
	m.as->score_cipher = 90;
	m.as->score = 93;
	m.as->reasons = reasons;
	m.as->n_reasons = N_ELEMENTS(reasons);
}

static const struct finding incomplete_findings[] = {
    {.id = "dh-1024",
	.title = "Diffie-Hellman with 1024 bits",
	.sev = SEV_HIGH,
	.effect = "caps the grade at B",
	.evidence = "dh.bits: 1024",
	.fix = "Use ffdhe2048 or larger, or no DHE at all.",
	.ref = "CVE-2015-4000",
	.facts = {F_DH_BITS, F_KX_MIN_BITS}},
    {.id = "chain-incomplete",
	.title = "The certificate chain is incomplete",
	.sev = SEV_MEDIUM,
	.effect = "caps the grade at B",
	.evidence = "posture.chain_incomplete: yes; CN=R10,O=Let's Encrypt,C=US was not sent",
	.fix =
	    "Send the intermediate certificate after the leaf: append it to the certificate file.",
	.ref = "RFC 5246, 7.4.2; SSL Labs guide 2009r",
	.facts = {F_CHAIN_INCOMPLETE}},
    {.id = "tls1_0",
	.title = "TLS 1.0 is accepted",
	.sev = SEV_MEDIUM,
	.effect = "caps the grade at B",
	.evidence = "protocols.tls1_0: yes",
	.fix = "Switch TLS 1.0 off; no client that matters needs it.",
	.ref = "RFC 8996",
	.facts = {F_PROTO_TLS1_0}},
    {.id = "rc4",
	.title = "RC4 suites are accepted",
	.sev = SEV_LOW,
	.effect = "",
	.evidence = "suites.tls1_0: TLS_RSA_WITH_RC4_128_SHA",
	.fix = "Remove the RC4 suites; nothing needs them.",
	.ref = "RFC 7465",
	.facts = {F_RC4}}};

static void
old_suites(struct made *m)
{
	CODES(m->f, F_SUITES_TLS1_2, 0xc030, 0xc02f, 0x009e, 0xc014, 0xc013, 0x0035, 0x002f, 0x000a,
	    0x0005);
	fact_put_str(m->f, F_ORDER_TLS1_2, "server");
	CODES(m->f, F_SUITES_TLS1_1, 0xc014, 0xc013, 0x0035, 0x002f, 0x000a, 0x0005);
	fact_put_str(m->f, F_ORDER_TLS1_1, "server");
	CODES(m->f, F_SUITES_TLS1_0, 0xc014, 0xc013, 0x0035, 0x002f, 0x000a, 0x0005);
	fact_put_str(m->f, F_ORDER_TLS1_0, "server");
}

static void
dh(struct made *m)
{
	struct facts *d = fact_add(m->f, K_DHPARAM);

	fact_put_u32(m->f, F_DH_BITS, 1024);
	fact_put_str(m->f, F_DH_PRIME, "RFC 2409 group 2");
	fact_put_u32(m->f, F_DH_GENERATOR, 2);
	fact_put_u32(d, F_DHPARAM_BITS, 1024);
	fact_put_str(d, F_DHPARAM_NAME, "RFC 2409 group 2");
	fact_put_str(d, F_DHPARAM_KIND, "safe");
	fact_put_u32(d, F_DHPARAM_GENERATOR, 2);
	fact_put_u32(d, F_DHPARAM_VERSION, 0x0303);
	CODES(d, F_DHPARAM_SUITE, 0x009e);
	fact_put_hex(d, F_DHPARAM_P, bytes(m, 128, 17));
}

static const struct explained incomplete_explain[] = {
    {"ssl3", "SSLv3 is accepted", RULE_NOT_KNOWN, "caps the grade at B",
	"protocols.ssl3: silence (no answer in 8 s)"},
    {"tls1_0", "TLS 1.0 is accepted", RULE_WAIVED, "waived until 2026-12-31: old tills",
	"protocols.tls1_0: yes"},
    {"rc4", "RC4 suites are accepted", RULE_NOT_HIT, "caps the grade at B", "posture.rc4: none"},
    {"chain_incomplete", "An intermediate certificate is not sent", RULE_HIT, "caps the grade at B",
	"CN=R10,O=Let's Encrypt,C=US was not sent"},
};

static const struct finding incomplete_deviation = {.id = "tls1_3",
    .title = "TLS 1.3 is not accepted",
    .evidence = "protocols.tls1_3: no",
    .fix = "Accept TLS 1.2 and TLS 1.3 only.",
    .ref = "Mozilla Server Side TLS 6.0, intermediate: tls_versions",
    .must = true,
    .facts = {F_PROTO_TLS1_3}};

static const struct finding incomplete_hsts = {.id = "hsts",
    .title = "Strict-Transport-Security is not sent, or not valid",
    .evidence = "",
    .why_open = "http.hsts: not asked",
    .must = true,
    .facts = {F_HSTS}};

static const struct compliance incomplete_compliance[] = {
    {.policy = "mozilla-intermediate",
	.edition = "6.0",
	.title = "Mozilla Server Side TLS 6.0, intermediate",
	.note = "For services with a variety of clients.",
	.passes = TRI_NO,
	.n_rules = 22,
	.deviations = &incomplete_deviation,
	.n_deviations = 1,
	.open = &incomplete_hsts,
	.n_open = 1},
    {.policy = "house", .edition = "3", .title = "House rules", .passes = TRI_YES, .n_rules = 1},
    {.policy = "open",
	.edition = "1",
	.title = "One that is open",
	.passes = TRI_UNKNOWN,
	.n_rules = 1,
	.open = &incomplete_hsts,
	.n_open = 1},
};

static void
incomplete_trust(struct made *m)
{
	for (size_t i = 0; i < N_ELEMENTS(stores); i++) {
		struct facts *t = trust(m, 0, stores[i], "incomplete",
		    "would be trusted, were CN=R10,O=Let's Encrypt,C=US sent");

		fact_put_str(t, F_TRUST_MISSING_SUBJECT, "CN=R10,O=Let's Encrypt,C=US");
		fact_put_hex(t, F_TRUST_MISSING_KEY_ID, bytes(m, 20, 120));
		fact_put_str(t, F_TRUST_MISSING_ISSUER,
		    "CN=ISRG Root X1,O=Internet Security Research Group,C=US");
		fact_put_str(t, F_TRUST_OPENSSL, "20: unable to get local issuer certificate");
		fact_put_str(t, F_TRUST_GNUTLS, i == 0 ? "trusted" : "issuer is unknown");
		fact_put_tri(t, F_TRUST_LIBRARIES_AGREE, i == 0 ? TRI_NO : TRI_YES);
	}
}

static void
incomplete(struct record *r, struct arena *a)
{
	static const uint16_t chain[] = {0};
	static const char *const reasons[] = {"The certificate chain is incomplete: caps at B",
	    "TLS 1.0 and TLS 1.1 are accepted: caps at B",
	    "The weakest Diffie-Hellman parameters have 1024 bits: caps at B"},
				 *const lifts[] = {
				     "Send the intermediate CN=R10,O=Let's Encrypt,C=US.",
				     "Switch TLS 1.0 and TLS 1.1 off.",
				     "Use Diffie-Hellman parameters of at least 2048 bits."};
	struct made m = begin(r, a, "shop.example.net", "2001:db8::4:80");
	struct facts *c, *d;

	protocols(&m, "nnyyyn");
	old_suites(&m);
	CODES(m.f, F_GROUPS_TLS1_2, 23, 24, 25, 256);
	fact_put_str(m.f, F_GROUPS_TLS1_2_ORDER, "client");
	fact_put_unknown(m.f, F_GROUPS_TLS1_3, WHY_NOT_APPLICABLE, "no TLS 1.3");
	CODES(m.f, F_SIGALGS_TLS1_2_RSA, 0x0401, 0x0501, 0x0201);
	dh(&m);
	features(&m);
	posture(&m, false);
	c = cert(&m, &leaf_rsa);
	STRS(c, F_CERT_SANS, "shop.example.net");
	fact_put_u32(c, F_CERT_N_SANS, 1);
	leaf_extras(c);
	d = deployment(&m, 0, "RSA", U16S_OF(chain));
	fact_put_tri(d, F_DEPLOY_STAPLE, TRI_NO);
	incomplete_trust(&m);
	m.as->grade = m.as->grade_trust_ignored = "B";
	m.as->score_protocol = 95;
	m.as->score_key_exchange = 40;
	m.as->score_cipher = 70;
	m.as->score = 69;
	m.as->has_warnings = true;
	m.as->findings = incomplete_findings;
	m.as->n_findings = N_ELEMENTS(incomplete_findings);
	m.as->reasons = reasons;
	m.as->n_reasons = N_ELEMENTS(reasons);
	m.as->lifts = lifts;
	m.as->n_lifts = N_ELEMENTS(lifts);
}

/* The case as --compliance and --explain would have it. */
static void
incomplete_asked(struct record *r, struct arena *a)
{
	struct assessment *as = arena_alloc(a, sizeof(*as));

	incomplete(r, a);
	*as = *r->assessment;
	as->explain = incomplete_explain;
	as->n_explain = N_ELEMENTS(incomplete_explain);
	as->compliance = incomplete_compliance;
	as->n_compliance = N_ELEMENTS(incomplete_compliance);
	r->assessment = as;
}

static void
self_signed(struct record *r, struct arena *a)
{
	static const uint16_t chain[] = {0};
	static const struct cert_spec spec = {"localhost.localdomain",
	    "CN=localhost.localdomain,O=Some Company,L=Some City,C=XX",
	    "CN=localhost.localdomain,O=Some Company,L=Some City,C=XX", "RSA", NULL,
	    "sha1WithRSAEncryption", 1024, 1024, -4000, -350, 9, true, true};
	static const struct finding findings[] = {{.id = "untrusted",
	    .title = "No store trusts the certificate",
	    .sev = SEV_HIGH,
	    .effect = "grade T",
	    .evidence = "posture.trusted: no",
	    .fix = "Get a certificate from a CA that the stores know.",
	    .facts = {F_TRUSTED}}};
	static const char *const reasons[] = {"No store trusts the certificate: it is self-signed"};
	struct made m = begin(r, a, "192.0.2.99", "192.0.2.99");
	struct facts *d;

	r->sni = NULL;
	r->port = 8443;
	protocols(&m, "nnnnyn");
	CODES(m.f, F_SUITES_TLS1_2, 0xc02f);
	fact_put_str(m.f, F_ORDER_TLS1_2, "single");
	cert(&m, &spec);
	d = deployment(&m, 0, "RSA", U16S_OF(chain));
	fact_put_tri(d, F_DEPLOY_STAPLE, TRI_NO);
	for (size_t i = 0; i < N_ELEMENTS(stores); i++)
		trust(&m, 0, stores[i], "self_signed",
		    "the leaf is self-signed and not one of the store's roots");
	fact_put_tri(m.f, F_TRUSTED, TRI_NO);
	m.as->grade = "T";
	m.as->grade_trust_ignored = "F";
	m.as->score_protocol = 100;
	m.as->score_key_exchange = 40;
	m.as->score_cipher = 80;
	m.as->findings = findings;
	m.as->n_findings = 1;
	m.as->reasons = reasons;
	m.as->n_reasons = 1;
}

static void
partial(struct record *r, struct arena *a)
{
	static const struct finding open[] = {
	    {.id = "tls1_0",
		.title = "TLS 1.0 is accepted",
		.sev = SEV_MEDIUM,
		.why_open = "protocols.tls1_0 is unknown: silence",
		.facts = {F_PROTO_TLS1_0}},
	    {.id = "no-fs",
		.title = "No forward secrecy with reference clients",
		.sev = SEV_MEDIUM,
		.why_open = "posture.forward_secrecy is unknown: budget used up",
		.facts = {F_FORWARD_SECRECY}}};
	static const uint16_t seen[] = {0xc02f, 0xfafa};
	struct made m = begin(r, a, "slow.example.com", "198.51.100.7");

	r->status = "partial";
	r->status_detail = "no answer in time";
	r->elapsed_ms = 180042;
	r->starttls = "smtp";
	r->port = 25;
	protocols(&m, "nn??y?");
	fact_put_unknown(m.f, F_SUITES_TLS1_0, WHY_SILENCE, "no answer in 8 s");
	fact_put_seen(m.f, F_SUITES_TLS1_2, U16S_OF(seen), WHY_SILENCE, "no answer in 8 s");
	fact_put_unknown(m.f, F_ORDER_TLS1_2, WHY_SILENCE, NULL);
	fact_put_unknown(m.f, F_FORWARD_SECRECY, WHY_BUDGET, NULL);
	fact_put_unknown(m.f, F_GROUPS_TLS1_2, WHY_RESET, NULL);
	fact_put_tri(m.f, F_THROTTLED, TRI_YES);
	m.as->complete = false;
	m.as->open = open;
	m.as->n_open = N_ELEMENTS(open);
}

/* What third parties say: a good leaf, a revoked CA, timestamps of all kinds, DNS records. */
static void
outside_revocation(struct made *m, struct facts *leaf, struct facts *ca)
{
	struct facts *row;

	fact_put_str(leaf, F_CERT_REVOCATION, "good");
	STRS(leaf, F_CERT_REVOCATION_BY, "OCSP by GET at http://r10.o.lencr.example: good",
	    "CRL at http://r10.c.lencr.example/87.crl: timeout");
	fact_put_str(ca, F_CERT_REVOCATION, "revoked");
	fact_set_note(ca, F_CERT_REVOCATION, "since 2026-08-01T00:00:00Z, reason: keyCompromise");
	row = fact_add(m->f, K_RESPONDER);
	fact_put_str(row, F_RESPONDER_URL, "http://r10.o.lencr.example");
	fact_put_str(row, F_RESPONDER_GET, "good");
	fact_put_str(row, F_RESPONDER_POST, "timeout");
	fact_put_str(row, F_RESPONDER_TIMES, "2026-08-20T00:00:00Z/2026-08-27T00:00:00Z");
	fact_put_str(row, F_RESPONDER_SIGNER, "the issuer");
	fact_put_str(row, F_RESPONDER_SIG_HASH, "SHA-256");
	STRS(row, F_RESPONDER_PROBLEMS, "GET and POST do not agree", "POST: timeout");
	row = fact_add(m->f, K_CRL);
	fact_put_str(row, F_CRL_URL, "http://x1.c.lencr.example/");
	fact_put_str(row, F_CRL_STATUS, "revoked");
	fact_put_u32(row, F_CRL_ENTRIES, 1);
	fact_put_tri(row, F_CRL_PARTITION, TRI_YES);
	fact_put_time(row, F_CRL_THIS_UPDATE, NOW - DAY);
	fact_put_time(row, F_CRL_NEXT_UPDATE, NOW + 6 * DAY);
	fact_put_str(row, F_CRL_SIG_HASH, "SHA-256");
	STRS(m->f, F_OCSP_HOSTS, "r10.o.lencr.example:80");
}

static void
outside_stamps(struct made *m)
{
	static const char *const sources[] = {"certificate", "tls", "ocsp"};

	for (size_t i = 0; i < N_ELEMENTS(sources); i++) {
		struct facts *row = fact_add(m->f, K_SCT);

		fact_put_str(row, F_SCT_SOURCE, sources[i]);
		fact_put_hex(row, F_SCT_LOG_ID, bytes(m, 32, 50 + (unsigned)i));
		fact_put_time(row, F_SCT_TIME, NOW - 9 * DAY);
		if (i == 2)
			continue;
		fact_put_str(row, F_SCT_LOG, i == 0 ? "Some 'Argon' log" : "Other log");
		fact_put_str(row, F_SCT_OPERATOR, i == 0 ? "Some" : "Other");
		fact_put_str(row, F_SCT_STATE, i == 0 ? "usable" : "retired");
		fact_put_tri(row, F_SCT_VALID, i == 0 ? TRI_YES : TRI_NO);
	}
	fact_put_tri(m->f, F_CT_CHROME, TRI_NO);
	fact_put_tri(m->f, F_CT_VALID, TRI_NO);
}

static void
outside_dns(struct made *m)
{
	struct facts *row = fact_add(m->f, K_CAA);

	fact_put_tri(m->f, F_DNSSEC, TRI_YES);
	fact_put_str(m->f, F_CAA_AT, "example.org");
	fact_put_tri(m->f, F_CAA_ALLOWS, TRI_YES);
	fact_put_str(m->f, F_DNS_TLSA, "mismatch");
	STRS(m->f, F_DNS_MX, "mx1.example.org", "mx2.example.org");
	fact_put_str(row, F_CAA_TAG, "issue");
	fact_put_str(row, F_CAA_VALUE, "letsencrypt.org");
	STRS(row, F_CAA_PARAMETERS, "validationmethods=dns-01");
	fact_put_tri(row, F_CAA_CRITICAL, TRI_YES);
	fact_put_tri(row, F_CAA_IN_USE, TRI_YES);
	for (unsigned i = 0; i < 2; i++) {
		row = fact_add(m->f, K_TLSA);
		fact_put_u32(row, F_TLSA_USAGE, 3 - i);
		fact_put_u32(row, F_TLSA_SELECTOR, 1);
		fact_put_u32(row, F_TLSA_MATCHING, 1);
		fact_put_hex(row, F_TLSA_DATA, bytes(m, 32, 80 + i));
		fact_put_tri(row, F_TLSA_USABLE, TRI_YES);
		fact_put_tri(row, F_TLSA_MATCHES, i == 0 ? TRI_YES : TRI_NO);
	}
	row = fact_add(m->f, K_HTTPS);
	fact_put_u32(row, F_HTTPS_PRIORITY, 1);
	fact_put_str(row, F_HTTPS_TARGET, ".");
	STRS(row, F_HTTPS_ALPN, "h3", "h2");
	fact_put_u32(row, F_HTTPS_PORT, 8443);
	fact_put_hex(row, F_HTTPS_ECH, bytes(m, 40, 7));
	fact_put_tri(row, F_HTTPS_VALID, TRI_YES);
}

static void
outside(struct record *r, struct arena *a)
{
	static const struct cert_spec ca = {"R10", "CN=R10", "CN=Root", "RSA", NULL,
	    "sha256WithRSAEncryption", 2048, 2048, -900, 900, 11, true, false};
	static const uint16_t chain[] = {0, 1};
	struct made m = begin(r, a, "www.example.org", "192.0.2.1");
	struct facts *leaf = cert(&m, &leaf_ec), *d;

	outside_revocation(&m, leaf, cert(&m, &ca));
	d = deployment(&m, 0, "EC", U16S_OF(chain));
	fact_put_tri(d, F_DEPLOY_STAPLE, TRI_YES);
	fact_put_str(d, F_DEPLOY_STAPLE_STATUS, "expired");
	fact_put_str(d, F_DEPLOY_STAPLE_TIMES, "2026-08-01T00:00:00Z/2026-08-08T00:00:00Z");
	fact_put_str(d, F_DEPLOY_STAPLE_SIGNER, "the issuer");
	outside_stamps(&m);
	outside_dns(&m);
}

static void
not_assessed(struct record *r, struct arena *a, const char *status, const char *detail)
{
	begin(r, a, "mail.example.com", "203.0.113.5");
	r->facts = NULL;
	r->assessment = NULL;
	r->connections = 3;
	r->elapsed_ms = 41;
	r->status = status;
	r->status_detail = detail;
}

static void
not_tls(struct record *r, struct arena *a)
{
	not_assessed(
	    r, a, "not_tls", "the answer is not TLS: \"220 mail.example.com ESMTP Postfix\"");
}

static void
refused(struct record *r, struct arena *a)
{
	not_assessed(r, a, "refused", "no connection: connection refused");
}

static void
dns_error(struct record *r, struct arena *a)
{
	not_assessed(r, a, "dns_error", "NXDOMAIN");
	r->address = NULL;
	r->connections = 0;
}

/* What a server can choose says something that a terminal must not do.  (That no text of any fact
 * gets through is for report_case_filled(); this one stays the same when facts are added.) */
static void
hostile(struct record *r, struct arena *a)
{
	static const char bad[] = "\x1b]0;owned\x07\x1b[2J\x1b[31mA+\r\n\xc2\x9b"
				  "31m\xe2\x80\xae"
				  "gro.elgoog\xe2\x80\x8b\x7f\xff \xe6\x97\xa5\xe6\x9c\xac";
	static const struct cert_spec spec = {
	    bad, bad, bad, "RSA", NULL, bad, 2048, 2048, -1, 1, 3, false, false};
	static const char *const reasons[] = {bad};
	static const uint16_t chain[] = {0};
	struct made m = begin(r, a, "evil.example", "203.0.113.66");
	struct facts *c, *d;

	r->status = "partial";
	r->status_detail = bad;
	protocols(&m, "nnnnyn");
	fact_set_note(m.f, F_PROTO_TLS1_2, bad);
	STRS(m.f, F_ALPN, bad, "h2");
	c = cert(&m, &spec);
	STRS(c, F_CERT_SANS, bad, "evil.example");
	fact_put_u32(c, F_CERT_N_SANS, 2);
	STRS(c, F_CERT_OCSP, bad);
	STRS(c, F_CERT_PROBLEMS, bad);
	d = deployment(&m, 0, "RSA", U16S_OF(chain));
	fact_put_str(d, F_DEPLOY_STAPLE_STATUS, bad);
	trust(&m, 0, "mozilla", "other", bad);
	m.as->grade = "T";
	m.as->reasons = reasons;
	m.as->n_reasons = 1;
}

static const struct {
	const char *name;
	void (*make)(struct record *r, struct arena *a);
} cases[] = {{"modern", modern}, {"incomplete", incomplete}, {"asked", incomplete_asked}, {"self-signed", self_signed},
    {"partial", partial}, {"not-tls", not_tls}, {"refused", refused}, {"dns-error", dns_error},
    {"hostile", hostile}, {"outside", outside}};

const char *const report_case_names[] = {"modern", "incomplete", "asked", "self-signed", "partial",
    "not-tls", "refused", "dns-error", "hostile", "outside", NULL};

void
report_case(struct record *r, struct arena *a, const char *name)
{
	for (size_t i = 0; i < N_ELEMENTS(cases); i++)
		if (strcmp(cases[i].name, name) == 0) {
			cases[i].make(r, a);
			return;
		}
	CHECK(!"no such case");
}

static void
fill(struct made *m, struct facts *f, enum fact_id id, const char *text)
{
	static const uint16_t none[] = {0, 0x0a0a};
	static const uint32_t none2[] = {0x010080, 0xffffff};

	switch (fact_defs[id].type) {
	case FT_TRI:
		fact_put_tri(f, id, TRI_YES);
		break;
	case FT_U32:
	case FT_VERSION:
		fact_put_u32(f, id, 0);
		break;
	case FT_TIME:
		fact_put_time(f, id, INT64_MAX);
		break;
	case FT_STR:
		fact_put_str(f, id, text);
		break;
	case FT_STRS:
		fact_put_strs(f, id, (const char *const[]){text, text}, 2);
		break;
	case FT_HEX:
	case FT_DER:
		fact_put_hex(f, id, bytes(m, 70, 27));
		break;
	case FT_SUITES2:
		fact_put_u32s(f, id, (struct u32s){none2, N_ELEMENTS(none2)});
		break;
	default:
		fact_put_u16s(f, id, U16S_OF(none));
		break;
	}
	fact_set_note(f, id, text);
}

/* What --compliance and --explain would add. */
static void
fill_asked(struct assessment *as, struct arena *a, const struct finding *one, const char *text)
{
	struct compliance *c = arena_alloc(a, sizeof(*c));
	struct explained *e = arena_alloc(a, sizeof(*e));

	*c = (struct compliance){.policy = text,
	    .edition = text,
	    .title = text,
	    .note = text,
	    .passes = TRI_NO,
	    .n_rules = 4,
	    .deviations = one,
	    .advice = one,
	    .waived = one,
	    .open = one,
	    .n_deviations = 1,
	    .n_advice = 1,
	    .n_waived = 1,
	    .n_open = 1};
	*e = (struct explained){text, text, RULE_NOT_KNOWN, text, text};
	as->compliance = c;
	as->explain = e;
	as->n_compliance = as->n_explain = 1;
}

void
report_case_filled(struct record *r, struct arena *a, const char *text)
{
	struct made m = begin(r, a, text, text);
	struct finding *one = arena_alloc(a, sizeof(*one));
	const char **texts = arena_alloc(a, sizeof(*texts));

	for (int k = 0; k < (int)K__MAX; k++) {
		struct facts *f = k == K_ENDPOINT ? m.f : fact_add(m.f, (enum kind)k);

		for (int id = kind_defs[k].first; id < (int)kind_end((enum kind)k); id++)
			fill(&m, f, (enum fact_id)id, text);
	}
	*texts = text;
	*one = (struct finding){.id = text,
	    .title = text,
	    .sev = SEV_CRITICAL,
	    .effect = text,
	    .evidence = text,
	    .fix = text,
	    .ref = text,
	    .facts = {F_PROTO_SSL2, F_CERT_CN},
	    .why_open = text};
	fill_asked(m.as, a, one, text);
	r->starttls = r->sni = r->status_detail = r->policy = text;
	m.as->grade = m.as->grade_trust_ignored = text;
	m.as->findings = m.as->open = one;
	m.as->n_findings = m.as->n_open = 1;
	m.as->reasons = m.as->lifts = texts;
	m.as->n_reasons = m.as->n_lifts = 1;
	m.as->complete = false;
}
