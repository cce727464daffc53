/* The talk of XMPP (RFC 6120, 5): a stream, its features, <starttls/>, <proceed/>.  Only tags are
 * looked at, by their names without prefix; that is all there is to read before TLS. */
#include "config.h"

#include "base/check.h"
#include "base/wr.h"
#include "engine/starttls_internal.h"

#define TLS_NAMESPACE "urn:ietf:params:xml:ns:xmpp-tls"

struct tag {
	struct span name; /* without its prefix */
	bool closes;      /* </name> */
	bool empty;       /* <name/> */
};

static bool
is_tag(const struct tag *t, const char *name)
{
	return span_eq(t->name, span_str(name));
}

/* XML 1.0, 2.4: what cannot stand in a quoted value. */
static void
put_quoted(struct wr *w, const char *s)
{
	for (; *s != '\0'; s++) {
		const char *as = *s == '&'    ? "&amp;"
				 : *s == '<'  ? "&lt;"
				 : *s == '\'' ? "&apos;"
					      : NULL;

		wr_put(w, as != NULL ? as : s, as != NULL ? strlen(as) : 1);
	}
}

static void
start(struct starttls *s)
{
	uint8_t buf[STARTTLS_OUT_MAX - 256]; /* so that <starttls/> has room behind it */
	struct wr w;

	wr_init(&w, buf, sizeof(buf));
	wr_span(&w, span_str("<?xml version='1.0'?><stream:stream to='"));
	put_quoted(&w, s->host != NULL ? s->host : "");
	wr_span(&w, span_str("' version='1.0' xmlns='jabber:"));
	wr_span(&w, span_str(s->id == STARTTLS_XMPP_SERVER ? "server" : "client"));
	wr_span(&w, span_str("' xmlns:stream='http://etherx.jabber.org/streams'>"));
	CHECK(wr_ok(&w)); /* host is a name of DNS, or an address */
	starttls_say(s, wr_done(&w), "answer to <stream>");
}

/* The end of a tag that begins at in.p[0], behind its '>'; 0: not there yet.  XML 1.0, 3.1: a '>'
 * in quotes is none. */
static size_t
tag_end(struct span in)
{
	uint8_t quote = 0;

	for (size_t i = 0; i < in.n; i++) {
		uint8_t c = in.p[i];

		if (quote != 0)
			quote = c == quote ? 0 : quote;
		else if (c == '"' || c == '\'')
			quote = c;
		else if (c == '>')
			return i + 1;
	}
	return 0;
}

static struct tag
read_tag(struct span in) /* with its '<' and '>' */
{
	struct tag t = {0};
	size_t at = 1;

	t.closes = at < in.n && in.p[at] == '/';
	t.empty = in.n >= 3 && in.p[in.n - 2] == '/';
	at += t.closes;
	t.name = (struct span){in.p + at, 0};
	while (at < in.n && memchr(" \t\r\n/>", in.p[at], 6) == NULL) {
		t.name.n++;
		if (in.p[at++] == ':')
			t.name = (struct span){in.p + at, 0};
	}
	return t;
}

static void
on_features_end(struct starttls *s)
{
	s->in_features = false;
	if (!s->offered)
		starttls_not_offered(s);
	else if (!s->asked)
		starttls_say(
		    s, span_str("<starttls xmlns='" TLS_NAMESPACE "'/>"), "answer to <starttls/>");
	s->asked = true;
}

/* RFC 6120, 4.9.3: the first tag within an error names it. */
static void
on_tag(struct starttls *s, const struct tag *t, struct span text)
{
	if (s->in_error) {
		starttls_refused(s, t->closes ? (struct span){0} : t->name);
	} else if (!s->in_stream) {
		s->in_stream = is_tag(t, "stream") && !t->closes;
		if (!s->in_stream)
			starttls_alien(s, text);
	} else if (is_tag(t, "error")) {
		s->in_error = true;
	} else if (is_tag(t, "failure") || is_tag(t, "stream")) {
		starttls_refused(s, (struct span){0}); /* 5.4.2.2; or the stream ends */
	} else if (is_tag(t, "features")) {
		s->in_features = !t->closes;
		if (t->closes || t->empty)
			on_features_end(s);
	} else if (s->in_features && is_tag(t, "starttls")) {
		s->offered = true;
	} else if (is_tag(t, "proceed") && s->asked) {
		if (t->empty || t->closes) /* 5.4.2.3: from here on nothing is in the clear */
			starttls_ready(s);
	}
}

static size_t
take(struct starttls *s, struct span in)
{
	const uint8_t *open = memchr(in.p, '<', in.n);
	struct span text;
	struct tag t;

	if (!s->in_stream && memchr(" \t\r\n", in.p[0], 4) != NULL)
		return 1;
	if (!s->in_stream && in.p[0] != '<') {
		starttls_alien(s, in);
		return 0;
	}
	if (open == NULL)
		return in.n;
	text = (struct span){open, in.n - (size_t)(open - in.p)};
	text.n = tag_end(text);
	if (text.n == 0)
		return (size_t)(open - in.p);
	if (text.p[1] != '?' && text.p[1] != '!') { /* a declaration, a comment */
		t = read_tag(text);
		on_tag(s, &t, text);
	}
	return (size_t)(open - in.p) + text.n;
}

const struct starttls_talk starttls_talk_xmpp = {start, take};
