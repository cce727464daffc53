/* trust: certificate and flight rows in, the facts out; the PKI is made on the spot. */
#include <stdio.h>

#include "adapt/openssl_crypto.h"
#include "mkocsp.h"
#include "mkpki.h"
#include "pki/bundle_write.h"
#include "pki/path.h"
#include "probe.h"
#include "unit.h"

enum { ARENA = 16 << 20, MAX_CHAIN = 120, TLS12 = 0x0303, TLS13 = 0x0304 };

extern const struct probe probe_trust;

/* Root -> Inter -> leaf.example; Mozilla trusts Root, the others do not know it. */
struct world {
	struct mkpki *p;
	struct arena *a;
	struct store_set *set;
	struct facts *f;
	struct endpoint ep;
	struct ctx ctx;
	const struct mk *root, *inter, *leaf;
	size_t n_flights;
	uint32_t stores; /* that have Root; 0: Mozilla */
};

static struct store_set *
bundle_of(struct world *w)
{
	static const char *const names[] = {"mozilla", "microsoft", "apple", "chrome", "android",
	    "java", "windows-product", "intermediates", "onecrl", "ev"};
	struct bundle_writer *b = bundle_writer_new();
	struct store_set *set = store_set_new();
	uint8_t sha[32], name[32];
	struct cert r;
	char err[200] = "";

	ck_assert(cert_parse(w->root->der, &r));
	crypto_sha256(r.der, sha);
	crypto_sha256(r.subject, name);
	for (size_t i = 0; i < N_ELEMENTS(names); i++)
		bundle_add_source(b, names[i], names[i], "2026-01-01", "test");
	bundle_add_anchor(b, &(struct anchor){.der = r.der,
				 .sha256 = sha,
				 .subject = r.subject,
				 .subject_hash = {name, STORE_HASH},
				 .subject_text = "CN=Root,O=mkpki",
				 .ski = r.skid,
				 .not_after = r.not_after,
				 .stores = w->stores != 0 ? w->stores : STORE_BIT(STORE_MOZILLA),
				 .owner = ""});
	bundle_add_ev(b, sha, "2.23.140.1.1", STORE_BIT(STORE_MOZILLA));
	ck_assert_msg(
	    store_set_load(set, mk_file(w->p, bundle_finish(b)), err, sizeof(err)) == 0, "%s", err);
	bundle_writer_free(b);
	return set;
}

static struct world
world_new(void)
{
	struct world w = {.p = mkpki_new(), .a = arena_new(ARENA)};

	w.root = mk_make(w.p, &(struct mk_spec){.cn = "Root", .ca = true, .key = "P-384"});
	w.inter = mk_make(w.p, &(struct mk_spec){.cn = "Inter", .ca = true, .issuer = w.root});
	w.leaf = mk_make(w.p, &(struct mk_spec){.cn = "leaf.example", .issuer = w.inter});
	w.set = bundle_of(&w);
	w.f = facts_new(w.a);
	w.ep = (struct endpoint){.host = "leaf.example", .sni = "leaf.example"};
	return w;
}

static void
world_free(struct world *w)
{
	store_set_free(w->set);
	arena_free(w->a);
	mkpki_free(w->p);
}

/* The row of these bytes, as the reading of flights adds them: each once. */
static uint16_t
cert_row(struct world *w, struct span der)
{
	for (size_t i = 0; i < fact_rows(w->f, K_CERT); i++)
		if (span_eq(fact_hex(fact_row(w->f, K_CERT, i), F_CERT_DER), der))
			return (uint16_t)i;
	fact_put_hex(fact_add(w->f, K_CERT), F_CERT_DER, der);
	return (uint16_t)(fact_rows(w->f, K_CERT) - 1);
}

struct flight {
	bool no_sni;
	uint16_t version;
	struct span staple, scts;
};

static void
flight_of(struct world *w, struct flight how, const struct span *ders, size_t n)
{
	struct facts *row = fact_add(w->f, K_FLIGHT);
	uint16_t chain[MAX_CHAIN];

	for (size_t i = 0; i < n; i++)
		chain[i] = cert_row(w, ders[i]);
	fact_put_u32(row, F_FLIGHT_VERSION, how.version != 0 ? how.version : TLS12);
	fact_put_tri(row, F_FLIGHT_SNI, how.no_sni ? TRI_NO : TRI_YES);
	fact_put_u16s(row, F_FLIGHT_CHAIN, (struct u16s){chain, n});
	fact_put_u32(row, F_FLIGHT_N_SENT, (uint32_t)n);
	fact_put_hex(row, F_FLIGHT_STAPLE, how.staple);
	fact_put_hex(row, F_FLIGHT_SCTS, how.scts);
	w->n_flights++;
}

static void
flight(struct world *w, struct flight how, const struct mk *const *v, size_t n)
{
	struct span ders[MAX_CHAIN];

	for (size_t i = 0; i < n; i++)
		ders[i] = v[i]->der;
	flight_of(w, how, ders, n);
}

#define COUNT(...) (sizeof((const struct mk *const[]){__VA_ARGS__}) / sizeof(const struct mk *))
#define FLIGHT(w, how, ...)                                                                        \
	flight(w, (struct flight)how, (const struct mk *const[]){__VA_ARGS__}, COUNT(__VA_ARGS__))
#define PLAIN                                                                                      \
	{                                                                                          \
		0                                                                                  \
	}

static void
conclude(struct world *w)
{
	w->ctx = (struct ctx){
	    .known = w->f, .ep = &w->ep, .arena = w->a, .now = MK_NOW, .stores = w->set};
	fact_put_u32(w->f, F_FLIGHTS_READ, (uint32_t)w->n_flights);
	probe_trust.conclude(NULL, &w->ctx, w->f);
	for (const enum fact_id *id = probe_trust.gives; *id != F_NONE; id++)
		ck_assert_msg(fact_settled(w->f, *id), "%s is open", fact_defs[*id].name);
}

#define TRI_IS(w, id, v)                                                                           \
	ck_assert_msg(fact_tri((w)->f, id) == (v), "%s is %s: %s", fact_defs[id].json,             \
	    tri_name(fact_tri((w)->f, id)), fact_note((w)->f, id))

