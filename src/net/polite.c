/* polite - see polite.h.  Hash tables; what is not in use stays in a queue, oldest first. */
#include "net/polite.h"

#include <stdlib.h>

#include "base/check.h"
#include "base/xalloc.h"

enum {
	MAX_IDLE = 4096, /* of those not in use, the oldest is forgotten */
	BUCKETS = 4096,	 /* of the hash table */
	KEY_MAX = 28,	 /* struct sockaddr_in6 */
	BUSY_MS = 10,	 /* when to look again for a free slot */
	FIRST_GAP_MS = 125,
	LAST_GAP_MS = 2000,
	BACK_OFF_AFTER = 2, /* failures in a row */
	BURST = 2,	    /* connections of an address or a prefix that may follow at once */
	BURST_PART = 20	    /* of all connections: as many as in this part of a second */
};

/* One time line: no two connections nearer to each other than gap_us, but for a burst. */
struct pace {
	uint64_t gap_us, burst_us, next_us;
};

enum sort { SORT_PEER, SORT_ADDRESS, SORT_PREFIX };

struct entry { /* what is remembered of a socket address, an address or a prefix */
	struct polite *table;
	struct entry *chain;	    /* of its bucket */
	struct entry *older, *newer; /* in the queue, while not in use */
	enum sort sort;
	uint8_t key[KEY_MAX];
	size_t len;
	unsigned refs;
	struct pace pace; /* SORT_ADDRESS, SORT_PREFIX */
};

struct peer {
	struct entry e; /* first: they are one allocation */
	struct entry *address, *prefix;
	unsigned open;
	unsigned failures; /* in a row */
	unsigned gap_ms;
	uint64_t next_ms; /* no connection before */
	bool answered, silent;
	unsigned retries[RETRY__MAX]; /* since the last answer */
};

struct polite {
	struct entry *buckets[BUCKETS];
	struct entry *oldest, *newest;
	size_t n_idle;
	unsigned slots;
	struct polite_rates rates;
	struct pace all;
};

static const struct {
	unsigned times, pause_ms;
} rows[] = {
#define RETRY(id, times, pause_ms, why) {times, pause_ms},
#include "net/retry.def"
#undef RETRY
};

/* ---- the table ---- */

static void
pace_init(struct pace *p, unsigned per_second, unsigned burst)
{
	if (per_second == 0)
		return;
	p->gap_us = 1000000 / per_second;
	p->burst_us = p->gap_us * burst;
}

struct polite *
polite_new(unsigned slots)
{
	struct polite *t = xcalloc(1, sizeof(*t));

	t->slots = slots > 0 ? slots : 1;
	return t;
}

void
polite_limit(struct polite *t, const struct polite_rates *rates)
{
	t->rates = *rates;
	pace_init(&t->all, rates->all, rates->all / BURST_PART);
}

void
polite_free(struct polite *t)
{
	if (t == NULL)
		return;
	for (size_t i = 0; i < BUCKETS; i++) {
		struct entry *next;

		for (struct entry *e = t->buckets[i]; e != NULL; e = next) {
			next = e->chain;
			/* A peer that is remembered keeps its address and prefix. */
			CHECK(e->refs == 0 || e->sort != SORT_PEER);
			free(e);
		}
	}
	free(t);
}

static struct entry **
bucket(struct polite *t, enum sort sort, const uint8_t *key, size_t len)
{
	uint32_t h = 2166136261U ^ (uint32_t)sort; /* FNV-1a */

	for (size_t i = 0; i < len; i++)
		h = (h ^ key[i]) * 16777619U;
	return &t->buckets[(h ^ h >> 16) % BUCKETS];
}

static void
leave_queue(struct polite *t, struct entry *e)
{
	*(e->older != NULL ? &e->older->newer : &t->oldest) = e->newer;
	*(e->newer != NULL ? &e->newer->older : &t->newest) = e->older;
	e->older = e->newer = NULL;
	t->n_idle--;
}

static void
enter_queue(struct polite *t, struct entry *e)
{
	e->older = t->newest;
	*(t->newest != NULL ? &t->newest->newer : &t->oldest) = e;
	t->newest = e;
	t->n_idle++;
}

static void release(struct entry *e);

static void
forget(struct polite *t, struct entry *e)
{
	struct entry **at = bucket(t, e->sort, e->key, e->len);

	leave_queue(t, e);
	while (*at != e)
		at = &(*at)->chain;
	*at = e->chain;
	if (e->sort == SORT_PEER) {
		struct peer *p = (struct peer *)e;

		release(p->address);
		release(p->prefix);
	}
	free(e);
}

static void
release(struct entry *e)
{
	struct polite *t = e->table;

	CHECK(e->refs > 0);
	if (--e->refs > 0)
		return;
	enter_queue(t, e);
	if (e->sort == SORT_PEER) /* its address and prefix may follow it: no deeper than that */
		while (t->n_idle > MAX_IDLE)
			forget(t, t->oldest);
}

/* The entry, in use once more; a new one has `size` bytes. */
static struct entry *
obtain(struct polite *t, enum sort sort, const uint8_t *key, size_t len, size_t size, bool *is_new)
{
	struct entry **at = bucket(t, sort, key, len), *e = *at;

	while (e != NULL && (e->sort != sort || e->len != len || memcmp(e->key, key, len) != 0))
		e = e->chain;
	*is_new = e == NULL;
	if (e == NULL) {
		e = xcalloc(1, size);
		e->table = t;
		e->sort = sort;
		memcpy(e->key, key, len);
		e->len = len;
		e->chain = *at;
		*at = e;
	} else if (e->refs == 0) {
		leave_queue(t, e);
	}
	e->refs++;
	return e;
}

