/*
 * deployment - the chains a server presents, each once, out of the flights it sent.
 *
 * A deployment is one chain exactly as sent; flights with the same chain are one deployment, seen
 * under several versions, with and without server_name.  Servers with an RSA and an ECDSA
 * certificate have two, and clients meet either of them: both count.  A chain that comes only
 * without server_name, while a name was asked for, is the server's default for strangers: it is
 * listed, but a client that names its host never sees it, so it is not judged (as SSL Labs shows
 * it beside the graded one).  When nothing else came, it is what there is, and it counts.  A chain
 * from a file is a flight whose staple is "not applicable": it counts, and no server_name is told.
 *
 *	struct deployments d;
 *	deployments_find(f, &d);
 *	for (size_t i = 0; i < d.n; i++) {
 *		deployment_judge(&d.v[i], f, host, stores, now, arena);
 *		... d.v[i].j->verdicts ...
 *	}
 *
 * What it points to is the facts' or the arena's.
 */
#ifndef TLSAUDIT_DERIVE_DEPLOYMENT_H
#define TLSAUDIT_DERIVE_DEPLOYMENT_H

#include "derive/staple.h"
#include "fact.h"
#include "pki/path.h"

enum {
	DEPLOYMENTS_MAX = 8, /* chains judged; a server with more sends a new one each time */
	DEPLOYMENT_STAPLES = 4,
	DEPLOYMENT_VERSIONS = 8,
};

struct deployment {
	struct u16s chain; /* indexes of K_CERT rows, leaf first; never empty */
	bool sni, no_sni;  /* seen with and without server_name */
	bool counts;       /* it is judged, see above */
	bool from_file;    /* no server sent it: whatever only a handshake shows does not apply */
	uint16_t versions[DEPLOYMENT_VERSIONS];
	size_t n_versions;
	struct span staples[DEPLOYMENT_STAPLES]; /* each once, in the order they came */
	size_t n_staples;
	bool ocsp_scts;       /* one of them carries SCTs */
	int64_t earliest_sct; /* of the TLS extension and the staples; 0: none */

	/* deployment_judge() */
	const struct chain_judgement *j;
	const struct cert *certs; /* of the first j->facts.n_read sent; the leaf is certs[0] */
	bool leaf_readable, named; /* named: there is a host to compare names with */
	int64_t now;
	bool on_path[PATH_MAX_SENT]; /* leaf and intermediates whose signatures count */
	struct staple staple;        /* of those that came, the one that says the worst */
};

struct deployments {
	struct deployment v[DEPLOYMENTS_MAX];
	size_t n;
	bool capped; /* there were more chains than DEPLOYMENTS_MAX */
};

/* Gathers them from the K_FLIGHT rows, in the order in which they were first seen. */
void deployments_find(const struct facts *f, struct deployments *out);
/* Fills in what is below the line; host: what the leaf has to be for, or NULL. */
void deployment_judge(struct deployment *d, const struct facts *f, const char *host,
    const struct store_set *stores, int64_t now, struct arena *a);
/* What deployment_judge() makes of it for chain_judge(), where somebody wants to ask on: the input
 * that belongs to d->j.  Lives in the arena. */
struct chain_input *deployment_input(const struct deployment *d, const struct facts *f,
    const char *host, const struct store_set *stores, int64_t now, struct arena *a);
/* Adds its K_DEPLOY row. */
void deployment_put(const struct deployment *d, uint32_t id, struct facts *f);

/* Does one shipped store trust it: a path to a root of it, missing intermediates supplied, dates
 * included, host name aside?  TRI_UNKNOWN: it cannot be told here. */
enum tri deployment_trusted(const struct deployment *d);
/* Trusted, but by no shipped store with what was sent alone. */
enum tri deployment_incomplete(const struct deployment *d);
/* Is its leaf for the name asked for?  TRI_UNKNOWN: it cannot be read, or no name was asked for. */
enum tri deployment_name_ok(const struct deployment *d);

#endif
