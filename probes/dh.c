/*
 * dh - does the server take a Diffie-Hellman group from the client's list, and what has it else?
 *
 * Sends:   where cipher_suites has met a prime of RFC 7919, hellos of that version with the DHE
 *          suites alone: with no ffdhe group in the list, and with ffdhe2048 as the only one.
 * Learns:  another prime, or none of the suites -> it had followed the list (RFC 7919, 4); the
 *          primes join the parameters seen.  The same prime twice -> it is the server's own choice.
 * Blind:   servers that change their parameters by other things (the time, the key's size).
 * Costs:   two connections, and none for most servers.
 */
#include "probe.h"

static const enum fact_id needs[] = {F_SUITES_SSL3, F_SUITES_TLS1_0, F_SUITES_TLS1_1, F_SUITES_TLS1_2,
    F_NONE};
static const enum fact_id gives[] = {F_DH_NEGOTIATED, F_NONE};

struct state {
	unsigned asked;
	struct span p; /* the prime met before */
	struct dh_seen dh;
	bool other, same;
};

/* The list without ffdhe groups, or with the smallest of them. */
static struct u16s
without_ffdhe(struct arena *a, struct u16s all, bool keep_smallest)
{
	enum { FFDHE2048 = 0x0100 };
	uint16_t *v = arena_alloc(a, (all.n + 1) * sizeof(*v));
	size_t n = 0;

	for (size_t i = 0; i < all.n; i++) {
		const struct group *g = group_by_code(all.v[i]);

		if (g == NULL || g->kind != GROUP_FFDHE || (keep_smallest && g->code == FFDHE2048))
			v[n++] = all.v[i];
	}
	return (struct u16s){v, n};
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
	uint16_t version;

	if (s->asked == 2 || row == NULL)
		return STEP_DONE;
	s->p = fact_hex(row, F_DHPARAM_P);
	version = (uint16_t)fact_u32(row, F_DHPARAM_VERSION);
	ask_hello(ask, c, version, STOP_HELLO_DONE);
	ask->hello.suites = suites_with(c->arena, fact_u16s(c->known, version_row(version)->suites), "kx=DHE");
	if (ask->hello.suites.n == 0)
		return STEP_DONE;
	ask->hello.groups = without_ffdhe(c->arena, ask->hello.groups, s->asked == 1);
	s->asked++;
	return STEP_ASK;
}

static void
learn(void *st, const struct ctx *c, const struct reply *r)
{
	struct state *s = st;

	if (r->flight->ske.kind == SKE_DHE) {
		dh_see(&s->dh, c->arena, r->flight);
		if (span_eq(r->flight->ske.p, s->p))
			s->same = true;
		else
			s->other = true;
	} else if (reply_says(r) == SAYS_NO) {
		s->other = true; /* no group of the list, no DHE */
	}
}

static void
conclude(void *st, const struct ctx *c, struct facts *out)
{
	struct state *s = st;

	(void)c;
	dh_put(&s->dh, out);
	if (s->other)
		fact_put_tri(out, F_DH_NEGOTIATED, TRI_YES);
	else if (s->same)
		fact_put_tri(out, F_DH_NEGOTIATED, TRI_NO);
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
    .max_asks = 2,
};
