/*
 * dns - what the records of the name come to.
 *
 * Reads:  the answers that the probe `lookups` got, and the chains in use.
 * Learns: whether CAA lets the leaf's issuer issue, whether TLSA records match and may be used, what
 *         HTTPS records promise, where mail goes and how its TLS is held to, where Key Transparency
 *         is served.
 * Blind:  a question that DNS did not answer leaves its facts unknown, with the reason.
 * Costs:  no connection.
 */
#include "probe.h"

#include <strings.h>

#include "derive/caa.h"
#include "derive/dane.h"
#include "derive/rdata.h"

enum { SCRATCH = 1 << 20, LIST_MAX = 32, VALUE_MAX = 512 };

static const enum fact_id needs[] = {F_DNS_ASKED, F_TRUSTED, F_NONE};
static const enum fact_id gives[] = {F_DNSSEC, F_CAA_AT, F_CAA_ALLOWS, F_CAA_STRANGE, F_CAA_ACCOUNT,
    F_CAA_METHODS, F_DNS_TLSA, F_DANE, F_DNS_TLSA_SPARE, F_DNS_HTTPS, F_DNS_HTTPS_ALPN, F_DNS_ECH,
    F_DNS_MX, F_MTA_STS, F_MTA_STS_MX, F_MTA_STS_MAX_AGE, F_MTA_STS_COVERS, F_TLS_RPT,
    F_KEY_TRANSPARENCY, F_NONE};

struct work {
	struct facts *f;
	struct arena *a;
};

/* ---- answers ---- */

enum came { CAME, NOTHING, OPEN };

/* The answer of that type whose name begins so; *index for its records. */
static enum came
find(const struct work *w, const char *type, const char *prefix, uint32_t *index, const char **status)
{
	*status = "not asked";
	for (size_t i = 0; i < fact_rows(w->f, K_ANSWER); i++) {
		const struct facts *row = fact_row(w->f, K_ANSWER, i);

		if (strcmp(fact_str(row, F_ANSWER_TYPE), type) != 0 ||
		    strncmp(fact_str(row, F_ANSWER_NAME), prefix, strlen(prefix)) != 0)
			continue;
		*index = (uint32_t)i;
		*status = fact_str(row, F_ANSWER_STATUS);
		if (strcmp(*status, "ok") == 0)
			return CAME;
		return strcmp(*status, "nodata") == 0 || strcmp(*status, "nxdomain") == 0 ? NOTHING : OPEN;
	}
	return OPEN;
}

/* The next record of that answer; *at begins with 0. */
static bool
next_record(const struct work *w, uint32_t index, size_t *at, struct span *data)
{
	while (*at < fact_rows(w->f, K_RR)) {
		const struct facts *rr = fact_row(w->f, K_RR, (*at)++);

		if (fact_u32(rr, F_RR_ANSWER) != index)
			continue;
		*data = fact_hex(rr, F_RR_DATA);
		return true;
	}
	return false;
}

static void
put_open(struct facts *f, const enum fact_id *ids, size_t n, const char *status)
{
	for (size_t i = 0; i < n; i++)
		fact_put_unknown(f, ids[i], WHY_LOCAL, status);
}

/* ---- HTTPS records ---- */

struct texts {
	const char *v[LIST_MAX];
	size_t n;
};

static void
add(struct texts *t, const char *text)
{
	for (size_t i = 0; i < t->n; i++)
		if (strcmp(t->v[i], text) == 0)
			return;
	if (t->n < LIST_MAX)
		t->v[t->n++] = text;
}

static void
put_https_row(struct work *w, const struct rdata_https *h, bool valid)
{
	struct facts *row = fact_add(w->f, K_HTTPS);
	struct texts alpn = {.n = 0};

	for (size_t i = 0; i < h->n_alpn; i++)
		add(&alpn, text_clean(w->a, h->alpn[i], VALUE_MAX));
	fact_put_tri(row, F_HTTPS_VALID, valid ? TRI_YES : TRI_NO);
	fact_put_u32(row, F_HTTPS_PRIORITY, h->priority);
	fact_put_str(row, F_HTTPS_TARGET, h->target);
	fact_put_strs(row, F_HTTPS_ALPN, alpn.v, alpn.n);
	if (h->has_port)
		fact_put_u32(row, F_HTTPS_PORT, h->port);
	if (h->ech.n > 0)
		fact_put_hex(row, F_HTTPS_ECH, h->ech);
}

