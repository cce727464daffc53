/* http, renegotiation, resumption: answers made by hand, and what the probes make of them. */
#include "probe.h"
#include "unit.h"

extern const struct probe probe_certificate_forms;
extern const struct probe probe_http, probe_renegotiation, probe_resumption, probe_hsts_preload;

static struct arena *arena;
static struct facts *known, *out;
static struct rng rng;
static struct endpoint ep;
static void *state;
static struct ctx c;
static struct ask ask;
static struct server_flight flight;

static void
begin(void)
{
	static const uint16_t suites[] = {0xc02f}, groups[] = {0x001d};

	arena = arena_new(4 << 20);
	known = facts_new(arena);
	out = facts_new(arena);
	rng_seed(&rng, 1);
	fact_put_tri(known, F_PROTO_TLS1_3, TRI_YES);
	fact_put_tri(known, F_PROTO_TLS1_2, TRI_YES);
	fact_put_u16s(known, F_SUITES_TLS1_2, U16S_OF(suites));
	fact_put_u16s(known, F_GROUPS_TLS1_3, U16S_OF(groups));
	ep = (struct endpoint){.host = "a.example", .sni = "a.example", .port = 443};
	c = (struct ctx){.known = known, .ep = &ep, .arena = arena, .rng = &rng};
}

static void
end(void)
{
	arena_free(arena);
}

static void
start(const struct probe *p)
{
	state = arena_alloc(arena, p->state_size);
	out = facts_new(arena);
}

static bool
asks(const struct probe *p)
{
	ask = (struct ask){0};
	return p->next(state, &c, &ask) == STEP_ASK;
}

static void
learns(const struct probe *p, struct reply r)
{
	r.flight = &flight;
	p->learn(state, &c, &r);
}

/* Every handshake ends well, and what comes after it is r. */
static void
shake(const struct probe *p)
{
	ck_assert(asks(p));
	ck_assert_int_eq(ask.kind, ASK_HELLO);
	ck_assert_int_eq(ask.stop, STOP_FINISHED);
	flight = (struct server_flight){.hello = true, .finished = true};
	learns(p, (struct reply){.kind = REPLY_FLIGHT, .open = ask.keep});
	flight = (struct server_flight){0};
}

/* ---- http ---- */

static void
answer(const char *text)
{
	start(&probe_http);
	shake(&probe_http);
	ck_assert(asks(&probe_http));
	ck_assert(ask.same_conn);
	ck_assert_int_eq(ask.say[0].kind, SAY_RECORD);
	learns(&probe_http, (struct reply){.kind = REPLY_FLIGHT, .open = true, .data = span_str(text)});
}

static void
whole_answer(const char *text)
{
	answer(text);
	ck_assert(!asks(&probe_http));
	probe_http.conclude(state, &c, out);
	for (const enum fact_id *id = probe_http.gives; *id != F_NONE; id++)
		ck_assert_msg(fact_settled(out, *id), "%s", fact_defs[*id].name);
}

START_TEST(the_request_names_host_and_program)
{
	static const struct {
		const char *host, *line;
		uint16_t port;
	} rows[] = {{"a.example", "\r\nHost: a.example\r\n", 443},
	    {"a.example", "\r\nHost: a.example:8443\r\n", 8443}, {"::1", "\r\nHost: [::1]:444\r\n", 444}};

	for (size_t i = 0; i < N_ELEMENTS(rows); i++) {
		const char *text;

		ep.host = rows[i].host;
		ep.port = rows[i].port;
		start(&probe_http);
		shake(&probe_http);
		ck_assert(asks(&probe_http));
		text = arena_strn(arena, ask.say[0].bytes.p, ask.say[0].bytes.n);
		ck_assert(strncmp(text, "GET / HTTP/1.1\r\n", 16) == 0);
		ck_assert_ptr_nonnull(strstr(text, rows[i].line));
		ck_assert_ptr_nonnull(strstr(text, "\r\nUser-Agent: tlsaudit/"));
		ck_assert_str_eq(text + strlen(text) - 4, "\r\n\r\n");
	}
}
END_TEST

