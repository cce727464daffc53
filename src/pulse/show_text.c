/* show_text - a population for people, on a terminal. */
#include <inttypes.h>

#include "base/text.h"
#include "pulse/show.h"
#include "report/ops.h"
#include "report/term.h"

enum { LABEL = 34, COUNT = 10, PERCENT = 7, BAR = 18, NARROW = 70 };

struct text {
	struct term term;
	struct arena *a;
	const struct tally *t;
	const struct show *o;
	unsigned label;               /* columns of labels */
	unsigned bar;                 /* of bars; 0: no room for them */
	unsigned no, unknown, change; /* where these columns end; 0: no room, or nothing to say */
};

static enum ink
ink_of(enum tone tone)
{
	static const enum ink inks[] = {[TONE_NONE] = INK_DIM,
	    [TONE_GOOD] = INK_GOOD,
	    [TONE_WARN] = INK_WARN,
	    [TONE_BAD] = INK_BAD};

	return inks[tone];
}

/* s in so many columns, with an ellipsis when it is longer. */
static const char *
fit(struct text *x, const char *s, unsigned columns)
{
	struct span in = span_str(s);
	size_t kept = 0, n;
	unsigned used = 0;
	uint32_t cp;

	if (term_columns(s) <= columns)
		return s;
	while ((n = text_next(in, &cp)) > 0) {
		unsigned wide = text_is_control(cp) ? 1 : text_columns(cp);

		if (used + wide > columns - 1)
			break;
		used += wide;
		kept += n;
		in.p += n;
		in.n -= n;
	}
	return arena_printf(x->a, "%.*s\xe2\x80\xa6", (int)kept, s);
}

/* A number that ends at a column. */
static void
right(struct text *x, enum ink ink, unsigned end, const char *s)
{
	unsigned n = term_columns(s);

	term_at(&x->term, end > n ? end - n : 0);
	term_token(&x->term, ink, s);
}

static void
bar(struct text *x, enum ink ink, uint64_t n, uint64_t of)
{
	char cells[BAR * 3 + 1];
	unsigned full = of > 0 ? (unsigned)((n * x->bar + of / 2) / of) : 0;

	if (x->bar == 0)
		return;
	full = full == 0 && n > 0 ? 1 : full;
	for (unsigned i = 0; i < x->bar; i++)
		memcpy(cells + i * 3, i < full ? "\xe2\x94\x81" : "\xe2\x94\x84", 3);
	cells[x->bar * 3] = '\0';
	if (full > 0)
		term_token(&x->term, ink, arena_strn(x->a, cells, full * 3));
	if (full > 0 && full < x->bar)
		term_glue(&x->term);
	if (full < x->bar)
		term_token(&x->term, INK_DIM, cells + full * 3);
}

static void
row(struct text *x, const char *label, enum ink ink, const struct series *s, const struct slice *v)
{
	const char *change = x->t->compared ? show_change(x->a, s, v) : "";
	unsigned at = x->label;

	term_at(&x->term, 2);
	term_token(&x->term, INK_PLAIN, fit(x, label, at - 3));
	right(x, INK_PLAIN, at + COUNT, show_number(x->a, v->n));
	right(x, INK_PLAIN, at + COUNT + PERCENT, show_percent(x->a, v->n, s->of));
	bar(x, ink, v->n, s->of);
	if (*change != '\0')
		right(x, INK_DIM, at + COUNT + PERCENT + (x->bar > 0 ? x->bar + 1 : 0) + 7, change);
}

/* Columns of what is answered by yes or no.  Where there is no room, no is what is left. */
static void
place_columns(struct text *x)
{
	unsigned at = x->label + COUNT + PERCENT + 9, width = x->term.width;

	if (width >= at + 9) {
		x->no = at;
		at += 9;
	}
	x->unknown = at;
	if (x->t->compared && width >= at + 8)
		x->change = at + 8;
}

static void
yes_no_head(struct text *x, const struct series *s)
{
	unsigned at = x->label;

	term_at(&x->term, 2);
	term_words(
	    &x->term, INK_DIM, arena_printf(x->a, "of %s %s", show_number(x->a, s->of), s->unit));
	right(x, INK_DIM, at + COUNT, "yes");
	if (x->no > 0)
		right(x, INK_DIM, x->no, "no");
	right(x, INK_DIM, x->unknown, "unknown");
	if (x->change > 0)
		right(x, INK_DIM, x->change, "change");
	term_end(&x->term);
}

