/*
 * sct_verify - is a certificate timestamp signed by its log (RFC 6962, 3.2)?
 *
 * A timestamp in a certificate is over the precertificate: the same TBSCertificate without the list
 * of timestamps, together with the hash of the issuer's key.  One that comes in the TLS extension
 * or in an OCSP response is over the certificate as it is.
 *
 *	switch (sct_verify(&sct, log->key, &leaf, &issuer))	embedded
 *	switch (sct_verify(&sct, log->key, &leaf, NULL))	beside the certificate
 */
#ifndef TLSAUDIT_PKI_SCT_VERIFY_H
#define TLSAUDIT_PKI_SCT_VERIFY_H

#include "adapt/openssl_x509.h"
#include "pki/cert.h"
#include "pki/sct.h"

/* log_key: SubjectPublicKeyInfo.  issuer: of leaf, when the timestamp is embedded; else NULL. */
enum sigcheck sct_verify(const struct sct *s, struct span log_key, const struct cert *leaf,
    const struct cert *issuer) MUST_USE;
/* The TBSCertificate that the timestamps of a certificate are over, in buf of at least c->tbs.n
 * bytes.  Empty: it has no list of timestamps. */
struct span sct_precert_tbs(const struct cert *c, uint8_t *buf);

#endif
