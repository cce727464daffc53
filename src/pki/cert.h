/*
 * cert - an X.509 certificate as a view into borrowed DER (RFC 5280).
 *
 * cert_parse() walks the bytes once, allocates nothing, and leaves spans that point into them: the
 * struct lives exactly as long as the DER it was read from.  What a peer may repeat is either
 * counted and kept up to a cap (URLs, policies) or left as a span with an iterator (SANs, names,
 * extensions).  It never judges: whether a certificate may sign, is in time or matches a name is
 * pki/path.h and pki/name.h.
 *
 *	struct cert c;
 *	char who[256];
 *	struct cert_name san;
 *
 *	if (!cert_parse(der, &c))
 *		return cert_flaw_text(c.flaws);		"cut short", "not DER", ...
 *	dn_text(c.subject, who, sizeof(who));		"CN=example.org,O=Example,C=DE"
 *	for (struct rd r = rd_of(c.san); cert_name_next(&r, &san);)
 *		if (san.kind == CERT_NAME_DNS)
 *			...				san.value is raw: may hold any byte
 *
 * Two kinds of trouble: without its skeleton (tbs, names, key, signature) cert_parse() is false
 * and only der and flaws mean anything; a single bad field or extension sets a bit in `flaws`, the
 * rest is filled in, and CERT_FLAWS_FATAL tells which bits no verifier should accept.
 */
#ifndef TLSAUDIT_PKI_CERT_H
#define TLSAUDIT_PKI_CERT_H

#include "base/rd.h"
#include "base/span.h"
#include "pki/dn.h"

enum {
	CERT_MAX_BYTES = 256 * 1024, /* a longer one is not read (CERT_FLAW_TOO_LONG) */
	CERT_MAX_SANS = 10000,       /* counted up to here, see CERT_FLAW_SAN_MANY */
	CERT_MAX_EXTS = 64,
	CERT_MAX_URLS = 4, /* kept of each kind; the counters go on */
	CERT_MAX_POLICIES = 8,
};

/* Hash of a signature; CERT_HASH_NONE where the scheme has its own (EdDSA, ML-DSA). */
enum cert_hash {
	CERT_HASH_UNKNOWN,
	CERT_HASH_NONE,
	CERT_HASH_MD2,
	CERT_HASH_MD4,
	CERT_HASH_MD5,
	CERT_HASH_SHA1,
	CERT_HASH_SHA224,
	CERT_HASH_SHA256,
	CERT_HASH_SHA384,
	CERT_HASH_SHA512,
	CERT_HASH_SHA3_224,
	CERT_HASH_SHA3_256,
	CERT_HASH_SHA3_384,
	CERT_HASH_SHA3_512,
	CERT_HASH__MAX
};

/* Kind of a public key, and of the key a signature algorithm wants. */
enum cert_key_kind {
	CERT_KEY_UNKNOWN,
	CERT_KEY_RSA,     /* rsaEncryption */
	CERT_KEY_RSA_PSS, /* id-RSASSA-PSS in the SPKI */
	CERT_KEY_DSA,
	CERT_KEY_DH,
	CERT_KEY_EC,
	CERT_KEY_ED25519,
	CERT_KEY_ED448,
	CERT_KEY_X25519,
	CERT_KEY_X448,
	CERT_KEY_ML_DSA,
	CERT_KEY_SLH_DSA,
	CERT_KEY_GOST,
	CERT_KEY_SM2,
	CERT_KEY__MAX
};

/* A signature algorithm: what the OID (and for PSS the parameters) said. */
struct cert_sig_alg {
	struct span der;  /* the AlgorithmIdentifier, header included */
	struct span oid;  /* OBJECT IDENTIFIER content bytes */
	const char *name; /* "sha256WithRSAEncryption"; NULL when the OID is not known */
	enum cert_hash hash;
	enum cert_key_kind key; /* RSA for PKCS#1 and PSS signatures alike */
	bool pss;
};

