/* page_clients - what simulated clients would negotiate; see page.h. */
#include "report/page.h"

#include "tls/code.h"

enum { VERSION = 9, SUITE = 32, GROUP = 20 }; /* columns each takes */

/* Where the columns of the table begin; 0: no such column. */
struct columns {
	unsigned version, suite, group;
};

static bool
failed(const struct facts *c)
{
	return fact_tri(c, F_CLIENT_CONNECTS) == TRI_NO;
}

/* Every client with -v, else those that SSL Labs' rules are judged by. */
static bool
has_line(const struct page *p, const struct facts *c)
{
	return p->style->verbose > 0 || fact_yes(c, F_CLIENT_REFERENCE);
}

static const char *
name_of(struct page *p, const struct facts *c)
{
	const char *name = fact_str(c, F_CLIENT_NAME), *on = fact_str(c, F_CLIENT_PLATFORM);

	if (name == NULL)
		return "(no name)";
	return on != NULL && *on != 0 ? arena_printf(p->arena, "%s, %s", name, on) : name;
}

static struct columns
lay_out(struct page *p)
{
	struct columns c = {0, 0, 0};
	unsigned names = 0;

	if (p->term.width < 60) /* names stand on lines of their own */
		return (struct columns){.version = 6, .suite = 6 + VERSION};
	for (size_t i = 0; i < fact_rows(p->f, K_CLIENT); i++) {
		const struct facts *row = fact_row(p->f, K_CLIENT, i);
		unsigned n = has_line(p, row) ? term_columns(name_of(p, row)) : 0;

		names = n > names ? n : names;
	}
	if (names + p->term.indent + 2 + VERSION + SUITE > p->term.width)
		names = p->term.width - p->term.indent - 2 - VERSION - SUITE;
	c.version = p->term.indent + names + 2;
	c.suite = c.version + VERSION;
	if (c.suite + SUITE + GROUP <= p->term.width)
		c.group = c.suite + SUITE;
	return c;
}

static const char *
suite_of(const struct facts *row)
{
	struct u16s l = fact_u16s(row, F_CLIENT_SUITE);
	const struct suite *s = l.n == 1 ? suite_by_code(l.v[0]) : NULL;

	if (s == NULL)
		return l.n > 1 ? "one of several suites" : "unknown suite";
	return s->openssl != NULL ? s->openssl : s->name;
}

static void
outcome(struct page *p, const struct columns *c, const struct facts *row)
{
	struct term *t = &p->term;
	struct u16s groups = fact_u16s(row, F_CLIENT_GROUP);
	const struct group *g = groups.n == 1 ? group_by_code(groups.v[0]) : NULL;

	term_token(t, INK_PLAIN, page_version(p, fact_u32(row, F_CLIENT_VERSION)));
	term_at(t, c->suite);
	term_words(t, INK_PLAIN, suite_of(row));
	if (fact_tri(row, F_CLIENT_FORWARD_SECRECY) == TRI_NO)
		term_words(t, INK_WARN, "no FS");
	if (g == NULL || p->style->verbose < 1)
		return;
	if (c->group > 0)
		term_at(t, c->group);
	term_words(t, INK_DIM, g->name);
}

static void
client(struct page *p, const struct columns *c, const struct facts *row)
{
	struct term *t = &p->term;

	term_at(t, t->indent);
	term_words(t, INK_PLAIN, name_of(p, row));
	term_at(t, c->version);
	if (failed(row))
		term_words(t, INK_BAD,
		    arena_printf(p->arena, "fails: %s",
			fact_str(row, F_CLIENT_FAILURE) != NULL ? fact_str(row, F_CLIENT_FAILURE)
								: "for an unknown reason"));
	else if (fact_known(row, F_CLIENT_VERSION) && fact_yes(row, F_CLIENT_CONNECTS))
		outcome(p, c, row);
	else if (fact_note(row, F_CLIENT_CERTAIN) != NULL)
		term_words(t, INK_DIM,
		    arena_printf(p->arena, "unknown (%s)", fact_note(row, F_CLIENT_CERTAIN)));
	else
		page_unknown(p, row, F_CLIENT_CONNECTS);
	term_end(t);
}

/* "87 clients: 61 connect, 20 do not, 6 are unknown." */
static void
totals(struct page *p)
{
	size_t n = fact_rows(p->f, K_CLIENT), yes = 0, no = 0;

	for (size_t i = 0; i < n; i++) {
		enum tri t = fact_tri(fact_row(p->f, K_CLIENT, i), F_CLIENT_CONNECTS);

		yes += t == TRI_YES;
		no += t == TRI_NO;
	}
	term_at(&p->term, p->term.indent);
	term_printf(
	    &p->term, INK_DIM, "Of %s simulated, %zu connect", page_count(p, n, "client"), yes);
	if (no > 0)
		term_printf(&p->term, INK_DIM, "and %zu %s not", no, no == 1 ? "does" : "do");
	if (yes + no < n)
		term_printf(&p->term, INK_DIM, "(unknown: %zu)", n - yes - no);
	term_glue(&p->term);
	term_words(&p->term, INK_DIM, ".");
	term_end(&p->term);
}

/* Without -v: who has no line of its own and does not connect. */
static void
others_that_fail(struct page *p)
{
	const char *text = NULL;

	for (size_t i = 0; i < fact_rows(p->f, K_CLIENT); i++) {
		const struct facts *row = fact_row(p->f, K_CLIENT, i);

		if (has_line(p, row) || !failed(row))
			continue;
		text = text == NULL ? name_of(p, row)
				    : arena_printf(p->arena, "%s; %s", text, name_of(p, row));
	}
	if (text == NULL)
		return;
	term_at(&p->term, p->term.indent);
	term_words(
	    &p->term, INK_DIM, arena_printf(p->arena, "Others that do not connect: %s.", text));
	term_end(&p->term);
}

void
page_clients(struct page *p)
{
	struct columns c = lay_out(p);

	if (fact_rows(p->f, K_CLIENT) == 0)
		return;
	term_heading(&p->term, "Handshake simulation");
	totals(p);
	for (size_t i = 0; i < fact_rows(p->f, K_CLIENT); i++)
		if (has_line(p, fact_row(p->f, K_CLIENT, i)))
			client(p, &c, fact_row(p->f, K_CLIENT, i));
	others_that_fail(p);
}