/* One line: how many say yes, how many no, and of how many it cannot be told. */
static void
yes_no(struct text *x, const struct series *s)
{
	const struct slice *yes = &s->v[0], *no = &s->v[1], *unknown = &s->v[2];
	enum ink ink = yes->n > 0 && yes->tone != TONE_GOOD ? ink_of(yes->tone) : INK_PLAIN;
	unsigned at = x->label;

	term_at(&x->term, 2);
	term_token(&x->term, INK_PLAIN, fit(x, s->title, at - 3));
	right(x, ink, at + COUNT, show_number(x->a, yes->n));
	right(x, ink, at + COUNT + PERCENT, show_percent(x->a, yes->n, s->of));
	if (x->no > 0)
		right(x, INK_PLAIN, x->no, show_percent(x->a, no->n, s->of));
	right(x, INK_DIM, x->unknown, show_percent(x->a, unknown->n, s->of));
	if (x->change > 0)
		right(x, INK_DIM, x->change, show_change(x->a, s, yes));
	term_end(&x->term);
}

static void
classes(struct text *x, const struct series *s)
{
	term_blank(&x->term);
	term_at(&x->term, 2);
	term_words(&x->term, INK_BOLD, s->title);
	term_glue(&x->term);
	term_printf(&x->term, INK_DIM, ", of %s %s", show_number(x->a, s->of), s->unit);
	term_end(&x->term);
	for (size_t i = 0; i < s->n; i++) {
		const struct slice *v = &s->v[i];

		if (v->n == 0 && v->old == 0 && s->group != MEASURE_GRADE)
			continue;
		row(x, arena_printf(x->a, "  %s", v->name), ink_of(v->tone), s, v);
		term_end(&x->term);
	}
}

static size_t
n_in(const struct tally *t, int group)
{
	size_t n = 0;

	for (size_t i = 0; i < t->n_series; i++)
		n += t->series[i].group == group && t->series[i].of > 0;
	return n;
}

static void
group(struct text *x, int g)
{
	const struct tally *t = x->t;
	bool any = false;

	if (n_in(t, g) == 0)
		return;
	term_heading(&x->term, show_group_title(g));
	for (size_t i = 0; i < t->n_series; i++) {
		const struct series *s = &t->series[i];

		if (s->group != g || s->of == 0 || !s->yes_no)
			continue;
		if (!any)
			yes_no_head(x, s);
		any = true;
		yes_no(x, s);
	}
	for (size_t i = 0; i < t->n_series; i++)
		if (t->series[i].group == g && t->series[i].of > 0 && !t->series[i].yes_no)
			classes(x, &t->series[i]);
}

static void
head(struct text *x)
{
	const struct tally *t = x->t;
	struct term *w = &x->term;

	term_at(w, 2);
	term_printf(w, INK_BOLD, "TLS of %s", show_hosts(x->a, t->hosts));
	term_end(w);
	term_at(w, 2);
	term_words(w, INK_DIM, show_days(x->a, t->from, t->to));
	term_printf(w, INK_DIM,
	    "\xc2\xb7 %s endpoints \xc2\xb7 %s hosts assessed \xc2\xb7 %s certificates",
	    show_number(x->a, t->endpoints), show_number(x->a, t->assessed),
	    show_number(x->a, t->certificates));
	if (t->policy != NULL)
		term_printf(w, INK_DIM, "\xc2\xb7 policy %s", t->policy);
	term_end(w);
	if (t->bad_lines > 0) {
		term_at(w, 2);
		term_printf(w, INK_WARN, "%s lines were no reports and count for nothing.",
		    show_number(x->a, t->bad_lines));
		term_end(w);
	}
}

static void
compared(struct text *x)
{
	const struct tally *t = x->t;
	const struct moves *m = &t->moves;

	if (!t->compared)
		return;
	term_heading(&x->term, "Change");
	term_at(&x->term, 2);
	term_printf(&x->term, INK_PLAIN,
	    "Since %s, of the hosts in both scans, %s: grade better %s, worse %s, the same %s, "
	    "unknown %s. "
	    "Hosts that are new: %s; gone: %s.",
	    show_days(x->a, t->old_from, t->old_to), show_number(x->a, m->both),
	    show_number(x->a, m->better), show_number(x->a, m->worse), show_number(x->a, m->same),
	    show_number(x->a, m->unknown), show_number(x->a, m->added), show_number(x->a, m->gone));
	term_words(&x->term, INK_DIM, "Changes of shares below are in points of percent.");
	term_end(&x->term);
}

