/* openssl_p7 - see openssl_p7.h. */
#include "adapt/openssl_p7.h"

#include <openssl/bio.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/pkcs7.h>
#include <openssl/x509.h>

#include "base/check.h"

static struct span
copy(const X509 *x, struct arena *a)
{
	int len = i2d_X509(x, NULL);
	uint8_t *der, *p;

	if (len <= 0)
		return (struct span){NULL, 0};
	der = p = arena_alloc(a, (size_t)len);
	return i2d_X509(x, &p) == len ? (struct span){der, (size_t)len} : (struct span){NULL, 0};
}

static void
copy_all(const PKCS7 *p7, struct arena *a, struct p7_signed *out)
{
	STACK_OF(X509) *list = p7->d.sign->cert;

	for (int i = 0; i < sk_X509_num(list) && out->n < P7_MAX_CERTS; i++)
		out->certs[out->n++] = copy(sk_X509_value(list, i), a);
}

static bool
verify(PKCS7 *p7, struct span content, struct arena *a, struct p7_signed *out)
{
	BIO *in = BIO_new_mem_buf(content.p, (int)content.n);
	STACK_OF(X509) *signers = NULL;
	bool good = false;

	CHECK(in != NULL);
	if (PKCS7_verify(p7, NULL, NULL, in, NULL, PKCS7_NOVERIFY | PKCS7_BINARY) == 1)
		signers = PKCS7_get0_signers(p7, NULL, 0);
	if (sk_X509_num(signers) == 1) {
		out->signer = copy(sk_X509_value(signers, 0), a);
		good = out->signer.n > 0;
	}
	sk_X509_free(signers);
	BIO_free(in);
	return good;
}

bool
p7_verify(struct span message, struct span content, struct arena *a, struct p7_signed *out)
{
	const unsigned char *p = message.p;
	bool good = false;
	PKCS7 *p7;

	*out = (struct p7_signed){.n = 0};
	CHECK(OPENSSL_init_crypto(OPENSSL_INIT_NO_LOAD_CONFIG, NULL) == 1);
	p7 = d2i_PKCS7(NULL, &p, (long)message.n);
	if (p7 != NULL && PKCS7_type_is_signed(p7) && p7->d.sign != NULL) {
		out->has_signer = sk_PKCS7_SIGNER_INFO_num(p7->d.sign->signer_info) > 0;
		copy_all(p7, a, out);
		good = out->has_signer && verify(p7, content, a, out);
	}
	PKCS7_free(p7);
	ERR_clear_error();
	return good;
}
