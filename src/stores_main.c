/*
 * stores_main - tlsaudit-stores: what the trust stores hold, and how they are brought up to date.
 *
 *	tlsaudit-stores				the stores, as of when, how many roots, from where
 *	tlsaudit-stores show STORE		its roots
 *	tlsaudit-stores update STORE=FEED...	exchanges stores by what their programmes publish
 *
 * An update is all or nothing: every feed is read and checked, then the new block is written beside
 * the old one and takes its place.  tlsaudit reads it from then on (store_file_path()).
 */
#include "config.h"

#include <dirent.h>
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/text.h"
#include "base/xalloc.h"
#include "feeds/merge.h"
#include "net/fetch.h"
#include "net/loop.h"
#include "net/resolve.h"
#include "pki/der.h"
#include "pki/store_path.h"

enum { OK = 0, REFUSED = 1, USAGE = 2, INTERNAL = 4, ERR_SIZE = 300 };

struct command {
	const char *bundle, *date; /* options; no date: the feed's own, or today */
	bool dry_run, unsigned_too;
};

static const char usage_text[] =
    "usage: tlsaudit-stores [--bundle FILE] [list]\n"
    "       tlsaudit-stores [--bundle FILE] show STORE\n"
    "       tlsaudit-stores [--bundle FILE] [--date DATE] [--dry-run] [--unsigned]\n"
    "                       update STORE=FEED...\n"
    "\n"
    "list     the stores: as of when they are, how many roots they have, from where\n"
    "show     the roots of one: fingerprint, end, subject, and what limits the trust in it\n"
    "update   reads what a programme publishes and exchanges its store: CCADB's CSV reports,\n"
    "         certdata.txt, authroot.stl and its cabinet, Java keystores (JKS, PKCS#12), Chrome's\n"
    "         root_store.textproto, PEM files, or a directory of certificates; FEED is a file, a\n"
    "         directory, or an http or https URL\n"
    "\n"
    "  --bundle FILE   the block of stores to read and write, instead of the user's own\n"
    "  --date DATE     say that the stores are as of this day (YYYY-MM-DD); default: the\n"
    "                  feed's own day, or today\n"
    "  --dry-run       say what would change, and write nothing\n"
    "  --unsigned      take an authroot.stl that is not signed by Microsoft, too\n"
    "  --help          print this\n"
    "  --version       print the version\n"
    "\n"
    "A feed with fewer than half the roots of the store it is for is refused.\n";

static int
trouble(int status, const char *what, const char *why)
{
	(void)fprintf(stderr, "tlsaudit-stores: %s: %s\n", what, why);
	return status;
}

/* ---- the bundle ---- */

static bool
read_file(const char *path, struct arena *a, struct span *out, char *err)
{
	FILE *f = fopen(path, "rb");
	struct stat st;
	uint8_t *p;
	bool ok;

	if (f == NULL || fstat(fileno(f), &st) != 0) {
		(void)snprintf(err, ERR_SIZE, "%s", strerror(errno));
		if (f != NULL)
			(void)fclose(f);
		return false;
	}
	if (st.st_size > FEED_MAX_BYTES) {
		(void)snprintf(err, ERR_SIZE, "too long");
		(void)fclose(f);
		return false;
	}
	p = arena_alloc(a, (size_t)st.st_size + 1);
	ok = fread(p, 1, (size_t)st.st_size, f) == (size_t)st.st_size;
	(void)fclose(f);
	*out = (struct span){p, (size_t)st.st_size};
	if (!ok)
		(void)snprintf(err, ERR_SIZE, "cannot be read");
	return ok;
}

/* The user's own bundle when there is one, else the one that came with the program. */
static bool
open_bundle(const struct command *c, struct arena *a, struct bundle *b, char *err)
{
	struct span bytes = bundle_embedded();
	const char *why;
	bool own = c->bundle != NULL && access(c->bundle, F_OK) == 0;

	if (own && !read_file(c->bundle, a, &bytes, err))
		return false;
	if (!bundle_open(b, bytes, &why) || (own && !bundle_check(b, &why))) {
		(void)snprintf(err, ERR_SIZE, "%s", why);
		return false;
	}
	return true;
}

