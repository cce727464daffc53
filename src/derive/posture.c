/*
 * posture - what versions, suites, groups and DH parameters come to.
 *
 * Reads:  the accepted suites of every version, the groups, the rows of K_DHPARAM; and for what is
 *         judged by clients (reference.h), what simulate.h looks at.
 * Learns: the facts posture.*, except those about certificates (trust.c), and dh.*.
 * Blind:  "no" is said only when every list that could hold the thing is known; otherwise the fact
 *         stays unknown, with the reason of the list that is missing.
 * Costs:  no connection.
 */
#include "derive/reference.h"

/* With all of sim_needs[] (simulate.h). */
static const enum fact_id needs[] = {F_PROTO_SSL2, F_PROTO_SSL3, F_PROTO_TLS1_0, F_PROTO_TLS1_1,
    F_PROTO_TLS1_2, F_PROTO_TLS1_3, F_SUITES_SSL2, F_SUITES_SSL3, F_SUITES_TLS1_0, F_SUITES_TLS1_1,
    F_SUITES_TLS1_2, F_SUITES_TLS1_3, F_ORDER_SSL3, F_ORDER_TLS1_0, F_ORDER_TLS1_1, F_ORDER_TLS1_2,
    F_ORDER_TLS1_3, F_CHACHA20_PREF, F_GROUPS_TLS1_2, F_GROUPS_TLS1_2_ORDER, F_GROUPS_TLS1_3,
    F_GROUPS_TLS1_3_ORDER, F_SIGALGS_TLS1_2_RSA, F_SIGALGS_TLS1_2_ECDSA, F_SIGALGS_TLS1_3_RSA,
    F_SIGALGS_TLS1_3_ECDSA, F_SIGALGS_IGNORED, F_SNI_REQUIRED, F_FLIGHTS_READ, F_KEY_MIN_BITS,
    F_CLIENTS_ASKED, F_NONE};
static const enum fact_id gives[] = {F_ANON, F_NULL_ENC, F_EXPORT, F_DES, F_TRIPLE_DES, F_MD5_MAC,
    F_WEAK_CIPHER, F_SUITES_WEAKEST, F_SUITES_STRONGEST, F_AEAD, F_BEAST, F_BEAST_VULN,
    F_KX_MIN_BITS, F_DH_BITS, F_DH_PRIME, F_DH_GENERATOR, F_DH_EXPORT_BITS, F_FORWARD_SECRECY,
    F_REFERENCE_FS, F_REFERENCE_AEAD, F_RC4, F_BLOCK64_MODERN, F_NONE};

static const char nothing_accepted[] = "no cipher suite is accepted";

/* ---- properties of a suite ---- */

static bool
is_anon(const struct suite *s)
{
	return suite_has(s, "anon");
}

static bool
is_null(const struct suite *s)
{
	return suite_has(s, "null");
}

static bool
is_export(const struct suite *s)
{
	return s->export_grade;
}

static bool
is_des(const struct suite *s)
{
	return s->enc == ENC_DES || s->enc == ENC_DES40;
}

static bool
is_3des(const struct suite *s)
{
	return s->enc == ENC_3DES;
}

static bool
is_md5_mac(const struct suite *s)
{
	return s->mac == MAC_MD5;
}

static bool
is_weak(const struct suite *s)
{
	return s->bits < 112;
}

static bool
is_cbc(const struct suite *s)
{
	return s->cbc;
}

static bool
is_aead(const struct suite *s)
{
	return s->aead;
}

static bool
is_not_aead(const struct suite *s)
{
	return !s->aead;
}

static bool
is_dhe(const struct suite *s)
{
	return s->kx == KX_DHE || s->kx == KX_DHE_PSK;
}

static bool
is_dhe_export(const struct suite *s)
{
	return s->kx == KX_DHE_EXPORT;
}

static bool
is_ecdhe(const struct suite *s)
{
	return s->kx == KX_ECDHE || s->kx == KX_ECDHE_PSK;
}

/* ---- is there such a suite? ---- */

