/*
 * http - one request over the audited connection: HSTS, other headers, redirects.
 *
 * Sends:   a whole handshake of the best version there are keys for, then "GET /" with this host,
 *          asking for a compressed answer; once more under TLS 1.2 and below when that failed.
 * Learns:  from the head of the answer, of at most 64 KiB: the status and where it redirects to;
 *          Strict-Transport-Security (RFC 6797, 8.1: "the UA MUST process only the first such
 *          header field"); other headers that protect a page; whether the body is compressed.
 * Blind:   what other paths send, and what only a browser gets; a redirect is not followed.  Where
 *          nothing at all comes back the service is taken for none of HTTP, but for port 443.
 * Costs:   one connection, two at most.  Nothing after STARTTLS.
 */
#include "probe.h"

enum { MAX_SHOWN = 1024, MAX_INTERIM = 4, MAX_PIECES = 32, WAIT_MS = 5000, DATA = 23, HTTPS = 443 };

static const enum fact_id needs[] = {F_PROTO_TLS1_3, F_SUITES_SSL3, F_SUITES_TLS1_0,
    F_SUITES_TLS1_1, F_SUITES_TLS1_2, F_GROUPS_TLS1_2, F_GROUPS_TLS1_3, F_NONE};
static const enum fact_id gives[] = {F_HTTP_STATUS, F_HTTP_SERVER, F_HTTP_LOCATION, F_HSTS,
    F_HSTS_MAX_AGE, F_HSTS_SUBDOMAINS, F_HSTS_PRELOAD, F_HSTS_HEADER, F_HTTP_CSP, F_HTTP_FRAME_OPTIONS,
    F_HTTP_TYPE_OPTIONS, F_HTTP_REFERRER_POLICY, F_HTTP_COMPRESSED, F_NONE};

struct state {
	bool shaken, asked, open; /* handshake finished, request sent, connection there */
	bool old, tried;	  /* below TLS 1.3; a handshake was tried */
	unsigned interim;	  /* answers of the 1xx kind so far */
	struct span head;	  /* as much as came, in the arena */
	bool over;
	enum why why;
	const char *note;
};

static bool
applies(const struct ctx *c)
{
	return c->ep->starttls == NULL && best_version(c->known, TLS1_3) >= SSL3;
}

/* ---- the request ---- */

static struct span
request(const struct ctx *c)
{
	const char *host = c->ep->host, *port = "";
	bool v6 = strchr(host, ':') != NULL && host[0] != '[';

	if (c->ep->port != 443) /* RFC 9110, 7.2: the default port need not be named */
		port = arena_printf(c->arena, ":%u", c->ep->port);
	return span_str(arena_printf(c->arena,
	    "GET / HTTP/1.1\r\nHost: %s%s%s%s\r\nUser-Agent: %s\r\nAccept: */*\r\n"
	    "Accept-Encoding: gzip, deflate, br\r\nConnection: close\r\n\r\n",
	    v6 ? "[" : "", host, v6 ? "]" : "", port, user_agent()));
}

static enum step
shake(struct state *s, const struct ctx *c, struct ask *ask)
{
	if (s->tried && (s->old || best_version(c->known, TLS1_2) < SSL3))
		return STEP_DONE;
	s->shaken = s->asked = false;
	if (!ask_finished_ssl3(ask, c, s->tried ? TLS1_2 : TLS1_3))
		return STEP_DONE;
	s->old = ask->hello.versions.n == 0;
	s->tried = true;
	ask->keep = true;
	return STEP_ASK;
}

static enum step
next(void *st, const struct ctx *c, struct ask *ask)
{
	struct state *s = st;

	if (s->over)
		return STEP_DONE;
	if (!s->open)
		return shake(s, c, ask);
	ask->kind = ASK_SAY;
	ask->same_conn = ask->keep = true;
	ask->stop = STOP_DATA;
	ask->wait_ms = WAIT_MS;
	if (!s->asked)
		ask->say[0] = (struct say){.kind = SAY_RECORD, .type = DATA, .bytes = request(c)};
	s->asked = true;
	return STEP_ASK;
}

