/* cert_ext: the extensions of a certificate (RFC 5280 section 4.2); see cert.h. */
#include "pki/cert_internal.h"
#include "pki/der.h"
#include "pki/oid.h"

/* --- iterators --- */

bool
cert_ext_next(struct rd *r, struct cert_ext *out)
{
	struct rd t = *r, seq;
	struct cert_ext e = {.critical = false};
	struct span b;
	bool there;

	if (!der_enter(&t, DER_SEQUENCE, &seq) || !der_get(&seq, DER_OID, &e.oid) ||
	    !der_optional(&seq, DER_BOOLEAN, &b, &there) || (there && !der_bool(b, &e.critical)) ||
	    !der_get(&seq, DER_OCTET_STRING, &e.value) || !rd_end(&seq))
		return false;
	*out = e;
	*r = t;
	return true;
}

/* GeneralName ::= CHOICE { otherName [0] ... registeredID [8] }; 0, 3, 4 and 5 are constructed. */
bool
cert_name_next(struct rd *r, struct cert_name *out)
{
	struct rd t = *r;
	struct der e;
	unsigned n;

	if (!der_next(&t, &e))
		return false;
	n = e.tag & 0x1f;
	if (n > 8 || e.tag != (n == 0 || (n >= 3 && n <= 5) ? DER_CTX_C(n) : DER_CTX(n)))
		return false;
	out->kind = (enum cert_name_kind)(n + 1);
	out->value = e.body;
	*r = t;
	return true;
}

bool
cert_oid_next(struct rd *r, struct span *oid)
{
	return der_get(r, DER_OID, oid);
}

/* PolicyInformation ::= SEQUENCE { policyIdentifier, policyQualifiers OPTIONAL } */
bool
cert_policy_next(struct rd *r, struct span *oid)
{
	struct rd seq;

	return der_enter(r, DER_SEQUENCE, &seq) && der_get(&seq, DER_OID, oid);
}

/* SEQUENCE { issuerDomainPolicy, subjectDomainPolicy } */
bool
cert_mapping_next(struct rd *r, struct span *from, struct span *to)
{
	struct rd t = *r, seq;

	if (!der_enter(&t, DER_SEQUENCE, &seq) || !der_get(&seq, DER_OID, from) ||
	    !der_get(&seq, DER_OID, to) || !rd_end(&seq))
		return false;
	*r = t;
	return true;
}

/* GeneralSubtree ::= SEQUENCE { base, minimum [0] DEFAULT 0, maximum [1] OPTIONAL } */
bool
cert_subtree_next(struct rd *r, struct cert_name *out, bool *odd)
{
	struct rd t = *r, seq;

	if (!der_enter(&t, DER_SEQUENCE, &seq) || !cert_name_next(&seq, out))
		return false;
	*odd = !rd_end(&seq);
	*r = t;
	return true;
}

bool
cert_ext_find(const struct cert *c, struct span oid, struct cert_ext *out)
{
	for (struct rd r = rd_of(c->exts); cert_ext_next(&r, out);)
		if (span_eq(out->oid, oid))
			return true;
	return false;
}

/* --- one reader per extension; false = cannot be read --- */

static bool
read_ski(struct cert *c, struct rd *r, bool critical)
{
	(void)critical;
	return der_get(r, DER_OCTET_STRING, &c->skid);
}

static bool
read_aki(struct cert *c, struct rd *r, bool critical)
{
	struct rd seq;
	bool there;

	(void)critical;
	return der_enter(r, DER_SEQUENCE, &seq) &&
	       der_optional(&seq, DER_CTX(0), &c->akid, &there) &&
	       der_optional(&seq, DER_CTX_C(1), &c->akid_issuer, &there) &&
	       der_optional(&seq, DER_CTX(2), &c->akid_serial, &there) && rd_end(&seq);
}

