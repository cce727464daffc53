/* certfile: see certfile.h. */
#include "pki/certfile.h"

#include "pki/der.h"
#include "pki/pem.h"
#include "pki/pkcs7.h"

static bool
fail(struct certfile *f, const char *problem, size_t line)
{
	f->problem = problem;
	f->line = line;
	return false;
}

static void
add(struct certfile *f, struct span der)
{
	if (f->n < CERTFILE_MAX_CERTS)
		f->certs[f->n++] = der;
	else
		f->more = true;
}

static bool
add_pkcs7(struct certfile *f, struct span bytes, size_t line)
{
	struct pkcs7 p;
	enum pkcs7_status s = pkcs7_open(&p, bytes);
	struct span der;

	if (s != PKCS7_OK)
		return fail(f, pkcs7_status_text(s), line);
	while (pkcs7_next(&p, &der))
		add(f, der);
	return true;
}

/* RFC 7468, 8 and 9: two labels for the same. */
static bool
is_pkcs7(const struct pem_block *b)
{
	return span_eq(b->label, span_str("PKCS7")) || span_eq(b->label, span_str("CMS"));
}

/* OpenSSL's TRUSTED CERTIFICATE has settings behind the certificate. */
static struct span
without_settings(struct span der)
{
	struct rd r = rd_of(der);
	struct der e;

	return der_next(&r, &e) ? e.whole : der;
}

static bool
read_block(struct certfile *f, const struct pem_block *b, struct arena *a)
{
	size_t cap = pem_decoded_max(b);
	struct span der;

	if (!pem_is_certificate(b) && !is_pkcs7(b))
		return true;
	if (!pem_decode(b, arena_alloc(a, cap), cap, &der))
		return fail(f, "not base64", b->line);
	if (is_pkcs7(b))
		return add_pkcs7(f, der, b->line);
	add(f, span_eq(b->label, span_str("TRUSTED CERTIFICATE")) ? without_settings(der) : der);
	return true;
}

static bool
read_pem(struct certfile *f, struct span bytes, struct arena *a)
{
	struct pem p = {.rest = bytes};
	struct pem_block b;

	f->form = CERTFILE_PEM;
	while (f->n < CERTFILE_MAX_CERTS && pem_next(&p, &b))
		if (!read_block(f, &b, a))
			return false;
	while (!f->more && pem_next(&p, &b))
		f->more = pem_is_certificate(&b) || is_pkcs7(&b);
	return f->n > 0 || fail(f, "no certificate in it", 0);
}

/* What a file begins with: a SEQUENCE whose first element is an OID is a ContentInfo, one whose first
 * element is a SEQUENCE may be a certificate.  0x30 is also the digit 0, with which words before PEM may
 * begin. */
static enum certfile_form
form_of(struct span bytes, bool *other)
{
	struct rd r = rd_of(bytes), body;
	struct pem pem = {.rest = bytes};
	struct pem_block block;

	*other = false;
	if (bytes.n > 2 && bytes.p[0] == DER_SEQUENCE && bytes.p[1] == 0x80 &&
	    bytes.p[2] == DER_OID)
		return CERTFILE_PKCS7; /* in BER */
	if (!der_enter(&r, DER_SEQUENCE, &body) || (!rd_end(&r) && pem_next(&pem, &block)))
		return CERTFILE_PEM;
	if (der_peek(&body, DER_OID))
		return CERTFILE_PKCS7;
	*other = !der_peek(&body, DER_SEQUENCE);
	return CERTFILE_DER;
}

bool
certfile_read(struct span bytes, struct arena *a, struct certfile *out)
{
	bool other;

	*out = (struct certfile){.form = CERTFILE_NONE};
	if (bytes.n == 0)
		return fail(out, "empty", 0);
	out->form = form_of(bytes, &other);
	if (out->form == CERTFILE_PEM)
		return read_pem(out, bytes, a);
	if (out->form == CERTFILE_DER) {
		add(out, bytes);
		return !other || fail(out, "DER, but no certificate", 0);
	}
	if (!add_pkcs7(out, bytes, 0))
		return false;
	return out->n > 0 || fail(out, "no certificate in it", 0);
}

const char *
certfile_form_name(enum certfile_form f)
{
	static const char *const names[] = {"nothing", "PEM", "DER", "PKCS#7"};

	return (size_t)f < N_ELEMENTS(names) ? names[f] : names[0];
}
