/*
 * fact - what is known about one endpoint.  Write-once; assessment and report only read it.
 *
 * A fact is yes/no, a number, a text or a list - or it is unknown, and then it says why.  Every
 * fact is one row of fact.def (its type, JSON name, unit and meaning); what comes in numbers
 * (certificates, deployments, verdicts per store) is a record: rows of facts of its own, kept in
 * the order in which they were added.  A record row is a `struct facts` too, so one set of
 * functions serves both:
 *
 *	fact_put_tri(f, F_PROTO_TLS1_2, TRI_YES);
 *	fact_put_unknown(f, F_PROTO_SSL3, WHY_SILENCE, "no answer in 8 s");
 *	struct facts *c = fact_add(f, K_CERT);
 *	fact_put_u32(c, F_CERT_KEY_BITS, 2048);
 *	...
 *	if (fact_tri(f, F_PROTO_TLS1_2) == TRI_YES && fact_rows(f, K_CERT) > 0)
 *		bits = fact_u32(fact_row(f, K_CERT, 0), F_CERT_KEY_BITS);
 *
 * Zero-filled memory knows nothing.  A second put of the same fact is a bug and ends the process;
 * fact_settled() asks first.  All memory is the arena's; texts and lists put here are copied.
 * When the arena is full a copy is not made and the fact becomes unknown, WHY_BUDGET.
 */
#ifndef TLSAUDIT_FACT_H
#define TLSAUDIT_FACT_H

#include "base/arena.h"
#include "base/span.h"

enum tri { TRI_UNKNOWN, TRI_NO, TRI_YES };

enum fact_type {
	FT_TRI,	    /* enum tri; JSON "yes", "no", "unknown" */
	FT_U32,	    /* a number */
	FT_TIME,    /* seconds since 1970, JSON RFC 3339 */
	FT_STR,	    /* UTF-8 text; JSON string */
	FT_STRS,    /* texts */
	FT_HEX,	    /* bytes, JSON lower-case hex */
	FT_DER,	    /* a certificate's bytes; JSON PEM */
	FT_U16S,    /* numbers */
	FT_SUITES,  /* u16 cipher suites; JSON objects with name and properties */
	FT_SUITES2, /* u32 SSLv2 cipher kinds */
	FT_GROUPS,  /* u16 named groups */
	FT_SIGALGS, /* u16 signature schemes */
	FT_EXTS,    /* u16 extension types */
	FT_VERSION, /* one wire version in a u32; JSON "TLS 1.2" */
};

enum kind { /* K_ENDPOINT: the facts themselves; the others: records */
	K_ENDPOINT,
#define FACT(id, type, json, unit, doc)
#define RECORD(kind, json, doc) K_##kind,
#define FIELD(kind, id, type, json, unit, doc)
#include "fact.def"
#undef FACT
#undef RECORD
#undef FIELD
	K__MAX
};

enum fact_id {
	F_NONE,
#define FACT(id, type, json, unit, doc) F_##id,
#define RECORD(kind, json, doc) F_##kind##__FIRST, F_##kind##__REWIND = F_##kind##__FIRST - 1,
#define FIELD(kind, id, type, json, unit, doc) F_##kind##_##id,
#include "fact.def"
#undef FACT
#undef RECORD
#undef FIELD
	F__MAX
};

struct fact_def {
	const char *name;	  /* "PROTO_TLS1_2", "CERT_KEY_BITS" */
	const char *json;	  /* dotted path below "facts", or the member name in a record */
	const char *unit, *doc;
	enum fact_type type;
	enum kind kind;
};

struct kind_def {
	const char *json, *doc; /* the array's dotted path */
	enum fact_id first;	/* its fields: first <= id < kind_end() */
};

extern const struct fact_def fact_defs[F__MAX]; /* [F_NONE] is empty */
extern const struct kind_def kind_defs[K__MAX];
enum fact_id kind_end(enum kind k);

