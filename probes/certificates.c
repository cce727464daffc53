/*
 * certificates - every chain the server presents, and what its flights show besides.
 *
 * Sends:   for each version that is spoken a hello per kind of certificate that its suites need
 *          (RSA, ECDSA, DSS; under TLS 1.3 the kinds of signature algorithms), with every harmless
 *          extension there is; the same without server_name, in the best version, where RSA and
 *          ECDSA are asked for in any case: another site may answer then; when each of these is
 *          refused, hellos without server_name and with all that there is; SSLv2's own hello.
 * Learns:  the Certificate message as sent, staple, SCTs, extensions, random, session id,
 *          certificate request (RFC 5246, 7.4; RFC 8446, 4.4; RFC 6066, 8; RFC 6962, 3.3), as one
 *          record a flight; whether the server needs server_name.
 * Blind:   TLS 1.3 flights of servers that speak none of the groups that can be made here; chains
 *          that depend on more than version, kind of key and name.
 * Costs:   one connection for each of these; two more when an old server cannot stand the
 *          extensions, and one or two when it wants server_name.
 *
 * In less depth: the best version alone, with RSA and with ECDSA, and once without a name; for
 * certificates alone, whatever the server picks in the first version from the top that it speaks.
 */
#include "probe.h"

enum family {
	FAMILY_RSA,
	FAMILY_ECDSA,
	FAMILY_DSS,
	FAMILY_EDDSA,
	FAMILY_OTHER,
	N_FAMILIES,
	FAMILY_ANY = N_FAMILIES
};
enum {
	FIRST_NO_NAME = N_VERSIONS * N_FAMILIES, /* from here on without server_name */
	ANY_NO_NAME = FIRST_NO_NAME + N_FAMILIES, /* all that can be offered, in two versions */
	N_QUESTIONS = ANY_NO_NAME + 2,
	MAX_KEPT = 100,				/* certificates of one chain */
	MAX_PUBLIC = 32,			/* bytes: enough to tell two values apart */
	MAX_CA_NAMES = 4096			/* bytes of them all */
};

static const enum fact_id needs[] = {F_PROTO_SSL2, F_PROTO_TLS1_3, F_SUITES_SSL3, F_SUITES_TLS1_0,
    F_SUITES_TLS1_1, F_SUITES_TLS1_2, F_GROUPS_TLS1_3, F_SIGALGS_TLS1_3_RSA, F_SIGALGS_TLS1_3_ECDSA,
    F_SIGALGS_TLS1_2_ECDSA, F_NONE};
static const enum fact_id gives[] = {F_FLIGHTS_READ, F_SNI_REQUIRED, F_RECORD_SIZE_LIMIT, F_NONE};

/* Flights that are kept until conclude(): the answers to the questions, in their order. */
struct seen {
	uint16_t version, suite, group, sigalg;
	bool sni, all_offered, cert_request, ticket;
	uint32_t ticket_lifetime;
	struct span *certs;
	size_t n_certs, n_sent;
	uint16_t *exts;
	size_t n_exts, session_id, received, sent;
	struct span random, ocsp, scts, alpn, public, ca_names;
	int64_t time;
	struct seen *next;
};

struct state {
	unsigned question; /* the next one; version * N_FAMILIES + family */
	bool plain;	   /* again, without the extensions */
	struct seen *first, *last;
	unsigned n_seen;
	uint32_t record_limit;
	uint16_t best_named; /* the highest version of a flight that came with a name */
	enum tri sni_required;
	bool sni_lost;	   /* a hello without a name had no answer */
	enum why why, sni_why;
	const char *note, *sni_note;
};

/* ---- questions ---- */

static struct u16s
suites_of(const struct ctx *c, const struct version_row *row, enum family family)
{
	static const char *const props[] = {"au=RSA", "au=ECDSA", "au=DSS", "au=ECDSA", "au=GOST"};

	struct u16s all = fact_u16s(c->known, row->suites);

	if (family == FAMILY_EDDSA && row->version != TLS1_2)
		return (struct u16s){NULL, 0};
	if (family == FAMILY_ANY)
		return suites_for_version(row->version);
	if (c->depth == DEPTH_FAST && !fact_known(c->known, row->suites))
		all = suites_for_version(row->version);
	return suites_with(c->arena, all, props[family]);
}