static const struct facts *
deploy(struct world *w, size_t i)
{
	return fact_row(w->f, K_DEPLOY, i);
}

/* The verdict of a store on a deployment. */
static const struct facts *
trust(struct world *w, uint32_t deployment, const char *store)
{
	for (size_t i = 0; i < fact_rows(w->f, K_TRUST); i++) {
		const struct facts *t = fact_row(w->f, K_TRUST, i);

		if (fact_u32(t, F_TRUST_DEPLOYMENT) == deployment &&
		    strcmp(fact_str(t, F_TRUST_STORE), store) == 0)
			return t;
	}
	ck_abort_msg("no verdict of %s on deployment %u", store, deployment);
	return NULL;
}

static void
verdict_is(struct world *w, const char *store, const char *verdict)
{
	const struct facts *t = trust(w, 0, store);

	ck_assert_msg(strcmp(fact_str(t, F_TRUST_VERDICT), verdict) == 0, "%s: %s: %s", store,
	    fact_str(t, F_TRUST_VERDICT), fact_str(t, F_TRUST_REASON));
}

START_TEST(complete)
{
	struct world w = world_new();
	const struct facts *d, *t;

	FLIGHT(&w, PLAIN, w.leaf, w.inter);
	FLIGHT(&w, {.version = TLS13}, w.leaf, w.inter);
	conclude(&w);
	ck_assert_uint_eq(fact_rows(w.f, K_DEPLOY), 1);
	d = deploy(&w, 0);
	ck_assert_uint_eq(fact_u32(d, F_DEPLOY_ID), 0);
	ck_assert_str_eq(fact_str(d, F_DEPLOY_KEY_TYPE), "EC");
	ck_assert(fact_yes(d, F_DEPLOY_SNI) && fact_yes(d, F_DEPLOY_COUNTS));
	ck_assert_int_eq(fact_tri(d, F_DEPLOY_NO_SNI), TRI_NO);
	ck_assert_uint_eq(fact_n_strs(d, F_DEPLOY_VERSIONS), 2);
	ck_assert_str_eq(fact_strs(d, F_DEPLOY_VERSIONS, 0), "TLS 1.2");
	ck_assert_str_eq(fact_strs(d, F_DEPLOY_VERSIONS, 1), "TLS 1.3");
	ck_assert(fact_yes(d, F_DEPLOY_NAME_OK) && fact_yes(d, F_DEPLOY_ORDER_OK));
	ck_assert_uint_eq(fact_u32(d, F_DEPLOY_DUPLICATES), 0);
	ck_assert_uint_eq(fact_u32(d, F_DEPLOY_STRANGERS), 0);
	ck_assert_int_eq(fact_tri(d, F_DEPLOY_ROOT_SENT), TRI_NO);
	ck_assert_int_eq(fact_tri(d, F_DEPLOY_STAPLE), TRI_NO);
	ck_assert_int_eq(fact_why(d, F_DEPLOY_STAPLE_STATUS), WHY_NOT_APPLICABLE);
	verdict_is(&w, "mozilla", "complete");
	verdict_is(&w, "apple", "unknown_root");
	t = trust(&w, 0, "mozilla");
	ck_assert_uint_eq(fact_n_strs(t, F_TRUST_PATH), 3);
	ck_assert_str_eq(fact_strs(t, F_TRUST_PATH, 2), "CN=Root,O=mkpki");
	ck_assert_uint_eq(fact_hex(t, F_TRUST_ROOT_SHA256).n, 32);
	ck_assert_str_eq(fact_str(t, F_TRUST_OPENSSL), "trusted");
	ck_assert_str_eq(fact_str(t, F_TRUST_GNUTLS), "trusted");
	ck_assert(fact_yes(t, F_TRUST_LIBRARIES_AGREE));
	ck_assert(!fact_settled(t, F_TRUST_MISSING_SUBJECT));
	t = trust(&w, 0, "apple");
	ck_assert_int_eq(fact_why(t, F_TRUST_LIBRARIES_AGREE), WHY_NOT_APPLICABLE);
	ck_assert_str_eq(
	    fact_str(t, F_TRUST_OPENSSL), "not asked: this store has no root for this chain");
	TRI_IS(&w, F_TRUSTED, TRI_YES);
	TRI_IS(&w, F_CHAIN_INCOMPLETE, TRI_NO);
	TRI_IS(&w, F_NAME_OK, TRI_YES);
	TRI_IS(&w, F_EXPIRED, TRI_NO);
	TRI_IS(&w, F_NOT_YET_VALID, TRI_NO);
	TRI_IS(&w, F_SELF_SIGNED, TRI_NO);
	TRI_IS(&w, F_RSA_E1, TRI_NO);
	TRI_IS(&w, F_MUST_STAPLE_MISSING, TRI_NO);
	TRI_IS(&w, F_STAPLE_REVOKED, TRI_NO);
	TRI_IS(&w, F_SCT_CERT, TRI_NO);
	TRI_IS(&w, F_SCT_OCSP, TRI_NO);
	TRI_IS(&w, F_SIG_MD5, TRI_NO);
	TRI_IS(&w, F_SIG_SHA1, TRI_NO);
	ck_assert_str_eq(fact_str(w.f, F_SIG_WEAKEST), "SHA-256");
	ck_assert_uint_eq(fact_u32(w.f, F_KEY_MIN_BITS), 3072);
	ck_assert_uint_eq(fact_u32(w.f, F_CA_KEY_MIN_BITS), 3072);
	ck_assert_int_eq(fact_time(w.f, F_LEAF_EXPIRES), MK_TO);
	world_free(&w);
}
END_TEST

