/*
 * certdata - NSS's certdata.txt, Mozilla's store as its source has it.
 *
 * Objects of PKCS #11 as lines "CKA_NAME TYPE VALUE"; octets as \ooo between MULTILINE_OCTAL and END.
 * A certificate is trusted for TLS servers when the trust object with its SHA-1 says
 * CKT_NSS_TRUSTED_DELEGATOR for CKA_TRUST_SERVER_AUTH; CKA_NSS_SERVER_DISTRUST_AFTER is a UTCTime.
 */
#include "config.h"

#include "adapt/openssl_crypto.h"
#include "feeds/feed_internal.h"
#include "pki/der.h"

struct lines {
	struct span rest;
};

struct object {
	bool is_cert, is_trust, server;
	struct span value, sha1, distrust;
};

static bool
next_line(struct lines *l, struct span *out)
{
	size_t n = 0;

	if (l->rest.n == 0)
		return false;
	while (n < l->rest.n && l->rest.p[n] != '\n')
		n++;
	*out = (struct span){l->rest.p, n};
	n += n < l->rest.n;
	l->rest.p += n;
	l->rest.n -= n;
	return true;
}

static bool
begins(struct span s, const char *word)
{
	return s.n >= strlen(word) && memcmp(s.p, word, strlen(word)) == 0;
}

/* Three octal digits, one octet. */
static bool
octal(const uint8_t *digits, uint8_t *out)
{
	unsigned v = 0;

	for (size_t i = 0; i < 3; i++) {
		if (digits[i] < '0' || digits[i] > '7')
			return false;
		v = v << 3 | (unsigned)(digits[i] - '0');
	}
	*out = (uint8_t)v;
	return v <= UINT8_MAX;
}

/* The octets up to END. */
static bool
octets(struct lines *l, struct arena *a, struct span *out)
{
	uint8_t *p = arena_alloc(a, l->rest.n / 4 < 65536 ? l->rest.n / 4 + 1 : 65536);
	size_t n = 0;
	struct span s;

	while (next_line(l, &s)) {
		if (begins(s, "END")) {
			*out = (struct span){p, n};
			return true;
		}
		for (size_t i = 0; i + 3 < s.n && s.p[i] == '\\'; i += 4)
			if (n == 65535 || !octal(s.p + i + 1, &p[n++]))
				return false;
	}
	return false;
}

static bool
attribute(struct lines *l, struct span s, struct arena *a, struct object *o)
{
	struct span bytes = {NULL, 0};

	if (memmem(s.p, s.n, "MULTILINE_OCTAL", 15) != NULL && !octets(l, a, &bytes))
		return false;
	if (begins(s, "CKA_CLASS")) {
		*o = (struct object){.is_cert = memmem(s.p, s.n, "CKO_CERTIFICATE", 15) != NULL,
		    .is_trust = memmem(s.p, s.n, "CKO_NSS_TRUST", 13) != NULL};
	} else if (begins(s, "CKA_VALUE ")) {
		o->value = bytes;
	} else if (begins(s, "CKA_CERT_SHA1_HASH")) {
		o->sha1 = bytes;
	} else if (begins(s, "CKA_NSS_SERVER_DISTRUST_AFTER")) {
		o->distrust = bytes;
	} else if (begins(s, "CKA_TRUST_SERVER_AUTH")) {
		o->server = memmem(s.p, s.n, "CKT_NSS_TRUSTED_DELEGATOR", 25) != NULL;
	}
	return true;
}

struct trusts { /* SHA-1 of certificates that are trusted for servers */
	struct span v[FEED_MAX_ROOTS];
	size_t n;
};

static void
object_over(const struct object *o, struct arena *a, struct feed *all, struct trusts *t)
{
	struct feed_root *r;
	int64_t date;
	bool strict;

	if (o->is_trust && o->server && o->sha1.n == 20 && t->n < FEED_MAX_ROOTS)
		t->v[t->n++] = o->sha1;
	if (!o->is_cert || o->value.n == 0)
		return;
	r = feed_add_der(all, a, o->value);
	if (r != NULL && o->distrust.n > 0 && der_time(DER_UTC_TIME, o->distrust, &date, &strict))
		r->distrust_after = date;
}

static bool
trusted(const struct trusts *t, struct span der)
{
	uint8_t sha1[20];

	crypto_sha1(der, sha1);
	for (size_t i = 0; i < t->n; i++)
		if (memcmp(t->v[i].p, sha1, sizeof(sha1)) == 0)
			return true;
	return false;
}

bool
feed_certdata(struct span in, struct arena *a, struct feed *f, const char **why)
{
	struct lines l = {in};
	struct object o = {.is_cert = false};
	struct trusts *t = arena_alloc(a, sizeof(*t));
	struct feed all = {.form = f->form};
	struct span s;

	*why = "octets that never end";
	f->store = "mozilla";
	while (next_line(&l, &s)) {
		if (begins(s, "CKA_CLASS"))
			object_over(&o, a, &all, t);
		if (begins(s, "CKA_") && !attribute(&l, s, a, &o))
			return false;
	}
	object_over(&o, a, &all, t);
	for (size_t i = 0; i < all.n; i++) {
		if (trusted(t, all.roots[i].der))
			*feed_add(f, a) = all.roots[i];
		else
			f->left_out++;
	}
	return true;
}
