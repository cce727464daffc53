/* starttls: transcripts of every protocol, whole, in halves and byte by byte. */
#include <stdio.h>

#include "base/check.h"
#include "engine/starttls.h"
#include "target.h"
#include "unit.h"

enum { TURNS_MAX = 10 };

struct turn {
	char who; /* 'C': what the client has to say now; 'S': what the server says; 0: the end */
	const char *bytes;
	size_t n;
};

#define C(text)                                                                                    \
	{                                                                                          \
		'C', text, sizeof(text) - 1                                                        \
	}
#define S(text)                                                                                    \
	{                                                                                          \
		'S', text, sizeof(text) - 1                                                        \
	}

struct transcript {
	const char *proto;
	struct turn turns[TURNS_MAX];
	const char *end; /* "": ready; otherwise words that the detail holds */
};

#define EHLO C("EHLO tlsaudit.invalid\r\n")
#define STREAM(ns)                                                                                 \
	"<?xml version='1.0'?><stream:stream to='host.example' version='1.0' xmlns='jabber:" ns    \
	"' xmlns:stream='http://etherx.jabber.org/streams'>"
#define STARTTLS_TAG "<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>"
#define LDAP_REQUEST                                                                               \
	"\x30\x1d\x02\x01\x01\x77\x18\x80\x16"                                                     \
	"1.3.6.1.4.1.1466.20037"
#define RDP_REQUEST "\3\0\0\x13\x0e\xe0\0\0\0\0\0\1\0\x08\0\3\0\0\0"
#define SSL_REQUEST "\0\0\0\x08\x04\xd2\x16\x2f"
#define MYSQL_GREETING(version, capabilities)                                                      \
	version "\0\1\0\0\0ABCDEFGH\0" capabilities "\x2d\2\0\xff\x81\x15"
#define NOT_OFFERED "the server does not offer STARTTLS"

