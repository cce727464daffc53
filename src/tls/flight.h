/*
 * flight - what a server answered, as structs over borrowed bytes.
 *
 * flight_feed() takes the bytes of a connection as they come, in any pieces, cuts records and
 * handshake messages, and fills a struct server_flight; all spans in it point into the flight's
 * own buffer and live as long as the flight.  It is pure: no socket, no clock, no keys.  Who has
 * keys (engine/keys.c) hands decrypted records back through flight_inner(), and may go on with the
 * same stream after an answer was complete: flight_go_on().
 *
 * What a server does wrong is recorded (enum flaw), never repaired; what is beyond a cap ends the
 * flight with FLIGHT_LIMIT.  Records: RFC 5246, 6.2 and RFC 8446, 5.1.  Messages: RFC 5246, 7.4,
 * RFC 8446, 4, RFC 6066, RFC 8422, RFC 7919.
 */
#ifndef TLSAUDIT_TLS_FLIGHT_H
#define TLSAUDIT_TLS_FLIGHT_H

#include "base/arena.h"
#include "base/span.h"

enum { /* caps (design: hostile world) */
	FLIGHT_MAX_BYTES = 1 << 20,
	FLIGHT_MAX_RECORDS = 4096,
	FLIGHT_MAX_MESSAGES = 64,
	FLIGHT_MAX_MESSAGE = 512 * 1024,
	FLIGHT_MAX_EMPTY = 32,
	FLIGHT_MAX_WARNINGS = 5,
	FLIGHT_MAX_CERTS = 100,
	FLIGHT_MAX_EXTS = 64,
	FLIGHT_HEAD = 256 /* first bytes kept as they came */
};

enum flight_state {
	FLIGHT_MORE,   /* wants more bytes */
	FLIGHT_DONE,   /* the stop condition is met */
	FLIGHT_ALERT,  /* a fatal alert (or close_notify) ended it */
	FLIGHT_NOT_TLS, /* these bytes are no TLS record */
	FLIGHT_BAD,    /* TLS, but against the protocol: see error */
	FLIGHT_LIMIT   /* beyond a cap: see error */
};

enum flight_stop {
	STOP_SERVER_HELLO, /* ServerHello or HelloRetryRequest parsed */
	STOP_HELLO_DONE,   /* ServerHelloDone, or TLS 1.3 Finished when keys are there, else ServerHello */
	STOP_TICKET,	   /* TLS 1.3 with keys: the handshake is finished, then NewSessionTicket */
	STOP_FINISHED,	   /* with keys: the server's Finished, any version */
	STOP_DATA,	   /* with keys: application data, as much as the caller wants */
	STOP_ANY_RECORD,   /* any complete record */
	STOP_CLOSE	   /* only the end of the connection */
};

enum flaw { /* bits: odd, but survivable */
	FLAW_UNOFFERED_SUITE = 1 << 0,
	FLAW_UNOFFERED_VERSION = 1 << 1,
	FLAW_UNOFFERED_GROUP = 1 << 2,
	FLAW_DUPLICATE_EXT = 1 << 3,
	FLAW_UNSOLICITED_EXT = 1 << 4,
	FLAW_TRAILING_BYTES = 1 << 5,
	FLAW_BAD_MESSAGE = 1 << 6, /* a message that does not parse to its end */
	FLAW_BAD_POINT = 1 << 7,
	FLAW_ALERT_SPLIT = 1 << 8,
	FLAW_RANDOM_IS_HRR_TWICE = 1 << 9,
	FLAW_UNOFFERED_SIGALG = 1 << 10
};

struct ext {
	uint16_t type;
	struct span body;
};

enum ske_kind { SKE_NONE, SKE_DHE, SKE_ECDHE, SKE_RSA, SKE_OTHER };

struct server_key_exchange {
	enum ske_kind kind;
	uint16_t group;	   /* ECDHE: named curve; 0: explicit curve */
	struct span p, g, y; /* DHE: prime, generator, public value; ECDHE: y is the point; RSA: modulus p, exponent g */
	uint16_t sigalg;   /* TLS 1.2; 0 when there is none */
	struct span signature; /* empty when anonymous */
	struct span params;	/* what the signature covers after the two randoms */
};

struct server_flight {
	struct span head;	 /* the first bytes of the stream */
	uint16_t record_version; /* of the first record */
	unsigned n_records, n_warnings;
	bool alert;
	uint8_t alert_level, alert_code;
	unsigned flaws;	   /* enum flaw */
	const char *error; /* static text for FLIGHT_BAD and FLIGHT_LIMIT, else NULL */

