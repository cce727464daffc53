/* take - see take.h. */
#include "pulse/take.h"

#include <stdio.h>

#include "base/text.h"

enum { TEXT_MAX = 1024, SHORT_MAX = 64, CERTS = 64 };

struct facts_at { /* where the lists of a record are, until all of it has been seen */
	struct span certificates, deployments, trust;
	enum { CAA_OPEN, CAA_YES, CAA_NO } caa;
};

static bool
fail(char *why, size_t whylen, const char *what)
{
	(void)snprintf(why, whylen, "%s", what);
	return false;
}

/* ---- texts ---- */

static bool
is_plain(struct span s, size_t max)
{
	if (s.n > max)
		return false;
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] < 0x20 || s.p[i] > 0x7e)
			return false;
	return true;
}

/* Clean text: the bytes themselves when that is what they are.  Of a record that asks for more than
 * the arena may hold, nothing more is kept, and in the end it is none. */
static struct span
text_of(struct walk_str s, struct arena *a, size_t max)
{
	if (!s.escaped && is_plain(s.raw, max))
		return s.raw;
	return arena_full(a) ? (struct span){NULL, 0} : span_str(walk_text(s, a, max));
}

static struct span
take_text(struct walk *w, struct arena *a, size_t max)
{
	struct walk_str s;

	return walk_string(w, &s) ? text_of(s, a, max) : (struct span){NULL, 0};
}

static int64_t
take_int(struct walk *w)
{
	int64_t v;

	return walk_int(w, &v) ? v : 0;
}

/* A time as reports have it; 0: none. */
static int64_t
take_time(struct walk *w)
{
	char text[24];
	struct walk_str s;
	int64_t t;

	if (!walk_string(w, &s) || s.raw.n >= sizeof(text))
		return 0;
	memcpy(text, s.raw.p, s.raw.n);
	text[s.raw.n] = '\0';
	return text_read_time(text, &t) ? t : 0;
}

static int
digit(uint8_t c)
{
	return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static bool
take_hash(struct walk *w, uint8_t out[TAKE_HASH])
{
	struct walk_str s;

	if (!walk_string(w, &s) || s.raw.n != 2 * (size_t)TAKE_HASH)
		return false;
	for (size_t i = 0; i < TAKE_HASH; i++) {
		int high = digit(s.raw.p[2 * i]), low = digit(s.raw.p[2 * i + 1]);

		if (high < 0 || low < 0)
			return false;
		out[i] = (uint8_t)(high << 4 | low);
	}
	return true;
}

static bool
take_yes(struct walk *w)
{
	struct walk_str s;

	return walk_string(w, &s) && walk_is(s, "yes");
}

/* ---- certificates ---- */

/* Is it an address, not a name?  RFC 1123, 2.1: a name's last label is no number. */
static bool
is_address(struct span s)
{
	bool digits = true;

	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] == ':')
			return true;
		digits = digits && (s.p[i] == '.' || (s.p[i] >= '0' && s.p[i] <= '9'));
	}
	return digits;
}

static struct span
lower(struct span s, struct arena *a)
{
	uint8_t *out;

	for (size_t i = 0; i < s.n && !arena_full(a); i++) {
		if (s.p[i] < 'A' || s.p[i] > 'Z')
			continue;
		out = arena_alloc(a, s.n);
		for (i = 0; i < s.n; i++)
			out[i] = s.p[i] >= 'A' && s.p[i] <= 'Z' ? s.p[i] | 0x20 : s.p[i];
		return (struct span){out, s.n};
	}
	return s;
}

static void
add_name(struct taken_leaf *out, size_t *room, struct span s, struct arena *a)
{
	if (out->n_names == *room) {
		struct span *more = arena_alloc(a, (2 * *room + 4) * sizeof(*more));

		if (out->n_names > 0)
			memcpy(more, out->names, out->n_names * sizeof(*more));
		out->names = more;
		*room = 2 * *room + 4;
	}
	out->names[out->n_names++] = s;
}

static void
take_names(struct walk *w, struct arena *a, struct taken_leaf *out)
{
	size_t room = 0;

	out->n_names = 0;
	if (!walk_enter(w, '[')) {
		(void)walk_skip(w);
		return;
	}
	while (walk_item(w)) {
		struct span s = take_text(w, a, TEXT_MAX);

		if (s.n > 0 && !is_address(s) && out->n_names < TAKE_NAMES && !arena_full(a))
			add_name(out, &room, lower(s, a), a);
	}
}

