/*
 * The derive step ct with logs of our own: a list as --ct-logs takes it, timestamps in certificates,
 * in the TLS extension and in staples, and what the policies of Chrome and Apple make of them.
 */
#include "config.h"

#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include "adapt/openssl_crypto.h"
#include "base/text.h"
#include "base/wr.h"
#include "mkocsp.h"
#include "pki/cert.h"
#include "pki/store.h"
#include "probe.h"
#include "unit.h"

extern const struct probe probe_ct;

enum { N_LOGS = 7, BUF = 8192, DAY = 86400, ARENA = 4 << 20 };

/* Unlisted is no log of the list; retired on the day before MK_NOW. */
enum log { ALPHA, ALPHA2, BETA, GAMMA_STATIC, ALPHA_STATIC, RETIRED, UNLISTED };

static const struct {
	const char *who, *list, *state;
} kinds[N_LOGS] = {{"Alpha", "logs", "usable"}, {"Alpha", "logs", "qualified"},
    {"Beta", "logs", "usable"}, {"Gamma", "tiled_logs", "usable"},
    {"Alpha", "tiled_logs", "readonly"}, {"Delta", "logs", "retired"}, {NULL, NULL, NULL}};

struct stamp {
	enum log log;
	int64_t at; /* seconds; 0: ten days before MK_NOW */
	bool forged;
};

struct world {
	struct mkpki *p;
	struct arena *a;
	struct store_set *set;
	const struct mk *ca, *leaf, *logs[N_LOGS];
	struct facts *f;
};

static struct span
spki(struct world *w, const struct mk *m)
{
	int n = i2d_PUBKEY(m->key, NULL);
	unsigned char *p = arena_alloc(w->a, (size_t)n), *end = p;

	ck_assert(n > 0 && i2d_PUBKEY(m->key, &end) == n);
	return (struct span){p, (size_t)n};
}

static const char *
log_json(struct world *w, enum log i)
{
	struct span key = spki(w, w->logs[i]);
	uint8_t id[32];

	crypto_sha256(key, id);
	return arena_printf(w->a,
	    "{\"name\": \"%s\", \"logs\": [], \"%s\": [{\"description\": \"%s %d\", \"log_id\": \"%s\","
	    "\"key\": \"%s\", \"url\": \"https://log.example/\", \"mmd\": 86400, \"state\": {\"%s\": "
	    "{\"timestamp\": \"%s\"}}, \"temporal_interval\": {\"start_inclusive\": "
	    "\"2026-01-01T00:00:00Z\", \"end_exclusive\": \"2027-01-01T00:00:00Z\"}}]}",
	    kinds[i].who, kinds[i].list, kinds[i].who, (int)i, text_base64(w->a, SPAN_OF(id)),
	    text_base64(w->a, key), kinds[i].state, text_time(w->a, MK_NOW - DAY));
}

static void
make_list(struct world *w)
{
	const char *text = "{\"version\": \"1.0\", \"operators\": [";
	char err[200] = "";

	for (int i = 0; i < N_LOGS; i++) {
		w->logs[i] = mk_make(w->p, &(struct mk_spec){.cn = "log", .ca = true});
		if (kinds[i].who != NULL)
			text = arena_printf(w->a, "%s%s%s", text, i > 0 ? ", " : "",
			    log_json(w, (enum log)i));
	}
	text = arena_printf(w->a, "%s]}", text);
	ck_assert_msg(
	    store_set_ct_logs(w->set, mk_file(w->p, span_str(text)), err, sizeof(err)), "%s", err);
}

/* days: how long the leaf lives. */
static struct world
world_new(int64_t days)
{
	struct world w = {.p = mkpki_new(), .a = arena_new(ARENA), .set = store_set_new()};

	make_list(&w);
	w.ca = mk_make(w.p, &(struct mk_spec){.cn = "ca", .ca = true});
	w.leaf = mk_make(w.p, &(struct mk_spec){.cn = "leaf.example",
				  .issuer = w.ca,
				  .from = MK_NOW - 20 * DAY,
				  .to = MK_NOW + (days - 20) * DAY - 1});
	w.f = facts_new(w.a);
	return w;
}

static void
world_free(struct world *w)
{
	arena_free(w->a);
	store_set_free(w->set);
	mkpki_free(w->p);
}