	/* SSLv2 SERVER-HELLO */
	bool ssl2;
	struct u32s suites2;
	struct span ssl2_cert, ssl2_conn_id;

	/* ServerHello or HelloRetryRequest */
	bool hello;
	bool retry;	  /* it is a HelloRetryRequest (RFC 8446, 4.1.3) */
	uint16_t version; /* negotiated: supported_versions, else legacy_version */
	uint16_t legacy_version;
	uint16_t suite;
	uint8_t compression;
	struct span random, session_id;
	uint16_t group;	      /* key_share's group, TLS 1.3; for a retry the one asked for */
	struct span share;    /* key_share's key */
	struct span cookie;
	struct span hello_msg; /* the whole handshake message, for transcripts */

	/* extensions of ServerHello and EncryptedExtensions together */
	struct ext exts[FLIGHT_MAX_EXTS];
	size_t n_exts;

	/* Certificate and what comes with it */
	bool certificate;
	struct span certs[FLIGHT_MAX_CERTS];
	size_t n_certs;		  /* kept */
	size_t n_certs_sent;	  /* counted, may be more */
	struct span ocsp;	  /* OCSPResponse: CertificateStatus, or the leaf's status_request entry */
	bool delegated;		  /* the leaf's entry has a delegated credential (RFC 9345), TLS 1.3 */
	struct span cert_scts;	  /* the leaf's SCT entry (1.3) or the ServerHello's (1.2) */
	struct server_key_exchange ske;
	bool cert_request;
	struct span cert_request_body;
	bool hello_done;
	bool ccs; /* ChangeCipherSpec after ServerHello, TLS 1.2 and below: it resumes */
	bool heartbeat; /* a heartbeat record came */
	size_t heartbeat_len; /* bytes of the longest */

	/* TLS 1.3, after decryption */
	bool encrypted_exts, cert_verify, finished;
	uint16_t cert_compression; /* RFC 8879: algorithm of CompressedCertificate; 0: none came */
	uint16_t cert_verify_alg;
	struct span cert_verify_sig;
	struct span alpn;	/* the protocol selected, any version */
	bool ticket;		/* NewSessionTicket seen */
	uint32_t ticket_lifetime;
};

struct flight; /* the parser's own state around it */

/* What was offered, to hold the answer against; borrowed, must outlive the flight. */
struct flight_offer {
	struct u16s suites, versions, groups, sigalgs;
	bool ssl2;
};

/* A parser with nothing in it yet; owned by the arena. */
struct flight *flight_new(struct arena *a, enum flight_stop stop, const struct flight_offer *offer);
/* Takes the next bytes of the stream; returns where the flight stands.  Once it returns anything
 * but FLIGHT_MORE it takes no more. */
enum flight_state flight_feed(struct flight *f, struct span in);
/* Feeds already decrypted handshake bytes (TLS 1.3): content type and plaintext of one record. */
enum flight_state flight_inner(struct flight *f, uint8_t type, struct span plain);
const struct server_flight *flight_result(const struct flight *f);
/* When set, encrypted records (type application_data after a TLS 1.3 ServerHello, all after a
 * ChangeCipherSpec before TLS 1.3) are handed to this instead of ending the flight.  The record is
 * the whole one, header included.  It returns the new state (normally by flight_inner()). */
typedef enum flight_state flight_decrypt_fn(void *arg, struct flight *f, struct span record);
void flight_on_encrypted(struct flight *f, flight_decrypt_fn *fn, void *arg);
/* Called for each handshake message in order (header included), for a transcript hash. */
typedef void flight_message_fn(void *arg, uint8_t type, struct span message);
void flight_on_message(struct flight *f, flight_message_fn *fn, void *arg);
/* From here on a ChangeCipherSpec has its place in a full handshake: ours is on its way. */
void flight_expect_ccs(struct flight *f);
/* The answer is complete, for reasons of the caller's. */
void flight_end(struct flight *f);
/* After a HelloRetryRequest that ended the answer: a second hello is on its way, and the answer goes
 * on with the next flight_feed(). */
void flight_retried(struct flight *f);
/* The next answer of the same connection: the result starts anew, but for the version; what came
 * behind the last one is read first, by the next flight_feed() (which may bring nothing new). */
void flight_go_on(struct flight *f, enum flight_stop stop);
/* The body of an extension the server sent, or false. */
bool flight_ext(const struct server_flight *f, uint16_t type, struct span *body);

#endif