static enum family
family_of(uint16_t sigalg)
{
	const struct sigalg *s = sigalg_by_code(sigalg);

	switch (s != NULL ? s->key : SIGKEY_NONE) {
	case SIGKEY_RSA:
		return FAMILY_RSA;
	case SIGKEY_ECDSA:
		return FAMILY_ECDSA;
	case SIGKEY_RSA_PSS:
		return FAMILY_DSS;
	case SIGKEY_EDDSA:
		return FAMILY_EDDSA;
	default:
		return FAMILY_OTHER;
	}
}

static struct u16s
sigalgs_of_family(const struct ctx *c, struct u16s all, enum family family)
{
	uint16_t *v = arena_alloc(c->arena, (all.n + 1) * sizeof(*v));
	size_t n = 0;

	for (size_t i = 0; i < all.n; i++)
		if (family_of(all.v[i]) == family)
			v[n++] = all.v[i];
	return (struct u16s){v, n};
}

/* TLS 1.3 suites say nothing about the key; the signature algorithms do. */
static struct u16s
sigalgs_of(const struct ctx *c, enum family family)
{
	struct u16s rsa = fact_u16s(c->known, F_SIGALGS_TLS1_3_RSA);
	struct u16s other = fact_u16s(c->known, F_SIGALGS_TLS1_3_ECDSA);

	if (family == FAMILY_ANY)
		return sigalgs_offer();
	if (c->depth == DEPTH_FAST)
		rsa = sigalgs_offer();
	rsa = sigalgs_of_family(c, rsa, family);
	return rsa.n > 0 ? rsa : sigalgs_of_family(c, other, family);
}

/* RSA signatures in the chain are usual above keys of any kind (RFC 8446, 4.2.3). */
static void
allow_any_chain(struct hello *h)
{
	h->sigalgs_cert = sigalgs_offer();
}

static bool
ask_tls13(const struct ctx *c, enum family family, struct ask *ask)
{
	struct u16s algs = sigalgs_of(c, family);
	bool known = fact_known(c->known, F_SIGALGS_TLS1_3_RSA) || c->depth != DEPTH_FULL;

	if ((!fact_yes(c->known, F_PROTO_TLS1_3) && c->depth != DEPTH_CERTS) || (known && algs.n == 0) ||
	    (!known && family != FAMILY_RSA))
		return false;
	ask_whole_tls13(ask, c);
	if (algs.n > 0) {
		ask->hello.sigalgs = algs;
		allow_any_chain(&ask->hello);
	}
	return true;
}

static bool
ask_ssl2(const struct ctx *c, enum family family, struct ask *ask)
{
	if (family != FAMILY_RSA || !fact_yes(c->known, F_PROTO_SSL2))
		return false;
	ask_hello(ask, c, SSL2, STOP_HELLO_DONE);
	ask->hello.suites2 = suites_ssl2();
	return true;
}

static bool
is_eddsa(uint16_t code)
{
	const struct sigalg *s = sigalg_by_code(code);

	return s != NULL && s->key == SIGKEY_EDDSA;
}

/* Those of TLS 1.2's ECDSA suites that are for such keys, or the others (RFC 8422, 5.10). */
static struct u16s
ecdsa_sigalgs(const struct ctx *c, bool eddsa)
{
	struct u16s all = fact_u16s(c->known, F_SIGALGS_TLS1_2_ECDSA);
	uint16_t *v = arena_alloc(c->arena, (all.n + 1) * sizeof(*v));
	size_t n = 0;

	for (size_t i = 0; i < all.n; i++)
		if (is_eddsa(all.v[i]) == eddsa)
			v[n++] = all.v[i];
	return (struct u16s){v, n};
}

