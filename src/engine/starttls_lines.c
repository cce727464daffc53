/* The talk of protocols made of lines: one row of starttls.def after the other. */
#include "config.h"

#include <stdio.h>
#include <strings.h>

#include "base/check.h"
#include "engine/starttls_internal.h"

enum style {
	/* RFC 5321, 4.2.1 and RFC 959, 4.2: "250-more", "250 last"; what stands between may be
	 * anything in FTP. */
	CODE,
	GREETING, /* RFC 9051, 7.1: "* OK", "* PREAUTH", "* BYE" */
	TAGGED,   /* RFC 9051, 7: "* ..." any number of times, then "tag OK", "tag NO", "tag BAD" */
	SIGN,     /* RFC 1939, 3: "+OK", "-ERR" */
	LIST,     /* RFC 2449, 5 and RFC 3977, 5.2: a yes, then lines, then "."; or one line */
	QUOTED,   /* RFC 5804, 1.3: "\"NAME\" ..." any number of times, then "OK", "NO", "BYE" */
	NUMERIC   /* RFC 2812, 2.3: ":prefix 670 ...", among others */
};

static const struct step {
	enum starttls_id id;
	const char *send, *awaited;
	enum style style;
	const char *go, *offer;
} steps[] = {
#define STEP(id, send, what, style, go, offer) {STARTTLS_##id, send, what, style, go, offer},
#include "engine/starttls.def"
};

/* --- words ------------------------------------------------------------------------------------ */

/* Takes the word at the front of a line off, and the spaces around it. */
static struct span
word(struct span *line)
{
	struct span w;

	while (line->n > 0 && line->p[0] == ' ') {
		line->p++;
		line->n--;
	}
	w = (struct span){line->p, 0};
	while (w.n < line->n && line->p[w.n] != ' ')
		w.n++;
	line->p += w.n;
	line->n -= w.n;
	return w;
}

static bool
is_word(struct span w, const char *s)
{
	return w.n == strlen(s) && strncasecmp((const char *)w.p, s, w.n) == 0;
}

static struct span
first_word(struct span line)
{
	return word(&line);
}

/* Is it one of the words, which have spaces between them? */
static bool
is_one_of(struct span w, const char *words)
{
	struct span all = span_str(words), one;

	while ((one = word(&all)).n > 0)
		if (one.n == w.n && strncasecmp((const char *)w.p, (const char *)one.p, w.n) == 0)
			return true;
	return false;
}

/* RFC 9051, 7.2.2 and 7.1: "* CAPABILITY IMAP4rev1 STARTTLS", "* OK [CAPABILITY STARTTLS] ready".
 */
static bool
has_word(struct span line, const char *s)
{
	struct span w;

	while ((w = word(&line)).n > 0) {
		if (w.p[0] == '[')
			w = (struct span){w.p + 1, w.n - 1};
		if (w.n > 0 && w.p[w.n - 1] == ']')
			w.n--;
		if (is_word(w, s))
			return true;
	}
	return false;
}

/* --- steps ------------------------------------------------------------------------------------ */

static bool
is_last(const struct starttls *s)
{
	return s->step + 1 == N_ELEMENTS(steps) || steps[s->step + 1].id != s->id;
}

static void
enter(struct starttls *s)
{
	const struct step *t = &steps[s->step];
	char line[64];
	int n = snprintf(line, sizeof(line), "%s%s", t->send, t->send[0] != '\0' ? "\r\n" : "");

	CHECK(n >= 0 && (size_t)n < sizeof(line));
	starttls_say(s, (struct span){(const uint8_t *)line, (size_t)n}, t->awaited);
	s->code = 0;
	s->in_list = false;
}

static void
start(struct starttls *s)
{
	while (steps[s->step].id != s->id)
		s->step++;
	enter(s);
}

/* The server said yes to this row. */
static void
go_on(struct starttls *s)
{
	if (steps[s->step].offer[0] != '\0' && !s->offered) {
		starttls_not_offered(s);
	} else if (is_last(s)) {
		starttls_ready(s);
	} else {
		s->step++;
		enter(s);
	}
}

/* It said no.  When that is the answer to STARTTLS itself, from a server that has not offered it
 * and does not know the word, there is no TLS here. */
static void
refuse(struct starttls *s, struct span line, bool unknown_word)
{
	if (unknown_word && steps[s->step].send[0] != '\0' && !s->offered)
		starttls_not_offered(s);
	else
		starttls_refused(s, line);
}

/* --- styles ----------------------------------------------------------------------------------- */

/* "250": the number at the front, with an end of the word, a space or a '-' after it; 0: none. */
static unsigned
reply_code(struct span line)
{
	unsigned code = 0;

	if (line.n < 3 || (line.n > 3 && line.p[3] != ' ' && line.p[3] != '-'))
		return 0;
	for (size_t i = 0; i < 3; i++) {
		if (line.p[i] < '0' || line.p[i] > '9')
			return 0;
		code = code * 10 + (line.p[i] - '0');
	}
	return code;
}

