/* outside - see outside.h. */
#include "report/outside.h"

#include <inttypes.h>

#include "base/text.h"

enum { TLSA_SHOWN = 32 };

static void
put(struct outside *o, const char *label, enum ink ink, const char *words)
{
	if (o->n < OUTSIDE_LINES)
		o->v[o->n++] = (struct outside_line){.label = label, .ink = ink, .words = words};
	if (o->n == OUTSIDE_LINES)
		o->v[o->n - 1] = (struct outside_line){
		    .ink = INK_DIM, .words = "and more, see --format json"};
}

static void
put_fact(struct page *p, struct outside *o, enum fact_id id)
{
	if (o->n < OUTSIDE_LINES)
		o->v[o->n++] = (struct outside_line){.label = page_label(p, id), .id = id};
}

/* "a", then "a; b" */
static const char *
join(struct page *p, const char *text, const char *more)
{
	return text == NULL ? more : arena_printf(p->arena, "%s; %s", text, more);
}

static enum ink
status_ink(const char *status)
{
	if (strcmp(status, "good") == 0)
		return INK_GOOD;
	return strcmp(status, "revoked") == 0 ? INK_BAD : INK_WARN;
}

/* A text of a row, or "unknown". */
static const char *
text_of(const struct facts *row, enum fact_id id)
{
	return fact_str(row, id) != NULL ? fact_str(row, id) : "unknown";
}

/* ---- revocation ---- */

static void
certificate(struct page *p, struct outside *o, const struct facts *c)
{
	const char *status = fact_str(c, F_CERT_REVOCATION);

	if (!fact_settled(c, F_CERT_REVOCATION))
		return;
	put(o, page_cn(c), status != NULL ? status_ink(status) : INK_DIM,
	    page_value_text(p, c, F_CERT_REVOCATION));
	for (size_t i = 0; i < fact_n_strs(c, F_CERT_REVOCATION_BY); i++)
		put(o, NULL, INK_DIM, fact_strs(c, F_CERT_REVOCATION_BY, i));
}

static void
staple(struct page *p, struct outside *o, const struct facts *d)
{
	const char *status = fact_str(d, F_DEPLOY_STAPLE_STATUS);
	struct u16s chain = fact_u16s(d, F_DEPLOY_CHAIN);
	const struct facts *leaf = chain.n > 0 ? page_cert_at(p, chain.v[0]) : NULL;
	bool must = leaf != NULL && fact_yes(leaf, F_CERT_MUST_STAPLE);

	if (status == NULL) {
		if (must && fact_tri(d, F_DEPLOY_STAPLE) == TRI_NO)
			put(o, "Staple", INK_BAD, "none sent, and the certificate demands one");
		return;
	}
	put(o, "Staple", status_ink(status), page_value_text(p, d, F_DEPLOY_STAPLE_STATUS));
	if (fact_known(d, F_DEPLOY_STAPLE_TIMES))
		put(o, NULL, INK_DIM,
		    arena_printf(p->arena, "thisUpdate/nextUpdate %s%s%s",
			page_value_text(p, d, F_DEPLOY_STAPLE_TIMES),
			fact_known(d, F_DEPLOY_STAPLE_LEFT) ? ", hours left: " : "",
			fact_known(d, F_DEPLOY_STAPLE_LEFT) ? fact_str(d, F_DEPLOY_STAPLE_LEFT)
							    : ""));
	if (fact_known(d, F_DEPLOY_STAPLE_SIGNER))
		put(o, NULL, INK_DIM,
		    arena_printf(p->arena, "signed by %s",
			page_value_text(p, d, F_DEPLOY_STAPLE_SIGNER)));
}

static const char *
responder_words(struct page *p, const struct facts *r)
{
	const char *text = NULL;

	if (fact_known(r, F_RESPONDER_GET))
		text = arena_printf(p->arena, "GET: %s", fact_str(r, F_RESPONDER_GET));
	if (fact_known(r, F_RESPONDER_POST))
		text = join(
		    p, text, arena_printf(p->arena, "POST: %s", fact_str(r, F_RESPONDER_POST)));
	if (fact_known(r, F_RESPONDER_NONCE))
		text = join(
		    p, text, arena_printf(p->arena, "nonce %s", fact_str(r, F_RESPONDER_NONCE)));
	if (fact_known(r, F_RESPONDER_TIMES))
		text = join(p, text,
		    arena_printf(p->arena, "thisUpdate/nextUpdate %s", fact_str(r, F_RESPONDER_TIMES)));
	if (fact_known(r, F_RESPONDER_SIGNER))
		text = join(p, text,
		    arena_printf(p->arena, "signed by %s with %s", fact_str(r, F_RESPONDER_SIGNER),
			text_of(r, F_RESPONDER_SIG_HASH)));
	return text != NULL ? text : "not asked";
}

