/* show - see show.h. */
#include "pulse/show.h"

#include <inttypes.h>

#include "base/check.h"
#include "base/text.h"

const char *
show_group_title(int group)
{
	switch (group) {
	case TALLY_STATUS:
		return "The scan";
	case TALLY_TRUST:
		return "Trust stores";
	case TALLY_LEAVES:
		return "Certificates, each once";
	default:
		return measure_group_title((enum measure_group)group);
	}
}

int
show_group(size_t i)
{
	static const int order[TALLY__GROUPS] = {MEASURE_GRADE, MEASURE_PROTOCOL, MEASURE_CIPHER,
	    MEASURE_CERTIFICATE, MEASURE_VALID, TALLY_TRUST, MEASURE_FEATURE, MEASURE_FLAW,
	    TALLY_LEAVES, TALLY_STATUS};

	CHECK(i < TALLY__GROUPS);
	return order[i];
}

const char *
show_number(struct arena *a, uint64_t n)
{
	char text[32], *p = text + sizeof(text);
	int digits = 0;

	*--p = '\0';
	do {
		if (digits > 0 && digits % 3 == 0)
			*--p = ',';
		*--p = (char)('0' + n % 10);
		n /= 10;
		digits++;
	} while (n > 0);
	return arena_str(a, p);
}

const char *
show_percent(struct arena *a, uint64_t n, uint64_t of)
{
	uint64_t tenths;

	if (of == 0)
		return "-";
	tenths = (n * 1000 + of / 2) / of;
	if (tenths == 0 && n > 0)
		return "<0.1%";
	if (tenths == 1000 && n < of)
		return ">99.9%";
	return arena_printf(a, "%" PRIu64 ".%" PRIu64 "%%", tenths / 10, tenths % 10);
}

const char *
show_change(struct arena *a, const struct series *s, const struct slice *v)
{
	int64_t tenths;

	if (s->of == 0 || s->old_of == 0)
		return "";
	tenths = (int64_t)(tally_millionths(v->n, s->of) / 100) -
		 (int64_t)(tally_millionths(v->old, s->old_of) / 100);
	tenths = (tenths + (tenths < 0 ? -5 : 5)) / 10;
	if (tenths == 0)
		return "\xc2\xb1"
		       "0.0";
	return arena_printf(a, "%s%" PRId64 ".%" PRId64, tenths < 0 ? "\xe2\x88\x92" : "+",
	    (tenths < 0 ? -tenths : tenths) / 10, (tenths < 0 ? -tenths : tenths) % 10);
}

const char *
show_day(struct arena *a, int64_t t)
{
	char *text = text_time(a, t);
	char *end = strchr(text, 'T');

	if (end != NULL)
		*end = '\0';
	return text;
}

const char *
show_days(struct arena *a, int64_t from, int64_t to)
{
	const char *first = show_day(a, from), *last = show_day(a, to);

	if (to == 0)
		return "";
	return strcmp(first, last) == 0 ? first : arena_printf(a, "%s to %s", first, last);
}

bool
show_unasked(const struct series *s)
{
	return s->n > 0 && s->v[s->n - 1].n == s->of && strcmp(s->v[s->n - 1].name, "unknown") == 0;
}

const struct series *
show_series(const struct tally *t, const char *id)
{
	const struct series *s = NULL;

	for (size_t i = 0; i < t->n_series && s == NULL; i++)
		if (strcmp(t->series[i].id, id) == 0)
			s = &t->series[i];
	CHECK(s != NULL);
	return s;
}

const struct slice *
show_slice(const struct series *s, const char *name)
{
	for (size_t i = 0; i < s->n; i++)
		if (strcmp(s->v[i].name, name) == 0)
			return &s->v[i];
	return NULL;
}

size_t
show_owners(const struct tally *t, const struct show *o, struct share *rest)
{
	size_t n = t->n_owners < o->top ? t->n_owners : o->top;

	*rest = (struct share){.owner = "all others"};
	for (size_t i = n; i < t->n_owners; i++) {
		rest->certificates += t->owners[i].certificates;
		rest->all_certificates += t->owners[i].all_certificates;
	}
	return n;
}

const struct share *
show_most_depending(const struct tally *t)
{
	const struct share *most = NULL;

	for (size_t i = 0; i < t->n_owners; i++)
		if (t->owners[i].alone > (most != NULL ? most->alone : 0))
			most = &t->owners[i];
	return most;
}

const char *
show_hosts(struct arena *a, uint64_t n)
{
	return arena_printf(a, "%s host%s", show_number(a, n), n == 1 ? "" : "s");
}

static bool
same_but_by(const struct gap *x, const struct gap *y)
{
	bool same_root = x->subject == NULL || y->subject == NULL
			     ? x->subject == y->subject
			     : strcmp(x->subject, y->subject) == 0;

	return x->hosts == y->hosts && same_root && strcmp(x->not_by, y->not_by) == 0 &&
	       strcmp(x->verdict, y->verdict) == 0;
}

const struct gap *
show_gaps(const struct tally *t, struct arena *a, size_t *n)
{
	struct gap *v = arena_alloc(a, t->n_gaps * sizeof(*v));

	*n = 0;
	for (size_t i = 0; i < t->n_gaps; i++) {
		size_t k = *n; /* as many hosts stand together */

		while (k > 0 && v[k - 1].hosts == t->gaps[i].hosts &&
		       !same_but_by(&v[k - 1], &t->gaps[i]))
			k--;
		if (k > 0 && v[k - 1].hosts == t->gaps[i].hosts)
			v[k - 1].by = arena_printf(a, "%s, %s", v[k - 1].by, t->gaps[i].by);
		else
			v[(*n)++] = t->gaps[i];
	}
	return v;
}
