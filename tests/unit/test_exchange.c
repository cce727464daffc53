/* exchange: what a connection's fate becomes as a reply, against a server in a child process. */
#include "config.h"

#include "net/exchange.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "unit.h"

static const uint8_t alert40[] = {21, 3, 3, 0, 2, 2, 40};
static const uint8_t server_hello[] = {22, 3, 3, 0, 42, 2, 0, 0, 38, 3, 3, 1, 2, 3, 4, 5, 6, 7, 8, 9,
    10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31, 32, 0, 0xc0,
    0x2f, 0};

/* ---- the server: one behaviour a test, run for each connection; n counts them from 0 ---- */

typedef void behaviour(int fd, unsigned n);

static void
say(int fd, const void *p, size_t n)
{
	if (send(fd, p, n, MSG_NOSIGNAL) < 0)
		_exit(0);
}

static void
wait_for_hello(int fd)
{
	char buf[4096];

	(void)!read(fd, buf, sizeof(buf));
}

static void
hold(int fd)
{
	char buf[4096];

	while (read(fd, buf, sizeof(buf)) > 0)
		continue;
}

static void
reset(int fd)
{
	const struct linger l = {.l_onoff = 1};

	(void)setsockopt(fd, SOL_SOCKET, SO_LINGER, &l, sizeof(l));
}

static void
resets(int fd, unsigned n)
{
	(void)n;
	reset(fd);
}

static void
resets_once(int fd, unsigned n)
{
	wait_for_hello(fd);
	if (n == 0)
		reset(fd);
	else
		say(fd, alert40, sizeof(alert40));
}

static void
resets_after_hello(int fd, unsigned n)
{
	(void)n;
	wait_for_hello(fd);
	say(fd, server_hello, sizeof(server_hello));
	usleep(20000); /* a reset overtakes what has just been sent */
	reset(fd);
}

/* What is closed with bytes unread is reset by the kernel, after the alert. */
static void
alerts_unread(int fd, unsigned n)
{
	char byte;

	(void)n;
	(void)!recv(fd, &byte, 1, MSG_PEEK);
	say(fd, alert40, sizeof(alert40));
}

static void
alerts_in_bytes(int fd, unsigned n)
{
	(void)n;
	wait_for_hello(fd);
	for (size_t i = 0; i < sizeof(alert40); i++) {
		say(fd, &alert40[i], 1);
		usleep(2000);
	}
}

static void
closes(int fd, unsigned n)
{
	(void)n;
	wait_for_hello(fd);
}

static void
silent(int fd, unsigned n)
{
	(void)n;
	hold(fd);
}

static void
drips(int fd, unsigned n)
{
	static const uint8_t head[] = {22, 3, 3, 0x40, 0};

	(void)n;
	say(fd, head, sizeof(head));
	for (;;) {
		usleep(10000);
		say(fd, "", 1);
	}
}

static void
floods(int fd, unsigned n)
{
	static uint8_t record[5 + 16384] = {22, 3, 3, 0x40, 0, 99, 0, 0x3f, 0xfc};

	(void)n;
	wait_for_hello(fd);
	say(fd, server_hello, sizeof(server_hello));
	for (;;)
		say(fd, record, sizeof(record));
}

static void
say_text(int fd, const char *s)
{
	say(fd, s, strlen(s));
}

/* A ServerHello; an alert to whatever comes then; the end. */
static void
talks(int fd, unsigned n)
{
	(void)n;
	wait_for_hello(fd);
	say(fd, server_hello, sizeof(server_hello));
	wait_for_hello(fd);
	say(fd, alert40, sizeof(alert40));
}

/* Two alerts at once: the second is there before anyone asks for it. */
static void
talks_ahead(int fd, unsigned n)
{
	(void)n;
	wait_for_hello(fd);
	say(fd, server_hello, sizeof(server_hello));
	say(fd, alert40, sizeof(alert40));
	hold(fd);
}