/* ---- lists ---- */

static void
more(struct text *x, size_t all, size_t shown, const char *what)
{
	if (all <= shown)
		return;
	term_at(&x->term, 2);
	term_printf(
	    &x->term, INK_DIM, "and %s more %s: see --top", show_number(x->a, all - shown), what);
	term_end(&x->term);
}

static void
gaps(struct text *x)
{
	const struct tally *t = x->t;
	size_t n;
	const struct gap *v = show_gaps(t, x->a, &n);

	if (n == 0)
		return;
	term_blank(&x->term);
	term_at(&x->term, 2);
	term_words(&x->term, INK_BOLD, "Trusted by one, not by another");
	term_end(&x->term);
	for (size_t i = 0; i < n && i < x->o->top; i++) {
		term_at(&x->term, 4);
		term_printf(&x->term, INK_PLAIN, "not by %s: %s (%s)", v[i].not_by,
		    show_hosts(x->a, v[i].hosts), show_percent(x->a, v[i].hosts, t->assessed));
		term_printf(&x->term, INK_DIM, "%s; trusted by %s; root %s", v[i].verdict, v[i].by,
		    v[i].subject != NULL ? v[i].subject : "unknown");
		term_end(&x->term);
	}
	more(x, n, x->o->top, "gaps");
}

static void
weak(struct text *x)
{
	const struct tally *t = x->t;

	if (t->n_weak == 0)
		return;
	term_heading(&x->term, "Trusted, unexpired keys below 1,024 bits");
	for (size_t i = 0; i < t->n_weak && i < x->o->top; i++) {
		const struct weak *k = &t->weak[i];

		term_at(&x->term, 2);
		term_token(
		    &x->term, INK_BAD, arena_printf(x->a, "%s %" PRId64, k->key_type, k->bits));
		term_token(
		    &x->term, INK_PLAIN, arena_printf(x->a, "%s:%" PRId64, k->host, k->port));
		term_printf(&x->term, INK_DIM, "issued %s, expires %s, by %s",
		    show_day(x->a, k->not_before), show_day(x->a, k->not_after), k->issuer);
		term_end(&x->term);
	}
	more(x, t->n_weak, x->o->top, "keys");
}

/* Where the columns of owners end, behind the label; those that do not fit are left out. */
enum { O_CERTS = COUNT, O_SHARE = COUNT + PERCENT, O_ALL = 26, O_DOMAINS = 35, O_HOSTS = 44 };

static void
column(struct text *x, enum ink ink, unsigned end, const char *s)
{
	if (x->label + end <= x->term.width)
		right(x, ink, x->label + end, s);
}

/* A row; of: the whole that its certificates are a part of, or 0. */
static void
owner_row(struct text *x, enum ink ink, const char *name, const struct share *s, uint64_t of)
{
	bool rest = s->domains == 0 && s->hosts == 0 && s->certificates > 0; /* several: not known */

	term_at(&x->term, 2);
	term_token(&x->term, ink, fit(x, name, x->label - 3));
	column(x, ink, O_CERTS, show_number(x->a, s->certificates));
	column(x, ink, O_SHARE, of > 0 ? show_percent(x->a, s->certificates, of) : "");
	column(x, ink, O_ALL, show_number(x->a, s->all_certificates));
	column(x, ink, O_DOMAINS, rest ? "" : show_number(x->a, s->domains));
	column(x, ink, O_HOSTS, rest ? "" : show_number(x->a, s->hosts));
	term_end(&x->term);
}

static void
concentration(struct text *x, const char *what, const struct concentration *c)
{
	if (c->of == 0)
		return;
	term_at(&x->term, 2);
	term_printf(&x->term, INK_PLAIN,
	    "By %s: the first has %s, the first 5 %s, the first 10 %s; Herfindahl index %s.", what,
	    show_percent(x->a, c->top1, c->of), show_percent(x->a, c->top5, c->of),
	    show_percent(x->a, c->top10, c->of), show_number(x->a, c->hhi));
	term_end(&x->term);
}

