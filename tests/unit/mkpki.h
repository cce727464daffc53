/*
 * mkpki - a PKI made while the test runs: keys and certificates with chosen fields, by libcrypto.
 *
 *	struct mkpki *p = mkpki_new();
 *	const struct mk *root = mk_make(p, &(struct mk_spec){.cn = "Root", .ca = true});
 *	const struct mk *leaf = mk_make(p, &(struct mk_spec){.cn = "leaf", .issuer = root,
 *	    .san = "DNS:a.example"});
 *	... leaf->der ...
 *	mkpki_free(p);
 *
 * Zero in a spec means the sane default: P-256, SHA-256, valid from 2020 to 2040, and the
 * extensions a CA or a TLS server has.
 */
#ifndef TLSAUDIT_TESTS_MKPKI_H
#define TLSAUDIT_TESTS_MKPKI_H

#include <openssl/evp.h>

#include "base/span.h"

enum { MK_MAX_EXT = 8 };

/* 2026-06-01, the day most tests are judged at; and the default dates. */
#define MK_NOW INT64_C(1780272000)
#define MK_FROM INT64_C(1577836800)
#define MK_TO INT64_C(2208988800)

struct mk {
	struct span der;
	EVP_PKEY *key;
	const char *cn;
};

struct mk_spec {
	const char *cn;
	const struct mk *issuer;    /* NULL: self-signed */
	const struct mk *key_of;    /* use that one's key: another certificate of the same CA */
	const struct mk *signed_by; /* sign with that one's key, whatever the issuer field says */
	const char *issuer_cn;      /* instead of the issuer's */
	bool ca;
	const char *key;  /* "P-256", "RSA-1024", "RSA-2048", "ED25519", "explicit" */
	const char *hash; /* "SHA1", ... */
	int64_t from, to; /* seconds since 1970 */
	const char *san;  /* OpenSSL's subjectAltName text; NULL: DNS:<cn> for leaves */
	const char *bc;   /* basicConstraints; NULL: by ca; "" = leave it out */
	const char *ku;   /* keyUsage; likewise */
	const char *eku;  /* extKeyUsage; likewise: serverAuth for leaves, none for CAs */
	const char *ext[MK_MAX_EXT]; /* more: "name=value" as in openssl.cnf */
	bool no_key_ids;             /* no SKI, no AKI */
	long version;                /* 1..3; 0 = 3 */
};

struct mkpki;

struct mkpki *mkpki_new(void);
void mkpki_free(struct mkpki *p);
/* A certificate owned by p.  A spec that cannot be made ends the test. */
const struct mk *mk_make(struct mkpki *p, const struct mk_spec *s);
/* A temporary PEM file with n certificates, removed by mkpki_free(). */
const char *mk_pem(struct mkpki *p, const struct mk *const *v, size_t n);
/* A temporary file with these bytes, likewise. */
const char *mk_file(struct mkpki *p, struct span bytes);

#endif
