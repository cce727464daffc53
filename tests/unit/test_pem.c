/* pem: blocks, labels, base64 by RFC 4648's own vectors. */
#include "pki/pem.h"

#include "unit.h"

/* What a body decodes to, as a string; NULL when it is refused. */
static const char *
decoded(const char *body, size_t cap)
{
	static uint8_t buf[64];
	struct pem_block b = {.body = span_str(body)};
	struct span out;

	memset(buf, 0, sizeof(buf));
	return pem_decode(&b, buf, cap, &out) ? (const char *)out.p : NULL;
}

START_TEST(base64_vectors)
{
	/* RFC 4648, 10 */
	ck_assert_str_eq(decoded("Zg==", 63), "f");
	ck_assert_str_eq(decoded("Zm8=", 63), "fo");
	ck_assert_str_eq(decoded("Zm9v", 63), "foo");
	ck_assert_str_eq(decoded("Zm9vYg==", 63), "foob");
	ck_assert_str_eq(decoded("Zm9vYmE=", 63), "fooba");
	ck_assert_str_eq(decoded("Zm9v\r\n\tYm Fy\n", 63), "foobar");
	ck_assert_str_eq(decoded("Zm9vYmFy", 6), "foobar");
}
END_TEST

START_TEST(base64_refusals)
{
	static const char *const bad[] = {"", "\n", "Z", "Zg", "Zg=", "Zm9", "=",
	    "====", "Z===", "Zg==Zg==", "Zg== =", "Zg=v", "Zm9v!", "Zm9vYg==A",
	    "Zh==", "Zm9=", "-_-_"};

	for (size_t i = 0; i < N_ELEMENTS(bad); i++)
		ck_assert_msg(decoded(bad[i], 63) == NULL, "%s", bad[i]);
	ck_assert(decoded("Zm9vYmFy", 5) == NULL);
	ck_assert(decoded("Zg==", 0) == NULL);
}
END_TEST

START_TEST(blocks_are_found_between_other_lines)
{
	static const char text[] = "-----END CERTIFICATE-----\n"
				   "Certificate: -----BEGIN CERTIFICATE-----\n"
				   "-----BEGIN CERTIFICATE-----  \r\n"
				   "Zg==\r\n"
				   "-----END CERTIFICATE-----\r\n"
				   "words\n"
				   "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"
				   "-----BEGIN CERTIFICATE-----\nZm8=\n"
				   "-----BEGIN TRUSTED CERTIFICATE-----\nZm9v\n"
				   "-----END TRUSTED CERTIFICATE-----";
	static const struct {
		const char *label;
		size_t line;
		bool certificate;
	} want[] = {
	    {"CERTIFICATE", 3, true}, {"PRIVATE KEY", 7, false}, {"TRUSTED CERTIFICATE", 12, true}};
	struct pem p = {.rest = span_str(text)};
	struct pem_block b;

	for (size_t i = 0; i < N_ELEMENTS(want); i++) {
		ck_assert(pem_next(&p, &b));
		ck_assert(span_eq(b.label, span_str(want[i].label)));
		ck_assert_uint_eq(b.line, want[i].line);
		ck_assert(pem_is_certificate(&b) == want[i].certificate);
	}
	ck_assert(!pem_next(&p, &b));
	ck_assert(!pem_next(&p, &b));
}
END_TEST

START_TEST(a_block_without_its_end_is_none)
{
	static const char *const bad[] = {"-----BEGIN CERTIFICATE-----\nZg==\n",
	    "-----BEGIN CERTIFICATE-----\nZg==\n-----END X-----\n", "-----BEGIN ",
	    "-----BEGIN-----", "-----BEGIN CERTIFICATE----\nZg==\n-----END CERTIFICATE-----\n", ""};

	for (size_t i = 0; i < N_ELEMENTS(bad); i++) {
		struct pem p = {.rest = span_str(bad[i])};
		struct pem_block b;

		ck_assert_msg(!pem_next(&p, &b), "%s", bad[i]);
	}
}
END_TEST

UNIT_MAIN("pem", base64_vectors, base64_refusals, blocks_are_found_between_other_lines,
    a_block_without_its_end_is_none)
