/* engine_internal - what engine.c, say.c, shake12.c and shake13.c share of one connection. */
#ifndef TLSAUDIT_ENGINE_INTERNAL_H
#define TLSAUDIT_ENGINE_INTERNAL_H

#include "adapt/openssl_identity.h"
#include "engine/engine.h"
#include "engine/keys.h"
#include "engine/keys12.h"

enum {
	ENGINE_SHARES = 4,
	MSG_CLIENT_HELLO = 1,
	MSG_SERVER_HELLO = 2,
	MSG_NEW_SESSION_TICKET = 4,
	MSG_END_OF_EARLY_DATA = 5,
	MSG_CERTIFICATE = 11,
	MSG_SERVER_HELLO_DONE = 14,
	MSG_CERTIFICATE_VERIFY = 15,
	MSG_CLIENT_KEY_EXCHANGE = 16,
	MSG_FINISHED = 20,
	MSG_KEY_UPDATE = 24,
	MSG_MESSAGE_HASH = 254,
	RECORD_MAX = 1 << 14,
	REC_CCS = 20,
	REC_ALERT = 21,
	REC_HANDSHAKE = 22,
	REC_DATA = 23
};

struct growing { /* bytes in the arena; old copies stay valid */
	uint8_t *p;
	size_t n, cap;
};

struct engine {
	struct arena *arena;
	struct rng *rng;
	const struct ask *ask; /* the present one */
	struct wr out;
	size_t sent, received;
	struct flight *flight;
	enum flight_state state;
	enum reply_kind ended; /* how the connection ended while more was wanted */
	bool over;
	const char *local; /* why our side could not ask, or NULL */
	const char *bad;   /* what the server did against the protocol, or NULL */
	struct growing data;

	/* The handshake: the latest that began on this connection. */
	bool keyed;	    /* the ask needs keys: messages are kept */
	bool exchanged;	    /* below TLS 1.3: the master secret is there */
	bool established;   /* the server's Finished was right */
	bool resuming;	    /* the server took the session up */
	struct crypto_share *shares[ENGINE_SHARES];
	uint16_t share_group[ENGINE_SHARES];
	uint8_t share_pub[ENGINE_SHARES][CRYPTO_MAX_SHARE];
	size_t n_shares, n_pub[ENGINE_SHARES];
	uint16_t hello_version;
	uint8_t client_random[32];
	struct span session_id; /* of our first hello, in the arena */
	bool retried;		/* a HelloRetryRequest was answered */
	const struct session *offered;
	const struct crypto_identity *identity; /* ours, or NULL */
	uint16_t sign_with; /* its scheme for the present handshake; 0: it is not used */
	bool nameless;	    /* we were asked for a certificate, and sent none */
	struct growing transcript;
	const struct server_flight *hello; /* of an earlier answer of this connection, or NULL */
	uint8_t verify[2][KEYS12_MAX_VERIFY]; /* the client's and the server's, RFC 5746 */
	size_t n_verify; /* bytes of each; 0: no handshake was finished */
	struct session session;
	bool have_session;

	struct keys keys; /* TLS 1.3 */
	struct keys early;
	bool have_keys, finished; /* our Finished is written */
	bool early_open;	  /* early data was sent and not ended */
	struct keys12 keys12;
	uint8_t *plain;
};

/* Room for n more bytes to send. */
void engine_room(struct engine *e, size_t n);
void engine_grow(struct engine *e, struct growing *g, struct span s);
struct span engine_transcript(const struct engine *e);
/* The flight with the ServerHello of the handshake. */
const struct server_flight *engine_hello(const struct engine *e);
/* What the present ask wants after ServerHelloDone, or the server's Finished in TLS 1.3. */
bool engine_finishes(const struct engine *e);

/* What was inside a record. */
enum flight_state engine_inner(
    struct engine *e, struct flight *f, uint8_t type, struct span plain);

/* say.c: a record under the keys in force; a handshake message in one, kept in the transcript; the
 * ask's list. */
void say_record(struct engine *e, const struct record12 *r);
void say_message(struct engine *e, uint8_t type, struct span body);
void say_all(struct engine *e);
/* A hello, in the clear or under keys; the handshake begins. */
void say_hello(struct engine *e, bool again);
/* The second hello after a HelloRetryRequest (RFC 8446, 4.1.4).  False: it cannot be answered here. */
bool say_retry(struct engine *e) MUST_USE;

/* client_auth.c: does our identity suit the CertificateRequest of this handshake, if there was one? */
void client_auth_choose(struct engine *e);
/* The bodies of Certificate (empty when it does not) and, when it does, CertificateVerify over the
 * transcript so far. */
struct span client_auth_certificate(struct engine *e);
struct span client_auth_verify(struct engine *e);

/* shake12.c: TLS 1.0 to 1.2. */
void shake12_key_exchange(struct engine *e, struct span body, struct span secret);
void shake12_rsa_block(struct engine *e, struct span block, struct span secret);
void shake12_ccs(struct engine *e);
void shake12_finished(struct engine *e);
/* A handshake message came (before it is in the transcript). */
void shake12_message(struct engine *e, uint8_t type, struct span message);
enum flight_state shake12_record(struct engine *e, struct flight *f, struct span record);

/* shake13.c: TLS 1.3. */
/* The binder of the hello that lies at message, and early data behind it. */
void shake13_bind(struct engine *e, uint8_t *message, size_t n);
void shake13_early(struct engine *e);
void shake13_message(struct engine *e, uint8_t type, struct span message);
enum flight_state shake13_record(struct engine *e, struct flight *f, struct span record);

#endif