/* The owner without whose roots the most hosts had a chain that nobody trusts. */
static void
depending(struct text *x)
{
	const struct share *most = show_most_depending(x->t);

	if (most == NULL)
		return;
	term_at(&x->term, 2);
	term_printf(&x->term, INK_PLAIN,
	    "The most hosts hang on %s: %s of %s (%s) have a chain that no other owner's root "
	    "stands behind.",
	    most->owner, show_number(x->a, most->alone), show_number(x->a, x->t->total.hosts),
	    show_percent(x->a, most->alone, x->t->total.hosts));
	term_end(&x->term);
}

static void
owners(struct text *x)
{
	const struct tally *t = x->t;
	struct share rest;
	size_t n = show_owners(t, x->o, &rest);

	if (t->n_owners == 0)
		return;
	term_heading(&x->term, "Certification authorities, by owner");
	term_at(&x->term, 2);
	term_words(&x->term, INK_DIM, "trusted, unexpired");
	column(x, INK_DIM, O_CERTS, "certs");
	column(x, INK_DIM, O_ALL, "expired too");
	column(x, INK_DIM, O_DOMAINS, "domains");
	column(x, INK_DIM, O_HOSTS, "hosts");
	term_end(&x->term);
	for (size_t i = 0; i < n; i++)
		owner_row(x, INK_PLAIN, t->owners[i].owner, &t->owners[i], t->total.certificates);
	if (t->n_owners > n)
		owner_row(x, INK_DIM, arena_printf(x->a, "%zu others", t->n_owners - n), &rest,
		    t->total.certificates);
	owner_row(x, INK_BOLD, "all", &t->total, 0);
	term_blank(&x->term);
	concentration(x, "certificates", &t->by_certificates);
	concentration(x, "registered domains", &t->by_domains);
	concentration(x, "hosts", &t->by_hosts);
	depending(x);
}

static void
own(struct text *x)
{
	const struct tally *t = x->t;

	if (!t->own)
		return;
	term_heading(&x->term, "Your own hosts");
	term_at(&x->term, 2);
	term_printf(&x->term, INK_PLAIN,
	    "%s names are listed; %s hosts of the scan are among them, %s were assessed, %s have a "
	    "trusted "
	    "certificate.",
	    show_number(x->a, t->own_listed), show_number(x->a, t->own_found),
	    show_number(x->a, t->own_assessed), show_number(x->a, t->own_trusted));
	term_end(&x->term);
	for (size_t i = 0; i < t->n_owners; i++) {
		const struct share *s = &t->owners[i];

		if (s->own_hosts == 0)
			continue;
		term_at(&x->term, 2);
		term_token(&x->term, INK_PLAIN, fit(x, s->owner, x->label - 3));
		right(x, INK_PLAIN, x->label + COUNT, show_number(x->a, s->own_hosts));
		right(x, INK_PLAIN, x->label + COUNT + PERCENT,
		    show_percent(x->a, s->own_hosts, t->own_trusted));
		term_glue(&x->term);
		term_printf(&x->term, INK_DIM, "; %s on it alone", show_number(x->a, s->own_alone));
		term_end(&x->term);
	}
	for (size_t i = 0; i < t->n_own_missing && i < x->o->top; i++) {
		term_at(&x->term, 2);
		term_words(&x->term, INK_WARN, "not in the scan:");
		term_token(&x->term, INK_PLAIN, t->own_missing[i]);
		term_end(&x->term);
	}
	more(x, t->n_own_missing, x->o->top, "that are not in the scan");
}

bool
show_text(FILE *to, const struct tally *t, const struct show *o)
{
	struct text x = {.a = arena_new(SIZE_MAX / 2), .t = t, .o = o};
	bool good;

	term_init(&x.term, to, o->colour, o->width);
	x.label = x.term.width < NARROW ? 20 : LABEL;
	x.bar = x.term.width >= 80 ? BAR : 0;
	place_columns(&x);
	head(&x);
	compared(&x);
	for (size_t i = 0; i < TALLY__GROUPS; i++) {
		group(&x, show_group(i));
		if (show_group(i) == TALLY_TRUST)
			gaps(&x);
		if (show_group(i) == TALLY_LEAVES) {
			weak(&x);
			owners(&x);
			own(&x);
		}
	}
	good = term_done(&x.term);
	arena_free(x.a);
	return good;
}
