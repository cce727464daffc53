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
	for (size_t i = 0; i < b.n_stores; i++)
		for (int k = BUNDLE_NAME; k <= BUNDLE_SOURCE; k++)
			sum += (unsigned)strlen(bundle_store(&b, i, (enum bundle_store_text)k));
	return 0;
}