static void
take_cert_member(
    struct walk *w, struct walk_str key, struct arena *a, struct taken_leaf *out, bool *has)
{
	if (walk_is(key, "sha256"))
		*has = take_hash(w, out->sha256);
	else if (walk_is(key, "subject"))
		out->subject = take_text(w, a, TEXT_MAX);
	else if (walk_is(key, "issuer"))
		out->issuer = take_text(w, a, TEXT_MAX);
	else if (walk_is(key, "not_before"))
		out->not_before = take_time(w);
	else if (walk_is(key, "not_after"))
		out->not_after = take_time(w);
	else if (walk_is(key, "subject_alt_names"))
		take_names(w, a, out);
	else if (walk_is(key, "key_type"))
		out->key_type = take_text(w, a, SHORT_MAX);
	else if (walk_is(key, "key_bits"))
		out->key_bits = take_int(w);
	else if (walk_is(key, "key_strength"))
		out->key_strength = take_int(w);
	else if (walk_is(key, "signature_hash"))
		out->hash = take_text(w, a, SHORT_MAX);
	else if (walk_is(key, "validation"))
		out->validation = take_text(w, a, SHORT_MAX);
	else if (walk_is(key, "self_signed"))
		out->self_signed = take_yes(w);
	else
		(void)walk_skip(w);
}

static bool
take_cert(struct span text, struct arena *a, struct taken_leaf *out)
{
	struct walk w = walk_of(text);
	struct walk_str key;
	bool has = false;

	if (!walk_enter(&w, '{'))
		return false;
	while (walk_key(&w, &key))
		take_cert_member(&w, key, a, out, &has);
	return has && walk_end(&w);
}

static size_t
find_certs(struct span list, struct span out[CERTS])
{
	struct walk w = walk_of(list);
	size_t n = 0;

	if (!walk_enter(&w, '['))
		return 0;
	while (walk_item(&w)) {
		struct span one = walk_skip(&w);

		if (n < CERTS)
			out[n++] = one;
	}
	return n;
}

/* ---- deployments and trust ---- */

struct deployed {
	int64_t id, leaf;
	bool counts;
};

static void
take_deployment(struct walk *w, struct deployed *d)
{
	struct walk_str key, word;

	*d = (struct deployed){.id = -1, .leaf = -1, .counts = true};
	while (walk_key(w, &key)) {
		if (walk_is(key, "id")) {
			if (!walk_int(w, &d->id))
				d->id = -1;
		} else if (walk_is(key, "counts")) {
			d->counts = !walk_string(w, &word) || !walk_is(word, "no");
		} else if (walk_is(key, "chain") && walk_enter(w, '[')) {
			bool first = true;

			while (walk_item(w)) {
				int64_t i = -1;

				if (!walk_int(w, &i))
					i = -1;
				if (first)
					d->leaf = i;
				first = false;
			}
		} else {
			(void)walk_skip(w);
		}
	}
}

static void
take_last(struct walk *w, struct walk_str *out)
{
	struct walk_str s;

	*out = (struct walk_str){{NULL, 0}, false};
	if (!walk_enter(w, '[')) {
		(void)walk_skip(w);
		return;
	}
	while (walk_item(w))
		if (walk_string(w, &s))
			*out = s;
}

static int64_t
take_verdict(struct walk *w, struct arena *a, struct taken_verdict *v)
{
	struct walk_str key, missing = {{NULL, 0}, false};
	int64_t deployment = -1;

	*v = (struct taken_verdict){.has_root = false};
	while (walk_key(w, &key)) {
		if (walk_is(key, "deployment")) {
			if (!walk_int(w, &deployment))
				deployment = -1;
		} else if (walk_is(key, "store")) {
			v->store = take_text(w, a, SHORT_MAX);
		} else if (walk_is(key, "verdict")) {
			v->verdict = take_text(w, a, SHORT_MAX);
		} else if (walk_is(key, "root_sha256")) {
			v->has_root = take_hash(w, v->root);
		} else if (walk_is(key, "path")) {
			take_last(w, &v->root_subject);
		} else if (walk_is(key, "missing_issuer")) {
			if (!walk_string(w, &missing))
				missing.raw.p = NULL;
		} else {
			(void)walk_skip(w);
		}
	}
	if (v->root_subject.raw.p == NULL)
		v->root_subject = missing;
	return deployment;
}

