/* lint: see lint.h. */
#include "pki/lint.h"

#include "pki/lifetime.h"
#include "pki/name.h"
#include "pki/oid.h"

/* --- the number, the version, the dates --- */

static bool
lint_serial_negative(const struct cert *c)
{
	return c->serial.n > 0 && (c->serial.p[0] & 0x80) != 0;
}

static bool
lint_serial_zero(const struct cert *c)
{
	for (size_t i = 0; i < c->serial.n; i++)
		if (c->serial.p[i] != 0)
			return false;
	return c->serial.n > 0;
}

static bool
lint_serial_long(const struct cert *c)
{
	return c->serial.n > 20 + (size_t)(c->serial.p[0] == 0);
}

static bool
lint_version(const struct cert *c)
{
	return c->version != 3;
}

static bool
lint_unique_id(const struct cert *c)
{
	return (c->flaws & CERT_FLAW_UNIQUE_ID) != 0;
}

static bool
lint_time_form(const struct cert *c)
{
	return (c->flaws & CERT_FLAW_TIME_FORM) != 0;
}

static bool
lint_time_order(const struct cert *c)
{
	return (c->flaws & CERT_FLAW_TIME_ORDER) != 0;
}

static bool
lint_default_encoded(const struct cert *c)
{
	return (c->flaws & CERT_FLAW_BC_DEFAULT) != 0;
}

/* --- names --- */

static bool
lint_subject_empty_ca(const struct cert *c)
{
	return dn_empty(c->subject);
}

static bool
lint_subject_empty_san(const struct cert *c)
{
	return dn_empty(c->subject) && c->has_san && !c->san_critical;
}

static bool
lint_country_length(const struct cert *c)
{
	struct span v;
	uint8_t tag;

	for (unsigned n = 0; n < DN_MAX_RDNS && dn_attr_raw(c->subject, OID_C, n, &v, &tag); n++)
		if (v.n != 2)
			return true;
	return false;
}

/* --- extensions --- */

static bool
critical(const struct cert *c, enum oid_id id, bool *there)
{
	struct cert_ext e;

	*there = cert_ext_find(c, oid_der(id), &e);
	return *there && e.critical;
}

static bool
is_critical(const struct cert *c, enum oid_id id)
{
	bool there;

	return critical(c, id, &there);
}

static bool
is_not_critical(const struct cert *c, enum oid_id id)
{
	bool there, yes = critical(c, id, &there);

	return there && !yes;
}

static bool
has(const struct cert *c, enum oid_id id)
{
	struct cert_ext e;

	return cert_ext_find(c, oid_der(id), &e);
}

/* "There is one exception; where a CA distributes its public key in the form of a self-signed
 * certificate, the authority key identifier MAY be omitted." */
static bool
lint_akid_missing(const struct cert *c)
{
	return c->version == 3 && !c->self_issued && !has(c, OID_EXT_AKID);
}

static bool
lint_akid_critical(const struct cert *c)
{
	return is_critical(c, OID_EXT_AKID);
}

static bool
lint_skid_missing_ca(const struct cert *c)
{
	return !has(c, OID_EXT_SKID);
}

static bool
lint_skid_critical(const struct cert *c)
{
	return is_critical(c, OID_EXT_SKID);
}

static bool
lint_ku_missing_ca(const struct cert *c)
{
	return !c->has_ku;
}

static bool
lint_ku_no_cert_sign(const struct cert *c)
{
	return c->has_ku && (c->ku & CERT_KU_KEY_CERT_SIGN) == 0;
}

static bool
lint_ku_cert_sign_leaf(const struct cert *c)
{
	return c->has_bc && (c->ku & CERT_KU_KEY_CERT_SIGN) != 0;
}

static bool
lint_ku_empty(const struct cert *c)
{
	return c->has_ku && c->ku == 0;
}

static bool
lint_ku_not_critical(const struct cert *c)
{
	return c->has_ku && !c->ku_critical;
}

static bool
lint_ku_ec_encipherment(const struct cert *c)
{
	return c->key.kind == CERT_KEY_EC &&
	       (c->ku & (CERT_KU_KEY_ENCIPHERMENT | CERT_KU_DATA_ENCIPHERMENT)) != 0;
}

