/* path: one chain for each verdict, judged against a store made on the spot. */
#include "adapt/gnutls_x509.h"
#include "adapt/openssl_x509.h"
#include "base/arena.h"
#include "mkpki.h"
#include "pki/path.h"
#include "unit.h"

enum { MAX_CHAIN = 128, ARENA = 4 * 1024 * 1024 };

/* One test's world: a PKI, a store with roots (and intermediates) of it, and the last answer. */
struct world {
	struct mkpki *p;
	struct store_set *set;
	struct arena *a;
	int column;
	const struct mk *root, *inter, *leaf;
	struct span sent[MAX_CHAIN], others[MAX_CHAIN];
	struct chain_input in;
	const struct chain_judgement *j;
};

/* Root -> Inter -> leaf.example, nothing in the store yet. */
static struct world
world_new(void)
{
	struct world w = {.p = mkpki_new(), .set = store_set_new(), .a = arena_new(ARENA)};

	w.root = mk_make(w.p, &(struct mk_spec){.cn = "Root", .ca = true});
	w.inter = mk_make(w.p, &(struct mk_spec){.cn = "Inter", .ca = true, .issuer = w.root});
	w.leaf = mk_make(w.p, &(struct mk_spec){.cn = "leaf.example", .issuer = w.inter});
	w.column = -1;
	return w;
}

static void
world_free(struct world *w)
{
	arena_free(w->a);
	store_set_free(w->set);
	mkpki_free(w->p);
}

#define COUNT(...) (sizeof((const struct mk *const[]){__VA_ARGS__}) / sizeof(const struct mk *))
#define TRUST(w, name, ...)                                                                        \
	trust(w, name, (const struct mk *const[]){__VA_ARGS__}, COUNT(__VA_ARGS__))
#define JUDGE(w, ...) judge(w, (const struct mk *const[]){__VA_ARGS__}, COUNT(__VA_ARGS__))

static int
trust(struct world *w, const char *name, const struct mk *const *v, size_t n)
{
	char err[200] = "";

	w->column = store_set_add_pem(w->set, name, mk_pem(w->p, v, n), err, sizeof(err));
	ck_assert_msg(w->column >= 0, "%s", err);
	return w->column;
}

static const struct chain_verdict *
judge(struct world *w, const struct mk *const *v, size_t n)
{
	for (size_t i = 0; i < n; i++)
		w->sent[i] = v[i]->der;
	w->in.sent = w->sent;
	w->in.n_sent = n;
	w->in.stores = w->set;
	if (w->in.now == 0)
		w->in.now = MK_NOW;
	if (w->in.host == NULL)
		w->in.host = "leaf.example";
	w->j = chain_judge(&w->in, w->a);
	ck_assert_uint_eq(w->j->n_verdicts, store_count(w->set));
	return &w->j->verdicts[w->column];
}

/* What OpenSSL and GnuTLS say, given the same chain and the column's roots. */
static void
libraries(struct world *w, struct opinion *openssl, struct opinion *gnutls)
{
	struct span roots[8];
	struct opinion_ask ask = {.sent = w->in.sent,
	    .n_sent = w->in.n_sent,
	    .roots = roots,
	    .now = w->in.now,
	    .host = w->in.host};

	ask.n_roots = chain_candidate_roots(w->j, (size_t)w->column, roots, N_ELEMENTS(roots));
	*openssl = openssl_chain_verdict(&ask, w->a);
	*gnutls = gnutls_chain_verdict(&ask, w->a);
	ck_assert(openssl->asked && gnutls->asked);
}

#define IS(v, k) ck_assert_msg((v)->kind == (k), "%s: %s", chain_kind_name((v)->kind), (v)->text)

START_TEST(complete)
{
	struct world w = world_new();
	const struct chain_verdict *v;
	struct opinion o, g;

	TRUST(&w, "mine", w.root);
	v = JUDGE(&w, w.leaf, w.inter);
	IS(v, CHAIN_COMPLETE);
	ck_assert(v->trust_ok && v->complete && v->time_ok && v->name_ok);
	ck_assert_uint_eq(v->path->n, 3);
	ck_assert_uint_eq(v->n_missing, 0);
	ck_assert_str_eq(v->text, "trusted: by way of Inter to Root");
	ck_assert(w.j->facts.order_ok && w.j->facts.n_roots == 0);
	libraries(&w, &o, &g);
	ck_assert_msg(o.trusted && g.trusted, "%s / %s", o.text, g.text);
	/* the shipped stores do not know it */
	IS(&w.j->verdicts[STORE_MOZILLA], CHAIN_UNKNOWN_ROOT);
	ck_assert(strstr(w.j->verdicts[STORE_MOZILLA].text, "Root") != NULL);
	world_free(&w);
}
END_TEST