static void
take_trust(struct span list, struct arena *a, struct taken *out, const int64_t ids[TAKE_LEAVES])
{
	struct walk w = walk_of(list);
	struct taken_verdict v;

	if (!walk_enter(&w, '['))
		return;
	while (walk_item(&w)) {
		int64_t id;

		if (!walk_enter(&w, '{')) {
			(void)walk_skip(&w);
			continue;
		}
		id = take_verdict(&w, a, &v);
		for (size_t i = 0; i < out->n_leaves && v.store.n > 0; i++)
			if (ids[i] == id && out->leaf[i].n_verdicts < TAKE_VERDICTS)
				out->leaf[i].verdict[out->leaf[i].n_verdicts++] = v;
	}
}

/* The weakest key; unknown while one of them is. */
static uint8_t
weakest_key(const struct taken *t)
{
	uint8_t v = t->n_leaves > 0 ? UINT8_MAX : 0;

	for (size_t i = 0; i < t->n_leaves; i++) {
		uint8_t one = measure_key(t->leaf[i].key_type, t->leaf[i].key_bits);

		v = v == UINT8_MAX ? one : measure_worse(v, one);
	}
	return v;
}

static void
take_leaves(const struct facts_at *at, struct arena *a, struct taken *out)
{
	struct span certs[CERTS];
	size_t n_certs = find_certs(at->certificates, certs);
	struct walk w = walk_of(at->deployments);
	int64_t ids[TAKE_LEAVES];
	struct deployed d;

	if (!walk_enter(&w, '['))
		return;
	while (walk_item(&w)) {
		struct taken_leaf *leaf = &out->leaf[out->n_leaves];

		if (!walk_enter(&w, '{')) {
			(void)walk_skip(&w);
			continue;
		}
		take_deployment(&w, &d);
		if (!d.counts || d.leaf < 0 || (size_t)d.leaf >= n_certs ||
		    out->n_leaves == TAKE_LEAVES)
			continue;
		*leaf = (struct taken_leaf){.n_names = 0};
		if (take_cert(certs[d.leaf], a, leaf))
			ids[out->n_leaves++] = d.id;
	}
	take_trust(at->trust, a, out, ids);
	out->value[M_KEY] = weakest_key(out);
}

/* ---- facts that are answers ---- */

/* A word that is in no list may still be known to be another one. */
static uint8_t
class_of(const struct measure *m, struct walk_str s)
{
	uint8_t v = s.escaped ? 0 : measure_class(m, s.raw);

	return v != 0 || walk_is(s, "unknown") ? v : measure_class(m, span_str("other"));
}

/* walk_is(), where most do not even begin alike. */
static bool
is_name(struct walk_str s, const char *text)
{
	return (s.escaped || (s.raw.n > 0 && s.raw.p[0] == (uint8_t)*text)) && walk_is(s, text);
}

/* "No CAA record" is said by there being no name at which they stand, and why. */
static void
take_caa(struct walk *w, struct walk_str key, struct facts_at *at)
{
	static const char none[] = "not applicable: no CAA record";
	bool reason = walk_is(key, "caa_at_reason");
	struct walk_str s;

	if (!reason && !walk_is(key, "caa_at"))
		(void)walk_skip(w);
	else if (!walk_string(w, &s))
		return;
	else if (!reason)
		at->caa = CAA_YES;
	else if (at->caa == CAA_OPEN && s.raw.n >= strlen(none) &&
		 memcmp(s.raw.p, none, strlen(none)) == 0)
		at->caa = CAA_NO;
}

