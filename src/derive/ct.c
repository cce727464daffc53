/*
 * ct - Certificate Transparency: are the timestamps of the leaves genuine, and are they enough?
 *
 * Reads:  the timestamps in the leaves, in the TLS extension and in staples; the list of logs.
 * Learns: one row for each: its log, who runs it, whether the signature verifies; then whether every
 *         leaf in use satisfies the policies of Chrome and of Apple, for one that is trusted at all.
 * Blind:  the list of logs is Chrome's as of its date (pki/ct_log.h), or that of --ct-logs, for Apple
 *         too.  That a log has kept its promise is not checked: that would be a question to the log.
 * Costs:  no connection.
 */
#include "probe.h"

#include "derive/issuer.h"
#include "derive/staple.h"
#include "pki/ct_log.h"
#include "pki/ocsp.h"
#include "pki/sct_verify.h"
#include "pki/store.h"

enum { SCTS_MAX = 32, DAY = 86400, SCRATCH = 1 << 20 };

static const enum fact_id needs[] = {F_FLIGHTS_READ, F_FETCHES, F_TRUSTED, F_NONE};
static const enum fact_id gives[] = {F_CT_CHROME, F_CT_APPLE, F_CT_VALID, F_NONE};

enum source { EMBEDDED, BY_TLS, BY_OCSP };

struct stamp { /* a genuine one of a log that counts */
	enum source source;
	const struct ct_log *log;
	bool current; /* the log is one of today's */
};

struct leaf {
	const struct store_set *stores; /* whose logs count; or NULL */
	struct cert cert, issuer;
	bool has_issuer;
	uint32_t row;
	struct stamp v[SCTS_MAX];
	size_t n;
	size_t n_seen, n_bad, n_open;
};

/* Does it count for either policy: the log is known, and was not yet retired at that moment? */
static bool
counts(const struct ct_log *log, int64_t t, bool *current)
{
	*current = log->state == CT_LOG_QUALIFIED || log->state == CT_LOG_USABLE ||
	    log->state == CT_LOG_READONLY;
	return *current || (log->state == CT_LOG_RETIRED && t < log->since);
}

static void
put_row(struct facts *f, const struct leaf *l, enum source source, const struct sct *s,
    const struct ct_log *log, enum sigcheck sig)
{
	static const char *const names[] = {"certificate", "tls", "ocsp"};
	struct facts *row = fact_add(f, K_SCT);

	fact_put_u32(row, F_SCT_LEAF, l->row);
	fact_put_str(row, F_SCT_SOURCE, names[source]);
	fact_put_hex(row, F_SCT_LOG_ID, s->log_id);
	fact_put_time(row, F_SCT_TIME, (int64_t)(s->ms / 1000));
	if (log == NULL) {
		fact_put_unknown(row, F_SCT_VALID, WHY_LOCAL, "its log is not on the list");
		return;
	}
	fact_put_str(row, F_SCT_LOG, log->description);
	fact_put_str(row, F_SCT_OPERATOR, log->operated_by);
	fact_put_str(row, F_SCT_STATE, ct_log_state_name(log->state));
	if (sig == SIG_OK || sig == SIG_BAD)
		fact_put_tri(row, F_SCT_VALID, sig == SIG_OK ? TRI_YES : TRI_NO);
	else
		fact_put_unknown(
		    row, F_SCT_VALID, WHY_LOCAL, "the issuer, whose key it is over, is not known");
}

static void
judge_one(struct facts *f, struct leaf *l, enum source source, const struct sct *s, int64_t now)
{
	const struct ct_log *log = store_ct_log(l->stores, s->log_id.p);
	const struct cert *issuer = source == EMBEDDED ? &l->issuer : NULL;
	int64_t t = (int64_t)(s->ms / 1000);
	enum sigcheck sig = SIG_UNTRIED;
	bool current;

	if (log != NULL && (issuer == NULL || l->has_issuer))
		sig = sct_verify(s, log->key, &l->cert, issuer);
	put_row(f, l, source, s, log, sig);
	l->n_seen++;
	l->n_bad += sig == SIG_BAD;
	l->n_open += log != NULL && sig != SIG_OK && sig != SIG_BAD;
	/* RFC 6962, 5.2: "clients MUST reject SCTs whose timestamp is in the future". */
	if (sig == SIG_OK && t <= now + STAPLE_SKEW && counts(log, t, &current) && l->n < SCTS_MAX)
		l->v[l->n++] = (struct stamp){source, log, current};
}