static const struct transcript transcripts[] = {
    /* --- granted --- */
    {"smtp",
	{S("220 mx.example ESMTP\r\n"), EHLO,
	    S("250-mx.example\r\n250-SIZE 1000\r\n250-STARTTLS\r\n250 8BITMIME\r\n"),
	    C("STARTTLS\r\n"), S("220 2.0.0 Ready to start TLS\r\n")},
	""},
    {"smtp",
	{S("220-mx.example\r\n220-no spam\r\n220 \r\n"), EHLO, S("250-mx.example\n250 starttls\n"),
	    C("STARTTLS\r\n"), S("220\r\n")},
	""},
    {"lmtp",
	{S("220 mx.example LMTP\r\n"), C("LHLO tlsaudit.invalid\r\n"),
	    S("250-mx.example\r\n250 STARTTLS\r\n"), C("STARTTLS\r\n"), S("220 go\r\n")},
	""},
    {"imap",
	{S("* OK [CAPABILITY IMAP4rev1 STARTTLS LOGINDISABLED] ready\r\n"), C("a CAPABILITY\r\n"),
	    S("* CAPABILITY IMAP4rev1 STARTTLS AUTH=PLAIN\r\na OK done\r\n"), C("b STARTTLS\r\n"),
	    S("b OK begin\r\n")},
	""},
    {"imap",
	{S("* ok hi\r\n"), C("a CAPABILITY\r\n"), S("* 3 EXISTS\r\na ok [CAPABILITY STARTTLS]\r\n"),
	    C("b STARTTLS\r\n"), S("* OK [ALERT] now\r\nb ok\r\n")},
	""},
    {"pop3",
	{S("+OK ready <1@pop.example>\r\n"), C("CAPA\r\n"),
	    S("+OK\r\nTOP\r\nSTLS\r\nUIDL\r\n.\r\n"), C("STLS\r\n"), S("+OK begin\r\n")},
	""},
    {"pop3", {S("+OK\r\n"), C("CAPA\r\n"), S("-ERR what?\r\n"), C("STLS\r\n"), S("+OK\r\n")}, ""},
    {"ftp", {S("220 ready\r\n"), C("AUTH TLS\r\n"), S("234 AUTH TLS OK.\r\n")}, ""},
    {"ftp",
	{S("120 in a minute\r\n220-Welcome\r\n  200 files here\r\n230-x\r\n220 go\r\n"),
	    C("AUTH TLS\r\n"), S("234-a\r\n234 b\r\n")},
	""},
    {"nntp",
	{S("200 news.example\r\n"), C("CAPABILITIES\r\n"),
	    S("101 list:\r\nVERSION 2\r\nREADER\r\nSTARTTLS\r\n.\r\n"), C("STARTTLS\r\n"),
	    S("382 go\r\n")},
	""},
    {"nntp",
	{S("201 read only\r\n"), C("CAPABILITIES\r\n"), S("500 what?\r\n"), C("STARTTLS\r\n"),
	    S("382 go\r\n")},
	""},
    {"sieve",
	{S("\"IMPLEMENTATION\" \"Example 1.0\"\r\n\"SIEVE\" \"fileinto\"\r\n\"STARTTLS\"\r\n"
	   "\"VERSION\" \"1.0\"\r\nOK \"ready\"\r\n"),
	    C("STARTTLS\r\n"), S("OK \"Begin TLS negotiation now.\"\r\n")},
	""},
    {"irc",
	{C("STARTTLS\r\n"), S(":irc.example NOTICE * :*** Looking up your hostname...\r\n\r\n"),
	    S(":irc.example 670 * :STARTTLS successful, go ahead\r\n")},
	""},
    {"irc", {C("STARTTLS\r\n"), S("NOTICE AUTH :x\r\n670 you :go\r\n")}, ""},
    {"ldap", {C(LDAP_REQUEST), S("\x30\x0c\x02\x01\x01\x78\x07\x0a\x01\0\x04\0\x04\0")}, ""},
    {"ldap",
	{C(LDAP_REQUEST), S("\x30\x84\0\0\0\x28\x02\x01\x01\x78\x84\0\0\0\x1f\x0a\x01\0\x04\0\x04\0"
			    "\x8a\x16"
			    "1.3.6.1.4.1.1466.20037")},
	""},
    {"xmpp",
	{C(STREAM("client")),
	    S("<?xml version='1.0'?><stream:stream from='host.example' id='a>b' version=\"1.0\" "
	      "xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams'>"
	      "<stream:features><starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'><required/>"
	      "</starttls></stream:features>"),
	    C(STARTTLS_TAG), S("<proceed xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>")},
	""},
    {"xmpp-server",
	{C(STREAM("server")),
	    S("<stream:stream>\n<features xmlns='http://etherx.jabber.org/streams'>\n<x/>"
	      "<tls:starttls/></features>"),
	    C(STARTTLS_TAG), S(" <proceed></proceed>")},
	""},
    {"postgres", {C(SSL_REQUEST), S("S")}, ""},
    {"mysql",
	{S("\x26\0\0\0\x0a" MYSQL_GREETING("10.11.2-MariaDB", "\xfe\xff")),
	    C("\x20\0\0\1\0\x8a\0\0\0\0\0\1\x2d\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0")},
	""},
    {"telnet",
	{C("\xff\xfd\x2e"),
	    S("\xff\xfd\x18\xff\xf1login: \xff\xfa\x18\xff\xff\1\xff\xf0\xff\xfb\x2e"),
	    C("\xff\xfa\x2e\1\xff\xf0"), S("\xff\xfa\x2e\1\xff\xf0")},
	""},
    {"rdp", {C(RDP_REQUEST), S("\3\0\0\x13\x0e\xd0\0\0\x12\x34\0\2\x1f\x08\0\1\0\0\0")}, ""},
    {"rdp", {C(RDP_REQUEST), S("\3\0\0\x13\x0e\xd0\0\0\x12\x34\0\2\0\x08\0\2\0\0\0")}, ""},

    /* --- not offered --- */
    {"smtp", {S("220 mx\r\n"), EHLO, S("250-starttls\r\n250 8BITMIME\r\n")}, NOT_OFFERED},
    {"smtp", {S("220 mx\r\n"), EHLO, S("250 mx\r\n")}, NOT_OFFERED},
    {"smtp", {S("220 mx\r\n"), EHLO, S("250-mx\r\n250-X STARTTLS\r\n250 XSTARTTLS\r\n")},
	NOT_OFFERED},
    {"smtp", {S("220 mx\r\n"), EHLO, S("502 not implemented\r\n")}, NOT_OFFERED},
    {"lmtp", {S("220 mx\r\n"), C("LHLO tlsaudit.invalid\r\n"), S("250 mx\r\n")}, NOT_OFFERED},
    {"imap",
	{S("* OK STARTTLS is off\r\n"), C("a CAPABILITY\r\n"),
	    S("* OK STARTTLS is off\r\n* CAPABILITY IMAP4rev1\r\na OK\r\n")},
	NOT_OFFERED},
    {"pop3", {S("+OK\r\n"), C("CAPA\r\n"), S("+OK\r\nTOP\r\n.\r\n")}, NOT_OFFERED},
    {"pop3", {S("+OK\r\n"), C("CAPA\r\n"), S("-ERR\r\n"), C("STLS\r\n"), S("-ERR no\r\n")},
	NOT_OFFERED},
    {"ftp", {S("220 x\r\n"), C("AUTH TLS\r\n"), S("502 no\r\n")}, NOT_OFFERED},
    {"nntp", {S("200 x\r\n"), C("CAPABILITIES\r\n"), S("101 x\r\nREADER\r\n.\r\n")}, NOT_OFFERED},
    {"nntp", {S("200 x\r\n"), C("CAPABILITIES\r\n"), S("500\r\n"), C("STARTTLS\r\n"), S("500\r\n")},
	NOT_OFFERED},
    {"sieve", {S("\"SIEVE\" \"STARTTLS\"\r\nOK\r\n")}, NOT_OFFERED},
    {"irc", {C("STARTTLS\r\n"), S(":x 421 * STARTTLS :Unknown command\r\n")}, NOT_OFFERED},
    {"irc", {C("STARTTLS\r\n"), S(":x 451 * :Register first\r\n")}, NOT_OFFERED},
    {"ldap", {C(LDAP_REQUEST), S("\x30\x0c\x02\x01\x01\x78\x07\x0a\x01\2\x04\0\x04\0")},
	NOT_OFFERED},
    {"xmpp",
	{C(STREAM("client")),
	    S("<stream:stream><stream:features><bind/></stream:features><starttls/>")},
	NOT_OFFERED},
    {"xmpp", {C(STREAM("client")), S("<stream:stream><stream:features/>")}, NOT_OFFERED},
    {"postgres", {C(SSL_REQUEST), S("N")}, NOT_OFFERED},
    {"mysql", {S("\x1d\0\0\0\x0a" MYSQL_GREETING("8.0.30", "\xff\xf7"))}, NOT_OFFERED},
    {"telnet", {C("\xff\xfd\x2e"), S("\xff\xfc\x2e")}, NOT_OFFERED},
    {"rdp", {C(RDP_REQUEST), S("\3\0\0\x0b\x06\xd0\0\0\x12\x34\0")}, NOT_OFFERED},
    {"rdp", {C(RDP_REQUEST), S("\3\0\0\x13\x0e\xd0\0\0\x12\x34\0\2\0\x08\0\0\0\0\0")}, NOT_OFFERED},
    {"rdp", {C(RDP_REQUEST), S("\3\0\0\x13\x0e\xd0\0\0\x12\x34\0\3\0\x08\0\2\0\0\0")}, NOT_OFFERED},

    /* --- refused --- */
    {"smtp", {S("554 go away\r\n")}, "refuses: 554 go away"},
    {"smtp", {S("220-a\r\n220 b\r\n"), EHLO, S("421 busy\r\n")}, "refuses: 421 busy"},
    {"smtp",
	{S("220 x\r\n"), EHLO, S("250-x\r\n250 STARTTLS\r\n"), C("STARTTLS\r\n"),
	    S("454 4.7.0 TLS not available\r\n")},
	"refuses: 454 4.7.0"},
    {"imap", {S("* BYE full\r\n")}, "refuses: * BYE full"},
    {"imap", {S("* PREAUTH you are in\r\n")}, "refuses: * PREAUTH"},
    {"imap", {S("* OK\r\n"), C("a CAPABILITY\r\n"), S("* BYE\r\n")}, "refuses: * BYE"},
    {"imap",
	{S("* OK\r\n"), C("a CAPABILITY\r\n"), S("* CAPABILITY STARTTLS\r\na OK\r\n"),
	    C("b STARTTLS\r\n"), S("b NO later\r\n")},
	"refuses: b NO later"},
    {"pop3", {S("-ERR full\r\n")}, "refuses: -ERR full"},
    {"pop3",
	{S("+OK\r\n"), C("CAPA\r\n"), S("+OK\r\nSTLS\r\n.\r\n"), C("STLS\r\n"),
	    S("-ERR later\r\n")},
	"refuses: -ERR later"},
    {"ftp", {S("220 x\r\n"), C("AUTH TLS\r\n"), S("530 Please login\r\n")}, "refuses: 530"},
    {"nntp", {S("400 closed\r\n")}, "refuses: 400 closed"},
    {"sieve", {S("BYE \"full\"\r\n")}, "refuses: BYE"},
    {"sieve", {S("\"STARTTLS\"\r\nOK\r\n"), C("STARTTLS\r\n"), S("NO \"later\"\r\n")},
	"refuses: NO"},
    {"irc", {C("STARTTLS\r\n"), S("ERROR :Closing Link\r\n")}, "refuses: ERROR"},
    {"irc", {C("STARTTLS\r\n"), S(":x 691 * :failed\r\n")}, "refuses: :x 691"},
    {"ldap", {C(LDAP_REQUEST), S("\x30\x10\x02\x01\0\x78\x0b\x0a\x01\x34\x04\0\x04\4busy")},
	"refuses: busy"},
    {"ldap", {C(LDAP_REQUEST), S("\x30\x0c\x02\x01\x01\x78\x07\x0a\x01\x34\x04\0\x04\0")},
	"refuses: result code 52"},
    {"xmpp", {C(STREAM("client")), S("<stream:stream><stream:error><host-unknown xmlns='x'/>")},
	"refuses: host-unknown"},
    {"xmpp",
	{C(STREAM("client")), S("<stream:stream><stream:features><starttls/></stream:features>"),
	    C(STARTTLS_TAG), S("<failure/>")},
	"refuses"},
    {"xmpp", {C(STREAM("client")), S("<stream:stream></stream:stream>")}, "refuses"},
    {"postgres", {C(SSL_REQUEST), S("E")}, "refuses"},
    {"mysql", {S("\x17\0\0\0\xff\x69\4Host is blocked, sir")}, "refuses: Host is blocked"},
    {"mysql", {S("\x12\0\0\0\xff\x10\4#08004Too many!")}, "refuses: Too many!"},
    {"rdp", {C(RDP_REQUEST), S("\3\0\0\x13\x0e\xd0\0\0\x12\x34\0\3\0\x08\0\5\0\0\0")},
	"refuses: HYBRID_REQUIRED"},

    /* --- another protocol --- */
    {"smtp", {S("SSH-2.0-Example\r\n")}, "does not speak smtp: SSH-2.0-Example"},
    {"smtp", {S("2200 x\r\n")}, "does not speak smtp: 2200 x"},
    {"imap", {S("220 x\r\n")}, "does not speak imap: 220 x"},
    {"imap", {S("* OK\r\n"), C("a CAPABILITY\r\n"), S("b OK\r\n")}, "does not speak imap"},
    {"pop3", {S("* OK\r\n")}, "does not speak pop3"},
    {"pop3", {S("+OK\r\n"), C("CAPA\r\n"), S("what\r\n")}, "does not speak pop3"},
    {"ftp", {S("\x1b[2Jx\r\n")}, "does not speak ftp: \xef\xbf\xbd[2Jx"},
    {"sieve", {S("220 x\r\n")}, "does not speak sieve"},
    {"irc", {C("STARTTLS\r\n"), S("HTTP/1.1 400 Bad Request\r\n")}, "does not speak irc: HTTP"},
    {"ldap", {C(LDAP_REQUEST), S("HTTP/1.1 400\r\n")}, "does not speak ldap: HTTP"},
    {"ldap", {C(LDAP_REQUEST), S("\x30\x80")}, "does not speak ldap"},
    {"ldap", {C(LDAP_REQUEST), S("\x30\x84\x7f\xff\xff\xff")}, "does not speak ldap"},
    {"ldap", {C(LDAP_REQUEST), S("\x30\x0c\x02\x01\x01\x78\x08\x0a\x01\0\x04\0\x04\0")},
	"does not speak ldap"},
    {"xmpp", {C(STREAM("client")), S("HTTP/1.1 400\r\n")}, "does not speak xmpp: H"},
    {"xmpp", {C(STREAM("client")), S("<html>")}, "does not speak xmpp: <html>"},
    {"postgres", {C(SSL_REQUEST), S("\x15")}, "does not speak postgres"},
    {"mysql", {S("\x01\0\0\0\x09")}, "does not speak mysql"},
    {"mysql", {S("\xff\xff\xff\0")}, "does not speak mysql"},
    {"mysql",
	{S("\5\0\0\0\x0a"
	   "8.0\0")},
	"does not speak mysql"},
    {"rdp", {C(RDP_REQUEST), S("HTTP/1.1")}, "does not speak rdp"},
    {"rdp", {C(RDP_REQUEST), S("\3\0\0\3")}, "does not speak rdp"},
    {"rdp", {C(RDP_REQUEST), S("\3\0\0\x13\x0e\xd0\0\0\x12\x34\0\7\0\x08\0\1\0\0\0")},
	"does not speak rdp"},
};

