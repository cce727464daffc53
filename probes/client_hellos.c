/*
 * client_hellos - what does the server answer to a client of which that does not follow?
 *
 * Sends:   for each client of audit.clients_to_ask its hello: versions, suites, groups, signature
 *          algorithms and server_name as it has them, in its order, and key shares of those of its
 *          groups that can be made here.
 * Learns:  version, suite, group and signature algorithm that are chosen, or the refusal.
 * Blind:   the group, where a key share was left out and another group was chosen.
 * Costs:   a connection for each, six at most; none where all follows from what is known.
 */
#include "probe.h"

enum { MOST = 6 };

static const enum fact_id needs[] = {F_CLIENTS_TO_ASK, F_NONE};
static const enum fact_id gives[] = {F_CLIENTS_ASKED, F_NONE};

struct answer {
	const char *says;
	bool told; /* an answer, and not the want of one */
	uint16_t version, suite, group, sigalg;
};

struct state {
	size_t asked;
	struct answer answers[MOST];
};

static const struct client *
client_of(const struct ctx *c, size_t i)
{
	return client_at(fact_u16s(c->known, F_CLIENTS_TO_ASK).v[i]);
}

/* Its versions, best first: RFC 8446, 4.2.1. */
static struct u16s
versions_of(const struct client *one, struct arena *a)
{
	uint16_t *v = arena_alloc(a, 4 * sizeof(*v));
	size_t n = 0;

	for (uint16_t version = TLS1_3; version >= TLS1_0 && version >= one->lowest; version--)
		v[n++] = version;
	return (struct u16s){v, n};
}

static struct u16s
shares_of(const struct client *one, struct arena *a)
{
	static const uint16_t can[] = {0x001d, 0x0017, 0x0018, 0x0019, 0x001e};
	uint16_t *v = arena_alloc(a, (one->shares.n + 1) * sizeof(*v));
	size_t n = 0;

	for (size_t i = 0; i < one->shares.n; i++)
		if (u16s_has(U16S_OF(can), one->shares.v[i]))
			v[n++] = one->shares.v[i];
	return (struct u16s){v, n};
}

static enum step
next(void *st, const struct ctx *c, struct ask *ask)
{
	struct state *s = st;
	struct hello *h = &ask->hello;
	const struct client *one;

	if (s->asked == MOST || s->asked >= fact_u16s(c->known, F_CLIENTS_TO_ASK).n)
		return STEP_DONE;
	one = client_of(c, s->asked);
	hello_init(h, one->sni ? c->ep->sni : NULL, one->highest < TLS1_2 ? one->highest : TLS1_2);
	ask->stop = STOP_HELLO_DONE;
	h->pad_to = 0;
	h->flags = one->groups.n > 0 ? HELLO_POINT_FORMATS : 0;
	h->suites = one->suites;
	h->groups = one->groups;
	h->sigalgs = one->sigalgs;
	if (one->highest < TLS1_3)
		return STEP_ASK;
	h->versions = versions_of(one, c->arena);
	h->shares = shares_of(one, c->arena);
	h->flags |= HELLO_KEY_SHARE | HELLO_PSK_MODES | HELLO_SESSION_ID;
	return STEP_ASK;
}

/* With a share of its own for another group, the server might have taken that. */
static bool
group_counts(const struct client *one, uint16_t group, struct arena *a)
{
	return group != 0 && (shares_of(one, a).n == one->shares.n || u16s_has(one->shares, group));
}

static void
learn(void *st, const struct ctx *c, const struct reply *r)
{
	struct state *s = st;
	const struct client *one = client_of(c, s->asked);
	struct answer *a = &s->answers[s->asked++];
	const struct server_flight *sf = r->flight;
	uint16_t group = sf->group != 0 ? sf->group : sf->ske.group;

	a->says = arena_str(c->arena, reply_text(r, c->arena));
	a->told = sf->hello || r->kind == REPLY_ALERT || r->kind == REPLY_FIN;
	if (!sf->hello)
		return;
	a->version = sf->version;
	a->suite = sf->suite;
	a->group = group_counts(one, group, c->arena) ? group : 0;
	a->sigalg = sf->version < TLS1_3 ? sf->ske.sigalg : 0;
}

static void
put(const struct answer *a, const struct client *one, struct facts *out)
{
	struct facts *row = fact_add(out, K_CLIENT_ANSWER);

	fact_put_str(row, F_CLIENT_ANSWER_CLIENT, one->name);
	if (one->platform != NULL)
		fact_put_str(row, F_CLIENT_ANSWER_PLATFORM, one->platform);
	fact_put_str(row, F_CLIENT_ANSWER_SAYS, a->says);
	if (a->version == 0)
		return;
	fact_put_u32(row, F_CLIENT_ANSWER_VERSION, a->version);
	fact_put_u16s(row, F_CLIENT_ANSWER_SUITE, (struct u16s){&a->suite, 1});
	if (a->group != 0)
		fact_put_u16s(row, F_CLIENT_ANSWER_GROUP, (struct u16s){&a->group, 1});
	if (a->sigalg != 0)
		fact_put_u16s(row, F_CLIENT_ANSWER_SIGALG, (struct u16s){&a->sigalg, 1});
}

static void
conclude(void *st, const struct ctx *c, struct facts *out)
{
	const struct state *s = st;

	for (size_t i = 0; i < s->asked; i++)
		if (s->answers[i].told)
			put(&s->answers[i], client_of(c, i), out);
	fact_put_u32(out, F_CLIENTS_ASKED, (uint32_t)s->asked);
}

const struct probe probe_client_hellos = {
    .name = "client_hellos",
    .summary = "what clients get of which that does not follow from what is known",
    .needs = needs,
    .gives = gives,
    .next = next,
    .learn = learn,
    .conclude = conclude,
    .state_size = sizeof(struct state),
    .max_asks = MOST,
};
