/* facts_json - see facts_json.h.  Objects inside objects make the dotted paths of fact.def; the
 * depth is the reader's (JSON_DEPTH), and paths have at most three words. */
#include "report/facts_json.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/text.h"
#include "base/xalloc.h"
#include "tls/code.h"

enum { PATH = 128, LONGEST = 1 << 16 };

struct back {
	char *err;
	size_t errlen;
	bool (*skip)(enum fact_id id); /* or NULL */
};

static bool
failed(struct back *b, const char *path, const char *what)
{
	(void)snprintf(b->err, b->errlen, "%s: %s", path, what);
	return false;
}

/* ---- values ---- */

/* Who wrote the file is not known: its texts are as bad as a peer's. */
static const char *
clean(struct facts *f, const char *s)
{
	return text_clean(fact_arena(f), span_str(s), LONGEST);
}

/* "0xc02f", or an object with such a code. */
static bool
code_of(const struct json *j, uint32_t *out)
{
	const char *s = json_str(j->kind == JSON_OBJECT ? json_get(j, "code") : j);
	char *end;
	unsigned long v;

	if (j->kind == JSON_INT && j->i >= 0 && j->i <= UINT16_MAX) {
		*out = (uint32_t)j->i;
		return true;
	}
	if (s == NULL || strncmp(s, "0x", 2) != 0)
		return false;
	v = strtoul(s + 2, &end, 16);
	*out = (uint32_t)v;
	return end != s + 2 && *end == '\0' && v <= 0xffffff;
}

/* why: what was seen of a list that could not be ended; WHY_NONE: all of it. */
static bool
put_codes(struct facts *f, enum fact_id id, const struct json *j, enum why why, const char *note)
{
	uint16_t *v16;
	uint32_t *v32, code = 0;
	size_t n = 0;
	bool good = j->kind == JSON_LIST && j->n <= LONGEST;

	if (!good)
		return false;
	v16 = xcalloc(j->n, sizeof(*v16));
	v32 = xcalloc(j->n, sizeof(*v32));
	for (const struct json *e = j->first; e != NULL && good; e = e->next) {
		good =
		    code_of(e, &code) && (fact_defs[id].type == FT_SUITES2 || code <= UINT16_MAX);
		v32[n] = code;
		v16[n++] = (uint16_t)code;
	}
	if (good && fact_defs[id].type == FT_SUITES2)
		fact_put_u32s(f, id, (struct u32s){v32, n});
	else if (good && why != WHY_NONE)
		fact_put_seen(f, id, (struct u16s){v16, n}, why, note);
	else if (good)
		fact_put_u16s(f, id, (struct u16s){v16, n});
	free(v16);
	free(v32);
	return good;
}

static bool
put_strs(struct facts *f, enum fact_id id, const struct json *j)
{
	const char **v;
	size_t n = 0;
	bool good = j->kind == JSON_LIST && j->n <= LONGEST;

	if (!good)
		return false;
	v = xcalloc(j->n, sizeof(*v));
	for (const struct json *e = j->first; e != NULL && good; e = e->next) {
		good = json_str(e) != NULL;
		v[n++] = good ? clean(f, e->s) : "";
	}
	if (good)
		fact_put_strs(f, id, v, n);
	free(v);
	return good;
}

static int
hex_digit(char c)
{
	const char *digits = "0123456789abcdef", *at = c != '\0' ? strchr(digits, c) : NULL;

	return at != NULL ? (int)(at - digits) : -1;
}

static bool
put_hex(struct facts *f, enum fact_id id, const char *s)
{
	size_t n = strlen(s);
	uint8_t *v = xcalloc(n / 2 + 1, 1);
	bool good = n % 2 == 0;

	for (size_t i = 0; i < n && good; i++) {
		int d = hex_digit(s[i]);

		good = d >= 0;
		if (good)
			v[i / 2] = (uint8_t)(v[i / 2] << 4 | d);
	}
	if (good)
		fact_put_hex(f, id, (struct span){v, n / 2});
	free(v);
	return good;
}

static int
base64_digit(char c)
{
	static const char digits[] =
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	const char *at = c != '\0' ? strchr(digits, c) : NULL;

	return at != NULL ? (int)(at - digits) : -1;
}

