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

#include "base/span.h"

struct sct_list {
	uint32_t n;       /* well-formed ones */
	int64_t earliest; /* seconds since 1970; 0 when there is none */
	bool broken;      /* lengths that do not fit, or bytes left over */
};

/* Reads a list, its outer length included.  An empty span gives an empty list, not a broken one. */
struct sct_list sct_list_read(struct span list);

#endif