/* An SMTP server: with TLS, without, one that has had enough, one that leaves. */
static void
smtp(int fd, unsigned n)
{
	(void)n;
	say_text(fd, "220 mx.example ESMTP\r\n");
	wait_for_hello(fd);
	say_text(fd, "250-mx.example\r\n250 STARTTLS\r\n");
	wait_for_hello(fd);
	say_text(fd, "220 go ahead\r\n");
	wait_for_hello(fd);
	say(fd, alert40, sizeof(alert40));
}

static void
smtp_without_tls(int fd, unsigned n)
{
	(void)n;
	say_text(fd, "220 mx.example ESMTP\r\n");
	wait_for_hello(fd);
	say_text(fd, "250 mx.example\r\n");
	hold(fd);
}

static void
smtp_leaves(int fd, unsigned n)
{
	(void)n;
	say_text(fd, "220 mx.example ESMTP\r\n");
	wait_for_hello(fd);
}

static void
ssh(int fd, unsigned n)
{
	(void)n;
	say_text(fd, "SSH-2.0-OpenSSH_9.2\r\n");
	hold(fd);
}

static void
serve(int listener, behaviour *b)
{
	for (unsigned n = 0;; n++) {
		int fd = accept(listener, NULL, NULL);

		if (fd < 0)
			_exit(0);
		b(fd, n);
		close(fd);
	}
}

/* ---- the client's side ---- */

struct result {
	bool called, starting;
	enum reply_kind kind;
	uint8_t alert;
	char detail[100];
	unsigned connections;
	bool hello;
};

static struct loop *loop;
static struct exchanger *exchanger;
static struct transport transport;
static struct endpoint ep;
static struct ask ask;
static struct rng rng;
static pid_t child;

static int
listen_here(int backlog)
{
	struct sockaddr_in sa = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t len = sizeof(sa);
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	ck_assert_int_eq(bind(fd, (struct sockaddr *)&sa, sizeof(sa)), 0);
	if (backlog >= 0)
		ck_assert_int_eq(listen(fd, backlog), 0);
	ck_assert_int_eq(getsockname(fd, (struct sockaddr *)&sa, &len), 0);
	memcpy(ep.addr, &sa, sizeof(sa));
	ep.addr_len = sizeof(sa);
	return fd;
}

static void
set_up(behaviour *b, unsigned first_byte_ms)
{
	static const uint16_t suites[] = {0xc02f};
	const struct exchange_limits limits = {.connect_ms = 300, .first_byte_ms = first_byte_ms,
	    .idle_ms = 300, .whole_ms = 600, .per_address = 2};
	int listener = listen_here(b != NULL ? 16 : -1);

	child = b != NULL ? fork() : 0;
	ck_assert_int_ge(child, 0);
	if (b != NULL && child == 0)
		serve(listener, b);
	if (b != NULL)
		close(listener);
	loop = loop_new();
	ck_assert_ptr_nonnull(loop);
	exchanger = exchanger_new(loop, &limits);
	transport = exchanger_transport(exchanger);
	rng_seed(&rng, 1);
	ep.starttls = NULL;
	ask = (struct ask){.kind = ASK_HELLO, .stop = STOP_HELLO_DONE};
	hello_init(&ask.hello, "live.example", TLS1_2);
	ask.hello.suites = U16S_OF(suites);
}

static void
tear_down(void)
{
	exchanger_free(exchanger);
	loop_free(loop);
	if (child > 0) {
		kill(child, SIGKILL);
		ck_assert_int_eq(waitpid(child, NULL, 0), child);
	}
}

static void
on_done(void *arg, struct exchange *x, const struct reply *r)
{
	struct result *result = arg;

	(void)x;
	ck_assert_msg(!result->starting, "done() from inside start()");
	ck_assert_msg(!result->called, "done() twice");
	ck_assert_ptr_nonnull(r->flight);
	result->called = true;
	result->kind = r->kind;
	result->alert = r->alert;
	result->connections = r->connections;
	result->hello = r->flight->hello;
	(void)snprintf(result->detail, sizeof(result->detail), "%s", r->detail != NULL ? r->detail : "");
}

