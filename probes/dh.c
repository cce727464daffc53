/*
 * dh - does the server take a Diffie-Hellman group from the client's list, and what has it else?
 *
 * Sends:   where cipher_suites has met a prime of RFC 7919, one more hello of that version with the
 *          DHE suites alone and no ffdhe group in the list.
 * Learns:  another prime, or none of the suites -> it had followed the list (RFC 7919, 4); the
 *          prime joins the parameters seen.  The same prime -> it is the server's own choice.
 * Blind:   servers that change their parameters by other things (the time, the key's size).
 * Costs:   one connection, and none for most servers.
 */
#include "probe.h"

static const enum fact_id needs[] = {F_SUITES_SSL3, F_SUITES_TLS1_0, F_SUITES_TLS1_1, F_SUITES_TLS1_2,
    F_NONE};
static const enum fact_id gives[] = {F_DH_NEGOTIATED, F_NONE};

struct state {
	bool asked;
	struct span p; /* the prime met before */
	struct dh_seen dh;
	enum tri negotiated;
};

static bool
is_ffdhe(uint16_t code)
{
	const struct group *g = group_by_code(code);

	return g != NULL && g->kind == GROUP_FFDHE;
}

static const struct facts *
ffdhe_row(const struct facts *known)
{
	for (size_t i = 0; i < fact_rows(known, K_DHPARAM); i++) {
		const struct facts *row = fact_row(known, K_DHPARAM, i);
		const char *name = fact_str(row, F_DHPARAM_NAME);

		if (name != NULL && strstr(name, "RFC 7919") != NULL)
			return row;
	}
	return NULL;
}

static enum step
next(void *st, const struct ctx *c, struct ask *ask)
{
	struct state *s = st;
	const struct facts *row = ffdhe_row(c->known);
	struct u16s all;
	uint16_t *groups;
	size_t n = 0;
	uint16_t version;

	if (s->asked || row == NULL)
		return STEP_DONE;
	s->asked = true;
	s->p = fact_hex(row, F_DHPARAM_P);
	version = (uint16_t)fact_u32(row, F_DHPARAM_VERSION);
	ask_hello(ask, c, version, STOP_HELLO_DONE);
	ask->hello.suites = suites_with(c->arena, fact_u16s(c->known, version_row(version)->suites), "kx=DHE");
	if (ask->hello.suites.n == 0)
		return STEP_DONE;
	all = ask->hello.groups;
	groups = arena_alloc(c->arena, (all.n + 1) * sizeof(*groups));
	for (size_t i = 0; i < all.n; i++)
		if (!is_ffdhe(all.v[i]))
			groups[n++] = all.v[i];
	ask->hello.groups = (struct u16s){groups, n};
	return STEP_ASK;
}

static void
learn(void *st, const struct ctx *c, const struct reply *r)
{
	struct state *s = st;

	if (r->flight->ske.kind == SKE_DHE) {
		dh_see(&s->dh, c->arena, r->flight);
		s->negotiated = span_eq(r->flight->ske.p, s->p) ? TRI_NO : TRI_YES;
	} else if (reply_says(r) == SAYS_NO) {
		s->negotiated = TRI_YES; /* no group of the list, no DHE */
	}
}

static void
conclude(void *st, const struct ctx *c, struct facts *out)
{
	struct state *s = st;

	(void)c;
	dh_put(&s->dh, out);
	if (s->negotiated != TRI_UNKNOWN)
		fact_put_tri(out, F_DH_NEGOTIATED, s->negotiated);
}

const struct probe probe_dh = {
    .name = "dh",
    .summary = "Diffie-Hellman groups: the client's list, or the server's own",
    .needs = needs,
    .gives = gives,
    .next = next,
    .learn = learn,
    .conclude = conclude,
    .state_size = sizeof(struct state),
    .max_asks = 1,
};
