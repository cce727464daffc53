/* path: what only a store's facts can tell - roots without bytes, listed intermediates, end dates.
 */
#include "adapt/openssl_crypto.h"
#include "base/arena.h"
#include "mkpki.h"
#include "pki/bundle_write.h"
#include "pki/path.h"
#include "unit.h"

#define DAY INT64_C(86400)

/* Root -> Inter -> leaf.example, and a bundle that tells of the first two. */
struct world {
	struct mkpki *p;
	struct arena *a;
	struct store_set *set;
	const struct mk *root, *inter, *leaf;
	struct cert r, i, l;
	uint8_t root_sha[32], inter_sha[32], root_name[32], inter_name[32];
	struct anchor anchor;
	struct known_ca known;
	bool revoke; /* Inter is in OneCRL */
	struct span sent[4];
	struct chain_input in;
};

static struct world *
world_new(void)
{
	struct world *w = calloc(1, sizeof(*w));

	w->p = mkpki_new();
	w->a = arena_new(1 << 20);
	w->root = mk_make(w->p, &(struct mk_spec){.cn = "Root", .ca = true});
	w->inter = mk_make(w->p, &(struct mk_spec){.cn = "Inter", .ca = true, .issuer = w->root});
	w->leaf = mk_make(w->p, &(struct mk_spec){.cn = "leaf.example", .issuer = w->inter});
	ck_assert(cert_parse(w->root->der, &w->r) && cert_parse(w->inter->der, &w->i) &&
		  cert_parse(w->leaf->der, &w->l));
	crypto_sha256(w->r.der, w->root_sha);
	crypto_sha256(w->i.der, w->inter_sha);
	crypto_sha256(w->r.subject, w->root_name);
	crypto_sha256(w->i.subject, w->inter_name);
	w->anchor = (struct anchor){.der = w->r.der,
	    .sha256 = w->root_sha,
	    .subject = w->r.subject,
	    .subject_hash = {w->root_name, STORE_HASH},
	    .subject_text = "CN=Root,O=mkpki",
	    .ski = w->r.skid,
	    .not_after = w->r.not_after,
	    .stores = STORE_BIT(STORE_MOZILLA),
	    .owner = ""};
	w->known = (struct known_ca){.subject_text = "CN=Inter,O=mkpki",
	    .subject_hash = {w->inter_name, STORE_HASH},
	    .issuer_hash = {w->root_name, STORE_HASH},
	    .ski = w->i.skid,
	    .aki = w->r.skid,
	    .sha256 = {w->inter_sha, 32},
	    .not_after = w->i.not_after,
	    .aia = "http://root.example/"};
	return w;
}

static void
world_free(struct world *w)
{
	store_set_free(w->set);
	arena_free(w->a);
	mkpki_free(w->p);
	free(w);
}

/* Makes the store of what stands in w now, and judges the chain. */
static const struct chain_judgement *
judge(struct world *w, bool list_inter, bool send_inter)
{
	static const char *const names[] = {"mozilla", "microsoft", "apple", "chrome", "android",
	    "java", "windows-product", "intermediates", "onecrl", "ev"};
	struct bundle_writer *b = bundle_writer_new();
	uint8_t key[32];
	char err[200] = "";

	cert_spki_sha256(&w->i, key);
	for (size_t i = 0; i < N_ELEMENTS(names); i++)
		bundle_add_source(b, names[i], names[i], "2026-01-01", "test");
	bundle_add_anchor(b, &w->anchor);
	if (list_inter)
		bundle_add_known(b, &w->known);
	if (w->revoke)
		bundle_add_revoked(
		    b, BUNDLE_REVOKED_KEY, (struct span){w->inter_name, STORE_HASH}, SPAN_OF(key));
	store_set_free(w->set);
	w->set = store_set_new();
	ck_assert_msg(
	    store_set_load(w->set, mk_file(w->p, bundle_finish(b)), err, sizeof(err)) == 0, "%s",
	    err);
	bundle_writer_free(b);
	w->sent[0] = w->leaf->der;
	w->sent[1] = w->inter->der;
	w->in = (struct chain_input){.sent = w->sent,
	    .n_sent = send_inter ? 2 : 1,
	    .stores = w->set,
	    .now = MK_NOW,
	    .host = "leaf.example",
	    .earliest_sct = w->in.earliest_sct};
	return chain_judge(&w->in, w->a);
}

#define IS(v, k) ck_assert_msg((v)->kind == (k), "%s: %s", chain_kind_name((v)->kind), (v)->text)

