/* web - issuers, OCSP and CRLs of an endpoint's certificates; see evidence.h. */
#include "config.h"

#include <stdlib.h>
#include <time.h>

#include "adapt/openssl_crypto.h"
#include "adapt/sqlite.h"
#include "base/check.h"
#include "base/text.h"
#include "base/xalloc.h"
#include "derive/deployment.h"
#include "derive/issuer.h"
#include "evidence/crl_judge.h"
#include "evidence/desk.h"
#include "evidence/evidence_internal.h"
#include "net/fetch.h"
#include "pki/aia.h"
#include "pki/ocsp.h"
#include "pki/ocsp_request.h"
#include "target.h"

enum { TEXT_MAX = 200, DAY = 86400, CACHED_CRL = 4 << 20, KEPT_MAX = 1 << 20, SCRATCH = 8 << 20 };

enum item_kind { AIA, OCSP, CRL };

struct subject { /* a certificate that is asked about */
	uint32_t row; /* of K_CERT; of an issuer that AIA brought: of the certificate below it */
	struct cert cert;
	struct cert issuer;
	unsigned depth; /* 0: sent by the server */
	bool issuer_known, asked;
	uint8_t key[32]; /* in the cache */
	bool revoked_before;
	struct sqlite_revoked revoked;
};

struct item { /* one fetch */
	struct web *w;
	struct subject *subject;
	enum item_kind kind;
	const char *url; /* as the certificate has it, clean */
	bool post, cached, over, begun;
	uint8_t nonce[OCSP_NONCE_BYTES];
	struct desk_ticket *ticket; /* under way, or NULL */
	enum fetch_end end;
	const char *detail, *type;
	unsigned status, ms, redirects;
	size_t bytes;
	enum aia_form form;
	bool is_signed;
	struct span body; /* AIA: the issuer's certificate; OCSP: the response */
	struct crl_judgement crl;
};

struct web {
	struct gathering g;
	struct subject subjects[EVIDENCE_CERTS + EVIDENCE_FETCHES];
	size_t n_subjects;
	struct item *items[EVIDENCE_FETCHES];
	size_t n_items, n_open;
	size_t kept; /* bytes of bodies, for the endpoint's arena has better uses */
	bool capped;
	struct arena *a; /* until the rows are put */
};

static void advance(struct web *w);

/* ---- who is asked about ---- */

static bool
has_subject(const struct web *w, struct span der)
{
	for (size_t i = 0; i < w->n_subjects; i++)
		if (span_eq(w->subjects[i].cert.der, der))
			return true;
	return false;
}

/* A root is nobody's business but the stores'. */
static void
add_subject(struct web *w, struct span der, uint32_t row, unsigned depth)
{
	struct subject *s = &w->subjects[w->n_subjects];

	if (w->n_subjects == N_ELEMENTS(w->subjects) || has_subject(w, der) ||
	    !cert_parse(der, &s->cert) || s->cert.self_issued)
		return;
	s->row = row;
	s->depth = depth;
	w->n_subjects++;
}

static void
find_subjects(struct web *w)
{
	struct deployments *d = xcalloc(1, sizeof(*d));
	size_t longest = 0;

	deployments_find(w->g.out, d);
	for (size_t i = 0; i < d->n; i++)
		if (d->v[i].counts && d->v[i].chain.n > longest)
			longest = d->v[i].chain.n;
	for (size_t k = 0; k < longest; k++) /* all leaves first */
		for (size_t i = 0; i < d->n; i++) {
			struct u16s chain = d->v[i].chain;

			if (!d->v[i].counts || k >= chain.n || w->n_subjects == EVIDENCE_CERTS)
				continue;
			add_subject(w, fact_hex(fact_row(w->g.out, K_CERT, chain.v[k]), F_CERT_DER),
			    chain.v[k], 0);
		}
	free(d);
}

/* ---- fetches ---- */

static void on_fetched(void *arg, const struct fetch_result *r);

