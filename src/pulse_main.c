/*
 * tlsaudit-pulse - a scan as a whole: how many hosts have what, and whose certificates they use.
 *
 *	tlsaudit-pulse scan.jsonl			for people
 *	tlsaudit-pulse -f html -o pulse.html scan.jsonl	a page to show
 *	tlsaudit-pulse --db pulse.db scan.jsonl		keeps the numbers' database
 *	tlsaudit-pulse --compare last.db pulse.db	what changed
 */
#include "config.h"

#include <errno.h>
#include <getopt.h>
#include <inttypes.h>
#include <signal.h>
#include <stdlib.h>

#include "adapt/psl.h"
#include "adapt/sqlite.h"
#include "base/xalloc.h"
#include "options.h"
#include "pki/bundle.h"
#include "pki/store.h"
#include "pulse/population.h"
#include "pulse/show.h"
#include "setup.h"
#include "sink.h"

enum { GOOD, USAGE = 2, TROUBLE = 4, ERR = 512, TOP = 10, OWN_MAX = 256 << 20 };

struct run {
	const char *db, *compare, *own, *output, *format;
	struct show show;
	bool top_given;
	struct store_set *stores;
	struct population now, before;
	struct tally *tally;
	int status;
};

static const char usage[] =
    "Usage: tlsaudit-pulse [OPTION]... FILE...\n"
    "       tlsaudit-pulse [OPTION]... --db FILE\n"
    "A scan as a whole: hosts by grade, shares of protocols, keys, trust and features, and whose\n"
    "certificates they use.  FILE is what tlsaudit --format json wrote, plain or .zst; \"-\" is "
    "standard\n"
    "input.  No server is asked.\n\n"
    "  -f, --format=FORMAT  text, html, json or csv [text]\n"
    "  -o, --output=FILE    write there; \"-\" is standard output\n"
    "  -d, --db=FILE        keep the population in this SQLite database; without FILE..., read it\n"
    "      --compare=OLD    what changed since an earlier scan: its records or its database\n"
    "      --own=FILE       a list of your own hosts: how much of it hangs on a single CA\n"
    "      --top=N          so many owners, roots and keys [10; all with json and csv]\n"
    "      --table=NAME     of csv: shares, owners, weak-keys, trust-gaps or own-missing [shares]\n"
    "  -h, --help           print this\n"
    "  -V, --version        print the version\n\n"
    "Exit status: 0 done, 2 bad usage, 4 a line is no report, or other trouble.\n";

static void
complain(const char *text)
{
	(void)fprintf(stderr, "tlsaudit-pulse: %s\n", text);
}

/* The owner of the root with that subject, as far as one was shipped. */
static bool
owner_of_name(struct span subject, struct span *owner)
{
	const char *why;
	struct bundle b;

	if (!bundle_open(&b, bundle_embedded(), &why))
		return false;
	for (size_t i = 0; i < b.n_anchors; i++) {
		struct anchor a;

		bundle_anchor(&b, i, &a);
		if (*a.owner == '\0' || !span_eq(subject, span_str(a.subject_text)))
			continue;
		*owner = span_str(a.owner);
		return true;
	}
	return false;
}

/* Whose a root is, by the shipped stores or those that tlsaudit-stores wrote. */
static bool
owner_of(void *arg, const uint8_t *sha256, struct span *owner, struct span *subject)
{
	struct anchor a;

	if (sha256 == NULL)
		return owner_of_name(*subject, owner);
	if (!store_anchor_by_sha256(arg, sha256, &a))
		return false;
	*owner = span_str(a.owner);
	*subject = span_str(a.subject_text);
	return true;
}

static bool
read_own(const char *path, char **text, struct span *out, char *err, size_t errlen)
{
	FILE *f = strcmp(path, "-") == 0 ? stdin : fopen(path, "rbe");
	size_t n = 0, room = 0;

	if (f == NULL) {
		(void)snprintf(err, errlen, "%s: %s", path, strerror(errno));
		return false;
	}
	do {
		room = room > 0 ? 2 * room : 4096;
		*text = xrealloc(*text, room);
		n += fread(*text + n, 1, room - n, f);
	} while (n == room && room < OWN_MAX);
	*out = (struct span){(uint8_t *)*text, n};
	if (ferror(f) || n == room)
		(void)snprintf(
		    err, errlen, "%s: %s", path, n == room ? "too long" : strerror(errno));
	room = ferror(f) || n == room ? 0 : 1;
	if (f != stdin)
		(void)fclose(f);
	return room != 0;
}

/* ---- the numbers ---- */

static bool
count(struct run *r, const char *const *files, size_t n, char *err)
{
	struct span own = {NULL, 0};
	char *text = NULL;
	bool good;

	if (r->own != NULL && !read_own(r->own, &text, &own, err, ERR)) {
		free(text);
		return false;
	}
	good = population_open(&r->now, files, n, r->db, err, ERR);
	if (good)
		r->tally = tally_new(r->now.db, own, err, ERR);
	free(text);
	return good && r->tally != NULL;
}

static bool
count_before(struct run *r, char *err)
{
	struct tally *old = NULL;
	bool good;

	if (r->compare == NULL)
		return true;
	good = population_open(&r->before, &r->compare, 1, NULL, err, ERR);
	if (good)
		old = tally_new(r->before.db, (struct span){NULL, 0}, err, ERR);
	good = old != NULL && tally_compare(r->tally, r->now.db, old, r->before.db, err, ERR);
	tally_free(old);
	return good;
}

