/* baseline - see baseline.h: a sorted array of what each line found. */
#include "config.h"

#include "baseline.h"

#include <stdlib.h>

#include "base/xalloc.h"
#include "gate.h"
#include "jsonl.h"
#include "report/record_json.h"

enum { LINE_ARENA = 256 << 20 };

struct entry {
	const char *key;   /* record_key() */
	const char *grade; /* or NULL */
	const char **ids;  /* of the rules that hit; "mozilla-modern/tls1_2" of --compliance */
	size_t n_ids;
};

struct baseline {
	struct arena *arena;
	struct entry *v;
	size_t n, room;
};

/* Adds the ids of a list of findings, each with that before it. */
static void
add_ids(struct baseline *b, struct entry *e, const char *policy, const struct json *list)
{
	for (const struct json *f = list != NULL ? list->first : NULL; f != NULL; f = f->next) {
		const char *id = json_str(json_get(f, "id"));

		if (id != NULL)
			e->ids[e->n_ids++] = policy != NULL
						 ? arena_printf(b->arena, "%s/%s", policy, id)
						 : arena_str(b->arena, id);
	}
}

static size_t
length(const struct json *list)
{
	return list != NULL ? list->n : 0;
}

/* How many deviations and pieces of advice there are. */
static size_t
n_deviations(const struct json *compliance)
{
	size_t n = 0;

	for (const struct json *c = compliance != NULL ? compliance->first : NULL; c != NULL; c = c->next)
		n += length(json_get(c, "deviations")) + length(json_get(c, "advice"));
	return n;
}

static bool
add(struct baseline *b, const struct json *j)
{
	const struct json *compliance = json_get(j, "compliance");
	const struct json *findings = json_get(j, "findings");
	const char *key = record_key(b->arena, j), *grade = json_str(json_get(j, "grade"));
	struct entry *e;

	if (key == NULL || findings == NULL || findings->kind != JSON_LIST)
		return false;
	if (b->n == b->room) {
		b->room = b->room > 0 ? 2 * b->room : 64;
		b->v = xrealloc(b->v, b->room * sizeof(*b->v));
	}
	e = &b->v[b->n++];
	*e = (struct entry){.key = key, .grade = grade != NULL ? arena_str(b->arena, grade) : NULL};
	e->ids = arena_alloc(
	    b->arena, (findings->n + n_deviations(compliance) + 1) * sizeof(*e->ids));
	add_ids(b, e, NULL, findings);
	for (const struct json *c = compliance != NULL ? compliance->first : NULL; c != NULL;
	     c = c->next) {
		const char *policy = json_str(json_get(c, "policy"));

		if (policy == NULL)
			continue;
		add_ids(b, e, policy, json_get(c, "deviations"));
		add_ids(b, e, policy, json_get(c, "advice"));
	}
	return true;
}

static int
by_key(const void *x, const void *y)
{
	return strcmp(((const struct entry *)x)->key, ((const struct entry *)y)->key);
}

static bool
read_all(struct baseline *b, struct jsonl *in, char *err, size_t errlen)
{
	for (;;) {
		struct arena *a = arena_new(LINE_ARENA);
		const struct json *j = NULL;
		enum jsonl_got got = jsonl_next(in, a, &j, err, errlen);
		bool good = got == JSONL_VALUE && add(b, j);

		arena_free(a);
		if (good)
			continue;
		if (got == JSONL_VALUE)
			(void)snprintf(err, errlen, "%s:%u: not a report", in->name, in->line);
		return got == JSONL_END;
	}
}

struct baseline *
baseline_load(const char *path, char *err, size_t errlen)
{
	struct baseline *b;
	struct jsonl in;
	bool good;

	if (!jsonl_open(&in, path, err, errlen))
		return NULL;
	b = xcalloc(1, sizeof(*b));
	b->arena = arena_new(SIZE_MAX);
	good = read_all(b, &in, err, errlen);
	jsonl_close(&in);
	if (!good) {
		baseline_free(b);
		return NULL;
	}
	if (b->n > 0)
		qsort(b->v, b->n, sizeof(*b->v), by_key);
	return b;
}

/* The first entry with that key, or the end. */
static size_t
find(const struct baseline *b, const char *key)
{
	size_t low = 0, high = b->n;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (strcmp(b->v[mid].key, key) < 0)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

static bool
has(const struct entry *e, const char *id)
{
	for (size_t i = 0; i < e->n_ids; i++)
		if (strcmp(e->ids[i], id) == 0)
			return true;
	return false;
}

/* A copy that can be written to, where there is one to mark. */
static struct finding *
copy_of(const struct finding *v, size_t n, struct arena *a)
{
	struct finding *copy = arena_alloc(a, (n + 1) * sizeof(*copy));

	if (n > 0)
		memcpy(copy, v, n * sizeof(*copy));
	return copy;
}

static void
mark_policy(const struct entry *e, const char *policy, struct finding *v, size_t n, struct arena *a)
{
	for (size_t i = 0; i < n; i++)
		v[i].known_before = v[i].known_before ||
				    has(e, arena_printf(a, "%s/%s", policy, v[i].id));
}

/* Deviations and advice of every policy that this endpoint was compared with. */
static void
mark_compliance(const struct entry *e, struct assessment *s, struct arena *a)
{
	struct compliance *copy = arena_alloc(a, (s->n_compliance + 1) * sizeof(*copy));

	for (size_t i = 0; i < s->n_compliance; i++) {
		struct finding *deviations, *advice;
		struct compliance *c = &copy[i];

		*c = s->compliance[i];
		deviations = copy_of(c->deviations, c->n_deviations, a);
		advice = copy_of(c->advice, c->n_advice, a);
		mark_policy(e, c->policy, deviations, c->n_deviations, a);
		mark_policy(e, c->policy, advice, c->n_advice, a);
		c->deviations = deviations;
		c->advice = advice;
	}
	s->compliance = copy;
}

static void
mark(const struct entry *e, struct assessment *s, struct finding *findings)
{
	for (size_t i = 0; i < s->n_findings; i++)
		findings[i].known_before = findings[i].known_before || has(e, findings[i].id);
	if (gate_grade_rank(e->grade) > gate_grade_rank(s->grade_before))
		s->grade_before = e->grade;
}

void
baseline_mark(
    const struct baseline *b, const struct record *r, struct assessment *s, struct arena *a)
{
	const char *key = arena_printf(a, "%s %u %s", r->host, (unsigned)r->port,
	    r->starttls != NULL ? r->starttls : "tls");
	struct finding *copy = copy_of(s->findings, s->n_findings, a);

	for (size_t i = find(b, key); i < b->n && strcmp(b->v[i].key, key) == 0; i++) {
		mark(&b->v[i], s, copy);
		mark_compliance(&b->v[i], s, a);
	}
	s->findings = copy;
}

void
baseline_free(struct baseline *b)
{
	if (b == NULL)
		return;
	free(b->v);
	arena_free(b->arena);
	free(b);
}
