/* collision: see collision.h. */
#include "pki/collision.h"

enum { SERIAL_BITS = 64 }; /* Baseline Requirements, 7.1: "at least 64 bits of output from a CSPRNG" */

static void
add(struct collision *c, const char *text)
{
	if (c->n < COLLISION_MAX)
		c->parts[c->n++] = text;
}

static bool
is_md(enum cert_hash h)
{
	return h == CERT_HASH_MD2 || h == CERT_HASH_MD4 || h == CERT_HASH_MD5;
}

static unsigned
bits(struct span n)
{
	unsigned b = 0;

	while (n.n > 0 && n.p[0] == 0) {
		n.p++;
		n.n--;
	}
	if (n.n == 0)
		return 0;
	for (unsigned first = n.p[0]; first != 0; first >>= 1)
		b++;
	return b + 8 * ((unsigned)n.n - 1);
}

/* Half of its bytes are one and the same: a counter behind a prefix, or padded with zeros.  Of ten
 * random bytes that happens once in 2^32. */
static bool
repetitive(struct span n)
{
	for (size_t i = 0; i < n.n; i++) {
		size_t same = 0;

		for (size_t k = 0; k < n.n; k++)
			same += n.p[k] == n.p[i];
		if (n.n >= 8 && same * 2 > n.n)
			return true;
	}
	return false;
}

static bool
predictable(struct collision *c, const struct cert *cert, struct arena *a)
{
	unsigned n = bits(cert->serial);

	if (n < SERIAL_BITS - 8) /* a random one of 64 bits is shorter once in 256 */
		add(c, arena_printf(a, "a serial number of %u bits, which may be foretold", n));
	else if (repetitive(cert->serial))
		add(c, "a serial number of little entropy");
	else
		return false;
	return true;
}

/* What a twin could be used for beyond this one's purpose. */
static bool
loose(struct collision *c, const struct cert *cert)
{
	size_t before = c->n;

	if (!cert->has_eku)
		add(c, "no extended key usage: good for everything");
	else if ((cert->eku & CERT_EKU_ANY) != 0)
		add(c, "any extended key usage");
	else if ((cert->eku & CERT_EKU_CODE_SIGNING) != 0)
		add(c, "it may sign code");
	if (!cert->has_bc)
		add(c, "no basicConstraints");
	return c->n > before;
}

struct collision
collision_judge(const struct cert *cert, bool self_signed, struct arena *a)
{
	bool md = is_md(cert->sig_alg.hash), sha1 = cert->sig_alg.hash == CERT_HASH_SHA1;
	bool serial, profile, key = false;
	struct collision c = {.n = 0};
	int risk = md ? COLLISION_HIGH : sha1 ? COLLISION_MEDIUM : COLLISION_NONE;

	if (self_signed || risk == COLLISION_NONE)
		return c;
	add(&c, md ? "a signature with a hash of the MD family" : "a SHA-1 signature");
	serial = predictable(&c, cert, a);
	if (cert->key.kind == CERT_KEY_RSA && cert->key.bits > 0 && cert->key.bits <= 1024) {
		add(&c, arena_printf(a, "a key of %u bits", (unsigned)cert->key.bits));
		key = true;
	}
	profile = loose(&c, cert);
	/* Foretold, it can be attacked today; loose or weak, it is worth the trouble. */
	risk += serial;
	risk += serial && (profile || key);
	c.risk = risk > COLLISION_CRITICAL ? COLLISION_CRITICAL : (enum collision_risk)risk;
	return c;
}

const char *
collision_risk_name(enum collision_risk r)
{
	static const char *const names[] = {"none", "low", "medium", "high", "critical"};

	return (size_t)r < N_ELEMENTS(names) ? names[r] : names[0];
}
