/* status - what the answers of an audit come to: its status, and when it is time to give up. */
#include "audit/audit_internal.h"

#include <string.h>

#include "base/check.h"

enum {
	GIVE_UP = 16,		/* failures in a row before the first TLS answer ... */
	GIVE_UP_SILENT = 6,	/* ... when they cost time; a server may hang on every long hello */
	GIVE_UP_GARBAGE = 4,	/* ... when it speaks another protocol, and says so */
	GIVE_UP_CONNECTING = 3, /* ... when there is no connection to ask anything on */
	GIVE_UP_LATER = 12,	/* and after it: the server has had enough of us */
	REFUSALS = 3,		/* refused connections in a row, after an answer: a limiter */
};

const char *
status_name(enum status s)
{
	static const char *const names[] = {"ok", "partial", "dns_error", "refused", "unreachable",
	    "timeout", "reset", "closed", "not_tls", "tls_alert", "protocol_error", "limit", "blocked",
	    "worker_crash"};

	CHECK((size_t)s < N_ELEMENTS(names));
	return names[s];
}

/* ---- one answer ---- */

static enum status
status_of_no_conn(const char *detail)
{
	static const char proxy[] = "the proxy"; /* its word, not the server's doing */

	if (detail != NULL && strncmp(detail, proxy, sizeof(proxy) - 1) == 0)
		return STATUS_UNREACHABLE;
	if (detail == NULL || strstr(detail, "unreachable") != NULL || strstr(detail, "IPv6") != NULL)
		return STATUS_UNREACHABLE;
	if (strstr(detail, "connection refused") != NULL)
		return STATUS_REFUSED;
	if (strstr(detail, "timed out") != NULL)
		return STATUS_TIMEOUT;
	return STATUS_NOT_TLS; /* a connection there was, but no go-ahead for TLS */
}

enum rank
audit_rank(const struct ask *ask)
{
	if (ask->kind == ASK_RAW || ask->hello.version < SSL3)
		return RANK_OTHER;
	return ask->hello.version < TLS1_2 ? RANK_OLD : RANK_TODAY;
}

bool
audit_speaks(const struct audit *a, const struct reply *r)
{
	if (r->flight->hello)
		return (r->flight->flaws & (FLAW_UNOFFERED_SUITE | FLAW_UNOFFERED_VERSION)) == 0;
	return r->kind == REPLY_FLIGHT || (r->kind == REPLY_ALERT && a->spoke_tls);
}

/* What kind of answer it is for the status: one that a client must not take is none. */
static enum reply_kind
kind_seen(const struct audit *a, const struct reply *r)
{
	return r->kind == REPLY_FLIGHT && !audit_speaks(a, r) ? REPLY_BAD : r->kind;
}

static const char *
detail_of(struct audit *a, const struct reply *r, enum reply_kind kind)
{
	if (kind != r->kind)
		return "protocol error: the ServerHello chooses what was not offered";
	if (kind == REPLY_NO_CONN && r->detail != NULL)
		return arena_str(a->arena, r->detail);
	return arena_str(a->arena, reply_text(r, a->arena));
}

static void
note_seen(struct audit *a, const struct ask *ask, const struct reply *r)
{
	enum reply_kind kind = kind_seen(a, r);
	enum rank rank = audit_rank(ask);

	if ((a->seen[rank] & 1u << kind) == 0) {
		a->seen[rank] |= 1u << kind;
		a->detail[rank][kind] = detail_of(a, r, kind);
	}
	if (kind == REPLY_NO_CONN && a->no_conn == STATUS_OK)
		a->no_conn = status_of_no_conn(r->detail);
	if (rank == RANK_TODAY && ask->stop != STOP_SERVER_HELLO) {
		a->whole = a->whole || kind == REPLY_FLIGHT;
		a->cut = a->cut || kind == REPLY_BAD || kind == REPLY_LIMIT;
	}
}

static unsigned
patience(const struct audit *a, enum reply_kind kind)
{
	/* As many lists may come to their end at once, each with a few questions unanswered. */
	if (a->spoke_tls)
		return GIVE_UP_LATER + a->o.parallel;
	if (kind == REPLY_NO_CONN)
		return GIVE_UP_CONNECTING;
	if (kind == REPLY_GARBAGE)
		return GIVE_UP_GARBAGE;
	return kind == REPLY_SILENCE ? GIVE_UP_SILENT : GIVE_UP;
}

