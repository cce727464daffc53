/*
 * owner - whose a root is.
 *
 * The tables of the trust stores name the owner of nearly every public root (data/trust, by the
 * CCADB): one organisation has many roots, and some of them still bear the name of another one.
 * For a root that they do not know its own subject has to do: its organisation, or else its name.
 *
 *	owner_of_subject(span_str("CN=Root,O=Example\\, Inc.,C=US"), arena)	"Example, Inc."
 */
#ifndef TLSAUDIT_PULSE_OWNER_H
#define TLSAUDIT_PULSE_OWNER_H

#include "base/arena.h"

/* Of a name as RFC 4514 writes it; the whole of it when it has neither O nor CN. */
struct span owner_of_subject(struct span subject, struct arena *a);

#endif
