/*
 * converse - one conversation with a server on loopback, by the engine alone: the driver of
 * test_handshake.py.
 *
 *	converse PORT WORD...
 *
 *	version=0303 suite=c02f group=001d	what to offer (hexadecimal)
 *	share=001d				a key share of another group: HelloRetryRequest
 *	no-ems no-etm no-ticket			leave an extension out
 *	get					ask for / once the handshake is finished
 *	again=id|ticket|psk|early		a second connection that resumes the first; early: with
 *						the request as early data
 *	renegotiate=secure|insecure		a second handshake under the keys of the first
 *	spoil=mac|padding|empty			a record that no client would send (CBC)
 *	premaster=version|first			a ClientKeyExchange of RSA that is none, and Finished
 *
 * Each answer is one line: what was asked, the kind of reply in words, and what was seen.
 */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include "base/check.h"
#include "engine/engine.h"

enum { WAIT_SECONDS = 3 };

struct options {
	uint16_t port, version, suite, group, share;
	unsigned drop; /* enum hello_flag */
	const char *get, *again, *renegotiate, *spoil, *premaster;
};

struct talk {
	const struct options *o;
	struct arena *arena;
	struct rng rng;
	int fd;
	struct engine *engine;
	struct ask ask;
	struct reply reply;
};

static const struct span request = {(const uint8_t *)"GET / HTTP/1.0\r\n\r\n", 18};

/* ---- options ---- */

static const char *
value(const char *arg, const char *name)
{
	size_t n = strlen(name);

	return strncmp(arg, name, n) == 0 ? arg + n : NULL;
}

static uint16_t
number(const char *s)
{
	return (uint16_t)strtoul(s, NULL, 16);
}

static void
read_option(struct options *o, const char *arg)
{
	const char *v;

	if ((v = value(arg, "version=")) != NULL)
		o->version = number(v);
	else if ((v = value(arg, "suite=")) != NULL)
		o->suite = number(v);
	else if ((v = value(arg, "group=")) != NULL)
		o->group = number(v);
	else if ((v = value(arg, "share=")) != NULL)
		o->share = number(v);
	else if ((v = value(arg, "again=")) != NULL)
		o->again = v;
	else if ((v = value(arg, "renegotiate=")) != NULL)
		o->renegotiate = v;
	else if ((v = value(arg, "spoil=")) != NULL)
		o->spoil = v;
	else if ((v = value(arg, "premaster=")) != NULL)
		o->premaster = v;
	else if (strcmp(arg, "get") == 0)
		o->get = arg;
	else if (strcmp(arg, "no-ems") == 0)
		o->drop |= HELLO_EMS;
	else if (strcmp(arg, "no-etm") == 0)
		o->drop |= HELLO_ETM;
	else if (strcmp(arg, "no-ticket") == 0)
		o->drop |= HELLO_TICKET;
	else
		CHECK(!"an unknown word");
}

/* ---- one ask ---- */

static void
connect_to(struct talk *t)
{
	struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(t->o->port)};
	struct timeval tv = {.tv_sec = WAIT_SECONDS};

	to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	t->fd = socket(AF_INET, SOCK_STREAM, 0);
	CHECK(t->fd >= 0);
	CHECK(setsockopt(t->fd, SOL_SOCKET, SO_RCVTIMEO, &tv, sizeof(tv)) == 0);
	CHECK(connect(t->fd, (struct sockaddr *)&to, sizeof(to)) == 0);
}

static void
send_all(struct talk *t)
{
	struct span out;

	while ((out = engine_to_send(t->engine)).n > 0) {
		ssize_t n = send(t->fd, out.p, out.n, MSG_NOSIGNAL);

		if (n <= 0)
			return;
		engine_sent(t->engine, (size_t)n);
	}
}

static void
hear(struct talk *t, bool more)
{
	uint8_t buf[4096];

	send_all(t);
	while (more) {
		ssize_t n = recv(t->fd, buf, sizeof(buf), 0);

		if (n <= 0) {
			engine_ended(t->engine, n == 0 ? REPLY_FIN : REPLY_SILENCE);
			break;
		}
		more = engine_feed(t->engine, (struct span){buf, (size_t)n});
		send_all(t);
	}
	t->reply = (struct reply){0};
	engine_reply(t->engine, &t->reply);
}

static void
say(const char *what, struct talk *t)
{
	const struct server_flight *sf = t->reply.flight;

	printf("%s: %s; kind=%d suite=%04x finished=%d resumed=%d session=%d data=%zu early=%d open=%d\n",
	    what, reply_text(&t->reply, t->arena), (int)t->reply.kind, sf->suite, sf->finished,
	    t->reply.resumed, t->reply.session != NULL, t->reply.data.n,
	    flight_ext(sf, EXT_EARLY_DATA, &(struct span){NULL, 0}), t->reply.open);
	fflush(stdout);
}

static void
finish(struct talk *t)
{
	if (t->engine != NULL)
		engine_close(t->engine);
	if (t->fd >= 0)
		close(t->fd);
	t->engine = NULL;
	t->fd = -1;
}

static void
make_hello(struct talk *t)
{
	static uint16_t suite, group, both[2];
	struct hello *h = &t->ask.hello;

	suite = t->o->suite;
	group = t->o->group != 0 ? t->o->group : 0x001d;
	t->ask = (struct ask){.kind = ASK_HELLO, .stop = STOP_FINISHED, .keep = true};
	hello_init(h, "live.example", t->o->version);
	h->suites = (struct u16s){&suite, 1};
	if (t->o->version >= TLS1_3)
		h->shares = (struct u16s){&group, 1};
	if (t->o->version >= TLS1_3 || t->o->group != 0)
		h->groups = (struct u16s){&group, 1};
	if (t->o->share != 0) {
		both[0] = t->o->share;
		both[1] = group;
		h->shares = (struct u16s){both, 1};
		h->groups = U16S_OF(both);
	}
	h->flags &= ~t->o->drop;
}

