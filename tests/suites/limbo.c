/*
 * limbo - the SERVER cases of x509-limbo, and of suites in its shape, through our path judgement.
 *
 *	limbo SUITE.json DIFFERENCES [ID]
 *
 * Each case is a store with the trusted certificates, a chain (leaf, then the intermediates in
 * their order) and a host name; "trusted" is the verdict `complete`.  Where we differ on purpose a
 * line of DIFFERENCES says so, with the reason above it: "ID strict" (we refuse, the suite accepts)
 * or "ID lenient" (we accept, the suite refuses).  Anything else is wrong, as is a line that no
 * longer tells a difference.  In place of PEM a suite may say "@N": its N-th of "certificates".  Prints the counts; exit 0 when nothing is wrong, 77 (skipped) when
 * the suite is not there.
 */
#include "config.h"

#include <json.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/xalloc.h"
#include "pki/der.h"
#include "pki/path.h"
#include "pki/pem.h"

enum { MAX_CERTS = 128, MAX_NOTES = 256, SKIPPED = 77, ARENA = 8 * 1024 * 1024, SLOW_MS = 2000 };

struct note {
	char id[160], class[16];
	bool used;
};

struct run {
	struct note notes[MAX_NOTES];
	size_t n_notes;
	unsigned n, agreed, strict, lenient, wrong, slow;
	struct json_object *certificates; /* or NULL */
};

static const char *
text_of(struct json_object *o, const char *key)
{
	struct json_object *v;

	return json_object_object_get_ex(o, key, &v) && v != NULL ? json_object_get_string(v)
								  : NULL;
}

static struct json_object *
list_of(struct json_object *o, const char *key)
{
	struct json_object *v;

	return json_object_object_get_ex(o, key, &v) ? v : NULL;
}

/* What stands for a certificate: its PEM. */
static const char *
pem_of(const struct run *r, const char *text)
{
	struct json_object *o;
	size_t i;

	if (text[0] != '@')
		return text;
	i = (size_t)strtoul(text + 1, NULL, 10);
	o = r->certificates != NULL ? json_object_array_get_idx(r->certificates, i) : NULL;
	if (o == NULL)
		abort();
	return json_object_get_string(o);
}

static const char *
pem_at(const struct run *r, struct json_object *list, size_t i)
{
	return pem_of(r, json_object_get_string(json_object_array_get_idx(list, i)));
}

/* The DER of a PEM text, in the arena; empty when there is none. */
static struct span
decode(const char *pem, struct arena *a)
{
	struct pem p = {.rest = span_str(pem)};
	struct pem_block b;
	struct span der = {NULL, 0};
	size_t cap;
	uint8_t *buf;

	if (!pem_next(&p, &b))
		return der;
	cap = pem_decoded_max(&b);
	buf = arena_alloc(a, cap + 1);
	if (!pem_decode(&b, buf, cap, &der))
		der.n = 0;
	return der;
}

/* A store with these roots as its last column; -1 when none of them can be read. */
static int
make_store(const struct run *r, struct store_set *set, struct json_object *roots, char *err,
    size_t cap)
{
	char path[] = "/tmp/limbo-XXXXXX";
	int fd = mkstemp(path), column;
	FILE *f = fd >= 0 ? fdopen(fd, "w") : NULL;

	if (f == NULL)
		abort();
	for (size_t i = 0; i < json_object_array_length(roots); i++)
		fputs(pem_at(r, roots, i), f);
	fclose(f);
	column = store_set_add_pem(set, "limbo", path, err, cap);
	unlink(path);
	return column;
}

/* ISO 8601 as the suite writes it; a fraction is cut off. */
static int64_t
moment(const char *s)
{
	unsigned y, mo, d, h, mi, sec;

	if (s == NULL)
		return (int64_t)time(NULL);
	if (sscanf(s, "%u-%u-%uT%u:%u:%u", &y, &mo, &d, &h, &mi, &sec) != 6)
		abort();
	return der_days(y, mo, d) * 86400 + h * 3600 + mi * 60 + sec;
}

