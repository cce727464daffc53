/*
 * oid - names for object identifiers.
 *
 * An OID travels as the content bytes of its DER (no tag, no length), so comparing is span_eq().
 * The ones this project knows are rows of oid.def.
 *
 *	if (oid_is(ext.oid, OID_EXT_SAN)) ...
 *	oid_text(oid, buf, sizeof(buf));	"1.3.6.1.5.5.7.3.1"
 *	oid_name(oid);				"serverAuth", NULL when not known
 */
#ifndef TLSAUDIT_PKI_OID_H
#define TLSAUDIT_PKI_OID_H

#include "base/span.h"

enum oid_id {
	OID_NONE,
#define OID(id, dotted, der, name, text) OID_##id,
#include "pki/oid.def"
#undef OID
	OID__MAX
};

enum { OID_TEXT_MAX = 128 }; /* enough for any OID that is not an attack */

/* Which row has these content bytes; OID_NONE when none. */
enum oid_id oid_find(struct span der);
/* Is it this row's? */
bool oid_is(struct span der, enum oid_id id);
/* The row's content bytes, short name ("CN") and longer text ("commonName"). */
struct span oid_der(enum oid_id id);
const char *oid_id_name(enum oid_id id);
const char *oid_id_text(enum oid_id id);
const char *oid_id_dotted(enum oid_id id);
/* Short name of known content bytes, or NULL. */
const char *oid_name(struct span der);
/* Dotted decimal into buf (cut at cap - 1, NUL-terminated); arcs over 64 bits or a broken coding
 * give "(bad OID)".  Returns buf. */
const char *oid_text(struct span der, char *buf, size_t cap);
/* The name, or else the dotted text in buf. */
const char *oid_label(struct span der, char *buf, size_t cap);

#endif
