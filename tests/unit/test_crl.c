/* crl, crl_judge, ocsp_request, aia: lists made by OpenSSL (tests/fuzz/corpus/crl), their CA in
 * tests/unit/data/crl-ca.der. */
#include "config.h"

#include <stdio.h>

#include "base/arena.h"
#include "evidence/crl_judge.h"
#include "pki/aia.h"
#include "pki/ocsp_request.h"
#include "unit.h"

enum { FILE_MAX = 4096, NOW = 1782000000 /* 2026-06-21 */, LATER = 1900000000 };

static struct span
load(const char *name, uint8_t buf[FILE_MAX])
{
	char path[512];
	FILE *f;
	size_t n;

	(void)snprintf(path, sizeof(path), SRCDIR "/tests/%s", name);
	f = fopen(path, "rb");
	ck_assert_msg(f != NULL, "%s", path);
	n = fread(buf, 1, FILE_MAX, f);
	fclose(f);
	return (struct span){buf, n};
}

static const uint8_t listed[] = {0x10, 0x01}, also[] = {0x00, 0xab, 0xcd}, other[] = {0x01};
static const char url[] = "http://crl.example/7.crl";

/* The CA, and a certificate of it with this serial number and distribution point. */
struct fixture {
	uint8_t ca_der[FILE_MAX], list_der[FILE_MAX];
	struct cert ca, leaf;
	struct span list;
};

static void
set_up(struct fixture *f, const char *list, struct span serial)
{
	ck_assert(cert_parse(load("unit/data/crl-ca.der", f->ca_der), &f->ca));
	f->leaf = (struct cert){.serial = serial, .issuer = f->ca.subject, .n_crl = 1};
	f->leaf.crl[0] = span_str(url);
	f->list = load(list, f->list_der);
}

static const char *
status(struct fixture *f, int64_t now)
{
	return crl_judge(f->list, &f->leaf, &f->ca, now).status;
}

START_TEST(reads_a_list)
{
	uint8_t buf[FILE_MAX];
	struct crl c;
	struct crl_entry e;

	ck_assert(crl_parse(load("fuzz/corpus/crl/two.der", buf), &c));
	ck_assert_uint_eq(c.n_entries, 2);
	ck_assert_int_eq(c.this_update, 1767225600);
	ck_assert(c.has_next_update && !c.has_idp && !c.delta && !c.unknown_critical);
	ck_assert_int_eq(c.sig_alg.hash, CERT_HASH_SHA256);
	ck_assert(crl_find(&c, SPAN_OF(listed), &e));
	ck_assert_int_eq(e.revoked_at, 1769990400);
	ck_assert_int_eq(e.reason, 1);
	ck_assert(crl_find(&c, SPAN_OF(also), &e));
	ck_assert_int_eq(e.reason, -1);
	ck_assert(!crl_find(&c, SPAN_OF(other), &e));
}
END_TEST

START_TEST(reads_a_partition)
{
	uint8_t buf[FILE_MAX];
	struct cert_name n;
	struct rd r;
	struct crl c;

	ck_assert(crl_parse(load("fuzz/corpus/crl/partition.der", buf), &c));
	ck_assert(c.has_idp && c.only_user && !c.only_ca && !c.indirect && !c.some_reasons);
	r = rd_of(c.idp_names);
	ck_assert(cert_name_next(&r, &n) && n.kind == CERT_NAME_URI && span_eq(n.value, span_str(url)));
	ck_assert(crl_parse(load("fuzz/corpus/crl/delta.der", buf), &c) && c.delta);
	ck_assert(!crl_parse(load("fuzz/corpus/crl/cut.der", buf), &c));
}
END_TEST

START_TEST(judges)
{
	struct fixture f;
	struct cert elsewhere;

	set_up(&f, "fuzz/corpus/crl/two.der", SPAN_OF(listed));
	ck_assert_str_eq(status(&f, NOW), "revoked");
	ck_assert_str_eq(status(&f, LATER), "revoked"); /* that does not end */
	set_up(&f, "fuzz/corpus/crl/two.der", SPAN_OF(other));
	ck_assert_str_eq(status(&f, NOW), "good");
	ck_assert_str_eq(status(&f, LATER), "expired");
	ck_assert_str_eq(status(&f, 0), "not yet valid");
	set_up(&f, "fuzz/corpus/crl/delta.der", SPAN_OF(other));
	ck_assert_str_eq(status(&f, NOW), "not a whole list");
	set_up(&f, "fuzz/corpus/crl/partition.der", SPAN_OF(other));
	ck_assert_str_eq(status(&f, NOW), "good");
	f.leaf.crl[0] = span_str("http://crl.example/8.crl");
	ck_assert_str_eq(status(&f, NOW), "other partition");
	f.leaf.crl[0] = span_str(url);
	f.leaf.ca = true; /* onlyContainsUserCerts */
	ck_assert_str_eq(status(&f, NOW), "other partition");
	set_up(&f, "fuzz/corpus/crl/cut.der", SPAN_OF(other));
	ck_assert_str_eq(status(&f, NOW), "malformed");
	set_up(&f, "fuzz/corpus/crl/empty.der", SPAN_OF(listed));
	ck_assert_str_eq(status(&f, NOW), "good");
	f.list_der[f.list.n - 1] ^= 1;
	ck_assert_str_eq(status(&f, NOW), "bad signature");
	f.list_der[f.list.n - 1] ^= 1;
	f.ca.ku = CERT_KU_KEY_CERT_SIGN;
	ck_assert_str_eq(status(&f, NOW), "signer not authorized");
	elsewhere = f.leaf;
	elsewhere.issuer = (struct span){(const uint8_t *)"\x30\x00", 2};
	ck_assert_str_eq(crl_judge(f.list, &elsewhere, &f.ca, NOW).status, "other issuer");
}
END_TEST