/* What is to be sent now is exactly that; taken in two parts, as a socket may. */
static void
expect_client(struct starttls *s, const struct turn *t, size_t i)
{
	struct span out = starttls_to_send(s);

	ck_assert_msg(out.n == t->n, "%zu: %zu bytes to send, not %zu", i, out.n, t->n);
	ck_assert_msg(memcmp(out.p, t->bytes, t->n) == 0, "%zu: other bytes to send", i);
	starttls_sent(s, t->n / 2);
	ck_assert_uint_eq(starttls_to_send(s).n, t->n - t->n / 2);
	starttls_sent(s, t->n - t->n / 2);
	ck_assert_uint_eq(starttls_to_send(s).n, 0);
}

/* Plays a transcript with the server's bytes cut after every `piece`, and once before `cut`. */
static void
play(size_t i, size_t piece, size_t cut)
{
	const struct transcript *t = &transcripts[i];
	struct arena *a = arena_new(1 << 20);
	struct starttls *s = starttls_open(a, t->proto, "host.example");
	enum starttls_state state;

	ck_assert_ptr_nonnull(s);
	state = starttls_feed(s, (struct span){0});
	for (const struct turn *turn = t->turns; turn->who != 0; turn++) {
		if (turn->who == 'C') {
			expect_client(s, turn, i);
			continue;
		}
		for (size_t at = 0; at < turn->n;) {
			size_t n = turn->n - at < piece ? turn->n - at : piece;

			if (at < cut && at + n > cut)
				n = cut - at;
			ck_assert_ptr_nonnull(starttls_detail(s));
			state =
			    starttls_feed(s, (struct span){(const uint8_t *)turn->bytes + at, n});
			at += n;
		}
	}
	if (t->end[0] == '\0') {
		ck_assert_msg(state == STARTTLS_READY, "%zu: %s", i, starttls_detail(s));
		ck_assert_str_eq(starttls_detail(s), "");
		ck_assert_uint_eq(starttls_injected(s).n, 0);
		ck_assert_int_eq(starttls_failure(s), STARTTLS_NONE);
	} else {
		ck_assert_msg(state == STARTTLS_FAILED, "%zu: state %d", i, state);
		/* Piece by piece less of an alien's words may have come. */
		ck_assert_msg((piece < SIZE_MAX || cut != SIZE_MAX)
				  ? strncmp(starttls_detail(s), "the server ", 11) == 0
				  : strstr(starttls_detail(s), t->end) != NULL,
		    "%zu: %s", i, starttls_detail(s));
		ck_assert_int_ne(starttls_failure(s), STARTTLS_NONE);
		ck_assert_uint_eq(starttls_injected(s).n, 0);
	}
	/* final, whatever comes */
	ck_assert_int_eq(starttls_feed(s, span_str("220 x\r\n")), state);
	arena_free(a);
}

