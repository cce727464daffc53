/* peel - see peel.h. */
#include "tls/peel.h"

#include "base/check.h"

void
peel_init(struct peel *p, struct arena *a, struct u16s all)
{
	*p = (struct peel){.arena = a, .n_all = all.n, .n_left = all.n, .piece_end = all.n};
	p->left = arena_alloc(a, (all.n + 1) * sizeof(*p->left));
	p->got = arena_alloc(a, (all.n + 1) * sizeof(*p->got));
	p->offer = NULL;
	p->offers = arena_alloc(a, (all.n + 1) * sizeof(*p->offers));
	p->offer_len = arena_alloc(a, (all.n + 1) * sizeof(*p->offer_len));
	for (size_t i = 0; i < all.n; i++)
		p->left[i] = all.v[i];
	p->phase = all.n > 0 ? PEEL_OFFER : PEEL_DONE;
	p->complete = all.n == 0;
}

/* ---- the offer ---- */

static size_t
rank(struct u16s list, uint16_t code)
{
	size_t i = 0;

	while (i < list.n && list.v[i] != code)
		i++;
	return i;
}

/* How far behind others it is to stand: the more it is expected to be chosen. */
static uint32_t
expectation(const struct peel *p, uint16_t code)
{
	uint32_t behind = p->last != NULL && p->last(code), likely = 0;
	size_t r = rank(p->predicted, code);

	if (r < p->predicted.n)
		likely = (uint32_t)(p->predicted.n - r) << 1;
	else if (p->kin != NULL && p->n_got > 0)
		likely = p->kin(p->got[p->n_got - 1], code);
	return behind << 31 | likely;
}

/* A stable insertion: few of the list are out of place. */
static void
put_in_order(const struct peel *p, uint16_t *v, size_t n)
{
	uint32_t *key = arena_alloc(p->arena, (n + 1) * sizeof(*key));

	for (size_t i = 0; i < n; i++) {
		uint32_t x = expectation(p, v[i]);
		uint16_t code = v[i];
		size_t k = i;

		for (; k > 0 && key[k - 1] > x; k--) {
			v[k] = v[k - 1];
			key[k] = key[k - 1];
		}
		v[k] = code;
		key[k] = x;
	}
}

/* What may not stand first changes places with the first that may. */
static void
first_may(const struct peel *p, uint16_t *v, size_t n)
{
	size_t k = 0;

	if (p->never_first == NULL)
		return;
	while (k < n && p->never_first(v[k]))
		k++;
	if (k < n && k > 0) {
		uint16_t x = v[k];

		for (; k > 0; k--)
			v[k] = v[k - 1];
		v[0] = x;
	}
}

void
peel_to_front(struct peel *p, bool (*which)(uint16_t))
{
	size_t front = 0;

	for (size_t i = 0; i < p->n_offer; i++) {
		uint16_t x = p->offer[i];
		size_t k = i;

		if (!which(x))
			continue;
		for (; k > front; k--)
			p->offer[k] = p->offer[k - 1];
		p->offer[front++] = x;
	}
}

static uint16_t *
new_offer(struct peel *p, size_t n)
{
	p->offer = arena_alloc(p->arena, (n + p->always.n + 1) * sizeof(*p->offer));
	p->n_offer = n;
	return p->offer;
}

static void
offer_piece(struct peel *p)
{
	size_t n = p->piece_end - p->piece;
	uint16_t *v = new_offer(p, n);

	for (size_t i = 0; i < n; i++)
		v[i] = p->left[p->piece + i];
	put_in_order(p, v, n);
	first_may(p, v, n);
	for (size_t i = 0; i < p->always.n; i++)
		v[p->n_offer++] = p->always.v[i];
}

/* The last offer, or that piece, with something accepted in the place of one: a hello as long, to
 * which the server has an answer. */
static void
offer_with_known(struct peel *p)
{
	const uint16_t *last = p->offer;
	size_t n = p->n_offer; /* at least one */
	uint16_t *v = new_offer(p, n);

	for (size_t i = 0; i + 1 < n; i++)
		v[i] = last[i + 1];
	v[n - 1] = p->got[p->n_got - 1];
}

