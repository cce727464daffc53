/*
 * weakness - the attacks with a name that follow from what a server accepts.
 *
 * Reads:  the accepted suites of every version, compression, the rows of K_DHPARAM, whether public
 *         values are used twice, groups, and how long hellos fare.
 * Learns: vulnerabilities.*, as far as no question of their own is needed; each with the evidence
 *         beside it; groups.post_quantum.
 * Blind:  "no" is said only when every list that could hold the thing is known.  What a device or
 *         a patch does against an attack while it accepts the suites (LUCKY13, BEAST's record
 *         splitting by clients) cannot be seen: "potential" stands beside those.
 * Costs:  no connection.
 */
#include "derive/accepted.h"

static const enum fact_id needs[] = {F_PROTO_SSL2, F_PROTO_SSL3, F_PROTO_TLS1_0, F_PROTO_TLS1_1,
    F_PROTO_TLS1_2, F_PROTO_TLS1_3, F_SUITES_SSL2, F_SUITES_SSL3, F_SUITES_TLS1_0, F_SUITES_TLS1_1,
    F_SUITES_TLS1_2, F_SUITES_TLS1_3, F_COMPRESSION, F_DH_NEGOTIATED, F_DH_REUSED, F_GROUPS_TLS1_3,
    F_GROUPS_TLS1_3_ORDER, F_INTOL_1400, F_NONE};
static const enum fact_id gives[] = {F_FREAK, F_LOGJAM, F_SWEET32, F_CRIME, F_LUCKY13, F_POODLE,
    F_VULN_RC4, F_VULN_BEAST, F_RACCOON, F_DROWN, F_POST_QUANTUM, F_NONE};

/* ---- suites ---- */

static bool
is_rsa_export(const struct suite *s)
{
	return s->kx == KX_RSA_EXPORT;
}

static bool
is_dhe_export(const struct suite *s)
{
	return s->kx == KX_DHE_EXPORT;
}

static bool
is_dhe(const struct suite *s)
{
	return s->kx == KX_DHE || s->kx == KX_DHE_PSK || s->kx == KX_DHE_EXPORT;
}

static bool
is_static_dh(const struct suite *s)
{
	return s->kx == KX_DH || s->kx == KX_DH_EXPORT;
}

/* Magma's suites (RFC 9189, RFC 9367) change their keys in time. */
static bool
is_block64(const struct suite *s)
{
	return suite_has(s, "block64") && s->cbc;
}

static bool
is_cbc(const struct suite *s)
{
	return s->cbc;
}

static bool
is_rc4(const struct suite *s)
{
	return suite_has(s, "enc:RC4");
}

/* The first accepted suite that passes: what the evidence names. */
static const struct accepted_suite *
first_of(const struct accepted *s, suite_test *test)
{
	for (size_t i = 0; i < s->n; i++)
		if (test(s->v[i].suite))
			return &s->v[i];
	return NULL;
}

static const char *
evidence(struct arena *a, const struct accepted_suite *s, const char *more)
{
	return arena_printf(a, "%s under %s%s", s->suite->name, version_name(s->version), more);
}

/* Yes when such a suite is accepted, no when none can be. */
static void
put_suites(const struct ctx *c, struct facts *out, enum fact_id id, const struct accepted *s,
    suite_test *test, const char *more)
{
	enum fact_id open;
	enum tri v = accepted_any(s, test, &open);

	if (v == TRI_UNKNOWN) {
		put_missing(c->known, out, id, open);
		return;
	}
	fact_put_tri(out, id, v);
	if (v == TRI_YES)
		fact_set_note(out, id, evidence(c->arena, first_of(s, test), more));
}

