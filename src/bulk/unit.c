/* unit - one target from the window to its records; see bulk_internal.h. */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/check.h"
#include "base/xalloc.h"
#include "bulk/bulk_internal.h"
#include "net/proxy.h"

enum { TRIES_MAX = 2 }; /* of a target that may have brought a worker down */

/* ---- units ---- */

static struct unit *
unit_new(struct bulk *b, const struct list_item *item)
{
	struct unit *u = xcalloc(1, sizeof(*u));

	u->bulk = b;
	u->item = *item;
	return u;
}

/* Thousands of units wait, most with one address or two. */
static void
set_addresses(struct unit *u, const struct address *v, size_t n)
{
	u->n = n < ORDER_ADDRS_MAX ? n : ORDER_ADDRS_MAX;
	u->addrs = xcalloc(u->n, sizeof(*u->addrs));
	for (size_t i = 0; i < u->n; i++)
		u->addrs[i].addr = v[i];
}

static void
unit_free(struct unit *u)
{
	free(u->addrs);
	free(u);
}

static void
unit_unlink(struct unit *u)
{
	if (u->at == NULL)
		return;
	*u->at = u->next;
	if (u->next != NULL)
		u->next->at = u->at;
	u->at = NULL;
}

static void
unit_move(struct unit *u, struct unit **list)
{
	unit_unlink(u);
	u->at = list;
	u->next = *list;
	if (u->next != NULL)
		u->next->at = &u->next;
	*list = u;
}

static struct unit *
unit_by_seq(struct unit *list, uint64_t seq)
{
	while (list != NULL && list->item.seq != seq)
		list = list->next;
	return list;
}

/* ---- records ---- */

static void
on_lines(void *arg, const struct result *r, struct span lines)
{
	struct bulk *b = arg;

	bulk_put(b, r->seq, lines);
	meter_add(&b->meter, r);
	b->status = exit_worse(b->status, r->status);
}

static void
nothing(void *arg)
{
	(void)arg;
}

/* Records that need no worker: status and detail, or when detail is NULL, blocked addresses. */
static void
report_here(struct bulk *b, struct unit *u, enum status status, const char *detail)
{
	const struct list_item *i = &u->item;
	struct record_list place = {.seq = i->seq, .line = i->line, .digest = i->digest};
	struct job *j = job_new(&b->shared, &i->target, nothing, NULL);

	job_set_list(j, &place);
	if (detail != NULL)
		job_fail(j, status, detail);
	else
		job_start_at(j, u->addrs, u->n);
	worker_report(&b->shared, j, i->seq, on_lines, b);
	job_free(j);
	unit_unlink(u);
	unit_free(u);
}

/* ---- neighbourhoods ---- */

static struct span
address_key(const struct address *a)
{
	/* Where the bytes are: struct sockaddr_in and _in6. */
	return a->len == 16 ? (struct span){a->addr + 4, 4} : (struct span){a->addr + 8, 16};
}

static bool
may_start(const struct bulk *b, const struct unit *u)
{
	uint8_t prefix[POLITE_PREFIX_MAX];

	for (size_t i = 0; i < u->n; i++) {
		const struct address *a = &u->addrs[i].addr;
		size_t n = polite_prefix(a->addr, a->len, prefix);

		if (u->addrs[i].blocked != NULL)
			continue;
		if (crowd_count(b->crowd, address_key(a)) >= b->max_address ||
		    crowd_count(b->crowd, (struct span){prefix, n}) >= b->max_prefix)
			return false;
	}
	return true;
}

static void
count_unit(struct bulk *b, const struct unit *u, void (*how)(struct crowd *, struct span))
{
	uint8_t prefix[POLITE_PREFIX_MAX];

	for (size_t i = 0; i < u->n; i++) {
		const struct address *a = &u->addrs[i].addr;
		size_t n = polite_prefix(a->addr, a->len, prefix);

		if (u->addrs[i].blocked != NULL)
			continue;
		how(b->crowd, address_key(a));
		how(b->crowd, (struct span){prefix, n});
	}
}

/* ---- the crew ---- */

