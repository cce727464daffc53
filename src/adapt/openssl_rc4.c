/* openssl_rc4 - RC4, which OpenSSL has in a deprecated form that needs no legacy provider: no file is
 * opened for it, so sandboxed workers have it too.  See openssl_tls.h. */
#define OPENSSL_SUPPRESS_DEPRECATED
#include "adapt/openssl_tls.h"

#include <openssl/rc4.h>

_Static_assert(sizeof(RC4_KEY) <= CRYPTO_RC4_STATE, "room for the state of RC4");

void
crypto_rc4_start(struct crypto_rc4 *r, struct span key)
{
	RC4_KEY k;

	RC4_set_key(&k, (int)key.n, key.p);
	memcpy(r->state, &k, sizeof(k));
	crypto_wipe(&k, sizeof(k));
}

void
crypto_rc4(struct crypto_rc4 *r, struct span in, uint8_t *out)
{
	RC4_KEY k;

	if (in.n == 0)
		return;
	memcpy(&k, r->state, sizeof(k));
	RC4(&k, in.n, in.p, out);
	memcpy(r->state, &k, sizeof(k));
	crypto_wipe(&k, sizeof(k));
}
