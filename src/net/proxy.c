/* proxy - see proxy.h. */
#include "config.h"

#include "net/proxy.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <netinet/in.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <strings.h>

#include "base/check.h"
#include "base/rd.h"
#include "base/text.h"
#include "base/wr.h"

enum { OUT_MAX = 2048, WORDS_MAX = 120, MAGIC = 0x746e6c21 };
enum { /* RFC 1928 */
	SOCKS_VERSION = 5,
	NO_LOGIN = 0,
	LOGIN = 2,
	NONE_OF_THEM = 0xff,
	CONNECT = 1,
	TYPE_V4 = 1,
	TYPE_NAME = 3,
	TYPE_V6 = 4
};

static const struct {
	const char *scheme;
	enum proxy_kind kind;
} schemes[] = {
    {"socks5://", PROXY_SOCKS5},
    {"socks5h://", PROXY_SOCKS5H},
    {"http://", PROXY_HTTP},
};

/* ---- what the user names ---- */

static bool PRINTF_LIKE(3, 4) wrong(char *err, size_t errlen, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(err, errlen, fmt, ap);
	va_end(ap);
	return false;
}

/* "user:password"; both have at least one byte (RFC 1929, 2), and no colon is in a user name that is
 * for Basic (RFC 7617, 2). */
static bool
read_login(struct span s, struct proxy *out)
{
	const uint8_t *colon = memchr(s.p, ':', s.n);
	size_t n = colon != NULL ? (size_t)(colon - s.p) : 0;

	out->login = true;
	return n > 0 && n + 1 < s.n && text_unescape((struct span){s.p, n}, out->user, sizeof(out->user)) &&
	    text_unescape(
		(struct span){s.p + n + 1, s.n - n - 1}, out->password, sizeof(out->password)) &&
	    (out->kind != PROXY_HTTP || strchr(out->user, ':') == NULL);
}

static bool
read_port(const char *text, uint16_t *port)
{
	size_t n = strspn(text, "0123456789");
	long v = n > 0 && n < 6 && (text[n] == '\0' || strcmp(text + n, "/") == 0)
	    ? strtol(text, NULL, 10) : 0;

	*port = (uint16_t)v;
	return v > 0 && v <= UINT16_MAX;
}

/* "host:port", the host a name or an address, IPv6 in brackets. */
static bool
read_place(const char *text, struct proxy *out, char *err, size_t errlen)
{
	const char *colon = strrchr(text, ':');
	size_t n = colon != NULL ? (size_t)(colon - text) : 0;
	struct span host = {(const uint8_t *)text, n};
	char why[200];

	if (n == 0 || !read_port(colon + 1, &out->port))
		return wrong(err, errlen, "the proxy's port is missing, or is none: host:port");
	if (n > 2 && text[0] == '[' && text[n - 1] == ']')
		host = (struct span){host.p + 1, n - 2};
	else if (memchr(text, ':', n) != NULL)
		return wrong(err, errlen, "the proxy's IPv6 address stands in brackets");
	if (host.n <= TARGET_HOST_MAX && target_address(host, &out->at, why, sizeof(why))) {
		(void)snprintf(out->host, sizeof(out->host), "%.*s", (int)host.n, (const char *)host.p);
		proxy_found(out, &out->at);
		return true;
	}
	out->at = (struct address){0};
	return target_name((struct span){(const uint8_t *)text, n}, out->host, why, sizeof(why)) ||
	    wrong(err, errlen, "the proxy's host: %s", why);
}

bool
proxy_read(const char *text, struct proxy *out, char *err, size_t errlen)
{
	const char *at;
	size_t i = 0;

	*out = (struct proxy){.kind = PROXY_NONE};
	while (i < N_ELEMENTS(schemes) &&
	    strncasecmp(text, schemes[i].scheme, strlen(schemes[i].scheme)) != 0)
		i++;
	if (i == N_ELEMENTS(schemes))
		return wrong(err, errlen, "a proxy begins with socks5://, socks5h:// or http://");
	out->kind = schemes[i].kind;
	text += strlen(schemes[i].scheme);
	at = strrchr(text, '@');
	if (at != NULL && !read_login((struct span){(const uint8_t *)text, (size_t)(at - text)}, out))
		return wrong(err, errlen, "the proxy's login is not user:password, percent-encoded");
	return read_place(at != NULL ? at + 1 : text, out, err, errlen);
}

void
proxy_found(struct proxy *p, const struct address *at)
{
	p->at = address_with_port(at, p->port);
}

