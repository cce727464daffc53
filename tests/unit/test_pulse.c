/*
 * test_pulse - the numbers of a population, counted by hand, and every format of them.
 *
 * tests/golden/pulse/scan.jsonl is this population.  Alpha has the roots aa and bb, Beta cc, Gamma
 * dd:
 *
 *	a.example.com		v4 A+, v6 B: TLS 1.0 there, TLS 1.3 unknown	certificate 1, Alpha
 *	b.example.com		F, SSL 2, certificate 9; later A: that counts	certificate 1
 *	c.example.co.uk		A-, incomplete; no CAA, no HSTS			2 EC, Alpha; 3 Beta,
 *	not by Java d.example.net		T, expired					4,
 *	Beta e.example.org		T, self-signed, SHA-1, RC4; TLS 1.0 unknown	5, nobody's
 *	f.example.org		refused
 *	g.example.com		A, v6 times out; MD5, a key of 768 bits		6, Gamma
 *	192.0.2.8		M, another name					1
 *	a.example.com:8443	partial, nothing known
 *
 * and two lines that are no records.  before.jsonl has a, b, c with grades B, A+, B, and z.
 */
#include "config.h"

#include "pulse/tally.h"

#include <stdio.h>
#include <unistd.h>

#include "adapt/psl.h"
#include "base/text.h"
#include "pulse/owner.h"
#include "pulse/population.h"
#include "pulse/show.h"

#include "unit.h"

#define SCAN SRCDIR "/tests/golden/pulse/scan.jsonl"
#define BEFORE SRCDIR "/tests/golden/pulse/before.jsonl"

enum { GOLDEN_MAX = 1 << 20 };

static struct arena *arena;

static void
set_up(void)
{
	arena = arena_new((size_t)1 << 28);
}

static void
tear_down(void)
{
	arena_free(arena);
}

static void
quiet(const char *text)
{
	(void)text;
}

static bool
owner_of(void *arg, const uint8_t *sha256, struct span *owner, struct span *subject)
{
	(void)arg;
	if (sha256 == NULL) {
		*owner = span_str("Alpha");
		return span_eq(*subject, span_str("CN=Alpha Root,O=Alpha"));
	}
	if (sha256[0] == 0xdd) /* not in the tables: by the subject of the path */
		return false;
	*owner = span_str(sha256[0] == 0xcc ? "Beta" : "Alpha");
	*subject = span_str(sha256[0] == 0xcc   ? "CN=Beta Root,O=Beta"
			    : sha256[0] == 0xbb ? "CN=Bought Root,O=Bravo"
						: "CN=Alpha Root,O=Alpha");
	return true;
}

static struct population
population(const char *file, const char *path)
{
	struct population p = {.complain = quiet, .owner_of = owner_of};
	char err[512];

	ck_assert_msg(
	    population_open(&p, file != NULL ? &file : NULL, file != NULL, path, err, sizeof(err)),
	    "%s", err);
	return p;
}

static void
end(struct population *p, bool keep)
{
	char err[512];

	ck_assert_msg(population_close(p, keep, err, sizeof(err)), "%s", err);
}

static struct tally *
tally(struct population *p, const char *own)
{
	char err[512];
	struct tally *t = tally_new(p->db, span_str(own), err, sizeof(err));

	ck_assert_msg(t != NULL, "%s", err);
	return t;
}

/* How many are in a class. */
static uint64_t
n(const struct tally *t, const char *series, const char *class)
{
	const struct slice *v = show_slice(show_series(t, series), class);

	ck_assert_msg(v != NULL, "%s has no %s", series, class);
	return v->n;
}

static const struct share *
owner(const struct tally *t, const char *name)
{
	for (size_t i = 0; i < t->n_owners; i++)
		if (strcmp(t->owners[i].owner, name) == 0)
			return &t->owners[i];
	ck_abort_msg("no owner %s", name);
	return NULL;
}

