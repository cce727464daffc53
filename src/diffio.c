/* diffio - see diffio.h. */
#include "diffio.h"

#include "base/text.h"
#include "report/escape.h"
#include "report/jsonw.h"
#include "report/ops.h"
#include "report/record_json.h"

bool
diff_read(const struct json *j, const struct policy *policy, struct arena *a, struct record *out,
    char *err, size_t errlen)
{
	struct assessment *s = arena_alloc(a, sizeof(*s));

	if (!record_from_json(a, j, NULL, out, NULL, err, errlen))
		return false;
	if (ops_assessed(out)) {
		assess(policy, out->facts, a, s);
		out->assessment = s;
	}
	return true;
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
write_json(const struct diff_form *f, const struct record *before, const struct record *after,
    const struct diff *d, struct arena *a)
{
	struct jsonw w;

	jsonw_init(&w, f->to, false);
	jsonw_open(&w, '{');
	write_target(&w, after);
	write_side(&w, "old", before, a);
	write_side(&w, "new", after, a);
	jsonw_key(&w, "changes");
	jsonw_open(&w, '[');
	for (size_t i = 0; i < d->n; i++) {
		if (f->quiet && d->v[i].kind != DIFF_WORSE)
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
write_text(const struct diff_form *f, const struct record *after, const struct diff *d, struct arena *a)
{
	FILE *to = f->to;

	escape_line(to, ops_host_port(after, a));
	putc(' ', to);
	escape_line(to, after->address);
	if (f->times)
		fprintf(to, "  %s", text_time(a, after->time));
	putc('\n', to);
	for (size_t i = 0; i < d->n; i++) {
		if (f->quiet && d->v[i].kind != DIFF_WORSE)
			continue;
		fprintf(to, "  %-8s ", diff_word(d->v[i].kind));
		escape_line(to, d->v[i].text);
		putc('\n', to);
	}
	if (d->left_out > 0)
		fprintf(to, "  and %zu changes more\n", d->left_out);
}

void
diff_write(const struct diff_form *f, const struct record *before, const struct record *after,
    const struct diff *d, struct arena *a)
{
	if (d->n == 0 || (f->quiet && d->count[DIFF_WORSE] == 0))
		return;
	if (f->json)
		write_json(f, before, after, d, a);
	else
		write_text(f, after, d, a);
}