static struct exchange *
begin(struct result *r)
{
	struct exchange *x;

	*r = (struct result){.starting = true};
	x = transport.start(transport.ctx, &ep, &ask, &rng, on_done, r);
	r->starting = false;
	return x;
}

static struct result
exchange(void)
{
	struct result r;

	(void)begin(&r);
	loop_run(loop);
	ck_assert(r.called);
	return r;
}

/* ---- several asks on one connection ---- */

struct conversation {
	struct exchange *x; /* open, and not gone on with yet */
	struct result replies[4];
	bool open[4];
	size_t n, n_asks; /* go on at once while there are fewer answers than that */
	bool busy, drop;  /* in start() or go_on(); cancel from inside done() */
	struct ask ask;
};

static void
go_on(struct conversation *c)
{
	c->ask = (struct ask){.kind = ASK_SAY, .same_conn = true, .keep = true};
	c->ask.stop = c->n == 1 ? STOP_ANY_RECORD : STOP_CLOSE;
	if (c->n == 1)
		c->ask.say[0] = (struct say){.kind = SAY_CLEAR, .type = 21, .bytes = SPAN_OF(alert40)};
	c->busy = true;
	transport.go_on(transport.ctx, c->x, &c->ask);
	c->busy = false;
}

static void
on_answer(void *arg, struct exchange *x, const struct reply *r)
{
	struct conversation *c = arg;

	ck_assert_msg(!c->busy, "done() from inside go_on()");
	ck_assert_uint_lt(c->n, N_ELEMENTS(c->replies));
	c->open[c->n] = r->open;
	c->replies[c->n++] = (struct result){.kind = r->kind,
	    .alert = r->alert,
	    .connections = r->connections,
	    .hello = r->flight->hello};
	c->x = r->open ? x : NULL;
	if (r->open && c->drop)
		transport.cancel(transport.ctx, x);
	else if (r->open && c->n < c->n_asks)
		go_on(c);
}

static void
converse(struct conversation *c)
{
	ask.keep = true;
	ask.stop = STOP_SERVER_HELLO;
	c->busy = true;
	(void)transport.start(transport.ctx, &ep, &ask, &rng, on_answer, c);
	c->busy = false;
	loop_run(loop);
}

/* ---- tests ---- */

START_TEST(goes_on_with_a_connection)
{
	struct conversation c = {.n_asks = 3};

	set_up(talks, 5000);
	converse(&c);
	ck_assert_uint_eq(c.n, 3);
	ck_assert(c.replies[0].hello && c.open[0]);
	ck_assert_uint_eq(c.replies[0].connections, 1);
	ck_assert_int_eq(c.replies[1].kind, REPLY_ALERT);
	ck_assert_uint_eq(c.replies[1].alert, 40);
	ck_assert_uint_eq(c.replies[1].connections, 0);
	ck_assert(!c.replies[1].hello && c.open[1]);
	ck_assert_int_eq(c.replies[2].kind, REPLY_FIN);
	ck_assert(!c.open[2]);
	ck_assert_uint_eq(exchanger_connections(exchanger), 1);
	tear_down();
}
END_TEST

START_TEST(what_came_early_is_not_lost)
{
	struct conversation c = {.n_asks = 2};

	set_up(talks_ahead, 5000);
	converse(&c);
	ck_assert_uint_eq(c.n, 2);
	ck_assert_int_eq(c.replies[1].kind, REPLY_ALERT);
	ck_assert(c.open[1]);
	transport.cancel(transport.ctx, c.x);
	tear_down();
}
END_TEST

