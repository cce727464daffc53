/* staple: one OCSP response for each thing that can be said of it. */
#include "derive/staple.h"

#include "base/arena.h"
#include "mkocsp.h"
#include "pki/ocsp.h"
#include "unit.h"

enum { HOUR = 3600, DAY = 86400, ARENA = 1 << 20 };

struct world {
	struct mkpki *p;
	struct arena *a;
	const struct mk *root, *inter, *leaf, *other;
	const struct mk *delegate, *thief, *useless, *stale; /* OCSP signers */
	struct cert leaf_cert, inter_cert;
};

static const struct mk *
signer(struct mkpki *p, const char *cn, const struct mk *issuer, const char *eku, int64_t to)
{
	return mk_make(
	    p, &(struct mk_spec){.cn = cn, .issuer = issuer, .eku = eku, .san = "", .to = to});
}

static struct world
world_new(void)
{
	struct world w = {.p = mkpki_new(), .a = arena_new(ARENA)};

	w.root = mk_make(w.p, &(struct mk_spec){.cn = "Root", .ca = true});
	w.inter = mk_make(w.p, &(struct mk_spec){.cn = "Inter", .ca = true, .issuer = w.root});
	w.leaf = mk_make(w.p, &(struct mk_spec){.cn = "leaf.example", .issuer = w.inter});
	w.other = mk_make(w.p, &(struct mk_spec){.cn = "other.example", .issuer = w.inter});
	w.delegate = signer(w.p, "Responder", w.inter, "OCSPSigning", 0);
	w.thief = signer(w.p, "Responder", w.root, "OCSPSigning", 0);
	w.useless = signer(w.p, "Responder", w.inter, "serverAuth", 0);
	w.stale = signer(w.p, "Responder", w.inter, "OCSPSigning", MK_NOW - HOUR);
	ck_assert(cert_parse(w.leaf->der, &w.leaf_cert) && cert_parse(w.inter->der, &w.inter_cert));
	return w;
}

static void
world_free(struct world *w)
{
	arena_free(w->a);
	mkpki_free(w->p);
}

static struct staple
judge(struct world *w, struct mk_ocsp_spec spec)
{
	if (spec.leaf == NULL)
		spec.leaf = w->leaf;
	if (spec.issuer == NULL)
		spec.issuer = w->inter;
	return staple_judge(mk_ocsp(w->a, &spec), &w->leaf_cert, &w->inter_cert, MK_NOW, w->a);
}

#define SAYS(w, s, ...)                                                                            \
	do {                                                                                       \
		struct staple x_ = judge(w, (struct mk_ocsp_spec){__VA_ARGS__});                   \
		ck_assert_msg(strcmp(x_.status, s) == 0, "%s (%s)", x_.status,                     \
		    x_.detail != NULL ? x_.detail : "");                                           \
		ck_assert(x_.good == (strcmp(s, "good") == 0));                                    \
		ck_assert(x_.revoked == (strcmp(s, "revoked") == 0));                              \
	} while (0)

START_TEST(what_it_says)
{
	struct world w = world_new();
	struct staple s;

	SAYS(&w, "good", .says = MK_OCSP_GOOD);
	SAYS(&w, "unknown", .says = MK_OCSP_UNKNOWN);
	SAYS(&w, "revoked", .says = MK_OCSP_REVOKED);
	SAYS(&w, "good", .by_key = true);
	SAYS(&w, "good", .sha256_id = true);
	SAYS(&w, "good", .before = w.other);
	s = judge(&w, (struct mk_ocsp_spec){.says = MK_OCSP_REVOKED});
	ck_assert_str_eq(s.detail, "since 2026-05-22T00:00:00Z, reason: key compromise");
	ck_assert_str_eq(s.times, "2026-05-31T00:00:00Z/2026-06-07T00:00:00Z");
	ck_assert_str_eq(s.left, "144");
	ck_assert_str_eq(s.signer, "CN=Inter,O=mkpki (the issuer)");
	world_free(&w);
}
END_TEST

START_TEST(whom_it_is_about)
{
	struct world w = world_new();
	struct staple s;

	SAYS(&w, "other certificate", .leaf = w.other);
	s = judge(&w, (struct mk_ocsp_spec){.leaf = w.other});
	ck_assert_str_eq(s.detail, "the leaf's serial number is not in it");
	/* the serial number is the leaf's, but of another CA */
	s = judge(&w, (struct mk_ocsp_spec){.issuer = w.root});
	ck_assert_str_eq(s.status, "other certificate");
	ck_assert_str_eq(s.detail, "the serial number is the leaf's, the issuer is not");
	world_free(&w);
}
END_TEST

START_TEST(who_signed_it)
{
	struct world w = world_new();
	struct mk_ocsp_spec spec = {.leaf = w.leaf, .issuer = w.inter};
	struct staple s;

	SAYS(&w, "good", .signer = w.delegate);
	SAYS(&w, "good", .signer = w.delegate, .by_key = true);
	s = judge(&w, (struct mk_ocsp_spec){.signer = w.delegate});
	ck_assert_str_eq(s.signer, "CN=Responder,O=mkpki");
	SAYS(&w, "signer not known", .signer = w.delegate, .no_certs = true);
	SAYS(&w, "signer not authorized", .signer = w.thief);
	SAYS(&w, "signer not authorized", .signer = w.useless);
	SAYS(&w, "signer not authorized", .signer = w.stale);
	SAYS(&w, "signer not authorized", .signer = w.thief, .says = MK_OCSP_REVOKED);
	SAYS(&w, "bad signature", .broken = true);
	SAYS(&w, "bad signature", .broken = true, .says = MK_OCSP_REVOKED);
	s = staple_judge(mk_ocsp(w.a, &spec), &w.leaf_cert, NULL, MK_NOW, w.a);
	ck_assert_str_eq(s.status, "issuer not known");
	ck_assert(!s.good);
	world_free(&w);
}
END_TEST

