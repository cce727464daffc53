/*
 * code - the code points of TLS, as tables.
 *
 * What a number on the wire is called, and what follows from it: cipher suites (TLS and SSLv2),
 * groups, signature algorithms, extensions, alerts, versions.  All rows come from data/iana/*.csv
 * through data/gen/*.awk (`make tables`); nothing here computes, asks or allocates, and every
 * pointer that comes back lives for ever.
 *
 * A number that nobody registered is not an error: the answer is NULL and the caller prints it in
 * hex.  GREASE values (RFC 8701) are numbers of that kind; code_is_grease() tells them.
 *
 *	const struct suite *s = suite_by_code(0xc02f);
 *	s->name				"TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256"
 *	s->openssl			"ECDHE-RSA-AES128-GCM-SHA256"
 *	kx_name(s->kx)			"ECDHE"
 *	suite_has(s, "enc:AES")		true
 *	h.suites = suites_for_version(0x0303);	all to ask for, the weakest first
 *
 * Versions are as on the wire: 0x0002 SSLv2, 0x0300 SSLv3, 0x0301 .. 0x0304 TLS 1.0 .. 1.3.
 */
#ifndef TLSAUDIT_TLS_CODE_H
#define TLSAUDIT_TLS_CODE_H

#include "base/span.h"

/* How the two sides come to a shared secret.  The names are IANA's, with the authentication taken
 * out: DH_anon and ECDH_anon are KX_DHE and KX_ECDHE with AU_NULL, for their keys are fresh. */
enum kx {
	KX_UNKNOWN,
	KX_NULL,           /* none: NULL_WITH_NULL_NULL, the SCSVs */
	KX_RSA,            /* secret encrypted to the certificate's key */
	KX_RSA_EXPORT,     /* to a fresh RSA key of at most 512 bits */
	KX_RSA_EXPORT1024, /* the same with 1024 bits (draft-ietf-tls-56-bit-ciphersuites) */
	KX_DH,             /* DH key in the certificate */
	KX_DH_EXPORT,
	KX_DHE,
	KX_DHE_EXPORT,
	KX_DHE_EXPORT1024,
	KX_ECDH, /* EC key in the certificate, no signature */
	KX_ECDHE,
	KX_PSK,
	KX_RSA_PSK,
	KX_DHE_PSK,
	KX_ECDHE_PSK,
	KX_SRP,     /* password, RFC 5054 */
	KX_ECCPWD,  /* password, RFC 8492 */
	KX_ECJPAKE, /* password, Thread */
	KX_KRB5,    /* RFC 2712 */
	KX_KRB5_EXPORT,
	KX_FORTEZZA, /* KEA, SSLv3 */
	KX_GOST,     /* RFC 9189 and older */
	KX_TLS13,    /* not part of the suite: whatever key_share or PSK says */
	KX__MAX
};

/* Who proves to be the server. */
enum au {
	AU_UNKNOWN,
	AU_NULL, /* nobody: anonymous */
	AU_RSA,
	AU_DSS,
	AU_ECDSA, /* ECDSA, and in TLS 1.2 EdDSA too (RFC 8422, 2.2) */
	AU_ECDH,  /* a fixed ECDH certificate (KX_ECDH), whoever signed it */
	AU_DH,    /* a fixed DH certificate (KX_DH) */
	AU_PSK,
	AU_SRP, /* the password alone; SRP_RSA and SRP_DSS are AU_RSA and AU_DSS */
	AU_PWD, /* the password alone: ECCPWD, ECJPAKE */
	AU_KRB5,
	AU_FORTEZZA,
	AU_GOST,
	AU_TLS13, /* not part of the suite */
	AU__MAX
};

/* Bulk encryption with its mode and tag length; rows of encs.def, weakest first: ENC_RC4_128,
 * ENC_3DES_EDE_CBC, ENC_AES_128_CBC, ENC_AES_128_GCM, ENC_AES_128_CCM_8, ENC_CHACHA20_POLY1305 ..
 */
enum enc {
	ENC_UNKNOWN,
#define ENC(id, name, bits, block_bits, mode) ENC_##id,
#include "tls/encs.def"
#undef ENC
	ENC__MAX
};