START_TEST(plays_transcripts)
{
	for (size_t i = 0; i < N_ELEMENTS(transcripts); i++)
		play(i, SIZE_MAX, SIZE_MAX);
}
END_TEST

START_TEST(plays_them_in_pieces)
{
	for (size_t i = 0; i < N_ELEMENTS(transcripts); i++) {
		size_t longest = 0;

		for (const struct turn *t = transcripts[i].turns; t->who != 0; t++)
			if (t->who == 'S' && t->n > longest)
				longest = t->n;
		play(i, 1, SIZE_MAX);
		for (size_t cut = 1; cut < longest; cut++)
			play(i, SIZE_MAX, cut);
	}
}
END_TEST

START_TEST(tells_failures_apart)
{
	static const struct {
		const char *words;
		enum starttls_failure failure;
	} kinds[] = {
	    {"does not offer", STARTTLS_NOT_OFFERED},
	    {"refuses", STARTTLS_REFUSED},
	    {"does not speak", STARTTLS_ALIEN},
	};

	for (size_t i = 0; i < N_ELEMENTS(transcripts); i++) {
		const struct transcript *t = &transcripts[i];
		struct arena *a = arena_new(1 << 20);
		struct starttls *s = starttls_open(a, t->proto, "host.example");

		starttls_feed(s, (struct span){0});
		for (const struct turn *turn = t->turns; turn->who != 0; turn++)
			if (turn->who == 'S')
				starttls_feed(
				    s, (struct span){(const uint8_t *)turn->bytes, turn->n});
		for (size_t k = 0; k < N_ELEMENTS(kinds); k++)
			ck_assert_int_eq(strstr(t->end, kinds[k].words) != NULL,
			    starttls_failure(s) == kinds[k].failure);
		arena_free(a);
	}
}
END_TEST