/* The certificate in text_pem()'s form (RFC 7468, 3): one block, and nothing around it. */
static bool
put_pem(struct facts *f, enum fact_id id, const char *s)
{
	static const char begin[] = "-----BEGIN CERTIFICATE-----\n";
	const char *p = s + strlen(begin), *end = strstr(s, "-----END CERTIFICATE-----");
	uint8_t *v;
	size_t n = 0;
	uint32_t bits = 0;
	unsigned held = 0;

	if (strncmp(s, begin, strlen(begin)) != 0 || end == NULL || end < p)
		return false;
	v = xcalloc((size_t)(end - p) + 1, 1);
	for (; p < end && *p != '='; p++) {
		int d = base64_digit(*p);

		if (d < 0 && *p != '\n')
			break;
		if (d < 0)
			continue;
		bits = bits << 6 | (uint32_t)d;
		held += 6;
		if (held < 8)
			continue;
		held -= 8;
		v[n++] = (uint8_t)(bits >> held);
	}
	p += strspn(p, "=\n");
	if (p == end)
		fact_put_hex(f, id, (struct span){v, n});
	free(v);
	return p == end;
}

static bool
put_version(struct facts *f, enum fact_id id, const char *s)
{
	static const uint16_t versions[] = {0x0002, 0x0300, 0x0301, 0x0302, 0x0303, 0x0304};

	for (size_t i = 0; i < N_ELEMENTS(versions); i++)
		if (strcmp(version_name(versions[i]), s) == 0) {
			fact_put_u32(f, id, versions[i]);
			return true;
		}
	return false;
}

static bool
put_time(struct facts *f, enum fact_id id, const char *s)
{
	int64_t t;

	if (!text_read_time(s, &t))
		return false;
	fact_put_time(f, id, t);
	return true;
}

static bool
put_text(struct facts *f, enum fact_id id, const char *s)
{
	switch (fact_defs[id].type) {
	case FT_TRI:
		if (strcmp(s, "yes") == 0)
			fact_put_tri(f, id, TRI_YES);
		else if (strcmp(s, "no") == 0)
			fact_put_tri(f, id, TRI_NO);
		else
			return false;
		return true;
	case FT_STR:
		fact_put_str(f, id, clean(f, s));
		return true;
	case FT_TIME:
		return put_time(f, id, s);
	case FT_HEX:
		return put_hex(f, id, s);
	case FT_VERSION:
		return put_version(f, id, s);
	case FT_DER:
		return put_pem(f, id, s);
	default:
		return false;
	}
}

static bool
put_value(struct facts *f, enum fact_id id, const struct json *j)
{
	if (j->kind == JSON_STR)
		return put_text(f, id, j->s);
	if (fact_defs[id].type == FT_U32) {
		if (j->kind != JSON_INT || j->i < 0 || j->i > UINT32_MAX)
			return false;
		fact_put_u32(f, id, (uint32_t)j->i);
		return true;
	}
	switch (fact_defs[id].type) {
	case FT_STRS:
		return put_strs(f, id, j);
	case FT_U16S:
	case FT_SUITES:
	case FT_SUITES2:
	case FT_GROUPS:
	case FT_SIGALGS:
	case FT_EXTS:
		return put_codes(f, id, j, WHY_NONE, NULL);
	default:
		return false;
	}
}

/* ---- members ---- */

/* "silence: no answer in 8 s" as reason and note; of "alert 40 (handshake_failure)" all is note.
 * WHY_NONE: a text that begins with no reason; it is a note. */
static enum why
why_of(const char *text, const char **note)
{
	*note = text;
	for (int w = WHY_NONE + 1; text != NULL && w < WHY__MAX; w++) {
		const char *name = why_name((enum why)w);
		size_t n = strlen(name);

		if (strncmp(text, name, n) != 0 ||
		    (text[n] != '\0' && text[n] != ' ' && strncmp(text + n, ": ", 2) != 0))
			continue;
		if (text[n] != ' ')
			*note = text[n] != '\0' ? text + n + 2 : NULL;
		return (enum why)w;
	}
	return WHY_NONE;
}

static bool
is_unknown(const struct json *j)
{
	return j->kind == JSON_NULL || (json_str(j) != NULL && strcmp(j->s, "unknown") == 0);
}

/* The text of "key_reason" beside the member. */
static const char *
reason_beside(const struct json *object, const char *key)
{
	char name[PATH];

	(void)snprintf(name, sizeof(name), "%s_reason", key);
	return json_str(json_get(object, name));
}

static bool
is_u16_list(enum fact_id id)
{
	enum fact_type t = fact_defs[id].type;

	return t == FT_U16S || t == FT_SUITES || t == FT_GROUPS || t == FT_SIGALGS || t == FT_EXTS;
}

