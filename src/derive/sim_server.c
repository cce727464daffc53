/* sim_server - the server's side of simulate.h, read from facts. */
#include "derive/simulate.h"

const enum fact_id sim_needs[] = {F_PROTO_SSL3, F_PROTO_TLS1_0, F_PROTO_TLS1_1, F_PROTO_TLS1_2,
    F_PROTO_TLS1_3, F_SUITES_SSL3, F_SUITES_TLS1_0, F_SUITES_TLS1_1, F_SUITES_TLS1_2,
    F_SUITES_TLS1_3, F_ORDER_SSL3, F_ORDER_TLS1_0, F_ORDER_TLS1_1, F_ORDER_TLS1_2, F_ORDER_TLS1_3,
    F_CHACHA20_PREF, F_GROUPS_TLS1_2, F_GROUPS_TLS1_2_ORDER, F_GROUPS_TLS1_3, F_GROUPS_TLS1_3_ORDER,
    F_SIGALGS_TLS1_2_RSA, F_SIGALGS_TLS1_2_ECDSA, F_SIGALGS_TLS1_3_RSA, F_SIGALGS_TLS1_3_ECDSA,
    F_SIGALGS_IGNORED, F_SNI_REQUIRED, F_FLIGHTS_READ, F_KEY_MIN_BITS, F_NONE};

static enum sim_order
order_of(const struct facts *f, enum fact_id id)
{
	const char *word = id != F_NONE ? fact_str(f, id) : NULL;

	if (word == NULL)
		return SIM_BY_UNKNOWN;
	if (strcmp(word, "server") == 0 || strcmp(word, "single") == 0)
		return SIM_BY_SERVER;
	return strcmp(word, "client") == 0 ? SIM_BY_CLIENT : SIM_BY_NOBODY;
}

static struct sim_list
read_list(const struct facts *f, enum fact_id id, enum fact_id order)
{
	return (struct sim_list){fact_u16s(f, id), fact_known(f, id), order_of(f, order)};
}

static void
read_versions(struct sim_server *s, const struct facts *f)
{
	for (size_t i = 0; i < N_VERSIONS; i++) {
		const struct version_row *row = &version_rows[i];

		if (row->version == SSL2) {
			s->versions[i].proto = TRI_NO; /* nobody is left who would take it */
			continue;
		}
		s->versions[i].proto = fact_tri(f, row->proto);
		s->versions[i].suites = read_list(f, row->suites, row->order);
		if (s->versions[i].proto == TRI_UNKNOWN)
			s->versions[i].missing = row->proto;
		else if (!s->versions[i].suites.known)
			s->versions[i].missing = row->suites;
	}
}

/* Signed with a hash that a careful client no longer takes? */
static bool
old_hash(const char *hash)
{
	return hash != NULL && (strcmp(hash, "SHA1") == 0 || strcmp(hash, "SHA-1") == 0 ||
				   strncmp(hash, "MD", 2) == 0);
}

static void
read_keys(struct sim_server *s, const struct facts *f)
{
	for (size_t i = 0; i < fact_rows(f, K_DEPLOY) && s->n_keys < SIM_MAX_KEYS; i++) {
		const struct facts *d = fact_row(f, K_DEPLOY, i), *leaf;
		struct u16s chain = fact_u16s(d, F_DEPLOY_CHAIN);
		struct sim_key *k = &s->keys[s->n_keys];
		const char *curve;
		const struct group *g;

		if (chain.n == 0 || chain.v[0] >= fact_rows(f, K_CERT))
			continue;
		leaf = fact_row(f, K_CERT, chain.v[0]);
		if (fact_str(leaf, F_CERT_KEY_TYPE) == NULL)
			continue;
		curve = fact_str(leaf, F_CERT_KEY_CURVE);
		g = curve != NULL ? group_by_name(curve) : NULL;
		*k = (struct sim_key){.type = fact_str(leaf, F_CERT_KEY_TYPE),
		    .bits = fact_u32(leaf, F_CERT_KEY_BITS),
		    .curve = g != NULL ? g->code : 0,
		    .sha1 = old_hash(fact_str(leaf, F_CERT_SIG_HASH)),
		    .sni = fact_yes(d, F_DEPLOY_SNI),
		    .no_sni = fact_yes(d, F_DEPLOY_NO_SNI)};
		s->named |= k->sni;
		s->n_keys++;
	}
}