static void
responder(struct page *p, struct outside *o, const struct facts *r)
{
	put(o, "OCSP responder", INK_PLAIN, text_of(r, F_RESPONDER_URL));
	put(o, NULL, INK_DIM, responder_words(p, r));
	for (size_t i = 0; i < fact_n_strs(r, F_RESPONDER_PROBLEMS); i++)
		put(o, NULL, INK_WARN, fact_strs(r, F_RESPONDER_PROBLEMS, i));
}

static void
crl(struct page *p, struct outside *o, const struct facts *r)
{
	const char *status = text_of(r, F_CRL_STATUS), *text = status;

	put(o, "CRL", INK_PLAIN, text_of(r, F_CRL_URL));
	if (fact_known(r, F_CRL_ENTRIES))
		text = join(
		    p, text, page_count(p, fact_u32(r, F_CRL_ENTRIES), "certificate"));
	if (fact_yes(r, F_CRL_PARTITION))
		text = join(p, text, "a part of its CA's list");
	if (fact_known(r, F_CRL_THIS_UPDATE))
		text = join(p, text,
		    arena_printf(p->arena, "of %s", page_date(p, fact_time(r, F_CRL_THIS_UPDATE))));
	if (fact_known(r, F_CRL_NEXT_UPDATE))
		text = join(p, text,
		    arena_printf(
			p->arena, "the next due %s", page_date(p, fact_time(r, F_CRL_NEXT_UPDATE))));
	if (fact_known(r, F_CRL_SIG_HASH))
		text = join(
		    p, text, arena_printf(p->arena, "signed with %s", fact_str(r, F_CRL_SIG_HASH)));
	put(o, NULL, status_ink(status) == INK_GOOD ? INK_DIM : status_ink(status), text);
}

static void
each(struct page *p, struct outside *o, enum kind k,
    void (*one)(struct page *p, struct outside *o, const struct facts *row))
{
	for (size_t i = 0; i < fact_rows(p->f, k); i++)
		one(p, o, fact_row(p->f, k, i));
}

/* ---- Certificate Transparency ---- */

static void
stamp(struct page *p, struct outside *o, const struct facts *r)
{
	const char *source = text_of(r, F_SCT_SOURCE), *log;
	bool bad = fact_tri(r, F_SCT_VALID) == TRI_NO;

	source = strcmp(source, "tls") == 0	? "by the TLS extension"
		 : strcmp(source, "ocsp") == 0 ? "in the staple"
					       : "in the certificate";
	log = fact_known(r, F_SCT_LOG)
		  ? arena_printf(p->arena, "%s (%s), %s", fact_str(r, F_SCT_LOG),
			text_of(r, F_SCT_OPERATOR), text_of(r, F_SCT_STATE))
		  : arena_printf(p->arena, "of an unknown log, %s",
			text_hex(p->arena, fact_hex(r, F_SCT_LOG_ID)));
	put(o, "Timestamp", bad ? INK_BAD : INK_PLAIN, log);
	put(o, NULL, bad ? INK_BAD : INK_DIM,
	    arena_printf(p->arena, "%s, %s; %s", source, page_date(p, fact_time(r, F_SCT_TIME)),
		fact_yes(r, F_SCT_VALID) ? "its signature verifies"
		: bad			 ? "its signature does not verify"
		: fact_known(r, F_SCT_LOG)
		    ? "not verified: the issuer is not known"
		    : "not verified: the log's key is not known"));
}

/* ---- DNS ---- */

static void
caa(struct page *p, struct outside *o, const struct facts *r)
{
	const char *value = text_of(r, F_CAA_VALUE), *text;

	text = arena_printf(p->arena, "%s%s \"%s\"",
	    fact_yes(r, F_CAA_CRITICAL) ? "critical " : "", text_of(r, F_CAA_TAG), value);
	for (size_t i = 0; i < fact_n_strs(r, F_CAA_PARAMETERS); i++)
		text = join(p, text, fact_strs(r, F_CAA_PARAMETERS, i));
	if (fact_yes(r, F_CAA_IN_USE))
		text = arena_printf(p->arena, "%s, the issuer in use", text);
	put(o, "CAA record", INK_PLAIN, text);
}

