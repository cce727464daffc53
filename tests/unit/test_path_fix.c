/* path_fix: which chain should be sent, for which stores. */
#include "base/arena.h"
#include "mkpki.h"
#include "pki/path.h"
#include "unit.h"

enum { MAX_CHAIN = 8 };

static struct mkpki *pki;
static struct store_set *set;
static struct arena *a;
static const struct mk *root, *inter, *leaf;
static struct span sent[MAX_CHAIN], others[MAX_CHAIN];
static size_t n_others;

static void
set_up(void)
{
	pki = mkpki_new();
	set = store_set_new();
	a = arena_new(4 << 20);
	n_others = 0;
	root = mk_make(pki, &(struct mk_spec){.cn = "Root", .ca = true});
	inter = mk_make(pki, &(struct mk_spec){.cn = "Inter", .ca = true, .issuer = root});
	leaf = mk_make(pki, &(struct mk_spec){.cn = "leaf.example", .issuer = inter});
}

static void
tear_down(void)
{
	arena_free(a);
	store_set_free(set);
	mkpki_free(pki);
}

static uint32_t
store(const char *name, const struct mk *one, const struct mk *two)
{
	const struct mk *const v[] = {one, two};
	char err[200] = "";
	int i = store_set_add_pem(set, name, mk_pem(pki, v, two != NULL ? 2 : 1), err, sizeof(err));

	ck_assert_msg(i >= 0, "%s", err);
	return STORE_BIT(i);
}

#define FIX(stores, ...)                                                                           \
	fix(stores, (const struct mk *const[]){__VA_ARGS__},                                       \
	    sizeof((const struct mk *const[]){__VA_ARGS__}) / sizeof(const struct mk *))

static struct chain_fix
fix(uint32_t stores, const struct mk *const *v, size_t n)
{
	struct chain_input in = {.sent = sent,
	    .n_sent = n,
	    .others = others,
	    .n_others = n_others,
	    .stores = set,
	    .now = MK_NOW};

	for (size_t i = 0; i < n; i++)
		sent[i] = v[i]->der;
	return chain_fix(chain_judge(&in, a), &in, stores);
}

static void
is(const struct chain_fix *f, enum chain_fix_kind kind, const struct mk *one, const struct mk *two,
    const struct mk *three)
{
	const struct mk *const want[] = {one, two, three};
	size_t n = one == NULL ? 0 : two == NULL ? 1 : three == NULL ? 2 : 3;

	ck_assert_int_eq(f->kind, kind);
	ck_assert_uint_eq(f->n, n);
	for (size_t i = 0; i < n; i++)
		ck_assert_msg(span_eq(f->certs[i], want[i]->der), "certificate %zu", i);
}

START_TEST(a_right_chain_stays)
{
	uint32_t s = store("own", root, NULL);
	struct chain_fix f = FIX(s, leaf, inter);

	is(&f, CHAIN_FIX_AS_SENT, leaf, inter, NULL);
	ck_assert_uint_eq(f.stores, s);
}
END_TEST

START_TEST(order_duplicates_strangers_and_root)
{
	const struct mk *stranger = mk_make(pki, &(struct mk_spec){.cn = "Stranger", .ca = true});
	uint32_t s = store("own", root, NULL);
	struct chain_fix f = FIX(s, leaf, root, stranger, inter, inter);

	is(&f, CHAIN_FIX_BUNDLE, leaf, inter, NULL);
	f = FIX(s, leaf, inter, root);
	is(&f, CHAIN_FIX_BUNDLE, leaf, inter, NULL);
}
END_TEST

START_TEST(the_missing_one_comes_from_elsewhere)
{
	uint32_t s = store("own", root, NULL);
	struct chain_fix f = FIX(s, leaf);

	is(&f, CHAIN_FIX_MISSING, NULL, NULL, NULL);
	ck_assert_uint_eq(f.n_missing, 1);
	ck_assert_str_eq(f.missing[0].subject, "CN=Inter,O=mkpki");
	others[n_others++] = inter->der;
	f = FIX(s, leaf);
	is(&f, CHAIN_FIX_BUNDLE, leaf, inter, NULL);
}
END_TEST

START_TEST(the_missing_one_is_in_a_store_file)
{
	uint32_t s = store("own", root, inter);
	struct chain_fix f = FIX(s, leaf);

	is(&f, CHAIN_FIX_BUNDLE, leaf, inter, NULL);
}
END_TEST

START_TEST(nothing_helps_with_a_root_nobody_has)
{
	const struct mk *other = mk_make(pki, &(struct mk_spec){.cn = "Other", .ca = true});
	uint32_t s = store("own", other, NULL);
	struct chain_fix f = FIX(s, leaf, inter, root);

	is(&f, CHAIN_FIX_NONE, NULL, NULL, NULL);
}
END_TEST

/* New Root is in one store, Old Root in the other; Old Root has cross-signed New Root. */
START_TEST(one_bundle_for_both_sides_of_a_cross_sign)
{
	const struct mk *old = mk_make(pki, &(struct mk_spec){.cn = "Old Root", .ca = true});
	const struct mk *cross =
	    mk_make(pki, &(struct mk_spec){.cn = "Root", .ca = true, .issuer = old, .key_of = root});
	uint32_t now = store("now", root, NULL), before = store("before", old, NULL);
	struct chain_fix f;

	others[n_others++] = cross->der;
	f = FIX(now | before, leaf, inter);
	is(&f, CHAIN_FIX_BUNDLE, leaf, inter, cross);
	ck_assert_uint_eq(f.stores, now | before);
	f = FIX(now, leaf, inter, cross);
	is(&f, CHAIN_FIX_BUNDLE, leaf, inter, NULL);
	ck_assert_uint_eq(f.stores, now);
}
END_TEST

START_TEST(an_expired_intermediate_gives_way)
{
	const struct mk *expired = mk_make(pki, &(struct mk_spec){.cn = "Inter",
						    .ca = true,
						    .issuer = root,
						    .key_of = inter,
						    .to = MK_NOW - 1});
	uint32_t s = store("own", root, NULL);
	struct chain_fix f;

	others[n_others++] = inter->der;
	f = FIX(s, leaf, expired);
	is(&f, CHAIN_FIX_BUNDLE, leaf, inter, NULL);
}
END_TEST

UNIT_MAIN_WITH(set_up, tear_down, "path_fix", a_right_chain_stays,
    order_duplicates_strangers_and_root, the_missing_one_comes_from_elsewhere,
    the_missing_one_is_in_a_store_file, nothing_helps_with_a_root_nobody_has,
    one_bundle_for_both_sides_of_a_cross_sign, an_expired_intermediate_gives_way)