START_TEST(counts_by_hand)
{
	struct population p = population(SCAN, NULL);
	struct tally *t = tally(&p, NULL);

	ck_assert_uint_eq(t->records, 12);
	ck_assert_uint_eq(t->bad_lines, 2);
	ck_assert_uint_eq(t->endpoints, 11); /* b's two records are one endpoint */
	ck_assert_uint_eq(t->hosts, 9);
	ck_assert_uint_eq(t->assessed, 8);     /* all but f */
	ck_assert_uint_eq(t->certificates, 6); /* 9 is gone with b's first record */
	ck_assert_str_eq(text_time(arena, t->from), "2026-11-01T00:00:00Z");
	ck_assert_str_eq(text_time(arena, t->to), "2026-11-02T10:00:00Z");
	ck_assert_str_eq(t->policy, "ssllabs-2009r");

	static const struct {
		const char *series, *class;
		uint64_t n;
	} rows[] = {{"grade", "A+", 0}, {"grade", "A", 2}, {"grade", "A-", 1}, {"grade", "B", 1},
	    {"grade", "F", 0}, {"grade", "T", 2}, {"grade", "M", 1}, {"grade", "unknown", 1},
	    /* a: yes and unknown; 8443: unknown; d: no */
	    {"tls1_3", "yes", 5}, {"tls1_3", "no", 1}, {"tls1_3", "unknown", 2},
	    /* a: no and yes; e and 8443: unknown */
	    {"tls1_0", "yes", 1}, {"tls1_0", "no", 5}, {"tls1_0", "unknown", 2}, {"ssl2", "yes", 0},
	    {"ssl2", "no", 7}, {"ssl2", "unknown", 1}, {"forward_secrecy", "all", 6},
	    {"forward_secrecy", "modern", 1}, {"beast", "possible", 1}, {"beast", "none", 6},
	    {"rc4", "offered", 1}, {"post_quantum", "preferred", 1}, {"post_quantum", "none", 1},
	    {"post_quantum", "unknown", 6},
	    /* c has an EC key and an RSA key: the weaker one */
	    {"key", "RSA 2048", 6}, {"key", "EC 256", 0}, {"key", "RSA below 1024", 1},
	    {"key", "unknown", 1}, {"signature", "MD5", 1}, {"signature", "SHA-1", 1},
	    {"signature", "SHA-256", 5}, {"trusted", "yes", 4}, {"trusted", "no", 3},
	    {"trusted", "unknown", 1}, {"expired", "yes", 1}, {"self_signed", "yes", 1},
	    {"incomplete", "yes", 1}, {"name_matches", "no", 1},
	    /* a: yes and no */
	    {"ocsp_staple", "yes", 0}, {"ocsp_staple", "no", 2}, {"ocsp_staple", "unknown", 6},
	    {"hsts", "present", 1}, {"hsts", "absent", 1}, {"hsts", "unknown", 6},
	    {"caa", "yes", 1}, {"caa", "no", 1}, {"caa", "unknown", 6}, {"heartbleed", "no", 0},
	    {"heartbleed", "unknown", 8}, {"status", "ok", 7}, {"status", "partial", 1},
	    {"status", "refused", 1}, {"status", "timeout", 0},
	    /* not d, e, 192.0.2.8; of 8443 nobody knows.  c's second chain: not by Java */
	    {"trusted_by_mozilla", "yes", 4}, {"trusted_by_mozilla", "no", 3},
	    {"trusted_by_mozilla", "unknown", 1}, {"trusted_by_java", "yes", 3},
	    {"trusted_by_java", "no", 4}, {"certificate_state", "trusted", 4},
	    {"certificate_state", "expired", 1}, {"certificate_state", "self-signed", 1},
	    {"certificate_state", "not trusted", 0}, {"certificate_key", "EC 256", 1},
	    {"certificate_key", "RSA 2048", 2}, {"certificate_key", "RSA below 1024", 1},
	    {"certificate_signature", "SHA-256", 4},
	    {"certificate_signature", "SHA-1", 0}, /* self-signed: not trusted */
	    {"certificate_lifetime", "48 to 100 days", 3},
	    {"certificate_lifetime", "201 to 398 days", 1}, {"certificate_validation", "DV", 3},
	    {"certificate_validation", "OV", 1}};
	for (size_t i = 0; i < N_ELEMENTS(rows); i++)
		ck_assert_msg(n(t, rows[i].series, rows[i].class) == rows[i].n, "%s %s: %llu",
		    rows[i].series, rows[i].class,
		    (unsigned long long)n(t, rows[i].series, rows[i].class));
	for (size_t i = 0; i < t->n_series; i++) {
		const struct series *s = &t->series[i];
		uint64_t sum = 0;

		for (size_t k = 0; k < s->n; k++)
			sum += s->v[k].n;
		ck_assert_uint_eq(sum, s->of);
		if (s->group < MEASURE__GROUPS || s->group == TALLY_TRUST)
			ck_assert_uint_eq(s->of, t->assessed);
	}
	tally_free(t);
	end(&p, false);
}
END_TEST