START_TEST(incomplete)
{
	struct world w = world_new();
	const struct facts *t;

	/* another flight brings the intermediate: so it is known, and missing in the first */
	FLIGHT(&w, PLAIN, w.leaf);
	FLIGHT(&w, {.no_sni = true}, w.leaf, w.inter);
	conclude(&w);
	ck_assert_uint_eq(fact_rows(w.f, K_DEPLOY), 2);
	ck_assert_int_eq(fact_tri(deploy(&w, 1), F_DEPLOY_COUNTS), TRI_NO);
	verdict_is(&w, "mozilla", "incomplete");
	t = trust(&w, 0, "mozilla");
	ck_assert_str_eq(fact_str(t, F_TRUST_MISSING_SUBJECT), "CN=Inter,O=mkpki");
	ck_assert_str_eq(fact_str(t, F_TRUST_MISSING_ISSUER), "CN=Root,O=mkpki");
	ck_assert_uint_eq(fact_hex(t, F_TRUST_MISSING_KEY_ID).n, 20);
	ck_assert_msg(strstr(fact_str(t, F_TRUST_OPENSSL), "(error 20 at depth 0)") != NULL, "%s",
	    fact_str(t, F_TRUST_OPENSSL));
	ck_assert(fact_yes(t, F_TRUST_LIBRARIES_AGREE)); /* in that it is not trusted */
	verdict_is(&w, "apple", "unknown_root");
	TRI_IS(&w, F_TRUSTED, TRI_YES);
	TRI_IS(&w, F_CHAIN_INCOMPLETE, TRI_YES);
	world_free(&w);
}
END_TEST

START_TEST(unknown_is_not_incomplete)
{
	struct world w = world_new();

	FLIGHT(&w, PLAIN, w.leaf);
	conclude(&w);
	verdict_is(&w, "mozilla", "unknown_root");
	TRI_IS(&w, F_TRUSTED, TRI_NO);
	TRI_IS(&w, F_CHAIN_INCOMPLETE, TRI_NO);
	ck_assert_ptr_nonnull(strstr(fact_note(w.f, F_TRUSTED), "Inter"));
	/* no CA was seen at all */
	ck_assert_int_eq(fact_why(w.f, F_CA_KEY_MIN_BITS), WHY_NOT_APPLICABLE);
	world_free(&w);
}
END_TEST

START_TEST(self_signed_leaf)
{
	struct world w = world_new();
	const struct mk *alone = mk_make(w.p, &(struct mk_spec){.cn = "leaf.example"});

	FLIGHT(&w, PLAIN, alone);
	conclude(&w);
	verdict_is(&w, "mozilla", "self_signed");
	TRI_IS(&w, F_TRUSTED, TRI_NO);
	TRI_IS(&w, F_SELF_SIGNED, TRI_YES);
	TRI_IS(&w, F_NAME_OK, TRI_YES);
	ck_assert(fact_yes(fact_row(w.f, K_CERT, 0), F_CERT_SELF_SIGNED));
	world_free(&w);
}
END_TEST

START_TEST(dates)
{
	struct world w = world_new();
	const struct mk *old = mk_make(
	    w.p, &(struct mk_spec){.cn = "leaf.example", .issuer = w.inter, .to = MK_NOW - 3600});

	FLIGHT(&w, PLAIN, old, w.inter);
	conclude(&w);
	verdict_is(&w, "mozilla", "expired");
	TRI_IS(&w, F_EXPIRED, TRI_YES);
	TRI_IS(&w, F_TRUSTED, TRI_NO);
	TRI_IS(&w, F_CHAIN_INCOMPLETE, TRI_NO);
	ck_assert_int_eq(fact_time(w.f, F_LEAF_EXPIRES), MK_NOW - 3600);
	ck_assert_str_eq(fact_str(fact_row(w.f, K_CERT, 0), F_CERT_DAYS_LEFT), "-1");
	world_free(&w);

	w = world_new();
	old = mk_make(
	    w.p, &(struct mk_spec){.cn = "leaf.example", .issuer = w.inter, .from = MK_NOW + 3600});
	FLIGHT(&w, PLAIN, old, w.inter);
	conclude(&w);
	verdict_is(&w, "mozilla", "not_yet_valid");
	TRI_IS(&w, F_NOT_YET_VALID, TRI_YES);
	TRI_IS(&w, F_EXPIRED, TRI_NO);
	TRI_IS(&w, F_TRUSTED, TRI_NO);
	world_free(&w);
}
END_TEST

START_TEST(name_mismatch)
{
	struct world w = world_new();

	w.ep.host = w.ep.sni = "other.example";
	FLIGHT(&w, PLAIN, w.leaf, w.inter);
	conclude(&w);
	verdict_is(&w, "mozilla", "name_mismatch");
	TRI_IS(&w, F_NAME_OK, TRI_NO);
	TRI_IS(&w, F_TRUSTED, TRI_YES); /* which is another question */
	ck_assert_int_eq(fact_tri(deploy(&w, 0), F_DEPLOY_NAME_OK), TRI_NO);
	world_free(&w);
}
END_TEST

START_TEST(an_address_is_a_name)
{
	struct world w = world_new();
	const struct mk *leaf =
	    mk_make(w.p, &(struct mk_spec){.cn = "x", .issuer = w.inter, .san = "IP:192.0.2.7"});

	w.ep.host = "192.0.2.7";
	w.ep.sni = NULL;
	FLIGHT(&w, {.no_sni = true}, leaf, w.inter);
	conclude(&w);
	ck_assert(fact_yes(deploy(&w, 0), F_DEPLOY_COUNTS)); /* there is no other way to ask */
	verdict_is(&w, "mozilla", "complete");
	TRI_IS(&w, F_NAME_OK, TRI_YES);
	world_free(&w);
}
END_TEST

START_TEST(odd_chain)
{
	struct world w = world_new();
	const struct mk *stranger = mk_make(w.p, &(struct mk_spec){.cn = "Stranger", .ca = true});
	const struct facts *d;

	FLIGHT(&w, PLAIN, w.leaf, w.root, stranger, w.inter, w.inter);
	conclude(&w);
	d = deploy(&w, 0);
	verdict_is(&w, "mozilla", "complete");
	ck_assert_int_eq(fact_tri(d, F_DEPLOY_ORDER_OK), TRI_NO);
	ck_assert_uint_eq(fact_u32(d, F_DEPLOY_DUPLICATES), 1);
	ck_assert_uint_eq(fact_u32(d, F_DEPLOY_STRANGERS), 1);
	ck_assert(fact_yes(d, F_DEPLOY_ROOT_SENT));
	ck_assert_uint_eq(fact_u16s(d, F_DEPLOY_CHAIN).n, 5);
	world_free(&w);
}
END_TEST