static void
on_code(struct starttls *s, const struct step *t, struct span line)
{
	unsigned code = reply_code(line);
	struct span rest = {line.p + 4, line.n > 4 ? line.n - 4 : 0};

	if (s->code == 0 && code == 0) {
		starttls_alien(s, line);
		return;
	}
	/* RFC 5321, 4.1.1.1: the first line of the answer to EHLO is a greeting with a name. */
	if (s->code != 0 && t->offer[0] != '\0' && is_word(first_word(rest), t->offer))
		s->offered = true;
	if (s->code == 0)
		s->code = code;
	if (code != s->code || (line.n > 3 && line.p[3] == '-'))
		return; /* not the last line */
	s->code = 0;
	if (code / 100 == 1)
		return; /* RFC 959, 4.2: a preliminary reply, "120 Service ready in 5 minutes." */
	if (is_one_of((struct span){line.p, 3}, t->go))
		go_on(s);
	else /* RFC 5321, 4.2.2: 500, 502, 504: not recognised, not implemented */
		refuse(s, line, code == 500 || code == 502 || code == 504);
}

static void
on_greeting(struct starttls *s, const struct step *t, struct span line)
{
	struct span rest = line, star = word(&rest), what = word(&rest);

	if (!is_word(star, "*"))
		starttls_alien(s, line);
	else if (is_one_of(what, t->go))
		go_on(s);
	else if (is_word(what, "BYE") || is_word(what, "PREAUTH"))
		starttls_refused(s, line); /* RFC 9051, 6.2.1: only before authentication */
	else
		starttls_alien(s, line);
}

static void
on_tagged(struct starttls *s, const struct step *t, struct span line)
{
	struct span rest = line, tag = word(&rest), what = word(&rest);

	if (t->offer[0] != '\0' && has_word(line, "CAPABILITY") && has_word(line, t->offer))
		s->offered = true;
	if (is_word(tag, "*")) {
		if (is_word(what, "BYE"))
			starttls_refused(s, line);
	} else if (!span_eq(tag, first_word(span_str(t->send)))) {
		starttls_alien(s, line);
	} else if (is_one_of(what, t->go)) {
		go_on(s);
	} else {
		refuse(s, line, is_word(what, "BAD"));
	}
}

static void
on_sign(struct starttls *s, const struct step *t, struct span line)
{
	struct span sign = first_word(line);

	if (is_one_of(sign, t->go))
		go_on(s);
	else if (is_word(sign, "-ERR"))
		refuse(s, line, true);
	else
		starttls_alien(s, line);
}

/* A server that does not know the command that lists may know the other. */
static void
on_list(struct starttls *s, const struct step *t, struct span line)
{
	struct span first = first_word(line);

	if (!s->in_list) {
		if (is_one_of(first, t->go)) {
			s->in_list = true;
		} else if (is_word(first, "-ERR") || reply_code(line) >= 400) {
			s->step++;
			enter(s);
		} else {
			starttls_alien(s, line);
		}
	} else if (is_word(line, ".")) {
		go_on(s);
	} else if (is_word(first, t->offer)) {
		s->offered = true;
	}
}

static void
on_quoted(struct starttls *s, const struct step *t, struct span line)
{
	struct span first = first_word(line);

	if (t->offer[0] != '\0' && is_word(first, t->offer))
		s->offered = true;
	else if (is_one_of(first, t->go))
		go_on(s);
	else if (is_word(first, "NO") || is_word(first, "BYE"))
		refuse(s, line, is_word(first, "NO"));
	else if (first.n == 0 || first.p[0] != '"')
		starttls_alien(s, line);
}

static bool
is_irc_command(struct span w)
{
	bool digits = w.n == 3, letters = w.n > 0;

	for (size_t i = 0; i < w.n; i++) {
		digits = digits && w.p[i] >= '0' && w.p[i] <= '9';
		letters = letters && ((w.p[i] | 32) >= 'a' && (w.p[i] | 32) <= 'z');
	}
	return digits || letters;
}

static void
on_numeric(struct starttls *s, const struct step *t, struct span line)
{
	struct span rest = line, command;

	if (line.n > 0 && line.p[0] == ':')
		word(&rest);
	command = word(&rest);
	if (line.n == 0)
		return; /* RFC 2812, 2.3.1: empty messages are ignored */
	if (!is_irc_command(command))
		starttls_alien(s, line);
	else if (is_one_of(command, t->go))
		go_on(s);
	else if (is_one_of(command, "421 451")) /* unknown command; not before registration */
		starttls_not_offered(s);
	else if (is_one_of(command, "691 ERROR"))
		starttls_refused(s, line);
}

static size_t
take(struct starttls *s, struct span in)
{
	static void (*const on[])(struct starttls *, const struct step *, struct span) = {
	    [CODE] = on_code,
	    [GREETING] = on_greeting,
	    [TAGGED] = on_tagged,
	    [SIGN] = on_sign,
	    [LIST] = on_list,
	    [QUOTED] = on_quoted,
	    [NUMERIC] = on_numeric,
	};
	struct span line;
	size_t used;

	if (!starttls_line(s, in, &line, &used))
		return 0;
	on[steps[s->step].style](s, &steps[s->step], line);
	return used;
}

const struct starttls_talk starttls_talk_lines = {start, take};
