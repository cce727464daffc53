/* ask - what most probes ask with, and how they sort the answers; see probe.h. */
#include "config.h"

#include "probe.h"

enum { /* RFC 8446, 6.2; RFC 5246, 7.2.2 */
	HANDSHAKE_FAILURE = 40,
	ILLEGAL_PARAMETER = 47,
	PROTOCOL_VERSION = 70,
	INSUFFICIENT_SECURITY = 71,
	MISSING_EXTENSION = 109
};

const struct version_row version_rows[N_VERSIONS] = {
    {TLS1_3, F_PROTO_TLS1_3, F_SUITES_TLS1_3, F_ORDER_TLS1_3},
    {TLS1_2, F_PROTO_TLS1_2, F_SUITES_TLS1_2, F_ORDER_TLS1_2},
    {TLS1_1, F_PROTO_TLS1_1, F_SUITES_TLS1_1, F_ORDER_TLS1_1},
    {TLS1_0, F_PROTO_TLS1_0, F_SUITES_TLS1_0, F_ORDER_TLS1_0},
    {SSL3, F_PROTO_SSL3, F_SUITES_SSL3, F_ORDER_SSL3},
    {SSL2, F_PROTO_SSL2, F_SUITES_SSL2, F_NONE},
};

const struct version_row *
version_row(uint16_t version)
{
	for (size_t i = 0; i < N_VERSIONS; i++)
		if (version_rows[i].version == version)
			return &version_rows[i];
	return NULL;
}

uint16_t
best_version(const struct facts *known, uint16_t max)
{
	for (size_t i = 0; i < N_VERSIONS; i++)
		if (version_rows[i].version <= max && fact_yes(known, version_rows[i].proto))
			return version_rows[i].version;
	return 0;
}

bool
only_tls13(const struct facts *known)
{
	for (size_t i = 0; i < N_VERSIONS; i++)
		if (fact_tri(known, version_rows[i].proto) !=
		    (version_rows[i].version == TLS1_3 ? TRI_YES : TRI_NO))
			return false;
	return true;
}

enum says
reply_says(const struct reply *r)
{
	if (r->flight->hello)
		return SAYS_HELLO;
	switch (r->kind) {
	case REPLY_ALERT:
		return r->alert == HANDSHAKE_FAILURE || r->alert == ILLEGAL_PARAMETER ||
			       r->alert == PROTOCOL_VERSION || r->alert == INSUFFICIENT_SECURITY ||
			       r->alert == MISSING_EXTENSION
			   ? SAYS_NO
			   : r->alert == 0 ? SAYS_CLOSED : SAYS_ODD;
	case REPLY_FIN:
	case REPLY_RESET:
		return SAYS_CLOSED;
	case REPLY_SILENCE:
	case REPLY_NO_CONN:
		return SAYS_NOTHING;
	default:
		return SAYS_ODD;
	}
}

void
ask_hello(struct ask *ask, const struct ctx *c, uint16_t version, enum flight_stop stop)
{
	hello_init(&ask->hello, c->ep->sni, version);
	/* What brings nothing here may do harm: wolfSSL without a staple closes on status_request. */
	ask->hello.flags &= ~(unsigned)(HELLO_STATUS | HELLO_SCT);
	ask->kind = ASK_HELLO;
	ask->stop = stop;
}

struct u16s
suites_with(struct arena *a, struct u16s list, const char *prop)
{
	uint16_t *v = arena_alloc(a, (list.n + 1) * sizeof(*v));
	size_t n = 0;

	for (size_t i = 0; i < list.n; i++)
		if (suite_has(suite_by_code(list.v[i]), prop))
			v[n++] = list.v[i];
	return (struct u16s){v, n};
}

void
peel_answer(struct peel *p, const struct reply *r, bool chosen, uint16_t code)
{
	enum says says = reply_says(r);

	if (chosen)
		peel_picked(p, code);
	else if (says == SAYS_NO)
		peel_refused(p);
	else if (says == SAYS_CLOSED || says == SAYS_NOTHING || r->kind == REPLY_ALERT)
		/* internal_error and the like may be about the server alone (RFC 8446, 6.2) */
		peel_lost(p, says == SAYS_CLOSED && r->kind != REPLY_RESET);
	else
		peel_stop(p);
}

