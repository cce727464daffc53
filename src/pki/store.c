/* store: the set and its look-ups, see store.h; files are read in store_file.c. */
#include "config.h"

#include "pki/store.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>

#include "adapt/openssl_crypto.h"
#include "adapt/openssl_memo.h"
#include "base/check.h"
#include "base/xalloc.h"
#include "pki/ct_log_list.h"
#include "pki/store_internal.h"

void
store_hash(struct span name, uint8_t out[STORE_HASH])
{
	uint8_t full[32];

	crypto_sha256(name, full);
	memcpy(out, full, STORE_HASH);
}

struct store_set *
store_set_new(void)
{
	struct store_set *set = xcalloc(1, sizeof(*set));
	const char *why = NULL;

	set->magic = STORE_SET_MAGIC;
	set->n_columns = STORE__SHIPPED;
	CHECK(bundle_open(&set->bundle, bundle_embedded(), &why));
	set->memo = openssl_memo_new();
	return set;
}

struct openssl_memo *
store_memo(const struct store_set *set)
{
	return set->memo;
}

void
store_set_free(struct store_set *set)
{
	if (set == NULL)
		return;
	MAGIC_CHECK(set, STORE_SET_MAGIC);
	for (size_t i = STORE__SHIPPED; i < set->n_columns; i++) {
		free(set->columns[i].name);
		free(set->columns[i].source);
	}
	for (size_t i = 0; i < set->n_extras; i++)
		free(set->extras[i].subject_text);
	for (size_t i = 0; i < set->n_blocks; i++)
		free(set->blocks[i]);
	free(set->extras);
	free(set->own);
	free(set->blocks);
	ct_log_list_free(set->ct_logs);
	openssl_memo_free(set->memo);
	if (set->map != NULL)
		munmap(set->map, set->bundle.all.n);
	set->magic = 0;
	free(set);
}

int
store_set_load(struct store_set *set, const char *path, char *err, size_t errlen)
{
	struct bundle b;
	struct span bytes;
	const char *why = NULL;

	if (!store_map(path, BUNDLE_MAX_BYTES, &bytes, NULL, err, errlen))
		return -1;
	if (!bundle_open(&b, bytes, &why) || !bundle_check(&b, &why)) {
		snprintf(err, errlen, "%s: %s", path, why);
		munmap((void *)(uintptr_t)bytes.p, bytes.n);
		return -1;
	}
	if (set->map != NULL)
		munmap(set->map, set->bundle.all.n);
	set->map = (void *)(uintptr_t)bytes.p;
	set->bundle = b;
	store_rebuild(set);
	return 0;
}

size_t
store_count(const struct store_set *set)
{
	return set->n_columns;
}

const char *
store_name(const struct store_set *set, size_t i)
{
	CHECK(i < set->n_columns);
	return i < STORE__SHIPPED ? bundle_source(&set->bundle, i, BUNDLE_NAME)
				  : set->columns[i].name;
}

const char *
store_title(const struct store_set *set, size_t i)
{
	CHECK(i < set->n_columns);
	return i < STORE__SHIPPED ? bundle_source(&set->bundle, i, BUNDLE_TITLE)
				  : set->columns[i].name;
}

const char *
store_date(const struct store_set *set, size_t i)
{
	CHECK(i < set->n_columns);
	return i < STORE__SHIPPED ? bundle_source(&set->bundle, i, BUNDLE_DATE)
				  : set->columns[i].date;
}

const char *
store_source(const struct store_set *set, size_t i)
{
	CHECK(i < set->n_columns);
	return i < STORE__SHIPPED ? bundle_source(&set->bundle, i, BUNDLE_SOURCE)
				  : set->columns[i].source;
}

int
store_by_name(const struct store_set *set, const char *name)
{
	for (size_t i = 0; i < set->n_columns; i++)
		if (strcmp(store_name(set, i), name) == 0)
			return (int)i;
	return -1;
}

const char *
store_list_date(const struct store_set *set, enum store_list list)
{
	return bundle_source(&set->bundle, STORE__SHIPPED + (size_t)list, BUNDLE_DATE);
}

const char *
store_list_source(const struct store_set *set, enum store_list list)
{
	return bundle_source(&set->bundle, STORE__SHIPPED + (size_t)list, BUNDLE_SOURCE);
}