/* The least preferred first, but what has to stand behind does so here too. */
static void
reverse(const struct peel *p, uint16_t *v)
{
	size_t n = 0;

	for (unsigned pass = 0; pass < 2; pass++)
		for (size_t i = p->n_ordered; i-- > 0;)
			if ((p->last != NULL && p->last(p->got[i])) == (pass == 1))
				v[n++] = p->got[i];
}

static void
offer_reversed(struct peel *p)
{
	uint16_t *v = new_offer(p, p->n_ordered);

	reverse(p, v);
	first_may(p, v, p->n_ordered);
	if (v[0] == p->got[0]) /* only its first choice may stand first: that would tell nothing */
		reverse(p, v);
}

static void
offer_pair(struct peel *p)
{
	size_t i = p->pairs[p->pair], n = 0;
	uint16_t *v = new_offer(p, 3);

	if (p->never_first != NULL && p->never_first(p->got[i + 1]))
		v[n++] = p->got[p->n_got - 1]; /* see pair_can_be_asked() */
	v[n++] = p->got[i + 1];
	v[n++] = p->got[i];
	p->n_offer = n;
}

bool
peel_next(struct peel *p, struct u16s *offer)
{
	switch (p->phase) {
	case PEEL_OFFER:
		offer_piece(p);
		break;
	case PEEL_AGAIN:
		break;
	case PEEL_CONTROL:
		if (p->control_alone)
			new_offer(p, 1)[0] = p->got[p->n_got - 1];
		else if (!p->control_lost) /* else the same once more */
			offer_with_known(p);
		break;
	case PEEL_PROVE:
		offer_piece(p);
		offer_with_known(p);
		break;
	case PEEL_REVERSED:
		offer_reversed(p);
		break;
	case PEEL_PAIR:
		offer_pair(p);
		break;
	case PEEL_DONE:
	default:
		return false;
	}
	*offer = (struct u16s){p->offer, p->n_offer};
	return true;
}

/* ---- who decides? ---- */

static size_t
position(const struct peel *p, size_t step, uint16_t code)
{
	return rank((struct u16s){p->offers[step], p->offer_len[step]}, code);
}

/* Was the i-th choice the first of all that it accepts in that offer? */
static bool
was_first(const struct peel *p, size_t i)
{
	size_t at = position(p, i, p->got[i]);

	for (size_t k = i + 1; k < p->n_ordered; k++)
		if (position(p, i, p->got[k]) < at)
			return false;
	return true;
}

/* The i-th before its successor, although the successor stood in front: the server's own doing. */
static bool
pair_is_proven(const struct peel *p, size_t i)
{
	return position(p, i, p->got[i + 1]) < position(p, i, p->got[i]);
}

/* One that may not stand first needs another in front that loses against both. */
static bool
pair_can_be_asked(const struct peel *p, size_t i)
{
	if (p->last != NULL && p->last(p->got[i + 1]))
		return false;
	if (p->never_first == NULL || !p->never_first(p->got[i + 1]))
		return true;
	return i + 2 < p->n_got && !p->never_first(p->got[p->n_got - 1]);
}

static void
collect_pairs(struct peel *p)
{
	unsigned room = p->max_checks > p->checks ? p->max_checks - p->checks : 0;

	p->n_pairs = p->pair = 0;
	p->verified = true;
	for (size_t i = 0; i + 1 < p->n_ordered; i++) {
		if (pair_is_proven(p, i) || (i == 0 && p->top_proven))
			continue;
		if (p->n_pairs < room && p->n_pairs < PEEL_MAX_CHECKS && pair_can_be_asked(p, i))
			p->pairs[p->n_pairs++] = i;
		else
			p->verified = false;
	}
}

static void
finish(struct peel *p, enum peel_verdict v)
{
	p->verdict = v;
	p->phase = PEEL_DONE;
}

static void
mixed(struct peel *p, uint16_t a, uint16_t b)
{
	p->odd[0] = a;
	p->odd[1] = b;
	finish(p, PEEL_MIXED);
}

static void
check_pairs(struct peel *p)
{
	collect_pairs(p);
	if (p->n_pairs > 0)
		p->phase = PEEL_PAIR;
	else
		finish(p, PEEL_SERVER);
}

