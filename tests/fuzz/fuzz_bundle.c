/* Target: bundle_open(), bundle_check() and every look-up in what they let through. */
#include "base/check.h"
#include "pki/bundle.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static unsigned sum; /* reads must not be optimised away */

static void
touch(struct span s)
{
	for (size_t i = 0; i < s.n; i++)
		sum += s.p[i];
}

static void
touch_anchor(const struct bundle *b, size_t i)
{
	struct anchor a;

	bundle_anchor(b, i, &a);
	touch(a.der);
	touch(a.subject);
	touch(a.ski);
	touch(a.subject_hash);
	sum += (unsigned)(strlen(a.owner) + strlen(a.subject_text));
	CHECK(bundle_find(b, BUNDLE_ANCHOR_SHA256, (struct span){a.sha256, 32}).n == 1);
	CHECK(bundle_find(b, BUNDLE_ANCHOR_SKI, a.ski).n > 0);
	if (a.subject_hash.n > 0)
		CHECK(bundle_find(b, BUNDLE_ANCHOR_SUBJECT, a.subject_hash).n > 0);
}

static void
touch_known(const struct bundle *b, size_t i)
{
	struct known_ca k;

	bundle_known(b, i, &k);
	touch(k.ski);
	touch(k.aki);
	touch(k.issuer_hash);
	sum += (unsigned)(strlen(k.aia) + strlen(k.subject_text));
	CHECK(bundle_find(b, BUNDLE_KNOWN_SHA256, k.sha256).n == 1);
	CHECK(bundle_find(b, BUNDLE_KNOWN_SKI, k.ski).n > 0);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	const char *why = NULL;
	struct bundle b;

	if (!bundle_open(&b, (struct span){data, n}, &why) || !bundle_check(&b, &why)) {
		CHECK(why != NULL);
		return 0;
	}
	for (size_t i = 0; i < b.n_anchors; i++)
		touch_anchor(&b, bundle_at(&b, BUNDLE_ANCHOR_SUBJECT, i));
	for (size_t i = 0; i < b.n_known; i++)
		touch_known(&b, bundle_at(&b, BUNDLE_KNOWN_SKI, i));
	for (size_t i = 0; i < b.n_sources; i++)
		for (int k = BUNDLE_NAME; k <= BUNDLE_SOURCE; k++)
			sum += (unsigned)strlen(bundle_source(&b, i, (enum bundle_source_text)k));
	for (size_t i = 0; i < b.n_revoked; i++)
		CHECK(bundle_is_revoked(&b, BUNDLE_REVOKED_KEY,
			  (struct span){b.revoked.p + i * BUNDLE_REVOKED_SIZE, STORE_HASH},
			  SPAN_OF(((uint8_t[4]){1, 2, 3, 4}))) == false ||
		      b.blobs.n >= 4);
	for (size_t i = 0; i < b.n_ev; i++)
		sum += bundle_ev(&b, b.ev.p + i * BUNDLE_EV_SIZE, "2.23.140.1.1");
	return 0;
}
