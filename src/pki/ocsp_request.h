/*
 * ocsp_request - the question to an OCSP responder (RFC 6960, 4.1; RFC 5019, 2.1).
 *
 * One certificate a request, named by SHA-1 hashes, for that is the one CertID that every responder
 * knows: it names the issuer, nothing is signed with it.
 *
 *	uint8_t buf[OCSP_REQUEST_MAX];
 *	struct span der = ocsp_request(&issuer, serial, nonce, buf);
 *	char *url = ocsp_get_url(arena, "http://ocsp.example", der);
 */
#ifndef TLSAUDIT_PKI_OCSP_REQUEST_H
#define TLSAUDIT_PKI_OCSP_REQUEST_H

#include "pki/cert.h"

struct arena;

enum { OCSP_REQUEST_MAX = 512, OCSP_NONCE_BYTES = 32 };

/* A request about this serial number (INTEGER content bytes) of that issuer; nonce may be empty.
 * What comes back is in buf; empty when the serial number is absurdly long. */
struct span ocsp_request(const struct cert *issuer, struct span serial, struct span nonce,
    uint8_t buf[OCSP_REQUEST_MAX]);
/* RFC 6960, A.1: "{url}/{url-encoding of base-64 encoding of the DER encoding}". */
char *ocsp_get_url(struct arena *a, const char *url, struct span der);

/* The bits of a public key: what key hashes are made of (RFC 6960, 4.1.1).  Empty: malformed. */
struct span spki_bits(struct span spki);

#endif