static bool
read_ku(struct cert *c, struct rd *r, bool critical)
{
	struct span body, bits;
	unsigned unused;

	c->has_ku = true;
	c->ku_critical = critical;
	if (!der_get(r, DER_BIT_STRING, &body) || !der_bits(body, &bits, &unused))
		return false;
	for (unsigned i = 0; i < 9 && i / 8 < bits.n; i++)
		if ((bits.p[i / 8] & (0x80 >> i % 8)) != 0)
			c->ku |= (uint16_t)(1u << i);
	return true;
}

static bool
read_san(struct cert *c, struct rd *r, bool critical)
{
	struct cert_name name;
	struct rd it;

	c->has_san = true;
	c->san_critical = critical;
	if (!der_get(r, DER_SEQUENCE, &c->san))
		return false;
	for (it = rd_of(c->san); c->n_san < CERT_MAX_SANS && cert_name_next(&it, &name);) {
		c->n_san++;
		c->n_san_dns += name.kind == CERT_NAME_DNS;
		c->n_san_ip += name.kind == CERT_NAME_IP;
	}
	if (c->n_san == CERT_MAX_SANS && !rd_end(&it)) {
		c->flaws |= CERT_FLAW_SAN_MANY;
		return true;
	}
	if (c->san.n == 0)
		c->flaws |= CERT_FLAW_SAN_EMPTY;
	return rd_end(&it);
}

static bool
read_bc(struct cert *c, struct rd *r, bool critical)
{
	struct rd seq;
	struct span b, n;
	bool there;

	c->has_bc = true;
	c->bc_critical = critical;
	if (!der_enter(r, DER_SEQUENCE, &seq) || !der_optional(&seq, DER_BOOLEAN, &b, &there) ||
	    (there && !der_bool(b, &c->ca)))
		return false;
	if (there && !c->ca)
		c->flaws |= CERT_FLAW_BC_DEFAULT;
	if (!der_optional(&seq, DER_INTEGER, &n, &there) || (there && !der_small(n, &c->path_len)))
		return false;
	return rd_end(&seq);
}

static bool
subtrees_ok(struct span s)
{
	struct rd r = rd_of(s);
	struct cert_name name;
	bool odd;

	/* GeneralSubtrees ::= SEQUENCE SIZE (1..MAX) */
	do {
		if (!cert_subtree_next(&r, &name, &odd))
			return false;
	} while (!rd_end(&r));
	return true;
}

static bool
read_nc(struct cert *c, struct rd *r, bool critical)
{
	struct rd seq;
	bool permitted, excluded;

	c->has_nc = true;
	c->nc_critical = critical;
	if (!der_enter(r, DER_SEQUENCE, &seq) ||
	    !der_optional(&seq, DER_CTX_C(0), &c->nc_permitted, &permitted) ||
	    !der_optional(&seq, DER_CTX_C(1), &c->nc_excluded, &excluded) || !rd_end(&seq))
		return false;
	/* RFC 5280 4.2.1.10: "CAs MUST NOT issue certificates where name constraints is an empty
	 * sequence." */
	return (permitted || excluded) && (!permitted || subtrees_ok(c->nc_permitted)) &&
	       (!excluded || subtrees_ok(c->nc_excluded));
}

static bool
read_crl_dp(struct cert *c, struct rd *r, bool critical)
{
	struct rd seq, point, name, full;
	struct cert_name gn;

	(void)critical;
	if (!der_enter(r, DER_SEQUENCE, &seq))
		return false;
	while (!rd_end(&seq)) {
		if (!der_enter(&seq, DER_SEQUENCE, &point))
			return false;
		/* distributionPoint [0] { fullName [0] GeneralNames }; others are of no use here */
		if (!der_peek(&point, DER_CTX_C(0)))
			continue;
		if (!der_enter(&point, DER_CTX_C(0), &name))
			return false;
		if (!der_peek(&name, DER_CTX_C(0)))
			continue;
		if (!der_enter(&name, DER_CTX_C(0), &full))
			return false;
		while (cert_name_next(&full, &gn)) {
			if (gn.kind != CERT_NAME_URI)
				continue;
			if (c->n_crl < CERT_MAX_URLS)
				c->crl[c->n_crl] = gn.value;
			c->n_crl++;
		}
		if (!rd_end(&full))
			return false;
	}
	return true;
}

