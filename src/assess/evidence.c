/* evidence - see evidence.h; what is about certificates is in evidence_pki.c. */
#include "assess/evidence.h"

#include <inttypes.h>

#include "assess/evidence_other.h"
#include "assess/evidence_outside.h"
#include "assess/evidence_pki.h"
#include "base/text.h"

static const struct {
	const char *word;
	evidence_fn *say;
} shows[] = {
    {"keys", evidence_keys},
    {"weak_keys", evidence_weak_keys},
    {"ca_keys", evidence_ca_keys},
    {"lints", evidence_lints},
    {"broken_keys", evidence_broken_keys},
    {"collisions", evidence_collisions},
    {"signatures", evidence_signatures},
    {"trust", evidence_trust},
    {"libraries", evidence_libraries},
    {"missing", evidence_missing},
    {"names", evidence_names},
    {"dates", evidence_dates},
    {"chain", evidence_chain},
    {"revoked", evidence_revoked},
    {"fetches", evidence_fetches},
    {"responders", evidence_responders},
    {"crls", evidence_crls},
    {"staples", evidence_staples},
    {"timestamps", evidence_stamps},
    {"caa", evidence_caa},
    {"tlsa", evidence_tlsa},
};

/* "suites:PROP" or "suites.tls1_2:PROP": which list (F_NONE: all) and the property. */
static bool
is_suites(const char *show, enum fact_id *list, const char **prop)
{
	size_t n = strcspn(show, ":");
	char path[32];

	*list = F_NONE;
	*prop = show + n + 1;
	if (show[n] == '\0' || n >= sizeof(path))
		return false;
	memcpy(path, show, n);
	path[n] = '\0';
	if (strcmp(path, "suites") == 0)
		return true;
	for (size_t i = 0; i < N_SUITE_LISTS; i++)
		if (strcmp(fact_defs[suite_lists[i].suites].json, path) == 0)
			*list = suite_lists[i].suites;
	return *list != F_NONE;
}

bool
evidence_known(const char *show)
{
	static const char *const own[] = {"facts", "versions", "key_exchange"};
	enum fact_id list;
	const char *prop;

	for (size_t i = 0; i < N_ELEMENTS(shows); i++)
		if (strcmp(shows[i].word, show) == 0)
			return true;
	for (size_t i = 0; i < N_ELEMENTS(own); i++)
		if (strcmp(own[i], show) == 0)
			return true;
	return is_suites(show, &list, &prop) && suite_prop_known(prop);
}

const char *
fact_path(enum fact_id id, struct arena *a)
{
	const struct fact_def *d = &fact_defs[id];

	if (d->kind == K_ENDPOINT)
		return d->json;
	return arena_printf(a, "%s[].%s", kind_defs[d->kind].json, d->json);
}

/* The next suite of a list that has the property, from *i on. */
static bool
next_with(const struct facts *f, const struct suite_list *l, const char *prop, size_t *i,
    uint32_t *code, const struct suite **s)
{
	while (suite_list_at(f, l, (*i)++, code, s))
		if (suite_has(*s, prop))
			return true;
	return false;
}

/* Have both versions the same suites with the property? */
static bool
same_suites(
    const struct facts *f, const struct suite_list *x, const struct suite_list *y, const char *prop)
{
	const struct suite *s;
	uint32_t a = 0, b = 0;
	size_t i = 0, k = 0;

	for (;;) {
		bool more_a = next_with(f, x, prop, &i, &a, &s);
		bool more_b = next_with(f, y, prop, &k, &b, &s);

		if (!more_a || !more_b)
			return more_a == more_b;
		if (a != b)
			return false;
	}
}

/* "TLS 1.2, TLS 1.1": this version, and older ones with the same suites. */
static const char *
versions_with(const struct facts *f, size_t at, const char *prop, bool one, struct arena *a)
{
	struct line l = {0};

	for (size_t k = at; k < (one ? at + 1 : N_SUITE_LISTS); k++)
		if (k == at || same_suites(f, &suite_lists[at], &suite_lists[k], prop))
			line_more(&l, "%s", version_name(suite_lists[k].version));
	return line_end(&l, a);
}

static void
say_list(
    struct line *l, const struct facts *f, size_t at, const char *prop, bool one, struct arena *a)
{
	const struct suite *s;
	uint32_t code;
	size_t i = 0;
	bool first = true;

