/* config - see config.h. */
#include "assess/config.h"

#include <ctype.h>
#include <strings.h>

#define V(major, minor, patch) ((major) << 16 | (minor) << 8 | (patch))

enum { LINES_MAX = 16, NUMBER_MAX = 255, WORD_MAX = 64 };

static const struct {
	const char *name, *word, *where;
} softwares[SOFTWARE__MAX] = {
#define SOFTWARE(id, name, word, where) [SOFTWARE_##id] = {name, word, where},
#include "assess/config.def"
};

static const char *const settings[SET__MAX] = {
#define SETTING(id, key) key,
#include "assess/config.def"
};

static const struct {
	enum software_id software;
	enum setting_id setting;
	const char *only;
	unsigned from, below;
	const char *line;
} lines[] = {
#define LINE(software, setting, only, from, below, line)                                           \
	{SOFTWARE_##software, SET_##setting, only, from, below, line},
#include "assess/config.def"
};

enum setting_id
setting_by_key(const char *key)
{
	int id = 0;

	while (id < SET__MAX && strcmp(settings[id], key) != 0)
		id++;
	return (enum setting_id)id;
}

const char *
setting_key(enum setting_id id)
{
	return settings[id];
}

/* ---- which software ---- */

/* "1.22.1" or less of it; 0: no number.  What follows does not matter. */
static unsigned
read_version(const char *s, size_t *len)
{
	unsigned v = 0;
	const char *p = s;

	for (int part = 0; part < 3; part++) {
		unsigned n = 0;

		if (part > 0 && (*p != '.' || !isdigit((unsigned char)p[1]))) {
			v <<= 8;
			continue;
		}
		p += part > 0;
		for (; isdigit((unsigned char)*p); p++)
			n = n < NUMBER_MAX ? n * 10 + (unsigned)(*p - '0') : n;
		v = v << 8 | (n < NUMBER_MAX ? n : (unsigned)NUMBER_MAX);
	}
	*len = (size_t)(p - s);
	return v;
}

/* Does the word stand here, and end? */
static bool
is_word(const char *s, const char *word)
{
	size_t n = strlen(word);

	return n > 0 && strncasecmp(s, word, n) == 0 && !isalnum((unsigned char)s[n]) && s[n] != '-' &&
	       s[n] != '_' && s[n] != '.';
}

static void
make(enum software_id id, const char *version, struct arena *a, struct software *out)
{
	size_t n = 0;

	*out = (struct software){.id = id, .label = softwares[id].name};
	if (!isdigit((unsigned char)*version))
		return;
	out->version = read_version(version, &n);
	out->label = arena_printf(a, "%s %.*s", softwares[id].name, (int)n, version);
}

/* The software whose word is in the text first. */
static bool
find_word(const char *text, struct arena *a, struct software *out)
{
	for (const char *s = text; *s != '\0'; s++) {
		if (s > text && (isalnum((unsigned char)s[-1]) || s[-1] == '-' || s[-1] == '.'))
			continue;
		for (int id = SOFTWARE_NONE + 1; id < SOFTWARE__MAX; id++) {
			size_t n = strlen(softwares[id].word);

			if (!is_word(s, softwares[id].word))
				continue;
			make((enum software_id)id, s[n] == '/' || s[n] == ' ' ? s + n + 1 : "", a, out);
			return true;
		}
	}
	return false;
}

bool
software_read(const char *text, struct arena *a, struct software *out)
{
	size_t n = strcspn(text, "/");

	*out = (struct software){0};
	for (int id = SOFTWARE_NONE + 1; id < SOFTWARE__MAX; id++) {
		const char *name = softwares[id].name, *word = softwares[id].word;

		word += word[0] == '=';
		if ((strlen(name) != n || strncasecmp(text, name, n) != 0) &&
		    (strlen(word) != n || strncasecmp(text, word, n) != 0))
			continue;
		make((enum software_id)id, text[n] == '/' ? text + n + 1 : "", a, out);
		return text[n] == '\0' || out->version > 0;
	}
	return false;
}

void
software_seen(const struct facts *f, struct arena *a, struct software *out)
{
	const char *says[] = {fact_str(f, F_HTTP_SERVER), fact_str(f, F_GREETING)};
	const char *proto = fact_str(f, F_STARTTLS);

	*out = (struct software){0};
	for (size_t i = 0; i < N_ELEMENTS(says); i++)
		if (says[i] != NULL && find_word(says[i], a, out))
			return;
	for (int id = SOFTWARE_NONE + 1; id < SOFTWARE__MAX && proto != NULL; id++)
		if (softwares[id].word[0] == '=' && strcmp(softwares[id].word + 1, proto) == 0) {
			make((enum software_id)id, "", a, out);
			return;
		}
}

const char *
software_where(const struct software *s)
{
	return s->id != SOFTWARE_NONE ? softwares[s->id].where : "";
}

const char *
software_names(struct arena *a)
{
	const char *names = softwares[SOFTWARE_NONE + 1].name;

	for (int id = SOFTWARE_NONE + 2; id < SOFTWARE__MAX; id++)
		names = arena_printf(a, "%s, %s", names, softwares[id].name);
	return names;
}

/* ---- its lines ---- */

/* The value in place of `$`; its ':' are as the character behind that wants them. */
static const char *
fill(const char *line, const char *value, struct arena *a)
{
	const char *at = strchr(line, '$'), *between, *out;

	if (at == NULL || at[1] == '_') /* `$_` is PowerShell's */
		return line;
	between = at[1] == ',' ? ", " : at[1] == ' ' ? " " : NULL;
	out = arena_strn(a, line, (size_t)(at - line));
	for (const char *p = value; *p != '\0';) {
		size_t n = between != NULL ? strcspn(p, ":") : strlen(p);

		out = arena_printf(a, "%s%.*s", out, (int)n, p);
		p += n;
		if (*p == ':') {
			out = arena_printf(a, "%s%s", out, between);
			p++;
		}
	}
	return arena_printf(a, "%s%s", out, at + (at[1] == ',' ? 2 : 1));
}

/* OpenResty counts on from the version of nginx in it: 1.21.4.1 is nginx 1.21.4. */
static bool
is_for(const struct software *s, size_t i, const char *value)
{
	enum software_id id = s->id == SOFTWARE_OPENRESTY ? SOFTWARE_NGINX : s->id;

	if (lines[i].software != id || (lines[i].only != NULL && strcmp(lines[i].only, value) != 0))
		return false;
	if (s->version == 0)
		return lines[i].below == 0;
	return s->version >= lines[i].from && (lines[i].below == 0 || s->version < lines[i].below);
}

const char *const *
config_lines(
    const struct software *s, const char *const values[SET__MAX], struct arena *a, size_t *n)
{
	const char **v = arena_alloc(a, LINES_MAX * sizeof(*v));

	*n = 0;
	for (size_t i = 0; i < N_ELEMENTS(lines) && values != NULL; i++) {
		const char *value = values[lines[i].setting];

		if (value != NULL && *n < LINES_MAX && is_for(s, i, value))
			v[(*n)++] = fill(lines[i].line, value, a);
	}
	return v;
}
