/*
 * show_csv - a population as tables (RFC 4180), one at a time.
 *
 *	shares		series,class,unit,count,of,share: whatever is a part of something, a row
 *			each; with a comparison old_count,old_of,old_share too
 *	owners		CA owners and what they have
 *	weak-keys	keys below 1,024 bits, one by one
 *	trust-gaps	what one store trusts and another one does not, by root
 *	own-missing	those of one's own hosts that are not in the scan
 */
#include <inttypes.h>

#include "base/text.h"
#include "pulse/show.h"
#include "report/escape.h"
#include "report/ops.h"

struct table {
	FILE *to;
	bool begun; /* the row has a cell */
};

static void
text(struct table *c, const char *s)
{
	if (c->begun)
		putc(',', c->to);
	c->begun = true;
	escape_csv(c->to, s);
}

static void
number(struct table *c, uint64_t n)
{
	if (c->begun)
		putc(',', c->to);
	c->begun = true;
	fprintf(c->to, "%" PRIu64, n);
}

static void
share(struct table *c, uint64_t n, uint64_t of)
{
	uint64_t v = tally_millionths(n, of);

	if (c->begun)
		putc(',', c->to);
	c->begun = true;
	if (of > 0)
		fprintf(c->to, "%" PRIu64 ".%06" PRIu64, v / 1000000, v % 1000000);
}

static void
row(struct table *c)
{
	fputs("\r\n", c->to);
	c->begun = false;
}

static void
head(struct table *c, const char *const *names)
{
	for (; *names != NULL; names++)
		text(c, *names);
}

static void
time_cell(struct table *c, int64_t t)
{
	struct arena *a = arena_new(1024);

	text(c, t != 0 ? text_time(a, t) : "");
	arena_free(a);
}

static void
share_row(struct table *c, const char *series, const char *class, const char *unit, uint64_t n,
    uint64_t of)
{
	text(c, series);
	text(c, class);
	text(c, unit);
	number(c, n);
	number(c, of);
	share(c, n, of);
}

/* What the greatest owners have; the Herfindahl index is of 10,000. */
static void
concentration_rows(struct table *c, const struct tally *t, const char *series, const char *unit,
    const struct concentration *v)
{
	static const char *const classes[] = {"top_1", "top_5", "top_10", "herfindahl"};
	const uint64_t n[] = {v->top1, v->top5, v->top10, v->hhi};

	for (size_t i = 0; i < N_ELEMENTS(classes); i++) {
		share_row(
		    c, series, classes[i], i < 3 ? unit : "index", n[i], i < 3 ? v->of : 10000);
		if (t->compared)
			fputs(",,,", c->to);
		row(c);
	}
}

static void
shares(struct table *c, const struct tally *t, const struct show *o)
{
	static const char *const names[] = {
	    "series", "class", "unit", "count", "of", "share", NULL};
	static const char *const more[] = {"old_count", "old_of", "old_share", NULL};

	(void)o;
	head(c, names);
	if (t->compared)
		head(c, more);
	row(c);
	for (size_t i = 0; i < t->n_series; i++) {
		const struct series *s = &t->series[i];

		for (size_t k = 0; k < s->n; k++) {
			share_row(c, s->id, s->v[k].name, s->unit, s->v[k].n, s->of);
			if (t->compared) {
				number(c, s->v[k].old);
				number(c, s->old_of);
				share(c, s->v[k].old, s->old_of);
			}
			row(c);
		}
	}
	concentration_rows(c, t, "owners_by_certificates", "certificates", &t->by_certificates);
	concentration_rows(c, t, "owners_by_domains", "domains", &t->by_domains);
	concentration_rows(c, t, "owners_by_hosts", "hosts", &t->by_hosts);
}

