/* page_trust - what each store makes of one deployment; see page.h. */
#include "report/page.h"

#include "base/text.h"

/* The verdicts of pki/path.h, as people say them. */
static const struct verdict {
	const char *word, *text;
	enum ink ink;
} verdicts[] = {
    {"complete", "trusted", INK_GOOD},
    {"unverified", "trusted by name and key id; the root's bytes are not at hand", INK_GOOD},
    {"incomplete", "trusted only with the missing intermediate", INK_WARN},
    {"unknown_root", "not trusted: no known root", INK_BAD},
    {"private_root", "not trusted: a private root", INK_BAD},
    {"self_signed", "not trusted: self-signed", INK_BAD},
    {"expired", "not trusted: expired", INK_BAD},
    {"not_yet_valid", "not trusted: not valid yet", INK_BAD},
    {"name_mismatch", "not for this name", INK_BAD},
    {"wrong_purpose", "not trusted: not for TLS servers", INK_BAD},
    {"distrusted", "not trusted: distrusted by the programme", INK_BAD},
    {"bad_signature", "not trusted: a signature does not verify", INK_BAD},
    {"revoked", "not trusted: revoked", INK_BAD},
    {"not_judged", "not judged", INK_WARN},
};

/* A verdict that is not in the table is not trusted; its word says why. */
static struct verdict
verdict_of(const struct facts *row)
{
	const char *word = fact_str(row, F_TRUST_VERDICT);

	for (size_t i = 0; word != NULL && i < N_ELEMENTS(verdicts); i++)
		if (strcmp(verdicts[i].word, word) == 0)
			return verdicts[i];
	return (struct verdict){word, word != NULL ? "not trusted" : NULL, INK_BAD};
}

const char *
page_verdict(const struct facts *row, enum ink *ink)
{
	struct verdict v = verdict_of(row);

	*ink = v.ink;
	return v.text;
}

static bool
same_text(const struct facts *a, const struct facts *b, enum fact_id id)
{
	const char *s = fact_str(a, id), *t = fact_str(b, id);

	return (s == NULL) == (t == NULL) && (s == NULL || strcmp(s, t) == 0);
}

/* Is the same missing certificate named in an earlier row of this deployment? */
static bool
named_before(const struct page *p, size_t i, const struct facts *row)
{
	for (size_t j = 0; j < i; j++) {
		const struct facts *r = fact_row(p->f, K_TRUST, j);

		if (fact_u32(r, F_TRUST_DEPLOYMENT) == fact_u32(row, F_TRUST_DEPLOYMENT) &&
		    same_text(r, row, F_TRUST_MISSING_SUBJECT) &&
		    same_text(r, row, F_TRUST_MISSING_ISSUER) &&
		    span_eq(
			fact_hex(r, F_TRUST_MISSING_KEY_ID), fact_hex(row, F_TRUST_MISSING_KEY_ID)))
			return true;
	}
	return false;
}

/* The K_MISSING row about the same certificate, or NULL. */
static const struct facts *
missing_row(const struct page *p, const struct facts *row)
{
	for (size_t i = 0; i < fact_rows(p->f, K_MISSING); i++) {
		const struct facts *m = fact_row(p->f, K_MISSING, i);
		const char *subject = fact_str(m, F_MISSING_SUBJECT);

		if (fact_u32(m, F_MISSING_DEPLOYMENT) == fact_u32(row, F_TRUST_DEPLOYMENT) &&
		    subject != NULL && strcmp(subject, fact_str(row, F_TRUST_MISSING_SUBJECT)) == 0 &&
		    span_eq(fact_hex(m, F_MISSING_KEY_ID), fact_hex(row, F_TRUST_MISSING_KEY_ID)))
			return m;
	}
	return NULL;
}

/* Which certificate exactly, and where it is said to be. */
static void
missing_where(struct term *t, const struct facts *m)
{
	if (m != NULL && fact_hex(m, F_MISSING_SHA256).n > 0) {
		term_at(t, t->left);
		term_words(t, INK_DIM, "SHA-256");
		term_hex(t, INK_PLAIN, fact_hex(m, F_MISSING_SHA256));
	}
	if (m != NULL && fact_str(m, F_MISSING_URL) != NULL) {
		term_at(t, t->left);
		term_words(t, INK_DIM, "from");
		term_token(t, INK_PLAIN, fact_str(m, F_MISSING_URL));
	}
}

