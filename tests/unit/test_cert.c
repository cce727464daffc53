/* cert, dn, der, oid: reading certificates. */
#include "adapt/openssl_crypto.h"
#include "base/arena.h"
#include "base/xalloc.h"
#include "mkpki.h"
#include "pki/cert.h"
#include "pki/der.h"
#include "unit.h"

/* Bytes as an initialiser, and as an expression. */
#define B(text)                                                                                    \
	{                                                                                          \
		(const uint8_t *)(text), sizeof(text) - 1                                          \
	}
#define S(text) ((struct span)B(text))

START_TEST(der_takes_one_form_only)
{
	static const struct {
		struct span bytes;
		bool ok;
	} rows[] = {
	    {B("\x04\x00"), true},
	    {B("\x04\x01x"), true},
	    {B("\x04\x02x"), false},         /* cut short */
	    {B("\x04\x80x\x00\x00"), false}, /* indefinite */
	    {B("\x04\x81\x01x"), false},     /* not the shortest length */
	    {B("\x04\x82\x00\x01x"), false},
	    {B("\x04\x84\x80\x00\x00\x00"), false}, /* 2^31 */
	    {B("\x04\x85\x01\x00\x00\x00\x00"), false},
	    {B("\x1f\x01\x00"), false}, /* tag of several bytes */
	    {B("\x04"), false},
	    {B(""), false},
	};

	for (size_t i = 0; i < N_ELEMENTS(rows); i++) {
		struct rd r = rd_of(rows[i].bytes), before = r;
		struct der e;

		ck_assert_msg(der_next(&r, &e) == rows[i].ok, "row %zu", i);
		ck_assert(rows[i].ok ? rd_end(&r) : r.n == before.n && r.p == before.p);
	}
}
END_TEST

START_TEST(dates)
{
	static const struct {
		uint8_t tag;
		struct span text;
		bool ok, strict;
		int64_t t;
	} rows[] = {
	    {DER_UTC_TIME, B("700101000000Z"), true, true, 0},
	    {DER_UTC_TIME, B("491231235959Z"), true, true, 2524607999},
	    {DER_UTC_TIME, B("500101000000Z"), true, true, -631152000},
	    {DER_GENERALIZED_TIME, B("20500101000000Z"), true, true, 2524608000},
	    {DER_GENERALIZED_TIME, B("99991231235959Z"), true, true, 253402300799},
	    {DER_GENERALIZED_TIME, B("00000101000000Z"), true, true, -62167219200},
	    {DER_GENERALIZED_TIME, B("20240229000000Z"), true, false, 1709164800},
	    {DER_UTC_TIME, B("240229000000Z"), true, true, 1709164800},
	    {DER_UTC_TIME, B("230229000000Z"), false, false, 0},
	    {DER_UTC_TIME, B("241301000000Z"), false, false, 0},
	    {DER_UTC_TIME, B("240100000000Z"), false, false, 0},
	    {DER_UTC_TIME, B("240101240000Z"), false, false, 0},
	    {DER_UTC_TIME, B("240101000060Z"), false, false, 0},
	    {DER_UTC_TIME, B("7001010000Z"), true, false, 0},
	    {DER_UTC_TIME, B("700101000000"), true, false, 0},
	    {DER_UTC_TIME, B("700101010000+0100"), true, false, 0},
	    {DER_GENERALIZED_TIME, B("19700101000000.5Z"), true, false, 0},
	    {DER_UTC_TIME, B("70010100000 Z"), false, false, 0},
	    {DER_UTC_TIME, B("700101000000ZZ"), false, false, 0},
	    {DER_UTC_TIME, B(""), false, false, 0},
	    {DER_INTEGER, B("700101000000Z"), false, false, 0},
	};

	for (size_t i = 0; i < N_ELEMENTS(rows); i++) {
		int64_t t = 0;
		bool strict = false;
		bool ok = der_time(rows[i].tag, rows[i].text, &t, &strict);

		ck_assert_msg(ok == rows[i].ok, "row %zu", i);
		ck_assert_msg(!ok || (t == rows[i].t && strict == rows[i].strict), "row %zu: %lld",
		    i, (long long)t);
	}
}
END_TEST

START_TEST(dates_there_and_back)
{
	char buf[32];

	for (int64_t day = -719528; day < 2932897; day += 97) {
		unsigned y, m, d;

		der_date_text(day * 86400 + 3601, buf, sizeof(buf));
		ck_assert_int_eq(sscanf(buf, "%u-%u-%u", &y, &m, &d), 3);
		ck_assert_int_eq(der_days(y, m, d), day);
	}
	ck_assert_str_eq(der_time_text(-1, buf, sizeof(buf)), "1969-12-31T23:59:59Z");
}
END_TEST

