/* policy - see policy.h. */
#include "assess/policy.h"

#include <errno.h>
#include <stdlib.h>

#include "assess/read.h"
#include "base/check.h"
#include "base/xalloc.h"

enum { POLICY_MEMORY = 64 << 20 };

static const char *const letters[RANK__MAX] = {"A+", "A", "A-", "B", "C", "D", "E", "F", "T", "M"};

const char *
rank_letter(int rank)
{
	CHECK(rank >= 0 && rank < RANK__MAX);
	return letters[rank];
}

int
rank_of(const char *letter)
{
	for (int i = 0; i < RANK__MAX; i++)
		if (strcmp(letters[i], letter) == 0)
			return i;
	return -1;
}

const char *
severity_name(enum severity s)
{
	static const char *const names[] = {"info", "low", "medium", "high", "critical"};

	CHECK((size_t)s < N_ELEMENTS(names));
	return names[s];
}

struct rule *
policy_rule(const struct policy *p, const char *id)
{
	for (size_t i = 0; i < p->n_rules; i++)
		if (strcmp(p->rules[i]->id, id) == 0)
			return p->rules[i];
	return NULL;
}

const char *
policy_name(const struct policy *p)
{
	return p->name;
}

size_t
policy_n_rules(const struct policy *p)
{
	return p->n_rules;
}

bool
policy_grades(const struct policy *p)
{
	return !p->compliance;
}

const char *
policy_title(const struct policy *p)
{
	return p->title;
}

const char *
policy_edition(const struct policy *p)
{
	return p->edition;
}

void
policy_free(struct policy *p)
{
	if (p == NULL)
		return;
	arena_free(p->arena);
	free(p);
}

/* ---- one file's members into the policy ---- */

/* "rule rc4", for errors; the id of a member of rules, override or waive. */
static bool
begin_rule(struct reader *r, const struct json *j, const char **id)
{
	r->where = "rules";
	if (!read_text(r, j, "id", true, id))
		return false;
	r->where = arena_printf(r->p->arena, "rule %s", *id);
	return true;
}

static bool
add_rule(struct reader *r, const struct json *j)
{
	struct policy *p = r->p;
	struct rule *rule = arena_alloc(p->arena, sizeof(*rule));

	if (!begin_rule(r, j, &rule->id))
		return false;
	if (policy_rule(p, rule->id) != NULL)
		return read_failed(r, "there is one already; 'override' changes it");
	if (p->n_rules == POLICY_RULES)
		return read_failed(r, "more than %d rules", POLICY_RULES);
	p->rules[p->n_rules++] = rule;
	return read_rule(r, j, rule, false);
}

static bool
override_rule(struct reader *r, const struct json *j)
{
	const char *id;
	struct rule *rule;

	if (!begin_rule(r, j, &id))
		return false;
	rule = policy_rule(r->p, id);
	return rule != NULL ? read_rule(r, j, rule, true)
			    : read_failed(r, "there is no such rule to override");
}

static bool
waive_rule(struct reader *r, const struct json *j)
{
	static const char *const keys[] = {"id", "until", "reason", NULL};
	const char *id, *until, *reason;
	struct rule *rule;

	if (!begin_rule(r, j, &id) || !read_keys(r, j, keys) ||
	    !read_text(r, j, "until", true, &until) || !read_text(r, j, "reason", true, &reason))
		return false;
	rule = policy_rule(r->p, id);
	if (rule == NULL)
		return read_failed(r, "there is no such rule to waive");
	rule->waived = arena_printf(r->p->arena, "waived until %s: %s", until, reason);
	return read_day(r, until, &rule->waived_until);
}

static bool
each(struct reader *r, const struct json *list, const char *key,
    bool (*read)(struct reader *, const struct json *))
{
	if (list == NULL)
		return true;
	r->where = NULL;
	if (list->kind != JSON_LIST)
		return read_failed(r, "'%s' is a list", key);
	for (const struct json *j = list->first; j != NULL; j = j->next)
		if (!read(r, j))
			return false;
	return true;
}

/* "exceptional": what makes an A an A+; a rule whose id and severity are given. */
static bool
read_exceptional(struct reader *r, const struct json *j)
{
	static const char *const keys[] = {"title", "when", "fix", "config", "ref", NULL};
	struct rule *rule;

	if (j == NULL)
		return true;
	r->where = "exceptional";
	rule = arena_alloc(r->p->arena, sizeof(*rule));
	rule->id = "exceptional";
	r->p->exceptional = rule;
	return read_keys(r, j, keys) && read_text(r, j, "title", true, &rule->title) &&
	       read_text(r, j, "fix", true, &rule->fix) &&
	       read_text(r, j, "ref", true, &rule->ref) &&
	       read_config(r, json_get(j, "config"), rule) &&
	       read_when(r, json_get(j, "when"), rule) &&
	       (rule->rows == K_ENDPOINT || read_failed(r, "it cannot speak of records"));
}

/* "kind": "compliance"; what extends a policy is of its kind. */
static bool
read_kind(struct reader *r, const struct json *j)
{
	const char *kind = NULL;

	if (!read_text(r, j, "kind", false, &kind))
		return false;
	if (kind == NULL)
		return true;
	if (strcmp(kind, "compliance") != 0)
		return read_failed(r, "there is no kind '%s'", kind);
	if (r->p->n_letters > 0)
		return read_failed(r, "what it extends gives grades");
	r->p->compliance = true;
	return true;
}

