/* proxy: what a user may name, and transcripts of both protocols, whole and byte by byte. */
#include <stdio.h>

#include "base/check.h"
#include "net/proxy.h"
#include "unit.h"

/* ---- what the user names ---- */

static const struct {
	const char *text;
	enum proxy_kind kind; /* PROXY_NONE: refused */
	const char *host;
	uint16_t port;
	const char *user, *password; /* NULL: no login */
	const char *url;
} named[] = {
    {"socks5://127.0.0.1:1080", PROXY_SOCKS5, "127.0.0.1", 1080, NULL, NULL, "socks5://127.0.0.1:1080"},
    {"SOCKS5H://tor.example:9050/", PROXY_SOCKS5H, "tor.example", 9050, NULL, NULL,
	"socks5h://tor.example:9050"},
    {"http://[::1]:3128", PROXY_HTTP, "::1", 3128, NULL, NULL, "http://[::1]:3128"},
    {"http://me:a%3ab%40c@proxy:8080", PROXY_HTTP, "proxy", 8080, "me", "a:b@c", "http://proxy:8080"},
    {"socks5://m%3ae:p@w@127.0.0.1:1", PROXY_SOCKS5, "127.0.0.1", 1, "m:e", "p@w",
	"socks5://127.0.0.1:1"},
    {"127.0.0.1:1080", PROXY_NONE, NULL, 0, NULL, NULL, NULL},
    {"socks4://127.0.0.1:1080", PROXY_NONE, NULL, 0, NULL, NULL, NULL},
    {"https://127.0.0.1:1080", PROXY_NONE, NULL, 0, NULL, NULL, NULL},
    {"socks5://127.0.0.1", PROXY_NONE, NULL, 0, NULL, NULL, NULL},
    {"socks5://127.0.0.1:0", PROXY_NONE, NULL, 0, NULL, NULL, NULL},
    {"socks5://127.0.0.1:65536", PROXY_NONE, NULL, 0, NULL, NULL, NULL},
    {"socks5://127.0.0.1:10x", PROXY_NONE, NULL, 0, NULL, NULL, NULL},
    {"socks5://:1080", PROXY_NONE, NULL, 0, NULL, NULL, NULL},
    {"socks5://::1:1080", PROXY_NONE, NULL, 0, NULL, NULL, NULL},
    {"socks5://me@127.0.0.1:1080", PROXY_NONE, NULL, 0, NULL, NULL, NULL},
    {"socks5://:p@127.0.0.1:1080", PROXY_NONE, NULL, 0, NULL, NULL, NULL},
    {"socks5://me:%zz@127.0.0.1:1080", PROXY_NONE, NULL, 0, NULL, NULL, NULL},
    {"socks5://me:%00@127.0.0.1:1080", PROXY_NONE, NULL, 0, NULL, NULL, NULL},
    {"http://m%3ae:p@127.0.0.1:1080", PROXY_NONE, NULL, 0, NULL, NULL, NULL},
};

START_TEST(reads_what_is_named)
{
	struct arena *a = arena_new(1 << 16);

	for (size_t i = 0; i < N_ELEMENTS(named); i++) {
		struct proxy p;
		char err[256] = "";
		bool ok = proxy_read(named[i].text, &p, err, sizeof(err));

		ck_assert_msg(ok == (named[i].kind != PROXY_NONE), "%s: %s", named[i].text, err);
		ck_assert(ok == (err[0] == '\0') && strstr(err, "%zz") == NULL);
		if (!ok)
			continue;
		ck_assert_int_eq(p.kind, named[i].kind);
		ck_assert_str_eq(p.host, named[i].host);
		ck_assert_uint_eq(p.port, named[i].port);
		ck_assert(p.login == (named[i].user != NULL));
		ck_assert_str_eq(p.user, p.login ? named[i].user : "");
		ck_assert_str_eq(p.password, p.login ? named[i].password : "");
		ck_assert_str_eq(proxy_url(&p, a), named[i].url);
	}
	arena_free(a);
}
END_TEST

START_TEST(a_long_login_is_refused)
{
	char text[700], err[256];
	struct proxy p;

	for (size_t n = 255; n <= 256; n++) {
		(void)snprintf(text, sizeof(text), "socks5://me:%0*d@127.0.0.1:1", (int)n, 0);
		ck_assert(proxy_read(text, &p, err, sizeof(err)) == (n == 255));
	}
}
END_TEST

/* ---- the talk ---- */

enum { TURNS_MAX = 8, NAME, V4, V6 };

struct turn {
	char who; /* 'C': what we have to say now; 'P': what the proxy says; 0: the end */
	const char *bytes;
	size_t n;
};

#define C(text) {'C', text, sizeof(text) - 1}
#define P(text) {'P', text, sizeof(text) - 1}
#define GREET C("\5\1\0")
#define ASK_NAME C("\5\1\0\3\014host.example\1\273")
#define CONNECT                                                                                    \
	C("CONNECT host.example:443 HTTP/1.1\r\nHost: host.example:443\r\n\r\n")

