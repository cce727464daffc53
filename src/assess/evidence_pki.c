/* evidence_pki - see evidence.h for what each says. */
#include "assess/evidence_pki.h"

#include "base/text.h"

/* "CN=www.example.org", or the whole subject. */
static const char *
name_of(const struct facts *cert, struct arena *a)
{
	const char *cn = fact_str(cert, F_CERT_CN), *subject = fact_str(cert, F_CERT_SUBJECT);

	if (cn != NULL && cn[0] != '\0')
		return arena_printf(a, "CN=%s", cn);
	return subject != NULL && subject[0] != '\0' ? subject : "without a subject";
}

/* Deployment i when it is judged, and when the rule, if it is about deployments, hits it. */
static const struct facts *
deployment(const struct rule *r, const struct facts *f, size_t i)
{
	const struct facts *d = fact_row(f, K_DEPLOY, i);

	if (!counts(d) || (r->rows == K_DEPLOY && rule_ask_row(r, f, i) != TRI_YES))
		return NULL;
	return d;
}

static void
say_key(struct line *l, const struct facts *c, struct arena *a)
{
	const char *type = fact_str(c, F_CERT_KEY_TYPE), *curve = fact_str(c, F_CERT_KEY_CURVE);

	line_item(l, "certificate %s: %u-bit %s key%s%s%s", name_of(c, a),
	    fact_u32(c, F_CERT_KEY_BITS), type != NULL ? type : "unknown",
	    curve != NULL ? " (" : "", curve != NULL ? curve : "", curve != NULL ? ")" : "");
}

static void
say_leaf_keys(
    struct line *l, const struct rule *r, const struct facts *f, uint32_t most, struct arena *a)
{
	for (size_t i = 0; i < fact_rows(f, K_DEPLOY); i++) {
		const struct facts *d = deployment(r, f, i), *c = NULL;

		if (d != NULL)
			c = leaf_of(f, d);
		if (c != NULL && fact_known(c, F_CERT_KEY_BITS) &&
		    fact_u32(c, F_CERT_KEY_STRENGTH) <= most)
			say_key(l, c, a);
	}
}

void
evidence_keys(struct line *l, const struct rule *r, const struct facts *f, struct arena *a)
{
	say_leaf_keys(l, r, f, UINT32_MAX, a);
}

void
evidence_weak_keys(struct line *l, const struct rule *r, const struct facts *f, struct arena *a)
{
	say_leaf_keys(l, r, f, fact_u32(f, F_KEY_MIN_BITS), a);
}

/* CA certificates whose key is no stronger than the weakest. */
void
evidence_ca_keys(struct line *l, const struct rule *r, const struct facts *f, struct arena *a)
{
	(void)r;
	for (size_t i = 0; i < fact_rows(f, K_CERT); i++) {
		const struct facts *c = fact_row(f, K_CERT, i);

		if (fact_yes(c, F_CERT_IS_CA) && fact_known(c, F_CERT_KEY_STRENGTH) &&
		    fact_u32(c, F_CERT_KEY_STRENGTH) <= fact_u32(f, F_CA_KEY_MIN_BITS))
			say_key(l, c, a);
	}
}

/* The texts of a fact with commas between them. */
static const char *
all_of(const struct facts *c, enum fact_id id, struct arena *a)
{
	struct line l = {0};

	for (size_t i = 0; i < fact_n_strs(c, id); i++)
		line_more(&l, "%s", fact_strs(c, id, i));
	return line_end(&l, a);
}

/* What is wrong with the keys that anybody can have. */
void
evidence_broken_keys(struct line *l, const struct rule *r, const struct facts *f, struct arena *a)
{
	(void)r;
	for (size_t i = 0; i < fact_rows(f, K_CERT); i++) {
		const struct facts *c = fact_row(f, K_CERT, i);

		if (fact_yes(c, F_CERT_KEY_BROKEN))
			line_item(l, "certificate %s: %s", name_of(c, a),
			    all_of(c, F_CERT_WEAK_KEY, a));
	}
}

/* Whose collision risk is as high as the highest, and why. */
void
evidence_collisions(struct line *l, const struct rule *r, const struct facts *f, struct arena *a)
{
	const char *most = fact_str(f, F_COLLISION);

	(void)r;
	for (size_t i = 0; most != NULL && i < fact_rows(f, K_CERT); i++) {
		const struct facts *c = fact_row(f, K_CERT, i);
		const char *risk = fact_str(c, F_CERT_COLLISION);

		if (risk != NULL && strcmp(risk, most) == 0)
			line_item(l, "certificate %s: %s: %s", name_of(c, a), risk,
			    all_of(c, F_CERT_COLLISION_PARTS, a));
	}
}

