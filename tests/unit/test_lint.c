/* lint, collision, lifetime: certificates that break one rule each, and the shipped roots. */
#include "base/arena.h"
#include "mkpki.h"
#include "pki/collision.h"
#include "pki/lifetime.h"
#include "pki/lint.h"
#include "pki/store.h"
#include "unit.h"

static struct mkpki *pki;
static struct arena *a;
static const struct mk *root;

static void
set_up(void)
{
	pki = mkpki_new();
	a = arena_new(1 << 20);
	root = mk_make(pki, &(struct mk_spec){.cn = "Root", .ca = true});
}

static void
tear_down(void)
{
	arena_free(a);
	mkpki_free(pki);
}

static struct cert
make(struct mk_spec s)
{
	struct cert c;

	if (s.cn == NULL)
		s.cn = "a.example";
	if (s.ku == NULL && !s.ca)
		s.ku = "critical,digitalSignature";
	s.issuer = root;
	ck_assert(cert_parse(mk_make(pki, &s)->der, &c));
	return c;
}

static bool
breaks(const struct cert *c, bool public, const char *id)
{
	const struct lint *hits[LINT_MAX];
	size_t n = lint_run(c, public, hits);

	for (size_t i = 0; i < n; i++)
		if (strcmp(hits[i]->id, id) == 0)
			return true;
	return false;
}

/* Does it break this rule, and does the same certificate without what is odd not do so? */
static void
finds(struct mk_spec s, bool public, const char *id)
{
	struct cert c = make(s);
	struct cert good =
	    make((struct mk_spec){.ca = s.ca, .key = s.key, .from = s.from, .to = s.to});

	ck_assert_msg(breaks(&c, public, id), "%s is not found", id);
	ck_assert_msg(!breaks(&good, public, id), "%s is found in a good one", id);
}

START_TEST(a_plain_certificate_breaks_nothing)
{
	const struct lint *hits[LINT_MAX];
	struct cert leaf = make((struct mk_spec){.cn = "a.example"});
	struct cert ca = make((struct mk_spec){.cn = "CA", .ca = true});

	ck_assert_uint_eq(lint_run(&leaf, false, hits), 0);
	ck_assert_uint_eq(lint_run(&ca, true, hits), 0);
}
END_TEST

