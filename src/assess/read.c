/* read - texts, numbers, scores and rules of a policy file; see read.h. */
#include "assess/read.h"

#include <stdarg.h>
#include <stdlib.h>

#include "assess/evidence.h"
#include "base/text.h"

enum { SCORE_MAX = 100, BITS_MAX = 1 << 20, DAY = 86400 };

bool
read_failed(const struct reader *r, const char *fmt, ...)
{
	char what[256];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(what, sizeof(what), fmt, ap);
	va_end(ap);
	snprintf(r->err, r->errlen, "%s: %s%s%s", r->file, r->where != NULL ? r->where : "",
	    r->where != NULL ? ": " : "", what);
	for (char *c = r->err; *c != '\0'; c++) /* one line, whatever the file says */
		if ((unsigned char)*c < 0x20 || *c == 0x7f)
			*c = '?';
	return false;
}

bool
read_keys(const struct reader *r, const struct json *j, const char *const *words)
{
	if (j->kind != JSON_OBJECT)
		return read_failed(r, "an object is expected, not %s", json_kind_name(j->kind));
	for (j = j->first; j != NULL; j = j->next) {
		size_t i = 0;

		while (words[i] != NULL && strcmp(words[i], j->key) != 0)
			i++;
		if (words[i] == NULL)
			return read_failed(r, "unknown key '%s'", j->key);
	}
	return true;
}

bool
read_text(
    const struct reader *r, const struct json *j, const char *key, bool must, const char **out)
{
	const struct json *v = json_get(j, key);

	if (v == NULL)
		return !must || read_failed(r, "'%s' is missing", key);
	if (v->kind != JSON_STR || v->s[0] == '\0')
		return read_failed(r, "'%s' needs a text", key);
	*out = arena_str(r->p->arena, v->s);
	return true;
}

bool
read_number(const struct reader *r, const struct json *j, int64_t max, int64_t *out)
{
	*out = 0;
	if (j == NULL || j->kind != JSON_INT || j->i < 0 || j->i > max)
		return read_failed(r, "a whole number from 0 to %lld is expected", (long long)max);
	*out = j->i;
	return true;
}

bool
read_words(const struct reader *r, const struct json *j, const char *const **words, size_t *n)
{
	bool one = j->kind == JSON_STR;
	const char **v;

	if (!one && (j->kind != JSON_LIST || j->n == 0))
		return read_failed(r, "a text or a list of texts is expected");
	v = arena_alloc(r->p->arena, (one ? 1 : j->n) * sizeof(*v));
	*words = v;
	*n = 0;
	for (const struct json *w = one ? j : j->first; w != NULL; w = one ? NULL : w->next) {
		if (json_str(w) == NULL)
			return read_failed(
			    r, "a text is expected, not %s", json_kind_name(w->kind));
		v[(*n)++] = arena_str(r->p->arena, w->s);
	}
	return true;
}

bool
read_day(const struct reader *r, const char *text, int64_t *out)
{
	int64_t t;

	if (strlen(text) != 10 || !text_read_time(text, &t))
		return read_failed(r, "'%s' is no day like 2026-12-31", text);
	*out = t + DAY - 1;
	return true;
}

/* ---- rules ---- */

static bool
read_severity(const struct reader *r, const struct json *j, bool must, struct rule *rule)
{
	const char *word = NULL;

	if (!read_text(r, j, "severity", must, &word))
		return false;
	if (word == NULL)
		return true;
	for (int s = 0; s < SEV__MAX; s++)
		if (strcmp(severity_name((enum severity)s), word) == 0) {
			rule->sev = (enum severity)s;
			return true;
		}
	return read_failed(r, "there is no severity '%s'", word);
}

/* Which letters an effect takes: T and M are grades, the others caps and warnings. */
static bool
letter_fits(enum effect e, int rank)
{
	return rank >= 0 && (rank > RANK_F) == (e == EFFECT_GRADE) &&
	       (e != EFFECT_WARNING || rank == RANK_A_MINUS);
}

static bool
read_effect(const struct reader *r, const struct json *j, struct rule *rule)
{
	static const struct {
		const char *key;
		enum effect effect;
	} keys[] = {{"cap", EFFECT_CAP}, {"warning", EFFECT_WARNING}, {"grade", EFFECT_GRADE},
	    {"effect", EFFECT_NONE}};
	unsigned n = 0;

	for (size_t i = 0; i < N_ELEMENTS(keys); i++) {
		const char *letter = NULL;

		if (!read_text(r, j, keys[i].key, false, &letter))
			return false;
		if (letter == NULL)
			continue;
		if (keys[i].effect == EFFECT_NONE ? strcmp(letter, "none") != 0
						  : !letter_fits(keys[i].effect, rank_of(letter)))
			return read_failed(r, "'%s' cannot be '%s'", keys[i].key, letter);
		rule->effect = keys[i].effect;
		rule->letter = rule->effect != EFFECT_NONE ? rank_letter(rank_of(letter)) : NULL;
		n++;
	}
	return n <= 1 || read_failed(r, "one effect a rule");
}

