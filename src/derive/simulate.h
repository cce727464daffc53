/*
 * simulate - what a server would answer to a client, worked out and not asked.
 *
 * A server's answer to a hello follows from what is known of it: its versions, its suites and
 * groups with their order, its keys, the size of its DH primes.  The rules are those that servers
 * share: the highest version both speak (RFC 5246, E.1; RFC 8446, 4.2.1), then the first suite of
 * whoever decides that the hello's groups and signature algorithms allow (RFC 8422, 5.1; RFC 5246,
 * 7.4.1.4.1), then the group.
 *
 *	struct sim_server s;
 *	sim_server_read(&s, facts, arena);
 *	struct sim r = simulate(&s, client_at(i), arena);
 *	r.connects == TRI_YES, r.version == TLS1_2, r.suites.v[0] == 0xc02f, r.suites.n == 1
 *
 * Where something is not known, or the server decides by no visible rule, nothing is guessed: a few
 * of those clients' hellos are sent (the probe client_hellos), and what was answered stands.  For others
 * `suites` and `groups` hold all that are possible, `connects` may be unknown, and `doubt` says
 *why. Pure; everything in the results is the arena's, the table's or the server's.
 */
#ifndef TLSAUDIT_DERIVE_SIMULATE_H
#define TLSAUDIT_DERIVE_SIMULATE_H

#include "probe.h"
#include "tls/client.h"

enum { SIM_MAX_KEYS = 8, SIM_FACTS = 32, SIM_MAX_ANSWERS = 6 };

enum sim_order { SIM_BY_UNKNOWN, SIM_BY_SERVER, SIM_BY_CLIENT, SIM_BY_NOBODY };

struct sim_key {          /* a leaf the server presents */
	const char *type; /* as F_CERT_KEY_TYPE: "RSA", "EC", "Ed25519" */
	uint32_t bits;
	uint16_t curve; /* group code of an EC key; 0: not known */
	bool sha1;      /* signed with SHA-1 or worse */
	bool sni, no_sni;
};

struct sim_list {
	struct u16s v;
	bool known;
	enum sim_order order;
};

struct sim_server {
	struct {
		enum tri proto;
		struct sim_list suites;
		enum fact_id missing; /* when the version or its list is not known */
	} versions[N_VERSIONS];       /* as version_rows */
	struct sim_list groups13, groups12;
	struct sim_list sigalgs[2][2]; /* [TLS 1.3?][ECDSA?] */
	enum tri sigalgs_ignored;
	enum tri chacha20; /* ChaCha20 first when the client puts it first */
	enum tri sni_required;
	struct sim_key keys[SIM_MAX_KEYS];
	size_t n_keys;
	bool named;              /* some were seen with server_name: then the suites were, too */
	uint32_t dh_min, dh_max; /* bits of the primes seen; 0: none was */
	struct sim_answer {
		const struct client *client; /* or one with the same hello */
		const char *says;
		uint16_t version, suite, group, sigalg; /* version 0: no ServerHello */
	} answers[SIM_MAX_ANSWERS]; /* of the probe client_hellos */
	size_t n_answers;
};

/* The facts simulate() looks at, F_NONE-terminated: what a probe that simulates needs beside
 * F_CLIENTS_ASKED. */
extern const enum fact_id sim_needs[];

void sim_server_read(struct sim_server *s, const struct facts *f);

struct sim {
	const struct client *client;
	bool asked; /* the server was, with this hello */
	enum tri connects;
	const char *failure;  /* in words, when connects is TRI_NO */
	const char *doubt;    /* what is not certain, in words, or NULL */
	enum fact_id missing; /* the fact that is not known, when it is for want of one */
	uint16_t version;     /* 0: not certain */
	struct u16s suites;   /* the one, or all that are possible; empty when that is not known */
	struct u16s groups;   /* likewise; empty: none, or not known */
	const struct sim_key *key; /* NULL: none, or not certain */
	uint16_t sigalg;           /* 0: none, or not certain */
	uint32_t kx_bits; /* RSA-equivalent strength of the ephemeral key exchange; 0: as above */
	bool could_aead;  /* both have an AEAD suite with forward secrecy, chosen or not */
};

struct sim simulate(const struct sim_server *s, const struct client *c, struct arena *a);

/* Is it certain how it ends, and with which suite? */
bool sim_certain(const struct sim *r);
/* Does what is negotiated have the property?  Unknown when some of the possible suites have it and
 * others not, or when none is known. */
enum tri sim_has(const struct sim *r, const char *prop);

#endif
