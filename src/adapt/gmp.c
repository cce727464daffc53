/* gmp - see gmp.h. */
#include "adapt/gmp.h"

#include <stdlib.h>

#include <gmp.h>

#include "base/check.h"
#include "base/xalloc.h"

enum { LEVELS = 64 };

struct level { /* products of pairs of the level below */
	mpz_t *v;
	size_t n;
};

static void
level_new(struct level *l, size_t n)
{
	l->n = n;
	l->v = xcalloc(n, sizeof(*l->v));
	for (size_t i = 0; i < n; i++)
		mpz_init(l->v[i]);
}

static void
level_free(struct level *l)
{
	for (size_t i = 0; i < l->n; i++)
		mpz_clear(l->v[i]);
	free(l->v);
}

/* The moduli, their products two by two, and so on up to the product of all. */
static size_t
products(struct level levels[LEVELS], const struct span *moduli, size_t n)
{
	size_t top = 0;

	level_new(&levels[0], n);
	for (size_t i = 0; i < n; i++) {
		mpz_import(levels[0].v[i], moduli[i].n, 1, 1, 1, 0, moduli[i].p);
		if (mpz_sgn(levels[0].v[i]) == 0)
			mpz_set_ui(levels[0].v[i], 1);
	}
	while (levels[top].n > 1) {
		const struct level *below = &levels[top++];

		CHECK(top < LEVELS);
		level_new(&levels[top], (below->n + 1) / 2);
		for (size_t i = 0; i < levels[top].n; i++)
			if (2 * i + 1 < below->n)
				mpz_mul(levels[top].v[i], below->v[2 * i], below->v[2 * i + 1]);
			else
				mpz_set(levels[top].v[i], below->v[2 * i]);
	}
	return top;
}

/* The product of all, modulo the square of each: level by level downwards. */
static struct level
remainders(struct level levels[LEVELS], size_t top)
{
	struct level above, here;
	mpz_t square;

	mpz_init(square);
	level_new(&above, 1);
	mpz_set(above.v[0], levels[top].v[0]);
	for (size_t k = top; k-- > 0;) {
		level_new(&here, levels[k].n);
		for (size_t i = 0; i < here.n; i++) {
			mpz_mul(square, levels[k].v[i], levels[k].v[i]);
			mpz_mod(here.v[i], above.v[i / 2], square);
		}
		level_free(&above);
		above = here;
	}
	mpz_clear(square);
	return above;
}

static void
tell(mpz_t factor, size_t i, gmp_found_fn *found, void *arg)
{
	size_t n = (mpz_sizeinbase(factor, 2) + 7) / 8, written;
	uint8_t *bytes = xcalloc(1, n);

	mpz_export(bytes, &written, 1, 1, 1, 0, factor);
	found(arg, i, (struct span){bytes, written});
	free(bytes);
}

void
gmp_shared_factors(const struct span *moduli, size_t n, gmp_found_fn *found, void *arg)
{
	struct level levels[LEVELS] = {{0}}, rest;
	size_t top;
	mpz_t g;

	if (n < 2)
		return;
	top = products(levels, moduli, n);
	rest = remainders(levels, top);
	mpz_init(g);
	for (size_t i = 0; i < n; i++) {
		mpz_divexact(g, rest.v[i], levels[0].v[i]);
		mpz_gcd(g, g, levels[0].v[i]);
		if (mpz_cmp_ui(g, 1) > 0)
			tell(g, i, found, arg);
	}
	mpz_clear(g);
	level_free(&rest);
	for (size_t k = 0; k <= top; k++)
		level_free(&levels[k]);
}

void
gmp_remainders(struct span n, const unsigned long *m, size_t n_m, unsigned long *out)
{
	mpz_t z;

	mpz_init(z);
	mpz_import(z, n.n, 1, 1, 1, 0, n.p);
	for (size_t i = 0; i < n_m; i++)
		out[i] = mpz_fdiv_ui(z, m[i]);
	mpz_clear(z);
}

const char *
gmp_version_text(void)
{
	return gmp_version;
}
