/* escape - see escape.h. */
#include "report/escape.h"

#include <string.h>

#include "base/text.h"

static const char bad[] = "\xef\xbf\xbd"; /* U+FFFD */

/* Takes the next character off *in: its bytes, those of U+FFFD for what is not shown; false at the
 * end. */
static bool
next(struct span *in, uint32_t *cp, struct span *bytes)
{
	size_t n = text_next(*in, cp);

	if (n == 0)
		return false;
	*bytes = (struct span){in->p, n};
	if (*cp == TEXT_BAD || text_is_control(*cp))
		*bytes = (struct span){(const uint8_t *)bad, sizeof(bad) - 1};
	in->p += n;
	in->n -= n;
	return true;
}

static void
put(FILE *to, struct span bytes)
{
	(void)fwrite(bytes.p, 1, bytes.n, to);
}

/* Every character as it is, but those that have a replacement. */
static void
replace(FILE *to, const char *s, const char *(*with)(uint32_t cp))
{
	struct span in = span_str(s), bytes;
	uint32_t cp;

	while (next(&in, &cp, &bytes)) {
		const char *instead = with(cp);

		if (instead != NULL)
			fputs(instead, to);
		else
			put(to, bytes);
	}
}

/* U+FFFE and U+FFFF, which XML 1.0 (2.2) does not have, count as controls already. */
static const char *
in_xml(uint32_t cp)
{
	switch (cp) {
	case '&':
		return "&amp;";
	case '<':
		return "&lt;";
	case '>':
		return "&gt;";
	case '"':
		return "&quot;";
	case '\'':
		return "&#39;";
	default:
		return NULL;
	}
}

void
escape_xml(FILE *to, const char *s)
{
	replace(to, s, in_xml);
}

static const char *
in_csv(uint32_t cp)
{
	return cp == '"' ? "\"\"" : NULL;
}

/* Does a spreadsheet take it for a formula?  The wide forms of = + - @ are read as these. */
static bool
is_formula(const char *s)
{
	uint32_t cp = 0;

	(void)text_next(span_str(s), &cp);
	return cp == '=' || cp == '+' || cp == '-' || cp == '@' || cp == '\t' || cp == '\r' ||
	       cp == '\n' || cp == 0xff1d || cp == 0xff0b || cp == 0xff0d || cp == 0xff20;
}

void
escape_csv(FILE *to, const char *s)
{
	putc('"', to);
	if (s != NULL && is_formula(s))
		putc('\'', to);
	replace(to, s, in_csv);
	putc('"', to);
}

void
escape_prom(FILE *to, const char *s)
{
	enum { LABEL_MAX = 200 };
	struct span in = span_str(s), bytes;
	uint32_t cp;

	for (unsigned n = 0; next(&in, &cp, &bytes); n++) {
		if (n == LABEL_MAX) {
			fputs("\xe2\x80\xa6", to);
			return;
		}
		if (cp == '"' || cp == '\\')
			putc('\\', to);
		put(to, bytes);
	}
}

static const char *
in_command(uint32_t cp)
{
	switch (cp) {
	case '%':
		return "%25";
	case '\r':
		return "%0D";
	case '\n':
		return "%0A";
	default:
		return NULL;
	}
}

static const char *
in_property(uint32_t cp)
{
	return cp == ':' ? "%3A" : cp == ',' ? "%2C" : in_command(cp);
}

void
escape_github(FILE *to, const char *s, bool property)
{
	replace(to, s, property ? in_property : in_command);
}

void
escape_markdown(FILE *to, const char *s)
{
	struct span in = span_str(s), bytes;
	uint32_t cp;

	while (next(&in, &cp, &bytes)) {
		/* Every ASCII punctuation may stand behind a backslash (CommonMark, 2.4); those
		 * that make HTML, mentions, references and links go as numbers. */
		if (cp == '<' || cp == '>' || cp == '&' || cp == '@' || cp == '#' || cp == ':')
			fprintf(to, "&#%u;", (unsigned)cp);
		else if (cp < 0x80 && strchr("\\`*_{}[]()+-.!|~$=\"'^/", (int)cp) != NULL)
			fprintf(to, "\\%c", (char)cp);
		else
			put(to, bytes);
	}
}

static const char *
in_line(uint32_t cp)
{
	return cp == '|' ? "\xc2\xa6" : NULL;
}

void
escape_line(FILE *to, const char *s)
{
	replace(to, s, in_line);
}

static const char *
in_label(uint32_t cp)
{
	return cp == '\'' || cp == '=' || cp == '|' ? "_" : NULL;
}

void
escape_nagios_label(FILE *to, const char *s)
{
	replace(to, s, in_label);
}

void
escape_uri(FILE *to, const char *s)
{
	for (; s != NULL && *s != '\0'; s++) {
		unsigned char c = (unsigned char)*s;

		if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
		    strchr("-._~/", c) != NULL)
			putc(c, to);
		else
			fprintf(to, "%%%02X", c);
	}
}