static void
take_section(struct walk *w, struct walk_str section, struct facts_at *at, struct taken *out)
{
	const struct measure *in[M__MAX];
	bool dns = walk_is(section, "dns");
	struct walk_str key, word;
	size_t n = 0;

	for (int i = 0; i < M__MAX; i++)
		if (*measures[i].section != '\0' && is_name(section, measures[i].section))
			in[n++] = &measures[i];
	if (n == 0 || !walk_enter(w, '{')) {
		(void)walk_skip(w);
		return;
	}
	while (walk_key(w, &key)) {
		const struct measure *m = NULL;

		if (dns) {
			take_caa(w, key, at);
			continue;
		}
		for (size_t i = 0; i < n && m == NULL; i++)
			if (is_name(key, in[i]->key))
				m = in[i];
		if (m == NULL)
			(void)walk_skip(w);
		else
			out->value[m - measures] = walk_string(w, &word) ? class_of(m, word) : 0;
	}
}

static void
take_facts(struct walk *w, struct facts_at *at, struct taken *out)
{
	struct walk_str key;

	if (!walk_enter(w, '{')) {
		(void)walk_skip(w);
		return;
	}
	while (walk_key(w, &key)) {
		if (walk_is(key, "certificates"))
			at->certificates = walk_skip(w);
		else if (walk_is(key, "deployments"))
			at->deployments = walk_skip(w);
		else if (walk_is(key, "trust"))
			at->trust = walk_skip(w);
		else
			take_section(w, key, at, out);
	}
}

/* ---- the record ---- */

static void
take_target(struct walk *w, struct arena *a, struct taken *out)
{
	struct walk_str key;

	if (!walk_enter(w, '{')) {
		(void)walk_skip(w);
		return;
	}
	while (walk_key(w, &key)) {
		if (walk_is(key, "host"))
			out->host = lower(take_text(w, a, TEXT_MAX), a);
		else if (walk_is(key, "address"))
			out->address = take_text(w, a, SHORT_MAX);
		else if (walk_is(key, "starttls"))
			out->starttls = take_text(w, a, SHORT_MAX);
		else if (!walk_is(key, "port"))
			(void)walk_skip(w);
		else if (!walk_int(w, &out->port))
			out->port = 0;
	}
}

static void
take_member(struct walk *w, struct walk_str key, struct arena *a, struct facts_at *at,
    struct taken *out, bool *is_report)
{
	struct walk_str s;

	if (walk_is(key, "schema_version"))
		*is_report = walk_string(w, &s) && s.raw.n > 2 && memcmp(s.raw.p, "1.", 2) == 0;
	else if (walk_is(key, "target"))
		take_target(w, a, out);
	else if (walk_is(key, "time"))
		out->time = take_time(w);
	else if (walk_is(key, "status"))
		out->status = take_text(w, a, SHORT_MAX);
	else if (walk_is(key, "policy"))
		out->policy = take_text(w, a, SHORT_MAX);
	else if (walk_is(key, "grade"))
		out->value[M_GRADE] =
		    walk_string(w, &s) ? measure_class(&measures[M_GRADE], s.raw) : 0;
	else if (walk_is(key, "facts"))
		take_facts(w, at, out);
	else
		(void)walk_skip(w);
}

bool
take_record(struct span line, struct arena *a, struct taken *out, char *why, size_t whylen)
{
	struct facts_at at = {.caa = CAA_OPEN};
	struct walk w = walk_of(line);
	struct walk_str key;
	bool is_report = false;

	memset(out, 0, offsetof(struct taken, leaf)); /* the leaves begin clean each */
	out->n_leaves = 0;
	if (!walk_enter(&w, '{'))
		return fail(why, whylen, "not an object");
	while (walk_key(&w, &key))
		take_member(&w, key, a, &at, out, &is_report);
	if (!walk_end(&w))
		return fail(why, whylen, "it is cut off, or no JSON");
	if (!is_report)
		return fail(why, whylen, "not a report of schema version 1");
	if (out->host.n == 0 || out->port <= 0 || out->port > UINT16_MAX)
		return fail(why, whylen, "target: it has no host and port");
	if (out->time == 0)
		return fail(why, whylen, "time: not a time");
	if (out->status.n == 0)
		return fail(why, whylen, "it has no status");
	out->assessed =
	    span_eq(out->status, span_str("ok")) || span_eq(out->status, span_str("partial"));
	if (at.caa != CAA_OPEN)
		out->value[M_CAA] =
		    measure_class(&measures[M_CAA], span_str(at.caa == CAA_YES ? "yes" : "no"));
	take_leaves(&at, a, out);
	return !arena_full(a) || fail(why, whylen, "too much text is in it");
}
