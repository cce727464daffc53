/*
 * target - what a user writes to name a server, read strictly.
 *
 *	example.org          example.org:8443       https://example.org/path
 *	192.0.2.1:25         [2001:db8::1]:443      2001:db8::1
 *	smtp://mx.example    bücher.example
 *
 * The host comes out in the form that goes on the wire: lower case, A-labels, no final dot.  The
 * port is the one written, or that of the scheme, or the default.  A scheme or a well-known port
 * that begins in the clear brings its STARTTLS protocol.  Nothing is looked up here, and what looks
 * like a mistake (an option, a path without a scheme, 010.0.0.1) is refused by name, not guessed
 *at.
 *
 *	struct target t;
 *	char err[200];
 *	if (!target_parse(span_str("smtp://mx.example"), &(struct target_defaults){.port = 443}, &t,
 *		err, sizeof(err)))
 *		...
 *	t.host "mx.example", t.port 25, t.starttls "smtp"
 */
#ifndef TLSAUDIT_TARGET_H
#define TLSAUDIT_TARGET_H

#include "base/span.h"

enum {
	TARGET_MAX = 2048,    /* bytes of text that are looked at */
	TARGET_HOST_MAX = 253 /* RFC 1035, 2.3.4: 255 octets on the wire */
};

struct address {          /* a numeric address, ready for connect(2) */
	uint8_t addr[28]; /* struct sockaddr_in or _in6 */
	uint8_t len;      /* of it; 0: none */
	uint16_t port;    /* 0: not given */
};

struct target {
	char host[TARGET_HOST_MAX + 1]; /* A-labels, or the address in its shortest form */
	bool is_address;                /* then addr holds it, port included */
	struct address addr;
	uint16_t port;
	const char
	    *starttls; /* a protocol name with static life, or NULL: TLS from the first byte */
};

struct target_defaults {
	uint16_t port;        /* for targets that name none; 0: 443 */
	const char *starttls; /* for every target; "none": never; NULL: by scheme or port */
};

/* Reads one target.  On failure: false, and what is wrong with it in err, without a newline and
 * without control bytes of the text. */
bool target_parse(struct span text, const struct target_defaults *d, struct target *out, char *err,
    size_t errlen) MUST_USE;
/* Reads "1.2.3.4", "1.2.3.4:53", "2001:db8::1", "[2001:db8::1]:53". */
bool target_address(struct span text, struct address *out, char *err, size_t errlen) MUST_USE;
/* The same with this port, in the socket address too. */
struct address address_with_port(const struct address *a, uint16_t port);
/* Stands for a name that somebody else looks up: no socket address (its family is AF_UNSPEC), but
 * the same for the same name and different for others, so it can be a key. */
struct address address_of_name(const char *host);
bool address_is_name(const struct address *a);
/* Reads a host name alone, as --sni wants it.  out has room for TARGET_HOST_MAX + 1. */
bool target_name(struct span text, char *out, char *err, size_t errlen) MUST_USE;
/* The protocol of that name, with static life, or "none"; NULL when there is none such. */
const char *target_starttls(const char *name);
/* The i-th protocol with STARTTLS, each once; NULL behind the last. */
const char *target_starttls_name(size_t i);

#endif
