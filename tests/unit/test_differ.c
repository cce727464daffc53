/* differ: a chain for each row of the table of causes, and what OpenSSL and GnuTLS say of it. */
#include "adapt/gnutls_x509.h"
#include "adapt/openssl_x509.h"
#include "base/arena.h"
#include "derive/differ.h"
#include "mkpki.h"
#include "unit.h"

enum { MAX_CHAIN = 24, ARENA = 8 * 1024 * 1024 };

struct world {
	struct mkpki *p;
	struct store_set *set;
	struct arena *a;
	const struct mk *root, *inter, *leaf;
	const char *host;
};

static struct world
world_new(void)
{
	struct world w = {.p = mkpki_new(),
	    .set = store_set_new(),
	    .a = arena_new(ARENA),
	    .host = "leaf.example"};

	w.root = mk_make(w.p, &(struct mk_spec){.cn = "Root", .ca = true});
	w.inter = mk_make(w.p, &(struct mk_spec){.cn = "Inter", .ca = true, .issuer = w.root});
	w.leaf = mk_make(w.p, &(struct mk_spec){.cn = "leaf.example", .issuer = w.inter});
	return w;
}

static void
world_free(struct world *w)
{
	arena_free(w->a);
	store_set_free(w->set);
	mkpki_free(w->p);
}

/* A chain, the store's roots, our verdict, and a part of why each library differs; NULL: it does
 * not. */
struct expected {
	enum chain_kind ours;
	const char *openssl, *gnutls;
};

static void
holds(const char *got, const char *want, const char *who, const struct opinion *o)
{
	if (want == NULL)
		ck_assert_msg(got == NULL, "%s (%s): %s", who, o->text, got);
	else
		ck_assert_msg(got != NULL && strstr(got, want) != NULL, "%s (%s): %s", who, o->text,
		    got != NULL ? got : "no difference");
}

static void
check(struct world *w, struct expected e, const struct mk *const *roots, size_t n_roots,
    const struct mk *const *chain, size_t n)
{
	struct span sent[MAX_CHAIN], ders[8];
	struct chain_input in = {.sent = sent, .n_sent = n, .stores = w->set, .now = MK_NOW,
	    .host = w->host};
	struct opinion_ask ask = {.sent = sent, .n_sent = n, .roots = ders, .now = MK_NOW,
	    .host = w->host};
	const struct chain_judgement *j;
	const struct chain_verdict *v;
	struct opinion o, g;
	char err[200] = "";
	int column;

	for (size_t i = 0; i < n; i++)
		sent[i] = chain[i]->der;
	column = store_set_add_pem(w->set, "mine", mk_pem(w->p, roots, n_roots), err, sizeof(err));
	ck_assert_msg(column >= 0, "%s", err);
	j = chain_judge(&in, w->a);
	v = &j->verdicts[column];
	ck_assert_msg(v->kind == e.ours, "%s: %s", chain_kind_name(v->kind), v->text);
	ask.n_roots = chain_candidate_roots(j, (size_t)column, ders, N_ELEMENTS(ders));
	o = openssl_chain_verdict(&ask, w->a);
	g = gnutls_chain_verdict(&ask, w->a);
	holds(differ_why(DIFFER_OPENSSL, v, &j->facts, &o), e.openssl, "OpenSSL", &o);
	holds(differ_why(DIFFER_GNUTLS, v, &j->facts, &g), e.gnutls, "GnuTLS", &g);
	world_free(w);
}

#define LIST(...)                                                                                  \
	(const struct mk *const[]){__VA_ARGS__},                                                   \
	    sizeof((const struct mk *const[]){__VA_ARGS__}) / sizeof(const struct mk *)
#define MAKE(...) mk_make(w.p, &(struct mk_spec){__VA_ARGS__})
#define EXPECT(ours, openssl, gnutls) ((struct expected){ours, openssl, gnutls})

START_TEST(they_agree)
{
	struct world w = world_new();

	check(&w, EXPECT(CHAIN_COMPLETE, NULL, NULL), LIST(w.root), LIST(w.leaf, w.inter));
	w = world_new();
	check(&w, EXPECT(CHAIN_UNKNOWN_ROOT, NULL, NULL), LIST(w.root), LIST(w.leaf));
}
END_TEST

/* Two certificates of one CA are sent, and the first leads nowhere. */
START_TEST(no_way_back)
{
	struct world w = world_new();
	const struct mk *old = MAKE(.cn = "Old", .ca = true), *twin;

	twin = MAKE(.cn = "Inter", .issuer = old, .ca = true, .key_of = w.inter);
	check(&w, EXPECT(CHAIN_COMPLETE, "does not go back", "does not go back"), LIST(w.root),
	    LIST(w.leaf, twin, w.inter));
	w = world_new();
	twin = MAKE(.cn = "Inter", .issuer = w.root, .ca = true, .key_of = w.inter, .from = MK_FROM,
		    .to = MK_FROM + 86400);
	check(&w, EXPECT(CHAIN_COMPLETE, NULL, "has expired, though another"), LIST(w.root),
	    LIST(w.leaf, twin, w.inter));
}
END_TEST