static void
put_https(struct work *w)
{
	static const enum fact_id ids[] = {F_DNS_HTTPS, F_DNS_HTTPS_ALPN, F_DNS_ECH};
	struct texts alpn = {.n = 0};
	const char *status;
	bool any = false, ech = false;
	struct span data;
	uint32_t index = 0;
	enum came came = find(w, "HTTPS", "", &index, &status);

	if (came == OPEN) {
		put_open(w->f, ids, N_ELEMENTS(ids), status);
		return;
	}
	for (size_t at = 0; came == CAME && next_record(w, index, &at, &data);) {
		struct rdata_https h;
		bool valid = rdata_https(data, w->a, &h);

		put_https_row(w, &h, valid);
		any = true;
		if (!valid)
			continue;
		ech = ech || h.ech.n > 0;
		for (size_t i = 0; i < h.n_alpn; i++)
			add(&alpn, text_clean(w->a, h.alpn[i], VALUE_MAX));
	}
	fact_put_tri(w->f, F_DNS_HTTPS, any ? TRI_YES : TRI_NO);
	fact_put_strs(w->f, F_DNS_HTTPS_ALPN, alpn.v, alpn.n);
	fact_put_tri(w->f, F_DNS_ECH, ech ? TRI_YES : TRI_NO);
}

/* ---- mail ---- */

/* Records come sorted by their data, and that begins with the preference. */
static void
put_mx(struct work *w)
{
	static const enum fact_id ids[] = {F_DNS_MX};
	struct texts hosts = {.n = 0};
	const char *status, *host;
	struct span data;
	uint32_t index = 0;
	uint16_t preference;
	enum came came = find(w, "MX", "", &index, &status);

	if (came == OPEN) {
		put_open(w->f, ids, N_ELEMENTS(ids), status);
		return;
	}
	for (size_t at = 0; came == CAME && next_record(w, index, &at, &data);)
		if (rdata_mx(data, w->a, &preference, &host))
			add(&hosts, host);
	fact_put_strs(w->f, F_DNS_MX, hosts.v, hosts.n);
}

/* The one TXT record that begins so; NULL: none, or more than one (*many). */
static const char *
one_text(struct work *w, uint32_t index, const char *begin, bool *many)
{
	const char *found = NULL, *text;
	struct span data;

	*many = false;
	for (size_t at = 0; next_record(w, index, &at, &data);) {
		if (!rdata_txt(data, w->a, &text) || strncmp(text, begin, strlen(begin)) != 0)
			continue;
		*many = *many || found != NULL;
		found = text;
	}
	return *many ? NULL : found;
}

/* "mailto:a,https://b" after rua= (RFC 8460, 3). */
static void
put_tls_rpt(struct work *w)
{
	static const enum fact_id ids[] = {F_TLS_RPT};
	struct texts places = {.n = 0};
	const char *status, *text = NULL, *rua;
	uint32_t index = 0;
	bool many = false;
	enum came came = find(w, "TXT", "_smtp._tls.", &index, &status);

	if (came == OPEN) {
		put_open(w->f, ids, N_ELEMENTS(ids), status);
		return;
	}
	if (came == CAME)
		text = one_text(w, index, "v=TLSRPTv1", &many);
	rua = text != NULL ? strstr(text, "rua=") : NULL;
	for (const char *p = rua != NULL ? rua + 4 : NULL; p != NULL && *p != '\0' && *p != ';';) {
		size_t n = strcspn(p, ",; ");

		if (n > 0)
			add(&places, arena_strn(w->a, p, n));
		p += n + (p[n] == ',' || p[n] == ' ');
	}
	fact_put_strs(w->f, F_TLS_RPT, places.v, places.n);
	if (many)
		fact_set_note(w->f, F_TLS_RPT, "more than one record: senders ignore them all");
}

struct policy { /* RFC 8461, 3.2 */
	const char *mode;
	struct texts mx;
	bool version, has_age;
	uint32_t max_age;
};

