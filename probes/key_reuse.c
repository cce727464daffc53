/*
 * key_reuse - does the server use an ephemeral key of its key exchange more than once?
 *
 * Sends:   the hello again that has brought an ECDHE flight (TLS 1.2 and below, else TLS 1.3 with a
 *          real key share), and hellos with DHE suites alone, twice.
 * Learns:  the same public value as before (RFC 8422, 5.4; RFC 5246, 7.4.3; RFC 8446, 4.2.8)
 *                                                  -> it is used again
 *          another one                             -> not so, as far as two connections can tell
 * Blind:   keys that are kept for a short time, or by one of several processes behind the address.
 * Costs:   one connection for ECDHE or TLS 1.3, two when none was seen before; two for DHE.
 */
#include "probe.h"

enum { HEAD = 32 }; /* bytes of a public value, as many as handshakes[] keep */

static const enum fact_id needs[] = {F_FLIGHTS_READ, F_PROTO_TLS1_3, F_SUITES_SSL3, F_SUITES_TLS1_0,
    F_SUITES_TLS1_1, F_SUITES_TLS1_2, F_SUITES_TLS1_3, F_GROUPS_TLS1_2, F_GROUPS_TLS1_3, F_NONE};
static const enum fact_id gives[] = {F_ECDH_REUSED, F_DH_REUSED, F_NONE};

struct key_kind { /* of key exchange */
	unsigned asked, most; /* questions */
	struct span first;
	enum tri reused;
	enum why why;
	const char *note;
};

struct state {
	struct key_kind ec, dh;
	bool begun;
};

static struct span
head(struct span s)
{
	return (struct span){s.p, s.n < HEAD ? s.n : HEAD};
}

/* The row whose hello can be sent again: of the highest version before TLS 1.3, else of TLS 1.3. */
static const struct facts *
ec_row(const struct facts *known)
{
	const struct facts *tls13 = NULL;

	for (size_t i = 0; i < fact_rows(known, K_FLIGHT); i++) {
		const struct facts *row = fact_row(known, K_FLIGHT, i);

		if (fact_hex(row, F_FLIGHT_PUBLIC).n == 0 || !fact_known(row, F_FLIGHT_GROUP))
			continue;
		if (fact_u32(row, F_FLIGHT_VERSION) < TLS1_3)
			return row;
		if (tls13 == NULL)
			tls13 = row;
	}
	return tls13;
}

/* Any two of the flights that were read with the same value? */
static bool
seen_twice(const struct facts *known)
{
	for (size_t i = 0; i < fact_rows(known, K_FLIGHT); i++)
		for (size_t k = 0; k < i; k++) {
			struct span a = fact_hex(fact_row(known, K_FLIGHT, i), F_FLIGHT_PUBLIC);

			if (a.n > 0 && fact_known(fact_row(known, K_FLIGHT, i), F_FLIGHT_GROUP) &&
			    span_eq(a, fact_hex(fact_row(known, K_FLIGHT, k), F_FLIGHT_PUBLIC)))
				return true;
		}
	return false;
}

static bool
ask_again(const struct facts *row, const struct ctx *c, struct ask *ask)
{
	uint16_t version = (uint16_t)fact_u32(row, F_FLIGHT_VERSION);

	/* Before TLS 1.3 all groups again: a certificate's curve must be among them (RFC 8422, 5.1). */
	ask_hello(ask, c, version, version < TLS1_3 ? STOP_HELLO_DONE : STOP_SERVER_HELLO);
	ask->hello.suites = fact_u16s(row, F_FLIGHT_SUITE);
	if (version == TLS1_3)
		ask->hello.groups = ask->hello.shares = fact_u16s(row, F_FLIGHT_GROUP);
	return true;
}