/* RFC 6797, 6.1 and 8.1; the states are those of SSL Labs. */
START_TEST(strict_transport_security)
{
	static const struct {
		const char *headers, *state;
		uint32_t max_age;
		enum tri subdomains, preload;
	} rows[] = {
	    {"", "absent", 0, TRI_UNKNOWN, TRI_UNKNOWN},
	    {"Strict-Transport-Security: max-age=31536000\r\n", "present", 31536000, TRI_NO, TRI_NO},
	    {"strict-transport-security:max-age=\"1\" ; includeSubDomains; preload\r\n", "present", 1,
		TRI_YES, TRI_YES},
	    {"STRICT-TRANSPORT-SECURITY: ;; MAX-AGE = 5 ;INCLUDESUBDOMAINS;\r\n", "present", 5, TRI_YES,
		TRI_NO},
	    {"Strict-Transport-Security: max-age=7; unknown=\"x\"; other\r\n", "present", 7, TRI_NO, TRI_NO},
	    {"Strict-Transport-Security: max-age=99999999999999999999\r\n", "present", UINT32_MAX, TRI_NO,
		TRI_NO},
	    {"Strict-Transport-Security: max-age=0\r\n", "disabled", 0, TRI_NO, TRI_NO},
	    {"Strict-Transport-Security: max-age=0; includeSubDomains\r\n", "disabled", 0, TRI_YES, TRI_NO},
	    {"Strict-Transport-Security: includeSubDomains\r\n", "invalid", 0, TRI_UNKNOWN, TRI_UNKNOWN},
	    {"Strict-Transport-Security: max-age\r\n", "invalid", 0, TRI_UNKNOWN, TRI_UNKNOWN},
	    {"Strict-Transport-Security: max-age=\r\n", "invalid", 0, TRI_UNKNOWN, TRI_UNKNOWN},
	    {"Strict-Transport-Security: max-age=-1\r\n", "invalid", 0, TRI_UNKNOWN, TRI_UNKNOWN},
	    {"Strict-Transport-Security: max-age=1; max-age=2\r\n", "invalid", 0, TRI_UNKNOWN, TRI_UNKNOWN},
	    {"Strict-Transport-Security: max-age=1, includeSubDomains\r\n", "invalid", 0, TRI_UNKNOWN,
		TRI_UNKNOWN},
	    {"Strict-Transport-Security: max-age=1; includeSubDomains=1\r\n", "invalid", 0, TRI_UNKNOWN,
		TRI_UNKNOWN},
	    {"Strict-Transport-Security:\r\n", "invalid", 0, TRI_UNKNOWN, TRI_UNKNOWN},
	    /* Only the first counts. */
	    {"Strict-Transport-Security: max-age=0\r\nStrict-Transport-Security: max-age=9\r\n", "disabled",
		0, TRI_NO, TRI_NO},
	    {"X-Strict-Transport-Security: max-age=9\r\n", "absent", 0, TRI_UNKNOWN, TRI_UNKNOWN},
	};

	for (size_t i = 0; i < N_ELEMENTS(rows); i++) {
		whole_answer(arena_printf(arena, "HTTP/1.1 200 OK\r\n%s\r\nbody", rows[i].headers));
		ck_assert_msg(strcmp(fact_str(out, F_HSTS), rows[i].state) == 0, "%s is %s",
		    rows[i].headers, fact_str(out, F_HSTS));
		ck_assert_uint_eq(fact_u32(out, F_HSTS_MAX_AGE), rows[i].max_age);
		ck_assert_int_eq(fact_tri(out, F_HSTS_SUBDOMAINS), rows[i].subdomains);
		ck_assert_int_eq(fact_tri(out, F_HSTS_PRELOAD), rows[i].preload);
	}
}
END_TEST

START_TEST(other_headers)
{
	whole_answer("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.0 301 Moved\r\nLocation: https://b.example/\r\n"
		     "server: \x1b[31mred\r\nContent-Encoding: br\r\n\r\nStrict-Transport-Security: x\r\n");
	ck_assert_uint_eq(fact_u32(out, F_HTTP_STATUS), 301);
	ck_assert_str_eq(fact_str(out, F_HTTP_LOCATION), "https://b.example/");
	ck_assert_str_eq(fact_str(out, F_HTTP_SERVER), "\xef\xbf\xbd[31mred");
	ck_assert_int_eq(fact_tri(out, F_HTTP_COMPRESSED), TRI_YES);
	ck_assert_str_eq(fact_str(out, F_HSTS), "absent"); /* what is in the body is no header */
	ck_assert_int_eq(fact_why(out, F_HTTP_CSP), WHY_NOT_APPLICABLE);
}
END_TEST

