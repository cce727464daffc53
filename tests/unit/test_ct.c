/*
 * sct_verify, and the derive step ct: timestamps made with a key of our own.
 *
 * What a precertificate's TBSCertificate is, is asked of OpenSSL: the certificate without the list.
 * The logs of the world sign nothing for us, so the step is tried with what it must refuse, and with
 * its counting.
 */
#include "config.h"

#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include "adapt/openssl_crypto.h"
#include "base/wr.h"
#include "mkpki.h"
#include "pki/ct_log.h"
#include "pki/sct_verify.h"
#include "probe.h"
#include "unit.h"

extern const struct probe probe_ct;

/* A list of one timestamp that says nothing: 2 + 47 bytes. */
#define LIST                                                                                       \
	"1.3.6.1.4.1.11129.2.4.2=ASN1:FORMAT:HEX,OCTETSTRING:"                                     \
	"0031002f00"                                                                               \
	"0000000000000000000000000000000000000000000000000000000000000000"                         \
	"0000000000000000"                                                                         \
	"0000"                                                                                     \
	"04030000"

enum { BUF = 8192, KEY_MAX = 512 };

static const uint64_t moment = UINT64_C(1780000000123);

struct fixture {
	struct mkpki *p;
	const struct mk *log, *ca, *leaf;
	struct cert ca_cert, leaf_cert;
	uint8_t key[KEY_MAX];
	struct span log_key;
	uint8_t sig[256];
	struct sct sct;
};

static void
set_up(struct fixture *f, const char *log_key, const char *leaf_ext)
{
	unsigned char *p = f->key;
	int n;

	f->p = mkpki_new();
	f->log = mk_make(f->p, &(struct mk_spec){.cn = "log", .ca = true, .key = log_key});
	f->ca = mk_make(f->p, &(struct mk_spec){.cn = "ca", .ca = true});
	f->leaf = mk_make(f->p, &(struct mk_spec){.cn = "leaf.example", .issuer = f->ca, .ext = {leaf_ext}});
	ck_assert(cert_parse(f->ca->der, &f->ca_cert) && cert_parse(f->leaf->der, &f->leaf_cert));
	n = i2d_PUBKEY(f->log->key, NULL);
	ck_assert(n > 0 && n <= KEY_MAX && i2d_PUBKEY(f->log->key, &p) == n);
	f->log_key = (struct span){f->key, (size_t)n};
}

/* OpenSSL's idea of it. */
static struct span
truth(const struct mk *leaf, uint8_t buf[BUF])
{
	const unsigned char *p = leaf->der.p;
	X509 *x = d2i_X509(NULL, &p, (long)leaf->der.n);
	int at = X509_get_ext_by_NID(x, NID_ct_precert_scts, -1), n;
	unsigned char *out = buf;

	ck_assert_int_ge(at, 0);
	X509_EXTENSION_free(X509_delete_ext(x, at));
	n = i2d_re_X509_tbs(x, NULL);
	ck_assert(n > 0 && n <= BUF && i2d_re_X509_tbs(x, &out) == n);
	X509_free(x);
	return (struct span){buf, (size_t)n};
}

/* Signs as RFC 6962, 3.2 has it. */
static void
sign(struct fixture *f, struct span entry, bool precert, uint8_t alg)
{
	uint8_t buf[BUF + 64], hash[32];
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	size_t n = sizeof(f->sig);
	struct wr w;

	wr_init(&w, buf, sizeof(buf));
	wr_u16(&w, 0); /* version 1, certificate_timestamp */
	wr_u32(&w, (uint32_t)(moment >> 32));
	wr_u32(&w, (uint32_t)moment);
	wr_u16(&w, precert);
	crypto_sha256(f->ca_cert.spki, hash);
	if (precert)
		wr_put(&w, hash, sizeof(hash));
	wr_u24(&w, (uint32_t)entry.n);
	wr_span(&w, entry);
	wr_u16(&w, 0);
	ck_assert(wr_ok(&w));
	ck_assert_int_eq(EVP_DigestSignInit(ctx, NULL, EVP_sha256(), NULL, f->log->key), 1);
	ck_assert_int_eq(EVP_DigestSign(ctx, f->sig, &n, buf, w.len), 1);
	EVP_MD_CTX_free(ctx);
	f->sct = (struct sct){.ms = moment, .hash = 4, .signature_alg = alg,
	    .signature = {f->sig, n}};
}

START_TEST(finds_the_precertificate)
{
	uint8_t want[BUF], buf[BUF];
	struct fixture f;

	set_up(&f, "P-256", LIST);
	ck_assert(span_eq(sct_precert_tbs(&f.leaf_cert, buf), truth(f.leaf, want)));
	ck_assert_uint_eq(sct_precert_tbs(&f.ca_cert, buf).n, 0);
	mkpki_free(f.p);
}
END_TEST

static const struct {
	const char *key;
	uint8_t alg;
} kinds[] = {{"P-256", 3}, {"RSA-2048", 1}};

