/*
 * tlsaudit-feed - puts a list of targets into a queue, for tlsaudit --work.
 *
 *	tlsaudit-feed --queue redis://queue.example hosts.txt
 *
 * See bulk/feed.h for how, and tlsaudit-feed(1).
 */
#include "config.h"

#include <stdio.h>

#include "base/check.h"
#include "base/text.h"
#include "bulk/feed.h"
#include "queue_cli.h"

enum { MAX_LENGTH = 1, PORT, SEED, STARTTLS };

static const char help[] =
    "Usage: tlsaudit-feed [OPTION]... --queue URL LIST\n"
    "Put the targets of LIST (as for tlsaudit --list; \"-\" is standard input) into a queue, for\n"
    "tlsaudit --work.  The same command again goes on where it was.\n"
    "\n"
    "  -p, --port PORT       port of targets that name none [443]\n"
    "  --starttls PROTO      speak PROTO until STARTTLS is granted\n"
    "  --seed N              scatter neighbours in the same order each time\n"
    "  --max-length N        targets in the queue at once, done or not [65536]\n"
    "  -q, --quiet           say only what is wrong\n";

static bool
number(const char *text, uint64_t max, uint64_t *out)
{
	return text_number(span_str(text), 10, out) && *out > 0 && *out <= max;
}

static bool
take(void *arg, int letter, const char *value, char *err, size_t errlen)
{
	struct feed_options *o = arg;
	uint64_t n = 0;
	bool good = true;

	switch (letter) {
	case 'p':
		good = number(value, 65535, &n);
		o->defaults.port = (uint16_t)n;
		break;
	case STARTTLS:
		o->defaults.starttls = target_starttls(value);
		good = o->defaults.starttls != NULL;
		break;
	case SEED:
		good = number(value, INT64_MAX, &o->seed);
		break;
	case MAX_LENGTH:
		good = number(value, 100000000, &n);
		o->max_jobs = (unsigned)n;
		break;
	case 'q':
		o->quiet = true;
		break;
	default:
		CHECK(false);
	}
	if (!good)
		(void)snprintf(err, errlen, "'%s' is no %s", value,
		    letter == STARTTLS ? "protocol that is known" : "number that can stand there");
	return good;
}

int
main(int argc, char **argv)
{
	static const struct cli_own own[] = {{"port", 'p', true}, {"starttls", STARTTLS, true},
	    {"seed", SEED, true}, {"max-length", MAX_LENGTH, true}, {"quiet", 'q', false}};
	struct feed_options o = {.max_jobs = FEED_JOBS};
	struct cli c = {.name = "tlsaudit-feed", .help = help, .own = own, .n_own = N_ELEMENTS(own),
	    .take = take, .arg = &o, .queue = &o.queue, .group = "workers"};
	int status = cli_read(&c, argc, argv);

	if (status >= 0)
		return status;
	if (argc - c.first != 1)
		return cli_usage(&c, "one list; 'tlsaudit-feed --help' tells more");
	o.list = argv[c.first];
	return feed_run(&o);
}
