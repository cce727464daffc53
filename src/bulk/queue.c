/* queue - see queue.h. */
#include "config.h"

#include "bulk/queue.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/arena.h"
#include "base/check.h"
#include "base/text.h"
#include "base/xalloc.h"

enum { COMMAND_ARENA = 64 << 20 };

/* ---- the connection ---- */

static void
on_up(void *arg)
{
	struct queue *q = arg;

	if (q->told)
		q->calls.say(q->calls.arg, "queue: there again");
	q->told = false;
	q->calls.up(q->calls.arg);
}

static void
on_down(void *arg, const char *why)
{
	struct queue *q = arg;
	char text[256];

	if (!q->told) {
		(void)snprintf(text, sizeof(text), "queue: %s; trying again", why);
		q->calls.say(q->calls.arg, text);
	}
	q->told = true;
	q->calls.down(q->calls.arg);
}

static void
on_refused(void *arg, const char *why)
{
	struct queue *q = arg;
	char text[256];

	(void)snprintf(text, sizeof(text), "queue: %s", why);
	q->calls.refused(q->calls.arg, text);
}

struct queue *
queue_new(struct loop *l, const struct queue_options *o, const struct queue_calls *calls, char *err,
    size_t errlen)
{
	struct queue *q = xcalloc(1, sizeof(*q));
	struct redis_calls rc = {.up = on_up, .down = on_down, .refused = on_refused, .arg = q};

	q->o = o;
	q->calls = *calls;
	q->jobs = xasprintf("%s:jobs", o->prefix);
	q->results = xasprintf("%s:results", o->prefix);
	q->dead = xasprintf("%s:dead", o->prefix);
	q->scan = xasprintf("%s:scan", o->prefix);
	q->arena = arena_new(COMMAND_ARENA);
	q->redis = redis_new(l, &o->at, &rc, err, errlen);
	if (q->redis != NULL)
		return q;
	queue_free(q);
	return NULL;
}

void
queue_free(struct queue *q)
{
	if (q == NULL)
		return;
	redis_free(q->redis);
	arena_free(q->arena);
	free(q->words);
	free(q->jobs);
	free(q->results);
	free(q->dead);
	free(q->scan);
	free(q);
}

bool
queue_is_up(const struct queue *q)
{
	return redis_is_up(q->redis);
}

/* ---- commands ---- */

void
queue_put_span(struct queue *q, struct span word)
{
	if (q->n == q->cap) {
		q->cap = q->cap > 0 ? 2 * q->cap : 32;
		q->words = xrealloc(q->words, q->cap * sizeof(*q->words));
	}
	q->words[q->n++] = word;
}

void
queue_put(struct queue *q, const char *word)
{
	queue_put_span(q, span_str(word));
}

void
queue_put_number(struct queue *q, uint64_t word)
{
	queue_put(q, arena_printf(q->arena, "%" PRIu64, word));
}

void
queue_go(struct queue *q, redis_reply_fn *fn, void *arg)
{
	redis_send(q->redis, q->words, q->n, fn, arg);
	q->n = 0;
	arena_free(q->arena);
	q->arena = arena_new(COMMAND_ARENA);
}

void
queue_eval(struct queue *q, const char *script, const char *const *keys, size_t n)
{
	queue_put(q, "EVAL");
	queue_put(q, script);
	queue_put_number(q, n);
	for (size_t i = 0; i < n; i++)
		queue_put(q, keys[i]);
}

/* ---- jobs ---- */

void
queue_put_job(struct queue *q, const struct list_item *item)
{
	const struct target *t = &item->target;

	queue_put(q, "XADD");
	queue_put(q, q->jobs);
	queue_put(q, "*");
	queue_put(q, "seq");
	queue_put_number(q, item->seq);
	queue_put(q, "line");
	queue_put_number(q, item->line);
	queue_put(q, "digest");
	queue_put(q, arena_printf(q->arena, "%016" PRIx64, item->digest));
	queue_put(q, "host");
	queue_put(q, t->host);
	queue_put(q, "port");
	queue_put_number(q, t->port);
	queue_put(q, "starttls");
	queue_put(q, t->starttls != NULL ? t->starttls : "none");
}

/* Host, port and protocol: what may stand there is what a list may say. */
static bool
read_target(const struct resp *fields, struct target *out)
{
	struct span host = queue_field(fields, "host"), proto = queue_field(fields, "starttls");
	struct target_defaults d = {0};
	char text[TARGET_HOST_MAX + 3], name[32], err[64];
	uint64_t port;

	if (host.n == 0 || host.n > TARGET_HOST_MAX || proto.n >= sizeof(name) ||
	    !text_number(queue_field(fields, "port"), 10, &port) || port == 0 || port > 65535)
		return false;
	(void)snprintf(name, sizeof(name), "%.*s", (int)proto.n,
	    proto.n > 0 ? (const char *)proto.p : "");
	d.port = (uint16_t)port;
	d.starttls = target_starttls(name);
	(void)snprintf(text, sizeof(text), memchr(host.p, ':', host.n) != NULL ? "[%.*s]" : "%.*s",
	    (int)host.n, (const char *)host.p);
	return d.starttls != NULL && target_parse(span_str(text), &d, out, err, sizeof(err)) &&
	    out->port == port;
}

