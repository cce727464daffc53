/* feed - see feed.h. */
#include "config.h"

#include "bulk/feed.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/text.h"
#include "base/xalloc.h"
#include "bulk/post.h"
#include "bulk/window.h"

enum {
	ERR_SIZE = 512,
	SETTLE_MS = 2500 /* "appendfsync everysec" may lose two seconds (redis.conf) */
};

struct position { /* in the list: how many targets, and the digest over them */
	uint64_t seq, digest;
};

struct feed {
	const struct feed_options *o;
	struct post post;
	struct list *list;
	struct window *window;
	struct list_item *block; /* drawn, and not known to be in the queue */
	size_t n_block, max_block;
	struct position cursor, theirs; /* what is known to be in the queue; what the queue says */
	struct position read;		/* behind what was read */
	uint64_t their_end;
	bool at_end, has_end; /* of the list; their_end is set */
	bool asking, settled;
	struct loop_timer *again;
	struct loop_watch *more;
	uint64_t sent, bad_lines;
};

static void ask(struct feed *f);

static void
refuse(struct feed *f, enum exit_status status, const char *why)
{
	post_say(&f->post, "%s: %s", f->o->list, why);
	post_stop(&f->post, status);
}

/* ---- the list ---- */

static bool
open_list(struct feed *f)
{
	char err[ERR_SIZE];
	uint64_t ignored, size = 0;

	if (f->list != NULL)
		list_progress(f->list, &ignored, &size); /* of a file alone it is known */
	if (f->list != NULL && (size == 0 || strcmp(f->o->list, "-") == 0)) {
		refuse(f, EXIT_INTERNAL,
		    "the queue has lost some of it, and a pipe cannot be read again: start anew, "
		    "with the whole list");
		return false;
	}
	list_free(f->list);
	f->list = list_open(f->o->list, &f->o->defaults, 0, err, sizeof(err));
	f->read = (struct position){0, 0};
	f->at_end = false;
	f->n_block = 0;
	if (f->list == NULL) {
		post_say(&f->post, "%s", err);
		post_stop(&f->post, EXIT_USAGE);
	}
	return f->list != NULL;
}

/* One target: passed over when the queue has it, else for the block.  False: it is another list. */
static bool
take(struct feed *f, const struct list_item *item)
{
	f->read = (struct position){item->seq, item->digest};
	if (item->seq > f->cursor.seq)
		window_put(f->window, item);
	else if (item->seq == f->cursor.seq && item->digest != f->cursor.digest) {
		refuse(f, EXIT_USAGE,
		    "the queue has been fed another list; each scan has a --stream-prefix of its "
		    "own");
		return false;
	}
	return true;
}

static void
bad_line(struct feed *f, const struct list_item *item)
{
	if (item->line == 0 || f->read.seq < f->cursor.seq) /* it was told when it was read first */
		return;
	post_say(&f->post, "%s:%" PRIu64 ": %s", f->o->list, item->line, item->why);
	f->bad_lines++;
}

/* The end: did we get as far as the queue? */
static bool
end_list(struct feed *f)
{
	f->at_end = true;
	if (f->read.seq >= f->cursor.seq)
		return true;
	refuse(f, EXIT_USAGE,
	    "the queue has been fed a longer list; each scan has a --stream-prefix of its own");
	return false;
}

static void
on_more(void *arg)
{
	struct feed *f = arg;

	list_fill(f->list);
	ask(f);
}

static void
wait_for_list(struct feed *f)
{
	if (f->more == NULL)
		f->more = loop_watch_new(f->post.loop, list_fd(f->list), false, on_more, f);
	loop_watch_set(f->more);
}

/* Reads a block, or what a pipe has of one.  False: there is nothing to send just now. */
static bool
read_block(struct feed *f)
{
	struct list_item item;
	bool waits = false;

	while (!f->at_end && !waits && !window_full(f->window))
		switch (list_next(f->list, &item)) {
		case LIST_TARGET:
			if (!take(f, &item))
				return false;
			break;
		case LIST_BAD:
			bad_line(f, &item);
			break;
		case LIST_WAIT:
			waits = true;
			break;
		case LIST_ERROR:
			refuse(f, EXIT_INTERNAL, item.why);
			return false;
		case LIST_END:
		default:
			if (!end_list(f))
				return false;
			break;
		}
	while (window_take(f->window, &f->block[f->n_block]))
		f->n_block++;
	if (waits && f->n_block == 0)
		wait_for_list(f);
	return f->n_block > 0 || f->at_end;
}

/* ---- the queue ---- */

static void
later(struct feed *f, unsigned ms)
{
	loop_timer_set(f->again, ms);
}

static void
put_position(struct queue *q, const struct position *p)
{
	char digest[20];

	(void)snprintf(digest, sizeof(digest), "%016" PRIx64, p->digest);
	queue_put(q, "HSET");
	queue_put(q, q->scan);
	queue_put(q, "cursor");
	queue_put_number(q, p->seq);
	queue_put(q, "digest");
	queue_put(q, digest);
	queue_go(q, NULL, NULL);
}

/* The list ends here, or there is more than was known. */
static void
put_end(struct queue *q, bool at_end, uint64_t seq)
{
	queue_put(q, at_end ? "HSET" : "HDEL");
	queue_put(q, q->scan);
	queue_put(q, "end");
	if (at_end)
		queue_put_number(q, seq);
	queue_go(q, NULL, NULL);
}

