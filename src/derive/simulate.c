/* simulate - see simulate.h. */
#include "derive/simulate.h"

struct pick { /* what one simulation works with */
	const struct sim_server *s;
	const struct client *c;
	struct arena *a;
	struct sim *r;
};

static bool
fail(struct pick *p, const char *why)
{
	p->r->connects = TRI_NO;
	p->r->failure = why;
	return false;
}

/* The first doubt stays: it is the one nearest to the cause. */
static void
doubt(struct pick *p, const char *why)
{
	if (p->r->doubt == NULL)
		p->r->doubt = why;
	p->r->connects = TRI_UNKNOWN;
}

static void
doubt_missing(struct pick *p, enum fact_id id)
{
	if (p->r->doubt == NULL)
		p->r->missing = id;
	doubt(p, arena_printf(p->a, "%s is not known", fact_defs[id].json));
}

static bool
common(struct u16s a, struct u16s b)
{
	for (size_t i = 0; i < a.n; i++)
		if (u16s_has(b, a.v[i]))
			return true;
	return false;
}

/* ---- keys ---- */

static bool
is_rsa(const struct sim_key *k)
{
	return strncmp(k->type, "RSA", 3) == 0;
}

/* Is it a leaf that this client may get?  Without server_name it gets the default one; an endpoint
 * without a name has no other. */
static bool
presented(const struct pick *p, const struct sim_key *k)
{
	return p->c->sni && p->s->named ? k->sni : k->no_sni;
}

static bool
has_key(const struct pick *p, bool rsa)
{
	for (size_t i = 0; i < p->s->n_keys; i++)
		if (presented(p, &p->s->keys[i]) && is_rsa(&p->s->keys[i]) == rsa)
			return true;
	return false;
}

static bool
any_key(const struct pick *p)
{
	return has_key(p, true) || has_key(p, false);
}

/* ---- which suites the hello allows ---- */

static bool
uses_group(const struct suite *s)
{
	return s->kx == KX_ECDHE || s->kx == KX_ECDH;
}

static bool
is_signed(const struct suite *s)
{
	return (s->kx == KX_DHE || s->kx == KX_ECDHE) && s->au != AU_NULL;
}

/* Key exchanges that a browser cannot take part in although its library lists them. */
static bool
needs_secret(const struct suite *s)
{
	return suite_has(s, "psk") || s->kx == KX_SRP || s->kx == KX_KRB5 ||
	       s->kx == KX_KRB5_EXPORT;
}

/* RFC 5246, 7.4.1.4.1: a client that sends no signature_algorithms takes SHA-1 with each. */
static struct u16s
client_sigalgs(const struct client *c)
{
	static const uint16_t sha1[] = {0x0201, 0x0202, 0x0203};

	return c->sigalgs.n > 0 ? c->sigalgs : U16S_OF(sha1);
}

static enum tri
sigalg_allows(const struct pick *p, bool tls13, bool ecdsa)
{
	const struct sim_list *l = &p->s->sigalgs[tls13][ecdsa];

	if (p->s->sigalgs_ignored == TRI_YES)
		return TRI_YES;
	if (!l->known)
		return TRI_UNKNOWN;
	return common(client_sigalgs(p->c), l->v) ? TRI_YES : TRI_NO;
}

/* RFC 8422, 5.1.1: the client's groups also say which curves a certificate may have, up to TLS 1.2;
 * RFC 8446, 4.2.7 ends that. */
static enum tri
curve_allows(const struct pick *p)
{
	enum tri v = any_key(p) ? TRI_NO : TRI_UNKNOWN;

	if (p->c->groups.n == 0)
		return TRI_YES;
	for (size_t i = 0; i < p->s->n_keys; i++) {
		const struct sim_key *k = &p->s->keys[i];

		if (!presented(p, k) || is_rsa(k))
			continue;
		if (strcmp(k->type, "EC") != 0 || u16s_has(p->c->groups, k->curve))
			return TRI_YES;
		if (k->curve == 0)
			v = TRI_UNKNOWN;
	}
	return v;
}