static void
judge_order(struct peel *p)
{
	p->client_like = true;
	if (!p->sorted || !p->pieces)
		p->n_ordered = p->n_got;
	for (size_t i = 0; i + 1 < p->n_ordered && p->client_like; i++)
		p->client_like = was_first(p, i);
	if (p->n_got <= 1)
		finish(p, p->n_got == 1 && p->complete ? PEEL_SINGLE : PEEL_UNKNOWN);
	else if (p->n_ordered < p->n_got && !p->client_like)
		finish(p, PEEL_UNKNOWN); /* some were found apart from the others */
	else if (p->client_like && p->max_checks > 0)
		p->phase = PEEL_REVERSED;
	else if (p->client_like)
		finish(p, PEEL_CLIENT); /* as far as it goes: not verified */
	else
		check_pairs(p);
}

/* ---- pieces ---- */

/* At most PEEL_PIECE of the same kind. */
static void
next_piece(struct peel *p)
{
	size_t end = p->piece_end;

	p->piece = end;
	while (end < p->n_left && end < p->piece + p->piece_size &&
	    (p->same_kind == NULL || p->proving || p->same_kind(p->left[p->piece], p->left[end])))
		end++;
	p->piece_end = end;
}

/* What is left, kind by kind, each in its order; from `from` on. */
static void
by_kind(struct peel *p, size_t from)
{
	uint16_t *v = arena_alloc(p->arena, (p->n_left + 1) * sizeof(*v));
	size_t n = 0;

	if (p->same_kind == NULL)
		return;
	for (size_t i = from; i < p->n_left; i++) {
		if (u16s_has((struct u16s){v, n}, p->left[i]))
			continue;
		for (size_t k = i; k < p->n_left; k++)
			if (p->same_kind(p->left[i], p->left[k]))
				v[n++] = p->left[k];
	}
	CHECK(n == p->n_left - from);
	memcpy(p->left + from, v, n * sizeof(*v));
}

static size_t
count_doubtful(const struct peel *p)
{
	size_t n = 0;

	for (size_t i = 0; i < p->n_left && p->doubtful != NULL; i++)
		n += p->doubtful(p->left[i]);
	return n;
}

/* Plain ones to the front, the doubtful behind them, kind by kind; then the plain ones alone. */
static void
sort_out(struct peel *p)
{
	uint16_t *v = arena_alloc(p->arena, (p->n_left + 1) * sizeof(*v));
	size_t n = 0, n_plain = 0;

	for (unsigned pass = 0; pass < 2; pass++) {
		for (size_t i = 0; i < p->n_left; i++)
			if (p->doubtful(p->left[i]) == (pass == 1))
				v[n++] = p->left[i];
		n_plain = pass == 0 ? n : n_plain;
	}
	p->left = v;
	by_kind(p, n_plain);
	p->piece_size = PEEL_PIECE;
	p->sorted = true;
	p->n_plain_got = p->n_got;
	p->piece = 0;
	p->piece_end = n_plain;
	p->phase = PEEL_OFFER;
}

/* Is it still open whether one of the doubtful has spoiled the offer? */
static bool
in_doubt(const struct peel *p)
{
	size_t n = count_doubtful(p);

	if (p->uncovered && p->n_got == p->n_cover_got)
		return false;
	return !p->pieces && !p->sorted && p->n_got > 0 && n > 0 && n < p->n_left;
}

static size_t
count(struct u16s l, bool (*which)(uint16_t))
{
	size_t n = 0;

	for (size_t i = 0; i < l.n; i++)
		n += which(l.v[i]);
	return n;
}

/* May what is left be refused because of what was found, whose certificate comes first? */
static bool
is_covered(const struct peel *p)
{
	struct u16s got = {p->got, p->n_got}, left = {p->left, p->n_left};

	if (p->hides == NULL || p->uncovered || (p->pieces && (!p->sorted || p->piece_end < p->n_left)))
		return false;
	return count(got, p->hides) > 0 && count(got, p->hidden) == 0 && count(left, p->hides) > 0 &&
	    count(left, p->hidden) > 0;
}