static void
start(struct bulk *b, struct unit *u)
{
	const struct address *a = &u->addrs[0].addr;
	struct order o;

	for (size_t i = 1; i < u->n && u->addrs[0].blocked != NULL; i++)
		if (u->addrs[i].blocked == NULL)
			a = &u->addrs[i].addr;
	count_unit(b, u, crowd_enter);
	u->flying = true;
	unit_move(u, &b->flying);
	b->n_waiting--;
	b->n_flying++;
	o = (struct order){.item = u->item, .n = u->n};
	memcpy(o.addrs, u->addrs, u->n * sizeof(*o.addrs));
	crew_give(b->crew, crew_worker_of(b->crew, a->addr, a->len), &o);
}

static void
land(struct bulk *b, struct unit *u)
{
	count_unit(b, u, crowd_leave);
	u->flying = false;
	b->n_flying--;
	turn_wake(b);
}

void
unit_done(void *arg, const struct result *r, struct span lines)
{
	struct bulk *b = arg;
	struct unit *u = unit_by_seq(b->flying, r->seq);

	CHECK(u != NULL);
	land(b, u);
	unit_unlink(u);
	unit_free(u);
	on_lines(b, r, lines);
}

/* A worker is gone, and with it what it had in hand. */
void
unit_lost(void *arg, uint64_t seq, enum blame blame, const char *how)
{
	struct bulk *b = arg;
	struct unit *u = unit_by_seq(b->flying, seq);

	CHECK(u != NULL);
	land(b, u);
	if (blame == BLAME_THIS || (blame == BLAME_ALL && ++u->tries >= TRIES_MAX)) {
		report_here(b, u, STATUS_WORKER_CRASH, how);
		return;
	}
	unit_move(u, &b->waiting);
	b->n_waiting++;
}

/* ---- names ---- */

static void
on_resolved(void *arg, const struct resolved *r)
{
	struct unit *u = arg;
	struct bulk *b = u->bulk;
	char detail[256];

	b->n_resolving--;
	turn_wake(b);
	if (b->stopping) {
		unit_unlink(u);
		unit_free(u);
		return;
	}
	if (r->status != RESOLVE_OK || r->n == 0) {
		(void)snprintf(detail, sizeof(detail), "%s: %s", resolve_status_name(r->status), r->detail);
		report_here(b, u, STATUS_DNS_ERROR, detail);
		return;
	}
	set_addresses(u, r->addrs, r->n);
	unit_move(u, &b->waiting);
	b->n_waiting++;
}

/* Which of its addresses are excluded; false: all of them, and that is reported. */
static bool
check_addresses(struct bulk *b, struct unit *u)
{
	bool any = false;

	for (size_t i = 0; i < u->n; i++) {
		struct job_address *a = &u->addrs[i];

		a->blocked = exclude_address(b->exclude, a->addr.addr, a->addr.len);
		any = any || a->blocked == NULL;
	}
	if (!any) {
		b->n_waiting--;
		report_here(b, u, STATUS_BLOCKED, NULL);
	}
	return any;
}

void
unit_try(struct unit *u)
{
	if (may_start(u->bulk, u) && check_addresses(u->bulk, u))
		start(u->bulk, u);
}

void
unit_begin(struct bulk *b, const struct list_item *item)
{
	struct unit *u = unit_new(b, item);
	const char *line = exclude_name(b->exclude, item->target.host);
	char detail[160];

	if (line != NULL) {
		(void)snprintf(detail, sizeof(detail), "excluded: %s", line);
		report_here(b, u, STATUS_BLOCKED, detail);
		return;
	}
	if (item->target.is_address || proxy_looks_up(b->shared.proxy)) {
		struct address a = item->target.is_address ? item->target.addr
							   : address_of_name(item->target.host);

		set_addresses(u, &a, 1);
		unit_move(u, &b->waiting);
		b->n_waiting++;
		return;
	}
	unit_move(u, &b->resolving);
	b->n_resolving++;
	resolve_start(b->shared.resolver, item->target.host, on_resolved, u);
}

void
unit_give_up(struct bulk *b, const struct list_item *item, enum status status, const char *detail)
{
	report_here(b, unit_new(b, item), status, detail);
}

/* ---- the end ---- */

static void
free_units(struct unit *list)
{
	struct unit *next;

	for (; list != NULL; list = next) {
		next = list->next;
		unit_free(list);
	}
}

void
unit_free_all(struct bulk *b)
{
	free_units(b->resolving);
	free_units(b->waiting);
	free_units(b->flying);
}
