/*
 * take - what a population counts of one record: some forty answers out of forty kilobytes.
 *
 *	struct taken t;
 *	if (!take_record(line, arena, &t, why, sizeof(why)))
 *		... "not a report: it has no target"
 *	t.value[M_GRADE]
 *
 * Texts are clean (base/text.h); most of them are borrowed from the line, the rest is the arena's.
 * Of two members with one name the last one counts, as in adapt/json.h.
 */
#ifndef TLSAUDIT_PULSE_TAKE_H
#define TLSAUDIT_PULSE_TAKE_H

#include "pulse/measure.h"
#include "pulse/walk.h"

enum {
	TAKE_LEAVES = 16,   /* deployments of one endpoint that are counted */
	TAKE_VERDICTS = 32, /* stores that judge one of them */
	TAKE_NAMES = 1000,  /* names of one certificate */
	TAKE_HASH = 32
};

struct taken_verdict {
	struct span store, verdict;
	uint8_t root[TAKE_HASH]; /* SHA-256 of the anchor */
	bool has_root;
	struct walk_str root_subject; /* the last name of the path, or who issued what is missing;
					 raw.p NULL: none */
};

struct taken_leaf { /* a deployment that counts, and its leaf */
	uint8_t sha256[TAKE_HASH];
	struct span subject, issuer, key_type, hash, validation;
	int64_t not_before, not_after; /* 0: not known */
	int64_t key_bits, key_strength;
	bool self_signed;
	struct span *names; /* as they stand in the certificate, in lower case; no addresses */
	size_t n_names;
	struct taken_verdict verdict[TAKE_VERDICTS];
	size_t n_verdicts;
};

struct taken {
	struct span host, starttls, address, status, policy; /* p NULL: null */
	int64_t port, time;
	bool assessed; /* facts were found: "ok" or "partial" */
	uint8_t value[M__MAX];
	struct taken_leaf leaf[TAKE_LEAVES];
	size_t n_leaves;
};

/* False: it is no record of an endpoint, and why in `why`. */
bool take_record(
    struct span line, struct arena *a, struct taken *out, char *why, size_t whylen) MUST_USE;

#endif