static bool
show(const struct run *r, FILE *to)
{
	if (strcmp(r->format, "html") == 0)
		return show_html(to, r->tally, &r->show);
	if (strcmp(r->format, "json") == 0)
		return show_json(to, r->tally, &r->show);
	if (strcmp(r->format, "csv") == 0)
		return show_csv(to, r->tally, &r->show);
	return show_text(to, r->tally, &r->show);
}

static bool
write_report(struct run *r, char *err)
{
	struct sink sink;
	bool good;

	if (!sink_open(&sink, r->output, err, ERR))
		return false;
	good = show(r, sink.to);
	if (!good)
		(void)snprintf(err, ERR, "%s: %s",
		    r->output != NULL ? r->output : "standard output", strerror(errno));
	return sink_close(&sink, good, err, ERR) && good;
}

static int
run(struct run *r, const char *const *files, size_t n)
{
	struct options o = {.color = WHEN_AUTO, .output = r->output};
	struct report_style style = setup_style(&o);
	char err[ERR] = "";
	bool good;

	r->show.colour = style.colour;
	r->show.width = style.width;
	r->stores = store_set_new();
	r->now = r->before =
	    (struct population){.complain = complain, .owner_of = owner_of, .arg = r->stores};
	good = setup_stores(r->stores, &o, err, sizeof(err)) && count(r, files, n, err) &&
	       count_before(r, err) && write_report(r, err);
	if (!good)
		complain(err);
	if (!population_close(&r->now, good, err, sizeof(err)) && good) {
		complain(err);
		good = false;
	}
	(void)!population_close(&r->before, false, err, sizeof(err));
	r->status = !good || r->now.bad_lines + r->before.bad_lines > 0 ? TROUBLE : GOOD;
	tally_free(r->tally);
	store_set_free(r->stores);
	return r->status;
}

/* ---- the command line ---- */

static bool
is_format(const char *s)
{
	return strcmp(s, "text") == 0 || strcmp(s, "html") == 0 || strcmp(s, "json") == 0 ||
	       strcmp(s, "csv") == 0;
}

static bool
read_top(const char *s, size_t *out)
{
	char *end;
	uintmax_t v = strtoumax(s, &end, 10);

	*out = (size_t)v;
	return *s >= '0' && *s <= '9' && *end == '\0' && v > 0 && v < SIZE_MAX;
}

/* Takes one option; false ends the program with r->status. */
static bool
take(struct run *r, int c)
{
	const char *wrong = NULL;

	r->status = GOOD;
	if (c == 'f')
		r->format = optarg;
	else if (c == 'o')
		r->output = strcmp(optarg, "-") != 0 ? optarg : NULL;
	else if (c == 'd')
		r->db = optarg;
	else if (c == 'c')
		r->compare = optarg;
	else if (c == 'w')
		r->own = optarg;
	else if (c == 'a')
		r->show.table = optarg;
	else if (c == 't')
		r->top_given = true;
	if (c == 'f' && !is_format(optarg))
		wrong = "--format is text, html, json or csv";
	if (c == 't' && !read_top(optarg, &r->show.top))
		wrong = "--top is a number from 1 on";
	if (c == 'a' && !show_is_table(optarg))
		wrong = "--table is shares, owners, weak-keys, trust-gaps or own-missing";
	if (wrong != NULL)
		complain(wrong);
	if (wrong != NULL || c == '?')
		r->status = USAGE;
	if (c == 'h' && (fputs(usage, stdout) < 0 || fflush(stdout) != 0))
		r->status = TROUBLE;
	if (c == 'V' && (printf("tlsaudit-pulse " PACKAGE_VERSION "\nlibpsl %s\nSQLite %s\n",
			     psl_version(), sqlite_version()) < 0 ||
			    fflush(stdout) != 0))
		r->status = TROUBLE;
	return wrong == NULL && c != 'h' && c != 'V' && c != '?';
}

int
main(int argc, char **argv)
{
	static const struct option longs[] = {{"format", required_argument, NULL, 'f'},
	    {"output", required_argument, NULL, 'o'}, {"db", required_argument, NULL, 'd'},
	    {"compare", required_argument, NULL, 'c'}, {"own", required_argument, NULL, 'w'},
	    {"top", required_argument, NULL, 't'}, {"table", required_argument, NULL, 'a'},
	    {"help", no_argument, NULL, 'h'}, {"version", no_argument, NULL, 'V'}, {0}};
	struct run r = {.format = "text", .show = {.top = TOP, .table = "shares"}};
	int c;

	(void)signal(SIGPIPE, SIG_IGN);
	while ((c = getopt_long(argc, argv, "f:o:d:hV", longs, NULL)) != -1)
		if (!take(&r, c))
			return r.status;
	if (optind == argc && r.db == NULL) {
		complain("no file is named; 'tlsaudit-pulse --help' tells more");
		return USAGE;
	}
	if (!r.top_given && (strcmp(r.format, "json") == 0 || strcmp(r.format, "csv") == 0))
		r.show.top = SIZE_MAX;
	return run(&r, (const char *const *)argv + optind, (size_t)(argc - optind));
}