static bool
read_number(const char *s, uint32_t *v)
{
	uint64_t x = 0;

	if (*s == '\0' || strlen(s) > 10)
		return false;
	for (; *s != '\0'; s++) {
		if (*s < '0' || *s > '9')
			return false;
		x = x * 10 + (uint64_t)(*s - '0');
	}
	*v = x > UINT32_MAX ? UINT32_MAX : (uint32_t)x;
	return true;
}

static void
policy_line(struct work *w, const char *line, struct policy *p)
{
	const char *colon = strchr(line, ':'), *value;
	char *key;

	if (colon == NULL)
		return;
	key = arena_strn(w->a, line, (size_t)(colon - line));
	value = colon + 1 + strspn(colon + 1, " \t");
	if (strcmp(key, "version") == 0)
		p->version = strcmp(value, "STSv1") == 0;
	else if (strcmp(key, "mode") == 0)
		p->mode = value;
	else if (strcmp(key, "mx") == 0)
		add(&p->mx, value);
	else if (strcmp(key, "max_age") == 0)
		p->has_age = read_number(value, &p->max_age);
}

static void
read_policy(struct work *w, struct span body, struct policy *p)
{
	while (body.n > 0) {
		size_t n = 0, keep;

		while (n < body.n && body.p[n] != '\n')
			n++;
		keep = n > 0 && body.p[n - 1] == '\r' ? n - 1 : n;
		policy_line(w, text_clean(w->a, (struct span){body.p, keep}, VALUE_MAX), p);
		n += n < body.n;
		body = (struct span){body.p + n, body.n - n};
	}
}

static bool
is_mode(const char *mode)
{
	return mode != NULL && (strcmp(mode, "enforce") == 0 || strcmp(mode, "testing") == 0 ||
				   strcmp(mode, "none") == 0);
}

/* RFC 8461, 4.1: "*." stands for exactly one label. */
static bool
covers(const struct texts *patterns, const char *mx)
{
	for (size_t i = 0; i < patterns->n; i++) {
		const char *p = patterns->v[i], *rest = strchr(mx, '.');

		if (strcasecmp(p, mx) == 0 ||
		    (strncmp(p, "*.", 2) == 0 && rest != NULL && strcasecmp(p + 1, rest) == 0))
			return true;
	}
	return false;
}

static void
put_covers(struct work *w, const struct policy *p)
{
	bool all = true;

	for (size_t i = 0; i < fact_n_strs(w->f, F_DNS_MX); i++)
		all = all && covers(&p->mx, fact_strs(w->f, F_DNS_MX, i));
	if (fact_n_strs(w->f, F_DNS_MX) == 0)
		fact_put_unknown(w->f, F_MTA_STS_COVERS, WHY_NOT_APPLICABLE, "no mail server is known");
	else
		fact_put_tri(w->f, F_MTA_STS_COVERS, all ? TRI_YES : TRI_NO);
}

static void
no_policy(struct work *w, const char *word, const char *note)
{
	static const enum fact_id ids[] = {F_MTA_STS_MX, F_MTA_STS_MAX_AGE, F_MTA_STS_COVERS};

	fact_put_str(w->f, F_MTA_STS, word);
	if (note != NULL)
		fact_set_note(w->f, F_MTA_STS, note);
	for (size_t i = 0; i < N_ELEMENTS(ids); i++)
		fact_put_unknown(w->f, ids[i], WHY_NOT_APPLICABLE, "there is no policy");
}

static void
put_policy(struct work *w)
{
	const struct facts *row = fact_rows(w->f, K_STS) > 0 ? fact_row(w->f, K_STS, 0) : NULL;
	const char *result = row != NULL ? fact_str(row, F_STS_RESULT) : "not asked";
	struct policy p = {.mode = NULL};

	if (strcmp(result, "ok") != 0) {
		const char *note = row != NULL ? fact_note(row, F_STS_RESULT) : NULL;

		no_policy(w, "unreachable", note != NULL ? note : result);
		return;
	}
	read_policy(w, fact_hex(row, F_STS_BODY), &p);
	if (!p.version || !is_mode(p.mode) || !p.has_age) {
		no_policy(w, "invalid", "the policy lacks version, mode or max_age");
		return;
	}
	fact_put_str(w->f, F_MTA_STS, p.mode);
	fact_put_strs(w->f, F_MTA_STS_MX, p.mx.v, p.mx.n);
	fact_put_u32(w->f, F_MTA_STS_MAX_AGE, p.max_age);
	put_covers(w, &p);
}

