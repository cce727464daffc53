/* openssl_memo: with what was kept everything comes out as without, whatever came before. */
#include "adapt/openssl_memo.h"
#include "adapt/openssl_x509.h"
#include "base/arena.h"
#include "mkpki.h"
#include "pki/cert.h"
#include "unit.h"

static struct mkpki *pki;
static struct arena *arena;
static struct openssl_memo *memo;

static void
set_up(void)
{
	pki = mkpki_new();
	arena = arena_new(1 << 20);
	memo = openssl_memo_new();
}

static void
tear_down(void)
{
	openssl_memo_free(memo);
	arena_free(arena);
	mkpki_free(pki);
}

static struct cert
parsed(const struct mk *m)
{
	struct cert c;

	ck_assert(cert_parse(m->der, &c));
	return c;
}

/* A copy with one bit turned. */
static struct span
spoilt(struct span s, size_t at)
{
	uint8_t *p = arena_alloc(arena, s.n);

	memcpy(p, s.p, s.n);
	p[at] ^= 1;
	return (struct span){p, s.n};
}

static void
same_sig(const struct cert *issuer, struct span alg, struct span tbs, struct span sig)
{
	enum sigcheck plain = cert_sig_verify(issuer->spki, alg, tbs, sig);

	for (int i = 0; i < 2; i++)
		ck_assert_int_eq(cert_sig_verify_with(memo, issuer->spki, alg, tbs, sig), plain);
}

START_TEST(signatures)
{
	const struct mk *rsa = mk_make(pki, &(struct mk_spec){.cn = "CA", .ca = true, .key = "RSA-2048"});
	const struct mk *ec = mk_make(pki, &(struct mk_spec){.cn = "CA", .ca = true});
	const struct mk *leaf = mk_make(pki, &(struct mk_spec){.cn = "leaf", .issuer = rsa});
	struct cert by_rsa = parsed(rsa), by_ec = parsed(ec), c = parsed(leaf);

	ck_assert_int_eq(cert_sig_verify(by_rsa.spki, c.sig_alg.der, c.tbs, c.sig), SIG_OK);
	/* Each input in turn is another one, after the right ones were kept. */
	same_sig(&by_rsa, c.sig_alg.der, c.tbs, c.sig);
	same_sig(&by_ec, c.sig_alg.der, c.tbs, c.sig);
	same_sig(&by_rsa, by_ec.sig_alg.der, c.tbs, c.sig);
	same_sig(&by_rsa, c.sig_alg.der, spoilt(c.tbs, c.tbs.n / 2), c.sig);
	same_sig(&by_rsa, c.sig_alg.der, c.tbs, spoilt(c.sig, 7));
	same_sig(&by_rsa, c.sig_alg.der, c.tbs, c.sig);
	by_ec.spki.n--;
	same_sig(&by_ec, c.sig_alg.der, c.tbs, c.sig);
}
END_TEST

/* More keys than there are places for. */
START_TEST(many)
{
	const struct mk *ca = mk_make(pki, &(struct mk_spec){.cn = "CA", .ca = true});
	struct cert issuer = parsed(ca), c = issuer;

	for (size_t i = 0; i < 2000; i++) {
		uint8_t *tbs = arena_alloc(arena, 2);

		tbs[0] = (uint8_t)(i >> 8);
		tbs[1] = (uint8_t)i;
		ck_assert_int_ne(cert_sig_verify_with(memo, issuer.spki, c.sig_alg.der,
				     (struct span){tbs, 2}, c.sig), SIG_OK);
	}
	for (int i = 0; i < 2; i++)
		ck_assert_int_eq(
		    cert_sig_verify_with(memo, issuer.spki, c.sig_alg.der, c.tbs, c.sig), SIG_OK);
}
END_TEST

static struct opinion
asked(const struct mk *leaf, const struct mk *inter, const struct mk *root, const char *host,
    int64_t now, struct openssl_memo *with)
{
	struct span sent[] = {leaf->der, inter->der};
	struct opinion_ask q = {.sent = sent, .n_sent = 2, .roots = &root->der, .n_roots = 1,
	    .now = now, .host = host, .memo = with};

	return openssl_chain_verdict(&q, arena);
}

/* Whoever was asked about before: the host, the day and the root decide anew each time. */
START_TEST(opinions)
{
	const struct mk *root = mk_make(pki, &(struct mk_spec){.cn = "root", .ca = true});
	const struct mk *other = mk_make(pki, &(struct mk_spec){.cn = "root", .ca = true});
	const struct mk *inter = mk_make(pki, &(struct mk_spec){.cn = "inter", .ca = true, .issuer = root});
	const struct mk *leaf = mk_make(pki, &(struct mk_spec){.cn = "leaf", .issuer = inter,
	    .san = "DNS:a.example"});
	const struct {
		const struct mk *root;
		const char *host;
		int64_t now;
		bool trusted;
	} rows[] = {{root, "a.example", MK_NOW, true}, {root, "b.example", MK_NOW, false},
	    {other, "a.example", MK_NOW, false}, {root, "a.example", MK_TO + 86400, false},
	    {root, "a.example", MK_NOW, true}, {root, NULL, MK_NOW, true}};

	for (int round = 0; round < 2; round++)
		for (size_t i = 0; i < N_ELEMENTS(rows); i++) {
			struct opinion kept, plain;

			kept = asked(leaf, inter, rows[i].root, rows[i].host, rows[i].now, memo);
			plain = asked(leaf, inter, rows[i].root, rows[i].host, rows[i].now, NULL);
			ck_assert_int_eq(kept.trusted, rows[i].trusted);
			ck_assert_int_eq(kept.trusted, plain.trusted);
			ck_assert_int_eq(kept.code, plain.code);
			ck_assert_int_eq(kept.depth, plain.depth);
			ck_assert_str_eq(kept.text, plain.text);
		}
}
END_TEST

UNIT_MAIN_WITH(set_up, tear_down, "openssl_memo", signatures, many, opinions)