/* Of a certificate, or of one answer about it: what, where, whose, which. */
static void
cache_key(const struct subject *s, const char *what, const char *url, uint8_t key[32])
{
	uint8_t parts[4 * 32];

	crypto_sha256(span_str(what), parts);
	crypto_sha256(span_str(url), parts + 32);
	crypto_sha256(s->issuer.spki, parts + 64);
	crypto_sha256(s->cert.serial, parts + 96);
	crypto_sha256(SPAN_OF(parts), key);
}

static void
answer_key(const struct item *x, uint8_t key[32])
{
	cache_key(x->subject, x->kind == CRL ? "crl" : x->post ? "post" : "get", x->url, key);
}

/* What makes two questions one: an issuer and a CRL are what their URL says, whoever names it. */
static void
question_key(const struct item *x, uint8_t key[DESK_KEY])
{
	uint8_t parts[2 * 32];

	if (x->kind == OCSP) {
		answer_key(x, key);
		return;
	}
	crypto_sha256(span_str(x->kind == AIA ? "aia" : "crl"), parts);
	crypto_sha256(span_str(x->url), parts + 32);
	crypto_sha256(SPAN_OF(parts), key);
}

static struct item *
item_new(struct web *w, struct subject *s, enum item_kind kind, struct span url)
{
	struct item *x;

	if (w->n_items == EVIDENCE_FETCHES || url.n > FETCH_URL_MAX) {
		w->capped = true;
		return NULL;
	}
	x = arena_alloc(w->a, sizeof(*x));
	*x = (struct item){.w = w, .subject = s, .kind = kind, .detail = ""};
	x->url = text_clean(w->a, url, FETCH_URL_MAX);
	w->items[w->n_items++] = x;
	w->n_open++;
	return x;
}

static void
item_fetch(struct item *x, const char *url, struct span post, size_t max)
{
	const struct endpoint *ep = x->w->g.c.ep;
	struct fetch_request q = {.url = url, .post = post, .type = "application/ocsp-request",
	    .max_bytes = max, .near = reach_of(ep->addr, ep->addr_len)};
	uint8_t key[DESK_KEY];

	question_key(x, key);
	x->ticket = desk_ask(x->w->g.env->desk, key, &q, on_fetched, x);
}

static bool
asked_before(const struct web *w, struct span url)
{
	for (size_t i = 0; i < w->n_items; i++)
		if (w->items[i]->kind == AIA && span_eq(span_str(w->items[i]->url), url))
			return true;
	return false;
}

static void
ask_aia(struct web *w, struct subject *s)
{
	for (size_t i = 0; i < s->cert.n_ca_issuers && i < CERT_MAX_URLS; i++) {
		struct span url = s->cert.ca_issuers[i];
		struct item *x = asked_before(w, url) ? NULL : item_new(w, s, AIA, url);

		if (x != NULL)
			item_fetch(x, x->url, (struct span){NULL, 0}, AIA_MAX_BYTES);
	}
}

/* ---- the cache ---- */

static void
note_revoked(const struct item *x, int64_t since, int32_t reason)
{
	struct sqlite_revoked r = {
	    .since = since, .reason = reason, .source = x->url, .seen = (int64_t)time(NULL)};

	sqlite_put_revoked(x->w->g.env->cache, SPAN_OF(x->subject->key), &r);
}

static void
keep(const struct item *x, struct span body, int64_t until)
{
	uint8_t key[32];

	answer_key(x, key);
	if (!x->cached && body.n <= CACHED_CRL)
		sqlite_put(x->w->g.env->cache, SPAN_OF(key), body, (int64_t)time(NULL), until);
}

/* ---- what came ---- */

/* A copy; false: enough has been kept. */
static bool
keep_body(struct item *x, struct span body)
{
	struct web *w = x->w;

	if (body.n > KEPT_MAX - w->kept) {
		w->capped = true;
		return false;
	}
	w->kept += body.n;
	x->body = arena_span(w->a, body);
	return true;
}

static void
read_aia(struct item *x, struct span body)
{
	struct web *w = x->w;
	struct arena *scratch = arena_new(1 << 20);
	struct span der[AIA_MAX_CERTS];
	size_t n = aia_read(body, scratch, der, &x->form);
	struct cert c;

	for (size_t i = 0; i < n && !x->is_signed; i++)
		x->is_signed = cert_parse(der[i], &c) && issuer_signed(&c, &x->subject->cert) &&
		    keep_body(x, c.der);
	arena_free(scratch);
	if (x->is_signed && x->subject->depth < EVIDENCE_AIA_DEPTH)
		add_subject(w, x->body, x->subject->row, x->subject->depth + 1);
}

