/* certificate - see certificate.h. */
#include "derive/certificate.h"

#include <arpa/inet.h>
#include <inttypes.h>

#include "adapt/openssl_crypto.h"
#include "adapt/openssl_x509.h"
#include "base/text.h"
#include "derive/cert_profile.h"
#include "pki/cert.h"
#include "pki/name.h"
#include "pki/sct.h"

enum { MAX_WORDS = 64, DAY = 86400, NUMBER_MAX = 64, SCRATCH = 1 << 20 };

/* A list of texts under way; what does not fit is left out. */
struct words {
	const char *v[MAX_WORDS];
	size_t n;
};

static void
add(struct words *w, const char *text)
{
	if (w->n < MAX_WORDS)
		w->v[w->n++] = text;
}

/* Absent in the certificate: empty bytes are no fact. */
static void
put_bytes(struct facts *row, enum fact_id id, struct span v)
{
	if (v.n > 0)
		fact_put_hex(row, id, v);
}

static void
put_bool(struct facts *row, enum fact_id id, bool v)
{
	fact_put_tri(row, id, v ? TRI_YES : TRI_NO);
}

/* The name of what this OID stands for, or the OID itself. */
static void
put_named(struct facts *row, enum fact_id id, const char *name, struct span oid)
{
	char dotted[OID_TEXT_MAX];

	fact_put_str(row, id, name != NULL ? name : oid_text(oid, dotted, sizeof(dotted)));
}

/* --- names --- */

static void
put_names(struct facts *row, const struct cert *c, struct arena *a)
{
	char cn[CERTIFICATE_NAME_MAX];

	fact_put_str(
	    row, F_CERT_SUBJECT, text_clean(a, span_str(dn_arena(a, c->subject)), DN_TEXT_MAX));
	fact_put_str(
	    row, F_CERT_ISSUER, text_clean(a, span_str(dn_arena(a, c->issuer)), DN_TEXT_MAX));
	if (dn_attr(c->subject, OID_CN, 0, cn, sizeof(cn)))
		fact_put_str(row, F_CERT_CN, text_clean(a, span_str(cn), sizeof(cn)));
}

/* RFC 5280 4.2.1.6: iPAddress is 4 or 16 bytes in network order. */
static const char *
san_text(const struct cert_name *n, struct arena *a)
{
	char ip[INET6_ADDRSTRLEN];
	struct span head = n->value;

	if (n->kind == CERT_NAME_DNS)
		return text_clean(a, n->value, CERTIFICATE_NAME_MAX);
	if ((n->value.n == 4 || n->value.n == 16) &&
	    inet_ntop(n->value.n == 4 ? AF_INET : AF_INET6, n->value.p, ip, sizeof(ip)) != NULL)
		return arena_str(a, ip);
	if (head.n > NUMBER_MAX)
		head.n = NUMBER_MAX;
	return arena_printf(a, "(address of %zu bytes: %s)", n->value.n, text_hex(a, head));
}

/* All are counted: a certificate that is read has room for some ten thousand. */
static void
put_sans(struct facts *row, const struct cert *c, struct arena *a)
{
	const char **v = arena_alloc(a, CERTIFICATE_SANS * sizeof(*v));
	struct cert_name name;
	uint32_t n = 0;

	for (struct rd r = rd_of(c->san); cert_name_next(&r, &name);) {
		if (name.kind != CERT_NAME_DNS && name.kind != CERT_NAME_IP)
			continue;
		if (n < CERTIFICATE_SANS)
			v[n] = san_text(&name, a);
		n++;
	}
	fact_put_strs(row, F_CERT_SANS, v, n < CERTIFICATE_SANS ? n : CERTIFICATE_SANS);
	fact_put_u32(row, F_CERT_N_SANS, n);
}

/* --- dates --- */

/* Both ends are valid (RFC 5280, 4.1.2.5), and what is more than a day is two (CA/Browser Forum
 * Baseline Requirements, 6.3.2). */
static void
put_lifetime(struct facts *row, const struct cert *c)
{
	int64_t seconds = c->not_after - c->not_before + 1;
	int64_t days = seconds / DAY + (seconds % DAY > 0);

	if (seconds > 0)
		fact_put_u32(row, F_CERT_LIFETIME, days < UINT32_MAX ? (uint32_t)days : UINT32_MAX);
	else
		fact_put_unknown(row, F_CERT_LIFETIME, WHY_GARBAGE, "it ends before it begins");
}

static void
put_dates(struct facts *row, const struct cert *c, int64_t now, struct arena *a)
{
	int64_t left;

	if ((c->flaws & CERT_FLAW_TIME) != 0)
		return; /* PROBLEMS says it */
	fact_put_time(row, F_CERT_NOT_BEFORE, c->not_before);
	fact_put_time(row, F_CERT_NOT_AFTER, c->not_after);
	left = c->not_after - now;
	left = left / DAY - (left % DAY < 0); /* whole days, downwards: -1 on the first day after */
	fact_put_str(row, F_CERT_DAYS_LEFT, arena_printf(a, "%" PRId64, left));
	put_lifetime(row, c);
}

