/*
 * store - what the world trusts: six public root stores, the roots of Windows' products, the system's and the user's own.
 *
 * A store_set answers "who is this issuer?" from three sources: the shipped bundle (roots with
 * their membership and distrust dates, and facts on known intermediates), PEM files given with
 * --store NAME=FILE, and the system's store.  It is filled once at start, then only read; every
 * endpoint and worker shares it.  It knows no network, verifies no signature and judges nothing.
 *
 *	struct store_set *set = store_set_new();
 *	struct anchor a[8];
 *	size_t n = store_anchors_by_subject(set, leaf.issuer, a, 8);
 *	for (size_t i = 0; i < n; i++)
 *		if (a[i].stores & STORE_BIT(STORE_MOZILLA))
 *			... a candidate root of Mozilla; der may be empty, see below
 *	store_set_free(set);
 *
 * The bundle is one read-only block (pki/bundle.h), embedded or mapped from a file; nothing is
 * parsed at start, a look-up is a binary search.  All that comes out is borrowed from the set and
 * lives as long as it.  Look-ups by name use the first 16 bytes of the SHA-256 of the DER Name
 * (names are compared byte by byte, as RFC 5280, 7.1 allows for equal encodings).
 *
 * A root whose certificate we may not ship is here as facts: der and subject are empty, but
 * sha256, subject_hash, ski and the rest are there, so it is recognised when a server sends it.
 */
#ifndef TLSAUDIT_PKI_STORE_H
#define TLSAUDIT_PKI_STORE_H

#include "base/span.h"

struct ct_log;

enum {
	STORE_MAX = 32,  /* columns: one bit each in anchor.stores */
	STORE_HASH = 16, /* bytes of a name's hash */
};

/*
 * The shipped stores, in the order of their bits.  Columns from STORE__SHIPPED on are added.  Those
 * before STORE__PUBLIC are programmes whose roots everybody's clients have: they alone decide if a
 * server is trusted.  The roots of Windows' own products are in Windows and nowhere else: a chain
 * that only they anchor is neither public nor unknown.
 */
enum store_id {
	STORE_MOZILLA,
	STORE_MICROSOFT,
	STORE_APPLE,
	STORE_CHROME,
	STORE_ANDROID,
	STORE_JAVA,
	STORE_WINDOWS_PRODUCT,
	STORE__SHIPPED,
	STORE__PUBLIC = STORE_WINDOWS_PRODUCT
};

/* The lists that come with them. */
enum store_list { STORE_LIST_INTERMEDIATES, STORE_LIST_ONECRL, STORE_LIST_EV, STORE_LIST__MAX };

#define STORE_BIT(i) (UINT32_C(1) << (i))

/* A root: trusted by the stores of its bits, each under its own dates (seconds since 1970, UTC;
 * 0: no such date).  A date may stand beside a bit that is not set: it tells when it went. */
struct anchor {
	struct span der;          /* the certificate; empty: its bytes are not at hand */
	const uint8_t *sha256;    /* of the certificate, 32 bytes */
	struct span subject;      /* DER Name; empty when der is */
	struct span subject_hash; /* STORE_HASH bytes */
	const char *subject_text; /* RFC 4514 */
	struct span ski;          /* subject key identifier; empty: it has none */
	int64_t not_after;
	uint32_t stores;   /* STORE_BIT() of each store that trusts it for TLS servers */
	const char *owner; /* the CA's owner; "" when not known */
	int64_t mozilla_distrust_after; /* leaves with a later notBefore are not trusted */
	int64_t chrome_sct_after;       /* leaves whose earliest SCT is later are not trusted */
	int64_t microsoft_disabled;     /* nothing under it is trusted since then */
	int64_t microsoft_not_before;   /* leaves with a later notBefore are not trusted */
	int64_t java_distrust_after;    /* leaves with a later notBefore are not trusted */
	int64_t java_disabled;          /* nothing under it is trusted since then */
};

/* Facts on a known intermediate that can issue for TLS servers; its bytes are not here. */
struct known_ca {
	const char *subject_text;              /* RFC 4514 */
	struct span subject_hash, issuer_hash; /* STORE_HASH bytes each */
	struct span ski, aki;                  /* key identifiers; empty: it has none */
	struct span sha256;                    /* of the certificate, 32 bytes */
	int64_t not_after;                     /* seconds since 1970 */
	const char *aia; /* where its issuer's certificate is said to be; "" when not said */
};

struct openssl_memo;
struct store_set;

/* A set with the shipped bundle.  Never NULL; owned by the caller, ended with store_set_free(). */
struct store_set *store_set_new(void);
/* Releases the set and all that was borrowed from it.  NULL is allowed. */
void store_set_free(struct store_set *set);