START_TEST(incomplete_only_when_known)
{
	struct world w = world_new();
	const struct chain_verdict *v;
	struct opinion o, g;

	TRUST(&w, "mine", w.root);
	v = JUDGE(&w, w.leaf);
	IS(v, CHAIN_UNKNOWN_ROOT);
	ck_assert_uint_eq(v->n_missing, 1);
	ck_assert_int_eq(v->missing[0].how, MISSING_UNKNOWN);
	ck_assert_str_eq(v->missing[0].subject, "CN=Inter,O=mkpki");
	ck_assert_uint_eq(v->missing[0].key_id.n, 20);
	libraries(&w, &o, &g);
	ck_assert_int_eq(o.code, 20);
	ck_assert(!o.trusted && !g.trusted);

	w.others[0] = w.inter->der;
	w.in.others = w.others;
	w.in.n_others = 1;
	v = JUDGE(&w, w.leaf);
	IS(v, CHAIN_INCOMPLETE);
	ck_assert(v->trust_ok && !v->complete);
	ck_assert_uint_eq(v->n_missing, 1);
	ck_assert_int_eq(v->missing[0].how, MISSING_ELSEWHERE);
	ck_assert(span_eq(v->missing[0].der, w.inter->der));
	ck_assert_str_eq(v->missing[0].issuer, "CN=Root,O=mkpki");
	world_free(&w);
}
END_TEST

START_TEST(incomplete_by_a_file)
{
	struct world w = world_new();
	const struct chain_verdict *v;
	int empty;

	empty = TRUST(&w, "other", mk_make(w.p, &(struct mk_spec){.cn = "Else", .ca = true}));
	TRUST(&w, "mine", w.root, w.inter);
	v = JUDGE(&w, w.leaf);
	IS(v, CHAIN_INCOMPLETE);
	ck_assert_int_eq(v->missing[0].how, MISSING_IN_FILE);
	/* known or not, it does not lead to a root of the other store */
	IS(&w.j->verdicts[empty], CHAIN_UNKNOWN_ROOT);
	world_free(&w);
}
END_TEST

START_TEST(unknown_and_self_signed)
{
	struct world w = world_new();
	const struct mk *alone = mk_make(w.p, &(struct mk_spec){.cn = "leaf.example"});

	TRUST(&w, "mine", mk_make(w.p, &(struct mk_spec){.cn = "Else", .ca = true}));
	IS(JUDGE(&w, w.leaf, w.inter, w.root), CHAIN_UNKNOWN_ROOT);
	ck_assert_uint_eq(w.j->facts.n_roots, 1);
	IS(JUDGE(&w, alone), CHAIN_SELF_SIGNED);
	ck_assert(w.j->facts.leaf_self_signed);
	TRUST(&w, "itself", alone);
	IS(JUDGE(&w, alone), CHAIN_COMPLETE);
	world_free(&w);
}
END_TEST

START_TEST(time_and_name)
{
	struct world w = world_new();
	const struct mk *old = mk_make(
	    w.p, &(struct mk_spec){.cn = "leaf.example", .issuer = w.inter, .to = MK_NOW - 86400});
	const struct mk *young = mk_make(w.p,
	    &(struct mk_spec){.cn = "leaf.example", .issuer = w.inter, .from = MK_NOW + 86400});
	const struct mk *old_inter = mk_make(w.p,
	    &(struct mk_spec){
		.cn = "Inter", .ca = true, .issuer = w.root, .key_of = w.inter, .to = MK_NOW - 1});
	const struct chain_verdict *v;

	TRUST(&w, "mine", w.root);
	v = JUDGE(&w, old, w.inter);
	IS(v, CHAIN_EXPIRED);
	ck_assert(v->trust_ok && !v->time_ok && v->name_ok && v->complete);
	ck_assert_str_eq(v->text, "the leaf leaf.example expired 2026-05-31");
	IS(JUDGE(&w, young, w.inter), CHAIN_NOT_YET_VALID);
	v = JUDGE(&w, w.leaf, old_inter);
	IS(v, CHAIN_EXPIRED);
	ck_assert_uint_eq(v->problem.depth, 1);
	/* another path works: the fresh one wins */
	v = JUDGE(&w, w.leaf, old_inter, w.inter);
	IS(v, CHAIN_COMPLETE);
	ck_assert_uint_eq(w.j->n_paths, 2);
	w.in.host = "other.example";
	v = JUDGE(&w, w.leaf, w.inter);
	IS(v, CHAIN_NAME_MISMATCH);
	ck_assert(v->trust_ok && !v->name_ok && v->time_ok);
	w.in.now = MK_TO + 1;
	IS(JUDGE(&w, w.leaf, w.inter), CHAIN_EXPIRED);
	world_free(&w);
}
END_TEST

