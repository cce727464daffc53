/*
 * gnutls_client - a TLS client for a server of our own (the queue), as a byte machine.
 *
 * It owns no socket: bytes of the wire go in and come out, bytes in the clear likewise.  This is
 * TLS as a user wants it, 1.2 or 1.3, the certificate verified; the servers that are audited never
 * meet it.
 *
 *	struct tls_client *t = tls_client_new(host, &files, err, sizeof(err));
 *	tls_client_send(t, plain);			any time; it goes out after the handshake
 *	tls_client_take(t, wire);			what came
 *	while (tls_client_read(t, buf, cap, &n) == TLS_CLIENT_OK) ...
 *	out = tls_client_out(t);			what has to go, until the next call
 *	tls_client_free(t);
 */
#ifndef TLSAUDIT_ADAPT_GNUTLS_CLIENT_H
#define TLSAUDIT_ADAPT_GNUTLS_CLIENT_H

#include "base/span.h"

struct tls_client;

struct tls_client_files { /* PEM; NULL: the system's authorities, no certificate of ours */
	const char *ca, *cert, *key;
};

enum tls_client_got { TLS_CLIENT_OK, TLS_CLIENT_MORE, TLS_CLIENT_END, TLS_CLIENT_BAD };

/* host: a name or an address, with which the certificate is compared.  NULL with a sentence in err:
 * a file cannot be used. */
struct tls_client *tls_client_new(const char *host, const struct tls_client_files *f, char *err,
    size_t errlen) MUST_USE;
/* Copies both. */
void tls_client_take(struct tls_client *t, struct span wire);
void tls_client_send(struct tls_client *t, struct span plain);
/* Goes on with the handshake, or reads.  TLS_CLIENT_OK: *n > 0 bytes are in buf. */
enum tls_client_got tls_client_read(
    struct tls_client *t, uint8_t *buf, size_t cap, size_t *n) MUST_USE;
/* What must be sent, each byte once. */
struct span tls_client_out(struct tls_client *t);
/* After TLS_CLIENT_BAD: why. */
const char *tls_client_why(const struct tls_client *t);
void tls_client_free(struct tls_client *t); /* NULL is allowed */

#endif
