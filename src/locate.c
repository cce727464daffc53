/* locate - see locate.h. */
#include "config.h"

#include "locate.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <strings.h>

#include "base/xalloc.h"

enum { CHUNK = 64 * 1024 };

struct locate {
	char *text; /* NUL at its end */
};

struct locate *
locate_load(const char *path, char *err, size_t errlen)
{
	FILE *f = fopen(path, "rbe");
	struct locate *l;
	size_t n = 0, got;

	if (f == NULL) {
		(void)snprintf(err, errlen, "%s: %s", path, strerror(errno));
		return NULL;
	}
	l = xcalloc(1, sizeof(*l));
	do {
		l->text = xrealloc(l->text, n + CHUNK + 1);
		got = fread(l->text + n, 1, CHUNK, f);
		n += got;
	} while (got == CHUNK && n <= LOCATE_BYTES);
	l->text[n] = '\0';
	if (ferror(f) || n > LOCATE_BYTES) {
		(void)snprintf(
		    err, errlen, "%s: %s", path, ferror(f) ? strerror(errno) : "too large");
		locate_free(l);
		l = NULL;
	}
	(void)fclose(f);
	return l;
}

/* May this character be part of a host's name? */
static bool
is_name(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	       c == '-' || c == '_' || (c & 0x80) != 0;
}

/* The first line that has the word, from 1; 0: none. */
static unsigned
line_with(const char *text, const char *word)
{
	size_t n = strlen(word);
	unsigned line = 1;

	if (n == 0)
		return 0;
	for (const char *p = text; *p != '\0'; p++) {
		if (*p == '\n')
			line++;
		if (strncasecmp(p, word, n) != 0)
			continue;
		if (p > text && (is_name(p[-1]) || p[-1] == '.'))
			continue;
		if (!is_name(p[n]) && !(p[n] == '.' && is_name(p[n + 1])))
			return line;
	}
	return 0;
}

unsigned
locate_line(const struct locate *l, const char *host, uint16_t port)
{
	char both[320];
	unsigned line = 0;

	if (snprintf(both, sizeof(both), "%s:%u", host, (unsigned)port) < (int)sizeof(both))
		line = line_with(l->text, both);
	return line > 0 ? line : line_with(l->text, host);
}

void
locate_free(struct locate *l)
{
	if (l == NULL)
		return;
	free(l->text);
	free(l);
}