START_TEST(counts_owners)
{
	struct population p = population(SCAN, NULL);
	struct tally *t = tally(&p, NULL);
	const struct share *alpha = owner(t, "Alpha"), *beta = owner(t, "Beta");
	const struct share *gamma = owner(t, "Gamma, Inc.");

	ck_assert_uint_eq(t->n_owners, 3); /* Alpha's two roots are one owner's */
	ck_assert_ptr_eq(alpha, &t->owners[0]);
	/* Certificates 1 and 2; 3, and 4 which has expired; 6. */
	ck_assert_uint_eq(alpha->certificates, 2);
	ck_assert_uint_eq(alpha->all_certificates, 2);
	ck_assert_uint_eq(beta->certificates, 1);
	ck_assert_uint_eq(beta->all_certificates, 2);
	ck_assert_uint_eq(gamma->certificates, 1);
	ck_assert_uint_eq(t->total.certificates, 4);
	ck_assert_uint_eq(t->total.all_certificates, 5);
	/* a, www; c.example.co.uk.  Addresses are no names.  */
	ck_assert_uint_eq(alpha->names, 3);
	ck_assert_uint_eq(alpha->domains, 2);
	ck_assert_uint_eq(beta->names, 2);
	ck_assert_uint_eq(beta->all_names, 3);
	ck_assert_uint_eq(beta->domains, 1);
	ck_assert_uint_eq(beta->all_domains, 2);
	ck_assert_uint_eq(gamma->names, 1); /* the same one twice */
	/* a, www, c, *.c, g; d has expired.  example.com, example.co.uk; example.net has. */
	ck_assert_uint_eq(t->total.names, 5);
	ck_assert_uint_eq(t->total.all_names, 6);
	ck_assert_uint_eq(t->total.domains, 2);
	ck_assert_uint_eq(t->total.all_domains, 3);
	/* a, b, c, 192.0.2.8 (for another name, but trusted); c; g. */
	ck_assert_uint_eq(alpha->hosts, 4);
	ck_assert_uint_eq(alpha->alone, 4);
	ck_assert_uint_eq(beta->hosts, 1);
	ck_assert_uint_eq(gamma->hosts, 1);
	ck_assert_uint_eq(t->total.hosts, 5);
	/* 2, 1, 1 of 4: 50^2 + 25^2 + 25^2. */
	ck_assert_uint_eq(t->by_certificates.of, 4);
	ck_assert_uint_eq(t->by_certificates.top1, 2);
	ck_assert_uint_eq(t->by_certificates.top5, 4);
	ck_assert_uint_eq(t->by_certificates.hhi, 3750);
	/* 4, 1, 1 of 6: 66.7^2 + 16.7^2 + 16.7^2. */
	ck_assert_uint_eq(t->by_hosts.of, 6);
	ck_assert_uint_eq(t->by_hosts.hhi, 5000);
	ck_assert_uint_eq(t->by_domains.of, 4);

	ck_assert_uint_eq(t->n_weak, 1);
	ck_assert_str_eq(t->weak[0].host, "g.example.com");
	ck_assert_int_eq(t->weak[0].bits, 768);
	ck_assert_str_eq(text_time(arena, t->weak[0].not_before), "2026-10-05T12:00:00Z");

	/* Five stores trust c's second chain, Java does not. */
	ck_assert_uint_eq(t->n_gaps, 5);
	for (size_t i = 0; i < t->n_gaps; i++) {
		ck_assert_str_eq(t->gaps[i].not_by, "Java");
		ck_assert_str_eq(t->gaps[i].owner, "Beta");
		ck_assert_str_eq(t->gaps[i].subject, "CN=Beta Root,O=Beta");
		ck_assert_uint_eq(t->gaps[i].hosts, 1);
	}
	tally_free(t);
	end(&p, false);
}
END_TEST

