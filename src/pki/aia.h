/*
 * aia - the certificates in what a caIssuers URL brings (RFC 5280, 4.2.2.1).
 *
 * The RFC wants one certificate in DER, or several in a "certs-only" CMS message (PKCS#7).  PEM is
 * found in the wild too, and read, and so is a page of HTML that says "not found": each has its
 * name, because a client that asks for DER alone fails at the others.
 *
 *	struct span der[AIA_MAX_CERTS];
 *	enum aia_form form;
 *	size_t n = aia_read(body, arena, der, &form);
 */
#ifndef TLSAUDIT_PKI_AIA_H
#define TLSAUDIT_PKI_AIA_H

#include "base/span.h"

struct arena;

enum { AIA_MAX_BYTES = 64 * 1024, AIA_MAX_CERTS = 8 };

enum aia_form {
	AIA_OTHER, /* none of these */
	AIA_EMPTY,
	AIA_DER,
	AIA_PKCS7,
	AIA_PEM,
	AIA_HTML
};

/* Up to AIA_MAX_CERTS certificates, unparsed; those of PEM are in the arena, the others in body.
 * Returns how many; *form says what it is, whatever comes out. */
size_t aia_read(
    struct span body, struct arena *a, struct span out[AIA_MAX_CERTS], enum aia_form *form);
/* "DER", "PKCS#7", "PEM", "HTML", "empty", "unknown". */
const char *aia_form_name(enum aia_form f);

#endif
