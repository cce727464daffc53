/* output - see output.h. */
#include "config.h"

#include "output.h"

#include <errno.h>
#include <stdlib.h>

#include "setup.h"

/* What fails follows from --fail-on: the least severity, and rules by name. */
static void
what_fails(struct output *out, const struct gate *g)
{
	struct report_options *ro = &out->options;
	size_t n = 0;

	ro->gated = g->n > 0;
	ro->fail_from = SEV__MAX;
	for (size_t i = 0; i < g->n; i++) {
		const struct gate_condition *c = &g->conditions[i];

		if (c->kind == GATE_SEVERITY && c->value < ro->fail_from)
			ro->fail_from = c->value;
		ro->fail_compliance = ro->fail_compliance || c->kind == GATE_COMPLIANCE;
		if (c->kind == GATE_RULE)
			out->fail_on[n++] = c->text + strlen("rule:");
	}
	ro->fail_on = out->fail_on;
}

/* What the run is about, in a word: the file that lists the hosts, without its folder. */
static const char *
list_name(const struct options *o)
{
	const char *path = o->locate != NULL ? o->locate : o->list != NULL ? o->list : o->from, *slash;

	if (path == NULL || strcmp(path, "-") == 0)
		return NULL;
	slash = strrchr(path, '/');
	return slash != NULL && slash[1] != '\0' ? slash + 1 : path;
}

static bool
say(const struct output *out, char *err, size_t errlen)
{
	(void)snprintf(err, errlen, "%s: %s",
	    out->sink.path != NULL ? out->sink.path : "standard output", strerror(errno));
	return false;
}

bool
output_open(struct output *out, const struct options *o, const struct judge *j, char *err,
    size_t errlen)
{
	char unused[128];

	*out = (struct output){.options = {.style = setup_style(o),
				   .policy = j->policy,
				   .compliance = j->compliance,
				   .n_compliance = j->n_compliance,
				   .list = list_name(o),
				   .summary = getenv("GITHUB_STEP_SUMMARY"),
				   .prom_compat = o->prom_compat,
				   .baseline = o->baseline != NULL}};
	what_fails(out, &o->gate);
	if (!sink_open(&out->sink, o->output, err, errlen))
		return false;
	out->report = report_new(o->format, out->sink.to, &out->options);
	if (report_begin(out->report))
		return true;
	(void)say(out, err, errlen);
	report_free(out->report);
	out->report = NULL;
	(void)!sink_close(&out->sink, false, unused, sizeof(unused));
	return false;
}

bool
output_flush(struct output *out)
{
	return sink_flush(&out->sink);
}

bool
output_close(struct output *out, bool keep, int *status, char *err, size_t errlen)
{
	bool good = !keep || report_end(out->report) || say(out, err, errlen);
	char unused[128];

	if (status != NULL)
		*status = report_exit(out->report, *status);
	report_free(out->report);
	out->report = NULL;
	if (good)
		return sink_close(&out->sink, keep, err, errlen);
	(void)!sink_close(&out->sink, false, unused, sizeof(unused));
	return false;
}