struct cert_key {
	struct span alg_oid; /* OBJECT IDENTIFIER content bytes */
	const char *name;    /* "RSA", "EC", "Ed25519", "ML-DSA-65"; NULL when not known */
	enum cert_key_kind kind;
	uint32_t bits;         /* modulus, field or parameter-set size; 0 = not known */
	struct span modulus;   /* RSA n, DSA and DH p: big-endian, no leading zero bytes */
	struct span exponent;  /* RSA e: big-endian, no leading zero bytes */
	struct span curve_oid; /* EC named curve; empty with explicit parameters */
	const char *curve;     /* "P-256", ...; NULL when not known or explicit */
	bool explicit_params;  /* EC parameters spelled out: RFC 5480 forbids them */
	struct span point;     /* EC public point as sent; raw key of EdDSA, ML-DSA */
};

/* KeyUsage bits: bit n of RFC 5280 section 4.2.1.3 is 1 << n. */
enum {
	CERT_KU_DIGITAL_SIGNATURE = 1 << 0,
	CERT_KU_NON_REPUDIATION = 1 << 1,
	CERT_KU_KEY_ENCIPHERMENT = 1 << 2,
	CERT_KU_DATA_ENCIPHERMENT = 1 << 3,
	CERT_KU_KEY_AGREEMENT = 1 << 4,
	CERT_KU_KEY_CERT_SIGN = 1 << 5,
	CERT_KU_CRL_SIGN = 1 << 6,
	CERT_KU_ENCIPHER_ONLY = 1 << 7,
	CERT_KU_DECIPHER_ONLY = 1 << 8,
};

/* Extended key usages that have a meaning here; any other sets CERT_EKU_OTHER. */
enum {
	CERT_EKU_ANY = 1 << 0,
	CERT_EKU_SERVER_AUTH = 1 << 1,
	CERT_EKU_CLIENT_AUTH = 1 << 2,
	CERT_EKU_CODE_SIGNING = 1 << 3,
	CERT_EKU_EMAIL = 1 << 4,
	CERT_EKU_TIME_STAMPING = 1 << 5,
	CERT_EKU_OCSP_SIGNING = 1 << 6,
	CERT_EKU_NS_SGC = 1 << 7, /* Netscape step-up: once a stand-in for serverAuth */
	CERT_EKU_MS_SGC = 1 << 8,
	CERT_EKU_OTHER = 1 << 15,
};

/* Certificate policies that have a meaning here (CA/Browser Forum 2.23.140.1.*). */
enum {
	CERT_POLICY_ANY = 1 << 0,
	CERT_POLICY_DV = 1 << 1,
	CERT_POLICY_OV = 1 << 2,
	CERT_POLICY_IV = 1 << 3,
	CERT_POLICY_EV = 1 << 4, /* 2.23.140.1.1; programmes' own EV OIDs are not here */
	CERT_POLICY_OTHER = 1 << 15,
};

/* What is odd or broken, one bit each; cert_flaw_text() has the words. */
enum cert_flaw {
	CERT_FLAW_TOO_LONG = 1u << 0,        /* over CERT_MAX_BYTES */
	CERT_FLAW_DER = 1u << 1,             /* skeleton cannot be read as DER */
	CERT_FLAW_TRAILING = 1u << 2,        /* bytes after the certificate */
	CERT_FLAW_VERSION = 1u << 3,         /* not 1, 2 or 3, or v1 spelled out */
	CERT_FLAW_SERIAL = 1u << 4,          /* negative, zero, padded or over 20 bytes */
	CERT_FLAW_SIG_ALG_DIFFERS = 1u << 5, /* inner and outer AlgorithmIdentifier differ */
	CERT_FLAW_TIME = 1u << 6,            /* a date that is none: never valid */
	CERT_FLAW_TIME_FORM = 1u << 7,       /* readable, but not as RFC 5280 4.1.2.5 wants */
	CERT_FLAW_TIME_ORDER = 1u << 8,      /* notAfter before notBefore */
	CERT_FLAW_NAME = 1u << 9,            /* issuer or subject is not a Name */
	CERT_FLAW_KEY = 1u << 10,            /* SubjectPublicKeyInfo cannot be read */
	CERT_FLAW_SIG_BITS = 1u << 11,       /* signature BIT STRING with unused bits */
	CERT_FLAW_EXT_OLD = 1u << 12,        /* extensions in a v1 or v2 certificate */
	CERT_FLAW_EXT_DUP = 1u << 13,        /* one extension twice (RFC 5280 4.2) */
	CERT_FLAW_EXT_MANY = 1u << 14,       /* over CERT_MAX_EXTS */
	CERT_FLAW_EXT_VALUE = 1u << 15,      /* a known extension cannot be read */
	CERT_FLAW_EXT_ORDER = 1u << 16,      /* an empty Extensions sequence, or junk around it */
	CERT_FLAW_SAN_EMPTY = 1u << 17,      /* subjectAltName without a name */
	CERT_FLAW_SAN_MANY = 1u << 18,       /* over CERT_MAX_SANS names */
	CERT_FLAW_BC_DEFAULT = 1u << 19,     /* cA FALSE written out: DER leaves defaults away */
	CERT_FLAW_ISSUER_EMPTY = 1u << 20,   /* RFC 5280 4.1.2.4: issuer MUST be non-empty */
	CERT_FLAW_UNIQUE_ID = 1u << 21,      /* issuerUniqueID or subjectUniqueID present */
};