/* What `openssl ocsp -no_nonce -reqout` writes for that CA's certificate 0xABCD. */
static const uint8_t request[] = {0x30, 0x44, 0x30, 0x42, 0x30, 0x40, 0x30, 0x3e, 0x30, 0x3c, 0x30, 0x09,
    0x06, 0x05, 0x2b, 0x0e, 0x03, 0x02, 0x1a, 0x05, 0x00, 0x04, 0x14, 0x43, 0x90, 0xa6, 0xa9, 0xa3,
    0xe5, 0x90, 0x45, 0xce, 0xb8, 0xf1, 0x43, 0x10, 0x4a, 0x55, 0xd4, 0x7a, 0x75, 0x1d, 0x49, 0x04,
    0x14, 0x80, 0xf8, 0x8b, 0x9c, 0x8e, 0xfb, 0xe5, 0xd5, 0xb7, 0x86, 0x4a, 0x54, 0xcf, 0x42, 0xba,
    0x00, 0x43, 0x18, 0x6a, 0xf7, 0x02, 0x03, 0x00, 0xab, 0xcd};

START_TEST(asks_as_openssl_does)
{
	uint8_t buf[OCSP_REQUEST_MAX], nonce[OCSP_NONCE_BYTES] = {1, 2, 3};
	struct fixture f;
	struct span der;

	set_up(&f, "fuzz/corpus/crl/two.der", SPAN_OF(also));
	der = ocsp_request(&f.ca, SPAN_OF(also), (struct span){NULL, 0}, buf);
	ck_assert(span_eq(der, SPAN_OF(request)));
	der = ocsp_request(&f.ca, SPAN_OF(also), SPAN_OF(nonce), buf);
	/* [2] { SEQUENCE { SEQUENCE { OID, OCTET STRING { OCTET STRING } } } } */
	ck_assert_uint_eq(der.n, sizeof(request) + 2 * 3 + 11 + 2 + 2 + sizeof(nonce));
	ck_assert_mem_eq(der.p + der.n - sizeof(nonce), nonce, sizeof(nonce));
	ck_assert_uint_eq(ocsp_request(&f.ca, (struct span){buf, 400}, SPAN_OF(nonce), buf).n, 0);
}
END_TEST

START_TEST(puts_it_into_a_url)
{
	static const uint8_t bytes[] = {0xfb, 0xff, 0xbf, 0x00};
	struct arena *a = arena_new(4096);

	ck_assert_str_eq(ocsp_get_url(a, "http://o.example", SPAN_OF(bytes)),
	    "http://o.example/%2B%2F%2B%2FAA%3D%3D");
	ck_assert_str_eq(ocsp_get_url(a, "http://o.example/", (struct span){bytes, 3}),
	    "http://o.example/%2B%2F%2B%2F");
	arena_free(a);
}
END_TEST

static const struct {
	const char *file;
	enum aia_form form;
	size_t n;
} forms[] = {{"one.der", AIA_DER, 1}, {"two.p7c", AIA_PKCS7, 2}, {"one.pem", AIA_PEM, 1},
    {"page.html", AIA_HTML, 0}};

START_TEST(finds_issuers)
{
	struct arena *a = arena_new(1 << 16);
	struct span der[AIA_MAX_CERTS];
	enum aia_form form;

	for (size_t i = 0; i < N_ELEMENTS(forms); i++) {
		uint8_t buf[FILE_MAX];
		char path[64];
		struct cert c;

		(void)snprintf(path, sizeof(path), "fuzz/corpus/aia/%s", forms[i].file);
		ck_assert_uint_eq(aia_read(load(path, buf), a, der, &form), forms[i].n);
		ck_assert_int_eq(form, forms[i].form);
		for (size_t k = 0; k < forms[i].n; k++)
			ck_assert(cert_parse(der[k], &c));
	}
	ck_assert_uint_eq(aia_read((struct span){NULL, 0}, a, der, &form), 0);
	ck_assert_int_eq(form, AIA_EMPTY);
	arena_free(a);
}
END_TEST

UNIT_MAIN("crl", reads_a_list, reads_a_partition, judges, asks_as_openssl_does, puts_it_into_a_url,
    finds_issuers)