START_TEST(a_listed_intermediate_makes_it_incomplete)
{
	struct world *w = world_new();
	const struct chain_verdict *v = judge(w, true, false)->verdicts;

	IS(&v[STORE_MOZILLA], CHAIN_INCOMPLETE);
	ck_assert(v[STORE_MOZILLA].trust_ok && !v[STORE_MOZILLA].complete);
	ck_assert_uint_eq(v[STORE_MOZILLA].n_missing, 1);
	ck_assert_int_eq(v[STORE_MOZILLA].missing[0].how, MISSING_LISTED);
	ck_assert_str_eq(v[STORE_MOZILLA].missing[0].subject, "CN=Inter,O=mkpki");
	ck_assert_str_eq(v[STORE_MOZILLA].missing[0].issuer, "CN=Root,O=mkpki");
	ck_assert(span_eq(v[STORE_MOZILLA].missing[0].key_id, w->i.skid));
	ck_assert_uint_eq(v[STORE_MOZILLA].missing[0].der.n, 0);
	IS(&v[STORE_APPLE], CHAIN_UNKNOWN_ROOT);
	IS(&judge(w, true, true)->verdicts[STORE_MOZILLA], CHAIN_COMPLETE);
	IS(&judge(w, false, false)->verdicts[STORE_MOZILLA], CHAIN_UNKNOWN_ROOT);
	world_free(w);
}
END_TEST

START_TEST(a_listed_one_must_fit)
{
	static const uint8_t other[20] = {1};
	struct world *w = world_new();

	w->known.ski = SPAN_OF(other); /* another key of the same name */
	IS(&judge(w, true, false)->verdicts[STORE_MOZILLA], CHAIN_UNKNOWN_ROOT);
	w->known.ski = w->i.skid;
	w->known.not_after = MK_NOW - 1;
	IS(&judge(w, true, false)->verdicts[STORE_MOZILLA], CHAIN_UNKNOWN_ROOT);
	w->known.not_after = MK_NOW;
	w->known.aki = SPAN_OF(other); /* issued by another key than the root's */
	IS(&judge(w, true, false)->verdicts[STORE_MOZILLA], CHAIN_UNKNOWN_ROOT);
	world_free(w);
}
END_TEST

START_TEST(a_root_without_bytes)
{
	struct world *w = world_new();
	const struct chain_verdict *v;
	const struct chain_judgement *j;

	w->anchor.der = w->anchor.subject = (struct span){NULL, 0};
	v = &judge(w, false, true)->verdicts[STORE_MOZILLA];
	IS(v, CHAIN_UNVERIFIED);
	ck_assert(v->trust_ok && v->complete);
	ck_assert_int_eq(v->missing[0].how, MISSING_ANCHOR);
	/* an intermediate that is missing as well */
	IS(&judge(w, true, false)->verdicts[STORE_MOZILLA], CHAIN_INCOMPLETE);
	/* sent by the server, it is recognised by its fingerprint */
	judge(w, false, true);
	w->sent[2] = w->root->der;
	w->in.n_sent = 3;
	j = chain_judge(&w->in, w->a);
	IS(&j->verdicts[STORE_MOZILLA], CHAIN_COMPLETE);
	ck_assert_uint_eq(j->facts.n_roots, 1);
	IS(&j->verdicts[STORE_APPLE], CHAIN_UNKNOWN_ROOT);
	world_free(w);
}
END_TEST

START_TEST(a_namesake_of_a_root_without_bytes)
{
	static const uint8_t other[20] = {1};
	struct world *w = world_new();

	w->anchor.der = w->anchor.subject = (struct span){NULL, 0};
	w->anchor.ski = SPAN_OF(other);
	IS(&judge(w, false, true)->verdicts[STORE_MOZILLA], CHAIN_UNKNOWN_ROOT);
	world_free(w);
}
END_TEST

START_TEST(programmes_end_dates)
{
	struct world *w = world_new();
	const struct chain_verdict *v;

	w->anchor.stores = 63;
	w->anchor.mozilla_distrust_after = MK_FROM - DAY;
	w->anchor.java_distrust_after = MK_FROM;
	w->anchor.microsoft_disabled = MK_NOW - DAY;
	w->anchor.chrome_sct_after = MK_FROM + DAY;
	v = judge(w, false, true)->verdicts;
	IS(&v[STORE_MOZILLA], CHAIN_DISTRUSTED);
	ck_assert(!v[STORE_MOZILLA].trust_ok);
	ck_assert_str_eq(v[STORE_MOZILLA].text,
	    "Mozilla trusts this root only for certificates of up "
	    "to 2019-12-31; this one begins 2020-01-01");
	IS(&v[STORE_JAVA], CHAIN_COMPLETE);
	IS(&v[STORE_MICROSOFT], CHAIN_DISTRUSTED);
	IS(&v[STORE_CHROME], CHAIN_COMPLETE); /* no SCT: judged by notBefore */
	IS(&v[STORE_APPLE], CHAIN_COMPLETE);
	w->anchor.microsoft_disabled = MK_NOW + DAY;
	w->anchor.microsoft_not_before = MK_FROM - 1;
	w->in.earliest_sct = MK_FROM + 2 * DAY;
	v = judge(w, false, true)->verdicts;
	IS(&v[STORE_MICROSOFT], CHAIN_DISTRUSTED);
	IS(&v[STORE_CHROME], CHAIN_DISTRUSTED);
	w->anchor.java_disabled = MK_NOW;
	IS(&judge(w, false, true)->verdicts[STORE_JAVA], CHAIN_DISTRUSTED);
	world_free(w);
}
END_TEST