START_TEST(rfc_5280)
{
	finds((struct mk_spec){.ca = true, .bc = "CA:TRUE"}, false, "bc_not_critical");
	finds((struct mk_spec){.ca = true, .ku = ""}, false, "ku_missing_ca");
	finds((struct mk_spec){.ca = true, .ku = "critical,cRLSign"}, false, "ku_no_cert_sign");
	finds((struct mk_spec){.ku = "critical,keyCertSign"}, false, "ku_cert_sign_leaf");
	finds((struct mk_spec){.ku = "critical,keyCertSign", .bc = ""}, false,
	    "bc_missing_ca_sign");
	finds((struct mk_spec){.ku = "digitalSignature"}, false, "ku_not_critical");
	finds((struct mk_spec){.ku = "critical,keyEncipherment"}, false, "ku_ec_encipherment");
	finds((struct mk_spec){.ku = "critical,keyAgreement", .key = "ED25519"}, false,
	    "ku_eddsa_encipherment");
	finds((struct mk_spec){.no_key_ids = true}, false, "akid_missing");
	finds((struct mk_spec){.ca = true, .no_key_ids = true}, false, "skid_missing_ca");
	finds((struct mk_spec){.san = "critical,DNS:a.example"}, false, "san_critical");
	finds((struct mk_spec){.eku = "critical,serverAuth,anyExtendedKeyUsage"}, false,
	    "eku_any_critical");
	finds((struct mk_spec){.ca = true, .ext = {"nameConstraints=permitted;DNS:example"}},
	    false, "nc_not_critical");
	finds((struct mk_spec){.ext = {"nameConstraints=critical,permitted;DNS:example"}}, false,
	    "nc_leaf");
	finds((struct mk_spec){.ext = {"authorityInfoAccess=critical,OCSP;URI:http://o.example"}},
	    false, "aia_critical");
	finds((struct mk_spec){.ext = {"crlDistributionPoints=critical,URI:http://o.example"}},
	    false, "crl_dp_critical");
	finds((struct mk_spec){.ca = true, .ext = {"policyConstraints=requireExplicitPolicy:0"}},
	    false, "policy_constraints_critical");
	finds((struct mk_spec){.ext = {"subjectInfoAccess=critical,caRepository;URI:http://o/"}},
	    false, "sia_critical");
	finds((struct mk_spec){.ext = {"2.5.29.9=critical,ASN1:SEQWRAP,OID:1.2.3"}}, false,
	    "sda_critical");
	finds((struct mk_spec){.ext = {"issuerAltName=critical,DNS:a.example"}}, false,
	    "ian_critical");
	finds((struct mk_spec){.no_key_ids = true,
		  .ext = {"2.5.29.35=DER:30:03:82:01:05"}},
	    false, "akid_half");
	finds((struct mk_spec){.ca = true, .ext = {"policyMappings=critical,1.2.3:2.5.29.32.0"}},
	    false, "policy_map_any");
	finds((struct mk_spec){.ca = true, .ext = {"policyMappings=1.2.3:1.2.4"}}, false,
	    "policy_map_not_critical");
	finds((struct mk_spec){.ext = {"2.5.29.32=DER:30:0f:30:0d:06:02:2a:03:30:07:30:05:06:01:2a:"
				       "05:00"}},
	    false, "policy_qualifier");
	finds((struct mk_spec){.san = "DNS:a b.example"}, false, "san_no_host");
	finds((struct mk_spec){.san = "URI:/relative/path"}, false, "san_relative_uri");
	finds((struct mk_spec){.san = "email:nobody"}, false, "san_no_mailbox");
	finds((struct mk_spec){.ca = true,
		  .ext = {"2.5.29.30=critical,DER:30:0f:a0:0d:30:0b:82:06:61:2e:74:65:73:74:80:01:01"}},
	    false, "nc_min_max");
	finds((struct mk_spec){.ca = true, .ext = {"inhibitAnyPolicy=0"}}, false,
	    "inhibit_any_critical");
	finds((struct mk_spec){.version = 1, .bc = "", .ku = "", .eku = "", .san = "",
		  .no_key_ids = true},
	    false, "version");
}
END_TEST

START_TEST(serial_numbers)
{
	struct cert c = make((struct mk_spec){.cn = "a.example"});
	static const uint8_t negative[] = {0x80, 1}, zero[] = {0}, padded[] = {0, 0x80};
	uint8_t longest[22];

	memset(longest, 0x41, sizeof(longest));
	c.serial = SPAN_OF(negative);
	ck_assert(breaks(&c, false, "serial_negative") && !breaks(&c, false, "serial_zero"));
	c.serial = SPAN_OF(zero);
	ck_assert(breaks(&c, false, "serial_zero") && !breaks(&c, false, "serial_negative"));
	c.serial = SPAN_OF(padded);
	ck_assert(!breaks(&c, false, "serial_zero") && !breaks(&c, false, "serial_negative"));
	c.serial = (struct span){longest, 21};
	ck_assert(breaks(&c, false, "serial_long"));
	c.serial = (struct span){longest, 20};
	ck_assert(!breaks(&c, false, "serial_long"));
	longest[0] = 0; /* the sign's octet is none of the 20 */
	c.serial = (struct span){longest, 21};
	ck_assert(!breaks(&c, false, "serial_long"));
}
END_TEST

/* Issued in 2024, for 90 days. */
#define TODAY .from = 1717200000, .to = 1717200000 + 90 * 86400 - 1

START_TEST(baseline_requirements)
{
	finds((struct mk_spec){.eku = "", TODAY}, true, "br_eku_missing");
	finds((struct mk_spec){.eku = "serverAuth,anyExtendedKeyUsage", TODAY}, true,
	    "br_eku_any");
	finds((struct mk_spec){.san = "", TODAY}, true, "br_san_missing");
	finds((struct mk_spec){.san = "DNS:b.example", TODAY}, true, "br_cn_not_in_san");
	finds((struct mk_spec){.san = "DNS:a.example,DNS:a_b.example", TODAY}, true,
	    "br_underscore");
	finds((struct mk_spec){.san = "DNS:a.example,DNS:intranet", TODAY}, true,
	    "br_internal_name");
	finds((struct mk_spec){.san = "DNS:a.example,IP:192.168.1.1", TODAY}, true,
	    "br_internal_name");
	finds((struct mk_spec){.ext = {"crlDistributionPoints=URI:ldap://o.example"}, TODAY}, true,
	    "br_crl_not_http");
}
END_TEST

