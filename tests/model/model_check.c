/* model_check - see model_check.h. */
#include "config.h"

#include "model_check.h"

#include <stdarg.h>
#include <stdlib.h>

#include "base/check.h"

struct check {
	const struct model_config *c;
	const struct facts *f;
	bool exact;
	FILE *to;
	unsigned wrong;
};

static void PRINTF_LIKE(2, 3) wrong(struct check *k, const char *fmt, ...)
{
	va_list ap;

	k->wrong++;
	va_start(ap, fmt);
	vfprintf(k->to, fmt, ap);
	va_end(ap);
	fputc('\n', k->to);
}

/* Is the fact to be looked at?  An unknown one is wrong by itself when it should be known. */
static bool
known(struct check *k, enum fact_id id, bool applies)
{
	const char *note = fact_note(k->f, id);

	if (!fact_settled(k->f, id))
		return false;
	if (fact_known(k->f, id))
		return true;
	if (k->exact && applies)
		wrong(k, "%s: unknown (%s; %s)", fact_defs[id].json, why_name(fact_why(k->f, id)),
		    note != NULL ? note : "no note");
	return false;
}

/* One that resets every k-th connection may do so twice to the same hello: then the note must say
 * that nothing but silence was heard. */
static bool
by_silence(const struct check *k, enum fact_id id)
{
	const char *note = fact_note(k->f, id);

	return k->c->quirks.fail_every > 0 && note != NULL &&
	       (strstr(note, "without an alert") != NULL || strstr(note, "reset") != NULL);
}

static void
tri(struct check *k, enum fact_id id, bool on, bool applies)
{
	enum tri t;

	if (!known(k, id, applies))
		return;
	t = fact_tri(k->f, id);
	if ((t == TRI_YES) != on && !(t == TRI_NO && by_silence(k, id)))
		wrong(k, "%s: %s (%s)", fact_defs[id].json, tri_name(t),
		    fact_note(k->f, id) != NULL ? fact_note(k->f, id) : "no note");
}

static void
number(struct check *k, enum fact_id id, uint32_t n, bool applies)
{
	if (known(k, id, applies) && fact_u32(k->f, id) != n)
		wrong(k, "%s: %u, is %u", fact_defs[id].json, fact_u32(k->f, id), n);
}

static bool
is_chacha(uint16_t code)
{
	const struct suite *s = suite_by_code(code);

	return s != NULL && s->enc == ENC_CHACHA20_POLY1305;
}

/* Equal but for ChaCha20 behind the others: nothing but ChaCha20 first would tell, and that is not
 * asked of a server that follows the client otherwise. */
static bool
follows_but_for_chacha(const struct model_list *l)
{
	size_t n = 0;

	while (n < l->n && l->rank[n] == l->rank[0] && !is_chacha(l->v[n]))
		n++;
	for (size_t i = n; i < l->n; i++)
		if (!is_chacha(l->v[i]))
			return false;
	return true;
}

/* Who decides.  That a few neighbours in a long list are equal to the server takes more
 * questions than it is worth: "server" will do then, with a note. */
static void
order(struct check *k, enum fact_id id, const struct model_list *l, bool applies)
{
	const char *is = model_order_word(l);

	if (!known(k, id, applies) || strcmp(fact_str(k->f, id), is) == 0 ||
	    k->c->quirks.fail_every > 0)
		return;
	if (strcmp(is, "mixed") == 0 && strcmp(fact_str(k->f, id), "client") == 0 &&
	    follows_but_for_chacha(l))
		return;
	if (strcmp(is, "mixed") != 0 || strcmp(fact_str(k->f, id), "server") != 0 ||
	    fact_note(k->f, id) == NULL)
		wrong(k, "%s: %s, is %s", fact_defs[id].json, fact_str(k->f, id), is);
}

static void
print_codes(struct check *k, const char *name, struct u16s l)
{
	fprintf(k->to, "    %s:", name);
	for (size_t i = 0; i < l.n; i++)
		fprintf(k->to, " %04x", l.v[i]);
	fputc('\n', k->to);
}

