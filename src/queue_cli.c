/* queue_cli - see queue_cli.h. */
#include "config.h"

#include "queue_cli.h"

#include <errno.h>
#include <getopt.h>
#include <stdio.h>

#include "base/check.h"
#include "job.h"

enum {
	OWN_MAX = 8,
	QUEUE_AT = 1000,
	HELP = QUEUE_AT + QUEUE_OPTION__MAX,
	SHOW_VERSION,
	LONGS = OWN_MAX + QUEUE_OPTION__MAX + 3
};

static const char queue_help[] =
    "  --queue URL           redis://HOST[:PORT][/DB], rediss:// (TLS) or unix:///PATH, with\n"
    "                        USER:PASSWORD@ before the host; or TLSAUDIT_QUEUE in the environment\n"
    "  --queue-ca FILE       authorities of a rediss:// queue (PEM)\n"
    "  --queue-cert FILE     our certificate for it\n"
    "  --queue-key FILE      and its key, unless it is in the same file\n"
    "  --stream-prefix NAME  what the queue's keys begin with [tlsaudit]\n"
    "  --group NAME          consumer group\n"
    "  --consumer NAME       our name in it\n"
    "  --help, --version     print this, or the version\n";

int
cli_usage(const struct cli *c, const char *why)
{
	(void)fprintf(stderr, "%s: %s\n", c->name, why);
	return EXIT_USAGE;
}

static void
make_tables(const struct cli *c, struct option longs[LONGS], char *shorts)
{
	size_t n = 0, s = 0;

	CHECK(c->n_own <= OWN_MAX);
	shorts[s++] = ':';
	for (size_t i = 0; i < c->n_own; i++) {
		const struct cli_own *o = &c->own[i];

		longs[n++] = (struct option){
		    o->name, o->has_value ? required_argument : no_argument, NULL, o->letter};
		if (o->letter < 'a' || o->letter > 'z')
			continue;
		shorts[s++] = (char)o->letter;
		if (o->has_value)
			shorts[s++] = ':';
	}
	shorts[s] = '\0';
	for (int i = 0; i < QUEUE_OPTION__MAX; i++)
		longs[n++] = (struct option){
		    queue_option_name((enum queue_option)i), required_argument, NULL, QUEUE_AT + i};
	longs[n++] = (struct option){"help", no_argument, NULL, HELP};
	longs[n++] = (struct option){"version", no_argument, NULL, SHOW_VERSION};
	longs[n] = (struct option){0};
}

static int
told(const struct cli *c, bool good)
{
	if (good && fflush(stdout) == 0)
		return EXIT_PASS;
	(void)fprintf(stderr, "%s: standard output: %s\n", c->name, strerror(errno));
	return EXIT_INTERNAL;
}

int
cli_read(struct cli *c, int argc, char **argv)
{
	struct option longs[LONGS];
	char shorts[2 * OWN_MAX + 2], err[400];
	int opt;

	make_tables(c, longs, shorts);
	opterr = 0;
	while ((opt = getopt_long(argc, argv, shorts, longs, NULL)) != -1) {
		bool good;

		if (opt == HELP)
			return told(
			    c, fputs(c->help, stdout) >= 0 && fputs(queue_help, stdout) >= 0);
		if (opt == SHOW_VERSION)
			return told(c, printf("%s %s\n", c->name, PACKAGE_VERSION) > 0);
		if (opt == '?' || opt == ':') {
			(void)snprintf(err, sizeof(err),
			    opt == ':' ? "option '%s' needs an argument"
				       : "there is no option '%s'",
			    argv[optind - 1]);
			return cli_usage(c, err);
		}
		good = opt >= QUEUE_AT
			   ? queue_options_set(c->queue, (enum queue_option)(opt - QUEUE_AT),
				 optarg, err, sizeof(err))
			   : c->take(c->arg, opt, optarg, err, sizeof(err));
		if (!good)
			return cli_usage(c, err);
	}
	c->first = optind;
	if (!queue_options_close(c->queue, c->group, err, sizeof(err)))
		return cli_usage(c, err);
	return -1;
}
