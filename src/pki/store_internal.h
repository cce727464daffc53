/*
 * store_internal - what store.c (look-ups) and store_file.c (files) share; nobody else's business.
 *
 * An `extra` is a certificate from a file: an anchor with the bits of its columns, or an
 * intermediate with none.  extras[] is sorted by subject hash once a file has been read, and no
 * pointer into it lives across that.
 */
#ifndef TLSAUDIT_PKI_STORE_INTERNAL_H
#define TLSAUDIT_PKI_STORE_INTERNAL_H

#include "pki/bundle.h"

enum {
	STORE_MAX_FILE = 64 * 1024 * 1024, /* bytes of a PEM file */
	STORE_MAX_EXTRAS = 50000,          /* certificates from files, in all */
	STORE_MAX_NAME = 32,
};

struct extra {
	struct span der, subject, ski; /* borrowed from a block of the set */
	char *subject_text;
	int64_t not_after;
	uint32_t stores; /* 0: an intermediate */
	uint8_t sha256[32], subject_hash[STORE_HASH];
};

struct column {
	char *name, *source, date[16];
};

struct store_set {
	unsigned magic;
	struct bundle bundle;
	void *map;                        /* the bundle's file; NULL: embedded */
	struct column columns[STORE_MAX]; /* from STORE__SHIPPED on */
	size_t n_columns;
	struct extra *extras;
	size_t n_extras, cap_extras;
	uint32_t *own; /* extras that are anchors and not in the bundle */
	size_t n_own;
	uint8_t **blocks; /* decoded files, which the extras point into */
	size_t n_blocks;
	struct ct_log_list *ct_logs; /* NULL: those that come with the program */
	struct openssl_memo *memo;
};

#define STORE_SET_MAGIC 0x53544f52u

/* The first STORE_HASH bytes of the SHA-256 of a DER Name. */
void store_hash(struct span name, uint8_t out[STORE_HASH]);
/* Sorts the extras and lists those of our own; after every change. */
void store_rebuild(struct store_set *set);
/* Opens, maps or reads a whole regular file; false with a sentence in err.  Ended with munmap. */
bool store_map(const char *path, size_t max, struct span *out, char date[16], char *err,
    size_t errlen) MUST_USE;

#endif
