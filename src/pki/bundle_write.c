/* bundle_write: see bundle_write.h. */
#include "pki/bundle_write.h"

#include <stdlib.h>

#include "base/check.h"
#include "base/wr.h"
#include "base/xalloc.h"

/* A growing run of bytes. */
struct grow {
	uint8_t *p;
	size_t n, cap;
};

struct bundle_writer {
	struct grow sources, anchors, known, revoked, ev, texts,
	    blobs; /* as they will stand in the block */
	struct grow block;
};

/* Appends n bytes (all zero when p is NULL); returns where they begin. */
static size_t
grow_put(struct grow *g, const void *p, size_t n)
{
	size_t at = g->n;

	if (g->cap - g->n < n) {
		g->cap = (g->cap + n) * 2;
		g->p = xrealloc(g->p, g->cap);
	}
	if (n > 0 && p != NULL)
		memcpy(g->p + at, p, n);
	else if (n > 0)
		memset(g->p + at, 0, n);
	g->n += n;
	return at;
}

static void
grow_u32(struct grow *g, size_t v)
{
	uint8_t b[4];
	struct wr w;

	CHECK(v <= UINT32_MAX);
	wr_init(&w, b, sizeof(b));
	wr_u32(&w, (uint32_t)v);
	grow_put(g, b, sizeof(b));
}

static void
grow_i64(struct grow *g, int64_t v)
{
	grow_u32(g, (uint32_t)((uint64_t)v >> 32));
	grow_u32(g, (uint32_t)v);
}

/* The reference of a text; the empty one is at 0. */
static void
put_text(struct bundle_writer *w, struct grow *record, const char *s)
{
	bool empty = s == NULL || *s == '\0';

	grow_u32(record, empty ? 0 : grow_put(&w->texts, s, strlen(s) + 1));
}

/* The reference of a blob: where and how long. */
static size_t
put_blob(struct bundle_writer *w, struct grow *record, struct span s)
{
	size_t at = s.n > 0 ? grow_put(&w->blobs, s.p, s.n) : 0;

	grow_u32(record, at);
	grow_u32(record, s.n);
	return at;
}

static void
put_hash(struct grow *record, struct span hash)
{
	CHECK(hash.n == STORE_HASH || hash.n == 0);
	grow_put(record, hash.n > 0 ? hash.p : NULL, STORE_HASH);
}

struct bundle_writer *
bundle_writer_new(void)
{
	struct bundle_writer *w = xcalloc(1, sizeof(*w));

	grow_put(&w->texts, "", 1);
	return w;
}

void
bundle_writer_free(struct bundle_writer *w)
{
	if (w == NULL)
		return;
	free(w->sources.p);
	free(w->anchors.p);
	free(w->known.p);
	free(w->revoked.p);
	free(w->ev.p);
	free(w->texts.p);
	free(w->blobs.p);
	free(w->block.p);
	free(w);
}

void
bundle_add_source(struct bundle_writer *w, const char *name, const char *title, const char *date,
    const char *source)
{
	put_text(w, &w->sources, name);
	put_text(w, &w->sources, title);
	put_text(w, &w->sources, date);
	put_text(w, &w->sources, source);
}

void
bundle_add_anchor(struct bundle_writer *w, const struct anchor *a)
{
	struct grow *g = &w->anchors;
	size_t der;

	grow_put(g, a->sha256, 32);
	put_hash(g, a->subject_hash);
	put_blob(w, g, a->ski);
	der = put_blob(w, g, a->der);
	grow_u32(g, a->subject.n > 0 ? der + (size_t)(a->subject.p - a->der.p) : 0);
	grow_u32(g, a->subject.n);
	put_text(w, g, a->subject_text);
	put_text(w, g, a->owner);
	grow_u32(g, a->stores);
	grow_u32(g, 0);
	grow_i64(g, a->not_after);
	grow_i64(g, a->mozilla_distrust_after);
	grow_i64(g, a->chrome_sct_after);
	grow_i64(g, a->microsoft_disabled);
	grow_i64(g, a->microsoft_not_before);
	grow_i64(g, a->java_distrust_after);
	grow_i64(g, a->java_disabled);
	CHECK(g->n % BUNDLE_ANCHOR_SIZE == 0);
}

void
bundle_add_known(struct bundle_writer *w, const struct known_ca *k)
{
	struct grow *g = &w->known;

	CHECK(k->sha256.n == 32);
	grow_put(g, k->sha256.p, 32);
	put_hash(g, k->subject_hash);
	put_hash(g, k->issuer_hash);
	put_blob(w, g, k->ski);
	put_blob(w, g, k->aki);
	grow_i64(g, k->not_after);
	put_text(w, g, k->subject_text);
	put_text(w, g, k->aia);
	CHECK(g->n % BUNDLE_KNOWN_SIZE == 0);
}

void
bundle_add_revoked(
    struct bundle_writer *w, enum bundle_revoked kind, struct span name_hash, struct span value)
{
	put_hash(&w->revoked, name_hash);
	put_blob(w, &w->revoked, value);
	grow_u32(&w->revoked, (uint32_t)kind);
	CHECK(w->revoked.n % BUNDLE_REVOKED_SIZE == 0);
}