static bool
read_aia(struct cert *c, struct rd *r, bool critical)
{
	struct rd seq, ad;
	struct span method;
	struct cert_name gn;

	(void)critical;
	if (!der_enter(r, DER_SEQUENCE, &seq))
		return false;
	while (!rd_end(&seq)) {
		if (!der_enter(&seq, DER_SEQUENCE, &ad) || !der_get(&ad, DER_OID, &method) ||
		    !cert_name_next(&ad, &gn) || !rd_end(&ad))
			return false;
		if (gn.kind != CERT_NAME_URI)
			continue;
		if (oid_is(method, OID_AD_OCSP)) {
			if (c->n_ocsp < CERT_MAX_URLS)
				c->ocsp[c->n_ocsp] = gn.value;
			c->n_ocsp++;
		} else if (oid_is(method, OID_AD_CA_ISSUERS)) {
			if (c->n_ca_issuers < CERT_MAX_URLS)
				c->ca_issuers[c->n_ca_issuers] = gn.value;
			c->n_ca_issuers++;
		}
	}
	return true;
}

static uint16_t
policy_bit(struct span oid)
{
	switch (oid_find(oid)) {
	case OID_POLICY_ANY:
		return CERT_POLICY_ANY;
	case OID_POLICY_DV:
		return CERT_POLICY_DV;
	case OID_POLICY_OV:
		return CERT_POLICY_OV;
	case OID_POLICY_IV:
		return CERT_POLICY_IV;
	case OID_POLICY_EV:
		return CERT_POLICY_EV;
	default:
		return CERT_POLICY_OTHER;
	}
}

/* RFC 5280 4.2.1.4: "When used in a critical certificate policies extension, the path validation
 * software MUST be able to interpret this extension (including the optional qualifier), or MUST
 * reject the certificate."  The two that it defines are words for people. */
static bool
read_qualifiers(struct cert *c, struct rd *info)
{
	struct rd seq, one;
	struct span oid;
	struct der value;

	if (rd_end(info))
		return true;
	/* policyQualifiers SEQUENCE SIZE (1..MAX) OF PolicyQualifierInfo OPTIONAL */
	if (!der_enter(info, DER_SEQUENCE, &seq) || rd_end(&seq) || !rd_end(info))
		return false;
	while (!rd_end(&seq)) {
		if (!der_enter(&seq, DER_SEQUENCE, &one) || !der_get(&one, DER_OID, &oid) ||
		    !der_next(&one, &value) || !rd_end(&one))
			return false;
		if (!oid_is(oid, OID_QT_CPS) && !oid_is(oid, OID_QT_NOTICE))
			c->odd_qualifier = true;
	}
	return true;
}

static bool
read_policies(struct cert *c, struct rd *r, bool critical)
{
	struct rd seq, info;
	struct span oid;

	c->has_policies = true;
	c->policies_critical = critical;
	if (!der_get(r, DER_SEQUENCE, &c->policy_list) || c->policy_list.n == 0)
		return false;
	seq = rd_of(c->policy_list);
	while (!rd_end(&seq)) {
		if (!der_enter(&seq, DER_SEQUENCE, &info) || !der_get(&info, DER_OID, &oid) ||
		    !read_qualifiers(c, &info))
			return false;
		c->policies |= policy_bit(oid);
		if (c->n_policies < CERT_MAX_POLICIES)
			c->policy[c->n_policies] = oid;
		c->n_policies++;
	}
	return true;
}

