/* test_walk - the fast readers of a population: JSON beside json-c's, lines, keys. */
#include "config.h"

#include "pulse/walk.h"

#include <dirent.h>
#include <stdio.h>
#include <unistd.h>

#include "adapt/json.h"
#include "adapt/zstd.h"
#include "base/text.h"
#include "base/xalloc.h"
#include "pulse/keyset.h"
#include "pulse/lines.h"
#include "pulse/take.h"

#include "unit.h"

enum { FILE_MAX = 1 << 20 };

static struct arena *arena;

static void
set_up(void)
{
	arena = arena_new((size_t)1 << 30);
}

static void
tear_down(void)
{
	arena_free(arena);
}

static struct span
read_file(const char *path)
{
	uint8_t *buf = arena_alloc(arena, FILE_MAX);
	FILE *f = fopen(path, "rb");
	size_t n;

	ck_assert_msg(f != NULL, "%s", path);
	n = fread(buf, 1, FILE_MAX, f);
	fclose(f);
	ck_assert_uint_lt(n, FILE_MAX);
	return (struct span){buf, n};
}

/* Every report that the goldens have. */
static size_t
records(struct span out[64])
{
	DIR *d = opendir(SRCDIR "/tests/golden/report");
	struct dirent *e;
	size_t n = 0;

	ck_assert_ptr_nonnull(d);
	while ((e = readdir(d)) != NULL) {
		if (strstr(e->d_name, ".json") == NULL)
			continue;
		ck_assert_uint_lt(n, 64);
		out[n++] =
		    read_file(arena_printf(arena, SRCDIR "/tests/golden/report/%s", e->d_name));
	}
	closedir(d);
	return n;
}

/* ---- walk beside json-c ---- */

static void same(struct walk *w, const struct json *j);

static void
same_members(struct walk *w, const struct json *j)
{
	const struct json *m = json_first(j);
	struct walk_str key;

	ck_assert(walk_enter(w, '{'));
	while (walk_key(w, &key)) {
		ck_assert_ptr_nonnull(m);
		ck_assert_str_eq(
		    walk_text(key, arena, 4096), text_clean(arena, span_str(m->key), 4096));
		ck_assert(walk_is(key, m->key));
		same(w, m);
		m = m->next;
	}
	ck_assert_ptr_null(m);
}

static void
same_items(struct walk *w, const struct json *j)
{
	const struct json *m = json_first(j);

	ck_assert(walk_enter(w, '['));
	while (walk_item(w)) {
		ck_assert_ptr_nonnull(m);
		same(w, m);
		m = m->next;
	}
	ck_assert_ptr_null(m);
}

static void
same(struct walk *w, const struct json *j)
{
	struct walk_str s;
	struct walk before = *w;
	int64_t v;

	/* What is skipped ends where what is walked does. */
	(void)walk_skip(&before);
	if (j->kind == JSON_OBJECT) {
		same_members(w, j);
	} else if (j->kind == JSON_LIST) {
		same_items(w, j);
	} else if (j->kind == JSON_STR) {
		ck_assert(walk_string(w, &s));
		ck_assert_str_eq(
		    walk_text(s, arena, 1 << 20), text_clean(arena, span_str(j->s), 1 << 20));
	} else if (j->kind == JSON_INT) {
		ck_assert(walk_int(w, &v));
		ck_assert_int_eq(v, j->i);
	} else {
		ck_assert(!walk_string(w, &s));
	}
	ck_assert_ptr_eq(w->p, before.p);
}

START_TEST(walks_what_json_c_reads)
{
	struct span all[64];
	size_t n = records(all);
	char err[256];

	ck_assert_uint_ge(n, 5);
	for (size_t i = 0; i < n; i++) {
		const struct json *j = json_read(arena, all[i], err, sizeof(err));
		struct walk w = walk_of(all[i]);

		ck_assert_msg(j != NULL, "%s", err);
		same(&w, j);
		ck_assert(walk_end(&w));
	}
}
END_TEST

