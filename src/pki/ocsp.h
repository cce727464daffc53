/*
 * ocsp - an OCSP response as a view into borrowed DER (RFC 6960 section 4.2.1).
 *
 * Like pki/cert.h: one walk, no allocation, spans that live as long as the bytes, and no judgement.
 * Whose certificate it speaks of, whether it is in time and who may sign it is derive/staple.h.
 *
 *	struct ocsp o;
 *	struct ocsp_single s;
 *
 *	if (!ocsp_parse(der, &o))
 *		return "malformed";
 *	if (o.status != OCSP_SUCCESSFUL)
 *		return ocsp_status_text(o.status);	"try later": there is nothing more in it
 *	for (struct rd r = rd_of(o.responses); ocsp_single_next(&r, &s);)
 *		if (span_eq(s.serial, cert.serial)) ...
 */
#ifndef TLSAUDIT_PKI_OCSP_H
#define TLSAUDIT_PKI_OCSP_H

#include "pki/cert.h"

enum {
	OCSP_MAX_BYTES = 64 * 1024, /* a longer one is not read */
	OCSP_MAX_CERTS = 8,         /* of those that come along, so many are looked at */
};

/* OCSPResponseStatus; 4 is not used. */
enum ocsp_status {
	OCSP_SUCCESSFUL = 0,
	OCSP_MALFORMED_REQUEST = 1,
	OCSP_INTERNAL_ERROR = 2,
	OCSP_TRY_LATER = 3,
	OCSP_SIG_REQUIRED = 5,
	OCSP_UNAUTHORIZED = 6,
};

/* CertStatus: its context tag. */
enum ocsp_cert_status { OCSP_GOOD, OCSP_REVOKED, OCSP_UNKNOWN };

struct ocsp {
	uint32_t status; /* enum ocsp_status, or a number that is none */
	bool basic;      /* id-pkix-ocsp-basic; what follows is filled in only then */
	struct span tbs; /* ResponseData with its header: the bytes that are signed */
	struct cert_sig_alg sig_alg;
	struct span sig;
	struct span responder_name; /* a whole Name; empty: the responder is given by its key */
	struct span responder_key;  /* SHA-1 of its key */
	int64_t produced_at;        /* seconds since 1970 */
	struct span responses;      /* for ocsp_single_next() */
	uint32_t n_responses;
	bool has_nonce;
	struct span nonce; /* RFC 9654: its content */
	struct span certs; /* for ocsp_cert_next() */
};

struct ocsp_single {
	struct span hash_oid;            /* of the two hashes below */
	struct span name_hash, key_hash; /* of the issuer */
	struct span serial;              /* INTEGER content bytes */
	enum ocsp_cert_status status;
	int64_t revoked_at; /* with OCSP_REVOKED */
	int32_t reason;     /* CRLReason; -1: not said */
	int64_t this_update, next_update;
	bool has_next_update;
	struct span sct_list; /* SignedCertificateTimestampList (RFC 6962 3.3); or empty */
};

/* Reads a response to its end, every SingleResponse included.  False: it is malformed or too long,
 * and nothing in *out is of use. */
bool ocsp_parse(struct span der, struct ocsp *out) MUST_USE;
/* Iterators, for what ocsp_parse() accepted: false at the end. */
bool ocsp_single_next(struct rd *r, struct ocsp_single *out);
bool ocsp_cert_next(struct rd *r, struct span *der);
/* "try later", ...; "unknown response status" for a number that is none. */
const char *ocsp_status_text(uint32_t status);
/* "key compromise", ...; NULL for -1 and for a number that is none (RFC 5280 5.3.1). */
const char *ocsp_reason_text(int32_t reason);

#endif