bool
proxy_looks_up(const struct proxy *p)
{
	return p != NULL && (p->kind == PROXY_SOCKS5H || p->kind == PROXY_HTTP);
}

/* The address in digits; in brackets when it is IPv6. */
static const char *
address_digits(const struct address *at, struct arena *a)
{
	bool v4 = at->len == sizeof(struct sockaddr_in);
	size_t from = v4 ? offsetof(struct sockaddr_in, sin_addr)
			 : offsetof(struct sockaddr_in6, sin6_addr);
	char text[INET6_ADDRSTRLEN];

	CHECK(inet_ntop(v4 ? AF_INET : AF_INET6, at->addr + from, text, sizeof(text)) != NULL);
	return v4 ? arena_str(a, text) : arena_printf(a, "[%s]", text);
}

const char *
proxy_url(const struct proxy *p, struct arena *a)
{
	size_t i = 0;

	CHECK(p->kind != PROXY_NONE);
	while (schemes[i].kind != p->kind)
		i++;
	return arena_printf(a, "%s%s:%u", schemes[i].scheme,
	    p->at.len > 0 ? address_digits(&p->at, a) : p->host, (unsigned)p->port);
}

/* ---- the talk ---- */

enum step { STEP_METHOD, STEP_LOGIN, STEP_REPLY, STEP_HEAD, STEP_OVER };

struct tunnel {
	unsigned magic;
	struct arena *a;
	const struct proxy *p;
	struct tunnel_to to;
	enum step step;
	enum tunnel_state state;
	const char *detail;
	uint8_t in[TUNNEL_BYTES_MAX];
	size_t n, at; /* at of the n bytes are used */
	struct span rest;
	uint8_t out_buf[OUT_MAX];
	struct wr out;
	size_t sent;
};

static void
failed(struct tunnel *t, const char *detail)
{
	t->state = TUNNEL_FAILED;
	t->step = STEP_OVER;
	t->detail = detail;
}

static void
ready(struct tunnel *t)
{
	t->state = TUNNEL_READY;
	t->step = STEP_OVER;
	t->detail = "";
}

static void
alien(struct tunnel *t)
{
	struct span head = {t->in, t->n};

	failed(t, arena_printf(t->a, "the proxy does not speak %s: %s",
	    t->p->kind == PROXY_HTTP ? "HTTP" : "SOCKS 5", text_clean(t->a, head, WORDS_MAX)));
}

static void
say_greeting(struct tunnel *t)
{
	wr_u8(&t->out, SOCKS_VERSION);
	wr_u8(&t->out, t->p->login ? 2 : 1);
	wr_u8(&t->out, NO_LOGIN);
	if (t->p->login)
		wr_u8(&t->out, LOGIN);
	t->step = STEP_METHOD;
}

/* RFC 1929, 2 */
static void
say_login(struct tunnel *t)
{
	struct wr_mark m;

	wr_u8(&t->out, 1);
	m = wr_open(&t->out, 1);
	wr_span(&t->out, span_str(t->p->user));
	wr_close(&t->out, m);
	m = wr_open(&t->out, 1);
	wr_span(&t->out, span_str(t->p->password));
	wr_close(&t->out, m);
	t->step = STEP_LOGIN;
}

/* RFC 1928, 4 */
static void
say_request(struct tunnel *t)
{
	const struct address *at = &t->to.at;
	struct wr_mark m;

	wr_u8(&t->out, SOCKS_VERSION);
	wr_u8(&t->out, CONNECT);
	wr_u8(&t->out, 0);
	if (address_is_name(at)) {
		wr_u8(&t->out, TYPE_NAME);
		m = wr_open(&t->out, 1);
		wr_span(&t->out, span_str(t->to.host));
		wr_close(&t->out, m);
	} else if (at->len == sizeof(struct sockaddr_in)) {
		wr_u8(&t->out, TYPE_V4);
		wr_put(&t->out, at->addr + offsetof(struct sockaddr_in, sin_addr), 4);
	} else {
		wr_u8(&t->out, TYPE_V6);
		wr_put(&t->out, at->addr + offsetof(struct sockaddr_in6, sin6_addr), 16);
	}
	wr_u16(&t->out, t->to.port);
	t->step = STEP_REPLY;
}