static void
conclude_any(const struct accepted *s, const struct ctx *c, struct facts *out)
{
	static const struct {
		enum fact_id id;
		suite_test *test;
	} rows[] = {
	    {F_ANON, is_anon},
	    {F_NULL_ENC, is_null},
	    {F_EXPORT, is_export},
	    {F_DES, is_des},
	    {F_TRIPLE_DES, is_3des},
	    {F_MD5_MAC, is_md5_mac},
	    {F_WEAK_CIPHER, is_weak},
	};

	for (size_t i = 0; i < N_ELEMENTS(rows); i++) {
		enum fact_id open;
		enum tri v = accepted_any(s, rows[i].test, &open);

		if (accepted_nothing(s))
			fact_put_unknown(out, rows[i].id, WHY_NOT_APPLICABLE, nothing_accepted);
		else if (v == TRI_UNKNOWN)
			put_missing(c->known, out, rows[i].id, open);
		else
			fact_put_tri(out, rows[i].id, v);
	}
}

/* The range of bits that any suite of a version may have. */
static void
possible_bits(uint16_t version, uint16_t *least, uint16_t *most)
{
	struct u16s list = suites_for_version(version);
	struct u32s two = suites_ssl2();
	size_t n = version == SSL2 ? two.n : list.n;

	*least = UINT16_MAX;
	*most = 0;
	for (size_t i = 0; i < n; i++) {
		const struct suite *s =
		    version == SSL2 ? suite_ssl2_by_code(two.v[i]) : suite_by_code(list.v[i]);

		if (s->bits < *least)
			*least = s->bits;
		if (s->bits > *most)
			*most = s->bits;
	}
}

/* The weakest and the strongest suite; a missing list leaves one open only when it could hold a
 * weaker or a stronger one. */
static void
conclude_bits(const struct accepted *s, const struct ctx *c, struct facts *out)
{
	enum fact_id weaker = F_NONE, stronger = F_NONE;
	uint16_t least = UINT16_MAX, most = 0, lo, hi;

	for (size_t i = 0; i < s->n; i++) {
		least = s->v[i].suite->bits < least ? s->v[i].suite->bits : least;
		most = s->v[i].suite->bits > most ? s->v[i].suite->bits : most;
	}
	for (size_t i = 0; i < s->n_missing; i++) {
		possible_bits(s->missing[i].version, &lo, &hi);
		if (lo < least)
			weaker = s->missing[i].fact;
		if (hi > most)
			stronger = s->missing[i].fact;
	}
	if (accepted_nothing(s)) {
		fact_put_unknown(out, F_SUITES_WEAKEST, WHY_NOT_APPLICABLE, nothing_accepted);
		fact_put_unknown(out, F_SUITES_STRONGEST, WHY_NOT_APPLICABLE, nothing_accepted);
		return;
	}
	if (weaker != F_NONE)
		put_missing(c->known, out, F_SUITES_WEAKEST, weaker);
	else
		fact_put_u32(out, F_SUITES_WEAKEST, least);
	if (stronger != F_NONE)
		put_missing(c->known, out, F_SUITES_STRONGEST, stronger);
	else
		fact_put_u32(out, F_SUITES_STRONGEST, most);
}

static void
conclude_aead(const struct accepted *s, const struct ctx *c, struct facts *out)
{
	enum fact_id no_aead, no_other;
	enum tri aead = accepted_any(s, is_aead, &no_aead);
	enum tri other = accepted_any(s, is_not_aead, &no_other);

	if (accepted_nothing(s))
		fact_put_unknown(out, F_AEAD, WHY_NOT_APPLICABLE, nothing_accepted);
	else if (aead == TRI_YES && other == TRI_YES)
		fact_put_str(out, F_AEAD, "some");
	else if (aead == TRI_UNKNOWN || other == TRI_UNKNOWN)
		put_missing(c->known, out, F_AEAD, aead == TRI_UNKNOWN ? no_aead : no_other);
	else
		fact_put_str(out, F_AEAD, aead == TRI_YES ? "all" : "none");
}

/* ---- BEAST: CBC under SSLv3 and TLS 1.0, CVE-2011-3389 ---- */

/* Does the server, left to itself, choose CBC under this version?  Yes when it has an order of its
 * own and CBC comes first in it, or when it has nothing else. */
