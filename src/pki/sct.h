/*
 * sct - signed certificate timestamps, counted and dated (RFC 6962 section 3).
 *
 * They come in a certificate, in a stapled OCSP response and in a TLS extension, each time as the
 * same SignedCertificateTimestampList.  Nothing is verified here: whose log it is says
 * pki/ct_log.h.
 *
 *	struct sct_list s = sct_list_read(cert.sct_list);
 *	if (s.n > 0 && !s.broken)
 *		... s.n timestamps, the first of s.earliest
 */
#ifndef TLSAUDIT_PKI_SCT_H
#define TLSAUDIT_PKI_SCT_H

#include "base/rd.h"

struct sct_list {
	uint32_t n;       /* well-formed ones */
	int64_t earliest; /* seconds since 1970; 0 when there is none */
	bool broken;      /* lengths that do not fit, or bytes left over */
};

/* Reads a list, its outer length included.  An empty span gives an empty list, not a broken one. */
struct sct_list sct_list_read(struct span list);

/* One timestamp: RFC 6962, 3.2. */
struct sct {
	struct span log_id;      /* 32 bytes: SHA-256 of the log's key */
	uint64_t ms;             /* since 1970 */
	struct span extensions;
	uint8_t hash, signature_alg; /* RFC 5246, 7.4.1.4.1: 4 is SHA-256; 1 is RSA, 3 ECDSA */
	struct span signature;
};

/* The inside of a list, for sct_next().  False: it is empty or its outer length is wrong. */
bool sct_begin(struct span list, struct rd *r) MUST_USE;
/* The next whole timestamp of version 1; others are passed over.  False at the end. */
bool sct_next(struct rd *r, struct sct *out);

#endif
