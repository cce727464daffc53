/* tree - see tree.h. */
#include "report/tree.h"

#include "base/check.h"

/* How many leading characters of whole words, dots included, two paths share. */
static size_t
shared(const char *a, const char *b)
{
	size_t words = 0;

	for (size_t i = 0; a[i] != 0 && a[i] == b[i]; i++)
		if (a[i] == '.')
			words = i + 1;
	return words;
}

/* Puts a leaf behind the last one of its group; in no group, at the end. */
static void
place(struct tree_leaf *leaves, size_t n, struct tree_leaf leaf)
{
	size_t best = 0, at = n;

	for (size_t i = n; i > 0; i--) {
		size_t same = shared(leaves[i - 1].path, leaf.path);

		if (same > best) {
			best = same;
			at = i;
		}
	}
	memmove(leaves + at + 1, leaves + at, (n - at) * sizeof(*leaves));
	leaves[at] = leaf;
}

size_t
tree_order(struct tree_leaf leaves[TREE_MAX])
{
	size_t n = 0;

	for (int id = kind_defs[K_ENDPOINT].first; id < (int)kind_end(K_ENDPOINT); id++)
		place(leaves, n++,
		    (struct tree_leaf){fact_defs[id].json, (enum fact_id)id, K_ENDPOINT});
	for (int k = K_ENDPOINT + 1; k < (int)K__MAX; k++)
		place(leaves, n++, (struct tree_leaf){kind_defs[k].json, F_NONE, (enum kind)k});
	return n;
}

const char *
tree_to(struct tree *t, const char *path)
{
	unsigned level = 0;
	const char *dot;

	/* Down the words that are open already. */
	while (path != NULL && level < t->depth && (dot = strchr(path, '.')) != NULL &&
	       strlen(t->words[level]) == (size_t)(dot - path) &&
	       memcmp(t->words[level], path, (size_t)(dot - path)) == 0) {
		path = dot + 1;
		level++;
	}
	while (t->depth > level) {
		t->close(t->arg);
		t->depth--;
	}
	while (path != NULL && (dot = strchr(path, '.')) != NULL) {
		size_t n = (size_t)(dot - path);

		CHECK(t->depth < TREE_DEPTH && n < TREE_WORD);
		memcpy(t->words[t->depth], path, n);
		t->words[t->depth][n] = 0;
		t->open(t->arg, t->words[t->depth++]);
		path = dot + 1;
	}
	return path;
}