START_TEST(purpose_and_constraints)
{
	static const struct {
		struct mk_spec inter, leaf;
		enum chain_kind kind;
		enum path_problem_kind problem;
	} rows[] = {
	    {{.ca = true}, {.eku = "clientAuth"}, CHAIN_WRONG_PURPOSE, PATH_WRONG_PURPOSE},
	    {{.ca = true}, {.eku = "anyExtendedKeyUsage"}, CHAIN_WRONG_PURPOSE, PATH_WRONG_PURPOSE},
	    {{.ca = true}, {.eku = ""}, CHAIN_COMPLETE, PATH_OK},
	    {{.ca = true}, {.ku = "critical,keyCertSign"}, CHAIN_WRONG_PURPOSE, PATH_WRONG_PURPOSE},
	    {{.ca = true, .eku = "emailProtection"}, {0}, CHAIN_WRONG_PURPOSE, PATH_WRONG_PURPOSE},
	    {{.ca = true, .eku = "serverAuth"}, {0}, CHAIN_COMPLETE, PATH_OK},
	    {{.ca = false, .ku = "keyCertSign"}, {0}, CHAIN_OTHER, PATH_NOT_A_CA},
	    {{.ca = true, .bc = ""}, {0}, CHAIN_OTHER, PATH_NOT_A_CA},
	    {{.ca = true, .ku = "digitalSignature"}, {0}, CHAIN_OTHER, PATH_NOT_A_CA},
	    {{.ca = true, .version = 1}, {0}, CHAIN_OTHER, PATH_NOT_A_CA},
	    {{.ca = true, .ext = {"nameConstraints=critical,permitted;DNS:a.example"}}, {0},
		CHAIN_OTHER, PATH_CONSTRAINED},
	    {{.ca = true, .ext = {"nameConstraints=critical,permitted;DNS:leaf.example"}}, {0},
		CHAIN_COMPLETE, PATH_OK},
	    {{.ca = true, .ext = {"1.2.3.4=critical,DER:0500"}}, {0}, CHAIN_OTHER, PATH_CRITICAL},
	    {{.ca = true}, {.ext = {"1.2.3.4=critical,DER:0500"}}, CHAIN_OTHER, PATH_CRITICAL},
	    {{.ca = true}, {.ext = {"1.2.3.4=DER:0500"}}, CHAIN_COMPLETE, PATH_OK},
	    {{.ca = true}, {.ku = "", .ext = {"2.5.29.15=DER:0500"}}, CHAIN_OTHER, PATH_MALFORMED},
	    {{.ca = true}, {.hash = "SHA1"}, CHAIN_OTHER, PATH_WEAK},
	    {{.ca = true, .key = "RSA-2048"}, {.hash = "MD5"}, CHAIN_OTHER, PATH_WEAK},
	    {{.ca = true}, {.key = "RSA-512"}, CHAIN_OTHER, PATH_WEAK},
	    {{.ca = true, .key = "ED25519"}, {0}, CHAIN_COMPLETE, PATH_OK},
	    {{.ca = true}, {.key = "explicit"}, CHAIN_OTHER, PATH_WEAK},
	};
	struct world w = world_new();

	TRUST(&w, "mine", w.root);
	for (size_t i = 0; i < N_ELEMENTS(rows); i++) {
		struct mk_spec inter = rows[i].inter, leaf = rows[i].leaf;
		const struct mk *ca, *end;
		const struct chain_verdict *v;

		inter.cn = "Sub";
		inter.issuer = w.root;
		ca = mk_make(w.p, &inter);
		leaf.cn = "leaf.example";
		leaf.issuer = ca;
		end = mk_make(w.p, &leaf);
		v = JUDGE(&w, end, ca);
		ck_assert_msg(v->kind == rows[i].kind && v->problem.kind == rows[i].problem,
		    "row %zu: %s, %s", i, chain_kind_name(v->kind), v->text);
	}
	world_free(&w);
}
END_TEST