/* Flaws with which no verifier should accept the certificate. */
#define CERT_FLAWS_FATAL                                                                           \
	(CERT_FLAW_TOO_LONG | CERT_FLAW_DER | CERT_FLAW_TRAILING | CERT_FLAW_VERSION |             \
	    CERT_FLAW_SIG_ALG_DIFFERS |                                                           \
	    CERT_FLAW_TIME | CERT_FLAW_NAME | CERT_FLAW_KEY | CERT_FLAW_SIG_BITS |                 \
	    CERT_FLAW_EXT_OLD | CERT_FLAW_EXT_DUP | CERT_FLAW_EXT_MANY | CERT_FLAW_EXT_VALUE |     \
	    CERT_FLAW_ISSUER_EMPTY)

/* One GeneralName (RFC 5280 section 4.2.1.6); kind = its context tag + 1. */
enum cert_name_kind {
	CERT_NAME_NONE,
	CERT_NAME_OTHER,
	CERT_NAME_EMAIL,
	CERT_NAME_DNS,
	CERT_NAME_X400,
	CERT_NAME_DIRECTORY,
	CERT_NAME_EDI,
	CERT_NAME_URI,
	CERT_NAME_IP,
	CERT_NAME_REGISTERED_ID,
};

struct cert_name {
	enum cert_name_kind kind;
	struct span value; /* content bytes; for DIRECTORY a whole Name with its header */
};

struct cert_ext {
	struct span oid, value; /* content bytes of OID and of the OCTET STRING */
	bool critical;
};

struct cert {
	struct span der;             /* the certificate alone, without trailing bytes */
	struct span tbs;             /* TBSCertificate with its header: the bytes that are signed */
	uint32_t flaws;              /* enum cert_flaw */
	uint8_t version;             /* 1, 2 or 3 */
	struct span serial;          /* INTEGER content bytes, as encoded */
	struct cert_sig_alg sig_alg; /* the outer one */
	struct span sig;             /* signature bits */
	struct span issuer, subject; /* Names with their header: compare with span_eq or dn_eq */
	int64_t not_before, not_after; /* seconds since 1970 UTC; impossible dates never match */
	struct span spki;              /* SubjectPublicKeyInfo with its header */
	struct cert_key key;
	bool self_issued; /* issuer and subject are the same name */

	struct span exts; /* content of the Extensions sequence, for cert_ext_next() */
	uint32_t n_exts;

	struct span skid, akid;               /* key identifiers; empty when absent */
	struct span akid_issuer, akid_serial; /* authorityCertIssuer (GeneralNames), ...Serial */

	bool has_san, san_critical;
	struct span san; /* content of GeneralNames, for cert_name_next() */
	uint32_t n_san, n_san_dns, n_san_ip;

	bool has_bc, bc_critical, ca;
	int32_t path_len; /* -1 = no limit */

	bool has_ku, ku_critical;
	uint16_t ku; /* CERT_KU_* */

