/*
 * jks - Java's own keystore, the form of lib/security/cacerts until JDK 18.
 *
 * Version 2: magic, version, count, then entries (tag, alias, time, and for a trusted certificate its
 * type and DER), all big-endian, and a SHA-1 over password, "Mighty Aphrodite" and the file
 * (sun.security.provider.JavaKeyStore).  A wrong digest means another password or a damaged file.
 */
#include "adapt/openssl_crypto.h"
#include "base/rd.h"
#include "feeds/feed_internal.h"

enum { DIGEST = 20, TRUSTED_CERT = 2 };

static bool
digest_fits(struct span in, struct arena *a)
{
	static const char password[] = "changeit", salt[] = "Mighty Aphrodite";
	size_t n = 0, body = in.n - DIGEST;
	uint8_t *all = arena_alloc(a, 2 * strlen(password) + strlen(salt) + body), digest[DIGEST];

	for (size_t i = 0; password[i] != 0; i++) { /* as UTF-16, high byte first */
		all[n++] = 0;
		all[n++] = (uint8_t)password[i];
	}
	memcpy(all + n, salt, strlen(salt));
	n += strlen(salt);
	memcpy(all + n, in.p, body);
	crypto_sha1((struct span){all, n + body}, digest);
	return memcmp(digest, in.p + body, DIGEST) == 0;
}

static bool
entry(struct rd *r, uint32_t version, struct arena *a, struct feed *f, const char **why)
{
	struct rd alias, type;
	struct span time, der;
	uint32_t tag, n;

	if (!rd_u32(r, &tag) || !rd_vec16(r, &alias) || !rd_bytes(r, 8, &time))
		return false;
	if (tag != TRUSTED_CERT) {
		*why = "there is a private key in it";
		return false;
	}
	if ((version == 2 && !rd_vec16(r, &type)) || !rd_u32(r, &n) || !rd_bytes(r, n, &der))
		return false;
	if (feed_add_der(f, a, der) == NULL)
		f->left_out++;
	return true;
}

bool
feed_jks(struct span in, struct arena *a, struct feed *f, const char **why)
{
	struct rd r;
	uint32_t magic, version, n;

	*why = "the keystore is cut short";
	if (in.n < 12 + DIGEST)
		return false;
	if (!digest_fits(in, a)) {
		*why = "its digest does not fit: damaged, or another password than the usual one";
		return false;
	}
	r = rd_of((struct span){in.p, in.n - DIGEST});
	if (!rd_u32(&r, &magic) || !rd_u32(&r, &version) || version < 1 || version > 2 || !rd_u32(&r, &n))
		return false;
	f->store = "java";
	for (uint32_t i = 0; i < n; i++)
		if (!entry(&r, version, a, f, why))
			return false;
	return rd_end(&r);
}
