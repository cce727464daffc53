/* openssl_p12 - see openssl_p12.h. */
#include "adapt/openssl_p12.h"

#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/pkcs12.h>
#include <openssl/x509.h>

#include "base/check.h"

static size_t
copy_certs(STACK_OF(X509) *list, struct arena *a, struct span *out, size_t max)
{
	size_t n = 0;

	for (int i = 0; i < sk_X509_num(list) && n < max; i++) {
		int len = i2d_X509(sk_X509_value(list, i), NULL);
		uint8_t *der, *p;

		if (len <= 0)
			continue;
		der = p = arena_alloc(a, (size_t)len);
		if (i2d_X509(sk_X509_value(list, i), &p) == len)
			out[n++] = (struct span){der, (size_t)len};
	}
	return n;
}

size_t
p12_certs(struct span in, const char *password, struct arena *a, struct span *out, size_t max)
{
	const unsigned char *p = in.p;
	STACK_OF(X509) *list = NULL;
	EVP_PKEY *key = NULL;
	X509 *leaf = NULL;
	PKCS12 *p12;
	size_t n = 0;

	CHECK(OPENSSL_init_crypto(OPENSSL_INIT_NO_LOAD_CONFIG, NULL) == 1);
	p12 = d2i_PKCS12(NULL, &p, (long)in.n);
	if (p12 != NULL && PKCS12_parse(p12, password, &key, &leaf, &list) == 1)
		n = copy_certs(list, a, out, max);
	sk_X509_pop_free(list, X509_free);
	X509_free(leaf);
	EVP_PKEY_free(key);
	PKCS12_free(p12);
	ERR_clear_error();
	return n;
}
