/* fact: what is known, what is not and why, and in which order rows stand. */
#include <signal.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "fact.h"
#include "unit.h"

static struct arena *arena;
static struct facts *f;

static void
set_up(void)
{
	arena = arena_new(1 << 20);
	f = facts_new(arena);
}

static void
tear_down(void)
{
	arena_free(arena);
}

START_TEST(an_empty_store_knows_nothing)
{
	for (int id = kind_defs[K_ENDPOINT].first; id < (int)kind_end(K_ENDPOINT); id++) {
		ck_assert(!fact_settled(f, (enum fact_id)id));
		ck_assert(!fact_known(f, (enum fact_id)id));
		ck_assert_int_eq(fact_why(f, (enum fact_id)id), WHY_NOT_ASKED);
		ck_assert_ptr_null(fact_note(f, (enum fact_id)id));
	}
	ck_assert_int_eq(fact_tri(f, F_PROTO_TLS1_2), TRI_UNKNOWN);
	ck_assert_uint_eq(fact_u32(f, F_DH_BITS), 0);
	ck_assert_ptr_null(fact_str(f, F_BEAST));
	ck_assert_uint_eq(fact_u16s(f, F_SUITES_TLS1_2).n, 0);
	ck_assert_uint_eq(fact_u32s(f, F_SUITES_SSL2).n, 0);
	ck_assert_uint_eq(fact_n_strs(f, F_ALPN), 0);
	for (int k = K_ENDPOINT + 1; k < K__MAX; k++)
		ck_assert_uint_eq(fact_rows(f, (enum kind)k), 0);
}
END_TEST

START_TEST(each_type_comes_back_as_a_copy)
{
	uint16_t codes[] = {0xc02f, 0x1301};
	uint32_t kinds[] = {0x010080};
	uint8_t bytes[] = {1, 0, 2};
	char text[] = "server", h2[] = "h2";
	const char *strs[] = {h2, "http/1.1"};
	struct facts *row = fact_add(f, K_CERT);

	fact_put_tri(f, F_PROTO_TLS1_2, TRI_NO);
	fact_put_u32(f, F_DH_BITS, 2048);
	fact_put_u32(f, F_PROTO_MAX, 0x0304);
	fact_put_str(f, F_ORDER_TLS1_2, text);
	fact_put_u16s(f, F_SUITES_TLS1_2, U16S_OF(codes));
	fact_put_u32s(f, F_SUITES_SSL2, (struct u32s){kinds, 1});
	fact_put_strs(f, F_ALPN, strs, 2);
	fact_put_hex(row, F_CERT_SHA256, SPAN_OF(bytes));
	fact_put_time(row, F_CERT_NOT_AFTER, -1);
	memset(codes, 0, sizeof(codes));
	memset(kinds, 0, sizeof(kinds));
	memset(bytes, 0, sizeof(bytes));
	text[0] = h2[0] = 'x';
	ck_assert_int_eq(fact_tri(f, F_PROTO_TLS1_2), TRI_NO);
	ck_assert(!fact_yes(f, F_PROTO_TLS1_2));
	ck_assert_uint_eq(fact_u32(f, F_DH_BITS), 2048);
	ck_assert_uint_eq(fact_u32(f, F_PROTO_MAX), 0x0304);
	ck_assert_str_eq(fact_str(f, F_ORDER_TLS1_2), "server");
	ck_assert_uint_eq(fact_u16s(f, F_SUITES_TLS1_2).n, 2);
	ck_assert_uint_eq(fact_u16s(f, F_SUITES_TLS1_2).v[1], 0x1301);
	ck_assert_uint_eq(fact_u32s(f, F_SUITES_SSL2).v[0], 0x010080);
	ck_assert_str_eq(fact_strs(f, F_ALPN, 0), "h2");
	ck_assert_str_eq(fact_strs(f, F_ALPN, 1), "http/1.1");
	ck_assert_mem_eq(fact_hex(row, F_CERT_SHA256).p, "\1\0\2", 3);
	ck_assert_int_eq(fact_time(row, F_CERT_NOT_AFTER), -1);
	ck_assert_int_eq(fact_why(f, F_DH_BITS), WHY_NONE);
}
END_TEST

