/* redis_url - see redis_url.h. */
#include "config.h"

#include "net/redis_url.h"

#include <stdio.h>

#include "base/text.h"

static bool
fail(char *err, size_t errlen, const char *why)
{
	(void)snprintf(err, errlen, "%s", why);
	return false;
}

/* The first c of s, or its end. */
static size_t
find(struct span s, char c)
{
	const uint8_t *at = s.n > 0 ? memchr(s.p, c, s.n) : NULL;

	return at != NULL ? (size_t)(at - s.p) : s.n;
}

/* The last '@': a password may hold one that was not escaped. */
static size_t
find_at(struct span s)
{
	for (size_t i = s.n; i > 0; i--)
		if (s.p[i - 1] == '@')
			return i - 1;
	return s.n;
}

static struct span
tail(struct span s, size_t from)
{
	return (struct span){s.p + from, s.n - from};
}

static bool
read_db(struct span s, unsigned *out, char *err, size_t errlen)
{
	uint64_t v;

	if (!text_number(s, 10, &v) || v > REDIS_DB_MAX)
		return fail(err, errlen, "the number of the database is none");
	*out = (unsigned)v;
	return true;
}

/* "user:password", ":password" */
static bool
read_login(struct span s, struct redis_url *out, char *err, size_t errlen)
{
	size_t colon = find(s, ':');

	if (colon == s.n)
		return fail(err, errlen, "before '@' stands USER:PASSWORD or :PASSWORD");
	if (!text_unescape((struct span){s.p, colon}, out->user, sizeof(out->user)) ||
	    !text_unescape(tail(s, colon + 1), out->password, sizeof(out->password)))
		return fail(
		    err, errlen, "the user or the password is too long, or wrongly escaped");
	return out->password[0] != '\0' || fail(err, errlen, "the password is empty");
}

/* "?db=1" */
static bool
read_query(struct span s, struct redis_url *out, char *err, size_t errlen)
{
	static const char db[] = "?db=";

	if (s.n == 0)
		return true;
	if (s.n < sizeof(db) - 1 || memcmp(s.p, db, sizeof(db) - 1) != 0)
		return fail(err, errlen, "behind '?' can stand db=N, and nothing else");
	return read_db(tail(s, sizeof(db) - 1), &out->db, err, errlen);
}

/* "host:port/db?db=1" */
static bool
read_place(struct span s, struct redis_url *out, char *err, size_t errlen)
{
	size_t slash, question = find(s, '?');
	struct span query = tail(s, question);

	s.n = question;
	slash = find(s, '/');
	if (slash == 0)
		return fail(err, errlen, "there is no host");
	if (!target_parse((struct span){s.p, slash},
		&(struct target_defaults){.port = REDIS_PORT, .starttls = "none"}, &out->at, err,
		errlen))
		return false;
	if (s.n > slash + 1 && !read_db(tail(s, slash + 1), &out->db, err, errlen))
		return false;
	return read_query(query, out, err, errlen);
}

static bool
read_path(struct span s, struct redis_url *out, char *err, size_t errlen)
{
	size_t question = find(s, '?');

	if (s.n == 0 || s.p[0] != '/')
		return fail(
		    err, errlen, "the path of the socket begins with '/': unix:///run/redis.sock");
	if (!text_unescape((struct span){s.p, question}, out->path, sizeof(out->path)))
		return fail(err, errlen, "the path of the socket is too long, or wrongly escaped");
	return read_query(tail(s, question), out, err, errlen);
}

/* Takes the scheme off; false: it is another one. */
static bool
begins(struct span *s, const char *scheme)
{
	size_t n = strlen(scheme);

	if (s->n < n || memcmp(s->p, scheme, n) != 0)
		return false;
	*s = tail(*s, n);
	return true;
}

bool
redis_url_read(const char *text, struct redis_url *out, char *err, size_t errlen)
{
	struct span s = span_str(text);
	bool is_path = false;
	size_t at;

	*out = (struct redis_url){0};
	if (begins(&s, "unix://"))
		is_path = true;
	else if (begins(&s, "rediss://"))
		out->tls = true;
	else if (!begins(&s, "redis://"))
		return fail(err, errlen, "a queue is redis://HOST, rediss://HOST or unix:///PATH");
	at = find_at(s);
	if (at < s.n) {
		if (!read_login((struct span){s.p, at}, out, err, errlen))
			return false;
		s = tail(s, at + 1);
	}
	return is_path ? read_path(s, out, err, errlen) : read_place(s, out, err, errlen);
}
