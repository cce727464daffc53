/* difffiles - see difffiles.h: the old file is indexed by endpoint, the new one read line by line. */
#include "config.h"

#include "difffiles.h"

#include <inttypes.h>
#include <stdlib.h>

#include "base/xalloc.h"
#include "diff.h"
#include "jsonl.h"
#include "report/escape.h"
#include "report/ops.h"
#include "report/record_json.h"

enum { ARENA_CAP = 256 << 20, ERR_SIZE = 512 };

struct old { /* one endpoint of the old file */
	char *key, *address;
	int64_t offset;
	unsigned line;
	bool seen;
};

struct run {
	const struct difffiles_options *o;
	struct jsonl old_in, new_in;
	struct old *v;
	size_t n, room;
	struct difffiles *total;
};

static void
complain(struct run *r, const char *err)
{
	(void)fprintf(stderr, "%s: %s\n", r->o->program, err);
	r->total->trouble = true;
}

/* ---- the index of the old file ---- */

static int
by_key(const void *x, const void *y)
{
	const struct old *a = x, *b = y;
	int c = strcmp(a->key, b->key);

	if (c == 0)
		c = strcmp(a->address, b->address);
	return c != 0 ? c : (a->line > b->line) - (a->line < b->line);
}

static const char *
address_of(const struct json *j)
{
	const char *s = json_str(json_get(json_get(j, "target"), "address"));

	return s != NULL ? s : "";
}

static void
add(struct run *r, const char *key, const char *address)
{
	if (r->n == r->room) {
		r->room = r->room > 0 ? 2 * r->room : 64;
		r->v = xrealloc(r->v, r->room * sizeof(*r->v));
	}
	r->v[r->n++] = (struct old){.key = xstrdup(key),
	    .address = xstrdup(address),
	    .offset = r->old_in.offset,
	    .line = r->old_in.line};
}

static void
forget(struct old *o)
{
	free(o->key);
	free(o->address);
}

/* Of several lines about one endpoint the last counts. */
static void
keep_last(struct run *r)
{
	size_t kept = 0;

	for (size_t i = 0; i < r->n; i++) {
		if (i + 1 < r->n && strcmp(r->v[i].key, r->v[i + 1].key) == 0 &&
		    strcmp(r->v[i].address, r->v[i + 1].address) == 0)
			forget(&r->v[i]);
		else
			r->v[kept++] = r->v[i];
	}
	r->n = kept;
}

static void
read_index(struct run *r)
{
	char err[ERR_SIZE];

	for (;;) {
		struct arena *a = arena_new(ARENA_CAP);
		const struct json *j = NULL;
		enum jsonl_got got = jsonl_next(&r->old_in, a, &j, err, sizeof(err));
		const char *key = got == JSONL_VALUE ? record_key(a, j) : NULL;

		if (key != NULL)
			add(r, key, address_of(j));
		else if (got == JSONL_VALUE)
			(void)snprintf(err, sizeof(err), "%s:%u: not a report", r->old_in.name,
			    r->old_in.line);
		if (key == NULL && got != JSONL_END)
			complain(r, err);
		arena_free(a);
		if (got == JSONL_END)
			break;
	}
	if (r->n > 0)
		qsort(r->v, r->n, sizeof(*r->v), by_key);
	keep_last(r);
}

/* The old line for it: of the same address, else of one that nobody claimed yet. */
static struct old *
find(struct run *r, const char *key, const char *address)
{
	struct old *other = NULL;
	size_t low = 0, high = r->n;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (strcmp(r->v[mid].key, key) < 0)
			low = mid + 1;
		else
			high = mid;
	}
	for (size_t i = low; i < r->n && strcmp(r->v[i].key, key) == 0; i++) {
		if (strcmp(r->v[i].address, address) == 0)
			return &r->v[i];
		if (other == NULL && !r->v[i].seen)
			other = &r->v[i];
	}
	return other;
}

/* ---- one endpoint ---- */

static bool
read_record(struct run *r, const struct jsonl *in, const struct json *j, struct arena *a,
    struct record *out)
{
	char why[ERR_SIZE];