static enum tri
and3(enum tri a, enum tri b)
{
	return a == TRI_NO || b == TRI_NO     ? TRI_NO
	       : a == TRI_YES && b == TRI_YES ? TRI_YES
					      : TRI_UNKNOWN;
}

/* Does the certificate for those without server_name go with the suite? */
static enum tri
default_key(const struct pick *p, const struct suite *s)
{
	if (!any_key(p))
		return TRI_UNKNOWN;
	return has_key(p, s->au == AU_RSA && s->kx != KX_ECDH) ? TRI_YES : TRI_NO;
}

/* May the server choose this suite, which it accepts in general, for this hello? */
static enum tri
allowed(const struct pick *p, uint16_t version, uint16_t code)
{
	const struct suite *s = suite_by_code(code);
	enum tri v = TRI_YES;

	if (s == NULL || !u16s_has(p->c->suites, code) || needs_secret(s))
		return TRI_NO;
	if (version == TLS1_3)
		return TRI_YES; /* group and key stand apart from the suite */
	if (uses_group(s) && p->c->groups.n > 0 && s->kx == KX_ECDHE)
		v = !p->s->groups12.known                    ? TRI_UNKNOWN
		    : common(p->c->groups, p->s->groups12.v) ? TRI_YES
							     : TRI_NO;
	if (s->au == AU_ECDSA && s->kx == KX_ECDHE)
		v = and3(v, curve_allows(p));
	if (p->s->named && !p->c->sni && (s->au == AU_RSA || s->au == AU_ECDSA))
		v = and3(v, default_key(p, s)); /* the suites were asked for with server_name */
	if (version == TLS1_2 && is_signed(s) && s->au != AU_DSS)
		v = and3(v, sigalg_allows(p, false, s->au == AU_ECDSA));
	return v;
}

/* ---- who chooses ---- */

struct choice { /* the possible ones, and whether it is certain that one of them is taken */
	uint16_t *v;
	size_t n;
	bool certain;
};

static void
add(struct choice *c, uint16_t code)
{
	if (!u16s_has((struct u16s){c->v, c->n}, code))
		c->v[c->n++] = code;
}

/* Goes through a list in the order of who decides: whatever may be allowed is possible, and what is
 * allowed for sure ends it. */
static bool
walk(const struct pick *p, uint16_t version, struct u16s list, struct choice *out)
{
	for (size_t i = 0; i < list.n; i++) {
		enum tri v = allowed(p, version, list.v[i]);

		if (v != TRI_NO)
			add(out, list.v[i]);
		if (v == TRI_YES)
			return true;
	}
	return false;
}

static bool
is_chacha20(uint16_t code)
{
	return suite_has(suite_by_code(code), "enc:CHACHA20_POLY1305");
}

/* The server's list with ChaCha20 in front, for a client that puts it first. */
static struct u16s
chacha20_first(const struct pick *p, struct u16s list)
{
	uint16_t *v = arena_alloc(p->a, (list.n + 1) * sizeof(*v));
	size_t n = 0;

	for (size_t i = 0; i < list.n; i++)
		if (is_chacha20(list.v[i]))
			v[n++] = list.v[i];
	for (size_t i = 0; i < list.n; i++)
		if (!is_chacha20(list.v[i]))
			v[n++] = list.v[i];
	return (struct u16s){v, n};
}

static struct u16s
both(const struct pick *p, struct u16s order, struct u16s of)
{
	uint16_t *v = arena_alloc(p->a, (order.n + 1) * sizeof(*v));
	size_t n = 0;

	for (size_t i = 0; i < order.n; i++)
		if (u16s_has(of, order.v[i]))
			v[n++] = order.v[i];
	return (struct u16s){v, n};
}

