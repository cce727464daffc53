/* merge - see merge.h. */
#include "feeds/merge.h"

#include "adapt/openssl_crypto.h"
#include "base/text.h"
#include "pki/cert.h"
#include "pki/dn.h"

static const struct feed_root *
of_feed(const struct feed *f, const uint8_t sha256[32])
{
	for (size_t i = 0; i < f->n; i++)
		if (memcmp(f->roots[i].sha256, sha256, 32) == 0)
			return &f->roots[i];
	return NULL;
}

/* What the feed says of the end of a root, in the place where its programme keeps it. */
static void
set_dates(struct anchor *a, enum store_id store, const struct feed_root *r)
{
	switch (store) {
	case STORE_MOZILLA:
		a->mozilla_distrust_after = r->distrust_after;
		break;
	case STORE_CHROME:
		a->chrome_sct_after = r->distrust_after;
		break;
	case STORE_MICROSOFT:
		a->microsoft_disabled = r->disabled;
		a->microsoft_not_before = r->not_before;
		break;
	default: /* the others' feeds have no dates: what is known stays */
		break;
	}
}

/* A disabled root is told by its date, and trusted by nobody. */
static bool
is_in(const struct feed_root *r)
{
	return r != NULL && r->disabled == 0;
}

static const char *
name_of(const char *subject, const uint8_t sha256[32], struct arena *a)
{
	return *subject != 0 ? arena_str(a, subject) : text_hex(a, (struct span){sha256, 32});
}

/* The bundle's own roots, this store's mark set anew. */
static void
keep_old(struct bundle_writer *w, const struct bundle *old, enum store_id store, const struct feed *f,
    struct arena *arena, struct merge *m)
{
	for (size_t i = 0; i < old->n_anchors; i++) {
		const struct feed_root *r;
		struct anchor a;
		bool was;

		bundle_anchor(old, i, &a);
		was = (a.stores & STORE_BIT(store)) != 0;
		r = of_feed(f, a.sha256);
		a.stores &= ~STORE_BIT(store);
		if (r != NULL)
			set_dates(&a, store, r);
		if (is_in(r)) {
			a.stores |= STORE_BIT(store);
			if (a.der.n == 0 && r->der.n > 0) {
				struct cert c;

				if (cert_parse(r->der, &c)) {
					a.der = c.der;
					a.subject = c.subject;
				}
			}
			m->without_bytes += a.der.n == 0;
		}
		if (was && !is_in(r))
			m->removed[m->n_removed++] = name_of(a.subject_text, a.sha256, arena);
		if (!was && is_in(r))
			m->added[m->n_added++] = name_of(a.subject_text, a.sha256, arena);
		bundle_add_anchor(w, &a);
	}
}

static bool
has_anchor(const struct bundle *b, const uint8_t sha256[32])
{
	return bundle_find(b, BUNDLE_ANCHOR_SHA256, (struct span){sha256, 32}).n > 0;
}

static void
add_new(struct bundle_writer *w, enum store_id store, const struct feed_root *r, struct arena *arena,
    struct merge *m)
{
	struct anchor a = {.sha256 = r->sha256, .subject_text = r->subject, .owner = r->owner,
	    .stores = STORE_BIT(store)};
	uint8_t hash[32];
	struct cert c;

	if (r->der.n > 0 && cert_parse(r->der, &c)) {
		a.der = c.der;
		a.subject = c.subject;
		a.ski = c.skid;
		a.not_after = c.not_after;
		a.subject_text = dn_arena(arena, c.subject);
		crypto_sha256(c.subject, hash);
		a.subject_hash = (struct span){hash, STORE_HASH};
	}
	m->without_bytes += a.der.n == 0;
	set_dates(&a, store, r);
	m->added[m->n_added++] = name_of(a.subject_text, r->sha256, arena);
	bundle_add_anchor(w, &a);
}

static void
keep_lists(struct bundle_writer *w, const struct bundle *old)
{
	for (size_t i = 0; i < old->n_known; i++) {
		struct known_ca k;

		bundle_known(old, i, &k);
		bundle_add_known(w, &k);
	}
	for (size_t i = 0; i < old->n_revoked; i++) {
		enum bundle_revoked kind;
		struct span hash, value;

		bundle_revoked_at(old, i, &kind, &hash, &value);
		bundle_add_revoked(w, kind, hash, value);
	}
	for (size_t i = 0; i < old->n_ev; i++) {
		const uint8_t *sha256;
		const char *oid;
		uint32_t stores;

		bundle_ev_at(old, i, &sha256, &oid, &stores);
		bundle_add_ev(w, sha256, oid, stores);
	}
}

bool
merge_store(struct bundle_writer *w, const struct bundle *old, enum store_id store,
    const struct feed *feed, const char *date, const char *source, struct arena *a, struct merge *out)
{
	size_t most = old->n_anchors + feed->n;

	*out = (struct merge){.after = 0};
	for (size_t i = 0; i < feed->n; i++)
		out->after += is_in(&feed->roots[i]);
	for (size_t i = 0; i < old->n_anchors; i++) {
		struct anchor x;

		bundle_anchor(old, i, &x);
		out->before += (x.stores & STORE_BIT(store)) != 0;
	}
	if (out->after * 2 < out->before) {
		out->problem = "the feed has fewer than half the roots that this store has now";
		return false;
	}
	out->added = arena_alloc(a, most * sizeof(char *));
	out->removed = arena_alloc(a, most * sizeof(char *));
	for (size_t i = 0; i < BUNDLE_SOURCES; i++)
		bundle_add_source(w, bundle_source(old, i, BUNDLE_NAME), bundle_source(old, i, BUNDLE_TITLE),
		    i == (size_t)store ? date : bundle_source(old, i, BUNDLE_DATE),
		    i == (size_t)store ? source : bundle_source(old, i, BUNDLE_SOURCE));
	keep_old(w, old, store, feed, a, out);
	for (size_t i = 0; i < feed->n; i++)
		if (is_in(&feed->roots[i]) && !has_anchor(old, feed->roots[i].sha256))
			add_new(w, store, &feed->roots[i], a, out);
	keep_lists(w, old);
	return true;
}
