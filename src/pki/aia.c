/* aia - see aia.h. */
#include "pki/aia.h"

#include "base/arena.h"
#include "base/check.h"
#include "pki/cert.h"
#include "pki/pem.h"
#include "pki/pkcs7.h"

const char *
aia_form_name(enum aia_form f)
{
	static const char *const names[] = {"unknown", "empty", "DER", "PKCS#7", "PEM", "HTML"};

	CHECK((size_t)f < N_ELEMENTS(names));
	return names[f];
}

static size_t
take_pkcs7(struct pkcs7 *p, struct span *out)
{
	size_t n = 0;

	while (n < AIA_MAX_CERTS && pkcs7_next(p, &out[n]))
		n++;
	return n;
}

static size_t
take_pem(struct span body, struct arena *a, struct span *out)
{
	struct pem p = {.rest = body};
	struct pem_block b;
	size_t n = 0;

	while (n < AIA_MAX_CERTS && pem_next(&p, &b)) {
		size_t max = pem_decoded_max(&b);
		uint8_t *buf = arena_alloc(a, max + 1);

		if (pem_is_certificate(&b) && pem_decode(&b, buf, max, &out[n]))
			n++;
	}
	return n;
}

/* The first byte that is no blank. */
static int
first_byte(struct span body)
{
	for (size_t i = 0; i < body.n; i++)
		if (strchr(" \t\r\n", body.p[i]) == NULL || body.p[i] == '\0')
			return body.p[i];
	return -1;
}

size_t
aia_read(struct span body, struct arena *a, struct span out[AIA_MAX_CERTS], enum aia_form *form)
{
	struct pkcs7 p7;
	struct cert c;
	size_t n;

	*form = body.n == 0 ? AIA_EMPTY : AIA_OTHER;
	if (body.n == 0 || body.n > AIA_MAX_BYTES)
		return 0;
	if (cert_parse(body, &c)) {
		*form = AIA_DER;
		out[0] = c.der;
		return 1;
	}
	if (pkcs7_open(&p7, body) == PKCS7_OK) {
		*form = AIA_PKCS7;
		return take_pkcs7(&p7, out);
	}
	if ((n = take_pem(body, a, out)) > 0)
		*form = AIA_PEM;
	else if (first_byte(body) == '<')
		*form = AIA_HTML;
	return n;
}
