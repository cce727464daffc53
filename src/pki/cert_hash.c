/* cert_hash: fingerprints; apart from the parser, which needs no library. */
#include "adapt/openssl_crypto.h"
#include "pki/cert.h"

void
cert_sha256(const struct cert *c, uint8_t out[32])
{
	crypto_sha256(c->der, out);
}

void
cert_sha1(const struct cert *c, uint8_t out[20])
{
	crypto_sha1(c->der, out);
}

void
cert_spki_sha256(const struct cert *c, uint8_t out[32])
{
	crypto_sha256(c->spki, out);
}