/* The value of a big-endian number that fits 32 bits; false when it does not. */
static bool
small(struct span s, uint32_t *v)
{
	*v = 0;
	while (s.n > 0 && *s.p == 0) {
		s.p++;
		s.n--;
	}
	if (s.n > 4)
		return false;
	for (size_t i = 0; i < s.n; i++)
		*v = *v << 8 | s.p[i];
	return true;
}

/* The prime of over 10,000 bits is cut, so its size is a lower bound then. */
static uint32_t
bit_length(struct span s)
{
	uint32_t n = 0;

	while (s.n > 0 && *s.p == 0) {
		s.p++;
		s.n--;
	}
	if (s.n > 0)
		for (unsigned top = *s.p; top > 0; top >>= 1)
			n++;
	return s.n > 0 ? n + 8 * (uint32_t)(s.n - 1) : 0;
}

static bool
have_dh(const struct facts *f, struct span p, uint32_t g, bool export_grade)
{
	for (size_t i = 0; i < fact_rows(f, K_DHPARAM); i++) {
		const struct facts *row = fact_row(f, K_DHPARAM, i);

		if (span_eq(fact_hex(row, F_DHPARAM_P), p) &&
		    fact_u32(row, F_DHPARAM_GENERATOR) == g &&
		    fact_yes(row, F_DHPARAM_EXPORT) == export_grade)
			return true;
	}
	return false;
}

void
dh_see(struct dh_seen *d, struct arena *a, const struct server_flight *sf)
{
	enum { MAX_P = 1280 };
	const struct server_key_exchange *k = &sf->ske;
	const struct suite *s = suite_by_code(sf->suite);
	struct span p = {k->p.p, k->p.n < MAX_P ? k->p.n : MAX_P};

	if (k->kind != SKE_DHE || d->n == DH_SEEN_MAX)
		return;
	for (size_t i = 0; i < d->n; i++) {
		const struct suite *old = suite_by_code(d->v[i].suite);

		if (span_eq(d->v[i].p, p) && span_eq(d->v[i].g, k->g) &&
		    (s != NULL && s->export_grade) == (old != NULL && old->export_grade))
			return;
	}
	d->v[d->n].version = sf->version;
	d->v[d->n].suite = sf->suite;
	d->v[d->n].p = arena_span(a, p);
	d->v[d->n++].g = arena_span(a, (struct span){k->g.p, k->g.n < MAX_P ? k->g.n : MAX_P});
}

static void
put_dh(struct facts *out, uint16_t version, uint16_t suite, struct span p, struct span g)
{
	static const char *const kinds[] = {NULL, "safe", "unsafe", "composite"};
	const struct suite *s = suite_by_code(suite);
	const struct dh_prime *known = dh_prime_find(p);
	bool export_grade = s != NULL && s->export_grade;
	struct facts *row;
	uint32_t generator;
	bool fits = small(g, &generator);

	if (have_dh(out, p, fits ? generator : 0, export_grade))
		return;
	row = fact_add(out, K_DHPARAM);
	fact_put_u32(row, F_DHPARAM_BITS, bit_length(p));
	if (known != NULL) {
		fact_put_str(row, F_DHPARAM_NAME, known->name);
		if (kinds[known->kind] != NULL)
			fact_put_str(row, F_DHPARAM_KIND, kinds[known->kind]);
	}
	if (fits)
		fact_put_u32(row, F_DHPARAM_GENERATOR, generator);
	fact_put_tri(row, F_DHPARAM_EXPORT, export_grade ? TRI_YES : TRI_NO);
	fact_put_u32(row, F_DHPARAM_VERSION, version);
	fact_put_u16s(row, F_DHPARAM_SUITE, (struct u16s){&suite, 1});
	fact_put_hex(row, F_DHPARAM_P, p);
}

void
dh_put(const struct dh_seen *d, struct facts *out)
{
	for (size_t i = 0; i < d->n; i++)
		put_dh(out, d->v[i].version, d->v[i].suite, d->v[i].p, d->v[i].g);
}

struct u16s
groups_expected(void)
{
	static const uint16_t best_first[] = {0x11ec, 0x11eb, 0x11ed, 0x001d, 0x0017, 0x001e, 0x0019, 0x0018};

	return U16S_OF(best_first);
}

/* Groups of which adapt/openssl_tls.c makes shares, the cheapest first; those of RFC 7919 are long,
 * and only for servers that are known to have nothing else. */