static void
conclude_suites(const struct ctx *c, struct facts *out)
{
	struct accepted all = accepted_read(c->known, c->arena, SSL3, TLS1_3);
	struct accepted tls = accepted_read(c->known, c->arena, TLS1_0, TLS1_2);
	struct accepted ssl3 = accepted_read(c->known, c->arena, SSL3, SSL3);
	struct accepted old = accepted_read(c->known, c->arena, SSL3, TLS1_0);

	/* CVE-2015-0204: a client that takes an RSA key of 512 bits needs a server that sends one. */
	put_suites(c, out, F_FREAK, &all, is_rsa_export, "");
	/* CVE-2016-2183: blocks of 64 bits repeat after some 32 GB. */
	put_suites(c, out, F_SWEET32, &all, is_block64, "");
	/* CVE-2013-0169: MAC-then-encrypt takes time by the padding. */
	put_suites(c, out, F_LUCKY13, &tls, is_cbc, "; potential: libraries of today take equal time");
	/* CVE-2014-3566: SSLv3 does not check the bytes of padding. */
	put_suites(c, out, F_POODLE, &ssl3, is_cbc, "");
	/* RFC 7465 */
	put_suites(c, out, F_VULN_RC4, &all, is_rc4, "");
	/* CVE-2011-3389: the IV of a record is the end of the one before. */
	put_suites(c, out, F_VULN_BEAST, &old, is_cbc, "; potential: clients of today split records");
}

/* ---- CRIME ---- */

static void
conclude_crime(const struct ctx *c, struct facts *out)
{
	enum tri v = fact_tri(c->known, F_COMPRESSION);

	if (v == TRI_UNKNOWN && only_tls13(c->known)) { /* RFC 8446, 4.1.2: there is none */
		fact_put_tri(out, F_CRIME, TRI_NO);
		fact_set_note(out, F_CRIME, "TLS 1.3 alone has no compression");
		return;
	}
	if (v == TRI_UNKNOWN) {
		unknown_like(out, F_CRIME, c->known, F_COMPRESSION);
		return;
	}
	fact_put_tri(out, F_CRIME, v);
	if (v == TRI_YES)
		fact_set_note(out, F_CRIME, "DEFLATE is chosen");
}

/* ---- DROWN: CVE-2016-0800 ---- */

static void
conclude_drown(const struct ctx *c, struct facts *out)
{
	struct accepted two = accepted_read(c->known, c->arena, SSL2, SSL2);
	enum tri v = fact_tri(c->known, F_PROTO_SSL2);
	const struct accepted_suite *weak = NULL;

	if (v == TRI_UNKNOWN) {
		put_missing(c->known, out, F_DROWN, F_PROTO_SSL2);
		return;
	}
	fact_put_tri(out, F_DROWN, v);
	if (v == TRI_NO)
		return;
	for (size_t i = 0; i < two.n && weak == NULL; i++)
		weak = two.v[i].suite->export_grade ? &two.v[i] : NULL;
	/* CVE-2015-3197: OpenSSL before 1.0.2f takes kinds that it does not offer. */
	fact_set_note(out, F_DROWN, weak != NULL ? evidence(c->arena, weak, "") :
	    "SSLv2 without EXPORT kinds: by CVE-2016-0703 or CVE-2015-3197 where OpenSSL is older than 2016");
}

/* ---- LOGJAM: CVE-2015-4000 ---- */

enum { PRECOMPUTABLE = 1024 }; /* bits: within reach of a state for one prime */

/* The first prime of 1,024 bits or less that many servers share. */
static const struct facts *
common_prime(const struct facts *known)
{
	for (size_t i = 0; i < fact_rows(known, K_DHPARAM); i++) {
		const struct facts *row = fact_row(known, K_DHPARAM, i);

		if (fact_known(row, F_DHPARAM_NAME) && fact_known(row, F_DHPARAM_BITS) &&
		    fact_u32(row, F_DHPARAM_BITS) <= PRECOMPUTABLE)
			return row;
	}
	return NULL;
}

static void
conclude_logjam(const struct ctx *c, const struct accepted *all, struct facts *out)
{
	const struct facts *row = common_prime(c->known);
	enum fact_id open;
	enum tri export = accepted_any(all, is_dhe_export, &open), dhe;

	if (export == TRI_YES || row != NULL) {
		fact_put_tri(out, F_LOGJAM, TRI_YES);
		fact_set_note(out, F_LOGJAM, export == TRI_YES
			? evidence(c->arena, first_of(all, is_dhe_export), "")
			: arena_printf(c->arena, "a prime of %u bits that many share: %s",
			      fact_u32(row, F_DHPARAM_BITS), fact_str(row, F_DHPARAM_NAME)));
		return;
	}
	dhe = accepted_any(all, is_dhe, &open);
	if (dhe == TRI_UNKNOWN)
		put_missing(c->known, out, F_LOGJAM, open);
	else if (dhe == TRI_YES && fact_rows(c->known, K_DHPARAM) == 0)
		fact_put_unknown(out, F_LOGJAM, WHY_NOT_ASKED, "no Diffie-Hellman parameters were read");
	else
		fact_put_tri(out, F_LOGJAM, TRI_NO);
}

