/*
 * pkcs7 - the certificates of a PKCS#7 or CMS file that carries nothing else ("certs-only").
 *
 * Windows exports chains as .p7b, and AIA's caIssuers may bring one: RFC 5280, 4.2.2.1 allows "a
 * collection of certificates in a BER or DER encoded 'certs-only' CMS message".  Only DER is read;
 * BER's indefinite lengths are told apart, so that one can say so.  Nothing is copied: the spans
 * point into the bytes, each is a whole element and may be no certificate at all - cert_parse()
 * tells.
 *
 *	struct pkcs7 p;
 *	struct span der;
 *	if (pkcs7_open(&p, bytes) != PKCS7_OK)
 *		...
 *	while (pkcs7_next(&p, &der))
 *		... der ...
 */
#ifndef TLSAUDIT_PKI_PKCS7_H
#define TLSAUDIT_PKI_PKCS7_H

#include "base/rd.h"

enum pkcs7_status {
	PKCS7_OK,
	PKCS7_NOT,    /* something else: no ContentInfo with signedData */
	PKCS7_BER,    /* the indefinite lengths of BER: not read here */
	PKCS7_BROKEN, /* begins as one, and then is not DER */
};

struct pkcs7 {
	struct rd certificates;
};

/* Finds the certificates.  Whatever is signed in it, its CRLs and signers are passed over. */
enum pkcs7_status pkcs7_open(struct pkcs7 *p, struct span bytes) MUST_USE;
/* The next certificate, with its header.  False: there is none. */
bool pkcs7_next(struct pkcs7 *p, struct span *der) MUST_USE;
/* "not PKCS#7", "BER, of which only DER is read", "not DER"; "" for PKCS7_OK. */
const char *pkcs7_status_text(enum pkcs7_status s);

#endif
