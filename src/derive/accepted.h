/*
 * accepted - all cipher suites a server accepts, and what is missing before one may say "no".
 *
 *	struct accepted s = accepted_read(facts, arena, SSL2, TLS1_3);
 *	enum fact_id open;
 *	switch (accepted_any(&s, is_rc4, &open)) {
 *	case TRI_YES: ...		some list has one
 *	case TRI_NO: ...		every list there is is known, and none has one
 *	case TRI_UNKNOWN: ...		`open` is the fact that is missing: its reason is the reason
 *	}
 *
 * A version that the server does not speak has no list and misses none.  A missing list matters
 * only where it could hold such a suite: an unknown TLS 1.3 list hides no RC4.  Pure; all memory is
 * the arena's.
 */
#ifndef TLSAUDIT_DERIVE_ACCEPTED_H
#define TLSAUDIT_DERIVE_ACCEPTED_H

#include "probe.h"

struct accepted_suite {
	const struct suite *suite;
	uint16_t version;
};

struct accepted {
	const struct accepted_suite
	    *v; /* from the highest version down, each in the server's order */
	size_t n;
	struct { /* lists that exist, or may exist, and are not known */
		uint16_t version;
		enum fact_id fact; /* the one that is missing: protocol or suites */
	} missing[N_VERSIONS];
	size_t n_missing;
};

typedef bool suite_test(const struct suite *s);

/* What is accepted under the versions from lo to hi. */
struct accepted accepted_read(const struct facts *f, struct arena *a, uint16_t lo, uint16_t hi);
/* Is a suite accepted that passes the test?  Unknown: *open is the missing fact. */
enum tri accepted_any(const struct accepted *s, suite_test *test, enum fact_id *open);
/* Nothing is accepted, and nothing is missing: there is no suite to speak of. */
bool accepted_nothing(const struct accepted *s);

/* Settles id as unknown with the reason of the fact that is missing: "suites.tls1_2: reset". */
void put_missing(const struct facts *f, struct facts *out, enum fact_id id, enum fact_id missing);

#endif