START_TEST(an_empty_list_is_known)
{
	fact_put_u16s(f, F_SUITES_TLS1_2, (struct u16s){NULL, 0});
	fact_put_strs(f, F_ALPN, NULL, 0);
	ck_assert(fact_known(f, F_SUITES_TLS1_2) && fact_known(f, F_ALPN));
}
END_TEST

START_TEST(unknown_has_a_reason_and_words)
{
	static const uint16_t seen[] = {0x002f};

	fact_put_unknown(f, F_PROTO_SSL3, WHY_SILENCE, "no answer in 8 s");
	fact_put_seen(f, F_SUITES_TLS1_0, U16S_OF(seen), WHY_RESET, NULL);
	ck_assert(fact_settled(f, F_PROTO_SSL3) && !fact_known(f, F_PROTO_SSL3));
	ck_assert_int_eq(fact_tri(f, F_PROTO_SSL3), TRI_UNKNOWN);
	ck_assert_int_eq(fact_why(f, F_PROTO_SSL3), WHY_SILENCE);
	ck_assert_str_eq(fact_note(f, F_PROTO_SSL3), "no answer in 8 s");
	ck_assert_uint_eq(fact_u16s(f, F_SUITES_TLS1_0).n, 0);
	ck_assert_uint_eq(fact_seen(f, F_SUITES_TLS1_0).n, 1);
	ck_assert_uint_eq(fact_seen(f, F_SUITES_TLS1_1).n, 0);
	fact_set_note(f, F_PROTO_SSL3, "reset");
	ck_assert_str_eq(fact_note(f, F_PROTO_SSL3), "reset");
	fact_set_note(f, F_PROTO_SSL3, NULL);
	ck_assert_ptr_null(fact_note(f, F_PROTO_SSL3));
	fact_set_note(f, F_PROTO_TLS1_1, "before it is put");
	fact_put_tri(f, F_PROTO_TLS1_1, TRI_YES);
	ck_assert_str_eq(fact_note(f, F_PROTO_TLS1_1), "before it is put");
}
END_TEST

START_TEST(rows_keep_their_order)
{
	struct facts *rows[50];

	for (uint32_t i = 0; i < 50; i++) {
		rows[i] = fact_add(f, K_DEPLOY);
		ck_assert_int_eq(fact_kind(rows[i]), K_DEPLOY);
		fact_put_u32(rows[i], F_DEPLOY_ID, i);
		fact_put_u32(fact_add(f, K_TRUST), F_TRUST_DEPLOYMENT, 99 - i);
	}
	ck_assert_uint_eq(fact_rows(f, K_DEPLOY), 50);
	for (uint32_t i = 0; i < 50; i++) {
		ck_assert_ptr_eq(fact_row(f, K_DEPLOY, i), rows[i]);
		ck_assert_uint_eq(fact_u32(rows[i], F_DEPLOY_ID), i);
		ck_assert_uint_eq(fact_u32(fact_row(f, K_TRUST, i), F_TRUST_DEPLOYMENT), 99 - i);
		ck_assert(!fact_settled(rows[i], F_DEPLOY_KEY_TYPE));
	}
}
END_TEST

START_TEST(a_full_arena_makes_it_unknown)
{
	uint8_t big[3000] = {1};
	struct arena *small = arena_new(60000);
	struct facts *g = facts_new(small);
	size_t known = 0, lost = 0;

	for (int i = 0; i < 60; i++) {
		struct facts *row = fact_add(g, K_CERT);

		fact_put_hex(row, F_CERT_DER, SPAN_OF(big));
		ck_assert(fact_settled(row, F_CERT_DER));
		known += fact_known(row, F_CERT_DER);
		if (!fact_known(row, F_CERT_DER)) {
			ck_assert_int_eq(fact_why(row, F_CERT_DER), WHY_BUDGET);
			lost++;
		}
	}
	ck_assert_uint_gt(known, 0);
	ck_assert_uint_gt(lost, 0);
	fact_put_tri(g, F_PROTO_TLS1_2, TRI_YES); /* what needs no room is still written */
	ck_assert(fact_yes(g, F_PROTO_TLS1_2));
	arena_free(small);
}
END_TEST

