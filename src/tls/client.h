/*
 * client - what browsers, libraries and robots offer in their hellos.
 *
 * The table is data/clients/clients.csv (facts from hellos on the wire), turned into clients.def by
 * data/gen/clients.awk (`make tables`).  What a server would answer to each is worked out in
 * src/derive/simulate.c; probes/client_hellos.c asks for a few of which that does not follow.
 *
 *	for (size_t i = 0; i < client_count(); i++)
 *		client_at(i)->name	"Chrome 131"
 *		client_at(i)->suites	{0x1301, 0x1302, ...}, the client's order
 *
 * `reference` marks the clients that rules about forward secrecy, AEAD, RC4 and 64-bit blocks are
 * judged by: those SSL Labs marks "R", or the nearest version that is known here (SSL Labs API
 * documentation, SimClient.isReference).  Rows live for ever; nothing here fails.
 */
#ifndef TLSAUDIT_TLS_CLIENT_H
#define TLSAUDIT_TLS_CLIENT_H

#include "base/span.h"

struct client {
	const char *name;     /* program and version */
	const char *platform; /* or NULL */
	bool reference;
	uint16_t lowest, highest;  /* wire versions; 0x0200: an SSLv2 hello that offers more */
	bool sni;                  /* sends server_name */
	uint16_t dh_min, dh_max;   /* bits of a DH prime it takes; 0: no limit known */
	uint16_t rsa_min, rsa_max; /* bits of an RSA key */
	uint16_t ec_min, ec_max;   /* bits of an EC key */
	bool sha2;                 /* takes no certificate signed with SHA-1 */
	struct u16s suites, groups, shares, sigalgs; /* its order; empty: no such extension */
};

size_t client_count(void);
/* i must be < client_count(). */
const struct client *client_at(size_t i);
/* Do they say the same in their hellos, so that a server answers both alike? */
bool client_same_hello(const struct client *a, const struct client *b);

#endif
