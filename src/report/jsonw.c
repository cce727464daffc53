/* jsonw - see jsonw.h. */
#include "report/jsonw.h"

#include <inttypes.h>

#include "base/check.h"
#include "base/text.h"

void
jsonw_init(struct jsonw *w, FILE *to, bool pretty)
{
	*w = (struct jsonw){.to = to, .pretty = pretty};
}

static void
line(struct jsonw *w)
{
	if (!w->pretty)
		return;
	putc('\n', w->to);
	for (unsigned i = 0; i < w->depth; i++)
		putc('\t', w->to);
}

/* What stands before the next member of the innermost container. */
static void
next_member(struct jsonw *w)
{
	if (w->member[w->depth - 1])
		putc(',', w->to);
	w->member[w->depth - 1] = true;
	line(w);
}

/* What stands before a value: nothing after its key or at the top. */
static void
value(struct jsonw *w)
{
	if (w->depth > 0 && !w->keyed) {
		CHECK(w->close[w->depth - 1] == ']');
		next_member(w);
	}
	w->keyed = false;
}

void
jsonw_open(struct jsonw *w, char kind)
{
	CHECK((kind == '{' || kind == '[') && w->depth < JSONW_DEPTH);
	value(w);
	putc(kind, w->to);
	w->close[w->depth] = kind == '{' ? '}' : ']';
	w->member[w->depth++] = false;
}

void
jsonw_close(struct jsonw *w)
{
	bool any;

	CHECK(w->depth > 0 && !w->keyed);
	any = w->member[--w->depth];
	if (any)
		line(w);
	putc(w->close[w->depth], w->to);
}

/* One character of a string, escaped where JSON (RFC 8259, 7) or a terminal asks for it. */
static void
character(FILE *to, uint32_t cp, struct span bytes)
{
	if (cp == TEXT_BAD)
		fputs("\\ufffd", to);
	else if (cp == '"' || cp == '\\')
		fprintf(to, "\\%c", (char)cp);
	else if (cp == '\n')
		fputs("\\n", to);
	else if (cp == '\t')
		fputs("\\t", to);
	else if (!text_is_control(cp))
		fwrite(bytes.p, 1, bytes.n, to);
	else if (cp < 0x10000)
		fprintf(to, "\\u%04" PRIx32, cp);
	else /* a pair of surrogates */
		fprintf(to, "\\u%04" PRIx32 "\\u%04" PRIx32, 0xd800 + ((cp - 0x10000) >> 10),
		    0xdc00 + (cp & 0x3ff));
}

/* How many bytes may go out as they are, at once: nearly always all of them. */
static size_t
plain(struct span s)
{
	size_t n = 0;

	while (n < s.n && s.p[n] >= ' ' && s.p[n] < 0x7f && s.p[n] != '"' && s.p[n] != '\\')
		n++;
	return n;
}

static void
string(FILE *to, const char *s)
{
	struct span in = span_str(s);
	uint32_t cp;
	size_t n;

	putc('"', to);
	while (in.n > 0) {
		n = plain(in);
		if (n > 0)
			fwrite(in.p, 1, n, to);
		else if ((n = text_next(in, &cp)) > 0)
			character(to, cp, (struct span){in.p, n});
		in.p += n;
		in.n -= n;
	}
	putc('"', to);
}

void
jsonw_key(struct jsonw *w, const char *key)
{
	CHECK(w->depth > 0 && w->close[w->depth - 1] == '}' && !w->keyed);
	next_member(w);
	string(w->to, key);
	fputs(w->pretty ? ": " : ":", w->to);
	w->keyed = true;
}

void
jsonw_str(struct jsonw *w, const char *s)
{
	value(w);
	if (s == NULL)
		fputs("null", w->to);
	else
		string(w->to, s);
}

void
jsonw_int(struct jsonw *w, int64_t v)
{
	value(w);
	fprintf(w->to, "%" PRId64, v);
}

void
jsonw_millionths(struct jsonw *w, uint32_t v)
{
	int digits = 6;
	uint32_t part = v % 1000000;

	value(w);
	fprintf(w->to, "%" PRIu32, v / 1000000);
	if (part == 0)
		return;
	for (; part % 10 == 0; part /= 10)
		digits--;
	fprintf(w->to, ".%0*" PRIu32, digits, part);
}

void
jsonw_bool(struct jsonw *w, bool v)
{
	value(w);
	fputs(v ? "true" : "false", w->to);
}

void
jsonw_null(struct jsonw *w)
{
	jsonw_str(w, NULL);
}

void
jsonw_hex(struct jsonw *w, struct span s)
{
	value(w);
	putc('"', w->to);
	for (size_t i = 0; i < s.n; i++)
		fprintf(w->to, "%02x", s.p[i]);
	putc('"', w->to);
}

void
jsonw_pair(struct jsonw *w, const char *key, const char *s)
{
	jsonw_key(w, key);
	jsonw_str(w, s);
}

bool
jsonw_end(struct jsonw *w)
{
	CHECK(w->depth == 0);
	putc('\n', w->to);
	return fflush(w->to) == 0 && ferror(w->to) == 0;
}