static void
not_in(struct check *k, enum fact_id id, struct u16s said, struct u16s is, const char *how)
{
	for (size_t i = 0; i < said.n; i++)
		if (!u16s_has(is, said.v[i]))
			wrong(k, "%s: %s %04x", fact_defs[id].json, how, said.v[i]);
}

/* A list of code points; in its order when the server has one. */
static void
list(struct check *k, enum fact_id id, struct u16s is, bool ordered, bool applies)
{
	struct u16s said = fact_u16s(k->f, id);

	not_in(k, id, fact_seen(k->f, id), is, "has seen");
	if (!known(k, id, applies))
		return;
	not_in(k, id, said, is, "has");
	if (!by_silence(k, id))
		not_in(k, id, is, said, "misses");
	if (ordered && said.n == is.n && said.n > 0 &&
	    memcmp(said.v, is.v, is.n * sizeof(*is.v)) != 0) {
		wrong(k, "%s: another order", fact_defs[id].json);
		print_codes(k, "said", said);
		print_codes(k, "is", is);
	}
}

/* ---- what is on ---- */

static bool
on(const struct model_config *c, uint16_t version)
{
	return c->versions[MODEL_INDEX(version)];
}

static bool
any_suite(const struct model_config *c, uint16_t from, uint16_t to, const char *prop)
{
	for (uint16_t v = from; v <= to; v++)
		for (size_t i = 0; on(c, v) && i < c->suites[MODEL_INDEX(v)].n; i++)
			if (suite_has(suite_by_code(c->suites[MODEL_INDEX(v)].v[i]), prop))
				return true;
	return false;
}

/* Is the list's order the server's, and said to be? */
static bool
in_order(const struct check *k, enum fact_id said, const struct model_list *l)
{
	const char *word = fact_str(k->f, said);

	return word != NULL && strcmp(word, "server") == 0 &&
	       strcmp(model_order_word(l), "server") == 0;
}

static bool
readable_tls13(const struct model_config *c)
{
	bool group = false, suite = false;

	for (size_t i = 0; i < c->groups_tls13.n; i++) {
		uint16_t g = c->groups_tls13.v[i];

		/* There is room for four shares, which are needed when a retry is refused. */
		group = group || g == 0x17 || g == 0x18 || g == 0x19 || g == 0x1d ||
			((g == 0x1e || (g >= 0x100 && g <= 0x104)) && !c->retry_refused);
	}
	for (size_t i = 0; i < c->suites[MODEL_INDEX(TLS1_3)].n; i++) {
		uint16_t s = c->suites[MODEL_INDEX(TLS1_3)].v[i];

		suite = suite || (s >= 0x1301 && s <= 0x1305);
	}
	return group && suite;
}

/* ---- versions, suites, groups, algorithms ---- */

static const struct {
	uint16_t version;
	enum fact_id proto, suites, order;
} rows[] = {
    {SSL3, F_PROTO_SSL3, F_SUITES_SSL3, F_ORDER_SSL3},
    {TLS1_0, F_PROTO_TLS1_0, F_SUITES_TLS1_0, F_ORDER_TLS1_0},
    {TLS1_1, F_PROTO_TLS1_1, F_SUITES_TLS1_1, F_ORDER_TLS1_1},
    {TLS1_2, F_PROTO_TLS1_2, F_SUITES_TLS1_2, F_ORDER_TLS1_2},
    {TLS1_3, F_PROTO_TLS1_3, F_SUITES_TLS1_3, F_ORDER_TLS1_3},
};

static void
check_versions(struct check *k)
{
	const struct model_config *c = k->c;
	uint16_t min = c->ssl2 ? SSL2 : 0, max = 0;
	struct u32s kinds = fact_u32s(k->f, F_SUITES_SSL2);

	tri(k, F_PROTO_SSL2, c->ssl2, true);
	for (size_t i = 0; i < N_ELEMENTS(rows); i++) {
		tri(k, rows[i].proto, on(c, rows[i].version), true);
		if (on(c, rows[i].version)) {
			max = rows[i].version;
			min = min == 0 ? max : min;
		}
	}
	if (c->quirks.fail_every == 0 || fact_u32(k->f, F_PROTO_MAX) > max)
		number(k, F_PROTO_MAX, max, true);
	if (c->quirks.fail_every == 0)
		number(k, F_PROTO_MIN, min, true);
	if (known(k, F_SUITES_SSL2, c->ssl2) &&
	    (kinds.n != c->n_suites2 ||
		memcmp(kinds.v, c->suites2, kinds.n * sizeof(*kinds.v)) != 0))
		wrong(k, "suites.ssl2: %zu kinds, are %zu", kinds.n, c->n_suites2);
}