/* ECDHE without a flight that was read: suites without certificates, say. */
static bool
ask_with(const char *kx, const struct ctx *c, struct ask *ask)
{
	for (size_t i = 0; i < N_VERSIONS; i++) {
		const struct version_row *v = &version_rows[i];
		struct u16s suites;

		if (v->version >= TLS1_3 || v->version < SSL3)
			continue;
		suites = suites_with(c->arena, fact_u16s(c->known, v->suites), kx);
		suites = suites_with(c->arena, suites, "!psk");
		if (suites.n == 0)
			continue;
		ask_hello(ask, c, v->version, STOP_HELLO_DONE);
		ask->hello.suites = suites;
		return true;
	}
	return false;
}

static void
begin(struct state *s, const struct ctx *c)
{
	const struct facts *row = ec_row(c->known);

	s->begun = true;
	s->dh.most = 2;
	s->ec.most = row != NULL ? 1 : 2;
	if (seen_twice(c->known))
		s->ec.reused = TRI_YES;
	else if (row != NULL)
		s->ec.first = arena_span(c->arena, fact_hex(row, F_FLIGHT_PUBLIC));
}

static enum step
next(void *st, const struct ctx *c, struct ask *ask)
{
	struct state *s = st;
	const struct facts *row = ec_row(c->known);

	if (!s->begun)
		begin(s, c);
	if (s->ec.reused == TRI_UNKNOWN && s->ec.asked < s->ec.most && s->ec.why == WHY_NONE &&
	    (row != NULL ? ask_again(row, c, ask) : ask_with("kx=ECDHE", c, ask))) {
		s->ec.asked++;
		return STEP_ASK;
	}
	s->ec.asked = s->ec.most; /* that is over */
	if (s->dh.asked < s->dh.most && s->dh.why == WHY_NONE && ask_with("kx=DHE", c, ask)) {
		s->dh.asked++;
		return STEP_ASK;
	}
	return STEP_DONE;
}

static void
learn(void *st, const struct ctx *c, const struct reply *r)
{
	struct state *s = st;
	const struct server_flight *sf = r->flight;
	bool dh = s->dh.asked > 0;
	struct key_kind *k = dh ? &s->dh : &s->ec;
	struct span y = head(sf->version >= TLS1_3 && !sf->retry ? sf->share : sf->ske.y);

	if (y.n == 0 || (dh && sf->ske.kind != SKE_DHE)) {
		k->why = reply_why(r);
		k->note = reply_text(r, c->arena);
	} else if (k->first.n == 0) {
		k->first = arena_span(c->arena, y);
	} else {
		k->reused = span_eq(k->first, y) ? TRI_YES : TRI_NO;
	}
}

/* Without such suites, or with lists of them that are not known. */
static void
put(const struct key_kind *k, const struct facts *known, struct facts *out, enum fact_id id)
{
	if (k->reused != TRI_UNKNOWN) {
		fact_put_tri(out, id, k->reused);
	} else if (k->why != WHY_NONE) {
		fact_put_unknown(out, id, k->why, k->note);
	} else if (k->first.n == 0) {
		for (size_t i = 0; i < N_VERSIONS; i++)
			if (version_rows[i].version > SSL2 && fact_tri(known, version_rows[i].proto) != TRI_NO &&
			    !fact_known(known, version_rows[i].suites)) {
				unknown_like(out, id, known, version_rows[i].suites);
				return;
			}
		fact_put_unknown(out, id, WHY_NOT_APPLICABLE, "no such key exchange was seen");
	}
}

static void
conclude(void *st, const struct ctx *c, struct facts *out)
{
	struct state *s = st;

	put(&s->ec, c->known, out, F_ECDH_REUSED);
	put(&s->dh, c->known, out, F_DH_REUSED);
}

const struct probe probe_key_reuse = {
    .name = "key_reuse",
    .summary = "are ephemeral keys of ECDHE and DHE used more than once?",
    .needs = needs,
    .gives = gives,
    .next = next,
    .learn = learn,
    .conclude = conclude,
    .state_size = sizeof(struct state),
    .max_asks = 4,
};
