/*
 * certfile - the certificates of a file, whatever form it has: PEM, DER or PKCS#7.
 *
 * What people and AIA have at hand: a bundle in PEM with words between the blocks, one certificate
 * in DER, a .p7b in DER or PEM.  The order of the file is kept.  Private keys and other blocks of a
 * PEM file are passed over; a certificate that cannot be decoded is an error, one that decodes to
 * something else than X.509 is kept: who judges it says what is wrong with it.
 *
 *	struct certfile f;
 *	if (!certfile_read(bytes, arena, &f))
 *		... f.problem, f.line ...
 *	for (size_t i = 0; i < f.n; i++)
 *		... f.certs[i] ...
 *
 * The certificates borrow the bytes, or are the arena's where base64 was decoded.
 */
#ifndef TLSAUDIT_PKI_CERTFILE_H
#define TLSAUDIT_PKI_CERTFILE_H

#include "base/arena.h"
#include "base/span.h"

enum {
	CERTFILE_MAX_BYTES = 4 << 20, /* of a file, for who reads it */
	CERTFILE_MAX_CERTS = 1000,     /* kept; `more` tells when there were others */
};

enum certfile_form { CERTFILE_NONE, CERTFILE_PEM, CERTFILE_DER, CERTFILE_PKCS7 };

struct certfile {
	enum certfile_form form;
	struct span certs[CERTFILE_MAX_CERTS];
	size_t n;
	bool more;
	const char *problem; /* when it cannot be read: one phrase, static */
	size_t line;         /* of a PEM file where that is; 0: no line */
};

/* False, with the problem, when there is no certificate in it or one cannot be decoded. */
bool certfile_read(struct span bytes, struct arena *a, struct certfile *out) MUST_USE;
/* "PEM", "DER", "PKCS#7"; "nothing". */
const char *certfile_form_name(enum certfile_form f);

#endif