static void
check_suites(struct check *k)
{
	for (size_t i = 0; i < N_ELEMENTS(rows); i++) {
		const struct model_list *l = &k->c->suites[MODEL_INDEX(rows[i].version)];
		bool is_on = on(k->c, rows[i].version);

		if (!is_on && fact_known(k->f, rows[i].suites))
			wrong(k, "%s: known for a version that is off",
			    fact_defs[rows[i].suites].json);
		if (!is_on)
			continue;
		list(k, rows[i].suites, model_u16s(l), in_order(k, rows[i].order, l), true);
		order(k, rows[i].order, l, true);
	}
}

/* Among equals at the top, the one that the client lists first is taken. */
static bool
chacha_ties(const struct model_list *l)
{
	for (size_t i = 0; i < l->n && l->order == MODEL_MIXED; i++)
		if (l->rank[i] == l->rank[0] &&
		    suite_has(suite_by_code(l->v[i]), "enc=CHACHA20_POLY1305"))
			return true;
	return false;
}

/* "yes" needs a version where ChaCha20 is moved up, "no" one where it is not. */
static void
check_chacha(struct check *k)
{
	enum tri t = fact_tri(k->f, F_CHACHA20_PREF);
	bool moves = false, stays = false;

	for (size_t i = 0; i < N_ELEMENTS(rows); i++) {
		const struct model_list *l = &k->c->suites[MODEL_INDEX(rows[i].version)];

		moves = moves ||
			(on(k->c, rows[i].version) && (l->order == MODEL_CHACHA || chacha_ties(l)));
		stays = stays || (on(k->c, rows[i].version) && l->order != MODEL_CHACHA);
	}
	if ((t == TRI_YES && !moves) || (t == TRI_NO && !stays))
		wrong(k, "%s: %s", fact_defs[F_CHACHA20_PREF].json, tri_name(t));
}

static void
check_groups(struct check *k)
{
	const struct model_config *c = k->c;
	const struct model_list *old = &c->groups_old, *new = &c->groups_tls13;
	bool has_old = any_suite(c, SSL3, TLS1_2, "kx=ECDHE");

	if (on(c, TLS1_3)) {
		/* A hello with groups only that cannot be made here has no share: then it is
		 * refused. */
		list(k, F_GROUPS_TLS1_3, model_u16s(new), in_order(k, F_GROUPS_TLS1_3_ORDER, new),
		    !c->retry_refused);
		order(k, F_GROUPS_TLS1_3_ORDER, new, !c->retry_refused);
		tri(k, F_EMPTY_KEY_SHARE, !c->retry_refused, true);
	} else if (fact_known(k->f, F_GROUPS_TLS1_3)) {
		wrong(k, "groups.tls1_3: known without TLS 1.3");
	}
	if (has_old) {
		list(k, F_GROUPS_TLS1_2, model_u16s(old), in_order(k, F_GROUPS_TLS1_2_ORDER, old),
		    true);
		if (any_suite(
			c, TLS1_0, TLS1_2, "kx=ECDHE")) /* SSLv3 is asked without a list first */
			order(k, F_GROUPS_TLS1_2_ORDER, old, true);
	} else if (fact_u16s(k->f, F_GROUPS_TLS1_2).n > 0) {
		wrong(k, "groups.tls1_2: some without ECDHE suites");
	}
}

/* Those of the list that a key of the server signs with. */
static struct u16s
signing(const struct model_config *c, const struct model_list *l, uint16_t version, bool rsa,
    uint16_t *v)
{
	size_t n = 0;

	for (size_t i = 0; i < l->n; i++) {
		bool ok = false;

		for (size_t m = 0; m < c->certs_sni.n; m++)
			if ((c->certs_sni.v[m].key == MODEL_RSA) == rsa)
				ok = ok || model_key_signs(c->certs_sni.v[m].key, l->v[i], version);
		if (ok)
			v[n++] = l->v[i];
	}
	return (struct u16s){v, n};
}

