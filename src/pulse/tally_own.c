/* tally_own - which hosts of a population are one's own; see tally_internal.h. */
#include <stdlib.h>

#include "base/xalloc.h"
#include "pulse/tally_internal.h"

struct own {
	struct keyset keys;
	char **name; /* as given, by number */
	bool *found;
	size_t room, found_room;
};

static bool
is_blank(uint8_t c)
{
	return c == ' ' || c == '\t' || c == '\r';
}

static struct span
trim(struct span s)
{
	while (s.n > 0 && is_blank(s.p[0])) {
		s.p++;
		s.n--;
	}
	while (s.n > 0 && is_blank(s.p[s.n - 1]))
		s.n--;
	return s;
}

/* A hash of a name, in lower case. */
static uint64_t
name_key(struct span s)
{
	uint64_t h = s.n;

	for (size_t i = 0; i < s.n; i++)
		h = keyset_mix(h, s.p[i] >= 'A' && s.p[i] <= 'Z' ? s.p[i] | 0x20u : s.p[i]);
	return h;
}

static void
add(struct own *o, struct span s)
{
	bool is_new;
	size_t n = o->keys.n;
	char *copy;

	if (s.n == 0 || s.p[0] == '#')
		return;
	(void)keyset_put(&o->keys, name_key(s), &is_new);
	if (!is_new)
		return;
	o->name = grow_list(o->name, n, &o->room, sizeof(*o->name));
	o->found = grow_list(o->found, n, &o->found_room, sizeof(*o->found));
	copy = xcalloc(s.n + 1, 1);
	memcpy(copy, s.p, s.n);
	o->name[n] = copy;
}

struct own *
own_new(struct span list)
{
	struct own *o = xcalloc(1, sizeof(*o));

	while (list.n > 0) {
		const uint8_t *newline = memchr(list.p, '\n', list.n);
		size_t n = newline != NULL ? (size_t)(newline - list.p) : list.n;

		add(o, trim((struct span){list.p, n}));
		n += newline != NULL;
		list.p += n;
		list.n -= n;
	}
	return o;
}

static bool
has(struct own *o, struct span s)
{
	uint32_t i = keyset_get(&o->keys, name_key(s));

	if (i == KEYSET_NONE)
		return false;
	o->found[i] = true;
	return true;
}

bool
own_has(struct own *o, struct span host)
{
	bool found = has(o, host);

	for (size_t i = 1; i < host.n; i++)
		if (host.p[i] == '.')
			found = has(o, (struct span){host.p + i, host.n - i}) || found;
	return found;
}

void
own_missing(const struct own *o, struct tally *t)
{
	t->own_listed = o->keys.n;
	t->own_missing = xcalloc(o->keys.n, sizeof(*t->own_missing));
	for (size_t i = 0; i < o->keys.n; i++)
		if (!o->found[i])
			t->own_missing[t->n_own_missing++] = arena_str(t->arena, o->name[i]);
}

void
own_free(struct own *o)
{
	if (o == NULL)
		return;
	for (size_t i = 0; i < o->keys.n; i++)
		free(o->name[i]);
	free(o->name);
	free(o->found);
	keyset_fini(&o->keys);
	free(o);
}
