/*
 * policies - certificate policies along one path (RFC 5280, 6.1.2 to 6.1.5).
 *
 * Any policy will do for a TLS server, so all that counts is whether some policy holds for the whole
 * path where a certificate demands one (policyConstraints, requireExplicitPolicy).  For that the
 * lowest level of the standard's tree is enough: the tree is empty when that level is.  A level is a
 * list of pairs - a policy, and what the next certificate has to call it - so its size is bounded by
 * the policies of one certificate and not by the ways through the tree (RFC 9618 tells what happens
 * otherwise).
 *
 *	const struct cert *path[] = {&leaf, &intermediate};
 *	struct policies_verdict v = policies_check(path, 2);
 *	if (v.result != POLICIES_OK)
 *		... v.depth is the certificate to name
 */
#ifndef TLSAUDIT_PKI_POLICIES_H
#define TLSAUDIT_PKI_POLICIES_H

#include "pki/cert.h"

enum { POLICIES_MAX = 128 }; /* pairs of one level */

enum policies_result {
	POLICIES_OK,
	POLICIES_NONE,        /* one is required (by depth), and none holds for the whole path */
	POLICIES_TWICE,       /* one is required, and a policy is named twice */
	POLICIES_BAD_MAPPING, /* anyPolicy is mapped: 6.1.4 (a) */
	POLICIES_TOO_MANY,    /* one is required, and there are more than POLICIES_MAX */
};

struct policies_verdict {
	enum policies_result result;
	size_t depth; /* 0 = leaf: who requires a policy, or has the bad mapping */
};

/* The certificates of a path, leaf first, without the anchor: what that says binds nobody. */
struct policies_verdict policies_check(const struct cert *const *path, size_t n);

#endif