static bool
write_bundle(const char *path, struct span bytes, char *err)
{
	char *tmp = xasprintf("%s.%ld.tmp", path, (long)getpid());
	FILE *f = store_path_make(path) ? fopen(tmp, "wb") : NULL;
	bool ok = f != NULL && fwrite(bytes.p, 1, bytes.n, f) == bytes.n && fflush(f) == 0 &&
	    fsync(fileno(f)) == 0;

	if (f != NULL)
		ok = fclose(f) == 0 && ok;
	ok = ok && rename(tmp, path) == 0;
	if (!ok) {
		(void)snprintf(err, ERR_SIZE, "%s", strerror(errno));
		(void)unlink(tmp);
	}
	free(tmp);
	return ok;
}

/* ---- list and show ---- */

static size_t
count_roots(const struct bundle *b, size_t store)
{
	size_t n = 0;

	for (size_t i = 0; i < b->n_anchors; i++) {
		struct anchor a;

		bundle_anchor(b, i, &a);
		n += (a.stores & STORE_BIT(store)) != 0;
	}
	return n;
}

static int
list(const struct bundle *b)
{
	for (size_t i = 0; i < STORE__SHIPPED; i++)
		(void)printf("%-16s %s %5zu roots  %s\n", bundle_source(b, i, BUNDLE_NAME),
		    bundle_source(b, i, BUNDLE_DATE), count_roots(b, i), bundle_source(b, i, BUNDLE_SOURCE));
	(void)printf("\n");
	for (size_t i = STORE__SHIPPED; i < BUNDLE_SOURCES; i++) {
		size_t n = i == STORE__SHIPPED + STORE_LIST_INTERMEDIATES ? b->n_known
		    : i == STORE__SHIPPED + STORE_LIST_ONECRL		  ? b->n_revoked
									  : b->n_ev;

		(void)printf("%-16s %s %5zu        %s\n", bundle_source(b, i, BUNDLE_NAME),
		    bundle_source(b, i, BUNDLE_DATE), n, bundle_source(b, i, BUNDLE_SOURCE));
	}
	return fflush(stdout) == 0 ? OK : INTERNAL;
}

static int
store_id_of(const struct bundle *b, const char *name, size_t n)
{
	for (int i = 0; i < STORE__SHIPPED; i++) {
		const char *known = bundle_source(b, (size_t)i, BUNDLE_NAME);

		if (strlen(known) == n && memcmp(known, name, n) == 0)
			return i;
	}
	return -1;
}

static void
print_limit(const char *what, int64_t t)
{
	char day[16];

	if (t != 0)
		(void)printf("  (%s %s)", what, der_date_text(t, day, sizeof(day)));
}

static void
print_root(const struct anchor *a, int store, struct arena *arena)
{
	char day[16];

	(void)printf("%s  %s  %s", text_hex(arena, (struct span){a->sha256, 32}),
	    a->not_after != 0 ? der_date_text(a->not_after, day, sizeof(day)) : "unknown   ",
	    a->subject_text);
	if (store == STORE_MOZILLA)
		print_limit("leaves issued until", a->mozilla_distrust_after);
	if (store == STORE_CHROME)
		print_limit("leaves logged until", a->chrome_sct_after);
	if (store == STORE_MICROSOFT)
		print_limit("leaves issued until", a->microsoft_not_before);
	if (store == STORE_MICROSOFT)
		print_limit("disabled since", a->microsoft_disabled);
	if (store == STORE_JAVA)
		print_limit("leaves issued until", a->java_distrust_after);
	(void)printf("%s\n", a->der.n == 0 ? "  (its bytes are not here)" : "");
}

static int
show(const struct bundle *b, const char *name, struct arena *arena)
{
	int store = store_id_of(b, name, strlen(name));

	if (store < 0)
		return trouble(USAGE, name, "there is no such store");
	for (size_t i = 0; i < b->n_anchors; i++) {
		struct anchor a;

		bundle_anchor(b, i, &a);
		if ((a.stores & STORE_BIT(store)) != 0)
			print_root(&a, store, arena);
	}
	return fflush(stdout) == 0 ? OK : INTERNAL;
}

/* ---- update ---- */