START_TEST(an_answer_in_pieces)
{
	answer("HTTP/1.1 200 OK\r\nServer: x");
	for (int i = 0; i < 2; i++) {
		ck_assert(asks(&probe_http));
		ck_assert_int_eq(ask.say[0].kind, SAY_END);
		learns(&probe_http,
		    (struct reply){.kind = REPLY_FLIGHT, .open = true, .data = span_str(i ? "\r\n\r\n" : "y")});
	}
	ck_assert(!asks(&probe_http));
	probe_http.conclude(state, &c, out);
	ck_assert_str_eq(fact_str(out, F_HTTP_SERVER), "xy");
}
END_TEST

START_TEST(what_is_no_http_says_nothing_of_hsts)
{
	whole_answer("* OK IMAP4rev1 Service Ready\r\n");
	ck_assert_int_eq(fact_why(out, F_HSTS), WHY_NOT_APPLICABLE);
	whole_answer("HTTP/1.1 abc\r\n\r\n");
	ck_assert_int_eq(fact_why(out, F_HSTS), WHY_NOT_APPLICABLE);
}
END_TEST

START_TEST(a_lost_answer_is_unknown)
{
	start(&probe_http);
	shake(&probe_http);
	ck_assert(asks(&probe_http));
	learns(&probe_http, (struct reply){.kind = REPLY_FIN, .data = span_str("HTTP/1.1 200 OK\r\nStr")});
	ck_assert(!asks(&probe_http));
	probe_http.conclude(state, &c, out);
	ck_assert_int_eq(fact_why(out, F_HSTS), WHY_CLOSED);
	ck_assert_int_eq(fact_why(out, F_HTTP_CSP), WHY_NOT_APPLICABLE);
}
END_TEST

/* Silence where HTTP is not expected is no question left open. */
START_TEST(a_service_that_does_not_answer)
{
	static const struct {
		uint16_t port;
		enum reply_kind kind;
		enum why why;
	} rows[] = {{443, REPLY_SILENCE, WHY_SILENCE}, {993, REPLY_SILENCE, WHY_NOT_APPLICABLE},
	    {993, REPLY_FIN, WHY_NOT_APPLICABLE}, {993, REPLY_ALERT, WHY_ALERT}};

	for (size_t i = 0; i < N_ELEMENTS(rows); i++) {
		ep.port = rows[i].port;
		start(&probe_http);
		shake(&probe_http);
		ck_assert(asks(&probe_http));
		learns(&probe_http, (struct reply){.kind = rows[i].kind, .alert = 40});
		ck_assert(!asks(&probe_http));
		probe_http.conclude(state, &c, out);
		ck_assert_int_eq(fact_why(out, F_HSTS), rows[i].why);
		ck_assert_int_eq(fact_why(out, F_HSTS_MAX_AGE), rows[i].why);
	}
}
END_TEST

START_TEST(an_endless_head_is_a_limit)
{
	char *text = arena_alloc(arena, ASK_DATA + 1);

	memset(text, 'x', ASK_DATA);
	memcpy(text, "HTTP/1.1 200 ", 13);
	whole_answer(text);
	ck_assert_int_eq(fact_why(out, F_HSTS), WHY_LIMIT);
}
END_TEST

START_TEST(tls12_when_tls13_does_not_answer)
{
	start(&probe_http);
	ck_assert(asks(&probe_http));
	ck_assert_uint_eq(ask.hello.versions.n, 1);
	learns(&probe_http, (struct reply){.kind = REPLY_RESET});
	ck_assert(asks(&probe_http));
	ck_assert_uint_eq(ask.hello.versions.n, 0);
	learns(&probe_http, (struct reply){.kind = REPLY_RESET});
	ck_assert(!asks(&probe_http));
	probe_http.conclude(state, &c, out);
	ck_assert_int_eq(fact_why(out, F_HSTS), WHY_RESET);
	ep.starttls = "smtp";
	ck_assert(!probe_http.applies(&c));
}
END_TEST