static struct choice
choose_suite(const struct pick *p, uint16_t version, const struct sim_list *l)
{
	struct choice out = {.v = arena_alloc(p->a, (l->v.n + 1) * sizeof(uint16_t))};
	bool leads = p->c->suites.n > 0 && is_chacha20(p->c->suites.v[0]);

	switch (l->order) {
	case SIM_BY_SERVER:
		out.certain = true;
		if (!leads || p->s->chacha20 != TRI_YES)
			out.certain = walk(p, version, l->v, &out);
		if (leads && p->s->chacha20 != TRI_NO)
			out.certain &= walk(p, version, chacha20_first(p, l->v), &out);
		break;
	case SIM_BY_CLIENT:
		out.certain = walk(p, version, both(p, p->c->suites, l->v), &out);
		break;
	case SIM_BY_UNKNOWN:
	case SIM_BY_NOBODY:
		for (size_t i = 0; i < l->v.n; i++)
			if (allowed(p, version, l->v.v[i]) != TRI_NO) {
				add(&out, l->v.v[i]);
				out.certain |= allowed(p, version, l->v.v[i]) == TRI_YES;
			}
		break;
	}
	return out;
}

/* ---- version and suite ---- */

static size_t
row_of(uint16_t version)
{
	size_t i = 0;

	while (version_rows[i].version != version)
		i++;
	return i;
}

/* The highest version that both speak; version_rows are highest first. */
static bool
choose_version(struct pick *p)
{
	for (size_t i = 0; i < N_VERSIONS; i++) {
		uint16_t v = version_rows[i].version;

		if (v > p->c->highest || v < p->c->lowest || p->s->versions[i].proto == TRI_NO)
			continue;
		if (p->s->versions[i].proto == TRI_UNKNOWN) {
			doubt_missing(p, p->s->versions[i].missing);
			return false;
		}
		p->r->version = v;
		return true;
	}
	return fail(p, "no protocol version in common");
}

/* Would a lower version have a suite?  Then some servers go down to it, and others refuse. */
static bool
lower_would_do(const struct pick *p)
{
	for (size_t i = row_of(p->r->version) + 1; i < N_VERSIONS; i++) {
		uint16_t v = version_rows[i].version;

		if (v < p->c->lowest || p->s->versions[i].proto == TRI_NO)
			continue;
		if (!p->s->versions[i].suites.known ||
		    choose_suite(p, v, &p->s->versions[i].suites).n > 0)
			return true;
	}
	return false;
}

static bool
find_suites(struct pick *p)
{
	size_t row = row_of(p->r->version);
	const struct sim_list *l = &p->s->versions[row].suites;
	struct choice got;

	if (!l->known) {
		doubt_missing(p, p->s->versions[row].missing);
		return false;
	}
	got = choose_suite(p, p->r->version, l);
	if (got.n == 0 && lower_would_do(p)) {
		doubt(p, "no suite in common under the highest common version");
		p->r->version = 0;
		return false;
	}
	if (got.n == 0)
		return fail(p, "no cipher suite in common");
	p->r->suites = (struct u16s){got.v, got.n};
	if (!got.certain)
		doubt(p,
		    "not known whether the server takes any of the common suites for this hello");
	else if (got.n > 1)
		p->r->doubt = l->order == SIM_BY_NOBODY
				  ? "the server keeps to no order of suites"
				  : "what decides between the suites is not known";
	for (size_t i = 0; i < l->v.n; i++)
		if (suite_has(suite_by_code(l->v.v[i]), "aead") &&
		    suite_has(suite_by_code(l->v.v[i]), "fs") &&
		    allowed(p, p->r->version, l->v.v[i]) == TRI_YES)
			p->r->could_aead = true;
	return true;
}

/* ---- group ---- */