/* An Ed25519 key beside an ECDSA key serves the same suites: only the algorithms tell which. */
static bool
ask_ecdsa(const struct ctx *c, enum family family, struct ask *ask)
{
	struct u16s ecdsa = ecdsa_sigalgs(c, false), eddsa = ecdsa_sigalgs(c, true);

	if (ecdsa.n == 0 || eddsa.n == 0)
		return family == FAMILY_ECDSA;
	if (family == FAMILY_EDDSA) /* a static ECDH key does not sign */
		ask->hello.suites = suites_with(c->arena, ask->hello.suites, "kx=ECDHE");
	ask->hello.sigalgs = family == FAMILY_ECDSA ? ecdsa : eddsa;
	allow_any_chain(&ask->hello);
	return true;
}

static bool
ask_chain(const struct ctx *c, const struct version_row *row, enum family family, struct ask *ask)
{
	struct u16s suites;

	if (row->version == TLS1_3)
		return ask_tls13(c, family, ask);
	if (row->version == SSL2)
		return ask_ssl2(c, family, ask);
	suites = suites_of(c, row, family);
	if (suites.n == 0)
		return false;
	ask_hello(ask, c, row->version, STOP_HELLO_DONE);
	ask->hello.suites = suites;
	if (row->version == TLS1_2 && (family == FAMILY_ECDSA || family == FAMILY_EDDSA))
		return ask_ecdsa(c, family, ask);
	return true;
}

/* The best version whose flights could be read, else the best. */
static uint16_t
no_name_version(const struct state *s, const struct ctx *c)
{
	return s->best_named != 0 ? s->best_named : best_version(c->known, TLS1_3);
}

/* Hardly anybody has another kind without a name that nobody has with one. */
static bool
asked_for_anyway(enum family family)
{
	return family == FAMILY_RSA || family == FAMILY_ECDSA || family == FAMILY_ANY;
}

static bool
no_name_tls13(const struct state *s, const struct ctx *c, enum family family, struct ask *ask)
{
	if (s->best_named == 0) { /* nobody can read it: a ServerHello must do */
		if (family != FAMILY_RSA && family != FAMILY_ANY)
			return false;
		ask_hello(ask, c, TLS1_3, STOP_SERVER_HELLO);
		ask->hello.suites = suites_for_version(TLS1_3);
		ask_key_share(ask, c->known);
		return true;
	}
	if (ask_tls13(c, family, ask))
		return true;
	if (!asked_for_anyway(family) || !fact_yes(c->known, F_PROTO_TLS1_3))
		return false;
	ask_whole_tls13(ask, c);
	ask->hello.sigalgs = sigalgs_of_family(c, sigalgs_offer(), family);
	allow_any_chain(&ask->hello);
	return true;
}

static bool
no_name_old(const struct ctx *c, uint16_t version, enum family family, struct ask *ask)
{
	const struct version_row *row = version_row(version);

	ask_hello(ask, c, version, STOP_HELLO_DONE);
	ask->hello.suites = suites_of(c, row, family);
	if (family == FAMILY_RSA && !fact_known(c->known, row->suites))
		ask->hello.suites = suites_for_version(version);
	else if (ask->hello.suites.n == 0 && asked_for_anyway(family))
		ask->hello.suites = suites_with(
		    c->arena, suites_for_version(version), family == FAMILY_RSA ? "au=RSA" : "au=ECDSA");
	return ask->hello.suites.n > 0;
}

/* Without server_name there is nothing to compare when there was none before either. */
static bool
ask_no_name(const struct state *s, const struct ctx *c, enum family family, struct ask *ask)
{
	uint16_t version = no_name_version(s, c);

	if (c->ep->sni == NULL || version < TLS1_0)
		return false;
	if (s->question >= ANY_NO_NAME) {
		/* Another site may have other suites and algorithms, or no TLS 1.3. */
		if (s->sni_required != TRI_YES)
			return false;
		family = FAMILY_ANY;
		if (s->question > ANY_NO_NAME)
			version = version == TLS1_3 ? TLS1_2 : 0;
	}
	if (version == 0 || !(version == TLS1_3 ? no_name_tls13(s, c, family, ask)
						: no_name_old(c, version, family, ask)))
		return false;
	ask->hello.sni = NULL;
	return true;
}

static void
add_extensions(struct hello *h, uint16_t version)
{
	if (version >= TLS1_0)
		h->flags |= HELLO_STATUS | HELLO_SCT;
	if (version >= TLS1_0 && version < TLS1_3)
		h->flags |= HELLO_HEARTBEAT | HELLO_MAX_FRAGMENT | HELLO_RECORD_LIMIT;
	else if (version == TLS1_3)
		h->flags |= HELLO_RECORD_LIMIT;
}