START_TEST(garbage)
{
	static const uint8_t junk[] = "\x30\x03\x02\x01\x05 not a certificate";
	struct world w = world_new();
	struct span chain[] = {w.leaf->der, w.inter->der, SPAN_OF(junk)};
	const struct facts *c;

	flight_of(&w, (struct flight){0}, chain, 3);
	conclude(&w);
	TRI_IS(&w, F_TRUSTED, TRI_YES); /* clients do not care */
	ck_assert_uint_eq(fact_u32(deploy(&w, 0), F_DEPLOY_STRANGERS), 1);
	c = fact_row(w.f, K_CERT, 2);
	ck_assert_uint_eq(fact_hex(c, F_CERT_SHA256).n, 32);
	ck_assert_uint_ge(fact_n_strs(c, F_CERT_PROBLEMS), 1);
	ck_assert_int_eq(fact_why(c, F_CERT_SUBJECT), WHY_GARBAGE);
	world_free(&w);

	w = world_new();
	flight_of(&w, (struct flight){0}, &(struct span){junk, sizeof(junk)}, 1);
	conclude(&w);
	verdict_is(&w, "mozilla", "other");
	TRI_IS(&w, F_TRUSTED, TRI_NO);
	TRI_IS(&w, F_NAME_OK, TRI_UNKNOWN);
	TRI_IS(&w, F_SIG_SHA1, TRI_UNKNOWN);
	TRI_IS(&w, F_EXPIRED, TRI_UNKNOWN);
	ck_assert_int_eq(fact_why(w.f, F_KEY_MIN_BITS), WHY_GARBAGE);
	world_free(&w);
}
END_TEST

START_TEST(no_certificate)
{
	struct world w = world_new();

	flight_of(&w, (struct flight){0}, NULL, 0);
	conclude(&w);
	ck_assert_uint_eq(fact_rows(w.f, K_DEPLOY), 0);
	ck_assert_uint_eq(fact_rows(w.f, K_TRUST), 0);
	ck_assert_int_eq(fact_why(w.f, F_TRUSTED), WHY_NOT_APPLICABLE);
	world_free(&w);

	w = world_new();
	w.ctx =
	    (struct ctx){.known = w.f, .ep = &w.ep, .arena = w.a, .now = MK_NOW, .stores = w.set};
	fact_put_unknown(w.f, F_FLIGHTS_READ, WHY_SILENCE, "no answer in 8 s");
	probe_trust.conclude(NULL, &w.ctx, w.f);
	ck_assert_int_eq(fact_why(w.f, F_TRUSTED), WHY_SILENCE);
	ck_assert_int_eq(fact_why(w.f, F_SIG_WEAKEST), WHY_SILENCE);
	ck_assert_str_eq(fact_note(w.f, F_KEY_MIN_BITS), "no answer in 8 s");
	world_free(&w);
}
END_TEST

START_TEST(no_stores)
{
	struct world w = world_new();

	FLIGHT(&w, PLAIN, w.leaf, w.inter);
	store_set_free(w.set);
	w.set = NULL;
	conclude(&w);
	ck_assert_uint_eq(fact_rows(w.f, K_DEPLOY), 1);
	ck_assert(fact_yes(deploy(&w, 0), F_DEPLOY_ORDER_OK));
	ck_assert_uint_eq(fact_rows(w.f, K_TRUST), 0);
	ck_assert_int_eq(fact_why(w.f, F_TRUSTED), WHY_LOCAL);
	ck_assert_int_eq(fact_why(w.f, F_CHAIN_INCOMPLETE), WHY_LOCAL);
	TRI_IS(&w, F_NAME_OK, TRI_YES);
	world_free(&w);
}
END_TEST

START_TEST(more_certificates_than_are_read)
{
	struct world w = world_new();
	const struct mk *v[110] = {w.leaf, w.inter};

	for (size_t i = 2; i < N_ELEMENTS(v); i++) {
		char cn[32];

		snprintf(cn, sizeof(cn), "Stranger %zu", i);
		v[i] = mk_make(w.p, &(struct mk_spec){.cn = cn, .ca = true});
	}
	flight(&w, (struct flight){0}, v, N_ELEMENTS(v));
	conclude(&w);
	verdict_is(&w, "mozilla", "complete");
	TRI_IS(&w, F_TRUSTED, TRI_YES);
	ck_assert_uint_eq(fact_rows(w.f, K_CERT), 110);
	ck_assert_uint_eq(fact_hex(fact_row(w.f, K_CERT, 109), F_CERT_SHA256).n, 32);
	ck_assert_uint_eq(fact_u16s(deploy(&w, 0), F_DEPLOY_CHAIN).n, 110);
	ck_assert_uint_eq(fact_u32(deploy(&w, 0), F_DEPLOY_STRANGERS), PATH_MAX_SENT - 2);
	ck_assert_ptr_nonnull(strstr(fact_note(deploy(&w, 0), F_DEPLOY_CHAIN), "first 100"));
	world_free(&w);

	/* cut off before the intermediate: nobody can say */
	w = world_new();
	v[0] = w.leaf;
	v[109] = w.inter;
	for (size_t i = 1; i < 109; i++)
		v[i] = mk_make(w.p, &(struct mk_spec){.cn = "S", .ca = true});
	flight(&w, (struct flight){0}, v, N_ELEMENTS(v));
	conclude(&w);
	TRI_IS(&w, F_TRUSTED, TRI_UNKNOWN);
	TRI_IS(&w, F_CHAIN_INCOMPLETE, TRI_UNKNOWN);
	world_free(&w);
}
END_TEST

START_TEST(too_many_chains)
{
	struct world w = world_new();

	for (size_t i = 0; i < 20; i++)
		FLIGHT(&w, PLAIN,
		    mk_make(w.p, &(struct mk_spec){.cn = "leaf.example", .issuer = w.inter}),
		    w.inter);
	conclude(&w);
	ck_assert_uint_eq(fact_rows(w.f, K_CERT), 21);
	ck_assert_int_eq(fact_why(w.f, F_TRUSTED), WHY_LIMIT);
	ck_assert_int_eq(fact_why(w.f, F_EXPIRED), WHY_LIMIT);
	world_free(&w);
}
END_TEST