/* The table's DER is what its dotted text says. */
START_TEST(oid_table)
{
	char buf[OID_TEXT_MAX];

	for (enum oid_id id = OID_NONE + 1; id < OID__MAX; id++) {
		ck_assert_str_eq(oid_text(oid_der(id), buf, sizeof(buf)), oid_id_dotted(id));
		ck_assert_msg(oid_find(oid_der(id)) == id, "%s twice", oid_id_dotted(id));
	}
}
END_TEST

START_TEST(oid_oddities)
{
	char buf[16];
	uint8_t giant[40];

	memset(giant, 0xff, sizeof(giant));
	giant[39] = 0x7f;
	ck_assert_str_eq(oid_text(SPAN_OF(giant), buf, sizeof(buf)), "(bad OID)");
	ck_assert_str_eq(oid_text(S("\x2a\x80\x01"), buf, sizeof(buf)), "(bad OID)");
	ck_assert_str_eq(oid_text(S("\x2a\x86"), buf, sizeof(buf)), "(bad OID)");
	ck_assert_str_eq(oid_text(S(""), buf, sizeof(buf)), "(bad OID)");
	ck_assert_str_eq(oid_text(S("\x88\x37\x03"), buf, sizeof(buf)), "2.999.3");
	oid_text(S("\x2a\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01"), buf, sizeof(buf));
	ck_assert_uint_eq(strlen(buf), sizeof(buf) - 1);
}
END_TEST

/* One RDN per value, CN in a string of this type. */
static const char *
dn_of(uint8_t tag, struct span value, char *out, size_t cap)
{
	uint8_t b[300];
	size_t n = value.n;

	ck_assert(n < 100);
	const uint8_t head[] = {0x30, (uint8_t)(n + 11), 0x31, (uint8_t)(n + 9), 0x30,
	    (uint8_t)(n + 7), 0x06, 3, 0x55, 4, 3, tag, (uint8_t)n};
	memcpy(b, head, sizeof(head));
	memcpy(b + sizeof(head), value.p, n);
	dn_text((struct span){b, sizeof(head) + n}, out, cap);
	return out;
}

START_TEST(dn_escapes)
{
	static const struct {
		uint8_t tag;
		struct span value;
		const char *text;
	} rows[] = {
	    {DER_UTF8, B("plain"), "CN=plain"},
	    {DER_UTF8, B("a,b+c\"d\\e<f>g;h"), "CN=a\\,b\\+c\\\"d\\\\e\\<f\\>g\\;h"},
	    {DER_UTF8, B(" #x "), "CN=\\ #x\\ "},
	    {DER_UTF8, B("#x"), "CN=\\#x"},
	    {DER_UTF8, B("good.com\0.evil"), "CN=good.com\\00.evil"},
	    {DER_UTF8, B("\x1b[31mred\x07"), "CN=\\1B[31mred\\07"},
	    {DER_UTF8, B("\xc2\x9b"), "CN=\\C2\\9B"},             /* C1 CSI */
	    {DER_UTF8, B("x\xe2\x80\xaey"), "CN=x\\E2\\80\\AEy"}, /* right-to-left override */
	    {DER_UTF8, B("\xc3\xa4\xe6\x97\xa5\xf0\x9f\x98\x80"),
		"CN=\xc3\xa4\xe6\x97\xa5\xf0\x9f\x98\x80"},
	    {DER_UTF8,
		B("a\xff"
		  "b"),
		"CN=a\xef\xbf\xbd"
		"b"},
	    {DER_UTF8, B("\xc0\x80"), "CN=\xef\xbf\xbd\xef\xbf\xbd"}, /* overlong NUL */
	    {DER_UTF8, B("\xed\xa0\x80"), "CN=\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd"},
	    {DER_UTF8, B("\xe2\x82"), "CN=\xef\xbf\xbd\xef\xbf\xbd"},
	    {DER_PRINTABLE, B("\xe4"), "CN=\xef\xbf\xbd"},
	    {DER_T61, B("\xe4"), "CN=\xef\xbf\xbd"},
	    {DER_BMP, B("\0A\0\xe4"), "CN=A\xc3\xa4"},
	    {DER_BMP, B("\xd8\x00\0A"),
		"CN=\xef\xbf\xbd"
		"A"},
	    {DER_BMP, B("\0A\0"), "CN=A\xef\xbf\xbd"},
	    {DER_UNIVERSAL, B("\0\1\xf6\0"), "CN=\xf0\x9f\x98\x80"},
	    {DER_UNIVERSAL, B("\0\x11\0\0"), "CN=\xef\xbf\xbd"},
	    {DER_OCTET_STRING, B("ab"), "CN=#04026162"},
	};
	char buf[256];

	for (size_t i = 0; i < N_ELEMENTS(rows); i++)
		ck_assert_str_eq(dn_of(rows[i].tag, rows[i].value, buf, sizeof(buf)), rows[i].text);
	/* Cut on a whole character. */
	ck_assert_str_eq(dn_of(DER_UTF8, S("\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4"), buf, 11),
	    "CN=\xc3\xa4\xc3\xa4...");
	ck_assert_uint_le(strlen(dn_of(DER_UTF8, S("aaaaaaaaaaaaaaaaa"), buf, 8)), 7);
}
END_TEST

