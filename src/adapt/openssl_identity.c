/* openssl_identity - see openssl_identity.h. */
#include "adapt/openssl_identity.h"

#include <openssl/bio.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/pkcs12.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/check.h"
#include "base/xalloc.h"

struct crypto_identity {
	EVP_PKEY *key;
	struct span certs[IDENTITY_CERTS]; /* each its own allocation */
	size_t n;
};

static const struct {
	uint16_t scheme;
	enum identity_kind kind;
	const char *hash; /* NULL: the algorithm has its own */
	int bits;	  /* of the curve; of the key for EdDSA; 0: any */
	bool pss;
} schemes[] = {
    {0x0804, IDENTITY_RSA, "SHA256", 0, true},
    {0x0805, IDENTITY_RSA, "SHA384", 0, true},
    {0x0806, IDENTITY_RSA, "SHA512", 0, true},
    {0x0809, IDENTITY_RSA_PSS, "SHA256", 0, true},
    {0x080a, IDENTITY_RSA_PSS, "SHA384", 0, true},
    {0x080b, IDENTITY_RSA_PSS, "SHA512", 0, true},
    {0x0401, IDENTITY_RSA, "SHA256", 0, false},
    {0x0501, IDENTITY_RSA, "SHA384", 0, false},
    {0x0601, IDENTITY_RSA, "SHA512", 0, false},
    {0x0201, IDENTITY_RSA, "SHA1", 0, false},
    {IDENTITY_RSA_MD5_SHA1, IDENTITY_RSA, "MD5-SHA1", 0, false},
    {0x0403, IDENTITY_ECDSA, "SHA256", 256, false},
    {0x0503, IDENTITY_ECDSA, "SHA384", 384, false},
    {0x0603, IDENTITY_ECDSA, "SHA512", 521, false},
    {0x0203, IDENTITY_ECDSA, "SHA1", 0, false},
    {0x0807, IDENTITY_EDDSA, NULL, 256, false},
    {0x0808, IDENTITY_EDDSA, NULL, 456, false},
};

static size_t
row_of(uint16_t scheme)
{
	size_t i = 0;

	while (i < N_ELEMENTS(schemes) && schemes[i].scheme != scheme)
		i++;
	return i;
}

/* ---- reading ---- */

/* Never a prompt: without a password there is none. */
static int
on_password(char *buf, int size, int writing, void *arg)
{
	const char *password = arg;
	size_t n = password != NULL ? strlen(password) : 0;

	(void)writing;
	if (size <= 0 || n > (size_t)size)
		return -1;
	if (n > 0)
		memcpy(buf, password, n);
	return password != NULL ? (int)n : -1;
}

static bool
wrong(char *err, size_t errlen, const char *file, const char *what)
{
	(void)snprintf(err, errlen, "%s: %s", file, what);
	return false;
}

static bool
add_cert(struct crypto_identity *id, X509 *x)
{
	uint8_t *der = NULL;
	int len = i2d_X509(x, &der);

	if (len <= 0 || id->n == IDENTITY_CERTS) {
		OPENSSL_free(der);
		return false;
	}
	id->certs[id->n++] = (struct span){der, (size_t)len};
	return true;
}

/* All of a PKCS#12 file; false: it is none, or the password is another. */
static bool
read_p12(struct crypto_identity *id, BIO *in, const char *password)
{
	STACK_OF(X509) *more = NULL;
	X509 *leaf = NULL;
	PKCS12 *p12 = d2i_PKCS12_bio(in, NULL);
	bool ok = p12 != NULL && PKCS12_parse(p12, password, &id->key, &leaf, &more) == 1 &&
	    leaf != NULL && add_cert(id, leaf);

	for (int i = 0; ok && i < sk_X509_num(more); i++)
		ok = add_cert(id, sk_X509_value(more, i));
	sk_X509_pop_free(more, X509_free);
	X509_free(leaf);
	PKCS12_free(p12);
	return ok;
}

static bool
read_pem(struct crypto_identity *id, BIO *in)
{
	bool ok = true;
	X509 *x;

	while (ok && (x = PEM_read_bio_X509(in, NULL, on_password, NULL)) != NULL) {
		ok = add_cert(id, x);
		X509_free(x);
	}
	return ok && id->n > 0;
}

static bool
read_certs(struct crypto_identity *id, const char *file, const char *password, char *err, size_t errlen)
{
	BIO *in = BIO_new_file(file, "rb");
	bool ok;

	if (in == NULL)
		return wrong(err, errlen, file, "cannot be read");
	ok = read_pem(id, in);
	if (!ok && id->n == 0 && BIO_seek(in, 0) == 0)
		ok = read_p12(id, in, password);
	BIO_free(in);
	return ok ||
	    wrong(err, errlen, file, "no certificates in PEM, and no PKCS#12 that opens with this password");
}