/* Of a compliance policy: is a hit a deviation, or against advice? */
static bool
read_level(const struct reader *r, const struct json *j, bool must, struct rule *rule)
{
	const char *word = NULL;

	if (json_get(j, "severity") != NULL)
		return read_failed(r, "a rule of a compliance policy has a 'level'");
	if (!read_text(r, j, "level", must, &word))
		return false;
	if (word == NULL)
		return true;
	rule->advice = strcmp(word, "should") == 0;
	rule->sev = rule->advice ? SEV_LOW : SEV_MEDIUM;
	return rule->advice || strcmp(word, "must") == 0 ||
	       read_failed(r, "'level' is must or should");
}

/* How much it weighs: severity and effect, or level. */
static bool
read_weightiness(const struct reader *r, const struct json *j, bool must, struct rule *rule)
{
	if (r->p->compliance)
		return read_level(r, j, must, rule) && read_effect(r, j, rule) &&
		       (rule->effect == EFFECT_NONE ||
			   read_failed(r, "a compliance policy has no grades"));
	if (json_get(j, "level") != NULL)
		return read_failed(r, "a rule with a grade has a 'severity'");
	return read_severity(r, j, must, rule) && read_effect(r, j, rule);
}

static bool
read_show(const struct reader *r, const struct json *j, struct rule *rule)
{
	if (j == NULL)
		return true;
	if (!read_words(r, j, &rule->show, &rule->n_show))
		return false;
	for (size_t i = 0; i < rule->n_show; i++)
		if (!evidence_known(rule->show[i]))
			return read_failed(r, "'%s' is nothing to show", rule->show[i]);
	return true;
}

/* "config": {"versions": "1.2+"}: keys of config.def, and texts. */
bool
read_config(const struct reader *r, const struct json *j, struct rule *rule)
{
	const char **v;

	if (j == NULL)
		return true;
	if (j->kind != JSON_OBJECT)
		return read_failed(r, "'config' is an object");
	v = arena_alloc(r->p->arena, SET__MAX * sizeof(*v));
	rule->config = v;
	for (const struct json *m = j->first; m != NULL; m = m->next) {
		enum setting_id id = setting_by_key(m->key);

		if (id == SET__MAX)
			return read_failed(r, "'config': there is no setting '%s'", m->key);
		if (!read_text(r, j, m->key, true, &v[id]))
			return false;
	}
	return true;
}

/* "also": {"rule": id, "when": conditions}; check_whole() of policy.c looks for the rule. */
static bool
read_also(const struct reader *r, const struct json *j, struct rule *rule)
{
	static const char *const keys[] = {"rule", "when", NULL};
	struct rule *so;

	if (j == NULL)
		return true;
	so = arena_alloc(r->p->arena, sizeof(*so));
	rule->if_so = so;
	return read_keys(r, j, keys) && read_text(r, j, "rule", true, &rule->also) &&
	       read_when(r, json_get(j, "when"), so) &&
	       (so->rows == K_ENDPOINT || read_failed(r, "'also' cannot speak of records"));
}

bool
read_rule(struct reader *r, const struct json *j, struct rule *rule, bool override)
{
	static const char *const keys[] = {"id", "title", "means", "when", "cap", "warning", "grade",
	    "effect", "severity", "level", "show", "fix", "config", "ref", "also", NULL};
	const struct json *when = json_get(j, "when");

	if (json_get(j, "fix") != NULL)
		rule->config = NULL; /* of the fix that it overrides */
	return read_keys(r, j, keys) && read_text(r, j, "title", !override, &rule->title) &&
	       read_text(r, j, "means", false, &rule->means) &&
	       read_weightiness(r, j, !override, rule) &&
	       read_text(r, j, "fix", !override, &rule->fix) &&
	       read_text(r, j, "ref", !override, &rule->ref) &&
	       read_config(r, json_get(j, "config"), rule) &&
	       read_show(r, json_get(j, "show"), rule) && read_also(r, json_get(j, "also"), rule) &&
	       ((override && when == NULL) || read_when(r, when, rule));
}

/* ---- scores ---- */

static bool
read_weight(const struct reader *r, const struct json *j, int *weight)
{
	int64_t v;

	if (!read_number(r, json_get(j, "weight"), SCORE_MAX, &v))
		return false;
	*weight = (int)v;
	return true;
}