static bool
lint_ku_eddsa_encipherment(const struct cert *c)
{
	return (c->key.kind == CERT_KEY_ED25519 || c->key.kind == CERT_KEY_ED448) &&
	       (c->ku & (CERT_KU_KEY_ENCIPHERMENT | CERT_KU_DATA_ENCIPHERMENT |
			    CERT_KU_KEY_AGREEMENT)) != 0;
}

static bool
lint_policy_twice(const struct cert *c)
{
	uint32_t n = c->n_policies < CERT_MAX_POLICIES ? c->n_policies : CERT_MAX_POLICIES;

	for (uint32_t i = 0; i < n; i++)
		for (uint32_t k = 0; k < i; k++)
			if (span_eq(c->policy[i], c->policy[k]))
				return true;
	return false;
}

static bool
lint_policy_constraints_critical(const struct cert *c)
{
	return is_not_critical(c, OID_EXT_POLICY_CONSTRAINTS);
}

static bool
lint_inhibit_any_critical(const struct cert *c)
{
	return is_not_critical(c, OID_EXT_INHIBIT_ANY);
}

static bool
lint_san_critical(const struct cert *c)
{
	return c->has_san && c->san_critical && !dn_empty(c->subject);
}

static bool
lint_san_empty(const struct cert *c)
{
	return (c->flaws & CERT_FLAW_SAN_EMPTY) != 0;
}

static bool
lint_bc_missing_ca_sign(const struct cert *c)
{
	return c->version == 3 && !c->has_bc && (c->ku & CERT_KU_KEY_CERT_SIGN) != 0;
}

static bool
lint_bc_not_critical(const struct cert *c)
{
	return !c->bc_critical;
}

static bool
lint_path_len_leaf(const struct cert *c)
{
	return c->has_bc && c->path_len >= 0;
}

static bool
lint_nc_leaf(const struct cert *c)
{
	return c->has_nc;
}

static bool
lint_nc_not_critical(const struct cert *c)
{
	return c->has_nc && !c->nc_critical;
}

static bool
lint_eku_any_critical(const struct cert *c)
{
	return c->eku_critical && (c->eku & CERT_EKU_ANY) != 0;
}

static bool
lint_aia_critical(const struct cert *c)
{
	return is_critical(c, OID_EXT_AIA);
}

static bool
lint_crl_dp_critical(const struct cert *c)
{
	return is_critical(c, OID_EXT_CRL_DP);
}

static bool
lint_freshest_crl_critical(const struct cert *c)
{
	return is_critical(c, OID_EXT_FRESHEST_CRL);
}

static bool
lint_sia_critical(const struct cert *c)
{
	return is_critical(c, OID_EXT_SIA);
}

static bool
lint_sda_critical(const struct cert *c)
{
	return is_critical(c, OID_EXT_SDA);
}

static bool
lint_ian_critical(const struct cert *c)
{
	return is_critical(c, OID_EXT_IAN);
}

/* "authorityCertIssuer and authorityCertSerialNumber MUST both be present or both be absent" */
static bool
lint_akid_half(const struct cert *c)
{
	return (c->akid_issuer.n > 0) != (c->akid_serial.n > 0);
}

static bool
lint_policy_map_any(const struct cert *c)
{
	struct rd r = rd_of(c->policy_mappings);
	struct span from, to;

	while (cert_mapping_next(&r, &from, &to))
		if (oid_is(from, OID_POLICY_ANY) || oid_is(to, OID_POLICY_ANY))
			return true;
	return false;
}

static bool
lint_policy_map_not_critical(const struct cert *c)
{
	return is_not_critical(c, OID_EXT_POLICY_MAPPINGS);
}

static bool
lint_policy_qualifier(const struct cert *c)
{
	return c->odd_qualifier;
}

static bool
nc_is_odd(struct span subtrees)
{
	struct rd r = rd_of(subtrees);
	struct cert_name base;
	bool odd;

	while (cert_subtree_next(&r, &base, &odd))
		if (odd)
			return true;
	return false;
}

static bool
lint_nc_min_max(const struct cert *c)
{
	return nc_is_odd(c->nc_permitted) || nc_is_odd(c->nc_excluded);
}

