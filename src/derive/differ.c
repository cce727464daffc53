/* differ - see differ.h. */
#include "derive/differ.h"

enum { BOTH = 1 << DIFFER_OPENSSL | 1 << DIFFER_GNUTLS, OPENSSL = 1 << DIFFER_OPENSSL,
	GNUTLS = 1 << DIFFER_GNUTLS };

/* Looks at what the verdict rests on; NULL in a row: it holds whatever that is. */
typedef bool test_fn(const struct chain_verdict *v, const struct chain_facts *chain);

static const struct cert *
leaf_of(const struct chain_verdict *v)
{
	return v->path != NULL && v->path->n > 0 ? &v->path->nodes[0]->cert : NULL;
}

static bool
root_is_not_self_signed(const struct chain_verdict *v, const struct chain_facts *chain)
{
	(void)chain;
	return v->path != NULL && v->path->n > 0 &&
	       !v->path->nodes[v->path->n - 1]->cert.self_issued;
}

static bool
has_no_dns_name(const struct chain_verdict *v, const struct chain_facts *chain)
{
	const struct cert *c = leaf_of(v);

	(void)chain;
	return c != NULL && c->n_san_dns == 0;
}

static bool
has_policy_rules(const struct chain_verdict *v, const struct chain_facts *chain)
{
	(void)chain;
	for (size_t i = 0; v->path != NULL && i < v->path->n; i++) {
		const struct cert *c = &v->path->nodes[i]->cert;

		if (c->require_explicit >= 0 || c->inhibit_mapping >= 0 || c->inhibit_any >= 0 ||
		    c->policy_mappings.n > 0)
			return true;
	}
	return false;
}

static bool
by_common_name(const struct chain_verdict *v, const struct chain_facts *chain)
{
	(void)v;
	return chain->name == NAME_CN_ONLY;
}

/* The leaf's extended key usage is what we refuse it for, not its key usage. */
static bool
by_any_usage(const struct chain_verdict *v, const struct chain_facts *chain)
{
	const struct cert *c = leaf_of(v);

	(void)chain;
	return c != NULL && v->problem.depth == 0 && (c->eku & CERT_EKU_ANY) != 0;
}

static bool
by_leaf_usage(const struct chain_verdict *v, const struct chain_facts *chain)
{
	(void)chain;
	return v->problem.depth == 0;
}

static bool
by_explicit_curve(const struct chain_verdict *v, const struct chain_facts *chain)
{
	(void)chain;
	return v->path != NULL && v->problem.depth < v->path->n &&
	       v->path->nodes[v->problem.depth]->cert.key.explicit_params;
}

/* ---- they trust it, and we do not ---- */

static const struct {
	unsigned who;
	enum chain_kind kind;
	enum path_problem_kind problem; /* PATH_OK: whichever */
	test_fn *test;
	const char *why;
} trusting[] = {
    {BOTH, CHAIN_DISTRUSTED, PATH_OK, NULL,
	"it has the root and knows nothing of the dates from which a programme trusts it no more"},
    {BOTH, CHAIN_REVOKED, PATH_OK, NULL,
	"it does not know Mozilla's list of revoked CAs (OneCRL), and asks nobody else"},
    {BOTH, CHAIN_NAME_MISMATCH, PATH_OK, by_common_name,
	"it takes the common name where there is no subjectAltName, which browsers do not"},
    {BOTH, CHAIN_NAME_MISMATCH, PATH_OK, NULL, "it compares names less strictly"},
    {BOTH, CHAIN_WRONG_PURPOSE, PATH_OK, by_any_usage,
	"it takes anyExtendedKeyUsage for serverAuth, which browsers do not"},
    {BOTH, CHAIN_WRONG_PURPOSE, PATH_OK, by_leaf_usage,
	"it does not look at the leaf's key usage when it verifies the chain"},
    {BOTH, CHAIN_OTHER, PATH_POLICY, NULL,
	"it does not look at certificate policies unless it is told to"},
    {BOTH, CHAIN_OTHER, PATH_WEAK, by_explicit_curve,
	"it takes a curve that is spelled out, where RFC 5480 wants its name"},
    {BOTH, CHAIN_OTHER, PATH_WEAK, NULL, "it takes a key or hash that browsers refuse"},
    {BOTH, CHAIN_OTHER, PATH_CONSTRAINED, NULL,
	"it does not compare names of this kind with name constraints"},
    {BOTH, CHAIN_OTHER, PATH_CRITICAL, NULL,
	"it passes over what is critical and unknown in a certificate"},
    {BOTH, CHAIN_OTHER, PATH_MALFORMED, NULL, "it reads certificates less strictly"},
    {BOTH, CHAIN_OTHER, PATH_NOT_A_CA, NULL, "it asks less of a CA"},
    {BOTH, CHAIN_UNKNOWN_ROOT, PATH_OK, NULL,
	"it follows a path that is longer than is looked for here"},
};

