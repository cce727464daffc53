/* tally_series - the numbers in the form in which they are shown; see tally_internal.h. */
#include <stdlib.h>

#include "base/check.h"
#include "pulse/tally_internal.h"

static const struct class statuses[] = {{"ok", TONE_GOOD}, {"partial", TONE_WARN},
    {"tls_alert", TONE_WARN}, {"not_tls", TONE_WARN}, {"protocol_error", TONE_WARN},
    {"limit", TONE_WARN}, {"closed", TONE_WARN}, {"reset", TONE_WARN}, {"timeout", TONE_WARN},
    {"refused", TONE_WARN}, {"unreachable", TONE_WARN}, {"dns_error", TONE_WARN},
    {"blocked", TONE_NONE}, {"worker_crash", TONE_BAD}, {"other", TONE_NONE}};

static const struct class validations[] = {
    {"DV", TONE_NONE}, {"IV", TONE_NONE}, {"OV", TONE_NONE}, {"EV", TONE_NONE}};

/* What becomes of a certificate, whoever presents it. */
enum state { TRUSTED, EXPIRED, SELF_SIGNED, UNTRUSTED, STATE__MAX };
static const struct class states[STATE__MAX] = {[TRUSTED] = {"trusted", TONE_GOOD},
    [EXPIRED] = {"expired", TONE_BAD},
    [SELF_SIGNED] = {"self-signed", TONE_WARN},
    [UNTRUSTED] = {"not trusted", TONE_WARN}};

/* The steps of the Baseline Requirements, 6.3.2 (and 1.6.1 for short-lived ones): what a leaf may
 * have lived, and will. */
static const struct {
	int64_t days;
	const char *name;
} lifetimes[] = {{10, "up to 10 days"}, {47, "11 to 47 days"}, {100, "48 to 100 days"},
    {200, "101 to 200 days"}, {398, "201 to 398 days"}, {825, "399 to 825 days"},
    {INT64_MAX, "more than 825 days"}};

static uint8_t
number_of(const struct class *v, size_t n, struct span word)
{
	for (size_t i = 0; i < n; i++)
		if (span_eq(word, span_str(v[i].name)))
			return (uint8_t)(i + 1);
	return 0;
}

uint8_t
tally_status(struct span word)
{
	uint8_t v = number_of(statuses, N_ELEMENTS(statuses), word);

	return v != 0 ? v : N_ELEMENTS(statuses);
}

uint8_t
tally_validation(struct span word)
{
	return number_of(validations, N_ELEMENTS(validations), word);
}

static struct series *
add_series(struct tally *t, const char *id, const char *title, const char *unit, int group)
{
	struct series *s = &t->series[t->n_series++];

	CHECK(t->n_series <= TALLY_SERIES);
	*s = (struct series){.id = id, .title = title, .unit = unit, .group = group};
	return s;
}

static void
add_slice(struct series *s, const char *name, enum tone tone, uint64_t n)
{
	CHECK(s->n < TALLY_SLICES);
	s->v[s->n++] = (struct slice){.name = name, .tone = tone, .n = n};
	s->of += n;
}

/* ---- hosts ---- */

static void
measure_series(struct work *w, enum measure_id id)
{
	const struct measure *m = &measures[id];
	struct series *s = add_series(w->t, m->name, m->title, "hosts", m->group);
	size_t n = measure_classes(m);
	const uint64_t *count = w->n.measure[id];

	s->yes_no = n == 2;
	for (size_t i = n; i > 0; i--) {
		/* The best first, but yes before no whichever is better. */
		size_t v = s->yes_no && strcmp(m->classes[0].name, "yes") == 0 ? n + 1 - i : i;

		add_slice(s, m->classes[v - 1].name, m->classes[v - 1].tone, count[v]);
	}
	add_slice(s, "unknown", TONE_NONE, count[0]);
}

static void
status_series(struct work *w)
{
	struct series *s =
	    add_series(w->t, "status", "What came of the scan", "hosts", TALLY_STATUS);

	for (size_t i = 0; i < N_ELEMENTS(statuses); i++)
		add_slice(s, statuses[i].name, statuses[i].tone, w->n.status[i + 1]);
}

static void
store_series(struct work *w)
{
	size_t n = w->stores.keys.n < TALLY_STORES ? w->stores.keys.n : TALLY_STORES;

	for (size_t i = 0; i < n && w->t->n_series < TALLY_SERIES - 8; i++) {
		struct arena *a = w->t->arena;
		const uint64_t *count = w->n.store[i];
		struct series *s =
		    add_series(w->t, arena_printf(a, "trusted_by_%s", w->stores.v[i]),
			arena_printf(a, "Trusted by %s", tally_store_title(w->stores.v[i])),
			"hosts", TALLY_TRUST);

		s->yes_no = true;
		add_slice(s, "yes", TONE_GOOD, count[2]);
		add_slice(s, "no", TONE_BAD, count[1]);
		add_slice(s, "unknown", TONE_NONE, count[0]);
	}
}