START_TEST(preloaded)
{
	fact_put_str(known, F_HSTS, "absent");
	ep.sni = "accounts.google.com";
	probe_hsts_preload.conclude(NULL, &c, out);
	ck_assert_int_eq(fact_tri(out, F_HSTS_PRELOADED), TRI_YES);
	out = facts_new(arena);
	ep.sni = "a.example";
	probe_hsts_preload.conclude(NULL, &c, out);
	ck_assert_int_eq(fact_tri(out, F_HSTS_PRELOADED), TRI_NO);
	ep.sni = NULL;
	ck_assert(!probe_hsts_preload.applies(&c));
}
END_TEST

/* ---- renegotiation ---- */

static const uint8_t empty[] = {0};

/* The answers to: hello with RFC 5746, second hello, hello without it, second hello without. */
static void
renegotiation(bool info, struct reply second, struct reply plain, struct reply plain_second)
{
	const struct probe *p = &probe_renegotiation;

	start(p);
	ck_assert(asks(p));
	flight = (struct server_flight){.hello = true, .finished = true, .n_exts = info,
	    .exts = {{EXT_RENEGOTIATION_INFO, SPAN_OF(empty)}}};
	learns(p, (struct reply){.kind = REPLY_FLIGHT, .open = true});
	if (info) {
		ck_assert(asks(p));
		ck_assert(ask.same_conn);
		flight = (struct server_flight){.finished = second.kind == REPLY_FLIGHT};
		learns(p, second);
	}
	ck_assert(asks(p));
	ck_assert(!ask.same_conn && (ask.hello.flags & HELLO_RENEG) == 0);
	flight = (struct server_flight){.finished = plain.kind == REPLY_FLIGHT};
	plain.open = true;
	learns(p, plain);
	if (asks(p)) {
		flight = (struct server_flight){.finished = plain_second.kind == REPLY_FLIGHT};
		learns(p, plain_second);
	}
	ck_assert(!asks(p));
	p->conclude(state, &c, out);
}

START_TEST(who_may_renegotiate)
{
	const struct reply yes = {.kind = REPLY_FLIGHT}, no = {.kind = REPLY_ALERT, .alert = 100},
			   fin = {.kind = REPLY_FIN}, silence = {.kind = REPLY_SILENCE};
	const struct {
		bool info;
		struct reply second, plain, plain_second;
		enum tri secure, insecure, required;
	} rows[] = {
	    {true, no, yes, no, TRI_NO, TRI_NO, TRI_NO},
	    {true, fin, yes, fin, TRI_NO, TRI_NO, TRI_NO},
	    {true, yes, yes, no, TRI_YES, TRI_NO, TRI_NO},
	    {true, yes, no, no, TRI_YES, TRI_NO, TRI_YES},
	    {true, yes, yes, yes, TRI_YES, TRI_YES, TRI_NO},
	    {false, yes, yes, yes, TRI_NO, TRI_YES, TRI_NO},
	    {true, silence, yes, silence, TRI_UNKNOWN, TRI_UNKNOWN, TRI_NO},
	};

	for (size_t i = 0; i < N_ELEMENTS(rows); i++) {
		renegotiation(rows[i].info, rows[i].second, rows[i].plain, rows[i].plain_second);
		ck_assert_int_eq(fact_tri(out, F_RENEG_SECURE), rows[i].secure);
		ck_assert_int_eq(fact_tri(out, F_RENEG_INSECURE), rows[i].insecure);
		ck_assert_int_eq(fact_tri(out, F_RENEG_REQUIRED), rows[i].required);
	}
}
END_TEST

/* ---- resumption ---- */

