/* read_cond - the conditions of a rule: names become facts, words numbers; see rule.h. */
#include "assess/read.h"

static const struct {
	const char *word;
	enum op op;
} ops[] = {{"is", OP_IS}, {"is not", OP_IS_NOT}, {"<", OP_LESS}, {">=", OP_AT_LEAST},
    {"has", OP_HAS}, {"has no", OP_HAS_NO},
    {"has other than", OP_HAS_OTHER}};

static bool
find_op(const char *word, enum op *op)
{
	for (size_t i = 0; i < N_ELEMENTS(ops); i++)
		if (strcmp(ops[i].word, word) == 0) {
			*op = ops[i].op;
			return true;
		}
	return false;
}

/* "suites.any", "leaf[].x", or a path of fact.def. */
static bool
find_fact(const char *path, struct cond *c)
{
	char text[128];

	if (strcmp(path, "suites.any") == 0)
		return true;
	c->leaf = strncmp(path, "leaf[].", 7) == 0;
	snprintf(text, sizeof(text), "%s%s", c->leaf ? "certificates[]." : "",
	    c->leaf ? path + 7 : path);
	c->fact = fact_by_json(text);
	return c->fact != F_NONE;
}

static enum fact_type
type_of(const struct cond *c)
{
	return c->fact == F_NONE ? FT_SUITES : fact_defs[c->fact].type;
}

/* Which operators a fact of this type takes. */
static bool
op_fits(enum fact_type t, enum op op)
{
	switch (t) {
	case FT_TRI:
		return op == OP_IS || op == OP_IS_NOT;
	case FT_U32:
	case FT_VERSION:
	case FT_STR:
		return op == OP_IS || op == OP_IS_NOT || op == OP_LESS || op == OP_AT_LEAST;
	case FT_SUITES:
	case FT_SUITES2:
	case FT_GROUPS:
	case FT_SIGALGS:
	case FT_STRS:
		return op == OP_HAS || op == OP_HAS_NO || op == OP_HAS_OTHER;
	default:
		return false;
	}
}

static bool
version_number(const char *word, int64_t *out)
{
	for (size_t i = 0; i < N_SUITE_LISTS; i++)
		if (strcmp(version_name(suite_lists[i].version), word) == 0) {
			*out = suite_lists[i].version;
			return true;
		}
	return false;
}

static bool
sigalg_number(const char *word, int64_t *out)
{
	struct u16s all = sigalgs_all();

	for (size_t i = 0; i < all.n; i++)
		if (strcmp(sigalg_by_code(all.v[i])->name, word) == 0) {
			*out = all.v[i];
			return true;
		}
	return false;
}

static bool
word_number(enum fact_type t, const char *word, int64_t *out)
{
	const struct group *g;

	switch (t) {
	case FT_TRI:
		*out = strcmp(word, "yes") == 0 ? TRI_YES : TRI_NO;
		return *out == TRI_YES || strcmp(word, "no") == 0;
	case FT_VERSION:
		return version_number(word, out);
	case FT_GROUPS:
		g = group_by_name(word);
		*out = g != NULL ? g->code : 0;
		return g != NULL;
	case FT_SIGALGS:
		return sigalg_number(word, out);
	case FT_SUITES:
	case FT_SUITES2:
		*out = 0;
		return suite_prop_known(word);
	default:
		*out = 0;
		return t == FT_STR || t == FT_STRS;
	}
}

static bool
suite_number(const char *word, int64_t *out)
{
	const struct suite *s = suite_by_name(word);

	*out = s != NULL ? s->code : 0;
	return s != NULL;
}

