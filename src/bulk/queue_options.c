/* queue_options - see queue_options.h. */
#include "config.h"

#include "bulk/queue_options.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/rng.h"

static const char *const names[QUEUE_OPTION__MAX] = {[QUEUE_URL] = "queue", [QUEUE_CA] = "queue-ca",
    [QUEUE_CERT] = "queue-cert", [QUEUE_KEY] = "queue-key", [QUEUE_PREFIX] = "stream-prefix",
    [QUEUE_GROUP] = "group", [QUEUE_CONSUMER] = "consumer"};

const char *
queue_option_name(enum queue_option o)
{
	return names[o];
}

static bool
read_url(struct queue_options *q, const char *what, const char *arg, char *err, size_t errlen)
{
	char why[200];

	q->has_url = redis_url_read(arg, &q->at.url, why, sizeof(why));
	if (!q->has_url)
		(void)snprintf(err, errlen, "%s: %s", what, why);
	return q->has_url;
}

static bool
read_name(enum queue_option o, const char *arg, const char **out, char *err, size_t errlen)
{
	size_t n = strlen(arg);

	*out = arg;
	if (n > 0 && n <= QUEUE_NAME_MAX &&
	    strspn(arg, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._:{}-") ==
		n)
		return true;
	(void)snprintf(err, errlen, "--%s: a name has 1 to %d of these: a-z A-Z 0-9 . _ : - { }",
	    names[o], QUEUE_NAME_MAX);
	return false;
}

bool
queue_options_set(
    struct queue_options *q, enum queue_option o, const char *arg, char *err, size_t errlen)
{
	const char *consumer;

	switch (o) {
	case QUEUE_URL:
		return read_url(q, "--queue", arg, err, errlen);
	case QUEUE_CA:
		q->at.files.ca = arg;
		return true;
	case QUEUE_CERT:
		q->at.files.cert = arg;
		return true;
	case QUEUE_KEY:
		q->at.files.key = arg;
		return true;
	case QUEUE_PREFIX:
		return read_name(o, arg, &q->prefix, err, errlen);
	case QUEUE_GROUP:
		return read_name(o, arg, &q->group, err, errlen);
	case QUEUE_CONSUMER:
		q->has_consumer = read_name(o, arg, &consumer, err, errlen);
		(void)snprintf(q->consumer, sizeof(q->consumer), "%s", arg);
		return q->has_consumer;
	case QUEUE_OPTION__MAX:
	default:
		return false;
	}
}

/* A name that nobody else has. */
static void
make_consumer(char *out, size_t size)
{
	char host[64] = "";
	struct rng rng;

	rng_init(&rng);
	(void)gethostname(host, sizeof(host) - 1);
	(void)snprintf(
	    out, size, "%s-%ld-%08x", host, (long)getpid(), (unsigned)rng_below(&rng, UINT32_MAX));
}

bool
queue_options_close(struct queue_options *q, const char *group, char *err, size_t errlen)
{
	const char *url = getenv("TLSAUDIT_QUEUE");
	const struct tls_client_files *f = &q->at.files;

	if (!q->has_url && url == NULL) {
		(void)snprintf(
		    err, errlen, "no queue: --queue URL, or TLSAUDIT_QUEUE in the environment");
		return false;
	}
	if (!q->has_url && !read_url(q, "TLSAUDIT_QUEUE", url, err, errlen))
		return false;
	if (!q->at.url.tls && (f->ca != NULL || f->cert != NULL || f->key != NULL)) {
		(void)snprintf(
		    err, errlen, "--queue-ca, --queue-cert and --queue-key go with rediss://");
		return false;
	}
	if (f->key != NULL && f->cert == NULL) {
		(void)snprintf(err, errlen, "--queue-key goes with --queue-cert");
		return false;
	}
	q->prefix = q->prefix != NULL ? q->prefix : "tlsaudit";
	q->group = q->group != NULL ? q->group : group;
	if (!q->has_consumer)
		make_consumer(q->consumer, sizeof(q->consumer));
	return true;
}
