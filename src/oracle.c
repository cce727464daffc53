/* oracle - the same request with several flaws, and whether the answers tell them apart; probe.h.
 */
#include "probe.h"

enum { LOST_MAX = 2, LISTEN_MS = 200, PART_MS = 300, WAIT_MS = 700, STILL_MS = 3000, LATER_MS = 350 };
enum { MORE_BIT = 1 << 21, DATA_BIT = 1 << 20 }; /* of an answer's number */

/* ---- asking ---- */

static bool
is_first(const struct oracle *o, unsigned variant)
{
	return (o->first >> variant & 1) != 0;
}

static unsigned
lowest_first(const struct oracle *o)
{
	unsigned i = 0;

	while (i < o->n_variants && !is_first(o, i))
		i++;
	return i;
}

void
oracle_begin(struct oracle *o, unsigned first, unsigned n_variants)
{
	o->first = first;
	o->n_variants = n_variants;
	o->variant = lowest_first(o);
}

void
oracle_ask(const struct oracle *o, const struct ctx *c, struct ask *ask)
{
	static const unsigned waits[ORACLE_OVER + 1] = {
	    WAIT_MS, LISTEN_MS, WAIT_MS, WAIT_MS, STILL_MS, WAIT_MS, WAIT_MS};
	bool part = o->in_two && o->turn == ORACLE_SAY;

	ask->kind = ASK_SAY;
	ask->same_conn = true;
	ask->keep = o->turn != ORACLE_END;
	/* Data is no answer to a broken record: the server may have begun to speak before. */
	ask->stop = o->turn == ORACLE_END || (o->turn != ORACLE_LISTEN && o->listens)
			? STOP_CLOSE
			: STOP_ANY_RECORD;
	ask->wait_ms = wait_ms(c, part ? PART_MS : waits[o->turn]);
	ask->part = part;
}

/* ---- answers ---- */

/* Equal numbers, equal answers; never 0. */
static uint32_t
number_of(const struct oracle *o, const struct reply *r)
{
	const struct server_flight *sf = r->flight;
	uint32_t n = (uint32_t)(r->kind + 1) << 24;

	if (r->kind == REPLY_ALERT)
		n |= (uint32_t)sf->alert_level << 8 | r->alert;
	if (!o->talks && r->data.n > 0)
		n |= DATA_BIT;
	if (o->more)
		n |= MORE_BIT;
	if (r->kind == REPLY_FLIGHT)
		n |= (uint32_t)(sf->ccs << 1 | sf->finished) << 16;
	return n;
}

static void
give_up(struct oracle *o, const struct ctx *c, const struct reply *r)
{
	o->why = reply_why(r) != WHY_NONE ? reply_why(r) : WHY_NOT_APPLICABLE;
	o->note = arena_str(c->arena, reply_text(r, c->arena));
	o->turn = ORACLE_OVER;
}

static bool
later_in(const struct oracle *o, unsigned round, unsigned a, unsigned b)
{
	return o->seen[round][b].ms >= 2 * o->seen[round][a].ms + LATER_MS;
}

static bool
all_alike(const struct oracle *o)
{
	const struct manner *one = &o->seen[0][lowest_first(o)], *m = o->seen[0];

	for (unsigned i = 0; i < o->n_variants; i++) {
		if (!is_first(o, i))
			continue;
		if (m[i].first != one->first || m[i].end != one->end)
			return false;
		for (unsigned k = 0; k < o->n_variants; k++)
			if (is_first(o, k) && later_in(o, 0, i, k))
				return false;
	}
	return true;
}

static void
next_round(struct oracle *o)
{
	o->alike = o->round == 0 && all_alike(o);
	if (o->alike || ++o->round == ORACLE_ROUNDS)
		o->turn = ORACLE_OVER;
	o->step = 0;
}

static void
next_variant(struct oracle *o)
{
	o->turn = ORACLE_SHAKE;
	o->more = false;
	o->step++;
	if (o->round == 0) {
		while (++o->variant < o->n_variants && !is_first(o, o->variant))
			continue;
		if (o->variant < o->n_variants)
			return;
	}
	if (o->round == 0 || o->step == o->n_variants)
		next_round(o);
	/* Every other round backwards: what comes of the order, or of other lanes, shows as
	 * unsteady. */
	o->variant = o->round % 2 == 1 ? o->n_variants - 1 - o->step : o->step;
}

/* Is silence strange here: another variant of the round was answered, or none was asked before and
 * what a probe that listens says is never the right thing to be silent at? */
static bool
should_answer(const struct oracle *o)
{
	for (unsigned i = 0; i < o->n_variants; i++)
		if (i != o->variant && o->seen[o->round][i].first != 0 &&
		    o->seen[o->round][i].first >> 24 != REPLY_SILENCE + 1)
			return true;
	return o->listens && o->step == 0;
}

