/* hello: what goes out, byte for byte (tests/golden/hello/), and that nothing in it is repaired. */
#include <stdio.h>

#include "base/arena.h"
#include "base/rd.h"
#include "tls/code.h"
#include "tls/hello.h"
#include "unit.h"

static struct arena *arena;

static void
set_up(void)
{
	arena = arena_new(1 << 20);
}

static void
tear_down(void)
{
	arena_free(arena);
}

static struct span
written(const struct hello *h, const struct key_share *keys, size_t n_keys)
{
	struct rng rng;
	struct wr w;

	rng_seed(&rng, 8446);
	wr_init(&w, arena_alloc(arena, 20000), 20000);
	hello_write(h, keys, n_keys, &rng, &w);
	ck_assert(wr_ok(&w));
	return wr_done(&w);
}

static char *
in_hex(struct span s)
{
	char *text = arena_alloc(arena, 3 * s.n + s.n / 32 + 2), *p = text;

	for (size_t i = 0; i < s.n; i++)
		p += snprintf(p, 4, "%02x%s", s.p[i], i % 32 == 31 || i + 1 == s.n ? "\n" : "");
	return text;
}

/* Holds the bytes against tests/golden/hello/<name>.hex; UPDATE_GOLDEN=1 writes it. */
static void
golden(const char *name, struct span bytes)
{
	const char *path = arena_printf(arena, "%s/tests/golden/hello/%s.hex", SRCDIR, name);
	bool update = getenv("UPDATE_GOLDEN") != NULL;
	char *got = in_hex(bytes), *want = arena_alloc(arena, 65536);
	FILE *f = fopen(path, update ? "w" : "r");

	ck_assert_msg(f != NULL, "%s", path);
	if (update)
		ck_assert_int_ge(fputs(got, f), 0);
	else
		ck_assert_msg(
		    fread(want, 1, 65535, f) > 0 && strcmp(got, want) == 0, "%s differs", path);
	ck_assert_int_eq(fclose(f), 0);
}

static struct hello
whole(uint16_t version)
{
	struct hello h;

	hello_init(&h, "www.example.com", version);
	if (version == SSL2)
		h.suites2 = suites_ssl2();
	else
		h.suites = suites_for_version(version);
	return h;
}

START_TEST(everything_of_a_version)
{
	static const uint16_t versions[] = {SSL2, SSL3, TLS1_0, TLS1_1, TLS1_2, TLS1_3};

	for (size_t i = 0; i < N_ELEMENTS(versions); i++) {
		struct hello h = whole(versions[i]);

		golden(version_key(versions[i]), written(&h, NULL, 0));
	}
}
END_TEST

START_TEST(every_extension)
{
	static const uint16_t suites[] = {0x1301, 0xc02f}, versions[] = {TLS1_3, TLS1_2};
	static const uint16_t groups[] = {0x001d, 0x0017}, algs[] = {0x0403, 0x0804};
	static const char *const alpn[] = {"h2", "http/1.1", NULL};
	static const uint8_t key[32] = {1, 2, 3}, cookie[] = "crumb",
			     more[] = {0xfa, 0xfa, 0, 1, 0};
	const struct key_share shares[] = {{0x001d, SPAN_OF(key)}};
	struct hello h;

	hello_init(&h, "a.example", TLS1_2);
	h.suites = U16S_OF(suites);
	h.versions = U16S_OF(versions);
	h.groups = U16S_OF(groups);
	h.sigalgs = h.sigalgs_cert = U16S_OF(algs);
	h.alpn = alpn;
	h.flags = (1 << 15) - 1;
	h.cookie = (struct span){cookie, 5};
	h.more_exts = SPAN_OF(more);
	h.pad_to = 0;
	golden("every_extension", written(&h, shares, 1));
}
END_TEST

START_TEST(zero_fields_are_left_out)
{
	static const uint16_t suites[] = {0x002f};
	struct hello h = {.version = TLS1_0, .suites = U16S_OF(suites)};
	struct span s = written(&h, NULL, 0);

	/* Header, type and length, version, random, no session id, one suite, null compression. */
	ck_assert_uint_eq(s.n, 5 + 4 + 2 + 32 + 1 + 4 + 2);
	golden("bare", s);
}
END_TEST