/* Those of the rule's severity. */
void
evidence_lints(struct line *l, const struct rule *r, const struct facts *f, struct arena *a)
{
	for (size_t i = 0; i < fact_rows(f, K_LINT); i++) {
		const struct facts *row = fact_row(f, K_LINT, i);
		uint32_t cert = fact_u32(row, F_LINT_CERT);

		if (rule_ask_row(r, f, i) == TRI_YES && cert < fact_rows(f, K_CERT))
			line_item(l, "certificate %s: %s (%s)",
			    name_of(fact_row(f, K_CERT, cert), a), fact_str(row, F_LINT_TEXT),
			    fact_str(row, F_LINT_SOURCE));
	}
}

static bool
is_broken_hash(const char *hash)
{
	static const char *const broken[] = {"MD2", "MD4", "MD5", "SHA-1"};

	for (size_t i = 0; hash != NULL && i < N_ELEMENTS(broken); i++)
		if (strcmp(hash, broken[i]) == 0)
			return true;
	return false;
}

void
evidence_signatures(struct line *l, const struct rule *r, const struct facts *f, struct arena *a)
{
	(void)r;
	for (size_t i = 0; i < fact_rows(f, K_CERT); i++) {
		const struct facts *c = fact_row(f, K_CERT, i);
		const char *alg = fact_str(c, F_CERT_SIG_ALG);

		if (is_broken_hash(fact_str(c, F_CERT_SIG_HASH)) &&
		    fact_tri(c, F_CERT_SELF_SIGNED) != TRI_YES)
			line_item(l, "certificate %s: signed with %s", name_of(c, a),
			    alg != NULL ? alg : fact_str(c, F_CERT_SIG_HASH));
	}
}

static bool
same(const char *a, const char *b)
{
	return a == b || (a != NULL && b != NULL && strcmp(a, b) == 0);
}

static bool
same_verdict(const struct facts *x, const struct facts *y)
{
	return fact_u32(x, F_TRUST_DEPLOYMENT) == fact_u32(y, F_TRUST_DEPLOYMENT) &&
	       same(fact_str(x, F_TRUST_VERDICT), fact_str(y, F_TRUST_VERDICT));
}

/* Is there an earlier row with the same verdict? */
static bool
said(const struct facts *f, size_t i)
{
	for (size_t k = 0; k < i; k++)
		if (same_verdict(fact_row(f, K_TRUST, k), fact_row(f, K_TRUST, i)))
			return true;
	return false;
}

static bool
is_trusting(const struct facts *t)
{
	const char *v = fact_str(t, F_TRUST_VERDICT);

	return same(v, "complete") || same(v, "incomplete");
}

/* "unknown_root in mozilla, apple (why)". */
/* "unknown_root" as "unknown root" */
static const char *
verdict_words(const char *verdict, struct arena *a)
{
	char *words;

	if (verdict == NULL)
		return "no verdict";
	words = arena_str(a, verdict);
	for (char *c = words; *c != '\0'; c++)
		if (*c == '_')
			*c = ' ';
	return words;
}

static void
say_verdict(struct line *l, const struct facts *f, size_t i, struct arena *a)
{
	const struct facts *t = fact_row(f, K_TRUST, i);
	const char *verdict = fact_str(t, F_TRUST_VERDICT), *reason = fact_str(t, F_TRUST_REASON);
	struct line stores = {0};

	for (size_t k = i; k < fact_rows(f, K_TRUST); k++) {
		const struct facts *u = fact_row(f, K_TRUST, k);

		if (same_verdict(t, u) && fact_known(u, F_TRUST_STORE))
			line_more(&stores, "%s", fact_str(u, F_TRUST_STORE));
	}
	line_item(l, "%s in %s%s%s%s", verdict_words(verdict, a),
	    line_end(&stores, a), reason != NULL ? " (" : "", reason != NULL ? reason : "",
	    reason != NULL ? ")" : "");
}

void
evidence_trust(struct line *l, const struct rule *r, const struct facts *f, struct arena *a)
{
	(void)r;
	for (size_t i = 0; i < fact_rows(f, K_TRUST); i++)
		if (!said(f, i) && !is_trusting(fact_row(f, K_TRUST, i)))
			say_verdict(l, f, i, a);
}

/* Do both rows tell the same of the libraries? */
static bool
same_libraries(const struct facts *x, const struct facts *y)
{
	size_t n = fact_n_strs(x, F_TRUST_LIBRARIES_WHY);

	if (!same(fact_str(x, F_TRUST_OPENSSL), fact_str(y, F_TRUST_OPENSSL)) ||
	    !same(fact_str(x, F_TRUST_GNUTLS), fact_str(y, F_TRUST_GNUTLS)) ||
	    n != fact_n_strs(y, F_TRUST_LIBRARIES_WHY))
		return false;
	for (size_t i = 0; i < n; i++)
		if (!same(fact_strs(x, F_TRUST_LIBRARIES_WHY, i),
			fact_strs(y, F_TRUST_LIBRARIES_WHY, i)))
			return false;
	return true;
}