static struct entry *
obtain_pace(struct polite *t, enum sort sort, const uint8_t *key, size_t len, unsigned rate)
{
	bool is_new;
	struct entry *e = obtain(t, sort, key, len, sizeof(*e), &is_new);

	if (is_new)
		pace_init(&e->pace, rate, BURST);
	return e;
}

/* Where the address bytes of a socket address are, and how many: RFC 4291 and RFC 791.  What is
 * neither is taken whole. */
static struct span
address_bytes(const uint8_t *addr, size_t len)
{
	if (len == 16) /* struct sockaddr_in */
		return (struct span){addr + 4, 4};
	if (len == 28) /* struct sockaddr_in6 */
		return (struct span){addr + 8, 16};
	return (struct span){addr, len};
}

size_t
polite_prefix(const uint8_t *addr, size_t len, uint8_t out[POLITE_PREFIX_MAX])
{
	struct span a = address_bytes(addr, len);
	size_t n = a.n == 4 ? 3 : a.n == 16 ? 6 : a.n < POLITE_PREFIX_MAX ? a.n : POLITE_PREFIX_MAX;

	memcpy(out, a.p, n);
	return n;
}

struct peer *
polite_peer(struct polite *t, const uint8_t *addr, size_t len)
{
	struct span a = address_bytes(addr, len);
	uint8_t prefix[POLITE_PREFIX_MAX];
	struct peer *p;
	bool is_new;

	CHECK(len <= KEY_MAX);
	p = (struct peer *)obtain(t, SORT_PEER, addr, len, sizeof(*p), &is_new);
	if (!is_new)
		return p;
	p->address = obtain_pace(t, SORT_ADDRESS, a.p, a.n, t->rates.per_address);
	p->prefix = obtain_pace(
	    t, SORT_PREFIX, prefix, polite_prefix(addr, len, prefix), t->rates.per_prefix);
	return p;
}

void
peer_release(struct peer *p)
{
	release(&p->e);
}

/* ---- slots and time ---- */

/* The next free moment of this time line, which is then taken. */
static uint64_t
reserve(struct pace *p, uint64_t now_us)
{
	uint64_t from = now_us > p->burst_us ? now_us - p->burst_us : 0, at;

	if (p->gap_us == 0)
		return now_us;
	if (p->next_us < from)
		p->next_us = from;
	at = p->next_us > now_us ? p->next_us : now_us;
	p->next_us += p->gap_us;
	return at;
}

/* One time line after the other, so that who waits for its address takes no time from others. */
static unsigned
wait_for_turn(struct peer *p, uint64_t now_ms, struct turn *t)
{
	struct pace *lines[] = {&p->address->pace, &p->prefix->pace, &p->e.table->all};
	uint64_t now_us = now_ms * 1000;

	while (t->at_us <= now_us && t->lines < N_ELEMENTS(lines))
		t->at_us = reserve(lines[t->lines++], now_us);
	return t->at_us > now_us ? (unsigned)((t->at_us - now_us + 999) / 1000) : 0;
}

unsigned
peer_take(struct peer *p, uint64_t now_ms, struct turn *t)
{
	unsigned wait;

	if (p->open >= p->e.table->slots)
		return BUSY_MS;
	if (now_ms < p->next_ms)
		return (unsigned)(p->next_ms - now_ms);
	wait = wait_for_turn(p, now_ms, t);
	if (wait > 0)
		return wait;
	*t = (struct turn){0};
	p->next_ms = now_ms + p->gap_ms;
	p->open++;
	return 0;
}

void
peer_give(struct peer *p)
{
	CHECK(p->open > 0);
	p->open--;
}

void
peer_answered(struct peer *p)
{
	p->answered = true;
	p->failures = 0;
	p->gap_ms = 0;
	memset(p->retries, 0, sizeof(p->retries));
}

void
peer_failed(struct peer *p)
{
	if (++p->failures < BACK_OFF_AFTER || !p->answered)
		return;
	p->gap_ms = p->gap_ms == 0 ? FIRST_GAP_MS : p->gap_ms * 2;
	if (p->gap_ms > LAST_GAP_MS)
		p->gap_ms = LAST_GAP_MS;
}

bool
peer_has_answered(const struct peer *p)
{
	return p->answered;
}

bool
peer_may_retry(struct peer *p, enum retry r, unsigned already)
{
	if (r >= RETRY__MAX || already >= rows[r].times)
		return false;
	if (r == RETRY_SILENCE && p->silent)
		return false;
	if (r == RETRY_REFUSED && !p->answered)
		return false;
	/* After an answer each exchange has its own allowance, as long as others are answered. */
	if (p->retries[r] >= rows[r].times * (p->answered ? 4 : 1))
		return false;
	p->retries[r]++;
	return true;
}

void
peer_is_silent(struct peer *p)
{
	p->silent = true;
}

unsigned
retry_pause_ms(enum retry r)
{
	CHECK(r < RETRY__MAX);
	return rows[r].pause_ms;
}