static void
put_groups(struct pick *p, uint16_t a, uint16_t b)
{
	uint16_t *v = arena_alloc(p->a, 2 * sizeof(*v));

	v[0] = a;
	v[1] = b;
	p->r->groups = (struct u16s){v, a == b ? 1 : 2};
}

/* The server's or the client's first that both have; 0 when nobody's order says. */
static uint16_t
first_group(const struct sim_list *l, struct u16s offered)
{
	struct u16s order = l->order == SIM_BY_SERVER ? l->v : offered;
	struct u16s other = l->order == SIM_BY_SERVER ? offered : l->v;

	if (l->order != SIM_BY_SERVER && l->order != SIM_BY_CLIENT)
		return 0;
	for (size_t i = 0; i < order.n; i++)
		if (u16s_has(other, order.v[i]))
			return order.v[i];
	return 0;
}

/* RFC 8446, 4.2.8: a server may take a key share that is there, or ask with HelloRetryRequest for
 * the group it prefers; which of both it does, no hello with an empty key_share has shown. */
static bool
find_group13(struct pick *p)
{
	const struct sim_list *l = &p->s->groups13;
	struct u16s offered = p->c->groups, shared = both(p, offered, l->v);
	uint16_t wanted, at_hand = 0;

	if (!l->known) {
		doubt_missing(p, F_GROUPS_TLS1_3);
		return true;
	}
	if (shared.n == 0)
		return fail(p, "no group in common");
	wanted = first_group(l, offered);
	for (size_t i = 0; i < p->c->shares.n && at_hand == 0; i++)
		if (u16s_has(l->v, p->c->shares.v[i]))
			at_hand = p->c->shares.v[i];
	if (shared.n == 1 || wanted == 0)
		p->r->groups = shared;
	else
		put_groups(p, wanted, at_hand != 0 ? at_hand : wanted);
	return true;
}

static bool
all_have(const struct pick *p, const char *prop)
{
	for (size_t i = 0; i < p->r->suites.n; i++)
		if (!suite_has(suite_by_code(p->r->suites.v[i]), prop))
			return false;
	return p->r->suites.n > 0;
}

/* Before TLS 1.3: the curve of ServerKeyExchange (RFC 8422, 5.4).  A client without the extension
 * leaves it to the server. */
static void
find_group12(struct pick *p)
{
	const struct sim_list *l = &p->s->groups12;
	struct u16s offered = p->c->groups.n > 0 ? p->c->groups : l->v, shared;
	uint16_t wanted;

	if (!all_have(p, "kx:ECDHE") || !l->known)
		return;
	shared = both(p, offered, l->v);
	wanted = p->c->groups.n > 0 || l->order == SIM_BY_SERVER ? first_group(l, offered) : 0;
	if (wanted != 0)
		put_groups(p, wanted, wanted);
	else
		p->r->groups = shared;
}

/* ---- key, signature, and what the client refuses ---- */

/* Does this key go with the suite? */
static bool
goes_with(const struct suite *s, const struct sim_key *k)
{
	if (s->kx == KX_TLS13)
		return true;
	if (s->kx == KX_ECDH)
		return strcmp(k->type, "EC") == 0;
	if (s->au == AU_RSA)
		return is_rsa(k);
	if (s->au == AU_ECDSA)
		return strcmp(k->type, "EC") == 0 || strncmp(k->type, "Ed", 2) == 0;
	return s->au == AU_DSS ? strcmp(k->type, "DSA") == 0 : false;
}

static bool
same_key(const struct sim_key *a, const struct sim_key *b)
{
	return strcmp(a->type, b->type) == 0 && a->bits == b->bits && a->curve == b->curve &&
	       a->sha1 == b->sha1;
}

static bool
beyond(uint32_t bits, uint16_t least, uint16_t most)
{
	return bits != 0 && ((least != 0 && bits < least) || (most != 0 && bits > most));
}

