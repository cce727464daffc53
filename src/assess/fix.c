/* fix - what is to be done, with the lines that do it on the server that was seen; see words.h. */
#include "assess/words.h"

#include <stdio.h>

#include "assess/advice.h"

/* The words without their last dot, which what follows takes along. */
static int
stem(const char *words)
{
	size_t n = strlen(words);

	return (int)(n > 0 && words[n - 1] == '.' ? n - 1 : n);
}

/* `nginx "ssl_ciphers ...;" and "ssl_prefer_server_ciphers on;"` */
static const char *
quoted(const char *label, const char *const *lines, size_t n, struct arena *a)
{
	const char *out = label;

	for (size_t i = 0; i < n; i++)
		out = arena_printf(a, "%s%s\"%s\"", out, i > 0 ? " and " : " ", lines[i]);
	return out;
}

/* Of a server that does not say what it is: the two that are seen most. */
static const char *
examples(const struct rule *r, struct arena *a)
{
	static const struct software common[] = {
	    {SOFTWARE_NGINX, 0, "nginx"}, {SOFTWARE_APACHE, 0, "Apache"}};
	const char *out = NULL;

	for (size_t i = 0; i < N_ELEMENTS(common); i++) {
		size_t n;
		const char *const *lines = config_lines(&common[i], r->config, a, &n);
		const char *one = quoted(common[i].label, lines, n, a);

		if (n > 0)
			out = out == NULL ? one : arena_printf(a, "%s, %s", out, one);
	}
	return out;
}

void
fix_put(const struct policy *p, const struct rule *r, const struct facts *f, struct arena *a,
    struct finding *out)
{
	struct software sw = p->software;
	const char *how;

	out->fix = out->fix_words = advice_text(r->fix, f, a);
	if (r->config == NULL)
		return;
	if (sw.id == SOFTWARE_NONE && f != NULL)
		software_seen(f, a, &sw);
	out->config = config_lines(&sw, r->config, a, &out->n_config);
	if (out->n_config > 0) {
		out->config_for = sw.label;
		out->config_where = sw.version > 0 ? software_where(&sw)
						   : arena_printf(a, "%s; for its newest version",
							 software_where(&sw));
		how = quoted(sw.label, out->config, out->n_config, a);
	} else {
		how = examples(r, a);
	}
	if (how != NULL)
		out->fix = arena_printf(
		    a, "%.*s: %s.", stem(out->fix_words), out->fix_words, how);
}

bool
policy_config_for(struct policy *p, const char *software, char *err, size_t errlen)
{
	if (software_read(software, p->arena, &p->software))
		return true;
	(void)snprintf(err, errlen, "'%s' is none of: %s; with or without a version behind '/'", software,
	    software_names(p->arena));
	return false;
}
