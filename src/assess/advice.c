/* advice - see advice.h. */
#include "assess/advice.h"

static const char *
responders(const struct facts *f, struct arena *a)
{
	const char *all = "";

	for (size_t i = 0; f != NULL && i < fact_n_strs(f, F_OCSP_HOSTS); i++)
		all = arena_printf(a, "%s%s%s", all, *all != '\0' ? ", " : "",
		    fact_strs(f, F_OCSP_HOSTS, i));
	return *all != '\0' ? all : "the host and port of the certificate's OCSP address";
}

static const struct {
	const char *name;
	const char *(*text)(const struct facts *f, struct arena *a);
} names[] = {{"{responders}", responders}};

/* Which of the names begins here; N_ELEMENTS(names): none. */
static size_t
name_at(const char *s)
{
	size_t i = 0;

	while (i < N_ELEMENTS(names) && strncmp(s, names[i].name, strlen(names[i].name)) != 0)
		i++;
	return i;
}

const char *
advice_text(const char *fix, const struct facts *f, struct arena *a)
{
	const char *out = "", *from = fix;

	if (fix == NULL || strchr(fix, '{') == NULL)
		return fix;
	for (const char *s = fix; (s = strchr(s, '{')) != NULL;) {
		size_t i = name_at(s);

		if (i == N_ELEMENTS(names)) { /* a brace of a configuration file */
			s++;
			continue;
		}
		out = arena_printf(a, "%s%.*s%s", out, (int)(s - from), from, names[i].text(f, a));
		s = from = s + strlen(names[i].name);
	}
	return arena_printf(a, "%s%s", out, from);
}