/* RFC 7685: never between 256 and 511 bytes. */
START_TEST(no_hello_of_an_unlucky_length)
{
	for (size_t n = 1; n < 200; n++) {
		struct hello h = whole(TLS1_2);
		struct span s;

		h.suites.n = n;
		h.groups.n = h.sigalgs.n = 4;
		s = written(&h, NULL, 0);
		ck_assert_msg(s.n - 5 < 256 || s.n - 5 >= 512, "%zu suites: %zu bytes", n, s.n - 5);
	}
}
END_TEST

/* Every length in it is true, whatever is in it. */
START_TEST(lengths_are_true)
{
	for (unsigned flags = 0; flags < 1 << 15; flags += 37) {
		struct hello h = whole(flags % 2 == 0 ? TLS1_2 : TLS1_3);
		struct rd r, record, message, body, exts, ext;
		struct span skip;
		uint16_t type;
		uint8_t u8;

		h.flags = flags;
		r = rd_of(written(&h, NULL, 0));
		ck_assert(rd_bytes(&r, 3, &skip) && rd_vec16(&r, &record) && rd_end(&r));
		ck_assert(rd_u8(&record, &u8) && u8 == 1 && rd_vec24(&record, &message) &&
			  rd_end(&record));
		ck_assert(rd_bytes(&message, 34, &skip) && rd_vec8(&message, &body));
		ck_assert_uint_eq(body.n, (flags & HELLO_SESSION_ID) != 0 ? 32 : 0);
		ck_assert(rd_vec16(&message, &body) && body.n == 2 * h.suites.n);
		ck_assert(rd_vec8(&message, &body));
		ck_assert_uint_eq(body.n, (flags & HELLO_DEFLATE) != 0 ? 2 : 1);
		ck_assert(rd_vec16(&message, &exts) && rd_end(&message));
		while (!rd_end(&exts))
			ck_assert(rd_u16(&exts, &type) && rd_vec16(&exts, &ext));
	}
}
END_TEST

START_TEST(too_long_for_a_record_is_bad)
{
	uint16_t many[9000];
	struct hello h;
	struct rng rng;
	struct wr w;

	memset(many, 0, sizeof(many));
	hello_init(&h, NULL, TLS1_2);
	h.suites = U16S_OF(many);
	rng_seed(&rng, 1);
	wr_init(&w, arena_alloc(arena, 40000), 40000);
	hello_write(&h, NULL, 0, &rng, &w);
	ck_assert(!wr_ok(&w));
	h.suites.n = 10;
	wr_init(&w, arena_alloc(arena, 100), 100);
	hello_write(&h, NULL, 0, &rng, &w);
	ck_assert(!wr_ok(&w));
}
END_TEST

/* RFC 5246, 6.2.1: the message in several records is the message in one. */
START_TEST(cut_into_records)
{
	static const uint16_t sizes[] = {16, 100, 510, 511, 512, 513};
	struct hello h = whole(TLS1_2);
	struct span one = written(&h, NULL, 0);
	uint8_t *joined = arena_alloc(arena, one.n);

	for (size_t i = 0; i < N_ELEMENTS(sizes); i++) {
		struct rd r, body;
		struct span type;
		size_t n = 0, records = 0;

		h.fragment = sizes[i];
		r = rd_of(written(&h, NULL, 0));
		for (; !rd_end(&r); records++) {
			ck_assert(rd_bytes(&r, 3, &type) && memcmp(type.p, one.p, 3) == 0);
			ck_assert(rd_vec16(&r, &body) && body.n <= sizes[i] && n + body.n <= one.n - 5);
			memcpy(joined + n, body.p, body.n);
			n += body.n;
		}
		ck_assert_uint_eq(n, one.n - 5);
		ck_assert_int_eq(memcmp(joined, one.p + 5, n), 0);
		ck_assert_uint_eq(records, (n + sizes[i] - 1) / sizes[i]);
	}
}
END_TEST

START_TEST(a_seed_is_a_hello)
{
	struct hello h = whole(TLS1_2);
	struct span a = written(&h, NULL, 0), b = written(&h, NULL, 0);
	struct rng rng;
	struct wr w;

	ck_assert(span_eq(a, b));
	rng_seed(&rng, 8447);
	wr_init(&w, arena_alloc(arena, 20000), 20000);
	hello_write(&h, NULL, 0, &rng, &w);
	ck_assert(!span_eq(a, wr_done(&w)));
}
END_TEST

UNIT_MAIN_WITH(set_up, tear_down, "hello", everything_of_a_version, every_extension,
    zero_fields_are_left_out, no_hello_of_an_unlucky_length, lengths_are_true,
    too_long_for_a_record_is_bad, cut_into_records, a_seed_is_a_hello)