/* What is left, without those that hide others: these were refused where nothing hid them. */
static void
uncover(struct peel *p)
{
	size_t n = 0;

	for (size_t i = 0; i < p->n_left; i++)
		if (!p->hides(p->left[i]))
			p->left[n++] = p->left[i];
	p->n_left = p->piece_end = n;
	p->piece = 0;
	p->uncovered = true;
	p->n_cover_got = p->n_got;
	p->phase = PEEL_OFFER;
	if (p->pieces) {
		p->piece_end = 0;
		next_piece(p);
	} else {
		p->sorted = false;
	}
}

/* All that was found in pieces once more, together: the order is in it. */
static void
begin_second_pass(struct peel *p)
{
	p->second_pass = true;
	p->found = arena_u16s(p->arena, p->found); /* got is about to be written again */
	for (size_t i = 0; i < p->n_got; i++)
		p->left[i] = p->got[p->n_got - 1 - i];
	p->n_left = p->piece_end = p->n_got;
	p->piece = 0;
	p->n_got = 0;
	p->phase = PEEL_OFFER;
}

/* The next piece to be offered beside something accepted; after the last one, the order. */
static void
prove_next(struct peel *p)
{
	if (p->piece_end < p->n_left) {
		next_piece(p);
		p->phase = PEEL_PROVE;
		return;
	}
	p->complete = !p->unproven;
	if (p->n_got > 1)
		begin_second_pass(p);
	else
		judge_order(p);
}

static void
begin_proof(struct peel *p)
{
	p->proving = true;
	p->piece_end = 0;
	prove_next(p);
}

static void
piece_over(struct peel *p)
{
	p->phase = PEEL_OFFER;
	p->control_lost = p->control_alone = p->lost = false;
	if (p->second_pass) {
		judge_order(p);
		return;
	}
	if (p->proving) {
		prove_next(p);
		return;
	}
	if (p->n_got == 0 && p->must_accept && !p->pieces && p->n_left > PEEL_FEW) {
		p->piece_size = p->n_left > PEEL_PIECE ? PEEL_PIECE : (p->n_left + 1) / 2;
		p->pieces = true;
		by_kind(p, 0);
		p->piece_end = 0;
		next_piece(p);
		return;
	}
	if (in_doubt(p)) {
		sort_out(p);
		return;
	}
	if (p->sorted && !p->pieces && p->n_got > p->n_plain_got) {
		p->pieces = true; /* it did help; the rest is found, but not where it stands */
		p->n_ordered = p->n_got;
	}
	if (is_covered(p)) {
		uncover(p);
		return;
	}
	if (p->pieces && p->piece_end < p->n_left) {
		next_piece(p);
		return;
	}
	if (p->pieces && !p->sorted && p->n_got > 0) {
		begin_proof(p); /* only then it is complete */
		return;
	}
	p->complete = p->n_got > 0 || !p->must_accept;
	judge_order(p);
}

/* ---- answers ---- */

static void
publish(struct peel *p)
{
	if (!p->second_pass || p->n_got >= p->found.n)
		p->found = (struct u16s){p->got, p->n_got};
}

static void
take(struct peel *p, uint16_t code)
{
	size_t i = rank((struct u16s){p->left, p->n_left}, code);

	p->offers[p->n_got] = p->offer;
	p->offer_len[p->n_got] = p->n_offer;
	p->got[p->n_got++] = code;
	for (; i + 1 < p->n_left; i++)
		p->left[i] = p->left[i + 1];
	p->n_left--;
	p->piece_end--;
	p->control_lost = p->lost = false;
	publish(p);
	if (p->piece == p->piece_end)
		piece_over(p);
	else
		p->phase = p->proving && !p->second_pass ? PEEL_PROVE : PEEL_OFFER;
}

void
peel_seed(struct peel *p, struct u16s offer, uint16_t code)
{
	CHECK(p->phase == PEEL_OFFER && p->n_got == 0);
	if (!u16s_has((struct u16s){p->left, p->n_left}, code))
		return;
	memcpy(new_offer(p, offer.n), offer.v, offer.n * sizeof(*offer.v));
	take(p, code);
}

