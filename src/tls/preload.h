/*
 * preload - is a host on the HSTS preload list that browsers ship?
 *
 * The list is data/hsts/preload.txt as it is, embedded: sorted lines, searched in place; nothing is
 * built at start.  It says what browsers do, not what the server sends: a name on the list is
 * reached over HTTPS only, whether or not it (still) sends Strict-Transport-Security.
 *
 *	struct span entry;
 *	switch (preload_find(span_str("www.example.org"), &entry)) {
 *	case PRELOAD_PARENT:		entry is "example.org", listed with its subdomains
 *	case PRELOAD_NAME:		the host itself is listed
 *	case PRELOAD_NO:		neither
 *	}
 */
#ifndef TLSAUDIT_TLS_PRELOAD_H
#define TLSAUDIT_TLS_PRELOAD_H

#include "base/span.h"

enum preload { PRELOAD_NO, PRELOAD_NAME, PRELOAD_PARENT };

/*
 * host: an ASCII name (A-labels), any case, with or without the dot at the end.  The most specific
 * entry decides, as in Chrome: a listed name without its subdomains shields those from an entry
 * further up.  *entry (may be NULL) is the line that did, borrowed for ever.
 */
enum preload preload_find(struct span host, struct span *entry);
/* As of when: "2026-07-06"; borrowed for ever. */
struct span preload_date(void);
/* How many names are listed (counts them: not for hot paths). */
size_t preload_count(void);

#endif
