/*
 * dn - distinguished names as text, and as things to compare (RFC 4514, RFC 5280 section 7.1).
 *
 * A `name` is always a whole DER Name, its SEQUENCE header included, as in struct cert.  Output is
 * valid UTF-8 and holds no control byte, C1 control or direction override: they come out as RFC
 * 4514 hex pairs (`\1B`), and bytes that are no text as U+FFFD.
 *
 *	char who[256];
 *	dn_text(c.issuer, who, sizeof(who));	"CN=R3,O=Let's Encrypt,C=US"
 */
#ifndef TLSAUDIT_PKI_DN_H
#define TLSAUDIT_PKI_DN_H

#include "base/span.h"
#include "pki/oid.h"

struct arena;

enum {
	DN_MAX_RDNS = 64,   /* more than that and the name is not read */
	DN_TEXT_MAX = 4096, /* longest text dn_arena() makes */
};

/* The name as RFC 4514 text, most specific part first, cut at cap - 1 bytes (on a whole character,
 * ending in "..."), always NUL-terminated (cap > 4).  Returns the length; an unreadable name gives
 * "(unreadable name)", an empty one "". */
size_t dn_text(struct span name, char *buf, size_t cap);
/* The same, in the arena. */
const char *dn_arena(struct arena *a, struct span name);

/* The last (most specific) attribute of this type as plain UTF-8 without escapes of RFC 4514 but
 * with controls as U+FFFD; false when there is none.  n-th from the end with n > 0. */
bool dn_attr(struct span name, enum oid_id type, unsigned n, char *buf, size_t cap);
/* The raw content bytes of the same attribute, and its string type's tag. */
bool dn_attr_raw(struct span name, enum oid_id type, unsigned n, struct span *value, uint8_t *tag);

/* What a person calls it: CN, or else the last OU or O, or else the whole name. */
size_t dn_short(struct span name, char *buf, size_t cap);

/* Is it a Name with no RDN in it? */
bool dn_empty(struct span name);
/* Is it readable at all?  */
bool dn_valid(struct span name);

/* Equal as RFC 5280 section 7.1 compares: same types in the same order; values of readable string
 * types without regard to ASCII case and repeated spaces, others byte for byte. */
bool dn_eq(struct span a, struct span b);
/* Does `name` begin with all RDNs of `base`?  (directoryName constraints, RFC 5280 4.2.1.10) */
bool dn_within(struct span name, struct span base);

/* The bytes of one ASN.1 string as UTF-8: same rules as dn_text, RFC 4514 escapes only if asked. */
size_t dn_string(uint8_t tag, struct span value, bool escape, char *buf, size_t cap);

#endif