/* An intermediate is missing: the root is known by the name of its issuer, or not even by that. */
START_TEST(owners_of_what_is_incomplete)
{
	static const char *const issuers[] = {
	    "\"CN=Alpha Root,O=Alpha\"", "\"CN=x,O=Delta\"", "null"};
	static const char *const want[] = {"Alpha", "Delta", "unknown"};
	struct db *db = db_new(NULL, owner_of, NULL, (char[99]){0}, 99);
	static struct taken t;
	struct population p = {.db = db};
	struct tally *tally_of;
	char err[512];

	for (size_t i = 0; i < N_ELEMENTS(issuers); i++) {
		const char *line = arena_printf(arena,
		    "{\"schema_version\":\"1.0\",\"target\":{\"host\":\"h%zu\",\"port\":443},"
		    "\"time\":"
		    "\"2026-11-01T00:00:00Z\",\"status\":\"ok\",\"facts\":{\"certificates\":[{"
		    "\"sha256\":"
		    "\"%016zx%048d\",\"not_after\":\"2027-01-01T00:00:00Z\"}],\"deployments\":[{"
		    "\"id\":0,"
		    "\"chain\":[0]}],\"trust\":[{\"deployment\":0,\"store\":\"mozilla\","
		    "\"verdict\":"
		    "\"incomplete\",\"path\":null,\"root_sha256\":null,\"missing_issuer\":%s}]}}",
		    i, i + 1, 0, issuers[i]);

		ck_assert_msg(take_record(span_str(line), arena, &t, err, sizeof(err)), "%s", err);
		db_add(db, &t);
	}
	ck_assert(db_finish(db, err, sizeof(err)));
	tally_of = tally(&p, NULL);
	ck_assert_uint_eq(tally_of->n_owners, 3);
	ck_assert_uint_eq(tally_of->total.certificates, 3);
	for (size_t i = 0; i < N_ELEMENTS(want); i++) {
		ck_assert_uint_eq(owner(tally_of, want[i])->certificates, 1);
		ck_assert_uint_eq(owner(tally_of, want[i])->alone, i < 2);
	}
	tally_free(tally_of);
	end(&p, false);
}
END_TEST

START_TEST(counts_own_hosts)
{
	static const char list[] =
	    "# mine\n a.example.com "
	    "\r\nC.example.co.uk\n\n.example.org\nnot.example\na.example.com\n";
	struct population p = population(SCAN, NULL);
	struct tally *t = tally(&p, list);

	ck_assert_uint_eq(t->own_listed, 4);
	ck_assert_uint_eq(t->own_found, 5);    /* a, a:8443, c, e, f */
	ck_assert_uint_eq(t->own_assessed, 4); /* not f */
	ck_assert_uint_eq(t->own_trusted, 2);  /* a, c */
	ck_assert_uint_eq(t->n_own_missing, 1);
	ck_assert_str_eq(t->own_missing[0], "not.example");
	ck_assert_uint_eq(owner(t, "Alpha")->own_hosts, 2);
	ck_assert_uint_eq(owner(t, "Alpha")->own_alone, 2);
	ck_assert_uint_eq(owner(t, "Beta")->own_hosts, 1);
	ck_assert_uint_eq(owner(t, "Gamma, Inc.")->own_hosts, 0);
	tally_free(t);
	end(&p, false);
}
END_TEST

static struct tally *
compared(struct population *now, struct population *before, const char *own)
{
	struct tally *t, *old;
	char err[512];

	*now = population(SCAN, NULL);
	*before = population(BEFORE, NULL);
	t = tally(now, own);
	old = tally(before, NULL);
	ck_assert_msg(tally_compare(t, now->db, old, before->db, err, sizeof(err)), "%s", err);
	tally_free(old);
	return t;
}

START_TEST(compares)
{
	struct population now, before;
	struct tally *t = compared(&now, &before, NULL);
	const struct series *s = show_series(t, "tls1_0");

	ck_assert_uint_eq(t->moves.both, 3);
	ck_assert_uint_eq(t->moves.same, 1);   /* a: B */
	ck_assert_uint_eq(t->moves.worse, 1);  /* b: A+ to A */
	ck_assert_uint_eq(t->moves.better, 1); /* c: B to A- */
	ck_assert_uint_eq(t->moves.added, 6);
	ck_assert_uint_eq(t->moves.gone, 1); /* z */
	ck_assert_uint_eq(s->old_of, 4);
	ck_assert_uint_eq(show_slice(s, "yes")->old, 2);
	ck_assert_str_eq(show_change(arena, s, show_slice(s, "yes")), "\xe2\x88\x92"
								      "37.5");
	ck_assert_uint_eq(owner(t, "Alpha")->old_certificates, 2);
	ck_assert_uint_eq(owner(t, "Beta")->old_certificates, 1);
	ck_assert_uint_eq(t->total.old_hosts, 4);
	tally_free(t);
	end(&now, false);
	end(&before, false);
}
END_TEST

