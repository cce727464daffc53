/* psl - see psl.h. */
#include "adapt/psl.h"

#include <libpsl.h>

struct span
psl_registrable(struct span name)
{
	char text[PSL_NAME_MAX + 1];
	const char *d;
	size_t n;

	if (name.n == 0 || name.n > PSL_NAME_MAX)
		return (struct span){NULL, 0};
	memcpy(text, name.p, name.n);
	text[name.n] = '\0';
	d = psl_registrable_domain(psl_builtin(), text);
	if (d == NULL)
		return (struct span){NULL, 0};
	n = strlen(d);
	return (struct span){name.p + name.n - n, n};
}

const char *
psl_version(void)
{
	return psl_get_version();
}