static enum tri
prefers_cbc(const struct ctx *c, const struct version_row *v)
{
	struct u16s list = fact_u16s(c->known, v->suites);
	const char *order = fact_str(c->known, v->order);
	bool others = false;

	for (size_t i = 0; i < list.n; i++)
		others |= !suite_has(suite_by_code(list.v[i]), "cbc");
	if (list.n == 0)
		return TRI_NO;
	if (!others)
		return TRI_YES;
	if (order == NULL)
		return TRI_UNKNOWN;
	return strcmp(order, "server") == 0 && suite_has(suite_by_code(list.v[0]), "cbc") ? TRI_YES
											  : TRI_NO;
}

static void
conclude_beast(const struct ctx *c, struct facts *out)
{
	struct accepted old = accepted_read(c->known, c->arena, SSL3, TLS1_0);
	enum fact_id open, unsure = old.n_missing > 0 ? old.missing[0].fact : F_NONE;
	enum tri cbc = accepted_any(&old, is_cbc, &open), preferred = TRI_NO;

	if (cbc == TRI_UNKNOWN) {
		put_missing(c->known, out, F_BEAST, open);
		put_missing(c->known, out, F_BEAST_VULN, open);
		return;
	}
	fact_put_tri(out, F_BEAST_VULN, cbc);
	for (size_t i = 0; i < N_VERSIONS && preferred != TRI_YES; i++) {
		const struct version_row *v = &version_rows[i];
		enum tri t = TRI_NO;

		if (v->version != SSL3 && v->version != TLS1_0)
			continue;
		if (fact_tri(c->known, v->proto) != TRI_NO)
			t = prefers_cbc(c, v);
		if (t == TRI_UNKNOWN)
			unsure = v->order;
		preferred = t == TRI_YES ? TRI_YES : preferred;
	}
	if (cbc == TRI_NO)
		fact_put_str(out, F_BEAST, "none");
	else if (preferred == TRI_YES)
		fact_put_str(out, F_BEAST, "preferred");
	else if (unsure != F_NONE)
		put_missing(c->known, out, F_BEAST, unsure);
	else
		fact_put_str(out, F_BEAST, "possible");
}

/* ---- Diffie-Hellman ---- */

/* The smallest prime seen with EXPORT suites, or without; NULL when none was. */
static const struct facts *
smallest_dh(const struct ctx *c, bool export)
{
	const struct facts *least = NULL;

	for (size_t i = 0; i < fact_rows(c->known, K_DHPARAM); i++) {
		const struct facts *row = fact_row(c->known, K_DHPARAM, i);

		if (!fact_known(row, F_DHPARAM_BITS) || fact_yes(row, F_DHPARAM_EXPORT) != export)
			continue;
		if (least == NULL ||
		    fact_u32(row, F_DHPARAM_BITS) < fact_u32(least, F_DHPARAM_BITS))
			least = row;
	}
	return least;
}

/* No parameters were seen: because there is no such suite, or for want of a look at them. */
static void
put_no_dh(const struct accepted *s, const struct ctx *c, struct facts *out, enum fact_id id,
    suite_test *test)
{
	enum fact_id open;
	enum tri v = accepted_any(s, test, &open);

	if (v == TRI_UNKNOWN)
		put_missing(c->known, out, id, open);
	else if (v == TRI_NO)
		fact_put_unknown(out, id, WHY_NOT_APPLICABLE, "no such suite is accepted");
	else if (!fact_known(c->known, F_FLIGHTS_READ))
		put_missing(c->known, out, id, F_FLIGHTS_READ);
	else
		fact_put_unknown(out, id, WHY_NOT_ASKED, "no ServerKeyExchange with them was read");
}

static void
conclude_dh(const struct accepted *s, const struct ctx *c, struct facts *out)
{
	const struct facts *row = smallest_dh(c, false), *export = smallest_dh(c, true);

	if (row == NULL) {
		put_no_dh(s, c, out, F_DH_BITS, is_dhe);
		put_no_dh(s, c, out, F_DH_PRIME, is_dhe);
		put_no_dh(s, c, out, F_DH_GENERATOR, is_dhe);
	} else {
		fact_put_u32(out, F_DH_BITS, fact_u32(row, F_DHPARAM_BITS));
		if (fact_str(row, F_DHPARAM_NAME) != NULL)
			fact_put_str(out, F_DH_PRIME, fact_str(row, F_DHPARAM_NAME));
		else
			fact_put_unknown(out, F_DH_PRIME, WHY_NOT_APPLICABLE, "not a known prime");
		if (fact_known(row, F_DHPARAM_GENERATOR))
			fact_put_u32(out, F_DH_GENERATOR, fact_u32(row, F_DHPARAM_GENERATOR));
		else
			fact_put_unknown(out, F_DH_GENERATOR, WHY_NOT_APPLICABLE, "longer than 32 bits");
	}
	if (export != NULL)
		fact_put_u32(out, F_DH_EXPORT_BITS, fact_u32(export, F_DHPARAM_BITS));
	else
		put_no_dh(s, c, out, F_DH_EXPORT_BITS, is_dhe_export);
}

