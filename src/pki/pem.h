/*
 * pem - the certificates of a PEM file (RFC 7468), found and decoded without a library.
 *
 * A pass over borrowed text: pem_next() gives one block after another and skips what lies between
 * (comments, `openssl x509 -text` output).  It never allocates; the caller has the buffer.  Used on
 * store files, bundles to judge (--chain) and what AIA brings, so the text may be hostile.
 *
 *	struct pem p = {.rest = text};
 *	struct pem_block b;
 *	struct span der;
 *
 *	while (pem_next(&p, &b))
 *		if (!pem_is_certificate(&b))
 *			continue;
 *		else if (!pem_decode(&b, buf, sizeof(buf), &der))
 *			... line b.line: not base64
 */
#ifndef TLSAUDIT_PKI_PEM_H
#define TLSAUDIT_PKI_PEM_H

#include "base/span.h"

/* A reader: set rest to the text, the others to zero. */
struct pem {
	struct span rest;
	size_t line; /* lines read so far */
};

struct pem_block {
	struct span label; /* "CERTIFICATE" */
	struct span body;  /* what stands between BEGIN and END, undecoded */
	size_t line;       /* of its BEGIN, from 1 */
};

/* The next whole block.  False: there is none; a BEGIN without its END gives none. */
bool pem_next(struct pem *p, struct pem_block *out) MUST_USE;
/* CERTIFICATE, X509 CERTIFICATE or TRUSTED CERTIFICATE (OpenSSL: trust settings follow the DER). */
bool pem_is_certificate(const struct pem_block *b);
/* At most how many bytes pem_decode() writes for this block. */
size_t pem_decoded_max(const struct pem_block *b);
/*
 * Decodes the base64 (RFC 4648, 4: padding wanted; white space anywhere) into buf.  False, with
 * *out untouched, for any other byte, bad padding, nothing at all or more than cap bytes.
 */
bool pem_decode(const struct pem_block *b, uint8_t *buf, size_t cap, struct span *out) MUST_USE;

#endif