static void
picked_of_reversed(struct peel *p, uint16_t code)
{
	p->checks++;
	if (code == p->offer[0])
		finish(p, PEEL_CLIENT);
	else if (code == p->got[0] && p->n_ordered == p->n_got) {
		p->top_proven = true; /* an order of its own, and our offers happened to follow it */
		check_pairs(p);
	} else if (code == p->got[0])
		finish(p, PEEL_UNKNOWN);
	else
		mixed(p, p->got[0], code);
}

static void
pair_over(struct peel *p)
{
	if (++p->pair == p->n_pairs)
		finish(p, p->pair_refused ? PEEL_UNKNOWN : PEEL_SERVER);
}

static void
picked_of_pair(struct peel *p, uint16_t code)
{
	uint16_t first = p->got[p->pairs[p->pair]];

	p->checks++;
	if (code != first)
		mixed(p, first, code);
	else
		pair_over(p);
}

/* Two of what it accepts, and it does not want them alone: nothing is learned of their order. */
static void
no_pick_of_pair(struct peel *p)
{
	p->checks++;
	p->verified = false;
	p->pair_refused = true;
	pair_over(p);
}

void
peel_picked(struct peel *p, uint16_t code)
{
	CHECK(p->phase != PEEL_DONE);
	if (u16s_has(p->always, code) && !u16s_has((struct u16s){p->left, p->n_left}, code)) {
		peel_refused(p);
		return;
	}
	if (!u16s_has((struct u16s){p->offer, p->n_offer}, code)) {
		p->unasked_for = true;
		p->strange = code;
		peel_stop(p);
		return;
	}
	switch (p->phase) {
	case PEEL_OFFER:
	case PEEL_AGAIN:
		take(p, code);
		break;
	case PEEL_CONTROL:
	case PEEL_PROVE:
		if (code != p->got[p->n_got - 1]) {
			take(p, code);
			break;
		}
		p->by_silence = p->by_silence || p->phase == PEEL_CONTROL;
		piece_over(p);
		break;
	case PEEL_REVERSED:
		picked_of_reversed(p, code);
		break;
	case PEEL_PAIR:
	default:
		picked_of_pair(p, code);
		break;
	}
}

void
peel_refused(struct peel *p)
{
	CHECK(p->phase != PEEL_DONE);
	switch (p->phase) {
	case PEEL_OFFER:
	case PEEL_AGAIN:
		piece_over(p);
		break;
	case PEEL_PAIR:
		no_pick_of_pair(p);
		break;
	case PEEL_PROVE:
		p->unproven = true;
		prove_next(p);
		break;
	default: /* it refuses what it has accepted before */
		peel_stop(p);
		break;
	}
}

void
peel_lost(struct peel *p, bool closed)
{
	bool enough = closed && p->closes && p->n_got > 0;

	CHECK(p->phase != PEEL_DONE);
	if (p->phase == PEEL_PROVE || p->phase == PEEL_PAIR)
		peel_refused(p);
	else if (p->phase == PEEL_OFFER && !enough && !(p->lost && p->n_got > 0))
		p->phase = PEEL_AGAIN;
	else if (p->phase <= PEEL_AGAIN && in_doubt(p)) {
		p->lost = true;
		sort_out(p); /* nearly the same, for the third time */
	} else if (p->phase <= PEEL_AGAIN && p->n_got > 0)
		p->phase = PEEL_CONTROL;
	else if (p->phase == PEEL_CONTROL && !p->control_lost)
		p->control_lost = true;
	else if (p->phase == PEEL_CONTROL && p->pieces && p->sorted && !p->control_alone)
		p->control_alone = true; /* one of this piece may spoil whatever it stands in */
	else if (p->phase == PEEL_AGAIN && p->must_accept && (!p->pieces || p->piece_end < p->n_left))
		piece_over(p);
	else
		peel_stop(p);
}

void
peel_stop(struct peel *p)
{
	if (p->phase != PEEL_REVERSED && p->phase != PEEL_PAIR)
		p->complete = false;
	finish(p, PEEL_UNKNOWN);
}

const char *
peel_order(const struct peel *p)
{
	static const char *const names[] = {NULL, "single", "server", "client", "mixed"};

	return names[p->verdict];
}
