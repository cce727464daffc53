/* accepted - see accepted.h. */
#include "derive/accepted.h"

#include "base/check.h"

/* One version's list at *to, when it is known; returns how many.  to may be NULL, to count. */
static size_t
read_list(const struct facts *f, const struct version_row *v, struct accepted_suite *to)
{
	struct u32s two = {0};
	struct u16s list = {0};
	size_t n, got = 0;

	if (v->version == SSL2)
		two = fact_u32s(f, v->suites);
	else
		list = fact_u16s(f, v->suites);
	n = v->version == SSL2 ? two.n : list.n;
	for (size_t i = 0; i < n; i++) {
		const struct suite *s =
		    v->version == SSL2 ? suite_ssl2_by_code(two.v[i]) : suite_by_code(list.v[i]);

		if (s == NULL || s->scsv)
			continue;
		if (to != NULL)
			to[got] = (struct accepted_suite){s, v->version};
		got++;
	}
	return got;
}

/* The fact that is missing before this version's list is complete, or F_NONE. */
static enum fact_id
missing_of(const struct facts *f, const struct version_row *v)
{
	if (fact_tri(f, v->proto) == TRI_NO || fact_known(f, v->suites))
		return F_NONE;
	return fact_yes(f, v->proto) ? v->suites : v->proto;
}

struct accepted
accepted_read(const struct facts *f, struct arena *a, uint16_t lo, uint16_t hi)
{
	struct accepted out = {0};
	struct accepted_suite *v;
	size_t total = 0;

	for (size_t i = 0; i < N_VERSIONS; i++)
		total += read_list(f, &version_rows[i], NULL);
	v = arena_alloc(a, (total + 1) * sizeof(*v));
	for (size_t i = 0; i < N_VERSIONS; i++) {
		const struct version_row *row = &version_rows[i];
		enum fact_id missing = missing_of(f, row);

		if (row->version < lo || row->version > hi || fact_tri(f, row->proto) == TRI_NO)
			continue;
		out.n += read_list(f, row, v + out.n);
		if (missing == F_NONE)
			continue;
		out.missing[out.n_missing].version = row->version;
		out.missing[out.n_missing++].fact = missing;
	}
	out.v = v;
	return out;
}

/* Could the list of that version hold a suite that passes? */
static bool
possible(uint16_t version, suite_test *test)
{
	struct u32s two = suites_ssl2();
	struct u16s list = suites_for_version(version);

	for (size_t i = 0; version == SSL2 && i < two.n; i++)
		if (test(suite_ssl2_by_code(two.v[i])))
			return true;
	for (size_t i = 0; version != SSL2 && i < list.n; i++)
		if (test(suite_by_code(list.v[i])))
			return true;
	return false;
}

enum tri
accepted_any(const struct accepted *s, suite_test *test, enum fact_id *open)
{
	*open = F_NONE;
	for (size_t i = 0; i < s->n; i++)
		if (test(s->v[i].suite))
			return TRI_YES;
	for (size_t i = 0; i < s->n_missing; i++)
		if (possible(s->missing[i].version, test)) {
			*open = s->missing[i].fact;
			return TRI_UNKNOWN;
		}
	return TRI_NO;
}

bool
accepted_nothing(const struct accepted *s)
{
	return s->n == 0 && s->n_missing == 0;
}

void
put_missing(const struct facts *f, struct facts *out, enum fact_id id, enum fact_id missing)
{
	const char *note = fact_note(f, missing);
	enum why why = fact_why(f, missing);

	CHECK(why != WHY_NONE);
	fact_put_unknown(out, id, why,
	    arena_printf(fact_arena(out), "%s: %s", fact_defs[missing].json,
		note != NULL && note[0] != '\0' ? note : why_name(why)));
}