static const uint16_t can[] = {0x001d, 0x0017, 0x0018, 0x0019, 0x001e, 0x0100, 0x0101, 0x0102,
    0x0103, 0x0104};
enum { N_CURVES = 5 };

void
ask_whole_tls13(struct ask *ask, const struct ctx *c)
{
	static const uint16_t readable[] = {0x1305, 0x1304, 0x1301, 0x1303, 0x1302}; /* engine/keys.c */
	static const uint16_t few[] = {0x001d, 0x0017}; /* a key of the larger curves costs a host's time */
	struct u16s groups = fact_known(c->known, F_GROUPS_TLS1_3) ? fact_u16s(c->known, F_GROUPS_TLS1_3)
								   : fact_seen(c->known, F_GROUPS_TLS1_3);

	ask_hello(ask, c, TLS1_3, STOP_HELLO_DONE);
	ask->follow_retry = true;
	ask->hello.suites = U16S_OF(readable);
	ask->hello.groups = ask->hello.shares = c->depth == DEPTH_CERTS ? U16S_OF(few)
									  : (struct u16s){can, N_CURVES};
	for (size_t i = 0; i < N_ELEMENTS(can); i++)
		if (u16s_has(groups, can[i])) {
			ask->hello.groups = ask->hello.shares = (struct u16s){&can[i], 1};
			return;
		}
}

unsigned
wait_ms(const struct ctx *c, unsigned ms)
{
	enum { MORE_MAX_MS = 4000 };
	unsigned more = 4 * c->rtt_ms;

	return ms + (more < MORE_MAX_MS ? more : MORE_MAX_MS);
}

const char *
user_agent(void)
{
	return "tlsaudit/" PACKAGE_VERSION;
}

bool
suite_finishable(uint16_t code)
{
	const struct suite *s = suite_by_code(code);

	if (s == NULL || (s->kx != KX_RSA && s->kx != KX_DHE && s->kx != KX_ECDHE))
		return false;
	if (code >= 0xcc13 && code <= 0xcc15) /* draft-agl-tls-chacha20poly1305: another nonce */
		return false;
	switch (s->enc) { /* engine/keys12.c */
	case ENC_RC4_128:
		return s->mac == MAC_SHA1 || s->mac == MAC_MD5;
	case ENC_3DES:
	case ENC_AES_128_CBC:
	case ENC_AES_256_CBC:
	case ENC_CAMELLIA_128_CBC:
	case ENC_CAMELLIA_256_CBC:
		return s->mac == MAC_SHA1 || s->mac == MAC_SHA256 || s->mac == MAC_SHA384;
	case ENC_AES_128_GCM:
	case ENC_AES_256_GCM:
	case ENC_AES_128_CCM:
	case ENC_AES_256_CCM:
	case ENC_AES_128_CCM_8:
	case ENC_AES_256_CCM_8:
	case ENC_CHACHA20_POLY1305:
		return true;
	default:
		return false;
	}
}

/* Those of the groups that can be made here and that the server is not known to refuse. */
static struct u16s
groups_to_finish(const struct ctx *c, enum fact_id id)
{
	struct u16s groups = fact_u16s(c->known, id);
	uint16_t *v = arena_alloc(c->arena, sizeof(can));
	size_t n = 0;

	for (size_t i = 0; i < N_ELEMENTS(can); i++)
		if (i >= N_CURVES ? id == F_GROUPS_TLS1_3 && u16s_has(groups, can[i])
				  : !fact_known(c->known, id) || u16s_has(groups, can[i]))
			v[n++] = can[i];
	return (struct u16s){v, n};
}

/* ECDHE first: a server that follows the client's order may have trouble with what is rarely asked for
 * (h2o with OpenSSL 3 and RSA key exchange has). */
static bool
finished_old(struct ask *ask, const struct ctx *c, uint16_t version)
{
	struct u16s all, groups = groups_to_finish(c, F_GROUPS_TLS1_2);
	size_t n = 0;
	uint16_t *v;

	if (version < SSL3)
		return false;
	all = fact_u16s(c->known, version_row(version)->suites);
	v = arena_alloc(c->arena, (all.n + 1) * sizeof(*v));
	for (int ecdhe = groups.n > 0 && version > SSL3; ecdhe >= 0; ecdhe--)
		for (size_t i = 0; i < all.n; i++)
			if (suite_finishable(all.v[i]) &&
			    (suite_by_code(all.v[i])->kx == KX_ECDHE) == (ecdhe == 1))
				v[n++] = all.v[i];
	ask_hello(ask, c, version, STOP_FINISHED);
	ask->hello.suites = (struct u16s){v, n};
	if (version > SSL3) /* RFC 6101: no extensions */
		ask->hello.groups = groups;
	return n > 0;
}