/* Is that question asked in this depth? */
static bool
wanted(const struct state *s, const struct ctx *c)
{
	uint16_t version = version_rows[s->question / N_FAMILIES % N_VERSIONS].version;
	enum family family = (enum family)(s->question % N_FAMILIES);
	bool no_name = s->question >= FIRST_NO_NAME;

	if (c->depth == DEPTH_FULL)
		return true;
	if (s->question >= ANY_NO_NAME) /* all has been offered in the first version */
		return c->depth == DEPTH_FAST && s->question > ANY_NO_NAME;
	if (c->depth == DEPTH_CERTS || no_name)
		return family == FAMILY_RSA && (no_name || (s->first == NULL && version >= TLS1_0));
	/* The best version, and the next one only when the flights of that could not be read. */
	return (family == FAMILY_RSA || family == FAMILY_ECDSA) &&
	    fact_yes(c->known, version_row(version)->proto) &&
	    (s->first == NULL || s->first->version == version);
}

static enum step
next(void *st, const struct ctx *c, struct ask *ask)
{
	struct state *s = st;

	for (; s->question < N_QUESTIONS; s->question++) {
		const struct version_row *row = &version_rows[s->question / N_FAMILIES % N_VERSIONS];
		enum family family = (enum family)(s->question % N_FAMILIES);
		bool no_name = s->question >= FIRST_NO_NAME;

		if (!wanted(s, c))
			continue;
		if (c->depth == DEPTH_CERTS || (c->depth == DEPTH_FAST && no_name))
			family = FAMILY_ANY;
		if (no_name ? !ask_no_name(s, c, family, ask) : !ask_chain(c, row, family, ask))
			continue;
		if (!s->plain && !no_name)
			add_extensions(&ask->hello, row->version);
		return STEP_ASK;
	}
	return STEP_DONE;
}

/* ---- answers ---- */

/* The names in a CertificateRequest, each behind its length: RFC 5246, 7.4.4 (below TLS 1.2 without
 * algorithms); RFC 8446, 4.2.4. */
static struct span
ca_names(const struct server_flight *sf)
{
	enum { CERTIFICATE_AUTHORITIES = 47 };
	struct rd r = rd_of(sf->cert_request_body), skipped, list = {NULL, 0}, exts, body;
	uint16_t type;

	if (!sf->cert_request || !rd_vec8(&r, &skipped))
		return (struct span){NULL, 0};
	if (sf->version < TLS1_3) {
		if ((sf->version < TLS1_2 || rd_vec16(&r, &skipped)) && !rd_vec16(&r, &list))
			list.n = 0;
		return rd_rest(&list);
	}
	if (!rd_vec16(&r, &exts))
		return (struct span){NULL, 0};
	while (rd_u16(&exts, &type) && rd_vec16(&exts, &body))
		if (type == CERTIFICATE_AUTHORITIES && !rd_vec16(&body, &list))
			list.n = 0;
	return rd_rest(&list);
}

static struct span
at_most(struct span s, size_t max)
{
	return (struct span){s.p, s.n < max ? s.n : max};
}

static struct seen *
copy_flight(struct arena *a, const struct server_flight *sf, bool sni, int64_t now)
{
	struct seen *x = arena_alloc(a, sizeof(*x));

	x->version = sf->version;
	x->suite = sf->suite;
	x->group = sf->version >= TLS1_3 ? sf->group : sf->ske.group;
	x->sigalg = sf->version >= TLS1_3 ? sf->cert_verify_alg : sf->ske.sigalg;
	x->sni = sni;
	x->cert_request = sf->cert_request;
	x->ticket = sf->ticket;
	x->ticket_lifetime = sf->ticket_lifetime;
	x->n_sent = sf->n_certs_sent;
	x->certs = arena_alloc(a, (sf->n_certs + 1) * sizeof(*x->certs));
	for (size_t i = 0; i < sf->n_certs && i < MAX_KEPT && arena_has_room(a, sf->certs[i].n); i++)
		x->certs[x->n_certs++] = arena_span(a, sf->certs[i]);
	x->exts = arena_alloc(a, (sf->n_exts + 1) * sizeof(*x->exts));
	for (size_t i = 0; i < sf->n_exts; i++)
		x->exts[x->n_exts++] = sf->exts[i].type;
	x->session_id = sf->session_id.n;
	x->random = arena_span(a, sf->random);
	x->ocsp = arena_span(a, sf->ocsp);
	x->scts = arena_span(a, sf->cert_scts);
	x->alpn = arena_span(a, sf->alpn);
	x->public = arena_span(a, at_most(sf->version >= TLS1_3 ? sf->share : sf->ske.y, MAX_PUBLIC));
	x->ca_names = arena_span(a, at_most(ca_names(sf), MAX_CA_NAMES));
	x->time = now;
	return x;
}

