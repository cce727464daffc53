/* crl_judge - see crl_judge.h. */
#include "evidence/crl_judge.h"

#include "adapt/openssl_x509.h"

static const char *
signature_trouble(const struct crl *l, const struct cert *issuer)
{
	/* RFC 5280, 4.2.1.3: cRLSign, when there is a keyUsage at all. */
	if (issuer->has_ku && (issuer->ku & CERT_KU_CRL_SIGN) == 0)
		return "signer not authorized";
	switch (cert_sig_verify(issuer->spki, l->sig_alg.der, l->tbs, l->sig)) {
	case SIG_OK:
		return NULL;
	case SIG_UNSUPPORTED:
	case SIG_TOO_BIG:
	case SIG_UNTRIED:
		return "cannot be verified";
	default:
		return "bad signature";
	}
}

/* RFC 5280, 6.3.3 (b) (2): a name of the IDP must be one of the distribution points'. */
static bool
same_partition(const struct crl *l, const struct cert *c)
{
	struct cert_name n;

	if (l->idp_names.n == 0)
		return true;
	for (struct rd r = rd_of(l->idp_names); cert_name_next(&r, &n);)
		for (size_t i = 0; i < c->n_crl && i < CERT_MAX_URLS; i++)
			if (n.kind == CERT_NAME_URI && span_eq(n.value, c->crl[i]))
				return true;
	return false;
}

static const char *
scope_trouble(const struct crl *l, const struct cert *c)
{
	if (l->delta || l->indirect || l->some_reasons)
		return "not a whole list";
	if (l->only_attribute || (l->only_user && c->ca) || (l->only_ca && !c->ca) ||
	    !same_partition(l, c))
		return "other partition";
	return l->unknown_critical ? "unknown critical extension" : NULL;
}

static const char *
time_trouble(const struct crl *l, int64_t now)
{
	if (l->this_update > now + CRL_SKEW)
		return "not yet valid";
	return l->has_next_update && l->next_update < now - CRL_SKEW ? "expired" : NULL;
}

struct crl_judgement
crl_judge(struct span body, const struct cert *c, const struct cert *issuer, int64_t now)
{
	struct crl_judgement j = {.status = "malformed"};

	if (!crl_parse(body, &j.crl)) {
		j.crl = (struct crl){.n_entries = 0};
		return j;
	}
	j.status = "other issuer";
	if (!dn_eq(j.crl.issuer, c->issuer))
		return j;
	j.status = signature_trouble(&j.crl, issuer);
	if (j.status == NULL)
		j.status = scope_trouble(&j.crl, c);
	if (j.status != NULL)
		return j;
	j.revoked = crl_find(&j.crl, c->serial, &j.entry);
	j.status = j.revoked ? "revoked" : time_trouble(&j.crl, now);
	j.good = j.status == NULL;
	if (j.good)
		j.status = "good";
	return j;
}
