/*
 * bundle_write - makes the block of trust data that pki/bundle.h reads.
 *
 * Used when the program is built (data/gen/gen-stores.c, for the build machine, so this needs no
 * library), and whenever stores are updated.  Records may come in any order; the same records give
 * the same bytes.  Everything handed in is copied.
 *
 *	struct bundle_writer *w = bundle_writer_new();
 *	bundle_add_source(w, "mozilla", "Mozilla", "2026-04-01", "where from");	BUNDLE_SOURCES of
 *them bundle_add_anchor(w, &a); bundle_add_known(w, &k); struct span bytes = bundle_finish(w);
 *lives as long as w bundle_writer_free(w);
 */
#ifndef TLSAUDIT_PKI_BUNDLE_WRITE_H
#define TLSAUDIT_PKI_BUNDLE_WRITE_H

#include "pki/bundle.h"

struct bundle_writer;

/* A new, empty writer, owned by the caller. */
struct bundle_writer *bundle_writer_new(void);
/* Releases it and the block it made.  NULL is allowed. */
void bundle_writer_free(struct bundle_writer *w);
/* A store, or after the stores a list, in the order of enum store_id and enum store_list. */
void bundle_add_source(struct bundle_writer *w, const char *name, const char *title,
    const char *date, const char *source);
/* subject must lie inside der (both may be empty); subject_hash may be empty: not known. */
void bundle_add_anchor(struct bundle_writer *w, const struct anchor *a);
void bundle_add_known(struct bundle_writer *w, const struct known_ca *k);
/* A OneCRL entry: name_hash as above, value as bundle_is_revoked() wants it. */
void bundle_add_revoked(
    struct bundle_writer *w, enum bundle_revoked kind, struct span name_hash, struct span value);
/* A policy that makes EV under a root. */
void
bundle_add_ev(struct bundle_writer *w, const uint8_t sha256[32], const char *oid, uint32_t stores);
/* The block; a second call gives the same.  {NULL, 0} when two records have the same SHA-256 or
 * the whole is over BUNDLE_MAX_BYTES. */
struct span bundle_finish(struct bundle_writer *w);

#endif