void
bundle_add_ev(struct bundle_writer *w, const uint8_t sha256[32], const char *oid, uint32_t stores)
{
	grow_put(&w->ev, sha256, 32);
	put_text(w, &w->ev, oid);
	grow_u32(&w->ev, stores);
	CHECK(w->ev.n % BUNDLE_EV_SIZE == 0);
}

static int
by_sha256(const void *a, const void *b)
{
	return memcmp(a, b, 32);
}

static uint32_t
be32(const uint8_t *p)
{
	return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

/* One line of an index while it is made; ties by record number, so that the order is certain. */
struct entry {
	struct span key;
	uint32_t record;
};

static int
by_key(const void *a, const void *b)
{
	const struct entry *x = a, *y = b;
	size_t n = x->key.n < y->key.n ? x->key.n : y->key.n;
	int c = n > 0 ? memcmp(x->key.p, y->key.p, n) : 0;

	if (c == 0)
		c = (x->key.n > y->key.n) - (x->key.n < y->key.n);
	return c != 0 ? c : (x->record > y->record) - (x->record < y->record);
}

static void
put_index(struct grow *block, struct entry *e, size_t n)
{
	qsort(e, n, sizeof(*e), by_key);
	for (size_t i = 0; i < n; i++)
		grow_u32(block, e[i].record);
}

/* Both indexes of one kind of record: by subject hash, then by key identifier. */
static void
put_indexes(struct bundle_writer *w, const struct grow *records, size_t size, size_t ski_at)
{
	size_t n = records->n / size;
	struct entry *e = xcalloc(n, sizeof(*e));

	for (size_t i = 0; i < n; i++)
		e[i] = (struct entry){{records->p + i * size + 32, STORE_HASH}, (uint32_t)i};
	put_index(&w->block, e, n);
	for (size_t i = 0; i < n; i++) {
		const uint8_t *ref = records->p + i * size + ski_at;

		e[i] = (struct entry){{w->blobs.p + be32(ref), be32(ref + 4)}, (uint32_t)i};
	}
	put_index(&w->block, e, n);
	free(e);
}

/* Sorts records by SHA-256; false when one is there twice. */
static bool
sort_records(struct grow *records, size_t size)
{
	size_t n = records->n / size;

	if (n == 0)
		return true;
	qsort(records->p, n, size, by_sha256);
	for (size_t i = 1; i < n; i++)
		if (memcmp(records->p + (i - 1) * size, records->p + i * size, 32) == 0)
			return false;
	return true;
}

static void
put_header(struct bundle_writer *w)
{
	size_t n_anchors = w->anchors.n / BUNDLE_ANCHOR_SIZE,
	       n_known = w->known.n / BUNDLE_KNOWN_SIZE, sources = BUNDLE_HEADER_SIZE,
	       anchors = sources + w->sources.n, known = anchors + w->anchors.n,
	       revoked = known + w->known.n, ev = revoked + w->revoked.n, index = ev + w->ev.n,
	       texts = index + 8 * n_anchors + 8 * n_known, blobs = texts + w->texts.n;
	const size_t f[] = {BUNDLE_VERSION, blobs + w->blobs.n, w->sources.n / BUNDLE_SOURCE_SIZE,
	    sources, n_anchors, anchors, n_known, known, w->revoked.n / BUNDLE_REVOKED_SIZE,
	    revoked, w->ev.n / BUNDLE_EV_SIZE, ev, index, index + 4 * n_anchors,
	    index + 8 * n_anchors, index + 8 * n_anchors + 4 * n_known, texts, w->texts.n, blobs,
	    w->blobs.n};

	grow_put(&w->block, BUNDLE_MAGIC, 8);
	for (size_t i = 0; i < N_ELEMENTS(f); i++)
		grow_u32(&w->block, f[i]);
	CHECK(w->block.n == BUNDLE_HEADER_SIZE);
}

static int
by_name_hash(const void *a, const void *b)
{
	return memcmp(a, b, STORE_HASH);
}

struct span
bundle_finish(struct bundle_writer *w)
{
	struct grow *b = &w->block;

	if (b->n > 0)
		return (struct span){b->p, b->n};
	if (w->anchors.n + w->known.n + w->texts.n + w->blobs.n > BUNDLE_MAX_BYTES / 2 ||
	    !sort_records(&w->anchors, BUNDLE_ANCHOR_SIZE) ||
	    !sort_records(&w->known, BUNDLE_KNOWN_SIZE))
		return (struct span){NULL, 0};
	if (w->revoked.n > 0)
		qsort(w->revoked.p, w->revoked.n / BUNDLE_REVOKED_SIZE, BUNDLE_REVOKED_SIZE,
		    by_name_hash);
	if (w->ev.n > 0)
		qsort(w->ev.p, w->ev.n / BUNDLE_EV_SIZE, BUNDLE_EV_SIZE, by_sha256);
	put_header(w);
	grow_put(b, w->sources.p, w->sources.n);
	grow_put(b, w->anchors.p, w->anchors.n);
	grow_put(b, w->known.p, w->known.n);
	grow_put(b, w->revoked.p, w->revoked.n);
	grow_put(b, w->ev.p, w->ev.n);
	put_indexes(w, &w->anchors, BUNDLE_ANCHOR_SIZE, 48);
	put_indexes(w, &w->known, BUNDLE_KNOWN_SIZE, 64);
	grow_put(b, w->texts.p, w->texts.n);
	grow_put(b, w->blobs.p, w->blobs.n);
	return (struct span){b->p, b->n};
}
