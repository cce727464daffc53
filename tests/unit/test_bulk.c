/* bulk: reading lists, their order, whom to leave alone, and what a broken-off scan has done. */
#include "config.h"

#include <fcntl.h>
#include <netinet/in.h>
#include <stdio.h>
#include <unistd.h>

#include "adapt/gmp.h"
#include "adapt/zstd.h"
#include "bulk/crowd.h"
#include "bulk/exclude.h"
#include "bulk/list.h"
#include "bulk/resume.h"
#include "bulk/window.h"
#include "unit.h"

static const struct target_defaults defaults = {.port = 443};

static struct list *
list(const char *text)
{
	return list_of(span_str(text), &defaults, 0);
}

static struct list_item
target(struct list *l, const char *host, uint16_t port, uint64_t seq, uint64_t line)
{
	struct list_item i;

	ck_assert_int_eq(list_next(l, &i), LIST_TARGET);
	ck_assert_str_eq(i.target.host, host);
	ck_assert_uint_eq(i.target.port, port);
	ck_assert_uint_eq(i.seq, seq);
	ck_assert_uint_eq(i.line, line);
	return i;
}

static void
bad(struct list *l, uint64_t line, const char *words)
{
	struct list_item i;

	ck_assert_int_eq(list_next(l, &i), LIST_BAD);
	ck_assert_uint_eq(i.line, line);
	ck_assert_msg(strstr(i.why, words) != NULL, "'%s' without '%s'", i.why, words);
}

static void
end(struct list *l)
{
	struct list_item i;

	ck_assert_int_eq(list_next(l, &i), LIST_END);
	ck_assert_int_eq(list_next(l, &i), LIST_END);
	list_free(l);
}

/* ---- lists ---- */

START_TEST(reads_lines)
{
	struct list *l = list("# hosts\n"
			      "example.org\n"
			      "\n"
			      "  Example.COM.  # final dot\r\n"
			      "two words\n"
			      "https://a.example/path?q\n"
			      "smtp://mx.example\n"
			      "192.0.2.7:8443\n"
			      "[2001:db8::1]:25\n"
			      "-oProxy\n"
			      "last.example");

	target(l, "example.org", 443, 1, 2);
	target(l, "example.com", 443, 2, 4);
	bad(l, 5, "space");
	target(l, "a.example", 443, 3, 6);
	ck_assert_str_eq(target(l, "mx.example", 25, 4, 7).target.starttls, "smtp");
	target(l, "192.0.2.7", 8443, 5, 8);
	target(l, "2001:db8::1", 25, 6, 9);
	bad(l, 10, "'-'");
	target(l, "last.example", 443, 7, 11);
	end(l);
	end(list(""));
	end(list("\n\n# nothing"));
}
END_TEST

START_TEST(expands_networks)
{
	struct list *l = list("192.0.2.254/31\n198.51.100.9/32:8443\n2001:db8::fffe/127\nx.example\n");

	target(l, "192.0.2.254", 443, 1, 1);
	target(l, "192.0.2.255", 443, 2, 1);
	target(l, "198.51.100.9", 8443, 3, 2);
	target(l, "2001:db8::fffe", 443, 4, 3);
	target(l, "2001:db8::ffff", 443, 5, 3);
	target(l, "x.example", 443, 6, 4);
	end(l);
	l = list("192.0.2.1/24\n192.0.2.0/33\n2001:db8::/64\nexample.org/24\n192.0.2.0/24:0\n10.0.0.0/8\n");
	bad(l, 1, "behind its length");
	bad(l, 2, "0 to 32");
	bad(l, 3, "2^32");
	bad(l, 4, "not an IP address");
	bad(l, 5, "port");
	for (uint64_t i = 0; i < 1 << 16; i++) { /* as far as it is wanted, and no further */
		struct list_item item;

		ck_assert_int_eq(list_next(l, &item), LIST_TARGET);
		ck_assert_uint_eq(item.seq, i + 1);
	}
	target(l, "10.1.0.0", 443, (1 << 16) + 1, 6);
	list_free(l);
}
END_TEST

START_TEST(passes_over_long_lines)
{
	enum { LONG = 300000 };
	char *text = malloc(LONG + 32);
	struct list *l;

	memset(text, 'a', LONG);
	memcpy(text + LONG, "\nb.example\n", 12);
	l = list(text);
	bad(l, 1, "longer");
	target(l, "b.example", 443, 1, 2);
	end(l);
	free(text);
}
END_TEST

