/* queue: where a server is, its protocol, jobs and results as they come out of it. */
#include "config.h"

#include <stdio.h>

#include "adapt/hiredis.h"
#include "bulk/queue.h"
#include "bulk/resume.h"
#include "net/redis_url.h"
#include "unit.h"

/* ---- URLs ---- */

static const struct {
	const char *text;
	bool tls;
	const char *host, *path, *user, *password;
	unsigned port, db;
} good[] = {
    {"redis://queue.example", false, "queue.example", "", "", "", 6379, 0},
    {"redis://queue.example/", false, "queue.example", "", "", "", 6379, 0},
    {"rediss://Queue.Example:6380/3", true, "queue.example", "", "", "", 6380, 3},
    {"redis://u:p@[2001:db8::1]:7/15", false, "2001:db8::1", "", "u", "p", 7, 15},
    {"redis://:p%40s%2Fs@192.0.2.1", false, "192.0.2.1", "", "", "p@s/s", 6379, 0},
    {"redis://u:a@b@h.example?db=2", false, "h.example", "", "u", "a@b", 6379, 2},
    {"unix:///run/redis.sock", false, "", "/run/redis.sock", "", "", 0, 0},
    {"unix://u:p@/run/a%20b?db=9", false, "", "/run/a b", "u", "p", 0, 9},
    {"redis://redis_1:25", false, "redis_1", "", "", "", 25, 0},
};

START_TEST(reads_urls)
{
	struct redis_url u;
	char err[200];

	for (size_t i = 0; i < N_ELEMENTS(good); i++) {
		ck_assert_msg(redis_url_read(good[i].text, &u, err, sizeof(err)), "%s: %s",
		    good[i].text, err);
		ck_assert_int_eq(u.tls, good[i].tls);
		ck_assert_str_eq(u.at.host, good[i].host);
		ck_assert_str_eq(u.path, good[i].path);
		ck_assert_str_eq(u.user, good[i].user);
		ck_assert_str_eq(u.password, good[i].password);
		ck_assert_uint_eq(u.at.port, good[i].port);
		ck_assert_uint_eq(u.db, good[i].db);
		ck_assert_ptr_null(u.at.starttls);
	}
}
END_TEST

START_TEST(refuses_urls)
{
	static const char *const bad[] = {"", "queue.example", "http://queue.example",
	    "redis:queue.example", "redis://", "redis:///0", "redis://h.example:0",
	    "redis://h.example:x", "redis://h.example/x", "redis://h.example/123456",
	    "redis://h.example?x=1", "redis://secret@h.example", "redis://u:@h.example",
	    "redis://u:%4@h.example", "redis://u:%00@h.example", "redis://a b", "redis://[::1",
	    "unix://run/redis.sock", "unix://", "unix:///a?db=", "REDIS://h.example"};
	char err[200], text[1200] = "redis://:";
	struct redis_url u;

	for (size_t i = 0; i < N_ELEMENTS(bad); i++) {
		err[0] = '\0';
		ck_assert_msg(!redis_url_read(bad[i], &u, err, sizeof(err)), "%s", bad[i]);
		ck_assert_msg(
		    err[0] != '\0' && strstr(err, "secret") == NULL, "%s: %s", bad[i], err);
	}
	memset(text + 9, 'x', 300);
	memcpy(text + 309, "@h", 3);
	ck_assert(!redis_url_read(text, &u, err, sizeof(err)));
	memcpy(text, "unix:///", 8);
	ck_assert(!redis_url_read(text, &u, err, sizeof(err)));
}
END_TEST

/* ---- the protocol ---- */

static enum resp_got
feed(struct resp_reader *r, const char *text)
{
	return resp_feed(r, span_str(text));
}