/* Why the client does not take this key, or NULL. */
static const char *
refuses_key(const struct pick *p, const struct sim_key *k)
{
	const struct client *c = p->c;

	if (is_rsa(k) && beyond(k->bits, c->rsa_min, c->rsa_max))
		return arena_printf(p->a, "an RSA key of %u bits is too %s for this client",
		    k->bits, c->rsa_max != 0 && k->bits > c->rsa_max ? "long" : "short");
	if (strcmp(k->type, "EC") == 0 && beyond(k->bits, c->ec_min, c->ec_max))
		return arena_printf(p->a, "an EC key of %u bits is too %s for this client", k->bits,
		    c->ec_max != 0 && k->bits > c->ec_max ? "long" : "short");
	if (c->sha2 && k->sha1)
		return "this client takes no certificate signed with SHA-1";
	return NULL;
}

/* All keys that may come with the suites: the one, when they are alike, and what the client says.
 */
static bool
find_key(struct pick *p)
{
	const struct sim_key *first = NULL;
	size_t n = 0, refused = 0;
	const char *why = NULL;
	bool alike = true;

	for (size_t i = 0; i < p->s->n_keys; i++) {
		const struct sim_key *k = &p->s->keys[i];
		bool possible = false;

		for (size_t j = 0; j < p->r->suites.n && presented(p, k); j++)
			possible |= goes_with(suite_by_code(p->r->suites.v[j]), k);
		if (possible && p->r->version == TLS1_3)
			possible = sigalg_allows(p, true, !is_rsa(k)) != TRI_NO;
		if (!possible)
			continue;
		n++;
		alike = alike && (first == NULL || same_key(first, k));
		first = first == NULL ? k : first;
		if (refuses_key(p, k) != NULL) {
			refused++;
			why = refuses_key(p, k);
		}
	}
	if (n > 0 && refused == n)
		return fail(p, why);
	if (refused > 0)
		doubt(p, "the client does not take every certificate that may come");
	p->r->key = n > 0 && alike ? first : NULL;
	return true;
}

/* RFC 8446, 4.4.2.2: a TLS 1.3 server must sign with an algorithm that the client lists. */
static bool
check_sigalg13(struct pick *p)
{
	bool rsa = has_key(p, true), other = has_key(p, false);
	enum tri r = rsa ? sigalg_allows(p, true, false) : TRI_NO;
	enum tri o = other ? sigalg_allows(p, true, true) : TRI_NO;

	if (!rsa && !other)
		return true; /* not known which keys there are */
	if (r == TRI_NO && o == TRI_NO)
		return fail(p, "no signature algorithm in common");
	if (r != TRI_YES && o != TRI_YES)
		doubt(p, "not known whether they have a signature algorithm in common");
	return true;
}

/* The signature algorithm, when there is but one. */
static void
find_sigalg(struct pick *p)
{
	bool tls13 = p->r->version == TLS1_3;
	const struct suite *s = p->r->suites.n > 0 ? suite_by_code(p->r->suites.v[0]) : NULL;
	struct u16s shared;

	if (p->r->version < TLS1_2 || p->r->key == NULL || s == NULL || (!tls13 && !is_signed(s)))
		return;
	if (!tls13 && p->r->suites.n > 1)
		return;
	shared = both(p, client_sigalgs(p->c), p->s->sigalgs[tls13][!is_rsa(p->r->key)].v);
	if (shared.n == 1)
		p->r->sigalg = shared.v[0];
}