START_TEST(dn_compares)
{
	/* CN=Ab  c and CN=aB c, the second as PrintableString */
	static const uint8_t a[] = {
	    0x30, 16, 0x31, 14, 0x30, 12, 6, 3, 0x55, 4, 3, 0x0c, 5, 'A', 'b', ' ', ' ', 'c'};
	static const uint8_t b[] = {
	    0x30, 17, 0x31, 15, 0x30, 13, 6, 3, 0x55, 4, 3, 0x13, 6, ' ', 'a', 'B', ' ', 'c', ' '};
	static const uint8_t other[] = {
	    0x30, 15, 0x31, 13, 0x30, 11, 6, 3, 0x55, 4, 3, 0x13, 4, 'a', 'B', 'c', 'd'};
	static const uint8_t bad1[] = {
	    0x30, 12, 0x31, 10, 0x30, 8, 6, 3, 0x55, 4, 3, 0x0c, 1, 0xfe};
	static const uint8_t bad2[] = {
	    0x30, 12, 0x31, 10, 0x30, 8, 6, 3, 0x55, 4, 3, 0x0c, 1, 0xff};
	static const uint8_t empty[] = {0x30, 0};
	char buf[64];

	ck_assert(dn_eq(SPAN_OF(a), SPAN_OF(b)));
	ck_assert(!dn_eq(SPAN_OF(a), SPAN_OF(other)));
	ck_assert(!dn_eq(SPAN_OF(bad1), SPAN_OF(bad2)));
	ck_assert(dn_eq(SPAN_OF(bad1), SPAN_OF(bad1)));
	ck_assert(dn_empty(SPAN_OF(empty)) && !dn_empty(SPAN_OF(a)));
	ck_assert(dn_within(SPAN_OF(a), SPAN_OF(empty)));
	ck_assert(!dn_within(SPAN_OF(empty), SPAN_OF(a)));
	ck_assert_uint_eq(dn_text(SPAN_OF(empty), buf, sizeof(buf)), 0);
	dn_text(S("\x30\x01"), buf, sizeof(buf));
	ck_assert_str_eq(buf, "(unreadable name)");
	ck_assert(dn_attr(SPAN_OF(a), OID_CN, 0, buf, sizeof(buf)));
	ck_assert_str_eq(buf, "Ab  c");
	ck_assert(!dn_attr(SPAN_OF(a), OID_CN, 1, buf, sizeof(buf)));
	ck_assert(!dn_attr(SPAN_OF(a), OID_O, 0, buf, sizeof(buf)));
}
END_TEST