/* Can somebody see it sign?  Export suites are not asked. */
static bool
asked_to_sign(const struct model_config *c, uint16_t version, bool rsa)
{
	if (version == TLS1_3)
		return readable_tls13(c);
	for (size_t i = 0; i < c->suites[MODEL_INDEX(TLS1_2)].n; i++) {
		const struct suite *s = suite_by_code(c->suites[MODEL_INDEX(TLS1_2)].v[i]);

		if (s->au == (rsa ? AU_RSA : AU_ECDSA) && (s->kx == KX_ECDHE || s->kx == KX_DHE))
			return true;
	}
	return false;
}

static void
check_sigalgs(struct check *k)
{
	const struct model_config *c = k->c;
	const struct {
		enum fact_id id;
		uint16_t version;
		bool rsa;
	} lists[] = {
	    {F_SIGALGS_TLS1_2_RSA, TLS1_2, true},
	    {F_SIGALGS_TLS1_2_ECDSA, TLS1_2, false},
	    {F_SIGALGS_TLS1_3_RSA, TLS1_3, true},
	    {F_SIGALGS_TLS1_3_ECDSA, TLS1_3, false},
	};

	for (size_t i = 0; i < N_ELEMENTS(lists); i++) {
		const struct model_list *l =
		    lists[i].version == TLS1_3 ? &c->sigalgs_tls13 : &c->sigalgs_old;
		uint16_t v[MODEL_MAX_LIST];
		struct u16s is = signing(c, l, lists[i].version, lists[i].rsa, v);

		if (c->quirks.ignores_sigalgs)
			continue; /* then there is nothing to enumerate */
		if (!on(c, lists[i].version))
			is.n = 0;
		/* There is no verdict on their order: the server's own shows in the list. */
		list(k, lists[i].id, is, strcmp(model_order_word(l), "server") == 0,
		    is.n > 0 && asked_to_sign(c, lists[i].version, lists[i].rsa));
	}
	if (c->quirks.ignores_sigalgs && fact_tri(k->f, F_SIGALGS_IGNORED) == TRI_NO &&
	    c->sigalgs_old.n + c->sigalgs_tls13.n > 0)
		wrong(k, "sigalgs.ignores_offer: no");
	if (!c->quirks.ignores_sigalgs && fact_yes(k->f, F_SIGALGS_IGNORED))
		wrong(k, "sigalgs.ignores_offer: yes");
}

/* ---- certificates ---- */

static bool
key_used(const struct model_config *c, uint16_t version, const struct model_cert *cert)
{
	const struct model_list *l = &c->suites[MODEL_INDEX(version)];
	const struct model_list *algs = version >= TLS1_3 ? &c->sigalgs_tls13 : &c->sigalgs_old;
	bool rsa, ec, signs = false;

	for (size_t i = 0; i < algs->n; i++)
		signs = signs || model_key_signs(cert->key, algs->v[i], version);
	if (version >= TLS1_3)
		return on(c, TLS1_3) && signs;
	for (size_t i = 0; on(c, version) && i < l->n; i++) {
		if (!model_suite_key(l->v[i], &rsa, &ec) || (cert->key == MODEL_RSA ? !rsa : !ec))
			continue;
		if (version == TLS1_2 && model_suite_signs(l->v[i]) ? signs
								    : cert->key != MODEL_ED25519)
			return true;
	}
	return false;
}

static bool
same_chain(const struct facts *f, struct u16s chain, const struct model_cert *cert)
{
	if (chain.n != cert->n)
		return false;
	for (size_t i = 0; i < chain.n; i++)
		if (chain.v[i] >= fact_rows(f, K_CERT) ||
		    !span_eq(fact_hex(fact_row(f, K_CERT, chain.v[i]), F_CERT_DER), cert->chain[i]))
			return false;
	return true;
}

static const struct model_cert *
which_cert(const struct facts *f, struct u16s chain, const struct model_certs *certs)
{
	for (size_t i = 0; i < certs->n; i++)
		if (same_chain(f, chain, &certs->v[i]))
			return &certs->v[i];
	return NULL;
}

