/* from - see from.h. */
#include "config.h"

#include "from.h"

#include <errno.h>
#include <signal.h>

#include "base/check.h"
#include "judge.h"
#include "jsonl.h"
#include "output.h"
#include "pki/store.h"
#include "probe.h"
#include "report/ops.h"
#include "report/record_json.h"
#include "setup.h"

enum { ARENA_CAP = 256 << 20, ERR_SIZE = 512 };

extern const struct probe probe_trust;

struct from {
	const struct options *o;
	struct policy *policy;
	struct store_set *stores;
	struct judge judge;
	struct jsonl in;
	struct output out;
	enum exit_status status;
	int ended;  /* how the scan ended whose records these are; -1: saved reports */
	bool again; /* work out anew what follows from certificates */
	const char *path;   /* what is read */
	const char *named;  /* what findings point at: that, or the list that was scanned */
};

static void
complain(const char *err)
{
	if (err[0] != '\0')
		(void)fprintf(stderr, "tlsaudit: %s\n", err);
}

/* ---- the certificates once more: another day, or another store ---- */

static bool
trust_gives(enum fact_id id)
{
	for (const enum fact_id *g = probe_trust.gives; *g != F_NONE; g++)
		if (*g == id)
			return true;
	return false;
}

/* What the probe `trust` makes, and the day it is made for. */
static bool
is_made_again(enum fact_id id)
{
	switch (fact_defs[id].kind) {
	case K_ENDPOINT:
		return id == F_AUDIT_TIME || trust_gives(id);
	case K_CERT:
		return id != F_CERT_DER;
	case K_DEPLOY:
	case K_TRUST:
	case K_MISSING:
		return true;
	default:
		return false;
	}
}

/* Had the saved report these facts at all? */
static bool
was_judged(const struct json *line)
{
	return json_get(json_get(line, "facts"), "certificates") != NULL;
}

static void
make_again(struct from *s, const struct record *r, struct facts *f, int64_t now, struct arena *a)
{
	struct endpoint ep = {.host = r->host,
	    .sni = r->sni,
	    .address = r->address != NULL ? r->address : "",
	    .starttls = r->starttls,
	    .port = r->port};
	struct ctx ctx = {.known = f, .ep = &ep, .arena = a, .now = now, .stores = s->stores};

	probe_trust.conclude(NULL, &ctx, f);
	for (const enum fact_id *g = probe_trust.gives; *g != F_NONE; g++)
		if (!fact_settled(f, *g))
			fact_put_unknown(f, *g, WHY_NOT_APPLICABLE, NULL);
}

/* The facts of a line, as they were or made again. */
static bool
read_record(struct from *s, const struct json *line, struct arena *a, struct record *r, char *err,
    size_t errlen)
{
	bool again = s->again && was_judged(line);
	struct facts *f;
	int64_t now;

	if (!record_from_json(a, line, again ? is_made_again : NULL, r, &f, err, errlen))
		return false;
	if (f == NULL || !again)
		return true;
	now = s->o->has_as_of ? s->o->as_of : r->time;
	fact_put_time(f, F_AUDIT_TIME, now);
	make_again(s, r, f, now, a);
	return true;
}

/* ---- the run ---- */

/* Where the target is named: in the list that was scanned, or where its report was saved. */
static void
place(const struct from *s, struct record *r)
{
	r->file = s->named;
	r->line = s->named == s->path ? s->in.line : r->list != NULL ? (unsigned)r->list->line : 0;
}

/* One line; false when the report cannot be written. */
static bool
one_line(struct from *s, const struct json *line, struct arena *a)
{
	char why[ERR_SIZE];
	struct record r;

	if (!read_record(s, line, a, &r, why, sizeof(why))) {
		(void)fprintf(stderr, "tlsaudit: %s:%u: %s\n", s->in.name, s->in.line, why);
		s->status = EXIT_INTERNAL;
		return true;
	}
	place(s, &r);
	judge_record(&s->judge, &r, ops_now(&r), a, &s->status);
	errno = 0;
	return report_record(s->out.report, &r) && output_flush(&s->out);
}

/* False when the report cannot be written. */
static bool
all_lines(struct from *s)
{
	char err[ERR_SIZE];

	for (;;) {
		struct arena *a = arena_new(ARENA_CAP);
		const struct json *line = NULL;
		enum jsonl_got got = jsonl_next(&s->in, a, &line, err, sizeof(err));
		bool good = got != JSONL_VALUE || one_line(s, line, a);

		arena_free(a);
		if (got == JSONL_BAD) {
			complain(err);
			s->status = EXIT_INTERNAL;
		}
		if (!good || got == JSONL_END)
			return good;
	}
}

static bool
load(struct from *s, char *err, size_t errlen)
{
	const struct options *o = s->o;

	s->stores = store_set_new();
	s->policy = setup_policy(o, err, errlen);
	return s->policy != NULL && setup_stores(s->stores, o, err, errlen) &&
	       judge_open(&s->judge, o, s->policy, err, errlen) &&
	       jsonl_open(&s->in, s->path, err, errlen);
}

static int
run(struct from *s)
{
	char err[ERR_SIZE] = "";
	bool good;
	int status, e;

	if (!output_open(&s->out, s->o, &s->judge, err, sizeof(err))) {
		complain(err);
		return EXIT_INTERNAL;
	}
	good = all_lines(s);
	e = errno;
	status = !good ? EXIT_INTERNAL : s->ended >= 0 ? s->ended : (int)s->status;
	if (!good && e != EPIPE)
		(void)fprintf(stderr, "tlsaudit: %s: %s\n",
		    s->o->output != NULL ? s->o->output : "standard output", strerror(e));
	if (!output_close(&s->out, good, &status, err, sizeof(err)) && good) {
		complain(err);
		return EXIT_INTERNAL;
	}
	return status;
}

static int
load_and_run(struct from *s)
{
	char err[ERR_SIZE] = "";
	int status = EXIT_USAGE;

	if (load(s, err, sizeof(err))) {
		s->judge.quiet = s->ended >= 0;
		status = run(s);
	}
	complain(err);
	jsonl_close(&s->in);
	judge_close(&s->judge);
	policy_free(s->policy);
	store_set_free(s->stores);
	return status;
}

int
from_run(const struct options *o)
{
	struct from s = {.o = o, .path = o->from, .named = o->from, .ended = -1,
	    .again = o->has_as_of || o->n_stores > 0 || o->system_store};

	return load_and_run(&s);
}

int
from_scan(const struct options *o, const char *path, int status)
{
	struct from s = {.o = o, .path = path, .ended = status,
	    .named = strcmp(o->list, "-") != 0 ? o->list : NULL};

	return load_and_run(&s);
}
