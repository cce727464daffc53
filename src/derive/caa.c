/* caa - see caa.h. */
#include "derive/caa.h"

#include <strings.h>

#include "base/text.h"
#include "derive/rdata.h"
#include "pki/cert.h"
#include "probe.h"

enum { VALUE_MAX = 512, SET_MAX = 32, METHODS_MAX = 16, SCRATCH = 1 << 20, ORGANISATION_MAX = 256 };

static const struct {
	const char *organisation, *names;
} issuers[] = {
#define CAA_ISSUER(organisation, names) {organisation, names},
#include "derive/caa_issuers.def"
#undef CAA_ISSUER
};

static bool
same(struct span s, const char *text)
{
	return s.n == strlen(text) && strncasecmp((const char *)s.p, text, s.n) == 0;
}

static bool
listed(const char *names, struct span name)
{
	while (*names != '\0') {
		size_t n = strcspn(names, " ");

		if (n == name.n && strncasecmp(names, (const char *)name.p, n) == 0)
			return true;
		names += n + (names[n] == ' ');
	}
	return false;
}

enum tri
caa_is_issuer(const char *organisation, struct span name)
{
	for (size_t i = 0; i < N_ELEMENTS(issuers); i++)
		if (strncasecmp(organisation, issuers[i].organisation,
			strlen(issuers[i].organisation)) == 0)
			return listed(issuers[i].names, name) ? TRI_YES : TRI_NO;
	return TRI_UNKNOWN;
}

/* ---- the set that counts ---- */

struct set {
	struct rdata_caa v[SET_MAX];
	struct facts *rows[SET_MAX];
	size_t n;
	bool critical; /* an unknown critical tag */
};

static const struct facts *
answer_row(const struct facts *f, size_t i, const char *type)
{
	const struct facts *row = fact_row(f, K_ANSWER, i);
	const char *have = fact_str(row, F_ANSWER_TYPE);

	return have != NULL && strcmp(have, type) == 0 ? row : NULL;
}

static bool
is_known(struct span tag)
{
	static const char *const known[] = {
	    "issue", "issuewild", "iodef", "issuemail", "issuevmc", "contactemail", "contactphone"};

	for (size_t i = 0; i < N_ELEMENTS(known); i++)
		if (same(tag, known[i]))
			return true;
	return false;
}

static void
put_record(const struct rdata_caa *caa, struct facts *row, struct arena *a)
{
	const char *parameters[METHODS_MAX];
	struct span rest = caa->value, name, value;
	size_t n = 0;

	fact_put_str(row, F_CAA_TAG, text_clean(a, caa->tag, VALUE_MAX));
	fact_put_tri(row, F_CAA_CRITICAL, caa->flags & RDATA_CAA_CRITICAL ? TRI_YES : TRI_NO);
	if (!same(caa->tag, "issue") && !same(caa->tag, "issuewild")) {
		fact_put_str(row, F_CAA_VALUE, text_clean(a, caa->value, VALUE_MAX));
		return;
	}
	fact_put_str(row, F_CAA_VALUE, text_clean(a, rdata_caa_issuer(caa->value), VALUE_MAX));
	while (n < METHODS_MAX && rdata_caa_parameter(&rest, &name, &value))
		parameters[n++] = arena_printf(a, "%s=%s", text_clean(a, name, VALUE_MAX),
		    text_clean(a, value, VALUE_MAX));
	fact_put_strs(row, F_CAA_PARAMETERS, parameters, n);
}

/* Of one answer; a record that cannot be read is like one with an unknown critical tag: whoever
 * meets it must not issue. */
static void
read_set(struct facts *f, uint32_t answer, struct set *out, struct arena *a)
{
	for (size_t i = 0; i < fact_rows(f, K_RR); i++) {
		const struct facts *rr = fact_row(f, K_RR, i);
		struct rdata_caa *caa = &out->v[out->n];

		if (fact_u32(rr, F_RR_ANSWER) != answer || out->n == SET_MAX)
			continue;
		if (!rdata_caa(fact_hex(rr, F_RR_DATA), caa)) {
			out->critical = true;
			continue;
		}
		out->critical = out->critical ||
		    ((caa->flags & RDATA_CAA_CRITICAL) != 0 && !is_known(caa->tag));
		out->rows[out->n] = fact_add(f, K_CAA);
		put_record(caa, out->rows[out->n++], a);
	}
}

/* RFC 8659, 3: the first name upwards that has any.  NULL: none has; *open: one could not be asked
 * before that was settled. */
static const char *
find_set(struct facts *f, struct set *out, const char **open, struct arena *a)
{
	for (size_t i = 0; i < fact_rows(f, K_ANSWER); i++) {
		const struct facts *row = answer_row(f, i, "CAA");
		const char *status;

		if (row == NULL)
			continue;
		status = fact_str(row, F_ANSWER_STATUS);
		if (strcmp(status, "ok") == 0) {
			read_set(f, (uint32_t)i, out, a);
			return fact_str(row, F_ANSWER_NAME);
		}
		if (strcmp(status, "nodata") != 0 && strcmp(status, "nxdomain") != 0) {
			*open = arena_printf(a, "CAA of %s: %s", fact_str(row, F_ANSWER_NAME), status);
			return NULL;
		}
	}
	return NULL;
}

/* ---- one leaf ---- */

