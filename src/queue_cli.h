/*
 * queue_cli - the command lines of tlsaudit-feed and tlsaudit-sink: the queue's options and
 * their own.
 *
 *	static const struct cli_own own[] = {{"max-length", 'm', true}, ...};
 *	struct cli c = {.name = "tlsaudit-feed", .help = text, .own = own, .n_own = 2, .take = take,
 *	    .arg = &o, .queue = &o.queue, .group = "workers"};
 *	int status = cli_read(&c, argc, argv);
 *	if (status >= 0)
 *		return status;		--help, --version, or a mistake, which was told
 *	argv[c.first] ...		what is no option
 */
#ifndef TLSAUDIT_QUEUE_CLI_H
#define TLSAUDIT_QUEUE_CLI_H

#include "bulk/queue_options.h"

struct cli_own {
	const char *name;
	int letter; /* at which take() knows it; -o if it is one of a-z */
	bool has_value;
};

struct cli {
	const char *name, *help; /* help: from "Usage: " to the own options */
	const struct cli_own *own;
	size_t n_own;
	bool (*take)(void *arg, int letter, const char *value, char *err, size_t errlen);
	void *arg;
	struct queue_options *queue;
	const char *group;
	int first; /* of argv, that is no option */
};

/* -1: all is well.  Else the exit status. */
int cli_read(struct cli *c, int argc, char **argv) MUST_USE;
/* A mistake in the command line, told; the exit status. */
int cli_usage(const struct cli *c, const char *why) MUST_USE;

#endif