/* --- key and signature --- */

static const char *
exponent_text(const struct cert_key *k, struct arena *a)
{
	uint64_t e = cert_key_exponent(k);
	struct span head = k->exponent;

	if (e != 0 || k->exponent.n == 0)
		return arena_printf(a, "%" PRIu64, e);
	if (head.n <= NUMBER_MAX)
		return arena_printf(a, "0x%s", text_hex(a, head));
	head.n = NUMBER_MAX;
	return arena_printf(a, "0x%s... (%zu bytes)", text_hex(a, head), k->exponent.n);
}

static void
put_curve(struct facts *row, const struct cert_key *k)
{
	if (k->explicit_params)
		fact_put_str(row, F_CERT_KEY_CURVE, "explicit parameters");
	else if (k->curve_oid.n > 0)
		put_named(row, F_CERT_KEY_CURVE, k->curve, k->curve_oid);
}

/* A number that is 0 where the kind of key is not known here. */
static void
put_bits(struct facts *row, enum fact_id id, uint32_t bits)
{
	if (bits > 0)
		fact_put_u32(row, id, bits);
	else
		fact_put_unknown(row, id, WHY_LOCAL, "not known for this kind of key");
}

static void
put_key(struct facts *row, const struct cert *c, struct arena *a)
{
	const struct cert_key *k = &c->key;
	uint8_t pin[32];

	cert_spki_sha256(c, pin);
	fact_put_hex(row, F_CERT_SPKI_SHA256, SPAN_OF(pin));
	if ((c->flaws & CERT_FLAW_KEY) != 0)
		return;
	put_named(row, F_CERT_KEY_TYPE, k->name, k->alg_oid);
	put_bits(row, F_CERT_KEY_BITS, k->bits);
	put_bits(row, F_CERT_KEY_STRENGTH, cert_key_strength(k));
	put_curve(row, k);
	if (k->kind == CERT_KEY_RSA || k->kind == CERT_KEY_RSA_PSS)
		fact_put_str(row, F_CERT_KEY_EXPONENT, exponent_text(k, a));
}

static void
put_self_signed(struct facts *row, const struct cert *c)
{
	enum sigcheck sig;

	if (!c->self_issued) {
		fact_put_tri(row, F_CERT_SELF_SIGNED, TRI_NO);
		return;
	}
	sig = cert_sig_verify(c->spki, c->sig_alg.der, c->tbs, c->sig);
	if (sig == SIG_UNSUPPORTED || sig == SIG_TOO_BIG)
		fact_put_unknown(row, F_CERT_SELF_SIGNED, WHY_LOCAL,
		    "its own key cannot be checked: algorithm or size");
	else
		put_bool(row, F_CERT_SELF_SIGNED, sig == SIG_OK);
}

static void
put_signature(struct facts *row, const struct cert *c)
{
	put_named(row, F_CERT_SIG_ALG, c->sig_alg.name, c->sig_alg.oid);
	if (c->sig_alg.hash == CERT_HASH_UNKNOWN)
		fact_put_unknown(row, F_CERT_SIG_HASH, WHY_LOCAL, "an algorithm not known here");
	else
		fact_put_str(row, F_CERT_SIG_HASH, cert_hash_name(c->sig_alg.hash));
	put_self_signed(row, c);
}

/* --- extensions --- */

static void
put_usages(struct facts *row, const struct cert *c, struct arena *a)
{
	static const char *const bits[] = {"digitalSignature", "nonRepudiation", "keyEncipherment",
	    "dataEncipherment", "keyAgreement", "keyCertSign", "cRLSign", "encipherOnly",
	    "decipherOnly"};
	struct words ku = {.n = 0}, eku = {.n = 0};
	char dotted[OID_TEXT_MAX];
	struct span oid;

	for (unsigned i = 0; i < N_ELEMENTS(bits); i++)
		if ((c->ku & 1u << i) != 0)
			add(&ku, bits[i]);
	for (struct rd r = rd_of(c->eku_list); eku.n < MAX_WORDS && cert_oid_next(&r, &oid);)
		add(&eku, arena_str(a, oid_label(oid, dotted, sizeof(dotted))));
	if (c->has_ku)
		fact_put_strs(row, F_CERT_KEY_USAGE, ku.v, ku.n);
	if (c->has_eku)
		fact_put_strs(row, F_CERT_EKU, eku.v, eku.n);
}