bool
store_onecrl_has_serial(const struct store_set *set, struct span issuer, struct span serial)
{
	uint8_t hash[STORE_HASH];

	for (; serial.n > 0 && serial.p[0] == 0; serial.n--)
		serial.p++;
	store_hash(issuer, hash);
	return bundle_is_revoked(&set->bundle, BUNDLE_REVOKED_SERIAL, SPAN_OF(hash), serial);
}

bool
store_onecrl_has_key(const struct store_set *set, struct span subject, struct span spki)
{
	uint8_t hash[STORE_HASH], key[32];

	store_hash(subject, hash);
	crypto_sha256(spki, key);
	return bundle_is_revoked(&set->bundle, BUNDLE_REVOKED_KEY, SPAN_OF(hash), SPAN_OF(key));
}

uint32_t
store_ev(const struct store_set *set, const uint8_t root_sha256[32], const char *oid)
{
	return bundle_ev(&set->bundle, root_sha256, oid);
}

static void
extra_anchor(const struct extra *e, struct anchor *out)
{
	*out = (struct anchor){
	    .der = e->der,
	    .sha256 = e->sha256,
	    .subject = e->subject,
	    .subject_hash = {e->subject_hash, STORE_HASH},
	    .subject_text = e->subject_text,
	    .ski = e->ski,
	    .not_after = e->not_after,
	    .stores = e->stores,
	    .owner = "",
	};
}

