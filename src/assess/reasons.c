/* reasons - see words.h. */
#include "assess/evidence.h"
#include "assess/line.h"
#include "assess/words.h"

enum { NAMED = 4 }; /* open rules by name */

const char *
effect_text(const struct rule *r, struct arena *a)
{
	switch (r->effect) {
	case EFFECT_CAP:
		return arena_printf(a, "caps the grade at %s", r->letter);
	case EFFECT_WARNING:
		return arena_printf(a, "warning: %s", r->letter);
	case EFFECT_GRADE:
		return arena_printf(a, "grade %s", r->letter);
	case EFFECT_NONE:
		break;
	}
	return "";
}

const char *
open_effect_text(const struct rule *r, struct arena *a)
{
	switch (r->effect) {
	case EFFECT_CAP:
		return arena_printf(a, "could cap the grade at %s", r->letter);
	case EFFECT_WARNING:
		return arena_printf(a, "could be a warning: %s", r->letter);
	case EFFECT_GRADE:
		return arena_printf(a, "could be grade %s", r->letter);
	case EFFECT_NONE:
		break;
	}
	return "";
}

const char *
open_text(const struct answer *w, struct arena *a)
{
	struct line l = {0};

	for (size_t i = 0; i < w->n_open; i++) {
		const struct open_fact *o = &w->open[i];

		line_item(&l, "%s: %s%s%s%s", fact_path(o->fact, a), why_name(o->why),
		    o->note != NULL ? " (" : "", o->note != NULL ? o->note : "",
		    o->note != NULL ? ")" : "");
	}
	return line_end(&l, a);
}

static const char *
unknown_text(const struct facts *f, enum fact_id id, struct arena *a)
{
	const char *note = fact_note(f, id);

	return arena_printf(a, "%s: %s%s%s%s", fact_path(id, a), why_name(fact_why(f, id)),
	    note != NULL ? " (" : "", note != NULL ? note : "", note != NULL ? ")" : "");
}

/* How much a hit weighs: its letter's rank; a rule without effect weighs nothing. */
static int
weight(const struct judged *j, size_t i)
{
	const struct rule *r = j->p->rules[i];

	return is_hit(j, i, NULL) && r->effect != EFFECT_NONE ? rank_of(r->letter) : -1;
}

/* The heaviest hit that is not among the n taken ones; false when there is none. */
static bool
heaviest(const struct judged *j, const size_t *taken, size_t n, size_t *best)
{
	int most = -1;

	for (size_t i = 0; i < j->p->n_rules; i++) {
		bool used = false;
		int w = weight(j, i);

		for (size_t k = 0; k < n; k++)
			used = used || taken[k] == i;
		if (used || w <= most)
			continue;
		most = w;
		*best = i;
	}
	return most >= 0;
}

struct reasons {
	const struct judged *j;
	const struct grade *g;
	struct arena *a;
	const char **v;
	size_t n, room; /* room: one place may be kept for what is open */
};

static void
say(struct reasons *r, const char *text)
{
	if (r->n < r->room)
		r->v[r->n++] = text;
}

static void
say_hits(struct reasons *r)
{
	static const char *const decides[] = {[EFFECT_NONE] = "",
	    [EFFECT_CAP] = "caps the grade at",
	    [EFFECT_WARNING] = "a warning, which makes an A an",
	    [EFFECT_GRADE] = "that is grade"};
	size_t taken[REASONS_MAX], n = 0, i;

	while (n < r->room && heaviest(r->j, taken, n, &i)) {
		const struct rule *rule = r->j->p->rules[i];

		taken[n++] = i;
		say(r, arena_printf(
			   r->a, "%s: %s %s.", rule->title, decides[rule->effect], rule->letter));
	}
}

/* The score, when it is what holds the letter down. */
static void
say_score(struct reasons *r)
{
	const struct grade *g = r->g;
	struct grade best = {0};
	struct lifted all;

	memset(&all, 0, sizeof(all));
	for (size_t i = 0; i < r->j->p->n_rules; i++)
		all.rule[i] = r->j->p->rules[i]->effect != EFFECT_NONE;
	grade_make(r->j, &all, &best);
	if (g->total < 0 || g->rank <= RANK_A || (g->capped && best.rank <= RANK_A))
		return;
	if (best.rank <= RANK_A)
		return;
	say(r,
	    arena_printf(r->a, "The score is %d of 100: protocol %d, key exchange %d, cipher %d.",
		g->total, g->protocol, g->kx, g->cipher));
}