START_TEST(baseline_requirements_that_a_plain_one_breaks)
{
	struct cert plain = make((struct mk_spec){TODAY});
	struct cert dv = make((struct mk_spec){.ext = {"certificatePolicies=2.23.140.1.2.1"}, TODAY});
	struct cert crl =
	    make((struct mk_spec){.ext = {"crlDistributionPoints=URI:http://o.example"}, TODAY});
	struct cert rsa = make((struct mk_spec){.key = "RSA-1024", TODAY});
	struct cert sha1 = make((struct mk_spec){.hash = "SHA1", TODAY});
	struct cert longer = make((struct mk_spec){.from = 1717200000, .to = 1751587200 + 86400});
	struct cert shorter = make((struct mk_spec){.from = 1717200000, .to = 1717200000 + 604799});

	ck_assert(breaks(&plain, true, "br_policy") && !breaks(&dv, true, "br_policy"));
	ck_assert(breaks(&plain, true, "br_no_revocation"));
	ck_assert(!breaks(&crl, true, "br_no_revocation"));
	ck_assert(!breaks(&shorter, true, "br_no_revocation"));
	ck_assert(breaks(&rsa, true, "br_rsa_size") && breaks(&sha1, true, "br_sha1"));
	ck_assert(breaks(&longer, true, "br_lifetime") && !breaks(&plain, true, "br_lifetime"));
	/* They bind public CAs, and nobody before their day. */
	ck_assert(!breaks(&plain, false, "br_policy") && !breaks(&sha1, false, "br_sha1"));
	plain.not_before = 1694735999;
	ck_assert(!breaks(&plain, true, "br_policy"));
}
END_TEST

/* What openssl x509 -text shows of the roots of data/trust, counted. */
START_TEST(the_shipped_roots)
{
	static const struct {
		const char *id;
		unsigned n;
	} want[] = {{"serial_negative", 1}, {"serial_zero", 11}, {"version", 1}, {"time_form", 1},
	    {"skid_missing_ca", 2}, {"ku_missing_ca", 5}, {"ku_not_critical", 19},
	    {"bc_not_critical", 4}, {"nc_not_critical", 1}};
	struct store_set *set = store_set_new();
	unsigned counts[LINT_MAX] = {0}, total = 0, expected = 0;

	for (size_t i = 0; i < store_anchor_count(set); i++) {
		const struct lint *hits[LINT_MAX];
		struct anchor anchor;
		struct cert c;
		size_t n;

		store_anchor_at(set, i, &anchor);
		if (anchor.der.n == 0)
			continue;
		ck_assert(cert_parse(anchor.der, &c));
		n = lint_run(&c, true, hits);
		for (size_t k = 0; k < n; k++, total++)
			for (int id = 0; id < (int)LINT_MAX; id++)
				counts[id] += hits[k] == lint_at((enum lint_id)id);
	}
	for (size_t i = 0; i < N_ELEMENTS(want); i++)
		for (int id = 0; id < (int)LINT_MAX; id++)
			if (strcmp(lint_at((enum lint_id)id)->id, want[i].id) == 0) {
				ck_assert_msg(counts[id] == want[i].n, "%s: %u", want[i].id,
				    counts[id]);
				expected += want[i].n;
			}
	ck_assert_uint_eq(total, expected);
	store_set_free(set);
}
END_TEST

