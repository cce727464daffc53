/* flight_internal - what flight.c (records) and flight_parse.c (messages) share. */
#ifndef TLSAUDIT_TLS_FLIGHT_INTERNAL_H
#define TLSAUDIT_TLS_FLIGHT_INTERNAL_H

#include "tls/flight.h"

enum {
	MSG_HELLO_REQUEST = 0,
	MSG_SERVER_HELLO = 2,
	MSG_NEW_SESSION_TICKET = 4,
	MSG_ENCRYPTED_EXTENSIONS = 8,
	MSG_CERTIFICATE = 11,
	MSG_SERVER_KEY_EXCHANGE = 12,
	MSG_CERTIFICATE_REQUEST = 13,
	MSG_SERVER_HELLO_DONE = 14,
	MSG_CERTIFICATE_VERIFY = 15,
	MSG_FINISHED = 20,
	MSG_CERTIFICATE_STATUS = 22,
	MSG_KEY_UPDATE = 24,
	MSG_COMPRESSED_CERTIFICATE = 25
};

struct bytes { /* growable, in the arena; old copies stay valid */
	uint8_t *p;
	size_t n, cap;
};

struct flight {
	struct arena *arena;
	enum flight_stop stop;
	enum flight_state state;
	struct flight_offer offer;
	struct server_flight sf;
	struct bytes in, hs, alert; /* a record, a message, an alert in pieces */
	uint8_t *head_buf;
	size_t n_bytes;
	unsigned n_messages, n_empty, n_ccs;
	bool begun;	 /* an answer before this one had a ServerHello */
	bool expect_ccs; /* our ChangeCipherSpec is on its way */
	bool sealed;	 /* theirs came: what follows is encrypted (before TLS 1.3) */
	flight_decrypt_fn *decrypt;
	void *decrypt_arg;
	flight_message_fn *on_message;
	void *message_arg;
};

/* Ends the flight: sets its state and the static words for it, returns the state. */
enum flight_state flight_fail(struct flight *f, enum flight_state how, const char *why);
/* Reads one whole message (its 4-byte header included; stable memory).  FLIGHT_MORE: go on. */
enum flight_state flight_parse_message(struct flight *f, uint8_t type, struct span whole);
/* Reads the body of an SSLv2 record that is SERVER-HELLO or ERROR. */
enum flight_state flight_parse_ssl2(struct flight *f, struct span body);

#endif