START_TEST(sessions_are_offered_again)
{
	static const uint8_t bytes[] = {1, 2, 3};
	const struct session s = {.version = TLS1_3, .ticket = SPAN_OF(bytes), .id = SPAN_OF(bytes),
	    .lifetime = 300, .max_early = 100};
	static const enum fact_id what[] = {F_RESUMES_ID, F_RESUMES_TICKET, F_RESUMES_PSK};
	const struct probe *p = &probe_resumption;

	for (c.lane = 0; c.lane < p->lanes; c.lane++) {
		start(p);
		shake(p);
		while (asks(p) && ask.same_conn)
			learns(p, (struct reply){.kind = REPLY_FIN, .session = &s});
		ck_assert_ptr_nonnull(ask.session);
		ck_assert(c.lane != 0 || (span_eq(ask.hello.session_id, s.id) && ask.hello.ticket.n == 0));
		ck_assert(c.lane != 1 || span_eq(ask.hello.ticket, s.ticket));
		ck_assert(c.lane != 2 || ask.early.n > 0);
		flight = (struct server_flight){.hello = true, .finished = true, .n_exts = 1,
		    .exts = {{EXT_EARLY_DATA, {NULL, 0}}}};
		learns(p, (struct reply){.kind = REPLY_FLIGHT, .resumed = true});
		ck_assert(!asks(p));
		p->conclude(state, &c, out);
		ck_assert_int_eq(fact_tri(out, what[c.lane]), TRI_YES);
		ck_assert_int_eq(fact_tri(out, F_EARLY_DATA), c.lane == 2 ? TRI_YES : TRI_UNKNOWN);
	}
}
END_TEST

START_TEST(a_session_that_is_not_taken_up_is_offered_twice)
{
	static const uint8_t bytes[] = {1, 2, 3};
	const struct session s = {.version = TLS1_2, .id = SPAN_OF(bytes)};
	const struct probe *p = &probe_resumption;
	unsigned n = 0;

	start(p);
	shake(p);
	ck_assert(asks(p));
	learns(p, (struct reply){.kind = REPLY_FIN, .session = &s});
	for (; asks(p); n++) {
		flight = (struct server_flight){.hello = true, .finished = true};
		learns(p, (struct reply){.kind = REPLY_FLIGHT});
	}
	ck_assert_uint_eq(n, 2);
	p->conclude(state, &c, out);
	ck_assert_int_eq(fact_tri(out, F_RESUMES_ID), TRI_NO);
}
END_TEST

/* ---- delegated credentials ---- */

/* A leaf with or without DelegationUsage, and what comes to who takes a delegated credential. */
static void
delegation(bool usage, bool delegated, unsigned connections, enum tri want)
{
	static const uint8_t leaf[] = {0x30, 0, 6, 9, 0x2b, 6, 1, 4, 1, 0x82, 0xda, 0x4b, 0x2c, 5, 0};
	const struct probe *p = &probe_certificate_forms;
	unsigned n = 0;

	start(p);
	while (asks(p)) {
		struct span more = ask.hello.more_exts;
		bool taker = more.n > 2 && more.p[1] == EXT_DELEGATED_CREDENTIAL;

		flight = (struct server_flight){.hello = true, .version = TLS1_2};
		if (ask.hello.versions.n > 0)
			flight = (struct server_flight){.hello = true, .version = TLS1_3, .encrypted_exts = true,
			    .certificate = true, .n_certs = 1, .certs = {{leaf, usage ? sizeof(leaf) : 2}},
			    .delegated = taker && delegated};
		learns(p, (struct reply){.kind = REPLY_FLIGHT});
		n++;
	}
	ck_assert_uint_eq(n, connections);
	p->conclude(state, &c, out);
	ck_assert_int_eq(fact_tri(out, F_DELEGATED_CREDENTIAL), want);
}

START_TEST(delegated_credentials)
{
	delegation(true, true, 3, TRI_YES);
	delegation(true, false, 3, TRI_NO);
	delegation(false, true, 2, TRI_NO); /* RFC 9345, 4.2: it cannot have one */
}
END_TEST

UNIT_MAIN_WITH(begin, end, "http", delegated_credentials, the_request_names_host_and_program, strict_transport_security,
    other_headers, an_answer_in_pieces, what_is_no_http_says_nothing_of_hsts,
    a_lost_answer_is_unknown, a_service_that_does_not_answer, an_endless_head_is_a_limit, tls12_when_tls13_does_not_answer, preloaded,
    who_may_renegotiate, sessions_are_offered_again,
    a_session_that_is_not_taken_up_is_offered_twice)
