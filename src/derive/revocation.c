/*
 * revocation - is a certificate of the chains revoked, who says so, and how good its responders are.
 *
 * Reads:  the OCSP responses and CRL verdicts that evidence brought, the staples, and what earlier
 *         runs noted.
 * Learns: per certificate: revoked when anybody with the right to say so does, good when somebody
 *         does and nobody says revoked, else unknown with what each source said; per responder: GET
 *         against POST, nonce, next update, signer, hash, time; for the endpoint: is a leaf in use
 *         revoked, is a CA of a chain, and whom a server that staples has to reach.
 * Blind:  a CA that revokes but does not publish.  A certificate without any source of its own is
 *         not revoked by anybody's word; the note says so.
 * Costs:  no connection.
 */
#include "probe.h"

#include "derive/deployment.h"
#include "derive/issuer.h"
#include "pki/ocsp.h"

enum { SCRATCH = 2 << 20, SAID_MAX = 16, SLOW_MS = 3000, HOSTS_MAX = 16, EVERY_CERT = 128 };

static const enum fact_id needs[] = {F_FETCHES, F_TRUSTED, F_NONE};
static const enum fact_id gives[] = {F_REVOKED, F_CA_REVOKED, F_OCSP_HOSTS, F_NONE};

/* What all sources say of one certificate. */
struct word {
	bool revoked, good;
	const char *said[SAID_MAX]; /* "good, says OCSP at http://..." */
	size_t n_said;
	const char *reason; /* of the first "revoked" */
};

static void
hear(struct word *w, struct arena *a, const char *status, const char *who, const char *reason)
{
	bool revoked = strcmp(status, "revoked") == 0;

	if (revoked && !w->revoked)
		w->reason = reason;
	w->revoked = w->revoked || revoked;
	w->good = w->good || strcmp(status, "good") == 0;
	if (w->n_said < SAID_MAX)
		w->said[w->n_said++] = arena_printf(a, "%s: %s", who, status);
}

/* ---- one responder: the answers to GET and to POST ---- */

struct answer {
	const struct facts *row; /* of K_FETCH; NULL: not asked so */
	struct staple s;
	struct ocsp o;
	bool parsed;
};

static void
read_answer(struct answer *x, const struct facts *row, const struct cert *c,
    const struct cert *issuer, int64_t now, struct arena *a)
{
	struct span response = fact_hex(row, F_FETCH_RESPONSE);
	const char *result = fact_str(row, F_FETCH_RESULT);

	x->row = row;
	x->s.status = result != NULL ? result : "local";
	if (strcmp(x->s.status, "ok") != 0)
		return;
	x->s = staple_judge(response, c, issuer, now, a);
	x->parsed = ocsp_parse(response, &x->o) && x->o.basic;
}

static bool
has_next_update(const struct answer *x, const struct cert *c)
{
	struct ocsp_single s;

	for (struct rd r = rd_of(x->o.responses); ocsp_single_next(&r, &s);)
		if (span_eq(s.serial, c->serial))
			return s.has_next_update;
	return false;
}

/* RFC 9654, 2.1: "If the value of the nonce in the response does not match the value ... the
 * response is invalid"; that there is none is allowed (RFC 5019, 4). */
static const char *
nonce_word(const struct answer *post)
{
	struct span sent = fact_hex(post->row, F_FETCH_NONCE);

	if (sent.n == 0 || !post->parsed)
		return NULL;
	if (!post->o.has_nonce)
		return "absent";
	return span_eq(post->o.nonce, sent) ? "echoed" : "wrong";
}

struct problems {
	const char *v[SAID_MAX];
	size_t n;
};

static void
problem(struct problems *p, bool there, const char *text)
{
	if (there && p->n < SAID_MAX)
		p->v[p->n++] = text;
}

static bool
says(const struct answer *x)
{
	return x->s.good || x->s.revoked || strcmp(x->s.status, "unknown") == 0;
}

static void
answer_problems(struct problems *p, const struct answer *x, const char *how, const struct cert *c,
    struct arena *a)
{
	const char *type = fact_str(x->row, F_FETCH_TYPE);

