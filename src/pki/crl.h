/*
 * crl - a certificate revocation list as a view into borrowed DER (RFC 5280, section 5).
 *
 * Like pki/cert.h: one walk, no allocation, no judgement.  A list can be long (tens of megabytes);
 * crl_parse() walks it once to its end, crl_find() once more.
 *
 *	struct crl c;
 *	struct crl_entry e;
 *
 *	if (!crl_parse(body, &c) || !dn_eq(c.issuer, cert.issuer))
 *		...
 *	if (crl_find(&c, cert.serial, &e))
 *		... revoked since e.revoked_at
 */
#ifndef TLSAUDIT_PKI_CRL_H
#define TLSAUDIT_PKI_CRL_H

#include "pki/cert.h"

enum { CRL_MAX_BYTES = 32 * 1024 * 1024 };

struct crl {
	struct span tbs; /* TBSCertList with its header: the bytes that are signed */
	struct cert_sig_alg sig_alg;
	struct span sig;
	struct span issuer; /* a whole Name */
	int64_t this_update, next_update;
	bool has_next_update;
	struct span entries; /* for crl_next() */
	uint32_t n_entries;
	bool delta;            /* deltaCRLIndicator: no whole list */
	bool unknown_critical; /* RFC 5280, 5.2: then it MUST NOT be used to tell who is revoked */
	bool has_idp;          /* issuingDistributionPoint (RFC 5280, 5.2.5) */
	struct span idp_names; /* GeneralNames, for cert_name_next(); or empty */
	bool only_user, only_ca, only_attribute, some_reasons, indirect;
};

struct crl_entry {
	struct span serial; /* INTEGER content bytes */
	int64_t revoked_at;
	int32_t reason; /* CRLReason; -1: not said */
};

/* Reads a list to its end, every entry included.  False: malformed or too long. */
bool crl_parse(struct span der, struct crl *out) MUST_USE;
/* Iterator over entries, for what crl_parse() accepted: false at the end. */
bool crl_next(struct rd *r, struct crl_entry *out);
/* The entry of this serial number; false: it is not listed. */
bool crl_find(const struct crl *c, struct span serial, struct crl_entry *out);

#endif
