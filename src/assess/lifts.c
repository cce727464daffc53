/*
 * lifts - the shortest list of changes that would raise the grade.
 *
 * Rules with the same "fix" are one change: turning off old versions mends all that they cost; and
 * a rule may say that another's fix mends it too ("also").  First the changes are found: what holds
 * the grade where it is, is lifted, step by step, until nothing does.  Then those are left out without
 * which the others reach the same.  Last it is said what each brings; when several hold the grade in
 * the same place, only all of them together raise it, and the last one says to what.
 */
#include "assess/advice.h"
#include "assess/words.h"

struct lifts {
	const struct judged *j;
	struct arena *a;
	const char *fixes[LIFTS_MAX]; /* in order */
	size_t n;
};

/* Does the change mend the rule? */
static bool
mends(const struct judged *j, const char *fix, const struct rule *r)
{
	const struct rule *other = r->also != NULL ? policy_rule(j->p, r->also) : NULL;

	if (strcmp(r->fix, fix) == 0)
		return true;
	return other != NULL && strcmp(other->fix, fix) == 0 &&
	       conds_ask(r->if_so->when, r->if_so->n_when, j->f).value == TRI_YES;
}

static void
lift(const struct judged *j, const char *fix, struct lifted *l)
{
	for (size_t i = 0; i < j->p->n_rules; i++)
		if (mends(j, fix, j->p->rules[i]))
			l->rule[i] = true;
	if (j->p->exceptional != NULL && strcmp(j->p->exceptional->fix, fix) == 0 &&
	    j->exceptional.value == TRI_NO)
		l->exceptional = true;
}

/* The grade with the first n changes, but for one (n: none). */
static struct grade
grade_with(const struct lifts *l, size_t n, size_t but)
{
	struct lifted done;
	struct grade g;

	memset(&done, 0, sizeof(done));
	for (size_t i = 0; i < n; i++)
		if (i != but)
			lift(l->j, l->fixes[i], &done);
	grade_make(l->j, &done, &g);
	return g;
}

/* The rule that costs most of those that still hit, or n_rules. */
static size_t
worst_hit(const struct judged *j, const struct lifted *done)
{
	size_t worst = j->p->n_rules;
	int most = -1;

	for (size_t i = 0; i < j->p->n_rules; i++) {
		const struct rule *r = j->p->rules[i];

		if (!is_hit(j, i, done) || r->effect == EFFECT_NONE || rank_of(r->letter) <= most)
			continue;
		most = rank_of(r->letter);
		worst = i;
	}
	return worst;
}

bool
could_be_exceptional(const struct judged *j)
{
	const struct rule *plus = j->p->exceptional;

	if (plus == NULL || j->exceptional.value != TRI_NO)
		return false;
	for (size_t i = 0; i < plus->n_when; i++)
		if (plus->when[i].fact != F_NONE && fact_known(j->f, plus->when[i].fact))
			return true;
	return false;
}

/* All that hits, and at last what makes an A+. */
static void
find(struct lifts *l)
{
	const struct policy *p = l->j->p;
	struct lifted done;

	memset(&done, 0, sizeof(done));
	for (size_t i = worst_hit(l->j, &done); i < p->n_rules && l->n < LIFTS_MAX;
	     i = worst_hit(l->j, &done)) {
		l->fixes[l->n++] = p->rules[i]->fix;
		lift(l->j, p->rules[i]->fix, &done);
	}
	if (could_be_exceptional(l->j) && l->n < LIFTS_MAX && !done.exceptional)
		l->fixes[l->n++] = p->exceptional->fix;
}

static void
drop(struct lifts *l, size_t i)
{
	l->n--;
	for (; i < l->n; i++)
		l->fixes[i] = l->fixes[i + 1];
}

/* Without those at the end that raise nothing, as far as that can be told, and those that the others
 * do as well. */
static void
prune(struct lifts *l, int now)
{
	size_t keep = 0;
	int best = now;

	for (size_t i = 1; i <= l->n; i++) {
		int to = grade_with(l, i, l->n).shown;

		if (to < 0 || to >= best)
			continue;
		best = to;
		keep = i;
	}
	l->n = keep;
	for (size_t i = l->n; i > 0; i--)
		if (grade_with(l, l->n, i - 1).shown == best)
			drop(l, i - 1);
}

/* The fix as a finding tells it. */
static const char *
with_lines(const struct lifts *l, const char *fix)
{
	const struct policy *p = l->j->p;
	const struct rule *r = p->exceptional;
	struct finding out;

	for (size_t i = 0; i < p->n_rules; i++)
		if (strcmp(p->rules[i]->fix, fix) == 0)
			r = p->rules[i];
	if (r == NULL || strcmp(r->fix, fix) != 0)
		return advice_text(fix, l->j->f, l->a);
	fix_put(p, r, l->j->f, l->a, &out);
	return out.fix;
}

static const char *
say(const struct lifts *l, size_t i, int from, int to)
{
	const char *fix = with_lines(l, l->fixes[i]);
	size_t n = strlen(fix);

	while (n > 0 && fix[n - 1] == '.')
		n--;
	if (to >= 0 && to < from)
		return arena_printf(
		    l->a, "%.*s (from %s to %s)", (int)n, fix, rank_letter(from), rank_letter(to));
	return arena_printf(l->a, "%.*s (needed with the next)", (int)n, fix);
}

size_t
lifts_make(
    const struct judged *j, const struct grade *g, struct arena *a, const char *lifts[LIFTS_MAX])
{
	struct lifts l = {.j = j, .a = a};
	int now = g->shown;

	if (g->shown < 0)
		return 0;
	find(&l);
	prune(&l, now);
	for (size_t i = 0; i < l.n; i++) {
		int to = grade_with(&l, i + 1, l.n).shown;

		lifts[i] = say(&l, i, now, to);
		now = to >= 0 && to < now ? to : now;
	}
	return l.n;
}
