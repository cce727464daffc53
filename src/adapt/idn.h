/*
 * idn - international names to the form that goes on the wire; over libidn2.
 *
 * IDNA 2008 with the mapping that browsers do (UTS #46, non-transitional): upper case is folded,
 * what IDNA 2008 refuses is refused.  RFC 5891, 5.
 *
 *	char ascii[254];
 *	const char *why;
 *	if (!idn_to_ascii("bücher.example", ascii, sizeof(ascii), &why))
 *		... why: "domain name longer than 255 characters"
 *	ascii: "xn--bcher-kva.example"
 */
#ifndef TLSAUDIT_ADAPT_IDN_H
#define TLSAUDIT_ADAPT_IDN_H

#include "base/span.h"

/* The A-label form of a UTF-8 name, NUL-terminated, in out.  On failure: false, and a static
 * sentence in *why. */
bool idn_to_ascii(const char *name, char *out, size_t outlen, const char **why) MUST_USE;
/* The library's version, for --version. */
const char *idn_version(void);

#endif
