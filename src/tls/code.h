/*
 * code - names and properties of the code points of TLS.
 *
 * Everything the wire calls by number is looked up here: cipher suites, groups, signature schemes,
 * extensions, alerts, versions.  The tables are facts (data/iana), turned into the .def
 * files of this folder by data/gen (`make tables`), and everything about a suite that its name
 * says, the generator works out, so nothing is computed and nothing allocated at run time.
 *
 * It may not judge: "weak" below means what an RFC or IANA says; what a suite costs a server is
 * for the policy files to say, with the words of suite_has().
 *
 *	const struct suite *s = suite_by_code(0xc02f);
 *	s->name			"TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256"
 *	s->openssl		"ECDHE-RSA-AES128-GCM-SHA256"
 *	kx_name(s->kx)		"ECDHE"
 *	enc_name(s->enc)	"AES_128_GCM"
 *	suite_has(s, "aead")	true
 *
 * Code points are in host order.  All pointers and lists point into constant tables and live for
 * ever.  Nothing here fails: an unknown code gives NULL.
 */
#ifndef TLSAUDIT_TLS_CODE_H
#define TLSAUDIT_TLS_CODE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/span.h"

/*
 * The four parts of a suite.  A list macro has one X(word) for each member, so that the enum, the
 * name ("ECDHE" for KX_ECDHE) and the words of suite_has() ("kx:ECDHE") cannot differ.
 *
 * Key exchange.  Anonymous key exchange is KX_DHE or KX_ECDHE (_EXPORT) with AU_NULL.  KX_DH and
 * KX_ECDH are the static ones, where the key is in the certificate.  KX_TLS13: any group, named in
 * an extension and not in the suite (RFC 8446, B.4).  SM2, IBC and IBSDH are of TLCP (GB/T 38636).
 */
/* clang-format off */
#define KX_LIST(X)                                                                                 \
	X(NULL) X(RSA) X(RSA_EXPORT) X(DH) X(DH_EXPORT) X(DHE) X(DHE_EXPORT) X(ECDH) X(ECDHE)      \
	X(CECPQ1)                                                                                  \
	X(PSK) X(DHE_PSK) X(ECDHE_PSK) X(RSA_PSK) X(SRP) X(KRB5) X(KRB5_EXPORT) X(GOST)            \
	X(ECCPWD) X(ECJPAKE) X(FORTEZZA)                                                           \
	X(SM2) X(IBC) X(IBSDH) X(TLS13)

/* Authentication.  AU_NULL is anonymous; AU_TLS13: by certificate or PSK, as extensions say. */
#define AU_LIST(X)                                                                                 \
	X(NULL) X(RSA) X(DSS) X(ECDSA) X(PSK) X(KRB5) X(GOST) X(SRP) X(ECCPWD) X(ECJPAKE)          \
	X(FORTEZZA) X(SM2) X(SM9) X(TLS13)

/* Encryption. */
#define ENC_LIST(X)                                                                                \
	X(NULL) X(RC4_40) X(RC4_56) X(RC4_64) X(RC4_128) X(RC2_40) X(RC2_56) X(RC2_128)            \
	X(DES40) X(DES) X(3DES) X(IDEA) X(SEED) X(FORTEZZA)                                        \
	X(AES_128_CBC) X(AES_256_CBC) X(AES_128_GCM) X(AES_256_GCM)                                \
	X(AES_128_CCM) X(AES_256_CCM) X(AES_128_CCM_8) X(AES_256_CCM_8)                            \
	X(CAMELLIA_128_CBC) X(CAMELLIA_256_CBC) X(CAMELLIA_128_GCM) X(CAMELLIA_256_GCM)            \
	X(ARIA_128_CBC) X(ARIA_256_CBC) X(ARIA_128_GCM) X(ARIA_256_GCM)                            \
	X(CHACHA20_POLY1305) X(SALSA20) X(ESTREAM_SALSA20)                                         \
	X(SM1_CBC) X(SM4_CBC) X(SM4_GCM) X(SM4_CCM)                                                \
	X(28147_CNT) X(MAGMA_CTR) X(KUZNYECHIK_CTR) X(MAGMA_MGM) X(KUZNYECHIK_MGM)                 \
	X(ASCON_AEAD128) X(AEGIS_128L) X(AEGIS_256)

