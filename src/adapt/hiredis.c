/* hiredis - see hiredis.h. */
#include "adapt/hiredis.h"

#include <stdio.h>
#include <stdlib.h>

#include <hiredis/hiredis.h>

#include "base/arena.h"
#include "base/check.h"
#include "base/xalloc.h"

enum { WHY_SIZE = 160 };

struct resp_reader {
	redisReader *reader;
	struct arena *arena; /* of the reply that is being read, or was read last */
	const struct resp *reply;
	size_t pending; /* bytes since the last whole reply */
	bool bad;
	char why[WHY_SIZE];
};

/* ---- values: hiredis calls these, and puts nothing anywhere itself ---- */

/* A new value at its place in the array around it; NULL: there is no room, and hiredis gives up. */
static struct resp *
put(const redisReadTask *task, enum resp_kind kind, size_t more)
{
	struct resp_reader *r = task->privdata;
	struct resp *v, *around = task->parent != NULL ? task->parent->obj : NULL;

	if (!arena_has_room(r->arena, sizeof(*v) + more))
		return NULL;
	v = arena_alloc(r->arena, sizeof(*v));
	v->kind = kind;
	if (around != NULL) /* arrays are made here, and writable until they are handed out */
		((const struct resp **)(uintptr_t)around->items)[task->idx] = v;
	return v;
}

static void *
on_string(const redisReadTask *task, char *p, size_t n)
{
	struct resp_reader *r = task->privdata;
	struct resp *v = put(task, task->type == REDIS_REPLY_ERROR ? RESP_ERROR : RESP_STRING, n);

	if (v != NULL)
		v->text = arena_span(r->arena, (struct span){(const uint8_t *)p, n});
	return v;
}

#if HIREDIS_MAJOR >= 1
static void *
on_array(const redisReadTask *task, size_t elements)
#else
static void *
on_array(const redisReadTask *task, int elements)
#endif
{
	struct resp_reader *r = task->privdata;
	size_t n = (size_t)elements;
	struct resp *v = n <= RESP_ARRAY_MAX ? put(task, RESP_ARRAY, n * sizeof(v)) : NULL;

	if (v == NULL)
		return NULL;
	v->items = arena_alloc(r->arena, n * sizeof(*v->items));
	v->n = n;
	return v;
}

static void *
on_integer(const redisReadTask *task, long long value)
{
	struct resp *v = put(task, RESP_INTEGER, 0);

	if (v != NULL)
		v->integer = value;
	return v;
}

static void *
on_nil(const redisReadTask *task)
{
	return put(task, RESP_NIL, 0);
}

#if HIREDIS_MAJOR >= 1
/* RESP 3 has these.  Nobody has asked for it (HELLO 3), and what nobody makes a value of would be a
 * small number in place of a pointer. */
static void *
on_double(const redisReadTask *task, double value, char *p, size_t n)
{
	(void)task, (void)value, (void)p, (void)n;
	return NULL;
}

static void *
on_bool(const redisReadTask *task, int value)
{
	(void)task, (void)value;
	return NULL;
}
#endif

static void
on_free(void *value)
{
	(void)value; /* the arena's */
}

static redisReplyObjectFunctions *
functions(void)
{
	static const redisReplyObjectFunctions fn = {.createString = on_string,
	    .createArray = on_array,
	    .createInteger = on_integer,
	    .createNil = on_nil,
#if HIREDIS_MAJOR >= 1
	    .createDouble = on_double,
	    .createBool = on_bool,
#endif
	    .freeObject = on_free};

	return (redisReplyObjectFunctions *)(uintptr_t)&fn; /* hiredis only reads it */
}

/* ---- replies ---- */

struct resp_reader *
resp_reader_new(void)
{
	struct resp_reader *r = xcalloc(1, sizeof(*r));

	r->reader = redisReaderCreateWithFunctions(functions());
	CHECK(r->reader != NULL);
	r->reader->privdata = r;
	r->arena = arena_new(RESP_BYTES_MAX);
	return r;
}

void
resp_reader_free(struct resp_reader *r)
{
	if (r == NULL)
		return;
	redisReaderFree(r->reader);
	arena_free(r->arena);
	free(r);
}

static enum resp_got
bad(struct resp_reader *r, const char *why)
{
	r->bad = true;
	(void)snprintf(r->why, sizeof(r->why), "%s", why);
	for (char *p = r->why; *p != '\0'; p++)
		if (*p < ' ' || *p > '~')
			*p = '?';
	return RESP_BAD;
}

enum resp_got
resp_feed(struct resp_reader *r, struct span bytes)
{
	void *reply = NULL;

	if (r->bad)
		return RESP_BAD;
	if (r->reply != NULL) {
		r->reply = NULL;
		arena_free(r->arena);
		r->arena = arena_new(RESP_BYTES_MAX);
	}
	r->pending += bytes.n;
	if (r->pending > RESP_BYTES_MAX)
		return bad(r, "a reply is too long");
	if (bytes.n > 0 && redisReaderFeed(r->reader, (const char *)bytes.p, bytes.n) != REDIS_OK)
		return bad(r, r->reader->errstr);
	if (redisReaderGetReply(r->reader, &reply) != REDIS_OK)
		return bad(
		    r, r->reader->err == REDIS_ERR_OOM ? "a reply is too long" : r->reader->errstr);
	if (reply == NULL)
		return RESP_MORE;
	r->reply = reply;
	r->pending = r->reader->len - r->reader->pos;
	return RESP_WHOLE;
}

const struct resp *
resp_reply(const struct resp_reader *r)
{
	return r->reply;
}

const char *
resp_why(const struct resp_reader *r)
{
	return r->why;
}

const struct resp *
resp_item(const struct resp *r, size_t i, enum resp_kind kind)
{
	return r != NULL && r->kind == RESP_ARRAY && i < r->n && r->items[i]->kind == kind
		   ? r->items[i]
		   : NULL;
}

/* ---- commands ---- */

char *
resp_command(const struct span *words, size_t n, size_t *len)
{
	const char **argv = xcalloc(n, sizeof(*argv));
	size_t *lens = xcalloc(n, sizeof(*lens));
	char *out = NULL;
	long long got;

	for (size_t i = 0; i < n; i++) {
		argv[i] = (const char *)words[i].p;
		lens[i] = words[i].n;
	}
	got = redisFormatCommandArgv(&out, (int)n, argv, lens);
	CHECK(got > 0 && out != NULL);
	*len = (size_t)got;
	free(argv);
	free(lens);
	return out;
}

void
resp_command_free(char *command)
{
	redisFreeCommand(command);
}

#define TEXT(x) #x
#define VERSION(a, b, c) TEXT(a) "." TEXT(b) "." TEXT(c)

const char *
resp_version(void)
{
	return VERSION(HIREDIS_MAJOR, HIREDIS_MINOR, HIREDIS_PATCH);
}