/* One protocol fed with the same bytes for ever. */
static enum starttls_state
feed_for_ever(struct starttls *s, struct span piece)
{
	enum starttls_state state = starttls_feed(s, (struct span){0});
	size_t n = 0;

	while (state == STARTTLS_MORE && n < 100u << 20) {
		state = starttls_feed(s, piece);
		n += piece.n;
		starttls_sent(s, starttls_to_send(s).n);
	}
	ck_assert_uint_le(n, STARTTLS_BYTES_MAX + piece.n);
	return state;
}

START_TEST(has_limits)
{
	static const struct {
		const char *proto, *bytes, *words;
	} cases[] = {
	    {"smtp", "220-hello\r\n", "more than 100 lines"},
	    {"smtp", "220 no end of this line", "more than 64 KiB"},
	    {"ftp", "120 wait\r\n", "more than 100 lines"},
	    {"irc", ":x NOTICE * :hello\r\n", "more than 100 lines"},
	    {"irc", "\r\n", "more than 100 lines"},
	    {"sieve", "\"X\" \"Y\"\r\n", "more than 100 lines"},
	    {"xmpp", "<stream:stream>", "refuses"}, /* a second one */
	    {"xmpp", "<", "more than 64 KiB"}, {"xmpp", " ", "more than 64 KiB"},
	    {"telnet", "login: ", "more than 64 KiB"},
	    {"telnet", "\xff\xfa\x2e", "more than 64 KiB"},
	    {"telnet", "\xff\xfd\1", "more than 64 KiB"},
	    {"telnet", "\xff\xfb\x2e", "more than 64 KiB"}, /* WILL, WILL, WILL */
	};

	for (size_t i = 0; i < N_ELEMENTS(cases); i++) {
		struct arena *a = arena_new(1 << 20);
		struct starttls *s = starttls_open(a, cases[i].proto, "host.example");

		ck_assert_int_eq(feed_for_ever(s, span_str(cases[i].bytes)), STARTTLS_FAILED);
		ck_assert_msg(strstr(starttls_detail(s), cases[i].words) != NULL, "%zu: %s", i,
		    starttls_detail(s));
		ck_assert_uint_lt(arena_used(a), 200000);
		arena_free(a);
	}
}
END_TEST

