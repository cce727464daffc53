/* page_suites - the cipher suites of each version, in the server's order; see page.h. */
#include "report/page.h"

#include <inttypes.h>

#include "tls/code.h"

enum { NOTE_COLUMNS = 14 };

static const struct version {
	enum fact_id suites, order;
	const char *name;
} versions[] = {{F_SUITES_TLS1_3, F_ORDER_TLS1_3, "TLS 1.3"},
    {F_SUITES_TLS1_2, F_ORDER_TLS1_2, "TLS 1.2"}, {F_SUITES_TLS1_1, F_ORDER_TLS1_1, "TLS 1.1"},
    {F_SUITES_TLS1_0, F_ORDER_TLS1_0, "TLS 1.0"}, {F_SUITES_SSL3, F_ORDER_SSL3, "SSL 3"},
    {F_SUITES_SSL2, F_NONE, "SSL 2"}};

/* The properties worth a word, worst first; the first that a suite has gives the line its colour.
 */
static const struct mark {
	const char *prop, *word;
	enum ink ink;
} marks[] = {{"anon", "anonymous", INK_BAD}, {"null", "no encryption", INK_BAD},
    {"export", "EXPORT", INK_BAD}, {"enc:RC4", "RC4", INK_BAD}, {"enc:RC2", "RC2", INK_BAD},
    {"enc=DES", "DES", INK_BAD}, {"enc=3DES", "3DES", INK_WARN}, {"mac:MD5", "MD5", INK_WARN},
    {"psk", "PSK", INK_PLAIN}, {"!fs", "no FS", INK_WARN}, {"cbc", "CBC", INK_PLAIN},
    {"aead", "AEAD", INK_PLAIN}};

/* "no FS, CBC"; *ink: the colour of the worst of it. */
const char *
page_suite_notes(struct page *p, const struct suite *s, enum ink *ink)
{
	const char *text = NULL;
	bool block64 = false;

	*ink = INK_PLAIN;
	if (s == NULL)
		return "in no registry";
	for (size_t i = 0; i < N_ELEMENTS(marks); i++) {
		if (!suite_has(s, marks[i].prop))
			continue;
		if (*ink == INK_PLAIN || (*ink == INK_WARN && marks[i].ink == INK_BAD))
			*ink = marks[i].ink;
		text = text == NULL ? marks[i].word
				    : arena_printf(p->arena, "%s, %s", text, marks[i].word);
		block64 = block64 || strstr(marks[i].word, "DES") != NULL;
	}
	if (suite_has(s, "block64") && !block64)
		text = arena_printf(p->arena, "%s, 64-bit blocks", text);
	return suite_has(s, "fs") ? arena_printf(p->arena, "FS%s%s", text != NULL ? ", " : "",
					text != NULL ? text : "")
				  : text;
}

/* Where the columns of one table begin. */
struct columns {
	unsigned code, name, openssl, bits, note; /* 0: no such column */
};

static unsigned
longer(unsigned a, const char *s)
{
	unsigned n = s != NULL ? term_columns(s) : 0;

	return n > a ? n : a;
}

static struct columns
lay_out(const struct page *p)
{
	struct columns c = {.code = 4};
	unsigned names = 0, openssl = 0, digits = 6;

	for (size_t v = 0; v < N_ELEMENTS(versions); v++) {
		if (versions[v].order == F_NONE) {
			struct u32s l = fact_u32s(p->f, versions[v].suites);

			for (size_t i = 0; i < l.n; i++) {
				const struct suite *s = suite_ssl2_by_code(l.v[i]);

				names = longer(names, s != NULL ? s->name : NULL);
				digits = 8;
			}
			continue;
		}
		struct u16s l = page_codes(p->f, versions[v].suites);

		for (size_t i = 0; i < l.n; i++) {
			const struct suite *s = suite_by_code(l.v[i]);

			names = longer(names, s != NULL ? s->name : NULL);
			openssl = longer(openssl, s != NULL ? s->openssl : NULL);
		}
	}
	c.name = c.code + digits + 2;
	c.bits = c.name + names + 2;
	if (p->style->verbose > 0 && c.bits + openssl + 2 + 5 + NOTE_COLUMNS <= p->term.width) {
		c.openssl = c.bits;
		c.bits += openssl + 2;
	}
	c.note = c.bits + 5;
	if (c.note + NOTE_COLUMNS > p->term.width)
		c = (struct columns){0};
	return c;
}

/* A line, or when the terminal is narrow: the name, and the rest under it. */
static void
suite_line(
    struct page *p, const struct columns *c, uint32_t code, int digits, const struct suite *s)
{
	const char *number = arena_printf(p->arena, "0x%0*" PRIx32, digits, code);
	const char *name = s != NULL ? s->name : "unknown suite";
	const char *bits = s != NULL ? arena_printf(p->arena, "%3u", s->bits) : "  ?";
	struct term *t = &p->term;
	enum ink ink;
	const char *note = page_suite_notes(p, s, &ink);
	bool openssl = p->style->verbose > 0 && s != NULL && s->openssl != NULL &&
		       strcmp(s->openssl, s->name) != 0;

