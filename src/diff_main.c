/*
 * tlsaudit-diff - what changed in meaning between two files of saved reports; see diff.h.
 *
 * The old file is indexed by endpoint (where its line is), the new one is read line by line; so
 * only two reports are held at a time.
 */
#include "config.h"

#include <errno.h>
#include <getopt.h>
#include <inttypes.h>
#include <signal.h>
#include <stdlib.h>

#include "base/check.h"
#include "base/text.h"
#include "base/xalloc.h"
#include "diff.h"
#include "jsonl.h"
#include "report/escape.h"
#include "report/jsonw.h"
#include "report/ops.h"
#include "report/record_json.h"
#include "sink.h"

enum { EXIT_SAME, EXIT_WORSE, EXIT_BAD_USAGE, EXIT_TROUBLE = 4 };
enum { ARENA_CAP = 256 << 20, ERR_SIZE = 512 };

struct old { /* one endpoint of the old file */
	char *key, *address;
	int64_t offset;
	unsigned line;
	bool seen;
};

struct totals {
	size_t endpoints, same, worse, better, changed, added;
};

struct run {
	const char *before, *after, *policy_name, *output;
	bool json, quiet;
	struct policy *policy;
	struct jsonl old_in, new_in;
	struct old *v;
	size_t n, room;
	struct sink sink;
	struct totals total;
	int status;
};

static const char usage[] =
    "Usage: tlsaudit-diff [OPTION]... OLD NEW\n"
    "What changed in meaning between two files of saved reports (tlsaudit --format json).\n\n"
    "  -f, --format=FORMAT    text or json [text]\n"
    "  -o, --output=FILE      write there; \"-\" is standard output\n"
    "      --policy=NAME|FILE judge both by this policy [ssllabs-2009r]\n"
    "  -q, --quiet            only what is worse\n"
    "  -h, --help             print this\n"
    "  -V, --version          print the version\n\n"
    "Exit status: 0 nothing is worse, 1 something is, 2 bad usage, 4 a line is no report, or other\n"
    "trouble.\n";

static void
complain(const char *err)
{
	(void)fprintf(stderr, "tlsaudit-diff: %s\n", err);
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
		if (key == NULL && got != JSONL_END) {
			complain(err);
			r->status = EXIT_TROUBLE;
		}
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
	struct assessment *s = arena_alloc(a, sizeof(*s));

	if (!record_from_json(a, j, NULL, out, NULL, why, sizeof(why))) {
		(void)fprintf(stderr, "tlsaudit-diff: %s:%u: %s\n", in->name, in->line, why);
		r->status = EXIT_TROUBLE;
		return false;
	}
	if (ops_assessed(out)) {
		assess(r->policy, out->facts, a, s);
		out->assessment = s;
	}
	return true;
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
	(void)fprintf(stderr, "tlsaudit-diff: %s: it cannot be read twice\n", r->before);
	r->status = EXIT_TROUBLE;
	return false;
}

static void
write_side(struct jsonw *w, const char *key, const struct record *r, struct arena *a)
{
	jsonw_key(w, key);
	jsonw_open(w, '{');
	jsonw_pair(w, "time", text_time(a, r->time));
	jsonw_pair(w, "address", r->address);
	jsonw_pair(w, "status", r->status);
	jsonw_pair(w, "grade", r->assessment != NULL ? r->assessment->grade : NULL);
	jsonw_close(w);
}

static void
write_target(struct jsonw *w, const struct record *r)
{
	jsonw_key(w, "target");
	jsonw_open(w, '{');
	jsonw_pair(w, "host", r->host);
	jsonw_key(w, "port");
	jsonw_int(w, r->port);
	jsonw_pair(w, "starttls", r->starttls);
	jsonw_close(w);
}

static void
write_json(struct run *r, const struct record *before, const struct record *after,
    const struct diff *d, struct arena *a)
{
	struct jsonw w;

	jsonw_init(&w, r->sink.to, false);
	jsonw_open(&w, '{');
	write_target(&w, after);
	write_side(&w, "old", before, a);
	write_side(&w, "new", after, a);
	jsonw_key(&w, "changes");
	jsonw_open(&w, '[');
	for (size_t i = 0; i < d->n; i++) {
		if (r->quiet && d->v[i].kind != DIFF_WORSE)
			continue;
		jsonw_open(&w, '{');
		jsonw_pair(&w, "kind", diff_word(d->v[i].kind));
		jsonw_pair(&w, "what", d->v[i].what);
		jsonw_pair(&w, "text", d->v[i].text);
		jsonw_close(&w);
	}
	jsonw_close(&w);
	jsonw_close(&w);
	(void)!jsonw_end(&w);
}

static void
write_text(struct run *r, const struct record *after, const struct diff *d, struct arena *a)
{
	FILE *to = r->sink.to;

	escape_line(to, ops_host_port(after, a));
	putc(' ', to);
	escape_line(to, after->address);
	putc('\n', to);
	for (size_t i = 0; i < d->n; i++) {
		if (r->quiet && d->v[i].kind != DIFF_WORSE)
			continue;
		fprintf(to, "  %-8s ", diff_word(d->v[i].kind));
		escape_line(to, d->v[i].text);
		putc('\n', to);
	}
	if (d->left_out > 0)
		fprintf(to, "  and %zu changes more\n", d->left_out);
}

