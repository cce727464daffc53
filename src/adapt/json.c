/* json - see json.h. */
#include "adapt/json.h"

#include <json-c/json.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/check.h"
#include "base/xalloc.h"

/* Where a comment that begins at p ends; end when it does not. */
static const char *
comment_end(const char *p, const char *end)
{
	bool line = p[1] == '/';

	for (p += 2; p < end; p++) {
		if (line && *p == '\n')
			return p;
		if (!line && p[0] == '*' && p + 1 < end && p[1] == '/')
			return p + 2;
	}
	return end;
}

/* Makes comments blank, lines kept, so that the tokener can be strict in all else. */
static void
blank_comments(char *p, size_t n)
{
	char *end = p + n;
	bool quoted = false;

	while (p < end) {
		const char *to;

		if (quoted && *p == '\\' && p + 1 < end) {
			p += 2;
			continue;
		}
		if (*p == '"')
			quoted = !quoted;
		if (quoted || *p != '/' || p + 1 >= end || (p[1] != '/' && p[1] != '*')) {
			p++;
			continue;
		}
		for (to = comment_end(p, end); p < to; p++)
			if (*p != '\n')
				*p = ' ';
	}
}

static unsigned
line_of(const char *text, size_t at)
{
	unsigned line = 1;

	for (size_t i = 0; i < at; i++)
		line += text[i] == '\n';
	return line;
}

static bool
only_blanks(const char *p, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (strchr(" \t\r\n", p[i]) == NULL || p[i] == '\0')
			return false;
	return true;
}

/* json-c's tree of the text, or NULL and err. */
static struct json_object *
parse(const char *text, size_t n, char *err, size_t errlen)
{
	struct json_tokener *tok = json_tokener_new_ex(JSON_DEPTH);
	struct json_object *o;
	enum json_tokener_error e;
	size_t end;

	CHECK(tok != NULL); /* no memory: base/xalloc.h */
	json_tokener_set_flags(tok,
	    JSON_TOKENER_STRICT | JSON_TOKENER_VALIDATE_UTF8 | JSON_TOKENER_ALLOW_TRAILING_CHARS);
	/* With its NUL, so that a number at the very end is complete. */
	o = json_tokener_parse_ex(tok, text, (int)n + 1);
	e = json_tokener_get_error(tok);
	end = json_tokener_get_parse_end(tok);
	if (end > n)
		end = n;
	if (e == json_tokener_success && !only_blanks(text + end, n - end)) {
		snprintf(err, errlen, "line %u: more text behind the value", line_of(text, end));
		json_object_put(o);
		o = NULL;
	} else if (e != json_tokener_success) {
		snprintf(err, errlen, "line %u: %s", line_of(text, end),
		    e == json_tokener_continue ? "the text ends too early"
					       : json_tokener_error_desc(e));
	} else if (o == NULL) {
		snprintf(err, errlen, "line 1: nothing but null");
	}
	json_tokener_free(tok);
	return o;
}

/* ---- json-c's tree to ours; as deep as the tokener allows, JSON_DEPTH ---- */

static struct json *node(struct arena *a, struct json_object *o, const char *key, bool *ok);

static void
add(struct json *parent, struct json **last, struct json *child)
{
	if (*last != NULL)
		(*last)->next = child;
	else
		parent->first = child;
	*last = child;
	parent->n++;
}

static void
fill_children(struct arena *a, struct json *j, struct json_object *o, bool *ok)
{
	struct json *last = NULL;

	if (j->kind == JSON_OBJECT) {
		json_object_object_foreach(o, name, value) add(j, &last, node(a, value, name, ok));
		return;
	}
	for (size_t i = 0; i < json_object_array_length(o); i++)
		add(j, &last, node(a, json_object_array_get_idx(o, i), NULL, ok));
}

static struct json *
node(struct arena *a, struct json_object *o, const char *key, bool *ok)
{
	static const enum json_kind kinds[] = {[json_type_null] = JSON_NULL,
	    [json_type_boolean] = JSON_BOOL,
	    [json_type_int] = JSON_INT,
	    [json_type_double] = JSON_REAL,
	    [json_type_string] = JSON_STR,
	    [json_type_array] = JSON_LIST,
	    [json_type_object] = JSON_OBJECT};
	struct json *j = arena_alloc(a, sizeof(*j));

	j->kind = kinds[json_object_get_type(o)];
	j->key = key != NULL ? arena_str(a, key) : NULL;
	if (j->kind == JSON_STR) {
		j->s = arena_str(a, json_object_get_string(o));
		*ok = *ok && strlen(j->s) == (size_t)json_object_get_string_len(o);
	} else if (j->kind == JSON_INT || j->kind == JSON_BOOL) {
		j->i = json_object_get_int64(o);
	} else if (j->kind == JSON_REAL) {
		j->real = json_object_get_double(o);
	} else if (j->kind != JSON_NULL) {
		fill_children(a, j, o, ok);
	}
	return j;
}

const struct json *
json_read(struct arena *a, struct span text, char *err, size_t errlen)
{
	struct json *j = NULL;
	struct json_object *o;
	bool ok = true;
	char *copy;

	if (text.n >= INT_MAX || (text.n > 0 && memchr(text.p, 0, text.n) != NULL)) {
		snprintf(err, errlen, text.n >= INT_MAX ? "too long" : "there is a NUL byte in it");
		return NULL;
	}
	copy = xcalloc(text.n + 1, 1);
	if (text.n > 0)
		memcpy(copy, text.p, text.n);
	blank_comments(copy, text.n);
	o = parse(copy, text.n, err, errlen);
	if (o != NULL)
		j = node(a, o, NULL, &ok);
	if (!ok) {
		snprintf(err, errlen, "there is a U+0000 in a string");
		j = NULL;
	}
	json_object_put(o);
	free(copy);
	return j;
}

const struct json *
json_get(const struct json *j, const char *key)
{
	if (j == NULL || j->kind != JSON_OBJECT)
		return NULL;
	for (j = j->first; j != NULL; j = j->next)
		if (strcmp(j->key, key) == 0)
			return j;
	return NULL;
}

const struct json *
json_first(const struct json *j)
{
	return j != NULL ? j->first : NULL;
}

const char *
json_str(const struct json *j)
{
	return j != NULL && j->kind == JSON_STR ? j->s : NULL;
}

const char *
json_kind_name(enum json_kind t)
{
	static const char *const names[] = {
	    "null", "true or false", "a number", "a number", "a string", "a list", "an object"};

	return names[t];
}

const char *
json_version(void)
{
	return json_c_version();
}
