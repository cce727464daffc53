/*
 * tlsaudit-sink - takes the results out of a queue (tlsaudit --work) and appends them to a file.
 *
 *	tlsaudit-sink --queue redis://queue.example -o scan.jsonl
 *
 * See bulk/collect.h for how, and tlsaudit-sink(1).
 */
#include "config.h"

#include <stdio.h>

#include "bulk/collect.h"
#include "queue_cli.h"

static const char help[] =
    "Usage: tlsaudit-sink [OPTION]... --queue URL -o FILE\n"
    "Append the results of tlsaudit --work to FILE (one JSON object a line; .zst), until the list "
    "is\n"
    "done.  The same command again goes on where it was.\n"
    "\n"
    "  -o, --output FILE     where to; nothing in it is lost or there twice\n"
    "  -q, --quiet           say only what is wrong\n";

static bool
take(void *arg, int letter, const char *value, char *err, size_t errlen)
{
	struct collect_options *o = arg;

	(void)err;
	(void)errlen;
	if (letter == 'o')
		o->output = value;
	else
		o->quiet = true;
	return true;
}

int
main(int argc, char **argv)
{
	static const struct cli_own own[] = {{"output", 'o', true}, {"quiet", 'q', false}};
	struct collect_options o = {0};
	struct cli c = {.name = "tlsaudit-sink", .help = help, .own = own, .n_own = N_ELEMENTS(own),
	    .take = take, .arg = &o, .queue = &o.queue, .group = "sink"};
	int status = cli_read(&c, argc, argv);

	if (status >= 0)
		return status;
	if (argc != c.first || o.output == NULL)
		return cli_usage(&c, "-o FILE; 'tlsaudit-sink --help' tells more");
	if (!o.queue.has_consumer) /* always the same one: what it had in hand is ours */
		(void)snprintf(o.queue.consumer, sizeof(o.queue.consumer), "sink");
	return collect_run(&o);
}