/* "Missing", once for all stores that miss it. */
static void
missing(struct page *p, const struct facts *row)
{
	struct term *t = &p->term;

	term_key(t, "Missing");
	term_words(t, INK_WARN, fact_str(row, F_TRUST_MISSING_SUBJECT));
	if (fact_hex(row, F_TRUST_MISSING_KEY_ID).n > 0) {
		term_at(t, t->left);
		term_words(t, INK_DIM, "key id");
		term_hex(t, INK_PLAIN, fact_hex(row, F_TRUST_MISSING_KEY_ID));
	}
	if (fact_str(row, F_TRUST_MISSING_ISSUER) != NULL) {
		term_at(t, t->left);
		term_words(t, INK_DIM, "issued by");
		term_words(t, INK_PLAIN, fact_str(row, F_TRUST_MISSING_ISSUER));
	}
	missing_where(t, missing_row(p, row));
	term_end(t);
}

static bool
same_path(const struct facts *a, const struct facts *b)
{
	size_t n = fact_n_strs(a, F_TRUST_PATH);

	if (n != fact_n_strs(b, F_TRUST_PATH) ||
	    !span_eq(fact_hex(a, F_TRUST_ROOT_SHA256), fact_hex(b, F_TRUST_ROOT_SHA256)))
		return false;
	for (size_t i = 0; i < n; i++)
		if (strcmp(fact_strs(a, F_TRUST_PATH, i), fact_strs(b, F_TRUST_PATH, i)) != 0)
			return false;
	return true;
}

/* The path and its anchor; once for stores that follow each other with the same. */
static void
path(struct page *p, const struct facts *row, const struct facts *before)
{
	struct term *t = &p->term;
	unsigned at = t->indent + t->keys;

	if (fact_n_strs(row, F_TRUST_PATH) == 0)
		return;
	if (before != NULL && same_path(row, before)) {
		term_at(t, at);
		term_words(t, INK_DIM, "the same path");
		return;
	}
	for (size_t i = 0; i < fact_n_strs(row, F_TRUST_PATH); i++) {
		term_at(t, at);
		term_words(t, INK_DIM, i == 0 ? "path" : "   \xe2\x86\x92");
		t->left = at + 5;
		term_words(t, INK_PLAIN, fact_strs(row, F_TRUST_PATH, i));
	}
	if (fact_known(row, F_TRUST_ROOT_SHA256)) {
		term_at(t, at);
		term_words(t, INK_DIM, "root");
		t->left = at + 5;
		term_hex(t, INK_PLAIN, fact_hex(row, F_TRUST_ROOT_SHA256));
	}
}

/* Do OpenSSL and GnuTLS say it in the same words? */
static bool
same_words(const struct facts *row)
{
	const char *a = fact_str(row, F_TRUST_OPENSSL), *b = fact_str(row, F_TRUST_GNUTLS);

	return a != NULL && b != NULL && strcmp(a, b) == 0 &&
	       fact_tri(row, F_TRUST_LIBRARIES_AGREE) != TRI_NO;
}

/* Why a library comes to another verdict than the one above it. */
static void
differences(struct page *p, const struct facts *row, unsigned at)
{
	if (fact_tri(row, F_TRUST_LIBRARIES_AGREE) == TRI_NO &&
	    fact_n_strs(row, F_TRUST_LIBRARIES_WHY) == 0) {
		term_at(&p->term, at);
		term_words(&p->term, INK_WARN, "The two libraries differ.");
	}
	for (size_t i = 0; i < fact_n_strs(row, F_TRUST_LIBRARIES_WHY); i++) {
		term_at(&p->term, at);
		term_words(&p->term, INK_WARN,
		    arena_printf(
			p->arena, "differs, %s", fact_strs(row, F_TRUST_LIBRARIES_WHY, i)));
	}
}

static void
libraries(struct page *p, const struct facts *row)
{
	static const struct {
		enum fact_id id;
		const char *name;
	} said[] = {{F_TRUST_OPENSSL, "OpenSSL:"}, {F_TRUST_GNUTLS, "GnuTLS:"}};
	struct term *t = &p->term;
	unsigned at = t->indent + t->keys;
	bool differ = fact_tri(row, F_TRUST_LIBRARIES_AGREE) == TRI_NO ||
		      fact_n_strs(row, F_TRUST_LIBRARIES_WHY) > 0;

	if (!differ && p->style->verbose < 1)
		return;
	if (fact_known(row, F_TRUST_OPENSSL) && same_words(row)) {
		term_at(t, at);
		term_words(t, INK_DIM, "OpenSSL and GnuTLS:");
		term_words(t, INK_PLAIN, fact_str(row, F_TRUST_OPENSSL));
		differences(p, row, at);
		return;
	}
	for (size_t i = 0; i < N_ELEMENTS(said); i++) {
		if (!fact_settled(row, said[i].id))
			continue;
		term_at(t, at);
		term_words(t, INK_DIM, said[i].name);
		page_value(p, differ ? INK_WARN : INK_PLAIN, row, said[i].id);
	}
	differences(p, row, at);
}