static void
put_mta_sts(struct work *w)
{
	static const enum fact_id ids[] = {
	    F_MTA_STS, F_MTA_STS_MX, F_MTA_STS_MAX_AGE, F_MTA_STS_COVERS};
	const char *status, *text = NULL;
	uint32_t index = 0;
	bool many = false;
	enum came came = find(w, "TXT", "_mta-sts.", &index, &status);

	if (came == OPEN) {
		put_open(w->f, ids, N_ELEMENTS(ids), status);
		return;
	}
	if (came == CAME)
		text = one_text(w, index, "v=STSv1", &many);
	if (many)
		no_policy(w, "invalid", "more than one record: senders ignore them all");
	else if (text == NULL)
		no_policy(w, "absent", NULL);
	else if (strstr(text, "id=") == NULL)
		no_policy(w, "invalid", "the record has no id");
	else
		put_policy(w);
}

/* ---- Key Transparency ---- */

static void
put_key_transparency(struct work *w)
{
	static const enum fact_id ids[] = {F_KEY_TRANSPARENCY};
	struct texts hosts = {.n = 0};
	const char *status, *host;
	struct span data;
	uint32_t index = 0;
	uint16_t port;
	enum came came = find(w, "SRV", "_sm.", &index, &status);

	if (came == OPEN) {
		put_open(w->f, ids, N_ELEMENTS(ids), status);
		return;
	}
	/* RFC 2782: the target "." says that the service is not there. */
	for (size_t at = 0; came == CAME && next_record(w, index, &at, &data);)
		if (rdata_srv(data, w->a, &port, &host) && strcmp(host, ".") != 0)
			add(&hosts, arena_printf(w->a, "%s:%u", host, port));
	fact_put_strs(w->f, F_KEY_TRANSPARENCY, hosts.v, hosts.n);
}

/* ---- the name ---- */

/* The first answer is about the name itself. */
static void
put_dnssec(struct work *w)
{
	const struct facts *row = fact_row(w->f, K_ANSWER, 0);
	const char *status = fact_str(row, F_ANSWER_STATUS);

	if (fact_known(row, F_ANSWER_SECURE) && fact_note(w->f, F_DNS_ASKED) == NULL &&
	    strcmp(status, "timeout") != 0 && strcmp(status, "servfail") != 0)
		fact_put_tri(w->f, F_DNSSEC, fact_tri(row, F_ANSWER_SECURE));
	else if (strcmp(status, "bogus") == 0)
		fact_put_tri(w->f, F_DNSSEC, TRI_NO);
	else
		fact_put_unknown(w->f, F_DNSSEC, WHY_LOCAL,
		    fact_note(w->f, F_DNS_ASKED) != NULL ? fact_note(w->f, F_DNS_ASKED) : status);
	if (strcmp(status, "bogus") == 0)
		fact_set_note(w->f, F_DNSSEC, "the signatures are wrong");
}

static void
conclude(void *st, const struct ctx *c, struct facts *out)
{
	struct work w = {.f = out, .a = arena_new(SCRATCH)};

	(void)st;
	if (!fact_known(out, F_DNS_ASKED) || fact_rows(out, K_ANSWER) == 0) {
		for (const enum fact_id *id = gives; *id != F_NONE; id++)
			unknown_like(out, *id, out, F_DNS_ASKED);
	} else {
		put_dnssec(&w);
		caa_put(out, c->ep->host);
		dane_put(out);
		put_https(&w);
		put_mx(&w);
		put_tls_rpt(&w);
		put_mta_sts(&w);
		put_key_transparency(&w);
	}
	arena_free(w.a);
}

const struct probe probe_dns = {
    .name = "dns",
    .summary = "what CAA, TLSA, HTTPS, MTA-STS and other records come to",
    .needs = needs,
    .gives = gives,
    .conclude = conclude,
};