/* ---- formats ---- */

typedef bool show_fn(FILE *to, const struct tally *t, const struct show *o);

static char *
shown(show_fn *show, const struct tally *t, const struct show *o)
{
	char *buf = NULL, *copy;
	size_t len = 0;
	FILE *f = open_memstream(&buf, &len);

	ck_assert_ptr_nonnull(f);
	ck_assert(show(f, t, o));
	fclose(f);
	ck_assert_uint_eq(strlen(buf), len);
	copy = arena_strn(arena, buf, len);
	free(buf);
	return copy;
}

static void
golden(const char *name, const char *got)
{
	const char *path = arena_printf(arena, "%s/tests/golden/pulse/%s", SRCDIR, name);
	FILE *f = fopen(path, getenv("UPDATE_GOLDEN") != NULL ? "w" : "r");
	char *want = arena_alloc(arena, GOLDEN_MAX);
	size_t same;

	ck_assert_msg(f != NULL, "%s cannot be opened", path);
	if (getenv("UPDATE_GOLDEN") != NULL)
		ck_assert_int_ge(fputs(got, f), 0);
	else
		want[fread(want, 1, GOLDEN_MAX - 1, f)] = '\0';
	ck_assert_int_eq(fclose(f), 0);
	if (getenv("UPDATE_GOLDEN") != NULL)
		return;
	for (same = 0; want[same] != '\0' && want[same] == got[same]; same++)
		continue;
	ck_assert_msg(want[same] == got[same],
	    "%s differs at byte %zu (make update-golden, then read the diff): \"%.200s\"", path,
	    same, got + (same < 40 ? 0 : same - 40));
}

/* The head has the style sheet and its hash: these are not what is looked at. */
static char *
without_head(char *page)
{
	char *main = strstr(page, "<main");

	ck_assert_ptr_nonnull(main);
	return main;
}

START_TEST(formats)
{
	static const char *const tables[] = {
	    "shares", "owners", "weak-keys", "trust-gaps", "own-missing"};
	struct population now, before;
	struct tally *t = compared(&now, &before, "a.example.com\n.example.org\n<b>\"&\n");
	struct tally *plain = tally(&now, NULL);
	struct show o = {.top = 10, .table = "shares"};

	golden("plain.txt", shown(show_text, plain, &o));
	golden("compared.txt", shown(show_text, t, &o));
	o.width = 50;
	o.top = 1;
	golden("narrow.txt", shown(show_text, t, &o));
	o.top = 10;
	golden("compared.html", without_head(shown(show_html, t, &o)));
	golden("plain.json", shown(show_json, plain, &o));
	golden("compared.json", shown(show_json, t, &o));
	for (size_t i = 0; i < N_ELEMENTS(tables); i++) {
		ck_assert(show_is_table(tables[i]));
		o.table = tables[i];
		golden(arena_printf(arena, "compared-%s.csv", tables[i]), shown(show_csv, t, &o));
	}
	ck_assert(!show_is_table("others"));
	tally_free(t);
	tally_free(plain);
	end(&now, false);
	end(&before, false);
}
END_TEST

/* Nothing at all is a population too: no format divides by it. */
START_TEST(nobody)
{
	static show_fn *const all[] = {show_text, show_html, show_json, show_csv};
	struct population p = population("/dev/null", NULL);
	struct tally *t = tally(&p, "mine.example\n");
	struct show o = {.top = 10, .table = "shares"};

	ck_assert_uint_eq(t->hosts, 0);
	for (size_t i = 0; i < N_ELEMENTS(all); i++)
		ck_assert_uint_gt(strlen(shown(all[i], t, &o)), 10);
	tally_free(t);
	end(&p, false);
}
END_TEST

/* ---- databases ---- */

