/* openssl_crypto: see openssl_crypto.h. */
#include "adapt/openssl_crypto.h"

#include <openssl/sha.h>

#include "base/check.h"

void
crypto_sha256(struct span in, uint8_t out[32])
{
	static const uint8_t none;

	CHECK(SHA256(in.n > 0 ? in.p : &none, in.n, out) != NULL);
}

void
crypto_sha1(struct span in, uint8_t out[20])
{
	static const uint8_t none;

	CHECK(SHA1(in.n > 0 ? in.p : &none, in.n, out) != NULL);
}