/* An answer is used again in the first half of its life, and for a day at most. */
static void
keep_ocsp(const struct item *x, struct span body)
{
	const struct subject *s = x->subject;
	int64_t now = (int64_t)time(NULL);
	struct staple verdict = staple_judge(body, &s->cert, &s->issuer, now, x->w->a);
	struct ocsp_single single;
	struct ocsp o;

	if ((!verdict.good && !verdict.revoked) || !ocsp_parse(body, &o))
		return;
	for (struct rd r = rd_of(o.responses); ocsp_single_next(&r, &single);) {
		if (!span_eq(single.serial, s->cert.serial))
			continue;
		if (verdict.revoked)
			note_revoked(x, single.revoked_at, single.reason);
		else if (single.has_next_update && single.next_update > now)
			keep(x, body, now + (single.next_update - now < 2 * DAY
						? (single.next_update - now) / 2
						: DAY));
		return;
	}
}

static void
read_ocsp(struct item *x, struct span body)
{
	if (keep_body(x, body))
		keep_ocsp(x, x->body);
}

static void
read_crl(struct item *x, struct span body)
{
	const struct subject *s = x->subject;

	x->crl = crl_judge(body, &s->cert, &s->issuer, x->w->g.c.now);
	if (x->crl.revoked)
		note_revoked(x, x->crl.entry.revoked_at, x->crl.entry.reason);
	else if (x->crl.good && x->crl.crl.has_next_update)
		keep(x, body, x->crl.crl.next_update);
}

static void
read_body(struct item *x, struct span body)
{
	x->bytes = body.n;
	if (x->kind == AIA)
		read_aia(x, body);
	else if (x->kind == OCSP)
		read_ocsp(x, body);
	else
		read_crl(x, body);
}

static void
item_over(struct item *x)
{
	x->over = true;
	x->w->n_open--;
}

static void
on_fetched(void *arg, const struct fetch_result *r)
{
	struct item *x = arg;
	struct arena *a = x->w->a;

	x->ticket = NULL;
	x->cached = r->shared;
	x->end = r->end;
	x->detail = text_clean(a, span_str(r->detail), TEXT_MAX);
	x->type = r->type != NULL ? text_clean(a, span_str(r->type), TEXT_MAX) : NULL;
	x->status = r->status;
	x->ms = r->ms;
	x->redirects = r->redirects;
	if (r->end == FETCH_OK)
		read_body(x, r->body);
	item_over(x);
	advance(x->w);
}

/* ---- revocation ---- */

static bool
from_cache(struct item *x, size_t max)
{
	struct arena *scratch = arena_new(max + 4096);
	struct span body;
	uint8_t key[32];

	answer_key(x, key);
	x->cached = sqlite_get(
	    x->w->g.env->cache, SPAN_OF(key), (int64_t)time(NULL), max, scratch, &body);
	if (x->cached) {
		read_body(x, body);
		item_over(x);
	}
	arena_free(scratch);
	return x->cached;
}

static void
ask_ocsp(struct web *w, struct subject *s, struct span url, bool post)
{
	struct item *x = item_new(w, s, OCSP, url);
	struct span nonce = {NULL, 0}, der;
	uint8_t buf[OCSP_REQUEST_MAX];

	if (x == NULL)
		return;
	x->post = post;
	if (from_cache(x, OCSP_MAX_BYTES))
		return;
	if (post) {
		rng_bytes(w->g.c.rng, x->nonce, sizeof(x->nonce));
		nonce = SPAN_OF(x->nonce);
	}
	der = ocsp_request(&s->issuer, s->cert.serial, nonce, buf);
	if (post)
		item_fetch(x, x->url, der, OCSP_MAX_BYTES);
	else
		item_fetch(x, ocsp_get_url(w->a, x->url, der), (struct span){NULL, 0},
		    OCSP_MAX_BYTES);
}