static const struct transcript {
	const char *proxy;
	int to;
	struct turn turns[TURNS_MAX];
	const char *end;  /* "": ready; else what the detail is */
	const char *rest; /* the server's */
} transcripts[] = {
    {"socks5h://p:1", NAME, {GREET, P("\5\0"), ASK_NAME, P("\5\0\0\1\1\2\3\4\0\1")}, "", ""},
    {"socks5h://p:1", NAME, {GREET, P("\5\0"), ASK_NAME, P("\5\0\0\3\3abc\0\1")}, "", ""},
    {"socks5h://p:1", NAME, {GREET, P("\5\0"), ASK_NAME, P("\5\0\0\3\0\0\1")}, "", ""},
    {"socks5://p:1", V4,
	{GREET, P("\5\0"), C("\5\1\0\1\177\0\0\1\1\273"),
	    P("\5\0\0\4\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\1\0\1"
	      "220 mx")}, "", "220 mx"},
    {"socks5://p:1", V6,
	{GREET, P("\5\0"), C("\5\1\0\4\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\1\1\273"),
	    P("\5\0\0\1\0\0\0\0\0\0")}, "", ""},
    {"socks5h://me:pw@p:1", NAME,
	{C("\5\2\0\2"), P("\5\2"), C("\1\2me\2pw"), P("\1\0"), ASK_NAME, P("\5\0\0\1\0\0\0\0\0\0")},
	"", ""},
    {"socks5h://me:pw@p:1", NAME,
	{C("\5\2\0\2"), P("\5\0"), ASK_NAME, P("\5\0\0\1\0\0\0\0\0\0")}, "", ""},
    {"socks5h://me:pw@p:1", NAME, {C("\5\2\0\2"), P("\5\2"), C("\1\2me\2pw"), P("\1\1")},
	"the proxy does not accept the login", ""},
    {"socks5h://p:1", NAME, {GREET, P("\5\377")}, "the proxy wants a login", ""},
    {"socks5h://p:1", NAME, {GREET, P("\5\2")}, "the proxy wants a login", ""},
    {"socks5h://me:pw@p:1", NAME, {C("\5\2\0\2"), P("\5\377")},
	"the proxy wants another way to log in than a password", ""},
    {"socks5h://p:1", NAME, {GREET, P("\5\1")}, "the proxy does not speak SOCKS 5: ..", ""},
    {"socks5h://p:1", NAME, {GREET, P("HTTP/1.1 400 Bad Request\r\n")},
	"the proxy does not speak SOCKS 5: H", ""},
    {"socks5h://p:1", NAME, {GREET, P("\5\0"), ASK_NAME, P("\5\5")},
	"the proxy says: connection refused", ""},
    {"socks5h://p:1", NAME, {GREET, P("\5\0"), ASK_NAME, P("\5\4\0\1\0\0\0\0\0\0")},
	"the proxy says: host unreachable", ""},
    {"socks5h://p:1", NAME, {GREET, P("\5\0"), ASK_NAME, P("\5\77")}, "the proxy says: error 63", ""},
    {"socks5h://p:1", NAME, {GREET, P("\5\0"), ASK_NAME, P("\5\0\0\2")},
	"the proxy does not speak SOCKS 5: ", ""},
    {"http://p:1", NAME, {CONNECT, P("HTTP/1.1 200 Connection established\r\n\r\n")}, "", ""},
    {"http://p:1", NAME, {CONNECT, P("HTTP/1.0 200\nA: b\n\n220 mx")}, "", "220 mx"},
    {"http://p:1", NAME,
	{CONNECT, P("HTTP/1.1 100 Wait\r\n\r\nHTTP/1.1 204 x\r\nContent-Length: 5\r\n\r\n220 m")}, "",
	"220 m"},
    {"http://p:1", V4,
	{C("CONNECT 127.0.0.1:443 HTTP/1.1\r\nHost: 127.0.0.1:443\r\n\r\n"), P("HTTP/1.1 200 \r\n\r\n")},
	"", ""},
    {"http://p:1", V6,
	{C("CONNECT [::1]:443 HTTP/1.1\r\nHost: [::1]:443\r\n\r\n"), P("HTTP/1.1 200 \r\n\r\n")}, "", ""},
    {"http://Aladdin:open%20sesame@p:1", NAME, /* RFC 7617, 2 */
	{C("CONNECT host.example:443 HTTP/1.1\r\nHost: host.example:443\r\n"
	   "Proxy-Authorization: Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==\r\n\r\n"),
	    P("HTTP/1.1 200 OK\r\n\r\n")}, "", ""},
    {"http://p:1", NAME, {CONNECT, P("HTTP/1.1 407 Proxy Authentication Required\r\n")},
	"the proxy says: HTTP status 407 Proxy Authentication Required", ""},
    {"http://p:1", NAME, {CONNECT, P("HTTP/1.1 502 \33[2J\r\n")},
	"the proxy says: HTTP status 502 \xef\xbf\xbd[2J", ""},
    {"http://p:1", NAME, {CONNECT, P("SSH-2.0-x\r\n")}, "the proxy does not speak HTTP: S", ""},
    {"http://p:1", NAME, {CONNECT, P("HTTP/1.1 099 x\r\n")}, "the proxy does not speak HTTP: HTTP/1.1 099", ""},
    {"http://p:1", NAME, {CONNECT, P("HTTP/1.1 2000 x\r\n")}, "the proxy does not speak HTTP: HTTP/1.1 2000", ""},
};