static void
read_dh(struct sim_server *s, const struct facts *f)
{
	for (size_t i = 0; i < fact_rows(f, K_DHPARAM); i++) {
		const struct facts *row = fact_row(f, K_DHPARAM, i);
		uint32_t bits = fact_u32(row, F_DHPARAM_BITS);

		if (bits == 0 || fact_yes(row, F_DHPARAM_EXPORT))
			continue;
		s->dh_min = s->dh_min == 0 || bits < s->dh_min ? bits : s->dh_min;
		s->dh_max = bits > s->dh_max ? bits : s->dh_max;
	}
}

static const struct client *
client_named(const char *name, const char *platform)
{
	for (size_t i = 0; i < client_count(); i++) {
		const char *on = client_at(i)->platform;

		if (strcmp(client_at(i)->name, name) == 0 && (on == NULL) == (platform == NULL) &&
		    (on == NULL || strcmp(on, platform) == 0))
			return client_at(i);
	}
	return NULL;
}

static void
read_answers(struct sim_server *s, const struct facts *f)
{
	for (size_t i = 0; i < fact_rows(f, K_CLIENT_ANSWER) && s->n_answers < SIM_MAX_ANSWERS; i++) {
		const struct facts *row = fact_row(f, K_CLIENT_ANSWER, i);
		struct sim_answer *a = &s->answers[s->n_answers];
		struct u16s suite = fact_u16s(row, F_CLIENT_ANSWER_SUITE),
			    group = fact_u16s(row, F_CLIENT_ANSWER_GROUP),
			    sigalg = fact_u16s(row, F_CLIENT_ANSWER_SIGALG);

		*a = (struct sim_answer){.says = fact_str(row, F_CLIENT_ANSWER_SAYS),
		    .version = (uint16_t)fact_u32(row, F_CLIENT_ANSWER_VERSION),
		    .suite = suite.n > 0 ? suite.v[0] : 0,
		    .group = group.n > 0 ? group.v[0] : 0,
		    .sigalg = sigalg.n > 0 ? sigalg.v[0] : 0};
		a->client = client_named(fact_str(row, F_CLIENT_ANSWER_CLIENT),
		    fact_str(row, F_CLIENT_ANSWER_PLATFORM));
		s->n_answers += a->client != NULL;
	}
}

void
sim_server_read(struct sim_server *s, const struct facts *f)
{
	*s = (struct sim_server){0};
	read_versions(s, f);
	s->groups13 = read_list(f, F_GROUPS_TLS1_3, F_GROUPS_TLS1_3_ORDER);
	s->groups12 = read_list(f, F_GROUPS_TLS1_2, F_GROUPS_TLS1_2_ORDER);
	s->sigalgs[0][0] = read_list(f, F_SIGALGS_TLS1_2_RSA, F_NONE);
	s->sigalgs[0][1] = read_list(f, F_SIGALGS_TLS1_2_ECDSA, F_NONE);
	s->sigalgs[1][0] = read_list(f, F_SIGALGS_TLS1_3_RSA, F_NONE);
	s->sigalgs[1][1] = read_list(f, F_SIGALGS_TLS1_3_ECDSA, F_NONE);
	s->sigalgs_ignored = fact_tri(f, F_SIGALGS_IGNORED);
	s->chacha20 = fact_tri(f, F_CHACHA20_PREF);
	s->sni_required = fact_tri(f, F_SNI_REQUIRED);
	if (fact_why(f, F_SNI_REQUIRED) == WHY_NOT_APPLICABLE) /* it has no name to be required */
		s->sni_required = TRI_NO;
	read_keys(s, f);
	read_dh(s, f);
	read_answers(s, f);
}
