#include "config.h"
#include "net/lookup.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "adapt/unbound.h"
#include "base/check.h"
#include "base/text.h"
#include "base/xalloc.h"
#include "net/dns_ask.h"
#include "net/loop.h"

struct lookup {
	struct lookup_env env;
	char *name; /* what is asked for now: while following aliases, the last of them */
	uint16_t type;
	int id; /* of libunbound's question; 0: none */
	struct dns_ask *ask;
	bool cd;
	unsigned n_cnames;
	struct lookup_result result;
	lookup_end_fn *end;
	void *arg;
};

static void
    PRINTF_LIKE(3, 4) end(struct lookup *k, enum resolve_status status, const char *fmt, ...)
{
	va_list ap;

	k->result.status = status;
	va_start(ap, fmt);
	vsnprintf(k->result.detail, sizeof(k->result.detail), fmt, ap);
	va_end(ap);
	k->end(k->arg, k);
}

static void
end_ok(struct lookup *k, const struct dns_message *m, bool capped)
{
	memcpy(k->result.addrs, m->addrs, sizeof(m->addrs));
	k->result.n = m->n_addrs;
	k->result.capped = capped;
	end(k, RESOLVE_OK, "%s", "");
}

static void
end_nodata(struct lookup *k)
{
	end(k, RESOLVE_NODATA, "the name has no %s address", k->type == DNS_A ? "IPv4" : "IPv6");
}

static void
end_loop(struct lookup *k)
{
	end(k, RESOLVE_LOOP, "the aliases of the name go round in a circle, or are more than %d",
	    DNS_CNAMES_MAX);
}

/* --- the plain question ----------------------------------------------------------------------- */

static dns_ask_fn on_plain;

static void
ask_plainly(struct lookup *k)
{
	struct dns_question q = {.name = k->name, .type = k->type, .cd = k->cd};

	rng_bytes(k->env.rng, &q.id, sizeof(q.id));
	dns_ask_free(k->ask);
	k->ask = dns_ask_new(k->env.loop, &k->env.server, &q, on_plain, k);
}

/* RFC 8914, 4: 1, 2 and 5 to 12 are about signatures. */
static bool
is_about_dnssec(int ede)
{
	return ede == 1 || ede == 2 || (ede >= 5 && ede <= 12);
}

static void
on_servfail(struct lookup *k, const struct dns_message *m)
{
	if (is_about_dnssec(m->ede)) {
		end(k, RESOLVE_BOGUS, "the DNS server rejects the signatures (extended error %d)",
		    m->ede);
	} else if (!k->cd) {
		k->cd = true;
		ask_plainly(k);
	} else {
		end(k, RESOLVE_SERVFAIL, "the DNS server answers SERVFAIL");
	}
}

/* An answer with code 0: addresses, an alias to follow, or nothing. */
static void
on_noerror(struct lookup *k, const struct dns_message *m)
{
	k->n_cnames += m->n_cnames;
	if (m->loop || k->n_cnames > DNS_CNAMES_MAX) {
		end_loop(k);
	} else if (m->n_addrs > 0) {
		end_ok(k, m, m->capped || m->truncated);
	} else if (m->n_cnames > 0 && m->end[0] != '\0') {
		free(k->name);
		k->name = xstrdup(m->end);
		ask_plainly(k);
	} else if (m->truncated) {
		end(k, RESOLVE_SERVFAIL,
		    "the DNS answer does not fit into a datagram, and TCP fails");
	} else {
		end_nodata(k);
	}
}