static bool
check_dh(struct pick *p)
{
	const struct client *c = p->c;
	size_t dhe = 0;
	bool least, most;

	for (size_t i = 0; i < p->r->suites.n; i++)
		dhe += suite_has(suite_by_code(p->r->suites.v[i]), "kx=DHE");
	if ((c->dh_min == 0 && c->dh_max == 0) || dhe == 0)
		return true;
	if (p->s->dh_min == 0) {
		doubt(p, "the size of the Diffie-Hellman prime is not known");
		return true;
	}
	least = beyond(p->s->dh_min, c->dh_min, c->dh_max);
	most = beyond(p->s->dh_max, c->dh_min, c->dh_max);
	if (least && most && dhe == p->r->suites.n)
		return fail(p,
		    arena_printf(p->a,
			"a Diffie-Hellman prime of %u bits is too %s for this client", p->s->dh_min,
			c->dh_min != 0 && p->s->dh_min < c->dh_min ? "short" : "long"));
	if (least || most)
		doubt(p, "the server has Diffie-Hellman primes that this client does not take");
	return true;
}

static void
find_strength(struct pick *p)
{
	const struct group *g;

	if (p->r->groups.n == 1) {
		g = group_by_code(p->r->groups.v[0]);
		p->r->kx_bits = g != NULL ? g->rsa_bits : 0;
	} else if (p->r->version != TLS1_3 && all_have(p, "kx=DHE") &&
		   p->s->dh_min == p->s->dh_max) {
		p->r->kx_bits = p->s->dh_min;
	}
}

/* RFC 6066, 3: a server may refuse a hello without server_name. */
static bool
check_sni(struct pick *p)
{
	if (p->c->sni || p->s->sni_required == TRI_NO)
		return true;
	if (p->s->sni_required == TRI_YES)
		return fail(p, "the server requires server_name, which this client does not send");
	doubt_missing(p, F_SNI_REQUIRED);
	return true;
}

static struct sim
work_out(const struct sim_server *s, const struct client *c, struct arena *a)
{
	struct sim r = {.client = c, .connects = TRI_YES};
	struct pick p = {s, c, a, &r};
	bool tls13;

	if (!check_sni(&p) || !choose_version(&p) || !find_suites(&p))
		return r;
	tls13 = r.version == TLS1_3;
	if (tls13 && (!find_group13(&p) || !check_sigalg13(&p)))
		return r;
	if (!tls13)
		find_group12(&p);
	if (!find_key(&p) || !check_dh(&p))
		return r;
	find_sigalg(&p);
	find_strength(&p);
	return r;
}

/* What the server has answered to that hello; what the client makes of it is worked out still. */
static struct sim
answered(const struct sim_server *s, const struct sim_answer *from, const struct sim *guess,
    struct arena *a)
{
	struct sim r = {.client = guess->client, .asked = true, .connects = TRI_YES,
	    .could_aead = guess->could_aead};
	struct pick p = {s, r.client, a, &r};

	if (from->version == 0) {
		(void)fail(&p, arena_printf(a, "the server refuses its hello: %s", from->says));
		return r;
	}
	r.version = from->version;
	r.suites = (struct u16s){&from->suite, 1};
	if (from->group != 0)
		r.groups = (struct u16s){&from->group, 1};
	if (!find_key(&p) || !check_dh(&p))
		return r;
	find_sigalg(&p);
	if (from->sigalg != 0)
		r.sigalg = from->sigalg;
	find_strength(&p);
	return r;
}

struct sim
simulate(const struct sim_server *s, const struct client *c, struct arena *a)
{
	struct sim r = work_out(s, c, a);

	for (size_t i = 0; i < s->n_answers && !sim_certain(&r); i++)
		if (client_same_hello(s->answers[i].client, c))
			return answered(s, &s->answers[i], &r, a);
	return r;
}

bool
sim_certain(const struct sim *r)
{
	return r->connects == TRI_NO || (r->connects == TRI_YES && r->suites.n == 1);
}

enum tri
sim_has(const struct sim *r, const char *prop)
{
	size_t yes = 0;

	for (size_t i = 0; i < r->suites.n; i++)
		yes += suite_has(suite_by_code(r->suites.v[i]), prop);
	if (r->suites.n == 0)
		return TRI_UNKNOWN;
	return yes == r->suites.n ? TRI_YES : yes == 0 ? TRI_NO : TRI_UNKNOWN;
}
