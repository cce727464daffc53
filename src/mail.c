/* mail - see mail.h. */
#include "config.h"

#include "mail.h"

#include <stdlib.h>

#include "adapt/ldns.h"
#include "base/check.h"
#include "base/xalloc.h"
#include "derive/rdata.h"
#include "net/dnssec.h"
#include "net/loop.h"

enum { SCRATCH = 1 << 20 };

struct domain {
	struct mail *m;
	const char *name;
	struct dnssec_query *query;
	struct dns_records records;
	enum resolve_status status;
	const char *trouble;
};

struct mail {
	struct domain v[MAIL_DOMAINS];
	size_t n, n_open;
	struct target targets[MAIL_HOSTS];
	size_t n_targets;
	uint16_t port;
	struct arena *a;
	struct loop_timer *deadline;
	mail_done_fn *done;
	void *arg;
};

static bool
has_target(const struct mail *m, const char *host)
{
	for (size_t i = 0; i < m->n_targets; i++)
		if (strcmp(m->targets[i].host, host) == 0)
			return true;
	return false;
}

static bool
add(struct mail *m, const char *host)
{
	struct target t = {.port = m->port, .starttls = target_starttls("smtp")};
	char err[128];

	if (!target_name(span_str(host), t.host, err, sizeof(err)))
		return false;
	if (m->n_targets < MAIL_HOSTS && !has_target(m, t.host))
		m->targets[m->n_targets++] = t;
	return true;
}

/* Sorted by their data, and that begins with the preference. */
static void
take_records(struct mail *m, struct domain *d)
{
	bool any = false;

	for (size_t i = 0; i < d->records.n; i++) {
		uint16_t preference;
		const char *host;

		if (!rdata_mx(d->records.v[i].data, m->a, &preference, &host))
			continue;
		if (strcmp(host, ".") == 0)
			d->trouble = "it takes no mail (RFC 7505)";
		else
			any = add(m, host) || any;
	}
	if (any)
		d->trouble = NULL;
	else if (d->trouble == NULL)
		d->trouble = "its MX records name no host";
}

static void
collect(struct mail *m)
{
	for (size_t i = 0; i < m->n; i++) {
		struct domain *d = &m->v[i];

		if (d->status == RESOLVE_OK && d->records.n > 0)
			take_records(m, d);
		else if (d->status == RESOLVE_OK && d->records.rcode == DNS_NOERROR)
			(void)add(m, d->name);
		else if (d->status == RESOLVE_OK && d->records.rcode == DNS_NXDOMAIN)
			d->trouble = "there is no such name";
		else
			d->trouble = d->status == RESOLVE_BOGUS
				? "the signatures of its MX records are wrong"
				: "the lookup of its MX records failed";
	}
}

static void
on_answer(void *arg, const struct dnssec_answer *a)
{
	struct domain *d = arg;
	struct mail *m = d->m;
	struct dns_question q = {.name = d->name, .type = DNS_MX};

	d->query = NULL;
	d->status = a->status;
	if (a->status == RESOLVE_OK && !dns_read_records(a->wire, &q, m->a, &d->records))
		d->status = RESOLVE_SERVFAIL;
	if (--m->n_open > 0)
		return;
	loop_timer_stop(m->deadline);
	collect(m);
	m->done(m->arg);
}

static void
on_deadline(void *arg)
{
	struct mail *m = arg;

	for (size_t i = 0; i < m->n; i++) {
		dnssec_cancel(m->v[i].query);
		m->v[i].query = NULL;
	}
	collect(m);
	m->done(m->arg);
}

struct mail *
mail_new(struct loop *l, struct dnssec *d, const char *const *domains, size_t n, uint16_t port,
    mail_done_fn *done, void *arg)
{
	struct mail *m = xcalloc(1, sizeof(*m));

	CHECK(n > 0 && n <= MAIL_DOMAINS);
	m->n = m->n_open = n;
	m->port = port;
	m->a = arena_new(SCRATCH);
	m->deadline = loop_timer_new(l, on_deadline, m);
	loop_timer_set(m->deadline, MAIL_MS);
	m->done = done;
	m->arg = arg;
	for (size_t i = 0; i < n; i++) {
		m->v[i].m = m;
		m->v[i].name = domains[i];
		m->v[i].status = RESOLVE_TIMEOUT;
		m->v[i].query = dnssec_ask(d, domains[i], DNS_MX, on_answer, &m->v[i]);
	}
	return m;
}

size_t
mail_targets(const struct mail *m, const struct target **out)
{
	*out = m->targets;
	return m->n_targets;
}

const char *
mail_trouble(const struct mail *m, size_t i)
{
	CHECK(i < m->n);
	return m->v[i].trouble;
}

void
mail_free(struct mail *m)
{
	if (m == NULL)
		return;
	for (size_t i = 0; i < m->n; i++)
		dnssec_cancel(m->v[i].query);
	loop_timer_free(m->deadline);
	arena_free(m->a);
	free(m);
}