START_TEST(rsa_and_ecdsa)
{
	struct world w = world_new();
	const struct mk *rsa = mk_make(
	    w.p, &(struct mk_spec){.cn = "leaf.example", .issuer = w.inter, .key = "RSA-1024"});
	const struct mk *bad =
	    mk_make(w.p, &(struct mk_spec){.cn = "leaf.example", .key = "ED25519"});

	FLIGHT(&w, PLAIN, rsa, w.inter);
	FLIGHT(&w, PLAIN, w.leaf, w.inter);
	conclude(&w);
	ck_assert_uint_eq(fact_rows(w.f, K_DEPLOY), 2);
	ck_assert_str_eq(fact_str(deploy(&w, 0), F_DEPLOY_KEY_TYPE), "RSA");
	ck_assert_str_eq(fact_str(deploy(&w, 1), F_DEPLOY_KEY_TYPE), "EC");
	ck_assert_str_eq(fact_str(trust(&w, 1, "mozilla"), F_TRUST_VERDICT), "complete");
	ck_assert_uint_eq(fact_u32(w.f, F_KEY_MIN_BITS), 1024);
	ck_assert_uint_eq(fact_u32(w.f, F_CA_KEY_MIN_BITS), 3072);
	TRI_IS(&w, F_TRUSTED, TRI_YES);
	world_free(&w);

	/* one that is not trusted is enough */
	w = world_new();
	FLIGHT(&w, PLAIN, w.leaf, w.inter);
	bad = mk_make(w.p, &(struct mk_spec){.cn = "leaf.example", .key = "ED25519"});
	FLIGHT(&w, PLAIN, bad);
	conclude(&w);
	TRI_IS(&w, F_TRUSTED, TRI_NO);
	TRI_IS(&w, F_SELF_SIGNED, TRI_YES);
	ck_assert_str_eq(fact_note(w.f, F_TRUSTED),
	    "in mozilla, for one: self-signed, and not a root of this store");
	ck_assert_str_eq(fact_str(w.f, F_SIG_WEAKEST), "SHA-256");
	world_free(&w);
}
END_TEST

START_TEST(default_certificate_does_not_count)
{
	struct world w = world_new();
	const struct mk *other = mk_make(
	    w.p, &(struct mk_spec){.cn = "default.example", .key = "RSA-1024", .to = MK_NOW - 1});

	FLIGHT(&w, {.no_sni = true}, other);
	FLIGHT(&w, PLAIN, w.leaf, w.inter);
	conclude(&w);
	ck_assert_uint_eq(fact_rows(w.f, K_DEPLOY), 2);
	ck_assert_int_eq(fact_tri(deploy(&w, 0), F_DEPLOY_COUNTS), TRI_NO);
	ck_assert_int_eq(fact_tri(deploy(&w, 0), F_DEPLOY_NAME_OK), TRI_NO);
	ck_assert(fact_yes(deploy(&w, 1), F_DEPLOY_COUNTS));
	ck_assert_uint_eq(fact_rows(w.f, K_TRUST), STORE__PUBLIC);
	ck_assert_uint_eq(fact_u32(fact_row(w.f, K_TRUST, 0), F_TRUST_DEPLOYMENT), 1);
	TRI_IS(&w, F_TRUSTED, TRI_YES);
	TRI_IS(&w, F_NAME_OK, TRI_YES);
	TRI_IS(&w, F_EXPIRED, TRI_NO);
	TRI_IS(&w, F_SELF_SIGNED, TRI_NO);
	ck_assert_uint_eq(fact_u32(w.f, F_KEY_MIN_BITS), 3072);
	ck_assert_int_eq(fact_time(w.f, F_LEAF_EXPIRES), MK_TO);
	world_free(&w);
}
END_TEST

START_TEST(weak_hashes)
{
	static const struct {
		const char *hash, *name;
		enum tri md5, sha1;
	} rows[] = {{"SHA1", "SHA-1", TRI_NO, TRI_YES}, {"MD5", "MD5", TRI_YES, TRI_NO},
	    {"SHA384", "SHA-256", TRI_NO, TRI_NO}};

	for (size_t i = 0; i < N_ELEMENTS(rows); i++) {
		struct world w = world_new();
		const struct mk *ca, *leaf, *root;

		root = mk_make(w.p,
		    &(struct mk_spec){.cn = "R", .ca = true, .key = "RSA-2048", .hash = "SHA1"});
		ca = mk_make(
		    w.p, &(struct mk_spec){
			     .cn = "Sub", .ca = true, .issuer = root, .hash = rows[i].hash});
		leaf = mk_make(w.p, &(struct mk_spec){.cn = "leaf.example", .issuer = ca});
		FLIGHT(&w, PLAIN, leaf, ca, root);
		conclude(&w);
		TRI_IS(&w, F_SIG_MD5, rows[i].md5);
		TRI_IS(&w, F_SIG_SHA1, rows[i].sha1); /* the root's own is SHA-1 in all of them */
		ck_assert_str_eq(fact_str(w.f, F_SIG_WEAKEST), rows[i].name);
		ck_assert_uint_eq(fact_u32(w.f, F_CA_KEY_MIN_BITS), 2048);
		world_free(&w);
	}
}
END_TEST

START_TEST(a_cross_certificate_of_a_root_does_not_count)
{
	struct world w = world_new();
	const struct mk *old = mk_make(w.p, &(struct mk_spec){.cn = "Old", .ca = true});
	const struct mk *cross = mk_make(
	    w.p, &(struct mk_spec){
		     .cn = "Root", .ca = true, .issuer = old, .key_of = w.root, .hash = "SHA1"});

	FLIGHT(&w, PLAIN, w.leaf, w.inter, cross);
	conclude(&w);
	verdict_is(&w, "mozilla", "complete");
	TRI_IS(&w, F_SIG_SHA1, TRI_NO);
	TRI_IS(&w, F_TRUSTED, TRI_YES);
	world_free(&w);
}
END_TEST