static void
judge_list(struct facts *f, struct leaf *l, enum source source, struct span list, int64_t now)
{
	struct rd r;
	struct sct s;

	if (!sct_begin(list, &r))
		return;
	while (l->n_seen < SCTS_MAX && sct_next(&r, &s))
		judge_one(f, l, source, &s, now);
}

static void
judge_staple(struct facts *f, struct leaf *l, struct span staple, int64_t now)
{
	struct ocsp_single single;
	struct ocsp o;

	if (!ocsp_parse(staple, &o))
		return;
	for (struct rd r = rd_of(o.responses); ocsp_single_next(&r, &single);)
		if (span_eq(single.serial, l->cert.serial))
			judge_list(f, l, BY_OCSP, single.sct_list, now);
}

/* Flights repeat them: each list once. */
static void
judge_flights(struct facts *f, struct leaf *l, int64_t now)
{
	struct span tls = {NULL, 0}, staple = {NULL, 0};

	for (size_t i = 0; i < fact_rows(f, K_FLIGHT); i++) {
		const struct facts *row = fact_row(f, K_FLIGHT, i);
		struct u16s chain = fact_u16s(row, F_FLIGHT_CHAIN);
		struct span scts = fact_hex(row, F_FLIGHT_SCTS), s = fact_hex(row, F_FLIGHT_STAPLE);

		if (chain.n == 0 || chain.v[0] != l->row)
			continue;
		if (scts.n > 0 && !span_eq(scts, tls))
			judge_list(f, l, BY_TLS, tls = scts, now);
		if (s.n > 0 && !span_eq(s, staple))
			judge_staple(f, l, staple = s, now);
	}
}

/* ---- policies ---- */

struct tally {
	unsigned logs, operators, current, plain; /* distinct logs; distinct operators; today's; RFC 6962 */
	unsigned apple; /* logs, so many of one operator as Apple counts */
};

static bool
seen_log(const struct leaf *l, size_t i, bool embedded)
{
	for (size_t k = 0; k < i; k++)
		if ((l->v[k].source == EMBEDDED) == embedded && l->v[k].log == l->v[i].log)
			return true;
	return false;
}

/* Logs of this operator before the i-th. */
static unsigned
of_operator(const struct leaf *l, size_t i, bool embedded)
{
	unsigned n = 0;

	for (size_t k = 0; k < i; k++)
		if ((l->v[k].source == EMBEDDED) == embedded && !seen_log(l, k, embedded) &&
		    strcmp(l->v[k].log->operated_by, l->v[i].log->operated_by) == 0)
			n++;
	return n;
}

static struct tally
count(const struct leaf *l, bool embedded, unsigned per_operator)
{
	struct tally t = {0};

	for (size_t i = 0; i < l->n; i++) {
		const struct stamp *s = &l->v[i];
		unsigned before;

		/* What does not come in the certificate has to be of a log of today. */
		if ((s->source == EMBEDDED) != embedded || seen_log(l, i, embedded) ||
		    (!embedded && !s->current))
			continue;
		before = of_operator(l, i, embedded);
		t.logs++;
		t.operators += before == 0;
		t.apple += before < per_operator;
		t.current += s->current;
		t.plain += s->log->kind == CT_LOG_RFC6962;
	}
	return t;
}

/* How many both policies want in a certificate: two up to 180 days, three for longer ones. */
static unsigned
wanted(const struct cert *c)
{
	return c->not_after - c->not_before + 1 <= INT64_C(180) * DAY ? 2 : 3;
}

/*
 * Chrome's policy (CT policy of 2022, with static logs since 2025): the certificate's timestamps come
 * from so many distinct logs, two operators, one log of today, one of RFC 6962; or else two of
 * today's logs by TLS or OCSP, of two operators, one of RFC 6962.
 */