/* A file, as it is and compressed, in pieces that end anywhere. */
START_TEST(reads_files)
{
	enum { N = 20000 };
	char path[] = "/tmp/test_bulk.XXXXXX.zst", err[200];
	struct zstd_out *z = zstd_out_new();
	char *text = malloc(N * 32);
	size_t n = 0, half;
	struct list *l;
	FILE *f;
	int fd = mkstemps(path, 4);

	for (int i = 0; i < N; i++)
		n += (size_t)snprintf(text + n, 32, "host-%d.example\n", i);
	half = n / 2 + 3;
	f = fdopen(fd, "w");
	for (int part = 0; part < 2; part++) {
		struct span block = {(const uint8_t *)text + (part == 0 ? 0 : half), part == 0 ? half : n - half};
		struct span frame = zstd_frame(z, block);

		ck_assert_uint_eq(zstd_frame_len(frame), frame.n);
		ck_assert_uint_eq(zstd_frame_len((struct span){frame.p, frame.n - 1}), 0);
		ck_assert_uint_eq(fwrite(frame.p, 1, frame.n, f), frame.n);
	}
	ck_assert_int_eq(fclose(f), 0);
	l = list_open(path, &defaults, 0, err, sizeof(err));
	ck_assert_ptr_nonnull(l);
	for (int i = 0; i < N; i++) {
		char host[32];

		(void)snprintf(host, sizeof(host), "host-%d.example", i);
		target(l, host, 443, (uint64_t)i + 1, (uint64_t)i + 1);
	}
	end(l);
	ck_assert_int_eq(truncate(path, 1000), 0);
	l = list_open(path, &defaults, 0, err, sizeof(err));
	for (;;) {
		struct list_item item;
		enum list_result r = list_next(l, &item);

		if (r == LIST_TARGET)
			continue;
		ck_assert_int_eq(r, LIST_ERROR);
		ck_assert_msg(strstr(item.why, "too early") != NULL, "%s", item.why);
		break;
	}
	list_free(l);
	(void)unlink(path);
	ck_assert_ptr_null(list_open(path, &defaults, 0, err, sizeof(err)));
	zstd_out_free(z);
	free(text);
}
END_TEST

START_TEST(digests_tell_lists_apart)
{
	struct list *a = list("a.example\nb.example\n"), *b = list("a.example\n\nb.example:444\n");
	struct list *c = list_of(span_str("a.example\n"), &defaults, 7);
	struct list_item i, k;

	(void)!list_next(a, &i);
	(void)!list_next(b, &k);
	ck_assert_uint_eq(i.digest, k.digest);
	(void)!list_next(c, &k);
	ck_assert_uint_ne(i.digest, k.digest);
	(void)!list_next(a, &i);
	(void)!list_next(b, &k);
	ck_assert_uint_ne(i.digest, k.digest);
	end(a);
	end(b);
	end(c);
}
END_TEST

/* ---- order ---- */

/* Every target once; the same seed, the same order; another seed, another one. */
START_TEST(permutes)
{
	enum { N = 10000, SIZE = 256 };
	uint64_t order[3][N];
	static const uint64_t seeds[3] = {5, 5, 6};

	for (int run = 0; run < 3; run++) {
		struct window *w = window_new(SIZE, seeds[run]);
		struct list_item item = {.seq = 0};
		bool *seen = calloc(N + 1, sizeof(*seen));
		size_t n = 0;

		while (n < N) {
			while (item.seq < N && !window_full(w)) {
				item.seq++;
				window_put(w, &item);
			}
			struct list_item out;
			ck_assert(window_take(w, &out));
			ck_assert(!seen[out.seq]);
			/* Never further ahead than the window is wide. */
			ck_assert_uint_le(out.seq, n + SIZE);
			seen[out.seq] = true;
			order[run][n++] = out.seq;
		}
		ck_assert_uint_eq(window_count(w), 0);
		ck_assert(!window_take(w, &item));
		free(seen);
		window_free(w);
	}
	ck_assert_mem_eq(order[0], order[1], sizeof(order[0]));
	ck_assert_mem_ne(order[0], order[2], sizeof(order[0]));
	for (size_t i = 0, same = 0; i < N; i++) {
		same += order[0][i] == i + 1;
		ck_assert_uint_lt(same, N / 20);
	}
}
END_TEST