START_TEST(a_store_of_ones_own_has_no_say)
{
	struct world w = world_new();
	const struct mk *root = mk_make(w.p, &(struct mk_spec){.cn = "Mine", .ca = true});
	const struct mk *leaf =
	    mk_make(w.p, &(struct mk_spec){.cn = "leaf.example", .issuer = root});
	char err[200] = "";

	ck_assert_int_ge(
	    store_set_add_pem(w.set, "mine", mk_pem(w.p, &root, 1), err, sizeof(err)), 0);
	FLIGHT(&w, PLAIN, leaf);
	conclude(&w);
	verdict_is(&w, "mine", "complete");
	verdict_is(&w, "mozilla", "unknown_root");
	TRI_IS(&w, F_TRUSTED, TRI_NO);
	world_free(&w);
}
END_TEST

START_TEST(certificate_rows)
{
	static const char san[] = "DNS:leaf.example,IP:192.0.2.1,IP:2001:db8::1,email:a@b.example";
	struct world w = world_new();
	const struct mk *leaf = mk_make(w.p,
	    &(struct mk_spec){.cn = "leaf.example",
		.issuer = w.inter,
		.key = "RSA-2048",
		.san = san,
		.ext = {"authorityInfoAccess=OCSP;URI:http://ocsp.example/,caIssuers;URI:http://"
			"ca.example/",
		    "crlDistributionPoints=URI:http://crl.example/", "tlsfeature=status_request"}});
	const struct facts *c;

	FLIGHT(&w, PLAIN, leaf, w.inter);
	conclude(&w);
	c = fact_row(w.f, K_CERT, 0);
	for (int id = kind_defs[K_CERT].first; id < (int)kind_end(K_CERT); id++)
		ck_assert_msg(fact_settled(c, (enum fact_id)id) || id == F_CERT_REVOCATION ||
			id == F_CERT_REVOCATION_BY, "%s is open", fact_defs[id].name);
	ck_assert_str_eq(fact_str(c, F_CERT_SUBJECT), "CN=leaf.example,O=mkpki");
	ck_assert_str_eq(fact_str(c, F_CERT_ISSUER), "CN=Inter,O=mkpki");
	ck_assert_str_eq(fact_str(c, F_CERT_CN), "leaf.example");
	ck_assert_uint_eq(fact_n_strs(c, F_CERT_SANS), 3);
	ck_assert_str_eq(fact_strs(c, F_CERT_SANS, 1), "192.0.2.1");
	ck_assert_str_eq(fact_strs(c, F_CERT_SANS, 2), "2001:db8::1");
	ck_assert_uint_eq(fact_u32(c, F_CERT_N_SANS), 3);
	ck_assert_str_eq(fact_str(c, F_CERT_KEY_TYPE), "RSA");
	ck_assert_uint_eq(fact_u32(c, F_CERT_KEY_BITS), 2048);
	ck_assert_uint_eq(fact_u32(c, F_CERT_KEY_STRENGTH), 2048);
	ck_assert_str_eq(fact_str(c, F_CERT_KEY_EXPONENT), "65537");
	ck_assert_int_eq(fact_why(c, F_CERT_KEY_CURVE), WHY_NOT_APPLICABLE);
	ck_assert_str_eq(fact_str(c, F_CERT_SIG_HASH), "SHA-256");
	ck_assert_str_eq(fact_strs(c, F_CERT_EKU, 0), "serverAuth");
	ck_assert_str_eq(fact_strs(c, F_CERT_KEY_USAGE, 0), "digitalSignature");
	ck_assert_str_eq(fact_strs(c, F_CERT_OCSP, 0), "http://ocsp.example/");
	ck_assert_str_eq(fact_strs(c, F_CERT_CA_ISSUERS, 0), "http://ca.example/");
	ck_assert_str_eq(fact_strs(c, F_CERT_CRL, 0), "http://crl.example/");
	ck_assert(fact_yes(c, F_CERT_MUST_STAPLE));
	ck_assert_int_eq(fact_tri(c, F_CERT_IS_CA), TRI_NO);
	ck_assert_uint_eq(fact_n_strs(c, F_CERT_PROBLEMS), 0);
	ck_assert_str_eq(fact_str(c, F_CERT_DAYS_LEFT), "4962");
	TRI_IS(&w, F_MUST_STAPLE_MISSING, TRI_YES);
	c = fact_row(w.f, K_CERT, 1);
	ck_assert(fact_yes(c, F_CERT_IS_CA));
	ck_assert_str_eq(fact_str(c, F_CERT_KEY_CURVE), "P-256");
	ck_assert_int_eq(fact_tri(c, F_CERT_SELF_SIGNED), TRI_NO);
	world_free(&w);
}
END_TEST

/* Two flights of one chain, each with its response. */
static struct world
stapled(struct mk_ocsp_spec first, struct mk_ocsp_spec second)
{
	struct world w = world_new();

	first.leaf = second.leaf = w.leaf;
	first.issuer = second.issuer = w.inter;
	FLIGHT(&w, {.staple = mk_ocsp(w.a, &first)}, w.leaf, w.inter);
	FLIGHT(&w, {.staple = mk_ocsp(w.a, &second)}, w.leaf, w.inter);
	conclude(&w);
	return w;
}

static const char *
staple_status(struct world *w)
{
	ck_assert(fact_yes(deploy(w, 0), F_DEPLOY_STAPLE));
	return fact_str(deploy(w, 0), F_DEPLOY_STAPLE_STATUS);
}

START_TEST(staples)
{
	struct world w = stapled((struct mk_ocsp_spec){0}, (struct mk_ocsp_spec){0});

	ck_assert_str_eq(staple_status(&w), "good");
	ck_assert_str_eq(fact_str(deploy(&w, 0), F_DEPLOY_STAPLE_TIMES),
	    "2026-05-31T00:00:00Z/2026-06-07T00:00:00Z");
	TRI_IS(&w, F_STAPLE_REVOKED, TRI_NO);
	world_free(&w);

	/* the worst of them is told */
	w = stapled((struct mk_ocsp_spec){0}, (struct mk_ocsp_spec){.says = MK_OCSP_REVOKED});
	ck_assert_str_eq(staple_status(&w), "revoked");
	TRI_IS(&w, F_STAPLE_REVOKED, TRI_YES);
	world_free(&w);

	w = stapled((struct mk_ocsp_spec){.to = MK_NOW - 86400 / 2}, (struct mk_ocsp_spec){0});
	ck_assert_str_eq(staple_status(&w), "expired");
	world_free(&w);

	/* a forged one revokes nothing */
	w = stapled((struct mk_ocsp_spec){0},
	    (struct mk_ocsp_spec){.says = MK_OCSP_REVOKED, .broken = true});
	ck_assert_str_eq(staple_status(&w), "bad signature");
	TRI_IS(&w, F_STAPLE_REVOKED, TRI_NO);
	world_free(&w);

	w = stapled((struct mk_ocsp_spec){.status = 3}, (struct mk_ocsp_spec){.status = 3});
	ck_assert_str_eq(staple_status(&w), "try later");
	ck_assert_int_eq(fact_why(deploy(&w, 0), F_DEPLOY_STAPLE_TIMES), WHY_NOT_APPLICABLE);
	world_free(&w);
}
END_TEST