START_TEST(the_dictionary_holds_together)
{
	for (int id = F_NONE + 1; id < F__MAX; id++) {
		const struct fact_def *d = &fact_defs[id], *e;
		char path[200];

		ck_assert_ptr_nonnull(d->json);
		ck_assert_uint_gt(strlen(d->json), 0);
		snprintf(path, sizeof(path), "%s%s%s", kind_defs[d->kind].json,
		    d->kind == K_ENDPOINT ? "" : "[].", d->json);
		ck_assert_msg((int)fact_by_json(path) == id, "%s", path);
		ck_assert(id >= (int)kind_defs[d->kind].first && id < (int)kind_end(d->kind));
		for (int other = F_NONE + 1; other < id; other++) {
			e = &fact_defs[other];
			ck_assert_msg(
			    e->kind != d->kind || strcmp(e->json, d->json) != 0, "%s twice", path);
		}
	}
	ck_assert_int_eq(fact_by_json("protocols.tls1_4"), F_NONE);
	ck_assert_int_eq(fact_by_json("certificates[].nothing"), F_NONE);
	ck_assert_int_eq(fact_by_json(""), F_NONE);
	for (int w = WHY_NONE; w < WHY__MAX; w++)
		ck_assert_ptr_nonnull(why_name((enum why)w));
	ck_assert_str_eq(tri_name(TRI_UNKNOWN), "unknown");
	ck_assert_str_eq(tri_name(TRI_NO), "no");
	ck_assert_str_eq(tri_name(TRI_YES), "yes");
}
END_TEST

/* The process ends with SIGABRT, as every broken CHECK() does. */
static bool
aborts(void (*bug)(void))
{
	pid_t pid = fork();
	int status = 0;

	ck_assert_int_ge(pid, 0);
	if (pid == 0) {
		if (freopen("/dev/null", "w", stderr) == NULL)
			_exit(1);
		bug();
		_exit(0);
	}
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	return WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT;
}

static void
put_twice(void)
{
	fact_put_tri(f, F_PROTO_TLS1_2, TRI_YES);
	fact_put_tri(f, F_PROTO_TLS1_2, TRI_YES);
}

static void
put_after_unknown(void)
{
	fact_put_unknown(f, F_PROTO_TLS1_2, WHY_RESET, NULL);
	fact_put_tri(f, F_PROTO_TLS1_2, TRI_YES);
}

static void
put_of_another_type(void)
{
	fact_put_tri(f, F_DH_BITS, TRI_YES);
}

static void
put_into_another_row(void)
{
	fact_put_u32(fact_add(f, K_CERT), F_DH_BITS, 1);
}

static void
unknown_for_no_reason(void)
{
	fact_put_unknown(f, F_DH_BITS, WHY_NONE, NULL);
}

static void
no_such_row(void)
{
	fact_row(f, K_CERT, 0);
}

START_TEST(bugs_end_the_process)
{
	ck_assert(aborts(put_twice));
	ck_assert(aborts(put_after_unknown));
	ck_assert(aborts(put_of_another_type));
	ck_assert(aborts(put_into_another_row));
	ck_assert(aborts(unknown_for_no_reason));
	ck_assert(aborts(no_such_row));
}
END_TEST

UNIT_MAIN_WITH(set_up, tear_down, "fact", an_empty_store_knows_nothing,
    each_type_comes_back_as_a_copy, an_empty_list_is_known, unknown_has_a_reason_and_words,
    rows_keep_their_order, a_full_arena_makes_it_unknown, the_dictionary_holds_together,
    bugs_end_the_process)