	while (next_with(f, &suite_lists[at], prop, &i, &code, &s)) {
		int digits = code > 0xffff ? 6 : 4;

		if (first)
			line_item(l, "%s: %s (0x%0*" PRIx32 ")", versions_with(f, at, prop, one, a),
			    s->name, digits, code);
		else
			line_more(l, "%s (0x%0*" PRIx32 ")", s->name, digits, code);
		first = false;
	}
}

/* Suites with the property, by version: of one version, or of all (F_NONE). */
static void
say_suites(
    struct line *l, const struct facts *f, enum fact_id only, const char *prop, struct arena *a)
{
	for (size_t k = 0; k < N_SUITE_LISTS; k++) {
		bool said = false;

		if (only != F_NONE && only != suite_lists[k].suites)
			continue;
		for (size_t i = 0; only == F_NONE && i < k; i++)
			said = said || same_suites(f, &suite_lists[i], &suite_lists[k], prop);
		if (!said)
			say_list(l, f, k, prop, only != F_NONE, a);
	}
}

static void
say_versions(struct line *l, const struct facts *f)
{
	bool any = false;

	for (size_t i = N_SUITE_LISTS; i > 0; i--) {
		if (!fact_yes(f, suite_lists[i - 1].proto))
			continue;
		if (any)
			line_more(l, "%s", version_name(suite_lists[i - 1].version));
		else
			line_item(l, "accepted: %s", version_name(suite_lists[i - 1].version));
		any = true;
	}
}

static void
say_dh(struct line *l, const struct facts *p)
{
	const char *name = fact_str(p, F_DHPARAM_NAME);
	const char *version = version_name((uint16_t)fact_u32(p, F_DHPARAM_VERSION));

	line_item(l, "%u-bit DH prime%s%s%s%s%s", fact_u32(p, F_DHPARAM_BITS),
	    name != NULL ? " (" : "", name != NULL ? name : "", name != NULL ? ")" : "",
	    version != NULL ? ", " : "", version != NULL ? version : "");
}

/* DH parameters, or the groups when there are none. */
static void
say_key_exchange(struct line *l, const struct facts *f)
{
	struct u16s groups = fact_u16s(f, F_GROUPS_TLS1_2);

	for (size_t i = 0; i < fact_rows(f, K_DHPARAM); i++)
		say_dh(l, fact_row(f, K_DHPARAM, i));
	if (fact_rows(f, K_DHPARAM) == 0 && fact_known(f, F_DH_BITS))
		line_item(l, "%u-bit DH prime", fact_u32(f, F_DH_BITS));
	for (size_t i = 0; i < groups.n; i++) {
		const struct group *g = group_by_code(groups.v[i]);

		if (g != NULL && g->rsa_bits > 0 && g->rsa_bits < 2048)
			line_item(l, "group %s, as strong as %u-bit RSA", g->name, g->rsa_bits);
	}
}

static const char *
list_text(const struct facts *f, enum fact_id id, struct arena *a)
{
	struct line l = {0};

	if (fact_defs[id].type == FT_STRS) {
		for (size_t i = 0; i < fact_n_strs(f, id); i++)
			line_more(&l, "%s", fact_strs(f, id, i));
		return line_end(&l, a);
	}
	for (size_t i = 0; i < fact_u16s(f, id).n; i++) {
		const char *name = evidence_code(fact_defs[id].type, fact_u16s(f, id).v[i]);

		line_more(&l, "%s", name != NULL ? name : "an unknown one");
	}
	return line_end(&l, a);
}

/* A fact's value in words. */
static const char *
value_text(const struct facts *f, enum fact_id id, struct arena *a)
{
	const char *version;

	if (!fact_known(f, id))
		return why_name(fact_why(f, id));
	switch (fact_defs[id].type) {
	case FT_TRI:
		return tri_name(fact_tri(f, id));
	case FT_U32:
		return arena_printf(a, "%u%s%s", fact_u32(f, id),
		    fact_defs[id].unit[0] != '\0' ? " " : "", fact_defs[id].unit);
	case FT_VERSION:
		version = version_name((uint16_t)fact_u32(f, id));
		return version != NULL ? version : "unknown version";
	case FT_TIME:
		return text_time(a, fact_time(f, id));
	case FT_STR:
		return fact_str(f, id);
	case FT_STRS:
	case FT_SUITES:
	case FT_GROUPS:
	case FT_SIGALGS:
		return list_text(f, id, a);
	default:
		return "";
	}
}

static void
say_fact(struct line *l, const struct facts *f, enum fact_id id, struct arena *a)
{
	const char *note = fact_note(f, id);

	line_item(l, "%s: %s%s%s%s", fact_path(id, a), value_text(f, id, a),
	    note != NULL ? " (" : "", note != NULL ? note : "", note != NULL ? ")" : "");
}