START_TEST(databases)
{
	const char *path = arena_printf(arena, "/tmp/test_pulse.%ld.db", (long)getpid());
	struct population p = population(SCAN, path), again;
	struct tally *t = tally(&p, NULL), *from;
	struct show o = {.top = SIZE_MAX, .table = "shares"};
	const char *both[] = {path, SCAN}, *one[] = {path};
	char err[512];

	ck_assert_int_ne(access(path, F_OK), 0); /* it is not there before it is whole */
	end(&p, true);
	again = population(NULL, path);
	from = tally(&again, NULL);
	ck_assert_str_eq(shown(show_json, from, &o), shown(show_json, t, &o));
	tally_free(from);
	end(&again, false);

	again = (struct population){.complain = quiet};
	ck_assert(population_open(&again, one, 1, NULL, err, sizeof(err)));
	end(&again, false);
	again = (struct population){.complain = quiet};
	ck_assert(!population_open(&again, both, 2, NULL, err, sizeof(err)));
	ck_assert_ptr_nonnull(strstr(err, "stands alone"));
	(void)!population_close(&again, false, err, sizeof(err));

	/* It may take its own place, and nobody else's. */
	again = population(BEFORE, path);
	end(&again, true);
	again = (struct population){.complain = quiet};
	one[0] = BEFORE;
	ck_assert(!population_open(&again, one, 1, SCAN, err, sizeof(err)));
	ck_assert_ptr_nonnull(strstr(err, "no database"));
	(void)!population_close(&again, false, err, sizeof(err));
	unlink(path);
	tally_free(t);
}
END_TEST

/* A file of SQLite's that is none of ours, and one that is damaged. */
START_TEST(strange_databases)
{
	const char *path = arena_printf(arena, "/tmp/test_pulse.%ld.db", (long)getpid());
	struct sql *db;
	struct population p = {.complain = quiet};
	char err[512], head[4096];
	FILE *f;

	unlink(path);
	db = sql_open(path, SQL_NEW, err, sizeof(err));
	sql_run(db, "CREATE TABLE host (id INTEGER PRIMARY KEY)");
	ck_assert(sql_close(db, err, sizeof(err)));
	ck_assert(!population_open(&p, &path, 1, NULL, err, sizeof(err)));
	ck_assert_ptr_nonnull(strstr(err, "not a database of tlsaudit-pulse"));
	(void)!population_close(&p, false, err, sizeof(err));
	unlink(path);

	p = population(SCAN, path);
	end(&p, true);
	f = fopen(path, "r+b");
	ck_assert_uint_eq(fread(head, 1, sizeof(head), f), sizeof(head));
	ck_assert_int_eq(ftruncate(fileno(f), 16384), 0);
	fclose(f);
	p = (struct population){.complain = quiet};
	if (population_open(&p, &path, 1, NULL, err, sizeof(err)))
		ck_assert_ptr_null(tally_new(p.db, (struct span){NULL, 0}, err, sizeof(err)));
	ck_assert_uint_gt(strlen(err), 0);
	(void)!population_close(&p, false, err, sizeof(err));
	unlink(path);
}
END_TEST

/* Ids that no population of ours has: they lead nowhere, and cost nothing. */
START_TEST(strange_ids)
{
	const char *path = arena_printf(arena, "/tmp/test_pulse.%ld.db", (long)getpid());
	struct population p = population(SCAN, path);
	struct tally *t;
	struct sql *db;
	char err[512];

	end(&p, true);
	db = sql_open(path, SQL_NEW, err, sizeof(err));
	sql_run(db, "UPDATE host SET id = 4000000000 WHERE id = 1;"
		    "UPDATE certificate SET id = -5 WHERE id = 1;"
		    "UPDATE deployment SET trust = 9000000000000000000 WHERE endpoint = 3;"
		    "UPDATE root SET id = 77777777777 WHERE id = 0;"
		    "UPDATE trust SET id = -1, root = 5 WHERE id = 1;");
	ck_assert_msg(sql_close(db, err, sizeof(err)), "%s", err);
	p = population(NULL, path);
	t = tally(&p, NULL);
	ck_assert_uint_lt(t->hosts, 9);
	tally_free(t);
	end(&p, false);
	unlink(path);
}
END_TEST

/* ---- small things ---- */

START_TEST(worse)
{
	const struct measure *m = &measures[M_TLS1_0];
	uint8_t yes = measure_class(m, span_str("yes")), no = measure_class(m, span_str("no"));

	ck_assert_uint_eq(measure_worse(yes, no), yes);
	ck_assert_uint_eq(measure_worse(yes, 0), yes);
	ck_assert_uint_eq(measure_worse(0, no), 0);
	ck_assert_uint_eq(measure_worse(no, no), no);
	ck_assert_str_eq(measure_class_name(m, 0), "unknown");
	ck_assert_str_eq(measure_class_name(m, 9), "unknown");
	for (int i = 0; i < M__MAX; i++)
		ck_assert_uint_le(measure_classes(&measures[i]), MEASURE_CLASSES);
}
END_TEST