START_TEST(when)
{
	struct world w = world_new();

	SAYS(&w, "expired", .from = MK_NOW - 9 * DAY, .to = MK_NOW - HOUR);
	SAYS(&w, "good", .from = MK_NOW - 9 * DAY, .to = MK_NOW - STAPLE_SKEW);
	SAYS(&w, "expired", .from = MK_NOW - 9 * DAY, .to = MK_NOW - STAPLE_SKEW - 1);
	SAYS(&w, "not yet valid", .from = MK_NOW + HOUR, .to = MK_NOW + DAY);
	SAYS(&w, "good", .from = MK_NOW + STAPLE_SKEW, .to = MK_NOW + DAY);
	SAYS(&w, "good", .from = MK_NOW - 99 * DAY, .to = -1);
	SAYS(&w, "malformed", .from = MK_NOW - DAY, .to = MK_NOW - 2 * DAY);
	/* revocation does not end */
	SAYS(&w, "revoked", .says = MK_OCSP_REVOKED, .from = MK_NOW - 9 * DAY, .to = MK_NOW - HOUR);
	SAYS(&w, "expired", .says = MK_OCSP_UNKNOWN, .from = MK_NOW - 9 * DAY, .to = MK_NOW - HOUR);
	world_free(&w);
}
END_TEST

START_TEST(no_answer)
{
	static const char *const words[] = {[OCSP_MALFORMED_REQUEST] = "malformed request",
	    [OCSP_INTERNAL_ERROR] = "internal error",
	    [OCSP_TRY_LATER] = "try later",
	    [4] = "unknown response status",
	    [OCSP_SIG_REQUIRED] = "signature required",
	    [OCSP_UNAUTHORIZED] = "unauthorized",
	    [7] = "unknown response status"};
	struct world w = world_new();

	for (int i = 1; i < (int)N_ELEMENTS(words); i++)
		SAYS(&w, words[i], .status = i);
	world_free(&w);
}
END_TEST

/* Cut anywhere, or with a byte more at the end, it is no response; nothing reads past its end. */
START_TEST(malformed)
{
	static uint8_t big[OCSP_MAX_BYTES + 1] = {0x30, 0x83, 0x00, 0xff, 0xfc};
	struct world w = world_new();
	struct mk_ocsp_spec spec = {
	    .leaf = w.leaf, .issuer = w.inter, .signer = w.delegate, .says = MK_OCSP_REVOKED};
	struct span der = mk_ocsp(w.a, &spec);
	struct ocsp o;

	ck_assert(ocsp_parse(der, &o));
	for (size_t n = 0; n < der.n; n++) {
		uint8_t *exact = malloc(n + 1);

		memcpy(exact, der.p, n);
		ck_assert_msg(!ocsp_parse((struct span){exact, n}, &o), "cut at %zu", n);
		free(exact);
	}
	ck_assert(!ocsp_parse((struct span){der.p, 0}, &o));
	ck_assert_str_eq(
	    staple_judge((struct span){der.p, 9}, &w.leaf_cert, &w.inter_cert, MK_NOW, w.a).status,
	    "malformed");
	ck_assert_str_eq(
	    staple_judge(SPAN_OF(big), &w.leaf_cert, &w.inter_cert, MK_NOW, w.a).status,
	    "too long");
	world_free(&w);
}
END_TEST

START_TEST(other_type)
{
	static const uint8_t der[] = {0x30, 0x10, 0x0a, 0x01, 0x00, 0xa0, 0x0b, 0x30, 0x09, 0x06,
	    0x03, 0x2a, 0x03, 0x04, 0x04, 0x02, 0x05, 0x00};
	struct world w = world_new();
	struct staple s = staple_judge(SPAN_OF(der), &w.leaf_cert, &w.inter_cert, MK_NOW, w.a);

	ck_assert_str_eq(s.status, "other type");
	world_free(&w);
}
END_TEST

START_TEST(timestamps)
{
	/* two SCTs of 43 bytes: version, log id, 1970-01-12T13:46:40Z and a second later */
	static const uint8_t scts[92] = {0x00, 0x5a, 0x00, 0x2b, [41] = 0x3b, 0x9a, 0xca,
	    0x00, [48] = 0x2b, [86] = 0x3b, 0x9a, 0xcd, 0xe8};
	struct world w = world_new();
	struct mk_ocsp_spec spec = {.leaf = w.leaf, .issuer = w.inter};
	struct sct_list l = staple_scts(mk_ocsp(w.a, &spec));

	ck_assert_uint_eq(l.n, 0);
	spec.scts = SPAN_OF(scts);
	l = staple_scts(mk_ocsp(w.a, &spec));
	ck_assert_msg(l.n == 2 && !l.broken, "%u, %d", l.n, l.broken);
	ck_assert_int_eq(l.earliest, 1000000);
	spec.scts.n -= 1;
	ck_assert(staple_scts(mk_ocsp(w.a, &spec)).broken);
	world_free(&w);
}
END_TEST

UNIT_MAIN("staple", what_it_says, whom_it_is_about, who_signed_it, when, no_answer, malformed,
    other_type, timestamps)
