/* dns - what DNS says about the service, beside its addresses; see evidence.h. */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <strings.h>

#include "adapt/ldns.h"
#include "base/check.h"
#include "base/text.h"
#include "base/xalloc.h"
#include "evidence/evidence_internal.h"
#include "net/dnssec.h"
#include "net/fetch.h"
#include "target.h"

enum {
	MAX_QUESTIONS = 24,
	MAX_PARENTS = 10, /* names that are asked for CAA */
	NAME_LEN = 320,
	SCRATCH = 4 << 20,
	POLICY_MAX = 64 * 1024, /* RFC 8461, 3.2 leaves it to the sender */
	POLICY_KEPT = 8 * 1024,
	KEPT_MAX = 128 * 1024, /* of records, for the endpoint's arena has better uses */
	TEXT_LEN = 1024
};

struct question {
	struct dns_work *w;
	char name[NAME_LEN];
	uint16_t type;
	const char *type_name;
	struct dnssec_query *query; /* under way, or NULL */
	bool over, secure;
	enum resolve_status status;
	const char *why;
	struct dns_records records;
};

struct dns_work {
	struct gathering g;
	struct question q[MAX_QUESTIONS];
	size_t n, n_open;
	struct question *sts; /* the TXT record of MTA-STS */
	struct fetch *policy;
	bool policy_over;
	enum fetch_end policy_end;
	const char *policy_detail, *policy_type;
	struct span policy_body;
	size_t kept;
	struct arena *a;
};

static void
ended(struct dns_work *w)
{
	if (--w->n_open == 0)
		gathering_over(&w->g);
}

/* ---- the policy of MTA-STS: RFC 8461, 3.3 ---- */

static void
on_policy(void *arg, const struct fetch_result *r)
{
	struct dns_work *w = arg;
	size_t n = r->body.n < POLICY_KEPT ? r->body.n : POLICY_KEPT;

	w->policy = NULL;
	w->policy_over = true;
	w->policy_end = r->end;
	w->policy_detail = text_clean(w->a, span_str(r->detail), 200);
	w->policy_type = r->type != NULL ? text_clean(w->a, span_str(r->type), 200) : NULL;
	if (r->end == FETCH_OK)
		w->policy_body = arena_span(w->a, (struct span){r->body.p, n});
	ended(w);
}

static const char *
policy_url(const struct dns_work *w)
{
	return arena_printf(
	    w->a, "https://mta-sts.%s/.well-known/mta-sts.txt", w->g.c.ep->host);
}

/* There is one only for domains that say so in a TXT record. */
static void
fetch_policy(struct dns_work *w)
{
	const struct endpoint *ep = w->g.c.ep;
	struct fetch_request q = {.url = policy_url(w), .max_bytes = POLICY_MAX,
	    .near = reach_of(ep->addr, ep->addr_len), .no_redirects = true};
	bool says = false;

	for (size_t i = 0; i < w->sts->records.n; i++)
		says = says || strncmp(w->sts->records.v[i].text, "\"v=STSv1", 8) == 0;
	if (!says)
		return;
	w->n_open++;
	w->policy = fetch_start(w->g.env->fetcher, &q, on_policy, w);
}

/* ---- questions ---- */

static enum resolve_status
status_of(const struct dns_records *r)
{
	if (r->loop)
		return RESOLVE_LOOP;
	switch (r->rcode) {
	case DNS_NOERROR:
		return r->n > 0 ? RESOLVE_OK : RESOLVE_NODATA;
	case DNS_NXDOMAIN:
		return RESOLVE_NXDOMAIN;
	case DNS_REFUSED:
		return RESOLVE_REFUSED;
	default:
		return RESOLVE_SERVFAIL;
	}
}

static void
on_answer(void *arg, const struct dnssec_answer *a)
{
	struct question *q = arg;
	struct dns_work *w = q->w;
	struct dns_question asked = {.name = q->name, .type = q->type};

	q->query = NULL;
	q->over = true;
	q->status = a->status;
	q->secure = a->secure;
	if (a->why != NULL)
		q->why = text_clean(w->a, span_str(a->why), 200);
	if (a->status == RESOLVE_OK) {
		if (dns_read_records(a->wire, &asked, w->a, &q->records))
			q->status = status_of(&q->records);
		else
			q->status = RESOLVE_SERVFAIL;
	}
	if (q == w->sts)
		fetch_policy(w);
	ended(w);
}

static struct question *
ask(struct dns_work *w, const char *prefix, const char *name, uint16_t type, const char *type_name)
{
	struct question *q;
	int n;

	CHECK(w->n < MAX_QUESTIONS);
	q = &w->q[w->n];
	n = snprintf(q->name, sizeof(q->name), "%s%s", prefix, name);
	if (n < 0 || (size_t)n >= sizeof(q->name))
		return NULL;
	w->n++;
	w->n_open++;
	q->w = w;
	q->type = type;
	q->type_name = type_name;
	q->status = RESOLVE_TIMEOUT;
	q->query = dnssec_ask(w->g.env->dnssec, q->name, type, on_answer, q);
	return q;
}

/* RFC 8659, 3: the name, and each one above it. */
static void
ask_caa(struct dns_work *w, const char *host)
{
	unsigned n = 0;

	for (const char *name = host; name != NULL && *name != '\0' && n < MAX_PARENTS; n++) {
		(void)ask(w, "", name, DNS_CAA, "CAA");
		name = strchr(name, '.');
		name = name != NULL ? name + 1 : NULL;
	}
}