START_TEST(key_classes)
{
	static const struct {
		const char *type, *class;
		int64_t bits;
	} rows[] = {{"RSA", "RSA below 1024", 1023}, {"RSA", "RSA 1024", 1024},
	    {"RSA", "RSA 1025 to 2047", 2047}, {"RSA", "RSA 2048", 2048},
	    {"RSA-PSS", "RSA 2049 to 3071", 3071}, {"RSA", "RSA 3072 to 4095", 3072},
	    {"RSA", "RSA 4096 and more", 16384}, {"EC", "EC below 256", 224}, {"EC", "EC 256", 256},
	    {"EC", "EC 384", 384}, {"EC", "EC above 384", 521}, {"Ed25519", "EdDSA", 253},
	    {"DSA", "other", 1024}, {"", "unknown", 2048}, {"RSA", "unknown", 0}};

	for (size_t i = 0; i < N_ELEMENTS(rows); i++)
		ck_assert_str_eq(measure_class_name(&measures[M_KEY],
				     measure_key(span_str(rows[i].type), rows[i].bits)),
		    rows[i].class);
}
END_TEST

START_TEST(owners_of_subjects)
{
	static const struct {
		const char *subject, *owner;
	} rows[] = {{"CN=Root,O=Example\\, Inc.,C=US", "Example, Inc."},
	    {"O=First+OU=x,CN=y", "First"}, {"CN=Only a name", "Only a name"},
	    {"OU=neither", "OU=neither"}, {"", ""}, {"CN=a\\,O=b,O=Real", "Real"}, {"O=", "O="},
	    {"CN=\\", "\\"}};

	for (size_t i = 0; i < N_ELEMENTS(rows); i++) {
		struct span s = owner_of_subject(span_str(rows[i].subject), arena);

		ck_assert_msg(span_eq(s, span_str(rows[i].owner)), "%s: %.*s", rows[i].subject,
		    (int)s.n, s.p);
	}
}
END_TEST

/* Of names that are none too: a database may hold anything. */
START_TEST(registered_parts_of_names)
{
	static const struct {
		const char *name, *part;
	} rows[] = {{"a.b.example.co.uk", "example.co.uk"}, {"example.com", "example.com"},
	    {"co.uk", ""}, {"", ""}, {".", ""}};
	uint8_t text[PSL_NAME_MAX + 1];

	for (size_t i = 0; i < N_ELEMENTS(rows); i++)
		ck_assert_msg(
		    span_eq(psl_registrable(span_str(rows[i].name)), span_str(rows[i].part)), "%s",
		    rows[i].name);
	memset(text, 'a', sizeof(text));
	ck_assert_uint_eq(psl_registrable((struct span){NULL, 0}).n, 0);
	ck_assert_uint_eq(psl_registrable(SPAN_OF(text)).n, 0);
}
END_TEST

START_TEST(numbers_in_words)
{
	ck_assert_str_eq(show_number(arena, 0), "0");
	ck_assert_str_eq(show_number(arena, 999), "999");
	ck_assert_str_eq(show_number(arena, 1234567), "1,234,567");
	ck_assert_str_eq(show_percent(arena, 1, 0), "-");
	ck_assert_str_eq(show_percent(arena, 0, 9), "0.0%");
	ck_assert_str_eq(show_percent(arena, 1, 1000000), "<0.1%");
	ck_assert_str_eq(show_percent(arena, 999999, 1000000), ">99.9%");
	ck_assert_str_eq(show_percent(arena, 1, 3), "33.3%");
	ck_assert_str_eq(show_percent(arena, 7, 7), "100.0%");
	ck_assert_uint_eq(tally_millionths(1, 3), 333333);
	ck_assert_uint_eq(tally_millionths(1, 0), 0);
	ck_assert_str_eq(show_hosts(arena, 1), "1 host");
}
END_TEST

UNIT_MAIN_WITH(set_up, tear_down, "pulse", counts_by_hand, counts_owners,
    owners_of_what_is_incomplete, counts_own_hosts, compares, formats, nobody, databases,
    strange_databases, strange_ids, worse, key_classes, owners_of_subjects, registered_parts_of_names,
    numbers_in_words)
