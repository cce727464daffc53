/* cert - see cert.h.  Here the skeleton; extensions in cert_ext.c, keys in cert_key.c. */
#include "pki/cert.h"

#include "pki/cert_internal.h"
#include "pki/der.h"

enum { SERIAL_MAX = 20 };

/* Numbers of which zero means something. */
#define ABSENT .path_len = -1, .require_explicit = -1, .inhibit_mapping = -1, .inhibit_any = -1

static const char *const flaw_texts[] = {
    "longer than 256 KiB",
    "not readable as DER",
    "followed by other bytes",
    "version number that does not exist",
    "serial number negative, zero, padded or over 20 bytes",
    "signature algorithm inside and outside differ",
    "a date that does not exist",
    "a date not written as RFC 5280 requires",
    "ends before it begins",
    "issuer or subject is not a readable name",
    "public key cannot be read",
    "signature is not whole bytes",
    "extensions although the version has none",
    "an extension appears twice",
    "too many extensions",
    "an extension cannot be read",
    "extensions present but empty",
    "subjectAltName without a name",
    "too many subjectAltName entries",
    "a default value written out",
    "issuer is empty",
    "issuerUniqueID or subjectUniqueID present",
};

const char *
cert_flaw_text(uint32_t flaws)
{
	for (size_t i = 0; i < N_ELEMENTS(flaw_texts); i++)
		if ((flaws & (1u << i)) != 0)
			return flaw_texts[i];
	return NULL;
}

/* [0] EXPLICIT Version DEFAULT v1; X.690 11.5: a default value is not encoded. */
static bool
read_version(struct rd *tbs, struct cert *c)
{
	struct rd tagged;
	struct span v;
	int32_t n;

	c->version = 1;
	if (!der_peek(tbs, DER_CTX_C(0)))
		return true;
	if (!der_enter(tbs, DER_CTX_C(0), &tagged) || !der_get(&tagged, DER_INTEGER, &v) ||
	    !rd_end(&tagged))
		return false;
	if (!der_small(v, &n) || n < 1 || n > 2)
		c->flaws |= CERT_FLAW_VERSION;
	else
		c->version = (uint8_t)(n + 1);
	return true;
}

/* RFC 5280 4.1.2.2: "positive integer ... CAs MUST NOT use serialNumber values longer than 20
 * octets". */
static bool
read_serial(struct rd *tbs, struct cert *c)
{
	if (!der_get(tbs, DER_INTEGER, &c->serial) || c->serial.n == 0)
		return false;
	if (!der_int_minimal(c->serial) || c->serial.n > SERIAL_MAX + (c->serial.p[0] == 0) ||
	    (c->serial.p[0] & 0x80) != 0 || (c->serial.n == 1 && c->serial.p[0] == 0))
		c->flaws |= CERT_FLAW_SERIAL;
	return true;
}

/* A date that does not exist makes a certificate that is never in time. */
static bool
read_time(struct rd *validity, struct cert *c, int64_t *t)
{
	struct der e;
	bool strict;

	if (!der_next(validity, &e))
		return false;
	if (!der_time(e.tag, e.body, t, &strict))
		c->flaws |= CERT_FLAW_TIME;
	else if (!strict)
		c->flaws |= CERT_FLAW_TIME_FORM;
	return true;
}

static bool
read_validity(struct rd *tbs, struct cert *c)
{
	struct rd v;

	c->not_before = INT64_MAX;
	c->not_after = INT64_MIN;
	if (!der_enter(tbs, DER_SEQUENCE, &v) || !read_time(&v, c, &c->not_before) ||
	    !read_time(&v, c, &c->not_after) || !rd_end(&v))
		return false;
	if ((c->flaws & CERT_FLAW_TIME) == 0 && c->not_after < c->not_before)
		c->flaws |= CERT_FLAW_TIME_ORDER;
	return true;
}

