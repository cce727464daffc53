/*
 * bundle_write - makes the block of trust data that pki/bundle.h reads.
 *
 * Used when the program is built (data/gen/gen-stores.c, for the build machine, so this needs no
 * library), and whenever stores are updated.  Records may come in any order; the same records give
 * the same bytes.  Everything handed in is copied.
 *
 *	struct bundle_writer *w = bundle_writer_new();
 *	bundle_add_store(w, "mozilla", "Mozilla", "2026-04-01", "where from");	six times, in order
 *	bundle_add_anchor(w, &a);
 *	bundle_add_known(w, &k);
 *	struct span bytes = bundle_finish(w);	lives as long as w
 *	bundle_writer_free(w);
 */
#ifndef TLSAUDIT_PKI_BUNDLE_WRITE_H
#define TLSAUDIT_PKI_BUNDLE_WRITE_H

#include "pki/store.h"

struct bundle_writer;

/* A new, empty writer, owned by the caller. */
struct bundle_writer *bundle_writer_new(void);
/* Releases it and the block it made.  NULL is allowed. */
void bundle_writer_free(struct bundle_writer *w);
void bundle_add_store(struct bundle_writer *w, const char *name, const char *title,
    const char *date, const char *source);
/* subject must lie inside der (both may be empty); subject_hash may be empty: not known. */
void bundle_add_anchor(struct bundle_writer *w, const struct anchor *a);
void bundle_add_known(struct bundle_writer *w, const struct known_ca *k);
/* The block; a second call gives the same.  {NULL, 0} when two records have the same SHA-256 or
 * the whole is over BUNDLE_MAX_BYTES. */
struct span bundle_finish(struct bundle_writer *w);

#endif