static void
read_record_limit(struct state *s, const struct server_flight *sf)
{
	struct span body;
	struct rd r;
	uint16_t limit;

	if (!flight_ext(sf, EXT_RECORD_SIZE_LIMIT, &body))
		return;
	r = rd_of(body);
	if (rd_u16(&r, &limit) && rd_end(&r)) /* RFC 8449, 4 */
		s->record_limit = limit;
}

/* The hello without a name.  An alert is about the name only when one with it was answered. */
static void
learn_no_name(struct state *s, const struct ctx *c, const struct reply *r)
{
	/* A version that it does not speak with a name either is refused in its own way. */
	bool refused = r->kind == REPLY_ALERT ||
	    (s->question > ANY_NO_NAME && !fact_yes(c->known, F_PROTO_TLS1_2) && r->kind != REPLY_NO_CONN);

	/* One kind of certificate without a name is enough. */
	if (r->flight->hello)
		s->sni_required = TRI_NO;
	else if (!refused || s->best_named == 0)
		s->sni_lost = true;
	else if (s->sni_required == TRI_UNKNOWN)
		s->sni_required = TRI_YES;
	s->sni_why = reply_why(r);
	s->sni_note = reply_text(r, c->arena);
}

static void
learn(void *st, const struct ctx *c, const struct reply *r)
{
	struct state *s = st;
	const struct server_flight *sf = r->flight;
	bool no_name = s->question >= FIRST_NO_NAME;
	/* SSLv3 has no extensions, so nothing was named. */
	bool named = c->ep->sni != NULL && !no_name &&
	    version_rows[s->question / N_FAMILIES].version >= TLS1_0;

	if (no_name)
		learn_no_name(s, c, r);
	if (sf->certificate) {
		struct seen *x = copy_flight(c->arena, sf, named, r->now);

		x->all_offered = !s->plain && !no_name &&
		    sf->version == version_rows[s->question / N_FAMILIES].version;
		x->received = r->received;
		x->sent = r->sent;
		*(s->last != NULL ? &s->last->next : &s->first) = x;
		s->last = x;
		s->n_seen++;
		read_record_limit(s, sf);
		if (named && sf->version > s->best_named)
			s->best_named = sf->version;
	} else if (!no_name) {
		s->why = reply_why(r);
		s->note = reply_text(r, c->arena);
		if (!s->plain && (c->depth == DEPTH_FULL || reply_says(r) != SAYS_NO)) {
			/* perhaps it was the extensions */
			s->plain = true;
			return;
		}
	}
	s->plain = false;
	s->question++;
}

/* ---- facts ---- */

static uint16_t
cert_index(struct facts *out, struct span der)
{
	size_t n = fact_rows(out, K_CERT);

	for (size_t i = 0; i < n; i++)
		if (span_eq(fact_hex(fact_row(out, K_CERT, i), F_CERT_DER), der))
			return (uint16_t)i;
	fact_put_hex(fact_add(out, K_CERT), F_CERT_DER, der);
	return (uint16_t)n;
}