/* The issuer that has to sign was not sent: the store has it. */
START_TEST(staple_by_a_root_of_the_store)
{
	struct world w = world_new();
	const struct mk *leaf =
	    mk_make(w.p, &(struct mk_spec){.cn = "leaf.example", .issuer = w.root});
	struct mk_ocsp_spec spec = {.leaf = leaf, .issuer = w.root};
	struct span staple = mk_ocsp(w.a, &spec);

	FLIGHT(&w, {.staple = staple}, leaf);
	conclude(&w);
	ck_assert_str_eq(staple_status(&w), "good");
	world_free(&w);

	w = world_new();
	spec = (struct mk_ocsp_spec){.leaf = w.leaf, .issuer = w.inter};
	staple = mk_ocsp(w.a, &spec);
	FLIGHT(&w, {.staple = staple}, w.leaf);
	conclude(&w);
	ck_assert_str_eq(staple_status(&w), "issuer not known");
	world_free(&w);
}
END_TEST

START_TEST(must_staple)
{
	struct world w = world_new();
	const struct mk *leaf = mk_make(w.p,
	    &(struct mk_spec){
		.cn = "leaf.example", .issuer = w.inter, .ext = {"tlsfeature=status_request"}});
	struct mk_ocsp_spec spec = {.leaf = leaf, .issuer = w.inter};
	struct span staple = mk_ocsp(w.a, &spec);

	FLIGHT(&w, PLAIN, leaf, w.inter);
	FLIGHT(&w, {.staple = staple}, leaf, w.inter);
	conclude(&w);
	TRI_IS(&w, F_MUST_STAPLE_MISSING, TRI_NO); /* the first one was too early */
	world_free(&w);
}
END_TEST

START_TEST(timestamps)
{
	/* one SCT of 1970-01-12 */
	static const uint8_t scts[47] = {0x00, 0x2d, 0x00, 0x2b, [41] = 0x3b, 0x9a, 0xca, 0x00};
	static const char in_cert[] = "1.3.6.1.4.1.11129.2.4.2=DER:04:2f:00:2d:00:2b:00"
				      ":00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00"
				      ":00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00"
				      ":00:00:00:00:3b:9a:ca:00:00:00";
	struct world w = world_new();
	const struct mk *leaf = mk_make(
	    w.p, &(struct mk_spec){.cn = "leaf.example", .issuer = w.inter, .ext = {in_cert}});
	struct mk_ocsp_spec spec = {.leaf = leaf, .issuer = w.inter, .scts = SPAN_OF(scts)};

	FLIGHT(&w, {.staple = mk_ocsp(w.a, &spec)}, leaf, w.inter);
	conclude(&w);
	TRI_IS(&w, F_SCT_CERT, TRI_YES);
	TRI_IS(&w, F_SCT_OCSP, TRI_YES);
	ck_assert_uint_eq(fact_u32(fact_row(w.f, K_CERT, 0), F_CERT_SCTS), 1);
	world_free(&w);
}
END_TEST

/* What a certificate holds is shown without its control bytes. */
START_TEST(hostile_names)
{
	struct world w = world_new();
	const struct mk *leaf =
	    mk_make(w.p, &(struct mk_spec){.cn = "evil\033[31m\342\200\256.example",
			     .issuer = w.inter,
			     .san = "DNS:a\033]0;x\007.example"});
	const struct facts *c;

	FLIGHT(&w, PLAIN, leaf, w.inter);
	conclude(&w);
	c = fact_row(w.f, K_CERT, 0);
	ck_assert_str_eq(fact_str(c, F_CERT_CN), "evil\357\277\275[31m\357\277\275.example");
	ck_assert_str_eq(fact_strs(c, F_CERT_SANS, 0), "a\357\277\275]0;x\357\277\275.example");
	ck_assert_ptr_null(strchr(fact_str(c, F_CERT_SUBJECT), '\033'));
	ck_assert_ptr_null(strchr(fact_str(trust(&w, 0, "mozilla"), F_TRUST_REASON), '\033'));
	ck_assert_ptr_null(strchr(fact_strs(trust(&w, 0, "mozilla"), F_TRUST_PATH, 0), '\033'));
	ck_assert_uint_ge(fact_n_strs(c, F_CERT_PROBLEMS), 1);
	world_free(&w);
}
END_TEST

START_TEST(many_names)
{
	enum { NAMES = 10003, BYTES = 20 };
	char *san = calloc(NAMES, BYTES);
	struct world w = world_new();
	const struct facts *c;

	for (size_t i = 0, at = 0; i < NAMES; i++)
		at += (size_t)snprintf(san + at, BYTES, "%sDNS:n%zu.example", i > 0 ? "," : "", i);
	FLIGHT(&w, PLAIN,
	    mk_make(w.p, &(struct mk_spec){.cn = "n7.example", .issuer = w.inter, .san = san}),
	    w.inter);
	conclude(&w);
	c = fact_row(w.f, K_CERT, 0);
	ck_assert_uint_eq(fact_u32(c, F_CERT_N_SANS), NAMES);
	ck_assert_uint_eq(fact_n_strs(c, F_CERT_SANS), 1000);
	ck_assert_str_eq(fact_strs(c, F_CERT_SANS, 999), "n999.example");
	world_free(&w);
	free(san);
}
END_TEST