static bool
is_ssl2_chain(const struct check *k, const struct facts *row)
{
	const struct model_cert *rsa = model_cert_of(&k->c->certs_default, MODEL_RSA);
	struct model_cert leaf;

	if (fact_u32(row, F_FLIGHT_VERSION) != SSL2 || rsa == NULL)
		return false;
	leaf = *rsa;
	leaf.n = 1;
	return same_chain(k->f, fact_u16s(row, F_FLIGHT_CHAIN), &leaf);
}

static bool
flight_seen(const struct check *k, uint16_t version, bool sni, const struct model_cert *cert)
{
	for (size_t i = 0; i < fact_rows(k->f, K_FLIGHT); i++) {
		const struct facts *row = fact_row(k->f, K_FLIGHT, i);

		if (fact_u32(row, F_FLIGHT_VERSION) == version &&
		    fact_yes(row, F_FLIGHT_SNI) == sni &&
		    same_chain(k->f, fact_u16s(row, F_FLIGHT_CHAIN), cert))
			return true;
	}
	return false;
}

static void
check_certificates(struct check *k)
{
	const struct model_config *c = k->c;
	bool sent_root = fact_settled(k->f, F_FLIGHTS_READ);

	for (size_t i = 0; i < fact_rows(k->f, K_FLIGHT); i++) {
		const struct facts *row = fact_row(k->f, K_FLIGHT, i);
		bool sni = fact_yes(row, F_FLIGHT_SNI);

		if (fact_u16s(row, F_FLIGHT_CHAIN).n > 0 && !is_ssl2_chain(k, row) &&
		    which_cert(k->f, fact_u16s(row, F_FLIGHT_CHAIN),
			sni ? &c->certs_sni : &c->certs_default) == NULL)
			wrong(k, "handshakes[%zu]: a chain that was not sent", i);
	}
	if (!sent_root || !k->exact)
		return;
	for (uint16_t v = SSL3; v <= TLS1_3; v++)
		for (size_t i = 0; i < c->certs_sni.n; i++) {
			const struct model_cert *cert = &c->certs_sni.v[i];

			if (v == SSL3 || !key_used(c, v, cert) ||
			    (v == TLS1_3 && !readable_tls13(c)))
				continue;
			if (!flight_seen(k, v, true, cert))
				wrong(k, "handshakes: key %d was not seen under %s", cert->key,
				    version_name(v));
		}
}

/* ---- Diffie-Hellman ---- */

static uint32_t
bit_length(struct span s)
{
	uint32_t n = 0;

	while (s.n > 0 && *s.p == 0) {
		s.p++;
		s.n--;
	}
	for (unsigned top = s.n > 0 ? *s.p : 0; top > 0; top >>= 1)
		n++;
	return s.n > 0 ? n + 8 * (uint32_t)(s.n - 1) : 0;
}

static void
check_dh(struct check *k)
{
	const struct model_config *c = k->c;
	bool dhe = any_suite(c, SSL3, TLS1_2, "kx=DHE") || any_suite(c, SSL3, TLS1_2, "kx=DHE_PSK");
	bool exported = any_suite(c, SSL3, TLS1_2, "kx=DHE_EXPORT");

	if (!dhe && !exported && fact_known(k->f, F_DH_BITS))
		wrong(k, "dh.bits: known without DHE suites");
	if (dhe && (!exported || bit_length(c->dh_p[0]) <= 512))
		number(k, F_DH_BITS, bit_length(c->dh_p[0]), true);
	if (exported)
		number(k, F_DH_EXPORT_BITS, 512, true);
	else if (fact_known(k->f, F_DH_EXPORT_BITS))
		wrong(k, "dh.export_bits: known without EXPORT suites");
}

/* ---- features ---- */

static bool
alpn_has(const struct model_config *c, const char *name)
{
	for (size_t i = 0; i < c->n_alpn; i++)
		if (strcmp(c->alpn[i], name) == 0)
			return true;
	return false;
}

static void
check_alpn(struct check *k, bool applies)
{
	const struct model_config *c = k->c;
	size_t n;

	if (!known(k, F_ALPN, applies))
		return;
	n = fact_n_strs(k->f, F_ALPN);
	for (size_t i = 0; i < n; i++)
		if (!alpn_has(c, fact_strs(k->f, F_ALPN, i)))
			wrong(k, "features.alpn: has %s", fact_strs(k->f, F_ALPN, i));
	if (n < c->n_alpn)
		wrong(k, "features.alpn: %zu, are %zu", n, c->n_alpn);
}