/* The first extra with that subject hash, or where it would be. */
static size_t
extra_first(const struct store_set *set, struct span hash)
{
	size_t lo = 0, hi = set->n_extras;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (memcmp(set->extras[mid].subject_hash, hash.p, STORE_HASH) < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

static bool
extra_has_hash(const struct extra *e, struct span hash)
{
	return memcmp(e->subject_hash, hash.p, STORE_HASH) == 0;
}

/* Puts an extra beside what is in out: its bits to the same certificate, or as one more. */
static size_t
merge(struct anchor *out, size_t n, size_t max, const struct extra *e)
{
	if (e->stores == 0)
		return n;
	for (size_t i = 0; i < n; i++) {
		if (memcmp(out[i].sha256, e->sha256, 32) != 0)
			continue;
		out[i].stores |= e->stores;
		if (out[i].der.n == 0) {
			out[i].der = e->der;
			out[i].subject = e->subject;
			out[i].subject_hash = (struct span){e->subject_hash, STORE_HASH};
			out[i].ski = e->ski;
		}
		return n;
	}
	if (n < max)
		extra_anchor(e, &out[n++]);
	return n;
}

static size_t
bundle_anchors(const struct store_set *set, enum bundle_index ix, struct span key,
    struct anchor *out, size_t max)
{
	struct bundle_range r = bundle_find(&set->bundle, ix, key);
	size_t n = r.n < max ? r.n : max;

	for (size_t i = 0; i < n; i++)
		bundle_anchor(&set->bundle, bundle_at(&set->bundle, ix, r.first + i), &out[i]);
	return n;
}

/* The extra that is this certificate, or NULL. */
static const struct extra *
extra_by_sha256(const struct store_set *set, const uint8_t sha256[32])
{
	for (size_t i = 0; i < set->n_extras; i++)
		if (memcmp(set->extras[i].sha256, sha256, 32) == 0)
			return &set->extras[i];
	return NULL;
}

size_t
store_anchors_by_hash(const struct store_set *set, struct span hash, struct anchor *out, size_t max)
{
	size_t n;

	if (hash.n != STORE_HASH)
		return 0;
	n = bundle_anchors(set, BUNDLE_ANCHOR_SUBJECT, hash, out, max);
	for (size_t i = extra_first(set, hash);
	     i < set->n_extras && extra_has_hash(&set->extras[i], hash); i++)
		n = merge(out, n, max, &set->extras[i]);
	return n;
}

size_t
store_anchors_by_subject(
    const struct store_set *set, struct span subject, struct anchor *out, size_t max)
{
	uint8_t hash[STORE_HASH];

	store_hash(subject, hash);
	return store_anchors_by_hash(set, SPAN_OF(hash), out, max);
}

size_t
store_anchors_by_ski(const struct store_set *set, struct span ski, struct anchor *out, size_t max)
{
	size_t n;

	if (ski.n == 0)
		return 0;
	n = bundle_anchors(set, BUNDLE_ANCHOR_SKI, ski, out, max);
	for (size_t i = 0; i < set->n_extras; i++)
		if (span_eq(set->extras[i].ski, ski))
			n = merge(out, n, max, &set->extras[i]);
	return n;
}

bool
store_anchor_by_sha256(const struct store_set *set, const uint8_t sha256[32], struct anchor *out)
{
	const struct extra *e = extra_by_sha256(set, sha256);
	size_t n = bundle_anchors(set, BUNDLE_ANCHOR_SHA256, (struct span){sha256, 32}, out, 1);

	return (e != NULL ? merge(out, n, 1, e) : n) == 1;
}

static size_t
bundle_knowns(const struct store_set *set, enum bundle_index ix, struct span key,
    struct known_ca *out, size_t max)
{
	struct bundle_range r = bundle_find(&set->bundle, ix, key);
	size_t n = r.n < max ? r.n : max;

	for (size_t i = 0; i < n; i++)
		bundle_known(&set->bundle, bundle_at(&set->bundle, ix, r.first + i), &out[i]);
	return n;
}

size_t
store_known_by_hash(const struct store_set *set, struct span hash, struct known_ca *out, size_t max)
{
	return hash.n == STORE_HASH ? bundle_knowns(set, BUNDLE_KNOWN_SUBJECT, hash, out, max) : 0;
}

size_t
store_known_by_subject(
    const struct store_set *set, struct span subject, struct known_ca *out, size_t max)
{
	uint8_t hash[STORE_HASH];

	store_hash(subject, hash);
	return store_known_by_hash(set, SPAN_OF(hash), out, max);
}

size_t
store_known_by_ski(const struct store_set *set, struct span ski, struct known_ca *out, size_t max)
{
	return ski.n > 0 ? bundle_knowns(set, BUNDLE_KNOWN_SKI, ski, out, max) : 0;
}

bool
store_known_by_sha256(const struct store_set *set, const uint8_t sha256[32], struct known_ca *out)
{
	return bundle_knowns(set, BUNDLE_KNOWN_SHA256, (struct span){sha256, 32}, out, 1) == 1;
}

size_t
store_extra_by_subject(
    const struct store_set *set, struct span subject, struct span *der_out, size_t max)
{
	uint8_t hash[STORE_HASH];
	struct span h = SPAN_OF(hash);
	size_t n = 0;

	if (set->n_extras == 0)
		return 0;
	store_hash(subject, hash);
	for (size_t i = extra_first(set, h);
	     i < set->n_extras && n < max && extra_has_hash(&set->extras[i], h); i++)
		if (set->extras[i].stores == 0)
			der_out[n++] = set->extras[i].der;
	return n;
}

size_t
store_anchor_count(const struct store_set *set)
{
	return set->bundle.n_anchors + set->n_own;
}

void
store_anchor_at(const struct store_set *set, size_t i, struct anchor *out)
{
	const struct extra *e;

	CHECK(i < store_anchor_count(set));
	if (i >= set->bundle.n_anchors) {
		extra_anchor(&set->extras[set->own[i - set->bundle.n_anchors]], out);
		return;
	}
	bundle_anchor(&set->bundle, i, out);
	e = extra_by_sha256(set, out->sha256);
	if (e != NULL)
		merge(out, 1, 1, e);
}

static int
by_subject_hash(const void *a, const void *b)
{
	const struct extra *x = a, *y = b;
	int c = memcmp(x->subject_hash, y->subject_hash, STORE_HASH);

	return c != 0 ? c : memcmp(x->sha256, y->sha256, 32);
}

/* Makes one of the extras that are the same certificate; they stand side by side. */
static void
join_equal(struct store_set *set)
{
	size_t n = 1;

	for (size_t i = 1; i < set->n_extras; i++) {
		struct extra *e = &set->extras[i], *last = &set->extras[n - 1];

		if (memcmp(e->sha256, last->sha256, 32) == 0) {
			last->stores |= e->stores;
			free(e->subject_text);
		} else {
			set->extras[n++] = *e;
		}
	}
	set->n_extras = n;
}

void
store_rebuild(struct store_set *set)
{
	if (set->n_extras == 0)
		return;
	qsort(set->extras, set->n_extras, sizeof(*set->extras), by_subject_hash);
	join_equal(set);
	set->own = xrealloc(set->own, set->n_extras * sizeof(*set->own));
	set->n_own = 0;
	for (size_t i = 0; i < set->n_extras; i++) {
		struct span fp = SPAN_OF(set->extras[i].sha256);

		if (set->extras[i].stores != 0 &&
		    bundle_find(&set->bundle, BUNDLE_ANCHOR_SHA256, fp).n == 0)
			set->own[set->n_own++] = (uint32_t)i;
	}
}