/* What is said again and again is answered once. */
START_TEST(answers_once)
{
	static const struct {
		const char *proto, *start, *again;
	} cases[] = {
	    {"telnet", "", "\xff\xfb\x2e"}, /* WILL */
	    {"xmpp", "<stream:stream>", "<stream:features><starttls/></stream:features>"},
	};

	for (size_t i = 0; i < N_ELEMENTS(cases); i++) {
		struct arena *a = arena_new(1 << 20);
		struct starttls *s = starttls_open(a, cases[i].proto, "host.example");
		size_t n;

		starttls_feed(s, span_str(cases[i].start));
		starttls_sent(s, starttls_to_send(s).n);
		starttls_feed(s, span_str(cases[i].again));
		n = starttls_to_send(s).n;
		ck_assert_uint_gt(n, 0);
		for (size_t k = 0; k < 1000; k++)
			ck_assert_int_eq(starttls_feed(s, span_str(cases[i].again)), STARTTLS_MORE);
		ck_assert_uint_eq(starttls_to_send(s).n, n);
		arena_free(a);
	}
}
END_TEST

/* Much at once is taken as far as it goes: what counts may stand within the limit. */
START_TEST(takes_what_is_within_the_limit)
{
	static uint8_t big[4 * STARTTLS_BYTES_MAX];
	struct arena *a = arena_new(1 << 20);
	struct starttls *s = starttls_open(a, "postgres", "x");

	memset(big, 'S', sizeof(big));
	ck_assert_int_eq(starttls_feed(s, SPAN_OF(big)), STARTTLS_READY);
	ck_assert_uint_eq(starttls_injected(s).n, STARTTLS_BYTES_MAX - 1);
	arena_free(a);

	/* A small arena is a limit too. */
	a = arena_new(8000);
	s = starttls_open(a, "smtp", "x");
	ck_assert_int_eq(starttls_feed(s, SPAN_OF(big)), STARTTLS_FAILED);
	ck_assert_int_eq(starttls_failure(s), STARTTLS_LIMIT);
	arena_free(a);
}
END_TEST