/* Why an A is an A, or what made it an A+. */
static void
say_exceptional(struct reasons *r)
{
	const struct answer *e = &r->j->exceptional;
	const struct rule *plus = r->j->p->exceptional;
	const char *nothing = r->g->shown == r->g->rank ? "Nothing" : "Nothing else";

	if (r->g->rank > RANK_A || r->g->rank < 0)
		return;
	if (r->g->exceptional)
		say(r, arena_printf(r->a, "%s lowers the grade, and: %s.", nothing, plus->title));
	else if (plus == NULL)
		say(r, arena_printf(r->a, "%s lowers the grade.", nothing));
	else if (e->value == TRI_UNKNOWN)
		say(r, arena_printf(r->a, "%s lowers the grade; A+ is open (%s).", nothing,
			   open_text(e, r->a)));
	else if (!could_be_exceptional(r->j))
		say(r, arena_printf(r->a, "%s lowers the grade; what A+ needs makes no sense here: %s.",
			   nothing, plus->title));
	else
		say(r,
		    arena_printf(r->a, "%s lowers the grade; what A+ needs besides is not so: %s.",
			nothing, plus->title));
}

static bool
asked(const struct answer *w)
{
	for (size_t i = 0; i < w->n_open; i++)
		if (w->open[i].why != WHY_NOT_ASKED)
			return true;
	return false;
}

/* Could the open rule make the grade worse? */
static bool
could_lower(const struct judged *j, const struct grade *g, size_t i)
{
	const struct rule *r = j->p->rules[i];

	return j->answers[i].value == TRI_UNKNOWN && !j->waived[i] && g->rank >= 0 &&
	       (r->effect == EFFECT_CAP || r->effect == EFFECT_WARNING) &&
	       rank_of(r->letter) > g->rank;
}

static const char *
and_more(size_t n, struct arena *a)
{
	return n > NAMED ? arena_printf(a, " and %zu more", n - NAMED) : "";
}

/* Rules that are open and could lower the grade: those asked for in vain by name, and before those
 * that nothing asked about, by number. */
static const char *
open_reason(const struct judged *j, const struct grade *g, struct arena *a)
{
	struct line in_vain = {0};
	size_t n_in_vain = 0, not_asked = 0;
	int worst = -1;

	for (size_t i = 0; i < j->p->n_rules; i++) {
		const struct rule *r = j->p->rules[i];

		if (!could_lower(j, g, i))
			continue;
		if (asked(&j->answers[i])) {
			if (n_in_vain++ < NAMED)
				line_more(&in_vain, "%s (%s)", r->id, r->letter);
			continue;
		}
		worst = rank_of(r->letter) > worst ? rank_of(r->letter) : worst;
		not_asked++;
	}
	if (n_in_vain > 0)
		return arena_printf(a, "Asked in vain, and could lower it: %s%s.",
		    line_end(&in_vain, a), and_more(n_in_vain, a));
	if (not_asked > 0)
		return arena_printf(a,
		    "Not everything was asked about: %zu rule%s could not be judged and could lower "
		    "it, to %s at worst.",
		    not_asked, not_asked == 1 ? "" : "s", rank_letter(worst));
	return NULL;
}

size_t
reasons_make(const struct judged *j, const struct grade *g, struct arena *a,
    const char *reasons[REASONS_MAX])
{
	const char *open = open_reason(j, g, a);
	struct reasons r = {j, g, a, reasons, 0, REASONS_MAX};

	if (g->rank < 0)
		say(&r, arena_printf(a, "No grade, because a score is not known (%s).",
			    unknown_text(j->f, g->unknown, a)));
	if (g->open_trust > 0)
		say(&r, arena_printf(a, "No grade, because trust is not known (%s).",
			    open_text(&j->answers[g->open_trust - 1], a)));
	if (open != NULL)
		r.room--;
	say_hits(&r);
	say_score(&r);
	say_exceptional(&r);
	r.room = REASONS_MAX;
	if (open != NULL)
		say(&r, open);
	return r.n;
}

bool
finding_not_asked(const struct facts *f, const struct finding *open)
{
	bool any = false;

	for (size_t i = 0; i < N_ELEMENTS(open->facts) && open->facts[i] != F_NONE; i++) {
		enum fact_id id = open->facts[i];

		if (fact_defs[id].kind != K_ENDPOINT)
			return false;
		if (fact_known(f, id))
			continue;
		if (fact_why(f, id) != WHY_NOT_ASKED)
			return false;
		any = true;
	}
	return any;
}