static const char *const texts[] = {"{}", "[]", "{\"a\":[]}", "[[],{},[{}]]", "\"\"", "\"\\\"\"",
    "\"\\\\\"", "[\"\\\\\",\"]\"]", "{\"\\u0061\":\"\\ud83d\\ude00\",\"b\":\"\\b\\f\\n\\r\\t\\/\"}",
    "[1,-2,0,1.5,1e3,true,false,null]", " { \"a\" : [ 1 , 2 ] , \"b\" : { } } ",
    "[\"}{][\",\"\\\\\\\"}\",\"{\"]", "[[[[[[[[[[[[[[\"x\"]]]]]]]]]]]]]]",
    "{\"a\":{\"b\":[\"\\\\\\\\\\\\\",{\"c\":\"\\\\\\\"\"}]},\"d\":1}"};

/* Wherever the borders of the blocks fall. */
START_TEST(walks_at_every_offset)
{
	char text[512], err[256];

	for (size_t i = 0; i < N_ELEMENTS(texts); i++)
		for (int pad = 0; pad < 140; pad++) {
			const struct json *j;
			struct walk w;

			(void)snprintf(text, sizeof(text), "[\"%.*s\",%s]", pad,
			    "\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\"
			    "\\\\\\\\\\\\\\\\"
			    "\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\"
			    "\\\\\\\\\\\\\\\\",
			    texts[i]);
			j = json_read(arena, span_str(text), err, sizeof(err));
			w = walk_of(span_str(text));
			if (j == NULL) { /* an odd backslash hides the quote */
				ck_assert_int_eq(pad % 2, 1);
				continue;
			}
			same(&w, j);
			ck_assert_msg(walk_end(&w), "%s", text);
		}
}
END_TEST

static bool
walks(struct span text)
{
	struct walk w = walk_of(text);

	(void)walk_skip(&w);
	return walk_end(&w);
}

START_TEST(torn_texts_are_bad)
{
	static const char *const wrong[] = {
	    "", " ", "{", "[", "]", "}", "\"", "\"\\\"", "\"\\", "{\"a\":1}}", "[] []", "{}x", ","};
	static const char *const members[] = {"{\"a\"}", "{\"a\",1}", "{a:1}", "{\"a\":1,}", "{,}",
	    "{\"a\":}", "{\"a\" 1}", "{\"a\":1 \"b\":2}", "{1:2}", "{\"a\":[1}"};

	for (size_t i = 0; i < N_ELEMENTS(wrong); i++)
		ck_assert_msg(!walks(span_str(wrong[i])), "%s", wrong[i]);
	for (size_t i = 0; i < N_ELEMENTS(members); i++) {
		struct walk w = walk_of(span_str(members[i]));
		struct walk_str key;

		ck_assert(walk_enter(&w, '{'));
		while (walk_key(&w, &key))
			(void)walk_skip(&w);
		ck_assert_msg(!walk_end(&w), "%s", members[i]);
	}
	for (size_t i = 0; i < N_ELEMENTS(texts); i++)
		for (size_t n = 0; n + 1 < strlen(texts[i]); n++)
			if (texts[i][0] == '{' || texts[i][0] == '[')
				ck_assert(!walks((struct span){(const uint8_t *)texts[i], n}));
}
END_TEST

START_TEST(numbers)
{
	static const struct {
		const char *text;
		bool good;
		int64_t v;
	} rows[] = {{"0", true, 0}, {"-7", true, -7},
	    {"999999999999999999", true, 999999999999999999}, {"1000000000000000000", false, 0},
	    {"1.5", false, 0}, {"1e3", false, 0}, {"-", false, 0}, {"true", false, 0},
	    {"\"1\"", false, 0}, {"[1]", false, 0}, {"null", false, 0}};

	for (size_t i = 0; i < N_ELEMENTS(rows); i++) {
		struct walk w = walk_of(span_str(rows[i].text));
		int64_t v = 0;

		ck_assert_int_eq(walk_int(&w, &v), rows[i].good);
		ck_assert_int_eq(v, rows[i].v);
		ck_assert(walk_end(&w));
	}
}
END_TEST

