/*
 * clients - what each simulated client would get from this server.
 *
 * Reads:  versions, suites, groups, signature algorithms, keys and DH primes (simulate.h), and what
 *         the server answered to the hellos of some (client_hellos).
 * Learns: one row of K_CLIENT for each client of data/clients/clients.csv.
 * Blind:  what is not certain is not filled in; `certain` says so, and the note beside it why.
 *         Whether a client trusts the certificate is another question.
 * Costs:  no connection.
 */
#include "derive/simulate.h"

static const enum fact_id gives[] = {F_CLIENTS_SIMULATED, F_NONE};
static const enum fact_id needs[] = {F_CLIENTS_TO_ASK, F_CLIENTS_ASKED, F_NONE}; /* after sim_needs */

static void
put_negotiated(const struct sim *r, struct facts *row)
{
	if (r->version != 0)
		fact_put_u32(row, F_CLIENT_VERSION, r->version);
	if (r->suites.n > 0) {
		fact_put_u16s(row, F_CLIENT_SUITE, r->suites);
		if (sim_has(r, "fs") != TRI_UNKNOWN)
			fact_put_tri(row, F_CLIENT_FORWARD_SECRECY, sim_has(r, "fs"));
	}
	if (r->groups.n > 0)
		fact_put_u16s(row, F_CLIENT_GROUP, r->groups);
	if (r->kx_bits != 0)
		fact_put_u32(row, F_CLIENT_KX_BITS, r->kx_bits);
	if (r->key != NULL)
		fact_put_str(row, F_CLIENT_KEY_TYPE, r->key->type);
	if (r->key != NULL && r->key->bits != 0)
		fact_put_u32(row, F_CLIENT_KEY_BITS, r->key->bits);
	if (r->sigalg != 0)
		fact_put_u16s(row, F_CLIENT_SIGALG, (struct u16s){&r->sigalg, 1});
}

static void
put_row(const struct sim *r, struct facts *row)
{
	bool certain = sim_certain(r);

	fact_put_str(row, F_CLIENT_NAME, r->client->name);
	if (r->client->platform != NULL)
		fact_put_str(row, F_CLIENT_PLATFORM, r->client->platform);
	fact_put_tri(row, F_CLIENT_REFERENCE, r->client->reference ? TRI_YES : TRI_NO);
	fact_put_tri(row, F_CLIENT_CERTAIN, certain ? TRI_YES : TRI_NO);
	if (!certain)
		fact_set_note(row, F_CLIENT_CERTAIN, r->doubt);
	fact_put_tri(row, F_CLIENT_ASKED, r->asked ? TRI_YES : TRI_NO);
	if (r->connects == TRI_UNKNOWN)
		fact_put_unknown(row, F_CLIENT_CONNECTS, WHY_NOT_ASKED, r->doubt);
	else
		fact_put_tri(row, F_CLIENT_CONNECTS, r->connects);
	if (r->connects == TRI_NO)
		fact_put_str(row, F_CLIENT_FAILURE, r->failure);
	else
		put_negotiated(r, row);
}

static void
conclude(void *st, const struct ctx *c, struct facts *out)
{
	struct sim_server s;

	(void)st;
	sim_server_read(&s, c->known);
	for (size_t i = 0; i < client_count() && !arena_full(c->arena); i++) {
		struct sim r = simulate(&s, client_at(i), c->arena);

		put_row(&r, fact_add(out, K_CLIENT));
	}
	fact_put_u32(out, F_CLIENTS_SIMULATED, (uint32_t)fact_rows(out, K_CLIENT));
}

const struct probe probe_clients = {
    .name = "clients",
    .summary = "what browsers, libraries and robots would negotiate, worked out",
    .needs = needs,
    .gives = gives,
    .conclude = conclude,
};