START_TEST(an_open_connection_may_wait_or_be_dropped)
{
	struct conversation c = {.n_asks = 1}, d = {.n_asks = 1, .drop = true};

	set_up(talks, 5000);
	converse(&c); /* the loop ends: nothing watches what is parked */
	ck_assert_ptr_nonnull(c.x);
	go_on(&c);
	loop_run(loop);
	ck_assert_uint_eq(c.n, 2);
	ck_assert_int_eq(c.replies[1].kind, REPLY_ALERT);
	transport.cancel(transport.ctx, c.x);
	converse(&d);
	ck_assert_uint_eq(d.n, 1);
	tear_down();
}
END_TEST

START_TEST(a_conversation_has_an_end)
{
	struct conversation c = {.n_asks = 4};

	set_up(resets_after_hello, 5000);
	converse(&c);
	ck_assert(c.replies[0].hello);
	ck_assert(c.replies[c.n - 1].kind == REPLY_RESET && !c.open[c.n - 1]);
	ck_assert_uint_eq(exchanger_connections(exchanger), 1); /* never begun again */
	tear_down();
}
END_TEST

START_TEST(is_refused)
{
	struct result r;

	set_up(NULL, 300);
	r = exchange();
	ck_assert_int_eq(r.kind, REPLY_NO_CONN);
	ck_assert_str_eq(r.detail, "connection refused");
	ck_assert_uint_eq(r.connections, 1);
	tear_down();
}
END_TEST

START_TEST(gives_up_connecting)
{
	struct result r;
	int listener, fill[4];

	set_up(NULL, 300);
	listener = listen_here(0); /* nobody accepts, and the backlog is full */
	for (size_t i = 0; i < N_ELEMENTS(fill); i++) {
		fill[i] = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
		(void)connect(fill[i], (struct sockaddr *)ep.addr, ep.addr_len);
	}
	r = exchange();
	ck_assert_int_eq(r.kind, REPLY_NO_CONN);
	ck_assert_str_eq(r.detail, "connect timed out");
	ck_assert_uint_eq(r.connections, 3);
	r = exchange(); /* a dead address is not waited for again and again */
	ck_assert_uint_eq(r.connections, 1);
	for (size_t i = 0; i < N_ELEMENTS(fill); i++)
		close(fill[i]);
	close(listener);
	tear_down();
}
END_TEST

START_TEST(is_reset)
{
	struct result r;

	set_up(resets, 5000);
	r = exchange();
	ck_assert_int_eq(r.kind, REPLY_RESET);
	ck_assert_uint_eq(r.connections, 2);
	tear_down();
}
END_TEST

START_TEST(tries_again_after_a_reset)
{
	struct result r;

	set_up(resets_once, 5000);
	r = exchange();
	ck_assert_int_eq(r.kind, REPLY_ALERT);
	ck_assert_uint_eq(r.connections, 2);
	tear_down();
}
END_TEST

START_TEST(keeps_a_server_hello)
{
	struct result r;

	set_up(resets_after_hello, 5000);
	r = exchange();
	ck_assert_int_eq(r.kind, REPLY_RESET);
	ck_assert(r.hello);
	ck_assert_uint_eq(r.connections, 1);
	tear_down();
}
END_TEST

START_TEST(sees_the_alert_before_the_reset)
{
	struct result r;

	set_up(alerts_unread, 5000);
	for (int i = 0; i < 20; i++) {
		r = exchange();
		ck_assert_int_eq(r.kind, REPLY_ALERT);
		ck_assert_uint_eq(r.alert, 40);
		ck_assert_uint_eq(r.connections, 1);
	}
	tear_down();
}
END_TEST

START_TEST(joins_what_comes_in_pieces)
{
	struct result r;

	set_up(alerts_in_bytes, 5000);
	r = exchange();
	ck_assert_int_eq(r.kind, REPLY_ALERT);
	ck_assert_uint_eq(r.alert, 40);
	tear_down();
}
END_TEST

START_TEST(sees_the_end)
{
	struct result r;

	set_up(closes, 5000);
	r = exchange();
	ck_assert_int_eq(r.kind, REPLY_FIN);
	ck_assert_uint_eq(r.connections, 1);
	tear_down();
}
END_TEST

