/*
 * textproto - Chrome's Root Store (root_store.textproto): trust_anchors with a fingerprint each, and
 * constraints, of which sct_not_after_sec ends the trust in leaves whose earliest SCT is later.
 *
 * The text form of protocol buffers, as far as this file uses it: names, strings, numbers, braces.
 * An anchor with several constraints is trusted while any of them holds, so only a single one with
 * that date is an end.  Anchors of other kinds (tls_trust_anchor: false) are left out.
 */
#include "feeds/feed_internal.h"

struct scan {
	struct span rest;
};

static void
skip(struct scan *s, size_t n)
{
	s->rest.p += n;
	s->rest.n -= n;
}

/* The next word, string (without its quotes) or brace; false at the end. */
static bool
token(struct scan *s, struct span *out)
{
	size_t n = 0;

	while (s->rest.n > 0 && (strchr(" \t\r\n,;", *s->rest.p) != NULL || *s->rest.p == '#')) {
		bool comment = *s->rest.p == '#';

		skip(s, 1);
		while (comment && s->rest.n > 0 && *s->rest.p != '\n')
			skip(s, 1);
	}
	if (s->rest.n == 0)
		return false;
	if (*s->rest.p == '"') {
		skip(s, 1);
		while (n < s->rest.n && s->rest.p[n] != '"')
			n++;
		*out = (struct span){s->rest.p, n};
		skip(s, n < s->rest.n ? n + 1 : n);
		return true;
	}
	if (*s->rest.p == '{' || *s->rest.p == '}' || *s->rest.p == ':')
		n = 1;
	else
		while (n < s->rest.n && strchr(" \t\r\n{}:\"#,;", s->rest.p[n]) == NULL)
			n++;
	n = n > 0 ? n : 1;
	*out = (struct span){s->rest.p, n};
	skip(s, n);
	return true;
}

static bool
is(struct span t, const char *word)
{
	return t.n == strlen(word) && memcmp(t.p, word, t.n) == 0;
}

static int64_t
decimal(struct span t)
{
	int64_t v = 0;

	for (size_t i = 0; i < t.n; i++) {
		if (t.p[i] < '0' || t.p[i] > '9' || v > INT64_MAX / 100)
			return 0;
		v = v * 10 + (t.p[i] - '0');
	}
	return v;
}

struct anchor_text {
	struct span sha256;
	unsigned constraints;
	int64_t sct_not_after;
	bool tls;
};

/* Behind "trust_anchors {", to its closing brace. */
static bool
read_anchor(struct scan *s, struct anchor_text *out)
{
	unsigned depth = 1;
	struct span t, name = {NULL, 0};

	*out = (struct anchor_text){.tls = true};
	while (depth > 0) {
		if (!token(s, &t))
			return false;
		if (is(t, "{")) {
			out->constraints += is(name, "constraints") && depth == 1;
			depth++;
		} else if (is(t, "}")) {
			depth--;
		} else if (is(t, ":")) {
			continue;
		} else if (is(name, "sha256_hex")) {
			out->sha256 = t;
			name = (struct span){NULL, 0};
			continue;
		} else if (is(name, "sct_not_after_sec")) {
			out->sct_not_after = decimal(t);
		} else if (is(name, "tls_trust_anchor")) {
			out->tls = !is(t, "false");
		}
		if (!is(t, "{") && !is(t, "}"))
			name = t;
	}
	return true;
}

bool
feed_textproto(struct span in, struct arena *a, struct feed *f, const char **why)
{
	struct scan s = {in};
	struct span t, last = {NULL, 0};

	f->store = "chrome";
	*why = "an entry is not closed, or has no fingerprint";
	while (token(&s, &t)) {
		struct anchor_text anchor;
		struct feed_root *r;

		if (!is(t, "{") || !is(last, "trust_anchors")) {
			last = t;
			continue;
		}
		if (!read_anchor(&s, &anchor))
			return false;
		if (!anchor.tls) {
			f->left_out++;
			continue;
		}
		r = feed_add(f, a);
		if (r == NULL || !feed_hex32(anchor.sha256, r->sha256))
			return false;
		if (anchor.constraints == 1)
			r->distrust_after = anchor.sct_not_after;
	}
	return true;
}