static void
tlsa(struct page *p, struct outside *o, const struct facts *r)
{
	static const char *const usages[] = {"PKIX-TA", "PKIX-EE", "DANE-TA", "DANE-EE"};
	uint32_t usage = fact_u32(r, F_TLSA_USAGE);
	struct span data = fact_hex(r, F_TLSA_DATA);
	bool cut = data.n > TLSA_SHOWN, usable = fact_tri(r, F_TLSA_USABLE) != TRI_NO;

	put(o, "TLSA record", INK_PLAIN,
	    arena_printf(p->arena, "%" PRIu32 " %" PRIu32 " %" PRIu32 " %s%s (%s)", usage,
		fact_u32(r, F_TLSA_SELECTOR), fact_u32(r, F_TLSA_MATCHING),
		text_hex(p->arena, (struct span){data.p, cut ? (size_t)TLSA_SHOWN : data.n}),
		cut ? "..." : "", usage < N_ELEMENTS(usages) ? usages[usage] : "unknown usage"));
	put(o, NULL, fact_yes(r, F_TLSA_MATCHES) ? INK_GOOD : INK_WARN,
	    !usable				       ? "not usable: its form or numbers are unknown"
	    : fact_yes(r, F_TLSA_MATCHES)	       ? "matches a chain in use"
	    : fact_tri(r, F_TLSA_MATCHES) == TRI_NO ? "matches no chain in use"
						       : "not compared");
}

static void
https(struct page *p, struct outside *o, const struct facts *r)
{
	const char *text = arena_printf(p->arena, "%" PRIu32 " %s", fact_u32(r, F_HTTPS_PRIORITY),
	    text_of(r, F_HTTPS_TARGET));

	if (fact_tri(r, F_HTTPS_VALID) == TRI_NO)
		text = join(p, text, "not in the form of RFC 9460");
	if (fact_known(r, F_HTTPS_ALPN) && fact_n_strs(r, F_HTTPS_ALPN) > 0)
		text = join(
		    p, text, arena_printf(p->arena, "alpn %s", page_value_text(p, r, F_HTTPS_ALPN)));
	if (fact_known(r, F_HTTPS_PORT))
		text = join(p, text, arena_printf(p->arena, "port %" PRIu32, fact_u32(r, F_HTTPS_PORT)));
	if (fact_hex(r, F_HTTPS_ECH).n > 0)
		text = join(p, text, "keys for Encrypted Client Hello");
	put(o, "HTTPS record", fact_tri(r, F_HTTPS_VALID) == TRI_NO ? INK_WARN : INK_PLAIN, text);
}

static void
sts(struct page *p, struct outside *o, const struct facts *r)
{
	put(o, "MTA-STS policy", INK_PLAIN,
	    arena_printf(p->arena, "%s: %s", text_of(r, F_STS_URL), text_of(r, F_STS_RESULT)));
}

/* ---- the sections ---- */

static const struct {
	const char *title, *anchor, *prefix;
} sections[OUTSIDE__MAX] = {
    [OUTSIDE_REVOCATION] = {"Revocation", "revocation", "evidence."},
    [OUTSIDE_TRANSPARENCY] = {"Certificate Transparency", "transparency", "ct."},
    [OUTSIDE_DNS] = {"DNS", "dns", "dns."},
};

static bool
is_of(enum fact_id id, enum outside_kind k)
{
	const char *prefix = sections[k].prefix;

	return fact_defs[id].kind == K_ENDPOINT &&
	       strncmp(fact_defs[id].json, prefix, strlen(prefix)) == 0;
}

bool
outside_has(enum fact_id id)
{
	for (int k = 0; k < OUTSIDE__MAX; k++)
		if (is_of(id, (enum outside_kind)k))
			return true;
	return false;
}

static bool
is_shown(const struct page *p, enum fact_id id)
{
	enum why why = fact_why(p->f, id);

	return fact_settled(p->f, id) &&
	       (p->style->verbose > 0 || (why != WHY_NOT_APPLICABLE && why != WHY_NOT_ASKED));
}

void
outside_read(struct page *p, enum outside_kind k, struct outside *o)
{
	o->title = sections[k].title;
	o->anchor = sections[k].anchor;
	o->n = 0;
	if (k == OUTSIDE_REVOCATION) {
		each(p, o, K_CERT, certificate);
		each(p, o, K_DEPLOY, staple);
		each(p, o, K_RESPONDER, responder);
		each(p, o, K_CRL, crl);
	}
	for (int id = kind_defs[K_ENDPOINT].first; id < (int)kind_end(K_ENDPOINT); id++)
		if (is_of((enum fact_id)id, k) && is_shown(p, (enum fact_id)id))
			put_fact(p, o, (enum fact_id)id);
	if (k == OUTSIDE_TRANSPARENCY)
		each(p, o, K_SCT, stamp);
	if (k == OUTSIDE_DNS) {
		each(p, o, K_CAA, caa);
		each(p, o, K_TLSA, tlsa);
		each(p, o, K_HTTPS, https);
		each(p, o, K_STS, sts);
	}
}