/* Does its verdict want the reason beside it?  What is missing has lines of its own. */
static bool
wants_reason(const struct facts *row)
{
	struct verdict v = verdict_of(row);

	return v.ink == INK_BAD || (v.word != NULL && strcmp(v.word, "not_judged") == 0);
}

/* Its reason needs words, and every store of the deployment that needs some has the same. */
static bool
one_reason(const struct page *p, uint32_t deployment, const char **reason)
{
	size_t n = 0;

	*reason = NULL;
	for (size_t i = 0; i < fact_rows(p->f, K_TRUST); i++) {
		const struct facts *row = fact_row(p->f, K_TRUST, i);
		const char *s = fact_str(row, F_TRUST_REASON);

		if (fact_u32(row, F_TRUST_DEPLOYMENT) != deployment || s == NULL || *s == 0 ||
		    !wants_reason(row))
			continue;
		if (*reason != NULL && strcmp(*reason, s) != 0)
			return false;
		*reason = s;
		n++;
	}
	return n > 1;
}

static bool
same_notes(const struct facts *a, const struct facts *b)
{
	if (fact_n_strs(a, F_TRUST_NOTES) != fact_n_strs(b, F_TRUST_NOTES))
		return false;
	for (size_t i = 0; i < fact_n_strs(a, F_TRUST_NOTES); i++)
		if (strcmp(fact_strs(a, F_TRUST_NOTES, i), fact_strs(b, F_TRUST_NOTES, i)) != 0)
			return false;
	return true;
}

static void
verdict(struct page *p, const struct facts *row, const struct facts *before, bool with_reason)
{
	struct verdict v = verdict_of(row);
	const char *reason = fact_str(row, F_TRUST_REASON);
	bool bad = v.ink == INK_BAD || v.ink == INK_WARN;
	struct term *t = &p->term;

	term_marked_key(t, v.ink, bad ? "!" : NULL, page_title(p, fact_str(row, F_TRUST_STORE)));
	if (v.text == NULL)
		page_unknown(p, row, F_TRUST_VERDICT);
	else
		term_words(t, v.ink, v.text);
	if (v.text != NULL && strcmp(v.text, "not trusted") == 0 && strcmp(v.word, "other") != 0)
		term_words(t, v.ink, arena_printf(p->arena, "(%s)", v.word));
	if (fact_yes(row, F_TRUST_AIA_COMPLETES))
		term_words(t, v.ink,
		    "(browsers fetch it by AIA; curl, Java and OpenSSL do not, and fail)");
	if (reason != NULL && *reason != 0 &&
	    (p->style->verbose > 0 || (with_reason && wants_reason(row)))) {
		term_at(t, t->left);
		term_words(t, INK_DIM, reason);
	}
	for (size_t i = 0; i < fact_n_strs(row, F_TRUST_NOTES); i++) {
		if (p->style->verbose < 1 && before != NULL && same_notes(row, before))
			break;
		term_at(t, t->left);
		term_words(t, INK_DIM, fact_strs(row, F_TRUST_NOTES, i));
	}
	if (p->style->verbose > 0)
		path(p, row, before);
	if (p->style->verbose > 0 && fact_known(row, F_TRUST_ROOT_CREATED)) {
		term_at(t, t->indent + t->keys);
		term_printf(t, INK_DIM, "CA since %s%s",
		    page_date(p, fact_time(row, F_TRUST_ROOT_CREATED)),
		    fact_yes(row, F_TRUST_EV) ? "; Extended Validation here" : "");
	}
	libraries(p, row);
	term_end(t);
}

size_t
page_trust(struct page *p, uint32_t deployment)
{
	const char *reason;
	bool one = one_reason(p, deployment, &reason);
	const struct facts *before = NULL;
	size_t n = 0;

	for (size_t i = 0; i < fact_rows(p->f, K_TRUST); i++) {
		const struct facts *row = fact_row(p->f, K_TRUST, i);

		if (fact_u32(row, F_TRUST_DEPLOYMENT) != deployment)
			continue;
		if (n++ == 0) {
			term_blank(&p->term);
			term_at(&p->term, 2);
			term_words(&p->term, INK_BOLD, "Trust");
			term_end(&p->term);
		}
		verdict(p, row, before, !one);
		before = row;
	}
	if (one && p->style->verbose < 1) {
		term_key(&p->term, "Reason");
		term_words(&p->term, INK_PLAIN, reason);
		term_end(&p->term);
	}
	for (size_t i = 0; n > 0 && i < fact_rows(p->f, K_TRUST); i++) {
		const struct facts *row = fact_row(p->f, K_TRUST, i);

		if (fact_u32(row, F_TRUST_DEPLOYMENT) == deployment &&
		    fact_str(row, F_TRUST_MISSING_SUBJECT) != NULL && !named_before(p, i, row))
			missing(p, row);
	}
	return n;
}