START_TEST(escapes)
{
	static const struct {
		const char *raw, *text;
	} rows[] = {{"\\u00e9", "\xc3\xa9"}, {"\\ud83d\\ude00", "\xf0\x9f\x98\x80"},
	    {"\\ud83d", "\xef\xbf\xbd"}, {"\\ude00", "\xef\xbf\xbd"}, {"\\ud83dx", "\xef\xbf\xbdx"},
	    {"\\u12", "\xef\xbf\xbd"
		      "12"},
	    {"\\q", "\xef\xbf\xbd"}, {"a\\/b", "a/b"}, {"\\u202e", "\xef\xbf\xbd"},
	    {"\\n", "\xef\xbf\xbd"},
	    {"\\ud83d\\u0041", "\xef\xbf\xbd"
			       "A"}};

	for (size_t i = 0; i < N_ELEMENTS(rows); i++)
		ck_assert_str_eq(
		    walk_text((struct walk_str){span_str(rows[i].raw), true}, arena, 100),
		    rows[i].text);
	ck_assert(walk_is((struct walk_str){span_str("h\\u006fst"), true}, "host"));
	ck_assert(!walk_is((struct walk_str){span_str("h\\u006ft"), true}, "host"));
	ck_assert(!walk_is((struct walk_str){span_str("hosts"), false}, "host"));
}
END_TEST

/* ---- records ---- */

/* A fact of a record, as the tree has it. */
static const char *
fact_of(const struct json *j, const struct measure *m)
{
	return json_str(json_get(json_get(json_get(j, "facts"), m->section), m->key));
}

START_TEST(takes_what_the_tree_has)
{
	struct span all[64];
	size_t n = records(all), known = 0;
	static struct taken t;
	char err[256];

	for (size_t i = 0; i < n; i++) {
		const struct json *j = json_read(arena, all[i], err, sizeof(err));
		const char *grade = json_str(json_get(j, "grade"));

		if (!take_record(all[i], arena, &t, err, sizeof(err))) {
			/* A chain from a file has no port; hostile texts have no time. */
			const struct json *port = json_get(json_get(j, "target"), "port");

			ck_assert_msg(port == NULL || port->i == 0 || grade != NULL, "%s", err);
			continue;
		}
		ck_assert_uint_eq(
		    t.value[M_GRADE], measure_class(&measures[M_GRADE], span_str(grade)));
		ck_assert_int_eq(t.port, json_get(json_get(j, "target"), "port")->i);
		for (int k = 0; k < M__MAX; k++) {
			const struct measure *m = &measures[k];
			const char *s = *m->section != '\0' && k != M_CAA ? fact_of(j, m) : NULL;
			uint8_t want = measure_class(m, span_str(s));

			if (s == NULL)
				continue;
			known += want != 0;
			ck_assert_msg(
			    t.value[k] == want || (want == 0 && strcmp(s, "unknown") != 0),
			    "%s: %s", m->name, s);
		}
	}
	ck_assert_uint_gt(known, 30);
}
END_TEST

/* A record that ends anywhere before its end is none. */
START_TEST(torn_records_are_none)
{
	struct span s = read_file(SRCDIR "/tests/golden/report/modern.json");
	static struct taken t;
	char why[256];

	while (s.n > 0 && s.p[s.n - 1] == '\n')
		s.n--;
	ck_assert_msg(take_record(s, arena, &t, why, sizeof(why)), "%s", why);
	ck_assert_uint_gt(t.n_leaves, 0);
	ck_assert_uint_gt(t.leaf[0].n_verdicts, 3);
	for (size_t n = 0; n < s.n; n += n < 3000 || n + 300 > s.n ? 1 : 37) {
		struct arena *a = arena_new(1 << 20);

		ck_assert_msg(
		    !take_record((struct span){s.p, n}, a, &t, why, sizeof(why)), "at byte %zu", n);
		arena_free(a);
	}
}
END_TEST