static uint16_t
eku_bit(struct span oid)
{
	switch (oid_find(oid)) {
	case OID_EKU_ANY:
		return CERT_EKU_ANY;
	case OID_EKU_SERVER:
		return CERT_EKU_SERVER_AUTH;
	case OID_EKU_CLIENT:
		return CERT_EKU_CLIENT_AUTH;
	case OID_EKU_CODE:
		return CERT_EKU_CODE_SIGNING;
	case OID_EKU_EMAIL:
		return CERT_EKU_EMAIL;
	case OID_EKU_TIME:
		return CERT_EKU_TIME_STAMPING;
	case OID_EKU_OCSP:
		return CERT_EKU_OCSP_SIGNING;
	case OID_EKU_NS_SGC:
		return CERT_EKU_NS_SGC;
	case OID_EKU_MS_SGC:
		return CERT_EKU_MS_SGC;
	default:
		return CERT_EKU_OTHER;
	}
}

static bool
read_eku(struct cert *c, struct rd *r, bool critical)
{
	struct rd it;
	struct span oid;

	c->has_eku = true;
	c->eku_critical = critical;
	if (!der_get(r, DER_SEQUENCE, &c->eku_list))
		return false;
	for (it = rd_of(c->eku_list); cert_oid_next(&it, &oid); c->n_eku++)
		c->eku |= eku_bit(oid);
	/* ExtKeyUsageSyntax ::= SEQUENCE SIZE (1..MAX) OF KeyPurposeId */
	return rd_end(&it) && c->n_eku > 0;
}

static bool
read_sct_list(struct cert *c, struct rd *r, bool critical)
{
	(void)critical;
	return der_get(r, DER_OCTET_STRING, &c->sct_list);
}

static bool
read_poison(struct cert *c, struct rd *r, bool critical)
{
	struct span null;

	(void)critical;
	c->ct_poison = true;
	return der_get(r, DER_NULL, &null) && null.n == 0;
}

/* Features ::= SEQUENCE OF INTEGER: TLS extension numbers (RFC 7633 section 6). */
static bool
read_tls_feature(struct cert *c, struct rd *r, bool critical)
{
	struct rd seq;
	struct span n;

	(void)critical;
	if (!der_enter(r, DER_SEQUENCE, &seq))
		return false;
	while (!rd_end(&seq)) {
		int32_t v;

		if (!der_get(&seq, DER_INTEGER, &n))
			return false;
		if (der_small(n, &v)) {
			c->must_staple = c->must_staple || v == 5;
			c->must_staple_v2 = c->must_staple_v2 || v == 17;
		}
	}
	return true;
}

/* RFC 9345, 4.2: DelegationUsage ::= NULL */
static bool
read_delegation(struct cert *c, struct rd *r, bool critical)
{
	struct span null;

	(void)critical;
	c->delegation = true;
	return der_get(r, DER_NULL, &null) && null.n == 0;
}

/* SkipCerts ::= INTEGER (0..MAX); more than 2^31 certificates are as many as there are. */
static bool
skip_certs(struct span body, int32_t *n)
{
	if (!der_int_minimal(body) || body.p[0] >= 0x80)
		return false;
	if (!der_small(body, n))
		*n = INT32_MAX;
	return true;
}

static bool
read_inhibit_any(struct cert *c, struct rd *r, bool critical)
{
	struct span n;

	(void)critical;
	return der_get(r, DER_INTEGER, &n) && skip_certs(n, &c->inhibit_any);
}

static bool
read_policy_constraints(struct cert *c, struct rd *r, bool critical)
{
	struct span explicit, mapping;
	bool has_explicit, has_mapping;
	struct rd seq;

	(void)critical;
	if (!der_enter(r, DER_SEQUENCE, &seq) ||
	    !der_optional(&seq, DER_CTX(0), &explicit, &has_explicit) ||
	    !der_optional(&seq, DER_CTX(1), &mapping, &has_mapping) || !rd_end(&seq))
		return false;
	/* RFC 5280 4.2.1.11: "MUST NOT issue certificates where policy constraints is an empty
	 * sequence" */
	return (has_explicit || has_mapping) &&
	       (!has_explicit || skip_certs(explicit, &c->require_explicit)) &&
	       (!has_mapping || skip_certs(mapping, &c->inhibit_mapping));
}