START_TEST(path_length)
{
	struct world w = world_new();
	const struct mk *a = mk_make(
	    w.p, &(struct mk_spec){
		     .cn = "A", .ca = true, .issuer = w.root, .bc = "critical,CA:TRUE,pathlen:0"});
	const struct mk *b = mk_make(w.p, &(struct mk_spec){.cn = "B", .ca = true, .issuer = a});
	const struct mk *l1 = mk_make(w.p, &(struct mk_spec){.cn = "leaf.example", .issuer = a});
	const struct mk *l2 = mk_make(w.p, &(struct mk_spec){.cn = "leaf.example", .issuer = b});
	const struct chain_verdict *v;

	TRUST(&w, "mine", w.root);
	IS(JUDGE(&w, l1, a), CHAIN_COMPLETE);
	v = JUDGE(&w, l2, b, a);
	IS(v, CHAIN_OTHER);
	ck_assert_int_eq(v->problem.kind, PATH_NOT_A_CA);
	ck_assert_uint_eq(v->problem.depth, 2);
	world_free(&w);
}
END_TEST

START_TEST(bad_signatures)
{
	struct world w = world_new();
	const struct mk *thief = mk_make(w.p, &(struct mk_spec){.cn = "Thief", .ca = true});
	const struct mk *forged = mk_make(
	    w.p, &(struct mk_spec){.cn = "leaf.example", .issuer = w.inter, .signed_by = thief});
	const struct mk *namesake = mk_make(w.p, &(struct mk_spec){.cn = "Inter", .ca = true});
	const struct mk *under =
	    mk_make(w.p, &(struct mk_spec){.cn = "leaf.example", .issuer = namesake});
	struct opinion o, g;

	TRUST(&w, "mine", w.root);
	IS(JUDGE(&w, forged, w.inter), CHAIN_BAD_SIGNATURE);
	libraries(&w, &o, &g);
	ck_assert(!o.trusted && !g.trusted);
	/* A CA of the same name with another key id is another CA, not a bad signature. */
	IS(JUDGE(&w, under, w.inter), CHAIN_UNKNOWN_ROOT);
	ck_assert_int_eq(w.j->facts.role[1], CHAIN_ROLE_STRANGER);
	world_free(&w);
}
END_TEST

START_TEST(chain_as_sent)
{
	struct world w = world_new();
	const struct mk *stranger = mk_make(w.p, &(struct mk_spec){.cn = "Nobody", .ca = true});
	const struct chain_facts *f;
	struct span junk = {(const uint8_t *)"junk", 4};

	TRUST(&w, "mine", w.root);
	IS(JUDGE(&w, w.leaf, w.root, w.inter, w.inter, stranger), CHAIN_COMPLETE);
	f = &w.j->facts;
	ck_assert(!f->order_ok);
	ck_assert_uint_eq(f->n_duplicates, 1);
	ck_assert_uint_eq(f->n_strangers, 1);
	ck_assert_uint_eq(f->n_roots, 1);
	ck_assert_int_eq(f->role[0], CHAIN_ROLE_LEAF);
	ck_assert_int_eq(f->role[1], CHAIN_ROLE_ROOT);
	ck_assert_int_eq(f->role[2], CHAIN_ROLE_ISSUER);
	ck_assert_int_eq(f->role[3], CHAIN_ROLE_DUPLICATE);
	ck_assert_int_eq(f->role[4], CHAIN_ROLE_STRANGER);
	IS(JUDGE(&w, w.leaf, w.inter, w.root), CHAIN_COMPLETE);
	ck_assert(w.j->facts.order_ok);
	w.sent[1] = junk;
	w.in.n_sent = 2;
	w.j = chain_judge(&w.in, w.a);
	ck_assert_uint_eq(w.j->facts.n_unreadable, 1);
	IS(&w.j->verdicts[w.column], CHAIN_UNKNOWN_ROOT);
	w.sent[0] = junk;
	w.j = chain_judge(&w.in, w.a);
	IS(&w.j->verdicts[w.column], CHAIN_OTHER);
	ck_assert_int_eq(w.j->verdicts[w.column].problem.kind, PATH_MALFORMED);
	w.in.n_sent = 0;
	w.j = chain_judge(&w.in, w.a);
	IS(&w.j->verdicts[w.column], CHAIN_NOT_JUDGED);
	world_free(&w);
}
END_TEST

