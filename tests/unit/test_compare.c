/* compare: what counts as a difference between two addresses of a name. */
#include "audit/compare.h"

#include "base/check.h"
#include "unit.h"

static struct arena *arena;
static const char *what;

static struct facts *
address(enum tri tls1_0, struct u16s suites)
{
	struct facts *f = facts_new(arena);

	fact_put_tri(f, F_PROTO_TLS1_0, tls1_0);
	fact_put_u16s(f, F_SUITES_TLS1_2, suites);
	return f;
}

static void
show_leaf(struct facts *f, const char *key_type, uint8_t fingerprint)
{
	struct facts *cert = fact_add(f, K_CERT), *flight = fact_add(f, K_FLIGHT);
	const uint16_t index = (uint16_t)(fact_rows(f, K_CERT) - 1);

	fact_put_str(cert, F_CERT_KEY_TYPE, key_type);
	fact_put_hex(cert, F_CERT_SHA256, (struct span){&fingerprint, 1});
	fact_put_u16s(flight, F_FLIGHT_CHAIN, (struct u16s){&index, 1});
}

static enum tri
compare(struct facts *a, struct facts *b)
{
	const struct facts *f[] = {a, b};

	what = NULL;
	return compare_facts(f, 2, arena, &what);
}

static const uint16_t some[] = {0xc02f, 0xc030}, turned[] = {0xc030, 0xc02f}, more[] = {
    0xc02f, 0xc030, 0x002f};

START_TEST(sees_differences)
{
	struct facts *a, *b;

	arena = arena_new(1 << 20);
	ck_assert_int_eq(compare(address(TRI_NO, U16S_OF(some)), address(TRI_NO, U16S_OF(some))), TRI_NO);
	/* Order may depend on chance. */
	ck_assert_int_eq(compare(address(TRI_NO, U16S_OF(some)), address(TRI_NO, U16S_OF(turned))), TRI_NO);
	ck_assert_ptr_null(what);
	ck_assert_int_eq(compare(address(TRI_NO, U16S_OF(some)), address(TRI_YES, U16S_OF(some))), TRI_YES);
	ck_assert_str_eq(what, "TLS 1.0 (protocols.tls1_0)");
	ck_assert_int_eq(compare(address(TRI_NO, U16S_OF(more)), address(TRI_NO, U16S_OF(some))), TRI_YES);
	ck_assert_str_eq(what, "TLS 1.2 suites (suites.tls1_2)");
	a = address(TRI_NO, U16S_OF(some));
	b = address(TRI_YES, U16S_OF(more));
	show_leaf(a, "RSA", 1);
	show_leaf(b, "RSA", 2);
	ck_assert_int_eq(compare(a, b), TRI_YES);
	ck_assert_str_eq(
	    what, "TLS 1.0 (protocols.tls1_0), TLS 1.2 suites (suites.tls1_2), RSA certificate");
	arena_free(arena);
}
END_TEST

START_TEST(unknown_is_no_difference)
{
	struct facts *a, *b;

	arena = arena_new(1 << 20);
	a = facts_new(arena);
	b = facts_new(arena);
	ck_assert_int_eq(compare(a, b), TRI_UNKNOWN);
	fact_put_unknown(a, F_PROTO_TLS1_0, WHY_RESET, NULL);
	fact_put_tri(b, F_PROTO_TLS1_0, TRI_YES);
	ck_assert_int_eq(compare(a, b), TRI_UNKNOWN);
	fact_put_tri(a, F_PROTO_TLS1_2, TRI_YES);
	fact_put_tri(b, F_PROTO_TLS1_2, TRI_YES);
	ck_assert_int_eq(compare(a, b), TRI_NO);
	arena_free(arena);
}
END_TEST

START_TEST(compares_leaves_by_key_type)
{
	struct facts *a, *b;

	arena = arena_new(1 << 20);
	a = address(TRI_NO, U16S_OF(some));
	b = address(TRI_NO, U16S_OF(some));
	show_leaf(a, "RSA", 1);
	show_leaf(a, "EC", 2);
	show_leaf(b, "RSA", 1);
	ck_assert_int_eq(compare(a, b), TRI_NO); /* the other key type was not seen there: unknown */
	show_leaf(b, "EC", 3);
	ck_assert_int_eq(compare(a, b), TRI_YES);
	ck_assert_str_eq(what, "EC certificate");
	arena_free(arena);
}
END_TEST

UNIT_MAIN("compare", sees_differences, unknown_is_no_difference, compares_leaves_by_key_type)