void
audit_count(struct audit *a, const struct ask *ask, const struct reply *r)
{
	a->connections += r->connections > 0 ? r->connections : 1;
	a->injected = a->injected || r->injected;
	if (a->greeting == NULL && r->greeting != NULL)
		a->greeting = arena_str(a->arena, r->greeting);
	note_seen(a, ask, r);
	if (r->kind == REPLY_FLIGHT && (!a->timed || r->rtt_ms < a->rtt_ms)) {
		a->rtt_ms = r->rtt_ms;
		a->timed = true;
	}
	if (audit_speaks(a, r)) {
		a->spoke_tls = true;
		a->failures = 0;
	} else if (r->kind != REPLY_ALERT && r->kind != REPLY_LOCAL) {
		a->failures++;
	}
	if (a->spoke_tls && r->kind == REPLY_NO_CONN && a->failures >= REFUSALS)
		a->throttled = true;
	if (a->failures >= patience(a, r->kind) && a->stopped == WHY_NONE) {
		a->stopped = reply_why(r);
		a->throttled = a->spoke_tls;
	}
}

/* ---- all of them ---- */

static bool
by_network(enum why why)
{
	return why == WHY_SILENCE || why == WHY_RESET || why == WHY_CLOSED || why == WHY_NO_CONN ||
	    why == WHY_BUDGET || why == WHY_LIMIT || why == WHY_UNSTABLE || why == WHY_GARBAGE;
}

static bool
left_open(const struct audit *a)
{
	for (int id = kind_defs[K_ENDPOINT].first; id < (int)kind_end(K_ENDPOINT); id++)
		if (by_network(fact_why(a->facts, (enum fact_id)id)))
			return true;
	return false;
}

static const struct { /* the most telling first; an alert may be about that one hello */
	enum reply_kind kind;
	enum status status;
} by_kind[] = {
    {REPLY_LIMIT, STATUS_LIMIT},
    {REPLY_BAD, STATUS_PROTOCOL_ERROR},
    {REPLY_GARBAGE, STATUS_NOT_TLS},
    {REPLY_RESET, STATUS_RESET},
    {REPLY_SILENCE, STATUS_TIMEOUT},
    {REPLY_FIN, STATUS_CLOSED},
    {REPLY_ALERT, STATUS_TLS_ALERT},
    {REPLY_NO_CONN, STATUS_UNREACHABLE}, /* see a->no_conn */
    {REPLY_LOCAL, STATUS_UNREACHABLE},
};

/* The kind of answer that stands for all of them, from the questions that weigh most; NULL: none. */
static const char *
most_telling(const struct audit *a, enum status *s)
{
	for (int rank = RANK_TODAY; rank >= RANK_OTHER; rank--)
		for (size_t i = 0; i < N_ELEMENTS(by_kind); i++) {
			enum reply_kind kind = by_kind[i].kind;

			if ((a->seen[rank] & 1u << kind) == 0)
				continue;
			*s = kind == REPLY_NO_CONN ? a->no_conn : by_kind[i].status;
			return a->detail[rank][kind];
		}
	return NULL;
}

/* It says ServerHello, but whatever comes after that is against the rules or beyond a cap. */
static bool
never_whole(const struct audit *a)
{
	return a->cut && !a->whole;
}

/* Does it speak a version to hellos as they are sent for this endpoint?  One that refuses the name
 * answers a hello without; one may choose what was not offered. */
static bool
any_version(const struct audit *a)
{
	static const enum fact_id ids[] = {F_PROTO_SSL2, F_PROTO_SSL3, F_PROTO_TLS1_0, F_PROTO_TLS1_1,
	    F_PROTO_TLS1_2, F_PROTO_TLS1_3};
	bool asked = false;

	for (size_t i = 0; i < N_ELEMENTS(ids); i++) {
		if (fact_yes(a->facts, ids[i]))
			return true;
		asked = asked || fact_settled(a->facts, ids[i]);
	}
	return !asked || a->stopped != WHY_NONE; /* by a limit: there may be one */
}

enum status
audit_status(const struct audit *a)
{
	enum status s = STATUS_TIMEOUT;

	if (a->spoke_tls && !never_whole(a) && any_version(a))
		return a->stopped != WHY_NONE || left_open(a) ? STATUS_PARTIAL : STATUS_OK;
	if (a->timed_out && !a->spoke_tls)
		return STATUS_TIMEOUT;
	if (a->connections == 0 && a->stopped == WHY_NONE) /* --only what others know */
		return STATUS_OK;
	(void)most_telling(a, &s);
	return s;
}

const char *
audit_status_detail(const struct audit *a)
{
	enum status s = audit_status(a);

	if (s == STATUS_OK)
		return NULL;
	if (s == STATUS_PARTIAL)
		return a->stopped != WHY_NONE ? why_name(a->stopped) : NULL;
	if (a->timed_out && !a->spoke_tls)
		return "no answer within the time for this endpoint";
	return most_telling(a, &s);
}