START_TEST(keeps_what_is_injected)
{
	struct arena *a = arena_new(1 << 20);
	struct starttls *s = starttls_open(a, "smtp", "x");

	starttls_feed(s, span_str("220 x\r\n"));
	starttls_feed(s, span_str("250-x\r\n250 STARTTLS\r\n"));
	ck_assert_int_eq(starttls_feed(s, span_str("220 go\r\n250 injected\r\n")), STARTTLS_READY);
	ck_assert(span_eq(starttls_injected(s), span_str("250 injected\r\n")));
	ck_assert_str_eq(starttls_greeting(s), "220 x");
	arena_free(a);

	a = arena_new(1 << 20);
	s = starttls_open(a, "xmpp", "x");
	starttls_feed(s, span_str("<stream:stream><stream:features><starttls/></stream:features>"));
	ck_assert_int_eq(starttls_feed(s, span_str("<proceed/><message/>")), STARTTLS_READY);
	ck_assert(span_eq(starttls_injected(s), span_str("<message/>")));
	ck_assert_ptr_null(starttls_greeting(s));
	arena_free(a);
}
END_TEST

START_TEST(says_what_has_not_come)
{
	struct arena *a = arena_new(1 << 20);
	struct starttls *s = starttls_open(a, "smtp", "x");

	ck_assert_str_eq(starttls_detail(s), "no greeting");
	starttls_feed(s, span_str("220-x\r\n"));
	ck_assert_str_eq(starttls_detail(s), "no greeting");
	starttls_feed(s, span_str("220 x\r\n"));
	ck_assert_str_eq(starttls_detail(s), "no answer to EHLO");
	s = starttls_open(a, "rdp", "x");
	starttls_feed(s, (struct span){0});
	ck_assert_str_eq(starttls_detail(s), "no answer to the request for TLS");
	s = starttls_open(a, "mysql", "x");
	starttls_feed(s, (struct span){0});
	ck_assert_str_eq(starttls_detail(s), "no greeting");
	arena_free(a);
}
END_TEST