START_TEST(waits_for_silence)
{
	struct result r;

	set_up(silent, 200);
	r = exchange();
	ck_assert_int_eq(r.kind, REPLY_SILENCE);
	ck_assert_uint_eq(r.connections, 2);
	r = exchange(); /* the second silence was an answer */
	ck_assert_int_eq(r.kind, REPLY_SILENCE);
	ck_assert_uint_eq(r.connections, 1);
	tear_down();
}
END_TEST

START_TEST(waits_as_the_ask_says)
{
	struct result r;

	set_up(silent, 100000);
	ask.wait_ms = 100;
	r = exchange();
	ck_assert_int_eq(r.kind, REPLY_SILENCE);
	tear_down();
}
END_TEST

START_TEST(ends_a_drip)
{
	struct result r;

	set_up(drips, 5000);
	r = exchange();
	ck_assert_int_eq(r.kind, REPLY_SILENCE);
	ck_assert_str_eq(r.detail, "the answer was not complete in time");
	ck_assert_uint_eq(r.connections, 1);
	tear_down();
}
END_TEST

START_TEST(ends_a_flood)
{
	struct result r;

	set_up(floods, 5000);
	r = exchange();
	ck_assert_msg(r.kind == REPLY_LIMIT || r.kind == REPLY_BAD, "%d", (int)r.kind);
	tear_down();
}
END_TEST

START_TEST(can_be_cancelled)
{
	struct result r[3];
	struct exchange *x[3];

	set_up(silent, 5000);
	for (size_t i = 0; i < N_ELEMENTS(x); i++) /* the third one waits for a slot */
		x[i] = begin(&r[i]);
	for (size_t i = 0; i < N_ELEMENTS(x); i++)
		transport.cancel(transport.ctx, x[i]);
	loop_run(loop); /* nothing is left to wait for */
	for (size_t i = 0; i < N_ELEMENTS(x); i++)
		ck_assert(!r[i].called);
	tear_down();
}
END_TEST

START_TEST(takes_turns)
{
	struct result r[5];

	set_up(closes, 5000);
	for (size_t i = 0; i < N_ELEMENTS(r); i++)
		(void)begin(&r[i]);
	loop_run(loop);
	for (size_t i = 0; i < N_ELEMENTS(r); i++)
		ck_assert_int_eq(r[i].kind, REPLY_FIN);
	ck_assert_uint_eq(exchanger_connections(exchanger), N_ELEMENTS(r));
	tear_down();
}
END_TEST

START_TEST(speaks_starttls)
{
	static const struct {
		behaviour *server;
		enum reply_kind kind;
		bool says_why;
	} cases[] = {{smtp, REPLY_ALERT, false}, {smtp_without_tls, REPLY_NO_CONN, true},
	    {smtp_leaves, REPLY_FIN, true}, {ssh, REPLY_GARBAGE, true}, {silent, REPLY_SILENCE, true}};

	for (size_t i = 0; i < N_ELEMENTS(cases); i++) {
		struct result r;

		set_up(cases[i].server, 1000);
		ep.starttls = "smtp";
		r = exchange();
		ck_assert_int_eq(r.kind, cases[i].kind);
		ck_assert_msg((r.detail[0] != '\0') == cases[i].says_why, "%s", r.detail);
		tear_down();
	}
}
END_TEST

UNIT_MAIN("exchange", is_refused, gives_up_connecting, is_reset, tries_again_after_a_reset,
    keeps_a_server_hello, sees_the_alert_before_the_reset, joins_what_comes_in_pieces, sees_the_end,
    waits_for_silence, waits_as_the_ask_says, ends_a_drip, ends_a_flood, can_be_cancelled, takes_turns,
    speaks_starttls, goes_on_with_a_connection, what_came_early_is_not_lost,
    an_open_connection_may_wait_or_be_dropped, a_conversation_has_an_end)
