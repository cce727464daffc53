/*
 * queue_options - which queue: the options that three programs share, read in one place.
 *
 *	struct queue_options q = {0};
 *	if (!queue_options_set(&q, QUEUE_URL, "rediss://queue.example", err, sizeof(err)) ||
 *	    !queue_options_close(&q, "workers", err, sizeof(err)))
 *		...
 */
#ifndef TLSAUDIT_BULK_QUEUE_OPTIONS_H
#define TLSAUDIT_BULK_QUEUE_OPTIONS_H

#include "net/redis.h"

enum { QUEUE_NAME_MAX = 128 };

enum queue_option { /* in the order of their rows in options.def, from --queue on */
	QUEUE_URL,
	QUEUE_CA,
	QUEUE_CERT,
	QUEUE_KEY,
	QUEUE_PREFIX,
	QUEUE_GROUP,
	QUEUE_CONSUMER,
	QUEUE_OPTION__MAX
};

struct queue_options {
	struct redis_at at;
	bool has_url, has_consumer;
	const char *prefix, *group; /* borrowed */
	char consumer[QUEUE_NAME_MAX + 1];
};

/* "queue", "queue-ca", ...: without "--". */
const char *queue_option_name(enum queue_option o);
/* Takes the argument, which is borrowed.  False with a sentence in err. */
bool queue_options_set(struct queue_options *q, enum queue_option o, const char *arg, char *err,
    size_t errlen) MUST_USE;
/* Looks into TLSAUDIT_QUEUE for a URL that was not given (an argument can be seen by everybody on
 * the machine), and puts defaults in.  False with a sentence in err. */
bool queue_options_close(
    struct queue_options *q, const char *group, char *err, size_t errlen) MUST_USE;

#endif