/* A CBC suite in every version before TLS 1.3: one of them is asked. */
static bool
all_cbc(const struct model_config *c)
{
	for (uint16_t v = TLS1_0; v <= TLS1_2; v++)
		if (on(c, v) && !any_suite(c, v, v, "cbc"))
			return false;
	return true;
}

static void
check_features(struct check *k)
{
	const struct model_config *c = k->c;
	bool bare = c->quirks.bare_hello;
	bool cert =
	    any_suite(c, TLS1_0, TLS1_2, "au:RSA") || any_suite(c, TLS1_0, TLS1_2, "au:ECDSA");
	bool old = cert;
	bool new = on(c, TLS1_3) && readable_tls13(c), some = old || new, defaults = true;

	if (bare) /* what TLS 1.3 has, and what the versions before it have, are different things */
		return;
	tri(k, F_OCSP_STAPLE, c->staple, new || (old && cert));
	tri(k, F_SCT_TLS, c->sct, new || (old && cert));
	tri(k, F_EMS, c->ems, old);
	tri(k, F_ETM, c->etm, old && all_cbc(c));
	tri(k, F_TICKET, c->ticket, old);
	tri(k, F_SESSION_ID, c->session_id, cert);
	tri(k, F_RENEG_INFO, c->reneg_info, old);
	tri(k, F_COMPRESSION, c->compression, old);
	tri(k, F_HEARTBEAT, c->heartbeat, old);
	tri(k, F_MAX_FRAGMENT, c->max_fragment, false);
	tri(k, F_SNI_ACK, c->sni_ack, false);
	/* Refused otherwise than by an alert, it may be the name or not. */
	for (size_t i = 0; i < c->certs_sni.n; i++)
		defaults =
		    defaults && model_cert_of(&c->certs_default, c->certs_sni.v[i].key) != NULL;
	if (defaults || c->sni_required) /* else a version may need the name and another not */
		tri(k, F_SNI_REQUIRED, c->sni_required,
		    some && (!c->sni_required || c->no_sni == MODEL_ALERT));
	tri(k, F_CLIENT_AUTH, c->client_auth, new || (old && cert));
	tri(k, F_RANDOM_TIME, c->random_time, false);
	tri(k, F_DOWNGRADE_SENTINEL, c->sentinel, false);
	if (c->record_size_limit > 0 && some)
		number(k, F_RECORD_SIZE_LIMIT, c->record_size_limit, false);
	check_alpn(k, old && new);
}

/* ---- hellos that it must take ---- */

/* One without faults takes them all; one with a fault never takes what the fault is about. */
static void
check_intolerance(struct check *k)
{
	static const enum fact_id all[] = {F_INTOL_TLS1_0, F_INTOL_TLS1_1, F_INTOL_TLS1_2, F_INTOL_TLS1_3,
	    F_INTOL_1_152, F_INTOL_2_152, F_INTOL_EXTENSION, F_INTOL_SUITE, F_INTOL_GROUP, F_INTOL_SIGALG,
	    F_INTOL_VERSION, F_INTOL_ALPN, F_INTOL_256, F_INTOL_1400, F_INTOL_16K, F_INTOL_RECORDS, F_INTOL_SEGMENTS,
	    F_INTOL_SNI};
	const struct model_quirks *q = &k->c->quirks;
	bool faulty = q->hates_tls13 || q->hates_sni || q->hates_unknown_exts || q->max_hello > 0 ||
	    q->max_suites > 0 || q->fail_every > 0 || q->ban_after > 0;

	if (q->fail_every == 0 && q->other == NULL)
		tri(k, F_FALLBACK_SCSV, k->c->fallback_scsv, false);
	for (size_t i = 0; i < N_ELEMENTS(all) && !faulty; i++)
		tri(k, all[i], false, false);
	if (q->hates_tls13 && fact_tri(k->f, F_INTOL_TLS1_3) == TRI_NO)
		wrong(k, "intolerance.tls1_3: no");
	if (q->hates_sni && fact_tri(k->f, F_INTOL_SNI) == TRI_NO)
		wrong(k, "intolerance.server_name: no");
	if (q->max_hello > 0 && fact_tri(k->f, F_INTOL_16K) == TRI_NO)
		wrong(k, "intolerance.hello_16k: no");
}