START_TEST(counts_a_crowd)
{
	struct crowd *c = crowd_new();
	uint8_t key[2] = {1, 2};

	for (unsigned i = 0; i < 3; i++) {
		ck_assert_uint_eq(crowd_count(c, SPAN_OF(key)), i);
		crowd_enter(c, SPAN_OF(key));
	}
	ck_assert_uint_eq(crowd_count(c, (struct span){key, 1}), 0);
	for (unsigned i = 3; i > 0; i--)
		crowd_leave(c, SPAN_OF(key));
	ck_assert_uint_eq(crowd_count(c, SPAN_OF(key)), 0);
	crowd_free(c);
}
END_TEST

/* ---- exclusion ---- */

static bool
is_excluded(const struct exclude *x, const char *text)
{
	struct address a;
	char err[100];

	ck_assert(target_address(span_str(text), &a, err, sizeof(err)));
	return exclude_address(x, a.addr, a.len) != NULL;
}

START_TEST(excludes)
{
	struct exclude *x = exclude_new();
	char err[200];

	ck_assert(exclude_text(x,
	    span_str("# ours\n192.0.2.0/24 # net\n198.51.100.10-198.51.100.20\n10.1.2.3\n"
		     "2001:db8::/32\n2001:db8:1::1\ndomain:example.org\ndomain:.Example.NET\n\n"
		     "192.0.0.0/8\n203.0.113.77/24"),
	    "ours", err, sizeof(err)));
	exclude_close(x);
	ck_assert(is_excluded(x, "192.0.2.0") && is_excluded(x, "192.0.2.255"));
	ck_assert(is_excluded(x, "192.9.9.9")); /* by the wider one */
	ck_assert(!is_excluded(x, "191.255.255.255") && !is_excluded(x, "193.0.0.0"));
	ck_assert(!is_excluded(x, "198.51.100.9") && is_excluded(x, "198.51.100.10"));
	ck_assert(is_excluded(x, "198.51.100.20") && !is_excluded(x, "198.51.100.21"));
	ck_assert(is_excluded(x, "10.1.2.3") && !is_excluded(x, "10.1.2.4"));
	ck_assert(is_excluded(x, "::ffff:10.1.2.3") && !is_excluded(x, "::ffff:10.1.2.4"));
	ck_assert(is_excluded(x, "2001:db8:ffff::1") && !is_excluded(x, "2001:db9::1"));
	ck_assert(is_excluded(x, "203.0.113.1")); /* what is behind the length does not count */
	ck_assert_str_eq(exclude_name(x, "example.org"), "domain:example.org");
	ck_assert_ptr_nonnull(exclude_name(x, "a.b.example.org"));
	ck_assert_ptr_nonnull(exclude_name(x, "www.example.net"));
	ck_assert_ptr_null(exclude_name(x, "example.com"));
	ck_assert_ptr_null(exclude_name(x, "notexample.org"));
	exclude_free(x);
}
END_TEST

START_TEST(refuses_bad_exclusions)
{
	static const char *const lines[] = {"192.0.2.0/33", "192.0.2.9-192.0.2.1", "192.0.2.1:443",
	    "192.0.2.1-2001:db8::1", "example.org", "domain:", "2001:db8::/129", "192.0.2.0/", "1.2.3"};

	for (size_t i = 0; i < N_ELEMENTS(lines); i++) {
		struct exclude *x = exclude_new();
		char text[100], err[200];

		(void)snprintf(text, sizeof(text), "10.0.0.1\n%s\n", lines[i]);
		ck_assert_msg(!exclude_text(x, span_str(text), "f", err, sizeof(err)), "%s", lines[i]);
		ck_assert_msg(strncmp(err, "f:2: ", 5) == 0, "%s", err);
		exclude_free(x);
	}
}
END_TEST

