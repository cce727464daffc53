/* show_json - a population as one JSON object; its schema is data/schema/tlsaudit-pulse-1.json. */
#include "config.h"

#include "base/text.h"
#include "pulse/show.h"
#include "report/jsonw.h"

static void
number(struct jsonw *w, const char *key, uint64_t n)
{
	jsonw_key(w, key);
	jsonw_int(w, (int64_t)n);
}

/* A part of a whole; null when there is no whole. */
static void
share(struct jsonw *w, const char *key, uint64_t n, uint64_t of)
{
	jsonw_key(w, key);
	if (of > 0)
		jsonw_millionths(w, (uint32_t)tally_millionths(n, of));
	else
		jsonw_null(w);
}

static void
instant(struct jsonw *w, struct arena *a, const char *key, int64_t t)
{
	jsonw_pair(w, key, t != 0 ? text_time(a, t) : NULL);
}

static void
write_population(struct jsonw *w, const struct tally *t, struct arena *a)
{
	jsonw_key(w, "population");
	jsonw_open(w, '{');
	number(w, "records", t->records);
	number(w, "bad_lines", t->bad_lines);
	number(w, "endpoints", t->endpoints);
	number(w, "hosts", t->hosts);
	number(w, "hosts_assessed", t->assessed);
	number(w, "certificates", t->certificates);
	instant(w, a, "from", t->from);
	instant(w, a, "to", t->to);
	jsonw_pair(w, "policy", t->policy);
	jsonw_close(w);
}

static void
write_series(struct jsonw *w, const struct tally *t, const struct series *s)
{
	jsonw_open(w, '{');
	jsonw_pair(w, "id", s->id);
	jsonw_pair(w, "title", s->title);
	jsonw_pair(w, "unit", s->unit);
	number(w, "of", s->of);
	if (t->compared)
		number(w, "old_of", s->old_of);
	jsonw_key(w, "classes");
	jsonw_open(w, '[');
	for (size_t i = 0; i < s->n; i++) {
		jsonw_open(w, '{');
		jsonw_pair(w, "class", s->v[i].name);
		number(w, "count", s->v[i].n);
		share(w, "share", s->v[i].n, s->of);
		if (t->compared) {
			number(w, "old_count", s->v[i].old);
			share(w, "old_share", s->v[i].old, s->old_of);
		}
		jsonw_close(w);
	}
	jsonw_close(w);
	jsonw_close(w);
}

static void
write_gaps(struct jsonw *w, const struct tally *t, size_t top)
{
	jsonw_key(w, "trust_gaps");
	jsonw_open(w, '[');
	for (size_t i = 0; i < t->n_gaps && i < top; i++) {
		const struct gap *g = &t->gaps[i];

		jsonw_open(w, '{');
		jsonw_pair(w, "trusted_by", g->by);
		jsonw_pair(w, "not_by", g->not_by);
		jsonw_pair(w, "verdict", g->verdict);
		jsonw_pair(w, "root", g->subject);
		jsonw_pair(w, "owner", g->owner);
		number(w, "hosts", g->hosts);
		number(w, "of", t->assessed);
		jsonw_close(w);
	}
	jsonw_close(w);
}

static void
write_weak(struct jsonw *w, const struct tally *t, struct arena *a, size_t top)
{
	jsonw_key(w, "weak_keys");
	jsonw_open(w, '[');
	for (size_t i = 0; i < t->n_weak && i < top; i++) {
		const struct weak *k = &t->weak[i];

		jsonw_open(w, '{');
		jsonw_pair(w, "host", k->host);
		number(w, "port", (uint64_t)k->port);
		instant(w, a, "issued", k->not_before);
		instant(w, a, "expires", k->not_after);
		jsonw_pair(w, "key_type", k->key_type);
		number(w, "bits", (uint64_t)k->bits);
		jsonw_pair(w, "subject", k->subject);
		jsonw_pair(w, "issuer", k->issuer);
		jsonw_close(w);
	}
	jsonw_close(w);
}

static void
write_share(struct jsonw *w, const struct tally *t, const struct share *s)
{
	number(w, "certificates", s->certificates);
	share(w, "certificates_share", s->certificates, t->total.certificates);
	number(w, "all_certificates", s->all_certificates);
	number(w, "names", s->names);
	number(w, "all_names", s->all_names);
	number(w, "domains", s->domains);
	share(w, "domains_share", s->domains, t->total.domains);
	number(w, "all_domains", s->all_domains);
	number(w, "hosts", s->hosts);
	share(w, "hosts_share", s->hosts, t->total.hosts);
	if (t->compared) {
		number(w, "old_certificates", s->old_certificates);
		number(w, "old_hosts", s->old_hosts);
	}
}