static bool
put(struct back *b, struct facts *f, enum fact_id id, const struct json *object,
    const struct json *j)
{
	const char *reason = reason_beside(object, j->key), *note = NULL;
	enum why why;

	if (fact_settled(f, id) || (b->skip != NULL && b->skip(id)))
		return true;
	why = why_of(reason, &note);
	note = note != NULL ? clean(f, note) : NULL;
	if (is_unknown(j) && (fact_defs[id].type == FT_TRI || j->kind == JSON_NULL)) {
		fact_put_unknown(f, id, why != WHY_NONE ? why : WHY_NOT_ASKED, note);
		return true;
	}
	if (why != WHY_NONE && is_u16_list(id) && put_codes(f, id, j, why, note))
		return true;
	if (!put_value(f, id, j))
		return failed(b, fact_defs[id].json, "not what this fact can be");
	if (reason != NULL)
		fact_set_note(f, id, clean(f, reason));
	return true;
}

static bool
is_reason(const struct json *object, const char *key)
{
	size_t n = strlen(key);
	char name[PATH];

	if (n < 8 || n >= sizeof(name) || strcmp(key + n - 7, "_reason") != 0)
		return false;
	(void)snprintf(name, sizeof(name), "%.*s", (int)(n - 7), key);
	return json_get(object, name) != NULL;
}

static bool
put_row(struct back *b, struct facts *row, enum kind kind, const struct json *j)
{
	if (j->kind != JSON_OBJECT)
		return failed(b, kind_defs[kind].json, "a row is an object");
	for (const struct json *m = j->first; m != NULL; m = m->next) {
		char path[PATH];
		enum fact_id id;

		if (is_reason(j, m->key))
			continue;
		(void)snprintf(path, sizeof(path), "%s[].%s", kind_defs[kind].json, m->key);
		id = fact_by_json(path);
		if (id == F_NONE)
			return failed(b, path, "there is no such fact");
		if (!put(b, row, id, j, m))
			return false;
	}
	return true;
}

static bool
skips_all(const struct back *b, enum kind kind)
{
	for (int id = kind_defs[kind].first; id < (int)kind_end(kind); id++)
		if (b->skip == NULL || !b->skip((enum fact_id)id))
			return false;
	return true;
}

static bool
put_rows(struct back *b, struct facts *f, enum kind kind, const struct json *j)
{
	if (j->kind != JSON_LIST)
		return failed(b, kind_defs[kind].json, "a list is expected");
	if (fact_rows(f, kind) > 0 || skips_all(b, kind))
		return true;
	for (const struct json *row = j->first; row != NULL; row = row->next)
		if (!put_row(b, fact_add(f, kind), kind, row))
			return false;
	return true;
}

static enum kind
kind_of(const char *path)
{
	for (int k = K_ENDPOINT + 1; k < (int)K__MAX; k++)
		if (strcmp(kind_defs[k].json, path) == 0)
			return (enum kind)k;
	return K_ENDPOINT;
}

static bool put_object(struct back *b, struct facts *f, const char *prefix, const struct json *j);

static bool
put_member(struct back *b, struct facts *f, const char *prefix, const struct json *object,
    const struct json *m)
{
	char path[PATH];
	enum fact_id id;

	if (is_reason(object, m->key))
		return true;
	if (snprintf(path, sizeof(path), "%s%s%s", prefix, prefix[0] != '\0' ? "." : "", m->key) >=
	    (int)sizeof(path))
		return failed(b, prefix, "a name is too long");
	id = fact_by_json(path);
	if (id != F_NONE && fact_defs[id].kind == K_ENDPOINT)
		return put(b, f, id, object, m);
	if (kind_of(path) != K_ENDPOINT)
		return put_rows(b, f, kind_of(path), m);
	if (m->kind == JSON_OBJECT)
		return put_object(b, f, path, m);
	return failed(b, path, "there is no such fact");
}

static bool
put_object(struct back *b, struct facts *f, const char *prefix, const struct json *j)
{
	for (const struct json *m = j->first; m != NULL; m = m->next)
		if (!put_member(b, f, prefix, j, m))
			return false;
	return true;
}

bool
facts_from_json(struct facts *f, const struct json *j, char *err, size_t errlen)
{
	return facts_from_json_but(f, j, NULL, err, errlen);
}

bool
facts_from_json_but(struct facts *f, const struct json *j, bool (*skip)(enum fact_id id),
    char *err, size_t errlen)
{
	struct back b = {err, errlen, skip};

	if (j == NULL || j->kind != JSON_OBJECT)
		return failed(&b, "facts", "an object is expected");
	return put_object(&b, f, "", j);
}