/* Record integrity.  MAC_AEAD: the encryption does it. */
#define MAC_LIST(X)                                                                                \
	X(NULL) X(MD5) X(SHA1) X(SHA256) X(SHA384) X(SM3) X(GOSTR341194) X(STREEBOG256)            \
	X(GOST28147) X(OMAC) X(AEAD)

/* clang-format on */

#define KX_MEMBER(word) KX_##word,
#define AU_MEMBER(word) AU_##word,
#define ENC_MEMBER(word) ENC_##word,
#define MAC_MEMBER(word) MAC_##word,
enum kx { KX_UNKNOWN, KX_LIST(KX_MEMBER) KX__MAX };
enum au { AU_UNKNOWN, AU_LIST(AU_MEMBER) AU__MAX };
enum enc { ENC_UNKNOWN, ENC_LIST(ENC_MEMBER) ENC__MAX };
enum mac { MAC_UNKNOWN, MAC_LIST(MAC_MEMBER) MAC__MAX };
#undef KX_MEMBER
#undef AU_MEMBER
#undef ENC_MEMBER
#undef MAC_MEMBER

/* The word of a member: "ECDHE", "AES_128_GCM"; "UNKNOWN" for 0 and for no member. */
const char *kx_name(enum kx kx);
const char *au_name(enum au au);
const char *enc_name(enum enc enc);
const char *mac_name(enum mac mac);

/*
 * One cipher suite (RFC 5246 appendix C; IANA registry "TLS Cipher Suites").
 *
 * min_version and max_version are what the RFCs allow, 0x0300 (SSLv3) .. 0x0304 (TLS 1.3): AEAD and
 * SHA-2 suites begin with TLS 1.2, export suites end with TLS 1.0, DES and IDEA with TLS 1.1. SSLv2
 * has 0x0002, TLCP 0x0101.  hash is that of TLS 1.2's PRF or TLS 1.3's HKDF; for a suite older than
 * TLS 1.2 that is SHA256 (RFC 5246, 5), and below TLS 1.2 it is not used.
 */
struct suite {
	uint32_t code;       /* two bytes; three of SSLv2 (suite_ssl2_by_code) */
	const char *name;    /* IANA; else the name in the draft that gave it */
	const char *openssl; /* or NULL */
	enum kx kx;
	enum au au;
	enum enc enc;
	enum mac mac;
	uint16_t bits;                     /* nominal strength: 3DES 168, EXPORT 40, NULL 0 */
	uint8_t block_bits;                /* 64 or 128; 0 for a stream cipher and NULL */
	uint16_t min_version, max_version; /* wire, by the RFCs: see below */
	char recommended;                  /* IANA: 'Y', 'N', 'D'; '-' not in the registry */
	bool aead, cbc, stream;            /* at most one is true; none for NULL */
	bool export_grade;                 /* EXPORT, EXPORT1024 and SSLv2 export */
	bool fs;                           /* forward secrecy: fresh keys in every full handshake */
	bool scsv;                         /* a signal, no suite (RFC 5746, RFC 7507) */
	const char *hash;                  /* TLS 1.2 PRF or HKDF: "SHA256"; NULL: SCSV */
};

/* The suite with this code, or NULL. */
const struct suite *suite_by_code(uint16_t code);

/* The SSLv2 cipher kind with this three-byte code (0x010080), or NULL. */
const struct suite *suite_ssl2_by_code(uint32_t code);

/* The suite with this IANA or OpenSSL name, exactly spelled, SSLv2's included; or NULL. */
const struct suite *suite_by_name(const char *name);

/* Walk over all two-byte ones, by ascending code.  suite_at(i): i < suite_count(). */
size_t suite_count(void);
const struct suite *suite_at(size_t i);

/* All SSLv2 cipher kinds, as three-byte codes. */
struct u32s suites_ssl2(void);

/*
 * What to offer under one version, 0x0300 (SSLv3) .. 0x0304 (TLS 1.3).  TLS 1.2: every suite that
 * is neither for TLS 1.3 alone nor an SCSV.  Below: the same, those that need TLS 1.2 in front: what
 * an RFC adds or removes with a version, some servers take in others too (AEAD under TLS 1.0: Erlang).
 * TLS 1.3: its own.  Empty for other versions.
 *
 * ORDER: least preferred first, the reverse of how a sensible server orders; so a server that has
 * an order of its own picks from the end of the list, and shows it with the first answers.
 */