static void
begin(struct talk *t, const char *what)
{
	connect_to(t);
	t->engine = engine_open(t->arena, NULL, &t->ask, &t->rng);
	hear(t, true);
	say(what, t);
}

static void
go_on(struct talk *t, const char *what, struct say *list, size_t n, enum flight_stop stop)
{
	if (!t->reply.open) {
		printf("%s: not open\n", what);
		return;
	}
	t->ask.kind = ASK_SAY;
	t->ask.same_conn = t->ask.keep = true;
	t->ask.stop = stop;
	memset(t->ask.say, 0, sizeof(t->ask.say));
	if (n > 0)
		memcpy(t->ask.say, list, n * sizeof(*list));
	hear(t, engine_go_on(t->engine, &t->ask));
	say(what, t);
}

/* ---- conversations ---- */

static void
get(struct talk *t)
{
	struct say s = {.kind = SAY_RECORD, .type = 23, .bytes = request};

	t->ask.until = span_str("\r\n\r\n");
	go_on(t, "get", &s, 1, STOP_DATA);
}

static void
renegotiate(struct talk *t)
{
	struct say s = {.kind = SAY_HELLO};

	if (strcmp(t->o->renegotiate, "insecure") == 0)
		t->ask.hello.flags &= ~(unsigned)HELLO_RENEG;
	go_on(t, "renegotiate", &s, 1, STOP_FINISHED);
	if (t->o->get != NULL)
		get(t);
}

static void
spoil(struct talk *t)
{
	static const uint8_t pad[16] = {7, 15, 15, 15, 15, 15, 15, 15, 15, 15, 15, 15, 15, 15, 15, 15};
	/* Content and MAC of SHA-1 fill whole AES blocks: 12 + 20. */
	static const struct span padding = {pad, sizeof(pad)};
	struct say s = {.kind = SAY_RECORD, .type = 23, .bytes = {request.p, 12}};

	if (strcmp(t->o->spoil, "mac") == 0)
		s.mac_xor = 0x80;
	else if (strcmp(t->o->spoil, "padding") == 0)
		s.padding = &padding;
	else
		s.bytes.n = 0;
	go_on(t, "spoil", &s, 1, STOP_ANY_RECORD);
}

/* The version in the premaster, or the first bytes of the padding, are wrong. */
static void
premaster(struct talk *t)
{
	static uint8_t block[1024];
	size_t n;
	struct say s[] = {{.kind = SAY_RSA_BLOCK}, {.kind = SAY_CCS}, {.kind = SAY_FINISHED}};

	t->ask.stop = STOP_HELLO_DONE;
	begin(t, "hello");
	n = t->reply.rsa_len;
	CHECK(n <= sizeof(block) && n > 64);
	memset(block, 0x77, n);
	block[0] = 0;
	block[1] = 2;
	block[n - 49] = 0;
	if (strcmp(t->o->premaster, "first") == 0)
		memcpy(block, "\x41\x17", 2);
	if (strcmp(t->o->premaster, "right") == 0)
		memcpy(block + n - 48, "\x03\x03", 2);
	s[0].bytes = (struct span){block, n};
	s[0].secret = (struct span){block + n - 48, 48};
	go_on(t, "premaster", s, 3, STOP_FINISHED);
	go_on(t, "after", NULL, 0, STOP_CLOSE);
}

static void
again(struct talk *t)
{
	const struct session *s;
	static const uint8_t id[32] = {1}, close_notify[] = {1, 0};
	struct say bye = {.kind = SAY_RECORD, .type = 21, .bytes = SPAN_OF(close_notify)};

	/* Without a farewell some servers forget the session. */
	go_on(t, "bye", &bye, 1, STOP_CLOSE);
	s = session_copy(t->arena, t->reply.session);
	finish(t);
	if (s == NULL) {
		printf("again: no session\n");
		return;
	}
	make_hello(t);
	t->ask.session = s;
	if (strcmp(t->o->again, "id") == 0) {
		t->ask.hello.session_id = s->id;
		t->ask.hello.flags &= ~(unsigned)HELLO_TICKET;
	} else if (strcmp(t->o->again, "ticket") == 0) {
		t->ask.hello.ticket = s->ticket;
		t->ask.hello.session_id = SPAN_OF(id);
	} else if (strcmp(t->o->again, "early") == 0) {
		t->ask.hello.flags |= HELLO_EARLY_DATA;
		t->ask.early = request;
	}
	begin(t, "again");
	t->ask.until = span_str("\r\n\r\n");
	if (strcmp(t->o->again, "early") == 0)
		go_on(t, "early", NULL, 0, STOP_DATA);
	else
		get(t);
}

static void
converse(struct talk *t)
{
	make_hello(t);
	if (t->o->premaster != NULL) {
		premaster(t);
		return;
	}
	begin(t, "handshake");
	if (t->o->renegotiate != NULL)
		renegotiate(t);
	else if (t->o->spoil != NULL)
		spoil(t);
	else if (t->o->get != NULL)
		get(t);
	if (t->o->again != NULL)
		again(t);
}

int
main(int argc, char **argv)
{
	struct options o = {.version = TLS1_2, .suite = 0xc02f};
	struct talk t = {.o = &o, .fd = -1};

	CHECK(argc > 1);
	o.port = (uint16_t)strtoul(argv[1], NULL, 10);
	for (int i = 2; i < argc; i++)
		read_option(&o, argv[i]);
	rng_init(&t.rng);
	t.arena = arena_new(16 << 20);
	converse(&t);
	finish(&t);
	arena_free(t.arena);
	return 0;
}