/* ---- the weakest ephemeral key exchange ---- */

struct weakest {
	uint32_t bits; /* UINT32_MAX: none seen */
	enum fact_id open;
	uint16_t strange; /* a group of unknown strength */
};

static void
weakest_group(struct weakest *w, const struct ctx *c, enum fact_id groups)
{
	struct u16s list = fact_u16s(c->known, groups);

	if (!fact_known(c->known, groups))
		w->open = groups;
	for (size_t i = 0; i < list.n; i++) {
		const struct group *g = group_by_code(list.v[i]);

		if (g == NULL || g->rsa_bits == 0)
			w->strange = list.v[i];
		else if (g->rsa_bits < w->bits)
			w->bits = g->rsa_bits;
	}
}

static void
weakest_dh(struct weakest *w, const struct ctx *c, struct facts *out, enum fact_id bits)
{
	(void)c;
	if (!fact_known(out, bits))
		w->open = bits;
	else if (fact_u32(out, bits) < w->bits)
		w->bits = fact_u32(out, bits);
}

/* Is there a suite of this kind?  A list that is missing leaves the result open. */
static bool
uses(const struct accepted *s, suite_test *test, struct weakest *w)
{
	enum fact_id open;
	enum tri v = accepted_any(s, test, &open);

	if (v == TRI_UNKNOWN)
		w->open = open;
	return v == TRI_YES;
}

/* After conclude_dh(): it reads dh.bits and dh.export_bits. */
static void
conclude_kx(const struct accepted *s, const struct ctx *c, struct facts *out)
{
	struct weakest w = {.bits = UINT32_MAX};

	if (uses(s, is_ecdhe, &w))
		weakest_group(&w, c, F_GROUPS_TLS1_2);
	if (uses(s, is_dhe, &w))
		weakest_dh(&w, c, out, F_DH_BITS);
	if (uses(s, is_dhe_export, &w))
		weakest_dh(&w, c, out, F_DH_EXPORT_BITS);
	if (fact_yes(c->known, F_PROTO_TLS1_3))
		weakest_group(&w, c, F_GROUPS_TLS1_3);
	else if (fact_tri(c->known, F_PROTO_TLS1_3) == TRI_UNKNOWN)
		w.open = F_PROTO_TLS1_3;
	if (w.open != F_NONE)
		put_missing(out, out, F_KX_MIN_BITS, w.open);
	else if (w.strange != 0)
		fact_put_unknown(out, F_KX_MIN_BITS, WHY_LOCAL,
		    arena_printf(c->arena, "the strength of group 0x%04x is not known", w.strange));
	else if (w.bits == UINT32_MAX)
		fact_put_unknown(out, F_KX_MIN_BITS, WHY_NOT_APPLICABLE,
		    "no ephemeral key exchange is accepted");
	else
		fact_put_u32(out, F_KX_MIN_BITS, w.bits);
}

static void
conclude(void *st, const struct ctx *c, struct facts *out)
{
	struct accepted all = accepted_read(c->known, c->arena, SSL2, TLS1_3);

	(void)st;
	conclude_any(&all, c, out);
	conclude_bits(&all, c, out);
	conclude_aead(&all, c, out);
	conclude_beast(c, out);
	conclude_dh(&all, c, out);
	conclude_kx(&all, c, out);
	conclude_reference(&all, c, out);
}

const struct probe probe_posture = {
    .name = "posture",
    .summary = "what suites, groups and parameters come to: RC4, BEAST, forward secrecy, ...",
    .needs = needs,
    .gives = gives,
    .conclude = conclude,
};
