/* jsonl - see jsonl.h. */
#include "config.h"

#include "jsonl.h"

#include <errno.h>
#include <stdlib.h>

#include "base/xalloc.h"

enum { FIRST_SIZE = 64 * 1024, WHY_SIZE = 256 };

bool
jsonl_open(struct jsonl *in, const char *path, char *err, size_t errlen)
{
	bool is_stdin = strcmp(path, "-") == 0;

	*in = (struct jsonl){.name = is_stdin ? "standard input" : path};
	in->from = is_stdin ? stdin : fopen(path, "rbe");
	if (in->from == NULL)
		(void)snprintf(err, errlen, "%s: %s", path, strerror(errno));
	return in->from != NULL;
}

/* One line without its newline into buf; false at the end of the file.  *whole: it fitted. */
static bool
read_line(struct jsonl *in, size_t *n, bool *whole)
{
	int c;

	*n = 0;
	*whole = true;
	in->offset = ftello(in->from);
	while ((c = getc_unlocked(in->from)) != EOF && c != '\n') {
		if (*n == JSONL_LINE_MAX) {
			*whole = false;
			continue;
		}
		if (*n == in->size) {
			in->size = in->size > 0 ? 2 * in->size : FIRST_SIZE;
			in->buf = xrealloc(in->buf, in->size);
		}
		in->buf[(*n)++] = (char)c;
	}
	in->line++;
	return c != EOF || *n > 0;
}

static bool
is_blank(const char *s, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (s[i] != ' ' && s[i] != '\t' && s[i] != '\r')
			return false;
	return true;
}

enum jsonl_got
jsonl_next(struct jsonl *in, struct arena *a, const struct json **out, char *err, size_t errlen)
{
	char why[WHY_SIZE] = "the line is too long";
	bool whole;
	size_t n;

	do {
		if (read_line(in, &n, &whole))
			continue;
		if (!ferror(in->from))
			return JSONL_END;
		(void)snprintf(err, errlen, "%s: %s", in->name, strerror(errno));
		clearerr(in->from);
		(void)fseek(in->from, 0, SEEK_END);
		return JSONL_BAD;
	} while (is_blank(in->buf, n));
	*out = whole ? json_read(a, (struct span){(uint8_t *)in->buf, n}, why, sizeof(why)) : NULL;
	if (*out != NULL && (*out)->kind == JSON_OBJECT)
		return JSONL_VALUE;
	(void)snprintf(err, errlen, "%s:%u: %s", in->name, in->line,
	    *out != NULL ? "not an object" : why);
	return JSONL_BAD;
}

bool
jsonl_seek(struct jsonl *in, int64_t offset)
{
	return fseeko(in->from, offset, SEEK_SET) == 0;
}

void
jsonl_close(struct jsonl *in)
{
	if (in->from != NULL && in->from != stdin)
		(void)fclose(in->from);
	free(in->buf);
	*in = (struct jsonl){0};
}
