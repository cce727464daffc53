/* staple - see staple.h. */
#include "derive/staple.h"

#include <inttypes.h>

#include "adapt/openssl_crypto.h"
#include "adapt/openssl_x509.h"
#include "base/text.h"
#include "pki/der.h"
#include "pki/ocsp.h"
#include "pki/ocsp_request.h"

enum { SIGNER_MAX = 512, HOUR = 3600 };

/* One judgement under way. */
struct work {
	struct ocsp o;
	struct ocsp_single single;
	const struct cert *leaf, *issuer;
	int64_t now;
	struct arena *a;
	struct staple out;
};

/* Sets what is wrong; always false, for `return`. */
static bool
wrong(struct work *w, const char *status, const char *detail)
{
	w->out.status = status;
	w->out.detail = detail;
	return false;
}

/* Is `hash` the hash of these bytes, by an algorithm that responders use? */
static bool
hash_is(struct span oid, struct span hash, struct span bytes)
{
	uint8_t sha1[20], sha256[32];

	if (oid_is(oid, OID_SHA1)) {
		crypto_sha1(bytes, sha1);
		return span_eq(hash, SPAN_OF(sha1));
	}
	if (oid_is(oid, OID_SHA256)) {
		crypto_sha256(bytes, sha256);
		return span_eq(hash, SPAN_OF(sha256));
	}
	return false;
}

/* --- whose certificate --- */

static bool
read_response(struct work *w, struct span response)
{
	if (response.n > OCSP_MAX_BYTES)
		return wrong(w, "too long", NULL);
	if (!ocsp_parse(response, &w->o))
		return wrong(w, "malformed", NULL);
	if (w->o.status != OCSP_SUCCESSFUL)
		return wrong(w, ocsp_status_text(w->o.status), "the responder gave no answer");
	if (!w->o.basic)
		return wrong(w, "other type", "not a basic OCSP response");
	return true;
}

/* The same serial number from the issuer of the leaf. */
static bool
is_leaf(const struct work *w, const struct ocsp_single *s)
{
	return span_eq(s->serial, w->leaf->serial) &&
	       hash_is(s->hash_oid, s->name_hash, w->leaf->issuer) &&
	       (w->issuer == NULL || hash_is(s->hash_oid, s->key_hash, spki_bits(w->issuer->spki)));
}

static bool
find_single(struct work *w)
{
	struct rd r = rd_of(w->o.responses);
	bool serial = false;

	while (ocsp_single_next(&r, &w->single)) {
		if (is_leaf(w, &w->single))
			return true;
		serial = serial || span_eq(w->single.serial, w->leaf->serial);
	}
	return wrong(w, "other certificate",
	    serial ? "the serial number is the leaf's, the issuer is not"
		   : "the leaf's serial number is not in it");
}

static void
note_times(struct work *w)
{
	const char *this_update = text_time(w->a, w->single.this_update);

	w->out.times = w->single.has_next_update ? arena_printf(w->a, "%s/%s", this_update,
						       text_time(w->a, w->single.next_update))
						 : arena_printf(w->a, "%s/", this_update);
	if (w->single.has_next_update)
		w->out.left =
		    arena_printf(w->a, "%" PRId64, (w->single.next_update - w->now) / HOUR);
}

/* --- who signed it --- */

static bool
is_responder(const struct ocsp *o, const struct cert *c)
{
	uint8_t sha1[20];

	if (o->responder_name.n > 0)
		return dn_eq(o->responder_name, c->subject);
	/* RFC 6960 4.2.1: KeyHash is the "SHA-1 hash of responder's public key". */
	crypto_sha1(spki_bits(c->spki), sha1);
	return span_eq(o->responder_key, SPAN_OF(sha1));
}

static enum sigcheck
signed_by(const struct ocsp *o, const struct cert *c)
{
	return cert_sig_verify(c->spki, o->sig_alg.der, o->tbs, o->sig);
}

/*
 * RFC 6960 4.2.2.2: a delegated signer's certificate has id-kp-OCSPSigning and is "issued directly
 * by the CA that issued the certificate in question".
 */
static bool
may_sign(struct work *w, const struct cert *c)
{
	if (!dn_eq(c->issuer, w->issuer->subject) ||
	    cert_sig_verify(w->issuer->spki, c->sig_alg.der, c->tbs, c->sig) != SIG_OK)
		return wrong(w, "signer not authorized",
		    "its certificate is not issued by the leaf's issuer");
	if ((c->eku & CERT_EKU_OCSP_SIGNING) == 0)
		return wrong(w, "signer not authorized",
		    "its certificate is not for OCSP signing (extended key usage)");
	if (w->now < c->not_before || w->now > c->not_after)
		return wrong(w, "signer not authorized", "its certificate is out of date");
	return true;
}

