/* feed - see feed.h: which form, and what all forms share. */
#include "config.h"

#include "feeds/feed.h"

#include <stdio.h>

#include "adapt/cab.h"
#include "adapt/openssl_crypto.h"
#include "adapt/openssl_p12.h"
#include "base/text.h"
#include "feeds/feed_internal.h"
#include "pki/cert.h"
#include "pki/der.h"
#include "pki/dn.h"
#include "pki/pem.h"

/* ---- roots ---- */

struct feed_root *
feed_add(struct feed *f, struct arena *a)
{
	if (f->roots == NULL)
		f->roots = arena_alloc(a, FEED_MAX_ROOTS * sizeof(*f->roots));
	if (f->n == FEED_MAX_ROOTS)
		return NULL;
	f->roots[f->n].subject = f->roots[f->n].owner = "";
	return &f->roots[f->n++];
}

struct feed_root *
feed_add_der(struct feed *f, struct arena *a, struct span der)
{
	struct cert c;
	uint8_t sha256[32];
	struct feed_root *r;

	if (!cert_parse(der, &c))
		return NULL;
	cert_sha256(&c, sha256);
	for (size_t i = 0; i < f->n; i++)
		if (memcmp(f->roots[i].sha256, sha256, sizeof(sha256)) == 0)
			return NULL;
	r = feed_add(f, a);
	if (r == NULL)
		return NULL;
	memcpy(r->sha256, sha256, sizeof(sha256));
	r->der = c.der;
	r->subject = dn_arena(a, c.subject);
	return r;
}

/* ---- small readers ---- */

static bool
digit(uint8_t c)
{
	return c >= '0' && c <= '9';
}

static bool
number(struct span *s, unsigned width, unsigned *v)
{
	*v = 0;
	for (unsigned i = 0; i < width; i++) {
		if (s->n == 0 || !digit(*s->p))
			return false;
		*v = *v * 10 + (unsigned)(*s->p - '0');
		s->p++;
		s->n--;
	}
	return true;
}

static bool
month(struct span *s, unsigned *v)
{
	static const char names[] = "JanFebMarAprMayJunJulAugSepOctNovDec";

	if (s->n > 0 && digit(*s->p))
		return number(s, 2, v) && *v >= 1 && *v <= 12;
	for (unsigned i = 0; i < 12 && s->n >= 3; i++)
		if (memcmp(names + 3 * i, s->p, 3) == 0) {
			s->p += 3;
			s->n -= 3;
			*v = i + 1;
			return true;
		}
	return false;
}

static bool
separator(struct span *s)
{
	if (s->n == 0 || strchr("-. ", *s->p) == NULL)
		return false;
	s->p++;
	s->n--;
	return true;
}

int64_t
feed_day(struct span text)
{
	unsigned y, m, d;

	if (!number(&text, 4, &y) || !separator(&text) || !month(&text, &m) || !separator(&text) ||
	    !number(&text, 2, &d) || d < 1 || d > 31)
		return 0;
	return der_days(y, m, d) * 86400;
}

bool
feed_day_valid(const char *text)
{
	return strlen(text) == strlen("2026-11-24") && feed_day(span_str(text)) != 0;
}

bool
feed_hex32(struct span text, uint8_t out[32])
{
	size_t n = 0;

	for (size_t i = 0; i < text.n; i++) {
		uint8_t c = text.p[i];
		int v = digit(c) ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10
			: c >= 'A' && c <= 'F'			  ? c - 'A' + 10
								  : -1;

		if (v < 0 && strchr(": ", c) != NULL)
			continue;
		if (v < 0 || n == 64)
			return false;
		out[n / 2] = (uint8_t)(n % 2 == 0 ? v << 4 : out[n / 2] | v);
		n++;
	}
	return n == 64;
}

/* ---- forms ---- */

static bool
begins(struct span in, const char *with)
{
	size_t n = strlen(with);

	return in.n >= n && memcmp(in.p, with, n) == 0;
}