static bool
apply(struct reader *r, const struct json *j)
{
	static const char *const keys[] = {"policy", "edition", "title", "note", "kind", "extends",
	    "scores", "letters", "exceptional", "rules", "override", "waive", NULL};
	const struct json *scores = json_get(j, "scores"), *from = json_get(j, "letters");

	r->where = NULL;
	return read_keys(r, j, keys) && read_text(r, j, "policy", true, &r->p->name) &&
	       read_text(r, j, "edition", true, &r->p->edition) &&
	       read_text(r, j, "title", true, &r->p->title) &&
	       read_text(r, j, "note", false, &r->p->note) && read_kind(r, j) &&
	       (scores == NULL || read_scores(r, scores)) &&
	       (from == NULL || read_letters(r, from)) &&
	       read_exceptional(r, json_get(j, "exceptional")) &&
	       each(r, json_get(j, "rules"), "rules", add_rule) &&
	       each(r, json_get(j, "override"), "override", override_rule) &&
	       each(r, json_get(j, "waive"), "waive", waive_rule);
}

/* What only the whole can tell. */
static bool
check_whole(struct reader *r)
{
	const struct policy *p = r->p;
	const struct bits_score *both[] = {&p->kx, &p->cipher};

	r->where = NULL;
	for (size_t i = 0; i < p->n_rules; i++)
		if (p->rules[i]->also != NULL && policy_rule(p, p->rules[i]->also) == NULL)
			return read_failed(r, "rule %s: 'also': there is no rule '%s'",
			    p->rules[i]->id, p->rules[i]->also);
	if (p->compliance)
		return (p->n_letters == 0 && p->exceptional == NULL &&
			   p->protocol_weight + p->kx.weight + p->cipher.weight == 0) ||
		       read_failed(r, "a compliance policy has no scores and letters");
	if (p->n_letters == 0 || p->protocol_weight + p->kx.weight + p->cipher.weight == 0)
		return read_failed(r, "'scores' and 'letters' are missing");
	for (size_t i = 0; i < N_ELEMENTS(both); i++)
		for (size_t k = 0; k < both[i]->n_limits; k++)
			if (policy_rule(p, both[i]->limits[k].rule) == NULL)
				return read_failed(r, "scores: limits: there is no rule '%s'",
				    both[i]->limits[k].rule);
	return true;
}

/* ---- files ---- */

/* The bytes of a file, at most POLICY_BYTES; owned by the caller, or NULL. */
static char *
slurp(const struct reader *r, size_t *n)
{
	FILE *f = fopen(r->file, "rb");
	char *text = NULL;

	if (f != NULL) {
		text = xcalloc(POLICY_BYTES + 1, 1);
		*n = fread(text, 1, POLICY_BYTES + 1, f);
	}
	if (f == NULL || ferror(f)) {
		read_failed(r, "%s", strerror(errno));
		free(text);
		text = NULL;
	} else if (*n > POLICY_BYTES) {
		read_failed(r, "longer than %d bytes", POLICY_BYTES);
		free(text);
		text = NULL;
	}
	if (f != NULL)
		fclose(f);
	return text;
}

/* One policy's text as JSON: the built-in of that name, or a file when there is a '/' in it. */
static const struct json *
open_one(struct reader *r, const char *name)
{
	struct span text = policy_embedded(name);
	const struct json *j = NULL;
	char *file = NULL, err[128];

	r->file = arena_str(r->p->arena, name);
	r->where = NULL;
	if (strchr(name, '/') != NULL) {
		file = slurp(r, &text.n);
		text.p = (const uint8_t *)file;
		if (file == NULL)
			return NULL;
	} else if (text.p == NULL) {
		read_failed(r, "no such policy; a file's name needs a '/' in it");
		return NULL;
	}
	j = json_read(r->p->arena, text, err, sizeof(err));
	if (j == NULL)
		read_failed(r, "%s", err);
	free(file);
	return j;
}

/* Reads what the document extends, and so on, and applies the farthest first. */
static bool
load(struct reader *r, const struct json *j)
{
	const struct json *docs[POLICY_EXTENDS];
	const char *files[POLICY_EXTENDS];
	size_t n = 0;

	while (j != NULL) {
		const struct json *base = json_get(j, "extends");

		if (n == POLICY_EXTENDS)
			return read_failed(r, "extends more than %d policies", POLICY_EXTENDS - 1);
		docs[n] = j;
		files[n++] = r->file;
		if (base == NULL)
			break;
		if (json_str(base) == NULL)
			return read_failed(r, "'extends' is the name of a policy");
		j = open_one(r, json_str(base));
	}
	while (j != NULL && n > 0) {
		r->file = files[--n];
		if (!apply(r, docs[n]))
			return false;
	}
	return j != NULL && check_whole(r);
}

static struct policy *
finish(struct reader *r, const struct json *j)
{
	if (j != NULL && load(r, j))
		return r->p;
	policy_free(r->p);
	return NULL;
}

static struct policy *
policy_new(void)
{
	struct policy *p = xcalloc(1, sizeof(*p));

	p->arena = arena_new(POLICY_MEMORY);
	return p;
}

struct policy *
policy_load(const char *name, char *err, size_t errlen)
{
	struct reader r = {policy_new(), name, NULL, err, errlen};

	return finish(&r, open_one(&r, name));
}

struct policy *
policy_read(struct span text, const char *file, char *err, size_t errlen)
{
	struct reader r = {policy_new(), file, NULL, err, errlen};
	char what[128];
	const struct json *j = json_read(r.p->arena, text, what, sizeof(what));

	if (j == NULL)
		read_failed(&r, "%s", what);
	return finish(&r, j);
}