START_TEST(verifies_embedded)
{
	for (size_t i = 0; i < N_ELEMENTS(kinds); i++) {
		uint8_t buf[BUF];
		struct fixture f;

		set_up(&f, kinds[i].key, LIST);
		sign(&f, truth(f.leaf, buf), true, kinds[i].alg);
		ck_assert_int_eq(sct_verify(&f.sct, f.log_key, &f.leaf_cert, &f.ca_cert), SIG_OK);
		/* another moment, another issuer, as if it came beside the certificate, another hash */
		f.sct.ms++;
		ck_assert_int_eq(sct_verify(&f.sct, f.log_key, &f.leaf_cert, &f.ca_cert), SIG_BAD);
		f.sct.ms--;
		ck_assert_int_eq(sct_verify(&f.sct, f.log_key, &f.leaf_cert, &f.leaf_cert), SIG_BAD);
		ck_assert_int_eq(sct_verify(&f.sct, f.log_key, &f.leaf_cert, NULL), SIG_BAD);
		f.sct.hash = 2;
		ck_assert_int_eq(sct_verify(&f.sct, f.log_key, &f.leaf_cert, &f.ca_cert), SIG_BAD);
		mkpki_free(f.p);
	}
}
END_TEST

START_TEST(verifies_beside)
{
	struct fixture f;

	set_up(&f, "P-256", NULL);
	sign(&f, f.leaf->der, false, 3);
	ck_assert_int_eq(sct_verify(&f.sct, f.log_key, &f.leaf_cert, NULL), SIG_OK);
	f.sig[f.sct.signature.n - 1] ^= 1;
	ck_assert_int_eq(sct_verify(&f.sct, f.log_key, &f.leaf_cert, NULL), SIG_BAD);
	mkpki_free(f.p);
}
END_TEST

START_TEST(reads_a_list)
{
	/* A cut one, one of another version, one whole. */
	uint8_t list[2 + 2 + 3 + 2 + 47 + 2 + 47] = {0, 103, 0, 3, 1, 2, 3, 0, 47, 1};
	struct sct s;
	struct rd r;

	list[9 + 47 + 1] = 47;
	list[9 + 47 + 2 + 1] = 0xaa;
	list[9 + 47 + 2 + 33 + 7] = 9;
	list[9 + 47 + 2 + 43] = 4;
	list[9 + 47 + 2 + 44] = 3;
	ck_assert(sct_begin(SPAN_OF(list), &r) && sct_next(&r, &s));
	ck_assert_uint_eq(s.log_id.p[0], 0xaa);
	ck_assert_uint_eq(s.ms, 9);
	ck_assert_uint_eq(s.hash, 4);
	ck_assert(!sct_next(&r, &s));
	ck_assert(!sct_begin((struct span){NULL, 0}, &r));
}
END_TEST

/* A flight with one chain whose TLS extension has a forged timestamp of a real log. */
START_TEST(tells_a_forged_one)
{
	static const uint16_t chain[] = {0, 1};
	uint8_t list[128] = {0};
	struct arena *a = arena_new(1 << 20);
	struct facts *f = facts_new(a), *row;
	struct ctx c = {.known = f, .arena = a, .now = MK_NOW};
	struct fixture x;
	struct wr w;

	set_up(&x, "P-256", NULL);
	wr_init(&w, list, sizeof(list));
	wr_u16(&w, 2 + 1 + 32 + 8 + 2 + 2 + 2 + 8);
	wr_u16(&w, 1 + 32 + 8 + 2 + 2 + 2 + 8);
	wr_u8(&w, 0);
	wr_put(&w, ct_log_at(0)->id, 32);
	wr_u32(&w, 0);
	wr_u32(&w, 1000);
	wr_u16(&w, 0);
	wr_u16(&w, 0x0403);
	wr_u16(&w, 8);
	wr_put(&w, "\x30\x06\x02\x01\x01\x02\x01\x01", 8);
	ck_assert(wr_ok(&w));
	fact_put_hex(fact_add(f, K_CERT), F_CERT_DER, x.leaf->der);
	fact_put_hex(fact_add(f, K_CERT), F_CERT_DER, x.ca->der);
	row = fact_add(f, K_FLIGHT);
	fact_put_u16s(row, F_FLIGHT_CHAIN, U16S_OF(chain));
	fact_put_hex(row, F_FLIGHT_SCTS, wr_done(&w));
	row = fact_add(f, K_DEPLOY);
	fact_put_u16s(row, F_DEPLOY_CHAIN, U16S_OF(chain));
	fact_put_tri(row, F_DEPLOY_COUNTS, TRI_YES);
	fact_put_tri(f, F_TRUSTED, TRI_YES);
	probe_ct.conclude(NULL, &c, f);
	ck_assert_uint_eq(fact_rows(f, K_SCT), 1);
	ck_assert_str_eq(fact_str(fact_row(f, K_SCT, 0), F_SCT_SOURCE), "tls");
	ck_assert_str_eq(fact_str(fact_row(f, K_SCT, 0), F_SCT_LOG), ct_log_at(0)->description);
	ck_assert_int_eq(fact_tri(fact_row(f, K_SCT, 0), F_SCT_VALID), TRI_NO);
	ck_assert_int_eq(fact_tri(f, F_CT_VALID), TRI_NO);
	ck_assert_int_eq(fact_tri(f, F_CT_CHROME), TRI_NO);
	ck_assert_int_eq(fact_tri(f, F_CT_APPLE), TRI_NO);
	mkpki_free(x.p);
	arena_free(a);
}
END_TEST

UNIT_MAIN("ct", finds_the_precertificate, verifies_embedded, verifies_beside, reads_a_list,
    tells_a_forged_one)
