/*
 * bundle - the trust data as one read-only block: looked up in place, never parsed.
 *
 * `stores.bin` is made from data/trust/ at build time (data/gen/gen-stores.c), embedded in the
 * program, and may be replaced by a file of the same form.  This is the reading side; writing is
 * pki/bundle_write.h.  Every number is big-endian, every offset counts from the block's start:
 *
 *	header	magic "TASTORES", version, size, then (count, offset) of sources, anchors, known
 *		CAs, OneCRL and EV, offsets of the four indexes, (offset, size) of texts and of
 *		blobs
 *	sources	name, title, date, source of the stores and lists: offsets of texts
 *	anchors	BUNDLE_ANCHOR_SIZE each, sorted by SHA-256
 *	known	BUNDLE_KNOWN_SIZE each, sorted by SHA-256
 *	OneCRL	BUNDLE_REVOKED_SIZE each, sorted by name hash
 *	EV	BUNDLE_EV_SIZE each, sorted by the root's SHA-256
 *	indexes	record numbers sorted by subject hash and by key identifier
 *	texts	NUL-terminated; offset 0 of them is ""
 *	blobs	certificates and key identifiers
 *
 * bundle_open() looks at the header only (a microsecond), which is enough for our own embedded
 * block; a block from a file goes through bundle_check() as well, after which no look-up can
 * leave it.  Layers: nothing here hashes or verifies, see pki/store.h for that.
 *
 *	if (!bundle_open(&b, bytes, &why) || !bundle_check(&b, &why))
 *		return complain(why);
 *	struct bundle_range r = bundle_find(&b, BUNDLE_ANCHOR_SUBJECT, hash);
 *	for (size_t i = 0; i < r.n; i++)
 *		bundle_anchor(&b, bundle_at(&b, BUNDLE_ANCHOR_SUBJECT, r.first + i), &a);
 */
#ifndef TLSAUDIT_PKI_BUNDLE_H
#define TLSAUDIT_PKI_BUNDLE_H

#include "pki/store.h"

#define BUNDLE_MAGIC "TASTORES" /* 8 bytes */

enum {
	BUNDLE_VERSION = 2,
	BUNDLE_HEADER_SIZE = 88,
	BUNDLE_SOURCE_SIZE = 16,
	BUNDLE_SOURCES = STORE__SHIPPED + STORE_LIST__MAX,
	BUNDLE_ANCHOR_SIZE = 144,
	BUNDLE_KNOWN_SIZE = 96,
	BUNDLE_REVOKED_SIZE = 28,
	BUNDLE_EV_SIZE = 40,
	BUNDLE_MAX_BYTES = 64 * 1024 * 1024,
};

/* What records can be found by; the first of each kind is their own order. */
enum bundle_index {
	BUNDLE_ANCHOR_SHA256,
	BUNDLE_ANCHOR_SUBJECT,
	BUNDLE_ANCHOR_SKI,
	BUNDLE_KNOWN_SHA256,
	BUNDLE_KNOWN_SUBJECT,
	BUNDLE_KNOWN_SKI,
	BUNDLE__INDEXES
};

struct bundle {
	struct span all;
	uint32_t n_sources, n_anchors, n_known, n_revoked, n_ev;
	struct span sources, anchors, known, revoked, ev, texts, blobs;
	struct span index[BUNDLE__INDEXES]; /* those by SHA-256 are empty */
};

struct bundle_range {
	size_t first, n;
};

/* Reads the header.  False, with a reason in *why: not a bundle, another version, cut short. */
bool bundle_open(struct bundle *b, struct span bytes, const char **why) MUST_USE;
/* Looks at every record and index of an opened bundle.  False, with a reason in *why: corrupt. */
bool bundle_check(const struct bundle *b, const char **why) MUST_USE;

/* The positions in an index whose key is exactly this. */
struct bundle_range bundle_find(const struct bundle *b, enum bundle_index ix, struct span key);
/* The record number at a position of an index. */
size_t bundle_at(const struct bundle *b, enum bundle_index ix, size_t pos);

/* The i-th record, borrowed from the block. */
void bundle_anchor(const struct bundle *b, size_t i, struct anchor *out);
void bundle_known(const struct bundle *b, size_t i, struct known_ca *out);

/* Is there a OneCRL entry of this kind for a name (its hash) and a serial number, without leading
 * zero bytes, or a key's SHA-256? */
enum bundle_revoked { BUNDLE_REVOKED_SERIAL, BUNDLE_REVOKED_KEY };
bool bundle_is_revoked(
    const struct bundle *b, enum bundle_revoked kind, struct span name_hash, struct span value);
/* STORE_BIT()s of the programmes that grant EV under this root for a policy. */
uint32_t bundle_ev(const struct bundle *b, const uint8_t sha256[32], const char *oid);

/* The i-th OneCRL entry and the i-th EV policy, as bundle_add_revoked() and bundle_add_ev() take them. */
void bundle_revoked_at(const struct bundle *b, size_t i, enum bundle_revoked *kind,
    struct span *name_hash, struct span *value);
void bundle_ev_at(
    const struct bundle *b, size_t i, const uint8_t **sha256, const char **oid, uint32_t *stores);

/* Name, title, date and source of the i-th store, and after the stores of the lists. */
enum bundle_source_text { BUNDLE_NAME, BUNDLE_TITLE, BUNDLE_DATE, BUNDLE_SOURCE };
const char *bundle_source(const struct bundle *b, size_t i, enum bundle_source_text which);

/* The block that came with the program. */
struct span bundle_embedded(void);

#endif