/* The files of a directory, one behind the other: PEM as it is, DER as PEM. */
static bool
read_directory(const char *path, struct arena *a, struct span *out, char *err)
{
	DIR *d = opendir(path);
	struct dirent *e;
	char *all = xstrdup("");

	if (d == NULL) {
		(void)snprintf(err, ERR_SIZE, "%s", strerror(errno));
		free(all);
		return false;
	}
	while ((e = readdir(d)) != NULL) {
		char *file = xasprintf("%s/%s", path, e->d_name), *more;
		struct span bytes;

		if (e->d_name[0] != '.' && read_file(file, a, &bytes, err)) {
			const char *text = bytes.n > 0 && bytes.p[0] == 0x30
			    ? text_pem(a, "CERTIFICATE", bytes)
			    : arena_strn(a, bytes.p, bytes.n);

			more = xasprintf("%s%s\n", all, text);
			free(all);
			all = more;
		}
		free(file);
	}
	(void)closedir(d);
	*out = span_str(arena_str(a, all));
	free(all);
	return true;
}

struct fetched { /* one URL, waited for */
	struct loop *loop;
	struct arena *arena;
	struct span *out;
	char *err;
	bool ok;
};

static void
on_fetched(void *arg, const struct fetch_result *r)
{
	struct fetched *f = arg;

	f->ok = r->end == FETCH_OK;
	if (f->ok)
		*f->out = arena_span(f->arena, r->body);
	else
		(void)snprintf(f->err, ERR_SIZE, "%s%s%s", fetch_end_name(r->end), *r->detail != 0 ? ": " : "",
		    text_clean(f->arena, span_str(r->detail), ERR_SIZE / 4));
	loop_stop(f->loop);
}

static bool
read_url(const char *url, struct arena *a, struct span *out, char *err)
{
	struct resolver_options ro = {.v4 = true, .v6 = true};
	struct fetch_request q = {.url = url, .max_bytes = FEED_MAX_BYTES, .total_ms = 120000,
	    .near = REACH_LOOPBACK}; /* the user names it: it may be anywhere */
	struct fetched f = {loop_new(), a, out, err, false};
	struct resolver *r = resolver_new(f.loop, &ro, err, ERR_SIZE);
	struct fetcher *fetcher;

	if (r != NULL) {
		fetcher = fetcher_new(f.loop, r, NULL);
		if (fetch_start(fetcher, &q, on_fetched, &f) != NULL)
			loop_run(f.loop);
		resolver_free(r);
		fetcher_free(fetcher);
	}
	loop_free(f.loop);
	return f.ok;
}

static bool
read_feed_bytes(const char *path, struct arena *a, struct span *out, char *err)
{
	struct stat st;

	if (strncmp(path, "https://", 8) == 0 || strncmp(path, "http://", 7) == 0)
		return read_url(path, a, out, err);
	if (stat(path, &st) == 0 && S_ISDIR(st.st_mode))
		return read_directory(path, a, out, err);
	return read_file(path, a, out, err);
}

static void
say_changes(const char *store, const struct feed *f, const struct merge *m)
{
	(void)printf("%s: %zu roots, %zu before; from %s\n", store, m->after, m->before,
	    feed_form_name(f->form));
	for (size_t i = 0; i < m->n_added; i++)
		(void)printf("  + %s\n", m->added[i]);
	for (size_t i = 0; i < m->n_removed; i++)
		(void)printf("  - %s\n", m->removed[i]);
	if (f->form == FEED_STL || f->form == FEED_CAB)
		(void)printf("  %s\n", f->unsigned_why != NULL ? f->unsigned_why : "signed by Microsoft");
	if (m->without_bytes > 0)
		(void)printf("  %zu of them are known by fingerprint alone\n", m->without_bytes);
}

/* As of when the store will be. */
static const char *
day_of(const struct command *c, const struct feed *f, struct arena *a)
{
	char day[16];

	if (c->date != NULL)
		return c->date;
	return arena_str(a, der_date_text(f->made != 0 ? f->made : time(NULL), day, sizeof(day)));
}

