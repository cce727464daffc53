/*
 * tree - the dotted paths of the data dictionary as nested objects.
 *
 * fact.def says "protocols.tls1_2" and "certificates"; JSON wants {"protocols": {"tls1_2": ...}}.
 * tree_order() puts what shares its first words together, otherwise in the order of the table;
 * tree_to() opens and closes the objects between one path and the next, so that a writer only
 * walks the leaves:
 *
 *	struct tree_leaf leaves[TREE_MAX];
 *	struct tree t = {.open = open, .close = close, .arg = w};
 *	for (size_t i = 0, n = tree_order(leaves); i < n; i++)
 *		write_member(w, tree_to(&t, leaves[i].path), ...);
 *	tree_to(&t, NULL);
 *
 * An object whose leaves are all left out is never opened.
 */
#ifndef TLSAUDIT_REPORT_TREE_H
#define TLSAUDIT_REPORT_TREE_H

#include "fact.h"

enum { TREE_MAX = (int)F__MAX + (int)K__MAX, TREE_DEPTH = 4, TREE_WORD = 48 };

struct tree_leaf {
	const char *path;
	enum fact_id id; /* F_NONE: a record */
	enum kind kind;  /* K_ENDPOINT: a fact */
};

/* Every fact of the endpoint and every record, grouped; returns how many. */
size_t tree_order(struct tree_leaf leaves[TREE_MAX]);

struct tree {
	void (*open)(void *arg, const char *name); /* an object of that name begins */
	void (*close)(void *arg);                  /* the innermost one ends */
	void *arg;
	unsigned depth;
	char words[TREE_DEPTH][TREE_WORD];
};

/* Moves to the object that holds path (NULL: out of all) and returns the path's last word. */
const char *tree_to(struct tree *t, const char *path);

#endif
