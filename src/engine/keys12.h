/*
 * keys12 - the keys of SSLv3 and TLS 1.0 to 1.2: PRF, master secret, Finished, and records under them.
 * RFC 6101, 5.2.3 and 6 (SSLv3); RFC 2246, 5 and 6; RFC 4346, 6.2.3.2; RFC 5246, 5, 6.2.3, 6.3 and 8.1; RFC 5288 (GCM); RFC 6655
 * (CCM); RFC 7905 (ChaCha20-Poly1305); RFC 7366 (encrypt-then-MAC); RFC 7627 (extended master
 * secret).
 *
 *	keys12_open(&k, version, suite, etm);		false: a suite these primitives cannot do
 *	keys12_master(&k, premaster, client_random, server_random, session_hash or none);
 *	keys12_expand(&k, client_random, server_random);
 *	keys12_start(&k.client, &k.next_client);	at our ChangeCipherSpec
 *	n = keys12_encrypt(&k, &what, out);
 *
 * The client direction is ours: it encrypts with client, decrypts with server.
 */
#ifndef TLSAUDIT_ENGINE_KEYS12_H
#define TLSAUDIT_ENGINE_KEYS12_H

#include "adapt/openssl_tls.h"
#include "base/rng.h"
#include "tls/code.h"

enum { KEYS12_MASTER = 48, KEYS12_VERIFY = 12, KEYS12_MAX_VERIFY = 36, KEYS12_OVERHEAD = 5 + 16 + 48 + 256 };

struct direction12 { /* one direction, one epoch */
	bool on;	 /* false: records are in the clear */
	uint64_t seq;
	uint8_t mac_key[CRYPTO_MAX_HASH], key[32], iv[16]; /* iv: the implicit part; TLS 1.0: the last block */
	bool aead, stream, etm, ssl3; /* stream: RC4; ssl3: another MAC, and padding of anything */
	struct crypto_rc4 rc4;
	enum crypto_aead aead_kind;
	enum crypto_cbc cbc;
	enum crypto_hash mac;
};

struct keys12 {
	uint16_t version;
	enum crypto_hash prf; /* from TLS 1.2 on */
	uint8_t master[KEYS12_MASTER];
	struct direction12 client, server;	     /* in force */
	struct direction12 next_client, next_server; /* from the next ChangeCipherSpec on */
};

struct record12 { /* a record to write; what is not 0 departs from the right one */
	uint8_t type;
	uint16_t version; /* 0: the negotiated one */
	struct span content;
	/* CBC alone */
	uint8_t mac_xor; /* ... this into the MAC */
	uint8_t mac_at;	 /* ... at this byte of it, counted round */
	bool no_mac;
	const struct span *padding; /* these bytes for padding, length byte and all; may be none */
};

/* Chooses the ciphers of a suite; the keys in force stay.  False: the suite or the version is not
 * at hand. */
bool keys12_open(struct keys12 *k, uint16_t version, uint16_t suite, bool etm) MUST_USE;
/* PRF(secret, label, seed), RFC 5246, 5: n bytes of out. */
void keys12_prf(const struct keys12 *k, struct span secret, const char *label, struct span seed,
    uint8_t *out, size_t n);
/* The hash of the handshake messages that Finished and RFC 7627 use; returns its length (36 below
 * TLS 1.2). */
size_t keys12_hash(const struct keys12 *k, struct span transcript, uint8_t out[CRYPTO_MAX_HASH]);
/* The master secret from the premaster; with a transcript by RFC 7627, 4. */
void keys12_master(struct keys12 *k, struct span premaster, struct span client_random,
    struct span server_random, struct span transcript);
/* The key block: next_client and next_server (RFC 5246, 6.3). */
void keys12_expand(struct keys12 *k, struct span client_random, struct span server_random);
/* ChangeCipherSpec: what comes next is in force. */
void keys12_start(struct direction12 *in_force, struct direction12 *next);
/* verify_data of the client's or the server's Finished over the messages before it; returns its
 * length: KEYS12_VERIFY, in SSLv3 all of KEYS12_MAX_VERIFY. */
size_t keys12_finished(
    const struct keys12 *k, bool server, struct span transcript, uint8_t out[KEYS12_MAX_VERIFY]);
/* Writes one record under the keys in force (in the clear while there are none); out needs
 * content.n + KEYS12_OVERHEAD bytes.  Returns its length; 0: padding that does not fill a block. */
size_t keys12_encrypt(struct keys12 *k, struct rng *rng, const struct record12 *what, uint8_t *out);
/* Opens one whole record from the server into plain (record.n bytes are enough).  False: it does
 * not authenticate. */
bool keys12_decrypt(struct keys12 *k, struct span record, uint8_t *plain, size_t *n) MUST_USE;
void keys12_wipe(struct keys12 *k);

#endif