static void
owner_row(struct table *c, const struct tally *t, const struct share *s)
{
	text(c, s->owner);
	number(c, s->certificates);
	number(c, t->total.certificates);
	share(c, s->certificates, t->total.certificates);
	number(c, s->all_certificates);
	number(c, s->names);
	number(c, s->all_names);
	number(c, s->domains);
	number(c, t->total.domains);
	share(c, s->domains, t->total.domains);
	number(c, s->all_domains);
	number(c, s->hosts);
	number(c, t->total.hosts);
	share(c, s->hosts, t->total.hosts);
	number(c, s->alone);
	if (t->own) {
		number(c, s->own_hosts);
		number(c, s->own_alone);
		number(c, t->own_trusted);
	}
	if (t->compared) {
		number(c, s->old_certificates);
		number(c, t->total.old_certificates);
	}
	row(c);
}

static void
owners(struct table *c, const struct tally *t, const struct show *o)
{
	static const char *const names[] = {"owner", "certificates", "certificates_of",
	    "certificates_share", "all_certificates", "names", "all_names", "domains", "domains_of",
	    "domains_share", "all_domains", "hosts", "hosts_of", "hosts_share", "hosts_depending",
	    NULL};
	static const char *const own[] = {"own_hosts", "own_hosts_depending", "own_hosts_of", NULL};
	static const char *const old[] = {"old_certificates", "old_certificates_of", NULL};

	head(c, names);
	if (t->own)
		head(c, own);
	if (t->compared)
		head(c, old);
	row(c);
	for (size_t i = 0; i < t->n_owners && i < o->top; i++)
		owner_row(c, t, &t->owners[i]);
}

static void
weak_keys(struct table *c, const struct tally *t, const struct show *o)
{
	static const char *const names[] = {
	    "host", "port", "issued", "expires", "key_type", "bits", "subject", "issuer", NULL};

	head(c, names);
	row(c);
	for (size_t i = 0; i < t->n_weak && i < o->top; i++) {
		const struct weak *k = &t->weak[i];

		text(c, k->host);
		number(c, (uint64_t)k->port);
		time_cell(c, k->not_before);
		time_cell(c, k->not_after);
		text(c, k->key_type);
		number(c, (uint64_t)k->bits);
		text(c, k->subject);
		text(c, k->issuer);
		row(c);
	}
}

static void
trust_gaps(struct table *c, const struct tally *t, const struct show *o)
{
	static const char *const names[] = {
	    "trusted_by", "not_by", "verdict", "root", "owner", "hosts", "of", NULL};

	head(c, names);
	row(c);
	for (size_t i = 0; i < t->n_gaps && i < o->top; i++) {
		const struct gap *g = &t->gaps[i];

		text(c, g->by);
		text(c, g->not_by);
		text(c, g->verdict);
		text(c, g->subject);
		text(c, g->owner);
		number(c, g->hosts);
		number(c, t->assessed);
		row(c);
	}
}

static void
own_missing_hosts(struct table *c, const struct tally *t, const struct show *o)
{
	text(c, "name");
	row(c);
	for (size_t i = 0; i < t->n_own_missing && i < o->top; i++) {
		text(c, t->own_missing[i]);
		row(c);
	}
}

static const struct {
	const char *name;
	void (*write)(struct table *c, const struct tally *t, const struct show *o);
} tables[] = {{"shares", shares}, {"owners", owners}, {"weak-keys", weak_keys},
    {"trust-gaps", trust_gaps}, {"own-missing", own_missing_hosts}};

bool
show_is_table(const char *name)
{
	for (size_t i = 0; i < N_ELEMENTS(tables); i++)
		if (strcmp(tables[i].name, name) == 0)
			return true;
	return false;
}

bool
show_csv(FILE *to, const struct tally *t, const struct show *o)
{
	struct table c = {.to = to};

	for (size_t i = 0; i < N_ELEMENTS(tables); i++)
		if (strcmp(tables[i].name, o->table) == 0)
			tables[i].write(&c, t, o);
	return ops_written(to);
}