static bool
chrome_ok(const struct leaf *l)
{
	struct tally in = count(l, true, 1), by = count(l, false, 1);

	return (in.logs >= wanted(&l->cert) && in.operators >= 2 && in.current >= 1 && in.plain >= 1) ||
	    (by.logs >= 2 && by.operators >= 2 && by.plain >= 1);
}

/* Apple's policy (support.apple.com/103214): the same numbers, where one operator counts once of two
 * and twice of three, and one log is of today; or two of today's logs by TLS or OCSP. */
static bool
apple_ok(const struct leaf *l)
{
	struct tally in = count(l, true, wanted(&l->cert) - 1), by = count(l, false, 2);

	return (in.apple >= wanted(&l->cert) && in.current >= 1) || by.logs >= 2;
}

/* ---- the endpoint ---- */

struct total {
	bool chrome, apple, bad, open, any;
};

static void
judge_leaf(const struct ctx *c, struct facts *f, uint32_t row, struct total *t, struct arena *a)
{
	struct leaf *l = arena_alloc(a, sizeof(*l));

	l->row = row;
	l->stores = c->stores;
	if (!cert_parse(fact_hex(fact_row(f, K_CERT, row), F_CERT_DER), &l->cert)) {
		t->open = true;
		return;
	}
	l->has_issuer = issuer_find(f, c->stores, &l->cert, &l->issuer);
	judge_list(f, l, EMBEDDED, l->cert.sct_list, c->now);
	judge_flights(f, l, c->now);
	t->any = true;
	t->bad = t->bad || l->n_bad > 0;
	t->open = t->open || l->n_open > 0;
	t->chrome = t->chrome && chrome_ok(l);
	t->apple = t->apple && apple_ok(l);
}

static void
put_policy(struct facts *f, enum fact_id id, bool ok, const struct total *t)
{
	if (fact_tri(f, F_TRUSTED) == TRI_NO)
		fact_put_unknown(
		    f, id, WHY_NOT_APPLICABLE, "no shipped store trusts it, so no policy applies");
	else if (!ok && t->open)
		fact_put_unknown(f, id, WHY_LOCAL, "a timestamp could not be checked here");
	else
		fact_put_tri(f, id, ok ? TRI_YES : TRI_NO);
}

static bool
any_verified(const struct facts *out)
{
	for (size_t i = 0; i < fact_rows(out, K_SCT); i++)
		if (fact_yes(fact_row(out, K_SCT, i), F_SCT_VALID))
			return true;
	return false;
}

static void
conclude(void *st, const struct ctx *c, struct facts *out)
{
	struct total t = {.chrome = true, .apple = true};
	struct arena *a = arena_new(SCRATCH);
	uint16_t done[SCTS_MAX];
	size_t n_done = 0;

	(void)st;
	for (size_t i = 0; i < fact_rows(out, K_DEPLOY); i++) {
		const struct facts *d = fact_row(out, K_DEPLOY, i);
		struct u16s chain = fact_u16s(d, F_DEPLOY_CHAIN);

		if (!fact_yes(d, F_DEPLOY_COUNTS) || chain.n == 0 || n_done == N_ELEMENTS(done) ||
		    u16s_has((struct u16s){done, n_done}, chain.v[0]))
			continue;
		done[n_done++] = chain.v[0];
		judge_leaf(c, out, chain.v[0], &t, a);
	}
	arena_free(a);
	if (!t.any)
		return;
	put_policy(out, F_CT_CHROME, t.chrome, &t);
	put_policy(out, F_CT_APPLE, t.apple, &t);
	if (!t.bad && t.open)
		fact_put_unknown(out, F_CT_VALID, WHY_LOCAL, "a timestamp could not be checked here");
	else if (fact_rows(out, K_SCT) == 0)
		fact_put_unknown(out, F_CT_VALID, WHY_NOT_APPLICABLE, "there are none");
	else if (!t.bad && !any_verified(out))
		fact_put_unknown(out, F_CT_VALID, WHY_NOT_APPLICABLE, "none is of a log on the list");
	else
		fact_put_tri(out, F_CT_VALID, t.bad ? TRI_NO : TRI_YES);
}

const struct probe probe_ct = {
    .name = "ct",
    .summary = "certificate timestamps: genuine, and enough for Chrome and Apple",
    .needs = needs,
    .gives = gives,
    .conclude = conclude,
};