static void
write_concentration(struct jsonw *w, const char *key, const struct concentration *c)
{
	jsonw_key(w, key);
	jsonw_open(w, '{');
	number(w, "of", c->of);
	share(w, "top_1", c->top1, c->of);
	share(w, "top_5", c->top5, c->of);
	share(w, "top_10", c->top10, c->of);
	number(w, "herfindahl", c->hhi);
	jsonw_close(w);
}

static void
write_owners(struct jsonw *w, const struct tally *t, size_t top)
{
	jsonw_key(w, "certificate_authorities");
	jsonw_open(w, '{');
	number(w, "owners_count", t->n_owners);
	jsonw_key(w, "total");
	jsonw_open(w, '{');
	write_share(w, t, &t->total);
	jsonw_close(w);
	jsonw_key(w, "owners");
	jsonw_open(w, '[');
	for (size_t i = 0; i < t->n_owners && i < top; i++) {
		jsonw_open(w, '{');
		jsonw_pair(w, "owner", t->owners[i].owner);
		write_share(w, t, &t->owners[i]);
		number(w, "hosts_depending", t->owners[i].alone);
		jsonw_close(w);
	}
	jsonw_close(w);
	jsonw_key(w, "concentration");
	jsonw_open(w, '{');
	write_concentration(w, "certificates", &t->by_certificates);
	write_concentration(w, "domains", &t->by_domains);
	write_concentration(w, "hosts", &t->by_hosts);
	jsonw_close(w);
	jsonw_close(w);
}

static void
write_own(struct jsonw *w, const struct tally *t, size_t top)
{
	if (!t->own)
		return;
	jsonw_key(w, "own_hosts");
	jsonw_open(w, '{');
	number(w, "listed", t->own_listed);
	number(w, "hosts", t->own_found);
	number(w, "assessed", t->own_assessed);
	number(w, "trusted", t->own_trusted);
	jsonw_key(w, "owners");
	jsonw_open(w, '[');
	for (size_t i = 0; i < t->n_owners; i++) {
		const struct share *s = &t->owners[i];

		if (s->own_hosts == 0)
			continue;
		jsonw_open(w, '{');
		jsonw_pair(w, "owner", s->owner);
		number(w, "hosts", s->own_hosts);
		share(w, "hosts_share", s->own_hosts, t->own_trusted);
		number(w, "hosts_depending", s->own_alone);
		share(w, "depending_share", s->own_alone, t->own_trusted);
		jsonw_close(w);
	}
	jsonw_close(w);
	jsonw_key(w, "not_in_scan");
	jsonw_open(w, '[');
	for (size_t i = 0; i < t->n_own_missing && i < top; i++)
		jsonw_str(w, t->own_missing[i]);
	jsonw_close(w);
	jsonw_close(w);
}

static void
write_compare(struct jsonw *w, const struct tally *t, struct arena *a)
{
	if (!t->compared)
		return;
	jsonw_key(w, "compared_with");
	jsonw_open(w, '{');
	instant(w, a, "from", t->old_from);
	instant(w, a, "to", t->old_to);
	number(w, "hosts", t->old_hosts);
	number(w, "hosts_assessed", t->old_assessed);
	number(w, "hosts_in_both", t->moves.both);
	number(w, "better", t->moves.better);
	number(w, "worse", t->moves.worse);
	number(w, "same", t->moves.same);
	number(w, "unknown", t->moves.unknown);
	number(w, "new", t->moves.added);
	number(w, "gone", t->moves.gone);
	jsonw_close(w);
}

bool
show_json(FILE *to, const struct tally *t, const struct show *o)
{
	struct arena *a = arena_new(SIZE_MAX / 2);
	struct jsonw w;

	jsonw_init(&w, to, true);
	jsonw_open(&w, '{');
	jsonw_pair(&w, "schema_version", "1.0");
	jsonw_key(&w, "tool");
	jsonw_open(&w, '{');
	jsonw_pair(&w, "name", "tlsaudit-pulse");
	jsonw_pair(&w, "version", PACKAGE_VERSION);
	jsonw_close(&w);
	write_population(&w, t, a);
	write_compare(&w, t, a);
	jsonw_key(&w, "series");
	jsonw_open(&w, '[');
	for (size_t i = 0; i < t->n_series; i++)
		write_series(&w, t, &t->series[i]);
	jsonw_close(&w);
	write_gaps(&w, t, o->top);
	write_weak(&w, t, a, o->top);
	write_owners(&w, t, o->top);
	write_own(&w, t, o->top);
	jsonw_close(&w);
	arena_free(a);
	return jsonw_end(&w);
}