struct u16s suites_for_version(uint16_t version);

/*
 * Has the suite the property?  The words, for policy files:
 *
 *	kx:WORD au:WORD enc:WORD mac:WORD   a member, or all members that begin with WORD and "_":
 *	                                    enc:AES is every AES, enc:AES_128 and enc:AES_128_GCM
 *	                                    fewer; kx:DHE is DHE, DHE_EXPORT and DHE_PSK
 *	kx=WORD au=WORD enc=WORD mac=WORD   exactly that member
 *	aead cbc stream fs export scsv      the fields above
 *	null                                no encryption
 *	anon                                no authentication (the null suite 0x0000 too)
 *	psk                                 any key exchange with a pre-shared key
 *	block64                             block cipher with 64-bit blocks (Sweet32, CVE-2016-2183)
 *	tls13                               a suite of TLS 1.3
 *	recommended                         IANA says Y
 *	bits<N bits>=N bits=N               compared with the field, decimal
 *	!PROP                               not PROP
 *
 * False for an unknown word (use suite_prop_known() when reading a policy) and for s == NULL.
 */
bool suite_has(const struct suite *s, const char *prop);
bool suite_prop_known(const char *prop);

enum group_kind { GROUP_UNKNOWN, GROUP_EC, GROUP_FFDHE, GROUP_HYBRID, GROUP_MLKEM, GROUP_OTHER };

/* A named group (RFC 8446 4.2.7; IANA "TLS Supported Groups"). */
struct group {
	uint16_t code;
	const char *name;  /* IANA: x25519, secp256r1, ffdhe2048, X25519MLKEM768 */
	const char *alt;   /* as people say: X25519, P-256; or NULL */
	uint16_t bits;     /* of the field or modulus; a hybrid's classical part; 0 unknown */
	uint16_t rsa_bits; /* RSA of equal strength (NIST SP 800-57 part 1, table 2); 0 unknown */
	enum group_kind kind;
	bool tls13; /* allowed in TLS 1.3 */
};

/* The group, or NULL. */
const struct group *group_by_code(uint16_t code);
/* By IANA name or alt, any case; or NULL. */
const struct group *group_by_name(const char *name);
struct u16s groups_all(void);       /* least preferred first, as the next two */
struct u16s groups_for_tls12(void); /* EC (binary, Brainpool too) and ffdhe */
struct u16s groups_for_tls13(void);

enum sig_key {
	SIGKEY_NONE,
	SIGKEY_RSA,
	SIGKEY_RSA_PSS,
	SIGKEY_DSA,
	SIGKEY_ECDSA,
	SIGKEY_EDDSA,
	SIGKEY_MLDSA,
	SIGKEY_SLHDSA,
	SIGKEY_GOST,
	SIGKEY_SM2
};

/*
 * A signature scheme (RFC 8446 4.2.3), or hash and signature of TLS 1.2 (RFC 5246 7.4.1.4.1).
 * key is the key in the certificate: rsa_pss_rsae_sha256 has SIGKEY_RSA, rsa_pss_pss_sha256 has
 * SIGKEY_RSA_PSS.
 */
struct sigalg {
	uint16_t code;
	const char *name; /* IANA, or "dsa_sha1" in its manner, for a pair it has not */
	enum sig_key key;
	const char *hash; /* "SHA256"; NULL where the scheme has it inside */
	bool tls13;       /* allowed in a TLS 1.3 CertificateVerify */
	bool weak;        /* no hash, MD5, SHA-1 or SHA-224 (RFC 9155; RFC 8446 4.2.3) */
};

/* The scheme, or NULL. */
const struct sigalg *sigalg_by_code(uint16_t code);
struct u16s sigalgs_all(void); /* weakest first */
/* The same, strongest first: for hellos.  Some servers read only so many (wolfSSL: 36). */
struct u16s sigalgs_offer(void);

/* Names by number; NULL when unknown. */
const char *ext_name(uint16_t code);     /* "server_name" */
const char *alert_name(uint8_t code);    /* "handshake_failure" */
const char *version_name(uint16_t code); /* "TLS 1.2"; "SSLv2" for 0x0002 */
const char *version_key(uint16_t code);  /* "tls1_2", "ssl2", as reports spell it */

#endif