static void
on_message(struct lookup *k, const struct dns_message *m)
{
	static const char *const names[] = {
	    [DNS_FORMERR] = "FORMERR",
	    [DNS_NOTIMP] = "NOTIMP",
	};

	if (m->rcode == DNS_SERVFAIL)
		on_servfail(k, m);
	else if (m->rcode == DNS_REFUSED)
		end(k, RESOLVE_REFUSED, "the DNS server refuses to answer");
	else if (m->loop)
		end_loop(k);
	else if (k->cd && (m->rcode == DNS_NOERROR || m->rcode == DNS_NXDOMAIN))
		/* RFC 4035, 3.2.2: with CD it hands out what it would not vouch for. */
		end(k, RESOLVE_BOGUS, "the DNS server rejects the signatures");
	else if (m->rcode == DNS_NOERROR)
		on_noerror(k, m);
	else if (m->rcode == DNS_NXDOMAIN)
		end(k, RESOLVE_NXDOMAIN, "there is no such name");
	else if (m->rcode < N_ELEMENTS(names) && names[m->rcode] != NULL)
		end(k, RESOLVE_SERVFAIL, "the DNS server answers %s", names[m->rcode]);
	else
		end(k, RESOLVE_SERVFAIL, "the DNS server answers code %u", m->rcode);
}

static void
on_plain(void *arg, enum dns_ask_end how, const struct dns_message *m)
{
	struct lookup *k = arg;

	switch (how) {
	case DNS_ASK_ANSWER:
		on_message(k, m);
		break;
	case DNS_ASK_MALFORMED:
		end(k, RESOLVE_SERVFAIL, "the answer of the DNS server is malformed");
		break;
	case DNS_ASK_NOBODY:
		end(k, RESOLVE_TIMEOUT, "nothing answers at the address of the DNS server");
		break;
	case DNS_ASK_LOCAL:
		end(k, RESOLVE_LOCAL, "the DNS server cannot be asked from here");
		break;
	}
}

/* --- libunbound's answer ---------------------------------------------------------------------- */

static void
on_failure(struct lookup *k)
{
	if (k->env.server.len > 0)
		ask_plainly(k);
	else
		end(k, RESOLVE_SERVFAIL, "the lookup failed");
}

/* Its sentence is about the name and the server's data, so it is cleaned like theirs. */
static void
end_bogus(struct lookup *k, const char *why)
{
	struct arena *a = arena_new(4096);

	end(k, RESOLVE_BOGUS, "%s", why != NULL ? text_clean(a, span_str(why), 120) : "bogus");
	arena_free(a);
}

static void
on_answer(void *arg, const struct unbound_answer *a)
{
	struct lookup *k = arg;
	struct dns_question q = {.name = k->name, .type = k->type};
	struct dns_message m;

	k->id = 0;
	if (a->bogus)
		end_bogus(k, a->why);
	else if (a->failed || !dns_parse(a->wire, &q, false, &m))
		on_failure(k);
	else if (m.loop)
		end_loop(k);
	else if (m.n_addrs > 0)
		end_ok(k, &m, m.capped);
	else if (m.rcode == DNS_NXDOMAIN)
		end(k, RESOLVE_NXDOMAIN, "there is no such name");
	else if (m.rcode == DNS_NOERROR)
		end_nodata(k);
	else
		on_failure(k);
}

struct lookup *
lookup_new(
    const struct lookup_env *env, const char *name, uint16_t type, lookup_end_fn *done, void *arg)
{
	struct lookup *k = xcalloc(1, sizeof(*k));
	int id;

	*k = (struct lookup){
	    .env = *env, .name = xstrdup(name), .type = type, .end = done, .arg = arg};
	k->result = (struct lookup_result){
	    .status = RESOLVE_TIMEOUT, .detail = "the DNS server does not answer"};
	id = unbound_ask(env->unbound, name, type, on_answer, k);
	if (id < 0)
		end(k, RESOLVE_LOCAL, "libunbound does not take the question");
	if (id > 0)
		k->id = id;
	return k;
}

const struct lookup_result *
lookup_result(const struct lookup *k)
{
	return &k->result;
}

void
lookup_free(struct lookup *k)
{
	if (k == NULL)
		return;
	if (k->id != 0)
		unbound_cancel(k->env.unbound, k->id);
	dns_ask_free(k->ask);
	free(k->name);
	free(k);
}