/* The host is quoted, however strange. */
START_TEST(quotes_the_host)
{
	char host[254];
	struct arena *a = arena_new(1 << 20);
	struct starttls *s = starttls_open(a, "xmpp", "a'b<c>&d");
	struct span out;

	starttls_feed(s, (struct span){0});
	out = starttls_to_send(s);
	ck_assert_ptr_nonnull(
	    strstr(arena_strn(a, out.p, out.n), " to='a&apos;b&lt;c>&amp;d' version="));
	memset(host, '\'', sizeof(host) - 1);
	host[sizeof(host) - 1] = '\0';
	s = starttls_open(a, "xmpp", host);
	starttls_feed(s, span_str("<stream:stream><stream:features><starttls/></stream:features>"));
	ck_assert_uint_gt(starttls_to_send(s).n, 253 * 6);
	arena_free(a);
}
END_TEST

/* One list: a target's protocols can all be spoken, and are the ones that are tested here. */
START_TEST(knows_what_targets_name)
{
	static const char *const names[] = {
#define STARTTLS(id, name, port, talk, reference) name,
#include "engine/starttls.def"
	};
	struct arena *a = arena_new(1 << 20);

	for (size_t i = 0; i < N_ELEMENTS(names); i++) {
		size_t granted = 0;

		ck_assert_str_eq(target_starttls(names[i]), names[i]);
		ck_assert_ptr_nonnull(starttls_open(a, names[i], "x"));
		for (size_t k = 0; k < N_ELEMENTS(transcripts); k++)
			granted += strcmp(transcripts[k].proto, names[i]) == 0 &&
				   transcripts[k].end[0] == '\0';
		ck_assert_msg(granted > 0, "%s has no transcript", names[i]);
	}
	ck_assert_ptr_null(starttls_open(a, "gopher", "x"));
	ck_assert_ptr_null(starttls_open(a, "none", "x"));
	ck_assert_ptr_null(target_starttls("gopher"));
	arena_free(a);
}
END_TEST

UNIT_MAIN("starttls", plays_transcripts, plays_them_in_pieces, tells_failures_apart, has_limits,
    answers_once, takes_what_is_within_the_limit, keeps_what_is_injected, says_what_has_not_come,
    quotes_the_host, knows_what_targets_name)
