/*
 * constraint - name constraints of one CA against the names of one certificate below it (RFC 5280
 * section 4.2.1.10).
 *
 * The work is names times subtrees, both chosen by strangers: the caller gives a budget of
 * comparisons, which goes down and ends the check when it is used up.
 *
 *	size_t budget = 250000;
 *	struct cert_name which;
 *	if (constraint_check(&ca, &leaf, &budget, &which) == CONSTRAINT_VIOLATED)
 *		... which is the name that is not allowed
 */
#ifndef TLSAUDIT_PKI_CONSTRAINT_H
#define TLSAUDIT_PKI_CONSTRAINT_H

#include "pki/cert.h"

enum constraint_result {
	CONSTRAINT_OK,
	CONSTRAINT_VIOLATED,    /* *which is outside of what is permitted, or excluded */
	CONSTRAINT_UNSUPPORTED, /* a subtree or a name that cannot be compared: nobody should trust
				 */
	CONSTRAINT_TOO_MUCH,    /* the budget is used up */
};

/* Are all names of c (subject and subjectAltName) within the constraints of ca?  OK when ca has
 * none.  *which borrows from c (for the subject: kind DIRECTORY). */
enum constraint_result constraint_check(
    const struct cert *ca, const struct cert *c, size_t *budget, struct cert_name *which);

#endif