/* One SerializedSCT over a certificate, or over the precertificate of a TBSCertificate. */
static void
put_stamp(struct world *w, struct wr *out, struct stamp s, struct span entry, bool precert)
{
	uint64_t ms = (uint64_t)(s.at != 0 ? s.at : MK_NOW - 10 * DAY) * 1000;
	uint8_t buf[BUF], id[32], issuer[32], sig[256];
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	struct wr_mark mark;
	size_t n = sizeof(sig);
	struct cert ca;
	struct wr r;

	ck_assert(cert_parse(w->ca->der, &ca));
	crypto_sha256(ca.spki, issuer);
	crypto_sha256(spki(w, w->logs[s.log]), id);
	wr_init(&r, buf, sizeof(buf));
	wr_u16(&r, 0);
	wr_u32(&r, (uint32_t)(ms >> 32));
	wr_u32(&r, (uint32_t)ms);
	wr_u16(&r, precert);
	if (precert)
		wr_put(&r, issuer, sizeof(issuer));
	wr_u24(&r, (uint32_t)entry.n);
	wr_span(&r, entry);
	wr_u16(&r, 0);
	ck_assert(wr_ok(&r));
	ck_assert_int_eq(EVP_DigestSignInit(ctx, NULL, EVP_sha256(), NULL, w->logs[s.log]->key), 1);
	ck_assert_int_eq(EVP_DigestSign(ctx, sig, &n, buf, r.len), 1);
	EVP_MD_CTX_free(ctx);
	mark = wr_open(out, 2);
	wr_u8(out, 0);
	wr_put(out, id, sizeof(id));
	wr_u32(out, (uint32_t)(ms >> 32));
	wr_u32(out, (uint32_t)ms + s.forged);
	wr_u16(out, 0);
	wr_u16(out, 0x0403);
	wr_u16(out, (unsigned)n);
	wr_put(out, sig, n);
	wr_close(out, mark);
}

static struct span
list_of(struct world *w, const struct stamp *v, size_t n, struct span entry, bool precert)
{
	uint8_t *buf = arena_alloc(w->a, BUF);
	struct wr_mark mark;
	struct wr out;

	wr_init(&out, buf, BUF);
	mark = wr_open(&out, 2);
	for (size_t i = 0; i < n; i++)
		put_stamp(w, &out, v[i], entry, precert);
	wr_close(&out, mark);
	ck_assert(wr_ok(&out));
	return wr_done(&out);
}

/* The leaf with a list in it, signed again: the list is over what the leaf is without it. */
static struct span
embedded(struct world *w, const struct stamp *v, size_t n)
{
	const unsigned char *p = w->leaf->der.p;
	X509 *x = d2i_X509(NULL, &p, (long)w->leaf->der.n);
	unsigned char *tbs = NULL, *der = NULL, *body = NULL;
	int n_tbs = i2d_re_X509_tbs(x, &tbs), n_der, n_body;
	ASN1_OCTET_STRING *inner = ASN1_OCTET_STRING_new(), *outer = ASN1_OCTET_STRING_new();
	X509_EXTENSION *ext;
	struct span list, out;

	list = list_of(w, v, n, (struct span){tbs, (size_t)n_tbs}, true);
	ck_assert(ASN1_OCTET_STRING_set(inner, list.p, (int)list.n) == 1);
	n_body = i2d_ASN1_OCTET_STRING(inner, &body);
	ck_assert(n_body > 0 && ASN1_OCTET_STRING_set(outer, body, n_body) == 1);
	ext = X509_EXTENSION_create_by_NID(NULL, NID_ct_precert_scts, 0, outer);
	ck_assert(ext != NULL && X509_add_ext(x, ext, -1) == 1 &&
		  X509_sign(x, w->ca->key, EVP_sha256()) > 0);
	n_der = i2d_X509(x, &der);
	ck_assert_int_gt(n_der, 0);
	out = arena_span(w->a, (struct span){der, (size_t)n_der});
	OPENSSL_free(der);
	OPENSSL_free(tbs);
	OPENSSL_free(body);
	X509_EXTENSION_free(ext);
	ASN1_OCTET_STRING_free(inner);
	ASN1_OCTET_STRING_free(outer);
	X509_free(x);
	return out;
}

static void
conclude(struct world *w, struct span leaf, struct span scts, struct span staple, bool issuer)
{
	static const uint16_t chain[] = {0, 1};
	struct u16s sent = {chain, issuer ? 2 : 1};
	struct ctx c = {.known = w->f, .arena = w->a, .now = MK_NOW, .stores = w->set};
	struct facts *row;

	fact_put_hex(fact_add(w->f, K_CERT), F_CERT_DER, leaf);
	if (issuer)
		fact_put_hex(fact_add(w->f, K_CERT), F_CERT_DER, w->ca->der);
	row = fact_add(w->f, K_FLIGHT);
	fact_put_u16s(row, F_FLIGHT_CHAIN, sent);
	fact_put_hex(row, F_FLIGHT_SCTS, scts);
	fact_put_hex(row, F_FLIGHT_STAPLE, staple);
	row = fact_add(w->f, K_DEPLOY);
	fact_put_u16s(row, F_DEPLOY_CHAIN, sent);
	fact_put_tri(row, F_DEPLOY_COUNTS, TRI_YES);
	fact_put_tri(w->f, F_TRUSTED, TRI_YES);
	probe_ct.conclude(NULL, &c, w->f);
}