static void
ask_crl(struct web *w, struct subject *s, struct span url)
{
	struct item *x = item_new(w, s, CRL, url);

	if (x != NULL && !from_cache(x, w->g.env->crl_bytes))
		item_fetch(x, x->url, (struct span){NULL, 0}, w->g.env->crl_bytes);
}

static void
ask_revocation(struct web *w, struct subject *s)
{
	const struct cert *c = &s->cert;

	cache_key(s, "certificate", "", s->key);
	s->revoked_before = sqlite_revoked(w->g.env->cache, SPAN_OF(s->key), w->a, &s->revoked);
	for (size_t i = 0; i < c->n_ocsp && i < CERT_MAX_URLS; i++) {
		ask_ocsp(w, s, c->ocsp[i], false);
		ask_ocsp(w, s, c->ocsp[i], true);
	}
	for (size_t i = 0; i < c->n_crl && i < CERT_MAX_URLS; i++)
		ask_crl(w, s, c->crl[i]);
}

/* Among what AIA brought so far, too. */
static bool
find_issuer(const struct web *w, const struct subject *s, struct cert *out)
{
	for (size_t i = 0; i < w->n_items; i++)
		if (w->items[i]->kind == AIA && w->items[i]->is_signed &&
		    cert_parse(w->items[i]->body, out) && issuer_signed(out, &s->cert))
			return true;
	return issuer_find(w->g.out, w->g.env->stores, &s->cert, out);
}

/* Whatever can be asked now is; when nothing is open, it is over. */
static void
advance(struct web *w)
{
	for (size_t i = 0; i < w->n_subjects; i++) {
		struct subject *s = &w->subjects[i];

		if (!s->asked && (s->depth == 0 || !issuer_find(w->g.out, w->g.env->stores, &s->cert,
							&s->issuer)))
			ask_aia(w, s);
		s->asked = true;
		if (s->issuer_known || s->depth > 0)
			continue;
		s->issuer_known = find_issuer(w, s, &s->issuer);
		if (s->issuer_known)
			ask_revocation(w, s);
	}
	if (w->n_open == 0)
		gathering_over(&w->g);
}

/* ---- rows ---- */

static void
put_crl(const struct item *x, struct facts *f)
{
	const struct crl *l = &x->crl.crl;
	struct facts *row;

	if (x->crl.status == NULL)
		return;
	row = fact_add(f, K_CRL);
	fact_put_u32(row, F_CRL_CERT, x->subject->row);
	fact_put_str(row, F_CRL_URL, x->url);
	fact_put_str(row, F_CRL_STATUS, x->crl.status);
	if (l->tbs.n == 0)
		return;
	fact_put_time(row, F_CRL_THIS_UPDATE, l->this_update);
	if (l->has_next_update)
		fact_put_time(row, F_CRL_NEXT_UPDATE, l->next_update);
	fact_put_u32(row, F_CRL_ENTRIES, l->n_entries);
	fact_put_tri(row, F_CRL_PARTITION, l->has_idp ? TRI_YES : TRI_NO);
	fact_put_str(row, F_CRL_SIG_HASH, cert_hash_name(l->sig_alg.hash));
	if (!x->crl.revoked)
		return;
	fact_put_time(row, F_CRL_REVOKED_AT, x->crl.entry.revoked_at);
	if (ocsp_reason_text(x->crl.entry.reason) != NULL)
		fact_put_str(row, F_CRL_REASON, ocsp_reason_text(x->crl.entry.reason));
}

static void
put_aia(const struct item *x, struct facts *row)
{
	if (x->end != FETCH_OK)
		return;
	fact_put_str(row, F_FETCH_FORM, aia_form_name(x->form));
	fact_put_tri(row, F_FETCH_SIGNED, x->is_signed ? TRI_YES : TRI_NO);
	if (x->is_signed)
		fact_put_hex(row, F_FETCH_ISSUER, x->body);
}

static void
put_place(const struct item *x, struct facts *row)
{
	char host[TARGET_HOST_MAX + 1];
	uint16_t port;

	fact_put_str(row, F_FETCH_URL, x->url);
	if (!fetch_url_host(x->url, host, sizeof(host), &port))
		return;
	fact_put_str(row, F_FETCH_HOST, text_clean(x->w->a, span_str(host), sizeof(host)));
	fact_put_u32(row, F_FETCH_PORT, port);
}

