/*
 * frames - blocks of bytes between two processes, over one socket, each behind its length.
 *
 *	int fd[2];
 *	if (!frames_pair(fd))
 *		... errno ...
 *	struct frames *f = frames_new(loop, fd[0], on_frame, on_end, arg);
 *	frames_send(f, head, body);		one frame: head and body
 *	...					on_frame(arg, frame); on_end(arg) when the other side is gone
 *	frames_free(f);				not from on_frame()
 *
 * Both sides are this program, so a length that cannot be is a bug or a crash of the other side: it
 * ends the connection.
 */
#ifndef TLSAUDIT_NET_FRAMES_H
#define TLSAUDIT_NET_FRAMES_H

#include "net/loop.h"

struct frames;

typedef void frames_fn(void *arg, struct span frame); /* the frame dies when it returns */
typedef void frames_end_fn(void *arg);

/* Two connected descriptors, closed on exec.  False: errno says why. */
bool frames_pair(int fd[2]) MUST_USE;
/* Owns fd from now on. */
struct frames *
frames_new(struct loop *l, int fd, frames_fn *frame, frames_end_fn *end, void *arg);
void frames_send(struct frames *f, struct span head, struct span body);
/* Bytes that the other side has not taken yet. */
size_t frames_waiting(const struct frames *f);
void frames_free(struct frames *f); /* NULL is allowed */

#endif