	bool has_eku, eku_critical;
	uint16_t eku; /* CERT_EKU_* */
	uint32_t n_eku;
	struct span eku_list; /* content of the SEQUENCE, for cert_oid_next() */

	bool has_nc, nc_critical;
	struct span nc_permitted, nc_excluded; /* GeneralSubtrees, for cert_subtree_next() */

	bool has_policies, policies_critical;
	bool odd_qualifier; /* a policy has a qualifier that is neither CPS nor user notice */
	uint16_t policies; /* CERT_POLICY_* */
	uint32_t n_policies;
	struct span policy[CERT_MAX_POLICIES]; /* OID content bytes, min(n_policies, cap) */
	struct span policy_list;     /* content of the SEQUENCE, for cert_policy_next() */
	struct span policy_mappings; /* the same, for cert_mapping_next() */
	int32_t require_explicit, inhibit_mapping, inhibit_any; /* SkipCerts; -1 = not there */

	uint32_t n_ocsp, n_ca_issuers, n_crl; /* as many as there are, more than are kept */
	struct span ocsp[CERT_MAX_URLS];      /* raw URL bytes: never print unescaped */
	struct span ca_issuers[CERT_MAX_URLS];
	struct span crl[CERT_MAX_URLS];

	struct span sct_list; /* RFC 6962 SignedCertificateTimestampList, outer length included */
	bool ct_poison;       /* a precertificate, not a certificate */
	bool delegation;      /* DelegationUsage (RFC 9345, 4.2) */
	bool must_staple;     /* TLS feature 5 (RFC 7633) */
	bool must_staple_v2;  /* TLS feature 17 */

	uint32_t n_unknown_critical;
	struct span unknown_critical; /* OID of the first */
};

/* Reads one DER certificate.  False: only out->der and out->flaws mean anything. */
bool cert_parse(struct span der, struct cert *out) MUST_USE;

/* Iterators: start with rd_of(the span); false at the end or at the first broken element. */
bool cert_ext_next(struct rd *r, struct cert_ext *out);
bool cert_name_next(struct rd *r, struct cert_name *out);
bool cert_oid_next(struct rd *r, struct span *oid);
/* A policy, qualifiers passed over; a pair of issuer's and subject's policy. */
bool cert_policy_next(struct rd *r, struct span *oid);
bool cert_mapping_next(struct rd *r, struct span *from, struct span *to);
/* One GeneralSubtree of a name constraint; `odd` when it has a minimum or maximum. */
bool cert_subtree_next(struct rd *r, struct cert_name *out, bool *odd);
/* The extension with this OID (content bytes); false when absent. */
bool cert_ext_find(const struct cert *c, struct span oid, struct cert_ext *out);

/* Reads a SubjectPublicKeyInfo (with its header), or an AlgorithmIdentifier for signatures. */
bool cert_key_parse(struct span spki, struct cert_key *out) MUST_USE;
bool cert_sig_alg_parse(struct span alg, struct cert_sig_alg *out) MUST_USE;

/*
 * RSA-equivalent strength in bits (design of the rating guide; NIST SP 800-57 part 1 table 2):
 * RSA, DSA and DH by their size, EC 224 -> 2048, 256 -> 3072, 384 -> 7680, 521 -> 15360.  0 = not
 * known.
 */
uint32_t cert_key_strength(const struct cert_key *k);

/* RSA public exponent as a number; 0 when it does not fit into 64 bits or there is none. */
uint64_t cert_key_exponent(const struct cert_key *k);

/* Fingerprints: of the certificate, and of its SubjectPublicKeyInfo (the pin of RFC 7469). */
void cert_sha256(const struct cert *c, uint8_t out[32]);
void cert_sha1(const struct cert *c, uint8_t out[20]);
void cert_spki_sha256(const struct cert *c, uint8_t out[32]);

/* The first flaw of the set in words; NULL for an empty set.  Clear that bit to get the next. */
const char *cert_flaw_text(uint32_t flaws);
/* Names as the standards write them: "SHA-256", "RSA". */
const char *cert_hash_name(enum cert_hash h);
const char *cert_key_kind_name(enum cert_key_kind k);

#endif