START_TEST(ships_special_addresses)
{
	static const char *const in[] = {"0.0.0.0", "10.20.30.40", "100.64.0.1", "127.0.0.1", "169.254.169.254",
	    "172.31.255.255", "192.168.1.1", "198.18.0.1", "203.0.113.5", "224.0.0.1", "255.255.255.255",
	    "::", "::1", "::ffff:127.0.0.1", "64:ff9b::a00:1", "2001:db8::1", "2002::1", "fd00::1", "fe80::1",
	    "ff02::1"};
	static const char *const out[] = {"1.1.1.1", "9.255.255.255", "11.0.0.0", "100.63.255.255",
	    "172.32.0.0", "223.255.255.255", "2606:4700::1111", "2a00::1", "::ffff:1.1.1.1"};
	struct exclude *x = exclude_new();

	exclude_shipped(x);
	exclude_close(x);
	for (size_t i = 0; i < N_ELEMENTS(in); i++)
		ck_assert_msg(is_excluded(x, in[i]), "%s", in[i]);
	for (size_t i = 0; i < N_ELEMENTS(out); i++)
		ck_assert_msg(!is_excluded(x, out[i]), "%s", out[i]);
	exclude_free(x);
}
END_TEST

/* ---- resuming ---- */

static size_t
record(char *to, uint64_t seq, unsigned record, unsigned records)
{
	return (size_t)sprintf(to,
	    "{\"schema_version\":\"1.0\",\"target\":{\"host\":\"\\\"list\\\":{\"},\"list\":{\"seq\":%u,\"line\":%u,"
	    "\"record\":%u,\"records\":%u,\"digest\":\"%016x\"},\"facts\":{}}\n",
	    (unsigned)seq, (unsigned)seq + 1, record, records, (unsigned)seq * 3);
}

static int
file_of(const char *text, size_t n)
{
	char path[] = "/tmp/test_bulk.XXXXXX";
	int fd = mkstemp(path);

	(void)unlink(path);
	ck_assert_int_eq(write(fd, text, n), (ssize_t)n);
	return fd;
}

/* Cut at any byte: whole targets stay, in both forms; what stays is read back the same. */
START_TEST(resumes_after_any_cut)
{
	char text[4096], err[200];
	size_t n = 0, ends[4], whole = 0;

	n += record(text + n, 9, 1, 1);
	ends[0] = n;
	n += record(text + n, 4, 1, 2);
	n += record(text + n, 4, 2, 2);
	ends[1] = n;
	n += record(text + n, 5, 1, 1);
	ends[2] = n;
	ends[3] = SIZE_MAX;
	for (size_t cut = 0; cut <= n; cut++) {
		struct resume *r = resume_new();
		int fd = file_of(text, cut);

		while (ends[whole] <= cut)
			whole++;
		ck_assert(resume_read(r, fd, false, err, sizeof(err)));
		ck_assert_uint_eq(resume_keep(r), whole > 0 ? ends[whole - 1] : 0);
		ck_assert_uint_eq(resume_count(r), whole);
		ck_assert(resume_has(r, 9) == (whole > 0));
		ck_assert(resume_has(r, 4) == (whole > 1));
		ck_assert(resume_has(r, 5) == (whole > 2));
		ck_assert(!resume_has(r, 6) && !resume_has(r, 1u << 30));
		ck_assert(resume_matches(r, 9, 27));
		ck_assert(resume_matches(r, 9, 28) == (whole == 0));
		resume_free(r);
		(void)close(fd);
	}
}
END_TEST

START_TEST(resumes_frames)
{
	struct zstd_out *z = zstd_out_new();
	char text[1024], file[4096], err[200];
	size_t n = 0, first = 0;

	for (uint64_t seq = 1; seq <= 2; seq++) {
		struct span frame = zstd_frame(z, (struct span){(uint8_t *)text, record(text, seq, 1, 1)});

		memcpy(file + n, frame.p, frame.n);
		n += frame.n;
		first = first == 0 ? n : first;
	}
	for (size_t cut = 0; cut <= n; cut++) {
		struct resume *r = resume_new();
		int fd = file_of(file, cut);

		ck_assert(resume_read(r, fd, true, err, sizeof(err)));
		ck_assert_uint_eq(resume_keep(r), cut < first ? 0 : cut < n ? first : n);
		ck_assert_uint_eq(resume_count(r), cut < first ? 0 : cut < n ? 1 : 2);
		resume_free(r);
		(void)close(fd);
	}
	zstd_out_free(z);
}
END_TEST

