/* collect - see collect.h. */
#include "config.h"

#include "bulk/collect.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <unistd.h>

#include "adapt/json.h"
#include "bulk/journal.h"
#include "bulk/post.h"
#include "bulk/resume.h"

enum {
	ERR_SIZE = 512,
	AT_ONCE = 64, /* results of one reply */
	ID_MAX = 48,
	LINE_ARENA = 256 << 20
};

struct collect {
	const struct collect_options *o;
	struct post post;
	struct journal *journal;
	struct resume *resume;
	struct loop_timer *poll, *look;
	char ids[AT_ONCE][ID_MAX]; /* written, not acknowledged */
	size_t n_ids;
	bool pending; /* those of an earlier run come first */
	bool reading;
	uint64_t written, again, bad;
};

/* ---- results ---- */

/* Is every line an object in JSON? */
static bool
is_json(struct span lines)
{
	bool good = true;

	while (good && lines.n > 0) {
		const uint8_t *end = memchr(lines.p, '\n', lines.n);
		size_t n = end != NULL ? (size_t)(end - lines.p) : lines.n;
		struct arena *a = arena_new(LINE_ARENA);
		char err[64];
		const struct json *j = json_read(a, (struct span){lines.p, n}, err, sizeof(err));

		good = end != NULL && j != NULL && j->kind == JSON_OBJECT;
		arena_free(a);
		lines = (struct span){lines.p + n + (end != NULL), lines.n - n - (end != NULL)};
	}
	return good;
}

static void
bury(struct collect *c, struct span id)
{
	struct queue *q = c->post.queue;

	post_say(&c->post, "a result that is none; it is in the list of the dead");
	c->bad++;
	queue_settle(q, q->results, id, 0, (struct span){NULL, 0}, "it is no result", NULL, NULL);
}

/* False: its file is another scan's, and must not be touched. */
static bool
take_result(struct collect *c, const struct resp *entry)
{
	const struct resp *fields;
	struct span id = {NULL, 0}, lines;
	bool whole = queue_entry(entry, &id, &fields);

	if (id.n == 0 || id.n >= ID_MAX || c->n_ids == AT_ONCE)
		return true;
	lines = queue_field(fields, "records");
	/* An entry without fields was deleted: there is nothing but its id. */
	switch (!whole           ? RESUME_KNOWN
		: is_json(lines) ? resume_take(c->resume, lines)
				 : RESUME_BAD) {
	case RESUME_NEW:
		journal_put(c->journal, lines);
		c->written++;
		break;
	case RESUME_KNOWN:
		c->again++;
		break;
	case RESUME_OTHER:
		post_say(&c->post, "%s is about another list", c->o->output);
		post_stop(&c->post, EXIT_USAGE);
		return false;
	case RESUME_BAD:
	default:
		bury(c, id);
		return true;
	}
	memcpy(c->ids[c->n_ids], id.p, id.n);
	c->ids[c->n_ids++][id.n] = '\0';
	return true;
}

static void read_some(struct collect *c);

static void
on_acknowledged(void *arg, const struct resp *reply)
{
	struct collect *c = arg;

	(void)reply;
	c->reading = false;
	read_some(c);
}

static void
put_ids(struct collect *c, const char *command, const char *group)
{
	struct queue *q = c->post.queue;

	queue_put(q, command);
	queue_put(q, q->results);
	if (group != NULL)
		queue_put(q, group);
	for (size_t i = 0; i < c->n_ids; i++)
		queue_put(q, c->ids[i]);
	queue_go(q, NULL, NULL);
}

/* They are on the disk. */
static void
acknowledge(struct collect *c)
{
	struct queue *q = c->post.queue;

	queue_put(q, "MULTI");
	queue_go(q, NULL, NULL);
	if (c->n_ids > 0) {
		put_ids(c, "XACK", q->o->group);
		put_ids(c, "XDEL", NULL);
	}
	queue_put(q, "EXEC");
	queue_go(q, on_acknowledged, c);
}

