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
	const char **ids;  /* of the rules that hit */
	size_t n_ids;
};

struct baseline {
	struct arena *arena;
	struct entry *v;
	size_t n, room;
};

static bool
add(struct baseline *b, const struct json *j)
{
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
	e->ids = arena_alloc(b->arena, (findings->n + 1) * sizeof(*e->ids));
	for (const struct json *f = findings->first; f != NULL; f = f->next)
		if (json_str(json_get(f, "id")) != NULL)
			e->ids[e->n_ids++] = arena_str(b->arena, json_str(json_get(f, "id")));
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
	struct finding *copy = arena_alloc(a, (s->n_findings + 1) * sizeof(*copy));

	if (s->n_findings > 0)
		memcpy(copy, s->findings, s->n_findings * sizeof(*copy));
	for (size_t i = find(b, key); i < b->n && strcmp(b->v[i].key, key) == 0; i++)
		mark(&b->v[i], s, copy);
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