/* ---- RACCOON: CVE-2020-1968 ---- */

static void
conclude_raccoon(const struct ctx *c, const struct accepted *all, struct facts *out)
{
	enum fact_id open_static, open;
	enum tri fixed = accepted_any(all, is_static_dh, &open_static);
	enum tri dhe = accepted_any(all, is_dhe, &open), reused = fact_tri(c->known, F_DH_REUSED);

	if (fixed == TRI_YES || reused == TRI_YES) {
		fact_put_tri(out, F_RACCOON, TRI_YES);
		fact_set_note(out, F_RACCOON, fixed == TRI_YES
			? evidence(c->arena, first_of(all, is_static_dh), "; potential: by the server's timing")
			: "a Diffie-Hellman value is used again; potential: by the server's timing");
	} else if (fixed == TRI_UNKNOWN) {
		put_missing(c->known, out, F_RACCOON, open_static);
	} else if (dhe == TRI_NO || reused == TRI_NO) {
		fact_put_tri(out, F_RACCOON, TRI_NO);
	} else if (dhe == TRI_UNKNOWN) {
		put_missing(c->known, out, F_RACCOON, open);
	} else {
		unknown_like(out, F_RACCOON, c->known, F_DH_REUSED);
	}
}

/* ---- post-quantum key exchange ---- */

static bool
is_post_quantum(uint16_t code)
{
	const struct group *g = group_by_code(code);

	return g != NULL && (g->kind == GROUP_HYBRID || g->kind == GROUP_MLKEM);
}

/* Clients of today send a share for X25519MLKEM768 alone: any other costs them a second hello (RFC
 * 8446, 4.1.4). */
static void
conclude_post_quantum(const struct ctx *c, struct facts *out)
{
	enum { X25519MLKEM768 = 0x11ec };
	struct u16s groups = fact_u16s(c->known, F_GROUPS_TLS1_3);
	const char *order = fact_str(c->known, F_GROUPS_TLS1_3_ORDER);
	bool any = false;

	for (size_t i = 0; i < groups.n; i++)
		any = any || is_post_quantum(groups.v[i]);
	if (fact_tri(c->known, F_PROTO_TLS1_3) == TRI_UNKNOWN) {
		put_missing(c->known, out, F_POST_QUANTUM, F_PROTO_TLS1_3);
		return;
	}
	if (fact_yes(c->known, F_PROTO_TLS1_3) && !fact_known(c->known, F_GROUPS_TLS1_3)) {
		put_missing(c->known, out, F_POST_QUANTUM, F_GROUPS_TLS1_3);
		return;
	}
	if (!any)
		fact_put_str(out, F_POST_QUANTUM, "none");
	else if (!u16s_has(groups, X25519MLKEM768))
		fact_put_str(out, F_POST_QUANTUM, "retry");
	else if (is_post_quantum(groups.v[0]) && order != NULL && strcmp(order, "client") != 0)
		fact_put_str(out, F_POST_QUANTUM, "preferred");
	else
		fact_put_str(out, F_POST_QUANTUM, "offered");
	if (fact_yes(c->known, F_INTOL_1400))
		fact_set_note(out, F_POST_QUANTUM, "hellos with such shares are too long for this server");
}

static void
conclude(void *st, const struct ctx *c, struct facts *out)
{
	struct accepted all = accepted_read(c->known, c->arena, SSL3, TLS1_2);

	(void)st;
	conclude_suites(c, out);
	conclude_crime(c, out);
	conclude_drown(c, out);
	conclude_logjam(c, &all, out);
	conclude_raccoon(c, &all, out);
	conclude_post_quantum(c, out);
}

const struct probe probe_weakness = {
    .name = "weakness",
    .summary = "attacks that follow from what is accepted: FREAK, LOGJAM, SWEET32, ...",
    .needs = needs,
    .gives = gives,
    .conclude = conclude,
};