static void
note_signer(struct work *w, const struct cert *c, const char *which)
{
	const char *name = text_clean(w->a, span_str(dn_arena(w->a, c->subject)), SIGNER_MAX);

	w->out.signer = arena_printf(w->a, "%s%s", name, which);
}

static bool
check_signature(struct work *w, const struct cert *c)
{
	switch (signed_by(&w->o, c)) {
	case SIG_OK:
		return true;
	case SIG_UNSUPPORTED:
	case SIG_TOO_BIG:
	case SIG_UNTRIED:
		return wrong(w, "cannot be verified",
		    "its signature algorithm or key cannot be checked here");
	default:
		return wrong(w, "bad signature", NULL);
	}
}

/* The responder among the certificates that came along. */
static bool
find_delegate(const struct ocsp *o, struct cert *out)
{
	struct rd r = rd_of(o->certs);
	struct span der;

	for (unsigned i = 0; i < OCSP_MAX_CERTS && ocsp_cert_next(&r, &der); i++)
		if (cert_parse(der, out) && is_responder(o, out))
			return true;
	return false;
}

static bool
check_signer(struct work *w)
{
	struct cert delegate;

	if (w->issuer == NULL)
		return wrong(w, "issuer not known",
		    "without the issuer of the leaf nobody can tell who would have to sign it");
	if (is_responder(&w->o, w->issuer)) {
		note_signer(w, w->issuer, " (the issuer)");
		return check_signature(w, w->issuer);
	}
	if (!find_delegate(&w->o, &delegate))
		return wrong(w, "signer not known",
		    "the responder is not the issuer, and its certificate did not come along");
	note_signer(w, &delegate, "");
	return check_signature(w, &delegate) && may_sign(w, &delegate);
}

/* --- what it says --- */

static void
say_revoked(struct work *w)
{
	const char *reason = ocsp_reason_text(w->single.reason);

	w->out.status = "revoked";
	w->out.revoked = true;
	w->out.detail = arena_printf(w->a, "since %s%s%s", text_time(w->a, w->single.revoked_at),
	    reason != NULL ? ", reason: " : "", reason != NULL ? reason : "");
}

/* RFC 6960 3.2: thisUpdate must be recent, nextUpdate "greater than the current time". */
static bool
check_times(struct work *w)
{
	const struct ocsp_single *s = &w->single;

	if (s->this_update > w->now + STAPLE_SKEW)
		return wrong(w, "not yet valid", "thisUpdate is in the future");
	if (s->has_next_update && s->next_update < s->this_update)
		return wrong(w, "malformed", "nextUpdate is before thisUpdate");
	if (s->has_next_update && s->next_update < w->now - STAPLE_SKEW)
		return wrong(w, "expired", "nextUpdate is in the past");
	return true;
}

struct staple
staple_judge(struct span response, const struct cert *leaf, const struct cert *issuer, int64_t now,
    struct arena *a)
{
	struct work w = {.leaf = leaf, .issuer = issuer, .now = now, .a = a};

	if (!read_response(&w, response) || !find_single(&w))
		return w.out;
	note_times(&w);
	if (!check_signer(&w))
		return w.out;
	if (w.single.status == OCSP_REVOKED) {
		say_revoked(&w);
	} else if (check_times(&w)) {
		w.out.good = w.single.status == OCSP_GOOD;
		w.out.status = w.out.good ? "good" : "unknown";
	}
	return w.out;
}

struct sct_list
staple_scts(struct span response)
{
	struct sct_list all = {.n = 0}, one;
	struct ocsp_single s;
	struct ocsp o;

	if (!ocsp_parse(response, &o))
		return all;
	for (struct rd r = rd_of(o.responses); ocsp_single_next(&r, &s);) {
		one = sct_list_read(s.sct_list);
		all.n += one.n;
		all.broken = all.broken || one.broken;
		if (one.n > 0 && (all.earliest == 0 || one.earliest < all.earliest))
			all.earliest = one.earliest;
	}
	return all;
}

static void
put_text(struct facts *row, enum fact_id id, const char *text)
{
	if (text != NULL)
		fact_put_str(row, id, text);
	else
		fact_put_unknown(row, id, WHY_NOT_APPLICABLE, NULL);
}

void
staple_put(const struct staple *s, struct facts *row)
{
	fact_put_tri(row, F_DEPLOY_STAPLE, s != NULL ? TRI_YES : TRI_NO);
	put_text(row, F_DEPLOY_STAPLE_STATUS, s != NULL ? s->status : NULL);
	put_text(row, F_DEPLOY_STAPLE_TIMES, s != NULL ? s->times : NULL);
	put_text(row, F_DEPLOY_STAPLE_LEFT, s != NULL ? s->left : NULL);
	put_text(row, F_DEPLOY_STAPLE_SIGNER, s != NULL ? s->signer : NULL);
	if (s != NULL && s->detail != NULL)
		fact_set_note(row, F_DEPLOY_STAPLE_STATUS, s->detail);
}