/* What protects the records from changes; MAC_AEAD: the encryption does. */
enum mac {
	MAC_UNKNOWN,
	MAC_NULL,
	MAC_MD5,
	MAC_SHA1,
	MAC_SHA256,
	MAC_SHA384,
	MAC_AEAD,
	MAC_GOST94,       /* GOST R 34.11-94 HMAC */
	MAC_GOST28147,    /* GOST 28147-89 IMIT */
	MAC_GOST2012_256, /* Streebog */
	MAC_GOSTR3411,
	MAC_OMAC, /* RFC 9189: Kuznyechik or Magma OMAC */
	MAC__MAX
};

struct suite {
	uint32_t code;       /* TLS: two bytes; SSLv2: three */
	const char *name;    /* IANA's, or that of the document that made it; never NULL */
	const char *openssl; /* OpenSSL's name, or NULL */
	enum kx kx;
	enum au au;
	enum enc enc;
	enum mac mac;
	uint16_t bits;        /* nominal key length: 3DES 168, DES 56, EXPORT 40, NULL 0 */
	uint8_t block_bits;   /* of the cipher: 64, 128; 0 for stream ciphers and NULL */
	uint16_t min_version; /* the oldest version in which servers take it */
	uint16_t max_version; /* the newest that its document allows */
	char recommended;     /* IANA's mark: 'Y', 'N', 'D' (discouraged), '-' not registered */
	bool aead;
	bool cbc;
	bool stream;       /* RC4, and the GOST 28147 counter mode */
	bool export_grade; /* EXPORT and EXPORT1024 */
	bool fs;           /* forward secrecy: the key exchange is ephemeral */
	bool scsv;         /* a signal, not a suite: 0x00ff, 0x5600 */
	const char *hash;  /* of the PRF in TLS 1.2 and HKDF in 1.3: "SHA256", "SHA384", "SM3" .. */
};

/* The row of a code point; NULL when nobody gave it a meaning. */
const struct suite *suite_by_code(uint16_t code);
/* The same for SSLv2's three-byte kinds (0x010080 is SSL_CK_RC4_128_WITH_MD5). */
const struct suite *suite_ssl2_by_code(uint32_t code);
/* All TLS rows, SCSVs included, ascending by code; i must be < suite_count(). */
size_t suite_count(void);
const struct suite *suite_at(size_t i);
/* All SSLv2 rows. */
size_t suite_ssl2_count(void);
const struct suite *suite_ssl2_at(size_t i);
/* By IANA's or OpenSSL's name, case matters; TLS before SSLv2.  NULL when there is none. */
const struct suite *suite_by_name(const char *name);

/*
 * What to offer a server to learn all that it takes under a version: every suite of that version
 * (min_version counts, max_version does not: old suites live on in new versions by mistake), no
 * SCSV, no NULL_WITH_NULL_NULL.  0x0300 .. 0x0303 have no TLS 1.3 suites, 0x0304 nothing else.
 * The weakest comes first and ECDHE_ECDSA with AES-256-GCM last: the reverse of a sensible
 * server's order, so that a server which picks late entries has shown an order of its own.
 * An unknown version gives an empty list.
 */
struct u16s suites_for_version(uint16_t version);

/*
 * Does the suite have a property?  The words that policies use:
 *
 *	kx:NAME au:NAME mac:NAME hash:NAME	equal to kx_name() .. or s->hash; "kx:ECDHE"
 *	enc:NAME	enc_name() or its beginning up to a '_': "enc:AES", "enc:AES_128", "enc:RC4"
 *	bits<N bits<=N bits=N bits>=N bits>N	nominal key length; "bits<112"
 *	block64 block128	block length of the cipher
 *	aead cbc stream export fs null anon	null: no encryption; anon: AU_NULL
 *	ssl2 tls13 scsv		SSLv2 kinds; TLS 1.3 suites; signals
 *	rec:Y rec:N rec:D rec:-	IANA's mark
 *	!WORD			the opposite
 *
 * A word outside this grammar (or with a NAME that no row has) is never true;
 * suite_prop_valid() tells it apart, for the loader of a policy.
 */
bool suite_has(const struct suite *s, const char *prop);
bool suite_prop_valid(const char *prop);