bool
ask_finished_ssl3(struct ask *ask, const struct ctx *c, uint16_t max)
{
	uint16_t best = best_version(c->known, max);

	return best == SSL3 ? finished_old(ask, c, SSL3) : ask_finished(ask, c, max);
}

bool
ask_finished(struct ask *ask, const struct ctx *c, uint16_t max)
{
	if (best_version(c->known, max) < TLS1_3 || groups_to_finish(c, F_GROUPS_TLS1_3).n == 0)
		return best_version(c->known, TLS1_2) >= TLS1_0 &&
		    finished_old(ask, c, best_version(c->known, TLS1_2));
	ask_whole_tls13(ask, c);
	ask->stop = STOP_FINISHED;
	return true;
}

void
ask_ticket_or_end(struct ask *ask, bool ticket)
{
	enum { TICKET_MS = 2000, END_MS = 1000, ALERT = 21 };
	static const uint8_t close_notify[] = {1, 0};

	ask->kind = ASK_SAY;
	ask->same_conn = true;
	ask->keep = ticket;
	ask->stop = ticket ? STOP_TICKET : STOP_CLOSE;
	ask->wait_ms = ticket ? TICKET_MS : END_MS;
	/* Without a farewell some servers forget the session. */
	if (!ticket)
		ask->say[0] = (struct say){
		    .kind = SAY_RECORD, .type = ALERT, .bytes = SPAN_OF(close_notify)};
}

void
ask_by_ticket(struct ask *ask, const struct ctx *c, const struct session *s)
{
	enum { ID = 32 };
	uint8_t *id = arena_alloc(c->arena, ID);

	/* RFC 5077, 3.4: the server echoes it when it takes the ticket. */
	rng_bytes(c->rng, id, ID);
	ask->hello.ticket = s->ticket;
	ask->hello.session_id = (struct span){id, ID};
}

const struct session *
session_copy(struct arena *a, const struct session *s)
{
	struct session *copy;

	if (s == NULL)
		return NULL;
	copy = arena_alloc(a, sizeof(*copy));
	*copy = *s;
	copy->id = arena_span(a, s->id);
	copy->ticket = arena_span(a, s->ticket);
	return copy;
}

void
ask_key_share(struct ask *ask, const struct facts *known)
{
	if (fact_tri(known, F_EMPTY_KEY_SHARE) == TRI_YES)
		return;
	for (size_t i = 0; i < N_ELEMENTS(can); i++)
		if (u16s_has(ask->hello.groups, can[i])) {
			ask->hello.shares = (struct u16s){&can[i], 1};
			return;
		}
}

void
put_choice(struct facts *out, uint16_t version, uint16_t suite, uint16_t group)
{
	struct facts *row = fact_add(out, K_CHOICE);

	fact_put_u32(row, F_CHOICE_VERSION, version);
	fact_put_u16s(row, F_CHOICE_SUITE, (struct u16s){&suite, 1});
	if (group != 0)
		fact_put_u16s(row, F_CHOICE_GROUP, (struct u16s){&group, 1});
}

bool
first_choice(const struct facts *known, uint16_t version, uint16_t *suite, uint16_t *group)
{
	for (size_t i = 0; i < fact_rows(known, K_CHOICE); i++) {
		const struct facts *row = fact_row(known, K_CHOICE, i);

		if (fact_u32(row, F_CHOICE_VERSION) != version)
			continue;
		*suite = fact_u16s(row, F_CHOICE_SUITE).v[0];
		*group = fact_known(row, F_CHOICE_GROUP) ? fact_u16s(row, F_CHOICE_GROUP).v[0] : 0;
		return true;
	}
	return false;
}

void
unknown_like(struct facts *out, enum fact_id id, const struct facts *known, enum fact_id from)
{
	enum why why = fact_why(known, from);

	/* Known: the question itself makes no sense then. */
	fact_put_unknown(
	    out, id, why != WHY_NONE ? why : WHY_NOT_APPLICABLE, why != WHY_NONE ? fact_note(known, from) : NULL);
}