static const struct facts *
verdict_of(struct world *w, const char *store)
{
	for (size_t i = 0; i < fact_rows(w->f, K_TRUST); i++)
		if (strcmp(fact_str(fact_row(w->f, K_TRUST, i), F_TRUST_STORE), store) == 0)
			return fact_row(w->f, K_TRUST, i);
	return NULL;
}

START_TEST(extended_validation_is_a_programme_s_word)
{
	struct world w = world_new();
	const struct mk *ev = mk_make(w.p, &(struct mk_spec){.cn = "leaf.example",
					       .issuer = w.inter,
					       .ext = {"certificatePolicies=2.23.140.1.1"}});

	FLIGHT(&w, PLAIN, ev, w.inter);
	FLIGHT(&w, {.version = TLS13}, w.leaf, w.inter);
	conclude(&w);
	ck_assert_int_eq(fact_tri(fact_row(w.f, K_TRUST, 0), F_TRUST_EV), TRI_YES);
	ck_assert_int_eq(fact_time(fact_row(w.f, K_TRUST, 0), F_TRUST_ROOT_CREATED), MK_FROM);
	ck_assert_int_eq(
	    fact_why(fact_row(w.f, K_TRUST, 1), F_TRUST_EV), WHY_NOT_APPLICABLE); /* untrusted */
	ck_assert_int_eq(fact_tri(fact_row(w.f, K_TRUST, STORE__PUBLIC), F_TRUST_EV), TRI_NO);
	world_free(&w);
}
END_TEST

START_TEST(a_chain_to_windows_own_roots)
{
	struct world w = world_new();

	FLIGHT(&w, PLAIN, w.leaf, w.inter);
	conclude(&w);
	ck_assert(verdict_of(&w, "windows-product") == NULL);
	w.stores = STORE_BIT(STORE_WINDOWS_PRODUCT);
	store_set_free(w.set);
	w.set = bundle_of(&w);
	w.f = facts_new(w.a);
	w.n_flights = 0;
	FLIGHT(&w, PLAIN, w.leaf, w.inter);
	conclude(&w);
	ck_assert_str_eq(
	    fact_str(verdict_of(&w, "windows-product"), F_TRUST_VERDICT), "complete");
	ck_assert_str_eq(fact_str(verdict_of(&w, "mozilla"), F_TRUST_VERDICT), "private_root");
	TRI_IS(&w, F_TRUSTED, TRI_NO);
	world_free(&w);
}
END_TEST

START_TEST(missing_certificates_are_rows)
{
	struct world w = world_new();
	const struct mk *const extra[] = {w.root, w.inter};
	char err[200] = "";
	const struct facts *m;

	ck_assert(store_set_add_pem(w.set, "own", mk_pem(w.p, extra, 2), err, sizeof(err)) >= 0);
	FLIGHT(&w, PLAIN, w.leaf);
	conclude(&w);
	ck_assert_uint_eq(fact_rows(w.f, K_MISSING), 1);
	m = fact_row(w.f, K_MISSING, 0);
	ck_assert_str_eq(fact_str(m, F_MISSING_SUBJECT), "CN=Inter,O=mkpki");
	ck_assert_str_eq(fact_str(m, F_MISSING_SOURCE), "file");
	ck_assert(span_eq(fact_hex(m, F_MISSING_DER), w.inter->der));
	ck_assert_uint_eq(fact_n_strs(m, F_MISSING_STORES), 2); /* mozilla and own */
	world_free(&w);
}
END_TEST

START_TEST(baseline_requirements_bind_public_chains)
{
	struct world w = world_new();
	struct world v = world_new();
	const struct mk *other = mk_make(v.p, &(struct mk_spec){.cn = "Other", .ca = true});
	const struct mk *leaf =
	    mk_make(v.p, &(struct mk_spec){.cn = "leaf.example", .issuer = other});
	bool br = false;

	FLIGHT(&w, PLAIN, w.leaf, w.inter);
	conclude(&w);
	for (size_t i = 0; i < fact_rows(w.f, K_LINT); i++)
		br = br ||
		     strncmp(fact_str(fact_row(w.f, K_LINT, i), F_LINT_ID), "br_", 3) == 0;
	ck_assert(br); /* mkpki's leaves live for twenty years */
	FLIGHT(&v, PLAIN, leaf, other);
	conclude(&v);
	ck_assert_uint_gt(fact_rows(v.f, K_LINT), 0);
	for (size_t i = 0; i < fact_rows(v.f, K_LINT); i++)
		ck_assert_str_ne(fact_str(fact_row(v.f, K_LINT, i), F_LINT_ID), "br_lifetime");
	world_free(&w);
	world_free(&v);
}
END_TEST

START_TEST(what_was_sent_for_nothing)
{
	struct world w = world_new();
	const struct mk *stranger = mk_make(w.p, &(struct mk_spec){.cn = "Stranger", .ca = true});

	FLIGHT(&w, PLAIN, w.leaf, w.inter, w.root, stranger, w.inter);
	conclude(&w);
	ck_assert_uint_eq(fact_n_strs(deploy(&w, 0), F_DEPLOY_SUPERFLUOUS), 3);
	ck_assert_str_eq(fact_strs(deploy(&w, 0), F_DEPLOY_SUPERFLUOUS, 0),
	    "3, CN=Root,O=mkpki: the root, which who trusts it has");
	ck_assert_str_eq(fact_strs(deploy(&w, 0), F_DEPLOY_SUPERFLUOUS, 2),
	    "5, CN=Inter,O=mkpki: sent before");
	world_free(&w);
}
END_TEST

UNIT_MAIN("trust", extended_validation_is_a_programme_s_word, a_chain_to_windows_own_roots,
    missing_certificates_are_rows, baseline_requirements_bind_public_chains,
    what_was_sent_for_nothing, complete, incomplete, unknown_is_not_incomplete, self_signed_leaf, dates,
    name_mismatch, an_address_is_a_name, odd_chain, garbage, no_certificate, no_stores,
    more_certificates_than_are_read, too_many_chains, rsa_and_ecdsa, default_certificate_does_not_count,
    weak_hashes, a_cross_certificate_of_a_root_does_not_count, a_store_of_ones_own_has_no_say,
    certificate_rows, staples, staple_by_a_root_of_the_store, must_staple, timestamps,
    hostile_names, many_names)
