/*
 * client_doubts - of which simulated clients it does not follow what they get.
 *
 * Reads:  what simulate.h looks at, but for answers to their hellos.
 * Learns: audit.clients_to_ask: places in the table, SSL Labs' reference clients first, one of each
 *         hello, six at most.  The probe client_hellos asks for these.
 * Blind:  in less depth than a whole audit nobody is asked for.
 * Costs:  no connection.
 */
#include "derive/simulate.h"

enum { MOST = 6 };

static const enum fact_id gives[] = {F_CLIENTS_TO_ASK, F_NONE};

static bool
alike(const uint16_t *v, size_t n, const struct client *c)
{
	for (size_t i = 0; i < n; i++)
		if (client_same_hello(client_at(v[i]), c))
			return true;
	return false;
}

static void
conclude(void *st, const struct ctx *c, struct facts *out)
{
	uint16_t *v = arena_alloc(c->arena, MOST * sizeof(*v));
	struct sim_server s;
	size_t n = 0;

	(void)st;
	sim_server_read(&s, c->known);
	for (int reference = 1; reference >= 0 && c->depth == DEPTH_FULL; reference--)
		for (size_t i = 0; i < client_count() && n < MOST && !arena_full(c->arena); i++) {
			const struct client *one = client_at(i);
			struct sim r;

			if (one->reference != (reference == 1) || alike(v, n, one))
				continue;
			r = simulate(&s, one, c->arena);
			if (!sim_certain(&r) && r.missing == F_NONE)
				v[n++] = (uint16_t)i;
		}
	fact_put_u16s(out, F_CLIENTS_TO_ASK, (struct u16s){v, n});
}

const struct probe probe_client_doubts = {
    .name = "client_doubts",
    .summary = "simulated clients whose answer does not follow from what is known",
    .needs = sim_needs,
    .gives = gives,
    .conclude = conclude,
};
