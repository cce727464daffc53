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
	bool again; /* work out anew what follows from certificates */
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
	r.file = s->o->from;
	r.line = s->in.line;
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
	       jsonl_open(&s->in, o->from, err, errlen);
}

static int
run(struct from *s)
{
	char err[ERR_SIZE] = "";
	bool good;
	int status, e;

	if (!output_open(&s->out, s->o, s->policy, err, sizeof(err))) {
		complain(err);
		return EXIT_INTERNAL;
	}
	good = all_lines(s);
	e = errno;
	status = good ? (int)s->status : EXIT_INTERNAL;
	if (!good && e != EPIPE)
		(void)fprintf(stderr, "tlsaudit: %s: %s\n",
		    s->o->output != NULL ? s->o->output : "standard output", strerror(e));
	if (!output_close(&s->out, good, &status, err, sizeof(err)) && good) {
		complain(err);
		return EXIT_INTERNAL;
	}
	return status;
}

int
from_run(const struct options *o)
{
	struct from s = {.o = o, .again = o->has_as_of || o->n_stores > 0 || o->system_store};
	char err[ERR_SIZE] = "";
	int status = EXIT_USAGE;

	if (load(&s, err, sizeof(err)))
		status = run(&s);
	complain(err);
	jsonl_close(&s.in);
	judge_close(&s.judge);
	policy_free(s.policy);
	store_set_free(s.stores);
	return status;
}