/* ---- the head ---- */

/* The next line without its end; false: there is no whole one. */
static bool
line(struct span *in, struct span *out)
{
	size_t n = 0;

	while (n < in->n && in->p[n] != '\n')
		n++;
	if (n == in->n)
		return false;
	*out = (struct span){in->p, n > 0 && in->p[n - 1] == '\r' ? n - 1 : n};
	*in = (struct span){in->p + n + 1, in->n - n - 1};
	return true;
}

/* RFC 9112, 4: "HTTP/1.1 200 OK".  0: it is none. */
static uint32_t
status_of(struct span l)
{
	uint32_t status = 0;

	if (l.n < 12 || memcmp(l.p, "HTTP/1.", 7) != 0 || l.p[8] != ' ')
		return 0;
	for (size_t i = 9; i < 12; i++) {
		if (l.p[i] < '0' || l.p[i] > '9')
			return 0;
		status = 10 * status + (uint32_t)(l.p[i] - '0');
	}
	return status;
}

/* Where the head ends, after its empty line; false: it does not. */
static bool
head_end(struct span in, struct span *rest)
{
	struct span l;

	while (line(&in, &l))
		if (l.n == 0) {
			*rest = in;
			return true;
		}
	return false;
}

/* RFC 9110, 15.2: any number of 1xx answers may come before the final one. */
static bool
is_interim(struct span head)
{
	uint32_t status;
	struct span l;

	if (!line(&head, &l))
		return false;
	status = status_of(l);
	return status >= 100 && status < 200 && status != 101;
}

static void
keep(struct state *s, const struct ctx *c, struct span more)
{
	uint8_t *p = arena_alloc(c->arena, s->head.n + more.n + 1);

	if (s->head.n > 0)
		memcpy(p, s->head.p, s->head.n);
	if (more.n > 0)
		memcpy(p + s->head.n, more.p, more.n);
	s->head = (struct span){p, s->head.n + more.n};
}

static void
give_up(struct state *s, enum why why, const char *note)
{
	s->why = why;
	s->note = note;
	s->over = true;
}

static void
learn_answer(struct state *s, const struct ctx *c, const struct reply *r)
{
	struct span rest;

	if (s->head.n + r->data.n <= 2 * ASK_DATA)
		keep(s, c, r->data);
	while (head_end(s->head, &rest) && is_interim(s->head) && s->interim++ < MAX_INTERIM)
		s->head = rest;
	if (head_end(s->head, &rest)) {
		s->over = true;
		return;
	}
	if (s->head.n >= 7 && memcmp(s->head.p, "HTTP/1.", 7) != 0)
		give_up(s, WHY_NOT_APPLICABLE, "the answer is not HTTP");
	else if (s->head.n >= ASK_DATA)
		give_up(s, WHY_LIMIT, "the head of the answer is longer than 64 KiB");
	else if (r->kind == REPLY_FLIGHT && r->open)
		return; /* in pieces */
	else if (s->head.n == 0 && r->kind != REPLY_ALERT && c->ep->port != HTTPS)
		give_up(s, WHY_NOT_APPLICABLE, "no answer to an HTTP request");
	else
		give_up(s, reply_why(r), arena_str(c->arena, reply_text(r, c->arena)));
}

static void
learn(void *st, const struct ctx *c, const struct reply *r)
{
	struct state *s = st;

	s->open = r->open;
	if (s->asked && s->shaken) {
		learn_answer(s, c, r);
		return;
	}
	s->shaken = r->kind == REPLY_FLIGHT && r->flight->finished;
	s->open = s->open && s->shaken;
	if (!s->shaken) {
		s->why = r->kind == REPLY_FLIGHT ? WHY_LOCAL : reply_why(r);
		s->note = arena_str(c->arena, reply_text(r, c->arena));
	}
}