static bool
holds(struct span in, const char *word)
{
	return memmem(in.p, in.n < 65536 ? in.n : 65536, word, strlen(word)) != NULL;
}

enum feed_form
feed_form(struct span in)
{
	static const uint8_t jks[] = {0xfe, 0xed, 0xfe, 0xed};
	struct rd r = rd_of(in), seq;
	struct span oid;

	if (in.n >= 4 && memcmp(in.p, jks, 4) == 0)
		return FEED_JKS;
	if (begins(in, "MSCF"))
		return FEED_CAB;
	if (der_enter(&r, DER_SEQUENCE, &seq))
		return der_get(&seq, DER_OID, &oid) ? FEED_STL : FEED_PKCS12;
	if (holds(in, "CKA_CLASS"))
		return FEED_CERTDATA;
	if (holds(in, "trust_anchors {"))
		return FEED_TEXTPROTO;
	if (holds(in, "SHA-256 Fingerprint"))
		return FEED_CCADB;
	return holds(in, "-----BEGIN ") ? FEED_PEM : FEED_UNKNOWN;
}

const char *
feed_form_name(enum feed_form f)
{
	static const char *const names[] = {"nothing known", "PEM", "CCADB report", "certdata.txt",
	    "authroot.stl", "cabinet with authroot.stl", "Java keystore (JKS)", "keystore (PKCS#12)",
	    "Chrome Root Store"};

	return names[f];
}

static bool
read_pem(struct span in, struct arena *a, struct feed *f, const char **why)
{
	struct pem p = {.rest = in};
	struct pem_block b;

	while (pem_next(&p, &b)) {
		size_t max = pem_decoded_max(&b);
		struct span der;

		if (!pem_is_certificate(&b))
			continue;
		if (!pem_decode(&b, arena_alloc(a, max + 1), max, &der)) {
			*why = "a certificate in it is not base64";
			return false;
		}
		if (feed_add_der(f, a, der) == NULL)
			f->left_out++;
	}
	return true;
}

static bool
read_p12(struct span in, struct arena *a, struct feed *f, const char **why)
{
	struct span certs[FEED_MAX_ROOTS / 4];
	size_t n = p12_certs(in, "changeit", a, certs, N_ELEMENTS(certs));

	if (n == 0) {
		*why = "it cannot be opened with the usual password";
		return false;
	}
	for (size_t i = 0; i < n; i++)
		if (feed_add_der(f, a, certs[i]) == NULL)
			f->left_out++;
	return true;
}

static bool
read_cab(struct span in, struct arena *a, struct feed *f, const char **why)
{
	struct span stl;

	return cab_file(in, FEED_MAX_BYTES, a, &stl, why) && feed_stl(stl, a, f, why);
}

bool
feed_read(struct span in, const char *store, struct arena *a, struct feed *out, char *err, size_t errlen)
{
	const char *why = "no known feed";
	bool ok = false;

	*out = (struct feed){.form = in.n <= FEED_MAX_BYTES ? feed_form(in) : FEED_UNKNOWN};
	switch (out->form) {
	case FEED_PEM:
		ok = read_pem(in, a, out, &why);
		break;
	case FEED_CCADB:
		ok = feed_csv(in, store, a, out, &why);
		break;
	case FEED_CERTDATA:
		ok = feed_certdata(in, a, out, &why);
		break;
	case FEED_STL:
		ok = feed_stl(in, a, out, &why);
		break;
	case FEED_CAB:
		ok = read_cab(in, a, out, &why);
		break;
	case FEED_JKS:
		ok = feed_jks(in, a, out, &why);
		break;
	case FEED_PKCS12:
		ok = read_p12(in, a, out, &why);
		break;
	case FEED_TEXTPROTO:
		ok = feed_textproto(in, a, out, &why);
		break;
	case FEED_UNKNOWN:
	default:
		break;
	}
	if (ok && out->n == 0) {
		why = "there is no root for TLS servers in it";
		ok = false;
	}
	if (!ok)
		(void)snprintf(err, errlen, "%s", why);
	return ok;
}
