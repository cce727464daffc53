/*
 * keys - the TLS 1.3 key schedule, as far as a client needs it to read a server's flight, to finish
 * the handshake and to resume.  RFC 8446, 7.1 to 7.3, 4.2.11.2 and 4.4.
 *
 *	keys_open(&k, suite);			false: a suite these primitives cannot do
 *	keys_handshake(&k, secret, transcript up to ServerHello);
 *	n = keys_decrypt(&k, record, plain, &type);
 */
#ifndef TLSAUDIT_ENGINE_KEYS_H
#define TLSAUDIT_ENGINE_KEYS_H

#include "adapt/openssl_tls.h"

struct traffic { /* one direction, one epoch */
	uint8_t secret[CRYPTO_MAX_HASH], key[32], iv[12];
	uint64_t seq;
};

struct keys {
	enum crypto_hash hash;
	enum crypto_aead aead;
	uint8_t early[CRYPTO_MAX_HASH];	    /* Early Secret, when there is a PSK */
	bool psk;
	uint8_t handshake[CRYPTO_MAX_HASH]; /* Handshake Secret */
	uint8_t master[CRYPTO_MAX_HASH];    /* Master Secret, from keys_application() on */
	struct traffic server, client;
};

/* Chooses hash and AEAD for a TLS 1.3 suite; false when they are not at hand. */
bool keys_open(struct keys *k, uint16_t suite) MUST_USE;
/* The pre-shared key, before anything else. */
void keys_psk(struct keys *k, struct span psk);
/* The binder of that PSK over a ClientHello without its binders; returns its length. */
size_t keys_binder(const struct keys *k, struct span transcript, uint8_t out[CRYPTO_MAX_HASH]);
/* Early traffic keys of the client; the ClientHello alone. */
void keys_early(struct keys *k, struct span transcript);
/* Handshake traffic keys from the (EC)DHE secret and the messages ClientHello..ServerHello. */
void keys_handshake(struct keys *k, struct span secret, struct span transcript);
/* Application traffic keys; the messages up to the server's Finished. */
void keys_application(struct keys *k, struct span transcript);
/* The PSK of a ticket with this nonce (RFC 8446, 4.6.1); the messages up to the client's Finished.
 * Returns its length. */
size_t keys_resumption(
    const struct keys *k, struct span transcript, struct span nonce, uint8_t out[CRYPTO_MAX_HASH]);
/* KeyUpdate (RFC 8446, 7.2): that side's next keys. */
void keys_update(const struct keys *k, struct traffic *side);
/* Opens one whole record (header included) from the server into plain (record.n bytes are
 * enough); gives the length of the content and its type.  False: it does not authenticate, or has
 * no content type (RFC 8446, 5.4). */
bool keys_decrypt(struct keys *k, struct span record, uint8_t *plain, size_t *n, uint8_t *type) MUST_USE;
/* Writes one protected record with this content of at most 2^14 bytes; out needs 5 + n + 1 + 16
 * bytes; returns its length. */
size_t keys_encrypt(struct keys *k, uint8_t type, struct span content, uint8_t *out);
/* verify_data of a Finished (RFC 8446, 4.4.4) of that side over the transcript; returns its
 * length. */
size_t keys_finished(
    const struct keys *k, const struct traffic *side, struct span transcript, uint8_t out[CRYPTO_MAX_HASH]);
void keys_wipe(struct keys *k);

#endif