static bool
read_policy_mappings(struct cert *c, struct rd *r, bool critical)
{
	struct span from, to;
	struct rd it;

	(void)critical;
	if (!der_get(r, DER_SEQUENCE, &c->policy_mappings) || c->policy_mappings.n == 0)
		return false;
	it = rd_of(c->policy_mappings);
	while (cert_mapping_next(&it, &from, &to))
		;
	return rd_end(&it);
}

/*
 * The extensions this project reads.  `handled`: a critical one is acted upon by path judgement
 * (or constrains nothing there), as RFC 5280 4.2 demands of whoever accepts it.  The others are
 * read for the report, but a critical one makes the certificate unacceptable, as in OpenSSL.
 */
static const struct ext_row {
	enum oid_id oid;
	bool handled;
	bool (*read)(struct cert *c, struct rd *r, bool critical);
} ext_rows[] = {
    {OID_EXT_SKID, false, read_ski},
    {OID_EXT_AKID, false, read_aki},
    {OID_EXT_KU, true, read_ku},
    {OID_EXT_SAN, true, read_san},
    {OID_EXT_BC, true, read_bc},
    {OID_EXT_NC, true, read_nc},
    {OID_EXT_EKU, true, read_eku},
    {OID_EXT_CRL_DP, true, read_crl_dp},
    {OID_EXT_POLICIES, true, read_policies},
    {OID_EXT_INHIBIT_ANY, true, read_inhibit_any},
    {OID_EXT_POLICY_CONSTRAINTS, true, read_policy_constraints},
    {OID_EXT_POLICY_MAPPINGS, true, read_policy_mappings},
    {OID_EXT_AIA, false, read_aia},
    {OID_EXT_SCT_LIST, false, read_sct_list},
    {OID_EXT_CT_POISON, false, read_poison},
    {OID_EXT_TLS_FEATURE, false, read_tls_feature},
    {OID_EXT_DELEGATION, false, read_delegation},
};

static void
read_ext(struct cert *c, const struct cert_ext *e)
{
	struct rd value = rd_of(e->value);
	bool handled = false;

	for (size_t i = 0; i < N_ELEMENTS(ext_rows); i++) {
		if (!oid_is(e->oid, ext_rows[i].oid))
			continue;
		handled = ext_rows[i].handled;
		if (!ext_rows[i].read(c, &value, e->critical) || !rd_end(&value))
			c->flaws |= CERT_FLAW_EXT_VALUE;
		break;
	}
	if (e->critical && !handled && c->n_unknown_critical++ == 0)
		c->unknown_critical = e->oid;
}

static bool
seen(const struct span *list, size_t n, struct span oid)
{
	for (size_t i = 0; i < n; i++)
		if (span_eq(list[i], oid))
			return true;
	return false;
}

void
cert_exts_read(struct cert *c)
{
	struct span oids[CERT_MAX_EXTS];
	struct rd r = rd_of(c->exts);
	struct cert_ext e;

	while (c->n_exts < CERT_MAX_EXTS && cert_ext_next(&r, &e)) {
		/* RFC 5280 4.2: "MUST NOT include more than one instance of a particular
		 * extension"; the first one is what is reported. */
		if (seen(oids, c->n_exts, e.oid))
			c->flaws |= CERT_FLAW_EXT_DUP;
		else
			read_ext(c, &e);
		oids[c->n_exts++] = e.oid;
	}
	if (!rd_end(&r))
		c->flaws |= c->n_exts == CERT_MAX_EXTS ? CERT_FLAW_EXT_MANY : CERT_FLAW_EXT_VALUE;
}
