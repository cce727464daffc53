/*
 * certificate - what a certificate says of itself, as facts.
 *
 * The row comes with its bytes (F_CERT_DER); everything else of it is read from them here.  Bytes
 * that are no certificate get their fingerprints and the reason.  Nothing is judged but what the
 * bytes alone show: whether it is trusted is said per deployment.
 *
 *	for (size_t i = 0; i < fact_rows(f, K_CERT); i++)
 *		certificate_describe(fact_row(f, K_CERT, i), now);
 */
#ifndef TLSAUDIT_DERIVE_CERTIFICATE_H
#define TLSAUDIT_DERIVE_CERTIFICATE_H

#include "fact.h"

enum {
	CERTIFICATE_SANS = 1000,    /* names kept in the report; all are counted */
	CERTIFICATE_NAME_MAX = 256, /* bytes of one name */
	CERTIFICATE_URL_MAX = 1024,
};

/* Settles every fact of a K_CERT row but what others say of it (revocation).  What is absent in the
 * certificate is WHY_NOT_APPLICABLE. */
void certificate_describe(struct facts *row, int64_t now);

#endif