START_TEST(other_things_are_no_records)
{
	static const char *const rows[] = {"[]", "{}", "null", "{\"schema_version\":\"2.0\"}",
	    "{\"schema_version\":\"1.0\",\"target\":{\"host\":\"a\",\"port\":0}}",
	    "{\"schema_version\":\"1.0\",\"target\":[1,2],\"facts\":[],\"time\":{}}",
	    "{\"schema_version\":\"1.0\",\"target\":{\"host\":\"a\",\"port\":443},\"time\":"
	    "\"then\"}",
	    "{\"schema_version\":\"1.0\",\"target\":{\"host\":\"a\",\"port\":443},\"time\":\"2026-"
	    "01-01T00:00:00Z\"}"};
	static struct taken t;
	char why[256];

	for (size_t i = 0; i < N_ELEMENTS(rows); i++) {
		*why = '\0';
		ck_assert_msg(
		    !take_record(span_str(rows[i]), arena, &t, why, sizeof(why)), "%s", rows[i]);
		ck_assert_str_ne(why, "");
	}
}
END_TEST

/* Whatever a record repeats: the arena's cap holds, and the record is none. */
START_TEST(hoards_nothing)
{
	static const char *const pieces[] = {"\"subject\":\"\\n\",",
	    "\"subject_alt_names\":[\"\\n\",\"A\",\"b\"],"};
	enum { CAP = 1 << 16, TIMES = 20000, ONE = 1 << 13 };
	static struct taken t;
	char why[256];

	for (size_t i = 0; i < N_ELEMENTS(pieces); i++) {
		struct arena *a = arena_new(CAP);
		char *text = NULL;
		size_t n = 0;
		FILE *f = open_memstream(&text, &n);

		ck_assert_ptr_nonnull(f);
		fputs("{\"schema_version\":\"1.0\",\"target\":{\"host\":\"a\",\"port\":443},\"time\":"
		      "\"2026-01-01T00:00:00Z\",\"status\":\"ok\",\"facts\":{\"certificates\":[{",
		    f);
		for (int k = 0; k < TIMES; k++)
			fputs(pieces[i], f);
		fprintf(f, "\"sha256\":\"%064d\"}],\"deployments\":[{\"chain\":[0]}]}}", 0);
		fclose(f);
		ck_assert(!take_record((struct span){(uint8_t *)text, n}, a, &t, why, sizeof(why)));
		ck_assert_str_eq(why, "too much text is in it");
		ck_assert_uint_lt(arena_used(a), CAP + ONE);
		arena_free(a);
		free(text);
	}
}
END_TEST

/* ---- lines ---- */

static const char *
write_temporary(const void *p, size_t n)
{
	char *path = arena_printf(arena, "/tmp/test_walk.%ld", (long)getpid());
	FILE *f = fopen(path, "wb");

	ck_assert_ptr_nonnull(f);
	ck_assert_uint_eq(fwrite(p, 1, n, f), n);
	ck_assert_int_eq(fclose(f), 0);
	return path;
}

static void
has_lines(const char *path, const char *const *want, size_t n)
{
	struct lines *in;
	struct span line;
	char err[256];

	in = lines_open(path, err, sizeof(err));
	ck_assert_msg(in != NULL, "%s", err);
	for (size_t i = 0; i < n; i++) {
		ck_assert(lines_next(in, &line));
		ck_assert(span_eq(line, span_str(want[i])));
		ck_assert_uint_eq(lines_number(in), i + 1);
	}
	ck_assert(!lines_next(in, &line));
	ck_assert(lines_close(in, err, sizeof(err)));
}

START_TEST(lines_of_files)
{
	static const char *const want[] = {"one", "", "three"}, *const none[] = {NULL};
	char err[256];

	has_lines(write_temporary("one\n\nthree\n", 11), want, 3);
	has_lines(write_temporary("one\n\nthree", 10), want, 3);
	has_lines(write_temporary("\n", 1), want + 1, 1);
	has_lines(write_temporary("", 0), none, 0);
	unlink(write_temporary("", 0));
	ck_assert_ptr_null(lines_open("/nowhere/at/all", err, sizeof(err)));
	ck_assert_ptr_nonnull(strstr(err, "/nowhere/at/all"));
}
END_TEST