START_TEST(cross_certificates_part_the_stores)
{
	struct world w = world_new();
	const struct mk *old = mk_make(w.p, &(struct mk_spec){.cn = "Old Root", .ca = true});
	const struct mk *cross = mk_make(
	    w.p, &(struct mk_spec){.cn = "Root", .ca = true, .issuer = old, .key_of = w.root});
	int a = TRUST(&w, "modern", w.root), b = TRUST(&w, "ancient", old);

	JUDGE(&w, w.leaf, w.inter);
	IS(&w.j->verdicts[a], CHAIN_COMPLETE);
	IS(&w.j->verdicts[b], CHAIN_UNKNOWN_ROOT);
	JUDGE(&w, w.leaf, w.inter, cross);
	IS(&w.j->verdicts[a], CHAIN_COMPLETE);
	IS(&w.j->verdicts[b], CHAIN_COMPLETE);
	ck_assert_uint_eq(w.j->verdicts[b].path->n, 4);
	world_free(&w);
}
END_TEST

/* Two CAs that certify each other, many times over: the search ends, and soon. */
START_TEST(loops_and_thickets_end)
{
	struct world w = world_new();
	const struct mk *ca[4], *sent[MAX_CHAIN];
	const struct mk *leaf;
	char cn[8];
	size_t n = 0;

	for (size_t i = 0; i < 4; i++) {
		snprintf(cn, sizeof(cn), "L%zu", i);
		ca[i] = mk_make(w.p, &(struct mk_spec){.cn = i == 0   ? "L0"
							     : i == 1 ? "L1"
							     : i == 2 ? "L2"
								      : "L3",
					 .ca = true});
	}
	leaf = mk_make(w.p, &(struct mk_spec){.cn = "leaf.example", .issuer = ca[0]});
	sent[n++] = leaf;
	for (size_t i = 0; i < 4; i++)
		for (size_t k = 0; k < 4; k++)
			if (i != k)
				sent[n++] = mk_make(w.p, &(struct mk_spec){.cn = ca[i]->cn,
							     .ca = true,
							     .issuer = ca[k],
							     .key_of = ca[i]});
	TRUST(&w, "mine", w.root);
	IS(judge(&w, sent, n), CHAIN_UNKNOWN_ROOT);
	ck_assert_uint_eq(w.j->facts.n_strangers, 0);
	TRUST(&w, "loop", ca[3]);
	IS(judge(&w, sent, n), CHAIN_COMPLETE);
	world_free(&w);
}
END_TEST

START_TEST(long_chains_are_capped)
{
	struct world w = world_new();
	const struct mk *up = w.root, *chain[MAX_CHAIN];
	size_t n = 22;

	for (size_t i = n; i-- > 1;)
		up = chain[i] = mk_make(
		    w.p, &(struct mk_spec){.cn = i % 2 ? "odd" : "even", .ca = true, .issuer = up});
	chain[0] = mk_make(w.p, &(struct mk_spec){.cn = "leaf.example", .issuer = up});
	TRUST(&w, "mine", w.root);
	IS(judge(&w, chain, n), CHAIN_UNKNOWN_ROOT);
	ck_assert(w.j->capped);
	world_free(&w);
}
END_TEST