/* ---- certificates ---- */

struct leaf_counts {
	uint64_t state[STATE__MAX + 1], key[MEASURE_CLASSES + 1], hash[MEASURE_CLASSES + 1];
	uint64_t lifetime[N_ELEMENTS(lifetimes) + 1], validation[N_ELEMENTS(validations) + 1];
};

/* Its place in states[]; STATE__MAX: unknown. */
static int
state_of(const struct leaf *l)
{
	if (l->self_signed && l->trust != LEAF_YES)
		return SELF_SIGNED;
	if (l->expired)
		return EXPIRED;
	return l->trust == LEAF_YES ? TRUSTED : l->trust == LEAF_NO ? UNTRUSTED : STATE__MAX;
}

/* RFC 5280, 4.1.2.5: both ends are part of it; a part of a day counts as one.  The last place:
 * unknown. */
static size_t
lifetime_of(const struct leaf *l)
{
	int64_t days = (l->not_after - l->not_before) / 86400 + 1;
	size_t i = 0;

	if (l->not_before == 0 || l->not_after < l->not_before)
		return N_ELEMENTS(lifetimes);
	while (days > lifetimes[i].days)
		i++;
	return i;
}

static void
leaf_series(struct work *w, const char *id, const char *title, const struct class *classes,
    size_t n, const uint64_t *count)
{
	struct series *s = add_series(w->t, id, title, "certificates", TALLY_LEAVES);

	for (size_t i = 0; i < n; i++)
		add_slice(s, classes[i].name, classes[i].tone, count[i]);
	add_slice(s, "unknown", TONE_NONE, count[n]);
}

static void
lifetime_series(struct work *w, const uint64_t *count)
{
	struct series *s = add_series(w->t, "certificate_lifetime",
	    "Lifetime of trusted, unexpired certificates", "certificates", TALLY_LEAVES);

	for (size_t i = 0; i < N_ELEMENTS(lifetimes); i++)
		add_slice(s, lifetimes[i].name, lifetimes[i].days > 398 ? TONE_WARN : TONE_NONE,
		    count[i]);
	add_slice(s, "unknown", TONE_NONE, count[N_ELEMENTS(lifetimes)]);
}

/* Classes of a measure, the best first. */
static void
class_series(
    struct work *w, const char *id, const char *title, enum measure_id m, const uint64_t *count)
{
	struct series *s = add_series(w->t, id, title, "certificates", TALLY_LEAVES);

	for (size_t i = measure_classes(&measures[m]); i > 0; i--)
		add_slice(
		    s, measures[m].classes[i - 1].name, measures[m].classes[i - 1].tone, count[i]);
	add_slice(s, "unknown", TONE_NONE, count[0]);
}

static void
leaves_series(struct work *w)
{
	struct leaf_counts c = {.state = {0}};

	for (size_t i = 0; i < w->n_leaves; i++) {
		const struct leaf *l = &w->leaves[i];

		if (!l->seen)
			continue;
		c.state[state_of(l)]++;
		if (!tally_leaf_counts(l))
			continue;
		c.key[l->key]++;
		c.hash[l->hash]++;
		c.lifetime[lifetime_of(l)]++;
		c.validation[l->validation > 0 ? l->validation - 1u : N_ELEMENTS(validations)]++;
	}
	leaf_series(w, "certificate_state", "Certificates presented", states, STATE__MAX, c.state);
	class_series(w, "certificate_key", "Keys of trusted, unexpired certificates", M_KEY, c.key);
	class_series(w, "certificate_signature",
	    "Signature hashes of trusted, unexpired certificates", M_SIGNATURE, c.hash);
	lifetime_series(w, c.lifetime);
	leaf_series(w, "certificate_validation", "Validation of trusted, unexpired certificates",
	    validations, N_ELEMENTS(validations), c.validation);
}

/* The most hosts first; of as many, in the order of their words. */
static int
by_hosts(const void *a, const void *b)
{
	const struct gap *x = a, *y = b;
	int c = strcmp(x->by, y->by);

	if (x->hosts != y->hosts)
		return x->hosts < y->hosts ? 1 : -1;
	if (c == 0)
		c = strcmp(x->not_by, y->not_by);
	if (c == 0)
		c = strcmp(
		    x->subject != NULL ? x->subject : "", y->subject != NULL ? y->subject : "");
	return c != 0 ? c : strcmp(x->verdict, y->verdict);
}

void
tally_series(struct work *w)
{
	status_series(w);
	for (int i = 0; i < M__MAX; i++)
		measure_series(w, (enum measure_id)i);
	store_series(w);
	leaves_series(w);
	if (w->t->n_gaps > 0)
		qsort(w->t->gaps, w->t->n_gaps, sizeof(*w->t->gaps), by_hosts);
}
