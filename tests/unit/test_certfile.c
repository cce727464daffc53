/* certfile, pkcs7: the same certificates out of every form a file can have. */
#include "base/arena.h"
#include "base/text.h"
#include "base/wr.h"
#include "mkpki.h"
#include "pki/certfile.h"
#include "pki/pkcs7.h"
#include "unit.h"

enum { ROOM = 8192 };

static struct mkpki *pki;
static struct arena *a;
static const struct mk *root, *leaf;

static void
set_up(void)
{
	pki = mkpki_new();
	a = arena_new(1 << 20);
	root = mk_make(pki, &(struct mk_spec){.cn = "Root", .ca = true});
	leaf = mk_make(pki, &(struct mk_spec){.cn = "leaf.example", .issuer = root});
}

static void
tear_down(void)
{
	arena_free(a);
	mkpki_free(pki);
}

/* One DER element around these bytes. */
static struct span
element(unsigned tag, struct span body)
{
	uint8_t *buf = arena_alloc(a, ROOM);
	struct wr w;

	wr_init(&w, buf, ROOM);
	wr_u8(&w, tag);
	if (body.n > 255) {
		wr_u8(&w, 0x82);
		wr_u16(&w, (unsigned)body.n);
	} else if (body.n > 127) {
		wr_u8(&w, 0x81);
		wr_u8(&w, (unsigned)body.n);
	} else {
		wr_u8(&w, (unsigned)body.n);
	}
	wr_put(&w, body.p, body.n);
	ck_assert(wr_ok(&w));
	return (struct span){buf, w.len};
}

static struct span
joined(struct span x, struct span y)
{
	uint8_t *buf = arena_alloc(a, x.n + y.n + 1);

	memcpy(buf, x.p, x.n);
	if (y.n > 0)
		memcpy(buf + x.n, y.p, y.n);
	return (struct span){buf, x.n + y.n};
}

/* RFC 5652: a SignedData with these certificates, no signer. */
static struct span
signed_data(struct span certificates)
{
	static const uint8_t oid[] = {
	    0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x07, 0x02};
	static const uint8_t head[] = {0x02, 0x01, 0x01, 0x31, 0x00, 0x30, 0x0b, 0x06, 0x09, 0x2a,
	    0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x07, 0x01};
	static const uint8_t signers[] = {0x31, 0x00};
	struct span data = joined(SPAN_OF(head), element(0xa0, certificates));

	data = element(0x30, joined(data, SPAN_OF(signers)));
	return element(0x30, joined(SPAN_OF(oid), element(0xa0, data)));
}

static void
reads_both(struct span bytes, enum certfile_form form)
{
	struct certfile f;

	ck_assert_msg(certfile_read(bytes, a, &f), "%s", f.problem);
	ck_assert_int_eq(f.form, form);
	ck_assert_uint_eq(f.n, 2);
	ck_assert(!f.more);
	ck_assert(span_eq(f.certs[0], leaf->der) && span_eq(f.certs[1], root->der));
}

START_TEST(every_form_gives_the_same)
{
	struct span p7 = signed_data(joined(leaf->der, root->der));
	const char *leaf_pem = text_pem(a, "CERTIFICATE", leaf->der);
	const char *root_pem = text_pem(a, "TRUSTED CERTIFICATE",
	    joined(root->der, (struct span){(const uint8_t *)"\x30\x00", 2}));

	reads_both(p7, CERTFILE_PKCS7);
	reads_both(span_str(text_pem(a, "PKCS7", p7)), CERTFILE_PEM);
	reads_both(span_str(text_pem(a, "CMS", p7)), CERTFILE_PEM);
	reads_both(span_str(arena_printf(a, "0 s:CN=leaf\n%s%s", leaf_pem, root_pem)), CERTFILE_PEM);
	reads_both(span_str(arena_printf(a, "words\n%s-----BEGIN PRIVATE KEY-----\nAAAA\n"
					    "-----END PRIVATE KEY-----\n%s",
		       leaf_pem, root_pem)),
	    CERTFILE_PEM);
}
END_TEST

START_TEST(one_certificate_in_der)
{
	struct certfile f;

	ck_assert(certfile_read(leaf->der, a, &f));
	ck_assert_int_eq(f.form, CERTFILE_DER);
	ck_assert_uint_eq(f.n, 1);
	ck_assert(span_eq(f.certs[0], leaf->der));
}
END_TEST

START_TEST(attribute_certificates_are_passed_over)
{
	struct span other = element(0xa1, leaf->der);

	reads_both(
	    signed_data(joined(joined(leaf->der, other), root->der)), CERTFILE_PKCS7);
}
END_TEST

static void
refused(struct span bytes, const char *why, size_t line)
{
	struct certfile f;

	ck_assert(!certfile_read(bytes, a, &f));
	ck_assert_str_eq(f.problem, why);
	ck_assert_uint_eq(f.line, line);
}

START_TEST(what_cannot_be_read_says_why)
{
	static const uint8_t ber[] = {0x30, 0x80, 0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d,
	    0x01, 0x07, 0x02, 0xa0, 0x80, 0x00, 0x00};
	static const uint8_t key[] = {0x30, 0x06, 0x02, 0x01, 0x00, 0x02, 0x01, 0x0d};
	static const uint8_t other[] = {0x30, 0x03, 0x06, 0x01, 0x2a};
	struct span p7 = signed_data(leaf->der);
	uint8_t *cut = arena_alloc(a, p7.n);

	refused((struct span){NULL, 0}, "empty", 0);
	refused(span_str("hello"), "no certificate in it", 0);
	refused(span_str("\n-----BEGIN CERTIFICATE-----\n!\n-----END CERTIFICATE-----\n"),
	    "not base64", 2);
	refused(SPAN_OF(ber), "PKCS#7 in BER, of which only DER is read", 0);
	refused(SPAN_OF(other), "not PKCS#7", 0);
	refused(signed_data((struct span){NULL, 0}), "no certificate in it", 0);
	refused((struct span){leaf->der.p, leaf->der.n - 1}, "no certificate in it", 0);
	refused(SPAN_OF(key), "DER, but no certificate", 0);
	memcpy(cut, p7.p, p7.n);
	cut[19] ^= 0x40; /* the tag of what [0] holds */
	refused((struct span){cut, p7.n}, "PKCS#7, but not DER", 0);
}
END_TEST

START_TEST(more_than_are_kept)
{
	struct span all = leaf->der;
	char *pem = text_pem(a, "CERTIFICATE", leaf->der);
	size_t n = strlen(pem);
	char *text = arena_alloc(a, (CERTFILE_MAX_CERTS + 1) * n + 1);
	struct certfile f;

	for (size_t i = 0; i <= CERTFILE_MAX_CERTS; i++)
		memcpy(text + i * n, pem, n);
	ck_assert(certfile_read(span_str(text), a, &f));
	ck_assert_uint_eq(f.n, CERTFILE_MAX_CERTS);
	ck_assert(f.more && all.n > 0);
	text[CERTFILE_MAX_CERTS * n] = '\0';
	ck_assert(certfile_read(span_str(text), a, &f));
	ck_assert_uint_eq(f.n, CERTFILE_MAX_CERTS);
	ck_assert(!f.more);
}
END_TEST

UNIT_MAIN_WITH(set_up, tear_down, "certfile", every_form_gives_the_same, one_certificate_in_der,
    attribute_certificates_are_passed_over, what_cannot_be_read_says_why, more_than_are_kept)
