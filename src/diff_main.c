/* tlsaudit-diff - what changed in meaning between two files of saved reports; see difffiles.h. */
#include "config.h"

#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "difffiles.h"
#include "sink.h"

enum { EXIT_SAME, EXIT_WORSE, EXIT_BAD_USAGE, EXIT_TROUBLE = 4 };
enum { ERR_SIZE = 512 };

struct run {
	const char *before, *after, *policy_name, *output;
	bool json, quiet;
};

static const char usage[] =
    "Usage: tlsaudit-diff [OPTION]... OLD NEW\n"
    "What changed in meaning between two files of saved reports (tlsaudit --format json).\n\n"
    "  -f, --format=FORMAT    text or json [text]\n"
    "  -o, --output=FILE      write there; \"-\" is standard output\n"
    "      --policy=NAME|FILE judge both by this policy [ssllabs-2009r]\n"
    "  -q, --quiet            only what is worse\n"
    "  -h, --help             print this\n"
    "  -V, --version          print the version\n\n"
    "Exit status: 0 nothing is worse, 1 something is, 2 bad usage, 4 a line is no report, or other\n"
    "trouble.\n";

static void
complain(const char *err)
{
	(void)fprintf(stderr, "tlsaudit-diff: %s\n", err);
}

/* ---- the whole ---- */

static int
compare(const struct run *r, const struct policy *policy)
{
	struct difffiles_options o = {.program = "tlsaudit-diff", .before = r->before,
	    .after = r->after, .policy = policy,
	    .form = {.json = r->json, .quiet = r->quiet}};
	struct difffiles d;
	struct sink sink;
	char err[ERR_SIZE], unused[ERR_SIZE];

	if (!sink_open(&sink, r->output, err, sizeof(err))) {
		complain(err);
		return EXIT_TROUBLE;
	}
	o.form.to = sink.to;
	if (!difffiles(&o, &d, err, sizeof(err))) {
		complain(err);
		(void)!sink_close(&sink, false, unused, sizeof(unused));
		return EXIT_BAD_USAGE;
	}
	if (!sink_close(&sink, true, err, sizeof(err))) {
		complain(err);
		return EXIT_TROUBLE;
	}
	return d.trouble ? EXIT_TROUBLE : d.worse > 0 ? EXIT_WORSE : EXIT_SAME;
}

static int
run(const struct run *r)
{
	char err[ERR_SIZE];
	struct policy *policy = policy_load(r->policy_name, err, sizeof(err));
	int status;

	if (policy == NULL) {
		complain(err);
		return EXIT_BAD_USAGE;
	}
	status = compare(r, policy);
	policy_free(policy);
	return status;
}

/* Takes one option; false ends the program with *status. */
static bool
take(struct run *r, int c, int *status)
{
	*status = EXIT_SAME;
	switch (c) {
	case 'f':
		r->json = strcmp(optarg, "json") == 0;
		if (r->json || strcmp(optarg, "text") == 0)
			return true;
		complain("--format is text or json");
		*status = EXIT_BAD_USAGE;
		return false;
	case 'o':
		r->output = strcmp(optarg, "-") != 0 ? optarg : NULL;
		return true;
	case 'p':
		r->policy_name = optarg;
		return true;
	case 'q':
		return r->quiet = true;
	case 'h':
		*status = fputs(usage, stdout) < 0 || fflush(stdout) != 0 ? EXIT_TROUBLE : EXIT_SAME;
		return false;
	case 'V':
		*status = printf("tlsaudit-diff %s\n", PACKAGE_VERSION) < 0 || fflush(stdout) != 0
			      ? EXIT_TROUBLE
			      : EXIT_SAME;
		return false;
	default: /* getopt_long() has said what */
		*status = EXIT_BAD_USAGE;
		return false;
	}
}

int
main(int argc, char **argv)
{
	static const struct option longs[] = {{"format", required_argument, NULL, 'f'},
	    {"output", required_argument, NULL, 'o'}, {"policy", required_argument, NULL, 'p'},
	    {"quiet", no_argument, NULL, 'q'}, {"help", no_argument, NULL, 'h'},
	    {"version", no_argument, NULL, 'V'}, {0}};
	struct run r = {.policy_name = "ssllabs-2009r"};
	int c, status;

	(void)signal(SIGPIPE, SIG_IGN);
	while ((c = getopt_long(argc, argv, "f:o:qhV", longs, NULL)) != -1)
		if (!take(&r, c, &status))
			return status;
	if (argc - optind != 2) {
		complain("two files are wanted; 'tlsaudit-diff --help' tells more");
		return EXIT_BAD_USAGE;
	}
	r.before = argv[optind];
	r.after = argv[optind + 1];
	return run(&r);
}