static void
on_answer(struct oracle *o, const struct ctx *c, const struct reply *r)
{
	struct manner *m = &o->seen[o->round][o->variant];
	bool still = o->turn == ORACLE_STILL;

	if (r->kind == REPLY_SILENCE && r->open && o->in_two && o->turn == ORACLE_SAY) {
		o->turn = ORACLE_MORE;
		o->more = true;
		return;
	}
	if (r->kind == REPLY_SILENCE && r->open && !still && should_answer(o)) {
		o->turn = ORACLE_STILL;
		return;
	}
	if (r->kind == REPLY_LOCAL || r->kind == REPLY_NO_CONN) {
		give_up(o, c, r);
		return;
	}
	m->first = number_of(o, r);
	if (r->kind != REPLY_SILENCE)
		m->ms = r->rtt_ms + (still ? wait_ms(c, WAIT_MS) : 0);
	o->text[o->variant] = arena_str(c->arena, reply_text(r, c->arena));
	if (r->open && r->kind != REPLY_SILENCE)
		o->turn = ORACLE_END;
	else
		next_variant(o);
}

void
oracle_learn(struct oracle *o, const struct ctx *c, const struct reply *r, bool shaken)
{
	switch (o->turn) {
	case ORACLE_SHAKE:
		if (shaken && r->open)
			o->turn = o->listens && !o->listened ? ORACLE_LISTEN : ORACLE_SAY;
		else if (r->kind == REPLY_LOCAL || ++o->lost > LOST_MAX)
			give_up(o, c, r);
		break;
	case ORACLE_LISTEN:
		o->listened = true;
		o->talks = r->kind == REPLY_FLIGHT;
		if (r->open && r->kind != REPLY_ALERT) {
			o->turn = ORACLE_SAY;
			break;
		}
		give_up(o, c, r);
		o->note = "the server closes right after the handshake";
		break;
	case ORACLE_SAY:
	case ORACLE_MORE:
	case ORACLE_STILL:
		on_answer(o, c, r);
		break;
	case ORACLE_END:
		o->seen[o->round][o->variant].end = number_of(o, r);
		o->text[o->variant] = arena_printf(
		    c->arena, "%s, then %s", o->text[o->variant], reply_text(r, c->arena));
		next_variant(o);
		break;
	case ORACLE_OVER:
	default:
		break;
	}
}

/* ---- what they tell ---- */

enum view { VIEW_WHOLE, VIEW_FIRST, VIEW_CLOSED, VIEW__MAX };

/* How a connection is ended may hang on what the server has not read yet, and on the network: where
 * that varies it is left out, and reset and closed count as one. */
static uint64_t
seen_as(const struct manner *m, enum view view)
{
	uint32_t reset = (uint32_t)(REPLY_RESET + 1) << 24, closed = (uint32_t)(REPLY_FIN + 1)
								     << 24;

	if (view == VIEW_WHOLE)
		return (uint64_t)m->first << 32 | m->end;
	return view == VIEW_CLOSED && m->first == reset ? closed : m->first;
}

/* The same in each round?  Gives it; 0: it was never asked. */
static bool
steady(const struct oracle *o, unsigned variant, enum view view, uint64_t *value)
{
	*value = 0;
	for (unsigned i = 0; i < ORACLE_ROUNDS; i++) {
		const struct manner *m = &o->seen[i][variant];

		if (m->first == 0)
			continue;
		if (*value != 0 && seen_as(m, view) != *value)
			return false;
		*value = seen_as(m, view);
	}
	return *value != 0;
}

enum tri
oracle_differ(const struct oracle *o, unsigned a, unsigned b)
{
	uint64_t x, y;

	if (o->alike && o->why == WHY_NONE)
		return TRI_NO;
	for (int view = VIEW_WHOLE; o->why == WHY_NONE && view < VIEW__MAX; view++)
		if (steady(o, a, (enum view)view, &x) && steady(o, b, (enum view)view, &y))
			return x == y ? TRI_NO : TRI_YES;
	return TRI_UNKNOWN;
}

bool
oracle_later(const struct oracle *o, unsigned a, unsigned b)
{
	unsigned n = 0;

	for (unsigned i = 0; i < ORACLE_ROUNDS; i++) {
		if (o->seen[i][a].first == 0 || o->seen[i][b].first == 0)
			continue;
		if (!later_in(o, i, a, b))
			return false;
		n++;
	}
	return n > 1;
}

/* The first time that it was asked, or what all of a first round came to; NULL: never. */
static const struct manner *
first_manner(const struct oracle *o, unsigned variant)
{
	for (unsigned i = 0; i < ORACLE_ROUNDS; i++)
		if (o->seen[i][variant].first != 0)
			return &o->seen[i][variant];
	return o->alike && variant < o->n_variants ? &o->seen[0][lowest_first(o)] : NULL;
}

bool
oracle_silent(const struct oracle *o, unsigned variant)
{
	const struct manner *m = first_manner(o, variant);

	return m != NULL && m->first >> 24 == REPLY_SILENCE + 1;
}

bool
oracle_alert(const struct oracle *o, unsigned variant, uint8_t alert)
{
	const struct manner *m = first_manner(o, variant);

	return m != NULL && m->first >> 24 == REPLY_ALERT + 1 && (m->first & 0xff) == alert;
}
