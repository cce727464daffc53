/* exchange_before - see exchange_internal.h: what is said on a connection before TLS. */
#include "config.h"

#include "base/check.h"
#include "net/exchange_internal.h"

/* ---- STARTTLS ---- */

/* The server will not, cannot or does not know how to. */
static void
preamble_failed(struct exchange *x, enum starttls_failure why)
{
	const char *detail = starttls_detail(x->starttls);

	if (why == STARTTLS_LIMIT)
		exchange_fail(x, REPLY_LIMIT, detail, RETRY_NEVER);
	else if (why == STARTTLS_ALIEN)
		exchange_fail(x, REPLY_GARBAGE, detail, RETRY_NEVER);
	else /* many mail servers say 421 to those who come too often */
		exchange_fail(x, REPLY_NO_CONN, detail, why == STARTTLS_REFUSED ? RETRY_REFUSED : RETRY_NEVER);
}

/* The talk gets what came; false: the connection is over. */
static bool
hear_preamble(struct exchange *x, struct span in)
{
	enum starttls_state s = starttls_feed(x->starttls, in);

	if (s == STARTTLS_FAILED) {
		preamble_failed(x, starttls_failure(x->starttls));
		return false;
	}
	x->ready = s == STARTTLS_READY;
	x->injected = x->injected || starttls_injected(x->starttls).n > 0;
	if (x->ready)
		x->greeting = starttls_greeting(x->starttls);
	return true;
}

/* first: what came already, behind a proxy's last word. */
static void
preamble(struct exchange *x, struct span first)
{
	exchange_goto(x, STATE_PREAMBLE);
	x->starttls = starttls_open(x->arena, x->ep->starttls, x->ep->host);
	if (x->starttls == NULL) {
		exchange_fail(x, REPLY_LOCAL, "no such STARTTLS protocol", RETRY_NEVER);
		return;
	}
	exchange_arm(x, x->e->limits.first_byte_ms);
	if (!hear_preamble(x, first))
		return;
	exchange_push(x);
	before_advance(x);
}

/* ---- the way through a proxy ---- */

/* What the proxy's TCP does says nothing about the server. */
void
before_no_proxy(struct exchange *x, enum tcp r)
{
	if (r == TCP_REFUSED)
		exchange_fail(x, REPLY_NO_CONN, "the proxy refuses the connection", RETRY_REFUSED);
	else if (r == TCP_TIMEOUT || r == TCP_RESET || r == TCP_END)
		exchange_fail(x, REPLY_NO_CONN, "the proxy does not answer", RETRY_UNCONNECTED);
	else
		exchange_fail(x, REPLY_NO_CONN, "the proxy is unreachable", RETRY_NEVER);
}

static void
tunnel(struct exchange *x)
{
	struct tunnel_to to = {.host = x->ep->host, .at.len = x->ep->addr_len};
	enum { PORT_AT = 2 }; /* of struct sockaddr_in and _in6 */

	exchange_goto(x, STATE_TUNNEL);
	memcpy(to.at.addr, x->ep->addr, x->ep->addr_len);
	to.port = (uint16_t)(x->ep->addr[PORT_AT] << 8 | x->ep->addr[PORT_AT + 1]);
	x->tunnel = tunnel_open(x->arena, x->e->limits.proxy, &to);
	exchange_arm(x, x->e->limits.first_byte_ms);
	exchange_push(x);
}

/* The talk gets what came; false: the connection is over. */
static bool
hear_tunnel(struct exchange *x, struct span in)
{
	enum tunnel_state s = tunnel_feed(x->tunnel, in);

	if (s == TUNNEL_FAILED) {
		exchange_fail(x, REPLY_NO_CONN, tunnel_detail(x->tunnel), RETRY_REFUSED);
		return false;
	}
	x->ready = s == TUNNEL_READY;
	return true;
}

/* The server is there.  Who speaks first may have done so already. */
static void
through(struct exchange *x)
{
	struct span rest = tunnel_rest(x->tunnel);

	if (x->ep->starttls != NULL) {
		preamble(x, rest);
		return;
	}
	exchange_talk(x);
	if (rest.n > 0)
		(void)exchange_hear(x, rest);
}

/* ---- whichever of them it is ---- */

bool
before_tls(const struct exchange *x)
{
	return x->state == STATE_TUNNEL || x->state == STATE_PREAMBLE;
}

void
before_begin(struct exchange *x)
{
	if (x->e->limits.proxy != NULL)
		tunnel(x);
	else if (x->ep->starttls != NULL)
		preamble(x, (struct span){NULL, 0});
	else
		exchange_talk(x);
}

struct span
before_to_send(struct exchange *x)
{
	CHECK(before_tls(x));
	return x->state == STATE_TUNNEL ? tunnel_to_send(x->tunnel) : starttls_to_send(x->starttls);
}

void
before_sent(struct exchange *x, size_t n)
{
	CHECK(before_tls(x));
	if (x->state == STATE_TUNNEL)
		tunnel_sent(x->tunnel, n);
	else
		starttls_sent(x->starttls, n);
}

bool
before_hear(struct exchange *x, struct span in)
{
	CHECK(before_tls(x));
	return x->state == STATE_TUNNEL ? hear_tunnel(x, in) : hear_preamble(x, in);
}

void
before_advance(struct exchange *x)
{
	if (!x->ready || !before_tls(x) || before_to_send(x).n > 0)
		return;
	x->ready = false;
	if (x->state == STATE_TUNNEL)
		through(x);
	else if (x->state == STATE_PREAMBLE)
		exchange_talk(x);
}

void
before_ended(struct exchange *x, enum reply_kind how)
{
	CHECK(before_tls(x));
	if (x->state == STATE_TUNNEL)
		exchange_fail(x, REPLY_NO_CONN, tunnel_detail(x->tunnel), RETRY_UNCONNECTED);
	else
		exchange_fail(x, how, starttls_detail(x->starttls),
		    how == REPLY_RESET ? RETRY_RESET : RETRY_NEVER);
}

void
before_late(struct exchange *x)
{
	CHECK(before_tls(x));
	if (x->state == STATE_TUNNEL)
		exchange_fail(x, REPLY_NO_CONN, tunnel_detail(x->tunnel), RETRY_NEVER);
	else
		exchange_fail(x, REPLY_SILENCE, starttls_detail(x->starttls), RETRY_SILENCE);
}
