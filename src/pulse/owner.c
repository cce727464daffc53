/* owner - see owner.h. */
#include "pulse/owner.h"

/* RFC 4514, 2.4: a comma or a plus sign that no backslash stands before ends an attribute. */
static size_t
attribute_len(struct span s)
{
	size_t i = 0;

	while (i < s.n && s.p[i] != ',' && s.p[i] != '+')
		i += s.p[i] == '\\' && i + 1 < s.n ? 2 : 1;
	return i;
}

/* The value without its backslashes; one before two hex digits stays, the byte may be anything. */
static struct span
value_of(struct span s, struct arena *a)
{
	uint8_t *out = arena_alloc(a, s.n);
	size_t n = 0;

	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] == '\\' && i + 1 < s.n && strchr(",+\"\\<>;=# ", s.p[i + 1]) != NULL)
			i++;
		out[n++] = s.p[i];
	}
	return (struct span){out, n};
}

static struct span
attribute(struct span subject, const char *name, struct arena *a)
{
	struct span label = span_str(name);

	while (subject.n > 0) {
		size_t n = attribute_len(subject);

		if (n > label.n && memcmp(subject.p, label.p, label.n) == 0)
			return value_of((struct span){subject.p + label.n, n - label.n}, a);
		n += n < subject.n;
		subject.p += n;
		subject.n -= n;
	}
	return (struct span){NULL, 0};
}

struct span
owner_of_subject(struct span subject, struct arena *a)
{
	struct span o = attribute(subject, "O=", a);

	if (o.n == 0)
		o = attribute(subject, "CN=", a);
	return o.n > 0 ? o : subject;
}