static void
compare(struct run *r, const struct record *before, const struct record *after, struct arena *a)
{
	struct diff *d = arena_alloc(a, sizeof(*d));

	diff_records(before, after, a, d);
	r->total.endpoints++;
	r->total.same += d->n == 0;
	r->total.worse += d->count[DIFF_WORSE] > 0;
	r->total.better += d->count[DIFF_WORSE] == 0 && d->count[DIFF_BETTER] > 0;
	r->total.changed +=
	    d->count[DIFF_WORSE] + d->count[DIFF_BETTER] == 0 && d->count[DIFF_CHANGED] > 0;
	if (d->n == 0 || (r->quiet && d->count[DIFF_WORSE] == 0))
		return;
	if (r->json)
		write_json(r, before, after, d, a);
	else
		write_text(r, after, d, a);
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
		r->total.added++;
		if (!r->json && !r->quiet) {
			escape_line(r->sink.to, ops_host_port(&after, a));
			fputs(" is not in the old reports\n", r->sink.to);
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
		if (got == JSONL_BAD) {
			complain(err);
			r->status = EXIT_TROUBLE;
		}
		if (got == JSONL_END)
			return;
	}
}

static void
last_words(struct run *r)
{
	const struct totals *t = &r->total;
	size_t gone = 0;

	for (size_t i = 0; i < r->n; i++) {
		if (r->v[i].seen)
			continue;
		gone++;
		if (r->json || r->quiet)
			continue;
		escape_line(r->sink.to, r->v[i].key);
		fputs(" is not in the new reports\n", r->sink.to);
	}
	if (!r->json)
		fprintf(r->sink.to,
		    "%zu endpoints compared: %zu worse, %zu better, %zu changed, %zu the same; %zu new, "
		    "%zu gone\n",
		    t->endpoints, t->worse, t->better, t->changed, t->same, t->added, gone);
}

/* ---- the whole ---- */

static int
run(struct run *r)
{
	char err[ERR_SIZE];

	if (!jsonl_open(&r->old_in, r->before, err, sizeof(err)) ||
	    !jsonl_open(&r->new_in, r->after, err, sizeof(err))) {
		complain(err);
		return EXIT_BAD_USAGE;
	}
	r->policy = policy_load(r->policy_name, err, sizeof(err));
	if (r->policy == NULL) {
		complain(err);
		return EXIT_BAD_USAGE;
	}
	if (!sink_open(&r->sink, r->output, err, sizeof(err))) {
		complain(err);
		return EXIT_TROUBLE;
	}
	read_index(r);
	all_lines(r);
	last_words(r);
	if (!sink_close(&r->sink, true, err, sizeof(err))) {
		complain(err);
		return EXIT_TROUBLE;
	}
	return r->status != EXIT_SAME ? r->status : r->total.worse > 0 ? EXIT_WORSE : EXIT_SAME;
}

static void
run_fini(struct run *r)
{
	for (size_t i = 0; i < r->n; i++)
		forget(&r->v[i]);
	free(r->v);
	jsonl_close(&r->old_in);
	jsonl_close(&r->new_in);
	policy_free(r->policy);
}

/* Takes one option; false ends the program with *status. */
static bool
take(struct run *r, int c, int *status)
{
	*status = EXIT_SAME;
	switch (c) {
	case 'f':
		r->json = strcmp(optarg, "json") == 0;
		if (r->json || strcmp(optarg, "text") == 0)
			return true;
		complain("--format is text or json");
		*status = EXIT_BAD_USAGE;
		return false;
	case 'o':
		r->output = strcmp(optarg, "-") != 0 ? optarg : NULL;
		return true;
	case 'p':
		r->policy_name = optarg;
		return true;
	case 'q':
		return r->quiet = true;
	case 'h':
		*status = fputs(usage, stdout) < 0 || fflush(stdout) != 0 ? EXIT_TROUBLE : EXIT_SAME;
		return false;
	case 'V':
		*status = printf("tlsaudit-diff %s\n", PACKAGE_VERSION) < 0 || fflush(stdout) != 0
			      ? EXIT_TROUBLE
			      : EXIT_SAME;
		return false;
	default: /* getopt_long() has said what */
		*status = EXIT_BAD_USAGE;
		return false;
	}
}

int
main(int argc, char **argv)
{
	static const struct option longs[] = {{"format", required_argument, NULL, 'f'},
	    {"output", required_argument, NULL, 'o'}, {"policy", required_argument, NULL, 'p'},
	    {"quiet", no_argument, NULL, 'q'}, {"help", no_argument, NULL, 'h'},
	    {"version", no_argument, NULL, 'V'}, {0}};
	struct run r = {.policy_name = "ssllabs-2009r"};
	int c, status;

	(void)signal(SIGPIPE, SIG_IGN);
	while ((c = getopt_long(argc, argv, "f:o:qhV", longs, NULL)) != -1)
		if (!take(&r, c, &status))
			return status;
	if (argc - optind != 2) {
		complain("two files are wanted; 'tlsaudit-diff --help' tells more");
		return EXIT_BAD_USAGE;
	}
	r.before = argv[optind];
	r.after = argv[optind + 1];
	status = run(&r);
	run_fini(&r);
	return status;
}