	if (c->name == 0) {
		term_at(t, 4);
		term_words(t, ink, name);
		term_at(t, 6);
		term_printf(t, INK_DIM, "%s, %s bits, %s", number, bits + strspn(bits, " "), note);
		if (openssl) {
			term_at(t, 6);
			term_words(t, INK_DIM, s->openssl);
		}
		return;
	}
	term_at(t, c->code);
	term_token(t, INK_DIM, number);
	term_at(t, c->name);
	term_words(t, ink, name);
	if (openssl && c->openssl > 0) {
		term_at(t, c->openssl);
		term_token(t, INK_DIM, s->openssl);
	}
	term_at(t, c->bits);
	term_token(t, INK_PLAIN, bits);
	term_at(t, c->note);
	term_words(t, ink == INK_PLAIN ? INK_DIM : ink, note);
	if (openssl && c->openssl == 0) {
		term_at(t, c->name);
		term_words(t, INK_DIM, s->openssl);
	}
}

static bool
same(struct u16s a, struct u16s b)
{
	return a.n == b.n && (a.n == 0 || memcmp(a.v, b.v, a.n * sizeof(*a.v)) == 0);
}

/* The newer version that has the same list in the same order; NULL: none. */
static const struct version *
twin(const struct page *p, size_t v)
{
	struct u16s mine;

	if (versions[v].order == F_NONE || !fact_known(p->f, versions[v].suites))
		return NULL;
	mine = page_codes(p->f, versions[v].suites);
	for (size_t i = 0; i < v; i++)
		if (mine.n > 1 && fact_known(p->f, versions[i].suites) &&
		    same(mine, page_codes(p->f, versions[i].suites)) &&
		    fact_known(p->f, versions[i].order) == fact_known(p->f, versions[v].order) &&
		    (!fact_known(p->f, versions[v].order) ||
			strcmp(fact_str(p->f, versions[i].order),
			    fact_str(p->f, versions[v].order)) == 0))
			return &versions[i];
	return NULL;
}

static void
lines(struct page *p, const struct columns *c, const struct version *v)
{
	if (v->order == F_NONE) {
		struct u32s l = fact_u32s(p->f, v->suites);

		for (size_t i = 0; i < l.n; i++)
			suite_line(p, c, l.v[i], 6, suite_ssl2_by_code(l.v[i]));
	} else {
		struct u16s l = page_codes(p->f, v->suites);

		for (size_t i = 0; i < l.n; i++)
			suite_line(p, c, l.v[i], 4, suite_by_code(l.v[i]));
	}
}

/* Nothing to show: nobody asked, or none was accepted because the version is not there. */
static bool
left_out(const struct page *p, const struct version *v)
{
	if (!fact_settled(p->f, v->suites))
		return true;
	if (!fact_known(p->f, v->suites))
		return fact_why(p->f, v->suites) == WHY_NOT_APPLICABLE;
	return (v->order == F_NONE ? fact_u32s(p->f, v->suites).n
				   : page_codes(p->f, v->suites).n) == 0;
}

static void
version(struct page *p, const struct columns *c, size_t v)
{
	const struct version *like = twin(p, v);
	const char *note = fact_note(p->f, versions[v].suites);
	struct term *t = &p->term;

	term_at(t, 2);
	term_words(t, INK_BOLD, versions[v].name);
	if (!fact_known(p->f, versions[v].suites)) {
		term_words(t, INK_DIM, "\xc2\xb7");
		page_unknown(p, p->f, versions[v].suites);
		lines(p, c, &versions[v]);
		return;
	}
	if (like != NULL && p->style->verbose < 1) {
		term_printf(t, INK_DIM, "\xc2\xb7 the same suites in the same order as under %s",
		    like->name);
		return;
	}
	if (versions[v].order != F_NONE && fact_settled(p->f, versions[v].order))
		term_words(t, INK_DIM,
		    arena_printf(
			p->arena, "\xc2\xb7 %s", page_order(p, fact_str(p->f, versions[v].order))));
	if (note != NULL)
		term_words(t, INK_DIM, arena_printf(p->arena, "(%s)", note));
	lines(p, c, &versions[v]);
}

void
page_suites(struct page *p)
{
	struct columns c = lay_out(p);
	bool any = false;

	for (size_t v = 0; v < N_ELEMENTS(versions); v++) {
		if (left_out(p, &versions[v]))
			continue;
		if (!any)
			term_heading(&p->term, "Cipher suites");
		any = true;
		version(p, &c, v);
		term_end(&p->term);
	}
	if (any && fact_settled(p->f, F_CHACHA20_PREF)) {
		term_at(&p->term, 2);
		term_words(&p->term, INK_DIM, "ChaCha20 first when the client lists it first:");
		page_value(p, INK_PLAIN, p->f, F_CHACHA20_PREF);
		term_end(&p->term);
	}
}