/* Many certificates of one CA, or of CAs of one name: the one that leads on comes last. */
START_TEST(the_one_that_leads_on_is_found)
{
	struct world w = world_new();
	const struct mk *others[5], *sent[MAX_CHAIN];
	const struct chain_verdict *v;
	size_t n = 0;

	for (size_t i = 0; i < 5; i++)
		others[i] = mk_make(w.p, &(struct mk_spec){.cn = i % 2 ? "Odd" : "Even", .ca = true});
	sent[n++] = w.leaf;
	for (size_t i = 0; i < 40; i++)
		sent[n++] = mk_make(w.p, &(struct mk_spec){.cn = "Inter",
					     .ca = true,
					     .issuer = others[i % 5],
					     .key_of = w.inter});
	sent[n++] = w.inter;
	TRUST(&w, "mine", w.root);
	IS(judge(&w, sent, n), CHAIN_COMPLETE);

	sent[0] = mk_make(w.p, &(struct mk_spec){.cn = "leaf.example",
				   .issuer = w.inter,
				   .no_key_ids = true});
	for (size_t i = 1; i <= 40; i++)
		sent[i] = mk_make(w.p, &(struct mk_spec){.cn = "Inter",
					   .ca = true,
					   .issuer = w.root,
					   .no_key_ids = true});
	v = judge(&w, sent, n);
	IS(v, CHAIN_COMPLETE);
	ck_assert_uint_eq(v->path->n, 3);
	world_free(&w);
}
END_TEST

/* Thirty CAs that have all signed each other, one of them under the root: found, and soon. */
START_TEST(a_storm_of_cross_certificates)
{
	enum { CAS = 9 };
	struct world w = world_new();
	const struct mk *ca[CAS], *sent[MAX_CHAIN];
	size_t n = 0;

	for (size_t i = 0; i < CAS; i++) {
		char *cn = arena_printf(w.a, "C%zu", i);

		ca[i] = mk_make(w.p, &(struct mk_spec){.cn = cn, .ca = true});
	}
	sent[n++] = mk_make(w.p, &(struct mk_spec){.cn = "leaf.example", .issuer = ca[0]});
	for (size_t i = 0; i < CAS; i++)
		for (size_t k = 0; k < CAS; k++)
			if (i != k)
				sent[n++] = mk_make(w.p, &(struct mk_spec){.cn = ca[i]->cn,
							     .ca = true,
							     .issuer = ca[k],
							     .key_of = ca[i]});
	TRUST(&w, "mine", w.root);
	IS(judge(&w, sent, n), CHAIN_NOT_JUDGED);
	ck_assert(w.j->capped);
	sent[n++] = mk_make(w.p, &(struct mk_spec){.cn = ca[CAS - 1]->cn,
				     .ca = true,
				     .issuer = w.root,
				     .key_of = ca[CAS - 1]});
	IS(judge(&w, sent, n), CHAIN_COMPLETE);
	world_free(&w);
}
END_TEST

/* RFC 4158, 2.4: the bridge between four PKIs, 36 certificates and one way. */
START_TEST(the_bridge_of_rfc_4158)
{
	static const struct {
		const char *by, *to;
	} edges[] = {{"F", "H"}, {"F", "G"}, {"G", "F"}, {"H", "I"}, {"I", "H"}, {"G", "I"},
	    {"W", "F"}, {"W", "G"}, {"J", "K"}, {"L", "N"}, {"L", "M"}, {"X", "J"}, {"X", "L"},
	    {"B", "E"}, {"B", "D"}, {"A", "B"}, {"C", "B"}, {"A", "C"}, {"C", "A"}, {"Y", "A"},
	    {"Y", "C"}, {"R", "S"}, {"O", "R"}, {"O", "Q"}, {"P", "S"}, {"Z", "O"}, {"Z", "P"},
	    {"W", "Bridge"}, {"Bridge", "W"}, {"X", "Bridge"}, {"Bridge", "X"}, {"Y", "Bridge"},
	    {"Bridge", "Y"}, {"Z", "Bridge"}, {"Bridge", "Z"}};
	static const char *const names[] = {"A", "B", "C", "D", "E", "F", "G", "H", "I", "J", "K",
	    "L", "M", "N", "O", "P", "Q", "R", "S", "W", "X", "Y", "Z", "Bridge"};
	struct world w = world_new();
	const struct mk *ca[N_ELEMENTS(names)], *sent[MAX_CHAIN], *by, *to;
	size_t n = 1;

	for (size_t i = 0; i < N_ELEMENTS(names); i++)
		ca[i] = mk_make(w.p, &(struct mk_spec){.cn = names[i], .ca = true});
	for (size_t i = 0; i < N_ELEMENTS(edges); i++) {
		by = to = NULL;
		for (size_t k = 0; k < N_ELEMENTS(names); k++) {
			by = strcmp(names[k], edges[i].by) == 0 ? ca[k] : by;
			to = strcmp(names[k], edges[i].to) == 0 ? ca[k] : to;
		}
		sent[n++] = mk_make(w.p, &(struct mk_spec){.cn = edges[i].to,
					     .ca = true,
					     .issuer = by,
					     .key_of = to});
	}
	sent[0] = mk_make(w.p, &(struct mk_spec){.cn = "leaf.example", .issuer = ca[13]}); /* N */
	for (size_t i = 19; i < 23; i++) { /* W, X, Y, Z */
		TRUST(&w, arena_printf(w.a, "ta-%zu", i), ca[i]);
		IS(judge(&w, sent, n), CHAIN_COMPLETE);
	}
	world_free(&w);
}
END_TEST