static bool
read_names(struct rd *tbs, struct cert *c)
{
	if (!der_whole(tbs, DER_SEQUENCE, &c->issuer) || !read_validity(tbs, c) ||
	    !der_whole(tbs, DER_SEQUENCE, &c->subject))
		return false;
	if (!dn_valid(c->issuer) || !dn_valid(c->subject))
		c->flaws |= CERT_FLAW_NAME;
	/* RFC 5280 4.1.2.4: "The issuer field MUST contain a non-empty distinguished name". */
	else if (dn_empty(c->issuer))
		c->flaws |= CERT_FLAW_ISSUER_EMPTY;
	c->self_issued = dn_eq(c->issuer, c->subject);
	return true;
}

/* issuerUniqueID [1], subjectUniqueID [2] and extensions [3] EXPLICIT, all optional. */
static bool
read_tail(struct rd *tbs, struct cert *c)
{
	struct span id;
	struct rd tagged;
	bool there;

	for (unsigned n = 1; n <= 2; n++) {
		if (!der_optional(tbs, DER_CTX(n), &id, &there))
			return false;
		if (there)
			c->flaws |= CERT_FLAW_UNIQUE_ID;
	}
	if (rd_end(tbs))
		return true;
	if (!der_enter(tbs, DER_CTX_C(3), &tagged) || !der_get(&tagged, DER_SEQUENCE, &c->exts) ||
	    !rd_end(&tagged) || !rd_end(tbs))
		return false;
	/* RFC 5280 4.1: extensions "shall only appear if the version is v3", SIZE (1..MAX) */
	if (c->version != 3)
		c->flaws |= CERT_FLAW_EXT_OLD;
	if (c->exts.n == 0)
		c->flaws |= CERT_FLAW_EXT_ORDER;
	return true;
}

static bool
read_tbs(struct rd *tbs, struct cert *c, struct span *inner_alg)
{
	if (!read_version(tbs, c) || !read_serial(tbs, c) ||
	    !der_whole(tbs, DER_SEQUENCE, inner_alg) || !read_names(tbs, c) ||
	    !der_whole(tbs, DER_SEQUENCE, &c->spki))
		return false;
	if (!cert_key_parse(c->spki, &c->key))
		c->flaws |= CERT_FLAW_KEY;
	return read_tail(tbs, c);
}

/* Certificate ::= SEQUENCE { tbsCertificate, signatureAlgorithm, signatureValue BIT STRING } */
static bool
read_skeleton(struct span der, struct cert *c)
{
	struct rd outer = rd_of(der), seq, copy, tbs;
	struct span inner_alg, alg, bits;
	unsigned unused;

	if (!der_whole(&outer, DER_SEQUENCE, &c->der))
		return false;
	if (!rd_end(&outer))
		c->flaws |= CERT_FLAW_TRAILING;
	copy = rd_of(c->der);
	if (!der_enter(&copy, DER_SEQUENCE, &seq) || !der_whole(&seq, DER_SEQUENCE, &c->tbs))
		return false;
	copy = rd_of(c->tbs);
	if (!der_enter(&copy, DER_SEQUENCE, &tbs) || !read_tbs(&tbs, c, &inner_alg) ||
	    !der_whole(&seq, DER_SEQUENCE, &alg) || !cert_sig_alg_parse(alg, &c->sig_alg) ||
	    !der_get(&seq, DER_BIT_STRING, &bits) || !rd_end(&seq) ||
	    !der_bits(bits, &c->sig, &unused))
		return false;
	if (unused != 0)
		c->flaws |= CERT_FLAW_SIG_BITS;
	/* RFC 5280 4.1.1.2: "MUST contain the same algorithm identifier" */
	if (!span_eq(inner_alg, alg))
		c->flaws |= CERT_FLAW_SIG_ALG_DIFFERS;
	return true;
}

bool
cert_parse(struct span der, struct cert *out)
{
	*out = (struct cert){ABSENT, .der = der};
	if (der.n > CERT_MAX_BYTES) {
		out->flaws = CERT_FLAW_TOO_LONG;
		return false;
	}
	if (!read_skeleton(der, out)) {
		*out = (struct cert){ABSENT, .der = der, .flaws = CERT_FLAW_DER};
		return false;
	}
	cert_exts_read(out);
	return true;
}