/* RFC 9110, 9.3.6 */
static void
say_connect(struct tunnel *t)
{
	const char *host = address_is_name(&t->to.at) ? t->to.host : address_digits(&t->to.at, t->a);
	const char *place = arena_printf(t->a, "%s:%u", host, (unsigned)t->to.port);

	wr_span(&t->out, span_str(
	    arena_printf(t->a, "CONNECT %s HTTP/1.1\r\nHost: %s\r\n", place, place)));
	if (t->p->login)
		wr_span(&t->out, span_str(arena_printf(t->a, "Proxy-Authorization: Basic %s\r\n",
		    text_base64(t->a, span_str(arena_printf(t->a, "%s:%s", t->p->user, t->p->password))))));
	wr_span(&t->out, span_str("\r\n"));
	t->step = STEP_HEAD;
}

struct tunnel *
tunnel_open(struct arena *a, const struct proxy *p, const struct tunnel_to *to)
{
	struct tunnel *t = arena_alloc(a, sizeof(*t));

	CHECK(p->kind != PROXY_NONE);
	t->magic = MAGIC;
	t->a = a;
	t->p = p;
	t->to = *to;
	wr_init(&t->out, t->out_buf, sizeof(t->out_buf));
	if (p->kind == PROXY_HTTP)
		say_connect(t);
	else
		say_greeting(t);
	CHECK(wr_ok(&t->out));
	return t;
}

struct span
tunnel_to_send(struct tunnel *t)
{
	MAGIC_CHECK(t, MAGIC);
	return (struct span){t->out.p + t->sent, t->out.len - t->sent};
}

void
tunnel_sent(struct tunnel *t, size_t n)
{
	MAGIC_CHECK(t, MAGIC);
	CHECK(n <= t->out.len - t->sent);
	t->sent += n;
}

/* ---- SOCKS 5 ---- */

/* RFC 1928, 3: the method it chose. */
static bool
take_method(struct tunnel *t, struct rd *r)
{
	uint8_t version, method;

	if (!rd_u8(r, &version))
		return false;
	if (version != SOCKS_VERSION) {
		alien(t);
		return true;
	}
	if (!rd_u8(r, &method))
		return false;
	if (method == NO_LOGIN)
		say_request(t);
	else if (method == LOGIN && t->p->login)
		say_login(t);
	else if (method == NONE_OF_THEM || method == LOGIN)
		failed(t, t->p->login ? "the proxy wants another way to log in than a password"
				      : "the proxy wants a login");
	else
		alien(t);
	return true;
}

static bool
take_login(struct tunnel *t, struct rd *r)
{
	uint8_t version, status;

	if (!rd_u8(r, &version) || !rd_u8(r, &status))
		return false;
	if (status != 0) /* RFC 1929, 2 */
		failed(t, "the proxy does not accept the login");
	else
		say_request(t);
	return true;
}

/* RFC 1928, 6 */
static const char *
reply_words(uint8_t reply)
{
	static const char *const words[] = {NULL, "general failure", "not allowed by its rules",
	    "network unreachable", "host unreachable", "connection refused", "time to live expired",
	    "command not supported", "address type not supported"};

	return reply < N_ELEMENTS(words) ? words[reply] : NULL;
}

static bool
take_reply(struct tunnel *t, struct rd *r)
{
	uint8_t version, reply, reserved, type, len = 0;
	struct span rest;

	if (!rd_u8(r, &version) || !rd_u8(r, &reply))
		return false;
	if (version != SOCKS_VERSION) {
		alien(t);
		return true;
	}
	if (reply != 0) { /* some close without the rest of it */
		failed(t, reply_words(reply) != NULL
		    ? arena_printf(t->a, "the proxy says: %s", reply_words(reply))
		    : arena_printf(t->a, "the proxy says: error %u", reply));
		return true;
	}
	if (!rd_u8(r, &reserved) || !rd_u8(r, &type))
		return false;
	if (type != TYPE_V4 && type != TYPE_V6 && type != TYPE_NAME) {
		alien(t);
		return true;
	}
	if (type == TYPE_NAME && !rd_u8(r, &len))
		return false;
	if (!rd_bytes(r, (type == TYPE_V4 ? 4u : type == TYPE_V6 ? 16u : len) + 2u, &rest))
		return false;
	ready(t);
	return true;
}

/* ---- CONNECT ---- */

/* The next line without its end; false: it is not whole yet. */
static bool
take_line(struct rd *r, struct span *line)
{
	struct span all = rd_rest(r);
	const uint8_t *end = all.n > 0 ? memchr(all.p, '\n', all.n) : NULL;

	if (end == NULL || !rd_bytes(r, (size_t)(end - all.p) + 1, line))
		return false;
	line->n--;
	if (line->n > 0 && line->p[line->n - 1] == '\r')
		line->n--;
	return true;
}

