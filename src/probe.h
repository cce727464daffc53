/*
 * probe - all that a file in probes/ may use.  No socket, clock, malloc or stdio.
 *
 * A probe is one question to a server.  The audit calls next(), which either fills in an ask or
 * says that it is done; the answer comes to learn(); and so on in strict alternation, at most
 * max_asks times.  When it is over, conclude() puts the facts.  Whatever of `gives` is then still
 * open, the audit settles as unknown, with the reason taken from the last reply.
 *
 *	static enum step next(void *st, const struct ctx *c, struct ask *ask);
 *	static void learn(void *st, const struct ctx *c, const struct reply *r);
 *	static void conclude(void *st, const struct ctx *c, struct facts *out);
 *
 * next and learn are deterministic: same state, facts, reply and seed, same result.  A reply and
 * all it points at die when learn returns; what must last is copied into c->arena.  A probe whose
 * question comes in independent copies (one per protocol version, say) sets `lanes`: each lane has
 * a state of its own and runs beside the others; c->lane tells which one it is.
 *
 * A probe without next() asks nothing: it computes facts from facts in conclude().  Those live in
 * src/derive/ and may use pki/ and adapt/ as well; everything else here is for them too.
 */
#ifndef TLSAUDIT_PROBE_H
#define TLSAUDIT_PROBE_H

#include "base/arena.h"
#include "base/rd.h"
#include "base/text.h"
#include "base/wr.h"
#include "fact.h"
#include "tls/code.h"
#include "tls/dhprimes.h"
#include "tls/flight.h"
#include "tls/hello.h"
#include "tls/peel.h"

struct endpoint {
	const char *host;     /* as the user wrote it, A-label form */
	const char *sni;      /* NULL for an address */
	const char *address;  /* printable */
	const char *starttls; /* protocol name or NULL */
	uint16_t port;
	uint8_t addr[28]; /* struct sockaddr_in or _in6 */
	uint8_t addr_len;
	uint64_t seq; /* target line */
};

enum ask_kind {
	ASK_HELLO, /* `hello` is written by the engine, which may hold keys */
	ASK_RAW	   /* `out` is sent byte for byte */
};

struct ask { /* one thing to say to the server */
	enum ask_kind kind;
	enum flight_stop stop; /* when the answer is complete */
	unsigned wait_ms;      /* 0: the configured default */
	struct hello hello;    /* what it points to lives until learn() returns; with `shares`, a
				* TLS 1.3 flight is decrypted to its Finished */
	struct wr out;	       /* ASK_RAW: over buf */
};

enum reply_kind { /* what a server does is data, never an error */
	REPLY_FLIGHT,	/* a ServerHello (or more), see flight */
	REPLY_ALERT,	/* a fatal alert */
	REPLY_FIN,	/* the peer closed */
	REPLY_RESET,	/* RST */
	REPLY_SILENCE,	/* nothing in time */
	REPLY_GARBAGE,	/* bytes that are not TLS */
	REPLY_BAD,	/* TLS against the protocol; flight says what was there */
	REPLY_LIMIT,	/* beyond a cap */
	REPLY_NO_CONN,	/* no connection */
	REPLY_LOCAL	/* our side could not ask */
};

struct reply { /* borrowed by learn(), gone afterwards */
	enum reply_kind kind;
	uint8_t alert;			    /* REPLY_ALERT: its description */
	const struct server_flight *flight; /* never NULL; REPLY_FLIGHT: the parsed messages */
	struct span raw;		    /* the first bytes received, at most 256 */
	const char *detail;		    /* static or arena text, or NULL */
	size_t received, sent;		    /* bytes of this ask's connection, TLS alone */
	unsigned connections;		    /* TCP connections it took; 0 counts as one */
	unsigned rtt_ms;		    /* from hello sent to first byte */
	bool injected;			    /* bytes in the clear came after a STARTTLS go-ahead */
	int64_t now;			    /* wall clock, seconds since 1970 */
};

enum step { STEP_ASK, STEP_DONE };

struct ctx { /* what a probe may look at */
	const struct facts *known;
	const struct endpoint *ep;
	struct arena *arena; /* the endpoint's */
	struct rng *rng;
	unsigned lane;
	int64_t now; /* seconds since 1970; --as-of moves it */
	const void *stores; /* struct store_set; for pki only */
};