START_TEST(reads_what_was_made)
{
	struct mkpki *p = mkpki_new();
	const struct mk *root = mk_make(p,
	    &(struct mk_spec){
		.cn = "Root", .ca = true, .key = "RSA-2048", .bc = "critical,CA:TRUE,pathlen:3"});
	const struct mk *leaf = mk_make(
	    p, &(struct mk_spec){.cn = "a.example",
		   .issuer = root,
		   .san = "DNS:a.example,DNS:*.a.example,IP:192.0.2.1,email:x@a.example",
		   .eku = "serverAuth,clientAuth,1.2.3.4",
		   .ku = "critical,digitalSignature,keyAgreement",
		   .ext = {"authorityInfoAccess=OCSP;URI:http://o.example/,caIssuers;URI:http://"
			   "i.example/x",
		       "crlDistributionPoints=URI:http://c.example/1", "tlsfeature=status_request",
		       "certificatePolicies=2.23.140.1.2.1,1.2.3", "1.2.3.4.5=critical,DER:0500"}});
	struct cert r, c;
	char buf[100];

	ck_assert(cert_parse(root->der, &r));
	ck_assert(cert_parse(leaf->der, &c));
	ck_assert_uint_eq(r.flaws | c.flaws, 0);
	ck_assert_int_eq(r.version, 3);
	ck_assert(r.ca && r.bc_critical && r.path_len == 3 && r.self_issued && !c.self_issued);
	ck_assert_uint_eq(r.ku, CERT_KU_KEY_CERT_SIGN | CERT_KU_CRL_SIGN);
	ck_assert_int_eq(r.key.kind, CERT_KEY_RSA);
	ck_assert_uint_eq(r.key.bits, 2048);
	ck_assert_uint_eq(cert_key_exponent(&r.key), 65537);
	ck_assert_uint_eq(cert_key_strength(&r.key), 2048);
	ck_assert_str_eq(r.sig_alg.name, "sha256WithRSAEncryption");
	ck_assert_int_eq(c.sig_alg.hash, CERT_HASH_SHA256);
	ck_assert_str_eq(c.key.curve, "P-256");
	ck_assert_uint_eq(cert_key_strength(&c.key), 3072);
	ck_assert(!c.ca && c.has_bc && c.path_len == -1);
	ck_assert(span_eq(c.akid, r.skid) && c.akid.n == 20);
	ck_assert(span_eq(c.issuer, r.subject));
	ck_assert_int_eq(c.not_before, MK_FROM);
	ck_assert_int_eq(c.not_after, MK_TO);
	ck_assert_uint_eq(c.n_san, 4);
	ck_assert_uint_eq(c.n_san_dns, 2);
	ck_assert_uint_eq(c.n_san_ip, 1);
	ck_assert_uint_eq(c.eku, CERT_EKU_SERVER_AUTH | CERT_EKU_CLIENT_AUTH | CERT_EKU_OTHER);
	ck_assert_uint_eq(c.n_eku, 3);
	ck_assert_uint_eq(c.ku, CERT_KU_DIGITAL_SIGNATURE | CERT_KU_KEY_AGREEMENT);
	ck_assert_uint_eq(c.n_ocsp, 1);
	ck_assert(span_eq(c.ocsp[0], S("http://o.example/")));
	ck_assert(span_eq(c.ca_issuers[0], S("http://i.example/x")));
	ck_assert(c.n_crl == 1 && span_eq(c.crl[0], S("http://c.example/1")));
	ck_assert(c.must_staple && !c.must_staple_v2);
	ck_assert_uint_eq(c.policies, CERT_POLICY_DV | CERT_POLICY_OTHER);
	ck_assert_uint_eq(c.n_unknown_critical, 1);
	ck_assert_str_eq(oid_text(c.unknown_critical, buf, sizeof(buf)), "1.2.3.4.5");
	dn_text(c.subject, buf, sizeof(buf));
	ck_assert_str_eq(buf, "CN=a.example,O=mkpki");
	mkpki_free(p);
}
END_TEST

START_TEST(keys_of_other_kinds)
{
	struct mkpki *p = mkpki_new();
	struct cert c;

	ck_assert(cert_parse(mk_make(p, &(struct mk_spec){.cn = "x", .key = "ED25519"})->der, &c));
	ck_assert_int_eq(c.key.kind, CERT_KEY_ED25519);
	ck_assert_int_eq(c.sig_alg.hash, CERT_HASH_NONE);
	ck_assert_uint_eq(cert_key_strength(&c.key), 3072);
	ck_assert(cert_parse(mk_make(p, &(struct mk_spec){.cn = "x", .key = "explicit"})->der, &c));
	ck_assert(c.key.explicit_params && c.key.curve == NULL);
	ck_assert_uint_eq(c.key.bits, 256);
	ck_assert(cert_parse(mk_make(p, &(struct mk_spec){.cn = "x", .key = "P-384"})->der, &c));
	ck_assert_uint_eq(cert_key_strength(&c.key), 7680);
	ck_assert(cert_parse(mk_make(p, &(struct mk_spec){.cn = "x", .hash = "SHA1"})->der, &c));
	ck_assert_int_eq(c.sig_alg.hash, CERT_HASH_SHA1);
	mkpki_free(p);
}
END_TEST

