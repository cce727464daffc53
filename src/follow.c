/* follow - see follow.h. */
#include "follow.h"

static bool
is_one_of(const struct target *v, size_t n, const struct target *t)
{
	for (size_t i = 0; i < n; i++)
		if (v[i].port == t->port && strcmp(v[i].host, t->host) == 0)
			return true;
	return false;
}

void
follow_add(struct follow *f, const struct options *o, const char *service)
{
	/* "_https": TLS from the first byte, whatever the port. */
	static const struct target_defaults https = {.starttls = "none"};
	struct target t;
	char err[256];

	if (f->n == FOLLOW_MAX ||
	    !target_parse(span_str(service), &https, &t, err, sizeof(err)) ||
	    is_one_of(o->targets, o->n_targets, &t) || is_one_of(f->v, f->n, &t))
		return;
	f->v[f->n++] = t;
}