static bool
read_key(struct crypto_identity *id, const char *file, const char *password, char *err, size_t errlen)
{
	union { /* the callback's argument is not const, but nobody writes there */
		const char *in;
		void *out;
	} p = {.in = password};
	BIO *in = BIO_new_file(file, "rb");

	if (in == NULL)
		return wrong(err, errlen, file, "cannot be read");
	EVP_PKEY_free(id->key);
	id->key = PEM_read_bio_PrivateKey(in, NULL, on_password, p.out);
	if (id->key == NULL && BIO_seek(in, 0) == 0)
		id->key = d2i_PrivateKey_bio(in, NULL);
	BIO_free(in);
	return id->key != NULL ||
	    wrong(err, errlen, file, "no private key that opens with this password");
}

static bool
is_known_kind(const EVP_PKEY *key)
{
	int id = EVP_PKEY_get_base_id(key);

	return id == EVP_PKEY_RSA || id == EVP_PKEY_RSA_PSS || id == EVP_PKEY_EC ||
	    id == EVP_PKEY_ED25519 || id == EVP_PKEY_ED448;
}

/* Is the first certificate that of the key? */
static bool
belongs(const struct crypto_identity *id)
{
	const unsigned char *p = id->certs[0].p;
	X509 *x = d2i_X509(NULL, &p, (long)id->certs[0].n);
	bool ok = x != NULL && X509_check_private_key(x, id->key) == 1;

	X509_free(x);
	return ok;
}

struct crypto_identity *
crypto_identity_open(const char *cert_file, const char *key_file, const char *password, char *err,
    size_t errlen)
{
	struct crypto_identity *id = xcalloc(1, sizeof(*id));
	const char *from = key_file != NULL ? key_file : cert_file;
	bool ok;

	CHECK(OPENSSL_init_crypto(OPENSSL_INIT_NO_LOAD_CONFIG, NULL) == 1);
	ok = read_certs(id, cert_file, password, err, errlen) &&
	    ((key_file == NULL && id->key != NULL) || read_key(id, from, password, err, errlen));
	if (ok && !is_known_kind(id->key))
		ok = wrong(err, errlen, from, "a key that is not RSA, ECDSA or EdDSA");
	if (ok && !belongs(id))
		ok = wrong(err, errlen, from, "not the key of the certificate");
	ERR_clear_error();
	if (ok)
		return id;
	crypto_identity_free(id);
	return NULL;
}

void
crypto_identity_free(struct crypto_identity *id)
{
	if (id == NULL)
		return;
	EVP_PKEY_free(id->key);
	for (size_t i = 0; i < id->n; i++) {
		union {
			const uint8_t *in;
			void *out;
		} p = {.in = id->certs[i].p};

		OPENSSL_free(p.out);
	}
	free(id);
}

/* ---- what it can do ---- */

size_t
crypto_identity_chain(const struct crypto_identity *id, const struct span **certs)
{
	*certs = id->certs;
	return id->n;
}

enum identity_kind
crypto_identity_kind(const struct crypto_identity *id)
{
	switch (EVP_PKEY_get_base_id(id->key)) {
	case EVP_PKEY_RSA:
		return IDENTITY_RSA;
	case EVP_PKEY_RSA_PSS:
		return IDENTITY_RSA_PSS;
	case EVP_PKEY_EC:
		return IDENTITY_ECDSA;
	default:
		return IDENTITY_EDDSA;
	}
}

bool
crypto_identity_can(const struct crypto_identity *id, uint16_t scheme, bool any_curve)
{
	enum identity_kind kind = crypto_identity_kind(id);
	size_t i = row_of(scheme);

	if (i == N_ELEMENTS(schemes) || schemes[i].kind != kind)
		return false;
	return schemes[i].bits == 0 || (kind == IDENTITY_ECDSA && any_curve) ||
	    schemes[i].bits == EVP_PKEY_get_bits(id->key);
}

bool
crypto_identity_sign(const struct crypto_identity *id, uint16_t scheme, struct span message,
    uint8_t out[IDENTITY_MAX_SIGNATURE], size_t *n)
{
	size_t i = row_of(scheme);
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	EVP_PKEY_CTX *how = NULL;
	bool ok = ctx != NULL && i < N_ELEMENTS(schemes) &&
	    EVP_DigestSignInit_ex(ctx, &how, schemes[i].hash, NULL, NULL, id->key, NULL) == 1;

	if (ok && schemes[i].pss) /* RFC 8446, 4.2.3: the salt is as long as the digest */
		ok = EVP_PKEY_CTX_set_rsa_padding(how, RSA_PKCS1_PSS_PADDING) == 1 &&
		    EVP_PKEY_CTX_set_rsa_pss_saltlen(how, RSA_PSS_SALTLEN_DIGEST) == 1;
	*n = IDENTITY_MAX_SIGNATURE;
	ok = ok && EVP_DigestSign(ctx, out, n, message.p, message.n) == 1;
	EVP_MD_CTX_free(ctx);
	ERR_clear_error();
	return ok;
}