START_TEST(refuses_other_files)
{
	static const char *const texts[] = {"hello\n", "{}\n", "{\"list\":{\"seq\":0}}\n",
	    "{\"list\":{\"seq\":1,\"line\":1,\"record\":2,\"records\":2,\"digest\":\"00\"}}\n",
	    "{\"list\":{\"seq\":1,\"line\":1,\"record\":2,\"records\":1,\"digest\":\"00\"}}\n",
	    "{\"list\":{\"seq\":-1,\"line\":1,\"record\":1,\"records\":1,\"digest\":\"00\"}}\n"};

	for (size_t i = 0; i < N_ELEMENTS(texts); i++) {
		struct resume *r = resume_new();
		int fd = file_of(texts[i], strlen(texts[i]));
		char err[200];

		ck_assert_msg(!resume_read(r, fd, false, err, sizeof(err)), "%s", texts[i]);
		ck_assert_ptr_nonnull(strstr(err, "line 1"));
		resume_free(r);
		(void)close(fd);
	}
}
END_TEST

/* However many records: some of the digests are remembered, the first one always. */
START_TEST(samples_digests)
{
	enum { N = 5000, SIZE = 200 };
	char *text = malloc(N * SIZE), err[200];
	struct resume *r = resume_new();
	size_t n = 0, caught = 0;
	int fd;

	for (uint64_t seq = N + 6; seq > 6; seq--)
		n += record(text + n, seq, 1, 1);
	fd = file_of(text, n);
	ck_assert(resume_read(r, fd, false, err, sizeof(err)));
	ck_assert_uint_eq(resume_count(r), N);
	for (uint64_t seq = 7; seq < N + 7; seq++) {
		ck_assert(resume_matches(r, seq, seq * 3));
		caught += !resume_matches(r, seq, seq);
	}
	ck_assert(!resume_matches(r, 7, 0));
	ck_assert_uint_ge(caught, 32);
	ck_assert(resume_add(r, 3) && !resume_add(r, 3) && !resume_add(r, 7));
	resume_free(r);
	(void)close(fd);
	free(text);
}
END_TEST

/* ---- second passes ---- */

struct factors {
	unsigned n;
	uint64_t factor[8];
};

static void
on_factor(void *arg, size_t i, struct span factor)
{
	struct factors *f = arg;

	f->n++;
	for (size_t k = 0; k < factor.n; k++)
		f->factor[i] = f->factor[i] << 8 | factor.p[k];
}

static struct span
number(uint8_t *to, uint64_t v)
{
	for (unsigned i = 0; i < 8; i++)
		to[i] = (uint8_t)(v >> (56 - 8 * i));
	return (struct span){to, 8};
}

/* Primes in common, all of them, and the same modulus twice; the others stay out. */
START_TEST(finds_shared_factors)
{
	enum { P = 1000003, Q = 1000033, R = 1000037, S = 1000039, T = 1000081, U = 1000099 };
	static const uint64_t moduli[8] = {(uint64_t)P * Q, (uint64_t)S * T, (uint64_t)P * R,
	    (uint64_t)Q * R, 0, 1, (uint64_t)U * U, (uint64_t)S * T};
	uint8_t bytes[8][8];
	struct span spans[8];
	struct factors f = {0};

	for (size_t i = 0; i < 8; i++)
		spans[i] = number(bytes[i], moduli[i]);
	gmp_shared_factors(spans, 8, on_factor, &f);
	ck_assert_uint_eq(f.n, 5);
	ck_assert_uint_eq(f.factor[0], moduli[0]); /* both primes elsewhere */
	ck_assert_uint_eq(f.factor[1], moduli[1]);
	ck_assert_uint_eq(f.factor[2], moduli[2]);
	ck_assert_uint_eq(f.factor[3], moduli[3]);
	ck_assert_uint_eq(f.factor[6], 0); /* a square of its own is no shared prime */
	f = (struct factors){0};
	gmp_shared_factors(spans, 3, on_factor, &f);
	ck_assert_uint_eq(f.n, 2);
	ck_assert_uint_eq(f.factor[0], P);
	ck_assert_uint_eq(f.factor[2], P);
	f = (struct factors){0};
	gmp_shared_factors(spans, 1, on_factor, &f);
	gmp_shared_factors(spans, 0, on_factor, &f);
	ck_assert_uint_eq(f.n, 0);
}
END_TEST

UNIT_MAIN("bulk", finds_shared_factors, reads_lines, expands_networks, passes_over_long_lines, reads_files,
    digests_tell_lists_apart, permutes, counts_a_crowd, excludes, refuses_bad_exclusions,
    ships_special_addresses, resumes_after_any_cut, resumes_frames, refuses_other_files, samples_digests)