/* One STORE=FEED: *b becomes the bundle with it. */
static int
update_one(const struct command *c, const char *word, struct bundle *b, struct arena *a)
{
	const char *eq = strchr(word, '='), *name;
	struct bundle_writer *w;
	char err[ERR_SIZE];
	struct span bytes;
	struct feed f;
	struct merge m;
	const char *why;
	int store;

	if (eq == NULL)
		return trouble(USAGE, word, "STORE=FEED is wanted");
	store = store_id_of(b, word, (size_t)(eq - word));
	if (store < 0)
		return trouble(USAGE, word, "there is no such store");
	name = bundle_source(b, (size_t)store, BUNDLE_NAME);
	if (!read_feed_bytes(eq + 1, a, &bytes, err))
		return trouble(USAGE, eq + 1, err);
	if (!feed_read(bytes, name, a, &f, err, sizeof(err)))
		return trouble(REFUSED, eq + 1, err);
	if (f.store != NULL && strcmp(f.store, name) != 0)
		return trouble(REFUSED, eq + 1, arena_printf(a, "this is a feed of %s", f.store));
	if (f.unsigned_why != NULL && !c->unsigned_too)
		return trouble(REFUSED, eq + 1,
		    arena_printf(a, "%s (--unsigned takes it all the same)", f.unsigned_why));
	w = bundle_writer_new();
	if (!merge_store(w, b, (enum store_id)store, &f, day_of(c, &f, a),
		arena_printf(a, "%s: %s", feed_form_name(f.form), text_clean(a, span_str(eq + 1), 200)), a, &m)) {
		bundle_writer_free(w);
		return trouble(REFUSED, eq + 1, m.problem);
	}
	bytes = arena_span(a, bundle_finish(w));
	bundle_writer_free(w);
	if (bytes.n == 0 || !bundle_open(b, bytes, &why) || !bundle_check(b, &why))
		return trouble(INTERNAL, word, "the new stores do not hold together");
	say_changes(name, &f, &m);
	return OK;
}

static int
update(const struct command *c, char *const *words, struct bundle *b, struct arena *a)
{
	char err[ERR_SIZE];
	int status = OK;

	if (*words == NULL)
		return trouble(USAGE, "update", "STORE=FEED is wanted");
	for (; *words != NULL && status == OK; words++)
		status = update_one(c, *words, b, a);
	if (status != OK || c->dry_run)
		return status;
	if (c->bundle == NULL)
		return trouble(USAGE, "update", "there is no home directory: --bundle says where");
	if (!write_bundle(c->bundle, b->all, err))
		return trouble(INTERNAL, c->bundle, err);
	(void)printf("written to %s\n", c->bundle);
	return fflush(stdout) == 0 ? OK : INTERNAL;
}

/* ---- the command line ---- */

static int
run(const struct command *c, char *const *words)
{
	struct arena *a = arena_new((size_t)512 << 20);
	char err[ERR_SIZE];
	struct bundle b;
	int status;

	if (!open_bundle(c, a, &b, err))
		status = trouble(INTERNAL, c->bundle != NULL ? c->bundle : "stores", err);
	else if (words[0] == NULL || strcmp(words[0], "list") == 0)
		status = list(&b);
	else if (strcmp(words[0], "show") == 0 && words[1] != NULL && words[2] == NULL)
		status = show(&b, words[1], a);
	else if (strcmp(words[0], "update") == 0)
		status = update(c, words + 1, &b, a);
	else
		status = trouble(USAGE, words[0], "no such command; see --help");
	arena_free(a);
	return status;
}

int
main(int argc, char **argv)
{
	static const struct option longs[] = {{"bundle", required_argument, NULL, 'b'},
	    {"date", required_argument, NULL, 'd'}, {"dry-run", no_argument, NULL, 'n'},
	    {"unsigned", no_argument, NULL, 'u'},
	    {"help", no_argument, NULL, 'h'}, {"version", no_argument, NULL, 'V'}, {NULL, 0, NULL, 0}};
	char *path = store_path_user();
	struct command c = {.bundle = path};
	int opt, status = -1;

	while (status < 0 && (opt = getopt_long(argc, argv, "hV", longs, NULL)) != -1) {
		switch (opt) {
		case 'b':
			c.bundle = optarg;
			break;
		case 'd':
			c.date = optarg;
			if (feed_day_valid(optarg))
				break;
			status = trouble(USAGE, "--date", "YYYY-MM-DD is wanted");
			break;
		case 'n':
			c.dry_run = true;
			break;
		case 'u':
			c.unsigned_too = true;
			break;
		case 'h':
			status = fputs(usage_text, stdout) >= 0 && fflush(stdout) == 0 ? OK : INTERNAL;
			break;
		case 'V':
			status = printf("tlsaudit-stores %s\n", PACKAGE_VERSION) > 0 ? OK : INTERNAL;
			break;
		default:
			status = USAGE;
			break;
		}
	}
	if (status < 0)
		status = run(&c, argv + optind);
	free(path);
	return status;
}
