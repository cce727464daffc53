/* dhprimes: the table against libcrypto's copies of the RFCs, and against arithmetic. */
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/evp.h>

#include "tls/dhprimes.h"
#include "unit.h"

enum { BYTES_MAX = 1024 + 1 };

static BIGNUM *
number(const struct dh_prime *d)
{
	return BN_bin2bn(d->p.p, (int)d->p.n, NULL);
}

START_TEST(rows_ascend_and_are_found)
{
	ck_assert_uint_gt(dh_prime_count(), 100);
	for (size_t i = 0; i < dh_prime_count(); i++) {
		const struct dh_prime *d = dh_prime_at(i);
		uint8_t wide[BYTES_MAX] = {0};
		BIGNUM *p = number(d);

		ck_assert_uint_lt(d->p.n, BYTES_MAX);
		ck_assert_uint_eq(d->bits, (unsigned)BN_num_bits(p));
		ck_assert_uint_ne(d->p.p[0], 0);
		ck_assert(d->kind != DH_KIND_UNKNOWN);
		ck_assert_ptr_eq(dh_prime_find(d->p), d);
		ck_assert_str_eq(dh_prime_name(d->p), d->name);

		/* one zero byte in front is the same number, a changed last byte is another */
		memcpy(wide + 1, d->p.p, d->p.n);
		ck_assert_ptr_eq(dh_prime_find((struct span){wide, d->p.n + 1}), d);
		wide[d->p.n] ^= 0x10;
		ck_assert_ptr_null(dh_prime_find((struct span){wide + 1, d->p.n}));
		/* so is a shorter one */
		ck_assert_ptr_null(dh_prime_find((struct span){d->p.p, d->p.n - 1}));

		if (i > 0) {
			BIGNUM *before = number(dh_prime_at(i - 1));

			ck_assert_int_lt(BN_cmp(before, p), 0);
			BN_free(before);
		}
		BN_free(p);
	}
}
END_TEST

START_TEST(nothing_has_no_name)
{
	static const uint8_t zeros[4];

	ck_assert_ptr_null(dh_prime_find((struct span){NULL, 0}));
	ck_assert_ptr_null(dh_prime_find(SPAN_OF(zeros)));
	ck_assert_ptr_null(dh_prime_name(SPAN_OF(zeros)));
}
END_TEST

/* The row of libcrypto's number has this name; frees the number. */
static void
is_named(BIGNUM *p, const char *name)
{
	uint8_t bytes[BYTES_MAX];
	const struct dh_prime *d;

	ck_assert_ptr_nonnull(p);
	ck_assert_int_lt(BN_num_bytes(p), BYTES_MAX);
	d = dh_prime_find((struct span){bytes, (size_t)BN_bn2bin(p, bytes)});
	ck_assert_msg(d != NULL, "%s is not in the table", name);
	ck_assert_str_eq(d->name, name);
	ck_assert(d->standard);
	ck_assert_int_eq(d->kind, DH_KIND_SAFE);
	BN_free(p);
}

/* libcrypto's prime of a named group, for the caller to free. */
static BIGNUM *
ffdhe(const char *group)
{
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_name(NULL, "DH", NULL);
	EVP_PKEY *params = NULL;
	BIGNUM *p = NULL;

	ck_assert_int_eq(EVP_PKEY_paramgen_init(ctx), 1);
	ck_assert_int_eq(EVP_PKEY_CTX_set_group_name(ctx, group), 1);
	ck_assert_int_eq(EVP_PKEY_paramgen(ctx, &params), 1);
	ck_assert_int_eq(EVP_PKEY_get_bn_param(params, OSSL_PKEY_PARAM_FFC_P, &p), 1);
	EVP_PKEY_free(params);
	EVP_PKEY_CTX_free(ctx);
	return p;
}

START_TEST(standards_are_libcrypto_s)
{
	size_t standard = 0;

	is_named(BN_get_rfc2409_prime_768(NULL), "RFC 2409 Oakley group 1");
	is_named(BN_get_rfc2409_prime_1024(NULL), "RFC 2409 Oakley group 2");
	is_named(BN_get_rfc3526_prime_1536(NULL), "RFC 3526 group 5");
	is_named(BN_get_rfc3526_prime_2048(NULL), "RFC 3526 group 14");
	is_named(BN_get_rfc3526_prime_3072(NULL), "RFC 3526 group 15");
	is_named(BN_get_rfc3526_prime_4096(NULL), "RFC 3526 group 16");
	is_named(BN_get_rfc3526_prime_6144(NULL), "RFC 3526 group 17");
	is_named(BN_get_rfc3526_prime_8192(NULL), "RFC 3526 group 18");
	is_named(ffdhe("ffdhe2048"), "RFC 7919 ffdhe2048");
	is_named(ffdhe("ffdhe3072"), "RFC 7919 ffdhe3072");
	is_named(ffdhe("ffdhe4096"), "RFC 7919 ffdhe4096");
	is_named(ffdhe("ffdhe6144"), "RFC 7919 ffdhe6144");
	is_named(ffdhe("ffdhe8192"), "RFC 7919 ffdhe8192");
	for (size_t i = 0; i < dh_prime_count(); i++)
		standard += dh_prime_at(i)->standard;
	ck_assert_uint_eq(standard, 8 + 5 + 3 + 3); /* RFC 5114 and 5054 have three each */
}
END_TEST

/* Fermat's test to base 2: enough against slips, for nobody chose these numbers to deceive it. */
static bool
looks_prime(const BIGNUM *n, BN_CTX *ctx)
{
	BIGNUM *two = BN_new(), *less = BN_dup(n), *r = BN_new();
	bool one;

	BN_set_word(two, 2);
	BN_sub_word(less, 1);
	ck_assert_int_eq(BN_mod_exp(r, two, less, n, ctx), 1);
	one = BN_is_one(r);
	BN_free(two);
	BN_free(less);
	BN_free(r);
	return one;
}

START_TEST(kinds_are_true)
{
	BN_CTX *ctx = BN_CTX_new();
	size_t seen[DH_KIND_COMPOSITE + 1] = {0};

	for (size_t i = 0; i < dh_prime_count(); i++) {
		const struct dh_prime *d = dh_prime_at(i);
		BIGNUM *p = number(d), *half = BN_new();
		enum dh_kind kind = DH_KIND_COMPOSITE;

		BN_rshift1(half, p);
		if (BN_is_odd(p) && looks_prime(p, ctx))
			kind = looks_prime(half, ctx) ? DH_KIND_SAFE : DH_KIND_UNSAFE;
		ck_assert_msg(kind == d->kind, "%s, %u bits: row says %d, arithmetic %d", d->name,
		    d->bits, (int)d->kind, (int)kind);
		seen[kind]++;
		BN_free(p);
		BN_free(half);
	}
	BN_CTX_free(ctx);
	ck_assert_uint_gt(seen[DH_KIND_UNSAFE], 0);
	ck_assert_uint_eq(seen[DH_KIND_COMPOSITE], 1); /* socat's, CVE-2016-2217 */
}
END_TEST

UNIT_MAIN("dhprimes", rows_ascend_and_are_found, nothing_has_no_name, standards_are_libcrypto_s,
    kinds_are_true)