struct probe {
	const char *name, *summary;	   /* name = CLI word = file name = symbol */
	const enum fact_id *needs, *gives; /* F_NONE-terminated; needs are settled before it starts */
	bool (*applies)(const struct ctx *c); /* NULL: always */
	enum step (*next)(void *st, const struct ctx *c, struct ask *ask); /* NULL: asks nothing */
	void (*learn)(void *st, const struct ctx *c, const struct reply *r);
	void (*conclude)(void *st, const struct ctx *c, struct facts *out); /* NULL: none */
	/* Once, after the last lane's conclude(): what only all lanes together can tell. */
	void (*finish)(void *const *st, unsigned n, const struct ctx *c, struct facts *out);
	size_t state_size; /* per lane; zeroed before the first next() */
	unsigned lanes;	   /* 0 and 1: one */
	unsigned max_asks; /* per lane: hard stop against a hostile server */
};

extern const struct probe *const probe_table[]; /* generated from probes/probes.mk, NULL-ended */

/* Words for a reply that was no flight: "alert 40 (handshake_failure)", "reset", ...; in the arena. */
const char *reply_text(const struct reply *r, struct arena *a);
/* The reason a fact stays unknown after such a reply. */
enum why reply_why(const struct reply *r);


/* ---- what most probes do with an answer, and what they ask with: src/ask.c ---- */

enum says { /* an answer to a hello, sorted */
	SAYS_HELLO,   /* a ServerHello came, whatever came after it */
	SAYS_NO,      /* an alert that refuses what was offered: RFC 8446, 6.2 */
	SAYS_CLOSED,  /* closed, reset: it may be a way of saying no */
	SAYS_NOTHING, /* no answer, no connection */
	SAYS_ODD      /* anything else: another alert, garbage, our own side */
};
enum says reply_says(const struct reply *r);

struct version_row { /* one protocol version and its facts */
	uint16_t version;
	enum fact_id proto, suites, order;
};
enum { N_VERSIONS = 6 };
extern const struct version_row version_rows[N_VERSIONS]; /* highest first; SSLv2 last, no order */
/* The row of a wire version, or NULL. */
const struct version_row *version_row(uint16_t version);
/* The highest version up to max that the server is known to speak; 0: none. */
uint16_t best_version(const struct facts *known, uint16_t max);

/* A hello of this version as hello_init() makes it, for the endpoint's name. */
void ask_hello(struct ask *ask, const struct ctx *c, uint16_t version, enum flight_stop stop);
/* The members of the list that have the property (code.h, suite_has()); in the arena. */
struct u16s suites_with(struct arena *a, struct u16s list, const char *prop);
/* The answer to a peel's offer: which code point was chosen, and was one chosen at all? */
void peel_answer(struct peel *p, const struct reply *r, bool chosen, uint16_t code);
/* A TLS 1.3 hello whose flight can be decrypted to its Finished: with a share of a group that the
 * server is known to accept and that can be made here.  Suites are all of TLS 1.3. */
void ask_whole_tls13(struct ask *ask, const struct ctx *c);
/* With a real key share instead of an empty one, unless the server is known to take that
 * (F_EMPTY_KEY_SHARE): of the first of the hello's groups that can be made here. */
void ask_key_share(struct ask *ask, const struct facts *known);

/* Diffie-Hellman parameters met on the way: seen in learn(), put as rows in conclude(). */
enum { DH_SEEN_MAX = 8 };
struct dh_seen {
	struct {
		uint16_t version, suite;
		struct span p, g;
	} v[DH_SEEN_MAX];
	size_t n;
};
void dh_see(struct dh_seen *d, struct arena *a, const struct server_flight *sf);
void dh_put(const struct dh_seen *d, struct facts *out); /* DHPARAM rows, each once */
/* A CHOICE row: what was chosen of all that there is (for TLS 1.3: but for the groups of the rows
 * before it).  group 0: none was named. */
void put_choice(struct facts *out, uint16_t version, uint16_t suite, uint16_t group);
/* The first CHOICE row of that version: from the probe `protocols`.  False: there is none. */
bool first_choice(const struct facts *known, uint16_t version, uint16_t *suite, uint16_t *group);
/* Settles id of out as unknown for the reason for which `from` of known is. */
void unknown_like(struct facts *out, enum fact_id id, const struct facts *known, enum fact_id from);

#endif