static void
put_flight(const struct seen *x, struct arena *a, struct facts *out)
{
	struct facts *row = fact_add(out, K_FLIGHT);
	uint16_t chain[MAX_KEPT];

	for (size_t i = 0; i < x->n_certs; i++)
		chain[i] = cert_index(out, x->certs[i]);
	fact_put_u32(row, F_FLIGHT_VERSION, x->version);
	fact_put_tri(row, F_FLIGHT_SNI, x->sni ? TRI_YES : TRI_NO);
	fact_put_tri(row, F_FLIGHT_ALL_OFFERED, x->all_offered ? TRI_YES : TRI_NO);
	if (x->version > SSL2)
		fact_put_u16s(row, F_FLIGHT_SUITE, (struct u16s){&x->suite, 1});
	if (x->group != 0)
		fact_put_u16s(row, F_FLIGHT_GROUP, (struct u16s){&x->group, 1});
	if (x->sigalg != 0)
		fact_put_u16s(row, F_FLIGHT_SIGALG, (struct u16s){&x->sigalg, 1});
	fact_put_u16s(row, F_FLIGHT_CHAIN, (struct u16s){chain, x->n_certs});
	fact_put_u32(row, F_FLIGHT_N_SENT, (uint32_t)x->n_sent);
	fact_put_u16s(row, F_FLIGHT_EXTENSIONS, (struct u16s){x->exts, x->n_exts});
	fact_put_hex(row, F_FLIGHT_RANDOM, x->random);
	fact_put_u32(row, F_FLIGHT_SESSION_ID, (uint32_t)x->session_id);
	if (x->ticket)
		fact_put_u32(row, F_FLIGHT_TICKET_LIFETIME, x->ticket_lifetime);
	if (x->version > SSL2) /* there it comes after the keys */
		fact_put_tri(row, F_FLIGHT_CLIENT_AUTH, x->cert_request ? TRI_YES : TRI_NO);
	if (x->public.n > 0)
		fact_put_hex(row, F_FLIGHT_PUBLIC, x->public);
	if (x->ca_names.n > 0)
		fact_put_hex(row, F_FLIGHT_CA_NAMES, x->ca_names);
	if (x->alpn.n > 0)
		fact_put_str(row, F_FLIGHT_ALPN, text_clean(a, x->alpn, 64));
	fact_put_hex(row, F_FLIGHT_STAPLE, x->ocsp);
	fact_put_hex(row, F_FLIGHT_SCTS, x->scts);
	fact_put_u32(row, F_FLIGHT_BYTES, (uint32_t)x->received);
	fact_put_u32(row, F_FLIGHT_BYTES_SENT, (uint32_t)x->sent);
	fact_put_time(row, F_FLIGHT_TIME, x->time);
}

static void
conclude(void *st, const struct ctx *c, struct facts *out)
{
	struct state *s = st;

	for (const struct seen *x = s->first; x != NULL; x = x->next)
		put_flight(x, c->arena, out);
	if (s->n_seen > 0)
		fact_put_u32(out, F_FLIGHTS_READ, s->n_seen);
	else if (s->why != WHY_NONE)
		fact_put_unknown(out, F_FLIGHTS_READ, s->why, s->note);
	if (s->sni_required == TRI_YES && (s->sni_lost || s->question < N_QUESTIONS))
		s->sni_required = TRI_UNKNOWN;
	if (s->sni_required != TRI_UNKNOWN)
		fact_put_tri(out, F_SNI_REQUIRED, s->sni_required);
	else if (s->sni_why != WHY_NONE)
		fact_put_unknown(out, F_SNI_REQUIRED, s->sni_why, s->sni_note);
	if (s->record_limit > 0)
		fact_put_u32(out, F_RECORD_SIZE_LIMIT, s->record_limit);
	else
		fact_put_unknown(out, F_RECORD_SIZE_LIMIT, WHY_NOT_APPLICABLE, NULL);
	if (s->sni_required == TRI_UNKNOWN && s->sni_why == WHY_NONE)
		fact_put_unknown(out, F_SNI_REQUIRED, WHY_NOT_APPLICABLE, NULL);
}

const struct probe probe_certificates = {
    .name = "certificates",
    .summary = "every certificate chain, with what comes beside it",
    .needs = needs,
    .gives = gives,
    .next = next,
    .learn = learn,
    .conclude = conclude,
    .state_size = sizeof(struct state),
    .max_asks = 2 * N_QUESTIONS,
};