static void
is(struct world *w, enum tri chrome, enum tri apple, enum tri valid, size_t n)
{
	ck_assert_uint_eq(fact_rows(w->f, K_SCT), n);
	ck_assert_int_eq(fact_tri(w->f, F_CT_CHROME), chrome);
	ck_assert_int_eq(fact_tri(w->f, F_CT_APPLE), apple);
	ck_assert_int_eq(fact_tri(w->f, F_CT_VALID), valid);
	world_free(w);
}

static const struct span none;

#define STAMPS(...)                                                                                \
	(const struct stamp[]){__VA_ARGS__},                                                       \
	    sizeof((const struct stamp[]){__VA_ARGS__}) / sizeof(struct stamp)

/* A certificate of so many days with these timestamps in it. */
#define IN(days, chrome, apple, valid, n, ...)                                                     \
	do {                                                                                       \
		struct world w_ = world_new(days);                                                 \
		conclude(&w_, embedded(&w_, STAMPS(__VA_ARGS__)), none, none, true);               \
		is(&w_, chrome, apple, valid, n);                                                  \
	} while (0)

START_TEST(in_the_certificate)
{
	/* two for up to 180 days, of two operators */
	IN(90, TRI_YES, TRI_YES, TRI_YES, 2, {.log = ALPHA}, {.log = BETA});
	IN(180, TRI_YES, TRI_YES, TRI_YES, 2, {.log = ALPHA}, {.log = BETA});
	IN(90, TRI_NO, TRI_NO, TRI_YES, 1, {.log = ALPHA});
	IN(90, TRI_NO, TRI_NO, TRI_YES, 2, {.log = ALPHA}, {.log = ALPHA2});
	/* one log twice is one log */
	IN(90, TRI_NO, TRI_NO, TRI_YES, 2, {.log = ALPHA}, {.log = ALPHA, .at = MK_NOW - DAY});
	/* three for more, of which one operator may have two */
	IN(181, TRI_NO, TRI_NO, TRI_YES, 2, {.log = ALPHA}, {.log = BETA});
	IN(181, TRI_YES, TRI_YES, TRI_YES, 3, {.log = ALPHA}, {.log = ALPHA2}, {.log = BETA});
	/* Chrome wants one of RFC 6962 */
	IN(90, TRI_NO, TRI_YES, TRI_YES, 2, {.log = GAMMA_STATIC}, {.log = ALPHA_STATIC});
	IN(90, TRI_YES, TRI_YES, TRI_YES, 2, {.log = GAMMA_STATIC}, {.log = ALPHA});
}
END_TEST

START_TEST(logs_that_are_retired_or_unknown)
{
	/* what a log promised before it was retired stays, beside one of today */
	IN(90, TRI_YES, TRI_YES, TRI_YES, 2, {.log = RETIRED}, {.log = ALPHA});
	IN(90, TRI_NO, TRI_NO, TRI_YES, 2, {.log = RETIRED, .at = MK_NOW}, {.log = ALPHA});
	IN(90, TRI_NO, TRI_NO, TRI_YES, 1, {.log = RETIRED});
	IN(90, TRI_NO, TRI_NO, TRI_YES, 2, {.log = UNLISTED}, {.log = ALPHA});
	IN(90, TRI_YES, TRI_YES, TRI_YES, 3, {.log = UNLISTED}, {.log = ALPHA}, {.log = BETA});
	/* nothing of a log on the list: nothing was verified */
	IN(90, TRI_NO, TRI_NO, TRI_UNKNOWN, 1, {.log = UNLISTED});
}
END_TEST

START_TEST(forged_or_from_the_future)
{
	IN(90, TRI_NO, TRI_NO, TRI_NO, 2, {.log = ALPHA, .forged = true}, {.log = BETA});
	IN(90, TRI_YES, TRI_YES, TRI_NO, 3, {.log = ALPHA2, .forged = true}, {.log = ALPHA},
	    {.log = BETA});
	IN(90, TRI_NO, TRI_NO, TRI_YES, 2, {.log = ALPHA, .at = MK_NOW + 30 * DAY},
	    {.log = BETA});
}
END_TEST