bool
queue_read_job(const struct resp *fields, struct list_item *item)
{
	*item = (struct list_item){0};
	return text_number(queue_field(fields, "seq"), 10, &item->seq) && item->seq > 0 &&
	    text_number(queue_field(fields, "line"), 10, &item->line) &&
	    text_number(queue_field(fields, "digest"), 16, &item->digest) &&
	    read_target(fields, &item->target);
}

/* ---- streams ---- */

void
queue_make_group(struct queue *q, const char *stream)
{
	queue_put(q, "XGROUP");
	queue_put(q, "CREATE");
	queue_put(q, stream);
	queue_put(q, q->o->group);
	queue_put(q, "0");
	queue_put(q, "MKSTREAM");
	queue_go(q, NULL, NULL);
}

void
queue_read(struct queue *q, const char *stream, unsigned count, const char *after,
    redis_reply_fn *fn, void *arg)
{
	queue_put(q, "XREADGROUP");
	queue_put(q, "GROUP");
	queue_put(q, q->o->group);
	queue_put(q, q->o->consumer);
	queue_put(q, "COUNT");
	queue_put_number(q, count);
	queue_put(q, "STREAMS");
	queue_put(q, stream);
	queue_put(q, after);
	queue_go(q, fn, arg);
}

const struct resp *
queue_entries(const struct resp *reply)
{
	const struct resp *entries = resp_item(resp_item(reply, 0, RESP_ARRAY), 1, RESP_ARRAY);

	return entries != NULL && entries->n > 0 ? entries : NULL;
}

bool
queue_entry(const struct resp *entry, struct span *id, const struct resp **fields)
{
	const struct resp *name = resp_item(entry, 0, RESP_STRING);

	*fields = resp_item(entry, 1, RESP_ARRAY);
	if (name == NULL || name->text.n == 0)
		return false;
	*id = name->text;
	return *fields != NULL;
}

struct span
queue_field(const struct resp *fields, const char *name)
{
	for (size_t i = 0; fields != NULL && i + 1 < fields->n; i += 2) {
		const struct resp *key = resp_item(fields, i, RESP_STRING);
		const struct resp *value = resp_item(fields, i + 1, RESP_STRING);

		if (key != NULL && value != NULL && span_eq(key->text, span_str(name)))
			return value->text;
	}
	return (struct span){NULL, 0};
}

void
queue_settle(struct queue *q, const char *stream, struct span id, uint64_t seq, struct span records,
    const char *why_dead, redis_reply_fn *fn, void *arg)
{
	static const char script[] =
	    "if #redis.call('XPENDING', KEYS[1], ARGV[1], ARGV[2], ARGV[2], 1, ARGV[3]) == 0 then\n"
	    "  return 0\n"
	    "end\n"
	    "redis.call('XACK', KEYS[1], ARGV[1], ARGV[2])\n"
	    "if ARGV[6] ~= '' then\n"
	    "  local e = redis.call('XRANGE', KEYS[1], ARGV[2], ARGV[2])[1]\n"
	    "  local f = e and #e[2] <= 1000 and e[2] or {}\n" /* unpack() has its limit */
	    "  f[#f + 1] = 'why'\n"
	    "  f[#f + 1] = ARGV[6]\n"
	    "  redis.call('XADD', KEYS[3], 'MAXLEN', '~', 100000, '*', unpack(f))\n"
	    "end\n"
	    "redis.call('XDEL', KEYS[1], ARGV[2])\n"
	    "if ARGV[5] ~= '' then\n"
	    "  redis.call('XADD', KEYS[2], '*', 'seq', ARGV[4], 'records', ARGV[5])\n"
	    "end\n"
	    "return 1\n";
	const char *keys[] = {stream, q->results, q->dead};

	queue_eval(q, script, keys, N_ELEMENTS(keys));
	queue_put(q, q->o->group);
	queue_put_span(q, id);
	queue_put(q, q->o->consumer);
	queue_put_number(q, seq);
	queue_put_span(q, records);
	queue_put(q, why_dead != NULL ? why_dead : "");
	queue_go(q, fn, arg);
}

/* ---- the state of the scan ---- */

void
queue_look(struct queue *q, redis_reply_fn *fn, void *arg)
{
	static const char script[] =
	    "return {redis.call('HGET', KEYS[1], 'end') or '', redis.call('XLEN', KEYS[2]),\n"
	    "  redis.call('XLEN', KEYS[3])}\n";
	const char *keys[] = {q->scan, q->jobs, q->results};

	queue_eval(q, script, keys, N_ELEMENTS(keys));
	queue_go(q, fn, arg);
}

bool
queue_read_state(const struct resp *reply, struct queue_state *out)
{
	const struct resp *end = resp_item(reply, 0, RESP_STRING);
	const struct resp *jobs = resp_item(reply, 1, RESP_INTEGER);
	const struct resp *results = resp_item(reply, 2, RESP_INTEGER);

	if (end == NULL || jobs == NULL || results == NULL)
		return false;
	out->ended = text_number(end->text, 10, &out->end);
	out->jobs = (uint64_t)jobs->integer;
	out->results = (uint64_t)results->integer;
	return true;
}