/* Once for stores that tell the same. */
void
evidence_libraries(struct line *l, const struct rule *r, const struct facts *f, struct arena *a)
{
	for (size_t i = 0; i < fact_rows(f, K_TRUST); i++) {
		const struct facts *t = fact_row(f, K_TRUST, i);
		struct line stores = {0};
		bool before = false;

		if (rule_ask_row(r, f, i) != TRI_YES)
			continue;
		for (size_t k = 0; k < fact_rows(f, K_TRUST); k++) {
			const struct facts *u = fact_row(f, K_TRUST, k);

			if (rule_ask_row(r, f, k) != TRI_YES || !same_libraries(t, u))
				continue;
			before = before || k < i;
			line_more(&stores, "%s", fact_str(u, F_TRUST_STORE));
		}
		if (before)
			continue;
		line_item(l, "%s: OpenSSL: %s", line_end(&stores, a), fact_str(t, F_TRUST_OPENSSL));
		line_item(l, "GnuTLS: %s", fact_str(t, F_TRUST_GNUTLS));
		for (size_t k = 0; k < fact_n_strs(t, F_TRUST_LIBRARIES_WHY); k++)
			line_item(l, "%s", fact_strs(t, F_TRUST_LIBRARIES_WHY, k));
	}
}

/* Each missing intermediate once. */
void
evidence_missing(struct line *l, const struct rule *r, const struct facts *f, struct arena *a)
{
	(void)r;
	(void)a;
	for (size_t i = 0; i < fact_rows(f, K_TRUST); i++) {
		const struct facts *t = fact_row(f, K_TRUST, i);
		const char *subject = fact_str(t, F_TRUST_MISSING_SUBJECT);
		const char *issuer = fact_str(t, F_TRUST_MISSING_ISSUER);
		size_t k = 0;

		while (k < i &&
		       !same(subject, fact_str(fact_row(f, K_TRUST, k), F_TRUST_MISSING_SUBJECT)))
			k++;
		if (subject == NULL || k < i)
			continue;
		line_item(l, "not sent: %s%s%s", subject, issuer != NULL ? ", issued by " : "",
		    issuer != NULL ? issuer : "");
	}
}

void
evidence_names(struct line *l, const struct rule *r, const struct facts *f, struct arena *a)
{
	for (size_t i = 0; i < fact_rows(f, K_DEPLOY); i++) {
		const struct facts *d = deployment(r, f, i), *c = NULL;

		if (d == NULL || fact_tri(d, F_DEPLOY_NAME_OK) == TRI_YES)
			continue;
		c = leaf_of(f, d);
		if (c == NULL)
			continue;
		if (fact_n_strs(c, F_CERT_SANS) == 0)
			line_item(l, "certificate %s names no host", name_of(c, a));
		for (size_t k = 0; k < fact_n_strs(c, F_CERT_SANS); k++) {
			if (k == 0)
				line_item(l, "certificate %s is for %s", name_of(c, a),
				    fact_strs(c, F_CERT_SANS, k));
			else
				line_more(l, "%s", fact_strs(c, F_CERT_SANS, k));
		}
	}
}

void
evidence_dates(struct line *l, const struct rule *r, const struct facts *f, struct arena *a)
{
	for (size_t i = 0; i < fact_rows(f, K_DEPLOY); i++) {
		const struct facts *d = deployment(r, f, i), *c = NULL;
		const char *days;

		if (d != NULL)
			c = leaf_of(f, d);
		if (c == NULL || !fact_known(c, F_CERT_NOT_AFTER))
			continue;
		days = fact_str(c, F_CERT_DAYS_LEFT);
		line_item(l, "certificate %s: %s to %s%s%s%s", name_of(c, a),
		    text_time(a, fact_time(c, F_CERT_NOT_BEFORE)),
		    text_time(a, fact_time(c, F_CERT_NOT_AFTER)), days != NULL ? ", " : "",
		    days != NULL ? days : "", days != NULL ? " days left" : "");
	}
}

void
evidence_chain(struct line *l, const struct rule *r, const struct facts *f, struct arena *a)
{
	for (size_t i = 0; i < fact_rows(f, K_DEPLOY); i++) {
		const struct facts *d = deployment(r, f, i);
		struct u16s chain =
		    d != NULL ? fact_u16s(d, F_DEPLOY_CHAIN) : (struct u16s){NULL, 0};

		for (size_t k = 0; k < chain.n; k++) {
			if (chain.v[k] >= fact_rows(f, K_CERT))
				continue;
			if (k == 0)
				line_item(
				    l, "sent: %s", name_of(fact_row(f, K_CERT, chain.v[k]), a));
			else
				line_more(l, "%s", name_of(fact_row(f, K_CERT, chain.v[k]), a));
		}
	}
}
