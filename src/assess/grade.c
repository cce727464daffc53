/* grade - see grade.h; the arithmetic is that of the SSL Server Rating Guide. */
#include "assess/grade.h"

#include "base/check.h"

enum { LEAST_STRONG = 128 };

void
judge(struct judged *j, const struct policy *p, const struct facts *f)
{
	bool dated = fact_known(f, F_AUDIT_TIME);

	memset(j, 0, sizeof(*j));
	j->p = p;
	j->f = f;
	for (size_t i = 0; i < p->n_rules; i++) {
		j->answers[i] = rule_ask(p->rules[i], f);
		/* Without a date a waiver may be over: it does not hold. */
		j->waived[i] = p->rules[i]->waived != NULL && dated &&
			       fact_time(f, F_AUDIT_TIME) <= p->rules[i]->waived_until;
	}
	if (p->exceptional != NULL)
		j->exceptional = rule_ask(p->exceptional, f);
	else
		j->exceptional.value = TRI_NO;
}

bool
is_hit(const struct judged *j, size_t rule, const struct lifted *l)
{
	return j->answers[rule].value == TRI_YES && !j->waived[rule] &&
	       (l == NULL || !l->rule[rule]);
}

/* Does a lifted rule rest on the fact, with that operator and number? */
static const struct cond *
mended(const struct judged *j, const struct lifted *l, enum fact_id id, enum op op)
{
	for (size_t i = 0; l != NULL && i < j->p->n_rules; i++) {
		const struct rule *r = j->p->rules[i];

		if (!l->rule[i] || j->answers[i].value != TRI_YES)
			continue;
		for (size_t k = 0; k < r->n_when; k++)
			if (r->when[k].fact == id && r->when[k].op == op)
				return &r->when[k];
	}
	return NULL;
}

/* ---- protocol: (best + worst) / 2 ---- */

static enum tri
version_on(const struct judged *j, const struct lifted *l, enum fact_id proto)
{
	const struct cond *c = mended(j, l, proto, OP_IS);
	enum tri t = fact_tri(j->f, proto);

	if (c == NULL || t == TRI_UNKNOWN || c->numbers[0] != (int64_t)t)
		return t;
	return t == TRI_YES ? TRI_NO : TRI_YES;
}

/* Twice the score; -1 when the best version is not known.  An unknown version below the best one
 * is left aside: it can only lower the score, and the rules about it are open. */
static int
protocol_twice(const struct judged *j, const struct lifted *l, enum fact_id *unknown)
{
	int best = -1, worst = -1;

	for (size_t i = 0; i < N_SUITE_LISTS; i++) {
		int score = j->p->version_score[i];

		if (version_on(j, l, suite_lists[i].proto) != TRI_YES)
			continue;
		best = score > best ? score : best;
		worst = worst < 0 || score < worst ? score : worst;
	}
	for (size_t i = 0; i < N_SUITE_LISTS; i++) {
		enum fact_id proto = suite_lists[i].proto;

		if (fact_tri(j->f, proto) == TRI_UNKNOWN && j->p->version_score[i] > best &&
		    fact_why(j->f, proto) != WHY_NOT_APPLICABLE) {
			*unknown = proto;
			return -1;
		}
	}
	if (best < 0)
		*unknown = F_PROTO_MAX;
	return best < 0 ? -1 : best + worst;
}

/* ---- bits ---- */

static int
bits_score(const struct bits_score *b, uint32_t bits)
{
	for (size_t i = 0; i < b->n_steps; i++)
		if (bits < b->steps[i].below)
			return b->steps[i].score;
	return b->otherwise;
}

/* The fact's bits, mended by lifted rules; false: not known or not applicable. */
static bool
bits_of(const struct judged *j, const struct lifted *l, enum fact_id id, uint32_t *bits)
{
	if (!fact_known(j->f, id))
		return false;
	*bits = fact_u32(j->f, id);
	for (size_t i = 0; l != NULL && i < j->p->n_rules; i++) {
		const struct rule *r = j->p->rules[i];

		for (size_t k = 0; l->rule[i] && k < r->n_when; k++)
			if (r->when[k].fact == id && r->when[k].op == OP_LESS &&
			    *bits < r->when[k].numbers[0])
				*bits = (uint32_t)r->when[k].numbers[0];
	}
	return true;
}

static int
limited(const struct judged *j, const struct lifted *l, const struct bits_score *b, int score)
{
	for (size_t i = 0; i < b->n_limits; i++)
		for (size_t k = 0; k < j->p->n_rules; k++)
			if (strcmp(j->p->rules[k]->id, b->limits[i].rule) == 0 && is_hit(j, k, l) &&
			    score > b->limits[i].score)
				score = b->limits[i].score;
	return score;
}

