/* main - options -> config -> run; no logic. */
#include "config.h"

#include <errno.h>
#include <signal.h>

#include "chainfile.h"
#include "bulk/bulk.h"
#include "coordinator.h"
#include "from.h"
#include "info.h"
#include "job.h"
#include "watch.h"

enum { NAGIOS_UNKNOWN = 3 }; /* the status by which a monitoring plugin says: ask again later */

/* What was asked of the program itself: the text is out, or it is said why not. */
static int
told(bool good)
{
	if (good)
		return EXIT_PASS;
	if (errno != EPIPE)
		(void)fprintf(stderr, "tlsaudit: standard output: %s\n", strerror(errno));
	return EXIT_INTERNAL;
}

int
main(int argc, char **argv)
{
	struct options o;
	char err[512];
	int status;

	(void)signal(SIGPIPE, SIG_IGN);
	if (!options_parse(&o, argc, argv, err, sizeof(err))) {
		(void)fprintf(stderr, "tlsaudit: %s\n", err);
		return o.format == FORMAT_NAGIOS ? NAGIOS_UNKNOWN : EXIT_USAGE;
	}
	switch (o.action) {
	case ACTION_HELP:
		status = told(options_help(stdout));
		break;
	case ACTION_VERSION:
		status = told(info_version(stdout));
		break;
	case ACTION_PROBES:
		status = told(info_probes(stdout));
		break;
	case ACTION_POLICIES:
		status = told(info_policies(stdout));
		break;
	case ACTION_FACTS:
		status = told(info_facts(stdout));
		break;
	case ACTION_SCHEMA:
		status = told(info_schema(stdout));
		break;
	case ACTION_CHAIN:
		status = chainfile_run(&o);
		break;
	case ACTION_FROM:
		status = from_run(&o);
		break;
	case ACTION_AUDIT:
	default:
		status = o.list != NULL || o.work ? bulk_run(&o)
			 : o.watch_s > 0    ? watch_run(&o)
					    : coordinator_run(&o, NULL);
		break;
	}
	options_fini(&o);
	return status;
}