/* Flipping a single byte never reads outside the buffer (ASan watches) and never lies about der. */
START_TEST(broken_bytes)
{
	struct mkpki *p = mkpki_new();
	const struct mk *m =
	    mk_make(p, &(struct mk_spec){.cn = "a.example", .san = "DNS:a.example,IP:192.0.2.1"});
	uint8_t *copy = xcalloc(1, m->der.n + 1);
	struct cert c;

	for (size_t i = 0; i < m->der.n; i++) {
		uint8_t *exact = xcalloc(1, i + 1);

		memcpy(exact, m->der.p, i);
		ck_assert_msg(!cert_parse((struct span){exact, i}, &c), "cut at %zu", i);
		ck_assert(c.flaws == CERT_FLAW_DER);
		free(exact);
		for (unsigned bit = 0; bit < 8; bit++) {
			memcpy(copy, m->der.p, m->der.n);
			copy[i] ^= (uint8_t)(1u << bit);
			if (cert_parse((struct span){copy, m->der.n}, &c))
				ck_assert(c.der.p == copy && c.der.n <= m->der.n);
		}
	}
	memcpy(copy, m->der.p, m->der.n);
	ck_assert(cert_parse((struct span){copy, m->der.n + 1}, &c));
	ck_assert_uint_eq(c.flaws, CERT_FLAW_TRAILING);
	ck_assert(c.der.n == m->der.n);
	free(copy);
	mkpki_free(p);
}
END_TEST

START_TEST(flaws_are_named)
{
	struct mkpki *p = mkpki_new();
	struct cert c;
	static const uint8_t zero[CERT_MAX_BYTES + 1];

	ck_assert(cert_parse(
	    mk_make(p, &(struct mk_spec){.cn = "x", .san = "", .from = MK_TO, .to = MK_FROM})->der,
	    &c));
	ck_assert_uint_eq(c.flaws, CERT_FLAW_TIME_ORDER);
	ck_assert(cert_parse(mk_make(p, &(struct mk_spec){.cn = "x",
					    .ext = {"1.2.3.4=DER:0500", "1.2.3.4=DER:0500"}})
				 ->der,
	    &c));
	ck_assert_uint_eq(c.flaws, CERT_FLAW_EXT_DUP);
	ck_assert(cert_parse(
	    mk_make(p, &(struct mk_spec){.cn = "x", .ku = "", .ext = {"2.5.29.15=DER:0500"}})->der,
	    &c));
	ck_assert_uint_eq(c.flaws, CERT_FLAW_EXT_VALUE);
	ck_assert(cert_parse(mk_make(p, &(struct mk_spec){.cn = "", .san = ""})->der, &c));
	ck_assert((c.flaws & CERT_FLAW_ISSUER_EMPTY) != 0);
	ck_assert(!cert_parse(SPAN_OF(zero), &c));
	ck_assert_uint_eq(c.flaws, CERT_FLAW_TOO_LONG);
	for (uint32_t bit = 1; bit <= CERT_FLAW_UNIQUE_ID; bit <<= 1)
		ck_assert_ptr_nonnull(cert_flaw_text(bit));
	ck_assert_ptr_null(cert_flaw_text(0));
	mkpki_free(p);
}
END_TEST

/* A whole megabyte of names would be over the limit; ten thousand are counted and then no more. */
START_TEST(many_names_are_counted)
{
	struct mkpki *p = mkpki_new();
	size_t n = 10050, cap = n * 8 + 1, at = 0;
	char *san = xcalloc(1, cap);
	struct cert c;

	for (size_t i = 0; i < n; i++)
		at += (size_t)snprintf(san + at, cap - at, "%sDNS:a", i == 0 ? "" : ",");
	ck_assert(cert_parse(mk_make(p, &(struct mk_spec){.cn = "x", .san = san})->der, &c));
	ck_assert_uint_eq(c.n_san, CERT_MAX_SANS);
	ck_assert((c.flaws & CERT_FLAW_SAN_MANY) != 0);
	free(san);
	mkpki_free(p);
}
END_TEST

START_TEST(fingerprints)
{
	static const uint8_t sha1_abc[20] = {0xa9, 0x99, 0x3e, 0x36, 0x47, 0x06, 0x81, 0x6a, 0xba,
	    0x3e, 0x25, 0x71, 0x78, 0x50, 0xc2, 0x6c, 0x9c, 0xd0, 0xd8, 0x9d};
	uint8_t out[20];

	crypto_sha1(S("abc"), out);
	ck_assert_mem_eq(out, sha1_abc, sizeof(out));
}
END_TEST

UNIT_MAIN("cert", der_takes_one_form_only, dates, dates_there_and_back, oid_table, oid_oddities,
    dn_escapes, dn_compares, reads_what_was_made, keys_of_other_kinds, broken_bytes,
    flaws_are_named, many_names_are_counted, fingerprints)