static bool
read_protocol(struct reader *r, const struct json *j)
{
	static const char *const keys[] = {"weight", "versions", NULL};
	const struct json *versions = json_get(j, "versions");
	const char *names[N_SUITE_LISTS + 1] = {NULL};
	int64_t v;

	r->where = "scores.protocol";
	for (size_t i = 0; i < N_SUITE_LISTS; i++)
		names[i] = version_key(suite_lists[i].version);
	if (j == NULL || versions == NULL)
		return read_failed(r, "'versions' are missing");
	if (!read_keys(r, j, keys) || !read_keys(r, versions, names) ||
	    !read_weight(r, j, &r->p->protocol_weight))
		return false;
	for (size_t i = 0; i < N_SUITE_LISTS; i++) {
		if (!read_number(r, json_get(versions, names[i]), SCORE_MAX, &v))
			return false;
		r->p->version_score[i] = (int)v;
	}
	return true;
}

/* [ [below, score], ... ], ascending. */
static bool
read_steps(const struct reader *r, const struct json *j, struct bits_score *b)
{
	struct step *steps;
	int64_t below = 0, score = 0;

	if (j == NULL || j->kind != JSON_LIST)
		return read_failed(r, "'below' is a list of [bits, score]");
	steps = arena_alloc(r->p->arena, j->n * sizeof(*steps));
	b->steps = steps;
	b->n_steps = 0;
	for (j = j->first; j != NULL; j = j->next) {
		if (j->kind != JSON_LIST || j->n != 2)
			return read_failed(r, "'below' is a list of [bits, score]");
		if (!read_number(r, j->first, BITS_MAX, &below) ||
		    !read_number(r, j->first->next, SCORE_MAX, &score))
			return false;
		if (b->n_steps > 0 && below <= steps[b->n_steps - 1].below)
			return read_failed(r, "'below' does not ascend");
		steps[b->n_steps++] = (struct step){(uint32_t)below, (int)score};
	}
	return true;
}

/* { "rule id": score, ... } */
static bool
read_limits(const struct reader *r, const struct json *j, struct bits_score *b)
{
	struct limit *limits;
	int64_t score;

	if (j == NULL)
		return true;
	if (j->kind != JSON_OBJECT)
		return read_failed(r, "'limits' are {rule: score}");
	limits = arena_alloc(r->p->arena, j->n * sizeof(*limits));
	b->limits = limits;
	b->n_limits = 0;
	for (j = j->first; j != NULL; j = j->next) {
		if (!read_number(r, j, SCORE_MAX, &score))
			return false;
		limits[b->n_limits++] = (struct limit){arena_str(r->p->arena, j->key), (int)score};
	}
	return true;
}

static bool
read_bits(struct reader *r, const struct json *j, const char *where, struct bits_score *b)
{
	static const char *const keys[] = {"weight", "below", "else", "limits", NULL};
	int64_t score;

	r->where = where;
	if (j == NULL)
		return read_failed(r, "missing");
	if (!read_keys(r, j, keys) || !read_weight(r, j, &b->weight) ||
	    !read_steps(r, json_get(j, "below"), b) ||
	    !read_number(r, json_get(j, "else"), SCORE_MAX, &score) ||
	    !read_limits(r, json_get(j, "limits"), b))
		return false;
	b->otherwise = (int)score;
	return true;
}

bool
read_scores(struct reader *r, const struct json *j)
{
	static const char *const keys[] = {"protocol", "key_exchange", "cipher", NULL};
	struct policy *p = r->p;

	r->where = "scores";
	if (!read_keys(r, j, keys) || !read_protocol(r, json_get(j, "protocol")) ||
	    !read_bits(r, json_get(j, "key_exchange"), "scores.key_exchange", &p->kx) ||
	    !read_bits(r, json_get(j, "cipher"), "scores.cipher", &p->cipher))
		return false;
	r->where = "scores";
	return p->protocol_weight + p->kx.weight + p->cipher.weight == SCORE_MAX ||
	       read_failed(r, "the weights do not come to 100");
}

/* { "A": 80, "B": 65, ..., "F": 0 }: descending to 0. */
bool
read_letters(struct reader *r, const struct json *j)
{
	struct policy *p = r->p;
	int64_t score;

	r->where = "letters";
	if (j->kind != JSON_OBJECT || j->n == 0 || j->n > POLICY_LETTERS)
		return read_failed(r, "letters are {letter: lowest score}");
	p->n_letters = 0;
	for (j = j->first; j != NULL; j = j->next) {
		struct letter_from *l = &p->letters[p->n_letters];

		if (!read_number(r, j, SCORE_MAX, &score))
			return false;
		*l = (struct letter_from){rank_of(j->key), (int)score};
		if (l->rank < 0 || l->rank > RANK_F)
			return read_failed(r, "there is no letter '%s'", j->key);
		if (p->n_letters > 0 && (l->rank <= l[-1].rank || l->score >= l[-1].score))
			return read_failed(r, "they do not descend");
		p->n_letters++;
	}
	return p->letters[p->n_letters - 1].score == 0 ||
	       read_failed(r, "the last one begins at 0");
}