	problem(p, !says(x), arena_printf(a, "%s: %s%s%s", how, x->s.status,
				 x->s.detail != NULL ? ": " : "", x->s.detail != NULL ? x->s.detail : ""));
	problem(p, fact_u32(x->row, F_FETCH_MS) > SLOW_MS, arena_printf(a, "%s: slow", how));
	/* RFC 6960, A.2 */
	problem(p, type != NULL && x->parsed && strncmp(type, "application/ocsp-response", 25) != 0,
	    arena_printf(a, "%s: content type %s", how, type));
	problem(p, x->parsed && x->o.sig_alg.hash == CERT_HASH_SHA1,
	    arena_printf(a, "%s: signed with SHA-1", how));
	/* RFC 6960, 4.2.2.1: without it, newer information is available all the time. */
	problem(p, x->parsed && says(x) && !has_next_update(x, c),
	    arena_printf(a, "%s: no nextUpdate", how));
}

static void
put_word(struct facts *row, enum fact_id id, const char *word)
{
	if (word != NULL)
		fact_put_str(row, id, word);
	else
		fact_put_unknown(row, id, WHY_NOT_APPLICABLE, NULL);
}

static void
put_quality(struct facts *row, const struct answer *x, const struct cert *c)
{
	if (!x->parsed)
		return;
	fact_put_tri(row, F_RESPONDER_NEXT_UPDATE, has_next_update(x, c) ? TRI_YES : TRI_NO);
	fact_put_str(row, F_RESPONDER_SIG_HASH, cert_hash_name(x->o.sig_alg.hash));
	if (x->s.times != NULL)
		fact_put_str(row, F_RESPONDER_TIMES, x->s.times);
	if (x->s.signer != NULL)
		fact_put_str(row, F_RESPONDER_SIGNER, x->s.signer);
}

static void
put_responder(struct facts *f, uint32_t cert, const struct answer *get, const struct answer *post,
    const struct cert *c, struct arena *a)
{
	struct facts *row = fact_add(f, K_RESPONDER);
	struct problems p = {.n = 0};
	const char *nonce = post->row != NULL ? nonce_word(post) : NULL;
	const struct answer *best = get->row != NULL && get->parsed ? get : post;

	fact_put_u32(row, F_RESPONDER_CERT, cert);
	fact_put_str(row, F_RESPONDER_URL, fact_str(best->row, F_FETCH_URL));
	put_word(row, F_RESPONDER_GET, get->row != NULL ? get->s.status : NULL);
	put_word(row, F_RESPONDER_POST, post->row != NULL ? post->s.status : NULL);
	if (get->row != NULL && post->row != NULL) {
		bool agree = strcmp(get->s.status, post->s.status) == 0;

		fact_put_tri(row, F_RESPONDER_AGREE, agree ? TRI_YES : TRI_NO);
		problem(&p, !agree, "GET and POST do not agree");
	}
	put_word(row, F_RESPONDER_NONCE, nonce);
	problem(&p, nonce != NULL && strcmp(nonce, "wrong") == 0, "the nonce is not the one sent");
	put_quality(row, best, c);
	if (get->row != NULL)
		answer_problems(&p, get, "GET", c, a);
	if (post->row != NULL)
		answer_problems(&p, post, "POST", c, a);
	fact_put_strs(row, F_RESPONDER_PROBLEMS, p.v, p.n);
}

/* ---- one certificate ---- */

struct work {
	const struct ctx *c;
	struct facts *f;
	struct arena *a;
	struct word words[EVERY_CERT]; /* by K_CERT row */
	const char *hosts[HOSTS_MAX];
	size_t n_hosts;
};

static bool
is_row(const struct facts *row, uint32_t cert, const char *kind)
{
	const char *have = fact_str(row, F_FETCH_KIND);

	return fact_u32(row, F_FETCH_CERT) == cert && have != NULL && strcmp(have, kind) == 0;
}

static bool
same_url(const struct facts *x, const struct facts *y)
{
	const char *a = fact_str(x, F_FETCH_URL), *b = fact_str(y, F_FETCH_URL);

	return a != NULL && b != NULL && strcmp(a, b) == 0;
}