	if (diff_read(j, r->o->policy, a, out, why, sizeof(why)))
		return true;
	complain(r, arena_printf(a, "%s:%u: %s", in->name, in->line, why));
	return false;
}

static bool
read_old(struct run *r, struct old *o, struct arena *a, struct record *out)
{
	const struct json *j = NULL;
	char err[ERR_SIZE];

	o->seen = true;
	if (jsonl_seek(&r->old_in, o->offset) &&
	    jsonl_next(&r->old_in, a, &j, err, sizeof(err)) == JSONL_VALUE) {
		r->old_in.line = o->line;
		return read_record(r, &r->old_in, j, a, out);
	}
	complain(r, arena_printf(a, "%s: it cannot be read twice", r->o->before));
	return false;
}

static void
compare(struct run *r, const struct record *before, const struct record *after, struct arena *a)
{
	struct diff *d = arena_alloc(a, sizeof(*d));

	diff_records(before, after, a, d);
	r->total->endpoints++;
	r->total->same += d->n == 0;
	r->total->worse += d->count[DIFF_WORSE] > 0;
	r->total->better += d->count[DIFF_WORSE] == 0 && d->count[DIFF_BETTER] > 0;
	r->total->changed +=
	    d->count[DIFF_WORSE] + d->count[DIFF_BETTER] == 0 && d->count[DIFF_CHANGED] > 0;
	diff_write(&r->o->form, before, after, d, a);
}

static void
one_line(struct run *r, const struct json *j, struct arena *a)
{
	const char *key = record_key(a, j);
	struct record before, after;
	struct old *o;

	if (!read_record(r, &r->new_in, j, a, &after))
		return;
	o = key != NULL ? find(r, key, address_of(j)) : NULL;
	if (o == NULL) {
		r->total->added++;
		if (!r->o->form.json && !r->o->form.quiet) {
			escape_line(r->o->form.to, ops_host_port(&after, a));
			fputs(" is not in the old reports\n", r->o->form.to);
		}
		return;
	}
	if (read_old(r, o, a, &before))
		compare(r, &before, &after, a);
}

static void
all_lines(struct run *r)
{
	char err[ERR_SIZE];

	for (;;) {
		struct arena *a = arena_new(ARENA_CAP);
		const struct json *j = NULL;
		enum jsonl_got got = jsonl_next(&r->new_in, a, &j, err, sizeof(err));

		if (got == JSONL_VALUE)
			one_line(r, j, a);
		arena_free(a);
		if (got == JSONL_BAD)
			complain(r, err);
		if (got == JSONL_END)
			return;
	}
}

static void
last_words(struct run *r)
{
	const struct difffiles *t = r->total;
	size_t gone = 0;

	for (size_t i = 0; i < r->n; i++) {
		if (r->v[i].seen)
			continue;
		gone++;
		if (r->o->form.json || r->o->form.quiet)
			continue;
		escape_line(r->o->form.to, r->v[i].key);
		fputs(" is not in the new reports\n", r->o->form.to);
	}
	if (!r->o->form.json)
		fprintf(r->o->form.to,
		    "%zu endpoints compared: %zu worse, %zu better, %zu changed, %zu the same; %zu new, "
		    "%zu gone\n",
		    t->endpoints, t->worse, t->better, t->changed, t->same, t->added, gone);
}

/* ---- the whole ---- */

bool
difffiles(const struct difffiles_options *o, struct difffiles *out, char *err, size_t errlen)
{
	struct run r = {.o = o, .total = out};
	bool good;

	*out = (struct difffiles){0};
	good = jsonl_open(&r.old_in, o->before, err, errlen);
	if (good && !jsonl_open(&r.new_in, o->after, err, errlen)) {
		jsonl_close(&r.old_in);
		good = false;
	}
	if (!good)
		return false;
	read_index(&r);
	all_lines(&r);
	last_words(&r);
	for (size_t i = 0; i < r.n; i++)
		forget(&r.v[i]);
	free(r.v);
	jsonl_close(&r.old_in);
	jsonl_close(&r.new_in);
	return true;
}