/* The weaker of key and ephemeral key exchange; a server without the one has the other. */
static int
kx_score(const struct judged *j, const struct lifted *l, enum fact_id *unknown)
{
	static const enum fact_id ids[] = {F_KEY_MIN_BITS, F_KX_MIN_BITS};
	int score = limited(j, l, &j->p->kx, 100);
	bool any = score < 100;
	uint32_t bits;

	if (score == 0)
		return 0;
	for (size_t i = 0; i < N_ELEMENTS(ids); i++) {
		if (bits_of(j, l, ids[i], &bits)) {
			int s = bits_score(&j->p->kx, bits);

			score = s < score ? s : score;
			any = true;
		} else if (fact_why(j->f, ids[i]) != WHY_NOT_APPLICABLE) {
			*unknown = ids[i];
			return -1;
		}
	}
	if (!any)
		*unknown = F_KEY_MIN_BITS;
	return any ? score : -1;
}

/* Twice (strongest + weakest) / 2. */
static int
cipher_twice(const struct judged *j, const struct lifted *l, enum fact_id *unknown)
{
	uint32_t weakest, strongest;
	int score, most;

	if (!bits_of(j, l, F_SUITES_WEAKEST, &weakest)) {
		*unknown = F_SUITES_WEAKEST;
		return -1;
	}
	if (!bits_of(j, l, F_SUITES_STRONGEST, &strongest)) {
		*unknown = F_SUITES_STRONGEST;
		return -1;
	}
	/* Without the weak ones: no suite has 112 to 127 bits, since 3DES counts as 168. */
	if (weakest > fact_u32(j->f, F_SUITES_WEAKEST) && weakest < LEAST_STRONG)
		weakest = LEAST_STRONG;
	if (strongest < weakest)
		strongest = weakest;
	score = bits_score(&j->p->cipher, weakest) + bits_score(&j->p->cipher, strongest);
	most = 2 * limited(j, l, &j->p->cipher, 100);
	return score < most ? score : most;
}

/* A zero in any category makes the whole 0 (guide, Methodology Overview). */
static void
score(const struct judged *j, const struct lifted *l, struct grade *g)
{
	const struct policy *p = j->p;
	enum fact_id unknown[3] = {F_NONE, F_NONE, F_NONE};
	int protocol = protocol_twice(j, l, &unknown[0]), kx = kx_score(j, l, &unknown[1]);
	int cipher = cipher_twice(j, l, &unknown[2]);

	g->protocol = protocol < 0 ? -1 : protocol / 2;
	g->kx = kx;
	g->cipher = cipher < 0 ? -1 : cipher / 2;
	g->total = -1;
	for (size_t i = 3; i > 0; i--)
		if (unknown[i - 1] != F_NONE)
			g->unknown = unknown[i - 1];
	if (g->unknown != F_NONE)
		return;
	g->total = protocol == 0 || kx == 0 || cipher == 0
		       ? 0
		       : (protocol * p->protocol_weight + 2 * kx * p->kx.weight +
			     cipher * p->cipher.weight) /
			     200;
}

/* ---- the letter ---- */

static int
letter_of(const struct policy *p, int total)
{
	for (size_t i = 0; i < p->n_letters; i++)
		if (total >= p->letters[i].score)
			return p->letters[i].rank;
	return RANK_F;
}

/* Score letter, then caps; an A with a warning is an A-, an exceptional one an A+. */
static void
rank(const struct judged *j, const struct lifted *l, struct grade *g)
{
	int cap = RANK_A_PLUS, warned = RANK_A;

	for (size_t i = 0; i < j->p->n_rules; i++) {
		const struct rule *r = j->p->rules[i];

		if (!is_hit(j, i, l) || r->effect == EFFECT_NONE || r->effect == EFFECT_GRADE)
			continue;
		if (r->effect == EFFECT_CAP && rank_of(r->letter) > cap)
			cap = rank_of(r->letter);
		if (r->effect == EFFECT_WARNING)
			warned = rank_of(r->letter);
	}
	g->warnings = warned != RANK_A;
	g->capped = cap != RANK_A_PLUS;
	if (g->total < 0) { /* F is F, whatever the score would be */
		g->rank = cap == RANK_F ? RANK_F : -1;
		return;
	}
	g->rank = letter_of(j->p, g->total);
	g->rank = cap > g->rank ? cap : g->rank;
	if (g->rank != RANK_A)
		return;
	g->rank = warned;
	g->exceptional = !g->warnings && !g->capped &&
			 (j->exceptional.value == TRI_YES || (l != NULL && l->exceptional));
	if (g->exceptional)
		g->rank = RANK_A_PLUS;
}

void
grade_make(const struct judged *j, const struct lifted *l, struct grade *g)
{
	int trust = -1;

	memset(g, 0, sizeof(*g));
	score(j, l, g);
	rank(j, l, g);
	for (size_t i = 0; i < j->p->n_rules; i++) {
		const struct rule *r = j->p->rules[i];

		if (r->effect != EFFECT_GRADE)
			continue;
		if (is_hit(j, i, l) && rank_of(r->letter) > trust)
			trust = rank_of(r->letter);
		if (j->answers[i].value == TRI_UNKNOWN && !j->waived[i] && g->open_trust == 0)
			g->open_trust = i + 1;
	}
	if (trust >= 0)
		g->open_trust = 0;
	g->shown = trust >= 0 ? trust : g->open_trust > 0 ? -1 : g->rank;
}