/* Two CAs of one name and no key identifiers: only the signature tells which. */
START_TEST(the_wrong_key_first)
{
	struct world w = world_new();
	const struct mk *root = MAKE(.cn = "R", .ca = true, .no_key_ids = true), *a, *b, *leaf;

	a = MAKE(.cn = "I", .issuer = root, .ca = true, .no_key_ids = true);
	b = MAKE(.cn = "I", .issuer = root, .ca = true, .no_key_ids = true);
	leaf = MAKE(.cn = "leaf.example", .issuer = b, .no_key_ids = true);
	check(&w, EXPECT(CHAIN_COMPLETE, "does not try the next", "does not try the next"),
	    LIST(root), LIST(leaf, a, b));
}
END_TEST

START_TEST(an_anchor_that_is_not_self_signed)
{
	struct world w = world_new();

	check(&w, EXPECT(CHAIN_COMPLETE, "-partial_chain", NULL), LIST(w.inter),
	    LIST(w.leaf, w.inter));
}
END_TEST

START_TEST(constraints_and_the_common_name)
{
	struct world w = world_new();
	const struct mk *ca = MAKE(.cn = "I", .issuer = w.root, .ca = true,
	    .ext = {"nameConstraints=critical,permitted;DNS:example.net"});
	const struct mk *leaf = MAKE(.cn = "leaf.example", .issuer = ca, .san = "IP:192.0.2.1");

	w.host = "192.0.2.1";
	check(&w, EXPECT(CHAIN_COMPLETE, "compares the common name", "compares the common name"),
	    LIST(w.root), LIST(leaf, ca));
}
END_TEST

START_TEST(the_common_name_alone)
{
	struct world w = world_new();
	const struct mk *leaf = MAKE(.cn = "leaf.example", .issuer = w.inter, .san = "");

	check(&w, EXPECT(CHAIN_NAME_MISMATCH, "takes the common name", "takes the common name"),
	    LIST(w.root), LIST(leaf, w.inter));
}
END_TEST

START_TEST(policies)
{
	struct world w = world_new();
	const struct mk *ca = MAKE(.cn = "I", .issuer = w.root, .ca = true,
	    .ext = {"policyConstraints=critical,requireExplicitPolicy:0"});

	check(&w, EXPECT(CHAIN_OTHER, "certificate policies", NULL), LIST(w.root),
	    LIST(MAKE(.cn = "leaf.example", .issuer = ca), ca));
	w = world_new();
	ca = MAKE(.cn = "I", .issuer = w.root, .ca = true,
	    .ext = {"policyConstraints=critical,requireExplicitPolicy:5"});
	check(&w, EXPECT(CHAIN_COMPLETE, NULL, "does not handle policyConstraints"), LIST(w.root),
	    LIST(MAKE(.cn = "leaf.example", .issuer = ca), ca));
}
END_TEST

START_TEST(purposes)
{
	struct world w = world_new();

	check(&w, EXPECT(CHAIN_WRONG_PURPOSE, NULL, "anyExtendedKeyUsage"), LIST(w.root),
	    LIST(MAKE(.cn = "leaf.example", .issuer = w.inter, .eku = "anyExtendedKeyUsage"),
		w.inter));
	w = world_new();
	check(&w, EXPECT(CHAIN_WRONG_PURPOSE, NULL, "leaf's key usage"), LIST(w.root),
	    LIST(MAKE(.cn = "leaf.example", .issuer = w.inter, .ku = "critical,dataEncipherment"),
		w.inter));
}
END_TEST

START_TEST(a_curve_spelled_out)
{
	struct world w = world_new();

	check(&w, EXPECT(CHAIN_OTHER, NULL, "spelled out"), LIST(w.root),
	    LIST(MAKE(.cn = "leaf.example", .issuer = w.inter, .key = "explicit"), w.inter));
}
END_TEST

/* What only a programme knows, the libraries do not: rows made by hand. */
START_TEST(what_programmes_know)
{
	static const struct {
		enum chain_kind kind;
		const char *has;
	} v[] = {{CHAIN_DISTRUSTED, "dates from which"}, {CHAIN_REVOKED, "OneCRL"}};
	struct opinion trusting = {.asked = true, .trusted = true};
	struct chain_facts chain = {.n_sent = 2};

	for (size_t i = 0; i < N_ELEMENTS(v); i++) {
		struct chain_verdict ours = {.kind = v[i].kind};
		const char *why = differ_why(DIFFER_OPENSSL, &ours, &chain, &trusting);

		ck_assert(why != NULL && strstr(why, v[i].has) != NULL);
	}
}
END_TEST

UNIT_MAIN("differ", they_agree, no_way_back, the_wrong_key_first,
    an_anchor_that_is_not_self_signed, constraints_and_the_common_name, the_common_name_alone,
    policies, purposes, a_curve_spelled_out, what_programmes_know)