/* ---- headers ---- */

static uint8_t
lower(uint8_t c)
{
	return c >= 'A' && c <= 'Z' ? (uint8_t)(c + 'a' - 'A') : c;
}

static bool
same_word(struct span a, const char *b)
{
	struct span w = span_str(b);

	if (a.n != w.n)
		return false;
	for (size_t i = 0; i < a.n; i++)
		if (lower(a.p[i]) != lower(w.p[i]))
			return false;
	return true;
}

static struct span
trimmed(struct span s)
{
	while (s.n > 0 && (s.p[0] == ' ' || s.p[0] == '\t')) {
		s.p++;
		s.n--;
	}
	while (s.n > 0 && (s.p[s.n - 1] == ' ' || s.p[s.n - 1] == '\t'))
		s.n--;
	return s;
}

/* Takes up to the first `at` off the front; all of it when there is none. */
static struct span
cut(struct span *in, char at)
{
	struct span out = {in->p, 0};

	while (out.n < in->n && in->p[out.n] != (uint8_t)at)
		out.n++;
	*in = out.n < in->n ? (struct span){in->p + out.n + 1, in->n - out.n - 1} : (struct span){NULL, 0};
	return out;
}

/* The value of the first header of that name; false: none. */
static bool
header(struct span head, const char *name, struct span *value)
{
	struct span l;

	while (line(&head, &l) && l.n > 0) {
		struct span rest = l, n = cut(&rest, ':');

		if (n.n < l.n && same_word(n, name)) {
			*value = trimmed(rest);
			return true;
		}
	}
	return false;
}

/* ---- Strict-Transport-Security: RFC 6797, 6.1 ---- */

struct hsts {
	bool valid, max_age_seen, subdomains, preload;
	uint32_t max_age;
};

/* 6.1.1: one or more digits, which may stand in quotes. */
static bool
read_max_age(struct span v, uint32_t *out)
{
	uint64_t n = 0;

	if (v.n >= 2 && v.p[0] == '"' && v.p[v.n - 1] == '"')
		v = (struct span){v.p + 1, v.n - 2};
	if (v.n == 0)
		return false;
	for (size_t i = 0; i < v.n; i++) {
		if (v.p[i] < '0' || v.p[i] > '9')
			return false;
		n = 10 * n + (uint64_t)(v.p[i] - '0');
		n = n < UINT32_MAX ? n : UINT32_MAX;
	}
	*out = (uint32_t)n;
	return true;
}

/* 2: "All directives MUST appear only once"; 6.1.2: includeSubDomains has no value; 5: those that
 * are not known are ignored, as `preload` is by the RFC. */
static bool
directive(struct hsts *h, struct span d)
{
	bool has_value = memchr(d.p, '=', d.n) != NULL, again = false;
	struct span name = trimmed(cut(&d, '=')), value = trimmed(d);

	if (name.n == 0)
		return false;
	if (same_word(name, "max-age")) {
		again = h->max_age_seen;
		h->max_age_seen = true;
		return !again && has_value && read_max_age(value, &h->max_age);
	}
	if (same_word(name, "includeSubDomains")) {
		again = h->subdomains;
		h->subdomains = true;
		return !again && !has_value;
	}
	if (same_word(name, "preload")) {
		again = h->preload;
		h->preload = true;
		return !again;
	}
	return true;
}

static struct hsts
read_hsts(struct span v)
{
	struct hsts h = {.valid = true};

	while (v.n > 0 && h.valid) {
		struct span d = trimmed(cut(&v, ';'));

		if (d.n > 0) /* "*( ';' [ directive ] )": it may be empty */
			h.valid = directive(&h, d);
	}
	h.valid = h.valid && h.max_age_seen; /* 6.1.1: REQUIRED */
	return h;
}