static bool
names_exactly(const struct facts *cert, const char *host)
{
	for (size_t i = 0; i < fact_n_strs(cert, F_CERT_SANS); i++)
		if (strcasecmp(fact_strs(cert, F_CERT_SANS, i), host) == 0)
			return true;
	return false;
}

static bool
has_tag(const struct set *s, const char *tag)
{
	for (size_t i = 0; i < s->n; i++)
		if (same(s->v[i].tag, tag))
			return true;
	return false;
}

/* RFC 8659, 4.3: issuewild, where there is one, is all that counts for a wildcard. */
static enum tri
allows(const struct set *s, const struct facts *cert, const char *host)
{
	const char *tag = "issue";
	char organisation[ORGANISATION_MAX];
	bool unknown = false;
	struct cert c;

	if (s->critical)
		return TRI_NO;
	if (!names_exactly(cert, host) && has_tag(s, "issuewild"))
		tag = "issuewild";
	if (!has_tag(s, tag))
		return TRI_YES;
	if (!cert_parse(fact_hex(cert, F_CERT_DER), &c) ||
	    !dn_attr(c.issuer, OID_O, 0, organisation, sizeof(organisation)))
		organisation[0] = '\0';
	for (size_t i = 0; i < s->n; i++) {
		struct span issuer = rdata_caa_issuer(s->v[i].value);
		enum tri is = issuer.n > 0 ? caa_is_issuer(organisation, issuer) : TRI_NO;

		if (!same(s->v[i].tag, tag))
			continue;
		if (is == TRI_YES) {
			if (!fact_settled(s->rows[i], F_CAA_IN_USE))
				fact_put_tri(s->rows[i], F_CAA_IN_USE, TRI_YES);
			return TRI_YES;
		}
		unknown = unknown || is == TRI_UNKNOWN;
	}
	return unknown ? TRI_UNKNOWN : TRI_NO;
}

static void
put_allows(const struct set *s, struct facts *f, const char *host)
{
	enum tri all = TRI_YES;

	for (size_t i = 0; i < fact_rows(f, K_DEPLOY); i++) {
		const struct facts *d = fact_row(f, K_DEPLOY, i);
		struct u16s chain = fact_u16s(d, F_DEPLOY_CHAIN);
		enum tri one;

		if (!fact_yes(d, F_DEPLOY_COUNTS) || chain.n == 0)
			continue;
		one = allows(s, fact_row(f, K_CERT, chain.v[0]), host);
		all = one == TRI_NO || all == TRI_NO ? TRI_NO : one == TRI_UNKNOWN ? one : all;
	}
	if (fact_rows(f, K_DEPLOY) == 0)
		fact_put_unknown(f, F_CAA_ALLOWS, WHY_NOT_APPLICABLE, "no certificate was read");
	else if (all == TRI_UNKNOWN)
		fact_put_unknown(
		    f, F_CAA_ALLOWS, WHY_LOCAL, "by which names the issuer answers to CAA is not known here");
	else
		fact_put_tri(f, F_CAA_ALLOWS, all);
}

/* ---- RFC 8657 ---- */

static void
add_methods(struct span list, const char **v, size_t *n, struct arena *a)
{
	while (list.n > 0 && *n < METHODS_MAX) {
		size_t k = 0;

		while (k < list.n && list.p[k] != ',')
			k++;
		v[(*n)++] = text_clean(a, (struct span){list.p, k}, VALUE_MAX);
		k += k < list.n;
		list = (struct span){list.p + k, list.n - k};
	}
}

static void
put_parameters(const struct set *s, struct facts *f, struct arena *a)
{
	const char *methods[METHODS_MAX];
	bool account = false;
	size_t n = 0;

	for (size_t i = 0; i < s->n; i++) {
		struct span rest = s->v[i].value, name, value;

		if (!same(s->v[i].tag, "issue") && !same(s->v[i].tag, "issuewild"))
			continue;
		while (rdata_caa_parameter(&rest, &name, &value)) {
			account = account || same(name, "accounturi");
			if (same(name, "validationmethods"))
				add_methods(value, methods, &n, a);
		}
	}
	fact_put_tri(f, F_CAA_ACCOUNT, account ? TRI_YES : TRI_NO);
	fact_put_strs(f, F_CAA_METHODS, methods, n);
	fact_put_tri(f, F_CAA_STRANGE, s->critical ? TRI_YES : TRI_NO);
}

void
caa_put(struct facts *f, const char *host)
{
	static const enum fact_id all[] = {
	    F_CAA_AT, F_CAA_ALLOWS, F_CAA_STRANGE, F_CAA_ACCOUNT, F_CAA_METHODS};
	struct arena *a = arena_new(SCRATCH);
	struct set *s = arena_alloc(a, sizeof(*s));
	const char *open = NULL, *at = find_set(f, s, &open, a);

	if (open != NULL) {
		for (size_t i = 0; i < N_ELEMENTS(all); i++)
			fact_put_unknown(f, all[i], WHY_LOCAL, open);
		goto out;
	}
	if (at != NULL)
		fact_put_str(f, F_CAA_AT, at);
	else
		fact_put_unknown(f, F_CAA_AT, WHY_NOT_APPLICABLE, "no CAA record: every CA may issue");
	put_allows(s, f, host);
	put_parameters(s, f, a);
out:
	arena_free(a);
}