static struct address
address_of(int to)
{
	struct address a;
	char err[200];

	if (to == NAME)
		return address_of_name("host.example");
	ck_assert(target_address(span_str(to == V4 ? "127.0.0.1" : "::1"), &a, err, sizeof(err)));
	return a;
}

/* Says the transcript; piece: how many bytes of the proxy come at once. */
static void
talk(const struct transcript *s, size_t piece)
{
	struct arena *a = arena_new(1 << 20);
	struct tunnel_to to = {.at = address_of(s->to), .host = "host.example", .port = 443};
	enum tunnel_state state = TUNNEL_MORE;
	struct tunnel *t;
	struct proxy p;
	char err[200];

	ck_assert(proxy_read(s->proxy, &p, err, sizeof(err)));
	t = tunnel_open(a, &p, &to);
	for (const struct turn *u = s->turns; u->who != 0; u++) {
		struct span out = tunnel_to_send(t);

		if (u->who == 'C') {
			ck_assert_msg(out.n == u->n && memcmp(out.p, u->bytes, u->n) == 0, "%s: we say %zu bytes",
			    s->proxy, out.n);
			tunnel_sent(t, out.n);
			continue;
		}
		ck_assert_uint_eq(out.n, 0);
		for (size_t at = 0; at < u->n && state == TUNNEL_MORE; at += piece)
			state = tunnel_feed(t, (struct span){(const uint8_t *)u->bytes + at,
			    u->n - at < piece ? u->n - at : piece});
	}
	ck_assert_int_eq(state, s->end[0] == '\0' ? TUNNEL_READY : TUNNEL_FAILED);
	if (state == TUNNEL_READY && piece > 100)
		ck_assert(span_eq(tunnel_rest(t), span_str(s->rest)));
	/* What an alien says is cut where it came to an end. */
	if (strstr(s->end, "does not speak") == NULL)
		ck_assert_str_eq(tunnel_detail(t), s->end);
	else
		ck_assert_int_eq(strncmp(tunnel_detail(t), s->end, strcspn(s->end, ":") + 1), 0);
	arena_free(a);
}

START_TEST(talks)
{
	for (size_t i = 0; i < N_ELEMENTS(transcripts); i++) {
		talk(&transcripts[i], 1000);
		talk(&transcripts[i], 1);
	}
}
END_TEST

START_TEST(a_silent_proxy_has_a_name)
{
	struct arena *a = arena_new(1 << 18);
	struct tunnel_to to = {.at = address_of(NAME), .host = "host.example", .port = 443};
	struct tunnel *t;
	struct proxy p;
	char err[200];

	ck_assert(proxy_read("socks5h://p:1", &p, err, sizeof(err)));
	t = tunnel_open(a, &p, &to);
	ck_assert_str_eq(tunnel_detail(t), "the proxy gave no answer");
	ck_assert_int_eq(tunnel_feed(t, span_str("\5")), TUNNEL_MORE);
	arena_free(a);
}
END_TEST

START_TEST(an_endless_head_is_a_limit)
{
	static char head[TUNNEL_BYTES_MAX + 100] = "HTTP/1.1 200 OK\r\n";
	struct arena *a = arena_new(1 << 18);
	struct tunnel_to to = {.at = address_of(NAME), .host = "host.example", .port = 443};
	struct tunnel *t;
	struct proxy p;
	char err[200];

	memset(head + 17, 'x', sizeof(head) - 18);
	ck_assert(proxy_read("http://p:1", &p, err, sizeof(err)));
	t = tunnel_open(a, &p, &to);
	ck_assert_int_eq(tunnel_feed(t, span_str(head)), TUNNEL_FAILED);
	ck_assert_str_eq(tunnel_detail(t), "the proxy sends more than 16 KiB before the way is open");
	arena_free(a);
}
END_TEST

START_TEST(names_are_keys)
{
	struct address a = address_of_name("a.example"), b = address_of_name("b.example");
	struct address again = address_of_name("a.example"), v4 = address_of(V4), v6 = address_of(V6);

	ck_assert(address_is_name(&a) && !address_is_name(&v4) && !address_is_name(&v6));
	ck_assert(memcmp(a.addr, again.addr, a.len) == 0 && memcmp(a.addr, b.addr, a.len) != 0);
	b = address_with_port(&a, 443);
	ck_assert(address_is_name(&b) && b.addr[2] == 1 && b.addr[3] == 0xbb);
}
END_TEST

UNIT_MAIN("proxy", reads_what_is_named, a_long_login_is_refused, talks, a_silent_proxy_has_a_name,
    an_endless_head_is_a_limit, names_are_keys)