START_TEST(rows_tell_each)
{
	struct world w = world_new(90);
	const struct facts *row;

	conclude(&w,
	    embedded(&w, STAMPS({.log = GAMMA_STATIC}, {.log = UNLISTED}, {.log = BETA, .forged = true})),
	    none, none, true);
	row = fact_row(w.f, K_SCT, 0);
	ck_assert_str_eq(fact_str(row, F_SCT_SOURCE), "certificate");
	ck_assert_str_eq(fact_str(row, F_SCT_LOG), "Gamma 3");
	ck_assert_str_eq(fact_str(row, F_SCT_OPERATOR), "Gamma");
	ck_assert_str_eq(fact_str(row, F_SCT_STATE), "usable");
	ck_assert_int_eq(fact_time(row, F_SCT_TIME), MK_NOW - 10 * DAY);
	ck_assert_int_eq(fact_tri(row, F_SCT_VALID), TRI_YES);
	row = fact_row(w.f, K_SCT, 1);
	ck_assert(!fact_known(row, F_SCT_LOG));
	ck_assert_int_eq(fact_tri(row, F_SCT_VALID), TRI_UNKNOWN);
	ck_assert_int_eq(fact_tri(fact_row(w.f, K_SCT, 2), F_SCT_VALID), TRI_NO);
	world_free(&w);
}
END_TEST

/* Without the issuer nobody can say what the timestamps in the certificate are over. */
START_TEST(without_the_issuer_it_is_open)
{
	struct world w = world_new(90);

	conclude(&w, embedded(&w, STAMPS({.log = ALPHA}, {.log = BETA})), none, none, false);
	is(&w, TRI_UNKNOWN, TRI_UNKNOWN, TRI_UNKNOWN, 2);
}
END_TEST

static void
beside(bool by_ocsp, enum tri chrome, enum tri apple, const struct stamp *v, size_t n)
{
	struct world w = world_new(90);
	struct span list = list_of(&w, v, n, w.leaf->der, false), staple = none;

	if (by_ocsp)
		staple = mk_ocsp(w.a,
		    &(struct mk_ocsp_spec){.leaf = w.leaf, .issuer = w.ca, .scts = list});
	conclude(&w, w.leaf->der, by_ocsp ? none : list, staple, true);
	ck_assert_str_eq(fact_str(fact_row(w.f, K_SCT, 0), F_SCT_SOURCE), by_ocsp ? "ocsp" : "tls");
	is(&w, chrome, apple, TRI_YES, n);
}

/* By the TLS extension or a staple: two of today's logs, whatever the lifetime. */
START_TEST(beside_the_certificate)
{
	for (int by_ocsp = 0; by_ocsp < 2; by_ocsp++) {
		beside(by_ocsp, TRI_YES, TRI_YES, STAMPS({.log = ALPHA}, {.log = BETA}));
		beside(by_ocsp, TRI_NO, TRI_NO, STAMPS({.log = ALPHA}, {.log = RETIRED}));
		beside(by_ocsp, TRI_NO, TRI_NO, STAMPS({.log = ALPHA}));
		beside(by_ocsp, TRI_NO, TRI_YES, STAMPS({.log = ALPHA}, {.log = ALPHA2}));
	}
}
END_TEST

START_TEST(lists_that_are_none)
{
	static const struct {
		const char *text, *why;
	} v[] = {{"", "empty"}, {"{", "line"}, {"{}", "no log in it"},
	    {"{\"operators\": [{\"name\": \"x\", \"logs\": [{\"log_id\": \"AAAA\", \"key\": \"AAAA\"}]}]}",
		"id of another key"}};
	struct mkpki *p = mkpki_new();
	struct store_set *set = store_set_new();
	char err[300];

	for (size_t i = 0; i < N_ELEMENTS(v); i++) {
		err[0] = '\0';
		ck_assert(!store_set_ct_logs(set, mk_file(p, span_str(v[i].text)), err, sizeof(err)));
		ck_assert_msg(strstr(err, v[i].why) != NULL, "%s", err);
	}
	ck_assert(!store_set_ct_logs(set, "/nowhere/list.json", err, sizeof(err)));
	store_set_free(set);
	mkpki_free(p);
}
END_TEST

UNIT_MAIN("ct policy", in_the_certificate, logs_that_are_retired_or_unknown,
    forged_or_from_the_future, rows_tell_each, without_the_issuer_it_is_open,
    beside_the_certificate, lists_that_are_none)
