/* openssl_crypto: see openssl_crypto.h. */
#include "adapt/openssl_crypto.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/sha.h>

#include "base/check.h"

/* The local openssl.cnf must not change what we compute or offer; free after the first time. */
static void
init(void)
{
	CHECK(OPENSSL_init_crypto(OPENSSL_INIT_NO_LOAD_CONFIG, NULL) == 1);
}

void
crypto_sha256(struct span in, uint8_t out[32])
{
	static const uint8_t none;

	init();
	CHECK(SHA256(in.n > 0 ? in.p : &none, in.n, out) != NULL);
}

void
crypto_sha512(struct span in, uint8_t out[64])
{
	static const uint8_t none;

	init();
	CHECK(SHA512(in.n > 0 ? in.p : &none, in.n, out) != NULL);
}

void
crypto_sha1(struct span in, uint8_t out[20])
{
	static const uint8_t none;

	init();
	CHECK(SHA1(in.n > 0 ? in.p : &none, in.n, out) != NULL);
}

bool
crypto_md5(struct span in, uint8_t out[16])
{
	static const uint8_t none;

	init();
	return EVP_Digest(in.n > 0 ? in.p : &none, in.n, out, NULL, EVP_md5(), NULL) == 1;
}

const char *
crypto_version(void)
{
	return OpenSSL_version(OPENSSL_VERSION_STRING);
}
