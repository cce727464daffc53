/*
 * model_config - what a model server is: every answer it gives follows from this, and the test
 * compares an audit's facts with it.
 *
 *	struct model_config c;
 *	rng_seed(&rng, 7);
 *	model_random(&c, &rng, pool);		a server nobody has thought of
 *	c.quirks.max_suites = 64;		with one of the faults seen in the field
 *	model_print(&c, stderr);		what it is, when a test fails
 *
 * Lists hold what is accepted, most preferred first.  What a client can really reach is less when
 * the lists contradict each other (an ECDSA suite without an ECDSA key): model_reachable() takes
 * that away, so that afterwards configuration and truth are the same.
 */
#ifndef TLSAUDIT_TESTS_MODEL_CONFIG_H
#define TLSAUDIT_TESTS_MODEL_CONFIG_H

#include <stdio.h>

#include "base/rng.h"
#include "base/span.h"
#include "tls/code.h"
#include "tls/hello.h"

enum { /* the version lists are indexed by MODEL_INDEX(): SSLv3 0 .. TLS 1.3 4 */
	MODEL_VERSIONS = 5,
	MODEL_MAX_LIST = 96,
	MODEL_MAX_CHAIN = 4,
	MODEL_MAX_CERTS = 3,
	MODEL_MAX_ALPN = 4
};

#define MODEL_INDEX(version) ((unsigned)((version)-SSL3))

enum model_order {
	MODEL_SERVER, /* its own order */
	MODEL_CLIENT, /* the client's */
	MODEL_CHACHA, /* its own, with ChaCha20 first when the client begins with ChaCha20 */
	MODEL_MIXED   /* ranks: its own between ranks, the client's within one */
};

struct model_list {
	uint16_t v[MODEL_MAX_LIST];
	uint8_t rank[MODEL_MAX_LIST]; /* MODEL_MIXED: ascending */
	size_t n;
	enum model_order order;
};

enum model_key { MODEL_RSA, MODEL_EC, MODEL_ED25519 };

struct model_cert { /* a key and the chain that goes with it, leaf first */
	enum model_key key;
	struct span chain[MODEL_MAX_CHAIN];
	size_t n;
};

struct model_certs {
	struct model_cert v[MODEL_MAX_CERTS]; /* at most one per key */
	size_t n;
};

enum model_refusal { MODEL_ALERT, MODEL_CLOSE, MODEL_RESET, MODEL_SILENCE };

enum model_cut { MODEL_WHOLE, MODEL_TINY_RECORDS, MODEL_SPLIT };

struct model_config;

struct model_quirks {            /* zero: none */
	bool hates_tls13;        /* closes when the hello offers TLS 1.3 */
	bool hates_sni;          /* closes on server_name */
	bool hates_unknown_exts; /* closes on an extension younger than RFC 7301 */
	unsigned max_hello;      /* bytes of the hello; a longer one is refused */
	unsigned max_suites;     /* suites in a hello; more are refused */
	enum model_refusal how;  /* what becomes of such hellos: no alert */
	bool ignores_sigalgs;    /* signs with its first algorithm whatever was offered */
	bool picks_unoffered;    /* its first suite rather than a refusal */
	unsigned fail_every;     /* resets every k-th connection */
	unsigned ban_after;      /* refuses connections after so many */
	bool alert_40;           /* handshake_failure where protocol_version is due */
	bool warns;              /* unrecognized_name as a warning before its ServerHello */
	bool bare_hello;         /* no extensions in a ServerHello of TLS 1.2 and below */
	bool answers_old;        /* TLS 1.2 to a hello for TLS 1.3 only */
	bool key_first;          /* the ECDSA key for whoever lists a suite for such keys (haproxy) */
	enum model_cut cut;
	const struct model_config *other; /* a second backend, answering every other connection */
};

struct model_config {
	bool ssl2;
	uint32_t suites2[8];
	size_t n_suites2;
	bool versions[MODEL_VERSIONS];
	struct model_list suites[MODEL_VERSIONS];
	struct model_list groups_old, groups_tls13;   /* TLS 1.2 and below; TLS 1.3 */
	struct model_list sigalgs_old, sigalgs_tls13; /* TLS 1.2; TLS 1.3 */
	struct model_certs certs_sni, certs_default;  /* with and without server_name */
	bool sni_required;                            /* then there is no default */
	struct span dh_p[MODEL_VERSIONS];             /* numbers, high byte first */
	struct span dh_export;
	uint32_t dh_g;

	/* extensions and features */
	bool staple, sct, ems, etm, ticket, session_id, reneg_info, heartbeat, max_fragment,
	    sni_ack;
	bool compression, random_time, client_auth, sentinel;
	uint16_t record_size_limit; /* 0: none */
	const char *alpn[MODEL_MAX_ALPN];
	size_t n_alpn;

	bool fallback_scsv; /* RFC 7507 */
	bool reuse_keys;    /* the same public value in every ServerKeyExchange */
	uint8_t cert_compression; /* RFC 8879: this algorithm; 0: none */

	bool retry_refused; /* an empty key_share gets an alert, no HelloRetryRequest */
	bool cookie;        /* a HelloRetryRequest carries one */
	enum model_refusal no_version, no_suite, no_sni, no_ssl2;

	struct model_quirks quirks;
};

struct model_pool; /* certificates to choose from */

/* Makes them; takes a second. */
struct model_pool *model_pool_new(void);
void model_pool_free(struct model_pool *p);

/* A random, plain configuration (no quirks), reachable in all it has. */
void model_random(struct model_config *c, struct rng *rng, const struct model_pool *pool);
/* Adds a few random quirks. */
void model_random_quirks(struct model_config *c, struct rng *rng);
/* Takes away what no client can reach. */
void model_reachable(struct model_config *c);
/* What the order verdict of a list should read: "single", "server", "client" or "mixed". */
const char *model_order_word(const struct model_list *l);

struct u16s model_u16s(const struct model_list *l);
bool model_list_has(const struct model_list *l, uint16_t code);
/* The key a suite's certificate must have under a version; false: it needs none. */
bool model_suite_key(uint16_t suite, bool *rsa, bool *ec);
/* Does the server sign a key exchange message for it? */
bool model_suite_signs(uint16_t suite);
const struct model_cert *model_cert_of(const struct model_certs *certs, enum model_key key);
/* May this key sign with that algorithm under that version?  curve: EC keys are P-256. */
bool model_key_signs(enum model_key key, uint16_t sigalg, uint16_t version);
bool model_has_tls13(const struct model_config *c);

void model_print(const struct model_config *c, FILE *to);

#endif
