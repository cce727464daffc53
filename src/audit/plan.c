/* plan - see plan.h. */
#include "audit/plan.h"

#include "base/check.h"

bool
plan_gives(const struct probe *p, enum fact_id id)
{
	for (const enum fact_id *g = p->gives; *g != F_NONE; g++)
		if (*g == id)
			return true;
	return false;
}

static size_t
table_len(const struct probe *const *table)
{
	size_t n = 0;

	while (table[n] != NULL)
		n++;
	return n;
}

static bool
named(const struct probe *p, const char *const *only)
{
	for (; *only != NULL; only++)
		if (strcmp(p->name, *only) == 0)
			return true;
	return false;
}

/* Does p need something that q gives? */
static bool
depends(const struct probe *p, const struct probe *q)
{
	for (const enum fact_id *id = p->needs; *id != F_NONE; id++)
		if (plan_gives(q, *id))
			return true;
	return false;
}

const struct probe **
plan_make(const struct probe *const *table, const char *const *only, struct arena *a, size_t *n)
{
	size_t len = table_len(table);
	const struct probe **plan = arena_alloc(a, (len + 1) * sizeof(*plan));
	bool *wanted = arena_alloc(a, len + 1), *placed = arena_alloc(a, len + 1), moved = true;

	for (size_t i = 0; i < len; i++)
		wanted[i] = only == NULL || named(table[i], only);
	while (moved) { /* what the wanted ones need is wanted too */
		moved = false;
		for (size_t i = 0; i < len; i++)
			for (size_t k = 0; wanted[i] && k < len; k++)
				if (!wanted[k] && depends(table[i], table[k]))
					wanted[k] = moved = true;
	}
	*n = 0;
	for (moved = true; moved;) {
		moved = false;
		for (size_t i = 0; i < len; i++) {
			bool free_of_needs = wanted[i] && !placed[i];

			for (size_t k = 0; k < len && free_of_needs; k++)
				if (k != i && wanted[k] && !placed[k] && depends(table[i], table[k]))
					free_of_needs = false;
			if (free_of_needs) {
				plan[(*n)++] = table[i];
				placed[i] = moved = true;
			}
		}
	}
	for (size_t i = 0; i < len; i++)
		CHECK(placed[i] || !wanted[i]); /* no circle among needs and gives */
	return plan;
}
