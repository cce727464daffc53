/* report - see report.h: one output from its first byte to its last, whatever its format. */
#include "report/ops.h"

#include <stdlib.h>

#include "base/check.h"
#include "base/xalloc.h"

static const struct {
	const char *name;
	const struct report_ops *ops;
} formats[] = {
#define FORMAT(id, name, help) [FORMAT_##id] = {#name, &ops_##name},
#include "report/formats.def"
#undef FORMAT
};

const char *
report_format_name(int format)
{
	return format >= 0 && format < FORMAT__MAX ? formats[format].name : NULL;
}

struct report *
report_new(enum format format, FILE *to, const struct report_options *o)
{
	struct report *out = xcalloc(1, sizeof(*out));

	CHECK(format < FORMAT__MAX);
	out->to = to;
	out->ops = formats[format].ops;
	out->o = o;
	out->state = xcalloc(1, out->ops->state_size);
	return out;
}

bool
report_begin(struct report *out)
{
	return out->ops->begin == NULL || out->ops->begin(out);
}

bool
report_record(struct report *out, const struct record *r)
{
	out->n_records++;
	return out->ops->record(out, r);
}

bool
report_end(struct report *out)
{
	return out->ops->end == NULL || out->ops->end(out);
}

int
report_exit(const struct report *out, int status)
{
	return out->ops->exit != NULL ? out->ops->exit(out, status) : status;
}

void
report_free(struct report *out)
{
	if (out == NULL)
		return;
	if (out->ops->free != NULL)
		out->ops->free(out);
	free(out->state);
	free(out);
}
