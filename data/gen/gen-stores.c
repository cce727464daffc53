/*
 * gen-stores - data/trust/ as one block (src/pki/bundle.h), run by make on the build machine.
 *
 *	gen-stores DIR OUT	reads DIR/{stores,membership,intermediates,onecrl,ev}.csv,
 *				DIR/roots.pem
 *
 * Plain C without libraries, so that a cross build needs only a compiler for the build machine.
 * It trusts the committed files and stops at the first line that does not fit; whether a
 * fingerprint is that of its certificate is looked at by tests/unit/test_store.c.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/xalloc.h"
#include "pki/bundle_write.h"
#include "pki/der.h"
#include "pki/pem.h"

enum { FIELDS_MAX = 20, DER_MAX = 16384 };

/* A CSV file (RFC 4180) line by line; fields[] point into line. */
struct csv {
	const char *path;
	char *text, *next;
	size_t line, n;
	char *fields[FIELDS_MAX];
};

static _Noreturn void
die(const char *path, size_t line, const char *what)
{
	fprintf(stderr, "gen-stores: %s:%zu: %s\n", path, line, what);
	exit(EXIT_FAILURE);
}

/* A whole file, NUL-terminated. */
static char *
slurp(const char *path, size_t *n)
{
	FILE *f = fopen(path, "rb");
	char *text = NULL;
	size_t cap = 0, got;

	if (f == NULL)
		die(path, 0, "cannot be opened");
	*n = 0;
	do {
		cap = (cap + 65536) * 2;
		text = xrealloc(text, cap);
		got = fread(text + *n, 1, cap - *n - 1, f);
		*n += got;
	} while (got > 0);
	if (ferror(f) != 0)
		die(path, 0, "cannot be read");
	fclose(f);
	text[*n] = '\0';
	return text;
}

/* One field: unquotes in place, leaves *p behind it, returns what ended it. */
static char
csv_field(struct csv *c, char **p, char **field)
{
	char *from = *p, *to = *p, end;
	bool quoted = *from == '"';

	from += quoted;
	*field = to;
	for (; *from != '\0' && (quoted || (*from != ',' && *from != '\n')); from++) {
		if (quoted && *from == '"' && *++from != '"')
			quoted = false;
		if (!quoted && (*from == ',' || *from == '\n' || *from == '\0'))
			break;
		*to++ = *from;
	}
	end = *from;
	if (quoted)
		die(c->path, c->line, "a quote without its end");
	*p = end != '\0' ? from + 1 : from;
	*to = '\0';
	return end;
}

/* The next line; every one has as many fields as the first. */
static bool
csv_next(struct csv *c)
{
	size_t n = 0;
	char end;

	if (*c->next == '\0')
		return false;
	c->line++;
	do {
		if (n == FIELDS_MAX)
			die(c->path, c->line, "too many fields");
		end = csv_field(c, &c->next, &c->fields[n++]);
	} while (end == ',');
	if (c->line > 1 && n != c->n)
		die(c->path, c->line, "another number of fields than the first line");
	c->n = n;
	return true;
}

/* Opens DIR/name, whose first line must be these column names. */
static struct csv
csv_open(const char *dir, const char *name, const char *columns)
{
	struct csv c = {.path = xasprintf("%s/%s", dir, name)};
	size_t n;

	c.next = c.text = slurp(c.path, &n);
	n = strcspn(c.text, "\n");
	if (strlen(columns) != n || memcmp(c.text, columns, n) != 0)
		die(c.path, 1, "not the columns this program knows");
	if (!csv_next(&c))
		die(c.path, 1, "is empty");
	return c;
}

static void
csv_close(struct csv *c)
{
	free(c->text);
	free((char *)(uintptr_t)c->path);
}