/* evidence asks each responder by GET and right after that by POST. */
static void
hear_ocsp(struct work *w, uint32_t cert, const struct cert *c, const struct cert *issuer)
{
	for (size_t i = 0; i < fact_rows(w->f, K_FETCH); i++) {
		const struct facts *row = fact_row(w->f, K_FETCH, i), *next = NULL;
		struct answer get = {.row = NULL}, post = {.row = NULL};
		const char *url = fact_str(row, F_FETCH_URL);

		if (!is_row(row, cert, "ocsp") || strcmp(fact_str(row, F_FETCH_METHOD), "GET") != 0)
			continue;
		if (i + 1 < fact_rows(w->f, K_FETCH))
			next = fact_row(w->f, K_FETCH, i + 1);
		read_answer(&get, row, c, issuer, w->c->now, w->a);
		if (next != NULL && is_row(next, cert, "ocsp") && same_url(row, next))
			read_answer(&post, next, c, issuer, w->c->now, w->a);
		hear(&w->words[cert], w->a, get.s.status, arena_printf(w->a, "OCSP by GET at %s", url),
		    get.s.detail);
		if (post.row != NULL)
			hear(&w->words[cert], w->a, post.s.status,
			    arena_printf(w->a, "OCSP by POST at %s", url), post.s.detail);
		put_responder(w->f, cert, &get, &post, c, w->a);
	}
}

static const char *
since(struct arena *a, const struct facts *row, enum fact_id when, enum fact_id why)
{
	const char *reason = fact_str(row, why);

	return arena_printf(a, "since %s%s%s", text_time(a, fact_time(row, when)),
	    reason != NULL ? ", reason: " : "", reason != NULL ? reason : "");
}

static void
hear_crls(struct work *w, uint32_t cert)
{
	for (size_t i = 0; i < fact_rows(w->f, K_CRL); i++) {
		const struct facts *row = fact_row(w->f, K_CRL, i);

		if (fact_u32(row, F_CRL_CERT) == cert)
			hear(&w->words[cert], w->a, fact_str(row, F_CRL_STATUS),
			    arena_printf(w->a, "CRL at %s", fact_str(row, F_CRL_URL)),
			    since(w->a, row, F_CRL_REVOKED_AT, F_CRL_REASON));
	}
	for (size_t i = 0; i < fact_rows(w->f, K_FETCH); i++) {
		const struct facts *row = fact_row(w->f, K_FETCH, i);
		const char *result = fact_str(row, F_FETCH_RESULT);

		if (is_row(row, cert, "crl") && strcmp(result, "ok") != 0)
			hear(&w->words[cert], w->a, result,
			    arena_printf(w->a, "CRL at %s", fact_str(row, F_FETCH_URL)), NULL);
	}
}

/* "Revoked" never ends: an earlier run verified it. */
static void
hear_memory(struct work *w, uint32_t cert)
{
	for (size_t i = 0; i < fact_rows(w->f, K_KNOWN_REVOKED); i++) {
		const struct facts *row = fact_row(w->f, K_KNOWN_REVOKED, i);

		if (fact_u32(row, F_KNOWN_REVOKED_CERT) == cert)
			hear(&w->words[cert], w->a, "revoked",
			    arena_printf(w->a, "an earlier run, from %s",
				fact_str(row, F_KNOWN_REVOKED_SOURCE)),
			    since(w->a, row, F_KNOWN_REVOKED_SINCE, F_KNOWN_REVOKED_REASON));
	}
}

static void
hear_staples(struct work *w, uint32_t cert)
{
	for (size_t i = 0; i < fact_rows(w->f, K_DEPLOY); i++) {
		const struct facts *row = fact_row(w->f, K_DEPLOY, i);
		struct u16s chain = fact_u16s(row, F_DEPLOY_CHAIN);
		const char *status = fact_str(row, F_DEPLOY_STAPLE_STATUS);

		if (chain.n > 0 && chain.v[0] == cert && status != NULL)
			hear(&w->words[cert], w->a, status, "stapled OCSP response",
			    fact_note(row, F_DEPLOY_STAPLE_STATUS));
	}
}

static void
put_cert(const struct work *w, uint32_t cert, struct facts *row)
{
	const struct word *x = &w->words[cert];

	if (x->n_said == 0) {
		fact_put_unknown(row, F_CERT_REVOCATION, WHY_NOT_APPLICABLE,
		    "it names no place that would say so");
		return;
	}
	fact_put_str(row, F_CERT_REVOCATION, x->revoked ? "revoked" : x->good ? "good" : "unknown");
	if (x->reason != NULL)
		fact_set_note(row, F_CERT_REVOCATION, x->reason);
	fact_put_strs(row, F_CERT_REVOCATION_BY, x->said, x->n_said);
}