static void
on_read(void *arg, const struct resp *reply)
{
	struct collect *c = arg;
	const struct resp *entries = queue_entries(reply);

	if (entries == NULL) {
		c->reading = false;
		if (c->pending) {
			c->pending = false;
			read_some(c);
		} else {
			loop_timer_set(c->poll, QUEUE_POLL_MS);
		}
		return;
	}
	c->n_ids = 0;
	for (size_t i = 0; i < entries->n; i++)
		if (!take_result(c, entries->items[i]))
			return;
	if (journal_sync(c->journal)) /* else on_trouble() was called */
		acknowledge(c);
}

static void
read_some(struct collect *c)
{
	struct queue *q = c->post.queue;

	if (c->reading || !queue_is_up(q))
		return;
	c->reading = true;
	queue_read(q, q->results, AT_ONCE, c->pending ? "0" : ">", on_read, c);
}

static void
on_poll(void *arg)
{
	read_some(arg);
}

/* ---- the end ---- */

static void
on_state(void *arg, const struct resp *reply)
{
	struct collect *c = arg;
	struct queue_state s;

	if (!queue_read_state(reply, &s) || !s.ended || s.jobs > 0 || s.results > 0)
		return;
	if (resume_count(c->resume) >= s.end) {
		post_stop(&c->post, c->bad > 0 ? EXIT_NOT_ASSESSED : EXIT_PASS);
		return;
	}
	post_say(&c->post,
	    "the scan is over, and %" PRIu64 " of its %" PRIu64 " targets are not in %s",
	    s.end - resume_count(c->resume), s.end, c->o->output);
	post_stop(&c->post, EXIT_NOT_ASSESSED);
}

static void
on_look(void *arg)
{
	struct collect *c = arg;

	if (queue_is_up(c->post.queue) && !c->pending)
		queue_look(c->post.queue, on_state, c);
	loop_timer_set(c->look, QUEUE_LOOK_MS);
}

/* ---- the whole ---- */

static void
on_up(void *arg)
{
	struct collect *c = arg;

	queue_make_group(c->post.queue, c->post.queue->results);
	c->pending = true;
	read_some(c);
}

static void
on_down(void *arg)
{
	struct collect *c = arg;

	c->reading = false;
}

static void
on_trouble(void *arg, int e)
{
	struct collect *c = arg;

	post_say(&c->post, "%s: %s", c->o->output, strerror(e));
	post_stop(&c->post, EXIT_INTERNAL);
}

/* A file that is not there yet is an empty one. */
static bool
open_file(struct collect *c)
{
	char err[ERR_SIZE];
	int fd = open(c->o->output, O_WRONLY | O_CREAT | O_CLOEXEC, 0666);

	if (fd < 0)
		(void)snprintf(err, sizeof(err), "%s: %s", c->o->output, strerror(errno));
	else
		(void)close(fd);
	c->resume = resume_new();
	if (fd >= 0)
		c->journal = journal_open(
		    c->post.loop, c->o->output, c->resume, on_trouble, c, err, sizeof(err));
	if (c->journal == NULL)
		post_say(&c->post, "%s", err);
	return c->journal != NULL;
}

static void
run(struct collect *c)
{
	if (!open_file(c)) {
		c->post.status = EXIT_INTERNAL;
		return;
	}
	c->poll = loop_timer_new(c->post.loop, on_poll, c);
	c->look = loop_timer_new(c->post.loop, on_look, c);
	loop_timer_set(c->look, QUEUE_LOOK_MS);
	post_run(&c->post);
	if (!journal_close(c->journal))
		c->post.status = EXIT_INTERNAL;
	if (c->post.signal != 0)
		post_say(&c->post, "interrupted; to go on: the same command");
	if (!c->o->quiet)
		post_say(&c->post, "%s has %" PRIu64 " targets, %" PRIu64 " of them new",
		    c->o->output, resume_count(c->resume), c->written);
	loop_timer_free(c->poll);
	loop_timer_free(c->look);
}

int
collect_run(const struct collect_options *o)
{
	struct collect c = {.o = o};

	if (post_open(&c.post, "tlsaudit-sink", &o->queue, on_up, on_down, &c))
		run(&c);
	resume_free(c.resume);
	return post_close(&c.post);
}
