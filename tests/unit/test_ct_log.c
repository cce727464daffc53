/* ct_log: ids are those of the keys, look-ups find each log and no other. */
#include "pki/ct_log.h"

#include <string.h>

#include "adapt/openssl_crypto.h"
#include "pki/cert.h"
#include "unit.h"

START_TEST(every_log_is_found_and_named_by_its_key)
{
	const struct ct_log *log;
	struct cert_key key;
	uint8_t id[32];
	size_t n = 0;

	for (; (log = ct_log_at(n)) != NULL; n++) {
		crypto_sha256(log->key, id);
		ck_assert_mem_eq(id, log->id, 32);
		ck_assert_ptr_eq(ct_log_find(id), log);
		ck_assert(cert_key_parse(log->key, &key));
		ck_assert_int_ne(log->state, CT_LOG_UNKNOWN);
		ck_assert_int_gt(log->since, 1400000000);
		ck_assert(log->start == 0 || log->start < log->end);
		ck_assert(strncmp(log->url, "https://", 8) == 0);
		ck_assert(*log->operated_by != '\0' && *log->description != '\0');
		id[31] ^= 1;
		ck_assert_ptr_null(ct_log_find(id));
	}
	ck_assert_uint_eq(n, 56);
}
END_TEST

/* Facts of one log as Chrome's list has them. */
START_TEST(a_log_has_its_facts)
{
	static const uint8_t argon2026h1[] = {0x0e, 0x57, 0x94, 0xbc, 0xf3, 0xae, 0xa9, 0x3e, 0x33,
	    0x1b, 0x2c, 0x99, 0x07, 0xb3, 0xf7, 0x90, 0xdf, 0x9b, 0xc2, 0x3d, 0x71, 0x32, 0x25,
	    0xdd, 0x21, 0xa9, 0x25, 0xac, 0x61, 0xc5, 0x4e, 0x21};
	const struct ct_log *log = ct_log_find(argon2026h1);

	ck_assert_ptr_nonnull(log);
	ck_assert_str_eq(log->operated_by, "Google");
	ck_assert_str_eq(log->description, "Google 'Argon2026h1' log");
	ck_assert_int_eq(log->kind, CT_LOG_RFC6962);
	ck_assert_int_eq(log->state, CT_LOG_USABLE);
	ck_assert_str_eq(ct_log_state_name(log->state), "usable");
	ck_assert_int_eq(log->start, 1767225600);
	ck_assert_int_eq(log->end, 1782864000);
	ck_assert_str_eq(ct_log_list_date(), "2026-06-14");
	ck_assert_str_eq(ct_log_list_version(), "85.108");
}
END_TEST

UNIT_MAIN("ct_log", every_log_is_found_and_named_by_its_key, a_log_has_its_facts)