/* What libcrypto has made of CAs' bytes, kept beside the roots for all who have the set at hand. */
struct openssl_memo *store_memo(const struct store_set *set);
/*
 * Replaces the shipped bundle by the one in a file (mapped, checked in full).  0, or -1 with a
 * sentence in err and the set as it was.  Before the first look-up only.
 */
int store_set_load(struct store_set *set, const char *path, char *err, size_t errlen) MUST_USE;
/*
 * Adds a store from a PEM file: self-issued certificates become anchors of a new column, others
 * intermediates with bytes (store_extra_by_subject()).  A TRUSTED CERTIFICATE block that says it
 * is not for TLS servers is left out.  Returns the column, or -1 with a sentence in err: no such
 * file, not one certificate in it, name taken or not [a-z0-9-], or STORE_MAX columns are used up.
 */
int store_set_add_pem(
    struct store_set *set, const char *name, const char *path, char *err, size_t errlen) MUST_USE;
/* Adds the system's own store as the column "system", from where the distributions keep it. */
int store_set_add_system(struct store_set *set, char *err, size_t errlen) MUST_USE;

/* The columns: 0 .. store_count() - 1. */
size_t store_count(const struct store_set *set);
/* "mozilla": for options and JSON. */
const char *store_name(const struct store_set *set, size_t i);
/* "Mozilla": for people; an added store's is its name. */
const char *store_title(const struct store_set *set, size_t i);
/* "2026-04-30": the day the store was as it is here (an added one: its file's last change). */
const char *store_date(const struct store_set *set, size_t i);
/* A sentence on where it came from; an added store's file. */
const char *store_source(const struct store_set *set, size_t i);
/* The column of that name, or -1. */
int store_by_name(const struct store_set *set, const char *name);

/*
 * Look-ups.  Each writes at most max entries to out and returns how many it wrote.  A bundle's
 * entries come first; one in several stores comes once, with all its bits.
 */
size_t store_anchors_by_subject(
    const struct store_set *set, struct span subject_der, struct anchor *out, size_t max);
size_t store_anchors_by_hash(
    const struct store_set *set, struct span subject_hash, struct anchor *out, size_t max);
size_t
store_anchors_by_ski(const struct store_set *set, struct span ski, struct anchor *out, size_t max);
bool
store_anchor_by_sha256(const struct store_set *set, const uint8_t sha256[32], struct anchor *out);
size_t store_known_by_subject(
    const struct store_set *set, struct span subject_der, struct known_ca *out, size_t max);
size_t store_known_by_hash(
    const struct store_set *set, struct span subject_hash, struct known_ca *out, size_t max);
size_t
store_known_by_ski(const struct store_set *set, struct span ski, struct known_ca *out, size_t max);
bool
store_known_by_sha256(const struct store_set *set, const uint8_t sha256[32], struct known_ca *out);
/* Intermediates with bytes, from added files: the DER of each with that subject. */
size_t store_extra_by_subject(
    const struct store_set *set, struct span subject_der, struct span *der_out, size_t max);

/*
 * OneCRL, the CA certificates that Mozilla took back: by issuer (DER Name) and serial number (the
 * INTEGER's content bytes), or by subject (DER Name) and SubjectPublicKeyInfo (DER).
 */
bool store_onecrl_has_serial(const struct store_set *set, struct span issuer, struct span serial);
bool store_onecrl_has_key(const struct store_set *set, struct span subject, struct span spki);
/* STORE_BIT()s of the programmes that grant Extended Validation to certificates with this policy
 * ("2.23.140.1.1") under this root; 0: none does.  Only Mozilla, Microsoft, Apple and Chrome do. */
uint32_t store_ev(const struct store_set *set, const uint8_t root_sha256[32], const char *oid);
/* As of when a list is ("2026-08-21"), and where it came from. */
const char *store_list_date(const struct store_set *set, enum store_list list);
const char *store_list_source(const struct store_set *set, enum store_list list);

/* Walk all roots: the i-th (0 .. store_anchor_count() - 1), bundle first. */
size_t store_anchor_count(const struct store_set *set);
void store_anchor_at(const struct store_set *set, size_t i, struct anchor *out);

/* Certificate Transparency's logs come with the stores: those of a log_list.json (ct_log_list.h) in
 * place of those that come with the program.  False with a sentence in err. */
bool store_set_ct_logs(struct store_set *set, const char *path, char *err, size_t errlen) MUST_USE;
/* The log with this id, or NULL.  set may be NULL: those that come with the program. */
const struct ct_log *store_ct_log(const struct store_set *set, const uint8_t id[32]);

#endif
