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
 * Conversations.  Most asks are one hello on a connection of their own.  An ask with `keep` leaves
 * its connection open, and the lane's next ask may go on with it by saying `same_conn`; what it
 * sends is a list of things to say (struct say), what it waits for is its `stop`.  The engine holds
 * the keys, for TLS 1.0 to 1.3 alike: with STOP_FINISHED it finishes a handshake by itself; from
 * then on SAY_RECORD is encrypted and what comes is decrypted.  A request and the head of its answer:
 *
 *	if (s->step++ == 0) {
 *		if (!ask_finished(ask, c, TLS1_3))	the best version there are keys for
 *			return STEP_DONE;
 *		ask->keep = true;
 *	} else if (s->open) {				r->open, as learn() has seen it
 *		ask->kind = ASK_SAY;
 *		ask->same_conn = true;
 *		ask->say[0] = (struct say){.kind = SAY_RECORD, .type = 23, .bytes = request};
 *		ask->stop = STOP_DATA;			then r->data
 *		ask->until = span_str("\r\n\r\n");
 *	}
 *	return STEP_ASK;
 *
 * By hand instead, with a ClientKeyExchange of one's own and the rest of the flight behind it, after
 * a hello with STOP_HELLO_DONE and `keep` (the server's answer is all there is to learn):
 *
 *	ask->say[0] = (struct say){.kind = SAY_RSA_BLOCK, .bytes = block, .secret = premaster};
 *	ask->say[1] = (struct say){.kind = SAY_CCS};
 *	ask->say[2] = (struct say){.kind = SAY_FINISHED};
 *	ask->stop = STOP_ANY_RECORD;
 *
 * A CBC record whose padding is wrong, a second hello under the keys in force, a heartbeat in the
 * clear, resumption and early data are written likewise: see struct say and `session`.  After a
 * fatal alert, r->open may still be true: an ask that says nothing, with STOP_CLOSE and a short
 * wait_ms, tells whether the server closes (REPLY_FIN), resets or stays.  Where same_conn finds no
 * connection, the reply is REPLY_NO_CONN.  These asks are never tried again, and a connection lives
 * 20 seconds in all.
 *
 * A probe without next() asks nothing: it computes facts from facts in conclude().  Those live in
 * src/derive/ and may use pki/ and adapt/ as well; everything else here is for them too.  One with
 * `outside` set asks others than the server, see gather.h.
 */
#ifndef TLSAUDIT_PROBE_H
#define TLSAUDIT_PROBE_H

#include "base/arena.h"
#include "base/rd.h"
#include "base/text.h"
#include "base/wr.h"
#include "fact.h"
#include "tls/client.h"
#include "tls/code.h"
#include "tls/dhprimes.h"
#include "tls/flight.h"
#include "tls/hello.h"
#include "tls/peel.h"

struct memory;		/* memory.h */
struct crypto_identity; /* adapt/openssl_identity.h */

struct endpoint {
	const char *host;     /* as the user wrote it, A-label form */
	const char *sni;      /* NULL for an address */
	const char *address;  /* printable */
	const char *starttls; /* protocol name or NULL */
	uint16_t port;
	uint8_t addr[28]; /* struct sockaddr_in or _in6 */
	uint8_t addr_len;
	uint64_t seq; /* target line */
	struct memory *memory;			/* tickets of the past, or NULL */
	const struct crypto_identity *identity; /* our certificate, for servers that ask; or NULL */
};

enum ask_kind {
	ASK_HELLO, /* `hello` is written by the engine, which may hold keys */
	ASK_RAW,   /* `out` is sent byte for byte */
	ASK_SAY	   /* neither: `say` alone */
};

enum say_kind {
	SAY_END,
	SAY_RAW,    /* `bytes` as they are */
	SAY_CLEAR,  /* a record of `type` with these bytes, in the clear whatever keys are in force */
	SAY_RECORD, /* the same under the keys in force; in the clear while there are none */
	SAY_HELLO,  /* the ask's hello as a message under the keys in force: renegotiation.  With
		     * HELLO_RENEG its renegotiation_info is right (RFC 5746, 3.5) */
	/* TLS 1.2 and below, after ServerHelloDone: */
	SAY_KEY_EXCHANGE, /* ClientKeyExchange, and before it an empty Certificate where one was asked
			   * for; with `bytes` those are its body, and `secret` is the premaster:
			   * without one no keys are made */
	SAY_RSA_BLOCK,	  /* ClientKeyExchange with `bytes` (reply.rsa_len of them) raised to the leaf's
			   * RSA exponent as they are, no padding added; `secret` is the premaster */
	SAY_CCS,	  /* ChangeCipherSpec; our keys are in force from here on */
	SAY_FINISHED	  /* Finished over all handshake messages so far */
};

struct say { /* one thing to send; what is not set is right */
	enum say_kind kind;
	uint8_t type;	  /* SAY_CLEAR, SAY_RECORD: 20 CCS, 21 alert, 22 handshake, 23 data, 24 heartbeat */
	uint16_t version; /* of the record; 0: the negotiated one */
	struct span bytes, secret;
	/* SAY_RECORD under CBC keys: departures.  MAC length and block size are those of the suite. */
	uint8_t mac_xor, mac_at;    /* XORs this into the MAC at that byte */
	bool no_mac;		    /* leaves the MAC out */
	const struct span *padding; /* these bytes instead, length byte and all; with content and MAC
				     * they must fill whole blocks */
};

enum { ASK_SAYS = 8, ASK_DATA = 64 * 1024 };

struct session { /* what a finished handshake leaves, to be resumed by another ask */
	uint16_t version, suite;
	uint8_t secret[48]; /* the master secret; TLS 1.3: the PSK */
	uint8_t secret_len;
	struct span id, ticket; /* TLS 1.2 and below may have both */
	uint32_t lifetime, age_add;
	uint32_t age_ms; /* how old it is when it is offered, TLS 1.3 */
	uint32_t max_early; /* TLS 1.3: bytes of early data it may take */
};

struct ask { /* one thing to say to the server */
	enum ask_kind kind;
	enum flight_stop stop; /* when the answer is complete */
	unsigned wait_ms;      /* 0: the configured default */
	struct hello hello;    /* what it points to lives until learn() returns; with `shares`, a
				* TLS 1.3 flight is decrypted to its Finished */
	struct wr out;	       /* ASK_RAW: over buf */

	bool keep;	/* the next ask may go on with this connection; keys are made where they can be */
	bool same_conn; /* go on with it (ASK_SAY, ASK_RAW) */
	bool part;	/* with keep: not all of what the server waits for, so silence is its right answer */
	struct say say[ASK_SAYS]; /* sent in this order, after hello or out; SAY_END ends it */
	struct span until;	  /* STOP_DATA: until these bytes came; empty: any */
	/* Resumed by this hello: its secret is used when the server takes it up.  TLS 1.3: the engine
	 * adds pre_shared_key and binder.  Below, hello.ticket and hello.session_id are the probe's to
	 * fill in; session_id alone: by id.  Borrowed until the connection is over. */
	const struct session *session;
	bool follow_retry; /* a HelloRetryRequest is answered; where a handshake is finished it always is */
	bool anonymous;	   /* no client certificate, even if we have one */
	struct span early; /* early data, behind a TLS 1.3 hello with HELLO_EARLY_DATA and session */
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
	struct span data;		    /* application data of this answer, at most ASK_DATA */
	bool open;			    /* the next ask may say same_conn */
	bool resumed;			    /* the ask's session was taken up, and its keys are right */
	const struct session *session; /* what could be resumed (copy it: session_copy()), or NULL */
	unsigned rsa_len;		    /* with keep: bytes of the leaf's RSA modulus; 0: no RSA */
	const char *detail;		    /* static or arena text, or NULL */
	size_t received, sent;		    /* bytes of this ask's connection, TLS alone */
	unsigned connections;		    /* TCP connections it took; 0 counts as one */
	unsigned rtt_ms;		    /* from hello sent to first byte */
	const char *greeting;		    /* the first line before STARTTLS, or NULL */
	bool nameless;			    /* it asked for a client certificate, and got none */
	bool injected;			    /* bytes in the clear came after a STARTTLS go-ahead */
	int64_t now;			    /* wall clock, seconds since 1970 */
};

enum step { STEP_ASK, STEP_DONE };

enum depth { /* how far a question is asked; what is left out is unknown: not asked */
	DEPTH_FULL,
	DEPTH_FAST, /* what a modern server shows in two or three answers */
	DEPTH_CERTS /* the certificates that a client of today gets */
};

struct ctx { /* what a probe may look at */
	const struct facts *known;
	const struct endpoint *ep;
	struct arena *arena; /* the endpoint's */
	struct rng *rng;
	unsigned lane;
	enum depth depth;
	int64_t now; /* seconds since 1970; --as-of moves it */
	unsigned rtt_ms; /* the shortest time from a hello to its answer so far; 0: none yet */
	const void *stores; /* struct store_set; for pki only */
};

enum outside { /* whom a probe asks instead of the server */
	OUTSIDE_NOT,
	OUTSIDE_WEB, /* the places that certificates name: issuers, OCSP, CRLs */
	OUTSIDE_DNS
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
	bool malformed;	   /* sends what no client would: --safe leaves it out */
	size_t state_size; /* per lane; zeroed before the first next() */
	unsigned lanes;	   /* 0 and 1: one */
	unsigned max_asks; /* per lane: hard stop against a hostile server */
	enum outside outside; /* the audit's gatherer asks, and puts rows: src/gather.h */
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

/* Is TLS 1.3 spoken, and surely nothing older? */
bool only_tls13(const struct facts *known);

/* A hello of this version as hello_init() makes it, for the endpoint's name. */
void ask_hello(struct ask *ask, const struct ctx *c, uint16_t version, enum flight_stop stop);
/* The members of the list that have the property (code.h, suite_has()); in the arena. */
struct u16s suites_with(struct arena *a, struct u16s list, const char *prop);
/* The answer to a peel's offer: which code point was chosen, and was one chosen at all? */
void peel_answer(struct peel *p, const struct reply *r, bool chosen, uint16_t code);
/* A TLS 1.3 hello whose flight can be decrypted to its Finished: with a share of a group that the
 * server is known to accept and that can be made here.  Suites are all of TLS 1.3. */
void ask_whole_tls13(struct ask *ask, const struct ctx *c);
/* For ask.wait_ms where silence may be the answer: so many milliseconds and four times the server's
 * shortest answer, at most 4 seconds more. */
unsigned wait_ms(const struct ctx *c, unsigned ms);
/* "tlsaudit/VERSION": what this program calls itself to a server. */
const char *user_agent(void);
/* Can the engine finish a handshake with this suite below TLS 1.3? */
bool suite_finishable(uint16_t code);
/* A hello of the best version up to max, with what the server is known to accept and the engine can
 * finish, and STOP_FINISHED; below TLS 1.3 hello.versions is empty.  False: there is none.  Needs the
 * facts F_PROTO_TLS1_3, F_SUITES_TLS1_0 to _TLS1_2, F_GROUPS_TLS1_2 and F_GROUPS_TLS1_3. */
bool ask_finished(struct ask *ask, const struct ctx *c, uint16_t max) MUST_USE;
/* The same, but of a server that knows nothing better: SSLv3 (F_SUITES_SSL3), whose hello has no
 * extensions. */
bool ask_finished_ssl3(struct ask *ask, const struct ctx *c, uint16_t max) MUST_USE;
/* Goes on with a connection whose handshake is finished: waits for a ticket of TLS 1.3, or says
 * close_notify and hears the end. */
void ask_ticket_or_end(struct ask *ask, bool ticket);
/* Offers the session by its ticket, TLS 1.2 and below (RFC 5077, 3.2). */
void ask_by_ticket(struct ask *ask, const struct ctx *c, const struct session *s);
/* A session that lives as long as the arena; NULL gives NULL. */
const struct session *session_copy(struct arena *a, const struct session *s);
enum past_kind {
	PAST_OLDEST, /* of this address, of an earlier round, good until the last one */
	PAST_LAST,   /* the newest of an earlier round */
	PAST_ADDRESS /* of another address of the name, of this round */
};
struct past { /* dies with the next past_keep() */
	const struct session *session;
	const char *address; /* where it comes from */
	uint32_t age;	     /* in seconds */
	bool named;	     /* two tickets of that address have begun with the same 16 bytes */
};
/* A ticket that is remembered of an endpoint; false: there is none. */
bool past_ticket(const struct endpoint *ep, enum past_kind kind, bool tls13, struct past *out) MUST_USE;
/* Remembers one that nobody has offered yet; with the oldest no longer good, it is the oldest now.
 * same_name: it begins like the one before it. */
void past_keep(const struct endpoint *ep, bool tls13, const struct session *s, bool oldest_is_good,
    bool same_name);
/* The order that a TLS 1.3 server is likely to have, best first: OpenSSL's, with hybrids before it. */
struct u16s groups_expected(void);
/* With a real key share instead of an empty one, unless the server is known to take that
 * (F_EMPTY_KEY_SHARE): of the first of the hello's groups that can be made here. */
void ask_key_share(struct ask *ask, const struct facts *known);

/* ---- one request with several flaws, of which a sane server tells nothing: src/oracle.c ---- */

/* Each variant goes out on a connection of its own: the probe shakes hands, says it, and hears what
 * comes then (ORACLE_SHAKE, ORACLE_SAY, ORACLE_END).  Who `listens` hears first whether the server
 * speaks or closes by itself after the handshake.  Who speaks `in_two` says the rest (ORACLE_MORE) when
 * nothing came of the first part.  The first round has as few variants as show that something differs;
 * when all of them are answered alike, that is it.  Else there are more rounds of all variants, and
 * only what is answered in the same way in each of them counts.  A probe's next() asks by `turn`, its
 * learn() hands replies to oracle_learn(). */
enum { ORACLE_VARIANTS = 8, ORACLE_ROUNDS = 4 };
enum oracle_turn {
	ORACLE_SHAKE,
	ORACLE_LISTEN,
	ORACLE_SAY,
	ORACLE_MORE,
	ORACLE_STILL, /* nothing came, where something should: a busy server gets more time */
	ORACLE_END,
	ORACLE_OVER
};

struct manner { /* how a server goes on after something was said; 0: it was not asked */
	uint32_t first, end; /* what it answers; what comes after that */
	unsigned ms;	     /* until it did */
};

struct oracle {
	unsigned first;	     /* bits: the variants of the first round */
	unsigned n_variants; /* of the others.  Both set by the probe */
	bool listens, in_two;	      /* set by the probe */
	bool listened, talks;	      /* it did; the server speaks first */
	bool more;		      /* all is said, not the first part alone */
	bool alike;		      /* the first round was answered in one way */
	enum oracle_turn turn;
	unsigned round, step, variant, lost; /* step: variants of the round that are over */
	struct manner seen[ORACLE_ROUNDS][ORACLE_VARIANTS];
	const char *text[ORACLE_VARIANTS]; /* the answer in words, of the latest round */
	enum why why;			   /* it broke off, and why; WHY_NONE: it did not */
	const char *note;
};

/* To be called in next(), before `variant` is looked at for the first time. */
void oracle_begin(struct oracle *o, unsigned first, unsigned n_variants);
/* ASK_SAY on the connection as it is, with a wait fit for that server; what is said at ORACLE_SAY is
 * the probe's. */
void oracle_ask(const struct oracle *o, const struct ctx *c, struct ask *ask);
/* The next reply.  shaken: ORACLE_SHAKE alone, it went as far as the probe wants. */
void oracle_learn(struct oracle *o, const struct ctx *c, const struct reply *r, bool shaken);
/* Are two variants answered in different ways?  Unknown when the same one got different answers. */
enum tri oracle_differ(const struct oracle *o, unsigned a, unsigned b);
/* Is variant b answered later than a, in all rounds, of which there must be more than one? */
bool oracle_later(const struct oracle *o, unsigned a, unsigned b);
/* Is the answer to that variant nothing at all; this alert? */
bool oracle_silent(const struct oracle *o, unsigned variant);
bool oracle_alert(const struct oracle *o, unsigned variant, uint8_t alert);

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