/* "HTTP/1.x NNN words" (RFC 9112, 4); 0: it is none. */
static unsigned
status_of(struct span line)
{
	unsigned status = 0;

	if (line.n < 12 || memcmp(line.p, "HTTP/1.", 7) != 0 || line.p[8] != ' ' ||
	    (line.n > 12 && line.p[12] != ' '))
		return 0;
	for (size_t i = 9; i < 12; i++) {
		if (!isdigit(line.p[i]))
			return 0;
		status = status * 10 + (unsigned)(line.p[i] - '0');
	}
	return status;
}

/* Does what came begin like an answer in HTTP? */
static bool
begins_like_http(struct span all)
{
	size_t n = all.n < 7 ? all.n : 7;

	return n == 0 || memcmp(all.p, "HTTP/1.", n) == 0;
}

static bool
take_head(struct tunnel *t, struct rd *r)
{
	struct span all = rd_rest(r), line, field;
	unsigned status;

	if (!begins_like_http(all)) {
		alien(t);
		return true;
	}
	if (!take_line(r, &line))
		return false;
	status = status_of(line);
	if (status < 100) {
		alien(t);
		return true;
	}
	if (status >= 300) { /* what may follow is about that, and too much */
		failed(t, arena_printf(t->a, "the proxy says: HTTP status %s",
		    text_clean(t->a, (struct span){line.p + 9, line.n - 9}, WORDS_MAX)));
		return true;
	}
	do
		if (!take_line(r, &field))
			return false;
	while (field.n > 0);
	if (status >= 200) /* RFC 9110, 15.2: before that there may be answers of 1xx */
		ready(t);
	return true;
}

/* ---- what comes ---- */

/* One message of the proxy; false: it is not whole yet. */
static bool
take_one(struct tunnel *t, struct rd *r)
{
	switch (t->step) {
	case STEP_METHOD:
		return take_method(t, r);
	case STEP_LOGIN:
		return take_login(t, r);
	case STEP_REPLY:
		return take_reply(t, r);
	case STEP_HEAD:
		return take_head(t, r);
	case STEP_OVER:
	default:
		return false;
	}
}

enum tunnel_state
tunnel_feed(struct tunnel *t, struct span in)
{
	size_t n = in.n < TUNNEL_BYTES_MAX - t->n ? in.n : TUNNEL_BYTES_MAX - t->n;
	bool more = true;

	MAGIC_CHECK(t, MAGIC);
	if (t->state != TUNNEL_MORE)
		return t->state;
	if (n > 0)
		memcpy(t->in + t->n, in.p, n);
	t->n += n;
	while (more && t->state == TUNNEL_MORE) {
		struct rd r = rd_of((struct span){t->in + t->at, t->n - t->at});

		more = take_one(t, &r);
		if (more)
			t->at = t->n - rd_rest(&r).n;
	}
	if (t->state == TUNNEL_MORE && t->n == TUNNEL_BYTES_MAX)
		failed(t, "the proxy sends more than 16 KiB before the way is open");
	if (t->state != TUNNEL_READY)
		return t->state;
	/* What was too much for the buffer lies behind it, and is the server's like the rest. */
	t->rest = (struct span){t->in + t->at, t->n - t->at};
	if (n < in.n) {
		uint8_t *all = arena_alloc(t->a, t->rest.n + in.n - n);

		memcpy(all, t->rest.p, t->rest.n);
		memcpy(all + t->rest.n, in.p + n, in.n - n);
		t->rest = (struct span){all, t->rest.n + in.n - n};
	}
	return t->state;
}

const char *
tunnel_detail(const struct tunnel *t)
{
	static const char *const awaited[] = {[STEP_METHOD] = "the proxy gave no answer",
	    [STEP_LOGIN] = "the proxy gave no answer to the login",
	    [STEP_REPLY] = "the proxy gave no answer to the request",
	    [STEP_HEAD] = "the proxy gave no whole answer to CONNECT"};

	MAGIC_CHECK(t, MAGIC);
	return t->state == TUNNEL_MORE ? awaited[t->step] : t->detail;
}

struct span
tunnel_rest(const struct tunnel *t)
{
	MAGIC_CHECK(t, MAGIC);
	return t->rest;
}
