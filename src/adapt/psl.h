/*
 * psl - the registrable domain of a name, by the Public Suffix List (publicsuffix.org); the only
 * file that knows libpsl.
 *
 * The list is the one that the library was built with: no file of the machine changes a number.
 *
 *	struct span d = psl_registrable(span_str("www.example.co.uk"));		"example.co.uk"
 */
#ifndef TLSAUDIT_ADAPT_PSL_H
#define TLSAUDIT_ADAPT_PSL_H

#include "base/span.h"

enum { PSL_NAME_MAX = 255 };

/* The part of name, in lower case and without a final dot, that somebody has registered; empty: it
 * is itself a public suffix, or longer than a name can be. */
struct span psl_registrable(struct span name);
/* The version of the libpsl that runs and the day of its list, for --version. */
const char *psl_version(void);

#endif