/* ---- what follows from suites, and other forms ---- */

static void
check_compression(struct check *k)
{
	static const char *const names[] = {"", "zlib", "brotli", "zstd"};
	const struct model_config *c = k->c;
	size_t want = c->cert_compression > 0;

	if (!known(k, F_CERT_COMPRESSION, on(c, TLS1_3) && readable_tls13(c)))
		return;
	if (fact_n_strs(k->f, F_CERT_COMPRESSION) != want ||
	    (want == 1 && strcmp(fact_strs(k->f, F_CERT_COMPRESSION, 0), names[c->cert_compression]) != 0))
		wrong(k, "features.certificate_compression: %zu, are %zu",
		    fact_n_strs(k->f, F_CERT_COMPRESSION), want);
}

static void
check_weakness(struct check *k)
{
	const struct model_config *c = k->c;

	tri(k, F_DROWN, c->ssl2, false);
	tri(k, F_FREAK, any_suite(c, SSL3, TLS1_2, "kx=RSA_EXPORT"), false);
	if (any_suite(c, SSL3, TLS1_2, "enc=3DES") || !any_suite(c, SSL3, TLS1_2, "block64"))
		tri(k, F_SWEET32, any_suite(c, SSL3, TLS1_2, "enc=3DES"), false);
	tri(k, F_LUCKY13, any_suite(c, TLS1_0, TLS1_2, "cbc"), false);
	tri(k, F_POODLE, any_suite(c, SSL3, SSL3, "cbc"), false);
	tri(k, F_VULN_RC4, any_suite(c, SSL3, TLS1_2, "enc:RC4"), false);
	tri(k, F_VULN_BEAST, any_suite(c, SSL3, TLS1_0, "cbc"), false);
	if (!c->quirks.bare_hello)
		tri(k, F_CRIME, c->compression && any_suite(c, SSL3, TLS1_2, "!scsv"), false);
	if (!c->reuse_keys || !on(c, TLS1_3)) /* the keys of TLS 1.3 are real here */
		tri(k, F_ECDH_REUSED, c->reuse_keys, false);
	tri(k, F_DH_REUSED, c->reuse_keys, false);
	tri(k, F_RAW_PUBLIC_KEY, false, false);
	if (fact_n_strs(k->f, F_NPN) > 0)
		wrong(k, "features.npn: some");
	check_compression(k);
}

char *
model_check(const struct model_config *c, const struct facts *f, bool exact)
{
	char *text = NULL;
	size_t n = 0;
	struct check k = {c, f, exact, open_memstream(&text, &n), 0};

	CHECK(k.to != NULL);
	check_versions(&k);
	check_suites(&k);
	check_chacha(&k);
	check_groups(&k);
	check_sigalgs(&k);
	check_certificates(&k);
	check_dh(&k);
	check_features(&k);
	check_intolerance(&k);
	check_weakness(&k);
	fclose(k.to);
	if (k.wrong == 0) {
		free(text);
		text = NULL;
	}
	return text;
}

unsigned
model_budget(const struct model_config *c)
{
	size_t n = 112, n_versions = 0, /* 56 of them for features and weaknesses */
	       lost = c->no_suite != MODEL_ALERT ? 2 : 0; /* the same again, and a control */

	for (uint16_t v = SSL3; v <= TLS1_3; v++)
		if (on(c, v)) {
			n += c->suites[MODEL_INDEX(v)].n + lost;
			n_versions++;
		}
	n += 6 * lost + (n_versions > 2 ? 5 * (n_versions - 2) : 0);
	n += any_suite(c, SSL3, TLS1_2, "kx:ECDHE") ? c->groups_old.n : 0;
	n += on(c, TLS1_3) ? c->groups_tls13.n + c->sigalgs_tls13.n : 0;
	n += on(c, TLS1_2) ? c->sigalgs_old.n : 0;
	return (unsigned)n;
}
