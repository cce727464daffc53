/* watch - see watch.h: what is known of each endpoint, and one round after the other. */
#define _GNU_SOURCE /* sigtimedwait() */
#include "config.h"

#include "watch.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "base/text.h"
#include "base/xalloc.h"
#include "coordinator.h"
#include "diffio.h"
#include "job.h"
#include "jsonl.h"
#include "memory.h"
#include "report/escape.h"
#include "report/ops.h"
#include "report/record_json.h"
#include "setup.h"

enum { ARENA_CAP = 64 << 20, ERR_SIZE = 512 };

struct kept { /* a report and what it lives in */
	struct arena *arena; /* NULL: none */
	struct record r;
};

struct watched {
	char *key, *address;
	struct kept last; /* of the last round in which it was there */
	struct kept good; /* the last one that was assessed, when last was not */
	unsigned round;	  /* in which it was there last */
};

struct watch {
	const struct options *o;
	struct policy *policy;
	struct diff_form form;
	char *path; /* of a round's records */
	struct watched *v;
	size_t n;
	unsigned round;	 /* from 1 */
	struct memory *memory;
	size_t changes;	 /* of this round */
	bool worse;	 /* something became so, in any round */
	sigset_t signals, before;
};

static void
complain(const char *what)
{
	(void)fprintf(stderr, "tlsaudit: %s\n", what);
}

/* ---- what is known ---- */

static void
drop(struct kept *k)
{
	if (k->arena != NULL)
		arena_free(k->arena);
	*k = (struct kept){0};
}

/* Of the same address, else one that this round has not had: a name may move. */
static struct watched *
find(struct watch *w, const char *key, const char *address)
{
	struct watched *other = NULL;

	for (size_t i = 0; i < w->n; i++) {
		struct watched *e = &w->v[i];

		if (strcmp(e->key, key) != 0)
			continue;
		if (strcmp(e->address, address) == 0)
			return e;
		if (other == NULL && e->round != w->round)
			other = e;
	}
	return other;
}

static struct watched *
add(struct watch *w, const char *key, const char *address)
{
	w->v = xrealloc(w->v, (w->n + 1) * sizeof(*w->v));
	w->v[w->n] = (struct watched){.key = xstrdup(key), .address = xstrdup(address)};
	return &w->v[w->n++];
}

/* The new report takes the place of the last one, which stays while it is the last good one. */
static void
keep(struct watch *w, struct watched *e, struct kept new)
{
	if (new.r.assessment != NULL)
		drop(&e->good);
	else if (e->last.r.assessment != NULL)
		e->good = e->last;
	if (e->good.arena != e->last.arena)
		drop(&e->last);
	e->last = new;
	e->round = w->round;
	free(e->address);
	e->address = xstrdup(new.r.address != NULL ? new.r.address : "");
}

/* ---- one round ---- */

static void
compare(struct watch *w, const struct record *before, const struct record *after)
{
	struct arena *a = arena_new(ARENA_CAP);
	struct diff *d = arena_alloc(a, sizeof(*d));

	diff_records(before, after, a, d);
	diff_write(&w->form, before, after, d, a);
	w->changes += d->n;
	w->worse = w->worse || d->count[DIFF_WORSE] > 0;
	arena_free(a);
}

static void
come_or_gone(struct watch *w, const char *what, const char *when, const char *how)
{
	w->changes++;
	if (w->form.json || w->form.quiet)
		return;
	escape_line(w->form.to, what);
	fprintf(w->form.to, " %s  %s\n", how, when);
}

static void
first_line(struct watch *w, const struct record *r)
{
	struct report_style style = setup_style(w->o);

	style.verbose = -1;
	if (!w->form.json)
		(void)!report_text(w->form.to, r, &style);
}

/* Compares one report with what was known; whatever is new stays in new's arena. */
static void
take(struct watch *w, const char *key, struct kept new)
{
	const char *address = new.r.address != NULL ? new.r.address : "";
	struct watched *e = find(w, key, address);

	if (w->round == 1)
		first_line(w, &new.r);
	if (e == NULL) {
		e = add(w, key, address);
		if (w->round > 1)
			come_or_gone(w, ops_host_port(&new.r, new.arena),
			    text_time(new.arena, new.r.time), "is new");
	} else if (w->round > 1) {
		compare(w, &e->last.r, &new.r);
		if (e->good.arena != NULL && new.r.assessment != NULL)
			compare(w, &e->good.r, &new.r);
	}
	keep(w, e, new);
}

static void
take_line(struct watch *w, const struct json *j, struct arena *a, const struct jsonl *in)
{
	struct kept new = {.arena = a};
	const char *key = record_key(a, j);
	char why[ERR_SIZE] = "it has no target";

	if (key != NULL && diff_read(j, w->policy, a, &new.r, why, sizeof(why))) {
		take(w, key, new);
		return;
	}
	(void)fprintf(stderr, "tlsaudit: --watch: record %u: %s\n", in->line, why);
	arena_free(a);
}

/* Endpoints that were there and are not: a name has an address less. */
static void
tell_gone(struct watch *w)
{
	size_t kept = 0;

	for (size_t i = 0; i < w->n; i++) {
		struct watched *e = &w->v[i];
		struct arena *a = arena_new(ARENA_CAP);

		if (e->round == w->round) {
			w->v[kept++] = *e;
		} else {
			come_or_gone(w, arena_printf(a, "%s %s", ops_host_port(&e->last.r, a), e->address),
			    text_time(a, time(NULL)), "is not there any more");
			drop(&e->last);
			drop(&e->good);
			free(e->key);
			free(e->address);
		}
		arena_free(a);
	}
	w->n = kept;
}