START_TEST(oversized_keys_are_not_tried)
{
	uint8_t spki[SIG_MAX_SPKI + 1] = {0};
	struct mkpki *p = mkpki_new();
	const struct mk *m = mk_make(p, &(struct mk_spec){.cn = "x", .ca = true});
	struct cert c;

	ck_assert(cert_parse(m->der, &c));
	ck_assert_int_eq(cert_sig_verify(c.spki, c.sig_alg.der, c.tbs, c.sig), SIG_OK);
	ck_assert_int_eq(cert_sig_verify(SPAN_OF(spki), c.sig_alg.der, c.tbs, c.sig), SIG_TOO_BIG);
	ck_assert_int_eq(
	    cert_sig_verify((struct span){c.spki.p, c.spki.n - 1}, c.sig_alg.der, c.tbs, c.sig),
	    SIG_BAD_KEY);
	ck_assert_int_eq(cert_sig_verify(c.spki, c.sig_alg.der, c.spki, c.sig), SIG_BAD);
	mkpki_free(p);
}
END_TEST

/* Old Root has cross-signed Root: who has Root does not need it. */
START_TEST(a_cross_certificate_is_noted)
{
	struct world w = world_new();
	const struct mk *old = mk_make(w.p, &(struct mk_spec){.cn = "Old Root", .ca = true});
	const struct mk *cross = mk_make(
	    w.p, &(struct mk_spec){.cn = "Root", .ca = true, .issuer = old, .key_of = w.root});
	const struct chain_verdict *v;

	TRUST(&w, "new", w.root);
	TRUST(&w, "old", old);
	v = JUDGE(&w, w.leaf, w.inter, cross);
	IS(v, CHAIN_COMPLETE);
	ck_assert_uint_eq(v->n_notes, 1);
	ck_assert_str_eq(v->notes[0], "cross-sign: this store does not have Root and trusts it by "
				      "the cross-certificate of Old Root alone");
	IS(v - 1, CHAIN_COMPLETE);
	ck_assert_uint_eq(v[-1].n_notes, 0);
	world_free(&w);
}
END_TEST

START_TEST(an_expired_way_beside_a_good_one_is_noted)
{
	struct world w = world_new();
	const struct mk *old = mk_make(
	    w.p, &(struct mk_spec){.cn = "Old Root", .ca = true, .to = MK_NOW - 86400});
	const struct mk *cross = mk_make(
	    w.p, &(struct mk_spec){.cn = "Root", .ca = true, .issuer = old, .key_of = w.root});
	const struct chain_verdict *v;

	TRUST(&w, "both", w.root, old);
	v = JUDGE(&w, w.leaf, w.inter, cross);
	IS(v, CHAIN_COMPLETE);
	ck_assert_uint_eq(v->n_notes, 1);
	ck_assert_msg(strstr(v->notes[0], "Old Root, which expired 2026-05-31") != NULL, "%s",
	    v->notes[0]);
	v = JUDGE(&w, w.leaf, w.inter);
	ck_assert_uint_eq(v->n_notes, 0);
	world_free(&w);
}
END_TEST

UNIT_MAIN("path", a_cross_certificate_is_noted, an_expired_way_beside_a_good_one_is_noted, complete, incomplete_only_when_known, incomplete_by_a_file,
    unknown_and_self_signed, time_and_name, purpose_and_constraints, path_length, bad_signatures,
    chain_as_sent, cross_certificates_part_the_stores, loops_and_thickets_end,
    long_chains_are_capped, oversized_keys_are_not_tried, the_one_that_leads_on_is_found,
    a_storm_of_cross_certificates, the_bridge_of_rfc_4158)
