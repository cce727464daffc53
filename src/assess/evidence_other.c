/* evidence_other - see evidence_other.h. */
#include "assess/evidence_other.h"

#include <inttypes.h>

#include "assess/evidence.h"

const char *
evidence_code(enum fact_type t, uint16_t code)
{
	const struct group *g = t == FT_GROUPS ? group_by_code(code) : NULL;
	const struct sigalg *s = t == FT_SIGALGS ? sigalg_by_code(code) : NULL;
	const struct suite *c = t == FT_SUITES ? suite_by_code(code) : NULL;

	return g != NULL ? g->name : s != NULL ? s->name : c != NULL ? c->name : NULL;
}

/* Suite i of the list, or of what was seen of it. */
static bool
suite_seen_at(const struct facts *f, const struct suite_list *l, size_t i, uint32_t *code,
    const struct suite **s)
{
	struct u16s seen;

	if (fact_known(f, l->suites) || l->suites == F_SUITES_SSL2)
		return suite_list_at(f, l, i, code, s);
	seen = fact_seen(f, l->suites);
	if (i >= seen.n)
		return false;
	*code = seen.v[i];
	*s = suite_by_code(seen.v[i]);
	return true;
}

static void
say_suites(struct line *l, const struct cond *c, const struct facts *f, const struct suite_list *list)
{
	const char *version = version_name(list->version);
	const struct suite *s;
	uint32_t code;
	bool first = true;

	for (size_t i = 0; suite_seen_at(f, list, i, &code, &s); i++) {
		const char *name = s != NULL ? s->name : "an unknown one";
		int digits = code > 0xffff ? 6 : 4;

		if (!suite_fits(c, code, s))
			continue;
		if (first)
			line_item(l, "%s: %s (0x%0*" PRIx32 ")", version, name, digits, code);
		else
			line_more(l, "%s (0x%0*" PRIx32 ")", name, digits, code);
		first = false;
	}
}

static bool
allows(const struct cond *c, uint16_t code)
{
	for (size_t i = 0; i < c->n_words; i++)
		if (c->numbers[i] == code)
			return true;
	return false;
}

/* Those that the condition names, or does not. */
static bool
say_codes(struct line *l, const struct cond *c, const struct facts *f, struct arena *a)
{
	struct u16s codes = fact_known(f, c->fact) ? fact_u16s(f, c->fact) : fact_seen(f, c->fact);
	bool first = true;

	for (size_t i = 0; i < codes.n; i++) {
		const char *name = evidence_code(fact_defs[c->fact].type, codes.v[i]);

		if (allows(c, codes.v[i]) != (c->op == OP_HAS))
			continue;
		if (first)
			line_item(l, "%s: %s", fact_path(c->fact, a), name != NULL ? name : "an unknown one");
		else
			line_more(l, "%s", name != NULL ? name : "an unknown one");
		first = false;
	}
	return !first;
}

bool
evidence_has(struct line *l, const struct cond *c, const struct facts *f, struct arena *a)
{
	enum fact_type t = fact_defs[c->fact].type;

	return (t == FT_GROUPS || t == FT_SIGALGS) && say_codes(l, c, f, a);
}

static void
say_texts(struct line *l, const struct cond *c, const struct facts *f, struct arena *a)
{
	bool first = true;

	for (size_t i = 0; i < fact_n_strs(f, c->fact); i++) {
		const char *s = fact_strs(f, c->fact, i);
		bool listed = false;

		for (size_t k = 0; k < c->n_words; k++)
			listed = listed || strcmp(c->words[k], s) == 0;
		if (listed)
			continue;
		if (first)
			line_item(l, "%s: %s", fact_path(c->fact, a), s);
		else
			line_more(l, "%s", s);
		first = false;
	}
}

void
evidence_other(struct line *l, const struct cond *c, const struct facts *row,
    const struct facts *f, struct arena *a)
{
	enum fact_type t = fact_defs[c->fact].type;
	bool suites = c->fact == F_NONE || t == FT_SUITES || t == FT_SUITES2;

	for (size_t k = 0; suites && k < N_SUITE_LISTS; k++)
		if (c->fact == F_NONE || c->fact == suite_lists[k].suites)
			say_suites(l, c, f, &suite_lists[k]);
	if (suites || row == NULL)
		return;
	if (t == FT_STRS)
		say_texts(l, c, row, a);
	else
		(void)say_codes(l, c, row, a);
}