/* JSON: the first round as it is. */
static void
copy(FILE *from, FILE *to)
{
	char block[8192];
	size_t n;

	while ((n = fread(block, 1, sizeof(block), from)) > 0)
		if (fwrite(block, 1, n, to) != n)
			break;
	rewind(from);
}

static bool
read_round(struct watch *w)
{
	char err[ERR_SIZE] = "";
	enum jsonl_got got;
	struct jsonl in;

	if (!jsonl_open(&in, w->path, err, sizeof(err))) {
		complain(err);
		return false;
	}
	if (w->round == 1 && w->form.json)
		copy(in.from, w->form.to);
	do {
		struct arena *a = arena_new(ARENA_CAP);
		const struct json *j = NULL;

		got = jsonl_next(&in, a, &j, err, sizeof(err));
		if (got == JSONL_VALUE) {
			take_line(w, j, a, &in);
			continue;
		}
		arena_free(a);
		if (got == JSONL_BAD)
			complain(err);
	} while (got != JSONL_END);
	jsonl_close(&in);
	return true;
}

static bool
written(struct watch *w)
{
	if (fflush(w->form.to) == 0 && !ferror(w->form.to))
		return true;
	if (errno != EPIPE)
		(void)fprintf(stderr, "tlsaudit: %s: %s\n",
		    w->o->output != NULL ? w->o->output : "standard output", strerror(errno));
	return false;
}

/* Audits once and tells what changed; the exit status of that audit. */
static int
one_round(struct watch *w)
{
	struct options o = *w->o;
	int status;

	memory_round(w->memory);
	o.format = FORMAT_JSON;
	o.output = w->path;
	status = coordinator_run(&o, w->memory);
	if (status == EXIT_USAGE || status == EXIT_INTERNAL || status > EXIT_INTERNAL)
		return status;
	w->round++;
	w->changes = 0;
	if (!read_round(w))
		return EXIT_INTERNAL;
	tell_gone(w);
	if (w->round > 1 && w->changes == 0 && w->o->verbose > 0 && !w->form.json) {
		struct arena *a = arena_new(4096);

		fprintf(w->form.to, "nothing changed  %s\n", text_time(a, time(NULL)));
		arena_free(a);
	}
	return written(w) ? status : EXIT_INTERNAL;
}

/* ---- the whole ---- */

/* Waits until the next round; false: a signal came. */
static bool
rest(struct watch *w)
{
	struct timespec t = {.tv_sec = w->o->watch_s};
	int got;

	do
		got = sigtimedwait(&w->signals, NULL, &t);
	while (got < 0 && errno == EINTR);
	return got < 0;
}

/* A signal between two rounds must not end the process at once, and one within a round is the
 * coordinator's, which lets it through. */
static void
hold_signals(struct watch *w)
{
	sigemptyset(&w->signals);
	sigaddset(&w->signals, SIGINT);
	sigaddset(&w->signals, SIGTERM);
	sigaddset(&w->signals, SIGHUP);
	(void)sigprocmask(SIG_BLOCK, &w->signals, &w->before);
}

static bool
watch_open(struct watch *w, char *err, size_t errlen)
{
	const struct options *o = w->o;
	const char *tmp = getenv("TMPDIR");
	int fd;

	w->policy = setup_policy(o, err, errlen);
	if (w->policy == NULL)
		return false;
	w->path = xasprintf(
	    "%s/tlsaudit-watch.XXXXXX", tmp != NULL && tmp[0] != '\0' ? tmp : "/tmp");
	fd = mkstemp(w->path);
	if (fd < 0) {
		(void)snprintf(err, errlen, "no file for a round: %s: %s", w->path, strerror(errno));
		free(w->path);
		w->path = NULL;
		return false;
	}
	(void)close(fd);
	w->form = (struct diff_form){.json = o->format == FORMAT_JSON,
	    .quiet = o->verbose < 0,
	    .times = true,
	    .to = o->output != NULL ? fopen(o->output, "ae") : stdout};
	if (w->form.to == NULL)
		(void)snprintf(err, errlen, "%s: %s", o->output, strerror(errno));
	return w->form.to != NULL;
}

static void
watch_close(struct watch *w)
{
	for (size_t i = 0; i < w->n; i++) {
		drop(&w->v[i].last);
		drop(&w->v[i].good);
		free(w->v[i].key);
		free(w->v[i].address);
	}
	free(w->v);
	if (w->path != NULL)
		(void)unlink(w->path);
	free(w->path);
	if (w->form.to != NULL && w->form.to != stdout)
		(void)fclose(w->form.to);
	policy_free(w->policy);
	memory_free(w->memory);
}

/* How a run of the coordinator ends that a signal ended. */
static bool
by_signal(int status)
{
	return status > 128;
}

int
watch_run(const struct options *o)
{
	struct watch w = {.o = o, .memory = memory_new()};
	char err[ERR_SIZE] = "";
	int status = EXIT_USAGE, last = EXIT_PASS;

	if (!watch_open(&w, err, sizeof(err))) {
		complain(err);
		watch_close(&w);
		return EXIT_USAGE;
	}
	hold_signals(&w);
	do {
		status = one_round(&w);
		if (!by_signal(status))
			last = status;
	} while (status != EXIT_USAGE && status < EXIT_INTERNAL && rest(&w));
	watch_close(&w);
	(void)sigprocmask(SIG_SETMASK, &w.before, NULL);
	return (int)exit_worse((enum exit_status)last, w.worse ? EXIT_POLICY : EXIT_PASS);
}