static const char *
why_trusting(unsigned who, const struct chain_verdict *v, const struct chain_facts *chain)
{
	for (size_t i = 0; i < N_ELEMENTS(trusting); i++)
		if ((trusting[i].who & who) != 0 && trusting[i].kind == v->kind &&
		    (trusting[i].problem == PATH_OK || trusting[i].problem == v->problem.kind) &&
		    (trusting[i].test == NULL || trusting[i].test(v, chain)))
			return trusting[i].why;
	return "it does not look at what our verdict rests on";
}

/* ---- we trust it, and they do not ---- */

#define NO_WAY_BACK                                                                                \
	"it follows one path, by names and key ids, and does not go back to try the other one that "   \
	"holds"

static const struct {
	unsigned who;
	enum opinion_cause cause;
	test_fn *test;
	const char *why;
} refusing[] = {
    {OPENSSL, OPINION_NO_ISSUER, root_is_not_self_signed,
	"the store has a CA that is not self-signed, which it takes for an anchor only when told to "
	"(-partial_chain)"},
    {BOTH, OPINION_NO_ISSUER, NULL, NO_WAY_BACK},
    {BOTH, OPINION_SIGNATURE, NULL,
	"it takes the first certificate that bears the issuer's name, and does not try the next one "
	"when that key did not sign"},
    {BOTH, OPINION_EXPIRED, NULL,
	"it follows a certificate that has expired, though another one that is in time leads on"},
    {BOTH, OPINION_NOT_YET_VALID, NULL,
	"it follows a certificate that is not valid yet, though another one leads on"},
    {BOTH, OPINION_CONSTRAINT, has_no_dns_name,
	"it compares the common name with the name constraints where the certificate has no dNSName"},
    {BOTH, OPINION_CONSTRAINT, NULL, "it compares names with name constraints otherwise"},
    {GNUTLS, OPINION_CRITICAL, has_policy_rules,
	"it does not handle policyConstraints, policyMappings and inhibitAnyPolicy, and here one is "
	"critical"},
    {BOTH, OPINION_CRITICAL, NULL, "it does not handle an extension that is critical here"},
    {BOTH, OPINION_WEAK, NULL, "a hash or key is below what its security level takes"},
    {BOTH, OPINION_PURPOSE, NULL, "it asks more of the purposes that certificates name"},
    {BOTH, OPINION_NOT_A_CA, NULL, "it asks more of a CA"},
    {BOTH, OPINION_NAME, NULL, "it compares names otherwise"},
    {BOTH, OPINION_TOO_LONG, NULL, "the path is longer than it follows"},
};

static const char *
why_refusing(unsigned who, const struct chain_verdict *v, const struct chain_facts *chain,
    enum opinion_cause cause)
{
	for (size_t i = 0; i < N_ELEMENTS(refusing); i++)
		if ((refusing[i].who & who) != 0 && refusing[i].cause == cause &&
		    (refusing[i].test == NULL || refusing[i].test(v, chain)))
			return refusing[i].why;
	return "it reads certificates more strictly";
}

const char *
differ_why(enum differ_who who, const struct chain_verdict *ours, const struct chain_facts *chain,
    const struct opinion *theirs)
{
	bool trusted = ours->kind == CHAIN_COMPLETE;

	if (!theirs->asked || theirs->trusted == trusted || ours->kind == CHAIN_UNVERIFIED ||
	    ours->kind == CHAIN_NOT_JUDGED)
		return NULL;
	return theirs->trusted ? why_trusting(1u << who, ours, chain)
			       : why_refusing(1u << who, ours, chain, theirs->cause);
}