START_TEST(a_root_that_was_taken_out)
{
	struct world *w = world_new();
	const struct chain_verdict *v;

	w->anchor.stores = STORE_BIT(STORE_APPLE);
	w->anchor.mozilla_distrust_after = MK_NOW; /* the leaf is older, and yet */
	v = judge(w, false, true)->verdicts;
	IS(&v[STORE_APPLE], CHAIN_COMPLETE);
	IS(&v[STORE_MOZILLA], CHAIN_DISTRUSTED);
	IS(&v[STORE_CHROME], CHAIN_UNKNOWN_ROOT);
	w->anchor.stores = 0;
	v = judge(w, false, true)->verdicts;
	IS(&v[STORE_MOZILLA], CHAIN_DISTRUSTED);
	IS(&v[STORE_APPLE], CHAIN_UNKNOWN_ROOT);
	world_free(w);
}
END_TEST

START_TEST(what_mozilla_revoked)
{
	struct world *w = world_new();
	const struct chain_verdict *v;

	w->anchor.stores = 63;
	w->revoke = true;
	v = judge(w, false, true)->verdicts;
	IS(&v[STORE_MOZILLA], CHAIN_REVOKED);
	ck_assert_uint_eq(v[STORE_MOZILLA].problem.depth, 1);
	IS(&v[STORE_JAVA], CHAIN_COMPLETE);
	world_free(w);
}
END_TEST

/* version, log id, timestamp, no extensions, an empty signature: all Chrome's date looks at. */
START_TEST(the_earliest_sct_of_the_leaf_counts)
{
	static const char sct[] = "DER:0478"
				  "0076"
				  "0039"
				  "00"
				  "0000000000000000000000000000000000000000000000000000000000000000"
				  "0000016f5e66e800"
				  "0000"
				  "04030000"
				  "00000000000000000000"
				  "0039"
				  "00"
				  "0000000000000000000000000000000000000000000000000000000000000000"
				  "0000017f5e66e800"
				  "0000"
				  "04030000"
				  "00000000000000000000";
	struct world *w = world_new();
	char ext[sizeof(sct) + 40];

	snprintf(ext, sizeof(ext), "1.3.6.1.4.1.11129.2.4.2=%s", sct);
	w->leaf = mk_make(
	    w->p, &(struct mk_spec){.cn = "leaf.example", .issuer = w->inter, .ext = {ext}});
	w->anchor.stores = STORE_BIT(STORE_CHROME);
	w->anchor.chrome_sct_after = MK_FROM; /* 0x16f5e66e800 ms = 2020-01-01 */
	IS(&judge(w, false, true)->verdicts[STORE_CHROME], CHAIN_COMPLETE);
	w->anchor.chrome_sct_after = MK_FROM - 1;
	IS(&judge(w, false, true)->verdicts[STORE_CHROME], CHAIN_DISTRUSTED);
	world_free(w);
}
END_TEST

START_TEST(a_private_root_is_neither_public_nor_unknown)
{
	struct world *w = world_new();
	const struct chain_judgement *j;

	w->anchor.stores = STORE_BIT(STORE_WINDOWS_PRODUCT);
	j = judge(w, false, true);
	IS(&j->verdicts[STORE_WINDOWS_PRODUCT], CHAIN_COMPLETE);
	IS(&j->verdicts[STORE_MOZILLA], CHAIN_PRIVATE_ROOT);
	ck_assert(strstr(j->verdicts[STORE_MOZILLA].text, "ends in Root,") != NULL);
	ck_assert(strstr(j->verdicts[STORE_MOZILLA].text, "cross-certificate") != NULL);
	ck_assert(!j->verdicts[STORE_MOZILLA].trust_ok);
	/* A root that a public store has as well is no secret of Windows'. */
	w->anchor.stores |= STORE_BIT(STORE_MICROSOFT);
	j = judge(w, false, true);
	IS(&j->verdicts[STORE_MICROSOFT], CHAIN_COMPLETE);
	IS(&j->verdicts[STORE_MOZILLA], CHAIN_UNKNOWN_ROOT);
	ck_assert(strstr(j->verdicts[STORE_MOZILLA].text, "but of microsoft") != NULL);
	world_free(w);
}
END_TEST

UNIT_MAIN("path_store", a_private_root_is_neither_public_nor_unknown,
    a_listed_intermediate_makes_it_incomplete, a_listed_one_must_fit,
    a_root_without_bytes, a_namesake_of_a_root_without_bytes, programmes_end_dates,
    a_root_that_was_taken_out, what_mozilla_revoked, the_earliest_sct_of_the_leaf_counts)