/* What is compared with, in words: each must mean something for the fact. */
static bool
read_meaning(const struct reader *r, const struct json *j, struct cond *c)
{
	enum fact_type t = type_of(c);
	bool by_name = c->op == OP_HAS_OTHER && (t == FT_SUITES || t == FT_SUITES2);
	int64_t *numbers;

	if (!read_words(r, j, &c->words, &c->n_words))
		return false;
	numbers = arena_alloc(r->p->arena, c->n_words * sizeof(*numbers));
	for (size_t i = 0; i < c->n_words; i++)
		if (!(by_name ? suite_number(c->words[i], &numbers[i])
			      : word_number(t, c->words[i], &numbers[i])))
			return read_failed(r, "'%s' is nothing that '%s' can be", c->words[i],
			    c->fact != F_NONE ? fact_defs[c->fact].json : "suites.any");
	if (by_name || (t != FT_STR && t != FT_STRS && t != FT_SUITES && t != FT_SUITES2))
		c->numbers = numbers;
	return true;
}

static bool
read_operand(const struct reader *r, const struct json *j, struct cond *c)
{
	enum fact_type t = type_of(c);
	bool number = c->op == OP_LESS || c->op == OP_AT_LEAST;
	int64_t *v;

	if (j == NULL)
		return read_failed(r, "a condition has three members");
	if (t == FT_VERSION && number)
		return read_meaning(r, j, c);
	if (!number && t != FT_U32)
		return read_meaning(r, j, c);
	v = arena_alloc(r->p->arena, sizeof(*v));
	c->n_words = 1;
	c->numbers = v;
	return read_number(r, j, UINT32_MAX, v);
}

/* ["fact", "op", value] */
static bool
read_cond(const struct reader *r, const struct json *j, struct cond *c)
{
	const struct json *first = json_first(j), *second = first != NULL ? first->next : NULL;
	const char *path = json_str(first), *op = json_str(second);

	if (j->kind != JSON_LIST || path == NULL || op == NULL)
		return read_failed(r, "a condition is [fact, operator, value]");
	if (!find_fact(path, c))
		return read_failed(r, "there is no fact '%s'", path);
	if (!find_op(op, &c->op))
		return read_failed(r, "there is no operator '%s'", op);
	if (!op_fits(type_of(c), c->op))
		return read_failed(r, "'%s' does not go with '%s'", op, path);
	if (second->next != NULL && second->next->next != NULL)
		return read_failed(r, "a condition has three members");
	return read_operand(r, second->next, c);
}

/* ["or", C, C, ...] */
static bool
read_or(const struct reader *r, const struct json *j, struct cond *c)
{
	struct cond *alt = arena_alloc(r->p->arena, j->n * sizeof(*alt));

	c->op = OP_OR;
	c->alt = alt;
	for (j = j->first->next; j != NULL; j = j->next)
		if (!read_cond(r, j, &alt[c->n_alt++]))
			return false;
	return c->n_alt >= 2 || read_failed(r, "'or' needs two conditions");
}

/* The record a condition speaks of; one a rule. */
static bool
join_rows(const struct reader *r, const struct cond *c, struct rule *rule)
{
	enum kind k = c->leaf ? K_DEPLOY : c->fact != F_NONE ? fact_defs[c->fact].kind : K_ENDPOINT;

	if (k == K_ENDPOINT)
		return true;
	if (rule->rows != K_ENDPOINT && rule->rows != k)
		return read_failed(r, "its conditions name two records");
	rule->rows = k;
	return true;
}

static bool
is_or(const struct json *j)
{
	const char *word = json_str(json_first(j));

	return j->kind == JSON_LIST && word != NULL && strcmp(word, "or") == 0;
}

bool
read_when(const struct reader *r, const struct json *j, struct rule *rule)
{
	struct cond *when;

	if (j == NULL || j->kind != JSON_LIST || j->n == 0)
		return read_failed(r, "'when' is a list of conditions");
	when = arena_alloc(r->p->arena, j->n * sizeof(*when));
	rule->when = when;
	rule->n_when = j->n;
	rule->rows = K_ENDPOINT;
	for (j = j->first; j != NULL; j = j->next, when++) {
		if (!is_or(j)) {
			if (!read_cond(r, j, when) || !join_rows(r, when, rule))
				return false;
			continue;
		}
		if (!read_or(r, j, when))
			return false;
		for (size_t i = 0; i < when->n_alt; i++)
			if (!join_rows(r, &when->alt[i], rule))
				return false;
	}
	return true;
}
