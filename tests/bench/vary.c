/*
 * vary - records by the million out of a few: for bench-pulse.
 *
 *	vary N TEMPLATES >records
 *
 * TEMPLATES has one record a line, in which @@@@@@@@ stands for eight digits of the record's number
 * and ~~~~~~~~ for eight hex digits that look random and belong to it.  Templates take turns.
 */
#include "config.h"

#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { WIDTH = 8, MOST_PLACES = 256, MOST_TEMPLATES = 256, PIPE = 1 << 20 };

struct template
{
	char *text;
	size_t len;
	struct {
		size_t at;
		char kind;
	} places[MOST_PLACES];
	size_t n;
};

static void
find(struct template *t, const char *mark)
{
	for (char *p = strstr(t->text, mark); p != NULL && t->n < MOST_PLACES;
	     p = strstr(p + WIDTH, mark)) {
		t->places[t->n].at = (size_t)(p - t->text);
		t->places[t->n++].kind = *mark;
	}
}

static size_t
read_templates(const char *path, struct template *v)
{
	FILE *f = fopen(path, "r");
	size_t n = 0, room = 0;
	ssize_t len;

	while (f != NULL && n < MOST_TEMPLATES && (len = getline(&v[n].text, &room, f)) > 0) {
		v[n].len = (size_t)len;
		find(&v[n], "@@@@@@@@");
		find(&v[n], "~~~~~~~~");
		n++;
		room = 0;
	}
	if (f != NULL)
		fclose(f);
	return n;
}

int
main(int argc, char **argv)
{
	static struct template v[MOST_TEMPLATES];
	static char buffer[1 << 20];
	uint64_t n = argc == 3 ? strtoull(argv[1], NULL, 10) : 0;
	size_t n_templates = argc == 3 ? read_templates(argv[2], v) : 0;

	if (n_templates == 0) {
		fputs("usage: vary N TEMPLATES\n", stderr);
		return 2;
	}
	(void)fcntl(fileno(stdout), F_SETPIPE_SZ, PIPE);
	setvbuf(stdout, buffer, _IOFBF, sizeof(buffer));
	for (uint64_t i = 0; i < n; i++) {
		struct template *t = &v[i % n_templates];
		char digits[WIDTH + 1], hex[WIDTH + 1];

		snprintf(digits, sizeof(digits), "%08" PRIu64, i % 100000000);
		snprintf(hex, sizeof(hex), "%08" PRIx32, (uint32_t)(i + 1) * UINT32_C(2654435761));
		for (size_t k = 0; k < t->n; k++)
			memcpy(t->text + t->places[k].at, t->places[k].kind == '@' ? digits : hex,
			    WIDTH);
		if (fwrite(t->text, 1, t->len, stdout) != t->len)
			return 1;
	}
	return fflush(stdout) == 0 ? 0 : 1;
}