START_TEST(lifetimes)
{
	const int64_t day = 86400, from = INT64_C(1780272000); /* 2026-06-01 */

	ck_assert_uint_eq(lifetime_days(from, from + 90 * day - 1), 90);
	ck_assert_uint_eq(lifetime_days(from, from + 90 * day), 91);
	ck_assert_uint_eq(lifetime_days(from, from), 1);
	ck_assert_uint_eq(lifetime_days(from, from - 1), 0);
	ck_assert(lifetime_rule_at(1519862399) == NULL);
	ck_assert_uint_eq(lifetime_rule_at(1519862400)->days, 825);
	ck_assert_uint_eq(lifetime_rule_at(1598918400)->days, 398);
	ck_assert_uint_eq(lifetime_rule_at(1773532799)->days, 398);
	ck_assert_uint_eq(lifetime_rule_at(from)->days, 200);
	ck_assert_uint_eq(lifetime_rule_at(1805068800)->days, 100);
	ck_assert_uint_eq(lifetime_rule_at(1868227200)->days, 47);
	ck_assert_uint_eq(lifetime_rule_after(from)->days, 100);
	ck_assert(lifetime_rule_after(1868227200) == NULL);
	ck_assert(lifetime_is_short(from, from + 7 * day - 1));
	ck_assert(!lifetime_is_short(from, from + 7 * day));
	ck_assert(lifetime_is_short(1710460800, 1710460800 + 10 * day - 1));
	ck_assert(!lifetime_is_short(1710460799, 1710460799 + day));
	ck_assert(!lifetime_is_short(from, from - 1));
}
END_TEST

static enum collision_risk
risk(struct mk_spec s, enum cert_hash hash, const uint8_t *serial, size_t n)
{
	struct cert c = make(s);

	c.sig_alg.hash = hash;
	c.serial = (struct span){serial, n};
	return collision_judge(&c, false, a).risk;
}

START_TEST(collisions_are_judged_together)
{
	static const uint8_t random[] = {0x5a, 0x13, 0xc7, 0x88, 0x2e, 0x91, 0x04, 0xfb, 0x66};
	static const uint8_t next[] = {0x01, 0x2c}, padded[] = {1, 0, 0, 0, 0, 0, 0, 0, 7};
	struct mk_spec tight = {.cn = "a.example"}, loose = {.cn = "a.example", .eku = ""};
	struct mk_spec ca = {.cn = "CA", .ca = true};
	const struct {
		struct mk_spec spec;
		enum cert_hash hash;
		struct span serial;
		enum collision_risk want;
	} cases[] = {{tight, CERT_HASH_SHA256, SPAN_OF(next), COLLISION_NONE},
	    {tight, CERT_HASH_SHA1, SPAN_OF(random), COLLISION_MEDIUM},
	    {tight, CERT_HASH_SHA1, SPAN_OF(next), COLLISION_HIGH},
	    {tight, CERT_HASH_SHA1, SPAN_OF(padded), COLLISION_HIGH},
	    {loose, CERT_HASH_SHA1, SPAN_OF(random), COLLISION_MEDIUM},
	    {loose, CERT_HASH_SHA1, SPAN_OF(next), COLLISION_CRITICAL},
	    {ca, CERT_HASH_SHA1, SPAN_OF(next), COLLISION_CRITICAL},
	    {tight, CERT_HASH_MD5, SPAN_OF(random), COLLISION_HIGH},
	    {tight, CERT_HASH_MD5, SPAN_OF(next), COLLISION_CRITICAL}};

	for (size_t i = 0; i < N_ELEMENTS(cases); i++)
		ck_assert_msg(risk(cases[i].spec, cases[i].hash, cases[i].serial.p,
				  cases[i].serial.n) == cases[i].want,
		    "case %zu", i);
}
END_TEST

START_TEST(a_root_s_own_signature_is_no_risk)
{
	struct cert c = make((struct mk_spec){.cn = "a.example", .hash = "SHA1"});

	ck_assert_int_eq(collision_judge(&c, true, a).risk, COLLISION_NONE);
	ck_assert_uint_eq(collision_judge(&c, true, a).n, 0);
	ck_assert_str_eq(collision_risk_name(COLLISION_CRITICAL), "critical");
}
END_TEST

UNIT_MAIN_WITH(set_up, tear_down, "lint", a_plain_certificate_breaks_nothing, rfc_5280,
    serial_numbers, baseline_requirements, baseline_requirements_that_a_plain_one_breaks,
    the_shipped_roots, lifetimes, collisions_are_judged_together,
    a_root_s_own_signature_is_no_risk)