static const char *
result_of(const struct item *x)
{
	if (x->over)
		return fetch_end_name(x->end);
	return fetch_end_name(x->begun ? FETCH_TIMEOUT : FETCH_LOCAL);
}

static void
put_result(const struct item *x, struct facts *row)
{
	fact_put_tri(row, F_FETCH_CACHED, x->cached ? TRI_YES : TRI_NO);
	fact_put_str(row, F_FETCH_RESULT, result_of(x));
	if (!x->over && !x->begun)
		fact_set_note(row, F_FETCH_RESULT, "its turn did not come in time: many ask there");
	if (x->detail[0] != '\0')
		fact_set_note(row, F_FETCH_RESULT, x->detail);
	if (!x->over || x->cached)
		return;
	if (x->status != 0)
		fact_put_u32(row, F_FETCH_STATUS, x->status);
	fact_put_u32(row, F_FETCH_REDIRECTS, x->redirects);
	fact_put_u32(row, F_FETCH_MS, x->ms);
	if (x->type != NULL)
		fact_put_str(row, F_FETCH_TYPE, x->type);
}

static void
put_item(const struct item *x, struct facts *f)
{
	static const char *const kinds[] = {"aia", "ocsp", "crl"};
	struct facts *row = fact_add(f, K_FETCH);

	fact_put_str(row, F_FETCH_KIND, kinds[x->kind]);
	fact_put_u32(row, F_FETCH_CERT, x->subject->row);
	fact_put_str(row, F_FETCH_METHOD, x->post ? "POST" : "GET");
	put_place(x, row);
	put_result(x, row);
	if (x->over && x->end == FETCH_OK)
		fact_put_u32(row, F_FETCH_BYTES, (uint32_t)x->bytes);
	if (x->kind == AIA)
		put_aia(x, row);
	if (x->kind == OCSP && x->body.n > 0)
		fact_put_hex(row, F_FETCH_RESPONSE, x->body);
	if (x->kind == OCSP && x->post && !x->cached)
		fact_put_hex(row, F_FETCH_NONCE, SPAN_OF(x->nonce));
	if (x->kind == CRL)
		put_crl(x, f);
}

static void
put_revoked(const struct subject *s, struct facts *f, struct arena *a)
{
	struct facts *row;

	if (!s->revoked_before)
		return;
	row = fact_add(f, K_KNOWN_REVOKED);
	fact_put_u32(row, F_KNOWN_REVOKED_CERT, s->row);
	fact_put_time(row, F_KNOWN_REVOKED_SINCE, s->revoked.since);
	if (ocsp_reason_text(s->revoked.reason) != NULL)
		fact_put_str(row, F_KNOWN_REVOKED_REASON, ocsp_reason_text(s->revoked.reason));
	fact_put_str(row, F_KNOWN_REVOKED_SOURCE,
	    text_clean(a, span_str(s->revoked.source), FETCH_URL_MAX));
	fact_put_time(row, F_KNOWN_REVOKED_SEEN, s->revoked.seen);
}

static void
finish(struct gathering *g)
{
	struct web *w = (struct web *)g;

	for (size_t i = 0; i < w->n_items; i++) {
		w->items[i]->begun = w->items[i]->ticket == NULL || desk_begun(w->items[i]->ticket);
		desk_cancel(w->items[i]->ticket);
		put_item(w->items[i], g->out);
	}
	for (size_t i = 0; i < w->n_subjects; i++)
		put_revoked(&w->subjects[i], g->out, w->a);
	fact_put_u32(g->out, F_FETCHES, (uint32_t)w->n_items);
	if (w->capped)
		fact_set_note(g->out, F_FETCHES, "the certificates name more places than are asked");
	arena_free(w->a);
	free(w);
}

struct gathering *
web_new(void)
{
	struct web *w = xcalloc(1, sizeof(*w));

	w->g.finish = finish;
	w->a = arena_new(SCRATCH);
	return &w->g;
}

void
web_begin(struct gathering *g)
{
	struct web *w = (struct web *)g;

	find_subjects(w);
	advance(w);
}