/* Names without prefix: "ECDHE", "RSA", "AES_128_GCM", "SHA256", "AEAD"; "UNKNOWN" for 0 and for
 * numbers out of range; never NULL. */
const char *kx_name(enum kx kx);
const char *au_name(enum au au);
const char *enc_name(enum enc enc);
const char *mac_name(enum mac mac);

enum group_kind {
	GROUP_OTHER,  /* not a group to negotiate: arbitrary_explicit_*_curves */
	GROUP_EC,     /* curves, x25519 and x448 too */
	GROUP_FFDHE,  /* RFC 7919 */
	GROUP_HYBRID, /* a curve and ML-KEM (or its drafts) together */
	GROUP_MLKEM,
	GROUP__MAX
};

struct group {
	uint16_t code;
	const char *name; /* IANA's: "x25519", "secp256r1", "ffdhe2048", "X25519MLKEM768" */
	const char *alt;  /* as people say: "X25519", "P-256"; NULL when there is no other */
	uint16_t
	    bits; /* of the field or the modulus; of the classical part of a hybrid; 0 ML-KEM */
	uint16_t
	    rsa_bits; /* as strong as RSA of so many bits (SP 800-57): 256 -> 3072, 521 -> 15360 */
	enum group_kind kind;
	bool tls12;       /* can be asked for in TLS <= 1.2 */
	bool tls13;       /* can be asked for in TLS 1.3 */
	char recommended; /* as in struct suite */
};

/* NULL when unknown. */
const struct group *group_by_code(uint16_t code);
/* By name or alt, without regard to case; NULL when there is none. */
const struct group *group_by_name(const char *name);
/* Lists to offer, the weakest first: all but GROUP_OTHER; EC and FFDHE for TLS <= 1.2; those of
 * TLS 1.3, post-quantum hybrids last. */
struct u16s groups_all(void);
struct u16s groups_for_tls12(void);
struct u16s groups_for_tls13(void);

enum sig_key {
	SIGKEY_OTHER,
	SIGKEY_RSA,     /* PKCS#1 v1.5, and PSS with an rsaEncryption key (rsa_pss_rsae_*) */
	SIGKEY_RSA_PSS, /* a key that its certificate limits to PSS (rsa_pss_pss_*) */
	SIGKEY_DSA,
	SIGKEY_ECDSA,
	SIGKEY_EDDSA,
	SIGKEY_SM2,
	SIGKEY_GOST,
	SIGKEY_MLDSA,
	SIGKEY_SLHDSA,
	SIGKEY__MAX
};

struct sigalg {
	uint16_t code;
	const char *name; /* IANA's, or made like IANA's: "rsa_pkcs1_sha256", "dsa_sha1" */
	enum sig_key key;
	const char *hash; /* "SHA256"; NULL where the signature has its own */
	bool tls13;       /* may sign a CertificateVerify of TLS 1.3 (RFC 8446, 4.2.3) */
	bool weak;        /* MD5, SHA-1 */
};

/* NULL when unknown. */
const struct sigalg *sigalg_by_code(uint16_t code);
const struct sigalg *sigalg_by_name(const char *name);
/* All, the weakest first: TLS 1.2's pairs of hash and signature, and the schemes of TLS 1.3. */
struct u16s sigalgs_all(void);
/* Those that TLS 1.3 allows in CertificateVerify, the weakest first. */
struct u16s sigalgs_for_tls13(void);
/* "RSA", "RSA-PSS", "ECDSA" ..; "other" when out of range. */
const char *sig_key_name(enum sig_key key);

/* "server_name", "handshake_failure", "TLS 1.2" and "tls1_2"; NULL when unknown. */
const char *ext_name(uint16_t code);
const char *alert_name(uint8_t code);
const char *version_name(uint16_t version);
const char *version_key(uint16_t version);
/* SSLv2, SSLv3 .. TLS 1.3, the oldest first. */
struct u16s versions_all(void);

/* 0x0a0a, 0x1a1a .. 0xfafa: values that mean nothing, on purpose (RFC 8701, 2). */
static inline bool
code_is_grease(uint16_t code)
{
	return (code & 0x0f0f) == 0x0a0a && code >> 8 == (code & 0xff);
}

#endif
