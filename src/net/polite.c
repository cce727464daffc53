/* polite - see polite.h.  A list, the address used last in front. */
#include "net/polite.h"

#include <stdlib.h>

#include "base/check.h"
#include "base/xalloc.h"

enum {
	MAX_PEERS = 256, /* of those not in use, the oldest is forgotten */
	ADDR_MAX = 28,	 /* struct sockaddr_in6 */
	BUSY_MS = 10,	 /* when to look again for a free slot */
	FIRST_GAP_MS = 125,
	LAST_GAP_MS = 2000,
	BACK_OFF_AFTER = 2 /* failures in a row */
};

struct peer {
	struct polite *table;
	struct peer *next;
	uint8_t addr[ADDR_MAX];
	size_t len;
	unsigned refs, open;
	unsigned failures; /* in a row */
	unsigned gap_ms;
	uint64_t next_ms; /* no connection before */
	bool answered, silent;
	unsigned retries[RETRY__MAX]; /* since the last answer */
};

struct polite {
	struct peer *peers;
	size_t n_peers;
	unsigned slots;
};

static const struct {
	unsigned times, pause_ms;
} rows[] = {
#define RETRY(id, times, pause_ms, why) {times, pause_ms},
#include "net/retry.def"
#undef RETRY
};

struct polite *
polite_new(unsigned slots)
{
	struct polite *t = xcalloc(1, sizeof(*t));

	t->slots = slots > 0 ? slots : 1;
	return t;
}

void
polite_free(struct polite *t)
{
	struct peer *next;

	if (t == NULL)
		return;
	for (struct peer *p = t->peers; p != NULL; p = next) {
		next = p->next;
		CHECK(p->refs == 0);
		free(p);
	}
	free(t);
}

/* Forgets the peer that was not used for the longest time. */
static void
forget_one(struct polite *t)
{
	struct peer **last = NULL, *p;

	for (struct peer **at = &t->peers; *at != NULL; at = &(*at)->next)
		if ((*at)->refs == 0)
			last = at;
	if (last == NULL)
		return;
	p = *last;
	*last = p->next;
	t->n_peers--;
	free(p);
}

static struct peer *
unlink_peer(struct polite *t, const uint8_t *addr, size_t len)
{
	for (struct peer **at = &t->peers; *at != NULL; at = &(*at)->next)
		if ((*at)->len == len && memcmp((*at)->addr, addr, len) == 0) {
			struct peer *p = *at;

			*at = p->next;
			return p;
		}
	return NULL;
}

struct peer *
polite_peer(struct polite *t, const uint8_t *addr, size_t len)
{
	struct peer *p;

	CHECK(len <= ADDR_MAX);
	p = unlink_peer(t, addr, len);
	if (p == NULL) {
		if (t->n_peers >= MAX_PEERS)
			forget_one(t);
		p = xcalloc(1, sizeof(*p));
		p->table = t;
		memcpy(p->addr, addr, len);
		p->len = len;
		t->n_peers++;
	}
	p->next = t->peers;
	t->peers = p;
	p->refs++;
	return p;
}

void
peer_release(struct peer *p)
{
	CHECK(p->refs > 0);
	p->refs--;
}

unsigned
peer_take(struct peer *p, uint64_t now_ms)
{
	if (p->open >= p->table->slots)
		return BUSY_MS;
	if (now_ms < p->next_ms)
		return (unsigned)(p->next_ms - now_ms);
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