/* Frames one after the other, one of them longer than any buffer here, and a stream that is cut. */
START_TEST(lines_of_zstandard)
{
	enum { LONG = 3 << 20 };
	struct zstd_out *z = zstd_out_new();
	uint8_t *all = xcalloc(1, 2 * (size_t)LONG);
	char *longer = xcalloc(1, LONG + 2), err[256];
	const char *want[] = {"one", longer, "three"};
	const char *path;
	struct lines *in;
	struct span line, frame;
	size_t n = 0, got = 0;

	for (size_t i = 0; i < LONG; i++)
		longer[i] = (char)('a' + (i * i / 7) % 26);
	frame = zstd_frame(z, span_str("one\n"));
	memcpy(all, frame.p, frame.n);
	n += frame.n;
	longer[LONG] = '\n';
	frame = zstd_frame(z, (struct span){(uint8_t *)longer, LONG + 1});
	memcpy(all + n, frame.p, frame.n);
	n += frame.n;
	longer[LONG] = '\0';
	frame = zstd_frame(z, span_str("three"));
	memcpy(all + n, frame.p, frame.n);
	n += frame.n;
	path = write_temporary(all, n);
	has_lines(path, want, 3);

	path = write_temporary(all, n - frame.n - 100);
	in = lines_open(path, err, sizeof(err));
	while (lines_next(in, &line))
		got++;
	ck_assert_uint_ge(got, 1);
	ck_assert(!lines_close(in, err, sizeof(err)));
	ck_assert_ptr_nonnull(strstr(err, "cut off"));
	unlink(path);
	zstd_out_free(z);
	free(all);
	free(longer);
}
END_TEST

/* ---- keys ---- */

START_TEST(keys_keep_their_numbers)
{
	enum { MANY = 100000 };
	struct keyset s = {0};
	bool is_new;

	ck_assert_uint_eq(keyset_get(&s, 7), KEYSET_NONE);
	for (int turn = 0; turn < 2; turn++)
		for (uint64_t i = 0; i < MANY; i++) {
			ck_assert_uint_eq(keyset_put(&s, keyset_mix(0, i), &is_new), i);
			ck_assert_int_eq(is_new, turn == 0);
		}
	ck_assert_uint_eq(keyset_get(&s, keyset_mix(0, 77)), 77);
	ck_assert_uint_eq(keyset_get(&s, keyset_mix(1, 77)), KEYSET_NONE);
	ck_assert_uint_eq(keyset_put(&s, 0, &is_new), MANY); /* zero is a key like others */
	ck_assert_uint_eq(keyset_get(&s, 0), MANY);
	keyset_fini(&s);
	ck_assert_uint_ne(keyset_hash(0, span_str("ab")), keyset_hash(0, span_str("ba")));
	ck_assert_uint_ne(
	    keyset_hash(0, span_str("a")), keyset_hash(0, (struct span){(const uint8_t *)"a", 2}));
	ck_assert_uint_ne(keyset_hash(1, span_str("a")), keyset_hash(0, span_str("a")));
}
END_TEST

/* Keys that somebody chose, so that all are alike in what the table might go by, lie all over it. */
START_TEST(chosen_keys_are_spread)
{
	enum { MANY = 1000, RUNS = 100 };
	struct keyset s = {0};
	size_t runs = 0;
	bool is_new;

	for (uint64_t i = 1; i <= MANY; i++)
		ck_assert_uint_eq(keyset_put(&s, i << 32 | i, &is_new), i - 1);
	for (size_t i = 1; i < s.size; i++)
		runs += s.keys[i] != 0 && s.keys[i - 1] == 0;
	ck_assert_uint_gt(runs, RUNS);
	keyset_fini(&s);
}
END_TEST

UNIT_MAIN_WITH(set_up, tear_down, "walk", walks_what_json_c_reads, walks_at_every_offset,
    torn_texts_are_bad, numbers, escapes, takes_what_the_tree_has, torn_records_are_none,
    other_things_are_no_records, hoards_nothing, lines_of_files, lines_of_zstandard,
    keys_keep_their_numbers, chosen_keys_are_spread)