/* The facts that one condition looks at, of one row when there is one. */
static void
say_cond(struct line *l, const struct cond *c, const struct facts *f, const struct facts *row,
    struct arena *a)
{
	if (c->op == OP_HAS_OTHER) {
		evidence_other(l, c, c->leaf ? leaf_of(f, row) : row != NULL ? row : f, f, a);
		return;
	}
	if (c->fact == F_NONE) {
		for (size_t i = 0; c->op == OP_HAS && i < c->n_words; i++)
			say_suites(l, f, F_NONE, c->words[i], a);
		return;
	}
	if (c->leaf)
		row = leaf_of(f, row);
	if (c->op == OP_HAS && evidence_has(l, c, row != NULL ? row : f, a))
		return;
	if (fact_defs[c->fact].kind == K_ENDPOINT &&
	    (fact_defs[c->fact].type == FT_SUITES || fact_defs[c->fact].type == FT_SUITES2))
		say_suites(l, f, c->fact, c->words[0], a);
	else if (fact_defs[c->fact].kind == K_ENDPOINT)
		say_fact(l, f, c->fact, a);
	else if (row != NULL)
		say_fact(l, row, c->fact, a);
}

/* Suites that have none of what the condition asks for. */
static void
say_none(struct line *l, const struct cond *c, struct arena *a)
{
	const char *path = c->fact == F_NONE ? "suites.any" : fact_path(c->fact, a);
	struct line words = {0};

	for (size_t i = 0; i < c->n_words; i++)
		line_more(&words, "%s", c->words[i]);
	if (c->op == OP_HAS_OTHER)
		line_item(l, "%s: no other than those allowed", path);
	else
		line_item(l, "%s: none is %s", path, line_end(&words, a));
}

void
evidence_looked(struct line *l, const struct cond *c, const struct facts *f, struct arena *a)
{
	bool suites = c->fact == F_NONE || fact_defs[c->fact].type == FT_SUITES ||
		      fact_defs[c->fact].type == FT_SUITES2;
	struct answer w = conds_ask(c, 1, f);

	if (!suites || (c->fact != F_NONE && !fact_known(f, c->fact)))
		say_fact(l, f, c->fact, a);
	else if ((w.value == TRI_YES) == (c->op != OP_HAS_NO))
		say_cond(l, c, f, NULL, a);
	else
		say_none(l, c, a);
}

static void
say_conds(struct line *l, const struct rule *r, const struct facts *f, const struct facts *row,
    struct arena *a)
{
	for (size_t i = 0; i < r->n_when; i++) {
		const struct cond *c = &r->when[i];

		if (c->op != OP_OR && !(i > 0 && c->fact != F_NONE && c->fact == c[-1].fact))
			say_cond(l, c, f, row, a);
		for (size_t k = 0; k < c->n_alt; k++) /* of alternatives, those that hold */
			if (row != NULL || conds_ask(&c->alt[k], 1, f).value == TRI_YES)
				say_cond(l, &c->alt[k], f, row, a);
	}
}

static void
say_facts(struct line *l, const struct rule *r, const struct facts *f, struct arena *a)
{
	if (r->rows == K_ENDPOINT) {
		say_conds(l, r, f, NULL, a);
		return;
	}
	for (size_t i = 0; i < fact_rows(f, r->rows); i++)
		if (rule_ask_row(r, f, i) == TRI_YES)
			say_conds(l, r, f, fact_row(f, r->rows, i), a);
}

static void
say(struct line *l, const char *show, const struct rule *r, const struct facts *f, struct arena *a)
{
	enum fact_id list;
	const char *prop;

	if (is_suites(show, &list, &prop))
		say_suites(l, f, list, prop, a);
	else if (strcmp(show, "versions") == 0)
		say_versions(l, f);
	else if (strcmp(show, "key_exchange") == 0)
		say_key_exchange(l, f);
	else if (strcmp(show, "facts") == 0)
		say_facts(l, r, f, a);
	for (size_t i = 0; i < N_ELEMENTS(shows); i++)
		if (strcmp(shows[i].word, show) == 0)
			shows[i].say(l, r, f, a);
}

const char *
evidence(const struct rule *r, const struct facts *f, struct arena *a)
{
	struct line l = {0};

	for (size_t i = 0; i < r->n_show; i++)
		say(&l, r->show[i], r, f, a);
	if (l.n == 0)
		say_facts(&l, r, f, a);
	return line_end(&l, a);
}