static void
ask_all(struct dns_work *w)
{
	const struct endpoint *ep = w->g.c.ep;
	char prefix[32];

	ask_caa(w, ep->host);
	(void)snprintf(prefix, sizeof(prefix), "_%u._tcp.", ep->port); /* RFC 6698, 3 */
	(void)ask(w, prefix, ep->host, DNS_TLSA, "TLSA");
	if (ep->starttls == NULL) { /* RFC 9460, 9.1 */
		(void)snprintf(prefix, sizeof(prefix), "_%u._https.", ep->port);
		(void)ask(w, ep->port == 443 ? "" : prefix, ep->host, DNS_HTTPS, "HTTPS");
	}
	(void)ask(w, "", ep->host, DNS_MX, "MX");
	w->sts = ask(w, "_mta-sts.", ep->host, DNS_TXT, "TXT");
	(void)ask(w, "_smtp._tls.", ep->host, DNS_TXT, "TXT"); /* RFC 8460, 3 */
	(void)ask(w, "_sm._keytransparency._https.", ep->host, DNS_SRV, "SRV");
}

/* A name of its own in the public tree, or something like it; no address, no localhost. */
static bool
is_askable(const char *host)
{
	struct address a;
	char err[128];
	size_t n = strlen(host);

	if (strchr(host, '.') == NULL || target_address(span_str(host), &a, err, sizeof(err)))
		return false;
	return n < 10 || strcasecmp(host + n - 10, ".localhost") != 0;
}

/* ---- rows ---- */

/* A record; false: enough has been kept. */
static bool
put_record(struct dns_work *w, const struct dns_record *r, uint32_t index, struct facts *f)
{
	struct facts *row;

	if (r->data.n > KEPT_MAX - w->kept)
		return false;
	w->kept += r->data.n;
	row = fact_add(f, K_RR);
	fact_put_u32(row, F_RR_ANSWER, index);
	fact_put_str(row, F_RR_TEXT, text_clean(w->a, span_str(r->text), TEXT_LEN));
	fact_put_hex(row, F_RR_DATA, r->data);
	return true;
}

static void
put_question(const struct question *q, uint32_t index, struct facts *f)
{
	bool all = true;
	struct facts *row = fact_add(f, K_ANSWER);

	fact_put_str(row, F_ANSWER_NAME, q->name);
	fact_put_str(row, F_ANSWER_TYPE, q->type_name);
	fact_put_str(row, F_ANSWER_STATUS, resolve_status_name(q->status));
	if (q->why != NULL)
		fact_set_note(row, F_ANSWER_STATUS, q->why);
	if (q->over && q->status != RESOLVE_BOGUS && q->status != RESOLVE_LOCAL)
		fact_put_tri(row, F_ANSWER_SECURE, q->secure ? TRI_YES : TRI_NO);
	for (size_t i = 0; i < q->records.n && all; i++)
		all = put_record(q->w, &q->records.v[i], index, f);
	if (!all || q->records.capped)
		fact_set_note(row, F_ANSWER_STATUS, "there are more records than are looked at");
}

static void
put_policy(const struct dns_work *w, struct facts *f)
{
	struct facts *row;

	if (!w->policy_over && w->policy == NULL)
		return;
	row = fact_add(f, K_STS);
	fact_put_str(row, F_STS_URL, text_clean(w->a, span_str(policy_url(w)), 512));
	fact_put_str(row, F_STS_RESULT, w->policy_over ? fetch_end_name(w->policy_end) : "timeout");
	if (w->policy_detail != NULL && w->policy_detail[0] != '\0')
		fact_set_note(row, F_STS_RESULT, w->policy_detail);
	if (w->policy_type != NULL)
		fact_put_str(row, F_STS_TYPE, w->policy_type);
	if (w->policy_body.n > 0)
		fact_put_hex(row, F_STS_BODY, w->policy_body);
}

static void
finish(struct gathering *g)
{
	struct dns_work *w = (struct dns_work *)g;

	fetch_cancel(w->policy);
	for (size_t i = 0; i < w->n; i++) {
		dnssec_cancel(w->q[i].query);
		put_question(&w->q[i], (uint32_t)i, g->out);
	}
	put_policy(w, g->out);
	if (g->env->dnssec == NULL)
		fact_put_unknown(g->out, F_DNS_ASKED, WHY_NOT_ASKED, "the proxy looks names up");
	else if (w->n == 0)
		fact_put_unknown(g->out, F_DNS_ASKED, WHY_NOT_APPLICABLE, "the target is no name");
	else
		fact_put_u32(g->out, F_DNS_ASKED, (uint32_t)w->n);
	if (w->n > 0 && dnssec_trouble(g->env->dnssec) != NULL)
		fact_set_note(g->out, F_DNS_ASKED, dnssec_trouble(g->env->dnssec));
	arena_free(w->a);
	free(w);
}

struct gathering *
dns_new(void)
{
	struct dns_work *w = xcalloc(1, sizeof(*w));

	w->g.finish = finish;
	w->a = arena_new(SCRATCH);
	return &w->g;
}

void
dns_begin(struct gathering *g)
{
	struct dns_work *w = (struct dns_work *)g;

	if (g->env->dnssec != NULL && is_askable(g->c.ep->host))
		ask_all(w);
	if (w->n_open == 0)
		gathering_over(g);
}
