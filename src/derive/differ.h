/*
 * differ - why OpenSSL or GnuTLS come to another verdict than this project does.
 *
 * A table of causes: what we say, what the library says, and the words for it.  tests/unit/
 * test_differ.c makes a chain for each row, and asks the libraries themselves.
 *
 *	const char *why = differ_why(DIFFER_GNUTLS, &v, &d->j->facts, &leaf, &opinion);
 *	if (why != NULL)
 *		... "it follows the certificates in the order they were sent, ..."
 */
#ifndef TLSAUDIT_DERIVE_DIFFER_H
#define TLSAUDIT_DERIVE_DIFFER_H

#include "adapt/opinion.h"
#include "pki/path.h"

enum differ_who { DIFFER_OPENSSL, DIFFER_GNUTLS };

/* A constant; NULL: it was not asked, or says the same. */
const char *differ_why(enum differ_who who, const struct chain_verdict *ours,
    const struct chain_facts *chain, const struct opinion *theirs);

#endif