/* Is there a name of that kind of which that is not so? */
static bool
any_san(const struct cert *c, enum cert_name_kind kind, bool (*good)(struct span value))
{
	struct rd r = rd_of(c->san);
	struct cert_name n;

	for (uint32_t i = 0; i < CERT_MAX_SANS && cert_name_next(&r, &n); i++)
		if (n.kind == kind && !good(n.value))
			return true;
	return false;
}

/* A wildcard is RFC 9525's, and a host name behind it. */
static bool
is_dns_name(struct span s)
{
	if (s.n > 2 && s.p[0] == '*' && s.p[1] == '.')
		s = (struct span){s.p + 2, s.n - 2};
	return name_is_host(s);
}

static bool
lint_san_no_host(const struct cert *c)
{
	return any_san(c, CERT_NAME_DNS, is_dns_name);
}

/* RFC 3986, 3.1: letters, digits, "+", "-", "." and a colon. */
static bool
has_scheme(struct span s)
{
	for (size_t i = 0; i < s.n; i++) {
		uint8_t b = s.p[i] | 0x20;

		if (s.p[i] == ':')
			return i > 0;
		if (!(b >= 'a' && b <= 'z') &&
		    (i == 0 || !((s.p[i] >= '0' && s.p[i] <= '9') || s.p[i] == '+' ||
				   s.p[i] == '-' || s.p[i] == '.')))
			return false;
	}
	return false;
}

static bool
lint_san_relative_uri(const struct cert *c)
{
	return any_san(c, CERT_NAME_URI, has_scheme);
}

/* Local-part "@" Domain, and no more (RFC 5321, 4.1.2). */
static bool
is_mailbox(struct span s)
{
	const uint8_t *at = s.n > 0 ? memchr(s.p, '@', s.n) : NULL;

	return at != NULL && at > s.p &&
	       name_is_host((struct span){at + 1, s.n - (size_t)(at + 1 - s.p)});
}

static bool
lint_san_no_mailbox(const struct cert *c)
{
	return any_san(c, CERT_NAME_EMAIL, is_mailbox);
}

/* --- Baseline Requirements --- */

static bool
is_rsa(const struct cert *c)
{
	return c->key.kind == CERT_KEY_RSA || c->key.kind == CERT_KEY_RSA_PSS;
}

static bool
lint_br_serial_short(const struct cert *c)
{
	/* A random one of 64 bits has 7 octets once in 512; 6, once in 2^17. */
	return c->serial.n > 0 && c->serial.n < 7;
}

static bool
lint_br_sha1(const struct cert *c)
{
	enum cert_hash h = c->sig_alg.hash;

	/* "The Root CA's own signature" is no security matter: SHA-1 roots live on. */
	return !c->self_issued && (h == CERT_HASH_SHA1 || h == CERT_HASH_MD5 ||
				      h == CERT_HASH_MD4 || h == CERT_HASH_MD2);
}

static bool
lint_br_rsa_size(const struct cert *c)
{
	return is_rsa(c) && c->key.bits > 0 && c->key.bits < 2048;
}

static bool
lint_br_rsa_octets(const struct cert *c)
{
	return is_rsa(c) && c->key.bits % 8 != 0;
}

static bool
lint_br_rsa_exponent(const struct cert *c)
{
	uint64_t e = cert_key_exponent(&c->key);

	return is_rsa(c) && e != 0 && (e < 3 || e % 2 == 0);
}

static bool
lint_br_curve(const struct cert *c)
{
	struct span oid = c->key.curve_oid;

	return c->key.kind == CERT_KEY_EC && !oid_is(oid, OID_P256) && !oid_is(oid, OID_P384) &&
	       !oid_is(oid, OID_P521);
}

static bool
lint_br_san_missing(const struct cert *c)
{
	return !c->has_san;
}

static bool
lint_br_cn_not_in_san(const struct cert *c)
{
	return c->has_san && (name_oddities(c) & NAME_ODD_CN_NOT_IN_SAN) != 0;
}

/* Is this so of one of the names? */
static bool
any_name(const struct cert *c, bool (*is)(const struct cert_name *n))
{
	struct cert_name n;

	for (struct rd r = rd_of(c->san); cert_name_next(&r, &n);)
		if (is(&n))
			return true;
	return false;
}