enum why { /* why a fact is unknown */
	WHY_NONE,
	WHY_NOT_ASKED,	    /* its probe was left out */
	WHY_NOT_APPLICABLE, /* the question makes no sense for this server */
	WHY_SILENCE,	    /* no answer in time */
	WHY_RESET,
	WHY_CLOSED,
	WHY_ALERT,	    /* an alert where only a positive answer would have told */
	WHY_GARBAGE,	    /* an answer that is not what the protocol allows */
	WHY_NO_CONN,	    /* no connection, or STARTTLS failed */
	WHY_BUDGET,	    /* connections, time or memory for this endpoint are used up */
	WHY_LIMIT,	    /* the peer exceeded a cap of ours */
	WHY_UNSTABLE,	    /* the same question got different answers */
	WHY_LOCAL,	    /* our side cannot say it: not the server's doing */
	WHY__MAX
};

struct facts;

/* An empty store in the arena, which owns it. */
struct facts *facts_new(struct arena *a);
/* The word for a reason: "silence", "reset", ...; JSON and text reports print it. */
const char *why_name(enum why why);
/* "yes", "no", "unknown". */
const char *tri_name(enum tri t);

/* Known, or unknown for a reason? */
bool fact_settled(const struct facts *f, enum fact_id id);
/* Known? */
bool fact_known(const struct facts *f, enum fact_id id);
/* Why it is unknown: WHY_NONE when known, WHY_NOT_ASKED when nobody settled it. */
enum why fact_why(const struct facts *f, enum fact_id id);
/* The words beside the value ("alert 70 (protocol_version)"), or NULL. */
const char *fact_note(const struct facts *f, enum fact_id id);

/* Readers: the harmless value (TRI_UNKNOWN, 0, NULL, an empty list) when not known.  What they
 * point to lives as long as the arena. */
enum tri fact_tri(const struct facts *f, enum fact_id id);
bool fact_yes(const struct facts *f, enum fact_id id);
uint32_t fact_u32(const struct facts *f, enum fact_id id); /* FT_U32, FT_VERSION */
int64_t fact_time(const struct facts *f, enum fact_id id);
const char *fact_str(const struct facts *f, enum fact_id id);
struct span fact_hex(const struct facts *f, enum fact_id id); /* FT_HEX, FT_DER */
struct u16s fact_u16s(const struct facts *f, enum fact_id id); /* every u16 list type */
struct u32s fact_u32s(const struct facts *f, enum fact_id id); /* FT_SUITES2 */
size_t fact_n_strs(const struct facts *f, enum fact_id id);
const char *fact_strs(const struct facts *f, enum fact_id id, size_t i);

/* Writers, once each.  Texts must be UTF-8 without control bytes: who reads a peer's bytes cleans
 * them first (text_clean() in base/text.h). */
void fact_put_tri(struct facts *f, enum fact_id id, enum tri v);
void fact_put_u32(struct facts *f, enum fact_id id, uint32_t v);
void fact_put_time(struct facts *f, enum fact_id id, int64_t v);
void fact_put_str(struct facts *f, enum fact_id id, const char *v);
void fact_put_strs(struct facts *f, enum fact_id id, const char *const *v, size_t n);
void fact_put_hex(struct facts *f, enum fact_id id, struct span v);
void fact_put_u16s(struct facts *f, enum fact_id id, struct u16s v);
void fact_put_u32s(struct facts *f, enum fact_id id, struct u32s v);
/* Settles a fact as unknown; note may be NULL. */
void fact_put_unknown(struct facts *f, enum fact_id id, enum why why, const char *note);
/* A list that was begun and could not be ended: the fact is unknown for this reason, and what was
 * seen of it is kept beside (u16 list types). */
void fact_put_seen(struct facts *f, enum fact_id id, struct u16s seen, enum why why, const char *note);
/* That list; empty when nothing was put by fact_put_seen(). */
struct u16s fact_seen(const struct facts *f, enum fact_id id);
/* Adds words beside a fact, before or after it is put; the last ones stay. */
void fact_set_note(struct facts *f, enum fact_id id, const char *note);

/* Records. */
struct facts *fact_add(struct facts *f, enum kind kind); /* a new last row */
size_t fact_rows(const struct facts *f, enum kind kind);
struct facts *fact_row(const struct facts *f, enum kind kind, size_t i); /* CHECKed */
enum kind fact_kind(const struct facts *row);
struct arena *fact_arena(struct facts *f);

/* The fact with this JSON path ("protocols.tls1_2", "certificates[].key_bits"), or F_NONE. */
enum fact_id fact_by_json(const char *path);

#endif
