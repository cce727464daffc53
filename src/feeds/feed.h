/*
 * feed - what the trust programmes publish, read into one form: a list of roots.
 *
 * Each programme has a form of its own: CCADB's CSV reports (Mozilla's with PEM, Microsoft's, the one
 * of all certificates), NSS's certdata.txt, Microsoft's authroot.stl and the cabinet it comes in,
 * Java's keystores (JKS and PKCS#12), Chrome's textproto; and a bundle in PEM says the same with
 * less.  feed_read() sees which one it is by its contents.  Only roots for TLS servers are kept; what
 * a feed says besides (an end date, a disabled root) is kept beside them.  A feed may know a root by
 * its fingerprint alone: then there are no bytes.
 *
 *	struct feed f;
 *	if (!feed_read(bytes, arena, &f, err, sizeof(err)))
 *		return complain(err);
 *	for (size_t i = 0; i < f.n; i++)
 *		... f.roots[i].sha256 ...
 *
 * Pure: no file, no network, no clock.  Everything is the arena's or borrowed from the bytes, which
 * may be anybody's: nothing is trusted here but the form.
 */
#ifndef TLSAUDIT_FEEDS_FEED_H
#define TLSAUDIT_FEEDS_FEED_H

#include "base/arena.h"
#include "base/span.h"

enum {
	FEED_MAX_BYTES = 32 << 20, /* of a feed, for who reads it */
	FEED_MAX_ROOTS = 4096
};

enum feed_form {
	FEED_UNKNOWN,
	FEED_PEM,
	FEED_CCADB,   /* a CSV report with a fingerprint and who includes it */
	FEED_CERTDATA,
	FEED_STL,
	FEED_CAB,     /* a cabinet with authroot.stl in it */
	FEED_JKS,
	FEED_PKCS12,
	FEED_TEXTPROTO
};

struct feed_root {
	uint8_t sha256[32];
	struct span der;      /* empty: the feed has no bytes */
	const char *subject;  /* as the feed writes it, clean text; "" */
	const char *owner;    /* the CA's owner; "" */
	/* Seconds since 1970; 0: none.  What they mean is the programme's: see struct anchor. */
	int64_t distrust_after; /* Mozilla: leaf notBefore; Chrome: earliest SCT */
	int64_t disabled;       /* Microsoft: nothing is trusted since then, so it is in no store */
	int64_t not_before;     /* Microsoft: leaf notBefore */
};

struct feed {
	enum feed_form form;
	const char *store; /* whose it is, when the form says so: "mozilla", ...; else NULL */
	struct feed_root *roots;
	size_t n;
	const char *unsigned_why; /* of a form that is signed: the check that fails; NULL: none does */
	int64_t made;             /* by its own word; 0: it does not say */
	size_t left_out; /* roots that are not for TLS servers, or not included */
};

/* Which form it is. */
enum feed_form feed_form(struct span bytes);
/* "CCADB report", ... */
const char *feed_form_name(enum feed_form f);
/* Reads it.  store: whose roots are wanted, where the feed has several programmes' (the CCADB report
 * of all certificates), or NULL.  False, with a sentence in err: not a feed, broken, no root in it. */
bool feed_read(struct span bytes, const char *store, struct arena *a, struct feed *out, char *err,
    size_t errlen) MUST_USE;

/* Is it a day, "2026-11-24"? */
bool feed_day_valid(const char *text);

#endif
