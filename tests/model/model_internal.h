/* model_internal - what reading a hello, choosing and writing a flight share. */
#ifndef TLSAUDIT_TESTS_MODEL_INTERNAL_H
#define TLSAUDIT_TESTS_MODEL_INTERNAL_H

#include "base/rd.h"
#include "base/wr.h"
#include "engine/keys.h"
#include "model_server.h"

enum { MODEL_OUT = 32768, MODEL_HELLO_LIST = 512, MODEL_HELLO_EXTS = 64 };

struct model_shares {
	uint16_t group;
	struct span key;
};

struct model_hello { /* a ClientHello, read */
	bool ssl2;
	size_t bytes; /* of the handshake message */
	uint16_t version;
	struct span session_id, message;
	uint16_t suites[MODEL_HELLO_LIST], groups[MODEL_HELLO_LIST], sigalgs[MODEL_HELLO_LIST];
	uint16_t versions[16], exts[MODEL_HELLO_EXTS];
	size_t n_suites, n_groups, n_sigalgs, n_versions, n_exts;
	struct span alpn[16];
	size_t n_alpn;
	struct model_shares shares[8];
	size_t n_shares;
	bool deflate;
	unsigned cert_compressions; /* bits */
	uint32_t suites2[64];
	size_t n_suites2;
};

struct model_choice { /* what the two have in common */
	uint16_t version, suite, group, sigalg;
	const struct model_cert *cert; /* NULL: none is sent */
	bool retry;
	struct span share; /* the client's, TLS 1.3 */
};

struct model_conn {
	struct model_server *server;
	const struct model_config *config;
	struct arena *arena;
	struct wr out;
	size_t sent;
	enum model_end end;
	uint8_t in[20000];
	size_t n_in;
	uint8_t message[20000]; /* the hello, out of its records */
	size_t n_message;
	bool answered;
	struct model_hello hello;
	struct model_choice choice;
	struct keys keys; /* TLS 1.3; the client's side and ours changed over */
	bool have_keys, retried;
	struct wr transcript;
};

/* Reads one whole ClientHello message (header included), or an SSLv2 one; false: malformed. */
bool model_read_hello(struct model_hello *h, struct span message) MUST_USE;
bool model_read_hello2(struct model_hello *h, struct span body) MUST_USE;
bool model_hello_has(const struct model_hello *h, uint16_t ext);

/* The alert a refusal sends, 0 when there is something in common.  */
uint8_t
model_choose(const struct model_config *c, const struct model_hello *h, struct model_choice *out);

/* Writes the flight for a choice; TLS 1.3: with keys when the client's share allows it. */
void model_flight(struct model_conn *c);
void model_flight2(struct model_conn *c);
/* The answer to a client's Finished: a ticket. */
void model_ticket(struct model_conn *c);
void model_alert(struct model_conn *c, unsigned level, unsigned code);
void model_record(struct model_conn *c, uint8_t type, struct span body);

#endif