/* Nil: somebody else has moved the cursor. */
static void
on_stored(void *arg, const struct resp *reply)
{
	struct feed *f = arg;

	f->asking = false;
	if (reply->kind == RESP_ARRAY) {
		f->sent += f->n_block;
		f->cursor = f->read;
		f->n_block = 0;
	}
	ask(f);
}

static void
send_block(struct feed *f)
{
	struct queue *q = f->post.queue;

	f->settled = false;
	queue_put(q, "MULTI");
	queue_go(q, NULL, NULL);
	for (size_t i = 0; i < f->n_block; i++) {
		queue_put_job(q, &f->block[i]);
		queue_go(q, NULL, NULL);
	}
	put_position(q, &f->read);
	put_end(q, f->at_end, f->read.seq);
	queue_put(q, "EXEC");
	queue_go(q, on_stored, f);
}

/* Is the cursor where it was left?  Else the list is read again up to there. */
static bool
agree(struct feed *f)
{
	if (f->n_block > 0 && f->theirs.seq == f->read.seq && f->theirs.digest == f->read.digest) {
		f->sent += f->n_block; /* it went in, though nobody has said so */
		f->n_block = 0;
		f->cursor = f->theirs;
	}
	if (f->list != NULL && f->theirs.seq == f->cursor.seq &&
	    f->theirs.digest == f->cursor.digest)
		return true;
	f->cursor = f->theirs;
	return open_list(f);
}

static void
finish(struct feed *f)
{
	if (f->sent > 0 && !f->settled) { /* would a server that dies now have forgotten it? */
		f->settled = true;
		later(f, SETTLE_MS);
		return;
	}
	post_stop(&f->post, f->bad_lines > 0 ? EXIT_NOT_ASSESSED : EXIT_PASS);
}

/* XLEN jobs is the last of the questions. */
static void
on_asked(void *arg, const struct resp *reply)
{
	struct feed *f = arg;
	uint64_t jobs = reply->kind == RESP_INTEGER ? (uint64_t)reply->integer : 0;

	f->asking = false;
	if (!agree(f) || (f->n_block == 0 && !read_block(f)))
		return;
	if (f->n_block == 0 && f->has_end && f->their_end == f->read.seq) {
		finish(f);
	} else if (jobs > 0 && jobs + f->n_block > f->o->max_jobs) {
		later(f, QUEUE_POLL_MS);
	} else {
		f->asking = true;
		send_block(f);
	}
}

static bool
number_of(const struct resp *reply, size_t i, int base, uint64_t *out)
{
	const struct resp *s = resp_item(reply, i, RESP_STRING);

	*out = 0;
	return s != NULL && text_number(s->text, base, out);
}

static void
on_cursor(void *arg, const struct resp *reply)
{
	struct feed *f = arg;

	(void)number_of(reply, 0, 10, &f->theirs.seq);
	(void)number_of(reply, 1, 16, &f->theirs.digest);
	f->has_end = number_of(reply, 2, 10, &f->their_end);
}

/* Where is the cursor, and how much waits? */
static void
ask(struct feed *f)
{
	struct queue *q = f->post.queue;

	if (f->asking || !queue_is_up(q))
		return;
	f->asking = true;
	queue_put(q, "WATCH");
	queue_put(q, q->scan);
	queue_go(q, NULL, NULL);
	queue_put(q, "HMGET");
	queue_put(q, q->scan);
	queue_put(q, "cursor");
	queue_put(q, "digest");
	queue_put(q, "end");
	queue_go(q, on_cursor, f);
	queue_put(q, "XLEN");
	queue_put(q, q->jobs);
	queue_go(q, on_asked, f);
}

static void
on_again(void *arg)
{
	ask(arg);
}

static void
on_up(void *arg)
{
	ask(arg);
}

static void
on_down(void *arg)
{
	struct feed *f = arg;

	f->asking = f->settled = false;
}

/* ---- the whole ---- */

static void
say_all(const struct feed *f)
{
	if (f->post.signal != 0)
		post_say(&f->post, "interrupted; to go on: the same command");
	if (!f->o->quiet && f->list != NULL)
		post_say(&f->post,
		    "%" PRIu64 " targets are in the queue, %" PRIu64 " of them new%s",
		    f->cursor.seq, f->sent, f->at_end ? "" : "; the list is not at its end");
}

int
feed_run(const struct feed_options *o)
{
	struct feed f = {.o = o};

	if (!post_open(&f.post, "tlsaudit-feed", &o->queue, on_up, on_down, &f))
		return post_close(&f.post);
	f.max_block = o->max_jobs < WINDOW_SIZE ? o->max_jobs : WINDOW_SIZE;
	f.window = window_new(f.max_block, o->seed);
	f.block = xcalloc(f.max_block + 1, sizeof(*f.block));
	f.again = loop_timer_new(f.post.loop, on_again, &f);
	post_run(&f.post);
	say_all(&f);
	loop_watch_free(f.more);
	loop_timer_free(f.again);
	window_free(f.window);
	list_free(f.list);
	free(f.block);
	return post_close(&f.post);
}
