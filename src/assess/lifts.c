/*
 * lifts - the shortest list of changes that would raise the grade.
 *
 * Rules with the same "fix" are one change: turning off old versions mends all that they cost.
 * Step by step: what holds the grade where it is, is lifted; when several changes hold it there,
 * only all of them together raise it, and the last one says to what.
 */
#include "assess/words.h"

struct lifts {
	const struct judged *j;
	struct arena *a;
	const char **v;
	size_t n;
	struct lifted done;
};

/* Lifts every rule with this fix. */
static void
lift(struct lifts *l, const char *fix)
{
	for (size_t i = 0; i < l->j->p->n_rules; i++)
		if (strcmp(l->j->p->rules[i]->fix, fix) == 0)
			l->done.rule[i] = true;
	if (l->j->p->exceptional != NULL && strcmp(l->j->p->exceptional->fix, fix) == 0)
		l->done.exceptional = l->j->exceptional.value == TRI_NO;
}

/* The rule that costs most of those that still hit, or n_rules. */
static size_t
worst_hit(const struct lifts *l)
{
	size_t worst = l->j->p->n_rules;
	int most = -1;

	for (size_t i = 0; i < l->j->p->n_rules; i++) {
		const struct rule *r = l->j->p->rules[i];

		if (!is_hit(l->j, i, &l->done) || r->effect == EFFECT_NONE ||
		    rank_of(r->letter) <= most)
			continue;
		most = rank_of(r->letter);
		worst = i;
	}
	return worst;
}

static void
say(struct lifts *l, const char *fix, const struct grade *before, const struct grade *after)
{
	size_t n = strlen(fix);
	int from = before->shown, to = after->shown;

	while (n > 0 && fix[n - 1] == '.')
		n--;
	if (l->n == LIFTS_MAX)
		return;
	if (to >= 0 && to < from)
		l->v[l->n++] = arena_printf(
		    l->a, "%.*s (from %s to %s)", (int)n, fix, rank_letter(from), rank_letter(to));
	else
		l->v[l->n++] = arena_printf(l->a, "%.*s (needed with the next)", (int)n, fix);
}

/* The last step, when HSTS and the like are known not to be there. */
static void
say_exceptional(struct lifts *l, const struct grade *now)
{
	struct grade after;

	if (now->shown != RANK_A || l->j->exceptional.value != TRI_NO ||
	    l->j->p->exceptional == NULL)
		return;
	l->done.exceptional = true;
	grade_make(l->j, &l->done, &after);
	if (after.shown < now->shown)
		say(l, l->j->p->exceptional->fix, now, &after);
}

size_t
lifts_make(
    const struct judged *j, const struct grade *g, struct arena *a, const char *lifts[LIFTS_MAX])
{
	struct lifts l = {.j = j, .a = a, .v = lifts};
	struct grade now = *g, after;
	size_t keep = 0; /* how many of the list really raise something */

	if (g->shown < 0)
		return 0;
	for (size_t i = worst_hit(&l); i < j->p->n_rules && l.n < LIFTS_MAX; i = worst_hit(&l)) {
		lift(&l, j->p->rules[i]->fix);
		grade_make(j, &l.done, &after);
		say(&l, j->p->rules[i]->fix, &now, &after);
		if (after.shown >= 0 && after.shown < now.shown) {
			now = after;
			keep = l.n;
		}
	}
	l.n = keep;
	say_exceptional(&l, &now);
	return l.n;
}