static int
nibble(char c)
{
	return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Lower-case hex in place: the bytes overwrite the digits.  want: how many, 0 for any number. */
static struct span
hex(const struct csv *c, char *s, size_t want)
{
	size_t n = strlen(s) / 2;
	uint8_t *to = (uint8_t *)s;

	if (strlen(s) % 2 != 0 || (want != 0 && n != 0 && n != want))
		die(c->path, c->line, "a hex field of a wrong length");
	for (size_t i = 0; i < n; i++) {
		int hi = nibble(s[2 * i]), lo = nibble(s[2 * i + 1]);

		if (hi < 0 || lo < 0)
			die(c->path, c->line, "not lower-case hex");
		to[i] = (uint8_t)(hi << 4 | lo);
	}
	return (struct span){to, n};
}

/* "2026-04-30T23:59:59Z" or "2026-04-30" (its end); empty: 0. */
static int64_t
when(const struct csv *c, const char *s)
{
	unsigned y, mo, d, h = 23, mi = 59, se = 59;
	int used = 0;

	if (*s == '\0')
		return 0;
	if (sscanf(s, "%4u-%2u-%2u%n", &y, &mo, &d, &used) != 3 || mo < 1 || mo > 12 || d < 1 ||
	    d > 31)
		die(c->path, c->line, "not a date");
	s += used;
	if (*s != '\0' && (sscanf(s, "T%2u:%2u:%2uZ%n", &h, &mi, &se, &used) != 3 ||
			      s[used] != '\0' || s[used - 1] != 'Z'))
		die(c->path, c->line, "not a time");
	return der_days(y, mo, d) * 86400 + h * 3600 + mi * 60 + se;
}

/* The subject of a certificate: version (if there), serial, algorithm, issuer, validity, subject
 * (RFC 5280, 4.1). */
static bool
der_subject(struct span der, struct span *subject)
{
	struct rd r = rd_of(der), cert, tbs;
	struct der e;

	if (!der_enter(&r, DER_SEQUENCE, &cert) || !rd_end(&r) ||
	    !der_enter(&cert, DER_SEQUENCE, &tbs))
		return false;
	for (int i = der_peek(&tbs, DER_CTX_C(0)) ? 0 : 1; i < 6; i++)
		if (!der_next(&tbs, &e))
			return false;
	*subject = e.whole;
	return e.tag == DER_SEQUENCE;
}

/* The certificate of roots.pem under a comment with that fingerprint; both files are sorted, so
 * one pass is enough.  Empty when the next one is another's. */
struct roots {
	char *path, *text;
	struct pem pem;
	struct pem_block block;
	const uint8_t *seen; /* end of the block before */
	bool have;
	uint8_t der[DER_MAX];
};

static void
roots_next(struct roots *r)
{
	r->seen = r->pem.rest.p;
	r->have = pem_next(&r->pem, &r->block);
}

static void
roots_open(struct roots *r, const char *dir)
{
	size_t n;

	r->path = xasprintf("%s/roots.pem", dir);
	r->text = slurp(r->path, &n);
	r->pem = (struct pem){{(const uint8_t *)r->text, n}, 0};
	roots_next(r);
}

/* The comment before the block holds "# SHA256 "; sha256 is in hex. */
static struct span
roots_take(struct roots *r, const char *sha256)
{
	char *mark = xasprintf("\n# %.64s ", sha256);
	size_t before = r->have ? (size_t)(r->block.body.p - r->seen) : 0;
	char *comment = xcalloc(before + 2, 1);
	struct span der = {NULL, 0};

	/* The line end before the comment may belong to the block before. */
	memcpy(comment + 1, r->seen, before);
	comment[0] = '\n';
	if (strstr(comment, mark) != NULL) {
		if (!pem_decode(&r->block, r->der, sizeof(r->der), &der))
			die(r->path, r->block.line, "not base64");
		roots_next(r);
	}
	free(mark);
	free(comment);
	return der;
}

static void
add_sources(struct bundle_writer *w, const char *dir)
{
	static const char *const order[BUNDLE_SOURCES] = {"mozilla", "microsoft", "apple", "chrome",
	    "android", "java", "windows-product", "intermediates", "onecrl", "ev"};
	struct csv c = csv_open(dir, "stores.csv", "name,title,date,source");

	for (size_t i = 0; i < N_ELEMENTS(order); i++) {
		if (!csv_next(&c) || strcmp(c.fields[0], order[i]) != 0)
			die(c.path, c.line, "the stores and lists in the order of pki/store.h");
		when(&c, c.fields[2]);
		bundle_add_source(w, c.fields[0], c.fields[1], c.fields[2], c.fields[3]);
	}
	if (csv_next(&c))
		die(c.path, c.line, "one store too many");
	csv_close(&c);
}

static uint32_t
columns(const struct csv *c, size_t first, unsigned n)
{
	uint32_t bits = 0;

	for (unsigned i = 0; i < n; i++) {
		const char *s = c->fields[first + i];

		if (strcmp(s, "0") != 0 && strcmp(s, "1") != 0)
			die(c->path, c->line, "a store's column holds 0 or 1");
		bits |= *s == '1' ? STORE_BIT(i) : 0;
	}
	return bits;
}

static size_t
add_anchors(struct bundle_writer *w, const char *dir)
{
	struct csv c = csv_open(dir, "membership.csv",
	    "sha256,subject,not_after,owner,mozilla,microsoft,apple,chrome,android,java,"
	    "windows_product,subject_hash,ski,mozilla_distrust_after,chrome_sct_not_after,microsoft_disabled,"
	    "microsoft_not_before,java_distrust_after,java_disabled");
	struct roots r = {NULL};
	size_t bytes = 0;

	roots_open(&r, dir);
	while (csv_next(&c)) {
		char **f = c.fields;
		struct anchor a = {.der = roots_take(&r, f[0])};

		if (a.der.n > 0 && !der_subject(a.der, &a.subject))
			die(r.path, r.block.line, "not a certificate");
		bytes += a.der.n > 0;
		a.sha256 = hex(&c, f[0], 32).p;
		a.subject_text = f[1];
		a.not_after = when(&c, f[2]);
		a.owner = f[3];
		a.stores = columns(&c, 4, STORE__SHIPPED);
		a.subject_hash = hex(&c, f[11], STORE_HASH);
		a.ski = hex(&c, f[12], 0);
		a.mozilla_distrust_after = when(&c, f[13]);
		a.chrome_sct_after = when(&c, f[14]);
		a.microsoft_disabled = when(&c, f[15]);
		a.microsoft_not_before = when(&c, f[16]);
		a.java_distrust_after = when(&c, f[17]);
		a.java_disabled = when(&c, f[18]);
		bundle_add_anchor(w, &a);
	}
	if (r.have)
		die(r.path, r.block.line, "a certificate without its row in membership.csv");
	csv_close(&c);
	free(r.path);
	free(r.text);
	return bytes;
}

static void
add_known(struct bundle_writer *w, const char *dir)
{
	struct csv c = csv_open(dir, "intermediates.csv",
	    "sha256,subject,subject_hash,ski,issuer_hash,aki,not_after,aia");

	while (csv_next(&c)) {
		char **f = c.fields;
		struct known_ca k = {
		    .sha256 = hex(&c, f[0], 32),
		    .subject_text = f[1],
		    .subject_hash = hex(&c, f[2], STORE_HASH),
		    .ski = hex(&c, f[3], 0),
		    .issuer_hash = hex(&c, f[4], STORE_HASH),
		    .aki = hex(&c, f[5], 0),
		    .not_after = when(&c, f[6]),
		    .aia = f[7],
		};

		bundle_add_known(w, &k);
	}
	csv_close(&c);
}

static void
add_onecrl(struct bundle_writer *w, const char *dir)
{
	struct csv c = csv_open(dir, "onecrl.csv", "kind,name_hash,value");

	while (csv_next(&c)) {
		bool serial = strcmp(c.fields[0], "serial") == 0;

		if (!serial && strcmp(c.fields[0], "key") != 0)
			die(c.path, c.line, "neither serial nor key");
		bundle_add_revoked(w, serial ? BUNDLE_REVOKED_SERIAL : BUNDLE_REVOKED_KEY,
		    hex(&c, c.fields[1], STORE_HASH), hex(&c, c.fields[2], serial ? 0 : 32));
	}
	csv_close(&c);
}

/* The four programmes with EV of their own are the first four stores. */
static void
add_ev(struct bundle_writer *w, const char *dir)
{
	struct csv c = csv_open(dir, "ev.csv", "sha256,oid,mozilla,microsoft,apple,chrome");

	while (csv_next(&c))
		bundle_add_ev(w, hex(&c, c.fields[0], 32).p, c.fields[1], columns(&c, 2, 4));
	csv_close(&c);
}

int
main(int argc, char **argv)
{
	struct bundle_writer *w;
	struct span block;
	FILE *out;

	if (argc != 3) {
		fputs("usage: gen-stores DIR OUT\n", stderr);
		return 2;
	}
	w = bundle_writer_new();
	add_sources(w, argv[1]);
	if (add_anchors(w, argv[1]) == 0)
		die("roots.pem", 0, "not one certificate");
	add_known(w, argv[1]);
	add_onecrl(w, argv[1]);
	add_ev(w, argv[1]);
	block = bundle_finish(w);
	if (block.n == 0)
		die(argv[1], 0, "a fingerprint is there twice");
	out = fopen(argv[2], "wb");
	if (out == NULL || fwrite(block.p, 1, block.n, out) != block.n || fclose(out) != 0)
		die(argv[2], 0, "cannot be written");
	bundle_writer_free(w);
	return 0;
}
