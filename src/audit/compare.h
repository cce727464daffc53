/*
 * compare - do the addresses of one name answer alike?  Pure: facts in, a verdict out.
 *
 * Compared is what a client would notice: versions, suites, groups, the application protocols and
 * the leaf certificates by key type.  Lists are compared as sets: the order of a list may depend
 * on chance.  What is unknown at one address is not a difference.
 *
 *	const struct facts *f[] = {audit_facts(a), audit_facts(b)};
 *	if (compare_facts(f, 2, arena, &what) == TRI_YES)
 *		... what: "TLS 1.0 (protocols.tls1_0), RSA certificate"
 */
#ifndef TLSAUDIT_AUDIT_COMPARE_H
#define TLSAUDIT_AUDIT_COMPARE_H

#include "fact.h"

/* Do n addresses differ?  TRI_YES: *what gets the differences in words, in the arena.  TRI_UNKNOWN:
 * not one thing is known of two of them. */
enum tri compare_facts(
    const struct facts *const *f, size_t n, struct arena *a, const char **what) MUST_USE;

#endif