static void
put_urls(struct facts *row, enum fact_id id, const struct span *urls, uint32_t n, struct arena *a)
{
	struct words w = {.n = 0};

	for (uint32_t i = 0; i < n && i < CERT_MAX_URLS; i++)
		add(&w, text_clean(a, urls[i], CERTIFICATE_URL_MAX));
	fact_put_strs(row, id, w.v, w.n);
	if (n > CERT_MAX_URLS)
		fact_set_note(
		    row, id, arena_printf(a, "%" PRIu32 " in all, the first few are kept", n));
}

static void
put_extensions(struct facts *row, const struct cert *c, struct arena *a)
{
	put_bool(row, F_CERT_IS_CA, c->ca);
	put_bytes(row, F_CERT_SKI, c->skid);
	put_bytes(row, F_CERT_AKI, c->akid);
	put_usages(row, c, a);
	put_urls(row, F_CERT_OCSP, c->ocsp, c->n_ocsp, a);
	put_urls(row, F_CERT_CRL, c->crl, c->n_crl, a);
	put_urls(row, F_CERT_CA_ISSUERS, c->ca_issuers, c->n_ca_issuers, a);
	put_bool(row, F_CERT_DELEGATION, c->delegation);
	put_bool(row, F_CERT_MUST_STAPLE, c->must_staple);
	fact_put_u32(row, F_CERT_SCTS, sct_list_read(c->sct_list).n);
}

/* --- what is wrong with it --- */

/* The words of one bit after the other. */
static void
add_bits(struct words *w, uint32_t bits, const char *(*text_of)(uint32_t))
{
	for (; bits != 0; bits &= bits - 1) {
		const char *text = text_of(bits & (~bits + 1));

		if (text != NULL)
			add(w, text);
	}
}

static void
add_key_problems(struct words *w, const struct cert_key *k)
{
	if (k->explicit_params)
		add(w, "spells out its curve instead of naming one (RFC 5480 2.1.1)");
	if (k->kind != CERT_KEY_RSA && k->kind != CERT_KEY_RSA_PSS)
		return;
	if (k->exponent.n == 1 && k->exponent.p[0] == 1)
		add(w, "RSA public exponent 1: encrypts and protects nothing");
	else if (k->exponent.n == 0 || (k->exponent.p[k->exponent.n - 1] & 1) == 0)
		add(w, "RSA public exponent is even: no such key can exist");
}

static void
put_problems(struct facts *row, const struct cert *c, bool readable, struct arena *a)
{
	struct words w = {.n = 0};
	char dotted[OID_TEXT_MAX];

	add_bits(&w, c->flaws, cert_flaw_text);
	if (readable) {
		add_bits(&w, name_oddities(c), name_odd_text);
		add_key_problems(&w, &c->key);
		if (c->n_unknown_critical > 0)
			add(&w, arena_printf(a, "a critical extension that nobody here handles: %s",
				    oid_label(c->unknown_critical, dotted, sizeof(dotted))));
		if (c->ct_poison)
			add(&w, "a precertificate: not meant to be served (RFC 6962 3.1)");
		if (sct_list_read(c->sct_list).broken)
			add(&w, "its list of certificate timestamps is malformed");
	}
	fact_put_strs(row, F_CERT_PROBLEMS, w.v, w.n);
}

/* What others say of it comes later (derive/revocation.c). */
static bool
is_of_others(enum fact_id id)
{
	return id == F_CERT_REVOCATION || id == F_CERT_REVOCATION_BY;
}

static void
put_rest(struct facts *row, bool readable)
{
	for (int id = kind_defs[K_CERT].first; id < (int)kind_end(K_CERT); id++)
		if (!fact_settled(row, (enum fact_id)id) && !is_of_others((enum fact_id)id))
			fact_put_unknown(row, (enum fact_id)id,
			    readable ? WHY_NOT_APPLICABLE : WHY_GARBAGE, NULL);
}

void
certificate_describe(struct facts *row, int64_t now)
{
	struct arena *a = arena_new(SCRATCH);
	struct span der = fact_hex(row, F_CERT_DER);
	uint8_t sha256[32], sha1[20];
	struct cert c;
	bool readable = cert_parse(der, &c);

	crypto_sha256(der, sha256);
	crypto_sha1(der, sha1);
	fact_put_hex(row, F_CERT_SHA256, SPAN_OF(sha256));
	fact_put_hex(row, F_CERT_SHA1, SPAN_OF(sha1));
	put_problems(row, &c, readable, a);
	if (readable) {
		put_names(row, &c, a);
		fact_put_hex(row, F_CERT_SERIAL, c.serial);
		put_dates(row, &c, now, a);
		put_sans(row, &c, a);
		put_key(row, &c, a);
		put_signature(row, &c);
		put_extensions(row, &c, a);
		cert_profile_put(row, &c, now, a);
	}
	put_rest(row, readable);
	arena_free(a);
}
