/* bundle: see bundle.h. */
#include "pki/bundle.h"

#include "base/check.h"
#include "base/rd.h"

/* Where things are in a record; bundle_write.c writes in this order. */
enum {
	A_SHA256 = 0,
	A_SUBJECT_HASH = 32,
	A_SKI = 48,
	A_DER = 56,
	A_SUBJECT = 64,
	A_SUBJECT_TEXT = 72,
	A_OWNER = 76,
	A_STORES = 80,
	A_RESERVED = 84,
	A_DATES = 88, /* seven of them */
	K_SHA256 = 0,
	K_SUBJECT_HASH = 32,
	K_ISSUER_HASH = 48,
	K_SKI = 64,
	K_AKI = 72,
	K_NOT_AFTER = 80,
	K_SUBJECT_TEXT = 88,
	K_AIA = 92,
	R_NAME_HASH = 0,
	R_VALUE = 16,
	R_KIND = 24,
	E_SHA256 = 0,
	E_OID = 32,
	E_STORES = 36,
};

static uint32_t
be32(const uint8_t *p)
{
	return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

static int64_t
be64(const uint8_t *p)
{
	return (int64_t)((uint64_t)be32(p) << 32 | be32(p + 4));
}

/* A section of n records of a size; false when it is not inside the block. */
static bool
section(struct span all, uint32_t off, uint32_t n, uint32_t size, struct span *out)
{
	uint64_t len = (uint64_t)n * size;

	if (off < BUNDLE_HEADER_SIZE || off > all.n || len > all.n - off)
		return false;
	*out = (struct span){all.p + off, (size_t)len};
	return true;
}

enum { HEADER_NUMBERS = (BUNDLE_HEADER_SIZE - 16) / 4 };

static bool
sections(struct bundle *b, const uint32_t f[HEADER_NUMBERS])
{
	struct span all = b->all;

	b->n_sources = f[0];
	b->n_anchors = f[2];
	b->n_known = f[4];
	b->n_revoked = f[6];
	b->n_ev = f[8];
	return section(all, f[1], f[0], BUNDLE_SOURCE_SIZE, &b->sources) &&
	       section(all, f[3], f[2], BUNDLE_ANCHOR_SIZE, &b->anchors) &&
	       section(all, f[5], f[4], BUNDLE_KNOWN_SIZE, &b->known) &&
	       section(all, f[7], f[6], BUNDLE_REVOKED_SIZE, &b->revoked) &&
	       section(all, f[9], f[8], BUNDLE_EV_SIZE, &b->ev) &&
	       section(all, f[10], f[2], 4, &b->index[BUNDLE_ANCHOR_SUBJECT]) &&
	       section(all, f[11], f[2], 4, &b->index[BUNDLE_ANCHOR_SKI]) &&
	       section(all, f[12], f[4], 4, &b->index[BUNDLE_KNOWN_SUBJECT]) &&
	       section(all, f[13], f[4], 4, &b->index[BUNDLE_KNOWN_SKI]) &&
	       section(all, f[14], f[15], 1, &b->texts) && section(all, f[16], f[17], 1, &b->blobs);
}

bool
bundle_open(struct bundle *b, struct span bytes, const char **why)
{
	struct rd r = rd_of(bytes);
	uint32_t version, size, f[HEADER_NUMBERS] = {0};
	struct span magic;

	*b = (struct bundle){.all = bytes};
	if (!rd_bytes(&r, 8, &magic) || !span_eq(magic, span_str(BUNDLE_MAGIC))) {
		*why = "not a bundle of trust stores";
		return false;
	}
	if (!rd_u32(&r, &version) || version != BUNDLE_VERSION) {
		*why = "a bundle of another version";
		return false;
	}
	*why = "cut short or corrupt";
	if (!rd_u32(&r, &size) || size != bytes.n || size > BUNDLE_MAX_BYTES)
		return false;
	for (size_t i = 0; i < N_ELEMENTS(f); i++)
		if (!rd_u32(&r, &f[i]))
			return false;
	/* The last text ends, so that every text does. */
	return sections(b, f) && b->n_sources == BUNDLE_SOURCES && b->texts.n > 0 &&
	       b->texts.p[0] == 0 && b->texts.p[b->texts.n - 1] == 0;
}

static const uint8_t *
anchor_at(const struct bundle *b, size_t i)
{
	CHECK(i < b->n_anchors);
	return b->anchors.p + i * BUNDLE_ANCHOR_SIZE;
}

static const uint8_t *
known_at(const struct bundle *b, size_t i)
{
	CHECK(i < b->n_known);
	return b->known.p + i * BUNDLE_KNOWN_SIZE;
}

static const char *
text_at(const struct bundle *b, const uint8_t *ref)
{
	return (const char *)b->texts.p + be32(ref);
}

static struct span
blob_at(const struct bundle *b, const uint8_t *ref)
{
	return (struct span){b->blobs.p + be32(ref), be32(ref + 4)};
}

/* A hash that is all zero stands for one that is not known. */
static struct span
hash_at(const uint8_t *p)
{
	static const uint8_t none[STORE_HASH];

	return memcmp(p, none, STORE_HASH) == 0 ? (struct span){NULL, 0}
						: (struct span){p, STORE_HASH};
}

void
bundle_anchor(const struct bundle *b, size_t i, struct anchor *out)
{
	const uint8_t *p = anchor_at(b, i), *d = p + A_DATES;

	*out = (struct anchor){
	    .sha256 = p + A_SHA256,
	    .subject_hash = hash_at(p + A_SUBJECT_HASH),
	    .ski = blob_at(b, p + A_SKI),
	    .der = blob_at(b, p + A_DER),
	    .subject = blob_at(b, p + A_SUBJECT),
	    .subject_text = text_at(b, p + A_SUBJECT_TEXT),
	    .owner = text_at(b, p + A_OWNER),
	    .stores = be32(p + A_STORES),
	    .not_after = be64(d),
	    .mozilla_distrust_after = be64(d + 8),
	    .chrome_sct_after = be64(d + 16),
	    .microsoft_disabled = be64(d + 24),
	    .microsoft_not_before = be64(d + 32),
	    .java_distrust_after = be64(d + 40),
	    .java_disabled = be64(d + 48),
	};
}

void
bundle_known(const struct bundle *b, size_t i, struct known_ca *out)
{
	const uint8_t *p = known_at(b, i);

	*out = (struct known_ca){
	    .sha256 = {p + K_SHA256, 32},
	    .subject_hash = hash_at(p + K_SUBJECT_HASH),
	    .issuer_hash = hash_at(p + K_ISSUER_HASH),
	    .ski = blob_at(b, p + K_SKI),
	    .aki = blob_at(b, p + K_AKI),
	    .not_after = be64(p + K_NOT_AFTER),
	    .subject_text = text_at(b, p + K_SUBJECT_TEXT),
	    .aia = text_at(b, p + K_AIA),
	};
}

const char *
bundle_source(const struct bundle *b, size_t i, enum bundle_source_text which)
{
	CHECK(i < b->n_sources);
	return text_at(b, b->sources.p + i * BUNDLE_SOURCE_SIZE + 4 * (size_t)which);
}

/* The first of n records of a size, sorted by their first bytes, that is not before the key. */
static size_t
lower_bound(struct span records, size_t n, size_t size, struct span key)
{
	size_t lo = 0, hi = n;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (memcmp(records.p + mid * size, key.p, key.n) < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

bool
bundle_is_revoked(
    const struct bundle *b, enum bundle_revoked kind, struct span name_hash, struct span value)
{
	CHECK(name_hash.n == STORE_HASH);
	for (size_t i = lower_bound(b->revoked, b->n_revoked, BUNDLE_REVOKED_SIZE, name_hash);
	     i < b->n_revoked; i++) {
		const uint8_t *p = b->revoked.p + i * BUNDLE_REVOKED_SIZE;

		if (memcmp(p + R_NAME_HASH, name_hash.p, STORE_HASH) != 0)
			return false;
		if (be32(p + R_KIND) == (uint32_t)kind && span_eq(blob_at(b, p + R_VALUE), value))
			return true;
	}
	return false;
}

uint32_t
bundle_ev(const struct bundle *b, const uint8_t sha256[32], const char *oid)
{
	struct span key = {sha256, 32};

	for (size_t i = lower_bound(b->ev, b->n_ev, BUNDLE_EV_SIZE, key); i < b->n_ev; i++) {
		const uint8_t *p = b->ev.p + i * BUNDLE_EV_SIZE;

		if (memcmp(p + E_SHA256, sha256, 32) != 0)
			return 0;
		if (strcmp(text_at(b, p + E_OID), oid) == 0)
			return be32(p + E_STORES);
	}
	return 0;
}

void
bundle_revoked_at(const struct bundle *b, size_t i, enum bundle_revoked *kind, struct span *name_hash,
    struct span *value)
{
	const uint8_t *p = b->revoked.p + i * BUNDLE_REVOKED_SIZE;

	CHECK(i < b->n_revoked);
	*kind = (enum bundle_revoked)be32(p + R_KIND);
	*name_hash = (struct span){p + R_NAME_HASH, STORE_HASH};
	*value = blob_at(b, p + R_VALUE);
}

void
bundle_ev_at(
    const struct bundle *b, size_t i, const uint8_t **sha256, const char **oid, uint32_t *stores)
{
	const uint8_t *p = b->ev.p + i * BUNDLE_EV_SIZE;

	CHECK(i < b->n_ev);
	*sha256 = p + E_SHA256;
	*oid = text_at(b, p + E_OID);
	*stores = be32(p + E_STORES);
}

static bool
of_anchors(enum bundle_index ix)
{
	return ix < BUNDLE_KNOWN_SHA256;
}

size_t
bundle_at(const struct bundle *b, enum bundle_index ix, size_t pos)
{
	if (ix == BUNDLE_ANCHOR_SHA256 || ix == BUNDLE_KNOWN_SHA256)
		return pos;
	CHECK(pos < b->index[ix].n / 4);
	return be32(b->index[ix].p + 4 * pos);
}

/* What the index at that position is sorted by. */
static struct span
key_at(const struct bundle *b, enum bundle_index ix, size_t pos)
{
	size_t i = bundle_at(b, ix, pos);
	const uint8_t *p = of_anchors(ix) ? anchor_at(b, i) : known_at(b, i);

	switch (ix) {
	case BUNDLE_ANCHOR_SHA256:
	case BUNDLE_KNOWN_SHA256:
		return (struct span){p, 32};
	case BUNDLE_ANCHOR_SUBJECT:
		return (struct span){p + A_SUBJECT_HASH, STORE_HASH};
	case BUNDLE_KNOWN_SUBJECT:
		return (struct span){p + K_SUBJECT_HASH, STORE_HASH};
	case BUNDLE_ANCHOR_SKI:
		return blob_at(b, p + A_SKI);
	default:
		return blob_at(b, p + K_SKI);
	}
}

/* Bytes first, then length. */
static int
compare(struct span x, struct span y)
{
	size_t n = x.n < y.n ? x.n : y.n;
	int c = n > 0 ? memcmp(x.p, y.p, n) : 0;

	return c != 0 ? c : (x.n > y.n) - (x.n < y.n);
}

struct bundle_range
bundle_find(const struct bundle *b, enum bundle_index ix, struct span key)
{
	size_t n = of_anchors(ix) ? b->n_anchors : b->n_known, lo = 0, hi = n;
	struct bundle_range r;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (compare(key_at(b, ix, mid), key) < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	r = (struct bundle_range){lo, 0};
	while (r.first + r.n < n && span_eq(key_at(b, ix, r.first + r.n), key))
		r.n++;
	return r;
}

static bool
text_ok(const struct bundle *b, const uint8_t *ref)
{
	return be32(ref) < b->texts.n;
}

static bool
blob_ok(const struct bundle *b, const uint8_t *ref)
{
	return be32(ref) <= b->blobs.n && be32(ref + 4) <= b->blobs.n - be32(ref);
}

static bool
anchor_ok(const struct bundle *b, const uint8_t *p)
{
	return blob_ok(b, p + A_SKI) && blob_ok(b, p + A_DER) && blob_ok(b, p + A_SUBJECT) &&
	       text_ok(b, p + A_SUBJECT_TEXT) && text_ok(b, p + A_OWNER) &&
	       be32(p + A_RESERVED) == 0 && be32(p + A_STORES) < STORE_BIT(STORE__SHIPPED);
}

static bool
known_ok(const struct bundle *b, const uint8_t *p)
{
	return blob_ok(b, p + K_SKI) && blob_ok(b, p + K_AKI) && text_ok(b, p + K_SUBJECT_TEXT) &&
	       text_ok(b, p + K_AIA);
}

/* Record numbers in range and keys in order; records with one key by number, so that none is there
 * twice and therefore none is missing. */
static bool
index_ok(const struct bundle *b, enum bundle_index ix)
{
	size_t n = of_anchors(ix) ? b->n_anchors : b->n_known;
	bool by_sha256 = ix == BUNDLE_ANCHOR_SHA256 || ix == BUNDLE_KNOWN_SHA256;

	for (size_t i = 0; i < n; i++) {
		int c;

		if (bundle_at(b, ix, i) >= n)
			return false;
		if (i == 0)
			continue;
		c = compare(key_at(b, ix, i - 1), key_at(b, ix, i));
		if (c > 0 ||
		    (c == 0 && (by_sha256 || bundle_at(b, ix, i - 1) >= bundle_at(b, ix, i))))
			return false;
	}
	return true;
}

/* Records that stand in the order of their first bytes. */
static bool
sorted(struct span records, size_t n, size_t size, size_t key)
{
	for (size_t i = 1; i < n; i++)
		if (memcmp(records.p + (i - 1) * size, records.p + i * size, key) > 0)
			return false;
	return true;
}

static bool
lists_ok(const struct bundle *b)
{
	for (size_t i = 0; i < b->n_sources; i++)
		for (size_t k = 0; k < BUNDLE_SOURCE_SIZE; k += 4)
			if (!text_ok(b, b->sources.p + i * BUNDLE_SOURCE_SIZE + k))
				return false;
	for (size_t i = 0; i < b->n_revoked; i++)
		if (!blob_ok(b, b->revoked.p + i * BUNDLE_REVOKED_SIZE + R_VALUE))
			return false;
	for (size_t i = 0; i < b->n_ev; i++)
		if (!text_ok(b, b->ev.p + i * BUNDLE_EV_SIZE + E_OID))
			return false;
	return true;
}

bool
bundle_check(const struct bundle *b, const char **why)
{
	*why = "corrupt: a record points outside";
	if (!lists_ok(b))
		return false;
	for (size_t i = 0; i < b->n_anchors; i++)
		if (!anchor_ok(b, anchor_at(b, i)))
			return false;
	for (size_t i = 0; i < b->n_known; i++)
		if (!known_ok(b, known_at(b, i)))
			return false;
	*why = "corrupt: records are not in order";
	if (!sorted(b->revoked, b->n_revoked, BUNDLE_REVOKED_SIZE, STORE_HASH) ||
	    !sorted(b->ev, b->n_ev, BUNDLE_EV_SIZE, 32))
		return false;
	for (int ix = 0; ix < BUNDLE__INDEXES; ix++)
		if (!index_ok(b, (enum bundle_index)ix))
			return false;
	return true;
}