static void
put_hsts(const struct state *s, const struct ctx *c, struct facts *out)
{
	struct hsts h;
	struct span v;

	if (!header(s->head, "Strict-Transport-Security", &v)) {
		fact_put_str(out, F_HSTS, "absent");
		return;
	}
	fact_put_str(out, F_HSTS_HEADER, text_clean(c->arena, v, MAX_SHOWN));
	h = read_hsts(v);
	if (!h.valid) {
		fact_put_str(out, F_HSTS, "invalid");
		return;
	}
	fact_put_str(out, F_HSTS, h.max_age > 0 ? "present" : "disabled");
	fact_put_u32(out, F_HSTS_MAX_AGE, h.max_age);
	fact_put_tri(out, F_HSTS_SUBDOMAINS, h.subdomains ? TRI_YES : TRI_NO);
	fact_put_tri(out, F_HSTS_PRELOAD, h.preload ? TRI_YES : TRI_NO);
}

/* ---- facts ---- */

static void
put_headers(const struct state *s, const struct ctx *c, struct facts *out)
{
	static const struct {
		enum fact_id id;
		const char *name;
	} table[] = {
	    {F_HTTP_SERVER, "Server"},
	    {F_HTTP_LOCATION, "Location"},
	    {F_HTTP_CSP, "Content-Security-Policy"},
	    {F_HTTP_FRAME_OPTIONS, "X-Frame-Options"},
	    {F_HTTP_TYPE_OPTIONS, "X-Content-Type-Options"},
	    {F_HTTP_REFERRER_POLICY, "Referrer-Policy"},
	};
	struct span v;

	for (size_t i = 0; i < N_ELEMENTS(table); i++)
		if (header(s->head, table[i].name, &v))
			fact_put_str(out, table[i].id, text_clean(c->arena, v, MAX_SHOWN));
}

static bool
compressed(const struct state *s)
{
	struct span v;

	return (header(s->head, "Content-Encoding", &v) && v.n > 0 && !same_word(v, "identity")) ||
	    (header(s->head, "Transfer-Encoding", &v) && v.n > 0 && !same_word(v, "chunked") &&
		!same_word(v, "identity"));
}

/* Unknown, if it is not settled. */
static void
put_rest(struct facts *out, enum fact_id id, enum why why, const char *note)
{
	if (!fact_settled(out, id))
		fact_put_unknown(out, id, why, note);
}

static void
conclude(void *st, const struct ctx *c, struct facts *out)
{
	struct state *s = st;
	struct span rest = s->head, first;
	uint32_t status = line(&rest, &first) ? status_of(first) : 0;

	if (s->why == WHY_NONE && s->over && status != 0) {
		fact_put_u32(out, F_HTTP_STATUS, status);
		put_hsts(s, c, out);
		put_headers(s, c, out);
		fact_put_tri(out, F_HTTP_COMPRESSED, compressed(s) ? TRI_YES : TRI_NO);
		s->why = WHY_NOT_APPLICABLE;
		s->note = "no such header";
	} else if (s->over && s->why == WHY_NONE) {
		s->why = WHY_NOT_APPLICABLE;
		s->note = "the answer is not HTTP";
	} else if (!s->tried || s->why == WHY_NONE) {
		return;
	}
	/* What is judged has the reason; without an answer there is nothing else to say of it. */
	put_rest(out, F_HSTS, s->why, s->note);
	put_rest(out, F_HSTS_MAX_AGE, s->why, s->note);
	for (const enum fact_id *id = gives; *id != F_NONE; id++)
		put_rest(out, *id, WHY_NOT_APPLICABLE,
		    s->why == WHY_NOT_APPLICABLE ? s->note : "no HTTP answer");
}

const struct probe probe_http = {
    .name = "http",
    .summary = "Strict-Transport-Security, and what else a web server says of itself",
    .needs = needs,
    .gives = gives,
    .applies = applies,
    .next = next,
    .learn = learn,
    .conclude = conclude,
    .state_size = sizeof(struct state),
    .max_asks = 2 + MAX_PIECES,
};
