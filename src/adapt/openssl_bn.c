/* openssl_bn: see openssl_bn.h. */
#include "adapt/openssl_bn.h"

#include <openssl/bn.h>

#include "base/check.h"

/* Numbers in use; bounded, so that a failure is memory running out. */
struct fermat {
	BN_CTX *ctx;
	BIGNUM *n, *a, *b2, *root, *t;
};

/* Floor of the square root by Newton's method, from above: at most as many rounds as n has bits,
 * in practice a dozen. */
static void
square_root(struct fermat *f, BIGNUM *root, const BIGNUM *n)
{
	CHECK(BN_one(root) == 1);
	CHECK(BN_lshift(root, root, (BN_num_bits(n) + 1) / 2) == 1);
	for (int i = 0; i <= BIGNUM_MAX_BITS; i++) {
		CHECK(BN_div(f->t, NULL, n, root, f->ctx) == 1);
		CHECK(BN_add(f->t, f->t, root) == 1);
		CHECK(BN_rshift1(f->t, f->t) == 1);
		if (BN_cmp(f->t, root) >= 0)
			return;
		CHECK(BN_copy(root, f->t) != NULL);
	}
}

/* Squares are rare modulo these: most other numbers end here. */
static bool
may_be_square(const BIGNUM *n)
{
	static const unsigned moduli[] = {64, 63, 65, 11, 17, 19, 23};

	for (size_t i = 0; i < N_ELEMENTS(moduli); i++) {
		BN_ULONG r = BN_mod_word(n, moduli[i]);
		bool any = false;

		for (unsigned x = 0; x <= moduli[i] / 2 && !any; x++)
			any = x * x % moduli[i] == r;
		if (!any)
			return false;
	}
	return true;
}

static bool
is_square(struct fermat *f, const BIGNUM *n)
{
	if (BN_is_zero(n))
		return true;
	if (!may_be_square(n))
		return false;
	square_root(f, f->root, n);
	CHECK(BN_sqr(f->t, f->root, f->ctx) == 1);
	return BN_cmp(f->t, n) == 0;
}

static bool
search(struct fermat *f, unsigned max_steps, unsigned *steps)
{
	square_root(f, f->a, f->n);
	CHECK(BN_sqr(f->b2, f->a, f->ctx) == 1);
	if (BN_cmp(f->b2, f->n) < 0)
		CHECK(BN_add_word(f->a, 1) == 1);
	for (*steps = 1; *steps <= max_steps; ++*steps) {
		CHECK(BN_sqr(f->b2, f->a, f->ctx) == 1);
		CHECK(BN_sub(f->b2, f->b2, f->n) == 1);
		if (is_square(f, f->b2))
			return true;
		CHECK(BN_add_word(f->a, 1) == 1);
	}
	*steps = max_steps;
	return false;
}

bool
bignum_fermat(struct span n, unsigned max_steps, unsigned *steps)
{
	struct fermat f = {.ctx = NULL};
	bool found;

	*steps = 0;
	if (n.n == 0 || n.n > BIGNUM_MAX_BITS / 8 || (n.p[n.n - 1] & 1) == 0)
		return false;
	f.ctx = BN_CTX_new();
	CHECK(f.ctx != NULL);
	BN_CTX_start(f.ctx);
	f.n = BN_CTX_get(f.ctx);
	f.a = BN_CTX_get(f.ctx);
	f.b2 = BN_CTX_get(f.ctx);
	f.root = BN_CTX_get(f.ctx);
	f.t = BN_CTX_get(f.ctx);
	CHECK(f.t != NULL);
	CHECK(BN_bin2bn(n.p, (int)n.n, f.n) != NULL);
	found = !BN_is_one(f.n) && search(&f, max_steps, steps);
	BN_CTX_end(f.ctx);
	BN_CTX_free(f.ctx);
	return found;
}