static void
judge_cert(struct work *w, uint32_t cert)
{
	struct facts *row = fact_row(w->f, K_CERT, cert);
	struct cert c, issuer;

	if (!cert_parse(fact_hex(row, F_CERT_DER), &c))
		return;
	if (issuer_find(w->f, w->c->stores, &c, &issuer))
		hear_ocsp(w, cert, &c, &issuer);
	hear_crls(w, cert);
	hear_memory(w, cert);
	hear_staples(w, cert);
	put_cert(w, cert, row);
}

/* ---- the endpoint ---- */

/* Any revoked is yes; any that names places and is not known to be good leaves it open. */
static void
put_any(const struct work *w, enum fact_id id, bool leaves)
{
	const char *open = NULL, *reason = NULL;
	bool revoked = false, named = false;

	for (size_t i = 0; i < fact_rows(w->f, K_DEPLOY); i++) {
		const struct facts *row = fact_row(w->f, K_DEPLOY, i);
		struct u16s chain = fact_u16s(row, F_DEPLOY_CHAIN);

		for (size_t k = leaves ? 0 : 1; k < (leaves ? 1 : chain.n); k++) {
			const struct word *x = &w->words[chain.v[k] % EVERY_CERT];

			if (!fact_yes(row, F_DEPLOY_COUNTS) || x->n_said == 0)
				continue;
			named = true;
			if (x->revoked && !revoked)
				reason = x->reason;
			revoked = revoked || x->revoked;
			if (!x->revoked && !x->good)
				open = x->said[0];
		}
	}
	if (!revoked && open != NULL) {
		fact_put_unknown(w->f, id, WHY_LOCAL, open);
		return;
	}
	fact_put_tri(w->f, id, revoked ? TRI_YES : TRI_NO);
	if (reason != NULL)
		fact_set_note(w->f, id, reason);
	else if (!named)
		fact_set_note(w->f, id, "no certificate names a place that would say so");
}

static bool
is_leaf(const struct facts *f, uint32_t cert)
{
	for (size_t i = 0; i < fact_rows(f, K_DEPLOY); i++) {
		struct u16s chain = fact_u16s(fact_row(f, K_DEPLOY, i), F_DEPLOY_CHAIN);

		if (chain.n > 0 && chain.v[0] == cert)
			return true;
	}
	return false;
}

static void
put_hosts(struct work *w)
{
	for (size_t i = 0; i < fact_rows(w->f, K_FETCH) && w->n_hosts < HOSTS_MAX; i++) {
		const struct facts *row = fact_row(w->f, K_FETCH, i);
		const char *host = fact_str(row, F_FETCH_HOST), *text;
		bool twice = false;

		if (host == NULL || !is_row(row, fact_u32(row, F_FETCH_CERT), "ocsp") ||
		    !is_leaf(w->f, fact_u32(row, F_FETCH_CERT)))
			continue;
		text = arena_printf(w->a, "%s:%u", host, fact_u32(row, F_FETCH_PORT));
		for (size_t k = 0; k < w->n_hosts; k++)
			twice = twice || strcmp(w->hosts[k], text) == 0;
		if (!twice)
			w->hosts[w->n_hosts++] = text;
	}
	fact_put_strs(w->f, F_OCSP_HOSTS, w->hosts, w->n_hosts);
}

static void
conclude(void *st, const struct ctx *c, struct facts *out)
{
	struct arena *a = arena_new(SCRATCH);
	struct work *w = arena_alloc(a, sizeof(*w));

	(void)st;
	*w = (struct work){.c = c, .f = out, .a = a};
	if (!fact_known(out, F_FETCHES) || fact_rows(out, K_DEPLOY) == 0) {
		for (const enum fact_id *id = gives; *id != F_NONE; id++)
			if (fact_known(out, F_FETCHES))
				fact_put_unknown(out, *id, WHY_NOT_APPLICABLE, "no certificate was read");
			else
				unknown_like(out, *id, out, F_FETCHES);
	} else {
		for (uint32_t i = 0; i < fact_rows(out, K_CERT) && i < EVERY_CERT; i++)
			judge_cert(w, i);
		put_any(w, F_REVOKED, true);
		put_any(w, F_CA_REVOKED, false);
		put_hosts(w);
	}
	arena_free(a);
}

const struct probe probe_revocation = {
    .name = "revocation",
    .summary = "who is revoked, who says so, and how good the responders are",
    .needs = needs,
    .gives = gives,
    .conclude = conclude,
};