START_TEST(reads_replies)
{
	static const char text[] = "*5\r\n$2\r\nab\r\n:-7\r\n$-1\r\n*1\r\n+OK\r\n-ERR no\r\n";
	struct resp_reader *r = resp_reader_new();
	const struct resp *v;

	for (size_t i = 0; i < 2 * (sizeof(text) - 1); i++) { /* byte by byte, twice */
		enum resp_got got =
		    resp_feed(r, (struct span){(const uint8_t *)text + i % (sizeof(text) - 1), 1});

		ck_assert_int_eq(got, (i + 1) % (sizeof(text) - 1) == 0 ? RESP_WHOLE : RESP_MORE);
		if (got != RESP_WHOLE)
			continue;
		v = resp_reply(r);
		ck_assert(v->kind == RESP_ARRAY && v->n == 5);
		ck_assert(span_eq(resp_item(v, 0, RESP_STRING)->text, span_str("ab")));
		ck_assert_int_eq(resp_item(v, 1, RESP_INTEGER)->integer, -7);
		ck_assert_ptr_nonnull(resp_item(v, 2, RESP_NIL));
		ck_assert(span_eq(
		    resp_item(resp_item(v, 3, RESP_ARRAY), 0, RESP_STRING)->text, span_str("OK")));
		ck_assert(span_eq(resp_item(v, 4, RESP_ERROR)->text, span_str("ERR no")));
		ck_assert_ptr_null(resp_item(v, 5, RESP_STRING));
		ck_assert_ptr_null(resp_item(v, 1, RESP_STRING));
		ck_assert_ptr_null(resp_item(NULL, 0, RESP_STRING));
	}
	ck_assert_int_eq(feed(r, "+a\r\n+b\r\n"), RESP_WHOLE);
	ck_assert(span_eq(resp_reply(r)->text, span_str("a")));
	ck_assert_int_eq(feed(r, ""), RESP_WHOLE);
	ck_assert(span_eq(resp_reply(r)->text, span_str("b")));
	ck_assert_int_eq(feed(r, ""), RESP_MORE);
	resp_reader_free(r);
}
END_TEST

/* What is no reply, or a hostile one; after it nothing is believed. */
START_TEST(refuses_replies)
{
	static const char *const bad[] = {"HTTP/1.1 200 OK\r\n", "*65537\r\n", "*2147483647\r\n",
	    "*99999999999999\r\n", "$99999999999999999999\r\n", ":x\r\n",
	    "*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n",
	    "\x16\x03\x01\x02", ",1.5\r\n", "#t\r\n", "*1\r\n,1.5\r\n", "*2\r\n:1\r\n#f\r\n"};

	for (size_t i = 0; i < N_ELEMENTS(bad); i++) {
		struct resp_reader *r = resp_reader_new();

		ck_assert_msg(feed(r, bad[i]) == RESP_BAD, "%s", bad[i]);
		ck_assert_msg(resp_why(r)[0] != '\0' && strpbrk(resp_why(r), "\r\n\033") == NULL,
		    "%s", bad[i]);
		ck_assert_int_eq(feed(r, "+OK\r\n"), RESP_BAD);
		resp_reader_free(r);
	}
}
END_TEST

START_TEST(stops_at_too_much)
{
	enum { PIECE = 16 << 20 };
	struct resp_reader *r = resp_reader_new();
	uint8_t *piece = calloc(1, PIECE);
	enum resp_got got = feed(r, "$500000000\r\n");
	size_t n = 0;

	for (; got == RESP_MORE && n < 20; n++)
		got = resp_feed(r, (struct span){piece, PIECE});
	ck_assert_int_eq(got, RESP_BAD);
	ck_assert_uint_eq(n, RESP_BYTES_MAX / PIECE);
	resp_reader_free(r);
	r = resp_reader_new();
	got = RESP_MORE;
	for (n = 0; got == RESP_MORE && n < 200;
	     n++) /* arrays of nothing: few bytes, much memory */
		got = feed(r, n == 0 ? "*65536\r\n" : "*65536\r\n:1\r\n:2\r\n");
	ck_assert_int_ne(got, RESP_WHOLE);
	resp_reader_free(r);
	free(piece);
}
END_TEST

START_TEST(writes_commands)
{
	static const char want[] = "*3\r\n$3\r\nSET\r\n$3\r\na\0b\r\n$0\r\n\r\n";
	const struct span words[] = {span_str("SET"), {(const uint8_t *)"a\0b", 3}, {NULL, 0}};
	size_t n;
	char *text = resp_command(words, 3, &n);

	ck_assert(span_eq((struct span){(const uint8_t *)text, n},
	    (struct span){(const uint8_t *)want, sizeof(want) - 1}));
	resp_command_free(text);
}
END_TEST

/* ---- jobs and results ---- */

/* Fields as an array of strings. */
static bool
job(const char *fields, struct list_item *item)
{
	struct resp_reader *r = resp_reader_new();
	char text[1024];
	size_t n = 0, at = 0;
	bool read;

	for (const char *p = fields; *p != '\0'; p++)
		n += *p == ' ';
	at = (size_t)snprintf(text, sizeof(text), "*%zu\r\n", n + 1);
	for (const char *p = fields;; p += strcspn(p, " ") + 1) {
		int len = (int)strcspn(p, " ");

		at +=
		    (size_t)snprintf(text + at, sizeof(text) - at, "$%d\r\n%.*s\r\n", len, len, p);
		if (p[len] == '\0')
			break;
	}
	ck_assert_int_eq(feed(r, text), RESP_WHOLE);
	read = queue_read_job(resp_reply(r), item);
	resp_reader_free(r);
	return read;
}