static bool
underscore(const struct cert_name *n)
{
	return n->kind == CERT_NAME_DNS && n->value.n > 0 &&
	       memchr(n->value.p, '_', n->value.n) != NULL;
}

static bool
lint_br_underscore(const struct cert *c)
{
	return any_name(c, underscore);
}

/* RFC 1918, RFC 4193 and loopback; and a host name without a dot. */
static bool
internal(const struct cert_name *n)
{
	const uint8_t *p = n->value.p;

	if (n->kind == CERT_NAME_DNS)
		return n->value.n > 0 && memchr(p, '.', n->value.n) == NULL;
	if (n->kind != CERT_NAME_IP)
		return false;
	if (n->value.n == 4)
		return p[0] == 10 || p[0] == 127 || (p[0] == 172 && (p[1] & 0xf0) == 16) ||
		       (p[0] == 192 && p[1] == 168);
	return n->value.n == 16 && (p[0] & 0xfe) == 0xfc;
}

static bool
lint_br_internal_name(const struct cert *c)
{
	return any_name(c, internal);
}

static bool
lint_br_eku_missing(const struct cert *c)
{
	return !c->has_eku;
}

static bool
lint_br_eku_any(const struct cert *c)
{
	return (c->eku & CERT_EKU_ANY) != 0;
}

static bool
lint_br_ou(const struct cert *c)
{
	struct span v;
	uint8_t tag;

	return dn_attr_raw(c->subject, OID_OU, 0, &v, &tag);
}

static bool
lint_br_policy(const struct cert *c)
{
	static const uint16_t one[] = {
	    CERT_POLICY_DV, CERT_POLICY_OV, CERT_POLICY_IV, CERT_POLICY_EV};
	unsigned n = 0;

	for (size_t i = 0; i < N_ELEMENTS(one); i++)
		n += (c->policies & one[i]) != 0;
	return n != 1;
}

static bool
lint_br_no_revocation(const struct cert *c)
{
	return !has(c, OID_EXT_CRL_DP) && c->n_ocsp == 0 &&
	       !lifetime_is_short(c->not_before, c->not_after);
}

static bool
lint_br_crl_not_http(const struct cert *c)
{
	static const char http[] = "http://";
	const size_t n = sizeof(http) - 1;

	for (uint32_t i = 0; i < c->n_crl && i < CERT_MAX_URLS; i++)
		if (c->crl[i].n < n ||
		    !name_eq_nocase((struct span){c->crl[i].p, n}, span_str(http)))
			return true;
	return false;
}

static bool
lint_br_lifetime(const struct cert *c)
{
	const struct lifetime_rule *r = lifetime_rule_at(c->not_before);

	return r != NULL && (c->flaws & CERT_FLAW_TIME) == 0 &&
	       lifetime_days(c->not_before, c->not_after) > r->days;
}

/* --- the table --- */

static const struct lint lints[LINT_MAX] = {
#define LINT(id, severity, scope, from, text, source)                                              \
	{#id, text, source, LINT_##severity, LINT_##scope, INT64_C(from), lint_##id},
#include "pki/lint.def"
#undef LINT
};

static bool
applies(const struct lint *l, const struct cert *c, bool public)
{
	if (c->not_before < l->from && l->from != 0)
		return false;
	switch (l->scope) {
	case LINT_ALL:
		return true;
	case LINT_CA:
		return c->ca;
	case LINT_LEAF:
		return !c->ca;
	case LINT_PUBLIC:
		return public;
	case LINT_PUBLIC_LEAF:
		return public && !c->ca && !c->self_issued; /* a root of version 1 is no leaf */
	}
	return false;
}

size_t
lint_run(const struct cert *c, bool public, const struct lint *out[LINT_MAX])
{
	size_t n = 0;

	for (size_t i = 0; i < LINT_MAX; i++)
		if (applies(&lints[i], c, public) && lints[i].broken(c))
			out[n++] = &lints[i];
	return n;
}

const struct lint *
lint_at(enum lint_id i)
{
	return &lints[i < LINT_MAX ? i : 0];
}

const char *
lint_severity_name(enum lint_severity s)
{
	return s == LINT_LOW ? "low" : "info";
}