static bool
judge(const struct run *r, struct json_object *t, char *why, size_t cap)
{
	struct store_set *set = store_set_new();
	struct arena *a = arena_new(ARENA);
	struct json_object *inter = list_of(t, "untrusted_intermediates");
	struct json_object *name = list_of(t, "expected_peer_name");
	struct span sent[MAX_CERTS];
	struct chain_input in = {.sent = sent, .n_sent = 1, .stores = set};
	int column = make_store(r, set, list_of(t, "trusted_certs"), why, cap);
	bool trusted = false;

	in.now = moment(text_of(t, "validation_time"));
	in.host = name != NULL ? text_of(name, "value") : NULL;
	sent[0] = decode(pem_of(r, text_of(t, "peer_certificate")), a);
	for (size_t i = 0; i < json_object_array_length(inter) && in.n_sent < MAX_CERTS; i++)
		sent[in.n_sent++] = decode(pem_at(r, inter, i), a);
	if (column >= 0) {
		const struct chain_verdict *v = &chain_judge(&in, a)->verdicts[column];

		trusted = v->kind == CHAIN_COMPLETE;
		snprintf(why, cap, "%s: %s", chain_kind_name(v->kind), v->text);
	}
	arena_free(a);
	store_set_free(set);
	return trusted;
}

static struct note *
find_note(struct run *r, const char *id)
{
	for (size_t i = 0; i < r->n_notes; i++)
		if (strcmp(r->notes[i].id, id) == 0)
			return &r->notes[i];
	return NULL;
}

static void
one_case(struct run *r, struct json_object *t)
{
	const char *id = text_of(t, "id");
	bool expected = strcmp(text_of(t, "expected_result"), "SUCCESS") == 0;
	struct note *note = find_note(r, id);
	char why[400] = "";
	clock_t start = clock();
	bool trusted = judge(r, t, why, sizeof(why));
	long ms = (long)((clock() - start) * 1000 / CLOCKS_PER_SEC);

	r->n++;
	if (ms > SLOW_MS) {
		r->slow++;
		printf("slow: %s took %ld ms\n", id, ms);
	}
	if (note != NULL)
		note->used = trusted != expected;
	if (trusted == expected) {
		r->agreed++;
	} else if (note != NULL && strcmp(note->class, trusted ? "lenient" : "strict") == 0) {
		*(trusted ? &r->lenient : &r->strict) += 1;
	} else {
		r->wrong++;
		printf("wrong: %s: expected %s, we say %s\n", id, expected ? "success" : "failure",
		    why);
	}
}

static void
read_notes(struct run *r, const char *path)
{
	FILE *f = fopen(path, "r");
	char line[1000];

	if (f == NULL)
		abort();
	while (fgets(line, sizeof(line), f) != NULL && r->n_notes < MAX_NOTES) {
		struct note *n = &r->notes[r->n_notes];

		if (line[0] != '#' && sscanf(line, "%159s %15s", n->id, n->class) == 2)
			r->n_notes++;
	}
	fclose(f);
}

int
main(int argc, char **argv)
{
	struct run *r = xcalloc(1, sizeof(*r));
	struct json_object *root, *cases;

	if (argc < 3 || access(argv[1], R_OK) != 0) {
		printf("limbo: skipped: the suite is not there\n");
		free(r);
		return SKIPPED;
	}
	read_notes(r, argv[2]);
	root = json_object_from_file(argv[1]);
	if (root == NULL || !json_object_object_get_ex(root, "testcases", &cases))
		abort();
	r->certificates = list_of(root, "certificates");
	for (size_t i = 0; i < json_object_array_length(cases); i++) {
		struct json_object *t = json_object_array_get_idx(cases, i);

		if (strcmp(text_of(t, "validation_kind"), "SERVER") == 0 &&
		    (argc < 4 || strcmp(text_of(t, "id"), argv[3]) == 0))
			one_case(r, t);
	}
	for (size_t i = 0; argc < 4 && i < r->n_notes; i++) {
		if (r->notes[i].used)
			continue;
		r->wrong++;
		printf("wrong: %s is listed as a difference and is none\n", r->notes[i].id);
	}
	printf("limbo: %u cases: %u agreed, %u strict by choice, %u lenient by choice, %u wrong\n",
	    r->n, r->agreed, r->strict, r->lenient, r->wrong);
	json_object_put(root);
	argc = r->wrong + r->slow == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
	free(r);
	return argc;
}