START_TEST(reads_jobs)
{
	struct list_item i;

	ck_assert(job("seq 7 line 9 digest 00ff host mx.example port 25 starttls smtp", &i));
	ck_assert(i.seq == 7 && i.line == 9 && i.digest == 0xff && i.target.port == 25);
	ck_assert_str_eq(i.target.host, "mx.example");
	ck_assert_str_eq(i.target.starttls, "smtp");
	ck_assert(
	    job("port 25 starttls none host 2001:db8::1 digest ffffffffffffffff line 1 seq 1", &i));
	ck_assert(i.target.is_address && i.target.port == 25 && i.target.starttls == NULL);
	ck_assert(!job("seq 0 line 9 digest 00 host h.example port 25 starttls none", &i));
	ck_assert(!job("seq 7 line x digest 00 host h.example port 25 starttls none", &i));
	ck_assert(!job("seq 7 line 9 digest xx host h.example port 25 starttls none", &i));
	ck_assert(!job("seq 7 line 9 digest 00 host -h port 25 starttls none", &i));
	ck_assert(!job("seq 7 line 9 digest 00 host h.example port 0 starttls none", &i));
	ck_assert(!job("seq 7 line 9 digest 00 host h.example port 65536 starttls none", &i));
	ck_assert(!job("seq 7 line 9 digest 00 host h.example:99 port 25 starttls none", &i));
	ck_assert(!job("seq 7 line 9 digest 00 host smtp://h.example port 26 starttls none", &i));
	ck_assert(!job("seq 7 line 9 digest 00 host h.example port 25 starttls gopher", &i));
	ck_assert(!job("seq 7 line 9 digest 00 host h.example port 25", &i));
	ck_assert(!job("seq", &i));
}
END_TEST

/* An entry has an id that is not empty; fields may be missing: it was deleted. */
START_TEST(entries_have_ids)
{
	static const struct {
		const char *text, *id;
		bool has_fields;
	} rows[] = {{"*2\r\n$3\r\n1-1\r\n*0\r\n", "1-1", true}, {"*2\r\n$3\r\n1-1\r\n$-1\r\n", "1-1", false},
	    {"*2\r\n$0\r\n\r\n*0\r\n", "", false}, {"*2\r\n:1\r\n*0\r\n", "", false}, {"$-1\r\n", "", false}};

	for (size_t i = 0; i < N_ELEMENTS(rows); i++) {
		struct resp_reader *r = resp_reader_new();
		struct span id = {NULL, 0};
		const struct resp *fields;

		ck_assert_int_eq(feed(r, rows[i].text), RESP_WHOLE);
		ck_assert_int_eq(queue_entry(resp_reply(r), &id, &fields), rows[i].has_fields);
		ck_assert_msg(span_eq(id, span_str(rows[i].id)), "%s", rows[i].text);
		resp_reader_free(r);
	}
}
END_TEST

#define RECORD(seq, record, records, digest)                                                       \
	"{\"list\":{\"seq\":" #seq ",\"line\":1,\"record\":" #record ",\"records\":" #records      \
	",\"digest\":\"" digest "\"}}\n"

START_TEST(takes_results_once)
{
	static const char *const bad[] = {"", "x\n", "{}\n", RECORD(1, 1, 2, "a"),
	    RECORD(1, 2, 2, "a"), RECORD(1, 1, 2, "a") RECORD(2, 2, 2, "a"),
	    RECORD(1, 1, 2, "a") RECORD(1, 2, 3, "a"), RECORD(1, 1, 1, "a") RECORD(1, 1, 1, "a"),
	    RECORD(1, 1, 1, "a") "x"};
	struct resume *r = resume_new();

	for (size_t i = 0; i < N_ELEMENTS(bad); i++)
		ck_assert_msg(resume_take(r, span_str(bad[i])) == RESUME_BAD, "%s", bad[i]);
	ck_assert_uint_eq(resume_count(r), 0);
	ck_assert_int_eq(
	    resume_take(r, span_str(RECORD(1, 1, 2, "a") RECORD(1, 2, 2, "a"))), RESUME_NEW);
	ck_assert_int_eq(resume_take(r, span_str(RECORD(1, 1, 1, "a"))), RESUME_KNOWN);
	ck_assert_int_eq(resume_take(r, span_str(RECORD(1, 1, 1, "b"))), RESUME_OTHER);
	ck_assert_int_eq(resume_take(r, span_str(RECORD(9, 1, 1, "c"))), RESUME_NEW);
	ck_assert_uint_eq(resume_count(r), 2);
	resume_free(r);
}
END_TEST

UNIT_MAIN("queue", reads_urls, refuses_urls, reads_replies, refuses_replies, stops_at_too_much,
    writes_commands, reads_jobs, entries_have_ids, takes_results_once)
